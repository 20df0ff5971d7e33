// Goal: each policy that keeps order takes the inputs' satoshi, and lets the outputs take, in the
// order it says, of a coinbase too; ties by place; what a cut made clean counts as clean; and where
// asked to, a trace ends where clean value is mixed in. Method: one to three transactions, figures
// by hand; each trace is also compared with the twin.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tracer/small_chain.h"
#include "tracer/trace.h"

namespace coinwake {
namespace {

// What the outputs of one transaction hold, in order, under one policy.
struct Expected {
  Policy policy;
  std::vector<std::string> outputs;
};

// 10 of X, 5 clean, 5 of Y pay 4, 6, 4 and 5; the fee is 1.
class OneTransaction : public testing::Test {
 protected:
  OneTransaction() {
    const auto coins = chain_.Block({{10, ""}, {5, ""}, {5, ""}});
    chain_.Block({{1, ""}});
    tx_ = chain_.Add({{coins, 0}, {coins, 1}, {coins, 2}}, {{4, ""}, {6, ""}, {4, ""}, {5, ""}});
    view_ = &chain_.Build();
    request_.labels = {"X", "Y"};
    request_.seeds = {{chain_.Output(coins, 0), 0}, {chain_.Output(coins, 2), 1}};
    request_.all_outputs = true;
  }

  void Expect(const Expected& expected) {
    SCOPED_TRACE(static_cast<int>(expected.policy));
    request_.policy = expected.policy;
    const TraceLines lines = TraceBoth(*view_, request_);
    for (std::uint32_t vout = 0; vout < expected.outputs.size(); ++vout) {
      EXPECT_EQ(RunsAt(lines, request_, chain_.Output(tx_, vout)), expected.outputs[vout]) << vout;
    }
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  std::uint64_t tx_ = 0;
  TraceRequest request_;
};

TEST_F(OneTransaction, IsDealtAsThePolicySaysWhenLabelsCompete) {
  request_.competing = true;
  const Expected cases[] = {
      {Policy::kFifo, {"4*X", "6*X", "", "1*- 4*Y"}},
      {Policy::kLifo, {"4*Y", "1*Y 5*-", "4*X", "5*X"}},
      {Policy::kTifo, {"4*X", "6*X", "4*Y", "1*Y 4*-"}},
      {Policy::kTiho, {"4*Y", "6*X", "", "4*X 1*Y"}},
      {Policy::kTiso, {"4*X", "2*Y 4*-", "4*X", "2*X 3*Y"}},
      {Policy::kCifo, {"", "1*- 5*X", "4*X", "1*X 4*Y"}},
  };
  for (const Expected& expected : cases) Expect(expected);
}

// Of another label's satoshi a label that is alone knows nothing: they are clean.
TEST_F(OneTransaction, IsDealtByTheOneLabelThatIsAlone) {
  request_.seeds.erase(request_.seeds.begin());  // Y, which comes in last
  const Expected cases[] = {
      {Policy::kFifo, {"", "", "", "1*- 4*Y"}},    {Policy::kLifo, {"4*Y", "1*Y 5*-", "", ""}},
      {Policy::kTifo, {"4*Y", "1*Y 5*-", "", ""}}, {Policy::kTiho, {"", "5*Y 1*-", "", ""}},
      {Policy::kTiso, {"4*Y", "", "1*Y 3*-", ""}}, {Policy::kCifo, {"", "", "", "1*- 4*Y"}},
  };
  for (const Expected& expected : cases) Expect(expected);
}

// X's 2 at the second output are below the threshold: clean there, and taken last in the next
// transaction, though they came in first.
TEST(Ordered, TakesWhatAThresholdCutForClean) {
  SmallChain chain;
  const auto coins = chain.Block({{10, ""}, {10, ""}});
  chain.Block({{1, ""}});
  const auto first = chain.Add({{coins, 0}, {coins, 1}}, {{8, ""}, {12, ""}});
  const auto second = chain.Add({{first, 1}, {first, 0}}, {{15, ""}, {5, ""}});
  const View& view = chain.Build();
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  request.all_outputs = true;
  request.min_taint = Taint::FromSatoshi(3);
  request.policy = Policy::kTifo;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kMinTaint), "2");
  EXPECT_EQ(RunsAt(lines, request, chain.Output(first, 1)), "");
  EXPECT_EQ(RunsAt(lines, request, chain.Output(second, 0)), "8*X 7*-");
}

// E2: outputs of nothing come first by size and take nothing.
TEST(Ordered, PassesOverEmptyOutputs) {
  SmallChain chain;
  const auto coins = chain.Block({{10, ""}, {10, ""}});
  chain.Block({{1, ""}});
  const auto tx = chain.Add({{coins, 1}, {coins, 0}},
                            {{12, ""}, {0, "OP_RETURN"}, {3, "OP_RETURN"}, {0, ""}, {4, ""}});
  const View& view = chain.Build();
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  request.policy = Policy::kTiso;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kBurnt), "3");
  EXPECT_EQ(RunsAt(lines, request, chain.Output(tx, 4)), "4*X");
  EXPECT_EQ(RunsAt(lines, request, chain.Output(tx, 0)), "3*X 9*-");
  EXPECT_EQ(lines.holdings.size(), 2u);
}

