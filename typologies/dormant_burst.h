// Dormant burst: an address that did nothing for long pays out nearly all it has within a day.
#ifndef COINWAKE_TYPOLOGIES_DORMANT_BURST_H_
#define COINWAKE_TYPOLOGIES_DORMANT_BURST_H_

#include <cstdint>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct DormantBurstParameters {
  std::int64_t inactivity_s = 180 * kSecondsInDay;
  std::int64_t burst_s = kSecondsInDay;
  std::uint32_t least_share_permille = 800;  // of the balance before the burst
  // Of a balance that counts, base units; a receipt below it is no activity: anybody can send dust.
  Uint128 least_amount = 1;
};

// A finding is the subject's last activity before such a gap, and its payments within the burst
// that the first of them opens. The balance is what the graph's flows leave; none where not all of
// the subject's payments are in the graph. Amount: paid in the burst. Needs the subject's flows
// alone. O(flows).
std::vector<Finding> FindDormantBursts(const FlowGraph& graph,
                                       const DormantBurstParameters& parameters, StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_DORMANT_BURST_H_
