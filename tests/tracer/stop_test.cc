// Goal: taint ends where it is paid to an address that stops, under every policy, and what leaves
// the address again is clean; seeds go before stops, stops before the threshold and the hops.
// Method: short chains indexed for real, figures by hand; each trace is also compared with the
// twin, under every policy and both fee modes.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/small_chain.h"
#include "tracer/trace.h"

namespace coinwake {
namespace {

constexpr Stop kBank{SinkKind::kService, 1};
constexpr Stop kTumbler{SinkKind::kMixer, 0};

// What a trace sent, with the request that it answers.
struct Traced {
  TraceRequest request;
  TraceLines lines;

  std::string At(OutputNum output, const std::string& label = "X") const {
    return TaintAt(lines, request, output, label);
  }
  std::string Into(const Stop& stop, const std::string& label = "X") const {
    return StoppedAt(lines, request, label, stop);
  }
  std::string Sunk(SinkKind kind, const std::string& label = "X") const {
    return SinkOf(lines, request, label, kind);
  }
};

// Alice's 100 and a clean 100 pay the bank 60 and Bob 130, the fee is 10; the bank pays Carol what
// it got, and Bob's goes on.
class Stops : public testing::Test {
 protected:
  Stops() {
    coins_ = chain_.Block({{100, "alice"}, {100, "stranger"}});
    chain_.Block({{50, "miner"}});
    paid_ = chain_.Add({{coins_, 0}, {coins_, 1}}, {{60, "bank"}, {130, "bob"}});
    chain_.Block({{1, ""}});
    carol_ = chain_.Add({{paid_, 0}}, {{60, "carol"}});
    dave_ = chain_.Add({{paid_, 1}}, {{130, "dave"}});
    view_ = &chain_.Build();
    stops_.stops[chain_.Address("bank")] = kBank;
    request_.labels = {"X"};
    request_.seeds = {{chain_.Output(coins_, 0), 0}};
    request_.all_outputs = true;
    request_.stops = &stops_;
  }

  Traced Trace(Policy policy) const {
    TraceRequest request = request_;
    request.policy = policy;
    return {request, TraceBoth(*view_, request)};
  }

