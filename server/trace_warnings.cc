#include "server/trace_warnings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/trace.pb.h"

namespace coinwake::server {

std::string SeedingSpan::NothingText(const Snapshot& snapshot) const {
  const std::uint64_t first = std::max(since.value_or(0), snapshot.from_height);
  const std::uint64_t last = std::min(until.value_or(snapshot.height), snapshot.height);
  return absl::StrCat("between heights ", first, " and ", last, ", and seeds nothing");
}

WarningsByLabel::WarningsByLabel(const std::vector<TraceWarning>& warnings) {
  for (const TraceWarning& warning : warnings) {
    auto& place = warning.label.has_value() ? of_label_[*warning.label] : of_all_;
    place.push_back(&warning.text);
  }
}

void WarningsByLabel::AddTo(std::uint32_t label, v1::Summary* summary) const {
  const auto own = of_label_.find(label);
  if (own != of_label_.end()) {
    for (const std::string* text : own->second) summary->add_warnings(*text);
  }
  for (const std::string* text : of_all_) summary->add_warnings(*text);
}

}  // namespace coinwake::server
