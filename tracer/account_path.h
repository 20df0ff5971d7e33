// Best routes of money of one asset between two accounts.
//
// A route is a chain of events, the first out of `from`, the last into `to`, each out of the
// account that the one before paid and strictly later in the order of events: what left before it
// came is no route. No account is on it twice; money that passes one again is told by the shorter
// route that leaves out the round. Hops are transfers of more than nothing between the free
// balances of two accounts: no mints, fees, burns or self-transfers, nothing from or to a pot
// (accounts are numbered as in tracer/view_accounts.h). The bottleneck is the smallest amount on
// the way. A route says where money can have gone, not how much of it: what an account held
// already, or received beside, plays no part, but for kTaint.
//
// Routes are ordered exactly: kShortest by (hops, bottleneck descending, event numbers), kWidest by
// (bottleneck descending, hops, event numbers), kEarliest by (last event, hops, bottleneck
// descending, event numbers), event numbers from the first hop on. Two routes differ in at least
// one event; parallel transfers make parallel routes.
//
// kTaint orders by (carried descending, hops, event numbers). What a route carries is the part of
// its first transfer that takes it under haircut: whatever leaves an account's free balance, as a
// hop or else, takes of what the account holds of the route the share that it takes of the balance,
// and what does not leave waits. In units of 2^-12 base units, rounded down wherever a share is
// taken and wherever one stays: rounding keeps order, so the comparison is one of whole numbers.
// What is staked leaves the route. What carries nothing is no route. Here a route may pass an
// account again, though no event twice: money can go round and escape what drains the account
// meanwhile, so that the way without the round carries less.
#ifndef COINWAKE_TRACER_ACCOUNT_PATH_H_
#define COINWAKE_TRACER_ACCOUNT_PATH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/account_trace.h"
#include "tracer/path.h"

namespace coinwake {

struct AccountPathRequest {
  std::uint32_t from = kNobody;
  std::uint32_t to = kNobody;
  BestPath best = BestPath::kWidest;      // hops are events here
  std::uint32_t count = 1;                // paths asked for
  std::optional<std::uint32_t> max_hops;  // events
  // Each route is the best of those that share no event with the ones before it.
  bool diverse = false;
  std::optional<std::uint64_t> since;  // event number: no hop before it
  std::optional<std::uint64_t> until;  // event number: nor it or any after it
  Uint128 min_value = 0;               // base units: no hop moves less
  // No route goes through an account that stops; it may begin or end there. Borrowed; may be null.
  const AccountStops* stops = nullptr;
  // Of what leaves an account after money from `from` first reaches it, no more than so many
  // transfers that a route may go on over are followed: the largest, of equals the earliest
  // (tracer/account_reach.h). Payments to `to` do not count.
  std::optional<std::uint32_t> max_edges;
};

struct AccountPathHop {
  std::uint64_t event = 0;
  std::uint32_t from = kNobody;
  std::uint32_t to = kNobody;
  Uint128 amount = 0;  // base units
  friend bool operator==(const AccountPathHop&, const AccountPathHop&) = default;
};
struct AccountPath {
  std::vector<AccountPathHop> hops;
  Uint128 bottleneck = 0;                    // base units
  std::optional<AccountTaint> carried = {};  // of kTaint
  friend bool operator==(const AccountPath&, const AccountPath&) = default;
};

// Best first, at most `count`; empty when there is none, and from an account to itself. Reads
// accounts in the order of the answer (nearest first, or those that the most can have reached),
// each from the event that reached it on, until no other account can change the answer. `to` is
// read first, up to 65,536 events and a quarter of `limits.max_events`: when it has no more, the
// accounts that pay it are not read for that, and nothing after its last receipt is. Memory grows
// with the transfers read; time with them, and for each further path with its hops times the
// transfers that lie on some way from `from` to `to`.
//
// kEarliest, kTaint and `max_edges` read in order of events instead, all that money from `from` can
// reach before the last payment to `to` (kEarliest: before the answer is there); kTaint then reads
// all events of the accounts on ways to `to`, and their balances. `diverse` searches anew for each
// path.
//
// kInvalidArgument: `from` or `to` is not an account's free balance; kTaint, and an amount or a
// balance passes 115 bits. kResourceExhausted: the answer
// is not certain after `limits.max_events` events (0: no limit; `max_runs` means nothing here).
// kDataLoss: the events contradict each other. kCancelled, and what `events` returns.
// `cancellation` and `unfollowed` may be null. Deterministic: same events and request, same answer.
absl::StatusOr<std::vector<AccountPath>> FindAccountPaths(AccountEvents& events,
                                                          const AccountPathRequest& request,
                                                          const AccountTraceLimits& limits,
                                                          const Cancellation* cancellation,
                                                          Unfollowed* unfollowed = nullptr);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_PATH_H_
