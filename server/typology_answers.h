// Typologies as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_TYPOLOGY_ANSWERS_H_
#define COINWAKE_SERVER_TYPOLOGY_ANSWERS_H_

#include <cstddef>
#include <functional>
#include <string>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace coinwake::v1 {
class ListTypologiesRequest;
class Typology;
}  // namespace coinwake::v1

namespace coinwake::server {

// Of one request, of a command as of a call: each may take seconds.
inline constexpr std::size_t kMaxTypologySubjects = 10'000;

// Transactions of one pattern that an answer lists: 64 KiB of names.
inline constexpr std::size_t kMaxTypologyTransactions = 1'000;

// Emits patterns and summaries in the order that Tracer.ListTypologies promises. kInvalidArgument:
// a field is malformed, there is no subject or there are more than kMaxTypologySubjects; kNotFound:
// nothing was ever counted in the asset. Else as ServiceSource::Get(), and by cluster
// ClusterSource::Get(), or what `emit` returned. `warn` (may be empty) gets a line for each subject
// that was never seen. `cancellation` may be null.
absl::Status AnswerTypologies(OpenNetwork& open, const v1::ListTypologiesRequest& request,
                              const Cancellation* cancellation,
                              const std::function<absl::Status(const v1::Typology&)>& emit,
                              const std::function<void(const std::string&)>& warn = {});

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_TYPOLOGY_ANSWERS_H_
