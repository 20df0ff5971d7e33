// The interval that stands beside each figure of a trace's summaries.
#ifndef COINWAKE_SERVER_SUMMARY_BOUNDS_H_
#define COINWAKE_SERVER_SUMMARY_BOUNDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/bounds.h"

namespace coinwake::v1 {
class Summary;
class TraceRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

// What is looked for of each label where the request does not say `full`: some ten milliseconds,
// which a trace of as much takes too.
inline constexpr std::uint64_t kSummaryBoundsArcs = 100'000;

// What a trace's request says of bounds.
struct BoundsTerms {
  // Empty: they are looked for, within `limits` of each label. Else why there are none.
  std::string absent;
  BoundsLimits limits;
  bool full = false;
};

// kInvalidArgument: no word for bounds.
absl::StatusOr<BoundsTerms> ReadBoundsTerms(const v1::TraceRequest& request, bool accounts);

class SummaryBounds {
 public:
  // `all`: of every label where there are any.
  SummaryBounds(const BoundsTerms& terms, const std::vector<FigureBounds>& all);

  // The bounds of that label, or why it has none.
  void AddTo(std::uint32_t label, v1::Summary* summary) const;

 private:
  const BoundsTerms terms_;
  std::vector<FigureBounds> by_label_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SUMMARY_BOUNDS_H_
