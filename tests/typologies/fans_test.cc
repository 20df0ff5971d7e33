// Goal: fans and gather-scatters are found where they are by a hair, and not where they are not by
// a hair. Method: flows made by hand on both sides of every parameter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/typologies/flows.h"
#include "typologies/fan.h"
#include "typologies/gather_scatter.h"

namespace coinwake::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Fans.

std::vector<Finding> FansOf(const Flows& flows, FanDirection direction,
                            const FanParameters& parameters) {
  StepBudget steps(kManySteps);
  return FindFans(flows.Graph(), direction, parameters, steps);
}

// `count` payers an hour apart, from second 0 on.
Flows Fan(int count, bool is_in, Uint128 amount = 100) {
  Flows flows;
  for (int i = 0; i < count; ++i) {
    if (is_in) {
      flows.Receive(i * kHour, Numbered("payer", i), amount);
    } else {
      flows.Send(i * kHour, Numbered("payee", i), amount);
    }
  }
  return flows;
}

TEST(Fan, NeedsEnoughCounterparties) {
  for (const bool is_in : {true, false}) {
    const FanDirection direction = is_in ? FanDirection::kIn : FanDirection::kOut;
    const FanDirection other = is_in ? FanDirection::kOut : FanDirection::kIn;
    const auto found = FansOf(Fan(10, is_in), direction, {});
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].counterparties, 10U);
    EXPECT_EQ(found[0].amount, 1'000U);
    EXPECT_THAT(found[0].flows, SizeIs(10));
    EXPECT_THAT(FansOf(Fan(9, is_in), direction, {}), IsEmpty());
    EXPECT_THAT(FansOf(Fan(10, is_in), other, {}), IsEmpty());
    // The same payer again makes it no more.
    EXPECT_THAT(FansOf(is_in ? Fan(9, is_in).Receive(9 * kHour, "payer 0", 100)
                             : Fan(9, is_in).Send(9 * kHour, "payee 0", 100),
                       direction, {}),
                IsEmpty());
  }
}

TEST(Fan, NeedsThemWithinTheWindow) {
  Flows flows = Fan(9, true);
  Flows late = flows;
  EXPECT_THAT(FansOf(flows.Receive(kDay, "payer 9", 100), FanDirection::kIn, {}), SizeIs(1));
  EXPECT_THAT(FansOf(late.Receive(kDay + 1, "payer 9", 100), FanDirection::kIn, {}), IsEmpty());
}

TEST(Fan, NeedsEnoughOfEach) {
  const FanParameters parameters{.least_amount = 100};
  EXPECT_THAT(FansOf(Fan(10, true, 100), FanDirection::kIn, parameters), SizeIs(1));
  EXPECT_THAT(FansOf(Fan(10, true, 99), FanDirection::kIn, parameters), IsEmpty());
}

TEST(Fan, CountsNobodyForNobody) {
  Flows flows = Fan(9, true);
  EXPECT_THAT(FansOf(flows.Receive(9 * kHour, kNobodyName, 100), FanDirection::kIn, {}), IsEmpty());
}

TEST(Fan, ComesAgain) {
  Flows flows;
  for (int i = 0; i < 40; ++i) flows.Receive(i * kHour, Numbered("payer", i), 1);
  // 0 to 24 are within a day of the first, 25 to 39 of the next.
  const auto found = FansOf(flows, FanDirection::kIn, {});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].counterparties, 25U);
  EXPECT_EQ(found[1].counterparties, 15U);
}

TEST(Fan, EndsWithItsSteps) {
  StepBudget steps(3);
  EXPECT_THAT(
      FindFans(Fan(30, true).Graph(), FanDirection::kIn, {.least_counterparties = 31}, steps),
      IsEmpty());
  EXPECT_TRUE(steps.is_exhausted());
}

// Gather-scatter.

std::vector<Finding> GatherScattersOf(const Flows& flows,
                                      const GatherScatterParameters& parameters = {}) {
  StepBudget steps(kManySteps);
  return FindGatherScatters(flows.Graph(), parameters, steps);
}

