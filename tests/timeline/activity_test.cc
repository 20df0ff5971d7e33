// Goal: weeks, pauses and what was around a moment, by the rules. Method: receipts made by hand,
// both sides of each threshold.
#include "timeline/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMonday = 1'698'624'000;  // 2023-10-30

// Receipts of 10 from one payer each, at these times.
std::vector<Receipt> At(
    std::initializer_list<std::pair<std::int64_t, std::vector<std::uint64_t>>> made) {
  std::vector<Receipt> receipts;
  for (const auto& [time, payers] : made) {
    const std::uint64_t number = receipts.size();
    Receipt receipt{.at = {number, TxNum{number}, number, time}, .amount = 10, .payers = {}};
    for (const std::uint64_t payer : payers) receipt.payers.push_back(AddressNum{payer});
    receipts.push_back(receipt);
  }
  return receipts;
}

// "week: receipts amount payers new unknown".
std::string Text(const Figures& figures) {
  std::string text = std::to_string(figures.receipts);
  for (const std::uint64_t one : {static_cast<std::uint64_t>(figures.amount), figures.payers,
                                  figures.new_payers, figures.unknown}) {
    text += " " + std::to_string(one);
  }
  return text;
}
std::vector<std::string> Lines(const std::vector<WeekFigures>& weeks, WeekNum from) {
  std::vector<std::string> lines;
  lines.reserve(weeks.size());
  for (const WeekFigures& one : weeks) {
    lines.push_back(std::to_string(one.week - from) + ": " + Text(one.figures));
  }
  return lines;
}

TEST(Weeks, BeginOnMondayMidnight) {
  EXPECT_EQ(BeginOf(WeekOf(kMonday)), kMonday);
  EXPECT_EQ(BeginOf(WeekOf(kMonday + kSecondsInWeek - 1)), kMonday);
  EXPECT_EQ(WeekOf(kMonday - 1), WeekOf(kMonday) - 1);
  EXPECT_EQ(WeekOf(0), 0);
  EXPECT_EQ(WeekOf(kFirstMonday), 0);
  EXPECT_EQ(WeekOf(kFirstMonday - 1), -1);
  EXPECT_EQ(WeekOf(kFirstMonday - kSecondsInWeek), -1);
  EXPECT_EQ(WeekOf(kFirstMonday - kSecondsInWeek - 1), -2);
}

TEST(ByWeek, CountsReceiptsAndWhoPaid) {
  const auto weeks = ByWeek(At({{kMonday, {1}},
                                {kMonday + 5, {1}},
                                {kMonday + 9, {}},
                                {kMonday + kSecondsInWeek, {1, 2}},
                                {kMonday - 1, {2}}}));  // times do not ascend
  EXPECT_THAT(Lines(weeks, WeekOf(kMonday)),
              ElementsAre("-1: 1 10 1 0 0", "0: 3 30 1 1 1", "1: 1 10 2 1 0"));
  EXPECT_THAT(ByWeek({}), IsEmpty());
}

TEST(Together, CountsAPayerOnce) {
  EXPECT_EQ(Text(Together(At({{1, {1}}, {2, {1, 2}}, {3, {}}}))), "3 30 2 2 1");
}

std::vector<WeekFigures> Active(std::initializer_list<WeekNum> weeks) {
  std::vector<WeekFigures> active;
  for (const WeekNum week : weeks) active.push_back({week, {.receipts = 1}});
  return active;
}

TEST(Pauses, NeedEnoughQuietWeeks) {
  const auto four = FindPauses(Active({0, 1, 2, 3, 8}), 9, {});
  EXPECT_THAT(four, ElementsAre(Pause{4, 8, true, 4, 0}));
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 3, 7}), 8, {}), IsEmpty());
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 3, 7}), 8, {.quiet_weeks = 3}), SizeIs(1));
}

TEST(Pauses, NeedEnoughActiveWeeksBefore) {
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 9}), 10, {}), IsEmpty());
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 9}), 10, {.active_weeks = 3}), SizeIs(1));
  // Weeks count from the first on, not from the pause before.
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 3, 9, 15}), 16, {}),
              ElementsAre(Pause{4, 9, true, 4, 0}, Pause{10, 15, true, 5, 5}));
}

TEST(Pauses, MayLastUntilTheLastWholeWeek) {
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 3}), 8, {}), ElementsAre(Pause{4, 8, false, 4, 0}));
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 3}), 7, {}), IsEmpty());
  EXPECT_THAT(FindPauses(Active({0, 1, 2, 5}), 3, {}), IsEmpty());  // the tip's time is before
  EXPECT_THAT(FindPauses({}, 100, {}), IsEmpty());
}

TEST(Pauses, TellTheLongestGapBefore) {
  EXPECT_THAT(FindPauses(Active({0, 3, 5, 6, 13}), 14, {}), ElementsAre(Pause{7, 13, true, 4, 2}));
}

TEST(Around, TakesTheMomentItselfAsAfter) {
  const std::vector<Receipt> receipts =
      At({{90, {1}}, {100, {1}}, {109, {2}}, {110, {3}}, {89, {4}}, {99, {}}});
  const auto around = Around(receipts, {100}, 10);
  ASSERT_THAT(around, SizeIs(1));
  EXPECT_EQ(Text(around[0].before), "2 20 1 1 1");  // 90 and 99
  EXPECT_EQ(Text(around[0].after), "2 20 2 1 0");   // 100 and 109
}

}  // namespace
}  // namespace coinwake::test
