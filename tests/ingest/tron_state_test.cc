// Goal: what messages do not say of themselves, because an earlier block of the chain did, is known
// wherever commits and runs end in between, and forgotten with the blocks that said it; names of
// any bytes keep their places.
// Method: tokens issued, sold and traded in exchanges, blocks apart, in hand-made messages; indexed
// at once, block by block and run by run; then over a fork that takes the issue back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/ledger.h"
#include "indexer/verify/verify.h"
#include "indexer/view/account_history.h"
#include "indexer/view/open.h"
#include "tests/ingest/hand_chain.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tron/contract.pb.h"

namespace coinwake {
namespace {

using synthetic::Address;
using synthetic::InventedAddress;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using tron::ContractType;

namespace wire = tron::wire;

constexpr Network kNetwork = Network::kTronPrivate;
constexpr std::int64_t kDayMs = 86'400'000;
const Address kIssuer = InventedAddress(1, 1);
const Address kBuyer = InventedAddress(1, 2);
const Address kTrader = InventedAddress(1, 3);

std::string Bytes(const Address& address) {
  return std::string(address.bytes.begin(), address.bytes.end());
}

std::string Name(const AccountView& view, const std::optional<AddressNum>& address) {
  if (!address.has_value()) return "-";
  const tron::Account account(view.Script(*address));
  return account == tron::Account(kIssuer)   ? "issuer"
         : account == tron::Account(kBuyer)  ? "buyer"
         : account == tron::Account(kTrader) ? "trader"
                                             : account.Name();
}

std::vector<std::string> EventsOf(const AccountView& view, TxNum tx) {
  std::vector<std::string> lines;
  for (EventNum event = view.Events(tx).begin; event < view.Events(tx).end; ++event) {
    const LedgerEvent found = view.Event(event);
    lines.push_back(absl::StrCat(std::string(EntryKindName(found.kind)), " ",
                                 tron::AssetOfBytes(view.AssetName(found.asset))->Name(), " ",
                                 Name(view, found.from), " ", Name(view, found.to), " ",
                                 ToDecimal(found.amount)));
  }
  return lines;
}

void AddIssue(HandChain* chain) {
  wire::AssetIssueContract issue;
  issue.set_owner_address(Bytes(kIssuer));
  issue.set_name("Coin");
  issue.set_total_supply(1'000);
  issue.set_trx_num(3);
  issue.set_num(2);
  issue.set_start_time(0);
  auto* const frozen = issue.add_frozen_supply();
  frozen->set_frozen_amount(100);
  frozen->set_frozen_days(1);
  wire::TransactionInfo info;
  info.set_asset_issue_id("1000001");
  chain->Add(ContractType::kAssetIssue, issue, info);
}

void AddSale(HandChain* chain) {
  wire::ParticipateAssetIssueContract sale;
  sale.set_owner_address(Bytes(kBuyer));
  sale.set_to_address(Bytes(kIssuer));
  sale.set_asset_name("Coin");
  sale.set_amount(30);
  chain->Add(ContractType::kParticipateAssetIssue, sale);
}

void AddExchange(HandChain* chain) {
  wire::ExchangeCreateContract create;
  create.set_owner_address(Bytes(kBuyer));
  create.set_first_token_id("Coin");
  create.set_first_token_balance(10);
  create.set_second_token_id("_");
  create.set_second_token_balance(500);
  wire::TransactionInfo info;
  info.set_exchange_id(7);
  chain->Add(ContractType::kExchangeCreate, create, info);
}

void AddTrade(HandChain* chain) {
  wire::ExchangeContract trade;
  trade.set_owner_address(Bytes(kTrader));
  trade.set_exchange_id(7);
  trade.set_token_id("_");
  trade.set_quant(50);
  wire::TransactionInfo info;
  info.set_exchange_received_amount(1);
  chain->Add(ContractType::kExchangeTransaction, trade, info);
}

void AddUnfreeze(HandChain* chain) {
  wire::OwnerContract unfreeze;
  unfreeze.set_owner_address(Bytes(kIssuer));
  chain->Add(ContractType::kUnfreezeAsset, unfreeze);
}

HandChain MarketChain() {
  HandChain chain;
  AddIssue(&chain);
  chain.NextBlock();
  AddSale(&chain);
  chain.NextBlock();
  AddExchange(&chain);
  chain.NextBlock(kDayMs);
  AddTrade(&chain);
  AddUnfreeze(&chain);  // a day after the issue, says the block before
  chain.NextBlock();
  return chain;
}

class TronState : public ::testing::Test {
 protected:
  absl::StatusOr<TronIngestReport> Index(const std::vector<synthetic::TronBlock>& blocks,
                                         std::uint64_t max_batch_blocks = 0) {
    WriteTronBlocks(*files_, "/blocks", blocks);
    TronIngestOptions options = TronTestOptions("/blocks", "/data");
    options.max_batch_blocks = max_batch_blocks;
    return IndexTron(*files_, options);
  }
  void Reset() {
    index_ = {};
    files_ = std::make_unique<FaultFileSystem>();
  }
  void Open() {
    index_ = {};
    auto index = OpenForReading(*files_, "/data", kNetwork);
    ASSERT_OK(index);
    index_ = *std::move(index);
  }
  std::string Dump() {
    index_ = {};
    const auto dump = DumpAccountIndex(*files_, "/data", kNetwork);
    EXPECT_OK(dump);
    return dump.value_or("");
  }
  const AccountView& view() const { return *index_.accounts; }

  std::unique_ptr<FaultFileSystem> files_ = std::make_unique<FaultFileSystem>();
  OpenIndex index_;
};

TEST_F(TronState, IsKnownFromOneBlockToAnother) {
  ASSERT_OK(Index(MarketChain().blocks()));
  ASSERT_NO_FATAL_FAILURE(Open());
  EXPECT_THAT(EventsOf(view(), TxNum{0}), ElementsAre("token_issue TRC10:1000001 - issuer 900",
                                                      "token_issue TRC10:1000001 - issuer 100"));
  EXPECT_THAT(EventsOf(view(), TxNum{1}), ElementsAre("token_sale TRX buyer issuer 30",
                                                      "token_sale TRC10:1000001 issuer buyer 20"));
  const std::string pool = tron::PoolOfExchange(7).Name();
  EXPECT_THAT(EventsOf(view(), TxNum{2}),
              ElementsAre("exchange TRC10:1000001 buyer " + pool + " 10",
                          "exchange TRX buyer " + pool + " 500"));
  EXPECT_THAT(EventsOf(view(), TxNum{3}),
              ElementsAre("exchange TRX trader " + pool + " 50",
                          "exchange TRC10:1000001 " + pool + " trader 1"));
  EXPECT_THAT(EventsOf(view(), TxNum{4}), ElementsAre("unfreeze TRC10:1000001 issuer issuer 100"));
  EXPECT_EQ(view().totals().gaps, 0u);
  // The pool is an account of its own, found by its bytes.
  const auto account = view().FindAddress(tron::PoolOfExchange(7).bytes());
  ASSERT_OK(account);
  ASSERT_OK_AND_ASSIGN(const AssetSums sums, SumsOf(view(), *account, kTrxAsset));
  EXPECT_EQ(sums.BalanceOf(Pot::kFree), (SignedAmount{false, 550}));
}

TEST_F(TronState, IsKnownAcrossCommitsAndRuns) {
  const HandChain chain = MarketChain();
  ASSERT_OK(Index(chain.blocks()));
  const std::string whole = Dump();
  ASSERT_THAT(whole, HasSubstr("registry "));
  for (const std::uint64_t batch : {1u, 2u, 3u}) {
    Reset();
    ASSERT_OK(Index(chain.blocks(), batch));
    EXPECT_EQ(Dump(), whole) << batch;
  }
  Reset();
  WriteTronBlocks(*files_, "/blocks", chain.blocks());
  for (std::uint64_t until = 0; until < chain.blocks().size(); ++until) {
    TronIngestOptions options = TronTestOptions("/blocks", "/data");
    options.until_height = until;
    ASSERT_OK(IndexTron(*files_, options));
  }
  EXPECT_EQ(Dump(), whole);
}

TEST_F(TronState, GoesWithTheBlocksThatSaidIt) {
  HandChain fork;
  fork.NextBlock();  // no issue
  AddSale(&fork);
  fork.NextBlock();
  AddTrade(&fork);
  fork.NextBlock();
  fork.NextBlock();
  fork.NextBlock();
  ASSERT_OK(Index(fork.blocks()));
  const std::string fresh = Dump();
  Reset();
  ASSERT_OK(Index(MarketChain().blocks(), 1));
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(fork.blocks(), 2));
  EXPECT_EQ(report.rewound_blocks, 4u);
  EXPECT_EQ(Dump(), fresh);
  ASSERT_NO_FATAL_FAILURE(Open());
  EXPECT_THAT(EventsOf(view(), TxNum{0}),
              ElementsAre("token_sale TRX buyer issuer 30", "gap TRC10:Coin issuer buyer 0"));
  EXPECT_THAT(EventsOf(view(), TxNum{1}), Contains(HasSubstr("gap ")));
  EXPECT_EQ(view().totals().gaps, 2u);
}

TEST_F(TronState, KeepsNamesOfAnyBytes) {
  const std::vector<std::string> names = {
      std::string("\0\xff\x01 name", 8), "\xff", "_", "TRX", std::string(40, 'x'),
      std::string(30'000, '\xee'),       "t"};
  HandChain chain;
  for (const std::string& name : names) {
    wire::TransferAssetContract transfer;
    transfer.set_owner_address(Bytes(kTrader));
    transfer.set_asset_name(name);
    transfer.set_to_address(name);  // and an account of the same bytes
    transfer.set_amount(3);
    chain.Add(ContractType::kTransferAsset, transfer);
    chain.NextBlock();
  }
  for (const std::uint64_t batch : {0u, 1u}) {
    Reset();
    ASSERT_OK(Index(chain.blocks(), batch));
    ASSERT_NO_FATAL_FAILURE(Open());
    for (std::size_t i = 0; i < names.size(); ++i) {
      SCOPED_TRACE(i);
      const auto account = view().FindAddress(tron::SpanOf(names[i]));
      ASSERT_OK(account);
      const auto asset = view().FindAsset(tron::SpanOf("\x01" + names[i]));
      ASSERT_OK(asset);
      ASSERT_OK_AND_ASSIGN(const AssetSums sums, SumsOf(view(), *account, *asset));
      EXPECT_EQ(sums.received, 3u);
      EXPECT_EQ(view().TransactionOf(*sums.first), TxNum{i});
    }
    EXPECT_THAT(view().FindAsset(tron::SpanOf("\x01name")), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(view().FindAddress(tron::SpanOf("name")), StatusIs(absl::StatusCode::kNotFound));
    index_ = {};
  }
}

// Contracts that nobody knows, and such as cannot be read, are there, said to be so, and move
// nothing.
TEST_F(TronState, CountsWhatCannotBeRead) {
  HandChain chain;
  chain.AddBytes(200, "type.googleapis.com/protocol.NewContract", "whatever");
  chain.AddBytes(1, "type.googleapis.com/protocol.TransferContract", "\xff\xff");
  chain.AddBytes(1'000, "type.googleapis.com/protocol.OtherContract", "");
  chain.NextBlock();
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(chain.blocks()));
  EXPECT_EQ(report.totals.transactions, 3u);
  EXPECT_EQ(report.totals.malformed_transactions, 3u);
  EXPECT_EQ(report.totals.unknown_contracts, 2u);
  EXPECT_EQ(report.totals.transfers, 0u);
  EXPECT_THAT(report.warnings, Contains(HasSubstr("3 transactions have a contract")));
  ASSERT_NO_FATAL_FAILURE(Open());
  for (TxNum tx; tx.value < 3; ++tx) EXPECT_TRUE(view().Transaction(tx).flags.malformed);
  EXPECT_EQ(view().Transaction(TxNum{0}).type, 200);
  EXPECT_EQ(view().Transaction(TxNum{1}).type, 1);
  EXPECT_EQ(view().Transaction(TxNum{2}).type, kUnknownContractType);
}

// What is odd and names nobody, blocks whose witness is no address among it, is no damage.
TEST_F(TronState, IsSoundWhateverNamesNobody) {
  HandChain chain;
  chain.AddBytes(200, "type.googleapis.com/protocol.NewContract", "whatever");
  chain.Add(ContractType::kAccountPermissionUpdate, wire::AccountPermissionUpdateContract());
  chain.NextBlock();
  ASSERT_OK(Index(chain.blocks()));
  ASSERT_NO_FATAL_FAILURE(Open());
  EXPECT_EQ(view().Block(1).witness, std::nullopt);
  EXPECT_THAT(EventsOf(view(), TxNum{0}), ElementsAre("gap TRX - - 0"));
  EXPECT_THAT(EventsOf(view(), TxNum{1}), ElementsAre("permission_changed TRX - - 0"));
  index_ = {};
  ASSERT_OK_AND_ASSIGN(const VerifyReport report, VerifyIndex(*files_, "/data", kNetwork, nullptr));
  EXPECT_THAT(report.problems, ElementsAre());
}

TEST_F(TronState, NamesADamagedBlockOnce) {
  HandChain chain;
  chain.Add(ContractType::kAccountPermissionUpdate, wire::AccountPermissionUpdateContract());
  chain.NextBlock();
  std::vector<synthetic::TronBlock> blocks = chain.blocks();
  const std::size_t signature = blocks[1].bytes.find("ssss");
  ASSERT_NE(signature, std::string::npos);
  blocks[1].bytes[signature] = 'S';
  const auto report = Index(blocks);
  EXPECT_THAT(report.status(),
              StatusIs(absl::StatusCode::kDataLoss,
                       StartsWith("/blocks: block 1: the merkle root is not that")));
}

// Only empty blocks: an index without a transaction.
TEST_F(TronState, OfNothingIsAnIndexToo) {
  HandChain chain;
  chain.NextBlock();
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(chain.blocks()));
  EXPECT_EQ(report.totals.transactions, 0u);
  EXPECT_THAT(Dump(), HasSubstr("block 1 "));
}

}  // namespace
}  // namespace coinwake
