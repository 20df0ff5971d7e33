// Goal: a detector finds something exactly where there is something to be found. Method: random
// small graphs with small parameters, each detector beside a slow and obvious twin that tries all
// there is; and findings share no flow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/typologies/flows.h"
#include "typologies/account_peel.h"
#include "typologies/fan.h"
#include "typologies/gather_scatter.h"
#include "typologies/pass_through.h"
#include "typologies/round_trip.h"
#include "typologies/scatter_gather.h"
#include "typologies/structuring.h"

namespace coinwake::test {
namespace {

constexpr int kGraphs = 3'000;
constexpr int kNodes = 7;

std::string NameOf(int node) { return node == 0 ? std::string(kSubject) : Numbered("node", node); }

int Draw(std::mt19937_64& random, int count) {
  return static_cast<int>(random() % static_cast<std::uint64_t>(count));
}

// Some twenty payments of 1 to `greatest` within `seconds`; most are the subject's.
FlowGraph RandomGraph(std::mt19937_64& random, int greatest, int seconds) {
  Flows flows;
  for (int node = 1; node < kNodes; ++node) flows.NodeOf(NameOf(node));
  const int count = Draw(random, 24);
  for (int i = 0; i < count; ++i) {
    int from = Draw(random, kNodes);
    int to = Draw(random, kNodes);
    if (Draw(random, 3) == 0) (Draw(random, 2) == 0 ? from : to) = 0;
    if (from == to) continue;
    flows.Pay(Draw(random, seconds), NameOf(from), NameOf(to),
              Uint128{1} + static_cast<Uint128>(Draw(random, greatest)));
  }
  if (Draw(random, 3) == 0) flows.MarkService(NameOf(1 + Draw(random, kNodes - 1)));
  if (Draw(random, 3) == 0) flows.MarkUnread(NameOf(1 + Draw(random, kNodes - 1)));
  return flows.Graph();
}

void ExpectNoFlowTwice(const std::vector<Finding>& found) {
  std::set<std::uint32_t> seen;
  for (const Finding& finding : found) {
    EXPECT_TRUE(std::is_sorted(finding.flows.begin(), finding.flows.end()));
    for (const std::uint32_t number : finding.flows) EXPECT_TRUE(seen.insert(number).second);
  }
}

class Reference : public ::testing::TestWithParam<int> {
 protected:
  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
};

TEST_P(Reference, Fans) {
  const FanParameters parameters{.least_counterparties = 3, .window_s = 10, .least_amount = 2};
  int found_in = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const FlowGraph graph = RandomGraph(random_, 4, 60);
    bool exists = false;
    for (const Flow& first : graph.flows()) {
      std::set<FlowNode> payers;
      for (const Flow& flow : graph.flows()) {
        if (flow.to == kSubjectNode && flow.amount >= 2 && flow.at.time >= first.at.time &&
            flow.at.time <= first.at.time + 10) {
          payers.insert(flow.from);
        }
      }
      exists = exists || payers.size() >= 3;
    }
    StepBudget steps(kManySteps);
    const auto found = FindFans(graph, FanDirection::kIn, parameters, steps);
    EXPECT_EQ(!found.empty(), exists);
    ExpectNoFlowTwice(found);
    if (exists) ++found_in;
  }
  EXPECT_GT(found_in, kGraphs / 20);
}

// The flows from `i` to `j` that are gathered before `s` and scattered from there on, where they
// are such a pattern.
std::vector<std::uint32_t> GatherScatterOf(const std::vector<Flow>& flows,
                                           const GatherScatterParameters& parameters,
                                           std::uint32_t i, std::uint32_t s, std::uint32_t j) {
  if (flows[j].at.time - flows[i].at.time > parameters.window_s) return {};
  std::vector<std::uint32_t> numbers;
  std::set<FlowNode> payers;
  std::set<FlowNode> payees;
  Uint128 in = 0;
  Uint128 out = 0;
  for (std::uint32_t k = i; k <= j; ++k) {
    if (k < s && flows[k].to == kSubjectNode) {
      payers.insert(flows[k].from);
      in += flows[k].amount;
      numbers.push_back(k);
    } else if (k >= s && flows[k].from == kSubjectNode) {
      payees.insert(flows[k].to);
      out += flows[k].amount;
      numbers.push_back(k);
    }
  }
  const bool is_apart = std::none_of(payers.begin(), payers.end(),
                                     [&](FlowNode node) { return payees.contains(node); });
  const bool is_one = is_apart && payers.size() >= parameters.least_payers &&
                      payees.size() >= parameters.least_payees && out <= in && out * 10 >= in * 8;
  return is_one ? numbers : std::vector<std::uint32_t>();
}

// That whose scatter begins first, of those whose gather does, of those the longest.
std::vector<std::uint32_t> FirstGatherScatter(const FlowGraph& graph,
                                              const GatherScatterParameters& parameters) {
  const std::vector<Flow>& flows = graph.flows();
  const auto count = static_cast<std::uint32_t>(flows.size());
  for (std::uint32_t s = 0; s < count; ++s) {
    if (flows[s].from != kSubjectNode) continue;
    for (std::uint32_t i = 0; i < s; ++i) {
      if (flows[i].to != kSubjectNode) continue;
      for (std::uint32_t j = count; j-- > s;) {
        if (flows[j].from != kSubjectNode) continue;
        std::vector<std::uint32_t> numbers = GatherScatterOf(flows, parameters, i, s, j);
        if (!numbers.empty()) return numbers;
      }
    }
  }
  return {};
}

TEST_P(Reference, GatherScatters) {
  const GatherScatterParameters parameters{.least_payers = 2, .least_payees = 2, .window_s = 25};
  int found_in = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const FlowGraph graph = RandomGraph(random_, 3, 50);
    StepBudget steps(kManySteps);
    const auto found = FindGatherScatters(graph, parameters, steps);
    const std::vector<std::uint32_t> first = FirstGatherScatter(graph, parameters);
    EXPECT_EQ(found.empty(), first.empty());
    if (!found.empty()) {
      EXPECT_EQ(found.front().flows, first);
    }
    ExpectNoFlowTwice(found);
    if (!first.empty()) ++found_in;
  }
  EXPECT_GT(found_in, kGraphs / 50);
}

