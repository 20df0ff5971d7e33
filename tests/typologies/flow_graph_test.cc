// Goal: a graph has its flows in order and by node; a shuffled one has the same payments of each
// day at that day's moments, the same every time.
#include "typologies/flow_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/typologies/flows.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::uint32_t> ListOf(std::span<const std::uint32_t> numbers) {
  return {numbers.begin(), numbers.end()};
}

TEST(FlowGraph, OrdersFlowsAndListsThemByNode) {
  Flows flows;
  flows.Send(20, "b", 5).Receive(10, "a", 7).Pay(30, "a", "b", 1).Send(40, kNobodyName, 1);
  const FlowGraph graph = flows.Graph();
  EXPECT_THAT(ListOf(graph.PaidTo(kSubjectNode)), ElementsAre(0));
  EXPECT_THAT(ListOf(graph.PaidBy(kSubjectNode)), ElementsAre(1, 3));
  EXPECT_THAT(graph.OfSubject(), ElementsAre(0, 1, 3));
  EXPECT_THAT(ListOf(graph.PaidTo(flows.NodeOf("b"))), ElementsAre(1, 2));
  EXPECT_THAT(ListOf(graph.PaidTo(flows.NodeOf("a"))), IsEmpty());
  EXPECT_EQ(graph.flow(0).amount, 7U);
}

TEST(FlowGraph, NeverGoesBackInTime) {
  std::vector<Flow> flows;
  for (const auto& [number, time] : {std::pair{1, 50}, {2, 40}, {3, 60}}) {
    flows.push_back({{static_cast<std::uint64_t>(number), TxNum{0}, 0, time}, 0, 1, 1});
  }
  const FlowGraph graph(flows, std::vector<NodeMarks>(2));
  EXPECT_EQ(graph.flow(1).at.time, 50);
  EXPECT_EQ(graph.flow(2).at.time, 60);
}

TEST(FlowGraph, ShufflesWithinDaysAlone) {
  Flows flows;
  for (int i = 0; i < 60; ++i) {
    flows.Pay(i * kHour, Numbered("from", i), Numbered("to", i), static_cast<Uint128>(i) + 1);
  }
  const FlowGraph graph = flows.Graph();
  std::uint64_t state = 7;
  const FlowGraph shuffled = graph.Shuffled(&state);
  // (day, payer, payee, amount) and (number, time), each as often as before.
  std::multiset<std::tuple<std::int64_t, FlowNode, FlowNode, std::uint64_t>> paid[2];
  std::set<std::pair<std::uint64_t, std::int64_t>> moments[2];
  int moved = 0;
  const FlowGraph* const graphs[] = {&graph, &shuffled};
  for (int side = 0; side < 2; ++side) {
    for (const Flow& flow : graphs[side]->flows()) {
      paid[side].emplace(flow.at.time / kDay, flow.from, flow.to,
                         static_cast<std::uint64_t>(flow.amount));
      moments[side].emplace(flow.at.number, flow.at.time);
    }
  }
  EXPECT_EQ(paid[0], paid[1]);
  EXPECT_EQ(moments[0], moments[1]);
  for (std::uint32_t i = 0; i < 60; ++i) {
    if (graph.flow(i).from != shuffled.flow(i).from) ++moved;
  }
  EXPECT_GT(moved, 40);

  std::uint64_t again = 7;
  const FlowGraph same = graph.Shuffled(&again);
  for (std::uint32_t i = 0; i < 60; ++i) EXPECT_EQ(same.flow(i).from, shuffled.flow(i).from);
  EXPECT_EQ(again, state);
}

TEST(FlowGraph, TellsDaysBefore1970Apart) {
  Flows flows;
  flows.Pay(-1, "a", "b", 1).Pay(0, "c", "d", 2);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    std::uint64_t state = seed;
    EXPECT_EQ(flows.Graph().Shuffled(&state).flow(0).amount, 1U);
  }
}

}  // namespace
}  // namespace coinwake::test
