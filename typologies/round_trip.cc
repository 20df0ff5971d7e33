#include "typologies/round_trip.h"

#include <algorithm>

namespace coinwake {
namespace {

class Search {
 public:
  Search(const FlowGraph& graph, const RoundTripParameters& parameters, StepBudget& steps)
      : graph_(graph),
        parameters_(parameters),
        steps_(steps),
        taken_(graph.flows().size(), false),
        on_path_(graph.nodes_count(), false) {}

  std::vector<Finding> Run() {
    std::vector<Finding> found;
    for (const std::uint32_t number : graph_.PaidBy(kSubjectNode)) {
      const Flow& first = graph_.flow(number);
      if (taken_[number] || first.amount < parameters_.least_amount) continue;
      if (!graph_.MayPassThrough(first.to)) continue;
      last_time_ = first.at.time + parameters_.window_s;
      const bool is_closed = Close(number);
      if (is_closed) found.push_back(TakePath());
      for (const Hop& hop : path_) on_path_[graph_.flow(hop.flow).to] = false;
      path_.clear();
      if (steps_.is_exhausted()) break;
    }
    return found;
  }

 private:
  struct Hop {
    std::uint32_t flow = 0;
    std::size_t next = 0;  // which of its payee's payments to try next
  };

  // Appends a hop, and the first payment of its payee that may follow.
  void Push(std::uint32_t number) {
    const FlowNode to = graph_.flow(number).to;
    on_path_[to] = true;
    std::size_t next = 0;
    if (to != kSubjectNode) {
      const auto payments = graph_.PaidBy(to);
      next = static_cast<std::size_t>(std::upper_bound(payments.begin(), payments.end(), number) -
                                      payments.begin());
    }
    path_.push_back({number, next});
  }

  // Whether the flow may follow the last hop of the path.
  bool MayFollow(std::uint32_t number) const {
    const Flow& last = graph_.flow(path_.back().flow);
    const Flow& flow = graph_.flow(number);
    if (taken_[number] || flow.at.number == last.at.number || flow.amount > last.amount ||
        !IsAtLeastPermille(flow.amount, last.amount, parameters_.retention_permille)) {
      return false;
    }
    if (flow.to == kSubjectNode) return true;
    return path_.size() + 2 <= parameters_.most_hops && graph_.MayPassThrough(flow.to) &&
           !on_path_[flow.to];
  }

  // Depth first, from the subject's payment back to the subject; path_ is then the cycle.
  bool Close(std::uint32_t first) {
    Push(first);
    while (!path_.empty()) {
      Hop& hop = path_.back();
      const auto payments = graph_.PaidBy(graph_.flow(hop.flow).to);
      if (hop.next == payments.size() || graph_.flow(payments[hop.next]).at.time > last_time_) {
        on_path_[graph_.flow(hop.flow).to] = false;
        path_.pop_back();
        continue;
      }
      if (!steps_.Take()) return false;
      const std::uint32_t number = payments[hop.next++];
      if (!MayFollow(number)) continue;
      Push(number);
      if (graph_.flow(number).to == kSubjectNode) return true;
    }
    return false;
  }

  Finding TakePath() {
    Finding finding;
    for (const Hop& hop : path_) {
      finding.flows.push_back(hop.flow);
      taken_[hop.flow] = true;
    }
    finding.amount = graph_.flow(path_.back().flow).amount;
    finding.counterparties = static_cast<std::uint32_t>(path_.size() - 1);
    return finding;
  }

  const FlowGraph& graph_;
  const RoundTripParameters& parameters_;
  StepBudget& steps_;
  std::vector<bool> taken_;    // by flow
  std::vector<bool> on_path_;  // by node
  std::vector<Hop> path_;
  std::int64_t last_time_ = 0;
};

}  // namespace

std::vector<Finding> FindRoundTrips(const FlowGraph& graph, const RoundTripParameters& parameters,
                                    StepBudget& steps) {
  if (parameters.most_hops < 2) return {};
  return Search(graph, parameters, steps).Run();
}

}  // namespace coinwake
