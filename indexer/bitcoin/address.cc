#include "indexer/bitcoin/address.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "indexer/base/base58.h"
#include "indexer/base/hash.h"
#include "indexer/base/hex.h"
#include "indexer/bitcoin/bech32.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/bitcoin/script.h"

namespace coinwake::bitcoin {
namespace {

constexpr std::string_view kScriptPrefix = "script:";
constexpr std::size_t kMaxNamedScript = 4'000'000;  // bytes: no script outgrows its block
constexpr std::size_t kMaxQuoted = 100;             // characters of bad input repeated in an error
constexpr std::uint8_t kPrivateKeyVersions[] = {128, 239};

// What an address says before anybody asks for which network.
struct Destination {
  bool bech32 = false;
  std::uint8_t version = 0;  // base58 version byte or witness version
  std::string hrp;           // lower case, of bech32
  std::vector<std::uint8_t> payload;
};

std::string Quoted(std::string_view text) {
  const bool cut = text.size() > kMaxQuoted;
  return absl::StrCat("'", absl::CEscape(std::string(text.substr(0, kMaxQuoted))),
                      cut ? "...'" : "'");
}

absl::Status Bad(std::string_view text, std::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("address ", Quoted(text), ": ", std::string(reason)));
}

std::string Base58Address(std::uint8_t version, ByteSpan hash) {
  std::array<std::uint8_t, 21> payload;
  payload[0] = version;
  std::copy(hash.begin(), hash.end(), payload.begin() + 1);
  return EncodeBase58Check(payload);
}

// Core takes text for bech32 when it begins with the network's prefix; so here, for any network's.
bool LooksLikeBech32(std::string_view text) {
  return std::any_of(
      std::begin(kBitcoinNetworks), std::end(kBitcoinNetworks), [&](Network network) {
        const std::string prefix = std::string(ParamsOf(network).bech32_hrp) + "1";
        return absl::EqualsIgnoreCase(std::string(text.substr(0, prefix.size())), prefix);
      });
}

absl::Status Base58Problem(std::string_view text, const Base58Decoded& decoded) {
  switch (decoded.error) {
    case Base58Error::kTooLong:
      return Bad(text, "too long; an address has at most 90 characters");
    case Base58Error::kNotADigit:
      return Bad(text, absl::StrCat("character ", decoded.position + 1,
                                    " cannot stand in a base58 address; copy it again"));
    case Base58Error::kTooShort:
      return Bad(text, "too short; copy the whole of it");
    default:
      return Bad(text, "the checksum is wrong; a character was changed, copy it again");
  }
}

absl::Status Bech32Problem(std::string_view text, const Bech32Decoded& decoded) {
  switch (decoded.error) {
    case Bech32Error::kTooLong:
      return Bad(text, "too long; an address has at most 90 characters");
    case Bech32Error::kMixedCase:
      return Bad(text, "upper and lower case are mixed; write it in lower case");
    case Bech32Error::kNoSeparator:
      return Bad(text, "too short; copy the whole of it");
    case Bech32Error::kNotPrintable:
    case Bech32Error::kNotADigit:
      return Bad(text, absl::StrCat("character ", decoded.position + 1,
                                    " cannot stand in a bech32 address; copy it again"));
    default:
      return Bad(text, "the checksum is wrong; a character was changed, copy it again");
  }
}

absl::StatusOr<Destination> DecodeBase58Destination(std::string_view text) {
  Base58Decoded decoded = DecodeBase58Check(text);
  if (decoded.error != Base58Error::kNone) return Base58Problem(text, decoded);
  if (decoded.payload.size() != 21) {
    if ((decoded.payload.size() == 33 || decoded.payload.size() == 34) &&
        (decoded.payload[0] == kPrivateKeyVersions[0] ||
         decoded.payload[0] == kPrivateKeyVersions[1])) {
      // Not repeated: an error line ends up in logs.
      return absl::InvalidArgumentError(
          "address: this is a private key, not an address; give the address instead and keep the "
          "key secret");
    }
    return Bad(text, absl::StrCat("holds ", decoded.payload.size(),
                                  " bytes, an address holds 21; copy it again"));
  }
  Destination result;
  result.version = decoded.payload[0];
  result.payload.assign(decoded.payload.begin() + 1, decoded.payload.end());
  return result;
}

absl::StatusOr<Destination> DecodeWitnessDestination(std::string_view text) {
  const Bech32Decoded decoded = DecodeBech32(text);
  if (decoded.error != Bech32Error::kNone) return Bech32Problem(text, decoded);
  if (decoded.data.empty()) return Bad(text, "holds no witness program; copy the whole of it");
  Destination result;
  result.bech32 = true;
  result.hrp = decoded.hrp;
  result.version = decoded.data[0];
  if (result.version > 16) {
    return Bad(text, absl::StrCat("witness version ", result.version, " does not exist"));
  }
  if ((result.version == 0) != (decoded.encoding == Bech32Encoding::kBech32)) {
    return Bad(text, result.version == 0
                         ? "witness version 0 has a Bech32 checksum (BIP173), this is Bech32m"
                         : "witness version 1 and up has a Bech32m checksum (BIP350), this is "
                           "Bech32; whoever made it follows the old rule");
  }
  if (!PackFiveBits(ByteSpan(decoded.data).subspan(1), &result.payload)) {
    return Bad(text, "the padding of the witness program is wrong; copy it again");
  }
  const std::size_t size = result.payload.size();
  if (size < 2 || size > 40 || (result.version == 0 && size != 20 && size != 32)) {
    return Bad(text, absl::StrCat("a witness program of ", size,
                                  " bytes is not allowed for version ", result.version));
  }
  return result;
}

absl::StatusOr<Destination> Decode(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("address: empty; name one");
  return LooksLikeBech32(text) ? DecodeWitnessDestination(text) : DecodeBase58Destination(text);
}

bool IsOn(const Destination& destination, const NetworkParams& params) {
  return destination.bech32 ? destination.hrp == params.bech32_hrp
                            : destination.version == params.p2pkh_version ||
                                  destination.version == params.p2sh_version;
}

std::vector<std::uint8_t> ScriptOf(const Destination& destination, const NetworkParams& params) {
  std::vector<std::uint8_t> script;
  const auto push = [&](ByteSpan bytes) {
    script.push_back(static_cast<std::uint8_t>(bytes.size()));
    script.insert(script.end(), bytes.begin(), bytes.end());
  };
  if (destination.bech32) {
    const int opcode = destination.version == 0 ? 0 : kOp1 + destination.version - 1;
    script.push_back(static_cast<std::uint8_t>(opcode));
    push(destination.payload);
  } else if (destination.version == params.p2pkh_version) {
    script.insert(script.end(), {kOpDup, kOpHash160});
    push(destination.payload);
    script.insert(script.end(), {kOpEqualVerify, kOpCheckSig});
  } else {
    script.push_back(kOpHash160);
    push(destination.payload);
    script.push_back(kOpEqual);
  }
  return script;
}

absl::StatusOr<std::vector<std::uint8_t>> ScriptOfHex(std::string_view text) {
  const std::string_view hex = text.substr(kScriptPrefix.size());
  if (hex.size() > 2 * kMaxNamedScript) {
    return Bad(text, absl::StrCat("a script has at most ", kMaxNamedScript, " bytes"));
  }
  auto script = HexDecode(hex);
  if (!script) {
    return Bad(text, "after 'script:' comes the scriptPubKey in hex, two digits a byte");
  }
  return *std::move(script);
}

std::vector<Network> NetworksOf(const Destination& destination) {
  std::vector<Network> networks;
  for (const Network network : kBitcoinNetworks) {
    if (IsOn(destination, ParamsOf(network))) networks.push_back(network);
  }
  return networks;
}

}  // namespace

