// Goal: weights, scores, guesses and thresholds are what the counts say (ALGORITHMS.md 2.8), and
// what is not clear is left open. Method: weights and payments made by hand, each condition at its
// edge; the table of scores beside a slow twin.
#include "heuristics/change_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "heuristics/change_scan.h"
#include "tests/heuristics/payments.h"

namespace coinwake::test {
namespace {

RuleWeight& Of(RuleWeights& weights, ChangeRule rule) {
  return weights[static_cast<std::size_t>(rule)];
}

TEST(RuleWeightsTest, AreLogOddsWithOneAddedToEachCount) {
  EraCounts counts;
  counts.rules[0] = {90, 10, 20, 80};
  counts.rules[1] = {1000, 0, 0, 1000};
  const RuleWeights weights = WeightsOf(counts);
  const auto expect_near = [](std::int64_t got, double ratio) {
    EXPECT_NEAR(static_cast<double>(got), 1000 * std::log(ratio), 1.01);
  };
  expect_near(weights[0].vote, (91.0 / 102) / (21.0 / 102));
  expect_near(weights[0].silence, (11.0 / 102) / (81.0 / 102));
  expect_near(weights[1].vote, 1001);  // never certain
  expect_near(weights[1].silence, 1.0 / 1001);
  // A rule that always abstained.
  EXPECT_EQ(weights[2], RuleWeight{});
}

TEST(RuleWeightsTest, AllowForUnequalNumbersOfChangeAndPayments) {
  EraCounts counts;
  counts.rules[3] = {8, 0, 38, 58};
  const RuleWeights weights = WeightsOf(counts);
  EXPECT_NEAR(static_cast<double>(weights[3].vote), 1000 * std::log(0.9 / (39.0 / 98)), 1.01);
  EXPECT_NEAR(static_cast<double>(weights[3].silence), 1000 * std::log(0.1 / (59.0 / 98)), 1.01);
}

TEST(RuleWeightsTest, SayWhereSoftwarePutsChangeWhenEnoughOfItIsKnown) {
  EraCounts counts;
  counts.last[3] = {290, 10, 10, 290};
  counts.last[4] = {289, 10, 10, 289};
  const RuleWeights weights = WeightsOf(counts);
  EXPECT_NEAR(static_cast<double>(weights.last[3].vote), 1000 * std::log(291.0 / 11), 1.01);
  EXPECT_EQ(weights.last[3].silence, -weights.last[3].vote);
  EXPECT_EQ(weights.last[4], RuleWeight{});
}

TEST(RuleWeightsTest, CountsAddUp) {
  EraCounts a;
  a.truths = 3;
  a.rules[0] = {1, 2, 3, 4};
  a.rules[13] = {5, 6, 7, 8};
  a.last[23] = {1, 1, 2, 2};
  EraCounts b = a;
  b.truths = 4;
  b.rules[0] = {10, 20, 30, 40};
  b += a;
  EXPECT_EQ(b.truths, 7u);
  EXPECT_EQ(b.rules[0], (RuleCounts{11, 22, 33, 44}));
  EXPECT_EQ(b.rules[13], (RuleCounts{10, 12, 14, 16}));
  EXPECT_EQ(b.last[23], (RuleCounts{2, 2, 4, 4}));
}

TEST(ChangeScore, StartsFromOneInAsManyAsThereAreOutputs) {
  const RuleWeights none{};
  EXPECT_EQ(Score(none, PlainPayment(2))[1], 0);
  EXPECT_EQ(Score(none, PlainPayment(3))[2], -693);  // 1 to 2
  EXPECT_EQ(Score(none, PlainPayment(16))[15], -2708);
  EXPECT_EQ(Score(none, PlainPayment(3))[3], 0);  // no output
}

TEST(ChangeScore, TakesTheStrongestOfAFamilyAndAddsFamilies) {
  RuleWeights weights{};
  Of(weights, ChangeRule::kNotRound) = {700, -300};
  Of(weights, ChangeRule::kNotRound1000) = {500, -900};
  Of(weights, ChangeRule::kSameType) = {40, -60};
  Payment payment = PlainPayment();
  payment.outputs[0].value = 1'234'567;
  payment.outputs[0].type = ScriptType::kScriptHash;
  auto scores = Score(weights, payment);
  EXPECT_EQ(scores[0], 700 - 60);
  EXPECT_EQ(scores[1], -900 + 40);
  // Whatever their order.
  std::swap(Of(weights, ChangeRule::kNotRound), Of(weights, ChangeRule::kNotRound1000));
  scores = Score(weights, payment);
  EXPECT_EQ(scores[0], 700 - 60);
  EXPECT_EQ(scores[1], -900 + 40);
  // A rule that abstains, of all or of one output, adds nothing.
  Of(weights, ChangeRule::kOptimal) = {9000, -9000};
  Of(weights, ChangeRule::kConsumer) = {200, -9000};
  payment.outputs[1].spender = PlainSpender();
  scores = Score(weights, payment);
  EXPECT_EQ(scores[0], 700 - 60);
  EXPECT_EQ(scores[1], -900 + 40 + 200);
}

TEST(ChangeScore, LeavesOutRulesWithoutFamily) {
  RuleWeights weights{};
  Of(weights, ChangeRule::kGraphSense) = {5000, -5000};
  Of(weights, ChangeRule::kPeeling) = {5000, -5000};
  Payment payment = PlainPayment();
  payment.outputs[0].value = 1'234'567;
  payment.outputs[0].is_fresh = payment.outputs[0].is_paid_once = true;
  payment.is_peel_shaped = payment.was_peel_shaped = true;
  payment.outputs[0].spender = PlainSpender();
  ASSERT_NE(VoteOn(ChangeRule::kGraphSense, payment).known, 0u);
  ASSERT_NE(VoteOn(ChangeRule::kPeeling, payment).known, 0u);
  EXPECT_EQ(Score(weights, payment)[0], 0);
  EXPECT_EQ(Score(weights, payment)[1], 0);
}

TEST(ChangeScore, TakesTheLastAsThePayersSoftwareDoes) {
  RuleWeights weights{};
  Payment payment = PlainPayment();
  weights.last[NumberOf(payment.print)] = {1500, -1600};
  Of(weights, ChangeRule::kLast) = {9000, -9000};  // of all software together: not used
  EXPECT_EQ(Score(weights, payment)[0], -1600);
  EXPECT_EQ(Score(weights, payment)[1], 1500);
  payment.print.version = 1;
  EXPECT_EQ(Score(weights, payment)[0], 0);
  EXPECT_EQ(Score(weights, payment)[1], 0);
}

// Output 1 is not round, output 0 is.
class ChangeGuessTest : public ::testing::Test {
 protected:
  ChangeGuessTest() : payment_(PlainPayment()) {
    payment_.outputs[1].value = 2'345'678;
    SetMargin(2000);
  }
  void SetMargin(std::int64_t margin) {
    Of(weights_, ChangeRule::kNotRound) = {margin - 500, -500};
  }
  void ExpectGuess(std::size_t output, std::int64_t score) const {
    const std::optional<ChangeGuess> guess = Guess(weights_, payment_);
    ASSERT_TRUE(guess.has_value());
    EXPECT_EQ(guess->output, output);
    EXPECT_EQ(guess->score, score);
  }
  void ExpectNone(NoGuess why) const {
    NoGuess told{};
    EXPECT_FALSE(Guess(weights_, payment_, &told).has_value());
    EXPECT_EQ(told, why) << NoGuessName(told);
  }

