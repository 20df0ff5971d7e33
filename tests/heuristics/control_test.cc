// Goal: rule T3 says who can act for an account without it, and from when to when. Method: changes
// of permissions one after the other.
#include "heuristics/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/heuristics/account_town.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Address kOwner = Town::Person(1);
const Address kKey = Town::Person(2);
const Address kOtherKey = Town::Person(3);

FoundControl ControlOf(const Surveyed& made, const Address& account) {
  auto found = ControlAround(made.reader(), made.Number(account));
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  return found.ok() ? *found : FoundControl();
}

TEST(Control, IsOfKeysThatNeedNoOwner) {
  Town town;
  town.chain().UpdatePermission(kOwner, {kOwner, kKey, kOtherKey}, 2);  // 1 each
  town.chain().NextBlock();
  const std::uint64_t changed = town.chain().number();
  town.Pass(3);
  const Surveyed made(town);
  const FoundControl found = ControlOf(made, kOwner);
  EXPECT_FALSE(found.is_cut);
  ASSERT_THAT(found.edges, SizeIs(1));
  const ControlEdge& edge = found.edges.front();
  EXPECT_EQ(edge.account, made.Number(kOwner));
  EXPECT_THAT(edge.keys, ElementsAre(made.Number(kKey), made.Number(kOtherKey)));
  EXPECT_EQ(edge.from_height, changed);  // the block after the one with the change
  EXPECT_EQ(edge.to_height, std::nullopt);
  EXPECT_THAT(ControlOf(made, kKey).edges, ElementsAre(edge));
  EXPECT_THAT(ControlOf(made, Town::Person(4)).edges, IsEmpty());
  // The two are never put together for it.
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, kOwner, kKey));
}

TEST(Control, IsNoneWhereTheOwnersKeyIsNeeded) {
  Town town;
  town.chain().UpdatePermission(kOwner, {kOwner, kKey}, 2);
  town.chain().NextBlock();
  town.chain().UpdatePermission(Town::Person(5), {Town::Person(5)}, 1);
  const Surveyed made(town);
  EXPECT_THAT(ControlOf(made, kOwner).edges, IsEmpty());
  EXPECT_THAT(ControlOf(made, kKey).edges, IsEmpty());
  EXPECT_THAT(ControlOf(made, Town::Person(5)).edges, IsEmpty());
}

TEST(Control, EndsWithTheNextChange) {
  Town town;
  town.chain().UpdatePermission(kOwner, {kKey}, 1);
  town.chain().NextBlock();
  const std::uint64_t first = town.chain().number();
  town.Pass(5);
  const std::uint64_t second = town.chain().number();
  town.chain().UpdatePermission(kOwner, {kOtherKey}, 1);
  town.chain().NextBlock();
  town.Pass(5);
  const std::uint64_t third = town.chain().number();
  town.chain().UpdatePermission(kOwner, {kKey}, 1);  // for no block at all
  town.chain().UpdatePermission(kOwner, {kOwner}, 1);
  const Surveyed made(town);
  const FoundControl found = ControlOf(made, kOwner);
  ASSERT_THAT(found.edges, SizeIs(2));
  EXPECT_THAT(found.edges[0].keys, ElementsAre(made.Number(kKey)));
  EXPECT_EQ(found.edges[0].from_height, first);
  EXPECT_EQ(found.edges[0].to_height, second);
  EXPECT_THAT(found.edges[1].keys, ElementsAre(made.Number(kOtherKey)));
  EXPECT_EQ(found.edges[1].from_height, second + 1);
  EXPECT_EQ(found.edges[1].to_height, third);
  EXPECT_THAT(ControlOf(made, kKey).edges, ElementsAre(found.edges[0]));
}

// An account of which too much is said has no edge, and that is told.
TEST(Control, OfHubsIsCut) {
  Town town;
  town.chain().UpdatePermission(kOwner, {kKey}, 1);
  town.chain().Freeze(kOwner, 50'000 * kSunPerTrx, tron::Resource::kEnergy);
  for (std::size_t i = 0; i < kMostEventsRead; ++i) {
    town.chain().Delegate(kOwner, Town::Person(i % 500), kSunPerTrx, tron::Resource::kEnergy);
    if (i % 500 == 0) town.chain().NextBlock();
  }
  const Surveyed made(town);
  EXPECT_THAT(ControlOf(made, kOwner).edges, IsEmpty());
  EXPECT_TRUE(ControlOf(made, kOwner).is_cut);
  EXPECT_TRUE(ControlOf(made, kKey).is_cut);
}

}  // namespace
}  // namespace coinwake
