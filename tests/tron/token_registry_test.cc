// Goal: what the ledger learns comes back from its records exactly, and damaged ones are refused;
// assets are told apart and read back from their names.
// Method: a change of each sort written and read; every prefix and every flipped bit of the record;
// a registry built by trades against one built from its records.
#include "indexer/tron/token_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/container/flat_hash_set.h"
#include "indexer/tron/asset.h"
#include "tests/support/matchers.h"
#include "tests/tron/ledger_bench.h"

namespace coinwake::tron {
namespace {

using ::testing::HasSubstr;

std::vector<RegistryChange> ChangeOfEachSort() {
  return {TokenIssue{"1000001", "Coin", AccountOf('i'), 3, 2, {{100, 5}, {200, -6}}},
          TokenIssue{"Old", "Old", Account(SpanOf("text")), -1, 0, {}},
          SupplyUnfrozen{"1000001", 5},
          ExchangePair{7, "1000001", "_"},
          MarketOrder{std::string("id\0x", 4), AccountOf('m'), "_", 1LL << 62, 5, 1LL << 61},
          OrderLeft{std::string("id\0x", 4), 77},
          OrdersForgotten{}};
}

std::string RecordOf(const std::vector<RegistryChange>& changes) {
  std::string bytes;
  for (const RegistryChange& change : changes) AppendRegistryChange(change, &bytes);
  return bytes;
}

TEST(RegistryChange, ComesBackFromItsBytes) {
  const auto changes = ChangeOfEachSort();
  std::vector<RegistryChange> read;
  EXPECT_OK(DecodeRegistryChanges(SpanOf(RecordOf(changes)), &read));
  EXPECT_EQ(read, changes);
  for (const RegistryChange& change : changes) {  // each alone
    read.clear();
    EXPECT_OK(DecodeRegistryChanges(SpanOf(RecordOf({change})), &read));
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0], change);
  }
  read.clear();
  EXPECT_OK(DecodeRegistryChanges({}, &read));
  EXPECT_TRUE(read.empty());
}

TEST(RegistryChange, HasTheBytesThatAreOnDisk) {
  EXPECT_EQ(RecordOf({OrderLeft{"ab", 0x0102}, OrdersForgotten{}}),
            std::string("\x05\x02\0\0\0ab\x02\x01\0\0\0\0\0\0\x06", 16));
}

