// What a detector finds, and how much it may look at.
#ifndef COINWAKE_TYPOLOGIES_FINDING_H_
#define COINWAKE_TYPOLOGIES_FINDING_H_

#include <cstdint>
#include <vector>

#include "typologies/flow_graph.h"

namespace coinwake {

// Findings of one detector never share a flow that counts, so that their number says how often.
struct Finding {
  std::vector<std::uint32_t> flows;  // the evidence: numbers of flows, ascending, each once
  Uint128 amount = 0;                // base units; each detector says of what
  std::uint32_t counterparties = 0;  // distinct nodes that take part, the subject apart
  bool is_cut = false;               // it may go on, where flows are not known
};

// Steps of work, about a flow looked at each. A detector that runs out of them ends with what it
// has found by then.
class StepBudget {
 public:
  explicit StepBudget(std::uint64_t steps) : left_(steps) {}
  // False: there are not so many left, and none are from now on.
  bool Take(std::uint64_t steps = 1) {
    if (steps > left_) {
      left_ = 0;
      is_exhausted_ = true;
      return false;
    }
    left_ -= steps;
    return true;
  }
  bool is_exhausted() const { return is_exhausted_; }
  std::uint64_t left() const { return left_; }

 private:
  std::uint64_t left_;
  bool is_exhausted_ = false;
};

// Counts how many nodes are there, each perhaps several times.
class NodeCounts {
 public:
  explicit NodeCounts(std::uint32_t nodes) : counts_(nodes, 0) {}
  void Add(FlowNode node) {
    if (counts_[node]++ == 0) ++distinct_;
  }
  void Remove(FlowNode node) {  // REQUIRES: it is there
    if (--counts_[node] == 0) --distinct_;
  }
  bool Has(FlowNode node) const { return counts_[node] != 0; }
  std::uint32_t distinct() const { return distinct_; }

 private:
  std::vector<std::uint32_t> counts_;
  std::uint32_t distinct_ = 0;
};

// a >= b * permille / 1000, exactly. REQUIRES: both below 2^117.
inline bool IsAtLeastPermille(Uint128 a, Uint128 b, std::uint32_t permille) {
  return a * 1000 >= b * permille;
}

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_FINDING_H_
