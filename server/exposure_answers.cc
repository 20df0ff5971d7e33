#include "server/exposure_answers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/exposure.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/account_trace.h"
#include "server/convert.h"
#include "server/trace_answers.h"
#include "server/trace_words.h"
#include "tracer/account_exposure.h"
#include "tracer/exposure.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

constexpr char kUnspent[] = "unspent";
constexpr char kSource[] = "source";
constexpr char kDestination[] = "destination";
constexpr char kFifo[] = "fifo";
constexpr char kHaircut[] = "haircut";

// The subject is asked about, not seeded.
constexpr SubjectWords kWords = {.subject = "address", .as_well = "ask for that as well"};

using Name = std::pair<std::string, std::string>;  // category, entity

// The stops of a trace told apart by category as well: an entity may have several.
class CategoryStops final : public AddressStops, public AccountStops {
 public:
  explicit CategoryStops(const TraceStops& stops) : stops_(stops) {}

  std::optional<Stop> StopAt(AddressNum address) const override {
    std::optional<Stop> stop = stops_.StopAt(address);
    if (!stop.has_value()) return std::nullopt;
    Name name(stops_.CategoryOf(address), stops_.EntityName(stop->entity));
    if (name.first.empty()) name.first = SinkKindName(stop->kind);
    const auto next = static_cast<std::uint32_t>(names_.size());
    const auto [place, is_new] = numbers_.try_emplace(name, next);
    if (is_new) names_.push_back(std::move(name));
    stop->entity = place->second;
    return stop;
  }
  std::optional<Stop> StopAt(std::uint32_t account) const override {
    return StopAt(AddressOf(account));
  }
  const Name& NameOf(std::uint32_t entity) const { return names_[entity]; }

 private:
  const TraceStops& stops_;
  // By first meeting: one trace asks at a time, and answers are put in order of the names.
  mutable std::map<Name, std::uint32_t> numbers_;
  mutable std::vector<Name> names_;
};

// The trace that the question comes down to; what it does not have is told by PrepareTrace().
v1::TraceRequest TraceOf(const v1::GetExposureRequest& request, ExposureDirection direction) {
  v1::TraceRequest trace;
  trace.set_network(request.network());
  v1::TraceSeed* const seed = trace.add_seeds();
  if (request.cluster()) {
    seed->set_cluster(request.address());
  } else {
    seed->set_address(request.address());
  }
  trace.set_direction(direction == ExposureDirection::kSource ? kBackward : kForward);
  trace.set_policy(request.policy());
  trace.set_fees(request.fees());
  trace.set_stop_at(request.stop_at());
  for (const v1::ExposureStop& stop : request.stops()) {
    v1::TraceStop* const to = trace.add_stops();
    to->set_address(stop.address());
    to->set_entity(stop.entity());
  }
  if (request.has_max_hops()) trace.set_max_hops(request.max_hops());
  trace.set_force(request.force());
  trace.set_asset(request.asset());
  return trace;
}

template <typename Entry>
Name NameOf(const Entry& entry, const CategoryStops* stops) {
  if (!entry.kind.has_value()) return {kUnspent, ""};
  if (entry.entity.has_value()) return stops->NameOf(*entry.entity);
  return {std::string(SinkKindName(*entry.kind)), ""};
}

// `exposure` of outputs or of accounts.
template <typename AnyExposure>
void FillEntries(const AnyExposure& exposure, const CategoryStops* stops, v1::Exposure* answer) {
  // Entries of one name: of different kinds.
  using Entry = typename decltype(exposure.entries)::value_type;
  std::map<Name, std::vector<const Entry*>> by_name;
  for (const Entry& entry : exposure.entries) by_name[NameOf(entry, stops)].push_back(&entry);
  for (const auto& [name, entries] : by_name) {
    Entry sum;
    std::optional<std::uint32_t> min_hops;
    for (const Entry* entry : entries) {
      sum.direct += entry->direct;
      sum.indirect += entry->indirect;
      const std::optional<std::uint32_t> hops = entry->min_hops;
      if (hops.has_value()) min_hops = std::min(*hops, min_hops.value_or(*hops));
    }
    v1::ExposureEntry* const wire = answer->add_entries();
    wire->set_category(name.first);
    wire->set_entity(name.second);
    wire->set_direct(sum.direct.ToString());
    wire->set_indirect(sum.indirect.ToString());
    if (min_hops.has_value()) wire->set_min_hops(*min_hops);
  }
  answer->set_total(exposure.total.ToString());
}