// Unit by unit.
std::optional<std::int64_t> MedianStay(const FlowGraph& graph) {
  std::deque<std::int64_t> units;  // when each came
  std::vector<std::optional<std::int64_t>> stays;
  for (const Flow& flow : graph.flows()) {
    for (Uint128 unit = 0; unit < flow.amount; ++unit) {
      if (flow.to == kSubjectNode) units.push_back(flow.at.time);
      if (flow.from != kSubjectNode) continue;
      if (units.empty()) {
        stays.push_back(std::nullopt);
      } else {
        stays.push_back(flow.at.time - units.front());
        units.pop_front();
      }
    }
  }
  if (stays.empty()) return std::nullopt;
  std::sort(stays.begin(), stays.end(), [](const auto& a, const auto& b) {
    return a.has_value() && (!b.has_value() || *a < *b);
  });
  return stays[(stays.size() - 1) / 2];
}

TEST_P(Reference, Passages) {
  for (int i = 0; i < kGraphs; ++i) {
    const FlowGraph graph = RandomGraph(random_, 5, 30);
    EXPECT_EQ(PassageOf(graph).residence_s, MedianStay(graph));
  }
}

// All paths from the subject, shortest first.
bool HasRoundTrip(const FlowGraph& graph, const RoundTripParameters& parameters) {
  const std::vector<Flow>& flows = graph.flows();
  std::deque<std::vector<std::uint32_t>> paths;
  for (std::uint32_t i = 0; i < flows.size(); ++i) {
    if (flows[i].from == kSubjectNode) paths.push_back({i});
  }
  for (; !paths.empty(); paths.pop_front()) {
    const std::vector<std::uint32_t> path = paths.front();
    const Flow& last = flows[path.back()];
    if (path.size() == parameters.most_hops || !graph.MayPassThrough(last.to)) continue;
    for (std::uint32_t i = path.back() + 1; i < flows.size(); ++i) {
      const Flow& flow = flows[i];
      const bool follows = flow.from == last.to && flow.amount <= last.amount &&
                           flow.amount * 1000 >= last.amount * parameters.retention_permille &&
                           flow.at.time - flows[path.front()].at.time <= parameters.window_s;
      const bool is_seen = std::any_of(path.begin(), path.end(), [&](std::uint32_t number) {
        return flows[number].to == flow.to;
      });
      if (!follows || is_seen) continue;
      if (flow.to == kSubjectNode) return true;
      paths.push_back(path);
      paths.back().push_back(i);
    }
  }
  return false;
}

TEST_P(Reference, RoundTrips) {
  const RoundTripParameters parameters{.most_hops = 4, .window_s = 30, .retention_permille = 500};
  int found_in = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const FlowGraph graph = RandomGraph(random_, 5, 60);
    StepBudget steps(kManySteps);
    const auto found = FindRoundTrips(graph, parameters, steps);
    const bool exists = HasRoundTrip(graph, parameters);
    EXPECT_EQ(!found.empty(), exists);
    ExpectNoFlowTwice(found);
    if (exists) ++found_in;
  }
  EXPECT_GT(found_in, kGraphs / 20);
}

