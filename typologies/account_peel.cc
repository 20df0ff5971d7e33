#include "typologies/account_peel.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace coinwake {
namespace {

class Search {
 public:
  Search(const FlowGraph& graph, const PeelParameters& parameters, StepBudget& steps)
      : graph_(graph),
        parameters_(parameters),
        steps_(steps),
        taken_(graph.flows().size(), false) {}

  std::vector<Finding> Run() {
    std::vector<Finding> found;
    for (const std::uint32_t receipt : graph_.PaidTo(kSubjectNode)) {
      if (graph_.flow(receipt).amount < parameters_.least_amount) continue;
      std::optional<Finding> chain = ChainFrom(receipt);
      if (chain.has_value()) found.push_back(*std::move(chain));
      if (steps_.is_exhausted()) break;
    }
    return found;
  }

 private:
  struct Hop {
    std::uint32_t forwarded = 0;
    std::vector<std::uint32_t> peeled = {};
  };

  // Whether the flow is the first of whom it pays.
  bool IsFresh(std::uint32_t number) const {
    const FlowNode to = graph_.flow(number).to;
    if (to == kSubjectNode || !graph_.MayPassThrough(to)) return false;
    const auto payments = graph_.PaidBy(to);
    return graph_.PaidTo(to).front() == number && (payments.empty() || payments.front() > number);
  }

  // What the payee of `arrived` paid after it, within the gap.
  std::vector<std::uint32_t> PaymentsAfter(std::uint32_t arrived) {
    const Flow& flow = graph_.flow(arrived);
    const auto payments = graph_.PaidBy(flow.to);
    std::vector<std::uint32_t> after;
    for (auto next = std::upper_bound(payments.begin(), payments.end(), arrived);
         next != payments.end() && steps_.Take(); ++next) {
      const Flow& paid = graph_.flow(*next);
      if (paid.at.time > flow.at.time + parameters_.gap_s) break;
      if (paid.to != kNobodyNode && paid.at.number != flow.at.number) after.push_back(*next);
    }
    return after;
  }

  std::optional<Hop> HopAfter(std::uint32_t arrived) {
    const Uint128 amount = graph_.flow(arrived).amount;
    const std::vector<std::uint32_t> payments = PaymentsAfter(arrived);
    std::optional<std::uint32_t> forwarded;
    for (const std::uint32_t number : payments) {
      const Flow& flow = graph_.flow(number);
      if (taken_[number] || flow.amount > amount || !IsFresh(number) ||
          !IsAtLeastPermille(flow.amount, amount,
                             1000 - std::min(1000u, parameters_.greatest_peel_permille))) {
        continue;
      }
      if (!forwarded.has_value() || flow.amount > graph_.flow(*forwarded).amount) {
        forwarded = number;
      }
    }
    if (!forwarded.has_value()) return std::nullopt;
    Hop hop{*forwarded};
    const Flow& forward = graph_.flow(*forwarded);
    for (const std::uint32_t number : payments) {
      const Flow& flow = graph_.flow(number);
      if (flow.to != forward.to && flow.amount <= amount - forward.amount) {
        hop.peeled.push_back(number);
      }
    }
    if (hop.peeled.empty()) return std::nullopt;
    return hop;
  }

  std::optional<Finding> ChainFrom(std::uint32_t receipt) {
    std::vector<Hop> hops;
    for (std::uint32_t arrived = receipt; !steps_.is_exhausted();) {
      std::optional<Hop> hop = HopAfter(arrived);
      if (!hop.has_value()) break;
      arrived = hop->forwarded;
      hops.push_back(*std::move(hop));
    }
    if (hops.size() < parameters_.least_hops) return std::nullopt;
    Finding finding;
    finding.flows.push_back(receipt);
    NodeCounts nodes(graph_.nodes_count());
    for (const Hop& hop : hops) {
      taken_[hop.forwarded] = true;
      finding.flows.push_back(hop.forwarded);
      nodes.Add(graph_.flow(hop.forwarded).to);
      for (const std::uint32_t number : hop.peeled) {
        finding.flows.push_back(number);
        finding.amount += graph_.flow(number).amount;
        nodes.Add(graph_.flow(number).to);
      }
    }
    finding.counterparties = nodes.distinct();
    std::sort(finding.flows.begin(), finding.flows.end());
    finding.flows.erase(std::unique(finding.flows.begin(), finding.flows.end()),
                        finding.flows.end());
    return finding;
  }

  const FlowGraph& graph_;
  const PeelParameters& parameters_;
  StepBudget& steps_;
  std::vector<bool> taken_;  // by flow: forwarded in a chain already
};

}  // namespace

std::vector<Finding> FindAccountPeels(const FlowGraph& graph, const PeelParameters& parameters,
                                      StepBudget& steps) {
  return Search(graph, parameters, steps).Run();
}

}  // namespace coinwake
