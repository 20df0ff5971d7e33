// Goal: the best paths come out, best first, ties and all.
// Method: chains by hand; on random chains every path is enumerated and sorted by the stated rules.
#include "tracer/path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/small_chain.h"

namespace coinwake {
namespace {

std::string TextOf(const Path& path) {
  std::string text = absl::StrCat(path.bottleneck, ":");
  for (const PathHop& hop : path.hops) {
    absl::StrAppend(&text, " ", hop.source.value, "-(", hop.tx.value, ")-", hop.target.value);
  }
  return text;
}

std::vector<std::string> TextsOf(const std::vector<Path>& paths) {
  std::vector<std::string> texts;
  texts.reserve(paths.size());
  for (const Path& path : paths) texts.push_back(TextOf(path));
  return texts;
}

// Every path, in the order of the rules.
std::vector<Path> AllPaths(const View& view, const PathRequest& request) {
  std::vector<Path> all;
  std::vector<Path> open;
  std::map<TxNum, OutputNum> sources;  // the largest, then earliest, of each first transaction
  for (OutputNum output{0}; output.value < view.outputs_count(); ++output) {
    if (view.AddressOf(output) != request.from || !view.Spender(output).has_value()) continue;
    const auto [source, is_new] = sources.try_emplace(*view.Spender(output), output);
    if (!is_new && view.Value(output) > view.Value(source->second)) source->second = output;
  }
  open.reserve(sources.size());
  for (const auto& [spender, source] : sources) {
    open.push_back({{{spender, source, source}}, view.Value(source)});
  }
  while (!open.empty()) {
    const Path path = open.back();
    open.pop_back();
    if (path.hops.size() > request.max_hops.value_or(1'000'000)) continue;
    const auto outputs = view.Outputs(path.hops.back().tx);
    for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
      Path longer = path;
      longer.hops.back().target = output;
      longer.bottleneck = std::min(path.bottleneck, view.Value(output));
      if (view.AddressOf(output) == request.to) {
        all.push_back(longer);
      } else if (view.AddressOf(output) != request.from && view.Spender(output).has_value()) {
        longer.hops.push_back({*view.Spender(output), output, output});
        open.push_back(longer);
      }
    }
  }
  const auto key = [&request](const Path& path) {
    const auto narrow = ~path.bottleneck;
    const std::uint64_t hops = path.hops.size();
    std::vector<std::uint64_t> txs;
    std::vector<std::uint64_t> outputs;
    for (const PathHop& hop : path.hops) {
      txs.push_back(hop.tx.value);
      outputs.push_back(hop.source.value);
    }
    outputs.push_back(path.hops.back().target.value);
    return request.best == BestPath::kShortest ? std::tuple(hops, narrow, txs, outputs)
                                               : std::tuple(narrow, hops, txs, outputs);
  };
  std::sort(all.begin(), all.end(),
            [&key](const Path& a, const Path& b) { return key(a) < key(b); });
  return all;
}

// alice -> 50 straight to bob; 90 over two, 95 over three payments.
class ThreeWays : public testing::Test {
 protected:
  ThreeWays() {
    coins_ = chain_.Block({{100, "alice"}, {100, "alice"}, {100, "alice"}, {7, "eve"}});
    chain_.Block({{1, ""}});
    const auto far1 = chain_.Add({{coins_, 0}}, {{99, "x1"}});
    const auto far2 = chain_.Add({{far1, 0}}, {{97, "x2"}});
    far_ = chain_.Add({{far2, 0}}, {{95, "bob"}});
    const auto mid1 = chain_.Add({{coins_, 1}}, {{90, "y1"}, {5, "y2"}});
    mid_ = chain_.Add({{mid1, 0}}, {{90, "bob"}});
    straight_ = chain_.Add({{coins_, 2}}, {{50, "bob"}, {50, "bob"}});
    view_ = &chain_.Build();
    request_.from = chain_.Address("alice");
    request_.to = chain_.Address("bob");
  }

