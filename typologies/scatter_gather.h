// Scatter-gather: the subject pays many, who soon pay as much to one and the same.
#ifndef COINWAKE_TYPOLOGIES_SCATTER_GATHER_H_
#define COINWAKE_TYPOLOGIES_SCATTER_GATHER_H_

#include <cstdint>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct ScatterGatherParameters {
  std::uint32_t least_intermediaries = 5;
  std::int64_t window_s = 7 * kSecondsInDay;  // from a receipt to the payment that passes it on
  std::uint32_t retention_permille = 800;     // paid on, of what was received, at least
  Uint128 least_amount = 1;                   // of each payment of the subject, base units
};

// A finding is a node that is paid over enough intermediaries: each is paid by the subject, is no
// service, and later pays that node within the window no less than the retention of it. Of an
// intermediary the first such pair of payments counts. The node may be a service, and is not the
// subject. Findings by the first payment of each. Amount: that arrived. Needs the flows of whom the
// subject pays. O(pairs of payments within the window).
std::vector<Finding> FindScatterGathers(const FlowGraph& graph,
                                        const ScatterGatherParameters& parameters,
                                        StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_SCATTER_GATHER_H_
