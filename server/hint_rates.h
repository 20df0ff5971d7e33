// Reference rates as requests and files have them.
#ifndef COINWAKE_SERVER_HINT_RATES_H_
#define COINWAKE_SERVER_HINT_RATES_H_

#include <string_view>

#include "hints/rate_path.h"
#include "indexer/base/status.h"

namespace coinwake::v1 {
class FindHintsRequest;
}

namespace coinwake::server {

// kInvalidArgument: no time, or no price.
absl::StatusOr<RatePoint> ParseRate(std::string_view time, std::string_view price);

// kInvalidArgument, with the place of the rate from 1: as ParseRate() and RatePath::Make(), or
// there are too many.
absl::StatusOr<RatePath> RatesOf(const v1::FindHintsRequest& request);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_HINT_RATES_H_
