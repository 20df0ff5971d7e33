#include "tracer/account_trace.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tracer/account_cursor.h"
#include "tracer/account_ledger.h"
#include "tracer/account_sweep.h"
#include "tracer/label_ranking.h"

namespace coinwake {
namespace {

// A request with labels ranked and seeds sorted.
struct Plan {
  std::vector<std::uint32_t> ranking;  // rank -> index in the request
  // Labels are ranks. By (label, account); when competing by account, the first label of each.
  std::vector<AccountSeed> seeds;
  AccountSweepOptions options;
};

absl::Status SortSeeds(const AccountTraceRequest& request, Plan* plan) {
  if (request.seeds.empty()) return absl::InvalidArgumentError("a trace needs at least one seed");
  std::vector<std::uint32_t> rank_of(request.labels.size());
  for (std::uint32_t rank = 0; rank < plan->ranking.size(); ++rank) {
    rank_of[plan->ranking[rank]] = rank;
  }
  for (const AccountSeed& seed : request.seeds) {
    if (seed.label >= request.labels.size()) {
      return absl::InvalidArgumentError(absl::StrCat("a seed has label number ", seed.label,
                                                     ", there are ", request.labels.size()));
    }
    if (seed.account == kNobody) return absl::InvalidArgumentError("a seed is no account");
    plan->seeds.push_back({seed.account, rank_of[seed.label]});
  }
  const bool competing = request.competing;
  std::sort(plan->seeds.begin(), plan->seeds.end(),
            [competing](const AccountSeed& a, const AccountSeed& b) {
              return competing ? std::tie(a.account, a.label) < std::tie(b.account, b.label)
                               : std::tie(a.label, a.account) < std::tie(b.label, b.account);
            });
  const auto last =
      std::unique(plan->seeds.begin(), plan->seeds.end(),
                  [competing](const AccountSeed& a, const AccountSeed& b) {
                    return a.account == b.account && (competing || a.label == b.label);
                  });
  plan->seeds.erase(last, plan->seeds.end());
  return absl::OkStatus();
}

absl::StatusOr<Plan> MakePlan(const AccountTraceRequest& request,
                              const AccountTraceLimits& limits) {
  Plan plan;
  COINWAKE_ASSIGN_OR_RETURN(plan.ranking, RankLabels(request.labels));
  COINWAKE_RETURN_IF_ERROR(SortSeeds(request, &plan));
  if (request.fraction_bits < 0 || request.fraction_bits > AccountTaint::kFractionBits) {
    return absl::InvalidArgumentError(
        absl::StrCat("fractions have 0 to ", AccountTaint::kFractionBits, " bits"));
  }
  plan.options.rules = {request.policy, std::max<std::size_t>(1, limits.max_runs)};
  plan.options.competing = request.competing;
  if (request.policy == AccountPolicy::kHaircut) {
    plan.options.fraction_bits = request.fraction_bits;
  }
  plan.options.min_taint = request.min_taint;
  if (request.max_hops.has_value()) plan.options.max_hops = *request.max_hops;
  if (request.since.has_value()) plan.options.since = *request.since;
  if (request.until.has_value()) plan.options.end = *request.until;
  plan.options.stops = request.stops;
  return plan;
}

// What labels followed together taint, in fewer bits of fraction where amounts ask for that. Labels
// that are alone settle it each for itself, so that none depends on another.
absl::Status Follow(std::span<const AccountSeed> seeds, AccountSweepOptions options,
                    const AccountSweep::Context& context) {
  while (true) {
    AccountSweep sweep({context.events, options, context.ledger, context.meter, context.stats});
    absl::Status status = sweep.Run(seeds);
    if (!sweep.fitting_bits().has_value()) return status;
    options.fraction_bits = *sweep.fitting_bits();
    for (const AccountSeed& seed : seeds) context.ledger.Restart(seed.label, options.fraction_bits);
  }
}

}  // namespace

absl::StatusOr<AccountTraceStats> RunAccountTrace(AccountEvents& events,
                                                  const AccountTraceRequest& request,
                                                  const AccountTraceLimits& limits,
                                                  const Cancellation* cancellation,
                                                  AccountTraceReceiver& receiver) {
  COINWAKE_ASSIGN_OR_RETURN(const Plan plan, MakePlan(request, limits));
  AccountLedger ledger(request.labels.size(), plan.options.fraction_bits);
  AccountMeter meter(limits, cancellation);
  AccountTraceStats stats;
  const AccountSweep::Context context{events, plan.options, ledger, meter, stats};
  // One pass for all labels that compete, else one for each.
  const std::span<const AccountSeed> seeds = plan.seeds;
  for (std::size_t begin = 0; begin < seeds.size();) {
    std::size_t end = request.competing ? seeds.size() : begin + 1;
    while (end < seeds.size() && seeds[end].label == seeds[begin].label) ++end;
    COINWAKE_RETURN_IF_ERROR(Follow(seeds.subspan(begin, end - begin), plan.options, context));
    begin = end;
  }
  // Nothing may be handed out that does not add up.
  for (std::uint32_t rank = 0; rank < plan.ranking.size(); ++rank) {
    if (request.policy == AccountPolicy::kPoison || ledger.Balanced(rank)) continue;
    return absl::InternalError(absl::StrCat("taint of \"", request.labels[plan.ranking[rank]],
                                            "\" does not add up; nothing was printed"));
  }
  stats.events_read = meter.events_read();
  COINWAKE_RETURN_IF_ERROR(ledger.Deliver(events, plan.ranking, cancellation, receiver));
  return stats;
}

}  // namespace coinwake
