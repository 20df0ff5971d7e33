// Goal: receipts decode to what nodes show of them, find their transactions, and are refused when
// they are none.
// Method: the receipts of a whole Shasta block, as protobuf and as JSON; single ones of other
// networks; each field of a made one; lists with receipts missing, foreign and repeated.
#include "indexer/tron/receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "indexer/base/hex.h"
#include "indexer/tron/event.h"
#include "indexer/tron/json.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tron/receipt.pb.h"

namespace coinwake::tron {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Bytes = std::vector<std::uint8_t>;

const auto kRefused = absl::StatusCode::kInvalidArgument;

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

// `receipt` against the JSON a node shows, with `visible` false.
void Compare(const Receipt& receipt, const nlohmann::json& expected) {
  EXPECT_EQ(receipt.txid.ToHex(), expected["id"]);
  EXPECT_EQ(receipt.fee, Number(expected, "fee"));
  EXPECT_EQ(receipt.block_number, expected["blockNumber"]);
  EXPECT_EQ(receipt.block_time_ms, expected["blockTimeStamp"]);
  const nlohmann::json& use = expected["receipt"];
  EXPECT_EQ(receipt.resources.energy_usage, Number(use, "energy_usage"));
  EXPECT_EQ(receipt.resources.energy_fee, Number(use, "energy_fee"));
  EXPECT_EQ(receipt.resources.energy_usage_total, Number(use, "energy_usage_total"));
  EXPECT_EQ(receipt.resources.net_usage, Number(use, "net_usage"));
  EXPECT_EQ(receipt.resources.net_fee, Number(use, "net_fee"));
  EXPECT_EQ(ContractResultName(receipt.resources.result), use.value("result", "DEFAULT"));
  ASSERT_EQ(receipt.contract_results.size(), expected["contractResult"].size());
  for (std::size_t i = 0; i < receipt.contract_results.size(); ++i) {
    EXPECT_EQ(HexEncode(SpanOf(receipt.contract_results[i])), expected["contractResult"][i]);
  }
  if (expected.contains("contract_address")) {
    EXPECT_EQ(HexEncode(receipt.contract.bytes()), expected["contract_address"]);
  } else {
    EXPECT_TRUE(receipt.contract.empty());
  }
  const auto logs = expected.value("log", nlohmann::json::array());
  ASSERT_EQ(receipt.logs.size(), logs.size());
  for (std::size_t i = 0; i < logs.size(); ++i) {
    EXPECT_EQ(HexEncode(receipt.logs[i].contract.bytes()),
              "41" + logs[i]["address"].get<std::string>());
    ASSERT_EQ(receipt.logs[i].topics.size(), logs[i]["topics"].size());
    for (std::size_t k = 0; k < receipt.logs[i].topics.size(); ++k) {
      EXPECT_EQ(receipt.logs[i].topics[k].ToHex(), logs[i]["topics"][k]);
    }
    EXPECT_EQ(HexEncode(SpanOf(receipt.logs[i].data)), logs[i].value("data", ""));
  }
  const auto calls = expected.value("internal_transactions", nlohmann::json::array());
  ASSERT_EQ(receipt.internal_transactions.size(), calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const InternalTransaction& call = receipt.internal_transactions[i];
    EXPECT_EQ(call.hash.ToHex(), calls[i]["hash"]);
    EXPECT_EQ(HexEncode(call.caller.bytes()), calls[i]["caller_address"]);
    EXPECT_EQ(HexEncode(call.to.bytes()), calls[i]["transferTo_address"]);
    EXPECT_EQ(HexEncode(SpanOf(call.note)), calls[i]["note"]);
    EXPECT_EQ(call.rejected, calls[i].value("rejected", false));
    ASSERT_EQ(call.values.size(), calls[i]["callValueInfo"].size());
    for (std::size_t k = 0; k < call.values.size(); ++k) {
      EXPECT_EQ(call.values[k].amount, Number(calls[i]["callValueInfo"][k], "callValue"));
      EXPECT_EQ(call.values[k].token_id, calls[i]["callValueInfo"][k].value("tokenId", ""));
    }
  }
}

TEST(Receipt, OfAWholeBlockAreThoseShown) {
  const nlohmann::json expected = FixtureJson("shasta/txinfo/block_1000000.json");
  const Bytes bytes = FixtureBytes("shasta/txinfo/block_1000000.transactionret.bin");
  BlockReceipts stored;
  ASSERT_OK(DecodeTransactionRet(bytes, &stored));
  EXPECT_EQ(stored.block_number, 1'000'000U);
  EXPECT_EQ(stored.block_time_ms, 1'578'594'852'000);
  const std::vector<Receipt> shown = ReceiptsOf("shasta/txinfo/block_1000000.json");
  ASSERT_THAT(stored.receipts, SizeIs(6));
  ASSERT_THAT(shown, SizeIs(6));
  for (std::size_t i = 0; i < 6; ++i) {
    Compare(stored.receipts[i], expected[i]);
    Compare(shown[i], expected[i]);
    EXPECT_TRUE(shown[i].succeeded());
  }
  const Bytes block_bytes = FixtureBytes("shasta/blocks/1000000.bin");
  Block block;
  ASSERT_OK(DecodeBlock(block_bytes, &block));
  const ReceiptMatch match = MatchReceipts(block, stored.receipts);
  EXPECT_TRUE(match.complete());
  EXPECT_TRUE(match.in_order);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(match.receipt_of[i], i);
    // All of the fee is energy and bandwidth: one signature, no memo, nothing new.
    EXPECT_EQ(shown[i].fee, shown[i].resources.energy_fee + shown[i].resources.net_fee);
  }
}

