#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/screening.grpc.pb.h"
#include "server/limits.h"
#include "server/screening_answers.h"
#include "server/services.h"
#include "server/status_map.h"

namespace coinwake::server {
namespace {

class ScreeningService final : public v1::Screening::Service {
 public:
  ScreeningService(const IndexSet& indexes, CallGate& gate) : indexes_(indexes), gate_(gate) {
    for (const auto& open : indexes.networks()) {
      screeners_.push_back(std::make_unique<Screener>(*open));
    }
  }

  grpc::Status Screen(grpc::ServerContext* context, const v1::ScreenRequest* request,
                      v1::ScreeningResult* answer) override {
    return ToGrpcStatus(RunOne(context, *request, answer));
  }

  grpc::Status ScreenBatch(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::ScreenBatchResponse, v1::ScreenBatchRequest>* stream) override {
    return ToGrpcStatus(RunBatch(context, stream));
  }

 private:
  using BatchStream = grpc::ServerReaderWriter<v1::ScreenBatchResponse, v1::ScreenBatchRequest>;

  // Of the network that the options and subjects mean.
  template <typename Subjects>
  absl::StatusOr<Screener*> Choose(const v1::ScreenOptions& options,
                                   const Subjects& subjects) const {
    if (static_cast<std::size_t>(options.seeds_size()) > kMaxSeeds) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.seeds_size(), " seeds are too many: at most ", kMaxSeeds));
    }
    std::vector<std::string> addresses;
    for (const std::string& subject : subjects) {
      if (!IsTransactionSubject(subject)) addresses.push_back(subject);
    }
    COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open,
                              indexes_.Choose(options.network(), addresses));
    for (const auto& screener : screeners_) {
      if (&screener->open() == open) return screener.get();
    }
    return absl::InternalError("a network without a screener");
  }

  absl::Status RunOne(grpc::ServerContext* context, const v1::ScreenRequest& request,
                      v1::ScreeningResult* answer) {
    const CallGate::Pass pass(gate_);
    COINWAKE_RETURN_IF_ERROR(pass.status());
    const std::string subjects[] = {request.subject()};
    COINWAKE_ASSIGN_OR_RETURN(Screener* const screener, Choose(request.options(), subjects));
    const CallCancellation cancellation(context);
    COINWAKE_ASSIGN_OR_RETURN(const PreparedScreening screening,
                              screener->Prepare(request.options(), &cancellation));
    return screener->Answer(screening, request.subject(), &cancellation, answer);
  }

  absl::Status RunBatch(grpc::ServerContext* context, BatchStream* stream) {
    const CallGate::Pass pass(gate_);
    COINWAKE_RETURN_IF_ERROR(pass.status());
    const CallCancellation cancellation(context);
    Screener* screener = nullptr;
    PreparedScreening screening;
    std::uint64_t index = 0;
    v1::ScreenBatchRequest request;
    while (stream->Read(&request)) {
      if (static_cast<std::size_t>(request.subjects_size()) > kMaxSeeds) {
        return absl::InvalidArgumentError(
            absl::StrCat(request.subjects_size(), " subjects in one message: at most ", kMaxSeeds));
      }
      if (screener == nullptr) {
        COINWAKE_ASSIGN_OR_RETURN(screener, ChooseForBatch(request));
        COINWAKE_ASSIGN_OR_RETURN(screening, screener->Prepare(request.options(), &cancellation));
      } else if (request.has_options()) {
        return absl::InvalidArgumentError("only the first message of a batch has options");
      }
      for (const std::string& subject : request.subjects()) {
        v1::ScreenBatchResponse response;
        response.set_index(index++);
        FillOne(*screener, screening, subject, &cancellation, &response);
        COINWAKE_RETURN_IF_ERROR(CheckCancelled(&cancellation));
        if (!stream->Write(response)) return absl::CancelledError("the caller stopped listening");
      }
    }
    return CheckCancelled(&cancellation);
  }

  // One that is no address anywhere fails alone, and decides nothing.
  absl::StatusOr<Screener*> ChooseForBatch(const v1::ScreenBatchRequest& request) const {
    std::vector<std::string> addresses;
    for (const std::string& subject : request.subjects()) {
      const bool is_address_somewhere =
          std::any_of(screeners_.begin(), screeners_.end(), [&subject](const auto& screener) {
            return CanNameAddress(subject, screener->open().snapshot().network);
          });
      if (is_address_somewhere) addresses.push_back(subject);
    }
    return Choose(request.options(), addresses);
  }

  static void FillOne(Screener& screener, const PreparedScreening& screening,
                      const std::string& subject, const Cancellation* cancellation,
                      v1::ScreenBatchResponse* response) {
    const absl::Status status =
        screener.Answer(screening, subject, cancellation, response->mutable_result());
    if (status.ok()) return;
    response->clear_result();
    response->mutable_error()->set_code(static_cast<std::uint32_t>(status.code()));
    response->mutable_error()->set_message(std::string(status.message()));
  }

  const IndexSet& indexes_;
  CallGate& gate_;
  std::vector<std::unique_ptr<Screener>> screeners_;  // one a network
};

}  // namespace

std::unique_ptr<grpc::Service> MakeScreeningService(const IndexSet& indexes, CallGate& gate) {
  return std::make_unique<ScreeningService>(indexes, gate);
}

}  // namespace coinwake::server
