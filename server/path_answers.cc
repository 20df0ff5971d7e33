#include "server/path_answers.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/chain_time.h"
#include "server/convert.h"
#include "server/names.h"
#include "server/path_terms.h"
#include "tracer/path.h"

namespace coinwake::server {
namespace {

// The address or the output that `name` stands for.
absl::Status FindEnd(const View& view, std::string_view name, AddressNum* address,
                     std::optional<OutputNum>* output) {
  const std::optional<SeedOutpoint> outpoint = ParseOutpoint(name);
  if (!outpoint.has_value()) {
    COINWAKE_ASSIGN_OR_RETURN(*address, FindByName(view, name));
    return absl::OkStatus();
  }
  const absl::StatusOr<TxNum> tx = view.FindTransaction(outpoint->txid);
  if (!tx.ok() && !absl::IsNotFound(tx.status())) return tx.status();
  if (!tx.ok() || outpoint->vout >= view.Outputs(*tx).size()) {
    return absl::NotFoundError(absl::StrCat("output ", Excerpt(name), " is not on ",
                                            NetworkOf(view), " up to height ",
                                            view.snapshot().height));
  }
  *output = view.Outputs(*tx).begin + outpoint->vout;
  return absl::OkStatus();
}

absl::Status ReadRequest(const View& view, const v1::FindPathsRequest& wire,
                         const HeightSpan& heights, const PathTerms& terms, PathRequest* request) {
  request->best = terms.best;
  request->count = terms.count;
  request->max_hops = terms.max_hops;
  request->max_edges = terms.max_edges;
  request->diverse = terms.diverse;
  request->since_height = heights.since;
  request->until_height = heights.until;
  if (!wire.min_value().empty()) {
    const std::optional<std::uint64_t> satoshi = ParseNumber(wire.min_value());
    if (!satoshi.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", Excerpt(wire.min_value()), "\" is no least value: a whole number of satoshi"));
    }
    request->min_value = *satoshi;
  }
  COINWAKE_RETURN_IF_ERROR(FindEnd(view, wire.from(), &request->from, &request->from_output));
  return FindEnd(view, wire.to(), &request->to, &request->to_output);
}

}  // namespace

absl::Status AnswerPaths(const View& view, const v1::FindPathsRequest& request,
                         const TraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::Path&)>& emit,
                         ServiceSource* services) {
  COINWAKE_ASSIGN_OR_RETURN(const HeightSpan heights,
                            HeightsOf(view, request.since(), request.until()));
  COINWAKE_ASSIGN_OR_RETURN(PathTerms terms, ReadPathTerms(request, heights));
  PathRequest domain;
  COINWAKE_RETURN_IF_ERROR(ReadRequest(view, request, heights, terms, &domain));
  COINWAKE_RETURN_IF_ERROR(AddStops(view, request, services, cancellation, &terms));
  domain.stops = terms.stops.get();
  Unfollowed unfollowed;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Path> paths,
                            FindPaths(view, domain, limits, cancellation, &unfollowed));
  if (paths.empty()) return NoPath(request, terms, unfollowed);
  for (const Path& path : paths) {
    v1::Path wire;
    FillPath(view, path, &wire);
    if (path.carried.has_value()) wire.set_taint(path.carried->ToString());
    FillTerms(terms, unfollowed, &wire);
    COINWAKE_RETURN_IF_ERROR(view.damage().status());
    COINWAKE_RETURN_IF_ERROR(emit(wire));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
