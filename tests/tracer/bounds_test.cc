// Goal: bounds are what every apportionment has to keep to, and the rules of what ends where hold.
// Method: the worked scenario's vectors; small chains by hand.
#include "tracer/bounds.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/reference_bounds.h"
#include "tests/tracer/small_chain.h"

namespace coinwake {
namespace {

using Json = nlohmann::json;

std::string TextOf(const absl::StatusOr<std::vector<Bounds>>& all) {
  EXPECT_THAT(all, IsOk());
  std::string text;
  if (!all.ok()) return text;
  for (const Bounds& bounds : *all) {
    absl::StrAppend(&text, text.empty() ? "" : " | ", TextOf(bounds));
  }
  return text;
}

// The scenario of vectors_test.cc, X alone.
TEST(BoundsVectors, HoldForTheWorkedScenario) {
  const Json all =
      Json::parse(std::ifstream(COINWAKE_TEST_DATA "/vectors/flow_vectors.json"), nullptr, false);
  SmallChain chain;
  const std::uint64_t coins = chain.Block({{60, "A"}, {40, "B"}, {30, "C"}, {25, "D"}});
  chain.Block({{40, ""}, {23, ""}});
  const std::uint64_t t1 = chain.Add({{coins, 0}, {coins, 1}}, {{50, ""}, {30, ""}, {15, ""}});
  const std::uint64_t t2 = chain.Add({{coins, 3}, {t1, 1}}, {{35, ""}, {18, ""}});
  const std::uint64_t t3 = chain.Add({{coins, 2}, {t1, 0}}, {{20, ""}, {57, ""}});
  const std::uint64_t t4 = chain.Add({{t2, 0}, {t3, 1}, {t1, 2}}, {{100, ""}, {4, ""}});
  const View& view = chain.Build();
  const std::map<std::string, std::uint64_t> names = {
      {"T1", t1}, {"T2", t2}, {"T3", t3}, {"T4", t4}};
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  const Json& intervals = all.at("bounds").at("intervals");
  EXPECT_EQ(intervals.size(), 8u);
  for (const auto& [name, interval] : intervals.items()) {
    SCOPED_TRACE(name);
    const std::vector<std::string> parts = absl::StrSplit(name, ':');
    const TxNum tx{names.at(parts[0])};
    BoundsTarget target = FeeOf{tx};
    if (parts[1] != "fee") {
      target = chain.Output(tx.value, static_cast<std::uint32_t>(std::stoul(parts[1])));
    }
    EXPECT_EQ(TextOf(FindBounds(view, request, target, {}, nullptr)),
              absl::StrCat("[", interval[0].get<std::uint64_t>(), ", ",
                           interval[1].get<std::uint64_t>(), "] of 60"));
  }
}

// A coin of 10 from "thief" is split in three, joined again in part, and paid to "shop".
class SmallBounds : public testing::Test {
 protected:
  SmallBounds() {
    const std::uint64_t coins = chain_.Block({{10, "thief"}, {10, "other"}, {0, "thief"}});
    const std::uint64_t split =
        chain_.Add({{coins, 0}}, {{4, "left"}, {3, "right"}, {2, "exchange"}});  // fee 1
    chain_.Block({{1, ""}});
    join_ = chain_.Add({{split, 0}, {coins, 1}}, {{11, "shop"}, {3, "rest"}});
    chain_.Block({{1, ""}});
    pay_ = chain_.Add({{split, 1}}, {{3, "shop"}});
    chain_.Block({{1, ""}});
    onward_ = chain_.Add({{join_, 0}}, {{11, "shop"}});  // to itself
    view_ = &chain_.Build();
    request_.labels = {"x"};
    request_.seeds = {{chain_.Output(coins, 0), 0}, {chain_.Output(coins, 2), 0}};
    coins_ = coins;
    split_ = split;
  }
  std::string Find(const BoundsTarget& target) {
    return TextOf(FindBounds(*view_, request_, target, limits_, nullptr));
  }
  std::string Find(const std::string& address) { return Find(chain_.Address(address)); }

