// Paths between accounts.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/chain_time.h"
#include "server/names.h"
#include "server/path_answers.h"
#include "server/path_terms.h"
#include "server/trace_words.h"
#include "tracer/account_path.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

// The number of the first event after the block at `height`, as far as there is one.
std::uint64_t EndOfBlock(const AccountView& view, std::uint64_t height) {
  if (height < view.snapshot().from_height) return 0;
  return view.TotalsAt(std::min(height, view.snapshot().height)).events;
}

absl::Status ReadRequest(const AccountView& view, const v1::FindPathsRequest& wire,
                         const HeightSpan& heights, const PathTerms& terms,
                         AccountPathRequest* request) {
  request->best = terms.best;
  request->count = terms.count;
  request->max_hops = terms.max_hops;
  request->max_edges = terms.max_edges;
  request->diverse = terms.diverse;
  if (terms.by_cluster) {
    return absl::InvalidArgumentError(
        "on accounts paths lead from address to address: there is no level cluster here");
  }
  if (heights.since.value_or(0) != 0) request->since = EndOfBlock(view, *heights.since - 1);
  if (heights.until.has_value()) request->until = EndOfBlock(view, *heights.until);
  if (!wire.min_value().empty()) {
    const std::optional<Uint128> units = ParseUnits(wire.min_value());
    if (!units.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", Excerpt(wire.min_value()), "\" is no least value: a whole number of base units"));
    }
    request->min_value = *units;
  }
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum from, FindAccount(view, wire.from()));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum to, FindAccount(view, wire.to()));
  request->from = AccountOf(from, Pot::kFree);
  request->to = AccountOf(to, Pot::kFree);
  return absl::OkStatus();
}

void FillPath(const AccountView& view, const std::string& asset, const AccountPath& path,
              v1::Path* wire) {
  FillSnapshot(view, wire->mutable_snapshot());
  for (const AccountPathHop& hop : path.hops) {
    const TxNum tx = view.TransactionOf(EventNum{hop.event});
    v1::PathHop* const to = wire->add_hops();
    to->set_txid(view.Txid(tx).ToHex());
    to->set_from(AccountName(view, AddressOf(hop.from)));
    to->set_to(AccountName(view, AddressOf(hop.to)));
    to->set_value(ToDecimal(Uint256(hop.amount)));
    to->set_asset(asset);
    to->set_height(view.HeightOf(tx));
    to->set_event(static_cast<std::uint32_t>(hop.event - view.Events(tx).begin.value));
  }
  wire->set_bottleneck(ToDecimal(Uint256(path.bottleneck)));
  if (path.carried.has_value()) wire->set_taint(path.carried->ToString());
}

}  // namespace

absl::Status AnswerPaths(const AccountView& view, const v1::FindPathsRequest& request,
                         const AccountTraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::Path&)>& emit,
                         ServiceSource* services) {
  COINWAKE_ASSIGN_OR_RETURN(const AssetNum asset, FindAssetToFollow(view, request.asset()));
  COINWAKE_RETURN_IF_ERROR(ViewAccounts::CheckFits(view));
  COINWAKE_ASSIGN_OR_RETURN(const HeightSpan heights,
                            HeightsOf(view, request.since(), request.until()));
  COINWAKE_ASSIGN_OR_RETURN(PathTerms terms, ReadPathTerms(request, heights));
  AccountPathRequest domain;
  COINWAKE_RETURN_IF_ERROR(ReadRequest(view, request, heights, terms, &domain));
  COINWAKE_RETURN_IF_ERROR(AddStops(view, request, services, cancellation, &terms));
  domain.stops = terms.stops.get();
  ViewAccounts accounts(view, asset,
                        [&view](AddressNum address) { return AccountName(view, address); });
  Unfollowed unfollowed;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AccountPath> paths,
                            FindAccountPaths(accounts, domain, limits, cancellation, &unfollowed));
  if (paths.empty()) {
    const absl::Status none = NoPath(request, terms, unfollowed);
    return absl::NotFoundError(absl::StrCat(std::string(none.message()), MissingReceipts(view)));
  }
  const std::string name = AssetText(view, asset);
  for (const AccountPath& path : paths) {
    v1::Path wire;
    FillPath(view, name, path, &wire);
    FillTerms(terms, unfollowed, &wire);
    COINWAKE_RETURN_IF_ERROR(view.damage().status());
    COINWAKE_RETURN_IF_ERROR(emit(wire));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
