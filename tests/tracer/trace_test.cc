// Goal: every rule of a trace that a person can check on paper, the corner cases of the policies,
// and what RunTrace refuses. Method: short chains indexed for real, figures by hand; each trace is
// also compared with the twin, under every policy and both fee modes.
#include "tracer/trace.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/small_chain.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kMost = (std::uint64_t{1} << 63) - 1;

TraceRequest RequestOf(std::vector<std::string> labels, std::vector<Seed> seeds,
                       Policy policy = Policy::kFifo) {
  TraceRequest request;
  request.labels = std::move(labels);
  request.seeds = std::move(seeds);
  request.policy = policy;
  request.all_outputs = true;
  return request;
}

// The twin under all policies, fee modes, with and without competition.
void ExpectTwinEverywhere(const View& view, TraceRequest request) {
  for (const Policy policy : kPolicies) {
    for (const FeeMode fees : {FeeMode::kSink, FeeMode::kMiner}) {
      for (const bool competing : {false, true}) {
        SCOPED_TRACE(absl::StrCat("policy ", static_cast<int>(policy), " fees ",
                                  static_cast<int>(fees), " competing ", competing));
        request.policy = policy;
        request.fees = fees;
        request.competing = competing;
        TraceBoth(view, request);
      }
    }
  }
}

// E1
TEST(Trace, KeepsAllWhenAllInputsAreTaintedAndNoFeeIsPaid) {
  SmallChain chain;
  const auto coins = chain.Block({{60, ""}, {40, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 0}, {coins, 1}}, {{30, ""}, {70, ""}});
  const View& view = chain.Build();
  const TraceRequest request =
      RequestOf({"X"}, {{chain.Output(coins, 0), 0}, {chain.Output(coins, 1), 0}});
  for (const Policy policy : kPolicies) {
    TraceRequest with = request;
    with.policy = policy;
    const TraceLines lines = TraceBoth(view, with);
    EXPECT_EQ(TaintAt(lines, with, chain.Output(tx, 0), "X"), "30");
    EXPECT_EQ(TaintAt(lines, with, chain.Output(tx, 1), "X"), "70");
    EXPECT_TRUE(lines.sinks.empty());
    EXPECT_EQ(lines.summaries[0].holdings, 4u);  // two of them spent
    EXPECT_EQ(lines.summaries[0].unspent.ToString(), "100");
  }
  ExpectTwinEverywhere(view, request);
}

// E2, and an OP_RETURN that burns value.
TEST(Trace, SkipsEmptyOutputsAndBurnsWhatCannotBeSpent) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 0}}, {{0, "OP_RETURN"}, {10, "OP_RETURN"}, {0, ""}, {85, ""}});
  const View& view = chain.Build();
  const TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}});
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kBurnt), "10");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kFee), "5");
  ASSERT_EQ(lines.holdings.size(), 2u);
  EXPECT_EQ(lines.holdings[1].output, chain.Output(tx, 3));
  EXPECT_EQ(lines.summaries[0].unspent.ToString(), "85");
  ExpectTwinEverywhere(view, request);
}

// E3, E4: spends within a block, change to the address that paid.
TEST(Trace, FollowsSpendsWithinABlockAndChangeToTheSameAddress) {
  SmallChain chain;
  const auto coins = chain.Block({{50, "alice"}, {50, "carol"}});
  chain.Block({{1, ""}});
  const auto first = chain.Add({{coins, 0}}, {{20, "bob"}, {30, "alice"}});
  const auto second = chain.Add({{coins, 1}, {first, 1}}, {{60, "dave"}, {18, "alice"}});
  const View& view = chain.Build();
  const TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}});
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(RunsAt(lines, request, chain.Output(second, 0)), "50*- 10*X");
  EXPECT_EQ(RunsAt(lines, request, chain.Output(second, 1)), "18*X");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kFee), "2");
  ExpectTwinEverywhere(view, request);
}

// E5: a seed is a full source; what arrives there of its own label is back where it came from.
TEST(Trace, EndsTaintThatReturnsToASeed) {
  SmallChain chain;
  const auto coins = chain.Block({{60, ""}, {40, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 1}, {coins, 0}}, {{70, ""}, {30, ""}});
  const auto next = chain.Add({{tx, 0}}, {{70, ""}});
  const View& view = chain.Build();
  TraceRequest request =
      RequestOf({"X", "Y"},
                {{chain.Output(coins, 0), 0}, {chain.Output(tx, 0), 0}, {chain.Output(tx, 0), 1}});
  TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kReturnedToSeed), "30");
  EXPECT_EQ(lines.summaries[0].seeded.ToString(), "130");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(next, 0), "X"), "70");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(next, 0), "Y"), "70");  // as if alone
  request.policy = Policy::kHaircut;
  lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kReturnedToSeed), "42");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 1), "X"), "18");
  EXPECT_EQ(lines.summaries[0].seeded.ToString(), "130");
  request.policy = Policy::kPoison;
  lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kReturnedToSeed), "70");
  ExpectTwinEverywhere(view, request);
}

