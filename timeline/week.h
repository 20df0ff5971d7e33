// ISO weeks: from Monday 00:00 UTC to the next. Weeks bin, they never order: block times do not
// ascend, and the order of everything stays (height, index).
#ifndef COINWAKE_TIMELINE_WEEK_H_
#define COINWAKE_TIMELINE_WEEK_H_

#include <cstdint>

namespace coinwake {

// Weeks since the one that began on Monday 1969-12-29.
using WeekNum = std::int64_t;

inline constexpr std::int64_t kSecondsInWeek = 7 * 86'400;
// 1970 began on a Thursday.
inline constexpr std::int64_t kFirstMonday = -3 * 86'400;

// REQUIRES of both: the time, in Unix seconds, is of the years 0 to 9999.
constexpr WeekNum WeekOf(std::int64_t unix_seconds) {
  const std::int64_t since = unix_seconds - kFirstMonday;
  return since >= 0 ? since / kSecondsInWeek : -((kSecondsInWeek - 1 - since) / kSecondsInWeek);
}
// Its Monday, 00:00 UTC, in Unix seconds.
constexpr std::int64_t BeginOf(WeekNum week) { return week * kSecondsInWeek + kFirstMonday; }

}  // namespace coinwake

#endif  // COINWAKE_TIMELINE_WEEK_H_
