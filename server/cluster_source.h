// Clusters of a view. Small ones are found from the address asked about; only a larger one has the
// whole partition built, once, to be shared by whoever asks later.
#ifndef COINWAKE_SERVER_CLUSTER_SOURCE_H_
#define COINWAKE_SERVER_CLUSTER_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "heuristics/change_model.h"
#include "heuristics/cluster.h"
#include "heuristics/kept_partitions.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"
#include "labels/label_store.h"
#include "server/shared_builds.h"

namespace coinwake::server {

// What went on, a line each. Must be callable from any thread.
class Log {
 public:
  virtual ~Log() = default;
  // For whoever runs a server.
  virtual void Say(std::string_view line) = 0;
  // For whoever asks, too: clusters that grew out of proportion, what could not be kept or read.
  virtual void Warn(std::string_view line) { Say(line); }
};

// What clusters are made with beside the chain. All may be null; `kept` is borrowed.
struct ClusterSources {
  KeptPartitions* kept = nullptr;
  std::shared_ptr<const LabelStore> labels;
  std::uint64_t memory_bytes = 0;  // that a partition may take; 0: no cap
};

// Thread-safe. Waits, on destruction, for a build under way.
class ClusterSource {
 public:
  // `threads` 0: one a processor. `log` is borrowed and may be null.
  ClusterSource(std::shared_ptr<const View> view, int threads, Log* log,
                ClusterSources sources = {});
  ClusterSource(const ClusterSource&) = delete;
  ClusterSource& operator=(const ClusterSource&) = delete;

  // Waits until it is built, or until `cancellation` (may be null) says stop: kCancelled; the build
  // then goes on for the next caller. kResourceExhausted: kMaxClusterWaiters wait already. Else the
  // errors of Partition::Build.
  absl::StatusOr<std::shared_ptr<const Partition>> Get(Profile profile,
                                                       const Cancellation* cancellation);

  // The cluster that holds `address`, by the cheapest way to it. As Get.
  absl::StatusOr<Cluster> Of(AddressNum address, Profile profile, const Cancellation* cancellation);

  // The chain of evidence between two addresses (WhyJoined), likewise.
  absl::StatusOr<std::vector<EvidenceLink>> Why(AddressNum a, AddressNum b, Profile profile,
                                                const Cancellation* cancellation);

  // The same made without labels, which may be of one source with what it is to be held against. A
  // build of its own where labels could make a difference.
  absl::StatusOr<std::shared_ptr<const Partition>> GetWithoutLabels(
      Profile profile, const Cancellation* cancellation);

  // The model that finds change, as of the last epoch: the one kept, or with a build of `standard`.
  // Null under `strict`, which guesses nothing; else perhaps not fitted. As Get.
  absl::StatusOr<std::shared_ptr<const ChangeModel>> ModelFor(Profile profile,
                                                              const Cancellation* cancellation);

  // Whether a build is under way, which the destructor would wait for.
  bool IsBuilding() const { return builds_.IsBuilding(); }

 private:
  SharedBuilds<Partition>::Result Build(Profile profile) const;

  const std::shared_ptr<const View> view_;
  const int threads_;
  Log* const log_;
  const ClusterSources sources_;
  SharedBuilds<Partition> builds_;
};

// Up to which height change takes part in answers under `profile`; nullopt under `strict`.
std::optional<std::uint64_t> EpochOf(const View& view, Profile profile);

// `profile` as requests have it; empty means strict. kInvalidArgument names the known ones.
absl::StatusOr<Profile> ProfileOf(std::string_view profile);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_CLUSTER_SOURCE_H_