TEST(Trace, LetsTheFirstLabelKeepItsUnitsWhenLabelsCompete) {
  SmallChain chain;
  const auto coins = chain.Block({{60, ""}, {40, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 1}, {coins, 0}}, {{70, ""}, {30, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({"Y", "X", "Z"}, {{chain.Output(coins, 0), 1},
                                                     {chain.Output(tx, 0), 0},
                                                     {chain.Output(tx, 0), 2},
                                                     {chain.Output(tx, 1), 2}});
  request.competing = true;
  TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(RunsAt(lines, request, chain.Output(tx, 0)), "40*Y 30*X");
  EXPECT_EQ(RunsAt(lines, request, chain.Output(tx, 1)), "30*X");
  ASSERT_EQ(lines.summaries.size(), 3u);  // X, Y, Z
  EXPECT_EQ(lines.summaries[0].seeded.ToString(), "60");
  EXPECT_EQ(lines.summaries[1].seeded.ToString(), "40");
  EXPECT_EQ(lines.summaries[2].seeded.ToString(), "0");
  request.policy = Policy::kPoison;
  lines = TraceBoth(view, request);
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 0), "X"), "70");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 0), "Y"), "0");
  ExpectTwinEverywhere(view, request);
}

// E6: the miner takes 40 of 5,000,000,010; what is not claimed is gone.
TEST(Trace, BurnsWhatAMinerDoesNotClaim) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}, {50, ""}});
  const auto coinbase = chain.Block({{4, ""}, {2, ""}});
  chain.Add({{coins, 1}}, {{47, ""}});  // a clean fee of 3 comes first
  chain.Add({{coins, 0}}, {{93, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}});
  request.fees = FeeMode::kMiner;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(RunsAt(lines, request, chain.Output(coinbase, 0)), "3*- 1*X");
  EXPECT_EQ(RunsAt(lines, request, chain.Output(coinbase, 1)), "2*X");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kBurnt), "4");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kFee), "0");
  ExpectTwinEverywhere(view, request);
}

TEST(Trace, DegradesFeesOfACoinbaseThatTakesMoreThanThereIs) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}});
  chain.Block({{5'000'000'008, ""}});  // fees are 7
  chain.Add({{coins, 0}}, {{93, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}});
  request.fees = FeeMode::kMiner;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kDegraded), "7");
  ExpectTwinEverywhere(view, request);
}

// E7: where order is kept integers are moved, so any value will do; haircut refuses coins that
// cannot exist.
TEST(Trace, ConservesValuesNearTheLimitOf63Bits) {
  SmallChain chain;
  const auto coins = chain.Block({{kMost - 1, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 0}}, {{kMost - 12, ""}, {1, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}});
  TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 0), "X"), std::to_string(kMost - 12));
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kFee), "10");
  for (const Policy policy : kOrderedPolicies) {
    request.policy = policy;
    EXPECT_EQ(TraceBoth(view, request).ToString(request), lines.ToString(request));
  }
  request.policy = Policy::kHaircut;
  TraceRecorder recorder;
  ASSERT_THAT(RunTrace(view, request, {}, nullptr, recorder), IsOk());
  EXPECT_EQ(SinkOf(recorder.lines, request, "X", SinkKind::kDegraded), std::to_string(kMost - 1));
}

TEST(Trace, SplitsAllCoinsThatExistExactly) {
  constexpr std::uint64_t kAllCoins = 2'100'000'000'000'000;
  SmallChain chain;
  const auto coins = chain.Block({{kAllCoins / 3, ""}, {kAllCoins / 3 * 2, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 0}, {coins, 1}}, {{kAllCoins - 7, ""}, {1, ""}});
  const View& view = chain.Build();
  const TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}}, Policy::kHaircut);
  const TraceLines lines = TraceBoth(view, request);
  // A third of each part: 1/3 and 6/3 satoshi, in units of 2^-12 (4096 / 3 = 1365.3).
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 1), "X"), Taint::FromUnits(1365).ToString());
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kFee), "2");
}

