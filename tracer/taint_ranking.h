// The routes among known transfers that carry the most, exactly ranked as tracer/account_path.h has
// it under kTaint.
//
// One pass over the transfers in order. At each account lie the routes that arrived and still carry
// something; whatever leaves the account's free balance takes its share of each of them. Of two
// routes at an account that the same things befall from now on, one stays behind for good when it
// carries no more, and comes after in (hops, event numbers): all shares are monotone. A route that
// `count` others so dominate is dropped.
#ifndef COINWAKE_TRACER_TAINT_RANKING_H_
#define COINWAKE_TRACER_TAINT_RANKING_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/account_cursor.h"
#include "tracer/account_path.h"
#include "tracer/route_ranking.h"

namespace coinwake {

// What a route keeps that carries `carried` when `part` of a balance of `whole` is what it shares
// in: floor(carried * part / whole). REQUIRES: part <= whole, whole is not 0.
Uint128 ShareOf(Uint128 carried, Uint128 part, Uint128 whole);

// Not thread-safe, single use. Borrows all it is given.
class TaintRanking {
 public:
  TaintRanking(AccountEvents& events, const RouteGraph& graph, const AccountPathRequest& request,
               AccountMeter& meter)
      : events_(events),
        graph_(graph),
        request_(request),
        meter_(meter),
        accounts_(graph.accounts.size()) {}

  // The best routes, best first. Reads the events of accounts on the way from the first arrival on.
  // kInvalidArgument: an amount or balance passes 115 bits. kDataLoss: an account sends more than
  // it has. kResourceExhausted, kCancelled, and what `events` returns.
  absl::StatusOr<std::vector<AccountPath>> Rank();

 private:
  static constexpr std::uint32_t kNoParent = 0xffffffff;

  // A route up to `edge`, an index.
  struct Node {
    std::uint32_t edge = 0;
    std::uint32_t parent = kNoParent;
    std::uint32_t hops = 0;
  };
  // What is left of it at an account, in units.
  struct Part {
    std::uint32_t node = 0;
    Uint128 carried = 0;
  };
  struct Account {
    std::optional<AccountCursor> cursor;  // none before the first arrival
    Uint128 balance = 0;                  // base units, before the cursor's current event
    std::vector<Part> parts;              // by (hops, event numbers)
  };

  absl::Status Depart(std::uint32_t edge, std::vector<Part>* leaving);
  absl::Status Arrive(std::uint32_t edge, const std::vector<Part>& leaving);
  absl::Status Open(std::uint32_t number, std::uint64_t event, Account* account);
  absl::Status AdvanceTo(std::uint32_t number, std::uint64_t event, Account* account);
  absl::Status Apply(std::uint32_t number, const AccountEvent& event, Account* account);
  void Insert(const Part& part, std::vector<Part>* parts) const;
  void DropDominated(std::vector<Part>* parts) const;
  void Finish(const Part& part);
  bool Hopeless(Uint128 carried, std::uint32_t hops) const;
  bool Before(std::uint32_t a, std::uint32_t b) const;
  AccountPath Tell(const Part& part) const;

  AccountEvents& events_;
  const RouteGraph& graph_;
  const AccountPathRequest& request_;
  AccountMeter& meter_;
  std::vector<Node> nodes_;
  std::vector<Account> accounts_;  // as the graph numbers them
  std::vector<Part> found_;        // best first, at most `count`
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_TAINT_RANKING_H_
