#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "coinwake/v1/timeline.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "server/account_trace.h"
#include "server/bounds_answers.h"
#include "server/exposure_answers.h"
#include "server/hint_answers.h"
#include "server/limits.h"
#include "server/path_answers.h"
#include "server/services.h"
#include "server/slot.h"
#include "server/status_map.h"
#include "server/timeline_answers.h"
#include "server/trace_answers.h"
#include "server/typology_answers.h"

namespace coinwake::server {
namespace {

class TracerService final : public v1::Tracer::Service {
 public:
  TracerService(const IndexSet& indexes, CallGate& gate, const ServerOptions& options)
      : indexes_(indexes),
        gate_(gate),
        slots_(options.concurrent_traces),
        limits_{.max_transactions = options.trace_transactions,
                .max_holdings_bytes = kMaxHoldingsBytes} {}

  grpc::Status Trace(grpc::ServerContext* context, const v1::TraceRequest* request,
                     grpc::ServerWriter<v1::TraceEvent>* writer) override {
    return ToGrpcStatus(RunTrace(context, *request, writer));
  }

  grpc::Status FindPaths(grpc::ServerContext* context, const v1::FindPathsRequest* request,
                         grpc::ServerWriter<v1::Path>* writer) override {
    return ToGrpcStatus(RunPaths(context, *request, writer));
  }

  grpc::Status ListTypologies(grpc::ServerContext* context,
                              const v1::ListTypologiesRequest* request,
                              grpc::ServerWriter<v1::Typology>* writer) override {
    return ToGrpcStatus(RunTypologies(context, *request, writer));
  }

  grpc::Status FindBounds(grpc::ServerContext* context, const v1::FindBoundsRequest* request,
                          grpc::ServerWriter<v1::Bounds>* writer) override {
    return ToGrpcStatus(RunBounds(context, *request, writer));
  }

  grpc::Status FindHints(grpc::ServerContext* context, const v1::FindHintsRequest* request,
                         grpc::ServerWriter<v1::HintEvent>* writer) override {
    return ToGrpcStatus(RunHints(context, *request, writer));
  }

  grpc::Status GetExposure(grpc::ServerContext* context, const v1::GetExposureRequest* request,
                           v1::Exposure* answer) override {
    return ToGrpcStatus(RunExposure(context, *request, answer));
  }

  grpc::Status ListTimelines(grpc::ServerContext* context, const v1::ListTimelinesRequest* request,
                             grpc::ServerWriter<v1::Timeline>* writer) override {
    return ToGrpcStatus(RunForSubjects(context, *request, writer, AnswerTimelines));
  }

  grpc::Status FindSuccessors(grpc::ServerContext* context,
                              const v1::FindSuccessorsRequest* request,
                              grpc::ServerWriter<v1::SuccessorEvent>* writer) override {
    return ToGrpcStatus(RunForSubjects(context, *request, writer, AnswerSuccessors));
  }

 private:
  // Passes messages on as fast as the caller takes them: Write waits while the transport is full.
  template <typename Event>
  static auto WriteTo(grpc::ServerWriter<Event>* writer) {
    return [writer](const Event& event) {
      return writer->Write(event) ? absl::OkStatus()
                                  : absl::CancelledError("the caller stopped listening");
    };
  }

  // What `answer` says, where the server takes one more call and one more trace.
  template <typename Answer>
  absl::Status WithSlot(grpc::ServerContext* context, const Answer& answer) {
    const CallGate::Pass pass(gate_);
    COINWAKE_RETURN_IF_ERROR(pass.status());
    const Slot slot(taken_, slots_);
    if (!slot.ok()) return NoSlot();
    const CallCancellation cancellation(context);
    return answer(&cancellation);
  }

  absl::Status NoSlot() const {
    return absl::ResourceExhaustedError(absl::StrCat(
        slots_, " traces are running, as many as this server allows; try again later"));
  }

  static absl::Status CheckStopsCount(int count) {
    if (static_cast<std::size_t>(count) <= kMaxStops) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(count, " stops are too many: at most ", kMaxStops));
  }

  // The network that a request with seeds and stops means.
  template <typename Request>
  absl::StatusOr<OpenNetwork*> ChooseForSeeds(const Request& request) const {
    if (static_cast<std::size_t>(request.seeds_size()) > kMaxSeeds) {
      return absl::InvalidArgumentError(
          absl::StrCat(request.seeds_size(), " seeds are too many: at most ", kMaxSeeds));
    }
    COINWAKE_RETURN_IF_ERROR(CheckStopsCount(request.stops_size()));
    std::vector<std::string> addresses;
    for (const v1::TraceSeed& seed : request.seeds()) {
      if (seed.has_address()) addresses.push_back(seed.address());
      if (seed.has_cluster()) addresses.push_back(seed.cluster());
    }
    return indexes_.Choose(request.network(), addresses);
  }

  absl::Status RunTrace(grpc::ServerContext* context, const v1::TraceRequest& request,
                        grpc::ServerWriter<v1::TraceEvent>* writer) {
    return WithSlot(context, [&](const Cancellation* cancellation) -> absl::Status {
      COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open, ChooseForSeeds(request));
      if (open->has_accounts()) {
        COINWAKE_ASSIGN_OR_RETURN(const PreparedAccountTrace trace,
                                  PrepareTrace(open->accounts(), request, &open->services,
                                               cancellation, &open->account_clusters));
        return AnswerTrace(open->accounts(), trace, {.max_events = limits_.max_transactions},
                           cancellation, WriteTo(writer));
      }
      COINWAKE_ASSIGN_OR_RETURN(
          const PreparedTrace trace,
          PrepareTrace(open->view(), open->clusters, request, cancellation, &open->services));
      return AnswerTrace(open->view(), trace, limits_, cancellation, WriteTo(writer));
    });
  }

