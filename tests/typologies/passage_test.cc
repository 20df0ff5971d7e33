// Goal: patterns of one subject alone are found where they are by a hair, and not where they are
// not by a hair. Method: flows made by hand on both sides of every parameter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "tests/typologies/flows.h"
#include "typologies/dormant_burst.h"
#include "typologies/nested_service.h"
#include "typologies/pass_through.h"
#include "typologies/structuring.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Pass-through.

std::vector<Finding> PassThroughOf(const Flows& flows,
                                   const PassThroughParameters& parameters = {}) {
  StepBudget steps(kManySteps);
  return FindPassThrough(flows.Graph(), parameters, steps);
}

TEST(PassThrough, NeedsItsSpeed) {
  for (const std::int64_t stay : {kHour, kHour + 1}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Send(stay, "b", 1'000);
    EXPECT_THAT(PassThroughOf(flows), SizeIs(stay == kHour ? 1 : 0));
  }
}

TEST(PassThrough, TakesTheMedianOfUnits) {
  for (const Uint128 slow : {500, 501}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Send(kMinute, "b", 1'000 - slow).Send(kDay, "b", slow);
    EXPECT_THAT(PassThroughOf(flows), SizeIs(slow == 500 ? 1 : 0));
  }
}

TEST(PassThrough, NeedsToPayNearlyAllOn) {
  for (const Uint128 paid : {980, 979, 1'000}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Send(kMinute, "b", paid);
    const auto found = PassThroughOf(flows);
    EXPECT_THAT(found, SizeIs(paid == 979 ? 0 : 1));
    if (!found.empty()) {
      EXPECT_EQ(found[0].amount, paid);
      EXPECT_EQ(found[0].counterparties, 2U);
    }
  }
}

TEST(PassThrough, CountsWhatIsLostAsGone) {
  Flows flows;
  flows.Receive(0, "a", 1'000).Send(kMinute, "b", 980).Send(kMinute, kNobodyName, 20);
  EXPECT_EQ(PassageOf(flows.Graph()).balance, 0U);
  EXPECT_THAT(PassThroughOf(flows, {.greatest_balance_permille = 0}), SizeIs(1));
}

TEST(PassThrough, NeedsToReceiveBeforeItPays) {
  Flows flows;
  flows.Send(0, "b", 1'000).Receive(kMinute, "a", 1'000);
  EXPECT_THAT(PassThroughOf(flows), IsEmpty());
  EXPECT_EQ(PassageOf(flows.Graph()).residence_s, std::nullopt);
}

TEST(PassThrough, NeedsAShortLife) {
  for (const std::int64_t last : {30 * kDay, 30 * kDay + 1}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Send(1, "b", 1'000);
    flows.Receive(last - 1, "a", 10).Send(last, "b", 10);
    EXPECT_THAT(PassThroughOf(flows), SizeIs(last == 30 * kDay ? 1 : 0));
  }
}

TEST(PassThrough, NeedsEnough) {
  Flows flows;
  flows.Receive(0, "a", 1'000).Send(1, "b", 1'000);
  EXPECT_THAT(PassThroughOf(flows, {.least_amount = 1'000}), SizeIs(1));
  EXPECT_THAT(PassThroughOf(flows, {.least_amount = 1'001}), IsEmpty());
}

TEST(PassThrough, NeedsTheWholeLife) {
  Flows flows;
  flows.Receive(0, "a", 1'000).Send(1, "b", 1'000).MarkUnread(kSubject);
  EXPECT_THAT(PassThroughOf(flows), IsEmpty());
}

TEST(PassThrough, NeedsALife) { EXPECT_THAT(PassThroughOf(Flows()), IsEmpty()); }

// Nested service.

std::vector<Finding> NestedOf(const Flows& flows) {
  StepBudget steps(kManySteps);
  return FindNestedService(flows.Graph(), {}, steps);
}

Flows Nested(int payers) {
  Flows flows;
  for (int i = 0; i < payers; ++i) {
    flows.Receive(10 * kDay * i, Numbered("payer", i), 100);
    flows.Send(10 * kDay * i + kHour, "deposit", 100);
  }
  flows.MarkService("deposit");
  return flows;
}

TEST(NestedService, NeedsEnoughPayers) {
  const auto found = NestedOf(Nested(10));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].amount, 1'000U);
  EXPECT_EQ(found[0].counterparties, 11U);
  EXPECT_THAT(NestedOf(Nested(9)), IsEmpty());
}

TEST(NestedService, NeedsOneServiceAlone) {
  EXPECT_THAT(NestedOf(Nested(10).Send(100 * kDay, "somebody", 1)), IsEmpty());
  Flows flows;
  for (int i = 0; i < 10; ++i) flows.Receive(i, Numbered("payer", i), 1).Send(i, "someone", 1);
  EXPECT_THAT(NestedOf(flows), IsEmpty());
  EXPECT_THAT(NestedOf(flows.MarkService("someone")), SizeIs(1));
  EXPECT_THAT(NestedOf(flows.MarkService(kSubject)), IsEmpty());
}

TEST(NestedService, NeedsToPassOnAtOnce) {
  Flows flows;
  for (int i = 0; i < 10; ++i) {
    flows.Receive(10 * kDay * i, Numbered("payer", i), 100);
    flows.Send(10 * kDay * i + kHour + 1, "deposit", 100);
  }
  EXPECT_THAT(NestedOf(flows.MarkService("deposit")), IsEmpty());
}

// Dormant burst.

std::vector<Finding> BurstsOf(const Flows& flows, const DormantBurstParameters& parameters = {}) {
  StepBudget steps(kManySteps);
  return FindDormantBursts(flows.Graph(), parameters, steps);
}

TEST(DormantBurst, NeedsAPause) {
  for (const std::int64_t pause : {180 * kDay, 180 * kDay - 1}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Send(pause, "b", 900);
    const auto found = BurstsOf(flows);
    ASSERT_THAT(found, SizeIs(pause == 180 * kDay ? 1 : 0));
    if (found.empty()) continue;
    EXPECT_THAT(found[0].flows, ElementsAre(0, 1));
    EXPECT_EQ(found[0].amount, 900U);
    EXPECT_EQ(found[0].counterparties, 1U);
  }
}

TEST(DormantBurst, NeedsMostOfTheBalance) {
  for (const Uint128 paid : {800, 799}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Send(200 * kDay, "b", paid);
    EXPECT_THAT(BurstsOf(flows), SizeIs(paid == 800 ? 1 : 0));
  }
}

TEST(DormantBurst, AddsUpADay) {
  for (const std::int64_t second : {kDay, kDay + 1}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Send(200 * kDay, "b", 400).Send(200 * kDay + second, "c", 400);
    const auto found = BurstsOf(flows);
    ASSERT_THAT(found, SizeIs(second == kDay ? 1 : 0));
    if (!found.empty()) {
      EXPECT_EQ(found[0].counterparties, 2U);
    }
  }
}

TEST(DormantBurst, IsNotWokenByDust) {
  for (const Uint128 dust : {9, 10}) {
    Flows flows;
    flows.Receive(0, "a", 1'000).Receive(150 * kDay, "x", dust).Send(200 * kDay, "b", 1'000);
    EXPECT_THAT(BurstsOf(flows, {.least_amount = 10}), SizeIs(dust == 9 ? 1 : 0));
  }
}

TEST(DormantBurst, NeedsABalanceAndTheWholeLife) {
  Flows flows;
  flows.Receive(0, "a", 1'000).Send(1, "b", 995).Send(200 * kDay, "b", 5);
  EXPECT_THAT(BurstsOf(flows, {.least_amount = 5}), SizeIs(1));
  EXPECT_THAT(BurstsOf(flows, {.least_amount = 6}), IsEmpty());
  EXPECT_THAT(BurstsOf(flows.MarkUnread(kSubject), {.least_amount = 5}), IsEmpty());
}

// Structuring.

std::vector<Finding> StructuringOf(const Flows& flows, const StructuringParameters& parameters) {
  StepBudget steps(kManySteps);
  return FindStructuring(flows.Graph(), parameters, steps);
}

// Amounts far enough apart that no two are nearly equal, but all just below 10,000.
Flows BelowThreshold(int count, int payees, Uint128 last) {
  Flows flows;
  for (int i = 0; i + 1 < count; ++i) {
    flows.Send(i * kHour, Numbered("payee", i % payees), 9'100 + static_cast<Uint128>(i) * 90);
  }
  flows.Send((count - 1) * kHour, Numbered("payee", (count - 1) % payees), last);
  return flows;
}

const StructuringParameters kTenThousand{.thresholds = {10'000}, .band_permille = 0};

TEST(Structuring, NeedsAmountsJustBelow) {
  for (const auto& [last, is_below] :
       {std::pair<Uint128, bool>{9'000, true}, {8'999, false}, {9'999, true}, {10'000, false}}) {
    EXPECT_THAT(StructuringOf(BelowThreshold(10, 5, last), kTenThousand), SizeIs(is_below ? 1 : 0));
  }
}

TEST(Structuring, NeedsEnoughPaymentsAndPayees) {
  EXPECT_THAT(StructuringOf(BelowThreshold(9, 5, 9'500), kTenThousand), IsEmpty());
  EXPECT_THAT(StructuringOf(BelowThreshold(10, 4, 9'500), kTenThousand), IsEmpty());
  const auto found = StructuringOf(BelowThreshold(10, 5, 9'500), kTenThousand);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].counterparties, 5U);
}

TEST(Structuring, NeedsTheWindow) {
  for (const std::int64_t last : {2 * kDay, 2 * kDay + 1}) {
    Flows flows = BelowThreshold(9, 5, 9'500);
    flows.Send(last, "payee 9", 9'500);
    EXPECT_THAT(StructuringOf(flows, kTenThousand), SizeIs(last == 2 * kDay ? 1 : 0));
  }
}

TEST(Structuring, TakesNearlyEqualAmounts) {
  for (const auto& [amount, is_near] :
       {std::pair<Uint128, bool>{1'020, true}, {1'021, false}, {980, false}, {981, true}}) {
    Flows flows;
    for (int i = 0; i < 9; ++i) flows.Send(i, Numbered("payee", i), 1'000);
    flows.Send(10, "payee 9", amount);
    EXPECT_THAT(StructuringOf(flows, {}), SizeIs(is_near ? 1 : 0)) << static_cast<int>(amount);
  }
  Flows flows;
  for (int i = 0; i < 10; ++i) flows.Send(i, Numbered("payee", i), 1'000);
  EXPECT_THAT(StructuringOf(flows, {.least_amount = 1'000}), SizeIs(1));
  EXPECT_THAT(StructuringOf(flows, {.least_amount = 1'001}), IsEmpty());
}

TEST(Structuring, TakesNoPaymentTwice) {
  // Just below the threshold, and nearly equal as well.
  Flows flows;
  for (int i = 0; i < 10; ++i) flows.Send(i, Numbered("payee", i), 9'500);
  EXPECT_THAT(StructuringOf(flows, {.thresholds = {10'000}}), SizeIs(1));
  for (int i = 0; i < 10; ++i) flows.Send(10 + i, Numbered("payee", i), 500);
  EXPECT_THAT(StructuringOf(flows, {.thresholds = {10'000}}), SizeIs(2));
}

}  // namespace
}  // namespace coinwake::test
