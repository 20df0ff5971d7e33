// Goal: each rule accepts its protocol's shape and refuses it with any one condition broken.
// Method: shapes made by hand. What real transactions give is in real_coinjoins_test.cc.
#include "heuristics/coinjoin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/heuristics/support.h"

namespace coinwake::test {
namespace {

using ::testing::SizeIs;

constexpr ScriptType kKeyHash = ScriptType::kWitnessV0KeyHash;

// Inputs of addresses 0, 1, ...; outputs to addresses 1000, 1001, ...
TransactionFacts Facts(const std::vector<std::uint64_t>& inputs,
                       const std::vector<std::uint64_t>& outputs, ScriptType type = kKeyHash) {
  TransactionFacts facts;
  for (std::uint64_t i = 0; i < inputs.size(); ++i) {
    facts.inputs.push_back({inputs[i], AddressNum{i}, type, {}});
  }
  for (std::uint64_t i = 0; i < outputs.size(); ++i) {
    facts.outputs.push_back({outputs[i], AddressNum{1000 + i}, type});
  }
  return facts;
}

MixVerdict Judge(const TransactionFacts& facts) {
  MixVerdict verdict = JudgeMix(facts, nullptr);
  EXPECT_EQ(MayHaveParties(facts), verdict.may_have_parties());
  return verdict;
}

TransactionFacts Whirlpool() {
  return Facts({5'000'000, 5'003'900, 5'000'000, 5'004'100, 5'000'000},
               {5'000'000, 5'000'000, 5'000'000, 5'000'000, 5'000'000});
}

TEST(JudgeMix, Whirlpool) {
  const MixVerdict verdict = Judge(Whirlpool());
  EXPECT_EQ(verdict.protocol, MixProtocol::kWhirlpool);
  EXPECT_EQ(verdict.anonymity_set, 5u);
  EXPECT_EQ(verdict.value, 5'000'000u);

  TransactionFacts facts = Whirlpool();
  facts.inputs[1].value = 5'110'001;  // too much on top
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWhirlpool);
  facts = Whirlpool();
  facts.inputs[1].address = AddressNum{0};  // one party twice
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWhirlpool);
  facts = Whirlpool();
  facts.inputs[2].type = ScriptType::kPubkeyHash;
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWhirlpool);
  facts = Whirlpool();
  facts.inputs[2].value.reset();  // unresolved: may be anything
  facts.inputs[2].address.reset();
  EXPECT_EQ(Judge(facts).protocol, MixProtocol::kWhirlpool);
}

