// Breadth-first search along evidence from one address: same keys, co-spends, and change where it
// is given.
#ifndef COINWAKE_HEURISTICS_EVIDENCE_SEARCH_H_
#define COINWAKE_HEURISTICS_EVIDENCE_SEARCH_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "heuristics/cluster.h"
#include "heuristics/transaction_facts.h"
#include "indexer/view/view.h"

namespace coinwake {

// How many rows (outputs of an address, inputs of a transaction) searches may look at together. A
// hub may have millions: what bounds the work is rows, not transactions or addresses.
class RowBudget {
 public:
  explicit RowBudget(std::uint64_t max_rows) : max_(max_rows) {}  // 0: no limit
  // kResourceExhausted when they were not left.
  absl::Status Take(std::uint64_t rows);

 private:
  const std::uint64_t max_;
  std::uint64_t used_ = 0;
};

// Not thread-safe. What it is given is borrowed.
class EvidenceSearch {
 public:
  // How the search came to an address.
  struct Step {
    AddressNum from;
    TxNum tx;  // says nothing of same_key
    Rule rule = Rule::kCoSpend;
    std::uint32_t confidence_permille = kCoSpendConfidencePermille;
  };

  // `change` may be null: same keys and co-spends only.
  EvidenceSearch(const FactsReader& reader, const ChangeEvidence* change, AddressNum start);

  // Addresses met on the last level, ascending; empty when all that can be reached was met.
  const std::vector<AddressNum>& frontier() const { return frontier_; }
  bool Reached(AddressNum address) const { return steps_.contains(address); }
  // REQUIRES: Reached(address). The start's leads to itself.
  Step StepTo(AddressNum address) const { return steps_.find(address)->second; }
  std::vector<AddressNum> AllReached() const;  // ascending

  // Goes on to the addresses one link further that were not met before; of several ways to one,
  // that of a same key, the smallest transaction's, then the smallest address's.
  // kResourceExhausted: the budget is spent, and the search is over. Else as the view's functions.
  absl::Status Advance(RowBudget* budget);

 private:
  // The transactions that spend `address`, ascending, into spends_.
  absl::Status CollectSpends(AddressNum address, RowBudget* budget);
  absl::Status Expand(AddressNum address, TxNum tx, RowBudget* budget);
  absl::Status ExpandChange(AddressNum address, RowBudget* budget);
  absl::Status ExpandSameKey(AddressNum address, RowBudget* budget);
  void Offer(AddressNum next, const Step& step);

  const FactsReader& reader_;
  const View& view_;
  const ChangeEvidence* const change_;
  std::vector<AddressNum> frontier_;
  absl::flat_hash_map<AddressNum, Step> steps_;  // every address met
  absl::flat_hash_map<AddressNum, Step> level_;  // those met first on the level in work
  // What each transaction met so far joins; cleared once its addresses were taken in.
  absl::flat_hash_map<TxNum, std::vector<AddressNum>> joined_;
  std::vector<TxNum> spends_;
  std::vector<OutputNum> outputs_;
  std::vector<ForeignNum> foreign_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_EVIDENCE_SEARCH_H_
