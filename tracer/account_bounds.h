// The bounds of tracer/bounds.h over accounts, one asset at a time.
//
// An apportionment says how much of what a transfer moves is tainted: no more than the amount, no
// more than the account holds of it, and no less than what its clean units leave to be moved. So
// the taint of an account between two events is at most its balance there; that is the capacity of
// holding it over, and a transfer's is its amount (ALGORITHMS 7.4). All apportionments together are
// the flows through the accounts as they are between events, in the order of events, so no money
// leaves before it came. An account that never sends again holds what arrived.
//
// Rules beside those of tracer/account_trace.h, of which policy, threshold, fractions and
// `competing` mean nothing here:
// - Every receipt of a seed account is a source; what arrives there returned to a seed, and is
//   elsewhere. At the target what arrives is not followed further. Seeds come before the target,
//   the target before stops.
// - Hops of what an account holds are the fewest transfers from a seed of any part of it. What
//   leaves an account at max_hops is not expanded, but for fees and what is destroyed or hidden.
// - What an account held before taint first reached it is clean: assumed openings too.
#ifndef COINWAKE_TRACER_ACCOUNT_BOUNDS_H_
#define COINWAKE_TRACER_ACCOUNT_BOUNDS_H_

#include <cstdint>
#include <vector>

#include "tracer/account_trace.h"
#include "tracer/bounds.h"

namespace coinwake {

// As FindBounds(); `target` is an account's number. Also kInvalidArgument: amounts or balances
// beyond kMaxAccountUnits; and what `events` returns. Reads accounts as a trace does, each from
// the event on that first brings it what may be tainted.
absl::StatusOr<std::vector<Bounds>> FindAccountBounds(AccountEvents& events,
                                                      const AccountTraceRequest& request,
                                                      std::uint32_t target,
                                                      const BoundsLimits& limits,
                                                      const Cancellation* cancellation);

// As FindFigureBounds(); here max_hops too may lead a figure out of its bounds, since a trace
// counts the hops of each unit that an account holds.
absl::StatusOr<std::vector<FigureBounds>> FindAccountFigureBounds(
    AccountEvents& events, const AccountTraceRequest& request, const BoundsLimits& limits,
    const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_BOUNDS_H_
