// Round trip: what the subject pays comes back to it over others, less a little at each hop.
#ifndef COINWAKE_TYPOLOGIES_ROUND_TRIP_H_
#define COINWAKE_TYPOLOGIES_ROUND_TRIP_H_

#include <cstdint>
#include <vector>

#include "typologies/finding.h"

namespace coinwake {

struct RoundTripParameters {
  std::uint32_t most_hops = 6;  // two at least
  std::int64_t window_s = 7 * kSecondsInDay;
  std::uint32_t retention_permille = 900;  // each hop's amount, of the one before; never more
  Uint128 least_amount = 1;                // of the first hop, base units
};

// A finding is a cycle through the subject that begins with a payment of it: each hop after the one
// before in the chain's order, all within the window, no node twice, none of them a service. The
// earliest payment comes first, and of its cycles the one whose hops come first, the first hop
// counting most; no flow is in two findings. Amount: that came back. Needs the flows of whoever the
// money may pass through; the search is bounded by `steps` alone.
std::vector<Finding> FindRoundTrips(const FlowGraph& graph, const RoundTripParameters& parameters,
                                    StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_ROUND_TRIP_H_
