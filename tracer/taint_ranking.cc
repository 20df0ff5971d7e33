#include "tracer/taint_ranking.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr int kFractionBits = AccountTaint::kFractionBits;
// In units of 2^-12 of it, and in sums of two, 128 bits are enough.
constexpr Uint128 kMostAmount = kMaxAccountUnits >> kFractionBits;
// Transfers between looks at the caller's cancellation.
constexpr std::uint32_t kLookPeriod = 1024;

absl::Status TooLarge(std::uint64_t event) {
  return absl::InvalidArgumentError(absl::StrCat(
      "event number ", event, " leads to a balance that passes 115 bits: what paths of ",
      "this asset carry cannot be told; ask for the widest"));
}

absl::Status Inconsistent(std::uint64_t event) {
  return absl::DataLossError(absl::StrCat("the index contradicts itself at event number ", event,
                                          "; run `coinwake verify`"));
}

}  // namespace

Uint128 ShareOf(Uint128 carried, Uint128 part, Uint128 whole) {
  if (part == whole) return carried;
  const Uint128 most = ~Uint128{0};
  if (part == 0 || carried <= most / part) return carried * part / whole;
  return static_cast<Uint128>(Uint256(carried) * Uint256(part) / Uint256(whole));
}

absl::StatusOr<std::vector<AccountPath>> TaintRanking::Rank() {
  std::vector<Part> leaving;
  for (std::uint32_t edge = 0; edge < graph_.edges.size(); ++edge) {
    if (edge % kLookPeriod == 0) COINWAKE_RETURN_IF_ERROR(meter_.Count(0));
    if (nodes_.size() >= kNoParent - graph_.edges.size()) {
      return absl::ResourceExhaustedError("more partial paths than can be kept; set --max-hops");
    }
    leaving.clear();
    COINWAKE_RETURN_IF_ERROR(Depart(edge, &leaving));
    COINWAKE_RETURN_IF_ERROR(Arrive(edge, leaving));
  }
  std::vector<AccountPath> paths;
  paths.reserve(found_.size());
  for (const Part& part : found_) paths.push_back(Tell(part));
  return paths;
}

// What takes `edge` of each route at its sender, as new nodes.
absl::Status TaintRanking::Depart(std::uint32_t edge, std::vector<Part>* leaving) {
  const RouteEdge& transfer = graph_.edges[edge];
  if (transfer.amount > kMostAmount) return TooLarge(transfer.event);
  const auto go_on = [&](std::uint32_t parent, std::uint32_t hops, Uint128 carried) {
    if (Hopeless(carried, hops)) return;
    leaving->push_back({static_cast<std::uint32_t>(nodes_.size()), carried});
    nodes_.push_back({edge, parent, hops});
  };
  if (transfer.from == kRouteSource) {
    go_on(kNoParent, 1, transfer.amount << kFractionBits);
    return absl::OkStatus();
  }
  Account& account = accounts_[transfer.from];
  if (!account.cursor.has_value()) return absl::OkStatus();  // what would arrive was hopeless
  COINWAKE_RETURN_IF_ERROR(AdvanceTo(transfer.from, transfer.event, &account));
  const AccountEvent* const event = account.cursor->current();
  if (event == nullptr || event->number != transfer.event || event->amount > account.balance) {
    return Inconsistent(transfer.event);
  }
  for (const Part& part : account.parts) {
    go_on(part.node, nodes_[part.node].hops + 1,
          ShareOf(part.carried, event->amount, account.balance));
  }
  return absl::OkStatus();
}

absl::Status TaintRanking::Arrive(std::uint32_t edge, const std::vector<Part>& leaving) {
  const RouteEdge& transfer = graph_.edges[edge];
  if (transfer.to == kRouteTarget) {
    for (const Part& part : leaving) Finish(part);
    return absl::OkStatus();
  }
  if (leaving.empty()) return absl::OkStatus();
  Account& account = accounts_[transfer.to];
  if (!account.cursor.has_value()) {
    COINWAKE_RETURN_IF_ERROR(Open(transfer.to, transfer.event, &account));
  }
  COINWAKE_RETURN_IF_ERROR(AdvanceTo(transfer.to, transfer.event, &account));
  for (const Part& part : leaving) Insert(part, &account.parts);
  DropDominated(&account.parts);
  return absl::OkStatus();
}

// The cursor stands on `event`, which is not yet applied.
absl::Status TaintRanking::Open(std::uint32_t number, std::uint64_t event, Account* account) {
  const std::uint32_t own = graph_.accounts[number];
  COINWAKE_ASSIGN_OR_RETURN(const AccountBalance before, events_.BalanceBefore(own, event, meter_));
  if (before.balance > kMostAmount) return TooLarge(event);
  account->balance = before.balance;
  account->cursor.emplace(own, event, graph_.edges.back().event + 1);
  return account->cursor->Advance(events_, meter_);
}