  RuleWeights weights_{};
  Payment payment_;
};

TEST_F(ChangeGuessTest, IsTheBestByTwoNats) {
  ExpectGuess(1, 1500);
  std::swap(payment_.outputs[0], payment_.outputs[1]);
  ExpectGuess(0, 1500);
  SetMargin(1999);
  ExpectNone(NoGuess::kTwoCandidates);
}

TEST_F(ChangeGuessTest, IsNoneOfEqualOnes) {
  SetMargin(9000);
  payment_ = PlainPayment(3);
  payment_.outputs[0].value = payment_.outputs[2].value = 2'345'678;
  ExpectNone(NoGuess::kTwoCandidates);  // two against one
  payment_ = PlainPayment();
  ExpectNone(NoGuess::kTwoCandidates);
}

TEST_F(ChangeGuessTest, NeedsASpenderOfThePayersWalletAmongMoreThanThree) {
  SetMargin(9000);
  payment_ = PlainPayment(3);
  payment_.outputs[2].value = 2'345'678;
  ExpectGuess(2, 8500 - 693);
  for (const std::size_t outputs : {std::size_t{4}, kMaxChangeOutputs}) {
    payment_ = PlainPayment(outputs);
    payment_.outputs[2].value = 2'345'678;
    ExpectNone(NoGuess::kNoEvidence);
    // That others are not the payer's is not enough.
    for (ChangeOutput& output : payment_.outputs) {
      output.spender = PlainSpender();
      output.spender->print.version = 1;
    }
    payment_.outputs[2].spender.reset();
    ExpectNone(NoGuess::kNoEvidence);
    payment_.outputs[2].spender = PlainSpender();
    const std::optional<ChangeGuess> guess = Guess(weights_, payment_);
    ASSERT_TRUE(guess.has_value());
    EXPECT_EQ(guess->output, 2u);
    payment_.outputs[2].spender->print.version = 1;
    ExpectNone(NoGuess::kAnotherWallet);
  }
}

TEST_F(ChangeGuessTest, IsNoneWhereChangeIsPlain) {
  payment_.outputs[0].is_to_payer = true;
  ExpectNone(NoGuess::kPlainChange);
}

TEST_F(ChangeGuessTest, IsNotWhatAnotherWalletSpends) {
  payment_.outputs[1].spender = PlainSpender();
  ExpectGuess(1, 1500);
  payment_.outputs[1].spender->print.version = 1;
  ExpectNone(NoGuess::kAnotherWallet);
  // The other's spender may be anybody's.
  payment_.outputs[0].spender = payment_.outputs[1].spender;
  payment_.outputs[1].spender.reset();
  ExpectGuess(1, 1500);
}

TEST_F(ChangeGuessTest, IsNotWhatNamesNobody) {
  for (const ScriptType type :
       {ScriptType::kAnchor, ScriptType::kNonstandard, ScriptType::kWitnessUnknown}) {
    payment_.outputs[1].type = type;
    ExpectNone(NoGuess::kNamesNobody);
  }
  payment_.outputs[1].type = ScriptType::kMultisig;
  ExpectGuess(1, 1500);
  payment_.outputs[0].type = ScriptType::kAnchor;  // another may be
  ExpectGuess(1, 1500);
}

TEST_F(ChangeGuessTest, IsNoneWhereAPayJoinMayBe) {
  payment_ = PaymentOfTwoInputs();
  payment_.outputs[0].value = 500 * kMillionSatoshi;
  payment_.outputs[1].value = 590 * kMillionSatoshi - 1;
  payment_.input_sum = 1090 * kMillionSatoshi;
  ASSERT_TRUE(HasUnneededInput(payment_));
  ExpectGuess(1, 1500);  // of one type: nothing speaks for two wallets
  payment_.input_type.reset();
  ExpectNone(NoGuess::kMaybePayJoin);
  payment_.outputs[0].value = 400 * kMillionSatoshi;
  payment_.outputs[1].value = 689 * kMillionSatoshi + 1;
  ASSERT_FALSE(HasUnneededInput(payment_));
  ExpectGuess(1, 1500);
}

// What speaks against the others is not enough.
TEST_F(ChangeGuessTest, NeedsSomethingThatSpeaksForIt) {
  weights_ = {};
  Of(weights_, ChangeRule::kConsumer).silence = -5000;
  payment_ = PlainPayment();
  payment_.outputs[0].spender = PlainSpender();
  payment_.outputs[0].spender->outputs = 3;
  ASSERT_EQ(Score(weights_, payment_)[0], -5000);
  ExpectNone(NoGuess::kNoEvidence);
  // A vote of the payment itself, whatever its weight.
  payment_.outputs[1].value += 1;
  ExpectGuess(1, 0);
  payment_.outputs[1].value -= 1;
  ExpectNone(NoGuess::kNoEvidence);
  // A spender of the payer's wallet.
  payment_.outputs[1].spender = PlainSpender();
  payment_.outputs[1].spender->outputs = 2;
  ExpectGuess(1, 0);
  payment_.outputs[1].spender.reset();
  ExpectNone(NoGuess::kNoEvidence);
  // Another wallet spends all the others.
  payment_.outputs[0].spender->print.sequence = SequenceClass::kFinal;
  ExpectGuess(1, 0);
}

// Some output is last in every payment: where it stands is not enough.
TEST_F(ChangeGuessTest, NeedsMoreThanItsPlace) {
  weights_ = {};
  payment_ = PlainPayment();
  weights_.last[NumberOf(payment_.print)] = {3000, -3000};
  ExpectNone(NoGuess::kNoEvidence);
  payment_.outputs[1].spender = PlainSpender();
  ExpectGuess(1, 3000);
  payment_.outputs[0].spender = PlainSpender();
  ExpectGuess(1, 3000);
}

TEST_F(ChangeGuessTest, NeedsAllOthersToBeAnotherWallets) {
  weights_ = {};
  Of(weights_, ChangeRule::kConsumer).silence = -5000;
  payment_ = PlainPayment(3);
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
    payment_.outputs[i].spender = PlainSpender();
    payment_.outputs[i].spender->outputs = 3;
    payment_.outputs[i].spender->print.version = 1;
  }
  ExpectGuess(1, -693);
  payment_.outputs[2].spender->print.version = 2;
  ExpectNone(NoGuess::kNoEvidence);
}

// A table of scores once more: all of them, looked through for each question.
class SlowTable {
 public:
  void Add(std::int64_t score, bool is_right) { all_.push_back({score, is_right}); }
  std::optional<std::int64_t> Threshold(std::uint64_t truths, std::uint64_t one_in) const {
    for (std::int64_t from = -20'000; from < 20'000; from += 100) {
      const auto [right, wrong] = From(from);
      if (right > 0 && wrong * one_in <= truths) return from;
    }
    return std::nullopt;
  }
  std::uint32_t RightPermille(std::int64_t score) const {
    const auto [right, wrong] = From(FloorOf(score));
    return right == 0 ? 0 : static_cast<std::uint32_t>(right * 1000 / (right + wrong));
  }

