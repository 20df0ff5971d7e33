// Goal: each rule holds for change what its source says, and abstains where it has nothing to say.
// Method: payments made by hand that no rule says anything about, changed in what one rule looks
// at, one condition at a time.
#include "heuristics/change_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "tests/heuristics/payments.h"

namespace coinwake::test {
namespace {

MATCHER_P2(Votes, candidates, known, "") {
  *result_listener << "candidates " << arg.candidates << " of the known " << arg.known;
  return arg.candidates == OutputSet{candidates} && arg.known == OutputSet{known};
}
auto Abstains() { return Votes(0u, 0u); }

constexpr std::array<ChangeRule, kChangeRulesCount> kRules = {
    ChangeRule::kShadow,     ChangeRule::kOneTime,    ChangeRule::kFresh,
    ChangeRule::kOptimal,    ChangeRule::kNotRound,   ChangeRule::kNotRound1000,
    ChangeRule::kSameType,   ChangeRule::kLocktime,   ChangeRule::kSameFeerate,
    ChangeRule::kPeeling,    ChangeRule::kContinuity, ChangeRule::kConsumer,
    ChangeRule::kGraphSense, ChangeRule::kPaidOnce,   ChangeRule::kLast};

TEST(ChangeRules, HaveNames) {
  std::set<std::string_view> names;
  for (const ChangeRule rule : kRules) names.insert(ChangeRuleName(rule));
  EXPECT_EQ(names.size(), kChangeRulesCount);
  EXPECT_EQ(names.count(""), 0u);
  EXPECT_EQ(ChangeRuleName(ChangeRule::kShadow), "shadow");
  EXPECT_EQ(ChangeRuleName(ChangeRule::kNotRound1000), "not_round_1000");
  EXPECT_EQ(ChangeRuleName(ChangeRule::kPaidOnce), "paid_once");
}

TEST(ChangeRules, AreOfTheFamilyOfWhatTheyLookAt) {
  using enum ChangeFamily;
  constexpr std::array<ChangeFamily, kChangeRulesCount> kFamilies = {
      kReuse, kReuse, kReuse, kValue, kValue, kValue, kType, kSpend,
      kSpend, kNone,  kSpend, kSpend, kNone,  kReuse, kOrder};
  for (std::size_t i = 0; i < kChangeRulesCount; ++i) {
    EXPECT_EQ(FamilyOf(kRules[i]), kFamilies[i]) << ChangeRuleName(kRules[i]);
  }
}

TEST(ChangeRules, AbstainWhereNothingIsSpecial) {
  for (const std::size_t outputs : {std::size_t{2}, std::size_t{3}, kMaxChangeOutputs}) {
    for (const ChangeRule rule : kRules) {
      if (rule == ChangeRule::kLast) continue;  // some output is
      EXPECT_THAT(VoteOn(rule, PlainPayment(outputs)), Abstains()) << ChangeRuleName(rule);
    }
  }
}

TEST(ChangeRules, LastIsBehindAllOthers) {
  EXPECT_THAT(VoteOn(ChangeRule::kLast, PlainPayment()), Votes(0b10u, 0b11u));
  EXPECT_THAT(VoteOn(ChangeRule::kLast, PlainPayment(3)), Votes(0b100u, 0b111u));
  EXPECT_THAT(VoteOn(ChangeRule::kLast, PlainPayment(kMaxChangeOutputs)), Votes(0x8000u, 0xffffu));
}

TEST(ChangeRules, ShadowIsTheOnlyFreshOneOfTwo) {
  Payment payment = PlainPayment();
  payment.outputs[1].is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kShadow, payment), Votes(0b10u, 0b11u));
  payment.outputs[0].is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kShadow, payment), Abstains());
  payment = PlainPayment(3);
  payment.outputs[1].is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kShadow, payment), Abstains());
}

TEST(ChangeRules, OneTimeIsTheOnlyFreshOneAndNotPaidAgain) {
  Payment payment = PlainPayment(3);
  payment.outputs[2].is_fresh = true;
  payment.outputs[2].is_paid_once = true;
  EXPECT_THAT(VoteOn(ChangeRule::kOneTime, payment), Votes(0b100u, 0b111u));
  payment.outputs[2].is_paid_once = false;
  EXPECT_THAT(VoteOn(ChangeRule::kOneTime, payment), Abstains());
  payment.outputs[0].is_paid_once = true;  // another's says nothing
  EXPECT_THAT(VoteOn(ChangeRule::kOneTime, payment), Abstains());
  payment.outputs[2].is_paid_once = true;
  payment.outputs[0].is_to_payer = true;  // change that is plain from the start
  EXPECT_THAT(VoteOn(ChangeRule::kOneTime, payment), Abstains());
  payment.outputs[0].is_to_payer = false;
  payment.outputs[0].is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kOneTime, payment), Abstains());
}

