#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "heuristics/cluster.h"
#include "heuristics/co_spend.h"

namespace coinwake {
namespace {

constexpr std::size_t kOutputsPage = 4096;

// How a search came to an address.
struct Step {
  AddressNum from;
  TxNum tx;
};

// What both ends of a search may spend together.
class Budget {
 public:
  explicit Budget(std::uint64_t max_transactions) : max_(max_transactions) {}
  bool Take() { return max_ == 0 || used_++ < max_; }
  absl::Status Error() const {
    return absl::ResourceExhaustedError(absl::StrCat(
        "more than ", max_, " transactions would have to be read to join the two addresses"));
  }

 private:
  const std::uint64_t max_;
  std::uint64_t used_ = 0;
};

// Breadth-first search from one end, a level at a time.
class Search {
 public:
  Search(const View& view, AddressNum start) : view_(view), frontier_{start} {
    steps_.emplace(start, Step{start, TxNum{}});
  }

  const std::vector<AddressNum>& frontier() const { return frontier_; }
  bool Reached(AddressNum address) const { return steps_.contains(address); }
  Step StepTo(AddressNum address) const { return steps_.find(address)->second; }

  // Replaces the frontier by the addresses one link further that were not met before, ascending.
  absl::Status Advance(Budget* budget) {
    level_.clear();
    for (const AddressNum address : frontier_) {
      COINWAKE_RETURN_IF_ERROR(CollectSpends(address));
      for (const TxNum tx : spends_) COINWAKE_RETURN_IF_ERROR(Expand(address, tx, budget));
    }
    frontier_.clear();
    for (const auto& [address, step] : level_) {
      frontier_.push_back(address);
      steps_.emplace(address, step);
    }
    std::sort(frontier_.begin(), frontier_.end());
    return absl::OkStatus();
  }

 private:
  // The transactions that spend `address`, ascending, into spends_.
  absl::Status CollectSpends(AddressNum address) {
    spends_.clear();
    OutputNum from{};
    do {
      outputs_.clear();
      COINWAKE_RETURN_IF_ERROR(view_.OutputsOf(address, from, kOutputsPage, &outputs_));
      for (const OutputNum output : outputs_) {
        const std::optional<TxNum> spender = view_.Spender(output);
        if (spender.has_value()) spends_.push_back(*spender);
      }
      if (!outputs_.empty()) from = outputs_.back() + 1;
    } while (outputs_.size() == kOutputsPage);
    foreign_.clear();
    COINWAKE_RETURN_IF_ERROR(view_.ForeignOf(address, &foreign_));
    for (const ForeignNum foreign : foreign_) spends_.push_back(view_.SpenderOf(foreign));
    std::sort(spends_.begin(), spends_.end());
    spends_.erase(std::unique(spends_.begin(), spends_.end()), spends_.end());
    return absl::OkStatus();
  }

  absl::Status Expand(AddressNum address, TxNum tx, Budget* budget) {
    // One input joins nobody; such transactions are passed over without a cost.
    if (tx.value >= view_.transactions_count() || view_.Inputs(tx).size() < 2) {
      return absl::OkStatus();
    }
    if (expanded_.contains(tx)) return absl::OkStatus();
    if (!budget->Take()) return budget->Error();
    const std::vector<AddressNum> joined = CoSpenders(view_, tx);
    // `address` itself may be in it only through an input that joins nobody; another address of the
    // transaction may still come here by one that does.
    if (!std::binary_search(joined.begin(), joined.end(), address)) return absl::OkStatus();
    expanded_.insert(tx);
    for (const AddressNum next : joined) {
      if (steps_.contains(next)) continue;
      const auto [place, is_new] = level_.emplace(next, Step{address, tx});
      Step& step = place->second;
      if (!is_new && std::pair(tx, address) < std::pair(step.tx, step.from)) step = {address, tx};
    }
    return absl::OkStatus();
  }

  const View& view_;
  std::vector<AddressNum> frontier_;
  absl::flat_hash_map<AddressNum, Step> steps_;  // every address met
  absl::flat_hash_map<AddressNum, Step> level_;  // those met first on the level in work
  absl::flat_hash_set<TxNum> expanded_;
  std::vector<TxNum> spends_;
  std::vector<OutputNum> outputs_;
  std::vector<ForeignNum> foreign_;
};

EvidenceLink MakeLink(AddressNum a, AddressNum b, TxNum tx) {
  EvidenceLink link;
  link.a = a;
  link.b = b;
  link.tx = tx;
  link.confidence_permille = kCoSpendConfidencePermille;
  return link;
}

std::vector<EvidenceLink> ChainThrough(const Search& from_a, const Search& from_b, AddressNum a,
                                       AddressNum b, AddressNum meeting) {
  std::vector<EvidenceLink> links;
  for (AddressNum at = meeting; at != a;) {
    const Step step = from_a.StepTo(at);
    links.push_back(MakeLink(step.from, at, step.tx));
    at = step.from;
  }
  std::reverse(links.begin(), links.end());
  for (AddressNum at = meeting; at != b;) {
    const Step step = from_b.StepTo(at);
    links.push_back(MakeLink(at, step.from, step.tx));
    at = step.from;
  }
  return links;
}

}  // namespace

absl::StatusOr<std::vector<EvidenceLink>> WhyJoined(const View& view, const Partition& partition,
                                                    AddressNum a, AddressNum b,
                                                    std::uint64_t max_transactions) {
  if (partition.ClusterOf(a) != partition.ClusterOf(b)) {
    return absl::NotFoundError("the two addresses are not joined under this profile");
  }
  if (a == b) return std::vector<EvidenceLink>();
  Search from_a(view, a);
  Search from_b(view, b);
  Budget budget(max_transactions);
  while (!from_a.frontier().empty() && !from_b.frontier().empty()) {
    const bool advance_a = from_a.frontier().size() <= from_b.frontier().size();
    Search& search = advance_a ? from_a : from_b;
    const Search& other = advance_a ? from_b : from_a;
    COINWAKE_RETURN_IF_ERROR(search.Advance(&budget));
    // Every address that both ends meet now is as far from them: the frontier ascends, the first
    // wins.
    for (const AddressNum address : search.frontier()) {
      if (!other.Reached(address)) continue;
      if (view.damage().found()) return view.damage().status();
      return ChainThrough(from_a, from_b, a, b, address);
    }
  }
  if (view.damage().found()) return view.damage().status();
  return absl::DataLossError(
      "the clusters join the two addresses but no transactions do: run `coinwake verify`");
}

}  // namespace coinwake
