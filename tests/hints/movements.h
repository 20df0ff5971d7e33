// Deposits and withdrawals in a few words, and searches among them.
#ifndef COINWAKE_TESTS_HINTS_MOVEMENTS_H_
#define COINWAKE_TESTS_HINTS_MOVEMENTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "hints/fits.h"
#include "hints/hint.h"
#include "tests/support/matchers.h"

namespace coinwake {

inline constexpr std::int64_t kHour = 3'600;
inline constexpr std::int64_t kDay = 86'400;
// When what is asked about happens in most tests.
inline constexpr std::int64_t kNoon = 1'700'000'000;

inline constexpr KnownTimes kAllTimes{std::numeric_limits<std::int64_t>::min() / 4,
                                      std::numeric_limits<std::int64_t>::max() / 4};

inline Price Whole(std::uint64_t price) { return Price{price} * 1'000'000'000'000'000'000U; }

// One price for all time that tests use.
inline RatePath FixedRate(std::uint64_t price) {
  std::vector<RatePoint> points;
  for (std::int64_t day = -40; day <= 40; ++day) {
    points.push_back({kNoon + day * kDay, Whole(price)});
  }
  auto path = RatePath::Make(std::move(points));
  EXPECT_THAT(path, IsOk());
  return *std::move(path);
}

// Two streams, each made in any order, and a search in them.
class Streams {
 public:
  // Payments without a fee, whole units on both sides.
  Streams() { parameters_.terms = {.decimals_in = 0, .decimals_out = 0, .fee_max_permille = 0}; }

  HintParameters& parameters() { return parameters_; }
  void set_rates(RatePath rates) { rates_ = std::move(rates); }
  void set_deposits_known(const KnownTimes& known) { deposits_known_ = known; }
  void set_withdrawals_known(const KnownTimes& known) { withdrawals_known_ = known; }

  void Deposit(std::int64_t time, Uint128 amount) { Add(time, amount, &deposits_); }
  void Withdraw(std::int64_t time, Uint128 amount) { Add(time, amount, &withdrawals_); }
  // A withdrawal long before and one long after, so that all shifted windows of what happens within
  // an hour of `time` count.
  void Live(std::int64_t time) {
    Withdraw(time - kHintHorizon + kHour, 3);
    Withdraw(time + kHintHorizon - kHour, 3);
  }

  // The first deposit at that time; all deposits are its group.
  HintAnswer AskDeposit(std::int64_t time) {
    return Ask([time](const Streams& self, const HintSearch& search) {
      Positions all;
      for (std::uint32_t i = 0; i < self.deposits_.size(); ++i) all.push_back(i);
      return search.AskDeposit(PositionAt(self.deposits_, time), all, nullptr);
    });
  }
  HintAnswer AskWithdrawal(std::int64_t time) {
    return Ask([time](const Streams& self, const HintSearch& search) {
      return search.AskWithdrawal(PositionAt(self.withdrawals_, time), nullptr);
    });
  }

  const std::vector<ServiceMovement>& deposits() const { return deposits_; }
  const std::vector<ServiceMovement>& withdrawals() const { return withdrawals_; }
  const RatePath& rates() const { return rates_; }

 private:
  static void Add(std::int64_t time, Uint128 amount, std::vector<ServiceMovement>* movements) {
    ServiceMovement movement;
    movement.at.number = movements->size();
    movement.at.time = time;
    movement.amount = amount;
    movements->push_back(movement);
  }

  static std::uint32_t PositionAt(const std::vector<ServiceMovement>& movements,
                                  std::int64_t time) {
    const auto place =
        std::find_if(movements.begin(), movements.end(),
                     [time](const ServiceMovement& one) { return one.at.time == time; });
    EXPECT_NE(place, movements.end());
    return static_cast<std::uint32_t>(place - movements.begin());
  }

  template <typename Question>
  HintAnswer Ask(const Question& question) {
    std::sort(deposits_.begin(), deposits_.end(), IsBefore);
    std::sort(withdrawals_.begin(), withdrawals_.end(), IsBefore);
    const Fits fits(deposits_, withdrawals_, rates_, parameters_);
    const HintSearch search(fits, deposits_known_, withdrawals_known_);
    auto answer = question(*this, search);
    EXPECT_THAT(answer, IsOk());
    return *std::move(answer);
  }

  std::vector<ServiceMovement> deposits_;
  std::vector<ServiceMovement> withdrawals_;
  RatePath rates_ = FixedRate(1);
  KnownTimes deposits_known_ = kAllTimes;
  KnownTimes withdrawals_known_ = kAllTimes;
  HintParameters parameters_;
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_HINTS_MOVEMENTS_H_