// E8
TEST(Trace, SplitsOverTenThousandOutputs) {
  SmallChain chain;
  const auto coins = chain.Block({{12'345, ""}, {17'655, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 0}, {coins, 1}},
                            std::vector<ChainOutput>(10'000, ChainOutput{3, "payee"}));
  const View& view = chain.Build();
  TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}}, Policy::kHaircut);
  const TraceLines lines = TraceBoth(view, request);
  // 12,345 * 4096 units over 10,000 equal parts: 5056.512 each, the first 5,120 round up.
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 5'119), "X"),
            Taint::FromUnits(5'057).ToString());
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 5'120), "X"),
            Taint::FromUnits(5'056).ToString());
  for (const Policy policy : kOrderedPolicies) {
    request.policy = policy;
    TraceBoth(view, request);
  }
}

// E9: two coinbases with one txid are two outputs; the first can never be spent.
TEST(Trace, KeepsDuplicateTransactionsApart) {
  SmallChain chain;
  const auto older = chain.Block({{100, "miner"}});
  const auto newer = chain.Duplicate(older, {{100, "miner"}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{newer, 0}}, {{90, ""}});
  const View& view = chain.Build();
  const TraceRequest request =
      RequestOf({"old", "new"}, {{chain.Output(older, 0), 0}, {chain.Output(newer, 0), 1}});
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "old", SinkKind::kBurnt), "100");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 0), "new"), "90");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(tx, 0), "old"), "0");
  ExpectTwinEverywhere(view, request);
  // Before the second one came, the first was as good as any coin.
  TraceRequest early = request;
  early.until_height = 1;
  const TraceLines before = TraceBoth(view, early);
  EXPECT_EQ(SinkOf(before, early, "old", SinkKind::kBurnt), "0");
  EXPECT_EQ(TaintAt(before, early, chain.Output(older, 0), "old"), "100");
}

// E10: a coinbase with tainted fees is spent later; a seed on the way; one spent too early.
TEST(Trace, FollowsTaintedCoinbases) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}, {100, ""}});
  const auto coinbase = chain.Block({{5, ""}, {5, ""}});
  chain.Add({{coins, 0}}, {{90, ""}});
  for (int i = 0; i < 3; ++i) chain.Block({{1, ""}});
  const auto spend = chain.Add({{coinbase, 0}, {coins, 1}}, {{50, ""}, {50, ""}});
  const View& view = chain.Build();
  TraceRequest request =
      RequestOf({"X", "Y"}, {{chain.Output(coins, 0), 0}, {chain.Output(coinbase, 1), 1}});
  request.fees = FeeMode::kMiner;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(RunsAt(lines, request, chain.Output(spend, 0)), "5*X 45*-");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(coinbase, 1), "X"), "5");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(coinbase, 1), "Y"), "5");
  ExpectTwinEverywhere(view, request);
}

TEST(Trace, DegradesACoinbaseSpentInItsOwnBlock) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}});
  const auto coinbase = chain.Block({{5, ""}});
  chain.Add({{coins, 0}}, {{90, ""}});
  chain.Add({{coinbase, 0}}, {{5, ""}});
  const View& view = chain.Build();
  TraceRequest request = RequestOf({"X"}, {{chain.Output(coins, 0), 0}});
  request.fees = FeeMode::kMiner;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kDegraded), "5");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kBurnt), "5");
  ExpectTwinEverywhere(view, request);
}

TEST(Trace, DegradesWhatMeetsAnUnknownInput) {
  SmallChain chain(500);
  const auto coins = chain.Block({{100, ""}, {40, ""}, {30, ""}});
  chain.Block({{7, ""}});
  const auto known =
      chain.Add({{coins, 0}, {0, 0, ChainInput::Kind::kForeign, 20}}, {{110, ""}, {5, ""}});
  const auto unknown =
      chain.Add({{coins, 1}, {0, 0, ChainInput::Kind::kUnresolved, 0}}, {{60, ""}});
  const View& view = chain.Build();
  TraceRequest request =
      RequestOf({"X"}, {{chain.Output(coins, 0), 0}, {chain.Output(coins, 1), 0}});
  TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(RunsAt(lines, request, chain.Output(known, 0)), "100*X 10*-");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kDegraded), "40");
  request.fees = FeeMode::kMiner;
  request.policy = Policy::kHaircut;
  lines = TraceBoth(view, request);  // the tainted fee stands in a block with an unknown one
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kFee), "0");
  EXPECT_EQ(TaintAt(lines, request, chain.Output(unknown, 0), "X"), "0");
  request.policy = Policy::kPoison;
  lines = TraceBoth(view, request);
  EXPECT_EQ(TaintAt(lines, request, chain.Output(unknown, 0), "X"), "60");
  ExpectTwinEverywhere(view, request);
}

