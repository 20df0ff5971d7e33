// Goal: a trace that may keep few holdings says of everything else what it says without a limit,
// and of what it cut how many and how much; one that passes its memory sends nothing. Method:
// random traces forward and backward, with and without limits; the books of a trace by hand where
// more runs come together than a small chain has.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/small_chain.h"
#include "tracer/ledger.h"
#include "tracer/source.h"

namespace coinwake {
namespace {

// What is left of all lines when each label keeps `most` holdings.
TraceLines Cut(const TraceLines& all, std::uint64_t most) {
  TraceLines cut = all;
  cut.holdings.clear();
  for (Summary& summary : cut.summaries) {
    std::vector<Holding> own;
    for (const Holding& holding : all.holdings) {
      if (holding.label == summary.label) own.push_back(holding);
    }
    std::sort(own.begin(), own.end(), [](const Holding& a, const Holding& b) {
      return a.taint != b.taint ? a.taint > b.taint : a.output < b.output;
    });
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (i < most) {
        cut.holdings.push_back(own[i]);
      } else {
        ++summary.cut_holdings;
        summary.cut_taint += own[i].taint;
      }
    }
  }
  return cut;
}

// Lines of holdings in whatever order.
std::multiset<std::string> LinesOf(const TraceLines& lines, const TraceRequest& request) {
  std::multiset<std::string> texts;
  for (const Holding& holding : lines.holdings) {
    TraceLines one;
    one.holdings = {holding};
    texts.insert(one.ToString(request));
  }
  return texts;
}

void ExpectCut(const TraceLines& kept, const TraceLines& all, std::uint64_t most,
               const TraceRequest& request) {
  const TraceLines expected = Cut(all, most);
  EXPECT_EQ(LinesOf(kept, request), LinesOf(expected, request));
  ASSERT_EQ(kept.summaries.size(), expected.summaries.size());
  for (std::size_t i = 0; i < kept.summaries.size(); ++i) {
    EXPECT_EQ(kept.summaries[i].cut_holdings, expected.summaries[i].cut_holdings);
    EXPECT_EQ(kept.summaries[i].cut_taint, expected.summaries[i].cut_taint);
  }
  TraceLines sums = kept;
  TraceLines expected_sums = expected;
  sums.holdings.clear();
  expected_sums.holdings.clear();
  EXPECT_EQ(sums.ToString(request), expected_sums.ToString(request));
}

TEST(KeptHoldings, AreTheLargestOfEachLabelAndChangeNoSum) {
  std::uint64_t cut = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 6 + random() % 20;
    options.transactions_a_block = 4 + random() % 12;
    options.most_value = seed % 2 == 0 ? 12 : 2'000'000'000'000;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    for (int trace = 0; trace < 32; ++trace) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " trace " + std::to_string(trace));
      TraceRequest request = MakeRandomRequest(random, view);
      request.policy = kPolicies[static_cast<std::size_t>(trace) % std::size(kPolicies)];
      const bool backward = CheckSourceTrace(request).ok() && random() % 2 == 0;
      const auto run = backward ? RunSourceTrace : RunTrace;
      TraceRecorder all;
      ASSERT_THAT(run(view, request, {}, nullptr, all), IsOk());
      TraceLimits limits;
      limits.max_holdings = 1 + random() % 6;
      TraceRecorder kept;
      ASSERT_THAT(run(view, request, limits, nullptr, kept), IsOk());
      ExpectCut(kept.lines, all.lines, limits.max_holdings, request);
      for (const Summary& summary : kept.lines.summaries) cut += summary.cut_holdings;
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(cut, 1'000u);
}

TEST(KeptHoldings, ThatPassTheMemoryAllowedEndTheTrace) {
  std::mt19937_64 random(4);
  RandomChainOptions options;
  options.blocks = 20;
  options.transactions_a_block = 20;
  const auto chain = MakeRandomChain(random, options);
  const View& view = chain->Build();
  for (const Policy policy : kPolicies) {
    TraceRequest request;
    request.labels = {"X"};
    request.policy = policy;
    request.all_outputs = true;
    for (std::uint64_t output = 0; output < 12; ++output) {
      request.seeds.push_back({OutputNum{output}, 0});
    }
    TraceLimits limits;
    limits.max_holdings_bytes = 320;
    TraceRecorder recorder;
    EXPECT_THAT(RunTrace(view, request, limits, nullptr, recorder),
                StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_TRUE(recorder.lines.holdings.empty() && recorder.lines.summaries.empty());
    limits.max_holdings_bytes = 1 << 20;
    EXPECT_THAT(RunTrace(view, request, limits, nullptr, recorder), IsOk());
    limits.max_holdings = 3;
    // With few kept a little is enough, but for runs, which go once there are many.
    if (!KeepsOrder(policy)) limits.max_holdings_bytes = 128;
    recorder.lines = {};
    EXPECT_THAT(RunTrace(view, request, limits, nullptr, recorder), IsOk());
    EXPECT_EQ(recorder.lines.holdings.size(), 3u);
  }
}

// Runs of what was cut go, those of what is kept stay as they are, also where labels share them.
TEST(KeptHoldings, DoNotKeepTheRunsOfThoseThatAreCut) {
  constexpr std::uint32_t kLabels = 3;
  SmallChain chain;
  chain.Block({{1, "a"}});
  const View& view = chain.Build();
  TraceLimits limits;
  limits.max_holdings = 50;
  limits.max_holdings_bytes = 4 << 20;  // all runs take more than twenty times that
  TaintLedger ledger(kLabels, limits);
  TraceLines all;
  std::mt19937_64 random(8);
  for (std::uint64_t output = 0; output < 300'000; ++output) {
    std::vector<QueuedRun> runs;
    Holding holding;
    holding.output = OutputNum{output};
    for (std::uint64_t i = 2 + random() % 40; i != 0; --i) {
      runs.push_back({1 + random() % 1'000, static_cast<std::uint32_t>(i) % 4, 0});
      if (runs.back().label == kLabels) runs.back().label = kCleanLabel;
      holding.runs.push_back({runs.back().length, runs.back().label});
    }
    const RunsRef saved = ledger.AddRuns(runs);
    for (holding.label = 0; holding.label < kLabels; ++holding.label) {
      std::uint64_t sum = 0;
      for (const QueuedRun& run : runs) sum += run.label == holding.label ? run.length : 0;
      if (sum == 0) continue;
      holding.taint = Taint::FromSatoshi(sum);
      ledger.AddHolding(holding.output, holding.label, holding.taint, false, saved);
      // The largest are among these, and comparing all would take long.
      if (sum > 6'800) all.holdings.push_back(holding);
    }
    ASSERT_OK(ledger.CheckSize());
  }
  TraceRecorder recorder;
  const std::vector<std::uint32_t> ranking = {0, 1, 2};
  ASSERT_OK(ledger.Deliver(view, ranking, true, nullptr, recorder));
  TraceRequest request;
  request.labels = {"X", "Y", "Z"};
  for (std::uint32_t label = 0; label < kLabels; ++label) {
    Summary summary;
    summary.label = label;
    all.summaries.push_back(summary);
  }
  const TraceLines expected = Cut(all, limits.max_holdings);
  EXPECT_EQ(expected.holdings.size(), limits.max_holdings * kLabels);
  EXPECT_EQ(LinesOf(recorder.lines, request), LinesOf(expected, request));
}

}  // namespace
}  // namespace coinwake
