#include "server/path_terms.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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
  COINWAKE_ASSIGN_OR_RETURN(
      terms.by_cluster,
      Choose<bool>("level of paths", request.level(), {{"address", false}, {"cluster", true}}));
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
  const std::string_view whose = terms.by_cluster ? "the cluster of " : "";
  std::string text =
      absl::StrCat("no path leads from ", std::string(whose), Excerpt(request.from()), " to ",
                   std::string(whose), Excerpt(request.to()));
  std::vector<std::string> within;  // the terms without which there might be one
  if (terms.max_hops.has_value()) within.push_back(absl::StrCat("in ", *terms.max_hops, " hops"));
  if (!request.since().empty()) within.push_back(absl::StrCat("since ", Excerpt(request.since())));
  if (!request.until().empty()) within.push_back(absl::StrCat("until ", Excerpt(request.until())));
  if (!request.min_value().empty()) {
    within.push_back(absl::StrCat("of at least ", Excerpt(request.min_value()), " base units"));
  }
  if (terms.stops != nullptr) within.emplace_back("without going through a service");
  if (!within.empty()) absl::StrAppend(&text, " ", absl::StrJoin(within, ", "));
  if (unfollowed.edges != 0) {
    absl::StrAppend(&text, "; not followed for the limit of edges: ", unfollowed.edges,
                    ", of together ", ToDecimal(unfollowed.value), " base units");
  }
  for (const std::string& warning : terms.warnings) absl::StrAppend(&text, "; ", warning);
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
