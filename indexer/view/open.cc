#include "indexer/view/open.h"

#include "absl/strings/str_cat.h"
#include "indexer/commit/finish_commit.h"

namespace coinwake {
namespace {

absl::StatusOr<bool> HoldsAnything(FileSystem& files, const std::string& folder) {
  // A stray file of a network's name holds no folders: no index is there.
  COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(folder));
  if (!exists) return false;
  const auto names = files.List(folder);
  if (absl::IsNotFound(names.status())) return false;
  COINWAKE_RETURN_IF_ERROR(names.status());
  return !names->empty();
}

}  // namespace

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
                                         Network network, const std::string& label_set) {
  const std::string folder = FolderOfNetwork(data_folder, network);
  OpenIndex index;
  auto store = KvStore::Open(files, StoreFolder(folder), KvOptions{});
  if (absl::IsNotFound(store.status())) {
    // A column is made only once the store is there.
    COINWAKE_ASSIGN_OR_RETURN(const bool columns, HoldsAnything(files, ColumnsFolder(folder)));
    if (columns) {
      return absl::DataLossError(absl::StrCat(
          StoreFolder(folder), ": missing; restore the folder, or index into a new data folder"));
    }
    return absl::NotFoundError(
        absl::StrCat(data_folder, ": no index of ", std::string(NetworkName(network)), " there"));
  }
  COINWAKE_RETURN_IF_ERROR(store.status());
  index.store = *std::move(store);
  COINWAKE_RETURN_IF_ERROR(FinishCommit(files, *index.store, folder, Finishing::kAfterCrash));
  if (ChainOf(network) == Chain::kBitcoin) {
    COINWAKE_ASSIGN_OR_RETURN(index.view, View::Open(files, *index.store, folder, label_set));
  } else {
    COINWAKE_ASSIGN_OR_RETURN(index.accounts,
                              AccountView::Open(files, *index.store, folder, label_set));
  }
  const Network found = index.chain().snapshot().network;
  if (found != network) {
    return absl::DataLossError(
        absl::StrCat(folder, ": holds an index of ", std::string(NetworkName(found))));
  }
  return index;
}

absl::StatusOr<std::vector<Network>> NetworksIn(FileSystem& files, const std::string& data_folder) {
  if (data_folder.empty()) return absl::InvalidArgumentError("--data: names no folder");
  std::vector<Network> networks;
  const auto names = files.List(data_folder);
  if (absl::IsNotFound(names.status())) return networks;
  COINWAKE_RETURN_IF_ERROR(names.status());  // a file, not a folder
  for (const Network network : kAllNetworks) {
    // Anything at all: were the store's own files asked for, an index that lost them would be none.
    const std::string folder = FolderOfNetwork(data_folder, network);
    COINWAKE_ASSIGN_OR_RETURN(const bool store, HoldsAnything(files, StoreFolder(folder)));
    COINWAKE_ASSIGN_OR_RETURN(const bool columns, HoldsAnything(files, ColumnsFolder(folder)));
    if (store || columns) networks.push_back(network);
  }
  return networks;
}

}  // namespace coinwake
