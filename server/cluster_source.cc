#include "server/cluster_source.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "heuristics/epoch.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/owner_labels.h"

namespace coinwake::server {
namespace {

// What change added.
std::string AuditText(const Partition& partition) {
  if (partition.profile() == Profile::kStrict) return "";
  const ChangeEvidence::Audit& audit = partition.change().audit;
  return absl::StrCat("; change: fitted on ", audit.truths, " payments, ", audit.found, " found, ",
                      audit.united, " unions, ", audit.forbidden, " refused, ", audit.quarantined,
                      " wait for more evidence, ", audit.bridges,
                      " alone hold large parts together");
}

}  // namespace

ClusterSource::ClusterSource(std::shared_ptr<const View> view, int threads, Log* log,
                             ClusterSources sources)
    : view_(std::move(view)),
      threads_(threads > 0 ? threads
                           : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))),
      log_(log),
      sources_(std::move(sources)) {}

SharedBuilds<Partition>::Result ClusterSource::Build(Profile profile) const {
  const Snapshot& snapshot = view_->snapshot();
  KnownOwners owners;
  if (profile != Profile::kStrict) {
    COINWAKE_ASSIGN_OR_RETURN(owners, OwnersByLabels(*view_, sources_.labels.get()));
  }
  auto partition = Partition::Build(*view_, profile, threads_, sources_.memory_bytes,
                                    {.kept = sources_.kept, .owners = &owners});
  if (log_ != nullptr) {
    const std::string what =
        absl::StrCat("clusters of ", NetworkOf(*view_), " at height ", snapshot.height,
                     ", profile ", std::string(ProfileName(profile)));
    log_->Say(partition.ok()
                  ? absl::StrCat(what, ": ", (*partition)->clusters_count(), " of ",
                                 view_->addresses_count(), " addresses", AuditText(**partition))
                  : absl::StrCat(what, " failed: ", std::string(partition.status().message())));
    if (partition.ok() && (*partition)->change().audit.grew_alarmingly) {
      const ChangeEvidence::Audit& audit = (*partition)->change().audit;
      log_->Warn(absl::StrCat(what, ": ALARM: change made the largest cluster grow from ",
                              audit.largest_before, " to ", audit.largest,
                              " addresses; look at it before any of these is relied on"));
    }
  }
  return partition;
}

absl::StatusOr<std::shared_ptr<const Partition>> ClusterSource::Get(
    Profile profile, const Cancellation* cancellation) {
  return builds_.Get(profile, std::string(NetworkOf(*view_)), cancellation,
                     [this, profile] { return Build(profile); });
}

absl::StatusOr<Cluster> ClusterSource::Of(AddressNum address, Profile profile,
                                          const Cancellation* cancellation) {
  // A build that failed, be it for want of memory, is of no help.
  if (profile == Profile::kStrict &&
      (!builds_.IsBuilt(profile) || !Get(profile, cancellation).ok())) {
    absl::StatusOr<Cluster> around = ClusterAround(*view_, profile, address, kMaxRowsAround);
    if (!absl::IsResourceExhausted(around.status())) return around;
  }
  COINWAKE_ASSIGN_OR_RETURN(std::shared_ptr<const Partition> partition, Get(profile, cancellation));
  return Cluster(std::move(partition), address);
}

absl::StatusOr<std::vector<EvidenceLink>> ClusterSource::Why(AddressNum a, AddressNum b,
                                                             Profile profile,
                                                             const Cancellation* cancellation) {
  if (profile == Profile::kStrict &&
      (!builds_.IsBuilt(profile) || !Get(profile, cancellation).ok())) {
    auto links = WhyJoined(*view_, /*partition=*/nullptr, a, b, kMaxRowsAround);
    if (!absl::IsResourceExhausted(links.status())) return links;
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Partition> partition,
                            Get(profile, cancellation));
  return WhyJoined(*view_, partition.get(), a, b, kMaxExplainRows);
}

absl::StatusOr<std::shared_ptr<const Partition>> ClusterSource::GetWithoutLabels(
    Profile profile, const Cancellation* cancellation) {
  if (profile == Profile::kStrict || sources_.labels == nullptr) return Get(profile, cancellation);
  return Partition::Build(*view_, profile, threads_, sources_.memory_bytes);
}

absl::StatusOr<std::shared_ptr<const ChangeModel>> ClusterSource::ModelFor(
    Profile profile, const Cancellation* cancellation) {
  if (profile == Profile::kStrict) return std::shared_ptr<const ChangeModel>();
  const Snapshot& snapshot = view_->snapshot();
  if (sources_.kept != nullptr && !builds_.IsBuilt(Profile::kStandard)) {
    const auto head = sources_.kept->LoadHead(*view_, Profile::kStandard);
    if (head.has_value() && head->height == EpochHeight(snapshot.from_height, snapshot.height)) {
      return std::make_shared<const ChangeModel>(*head->model);
    }
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Partition> partition,
                            Get(Profile::kStandard, cancellation));
  return std::shared_ptr<const ChangeModel>(partition, &*partition->model());
}

std::optional<std::uint64_t> EpochOf(const View& view, Profile profile) {
  if (profile == Profile::kStrict) return std::nullopt;
  return EpochHeight(view.snapshot().from_height, view.snapshot().height);
}

absl::StatusOr<Profile> ProfileOf(std::string_view profile) {
  if (profile.empty()) return Profile::kStrict;
  if (const auto known = ParseProfile(profile); known.has_value()) return *known;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown profile \"", Excerpt(profile), "\": strict, standard or exploratory"));
}

}  // namespace coinwake::server
