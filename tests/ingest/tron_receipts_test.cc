// Goal: where receipts are missing nothing is guessed and the gap is told; where receipts or blocks
// are wrong, the run names the place and keeps what came before.
// Method: built chains with the receipts of some blocks left out, incomplete or changed, and with
// blocks changed or left out; what the index says of each transaction is held against the truth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/tron/asset.h"
#include "indexer/view/account_history.h"
#include "indexer/view/open.h"
#include "tests/ingest/node_blocks.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/tron_source/node_folder.h"
#include "tron/block.pb.h"
#include "tron/receipt.pb.h"

namespace coinwake {
namespace {

using synthetic::TronBlock;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Network kNetwork = Network::kTronPrivate;

std::string Name(const AccountView& view, const std::optional<AddressNum>& address) {
  return address.has_value() ? tron::Account(view.Script(*address)).Name() : "-";
}
std::string Line(std::string_view asset, const std::string& from, const std::string& to,
                 const Uint256& amount) {
  return absl::StrCat(std::string(asset), " ", from, " ", to, " ", ToDecimal(amount));
}

// By transaction, what the truth says moved.
std::map<Hash256, std::vector<std::string>> MovesOf(const TronCast& cast) {
  const auto name = [](const std::optional<synthetic::Address>& address) {
    return address ? address->ToBase58() : std::string("-");
  };
  std::map<Hash256, std::vector<std::string>> moves;
  for (const TronBlock& block : cast.blocks()) {
    for (const synthetic::Move& move : block.moves) {
      moves[move.txid].push_back(Line(cast.truth().assets()[move.asset].name, name(move.from),
                                      name(move.to), move.amount));
    }
  }
  return moves;
}
std::vector<std::string> MovesOf(const AccountView& view, TxNum tx) {
  std::vector<std::string> lines;
  for (EventNum number = view.Events(tx).begin; number < view.Events(tx).end; ++number) {
    const LedgerEvent event = view.Event(number);
    if (!MovesValue(event.kind)) continue;
    lines.push_back(Line(tron::AssetOfBytes(view.AssetName(event.asset))->Name(),
                         Name(view, event.from), Name(view, event.to), event.amount));
  }
  return lines;
}

class TronReceipts : public ::testing::Test {
 protected:
  TronReceipts() : folder_(std::filesystem::path(::testing::TempDir()) / "tron-receipts") {
    std::filesystem::remove_all(folder_);
  }
  ~TronReceipts() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<TronIngestReport> Index(const std::vector<TronBlock>& blocks) {
    WriteTronBlocks(files_, "/blocks", blocks);
    return IndexTron(files_, TronTestOptions("/blocks", "/data"));
  }
  std::string Dump() {
    const auto dump = DumpAccountIndex(files_, "/data", kNetwork);
    EXPECT_OK(dump);
    return dump.value_or("");
  }
  static std::string Fresh(const std::vector<TronBlock>& blocks) {
    FaultFileSystem files;
    WriteTronBlocks(files, "/blocks", blocks);
    EXPECT_OK(IndexTron(files, TronTestOptions("/blocks", "/data")));
    return DumpAccountIndex(files, "/data", kNetwork).value_or("");
  }

