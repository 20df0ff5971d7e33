#include "indexer/tron_source/node_client.h"

#include <grpc/support/time.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"

namespace coinwake::tron {
namespace {

constexpr std::int64_t kMaxBackoffMs = 10'000;
constexpr std::int64_t kPollMs = 50;  // how soon a request to stop is noticed

gpr_timespec InMs(std::int64_t ms) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(ms, GPR_TIMESPAN));
}

// java-tron's answers are larger than the 4 MiB that gRPC takes by default.
int MaxAnswerSize(const SourceOptions& options) {
  const std::size_t blocks =
      static_cast<std::size_t>(std::clamp(options.blocks_per_call, 1, 100)) * kMaxBlockSize;
  return static_cast<int>(
      std::min<std::size_t>(std::max(blocks, kMaxReceiptsSize), std::numeric_limits<int>::max()));
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address,
                                           const SourceOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(MaxAnswerSize(options));
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the node itself is named
  // Each source connects anew, no slower than it tries again.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto backoff_ms = static_cast<int>(std::clamp<std::int64_t>(options.backoff_ms, 100, 1000));
  // Whatever its name says, this is how long one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, static_cast<int>(options.call_timeout_ms));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, backoff_ms);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(kMaxBackoffMs));
  return grpc::CreateCustomChannel(absl::StrCat("dns:///", address),
                                   grpc::InsecureChannelCredentials(), arguments);
}

struct Flight {
  NodeCall* call = nullptr;
  grpc::ClientContext context;
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
};

class NodeClientImpl final : public NodeClient {
 public:
  NodeClientImpl(std::string place, const std::string& address, const SourceOptions& options)
      : place_(std::move(place)),
        options_(options),
        stub_(MakeChannel(address, options)),
        in_flight_(static_cast<std::size_t>(std::max(options.calls_in_flight, 1))) {}
  ~NodeClientImpl() override {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  absl::Status Call(std::span<NodeCall> calls,
                    absl::FunctionRef<absl::Status(const NodeCall&)> accept) override {
    std::vector<NodeCall*> pending;
    for (NodeCall& call : calls) pending.push_back(&call);
    std::int64_t wait_ms = options_.backoff_ms;
    for (int tries_left = options_.retries;; --tries_left) {
      COINWAKE_RETURN_IF_ERROR(SendAll(pending));
      std::vector<NodeCall*> failed;
      for (NodeCall* call : pending) {
        if (call->status.ok()) call->status = accept(*call);
        if (absl::IsUnimplemented(call->status)) return call->status;
        if (!call->status.ok()) failed.push_back(call);
      }
      if (failed.empty()) return absl::OkStatus();
      if (tries_left <= 0) return failed.front()->status;
      COINWAKE_RETURN_IF_ERROR(Wait(wait_ms));
      wait_ms = std::min(2 * wait_ms, kMaxBackoffMs);
      pending = std::move(failed);
    }
  }

 private:
  bool Stops() const { return options_.progress != nullptr && options_.progress->StopRequested(); }

  absl::Status Wait(std::int64_t ms) const {
    for (; ms > 0 && !Stops(); ms -= kPollMs) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(ms, kPollMs)));
    }
    return Stops() ? absl::CancelledError("stopped as asked") : absl::OkStatus();
  }

  // One try of each.
  absl::Status SendAll(const std::vector<NodeCall*>& calls) {
    std::vector<std::unique_ptr<Flight>> flights;
    bool stops = Stops();
    for (std::size_t begun = 0, ended = 0; ended < calls.size();) {
      while (!stops && begun < calls.size() && begun - ended < in_flight_) {
        flights.push_back(Begin(calls[begun++]));
      }
      if (stops && begun == ended) break;
      void* tag = nullptr;
      bool ok = false;
      if (queue_.AsyncNext(&tag, &ok, InMs(kPollMs)) == grpc::CompletionQueue::GOT_EVENT) {
        ++ended;
        End(static_cast<Flight*>(tag));
      } else if (!stops && Stops()) {
        stops = true;
        for (const auto& flight : flights) flight->context.TryCancel();
      }
    }
    return stops ? absl::CancelledError("stopped as asked") : absl::OkStatus();
  }

  std::unique_ptr<Flight> Begin(NodeCall* call) {
    auto flight = std::make_unique<Flight>();
    flight->call = call;
    flight->context.set_deadline(InMs(options_.call_timeout_ms));
    const grpc::Slice slice(call->request);
    flight->reader = stub_.PrepareUnaryCall(&flight->context, absl::StrCat("/", call->method),
                                            grpc::ByteBuffer(&slice, 1), &queue_);
    flight->reader->StartCall();
    flight->reader->Finish(&flight->answer, &flight->status, flight.get());
    return flight;
  }

  void End(Flight* flight) const {
    NodeCall& call = *flight->call;
    call.answer.clear();
    call.status = StatusOf(call.method, flight->status);
    if (!call.status.ok()) return;
    grpc::Slice bytes;
    if (flight->answer.Valid() && flight->answer.DumpToSingleSlice(&bytes).ok()) {
      call.answer.assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    }
    flight->answer.Clear();
  }

  absl::Status StatusOf(const std::string& method, const grpc::Status& status) const {
    if (status.ok()) return absl::OkStatus();
    // The server's text, in one line.
    std::string text = status.error_message().substr(0, kMaxShownError);
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
    const std::string what = absl::StrCat(place_, ": ", method, ": ");
    switch (status.error_code()) {
      case grpc::StatusCode::UNIMPLEMENTED:
        return absl::UnimplementedError(absl::StrCat(what, "is not served there"));
      case grpc::StatusCode::UNAVAILABLE:
        return absl::UnavailableError(
            absl::StrCat(what, "no answer (", text,
                         "); start the node, or check host and port: java-tron's is 50051"));
      case grpc::StatusCode::DEADLINE_EXCEEDED:
        return absl::UnavailableError(absl::StrCat(what, "no answer in ", options_.call_timeout_ms,
                                                   " ms; check the node and the network"));
      case grpc::StatusCode::RESOURCE_EXHAUSTED:
        return absl::UnavailableError(absl::StrCat(
            what, "the node refuses so many or large calls (", text, "); ask a node of your own"));
      default:
        return absl::UnavailableError(absl::StrCat(what, "failed (code ", status.error_code(), ", ",
                                                   text, "); look into the node's log"));
    }
  }

  static constexpr std::size_t kMaxShownError = 200;

  const std::string place_;
  const SourceOptions options_;
  grpc::GenericStub stub_;
  const std::size_t in_flight_;
  grpc::CompletionQueue queue_;
};

}  // namespace

std::unique_ptr<NodeClient> NodeClient::New(const std::string& place, const std::string& address,
                                            const SourceOptions& options) {
  return std::make_unique<NodeClientImpl>(place, address, options);
}

}  // namespace coinwake::tron
