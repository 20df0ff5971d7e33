#include "server/bounds_answers.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adverts/seeds_file.h"
#include "coinwake/v1/bounds.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/account_trace.h"
#include "server/convert.h"
#include "server/names.h"
#include "server/trace_answers.h"
#include "server/trace_warnings.h"
#include "tracer/account_bounds.h"
#include "tracer/label_ranking.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

constexpr std::string_view kFeeSuffix = ":fee";

// Seeds, stops and times mean what they mean in a trace.
v1::TraceRequest TraceRequestOf(const v1::FindBoundsRequest& request) {
  v1::TraceRequest trace;
  trace.set_network(request.network());
  *trace.mutable_seeds() = request.seeds();
  trace.set_stop_at(request.stop_at());
  *trace.mutable_stops() = request.stops();
  if (request.has_max_hops()) trace.set_max_hops(request.max_hops());
  trace.set_since(request.since());
  trace.set_until(request.until());
  trace.set_force(request.force());
  trace.set_asset(request.asset());
  return trace;
}

absl::Status NoTarget(const std::string& name, const View& view) {
  return absl::NotFoundError(absl::StrCat("the target ", name, " is not on ", NetworkOf(view),
                                          " up to height ", view.snapshot().height));
}

// The target that `text` names, and `*name` as answers write it.
absl::StatusOr<BoundsTarget> FindTarget(const View& view, const std::string& text,
                                        std::string* name) {
  if (text.empty()) return absl::InvalidArgumentError("bounds need a target");
  if (absl::EndsWith(text, std::string(kFeeSuffix))) {
    const std::string txid = text.substr(0, text.size() - kFeeSuffix.size());
    COINWAKE_ASSIGN_OR_RETURN(const TxNum tx, FindByTxid(view, txid));
    *name = absl::StrCat(view.Txid(tx).ToDisplayHex(), std::string(kFeeSuffix));
    return FeeOf{tx};
  }
  const std::optional<SeedOutpoint> outpoint = ParseOutpoint(text);
  if (!outpoint.has_value()) {
    COINWAKE_ASSIGN_OR_RETURN(const AddressNum address, FindByName(view, text));
    *name = ScriptName(view, address);
    return address;
  }
  *name = absl::StrCat(outpoint->txid.ToDisplayHex(), ":", outpoint->vout);
  const absl::StatusOr<TxNum> tx = view.FindTransaction(outpoint->txid);
  if (!tx.ok() && !absl::IsNotFound(tx.status())) return tx.status();
  if (!tx.ok() || outpoint->vout >= view.Outputs(*tx).size()) return NoTarget(*name, view);
  return view.Outputs(*tx).begin + outpoint->vout;
}

// Writes the answers of one request, one message reused for all.
class BoundsWriter {
 public:
  // `stops` may be null where nothing stops.
  BoundsWriter(const std::vector<std::string>& labels, const TraceStops* stops,
               const std::vector<TraceWarning>& warnings)
      : labels_(labels), stops_(stops), warnings_(warnings) {}

  // What is the same in all.
  v1::Bounds* message() { return &message_; }

  absl::Status Write(const Bounds& bounds, const Damage& damage,
                     const std::function<absl::Status(const v1::Bounds&)>& emit) {
    message_.set_label(labels_[bounds.label]);
    message_.set_min(Decimal(bounds.min));
    message_.set_max(Decimal(bounds.max));
    message_.set_seeded(Decimal(bounds.seeded));
    message_.clear_stops();
    for (const StopBound& stop : bounds.stops) {
      v1::StopBound* const wire = message_.add_stops();
      wire->set_kind(std::string(SinkKindName(stop.kind)));
      if (stop.entity.has_value()) wire->set_entity(stops_->EntityName(*stop.entity));
      wire->set_max(Decimal(stop.max));
      wire->set_min(Decimal(stop.min));
    }
    message_.set_stops_count(bounds.stops_count);
    message_.mutable_not_expanded()->set_count(bounds.not_expanded);
    message_.mutable_not_expanded()->set_max(Decimal(bounds.not_expanded_max));
    v1::Summary summary;
    warnings_.AddTo(bounds.label, &summary);
    *message_.mutable_warnings() = std::move(*summary.mutable_warnings());
    COINWAKE_RETURN_IF_ERROR(damage.status());
    return emit(message_);
  }

