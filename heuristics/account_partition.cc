#include "heuristics/account_partition.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "heuristics/account_reader.h"
#include "heuristics/account_use.h"
#include "heuristics/constrained_union.h"
#include "heuristics/deposit_reuse.h"
#include "heuristics/deposits.h"
#include "heuristics/energy.h"
#include "heuristics/memory_cap.h"

namespace coinwake {
namespace {

constexpr int kMaxThreads = 256;

// What Build() holds of every account at once: the partition, AccountUse, roles, sizes of sets.
// What it holds of accounts that are swept, and who provides for them, comes on top.
constexpr std::uint64_t kBytesAnAccount = 8 + 18 + 1 + 4;

// Of an edge: as it is found, as it goes into the evidence, and its place there.
constexpr std::uint64_t kBytesAnEdge = 2 * sizeof(AccountEdge) + sizeof(std::uint64_t);

// The order in which weak evidence is believed. Total.
bool IsBelievedBefore(const AccountEdge& left, const AccountEdge& right) {
  const auto rank = std::tie(right.confidence_permille, left.tx);
  const auto other = std::tie(left.confidence_permille, right.tx);
  return rank != other ? rank < other : EdgeIsBefore(left, right);
}

}  // namespace

class AccountPartition::Builder {
 public:
  Builder(const AccountView& view, const AccountRules& rules, int threads, std::uint64_t batch,
          std::uint64_t memory_bytes, AccountPartition* partition)
      : reader_(view, rules.usdt),
        rules_(rules),
        threads_(threads),
        batch_(batch),
        memory_bytes_(memory_bytes),
        partition_(*partition) {}

  absl::Status Build() {
    COINWAKE_ASSIGN_OR_RETURN(const AccountUse use, AccountUse::Scan(reader_));
    COINWAKE_ASSIGN_OR_RETURN(const FoundSweepers sweepers,
                              FindSweepers(reader_, use, threads_, batch_));
    const std::uint64_t swept_bytes =
        sweepers.sweepers.size() * sizeof(Sweeper) + sweepers.supplies.size() * sizeof(GasSupply);
    COINWAKE_RETURN_IF_ERROR(CheckRoom(swept_bytes));
    const FoundServices services = FindServices(sweepers, use, rules_.known);
    COINWAKE_RETURN_IF_ERROR(CheckRoom(swept_bytes + services.joining.size() * kBytesAnEdge));
    Audit& audit = partition_.audit_;
    audit.sweepers = sweepers.sweepers.size();
    audit.unread = sweepers.unread;
    audit.services = services.services;
    audit.deposits = services.deposits.size();
    audit.gas_wallets = services.gas_wallets;
    audit.shared_suppliers = services.shared_suppliers;
    audit.busy_suppliers = services.busy_suppliers;
    audit.sweep_targets = services.sweep_targets.size();
    partition_.sweep_targets_ = services.sweep_targets;
    if (audit.sweep_targets > kMostSweepTargets) {
      partition_.sweep_targets_.resize(kMostSweepTargets);
    }
    edges_ = services.joining;
    for (const AccountEdge& edge : edges_) partition_.sets_.unions()->Unite(edge.a, edge.b);
    if (partition_.profile_ != Profile::kStrict) {
      COINWAKE_RETURN_IF_ERROR(AddTies(use, services));
    }
    partition_.sets_.Finish();
    partition_.evidence_ = AccountEvidence(std::move(edges_));
    return absl::OkStatus();
  }

 private:
  // Beside what is held of every account.
  absl::Status CheckRoom(std::uint64_t more_bytes) const {
    const std::uint64_t accounts = reader_.view().addresses_count();
    return CheckClusterMemory(accounts, "accounts", accounts * kBytesAnAccount + more_bytes,
                              memory_bytes_);
  }

