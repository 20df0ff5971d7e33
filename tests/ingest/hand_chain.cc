#include "tests/ingest/hand_chain.h"

#include <utility>

#include "indexer/tron/block.h"
#include "indexer/tron/wire.h"

namespace coinwake {
namespace {

std::string BytesOf(const Hash256& hash) {
  return std::string(hash.bytes.begin(), hash.bytes.end());
}

}  // namespace

HandChain::HandChain() { NextBlock(0); }

Hash256 HandChain::AddBytes(std::int32_t type, const std::string& type_url,
                            const std::string& parameter, const tron::wire::TransactionInfo& info) {
  tron::wire::TransactionRaw raw;
  raw.set_timestamp(static_cast<std::int64_t>(blocks_.size() * 1'000 + leaves_.size()));
  auto* const contract = raw.add_contract();
  contract->set_type(type);
  contract->mutable_parameter()->set_type_url(type_url);
  contract->mutable_parameter()->set_value(parameter);
  tron::wire::Transaction transaction;
  transaction.set_raw_data(raw.SerializeAsString());
  transaction.add_signature(std::string(65, 's'));
  transaction.add_ret()->set_contract_ret(1);
  const std::string bytes = transaction.SerializeAsString();
  block_.add_transactions(bytes);
  leaves_.push_back(Sha256(tron::SpanOf(bytes)));
  const Hash256 txid = Sha256(tron::SpanOf(transaction.raw_data()));
  auto* const added = ret_.add_transaction_info();
  *added = info;
  added->set_id(BytesOf(txid));
  added->set_block_number(static_cast<std::int64_t>(blocks_.size()));
  return txid;
}

void HandChain::NextBlock(std::int64_t after_ms) {
  time_ms_ += after_ms;
  const std::uint64_t number = blocks_.size();
  tron::wire::BlockHeaderRaw raw;
  raw.set_number(static_cast<std::int64_t>(number));
  raw.set_timestamp(time_ms_);
  raw.set_parent_hash(BytesOf(number == 0 ? Hash256() : blocks_.back().id));
  raw.set_tx_trie_root(BytesOf(tron::MerkleRoot(std::exchange(leaves_, {}))));
  tron::wire::BlockHeader header;
  header.set_raw_data(raw.SerializeAsString());
  block_.set_block_header(header.SerializeAsString());
  synthetic::TronBlock& made = blocks_.emplace_back();
  made.number = number;
  made.id = tron::MakeBlockId(number, Sha256(tron::SpanOf(header.raw_data())));
  made.bytes = block_.SerializeAsString();
  made.transactions = static_cast<std::uint32_t>(block_.transactions_size());
  ret_.set_block_number(raw.number());
  ret_.set_block_time_stamp(time_ms_);
  if (made.transactions != 0) made.receipts = ret_.SerializeAsString();
  block_.Clear();
  ret_.Clear();
}

}  // namespace coinwake
