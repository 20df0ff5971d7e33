// Goal: whatever a request for paths asks, the answer is the best of the paths it allows, best
// first, ties and all; and what a bound left out is told.
// Method: chains by hand; on random chains every allowed path is enumerated from the rules in
// tracer/path.h alone, and sorted. Seeds are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/small_chain.h"
#include "tracer/path.h"

namespace coinwake {
namespace {

using Lines = std::vector<std::string>;

std::string LineOf(const Path& path) {
  std::string line = absl::StrCat(path.bottleneck, ":");
  for (const PathHop& hop : path.hops) {
    absl::StrAppend(&line, " ", hop.source.value, "-(", hop.tx.value, ")-", hop.target.value);
  }
  if (path.carried.has_value()) absl::StrAppend(&line, " carries ", path.carried->ToString());
  return line;
}

Lines LinesOf(const std::vector<Path>& paths) {
  Lines lines;
  lines.reserve(paths.size());
  for (const Path& path : paths) lines.push_back(LineOf(path));
  return lines;
}

// All paths of a request, step by step.
class Enumeration {
 public:
  Enumeration(const View& view, const PathRequest& request) : view_(view), request_(request) {
    for (OutputNum output{0}; output.value < view.outputs_count(); ++output) {
      if (PaysTo(output)) last_tx_ = view.TransactionOf(output);
    }
  }

  std::vector<Path> Best() {
    std::vector<Path> best;
    if (!request_.diverse) {
      best = Sorted();
      if (best.size() > request_.count) best.resize(request_.count);
      return best;
    }
    while (best.size() < request_.count) {
      const std::vector<Path> all = Sorted();
      if (all.empty()) break;
      for (const PathHop& hop : all.front().hops) barred_.insert(hop.tx);
      best.push_back(all.front());
    }
    return best;
  }

 private:
  bool PaysTo(OutputNum output) const {
    return request_.to_output.has_value() ? output == *request_.to_output
                                          : IsOf(output, request_.to, request_.to_cluster);
  }
  bool IsSource(OutputNum output) const {
    return request_.from_output.has_value() ? output == *request_.from_output
                                            : IsOf(output, request_.from, request_.from_cluster);
  }
  bool IsOf(OutputNum output, AddressNum one, const std::vector<AddressNum>& cluster) const {
    const AddressNum address = view_.AddressOf(output);
    if (cluster.empty()) return address == one;
    return std::find(cluster.begin(), cluster.end(), address) != cluster.end();
  }
  // The transaction by which a path goes on from `output`.
  std::optional<TxNum> Next(OutputNum output) const {
    const auto spender = view_.Spender(output);
    if (!spender.has_value() || barred_.contains(*spender)) return std::nullopt;
    const std::uint64_t height = view_.HeightOf(*spender);
    if (height < request_.since_height.value_or(0)) return std::nullopt;
    if (height > request_.until_height.value_or(height)) return std::nullopt;
    if (view_.Value(output) < request_.min_value) return std::nullopt;
    return spender;
  }
  std::optional<std::uint64_t> Inputs(TxNum tx) const {
    std::uint64_t sum = 0;
    for (auto input = view_.Inputs(tx).begin; input < view_.Inputs(tx).end; ++input) {
      const auto value = view_.SourceValue(view_.Source(input));
      if (!value.has_value()) return std::nullopt;
      sum += *value;
    }
    std::uint64_t paid = 0;
    for (auto output = view_.Outputs(tx).begin; output < view_.Outputs(tx).end; ++output) {
      paid += view_.Value(output);
    }
    return paid > sum ? std::nullopt : std::optional(sum);
  }
  // Outputs of `tx` that a path may go on from.
  std::vector<OutputNum> Branches(TxNum tx) const {
    std::vector<OutputNum> branches;
    for (auto output = view_.Outputs(tx).begin; output < view_.Outputs(tx).end; ++output) {
      if (PaysTo(output) || IsSource(output)) continue;
      const auto next = Next(output);
      if (!next.has_value() || *next > last_tx_ || *next <= tx) continue;
      if (request_.stops != nullptr && request_.stops->StopAt(view_.AddressOf(output))) continue;
      branches.push_back(output);
    }
    std::stable_sort(branches.begin(), branches.end(),
                     [this](OutputNum a, OutputNum b) { return view_.Value(a) > view_.Value(b); });
    if (request_.max_edges.has_value() && branches.size() > *request_.max_edges) {
      branches.resize(*request_.max_edges);
    }
    return branches;
  }

