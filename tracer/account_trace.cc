#include "tracer/account_trace.h"

#include "tracer/account_cursor.h"
#include "tracer/account_ledger.h"
#include "tracer/account_plan.h"
#include "tracer/account_sweep.h"

namespace coinwake {

absl::StatusOr<AccountTraceStats> RunAccountTrace(AccountEvents& events,
                                                  const AccountTraceRequest& request,
                                                  const AccountTraceLimits& limits,
                                                  const Cancellation* cancellation,
                                                  AccountTraceReceiver& receiver) {
  COINWAKE_ASSIGN_OR_RETURN(const AccountPlan plan, MakeAccountPlan(request, limits));
  AccountLedger ledger(request.labels.size(), plan.options.fraction_bits);
  AccountMeter meter(limits, cancellation);
  AccountTraceStats stats;
  COINWAKE_RETURN_IF_ERROR(
      FollowPlan(plan, ledger, [&](const AccountSweepOptions& options) -> AccountSweep {
        return AccountSweep({events, options, ledger, meter, stats});
      }));
  COINWAKE_RETURN_IF_ERROR(CheckBalanced(plan, request, ledger));
  stats.events_read = meter.events_read();
  COINWAKE_RETURN_IF_ERROR(ledger.Deliver(events, plan.ranking, cancellation, receiver));
  return stats;
}

}  // namespace coinwake