 private:
  static std::int64_t FloorOf(std::int64_t score) {
    const std::int64_t clamped = std::clamp<std::int64_t>(score, -20'000, 19'999);
    return (clamped + 20'000) / 100 * 100 - 20'000;
  }
  std::pair<std::uint64_t, std::uint64_t> From(std::int64_t from) const {
    std::uint64_t right = 0;
    std::uint64_t wrong = 0;
    for (const auto& [score, is_right] : all_) {
      if (FloorOf(score) >= from) ++(is_right ? right : wrong);
    }
    return {right, wrong};
  }

  std::vector<std::pair<std::int64_t, bool>> all_;
};

TEST(ScoreTableTest, IsThatOfASlowTwin) {
  int found = 0;
  int none = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    ScoreTable table;
    ScoreTable halves[2];
    SlowTable slow;
    const std::uint64_t count = random() % 300;
    const std::uint64_t wrong_of_100 = random() % 101;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto range = static_cast<std::int64_t>(seed % 3 == 0 ? 60'000 : 3'000);
      const std::int64_t score = static_cast<std::int64_t>(random() % (2u * range)) - range;
      const bool is_right = random() % 100 >= wrong_of_100;
      table.Add(score, is_right);
      halves[i % 2].Add(score, is_right);
      slow.Add(score, is_right);
    }
    halves[0].Add(halves[1]);
    EXPECT_EQ(halves[0], table);
    for (const std::uint64_t one_in : {1u, 20u, 100u}) {
      for (const std::uint64_t truths :
           {std::uint64_t{0}, std::uint64_t{99}, std::uint64_t{100}, count, 10 * count}) {
        const auto threshold = table.Threshold(truths, one_in);
        ASSERT_EQ(threshold, slow.Threshold(truths, one_in)) << truths << " " << one_in;
        ++(threshold.has_value() ? found : none);
      }
    }
    for (std::int64_t score = -20'150; score <= 20'150; score += 50) {
      ASSERT_EQ(table.RightPermille(score), slow.RightPermille(score)) << score;
    }
  }
  EXPECT_GT(found, 100);
  EXPECT_GT(none, 100);
}

