#include "hints/rate_path.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/amount.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kPermille = 1000;
constexpr Uint128 kMost = ~Uint128{0};

// 512 bits hold the largest product: 98 bits of amount, 120 of price, 60 of decimals.
AmountSum PowerOfTen(int exponent) {
  AmountSum power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

bool IsDigit(char c) { return '0' <= c && c <= '9'; }

Uint128 Saturated(const AmountSum& amount) {
  return amount > AmountSum(kMost) ? kMost : static_cast<Uint128>(amount);
}

// amount * price * kept / 1000 in base units paid out, as a fraction.
struct Fraction {
  AmountSum above;
  AmountSum below;
};
Fraction PaidOut(Uint128 amount, Price price, std::uint32_t kept_permille,
                 const PayoutTerms& terms) {
  const AmountSum kept = AmountSum(amount) * kept_permille * PowerOfTen(terms.decimals_out);
  const AmountSum whole = AmountSum(kPermille) * PowerOfTen(terms.decimals_in);
  if (terms.is_base_deposited) {
    return {kept * AmountSum(price), whole * PowerOfTen(kPriceDigits)};
  }
  return {kept * PowerOfTen(kPriceDigits), whole * AmountSum(price)};
}

}  // namespace

std::optional<Price> ParsePrice(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > kPriceDigits || part.size() > kPriceDigits ||
      (point != std::string_view::npos && part.empty())) {
    return std::nullopt;
  }
  Price price = 0;
  for (const char c : whole) {
    if (!IsDigit(c)) return std::nullopt;
    price = price * 10 + static_cast<unsigned>(c - '0');
  }
  for (std::size_t i = 0; i < kPriceDigits; ++i) {
    const char c = i < part.size() ? part[i] : '0';
    if (!IsDigit(c)) return std::nullopt;
    price = price * 10 + static_cast<unsigned>(c - '0');
  }
  return price == 0 ? std::nullopt : std::optional(price);
}

std::string PriceText(Price price) {
  std::string digits = ToDecimal(Uint256(price));
  if (digits.size() <= kPriceDigits) digits.insert(0, kPriceDigits + 1 - digits.size(), '0');
  digits.insert(digits.size() - kPriceDigits, ".");
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

absl::StatusOr<RatePath> RatePath::Make(std::vector<RatePoint> points) {
  if (points.empty()) return absl::InvalidArgumentError("there are no rates");
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i - 1].time >= points[i].time) {
      return absl::InvalidArgumentError(
          absl::StrCat("rate ", i + 1, " is not later than the one before it"));
    }
  }
  return RatePath(std::move(points));
}

std::optional<PriceRange> RatePath::Between(std::int64_t from, std::int64_t to) const {
  const auto after =
      std::upper_bound(points_.begin(), points_.end(), from,
                       [](std::int64_t time, const RatePoint& point) { return time < point.time; });
  if (after == points_.begin()) return std::nullopt;
  auto point = after - 1;
  PriceRange range{point->price, point->price};
  while (point->time < to) {
    const std::int64_t before = point->time;
    if (++point == points_.end() || point->time - before > kLongestRateGap) return std::nullopt;
    range.low = std::min(range.low, point->price);
    range.high = std::max(range.high, point->price);
  }
  return range;
}

AmountRange PayoutOf(Uint128 amount, const PriceRange& prices, const PayoutTerms& terms) {
  const bool is_base = terms.is_base_deposited;
  const Fraction least = PaidOut(amount, is_base ? prices.low : prices.high,
                                 kPermille - terms.fee_max_permille, terms);
  const Fraction most = PaidOut(amount, is_base ? prices.high : prices.low,
                                kPermille - terms.fee_min_permille, terms);
  const AmountSum less = AmountSum(terms.flat_fee) + AmountSum(terms.tolerance);
  const AmountSum low = least.above / least.below;
  const AmountSum high = (most.above + most.below - 1) / most.below + AmountSum(terms.tolerance);
  return {low > less ? Saturated(low - less) : Uint128{1},
          high > AmountSum(terms.flat_fee) ? Saturated(high - AmountSum(terms.flat_fee)) : 0};
}

}  // namespace coinwake