// Payers of 100 each on days 0, 1, .. and then payees of `each`, an hour apart, from `then` on.
Flows GatherScatter(int payers, int payees, Uint128 each, std::int64_t then = 5 * kDay) {
  Flows flows;
  for (int i = 0; i < payers; ++i) flows.Receive(i * kDay / 2, Numbered("payer", i), 100);
  for (int i = 0; i < payees; ++i) flows.Send(then + i * kHour, Numbered("payee", i), each);
  return flows;
}

TEST(GatherScatter, NeedsEnoughOnBothSides) {
  const auto found = GatherScattersOf(GatherScatter(5, 5, 90));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].counterparties, 10U);
  EXPECT_EQ(found[0].amount, 450U);
  EXPECT_THAT(found[0].flows, SizeIs(10));
  EXPECT_THAT(GatherScattersOf(GatherScatter(4, 5, 72)), IsEmpty());
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 4, 112)), IsEmpty());
}

TEST(GatherScatter, NeedsTheRetention) {
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 80)), SizeIs(1));
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 79)), IsEmpty());
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 100)), SizeIs(1));
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 101)), IsEmpty());
  // What is more than was gathered is left out, where the rest is enough.
  const auto found = GatherScattersOf(GatherScatter(5, 6, 100));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].amount, 500U);
}

TEST(GatherScatter, NeedsDifferentNodes) {
  Flows flows = GatherScatter(5, 4, 90);
  Flows other = flows;
  EXPECT_THAT(GatherScattersOf(flows.Send(6 * kDay, "payer 0", 90)), IsEmpty());
  EXPECT_THAT(GatherScattersOf(other.Send(6 * kDay, "somebody", 90)), SizeIs(1));
}

TEST(GatherScatter, NeedsTheWindow) {
  const std::int64_t last = 7 * kDay - 4 * kHour;
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 90, last)), SizeIs(1));
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 90, last + 1)), IsEmpty());
}

TEST(GatherScatter, PassesOverSmallPayments) {
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 90), {.least_amount = 90}), SizeIs(1));
  EXPECT_THAT(GatherScattersOf(GatherScatter(5, 5, 90), {.least_amount = 91}), IsEmpty());
}

TEST(GatherScatter, NeedsGatherFirst) {
  Flows flows;
  for (int i = 0; i < 5; ++i) flows.Send(i * kHour, Numbered("payee", i), 100);
  for (int i = 5; i < 10; ++i) flows.Receive(i * kHour, Numbered("payer", i), 100);
  EXPECT_THAT(GatherScattersOf(flows), IsEmpty());
}

// Who pays thousands a week, and then shows a pattern: what cannot begin one takes no steps.
TEST(GatherScatter, IsFoundAroundALargePayer) {
  Flows flows;
  for (int i = 0; i < 5'000; ++i) {
    flows.Send(10 * kMinute * i, Numbered("customer", i), 7);
    if (i % 500 == 0) flows.Receive(10 * kMinute * i, "bank", 5'000);
  }
  const std::int64_t then = 40 * kDay;
  for (int i = 0; i < 5; ++i) flows.Receive(then + i, Numbered("payer", i), 100'000);
  for (int i = 0; i < 5; ++i) flows.Send(then + kHour + i, Numbered("payee", i), 90'000);
  StepBudget steps(20'000);
  const auto found = FindGatherScatters(flows.Graph(), {}, steps);
  EXPECT_FALSE(steps.is_exhausted());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].counterparties, 10U);
  EXPECT_EQ(found[0].amount, 450'000U);
}

// Who is paid thousands a week and pays a few: no gather reaches further back than what may be
// scattered of it.
TEST(GatherScatter, LooksNoFurtherBackThanIsPaid) {
  Flows flows;
  for (int i = 0; i < 5'000; ++i) {
    flows.Receive(10 * kMinute * i, Numbered("customer", i), 100);
    if (i % 10 == 5) flows.Send(10 * kMinute * i, Numbered("supplier", i), 1);
  }
  StepBudget steps(20'000);
  EXPECT_THAT(FindGatherScatters(flows.Graph(), {}, steps), IsEmpty());
  EXPECT_FALSE(steps.is_exhausted());
}

}  // namespace
}  // namespace coinwake::test
