#include "tracer/account_reach.h"

#include <algorithm>

namespace coinwake {

absl::StatusOr<RouteGraph> AccountReach::Collect() {
  COINWAKE_RETURN_IF_ERROR(FindEnd());
  if (MostHops(request_) > 0) COINWAKE_RETURN_IF_ERROR(Reach(request_.from, hops_.begin(), 0));
  const bool ends_when_full = request_.best == BestPath::kEarliest;
  while (!next_.empty() && !(ends_when_full && payments_ >= request_.count)) {
    const std::uint32_t number = next_.top().second;
    next_.pop();
    Account& account = *accounts_.find(number)->second;  // stays where it is
    const bool chooses = request_.max_edges.has_value();
    const AccountEvent event = chooses ? account.chosen.back() : *account.cursor.current();
    if (chooses) account.chosen.pop_back();
    COINWAKE_RETURN_IF_ERROR(Follow(event, account.hops + 1));
    COINWAKE_RETURN_IF_ERROR(Advance(number, &account));
  }
  return MakeRouteGraph(std::move(followed_), request_);
}

// Nothing after the last payment to `to` is of use.
absl::Status AccountReach::FindEnd() {
  COINWAKE_ASSIGN_OR_RETURN(const auto payments,
                            hops_.Payments(events_, MostTargetEvents(limits_), meter_));
  end_ = hops_.end();
  if (payments.has_value()) end_ = payments->empty() ? 0 : payments->back().number + 1;
  return absl::OkStatus();
}

absl::Status AccountReach::Reach(std::uint32_t number, std::uint64_t since, std::uint32_t hops) {
  if (since >= end_) return absl::OkStatus();
  auto& account = accounts_[number];
  if (account != nullptr) {
    account->hops = std::min(account->hops, hops);
    return absl::OkStatus();
  }
  account = std::make_unique<Account>(number, since, end_);
  account->hops = hops;
  Account* const reached = account.get();
  if (request_.max_edges.has_value()) COINWAKE_RETURN_IF_ERROR(Choose(number, reached));
  return Advance(number, reached);
}

// Reads all that leaves the account, and parts what is followed from what is not.
absl::Status AccountReach::Choose(std::uint32_t number, Account* account) {
  std::vector<AccountEvent> leaving;
  std::vector<AccountEvent>& chosen = account->chosen;
  while (true) {
    COINWAKE_RETURN_IF_ERROR(account->cursor.Advance(events_, meter_));
    const AccountEvent* const event = account->cursor.current();
    if (event == nullptr) break;
    if (LeavesOn(number, *event)) (event->to == request_.to ? chosen : leaving).push_back(*event);
  }
  const std::size_t most = *request_.max_edges;
  if (leaving.size() > most) {
    std::sort(leaving.begin(), leaving.end(), [](const AccountEvent& a, const AccountEvent& b) {
      return a.amount != b.amount ? a.amount > b.amount : a.number < b.number;
    });
    for (std::size_t i = most; i < leaving.size(); ++i) {
      unfollowed_.push_back({leaving[i].number, number, leaving[i].to, leaving[i].amount});
    }
    leaving.resize(most);
  }
  chosen.insert(chosen.end(), leaving.begin(), leaving.end());
  std::sort(chosen.begin(), chosen.end(),
            [](const AccountEvent& a, const AccountEvent& b) { return a.number > b.number; });
  return absl::OkStatus();
}

// On to the next transfer that leaves the account.
absl::Status AccountReach::Advance(std::uint32_t number, Account* account) {
  if (request_.max_edges.has_value()) {
    if (!account->chosen.empty()) next_.emplace(account->chosen.back().number, number);
    return absl::OkStatus();
  }
  while (true) {
    COINWAKE_RETURN_IF_ERROR(account->cursor.Advance(events_, meter_));
    const AccountEvent* const event = account->cursor.current();
    if (event == nullptr) return absl::OkStatus();
    if (!LeavesOn(number, *event)) continue;
    next_.emplace(event->number, number);
    return absl::OkStatus();
  }
}

// `hops` with this one.
absl::Status AccountReach::Follow(const AccountEvent& event, std::uint32_t hops) {
  const bool pays = event.to == request_.to;
  if (hops + (pays ? 0 : 1) > MostHops(request_)) return absl::OkStatus();
  followed_.push_back({event.number, event.from, event.to, event.amount});
  if (!pays) return Reach(event.to, event.number + 1, hops);
  ++payments_;
  return absl::OkStatus();
}

std::vector<RouteEdge> AccountReach::Unfollowed(const AccountPath* worst) const {
  std::vector<RouteEdge> left;
  for (const RouteEdge& edge : unfollowed_) {
    // With one hop more at least.
    const std::uint32_t hops = accounts_.find(edge.from)->second->hops + 2;
    bool matters = hops <= MostHops(request_);
    if (worst != nullptr) {
      const std::size_t worst_hops = worst->hops.size();
      switch (request_.best) {
        case BestPath::kShortest:
          matters = matters && hops <= worst_hops;
          break;
        case BestPath::kWidest:
          matters = matters && edge.amount >= worst->bottleneck;
          break;
        case BestPath::kEarliest:
          matters = matters && edge.event < worst->hops.back().event;
          break;
        case BestPath::kTaint:
          matters = matters && !(AccountTaint::FromBaseUnits(edge.amount) < *worst->carried);
          break;
      }
    }
    if (matters) left.push_back(edge);
  }
  return left;
}

}  // namespace coinwake
