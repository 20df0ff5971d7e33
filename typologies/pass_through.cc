#include "typologies/pass_through.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace coinwake {
namespace {

constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

// Receipts not yet paid on, oldest first.
class Queue {
 public:
  void Receive(std::int64_t time, Uint128 amount) { receipts_.push_back({time, amount}); }

  // Takes out `amount`; `stays` (may be null) gets how long its parts were there, each with its
  // units.
  void Pay(std::int64_t time, Uint128 amount,
           std::vector<std::pair<std::int64_t, Uint128>>* stays) {
    while (amount != 0 && first_ < receipts_.size()) {
      Receipt& oldest = receipts_[first_];
      const Uint128 part = std::min(amount, oldest.amount);
      if (stays != nullptr) stays->emplace_back(time - oldest.time, part);
      amount -= part;
      oldest.amount -= part;
      if (oldest.amount == 0) ++first_;
    }
    if (amount != 0 && stays != nullptr) stays->emplace_back(kForever, amount);
  }

  Uint128 Balance() const {
    Uint128 sum = 0;
    for (std::size_t i = first_; i < receipts_.size(); ++i) sum += receipts_[i].amount;
    return sum;
  }

 private:
  struct Receipt {
    std::int64_t time = 0;
    Uint128 amount = 0;
  };
  std::vector<Receipt> receipts_;
  std::size_t first_ = 0;
};

}  // namespace

Passage PassageOf(const FlowGraph& graph) {
  Passage passage;
  Queue queue;
  std::vector<std::pair<std::int64_t, Uint128>> stays;
  const std::vector<std::uint32_t> numbers = graph.OfSubject();
  for (const std::uint32_t number : numbers) {
    const Flow& flow = graph.flow(number);
    if (flow.to == kSubjectNode) {
      passage.received += flow.amount;
      queue.Receive(flow.at.time, flow.amount);
    } else if (flow.to == kNobodyNode) {
      queue.Pay(flow.at.time, flow.amount, nullptr);
    } else {
      passage.paid += flow.amount;
      queue.Pay(flow.at.time, flow.amount, &stays);
    }
  }
  if (numbers.empty()) return passage;
  passage.balance = queue.Balance();
  passage.lifetime_s = graph.flow(numbers.back()).at.time - graph.flow(numbers.front()).at.time;
  std::sort(stays.begin(), stays.end());
  Uint128 passed = 0;
  for (const auto& [stay, units] : stays) {
    passed += units;
    if (passed * 2 < passage.paid) continue;
    if (stay != kForever) passage.residence_s = stay;
    break;
  }
  return passage;
}

bool IsPassedOn(const Passage& passage, const PassThroughParameters& parameters) {
  return passage.received >= parameters.least_amount && passage.paid <= passage.received &&
         IsAtLeastPermille(passage.paid, passage.received, parameters.least_retention_permille) &&
         passage.balance * 1000 <= passage.received * parameters.greatest_balance_permille &&
         passage.residence_s.has_value() && *passage.residence_s <= parameters.residence_s;
}

Finding WholeOf(const FlowGraph& graph) {
  Finding finding;
  NodeCounts nodes(graph.nodes_count());
  for (const std::uint32_t number : graph.OfSubject()) {
    const Flow& flow = graph.flow(number);
    const FlowNode other = flow.to == kSubjectNode ? flow.from : flow.to;
    if (other == kNobodyNode) continue;
    finding.flows.push_back(number);
    nodes.Add(other);
    if (flow.from == kSubjectNode) finding.amount += flow.amount;
  }
  finding.counterparties = nodes.distinct();
  return finding;
}

std::vector<Finding> FindPassThrough(const FlowGraph& graph,
                                     const PassThroughParameters& parameters, StepBudget& steps) {
  if (!graph.IsWhole(kSubjectNode) || !steps.Take(graph.OfSubject().size())) return {};
  const Passage passage = PassageOf(graph);
  if (!IsPassedOn(passage, parameters) || passage.lifetime_s > parameters.lifetime_s) return {};
  return {WholeOf(graph)};
}

}  // namespace coinwake
