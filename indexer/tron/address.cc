#include "indexer/tron/address.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "indexer/base/base58.h"
#include "indexer/base/hex.h"

namespace coinwake::tron {
namespace {

constexpr std::size_t kPublicKeySize = 65;
constexpr std::uint8_t kUncompressedKeyTag = 0x04;
constexpr std::size_t kHexDigits = 2 * kAddressSize;
constexpr char kRawPrefixText[] = "raw:";
constexpr std::string_view kRawPrefix = kRawPrefixText;

// What others wrote is shown in errors up to this length: more than any address has.
constexpr std::size_t kMaxQuoted = 50;

absl::Status Wrong(std::string_view text, const std::string& what) {
  const bool cut = text.size() > kMaxQuoted;
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::CEscape(std::string(text.substr(0, kMaxQuoted))), cut ? "...'" : "'",
                   " is no Tron address: ", what));
}

// What to write in place of `text`, which is hex as Ethereum's tools and logs have it; "" where it
// is something else.
std::string RemedyForHex(std::string_view text) {
  const bool marked = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = marked ? text.substr(2) : text;
  if (!HexDecode(digits).has_value()) return "";
  if (digits.size() == 2 * kAddressBodySize) {
    return absl::StrCat("write 41 before its 40 digits", marked ? ", without 0x" : "");
  }
  if (digits.size() == kHexDigits && marked) return "write its 42 digits without 0x";
  return "";
}

Address FromKeccak(ByteSpan data) { return Address::FromWord(Keccak256(data)); }

absl::StatusOr<Address> FromPayload(std::string_view text, ByteSpan payload) {
  if (payload.size() != kAddressSize) {
    return Wrong(text, absl::StrCat("it holds ", payload.size(), " bytes, not 21"));
  }
  const std::optional<Address> address = Address::FromBytes(payload);
  if (!address.has_value()) {
    return Wrong(text, "its first byte is not 0x41; Bitcoin's and old test networks' differ");
  }
  return *address;
}

}  // namespace

std::optional<Address> Address::FromBytes(ByteSpan bytes) {
  if (bytes.size() != kAddressSize || bytes[0] != kAddressPrefix) return std::nullopt;
  Address address;
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

Address Address::FromBody(std::span<const std::uint8_t, kAddressBodySize> body) {
  Address address;
  std::copy(body.begin(), body.end(), address.bytes.begin() + 1);
  return address;
}

Address Address::FromWord(const Hash256& word) {
  return FromBody(
      std::span<const std::uint8_t, 32>(word.bytes).subspan<32 - kAddressBodySize, 20>());
}

std::string Address::ToBase58() const { return EncodeBase58Check(bytes); }

std::string Address::ToHex() const { return HexEncode(bytes); }

absl::StatusOr<Address> ParseAddress(std::string_view text) {
  if (text.size() == kHexDigits && text.starts_with("41")) {
    if (const auto bytes = HexDecode(text); bytes.has_value()) return FromPayload(text, *bytes);
  }
  if (const std::string remedy = RemedyForHex(text); !remedy.empty()) return Wrong(text, remedy);
  const Base58Decoded decoded = DecodeBase58Check(text);
  switch (decoded.error) {
    case Base58Error::kNone:
      return FromPayload(text, decoded.payload);
    case Base58Error::kNotADigit:
      return Wrong(text, absl::StrCat("character ", decoded.position + 1, " is not in base58"));
    case Base58Error::kTooLong:
    case Base58Error::kTooShort:
      return Wrong(text, "it has 34 characters from T, or 42 hex digits from 41");
    case Base58Error::kChecksum:
      return Wrong(text, "the checksum does not match; a character is wrong or missing");
  }
  return Wrong(text, "it cannot be read");
}

std::optional<Address> AddressOfPublicKey(ByteSpan uncompressed) {
  if (uncompressed.size() != kPublicKeySize || uncompressed[0] != kUncompressedKeyTag) {
    return std::nullopt;
  }
  return FromKeccak(uncompressed.subspan(1));
}

Address AddressOfCreatedContract(const Hash256& txid, ByteSpan owner) {
  std::vector<std::uint8_t> preimage(txid.bytes.begin(), txid.bytes.end());
  preimage.insert(preimage.end(), owner.begin(), owner.end());
  return FromKeccak(preimage);
}

std::string Account::Name() const {
  if (empty()) return "";
  if (address_.has_value()) return address_->ToBase58();
  return absl::StrCat(kRawPrefixText, HexEncode(other_));
}

absl::StatusOr<Account> ParseAccount(std::string_view name) {
  if (!name.starts_with(kRawPrefix)) {
    COINWAKE_ASSIGN_OR_RETURN(const Address address, ParseAddress(name));
    return Account(address);
  }
  const auto bytes = HexDecode(name.substr(kRawPrefix.size()));
  if (!bytes.has_value() || bytes->empty()) {
    return Wrong(name, "after raw: an even number of hex digits is expected");
  }
  return Account(*bytes);
}

}  // namespace coinwake::tron
