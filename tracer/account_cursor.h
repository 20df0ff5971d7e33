// Reads the events of one account in order, a page ahead. A meter counts what is read.
#ifndef COINWAKE_TRACER_ACCOUNT_CURSOR_H_
#define COINWAKE_TRACER_ACCOUNT_CURSOR_H_

#include <cstdint>
#include <span>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/account_trace.h"

namespace coinwake {

// Counts events and says when a trace must stop. Not thread-safe. Borrows all it is given.
class AccountMeter {
 public:
  AccountMeter(const AccountTraceLimits& limits, const Cancellation* cancellation)
      : limits_(limits), cancellation_(cancellation) {}

  // Call after reading `count` events, once a page. kResourceExhausted past the limit, kCancelled.
  absl::Status Count(std::uint64_t count);
  std::uint64_t events_read() const { return events_read_; }

 private:
  const AccountTraceLimits& limits_;
  const Cancellation* cancellation_;
  std::uint64_t events_read_ = 0;
};

// kDataLoss: the events of accounts, or what is told of these, contradict each other there.
absl::Status InconsistentEvent(std::uint64_t event);

// kDataLoss: what AccountEvents gave for `account` from number `from` on is out of order, of other
// accounts, or cannot be.
absl::Status CheckEvents(std::uint32_t account, std::uint64_t from,
                         std::span<const AccountEvent> events);

// Not thread-safe.
class AccountCursor {
 public:
  // Of events numbered [from, end). Nothing is read yet.
  AccountCursor(std::uint32_t account, std::uint64_t from, std::uint64_t end)
      : from_(from), end_(end), account_(account) {}

  // Moves to the next event, reading a page when there is need. What AccountEvents returns, what
  // `meter` returns; kDataLoss: events out of order, of other accounts, or that cannot be.
  absl::Status Advance(AccountEvents& events, AccountMeter& meter);
  // The event moved to; null before the first and after the last one. Until the next Advance().
  const AccountEvent* current() const { return position_ == 0 ? nullptr : &page_[position_ - 1]; }

 private:
  absl::Status Read(AccountEvents& events, AccountMeter& meter);

  std::vector<AccountEvent> page_;
  std::uint64_t from_;          // of the next page
  std::uint64_t end_;           // == from_: nothing more to read
  std::uint32_t position_ = 0;  // one past the current event
  std::uint32_t account_;
  std::uint32_t page_size_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_CURSOR_H_
