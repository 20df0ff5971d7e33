// What requests for paths say on every chain, and what their answers say beside the hops.
#ifndef COINWAKE_SERVER_PATH_TERMS_H_
#define COINWAKE_SERVER_PATH_TERMS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/chain_view.h"
#include "server/chain_time.h"
#include "server/known_services.h"
#include "server/trace_stops.h"
#include "tracer/path.h"

namespace coinwake::v1 {
class FindPathsRequest;
class Path;
}  // namespace coinwake::v1

namespace coinwake::server {

struct PathTerms {
  BestPath best = BestPath::kWidest;
  std::uint32_t count = 1;
  std::optional<std::uint32_t> max_hops;
  std::optional<std::uint32_t> max_edges;
  bool diverse = false;
  bool by_cluster = false;
  std::shared_ptr<const TraceStops> stops;  // null: paths may go through anything
  std::vector<std::string> warnings;        // a line each: what the paths do not tell
};

// All but the stops. `heights` are those of the request's window. kInvalidArgument: a field is
// malformed.
absl::StatusOr<PathTerms> ReadPathTerms(const v1::FindPathsRequest& request, HeightSpan heights);

// Sets the stops, and says in the warnings what stops; nothing with through_services. Errors as
// ServiceSource::Get(). `services` are the view's; null: none are known. `cancellation` may be
// null.
absl::Status AddStops(const ChainView& view, const v1::FindPathsRequest& request,
                      ServiceSource* services, const Cancellation* cancellation, PathTerms* terms);

// kNotFound, with what the request and `max_edges` left out.
absl::Status NoPath(const v1::FindPathsRequest& request, const PathTerms& terms,
                    const Unfollowed& unfollowed);

// Fills warnings, truncated, unfollowed and unfollowed_value.
void FillTerms(const PathTerms& terms, const Unfollowed& unfollowed, v1::Path* path);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_PATH_TERMS_H_
