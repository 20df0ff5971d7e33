#include "hints/fits.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace coinwake {
namespace {

// Position of the first movement after that time.
std::uint32_t FirstAfter(std::span<const ServiceMovement> movements, std::int64_t time) {
  const auto place =
      std::upper_bound(movements.begin(), movements.end(), time,
                       [](std::int64_t t, const ServiceMovement& one) { return t < one.at.time; });
  return static_cast<std::uint32_t>(place - movements.begin());
}

// Which shifted windows count, by shift: from -kMostShiftedDays to kMostShiftedDays, in days.
class CountedWindows {
 public:
  // Those of (begin, end], shifted, that lie within [first, last].
  CountedWindows(std::int64_t begin, std::int64_t end, std::int64_t first, std::int64_t last) {
    for (std::int64_t day = -kMostShiftedDays; day <= kMostShiftedDays; ++day) {
      const std::int64_t shift = day * kSecondsOfDay;
      if (day == 0 || begin + shift < first || end + shift > last) continue;
      counts_[At(day)] = true;
      ++count_;
    }
  }

  std::uint64_t count() const { return count_; }
  bool Has(std::int64_t day) const {
    return -kMostShiftedDays <= day && day <= kMostShiftedDays && counts_[At(day)];
  }

 private:
  static std::size_t At(std::int64_t day) {
    return static_cast<std::size_t>(day + kMostShiftedDays);
  }

  std::array<bool, 2 * kMostShiftedDays + 1> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace

Fits::Fits(std::span<const ServiceMovement> deposits, std::span<const ServiceMovement> withdrawals,
           const RatePath& rates, const HintParameters& parameters)
    : deposits_(deposits),
      withdrawals_(withdrawals),
      rates_(rates),
      parameters_(parameters),
      by_amount_(withdrawals.size()) {
  std::iota(by_amount_.begin(), by_amount_.end(), 0U);
  std::stable_sort(by_amount_.begin(), by_amount_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return withdrawals_[a].amount < withdrawals_[b].amount;
  });
}

DepositedSum Fits::SumOf(std::uint32_t deposit) const {
  const ServiceMovement& one = deposits_[deposit];
  return {one.amount, one.at.time, one.at.time};
}

std::optional<AmountRange> Fits::PayoutAt(const DepositedSum& sum, std::int64_t time) const {
  const std::optional<PriceRange> prices = rates_.Between(sum.first_time, time);
  if (!prices.has_value()) return std::nullopt;
  return PayoutOf(sum.amount, *prices, parameters_.terms);
}

Fits::Range Fits::WithdrawalsWithin(std::int64_t from, std::int64_t to) const {
  return {FirstAfter(withdrawals_, from), FirstAfter(withdrawals_, to)};
}

std::span<const ServiceMovement> Fits::WithdrawalsAround(std::int64_t time) const {
  const Range range = WithdrawalsWithin(time - kHintHorizon - 1, time + kHintHorizon);
  return withdrawals_.subspan(range.begin, range.end - range.begin);
}

std::optional<Positions> Fits::OfSum(const DepositedSum& sum) const {
  const std::int64_t end = sum.first_time + parameters_.window_s;
  // With more time come more prices: whatever fits earlier is within this.
  const std::optional<AmountRange> widest = PayoutAt(sum, end);
  if (!widest.has_value()) return std::nullopt;
  Positions fitting;
  const Range within = WithdrawalsWithin(sum.last_time, end);
  for (std::uint32_t i = within.begin; i < within.end; ++i) {
    const ServiceMovement& one = withdrawals_[i];
    if (!widest->Holds(one.amount)) continue;
    const std::optional<AmountRange> payout = PayoutAt(sum, one.at.time);
    if (payout.has_value() && payout->Holds(one.amount)) fitting.push_back(i);
  }
  return fitting;
}

std::optional<Positions> Fits::OfWithdrawal(std::uint32_t withdrawal) const {
  const ServiceMovement& paid = withdrawals_[withdrawal];
  Positions fitting;
  const std::uint32_t end = FirstAfter(deposits_, paid.at.time - 1);
  for (std::uint32_t i = FirstAfter(deposits_, paid.at.time - parameters_.window_s - 1); i < end;
       ++i) {
    const std::optional<AmountRange> payout = PayoutAt(SumOf(i), paid.at.time);
    if (!payout.has_value()) return std::nullopt;
    if (payout->Holds(paid.amount)) fitting.push_back(i);
  }
  return fitting;
}

Chance Fits::ChanceOf(const DepositedSum& sum) const {
  const std::span<const ServiceMovement> around = WithdrawalsAround(sum.first_time);
  const std::optional<AmountRange> widest = PayoutAt(sum, sum.first_time + parameters_.window_s);
  Chance chance;
  if (around.empty() || !widest.has_value()) return chance;
  const CountedWindows windows(sum.last_time, sum.first_time + parameters_.window_s,
                               around.front().at.time, around.back().at.time);
  chance.windows = windows.count();
  auto place = std::lower_bound(
      by_amount_.begin(), by_amount_.end(), widest->low,
      [this](std::uint32_t i, Uint128 amount) { return withdrawals_[i].amount < amount; });
  for (; place != by_amount_.end() && withdrawals_[*place].amount <= widest->high; ++place) {
    const ServiceMovement& one = withdrawals_[*place];
    const std::int64_t since = one.at.time - sum.first_time - 1;
    // Rounded down also below 0, so that `into` is from 1 to a day.
    const std::int64_t day =
        since >= 0 ? since / kSecondsOfDay : -((kSecondsOfDay - 1 - since) / kSecondsOfDay);
    const std::int64_t into = since + 1 - day * kSecondsOfDay;
    if (!windows.Has(day) || into > parameters_.window_s ||
        into <= sum.last_time - sum.first_time) {
      continue;
    }
    const std::optional<AmountRange> payout = PayoutAt(sum, sum.first_time + into);
    if (payout.has_value() && payout->Holds(one.amount)) ++chance.hits;
  }
  return chance;
}

}  // namespace coinwake
