// Yen 1971 with Lawler's 1972 partition.
// The routes that begin with some hops and do not go on with certain others are a space; the best
// of all is given out, and what else is in its space is cut into one space for each of its hops.
// The best of a space never passes an account twice: without the round it would have fewer hops,
// no smaller bottleneck and still be in order of time. So it is found among all walks, by scans
// over the transfers from the last to the first.
#include "tracer/route_ranking.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace coinwake {

RouteGraph MakeRouteGraph(std::vector<RouteEdge> edges, const AccountPathRequest& request) {
  std::sort(edges.begin(), edges.end(), [](const RouteEdge& a, const RouteEdge& b) {
    return a.event > b.event;
  });  // the latest first
  RouteGraph graph;
  graph.accounts = {request.from, request.to};
  absl::flat_hash_map<std::uint32_t, std::uint32_t> numbers = {{request.from, kRouteSource},
                                                               {request.to, kRouteTarget}};
  for (const RouteEdge& edge : edges) {
    const auto entry = numbers.find(edge.to);
    if (entry == numbers.end()) continue;  // nothing useful leaves it later
    const std::uint32_t to = entry->second;
    const auto [from, is_new] =
        numbers.try_emplace(edge.from, static_cast<std::uint32_t>(graph.accounts.size()));
    if (is_new) graph.accounts.push_back(edge.from);
    graph.edges.push_back({edge.event, from->second, to, edge.amount});
  }
  std::reverse(graph.edges.begin(), graph.edges.end());
  return graph;
}

RouteRanking::RouteRanking(const RouteGraph& graph, const AccountPathRequest& request,
                           const Cancellation* cancellation)
    : graph_(graph),
      request_(request),
      cancellation_(cancellation),
      leaving_(graph.accounts.size()),
      passed_(graph.accounts.size()),
      barred_(graph.edges.size()),
      hops_(graph.edges.size()) {
  for (const RouteEdge& edge : graph_.edges) {
    amounts_.push_back(edge.amount);
    ++leaving_[edge.from];
  }
  std::sort(amounts_.begin(), amounts_.end());
  amounts_.erase(std::unique(amounts_.begin(), amounts_.end()), amounts_.end());
}

absl::StatusOr<std::vector<AccountPath>> RouteRanking::Rank() {
  std::vector<AccountPath> paths;
  const auto behind = [this](const Candidate& a, const Candidate& b) { return Ahead(b, a); };
  COINWAKE_RETURN_IF_ERROR(OfferBestOf({}));
  while (!open_.empty()) {
    std::pop_heap(open_.begin(), open_.end(), behind);
    const Candidate best = std::move(open_.back());
    open_.pop_back();
    paths.push_back(Tell(best));
    if (paths.size() == request_.count) break;
    for (std::uint32_t i = best.fixed; i < best.route.size(); ++i) {
      Candidate space;
      space.route.assign(best.route.begin(), best.route.begin() + i);
      space.fixed = i;
      space.bottleneck = best.bottleneck;
      if (i == best.fixed) space.barred = best.barred;
      space.barred.push_back(best.route[i]);
      COINWAKE_RETURN_IF_ERROR(OfferBestOf(std::move(space)));
    }
  }
  return paths;
}

bool RouteRanking::Ahead(const Candidate& a, const Candidate& b) const {
  if (request_.best == BestPath::kEarliest && a.route.back() != b.route.back()) {
    return a.route.back() < b.route.back();
  }
  const bool fewer_decide = request_.best != BestPath::kWidest || a.bottleneck == b.bottleneck;
  if (fewer_decide && a.route.size() != b.route.size()) return a.route.size() < b.route.size();
  if (a.bottleneck != b.bottleneck) return a.bottleneck > b.bottleneck;
  return a.route < b.route;
}

// `space.route` is its fixed part.
absl::Status RouteRanking::OfferBestOf(Candidate space) {
  COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
  if (!Solve(space)) return absl::OkStatus();
  open_.push_back(std::move(space));
  std::push_heap(open_.begin(), open_.end(),
                 [this](const Candidate& a, const Candidate& b) { return Ahead(b, a); });
  return absl::OkStatus();
}

