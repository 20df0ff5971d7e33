// Goal: each rule accepts its protocol's shape and refuses it with any one condition broken.
// Method: shapes made by hand. What real transactions give is in real_coinjoins_test.cc.
#include "heuristics/coinjoin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

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
  facts.inputs[1].address = AddressNum{0};  // two payers, three equal outputs
  EXPECT_FALSE(Judge(facts).may_have_parties());
}

// One participant who uses an address twice leaves the others who they are.
TEST(JudgeMix, AReusedAddressIsSuspectOnly) {
  const auto expect_suspected = [](const TransactionFacts& facts) {
    EXPECT_FALSE(Judge(facts).is_coinjoin());
    EXPECT_TRUE(Judge(facts).suspected);
  };
  const TransactionFacts good =
      Facts({900'000, 450'000, 720'000}, {400'000, 400'000, 400'000, 499'000, 49'000, 319'000});
  TransactionFacts facts = good;
  facts.outputs[5].address = AddressNum{0};  // change to an input's address
  expect_suspected(facts);
  facts = good;
  facts.outputs[5].address = facts.outputs[2].address;  // and to that of the equal output
  expect_suspected(facts);
  facts = good;
  facts.outputs[1].address = facts.outputs[0].address;  // two hide as one
  expect_suspected(facts);
  facts.outputs[2].address = facts.outputs[0].address;  // nobody else is paid
  EXPECT_FALSE(Judge(facts).may_have_parties());
  facts = good;
  facts.outputs[5].address = AddressNum{0};
  facts.outputs[3].value += 60'000;  // sums that do not fit
  facts.outputs[5].value -= 60'000;
  EXPECT_FALSE(Judge(facts).may_have_parties());
  facts = Whirlpool();
  facts.outputs[1].address = facts.outputs[0].address;
  expect_suspected(facts);
  facts = Wasabi1(40);
  facts.outputs[3].address = facts.outputs[1].address;
  expect_suspected(facts);
}

// Sums that are not known do not make payers one party.
TEST(JudgeMix, WhatIsNotKnownIsSuspected) {
  const auto judge_unresolved = [](TransactionFacts facts) {
    facts.inputs[0].value.reset();
    facts.inputs[0].address.reset();
    const MixVerdict verdict = Judge(facts);
    EXPECT_FALSE(verdict.is_coinjoin());
    return verdict.suspected;
  };
  EXPECT_TRUE(judge_unresolved(Facts({900'000, 700'000}, {400'000, 400'000, 798'000})));
  EXPECT_TRUE(judge_unresolved(
      Facts({900'000, 450'000, 720'000, 1'500'000}, {400'000, 400'000, 400'000, 800'000})));
  EXPECT_FALSE(judge_unresolved(  // two payers, three equal outputs
      Facts({900'000, 450'000}, {400'000, 400'000, 400'000, 100'000})));
  // An OP_RETURN beside what JudgeMix would believe, and more equal outputs than JoinMarket has.
  TransactionFacts facts;
  for (const std::size_t participants : {5, 21}) {
    facts = Facts(std::vector<std::uint64_t>(participants, 900'000),
                  std::vector<std::uint64_t>(participants, 400'000));
    for (std::uint64_t i = 0; i < participants; ++i) {
      facts.outputs.push_back({499'000 - i, AddressNum{2000 + i}, kKeyHash});
    }
    if (participants == 5) facts.outputs.push_back({0, AddressNum{9}, ScriptType::kNullData});
    EXPECT_TRUE(judge_unresolved(facts)) << participants;
  }
}

// Inputs that can be dealt out in too many ways to try.
TEST(JudgeMix, TwoEqualOutputsOfManyInputsAreSuspected) {
  std::vector<std::uint64_t> inputs;
  for (std::uint64_t i = 0; i < 60; ++i) inputs.push_back(1'000'000 + 40'000 * (i * i % 61));
  const std::uint64_t sum = std::accumulate(inputs.begin(), inputs.end(), std::uint64_t{0});
  const TransactionFacts facts =
      Facts(inputs, {30'000'000, 30'000'000, (sum - 60'000'000) / 2 + 7, (sum - 60'000'000) / 2});
  EXPECT_TRUE(Judge(facts).suspected);
}

TEST(JudgeMix, SeveralDenominationsAreSuspect) {
  std::vector<std::uint64_t> outputs(12, 1'000'000);
  outputs.resize(20, 2'000'000);
  for (std::uint64_t i = 0; i < 12; ++i) outputs.push_back(300'000 + i);
  TransactionFacts facts = Facts(std::vector<std::uint64_t>(15, 3'000'000), outputs);
  EXPECT_TRUE(Judge(facts).suspected);
  facts.outputs[1].address = facts.outputs[0].address;
  EXPECT_TRUE(Judge(facts).suspected);
  facts.outputs.push_back({0, AddressNum{9}, ScriptType::kNullData});
  EXPECT_TRUE(Judge(facts).suspected);
  facts.outputs[31].value = 299'999;
  facts.inputs.resize(11);  // fewer payers than equal outputs
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
  facts.main_height = 609'999;
  EXPECT_EQ(Judge(facts).protocol, MixProtocol::kWasabi1);
  facts.main_height = 610'000;  // the coordinator takes its fee elsewhere by now
  EXPECT_EQ(Judge(facts).protocol, MixProtocol::kEqualOutputs);
}

// Ten to twenty equal outputs and as many others are JoinMarket's shape as well.
TEST(JudgeMix, Wasabi1OfJoinMarketsShape) {
  for (const std::size_t participants : {12, 20}) {
    TransactionFacts facts = Wasabi1(participants);
    facts.outputs.erase(facts.outputs.begin() + 1);  // one leaves no change
    facts.inputs[0].value = 10'018'000;
    EXPECT_EQ(Judge(facts).protocol, MixProtocol::kJoinMarket);
    facts.inputs[1].address = facts.inputs[2].address;  // too few payers for makers
    EXPECT_EQ(Judge(facts).protocol, MixProtocol::kWasabi1);
    facts.outputs[2].type = ScriptType::kPubkeyHash;
    EXPECT_FALSE(Judge(facts).may_have_parties());
  }
  TransactionFacts facts = Wasabi1(12);
  facts.outputs.erase(facts.outputs.begin() + 1);
  facts.inputs[0].value = 10'018'000;
  facts.outputs[2].value += 1'500'000;  // no maker's change
  facts.outputs[4].value -= 1'500'000;
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
