// Gather-scatter: many pay the subject, which then pays about as much to many others.
#ifndef COINWAKE_TYPOLOGIES_GATHER_SCATTER_H_
#define COINWAKE_TYPOLOGIES_GATHER_SCATTER_H_

#include <cstdint>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct GatherScatterParameters {
  std::uint32_t least_payers = 5;
  std::uint32_t least_payees = 5;
  std::int64_t window_s = 7 * kSecondsInDay;
  // Of what was gathered, what was scattered; margins of a tenth on both sides (AMLSim).
  std::uint32_t least_retention_permille = 800;
  std::uint32_t greatest_retention_permille = 1000;
  Uint128 least_amount = 1;  // of each payment, base units; smaller ones are passed over
};

// A scatter begins with a payment of the subject and is a run of its payments; the gather before it
// is all that the subject received from some receipt on until then. A finding has enough payers and
// payees, no node on both sides, the retention within its limits, and lies within the window. The
// scatter that begins first comes first, with the gather that begins earliest and then the longest
// run; the next finding begins after its end. Amount: scattered. Needs the subject's flows alone.
// O(flows), and for each payment with enough payers before it and enough payees after it the
// receipts before it within the window: no further back than where more was received than could be
// scattered.
std::vector<Finding> FindGatherScatters(const FlowGraph& graph,
                                        const GatherScatterParameters& parameters,
                                        StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_GATHER_SCATTER_H_
