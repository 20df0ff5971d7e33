// Goal: the mean, its thresholds, the confidence and the digits are those of the rule, on both
// sides of each bound. Method: figures by hand.
#include "hints/chance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/hints/movements.h"

namespace coinwake::test {
namespace {

TEST(ChanceTest, ThresholdsAreReachedAndPassed) {
  // Without a hit half of one counts: 0.5 of 50 is 0.01.
  EXPECT_TRUE((Chance{.hits = 0, .windows = 50}.IsAtMost(kStrictPermille)));
  EXPECT_FALSE((Chance{.hits = 0, .windows = 49}.IsAtMost(kStrictPermille)));
  EXPECT_TRUE((Chance{.hits = 0, .windows = 10}.IsAtMost(kLeadPermille)));
  EXPECT_FALSE((Chance{.hits = 0, .windows = 9}.IsAtMost(kLeadPermille)));
  EXPECT_TRUE((Chance{.hits = 3, .windows = 60}.IsAtMost(kLeadPermille)));
  EXPECT_FALSE((Chance{.hits = 4, .windows = 60}.IsAtMost(kLeadPermille)));
  EXPECT_FALSE((Chance{.hits = 1, .windows = 60}.IsAtMost(kStrictPermille)));
  EXPECT_TRUE((Chance{.hits = 0, .windows = 60, .subsets = 6}.IsAtMost(kLeadPermille)));
  EXPECT_FALSE((Chance{.hits = 0, .windows = 60, .subsets = 7}.IsAtMost(kLeadPermille)));
  EXPECT_FALSE((Chance{.hits = 0, .windows = 0}.IsAtMost(1000)));
}

TEST(ChanceTest, IsToldInDecimals) {
  EXPECT_EQ(ChanceText({.hits = 0, .windows = 60}), "0.008334");  // rounded up
  EXPECT_EQ(ChanceText({.hits = 3, .windows = 60}), "0.050000");
  EXPECT_EQ(ChanceText({.hits = 90, .windows = 60, .subsets = 2}), "3.000000");
  // 1 / (1 + 1/120), 1 / 1.05, and with a prior of a fifth 1 / (1 + 0.05 * 4).
  EXPECT_EQ(ConfidenceText({.hits = 0, .windows = 60}, 500), "0.9917");
  EXPECT_EQ(ConfidenceText({.hits = 3, .windows = 60}, 500), "0.9523");
  EXPECT_EQ(ConfidenceText({.hits = 3, .windows = 60}, 200), "0.8333");
  EXPECT_EQ(ConfidenceText({.hits = 3, .windows = 60}, 1000), "1.0000");
}

TEST(Digits, AreCountedWithoutTrailingZeros) {
  EXPECT_EQ(SignificantDigits(0), 0);
  EXPECT_EQ(SignificantDigits(1'000'000'000), 1);
  EXPECT_EQ(SignificantDigits(123'400), 4);
  EXPECT_EQ(SignificantDigits(100'010), 5);
  EXPECT_EQ(TrailingZeros(123'400), 2);
  EXPECT_EQ(TrailingZeros(7), 0);
  EXPECT_EQ(SignificantDigits(kMaxFlowAmount), 29);
}

// Whether an amount is typical of a service that paid it and these.
bool IsTypicalAmong(std::vector<std::uint64_t> amounts, std::uint64_t amount) {
  amounts.push_back(amount);
  std::vector<ServiceMovement> movements(amounts.size());
  for (std::size_t i = 0; i < amounts.size(); ++i) movements[i].amount = amounts[i];
  const Roundness roundness(movements);
  EXPECT_EQ(roundness.all(), amounts.size());
  return roundness.IsTypical(amount);
}

TEST(RoundnessTest, IsTypicalWhereOneInFiveIsAsRound) {
  // Half end in two zeros: so much is the unit in which the service pays.
  const std::vector<std::uint64_t> paid = {1'100, 1'200, 13'000, 14'000, 1'500'000,
                                           17,    18,    19,     21,     22};
  EXPECT_FALSE(IsTypicalAmong(paid, 77));
  EXPECT_FALSE(IsTypicalAmong(paid, 770));
  EXPECT_FALSE(IsTypicalAmong(paid, 7'700));
  EXPECT_TRUE(IsTypicalAmong(paid, 77'000));    // three of ten others are, which is no unit
  EXPECT_FALSE(IsTypicalAmong(paid, 770'000));  // one of ten
  EXPECT_FALSE(IsTypicalAmong(paid, 77'000'000));
  EXPECT_FALSE(IsTypicalAmong({}, 1'000));
}

TEST(RoundnessTest, CountsThoseThatAreAsRoundOrMore) {
  std::vector<ServiceMovement> movements(3);
  movements[0].amount = 1'000;
  movements[1].amount = 50;
  movements[2].amount = 7;
  const Roundness roundness(movements);
  EXPECT_EQ(roundness.AsRound(7), 3U);
  EXPECT_EQ(roundness.AsRound(20), 2U);
  EXPECT_EQ(roundness.AsRound(300), 1U);
  EXPECT_EQ(roundness.AsRound(10'000), 0U);
}

}  // namespace
}  // namespace coinwake::test
