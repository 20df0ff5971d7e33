// Goal: what a window of blocks is said to take is what it takes, or more, of real blocks and of
// those made to take much. Method: blocks with many small parts of each sort are prepared, and what
// they hold is added up.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/ingest/tron_block.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/matchers.h"
#include "tests/tron_source/test_blocks.h"
#include "tron/block.pb.h"
#include "tron/receipt.pb.h"

namespace coinwake {
namespace {

template <typename T>
std::uint64_t SizeOf(const std::vector<T>& list) {
  return list.capacity() * sizeof(T);
}

// But what contracts and names own, which their bytes pay for.
std::uint64_t SizeOf(const PreparedTronBlock& prepared) {
  std::uint64_t size = sizeof(prepared) + prepared.raw.block.capacity() +
                       prepared.raw.receipts.capacity() + SizeOf(prepared.block.transactions) +
                       SizeOf(prepared.receipts.receipts) + SizeOf(prepared.match.receipt_of);
  for (const tron::Transaction& transaction : prepared.block.transactions) {
    size += SizeOf(transaction.contracts) + SizeOf(transaction.signatures) +
            SizeOf(transaction.results);
  }
  for (const tron::Receipt& receipt : prepared.receipts.receipts) {
    size += SizeOf(receipt.contract_results) + SizeOf(receipt.logs) +
            SizeOf(receipt.internal_transactions) + SizeOf(receipt.outcome.order_details) +
            SizeOf(receipt.outcome.cancel_unfreeze_v2_amounts);
    for (const tron::Log& log : receipt.logs) size += SizeOf(log.topics) + log.data.capacity();
    for (const tron::InternalTransaction& internal : receipt.internal_transactions) {
      size += SizeOf(internal.values);
    }
  }
  return size;
}

tron::RawBlock RawOf(const tron::TestBlock& block, const std::string& ret) {
  tron::RawBlock raw;
  raw.block = block.block;
  raw.receipts = ret;
  raw.receipts_form = tron::RawBlock::Receipts::kTransactionRet;
  return raw;
}

void ExpectBound(const tron::RawBlock& raw, std::uint64_t number) {
  PreparedTronBlock prepared;
  prepared.raw = raw;
  ASSERT_OK(PrepareTronBlock(number, &prepared));
  EXPECT_GE(PreparedSize(raw), SizeOf(prepared));
}

TEST(PreparedSize, BoundsBlocksOfManySmallParts) {
  const tron::TestBlock block = tron::MakeTestBlock({}, 1, {.transactions = 1});
  using Info = tron::wire::TransactionInfo;
  for (void (*const add)(Info*) : {
           +[](Info* info) { info->add_log(); },
           +[](Info* info) { info->add_log()->add_topics(std::string(32, 't')); },
           +[](Info* info) { info->add_internal_transactions()->set_hash(std::string(32, 'h')); },
           +[](Info* info) {
             auto* const internal = info->add_internal_transactions();
             internal->set_hash(std::string(32, 'h'));
             for (int i = 0; i < 5; ++i) internal->add_call_value_info();
           },
           +[](Info* info) { info->add_contract_result(); },
           +[](Info* info) { info->add_order_details(); },
           +[](Info* info) { info->add_cancel_unfreeze_v2_amount(); },
       }) {
    tron::wire::TransactionRet ret;
    ASSERT_TRUE(ret.ParseFromString(block.ret));
    for (int i = 0; i < 4'097; ++i) add(ret.mutable_transaction_info(0));
    // As many bytes as so many parts must have.
    ret.mutable_transaction_info(0)->set_res_message(
        std::string(std::size_t{4'097} * 6 * tron::kMinReceiptPartSize, ' '));
    ExpectBound(RawOf(block, ret.SerializeAsString()), 1);
  }
  // And of many receipts, nearly all of no transaction.
  tron::wire::TransactionRet ret;
  for (int i = 0; i < 4'097; ++i) ret.add_transaction_info()->set_id(std::string(32, 'i'));
  ret.set_block_number(1);
  ExpectBound(RawOf(block, ret.SerializeAsString()), 1);
}

TEST(PreparedSize, BoundsTransactionsOfManyContracts) {
  tron::wire::Block block;
  std::vector<Hash256> leaves;
  for (int i = 0; i < 500; ++i) {
    tron::wire::TransactionRaw raw;
    raw.set_timestamp(i + 1);
    // As many bytes as so many parts must have.
    raw.set_data(std::string((2 * tron::kMaxContracts + 1) * tron::kMinBlockPartSize, ' '));
    tron::wire::Transaction transaction;
    for (std::size_t part = 0; part < tron::kMaxContracts; ++part) {
      raw.add_contract();
      transaction.add_ret();
      transaction.add_signature();
    }
    transaction.set_raw_data(raw.SerializeAsString());
    const std::string bytes = transaction.SerializeAsString();
    block.add_transactions(bytes);
    leaves.push_back(Sha256(tron::SpanOf(bytes)));
  }
  const Hash256 root = tron::MerkleRoot(leaves);
  tron::wire::BlockHeaderRaw raw;
  raw.set_number(1);
  raw.set_parent_hash(std::string(32, '\0'));
  raw.set_tx_trie_root(std::string(root.bytes.begin(), root.bytes.end()));
  tron::wire::BlockHeader header;
  header.set_raw_data(raw.SerializeAsString());
  block.set_block_header(header.SerializeAsString());
  tron::RawBlock bytes;
  bytes.block = block.SerializeAsString();
  ExpectBound(bytes, 1);
  // As many bytes of one transaction's memo take no more than they are.
  tron::RawBlock memo;
  memo.block = std::string(bytes.block.size(), 'm');
  EXPECT_LT(PreparedSize(memo) * 4, PreparedSize(bytes));
}

// Windows of ordinary blocks hold what they did.
TEST(PreparedSize, IsNotFarOffForOrdinaryBlocks) {
  TronCast cast(94);
  for (int i = 0; i < 5; ++i) cast.AddBlock(40);
  const synthetic::TronBlock& block = cast.blocks().back();
  tron::RawBlock raw;
  raw.block = block.bytes;
  raw.receipts = block.receipts;
  raw.receipts_form = tron::RawBlock::Receipts::kTransactionRet;
  ExpectBound(raw, block.number);
  PreparedTronBlock prepared;
  prepared.raw = raw;
  ASSERT_OK(PrepareTronBlock(block.number, &prepared));
  EXPECT_LT(PreparedSize(raw), 8 * SizeOf(prepared));
}

}  // namespace
}  // namespace coinwake