// Completes `space` to its best route; false when it has none.
bool RouteRanking::Solve(Candidate& space) {
  // What is part of a space is no wider, unless it is longer and shorter ones come first.
  Uint128 most = request_.best == BestPath::kWidest ? space.bottleneck : kUnbounded;
  spur_ = kRouteSource;
  first_ = 0;
  passed_.assign(passed_.size(), false);
  passed_[kRouteSource] = true;
  for (const std::uint32_t index : space.route) {
    const RouteEdge& edge = graph_.edges[index];
    most = std::min(most, edge.amount);
    spur_ = edge.to;
    first_ = index + 1;
    passed_[spur_] = true;
  }
  if (leaving_[spur_] <= space.barred.size()) return false;  // so it is all along a mere chain
  for (const std::uint32_t index : space.barred) barred_[index] = true;
  const std::uint32_t hops_left = MostHops(request_) - space.fixed;
  end_ = graph_.edges.size();
  const bool arrives = request_.best != BestPath::kEarliest || FindArrival(hops_left);
  space.bottleneck = arrives ? Floor(most, hops_left) : 0;
  if (space.bottleneck > 0) {
    Scan(space.bottleneck);
    Walk(&space.route);
  }
  for (const std::uint32_t index : space.barred) barred_[index] = false;
  return space.bottleneck > 0;
}

// Ends the edges with the first that some route from the spur can arrive over; false: there is
// none.
bool RouteRanking::FindArrival(std::uint32_t hops_left) {
  nearest_.assign(graph_.accounts.size(), kNoHops);
  nearest_[spur_] = 0;
  work_ += nearest_.size();
  for (std::size_t i = first_; i < graph_.edges.size(); ++i) {
    ++work_;
    const RouteEdge& edge = graph_.edges[i];
    if (barred_[i] || passed_[edge.to] || nearest_[edge.from] >= hops_left) continue;
    if (edge.to == kRouteTarget) {
      end_ = i + 1;
      return true;
    }
    nearest_[edge.to] = std::min(nearest_[edge.to], nearest_[edge.from] + 1);
  }
  return false;
}

// The bottleneck of the best route, at most `most`; 0: there is none.
Uint128 RouteRanking::Floor(Uint128 most, std::uint32_t hops_left) {
  const auto reaches = [hops_left](const Label& label) {
    return label.hops != kNoHops && label.hops <= hops_left;
  };
  const bool widest = request_.best == BestPath::kWidest;
  if (widest && most != kUnbounded && reaches(Scan(most))) return most;  // often so
  const Label nearest = Scan(0);
  if (!reaches(nearest)) return 0;
  const Uint128 sure = std::min(most, nearest.bottleneck);
  if (!widest || sure == most) return sure;
  // amounts_[low] is a bottleneck that some route has, nothing above amounts_[high] is.
  const auto place = [this](Uint128 amount) {
    return std::upper_bound(amounts_.begin(), amounts_.end(), amount) - amounts_.begin() - 1;
  };
  auto low = place(sure);
  auto high = place(most);
  while (low < high) {
    const auto middle = high - (high - low) / 2;
    const Label label = Scan(amounts_[static_cast<std::size_t>(middle)]);
    if (reaches(label)) {
      low = place(std::min(most, label.bottleneck));
    } else {
      high = middle - 1;
    }
  }
  return amounts_[static_cast<std::size_t>(low)];
}

// The best way on from the spur over edges of at least `floor`.
RouteRanking::Label RouteRanking::Scan(Uint128 floor) {
  labels_.assign(graph_.accounts.size(), Label{});
  work_ += labels_.size() + end_ - first_;
  const bool arrives_last = request_.best == BestPath::kEarliest;
  for (std::size_t i = end_; i-- > first_;) {
    const RouteEdge& edge = graph_.edges[i];
    hops_[i] = kNoHops;
    if (edge.amount < floor || barred_[i] || passed_[edge.to]) continue;
    if (arrives_last && edge.to == kRouteTarget && i + 1 != end_) continue;
    Label way{1, edge.amount};
    if (edge.to != kRouteTarget) {
      const Label& rest = labels_[edge.to];  // over later edges: these were seen before
      if (rest.hops == kNoHops) continue;
      way = {rest.hops + 1, std::min(edge.amount, rest.bottleneck)};
    }
    hops_[i] = way.hops;
    Label& label = labels_[edge.from];
    if (way.hops < label.hops || (way.hops == label.hops && way.bottleneck > label.bottleneck)) {
      label = way;
    }
  }
  return labels_[spur_];
}

// Appends the earliest of the ways on that have the fewest hops in the last scan.
void RouteRanking::Walk(Route* route) const {
  std::uint32_t account = spur_;
  std::uint32_t left = labels_[spur_].hops;
  for (std::uint32_t i = first_; left > 0; ++i) {
    if (graph_.edges[i].from != account || hops_[i] != left) continue;
    route->push_back(i);
    account = graph_.edges[i].to;
    --left;
  }
}

AccountPath RouteRanking::Tell(const Candidate& candidate) const {
  AccountPath path;
  path.bottleneck = candidate.bottleneck;
  path.hops.reserve(candidate.route.size());
  for (const std::uint32_t index : candidate.route) {
    const RouteEdge& edge = graph_.edges[index];
    path.hops.push_back(
        {edge.event, graph_.accounts[edge.from], graph_.accounts[edge.to], edge.amount});
  }
  return path;
}

}  // namespace coinwake
