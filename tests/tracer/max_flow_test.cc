// Goal: flows are as large as the smallest cut, in both widths, whatever was asked before.
// Method: random networks of a few vertices against every cut; long and wide ones whose flow is
// known; limits and cancellation. Seeds of the random numbers are printed.
#include "tracer/max_flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "indexer/base/amount.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

template <typename Amount>
using Arcs = std::vector<typename MaxFlow<Amount>::Arc>;

std::string Decimal(Uint128 amount) { return ToDecimal(Uint256(amount)); }

template <typename Amount>
Uint128 Flow(MaxFlow<Amount>& network, const std::vector<std::uint32_t>& sinks) {
  FlowMeter meter(0, nullptr);
  const absl::StatusOr<Uint128> flow = network.To(sinks, meter);
  EXPECT_THAT(flow, IsOk());
  return flow.value_or(0);
}

// The least that every way from vertex 0 to a sink has to pass.
template <typename Amount>
Uint128 SmallestCut(std::uint32_t vertices, const Arcs<Amount>& arcs,
                    const std::vector<std::uint32_t>& sinks) {
  Uint128 smallest = ~Uint128{0};
  for (std::uint32_t side = 1; side < 1u << vertices; side += 2) {  // vertex 0 is always in
    const bool has_sink = std::any_of(
        sinks.begin(), sinks.end(), [side](std::uint32_t sink) { return (side >> sink & 1) != 0; });
    if (has_sink) continue;
    Uint128 cut = 0;
    for (const auto& arc : arcs) {
      if ((side >> arc.from & 1) != 0 && (side >> arc.to & 1) == 0) cut += arc.capacity;
    }
    smallest = std::min(smallest, cut);
  }
  return smallest;
}

// Capacities are up to `most` times `scale`.
template <typename Amount>
void ExpectSmallestCuts(std::uint64_t most, Amount scale) {
  std::uint64_t positive = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto vertices = static_cast<std::uint32_t>(2 + random() % 8);
    Arcs<Amount> arcs;
    for (std::uint64_t i = random() % (3 * std::uint64_t{vertices}); i != 0; --i) {
      const auto to = static_cast<std::uint32_t>(1 + random() % (vertices - 1));
      const auto from = static_cast<std::uint32_t>(random() % to);
      arcs.push_back({from, to, Amount(random() % (most + 1)) * scale});
    }
    MaxFlow<Amount> network(vertices, arcs);
    for (int query = 0; query < 4; ++query) {
      std::vector<std::uint32_t> sinks;
      for (std::uint32_t v = 1; v < vertices; ++v) {
        if (random() % 3 == 0) sinks.push_back(v);
      }
      const Uint128 flow = Flow(network, sinks);
      positive += flow > 0 ? 1 : 0;
      ASSERT_EQ(Decimal(flow),
                sinks.empty() ? "0" : Decimal(SmallestCut<Amount>(vertices, arcs, sinks)));
    }
  }
  EXPECT_GT(positive, 800u);
}

TEST(MaxFlow, EqualsTheSmallestCut) {
  ExpectSmallestCuts<std::uint64_t>(5, 1);
  ExpectSmallestCuts<std::uint64_t>(1'000, std::uint64_t{1} << 50);
}

TEST(MaxFlow, EqualsTheSmallestCutInWideNumbers) {
  ExpectSmallestCuts<Uint128>(5, 1);
  ExpectSmallestCuts<Uint128>(1'000, Uint128{1} << 112);
}

TEST(MaxFlow, CarriesTheLargestCapacities) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  MaxFlow<std::uint64_t> network(4, {{0, 1, kMost}, {0, 2, kMost}, {1, 3, kMost}, {2, 3, kMost}});
  EXPECT_EQ(Decimal(Flow(network, {3})), "36893488147419103230");  // twice as much
}

// The first flow takes the wrong turn and has to give it back.
TEST(MaxFlow, GivesBackWhatAnotherNeeds) {
  MaxFlow<std::uint64_t> network(
      6, {{0, 1, 1}, {0, 2, 1}, {1, 3, 1}, {1, 4, 1}, {2, 3, 1}, {3, 5, 1}, {4, 5, 1}});
  EXPECT_EQ(Decimal(Flow(network, {5})), "2");
  EXPECT_EQ(Decimal(Flow(network, {4})), "1");
  EXPECT_EQ(Decimal(Flow(network, {3, 4})), "2");
  EXPECT_EQ(Decimal(Flow(network, {5})), "2");
}

// A peel chain: what each hop peels off goes to the sink, the rest on.
TEST(MaxFlow, FollowsLongChainsInAFewPasses) {
  constexpr std::uint32_t kHops = 200'000;
  Arcs<std::uint64_t> arcs;
  for (std::uint32_t v = 0; v < kHops; ++v) {
    arcs.push_back({v, kHops, 1});
    if (v + 1 < kHops) arcs.push_back({v, v + 1, kHops});
  }
  MaxFlow<std::uint64_t> network(kHops + 1, arcs);
  FlowMeter meter(40 * std::uint64_t{kHops}, nullptr);
  const std::uint32_t sink = kHops;
  const absl::StatusOr<Uint128> flow = network.To({&sink, 1}, meter);
  ASSERT_THAT(flow, IsOk());
  EXPECT_EQ(Decimal(*flow), std::to_string(kHops));
}

TEST(MaxFlow, StopsAtItsLimitAndWhenCancelled) {
  Arcs<std::uint64_t> arcs;
  for (std::uint32_t v = 1; v < 1'000; ++v) arcs.push_back({v - 1, v, 1});
  MaxFlow<std::uint64_t> network(1'000, arcs);
  const std::uint32_t sink = 999;
  FlowMeter limited(100, nullptr);
  EXPECT_THAT(network.To({&sink, 1}, limited).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::HasSubstr("--max-hops")));
  const AlwaysCancelled cancelled;
  FlowMeter meter(0, &cancelled);
  EXPECT_EQ(network.To({&sink, 1}, meter).status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(Decimal(Flow(network, {999})), "1");
}

}  // namespace
}  // namespace coinwake
