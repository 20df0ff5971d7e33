// An account between events is a vertex as long as it only receives, and from its first payment on
// until it receives again: what it pays in between comes out of the same balance. So a vertex's
// arcs are those payments and the hold-over of the balance they leave, and they add up to the
// balance before them.
#include "tracer/account_bounds.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tracer/account_cursor.h"
#include "tracer/account_walk.h"
#include "tracer/bounds_graph.h"
#include "tracer/label_ranking.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kManyHops = std::numeric_limits<std::uint32_t>::max();

// What all labels share.
struct WalkContext {
  AccountEvents& events;
  const AccountTraceRequest& request;
  std::optional<std::uint32_t> target;  // else what is left with accounts
  std::uint32_t max_hops;
  AccountMeter& meter;
};

// Where accounts are that hold what arrived.
std::uint32_t Rest(const WalkContext& context) {
  using Graph = BoundsGraph<Uint128>;
  return context.target.has_value() ? Graph::kElsewhere : Graph::kTarget;
}

// Visits what one label's seeds reach, in the order of events, and writes it down as a flow
// network.
class TransferWalk {
 public:
  using Graph = BoundsGraph<Uint128>;

  TransferWalk(const WalkContext& context, Graph& graph)
      : context_(context), graph_(graph), walk_(context.events, context.meter) {}

  // `seeds` are distinct accounts.
  absl::Status Run(const std::set<std::uint32_t>& seeds);
  // Transfers out of accounts at max_hops.
  std::uint64_t not_expanded() const { return not_expanded_; }

 private:
  struct Account {
    Account(std::uint32_t number, std::uint64_t from, std::uint64_t end)
        : cursor(number, from, end) {}

    AccountCursor cursor;
    bool is_seed = false;
    bool holds = false;  // what may be tainted; the rest means something only then
    bool pays = false;   // its vertex is settled
    std::uint32_t vertex = 0;
    std::uint32_t hops = 0;  // of what its vertex holds
    Uint128 balance = 0;
  };

  std::uint64_t end() const {
    return context_.request.until.value_or(std::numeric_limits<std::uint64_t>::max());
  }
  absl::Status Apply(const AccountEvent& event);
  absl::Status Leave(const AccountEvent& event, Account* from);
  absl::Status End(const AccountEvent& event, const Account* from);
  absl::Status Shift(const AccountEvent& event, const Account* from);
  absl::Status Arrive(const AccountEvent& event, const Account* from, std::uint32_t hops);
  absl::Status Receive(const AccountEvent& event, Account* to);
  absl::StatusOr<Account*> Reach(const AccountEvent& event);
  void Forget(std::uint32_t number, Account* account);

  const WalkContext& context_;
  Graph& graph_;
  AccountWalk<Account, std::greater<>> walk_;
  std::uint64_t not_expanded_ = 0;
};

absl::Status TransferWalk::Run(const std::set<std::uint32_t>& seeds) {
  for (const std::uint32_t seed : seeds) {
    auto account = std::make_unique<Account>(seed, context_.request.since.value_or(0), end());
    account->is_seed = true;
    COINWAKE_RETURN_IF_ERROR(walk_.Follow(seed, std::move(account)).status());
  }
  while (!walk_.done()) {
    AccountEvent event;
    COINWAKE_RETURN_IF_ERROR(walk_.TakeEvent(&event));
    if (event.amount != 0 && event.from != event.to) COINWAKE_RETURN_IF_ERROR(Apply(event));
    COINWAKE_RETURN_IF_ERROR(walk_.AdvanceSides());
  }
  for (const auto& [number, account] : walk_.accounts()) {  // the graph sorts
    if (!account->holds || !account->pays) continue;
    COINWAKE_RETURN_IF_ERROR(graph_.AddArc(account->vertex, Rest(context_), account->balance));
  }
  return absl::OkStatus();
}

absl::Status TransferWalk::Apply(const AccountEvent& event) {
  Account* from = walk_.Find(event.from);
  if (from != nullptr && !from->holds) from = nullptr;  // it pays what is clean
  if (from != nullptr) COINWAKE_RETURN_IF_ERROR(Leave(event, from));
  switch (event.kind) {
    case AccountEventKind::kFee:
    case AccountEventKind::kBurn:
    case AccountEventKind::kHide:
      COINWAKE_RETURN_IF_ERROR(End(event, from));
      break;
    case AccountEventKind::kMove:
    case AccountEventKind::kMint:
    case AccountEventKind::kReveal:
      COINWAKE_RETURN_IF_ERROR(Arrive(event, from, from == nullptr ? 0 : from->hops + 1));
      break;
    case AccountEventKind::kWithin:
      COINWAKE_RETURN_IF_ERROR(Shift(event, from));
      break;
  }
  if (from != nullptr && from->balance == 0) Forget(event.from, from);
  return absl::OkStatus();
}

