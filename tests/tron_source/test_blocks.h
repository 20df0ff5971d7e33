// Small blocks of Tron with receipts, made by tests, and what compares what sources give of them.
#ifndef COINWAKE_TESTS_TRON_SOURCE_TEST_BLOCKS_H_
#define COINWAKE_TESTS_TRON_SOURCE_TEST_BLOCKS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/hash.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron_source/block_source.h"

namespace coinwake::tron {

struct TestBlock {
  std::uint64_t number = 0;
  Hash256 id;
  std::string block;      // message Block
  std::string ret;        // TransactionRet; empty without transactions
  std::string info_list;  // TransactionInfoList of the same receipts
  std::vector<Hash256> txids;
  std::vector<std::string> infos;  // TransactionInfo, one a transaction
};

// What makes a block differ from others of its number.
struct TestBlockSpec {
  std::uint64_t salt = 0;  // in its time and its witness
  int transactions = 2;
  std::uint64_t contents_salt = 0;  // in its transactions
};

TestBlock MakeTestBlock(const Hash256& parent, std::uint64_t number, const TestBlockSpec& spec);
// `count` blocks on `parent`, which is the block before `first`, each with (number mod 3)
// transactions.
std::vector<TestBlock> MakeTestChain(const Hash256& parent, std::uint64_t first, int count,
                                     std::uint64_t salt = 0);

// A message after its length.
std::string Delimited(const std::string& message);
std::string BlocksFile(const std::vector<TestBlock>& blocks);
std::string ReceiptsFile(const std::vector<TestBlock>& blocks);  // of those with transactions

// The txids of the receipts, in order; nullopt where they cannot be decoded. Empty for none.
std::optional<std::vector<Hash256>> ReceiptIds(const RawBlock& block);

}  // namespace coinwake::tron

#endif  // COINWAKE_TESTS_TRON_SOURCE_TEST_BLOCKS_H_
