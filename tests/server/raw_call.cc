#include "tests/server/raw_call.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <vector>

#include "indexer/base/check.h"

namespace coinwake::server {
namespace {

constexpr std::chrono::seconds kPatience(10);

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  COINWAKE_CHECK(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// Waits for the one operation under way; whether it succeeded.
bool WaitFor(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

}  // namespace

std::string StringField(int number, const std::string& value) {
  COINWAKE_CHECK(number < 16 && value.size() < 128);
  std::string field;
  field += static_cast<char>(number << 3 | 2);
  field += static_cast<char>(value.size());
  return field + value;
}

RawAnswer CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                  const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, method, ToBuffer(request), &queue);
  call->StartCall();
  RawAnswer answer;
  grpc::ByteBuffer response;
  call->Finish(&response, &answer.status, nullptr);
  WaitFor(queue);
  if (answer.status.ok()) answer.bytes = ToBytes(response);
  return answer;
}

RawAnswer CallRawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                        const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, method, &queue);
  RawAnswer answer;
  grpc::ByteBuffer response;
  call->StartCall(nullptr);
  bool ok = WaitFor(queue);
  if (ok) {
    call->Write(ToBuffer(request), nullptr);
    ok = WaitFor(queue);
  }
  if (ok) {
    call->Read(&response, nullptr);
    ok = WaitFor(queue);
  }
  if (ok) {
    answer.bytes = ToBytes(response);
    call->WritesDone(nullptr);
    WaitFor(queue);
  }
  call->Finish(&answer.status, nullptr);
  WaitFor(queue);
  return answer;
}

int HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  const std::string request = service.empty() ? "" : StringField(1, service);
  const RawAnswer answer = CallRaw(channel, "/grpc.health.v1.Health/Check", request);
  if (!answer.status.ok() || answer.bytes.size() != 2 || answer.bytes[0] != 1 << 3) return -1;
  return answer.bytes[1];
}

}  // namespace coinwake::server
