#include "typologies/structuring.h"

#include <algorithm>
#include <utility>

namespace coinwake {
namespace {

class Search {
 public:
  Search(const FlowGraph& graph, const StructuringParameters& parameters, StepBudget& steps)
      : graph_(graph), parameters_(parameters), steps_(steps), payees_(graph.nodes_count()) {
    for (const std::uint32_t number : graph.PaidBy(kSubjectNode)) {
      if (graph.flow(number).to != kNobodyNode) payments_.push_back(number);
    }
    std::stable_sort(payments_.begin(), payments_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return graph_.flow(a).amount < graph_.flow(b).amount;
    });
  }

  std::vector<Finding> Run() {
    for (const Uint128 threshold : parameters_.thresholds) {
      const auto begin =
          std::partition_point(payments_.begin(), payments_.end(), [&](std::uint32_t number) {
            return !IsAtLeastPermille(graph_.flow(number).amount, threshold,
                                      1000 - std::min(1000u, parameters_.below_permille));
          });
      const auto end = std::partition_point(begin, payments_.end(), [&](std::uint32_t number) {
        return graph_.flow(number).amount < threshold;
      });
      TakeWindows({begin, end});
    }
    DropTaken();
    TakeBands();
    return std::move(found_);
  }

 private:
  bool IsTaken(std::uint32_t number) const {
    return std::binary_search(taken_.begin(), taken_.end(), number);
  }

  void DropTaken() {
    std::erase_if(payments_, [this](std::uint32_t number) { return IsTaken(number); });
  }

  void TakeBands() {
    std::size_t begin = 0;
    while (begin < payments_.size()) {
      const Uint128 least = graph_.flow(payments_[begin]).amount;
      if (least < parameters_.least_amount) {
        ++begin;
        continue;
      }
      const auto end = std::partition_point(payments_.begin() + static_cast<std::ptrdiff_t>(begin),
                                            payments_.end(), [&](std::uint32_t number) {
                                              return graph_.flow(number).amount * 1000 <=
                                                     least * (1000 + parameters_.band_permille);
                                            });
      const std::size_t found = found_.size();
      TakeWindows({payments_.begin() + static_cast<std::ptrdiff_t>(begin), end});
      if (steps_.is_exhausted()) return;
      if (found_.size() != found) {
        DropTaken();
        continue;
      }
      while (begin < payments_.size() && graph_.flow(payments_[begin]).amount == least) ++begin;
    }
  }

  // Takes what windows over these payments hold enough of.
  void TakeWindows(std::vector<std::uint32_t> numbers) {
    std::erase_if(numbers, [this](std::uint32_t number) { return IsTaken(number); });
    if (numbers.size() < parameters_.least_payments || !steps_.Take(numbers.size())) return;
    std::sort(numbers.begin(), numbers.end());
    for (std::size_t begin = 0, end = 0; begin < numbers.size();) {
      const std::int64_t last = graph_.flow(numbers[begin]).at.time + parameters_.window_s;
      for (; end < numbers.size() && graph_.flow(numbers[end]).at.time <= last; ++end) {
        payees_.Add(graph_.flow(numbers[end]).to);
      }
      if (end - begin < parameters_.least_payments ||
          payees_.distinct() < parameters_.least_payees) {
        payees_.Remove(graph_.flow(numbers[begin++]).to);
        continue;
      }
      Finding& finding = found_.emplace_back();
      finding.counterparties = payees_.distinct();
      for (; begin < end; ++begin) {
        finding.flows.push_back(numbers[begin]);
        finding.amount += graph_.flow(numbers[begin]).amount;
        payees_.Remove(graph_.flow(numbers[begin]).to);
      }
      const auto middle = static_cast<std::ptrdiff_t>(taken_.size());
      taken_.insert(taken_.end(), finding.flows.begin(), finding.flows.end());
      std::inplace_merge(taken_.begin(), taken_.begin() + middle, taken_.end());
    }
  }

  const FlowGraph& graph_;
  const StructuringParameters& parameters_;
  StepBudget& steps_;
  NodeCounts payees_;
  std::vector<std::uint32_t> payments_;  // by amount, then in order
  std::vector<std::uint32_t> taken_;     // ascending
  std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> FindStructuring(const FlowGraph& graph,
                                     const StructuringParameters& parameters, StepBudget& steps) {
  return Search(graph, parameters, steps).Run();
}

}  // namespace coinwake