  absl::Status RunPaths(grpc::ServerContext* context, const v1::FindPathsRequest& request,
                        grpc::ServerWriter<v1::Path>* writer) {
    return WithSlot(context, [&](const Cancellation* cancellation) -> absl::Status {
      std::vector<std::string> addresses;
      for (const std::string& end : {request.from(), request.to()}) {
        if (!ParseOutpoint(end).has_value()) addresses.push_back(end);
      }
      COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open,
                                indexes_.Choose(request.network(), addresses));
      if (open->has_accounts()) {
        return AnswerPaths(open->accounts(), request, {.max_events = limits_.max_transactions},
                           cancellation, WriteTo(writer), &open->services);
      }
      return AnswerPaths(open->view(), request, limits_, cancellation, WriteTo(writer),
                         &open->services, &open->clusters);
    });
  }

  absl::Status RunTypologies(grpc::ServerContext* context, const v1::ListTypologiesRequest& request,
                             grpc::ServerWriter<v1::Typology>* writer) {
    return WithSlot(context, [&](const Cancellation* cancellation) -> absl::Status {
      std::vector<std::string> addresses;
      for (const v1::TypologySubject& subject : request.subjects()) {
        addresses.push_back(subject.address());
      }
      COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open,
                                indexes_.Choose(request.network(), addresses));
      return AnswerTypologies(*open, request, cancellation, WriteTo(writer));
    });
  }

  absl::Status RunBounds(grpc::ServerContext* context, const v1::FindBoundsRequest& request,
                         grpc::ServerWriter<v1::Bounds>* writer) {
    return WithSlot(context, [&](const Cancellation* cancellation) -> absl::Status {
      COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open, ChooseForSeeds(request));
      const BoundsLimits limits{.max_read = limits_.max_transactions,
                                .max_arcs = kMaxBoundsArcs,
                                .max_steps = kMaxBoundsSteps};
      return AnswerBounds(*open, request, limits, cancellation, WriteTo(writer));
    });
  }

  absl::Status RunHints(grpc::ServerContext* context, const v1::FindHintsRequest& request,
                        grpc::ServerWriter<v1::HintEvent>* writer) {
    return WithSlot(context, [&](const Cancellation* cancellation) -> absl::Status {
      if (static_cast<std::size_t>(request.subjects_size()) > kMaxSeeds) {
        return absl::InvalidArgumentError(
            absl::StrCat(request.subjects_size(), " subjects are too many: at most ", kMaxSeeds));
      }
      if (static_cast<std::size_t>(request.service_addresses_size()) > kMaxStops) {
        return absl::InvalidArgumentError(absl::StrCat(request.service_addresses_size(),
                                                       " addresses of the service are too many: at "
                                                       "most ",
                                                       kMaxStops));
      }
      return AnswerHints(indexes_, request, limits_.max_transactions, cancellation,
                         WriteTo(writer));
    });
  }

  absl::Status RunExposure(grpc::ServerContext* context, const v1::GetExposureRequest& request,
                           v1::Exposure* answer) {
    return WithSlot(context, [&](const Cancellation* cancellation) -> absl::Status {
      COINWAKE_RETURN_IF_ERROR(CheckStopsCount(request.stops_size()));
      const std::string addresses[] = {request.address()};
      COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open,
                                indexes_.Choose(request.network(), addresses));
      if (open->has_accounts()) {
        return AnswerExposure(open->accounts(), open->account_clusters, request,
                              {.max_events = limits_.max_transactions}, cancellation,
                              &open->services, answer);
      }
      return AnswerExposure(open->view(), open->clusters, request, limits_, cancellation,
                            &open->services, answer);
    });
  }

  // `answer` is AnswerTimelines() or AnswerSuccessors().
  template <typename Request, typename Event, typename Answer>
  absl::Status RunForSubjects(grpc::ServerContext* context, const Request& request,
                              grpc::ServerWriter<Event>* writer, const Answer& answer) {
    return WithSlot(context, [&](const Cancellation* cancellation) -> absl::Status {
      std::vector<std::string> addresses;
      for (const v1::TimelineSubject& subject : request.subjects()) {
        addresses.insert(addresses.end(), subject.addresses().begin(), subject.addresses().end());
      }
      if (addresses.size() > kMaxSeeds) {
        return absl::InvalidArgumentError(
            absl::StrCat(addresses.size(), " addresses are too many: at most ", kMaxSeeds));
      }
      COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open,
                                indexes_.Choose(request.network(), addresses));
      return answer(*open, request, cancellation, WriteTo(writer), {});
    });
  }

  const IndexSet& indexes_;
  CallGate& gate_;
  const int slots_;
  const TraceLimits limits_;
  std::atomic<int> taken_{0};
};

}  // namespace

std::unique_ptr<grpc::Service> MakeTracerService(const IndexSet& indexes, CallGate& gate,
                                                 const ServerOptions& options) {
  return std::make_unique<TracerService>(indexes, gate, options);
}

}  // namespace coinwake::server
