// Goal: prices are read and bracketed exactly, and payouts are the whole units that any price and
// fee allows, to the unit. Method: cases made by hand, each end on both sides.
#include "hints/rate_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/hints/movements.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

using ::testing::HasSubstr;

std::string Read(std::string_view text) {
  const std::optional<Price> price = ParsePrice(text);
  return price.has_value() ? PriceText(*price) : "none";
}

TEST(Prices, AreDecimalTextToTheLastDigit) {
  EXPECT_EQ(Read("42000.50"), "42000.5");
  EXPECT_EQ(Read("0042"), "42");
  EXPECT_EQ(Read("0.000000000000000001"), "0.000000000000000001");
  EXPECT_EQ(Read("999999999999999999.999999999999999999"), "999999999999999999.999999999999999999");
  for (const char* bad : {"", "0", "0.0", ".5", "5.", "-1", "+1", "1e3", "1,5", "1.2.3", " 1",
                          "0x1", "1000000000000000000", "0.0000000000000000001"}) {
    EXPECT_EQ(Read(bad), "none") << bad;
  }
}

TEST(Rates, AscendInTime) {
  EXPECT_THAT(RatePath::Make({}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(RatePath::Make({{10, 1}, {10, 2}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rate 2")));
  EXPECT_THAT(RatePath::Make({{10, 1}, {11, 2}}), IsOk());
}

TEST(Rates, BracketTheTimesBetweenPoints) {
  ASSERT_OK_AND_ASSIGN(const RatePath path, RatePath::Make({{100, 5},
                                                            {200, 7},
                                                            {300, 2},
                                                            {300 + kLongestRateGap, 9},
                                                            {301 + 2 * kLongestRateGap, 1}}));
  const auto between = [&path](std::int64_t from, std::int64_t to) {
    const std::optional<PriceRange> range = path.Between(from, to);
    if (!range.has_value()) return std::string("none");
    return std::to_string(static_cast<int>(range->low)) + " to " +
           std::to_string(static_cast<int>(range->high));
  };
  EXPECT_EQ(between(100, 100), "5 to 5");
  EXPECT_EQ(between(100, 101), "5 to 7");
  EXPECT_EQ(between(150, 200), "5 to 7");
  EXPECT_EQ(between(150, 201), "2 to 7");
  EXPECT_EQ(between(200, 200), "7 to 7");
  EXPECT_EQ(between(99, 150), "none");  // before the first
  EXPECT_EQ(between(250, 301), "2 to 9");
  // After a gap that is too long by a second.
  EXPECT_EQ(between(250, 300 + kLongestRateGap), "2 to 9");
  EXPECT_EQ(between(250, 301 + kLongestRateGap), "none");
  EXPECT_EQ(between(301 + 2 * kLongestRateGap, 301 + 2 * kLongestRateGap), "1 to 1");
  EXPECT_EQ(between(301 + 2 * kLongestRateGap, 302 + 2 * kLongestRateGap), "none");
}

std::string Payout(Uint128 amount, const PriceRange& prices, const PayoutTerms& terms) {
  const AmountRange range = PayoutOf(amount, prices, terms);
  return std::to_string(static_cast<std::uint64_t>(range.low)) + " to " +
         std::to_string(static_cast<std::uint64_t>(range.high));
}

TEST(Payouts, AreExactInBothDirections) {
  // A bitcoin at 40,000 to 41,000, with up to 3 % kept.
  const PriceRange prices{Whole(40'000), Whole(41'000)};
  PayoutTerms terms{.is_base_deposited = true, .decimals_in = 8, .decimals_out = 6};
  EXPECT_EQ(Payout(100'000'000, prices, terms), "38800000000 to 41000000000");
  EXPECT_EQ(Payout(1, prices, terms), "388 to 410");
  terms.is_base_deposited = false;
  terms.decimals_in = 6;
  terms.decimals_out = 8;
  // 40,000 USDT at 41,000 less 3 % is 0.94634146..., at 40,000 one.
  EXPECT_EQ(Payout(40'000'000'000, prices, terms), "94634146 to 100000000");
}

TEST(Payouts, AreRoundedOutwardsLessAFlatFee) {
  PayoutTerms terms{.decimals_in = 0, .decimals_out = 0, .fee_max_permille = 1};
  const PriceRange one{Whole(1), Whole(1)};
  EXPECT_EQ(Payout(1'500, one, terms), "1498 to 1500");  // 1498.5
  terms.flat_fee = 100;
  EXPECT_EQ(Payout(1'500, one, terms), "1398 to 1400");
  terms.tolerance = 10;
  EXPECT_EQ(Payout(1'500, one, terms), "1388 to 1410");
  EXPECT_EQ(Payout(90, one, terms), "1 to 0");  // less than the fee, whatever the tolerance
  EXPECT_EQ(Payout(101, one, terms), "1 to 11");
  terms = {.decimals_in = 0, .decimals_out = 0, .fee_min_permille = 10, .fee_max_permille = 1000};
  EXPECT_EQ(Payout(1'000, one, terms), "1 to 990");
}

TEST(Payouts, OfTheLargestAmountsAndPricesSaturate) {
  const Price most = *ParsePrice("999999999999999999.999999999999999999");
  const PayoutTerms terms{.decimals_in = 0, .decimals_out = kMostDecimals};
  const AmountRange range = PayoutOf(3 * kMaxFlowAmount, {1, most}, terms);
  EXPECT_EQ(range.high, ~Uint128{0});
  EXPECT_GT(range.low, 0);
}

}  // namespace
}  // namespace coinwake::test
