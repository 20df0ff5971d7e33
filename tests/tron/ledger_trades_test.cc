// Goal: TRC-10 tokens are issued, sold and traded to the unit; whatever only the chain's state
// tells is learnt as it happens, and a gap where it was not seen.
// Method: hand-made trades compared line by line; then a random market beside a slow twin of
// java-tron's MarketSellAssetActuator that keeps the order book, with balances compared after each
// order and cancellation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/tron/ledger_bench.h"

namespace coinwake::tron {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr char kToken[] = "1000001";

wire::AssetIssueContract IssueOf(std::int64_t supply) {
  auto issue = Owned<wire::AssetIssueContract>();
  issue.set_name("Coin");
  issue.set_total_supply(supply);
  issue.set_trx_num(3);
  issue.set_num(2);
  issue.set_start_time(10 * kDayMs);
  return issue;
}

void AddFrozen(wire::AssetIssueContract* issue, std::int64_t amount, std::int64_t days) {
  auto* const frozen = issue->add_frozen_supply();
  frozen->set_frozen_amount(amount);
  frozen->set_frozen_days(days);
}

TEST(LedgerTokens, AreIssuedWithTheirFrozenPartInAPot) {
  LedgerBench bench;
  auto issue = IssueOf(1000);
  AddFrozen(&issue, 100, 1);
  AddFrozen(&issue, 200, 2);
  bench.info.set_asset_issue_id(kToken);
  bench.info.set_fee(1'024'000'000);
  EXPECT_THAT(
      bench.Book(ContractType::kAssetIssue, issue),
      ElementsAre("token_issue TRC10:1000001 - > o 700",
                  "token_issue TRC10:1000001 - > o/supply 300", "fee TRX o > - 1024000000"));
  // The time that counts is that of the block before, and the day it expires counts as expired.
  const auto owner = Owned<wire::OwnerContract>();
  bench.block.parent_time_ms = 11 * kDayMs;
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeAsset, owner),
              ElementsAre("unfreeze TRC10:1000001 o/supply > o 100"));
  bench.block.parent_time_ms = std::nullopt;
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeAsset, owner),
              ElementsAre("gap unknown_time TRC10:1000001 o > -"));
  bench.block.parent_time_ms = 12 * kDayMs - 1;
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeAsset, owner),
              ElementsAre("unfreeze TRC10:1000001 o/supply > o 0"));
  bench.block.parent_time_ms = 99 * kDayMs;
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeAsset, owner),
              ElementsAre("unfreeze TRC10:1000001 o/supply > o 200"));
  EXPECT_EQ(bench.balances.Of(Asset::Trc10(kToken), AccountOf('o')), 1000);
  EXPECT_EQ(bench.balances.Of(Asset::Trc10(kToken), AccountOf('o'), Pot::kFrozenSupply), 0);
}

TEST(LedgerTokens, WithoutTermsAreGaps) {
  LedgerBench bench;
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeAsset, Owned<wire::OwnerContract>()),
              ElementsAre("gap unknown_token TRX o > -"));
  auto sale = Owned<wire::ParticipateAssetIssueContract>();
  sale.set_to_address(AddressBytes('i'));
  sale.set_asset_name("Coin");
  sale.set_amount(10);
  EXPECT_THAT(bench.Book(ContractType::kParticipateAssetIssue, sale),
              ElementsAre("token_sale TRX o > i 10", "gap unknown_token TRC10:Coin i > o"));
  auto bad = IssueOf(100);
  AddFrozen(&bad, 60, 1);
  AddFrozen(&bad, 41, 1);
  bench.info.set_asset_issue_id(kToken);
  EXPECT_THAT(bench.Book(ContractType::kAssetIssue, bad),
              ElementsAre("gap unknown_amount TRC10:1000001 o > -"));
  EXPECT_THAT(bench.changes, IsEmpty());
  bench.has_receipt = false;
  EXPECT_THAT(bench.Book(ContractType::kAssetIssue, IssueOf(5)),
              ElementsAre("gap no_receipt TRX o > -"));
}

