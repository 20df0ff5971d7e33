// The services of a network, where traces end: the clusters that labels call services, and on a
// chain with accounts also those whose deposit accounts show them. Profile `strict` throughout:
// what heuristics hold as certain enough to join without being asked.
#ifndef COINWAKE_SERVER_KNOWN_SERVICES_H_
#define COINWAKE_SERVER_KNOWN_SERVICES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "heuristics/account_partition.h"
#include "heuristics/cluster.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "labels/label_store.h"
#include "server/account_clusters.h"
#include "server/cluster_source.h"
#include "server/labelled_services.h"
#include "server/trace_words.h"
#include "tracer/trace.h"

namespace coinwake::server {

// Immutable, thread-safe. Memory: the services, not their addresses; shares the partition.
class KnownServices {
 public:
  // Exactly one of the partitions is not null.
  struct Clusters {
    std::shared_ptr<const Partition> outputs;
    std::shared_ptr<const AccountPartition> accounts;

    AddressNum Of(AddressNum address) const {
      return outputs != nullptr ? outputs->ClusterOf(address) : accounts->ClusterOf(address);
    }
    std::vector<AddressNum> Members(AddressNum cluster, std::size_t limit) const {
      return outputs != nullptr ? outputs->Members(cluster, std::nullopt, limit)
                                : accounts->Members(cluster, std::nullopt, limit);
    }
  };

  // `labelled` as FindLabelledServices() has them. `name_of` writes an address: the name of a
  // service that no label names is its first hot wallet's.
  KnownServices(Clusters clusters, const std::vector<LabelledService>& labelled,
                const std::function<std::string(AddressNum)>& name_of);

  // The service that `address` belongs to. Its entity is an index into entities().
  std::optional<Stop> At(AddressNum address) const {
    const auto found = by_cluster_.find(clusters_.Of(address).value);
    return found == by_cluster_.end() ? std::nullopt : std::optional(found->second.stop);
  }
  // The category by the label that counts there, "exchange"; empty where none tells.
  std::string CategoryAt(AddressNum address) const;
  const std::vector<std::string>& entities() const { return entities_; }  // in byte order, distinct
  // Addresses of all its clusters, at most `limit`; none where no service has the name. O(services
  // + members).
  std::vector<AddressNum> AddressesOf(std::string_view entity, std::size_t limit) const;

  // Services that no label names, found by their deposit accounts.
  std::uint64_t found_by_use() const { return found_by_use_; }
  // Clusters whose labels name several entities, of which the most trusted one counts.
  std::uint64_t conflicts() const { return conflicts_; }
  // The first of them, by its smallest address: an address of it and two names, the one that counts
  // first.
  struct Conflict {
    std::string address;
    std::string counts;
    std::string other;
  };
  const Conflict& first_conflict() const { return first_conflict_; }  // REQUIRES: there is one

 private:
  struct Found {
    std::uint64_t cluster = 0;
    SinkKind kind = SinkKind::kService;
    std::string entity;
    std::string category;
  };
  struct Service {
    Stop stop;
    std::string category;
  };
  using NameOf = std::function<std::string(AddressNum)>;

  void AddLabelled(const std::vector<LabelledService>& labelled, const NameOf& name_of,
                   std::vector<Found>* found);
  // REQUIRES: `found` has those that are labelled, by cluster.
  void AddFoundByUse(const NameOf& name_of, std::vector<Found>* found);

  const Clusters clusters_;
  absl::flat_hash_map<std::uint64_t, Service> by_cluster_;
  std::vector<std::string> entities_;
  std::uint64_t found_by_use_ = 0;
  std::uint64_t conflicts_ = 0;
  Conflict first_conflict_;
};

// Thread-safe.
class ServiceSource {
 public:
  // One of the views is null, and its clusters are not asked. All but the clusters, which are
  // borrowed, may be null.
  ServiceSource(std::shared_ptr<const LabelStore> labels, std::shared_ptr<const View> view,
                ClusterSource& clusters, std::shared_ptr<const AccountView> accounts,
                AccountClusters& account_clusters);
  ServiceSource(const ServiceSource&) = delete;
  ServiceSource& operator=(const ServiceSource&) = delete;

  // May be null.
  const LabelStore* labels() const { return labels_.get(); }

  struct Answer {
    std::shared_ptr<const KnownServices> services;  // null: none of what is wanted
    std::uint64_t labelled_addresses = 0;           // in clusters of the kinds wanted
  };
  // Looks through the labels once, and has clusters computed only where there may be a service of a
  // wanted kind: a label of an address of this index, or (accounts) services are wanted at all.
  // Errors as FindLabelledServices(), ClusterSource::Get() and AccountClusters::Get().
  absl::StatusOr<Answer> Get(const StopKinds& wanted, const Cancellation* cancellation);

 private:
  using Labelled = std::vector<LabelledService>;

  absl::StatusOr<std::shared_ptr<const Labelled>> GetLabelled(const Cancellation* cancellation);
  absl::StatusOr<std::shared_ptr<const KnownServices>> GetServices(
      const Labelled& labelled, const Cancellation* cancellation);

  const std::shared_ptr<const LabelStore> labels_;
  const std::shared_ptr<const View> view_;
  ClusterSource& clusters_;
  const std::shared_ptr<const AccountView> accounts_;
  AccountClusters& account_clusters_;

  // Made when first asked for. Two who ask at the same time may both make it, to the same.
  Mutex mutex_;
  std::shared_ptr<const Labelled> labelled_ COINWAKE_GUARDED_BY(mutex_);
  std::shared_ptr<const KnownServices> services_ COINWAKE_GUARDED_BY(mutex_);
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_KNOWN_SERVICES_H_
