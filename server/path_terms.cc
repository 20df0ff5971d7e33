#include "server/path_terms.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/trace_words.h"

namespace coinwake::server {

absl::StatusOr<PathTerms> ReadPathTerms(const v1::FindPathsRequest& request, HeightSpan heights) {
  PathTerms terms;
  COINWAKE_ASSIGN_OR_RETURN(terms.best, Choose<BestPath>("best path", request.best(),
                                                         {{"widest", BestPath::kWidest},
                                                          {"shortest", BestPath::kShortest},
                                                          {"earliest", BestPath::kEarliest},
                                                          {"taint", BestPath::kTaint}}));
  if (request.count() > kMaxPaths) {
    return absl::InvalidArgumentError(
        absl::StrCat(request.count(), " paths are too many: at most ", kMaxPaths));
  }
  terms.count = std::max(1u, request.count());
  if (request.has_max_hops()) terms.max_hops = request.max_hops();
  if (request.has_max_edges()) terms.max_edges = request.max_edges();
  terms.diverse = request.diverse();
  terms.warnings = std::move(heights.warnings);
  return terms;
}

absl::Status AddStops(const ChainView& view, const v1::FindPathsRequest& request,
                      ServiceSource* services, const Cancellation* cancellation, PathTerms* terms) {
  if (request.through_services()) return absl::OkStatus();
  const StopContext context{.view = view,
                            .find = [](const std::string&) -> absl::StatusOr<StopContext::Subject> {
                              return absl::InvalidArgumentError("paths name no stops");
                            },
                            .is_seed = [](AddressNum) { return false; },
                            .services = services,
                            .cancellation = cancellation};
  std::vector<TraceWarning> warnings;
  // Where traces stop that name no stops of their own.
  COINWAKE_ASSIGN_OR_RETURN(terms->stops, MakeTraceStops(v1::TraceRequest(), context, &warnings));
  for (TraceWarning& warning : warnings) terms->warnings.push_back(std::move(warning.text));
  return absl::OkStatus();
}

absl::Status NoPath(const v1::FindPathsRequest& request, const PathTerms& terms,
                    const Unfollowed& unfollowed) {
  std::string text =
      absl::StrCat("no path leads from ", Excerpt(request.from()), " to ", Excerpt(request.to()));
  if (terms.stops != nullptr) text += " without going through a service";
  if (unfollowed.edges != 0) {
    absl::StrAppend(&text, "; not followed: ", unfollowed.edges, ", worth ",
                    ToDecimal(unfollowed.value));
  }
  return absl::NotFoundError(text);
}

void FillTerms(const PathTerms& terms, const Unfollowed& unfollowed, v1::Path* path) {
  for (const std::string& warning : terms.warnings) path->add_warnings(warning);
  path->set_truncated(unfollowed.edges != 0);
  if (!terms.max_edges.has_value()) return;
  path->set_unfollowed(unfollowed.edges);
  path->set_unfollowed_value(ToDecimal(unfollowed.value));
}

}  // namespace coinwake::server
