// Goal: every field of the answers about Tron is what happened on the chain, pages add up, and
// what cannot be answered is refused with the code the API names.
// Method: answers built from indexes of made chains, each operation beside what it must read like;
// balances against the truth that the maker of the chain keeps.
#include "server/account_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coinwake/v1/index.pb.h"
#include "indexer/view/account_history.h"
#include "server/account_marks.h"
#include "server/account_names.h"
#include "server/json.h"
#include "server/page_token.h"
#include "tests/server/tron_story.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(AccountStatus, CountsWhatThereIs) {
  v1::NetworkStatus status;
  FillNetworkStatus(TheView(), &status);
  const std::vector<TronBlock>& blocks = TheStory().chain.blocks();
  EXPECT_EQ(status.snapshot().network(), "tron-private");
  EXPECT_EQ(status.snapshot().from_height(), 0U);
  EXPECT_EQ(status.snapshot().height(), 7U);
  EXPECT_EQ(status.snapshot().block_hash(), blocks.back().id.ToHex());
  EXPECT_TRUE(status.snapshot().complete_history());
  EXPECT_EQ(status.snapshot().receipts(), "complete");
  EXPECT_EQ(status.blocks(), 8U);
  std::uint64_t transactions = 0;
  for (const TronBlock& block : blocks) transactions += block.transactions;
  EXPECT_EQ(status.transactions(), transactions);
  EXPECT_EQ(status.assets(), 3U);  // TRX, usdt, coupon
  // pay, open, coupon, and of the swap its value and one internal; the deployed router's 50; the
  // thanks.
  EXPECT_EQ(status.transfers(), 7U);
  EXPECT_EQ(status.without_receipt(), 0U);
  EXPECT_FALSE(status.has_final_height());
  EXPECT_EQ(status.unspent_value(), "0");
  EXPECT_EQ(status.inputs() + status.outputs() + status.unspent_outputs(), 0U);
}