std::optional<std::string> AddressOfScript(ByteSpan script, Network network) {
  const NetworkParams& params = ParamsOf(network);
  const ScriptInfo info = ClassifyScript(script);
  switch (info.type) {
    case ScriptType::kPubkeyHash:
      return Base58Address(params.p2pkh_version, info.program);
    case ScriptType::kScriptHash:
      return Base58Address(params.p2sh_version, info.program);
    case ScriptType::kWitnessV0KeyHash:
    case ScriptType::kWitnessV0ScriptHash:
    case ScriptType::kWitnessV1Taproot:
    case ScriptType::kAnchor:
    case ScriptType::kWitnessUnknown:
      return EncodeWitnessAddress(params.bech32_hrp, info.witness_version, info.program);
    case ScriptType::kNonstandard:
    case ScriptType::kPubkey:
    case ScriptType::kMultisig:
    case ScriptType::kNullData:
      break;
  }
  return std::nullopt;
}

std::string NameOfScript(ByteSpan script, Network network) {
  if (auto address = AddressOfScript(script, network)) return *std::move(address);
  return std::string(kScriptPrefix) + HexEncode(script);
}

std::vector<std::string> KeyAddresses(ByteSpan script, Network network) {
  const ScriptInfo info = ClassifyScript(script);
  std::vector<ByteSpan> keys;
  if (info.type == ScriptType::kPubkey) keys.push_back(info.program);
  if (info.type == ScriptType::kMultisig) keys = MultisigKeys(script);
  std::vector<std::string> addresses;
  addresses.reserve(keys.size());
  for (const ByteSpan key : keys) {
    addresses.push_back(Base58Address(ParamsOf(network).p2pkh_version, ComputeHash160(key)));
  }
  return addresses;
}

absl::StatusOr<std::vector<std::uint8_t>> ScriptOfAddress(std::string_view text, Network network) {
  if (text.starts_with(kScriptPrefix)) return ScriptOfHex(text);
  COINWAKE_ASSIGN_OR_RETURN(const Destination destination, Decode(text));
  const NetworkParams& params = ParamsOf(network);
  if (IsOn(destination, params)) return ScriptOf(destination, params);
  const std::vector<Network> networks = NetworksOf(destination);
  if (networks.empty()) {
    return Bad(text, absl::StrCat("is of no Bitcoin network (version ", destination.version,
                                  "); give a Bitcoin address"));
  }
  return Bad(text, absl::StrCat("is of ",
                                absl::StrJoin(networks, ", ",
                                              [](std::string* out, Network other) {
                                                out->append(NetworkName(other));
                                              }),
                                ", not of ", std::string(NetworkName(network)),
                                "; give an address of this network or open that index"));
}

std::vector<Network> NetworksOfAddress(std::string_view text) {
  const absl::StatusOr<Destination> destination = Decode(text);
  if (!destination.ok()) return {};
  return NetworksOf(*destination);
}

}  // namespace coinwake::bitcoin
