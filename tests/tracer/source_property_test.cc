// Goal: on any chain a backward trace gives what the rules say, and is the forward trace read from
// the other end: under fifo unit by unit, under haircut as matrices, up to rounding.
// Method: thousands of random traces over random chains against the twin, which keeps every
// satoshi; the same seeds forward and backward, where what each sends back to seeds must be the
// same; every pair of outputs of small chains, and for haircut an oracle in fractions. Seeds of the
// random numbers are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/reference_source.h"
#include "tests/tracer/small_chain.h"
#include "tracer/source.h"

namespace coinwake {
namespace {

// More cannot be kept by the satoshi.
constexpr std::uint64_t kMostOfTwin = 100'000;

// As forward traces ask, but for what those alone have.
TraceRequest MakeSourceRequest(std::mt19937_64& random, const View& view) {
  TraceRequest request = MakeRandomRequest(random, view);
  request.policy = random() % 2 == 0 ? Policy::kFifo : Policy::kHaircut;
  request.competing = false;
  request.all_outputs = false;
  for (Seed& seed : request.seeds) {  // late ones have a past
    if (random() % 2 == 0) seed.output.value = view.outputs_count() - 1 - seed.output.value / 4;
  }
  const bool fits =
      std::all_of(request.seeds.begin(), request.seeds.end(),
                  [&view](const Seed& seed) { return view.Value(seed.output) <= kMostOfTwin; });
  if (!fits) request.policy = Policy::kHaircut;
  return request;
}

TraceLines Back(const View& view, const TraceRequest& request) {
  TraceRecorder recorder;
  EXPECT_THAT(RunSourceTrace(view, request, {}, nullptr, recorder), IsOk());
  return recorder.lines;
}

void ExpectSameWhenWrittenInAnotherOrder(std::mt19937_64& random, const View& view,
                                         const TraceRequest& request, const TraceLines& lines) {
  TraceRequest other = request;
  std::vector<std::uint32_t> to(request.labels.size());
  for (std::uint32_t i = 0; i < to.size(); ++i) to[i] = i;
  std::shuffle(to.begin(), to.end(), random);
  for (std::uint32_t i = 0; i < to.size(); ++i) other.labels[to[i]] = request.labels[i];
  for (Seed& seed : other.seeds) seed.label = to[seed.label];
  std::shuffle(other.seeds.begin(), other.seeds.end(), random);
  EXPECT_EQ(Back(view, other).ToString(other), lines.ToString(request));
}

// Adding a seller never changes another seller's figures.
void ExpectLabelsIndependent(const View& view, const TraceRequest& request,
                             const TraceLines& joint) {
  for (std::uint32_t label = 0; label < request.labels.size(); ++label) {
    const auto only = [&request, label](TraceLines lines) {
      std::erase_if(lines.holdings, [label](const Holding& line) { return line.label != label; });
      std::erase_if(lines.sinks, [label](const Sink& line) { return line.label != label; });
      std::erase_if(lines.summaries, [label](const Summary& line) { return line.label != label; });
      return lines.ToString(request);
    };
    TraceRequest alone = request;
    std::erase_if(alone.seeds, [label](const Seed& seed) { return seed.label != label; });
    if (alone.seeds.empty()) continue;
    EXPECT_EQ(only(Back(view, alone)), only(joint));
  }
}

RandomChainOptions OptionsOf(std::mt19937_64& random, std::uint64_t seed) {
  RandomChainOptions options;
  options.blocks = 3 + random() % 14;
  options.transactions_a_block = 1 + random() % 8;
  options.most_value = seed % 3 == 0 ? 8 : seed % 3 == 1 ? 1'000 : 2'000'000'000'000;
  options.window = seed % 4 == 0;
  options.addresses = seed % 5 == 0 ? 20 : 0;
  return options;
}

TEST(RandomSources, EqualTheTwinAndKeepEveryProperty) {
  std::uint64_t sunk[kSinkKindsCount] = {};
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    std::mt19937_64 random(seed);
    const auto chain = MakeRandomChain(random, OptionsOf(random, seed));
    const View& view = chain->Build();
    for (int trace = 0; trace < 24; ++trace) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " trace " + std::to_string(trace));
      TraceRequest request = MakeSourceRequest(random, view);
      const TestStops stops = MakeRandomStops(random, view, 2 + random() % 20);
      if (trace % 2 == 1) request.stops = &stops;
      const TraceLines lines = SourceBoth(view, request);
      for (const Sink& sink : lines.sinks) ++sunk[static_cast<std::size_t>(sink.kind)];
      ExpectLabelsIndependent(view, request, lines);
      ExpectSameWhenWrittenInAnotherOrder(random, view, request, lines);
      if (testing::Test::HasFailure()) return;
    }
  }
  // The traces do lead to ends of every kind.
  for (const SinkKind kind : {SinkKind::kReturnedToSeed, SinkKind::kMinTaint, SinkKind::kMaxHops,
                              SinkKind::kService, SinkKind::kMixer, SinkKind::kBridge,
                              SinkKind::kCoinbase, SinkKind::kUnresolved, SinkKind::kSince}) {
    EXPECT_GT(sunk[static_cast<std::size_t>(kind)], 100u) << std::string(SinkKindName(kind));
  }
}

