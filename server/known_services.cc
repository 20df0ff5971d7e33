#include "server/known_services.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "heuristics/account_evidence.h"
#include "server/account_names.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

SinkKind SinkOf(ServiceKind kind) {
  switch (kind) {
    case ServiceKind::kService:
      return SinkKind::kService;
    case ServiceKind::kMixer:
      return SinkKind::kMixer;
    case ServiceKind::kBridge:
      return SinkKind::kBridge;
  }
  return SinkKind::kService;
}

}  // namespace

KnownServices::KnownServices(Clusters clusters, const std::vector<LabelledService>& labelled,
                             const NameOf& name_of)
    : clusters_(std::move(clusters)) {
  std::vector<Found> found;
  AddLabelled(labelled, name_of, &found);
  if (clusters_.accounts != nullptr) AddFoundByUse(name_of, &found);
  for (const Found& one : found) entities_.push_back(one.entity);
  std::sort(entities_.begin(), entities_.end());
  entities_.erase(std::unique(entities_.begin(), entities_.end()), entities_.end());
  for (const Found& one : found) {
    const auto place = std::lower_bound(entities_.begin(), entities_.end(), one.entity);
    by_cluster_[one.cluster] = {{one.kind, static_cast<std::uint32_t>(place - entities_.begin())},
                                one.category};
  }
}

std::string KnownServices::CategoryAt(AddressNum address) const {
  const auto found = by_cluster_.find(clusters_.Of(address).value);
  return found == by_cluster_.end() ? "" : found->second.category;
}

std::vector<AddressNum> KnownServices::AddressesOf(std::string_view entity,
                                                   std::size_t limit) const {
  std::vector<AddressNum> clusters;
  for (const auto& [cluster, service] : by_cluster_) {
    if (entities_[service.stop.entity] == entity) clusters.push_back(AddressNum{cluster});
  }
  std::sort(clusters.begin(), clusters.end());
  std::vector<AddressNum> addresses;
  for (const AddressNum cluster : clusters) {
    const std::vector<AddressNum> members = clusters_.Members(cluster, limit - addresses.size());
    addresses.insert(addresses.end(), members.begin(), members.end());
    if (addresses.size() >= limit) break;
  }
  return addresses;
}

void KnownServices::AddLabelled(const std::vector<LabelledService>& labelled, const NameOf& name_of,
                                std::vector<Found>* found) {
  std::vector<std::pair<std::uint64_t, const LabelledService*>> order;
  order.reserve(labelled.size());
  for (const LabelledService& one : labelled) {
    order.emplace_back(clusters_.Of(one.address).value, &one);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : IsTrustedBefore(*a.second, *b.second);
  });
  bool in_conflict = false;
  for (const auto& [cluster, one] : order) {
    if (found->empty() || found->back().cluster != cluster) {
      found->push_back({cluster, SinkOf(one->kind), one->entity, one->category});
      in_conflict = false;
      continue;
    }
    if (in_conflict || found->back().entity == one->entity) continue;
    in_conflict = true;
    if (conflicts_++ != 0) continue;
    first_conflict_ = {name_of(one->address), found->back().entity, one->entity};
  }
}

void KnownServices::AddFoundByUse(const NameOf& name_of, std::vector<Found>* found) {
  absl::flat_hash_set<std::uint64_t> labelled;
  for (const Found& one : *found) labelled.insert(one.cluster);
  absl::flat_hash_map<std::uint64_t, std::uint32_t> hot_wallets;  // the smallest, by cluster
  for (const AccountEdge& edge : clusters_.accounts->evidence().edges()) {
    if (edge.rule != AccountRule::kDepositSweep) continue;
    const std::uint64_t cluster = clusters_.Of(AddressNum{edge.b}).value;
    if (labelled.contains(cluster)) continue;
    const auto place = hot_wallets.try_emplace(cluster, edge.b).first;
    place->second = std::min(place->second, edge.b);
  }
  for (const auto& [cluster, wallet] : hot_wallets) {
    found->push_back({cluster, SinkKind::kService, name_of(AddressNum{wallet}), ""});
  }
  found_by_use_ = hot_wallets.size();
}

ServiceSource::ServiceSource(std::shared_ptr<const LabelStore> labels,
                             std::shared_ptr<const View> view, ClusterSource& clusters,
                             std::shared_ptr<const AccountView> accounts,
                             AccountClusters& account_clusters)
    : labels_(std::move(labels)),
      view_(std::move(view)),
      clusters_(clusters),
      accounts_(std::move(accounts)),
      account_clusters_(account_clusters) {}

absl::StatusOr<ServiceSource::Answer> ServiceSource::Get(const StopKinds& wanted,
                                                         const Cancellation* cancellation) {
  Answer answer;
  if (!wanted.services && !wanted.mixers) return answer;
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Labelled> labelled,
                            GetLabelled(cancellation));
  const bool is_named =
      std::any_of(labelled->begin(), labelled->end(),
                  [&wanted](const LabelledService& one) { return wanted.Hold(SinkOf(one.kind)); });
  // What accounts do shows services alone.
  if (!is_named && (accounts_ == nullptr || !wanted.services)) return answer;
  COINWAKE_ASSIGN_OR_RETURN(answer.services, GetServices(*labelled, cancellation));
  std::optional<AddressNum> last;
  for (const LabelledService& one : *labelled) {
    if (one.address == last) continue;
    last = one.address;
    const std::optional<Stop> stop = answer.services->At(one.address);
    if (stop.has_value() && wanted.Hold(stop->kind)) ++answer.labelled_addresses;
  }
  return answer;
}

absl::StatusOr<std::shared_ptr<const ServiceSource::Labelled>> ServiceSource::GetLabelled(
    const Cancellation* cancellation) {
  {
    const MutexLock lock(mutex_);
    if (labelled_ != nullptr) return labelled_;
  }
  const ChainView& chain = view_ != nullptr ? static_cast<const ChainView&>(*view_) : *accounts_;
  COINWAKE_ASSIGN_OR_RETURN(Labelled found,
                            FindLabelledServices(chain, labels_.get(), cancellation));
  auto made = std::make_shared<const Labelled>(std::move(found));
  const MutexLock lock(mutex_);
  labelled_ = made;
  return made;
}

absl::StatusOr<std::shared_ptr<const KnownServices>> ServiceSource::GetServices(
    const Labelled& labelled, const Cancellation* cancellation) {
  {
    const MutexLock lock(mutex_);
    if (services_ != nullptr) return services_;
  }
  KnownServices::Clusters clusters;
  if (view_ != nullptr) {
    COINWAKE_ASSIGN_OR_RETURN(clusters.outputs, clusters_.Get(Profile::kStrict, cancellation));
  } else {
    COINWAKE_ASSIGN_OR_RETURN(clusters.accounts,
                              account_clusters_.Get(Profile::kStrict, cancellation));
  }
  const auto name_of = [this](AddressNum address) {
    return view_ != nullptr ? ScriptName(*view_, address) : AccountName(*accounts_, address);
  };
  auto made = std::make_shared<const KnownServices>(std::move(clusters), labelled, name_of);
  const MutexLock lock(mutex_);
  services_ = made;
  return made;
}

}  // namespace coinwake::server
