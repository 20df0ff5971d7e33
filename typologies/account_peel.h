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

// A chain begins with a receipt of the subject. A hop leads from what arrived at a node to the
// largest of its later payments, the earliest of equals, within the gap: no more than arrived, no
// less than the peel leaves of it, to a fresh node, whose first flow it is; beside it the node pays
// somebody else, too, within the gap, no more than the rest. A finding is a chain that is long
// enough; no hop is in two. Counterparties: who forwards and who gets what is peeled off. Amount:
// peeled off. Needs the flows of whoever forwards; of whom they are not known is not fresh.
// O(payments of those within the gap).
std::vector<Finding> FindAccountPeels(const FlowGraph& graph, const PeelParameters& parameters,
                                      StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_ACCOUNT_PEEL_H_
