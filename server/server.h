// The gRPC server: Explorer, Screening, Tracer, grpc.health.v1.Health and server reflection on one
// port.
//
// Requests, deadlines and cancellations are honoured while work goes on; limits are in
// server/limits.h. Plain text without authentication: it listens on the loopback address unless
// told otherwise.
#ifndef COINWAKE_SERVER_SERVER_H_
#define COINWAKE_SERVER_SERVER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "indexer/base/status.h"
#include "server/index_set.h"
#include "server/limits.h"

namespace coinwake::server {

struct ServerOptions {
  std::string listen = "127.0.0.1:50051";  // HOST:PORT; port 0 picks a free one
  int concurrent_traces = kDefaultConcurrentTraces;
  std::uint64_t trace_transactions = kDefaultTraceTransactions;  // read by one trace; 0: no limit
};

class Server {
 public:
  // Answers as soon as it returns. kInvalidArgument: `listen` is no HOST:PORT. kUnavailable: cannot
  // listen there. `indexes` is borrowed and must outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const IndexSet& indexes,
                                                       const ServerOptions& options);
  virtual ~Server() = default;  // as Shutdown without a drain, if it still runs

  // HOST:PORT, with the port it really has.
  virtual std::string address() const = 0;

  // Health says NOT_SERVING, new calls are refused, calls in flight may go on for `drain` and are
  // then cancelled. Returns when all have ended. From any thread but a call's; once.
  virtual void Shutdown(std::chrono::milliseconds drain) = 0;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SERVER_H_
