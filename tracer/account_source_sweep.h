// One backward pass of one label over the events of the accounts that its seeds' money came
// through, against chain order: all that is claimed of an event is known when it is visited. The
// rules are in tracer/account_source.h.
#ifndef COINWAKE_TRACER_ACCOUNT_SOURCE_SWEEP_H_
#define COINWAKE_TRACER_ACCOUNT_SOURCE_SWEEP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "indexer/base/status.h"
#include "tracer/account_claims.h"
#include "tracer/account_history.h"
#include "tracer/account_ledger.h"
#include "tracer/account_plan.h"
#include "tracer/account_trace.h"
#include "tracer/account_walk.h"

namespace coinwake {

// Of the accounts reached, by number; kept from label to label.
using AccountHistories = absl::flat_hash_map<std::uint32_t, std::unique_ptr<const AccountHistory>>;

// Single use, not thread-safe. Borrows all it is given.
class AccountSourceSweep {
 public:
  struct Context {
    AccountEvents& events;
    const AccountSweepOptions& options;
    AccountLedger& ledger;
    AccountHistories& histories;
    AccountMeter& meter;
    AccountTraceStats& stats;
  };

  explicit AccountSourceSweep(const Context& context)
      : context_(context),
        units_(context.options.fraction_bits),
        walk_(context.events, context.meter),
        by_order_(context.options.rules.policy == AccountPolicy::kFifo) {}
  AccountSourceSweep(const AccountSourceSweep&) = delete;
  AccountSourceSweep& operator=(const AccountSourceSweep&) = delete;

  // Follows everything the seeds received and writes it to the ledger. Seeds are distinct accounts
  // of one label, a rank. Errors as RunAccountSource.
  absl::Status Run(std::span<const AccountSeed> seeds);
  // After Run() failed for an amount that is too large in its units (AccountUnits).
  std::optional<int> fitting_bits() const { return units_.fitting_bits(); }

 private:
  struct Account {
    Account(const AccountHistory& history, std::uint64_t begin, std::uint64_t end)
        : cursor(history, begin, end), opening(history.opening()) {}

    // Before event `number`, which is its current one or follows that.
    const AccountSums& SumsBefore(std::uint64_t number) const {
      const AccountEvent* const event = cursor.current();
      return event != nullptr && event->number == number ? cursor.before() : cursor.after();
    }

    BackwardCursor cursor;
    Uint128 opening;       // base units
    AccountClaims claims;  // on what it holds
    bool is_seed = false;
  };
  // What mints brought to an account, and what is claimed of that.
  struct Minted {
    Uint128 brought = 0;  // base units
    Uint128 claimed = 0;
  };

  const AccountSweepOptions& options() const { return context_.options; }
  absl::StatusOr<Account*> Reach(std::uint32_t number, std::uint64_t end, bool is_seed);
  absl::Status Apply(const AccountEvent& event);
  // Fills claims_ with what is claimed of the event.
  absl::Status TakeClaims(const AccountEvent& event, Account* to);
  absl::Status Seed(const AccountEvent& event);
  absl::Status EndMinted(const AccountEvent& event);
  void CutFarAway();
  bool EndAtStop(const AccountEvent& event);
  absl::Status Draw(const AccountEvent& event, std::uint32_t hops);
  // Sends what is left of claims_ to a sink.
  void End(SinkKind kind, std::optional<Stop> stop = std::nullopt);
  // There is nothing before: what is still claimed of the account was there at first.
  void EndOpening(std::uint32_t number, Account* account);
  void Forget(std::uint32_t number, const Account& account);

  Context context_;
  AccountUnits units_;
  AccountWalk<Account, std::less<>> walk_;
  const bool by_order_;  // fifo
  std::uint32_t label_ = 0;
  absl::flat_hash_map<std::uint32_t, Minted> minted_;
  absl::flat_hash_set<std::uint32_t> noted_opened_;
  std::vector<AccountClaim> claims_;  // on the event at hand; by place from the last on
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_SOURCE_SWEEP_H_