// Applies what comes before `event`. REQUIRES: `event` is one of the account's.
absl::Status TaintRanking::AdvanceTo(std::uint32_t number, std::uint64_t event, Account* account) {
  while (true) {
    const AccountEvent* const current = account->cursor->current();
    if (current == nullptr || current->number > event) return Inconsistent(event);
    if (current->number == event) return absl::OkStatus();
    COINWAKE_RETURN_IF_ERROR(Apply(graph_.accounts[number], *current, account));
    COINWAKE_RETURN_IF_ERROR(account->cursor->Advance(events_, meter_));
  }
}

absl::Status TaintRanking::Apply(std::uint32_t number, const AccountEvent& event,
                                 Account* account) {
  if (event.amount == 0 || event.from == event.to) return absl::OkStatus();
  if (event.from != number) {
    if (event.amount > kMostAmount || event.amount + account->balance > kMostAmount) {
      return TooLarge(event.number);
    }
    account->balance += event.amount;
    return absl::OkStatus();
  }
  if (event.amount > account->balance) return Inconsistent(event.number);
  const Uint128 left = account->balance - event.amount;
  for (Part& part : account->parts) part.carried = ShareOf(part.carried, left, account->balance);
  account->balance = left;
  std::erase_if(account->parts, [this](const Part& part) {
    return Hopeless(part.carried, nodes_[part.node].hops + 1);
  });
  return absl::OkStatus();
}

void TaintRanking::Insert(const Part& part, std::vector<Part>* parts) const {
  const auto place =
      std::upper_bound(parts->begin(), parts->end(), part,
                       [this](const Part& a, const Part& b) { return Before(a.node, b.node); });
  parts->insert(place, part);
}

// Leaves what fewer than `count` before it carry at least as much as.
void TaintRanking::DropDominated(std::vector<Part>* parts) const {
  if (parts->size() <= request_.count) return;
  std::vector<Uint128> most;  // a heap: the `count` that carry the most so far, the least first
  std::erase_if(*parts, [this, &most](const Part& part) {
    if (most.size() == request_.count) {
      if (most.front() >= part.carried) return true;
      std::pop_heap(most.begin(), most.end(), std::greater<>());
      most.pop_back();
    }
    most.push_back(part.carried);
    std::push_heap(most.begin(), most.end(), std::greater<>());
    return false;
  });
}

void TaintRanking::Finish(const Part& part) {
  if (Hopeless(part.carried, nodes_[part.node].hops)) return;
  const auto place =
      std::upper_bound(found_.begin(), found_.end(), part, [this](const Part& a, const Part& b) {
        return a.carried != b.carried ? a.carried > b.carried : Before(a.node, b.node);
      });
  found_.insert(place, part);
  if (found_.size() > request_.count) found_.pop_back();
}

// No route of so many hops that carries no more can be among the best.
bool TaintRanking::Hopeless(Uint128 carried, std::uint32_t hops) const {
  if (carried == 0 || hops > MostHops(request_)) return true;
  if (found_.size() < request_.count) return false;
  const Part& worst = found_.back();
  return carried < worst.carried || (carried == worst.carried && hops > nodes_[worst.node].hops);
}

// By (hops, event numbers).
bool TaintRanking::Before(std::uint32_t a, std::uint32_t b) const {
  if (nodes_[a].hops != nodes_[b].hops) return nodes_[a].hops < nodes_[b].hops;
  bool before = false;
  while (a != b) {  // as many hops: both end at once
    if (nodes_[a].edge != nodes_[b].edge) before = nodes_[a].edge < nodes_[b].edge;
    a = nodes_[a].parent;
    b = nodes_[b].parent;
  }
  return before;
}

AccountPath TaintRanking::Tell(const Part& part) const {
  AccountPath path;
  path.carried = AccountTaint::FromUnits(part.carried, kFractionBits);
  path.bottleneck = kUnbounded;
  for (std::uint32_t node = part.node; node != kNoParent; node = nodes_[node].parent) {
    const RouteEdge& edge = graph_.edges[nodes_[node].edge];
    path.hops.push_back(
        {edge.event, graph_.accounts[edge.from], graph_.accounts[edge.to], edge.amount});
    path.bottleneck = std::min(path.bottleneck, edge.amount);
  }
  std::reverse(path.hops.begin(), path.hops.end());
  return path;
}

}  // namespace coinwake
