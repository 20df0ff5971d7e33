// Goal: no apportionment leaves the bounds, and some reach each end of them.
// Method: random chains of tiny values against a twin that tries every apportionment; on larger
// ones every policy's figures at random outputs and addresses. Seeds of the random numbers are
// printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/reference_bounds.h"
#include "tests/tracer/small_chain.h"
#include "tracer/bounds.h"

namespace coinwake {
namespace {

// Of which every apportionment can be tried.
RandomChainOptions TinyChain(std::mt19937_64& random, std::uint64_t seed) {
  RandomChainOptions options;
  options.blocks = 3 + random() % 4;
  options.transactions_a_block = 1 + random() % 4;
  options.most_value = 1 + random() % 4;
  options.addresses = 3 + random() % 6;
  options.window = seed % 5 == 0;
  return options;
}

RandomChainOptions WideChain(std::mt19937_64& random, std::uint64_t seed) {
  RandomChainOptions options;
  options.blocks = 3 + random() % 10;
  options.transactions_a_block = 1 + random() % 8;
  options.most_value = seed % 3 == 0 ? 8 : seed % 3 == 1 ? 1'000 : 2'000'000'000'000;
  options.window = seed % 4 == 0;
  options.addresses = seed % 2 == 0 ? 12 : 0;
  return options;
}

// What bounds and policies can both be asked.
TraceRequest RandomRequest(std::mt19937_64& random, const View& view) {
  TraceRequest request = MakeRandomRequest(random, view);
  request.fees = FeeMode::kSink;
  request.competing = false;
  request.min_taint.reset();
  request.all_outputs = true;
  return request;
}

std::vector<Bounds> Find(const View& view, const TraceRequest& request,
                         const BoundsTarget& target) {
  const auto all = FindBounds(view, request, target, {}, nullptr);
  EXPECT_THAT(all, IsOk());
  if (!all.ok()) return {};
  EXPECT_EQ(all->size(), request.labels.size());
  for (const Bounds& bounds : *all) {
    EXPECT_LE(bounds.min, bounds.max);
    EXPECT_LE(bounds.max, bounds.seeded);
  }
  return *all;
}

BoundsTarget RandomTarget(std::mt19937_64& random, const View& view) {
  const OutputNum output{random() % view.outputs_count()};
  switch (random() % 4) {
    case 0:
      return output;
    case 1:
      return FeeOf{TxNum{random() % view.transactions_count()}};
    default:
      return view.AddressOf(output);
  }
}

TEST(RandomBounds, AreReachedAndNeverLeft) {
  std::uint64_t compared = 0;
  std::uint64_t apart = 0;
  std::uint64_t stopped = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    std::mt19937_64 random(seed);
    const auto chain = MakeRandomChain(random, TinyChain(random, seed));
    const View& view = chain->Build();
    for (int query = 0; query < 8; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      TraceRequest request = RandomRequest(random, view);
      request.max_hops.reset();
      const TestStops stops = MakeRandomStops(random, view, 2 + random() % 6);
      if (query % 2 == 1) request.stops = &stops;
      const BoundsTarget target = RandomTarget(random, view);
      for (const Bounds& bounds : Find(view, request, target)) {
        const auto twin = TryAll(view, request, bounds.label, target);
        if (!twin.has_value()) continue;
        ++compared;
        if (twin->min != twin->max) ++apart;
        ASSERT_EQ(TextOf(AmountInterval{bounds.min, bounds.max}), TextOf(*twin));
        EXPECT_EQ(bounds.stops_count, bounds.stops.size());
        for (const StopBound& stop : bounds.stops) {
          const auto of_stop =
              TryAll(view, request, bounds.label, target, Stop{stop.kind, *stop.entity});
          if (!of_stop.has_value()) continue;
          ++stopped;
          ASSERT_EQ(TextOf(AmountInterval{stop.min, stop.max}), TextOf(*of_stop));
        }
      }
    }
  }
  EXPECT_GT(compared, 5'000u);
  EXPECT_GT(apart, 300u);
  EXPECT_GT(stopped, 300u);
}

Taint SumOf(const TraceLines& lines, std::uint32_t label, SinkKind kind,
            std::optional<std::uint32_t> entity = std::nullopt) {
  Taint sum;
  for (const Sink& sink : lines.sinks) {
    if (sink.label == label && sink.kind == kind && sink.entity == entity) sum += sink.taint;
  }
  return sum;
}

TraceLines Trace(const View& view, const TraceRequest& request) {
  TraceRecorder recorder;
  EXPECT_THAT(RunTrace(view, request, {}, nullptr, recorder), IsOk());
  return recorder.lines;
}

// `arrived` under some policy; what it cut short may have arrived as well.
void ExpectInside(const Bounds& bounds, Taint arrived, Taint cut) {
  const auto whole = [](Uint128 satoshi) {
    return Taint::FromSatoshi(static_cast<std::uint64_t>(satoshi));
  };
  EXPECT_LE(arrived, whole(bounds.max));
  EXPECT_GE(arrived + cut, whole(bounds.min));
}

void ExpectOutputsInside(std::mt19937_64& random, const View& view, TraceRequest request) {
  std::vector<TraceLines> traces;
  for (const Policy policy : {Policy::kPoison, Policy::kHaircut, Policy::kFifo}) {
    request.policy = policy;
    traces.push_back(Trace(view, request));
  }
  std::set<std::uint64_t> outputs;
  for (const Holding& holding : traces.front().holdings) {
    if (random() % 6 == 0) outputs.insert(holding.output.value);
  }
  for (int i = 0; i < 3; ++i) outputs.insert(random() % view.outputs_count());
  for (const std::uint64_t output : outputs) {
    // Where the target is that stops or cannot be spent a trace has a sink, and no holding.
    if (view.IsUnspendable(OutputNum{output})) continue;
    const AddressNum address = view.AddressOf(OutputNum{output});
    if (request.stops != nullptr && request.stops->StopAt(address).has_value()) continue;
    SCOPED_TRACE(absl::StrCat("output ", output));
    for (const Bounds& bounds : Find(view, request, OutputNum{output})) {
      std::vector<Taint> arrived(traces.size());
      for (std::size_t i = 0; i < traces.size(); ++i) {
        for (const Holding& holding : traces[i].holdings) {
          if (holding.label == bounds.label && holding.output.value == output) {
            arrived[i] = holding.taint;
          }
        }
        if (i == 0) continue;
        ExpectInside(bounds, arrived[i], SumOf(traces[i], bounds.label, SinkKind::kMaxHops));
      }
      // Poison is where any taint can be.
      const bool can_be = arrived[0] != Taint();
      if (!request.max_hops.has_value() && request.stops == nullptr) {
        EXPECT_EQ(can_be, bounds.max > 0);
      }
    }
  }
}

// At an address as if it stopped: what goes there and on is then counted once.
void ExpectAddressInside(const View& view, TraceRequest request, const TestStops& stops,
                         AddressNum target) {
  constexpr Stop kAtTarget = {SinkKind::kService, 99};
  const std::vector<Bounds> all = Find(view, request, target);
  TestStops with_target = stops;
  with_target.stops[target] = kAtTarget;
  request.stops = &with_target;
  for (const Policy policy : {Policy::kHaircut, Policy::kFifo}) {
    request.policy = policy;
    const TraceLines lines = Trace(view, request);
    for (const Bounds& bounds : all) {
      // A trace follows what a seed at the target gives, and may meet it there again.
      const bool gives = std::any_of(request.seeds.begin(), request.seeds.end(), [&](Seed seed) {
        return seed.label == bounds.label && view.AddressOf(seed.output) == target;
      });
      if (gives) continue;
      ExpectInside(bounds, SumOf(lines, bounds.label, kAtTarget.kind, kAtTarget.entity),
                   SumOf(lines, bounds.label, SinkKind::kMaxHops));
    }
  }
}

TEST(RandomBounds, HoldEveryPolicy) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    std::mt19937_64 random(seed);
    const auto chain = MakeRandomChain(random, WideChain(random, seed));
    const View& view = chain->Build();
    for (int query = 0; query < 6; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      TraceRequest request = RandomRequest(random, view);
      TestStops stops;
      if (query % 2 == 1) {
        stops = MakeRandomStops(random, view, 3 + random() % 10);
        request.stops = &stops;
      }
      ExpectOutputsInside(random, view, request);
      const OutputNum some{random() % view.outputs_count()};
      if (!view.IsUnspendable(some)) {
        ExpectAddressInside(view, request, stops, view.AddressOf(some));
      }
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(RandomBounds, OfFiguresAreReachedAndNeverLeft) {
  std::uint64_t apart = 0;
  std::uint64_t exits = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    std::mt19937_64 random(seed);
    const auto chain = MakeRandomChain(random, TinyChain(random, seed));
    const View& view = chain->Build();
    for (int query = 0; query < 4; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      TraceRequest request = RandomRequest(random, view);
      request.max_hops.reset();
      request.until_height.reset();
      constexpr Stop kStop = {SinkKind::kService, 7};
      TestStops stops;
      stops.stops[view.AddressOf(OutputNum{random() % view.outputs_count()})] = kStop;
      request.stops = &stops;
      const auto all = FindFigureBounds(view, request, {}, nullptr);
      ASSERT_THAT(all, IsOk());
      for (const FigureBounds& figures : *all) {
        ASSERT_TRUE(figures.known);
        const auto unspent = TryAll(view, request, figures.label, Unspent());
        const auto stopped = TryAll(view, request, figures.label, Unspent(), kStop);
        if (!unspent.has_value() || !stopped.has_value()) continue;
        ASSERT_EQ(TextOf(figures.unspent), TextOf(*unspent));
        ASSERT_EQ(TextOf(figures.exits), TextOf(*stopped));
        if (unspent->min != unspent->max) ++apart;
        if (stopped->max != 0) ++exits;
      }
    }
  }
  EXPECT_GT(apart, 300u);
  EXPECT_GT(exits, 100u);
}

void ExpectFigureInside(const AmountInterval& interval, Taint figure, const char* name) {
  EXPECT_LE(Taint::FromSatoshi(static_cast<std::uint64_t>(interval.min)), figure) << name;
  EXPECT_GE(Taint::FromSatoshi(static_cast<std::uint64_t>(interval.max)), figure) << name;
}

TEST(RandomBounds, HoldTheFiguresOfEveryPolicy) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    std::mt19937_64 random(seed);
    const auto chain = MakeRandomChain(random, WideChain(random, seed));
    const View& view = chain->Build();
    for (int query = 0; query < 6; ++query) {
      TraceRequest request = RandomRequest(random, view);
      request.all_outputs = false;
      const TestStops stops = MakeRandomStops(random, view, 3 + random() % 10);
      if (query % 2 == 1) request.stops = &stops;
      const auto all = FindFigureBounds(view, request, {}, nullptr);
      ASSERT_THAT(all, IsOk());
      for (const Policy policy : {Policy::kHaircut, Policy::kFifo, Policy::kLifo, Policy::kTiho,
                                  Policy::kTifo, Policy::kCifo, Policy::kTiso}) {
        SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query, " policy ", int(policy)));
        request.policy = policy;
        const TraceLines lines = Trace(view, request);
        ASSERT_EQ(lines.summaries.size(), all->size());
        for (std::size_t i = 0; i < all->size(); ++i) {
          const Summary& summary = lines.summaries[i];
          const FigureBounds& figures = (*all)[i];
          ASSERT_EQ(summary.label, figures.label);
          ExpectFigureInside(figures.unspent, summary.unspent, "unspent");
          ExpectFigureInside(figures.exits, summary.exits, "exits");
          ExpectFigureInside(figures.sinks, summary.sinks, "sinks");
        }
      }
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(RandomBounds, OfALabelThatIsTooLargeLeaveTheOthersAlone) {
  std::uint64_t given_up = 0;
  std::uint64_t told = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 6 + random() % 10;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    const TraceRequest request = RandomRequest(random, view);
    const auto whole = FindFigureBounds(view, request, {}, nullptr);
    const auto cut = FindFigureBounds(view, request, {.max_arcs = 12}, nullptr);
    ASSERT_THAT(whole, IsOk());
    ASSERT_THAT(cut, IsOk());
    for (std::size_t i = 0; i < whole->size(); ++i) {
      ASSERT_TRUE((*whole)[i].known);
      ++((*cut)[i].known ? told : given_up);
      if (!(*cut)[i].known) continue;
      EXPECT_EQ(TextOf((*cut)[i].unspent), TextOf((*whole)[i].unspent));
      EXPECT_EQ(TextOf((*cut)[i].sinks), TextOf((*whole)[i].sinks));
    }
  }
  EXPECT_GT(given_up, 10u);
  EXPECT_GT(told, 10u);
}