  // A path and what it carries up to its last transaction.
  struct Open {
    Path path;
    Uint128 units = 0;
  };
  void End(Open open, OutputNum target, std::vector<Path>* all) const {
    if (view_.Value(target) < request_.min_value) return;
    open.path.hops.back().target = target;
    open.path.bottleneck = std::min(open.path.bottleneck, view_.Value(target));
    if (request_.best == BestPath::kTaint) {
      const auto units = Over(open, target);
      if (units == 0) return;
      open.path.carried = Taint::FromUnits(units);
    }
    all->push_back(open.path);
  }
  Uint128 Over(const Open& open, OutputNum output) const {
    const auto sum = Inputs(open.path.hops.back().tx);
    return !sum.has_value() || *sum == 0 ? 0 : open.units * view_.Value(output) / *sum;
  }

  std::vector<Open> Beginnings() const {
    std::vector<Open> begun;
    for (OutputNum output{0}; output.value < view_.outputs_count(); ++output) {
      const auto next = IsSource(output) ? Next(output) : std::nullopt;
      if (!next.has_value()) continue;
      const std::uint64_t value = view_.Value(output);
      auto same = std::find_if(begun.begin(), begun.end(), [&next](const Open& open) {
        return open.path.hops.back().tx == *next;
      });
      if (same == begun.end()) {
        begun.push_back({{{{*next, output, output}}, value, {}}, Uint128{value} << 12});
        continue;
      }
      same->units += Uint128{value} << 12;
      if (value <= same->path.bottleneck) continue;
      same->path.bottleneck = value;
      same->path.hops.back().source = output;
    }
    return begun;
  }

  std::vector<Path> Sorted() const {
    std::vector<Path> all;
    std::vector<Open> open = Beginnings();
    while (!open.empty()) {
      const Open one = open.back();
      open.pop_back();
      if (one.path.hops.size() > request_.max_hops.value_or(1'000'000)) continue;
      const TxNum tx = one.path.hops.back().tx;
      for (auto output = view_.Outputs(tx).begin; output < view_.Outputs(tx).end; ++output) {
        if (PaysTo(output)) End(one, output, &all);
      }
      for (const OutputNum output : Branches(tx)) {
        Open longer = one;
        longer.units = Over(one, output);
        longer.path.hops.back().target = output;
        longer.path.bottleneck = std::min(one.path.bottleneck, view_.Value(output));
        longer.path.hops.push_back({*view_.Spender(output), output, output});
        open.push_back(longer);
      }
    }
    std::sort(all.begin(), all.end(),
              [this](const Path& a, const Path& b) { return Key(a) < Key(b); });
    return all;
  }

  // Numbers to compare from the first on.
  std::vector<Uint128> Key(const Path& path) const {
    const Uint128 narrow = ~Uint128{path.bottleneck};
    const Uint128 hops = path.hops.size();
    std::vector<Uint128> key;
    switch (request_.best) {
      case BestPath::kShortest:
        key = {hops, narrow};
        break;
      case BestPath::kWidest:
        key = {narrow, hops};
        break;
      case BestPath::kEarliest:
        key = {path.hops.back().tx.value, hops, narrow};
        break;
      case BestPath::kTaint:
        key = {~path.carried->units(), hops};
        break;
    }
    for (const PathHop& hop : path.hops) key.push_back(hop.tx.value);
    for (const PathHop& hop : path.hops) key.push_back(hop.source.value);
    key.push_back(path.hops.back().target.value);
    return key;
  }