TEST(LedgerTokens, AreSoldAtTheTermsOfTheirIssue) {
  LedgerBench bench;
  bench.info.set_asset_issue_id(kToken);
  bench.Book(ContractType::kAssetIssue, IssueOf(1000));
  wire::ParticipateAssetIssueContract sale;
  sale.set_owner_address(AddressBytes('b'));
  sale.set_to_address(AddressBytes('o'));
  sale.set_amount(10);
  for (const char* const name : {"Coin", kToken}) {  // before ALLOW_SAME_TOKEN_NAME, and after
    sale.set_asset_name(name);
    EXPECT_THAT(bench.Book(ContractType::kParticipateAssetIssue, sale),
                ElementsAre("token_sale TRX b > o 10", "token_sale TRC10:1000001 o > b 6"));
  }
  // No number of 64 bits is lost on the way: 2 * (2^63 - 1) / 3.
  sale.set_amount(std::numeric_limits<std::int64_t>::max());
  EXPECT_THAT(bench.Book(ContractType::kParticipateAssetIssue, sale),
              Contains("token_sale TRC10:1000001 o > b 6148914691236517204"));
  sale.set_amount(-1);
  EXPECT_THAT(bench.Book(ContractType::kParticipateAssetIssue, sale),
              ElementsAre("gap unknown_amount TRX b > o", "gap unknown_token TRC10:1000001 o > b"));
}

TEST(LedgerTokens, AreCalledByNumberWhateverMessagesCallThem) {
  LedgerBench bench;
  auto asset = Owned<wire::TransferAssetContract>();
  asset.set_to_address(AddressBytes('t'));
  asset.set_asset_name("Coin");
  asset.set_amount(1);
  EXPECT_THAT(bench.Book(ContractType::kTransferAsset, asset),
              ElementsAre("transfer TRC10:Coin o > t 1"));
  bench.info.set_asset_issue_id(kToken);
  bench.Book(ContractType::kAssetIssue, IssueOf(1000));
  EXPECT_THAT(bench.Book(ContractType::kTransferAsset, asset),
              ElementsAre("transfer TRC10:1000001 o > t 1"));
  // A later token of the same name does not take the name over.
  auto again = IssueOf(1000);
  again.set_owner_address(AddressBytes('p'));
  bench.info.set_asset_issue_id("1000002");
  bench.Book(ContractType::kAssetIssue, again);
  EXPECT_THAT(bench.Book(ContractType::kTransferAsset, asset),
              ElementsAre("transfer TRC10:1000001 o > t 1"));
  // A receipt without a number leaves the name.
  auto nameless = IssueOf(50);
  nameless.set_name("Old");
  EXPECT_THAT(bench.Book(ContractType::kAssetIssue, nameless),
              ElementsAre("token_issue TRC10:Old - > o 50"));
}

// What transferring `token` is booked as.
std::string AssetOfTransfer(LedgerBench* bench, const std::string& token) {
  auto transfer = Owned<wire::TransferAssetContract>();
  transfer.set_to_address(AddressBytes('t'));
  transfer.set_asset_name(token);
  transfer.set_amount(1);
  const std::vector<std::string> lines = bench->Book(ContractType::kTransferAsset, transfer);
  return lines.size() == 1 ? lines[0] : absl::StrCat(lines.size(), " lines");
}

void IssueNamed(LedgerBench* bench, const std::string& name, const std::string& number) {
  auto issue = IssueOf(1000);
  issue.set_name(name);
  bench->info.set_asset_issue_id(number);
  bench->Book(ContractType::kAssetIssue, issue);
}

