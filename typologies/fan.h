// Fan-in and fan-out: many payers, or many payees, within a short time.
#ifndef COINWAKE_TYPOLOGIES_FAN_H_
#define COINWAKE_TYPOLOGIES_FAN_H_

#include <cstdint>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct FanParameters {
  std::uint32_t least_counterparties = 10;
  std::int64_t window_s = kSecondsInDay;
  Uint128 least_amount = 1;  // of each payment, base units
};

enum class FanDirection : std::uint8_t { kIn, kOut };

// A finding is all payments to the subject (or by it), none below the least amount, from the first
// on within the window, where so many different nodes pay (are paid). The earliest comes first, the
// next begins after its end. Amount: of all of them. Needs the subject's flows alone. O(flows).
std::vector<Finding> FindFans(const FlowGraph& graph, FanDirection direction,
                              const FanParameters& parameters, StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_FAN_H_
