// Goal: the HTTP API's JSON gives the bytes the chain has, and JSON that does not say them all is
// refused.
// Method: every whole block's JSON, `visible` and not, against its bytes, merkle root and ids;
// numbers at the ends of 64 bits; answers of every outer form; altered blocks and broken JSON.
#include "indexer/tron/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "indexer/base/base58.h"
#include "indexer/base/hex.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tron/block.pb.h"

namespace coinwake::tron {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const auto kRefused = absl::StatusCode::kInvalidArgument;

TEST(Json, BlocksAreTheBytesOfTheChain) {
  for (const BlockFixture& fixture : BlockFixtures()) {
    SCOPED_TRACE(fixture.name);
    const std::string text = FixtureText(fixture.name + ".json");
    ASSERT_OK_AND_ASSIGN(const JsonAnswer answer, ReadJson(text));
    ASSERT_THAT(answer.blocks, SizeIs(1));
    EXPECT_THAT(answer.transaction_infos, IsEmpty());
    const std::vector<std::uint8_t> expected = FixtureBytes(fixture.name + ".bin");
    EXPECT_TRUE(answer.blocks[0].bytes == std::string(expected.begin(), expected.end()));
    Block block;
    ASSERT_OK(DecodeBlock(SpanOf(answer.blocks[0].bytes), &block));
    EXPECT_OK(CheckMerkleRoot(block));
    EXPECT_OK(CheckStatedIds(answer.blocks[0], block));
    EXPECT_EQ(answer.blocks[0].block_id, block.header.id);
    ASSERT_EQ(answer.blocks[0].txids.size(), block.transactions.size());
    for (const auto& txid : answer.blocks[0].txids) EXPECT_TRUE(txid.has_value());
  }
}

// Main net's first block names its maker by a sentence, which `visible` writes in base58 as well.
TEST(Json, ReadsTheFirstBlockInBothForms) {
  const std::vector<std::uint8_t> expected = FixtureBytes("mainnet/blocks/0.bin");
  Block block;
  ASSERT_OK(DecodeBlock(expected, &block));
  nlohmann::json json = {{"blockID", block.header.id.ToHex()}};
  auto& raw = json["block_header"]["raw_data"];
  raw["txTrieRoot"] = block.header.tx_root.ToHex();
  raw["parentHash"] = block.header.parent.ToHex();
  for (const Transaction& transaction : block.transactions) {
    json["transactions"].push_back({{"raw_data_hex", HexEncode(transaction.raw)}});
  }
  for (const std::string& witness :
       {HexEncode(block.header.witness.bytes()), EncodeBase58Check(block.header.witness.bytes())}) {
    raw["witness_address"] = witness;
    ASSERT_OK_AND_ASSIGN(const JsonAnswer answer, ReadJson(json.dump()));
    ASSERT_THAT(answer.blocks, SizeIs(1));
    EXPECT_EQ(answer.blocks[0].bytes, std::string(expected.begin(), expected.end()));
  }
}

TEST(Json, AlteredBlockIsFound) {
  const std::string text = FixtureText("vectors/bad_block_67674988_altered_txids.json");
  ASSERT_OK_AND_ASSIGN(const JsonAnswer answer, ReadJson(text));
  ASSERT_THAT(answer.blocks, SizeIs(1));
  Block block;
  ASSERT_OK(DecodeBlock(SpanOf(answer.blocks[0].bytes), &block));
  EXPECT_EQ(block.header.id, answer.blocks[0].block_id);  // the header is real
  EXPECT_THAT(CheckMerkleRoot(block), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(CheckStatedIds(answer.blocks[0], block), StatusIs(absl::StatusCode::kDataLoss));
  ASSERT_THAT(block.transactions, SizeIs(2));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NE(block.transactions[i].txid, answer.blocks[0].txids[i]);
  }
}

TEST(Json, StatedBlockIdIsCompared) {
  nlohmann::json json = FixtureJson("shasta/blocks/1.json");
  json["blockID"] = std::string(64, 'a');
  ASSERT_OK_AND_ASSIGN(const JsonAnswer answer, ReadJson(json.dump()));
  Block block;
  ASSERT_OK(DecodeBlock(SpanOf(answer.blocks[0].bytes), &block));
  EXPECT_THAT(CheckStatedIds(answer.blocks[0], block), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Json, ReadsEveryOuterForm) {
  const std::string one = FixtureText("shasta/blocks/1.json");
  const std::string two = FixtureText("shasta/blocks/2.json");
  const std::string info = absl::StrCat(R"({"id":")", std::string(64, '1'), R"("})");
  for (const auto& [text, blocks, infos] : std::vector<std::tuple<std::string, int, int>>{
           {one, 1, 0},
           {absl::StrCat("[", one, ",", two, "]"), 2, 0},
           {absl::StrCat("{\"block\":[", one, ",", two, "]}"), 2, 0},
           {"{\"block\":[]}", 0, 0},
           {"{}", 0, 0},
           {" [ ] ", 0, 0},
           {info, 0, 1},
           {absl::StrCat("[", info, ",", info, "]"), 0, 2},
           {absl::StrCat("[{},", info, "]"), 0, 1}}) {
    ASSERT_OK_AND_ASSIGN(const JsonAnswer answer, ReadJson(text));
    EXPECT_THAT(answer.blocks, SizeIs(blocks)) << text.substr(0, 40);
    EXPECT_THAT(answer.transaction_infos, SizeIs(infos)) << text.substr(0, 40);
  }
}

TEST(Json, RefusesWhatItCannotRead) {
  for (
      const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
          {"", "no JSON"},
          {"{", "no JSON"},
          {"{} {}", "no JSON"},
          {"\xff", "no JSON"},
          {"12", "neither an object"},
          {"\"text\"", "neither an object"},
          {"[1]", "element 0: is no object"},
          {R"({"Error":"class org.tron.X : bad"})", "class org.tron.X"},
          {R"({"other":1})", "neither a block"},
          {R"([{},{"other":1}])", "element 1: neither a block"},
          {R"({"block_header":1})", "block_header is no object"},
          {R"({"block_header":{"raw_data":{"number":1.5}}})", "number is no whole number"},
          {R"({"block_header":{"raw_data":{"number":"1x"}}})", "number is no whole number"},
          {R"({"block_header":{"raw_data":{"number":9223372036854775808}}})", "of 64 bits"},
          {R"({"block_header":{"raw_data":{"version":2147483648}}})", "of 32 bits"},
          {R"({"block_header":{"raw_data":{"txTrieRoot":"0g"}}})", "txTrieRoot is no hex"},
          {R"({"block_header":{"raw_data":{"txTrieRoot":5}}})", "txTrieRoot is no text"},
          {R"({"block_header":{"raw_data":{"witness_address":"T0"}}})", "is no address"},
          {R"({"block_header":{},"transactions":{}})", "transactions is no array"},
          {R"({"block_header":{},"transactions":[1]})", "that is no object"},
          {R"({"block_header":{},"transactions":[{}]})", "no raw_data_hex"},
          {R"({"block_header":{},"blockID":"12"})", "blockID is no hash"},
          {R"({"block_header":{},"transactions":[{"raw_data_hex":"","signature":["x"]}]})",
           "signature holds something"},
          {R"({"block_header":{},"transactions":[{"raw_data_hex":"","ret":[{"contractRet":"SUCESS"}]}]})",
           "contractRet is no name"},
          {R"({"id":"00","log":[{"topics":[7]}]})", "topics holds something"},
          {R"({"id":"00","result":"SUCCESS"})", "result is no name"}}) {
    EXPECT_THAT(ReadJson(text), StatusIs(kRefused, HasSubstr(what))) << text;
  }
}

TEST(Json, LimitsDepthAndSize) {
  const auto nested = [](int depth) {
    return R"({"block_header":{},"other":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_OK(ReadJson(nested(kMaxJsonDepth - 2)));
  EXPECT_THAT(ReadJson(nested(kMaxJsonDepth + 1)), StatusIs(kRefused, HasSubstr("deeply")));
  EXPECT_THAT(ReadJson(std::string(2'000'000, '[')), StatusIs(kRefused));
  EXPECT_THAT(ReadJson(std::string(kMaxJsonSize + 1, ' ')),
              StatusIs(kRefused, HasSubstr("bytes of JSON")));
}

TEST(Json, DepthIsThatOfBracketsOutsideOfTexts) {
  const std::string brackets(100, '[');
  EXPECT_OK(ReadJson(R"({"block_header":{},"a":")" + brackets + R"(\"\\","b":"{{"})"));
  const std::string deep = R"([["\\",)" + std::string(kMaxJsonDepth, '[');
  EXPECT_THAT(ReadJson(deep), StatusIs(kRefused, HasSubstr("deeply")));
  EXPECT_THAT(ReadJson("]]]]" + brackets), StatusIs(kRefused));
  EXPECT_THAT(ReadJson(R"(["\)"), StatusIs(kRefused, HasSubstr("no JSON")));
}

// In quadratic time this outlasts any limit of a test.
TEST(Json, TakesTimeInProportion) {
  std::string many = "[{}";
  for (int i = 1; i < 1'000'000; ++i) many += ",{}";
  ASSERT_OK_AND_ASSIGN(const JsonAnswer answer, ReadJson(many + "]"));
  EXPECT_THAT(answer.blocks, IsEmpty());
}

// The results of the only transaction of a block whose JSON has this `ret`.
std::vector<TransactionResult> ResultsOf(const std::string& ret, std::string* encoded) {
  const std::string hash(64, '0');
  const std::string text = R"({"block_header":{"raw_data":{"txTrieRoot":")" + hash +
                           R"(","parentHash":")" + hash +
                           R"("}},"transactions":[{"raw_data_hex":"","ret":)" + ret + "}]}";
  const auto answer = ReadJson(text);
  EXPECT_OK(answer);
  if (!answer.ok()) return {};
  wire::Block block;
  EXPECT_TRUE(block.ParseFromString(answer->blocks[0].bytes));
  *encoded = HexEncode(SpanOf(block.transactions(0)));
  Block decoded;
  EXPECT_OK(DecodeBlock(SpanOf(answer->blocks[0].bytes), &decoded));
  return decoded.transactions[0].results;
}