TEST(RegistryChange, RefusesRecordsThatBreakOff) {
  for (const RegistryChange& change : ChangeOfEachSort()) {
    const std::string whole = RecordOf({change});
    for (std::size_t size = 1; size < whole.size(); ++size) {
      std::vector<RegistryChange> read;
      EXPECT_THAT(DecodeRegistryChanges(SpanOf(whole).first(size), &read),
                  StatusIs(absl::StatusCode::kDataLoss, HasSubstr("byte 0")))
          << change.index() << " " << size;
    }
  }
  std::vector<RegistryChange> read;
  EXPECT_THAT(DecodeRegistryChanges(SpanOf("\x07"), &read), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(RegistryChange, GivesWhatWasReadOfAnyBytes) {
  std::string record = RecordOf(ChangeOfEachSort());
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    const char flip = static_cast<char>(1 << (bit % 8));
    record[bit / 8] = static_cast<char>(record[bit / 8] ^ flip);
    std::vector<RegistryChange> read;
    if (DecodeRegistryChanges(SpanOf(record), &read).ok()) {
      EXPECT_EQ(RecordOf(read), record) << bit;
    }
    record[bit / 8] = static_cast<char>(record[bit / 8] ^ flip);
  }
}

TEST(TokenRegistry, IsTheSameFromItsRecords) {
  LedgerBench bench;
  auto issue = Owned<wire::AssetIssueContract>();
  issue.set_name("Coin");
  issue.set_total_supply(100);
  auto* const frozen = issue.add_frozen_supply();
  frozen->set_frozen_amount(40);
  frozen->set_frozen_days(1);
  bench.info.set_asset_issue_id("1000001");
  bench.Book(ContractType::kAssetIssue, issue);
  EXPECT_EQ(bench.registry.FindToken("1000001")->frozen.size(), 1U);
  bench.block.parent_time_ms = 86'400'000;
  bench.Book(ContractType::kUnfreezeAsset, Owned<wire::OwnerContract>());
  EXPECT_EQ(bench.registry.FindToken("1000001")->frozen.size(), 0U);
  auto create = Owned<wire::ExchangeCreateContract>();
  create.set_first_token_id("Coin");
  create.set_second_token_id("_");
  bench.info.set_exchange_id(3);
  bench.Book(ContractType::kExchangeCreate, create);
  auto sell = Owned<wire::MarketSellAssetContract>();
  sell.set_sell_token_id("Coin");
  sell.set_sell_token_quantity(10);
  sell.set_buy_token_id("_");
  sell.set_buy_token_quantity(10);
  bench.info.set_order_id("order");
  bench.Book(ContractType::kMarketSellAsset, sell);
  ASSERT_EQ(bench.changes.size(), 4U);
  std::vector<RegistryChange> read;
  ASSERT_OK(DecodeRegistryChanges(SpanOf(RecordOf(bench.changes)), &read));
  TokenRegistry again;
  for (const RegistryChange& change : read) again.Apply(change);
  EXPECT_EQ(again, bench.registry);
  EXPECT_EQ(again.FindTokenOf(AccountOf('o'))->token, "1000001");
  EXPECT_EQ(again.FindExchange(3)->first, "1000001");
  EXPECT_EQ(again.FindOrder("order")->left, 10);
  EXPECT_EQ(again.FindExchange(4), nullptr);
  EXPECT_EQ(again.tokens_count(), 1U);
  EXPECT_EQ(again.exchanges_count(), 1U);
}

TEST(TokenRegistry, TakesChangesOfWhatIsNotThere) {
  TokenRegistry registry;
  registry.Apply(SupplyUnfrozen{"1000001", 5});
  registry.Apply(OrderLeft{"id", 5});
  EXPECT_EQ(registry, TokenRegistry());
  registry.Apply(MarketOrder{"id", AccountOf('m'), "_", 10, 10, 9});
  registry.Apply(OrderLeft{"id", 5});
  EXPECT_EQ(registry.FindOrder("id")->left, 5);
  registry.Apply(OrderLeft{"id", 0});
  EXPECT_EQ(registry, TokenRegistry());
}

TEST(Asset, IsReadBackFromItsName) {
  const std::vector<std::pair<Asset, std::string>> assets = {
      {Asset::Trx(), "TRX"},
      {Asset::Trc10("1002000"), "TRC10:1002000"},
      {Asset::Trc10(""), "TRC10:"},
      {Asset::Trc10("TRX"), "TRC10:TRX"},
      {Asset::Trc10("a b"), "TRC10:raw:612062"},
      {Asset::Trc10("raw:61"), "TRC10:raw:7261773a3631"},
      {Asset::Trc10("\xff"), "TRC10:raw:ff"},
      {Asset::Trc20(*ParseAccount("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")),
       "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
      {Asset::Trc20(Account(SpanOf("x"))), "TRC20:raw:78"}};
  std::set<Asset> distinct;
  absl::flat_hash_set<Asset> hashed;
  for (const auto& [asset, name] : assets) {
    EXPECT_EQ(asset.Name(), name);
    EXPECT_THAT(ParseAsset(name), IsOkAndHolds(asset));
    EXPECT_TRUE(distinct.insert(asset).second);
    EXPECT_TRUE(hashed.insert(asset).second);
  }
  for (const char* const wrong : {"", "trx", "TRX:", "TRC10", "TRC20:", "TRC20:T", "TRC721:1",
                                  "TRC10:raw:6", "TRC10:a b", "TRC10:raw:zz"}) {
    EXPECT_THAT(ParseAsset(wrong), StatusIs(absl::StatusCode::kInvalidArgument)) << wrong;
  }
}

}  // namespace
}  // namespace coinwake::tron
