// A data folder that a server answers about, on a free port of this machine.
#ifndef COINWAKE_TESTS_SERVER_SERVED_INDEX_H_
#define COINWAKE_TESTS_SERVER_SERVED_INDEX_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "server/index_set.h"
#include "server/server.h"

namespace coinwake::server {

class ServedIndex {
 public:
  // All networks of the folder. Errors as IndexSet::Open and Server::Start.
  static absl::StatusOr<std::unique_ptr<ServedIndex>> Open(const std::string& data) {
    std::unique_ptr<ServedIndex> served(new ServedIndex);
    COINWAKE_ASSIGN_OR_RETURN(served->indexes_,
                              IndexSet::Open(RealFileSystem(), data, std::nullopt, 2, nullptr));
    COINWAKE_ASSIGN_OR_RETURN(served->server_,
                              Server::Start(*served->indexes_, {.listen = "127.0.0.1:0"}));
    return served;
  }
  ~ServedIndex() {
    if (server_ != nullptr) server_->Shutdown(std::chrono::seconds(5));
  }
  ServedIndex(const ServedIndex&) = delete;
  ServedIndex& operator=(const ServedIndex&) = delete;

  const IndexSet& indexes() const { return *indexes_; }
  std::string address() const { return server_->address(); }
  std::shared_ptr<grpc::Channel> NewChannel() const {
    return grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
  }

 private:
  ServedIndex() = default;

  std::unique_ptr<IndexSet> indexes_;
  std::unique_ptr<Server> server_;  // goes first
};

}  // namespace coinwake::server

#endif  // COINWAKE_TESTS_SERVER_SERVED_INDEX_H_