TEST(ScoreTableTest, AllowsSoManyWrongOnesAndNoMore) {
  ScoreTable table;
  for (int i = 0; i < 500; ++i) table.Add(4'000, true);
  for (int i = 0; i < 5; ++i) table.Add(3'000, false);
  table.Add(3'050, true);
  table.Add(2'000, false);
  EXPECT_EQ(table.Threshold(500, 100), 2'100);  // five wrong, but not six
  EXPECT_EQ(table.Threshold(499, 100), 3'100);
  EXPECT_EQ(table.Threshold(600, 100), -20'000);
  EXPECT_EQ(ScoreTable().Threshold(600, 100), std::nullopt);
  EXPECT_EQ(table.RightPermille(4'000), 1000u);
  EXPECT_EQ(table.RightPermille(3'000), 501'000u / 506);
  EXPECT_EQ(table.RightPermille(4'100), 0u);
}

EraCounts CountsOf(std::uint64_t truths, ChangeRule told_by) {
  EraCounts counts;
  counts.truths = truths;
  counts.rules[static_cast<std::size_t>(told_by)] = {truths, 0, 0, truths};
  return counts;
}

TEST(ChangeModelTest, NeedsThreeHundredTruths) {
  const EraCounts half = CountsOf(150, ChangeRule::kFresh);
  EXPECT_TRUE(ChangeModel(0, {half, half}).is_fitted());
  EXPECT_EQ(ChangeModel(0, {half, half}).truths(), 300u);
  const ChangeModel fewer(0, {half, CountsOf(149, ChangeRule::kFresh)});
  EXPECT_FALSE(fewer.is_fitted());
  EXPECT_EQ(fewer.truths(), 299u);
  EXPECT_EQ(fewer.standard_threshold(), std::nullopt);
}

TEST(ChangeModelTest, GivesErasWithFewTruthsTheWholeChainsWeights) {
  const EraCounts few = CountsOf(999, ChangeRule::kFresh);
  const EraCounts enough = CountsOf(1000, ChangeRule::kSameType);
  EraCounts all = few;
  all += enough;
  constexpr std::uint64_t kFrom = 1234;
  const ChangeModel model(kFrom, {few, enough});
  ASSERT_EQ(model.eras().size(), 2u);
  EXPECT_EQ(model.eras()[0].truths, 999u);
  EXPECT_EQ(model.eras()[1].truths, 1000u);
  ASSERT_NE(WeightsOf(all), WeightsOf(enough));
  EXPECT_EQ(model.WeightsAt(kFrom), WeightsOf(all));
  EXPECT_EQ(model.WeightsAt(kFrom + kEraBlocks - 1), WeightsOf(all));
  EXPECT_EQ(model.WeightsAt(kFrom + kEraBlocks), WeightsOf(enough));
  EXPECT_EQ(model.WeightsAt(kFrom + 9 * kEraBlocks), WeightsOf(enough));  // the last one's
}

TEST(ChangeModelTest, GivesErasTheWholeChainsPlacesOfChange) {
  EraCounts known = CountsOf(1000, ChangeRule::kFresh);
  known.last[5] = {400, 0, 0, 400};
  EraCounts other = CountsOf(1000, ChangeRule::kFresh);
  other.last[5] = {0, 299, 299, 0};
  EraCounts all = known;
  all += other;
  const ChangeModel model(0, {known, other});
  EXPECT_EQ(model.WeightsAt(0).last[5], WeightsOf(known).last[5]);
  EXPECT_EQ(model.WeightsAt(kEraBlocks).last[5], WeightsOf(all).last[5]);
  ASSERT_NE(WeightsOf(all).last[5], RuleWeight{});
}

TEST(ChangeModelTest, SetsThresholdsOfItsProfiles) {
  ChangeModel model(0, {CountsOf(1000, ChangeRule::kFresh)});
  ScoreTable table;
  for (int i = 0; i < 900; ++i) table.Add(5'000, true);
  for (int i = 0; i < 10; ++i) table.Add(3'000, false);
  for (int i = 0; i < 40; ++i) table.Add(2'000, false);
  table.Add(1'000, false);
  model.SetThresholds(table);
  EXPECT_EQ(model.standard_threshold(), 2'100);      // ten wrong of a thousand
  EXPECT_EQ(model.exploratory_threshold(), 1'100);   // fifty
  EXPECT_EQ(model.ConfidencePermille(5'000), 999u);  // never certain
  EXPECT_EQ(model.ConfidencePermille(3'000), 900'000u / 910);
}

// Addresses by hand: the payer is 7, outputs pay 100 and 101.
class KnownChangeTest : public ::testing::Test {
 protected:
  KnownChangeTest() : unions_(200) {}
  std::optional<std::size_t> Known(const Payment& payment) {
    unions_.Flatten();
    return KnownChange(payment, unions_);
  }
  UnionByMin unions_;
};

TEST_F(KnownChangeTest, IsTheOneOfTwoInThePayersCluster) {
  const Payment payment = PlainPayment();
  EXPECT_EQ(Known(payment), std::nullopt);
  unions_.Unite(101, 3);
  EXPECT_EQ(Known(payment), std::nullopt);
  unions_.Unite(3, 7);
  EXPECT_EQ(Known(payment), std::size_t{1});
  unions_.Unite(100, 3);  // both
  EXPECT_EQ(Known(payment), std::nullopt);
}

TEST_F(KnownChangeTest, IsTheFirstAsWell) {
  unions_.Unite(100, 7);
  EXPECT_EQ(Known(PlainPayment()), std::size_t{0});
}

TEST_F(KnownChangeTest, IsNoneOfThreeNorWhereItWasPlain) {
  unions_.Unite(101, 7);
  EXPECT_EQ(Known(PlainPayment(3)), std::nullopt);
  Payment plain = PlainPayment();
  plain.outputs[1].is_to_payer = true;
  EXPECT_EQ(Known(plain), std::nullopt);
  EXPECT_EQ(Known(PlainPayment()), std::size_t{1});
}

}  // namespace
}  // namespace coinwake::test
