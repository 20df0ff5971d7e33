// The accounts that a pass over events follows, each at its next event, and which of these comes
// first: what every pass shares, in whatever direction it goes.
//
// An event of two followed accounts comes up on both and is taken once.
#ifndef COINWAKE_TRACER_ACCOUNT_WALK_H_
#define COINWAKE_TRACER_ACCOUNT_WALK_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/status.h"
#include "tracer/account_cursor.h"
#include "tracer/account_trace.h"

namespace coinwake {

// `Account` has a member `cursor` that moves as AccountCursor does. `After` says of two event
// numbers whether the first is taken after the second: std::greater<> for a pass in chain order,
// std::less<> for one against it.
//
// Not thread-safe. Borrows all it is given.
template <typename Account, typename After>
class AccountWalk {
 public:
  AccountWalk(AccountEvents& events, AccountMeter& meter) : events_(events), meter_(meter) {}
  AccountWalk(const AccountWalk&) = delete;
  AccountWalk& operator=(const AccountWalk&) = delete;

  // Null where it is not followed. As long as it is.
  Account* Find(std::uint32_t number) {
    const auto entry = accounts_.find(number);
    return entry == accounts_.end() ? nullptr : entry->second.get();
  }
  // Follows an account that is not followed yet, from its cursor's first event on. Errors are the
  // cursor's.
  absl::StatusOr<Account*> Follow(std::uint32_t number, std::unique_ptr<Account> account) {
    Account* const followed = account.get();
    accounts_[number] = std::move(account);
    COINWAKE_RETURN_IF_ERROR(Advance(number, followed));
    return followed;
  }
  // Its event at hand may go on being applied.
  void Forget(std::uint32_t number) { accounts_.erase(number); }

  bool done() const { return next_.empty(); }
  // The event that comes first; the accounts it came up on are sides(). kDataLoss: they do not say
  // the same, or another one that is followed does not know of it. REQUIRES: !done().
  absl::Status TakeEvent(AccountEvent* event);
  const std::vector<std::uint32_t>& sides() const { return sides_; }
  // Moves those of sides() that are still followed on. Errors are their cursors'.
  absl::Status AdvanceSides() {
    for (const std::uint32_t side : sides_) {
      Account* const account = Find(side);
      if (account != nullptr) COINWAKE_RETURN_IF_ERROR(Advance(side, account));
    }
    return absl::OkStatus();
  }

  // In no order.
  const absl::flat_hash_map<std::uint32_t, std::unique_ptr<Account>>& accounts() const {
    return accounts_;
  }

 private:
  using Next = std::pair<std::uint64_t, std::uint32_t>;  // event number, account

  absl::Status Advance(std::uint32_t number, Account* account) {
    COINWAKE_RETURN_IF_ERROR(account->cursor.Advance(events_, meter_));
    const AccountEvent* const event = account->cursor.current();
    if (event != nullptr) next_.emplace(event->number, number);
    return absl::OkStatus();
  }

  AccountEvents& events_;
  AccountMeter& meter_;
  absl::flat_hash_map<std::uint32_t, std::unique_ptr<Account>> accounts_;
  std::priority_queue<Next, std::vector<Next>, After> next_;
  std::vector<std::uint32_t> sides_;
};

template <typename Account, typename After>
absl::Status AccountWalk<Account, After>::TakeEvent(AccountEvent* event) {
  sides_.clear();
  const std::uint64_t number = next_.top().first;
  while (!next_.empty() && next_.top().first == number) {
    const std::uint32_t side = next_.top().second;
    const AccountEvent& seen = *Find(side)->cursor.current();
    if (!sides_.empty() && !(seen == *event)) return InconsistentEvent(number);
    *event = seen;
    sides_.push_back(side);
    next_.pop();
  }
  // Both sides must know of it, where both are followed.
  for (const std::uint32_t side : {event->from, event->to}) {
    if (std::find(sides_.begin(), sides_.end(), side) != sides_.end()) continue;
    if (side != kNobody && Find(side) != nullptr) return InconsistentEvent(number);
  }
  return absl::OkStatus();
}

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_WALK_H_
