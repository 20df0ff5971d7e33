// Goal: real blocks give the balance changes that nodes show of them, and no block or receipt,
// however made, gives other than conserved entries, the same each time.
// Method: whole blocks against sums made from the HTTP API's JSON alone; receipts of a known swap
// and of a block whose balance trace is published; then random transactions and receipts of every
// type through the encoder, with amounts and texts at their limits, each chain booked twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/tron/json.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tests/tron/ledger_bench.h"

namespace coinwake::tron {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// What one block does, booked with the receipts that are there.
struct BookedBlock {
  std::vector<std::vector<Entry>> entries;  // by transaction
  LedgerCounts counts;
  Balances balances;
};

BookedBlock BookBlock(const Block& block, const std::vector<Receipt>& receipts) {
  BookedBlock result;
  TokenRegistry registry;
  Booking booking;
  const BlockContext context{.number = block.header.number,
                             .version = block.header.version,
                             .parent_time_ms = block.header.time_ms - 3000};
  const ReceiptMatch match = MatchReceipts(block, receipts);
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    const auto at = match.receipt_of[i];
    EXPECT_OK(BookTransaction(context, block.transactions[i],
                              at.has_value() ? &receipts[*at] : nullptr, &registry, &booking));
    for (const Entry& entry : booking.entries) EXPECT_EQ(WrongWith(entry), "") << Show(entry);
    result.entries.push_back(booking.entries);
    result.counts += booking.counts;
    result.balances.Apply(booking.entries);
  }
  EXPECT_TRUE(result.balances.Conserved());
  return result;
}

std::vector<Receipt> ReceiptsOf(const std::string& path) {
  const auto answer = ReadJson(FixtureText(path));
  EXPECT_OK(answer);
  if (!answer.ok()) return {};
  const auto receipts = DecodeReceipts(*answer);
  EXPECT_OK(receipts);
  return receipts.ok() ? *receipts : std::vector<Receipt>();
}

std::int64_t Number(const nlohmann::json& object, const char* name) {
  return object.value(name, std::int64_t{0});
}

Account Named(const nlohmann::json& object, const char* name) {
  const auto account = ParseAccount(object.value(name, ""));
  EXPECT_OK(account);
  return account.ok() ? *account : Account();
}

// The first entry of a transaction without a receipt, against the contract as the API shows it.
void CompareFirst(const std::vector<Entry>& entries, const nlohmann::json& contract) {
  static const std::map<std::string, std::pair<EntryKind, const char*>> kinds = {
      {"TransferContract", {EntryKind::kTransfer, "to_address"}},
      {"TransferAssetContract", {EntryKind::kTransfer, "to_address"}},
      {"DelegateResourceContract", {EntryKind::kDelegate, "receiver_address"}},
      {"UnDelegateResourceContract", {EntryKind::kUndelegate, "receiver_address"}},
      {"FreezeBalanceV2Contract", {EntryKind::kFreeze, "owner_address"}},
      {"AccountCreateContract", {EntryKind::kActivated, "account_address"}}};
  const nlohmann::json& value = contract["parameter"]["value"];
  const auto kind = kinds.find(contract["type"]);
  if (kind == kinds.end()) return;
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[0].kind, kind->second.first);
  EXPECT_EQ(entries[0].from, Named(value, "owner_address"));
  EXPECT_EQ(entries[0].to, Named(value, kind->second.second));
  EXPECT_EQ(entries[0].amount,
            Number(value, "amount") + Number(value, "balance") + Number(value, "frozen_balance"));
  EXPECT_EQ(entries[0].asset.kind,
            contract["type"] == "TransferAssetContract" ? AssetKind::kTrc10 : AssetKind::kTrx);
}

