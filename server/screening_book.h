// Of which addresses of a network labels say something, at one moment: what every address that a
// screening meets is looked up in.
//
// The labels themselves stay in their store, where the few that are met are looked up.
#ifndef COINWAKE_SERVER_SCREENING_BOOK_H_
#define COINWAKE_SERVER_SCREENING_BOOK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "labels/label_store.h"
#include "server/index_set.h"
#include "server/known_services.h"

namespace coinwake::server {

// Different things that members say of one cluster which are kept. More say no more.
inline constexpr std::size_t kMaxClusterSpeakers = 64;

// Immutable, thread-safe. Memory: some 16 bytes a labelled address, 16 for each that speaks for its
// cluster, and the clusters, which it shares.
class ScreeningBook {
 public:
  // As known on `date`; nullopt: now. Clusters are of the snapshot, whatever the date. They are
  // asked for only where something speaks for one. Errors as ClusterSource::Get() and
  // AccountClusters::Get(). Cost: one pass over the network's labels, a look-up for each.
  static absl::StatusOr<std::shared_ptr<const ScreeningBook>> Make(
      OpenNetwork& open, std::optional<Date> date, const Cancellation* cancellation);

  bool IsLabelled(AddressNum address) const { return labelled_.contains(address.value); }
  // Addresses whose labels speak for the cluster of `address`, ascending; itself perhaps among
  // them.
  std::span<const AddressNum> SpeakersFor(AddressNum address) const;
  // What stands for the cluster of an address in it; the address itself where nothing speaks for
  // any.
  AddressNum ClusterOf(AddressNum address) const {
    return HasClusters() ? clusters_.Of(address) : address;
  }
  const LabelMoment& moment() const { return moment_; }

 private:
  ScreeningBook() = default;
  bool HasClusters() const { return clusters_.outputs != nullptr || clusters_.accounts != nullptr; }

  LabelMoment moment_;
  KnownServices::Clusters clusters_;  // both null: nothing speaks for one
  absl::flat_hash_set<std::uint64_t> labelled_;
  std::vector<AddressNum> speakers_;  // by cluster, then ascending
  absl::flat_hash_map<std::uint64_t, std::pair<std::size_t, std::size_t>> by_cluster_;  // of those
};

// Books by date, each made when first asked for. Thread-safe. Two who ask at the same time may both
// make one, to the same.
class ScreeningBooks {
 public:
  // `open` is borrowed and must outlive this.
  explicit ScreeningBooks(OpenNetwork& open) : open_(open) {}
  ScreeningBooks(const ScreeningBooks&) = delete;
  ScreeningBooks& operator=(const ScreeningBooks&) = delete;

  absl::StatusOr<std::shared_ptr<const ScreeningBook>> Get(std::optional<Date> date,
                                                           const Cancellation* cancellation);

 private:
  static constexpr std::size_t kMaxBooks = 16;  // the oldest but that of now goes first

  OpenNetwork& open_;
  Mutex mutex_;
  std::shared_ptr<const ScreeningBook> now_ COINWAKE_GUARDED_BY(mutex_);
  std::vector<std::pair<Date, std::shared_ptr<const ScreeningBook>>> dated_
      COINWAKE_GUARDED_BY(mutex_);
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SCREENING_BOOK_H_
