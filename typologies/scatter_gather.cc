#include "typologies/scatter_gather.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace coinwake {
namespace {

// A payment of the subject that somebody passed on.
struct Way {
  FlowNode end = kNobodyNode;
  FlowNode over = kNobodyNode;
  std::uint32_t first = 0;  // numbers of flows
  std::uint32_t second = 0;

  friend bool operator<(const Way& a, const Way& b) {
    return std::tie(a.end, a.over, a.first, a.second) < std::tie(b.end, b.over, b.first, b.second);
  }
};

std::vector<Way> WaysOf(const FlowGraph& graph, const ScatterGatherParameters& parameters,
                        StepBudget& steps) {
  std::vector<Way> ways;
  for (const std::uint32_t first : graph.PaidBy(kSubjectNode)) {
    const Flow& paid = graph.flow(first);
    if (paid.amount < parameters.least_amount || !graph.MayPassThrough(paid.to)) continue;
    const auto payments = graph.PaidBy(paid.to);
    for (auto next = std::upper_bound(payments.begin(), payments.end(), first);
         next != payments.end(); ++next) {
      const Flow& passed = graph.flow(*next);
      if (passed.at.time > paid.at.time + parameters.window_s) break;
      if (!steps.Take()) return ways;
      if (passed.at.number == paid.at.number || passed.to == kSubjectNode ||
          passed.to == kNobodyNode ||
          !IsAtLeastPermille(passed.amount, paid.amount, parameters.retention_permille)) {
        continue;
      }
      ways.push_back({passed.to, paid.to, first, *next});
    }
  }
  std::sort(ways.begin(), ways.end());
  return ways;
}

}  // namespace

std::vector<Finding> FindScatterGathers(const FlowGraph& graph,
                                        const ScatterGatherParameters& parameters,
                                        StepBudget& steps) {
  const std::vector<Way> ways = WaysOf(graph, parameters, steps);
  std::vector<Finding> found;
  for (std::size_t begin = 0, end = 0; begin < ways.size(); begin = end) {
    Finding finding;
    for (; end < ways.size() && ways[end].end == ways[begin].end; ++end) {
      if (end != begin && ways[end].over == ways[end - 1].over) continue;
      finding.flows.push_back(ways[end].first);
      finding.flows.push_back(ways[end].second);
      finding.amount += graph.flow(ways[end].second).amount;
      ++finding.counterparties;
    }
    if (finding.counterparties < parameters.least_intermediaries) continue;
    ++finding.counterparties;  // the node that is paid in the end
    std::sort(finding.flows.begin(), finding.flows.end());
    found.push_back(std::move(finding));
  }
  std::sort(found.begin(), found.end(),
            [](const Finding& a, const Finding& b) { return a.flows < b.flows; });
  return found;
}

}  // namespace coinwake