TEST(LedgerTokens, AreNotTakenOverByATokenOfTheirNumberAsName) {
  LedgerBench bench;  // a window: the issue of 1002000 was not seen
  IssueNamed(&bench, "1002000", "1005200");
  EXPECT_EQ(AssetOfTransfer(&bench, "1002000"), "transfer TRC10:1002000 o > t 1");
  EXPECT_EQ(AssetOfTransfer(&bench, "1005200"), "transfer TRC10:1005200 o > t 1");
  // Nor by one that was named before the number was given, where nothing tells what was given.
  IssueNamed(&bench, "1005202", "1005201");
  bench.has_receipt = false;
  bench.Book(ContractType::kAssetIssue, IssueOf(1000));
  bench.has_receipt = true;
  EXPECT_EQ(AssetOfTransfer(&bench, "1005202"), "transfer TRC10:1005202 o > t 1");
  TokenRegistry again;
  for (const RegistryChange& change : bench.changes) again.Apply(change);
  EXPECT_EQ(again, bench.registry);
  IssueNamed(&bench, "Coin", "1005203");
  EXPECT_EQ(AssetOfTransfer(&bench, "1005202"), "transfer TRC10:1005202 o > t 1");
}

TEST(LedgerTokens, AreCalledByANameOfDigitsThatIsNoNumberYet) {
  LedgerBench bench;
  IssueNamed(&bench, "8888888", "1000001");
  IssueNamed(&bench, "77", "1000002");
  IssueNamed(&bench, "01000002", "1000003");
  EXPECT_EQ(AssetOfTransfer(&bench, "8888888"), "transfer TRC10:1000001 o > t 1");
  EXPECT_EQ(AssetOfTransfer(&bench, "77"), "transfer TRC10:1000002 o > t 1");
  EXPECT_EQ(AssetOfTransfer(&bench, "01000002"), "transfer TRC10:1000003 o > t 1");
  IssueNamed(&bench, "1000000", "1000004");  // below the first number
  EXPECT_EQ(AssetOfTransfer(&bench, "1000000"), "transfer TRC10:1000004 o > t 1");
  EXPECT_EQ(AssetOfTransfer(&bench, "1000009"), "transfer TRC10:1000009 o > t 1");
}

TEST(LedgerExchange, MovesToAndFromAPool) {
  LedgerBench bench;
  bench.info.set_asset_issue_id(kToken);
  bench.Book(ContractType::kAssetIssue, IssueOf(1000));
  auto create = Owned<wire::ExchangeCreateContract>();
  create.set_first_token_id("Coin");
  create.set_first_token_balance(100);
  create.set_second_token_id("_");
  create.set_second_token_balance(500);
  bench.info.set_exchange_id(7);
  EXPECT_THAT(
      bench.Book(ContractType::kExchangeCreate, create),
      ElementsAre("exchange TRC10:1000001 o > exchange:7 100", "exchange TRX o > exchange:7 500"));
  auto trade = Owned<wire::ExchangeContract>();
  trade.set_exchange_id(7);
  trade.set_token_id("_");
  trade.set_quant(50);
  bench.info.set_exchange_received_amount(9);
  EXPECT_THAT(
      bench.Book(ContractType::kExchangeTransaction, trade),
      ElementsAre("exchange TRX o > exchange:7 50", "exchange TRC10:1000001 exchange:7 > o 9"));
  trade.set_token_id(kToken);
  trade.set_quant(3);
  bench.info.set_exchange_inject_another_amount(15);
  EXPECT_THAT(
      bench.Book(ContractType::kExchangeInject, trade),
      ElementsAre("exchange TRC10:1000001 o > exchange:7 3", "exchange TRX o > exchange:7 15"));
  bench.info.set_exchange_withdraw_another_amount(14);
  EXPECT_THAT(
      bench.Book(ContractType::kExchangeWithdraw, trade),
      ElementsAre("exchange TRC10:1000001 exchange:7 > o 3", "exchange TRX exchange:7 > o 14"));
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), PoolOfExchange(7)), 500 + 50 + 15 - 14);
  EXPECT_EQ(bench.balances.Of(Asset::Trc10(kToken), PoolOfExchange(7)), 100 - 9);
}

