// Rapid pass-through: what the subject receives it pays on at once, and keeps nothing.
#ifndef COINWAKE_TYPOLOGIES_PASS_THROUGH_H_
#define COINWAKE_TYPOLOGIES_PASS_THROUGH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct PassThroughParameters {
  std::int64_t residence_s = 3'600;              // the median of units that were paid on
  std::uint32_t least_retention_permille = 980;  // paid on, of what was received
  std::uint32_t greatest_balance_permille = 20;  // left at the end, of what was received
  std::int64_t lifetime_s = 30 * kSecondsInDay;  // from the first flow to the last
  Uint128 least_amount = 1;                      // received in all, base units
};

// How a subject passes on what it receives. Units leave in the order they came, fees among them;
// what is paid without having been received took forever.
struct Passage {
  Uint128 received = 0;
  Uint128 paid = 0;     // to somebody
  Uint128 balance = 0;  // at the end
  std::int64_t lifetime_s = 0;
  std::optional<std::int64_t> residence_s;  // median, the lower one of two; nullopt: forever, none
};
Passage PassageOf(const FlowGraph& graph);

// Whether received and paid on within the parameters, whatever the lifetime.
bool IsPassedOn(const Passage& passage, const PassThroughParameters& parameters);

// One finding or none: all of the subject's payments. None where not all of them are in the graph.
// Amount: paid. Needs the subject's flows alone. O(flows log flows).
std::vector<Finding> FindPassThrough(const FlowGraph& graph,
                                     const PassThroughParameters& parameters, StepBudget& steps);

// All flows between the subject and somebody; amount: paid.
Finding WholeOf(const FlowGraph& graph);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_PASS_THROUGH_H_
