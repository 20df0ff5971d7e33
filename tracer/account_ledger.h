// The books of a trace over accounts: for each label what was seeded, where it rests and which sink
// the rest fell into, and the holdings found, until the whole is known to be right and can be
// handed out.
//
// Labels are ranks; units are the policy's, 2^-fraction_bits of a base unit, of a label the same
// throughout.
#ifndef COINWAKE_TRACER_ACCOUNT_LEDGER_H_
#define COINWAKE_TRACER_ACCOUNT_LEDGER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/account_trace.h"

namespace coinwake {

// Memory is proportional to the holdings. Not thread-safe.
class AccountLedger {
 public:
  AccountLedger(std::size_t labels_count, int fraction_bits)
      : books_(labels_count, Book{.fraction_bits = fraction_bits}) {}

  // Begins a label's book again, in other units. REQUIRES: no holdings of it yet.
  void Restart(std::uint32_t label, int fraction_bits) {
    books_[label] = Book{.fraction_bits = fraction_bits};
  }

  void AddSeeded(std::uint32_t label, Uint128 units) {
    books_[label].seeded += ToTaint(label, units);
  }
  // `hops`: AccountSink's; the fewest count.
  void AddSink(std::uint32_t label, SinkKind kind, std::optional<std::uint32_t> entity,
               Uint128 units, std::optional<std::uint32_t> hops = std::nullopt);

  // Each once a label and account, as it happens.
  void NoteDegraded(std::uint32_t label, std::uint32_t account) {
    Note(account, &books_[label].degraded);
  }
  void NoteOpening(std::uint32_t label, std::uint32_t account) {
    Note(account, &books_[label].opened);
  }

  // What an account holds at the end. `runs` are all of it, joined; kept where `with_runs`, for
  // policies whose order means something. A holding for each label with units among them.
  struct Rest {
    std::uint32_t account = 0;
    Uint128 balance = 0;  // base units, as what follows
    Uint128 assumed_opening = 0;
    bool degraded = false;
  };
  void AddHoldings(const Rest& rest, std::span<const AccountRun> runs, bool with_runs);

  // A backward trace's holding: of `brought` base units that mints brought to `account`, `claimed`
  // units end in `coinbase`. Once a label and account.
  void AddMinted(std::uint32_t label, std::uint32_t account, Uint128 brought, Uint128 claimed);

  // seeded = unspent + sinks, exactly.
  bool Balanced(std::uint32_t label) const;

  // Sends everything in the order AccountTraceReceiver names. `ranking[rank]` is the label's index
  // in the request. kCancelled, or what `events` and `receiver` said.
  absl::Status Deliver(AccountEvents& events, std::span<const std::uint32_t> ranking,
                       const Cancellation* cancellation, AccountTraceReceiver& receiver);

 private:
  using SinkKey = std::pair<std::string_view, std::optional<std::uint32_t>>;  // in order of lines
  struct SinkSum {
    SinkKind kind = SinkKind::kFee;
    AccountTaint taint;
    std::optional<std::uint32_t> hops;
  };
  struct Book {
    int fraction_bits = 0;
    AccountTaint seeded = {}, unspent = {};
    std::map<SinkKey, SinkSum> sinks = {};
    std::uint64_t holdings = 0;
    AccountsNoted degraded = {}, opened = {};
  };
  // One line to come.
  struct Record {
    Rest rest;
    Uint128 units = 0;
    std::uint64_t runs_begin = 0;
    std::uint32_t runs_count = 0;
    std::uint32_t label = 0;
  };

  static void Note(std::uint32_t account, AccountsNoted* noted);
  AccountTaint ToTaint(std::uint32_t label, Uint128 units) const {
    return AccountTaint::FromUnits(units, books_[label].fraction_bits);
  }
  absl::Status DeliverHolding(const Record& record, std::span<const std::uint32_t> ranking,
                              AccountTraceReceiver& receiver) const;
  absl::Status DeliverSums(std::span<const std::uint32_t> ranking,
                           AccountTraceReceiver& receiver) const;

  std::vector<Book> books_;
  std::vector<Record> records_;
  std::vector<AccountRun> runs_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_LEDGER_H_
