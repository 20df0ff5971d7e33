#include "tracer/account_source.h"

#include "tracer/account_cursor.h"
#include "tracer/account_ledger.h"
#include "tracer/account_plan.h"
#include "tracer/account_source_sweep.h"

namespace coinwake {

absl::Status CheckAccountSource(const AccountTraceRequest& request) {
  if (request.policy != AccountPolicy::kFifo && request.policy != AccountPolicy::kHaircut) {
    return absl::InvalidArgumentError(
        "value is followed backward by fifo or haircut: how other policies divide it depends on "
        "what was tainted");
  }
  if (request.competing) {
    return absl::InvalidArgumentError("labels do not compete where value is followed backward");
  }
  return absl::OkStatus();
}

absl::StatusOr<AccountTraceStats> RunAccountSource(AccountEvents& events,
                                                   const AccountTraceRequest& request,
                                                   const AccountTraceLimits& limits,
                                                   const Cancellation* cancellation,
                                                   AccountTraceReceiver& receiver) {
  COINWAKE_RETURN_IF_ERROR(CheckAccountSource(request));
  COINWAKE_ASSIGN_OR_RETURN(const AccountPlan plan, MakeAccountPlan(request, limits));
  AccountLedger ledger(request.labels.size(), plan.options.fraction_bits);
  AccountMeter meter(limits, cancellation);
  AccountHistories histories;
  AccountTraceStats stats;
  COINWAKE_RETURN_IF_ERROR(
      FollowPlan(plan, ledger, [&](const AccountSweepOptions& options) -> AccountSourceSweep {
        return AccountSourceSweep({events, options, ledger, histories, meter, stats});
      }));
  COINWAKE_RETURN_IF_ERROR(CheckBalanced(plan, request, ledger));
  stats.events_read = meter.events_read();
  COINWAKE_RETURN_IF_ERROR(ledger.Deliver(events, plan.ranking, cancellation, receiver));
  return stats;
}

}  // namespace coinwake
