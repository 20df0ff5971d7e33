// Days of the calendar (UTC).
#ifndef COINWAKE_LABELS_DATE_H_
#define COINWAKE_LABELS_DATE_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coinwake {

struct Date {
  std::int32_t days = 0;  // since 1970-01-01

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
  friend auto operator<=>(const Date&, const Date&) = default;
};

// "2024-09-27", also where a time of day follows it after a T or a blank; years 1 to 9999. nullopt
// for anything else.
std::optional<Date> ParseDate(std::string_view text);
// "2024-09-27".
std::string DateText(Date date);
// The first second of the day after, in Unix seconds.
std::int64_t EndOfDay(Date date);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_DATE_H_
