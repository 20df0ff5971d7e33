// Follows tainted value forward over accounts, one asset at a time, under one policy, exactly.
//
// Value on accounts lies in one queue for each account (tracer/account_queue.h); an event moves
// what the policy takes of it. Only accounts that taint reaches are read, from the event that
// reached them on, and an account whose taint is all gone is forgotten until taint arrives again
// (poison marks for good). The index is behind AccountEvents, so nothing here knows of blocks.
//
// Rules, in the order in which one event applies them (CONTRACT "Seeds.", "Sinks.", "Tron."):
// 1. Events of amount 0 and self-transfers move, taint and seed nothing. What moves between parts
//    of one account, as by staking, takes its taint along; as no transfer it meets no other rule.
// 2. What leaves is taken by the policy. A run that is max_hops transfers away from its seed ends
//    in the sink max_hops, wherever it was to go; any other has made one transfer more.
// 3. Of a fee the taint ends in `fee`, of what is destroyed in `burnt`, of what is hidden in the
//    sink `mixer`.
// 4. A seed account taints every receipt wholly, from event `since` on. Taint of its own label that
//    arrives ends in returned_to_seed and the units are seeded anew. When labels compete, units
//    that carry a label keep it (its own too) and the seed labels and counts the rest; of several
//    seeds on one account the first label in byte order counts. What the account held before is
//    clean (poison marks the whole account from its first receipt on). A mint is a receipt.
// 5. At an account that stops (and seeds nothing in this pass) all taint that arrives ends in the
//    stop's sink.
// 6. A label's part of one event below min_taint, seeded or not, ends in min_taint.
// Units whose taint a sink took go on as clean ones, in the same place of the receiver's queue.
//
// For every label  seeded = unspent + exits + sinks  exactly, checked before anything is sent;
// under poison, where a label's taint can multiply, this does not hold.
#ifndef COINWAKE_TRACER_ACCOUNT_TRACE_H_
#define COINWAKE_TRACER_ACCOUNT_TRACE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/account_queue.h"
#include "tracer/account_taint.h"
#include "tracer/trace.h"

