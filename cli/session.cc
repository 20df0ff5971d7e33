#include "cli/session.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/utf8.h"
#include "server/account_names.h"
#include "server/cluster_memory.h"
#include "server/convert.h"
#include "server/json.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

// One write of the whole line, so that lines of several threads do not mix.
void WriteWarning(std::string_view text) {
  const std::string line = absl::StrCat("coinwake: ", Printable(text), "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

// Of what goes on, a command tells what is wrong.
class Warnings : public server::Log {
 public:
  void Say(std::string_view) override {}
  void Warn(std::string_view line) override { WriteWarning(line); }
};

// Lives as long as whatever was opened.
server::Log& TheWarnings() {
  static Warnings* const warnings = new Warnings;
  return *warnings;
}

}  // namespace

absl::StatusOr<std::unique_ptr<server::OpenNetwork>> Session::OpenFor(
    const std::vector<std::string>& addresses) const {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Network> indexed, NetworksIn(files_, global_.data));
  const absl::StatusOr<Network> network =
      server::ChooseNetwork(indexed, global_.network, addresses);
  if (absl::IsNotFound(network.status())) {
    return absl::NotFoundError(
        absl::StrCat(global_.data, ": ", std::string(network.status().message())));
  }
  COINWAKE_RETURN_IF_ERROR(network.status());
  return server::OpenOne(files_, global_.data, *network, /*threads=*/0, &TheWarnings(),
                         server::MemoryOfMachine(files_));
}

absl::StatusOr<std::optional<Network>> Session::AskedNetwork() const {
  if (global_.network.empty()) return std::optional<Network>();
  // All networks count as indexed: the question is only what the word means.
  COINWAKE_ASSIGN_OR_RETURN(const Network network,
                            server::ChooseNetwork(kAllNetworks, global_.network, {}));
  return std::optional<Network>(network);
}

absl::StatusOr<std::optional<Network>> Session::AskedNetworkOf(Chain chain) const {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network, AskedNetwork());
  if (!network.has_value() || ChainOf(*network) == chain) return network;
  std::string known;
  for (const Network other : NetworksOf(chain)) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", std::string(NetworkName(other)));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "this is not for ", std::string(NetworkName(*network)), "; its networks: ", known));
}

void Session::Print(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Session::PrintJson(const google::protobuf::Message& message) const {
  std::string line = server::ToJson(message);
  line += '\n';
  Print(line);
}

absl::Status Session::FinishOutput() const {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return absl::OkStatus();
  return absl::UnavailableError("the results could not be written in full to stdout");
}

void Session::Warn(std::string_view text) const { WriteWarning(text); }

absl::Status CheckAsset(std::string_view asset) {
  if (asset.empty() || asset == server::kBitcoinAsset) return absl::OkStatus();
  if (server::ParseAssetName(asset, Network::kTron).ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("unknown asset \"", server::Excerpt(asset),
                   "\"; known are BTC, and on Tron TRX, TRC10:<id>, TRC20:<contract>, USDT"));
}

absl::Status CheckAssetOf(const server::OpenNetwork& open, std::string_view asset) {
  if (open.has_accounts() || asset.empty() || asset == server::kBitcoinAsset) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown asset \"", server::Excerpt(asset), "\"; this network has BTC"));
}

}  // namespace coinwake::cli
