// Entities of a Tron network: accounts joined by evidence, and why.
//
// Every union is an edge (heuristics/account_evidence.h); a cluster is a function of the edges and
// a profile, its id the smallest account number in it. `strict` joins deposit accounts with the hot
// and gas wallets of their service, where rules T1 and T2 hold together; `standard` also accounts
// of people who lend to or opened each other, and pay each other (T4, T5); `exploratory` also
// payers into the same deposit account (T6). What belongs to a service takes part in T1 and T2
// only, so that no person can be joined with it. A cluster is control, not ownership.
#ifndef COINWAKE_HEURISTICS_ACCOUNT_PARTITION_H_
#define COINWAKE_HEURISTICS_ACCOUNT_PARTITION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "heuristics/account_evidence.h"
#include "heuristics/account_pass.h"
#include "heuristics/cluster.h"
#include "heuristics/flat_sets.h"
#include "heuristics/known_owners.h"
#include "heuristics/services.h"
#include "indexer/view/account_view.h"

namespace coinwake {

// So many pairs of T7 are named.
inline constexpr std::size_t kMostSweepTargets = 1'000;

// Of how edges become clusters; each rule has a version of its own. It goes up with each change.
inline constexpr std::uint32_t kAccountPartitionVersion = 1;

struct AccountRules {
  std::optional<AssetNum> usdt;            // the token that counts as money; nullopt: TRX alone
  std::vector<KnownHotWallet> known = {};  // hot wallets of services, from labels
  KnownOwners owners = {};  // likewise: clusters of different owners are not joined by T4 to T6
};

// A partition of all accounts of a view. Immutable, thread-safe; does not keep the view. Two u32 an
// account, 32 bytes an edge.
class AccountPartition {
 public:
  // A pass over all events with one thread, then the events of accounts that may fit a rule with
  // `threads` (under 1 is 1), each of which takes `batch` accounts at once (at least 1); the result
  // depends on neither. kDataLoss.
  // kResourceExhausted when `memory_bytes` (0: no cap) cannot hold the numbers kept of each
  // account, those of accounts that are swept and of who provides for them, or the edges.
  static absl::StatusOr<std::shared_ptr<const AccountPartition>> Build(
      const AccountView& view, Profile profile, const AccountRules& rules, int threads,
      std::uint64_t memory_bytes, std::uint64_t batch = kAccountsAtOnce);

  struct Audit;
  // The one that was built with these roots, edges, audit and pairs of T7. REQUIRES: `parents`
  // flat, as UnionByMin() takes them; `edges` between accounts below parents.size().
  static std::shared_ptr<const AccountPartition> FromKept(Profile profile,
                                                          std::span<const std::uint32_t> parents,
                                                          std::vector<AccountEdge> edges,
                                                          const Audit& audit,
                                                          std::vector<AccountEdge> sweep_targets);

  // The rules whose edges join accounts under `profile`.
  static std::vector<AccountRule> RulesOf(Profile profile);

  Profile profile() const { return profile_; }
  // REQUIRES of these: account < addresses_count() of the view. As Partition's.
  AddressNum ClusterOf(AddressNum account) const { return sets_.RootOf(account); }
  std::uint64_t SizeOf(AddressNum account) const { return sets_.SizeOf(account); }
  std::vector<AddressNum> Members(AddressNum account, std::optional<AddressNum> after,
                                  std::size_t limit) const {
    return sets_.Members(account, after, limit);
  }
  std::uint64_t clusters_count() const { return sets_.count(); }
  // Of each account ClusterOf(), as long as this lives.
  std::span<const std::uint32_t> roots() const { return sets_.roots(); }
  // What joins the clusters: all edges that unions were made of, or that say the same again.
  const AccountEvidence& evidence() const { return evidence_; }
  // Hot wallets that may be another's service's as well (T7): `a` of that of `b`. They join nobody.
  // By pair, at most kMostSweepTargets of the audit's.
  const std::vector<AccountEdge>& sweep_targets() const { return sweep_targets_; }

  struct Audit {
    std::uint64_t sweepers = 0;          // accounts swept as deposit accounts are
    std::uint64_t services = 0;          // known, or found by their deposit accounts
    std::uint64_t deposits = 0;          // deposit accounts of these (T1)
    std::uint64_t gas_wallets = 0;       // T2
    std::uint64_t shared_suppliers = 0;  // no gas wallets: they serve several services
    std::uint64_t busy_suppliers = 0;    // no gas wallets: they do much else
    std::uint64_t sweep_targets = 0;     // T7: pairs of services that may be one
    std::uint64_t rentals = 0;           // T4 leaves these out
    std::uint64_t shared_deposits = 0;   // T6 says nothing of these: too many payers
    std::uint64_t quarantined = 0;       // edges between two large clusters, waiting for more
    std::uint64_t forbidden = 0;         // refused: owners are apart
    std::uint64_t unread = 0;            // accounts with too many events, once for each rule
    // Accounts of the largest cluster by T1 and T2 alone, and with what else joins; 0: of `strict`,
    // not counted. GrewAlarmingly(): look at it before it is used.
    std::uint64_t largest_before = 0;
    std::uint64_t largest = 0;

    friend bool operator==(const Audit&, const Audit&) = default;
  };
  const Audit& audit() const { return audit_; }

 private:
  class Builder;

  AccountPartition(Profile profile, std::uint64_t count,
                   std::span<const std::uint32_t> parents = {})
      : profile_(profile), sets_(count, parents) {}

  const Profile profile_;
  FlatSets sets_;
  AccountEvidence evidence_;
  std::vector<AccountEdge> sweep_targets_;
  Audit audit_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_ACCOUNT_PARTITION_H_
