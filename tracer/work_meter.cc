#include "tracer/work_meter.h"

#include "absl/strings/str_cat.h"

namespace coinwake {

absl::Status WorkMeter::Look() const {
  if (cancellation_ != nullptr && cancellation_->Cancelled()) {
    return absl::CancelledError("the query was cancelled");
  }
  return view_.damage().found() ? view_.damage().status() : absl::OkStatus();
}

absl::Status WorkMeter::Exhausted() const {
  return absl::ResourceExhaustedError(
      absl::StrCat("the query reaches more than ", limits_.max_transactions,
                   " transactions; narrow it (fewer seeds, --max-hops, --until, --min-taint)"));
}

}  // namespace coinwake
