// To whom accounts are exposed: where all they received came from, or went (tracer/exposure.h,
// which is the same of outputs).
#ifndef COINWAKE_TRACER_ACCOUNT_EXPOSURE_H_
#define COINWAKE_TRACER_ACCOUNT_EXPOSURE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "tracer/account_trace.h"
#include "tracer/exposure.h"

namespace coinwake {

struct AccountExposureEntry {
  std::optional<SinkKind> kind;         // nullopt: unspent
  std::optional<std::uint32_t> entity;  // of a stop, as AccountStops numbers them
  AccountTaint direct;                  // within one transfer
  AccountTaint indirect;
  std::optional<std::uint32_t> min_hops;  // of a stop of a source: the fewest transfers on the way
};

struct AccountExposure {
  std::vector<AccountExposureEntry> entries;  // by (kind, entity); unspent first
  AccountTaint total;                         // what the accounts received
};

// Follows `request`, which has one label, twice; its max_hops is where the trace ends. Adds up
// exactly. kInvalidArgument: not one label, or a policy other than fifo and haircut. Else as
// RunAccountTrace and RunAccountSource; each of the two traces has the limit for itself.
absl::StatusOr<AccountExposure> MeasureAccountExposure(AccountEvents& events,
                                                       const AccountTraceRequest& request,
                                                       ExposureDirection direction,
                                                       const AccountTraceLimits& limits,
                                                       const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_EXPOSURE_H_