TEST(LedgerOfBlocks, WithoutReceiptsIsWhatTheBlockShows) {
  for (const BlockFixture& fixture : BlockFixtures()) {
    SCOPED_TRACE(fixture.name);
    const std::string text = FixtureText(fixture.name + ".bin");
    Block block;
    ASSERT_OK(DecodeBlock(SpanOf(text), &block));
    const BookedBlock booked = BookBlock(block, {});
    EXPECT_EQ(booked.counts.transactions, block.transactions.size());
    EXPECT_EQ(booked.counts.missing_receipts, block.transactions.size());
    EXPECT_EQ(booked.counts.gaps, block.transactions.size());
    EXPECT_EQ(booked.counts.malformed, 0U);
    const nlohmann::json shown = FixtureJson(fixture.name + ".json");
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
      CompareFirst(booked.entries[i], shown["transactions"][i]["raw_data"]["contract"][0]);
      EXPECT_EQ(booked.entries[i].back().kind, EntryKind::kGap);
    }
  }
}

TEST(LedgerOfBlocks, HasTheOneReceiptOfAMainNetBlock) {
  const std::string id = "661f1df88ce02b746efe7449c3c7a04d6d21a7fc019723c92679228d8275ad57";
  const std::string text = FixtureText("mainnet/blocks/60836289.visible.bin");
  Block block;
  ASSERT_OK(DecodeBlock(SpanOf(text), &block));
  const BookedBlock booked = BookBlock(block, ReceiptsOf("mainnet/txinfo/" + id + ".visible.json"));
  EXPECT_EQ(booked.counts.missing_receipts, 169U);
  std::size_t found = 0;
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    if (block.transactions[i].txid.ToHex() != id) continue;
    ++found;
    const std::vector<Entry>& entries = booked.entries[i];
    ASSERT_THAT(entries, SizeIs(2));
    EXPECT_EQ(entries[0].kind, EntryKind::kTransfer);
    EXPECT_EQ(entries[0].asset.Name(), "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
    EXPECT_EQ(entries[0].to.address()->ToHex(), "41dc2c107c0f8633d8236daa46d0e640e2c375f6ac");
    EXPECT_EQ(entries[0].amount, 2'384'950'100);
    EXPECT_EQ(entries[1].kind, EntryKind::kFee);
    EXPECT_EQ(entries[1].from, entries[0].from);
    EXPECT_EQ(entries[1].amount, 27'600'900);
  }
  EXPECT_EQ(found, 1U);
}

TEST(LedgerOfBlocks, AddsUpAWholeShastaBlock) {
  const nlohmann::json block_json = FixtureJson("shasta/blocks/1000000.json");
  const nlohmann::json infos = FixtureJson("shasta/txinfo/block_1000000.json");
  // TRX of each account by the JSON alone: call values, internal values, fees.
  std::map<Account, std::int64_t> expected;
  std::int64_t fees = 0;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const nlohmann::json& value =
        block_json["transactions"][i]["raw_data"]["contract"][0]["parameter"]["value"];
    expected[Named(value, "owner_address")] -=
        Number(value, "call_value") + Number(infos[i], "fee");
    expected[Named(value, "contract_address")] += Number(value, "call_value");
    fees += Number(infos[i], "fee");
    for (const auto& call : infos[i].value("internal_transactions", nlohmann::json::array())) {
      expected[Named(call, "caller_address")] -= Number(call["callValueInfo"][0], "callValue");
      expected[Named(call, "transferTo_address")] += Number(call["callValueInfo"][0], "callValue");
    }
  }
  ASSERT_EQ(fees, 433'850 + 376'380 + 433'850 + 3'130);
  const std::string text = FixtureText("shasta/blocks/1000000.bin");
  Block block;
  ASSERT_OK(DecodeBlock(SpanOf(text), &block));
  const BookedBlock booked = BookBlock(block, ReceiptsOf("shasta/txinfo/block_1000000.json"));
  EXPECT_EQ(booked.counts.gaps, 0U);
  EXPECT_EQ(booked.counts.vm_runs, 6U);
  EXPECT_EQ(booked.counts.internal, 8U);
  EXPECT_EQ(booked.counts.unknown_notes, 0U);
  for (const auto& [account, change] : expected) {
    EXPECT_EQ(booked.balances.Of(Asset::Trx(), account), Uint256(0) + change) << account.Name();
  }
  Uint256 booked_fees = 0;
  for (const auto& entries : booked.entries) {
    for (const Entry& entry : entries) {
      if (entry.kind == EntryKind::kFee) booked_fees += entry.amount;
    }
  }
  EXPECT_EQ(booked_fees, fees);
}

