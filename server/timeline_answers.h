// Sellers' lives as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_TIMELINE_ANSWERS_H_
#define COINWAKE_SERVER_TIMELINE_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace coinwake::v1 {
class FindSuccessorsRequest;
class ListTimelinesRequest;
class SuccessorEvent;
class Timeline;
}  // namespace coinwake::v1

namespace coinwake::server {

// Counted up with every change of what a timeline tells.
inline constexpr std::uint32_t kTimelineRulesVersion = 1;

// Each has its figures in every timeline.
inline constexpr std::size_t kMaxTimelineEvents = 1'000;
// Anybody can send an account a token of his own: what is told where no asset is named.
inline constexpr std::size_t kMaxTimelineAssets = 100;
inline constexpr std::size_t kMaxSuccessors = 100;
inline constexpr std::size_t kMaxSuccessorEvidence = 100;  // 200 bytes each

// Emits in the order that Tracer.ListTimelines promises. kInvalidArgument: a field is malformed,
// there is no subject; kNotFound: nothing was ever counted in the asset. Else as
// PaymentField::Open(), or what `emit` returned. `warn` (may be empty) gets a line for each address
// that was never seen. `cancellation` may be null.
absl::Status AnswerTimelines(OpenNetwork& open, const v1::ListTimelinesRequest& request,
                             const Cancellation* cancellation,
                             const std::function<absl::Status(const v1::Timeline&)>& emit,
                             const std::function<void(const std::string&)>& warn = {});

// The same for Tracer.FindSuccessors; on accounts an asset is needed.
absl::Status AnswerSuccessors(OpenNetwork& open, const v1::FindSuccessorsRequest& request,
                              const Cancellation* cancellation,
                              const std::function<absl::Status(const v1::SuccessorEvent&)>& emit,
                              const std::function<void(const std::string&)>& warn = {});

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_TIMELINE_ANSWERS_H_
