// Goal: every rule of a backward trace that a person can check on paper, and what RunSourceTrace
// refuses. Method: short chains indexed for real, figures by hand; each trace is also compared with
// the twin, under both policies and both fee modes.
#include "tracer/source.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/reference_source.h"
#include "tests/tracer/small_chain.h"

namespace coinwake {
namespace {

constexpr Stop kBank{SinkKind::kService, 1};
constexpr Stop kTumbler{SinkKind::kMixer, 0};

TraceRequest RequestOf(std::vector<Seed> seeds, Policy policy = Policy::kFifo) {
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = std::move(seeds);
  request.policy = policy;
  return request;
}

void ExpectTwinEverywhere(const View& view, TraceRequest request) {
  for (const Policy policy : {Policy::kFifo, Policy::kHaircut}) {
    for (const FeeMode fees : {FeeMode::kSink, FeeMode::kMiner}) {
      SCOPED_TRACE(
          absl::StrCat("policy ", static_cast<int>(policy), " fees ", static_cast<int>(fees)));
      request.policy = policy;
      request.fees = fees;
      SourceBoth(view, request);
    }
  }
}

std::string At(const TraceLines& lines, const TraceRequest& request, OutputNum output) {
  return TaintAt(lines, request, output, "X");
}
std::string Sunk(const TraceLines& lines, const TraceRequest& request, SinkKind kind) {
  return SinkOf(lines, request, "X", kind);
}

// The scenario of the policies' vectors: its forward figures, read from the other end.
class Scenario : public testing::Test {
 protected:
  Scenario() {
    coins_ = chain_.Block({{60, "A"}, {40, "B"}, {30, "C"}, {25, "D"}});
    miner_ = chain_.Block({{40, ""}, {23, ""}});
    t1_ = chain_.Add({{coins_, 0}, {coins_, 1}}, {{50, ""}, {30, ""}, {15, ""}});
    t2_ = chain_.Add({{coins_, 3}, {t1_, 1}}, {{35, ""}, {18, ""}});
    t3_ = chain_.Add({{coins_, 2}, {t1_, 0}}, {{20, ""}, {57, "shop"}});
    t4_ = chain_.Add({{t2_, 0}, {t3_, 1}, {t1_, 2}}, {{100, ""}, {4, ""}});
    view_ = &chain_.Build();
    request_ = RequestOf({{chain_.Output(t4_, 0), 0}});
  }

  OutputNum Coin(std::uint32_t vout) const { return chain_.Output(coins_, vout); }

  SmallChain chain_;
  const View* view_ = nullptr;
  std::uint64_t coins_ = 0, miner_ = 0, t1_ = 0, t2_ = 0, t3_ = 0, t4_ = 0;
  TraceRequest request_;
};

TEST_F(Scenario, FollowsUnitsBackInOrder) {
  // The queue of T4:0 is 25 of D, 10 of A, 10 of C, 47 of A and 8 of B.
  const TraceLines lines = SourceBoth(*view_, request_);
  EXPECT_EQ(At(lines, request_, Coin(0)), "57");
  EXPECT_EQ(At(lines, request_, Coin(1)), "8");
  EXPECT_EQ(At(lines, request_, Coin(2)), "10");
  EXPECT_EQ(At(lines, request_, Coin(3)), "25");
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kCoinbase), "100");
  EXPECT_EQ(RunsAt(lines, request_, Coin(2)), "20*- 10*X");
  EXPECT_EQ(RunsAt(lines, request_, Coin(0)), "47*X 3*- 10*X");
  // T1:2 took the last 15 of B before the fee of 5.
  EXPECT_EQ(RunsAt(lines, request_, Coin(1)), "20*- 8*X 12*-");
  ASSERT_EQ(lines.summaries.size(), 1u);
  EXPECT_EQ(lines.summaries[0].seeded.ToString(), "100");
  EXPECT_EQ(lines.summaries[0].sinks.ToString(), "100");
  EXPECT_EQ(lines.summaries[0].holdings, 4u);
  ExpectTwinEverywhere(*view_, request_);
}

TEST_F(Scenario, FollowsSharesBackByValue) {
  request_.policy = Policy::kHaircut;
  const TraceLines lines = SourceBoth(*view_, request_);
  // Forward 92025/2354 = 39.0930... of A's 60 and 4275/214 = 19.9766... of C's 30 arrive; in units
  // of 2^-12 within one for each input and transaction on the way.
  EXPECT_NEAR(std::stod(At(lines, request_, Coin(0))), 92025.0 / 2354, 8.0 / 4096);
  EXPECT_NEAR(std::stod(At(lines, request_, Coin(2))), 4275.0 / 214, 8.0 / 4096);
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kCoinbase), "100");
}

