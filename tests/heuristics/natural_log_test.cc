// Goal: logarithms in integers are those of mathematics, rounded. Method: beside std::log, over all
// small fractions, random ones of every size, and the ends of the range.
#include "heuristics/natural_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace coinwake::test {
namespace {

constexpr std::uint64_t kMost = (std::uint64_t{1} << 62) - 1;

void ExpectLog(std::uint64_t numerator, std::uint64_t denominator) {
  const long double exact = 1000 * (std::log(static_cast<long double>(numerator)) -
                                    std::log(static_cast<long double>(denominator)));
  const std::int64_t log = MilliNats(numerator, denominator);
  // To nearest: half of one, and what the bits kept leave open.
  ASSERT_NEAR(static_cast<double>(static_cast<long double>(log) - exact), 0.0, 0.501)
      << numerator << " / " << denominator;
  ASSERT_EQ(MilliNats(denominator, numerator), -log) << numerator << " / " << denominator;
}

TEST(NaturalLog, IsThatOfSmallFractions) {
  for (std::uint64_t numerator = 1; numerator <= 300; ++numerator) {
    for (std::uint64_t denominator = 1; denominator <= 300; ++denominator) {
      ExpectLog(numerator, denominator);
    }
  }
}

TEST(NaturalLog, IsThatOfLargeFractions) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t numerator = random() >> (2 + random() % 62);
    const std::uint64_t denominator = random() >> (2 + random() % 62);
    if (numerator > 0 && denominator > 0) ExpectLog(numerator, denominator);
  }
}

TEST(NaturalLog, IsZeroOfOne) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = (random() >> (2 + random() % 61)) + 1;
    EXPECT_EQ(MilliNats(value, value), 0) << value;
  }
  EXPECT_EQ(MilliNats(kMost, kMost), 0);
}

TEST(NaturalLog, ReachesTheEndsOfItsRange) {
  ExpectLog(kMost, 1);
  ExpectLog(kMost, 2);
  ExpectLog(kMost, kMost - 1);
  ExpectLog(std::uint64_t{1} << 61, 1);
  EXPECT_EQ(MilliNats(kMost, 1), 42'975);
  EXPECT_EQ(MilliNats(1, kMost), -42'975);
  EXPECT_EQ(MilliNats(2, 1), 693);
}

}  // namespace
}  // namespace coinwake::test
