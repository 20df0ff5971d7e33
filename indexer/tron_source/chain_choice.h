// Which of many blocks are the chain.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_CHAIN_CHOICE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_CHAIN_CHOICE_H_

#include <cstdint>
#include <vector>

#include "indexer/base/hash.h"

namespace coinwake::tron {

// A block and where its bytes are; its number is in its id.
struct BlockPlace {
  Hash256 id = {};
  Hash256 parent = {};
  std::uint64_t offset = 0;
  std::uint32_t file = 0;
  std::uint32_t size = 0;
};

struct ChainChoice {
  std::vector<BlockPlace> chain;      // by number, without gaps; empty if there are no blocks
  std::uint64_t stale_blocks = 0;     // connected to the chain, but not in it
  std::uint64_t detached_blocks = 0;  // the rest
};

// Chains that begin with block 0 come before others; then the longest, the one with the highest tip
// and the one with the smaller id there win, in this order. (From the same block on, the longest is
// the one with the highest tip: java-tron's rule.)
// REQUIRES: sorted by id, each once. Cost: linear but for looking parents up.
ChainChoice ChooseChain(const std::vector<BlockPlace>& blocks);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_CHAIN_CHOICE_H_
