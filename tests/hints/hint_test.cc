// Goal: each condition of a hint decides, on both sides of its threshold. Method: a swap that
// passes them all among few other movements, changed in one thing at a time.
#include "hints/hint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/hints/movements.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;

constexpr Uint128 kSwapped = 123'457;  // no round number

std::string Told(const HintAnswer& answer) {
  std::string text(HintVerdictName(answer.verdict));
  if (answer.hint.has_value()) text += answer.hint->is_strict ? " strict" : " lead";
  return text;
}

// A deposit at noon of which just one withdrawal, an hour later, is the payout.
class HintTest : public ::testing::Test {
 protected:
  HintTest() {
    streams_.Live(kNoon);
    streams_.Deposit(kNoon, kSwapped);
    streams_.Withdraw(kNoon + kHour, kSwapped);
  }
  std::string Ask() { return Told(streams_.AskDeposit(kNoon)); }

  Streams streams_;
};

TEST_F(HintTest, IsToldWithItsEvidence) {
  const HintAnswer answer = streams_.AskDeposit(kNoon);
  ASSERT_EQ(Told(answer), "hint strict");
  const Hint& hint = *answer.hint;
  EXPECT_EQ(hint.shape, HintShape::kPair);
  EXPECT_THAT(hint.deposits, ElementsAre(0));
  EXPECT_THAT(hint.withdrawals, ElementsAre(1));
  EXPECT_TRUE(hint.is_alone);
  EXPECT_EQ(hint.payout.low, kSwapped);
  EXPECT_EQ(hint.payout.high, kSwapped);
  EXPECT_EQ(hint.candidates, 1U);
  EXPECT_EQ(hint.competitors, 1U);
  EXPECT_EQ(hint.chance.windows, 60U);
  EXPECT_EQ(hint.chance.hits, 0U);
  EXPECT_EQ(hint.digits, 6);
  EXPECT_EQ(hint.withdrawals_around, 3U);
  EXPECT_EQ(Told(streams_.AskWithdrawal(kNoon + kHour)), "hint strict");
}

TEST(HintWindow, EndsAfterSixHoursAndBeginsAfterTheDeposit) {
  const std::vector<std::pair<std::int64_t, std::string>> cases = {{0, "nothing_fits"},
                                                                   {1, "hint strict"},
                                                                   {6 * kHour, "hint strict"},
                                                                   {6 * kHour + 1, "nothing_fits"}};
  for (const auto& [wait, told] : cases) {
    Streams streams;
    streams.Live(kNoon);
    streams.Deposit(kNoon, kSwapped);
    streams.Withdraw(kNoon + wait, kSwapped);
    EXPECT_EQ(Told(streams.AskDeposit(kNoon)), told) << wait;
  }
}