  const View& view_;
  const PathRequest& request_;
  TxNum last_tx_;
  std::set<TxNum> barred_;
};

PathRequest RandomRequest(std::mt19937_64& random, const View& view) {
  const auto below = [&random](std::uint64_t count) { return random() % count; };
  PathRequest request;
  request.from = AddressNum{below(view.addresses_count())};
  request.to = AddressNum{below(view.addresses_count())};
  if (below(5) == 0) request.from_output = OutputNum{below(view.outputs_count())};
  if (below(5) == 0) request.to_output = OutputNum{below(view.outputs_count())};
  if (below(3) == 0) {  // clusters that share nothing
    for (AddressNum address{0}; address.value < view.addresses_count(); ++address) {
      const std::uint64_t of = below(6);
      if (of == 0) request.from_cluster.push_back(address);
      if (of == 1) request.to_cluster.push_back(address);
    }
  }
  request.best = static_cast<BestPath>(below(4));
  request.count = static_cast<std::uint32_t>(1 + below(6));
  request.diverse = below(3) == 0;
  if (below(3) == 0) request.max_hops = static_cast<std::uint32_t>(below(6));
  const std::uint64_t first = view.snapshot().from_height;
  if (below(4) == 0) request.since_height = first + below(5);
  if (below(4) == 0) request.until_height = first + below(9);
  if (below(4) == 0) request.min_value = below(5);
  if (below(3) == 0) request.max_edges = static_cast<std::uint32_t>(below(3));
  return request;
}

TEST(PathOptions, EqualAllAllowedPathsSortedOnRandomChains) {
  std::uint64_t found = 0;
  std::uint64_t cut = 0;
  std::uint64_t certain_though_bounded = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 4 + random() % 6;
    options.transactions_a_block = 1 + random() % 3;
    options.addresses = 4 + random() % 10;
    options.most_value = seed % 2 == 0 ? 8 : 10'000;
    options.window = seed % 5 == 0;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    for (int query = 0; query < 40; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      PathRequest request = RandomRequest(random, view);
      const TestStops stops = MakeRandomStops(random, view, 4);
      if (random() % 2 == 0) request.stops = &stops;
      const std::vector<Path> expected = Enumeration(view, request).Best();
      Unfollowed unfollowed;
      const auto paths = FindPaths(view, request, {}, nullptr, &unfollowed);
      ASSERT_THAT(paths, IsOk());
      ASSERT_EQ(LinesOf(*paths), LinesOf(expected));
      found += expected.size();
      if (!request.max_edges.has_value()) {
        ASSERT_EQ(unfollowed.edges, 0u);
      } else if (unfollowed.edges > 0) {
        ++cut;
      } else {  // then nothing is missing
        request.max_edges.reset();
        ASSERT_EQ(LinesOf(*paths), LinesOf(Enumeration(view, request).Best()));
        certain_though_bounded += paths->empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(found, 1'000u);
  EXPECT_GT(cut, 50u);
  EXPECT_GT(certain_though_bounded, 50u);
}

// Alice's 100 go to Bob over Eve's half of a large payment, over Tom alone, and late but straight.
class Ways : public testing::Test {
 protected:
  Ways() {
    coins_ = chain_.Block({{100, "alice"}, {300, "rich"}, {100, "alice"}, {100, "alice"}});
    chain_.Block({{1, ""}});
    mix_ = chain_.Add({{coins_, 0}, {coins_, 1}}, {{200, "eve"}, {196, "rich"}});
    over_eve_ = chain_.Add({{mix_, 0}}, {{180, "bob"}, {20, "x"}});
    chain_.Block({{1, ""}});
    to_tom_ = chain_.Add({{coins_, 2}}, {{60, "tom"}, {40, "y"}});
    over_tom_ = chain_.Add({{to_tom_, 0}}, {{55, "bob"}});
    chain_.Block({{1, ""}});
    straight_ = chain_.Add({{coins_, 3}}, {{5, "bob"}, {95, "alice"}});
    view_ = &chain_.Build();
    request_.from = chain_.Address("alice");
    request_.to = chain_.Address("bob");
    request_.count = 9;
  }

  std::vector<Path> Find(BestPath best) {
    request_.best = best;
    const auto paths = FindPaths(*view_, request_, {}, nullptr, &unfollowed_);
    EXPECT_THAT(paths, IsOk());
    return paths.ok() ? *paths : std::vector<Path>();
  }
  // The last outputs, in order of the answer.
  std::vector<OutputNum> Targets(BestPath best) {
    std::vector<OutputNum> targets;
    for (const Path& path : Find(best)) targets.push_back(path.hops.back().target);
    return targets;
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  PathRequest request_;
  Unfollowed unfollowed_;
  std::uint64_t coins_ = 0, mix_ = 0, over_eve_ = 0, to_tom_ = 0, over_tom_ = 0, straight_ = 0;
};

TEST_F(Ways, EarliestAndMostTainted) {
  const OutputNum eve = chain_.Output(over_eve_, 0);
  const OutputNum tom = chain_.Output(over_tom_, 0);
  const OutputNum straight = chain_.Output(straight_, 0);
  EXPECT_EQ(Targets(BestPath::kEarliest), (std::vector{eve, tom, straight}));
  EXPECT_EQ(Targets(BestPath::kTaint), (std::vector{tom, eve, straight}));
  const std::vector<Path> paths = Find(BestPath::kTaint);
  ASSERT_EQ(paths.size(), 3u);
  // 100 over Tom: 60 of 100, of these 55 of 60. Over Eve: 200 of 400, 180 of 200.
  EXPECT_EQ(paths[0].carried->ToString(), "55");
  EXPECT_EQ(paths[0].bottleneck, 55u);
  EXPECT_EQ(paths[1].carried->ToString(), "45");
  EXPECT_EQ(paths[1].bottleneck, 100u);
  EXPECT_EQ(paths[2].carried->ToString(), "5");
}

TEST_F(Ways, ServicesEndThem) {
  TestStops stops;
  stops.stops[chain_.Address("tom")] = {SinkKind::kService, 0};
  stops.stops[chain_.Address("alice")] = {SinkKind::kService, 1};
  stops.stops[chain_.Address("bob")] = {SinkKind::kService, 1};
  request_.stops = &stops;
  EXPECT_EQ(Targets(BestPath::kWidest),
            (std::vector{chain_.Output(over_eve_, 0), chain_.Output(straight_, 0)}));
}

TEST_F(Ways, OnlyWithinTheWindow) {
  const std::uint64_t first = view_->HeightOf(TxNum{mix_});
  request_.since_height = first + 1;
  EXPECT_EQ(Targets(BestPath::kEarliest),
            (std::vector{chain_.Output(over_tom_, 0), chain_.Output(straight_, 0)}));
  request_.until_height = first + 1;
  EXPECT_EQ(Targets(BestPath::kEarliest), std::vector{chain_.Output(over_tom_, 0)});
  request_.until_height = first;
  EXPECT_TRUE(Find(BestPath::kEarliest).empty());
  request_.since_height.reset();
  EXPECT_EQ(Targets(BestPath::kEarliest), std::vector{chain_.Output(over_eve_, 0)});
}

TEST_F(Ways, NothingBelowTheLeastValue) {
  request_.min_value = 55;
  EXPECT_EQ(Find(BestPath::kShortest).size(), 2u);
  request_.min_value = 56;
  EXPECT_EQ(Targets(BestPath::kShortest), std::vector{chain_.Output(over_eve_, 0)});
  request_.min_value = 101;  // the coins themselves
  EXPECT_TRUE(Find(BestPath::kShortest).empty());
}

TEST_F(Ways, EndsMayBeOutputs) {
  request_.from_output = chain_.Output(to_tom_, 0);
  EXPECT_EQ(Targets(BestPath::kTaint), std::vector{chain_.Output(over_tom_, 0)});
  request_.from_output.reset();
  request_.to_output = chain_.Output(straight_, 1);  // Alice's own
  EXPECT_EQ(Targets(BestPath::kWidest), std::vector{chain_.Output(straight_, 1)});
  request_.to_output = chain_.Output(to_tom_, 0);
  request_.from_output = chain_.Output(coins_, 0);
  EXPECT_TRUE(Find(BestPath::kWidest).empty());
  request_.from_output = request_.to_output;
  EXPECT_TRUE(Find(BestPath::kWidest).empty());
  request_.to_output = OutputNum{view_->outputs_count()};
  EXPECT_THAT(FindPaths(*view_, request_, {}, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(PathOptions, DiversePathsShareNoTransaction) {
  SmallChain chain;
  const auto coins = chain.Block({{100, "alice"}, {50, "alice"}});
  chain.Block({{1, ""}});
  const auto spread = chain.Add({{coins, 0}}, {{40, "x"}, {35, "y"}, {25, "z"}});
  chain.Add({{spread, 0}}, {{40, "bob"}});
  chain.Add({{spread, 1}}, {{35, "bob"}});
  const auto other = chain.Add({{coins, 1}}, {{20, "bob"}, {30, "w"}});
  const View& view = chain.Build();
  PathRequest request;
  request.from = chain.Address("alice");
  request.to = chain.Address("bob");
  request.count = 3;
  EXPECT_EQ(FindPaths(view, request, {}, nullptr)->size(), 3u);
  request.diverse = true;
  const auto paths = FindPaths(view, request, {}, nullptr);
  ASSERT_THAT(paths, IsOk());
  ASSERT_EQ(paths->size(), 2u);
  EXPECT_EQ((*paths)[0].bottleneck, 40u);
  EXPECT_EQ((*paths)[1].hops[0].tx, view.TransactionOf(chain.Output(other, 0)));
  // Each search counts.
  TraceLimits limits;
  limits.max_transactions = 4;
  EXPECT_THAT(FindPaths(view, request, limits, nullptr),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(PathOptions, TellsWhatABoundLeftOut) {
  SmallChain chain;
  const auto coins = chain.Block({{100, "alice"}});
  chain.Block({{1, ""}});
  const auto spread = chain.Add({{coins, 0}}, {{10, "u"}, {40, "v"}, {30, "w"}, {11, "bob"}});
  for (std::uint32_t vout = 0; vout < 3; ++vout) chain.Add({{spread, vout}}, {{8 + vout, "bob"}});
  const View& view = chain.Build();
  PathRequest request;
  request.from = chain.Address("alice");
  request.to = chain.Address("bob");
  request.max_edges = 1;
  Unfollowed unfollowed;
  // 11 straight; nothing over 10 can be as wide, but over 30 it might.
  auto paths = FindPaths(view, request, {}, nullptr, &unfollowed);
  ASSERT_THAT(paths, IsOk());
  EXPECT_EQ((*paths)[0].bottleneck, 11u);
  EXPECT_EQ(unfollowed.edges, 1u);
  EXPECT_EQ(ToDecimal(unfollowed.value), "30");
  request.count = 5;
  paths = FindPaths(view, request, {}, nullptr, &unfollowed);
  ASSERT_THAT(paths, IsOk());
  EXPECT_EQ(paths->size(), 2u);
  EXPECT_EQ(unfollowed.edges, 2u);
  EXPECT_EQ(ToDecimal(unfollowed.value), "40");
  // The earliest is straight, whatever else there is.
  request.best = BestPath::kEarliest;
  request.count = 1;
  ASSERT_THAT(FindPaths(view, request, {}, nullptr, &unfollowed), IsOk());
  EXPECT_EQ(unfollowed.edges, 0u);
}

TEST(PathOptions, NothingIsCarriedWhereHaircutKnowsNoShares) {
  SmallChain chain(1000);
  const auto coins = chain.Block({{100, "alice"}, {100, "alice"}});
  chain.Block({{1, ""}});
  chain.Add({{coins, 0}, {0, 0, ChainInput::Kind::kUnresolved, 0}}, {{90, "bob"}});
  const auto known =
      chain.Add({{coins, 1}, {0, 0, ChainInput::Kind::kForeign, 200}}, {{60, "bob"}});
  const View& view = chain.Build();
  PathRequest request;
  request.from = chain.Address("alice");
  request.to = chain.Address("bob");
  request.count = 5;
  EXPECT_EQ(FindPaths(view, request, {}, nullptr)->size(), 2u);
  request.best = BestPath::kTaint;
  const auto paths = FindPaths(view, request, {}, nullptr);
  ASSERT_THAT(paths, IsOk());
  ASSERT_EQ(paths->size(), 1u);
  EXPECT_EQ((*paths)[0].hops[0].target, chain.Output(known, 0));
  EXPECT_EQ((*paths)[0].carried->ToString(), "20");
}

}  // namespace
}  // namespace coinwake
