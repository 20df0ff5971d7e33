// Goal: patterns over several nodes are found where they are by a hair, and not where they are not
// by a hair. Method: flows made by hand on both sides of every parameter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/typologies/flows.h"
#include "typologies/account_peel.h"
#include "typologies/round_trip.h"
#include "typologies/scatter_gather.h"

namespace coinwake::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Round trip.

std::vector<Finding> RoundTripsOf(const Flows& flows, const RoundTripParameters& parameters = {}) {
  StepBudget steps(kManySteps);
  return FindRoundTrips(flows.Graph(), parameters, steps);
}

// Over so many others, a day's sixth apart, a tenth less each time.
Flows RoundTrip(int others) {
  Flows flows;
  Uint128 amount = 1'000'000;
  std::string at = kSubject;
  for (int i = 0; i <= others; ++i) {
    const std::string to = i == others ? std::string(kSubject) : Numbered("other", i);
    flows.Pay(4 * kHour * i, at, to, amount);
    amount = amount * 9 / 10;
    at = to;
  }
  return flows;
}

TEST(RoundTrip, HasTwoToSixHops) {
  for (const int others : {1, 5, 6}) {
    const auto found = RoundTripsOf(RoundTrip(others));
    ASSERT_THAT(found, SizeIs(others <= 5 ? 1 : 0));
    if (found.empty()) continue;
    EXPECT_THAT(found[0].flows, SizeIs(others + 1));
    EXPECT_EQ(found[0].counterparties, static_cast<unsigned>(others));
  }
}

TEST(RoundTrip, KeepsMostAtEachHop) {
  for (const auto& [back, is_kept] :
       {std::pair<Uint128, bool>{900, true}, {899, false}, {1'000, true}, {1'001, false}}) {
    Flows flows;
    flows.Send(0, "a", 1'000).Receive(1, "a", back);
    EXPECT_THAT(RoundTripsOf(flows), SizeIs(is_kept ? 1 : 0)) << static_cast<int>(back);
  }
}

TEST(RoundTrip, EndsWithinTheWindow) {
  for (const std::int64_t back : {7 * kDay, 7 * kDay + 1}) {
    Flows flows;
    flows.Send(0, "a", 1'000).Pay(1, "a", "b", 1'000).Receive(back, "b", 1'000);
    EXPECT_THAT(RoundTripsOf(flows), SizeIs(back == 7 * kDay ? 1 : 0));
  }
}

TEST(RoundTrip, FollowsTheOrderOfTime) {
  Flows flows;
  flows.Pay(0, "a", "b", 1'000).Send(1, "a", 1'000).Receive(2, "b", 1'000);
  EXPECT_THAT(RoundTripsOf(flows), IsEmpty());
}

TEST(RoundTrip, LeadsThroughNoServiceAndNothingUnread) {
  EXPECT_THAT(RoundTripsOf(RoundTrip(2).MarkService("other 1")), IsEmpty());
  EXPECT_THAT(RoundTripsOf(RoundTrip(2).MarkService("other 0")), IsEmpty());
  EXPECT_THAT(RoundTripsOf(RoundTrip(2).MarkUnread("other 1")), IsEmpty());
  EXPECT_THAT(RoundTripsOf(RoundTrip(2).MarkService("somebody")), SizeIs(1));
}

TEST(RoundTrip, NeedsEnough) {
  EXPECT_THAT(RoundTripsOf(RoundTrip(2), {.least_amount = 1'000'000}), SizeIs(1));
  EXPECT_THAT(RoundTripsOf(RoundTrip(2), {.least_amount = 1'000'001}), IsEmpty());
}

TEST(RoundTrip, TakesNoPaymentTwice) {
  Flows flows;
  flows.Send(0, "a", 1'000).Send(1, "a", 1'000).Receive(2, "a", 1'000);
  EXPECT_THAT(RoundTripsOf(flows), SizeIs(1));
  EXPECT_THAT(RoundTripsOf(flows.Receive(3, "a", 1'000)), SizeIs(2));
}

// Scatter-gather.

std::vector<Finding> ScatterGathersOf(const Flows& flows,
                                      const ScatterGatherParameters& parameters = {}) {
  StepBudget steps(kManySteps);
  return FindScatterGathers(flows.Graph(), parameters, steps);
}

// Over so many, each of which passes `passed` of 1,000 on after `stay`.
Flows ScatterGather(int over, Uint128 passed, std::int64_t stay) {
  Flows flows;
  for (int i = 0; i < over; ++i) {
    flows.Send(i * kHour, Numbered("over", i), 1'000);
    flows.Pay(i * kHour + stay, Numbered("over", i), "end", passed);
  }
  return flows;
}

TEST(ScatterGather, NeedsEnoughIntermediaries) {
  const auto found = ScatterGathersOf(ScatterGather(5, 900, kDay));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].flows, SizeIs(10));
  EXPECT_EQ(found[0].amount, 4'500U);
  EXPECT_EQ(found[0].counterparties, 6U);
  EXPECT_THAT(ScatterGathersOf(ScatterGather(4, 900, kDay)), IsEmpty());
}

TEST(ScatterGather, NeedsRetentionAndWindow) {
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 800, 7 * kDay)), SizeIs(1));
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 799, 7 * kDay)), IsEmpty());
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 800, 7 * kDay + 1)), IsEmpty());
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 800, -1)), IsEmpty());
}

