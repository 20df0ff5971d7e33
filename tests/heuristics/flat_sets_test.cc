// Goal: sets start from stored parents as if their unions had just been made. Method: small cases.
#include "heuristics/flat_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kAll = 100;

TEST(FlatSets, StartsFromParents) {
  const std::array<std::uint32_t, 5> parents = {0, 1, 0, 1, 0};
  FlatSets sets(8, parents);
  sets.unions()->Unite(6, 3);
  sets.unions()->Unite(7, 5);
  sets.Finish();
  EXPECT_EQ(sets.count(), 3u);
  EXPECT_THAT(sets.Members(AddressNum{4}, std::nullopt, kAll),
              ElementsAre(AddressNum{0}, AddressNum{2}, AddressNum{4}));
  EXPECT_THAT(sets.Members(AddressNum{6}, std::nullopt, kAll),
              ElementsAre(AddressNum{1}, AddressNum{3}, AddressNum{6}));
  EXPECT_EQ(sets.RootOf(AddressNum{7}), AddressNum{5});
  EXPECT_EQ(sets.SizeOf(AddressNum{7}), 2u);
}

TEST(FlatSets, StartsFromParentsOfAllAddresses) {
  const std::array<std::uint32_t, 3> parents = {0, 0, 2};
  FlatSets sets(3, parents);
  sets.Finish();
  EXPECT_EQ(sets.count(), 2u);
  EXPECT_EQ(sets.SizeOf(AddressNum{1}), 2u);
  EXPECT_EQ(sets.SizeOf(AddressNum{2}), 1u);
}

// Members are linked by whoever asks first.
TEST(FlatSets, TellsManyThreadsAtOnce) {
  constexpr std::uint32_t kCount = 5'000;
  FlatSets sets(kCount);
  for (std::uint32_t i = 3; i < kCount; ++i) sets.unions()->Unite(i, i - 3);
  sets.Finish();
  std::vector<std::uint64_t> sizes(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      threads.emplace_back([&sizes, &sets, i] { sizes[i] = sets.SizeOf(AddressNum{3 * i}); });
    }
  }
  EXPECT_THAT(sizes, ::testing::Each(kCount / 3 + 1));
}

TEST(FlatSets, MayBeOfNothing) {
  FlatSets sets(0);
  sets.Finish();
  EXPECT_EQ(sets.count(), 0u);
}

}  // namespace
}  // namespace coinwake::test
