// The best routes among known transfers, exactly ranked as tracer/account_path.h has it.
#ifndef COINWAKE_TRACER_ROUTE_RANKING_H_
#define COINWAKE_TRACER_ROUTE_RANKING_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "tracer/account_path.h"

namespace coinwake {

// More than any amount and any number of hops.
inline constexpr Uint128 kUnbounded = ~Uint128{0};
inline constexpr std::uint32_t kNoHops = std::numeric_limits<std::uint32_t>::max();

inline std::uint32_t MostHops(const AccountPathRequest& request) {
  return request.max_hops.value_or(kNoHops - 1);
}

// A transfer on some way from `from` to `to`; accounts are numbered anew, without gaps.
struct RouteEdge {
  std::uint64_t event = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Uint128 amount = 0;
};
inline constexpr std::uint32_t kRouteSource = 0;
inline constexpr std::uint32_t kRouteTarget = 1;

struct RouteGraph {
  std::vector<RouteEdge> edges;         // by event
  std::vector<std::uint32_t> accounts;  // by their new numbers
};

// Of `edges`, with accounts' own numbers and none out of `to`, those from which a way leads on to
// `to`. Events are distinct.
RouteGraph MakeRouteGraph(std::vector<RouteEdge> edges, const AccountPathRequest& request);

// Not thread-safe. Borrows all it is given.
class RouteRanking {
 public:
  RouteRanking(const RouteGraph& graph, const AccountPathRequest& request,
               const Cancellation* cancellation);

  // The best routes, best first; kCancelled. REQUIRES: not kTaint (tracer/taint_ranking.h).
  absl::StatusOr<std::vector<AccountPath>> Rank();
  // Transfers gone over.
  std::uint64_t work() const { return work_; }

 private:
  using Route = std::vector<std::uint32_t>;  // indices of edges, ascending
  // The best route of a space: those that share its first `fixed` hops and do not go on with
  // `barred`.
  struct Candidate {
    Route route;
    Uint128 bottleneck = kUnbounded;  // until it is known, that of a space it is part of
    std::uint32_t fixed = 0;
    std::vector<std::uint32_t> barred;
  };
  // Ways on from an account: the fewest hops, then the largest bottleneck.
  struct Label {
    std::uint32_t hops = kNoHops;
    Uint128 bottleneck = 0;
  };

  bool Ahead(const Candidate& a, const Candidate& b) const;
  absl::Status OfferBestOf(Candidate space);
  bool Solve(Candidate& space);
  bool FindArrival(std::uint32_t hops_left);
  Uint128 Floor(Uint128 most, std::uint32_t hops_left);
  Label Scan(Uint128 floor);
  void Walk(Route* route) const;
  AccountPath Tell(const Candidate& candidate) const;

  const RouteGraph& graph_;
  const AccountPathRequest& request_;
  const Cancellation* cancellation_;
  std::vector<Uint128> amounts_;        // of edges, ascending, each once
  std::vector<std::uint32_t> leaving_;  // edges out of each account
  std::vector<Candidate> open_;         // a heap
  std::uint64_t work_ = 0;
  // Of the space that is being solved.
  std::uint32_t spur_ = kRouteSource;   // where its routes part
  std::uint32_t first_ = 0;             // edges before it are too early
  std::size_t end_ = 0;                 // edges from it on are too late
  std::vector<bool> passed_;            // by account, `spur_` too
  std::vector<bool> barred_;            // by edge
  std::vector<std::uint32_t> nearest_;  // fewest hops so far, by account
  // Of the last scan.
  std::vector<Label> labels_;        // by account
  std::vector<std::uint32_t> hops_;  // by edge, to `to`, itself included
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ROUTE_RANKING_H_
