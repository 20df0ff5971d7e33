#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/reports.grpc.pb.h"
#include "server/bounds_answers.h"
#include "server/limits.h"
#include "server/report_answers.h"
#include "server/services.h"
#include "server/slot.h"
#include "server/status_map.h"

namespace coinwake::server {
namespace {

// At a time, at most as many as traces: each makes one trace after another, with thousands of
// sellers for hours.
constexpr int kMaxConcurrentReports = 2;

class ReportsService final : public v1::Reports::Service {
 public:
  ReportsService(const IndexSet& indexes, CallGate& gate, const ServerOptions& options)
      : indexes_(indexes),
        gate_(gate),
        slots_(std::min(options.concurrent_traces, kMaxConcurrentReports)),
        limits_{.trace = {.max_transactions = options.trace_transactions},
                .bounds = {.max_read = options.trace_transactions,
                           .max_arcs = kMaxBoundsArcs,
                           .max_steps = kMaxBoundsSteps}} {}

  grpc::Status MakeReport(grpc::ServerContext* context, const v1::ReportRequest* request,
                          grpc::ServerWriter<v1::ReportEntry>* writer) override {
    return ToGrpcStatus(Run(context, *request, writer));
  }

 private:
  absl::Status Run(grpc::ServerContext* context, const v1::ReportRequest& request,
                   grpc::ServerWriter<v1::ReportEntry>* writer) {
    const CallGate::Pass pass(gate_);
    COINWAKE_RETURN_IF_ERROR(pass.status());
    const Slot slot(taken_, slots_);
    if (!slot.ok()) {
      return absl::ResourceExhaustedError(absl::StrCat(
          slots_, " reports are made, as many as this server allows; try again later"));
    }
    if (static_cast<std::size_t>(request.seeds_size()) > kMaxSeeds) {
      return absl::InvalidArgumentError(
          absl::StrCat(request.seeds_size(), " seeds are too many: at most ", kMaxSeeds));
    }
    if (static_cast<std::size_t>(request.stops_size()) > kMaxStops) {
      return absl::InvalidArgumentError(
          absl::StrCat(request.stops_size(), " stops are too many: at most ", kMaxStops));
    }
    std::vector<std::string> addresses;
    for (const v1::TraceSeed& seed : request.seeds()) {
      if (seed.has_address()) addresses.push_back(seed.address());
      if (seed.has_cluster()) addresses.push_back(seed.cluster());
    }
    COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open,
                              indexes_.Choose(request.network(), addresses));
    const CallCancellation cancellation(context);
    return AnswerReports(
        *open, request, limits_, &cancellation, [writer](const v1::ReportEntry& entry) {
          return writer->Write(entry) ? absl::OkStatus()
                                      : absl::CancelledError("the caller stopped listening");
        });
  }

  const IndexSet& indexes_;
  CallGate& gate_;
  const int slots_;
  const ReportLimits limits_;
  std::atomic<int> taken_{0};
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReportsService(const IndexSet& indexes, CallGate& gate,
                                                  const ServerOptions& options) {
  return std::make_unique<ReportsService>(indexes, gate, options);
}

}  // namespace coinwake::server