// E6: of fees of 3 and 7, the latter X's, and the subsidy the miner takes 4 and 2.
TEST(Ordered, DealsACoinbaseLikeATransaction) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}, {50, ""}});
  const auto coinbase = chain.Block({{2, ""}, {4, ""}});
  chain.Add({{coins, 1}}, {{47, ""}});
  chain.Add({{coins, 0}}, {{93, ""}});
  const View& view = chain.Build();
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  request.fees = FeeMode::kMiner;
  struct Case {
    Policy policy;
    std::string small, large, burnt;
  };
  const Case cases[] = {
      {Policy::kFifo, "", "1*- 3*X", "4"}, {Policy::kLifo, "", "", "7"},
      {Policy::kTifo, "2*X", "4*X", "1"},  {Policy::kTiho, "2*X", "4*X", "1"},
      {Policy::kTiso, "2*X", "4*X", "1"},  {Policy::kCifo, "", "", "7"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(static_cast<int>(one.policy));
    request.policy = one.policy;
    const TraceLines lines = TraceBoth(view, request);
    EXPECT_EQ(RunsAt(lines, request, chain.Output(coinbase, 0)), one.small);
    EXPECT_EQ(RunsAt(lines, request, chain.Output(coinbase, 1)), one.large);
    EXPECT_EQ(SinkOf(lines, request, "X", SinkKind::kBurnt), one.burnt);
  }
}

// A seed's satoshi that were another label's keep it where they lie, and are taken in that order.
TEST(Ordered, KeepsTheOrderOfLabelsThatShareASeed) {
  SmallChain chain;
  const auto coins = chain.Block({{6, ""}, {4, ""}});
  chain.Block({{1, ""}});
  const auto first = chain.Add({{coins, 0}, {coins, 1}}, {{10, ""}});
  const auto second = chain.Add({{first, 0}}, {{3, ""}, {7, ""}});
  const View& view = chain.Build();
  TraceRequest request;
  request.labels = {"X", "Y"};
  request.seeds = {{chain.Output(coins, 1), 0}, {chain.Output(first, 0), 1}};
  request.competing = true;
  request.all_outputs = true;
  const Expected cases[] = {
      {Policy::kFifo, {"3*Y", "3*Y 4*X"}}, {Policy::kLifo, {"3*Y", "3*Y 4*X"}},
      {Policy::kTifo, {"3*X", "1*X 6*Y"}}, {Policy::kTiho, {"3*Y", "4*X 3*Y"}},
      {Policy::kTiso, {"3*X", "1*X 6*Y"}}, {Policy::kCifo, {"3*Y", "3*Y 4*X"}},
  };
  for (const Expected& expected : cases) {
    SCOPED_TRACE(static_cast<int>(expected.policy));
    request.policy = expected.policy;
    const TraceLines lines = TraceBoth(view, request);
    for (std::uint32_t vout = 0; vout < 2; ++vout) {
      EXPECT_EQ(RunsAt(lines, request, chain.Output(second, vout)), expected.outputs[vout]) << vout;
    }
  }
}

// X's 10 pay 4 and 6; the 6 meet a clean 5 and pay 6 and 3 with a fee of 2; the 6 go on.
class DirtyFirst : public testing::Test {
 protected:
  DirtyFirst() {
    coins_ = chain_.Block({{10, ""}, {5, ""}, {2, ""}});
    coinbase_ = chain_.Block({{50, ""}});
    pure_ = chain_.Add({{coins_, 0}}, {{4, ""}, {6, ""}});
    mixed_ = chain_.Add({{pure_, 1}, {coins_, 1}}, {{6, ""}, {3, ""}});
    chain_.Block({{1, ""}});
    next_ = chain_.Add({{mixed_, 0}}, {{6, ""}});
    view_ = &chain_.Build();
    request_.labels = {"X"};
    request_.seeds = {{chain_.Output(coins_, 0), 0}};
    request_.stop_mixed = true;
  }

