// The indexes of a data folder, open for reading, and which of them a request means.
#ifndef COINWAKE_SERVER_INDEX_SET_H_
#define COINWAKE_SERVER_INDEX_SET_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/view/open.h"
#include "indexer/view/view.h"
#include "labels/label_store.h"
#include "server/account_clusters.h"
#include "server/cluster_source.h"
#include "server/known_services.h"

namespace coinwake::server {

// Whether `name` can name an address on `network`.
bool CanNameAddress(const std::string& name, Network network);

// The network that a request means: `asked`, or if that is empty the only one of `indexed`, or the
// only one on which all of `addresses` are valid (script:HEX is valid on all that have scripts).
// kNotFound: no index of it, or none at all. kInvalidArgument: unknown, or not just one fits.
absl::StatusOr<Network> ChooseNetwork(std::span<const Network> indexed, std::string_view asked,
                                      std::span<const std::string> addresses);

// One network of the data folder.
struct OpenNetwork {
  // `kept_clusters` and `kept_account_clusters` may be null. `cluster_memory_bytes`: what the
  // clusters of one profile may take; 0: no cap.
  OpenNetwork(OpenIndex opened, int threads, Log* log,
              std::shared_ptr<const LabelStore> known = nullptr,
              std::unique_ptr<KeptPartitions> kept_clusters = nullptr,
              std::unique_ptr<KeptAccountPartitions> kept_account_clusters = nullptr,
              std::uint64_t cluster_memory_bytes = 0)
      : labels(std::move(known)),
        index(std::move(opened)),
        kept(std::move(kept_clusters)),
        kept_accounts(std::move(kept_account_clusters)),
        clusters(index.view, threads, log,
                 {.kept = kept.get(), .labels = labels, .memory_bytes = cluster_memory_bytes}),
        account_clusters(index.accounts, labels, threads, log, kept_accounts.get(),
                         cluster_memory_bytes),
        services(labels, index.view, clusters, index.accounts, account_clusters) {}

  const Snapshot& snapshot() const { return index.chain().snapshot(); }
  const Damage& damage() const { return index.chain().damage(); }
  // Whether the chain has accounts; else it has outputs.
  bool has_accounts() const { return index.accounts != nullptr; }
  const AccountView& accounts() const { return *index.accounts; }  // REQUIRES: has_accounts()
  const View& view() const { return *index.view; }                 // REQUIRES: !has_accounts()

  const std::shared_ptr<const LabelStore> labels;  // of all networks; null where there are none
  OpenIndex index;
  const std::unique_ptr<KeptPartitions> kept;
  const std::unique_ptr<KeptAccountPartitions> kept_accounts;
  // Of a chain with outputs, and of one with accounts. Both stop before the index closes.
  ClusterSource clusters;
  AccountClusters account_clusters;
  ServiceSource services;  // where traces stop
};

// kFailedPrecondition: `what` is not to be had of a chain that has accounts.
absl::Status NotOnAccounts(const OpenNetwork& open, std::string_view what);

// Opens the index of `network`, and the labels. kNotFound says how to make one; else as
// OpenForReading. `cluster_memory_bytes`: as OpenNetwork has it.
absl::StatusOr<std::unique_ptr<OpenNetwork>> OpenOne(FileSystem& files,
                                                     const std::string& data_folder,
                                                     Network network, int threads, Log* log,
                                                     std::uint64_t cluster_memory_bytes = 0);

// Thread-safe once open.
class IndexSet {
 public:
  // Opens all networks in `data_folder`, or just `only`. kNotFound when there is none.
  // `files` and `log` (may be null) are borrowed and must outlive the set. `cluster_memory_bytes`:
  // as OpenNetwork has it.
  static absl::StatusOr<std::unique_ptr<IndexSet>> Open(FileSystem& files,
                                                        const std::string& data_folder,
                                                        std::optional<Network> only, int threads,
                                                        Log* log,
                                                        std::uint64_t cluster_memory_bytes = 0);

  // Of all networks; null where there are none.
  const LabelStore* labels() const { return labels_.get(); }

  // In the order of kAllNetworks.
  std::span<const std::unique_ptr<OpenNetwork>> networks() const { return networks_; }

  // As ChooseNetwork. Lives as long as the set.
  absl::StatusOr<OpenNetwork*> Choose(std::string_view asked,
                                      std::span<const std::string> addresses) const;

  // Whether clusters of some network are being computed, which the destructor would wait for.
  bool IsBuilding() const;

 private:
  IndexSet() = default;

  std::shared_ptr<const LabelStore> labels_;
  std::vector<std::unique_ptr<OpenNetwork>> networks_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_INDEX_SET_H_
