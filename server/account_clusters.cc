#include "server/account_clusters.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "heuristics/account_reader.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/contract.h"
#include "indexer/tron/known_addresses.h"
#include "server/account_names.h"
#include "server/labelled_services.h"
#include "server/owner_labels.h"

namespace coinwake::server {
namespace {

// The layers below know no more of Tron than the index tells.
static_assert(static_cast<std::uint8_t>(tron::AssetKind::kTrc10) == kTrc10KindByte);
static_assert(static_cast<std::uint8_t>(tron::AssetKind::kTrc20) == kTrc20KindByte);
static_assert(static_cast<std::int32_t>(tron::Resource::kEnergy) == kEnergyResource);

std::string AuditText(const AccountPartition::Audit& audit) {
  return absl::StrCat("; ", audit.sweepers, " accounts are swept, ", audit.deposits,
                      " of them for ", audit.services, " services, with ", audit.gas_wallets,
                      " gas wallets (", audit.shared_suppliers, " more serve several services, ",
                      audit.busy_suppliers, " do much else); ", audit.sweep_targets,
                      " pairs of services may be one; left out: ", audit.rentals, " rentals, ",
                      audit.shared_deposits, " deposit accounts of many, ", audit.unread,
                      " accounts with too many events; ", audit.quarantined,
                      " unions wait for more evidence, ", audit.forbidden, " are refused");
}

absl::StatusOr<std::vector<KnownHotWallet>> KnownHotWallets(const AccountView& view,
                                                            const LabelStore* labels) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<LabelledService> labelled,
                            FindLabelledServices(view, labels, /*cancellation=*/nullptr));
  std::vector<KnownHotWallet> wallets;
  absl::flat_hash_map<std::string, std::uint32_t> services;
  for (const LabelledService& one : labelled) {
    if (!wallets.empty() && wallets.back().account == one.address) continue;
    const auto next = static_cast<std::uint32_t>(services.size());
    wallets.push_back({one.address, services.try_emplace(one.entity, next).first->second});
  }
  return wallets;
}

}  // namespace

absl::StatusOr<AccountRules> RulesFor(const AccountView& view, const LabelStore* labels) {
  AccountRules rules;
  COINWAKE_ASSIGN_OR_RETURN(const tron::Address tether, tron::ParseAddress(tron::kTetherContract));
  COINWAKE_ASSIGN_OR_RETURN(rules.usdt,
                            FindIfCounted(view, tron::Asset::Trc20(tron::Account(tether))));
  COINWAKE_ASSIGN_OR_RETURN(rules.known, KnownHotWallets(view, labels));
  COINWAKE_ASSIGN_OR_RETURN(rules.owners, OwnersByLabels(view, labels));
  return rules;
}

AccountClusters::AccountClusters(std::shared_ptr<const AccountView> view,
                                 std::shared_ptr<const LabelStore> labels, int threads, Log* log,
                                 KeptAccountPartitions* kept, std::uint64_t memory_bytes)
    : view_(std::move(view)),
      labels_(std::move(labels)),
      threads_(threads > 0 ? threads
                           : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))),
      log_(log),
      kept_(kept),
      memory_bytes_(memory_bytes) {}

absl::StatusOr<std::shared_ptr<const AccountPartition>> AccountClusters::Get(
    Profile profile, const Cancellation* cancellation) {
  return builds_.Get(profile, std::string(NetworkName(view_->snapshot().network)), cancellation,
                     [this, profile] { return Build(profile); });
}

absl::StatusOr<std::optional<AddressNum>> AccountClusters::IfQuick(
    AddressNum account, const Cancellation* cancellation) {
  if (view_->transactions_count() >= kMostForAddress) return std::optional<AddressNum>();
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const AccountPartition> partition,
                            Get(Profile::kStrict, cancellation));
  return std::optional(partition->ClusterOf(account));
}

absl::StatusOr<std::shared_ptr<const AccountPartition>> AccountClusters::GetWithoutLabels(
    Profile profile, const Cancellation* cancellation) {
  if (labels_ == nullptr) return Get(profile, cancellation);
  COINWAKE_ASSIGN_OR_RETURN(const AccountRules rules, RulesFor(*view_, /*labels=*/nullptr));
  return AccountPartition::Build(*view_, profile, rules, threads_, memory_bytes_);
}

absl::StatusOr<std::shared_ptr<const AccountRules>> AccountClusters::Rules() {
  {
    const MutexLock lock(mutex_);
    if (rules_ != nullptr) return rules_;
  }
  COINWAKE_ASSIGN_OR_RETURN(AccountRules found, RulesFor(*view_, labels_.get()));
  auto made = std::make_shared<const AccountRules>(std::move(found));
  const MutexLock lock(mutex_);
  rules_ = made;
  return made;
}

SharedBuilds<AccountPartition>::Result AccountClusters::LoadOrBuild(Profile profile) {
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const AccountRules> rules, Rules());
  if (kept_ != nullptr) {
    std::shared_ptr<const AccountPartition> kept = kept_->Load(*view_, profile, *rules);
    if (kept != nullptr) return kept;
  }
  auto partition = AccountPartition::Build(*view_, profile, *rules, threads_, memory_bytes_);
  if (partition.ok() && kept_ != nullptr) kept_->Save(*view_, *rules, **partition);
  return partition;
}

SharedBuilds<AccountPartition>::Result AccountClusters::Build(Profile profile) {
  auto partition = LoadOrBuild(profile);
  if (log_ != nullptr) {
    const std::string what = absl::StrCat(
        "clusters of ", std::string(NetworkName(view_->snapshot().network)), " at height ",
        view_->snapshot().height, ", profile ", std::string(ProfileName(profile)));
    log_->Say(partition.ok()
                  ? absl::StrCat(what, ": ", (*partition)->clusters_count(), " of ",
                                 view_->addresses_count(), " accounts",
                                 AuditText((*partition)->audit()))
                  : absl::StrCat(what, " failed: ", std::string(partition.status().message())));
    if (partition.ok()) {
      const AccountPartition::Audit& audit = (*partition)->audit();
      if (GrewAlarmingly(audit.largest_before, audit.largest, view_->addresses_count())) {
        log_->Warn(absl::StrCat(what, ": ALARM: the largest cluster grew from ",
                                audit.largest_before, " to ", audit.largest,
                                " accounts; look at it before any of these is relied on"));
      }
    }
  }
  return partition;
}

}  // namespace coinwake::server
