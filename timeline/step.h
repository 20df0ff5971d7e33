// StepChange changes in what a subject receives a week.
//
// DESCRIPTION. At the beginning of a week that has receipts, the medians of the `side_weeks` whole
// weeks before and after it are compared (of an even number the lower of the middle two; weeks
// without a receipt count as 0). It is a candidate where both are above 0 and one is at least
// `least_ratio_permille` thousandths of the other. Chance: of all ways to deal those weeks to the
// two sides, in `as_far` the weeks of the higher side rank as high or higher, all in all, as in
// truth, the true one among them (the exact rank-sum test of Wilcoxon 1945, and Mann and Whitney
// 1947; of equal weeks each has the mean rank). A candidate is a step where these are at most
// `most_chance_permille` thousandths. Of candidates less than `side_weeks` apart only one is told:
// that of the largest ratio, of equals the one that chance shows least often, then the earliest.
// Exact, in integers.
//
// What that says. The weeks are dealt as if one did not depend on the one before, and the best of
// many moments is picked: `examined` says of how many. Who looks at enough weeks finds some steps.
#ifndef COINWAKE_TIMELINE_STEP_H_
#define COINWAKE_TIMELINE_STEP_H_

#include <cstdint>
#include <vector>

#include "timeline/week.h"
#include "tracer/taint.h"

namespace coinwake {

// All ways to deal 16 weeks to two sides are 12,870.
inline constexpr std::uint32_t kMinStepWeeks = 3;
inline constexpr std::uint32_t kMaxStepWeeks = 8;

struct StepRule {
  std::uint32_t side_weeks = 8;               // kMinStepWeeks to kMaxStepWeeks
  std::uint32_t least_ratio_permille = 2000;  // above 1000
  std::uint32_t most_chance_permille = 2;
};

// What came in one week.
struct WeekValue {
  WeekNum week = 0;
  Uint128 value = 0;  // above 0, below 2^120
};

struct StepChange {
  WeekNum week = 0;  // the first one after it
  Uint128 before = 0;
  Uint128 after = 0;
  std::uint64_t splits = 0;
  std::uint64_t as_far = 0;

  friend bool operator==(const StepChange&, const StepChange&) = default;
};

struct FoundSteps {
  std::vector<StepChange> steps;  // ascending
  std::uint64_t examined = 0;     // moments with enough weeks on both sides
};

// `weeks` ascending; `end`: the first week that is not wholly known. O(weeks), and for each
// candidate its splits.
FoundSteps FindSteps(const std::vector<WeekValue>& weeks, WeekNum end, const StepRule& rule);

}  // namespace coinwake

#endif  // COINWAKE_TIMELINE_STEP_H_
