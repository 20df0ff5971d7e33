// Clusters of a view of accounts. No small one can be told from the account alone: all are computed
// together, once a profile, to be shared by whoever asks later.
#ifndef COINWAKE_SERVER_ACCOUNT_CLUSTERS_H_
#define COINWAKE_SERVER_ACCOUNT_CLUSTERS_H_

#include <memory>

#include "heuristics/account_partition.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "labels/label_store.h"
#include "server/cluster_source.h"
#include "server/shared_builds.h"

namespace coinwake::server {

// What the rules about accounts start from: as money TRX, and Tether's contract of the main
// network; as hot wallets the accounts that labels (may be null) call services, of one service
// where the most trusted labels name the same entity.
absl::StatusOr<AccountRules> RulesFor(const AccountView& view, const LabelStore* labels);

// Thread-safe. Waits, on destruction, for a build under way.
class AccountClusters {
 public:
  // `threads` 0: one a processor. `log` is borrowed and may be null. `labels` may be null, and
  // `view` if Get() is never called.
  AccountClusters(std::shared_ptr<const AccountView> view, std::shared_ptr<const LabelStore> labels,
                  int threads, Log* log);
  AccountClusters(const AccountClusters&) = delete;
  AccountClusters& operator=(const AccountClusters&) = delete;

  // As ClusterSource::Get(), with the errors of AccountPartition::Build().
  absl::StatusOr<std::shared_ptr<const AccountPartition>> Get(Profile profile,
                                                              const Cancellation* cancellation);
  // As ClusterSource::GetWithoutLabels().
  absl::StatusOr<std::shared_ptr<const AccountPartition>> GetWithoutLabels(
      Profile profile, const Cancellation* cancellation);
  // Whether a build is under way, which the destructor would wait for.
  bool IsBuilding() const { return builds_.IsBuilding(); }

 private:
  SharedBuilds<AccountPartition>::Result Build(Profile profile) const;

  const std::shared_ptr<const AccountView> view_;
  const std::shared_ptr<const LabelStore> labels_;
  const int threads_;
  Log* const log_;
  SharedBuilds<AccountPartition> builds_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ACCOUNT_CLUSTERS_H_