TEST(HintAmounts, LieWithinFeesAndPrices) {
  const auto told = [](Uint128 paid) {
    Streams streams;
    streams.parameters().terms.fee_max_permille = 30;
    streams.set_rates(*RatePath::Make({{kNoon - kDay, Whole(2)},
                                       {kNoon + kHour, Whole(2)},
                                       {kNoon + 2 * kHour, Whole(3)},
                                       {kNoon + kDay, Whole(2)}}));
    streams.Live(kNoon);
    streams.Deposit(kNoon, 10'001);
    streams.Withdraw(kNoon + kHour, paid);
    return Told(streams.AskDeposit(kNoon));
  };
  EXPECT_EQ(told(19'401), "hint strict");
  EXPECT_EQ(told(20'002), "hint strict");
  EXPECT_EQ(told(20'003), "nothing_fits");  // the price rises later
  EXPECT_EQ(told(19'400), "nothing_fits");  // 19,401.94 less a fee of 3 %, rounded down
}

TEST(HintDigits, AreFourOnBothSides) {
  const auto told = [](Uint128 amount) {
    Streams streams;
    streams.Live(kNoon);
    streams.Deposit(kNoon, amount);
    streams.Withdraw(kNoon + kHour, amount);
    return Told(streams.AskDeposit(kNoon));
  };
  EXPECT_EQ(told(123'400), "hint strict");
  EXPECT_EQ(told(123'000), "too_round");
  EXPECT_EQ(told(100'000'000), "too_round");
  // What was deposited was asked for by a person, whatever it is paid out as.
  Streams streams;
  streams.parameters().terms.fee_max_permille = 30;
  streams.Live(kNoon);
  streams.Deposit(kNoon, 100'000);
  streams.Withdraw(kNoon + kHour, 98'765);
  EXPECT_EQ(Told(streams.AskDeposit(kNoon)), "too_round");
}

TEST(HintDigits, AreNoneOfARoundnessThatIsTypical) {
  Streams streams;
  streams.Live(kNoon);
  streams.Deposit(kNoon, 12'345'000);
  streams.Withdraw(kNoon + kHour, 12'345'000);
  // With these and the two at the ends ten others; two of them end in three zeros.
  streams.Withdraw(kNoon + 7 * kHour, 7'000);
  streams.Withdraw(kNoon + 8 * kHour, 7'000);
  for (int i = 0; i < 6; ++i) streams.Withdraw(kNoon + (9 + i) * kHour, 1'001);
  EXPECT_EQ(Told(streams.AskDeposit(kNoon)), "too_round");
  streams.Withdraw(kNoon + 20 * kHour, 1'001);  // two of eleven
  EXPECT_EQ(Told(streams.AskDeposit(kNoon)), "hint strict");
}

TEST_F(HintTest, IsNoMoreThanALeadFromOneHitInSixtyOn) {
  for (int hits = 1; hits <= 4; ++hits) {
    // In the window of a day each; the second just within, the third just outside the amount.
    streams_.Withdraw(kNoon + hits * kDay + 6 * kHour, kSwapped);
    streams_.Withdraw(kNoon + hits * kDay + 6 * kHour + 1, kSwapped);
    streams_.Withdraw(kNoon - hits * kDay + kHour, kSwapped + 1);
    EXPECT_EQ(Ask(), hits <= 3 ? "hint lead" : "by_chance") << hits;
  }
}

TEST_F(HintTest, CountsNoHitBeyondThirtyDays) {
  streams_.Withdraw(kNoon + 31 * kDay - kHour, kSwapped);
  streams_.Withdraw(kNoon - 31 * kDay + kHour, kSwapped);
  EXPECT_EQ(Ask(), "hint strict");
  streams_.Withdraw(kNoon - 30 * kDay + kHour, kSwapped);
  EXPECT_EQ(Ask(), "hint lead");
}

// 30 windows before a deposit of today, and what of them the service lived through.
TEST(HintWindows, CountWhileTheServiceLives) {
  const auto told = [](std::int64_t since, std::int64_t until) {
    Streams streams;
    streams.Deposit(kNoon, kSwapped);
    streams.Withdraw(kNoon + kHour, kSwapped);
    streams.Withdraw(kNoon + since, 3);
    streams.Withdraw(kNoon + until, 3);
    const HintAnswer answer = streams.AskDeposit(kNoon);
    return Told(answer) +
           (answer.hint.has_value() ? " " + std::to_string(answer.hint->chance.windows) : "");
  };
  EXPECT_EQ(told(-30 * kDay, 30 * kDay + 6 * kHour), "hint strict 60");
  EXPECT_EQ(told(-30 * kDay + 1, 30 * kDay + 6 * kHour), "hint strict 59");
  EXPECT_EQ(told(-30 * kDay, 30 * kDay + 6 * kHour - 1), "hint strict 59");
  EXPECT_EQ(told(-25 * kDay, 26 * kDay), "hint strict 50");
  EXPECT_EQ(told(-24 * kDay, 26 * kDay), "hint lead 49");
  EXPECT_EQ(told(-10 * kDay, 7 * kHour), "hint lead 10");
  EXPECT_EQ(told(-9 * kDay, 7 * kHour), "by_chance");
  // Withdrawals of more than 31 days ago are not looked at.
  EXPECT_EQ(told(-31 * kDay, 7 * kHour), "hint lead 30");
  EXPECT_EQ(told(-31 * kDay - 1, 7 * kHour), "by_chance");
}

TEST_F(HintTest, IsAmbiguousWhereTwoFitEitherSide) {
  streams_.Withdraw(kNoon + 2 * kHour, kSwapped);
  EXPECT_EQ(Ask(), "ambiguous");
  EXPECT_EQ(Told(streams_.AskWithdrawal(kNoon + 2 * kHour)), "ambiguous");
  Streams streams;
  streams.Live(kNoon);
  streams.Deposit(kNoon, kSwapped);
  streams.Deposit(kNoon - kHour, kSwapped);
  streams.Withdraw(kNoon + kHour, kSwapped);
  EXPECT_EQ(Told(streams.AskDeposit(kNoon)), "ambiguous");
  EXPECT_EQ(Told(streams.AskDeposit(kNoon - kHour)), "ambiguous");
}

// A second deposit that only the second withdrawal fits leaves the first for the first.
TEST_F(HintTest, IsALeadWhereEveryAssignmentHasIt) {
  streams_.parameters().terms.tolerance = 10;
  streams_.Deposit(kNoon + kHour, kSwapped + 15);
  streams_.Withdraw(kNoon + 2 * kHour, kSwapped + 10);
  const HintAnswer answer = streams_.AskDeposit(kNoon);
  ASSERT_EQ(Told(answer), "hint lead");
  EXPECT_FALSE(answer.hint->is_alone);
  EXPECT_EQ(answer.hint->candidates, 2U);
  EXPECT_EQ(answer.hint->competitors, 1U);
  EXPECT_EQ(answer.hint->chance.subsets, 2U);
  EXPECT_EQ(Told(streams_.AskDeposit(kNoon + kHour)), "hint lead");
  EXPECT_EQ(Told(streams_.AskWithdrawal(kNoon + kHour)), "hint lead");
}

TEST_F(HintTest, SaysNothingOfWhatIsNotIndexed) {
  const KnownTimes known{kNoon - 12 * kHour, kNoon + 6 * kHour};
  streams_.set_deposits_known(known);
  streams_.set_withdrawals_known(known);
  EXPECT_EQ(Ask(), "hint strict");
  streams_.set_withdrawals_known({known.first, known.last - 1});
  EXPECT_EQ(Ask(), "not_indexed");
  streams_.set_withdrawals_known(known);
  streams_.set_deposits_known({known.first + 1, known.last});
  EXPECT_EQ(Ask(), "not_indexed");
}

TEST_F(HintTest, SaysNothingWithoutPrices) {
  streams_.set_rates(
      *RatePath::Make({{kNoon - 12 * kHour, Whole(1)}, {kNoon + 6 * kHour, Whole(1)}}));
  EXPECT_EQ(Ask(), "hint strict");
  streams_.set_rates(
      *RatePath::Make({{kNoon - 12 * kHour, Whole(1)}, {kNoon + 6 * kHour - 1, Whole(1)}}));
  EXPECT_EQ(Ask(), "no_price");
}

// Deposits and withdrawals that fit in a row, further than is followed.
TEST(HintChains, AreFollowedSoFar) {
  const auto told = [](int links) {
    Streams streams;
    streams.Live(kNoon);
    for (std::int64_t i = 0; i < links; ++i) {
      streams.Deposit(kNoon + 5 * i * kHour, kSwapped);
      streams.Withdraw(kNoon + (5 * i + 5) * kHour, kSwapped);
      streams.Withdraw(kNoon + (5 * i + 6) * kHour, kSwapped);
    }
    return Told(streams.AskDeposit(kNoon));
  };
  EXPECT_EQ(told(4), "ambiguous");
  EXPECT_EQ(told(6), "too_many");
}

// Parts.

class HintPartsTest : public ::testing::Test {
 protected:
  HintPartsTest() { streams_.Live(kNoon); }
  std::string Ask() {
    const HintAnswer answer = streams_.AskDeposit(kNoon);
    std::string text = Told(answer);
    if (answer.hint.has_value()) {
      text += " " + std::string(HintShapeName(answer.hint->shape)) + " " +
              std::to_string(answer.hint->chance.subsets);
    }
    return answer.has_untried_parts ? text + " untried" : text;
  }

  Streams streams_;
};

TEST_F(HintPartsTest, OfOneDepositArePaidTogether) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Withdraw(kNoon + kHour, 23'456);
  streams_.Withdraw(kNoon + 2 * kHour, kSwapped - 23'456);
  EXPECT_EQ(Ask(), "hint lead split 1");
  streams_.Withdraw(kNoon + 3 * kHour, 50'001);  // four sets of three
  EXPECT_EQ(Ask(), "hint lead split 4");
  streams_.Withdraw(kNoon + 4 * kHour, kSwapped / 20 - 1);  // too small for a part
  EXPECT_EQ(Ask(), "hint lead split 4");
  streams_.Withdraw(kNoon + 4 * kHour, kSwapped / 20);  // ten sets of four are too many
  EXPECT_EQ(Ask(), "nothing_fits untried");
}

TEST_F(HintPartsTest, OfOneDepositMayBeThree) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Withdraw(kNoon + kHour, 23'456);
  streams_.Withdraw(kNoon + 2 * kHour, 33'333);
  streams_.Withdraw(kNoon + 3 * kHour, kSwapped - 23'456 - 33'333);
  EXPECT_EQ(Ask(), "hint lead split 4");
  // One that fits another deposit alone may be its payout.
  streams_.Deposit(kNoon + kHour, 33'333);
  EXPECT_EQ(Ask(), "ambiguous");
}

TEST_F(HintPartsTest, OfOneDepositAreWithinTheWindow) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Withdraw(kNoon + kHour, 23'456);
  streams_.Withdraw(kNoon + 6 * kHour + 1, kSwapped - 23'456);
  EXPECT_EQ(Ask(), "nothing_fits");
}

TEST_F(HintPartsTest, OfOneDepositAreTheOnlyOnes) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Withdraw(kNoon + kHour, 23'456);
  streams_.Withdraw(kNoon + 2 * kHour, kSwapped - 23'456);
  streams_.Withdraw(kNoon + 3 * kHour, kSwapped - 23'456);
  EXPECT_EQ(Ask(), "ambiguous");
}

TEST_F(HintPartsTest, OfAGroupArePaidOutAtOnce) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Deposit(kNoon + kHour, 45'678);
  streams_.Withdraw(kNoon + 2 * kHour, kSwapped + 45'678);
  EXPECT_EQ(Ask(), "hint lead merge 1");
  EXPECT_EQ(streams_.AskDeposit(kNoon + kHour).hint, streams_.AskDeposit(kNoon).hint);
  streams_.Deposit(kNoon + kHour, 11'111);
  EXPECT_EQ(Ask(), "hint lead merge 3");
  streams_.Deposit(kNoon + kHour, 11'211);
  EXPECT_EQ(Ask(), "hint lead merge 6");
  streams_.Deposit(kNoon + kHour, 11'311);
  EXPECT_EQ(Ask(), "nothing_fits untried");
}

TEST_F(HintPartsTest, OfAGroupMayBeThree) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Deposit(kNoon + kHour, 45'678);
  streams_.Deposit(kNoon + 2 * kHour, 11'111);
  streams_.Withdraw(kNoon + 6 * kHour, kSwapped + 45'678 + 11'111);
  EXPECT_EQ(Ask(), "hint lead merge 3");
}

TEST_F(HintPartsTest, OfAGroupFitTheWindowOfTheFirst) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Deposit(kNoon + kHour, 45'678);
  streams_.Withdraw(kNoon + 6 * kHour + 1, kSwapped + 45'678);
  EXPECT_EQ(Ask(), "nothing_fits");
  streams_.Withdraw(kNoon + kHour, kSwapped + 45'678);  // not after the second
  EXPECT_EQ(Ask(), "nothing_fits");
}

TEST_F(HintPartsTest, OfAGroupHaveNoPayoutOfTheirOwn) {
  streams_.Deposit(kNoon, kSwapped);
  streams_.Deposit(kNoon + kHour, 45'678);
  streams_.Withdraw(kNoon + 2 * kHour, kSwapped + 45'678);
  streams_.Withdraw(kNoon + 3 * kHour, 45'678);
  EXPECT_EQ(Ask(), "nothing_fits");
  EXPECT_EQ(Told(streams_.AskDeposit(kNoon + kHour)), "hint strict");
}

TEST(HintSearchTest, StopsWhenCancelled) {
  std::vector<ServiceMovement> deposits(1);
  deposits.front().at.time = kNoon;
  const RatePath rates = FixedRate(1);
  const Fits fits(deposits, {}, rates, {});
  const AlwaysCancelled cancelled;
  EXPECT_THAT(HintSearch(fits, kAllTimes, kAllTimes).AskDeposit(0, {}, &cancelled),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace coinwake::test
