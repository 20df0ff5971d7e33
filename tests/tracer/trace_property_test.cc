// Goal: on any chain a trace gives what the rules say: it conserves, fills no output beyond its
// value, treats each label as if alone, ends at stops, and does not depend on how the request is
// written down. Method: every transaction of at most 3 inputs and 3 outputs with values 0 to 4, and
// thousands of random traces over random chains, some of which reach nearly everything, each
// against the twin. Seeds of the random numbers
// are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/small_chain.h"

namespace coinwake {
namespace {

using Values = std::vector<std::uint64_t>;

// All lists of 1 to 3 values of 0 to 4.
std::vector<Values> AllValues() {
  std::vector<Values> all;
  for (std::uint64_t a = 0; a <= 4; ++a) {
    all.push_back({a});
    for (std::uint64_t b = 0; b <= 4; ++b) {
      all.push_back({a, b});
      for (std::uint64_t c = 0; c <= 4; ++c) all.push_back({a, b, c});
    }
  }
  return all;
}

// One chain that holds every small transaction once, a block for each list of input values.
class AllSmallTransactions : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    all_chain = new SmallChain;
    all_coins = new std::vector<std::pair<std::uint64_t, Values>>;
    const std::vector<Values> all = AllValues();
    std::uint64_t transactions = 0;
    for (const Values& inputs : all) {
      std::uint64_t sum = 0;
      for (const std::uint64_t value : inputs) sum += value;
      std::vector<const Values*> cases;
      std::vector<ChainOutput> coins;
      for (const Values& outputs : all) {
        std::uint64_t paid = 0;
        for (const std::uint64_t value : outputs) paid += value;
        if (paid > sum) continue;
        cases.push_back(&outputs);
        for (const std::uint64_t value : inputs) coins.push_back({value, "coin"});
      }
      const std::uint64_t minted = all_chain->Block(coins);
      all_chain->Block({{7, "miner"}, {3, "miner"}});
      all_coins->emplace_back(minted, inputs);
      std::uint32_t next = 0;
      for (const Values* outputs : cases) {
        std::vector<ChainInput> spent;
        for (std::size_t i = 0; i < inputs.size(); ++i) spent.push_back({minted, next++});
        std::vector<ChainOutput> paid;
        for (const std::uint64_t value : *outputs) paid.push_back({value, "payee"});
        all_chain->Add(spent, paid);
        ++transactions;
      }
    }
    all_view = &all_chain->Build();
    ASSERT_GT(transactions, 9'000u);
  }
  static void TearDownTestSuite() {
    delete all_coins;
    delete all_chain;
  }

  // Seeds input i of every transaction with label pattern[i]; 2 is none.
  static TraceRequest Request(const std::array<std::uint32_t, 3>& pattern) {
    TraceRequest request;
    request.labels = {"X", "Y"};
    for (const auto& [minted, inputs] : *all_coins) {
      const auto outputs = all_view->Outputs(TxNum{minted});
      for (std::uint64_t i = 0; i < outputs.size(); ++i) {
        const std::uint32_t label = pattern[i % inputs.size()];
        if (label != 2) request.seeds.push_back({outputs.begin + i, label});
      }
    }
    return request;
  }

