#include "heuristics/account_evidence.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/check.h"

namespace coinwake {

std::string_view AccountRuleName(AccountRule rule) {
  switch (rule) {
    case AccountRule::kDepositSweep:
      return "deposit_sweep";
    case AccountRule::kGasWallet:
      return "gas_wallet";
    case AccountRule::kPermissionControl:
      return "permission_control";
    case AccountRule::kEnergyDelegation:
      return "energy_delegation";
    case AccountRule::kActivation:
      return "activation";
    case AccountRule::kDepositReuse:
      return "deposit_reuse";
    case AccountRule::kSweepTarget:
      return "sweep_target";
  }
  return "unknown";
}

std::uint32_t AccountRuleVersion(AccountRule /*rule*/) { return 1; }

bool EdgeIsBefore(const AccountEdge& left, const AccountEdge& right) {
  return std::tie(left.a, left.b, left.tx, left.rule, left.via, right.confidence_permille) <
         std::tie(right.a, right.b, right.tx, right.rule, right.via, left.confidence_permille);
}

AccountEvidence::AccountEvidence(std::vector<AccountEdge> edges)
    : edges_(std::move(edges)), by_b_(edges_.size()) {
  COINWAKE_CHECK(edges_.size() < kNone32);
  std::sort(edges_.begin(), edges_.end(), EdgeIsBefore);
  std::iota(by_b_.begin(), by_b_.end(), 0u);
  std::stable_sort(by_b_.begin(), by_b_.end(), [this](std::uint32_t left, std::uint32_t right) {
    return edges_[left].b < edges_[right].b;
  });
}

// Breadth first from one account, a level at a time.
class AccountEvidence::Search {
 public:
  Search(const AccountEvidence& evidence, std::uint32_t from)
      : evidence_(evidence), frontier_{from} {
    steps_.emplace(from, Step{from, 0});
  }

  const std::vector<std::uint32_t>& frontier() const { return frontier_; }
  bool Reached(std::uint32_t account) const { return steps_.contains(account); }

  void Advance() {
    level_.clear();
    for (const std::uint32_t account : frontier_) {
      const std::vector<AccountEdge>& edges = evidence_.edges_;
      const auto first = std::lower_bound(
          edges.begin(), edges.end(), account,
          [](const AccountEdge& edge, std::uint32_t value) { return edge.a < value; });
      for (auto edge = first; edge != edges.end() && edge->a == account; ++edge) {
        Offer(edge->b, account, static_cast<std::uint32_t>(edge - edges.begin()));
      }
      const auto second = std::lower_bound(
          evidence_.by_b_.begin(), evidence_.by_b_.end(), account,
          [&edges](std::uint32_t place, std::uint32_t value) { return edges[place].b < value; });
      for (auto place = second; place != evidence_.by_b_.end() && edges[*place].b == account;
           ++place) {
        Offer(edges[*place].a, account, *place);
      }
    }
    frontier_.clear();
    for (const auto& [account, step] : level_) frontier_.push_back(account);
    std::sort(frontier_.begin(), frontier_.end());
    steps_.insert(level_.begin(), level_.end());
  }

  std::vector<AccountEdge> ChainTo(std::uint32_t account) const {
    std::vector<AccountEdge> chain;
    while (true) {
      const Step& step = steps_.at(account);
      if (step.from == account) break;
      chain.push_back(evidence_.edges_[step.edge]);
      account = step.from;
    }
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

 private:
  struct Step {
    std::uint32_t from = 0;
    std::uint32_t edge = 0;
  };

  void Offer(std::uint32_t to, std::uint32_t from, std::uint32_t edge) {
    if (steps_.contains(to)) return;
    const auto [place, is_new] = level_.emplace(to, Step{from, edge});
    if (is_new) return;
    const auto rank = [this](const Step& step) {
      return std::tuple(evidence_.edges_[step.edge].tx, step.from, step.edge);
    };
    const Step step{from, edge};
    if (rank(step) < rank(place->second)) place->second = step;
  }

  const AccountEvidence& evidence_;
  absl::flat_hash_map<std::uint32_t, Step> steps_;
  absl::flat_hash_map<std::uint32_t, Step> level_;
  std::vector<std::uint32_t> frontier_;
};

std::vector<AccountEdge> AccountEvidence::Chain(AddressNum a, AddressNum b) const {
  const auto from = static_cast<std::uint32_t>(a.value);
  const auto to = static_cast<std::uint32_t>(b.value);
  Search search(*this, from);
  while (!search.frontier().empty()) {
    if (search.Reached(to)) return search.ChainTo(to);
    search.Advance();
  }
  return {};
}

}  // namespace coinwake
