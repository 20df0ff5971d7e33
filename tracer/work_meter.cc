#include "tracer/work_meter.h"

#include "absl/strings/str_cat.h"

namespace coinwake {

absl::Status WorkMeter::Look() const {
  COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
  return view_.damage().found() ? view_.damage().status() : absl::OkStatus();
}

absl::Status WorkMeter::Exhausted() const {
  return absl::ResourceExhaustedError(
      absl::StrCat("the query reaches more than ", limits_.max_transactions,
                   " transactions; narrow it (fewer seeds, --max-hops, --until, --min-taint)"));
}

}  // namespace coinwake
