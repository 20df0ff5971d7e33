// Paths as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_PATH_ANSWERS_H_
#define COINWAKE_SERVER_PATH_ANSWERS_H_

#include <functional>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"
#include "server/cluster_source.h"
#include "server/known_services.h"
#include "tracer/account_trace.h"
#include "tracer/trace.h"

namespace coinwake::v1 {
class FindPathsRequest;
class Path;
}  // namespace coinwake::v1

namespace coinwake::server {

// Emits the paths, best first. Codes as Tracer.FindPaths, or what `emit` returned. `services` are
// the view's; null: none are known. `clusters` likewise, for level cluster; null: it is refused.
// `cancellation` may be null.
absl::Status AnswerPaths(const View& view, const v1::FindPathsRequest& request,
                         const TraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::Path&)>& emit,
                         ServiceSource* services = nullptr, ClusterSource* clusters = nullptr);
absl::Status AnswerPaths(const AccountView& view, const v1::FindPathsRequest& request,
                         const AccountTraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::Path&)>& emit,
                         ServiceSource* services = nullptr);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_PATH_ANSWERS_H_
