// Calls of services whose generated code Debian does not ship (health, reflection), as raw bytes.
#ifndef COINWAKE_TESTS_SERVER_RAW_CALL_H_
#define COINWAKE_TESTS_SERVER_RAW_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace coinwake::server {

struct RawAnswer {
  grpc::Status status;
  std::string bytes;  // the answer message, serialized
};

// Sends one message to `method` ("/package.Service/Method") and takes one back.
RawAnswer CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                  const std::string& request);

// The same for a method that streams both ways: one message each way, then the end.
RawAnswer CallRawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                        const std::string& request);

// A message whose only field is the string `value` under `number`, serialized.
// REQUIRES: number < 16, value.size() < 128.
std::string StringField(int number, const std::string& value);

// grpc.health.v1.HealthCheckResponse.ServingStatus of a service, -1 when the call fails.
int HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service);
inline constexpr int kServing = 1;
inline constexpr int kNotServing = 2;

}  // namespace coinwake::server

#endif  // COINWAKE_TESTS_SERVER_RAW_CALL_H_
