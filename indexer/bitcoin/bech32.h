// Bech32 (BIP173) and Bech32m (BIP350): the text form of witness programs.
#ifndef COINWAKE_INDEXER_BITCOIN_BECH32_H_
#define COINWAKE_INDEXER_BITCOIN_BECH32_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"

namespace coinwake::bitcoin {

inline constexpr std::size_t kMaxBech32Size = 90;  // characters (BIP173)

enum class Bech32Encoding : std::uint8_t { kBech32, kBech32m };

enum class Bech32Error : std::uint8_t {
  kNone,
  kTooLong,
  kNotPrintable,
  kMixedCase,
  kNoSeparator,  // or nothing before it, or fewer than the checksum's 6 characters after it
  kNotADigit,
  kChecksum,
};

struct Bech32Decoded {
  Bech32Error error = Bech32Error::kNone;
  std::size_t position = 0;  // of the first bad character, with kNotADigit and kNotPrintable
  Bech32Encoding encoding = Bech32Encoding::kBech32;
  std::string hrp;                 // lower case
  std::vector<std::uint8_t> data;  // 5 bits a value, without the checksum
};
Bech32Decoded DecodeBech32(std::string_view text);

// REQUIRES: lower-case printable `hrp`, values below 32, at most kMaxBech32Size characters in all.
std::string EncodeBech32(Bech32Encoding encoding, std::string_view hrp, ByteSpan data);

// The address of a witness program: Bech32 for version 0, Bech32m above. REQUIRES: version at most
// 16, program of 2 to 40 bytes.
std::string EncodeWitnessAddress(std::string_view hrp, std::uint8_t version, ByteSpan program);

// 5-bit values as bytes, BIP173's rule: at most 4 bits of padding, all zero. False breaks that
// rule.
bool PackFiveBits(ByteSpan values, std::vector<std::uint8_t>* bytes);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_BECH32_H_
