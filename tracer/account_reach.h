// Reads the transfers that money from an account can take, in order of events.
//
// An account is reached by the first transfer followed into it. From then on what leaves it is
// followed: all of it, or with `max_edges` the largest so many transfers of the window, of equals
// the earliest, beside those that pay `to`. A transfer that no route of `max_hops` can go over is
// not followed. All else is as the request's hops (tracer/account_hops.h) have it.
#ifndef COINWAKE_TRACER_ACCOUNT_REACH_H_
#define COINWAKE_TRACER_ACCOUNT_REACH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/status.h"
#include "tracer/account_cursor.h"
#include "tracer/account_hops.h"
#include "tracer/account_path.h"
#include "tracer/route_ranking.h"

namespace coinwake {

// Not thread-safe, one search's. Borrows all it is given. Memory: a page of events for each account
// reached, the transfers followed, and with `max_edges` those not followed.
class AccountReach {
 public:
  AccountReach(AccountEvents& events, const AccountPathRequest& request, const AccountHops& hops,
               const AccountTraceLimits& limits, AccountMeter& meter)
      : events_(events), request_(request), hops_(hops), limits_(limits), meter_(meter) {}

  // The followed transfers from which a way leads on to `to`; up to the last payment to it, or with
  // kEarliest to the one that makes `count`. Once. kResourceExhausted, kCancelled, kDataLoss and
  // what `events` returns.
  absl::StatusOr<RouteGraph> Collect();
  // Transfers not followed that may be on a route ahead of, or level with, `worst` (null: on any).
  // After Collect(); numbers of accounts are the events' own.
  std::vector<RouteEdge> Unfollowed(const AccountPath* worst) const;

 private:
  struct Account {
    Account(std::uint32_t number, std::uint64_t since, std::uint64_t until)
        : cursor(number, since, until) {}
    AccountCursor cursor;
    std::vector<AccountEvent> chosen;  // with `max_edges`: what is followed, the latest first
    std::uint32_t hops = 0;            // the fewest up to it so far
  };

  absl::Status FindEnd();
  absl::Status Reach(std::uint32_t number, std::uint64_t since, std::uint32_t hops);
  absl::Status Choose(std::uint32_t number, Account* account);
  absl::Status Advance(std::uint32_t number, Account* account);
  bool LeavesOn(std::uint32_t number, const AccountEvent& event) const {
    return event.from == number && hops_.IsHop(event) &&
           (event.to == request_.to || hops_.LeadsOn(event.to));
  }
  absl::Status Follow(const AccountEvent& event, std::uint32_t hops);

  AccountEvents& events_;
  const AccountPathRequest& request_;
  const AccountHops& hops_;
  const AccountTraceLimits& limits_;
  AccountMeter& meter_;
  std::uint64_t end_ = 0;  // events from it on are on no route
  absl::flat_hash_map<std::uint32_t, std::unique_ptr<Account>> accounts_;
  using Next = std::pair<std::uint64_t, std::uint32_t>;  // event, account
  std::priority_queue<Next, std::vector<Next>, std::greater<>> next_;
  std::vector<RouteEdge> followed_;
  std::vector<RouteEdge> unfollowed_;
  std::uint32_t payments_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_REACH_H_