namespace coinwake {

inline constexpr std::uint32_t kNobody = 0xffffffff;

enum class AccountEventKind : std::uint8_t {
  kMove,    // between two accounts
  kWithin,  // between two parts of what one account holds: free, staked, ...
  kMint,    // `from` is kNobody; clean
  kFee,     // `to` is kNobody, whoever is credited
  kBurn,    // `to` is kNobody: destroyed
  kHide,    // `to` is kNobody: into a pool that tells no more of it
  kReveal,  // `from` is kNobody: out of such a pool; forward the same as a mint
};

// One change of balances of the asset. A frozen or otherwise locked part of an account's value is
// an account of its own, with its own number.
struct AccountEvent {
  std::uint64_t number = 0;  // in chain order, unique in the asset
  std::uint32_t from = kNobody;
  std::uint32_t to = kNobody;
  Uint128 amount = 0;  // base units, at most kMaxAccountUnits
  AccountEventKind kind = AccountEventKind::kMove;
  friend bool operator==(const AccountEvent&, const AccountEvent&) = default;
};

// Over all events of the account that the index holds, whatever a trace's `until`: the assumed
// opening is the smallest amount that, held before the first, keeps its balance from ever being
// negative; 0 where the history is complete, but for an account that genesis left owing. Opening
// balances that are known are mints. As the last event can be what it takes, it is known when all
// are read.
struct AccountBalance {
  Uint128 balance = 0;  // assumed_opening + received - sent
  Uint128 assumed_opening = 0;
};

class AccountMeter;  // tracer/account_cursor.h

// The events of one asset. Errors end the trace and are passed on. Implementations decide about
// threads; one trace calls from one thread. What is read counts on `meter`, a page at a time, also
// what is read to be left out; what the meter says ends the call.
class AccountEvents {
 public:
  virtual ~AccountEvents() = default;
  // Appends the events of `account`, on either side, with number >= `from`, ascending, at most
  // `limit`; fewer only when there are no more.
  virtual absl::Status EventsOf(std::uint32_t account, std::uint64_t from, std::size_t limit,
                                AccountMeter& meter, std::vector<AccountEvent>* events) = 0;
  // What `account` held just before event `number`. Asked when taint arrives at an account that
  // holds none.
  virtual absl::StatusOr<AccountBalance> BalanceBefore(std::uint32_t account, std::uint64_t number,
                                                       AccountMeter& meter) = 0;
  // Holdings come in byte order of these keys (an account's address as text), then by number.
  // Asked once for each account with a holding.
  virtual absl::StatusOr<std::string> SortKey(std::uint32_t account) = 0;
};

// Where taint is not followed further: accounts of services.
class AccountStops {
 public:
  virtual ~AccountStops() = default;
  // The same answer for an account throughout a trace. Asked when taint arrives there.
  virtual std::optional<Stop> StopAt(std::uint32_t account) const = 0;
};

struct AccountSeed {
  std::uint32_t account = 0;
  std::uint32_t label = 0;  // index into AccountTraceRequest::labels
};

struct AccountTraceRequest {
  std::vector<std::string> labels;  // unique
  std::vector<AccountSeed> seeds;
  AccountPolicy policy = AccountPolicy::kFifo;
  bool competing = false;  // labels exclude each other: units already labelled keep their label
  // haircut: units of 2^-fraction_bits of the base unit; 6 for TRX, 12 for tokens. A label that
  // meets an amount or balance of more than 127 bits in them (labels that compete: any of them) is
  // followed again from the start in the most bits that this leaves room for (ALGORITHMS 10.4).
  // Other policies split no unit.
  int fraction_bits = AccountTaint::kFractionBits;
  std::optional<AccountTaint> min_taint;  // a label's part of an event below this is not followed
  std::optional<std::uint32_t> max_hops;  // transfers between a seed account and a holding
  std::optional<std::uint64_t> since;     // event number: receipts before it are not seeded
  std::optional<std::uint64_t> until;     // event number: it and all later ones do not happen
  const AccountStops* stops = nullptr;    // borrowed; null: nothing stops
};

// A label's taint at an account when the trace ends; never 0.
struct AccountHolding {
  std::uint32_t label = 0;
  std::uint32_t account = 0;
  Uint128 balance = 0;  // base units
  AccountTaint taint;   // of this label; poison: the whole balance
  // Ordered policies: the whole balance, the oldest first, in base units; hops are 0. Labels other
  // than this one are named only when labels compete. Order means nothing inside what `degraded`
  // merged, which is the front.
  std::vector<AccountRun> runs;
  Uint128 assumed_opening = 0;
  bool degraded = false;  // its queue once passed kMaxAccountRuns
};
struct AccountSink {
  std::uint32_t label = 0;
  SinkKind kind = SinkKind::kFee;
  std::optional<std::uint32_t> entity;  // of a stop
  AccountTaint taint;
  // Of a stop, and only of a backward trace: the fewest transfers between it and a seed.
  std::optional<std::uint32_t> hops = std::nullopt;
};
// Accounts that a summary has to say something about.
inline constexpr std::size_t kMaxAccountsNoted = 100;
struct AccountsNoted {
  std::uint64_t count = 0;
  // The first kMaxAccountsNoted of them, in the order of the events that made it true.
  std::vector<std::uint32_t> first;
};
struct AccountSummary {
  std::uint32_t label = 0;
  AccountTaint seeded, unspent, exits, sinks;
  std::uint64_t holdings = 0;
  // Accounts that held taint of the label when, or after, their order was lost; and such as held it
  // on top of an assumed opening. Also those that it has passed through.
  AccountsNoted degraded, opened;
  int fraction_bits = 0;  // what units were split in; but under haircut 0
};

// Receives a whole trace, once it is known to be complete: holdings by (sort key, label), then
// sinks by (label, kind, entity), then one summary a label, labels in byte order. Returning an
// error stops the trace.
class AccountTraceReceiver {
 public:
  virtual ~AccountTraceReceiver() = default;
  virtual absl::Status OnHolding(const AccountHolding& holding) = 0;
  virtual absl::Status OnSink(const AccountSink& sink) = 0;
  virtual absl::Status OnSummary(const AccountSummary& summary) = 0;
};

struct AccountTraceLimits {
  // 0: none. Events read, with what is read ahead and the history of accounts that taint reaches,
  // over all labels. Passed: kResourceExhausted, nothing half-true is sent.
  std::uint64_t max_events = 0;
  std::size_t max_runs = kMaxAccountRuns;  // a queue; at least 1
};
struct AccountTraceStats {
  // Both with what was followed again in fewer bits.
  std::uint64_t events_read = 0;
  std::uint64_t accounts_reached = 0;  // again after having been forgotten counts again
};

// kInvalidArgument: no seeds, unknown or repeated label, amounts or balances beyond
// kMaxAccountUnits. kDataLoss: the events contradict each other. kCancelled, kResourceExhausted,
// and what `events` and `receiver` return. `cancellation` may be null. Deterministic: same events
// and request, same calls of `receiver`. Memory: one queue and a few events for each account that
// holds taint, and what `events` keeps of each that ever did (ViewAccounts: about 100 bytes, and 48
// for each 1,024 events of its history).
absl::StatusOr<AccountTraceStats> RunAccountTrace(AccountEvents& events,
                                                  const AccountTraceRequest& request,
                                                  const AccountTraceLimits& limits,
                                                  const Cancellation* cancellation,
                                                  AccountTraceReceiver& receiver);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_TRACE_H_
