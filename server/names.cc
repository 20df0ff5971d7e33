#include "server/names.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "indexer/base/utf8.h"
#include "indexer/bitcoin/address.h"
#include "server/limits.h"
#include "server/same_key.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kExcerptBytes = 80;

}  // namespace

std::string Excerpt(std::string_view text) {
  std::string excerpt = Printable(text.substr(0, kExcerptBytes));
  if (text.size() > kExcerptBytes) excerpt += "...";
  return excerpt;
}

std::string NetworkOf(const View& view) {
  return std::string(NetworkName(view.snapshot().network));
}

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::string ScriptName(const View& view, AddressNum address) {
  return bitcoin::NameOfScript(view.Script(address), view.snapshot().network);
}

absl::StatusOr<std::vector<std::uint8_t>> ParseScriptName(std::string_view name, Network network) {
  if (name.empty()) return absl::InvalidArgumentError("an address is missing");
  if (name.size() > kMaxNameBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("an address of ", name.size(), " characters is too long"));
  }
  return bitcoin::ScriptOfAddress(name, network);
}

absl::StatusOr<AddressNum> FindByName(const View& view, std::string_view name) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> script,
                            ParseScriptName(name, view.snapshot().network));
  absl::StatusOr<AddressNum> address = view.FindAddress(script);
  if (absl::IsNotFound(address.status())) {
    const std::string message =
        absl::StrCat("address ", Excerpt(name), " was never seen on ", NetworkOf(view),
                     " up to height ", view.snapshot().height);
    COINWAKE_ASSIGN_OR_RETURN(const std::string also, PaidAs(view, script));
    return absl::NotFoundError(absl::StrCat(message, also));
  }
  return address;
}

absl::StatusOr<std::string> PaidAs(const View& view, ByteSpan script) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AddressNum> others,
                            SeenScriptsOfSameKey(view, script, std::nullopt));
  std::string text;
  for (const AddressNum other : others) {
    absl::StrAppend(&text, text.empty() ? "; its key was paid as " : ", ", ScriptName(view, other));
  }
  return text;
}

absl::StatusOr<TxNum> FindByTxid(const View& view, std::string_view text) {
  COINWAKE_ASSIGN_OR_RETURN(const Hash256 txid, ParseHash(text, "transaction id"));
  absl::StatusOr<TxNum> tx = view.FindTransaction(txid);
  if (absl::IsNotFound(tx.status())) {
    return absl::NotFoundError(absl::StrCat("no transaction ", txid.ToDisplayHex(), " on ",
                                            NetworkOf(view), " up to height ",
                                            view.snapshot().height));
  }
  return tx;
}

absl::StatusOr<Hash256> ParseId(std::string_view text, std::string_view what) {
  const std::optional<Hash256> hash = Hash256::FromHex(text);
  if (hash.has_value()) return *hash;
  return absl::InvalidArgumentError(absl::StrCat("\"", Excerpt(text), "\" is no ",
                                                 std::string(what), ": 64 hex digits are needed"));
}

absl::StatusOr<Hash256> ParseHash(std::string_view text, std::string_view what) {
  COINWAKE_ASSIGN_OR_RETURN(Hash256 hash, ParseId(text, what));
  std::reverse(hash.bytes.begin(), hash.bytes.end());
  return hash;
}

}  // namespace coinwake::server