TEST(Receipt, JsonGivesTheBytesOfTheOneMadeFromIt) {
  ASSERT_OK_AND_ASSIGN(const JsonAnswer answer,
                       ReadJson(FixtureText("shasta/txinfo/block_1000000.json")));
  const Bytes bytes = FixtureBytes("shasta/txinfo/block_1000000.transactionret.bin");
  wire::TransactionRet stored;
  ASSERT_TRUE(stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  ASSERT_EQ(stored.transaction_info_size(), 6);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(HexEncode(SpanOf(answer.transaction_infos[static_cast<std::size_t>(i)])),
              HexEncode(SpanOf(stored.transaction_info(i).SerializeAsString())));
  }
}

TEST(Receipt, OfOtherNetworksAreThoseShown) {
  for (const char* const path :
       {"private/gotron_transaction_infos.json", "nile/docs_gettransactioninfobyblocknum.json",
        "nile/docs_getting_started_infos.json",
        "mainnet/txinfo/7b6589b22ca801e35fd5d98186e019757875d3fb52c0bdc38a7cf4b2f24d9808.json"}) {
    SCOPED_TRACE(path);
    nlohmann::json expected = FixtureJson(path);
    if (expected.is_object()) expected = nlohmann::json::array({expected});
    const std::vector<Receipt> receipts = ReceiptsOf(path);
    ASSERT_EQ(receipts.size(), expected.size());
    for (std::size_t i = 0; i < receipts.size(); ++i) Compare(receipts[i], expected[i]);
  }
}

TEST(Receipt, KeepsAllUnfreezingThatWasCancelled) {
  const std::vector<Receipt> receipts = ReceiptsOf("private/gotron_transaction_infos.json");
  ASSERT_THAT(receipts, SizeIs(3));
  EXPECT_EQ(receipts[2].outcome.cancel_unfreeze_v2_amounts,
            (NamedAmounts{{"ENERGY", 10'000'000}, {"TRON_POWER", 0}, {"BANDWIDTH", 0}}));
  const Bytes bytes = FixtureBytes("private/gotron_block_165.bin");
  Block block;
  ASSERT_OK(DecodeBlock(bytes, &block));
  const ReceiptMatch match = MatchReceipts(block, receipts);
  EXPECT_EQ(match.receipt_of[0], 2U);
  EXPECT_EQ(match.missing, 0U);
  EXPECT_EQ(match.extra, 2U);  // of earlier blocks
  EXPECT_FALSE(match.complete());
  EXPECT_FALSE(match.in_order);
  const Event event = RecogniseEvent(receipts[0].logs[0]);
  EXPECT_EQ(event.kind, EventKind::kTransfer);
  EXPECT_EQ(event.from.ToBase58(), "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC");
  EXPECT_EQ(event.value, 1'000'000);
}

