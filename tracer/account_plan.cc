#include "tracer/account_plan.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tracer/label_ranking.h"

namespace coinwake {
namespace {

absl::Status SortSeeds(const AccountTraceRequest& request, AccountPlan* plan) {
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

}  // namespace

absl::StatusOr<AccountPlan> MakeAccountPlan(const AccountTraceRequest& request,
                                            const AccountTraceLimits& limits) {
  AccountPlan plan;
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

absl::Status AccountUnits::TooLarge(std::uint64_t event, Uint128 base_units) {
  for (int bits = fraction_bits_; bits-- > 0 && !fitting_bits_.has_value();) {
    if (base_units <= kMaxAccountUnits >> bits) fitting_bits_ = bits;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("event number ", event, " leads to a balance that passes 127 bits; this asset ",
                   "cannot be traced from these seeds, its balances can be looked up"));
}

absl::Status CheckBalanced(const AccountPlan& plan, const AccountTraceRequest& request,
                           const AccountLedger& ledger) {
  for (std::uint32_t rank = 0; rank < plan.ranking.size(); ++rank) {
    if (request.policy == AccountPolicy::kPoison || ledger.Balanced(rank)) continue;
    return absl::InternalError(absl::StrCat("taint of \"", request.labels[plan.ranking[rank]],
                                            "\" does not add up; nothing was printed"));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
