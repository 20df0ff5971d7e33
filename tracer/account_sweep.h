// One forward pass over the events of the accounts that taint reaches, in chain order.
//
// A heap holds the next event of each account with a cursor; an event of two such accounts comes up
// on both and is applied once. The rules are in tracer/account_trace.h.
#ifndef COINWAKE_TRACER_ACCOUNT_SWEEP_H_
#define COINWAKE_TRACER_ACCOUNT_SWEEP_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "indexer/base/status.h"
#include "tracer/account_cursor.h"
#include "tracer/account_ledger.h"
#include "tracer/account_trace.h"

namespace coinwake {

// A request resolved.
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

  explicit AccountSweep(const Context& context) : context_(context) {}
  AccountSweep(const AccountSweep&) = delete;
  AccountSweep& operator=(const AccountSweep&) = delete;

  // Follows everything the seeds taint and writes it to the ledger. Each account is among the seeds
  // once; labels are ranks, all the same unless competing. Errors as RunAccountTrace.
  absl::Status Run(std::span<const AccountSeed> seeds);
  // After Run() failed for an amount that is too large in its units: the most bits of fraction that
  // leave room for it, fewer than there were. nullopt: it failed otherwise, or none would do.
  std::optional<int> fitting_bits() const { return fitting_bits_; }

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
  using Next = std::pair<std::uint64_t, std::uint32_t>;  // event number, account

  const AccountSweepOptions& options() const { return context_.options; }
  bool IsPoison() const { return options().rules.policy == AccountPolicy::kPoison; }
  Account* Find(std::uint32_t account);
  absl::Status Advance(std::uint32_t number, Account* account);
  // The earliest event that waits, taken off the heap; the accounts it came up on go to sides_.
  absl::Status TakeEvent(AccountEvent* event);
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
  absl::Status TooLarge(std::uint64_t event, Uint128 base_units);
  // nullopt: passes kMaxAccountUnits.
  std::optional<Uint128> ToUnits(Uint128 amount) const;
  // Sends the taint of moved_ for which `applies(run)` to a sink and leaves those units clean.
  template <typename Predicate>
  void Cut(SinkKind kind, std::optional<std::uint32_t> entity, const Predicate& applies);
  void CutBelowThreshold();
  void Forget(std::uint32_t number, Account* account);
  void WriteHoldings();

  Context context_;
  absl::flat_hash_map<std::uint32_t, std::unique_ptr<Account>> accounts_;
  absl::flat_hash_set<std::uint32_t> degraded_;  // of those forgotten
  // What the books were told, by label and account.
  absl::flat_hash_set<std::pair<std::uint32_t, std::uint32_t>> noted_degraded_, noted_opened_;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> next_;
  std::vector<std::uint32_t> sides_;
  std::optional<int> fitting_bits_;
  // What the event at hand moves; under poison, where several labels may each be the whole, only
  // the labels count.
  std::vector<AccountRun> moved_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_SWEEP_H_
