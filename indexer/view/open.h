// Opening an index for reading, of whichever chain.
#ifndef COINWAKE_INDEXER_VIEW_OPEN_H_
#define COINWAKE_INDEXER_VIEW_OPEN_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/kv/store.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"

namespace coinwake {

// An index opened for reading: the store and the view at its last commit, released together. No
// copy of a view may outlive it.
struct OpenIndex {
  OpenIndex() = default;
  OpenIndex(OpenIndex&&) = default;
  OpenIndex& operator=(OpenIndex&& other) noexcept {
    view = std::move(other.view);  // what is there is released as on destruction: the views first
    accounts = std::move(other.accounts);
    store = std::move(other.store);
    return *this;
  }

  const ChainView& chain() const {
    return view != nullptr ? static_cast<const ChainView&>(*view) : *accounts;
  }

  std::unique_ptr<KvStore> store;
  // One of the two, as the network's chain has it; after `store`: members die in reverse order.
  std::shared_ptr<const View> view;
  std::shared_ptr<const AccountView> accounts;
};
// kNotFound: no index of this network in `data_folder`. kUnavailable: another process has it open.
// kDataLoss, kUnimplemented as the parts say. Finishes a commit that a crash interrupted.
// `label_set` is the snapshot's.
absl::StatusOr<OpenIndex> OpenForReading(FileSystem& files, const std::string& data_folder,
                                         Network network, const std::string& label_set = {});
// Networks of which there is anything in `data_folder`, in the order of kAllNetworks; none for a
// missing folder. Opening one tells whether it is an index (kNotFound: indexing stopped before its
// first commit). kInvalidArgument: `data_folder` is empty. kUnavailable: it is no folder.
absl::StatusOr<std::vector<Network>> NetworksIn(FileSystem& files, const std::string& data_folder);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VIEW_OPEN_H_
