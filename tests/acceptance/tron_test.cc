// Goal: real blocks of Tron are answered as java-tron's HTTP API shows them: who did what, what
// moved, what it cost.
// Method: indexes fixtures of main net and Shasta in their forms and compares the answers with the
// API's JSON, read here anew; balances are summed from that JSON by TRON.md C. Of main net's block
// one receipt is known: the others are made, and say no more than that their transaction is done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/index.pb.h"
#include "indexer/tron/address.h"
#include "server/account_answers.h"
#include "server/json.h"
#include "tests/server/tron_index.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

constexpr char kTransferTopic[] =
    "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
constexpr char kKnownReceipt[] = "661f1df88ce02b746efe7449c3c7a04d6d21a7fc019723c92679228d8275ad57";

std::string Fixture(const std::string& name) {
  const std::vector<std::uint8_t> bytes =
      ReadMaybeGzip(std::string(COINWAKE_TEST_DATA) + "/tron/" + name);
  return {bytes.begin(), bytes.end()};
}

// After its length as a varint.
std::string Framed(const std::string& message) {
  std::string text;
  for (std::size_t size = message.size(); size > 0; size >>= 7) {
    text.push_back(static_cast<char>((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
  }
  return text + message;
}

// As the API shows it, in hex or base58.
std::string Base58(const json& address) {
  return tron::ParseAddress(address.get<std::string>()).value().ToBase58();
}
// The last 20 bytes of a word in hex.
std::string OfWord(const json& word) { return Base58("41" + word.get<std::string>().substr(24)); }

v1::Block BlockAt(const AccountView& view, const std::string& block) {
  v1::GetBlockRequest request;
  request.set_block(block);
  v1::Block answer;
  EXPECT_OK(server::AnswerBlock(view, request, &answer));
  return answer;
}

v1::Address AddressOf(const AccountView& view, const std::string& address,
                      const std::string& asset = "") {
  v1::GetAddressRequest request;
  request.set_address(address);
  request.set_asset(asset);
  v1::Address answer;
  EXPECT_OK(server::AnswerAddress(view, request, nullptr, &answer));
  return answer;
}

const json& ContractOf(const json& transaction) {
  return transaction.at("raw_data").at("contract").at(0);
}
const json& ValueOf(const json& transaction) {
  return ContractOf(transaction).at("parameter").at("value");
}

// What header and transactions say, whatever the receipts do.
void ExpectShows(const v1::Block& block, const json& api) {
  const json& header = api.at("block_header").at("raw_data");
  EXPECT_EQ(block.block_hash(), api.at("blockID"));
  EXPECT_EQ(block.height(), header.at("number").get<std::uint64_t>());
  EXPECT_EQ(block.merkle_root(), header.value("txTrieRoot", std::string(64, '0')));
  EXPECT_EQ(block.time(), header.at("timestamp").get<std::int64_t>() / 1'000);
  EXPECT_EQ(block.witness().account(), Base58(header.at("witness_address")));
  const json transactions = api.value("transactions", json::array());
  ASSERT_EQ(block.transactions_size(), static_cast<int>(transactions.size()));
  for (int i = 0; i < block.transactions_size(); ++i) {
    const v1::Transaction& shown = block.transactions(i);
    const json& said = transactions.at(static_cast<std::size_t>(i));
    SCOPED_TRACE(shown.txid());
    EXPECT_EQ(shown.txid(), said.at("txID"));
    EXPECT_EQ(shown.kind(), ContractOf(said).at("type"));
    EXPECT_EQ(shown.success(), said.at("ret").at(0).at("contractRet") == "SUCCESS");
    EXPECT_EQ(shown.operation().owner(), Base58(ValueOf(said).at("owner_address")));
    if (shown.kind() == "TriggerSmartContract") {
      EXPECT_EQ(shown.operation().contract(), Base58(ValueOf(said).at("contract_address")));
    }
  }
}

// What transfers by contract say.
void ExpectTransfers(const v1::Block& block, const json& api) {
  for (int i = 0; i < block.transactions_size(); ++i) {
    const v1::Transaction& shown = block.transactions(i);
    const json& said = api.at("transactions").at(static_cast<std::size_t>(i));
    SCOPED_TRACE(shown.txid());
    const json& value = ValueOf(said);
    if (shown.kind() == "TransferContract" || shown.kind() == "TransferAssetContract") {
      ASSERT_GE(shown.transfers_size(), 1);
      const v1::Transfer& moved = shown.transfers(0);
      EXPECT_EQ(moved.kind(), "transfer");
      EXPECT_EQ(moved.from(), Base58(value.at("owner_address")));
      EXPECT_EQ(moved.to(), Base58(value.at("to_address")));
      EXPECT_EQ(moved.amount(), std::to_string(value.at("amount").get<std::uint64_t>()));
      if (shown.kind() == "TransferContract") {
        EXPECT_EQ(moved.asset(), "TRX");
      } else {
        EXPECT_THAT(moved.asset(), ::testing::StartsWith("TRC10:1"));
      }
    } else if (shown.kind() == "DelegateResourceContract" ||
               shown.kind() == "UnDelegateResourceContract") {
      ASSERT_EQ(shown.facts_size(), 1);
      const v1::Fact& fact = shown.facts(0);
      EXPECT_EQ(fact.kind(), shown.kind()[0] == 'D' ? "delegate" : "undelegate");
      EXPECT_EQ(fact.from(), Base58(value.at("owner_address")));
      EXPECT_EQ(fact.to(), Base58(value.at("receiver_address")));
      EXPECT_EQ(fact.amount(), std::to_string(value.at("balance").get<std::uint64_t>()));
      EXPECT_EQ(fact.resource(), value.value("resource", "BANDWIDTH"));
    } else if (shown.kind() == "FreezeBalanceV2Contract") {
      ASSERT_EQ(shown.transfers_size(), 1);
      EXPECT_EQ(shown.transfers(0).to_pot(), "stake2");
      EXPECT_EQ(shown.transfers(0).amount(),
                std::to_string(value.at("frozen_balance").get<std::uint64_t>()));
    }
  }
}

class MainNetBlock : public ::testing::Test {
 protected:
  // The API's answers as files: the block, and a receipt for each transaction.
  MainNetBlock()
      : api_(json::parse(Fixture("mainnet/blocks/60836289.visible.json"))),
        receipt_(json::parse(
            Fixture(std::string("mainnet/txinfo/") + kKnownReceipt + ".visible.json"))) {
    json receipts = json::array();
    for (const json& transaction : api_.at("transactions")) {
      if (transaction.at("txID") == kKnownReceipt) {
        receipts.push_back(receipt_);
        continue;
      }
      receipts.push_back({{"id", transaction.at("txID")},
                          {"blockNumber", 60'836'289},
                          {"blockTimeStamp", 1'713'150'507'000}});
    }
    files_ = {{"block.json", api_.dump()}, {"infos.json", receipts.dump()}};
  }
  json api_;
  json receipt_;
  std::map<std::string, std::string> files_;
};

TEST_F(MainNetBlock, IsShownAsTheApiShowsIt) {
  const TronIndex index = IndexOfFiles(files_, Network::kTron);
  const v1::Block block = BlockAt(index.view(), "60836289");
  EXPECT_EQ(block.snapshot().network(), "tron");
  EXPECT_FALSE(block.snapshot().complete_history());
  EXPECT_EQ(block.snapshot().receipts(), "complete");
  EXPECT_EQ(block.transactions_count(), 170U);
  ExpectShows(block, api_);
  ExpectTransfers(block, api_);
}

TEST_F(MainNetBlock, CountsAUsdtTransferFromItsReceipt) {
  const TronIndex index = IndexOfFiles(files_, Network::kTron);
  v1::GetTransactionRequest request;
  request.set_txid(kKnownReceipt);
  v1::Transaction answer;
  ASSERT_OK(server::AnswerTransaction(index.view(), request, &answer));
  EXPECT_EQ(answer.fee(), std::to_string(receipt_.at("fee").get<std::uint64_t>()));
  ASSERT_EQ(answer.transfers_size(), 2);
  const json& log = receipt_.at("log").at(0);
  const v1::Transfer& moved = answer.transfers(0);
  EXPECT_EQ(moved.asset(), "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
  EXPECT_EQ(moved.from(), OfWord(log.at("topics").at(1)));
  EXPECT_EQ(moved.to(), OfWord(log.at("topics").at(2)));
  EXPECT_EQ(moved.amount(), "2384950100");  // 0x8e277354
  EXPECT_THAT(moved.marks(), ::testing::IsEmpty());
  EXPECT_EQ(answer.transfers(1).kind(), "fee");
  EXPECT_EQ(answer.transfers(1).amount(), "27600900");
  // Who sent it pays; whoever got it had none before that anybody knows of.
  const v1::Address to = AddressOf(index.view(), moved.to(), "USDT");
  EXPECT_EQ(to.received(), "2384950100");
  EXPECT_EQ(to.balance(), "2384950100");
  const v1::Address from = AddressOf(index.view(), moved.from(), "USDT");
  EXPECT_EQ(from.balance(), "-2384950100");
  EXPECT_EQ(from.assets(0).assumed_opening(), "2384950100");
  EXPECT_FALSE(from.assets(0).event_derived());
}

TEST_F(MainNetBlock, IsTheSameAsTheBytesAnApiMadeItsJsonOf) {
  const std::string raw = Fixture("mainnet/blocks/60836289.visible.bin");
  const TronIndex json_index = IndexOfFiles(files_, Network::kTron);
  const TronIndex raw_index = IndexOfFiles(
      {{"0.blocks", Framed(raw)}, {"infos.json", files_.at("infos.json")}}, Network::kTron);
  EXPECT_EQ(server::ToJson(BlockAt(raw_index.view(), "60836289")),
            server::ToJson(BlockAt(json_index.view(), "60836289")));
}

TEST_F(MainNetBlock, WithoutReceiptsMovesWhatTransactionsSayAlone) {
  const TronIndex index = IndexOfFiles({{"block.json", files_.at("block.json")}}, Network::kTron);
  const v1::Block block = BlockAt(index.view(), "60836289");
  EXPECT_EQ(block.snapshot().receipts(), "none");
  ExpectShows(block, api_);
  for (const v1::Transaction& one : block.transactions()) {
    EXPECT_FALSE(one.has_fee());
    ASSERT_GE(one.facts_size(), 1) << one.txid();
    EXPECT_EQ(one.facts().rbegin()->kind(), "gap");
    EXPECT_EQ(one.facts().rbegin()->reason(), "no_receipt");
  }
  const json& paid = api_.at("transactions");
  for (const json& one : paid) {
    if (ContractOf(one).at("type") != "TransferContract") continue;
    const v1::Address to = AddressOf(index.view(), Base58(ValueOf(one).at("to_address")), "TRX");
    EXPECT_THAT(to.assets(0).incomplete(), ::testing::Contains("receipts_missing_in_index"));
  }
}

TEST(MainNetGenesis, GivesWhatItsConfigurationSays) {
  const std::string raw = Fixture("mainnet/blocks/0.bin");
  ASSERT_EQ(raw.size(), 534U);
  const TronIndex index = IndexOfFiles({{"0.blocks", Framed(raw)}});
  v1::NetworkStatus status;
  server::FillNetworkStatus(index.view(), &status);
  EXPECT_EQ(status.snapshot().network(), "tron");
  EXPECT_TRUE(status.snapshot().complete_history());
  EXPECT_EQ(status.snapshot().receipts(), "complete");
  EXPECT_EQ(status.without_receipt(), 0U);
  const v1::Block block = BlockAt(index.view(), "0");
  EXPECT_EQ(block.block_hash(), "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc");
  EXPECT_EQ(block.size(), 534U);
  EXPECT_FALSE(block.has_witness());
  std::string owner = "raw:3078";  // 23 characters of text: 0x000000000000000000000
  for (int i = 0; i < 21; ++i) owner += "30";
  std::vector<std::string> balances;
  for (const v1::Transaction& one : block.transactions()) {
    ASSERT_EQ(one.transfers_size(), 1);
    const v1::Transfer& opening = one.transfers(0);
    EXPECT_EQ(opening.kind(), "genesis");
    EXPECT_EQ(one.operation().owner(), owner);
    const std::string name = opening.to().empty() ? opening.from() : opening.to();
    balances.push_back(name + " " + AddressOf(index.view(), name).balance());
  }
  EXPECT_THAT(balances, ElementsAre("TLLM21wteSPs4hKjbxgmH1L6poyMjeTbHm 99000000000000000",
                                    "TXmVpin5vq5gdZsciyyjdZgKRUju4st1wM 0",
                                    "TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy -9223372036854775808"));
}

// Shasta's block of six calls, with all its receipts.
class ShastaBlock : public ::testing::Test {
 protected:
  ShastaBlock()
      : api_(json::parse(Fixture("shasta/blocks/1000000.json"))),
        infos_(json::parse(Fixture("shasta/txinfo/block_1000000.json"))),
        index_(IndexOfFiles({{"block.json", api_.dump()}, {"infos.json", infos_.dump()}},
                            Network::kTronShasta)) {}
  json api_;
  json infos_;
  TronIndex index_;
};

TEST_F(ShastaBlock, CostsAndSendsWhatTheReceiptsSay) {
  const v1::Block block = BlockAt(index_.view(), "1000000");
  ExpectShows(block, api_);
  ASSERT_EQ(infos_.size(), 6U);
  ASSERT_EQ(block.transactions_size(), 6);
  for (int i = 0; i < 6; ++i) {
    const v1::Transaction& shown = block.transactions(i);
    const json& info = infos_.at(static_cast<std::size_t>(i));
    SCOPED_TRACE(shown.txid());
    ASSERT_EQ(shown.txid(), info.at("id"));
    EXPECT_EQ(shown.fee(), std::to_string(info.value("fee", std::uint64_t{0})));
    std::vector<std::string> internal;
    std::vector<std::string> tokens;
    for (const v1::Transfer& one : shown.transfers()) {
      if (one.kind() == "internal") {
        internal.push_back(one.from() + " " + one.to() + " " + one.amount());
      } else if (one.asset() != "TRX") {
        tokens.push_back(one.asset() + " " + one.from() + " " + one.to());
      }
    }
    std::vector<std::string> expected;
    for (const json& call : info.value("internal_transactions", json::array())) {
      for (const json& value : call.at("callValueInfo")) {
        if (call.value("rejected", false) || !value.contains("callValue")) continue;
        expected.push_back(Base58(call.at("caller_address")) + " " +
                           Base58(call.at("transferTo_address")) + " " +
                           std::to_string(value.at("callValue").get<std::uint64_t>()));
      }
    }
    EXPECT_EQ(internal, expected);
    expected.clear();
    for (const json& log : info.value("log", json::array())) {
      if (log.at("topics").at(0) != kTransferTopic || log.at("topics").size() != 3) continue;
      expected.push_back("TRC20:" + Base58("41" + log.at("address").get<std::string>()) + " " +
                         OfWord(log.at("topics").at(1)) + " " + OfWord(log.at("topics").at(2)));
    }
    EXPECT_EQ(tokens, expected);
  }
}

TEST_F(ShastaBlock, BalancesAddUpAsTheReceiptsSay) {
  std::map<std::string, std::int64_t> delta;
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    const json& value = ValueOf(api_.at("transactions").at(i));
    const std::string owner = Base58(value.at("owner_address"));
    const auto sent = value.value("call_value", std::int64_t{0});
    delta[owner] -= infos_.at(i).value("fee", std::int64_t{0}) + sent;
    delta[Base58(value.at("contract_address"))] += sent;
    for (const json& call : infos_.at(i).value("internal_transactions", json::array())) {
      if (call.value("rejected", false)) continue;
      for (const json& part : call.at("callValueInfo")) {
        const auto amount = part.value("callValue", std::int64_t{0});
        delta[Base58(call.at("caller_address"))] -= amount;
        delta[Base58(call.at("transferTo_address"))] += amount;
      }
    }
  }
  EXPECT_GE(delta.size(), 7U);
  for (const auto& [address, sun] : delta) {
    EXPECT_EQ(AddressOf(index_.view(), address).balance(), std::to_string(sun)) << address;
  }
}

TEST_F(ShastaBlock, IsTheSameAsProtobuf) {
  const TronIndex index = IndexOfFiles(
      {{"a.blocks", Framed(Fixture("shasta/blocks/1000000.bin"))},
       {"b.receipts", Framed(Fixture("shasta/txinfo/block_1000000.transactionret.bin"))}},
      Network::kTronShasta);
  EXPECT_EQ(server::ToJson(BlockAt(index.view(), "1000000")),
            server::ToJson(BlockAt(index_.view(), "1000000")));
}

TEST(Shasta, BlocksInARowAreAWindow) {
  std::map<std::string, std::string> files;
  for (int number = 33'801'077; number <= 33'801'081; ++number) {
    const std::string name = std::to_string(number) + ".json";
    files[name] = Fixture("shasta/blocks/" + name);
  }
  const TronIndex index = IndexOfFiles(files, Network::kTronShasta);
  v1::NetworkStatus status;
  server::FillNetworkStatus(index.view(), &status);
  EXPECT_EQ(status.snapshot().from_height(), 33'801'077U);
  EXPECT_EQ(status.snapshot().height(), 33'801'081U);
  EXPECT_EQ(status.without_receipt(), 1U);
  for (const auto& [name, text] : files) {
    SCOPED_TRACE(name);
    ExpectShows(BlockAt(index.view(), name.substr(0, name.find('.'))), json::parse(text));
  }
}

}  // namespace
}  // namespace coinwake
