// Heights given as dates.
#ifndef COINWAKE_SERVER_CHAIN_TIME_H_
#define COINWAKE_SERVER_CHAIN_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"

namespace coinwake::server {

// A moment or a whole day in UTC: the seconds [begin, end) since 1970.
struct TimeSpan {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ (a blank may stand for the T, the Z may be missing).
// kInvalidArgument for anything else, and for days that do not exist.
absl::StatusOr<TimeSpan> ParseUtc(std::string_view text);

// `text` is a height, or a time as above. Block times do not ascend strictly, so that a time is
// compared with every header. O(blocks) for a time.
//
// The first block not before it; the tip's height + 1 when there is none.
absl::StatusOr<std::uint64_t> HeightSince(const View& view, std::string_view text);
absl::StatusOr<std::uint64_t> HeightSince(const AccountView& view, std::string_view text);
// The last block not after it (a day counts to its end). kInvalidArgument when all are after it.
absl::StatusOr<std::uint64_t> HeightUntil(const View& view, std::string_view text);
absl::StatusOr<std::uint64_t> HeightUntil(const AccountView& view, std::string_view text);

// The heights between which a trace seeds and follows.
struct HeightSpan {
  std::optional<std::uint64_t> since;  // may be above the tip, as `until`
  std::optional<std::uint64_t> until;
  std::vector<std::string> warnings;  // a line for each that is beyond the tip
};

// `since` and `until` as above; empty: none. kInvalidArgument: no block can be between them, or
// `until` is before the first indexed block.
absl::StatusOr<HeightSpan> HeightsOf(const View& view, std::string_view since,
                                     std::string_view until);
absl::StatusOr<HeightSpan> HeightsOf(const AccountView& view, std::string_view since,
                                     std::string_view until);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_CHAIN_TIME_H_
