// Goal: step changes by the rule, and how often chance would show them. Method: series made by
// hand, both sides of each threshold; against a reference that deals weeks one by one.
#include "timeline/step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Week n has values[n]; none where that is 0.
std::vector<WeekValue> Series(const std::vector<std::uint64_t>& values) {
  std::vector<WeekValue> weeks;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) weeks.push_back({static_cast<WeekNum>(i), values[i]});
  }
  return weeks;
}
FoundSteps Find(const std::vector<std::uint64_t>& values, const StepRule& rule = {}) {
  return FindSteps(Series(values), static_cast<WeekNum>(values.size()), rule);
}

constexpr StepRule kThree{.side_weeks = 3, .most_chance_permille = 50};
constexpr StepRule kSix{.side_weeks = 6};

TEST(Steps, NeedTheRatio) {
  EXPECT_THAT(Find({5, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10}, kSix).steps, SizeIs(1));
  EXPECT_THAT(Find({5, 5, 5, 5, 5, 5, 9, 9, 9, 9, 9, 9}, kSix).steps, IsEmpty());
  const auto down = Find({20, 20, 20, 20, 20, 20, 10, 10, 10, 10, 10, 10}, kSix).steps;
  ASSERT_THAT(down, SizeIs(1));
  EXPECT_EQ(down[0].week, 6);
  EXPECT_EQ(down[0].before, 20U);
  EXPECT_EQ(down[0].after, 10U);
  EXPECT_EQ(down[0].splits, 924U);
}

TEST(Steps, NeedMoreThanChance) {
  // Of 20 ways to deal three low and three high weeks one has all the high ones after.
  const auto found = Find({1, 1, 1, 9, 9, 9}, kThree).steps;
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].as_far, 1U);
  EXPECT_EQ(found[0].splits, 20U);
  EXPECT_THAT(Find({1, 1, 1, 9, 9, 9}, {.side_weeks = 3, .most_chance_permille = 49}).steps,
              IsEmpty());
  // With one of them before, all ten ways that have at most so many there go as far.
  EXPECT_THAT(Find({1, 9, 1, 9, 9, 1}, kThree).steps, IsEmpty());
  const StepRule half{.side_weeks = 3, .most_chance_permille = 500};
  const auto mixed = Find({1, 9, 1, 9, 9, 1}, half).steps;
  ASSERT_THAT(mixed, SizeIs(1));
  EXPECT_EQ(mixed[0].as_far, 10U);
}

TEST(Steps, NeedReceiptsOnBothSides) {
  EXPECT_THAT(Find({7, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9}, kSix).steps, IsEmpty());
  EXPECT_THAT(Find({7, 7, 7, 7, 7, 7, 9, 0, 0, 0, 0, 0}, kSix).steps, IsEmpty());
}

TEST(Steps, NeedWholeWeeksOnBothSides) {
  const std::vector<std::uint64_t> values = {5, 5, 5, 5, 5, 5, 50, 50, 50, 50, 50, 50};
  EXPECT_EQ(Find(values, kSix).examined, 1U);
  EXPECT_EQ(FindSteps(Series(values), 11, kSix).examined, 0U);
  EXPECT_EQ(FindSteps(Series(values), 13, kSix).examined, 2U);
  EXPECT_EQ(FindSteps({}, 13, kSix).examined, 0U);
}

TEST(Steps, AreToldOnceWhereTheyAreNear) {
  std::vector<std::uint64_t> values(12, 10);
  values.insert(values.end(), 12, 100);
  values.insert(values.end(), 12, 10);
  std::vector<WeekNum> weeks;
  for (const StepChange& step : Find(values).steps) weeks.push_back(step.week);
  EXPECT_THAT(weeks, ElementsAre(12, 24));
}

