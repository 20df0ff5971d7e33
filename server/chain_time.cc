#include "server/chain_time.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

std::int64_t SecondsUtc(absl::CivilSecond second) {
  return absl::ToUnixSeconds(absl::FromCivil(second, absl::UTCTimeZone()));
}

// Unix seconds.
std::int64_t TimeAt(const View& view, std::uint64_t height) { return view.Block(height).time; }
std::int64_t TimeAt(const AccountView& view, std::uint64_t height) {
  return view.TimeOf(height) / 1000;
}

template <typename AnyView>
absl::StatusOr<std::uint64_t> SinceOf(const AnyView& view, std::string_view text) {
  if (const auto height = ParseNumber(text); height.has_value()) return *height;
  COINWAKE_ASSIGN_OR_RETURN(const TimeSpan span, ParseUtc(text));
  const Snapshot& snapshot = view.snapshot();
  for (std::uint64_t height = snapshot.from_height; height <= snapshot.height; ++height) {
    if (TimeAt(view, height) >= span.begin) return height;
  }
  return snapshot.height + 1;
}

template <typename AnyView>
absl::StatusOr<std::uint64_t> UntilOf(const AnyView& view, std::string_view text) {
  if (const auto height = ParseNumber(text); height.has_value()) return *height;
  COINWAKE_ASSIGN_OR_RETURN(const TimeSpan span, ParseUtc(text));
  const Snapshot& snapshot = view.snapshot();
  for (std::uint64_t height = snapshot.height + 1; height > snapshot.from_height; --height) {
    if (TimeAt(view, height - 1) < span.end) return height - 1;
  }
  return absl::InvalidArgumentError(absl::StrCat("every indexed block is after ", Excerpt(text),
                                                 "; the first is at height ",
                                                 snapshot.from_height));
}

}  // namespace

absl::StatusOr<TimeSpan> ParseUtc(std::string_view text) {
  constexpr std::size_t kDayLength = 10;     // YYYY-MM-DD
  constexpr std::size_t kSecondLength = 19;  // YYYY-MM-DDTHH:MM:SS
  const auto bad = [text] {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", Excerpt(text),
                     "\" is neither a height nor a time: 812000, 2023-10-14 or "
                     "2023-10-14T12:00:00Z (UTC)"));
  };
  std::string civil(text);
  if (civil.size() == kSecondLength + 1 && civil.back() == 'Z') civil.pop_back();
  const auto shaped = [](std::string_view given, std::string_view shape) {
    if (given.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const bool digit = given[i] >= '0' && given[i] <= '9';
      if (shape[i] == '0' ? !digit : shape[i] != given[i]) return false;
    }
    return true;
  };
  if (civil.size() == kSecondLength && civil[kDayLength] == ' ') civil[kDayLength] = 'T';
  absl::CivilDay day;
  absl::CivilSecond second;
  if (shaped(civil, "0000-00-00") && absl::ParseCivilTime(civil, &day)) {
    return TimeSpan{SecondsUtc(absl::CivilSecond(day)), SecondsUtc(absl::CivilSecond(day + 1))};
  }
  if (shaped(civil, "0000-00-00T00:00:00") && absl::ParseCivilTime(civil, &second)) {
    const std::int64_t begin = SecondsUtc(second);
    return TimeSpan{begin, begin + 1};
  }
  return bad();
}

absl::StatusOr<std::uint64_t> HeightSince(const View& view, std::string_view text) {
  return SinceOf(view, text);
}
absl::StatusOr<std::uint64_t> HeightSince(const AccountView& view, std::string_view text) {
  return SinceOf(view, text);
}
absl::StatusOr<std::uint64_t> HeightUntil(const View& view, std::string_view text) {
  return UntilOf(view, text);
}
absl::StatusOr<std::uint64_t> HeightUntil(const AccountView& view, std::string_view text) {
  return UntilOf(view, text);
}

}  // namespace coinwake::server
