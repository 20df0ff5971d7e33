#include "server/hint_rates.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/hints.pb.h"
#include "server/chain_time.h"
#include "server/limits.h"
#include "server/names.h"

namespace coinwake::server {

absl::StatusOr<RatePoint> ParseRate(std::string_view time, std::string_view price) {
  const absl::StatusOr<TimeSpan> span = ParseUtc(time);
  if (!span.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", Excerpt(time), "\" is no time of a rate: 2023-10-14 or 2023-10-14T12:00:00Z (UTC)"));
  }
  const std::optional<Price> parsed = ParsePrice(price);
  if (!parsed.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", Excerpt(price), "\" is no price: a decimal number above 0, at most ",
                     kPriceDigits, " digits before the point and after it"));
  }
  return RatePoint{span->begin, *parsed};
}

absl::StatusOr<RatePath> RatesOf(const v1::FindHintsRequest& request) {
  if (static_cast<std::size_t>(request.rates_size()) > kMaxHintRates) {
    return absl::InvalidArgumentError(
        absl::StrCat(request.rates_size(), " rates are too many: at most ", kMaxHintRates));
  }
  std::vector<RatePoint> points;
  for (const v1::HintRate& rate : request.rates()) {
    const absl::StatusOr<RatePoint> point = ParseRate(rate.time(), rate.price());
    if (!point.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("rate ", points.size() + 1, ": ", std::string(point.status().message())));
    }
    points.push_back(*point);
  }
  return RatePath::Make(std::move(points));
}

}  // namespace coinwake::server