// The same, dealt by going through all orders of sides; how high a side ranks is counted as how
// often a week of it is above one of the other, twice, and once where they are equal.
StepChange Reference(const std::vector<std::uint64_t>& values) {
  const std::size_t side = values.size() / 2;
  const auto median = [](std::vector<std::uint64_t> some) {
    std::sort(some.begin(), some.end());
    return some[(some.size() - 1) / 2];
  };
  std::vector<int> sides(values.size(), 0);
  std::fill(sides.begin() + static_cast<std::ptrdiff_t>(side), sides.end(), 1);
  const auto of_side = [&](int which) {
    std::vector<std::uint64_t> some;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (sides[i] == which) some.push_back(values[i]);
    }
    return some;
  };
  StepChange step{.week = static_cast<WeekNum>(side),
                  .before = median(of_side(0)),
                  .after = median(of_side(1))};
  const int higher = step.after > step.before ? 1 : 0;
  const auto wins = [&] {
    int count = 0;
    for (const std::uint64_t high : of_side(higher)) {
      for (const std::uint64_t low : of_side(1 - higher)) count += high > low ? 2 : high == low;
    }
    return count;
  };
  const int truth = wins();
  do {
    ++step.splits;
    if (wins() >= truth) ++step.as_far;
  } while (std::next_permutation(sides.begin(), sides.end()));
  return step;
}

TEST(Steps, AreThoseOfTheReference) {
  std::mt19937 random(7);
  int told = 0;
  for (int round = 0; round < 300; ++round) {
    const std::uint32_t side = 3 + static_cast<std::uint32_t>(random() % 4);
    std::vector<std::uint64_t> values;
    for (std::uint32_t i = 0; i < 2 * side; ++i) {
      values.push_back(random() % 6 * (i >= side ? 3 : 1));
    }
    if (values[0] == 0 || values[side] == 0) continue;  // it begins, and the moment counts
    const StepChange expected = Reference(values);
    const StepRule rule{
        .side_weeks = side, .least_ratio_permille = 1001, .most_chance_permille = 1000};
    const FoundSteps found = Find(values, rule);
    ASSERT_EQ(found.examined, 1U) << round;
    if (expected.before == 0 || expected.after == 0 || expected.before == expected.after) {
      EXPECT_THAT(found.steps, IsEmpty()) << round;
      continue;
    }
    ++told;
    EXPECT_THAT(found.steps, ElementsAre(expected)) << round;
  }
  EXPECT_GT(told, 50);
}

// Weeks that do not depend on the week show some steps, too: docs/timeline.md has the rate.
TEST(Steps, AreRareWhereNothingChanges) {
  std::mt19937 random(11);
  constexpr int kSubjects = 200;
  for (const int mean : {3, 8}) {
    int with_any = 0;
    for (int i = 0; i < kSubjects; ++i) {
      std::poisson_distribution<std::uint64_t> count(mean);
      std::vector<std::uint64_t> weeks(104);
      for (std::uint64_t& receipts : weeks) receipts = count(random);
      with_any += Find(weeks).steps.empty() ? 0 : 1;
    }
    std::printf("two years of %d receipts a week: %d of %d subjects have a step\n", mean, with_any,
                kSubjects);
    EXPECT_LE(with_any * 5, kSubjects);
  }
}

// The same, but three times as much from the second year on.
TEST(Steps, AreFoundWhereThereIsOne) {
  std::mt19937 random(12);
  constexpr int kSubjects = 200;
  int found = 0;
  for (int i = 0; i < kSubjects; ++i) {
    std::vector<std::uint64_t> weeks;
    for (int week = 0; week < 104; ++week) {
      std::poisson_distribution<std::uint64_t> count(week < 52 ? 8 : 24);
      weeks.push_back(count(random));
    }
    const FoundSteps steps = Find(weeks);
    found += std::any_of(steps.steps.begin(), steps.steps.end(),
                         [](const StepChange& one) { return 50 <= one.week && one.week <= 54; });
  }
  std::printf("from 8 to 24 receipts a week: found at %d of %d subjects\n", found, kSubjects);
  EXPECT_GE(found * 10, kSubjects * 9);
}

}  // namespace
}  // namespace coinwake::test
