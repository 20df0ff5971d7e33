#include "tests/server/tron_story.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/account_answers.h"
#include "server/page_token.h"
#include "tests/support/matchers.h"

namespace coinwake::server {

Story::Story() {
  usdt = chain.DeployToken(kAlice, "Tether USD", std::nullopt, {.energy = 1});
  router = chain.DeployContract(kAlice, "Router", 50, {.energy = 1});
  chain.NextBlock();  // 1
  txids["mint"] = chain.Mint(usdt, 10'000'000'000);
  coupon = chain.IssueTrc10(kAlice, "Coupon", 1'000);
  chain.NextBlock();  // 2
  txids["pay"] = chain.TokenTransfer(usdt, kAlice, kBob, 400'000'000);
  txids["open"] = chain.Transfer(kAlice, kDave, 5 * kSunPerTrx);
  txids["create"] = chain.CreateAccount(kAlice, kErin);
  txids["coupon"] = chain.TransferTrc10(coupon, kAlice, kBob, 7);
  chain.NextBlock();  // 3
  txids["freeze"] = chain.Freeze(kBob, 100 * kSunPerTrx, tron::Resource::kEnergy);
  txids["lend"] =
      chain.Delegate(kBob, kDave, 40 * kSunPerTrx, tron::Resource::kEnergy, {.permission_id = 2});
  txids["reward"] = chain.WithdrawReward(kBob, 3);
  txids["failed"] =
      chain.TokenTransfer(usdt, kBob, kDave, 1'000, {.result = tron::ContractResult::kRevert});
  chain.NextBlock();  // 4
  txids["swap"] =
      chain.Call(kBob,
                 {.contract = router,
                  .call_value = 20,
                  .internals = {{.caller = router, .to = kAlice, .amount = 11},
                                {.caller = router, .to = kErin, .amount = 9, .rejected = true}}},
                 {.energy = 1});
  txids["memo"] = chain.Transfer(kBob, kAlice, 1, {.memo = "thanks"});
  chain.NextBlock();  // 5
  txids["list"] = chain.BlackList(usdt, kBob, {.energy = 1});
  txids["unlist"] = chain.UnBlackList(usdt, kBob, {.energy = 1});
  txids["list again"] = chain.BlackList(usdt, kBob, {.energy = 1});
  chain.NextBlock();  // 6
  txids["destroy"] = chain.DestroyBlackFunds(usdt, kBob, {.energy = 1});
  chain.NextBlock();  // 7
}
const Story& TheStory() {
  static const Story story;
  return story;
}
const AccountView& TheView() {
  static const TronIndex index = IndexOf(TheStory().chain.blocks());
  return index.view();
}

std::string Who(const std::string& name) {
  const std::pair<Address, const char*> names[] = {
      {kAlice, "alice"}, {kBob, "bob"},   {kDave, "dave"},         {kErin, "erin"},
      {kHole, "hole"},   {kShop, "shop"}, {kPoisoner, "poisoner"}, {TheStory().router, "router"}};
  for (const auto& [address, text] : names) {
    if (address.ToBase58() == name) return text;
  }
  return name == TheStory().UsdtName().substr(6) ? "token" : name;
}
std::string What(const std::string& asset) {
  if (asset == TheStory().UsdtName()) return "usdt";
  return asset == "TRC10:1000001" ? "coupon" : asset;
}

std::string Text(const v1::Transfer& transfer) {
  std::string text =
      absl::StrCat(transfer.index(), " ", transfer.kind(), " ", Who(transfer.from()), ">",
                   Who(transfer.to()), " ", transfer.amount(), " ", What(transfer.asset()));
  if (!transfer.from_pot().empty()) absl::StrAppend(&text, " from ", transfer.from_pot());
  if (!transfer.to_pot().empty()) absl::StrAppend(&text, " to ", transfer.to_pot());
  for (const std::string& mark : transfer.marks()) absl::StrAppend(&text, " ", mark);
  return text;
}
std::string Text(const v1::Fact& fact) {
  std::string text =
      absl::StrCat(fact.index(), " ", fact.kind(), " ", Who(fact.from()), ">", Who(fact.to()));
  if (fact.amount() != "0") absl::StrAppend(&text, " ", fact.amount());
  if (!fact.resource().empty()) absl::StrAppend(&text, " ", fact.resource());
  if (!fact.reason().empty()) absl::StrAppend(&text, " ", fact.reason());
  return text;
}
std::vector<std::string> Happened(const v1::Transaction& transaction) {
  std::map<std::uint32_t, std::string> by_index;
  for (const v1::Transfer& one : transaction.transfers()) by_index[one.index()] = Text(one);
  for (const v1::Fact& one : transaction.facts()) by_index[one.index()] = Text(one);
  std::vector<std::string> texts;
  texts.reserve(by_index.size());
  for (auto& [index, text] : by_index) texts.push_back(std::move(text));
  return texts;
}

v1::Transaction Transaction(const AccountView& view, const Hash256& txid) {
  v1::GetTransactionRequest request;
  request.set_txid(txid.ToHex());
  v1::Transaction answer;
  EXPECT_OK(AnswerTransaction(view, request, &answer));
  return answer;
}
v1::Transaction Transaction(const std::string& name) {
  return Transaction(TheView(), TheStory().txids.at(name));
}

v1::Address AddressOf(const AccountView& view, const Address& address, const std::string& asset) {
  v1::GetAddressRequest request;
  request.set_address(address.ToBase58());
  request.set_asset(asset);
  v1::Address answer;
  EXPECT_OK(AnswerAddress(view, request, nullptr, &answer));
  return answer;
}

v1::AssetSums Sums(const v1::Address& address, const std::string& asset) {
  for (const v1::AssetSums& sums : address.assets()) {
    if (sums.asset() == asset) return sums;
  }
  ADD_FAILURE() << "no sums in " << asset;
  return {};
}

absl::StatusOr<v1::ListHistoryResponse> History(const AccountView& view,
                                                const HistoryQuestion& question) {
  v1::ListHistoryRequest request;
  request.set_address(question.address.ToBase58());
  request.set_asset(question.asset);
  request.set_page_size(question.page_size);
  request.set_page_token(question.page_token);
  v1::ListHistoryResponse answer;
  COINWAKE_RETURN_IF_ERROR(AnswerHistory(view, request, kWholeList, nullptr, &answer));
  return answer;
}

std::string Text(const v1::HistoryEntry& entry) {
  std::string text = absl::StrCat(entry.height(), " +", entry.received(), " -", entry.sent(), " ",
                                  What(entry.asset()));
  for (const std::string& mark : entry.marks()) absl::StrAppend(&text, " ", mark);
  return text;
}
std::vector<std::string> Texts(const v1::ListHistoryResponse& history) {
  std::vector<std::string> texts;
  for (const v1::HistoryEntry& entry : history.entries()) texts.push_back(Text(entry));
  return texts;
}

v1::Block BlockAt(const AccountView& view, const std::string& block, std::uint32_t page_size,
                  const std::string& page_token) {
  v1::GetBlockRequest request;
  request.set_block(block);
  request.set_page_size(page_size);
  request.set_page_token(page_token);
  v1::Block answer;
  EXPECT_OK(AnswerBlock(view, request, &answer));
  return answer;
}

}  // namespace coinwake::server