// A chain of five payments of 100, 99, ... with a clean coin joined at the third.
class Peels : public testing::Test {
 protected:
  Peels() {
    const auto coins = chain_.Block({{100, ""}, {50, ""}});
    seed_ = coins;
    std::vector<ChainInput> inputs = {{coins, 0}};
    for (std::uint64_t i = 0; i < 5; ++i) {
      chain_.Block({{1, ""}});
      if (i == 2) inputs.push_back({coins, 1});
      const std::uint64_t rest = (i < 2 ? 100 : 150) - 10 * (i + 1);
      txs_.push_back(chain_.Add(inputs, {{9, ""}, {rest, ""}}));
      inputs = {{txs_.back(), 1}};
    }
    view_ = &chain_.Build();
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  std::uint64_t seed_ = 0;
  std::vector<std::uint64_t> txs_;
};

TEST_F(Peels, StopsAtMaxHops) {
  TraceRequest request = RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}});
  request.max_hops = 2;
  const TraceLines lines = TraceBoth(*view_, request);
  EXPECT_EQ(TaintAt(lines, request, chain_.Output(txs_[1], 0), "X"), "9");
  EXPECT_EQ(TaintAt(lines, request, chain_.Output(txs_[1], 1), "X"), "80");
  EXPECT_EQ(TaintAt(lines, request, chain_.Output(txs_[2], 0), "X"), "0");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kMaxHops), "80");
  for (std::uint32_t hops = 0; hops < 7; ++hops) {
    SCOPED_TRACE(hops);
    request.max_hops = hops;
    ExpectTwinEverywhere(*view_, request);
  }
}

TEST_F(Peels, CutsPartsBelowTheThreshold) {
  TraceRequest request = RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}});
  request.min_taint = Taint::FromSatoshi(10);
  const TraceLines lines = TraceBoth(*view_, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kMinTaint), "45");
  EXPECT_EQ(TaintAt(lines, request, chain_.Output(txs_[0], 0), "X"), "0");
  for (std::uint64_t most : {1, 9, 50, 81, 1000}) {
    for (std::uint64_t more = 0; more < 2; ++more) {
      request.min_taint = Taint::FromUnits(most * 4096 + more);
      ExpectTwinEverywhere(*view_, request);
    }
  }
}

TEST_F(Peels, KeepsAPartThatEqualsTheThreshold) {
  TraceRequest request = RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}});
  request.min_taint = Taint::FromSatoshi(9);
  const TraceLines lines = TraceBoth(*view_, request);
  EXPECT_EQ(TaintAt(lines, request, chain_.Output(txs_[0], 0), "X"), "9");
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kMinTaint), "0");
}

TEST_F(Peels, ReportsWhatWasUnspentAtAHeight) {
  TraceRequest request = RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}});
  request.all_outputs = false;
  request.until_height = 3;  // the seed is in block 1, so two payments
  const TraceLines lines = TraceBoth(*view_, request);
  ASSERT_EQ(lines.holdings.size(), 3u);
  EXPECT_EQ(lines.holdings[2].output, chain_.Output(txs_[1], 1));
  EXPECT_EQ(lines.holdings[2].spent_by, std::nullopt);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kUntil), "0");
  for (std::uint64_t height = 0; height < 9; ++height) {
    request.until_height = height;
    ExpectTwinEverywhere(*view_, request);
  }
}

TEST_F(Peels, UsesNoSeedFromBeforeSince) {
  TraceRequest request =
      RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}, {chain_.Output(txs_[3], 1), 0}});
  for (std::uint64_t height = 0; height < 9; ++height) {
    request.since_height = height;
    ExpectTwinEverywhere(*view_, request);
  }
  request.since_height = 100;
  const TraceLines lines = TraceBoth(*view_, request);
  ASSERT_EQ(lines.summaries.size(), 1u);
  EXPECT_TRUE(lines.summaries[0].seeded.is_zero());
}

