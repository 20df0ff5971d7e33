#include "tests/tron_source/test_blocks.h"

#include <string>

#include "indexer/base/check.h"
#include "indexer/tron/block.h"
#include "indexer/tron_source/messages.h"
#include "tron/block.pb.h"
#include "tron/receipt.pb.h"

namespace coinwake::tron {
namespace {

std::string BytesOf(const Hash256& hash) {
  return std::string(hash.bytes.begin(), hash.bytes.end());
}

wire::Transaction MakeTransaction(std::uint64_t number, int index, std::uint64_t salt) {
  wire::TransactionRaw raw;
  raw.set_timestamp(static_cast<std::int64_t>(number));
  raw.set_fee_limit(index);
  raw.set_data("salt " + std::to_string(salt));
  raw.add_contract()->set_type(1);
  wire::Transaction transaction;
  transaction.set_raw_data(raw.SerializeAsString());
  transaction.add_signature(std::string(65, 's'));
  transaction.add_ret()->set_contract_ret(1);
  return transaction;
}

}  // namespace

TestBlock MakeTestBlock(const Hash256& parent, std::uint64_t number, const TestBlockSpec& spec) {
  TestBlock made;
  made.number = number;
  wire::Block block;
  wire::BlockHeaderRaw raw;
  raw.set_number(static_cast<std::int64_t>(number));
  raw.set_timestamp(static_cast<std::int64_t>(3000 * number + spec.salt));
  raw.set_parent_hash(BytesOf(parent));
  raw.set_witness_address("witness " + std::to_string(spec.salt));
  wire::TransactionRet ret;
  ret.set_block_number(raw.number());
  ret.set_block_time_stamp(raw.timestamp());
  std::vector<Hash256> leaves;
  for (int i = 0; i < spec.transactions; ++i) {
    const wire::Transaction transaction = MakeTransaction(number, i, spec.contents_salt);
    const std::string bytes = transaction.SerializeAsString();
    block.add_transactions(bytes);
    leaves.push_back(Sha256(SpanOf(bytes)));
    made.txids.push_back(Sha256(SpanOf(transaction.raw_data())));
    wire::TransactionInfo& info = *ret.add_transaction_info();
    info.set_id(BytesOf(made.txids.back()));
    info.set_fee(100 + i);
    info.set_block_number(raw.number());
    info.set_block_time_stamp(raw.timestamp());
    made.infos.push_back(info.SerializeAsString());
    AppendInfo(made.infos.back(), &made.info_list);
  }
  raw.set_tx_trie_root(BytesOf(MerkleRoot(leaves)));
  wire::BlockHeader header;
  header.set_raw_data(raw.SerializeAsString());
  header.set_witness_signature(std::string(65, 'w'));
  block.set_block_header(header.SerializeAsString());
  made.block = block.SerializeAsString();
  made.id = MakeBlockId(number, Sha256(SpanOf(header.raw_data())));
  if (spec.transactions > 0) made.ret = ret.SerializeAsString();
  return made;
}

std::vector<TestBlock> MakeTestChain(const Hash256& parent, std::uint64_t first, int count,
                                     std::uint64_t salt) {
  std::vector<TestBlock> chain;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t number = first + static_cast<std::uint64_t>(i);
    chain.push_back(MakeTestBlock(
        chain.empty() ? parent : chain.back().id, number,
        {.salt = salt, .transactions = static_cast<int>(number % 3), .contents_salt = salt}));
  }
  return chain;
}

std::string Delimited(const std::string& message) {
  std::string bytes;
  std::size_t size = message.size();
  for (; size >= 0x80; size >>= 7) bytes.push_back(static_cast<char>(size | 0x80));
  bytes.push_back(static_cast<char>(size));
  return bytes + message;
}

std::string BlocksFile(const std::vector<TestBlock>& blocks) {
  std::string bytes;
  for (const TestBlock& block : blocks) bytes += Delimited(block.block);
  return bytes;
}

std::string ReceiptsFile(const std::vector<TestBlock>& blocks) {
  std::string bytes;
  for (const TestBlock& block : blocks) {
    if (!block.ret.empty()) bytes += Delimited(block.ret);
  }
  return bytes;
}

std::optional<std::vector<Hash256>> ReceiptIds(const RawBlock& block) {
  BlockReceipts receipts;
  absl::Status status;
  switch (block.receipts_form) {
    case RawBlock::Receipts::kNone:
      COINWAKE_CHECK(block.receipts.empty());
      break;
    case RawBlock::Receipts::kTransactionRet:
      status = DecodeTransactionRet(SpanOf(block.receipts), &receipts);
      break;
    case RawBlock::Receipts::kInfoList:
      status = DecodeTransactionInfoList(SpanOf(block.receipts), &receipts);
      break;
  }
  if (!status.ok()) return std::nullopt;
  std::vector<Hash256> ids;
  for (const Receipt& receipt : receipts.receipts) ids.push_back(receipt.txid);
  return ids;
}

}  // namespace coinwake::tron
