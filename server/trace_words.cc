#include "server/trace_words.h"

#include <algorithm>

#include "indexer/base/utf8.h"
#include "server/limits.h"

namespace coinwake::server {

absl::StatusOr<StopKinds> ParseStopAt(std::string_view stop_at) {
  StopKinds kinds;
  if (stop_at.empty()) return StopKinds{true, true};
  if (stop_at == "none") return kinds;
  while (!stop_at.empty()) {
    const std::string_view kind = stop_at.substr(0, stop_at.find(','));
    stop_at.remove_prefix(std::min(stop_at.size(), kind.size() + 1));
    if (kind == "services") {
      kinds.services = true;
    } else if (kind == "mixers") {
      kinds.mixers = true;
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          "cannot stop at \"", Excerpt(kind), "\": services, mixers, services,mixers or none"));
    }
  }
  return kinds;
}

absl::Status CheckLabel(std::string_view label) {
  if (label.size() > kMaxLabelBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the label \"", Excerpt(label),
                                                   "\" is longer than ", kMaxLabelBytes, " bytes"));
  }
  if (ValidUtf8(label) != label) return absl::InvalidArgumentError("a label is not UTF-8 text");
  return absl::OkStatus();
}

std::optional<Uint128> ParseUnits(std::string_view text) {
  constexpr Uint128 kMost = ~Uint128{0};
  Uint128 units = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(c - '0');
    if (units > (kMost - digit) / 10) return std::nullopt;
    units = units * 10 + digit;
  }
  if (text.empty()) return std::nullopt;
  return units;
}

}  // namespace coinwake::server