TEST_F(Peels, ReadsOnlyWhatTaintReaches) {
  TraceRecorder recorder;
  for (const Policy policy : kPolicies) {
    // From the fourth payment on: the fifth is all that is reached.
    const TraceRequest request = RequestOf({"X"}, {{chain_.Output(txs_[3], 1), 0}}, policy);
    const auto stats = RunTrace(*view_, request, {}, nullptr, recorder);
    ASSERT_THAT(stats, IsOk());
    EXPECT_EQ(stats->transactions_read, 1u);
    EXPECT_EQ(stats->outputs_tainted, 3u);
    recorder.lines = {};
  }
}

TEST_F(Peels, SendsNothingWhenTheLimitIsReached) {
  for (const Policy policy : kPolicies) {
    const TraceRequest request = RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}}, policy);
    TraceRecorder recorder;
    TraceLimits limits;
    limits.max_transactions = 4;
    EXPECT_THAT(RunTrace(*view_, request, limits, nullptr, recorder),
                StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_TRUE(recorder.lines.holdings.empty() && recorder.lines.summaries.empty());
    limits.max_transactions = 5;
    EXPECT_THAT(RunTrace(*view_, request, limits, nullptr, recorder), IsOk());
  }
}

TEST_F(Peels, StopsWhenCancelled) {
  TraceRecorder recorder;
  const AlwaysCancelled cancelled;
  EXPECT_THAT(
      RunTrace(*view_, RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}}), {}, &cancelled, recorder),
      StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(recorder.lines.summaries.empty());
}

class FullReceiver : public TraceReceiver {
 public:
  absl::Status OnHolding(const Holding&) override { return absl::UnavailableError("full"); }
  absl::Status OnSink(const Sink&) override { return absl::OkStatus(); }
  absl::Status OnSummary(const Summary&) override { return absl::OkStatus(); }
};

TEST_F(Peels, PassesOnWhatTheReceiverSays) {
  FullReceiver full;
  EXPECT_THAT(RunTrace(*view_, RequestOf({"X"}, {{chain_.Output(seed_, 0), 0}}), {}, nullptr, full),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(Peels, RefusesBadRequests) {
  TraceRecorder recorder;
  const auto code = [&](const TraceRequest& request) {
    return RunTrace(*view_, request, {}, nullptr, recorder).status().code();
  };
  const OutputNum seed = chain_.Output(seed_, 0);
  EXPECT_EQ(code(RequestOf({"X"}, {})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(RequestOf({"X"}, {{seed, 1}})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(RequestOf({"X", "X"}, {{seed, 0}})), absl::StatusCode::kInvalidArgument);
  for (const Policy policy : kPolicies) {
    TraceRequest request = RequestOf({"X"}, {{seed, 0}}, policy);
    request.stop_mixed = true;
    recorder.lines = {};
    EXPECT_EQ(code(request),
              KeepsOrder(policy) ? absl::StatusCode::kOk : absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(code(RequestOf({"X"}, {{OutputNum{view_->outputs_count()}, 0}})),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Peels, ListsLabelsInByteOrderAndMergesSeedsGivenTwice) {
  const OutputNum seed = chain_.Output(seed_, 0);
  const TraceRequest request =
      RequestOf({"b", "a", "unused", "B"}, {{seed, 0}, {seed, 3}, {seed, 1}, {seed, 0}});
  const TraceLines lines = TraceBoth(*view_, request);
  ASSERT_EQ(lines.summaries.size(), 4u);
  std::string order;
  for (const Summary& summary : lines.summaries) {
    absl::StrAppend(&order, request.labels[summary.label], "=", summary.seeded.ToString(), " ");
  }
  EXPECT_EQ(order, "B=100 a=100 b=100 unused=0 ");
  ASSERT_GE(lines.holdings.size(), 3u);
  EXPECT_EQ(request.labels[lines.holdings[0].label], "B");
  EXPECT_EQ(request.labels[lines.holdings[1].label], "a");
}

TEST(SeedsOfAddress, GivesEveryOutputOldestFirst) {
  SmallChain chain;
  const auto coins = chain.Block({{100, "alice"}, {50, "bob"}});
  chain.Block({{1, "alice"}});
  const auto tx = chain.Add({{coins, 0}}, {{9, "bob"}, {90, "alice"}});
  const View& view = chain.Build();
  const auto seeds = SeedsOfAddress(view, chain.Address("alice"));
  ASSERT_THAT(seeds, IsOk());
  EXPECT_EQ(*seeds, (std::vector<OutputNum>{chain.Output(coins, 0), chain.Output(tx - 1, 0),
                                            chain.Output(tx, 1)}));
}

}  // namespace
}  // namespace coinwake
