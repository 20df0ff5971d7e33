#include "tests/tron/chain_check.h"

#include <gtest/gtest.h>

#include <variant>

#include "indexer/tron/event.h"
#include "tests/support/matchers.h"

namespace coinwake::tron {
namespace {

constexpr std::string_view kNobody = "-";

std::string Line(std::string_view kind, std::string_view asset, std::string_view from,
                 std::string_view to, std::string_view amount, const Hash256& txid) {
  std::string line;
  for (const std::string_view word : {kind, asset, from, to, amount}) {
    line.append(word).push_back(' ');
  }
  return line + txid.ToHex();
}

class Reader {
 public:
  explicit Reader(ReadChain* chain) : chain_(chain) {}

  void Genesis(const Block& block) {
    for (const Transaction& transaction : block.transactions) {
      txid_ = transaction.txid;
      const auto& transfer = std::get<TransferContract>(transaction.contract()->body);
      const bool negative = transfer.amount < 0;
      const std::string to = transfer.to.Name();
      std::string amount = std::to_string(transfer.amount);
      if (negative) amount.erase(0, 1);
      Add("genesis", "TRX", negative ? to : kNobody, negative ? kNobody : to, amount);
    }
  }

  void Read(const Transaction& transaction, const Receipt& receipt) {
    txid_ = transaction.txid;
    EXPECT_TRUE(transaction.well_formed());
    const bool succeeded = SuccessOf(transaction) == Success::kYes;
    EXPECT_EQ(succeeded, receipt.succeeded());
    const Contract& contract = *transaction.contract();
    if (succeeded) {
      ReadContract(contract, receipt);
      for (const InternalTransaction& call : receipt.internal_transactions) ReadInternal(call);
      for (const Log& log : receipt.logs) ReadLog(log);
    } else {
      EXPECT_TRUE(receipt.logs.empty());
      for (const InternalTransaction& call : receipt.internal_transactions) {
        EXPECT_TRUE(call.rejected);
      }
      ++chain_->failed;
    }
    if (receipt.fee > 0) Add("fee", "TRX", contract.owner.Name(), kNobody, receipt.fee);
    chain_->fees += receipt.fee;
  }

 private:
  void Add(std::string_view kind, std::string_view asset, std::string_view from,
           std::string_view to, std::string_view amount) {
    chain_->moves.push_back(Line(kind, asset, from, to, amount, txid_));
  }
  void Add(std::string_view kind, std::string_view asset, std::string_view from,
           std::string_view to, std::int64_t amount) {
    Add(kind, asset, from, to, std::to_string(amount));
  }

  void ReadContract(const Contract& contract, const Receipt& receipt) {
    const std::string owner = contract.owner.Name();
    const ContractOutcome& outcome = receipt.outcome;
    if (const auto* transfer = std::get_if<TransferContract>(&contract.body)) {
      Add("transfer", "TRX", owner, transfer->to.Name(), transfer->amount);
    } else if (const auto* asset = std::get_if<TransferAssetContract>(&contract.body)) {
      Add("transfer", "TRC10:" + asset->token, owner, asset->to.Name(), asset->amount);
    } else if (const auto* issue = std::get_if<AssetIssueContract>(&contract.body)) {
      Add("token_issue", "TRC10:" + outcome.asset_issue_id, kNobody, owner, issue->total_supply);
    } else if (const auto* freeze = std::get_if<FreezeBalanceV2Contract>(&contract.body)) {
      Add("freeze", "TRX", owner, owner, freeze->frozen_balance);
    } else if (const auto* call = std::get_if<TriggerSmartContract>(&contract.body)) {
      EXPECT_EQ(call->contract, receipt.contract);
      if (call->call_value > 0)
        Add("call_value", "TRX", owner, call->contract.Name(), call->call_value);
    } else if (const auto* create = std::get_if<CreateSmartContract>(&contract.body)) {
      if (create->call_value > 0) {
        Add("call_value", "TRX", owner, receipt.contract.Name(), create->call_value);
      }
    }
    if (outcome.withdraw_expire_amount > 0) {
      Add("unfreeze", "TRX", owner, owner, outcome.withdraw_expire_amount);
    }
    if (outcome.withdraw_amount > 0) Add("reward", "TRX", kNobody, owner, outcome.withdraw_amount);
  }

