// Goal: an account's sums are the truth and say where they may not be, and a window says that it is
// one.
// Method: answers built from indexes of made chains; balances against the truth that the maker of
// the chain keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "coinwake/v1/index.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/account_trace.h"
#include "server/json.h"
#include "server/page_token.h"
#include "server/path_answers.h"
#include "tests/server/tron_story.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(AccountAddress, SumsAreTheTruth) {
  const synthetic::TronTruth& truth = TheStory().chain.truth();
  std::size_t compared = 0;
  for (const Address& holder : truth.Holders()) {
    const v1::Address answer = AddressOf(TheView(), holder);
    for (const synthetic::BalanceRow& row : truth.RowsOf(holder)) {
      const v1::AssetSums sums = Sums(answer, truth.assets()[row.asset].name);
      EXPECT_EQ(sums.balance(), (row.negative ? "-" : "") + ToDecimal(row.amount));
      EXPECT_EQ(sums.staked(), ToDecimal(row.frozen));
      ++compared;
    }
  }
  EXPECT_GE(compared, 8U);
}

TEST(AccountAddress, HasEveryField) {
  const v1::Address bob = AddressOf(TheView(), kBob);
  EXPECT_EQ(bob.snapshot().height(), 7U);
  EXPECT_EQ(bob.address(), kBob.ToBase58());
  EXPECT_EQ(bob.network(), "tron-private");
  EXPECT_TRUE(bob.seen());
  EXPECT_FALSE(bob.contract());
  EXPECT_EQ(bob.script_type(), "");
  // genesis, pay, coupon, freeze, reward, failed, swap, memo, destroy; a loan moves nothing.
  EXPECT_EQ(bob.transactions(), 9U);
  EXPECT_EQ(bob.first_height(), 0U);
  EXPECT_EQ(bob.last_height(), 7U);
  ASSERT_EQ(bob.assets_size(), 3);
  EXPECT_EQ(bob.assets(0).asset(), "TRX");
  EXPECT_EQ(bob.received(), bob.assets(0).received());
  EXPECT_EQ(bob.sent(), bob.assets(0).sent());
  EXPECT_EQ(bob.balance(), bob.assets(0).balance());
  EXPECT_EQ(bob.received(), "2000000003");
  EXPECT_EQ(bob.assets(0).staked(), "100000000");
  const v1::AssetSums usdt = Sums(bob, TheStory().UsdtName());
  EXPECT_EQ(usdt.received(), "400000000");
  EXPECT_EQ(usdt.sent(), "400000000");
  EXPECT_EQ(usdt.balance(), "0");
  EXPECT_EQ(usdt.transfers(), 2U);
  EXPECT_EQ(usdt.first_height(), 3U);
  EXPECT_EQ(usdt.last_height(), 7U);
  EXPECT_EQ(usdt.assumed_opening(), "0");
  EXPECT_FALSE(usdt.event_derived());
  EXPECT_THAT(usdt.incomplete(), IsEmpty());
  EXPECT_EQ(bob.activated_by(), "");  // genesis gave it
  ASSERT_EQ(bob.frozen_size(), 3);
  EXPECT_TRUE(bob.frozen(0).frozen());
  EXPECT_FALSE(bob.frozen(1).frozen());
  EXPECT_TRUE(bob.frozen(2).frozen());
  EXPECT_EQ(bob.frozen(1).asset(), TheStory().UsdtName());
  EXPECT_EQ(bob.frozen(1).height(), 6U);
  EXPECT_EQ(bob.frozen(1).time(), 1'735'689'600 + 5 * 3);
  EXPECT_EQ(bob.frozen(1).txid(), TheStory().txids.at("unlist").ToHex());
}

TEST(AccountAddress, OfOneAssetHasItsSumsAlone) {
  const v1::Address bob = AddressOf(TheView(), kBob, TheStory().UsdtName());
  ASSERT_EQ(bob.assets_size(), 1);
  EXPECT_EQ(bob.received(), "400000000");
  EXPECT_EQ(bob.balance(), "0");
  EXPECT_EQ(bob.transactions(), 2U);
  EXPECT_EQ(bob.first_height(), 3U);
  EXPECT_EQ(AddressOf(TheView(), kBob, "TRC10:1000001").balance(), "7");
  EXPECT_EQ(AddressOf(TheView(), kBob, "TRX").received(), "2000000003");
  // No such token ever was: zeros.
  const v1::Address none = AddressOf(TheView(), kBob, "TRC10:1999999");
  EXPECT_TRUE(none.seen());
  EXPECT_EQ(none.balance(), "0");
  ASSERT_EQ(none.assets_size(), 1);
  EXPECT_EQ(
      ToJson(none.assets(0)),
      "{\"asset\":\"TRC10:1999999\",\"received\":\"0\",\"sent\":\"0\",\"balance\":\"0\","
      "\"staked\":\"0\",\"transfers\":\"0\",\"assumed_opening\":\"0\",\"event_derived\":false,"
      "\"incomplete\":[]}");
  // There is one, but the account never had any.
  const v1::Address dave = AddressOf(TheView(), kDave, TheStory().UsdtName());
  EXPECT_EQ(dave.transactions(), 0U);
  EXPECT_FALSE(dave.has_first_height());
  EXPECT_EQ(Sums(dave, TheStory().UsdtName()).received(), "0");
  EXPECT_THAT(Sums(dave, TheStory().UsdtName()).incomplete(), IsEmpty());
  EXPECT_EQ(AddressOf(TheView(), InventedAddress(9, 9), "TRX").assets_size(), 1);
}

TEST(AccountAddress, IsTheSameAccountWhateverTheAsset) {
  for (const std::string asset : {"TRX", "TRC10:1000001", "TRC10:1999999"}) {
    SCOPED_TRACE(asset);
    EXPECT_EQ(Who(AddressOf(TheView(), kDave, asset).activated_by()), "alice");
    EXPECT_EQ(AddressOf(TheView(), kBob, asset).frozen_size(), 3);
    EXPECT_TRUE(AddressOf(TheView(), TheStory().router, asset).contract());
  }
}

TEST(AccountAddress, TellsWhoOpenedIt) {
  EXPECT_EQ(Who(AddressOf(TheView(), kDave).activated_by()), "alice");
  EXPECT_EQ(AddressOf(TheView(), kDave).activated_height(), 3U);
  EXPECT_EQ(Who(AddressOf(TheView(), kErin).activated_by()), "alice");
  EXPECT_EQ(AddressOf(TheView(), kErin).activated_height(), 3U);
  EXPECT_EQ(AddressOf(TheView(), kErin).transactions(), 0U);
  const v1::Address router = AddressOf(TheView(), TheStory().router);
  EXPECT_TRUE(router.contract());
  EXPECT_EQ(Who(router.activated_by()), "alice");
  EXPECT_EQ(router.activated_height(), 1U);
  EXPECT_EQ(router.balance(), "59");
  EXPECT_TRUE(
      AddressOf(TheView(), tron::ParseAddress(TheStory().UsdtName().substr(6)).value()).contract());
}

TEST(AccountAddress, IsOpenedByCoinsNotByTokensOfContracts) {
  TronChainBuilder chain({.opening = {{kAlice, 1'000 * kSunPerTrx}, {kBob, 1'000 * kSunPerTrx}}});
  const AssetId usdt = chain.DeployToken(kAlice, "Tether USD", std::nullopt, {.energy = 1});
  chain.Mint(usdt, 100, {.energy = 1});
  chain.TokenTransfer(usdt, kAlice, kDave, 7, {.energy = 1});
  chain.TokenTransfer(usdt, kAlice, kErin, 7, {.energy = 1});
  chain.NextBlock();
  chain.Transfer(kBob, kDave, 5);
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks());
  for (const std::string& asset :
       {std::string(), chain.truth().assets()[usdt].name, std::string("TRC10:1999999")}) {
    const v1::Address dave = AddressOf(index.view(), kDave, asset);
    EXPECT_EQ(Who(dave.activated_by()), "bob");
    EXPECT_EQ(dave.activated_height(), 2U);
  }
  EXPECT_EQ(AddressOf(index.view(), kErin).activated_by(), "");
  EXPECT_FALSE(AddressOf(index.view(), kErin).has_activated_height());
}

