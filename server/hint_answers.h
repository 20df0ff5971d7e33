// Hints as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_HINT_ANSWERS_H_
#define COINWAKE_SERVER_HINT_ANSWERS_H_

#include <cstdint>
#include <functional>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace coinwake::v1 {
class FindHintsRequest;
class HintEvent;
}  // namespace coinwake::v1

namespace coinwake::server {

// How often the payout of a deposit is taken to be a withdrawal that is indexed at all.
inline constexpr std::uint32_t kHintPriorPermille = 500;

// Emits hints and summaries in the order that Tracer.FindHints promises. Codes as there, or what
// `emit` returned. `max_rows`: inputs, outputs and events that may be read; 0: no limit.
// `cancellation` may be null.
absl::Status AnswerHints(const IndexSet& indexes, const v1::FindHintsRequest& request,
                         std::uint64_t max_rows, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::HintEvent&)>& emit);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_HINT_ANSWERS_H_