  static SmallChain* all_chain;
  static std::vector<std::pair<std::uint64_t, Values>>* all_coins;
  static const View* all_view;
};
SmallChain* AllSmallTransactions::all_chain = nullptr;
std::vector<std::pair<std::uint64_t, Values>>* AllSmallTransactions::all_coins = nullptr;
const View* AllSmallTransactions::all_view = nullptr;

TEST_F(AllSmallTransactions, EqualTheTwinUnderEveryPatternOfTaint) {
  for (std::uint32_t code = 0; code < 26; ++code) {  // 26: no seed at all
    const std::array<std::uint32_t, 3> pattern = {code / 9, code / 3 % 3, code % 3};
    SCOPED_TRACE(testing::PrintToString(pattern));
    TraceRequest request = Request(pattern);
    const bool one_label = std::count(pattern.begin(), pattern.end(), 1u) == 0;
    if (!one_label && std::count(pattern.begin(), pattern.end(), 0u) == 0) continue;  // Y is as X
    for (const Policy policy : kPolicies) {
      if (policy == Policy::kPoison && !one_label) continue;
      request.policy = policy;
      request.competing = !one_label;
      request.fees = one_label ? FeeMode::kMiner : FeeMode::kSink;
      TraceBoth(*all_view, request);
    }
    if (HasFailure()) return;
  }
}

std::string LinesOfLabel(const TraceLines& lines, const TraceRequest& request,
                         std::uint32_t label) {
  TraceLines kept = lines;
  std::erase_if(kept.holdings, [label](const Holding& line) { return line.label != label; });
  std::erase_if(kept.sinks, [label](const Sink& line) { return line.label != label; });
  std::erase_if(kept.summaries, [label](const Summary& line) { return line.label != label; });
  return kept.ToString(request);
}

TraceLines Trace(const View& view, const TraceRequest& request) {
  TraceRecorder recorder;
  EXPECT_THAT(RunTrace(view, request, {}, nullptr, recorder), IsOk());
  return recorder.lines;
}

// Adding a seller never changes another seller's figures.
void ExpectLabelsIndependent(const View& view, const TraceRequest& request,
                             const TraceLines& joint) {
  for (std::uint32_t label = 0; label < request.labels.size(); ++label) {
    TraceRequest alone = request;
    std::erase_if(alone.seeds, [label](const Seed& seed) { return seed.label != label; });
    if (alone.seeds.empty()) continue;
    EXPECT_EQ(LinesOfLabel(Trace(view, alone), request, label),
              LinesOfLabel(joint, request, label));
  }
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
  EXPECT_EQ(Trace(view, other).ToString(other), lines.ToString(request));
}

// No policy taints what poison does not.
void ExpectWithinPoison(const View& view, const TraceRequest& request, const TraceLines& lines) {
  if (request.competing || request.min_taint.has_value()) return;
  TraceRequest poison = request;
  poison.policy = Policy::kPoison;
  poison.stop_mixed = false;
  std::set<std::pair<std::uint64_t, std::uint32_t>> reached;
  for (const Holding& holding : Trace(view, poison).holdings) {
    reached.emplace(holding.output.value, holding.label);
  }
  for (const Holding& holding : lines.holdings) {
    EXPECT_TRUE(reached.contains({holding.output.value, holding.label}));
  }
}

TEST(RandomTraces, EqualTheTwinAndKeepEveryProperty) {
  std::uint64_t tainted = 0;
  std::uint64_t stopped = 0;
  std::uint64_t mixed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 3 + random() % 14;
    options.transactions_a_block = 1 + random() % 8;
    options.most_value = seed % 3 == 0 ? 8 : seed % 3 == 1 ? 1'000 : 2'000'000'000'000;
    options.window = seed % 4 == 0;
    options.addresses = seed % 5 == 0 ? 20 : 0;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    for (int trace = 0; trace < 48; ++trace) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " trace " + std::to_string(trace));
      TraceRequest request = MakeRandomRequest(random, view);
      request.policy = kPolicies[static_cast<std::size_t>(trace) % std::size(kPolicies)];
      request.stop_mixed = KeepsOrder(request.policy) && random() % 5 == 0;
      const TestStops stops = MakeRandomStops(random, view, 2 + random() % 20);
      if (random() % 2 == 1) request.stops = &stops;
      const TraceLines lines = TraceBoth(view, request);
      tainted += lines.holdings.size();
      for (const Sink& sink : lines.sinks) {
        stopped += sink.entity.has_value() ? 1 : 0;
        mixed += sink.kind == SinkKind::kMixed ? 1 : 0;
      }
      if (!request.competing) ExpectLabelsIndependent(view, request, lines);
      ExpectSameWhenWrittenInAnotherOrder(random, view, request, lines);
      ExpectWithinPoison(view, request, lines);
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(tainted, 70'000u);  // the traces do lead somewhere
  EXPECT_GT(stopped, 4'000u);
  EXPECT_GT(mixed, 600u);
}

// Where nearly all is reached, transactions are visited many at a time.
TEST(DenseTraces, EqualTheTwin) {
  std::uint64_t read = 0;
  std::uint64_t of = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 20 + random() % 20;
    options.transactions_a_block = 10 + random() % 30;
    options.most_value = seed % 3 == 0 ? 30 : 2'000'000'000'000;
    options.window = seed % 4 == 0;
    options.addresses = seed % 5 == 0 ? 60 : 0;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    for (const Policy policy : kPolicies) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " policy " +
                   std::to_string(static_cast<int>(policy)));
      TraceRequest request = MakeRandomRequest(random, view);
      request.labels = {"X"};
      if (random() % 3 == 0) request.labels = {"X", "Y", "A", "B"};
      for (std::uint64_t output = 0; output < 12; ++output) {
        request.seeds.push_back({OutputNum{output}, 0});
      }
      for (Seed& one : request.seeds) {
        one.label = static_cast<std::uint32_t>(random() % request.labels.size());
      }
      request.policy = policy;
      request.fees = FeeMode::kSink;
      request.since_height.reset();
      request.max_hops.reset();
      if (random() % 4 != 0) {
        request.all_outputs = false;
        request.min_taint.reset();
      }
      const TestStops stops = MakeRandomStops(random, view, 100);
      if (random() % 3 == 0) request.stops = &stops;
      TraceBoth(view, request);
      TraceRecorder recorder;
      const auto stats = RunTrace(view, request, {}, nullptr, recorder);
      ASSERT_THAT(stats, IsOk());
      read += stats->transactions_read;
      of += view.transactions_count();
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(2 * read, of);
}

}  // namespace
}  // namespace coinwake
