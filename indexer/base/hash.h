// SHA-256, RIPEMD-160, Keccak-256 and the compositions the chains use, and 256-bit hashes as
// values.
//
// The digests come from Crypto++ (SHA extensions when the processor has them); hash.cc is the only
// file that includes it. All functions are pure and safe to call from any thread.
#ifndef COINWAKE_INDEXER_BASE_HASH_H_
#define COINWAKE_INDEXER_BASE_HASH_H_

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "indexer/base/bytes.h"

namespace coinwake {

// A 256-bit hash in the byte order it has inside blocks. Bitcoin's people and APIs show it reversed
// (display order), Tron's as it is.
struct Hash256 {
  std::array<std::uint8_t, 32> bytes{};

  // 64 lower-case hex digits in display order (as block explorers print a txid).
  std::string ToDisplayHex() const;
  // Accepts exactly 64 hex digits in display order, either case; nullopt otherwise.
  static std::optional<Hash256> FromDisplayHex(std::string_view hex);

  // 64 lower-case hex digits in byte order, and back under the same rules.
  std::string ToHex() const;
  static std::optional<Hash256> FromHex(std::string_view hex);

  bool IsZero() const { return *this == Hash256{}; }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
  friend auto operator<=>(const Hash256&, const Hash256&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Hash256& hash) {
    return H::combine(std::move(state), LoadLe<std::uint64_t>(hash.bytes.data() + 8));
  }
};

using Hash160 = std::array<std::uint8_t, 20>;

Hash256 Sha256(ByteSpan data);
// SHA-256 of SHA-256: txids, block hashes, base58 checksums.
Hash256 DoubleSha256(ByteSpan data);
// The same over the concatenation of `parts`, without copying them together.
Hash256 DoubleSha256(std::initializer_list<ByteSpan> parts);
// The same of bytes that come in pieces.
class DoubleSha256Stream {
 public:
  DoubleSha256Stream();
  ~DoubleSha256Stream();
  DoubleSha256Stream(const DoubleSha256Stream&) = delete;
  DoubleSha256Stream& operator=(const DoubleSha256Stream&) = delete;
  void Add(ByteSpan bytes);
  Hash256 Finish();  // and begins anew

 private:
  struct Hasher;
  std::unique_ptr<Hasher> hasher_;
};
// RIPEMD-160 of SHA-256: key and script hashes.
Hash160 ComputeHash160(ByteSpan data);
// Keccak-256 as Ethereum and Tron have it: with the padding from before SHA-3 was standardised.
Hash256 Keccak256(ByteSpan data);
// CRC-32C (Castagnoli), hardware-assisted where the processor can.
std::uint32_t Crc32c(ByteSpan data);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_HASH_H_
