// Base58Check: the text form of hashed keys and scripts, on Bitcoin and on Tron.
#ifndef COINWAKE_INDEXER_BASE_BASE58_H_
#define COINWAKE_INDEXER_BASE_BASE58_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"

namespace coinwake {

// Longer text is refused before any work: the longest thing of use is the sentence for a witness in
// the first block of Tron's main net, 164 digits.
inline constexpr std::size_t kMaxBase58Digits = 192;

// `payload` and the first 4 bytes of its double SHA-256. REQUIRES: payload of at most 188 bytes.
std::string EncodeBase58Check(ByteSpan payload);

enum class Base58Error : std::uint8_t { kNone, kTooLong, kNotADigit, kTooShort, kChecksum };

struct Base58Decoded {
  Base58Error error = Base58Error::kNone;
  std::size_t position = 0;           // of the first bad character, with kNotADigit
  std::vector<std::uint8_t> payload;  // without the checksum; empty on error
};
Base58Decoded DecodeBase58Check(std::string_view text);

// Plain base58 without a checksum, under the same limits; nullopt for a wrong digit or too long
// text.
std::string EncodeBase58(ByteSpan bytes);
std::optional<std::vector<std::uint8_t>> DecodeBase58(std::string_view text);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_BASE58_H_