TEST(LedgerExchange, WhatIsNotToldIsAGap) {
  LedgerBench bench;
  auto trade = Owned<wire::ExchangeContract>();
  trade.set_exchange_id(7);
  trade.set_token_id("_");
  trade.set_quant(50);
  bench.info.set_exchange_received_amount(9);
  EXPECT_THAT(
      bench.Book(ContractType::kExchangeTransaction, trade),
      ElementsAre("exchange TRX o > exchange:7 50", "gap unknown_exchange TRX o > exchange:7"));
  auto create = Owned<wire::ExchangeCreateContract>();
  create.set_first_token_id("1000001");
  create.set_first_token_balance(100);
  create.set_second_token_id("_");
  create.set_second_token_balance(500);
  EXPECT_THAT(
      bench.Book(ContractType::kExchangeCreate, create),  // a receipt without the number
      ElementsAre("exchange TRC10:1000001 o > exchange: 100", "exchange TRX o > exchange: 500"));
  bench.info.set_exchange_id(7);
  bench.Book(ContractType::kExchangeCreate, create);
  EXPECT_THAT(bench.Book(ContractType::kExchangeTransaction, trade),
              ElementsAre("exchange TRX o > exchange:7 50",
                          "gap unknown_amount TRC10:1000001 o > exchange:7"));
  trade.set_token_id("1000009");  // neither side
  bench.info.set_exchange_received_amount(9);
  EXPECT_THAT(bench.Book(ContractType::kExchangeTransaction, trade),
              ElementsAre("exchange TRC10:1000009 o > exchange:7 50",
                          "gap unknown_exchange TRX o > exchange:7"));
  bench.has_receipt = false;
  for (const ContractType type : {ContractType::kExchangeTransaction, ContractType::kExchangeInject,
                                  ContractType::kExchangeWithdraw, ContractType::kExchangeCreate}) {
    bench.Book(type, trade);
    EXPECT_EQ(bench.booking.entries.back().gap, GapReason::kNoReceipt);
    EXPECT_EQ(bench.booking.counts.gaps, 1U);
  }
}

wire::MarketSellAssetContract SellOf(char owner, const std::string& sell,
                                     std::int64_t sell_quantity, const std::string& buy,
                                     std::int64_t buy_quantity) {
  wire::MarketSellAssetContract order;
  order.set_owner_address(AddressBytes(owner));
  order.set_sell_token_id(sell);
  order.set_sell_token_quantity(sell_quantity);
  order.set_buy_token_id(buy);
  order.set_buy_token_quantity(buy_quantity);
  return order;
}

void AddFill(wire::TransactionInfo* info, const std::string& maker, std::int64_t sell,
             std::int64_t buy) {
  wire::MarketOrderDetail& detail = *info->add_order_details();
  detail.set_maker_order_id(maker);
  detail.set_taker_order_id(info->order_id());
  detail.set_fill_sell_quantity(sell);
  detail.set_fill_buy_quantity(buy);
}

wire::MarketCancelOrderContract CancelOf(char owner, const std::string& id) {
  wire::MarketCancelOrderContract cancel;
  cancel.set_owner_address(AddressBytes(owner));
  cancel.set_order_id(id);
  return cancel;
}

TEST(LedgerMarket, HoldsOrdersInEscrowUntilTheyAreFilled) {
  LedgerBench bench;
  bench.info.set_order_id("m");  // 6d in hex
  EXPECT_THAT(bench.Book(ContractType::kMarketSellAsset, SellOf('a', kToken, 100, "_", 200)),
              ElementsAre("market TRC10:1000001 a > market:6d 100"));
  bench.info.set_order_id("t");  // 74
  AddFill(&bench.info, "m", 60, 30);
  EXPECT_THAT(bench.Book(ContractType::kMarketSellAsset, SellOf('b', "_", 60, kToken, 20)),
              ElementsAre("market TRX b > market:74 60", "market TRC10:1000001 market:6d > b 30",
                          "market TRX market:74 > a 60"));
  EXPECT_EQ(bench.registry.orders_count(), 1U);
  EXPECT_THAT(bench.Book(ContractType::kMarketCancelOrder, CancelOf('a', "m")),
              ElementsAre("market TRC10:1000001 market:6d > a 70"));
  EXPECT_EQ(bench.registry.orders_count(), 0U);
  EXPECT_THAT(bench.Book(ContractType::kMarketCancelOrder, CancelOf('a', "m")),
              ElementsAre("gap unknown_order TRX a > market:6d"));
}

