#include "labels/label_address.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "indexer/base/hex.h"
#include "indexer/base/utf8.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"

namespace coinwake {
namespace {

constexpr std::size_t kShownBytes = 64;
constexpr std::size_t kTronChars = 34;
// BIP173: at most 90 characters; no address of any chain that lists name is much longer.
constexpr std::size_t kMaxAddressChars = 128;

bool IsEvmAddress(std::string_view text) {
  constexpr std::size_t kEvmChars = 42;
  return text.size() == kEvmChars && (text.starts_with("0x") || text.starts_with("0X")) &&
         HexDecode(text.substr(2)).has_value();
}

absl::Status Rejected(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(QuotedText(text), " ", std::string(why)));
}

absl::Status NoAddress(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("no address");
  if (IsEvmAddress(text)) return Rejected(text, "is of a chain that Coinwake does not index (EVM)");
  if (text.size() > kMaxAddressChars) return Rejected(text, "is too long for an address");
  const bool looks_like_tron = text.front() == 'T' && text.size() == kTronChars;
  const absl::Status why = looks_like_tron
                               ? tron::ParseAddress(text).status()
                               : bitcoin::ScriptOfAddress(text, Network::kBitcoin).status();
  // A script by its bytes is none of an address's forms: labels are of what people can look up.
  if (why.ok()) return Rejected(text, "is no address: labels are not for scripts without one");
  // The message quotes the text, unless it is a private key.
  return absl::InvalidArgumentError(
      absl::StrCat("no address of Bitcoin or Tron: ", std::string(why.message())));
}

}  // namespace

std::string QuotedText(std::string_view text) {
  return absl::StrCat("\"", Printable(text.substr(0, kShownBytes)),
                      text.size() > kShownBytes ? "..." : "", "\"");
}

std::vector<Network> NetworksOfLabel(std::string_view text) {
  if (text.size() > kMaxAddressChars) return {};
  std::vector<Network> networks = bitcoin::NetworksOfAddress(text);
  if (networks.empty() && tron::ParseAddress(text).ok()) {
    networks.assign(std::begin(kTronNetworks), std::end(kTronNetworks));
  }
  return networks;
}

absl::StatusOr<LabelAddress> ParseLabelAddress(std::string_view text,
                                               std::optional<Network> asked) {
  const std::vector<Network> networks = NetworksOfLabel(text);
  if (networks.empty()) return NoAddress(text);
  LabelAddress address;
  address.network = networks.front();  // bitcoin and tron stand first of theirs
  const bool fits =
      asked.has_value() && std::find(networks.begin(), networks.end(), *asked) != networks.end();
  if (fits) {
    address.network = *asked;
  } else if (networks.size() > 1 && ChainOf(address.network) == Chain::kBitcoin) {
    return Rejected(text, "is of several test networks: --network says which");
  }
  if (ChainOf(address.network) == Chain::kTron) {
    COINWAKE_ASSIGN_OR_RETURN(const tron::Address parsed, tron::ParseAddress(text));
    address.bytes.assign(parsed.bytes.begin(), parsed.bytes.end());
    return address;
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> script,
                            bitcoin::ScriptOfAddress(text, address.network));
  address.bytes.assign(script.begin(), script.end());
  return address;
}

}  // namespace coinwake
