#include "indexer/base/base58.h"

#include <algorithm>
#include <array>

#include "indexer/base/check.h"
#include "indexer/base/hash.h"

namespace coinwake {
namespace {

constexpr std::string_view kDigits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kMaxBytes = kMaxBase58Digits;  // of zeros, a digit each
constexpr std::size_t kChecksumSize = 4;

// Value of each character, -1 for those that are no digit.
constexpr std::array<std::int8_t, 256> MakeValues() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> kValues = MakeValues();

std::size_t FirstBadDigit(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && kValues[static_cast<std::uint8_t>(text[at])] >= 0) ++at;
  return at;
}

// REQUIRES: digits only, at most kMaxBase58Digits of them.
std::vector<std::uint8_t> FromDigits(std::string_view text) {
  const std::size_t zeros = std::min(text.find_first_not_of('1'), text.size());
  std::vector<std::uint8_t> number;  // base 256, least significant first
  for (const char c : text.substr(zeros)) {
    std::uint32_t carry = static_cast<std::uint8_t>(kValues[static_cast<std::uint8_t>(c)]);
    for (std::uint8_t& byte : number) {
      carry += std::uint32_t{byte} * 58;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) number.push_back(static_cast<std::uint8_t>(carry));
  }
  std::vector<std::uint8_t> bytes(zeros, 0);
  bytes.insert(bytes.end(), number.rbegin(), number.rend());
  return bytes;
}

}  // namespace

std::string EncodeBase58(ByteSpan bytes) {
  COINWAKE_CHECK(bytes.size() <= kMaxBytes);
  const auto first = std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != 0; });
  const auto zeros = static_cast<std::size_t>(first - bytes.begin());
  std::array<std::uint8_t, kMaxBytes * 138 / 100 + 1> number;
  std::size_t size = 0;  // digits of `number`, least significant first
  for (const std::uint8_t byte : bytes.subspan(zeros)) {
    std::uint32_t carry = byte;
    for (std::size_t i = 0; i < size; ++i) {
      carry += std::uint32_t{number[i]} << 8;
      number[i] = static_cast<std::uint8_t>(carry % 58);
      carry /= 58;
    }
    for (; carry != 0; carry /= 58) number[size++] = static_cast<std::uint8_t>(carry % 58);
  }
  std::string text(zeros, '1');
  while (size > 0) text.push_back(kDigits[number[--size]]);
  return text;
}

std::string EncodeBase58Check(ByteSpan payload) {
  COINWAKE_CHECK(payload.size() + kChecksumSize <= kMaxBytes);
  std::vector<std::uint8_t> bytes(payload.begin(), payload.end());
  const Hash256 hash = DoubleSha256(payload);
  bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.begin() + kChecksumSize);
  return EncodeBase58(bytes);
}

std::optional<std::vector<std::uint8_t>> DecodeBase58(std::string_view text) {
  if (text.size() > kMaxBase58Digits || FirstBadDigit(text) != text.size()) return std::nullopt;
  return FromDigits(text);
}

Base58Decoded DecodeBase58Check(std::string_view text) {
  Base58Decoded result;
  if (text.size() > kMaxBase58Digits) {
    result.error = Base58Error::kTooLong;
    return result;
  }
  result.position = FirstBadDigit(text);
  if (result.position != text.size()) {
    result.error = Base58Error::kNotADigit;
    return result;
  }
  std::vector<std::uint8_t> bytes = FromDigits(text);
  if (bytes.size() < kChecksumSize) {
    result.error = Base58Error::kTooShort;
    return result;
  }
  const std::size_t payload_size = bytes.size() - kChecksumSize;
  const Hash256 hash = DoubleSha256(ByteSpan(bytes).first(payload_size));
  if (!std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(payload_size), bytes.end(),
                  hash.bytes.begin())) {
    result.error = Base58Error::kChecksum;
    return result;
  }
  bytes.resize(payload_size);
  result.payload = std::move(bytes);
  return result;
}

}  // namespace coinwake
