// Reads the events of one account against chain order, and how much it had received and sent before
// each.
#ifndef COINWAKE_TRACER_ACCOUNT_HISTORY_H_
#define COINWAKE_TRACER_ACCOUNT_HISTORY_H_

#include <cstdint>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/account_cursor.h"
#include "tracer/account_trace.h"

namespace coinwake {

// Over all events of an account up to some place; without what it paid to itself.
struct AccountSums {
  Uint128 received = 0;  // each at most kMaxAccountUnits
  Uint128 sent = 0;
};

// Places in an account's history from which it can be read: 48 bytes for each 256 events.
// Immutable, thread-safe.
class AccountHistory {
 public:
  // Reads all events of `account`. What `events` and `meter` return; kDataLoss as AccountCursor;
  // kInvalidArgument: the sums pass kMaxAccountUnits.
  static absl::StatusOr<AccountHistory> Read(AccountEvents& events, std::uint32_t account,
                                             AccountMeter& meter);

  std::uint32_t account() const { return account_; }
  // The assumed opening (AccountBalance): sent <= opening + received at every place.
  Uint128 opening() const { return opening_; }

 private:
  friend class BackwardCursor;

  struct Page {
    std::uint64_t first = 0;  // its first event's number
    AccountSums before;
  };

  explicit AccountHistory(std::uint32_t account) : account_(account) {}

  std::uint32_t account_;
  Uint128 opening_ = 0;
  std::vector<Page> pages_;
};

// The events of a history numbered [begin, end), the last first. Not thread-safe. `history` is
// borrowed. Memory: a page, of up to 256 events.
class BackwardCursor {
 public:
  BackwardCursor(const AccountHistory& history, std::uint64_t begin, std::uint64_t end);

  // Moves to the event before. Errors as AccountCursor's.
  absl::Status Advance(AccountEvents& events, AccountMeter& meter);
  // The event moved to; null before the first Advance() and when there are no more. Until the next
  // Advance().
  const AccountEvent* current() const { return at_event_ ? &page_[left_] : nullptr; }
  // Sums of all events before the current one; when there are no more, of those before `begin`. 0
  // before the first Advance().
  const AccountSums& before() const { return before_; }
  // The same with the current one, which is before the one after it. REQUIRES: Advance() was
  // called.
  const AccountSums& after() const { return after_; }

 private:
  absl::Status Read(AccountEvents& events, AccountMeter& meter);

  const AccountHistory* history_;
  std::uint64_t begin_;
  std::uint64_t end_;
  std::size_t pages_left_;  // of the history, those not read
  std::vector<AccountEvent> page_;
  std::size_t left_ = 0;  // of page_: those not moved to
  bool at_event_ = false;
  AccountSums before_, after_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_HISTORY_H_