  const std::filesystem::path folder_;
  FaultFileSystem files_;
};

void ChangeReceipts(TronBlock* block,
                    const std::function<void(tron::wire::TransactionRet*)>& change) {
  tron::wire::TransactionRet ret;
  ASSERT_TRUE(ret.ParseFromString(block->receipts));
  change(&ret);
  block->receipts = ret.SerializeAsString();
}

TEST_F(TronReceipts, ThatAreMissingLeaveGapsAndNoGuess) {
  for (const std::uint64_t seed : {81u, 82u, 83u}) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    TronCast cast(seed);
    cast.AddBlocks(60);
    std::vector<TronBlock> blocks = cast.blocks();
    std::uint64_t without = 0;
    for (std::size_t i = 5; i < blocks.size(); i += 3) {
      blocks[i].receipts.clear();
      without += blocks[i].transactions;
    }
    ASSERT_GT(without, 10u);
    WriteTronBlocks(files_, "/blocks", blocks);
    const std::string data = absl::StrCat("/data", seed);
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report,
                         IndexTron(files_, TronTestOptions("/blocks", data)));
    EXPECT_EQ(report.totals.without_receipt, without);
    EXPECT_THAT(report.warnings, Contains(HasSubstr(absl::StrCat(without, " transactions have"))));
    ASSERT_OK_AND_ASSIGN(const OpenIndex index, OpenForReading(files_, data, kNetwork));
    const AccountView& view = *index.accounts;
    const auto truth = MovesOf(cast);
    std::uint64_t gaps = 0;
    std::map<AddressNum, std::uint64_t> gaps_of;
    for (TxNum tx; tx.value < view.transactions_count(); ++tx) {
      const auto found = truth.find(view.Txid(tx));
      const std::vector<std::string> expected =
          found == truth.end() ? std::vector<std::string>() : found->second;
      const std::vector<std::string> moves = MovesOf(view, tx);
      const std::uint64_t height = view.HeightOf(tx);
      if (height < 5 || height % 3 != 2) {
        EXPECT_EQ(moves, expected);
        EXPECT_EQ(view.Transaction(tx).flags.has_receipt, height != 0);
        continue;
      }
      EXPECT_FALSE(view.Transaction(tx).flags.has_receipt);
      for (const std::string& move : moves) EXPECT_THAT(expected, Contains(move));
      EXPECT_LE(moves.size(), 1u);
      const LedgerEvent last = view.Event(EventNum{view.Events(tx).end.value - 1});
      EXPECT_EQ(last.kind, EntryKind::kGap);
      EXPECT_TRUE(last.more == static_cast<int>(GapReason::kNoReceipt) ||
                  last.more == static_cast<int>(GapReason::kUnknownSuccess));
      EXPECT_EQ(last.asset, kTrxAsset);
      EXPECT_EQ(last.from, view.Transaction(tx).owner);
      ++gaps;
      ++gaps_of[*last.from];
    }
    EXPECT_EQ(gaps, without);
    EXPECT_EQ(view.totals().gaps, gaps);
    for (const auto& [address, count] : gaps_of) {
      ASSERT_OK_AND_ASSIGN(const AssetSums sums, SumsOf(view, address, kTrxAsset));
      EXPECT_EQ(sums.gaps, count);
      EXPECT_NE(sums.gap_reasons & (1u << 1 | 1u << 2), 0u);
    }
  }
}

// Of a database that lost the receipt of one transaction of a block: all are used, or none.
TEST_F(TronReceipts, ThatLackOneTransactionAreNotUsed) {
  TronCast cast(84);
  cast.AddBlock(6);
  std::vector<TronBlock> blocks = cast.blocks();
  TronBlock& last = blocks.back();
  ASSERT_GE(last.transactions, 4u);
  ChangeReceipts(&last, [](tron::wire::TransactionRet* ret) {
    ret->mutable_transaction_info()->DeleteSubrange(1, 1);
  });
  tron::WriteNodeFolder(folder_ / "database", tron::RowsOf(NodeBlocksOf(blocks), last.number));
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report,
                       IndexTron(RealFileSystem(), TronTestOptions((folder_ / "database").string(),
                                                                   (folder_ / "data").string())));
  EXPECT_EQ(report.totals.without_receipt, last.transactions);
  EXPECT_EQ(report.totals.gaps, last.transactions);
  EXPECT_THAT(report.warnings, Contains(HasSubstr("are not those of its transactions")));
}

// Those of another block are not taken for the block's own.
TEST_F(TronReceipts, OfOtherTransactionsAreNotUsed) {
  TronCast cast(85);
  cast.AddBlock(3);
  cast.AddBlock(3);
  std::vector<TronBlock> blocks = cast.blocks();
  TronBlock& last = blocks.back();
  tron::wire::TransactionRet other;
  ASSERT_TRUE(other.ParseFromString(blocks[blocks.size() - 2].receipts));
  other.set_block_number(static_cast<std::int64_t>(last.number));
  last.receipts = other.SerializeAsString();
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(blocks));
  EXPECT_EQ(report.totals.without_receipt, last.transactions);
  last.receipts.clear();
  EXPECT_EQ(Dump(), Fresh(blocks));
}

// A block that says it succeeded, and a receipt that says it failed.
TEST_F(TronReceipts, ThatContradictTheirBlockAreNamed) {
  TronCast cast(86);
  cast.AddBlocks(6);
  const Hash256 txid = cast.chain().TokenTransfer(cast.usdt(), cast.person(0), cast.person(1), 5);
  cast.chain().NextBlock();
  const std::size_t bad = cast.blocks().size() - 1;
  cast.AddBlocks(4);
  std::vector<TronBlock> blocks = cast.blocks();
  ChangeReceipts(&blocks[bad], [](tron::wire::TransactionRet* ret) {
    ret->mutable_transaction_info(0)->set_result(1);
    ret->mutable_transaction_info(0)->mutable_receipt()->set_result(2);
  });
  EXPECT_THAT(Index(blocks), StatusIs(absl::StatusCode::kDataLoss,
                                      AllOf(HasSubstr(absl::StrCat("block ", bad, ": ")),
                                            HasSubstr(txid.ToHex()), HasSubstr("another node"))));
  EXPECT_EQ(Dump(), Fresh({blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(bad)}));
  // With the right ones it goes on.
  ASSERT_OK(Index(cast.blocks()));
  EXPECT_EQ(Dump(), Fresh(cast.blocks()));
}

