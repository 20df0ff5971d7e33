// Goal: among the ordinary transactions of real blocks, what the rules flag or suspect is known one
// by one. Method: every transaction of the blocks of tests/data/bitcoin/blocks, coins spent from
// other blocks unresolved. COINWAKE_BLOCKS_DIR points the test at a larger collection of the same
// form: it then only prints what it finds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <unordered_map>

#include "heuristics/coinjoin.h"
#include "indexer/base/hex.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/script.h"
#include "tests/bitcoin/block_fixture.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"
#include "tests/support/real_mixes.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// Facts of a block's transactions, in order. Scripts are numbered by their bytes.
class BlockFacts {
 public:
  BlockFacts(const bitcoin::ParsedBlock& block, std::optional<std::uint64_t> main_height)
      : block_(block), main_height_(main_height) {}

  TransactionFacts Next(const bitcoin::ParsedTransaction& tx) {
    TransactionFacts facts;
    facts.main_height = main_height_;
    facts.is_coinbase = tx.coinbase;
    for (std::uint32_t i = 0; i < tx.inputs_count && !tx.coinbase; ++i) {
      const bitcoin::ParsedInput& input = block_.inputs[tx.first_input + i];
      const auto spent = outputs_.find(HexEncode(input.outpoint));
      InputFacts one;
      if (spent != outputs_.end()) {
        one.value = spent->second.value;
        one.address = spent->second.address;
        one.type = spent->second.type;
      }
      facts.inputs.push_back(one);
    }
    for (std::uint32_t i = 0; i < tx.outputs_count; ++i) {
      const bitcoin::ParsedOutput& output = block_.outputs[tx.first_output + i];
      const std::string script = HexEncode(output.script);
      const AddressNum address{scripts_.emplace(script, scripts_.size()).first->second};
      facts.outputs.push_back({output.value, address, bitcoin::ClassifyScript(output.script).type});
      std::array<std::uint8_t, 36> outpoint{};
      std::copy_n(tx.txid.bytes.begin(), 32, outpoint.begin());
      StoreLe(outpoint.data() + 32, i);
      outputs_[HexEncode(ByteSpan(outpoint))] = facts.outputs.back();
    }
    return facts;
  }

 private:
  const bitcoin::ParsedBlock& block_;
  const std::optional<std::uint64_t> main_height_;
  std::unordered_map<std::string, std::uint64_t> scripts_;
  std::unordered_map<std::string, OutputFacts> outputs_;  // by outpoint
};

TEST(MixBlocks, EveryFindingIsKnown) {
  std::vector<std::string> found;
  std::size_t transactions = 0;
  std::map<std::string, std::size_t> suspected;  // by network
  for (const bitcoin::BlockFixture& fixture : bitcoin::BlockFixtures()) {
    const std::vector<std::uint8_t> raw = ReadMaybeGzip(fixture.raw);
    bitcoin::ParsedBlock block;
    ASSERT_OK(bitcoin::ParseBlock(raw, &block));
    std::optional<std::uint64_t> main_height;
    if (fixture.network == Network::kBitcoin) main_height = fixture.height();
    BlockFacts facts(block, main_height);
    for (const bitcoin::ParsedTransaction& tx : block.transactions) {
      ++transactions;
      std::vector<std::string> reasons;
      const MixVerdict verdict = JudgeMix(facts.Next(tx), &reasons);
      if (!verdict.may_have_parties()) continue;
      const std::string txid = tx.txid.ToDisplayHex().substr(0, 12);
      const std::string name =
          verdict.suspected ? "suspected" : std::string(MixProtocolName(verdict.protocol));
      if (verdict.suspected) {
        ++suspected[fixture.name.substr(0, fixture.name.find('/'))];
      } else {
        found.push_back(std::string(txid).append(" ").append(name));
      }
      std::cout << fixture.name << " " << txid << " " << name;
      for (const std::string& reason : reasons) std::cout << "; " << reason;
      std::cout << "\n";
    }
  }
  std::cout << transactions << " transactions, " << found.size() << " flagged\n";
  for (const auto& [network, count] : suspected) {
    std::cout << count << " suspected in " << network << "\n";
  }
  if (bitcoin::OtherBlocksFolder() == nullptr) {
    // Blocks 709632 and 800000: what Dumplings' rules for these protocols find as well.
    EXPECT_THAT(found,
                UnorderedElementsAre(
                    "daac8fe60c72 whirlpool", "70ba4472400d whirlpool", "f0e94aeb1ff1 whirlpool",
                    "d9679ae8932d whirlpool", "3a5393ef07dd whirlpool", "a47b7112cf65 whirlpool",
                    "7689432894c6 wasabi1", "316c3ad8626a whirlpool", "de5d7a8ef867 whirlpool",
                    "2a13e28dfe25 whirlpool", "bb3c41f8b13b whirlpool", "81c45762bed3 whirlpool",
                    "56d0b9f16562 whirlpool", "3670f8a1e098 whirlpool", "96d6dc03e619 whirlpool",
                    "178f02c4e12c whirlpool", "ece4c68e16d1 whirlpool", "43acd1a0b681 whirlpool",
                    "3de9e883ef34 whirlpool", "b63df9d68567 whirlpool", "5201a70b76f4 whirlpool",
                    "a0d3985e4c9a whirlpool"));
    // All of testnet3 are one series of batches: ten outputs of 100,000 satoshi and one other.
    EXPECT_THAT(suspected, ElementsAre(Pair("mainnet", 5), Pair("testnet3", 780)));
  }
}

// Transactions that another project keeps as patterns, by its own names. Its JoinMarket has two
// equal outputs, which one party could have made as well.
TEST(MixPatterns, AreNamed) {
  std::map<std::string, std::string_view> named;
  for (const RealTransaction& tx : ReadRealTransactions("patterns")) {
    const MixVerdict verdict = JudgeMix(tx.facts, nullptr);
    EXPECT_EQ(MayHaveParties(tx.facts), verdict.may_have_parties());
    if (verdict.may_have_parties()) named[tx.txid] = MixProtocolName(verdict.protocol);
  }
  EXPECT_THAT(named, UnorderedElementsAre(Pair("joinmarket-coinjoin", ""),
                                          Pair("wabisabi-coinjoin", "wasabi2"),
                                          Pair("whirlpool-coinjoin", "whirlpool")));
}

}  // namespace
}  // namespace coinwake::test
