#include "typologies/dormant_burst.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace coinwake {
namespace {

bool IsPayment(const Flow& flow) { return flow.from == kSubjectNode && flow.to != kNobodyNode; }

// The payments of the burst that begins at `place`.
Finding BurstAt(const FlowGraph& graph, const std::vector<std::uint32_t>& numbers,
                std::size_t place, std::int64_t burst_s) {
  Finding finding;
  NodeCounts payees(graph.nodes_count());
  const std::int64_t last = graph.flow(numbers[place]).at.time + burst_s;
  for (; place < numbers.size() && graph.flow(numbers[place]).at.time <= last; ++place) {
    const Flow& flow = graph.flow(numbers[place]);
    if (!IsPayment(flow)) continue;
    finding.flows.push_back(numbers[place]);
    finding.amount += flow.amount;
    payees.Add(flow.to);
  }
  finding.counterparties = payees.distinct();
  return finding;
}

}  // namespace

std::vector<Finding> FindDormantBursts(const FlowGraph& graph,
                                       const DormantBurstParameters& parameters,
                                       StepBudget& steps) {
  if (!graph.IsWhole(kSubjectNode)) return {};
  const std::vector<std::uint32_t> numbers = graph.OfSubject();
  std::vector<Finding> found;
  Uint128 balance = 0;
  std::optional<std::uint32_t> last_active;
  for (std::size_t place = 0; place < numbers.size() && steps.Take(); ++place) {
    const Flow& flow = graph.flow(numbers[place]);
    const bool is_payment = IsPayment(flow);
    if (is_payment && last_active.has_value() && balance >= parameters.least_amount &&
        flow.at.time - graph.flow(*last_active).at.time >= parameters.inactivity_s) {
      Finding burst = BurstAt(graph, numbers, place, parameters.burst_s);
      if (IsAtLeastPermille(burst.amount, balance, parameters.least_share_permille)) {
        burst.flows.insert(burst.flows.begin(), *last_active);
        found.push_back(std::move(burst));
      }
    }
    if (flow.to == kSubjectNode) {
      balance += flow.amount;
      if (flow.amount >= parameters.least_amount) last_active = numbers[place];
    } else {
      balance -= std::min(balance, flow.amount);
      if (is_payment) last_active = numbers[place];
    }
  }
  return found;
}

}  // namespace coinwake
