// Bounds as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_BOUNDS_ANSWERS_H_
#define COINWAKE_SERVER_BOUNDS_ANSWERS_H_

#include <cstdint>
#include <functional>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"
#include "tracer/bounds.h"

namespace coinwake::v1 {
class Bounds;
class FindBoundsRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

// What one request may ask of the server, beside server/limits.h. Arcs of one label's bounds: 320
// MB, on accounts 580 MB; a command keeps BoundsLimits' own number of them.
inline constexpr std::uint64_t kMaxBoundsArcs = 4'000'000;
// Arcs that the flows of one request look at: some ten seconds of work.
inline constexpr std::uint64_t kMaxBoundsSteps = 2'000'000'000;

// Emits one message a label in the order Tracer.FindBounds promises, once all are known. Codes as
// there; as PrepareTrace() for seeds and stops; what `emit` returned. `cancellation` may be null.
absl::Status AnswerBounds(OpenNetwork& open, const v1::FindBoundsRequest& request,
                          const BoundsLimits& limits, const Cancellation* cancellation,
                          const std::function<absl::Status(const v1::Bounds&)>& emit);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_BOUNDS_ANSWERS_H_