Taint Returned(const TraceLines& lines) {
  for (const Sink& sink : lines.sinks) {
    if (sink.kind == SinkKind::kReturnedToSeed) return sink.taint;
  }
  return {};
}

// A unit that leaves a seed and comes to another with none between is one that leaves the latter
// backward and comes to the former.
TEST(ForwardAndBackward, AgreeUnitByUnitUnderFifo) {
  std::uint64_t returned = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    const auto chain = MakeRandomChain(random, OptionsOf(random, seed));
    const View& view = chain->Build();
    for (int trace = 0; trace < 40; ++trace) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " trace " + std::to_string(trace));
      TraceRequest request;
      request.labels = {"X"};
      request.fees = random() % 2 == 0 ? FeeMode::kSink : FeeMode::kMiner;
      // Half of the time just two: a cell of the matrix.
      for (std::uint64_t i = random() % 2 == 0 ? 2 : 2 + random() % 12; i != 0; --i) {
        request.seeds.push_back({OutputNum{random() % view.outputs_count()}, 0});
      }
      TraceRecorder forward;
      ASSERT_THAT(RunTrace(view, request, {}, nullptr, forward), IsOk());
      const Taint backward = Returned(Back(view, request));
      ASSERT_EQ(Returned(forward.lines).ToString(), backward.ToString());
      returned += backward.is_zero() ? 0 : 1;
    }
  }
  EXPECT_GT(returned, 1'000u);
}

// How much of `target` came through each output, in exact shares (as far as 64 bits of a fraction
// go): value times value over total, along every way.
std::map<std::uint64_t, long double> SharesOf(const View& view, OutputNum target) {
  std::map<std::uint64_t, long double> shares;
  shares[target.value] = static_cast<long double>(view.Value(target));
  for (std::uint64_t tx = view.transactions_count(); tx-- > 0;) {
    const auto outputs = view.Outputs(TxNum{tx});
    long double claimed = 0;
    for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
      const auto share = shares.find(output.value);
      if (share != shares.end()) claimed += share->second;
    }
    if (claimed == 0) continue;
    const auto inputs = view.Inputs(TxNum{tx});
    long double total = 0;
    for (InputNum input = inputs.begin; input < inputs.end; ++input) {
      total += static_cast<long double>(view.SourceValue(view.Source(input)).value());
    }
    for (InputNum input = inputs.begin; input < inputs.end; ++input) {
      const auto value = static_cast<long double>(view.SourceValue(view.Source(input)).value());
      if (value != 0) shares[view.Source(input).output().value] += claimed * value / total;
    }
  }
  return shares;
}

// Each transaction rounds its parts by half a unit each, on the whole: what was divided is off by
// no more than that, summed over all transactions.
TEST(ForwardAndBackward, AgreeAsMatricesUnderHaircut) {
  std::uint64_t cells = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 3 + random() % 6;
    options.transactions_a_block = 1 + random() % 6;
    options.most_value = seed % 2 == 0 ? 50 : 100'000;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    const auto units = [](Taint taint) { return static_cast<long double>(taint.units()); };
    const long double bound = static_cast<long double>(view.outputs_count() + view.inputs_count() +
                                                       view.transactions_count()) /
                              2;
    for (int trace = 0; trace < 60; ++trace) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " trace " + std::to_string(trace));
      const OutputNum target{view.outputs_count() - 1 - random() % (view.outputs_count() / 3 + 1)};
      std::map<std::uint64_t, long double> shares = SharesOf(view, target);
      // An output that the target came through more often than not.
      auto at = shares.begin();
      std::advance(at, static_cast<std::ptrdiff_t>(random() % shares.size()));
      if (at->first == target.value) continue;
      TraceRequest request;
      request.labels = {"X"};
      request.policy = Policy::kHaircut;
      request.seeds = {{target, 0}, {OutputNum{at->first}, 0}};
      TraceRecorder forward;
      ASSERT_THAT(RunTrace(view, request, {}, nullptr, forward), IsOk());
      const long double exact = at->second * 4096;
      EXPECT_LE(std::fabs(units(Returned(forward.lines)) - exact), bound);
      EXPECT_LE(std::fabs(units(Returned(Back(view, request))) - exact), bound);
      ++cells;
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(cells, 1'000u);
}

}  // namespace
}  // namespace coinwake
