// 256-bit unsigned amounts: what token contracts count in.
//
// The numbers are Boost.Multiprecision's; this header is the only one that includes it. Arithmetic
// wraps at 256 bits, as in the contracts; callers that add check for themselves.
#ifndef COINWAKE_INDEXER_BASE_AMOUNT_H_
#define COINWAKE_INDEXER_BASE_AMOUNT_H_

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace coinwake {

using Uint256 = boost::multiprecision::uint256_t;

// Sums of amounts: exact, since no chain has 2^256 of them.
using AmountSum = boost::multiprecision::uint512_t;

inline constexpr std::size_t kUint256Size = 32;  // bytes

inline Uint256 Uint256FromBytes(std::span<const std::uint8_t, kUint256Size> big_endian) {
  Uint256 value;
  boost::multiprecision::import_bits(value, big_endian.begin(), big_endian.end());
  return value;
}

// Big-endian, all 32 bytes.
inline std::array<std::uint8_t, kUint256Size> Uint256ToBytes(Uint256 value) {
  std::array<std::uint8_t, kUint256Size> bytes{};
  for (std::size_t i = kUint256Size; i-- > 0; value >>= 8) {
    bytes[i] = static_cast<std::uint8_t>(value & 0xff);
  }
  return bytes;
}

// Decimal digits.
inline std::string ToDecimal(const Uint256& value) { return value.str(); }
inline std::string ToDecimal(const AmountSum& value) { return value.str(); }

// nullopt: does not fit.
inline std::optional<std::uint64_t> ToUint64(const Uint256& value) {
  if (value > std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_AMOUNT_H_