  std::vector<Path> Find() {
    const auto paths = FindPaths(*view_, request_, {}, nullptr);
    EXPECT_THAT(paths, IsOk());
    return *paths;
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  PathRequest request_;
  std::uint64_t coins_ = 0, far_ = 0, mid_ = 0, straight_ = 0;
};

TEST_F(ThreeWays, WidestAndShortest) {
  std::vector<Path> paths = Find();
  ASSERT_EQ(paths.size(), 1u);
  EXPECT_EQ(paths[0].bottleneck, 95u);
  ASSERT_EQ(paths[0].hops.size(), 3u);
  EXPECT_EQ(paths[0].hops[0].source, chain_.Output(coins_, 0));
  EXPECT_EQ(paths[0].hops[2].target, chain_.Output(far_, 0));
  EXPECT_EQ(paths[0].hops[1].source, paths[0].hops[0].target);
  request_.max_hops = 2;
  EXPECT_EQ(Find()[0].bottleneck, 90u);
  request_.best = BestPath::kShortest;
  request_.max_hops.reset();
  request_.count = 9;
  paths = Find();
  ASSERT_EQ(paths.size(), 4u);
  EXPECT_EQ(paths[0].hops[0].target, chain_.Output(straight_, 0));
  EXPECT_EQ(paths[1].hops[0].target, chain_.Output(straight_, 1));
  EXPECT_EQ(paths[2].bottleneck, 90u);
  EXPECT_EQ(paths[3].bottleneck, 95u);
}

TEST_F(ThreeWays, NothingAgainstTimeOrToOneself) {
  std::swap(request_.from, request_.to);
  EXPECT_TRUE(Find().empty());
  request_.to = request_.from = chain_.Address("alice");
  EXPECT_TRUE(Find().empty());  // no spend pays her back
  request_.from = chain_.Address("eve");
  EXPECT_TRUE(Find().empty());
}

TEST_F(ThreeWays, SaysWhenItStopsEarly) {
  TraceLimits limits;
  limits.max_transactions = 2;
  EXPECT_THAT(FindPaths(*view_, request_, limits, nullptr),
              StatusIs(absl::StatusCode::kResourceExhausted));
  request_.to = AddressNum{view_->addresses_count()};
  EXPECT_THAT(FindPaths(*view_, request_, {}, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FindPaths, LeadsBackToTheSameAddressThroughASpend) {
  SmallChain chain;
  const auto coins = chain.Block({{100, "alice"}});
  chain.Block({{1, ""}});
  const auto pay = chain.Add({{coins, 0}}, {{40, "bob"}, {60, "alice"}});
  const View& view = chain.Build();
  PathRequest request;
  request.from = request.to = chain.Address("alice");
  request.count = 5;
  const auto paths = FindPaths(view, request, {}, nullptr);
  ASSERT_THAT(paths, IsOk());
  ASSERT_EQ(paths->size(), 1u);
  EXPECT_EQ((*paths)[0].hops[0].target, chain.Output(pay, 1));
}

TEST(FindPaths, CountsSeveralCoinsSpentTogetherAsOneBeginning) {
  SmallChain chain;
  const auto coins = chain.Block({{30, "alice"}, {70, "alice"}, {70, "alice"}});
  chain.Block({{1, ""}});
  const auto pay = chain.Add({{coins, 0}, {coins, 1}, {coins, 2}}, {{90, "bob"}, {80, "eve"}});
  chain.Add({{pay, 1}}, {{75, "bob"}});
  const View& view = chain.Build();
  PathRequest request;
  request.from = chain.Address("alice");
  request.to = chain.Address("bob");
  request.count = 5;
  const auto paths = FindPaths(view, request, {}, nullptr);
  ASSERT_THAT(paths, IsOk());
  ASSERT_EQ(paths->size(), 2u);
  EXPECT_EQ((*paths)[0].bottleneck, 70u);
  EXPECT_EQ((*paths)[0].hops[0].source, chain.Output(coins, 1));
  EXPECT_EQ((*paths)[1].hops.size(), 2u);
}

TEST(FindPaths, EqualsAllPathsSortedOnRandomChains) {
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 4 + random() % 5;
    options.transactions_a_block = 1 + random() % 3;
    options.addresses = 4 + random() % 12;
    options.most_value = seed % 2 == 0 ? 6 : 10'000;
    options.window = seed % 5 == 0;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    for (int query = 0; query < 20; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      PathRequest request;
      request.from = AddressNum{random() % view.addresses_count()};
      request.to = AddressNum{random() % view.addresses_count()};
      request.best = random() % 2 == 0 ? BestPath::kShortest : BestPath::kWidest;
      request.count = static_cast<std::uint32_t>(1 + random() % 6);
      if (random() % 3 == 0) request.max_hops = static_cast<std::uint32_t>(random() % 6);
      std::vector<Path> all = AllPaths(view, request);
      if (all.size() > request.count) all.resize(request.count);
      const auto paths = FindPaths(view, request, {}, nullptr);
      ASSERT_THAT(paths, IsOk());
      ASSERT_EQ(TextsOf(*paths), TextsOf(all));
      found += all.size();
    }
  }
  EXPECT_GT(found, 500u);
}

}  // namespace
}  // namespace coinwake