  TraceLines Trace(Policy policy) {
    request_.policy = policy;
    return TraceBoth(*view_, request_);
  }
  std::string RunsOf(const TraceLines& lines, std::uint64_t tx, std::uint32_t vout) const {
    return RunsAt(lines, request_, chain_.Output(tx, vout));
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  std::uint64_t coins_ = 0, coinbase_ = 0, pure_ = 0, mixed_ = 0, next_ = 0;
  TraceRequest request_;
};

TEST_F(DirtyFirst, EndsAtTheFirstTransactionOfWhichAnOutputTakesClean) {
  for (const bool all_outputs : {false, true}) {
    request_.all_outputs = all_outputs;
    const TraceLines lines = Trace(Policy::kFifo);
    EXPECT_EQ(RunsOf(lines, pure_, 0), "4*X");
    EXPECT_EQ(RunsOf(lines, mixed_, 0), all_outputs ? "6*X" : "");  // the boundary is reported
    EXPECT_EQ(RunsOf(lines, next_, 0), "");
    EXPECT_EQ(SinkOf(lines, request_, "X", SinkKind::kMixed), "6");
    EXPECT_EQ(lines.summaries[0].unspent.ToString(), "4");
    EXPECT_EQ(lines.summaries[0].exits.ToString(), "0");
  }
  request_.until_height = 2;  // what is unspent then rests where it is
  const TraceLines early = Trace(Policy::kFifo);
  EXPECT_EQ(RunsOf(early, mixed_, 0), "6*X");
  EXPECT_EQ(SinkOf(early, request_, "X", SinkKind::kMixed), "0");
}

TEST_F(DirtyFirst, LooksAtWhatTheOutputsTake) {
  request_.fees = FeeMode::kMiner;
  // Back to front the clean 5 come first: 6 are 5 clean and 1 of X, 3 of X; the fee is X's.
  request_.all_outputs = true;
  TraceLines lines = Trace(Policy::kLifo);
  EXPECT_EQ(RunsOf(lines, mixed_, 0), "5*- 1*X");
  EXPECT_EQ(RunsOf(lines, mixed_, 1), "3*X");
  EXPECT_EQ(RunsOf(lines, coinbase_, 0), "");
  EXPECT_EQ(SinkOf(lines, request_, "X", SinkKind::kMixed), "3");  // 1 spent, 2 in the fee
  EXPECT_EQ(lines.summaries[0].unspent.ToString(), "7");
}

// Clean satoshi in the fee mix nothing.
TEST(DirtyFirstFees, MayBeClean) {
  SmallChain chain;
  const auto coins = chain.Block({{10, ""}, {5, ""}});
  chain.Block({{1, ""}});
  const auto first = chain.Add({{coins, 0}, {coins, 1}}, {{4, ""}, {6, ""}, {0, ""}});
  const auto second = chain.Add({{first, 1}}, {{6, ""}});
  const View& view = chain.Build();
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  request.stop_mixed = true;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(RunsAt(lines, request, chain.Output(second, 0)), "6*X");
  EXPECT_TRUE(lines.sinks.empty());
}

// A seed is a source wherever it lies; other labels end there all the same.
TEST_F(DirtyFirst, FollowsTheSeedsOfAMixedTransaction) {
  request_.labels = {"X", "Y"};
  request_.seeds.push_back({chain_.Output(mixed_, 0), 1});
  request_.all_outputs = true;
  TraceLines lines = Trace(Policy::kFifo);
  EXPECT_EQ(TaintAt(lines, request_, chain_.Output(next_, 0), "Y"), "6");
  EXPECT_EQ(TaintAt(lines, request_, chain_.Output(next_, 0), "X"), "0");
  request_.competing = true;
  lines = Trace(Policy::kLifo);
  EXPECT_EQ(RunsOf(lines, mixed_, 0), "5*Y 1*X");
  EXPECT_EQ(RunsOf(lines, next_, 0), "1*- 5*Y");
  EXPECT_EQ(SinkOf(lines, request_, "X", SinkKind::kMixed), "1");
}

}  // namespace
}  // namespace coinwake
