// Traces over accounts as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_ACCOUNT_TRACE_H_
#define COINWAKE_SERVER_ACCOUNT_TRACE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "server/known_services.h"
#include "server/summary_bounds.h"
#include "server/trace_stops.h"
#include "server/trace_warnings.h"
#include "tracer/account_trace.h"

namespace coinwake::v1 {
class TraceEvent;
class TraceRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

// A request checked and put in the tracer's terms.
struct PreparedAccountTrace {
  AssetNum asset;
  AccountTraceRequest request;              // its stops are `stops`
  bool backward = false;                    // for RunAccountSource()
  std::shared_ptr<const TraceStops> stops;  // null: nothing stops
  // Seeds never seen, or that received nothing in the time asked for; what the figures rest on.
  std::vector<TraceWarning> warnings;
  BoundsTerms bounds;
};

// kInvalidArgument: a field is malformed or asks for what accounts do not have; the asset is
// missing. kNotFound: nothing was ever counted in the asset. kFailedPrecondition: a seed cluster is
// too large, a service as labels say or its deposit accounts show, or labels name several entities,
// and `force` is not set. Else as ServiceSource::Get() and AccountClusters::Get(). `services` are
// the view's; null: only what the request names stops. `clusters` likewise, for seed clusters;
// null, or no `services`: they are malformed. `cancellation` may be null. `words` are for warnings.
absl::StatusOr<PreparedAccountTrace> PrepareTrace(const AccountView& view,
                                                  const v1::TraceRequest& request,
                                                  ServiceSource* services = nullptr,
                                                  const Cancellation* cancellation = nullptr,
                                                  AccountClusters* clusters = nullptr,
                                                  const SubjectWords& words = {});

// Runs the trace and emits its events in the order Tracer.Trace promises. Errors are
// RunAccountTrace's or RunAccountSource's, or what `emit` returned. A trace of no account emits
// summaries of zeros.
absl::Status AnswerTrace(const AccountView& view, const PreparedAccountTrace& trace,
                         const AccountTraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::TraceEvent&)>& emit);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ACCOUNT_TRACE_H_
