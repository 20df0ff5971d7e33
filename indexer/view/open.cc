// Where an index is on disk, and opening one from there.
#include "absl/strings/str_cat.h"
#include "indexer/commit/finish_commit.h"
#include "indexer/view/view.h"

namespace coinwake {

std::string FolderOfNetwork(const std::string& data_folder, Network network) {
  return absl::StrCat(data_folder, "/", std::string(NetworkName(network)));
}
std::string StoreFolder(const std::string& network_folder) {
  return absl::StrCat(network_folder, "/kv");
}
std::string ColumnsFolder(const std::string& network_folder) {
  return absl::StrCat(network_folder, "/columns");
}

absl::StatusOr<OpenIndex> OpenForReading(FileSystem& files, const std::string& data_folder,
                                         Network network) {
  const std::string folder = FolderOfNetwork(data_folder, network);
  OpenIndex index;
  auto store = KvStore::Open(files, StoreFolder(folder), KvOptions{});
  if (absl::IsNotFound(store.status())) {
    return absl::NotFoundError(
        absl::StrCat(data_folder, ": no index of ", std::string(NetworkName(network)), " there"));
  }
  COINWAKE_RETURN_IF_ERROR(store.status());
  index.store = *std::move(store);
  COINWAKE_RETURN_IF_ERROR(FinishCommit(files, *index.store, folder, Finishing::kAfterCrash));
  COINWAKE_ASSIGN_OR_RETURN(index.view, View::Open(files, *index.store, folder));
  if (index.view->snapshot().network != network) {
    return absl::DataLossError(absl::StrCat(
        folder, ": holds an index of ", std::string(NetworkName(index.view->snapshot().network))));
  }
  return index;
}

absl::StatusOr<std::vector<Network>> NetworksIn(FileSystem& files, const std::string& data_folder) {
  std::vector<Network> networks;
  for (const Network network : kAllNetworks) {
    // LevelDB writes CURRENT last when it makes a store.
    COINWAKE_ASSIGN_OR_RETURN(
        const bool exists,
        files.Exists(absl::StrCat(StoreFolder(FolderOfNetwork(data_folder, network)), "/CURRENT")));
    if (exists) networks.push_back(network);
  }
  return networks;
}

}  // namespace coinwake
