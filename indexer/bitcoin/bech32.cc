#include "indexer/bitcoin/bech32.h"

#include <array>

#include "indexer/base/check.h"

namespace coinwake::bitcoin {
namespace {

constexpr std::string_view kDigits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumSize = 6;
constexpr std::uint32_t kBech32Constant = 1;
constexpr std::uint32_t kBech32mConstant = 0x2bc830a3;

constexpr std::array<std::int8_t, 128> MakeValues() {
  std::array<std::int8_t, 128> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 128> kValues = MakeValues();

// One step of BIP173's checksum over GF(32).
std::uint32_t PolymodStep(std::uint32_t state, std::uint8_t value) {
  constexpr std::uint32_t kGenerator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                           0x2a1462b3};
  const std::uint32_t top = state >> 25;
  state = ((state & 0x1ffffff) << 5) ^ value;
  for (unsigned i = 0; i < 5; ++i) {
    if ((top >> i) & 1) state ^= kGenerator[i];
  }
  return state;
}

std::uint32_t PolymodOfHrp(std::string_view hrp) {
  std::uint32_t state = 1;
  for (const char c : hrp) state = PolymodStep(state, static_cast<std::uint8_t>(c) >> 5);
  state = PolymodStep(state, 0);
  for (const char c : hrp) state = PolymodStep(state, static_cast<std::uint8_t>(c) & 31);
  return state;
}

Bech32Decoded Failure(Bech32Error error, std::size_t position = 0) {
  Bech32Decoded result;
  result.error = error;
  result.position = position;
  return result;
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Bech32Decoded DecodeBech32(std::string_view text) {
  if (text.size() > kMaxBech32Size) return Failure(Bech32Error::kTooLong);
  bool lower = false;
  bool upper = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < 33 || text[i] > 126) return Failure(Bech32Error::kNotPrintable, i);
    lower |= text[i] >= 'a' && text[i] <= 'z';
    upper |= text[i] >= 'A' && text[i] <= 'Z';
  }
  if (lower && upper) return Failure(Bech32Error::kMixedCase);
  const std::size_t separator = text.rfind('1');
  if (separator == std::string_view::npos || separator == 0 ||
      separator + kChecksumSize >= text.size()) {
    return Failure(Bech32Error::kNoSeparator);
  }
  Bech32Decoded result;
  for (const char c : text.substr(0, separator)) result.hrp.push_back(ToLower(c));
  std::uint32_t state = PolymodOfHrp(result.hrp);
  for (std::size_t i = separator + 1; i < text.size(); ++i) {
    const std::int8_t value = kValues[static_cast<std::uint8_t>(ToLower(text[i]))];
    if (value < 0) return Failure(Bech32Error::kNotADigit, i);
    result.data.push_back(static_cast<std::uint8_t>(value));
    state = PolymodStep(state, static_cast<std::uint8_t>(value));
  }
  if (state != kBech32Constant && state != kBech32mConstant) {
    return Failure(Bech32Error::kChecksum);
  }
  result.encoding = state == kBech32Constant ? Bech32Encoding::kBech32 : Bech32Encoding::kBech32m;
  result.data.resize(result.data.size() - kChecksumSize);
  return result;
}

std::string EncodeBech32(Bech32Encoding encoding, std::string_view hrp, ByteSpan data) {
  COINWAKE_CHECK(!hrp.empty() && hrp.size() + 1 + data.size() + kChecksumSize <= kMaxBech32Size);
  std::string text(hrp);
  text.push_back('1');
  std::uint32_t state = PolymodOfHrp(hrp);
  for (const std::uint8_t value : data) {
    COINWAKE_CHECK(value < 32);
    state = PolymodStep(state, value);
    text.push_back(kDigits[value]);
  }
  for (std::size_t i = 0; i < kChecksumSize; ++i) state = PolymodStep(state, 0);
  state ^= encoding == Bech32Encoding::kBech32 ? kBech32Constant : kBech32mConstant;
  for (std::size_t i = 0; i < kChecksumSize; ++i) {
    text.push_back(kDigits[(state >> (5 * (5 - i))) & 31]);
  }
  return text;
}

std::string EncodeWitnessAddress(std::string_view hrp, std::uint8_t version, ByteSpan program) {
  COINWAKE_CHECK(version <= 16 && program.size() >= 2 && program.size() <= 40);
  std::array<std::uint8_t, 65> values;  // 1 + 40 * 8 / 5
  std::size_t size = 0;
  values[size++] = version;
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const std::uint8_t byte : program) {
    pending = ((pending & 0xff) << 8) | byte;
    for (pending_bits += 8; pending_bits >= 5;) {
      pending_bits -= 5;
      values[size++] = static_cast<std::uint8_t>((pending >> pending_bits) & 31);
    }
  }
  if (pending_bits > 0) {
    values[size++] = static_cast<std::uint8_t>((pending << (5 - pending_bits)) & 31);
  }
  return EncodeBech32(version == 0 ? Bech32Encoding::kBech32 : Bech32Encoding::kBech32m, hrp,
                      ByteSpan(values.data(), size));
}

bool PackFiveBits(ByteSpan values, std::vector<std::uint8_t>* bytes) {
  bytes->clear();
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const std::uint8_t value : values) {
    pending = ((pending & 0xff) << 5) | (value & 31);
    pending_bits += 5;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes->push_back(static_cast<std::uint8_t>(pending >> pending_bits));
    }
  }
  return pending_bits < 5 && (pending & ((1u << pending_bits) - 1)) == 0;
}

}  // namespace coinwake::bitcoin
