#include "heuristics/account_evidence.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
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

std::uint32_t AccountRuleVersion(AccountRule rule) {
  switch (rule) {
    case AccountRule::kPermissionControl:
    case AccountRule::kSweepTarget:
      return 1;
    case AccountRule::kDepositSweep:      // 2: what came before a window does not count against it
    case AccountRule::kGasWallet:         // 2: most of what it gives is to the service, for use
    case AccountRule::kEnergyDelegation:  // 2: energy alone, all ways to pay, no windows
    case AccountRule::kActivation:        // 2: no windows
    case AccountRule::kDepositReuse:      // 2: payers are tied where a hub came first
      return 2;
  }
  return 0;
}

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

// How many edges searches may meet together.
class AccountEvidence::Rows {
 public:
  Rows(std::uint64_t max_rows, const Cancellation* cancellation)
      : max_(max_rows), cancellation_(cancellation) {}

  absl::Status Take() {
    if (used_++ % kRowsBetweenChecks == 0) COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
    if (max_ == 0 || used_ <= max_) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", max_, " links between accounts would have to be read"));
  }

 private:
  static constexpr std::uint64_t kRowsBetweenChecks = 4'096;

  const std::uint64_t max_;
  const Cancellation* const cancellation_;
  std::uint64_t used_ = 0;
};

AccountEvidence::Ends AccountEvidence::EndsOf(std::uint32_t account) const {
  const auto first =
      std::lower_bound(edges_.begin(), edges_.end(), account,
                       [](const AccountEdge& edge, std::uint32_t value) { return edge.a < value; });
  const auto first_end =
      std::upper_bound(first, edges_.end(), account,
                       [](std::uint32_t value, const AccountEdge& edge) { return value < edge.a; });
  const auto second = std::lower_bound(
      by_b_.begin(), by_b_.end(), account,
      [this](std::uint32_t place, std::uint32_t value) { return edges_[place].b < value; });
  const auto second_end = std::upper_bound(
      second, by_b_.end(), account,
      [this](std::uint32_t value, std::uint32_t place) { return value < edges_[place].b; });
  return {{first, first_end}, {second, second_end}};
}

template <typename Visit>
absl::Status AccountEvidence::ForEachEdge(std::uint32_t account, Rows* rows,
                                          const Visit& visit) const {
  const Ends ends = EndsOf(account);
  for (const AccountEdge& edge : ends.as_a) {
    COINWAKE_RETURN_IF_ERROR(rows->Take());
    visit(edge.b, static_cast<std::uint32_t>(&edge - edges_.data()));
  }
  for (const std::uint32_t place : ends.as_b) {
    COINWAKE_RETURN_IF_ERROR(rows->Take());
    visit(edges_[place].a, place);
  }
  return absl::OkStatus();
}

// Breadth first from one account, a level at a time.
class AccountEvidence::Search {
 public:
  Search(const AccountEvidence& evidence, std::uint32_t from)
      : evidence_(evidence), levels_{{from}}, next_rows_(RowsOf(from)) {
    steps_.emplace(from, Step{from, 0});
  }

  const std::vector<std::uint32_t>& frontier() const { return levels_.back(); }
  // How many edges Advance() will meet: the frontier may be one hot wallet.
  std::uint64_t next_rows() const { return next_rows_; }
  bool Reached(std::uint32_t account) const { return steps_.contains(account); }

  absl::Status Advance(Rows* rows) {
    Steps level;
    for (const std::uint32_t account : frontier()) {
      COINWAKE_RETURN_IF_ERROR(
          evidence_.ForEachEdge(account, rows, [&](std::uint32_t to, std::uint32_t edge) {
            if (!Reached(to)) Offer(to, {account, edge}, &level);
          }));
    }
    std::vector<std::uint32_t>& next = levels_.emplace_back();
    for (const auto& [account, step] : level) next.push_back(account);
    std::sort(next.begin(), next.end());
    next_rows_ = 0;
    for (const std::uint32_t account : next) next_rows_ += RowsOf(account);
    steps_.insert(level.begin(), level.end());
    return absl::OkStatus();
  }

