// Abseil's status codes are gRPC's, one to one.
#ifndef COINWAKE_SERVER_STATUS_MAP_H_
#define COINWAKE_SERVER_STATUS_MAP_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace coinwake::server {

// The message is shown to the caller as it is.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_STATUS_MAP_H_
