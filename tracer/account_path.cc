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
// RouteRanking ranks the routes among the transfers read.
//
// Where the order of events decides, or what is followed is to be bounded, AccountReach reads in
// order of events instead, and TaintRanking ranks by what routes carry.
#include "tracer/account_path.h"

#include <algorithm>
#include <compare>
#include <functional>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "tracer/account_cursor.h"
#include "tracer/account_hops.h"
#include "tracer/account_reach.h"
#include "tracer/route_ranking.h"
#include "tracer/taint_ranking.h"
#include "tracer/view_accounts.h"

namespace coinwake {
namespace {

// Transfers gone over in looking whether the answer is there, for each event read. The latter takes
// about as long as so many of the former.
constexpr std::uint64_t kLooksShare = 64;

class AccountSearch {
 public:
  AccountSearch(AccountEvents& events, const AccountPathRequest& request, const AccountHops& hops,
                const AccountTraceLimits& limits, const Cancellation* cancellation,
                AccountMeter& meter)
      : events_(events),
        request_(request),
        allowed_(hops),
        limits_(limits),
        cancellation_(cancellation),
        meter_(meter),
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
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
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
  RouteGraph UsefulTransfers(Uint128 least) const;
  absl::StatusOr<std::vector<AccountPath>> BestAheadOf(const Rank& next);

  AccountEvents& events_;
  const AccountPathRequest& request_;
  const AccountHops& allowed_;
  const AccountTraceLimits& limits_;
  const Cancellation* cancellation_;
  AccountMeter& meter_;
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
  COINWAKE_RETURN_IF_ERROR(ReadPayments());
  steps_.push({{}, allowed_.begin(), 0, request_.from, 0, Step::Sort::kArrival});
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
  COINWAKE_ASSIGN_OR_RETURN(const auto payments,
                            allowed_.Payments(events_, MostTargetEvents(limits_), meter_));
  knows_payments_ = payments.has_value();
  end_ = knows_payments_ ? 0 : allowed_.end();
  if (!knows_payments_) return absl::OkStatus();
  for (const AccountEvent& event : *payments) {
    payments_[event.from].push_back({event.amount, event.number, event.to});
    end_ = event.number + 1;
  }
  for (auto& [sender, transfers] : payments_) std::reverse(transfers.begin(), transfers.end());
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
    if (event->from != number || !allowed_.IsHop(*event)) continue;
    if (event->to == request_.to ? knows_payments_ : !allowed_.LeadsOn(event->to)) continue;
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
RouteGraph AccountSearch::UsefulTransfers(Uint128 least) const {
  std::vector<RouteEdge> all;
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
  return MakeRouteGraph(std::move(all), request_);
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
  const RouteGraph graph = UsefulTransfers(least);
  RouteRanking ranking(graph, request, cancellation_);
  auto paths = ranking.Rank();
  looks_work_ += ranking.work();
  for (const auto& [number, account] : accounts_) looks_work_ += account.transfers.size();
  return paths;
}

// One search, or all that differ in their barred transfers.
class PathFinder {
 public:
  PathFinder(AccountEvents& events, const AccountPathRequest& request,
             const AccountTraceLimits& limits, const Cancellation* cancellation)
      : events_(events),
        request_(request),
        limits_(limits),
        cancellation_(cancellation),
        meter_(limits, cancellation),
        hops_(request_, barred_) {}

  absl::StatusOr<std::vector<AccountPath>> Run();
  Unfollowed unfollowed() const;

 private:
  absl::StatusOr<std::vector<AccountPath>> Search();
  absl::StatusOr<std::vector<AccountPath>> SearchInOrder();

  AccountEvents& events_;
  AccountPathRequest request_;
  const AccountTraceLimits& limits_;
  const Cancellation* cancellation_;
  AccountMeter meter_;
  absl::flat_hash_set<std::uint64_t> barred_;
  const AccountHops hops_;
  absl::flat_hash_map<std::uint64_t, Uint128> unfollowed_;  // amounts by event
};

absl::StatusOr<std::vector<AccountPath>> PathFinder::Run() {
  std::vector<AccountPath> paths;
  if (request_.from == request_.to || request_.count == 0 || MostHops(request_) == 0) return paths;
  const std::uint32_t count = request_.count;
  if (!request_.diverse) return Search();
  request_.count = 1;
  while (paths.size() < count) {
    COINWAKE_ASSIGN_OR_RETURN(std::vector<AccountPath> found, Search());
    if (found.empty()) break;
    for (const AccountPathHop& hop : found.front().hops) barred_.insert(hop.event);
    paths.push_back(std::move(found.front()));
  }
  return paths;
}

absl::StatusOr<std::vector<AccountPath>> PathFinder::Search() {
  const bool by_rank = request_.best == BestPath::kShortest || request_.best == BestPath::kWidest;
  if (!by_rank || request_.max_edges.has_value()) return SearchInOrder();
  return AccountSearch(events_, request_, hops_, limits_, cancellation_, meter_).Run();
}

absl::StatusOr<std::vector<AccountPath>> PathFinder::SearchInOrder() {
  AccountReach reach(events_, request_, hops_, limits_, meter_);
  COINWAKE_ASSIGN_OR_RETURN(const RouteGraph graph, reach.Collect());
  std::vector<AccountPath> paths;
  if (request_.best == BestPath::kTaint) {
    TaintRanking ranking(events_, graph, request_, meter_);
    COINWAKE_ASSIGN_OR_RETURN(paths, ranking.Rank());
  } else {
    COINWAKE_ASSIGN_OR_RETURN(paths, RouteRanking(graph, request_, cancellation_).Rank());
  }
  const AccountPath* const worst = paths.size() < request_.count ? nullptr : &paths.back();
  for (const RouteEdge& edge : reach.Unfollowed(worst)) unfollowed_[edge.event] = edge.amount;
  return paths;
}

Unfollowed PathFinder::unfollowed() const {
  Unfollowed sum;
  sum.edges = unfollowed_.size();
  for (const auto& [event, amount] : unfollowed_) sum.value += Uint256(amount);
  return sum;
}

}  // namespace

absl::StatusOr<std::vector<AccountPath>> FindAccountPaths(AccountEvents& events,
                                                          const AccountPathRequest& request,
                                                          const AccountTraceLimits& limits,
                                                          const Cancellation* cancellation,
                                                          Unfollowed* unfollowed) {
  for (const std::uint32_t account : {request.from, request.to}) {
    if (account == kNobody || PotOf(account) != Pot::kFree) {
      return absl::InvalidArgumentError(
          absl::StrCat("account number ", account, " is not the free balance of an account"));
    }
  }
  PathFinder finder(events, request, limits, cancellation);
  auto paths = finder.Run();
  if (unfollowed != nullptr) *unfollowed = finder.unfollowed();
  return paths;
}

}  // namespace coinwake