TEST(LedgerOfBlocks, CarriesASwapsTrxThroughItsContracts) {
  const std::vector<Receipt> receipts = ReceiptsOf(
      "mainnet/txinfo/7b6589b22ca801e35fd5d98186e019757875d3fb52c0bdc38a7cf4b2f24d9808.json");
  ASSERT_THAT(receipts, SizeIs(1));
  const Receipt& receipt = receipts[0];
  ASSERT_THAT(receipt.internal_transactions, SizeIs(42));
  // Its block is not at hand: a call with the value that the contract hands on.
  Transaction transaction;
  transaction.txid = receipt.txid;
  Contract& contract = transaction.contracts.emplace_back();
  contract.type = ContractType::kTriggerSmartContract;
  contract.owner = AccountOf('o');
  TriggerSmartContract call;
  call.contract = receipt.contract;
  call.call_value = 10'000'000;
  contract.body = call;
  transaction.results.emplace_back().contract_ret = ContractResult::kSuccess;
  TokenRegistry registry;
  Booking booking;
  ASSERT_OK(BookTransaction({.number = receipt.block_number, .version = 32, .parent_time_ms = {}},
                            transaction, &receipt, &registry, &booking));
  EXPECT_EQ(booking.counts.internal, 42U);
  EXPECT_EQ(booking.counts.gaps, 0U);
  Balances balances;
  balances.Apply(booking.entries);
  EXPECT_TRUE(balances.Conserved());
  EXPECT_EQ(balances.Of(Asset::Trx(), receipt.contract), 0);
  EXPECT_EQ(balances.Of(Asset::Trx(), AccountOf('o')), Uint256(0) - 10'000'000 - 72'646'600);
  // The USDT it gets it hands on, all of it.
  const Asset usdt = Asset::Trc20(*ParseAccount("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"));
  EXPECT_EQ(balances.Of(usdt, receipt.contract), 0);
  EXPECT_EQ(booking.entries[booking.entries.size() - 2].asset, usdt);
  EXPECT_EQ(booking.entries[booking.entries.size() - 2].amount, 2'916'449);
  std::map<EntryKind, int> kinds;
  for (const Entry& entry : booking.entries) {
    ++kinds[entry.kind];
    if (entry.kind == EntryKind::kTransfer) {
      EXPECT_GT(entry.amount, 0);
    }
  }
  EXPECT_EQ(kinds[EntryKind::kInternal], 3);
  EXPECT_EQ(kinds[EntryKind::kTransfer], 7);
  EXPECT_EQ(kinds[EntryKind::kBurn], 1);  // a wrapped token is unwrapped on the way
  EXPECT_EQ(kinds[EntryKind::kFee], 1);
}

// getblockbalance of main net's block 56362 shows four operations of its one transaction,
// e6cabb18...: 100000 sun of fee to the black hole, which is destroyed here, and 10000000 to
// another account.
TEST(LedgerOfBlocks, AgreesWithANodesBalanceTrace) {
  LedgerBench bench;
  bench.block.number = 56'362;
  const Account owner = *ParseAccount("TPttBLmFuykRi83y9HxDoEWxTQw6CCcQ4p");
  const Account to = *ParseAccount("TMrysg7DbwR1M8xqhpaPdVCHCuWFhw7uk1");
  wire::TransferContract transfer;
  transfer.set_owner_address(owner.bytes().data(), owner.bytes().size());
  transfer.set_to_address(to.bytes().data(), to.bytes().size());
  transfer.set_amount(10'000'000);
  bench.info.set_fee(100'000);
  bench.Book(ContractType::kTransfer, transfer);
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), owner), Uint256(0) - 100'000 - 10'000'000);
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), to), 10'000'000);
}

