// A reference rate over time, as the user gives it, and what a deposit may be paid out as.
//
// A rate is the price of one whole unit of the base asset in whole units of the quote asset, exact:
// what a file says in decimal digits. Nothing here is rounded but the ends of a payout, outwards.
#ifndef COINWAKE_HINTS_RATE_PATH_H_
#define COINWAKE_HINTS_RATE_PATH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/taint.h"

namespace coinwake {

// In units of 10^-kPriceDigits.
using Price = Uint128;
inline constexpr int kPriceDigits = 18;  // before the point and after it, each at most

// "42000.5", above 0. nullopt for anything else.
std::optional<Price> ParsePrice(std::string_view text);
// As short as it can be: "42000.5".
std::string PriceText(Price price);

struct RatePoint {
  std::int64_t time = 0;  // Unix seconds
  Price price = 0;
};

struct PriceRange {
  Price low = 0;
  Price high = 0;
};

// Two points further apart tell nothing of the time between: a price of the day may stand for its
// day, and one that is missing not for a week.
inline constexpr std::int64_t kLongestRateGap = 2 * 86'400;  // seconds

// Immutable, thread-safe.
class RatePath {
 public:
  // kInvalidArgument: none, two at the same time, or not in order of time; the message has the
  // place from 1. REQUIRES: prices above 0.
  static absl::StatusOr<RatePath> Make(std::vector<RatePoint> points);

  // The least and the greatest price from `from` to `to`: between two points the price is taken to
  // lie between theirs. nullopt: before the first point, after the last, or within a gap that is
  // too long. O(log points + points between). REQUIRES: from <= to.
  std::optional<PriceRange> Between(std::int64_t from, std::int64_t to) const;

 private:
  explicit RatePath(std::vector<RatePoint> points) : points_(std::move(points)) {}

  std::vector<RatePoint> points_;
};

// How a service pays out.
struct PayoutTerms {
  // Whether rates are prices of the asset deposited in the asset paid out, or the other way round.
  bool is_base_deposited = true;
  int decimals_in = 8;  // base units of a whole unit, as powers of ten; at most kMostDecimals
  int decimals_out = 6;
  std::uint32_t fee_min_permille = 0;
  std::uint32_t fee_max_permille = 30;  // at most 1000
  Uint128 flat_fee = 0;                 // base units paid out less, whatever the amount
  Uint128 tolerance = 0;                // base units either way
};
inline constexpr int kMostDecimals = 18;

struct AmountRange {
  Uint128 low = 0;
  Uint128 high = 0;

  bool Holds(Uint128 amount) const { return low <= amount && amount <= high; }
};

// What `amount` base units may be paid out as, at any price of the range and any fee of the band:
// amount * price * (1 - fee) - flat_fee, give or take the tolerance; the ends are rounded outwards
// to whole units, `low` is at least 1, and where nothing is left `high` is 0. REQUIRES: amount <= 3
// * kMaxFlowAmount, prices above 0, terms as said above.
AmountRange PayoutOf(Uint128 amount, const PriceRange& prices, const PayoutTerms& terms);

}  // namespace coinwake

#endif  // COINWAKE_HINTS_RATE_PATH_H_
