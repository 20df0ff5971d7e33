// Goal: chances are exact, and never told smaller than they are. Method: against all draws of small
// groups one by one, against a textbook's figure, and both ends.
#include "timeline/probability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

namespace coinwake::test {
namespace {

TEST(ProbabilityOfSharing, IsThatOfAllDraws) {
  constexpr std::uint64_t kMembers = 9;
  for (std::uint64_t marked = 0; marked <= kMembers; ++marked) {
    for (std::uint64_t drawn = 0; drawn <= kMembers; ++drawn) {
      for (std::uint64_t shared = 0; shared <= std::min(marked, drawn); ++shared) {
        std::uint64_t draws = 0;
        std::uint64_t as_many = 0;
        for (std::uint32_t bits = 0; bits < (1U << kMembers); ++bits) {
          if (static_cast<std::uint64_t>(std::popcount(bits)) != drawn) continue;
          ++draws;
          const std::uint32_t first = (1U << marked) - 1;
          if (static_cast<std::uint64_t>(std::popcount(bits & first)) >= shared) ++as_many;
        }
        const Probability expected = (CertainProbability() * as_many + draws - 1) / draws;
        EXPECT_EQ(ProbabilityOfSharing({kMembers, marked, drawn}, shared), expected)
            << marked << " " << drawn << " " << shared;
      }
    }
  }
}

// Fisher's lady, who told all eight cups right.
TEST(ProbabilityOfSharing, IsFishers) {
  EXPECT_EQ(ProbabilityText(ProbabilityOfSharing({8, 4, 4}, 4)), "0.0143");
  EXPECT_EQ(ProbabilityText(ProbabilityOfSharing({8, 4, 4}, 3)), "0.243");
}

TEST(ProbabilityOfSharing, HoldsForLargeGroups) {
  const Probability some = ProbabilityOfSharing({1'000'000, 10'000, 500}, 20);
  EXPECT_EQ(some, ProbabilityOfSharing({1'000'000, 500, 10'000}, 20));
  EXPECT_LT(some, ProbabilityOfSharing({1'000'000, 10'000, 500}, 19));
  // 2.7447e-7 by fractions of another language's whole numbers.
  EXPECT_EQ(ProbabilityText(some), "0.000000275");
  EXPECT_EQ(ProbabilityText(ProbabilityOfSharing({100'000'000, 1'000, 1'000}, 900)),
            "0.000000000000000000000000000001");
}

TEST(Corrected, IsAtMostOne) {
  const Probability one_in_70 = ProbabilityOfSharing({8, 4, 4}, 4);
  EXPECT_EQ(Corrected(one_in_70, 1), one_in_70);
  EXPECT_EQ(Corrected(one_in_70, 0), one_in_70);
  EXPECT_EQ(Corrected(one_in_70, 10), one_in_70 * 10);
  EXPECT_EQ(Corrected(one_in_70, 71), CertainProbability());
  EXPECT_EQ(Corrected(CertainProbability(), ~std::uint64_t{0}), CertainProbability());
}

TEST(ProbabilityText, RoundsUp) {
  Probability unit = 1;
  for (unsigned i = 0; i < kProbabilityDigits - 10; ++i) unit *= 10;  // 10^-10
  EXPECT_EQ(ProbabilityText(CertainProbability()), "1");
  EXPECT_EQ(ProbabilityText(CertainProbability() / 2), "0.5");
  EXPECT_EQ(ProbabilityText(unit * 1'234), "0.000000124");
  EXPECT_EQ(ProbabilityText(unit * 1'230), "0.000000123");
  EXPECT_EQ(ProbabilityText(unit * 9'996), "0.000001");
  EXPECT_EQ(ProbabilityText(CertainProbability() - 1), "1");
  EXPECT_EQ(ProbabilityText(1), "0.000000000000000000000000000001");
}

TEST(ExpectedText, RoundsToThousandths) {
  EXPECT_EQ(ExpectedText({1'000, 10, 15}), "0.150");
  EXPECT_EQ(ExpectedText({3, 2, 1}), "0.667");
  EXPECT_EQ(ExpectedText({10'000, 1, 4}), "0.000");
  EXPECT_EQ(ExpectedText({2, 2, 2}), "2.000");
  EXPECT_EQ(ExpectedText({}), "0.000");
}

}  // namespace
}  // namespace coinwake::test
