// Blocks of a made chain in the form in which the tests' nodes have them.
#ifndef COINWAKE_TESTS_INGEST_NODE_BLOCKS_H_
#define COINWAKE_TESTS_INGEST_NODE_BLOCKS_H_

#include <span>
#include <vector>

#include "tests/support/tron_chain_builder.h"
#include "tests/tron_source/test_blocks.h"

namespace coinwake {

std::vector<tron::TestBlock> NodeBlocksOf(std::span<const synthetic::TronBlock> blocks);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_INGEST_NODE_BLOCKS_H_