TEST(ChangeRules, FreshIsAnyThatWasNeverPaid) {
  Payment payment = PlainPayment(3);
  payment.outputs[0].is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kFresh, payment), Votes(0b001u, 0b111u));
  payment.outputs[2].is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kFresh, payment), Votes(0b101u, 0b111u));
  payment.outputs[1].is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kFresh, payment), Abstains());
}

TEST(ChangeRules, PaidOnceIsFreshAndNotPaidAgain) {
  Payment payment = PlainPayment(3);
  for (ChangeOutput& output : payment.outputs) output.is_fresh = true;
  EXPECT_THAT(VoteOn(ChangeRule::kPaidOnce, payment), Abstains());
  payment.outputs[0].is_paid_once = true;
  payment.outputs[1].is_paid_once = true;
  EXPECT_THAT(VoteOn(ChangeRule::kPaidOnce, payment), Votes(0b011u, 0b111u));
  payment.outputs[1].is_fresh = false;
  EXPECT_THAT(VoteOn(ChangeRule::kPaidOnce, payment), Votes(0b001u, 0b111u));
  payment.outputs[1].is_fresh = true;
  payment.outputs[2].is_paid_once = true;
  EXPECT_THAT(VoteOn(ChangeRule::kPaidOnce, payment), Abstains());
}

TEST(ChangeRules, OptimalIsSmallerThanAnyInput) {
  const Payment payment = PaymentOfTwoInputs();
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, payment), Votes(0b10u, 0b11u));

  Payment one_input = payment;  // of one input every output is smaller
  one_input.inputs = 1;
  one_input.least_input = one_input.input_sum;
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, one_input), Abstains());
  one_input.outputs[0].value = one_input.input_sum + 1;
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, one_input), Abstains());

  Payment equal = payment;  // of a high fee
  equal.outputs[0].value = 500 * kMillionSatoshi;
  ASSERT_FALSE(HasUnneededInput(equal));
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, equal), Votes(0b10u, 0b11u));
  equal.outputs[0].value -= 1;
  ASSERT_FALSE(HasUnneededInput(equal));
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, equal), Abstains());

  Payment both = payment;
  both.least_input = 550 * kMillionSatoshi;
  both.outputs[0].value = 549 * kMillionSatoshi;
  both.outputs[1].value = 549 * kMillionSatoshi;
  ASSERT_FALSE(HasUnneededInput(both));
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, both), Abstains());

  Payment unneeded = PlainPayment(3);  // 600 alone pay 500 and the fee of 10
  unneeded.inputs = 2;
  unneeded.input_sum = 1100 * kMillionSatoshi;
  unneeded.least_input = 500 * kMillionSatoshi;
  unneeded.outputs[0].value = 500 * kMillionSatoshi;
  unneeded.outputs[1].value = 300 * kMillionSatoshi;
  unneeded.outputs[2].value = 290 * kMillionSatoshi;
  ASSERT_TRUE(HasUnneededInput(unneeded));
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, unneeded), Abstains());
  unneeded.outputs[0].value = 591 * kMillionSatoshi;
  unneeded.outputs[1].value = 209 * kMillionSatoshi;
  ASSERT_FALSE(HasUnneededInput(unneeded));
  EXPECT_THAT(VoteOn(ChangeRule::kOptimal, unneeded), Votes(0b110u, 0b111u));
}

TEST(ChangeRules, NotRoundHasNotSixZeros) {
  Payment payment = PlainPayment(3);
  payment.outputs[1].value = 1'500'000;
  EXPECT_THAT(VoteOn(ChangeRule::kNotRound, payment), Votes(0b010u, 0b111u));
  EXPECT_THAT(VoteOn(ChangeRule::kNotRound1000, payment), Abstains());
  payment.outputs[0].value = 999'999;
  payment.outputs[2].value = 0;
  EXPECT_THAT(VoteOn(ChangeRule::kNotRound, payment), Votes(0b011u, 0b111u));
  payment.outputs[2].value = 1;
  EXPECT_THAT(VoteOn(ChangeRule::kNotRound, payment), Abstains());
}

TEST(ChangeRules, NotRound1000HasNotThreeZeros) {
  Payment payment = PlainPayment(2);
  payment.outputs[0].value = 1'501'000;
  payment.outputs[1].value = 1'501'100;
  EXPECT_THAT(VoteOn(ChangeRule::kNotRound1000, payment), Votes(0b10u, 0b11u));
  payment.outputs[0].value = 999;
  EXPECT_THAT(VoteOn(ChangeRule::kNotRound1000, payment), Abstains());
}

