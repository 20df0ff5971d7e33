// Traces as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_TRACE_ANSWERS_H_
#define COINWAKE_SERVER_TRACE_ANSWERS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/view/view.h"
#include "server/cluster_source.h"
#include "server/known_services.h"
#include "server/summary_bounds.h"
#include "server/trace_stops.h"
#include "server/trace_warnings.h"
#include "tracer/trace.h"

namespace coinwake::v1 {
class TraceEvent;
class TraceRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

// A request checked and put in the tracer's terms.
struct PreparedTrace {
  TraceRequest request;                     // its stops are `stops`
  bool backward = false;                    // for RunSourceTrace()
  std::uint64_t max_holdings = 0;           // for either, of a label
  std::shared_ptr<const TraceStops> stops;  // null: nothing stops
  // Seeds that were never seen, or received nothing in the time asked for; what stops.
  std::vector<TraceWarning> warnings;
  BoundsTerms bounds;
};

// kInvalidArgument: a field is malformed or asks for what this version does not have.
// kNotFound: a seed output does not exist, or nothing was ever paid to a seed of a cluster.
// kFailedPrecondition: a seed cluster is too large, a service as its labels say, or they name
// several entities; and `force` is not set.
// kCancelled. Else as ServiceSource::Get(). `cancellation` may be null. `services` are the view's;
// null: nothing is labelled, and only what the request names stops. `words` are for warnings.
absl::StatusOr<PreparedTrace> PrepareTrace(const View& view, ClusterSource& clusters,
                                           const v1::TraceRequest& request,
                                           const Cancellation* cancellation,
                                           ServiceSource* services = nullptr,
                                           const SubjectWords& words = {});

// Runs the trace and emits its events in the order Tracer.Trace promises. Errors are RunTrace's, or
// what `emit` returned. A trace whose seeds received nothing emits summaries of zeros.
absl::Status AnswerTrace(const View& view, const PreparedTrace& trace, const TraceLimits& limits,
                         const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::TraceEvent&)>& emit);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_TRACE_ANSWERS_H_