TEST_F(Scenario, FollowsFeesBackFromACoinbase) {
  // CB:0 is 7 clean, 3 of A, 30 minted: of the 7, 5 of B by T1 and 2 by T2 of A's T1:1.
  request_.seeds = {{chain_.Output(miner_, 0), 0}};
  request_.fees = FeeMode::kMiner;
  const TraceLines lines = SourceBoth(*view_, request_);
  EXPECT_EQ(At(lines, request_, Coin(0)), "3");  // T3's fee
  EXPECT_EQ(At(lines, request_, Coin(1)), "10");
  EXPECT_EQ(At(lines, request_, chain_.Output(miner_, 0)), "27");
  request_.fees = FeeMode::kSink;
  const TraceLines sunk = SourceBoth(*view_, request_);
  EXPECT_EQ(At(sunk, request_, chain_.Output(miner_, 0)), "40");
}

TEST_F(Scenario, EndsAtWhoPaid) {
  TestStops stops;
  stops.stops[chain_.Address("A")] = kBank;
  stops.stops[chain_.Address("shop")] = kTumbler;
  request_.stops = &stops;
  const TraceLines lines = SourceBoth(*view_, request_);
  EXPECT_EQ(StoppedAt(lines, request_, "X", kTumbler), "57");
  EXPECT_EQ(StoppedAt(lines, request_, "X", kBank), "10");  // through T2
  EXPECT_EQ(lines.summaries[0].exits.ToString(), "67");
  for (const Sink& sink : lines.sinks) {
    if (!sink.entity.has_value()) continue;
    // T1 is one transaction from the seed by T1:2, whatever came by T2.
    EXPECT_EQ(sink.hops, sink.kind == SinkKind::kMixer ? 1u : 2u);
  }
  // The seed's own address never stops it.
  request_.seeds = {{chain_.Output(t3_, 1), 0}};
  EXPECT_EQ(SourceBoth(*view_, request_).summaries[0].exits.ToString(), "47");
  ExpectTwinEverywhere(*view_, request_);
}

TEST_F(Scenario, EndsAtASeedOfTheLabel) {
  request_.seeds.push_back({chain_.Output(t3_, 1), 0});
  const TraceLines lines = SourceBoth(*view_, request_);
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kReturnedToSeed), "57");
  EXPECT_EQ(lines.summaries[0].seeded.ToString(), "157");
  EXPECT_EQ(At(lines, request_, Coin(0)), "57");  // 10, and 47 of the earlier seed
  // Another label's seed absorbs nothing.
  request_.labels = {"X", "Y"};
  request_.seeds[1].label = 1;
  const TraceLines apart = SourceBoth(*view_, request_);
  EXPECT_EQ(Sunk(apart, request_, SinkKind::kReturnedToSeed), "0");
  EXPECT_EQ(At(apart, request_, Coin(0)), "57");
  EXPECT_EQ(TaintAt(apart, request_, Coin(0), "Y"), "47");
  ExpectTwinEverywhere(*view_, request_);
}

TEST_F(Scenario, CutsByHopsThresholdAndHeight) {
  request_.max_hops = 1;
  TraceLines lines = SourceBoth(*view_, request_);
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kMaxHops), "100");
  request_.max_hops = 2;  // D's coin is two transactions away, and C's
  lines = SourceBoth(*view_, request_);
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kMaxHops), "57");
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kCoinbase), "43");
  request_.max_hops.reset();
  request_.min_taint = Taint::FromSatoshi(10);
  lines = SourceBoth(*view_, request_);
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kMinTaint), "8");
  request_.min_taint.reset();
  request_.since_height = 2;  // all coins are of height 1
  lines = SourceBoth(*view_, request_);
  EXPECT_EQ(Sunk(lines, request_, SinkKind::kSince), "100");
  EXPECT_TRUE(lines.holdings.empty());
  request_.since_height.reset();
  request_.until_height = 1;  // the seed is of height 2
  lines = SourceBoth(*view_, request_);
  EXPECT_EQ(lines.summaries[0].seeded.ToString(), "0");
}

