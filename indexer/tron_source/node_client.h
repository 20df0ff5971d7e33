// Calls of a node's gRPC API, some at a time, tried again when they fail.
//
// Answers are bytes as received: generated messages would not write them again as they were.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_NODE_CLIENT_H_
#define COINWAKE_INDEXER_TRON_SOURCE_NODE_CLIENT_H_

#include <memory>
#include <span>
#include <string>

#include "absl/functional/function_ref.h"
#include "indexer/base/status.h"
#include "indexer/tron_source/block_source.h"

namespace coinwake::tron {

struct NodeCall {
  std::string method;   // "protocol.Wallet/GetNowBlock"
  std::string request;  // bytes of its message
  std::string answer;   // likewise
  absl::Status status;  // of the last try, or what `accept` said of its answer
};

// Not thread-safe; gRPC's own threads stay behind it.
class NodeClient {
 public:
  // `place` is what users know the node by, `address` its HOST:PORT. Connects with the first call.
  static std::unique_ptr<NodeClient> New(const std::string& place, const std::string& address,
                                         const SourceOptions& options);
  virtual ~NodeClient() = default;

  // Makes all calls. `accept` says what is wrong with an answer. Those that fail are tried again,
  // with a wait before that doubles, up to `options.retries` times; only kUnimplemented (no such
  // method) is not. Returns OK when all were accepted, else the status of one that was not; what
  // the node or the network fails with is kUnavailable with a remedy. kCancelled: progress asked to
  // stop.
  virtual absl::Status Call(std::span<NodeCall> calls,
                            absl::FunctionRef<absl::Status(const NodeCall&)> accept) = 0;
};

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_NODE_CLIENT_H_
