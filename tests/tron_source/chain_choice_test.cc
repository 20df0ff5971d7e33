// Goal: of any set of blocks the chain is the one its rule names, with all others counted. Method:
// small trees by hand; random trees with holes against a slow twin that walks from every tip.
#include "indexer/tron_source/chain_choice.h"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "indexer/tron/block.h"

namespace coinwake::tron {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Block `number` of branch `branch` on `parent`.
BlockPlace Place(std::uint64_t number, std::uint8_t branch, const Hash256& parent = {}) {
  Hash256 hash;
  hash.bytes.back() = branch;
  return {MakeBlockId(number, hash), parent, 0, 0, 0};
}

ChainChoice Choose(std::vector<BlockPlace> blocks) {
  std::sort(blocks.begin(), blocks.end(),
            [](const BlockPlace& a, const BlockPlace& b) { return a.id < b.id; });
  return ChooseChain(blocks);
}

std::vector<Hash256> Ids(const std::vector<BlockPlace>& places) {
  std::vector<Hash256> ids;
  ids.reserve(places.size());
  for (const BlockPlace& place : places) ids.push_back(place.id);
  return ids;
}

TEST(ChooseChain, IsEmptyForNoBlocks) { EXPECT_THAT(ChooseChain({}).chain, IsEmpty()); }

TEST(ChooseChain, TakesTheHighestTipAndThenTheSmallerId) {
  const BlockPlace root = Place(5, 1);
  const BlockPlace a = Place(6, 2, root.id);
  const BlockPlace b = Place(6, 1, root.id);
  const BlockPlace a7 = Place(7, 9, a.id);
  const ChainChoice even = Choose({a, root, b});
  EXPECT_THAT(Ids(even.chain), ElementsAre(root.id, b.id));
  EXPECT_EQ(even.stale_blocks, 1U);
  EXPECT_EQ(even.detached_blocks, 0U);
  EXPECT_THAT(Ids(Choose({a, root, b, a7}).chain), ElementsAre(root.id, a.id, a7.id));
}

TEST(ChooseChain, PrefersGenesisAndThenLength) {
  const BlockPlace genesis = Place(0, 1);
  const BlockPlace ten = Place(10, 1);
  const BlockPlace eleven = Place(11, 1, ten.id);
  const BlockPlace twenty = Place(20, 1);
  const ChainChoice window = Choose({twenty, eleven, ten});
  EXPECT_THAT(Ids(window.chain), ElementsAre(ten.id, eleven.id));
  EXPECT_EQ(window.detached_blocks, 1U);
  const ChainChoice whole = Choose({twenty, eleven, ten, genesis});
  EXPECT_THAT(Ids(whole.chain), ElementsAre(genesis.id));
  EXPECT_EQ(whole.detached_blocks, 3U);
}

TEST(ChooseChain, DoesNotFollowAParentOfAnotherHeight) {
  const BlockPlace root = Place(5, 1);
  const BlockPlace skips = Place(7, 1, root.id);
  const BlockPlace itself = Place(6, 3, Place(6, 3).id);
  const ChainChoice choice = Choose({root, skips, itself});
  EXPECT_THAT(Ids(choice.chain), ElementsAre(skips.id));  // all alone: the highest
  EXPECT_EQ(choice.detached_blocks, 2U);
}

// The same rule, from each block down.
ChainChoice Slow(const std::vector<BlockPlace>& blocks) {
  std::map<Hash256, BlockPlace> by_id;
  for (const BlockPlace& block : blocks) by_id[block.id] = block;
  const auto chain_to = [&by_id](BlockPlace at) {
    std::vector<BlockPlace> chain = {at};
    for (auto it = by_id.find(at.parent);
         it != by_id.end() && NumberOfBlockId(it->first) + 1 == NumberOfBlockId(chain.front().id);
         it = by_id.find(it->second.parent)) {
      chain.insert(chain.begin(), it->second);
    }
    return chain;
  };
  ChainChoice choice;
  for (const auto& [id, block] : by_id) {
    const auto chain = chain_to(block);
    const auto rank = [](const std::vector<BlockPlace>& one) {
      return std::tuple(!one.empty() && NumberOfBlockId(one.front().id) == 0, one.size(),
                        one.empty() ? 0 : NumberOfBlockId(one.back().id));
    };
    if (rank(chain) > rank(choice.chain)) choice.chain = chain;
  }
  for (const auto& [id, block] : by_id) {
    ++(chain_to(block).front().id == choice.chain.front().id ? choice.stale_blocks
                                                             : choice.detached_blocks);
  }
  choice.stale_blocks -= choice.chain.size();
  return choice;
}

TEST(ChooseChain, EqualsTheSlowTwinOnRandomTrees) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::vector<BlockPlace> blocks;
    for (std::uint8_t i = 1; i < 25; ++i) {
      const std::uint64_t lowest = random() % 3;
      const bool grows = !blocks.empty() && random() % 8 != 0;
      const BlockPlace parent = grows ? blocks[random() % blocks.size()] : BlockPlace{};
      blocks.push_back(grows ? Place(NumberOfBlockId(parent.id) + 1, i, parent.id)
                             : Place(lowest, i));
    }
    for (int holes = 0; holes < 3; ++holes) {
      blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(random() % blocks.size()));
    }
    const ChainChoice fast = Choose(blocks);
    const ChainChoice slow = Slow(blocks);
    EXPECT_EQ(Ids(fast.chain), Ids(slow.chain));
    EXPECT_EQ(fast.stale_blocks, slow.stale_blocks);
    EXPECT_EQ(fast.detached_blocks, slow.detached_blocks);
  }
}

}  // namespace
}  // namespace coinwake::tron
