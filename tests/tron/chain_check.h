// What a synthetic Tron chain is checked with: its bytes read back by the product's decoders, and
// by nothing of the makers.
#ifndef COINWAKE_TESTS_TRON_CHAIN_CHECK_H_
#define COINWAKE_TESTS_TRON_CHAIN_CHECK_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake::tron {

struct ReadChain {
  // In the form of MovesText(): "KIND ASSET FROM TO AMOUNT TXID".
  std::vector<std::string> moves;
  std::vector<std::string> txids;
  std::vector<Hash256> ids;
  std::uint64_t transactions = 0;
  std::uint64_t failed = 0;
  std::int64_t fees = 0;               // sun, of receipts
  std::vector<std::uint64_t> by_type;  // transactions by the number of their contract's type
};

// Decodes every block and its receipts; fails the test (EXPECT) where a block does not follow the
// one before, a root, an id or a receipt does not fit, or something is malformed.
ReadChain ReadBack(std::span<const synthetic::TronBlock> blocks);

// The truth in the same form.
std::vector<std::string> MovesText(std::span<const synthetic::TronBlock> blocks,
                                   const synthetic::TronTruth& truth);

// EXPECTs that all balances add up to what was minted less what was burnt, for each asset.
void ExpectConserved(const synthetic::TronTruth& truth);

}  // namespace coinwake::tron

#endif  // COINWAKE_TESTS_TRON_CHAIN_CHECK_H_