TEST_P(Reference, ScatterGathers) {
  const ScatterGatherParameters parameters{
      .least_intermediaries = 2, .window_s = 30, .retention_permille = 500};
  std::size_t found_in_all = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const FlowGraph graph = RandomGraph(random_, 3, 60);
    std::size_t ends = 0;
    for (FlowNode end = 1; end < graph.nodes_count(); ++end) {
      std::set<FlowNode> over;
      for (const Flow& first : graph.flows()) {
        for (const Flow& second : graph.flows()) {
          if (first.from == kSubjectNode && graph.MayPassThrough(first.to) &&
              second.from == first.to && second.to == end && second.at.number > first.at.number &&
              second.at.time <= first.at.time + parameters.window_s &&
              second.amount * 2 >= first.amount) {
            over.insert(first.to);
          }
        }
      }
      if (over.size() >= 2) ++ends;
    }
    StepBudget steps(kManySteps);
    const auto found = FindScatterGathers(graph, parameters, steps);
    EXPECT_EQ(found.size(), ends);
    found_in_all += ends;
  }
  EXPECT_GT(found_in_all, static_cast<std::size_t>(kGraphs / 50));
}

// Chains that may be peels, and payments across them: each node pays about as much as it got to a
// new one, at once or in two parts, and something to another, sometimes too late or too much.
FlowGraph RandomChains(std::mt19937_64& random) {
  Flows flows;
  int nodes = 1;
  for (int chain = 0; chain < 2; ++chain) {
    int amount = 70 + Draw(random, 80);
    int time = 3 * chain;
    int at = 0;
    flows.Receive(time, "source", static_cast<Uint128>(amount));
    const auto pay = [&](int to, int paid) {
      const int later = 1 + Draw(random, 4) + (Draw(random, 10) == 0 ? 10 : 0);
      if (at != to && paid > 0) {
        flows.Pay(time + later, NameOf(at), NameOf(to), static_cast<Uint128>(paid));
      }
    };
    for (int hop = 0; hop < 4; ++hop) {
      const int next = nodes++;
      const int forwarded = amount * (45 + Draw(random, 55)) / 100;
      const int part = Draw(random, 2) == 0 ? 0 : Draw(random, forwarded);
      pay(next, part);
      pay(next, forwarded - part);
      pay(Draw(random, 2) == 0 ? nodes++ : Draw(random, nodes), 1 + Draw(random, amount / 3));
      if (Draw(random, 3) == 0) pay(Draw(random, nodes), 1 + Draw(random, amount));
      amount = forwarded;
      at = next;
      time += 5;
    }
  }
  if (Draw(random, 4) == 0) flows.MarkService(NameOf(1 + Draw(random, 5)));
  if (Draw(random, 4) == 0) flows.MarkUnread(NameOf(1 + Draw(random, 5)));
  return flows.Graph();
}

// One after the other what `from` pays after `first` that fits into `most`, by the rule of whom.
template <typename IsPayee>
std::vector<std::uint32_t> Fitting(const FlowGraph& graph, const std::set<std::uint32_t>& taken,
                                   FlowNode from, std::uint32_t first, std::int64_t last_time,
                                   Uint128 most, const IsPayee& is_payee) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = first + 1; i < graph.flows().size(); ++i) {
    const Flow& flow = graph.flow(i);
    if (flow.from != from || taken.contains(i) || flow.at.time > last_time || !is_payee(flow.to) ||
        flow.amount > most) {
      continue;
    }
    most -= flow.amount;
    numbers.push_back(i);
  }
  return numbers;
}

Uint128 AmountOf(const FlowGraph& graph, const std::vector<std::uint32_t>& numbers) {
  Uint128 sum = 0;
  for (const std::uint32_t number : numbers) sum += graph.flow(number).amount;
  return sum;
}

bool IsFirstOf(const FlowGraph& graph, FlowNode node, std::uint32_t number) {
  for (std::uint32_t i = 0; i < number; ++i) {
    if (graph.flow(i).from == node || graph.flow(i).to == node) return false;
  }
  return true;
}

