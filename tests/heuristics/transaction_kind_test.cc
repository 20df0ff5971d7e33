// Goal: a transaction is called what it looks like, with what decided. Method: small chains, each
// kind once, and the single conditions of chips and of the doubt about PayJoin.
#include "heuristics/transaction_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "heuristics/co_spend.h"
#include "tests/heuristics/support.h"

namespace coinwake::test {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr ScriptType kKeyHash = ScriptType::kWitnessV0KeyHash;

class TransactionKindTest : public ClusterTest {
 protected:
  Kind KindOfName(const std::string& name) const {
    return KindOf(reader(), chain_.TransactionOf(name)).kind;
  }
  static SimpleTransaction Pay(const std::string& name, std::uint32_t coin,
                               const std::vector<SimpleOutput>& outputs, std::uint32_t inputs = 1) {
    SimpleTransaction tx;
    tx.name = name;
    for (std::uint32_t i = 0; i < inputs; ++i) tx.inputs.push_back(Spend("coins", coin + i));
    tx.outputs = outputs;
    return tx;
  }
};

TEST_F(TransactionKindTest, NamesEachKind) {
  chain_.AddBlock({Mint("coins", std::vector<std::string>(20, "a"))});
  const SimpleOutput data = {"", 0, {0x6a, 0x01, 0x00}, ScriptType::kNullData};
  chain_.AddBlock(
      {{},
       Pay("transfer", 0, {{"b", 1000}}),
       Pay("consolidation", 1, {{"b", 1000}}, 3),
       Pay("payment", 4, {{"b", 1000}, {"c", 2000}, data}),
       Pay("batch", 5, {{"b", 1000}, {"c", 2000}, {"d", 3000}}),
       Pay("data", 6, {data}),
       Pay("chips", 7,
           {{"e", 3'200'000}, {"f", 3'200'000}, {"g", 3'200'000}, {"h", 3'200'000}, {"i", 77}})});
  Build();
  EXPECT_EQ(KindOfName("coins"), Kind::kCoinbase);
  EXPECT_EQ(KindOfName("transfer"), Kind::kTransfer);
  EXPECT_EQ(KindOfName("consolidation"), Kind::kConsolidation);
  EXPECT_EQ(KindOfName("payment"), Kind::kPayment);
  EXPECT_EQ(KindOfName("batch"), Kind::kBatchPayment);
  EXPECT_EQ(KindOfName("data"), Kind::kData);
  const TransactionKind chips = KindOf(reader(), chain_.TransactionOf("chips"));
  EXPECT_EQ(chips.kind, Kind::kChips);
  EXPECT_EQ(chips.protocol, "chipmixer");
  EXPECT_THAT(chips.reasons, Not(IsEmpty()));
}

// A Tx0, then a mix that spends one of its outputs beside four others'.
TEST_F(TransactionKindTest, APremixIsSurerOnceMixed) {
  const auto segwit = [](std::uint8_t who, std::uint64_t value) {
    std::vector<std::uint8_t> script(22, who);
    script[0] = 0x00;
    script[1] = 0x14;
    return SimpleOutput{"", value, script, kKeyHash};
  };
  const SimpleOutput data = {"", 0, {0x6a, 0x01, 0x00}, ScriptType::kNullData};
  chain_.AddBlock({Mint("coins", {"a", "a"}, 2'600'000)});
  SimpleTransaction others;
  others.name = "others";
  for (std::uint8_t i = 0; i < 4; ++i) others.outputs.push_back(segwit(100 + i, 1'000'000));
  chain_.AddBlock({others});
  const std::vector<SimpleOutput> cut = {data, segwit(1, 50'000), segwit(2, 1'010'000),
                                         segwit(3, 1'010'000), segwit(4, 400'000)};
  std::vector<SimpleOutput> unmixed = cut;
  for (std::size_t i = 1; i < unmixed.size(); ++i) unmixed[i].script[5] = 0xff;
  chain_.AddBlock({{}, Pay("tx0", 0, cut), Pay("unmixed", 1, unmixed)});
  SimpleTransaction mix;
  mix.name = "mix";
  mix.inputs = {Spend("tx0", 2)};
  for (std::uint32_t i = 0; i < 4; ++i) mix.inputs.push_back(Spend("others", i));
  for (std::uint8_t i = 0; i < 5; ++i) mix.outputs.push_back(segwit(50 + i, 1'000'000));
  chain_.AddBlock({{}, mix});
  Build();
  const TransactionKind mixed = KindOf(reader(), chain_.TransactionOf("tx0"));
  const TransactionKind alone = KindOf(reader(), chain_.TransactionOf("unmixed"));
  EXPECT_EQ(mixed.kind, Kind::kPremix);
  EXPECT_EQ(alone.kind, Kind::kPremix);
  EXPECT_EQ(mixed.confidence_permille, 900u);
  EXPECT_EQ(alone.confidence_permille, 600u);
  const TransactionKind spend = KindOf(reader(), chain_.TransactionOf("mix"));
  EXPECT_EQ(spend.kind, Kind::kCoinJoin);
  EXPECT_EQ(spend.protocol, "whirlpool");
  EXPECT_EQ(spend.anonymity_set, 5u);
}

TransactionFacts Facts(const std::vector<std::uint64_t>& inputs,
                       const std::vector<std::uint64_t>& outputs) {
  TransactionFacts facts;
  for (std::uint64_t i = 0; i < inputs.size(); ++i) {
    facts.inputs.push_back({inputs[i], AddressNum{i}, kKeyHash, {}});
  }
  for (std::uint64_t i = 0; i < outputs.size(); ++i) {
    facts.outputs.push_back({outputs[i], AddressNum{100 + i}, kKeyHash});
  }
  return facts;
}

// A pool's payout may have a Tx0's values, its OP_RETURN (the witness commitment) among them.
TEST(JudgeKind, ACoinbaseIsNoPremix) {
  TransactionFacts facts = Facts({3'000'000}, {1'010'000, 1'010'000, 50'000, 0});
  facts.outputs.back().type = ScriptType::kNullData;
  ASSERT_EQ(JudgeKind(facts).kind, Kind::kPremix);
  facts.inputs.clear();
  facts.is_coinbase = true;
  EXPECT_EQ(JudgeKind(facts).kind, Kind::kCoinbase);
  EXPECT_FALSE(FindPremix(facts).has_value());
}

TEST(ChipValue, WantsFourEqualChipsAndOneOtherAtMost) {
  EXPECT_EQ(ChipValue(Facts({9'000'000}, {100'000, 100'000, 100'000, 100'000})), 100'000u);
  EXPECT_EQ(ChipValue(Facts({9'000'000}, {5, 200'000, 200'000, 200'000, 200'000})), 200'000u);
  EXPECT_EQ(ChipValue(Facts({9'000'000}, {200'000, 200'000, 200'000, 200'000, 999'999})), 200'000u);
  EXPECT_EQ(ChipValue(Facts({9'000'000}, {200'000, 200'000, 200'000, 5, 6})), 0u);
  EXPECT_EQ(ChipValue(Facts({9'000'000}, {300'000, 300'000, 300'000, 300'000})), 0u);
  TransactionFacts facts = Facts({9'000'000}, {100'000, 100'000, 100'000, 100'000});
  facts.main_height = 463'999;
  EXPECT_EQ(ChipValue(facts), 0u);
  facts.main_height = 500'000;
  EXPECT_EQ(ChipValue(facts), 100'000u);
  facts.main_height = 782'001;
  EXPECT_EQ(ChipValue(facts), 0u);
}

TEST(MaySuspectPayJoin, WantsAnUnneededInputOfAnotherType) {
  TransactionFacts facts = Facts({60'000, 50'000}, {30'000, 79'000});
  facts.inputs[1].type = ScriptType::kPubkeyHash;
  EXPECT_FALSE(MaySuspectPayJoin(facts));  // 60,000 would not have paid 79,000
  facts.outputs[0].value = 55'000;
  facts.outputs[1].value = 54'500;
  EXPECT_TRUE(MaySuspectPayJoin(facts));
  EXPECT_EQ(CoSpendConfidencePermille(facts), 475u);
  facts.inputs[1].type = kKeyHash;
  EXPECT_FALSE(MaySuspectPayJoin(facts));
  EXPECT_EQ(CoSpendConfidencePermille(facts), 950u);
}

}  // namespace
}  // namespace coinwake::test
