// Which withdrawals fit which deposits, and how many fit by chance.
#ifndef COINWAKE_HINTS_FITS_H_
#define COINWAKE_HINTS_FITS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hints/chance.h"
#include "hints/movement.h"
#include "hints/rate_path.h"

namespace coinwake {

inline constexpr std::int64_t kSecondsOfDay = 86'400;
// The longest window: one that is shifted by a day must not reach into the one that is asked about.
inline constexpr std::int64_t kLongestHintWindow = kSecondsOfDay;
// How much of the withdrawals around a deposit counts: the furthest shifted window and its length.
inline constexpr std::int64_t kHintHorizon = (kMostShiftedDays + 1) * kSecondsOfDay;

struct HintParameters {
  std::int64_t window_s = 6 * 3'600;  // above 0, at most kLongestHintWindow
  PayoutTerms terms;
};

// Positions of movements in what is searched, ascending: in order of time.
using Positions = std::vector<std::uint32_t>;

// A deposit, or several that are paid out at once.
struct DepositedSum {
  Uint128 amount = 0;           // at most 3 * kMaxFlowAmount
  std::int64_t first_time = 0;  // of the first of them
  std::int64_t last_time = 0;
};

// Immutable, thread-safe. Memory: 4 bytes a withdrawal.
class Fits {
 public:
  // All are borrowed. REQUIRES: both sorted (IsBefore), fewer than 2^32 each.
  Fits(std::span<const ServiceMovement> deposits, std::span<const ServiceMovement> withdrawals,
       const RatePath& rates, const HintParameters& parameters);

  std::span<const ServiceMovement> deposits() const { return deposits_; }
  std::span<const ServiceMovement> withdrawals() const { return withdrawals_; }
  const HintParameters& parameters() const { return parameters_; }
  const RatePath& rates() const { return rates_; }
  DepositedSum SumOf(std::uint32_t deposit) const;

  // What the sum may be paid out as at that time. nullopt: a price from the first deposit on is not
  // known.
  std::optional<AmountRange> PayoutAt(const DepositedSum& sum, std::int64_t time) const;

  // Withdrawals that fit: after the last deposit, at most a window after the first. nullopt: a
  // price within the window is not known.
  std::optional<Positions> OfSum(const DepositedSum& sum) const;
  std::optional<Positions> OfDeposit(std::uint32_t deposit) const { return OfSum(SumOf(deposit)); }
  // Deposits that the withdrawal fits. nullopt: a price is not known.
  std::optional<Positions> OfWithdrawal(std::uint32_t withdrawal) const;

  // Withdrawals that fit in shifted windows, and how many of those lie between the first and the
  // last withdrawal within kHintHorizon; none where a price is not known.
  Chance ChanceOf(const DepositedSum& sum) const;

  // Positions of the withdrawals with from < time <= to.
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  Range WithdrawalsWithin(std::int64_t from, std::int64_t to) const;
  // All withdrawals within kHintHorizon of that time, both ends included.
  std::span<const ServiceMovement> WithdrawalsAround(std::int64_t time) const;

 private:
  const std::span<const ServiceMovement> deposits_;
  const std::span<const ServiceMovement> withdrawals_;
  const RatePath& rates_;
  const HintParameters parameters_;
  Positions by_amount_;  // withdrawals by amount, then in order
};

}  // namespace coinwake

#endif  // COINWAKE_HINTS_FITS_H_