TEST(ChangeRules, SameTypeIsThatOfAllInputs) {
  Payment payment = PlainPayment();
  payment.outputs[0].type = ScriptType::kWitnessV0KeyHash;
  EXPECT_THAT(VoteOn(ChangeRule::kSameType, payment), Votes(0b10u, 0b11u));
  payment.input_type = ScriptType::kWitnessV0KeyHash;
  EXPECT_THAT(VoteOn(ChangeRule::kSameType, payment), Votes(0b01u, 0b11u));
  payment.input_type = ScriptType::kScriptHash;  // neither
  EXPECT_THAT(VoteOn(ChangeRule::kSameType, payment), Abstains());
  payment.input_type.reset();
  EXPECT_THAT(VoteOn(ChangeRule::kSameType, payment), Abstains());
}

// Rules about spenders know only the outputs that are spent, and may hold all of these for change.
class SpenderRules : public ::testing::Test {
 protected:
  SpenderRules() : payment_(PlainPayment(3)) {}

  ChangeOutput::Spender& Spend(std::size_t output) {
    return payment_.outputs[output].spender.emplace(PlainSpender());
  }

  Payment payment_;
};

TEST_F(SpenderRules, AbstainOfOutputsNotSpentYet) {
  payment_.feerate = 5000;
  Spend(1).feerate = 5000;
  for (const ChangeRule rule : {ChangeRule::kLocktime, ChangeRule::kSameFeerate,
                                ChangeRule::kContinuity, ChangeRule::kConsumer}) {
    EXPECT_THAT(VoteOn(rule, payment_), Votes(0b010u, 0b010u)) << ChangeRuleName(rule);
  }
  Spend(2).feerate = 5000;
  for (const ChangeRule rule : {ChangeRule::kLocktime, ChangeRule::kSameFeerate,
                                ChangeRule::kContinuity, ChangeRule::kConsumer}) {
    EXPECT_THAT(VoteOn(rule, payment_), Votes(0b110u, 0b110u)) << ChangeRuleName(rule);
  }
}

TEST_F(SpenderRules, LocktimeAsksWhetherThereIsOne) {
  using enum Fingerprint::Locktime;
  Spend(0).print.locktime = kZero;
  Spend(1).print.locktime = kNearHeight;
  Spend(2).print.locktime = kOther;
  EXPECT_THAT(VoteOn(ChangeRule::kLocktime, payment_), Votes(0b001u, 0b111u));
  payment_.print.locktime = kNearHeight;
  EXPECT_THAT(VoteOn(ChangeRule::kLocktime, payment_), Votes(0b110u, 0b111u));
  payment_.print.locktime = kOther;
  EXPECT_THAT(VoteOn(ChangeRule::kLocktime, payment_), Votes(0b110u, 0b111u));
}

TEST_F(SpenderRules, SameFeerateIsTheVerySame) {
  payment_.feerate = 5000;
  Spend(0).feerate = 5001;
  Spend(1).feerate = 5000;
  Spend(2).feerate.reset();
  EXPECT_THAT(VoteOn(ChangeRule::kSameFeerate, payment_), Votes(0b010u, 0b111u));
  payment_.feerate.reset();  // two unknown ones are not the same
  EXPECT_THAT(VoteOn(ChangeRule::kSameFeerate, payment_), Abstains());
}

TEST_F(SpenderRules, ContinuityAsksForTheSpendersFingerprint) {
  Spend(0).print.version = 1;
  Spend(1).print.sequence = SequenceClass::kFinal;
  Spend(2);
  EXPECT_THAT(VoteOn(ChangeRule::kContinuity, payment_), Votes(0b100u, 0b111u));
  payment_.outputs[2].spender->print.locktime = Fingerprint::Locktime::kNearHeight;
  EXPECT_THAT(VoteOn(ChangeRule::kContinuity, payment_), Votes(0b000u, 0b111u));
}

TEST_F(SpenderRules, ConsumersMakeTwoOutputsAtMost) {
  Spend(0).outputs = 3;
  Spend(1).outputs = 2;
  Spend(2).outputs = 1;
  EXPECT_THAT(VoteOn(ChangeRule::kConsumer, payment_), Votes(0b110u, 0b111u));
}

TEST_F(SpenderRules, PeelingNeedsAChainBeforeOrAfter) {
  payment_ = PlainPayment();
  payment_.is_peel_shaped = true;
  Spend(0);  // of two inputs and one output
  EXPECT_THAT(VoteOn(ChangeRule::kPeeling, payment_), Abstains());
  payment_.was_peel_shaped = true;
  EXPECT_THAT(VoteOn(ChangeRule::kPeeling, payment_), Votes(0b00u, 0b01u));
  payment_.was_peel_shaped = false;
  ChangeOutput::Spender& next = Spend(1);
  next.inputs = 1;
  next.outputs = 2;
  EXPECT_THAT(VoteOn(ChangeRule::kPeeling, payment_), Votes(0b10u, 0b11u));
  next.inputs = 2;
  EXPECT_THAT(VoteOn(ChangeRule::kPeeling, payment_), Abstains());
  next.inputs = 1;
  next.outputs = 3;
  EXPECT_THAT(VoteOn(ChangeRule::kPeeling, payment_), Abstains());
  next.outputs = 2;
  payment_.is_peel_shaped = false;
  EXPECT_THAT(VoteOn(ChangeRule::kPeeling, payment_), Abstains());
}

