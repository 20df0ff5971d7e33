// Paths between accounts.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/account_trace.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/trace_words.h"
#include "tracer/account_path.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

absl::Status ParseRequest(const AccountView& view, const v1::FindPathsRequest& wire,
                          AccountPathRequest* request) {
  COINWAKE_ASSIGN_OR_RETURN(request->best, Choose<BestPath>("best path", wire.best(),
                                                            {{"widest", BestPath::kWidest},
                                                             {"shortest", BestPath::kShortest}}));
  if (wire.count() > kMaxPaths) {
    return absl::InvalidArgumentError(
        absl::StrCat(wire.count(), " paths are too many: at most ", kMaxPaths));
  }
  request->count = std::max(1u, wire.count());
  if (wire.has_max_hops()) request->max_hops = wire.max_hops();
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
}

}  // namespace

absl::Status AnswerPaths(const AccountView& view, const v1::FindPathsRequest& request,
                         const AccountTraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::Path&)>& emit) {
  COINWAKE_ASSIGN_OR_RETURN(const AssetNum asset, FindAssetToFollow(view, request.asset()));
  COINWAKE_RETURN_IF_ERROR(ViewAccounts::CheckFits(view));
  AccountPathRequest domain;
  COINWAKE_RETURN_IF_ERROR(ParseRequest(view, request, &domain));
  ViewAccounts accounts(view, asset,
                        [&view](AddressNum address) { return AccountName(view, address); });
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AccountPath> paths,
                            FindAccountPaths(accounts, domain, limits, cancellation));
  if (paths.empty()) {
    return absl::NotFoundError(absl::StrCat("no path leads from ", Excerpt(request.from()), " to ",
                                            Excerpt(request.to()), MissingReceipts(view)));
  }
  const std::string name = AssetText(view, asset);
  for (const AccountPath& path : paths) {
    v1::Path wire;
    FillPath(view, name, path, &wire);
    COINWAKE_RETURN_IF_ERROR(view.damage().status());
    COINWAKE_RETURN_IF_ERROR(emit(wire));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
