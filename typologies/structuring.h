// Structuring, or smurfing: many payments that stay just below a threshold, or are nearly equal.
#ifndef COINWAKE_TYPOLOGIES_STRUCTURING_H_
#define COINWAKE_TYPOLOGIES_STRUCTURING_H_

#include <cstdint>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct StructuringParameters {
  std::uint32_t least_payments = 10;
  std::uint32_t least_payees = 5;
  std::int64_t window_s = 2 * kSecondsInDay;
  // Base units, ascending; may be none. An amount is just below one from it less so much on.
  std::vector<Uint128> thresholds = {};
  std::uint32_t below_permille = 100;
  std::uint32_t band_permille = 20;  // nearly equal: the greatest is so much above the least
  Uint128 least_amount = 1;          // of nearly equal payments, base units
};

// A finding is all payments of the subject within the window whose amounts are just below the same
// threshold, or between a payment's own and the band above it, where they are enough, to enough
// nodes. Thresholds come before bands, lower amounts before greater ones, the earliest first; no
// payment is in two findings. Amount: of all of them. Needs the subject's flows alone.
// O(flows * flows within a band).
std::vector<Finding> FindStructuring(const FlowGraph& graph,
                                     const StructuringParameters& parameters, StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_STRUCTURING_H_
