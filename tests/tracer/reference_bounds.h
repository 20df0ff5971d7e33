// The slow, obvious twins of FindBounds and FindAccountBounds: they try every apportionment in
// whole units, transaction by transaction (event by event), and note what arrived. They know
// nothing of flows. No max_hops.
#ifndef COINWAKE_TESTS_TRACER_REFERENCE_BOUNDS_H_
#define COINWAKE_TESTS_TRACER_REFERENCE_BOUNDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tests/tracer/memory_accounts.h"
#include "tracer/account_bounds.h"
#include "tracer/bounds.h"

namespace coinwake {

// Of what one label's seeds bring to the target; with `counted` of what ends at that stop. nullopt:
// there are too many ways to try. Without a target what is left with accounts. REQUIRES: a valid
// request.
std::optional<AmountInterval> TryAll(const View& view, const TraceRequest& request,
                                     std::uint32_t label, const BoundsTarget& target,
                                     const std::optional<Stop>& counted = std::nullopt);
std::optional<AmountInterval> TryAll(MemoryAccounts& accounts, const AccountTraceRequest& request,
                                     std::uint32_t label, std::optional<std::uint32_t> target,
                                     const std::optional<Stop>& counted = std::nullopt);

// "[5, 60]"
std::string TextOf(const AmountInterval& interval);
// "[5, 60] of 60", then where there are such " service/1 20" for a stop of entity 1, " mixer 3" for
// one of none, "; 2 not expanded: 7".
std::string TextOf(const Bounds& bounds);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_REFERENCE_BOUNDS_H_