struct Question {
  ExposureDirection direction = ExposureDirection::kSource;
  Policy policy = Policy::kFifo;
};

absl::StatusOr<Question> ParseQuestion(const v1::GetExposureRequest& request) {
  Question question;
  COINWAKE_ASSIGN_OR_RETURN(
      question.direction,
      Choose<ExposureDirection>("direction of exposure", request.direction(),
                                {{kSource, ExposureDirection::kSource},
                                 {kDestination, ExposureDirection::kDestination}}));
  COINWAKE_ASSIGN_OR_RETURN(question.policy,
                            Choose<Policy>("policy of exposure", request.policy(),
                                           {{kFifo, Policy::kFifo}, {kHaircut, Policy::kHaircut}}));
  return question;
}

// All but the figures and the snapshot. `trace` of outputs or of accounts.
template <typename AnyTrace>
void FillHead(const v1::GetExposureRequest& request, const Question& question,
              const AnyTrace& trace, v1::Exposure* answer) {
  answer->set_address(trace.request.labels.front());
  answer->set_cluster(request.cluster());
  answer->set_direction(question.direction == ExposureDirection::kSource ? kSource : kDestination);
  answer->set_policy(question.policy == Policy::kFifo ? kFifo : kHaircut);
  for (const TraceWarning& warning : trace.warnings) answer->add_warnings(warning.text);
}

}  // namespace

absl::Status AnswerExposure(const View& view, ClusterSource& clusters,
                            const v1::GetExposureRequest& request, const TraceLimits& limits,
                            const Cancellation* cancellation, ServiceSource* services,
                            v1::Exposure* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const Question question, ParseQuestion(request));
  COINWAKE_ASSIGN_OR_RETURN(const PreparedTrace trace,
                            PrepareTrace(view, clusters, TraceOf(request, question.direction),
                                         cancellation, services, kWords));
  ExposureRequest domain;
  for (const Seed& seed : trace.request.seeds) domain.outputs.push_back(seed.output);
  domain.direction = question.direction;
  domain.policy = question.policy;
  domain.fees = trace.request.fees;
  domain.max_hops = trace.request.max_hops;
  std::optional<CategoryStops> stops;
  if (trace.stops != nullptr) domain.stops = &stops.emplace(*trace.stops);
  COINWAKE_ASSIGN_OR_RETURN(const Exposure exposure,
                            MeasureExposure(view, domain, limits, cancellation));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  FillHead(request, question, trace, answer);
  answer->set_asset(kBitcoinAsset);
  FillEntries(exposure, stops.has_value() ? &*stops : nullptr, answer);
  return absl::OkStatus();
}

absl::Status AnswerExposure(const AccountView& view, AccountClusters& clusters,
                            const v1::GetExposureRequest& request, const AccountTraceLimits& limits,
                            const Cancellation* cancellation, ServiceSource* services,
                            v1::Exposure* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const Question question, ParseQuestion(request));
  COINWAKE_ASSIGN_OR_RETURN(PreparedAccountTrace trace,
                            PrepareTrace(view, TraceOf(request, question.direction), services,
                                         cancellation, &clusters, kWords));
  std::optional<CategoryStops> stops;
  if (trace.stops != nullptr) trace.request.stops = &stops.emplace(*trace.stops);
  AccountExposure exposure;
  if (!trace.request.seeds.empty()) {
    ViewAccounts accounts(view, trace.asset,
                          [&view](AddressNum address) { return AccountName(view, address); });
    COINWAKE_ASSIGN_OR_RETURN(
        exposure,
        MeasureAccountExposure(accounts, trace.request, question.direction, limits, cancellation));
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  FillSnapshot(view, answer->mutable_snapshot());
  FillHead(request, question, trace, answer);
  answer->set_asset(AssetText(view, trace.asset));
  FillEntries(exposure, stops.has_value() ? &*stops : nullptr, answer);
  return absl::OkStatus();
}

}  // namespace coinwake::server
