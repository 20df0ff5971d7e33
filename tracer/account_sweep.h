// One forward pass over the events of the accounts that taint reaches, in chain order.
//
// The rules are in tracer/account_trace.h.
#ifndef COINWAKE_TRACER_ACCOUNT_SWEEP_H_
#define COINWAKE_TRACER_ACCOUNT_SWEEP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "indexer/base/status.h"
#include "tracer/account_cursor.h"
#include "tracer/account_ledger.h"
#include "tracer/account_plan.h"
#include "tracer/account_trace.h"
#include "tracer/account_walk.h"

namespace coinwake {

// Single use, not thread-safe. Borrows all it is given.
class AccountSweep {
 public:
  struct Context {
    AccountEvents& events;
    const AccountSweepOptions& options;
    AccountLedger& ledger;
    AccountMeter& meter;
    AccountTraceStats& stats;
  };

  explicit AccountSweep(const Context& context)
      : context_(context),
        units_(context.options.fraction_bits),
        walk_(context.events, context.meter) {}
  AccountSweep(const AccountSweep&) = delete;
  AccountSweep& operator=(const AccountSweep&) = delete;

  // Follows everything the seeds taint and writes it to the ledger. Each account is among the seeds
  // once; labels are ranks, all the same unless competing. Errors as RunAccountTrace.
  absl::Status Run(std::span<const AccountSeed> seeds);
  // After Run() failed for an amount that is too large in its units (AccountUnits).
  std::optional<int> fitting_bits() const { return units_.fitting_bits(); }

 private:
  struct Account {
    Account(std::uint32_t number, std::uint64_t from, std::uint64_t end)
        : cursor(number, from, end) {}

    AccountCursor cursor;
    AccountQueue queue;
    Uint128 assumed_opening = 0;  // base units
    bool holds = false;  // whether queue is what the account holds; else it is clean and unknown
    std::optional<std::uint32_t> seeds;  // the label it gives
  };

  const AccountSweepOptions& options() const { return context_.options; }
  bool IsPoison() const { return options().rules.policy == AccountPolicy::kPoison; }
  absl::Status Apply(const AccountEvent& event);
  absl::Status Leave(const AccountEvent& event, Uint128 units);
  void CountHop();
  void CutOnArrival(const AccountEvent& event, Uint128 units);
  absl::Status Arrive(const AccountEvent& event, Uint128 units);
  void Seed(std::uint32_t label, Uint128 units);
  absl::Status Deposit(const AccountEvent& event, Uint128 units, Account* to);
  // Tells the books which labels hold taint at an account that has just been paid, where order was
  // lost or the opening assumed.
  void NoteDoubts(std::uint32_t number, const Account& account, bool was_degraded);
  // Sends the taint of moved_ for which `applies(run)` to a sink and leaves those units clean.
  template <typename Predicate>
  void Cut(SinkKind kind, std::optional<std::uint32_t> entity, const Predicate& applies);
  void CutBelowThreshold();
  void Forget(std::uint32_t number, Account* account);
  void WriteHoldings();

  Context context_;
  AccountUnits units_;
  AccountWalk<Account, std::greater<>> walk_;
  absl::flat_hash_set<std::uint32_t> degraded_;  // of those forgotten
  // What the books were told, by label and account.
  absl::flat_hash_set<std::pair<std::uint32_t, std::uint32_t>> noted_degraded_, noted_opened_;
  // What the event at hand moves; under poison, where several labels may each be the whole, only
  // the labels count.
  std::vector<AccountRun> moved_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_SWEEP_H_
