#include "tracer/wide_apportion.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

struct Quotient {
  Uint128 quotient = 0;
  Uint128 remainder = 0;
};

// a * b / divisor. REQUIRES: a <= divisor, which is not 0: the quotient is at most b.
Quotient MultiplyDivide(Uint128 a, Uint128 b, Uint128 divisor) {
  Uint128 product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return {product / divisor, product % divisor};
  const Uint256 wide = Uint256(a) * Uint256(b);
  const auto quotient = static_cast<Uint128>(wide / Uint256(divisor));
  // < divisor, so arithmetic modulo 2^128 has it whole.
  return {quotient, a * b - quotient * divisor};
}

}  // namespace

void SplitWide(Uint128 amount, std::span<const Uint128> capacities, Uint128 total,
               std::span<Uint128> shares) {
  COINWAKE_DCHECK(amount <= total);
  COINWAKE_DCHECK(shares.size() == capacities.size());
  if (amount == 0 || amount == total) {  // nothing, or every part is filled
    for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = amount == 0 ? 0 : capacities[i];
    return;
  }
  if (capacities.size() == 2) {  // haircut's case; remainders of two add up to `total` or to 0
    const Quotient part = MultiplyDivide(amount, capacities[0], total);
    const bool up = part.remainder != 0 && part.remainder >= total - part.remainder;
    shares[0] = part.quotient + (up ? 1 : 0);
    shares[1] = amount - shares[0];
    return;
  }
  std::vector<Uint128> remainders(capacities.size());
  Uint128 left = amount;
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    const Quotient part = MultiplyDivide(amount, capacities[i], total);
    shares[i] = part.quotient;
    remainders[i] = part.remainder;
    left -= part.quotient;
  }
  if (left == 0) return;
  std::vector<std::size_t> order(capacities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&remainders](std::size_t a, std::size_t b) {
    return remainders[a] > remainders[b];
  });
  for (std::size_t i = 0; left != 0; ++i, --left) ++shares[order[i]];
}

}  // namespace coinwake