// A chain's flows, and how many hops.
std::pair<std::vector<std::uint32_t>, std::uint32_t> PeelFrom(const FlowGraph& graph,
                                                              const PeelParameters& parameters,
                                                              const std::set<std::uint32_t>& taken,
                                                              std::uint32_t receipt) {
  std::vector<std::uint32_t> all = {receipt};
  std::vector<std::uint32_t> arrived = {receipt};
  std::uint32_t hops = 0;
  while (true) {
    const Uint128 amount = AmountOf(graph, arrived);
    const FlowNode at = graph.flow(arrived.front()).to;
    const std::int64_t last_time = graph.flow(arrived.back()).at.time + parameters.gap_s;
    std::vector<std::uint32_t> best;
    for (FlowNode node = 1; node < graph.nodes_count(); ++node) {
      if (!graph.MayPassThrough(node)) continue;
      const auto to = Fitting(graph, taken, at, arrived.front(), last_time, amount,
                              [node](FlowNode payee) { return payee == node; });
      if (to.empty() || !IsFirstOf(graph, node, to.front())) continue;
      const Uint128 sum = AmountOf(graph, to);
      const Uint128 most = AmountOf(graph, best);
      if (sum * 2 < amount || sum < most) continue;
      if (sum > most || to.front() < best.front()) best = to;
    }
    if (best.empty()) return {all, hops};
    const FlowNode next = graph.flow(best.front()).to;
    const auto peeled =
        Fitting(graph, taken, at, arrived.front(), last_time, amount - AmountOf(graph, best),
                [next](FlowNode payee) { return payee != next && payee != kSubjectNode; });
    if (peeled.empty()) return {all, hops};
    all.insert(all.end(), best.begin(), best.end());
    all.insert(all.end(), peeled.begin(), peeled.end());
    arrived = best;
    ++hops;
  }
}

TEST_P(Reference, AccountPeels) {
  const PeelParameters parameters{.least_hops = 2, .gap_s = 9, .least_amount = 90};
  std::size_t found_in_all = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const FlowGraph graph = RandomChains(random_);
    std::set<std::uint32_t> taken;
    std::vector<std::vector<std::uint32_t>> expected;
    for (std::uint32_t receipt = 0; receipt < graph.flows().size(); ++receipt) {
      const Flow& flow = graph.flow(receipt);
      if (flow.to != kSubjectNode || flow.amount < parameters.least_amount ||
          taken.contains(receipt))
        continue;
      auto [numbers, hops] = PeelFrom(graph, parameters, taken, receipt);
      if (hops < parameters.least_hops) continue;
      std::sort(numbers.begin(), numbers.end());
      taken.insert(numbers.begin(), numbers.end());
      expected.push_back(numbers);
    }
    StepBudget steps(kManySteps);
    const auto found = FindAccountPeels(graph, parameters, steps);
    std::vector<std::vector<std::uint32_t>> numbers;
    for (const Finding& finding : found) {
      numbers.push_back(finding.flows);
      // No more than arrived.
      EXPECT_LT(finding.amount, graph.flow(finding.flows.front()).amount);
    }
    EXPECT_EQ(numbers, expected);
    ExpectNoFlowTwice(found);
    found_in_all += expected.size();
  }
  EXPECT_GT(found_in_all, static_cast<std::size_t>(kGraphs / 50));
}

// Whether payments within the window, of amounts between the two, are enough.
bool HasWindow(const FlowGraph& graph, const StructuringParameters& parameters, Uint128 least,
               Uint128 most) {
  for (const Flow& first : graph.flows()) {
    std::set<FlowNode> payees;
    std::size_t count = 0;
    for (const Flow& flow : graph.flows()) {
      if (flow.from == kSubjectNode && flow.amount >= least && flow.amount <= most &&
          flow.at.time >= first.at.time && flow.at.time <= first.at.time + parameters.window_s) {
        payees.insert(flow.to);
        ++count;
      }
    }
    if (count >= parameters.least_payments && payees.size() >= parameters.least_payees) return true;
  }
  return false;
}

TEST_P(Reference, Structuring) {
  const StructuringParameters parameters{.least_payments = 3,
                                         .least_payees = 2,
                                         .window_s = 15,
                                         .thresholds = {10, 20},
                                         .below_permille = 300,
                                         .band_permille = 100,
                                         .least_amount = 3};
  int found_in = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const FlowGraph graph = RandomGraph(random_, 24, 40);
    bool exists = HasWindow(graph, parameters, 7, 9) || HasWindow(graph, parameters, 14, 19);
    for (Uint128 least = 3; least <= 24; ++least) {
      exists = exists || HasWindow(graph, parameters, least, least * 11 / 10);
    }
    StepBudget steps(kManySteps);
    const auto found = FindStructuring(graph, parameters, steps);
    EXPECT_EQ(!found.empty(), exists);
    ExpectNoFlowTwice(found);
    if (exists) ++found_in;
  }
  EXPECT_GT(found_in, kGraphs / 50);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Reference, ::testing::Values(1, 2));

}  // namespace
}  // namespace coinwake::test
