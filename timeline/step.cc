#include "timeline/step.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "indexer/base/amount.h"

namespace coinwake {
namespace {

// a / b >= c / d. REQUIRES: none of those divided by is 0.
bool IsRatioAtLeast(Uint128 a, Uint128 b, Uint128 c, Uint128 d) {
  return Uint256(a) * Uint256(d) >= Uint256(c) * Uint256(b);
}

// The lower median's place of `count` values in order.
std::size_t MedianPlace(std::size_t count) { return (count - 1) / 2; }

Uint128 MedianOf(std::vector<Uint128> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(MedianPlace(values.size()));
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The next larger number with as many bits set.
std::uint32_t NextWithAsMany(std::uint32_t bits) {
  const std::uint32_t low = bits & (~bits + 1);
  const std::uint32_t up = bits + low;
  return up | (((bits ^ up) / low) >> 2);
}

// Twice the rank of each value among all, from 0: equal ones have the mean rank.
std::vector<std::uint32_t> RanksOf(const std::vector<Uint128>& values) {
  std::vector<std::uint32_t> ranks;
  for (const Uint128 value : values) {
    std::uint32_t rank = 0;
    for (const Uint128 other : values) {
      rank += other < value ? 2 : other == value ? 1 : 0;
    }
    ranks.push_back(rank);
  }
  return ranks;
}

// Counts the ways to deal `values`, all weeks of both sides in order, and those that go as far.
void CountSplits(const std::vector<Uint128>& values, StepChange* step) {
  const std::vector<std::uint32_t> ranks = RanksOf(values);
  const std::size_t side = values.size() / 2;
  const bool is_up = step->after > step->before;
  // Week i stands at bit i; dealt are the weeks of the higher side.
  const std::uint32_t first = (std::uint32_t{1} << side) - 1;
  const std::uint32_t all = (std::uint32_t{1} << values.size()) - 1;
  const auto rank_sum = [&ranks](std::uint32_t bits) {
    std::uint32_t sum = 0;
    for (; bits != 0; bits &= bits - 1) {
      sum += ranks[static_cast<std::size_t>(std::countr_zero(bits))];
    }
    return sum;
  };
  const std::uint32_t truth = rank_sum(is_up ? all & ~first : first);
  for (std::uint32_t bits = first; bits <= all; bits = NextWithAsMany(bits)) {
    ++step->splits;
    if (rank_sum(bits) >= truth) ++step->as_far;
  }
}

// What came in the weeks [begin, end), 0 where nothing did.
std::vector<Uint128> ValuesBetween(const std::vector<WeekValue>& weeks, WeekNum begin,
                                   WeekNum end) {
  std::vector<Uint128> values(static_cast<std::size_t>(end - begin), 0);
  for (auto at =
           std::lower_bound(weeks.begin(), weeks.end(), begin,
                            [](const WeekValue&one, WeekNum week) { return one.week < week; });
       at != weeks.end() && at->week < end; ++at) {
    values[static_cast<std::size_t>(at->week - begin)] = at->value;
  }
  return values;
}

// Whether `a` is to be told rather than `b`, should they be too near.
bool IsPlainer(const StepChange& a, const StepChange& b) {
  const Uint128 a_high = std::max(a.before, a.after);
  const Uint128 a_low = std::min(a.before, a.after);
  const Uint128 b_high = std::max(b.before, b.after);
  const Uint128 b_low = std::min(b.before, b.after);
  if (!IsRatioAtLeast(b_high, b_low, a_high, a_low)) return true;
  if (!IsRatioAtLeast(a_high, a_low, b_high, b_low)) return false;
  return a.as_far != b.as_far ? a.as_far < b.as_far : a.week < b.week;
}

}  // namespace

FoundSteps FindSteps(const std::vector<WeekValue>& weeks, WeekNum end, const StepRule& rule) {
  FoundSteps found;
  if (weeks.empty()) return found;
  const auto side = static_cast<WeekNum>(rule.side_weeks);
  std::vector<StepChange> candidates;
  for (const WeekValue& one : weeks) {
    if (one.week - side < weeks.front().week || one.week + side > end) continue;
    ++found.examined;
    const std::vector<Uint128> values = ValuesBetween(weeks, one.week - side, one.week + side);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(side);
    StepChange step{.week = one.week,
                    .before = MedianOf({values.begin(), middle}),
                    .after = MedianOf({middle, values.end()})};
    const Uint128 high = std::max(step.before, step.after);
    const Uint128 low = std::min(step.before, step.after);
    if (low == 0 || !IsRatioAtLeast(high, low, rule.least_ratio_permille, 1000)) continue;
    CountSplits(values, &step);
    if (step.as_far * 1000 <= step.splits * rule.most_chance_permille) candidates.push_back(step);
  }
  std::sort(candidates.begin(), candidates.end(), IsPlainer);
  for (const StepChange& step : candidates) {
    const bool is_free =
        std::none_of(found.steps.begin(), found.steps.end(), [&](const StepChange& told) {
          return std::max(step.week, told.week) - std::min(step.week, told.week) < side;
        });
    if (is_free) found.steps.push_back(step);
  }
  std::sort(found.steps.begin(), found.steps.end(),
            [](const StepChange& a, const StepChange& b) { return a.week < b.week; });
  return found;
}

}  // namespace coinwake
