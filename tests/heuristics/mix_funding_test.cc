// Goal: the search finds a split of the inputs whenever there is one, and none where there is none.
// Method: hand-made mixes, and small random ones beside a search through every assignment.
#include "heuristics/mix_funding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace coinwake {
namespace {

TEST(CanFund, MakersAndATaker) {
  EqualMix mix;
  mix.value = 1'000'000;
  mix.participants = 3;
  mix.fee = 3'000;
  // Two makers who gain 500 each; the taker pays them and the miner.
  mix.groups = {1'500'000, 700'000, 800'000, 2'004'000};
  mix.others = {500'500, 500'500, 1'000'000};
  EXPECT_EQ(CanFund(mix), Funding::kPossible);
  mix.groups = {1'500'000, 1'500'000, 1'500'000, 500'000};
  mix.others = {600'500, 400'500, 996'000};
  EXPECT_EQ(CanFund(mix), Funding::kImpossible);
}

TEST(CanFund, ABatchOfEqualPaymentsHasOneChange) {
  EqualMix mix;
  mix.value = 1'000'000;
  mix.participants = 3;
  mix.fee = 2'000;
  mix.groups = {1'200'000, 1'300'000, 1'502'000};
  mix.others = {1'000'000};
  EXPECT_EQ(CanFund(mix), Funding::kImpossible);
}

TEST(CanFund, ACoordinatorTakesTheSmallestOther) {
  EqualMix mix;
  mix.value = 10'000'000;
  mix.participants = 3;
  mix.fee = 9'000;
  mix.groups = {12'000'000, 13'000'000, 14'000'000};
  mix.others = {1'987'000, 2'987'000, 3'987'000, 30'000};
  EXPECT_EQ(CanFund(mix), Funding::kPossible);
  mix.others[3] = 3'000;  // what each pays is then more than all fees
  EXPECT_EQ(CanFund(mix), Funding::kImpossible);
}

TEST(CanFund, FewerInputsThanParticipants) {
  EqualMix mix;
  mix.value = 10'000;
  mix.participants = 3;
  mix.groups = {30'000, 10'000};
  EXPECT_EQ(CanFund(mix), Funding::kImpossible);
}

TEST(CanFund, GivesUpAfterItsSteps) {
  EqualMix mix;
  mix.value = 1'000'000'000;
  mix.participants = 8;
  mix.fee = 10;
  std::mt19937_64 random(7);
  for (int i = 0; i < 60; ++i) mix.groups.push_back(100'000'000 + random() % 90'000'000);
  mix.others.assign(8, 0);
  std::uint64_t left = std::accumulate(mix.groups.begin(), mix.groups.end(), std::uint64_t{0}) -
                       8 * mix.value - mix.fee;
  for (std::size_t i = 0; i < 8; ++i) {
    mix.others[i] = i == 7 ? left : left / 16 + 123'457 * i;
    left -= mix.others[i];
  }
  EXPECT_NE(CanFund(mix), Funding::kImpossible);
}

// Sums that the search gives up on: 12 participants with up to three coins each.
TEST(HasPlainSplit, FindsOneAmongManyCoins) {
  EqualMix mix;
  mix.value = 100'000;
  mix.participants = 12;
  mix.fee = 36'000;
  mix.groups = {170'664'524, 20'040'809, 13'930'032, 5'939'391, 2'416'981, 954'139,
                482'120,     388'902,    285'257,    210'893,   181'259,   96'681,
                83'545,      69'534,     58'462,     45'617};
  mix.others = {170'631'058, 19'937'809, 13'885'494, 5'836'391, 2'313'981, 947'820,
                379'120,     285'902,    182'257,    107'893,   78'259,    26'162};
  EXPECT_EQ(CanFund(mix), Funding::kUnknown);
  EXPECT_TRUE(HasPlainSplit(mix));
  mix.groups[0] += 10'000'000;  // nobody takes this out
  EXPECT_FALSE(HasPlainSplit(mix));
}

TEST(HasPlainSplit, AsksThatEverybodyPutsInSomething) {
  EqualMix mix;
  mix.value = 10'000;
  mix.participants = 3;
  mix.fee = 10'000;
  mix.groups = {10'000, 30'000};
  EXPECT_FALSE(HasPlainSplit(mix));
  mix.groups = {10'000, 10'000, 20'000};
  EXPECT_TRUE(HasPlainSplit(mix));
}

TEST(HasPlainSplit, SaysNothingOfMoreMoneyThanThereIs) {
  EqualMix mix;
  mix.value = 10'000;
  mix.participants = 1;
  mix.groups = {std::uint64_t{1} << 63};
  mix.others = {(std::uint64_t{1} << 63) - 10'000};
  EXPECT_FALSE(HasPlainSplit(mix));
}

// Every assignment of groups to participants.
bool Exists(const EqualMix& mix) {
  std::vector<std::uint64_t> targets = mix.others;
  std::sort(targets.rbegin(), targets.rend());
  std::uint64_t fees = mix.fee;
  if (targets.size() > mix.participants) {
    if (targets.back() > mix.value / 50 * mix.participants) return false;
    fees += targets.back();
    targets.pop_back();
  }
  targets.resize(mix.participants, 0);
  const std::uint64_t gain = std::max<std::uint64_t>(mix.value / 20, 1000);
  std::vector<std::size_t> to(mix.groups.size(), 0);
  while (true) {
    std::vector<std::uint64_t> sums(mix.participants, 0);
    for (std::size_t i = 0; i < to.size(); ++i) sums[to[i]] += mix.groups[i];
    int takers = 0;
    bool fits = true;
    for (std::size_t p = 0; p < mix.participants; ++p) {
      const std::uint64_t target = targets[p] + mix.value;
      if (sums[p] + gain < target || sums[p] == 0 ||
          sums[p] > target + fees + gain * mix.participants) {
        fits = false;
      }
      if (sums[p] > target + fees) ++takers;
    }
    if (fits && takers <= 1) return true;
    std::size_t digit = 0;
    while (digit < to.size() && ++to[digit] == mix.participants) to[digit++] = 0;
    if (digit == to.size()) return false;
  }
}

TEST(CanFund, AgreesWithEveryAssignmentTried) {
  std::mt19937_64 random(42);
  int possible = 0;
  int impossible = 0;
  int plain = 0;
  for (int round = 0; round < 4'000; ++round) {
    EqualMix mix;
    mix.participants = 2 + random() % 3;
    mix.value = 20'000 + random() % 3 * 10'000;
    mix.fee = random() % 2'000;
    const std::size_t groups = mix.participants + random() % 4;
    // Half are cut from a true split, with gains and fees at random.
    if (random() % 2 == 0) {
      mix.groups.assign(groups, 0);
      for (std::size_t i = 0; i < groups; ++i) mix.groups[i] = 5'000 + random() % 40'000;
      std::vector<std::uint64_t> sums(mix.participants, 0);
      for (std::size_t i = 0; i < groups; ++i) {
        sums[i < mix.participants ? i : random() % mix.participants] += mix.groups[i];
      }
      for (const std::uint64_t sum : sums) {
        if (sum > mix.value + 600) mix.others.push_back(sum - mix.value - random() % 600);
      }
    } else {
      for (std::size_t i = 0; i < groups; ++i) mix.groups.push_back(1'000 + random() % 60'000);
      for (std::size_t i = 0; i < random() % (mix.participants + 2); ++i) {
        mix.others.push_back(500 + random() % 30'000);
      }
    }
    const bool expected = Exists(mix);
    ++(expected ? possible : impossible);
    ASSERT_EQ(CanFund(mix), expected ? Funding::kPossible : Funding::kImpossible) << round;
    if (HasPlainSplit(mix)) {
      ASSERT_TRUE(expected) << round;
      ++plain;
    }
  }
  EXPECT_GT(plain, possible / 3);
  EXPECT_GT(possible, 300);
  EXPECT_GT(impossible, 300);
}

}  // namespace
}  // namespace coinwake