// Nothing of a block that cannot be booked stays, were it the fifth transaction that is wrong.
TEST_F(TronReceipts, ThatContradictTheirBlockLeaveNothingOfIt) {
  TronCast cast(87);
  cast.AddBlocks(3);
  cast.chain().IssueTrc10(cast.person(1), "Late", 500);
  for (int i = 0; i < 3; ++i) cast.chain().Transfer(cast.person(0), cast.person(1), 1 + i);
  cast.chain().NextBlock();
  const std::size_t bad = cast.blocks().size() - 1;
  std::vector<TronBlock> blocks = cast.blocks();
  ChangeReceipts(&blocks[bad], [](tron::wire::TransactionRet* ret) {
    ret->mutable_transaction_info(ret->transaction_info_size() - 1)->set_result(1);
  });
  for (int run = 0; run < 2; ++run) {
    EXPECT_THAT(Index(blocks), StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_EQ(Dump(), Fresh({blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(bad)}));
  }
  ASSERT_OK(Index(cast.blocks()));
  EXPECT_EQ(Dump(), Fresh(cast.blocks()));
}

TEST_F(TronReceipts, OfABlockWhoseTransactionsAreNotItsOwn) {
  TronCast cast(88);
  cast.AddBlock(4);
  cast.AddBlock(4);
  const std::size_t bad = cast.blocks().size() - 2;
  std::vector<TronBlock> blocks = cast.blocks();
  tron::wire::Block block;
  ASSERT_TRUE(block.ParseFromString(blocks[bad].bytes));
  std::string& transaction = *block.mutable_transactions(1);
  const std::size_t signature = transaction.find(std::string("\x12\x41", 2));
  ASSERT_NE(signature, std::string::npos);
  transaction[signature + 9] = static_cast<char>(transaction[signature + 9] ^ 1);
  blocks[bad].bytes = block.SerializeAsString();
  EXPECT_THAT(Index(blocks), StatusIs(absl::StatusCode::kDataLoss,
                                      AllOf(HasSubstr(absl::StrCat("block ", bad, ": ")),
                                            HasSubstr("another node"))));
  EXPECT_EQ(Dump(), Fresh({blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(bad)}));
}

// Files without one block end before it: what comes later hangs in the air.
TEST_F(TronReceipts, OfAChainThatLacksABlock) {
  TronCast cast(89);
  cast.AddBlocks(20);
  std::vector<TronBlock> blocks = cast.blocks();
  blocks.erase(blocks.begin() + 15);
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(blocks));
  EXPECT_EQ(report.height, 14u);
  EXPECT_EQ(report.detached_blocks, cast.blocks().size() - 16);
  EXPECT_THAT(
      report.warnings,
      Contains(HasSubstr("connect to no block of the chain indexed, which the source has up "
                         "to height 14")));
  EXPECT_EQ(Dump(), Fresh({blocks.begin(), blocks.begin() + 15}));
  ASSERT_OK(Index(cast.blocks()));
  EXPECT_EQ(Dump(), Fresh(cast.blocks()));
}

// A node that keeps no internal transactions, beside one that does.
TEST_F(TronReceipts, WithoutInternalTransactionsAreWarnedOf) {
  TronCast cast(90);
  cast.chain().TokenTransfer(cast.usdt(), cast.person(0), cast.person(1), 5);
  cast.chain().NextBlock();
  ASSERT_OK_AND_ASSIGN(TronIngestReport report, Index(cast.blocks()));
  EXPECT_THAT(report.warnings, Contains(HasSubstr("vm.saveInternalTx")));
  const synthetic::Address box = cast.chain().DeployContract(cast.person(0), "Box");
  cast.chain().Call(
      cast.person(0),
      {.contract = box, .call_value = 9, .internals = {{.caller = box, .to = cast.person(1)}}});
  cast.chain().NextBlock();
  ASSERT_OK_AND_ASSIGN(report, Index(cast.blocks()));
  EXPECT_EQ(report.totals.internal_transactions, 1u);
  EXPECT_THAT(report.warnings, Not(Contains(HasSubstr("vm.saveInternalTx"))));
}

}  // namespace
}  // namespace coinwake
