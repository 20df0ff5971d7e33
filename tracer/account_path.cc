// Two steps, the first as short as the second lets it be.
//
// AccountSearch reads. It takes arrivals at accounts in order of the best (bottleneck, hops), or
// just hops, that a route over them can have, as Dijkstra 1959 does vertices. A further arrival at
// an account counts when it is earlier or has fewer hops, and only what the ones before could not
// follow is read and followed. When all that can be ahead of some rank is done, every route ahead
// of it lies among the transfers read; so when `count` routes ahead of it are among them, these are
// the best there are. Where all payments to `to` are known from the start, the accounts that made
// them need not be read for these.
//
// RouteRanking ranks the routes among the transfers read: Yen 1971 with Lawler's 1972 partition.
// The routes that begin with some hops and do not go on with certain others are a space; the best
// of all is given out, and what else is in its space is cut into one space for each of its hops.
// The best of a space never passes an account twice: without the round it would have fewer hops,
// no smaller bottleneck and still be in order of time. So it is found among all walks, by scans
// over the transfers from the last to the first.
#include "tracer/account_path.h"

#include <algorithm>
#include <compare>
#include <functional>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tracer/account_cursor.h"
#include "tracer/view_accounts.h"

namespace coinwake {
namespace {

constexpr Uint128 kUnbounded = ~Uint128{0};
constexpr std::uint32_t kNoHops = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();
// Events of `to` read to find all payments to it. Hubs have more.
constexpr std::uint64_t kMostTargetEvents = std::uint64_t{1} << 16;
// Transfers gone over in looking whether the answer is there, for each event read. The latter takes
// about as long as so many of the former.
constexpr std::uint64_t kLooksShare = 64;

bool IsHop(const AccountEvent& event) {
  return event.kind == AccountEventKind::kMove && event.amount > 0 && event.from != event.to &&
         PotOf(event.from) == Pot::kFree && PotOf(event.to) == Pot::kFree;
}

std::uint32_t MostHops(const AccountPathRequest& request) {
  return request.max_hops.value_or(kNoHops - 1);
}

// A transfer on some way from `from` to `to`; accounts are numbered anew, without gaps.
struct Edge {
  std::uint64_t event = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Uint128 amount = 0;
};
constexpr std::uint32_t kSource = 0;
constexpr std::uint32_t kTarget = 1;

struct Graph {
  std::vector<Edge> edges;              // by event
  std::vector<std::uint32_t> accounts;  // by their new numbers
};

class RouteRanking {
 public:
  RouteRanking(const Graph& graph, const AccountPathRequest& request,
               const Cancellation* cancellation);

  // The best routes, best first; kCancelled.
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
  Uint128 Floor(Uint128 most, std::uint32_t hops_left);
  Label Scan(Uint128 floor);
  void Walk(Route* route) const;
  AccountPath Tell(const Candidate& candidate) const;

