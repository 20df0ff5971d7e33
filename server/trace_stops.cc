#include "server/trace_stops.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/network.h"
#include "server/names.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

// Stops of one sort, for one warning about all of them.
struct CountedStops {
  std::uint64_t count = 0;
  std::string first;

  void Add(const std::string& name) {
    if (count++ == 0) first = name;
  }
};

}  // namespace

std::optional<Stop> TraceStops::StopAt(AddressNum address) const {
  if (const auto named = named_.find(address.value); named != named_.end()) {
    return Stop{SinkKind::kService, named->second};
  }
  if (services_ == nullptr) return std::nullopt;
  std::optional<Stop> stop = services_->At(address);
  if (!stop.has_value() || !kinds_.Hold(stop->kind)) return std::nullopt;
  stop->entity = entity_of_[stop->entity];
  return stop;
}

std::optional<Stop> TraceStops::StopAt(std::uint32_t account) const {
  return StopAt(AddressOf(account));
}

std::string TraceStops::CategoryOf(AddressNum address) const {
  if (services_ == nullptr || named_.contains(address.value)) return "";
  return services_->CategoryAt(address);
}

class StopsMaker {
 public:
  StopsMaker(const v1::TraceRequest& request, const StopContext& context,
             std::vector<TraceWarning>* warnings)
      : request_(request),
        context_(context),
        warnings_(warnings),
        stops_(std::make_shared<TraceStops>()) {}

  absl::StatusOr<std::shared_ptr<const TraceStops>> Make() {
    COINWAKE_ASSIGN_OR_RETURN(stops_->kinds_, ParseStopAt(request_.stop_at()));
    COINWAKE_RETURN_IF_ERROR(AddNamed());
    COINWAKE_RETURN_IF_ERROR(AddServices());
    COINWAKE_RETURN_IF_ERROR(NumberEntities());
    if (stops_->entities_.empty()) return std::shared_ptr<const TraceStops>();
    return std::shared_ptr<const TraceStops>(std::move(stops_));
  }

 private:
  void Warn(std::string text) { warnings_->push_back({std::move(text), std::nullopt}); }
  // Where there are any.
  void WarnOf(const CountedStops& stops, const std::string& what) {
    if (stops.count == 0) return;
    Warn(absl::StrCat("stops ", what, ": ", stops.count, ", the first is ", stops.first));
  }

  // The services that the caller names, seen ones only: nothing arrives at others.
  absl::Status AddNamed() {
    CountedStops passed_by;
    CountedStops unseen;
    CountedStops seeded;
    for (const v1::TraceStop& stop : request_.stops()) {
      COINWAKE_RETURN_IF_ERROR(CheckLabel(stop.entity()));
      COINWAKE_ASSIGN_OR_RETURN(StopContext::Subject subject, context_.find(stop.address()));
      if (!stops_->kinds_.services) {
        passed_by.Add(subject.name);
        continue;
      }
      if (!subject.address.has_value()) {
        unseen.Add(subject.name);
        continue;
      }
      if (context_.is_seed(*subject.address)) seeded.Add(subject.name);
      named_.push_back(
          {*subject.address, subject.name, stop.entity().empty() ? subject.name : stop.entity()});
    }
    const Snapshot& snapshot = context_.view.snapshot();
    WarnOf(passed_by, "that stop nothing, as services are not what to stop at");
    WarnOf(unseen, absl::StrCat("never seen on ", std::string(NetworkName(snapshot.network)),
                                " up to height ", snapshot.height));
    WarnOf(seeded, "that are seeds, whose own taint is followed all the same");
    return absl::OkStatus();
  }

  absl::Status AddServices() {
    if (context_.services == nullptr) return absl::OkStatus();
    COINWAKE_ASSIGN_OR_RETURN(const ServiceSource::Answer known,
                              context_.services->Get(stops_->kinds_, context_.cancellation));
    if (known.services == nullptr) return absl::OkStatus();
    if (known.labelled_addresses != 0) {
      Warn(absl::StrCat("addresses that stop as labels say, each with its cluster: ",
                        known.labelled_addresses));
    }
    if (stops_->kinds_.services && known.services->found_by_use() != 0) {
      Warn(
          absl::StrCat("services that stop as their deposit accounts show, each with its cluster: ",
                       known.services->found_by_use()));
    }
    if (known.services->conflicts() != 0) {
      const KnownServices::Conflict& first = known.services->first_conflict();
      Warn(absl::StrCat("clusters whose labels name several entities, of which the most trusted ",
                        "counts: ", known.services->conflicts(), ", the first is that of ",
                        Excerpt(first.address), ": ", Excerpt(first.counts), ", not ",
                        Excerpt(first.other)));
    }
    stops_->services_ = known.services;
    return absl::OkStatus();
  }

  absl::Status NumberEntities() {
    std::vector<std::string>& entities = stops_->entities_;
    if (stops_->services_ != nullptr) entities = stops_->services_->entities();
    for (const Named& one : named_) entities.push_back(one.entity);
    std::sort(entities.begin(), entities.end());
    entities.erase(std::unique(entities.begin(), entities.end()), entities.end());
    const auto number_of = [&entities](const std::string& entity) {
      const auto place = std::lower_bound(entities.begin(), entities.end(), entity);
      return static_cast<std::uint32_t>(place - entities.begin());
    };
    if (stops_->services_ != nullptr) {
      for (const std::string& entity : stops_->services_->entities()) {
        stops_->entity_of_.push_back(number_of(entity));
      }
    }
    for (const Named& one : named_) {
      const auto [known, is_new] =
          stops_->named_.try_emplace(one.address.value, number_of(one.entity));
      if (is_new || entities[known->second] == one.entity) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(one.name, " is a stop of two entities: ", Excerpt(entities[known->second]),
                       " and ", Excerpt(one.entity)));
    }
    return absl::OkStatus();
  }

  struct Named {
    AddressNum address;
    std::string name;
    std::string entity;
  };

  const v1::TraceRequest& request_;
  const StopContext& context_;
  std::vector<TraceWarning>* const warnings_;
  std::vector<Named> named_;
  std::shared_ptr<TraceStops> stops_;
};

absl::StatusOr<std::shared_ptr<const TraceStops>> MakeTraceStops(
    const v1::TraceRequest& request, const StopContext& context,
    std::vector<TraceWarning>* warnings) {
  return StopsMaker(request, context, warnings).Make();
}

}  // namespace coinwake::server