 private:
  static std::string Decimal(Uint128 amount) { return ToDecimal(Uint256(amount)); }

  const std::vector<std::string>& labels_;
  const TraceStops* const stops_;
  const WarningsByLabel warnings_;
  v1::Bounds message_;
};

// Of labels none of whose seeds was ever seen.
absl::StatusOr<std::vector<Bounds>> Zeros(const std::vector<std::string>& labels) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(labels));
  std::vector<Bounds> all(ranking.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i].label = ranking[i];
  return all;
}

absl::Status AnswerForOutputs(OpenNetwork& open, const v1::FindBoundsRequest& request,
                              const BoundsLimits& limits, const Cancellation* cancellation,
                              const std::function<absl::Status(const v1::Bounds&)>& emit) {
  const View& view = open.view();
  COINWAKE_ASSIGN_OR_RETURN(
      const PreparedTrace trace,
      PrepareTrace(view, open.clusters, TraceRequestOf(request), cancellation, &open.services));
  BoundsWriter writer(trace.request.labels, trace.stops.get(), trace.warnings);
  COINWAKE_ASSIGN_OR_RETURN(const BoundsTarget target,
                            FindTarget(view, request.to(), writer.message()->mutable_to()));
  FillSnapshot(view.snapshot(), writer.message()->mutable_snapshot());
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Bounds> all,
                            trace.request.seeds.empty()
                                ? Zeros(trace.request.labels)
                                : FindBounds(view, trace.request, target, limits, cancellation));
  for (const Bounds& bounds : all) {
    COINWAKE_RETURN_IF_ERROR(writer.Write(bounds, view.damage(), emit));
  }
  return absl::OkStatus();
}

absl::Status AnswerForAccounts(OpenNetwork& open, const v1::FindBoundsRequest& request,
                               const BoundsLimits& limits, const Cancellation* cancellation,
                               const std::function<absl::Status(const v1::Bounds&)>& emit) {
  const AccountView& view = open.accounts();
  COINWAKE_ASSIGN_OR_RETURN(const PreparedAccountTrace trace,
                            PrepareTrace(view, TraceRequestOf(request), &open.services,
                                         cancellation, &open.account_clusters));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum target, FindAccount(view, request.to()));
  BoundsWriter writer(trace.request.labels, trace.stops.get(), trace.warnings);
  FillSnapshot(view, writer.message()->mutable_snapshot());
  writer.message()->set_to(AccountName(view, target));
  writer.message()->set_asset(AssetText(view, trace.asset));
  ViewAccounts accounts(view, trace.asset,
                        [&view](AddressNum address) { return AccountName(view, address); });
  COINWAKE_ASSIGN_OR_RETURN(
      const std::vector<Bounds> all,
      trace.request.seeds.empty()
          ? Zeros(trace.request.labels)
          : FindAccountBounds(accounts, trace.request, AccountOf(target, Pot::kFree), limits,
                              cancellation));
  for (const Bounds& bounds : all) {
    COINWAKE_RETURN_IF_ERROR(writer.Write(bounds, view.damage(), emit));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AnswerBounds(OpenNetwork& open, const v1::FindBoundsRequest& request,
                          const BoundsLimits& limits, const Cancellation* cancellation,
                          const std::function<absl::Status(const v1::Bounds&)>& emit) {
  return open.has_accounts() ? AnswerForAccounts(open, request, limits, cancellation, emit)
                             : AnswerForOutputs(open, request, limits, cancellation, emit);
}

}  // namespace coinwake::server