  const Graph& graph_;
  const AccountPathRequest& request_;
  const Cancellation* cancellation_;
  std::vector<Uint128> amounts_;        // of edges, ascending, each once
  std::vector<std::uint32_t> leaving_;  // edges out of each account
  std::vector<Candidate> open_;         // a heap
  std::uint64_t work_ = 0;
  // Of the space that is being solved.
  std::uint32_t spur_ = kSource;  // where its routes part
  std::uint32_t first_ = 0;       // edges before it are too early
  std::vector<bool> passed_;      // by account, `spur_` too
  std::vector<bool> barred_;      // by edge
  // Of the last scan.
  std::vector<Label> labels_;        // by account
  std::vector<std::uint32_t> hops_;  // by edge, to `to`, itself included
};

RouteRanking::RouteRanking(const Graph& graph, const AccountPathRequest& request,
                           const Cancellation* cancellation)
    : graph_(graph),
      request_(request),
      cancellation_(cancellation),
      leaving_(graph.accounts.size()),
      passed_(graph.accounts.size()),
      barred_(graph.edges.size()),
      hops_(graph.edges.size()) {
  for (const Edge& edge : graph_.edges) {
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
  const bool fewer_decide = request_.best == BestPath::kShortest || a.bottleneck == b.bottleneck;
  if (fewer_decide && a.route.size() != b.route.size()) return a.route.size() < b.route.size();
  if (a.bottleneck != b.bottleneck) return a.bottleneck > b.bottleneck;
  return a.route < b.route;
}

// `space.route` is its fixed part.
absl::Status RouteRanking::OfferBestOf(Candidate space) {
  if (cancellation_ != nullptr && cancellation_->Cancelled()) {
    return absl::CancelledError("the search for paths was cancelled");
  }
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
  spur_ = kSource;
  first_ = 0;
  passed_.assign(passed_.size(), false);
  passed_[kSource] = true;
  for (const std::uint32_t index : space.route) {
    const Edge& edge = graph_.edges[index];
    most = std::min(most, edge.amount);
    spur_ = edge.to;
    first_ = index + 1;
    passed_[spur_] = true;
  }
  if (leaving_[spur_] <= space.barred.size()) return false;  // so it is all along a mere chain
  for (const std::uint32_t index : space.barred) barred_[index] = true;
  space.bottleneck = Floor(most, MostHops(request_) - space.fixed);
  if (space.bottleneck > 0) {
    Scan(space.bottleneck);
    Walk(&space.route);
  }
  for (const std::uint32_t index : space.barred) barred_[index] = false;
  return space.bottleneck > 0;
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
  work_ += labels_.size() + graph_.edges.size() - first_;
  for (std::size_t i = graph_.edges.size(); i-- > first_;) {
    const Edge& edge = graph_.edges[i];
    hops_[i] = kNoHops;
    if (edge.amount < floor || barred_[i] || passed_[edge.to]) continue;
    Label way{1, edge.amount};
    if (edge.to != kTarget) {
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
    const Edge& edge = graph_.edges[index];
    path.hops.push_back(
        {edge.event, graph_.accounts[edge.from], graph_.accounts[edge.to], edge.amount});
  }
  return path;
}

class AccountSearch {
 public:
  AccountSearch(AccountEvents& events, const AccountPathRequest& request,
                const AccountTraceLimits& limits, const Cancellation* cancellation)
      : events_(events),
        request_(request),
        limits_(limits),
        cancellation_(cancellation),
        meter_(limits, cancellation),
        looks_at_arrived_(request.count) {}

  absl::StatusOr<std::vector<AccountPath>> Run();

 private:
  struct Transfer {
    Uint128 amount = 0;
    std::uint64_t event = 0;
    std::uint32_t to = 0;
  };
  using Transfers = std::vector<Transfer>;  // out of one account, the latest first
  // Events from `since` on can follow.
  struct Arrival {
    std::uint64_t since = 0;
    std::uint32_t hops = 0;
  };
  struct Account {
    std::uint64_t read_from = 0;    // events before it are not read
    std::vector<Arrival> arrivals;  // none both as early and as near as another
    Transfers transfers;            // read; without those in `payments_`
  };
  // What routes are ordered by before event numbers, but that the shortest are all as narrow.
  struct Rank {
    Uint128 narrow = 0;  // the complement of the bottleneck
    std::uint32_t hops = 0;
    friend auto operator<=>(const Rank&, const Rank&) = default;
  };
  struct Step {
    enum class Sort : std::uint8_t {
      kArrival,  // at `account`, from `since` on
      kFollow,   // what leaves `account` in [since, until)
    };
    Rank rank;  // no route over it is ahead of this
    std::uint64_t since = 0;
    std::uint64_t until = 0;
    std::uint32_t account = 0;
    std::uint32_t hops = 0;  // up to `account`
    Sort sort = Sort::kArrival;
    // Among equals the earliest first: fewer count.
    friend bool operator>(const Step& a, const Step& b) {
      return std::tie(a.rank, a.since) > std::tie(b.rank, b.since);
    }
  };

  absl::Status ReadPayments();
  absl::Status Do(const Step& step);
  absl::Status Arrive(const Step& step);
  bool Counts(const Step& arrival) const;
  absl::Status Follow(const Step& step);
  absl::Status Read(std::uint32_t number, std::uint64_t since, Account* account);
  void Push(const Transfers& transfers, const Step& step);
  bool MayBeEnough();
  bool IsOverLimit() const {
    return limits_.max_events != 0 && meter_.events_read() > limits_.max_events;
  }
  bool IsCertain(const std::vector<AccountPath>& paths, const Rank& next) const;
  Graph UsefulTransfers(Uint128 least) const;
  absl::StatusOr<std::vector<AccountPath>> BestAheadOf(const Rank& next);

  AccountEvents& events_;
  const AccountPathRequest& request_;
  const AccountTraceLimits& limits_;
  const Cancellation* cancellation_;
  AccountMeter meter_;
  std::uint64_t end_ = 0;  // events from it on are on no route
  bool knows_payments_ = false;
  absl::flat_hash_map<std::uint32_t, Transfers> payments_;  // if known: all to `to`, by sender
  absl::flat_hash_map<std::uint32_t, Account> accounts_;
  std::priority_queue<Step, std::vector<Step>, std::greater<>> steps_;
  std::uint64_t arrived_ = 0;  // at `to`
  std::uint64_t looks_at_arrived_;
  std::uint64_t looks_work_ = 0;
};

absl::StatusOr<std::vector<AccountPath>> AccountSearch::Run() {
  std::vector<AccountPath> paths;
  if (request_.from == request_.to || request_.count == 0 || MostHops(request_) == 0) return paths;
  COINWAKE_RETURN_IF_ERROR(ReadPayments());
  steps_.push({{}, 0, 0, request_.from, 0, Step::Sort::kArrival});
  Rank rank;
  while (!steps_.empty()) {
    const Step step = steps_.top();
    if (step.rank != rank && MayBeEnough()) {
      COINWAKE_ASSIGN_OR_RETURN(paths, BestAheadOf(step.rank));
      if (IsCertain(paths, step.rank)) return paths;
    }
    rank = step.rank;
    steps_.pop();
    const absl::Status status = Do(step);
    if (status.ok()) continue;
    if (!IsOverLimit()) return status;
    COINWAKE_ASSIGN_OR_RETURN(paths, BestAheadOf(rank));
    if (IsCertain(paths, rank)) return paths;
    return absl::ResourceExhaustedError(
        absl::StrCat("the best paths are not certain after ", limits_.max_events,
                     " events; allow fewer hops or ask for fewer paths"));
  }
  return BestAheadOf({kUnbounded, kNoHops});
}

// No route over what is not yet read is ahead of `paths`, when none of it is ahead of `next`.
bool AccountSearch::IsCertain(const std::vector<AccountPath>& paths, const Rank& next) const {
  if (paths.size() < request_.count) return false;
  Rank last;
  last.hops = static_cast<std::uint32_t>(paths.back().hops.size());
  if (request_.best == BestPath::kWidest) last.narrow = ~paths.back().bottleneck;
  return last < next;
}

// Finds all payments to `to`, and `end_`, unless it has too many events.
absl::Status AccountSearch::ReadPayments() {
  std::uint64_t most = kMostTargetEvents;
  if (limits_.max_events != 0) most = std::min(most, limits_.max_events / 4);
  AccountCursor cursor(request_.to, 0, kNoEnd);
  for (std::uint64_t i = 0; i < most; ++i) {
    COINWAKE_RETURN_IF_ERROR(cursor.Advance(events_, meter_));
    const AccountEvent* event = cursor.current();
    if (event == nullptr) {
      for (auto& [sender, transfers] : payments_) std::reverse(transfers.begin(), transfers.end());
      knows_payments_ = true;
      return absl::OkStatus();
    }
    if (event->to != request_.to || !IsHop(*event)) continue;
    payments_[event->from].push_back({event->amount, event->number, event->to});
    end_ = event->number + 1;
  }
  payments_.clear();
  end_ = kNoEnd;
  return absl::OkStatus();
}

absl::Status AccountSearch::Do(const Step& step) {
  if (step.sort == Step::Sort::kFollow) return Follow(step);
  if (step.account != request_.to) return Arrive(step);
  ++arrived_;
  return absl::OkStatus();
}

absl::Status AccountSearch::Arrive(const Step& step) {
  Account& account = accounts_.try_emplace(step.account, Account{end_, {}, {}}).first->second;
  // Arrivals before were no narrower: from where the first of those as near begins, all is done.
  Step follow = step;
  follow.sort = Step::Sort::kFollow;
  follow.until = end_;
  for (const Arrival& other : account.arrivals) {
    if (other.hops <= step.hops) follow.until = std::min(follow.until, other.since);
  }
  if (step.since >= follow.until) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(meter_.Count(0));
  std::erase_if(account.arrivals, [&step](const Arrival& other) {
    return other.hops >= step.hops && other.since >= step.since;
  });
  account.arrivals.push_back({step.since, step.hops});
  if (!knows_payments_) return Follow(follow);
  const auto payments = payments_.find(step.account);
  if (payments != payments_.end()) Push(payments->second, follow);
  // All else needs two hops more.
  if (step.hops + 1 >= MostHops(request_)) return absl::OkStatus();
  follow.rank.hops = step.hops + 2;
  steps_.push(follow);
  return absl::OkStatus();
}

// Whether none before was both as early and as near.
bool AccountSearch::Counts(const Step& arrival) const {
  const auto account = accounts_.find(arrival.account);
  return account == accounts_.end() ||
         std::none_of(account->second.arrivals.begin(), account->second.arrivals.end(),
                      [&arrival](const Arrival& other) {
                        return other.hops <= arrival.hops && other.since <= arrival.since;
                      });
}

absl::Status AccountSearch::Follow(const Step& step) {
  Account& account = accounts_.find(step.account)->second;
  if (step.since < account.read_from) {
    COINWAKE_RETURN_IF_ERROR(Read(step.account, step.since, &account));
  }
  Push(account.transfers, step);
  return absl::OkStatus();
}

// Reads the events of `account` from `since` on that are not yet read.
absl::Status AccountSearch::Read(std::uint32_t number, std::uint64_t since, Account* account) {
  AccountCursor cursor(number, since, account->read_from);
  account->read_from = since;
  Transfers& transfers = account->transfers;
  const auto old = static_cast<std::ptrdiff_t>(transfers.size());
  while (true) {
    COINWAKE_RETURN_IF_ERROR(cursor.Advance(events_, meter_));
    const AccountEvent* event = cursor.current();
    if (event == nullptr) break;
    if (event->from != number || event->to == request_.from || !IsHop(*event)) continue;
    if (knows_payments_ && event->to == request_.to) continue;
    transfers.push_back({event->amount, event->number, event->to});
  }
  std::reverse(transfers.begin() + old, transfers.end());
  return absl::OkStatus();
}

// Arrivals by those of `transfers` that `step` can follow.
void AccountSearch::Push(const Transfers& transfers, const Step& step) {
  Step arrival;
  arrival.hops = step.hops + 1;
  auto next = std::partition_point(
      transfers.begin(), transfers.end(),
      [&step](const Transfer& transfer) { return transfer.event >= step.until; });
  for (; next != transfers.end() && next->event >= step.since; ++next) {
    const bool arrived = next->to == request_.to;
    if (arrival.hops >= MostHops(request_) && !arrived) continue;
    arrival.since = next->event + 1;
    arrival.account = next->to;
    arrival.rank.hops = arrival.hops + (arrived ? 0 : 1);
    if (request_.best == BestPath::kWidest) {
      arrival.rank.narrow = std::max(step.rank.narrow, ~next->amount);
    }
    if (arrived || Counts(arrival)) steps_.push(arrival);
  }
}

// Whether to look if the answer is there.
bool AccountSearch::MayBeEnough() {
  if (arrived_ == 0) return false;
  if (arrived_ < looks_at_arrived_ && looks_work_ > kLooksShare * meter_.events_read()) {
    return false;
  }
  looks_at_arrived_ = std::max<std::uint64_t>(request_.count, 2 * arrived_);
  return true;
}

// Those of the transfers read, of at least `least`, from which a way leads on to `to`.
Graph AccountSearch::UsefulTransfers(Uint128 least) const {
  std::vector<Edge> all;
  const auto add = [least, &all](std::uint32_t from, const Transfers& transfers) {
    for (const Transfer& transfer : transfers) {
      if (transfer.amount < least) continue;
      all.push_back({transfer.event, from, transfer.to, transfer.amount});
    }
  };
  for (const auto& [number, account] : accounts_) {
    add(number, account.transfers);
    const auto payments = payments_.find(number);
    if (payments != payments_.end()) add(number, payments->second);
  }
  std::sort(all.begin(), all.end(),
            [](const Edge& a, const Edge& b) { return a.event > b.event; });  // the latest first
  Graph graph;
  graph.accounts = {request_.from, request_.to};
  absl::flat_hash_map<std::uint32_t, std::uint32_t> numbers = {{request_.from, kSource},
                                                               {request_.to, kTarget}};
  for (const Edge& edge : all) {
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

// Of what is read; others than those ahead of `next` may be left out.
absl::StatusOr<std::vector<AccountPath>> AccountSearch::BestAheadOf(const Rank& next) {
  AccountPathRequest request = request_;
  Uint128 least = 0;
  if (request_.best == BestPath::kWidest) {
    least = ~next.narrow;
  } else {
    request.max_hops = std::min(MostHops(request_), std::max(next.hops, std::uint32_t{1}) - 1);
  }
  const Graph graph = UsefulTransfers(least);
  RouteRanking ranking(graph, request, cancellation_);
  auto paths = ranking.Rank();
  looks_work_ += ranking.work();
  for (const auto& [number, account] : accounts_) looks_work_ += account.transfers.size();
  return paths;
}

}  // namespace

absl::StatusOr<std::vector<AccountPath>> FindAccountPaths(AccountEvents& events,
                                                          const AccountPathRequest& request,
                                                          const AccountTraceLimits& limits,
                                                          const Cancellation* cancellation) {
  for (const std::uint32_t account : {request.from, request.to}) {
    if (account == kNobody || PotOf(account) != Pot::kFree) {
      return absl::InvalidArgumentError(
          absl::StrCat("account number ", account, " is not the free balance of an account"));
    }
  }
  return AccountSearch(events, request, limits, cancellation).Run();
}

}  // namespace coinwake
