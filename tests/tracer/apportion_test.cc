// Goal: largest remainder splits exactly, keeps capacities and breaks ties to the lower index.
// Method: small cases by hand, all small cases against a slow twin that sorts, random large ones
// for conservation, capacity and an error below one unit.
#include "tracer/apportion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "tracer/taint.h"

namespace coinwake {
namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers SplitOf(std::uint64_t amount, const Numbers& capacities) {
  Apportioner apportioner;
  Numbers shares(capacities.size(), 77);
  const std::uint64_t total =
      std::accumulate(capacities.begin(), capacities.end(), Numbers::value_type{0});
  apportioner.Split(amount, capacities, total, shares);
  return shares;
}

// The rule word for word: floors, then one each in the order (remainder descending, index
// ascending).
Numbers TwinSplit(std::uint64_t amount, const Numbers& capacities) {
  const std::uint64_t total =
      std::accumulate(capacities.begin(), capacities.end(), Numbers::value_type{0});
  Numbers shares(capacities.size(), 0);
  if (total == 0) return shares;
  std::vector<std::pair<std::uint64_t, std::size_t>> order;  // (total - remainder, index)
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    const Uint128 product = Uint128{amount} * capacities[i];
    shares[i] = static_cast<std::uint64_t>(product / total);
    given += shares[i];
    order.emplace_back(total - static_cast<std::uint64_t>(product % total), i);
  }
  std::sort(order.begin(), order.end());
  for (std::uint64_t i = 0; i < amount - given; ++i) ++shares[order[i].second];
  return shares;
}

TEST(Apportioner, SplitsByHand) {
  EXPECT_EQ(SplitOf(60, {50, 30, 15, 5}), (Numbers{30, 18, 9, 3}));
  EXPECT_EQ(SplitOf(18, {35, 18, 2}), (Numbers{11, 6, 1}));
  EXPECT_EQ(SplitOf(30, {20, 57, 3}), (Numbers{8, 21, 1}));  // 7.5, 21.375, 1.125
  EXPECT_EQ(SplitOf(0, {3, 4}), (Numbers{0, 0}));
  EXPECT_EQ(SplitOf(7, {3, 4}), (Numbers{3, 4}));
  EXPECT_EQ(SplitOf(0, {}), (Numbers{}));
  EXPECT_EQ(SplitOf(0, {0, 0}), (Numbers{0, 0}));
}

TEST(Apportioner, GivesTiesToTheLowerIndex) {
  EXPECT_EQ(SplitOf(1, {1, 1, 1}), (Numbers{1, 0, 0}));
  EXPECT_EQ(SplitOf(2, {0, 1, 1, 1}), (Numbers{0, 1, 1, 0}));
  EXPECT_EQ(SplitOf(1, {5, 5}), (Numbers{1, 0}));
}

TEST(Apportioner, EqualsTheTwinInAllSmallCases) {
  for (std::uint64_t a = 0; a <= 6; ++a) {
    for (std::uint64_t b = 0; b <= 6; ++b) {
      for (std::uint64_t c = 0; c <= 6; ++c) {
        for (std::uint64_t d = 0; d <= 3; ++d) {
          for (std::uint64_t amount = 0; amount <= a + b + c + d; ++amount) {
            const Numbers capacities{a, b, c, d};
            ASSERT_EQ(SplitOf(amount, capacities), TwinSplit(amount, capacities))
                << amount << " over " << a << " " << b << " " << c << " " << d;
          }
        }
      }
    }
  }
}

TEST(Apportioner, EqualsTheTwinInLargeRandomCases) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::size_t parts = 1 + random() % (seed % 10 == 0 ? 2000 : 12);
    const std::uint64_t most = ~std::uint64_t{0} / parts;
    Numbers capacities(parts);
    for (std::uint64_t& capacity : capacities) {
      capacity = random() % 4 == 0 ? random() % 3 : (random() >> (random() % 64)) % most;
    }
    const std::uint64_t total =
        std::accumulate(capacities.begin(), capacities.end(), Numbers::value_type{0});
    if (total == 0) continue;
    const std::uint64_t amount = random() % total;
    const Numbers shares = SplitOf(amount, capacities);
    ASSERT_EQ(shares, TwinSplit(amount, capacities));
    ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), Numbers::value_type{0}), amount);
    for (std::size_t i = 0; i < parts; ++i) {
      ASSERT_LE(shares[i], capacities[i]);
      // |share - amount * w / W| < 1, without leaving the integers.
      const Uint128 exact = Uint128{amount} * capacities[i];
      ASSERT_LT(Uint128{shares[i]} * total, exact + total);
      ASSERT_LT(exact, (Uint128{shares[i]} + 1) * total);
    }
  }
}

TEST(Apportioner, BreaksTiesAmongTenThousandEqualParts) {
  const Numbers capacities(10'000, 3);
  const Numbers shares = SplitOf(12'345, capacities);  // 1.2345 each
  for (std::size_t i = 0; i < shares.size(); ++i) ASSERT_EQ(shares[i], i < 2'345 ? 2u : 1u) << i;
}

TEST(Apportioner, SplitsValuesNearTheLimitOf63Bits) {
  constexpr std::uint64_t kMost = (std::uint64_t{1} << 63) - 1;
  EXPECT_EQ(SplitOf(kMost, {kMost, 1}), (Numbers{kMost - 1, 1}));
  EXPECT_EQ(SplitOf(kMost / 2, {kMost - 1, 1}), (Numbers{kMost / 2, 0}));
}

TEST(Apportioner, KeepsEveryLabelExactWhenSeveralShareCapacities) {
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::size_t parts = 1 + random() % 6;
    Numbers capacities(parts);
    for (std::uint64_t& capacity : capacities) capacity = random() % 9;
    const Numbers whole = capacities;
    std::uint64_t total =
        std::accumulate(capacities.begin(), capacities.end(), Numbers::value_type{0});
    Numbers sums(parts, 0);
    Apportioner apportioner;
    for (int label = 0; label < 5; ++label) {
      const std::uint64_t amount = total == 0 ? 0 : random() % (total + 1);
      Numbers shares(parts);
      apportioner.SplitAndTake(amount, capacities, &total, shares);
      ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), Numbers::value_type{0}), amount);
      for (std::size_t i = 0; i < parts; ++i) {
        sums[i] += shares[i];
        ASSERT_LE(sums[i], whole[i]);
        ASSERT_EQ(capacities[i], whole[i] - sums[i]);
      }
    }
  }
}

}  // namespace
}  // namespace coinwake
