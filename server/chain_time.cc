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

// Whether `text`, a height or a time as above, is beyond what is indexed.
template <typename AnyView>
absl::StatusOr<bool> IsBeyondTip(const AnyView& view, std::string_view text) {
  const std::uint64_t tip = view.snapshot().height;
  if (const auto height = ParseNumber(text); height.has_value()) return *height > tip;
  COINWAKE_ASSIGN_OR_RETURN(const TimeSpan span, ParseUtc(text));
  return span.begin > TimeAt(view, tip);
}

// Two times in the wrong order, be there blocks about them or not.
bool AreReversedTimes(std::string_view since, std::string_view until) {
  if (ParseNumber(since).has_value() || ParseNumber(until).has_value()) return false;
  const absl::StatusOr<TimeSpan> first = ParseUtc(since);
  const absl::StatusOr<TimeSpan> last = ParseUtc(until);
  return first.ok() && last.ok() && first->begin >= last->end;
}

template <typename AnyView>
absl::StatusOr<HeightSpan> SpanOf(const AnyView& view, std::string_view since,
                                  std::string_view until) {
  const Snapshot& snapshot = view.snapshot();
  HeightSpan span;
  bool is_open = until.empty();  // blocks still to come may be before it
  const auto warn = [&](std::string_view what, std::string_view text, std::string_view effect) {
    span.warnings.push_back(absl::StrCat(std::string(what), " ", Excerpt(text),
                                         " is beyond the last indexed block, at height ",
                                         snapshot.height, ": ", std::string(effect)));
  };
  if (!since.empty()) {
    COINWAKE_ASSIGN_OR_RETURN(span.since, SinceOf(view, since));
    if (*span.since > snapshot.height) warn("since", since, "nothing was seeded");
  }
  if (!until.empty()) {
    COINWAKE_ASSIGN_OR_RETURN(span.until, UntilOf(view, until));
    if (*span.until < snapshot.from_height) {
      return absl::InvalidArgumentError(absl::StrCat("until height ", *span.until,
                                                     " is before the first indexed block, ",
                                                     snapshot.from_height));
    }
    COINWAKE_ASSIGN_OR_RETURN(const bool beyond, IsBeyondTip(view, until));
    if (beyond) warn("until", until, "what came after was not followed");
    is_open = *span.until == snapshot.height && !ParseNumber(until).has_value();
  }
  if ((span.since.has_value() && !is_open && *span.since > *span.until) ||
      AreReversedTimes(since, until)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no block is between since ", Excerpt(since), " and until ", Excerpt(until)));
  }
  return span;
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

absl::StatusOr<HeightSpan> HeightsOf(const View& view, std::string_view since,
                                     std::string_view until) {
  return SpanOf(view, since, until);
}
absl::StatusOr<HeightSpan> HeightsOf(const AccountView& view, std::string_view since,
                                     std::string_view until) {
  return SpanOf(view, since, until);
}

}  // namespace coinwake::server
