#include "typologies/gather_scatter.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace coinwake {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

class Search {
 public:
  Search(const FlowGraph& graph, const GatherScatterParameters& parameters, StepBudget& steps)
      : graph_(graph),
        parameters_(parameters),
        steps_(steps),
        payers_(graph.nodes_count()),
        first_paid_(graph.nodes_count(), kNever) {
    for (const std::uint32_t number : graph.OfSubject()) {
      const Flow& flow = graph.flow(number);
      const bool is_between_two = flow.from != kNobodyNode && flow.to != kNobodyNode;
      if (is_between_two && flow.amount >= parameters.least_amount) numbers_.push_back(number);
    }
  }

  std::vector<Finding> Run() {
    std::vector<Finding> found;
    for (std::size_t start = 0; start < numbers_.size(); ++start) {
      if (IsReceipt(start)) continue;
      if (!ReadScatter(start)) break;
      const std::optional<Match> match = FindGather(start);
      ForgetScatter();
      if (match.has_value()) {
        found.push_back(FindingOf(*match, start));
        start = match->last;
        free_ = match->last + 1;
      }
      if (steps_.is_exhausted()) break;
    }
    return found;
  }

 private:
  struct Match {
    std::size_t first = 0;  // place of the first receipt
    std::size_t last = 0;   // and of the last payment
  };
  // The scatter up to one of its payments.
  struct Prefix {
    std::size_t place = 0;  // of the payment, in numbers_
    Uint128 sum = 0;
    std::uint32_t payees = 0;
  };

  const Flow& At(std::size_t place) const { return graph_.flow(numbers_[place]); }
  bool IsReceipt(std::size_t place) const { return At(place).to == kSubjectNode; }

  // All payments from `start` on that some gather could have.
  bool ReadScatter(std::size_t start) {
    prefixes_.clear();
    const std::int64_t last = At(start).at.time + parameters_.window_s;
    std::uint32_t payees = 0;
    Uint128 sum = 0;
    for (std::size_t place = start; place < numbers_.size() && At(place).at.time <= last; ++place) {
      if (!steps_.Take()) return false;
      if (IsReceipt(place)) continue;
      sum += At(place).amount;
      std::size_t& first = first_paid_[At(place).to];
      if (first == kNever) {
        first = prefixes_.size();
        ++payees;
      }
      prefixes_.push_back({place, sum, payees});
    }
    return true;
  }

  void ForgetScatter() {
    for (const Prefix& prefix : prefixes_) first_paid_[At(prefix.place).to] = kNever;
  }

  // The one that begins earliest.
  std::optional<Match> FindGather(std::size_t start) {
    std::optional<Match> match;
    std::vector<FlowNode> gathered;
    Uint128 sum = 0;
    std::size_t end = prefixes_.size();  // of the prefixes that pay none of the payers
    for (std::size_t place = start; place-- > free_;) {
      const Flow& flow = At(place);
      if (flow.at.time + parameters_.window_s < At(start).at.time || !steps_.Take()) break;
      if (!IsReceipt(place)) continue;
      payers_.Add(flow.from);
      gathered.push_back(flow.from);
      sum += flow.amount;
      end = std::min(end, first_paid_[flow.from]);
      if (end == 0) break;  // whoever is paid first has paid
      if (payers_.distinct() < parameters_.least_payers) continue;
      const auto longest = std::partition_point(
          prefixes_.begin(), prefixes_.begin() + static_cast<std::ptrdiff_t>(end),
          [&](const Prefix& prefix) {
            return At(prefix.place).at.time <= flow.at.time + parameters_.window_s &&
                   prefix.sum * 1000 <= sum * parameters_.greatest_retention_permille;
          });
      if (longest == prefixes_.begin()) continue;
      const Prefix& prefix = *(longest - 1);
      if (prefix.payees >= parameters_.least_payees &&
          IsAtLeastPermille(prefix.sum, sum, parameters_.least_retention_permille)) {
        match = Match{place, prefix.place};
      }
    }
    for (const FlowNode payer : gathered) payers_.Remove(payer);
    return match;
  }

  Finding FindingOf(const Match& match, std::size_t start) const {
    Finding finding;
    NodeCounts nodes(graph_.nodes_count());
    for (std::size_t place = match.first; place <= match.last; ++place) {
      if (IsReceipt(place) != (place < start)) continue;
      const Flow& flow = At(place);
      finding.flows.push_back(numbers_[place]);
      nodes.Add(IsReceipt(place) ? flow.from : flow.to);
      if (!IsReceipt(place)) finding.amount += flow.amount;
    }
    finding.counterparties = nodes.distinct();
    return finding;
  }

  const FlowGraph& graph_;
  const GatherScatterParameters& parameters_;
  StepBudget& steps_;
  std::vector<std::uint32_t> numbers_;   // the subject's flows that count; places are in this
  std::size_t free_ = 0;                 // places before it belong to an earlier finding
  NodeCounts payers_;                    // of the gather in work
  std::vector<Prefix> prefixes_;         // of the scatter in work
  std::vector<std::size_t> first_paid_;  // by node, where in prefixes_ it is paid first
};

}  // namespace

std::vector<Finding> FindGatherScatters(const FlowGraph& graph,
                                        const GatherScatterParameters& parameters,
                                        StepBudget& steps) {
  return Search(graph, parameters, steps).Run();
}

}  // namespace coinwake