TEST(SourceTrace, EndsBeforeAWindowAndAtUnknownAmounts) {
  SmallChain chain(1'000);
  const auto coins = chain.Block({{50, ""}});
  chain.Block({{1, ""}});
  const auto known = chain.Add({{0, 0, ChainInput::Kind::kForeign, 30}, {coins, 0}}, {{70, ""}});
  const auto unknown =
      chain.Add({{known, 0}, {0, 0, ChainInput::Kind::kUnresolved, 0}}, {{90, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({{chain.Output(known, 0), 0}});
  TraceLines lines = SourceBoth(view, request);
  EXPECT_EQ(Sunk(lines, request, SinkKind::kUnresolved), "30");
  EXPECT_EQ(At(lines, request, chain.Output(coins, 0)), "40");
  TestStops stops;
  stops.stops[chain.Address("stranger")] = kBank;  // whose script an undo record told
  request.stops = &stops;
  lines = SourceBoth(view, request);
  EXPECT_EQ(StoppedAt(lines, request, "X", kBank), "30");
  request.seeds = {{chain.Output(unknown, 0), 0}};
  lines = SourceBoth(view, request);
  EXPECT_EQ(Sunk(lines, request, SinkKind::kUnresolved), "90");
  ExpectTwinEverywhere(view, request);
}

TEST(SourceTrace, SplitsOverTenThousandInputsAndOfNearlyAllCoins) {
  constexpr std::uint64_t kAllCoins = 2'100'000'000'000'000;
  SmallChain chain;
  std::vector<ChainOutput> minted(10'000, ChainOutput{3, "payee"});
  const auto coins = chain.Block(minted);
  const auto rich = chain.Block({{kAllCoins / 3, ""}, {kAllCoins / 3 * 2, ""}});
  std::vector<ChainInput> inputs;
  for (std::uint32_t i = 0; i < 10'000; ++i) inputs.push_back({coins, i});
  const auto tx = chain.Add(inputs, {{12'345, ""}, {17'655, ""}});
  const auto all = chain.Add({{rich, 0}, {rich, 1}}, {{1, ""}, {kAllCoins - 7, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({{chain.Output(tx, 0), 0}}, Policy::kHaircut);
  TraceLines lines = SourceBoth(view, request);
  // 12,345 * 4096 units over 10,000 equal parts: 5056.512 each, the first 5,120 round up.
  EXPECT_EQ(At(lines, request, chain.Output(coins, 5'119)), Taint::FromUnits(5'057).ToString());
  EXPECT_EQ(At(lines, request, chain.Output(coins, 5'120)), Taint::FromUnits(5'056).ToString());
  request.seeds = {{chain.Output(all, 0), 0}};
  lines = SourceBoth(view, request);
  EXPECT_EQ(At(lines, request, chain.Output(rich, 0)), Taint::FromUnits(1'365).ToString());
}

TEST(SourceTrace, LeavesCoinsThatCannotExistUnresolvedUnderHaircutAlone) {
  constexpr std::uint64_t kMost = (std::uint64_t{1} << 63) - 1;
  SmallChain chain;
  const auto coins = chain.Block({{kMost - 1, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 0}}, {{kMost - 12, ""}, {1, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({{chain.Output(tx, 0), 0}});
  TraceRecorder fifo;
  ASSERT_THAT(RunSourceTrace(view, request, {}, nullptr, fifo), IsOk());
  EXPECT_EQ(At(fifo.lines, request, chain.Output(coins, 0)), std::to_string(kMost - 12));
  request.policy = Policy::kHaircut;
  TraceRecorder haircut;
  ASSERT_THAT(RunSourceTrace(view, request, {}, nullptr, haircut), IsOk());
  EXPECT_EQ(Sunk(haircut.lines, request, SinkKind::kUnresolved), std::to_string(kMost - 12));
}

TEST(SourceTrace, ReadsOnlyWhatTheSeedsComeFrom) {
  SmallChain chain;
  const auto coins = chain.Block({{50, ""}, {50, ""}});
  chain.Block({{1, ""}});
  const auto first = chain.Add({{coins, 0}}, {{30, ""}, {20, ""}});
  chain.Add({{coins, 1}}, {{50, ""}});
  const auto second = chain.Add({{first, 0}}, {{30, ""}});
  chain.Add({{second, 0}}, {{30, ""}});
  const View& view = chain.Build();
  TraceRecorder recorder;
  ASSERT_OK_AND_ASSIGN(
      const TraceStats stats,
      RunSourceTrace(view, RequestOf({{chain.Output(second, 0), 0}}), {}, nullptr, recorder));
  EXPECT_EQ(stats.transactions_read, 2u);
  EXPECT_EQ(stats.outputs_tainted, 3u);
}

TEST(SourceTrace, RefusesWhatIsOfForwardTracesAloneAndStopsWhenTold) {
  SmallChain chain;
  const auto coins = chain.Block({{50, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 0}}, {{50, ""}});
  const View& view = chain.Build();
  const TraceRequest good = RequestOf({{chain.Output(tx, 0), 0}});
  const auto status_of = [&view](const TraceRequest& request) {
    TraceRecorder recorder;
    return RunSourceTrace(view, request, {}, nullptr, recorder).status();
  };
  EXPECT_OK(status_of(good));
  TraceRequest bad = good;
  bad.policy = Policy::kPoison;
  EXPECT_THAT(status_of(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  bad = good;
  bad.competing = true;
  EXPECT_THAT(status_of(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  bad = good;
  bad.all_outputs = true;
  EXPECT_THAT(status_of(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  bad = good;
  bad.seeds.clear();
  EXPECT_THAT(status_of(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  bad = good;
  bad.seeds[0].output = OutputNum{view.outputs_count()};
  EXPECT_THAT(status_of(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  bad = good;
  bad.seeds[0].label = 1;
  EXPECT_THAT(status_of(bad), StatusIs(absl::StatusCode::kInvalidArgument));

  TraceRecorder recorder;
  const AlwaysCancelled cancelled;
  EXPECT_THAT(RunSourceTrace(view, good, {}, &cancelled, recorder).status(),
              StatusIs(absl::StatusCode::kCancelled));
  TraceRequest two = good;
  two.labels.emplace_back("Y");
  two.seeds.push_back({chain.Output(tx, 0), 1});
  EXPECT_THAT(RunSourceTrace(view, two, {.max_transactions = 1}, nullptr, recorder).status(),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(recorder.lines.summaries.empty());
}

}  // namespace
}  // namespace coinwake
