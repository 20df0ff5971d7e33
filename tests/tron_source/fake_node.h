// A node of Tron that serves made blocks by gRPC, and misbehaves as a test says.
#ifndef COINWAKE_TESTS_TRON_SOURCE_FAKE_NODE_H_
#define COINWAKE_TESTS_TRON_SOURCE_FAKE_NODE_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/tron_source/test_blocks.h"
#include "tron/api.grpc.pb.h"

namespace coinwake::tron {

// What a call does before, or in place of, its answer.
struct NodeFault {
  grpc::StatusCode code = grpc::StatusCode::OK;   // the call fails so
  std::chrono::milliseconds delay{0};             // or waits first, while the caller does
  std::function<void(std::string*)> change = {};  // or its answer's bytes are changed
};

class FakeNode {
 public:
  enum class Method { kNowBlock, kBlocks, kInfos, kSolidBlock, kProperties };
  // Which services it has, beside Wallet.
  struct Services {
    bool wallet = true;
    bool solidity = false;
    bool database = true;
  };

  explicit FakeNode(const std::vector<TestBlock>& chain) : FakeNode(chain, Services{}) {}
  FakeNode(const std::vector<TestBlock>& chain, Services services);
  ~FakeNode();

  std::string place() const;  // grpc://127.0.0.1:PORT

  void SetChain(const std::vector<TestBlock>& chain);
  void SetSolid(std::uint64_t number);
  // The next calls of `method` have these, one each.
  void FailNext(Method method, const std::vector<NodeFault>& faults);
  // Every call of `method` has it, until it is nullopt again.
  void FailAll(Method method, std::optional<NodeFault> fault);
  // Called, with the node's chain still in use, before each call of `method`.
  void Before(Method method, std::function<void(FakeNode&)> hook);
  int calls(Method method) const;

 private:
  class Wallet;
  class Solidity;
  class Database;

  // Answers a call with what `make` makes of the blocks.
  grpc::Status Answer(Method method, grpc::ServerContextBase* context,
                      const std::function<std::string(FakeNode&)>& make, std::string* answer);

  mutable std::mutex mutex_;
  std::map<std::uint64_t, TestBlock> blocks_;
  std::uint64_t solid_ = 0;
  std::map<Method, std::deque<NodeFault>> next_;
  std::map<Method, NodeFault> always_;
  std::map<Method, std::function<void(FakeNode&)>> hooks_;
  std::map<Method, int> calls_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace coinwake::tron

#endif  // COINWAKE_TESTS_TRON_SOURCE_FAKE_NODE_H_
