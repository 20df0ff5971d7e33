#include "server/path_answers.h"

#include <memory>
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

// The ends as clusters, and the clusters of what hops name.
class ClusterLevel {
 public:
  ClusterLevel(const View& view, ClusterSource* clusters, const Cancellation* cancellation)
      : view_(view), clusters_(clusters), cancellation_(cancellation) {}

  absl::Status Widen(PathRequest* request) {
    if (clusters_ == nullptr) return absl::InvalidArgumentError("no clusters are known here");
    COINWAKE_ASSIGN_OR_RETURN(partition_, clusters_->Get(Profile::kStrict, cancellation_));
    if (!request->from_output.has_value()) request->from_cluster = MembersOf(request->from);
    if (!request->to_output.has_value()) request->to_cluster = MembersOf(request->to);
    const bool both = !request->from_output.has_value() && !request->to_output.has_value();
    if (both && partition_->ClusterOf(request->from) == partition_->ClusterOf(request->to)) {
      return absl::InvalidArgumentError(
          absl::StrCat("both ends are of the cluster of ", NameOf(request->from), "; see `why`"));
    }
    return absl::OkStatus();
  }

  void FillClusters(const Path& path, v1::Path* wire) const {
    for (std::size_t i = 0; i < path.hops.size(); ++i) {
      wire->mutable_hops(static_cast<int>(i))
          ->set_from_cluster(NameOf(view_.AddressOf(path.hops[i].source)));
      wire->mutable_hops(static_cast<int>(i))
          ->set_to_cluster(NameOf(view_.AddressOf(path.hops[i].target)));
    }
  }

 private:
  std::vector<AddressNum> MembersOf(AddressNum address) const {
    return partition_->Members(address, std::nullopt, partition_->SizeOf(address));
  }
  std::string NameOf(AddressNum address) const {
    return ScriptName(view_, partition_->ClusterOf(address));
  }

  const View& view_;
  ClusterSource* const clusters_;
  const Cancellation* const cancellation_;
  std::shared_ptr<const Partition> partition_;
};

}  // namespace

absl::Status AnswerPaths(const View& view, const v1::FindPathsRequest& request,
                         const TraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::Path&)>& emit,
                         ServiceSource* services, ClusterSource* clusters) {
  COINWAKE_ASSIGN_OR_RETURN(const HeightSpan heights,
                            HeightsOf(view, request.since(), request.until()));
  COINWAKE_ASSIGN_OR_RETURN(PathTerms terms, ReadPathTerms(request, heights));
  PathRequest domain;
  COINWAKE_RETURN_IF_ERROR(ReadRequest(view, request, heights, terms, &domain));
  ClusterLevel level(view, clusters, cancellation);
  if (terms.by_cluster) COINWAKE_RETURN_IF_ERROR(level.Widen(&domain));
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
    if (terms.by_cluster) level.FillClusters(path, &wire);
    FillTerms(terms, unfollowed, &wire);
    COINWAKE_RETURN_IF_ERROR(view.damage().status());
    COINWAKE_RETURN_IF_ERROR(emit(wire));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
