#include "labels/date.h"

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "indexer/base/ascii.h"

namespace coinwake {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);
constexpr std::int64_t kSecondsInDay = 86'400;

// The number that `text` is, digits only; -1 for anything else.
int Digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (!ascii::IsDigit(c)) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::optional<Date> ParseDate(std::string_view text) {
  constexpr std::size_t kDateChars = 10;
  if (text.size() > kDateChars && text[kDateChars] != 'T' && text[kDateChars] != ' ') {
    return std::nullopt;
  }
  if (text.size() < kDateChars || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = Digits(text.substr(0, 4));
  const int month = Digits(text.substr(5, 2));
  const int day = Digits(text.substr(8, 2));
  if (year < 1 || month < 1 || day < 1) return std::nullopt;
  const absl::CivilDay civil(year, month, day);
  if (civil.month() != month || civil.day() != day) return std::nullopt;  // 30 February
  return Date{static_cast<std::int32_t>(civil - kEpoch)};
}

std::string DateText(Date date) {
  const absl::CivilDay day = kEpoch + date.days;
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::int64_t EndOfDay(Date date) { return (std::int64_t{date.days} + 1) * kSecondsInDay; }

}  // namespace coinwake
