#include "indexer/tron_source/chain_choice.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "indexer/tron/block.h"

namespace coinwake::tron {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

struct Link {
  std::uint32_t parent = kNone;
  std::uint32_t root = 0;
};

}  // namespace

ChainChoice ChooseChain(const std::vector<BlockPlace>& blocks) {
  ChainChoice choice;
  if (blocks.empty()) return choice;
  std::vector<Link> links(blocks.size());
  const auto begin = blocks.begin();
  auto below = begin;  // the blocks of one number less, if there are any, are [below, level)
  auto level = begin;  // of this number
  std::uint32_t tip = 0;
  auto best = std::tuple(false, std::uint64_t{0}, std::uint64_t{0});
  for (auto block = begin; block != blocks.end(); ++block) {
    const std::uint64_t number = NumberOfBlockId(block->id);
    if (number != NumberOfBlockId(level->id)) {
      below = level;
      level = block;
    }
    const auto index = static_cast<std::uint32_t>(block - begin);
    const auto parent =
        std::lower_bound(below, level, block->parent,
                         [](const BlockPlace& place, const Hash256& id) { return place.id < id; });
    // The parent's id holds its number, which has to be the one before.
    const bool connects =
        parent != level && parent->id == block->parent && NumberOfBlockId(parent->id) + 1 == number;
    if (connects) links[index].parent = static_cast<std::uint32_t>(parent - begin);
    links[index].root = connects ? links[links[index].parent].root : index;
    const std::uint64_t first = NumberOfBlockId(blocks[links[index].root].id);
    const auto rank = std::tuple(first == 0, number - first, number);
    if (index == 0 || rank > best) {
      best = rank;
      tip = index;
    }
  }
  const std::uint32_t root = links[tip].root;
  const auto connected = static_cast<std::uint64_t>(std::count_if(
      links.begin(), links.end(), [root](const Link& link) { return link.root == root; }));
  for (std::uint32_t index = tip; index != kNone; index = links[index].parent) {
    choice.chain.push_back(blocks[index]);
  }
  std::reverse(choice.chain.begin(), choice.chain.end());
  choice.stale_blocks = connected - choice.chain.size();
  choice.detached_blocks = blocks.size() - connected;
  return choice;
}

}  // namespace coinwake::tron
