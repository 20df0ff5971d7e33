// The services of coinwake.v1 over an open set of indexes. Only server/ includes this.
#ifndef COINWAKE_SERVER_SERVICES_H_
#define COINWAKE_SERVER_SERVICES_H_

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>

#include <memory>

#include "indexer/base/cancellation.h"
#include "server/call_gate.h"
#include "server/index_set.h"
#include "server/server.h"

namespace coinwake::server {

// Stops work when the caller went away, its deadline passed or the server shuts down.
class CallCancellation : public Cancellation {
 public:
  explicit CallCancellation(grpc::ServerContext* context) : context_(context) {}
  bool Cancelled() const override { return context_->IsCancelled(); }

 private:
  grpc::ServerContext* const context_;
};

// `indexes` and `gate` are borrowed and must outlive the service. Every call passes through the
// gate.
std::unique_ptr<grpc::Service> MakeExplorerService(const IndexSet& indexes, CallGate& gate);
std::unique_ptr<grpc::Service> MakeScreeningService(const IndexSet& indexes, CallGate& gate);
std::unique_ptr<grpc::Service> MakeTracerService(const IndexSet& indexes, CallGate& gate,
                                                 const ServerOptions& options);
std::unique_ptr<grpc::Service> MakeReportsService(const IndexSet& indexes, CallGate& gate,
                                                  const ServerOptions& options);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SERVICES_H_