// More than a page of each sort of look-up.
TEST(AccountAddress, CountsALongHistory) {
  TronChainBuilder chain(
      {.opening = {{kAlice, 1'000'000 * kSunPerTrx}, {kBob, 1'000'000 * kSunPerTrx}}});
  chain.Freeze(kBob, 100, tron::Resource::kEnergy);
  constexpr int kMany = 20'000;
  for (int i = 0; i < 5'000; ++i) chain.Delegate(kBob, kAlice, 1, tron::Resource::kEnergy);
  for (int i = 0; i < kMany; ++i) {
    if (i % 5'000 == 0) chain.NextBlock();  // none holds as many
    chain.Transfer(kBob, kAlice, 1);
  }
  const AssetId usdt = chain.DeployToken(kBob, "Tether USD", std::nullopt, {.energy = 1});
  chain.BlackList(usdt, kAlice, {.energy = 1});
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks());
  const v1::Address alice = AddressOf(index.view(), kAlice);
  EXPECT_EQ(alice.transactions(), 1U + kMany);
  EXPECT_EQ(Sums(alice, "TRX").transfers(), 1U + kMany);
  EXPECT_EQ(alice.frozen_size(), 1);
}

TEST(AccountAddress, MayOweMoreThanItHas) {
  const v1::Address hole = AddressOf(TheView(), kHole);
  EXPECT_EQ(hole.balance(), "-9223372036854775808");
  EXPECT_EQ(hole.sent(), "9223372036854775808");
  EXPECT_EQ(hole.received(), "0");
}

TEST(AccountAddress, NeverSeenIsZeros) {
  const v1::Address nobody = AddressOf(TheView(), InventedAddress(9, 9));
  EXPECT_FALSE(nobody.seen());
  EXPECT_EQ(nobody.address(), InventedAddress(9, 9).ToBase58());
  EXPECT_EQ(nobody.received() + nobody.sent() + nobody.balance(), "000");
  EXPECT_FALSE(nobody.has_first_height());
  EXPECT_THAT(nobody.assets(), IsEmpty());
  EXPECT_EQ(nobody.snapshot().height(), 7U);
}

TEST(AccountAddress, TakesHexAndRefusesNoNames) {
  v1::GetAddressRequest request;
  request.set_address(kBob.ToHex());
  v1::Address answer;
  ASSERT_OK(AnswerAddress(TheView(), request, nullptr, &answer));
  EXPECT_EQ(ToJson(answer), ToJson(AddressOf(TheView(), kBob)));
  for (const std::string bad : {"", "bob", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}) {
    request.set_address(bad);
    EXPECT_THAT(AnswerAddress(TheView(), request, nullptr, &answer),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
  request.set_address(kBob.ToBase58());
  for (const std::string bad : {"BTC", "TRC20:", "TRC20:bob", "usdt", "TRC10"}) {
    request.set_asset(bad);
    EXPECT_THAT(AnswerAddress(TheView(), request, nullptr, &answer),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
  request.set_asset("USDT");
  EXPECT_THAT(AnswerAddress(TheView(), request, nullptr, &answer),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("TRC20:<contract>")));
}

TEST(AccountAddress, EndsWhenCancelled) {
  const AlwaysCancelled cancelled;
  v1::GetAddressRequest request;
  request.set_address(kBob.ToBase58());
  v1::Address answer;
  EXPECT_THAT(AnswerAddress(TheView(), request, &cancelled, &answer),
              StatusIs(absl::StatusCode::kCancelled));
  v1::ListHistoryRequest history;
  history.set_address(kBob.ToBase58());
  v1::ListHistoryResponse list;
  EXPECT_THAT(AnswerHistory(TheView(), history, kWholeList, &cancelled, &list),
              StatusIs(absl::StatusCode::kCancelled));
}

// Main net's rules, on a window that stands for a part of it.
class AccountWindow : public ::testing::Test {
 protected:
  AccountWindow() : chain_({.first_number = 1'000, .opening = {{kAlice, 1'000'000 * kSunPerTrx}}}) {
    usdt_ = chain_.DeployToken(kAlice, "Tether USD", kTether, {.energy = 1});
    chain_.Mint(usdt_, 5'000);
    chain_.NextBlock();
    chain_.TokenTransfer(usdt_, kAlice, kDave, 3'000);
    chain_.Transfer(kAlice, kBob, 10);
    chain_.NextBlock();
    chain_.TokenTransfer(usdt_, kAlice, kDave, 500);
    chain_.NextBlock();
  }
  TronChainBuilder chain_;
  AssetId usdt_ = 0;
};

TEST_F(AccountWindow, SaysThatItIsOne) {
  const TronIndex index = IndexOf(chain_.blocks(), Network::kTron);
  v1::NetworkStatus status;
  FillNetworkStatus(index.view(), &status);
  EXPECT_EQ(status.snapshot().network(), "tron");
  EXPECT_EQ(status.snapshot().from_height(), 1'000U);
  EXPECT_EQ(status.snapshot().height(), 1'002U);
  EXPECT_FALSE(status.snapshot().complete_history());
  EXPECT_EQ(status.snapshot().receipts(), "complete");
  EXPECT_EQ(status.blocks(), 3U);
  EXPECT_EQ(BlockAt(index.view(), "1000").previous_block_hash(), "");
  v1::GetBlockRequest request;
  request.set_block("999");
  v1::Block answer;
  EXPECT_THAT(AnswerBlock(index.view(), request, &answer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("from 1000 to 1002")));
}

TEST_F(AccountWindow, AssumesWhatMustHaveBeenThere) {
  const TronIndex index = IndexOf(chain_.blocks(), Network::kTron);
  const v1::Address alice = AddressOf(index.view(), kAlice);
  const v1::AssetSums trx = Sums(alice, "TRX");
  EXPECT_EQ(trx.balance(), "-" + trx.sent());
  EXPECT_EQ(trx.assumed_opening(), trx.sent());
  EXPECT_FALSE(trx.event_derived());
  EXPECT_EQ(Sums(alice, "TRC20:" + kTether.ToBase58()).assumed_opening(), "0");
  // Nobody knows who was there before.
  EXPECT_EQ(AddressOf(index.view(), kBob).activated_by(), "");
}

TEST_F(AccountWindow, KnowsUsdtByItsShortName) {
  const TronIndex index = IndexOf(chain_.blocks(), Network::kTron);
  EXPECT_EQ(AddressOf(index.view(), kDave, "USDT").balance(), "3500");
  EXPECT_EQ(AddressOf(index.view(), kDave, "USDT").assets(0).asset(),
            "TRC20:" + kTether.ToBase58());
  ASSERT_OK_AND_ASSIGN(const auto history, History(index.view(), {kDave, "USDT"}));
  EXPECT_EQ(history.entries_size(), 2);
  EXPECT_TRUE(AddressOf(index.view(), kTether).contract());
}

TEST_F(AccountWindow, WithoutReceiptsSaysWhatIsMissing) {
  std::vector<TronBlock> blocks = chain_.blocks();
  for (TronBlock& block : blocks) block.receipts.clear();
  const TronIndex index = IndexOf(blocks, Network::kTron);
  v1::NetworkStatus status;
  FillNetworkStatus(index.view(), &status);
  EXPECT_EQ(status.snapshot().receipts(), "none");
  EXPECT_EQ(status.without_receipt(), status.transactions());
  const v1::Address alice = AddressOf(index.view(), kAlice);
  EXPECT_THAT(Sums(alice, "TRX").incomplete(),
              ElementsAre("no_receipt", "receipts_missing_in_index"));
  EXPECT_THAT(Sums(AddressOf(index.view(), kBob), "TRX").incomplete(),
              ElementsAre("receipts_missing_in_index"));
  EXPECT_EQ(AddressOf(index.view(), kBob).balance(), "10");
  const v1::Address dave = AddressOf(index.view(), kDave);
  EXPECT_FALSE(dave.seen());  // only logs tell of it
  EXPECT_THAT(Sums(dave, "TRX").incomplete(), ElementsAre("receipts_missing_in_index"));
  const v1::Block block = BlockAt(index.view(), "1001");
  EXPECT_FALSE(block.transactions(0).has_fee());
  EXPECT_THAT(Happened(block.transactions(0)), ElementsAre("0 gap alice> no_receipt"));
  EXPECT_TRUE(block.transactions(0).success());  // the block says so itself
  EXPECT_THAT(Happened(block.transactions(1)),
              ElementsAre("0 transfer alice>bob 10 TRX", "1 gap alice> no_receipt"));

  blocks.front().receipts = chain_.blocks().front().receipts;
  const TronIndex partial = IndexOf(blocks, Network::kTron);
  FillNetworkStatus(partial.view(), &status);
  EXPECT_EQ(status.snapshot().receipts(), "partial");
}

TEST_F(AccountWindow, WithoutReceiptsNothingIsSaidToBeNone) {
  std::vector<TronBlock> blocks = chain_.blocks();
  for (TronBlock& block : blocks) block.receipts.clear();
  const TronIndex index = IndexOf(blocks, Network::kTron);
  for (const Address& account : {kAlice, kBob, kDave, kErin}) {
    const v1::Address answer = AddressOf(index.view(), account, "USDT");
    EXPECT_EQ(answer.received(), "0");
    EXPECT_THAT(Sums(answer, "TRC20:" + kTether.ToBase58()).incomplete(),
                ElementsAre("receipts_missing_in_index"));
  }
  const auto says_why = StatusIs(
      absl::StatusCode::kNotFound,
      AllOf(HasSubstr("but 5 of the indexed transactions have no receipt"), HasSubstr("folder")));
  EXPECT_THAT(History(index.view(), {kAlice, "USDT"}), says_why);
  EXPECT_THAT(History(index.view(), {kDave}), says_why);
  EXPECT_THAT(FindAssetToFollow(index.view(), "USDT"), says_why);
  v1::FindPathsRequest path;
  path.set_from(kBob.ToBase58());
  path.set_to(kAlice.ToBase58());
  path.set_asset("TRX");
  const auto no_path = [](const v1::Path&) { return absl::OkStatus(); };
  EXPECT_THAT(AnswerPaths(index.view(), path, {}, nullptr, no_path), says_why);
  const TronIndex whole = IndexOf(chain_.blocks(), Network::kTron);
  EXPECT_THAT(History(whole.view(), {kAlice, "TRC10:1999999"}),
              StatusIs(absl::StatusCode::kNotFound, Not(HasSubstr("receipt"))));
}

TEST(AccountAddress, SaysWhereContractsPaidUntold) {
  TronChainBuilder chain({.opening = {{kAlice, 1'000 * kSunPerTrx}}});
  const Address contract = chain.DeployContract(kAlice, "Vault", 0, {.energy = 1});
  chain.Call(kAlice, {.contract = contract, .call_value = 5}, {.energy = 1});
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks());
  EXPECT_THAT(Sums(AddressOf(index.view(), kAlice), "TRX").incomplete(),
              ElementsAre("no_internal_transactions"));
}

TEST(AccountAddress, TokensThatMoveUntoldAreFromEventsAlone) {
  TronChainBuilder chain({.opening = {{kAlice, 1'000 * kSunPerTrx}}});
  const AssetId token = chain.DeployToken(kAlice, "Rebasing", std::nullopt, {.energy = 1});
  const Address contract = chain.truth().assets()[token].contract;
  // A transfer of what nothing gave: the maker of the chain keeps no account of plain logs.
  const auto word = [](const Address& address) {
    Hash256 padded;
    std::copy(address.bytes.begin() + 1, address.bytes.end(), padded.bytes.begin() + 12);
    return padded;
  };
  const auto topic =
      Hash256::FromHex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
  std::string amount(32, '\0');
  amount.back() = 9;
  chain.Call(kAlice,
             {.contract = contract,
              .logs = {{.contract = contract,
                        .topics = {*topic, word(kBob), word(kDave)},
                        .data = amount}}},
             {.energy = 1});
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks());
  const v1::AssetSums bob = AddressOf(index.view(), kBob).assets(0);
  EXPECT_EQ(bob.balance(), "-9");
  EXPECT_EQ(bob.assumed_opening(), "9");
  EXPECT_TRUE(bob.event_derived());
  EXPECT_FALSE(AddressOf(index.view(), kDave).assets(0).event_derived());
}

}  // namespace
}  // namespace coinwake::server