TEST(AccountTransaction, HasEveryField) {
  const v1::Transaction pay = Transaction("pay");
  const TronBlock& block = TheStory().chain.blocks()[3];
  EXPECT_EQ(pay.snapshot().height(), 7U);
  EXPECT_EQ(pay.network(), "tron-private");
  EXPECT_EQ(pay.txid(), TheStory().txids.at("pay").ToHex());
  EXPECT_EQ(pay.height(), 3U);
  EXPECT_EQ(pay.block_hash(), block.id.ToHex());
  EXPECT_EQ(pay.index(), 0U);
  EXPECT_EQ(Transaction("create").index(), 2U);
  EXPECT_EQ(pay.time(), 1'735'689'600 + 2 * 3);
  EXPECT_EQ(pay.kind(), "TriggerSmartContract");
  EXPECT_TRUE(pay.success());
  EXPECT_EQ(pay.fee(), std::to_string(kFirstTransferFee));
  EXPECT_EQ(Who(pay.operation().owner()), "alice");
  EXPECT_EQ(Who(pay.operation().contract()), "token");
  EXPECT_EQ(pay.operation().problem(), "");
  EXPECT_FALSE(pay.coinbase());
  EXPECT_EQ(pay.inputs_size() + pay.outputs_size(), 0);
  EXPECT_FALSE(Transaction("open").operation().has_contract());
}

TEST(AccountTransaction, TellsWhatHappened) {
  EXPECT_THAT(Happened(Transaction("pay")),
              ElementsAre("0 transfer alice>bob 400000000 usdt",
                          absl::StrCat("1 fee alice> ", kFirstTransferFee, " TRX")));
  EXPECT_THAT(Happened(Transaction("open")),
              ElementsAre("0 transfer alice>dave 5000000 TRX", "1 fee alice> 1100000 TRX"));
  EXPECT_THAT(Happened(Transaction("create")),
              ElementsAre("0 activated alice>erin", "1 fee alice> 1100000 TRX"));
  EXPECT_THAT(Happened(Transaction("coupon")), ElementsAre("0 transfer alice>bob 7 coupon"));
  EXPECT_THAT(Happened(Transaction("mint")),
              ElementsAre("0 mint >alice 10000000000 usdt", HasSubstr("1 fee alice> ")));
  EXPECT_THAT(Happened(Transaction("freeze")),
              ElementsAre("0 freeze bob>bob 100000000 TRX to stake2"));
  EXPECT_THAT(Happened(Transaction("lend")), ElementsAre("0 delegate bob>dave 40000000 ENERGY"));
  EXPECT_EQ(Transaction("lend").facts(0).asset(), "TRX");
  EXPECT_THAT(Happened(Transaction("reward")), ElementsAre("0 reward >bob 3 TRX"));
  EXPECT_THAT(Happened(Transaction("swap")),
              ElementsAre("0 call_value bob>router 20 TRX", "1 internal router>alice 11 TRX",
                          "2 fee bob> 210 TRX"));
  EXPECT_THAT(Happened(Transaction("memo")),
              ElementsAre("0 transfer bob>alice 1 TRX", "1 fee bob> 1000000 TRX"));
  EXPECT_THAT(Happened(Transaction("list")),
              ElementsAre("0 black_listed >bob", "1 fee alice> 210 TRX"));
  EXPECT_THAT(Happened(Transaction("unlist")),
              ElementsAre("0 un_black_listed >bob", "1 fee alice> 210 TRX"));
  EXPECT_THAT(Happened(Transaction("destroy")),
              ElementsAre("0 destroyed_funds bob> 400000000 usdt", "1 fee alice> 210 TRX"));
}

TEST(AccountTransaction, AFailedOneMovesItsFeeAlone) {
  const v1::Transaction failed = Transaction("failed");
  EXPECT_FALSE(failed.success());
  EXPECT_THAT(Happened(failed), ElementsAre(HasSubstr("0 fee bob> ")));
  EXPECT_EQ(failed.fee(), failed.transfers(0).amount());
}

TEST(AccountTransaction, OfGenesisIsAnOpeningBalance) {
  const v1::GetBlockRequest request = [] {
    v1::GetBlockRequest asked;
    asked.set_block("0");
    return asked;
  }();
  v1::Block block;
  ASSERT_OK(AnswerBlock(TheView(), request, &block));
  ASSERT_EQ(block.transactions_size(), 3);
  EXPECT_THAT(Happened(block.transactions(0)), ElementsAre("0 genesis >alice 1000000000000 TRX"));
  // Less than nothing is owed to nobody.
  EXPECT_THAT(Happened(block.transactions(2)),
              ElementsAre("0 genesis hole> 9223372036854775808 TRX"));
  EXPECT_EQ(block.transactions(0).fee(), "0");
  EXPECT_FALSE(block.has_witness());
  EXPECT_EQ(block.previous_block_hash(), "");
  EXPECT_EQ(block.time(), 0);
  const std::string& owner = block.transactions(0).operation().owner();
  EXPECT_EQ(owner.substr(0, 8), "raw:3078");  // text that begins with 0x
  v1::GetAddressRequest asked;
  asked.set_address(owner);
  v1::Address account;
  ASSERT_OK(AnswerAddress(TheView(), asked, nullptr, &account));
  EXPECT_EQ(account.address(), owner);
  EXPECT_TRUE(account.seen());
  EXPECT_EQ(account.balance(), "0");
}

TEST(AccountTransaction, IsRefusedByName) {
  v1::GetTransactionRequest request;
  v1::Transaction answer;
  request.set_txid(std::string(64, '7'));
  EXPECT_THAT(AnswerTransaction(TheView(), request, &answer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no transaction 777")));
  request.set_txid("abc");
  EXPECT_THAT(AnswerTransaction(TheView(), request, &answer),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("64 hex digits")));
}

TEST(AccountBlock, HasEveryField) {
  const TronBlock& made = TheStory().chain.blocks()[3];
  tron::Block decoded;
  ASSERT_OK(tron::DecodeBlock(tron::SpanOf(made.bytes), &decoded));
  const v1::Block block = BlockAt(TheView(), "3");
  EXPECT_EQ(block.snapshot().height(), 7U);
  EXPECT_EQ(block.network(), "tron-private");
  EXPECT_EQ(block.height(), 3U);
  EXPECT_EQ(block.block_hash(), made.id.ToHex());
  EXPECT_EQ(block.previous_block_hash(), TheStory().chain.blocks()[2].id.ToHex());
  EXPECT_EQ(block.merkle_root(), decoded.header.tx_root.ToHex());
  EXPECT_EQ(block.time(), 1'735'689'600 + 2 * 3);
  EXPECT_EQ(block.size(), made.bytes.size());
  EXPECT_EQ(block.witness().account(), decoded.header.witness.Name());
  EXPECT_FALSE(block.stale());
  EXPECT_EQ(block.transactions_count(), 4U);
  ASSERT_EQ(block.transactions_size(), 4);
  EXPECT_EQ(block.next_page_token(), "");
  EXPECT_EQ(ToJson(BlockAt(TheView(), made.id.ToHex())), ToJson(block));
  // A transaction alone says the same, and which snapshot.
  v1::Transaction alone = Transaction("open");
  EXPECT_TRUE(alone.has_snapshot());
  alone.clear_snapshot();
  EXPECT_EQ(ToJson(alone), ToJson(block.transactions(1)));
}

TEST(AccountBlock, PagesAddUpToTheWhole) {
  const v1::Block whole = BlockAt(TheView(), "3");
  std::vector<std::string> all;
  for (const v1::Transaction& one : whole.transactions()) all.push_back(ToJson(one));
  for (const std::uint32_t size : {1U, 2U, 3U, 4U, 100U}) {
    SCOPED_TRACE(size);
    std::vector<std::string> paged;
    std::string token;
    do {
      const v1::Block page = BlockAt(TheView(), "3", size, token);
      EXPECT_LE(page.transactions_size(), static_cast<int>(size));
      EXPECT_EQ(page.transactions_count(), 4U);
      for (const v1::Transaction& one : page.transactions()) paged.push_back(ToJson(one));
      token = page.next_page_token();
    } while (!token.empty());
    EXPECT_EQ(paged, all);
  }
}

TEST(AccountBlock, RefusesTokensOfOthersAndWhatIsNotThere) {
  v1::GetBlockRequest request;
  v1::Block answer;
  request.set_block("4");
  request.set_page_token(BlockAt(TheView(), "3", 1).next_page_token());
  EXPECT_THAT(AnswerBlock(TheView(), request, &answer),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_page_token("garbage");
  EXPECT_THAT(AnswerBlock(TheView(), request, &answer),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.clear_page_token();
  request.set_block("8");
  EXPECT_THAT(AnswerBlock(TheView(), request, &answer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("from 0 to 7")));
  request.set_block(std::string(64, '7'));
  EXPECT_THAT(AnswerBlock(TheView(), request, &answer), StatusIs(absl::StatusCode::kNotFound));
  for (const std::string bad : {"", "-1", "abc", "18446744073709551616"}) {
    request.set_block(bad);
    EXPECT_THAT(AnswerBlock(TheView(), request, &answer),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
}

TEST(AccountHistory, IsWhatHappenedInChainOrder) {
  ASSERT_OK_AND_ASSIGN(const v1::ListHistoryResponse history, History(TheView(), {kBob}));
  const std::string failed_fee = Transaction("failed").fee();
  EXPECT_THAT(Texts(history),
              ElementsAre("0 +2000000000 -0 TRX", "3 +400000000 -0 usdt", "3 +7 -0 coupon",
                          "4 +0 -0 TRX staked", "4 +3 -0 TRX", "4 +0 -" + failed_fee + " TRX",
                          "5 +0 -230 TRX", "5 +0 -1000001 TRX", "7 +0 -400000000 usdt"));
  EXPECT_EQ(history.entries(1).txid(), TheStory().txids.at("pay").ToHex());
  EXPECT_EQ(history.entries(1).time(), 1'735'689'600 + 2 * 3);
  EXPECT_FALSE(history.entries(1).has_snapshot());
  EXPECT_EQ(history.snapshot().height(), 7U);
  EXPECT_EQ(history.next_page_token(), "");
  ASSERT_OK_AND_ASSIGN(const v1::ListHistoryResponse usdt,
                       History(TheView(), {kBob, TheStory().UsdtName()}));
  EXPECT_THAT(Texts(usdt), ElementsAre("3 +400000000 -0 usdt", "7 +0 -400000000 usdt"));
  // An account that only was opened has no movements.
  ASSERT_OK_AND_ASSIGN(const v1::ListHistoryResponse erin, History(TheView(), {kErin}));
  EXPECT_THAT(erin.entries(), IsEmpty());
}

TEST(AccountHistory, PagesAddUpToTheWhole) {
  for (const Address& address : {kAlice, kBob}) {
    for (const std::string& asset : {std::string(), TheStory().UsdtName(), std::string("TRX")}) {
      ASSERT_OK_AND_ASSIGN(const auto whole, History(TheView(), {address, asset}));
      for (const std::uint32_t size : {1U, 2U, 3U, 7U}) {
        std::vector<std::string> paged;
        std::string token;
        do {
          ASSERT_OK_AND_ASSIGN(const auto page, History(TheView(), {address, asset, size, token}));
          // A transaction is never split: two entries at most here.
          EXPECT_LE(page.entries_size(), static_cast<int>(std::max(size, 2U)));
          ASSERT_GT(page.entries_size(), 0);
          for (const std::string& text : Texts(page)) paged.push_back(text);
          token = page.next_page_token();
        } while (!token.empty());
        EXPECT_EQ(paged, Texts(whole)) << size << asset;
      }
    }
  }
}

TEST(AccountHistory, RefusesTokensOfOthers) {
  ASSERT_OK_AND_ASSIGN(const auto page, History(TheView(), {kBob, "", 1}));
  const std::string& token = page.next_page_token();
  ASSERT_NE(token, "");
  EXPECT_OK(History(TheView(), {kBob, "", 1, token}));
  EXPECT_OK(History(TheView(), {kBob, "", 5, token}));
  const auto refused = StatusIs(absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(History(TheView(), {kAlice, "", 1, token}), refused);
  EXPECT_THAT(History(TheView(), {kBob, "TRX", 1, token}), refused);
  EXPECT_THAT(History(TheView(), {kBob, "", 1, "garbage"}), refused);
  EXPECT_THAT(History(TheView(), {kBob, "", 1, std::string(32, 'f')}), refused);
  // A chain that left this one before the page.
  TronChainBuilder other({.seed = 2, .opening = {{kBob, 2'000 * kSunPerTrx}}});
  other.Transfer(kBob, kAlice, 1);
  other.NextBlock();
  const TronIndex index = IndexOf(other.blocks());
  EXPECT_THAT(History(index.view(), {kBob, "", 1, token}), refused);
}

TEST(AccountHistory, OfWhatIsNotThereIsNotFound) {
  const auto not_found = StatusIs(absl::StatusCode::kNotFound);
  EXPECT_THAT(History(TheView(), {InventedAddress(9, 9)}), not_found);
  EXPECT_THAT(History(TheView(), {kBob, "TRC10:1999999"}), not_found);
  EXPECT_THAT(History(TheView(), {kBob, "USDT"}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(AccountHistory, MarksPoison) {
  TronChainBuilder chain({.opening = {{kAlice, 1'000'000 * kSunPerTrx},
                                      {kShop, 1'000 * kSunPerTrx},
                                      {kPoisoner, 1'000'000 * kSunPerTrx}}});
  const AssetId usdt = chain.DeployToken(kAlice, "Tether USD", std::nullopt, {.energy = 1});
  const AssetId fake = chain.DeployToken(kPoisoner, "Tether USD", std::nullopt, {.energy = 1});
  chain.Mint(usdt, 10'000'000'000);
  chain.Mint(fake, 10'000'000'000);
  chain.NextBlock();  // 1
  // What the poisoner's own token says makes it no original, neither way.
  chain.TokenTransfer(fake, kPoisoner, kAlice, 2'000'000'000);
  chain.TokenTransferFrom(fake, kPoisoner, kAlice, kPoisoner, 1'000'000'000);
  chain.TokenTransfer(usdt, kAlice, kDave, 1);           // looks like nobody
  chain.TokenTransfer(usdt, kAlice, kPoisoner, 10'000);  // dust before there is an original
  chain.NextBlock();                                     // 2
  chain.TokenTransfer(usdt, kAlice, kShop, 50'000'000);
  chain.NextBlock();  // 3
  const Hash256 zero = chain.TokenTransferFrom(usdt, kPoisoner, kAlice, kPoisoner, 0);
  chain.NextBlock();  // 4
  chain.TokenTransfer(usdt, kPoisoner, kAlice, 1);
  chain.TokenTransfer(fake, kPoisoner, kAlice, 50'000'000);
  chain.Transfer(kPoisoner, kAlice, 1);
  chain.NextBlock();                                         // 5
  chain.TokenTransfer(usdt, kAlice, kPoisoner, 70'000'000);  // the mistake
  chain.TokenTransfer(usdt, kShop, kAlice, 0, {.result = tron::ContractResult::kRevert});
  chain.NextBlock();  // 6
  chain.TokenTransfer(usdt, kPoisoner, kAlice, 1);
  chain.NextBlock();  // 7
  const TronIndex index = IndexOf(chain.blocks());
  ASSERT_OK_AND_ASSIGN(const auto whole, History(index.view(), {kAlice}));
  std::vector<std::string> marked;
  for (const v1::HistoryEntry& entry : whole.entries()) {
    if (entry.marks_size() > 0) {
      marked.push_back(absl::StrCat(entry.height(), " ", entry.asset().substr(0, 5), " ",
                                    absl::StrJoin(entry.marks(), "+")));
    }
  }
  EXPECT_THAT(marked, ElementsAre("4 TRC20 zero_value+dust_lookalike", "5 TRC20 dust_lookalike",
                                  "5 TRX dust_lookalike", "7 TRC20 dust_lookalike"));
  // A page has the marks of the whole, though what it needs lies before it.
  std::vector<std::string> paged;
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, History(index.view(), {kAlice, "", 1, token}));
    for (const std::string& text : Texts(page)) paged.push_back(text);
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(paged, Texts(whole));
  const v1::Transaction transaction = Transaction(index.view(), zero);
  EXPECT_THAT(transaction.transfers(0).marks(), ElementsAre("zero_value"));
  EXPECT_THAT(transaction.transfers(1).marks(), IsEmpty());
}

// What MarksOf() says of the whole history of `address`, a text for each entry with a mark.
std::vector<std::string> MarksWithin(const AccountView& view, const Address& address,
                                     std::uint64_t look_back) {
  const auto number = FindAccount(view, address.ToBase58());
  EXPECT_OK(number);
  const auto entries = HistoryOf(view, *number, std::nullopt, TxNum{0}, kWholeList);
  EXPECT_OK(entries);
  const auto marks = MarksOf(view, *number, *entries, look_back, nullptr);
  EXPECT_OK(marks);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < marks->size(); ++i) {
    if ((*marks)[i].empty()) continue;
    texts.push_back(
        absl::StrCat(view.HeightOf((*entries)[i].tx), " ", absl::StrJoin((*marks)[i], "+")));
  }
  return texts;
}

TEST(AccountHistory, LooksBackForOriginalsWithinABoundAndSaysSo) {
  constexpr std::uint64_t kBetween = 3'000;
  TronChainBuilder chain({.opening = {{kAlice, 1'000'000 * kSunPerTrx},
                                      {kShop, 1'000 * kSunPerTrx},
                                      {kBob, 1'000'000 * kSunPerTrx},
                                      {kPoisoner, 1'000'000 * kSunPerTrx}}});
  chain.NextBlock();  // 1
  chain.Transfer(kAlice, kShop, 50'000'000);
  chain.NextBlock();  // 2
  // Others' events lie between, so that the account's own have to be counted.
  for (std::uint64_t i = 0; i < kBetween; ++i) {
    chain.Transfer(kAlice, kBob, 20'000);
    if (i % 3 == 0) chain.Transfer(kBob, kDave, 20'000);
  }
  chain.NextBlock();  // 3
  chain.Transfer(kPoisoner, kAlice, 1);
  chain.Transfer(kDave, kAlice, 1);
  chain.NextBlock();  // 4
  const TronIndex index = IndexOf(chain.blocks());
  std::vector<EventNum> events;
  ASSERT_OK_AND_ASSIGN(const AddressNum alice, FindAccount(index.view(), kAlice.ToBase58()));
  ASSERT_OK(index.view().EventsOf(alice, kTrxAsset, EventNum{0}, kWholeList, &events));
  const std::uint64_t all = events.size() - 1;  // but for the last dust itself
  ASSERT_GT(all, kBetween);
  for (const std::uint64_t enough : {all + 7, all}) {
    EXPECT_THAT(MarksWithin(index.view(), kAlice, enough), ElementsAre("4 dust_lookalike"));
  }
  EXPECT_THAT(MarksWithin(index.view(), kAlice, all - 1),
              ElementsAre("4 dust_lookalike+marks_bounded", "4 marks_bounded"));
  const auto shop = std::find_if(events.begin(), events.end(), [&](EventNum number) {
    return index.view().Event(number).amount == 50'000'000;
  });
  const auto with_shop = static_cast<std::uint64_t>(events.end() - shop) - 1;
  EXPECT_THAT(MarksWithin(index.view(), kAlice, with_shop),
              ElementsAre("4 dust_lookalike+marks_bounded", "4 marks_bounded"));
  for (const std::uint64_t little : {with_shop - 1, std::uint64_t{1}, std::uint64_t{0}}) {
    EXPECT_THAT(MarksWithin(index.view(), kAlice, little),
                ElementsAre("4 marks_bounded", "4 marks_bounded"));
  }
}

}  // namespace
}  // namespace coinwake::server