TEST(JudgeMix, JoinMarketNeedsSumsThatFit) {
  // Makers gain 200; the last is the taker.
  TransactionFacts facts =
      Facts({900'000, 450'000, 720'000, 1'500'000},
            {400'000, 400'000, 400'000, 400'000, 500'200, 50'200, 320'200, 1'098'400});
  MixVerdict verdict = Judge(facts);
  EXPECT_EQ(verdict.protocol, MixProtocol::kJoinMarket);
  EXPECT_EQ(verdict.anonymity_set, 4u);
  facts.outputs[4].value += 60'000;
  facts.outputs[7].value -= 60'000;
  verdict = Judge(facts);
  EXPECT_FALSE(verdict.may_have_parties());
}

TEST(JudgeMix, ABatchOfEqualPaymentsIsNone) {
  EXPECT_FALSE(Judge(Facts({900'000, 450'000, 720'000, 1'500'000},
                           {400'000, 400'000, 400'000, 400'000, 1'969'000}))
                   .may_have_parties());
}

TEST(JudgeMix, TwoEqualOutputsAreSuspectAtMost) {
  const MixVerdict verdict = Judge(Facts({900'000, 700'000}, {400'000, 400'000, 499'000, 299'000}));
  EXPECT_FALSE(verdict.is_coinjoin());
  EXPECT_TRUE(verdict.suspected);
  EXPECT_FALSE(Judge(Facts({900'000, 700'000}, {400'000, 400'000, 798'000})).may_have_parties());
}

TEST(JudgeMix, RefusesWhatMixesDoNotDo) {
  const TransactionFacts good =
      Facts({900'000, 450'000, 720'000}, {400'000, 400'000, 400'000, 499'000, 49'000, 319'000});
  ASSERT_TRUE(Judge(good).is_coinjoin());
  TransactionFacts facts = good;
  facts.outputs.push_back({0, AddressNum{2000}, ScriptType::kNullData});
  EXPECT_FALSE(Judge(facts).is_coinjoin());
  EXPECT_TRUE(Judge(facts).suspected);
  facts = good;
  facts.outputs[1].address = facts.outputs[0].address;  // a participant is paid twice
  EXPECT_FALSE(Judge(facts).may_have_parties());
  facts = good;
  facts.outputs[5].address = AddressNum{0};  // change to an input's address
  EXPECT_FALSE(Judge(facts).may_have_parties());
  facts = good;
  facts.inputs[1].address = AddressNum{0};  // two payers, three equal outputs
  EXPECT_FALSE(Judge(facts).may_have_parties());
}

TEST(JudgeMix, ManyInputsAreSuspectOnly) {
  // A taker who sweeps ninety coins.
  std::vector<std::uint64_t> inputs = {900'000, 450'000, 720'000, 610'000};
  inputs.resize(94, 5'000);
  const TransactionFacts facts = Facts(inputs, {400'000, 400'000, 400'000, 400'000, 400'000,
                                                500'100, 50'100, 320'100, 210'100, 46'000});
  EXPECT_FALSE(Judge(facts).is_coinjoin());
  EXPECT_TRUE(Judge(facts).suspected);
}

TransactionFacts Wasabi1(std::size_t participants) {
  std::vector<std::uint64_t> inputs;
  std::vector<std::uint64_t> outputs;
  for (std::size_t i = 0; i < participants; ++i) {
    inputs.push_back(12'000'000 + 10'007 * i);
    outputs.push_back(9'990'000);
    outputs.push_back(1'979'000 + 10'007 * i);
  }
  outputs.push_back(28'000 * participants);
  return Facts(inputs, outputs);
}

TEST(JudgeMix, Wasabi1) {
  EXPECT_EQ(Judge(Wasabi1(40)).protocol, MixProtocol::kWasabi1);
  EXPECT_EQ(Judge(Wasabi1(40)).anonymity_set, 40u);
  TransactionFacts facts = Wasabi1(40);
  facts.outputs[3].type = ScriptType::kScriptHash;
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWasabi1);
  facts = Wasabi1(4);
  EXPECT_EQ(Judge(facts).protocol, MixProtocol::kEqualOutputs);
  facts.pays_wasabi_coordinator = true;
  EXPECT_EQ(Judge(facts).protocol, MixProtocol::kWasabi1);
}

TransactionFacts Wasabi2(std::size_t inputs) {
  std::vector<std::uint64_t> in;
  for (std::size_t i = 0; i < inputs; ++i) in.push_back(9'000'000 - 50'000 * i);
  return Facts(in, {4'194'304, 4'194'304, 3'188'646, 2'097'152, 2'097'152, 1'000'000, 1'000'000,
                    531'441, 531'441, 262'144, 100'000, 77'777});
}

TEST(JudgeMix, Wasabi2) {
  EXPECT_EQ(Judge(Wasabi2(12)).protocol, MixProtocol::kWasabi2);
  EXPECT_LT(Judge(Wasabi2(12)).confidence_permille, Judge(Wasabi2(60)).confidence_permille);
  EXPECT_NE(Judge(Wasabi2(9)).protocol, MixProtocol::kWasabi2);
  TransactionFacts facts = Wasabi2(12);
  std::swap(facts.inputs[0], facts.inputs[1]);
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWasabi2);
  facts = Wasabi2(12);
  std::swap(facts.outputs[10], facts.outputs[11]);
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWasabi2);
  facts = Wasabi2(12);
  for (InputFacts& input : facts.inputs) input.address = AddressNum{7};
  EXPECT_FALSE(Judge(facts).may_have_parties());
  facts = Wasabi2(12);
  facts.outputs[0].value = facts.outputs[1].value = 4'194'305;
  facts.outputs[9].value = 262'143;
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWasabi2);  // three quarters are standard
}

// Another client's order, told by its denominations alone.
TEST(JudgeMix, Wasabi2InAnyOrder) {
  TransactionFacts facts = Wasabi2(24);
  std::swap(facts.inputs[0], facts.inputs[1]);
  EXPECT_EQ(Judge(facts).protocol, MixProtocol::kWasabi2);
  EXPECT_LT(Judge(facts).confidence_permille, Judge(Wasabi2(24)).confidence_permille);
  for (OutputFacts& output : facts.outputs) {
    if (output.value == 2'097'152 || output.value == 3'188'646) output.value = 2'000'000;
  }
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWasabi2);
}

TEST(JudgeMix, ASortedBatchOfRoundPaymentsIsNoWasabi2) {
  std::vector<std::uint64_t> inputs;
  for (std::size_t i = 0; i < 12; ++i) inputs.push_back(9'000'000 - 50'000 * i);
  const TransactionFacts facts =
      Facts(inputs, {5'000'000, 5'000'000, 5'000'000, 2'000'000, 2'000'000, 1'000'000, 1'000'000,
                     500'000, 200'000, 100'000, 50'000});
  EXPECT_NE(Judge(facts).protocol, MixProtocol::kWasabi2);
}

TEST(JudgeMix, TakesTheLowerValueOnATie) {
  const MixVerdict verdict = Judge(Facts({20'000, 20'000}, {9000, 8000, 9000, 8000, 700, 700}));
  EXPECT_EQ(verdict.value, 8000u);
  EXPECT_EQ(verdict.anonymity_set, 2u);
}

TEST(JudgeMix, IsTotal) {
  EXPECT_FALSE(Judge({}).may_have_parties());
  EXPECT_FALSE(Judge(Facts({}, {1, 2, 3})).may_have_parties());
  constexpr std::uint64_t kMax = 2'100'000'000'000'000;
  Judge(Facts({kMax, kMax, kMax}, {kMax, kMax, kMax, 0, 0}));
}

TEST(WabiSabiDenominations, AreThePublishedOnes) {
  const std::vector<std::uint64_t>& all = WabiSabiDenominations();
  EXPECT_THAT(all, SizeIs(78));
  EXPECT_EQ(all.front(), 5'000u);
  EXPECT_EQ(all[1], 6'561u);
  EXPECT_EQ(all[14], 118'098u);
  EXPECT_EQ(all.back(), 100'000'000'000u);
}

}  // namespace
}  // namespace coinwake::test