  // From where it began to `account`. REQUIRES: Reached(account).
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

  // Goes back from `meeting`, accounts of the last level, by shortest ways to where it began. Puts
  // the edges of the one that a search from the other end would find into `chain`, and returns in
  // which of them it sets out. Meets again what Advance() met.
  absl::StatusOr<std::uint32_t> WayBack(const std::vector<std::uint32_t>& meeting, Rows* rows,
                                        std::vector<AccountEdge>* chain) const {
    Steps back;  // of accounts on such ways
    for (const std::uint32_t account : meeting) back.emplace(account, Step{account, 0});
    for (std::size_t level = levels_.size() - 1; level-- > 0;) {
      Steps steps;
      for (const std::uint32_t account : levels_[level]) {
        COINWAKE_RETURN_IF_ERROR(
            evidence_.ForEachEdge(account, rows, [&](std::uint32_t from, std::uint32_t edge) {
              if (back.contains(from)) Offer(account, {from, edge}, &steps);
            }));
      }
      back.insert(steps.begin(), steps.end());
    }
    std::uint32_t account = levels_.front().front();
    while (true) {
      const Step& step = back.at(account);
      if (step.from == account) break;
      chain->push_back(evidence_.edges_[step.edge]);
      account = step.from;
    }
    std::reverse(chain->begin(), chain->end());
    return account;
  }

 private:
  struct Step {
    std::uint32_t from = 0;
    std::uint32_t edge = 0;
  };
  using Steps = absl::flat_hash_map<std::uint32_t, Step>;

  std::uint64_t RowsOf(std::uint32_t account) const {
    const Ends ends = evidence_.EndsOf(account);
    return ends.as_a.size() + ends.as_b.size();
  }

  void Offer(std::uint32_t to, const Step& step, Steps* level) const {
    const auto [place, is_new] = level->emplace(to, step);
    if (is_new) return;
    const auto rank = [this](const Step& one) {
      return std::tuple(evidence_.edges_[one.edge].tx, one.from, one.edge);
    };
    if (rank(step) < rank(place->second)) place->second = step;
  }

  const AccountEvidence& evidence_;
  Steps steps_;
  std::vector<std::vector<std::uint32_t>> levels_;  // each ascending
  std::uint64_t next_rows_;
};

absl::StatusOr<std::vector<AccountEdge>> AccountEvidence::Chain(
    AddressNum a, AddressNum b, std::uint64_t max_rows, const Cancellation* cancellation) const {
  if (a == b) return std::vector<AccountEdge>();
  Search from_a(*this, static_cast<std::uint32_t>(a.value));
  Search from_b(*this, static_cast<std::uint32_t>(b.value));
  Rows rows(max_rows, cancellation);
  while (!from_a.frontier().empty() && !from_b.frontier().empty()) {
    const bool advance_a = from_a.next_rows() <= from_b.next_rows();
    Search& search = advance_a ? from_a : from_b;
    const Search& other = advance_a ? from_b : from_a;
    COINWAKE_RETURN_IF_ERROR(search.Advance(&rows));
    // All that both ends reached by now: each is half-way of some shortest chain.
    std::vector<std::uint32_t> meeting;
    for (const std::uint32_t account : search.frontier()) {
      if (other.Reached(account)) meeting.push_back(account);
    }
    if (meeting.empty()) continue;
    Rows again(/*max_rows=*/0, cancellation);
    std::vector<AccountEdge> rest;
    COINWAKE_ASSIGN_OR_RETURN(const std::uint32_t middle, from_b.WayBack(meeting, &again, &rest));
    std::vector<AccountEdge> chain = from_a.ChainTo(middle);
    chain.insert(chain.end(), rest.begin(), rest.end());
    return chain;
  }
  return std::vector<AccountEdge>();
}

}  // namespace coinwake
