#include "heuristics/natural_log.h"

#include <bit>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr int kFractionBits = 24;

// Binary logarithm in units of 2^-24, by squaring the mantissa: what a squaring rounds off counts
// half as much as in the one before.
std::int64_t Log2(std::uint64_t value) {
  const int exponent = 63 - std::countl_zero(value);
  std::int64_t result = std::int64_t{exponent} << kFractionBits;
  // In [1, 2), as units of 2^-31.
  std::uint64_t mantissa = exponent > 31 ? value >> (exponent - 31) : value << (31 - exponent);
  for (std::int64_t bit = std::int64_t{1} << (kFractionBits - 1); bit != 0; bit >>= 1) {
    mantissa = mantissa * mantissa >> 31;
    if (mantissa >> 32 != 0) {
      result += bit;
      mantissa >>= 1;
    }
  }
  return result;
}

}  // namespace

std::int64_t MilliNats(std::uint64_t numerator, std::uint64_t denominator) {
  COINWAKE_CHECK(numerator > 0 && denominator > 0);
  COINWAKE_CHECK(numerator >> 62 == 0 && denominator >> 62 == 0);
  constexpr std::int64_t kLn2 = 693'147'181;  // of 10^-9
  constexpr std::int64_t kMilli = 1'000'000;  // of 10^-9
  const std::int64_t log2 = Log2(numerator) - Log2(denominator);
  const bool is_negative = log2 < 0;
  // At most 2^30 times 2^30.
  const std::int64_t nano = (is_negative ? -log2 : log2) * kLn2 >> kFractionBits;
  const std::int64_t rounded = (nano + kMilli / 2) / kMilli;
  return is_negative ? -rounded : rounded;
}

}  // namespace coinwake
