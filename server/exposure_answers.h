// Exposure as a message, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_EXPOSURE_ANSWERS_H_
#define COINWAKE_SERVER_EXPOSURE_ANSWERS_H_

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"
#include "server/account_clusters.h"
#include "server/cluster_source.h"
#include "server/known_services.h"
#include "tracer/account_trace.h"
#include "tracer/trace.h"

namespace coinwake::v1 {
class Exposure;
class GetExposureRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

// Codes as Tracer.GetExposure. `services` are the view's; null: only what the request names stops.
// `cancellation` may be null. Each of two traces has the limits for itself.
absl::Status AnswerExposure(const View& view, ClusterSource& clusters,
                            const v1::GetExposureRequest& request, const TraceLimits& limits,
                            const Cancellation* cancellation, ServiceSource* services,
                            v1::Exposure* answer);
// The same of accounts.
absl::Status AnswerExposure(const AccountView& view, AccountClusters& clusters,
                            const v1::GetExposureRequest& request, const AccountTraceLimits& limits,
                            const Cancellation* cancellation, ServiceSource* services,
                            v1::Exposure* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_EXPOSURE_ANSWERS_H_