TEST(Receipt, OfAUsdtTransferInVisibleForm) {
  const std::string id = "661f1df88ce02b746efe7449c3c7a04d6d21a7fc019723c92679228d8275ad57";
  const std::vector<Receipt> receipts = ReceiptsOf("mainnet/txinfo/" + id + ".visible.json");
  ASSERT_THAT(receipts, SizeIs(1));
  const Receipt& receipt = receipts[0];
  EXPECT_EQ(receipt.txid.ToHex(), id);
  EXPECT_EQ(receipt.fee, 27'600'900);
  EXPECT_EQ(receipt.resources.energy_penalty_total, 35'245);
  EXPECT_EQ(receipt.contract.Name(), "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
  ASSERT_THAT(receipt.logs, SizeIs(1));
  EXPECT_EQ(receipt.logs[0].contract, receipt.contract);
  const Event event = RecogniseEvent(receipt.logs[0]);
  EXPECT_EQ(event.kind, EventKind::kTransfer);
  EXPECT_EQ(ToDecimal(event.value), "2384950100");
  EXPECT_EQ(event.to.ToHex(), "41dc2c107c0f8633d8236daa46d0e640e2c375f6ac");
  // Its block has it among 170, and no other receipt.
  const Bytes bytes = FixtureBytes("mainnet/blocks/60836289.visible.bin");
  Block block;
  ASSERT_OK(DecodeBlock(bytes, &block));
  const ReceiptMatch match = MatchReceipts(block, receipts);
  EXPECT_EQ(match.missing, 169U);
  EXPECT_EQ(match.extra, 0U);
  EXPECT_FALSE(match.complete());
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    EXPECT_EQ(match.receipt_of[i].has_value(), block.transactions[i].txid == receipt.txid);
  }
}

TEST(Receipt, OfAFailedCallSaysSo) {
  const std::vector<Receipt> receipts = ReceiptsOf("private/wallet_cli_readme_infos.json");
  ASSERT_THAT(receipts, SizeIs(4));
  EXPECT_TRUE(receipts[0].succeeded());
  EXPECT_FALSE(receipts[1].succeeded());
  EXPECT_EQ(receipts[1].code, 1);
  EXPECT_EQ(receipts[1].resources.result, ContractResult::kRevert);
  EXPECT_EQ(receipts[1].message, "REVERT opcode executed");
  Receipt receipt;
  receipt.resources.result = ContractResult::kOutOfEnergy;
  EXPECT_FALSE(receipt.succeeded());
}

// A receipt with all that none of the real ones has.
wire::TransactionInfo FullInfo() {
  wire::TransactionInfo info;
  info.set_id(std::string(32, '\7'));
  info.set_block_number(9);
  info.mutable_receipt()->set_origin_energy_usage(1);
  info.set_asset_issue_id("1000001");
  info.set_withdraw_amount(2);
  info.set_unfreeze_amount(3);
  info.set_exchange_received_amount(4);
  info.set_exchange_inject_another_amount(5);
  info.set_exchange_withdraw_another_amount(6);
  info.set_exchange_id(7);
  info.set_shielded_transaction_fee(8);
  info.set_order_id("order");
  info.add_order_details()->set_fill_buy_quantity(9);
  info.set_packing_fee(10);
  info.set_withdraw_expire_amount(11);
  wire::InternalTransaction& call = *info.add_internal_transactions();
  call.set_hash(std::string(32, '\1'));
  call.set_rejected(true);
  call.set_extra("{}");
  call.add_call_value_info()->set_token_id("1000002");
  wire::Log& log = *info.add_log();
  log.set_address("short");
  return info;
}

TEST(Receipt, ReadsTheRarerFields) {
  Receipt receipt;
  const std::string bytes = FullInfo().SerializeAsString();
  ASSERT_OK(DecodeTransactionInfo(SpanOf(bytes), &receipt));
  EXPECT_EQ(receipt.resources.origin_energy_usage, 1);
  EXPECT_EQ(receipt.outcome.asset_issue_id, "1000001");
  EXPECT_EQ(receipt.outcome.withdraw_amount, 2);
  EXPECT_EQ(receipt.outcome.unfreeze_amount, 3);
  EXPECT_EQ(receipt.outcome.exchange_received_amount, 4);
  EXPECT_EQ(receipt.outcome.exchange_inject_another_amount, 5);
  EXPECT_EQ(receipt.outcome.exchange_withdraw_another_amount, 6);
  EXPECT_EQ(receipt.outcome.exchange_id, 7);
  EXPECT_EQ(receipt.outcome.shielded_transaction_fee, 8);
  EXPECT_EQ(receipt.outcome.order_id, "order");
  ASSERT_THAT(receipt.outcome.order_details, SizeIs(1));
  EXPECT_EQ(receipt.outcome.order_details[0].fill_buy_quantity, 9);
  EXPECT_EQ(receipt.packing_fee, 10);
  EXPECT_EQ(receipt.outcome.withdraw_expire_amount, 11);
  ASSERT_THAT(receipt.internal_transactions, SizeIs(1));
  EXPECT_TRUE(receipt.internal_transactions[0].rejected);
  EXPECT_EQ(receipt.internal_transactions[0].extra, "{}");
  EXPECT_EQ(receipt.internal_transactions[0].values[0].token_id, "1000002");
  EXPECT_EQ(receipt.logs[0].contract.Name(), "raw:" + HexEncode(SpanOf("short")));
}

TEST(Receipt, RefusesWhatIsNone) {
  Receipt receipt;
  const auto decode = [&receipt](const wire::TransactionInfo& info) {
    return DecodeTransactionInfo(SpanOf(info.SerializeAsString()), &receipt);
  };
  wire::TransactionInfo info = FullInfo();
  info.set_id("short");
  EXPECT_THAT(decode(info), StatusIs(kRefused, HasSubstr("id of a receipt has 5 bytes")));
  info = FullInfo();
  info.set_block_number(-1);
  EXPECT_THAT(decode(info), StatusIs(kRefused, HasSubstr("below zero")));
  info = FullInfo();
  info.mutable_log(0)->add_topics("short");
  EXPECT_THAT(decode(info), StatusIs(kRefused, HasSubstr("topic")));
  info = FullInfo();
  info.mutable_internal_transactions(0)->clear_hash();
  EXPECT_THAT(decode(info), StatusIs(kRefused, HasSubstr("internal")));
  EXPECT_THAT(DecodeTransactionInfo({}, &receipt), StatusIs(kRefused));
  EXPECT_THAT(DecodeTransactionInfo(SpanOf("\x0a\xff"), &receipt), StatusIs(kRefused));
  BlockReceipts receipts;
  wire::TransactionRet ret;
  ret.set_block_number(-1);
  EXPECT_THAT(DecodeTransactionRet(SpanOf(ret.SerializeAsString()), &receipts),
              StatusIs(kRefused, HasSubstr("below zero")));
}

TEST(Receipt, EveryPrefixIsRefusedOrFewer) {
  const Bytes bytes = FixtureBytes("shasta/txinfo/block_1000000.transactionret.bin");
  BlockReceipts whole;
  ASSERT_OK(DecodeTransactionRet(bytes, &whole));
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BlockReceipts part;
    if (!DecodeTransactionRet(Bytes(bytes.begin(), bytes.begin() + static_cast<int>(size)), &part)
             .ok()) {
      continue;
    }
    // Cut between fields: what is left is whole, and matching by id finds the rest missing.
    ++accepted;
    ASSERT_LT(part.receipts.size(), whole.receipts.size());
    for (std::size_t i = 0; i < part.receipts.size(); ++i) {
      EXPECT_EQ(part.receipts[i].txid, whole.receipts[i].txid);
      EXPECT_EQ(part.receipts[i].logs.size(), whole.receipts[i].logs.size());
    }
  }
  EXPECT_EQ(accepted, 8U);  // none, the number, the time, and 1 to 5 receipts
}