TEST(RandomBounds, WidenWithFewerHopsAndNeverDependOnTheOrderOfSeeds) {
  std::uint64_t cut = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 4 + random() % 10;
    options.addresses = 12;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    for (int query = 0; query < 6; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      TraceRequest request = RandomRequest(random, view);
      request.max_hops.reset();
      const BoundsTarget target = RandomTarget(random, view);
      std::vector<Bounds> wider = Find(view, request, target);
      TraceRequest shuffled = request;
      std::shuffle(shuffled.seeds.begin(), shuffled.seeds.end(), random);
      shuffled.seeds.push_back(shuffled.seeds.front());
      const std::vector<Bounds> again = Find(view, shuffled, target);
      for (std::size_t i = 0; i < wider.size(); ++i) {
        EXPECT_EQ(TextOf(wider[i]), TextOf(again[i]));
      }
      for (std::uint32_t hops = 8; hops-- > 0;) {
        request.max_hops = hops;
        const std::vector<Bounds> with_hops = Find(view, request, target);
        for (std::size_t i = 0; i < with_hops.size(); ++i) {
          EXPECT_LE(with_hops[i].min, wider[i].min);
          EXPECT_GE(with_hops[i].max, wider[i].max);
          EXPECT_EQ(with_hops[i].seeded, wider[i].seeded);
          EXPECT_EQ(with_hops[i].not_expanded == 0, with_hops[i].not_expanded_max == 0);
          cut += with_hops[i].not_expanded;
        }
        wider = with_hops;
      }
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(cut, 1'000u);
}

}  // namespace
}  // namespace coinwake