TEST(LedgerMarket, WhatIsNotToldIsAGap) {
  LedgerBench bench;
  bench.info.set_order_id("t");
  AddFill(&bench.info, "m", 60, 30);
  EXPECT_THAT(
      bench.Book(ContractType::kMarketSellAsset, SellOf('b', "_", 100, kToken, 20)),
      ElementsAre("market TRX b > market:74 100", "market TRC10:1000001 market:6d > b 30",
                  "market TRX market:74 > market:6d 60", "gap unknown_order TRX market:6d > -"));
  EXPECT_EQ(bench.registry.orders_count(), 1U);
  EXPECT_THAT(bench.Book(ContractType::kMarketCancelOrder, CancelOf('x', "t")),  // not the owner
              ElementsAre("gap unknown_order TRX x > market:74"));
  // A trade that nothing is told about may have filled any order.
  bench.has_receipt = false;
  EXPECT_THAT(bench.Book(ContractType::kMarketSellAsset, SellOf('b', "_", 100, kToken, 20)),
              ElementsAre("market TRX b > market: 100", "gap no_receipt TRX b > -"));
  EXPECT_EQ(bench.registry.orders_count(), 0U);
  bench.has_receipt = true;
  EXPECT_THAT(bench.Book(ContractType::kMarketCancelOrder, CancelOf('b', "t")),
              ElementsAre("gap unknown_order TRX b > market:74"));
}

TEST(LedgerMarket, CountsOrdersThatFillBeyondTheirSize) {
  LedgerBench bench;
  bench.info.set_order_id("m");
  bench.Book(ContractType::kMarketSellAsset, SellOf('a', kToken, 10, "_", 20));
  bench.info.set_order_id("t");
  AddFill(&bench.info, "m", 21, 11);
  bench.Book(ContractType::kMarketSellAsset, SellOf('b', "_", 20, kToken, 10));
  EXPECT_EQ(bench.counts.bad_amounts, 2U);
  EXPECT_EQ(bench.registry.orders_count(), 0U);
}

// The slow twin: java-tron's order book and its balances.
class Market {
 public:
  struct Order {
    std::string id;
    char owner = 0;
    std::string sell_token;
    std::string buy_token;
    std::int64_t sell = 0;
    std::int64_t buy = 0;
    std::int64_t left = 0;
  };

  // Matches a new order, as it would be accepted; fills go to `info`.
  void Sell(Order taker, wire::TransactionInfo* info) {
    Balance(taker.owner, taker.sell_token) -= taker.sell;
    taker.left = taker.sell;
    while (taker.left > 0) {
      Order* const maker = Best(taker);
      if (maker == nullptr) break;
      const std::int64_t wanted = taker.left * maker->sell / maker->buy;
      if (wanted == 0) {
        returned[{taker.owner, taker.sell_token}] += taker.left;
        taker.left = 0;
        break;
      }
      std::int64_t bought = maker->left;
      std::int64_t paid = maker->left * maker->buy / maker->sell;
      if (wanted < maker->left) {
        bought = wanted;
        paid = taker.left;
      }
      if (paid == 0) {  // "it would not happen", says java-tron; it does
        returned[{maker->owner, maker->sell_token}] += maker->left;
        maker->left = 0;
        EraseFilled();
        continue;
      }
      maker->left -= bought;
      taker.left -= paid;
      Balance(taker.owner, taker.buy_token) += bought;
      Balance(maker->owner, taker.sell_token) += paid;
      AddFill(info, maker->id, paid, bought);
      EraseFilled();
    }
    if (taker.left > 0) open.push_back(std::move(taker));
  }
  void Cancel(std::size_t i) {
    Balance(open[i].owner, open[i].sell_token) += open[i].left;
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
  }
  std::int64_t& Balance(char owner, const std::string& token) { return balances[{owner, token}]; }