TEST(LedgerOfBlocks, OpensMainNetsBalances) {
  const std::string text = FixtureText("mainnet/blocks/0.bin");
  Block block;
  ASSERT_OK(DecodeBlock(SpanOf(text), &block));
  const BookedBlock booked = BookBlock(block, {});
  std::vector<std::string> lines;
  for (const auto& entries : booked.entries) {
    for (const Entry& entry : entries) lines.push_back(Show(entry));
  }
  EXPECT_THAT(
      lines, ElementsAre("genesis TRX - > TLLM21wteSPs4hKjbxgmH1L6poyMjeTbHm 99000000000000000",
                         "genesis TRX - > TXmVpin5vq5gdZsciyyjdZgKRUju4st1wM 0",
                         "genesis TRX TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy > - 9223372036854775808"));
  EXPECT_EQ(booked.counts.gaps, 0U);
}

// Transactions of any type with any contents: of accounts, texts and amounts few enough to meet
// again, and some that no chain has.
class RandomChain {
 public:
  explicit RandomChain(std::uint32_t seed) : random_(seed) {}

  std::vector<std::string> Book(LedgerBench* bench) {
    bench->has_receipt = Chance(5);
    bench->block.number = Chance(40) ? 1000 : 0;
    bench->block.version = Chance(2) ? 33 : 34;
    bench->block.parent_time_ms = Amount();
    bench->contract_ret = static_cast<std::int32_t>(random_() % 3);
    FillInfo(&bench->info);
    const auto type = static_cast<std::int32_t>(random_() % 61);
    const std::string name = ContractTypeName(static_cast<ContractType>(type));
    return bench->BookContract(type, "type.googleapis.com/protocol." + name, Parameter());
  }

