// Goal: real blocks of every network decode exactly as Bitcoin Core decodes them.
// Method: each fixture's transactions are compared field by field with Core's decoderawtransaction;
// COINWAKE_BLOCKS_DIR points the test at a larger collection of the same form.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "indexer/base/hex.h"
#include "indexer/bitcoin/address.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/script.h"
#include "tests/bitcoin/block_fixture.h"
#include "tests/support/matchers.h"

namespace coinwake::bitcoin {
namespace {

using nlohmann::json;

void CompareInputs(const ParsedBlock& block, const ParsedTransaction& tx, const json& expected) {
  const auto inputs = block.InputsOf(tx);
  ASSERT_EQ(inputs.size(), expected.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ParsedInput& input = inputs[i];
    if (expected[i][0] == "coinbase") {
      EXPECT_TRUE(tx.coinbase);
      EXPECT_EQ(HexEncode(input.script_sig), expected[i][1]);
      EXPECT_EQ(input.sequence, expected[i][2]);
      continue;
    }
    EXPECT_FALSE(tx.coinbase);
    EXPECT_EQ(input.prev_txid().ToDisplayHex(), expected[i][0]);
    EXPECT_EQ(input.prev_index(), expected[i][1]);
    EXPECT_EQ(input.sequence, expected[i][2]);
    EXPECT_EQ(block.WitnessOf(input).size(), expected[i][3]);
  }
}

void CompareOutputs(const ParsedBlock& block, const ParsedTransaction& tx, const json& expected,
                    Network network) {
  const auto outputs = block.OutputsOf(tx);
  ASSERT_EQ(outputs.size(), expected.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(outputs[i].value, expected[i][0]);
    EXPECT_EQ(ScriptTypeName(ClassifyScript(outputs[i].script).type), expected[i][1]);
    const auto address = AddressOfScript(outputs[i].script, network);
    if (expected[i][2].is_null()) {
      EXPECT_EQ(address, std::nullopt);
      continue;
    }
    EXPECT_EQ(address, expected[i][2].get<std::string>());
    const auto script = ScriptOfAddress(*address, network);
    ASSERT_OK(script);
    EXPECT_EQ(HexEncode(*script), HexEncode(outputs[i].script));
  }
}

TEST(RealBlocks, DecodeAsCoreDecodesThem) {
  std::size_t blocks = 0;
  std::size_t transactions = 0;
  ParsedBlock block;  // reused, as indexing does
  for (const BlockFixture& fixture : BlockFixtures()) {
    SCOPED_TRACE(fixture.name);
    const std::vector<std::uint8_t> bytes = ReadMaybeGzip(fixture.raw);
    const std::vector<std::string> oracle = ReadLinesMaybeGzip(fixture.oracle);
    ASSERT_OK(ParseBlock(bytes, &block));
    ASSERT_OK(CheckBlock(block));
    EXPECT_TRUE(fixture.name.ends_with(block.hash.ToDisplayHex().substr(52)));
    EXPECT_TRUE(CheckProofOfWork(block.hash, block.header.bits, ParamsOf(fixture.network)));
    ASSERT_EQ(block.transactions.size(), oracle.size());
    for (std::size_t i = 0; i < oracle.size(); ++i) {
      const json expected = json::parse(oracle[i]);
      const ParsedTransaction& tx = block.transactions[i];
      ASSERT_EQ(tx.txid.ToDisplayHex(), expected["txid"]);
      EXPECT_EQ(tx.version, expected["ver"].get<std::uint32_t>());
      EXPECT_EQ(tx.locktime, expected["lt"]);
      EXPECT_EQ(tx.size_bytes, expected["size"]);
      EXPECT_EQ(tx.weight(), expected["weight"]);
      EXPECT_EQ(tx.has_witness, expected["txid"] != expected["wtxid"]);
      const ByteSpan raw = ByteSpan(bytes).subspan(tx.offset, tx.size_bytes);
      EXPECT_EQ(DoubleSha256(raw).ToDisplayHex(), expected["wtxid"]);
      CompareInputs(block, tx, expected["vin"]);
      CompareOutputs(block, tx, expected["vout"], fixture.network);
      ++transactions;
    }
    if (block.header.version >= 2 && fixture.height().value_or(0) > 227'835) {
      EXPECT_EQ(CoinbaseHeight(block.inputs.front().script_sig), fixture.height());
    }
    ++blocks;
  }
  EXPECT_GE(blocks, 23u);
  RecordProperty("blocks", static_cast<int>(blocks));
  std::printf("%zu blocks, %zu transactions\n", blocks, transactions);
}

}  // namespace
}  // namespace coinwake::bitcoin