  // The twin under all policies, fee modes, with and without competition.
  void ExpectTwinEverywhere() const {
    for (const Policy policy : kPolicies) {
      for (const FeeMode fees : {FeeMode::kSink, FeeMode::kMiner}) {
        for (const bool competing : {false, true}) {
          SCOPED_TRACE(absl::StrCat("policy ", static_cast<int>(policy), " fees ",
                                    static_cast<int>(fees), " competing ", competing));
          TraceRequest request = request_;
          request.policy = policy;
          request.fees = fees;
          request.competing = competing;
          TraceBoth(*view_, request);
        }
      }
    }
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  TestStops stops_;
  TraceRequest request_;
  std::uint64_t coins_ = 0, paid_ = 0, carol_ = 0, dave_ = 0;
};

TEST_F(Stops, EndTaintUnderFifo) {
  const Traced traced = Trace(Policy::kFifo);
  EXPECT_EQ(traced.Into(kBank), "60");
  EXPECT_EQ(traced.At(chain_.Output(paid_, 0)), "0");
  EXPECT_EQ(traced.At(chain_.Output(carol_, 0)), "0");
  EXPECT_EQ(RunsAt(traced.lines, traced.request, chain_.Output(dave_, 0)), "40*X 90*-");
  ASSERT_EQ(traced.lines.summaries.size(), 1u);
  EXPECT_EQ(traced.lines.summaries[0].exits.ToString(), "60");
  EXPECT_EQ(traced.lines.summaries[0].sinks.ToString(), "0");
  EXPECT_EQ(traced.lines.summaries[0].unspent.ToString(), "40");
  ExpectTwinEverywhere();
}

TEST_F(Stops, CountHopsWhereThePolicyDoes) {
  stops_.stops.clear();
  stops_.stops[chain_.Address("dave")] = kBank;
  const auto hops = [](const Traced& traced) {
    for (const Sink& sink : traced.lines.sinks) {
      if (sink.entity.has_value()) return sink.hops;
    }
    return std::optional<std::uint32_t>(77);
  };
  EXPECT_EQ(hops(Trace(Policy::kFifo)), 2u);
  EXPECT_EQ(hops(Trace(Policy::kHaircut)), 2u);
  EXPECT_EQ(hops(Trace(Policy::kPoison)), std::nullopt);
  request_.max_hops = 5;  // now it has to
  EXPECT_EQ(hops(Trace(Policy::kPoison)), 2u);
}

TEST_F(Stops, EndTaintUnderHaircut) {
  const Traced traced = Trace(Policy::kHaircut);
  EXPECT_EQ(traced.Into(kBank), "30");
  EXPECT_EQ(traced.At(chain_.Output(carol_, 0)), "0");
  EXPECT_EQ(traced.At(chain_.Output(dave_, 0)), "65");
  EXPECT_EQ(traced.Sunk(SinkKind::kFee), "5");
  EXPECT_EQ(traced.lines.summaries[0].exits.ToString(), "30");
}

TEST_F(Stops, EndTaintUnderPoison) {
  const Traced traced = Trace(Policy::kPoison);
  EXPECT_EQ(traced.Into(kBank), "60");
  EXPECT_EQ(traced.At(chain_.Output(carol_, 0)), "0");
  EXPECT_EQ(traced.At(chain_.Output(dave_, 0)), "130");
  EXPECT_EQ(traced.lines.summaries[0].exits.ToString(), "60");
  // The quick way over outputs that nothing is asked of ends there as well.
  TraceRequest quick = traced.request;
  quick.all_outputs = false;
  const TraceLines lines = TraceBoth(*view_, quick);
  EXPECT_EQ(StoppedAt(lines, quick, "X", kBank), "60");
  EXPECT_EQ(TaintAt(lines, quick, chain_.Output(carol_, 0), "X"), "0");
}

TEST_F(Stops, ReadNothingBeyond) {
  stops_.stops[chain_.Address("bob")] = kTumbler;
  for (const Policy policy : kPolicies) {
    TraceRequest request = request_;
    request.policy = policy;
    TraceRecorder recorder;
    const auto stats = RunTrace(*view_, request, {}, nullptr, recorder);
    ASSERT_THAT(stats, IsOk());
    EXPECT_EQ(stats->transactions_read, 1u);
    // These give all to the larger payment.
    const bool bob_alone =
        policy == Policy::kLifo || policy == Policy::kCifo || policy == Policy::kTiho;
    EXPECT_EQ(stats->outputs_tainted, bob_alone ? 2u : 3u);
  }
}

TEST_F(Stops, AreListedByKindAndEntity) {
  stops_.stops[chain_.Address("bob")] = kTumbler;
  stops_.stops[chain_.Address("bank")] = {SinkKind::kMixer, 2};
  const Traced traced = Trace(Policy::kFifo);
  EXPECT_EQ(traced.lines.ToString(traced.request),
            absl::StrCat("holding X output ", chain_.Output(coins_, 0).value,
                         " taint 100 spent by ", paid_,
                         " runs 100*X\nsink X mixer of 0 40\nsink X mixer of 2 60\n"
                         "summary X seeded 100 unspent 0 exits 100 sinks 0 holdings 1\n"));
  ExpectTwinEverywhere();
}

// A seed is a source whoever was paid; its payee's other outputs stop.
TEST_F(Stops, ComeAfterSeeds) {
  stops_.stops[chain_.Address("alice")] = kBank;
  stops_.stops[chain_.Address("bob")] = kBank;
  request_.labels = {"X", "Y"};
  request_.seeds.push_back({chain_.Output(paid_, 1), 1});
  Traced traced = Trace(Policy::kFifo);
  EXPECT_EQ(traced.Into(kBank, "X"), "100");  // Y's seed is not X's
  EXPECT_EQ(traced.At(chain_.Output(dave_, 0), "X"), "0");
  EXPECT_EQ(traced.At(chain_.Output(dave_, 0), "Y"), "130");
  // Labels that compete share the pass, and its seeds: X goes on there.
  request_.competing = true;
  traced = Trace(Policy::kFifo);
  EXPECT_EQ(traced.Into(kBank, "X"), "60");
  EXPECT_EQ(RunsAt(traced.lines, traced.request, chain_.Output(dave_, 0)), "40*X 90*Y");
  traced = Trace(Policy::kPoison);
  EXPECT_EQ(traced.At(chain_.Output(dave_, 0), "X"), "130");
  EXPECT_EQ(traced.At(chain_.Output(dave_, 0), "Y"), "0");
  ExpectTwinEverywhere();
}

TEST_F(Stops, ComeBeforeTheThresholdAndTheHops) {
  request_.min_taint = Taint::FromSatoshi(70);
  Traced traced = Trace(Policy::kFifo);
  EXPECT_EQ(traced.Into(kBank), "60");
  EXPECT_EQ(traced.Sunk(SinkKind::kMinTaint), "40");
  ExpectTwinEverywhere();
  request_.min_taint.reset();
  request_.max_hops = 1;
  traced = Trace(Policy::kFifo);
  EXPECT_EQ(traced.Into(kBank), "60");
  EXPECT_EQ(traced.Sunk(SinkKind::kMaxHops), "40");
  ExpectTwinEverywhere();
  request_.max_hops.reset();
  for (std::uint64_t height = 0; height < 4; ++height) {
    request_.until_height = height;
    ExpectTwinEverywhere();
  }
}

TEST_F(Stops, ThatNobodyPaysChangeNothing) {
  stops_.stops.clear();
  for (const Policy policy : kPolicies) {
    const Traced with = Trace(policy);
    TraceRequest request = with.request;
    request.stops = nullptr;
    EXPECT_EQ(with.lines.ToString(with.request), TraceBoth(*view_, request).ToString(request));
  }
}

// A pool that stops takes what its coinbase takes of tainted fees.
TEST(PoolStops, EndFees) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}});
  chain.Block({{4, "pool"}, {3, "miner"}});
  chain.Add({{coins, 0}}, {{90, ""}});
  const View& view = chain.Build();
  TestStops stops;
  stops.stops[chain.Address("pool")] = kTumbler;
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  request.fees = FeeMode::kMiner;
  request.stops = &stops;
  for (const Policy policy : {Policy::kFifo, Policy::kPoison}) {
    request.policy = policy;
    const TraceLines lines = TraceBoth(view, request);
    EXPECT_EQ(StoppedAt(lines, request, "X", kTumbler), "4");
    EXPECT_EQ(lines.summaries[0].holdings, 2u);
  }
  request.policy = Policy::kHaircut;
  TraceBoth(view, request);
}

// Poison multiplies: what several outputs bring to one service is counted for each.
TEST(PoisonStops, CountEveryOutput) {
  SmallChain chain;
  const auto coins = chain.Block({{100, ""}});
  chain.Block({{1, ""}});
  const auto split = chain.Add({{coins, 0}}, {{40, ""}, {60, "bank"}});
  chain.Block({{500, "clean"}});
  chain.Add({{split, 0}, {split + 1, 0}}, {{540, "bank"}});
  const View& view = chain.Build();
  TestStops stops;
  stops.stops[chain.Address("bank")] = kBank;
  TraceRequest request;
  request.labels = {"X"};
  request.seeds = {{chain.Output(coins, 0), 0}};
  request.policy = Policy::kPoison;
  request.stops = &stops;
  const TraceLines lines = TraceBoth(view, request);
  EXPECT_EQ(StoppedAt(lines, request, "X", kBank), "600");
  EXPECT_EQ(lines.summaries[0].seeded.ToString(), "100");
}

}  // namespace
}  // namespace coinwake