  absl::Status AddTies(const AccountUse& use, const FoundServices& services) {
    Audit& audit = partition_.audit_;
    COINWAKE_ASSIGN_OR_RETURN(FoundTies lent,
                              FindDelegations(reader_, use, services, threads_, batch_));
    COINWAKE_ASSIGN_OR_RETURN(FoundTies opened,
                              FindActivations(reader_, use, services, threads_, batch_));
    std::vector<AccountEdge> weak = std::move(lent.edges);
    weak.insert(weak.end(), opened.edges.begin(), opened.edges.end());
    audit.rentals = lent.rentals.size();
    audit.unread += lent.unread + opened.unread;
    if (partition_.profile_ == Profile::kExploratory) {
      COINWAKE_ASSIGN_OR_RETURN(const FoundReuse reuse,
                                FindReuse(reader_, use, services, threads_, batch_));
      weak.insert(weak.end(), reuse.edges.begin(), reuse.edges.end());
      audit.shared_deposits = reuse.shared;
      audit.unread += reuse.unread;
    }
    COINWAKE_RETURN_IF_ERROR(CheckRoom((edges_.size() + weak.size()) * kBytesAnEdge));
    std::sort(weak.begin(), weak.end(), IsBelievedBefore);
    UnionByMin* const unions = partition_.sets_.unions();
    unions->Flatten();
    ConstrainedUnion constrained(use.accounts_count(), unions);
    audit.largest_before = constrained.largest();
    for (const KnownOwner& one : rules_.owners) {
      if (one.address.value >= use.accounts_count()) continue;
      constrained.SetOwner(static_cast<std::uint32_t>(one.address.value), one.owner);
    }
    for (const AccountEdge& edge : weak) {
      const std::uint64_t height = reader_.view().HeightOf(edge.tx);
      switch (constrained.Unite(edge.a, edge.b, height)) {
        case ConstrainedUnion::Outcome::kQuarantined:
          ++audit.quarantined;
          break;
        case ConstrainedUnion::Outcome::kForbidden:
          ++audit.forbidden;
          break;
        case ConstrainedUnion::Outcome::kUnited:
        case ConstrainedUnion::Outcome::kSameAlready:
          edges_.push_back(edge);
          break;
      }
    }
    audit.largest = constrained.largest();
    return reader_.view().damage().status();
  }

  const AccountReader reader_;
  const AccountRules& rules_;
  const int threads_;
  const std::uint64_t batch_;
  const std::uint64_t memory_bytes_;
  AccountPartition& partition_;
  std::vector<AccountEdge> edges_;
};

std::shared_ptr<const AccountPartition> AccountPartition::FromKept(
    Profile profile, std::span<const std::uint32_t> parents, std::vector<AccountEdge> edges,
    const Audit& audit, std::vector<AccountEdge> sweep_targets) {
  const std::shared_ptr<AccountPartition> partition(
      new AccountPartition(profile, parents.size(), parents));
  partition->sets_.Finish();
  partition->evidence_ = AccountEvidence(std::move(edges));
  partition->audit_ = audit;
  partition->sweep_targets_ = std::move(sweep_targets);
  return partition;
}

std::vector<AccountRule> AccountPartition::RulesOf(Profile profile) {
  std::vector<AccountRule> rules = {AccountRule::kDepositSweep, AccountRule::kGasWallet};
  if (profile == Profile::kStrict) return rules;
  rules.insert(rules.end(), {AccountRule::kEnergyDelegation, AccountRule::kActivation});
  if (profile == Profile::kExploratory) rules.push_back(AccountRule::kDepositReuse);
  return rules;
}

absl::StatusOr<std::shared_ptr<const AccountPartition>> AccountPartition::Build(
    const AccountView& view, Profile profile, const AccountRules& rules, int threads,
    std::uint64_t memory_bytes, std::uint64_t batch) {
  const std::uint64_t count = view.addresses_count();
  if (count >= kNone32) {
    return absl::ResourceExhaustedError(
        absl::StrCat(count, " accounts: clusters are numbered with 32 bits"));
  }
  COINWAKE_RETURN_IF_ERROR(
      CheckClusterMemory(count, "accounts", count * kBytesAnAccount, memory_bytes));
  const std::shared_ptr<AccountPartition> partition(new AccountPartition(profile, count));
  COINWAKE_RETURN_IF_ERROR(Builder(view, rules, std::clamp(threads, 1, kMaxThreads), batch,
                                   memory_bytes, partition.get())
                               .Build());
  return std::shared_ptr<const AccountPartition>(partition);
}

}  // namespace coinwake
