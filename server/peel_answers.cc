#include "server/peel_answers.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "heuristics/peel_chain.h"
#include "server/cluster_source.h"
#include "server/convert.h"
#include "server/known_services.h"
#include "server/names.h"
#include "server/trace_words.h"

namespace coinwake::server {
namespace {

absl::StatusOr<std::vector<PeelDirection>> DirectionsOf(const std::string& direction) {
  if (direction.empty() || direction == "forward") {
    return std::vector<PeelDirection>{PeelDirection::kForward};
  }
  if (direction == "backward") return std::vector<PeelDirection>{PeelDirection::kBackward};
  if (direction == "both") {
    return std::vector<PeelDirection>{PeelDirection::kBackward, PeelDirection::kForward};
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown direction \"", Excerpt(direction), "\": forward, backward or both"));
}

void FillHop(const View& view, const PeelHop& hop, PeelDirection direction, v1::PeelHop* wire) {
  const BlockInfo block = view.Block(view.HeightOf(hop.tx));
  const OutputNum first = view.Outputs(hop.tx).begin;
  wire->set_direction(std::string(PeelDirectionName(direction)));
  wire->set_txid(view.Txid(hop.tx).ToDisplayHex());
  wire->set_height(block.height);
  wire->set_time(block.time);
  wire->set_change_vout(hop.change_vout);
  wire->set_change_address(ScriptName(view, view.AddressOf(first + hop.change_vout)));
  wire->set_change_value(Amount(view.Value(first + hop.change_vout)));
  wire->set_next_txid(view.Txid(hop.next).ToDisplayHex());
  for (const PeeledOutput& output : hop.peeled) {
    v1::PeeledOutput* const to = wire->add_peeled();
    to->set_vout(output.vout);
    to->set_address(ScriptName(view, view.AddressOf(first + output.vout)));
    to->set_value(Amount(view.Value(first + output.vout)));
    to->set_mark(std::string(PeelMarkName(output.mark)));
  }
  for (const std::string& line : hop.evidence) wire->add_evidence(line);
}

void FillEnd(const View& view, const PeelEnd& end, PeelDirection direction, v1::PeelEnd* wire) {
  FillSnapshot(view.snapshot(), wire->mutable_snapshot());
  wire->set_direction(std::string(PeelDirectionName(direction)));
  wire->set_txid(view.Txid(end.tx).ToDisplayHex());
  wire->set_stop(std::string(PeelStopName(end.stop)));
  wire->set_reason(end.reason);
  wire->set_hops(end.hops);
  wire->set_rule_version(kPeelRulesVersion);
  wire->set_entity(end.entity);
}

// The service of a kind in `kinds` that an address belongs to, by name. Empty where none is known.
absl::StatusOr<std::function<std::optional<std::string>(AddressNum)>> ServicesOf(
    ServiceSource* services, const StopKinds& kinds, const Cancellation* cancellation) {
  std::function<std::optional<std::string>(AddressNum)> service_of;
  if (services == nullptr) return service_of;
  COINWAKE_ASSIGN_OR_RETURN(const ServiceSource::Answer known, services->Get(kinds, cancellation));
  if (known.services == nullptr) return service_of;
  service_of = [found = known.services, kinds](AddressNum address) -> std::optional<std::string> {
    const std::optional<Stop> stop = found->At(address);
    if (!stop.has_value() || !kinds.Hold(stop->kind)) return std::nullopt;
    return found->entities()[stop->entity];
  };
  return service_of;
}

}  // namespace

absl::Status AnswerPeelChain(const View& view, ClusterSource& clusters,
                             const v1::FollowPeelChainRequest& request, std::uint64_t max_rows,
                             const Cancellation* cancellation,
                             const std::function<absl::Status(const v1::PeelEvent&)>& emit,
                             ServiceSource* services) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<PeelDirection> directions,
                            DirectionsOf(request.direction()));
  COINWAKE_ASSIGN_OR_RETURN(const Profile profile, ProfileOf(request.profile()));
  COINWAKE_ASSIGN_OR_RETURN(const StopKinds kinds, ParseStopAt(request.stop_at()));
  COINWAKE_ASSIGN_OR_RETURN(const TxNum start, FindByTxid(view, request.txid()));
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const ChangeModel> model,
                            clusters.ModelFor(profile, cancellation));
  const FactsReader reader = FactsReader::ForQuestion(view);
  PeelLimits limits;
  limits.max_rows = max_rows;
  if (request.has_max_hops()) limits.max_hops = request.max_hops();
  COINWAKE_ASSIGN_OR_RETURN(limits.service_of, ServicesOf(services, kinds, cancellation));
  for (const PeelDirection direction : directions) {
    v1::PeelEvent event;
    const auto send = [&]() {
      COINWAKE_RETURN_IF_ERROR(view.damage().status());
      return emit(event);
    };
    COINWAKE_ASSIGN_OR_RETURN(const PeelEnd end,
                              FollowPeelChain(reader, model.get(), start, direction, limits,
                                              cancellation, [&](const PeelHop& hop) {
                                                event.Clear();
                                                FillHop(view, hop, direction, event.mutable_hop());
                                                return send();
                                              }));
    event.Clear();
    FillEnd(view, end, direction, event.mutable_end());
    if (const auto epoch = EpochOf(view, profile)) event.mutable_end()->set_epoch_height(*epoch);
    COINWAKE_RETURN_IF_ERROR(send());
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