// GraphSense's: every condition at once, and one output that meets them.
Payment GraphSensePayment(std::size_t outputs = 2) {
  Payment payment = PlainPayment(outputs);
  payment.outputs[1].value = 1'234'567;
  payment.outputs[1].is_fresh = true;
  payment.outputs[1].is_paid_once = true;
  return payment;
}

TEST(ChangeRules, GraphSenseAsksForAllAtOnce) {
  EXPECT_THAT(VoteOn(ChangeRule::kGraphSense, GraphSensePayment()), Votes(0b10u, 0b11u));
  EXPECT_THAT(VoteOn(ChangeRule::kGraphSense, GraphSensePayment(10)), Votes(2u, 1023u));
  EXPECT_THAT(VoteOn(ChangeRule::kGraphSense, GraphSensePayment(11)), Abstains());
  const struct {
    const char* broken;
    void (*breaks)(Payment*);
  } cases[] = {
      {"type", [](Payment* one) { one->outputs[1].type = ScriptType::kScriptHash; }},
      {"types of inputs", [](Payment* one) { one->input_type.reset(); }},
      {"odd value", [](Payment* one) { one->outputs[1].value = 1'234'000; }},
      {"small value", [](Payment* one) { one->least_input = 1'234'567; }},
      {"fresh", [](Payment* one) { one->outputs[1].is_fresh = false; }},
      {"paid once", [](Payment* one) { one->outputs[1].is_paid_once = false; }},
      {"alone", [](Payment* one) { one->outputs[0] = one->outputs[1]; }},
  };
  for (const auto& one : cases) {
    Payment payment = GraphSensePayment();
    one.breaks(&payment);
    EXPECT_THAT(VoteOn(ChangeRule::kGraphSense, payment), Abstains()) << one.broken;
  }
}

TEST(ChangeRules, NameTheLastOfTheMostOutputs) {
  Payment payment = PlainPayment(kMaxChangeOutputs);
  payment.outputs.back().is_fresh = true;
  payment.outputs.back().is_paid_once = true;
  payment.outputs.back().value += 1;
  payment.outputs.back().is_to_payer = true;
  for (const ChangeRule rule : {ChangeRule::kFresh, ChangeRule::kPaidOnce, ChangeRule::kNotRound,
                                ChangeRule::kNotRound1000}) {
    EXPECT_THAT(VoteOn(rule, payment), Votes(0x8000u, 0xffffu)) << ChangeRuleName(rule);
  }
  EXPECT_EQ(DirectChange(payment), 0x8000u);
}

TEST(UnneededInput, IsOneThatTheLargestOutputAndTheFeeDidNotNeed) {
  Payment payment = PaymentOfTwoInputs();
  EXPECT_FALSE(HasUnneededInput(payment));
  // The larger input holds 600: as much as the larger output and a fee of 10 when that is 590.
  payment.outputs[0].value = 590 * kMillionSatoshi;
  payment.outputs[1].value = 500 * kMillionSatoshi;
  EXPECT_TRUE(HasUnneededInput(payment));
  payment.outputs[1].value -= 1;  // the fee is a satoshi more
  EXPECT_FALSE(HasUnneededInput(payment));
  payment.outputs[1].value += 1;
  std::swap(payment.outputs[0].value, payment.outputs[1].value);
  EXPECT_TRUE(HasUnneededInput(payment));
  payment.inputs = 1;
  EXPECT_FALSE(HasUnneededInput(payment));
}

TEST(UnneededInput, IsNoneWhereAmountsCannotBe) {
  Payment payment = PaymentOfTwoInputs();
  payment.outputs[0].value = 590 * kMillionSatoshi;
  payment.outputs[1].value = 590 * kMillionSatoshi;
  EXPECT_FALSE(HasUnneededInput(payment));
}

TEST(DirectChangeOutputs, AreThoseToThePayer) {
  Payment payment = PlainPayment(3);
  EXPECT_EQ(DirectChange(payment), 0u);
  payment.outputs[0].is_to_payer = true;
  payment.outputs[2].is_to_payer = true;
  EXPECT_EQ(DirectChange(payment), 0b101u);
}

}  // namespace
}  // namespace coinwake::test