TEST(ScatterGather, LeadsOverNoService) {
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 900, kDay).MarkService("over 2")), IsEmpty());
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 900, kDay).MarkUnread("over 2")), IsEmpty());
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 900, kDay).MarkService("end")), SizeIs(1));
}

TEST(ScatterGather, NeedsEnoughOfEach) {
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 900, kDay), {.least_amount = 1'000}), SizeIs(1));
  EXPECT_THAT(ScatterGathersOf(ScatterGather(5, 900, kDay), {.least_amount = 1'001}), IsEmpty());
}

// Peel chain of accounts.

std::vector<Finding> PeelsOf(const Flows& flows, const PeelParameters& parameters = {}) {
  StepBudget steps(kManySteps);
  return FindAccountPeels(flows.Graph(), parameters, steps);
}

// The subject receives 1,000,000; it and each after it forwards all but `peeled` permille.
Flows Peel(int hops, Uint128 peeled, std::int64_t gap) {
  Flows flows;
  Uint128 amount = 1'000'000;
  std::int64_t time = 0;
  flows.Receive(time, "source", amount);
  std::string at = kSubject;
  for (int i = 0; i < hops; ++i) {
    time += gap;
    const Uint128 peel = amount * peeled / 1000;
    const std::string next = Numbered("hop", i);
    if (peel != 0) flows.Pay(time, at, Numbered("buyer", i), peel);
    flows.Pay(time, at, next, amount - peel);
    amount -= peel;
    at = next;
  }
  return flows;
}

TEST(AccountPeel, NeedsEnoughHops) {
  const auto found = PeelsOf(Peel(5, 100, kDay));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].flows, SizeIs(11));
  EXPECT_EQ(found[0].counterparties, 10U);
  EXPECT_EQ(found[0].amount, 409'510U);
  EXPECT_THAT(PeelsOf(Peel(4, 100, kDay)), IsEmpty());
  EXPECT_THAT(PeelsOf(Peel(12, 100, kDay)), SizeIs(1));
}

TEST(AccountPeel, PeelsAtMostHalf) {
  const PeelParameters parameters{.greatest_peel_permille = 200};
  EXPECT_THAT(PeelsOf(Peel(5, 200, kDay), parameters), SizeIs(1));
  EXPECT_THAT(PeelsOf(Peel(5, 201, kDay), parameters), IsEmpty());
}

TEST(AccountPeel, GoesOnSoon) {
  EXPECT_THAT(PeelsOf(Peel(5, 100, 3 * kDay)), SizeIs(1));
  EXPECT_THAT(PeelsOf(Peel(5, 100, 3 * kDay + 1)), IsEmpty());
}

TEST(AccountPeel, NeedsFreshAccounts) {
  Flows flows = Peel(5, 100, kDay);
  Flows later = flows;
  EXPECT_THAT(PeelsOf(flows.Pay(-1, "x", "hop 2", 1)), IsEmpty());
  EXPECT_THAT(PeelsOf(later.Pay(100 * kDay, "x", "hop 2", 1)), SizeIs(1));
  EXPECT_THAT(PeelsOf(later.MarkUnread("hop 2")), IsEmpty());
}

// 450 and 450 of 1,000 are nine tenths, though each alone is less than half.
TEST(AccountPeel, AddsUpWhatItForwards) {
  Flows flows;
  flows.Receive(0, "source", 1'000'000);
  std::string at = kSubject;
  Uint128 amount = 1'000'000;
  for (int i = 0; i < 5; ++i) {
    const std::int64_t time = (i + 1) * kDay;
    const std::string next = Numbered("hop", i);
    flows.Pay(time, at, next, amount * 450 / 1000);
    flows.Pay(time + kHour, at, Numbered("buyer", i), amount / 10);
    flows.Pay(time + 2 * kHour, at, next, amount * 450 / 1000);
    amount = amount * 450 / 1000 * 2;
    at = next;
  }
  const auto found = PeelsOf(flows);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].flows, SizeIs(16));
  EXPECT_EQ(found[0].counterparties, 10U);
  EXPECT_EQ(found[0].amount, 409'510U);
}

// Three buyers of the whole rest each; one can be paid of it.
TEST(AccountPeel, PeelsNoMoreThanIsLeft) {
  Flows flows = Peel(5, 100, kDay);
  flows.Send(kDay, "buyer x", 100'000).Send(kDay + 1, "buyer y", 100'000);
  const auto found = PeelsOf(flows);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].amount, 409'510U);
  EXPECT_EQ(found[0].counterparties, 10U);
  // Of two of half of it each both are.
  Flows halves;
  halves.Receive(0, "source", 1'000);
  halves.Send(1, "hop", 900).Send(2, "a", 60).Send(3, "b", 41).Send(4, "c", 40);
  const auto both = PeelsOf(halves, {.least_hops = 1});
  ASSERT_THAT(both, SizeIs(1));
  EXPECT_EQ(both[0].amount, 100U);
  EXPECT_EQ(both[0].counterparties, 3U);
}

TEST(AccountPeel, TakesNoPaymentTwice) {
  Flows flows;
  flows.Receive(0, "source", 1'000).Receive(1, "source", 1'000);
  flows.Send(2, "a", 900).Send(3, "buyer", 100).Send(4, "b", 900);
  EXPECT_THAT(PeelsOf(flows, {.least_hops = 1}), SizeIs(1));
  const auto found = PeelsOf(flows.Send(5, "buyer", 100), {.least_hops = 1});
  ASSERT_THAT(found, SizeIs(2));
  std::set<std::uint32_t> seen;
  for (const Finding& one : found) {
    for (const std::uint32_t number : one.flows) EXPECT_TRUE(seen.insert(number).second);
  }
}

// What comes back to the subject is not peeled off, and the subject is none of the others.
TEST(AccountPeel, CountsTheSubjectForNobody) {
  Flows flows = Peel(5, 100, kDay);
  flows.Receive(2 * kDay, "hop 0", 10);
  const auto found = PeelsOf(flows);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].counterparties, 10U);
  EXPECT_EQ(found[0].amount, 409'510U);
  Flows back;
  back.Receive(0, "source", 1'000).Send(1, "hop", 900).Send(1, "buyer", 100);
  back.Pay(2, "hop", "next", 800).Receive(2, "hop", 100);
  EXPECT_THAT(PeelsOf(back, {.least_hops = 1}), SizeIs(1));
  EXPECT_THAT(PeelsOf(back, {.least_hops = 2}), IsEmpty());
  EXPECT_THAT(PeelsOf(back.Pay(3, "hop", "buyer", 100), {.least_hops = 2}), SizeIs(1));
}

TEST(AccountPeel, SaysWhereItMayGoOn) {
  const auto is_cut = [](const Flows& flows) {
    const auto found = PeelsOf(flows);
    EXPECT_THAT(found, SizeIs(1));
    return !found.empty() && found[0].is_cut;
  };
  EXPECT_FALSE(is_cut(Peel(9, 100, kDay)));
  EXPECT_TRUE(is_cut(Peel(9, 100, kDay).MarkUnread("hop 6")));
  EXPECT_FALSE(is_cut(Peel(9, 100, kDay).MarkUnread("buyer 6")));
  EXPECT_FALSE(is_cut(Peel(9, 100, kDay).MarkUnread("hop 6").MarkService("hop 6")));
  EXPECT_FALSE(is_cut(Peel(9, 100, kDay).MarkHub("hop 6")));
  EXPECT_FALSE(is_cut(Peel(9, 100, kDay).MarkUnread("hop 6").Pay(-1, "buyer 0", "hop 6", 1)));
}

TEST(AccountPeel, NeedsAPeel) { EXPECT_THAT(PeelsOf(Peel(5, 0, kDay)), IsEmpty()); }

TEST(AccountPeel, NeedsEnough) {
  EXPECT_THAT(PeelsOf(Peel(5, 100, kDay), {.least_amount = 1'000'000}), SizeIs(1));
  EXPECT_THAT(PeelsOf(Peel(5, 100, kDay), {.least_amount = 1'000'001}), IsEmpty());
}

}  // namespace
}  // namespace coinwake::test