  SmallChain chain_;
  const View* view_ = nullptr;
  std::uint64_t coins_ = 0, split_ = 0, join_ = 0, pay_ = 0, onward_ = 0;
  TraceRequest request_;
  BoundsLimits limits_;
};

TEST_F(SmallBounds, OfAnAddressCountWhatFirstArrives) {
  // 4 of 14 enter a payment of 11 and 3: at least 1 is in the 11, and 3 come by the other way.
  EXPECT_EQ(Find("shop"), "[4, 7] of 10");
  EXPECT_EQ(Find("rest"), "[0, 3] of 10");
  EXPECT_EQ(Find("exchange"), "[2, 2] of 10");
  EXPECT_EQ(Find("other"), "[0, 0] of 10");
}

TEST_F(SmallBounds, OfAnOutputAndOfAFee) {
  EXPECT_EQ(Find(chain_.Output(join_, 0)), "[1, 4] of 10");
  EXPECT_EQ(Find(chain_.Output(onward_, 0)), "[1, 4] of 10");
  EXPECT_EQ(Find(FeeOf{TxNum{split_}}), "[1, 1] of 10");
  EXPECT_EQ(Find(FeeOf{TxNum{pay_}}), "[0, 0] of 10");
}

TEST_F(SmallBounds, CountASeedThatIsTheTargetsOwn) {
  EXPECT_EQ(Find("thief"), "[10, 10] of 10");
  request_.seeds.push_back({chain_.Output(join_, 0), 0});
  // The seed's 11 have arrived; of the 4 that arrive there none has, they returned to a seed.
  EXPECT_EQ(Find("shop"), "[14, 14] of 21");
}

TEST_F(SmallBounds, TellStopsAndHowMuchTheyMayHold) {
  TestStops stops;
  stops.stops = {{chain_.Address("left"), {SinkKind::kMixer, 1}},
                 {chain_.Address("exchange"), {SinkKind::kService, 0}},
                 {chain_.Address("thief"), {SinkKind::kService, 2}}};
  request_.stops = &stops;
  EXPECT_EQ(Find("shop"), "[3, 3] of 10 mixer/1 4 service/0 2");
  EXPECT_EQ(Find("left"), "[4, 4] of 10 service/0 2");  // the target comes first
}

TEST_F(SmallBounds, CountWhatIsNotExpandedAsPerhapsArrived) {
  request_.max_hops = 1;
  EXPECT_EQ(Find("shop"), "[0, 7] of 10; 2 not expanded: 7");
  EXPECT_EQ(Find("exchange"), "[2, 9] of 10; 2 not expanded: 7");
  request_.max_hops = 0;
  EXPECT_EQ(Find("shop"), "[0, 10] of 10; 1 not expanded: 10");
  request_.max_hops = 2;
  EXPECT_EQ(Find("shop"), "[4, 7] of 10");
}

TEST_F(SmallBounds, EndInTime) {
  request_.until_height = 1;
  EXPECT_EQ(Find("shop"), "[0, 0] of 10");
  EXPECT_EQ(Find("left"), "[4, 4] of 10");
  request_.until_height = 0;
  EXPECT_EQ(Find("left"), "[0, 0] of 0");
  request_.until_height.reset();
  request_.since_height = 2;
  EXPECT_EQ(Find("shop"), "[0, 0] of 0");
}

TEST_F(SmallBounds, AreOfEachLabelAloneInByteOrder) {
  request_.labels = {"z", "a", "none"};
  request_.seeds.push_back({chain_.Output(coins_, 1), 1});
  EXPECT_EQ(Find("shop"), "[7, 10] of 10 | [0, 0] of 0 | [4, 7] of 10");
}

TEST_F(SmallBounds, SayWhichLimitWasPassed) {
  const BoundsTarget target = chain_.Address("shop");
  limits_.max_arcs = 3;
  EXPECT_THAT(
      FindBounds(*view_, request_, target, limits_, nullptr).status(),
      StatusIs(absl::StatusCode::kResourceExhausted,
               testing::AllOf(testing::HasSubstr("3 arcs"), testing::HasSubstr("--max-hops"))));
  limits_ = {};
  limits_.max_read = 1;
  EXPECT_EQ(FindBounds(*view_, request_, target, limits_, nullptr).status().code(),
            absl::StatusCode::kResourceExhausted);
  limits_ = {};
  limits_.max_steps = 1;
  EXPECT_EQ(FindBounds(*view_, request_, target, limits_, nullptr).status().code(),
            absl::StatusCode::kResourceExhausted);
  const AlwaysCancelled cancelled;
  EXPECT_EQ(FindBounds(*view_, request_, target, {}, &cancelled).status().code(),
            absl::StatusCode::kCancelled);
}

TEST_F(SmallBounds, RefuseWhatDoesNotExist) {
  const auto failure = [this](const BoundsTarget& target) {
    return FindBounds(*view_, request_, target, {}, nullptr).status().code();
  };
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(failure(AddressNum{view_->addresses_count()}), invalid);
  EXPECT_EQ(failure(OutputNum{view_->outputs_count()}), invalid);
  EXPECT_EQ(failure(FeeOf{TxNum{view_->transactions_count()}}), invalid);
  const BoundsTarget target = chain_.Address("shop");
  request_.seeds.push_back({chain_.Output(coins_, 0), 1});
  EXPECT_EQ(failure(target), invalid);
  request_.seeds = {{OutputNum{view_->outputs_count()}, 0}};
  EXPECT_EQ(failure(target), invalid);
  request_.seeds.clear();
  EXPECT_EQ(failure(target), invalid);
}

// What is known of a transaction with an unknown input bounds it still.
TEST(BoundsOfUnknownAmounts, AllowAnyFee) {
  SmallChain chain(1'000);
  const std::uint64_t coins = chain.Block({{10, "thief"}});
  chain.Block({{1, ""}});
  const std::uint64_t mixed = chain.Add({{coins, 0}, {0, 0, ChainInput::Kind::kUnresolved, 0}},
                                        {{6, "shop"}, {50, "other"}});
  const View& view = chain.Build();
  TraceRequest request;
  request.labels = {"x"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  EXPECT_EQ(TextOf(FindBounds(view, request, chain.Address("shop"), {}, nullptr)), "[0, 6] of 10");
  EXPECT_EQ(TextOf(FindBounds(view, request, chain.Address("other"), {}, nullptr)),
            "[0, 10] of 10");
  EXPECT_EQ(TextOf(FindBounds(view, request, FeeOf{TxNum{mixed}}, {}, nullptr)), "[0, 10] of 10");
}

}  // namespace
}  // namespace coinwake
