// Goal: just those pairs are told that every assignment with the most pairs has. Method: each set
// of pairs of small sides against a search through all subsets; then random ones.
#include "hints/matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;

// All subsets of the pairs in which nobody is twice; of the largest, what they have in common.
std::vector<bool> BySearch(const std::vector<Pair>& pairs) {
  int most = 0;
  std::uint32_t common = 0;
  for (std::uint32_t subset = 0; subset < (1U << pairs.size()); ++subset) {
    std::uint32_t deposits = 0;
    std::uint32_t withdrawals = 0;
    bool is_matching = true;
    for (std::size_t i = 0; i < pairs.size() && is_matching; ++i) {
      if ((subset >> i & 1U) == 0) continue;
      const std::uint32_t deposit = 1U << pairs[i].deposit;
      const std::uint32_t withdrawal = 1U << pairs[i].withdrawal;
      is_matching = (deposits & deposit) == 0 && (withdrawals & withdrawal) == 0;
      deposits |= deposit;
      withdrawals |= withdrawal;
    }
    if (!is_matching) continue;
    const int size = std::popcount(subset);
    if (size > most) {
      most = size;
      common = subset;
    } else if (size == most) {
      common &= subset;
    }
  }
  std::vector<bool> in_every;
  for (std::size_t i = 0; i < pairs.size(); ++i) in_every.push_back((common >> i & 1U) != 0);
  return in_every;
}

TEST(Matching, KnowsTheSimplestCases) {
  EXPECT_THAT(InEveryAssignment({}, 0, 0), ElementsAre());
  EXPECT_THAT(InEveryAssignment({{0, 0}}, 1, 1), ElementsAre(true));
  EXPECT_THAT(InEveryAssignment({{0, 0}, {0, 1}}, 1, 2), ElementsAre(false, false));
  EXPECT_THAT(InEveryAssignment({{0, 0}, {1, 0}}, 2, 1), ElementsAre(false, false));
  // The second deposit leaves the first one choice.
  EXPECT_THAT(InEveryAssignment({{0, 0}, {0, 1}, {1, 1}}, 2, 2), ElementsAre(true, false, true));
  EXPECT_THAT(InEveryAssignment({{0, 0}, {0, 1}, {1, 0}, {1, 1}}, 2, 2),
              ElementsAre(false, false, false, false));
}

TEST(Matching, IsThatOfASearchForAllPairsOfThreeAndThree) {
  for (std::uint32_t graph = 0; graph < (1U << 9); ++graph) {
    std::vector<Pair> pairs;
    for (std::uint32_t i = 0; i < 9; ++i) {
      if ((graph >> i & 1U) != 0) pairs.push_back({i / 3, i % 3});
    }
    SCOPED_TRACE(graph);
    ASSERT_EQ(InEveryAssignment(pairs, 3, 3), BySearch(pairs));
  }
}

TEST(Matching, IsThatOfASearchForRandomPairs) {
  std::mt19937_64 random(20'261'128);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    std::vector<Pair> all;
    for (std::uint32_t d = 0; d < 6; ++d) {
      for (std::uint32_t w = 0; w < 6; ++w) all.push_back({d, w});
    }
    std::shuffle(all.begin(), all.end(), random);
    all.resize(random() % 13);
    ASSERT_EQ(InEveryAssignment(all, 6, 6), BySearch(all));
  }
}

}  // namespace
}  // namespace coinwake::test
