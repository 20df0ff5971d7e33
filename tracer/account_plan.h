// A request for a trace over accounts, resolved: what traces in both directions share.
#ifndef COINWAKE_TRACER_ACCOUNT_PLAN_H_
#define COINWAKE_TRACER_ACCOUNT_PLAN_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/account_ledger.h"
#include "tracer/account_trace.h"

namespace coinwake {

struct AccountSweepOptions {
  QueueRules rules;
  bool competing = false;
  int fraction_bits = 0;  // 0 unless haircut
  std::optional<AccountTaint> min_taint;
  std::uint32_t max_hops = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t since = 0;
  std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
  const AccountStops* stops = nullptr;
};

// With labels ranked and seeds sorted.
struct AccountPlan {
  std::vector<std::uint32_t> ranking;  // rank -> index in the request
  // Labels are ranks. By (label, account); when competing by account, the first label of each.
  std::vector<AccountSeed> seeds;
  AccountSweepOptions options;
};

// kInvalidArgument: no seeds, unknown or repeated label, fractions that cannot be.
absl::StatusOr<AccountPlan> MakeAccountPlan(const AccountTraceRequest& request,
                                            const AccountTraceLimits& limits);

// The units that one pass counts in, 2^-fraction_bits of a base unit.
class AccountUnits {
 public:
  explicit AccountUnits(int fraction_bits) : fraction_bits_(fraction_bits) {}

  // nullopt: passes kMaxAccountUnits.
  std::optional<Uint128> Of(Uint128 amount) const {
    if (amount > kMaxAccountUnits >> fraction_bits_) return std::nullopt;
    return amount << fraction_bits_;
  }
  // The error of a pass that met an amount or a balance of `base_units`, which is too large.
  absl::Status TooLarge(std::uint64_t event, Uint128 base_units);
  // After TooLarge(): the most bits of fraction that leave room for the amount, fewer than there
  // are. nullopt: none would do, or nothing was too large.
  std::optional<int> fitting_bits() const { return fitting_bits_; }

 private:
  const int fraction_bits_;
  std::optional<int> fitting_bits_;
};

// Runs a sweep for each label, or one for all that compete; again from the start, in fewer bits of
// fraction, where amounts ask for that. Labels that are alone settle it each for itself, so that
// none depends on another. `make_sweep(options)` makes one with Run(seeds) and fitting_bits().
// Errors are the sweep's.
template <typename MakeSweep>
absl::Status FollowPlan(const AccountPlan& plan, AccountLedger& ledger,
                        const MakeSweep& make_sweep) {
  const std::span<const AccountSeed> all = plan.seeds;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    end = plan.options.competing ? all.size() : begin + 1;
    while (end < all.size() && all[end].label == all[begin].label) ++end;
    const std::span<const AccountSeed> seeds = all.subspan(begin, end - begin);
    for (AccountSweepOptions options = plan.options;;) {
      auto sweep = make_sweep(options);
      absl::Status status = sweep.Run(seeds);
      const std::optional<int> bits = sweep.fitting_bits();
      if (!bits.has_value()) {
        COINWAKE_RETURN_IF_ERROR(status);
        break;
      }
      options.fraction_bits = *bits;
      for (const AccountSeed& seed : seeds) ledger.Restart(seed.label, *bits);
    }
  }
  return absl::OkStatus();
}

// Nothing may be handed out that does not add up. kInternal.
absl::Status CheckBalanced(const AccountPlan& plan, const AccountTraceRequest& request,
                           const AccountLedger& ledger);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_PLAN_H_
