#include "tracer/apportion.h"

#include <algorithm>
#include <numeric>

#include "indexer/base/check.h"
#include "tracer/taint.h"

namespace coinwake {
namespace {

// Up to here, picking one maximum after another beats a partial sort.
constexpr std::uint64_t kScanSteps = 256;

}  // namespace

void Apportioner::Split(std::uint64_t amount, std::span<const std::uint64_t> capacities,
                        std::uint64_t total, std::span<std::uint64_t> shares) {
  COINWAKE_DCHECK(amount <= total);
  COINWAKE_DCHECK(shares.size() == capacities.size());
  if (amount == 0 || amount == total) {  // nothing, or every part is filled
    for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = amount == 0 ? 0 : capacities[i];
    return;
  }
  remainders_.resize(capacities.size());
  std::uint64_t left = amount;
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    const Uint128 product = static_cast<Uint128>(amount) * capacities[i];
    const auto share = static_cast<std::uint64_t>(product / total);
    remainders_[i] = static_cast<std::uint64_t>(product) - share * total;  // < total, so mod 2^64
    shares[i] = share;
    left -= share;
  }
  if (left != 0) RoundUp(left, shares);
}

void Apportioner::SplitAndTake(std::uint64_t amount, std::span<std::uint64_t> capacities,
                               std::uint64_t* total, std::span<std::uint64_t> shares) {
  Split(amount, capacities, *total, shares);
  for (std::size_t i = 0; i < shares.size(); ++i) capacities[i] -= shares[i];
  *total -= amount;
}

void Apportioner::RoundUp(std::uint64_t count, std::span<std::uint64_t> shares) {
  if (count * shares.size() <= kScanSteps) {
    for (; count != 0; --count) {
      // max_element gives the first of equals: the lower index.
      const auto largest = std::max_element(remainders_.begin(), remainders_.end());
      COINWAKE_DCHECK(*largest != 0);
      ++shares[static_cast<std::size_t>(largest - remainders_.begin())];
      *largest = 0;
    }
    return;
  }
  order_.resize(shares.size());
  std::iota(order_.begin(), order_.end(), 0u);
  const auto end = order_.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(order_.begin(), end - 1, order_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return remainders_[a] != remainders_[b] ? remainders_[a] > remainders_[b] : a < b;
  });
  for (auto part = order_.begin(); part != end; ++part) ++shares[*part];
}

}  // namespace coinwake
