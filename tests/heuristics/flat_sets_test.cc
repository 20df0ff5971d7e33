// Goal: sets start from stored parents as if their unions had just been made. Method: small cases.
#include "heuristics/flat_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

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

TEST(FlatSets, MayBeOfNothing) {
  FlatSets sets(0);
  sets.Finish();
  EXPECT_EQ(sets.count(), 0u);
}

}  // namespace
}  // namespace coinwake::test
