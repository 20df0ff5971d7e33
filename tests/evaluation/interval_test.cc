// Goal: intervals are those of the literature, stay where rates can be, and never vary.
// Method: published values of Wilson's interval; samples drawn twice; a mean whose interval is
// known.
#include "evaluation/interval.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace coinwake::evaluation {
namespace {

TEST(Wilson, GivesThePublishedIntervals) {
  // Newcombe 1998, Statistics in Medicine 17, table I: the score method without continuity
  // correction.
  const struct {
    std::uint64_t successes;
    std::uint64_t trials;
    double low;
    double high;
  } cases[] = {{81, 263, 0.2553, 0.3662},
               {15, 148, 0.0624, 0.1605},
               {0, 20, 0.0, 0.1611},
               {1, 29, 0.0061, 0.1718}};
  for (const auto& one : cases) {
    const std::optional<Interval> interval = WilsonInterval(one.successes, one.trials);
    ASSERT_TRUE(interval.has_value());
    EXPECT_NEAR(interval->low, one.low, 5e-5) << one.successes << " of " << one.trials;
    EXPECT_NEAR(interval->high, one.high, 5e-5) << one.successes << " of " << one.trials;
  }
}

TEST(Wilson, HasNothingToSayWithoutTrials) {
  EXPECT_FALSE(WilsonInterval(0, 0).has_value());
  EXPECT_FALSE(Proportion(0, 0, FigureKind::kMeasured).has_value());
}

TEST(Wilson, StaysWithinZeroAndOneAndHoldsTheShare) {
  for (std::uint64_t trials = 1; trials <= 200; ++trials) {
    for (std::uint64_t successes = 0; successes <= trials; ++successes) {
      const std::optional<Figure> figure = Proportion(successes, trials, FigureKind::kAgreement);
      ASSERT_TRUE(figure.has_value() && figure->interval.has_value());
      EXPECT_EQ(figure->kind, FigureKind::kAgreement);
      ASSERT_LE(0, figure->interval->low);
      ASSERT_LE(figure->interval->low, figure->value);
      ASSERT_LE(figure->value, figure->interval->high);
      ASSERT_LE(figure->interval->high, 1);
      ASSERT_LT(figure->interval->low, figure->interval->high);
    }
  }
}

TEST(Resampler, DrawsSamplesOfThePopulationsSize) {
  Resampler resampler(100, 5);
  std::vector<std::uint32_t> times;
  std::vector<std::uint64_t> drawn(100);
  for (int sample = 0; sample < 1000; ++sample) {
    resampler.Draw(&times);
    ASSERT_EQ(times.size(), 100u);
    ASSERT_EQ(std::accumulate(times.begin(), times.end(), 0U), 100u);
    for (std::size_t i = 0; i < times.size(); ++i) drawn[i] += times[i];
  }
  // 1000 draws each are expected; 6 standard deviations are 190.
  for (const std::uint64_t count : drawn) EXPECT_NEAR(static_cast<double>(count), 1000, 190);
}

TEST(Resampler, DrawsTheSameForTheSameSeedOnly) {
  Resampler first(50, 1);
  Resampler second(50, 1);
  Resampler other(50, 2);
  std::vector<std::uint32_t> a;
  std::vector<std::uint32_t> b;
  std::vector<std::uint32_t> c;
  first.Draw(&a);
  second.Draw(&b);
  other.Draw(&c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  first.Draw(&a);
  EXPECT_NE(a, b);
}

// The generator's first numbers for seed 1234567, as published with it: the same on every machine.
TEST(Resampler, DrawsWhatSplitMixGives) {
  // Of a population of 2^16, the drawn one is the top 16 bits of each number.
  constexpr std::size_t kPopulation = 1 << 16;
  Resampler resampler(kPopulation, 1234567);
  std::vector<std::uint32_t> times;
  resampler.Draw(&times);
  for (const std::uint64_t number :
       {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
        4593380528125082431ULL, 16408922859458223821ULL}) {
    EXPECT_GE(times[number >> 48], 1u);
  }
}

TEST(MiddleOf, LeavesOutOneFortiethAtEachEnd) {
  std::vector<double> values;
  for (int i = 999; i >= 0; --i) values.push_back(i);
  const std::optional<Interval> interval = MiddleOf(&values);
  ASSERT_TRUE(interval.has_value());
  EXPECT_EQ(interval->low, 25);
  EXPECT_EQ(interval->high, 974);
  std::vector<double> one = {3};
  EXPECT_EQ(MiddleOf(&one)->low, 3);
  std::vector<double> none;
  EXPECT_FALSE(MiddleOf(&none).has_value());
}

}  // namespace
}  // namespace coinwake::evaluation