absl::Status TransferWalk::Leave(const AccountEvent& event, Account* from) {
  // BalanceBefore() speaks of the whole history, so no sender has too little.
  if (event.amount > from->balance) return InconsistentEvent(event.number);
  if (!from->pays) graph_.Settle(from->vertex);
  from->pays = true;
  from->balance -= event.amount;
  return absl::OkStatus();
}

// Of what leaves all accounts.
absl::Status TransferWalk::End(const AccountEvent& event, const Account* from) {
  if (from == nullptr) return absl::OkStatus();
  const std::uint32_t end = event.kind == AccountEventKind::kHide
                                ? graph_.StopVertex(SinkKind::kMixer, std::nullopt)
                                : Graph::kElsewhere;
  return graph_.AddArc(from->vertex, end, event.amount);
}

// What an account stakes or takes back meets no rule. (The target has what its own pots give back:
// a token's issuer may be a seed and the target.)
absl::Status TransferWalk::Shift(const AccountEvent& event, const Account* from) {
  if (from == nullptr) return Receive(event, walk_.Find(event.to));
  if (event.to == context_.target) {
    return graph_.AddArc(from->vertex, Graph::kTarget, event.amount);
  }
  COINWAKE_ASSIGN_OR_RETURN(Account* const to, Reach(event));
  to->hops = std::min(to->hops, from->hops);
  COINWAKE_RETURN_IF_ERROR(graph_.AddArc(from->vertex, to->vertex, event.amount));
  return Receive(event, to);
}

// `from`: null, or what may bring taint, in so many `hops`.
absl::Status TransferWalk::Arrive(const AccountEvent& event, const Account* from,
                                  std::uint32_t hops) {
  Account* to = walk_.Find(event.to);
  const bool to_seed = to != nullptr && to->is_seed;
  std::optional<std::uint32_t> end;
  if (from != nullptr && from->hops >= context_.max_hops) {
    end = Graph::kNotExpanded;
    ++not_expanded_;
  } else if (from == nullptr || to_seed) {
    end = Graph::kElsewhere;  // of nobody, nothing
  } else if (event.to == context_.target) {
    end = Graph::kTarget;
  } else if (context_.request.stops != nullptr) {
    const std::optional<Stop> stop = context_.request.stops->StopAt(event.to);
    if (stop.has_value()) end = graph_.StopVertex(stop->kind, stop->entity);
  }
  if (from != nullptr && end.has_value()) {
    COINWAKE_RETURN_IF_ERROR(graph_.AddArc(from->vertex, *end, event.amount));
  }
  if (to_seed && event.to == context_.target) {
    return graph_.AddArc(Graph::kSeeds, Graph::kTarget, event.amount);
  }
  if (to_seed || !end.has_value()) {
    COINWAKE_ASSIGN_OR_RETURN(to, Reach(event));
    to->hops = std::min(to->hops, to_seed ? 0 : hops);
    COINWAKE_RETURN_IF_ERROR(
        graph_.AddArc(to_seed ? Graph::kSeeds : from->vertex, to->vertex, event.amount));
  }
  return Receive(event, to);
}

// The receiver with a vertex at which the event's amount may arrive.
absl::StatusOr<TransferWalk::Account*> TransferWalk::Reach(const AccountEvent& event) {
  Account* to = walk_.Find(event.to);
  if (to == nullptr) {
    COINWAKE_ASSIGN_OR_RETURN(
        to, walk_.Follow(event.to, std::make_unique<Account>(event.to, event.number + 1, end())));
  }
  if (!to->holds) {
    COINWAKE_ASSIGN_OR_RETURN(
        const AccountBalance before,
        context_.events.BalanceBefore(event.to, event.number, context_.meter));
    to->holds = true;
    to->pays = false;
    to->vertex = graph_.AddVertex();
    to->hops = kManyHops;
    to->balance = before.balance;
  }
  if (to->pays) {
    const std::uint32_t before = to->vertex;
    to->vertex = graph_.AddVertex();
    to->pays = false;
    COINWAKE_RETURN_IF_ERROR(graph_.AddArc(before, to->vertex, to->balance));
  }
  return to;
}

