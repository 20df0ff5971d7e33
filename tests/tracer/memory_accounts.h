// Events of accounts in memory, for tests of traces over accounts.
#ifndef COINWAKE_TESTS_TRACER_MEMORY_ACCOUNTS_H_
#define COINWAKE_TESTS_TRACER_MEMORY_ACCOUNTS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tracer/account_trace.h"

namespace coinwake {

// Not thread-safe.
class MemoryAccounts : public AccountEvents {
 public:
  // Adds an event at the end, numbered one after the last; returns its number.
  std::uint64_t Move(std::uint32_t from, std::uint32_t to, Uint128 amount);
  std::uint64_t Within(std::uint32_t from, std::uint32_t to, Uint128 amount);
  std::uint64_t Mint(std::uint32_t to, Uint128 amount);
  std::uint64_t Fee(std::uint32_t from, Uint128 amount);
  std::uint64_t Burn(std::uint32_t from, Uint128 amount);
  std::uint64_t Hide(std::uint32_t from, Uint128 amount);
  std::uint64_t Add(const AccountEvent& event);  // its number is overwritten
  void SkipNumbers(std::uint64_t count) { next_ += count; }

  absl::Status EventsOf(std::uint32_t account, std::uint64_t from, std::size_t limit,
                        AccountMeter& meter, std::vector<AccountEvent>* events) override;
  // Reads the account's events at every call.
  absl::StatusOr<AccountBalance> BalanceBefore(std::uint32_t account, std::uint64_t number,
                                               AccountMeter& meter) override;
  // Descends as numbers ascend.
  absl::StatusOr<std::string> SortKey(std::uint32_t account) override;

  // All of them, in order; may be damaged by a test before the first read.
  std::vector<AccountEvent> all;
  // What was asked for.
  std::set<std::uint32_t> accounts_read;
  std::uint64_t calls = 0;
  std::uint64_t history_read = 0;  // events, by BalanceBefore()
  // The call with this number, from 0, fails with kUnavailable.
  std::uint64_t failing_call = std::numeric_limits<std::uint64_t>::max();
  // BalanceBefore() of this account says so much less.
  std::map<std::uint32_t, Uint128> understated;
  // EventsOf() this account leaves this event out.
  std::map<std::uint32_t, std::uint64_t> hidden;

 private:
  absl::Status Call(std::uint32_t account);

  std::uint64_t next_ = 0;
};

// Accounts that stop.
class MemoryStops : public AccountStops {
 public:
  std::optional<Stop> StopAt(std::uint32_t account) const override {
    const auto entry = stops.find(account);
    return entry == stops.end() ? std::nullopt : std::optional(entry->second);
  }
  std::map<std::uint32_t, Stop> stops;
};

// What a trace sends, a line each in order, labels by name: for comparison and for messages.
class AccountRecorder : public AccountTraceReceiver {
 public:
  explicit AccountRecorder(const AccountTraceRequest& request) : request_(request) {}
  absl::Status OnHolding(const AccountHolding& holding) override;
  absl::Status OnSink(const AccountSink& sink) override;
  absl::Status OnSummary(const AccountSummary& summary) override;

  std::vector<std::string> lines;
  std::vector<AccountHolding> holdings;
  std::vector<AccountSummary> summaries;

 private:
  const AccountTraceRequest& request_;
};

// The one form of a line. `label` is a name; `runs` name labels by their index in the request.
std::string HoldingLine(const AccountTraceRequest& request, const AccountHolding& holding);
std::string SinkLine(const std::string& label, SinkKind kind, std::optional<std::uint32_t> entity,
                     const AccountTaint& taint);
std::string SummaryLine(const std::string& label, const AccountTaint& seeded,
                        const AccountTaint& unspent, const AccountTaint& exits,
                        const AccountTaint& sinks, std::uint64_t holdings,
                        const AccountsNoted& degraded = {}, const AccountsNoted& opened = {});

// `events_count` random events among accounts 0 .. accounts_count - 1: moves, some of them
// within what one account holds, mints, fees, burns, some hidden, some of amount 0, some to the
// sender itself, some that empty an account, some that spend more than is known to be there.
MemoryAccounts RandomAccounts(std::mt19937_64& random, std::uint32_t accounts_count,
                              std::size_t events_count);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_MEMORY_ACCOUNTS_H_
