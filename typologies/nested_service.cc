#include "typologies/nested_service.h"

#include <optional>

namespace coinwake {
namespace {

// The only node that the subject pays.
std::optional<FlowNode> OnlyPayee(const FlowGraph& graph) {
  std::optional<FlowNode> payee;
  for (const std::uint32_t number : graph.PaidBy(kSubjectNode)) {
    const FlowNode to = graph.flow(number).to;
    if (to == kNobodyNode) continue;
    if (payee.has_value() && *payee != to) return std::nullopt;
    payee = to;
  }
  return payee;
}

}  // namespace

std::vector<Finding> FindNestedService(const FlowGraph& graph,
                                       const NestedServiceParameters& parameters,
                                       StepBudget& steps) {
  if (!graph.IsWhole(kSubjectNode) || graph.IsService(kSubjectNode)) return {};
  if (!steps.Take(graph.OfSubject().size())) return {};
  const std::optional<FlowNode> payee = OnlyPayee(graph);
  if (!payee.has_value() || !graph.IsService(*payee)) return {};
  NodeCounts payers(graph.nodes_count());
  for (const std::uint32_t number : graph.PaidTo(kSubjectNode)) {
    if (graph.flow(number).from != kNobodyNode) payers.Add(graph.flow(number).from);
  }
  if (payers.distinct() < parameters.least_payers) return {};
  if (!IsPassedOn(PassageOf(graph), parameters.passage)) return {};
  return {WholeOf(graph)};
}

}  // namespace coinwake