// Adds the amount to the balance of a receiver that holds; null, or one that does not: nothing.
absl::Status TransferWalk::Receive(const AccountEvent& event, Account* to) {
  if (to == nullptr || !to->holds) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(Reach(event).status());  // clean units too end a row of payments
  if (to->balance > kMaxAccountUnits || event.amount > kMaxAccountUnits - to->balance) {
    return absl::InvalidArgumentError(
        absl::StrCat("event number ", event.number,
                     " leads to a balance that passes 127 bits; no bounds can be told"));
  }
  to->balance += event.amount;
  return absl::OkStatus();
}

// Nothing is left there, and BalanceBefore() can tell it again.
void TransferWalk::Forget(std::uint32_t number, Account* account) {
  if (account->is_seed) {
    account->holds = false;
  } else {
    walk_.Forget(number);
  }
}

// Of each label, in the order of the request.
absl::StatusOr<std::vector<std::set<std::uint32_t>>> SeedsByLabel(
    const AccountTraceRequest& request) {
  if (request.seeds.empty()) return absl::InvalidArgumentError("bounds need at least one seed");
  std::vector<std::set<std::uint32_t>> seeds(request.labels.size());
  for (const AccountSeed& seed : request.seeds) {
    if (seed.label >= request.labels.size()) {
      return absl::InvalidArgumentError(absl::StrCat("a seed has label number ", seed.label,
                                                     ", there are ", request.labels.size()));
    }
    if (seed.account == kNobody) return absl::InvalidArgumentError("a seed is no account");
    seeds[seed.label].insert(seed.account);
  }
  return seeds;
}

WalkContext ContextOf(AccountEvents& events, const AccountTraceRequest& request,
                      std::optional<std::uint32_t> target, AccountMeter& meter) {
  return {.events = events,
          .request = request,
          .target = target,
          .max_hops = request.max_hops.value_or(kManyHops),
          .meter = meter};
}

}  // namespace

absl::StatusOr<std::vector<Bounds>> FindAccountBounds(AccountEvents& events,
                                                      const AccountTraceRequest& request,
                                                      std::uint32_t target,
                                                      const BoundsLimits& limits,
                                                      const Cancellation* cancellation) {
  if (target == kNobody) return absl::InvalidArgumentError("the target is no account");
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(request.labels));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::set<std::uint32_t>> seeds,
                            SeedsByLabel(request));
  const AccountTraceLimits reading{.max_events = limits.max_read};
  AccountMeter meter(reading, cancellation);
  FlowMeter flow_meter(limits.max_steps, cancellation);
  const WalkContext context = ContextOf(events, request, target, meter);
  std::vector<Bounds> all;
  for (const std::uint32_t label : ranking) {
    all.emplace_back();
    all.back().label = label;
    BoundsGraph<Uint128> graph(limits.max_arcs);
    TransferWalk walk(context, graph);
    COINWAKE_RETURN_IF_ERROR(walk.Run(seeds[label]));
    all.back().not_expanded = walk.not_expanded();
    COINWAKE_RETURN_IF_ERROR(graph.Solve(flow_meter, &all.back()));
  }
  return all;
}

absl::StatusOr<std::vector<FigureBounds>> FindAccountFigureBounds(
    AccountEvents& events, const AccountTraceRequest& request, const BoundsLimits& limits,
    const Cancellation* cancellation) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(request.labels));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::set<std::uint32_t>> seeds,
                            SeedsByLabel(request));
  const AccountTraceLimits reading{.max_events = limits.max_read};
  std::vector<FigureBounds> all;
  for (const std::uint32_t label : ranking) {
    all.emplace_back();
    all.back().label = label;
    AccountMeter meter(reading, cancellation);
    FlowMeter flow_meter(limits.max_steps, cancellation);
    const WalkContext context = ContextOf(events, request, std::nullopt, meter);
    BoundsGraph<Uint128> graph(limits.max_arcs, Rest(context));
    absl::Status solved = TransferWalk(context, graph).Run(seeds[label]);
    if (solved.ok()) solved = graph.SolveFigures(flow_meter, &all.back());
    if (!solved.ok() && !absl::IsResourceExhausted(solved)) return solved;
  }
  return all;
}

}  // namespace coinwake