TEST(Json, EncodesResultsAsJavaTronDoes) {
  // 0a00: raw data that is there and empty; 2a: a result.
  std::string encoded;
  EXPECT_THAT(ResultsOf("[]", &encoded), IsEmpty());
  EXPECT_EQ(encoded, "0a00");
  EXPECT_THAT(ResultsOf("[{}]", &encoded), SizeIs(1));
  EXPECT_EQ(encoded, "0a002a00");
  EXPECT_THAT(ResultsOf(R"([{"contractRet":"SUCCESS"}])", &encoded), SizeIs(1));
  EXPECT_EQ(encoded, "0a002a021801");
  EXPECT_THAT(ResultsOf(R"([{"contractRet":1}])", &encoded), SizeIs(1));
  EXPECT_EQ(encoded, "0a002a021801");
  const auto results =
      ResultsOf(R"([{"contractRet":"OUT_OF_ENERGY","ret":"FAILED","fee":9223372036854775807,)"
                R"("withdraw_amount":"-9223372036854775808","unfreeze_amount":9007199254740993,)"
                R"("assetIssueID":"1000001","orderId":"0102","exchange_id":3,)"
                R"("orderDetails":[{"makerOrderId":"0a","takerOrderId":"0b","fillSellQuantity":4,)"
                R"("fillBuyQuantity":5}],"withdraw_expire_amount":6,)"
                R"("cancel_unfreezeV2_amount":[{"key":"ENERGY","value":7},{"key":"","value":0}]}])",
                &encoded);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].contract_ret, ContractResult::kOutOfEnergy);
  EXPECT_EQ(results[0].code, 1);
  EXPECT_EQ(results[0].fee, std::numeric_limits<std::int64_t>::max());
  const ContractOutcome& outcome = results[0].outcome;
  EXPECT_EQ(outcome.withdraw_amount, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(outcome.unfreeze_amount, 9'007'199'254'740'993);  // no double has it
  EXPECT_EQ(outcome.asset_issue_id, "1000001");
  EXPECT_EQ(outcome.order_id, "\x01\x02");
  EXPECT_EQ(outcome.exchange_id, 3);
  ASSERT_THAT(outcome.order_details, SizeIs(1));
  EXPECT_EQ(outcome.order_details[0].maker_order_id, "\x0a");
  EXPECT_EQ(outcome.order_details[0].taker_order_id, "\x0b");
  EXPECT_EQ(outcome.order_details[0].fill_sell_quantity, 4);
  EXPECT_EQ(outcome.order_details[0].fill_buy_quantity, 5);
  EXPECT_EQ(outcome.withdraw_expire_amount, 6);
  EXPECT_EQ(outcome.cancel_unfreeze_v2_amounts, (NamedAmounts{{"ENERGY", 7}, {"", 0}}));
  EXPECT_THAT(encoded, HasSubstr("0a001000"));  // the entry of defaults, both fields written
}

TEST(Json, EncodesAllHeaderFields) {
  const std::string hash(64, 'a');
  const std::string text =
      R"({"block_header":{"raw_data":{"version":3,"timestamp":1,"txTrieRoot":")" + hash +
      R"(","witness_id":2,"accountStateRoot":"beef","parentHash":")" + hash +
      R"(","number":"7","witness_address":"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},)"
      R"("witness_signature":"01"}})";
  ASSERT_OK_AND_ASSIGN(const JsonAnswer answer, ReadJson(text));
  Block block;
  ASSERT_OK(DecodeBlock(SpanOf(answer.blocks[0].bytes), &block));
  EXPECT_EQ(block.header.number, 7U);
  EXPECT_EQ(block.header.version, 3);
  EXPECT_EQ(block.header.witness_id, 2);
  EXPECT_EQ(block.header.account_state_root, "\xbe\xef");
  EXPECT_EQ(block.header.witness.Name(), "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
  EXPECT_EQ(HexEncode(block.header.raw),
            "0801"
            "1220" +
                hash + "1a20" + hash +
                "3807"
                "4002"
                "4a15"
                "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"
                "5003"
                "5a02beef");
  EXPECT_EQ(HexEncode(block.header.witness_signature), "01");
}

}  // namespace
}  // namespace coinwake::tron
