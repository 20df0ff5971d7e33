#include "typologies/account_peel.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace coinwake {
namespace {

// What reached a node, all of it from one other.
struct Arrival {
  FlowNode node = kSubjectNode;
  std::uint32_t first = 0;  // numbers of flows
  std::uint32_t last = 0;
  Uint128 amount = 0;
};

// Payments of one node that belong together, in order.
struct Payments {
  FlowNode to = kNobodyNode;  // of those to one node
  Uint128 amount = 0;
  std::vector<std::uint32_t> flows = {};
};

struct Hop {
  Payments forwarded;
  Payments peeled;
};

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
      if (taken_[receipt] || graph_.flow(receipt).amount < parameters_.least_amount) continue;
      std::optional<Finding> chain = ChainFrom(receipt);
      if (chain.has_value()) found.push_back(*std::move(chain));
      if (steps_.is_exhausted()) break;
    }
    return found;
  }

 private:
  // Whether nothing that is known came to the payee before these, or went from it.
  bool AreFirst(const Payments& payments) const {
    if (payments.flows.empty()) return false;
    const auto paid = graph_.PaidBy(payments.to);
    const std::uint32_t first = payments.flows.front();
    return graph_.PaidTo(payments.to).front() == first && (paid.empty() || paid.front() > first);
  }

  // What the node may pay of what arrived.
  std::vector<std::uint32_t> PaymentsAfter(const Arrival& arrival) {
    const auto paid = graph_.PaidBy(arrival.node);
    const std::int64_t last_time = graph_.flow(arrival.last).at.time + parameters_.gap_s;
    std::vector<std::uint32_t> after;
    for (auto next = std::upper_bound(paid.begin(), paid.end(), arrival.first);
         next != paid.end() && steps_.Take(); ++next) {
      const Flow& flow = graph_.flow(*next);
      if (flow.at.time > last_time) break;
      if (flow.to != kNobodyNode && flow.to != kSubjectNode && !taken_[*next] &&
          flow.at.number != graph_.flow(arrival.first).at.number) {
        after.push_back(*next);
      }
    }
    return after;
  }

  // What each node gets of `most`, by its first payment.
  std::vector<Payments> ByPayee(const std::vector<std::uint32_t>& numbers, Uint128 most) const {
    std::vector<Payments> all;
    absl::flat_hash_map<FlowNode, std::size_t> places;
    for (const std::uint32_t number : numbers) {
      const Flow& flow = graph_.flow(number);
      const auto [place, is_new] = places.try_emplace(flow.to, all.size());
      if (is_new) all.push_back({.to = flow.to});
      AddIfItFits(number, most, &all[place->second]);
    }
    return all;
  }

  void AddIfItFits(std::uint32_t number, Uint128 most, Payments* payments) const {
    const Uint128 amount = graph_.flow(number).amount;
    if (amount > most - payments->amount) return;
    payments->amount += amount;
    payments->flows.push_back(number);
  }

  // The hop that forwards so much; nullopt: nothing is peeled off beside it.
  std::optional<Hop> HopOf(const std::vector<std::uint32_t>& numbers, Uint128 arrived,
                           const Payments& forwarded) const {
    Hop hop{.forwarded = forwarded, .peeled = {}};
    for (const std::uint32_t number : numbers) {
      if (graph_.flow(number).to == forwarded.to) continue;
      AddIfItFits(number, arrived - forwarded.amount, &hop.peeled);
    }
    if (hop.peeled.flows.empty()) return std::nullopt;
    return hop;
  }

  // `is_cut` becomes true where there is none but one might lead to a node that is not known.
  std::optional<Hop> HopAfter(const Arrival& arrival, bool* is_cut) {
    const std::vector<std::uint32_t> numbers = PaymentsAfter(arrival);
    const std::vector<Payments> payees = ByPayee(numbers, arrival.amount);
    const std::uint32_t least_permille = 1000 - std::min(1000u, parameters_.greatest_peel_permille);
    const Payments* best = nullptr;
    const Payments* unread = nullptr;
    for (const Payments& one : payees) {
      if (!IsAtLeastPermille(one.amount, arrival.amount, least_permille) || !AreFirst(one)) {
        continue;
      }
      if (graph_.IsUnread(one.to)) unread = &one;
      if (!graph_.MayPassThrough(one.to)) continue;
      if (best == nullptr || one.amount > best->amount) best = &one;
    }
    if (best != nullptr) return HopOf(numbers, arrival.amount, *best);
    *is_cut = unread != nullptr && HopOf(numbers, arrival.amount, *unread).has_value();
    return std::nullopt;
  }

  std::optional<Finding> ChainFrom(std::uint32_t receipt) {
    std::vector<Hop> hops;
    Finding finding;
    Arrival arrival{kSubjectNode, receipt, receipt, graph_.flow(receipt).amount};
    while (!steps_.is_exhausted()) {
      std::optional<Hop> hop = HopAfter(arrival, &finding.is_cut);
      if (!hop.has_value()) break;
      const Payments& forwarded = hop->forwarded;
      arrival = {forwarded.to, forwarded.flows.front(), forwarded.flows.back(), forwarded.amount};
      hops.push_back(*std::move(hop));
    }
    if (hops.size() < parameters_.least_hops) return std::nullopt;
    finding.flows.push_back(receipt);
    NodeCounts nodes(graph_.nodes_count());
    for (const Hop& hop : hops) {
      finding.amount += hop.peeled.amount;
      for (const Payments* const payments : {&hop.forwarded, &hop.peeled}) {
        for (const std::uint32_t number : payments->flows) {
          finding.flows.push_back(number);
          nodes.Add(graph_.flow(number).to);
        }
      }
    }
    finding.counterparties = nodes.distinct();
    std::sort(finding.flows.begin(), finding.flows.end());
    for (const std::uint32_t number : finding.flows) taken_[number] = true;
    return finding;
  }

  const FlowGraph& graph_;
  const PeelParameters& parameters_;
  StepBudget& steps_;
  std::vector<bool> taken_;  // by flow: of a chain already
};

}  // namespace

std::vector<Finding> FindAccountPeels(const FlowGraph& graph, const PeelParameters& parameters,
                                      StepBudget& steps) {
  return Search(graph, parameters, steps).Run();
}

}  // namespace coinwake
