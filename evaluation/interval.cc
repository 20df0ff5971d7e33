#include "evaluation/interval.h"

#include <algorithm>
#include <cmath>

#include "absl/numeric/int128.h"
#include "indexer/base/check.h"

namespace coinwake::evaluation {

std::optional<Interval> WilsonInterval(std::uint64_t successes, std::uint64_t trials) {
  COINWAKE_CHECK(successes <= trials);
  if (trials == 0) return std::nullopt;
  constexpr double kZ = 1.959963984540054;  // of 95 %, two-sided
  const auto count = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / count;
  const double scale = 1 + kZ * kZ / count;
  const double middle = (share + kZ * kZ / (2 * count)) / scale;
  const double spread =
      kZ * std::sqrt((share * (1 - share) + kZ * kZ / (4 * count)) / count) / scale;
  // At the ends the exact bound is 0 or 1, which rounding may miss.
  Interval interval;
  interval.low = successes == 0 ? 0 : std::max(0.0, middle - spread);
  interval.high = successes == trials ? 1 : std::min(1.0, middle + spread);
  return interval;
}

std::optional<Figure> Proportion(std::uint64_t successes, std::uint64_t trials, FigureKind kind) {
  if (trials == 0) return std::nullopt;
  Figure figure;
  figure.value = static_cast<double>(successes) / static_cast<double>(trials);
  figure.interval = WilsonInterval(successes, trials);
  figure.kind = kind;
  return figure;
}

std::uint64_t Resampler::Next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void Resampler::Draw(std::vector<std::uint32_t>* times) {
  times->assign(population_, 0);
  for (std::size_t i = 0; i < population_; ++i) {
    // The high half of the product: uniform up to one part in 2^64 / population.
    const absl::uint128 product = absl::uint128(Next()) * population_;
    ++(*times)[absl::Uint128High64(product)];
  }
}

std::optional<Interval> MiddleOf(std::vector<double>* values) {
  if (values->empty()) return std::nullopt;
  std::sort(values->begin(), values->end());
  const std::size_t cut = values->size() / 40;  // 2.5 % at each end
  return Interval{(*values)[cut], (*values)[values->size() - 1 - cut]};
}

}  // namespace coinwake::evaluation