TEST(Receipt, ListsNameTheirBlockByTheFirst) {
  wire::TransactionInfoList list;
  BlockReceipts receipts;
  ASSERT_OK(DecodeTransactionInfoList({}, &receipts));
  EXPECT_TRUE(receipts.receipts.empty());
  *list.add_transaction_info() = FullInfo();
  list.mutable_transaction_info(0)->set_block_time_stamp(77);
  ASSERT_OK(DecodeTransactionInfoList(SpanOf(list.SerializeAsString()), &receipts));
  ASSERT_THAT(receipts.receipts, SizeIs(1));
  EXPECT_EQ(receipts.block_number, 9U);
  EXPECT_EQ(receipts.block_time_ms, 77);
}

// A million objects of a megabyte of nothing would fill the memory.
TEST(Receipt, HasNoMorePartsThanItsBytesHaveRoomFor) {
  wire::TransactionInfo small;
  small.set_id(std::string(32, 'i'));
  const auto refused = [](const wire::TransactionInfo& info) {
    Receipt receipt;
    EXPECT_THAT(DecodeTransactionInfo(SpanOf(info.SerializeAsString()), &receipt),
                StatusIs(kRefused, HasSubstr("have room for")));
  };
  constexpr int kMany = 1000;
  std::array<wire::TransactionInfo, 6> infos;
  infos.fill(small);
  infos[1].add_log();
  infos[2].add_internal_transactions()->set_hash(std::string(32, 'h'));
  for (int i = 0; i < kMany; ++i) {
    infos[0].add_log();
    infos[1].mutable_log(0)->add_topics("");
    infos[2].mutable_internal_transactions(0)->add_call_value_info();
    infos[3].add_order_details();
    infos[4].add_contract_result("");
    infos[5].add_cancel_unfreeze_v2_amount();
  }
  for (const wire::TransactionInfo& info : infos) refused(info);
  wire::TransactionInfo dense = small;  // as dense as contracts can make it
  for (int i = 0; i < kMany; ++i) {
    wire::Log& log = *dense.add_log();
    log.set_address(std::string(20, 'c'));
    log.add_topics(std::string(32, 't'));
    wire::InternalTransaction& call = *dense.add_internal_transactions();
    call.set_hash(std::string(32, 'h'));
    call.set_caller_address(std::string(21, 'c'));
    call.add_call_value_info();
    dense.add_order_details()->set_maker_order_id(std::string(32, 'm'));
  }
  Receipt receipt;
  EXPECT_OK(DecodeTransactionInfo(SpanOf(dense.SerializeAsString()), &receipt));
  EXPECT_THAT(receipt.logs, SizeIs(kMany));
  // What a few may do, all of a block may not.
  for (int i = 0; i < 60; ++i) small.add_log();
  EXPECT_OK(DecodeTransactionInfo(SpanOf(small.SerializeAsString()), &receipt));
  wire::TransactionRet ret;
  for (int i = 0; i < 100; ++i) *ret.add_transaction_info() = small;
  BlockReceipts receipts;
  EXPECT_THAT(DecodeTransactionRet(SpanOf(ret.SerializeAsString()), &receipts),
              StatusIs(kRefused, HasSubstr("have room for")));
}

TEST(MatchReceipts, CountsWhatDoesNotFit) {
  const Bytes bytes = FixtureBytes("shasta/blocks/1000000.bin");
  Block block;
  ASSERT_OK(DecodeBlock(bytes, &block));
  std::vector<Receipt> receipts = ReceiptsOf("shasta/txinfo/block_1000000.json");
  std::swap(receipts[0], receipts[1]);
  ReceiptMatch match = MatchReceipts(block, receipts);
  EXPECT_TRUE(match.complete());
  EXPECT_FALSE(match.in_order);
  EXPECT_EQ(match.receipt_of[0], 1U);
  receipts.push_back(receipts[2]);
  receipts[3].block_number = 5;
  receipts[4].txid = Hash256{};
  match = MatchReceipts(block, receipts);
  EXPECT_EQ(match.repeated, 1U);
  EXPECT_EQ(match.other_blocks, 1U);
  EXPECT_EQ(match.extra, 1U);
  EXPECT_EQ(match.missing, 2U);
  EXPECT_FALSE(match.receipt_of[3].has_value());
  EXPECT_FALSE(match.complete());
}

}  // namespace
}  // namespace coinwake::tron