  std::vector<Order> open;  // oldest first
  std::map<std::pair<char, std::string>, std::int64_t> balances;
  std::map<std::pair<char, std::string>, std::int64_t> returned;  // not in `balances`

 private:
  void EraseFilled() {
    std::erase_if(open, [](const Order& order) { return order.left == 0; });
  }
  // The cheapest that the taker accepts, of several the oldest.
  Order* Best(const Order& taker) {
    Order* best = nullptr;
    for (Order& maker : open) {
      if (maker.sell_token != taker.buy_token || maker.buy_token != taker.sell_token) continue;
      if (taker.buy * maker.buy > taker.sell * maker.sell) continue;
      if (best == nullptr || maker.buy * best->sell < best->buy * maker.sell) best = &maker;
    }
    return best;
  }
};

Asset AssetOf(const std::string& token) {
  return token == "_" ? Asset::Trx() : Asset::Trc10(token);
}

TEST(LedgerMarket, AgreesWithASlowTwin) {
  std::int64_t returns = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937 random(seed);
    const auto up_to = [&random](std::int64_t most) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(most)) + 1;
    };
    const std::int64_t most = seed % 2 == 0 ? 12 : 1000;  // small ones leave rests
    LedgerBench bench;
    Market market;
    std::set<std::pair<Account, Asset>> gaps;
    for (int step = 0; step < 120; ++step) {
      if (!market.open.empty() && random() % 5 == 0) {
        const std::size_t i = random() % market.open.size();
        const Market::Order order = market.open[i];
        market.Cancel(i);
        EXPECT_THAT(bench.Book(ContractType::kMarketCancelOrder, CancelOf(order.owner, order.id)),
                    SizeIs(1));
        EXPECT_EQ(bench.counts.bad_amounts, 0U);
      } else {
        Market::Order order;
        order.id = absl::StrCat("order", step);
        order.owner = static_cast<char>('a' + random() % 4);
        const bool sells_trx = random() % 2 == 0;
        order.sell_token = sells_trx ? "_" : kToken;
        order.buy_token = sells_trx ? kToken : "_";
        order.sell = up_to(most);
        order.buy = up_to(most);
        bench.info.set_order_id(order.id);
        market.Sell(order, &bench.info);
        bench.Book(ContractType::kMarketSellAsset,
                   SellOf(order.owner, order.sell_token, order.sell, order.buy_token, order.buy));
        for (const Entry& entry : bench.booking.entries) {
          if (entry.kind != EntryKind::kGap) continue;
          EXPECT_EQ(entry.gap, GapReason::kRestOfOrder);
          gaps.emplace(entry.from, entry.asset);
        }
      }
      for (const auto& [key, balance] : market.balances) {
        const Uint256 booked = bench.balances.Of(AssetOf(key.second), AccountOf(key.first));
        EXPECT_EQ(booked, Uint256(0) + balance) << step << " " << key.first << key.second;
      }
    }
    for (const Market::Order& order : market.open) {
      EXPECT_EQ(bench.balances.Of(AssetOf(order.sell_token), EscrowOfOrder(order.id)), order.left);
    }
    for (const auto& [key, amount] : market.returned) {
      EXPECT_TRUE(gaps.contains({AccountOf(key.first), AssetOf(key.second)}))
          << key.first << key.second;
      returns += amount;
    }
  }
  EXPECT_GT(returns, 0) << "no order's rest was too small: the gap was not tested";
}

}  // namespace
}  // namespace coinwake::tron