  void ReadInternal(const InternalTransaction& call) {
    for (const CallValue& value : call.values) {
      if (call.rejected || value.amount == 0) continue;
      Add("internal", value.token_id.empty() ? "TRX" : "TRC10:" + value.token_id,
          call.caller.Name(), call.to.Name(), value.amount);
    }
  }

  void ReadLog(const Log& log) {
    const Event event = RecogniseEvent(log);
    EXPECT_NE(event.kind, EventKind::kMalformed);
    const std::string asset = "TRC20:" + log.contract.Name();
    const std::string amount = ToDecimal(event.value);
    const Address zero;
    if (event.kind == EventKind::kDestroyedBlackFunds) {
      Add("destroyed", asset, event.from.ToBase58(), kNobody, amount);
    } else if (event.kind == EventKind::kTransfer) {
      const bool mints = event.from == zero;
      const bool burns = event.to == zero;
      Add(mints   ? "mint"
          : burns ? "burn"
                  : "transfer",
          asset, mints ? kNobody : event.from.ToBase58(), burns ? kNobody : event.to.ToBase58(),
          amount);
    }
  }

  ReadChain* chain_;
  Hash256 txid_;
};

void ReadBlock(const synthetic::TronBlock& made, const Block& block, Reader* reader) {
  BlockReceipts receipts;
  ASSERT_EQ(made.receipts.empty(), block.transactions.empty());
  if (made.receipts.empty()) return;
  ASSERT_OK(DecodeTransactionRet(SpanOf(made.receipts), &receipts));
  EXPECT_EQ(receipts.block_number, block.header.number);
  EXPECT_EQ(receipts.block_time_ms, block.header.time_ms);
  const ReceiptMatch match = MatchReceipts(block, receipts.receipts);
  ASSERT_TRUE(match.complete());
  EXPECT_TRUE(match.in_order);
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    reader->Read(block.transactions[i], receipts.receipts[*match.receipt_of[i]]);
  }
}

}  // namespace

ReadChain ReadBack(std::span<const synthetic::TronBlock> blocks) {
  ReadChain chain;
  Reader reader(&chain);
  Block block;
  for (const synthetic::TronBlock& made : blocks) {
    EXPECT_OK(DecodeBlock(SpanOf(made.bytes), &block));
    EXPECT_OK(CheckMerkleRoot(block));
    EXPECT_EQ(block.header.id, made.id);
    EXPECT_EQ(block.header.number, made.number);
    EXPECT_EQ(block.transactions.size(), made.transactions);
    EXPECT_EQ(block.malformed_transactions, 0U);
    if (!chain.ids.empty()) {
      EXPECT_OK(CheckFollows(block.header, chain.ids.back()));
    }
    chain.ids.push_back(block.header.id);
    chain.transactions += block.transactions.size();
    for (const Transaction& transaction : block.transactions) {
      chain.txids.push_back(transaction.txid.ToHex());
      const auto type = static_cast<std::size_t>(transaction.contract()->type);
      if (type >= chain.by_type.size()) chain.by_type.resize(type + 1);
      ++chain.by_type[type];
    }
    if (made.number == 0) {
      EXPECT_TRUE(made.receipts.empty());
      reader.Genesis(block);
    } else {
      ReadBlock(made, block, &reader);
    }
  }
  return chain;
}

std::vector<std::string> MovesText(std::span<const synthetic::TronBlock> blocks,
                                   const synthetic::TronTruth& truth) {
  const auto name = [](const std::optional<Address>& address) {
    return address ? address->ToBase58() : std::string(kNobody);
  };
  std::vector<std::string> lines;
  for (const synthetic::TronBlock& block : blocks) {
    for (const synthetic::Move& move : block.moves) {
      lines.push_back(Line(synthetic::MoveKindName(move.kind), truth.assets()[move.asset].name,
                           name(move.from), name(move.to), ToDecimal(move.amount), move.txid));
    }
  }
  return lines;
}

void ExpectConserved(const synthetic::TronTruth& truth) {
  std::vector<Uint256> sums(truth.assets().size());
  for (const synthetic::BalanceRow& row : truth.Rows()) {
    // Wraps below zero and back.
    sums[row.asset] += (row.negative ? Uint256(0) - row.amount : row.amount) + row.frozen;
  }
  for (std::size_t asset = 0; asset < sums.size(); ++asset) {
    const synthetic::TruthAsset& expected = truth.assets()[asset];
    EXPECT_EQ(sums[asset], expected.minted - expected.burned) << expected.name;
  }
}

}  // namespace coinwake::tron
