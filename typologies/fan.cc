#include "typologies/fan.h"

namespace coinwake {

std::vector<Finding> FindFans(const FlowGraph& graph, FanDirection direction,
                              const FanParameters& parameters, StepBudget& steps) {
  const bool is_in = direction == FanDirection::kIn;
  const auto other = [is_in](const Flow& flow) { return is_in ? flow.from : flow.to; };
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t number :
       is_in ? graph.PaidTo(kSubjectNode) : graph.PaidBy(kSubjectNode)) {
    const Flow& flow = graph.flow(number);
    if (other(flow) == kNobodyNode || flow.amount < parameters.least_amount) continue;
    numbers.push_back(number);
  }
  std::vector<Finding> found;
  NodeCounts nodes(graph.nodes_count());
  // The window is [begin, end).
  for (std::size_t begin = 0, end = 0; begin < numbers.size() && steps.Take();) {
    const std::int64_t last = graph.flow(numbers[begin]).at.time + parameters.window_s;
    for (; end < numbers.size() && graph.flow(numbers[end]).at.time <= last; ++end) {
      nodes.Add(other(graph.flow(numbers[end])));
    }
    if (nodes.distinct() < parameters.least_counterparties) {
      nodes.Remove(other(graph.flow(numbers[begin++])));
      continue;
    }
    Finding& finding = found.emplace_back();
    finding.counterparties = nodes.distinct();
    for (; begin < end; ++begin) {
      const Flow& flow = graph.flow(numbers[begin]);
      finding.flows.push_back(numbers[begin]);
      finding.amount += flow.amount;
      nodes.Remove(other(flow));
    }
  }
  return found;
}

}  // namespace coinwake
