// Clusters of a view of accounts. No small one can be told from the account alone: all are computed
// together, once a profile, to be shared by whoever asks later.
#ifndef COINWAKE_SERVER_ACCOUNT_CLUSTERS_H_
#define COINWAKE_SERVER_ACCOUNT_CLUSTERS_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "heuristics/account_partition.h"
#include "heuristics/kept_account_partitions.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "indexer/view/account_view.h"
#include "labels/label_store.h"
#include "server/cluster_source.h"
#include "server/shared_builds.h"

namespace coinwake::server {

// What the rules about accounts start from: as money TRX, and Tether's contract of the main
// network; as hot wallets the accounts that labels (may be null) call services, of one service
// where the most trusted labels name the same entity; as owners what OwnersByLabels() tells.
absl::StatusOr<AccountRules> RulesFor(const AccountView& view, const LabelStore* labels);

// Thread-safe. Waits, on destruction, for a build under way.
class AccountClusters {
 public:
  // `threads` 0: one a processor. `log` and `kept` are borrowed and may be null. `labels` may be
  // null, and `view` if nothing is ever asked for. `memory_bytes`: as ClusterSources has it.
  AccountClusters(std::shared_ptr<const AccountView> view, std::shared_ptr<const LabelStore> labels,
                  int threads, Log* log, KeptAccountPartitions* kept = nullptr,
                  std::uint64_t memory_bytes = 0);
  AccountClusters(const AccountClusters&) = delete;
  AccountClusters& operator=(const AccountClusters&) = delete;

  // As ClusterSource::Get(), with the errors of AccountPartition::Build(). What is kept is read
  // instead of the chain, and what is built is kept.
  absl::StatusOr<std::shared_ptr<const AccountPartition>> Get(Profile profile,
                                                              const Cancellation* cancellation);
  // The cluster of `account` under `strict`; nullopt where the chain is so long that a question
  // about one account should not wait for it, whatever is built or kept: the same question gets the
  // same answer. As Get().
  absl::StatusOr<std::optional<AddressNum>> IfQuick(AddressNum account,
                                                    const Cancellation* cancellation);
  static constexpr std::uint64_t kMostForAddress = kLeastKeptTransactions;
  // As ClusterSource::GetWithoutLabels().
  absl::StatusOr<std::shared_ptr<const AccountPartition>> GetWithoutLabels(
      Profile profile, const Cancellation* cancellation);
  // Whether a build is under way, which the destructor would wait for.
  bool IsBuilding() const { return builds_.IsBuilding(); }

 private:
  SharedBuilds<AccountPartition>::Result LoadOrBuild(Profile profile);
  SharedBuilds<AccountPartition>::Result Build(Profile profile);
  // RulesFor() the view, found out once.
  absl::StatusOr<std::shared_ptr<const AccountRules>> Rules();

  const std::shared_ptr<const AccountView> view_;
  const std::shared_ptr<const LabelStore> labels_;
  const int threads_;
  Log* const log_;
  KeptAccountPartitions* const kept_;
  const std::uint64_t memory_bytes_;
  Mutex mutex_;
  std::shared_ptr<const AccountRules> rules_ COINWAKE_GUARDED_BY(mutex_);
  SharedBuilds<AccountPartition> builds_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ACCOUNT_CLUSTERS_H_
