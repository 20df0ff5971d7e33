#include "server/server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/names.h"
#include "server/services.h"

namespace coinwake::server {
namespace {

constexpr std::chrono::milliseconds kLinger(250);

// HOST of one HOST:PORT; nullopt for anything else, such as the lists and URIs that gRPC takes as
// well. An IPv6 address has colons itself, and so stands in brackets, which are part of HOST.
std::optional<std::string> HostOf(std::string_view listen) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::optional<std::uint64_t> port = ParseNumber(listen.substr(colon + 1));
  if (!port.has_value() || *port > 65535) return std::nullopt;
  const std::string_view host = listen.substr(0, colon);
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string_view name = in_brackets ? host.substr(1, host.size() - 2) : host;
  const auto allowed = [in_brackets](char c) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.') return true;
    return in_brackets ? c == ':' || c == '%' : c == '-' || c == '_';
  };
  if (!std::all_of(name.begin(), name.end(), allowed)) return std::nullopt;
  return std::string(host);
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const IndexSet& indexes, const ServerOptions& options)
      : explorer_(MakeExplorerService(indexes, gate_)),
        screening_(MakeScreeningService(indexes, gate_)),
        tracer_(MakeTracerService(indexes, gate_, options)),
        reports_(MakeReportsService(indexes, gate_, options)) {}

  ~GrpcServer() override {
    if (server_ != nullptr) Shutdown(std::chrono::milliseconds(0));
  }

  absl::Status Listen(const std::string& host, const std::string& listen) {
    EnableOnce();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(explorer_.get());
    builder.RegisterService(screening_.get());
    builder.RegisterService(tracer_.get());
    builder.RegisterService(reports_.get());
    builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
    grpc::ResourceQuota quota("coinwake");
    quota.SetMaxThreads(kMaxServerThreads);
    builder.SetResourceQuota(quota);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
    // Else a second server on the same port would silently take half of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      server_ = nullptr;
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", Excerpt(listen), ": the port is taken or not allowed"));
    }
    address_ = absl::StrCat(host, ":", port);
    SetServing(true);
    return absl::OkStatus();
  }

  std::string address() const override { return address_; }

  void Shutdown(std::chrono::milliseconds drain) override {
    SetServing(false);
    gate_.Close();
    // gRPC closes connections the moment their last call ends, and what the caller's machine has
    // not taken by then is lost with them. So calls end here first, and their last bytes get some
    // time.
    if (gate_.WaitUntilIdle(drain)) std::this_thread::sleep_for(kLinger);
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_ = nullptr;
  }

 private:
  static void EnableOnce() {
    static std::once_flag once;
    std::call_once(once, [] {
      // gRPC's and protobuf's own lines would stand beside our one line of an error; every failure
      // that matters comes back as a status as well.
      gpr_set_log_function([](gpr_log_func_args*) {});
      google::protobuf::SetLogHandler(nullptr);
      grpc::EnableDefaultHealthCheckService(true);
      grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    });
  }

  void SetServing(bool serving) {
    grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService();
    if (health == nullptr) return;
    health->SetServingStatus(serving);
    for (const char* service : {"coinwake.v1.Explorer", "coinwake.v1.Screening",
                                "coinwake.v1.Tracer", "coinwake.v1.Reports"}) {
      health->SetServingStatus(service, serving);
    }
  }

  CallGate gate_;
  // The services outlive the server that calls them: members die in reverse order.
  const std::unique_ptr<grpc::Service> explorer_;
  const std::unique_ptr<grpc::Service> screening_;
  const std::unique_ptr<grpc::Service> tracer_;
  const std::unique_ptr<grpc::Service> reports_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const IndexSet& indexes,
                                                      const ServerOptions& options) {
  const std::optional<std::string> host = HostOf(options.listen);
  if (!host.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", Excerpt(options.listen),
                                                   "\" is no HOST:PORT; an IPv6 address stands in "
                                                   "brackets, as in [::1]:50051"));
  }
  auto server = std::make_unique<GrpcServer>(indexes, options);
  COINWAKE_RETURN_IF_ERROR(server->Listen(*host, options.listen));
  return server;
}

}  // namespace coinwake::server