 private:
  // True but once in `n`.
  bool Chance(std::uint32_t n) { return random_() % n != 0; }
  std::int64_t Amount() {
    static constexpr std::int64_t kLimits[] = {0, -1, std::numeric_limits<std::int64_t>::max(),
                                               std::numeric_limits<std::int64_t>::min()};
    return Chance(6) ? static_cast<std::int64_t>(random_() % 100) : kLimits[random_() % 4];
  }
  std::string Bytes() {
    static const std::string texts[] = {"_", "Coin", "1000001", "", "order", "plain text"};
    return Chance(3) ? AddressBytes(static_cast<char>('a' + random_() % 3)) : texts[random_() % 6];
  }
  std::string Permission() {
    wire::Permission permission;
    permission.set_threshold(Amount());
    auto* const key = permission.add_keys();
    key->set_address(Bytes());
    key->set_weight(Amount());
    return permission.SerializeAsString();
  }
  // A message of the right shape for most types: the first ten fields, each bytes or a number.
  std::string Parameter() {
    std::string bytes;
    for (char field = 1; field <= 10; ++field) {
      if (!Chance(4)) continue;
      if (Chance(2)) {
        const std::string text = Chance(8) ? Bytes() : Permission();
        bytes += static_cast<char>(field << 3 | 2);
        bytes += static_cast<char>(text.size());
        bytes += text;
      } else {
        bytes += static_cast<char>(field << 3);
        auto value = static_cast<std::uint64_t>(Amount());
        for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
        bytes += static_cast<char>(value);
      }
    }
    return bytes;
  }
  void FillInfo(wire::TransactionInfo* info) {
    static const std::string notes[] = {"call",
                                        "create",
                                        "suicide",
                                        "withdrawExpireUnfreezeWhileSuiciding",
                                        "freezeForEnergy",
                                        "unfreezeForEnergy",
                                        "freezeBalanceV2ForEnergy",
                                        "withdrawExpireUnfreeze",
                                        "withdrawReward",
                                        "delegateResourceOfEnergy",
                                        "other"};
    static const std::string signatures[] = {
        "Transfer(address,address,uint256)", "AddedBlackList(address)", "RemovedBlackList(address)",
        "DestroyedBlackFunds(address,uint256)", "Issue(uint256)"};
    info->set_fee(Amount());
    info->set_result(Chance(10) ? 0 : 1);
    info->set_contract_address(Bytes());
    info->set_asset_issue_id(Bytes());
    info->set_withdraw_amount(Amount());
    info->set_unfreeze_amount(Amount());
    info->set_withdraw_expire_amount(Amount());
    info->set_exchange_id(Amount());
    info->set_exchange_received_amount(Amount());
    info->set_exchange_inject_another_amount(Amount());
    info->set_exchange_withdraw_another_amount(Amount());
    info->set_order_id(Bytes());
    for (auto i = random_() % 3; i > 0; --i) {
      wire::MarketOrderDetail& detail = *info->add_order_details();
      detail.set_maker_order_id(Bytes());
      detail.set_fill_sell_quantity(Amount());
      detail.set_fill_buy_quantity(Amount());
    }
    for (auto i = random_() % 4; i > 0; --i) {
      wire::InternalTransaction& call = *info->add_internal_transactions();
      call.set_hash(std::string(32, '\7'));
      call.set_caller_address(Bytes());
      call.set_transfer_to_address(Bytes());
      call.set_note(notes[random_() % std::size(notes)]);
      call.set_rejected(!Chance(5));
      for (auto k = random_() % 3; k > 0; --k) {
        wire::CallValueInfo& value = *call.add_call_value_info();
        value.set_call_value(Amount());
        if (!Chance(3)) value.set_token_id("1000001");
      }
    }
    for (auto i = random_() % 3; i > 0; --i) {
      wire::Log& log = *info->add_log();
      log.set_address(AddressBytes('u').substr(1));
      log.add_topics(TopicOfSignature(signatures[random_() % std::size(signatures)]));
      for (auto k = random_() % 4; k > 0; --k)
        log.add_topics(Chance(3) ? TopicOf('a') : TopicOf('0'));
      for (auto k = random_() % 3; k > 0; --k) log.mutable_data()->append(WordOf(random_()));
    }
  }

  std::mt19937 random_;
};

TEST(LedgerOfAnything, IsConservedAndTheSameAgain) {
  std::map<EntryKind, std::uint64_t> met;
  LedgerCounts counts;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomChain chain(seed);
    RandomChain same(seed);
    LedgerBench bench;
    LedgerBench again;
    for (int i = 0; i < 400; ++i) {
      // The bench checks each entry and the sums.
      ASSERT_EQ(chain.Book(&bench), same.Book(&again));
      ASSERT_EQ(bench.booking.entries, again.booking.entries);
      ASSERT_EQ(bench.booking.changes, again.booking.changes);
      ASSERT_EQ(bench.booking.counts, again.booking.counts);
      if (!bench.status.ok()) {
        ASSERT_THAT(bench.status, StatusIs(absl::StatusCode::kDataLoss));
      }
      for (const Entry& entry : bench.booking.entries) ++met[entry.kind];
    }
    TokenRegistry from_changes;
    for (const RegistryChange& change : bench.changes) from_changes.Apply(change);
    EXPECT_EQ(from_changes, bench.registry);
    counts += bench.counts;
  }
  // Every kind was met, or this tests less than it says.
  for (int number = 0; number < 256; ++number) {
    const auto kind = static_cast<EntryKind>(number);
    if (EntryKindName(kind) != "unknown") {
      EXPECT_GT(met[kind], 0U) << EntryKindName(kind);
    }
  }
  EXPECT_GT(counts.failed, 0U);
  EXPECT_GT(counts.unknown_types, 0U);
  EXPECT_GT(counts.bad_amounts, 0U);
  EXPECT_GT(counts.void_transfers, 0U);
}

}  // namespace
}  // namespace coinwake::tron
