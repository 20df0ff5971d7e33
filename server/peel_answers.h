// Peel chains as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_PEEL_ANSWERS_H_
#define COINWAKE_SERVER_PEEL_ANSWERS_H_

#include <cstdint>
#include <functional>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake::v1 {
class FollowPeelChainRequest;
class PeelEvent;
}  // namespace coinwake::v1

namespace coinwake::server {

class ClusterSource;
class ServiceSource;

// Emits the events in the order that Explorer.FollowPeelChain promises; codes as there, or what
// `emit` returned. At most `max_rows` (0: no limit) inputs and outputs are read for each direction.
// `clusters` as for AnswerKind, `cancellation` may be null. `services` are the view's; null: none
// is known.
absl::Status AnswerPeelChain(const View& view, ClusterSource& clusters,
                             const v1::FollowPeelChainRequest& request, std::uint64_t max_rows,
                             const Cancellation* cancellation,
                             const std::function<absl::Status(const v1::PeelEvent&)>& emit,
                             ServiceSource* services = nullptr);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_PEEL_ANSWERS_H_
