// What all commands share: the global options, the index, and the two streams.
#ifndef COINWAKE_CLI_SESSION_H_
#define COINWAKE_CLI_SESSION_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace google::protobuf {
class Message;
}

namespace coinwake::cli {

class Session {
 public:
  Session(FileSystem& files, GlobalOptions global) : files_(files), global_(std::move(global)) {}

  FileSystem& files() const { return files_; }
  const GlobalOptions& global() const { return global_; }
  bool json() const { return global_.json; }

  // The network that --network or the addresses mean, and its index. Errors as
  // server::ChooseNetwork and OpenForReading.
  absl::StatusOr<std::unique_ptr<server::OpenNetwork>> OpenFor(
      const std::vector<std::string>& addresses) const;

  // --network as an enum; nullopt when it was not given. kInvalidArgument: unknown.
  absl::StatusOr<std::optional<Network>> AskedNetwork() const;
  // The same for a command about one chain. kInvalidArgument: a network of another chain, too.
  absl::StatusOr<std::optional<Network>> AskedNetworkOf(Chain chain) const;

  // Results. Errors of the stream are found by FinishOutput.
  void Print(std::string_view text) const;                         // as it is
  void PrintJson(const google::protobuf::Message& message) const;  // and a line break
  // kUnavailable when not everything could be written.
  absl::Status FinishOutput() const;

  // A line on stderr.
  void Warn(std::string_view text) const;

 private:
  FileSystem& files_;
  const GlobalOptions global_;
};

// kInvalidArgument unless `asset` is empty or one that some network can have.
absl::Status CheckAsset(std::string_view asset);
// The same of the network that is open. Chains that have accounts say it themselves.
absl::Status CheckAssetOf(const server::OpenNetwork& open, std::string_view asset);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_SESSION_H_
