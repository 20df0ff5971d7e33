// Peel chains of accounts: most of what arrives goes on to one fresh account, again and again,
// while a little is peeled off to somebody else.
//
// On Bitcoin a peel chain is what heuristics/peel_chain.h says: typologies/output_peel.h.
#ifndef COINWAKE_TYPOLOGIES_ACCOUNT_PEEL_H_
#define COINWAKE_TYPOLOGIES_ACCOUNT_PEEL_H_

#include <cstdint>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct PeelParameters {
  std::uint32_t least_hops = 5;
  std::uint32_t strong_hops = 10;              // a chain as long as that is a strong one
  std::uint32_t greatest_peel_permille = 500;  // of what arrived, not forwarded
  std::int64_t gap_s = 3 * kSecondsInDay;      // from what arrives to what goes on
  Uint128 least_amount = 1;                    // that arrives first, base units
};

// A chain begins with a receipt of the subject. What arrived at a node (of the subject its receipt,
// of another one what the hop before forwarded to it) is followed by a hop, where the node pays
// after the first of it and within the gap of the last
//   - a fresh node, whose first flow that is: in order, each payment that still fits into what
//     arrived, together no less than the peel leaves of it. The one that gets most so, the first
//     of equals;
//   - and others, neither that one nor the subject: in order, each payment that still fits into
//     what is left then; one at least.
// So no more is forwarded and peeled off than arrived. A finding is a chain that is long enough; no
// flow is in two. Counterparties: who forwards and who gets what is peeled off. Amount: peeled off.
// A chain that would go on to a node whose flows are not known (FlowGraph::IsUnread) ends there,
// and is_cut. Needs the flows of whoever forwards. O(payments of those within the gap).
std::vector<Finding> FindAccountPeels(const FlowGraph& graph, const PeelParameters& parameters,
                                      StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_ACCOUNT_PEEL_H_
