#include "heuristics/services.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace coinwake {
namespace {

bool CanBeOfService(const AccountUse& use, AddressNum account) {
  return account.value < use.accounts_count() && !use.IsContract(account);
}

// Which hot wallets are one service's.
class HotWallets {
 public:
  HotWallets(const FoundSweepers& found, const AccountUse& use,
             std::span<const KnownHotWallet> known) {
    absl::flat_hash_map<std::uint32_t, std::uint32_t> counts;  // swept into each
    for (const Sweeper& sweeper : found.sweepers) {
      for (const std::uint32_t target : sweeper.targets) {
        if (target != kNone32) ++counts[target];
      }
    }
    FindByUse(found, use, counts);
    for (const KnownHotWallet& one : known) {
      if (!CanBeOfService(use, one.account)) continue;
      const auto account = static_cast<std::uint32_t>(one.account.value);
      if (!counts.contains(account) || IsSweptIntoFound(found, account)) continue;
      known_.try_emplace(account, one.service);
    }
    for (const auto& [account, service] : known_) parents_.try_emplace(account, account);
    JoinKnown();
    JoinShared(found);
  }

  // Its smallest hot wallet; nullopt where the account is none.
  std::optional<std::uint32_t> ServiceOf(std::uint32_t account) const {
    auto at = parents_.find(account);
    if (at == parents_.end()) return std::nullopt;
    while (at->second != at->first) at = parents_.find(at->second);
    return at->first;
  }
  bool IsKnown(std::uint32_t service) const { return known_.contains(service); }
  bool AnyKnown() const { return !known_.empty(); }
  const std::map<std::uint32_t, std::uint32_t>& wallets() const { return parents_; }

 private:
  void FindByUse(const FoundSweepers& found, const AccountUse& use,
                 const absl::flat_hash_map<std::uint32_t, std::uint32_t>& counts) {
    for (const auto& [target, count] : counts) {
      if (count >= kLeastSweepers && !use.IsContract({target})) {
        parents_.try_emplace(target, target);
      }
    }
    // Money passes through it as through a deposit account.
    for (const Sweeper& sweeper : found.sweepers) parents_.erase(sweeper.account);
  }

  // A label of a deposit account names the service as well as one of its hot wallet does.
  // REQUIRES: parents_ are those found by use.
  bool IsSweptIntoFound(const FoundSweepers& found, std::uint32_t account) const {
    const auto at = std::lower_bound(
        found.sweepers.begin(), found.sweepers.end(), account,
        [](const Sweeper& sweeper, std::uint32_t value) { return sweeper.account < value; });
    if (at == found.sweepers.end() || at->account != account) return false;
    return std::all_of(at->targets.begin(), at->targets.end(), [this](std::uint32_t target) {
      return target == kNone32 || parents_.contains(target);
    });
  }

  void JoinKnown() {
    std::map<std::uint32_t, std::uint32_t> first;  // by service
    const std::map<std::uint32_t, std::uint32_t> known(known_);
    for (const auto& [account, service] : known) {
      Unite(first.try_emplace(service, account).first->second, account);
    }
  }

  void JoinShared(const FoundSweepers& found) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> shared;
    for (const Sweeper& sweeper : found.sweepers) {
      const auto [a, b] = std::minmax(sweeper.targets[0], sweeper.targets[1]);
      if (parents_.contains(a) && parents_.contains(b)) ++shared[{a, b}];
    }
    for (const auto& [pair, count] : shared) {
      if (count >= kLeastShared) Unite(pair.first, pair.second);
    }
  }

  // Never two services that are known to be two. A root of a known service is in known_.
  void Unite(std::uint32_t a, std::uint32_t b) {
    a = *ServiceOf(a);
    b = *ServiceOf(b);
    if (a == b) return;
    const auto of_a = known_.find(a);
    const auto of_b = known_.find(b);
    if (of_a != known_.end() && of_b != known_.end() && of_a->second != of_b->second) return;
    if (a > b) std::swap(a, b);
    if (of_a != known_.end()) {
      known_.try_emplace(a, of_a->second);
    } else if (of_b != known_.end()) {
      known_.try_emplace(a, of_b->second);
    }
    parents_[b] = a;
  }

  std::map<std::uint32_t, std::uint32_t> parents_;
  std::map<std::uint32_t, std::uint32_t> known_;  // by hot wallet: the caller's number
};

class ServiceFinder {
 public:
  ServiceFinder(const FoundSweepers& found, const AccountUse& use,
                std::span<const KnownHotWallet> known)
      : found_(found), use_(use), known_(known), wallets_(found, use, known) {
    services_.roles.assign(use.accounts_count(), ServiceRole::kNone);
  }

  FoundServices Find() {
    FindDeposits();
    FindGasWallets();
    FindEdges();
    for (const auto& [wallet, parent] : wallets_.wallets()) {
      services_.roles[wallet] = ServiceRole::kHot;
      if (wallet == parent) ++services_.services;
    }
    // Whatever it is for, it is no person's.
    for (const KnownHotWallet& one : known_) {
      if (!CanBeOfService(use_, one.account)) continue;
      ServiceRole& role = services_.roles[one.account.value];
      if (role == ServiceRole::kNone) role = ServiceRole::kHot;
    }
    for (auto& [pair, edge] : candidates_) services_.sweep_targets.push_back(edge);
    return std::move(services_);
  }

 private:
  // All of a sweeper's targets are hot wallets of one service.
  std::optional<std::uint32_t> ServiceOf(const std::array<std::uint32_t, 2>& targets) const {
    const std::optional<std::uint32_t> first = wallets_.ServiceOf(targets[0]);
    if (targets[1] == kNone32 || wallets_.ServiceOf(targets[1]) == first) return first;
    return std::nullopt;
  }

  // Whether to provide for deposit accounts of the service is most of what the account does.
  bool WorksFor(std::uint32_t supplier, std::uint32_t service) const {
    const bool is_hot = wallets_.ServiceOf(supplier).has_value();
    std::uint64_t times = 0;
    std::uint64_t others = 0;
    auto at = std::lower_bound(
        found_.givings.begin(), found_.givings.end(), supplier,
        [](const Givings& one, std::uint32_t value) { return one.supplier < value; });
    for (; at != found_.givings.end() && at->supplier == supplier; ++at) {
      if (ServiceOf(at->payees) != service) {
        others += at->receivers;
      } else if (at->gets_usdt && !is_hot) {
        return false;
      } else {
        times += at->times;
      }
    }
    return others <= kMostOtherReceivers && 2 * times > use_.GivingsOf({supplier});
  }

  void FindDeposits() {
    for (const Sweeper& sweeper : found_.sweepers) {
      const std::optional<std::uint32_t> service = ServiceOf(sweeper.targets);
      if (!service.has_value() || wallets_.wallets().contains(sweeper.account)) continue;
      services_.deposits.push_back({sweeper.account, *service});
      services_.roles[sweeper.account] = ServiceRole::kDeposit;
    }
  }

  // nullopt: no deposit account of a service.
  std::optional<std::uint32_t> ServiceOfDeposit(std::uint32_t account) const {
    const auto at = std::lower_bound(services_.deposits.begin(), services_.deposits.end(), account,
                                     [](const FoundServices::Deposit& deposit,
                                        std::uint32_t value) { return deposit.account < value; });
    if (at == services_.deposits.end() || at->account != account) return std::nullopt;
    return at->service;
  }

  void FindGasWallets() {
    const std::vector<GasSupply>& supplies = found_.supplies;
    for (std::size_t begin = 0, end = 0; begin < supplies.size(); begin = end) {
      while (end < supplies.size() && supplies[end].supplier == supplies[begin].supplier) ++end;
      LookAtSupplier(std::span(supplies).subspan(begin, end - begin));
    }
  }

  // `supplies` are all of one supplier, by deposit.
  void LookAtSupplier(std::span<const GasSupply> supplies) {
    const std::uint32_t supplier = supplies.front().supplier;
    if (services_.roles[supplier] == ServiceRole::kDeposit) return;
    struct Served {
      std::uint32_t deposits = 0;
      TxNum first;
    };
    std::map<std::uint32_t, Served> by_service;
    std::uint32_t last = kNone32;
    for (const GasSupply& supply : supplies) {
      const std::optional<std::uint32_t> service = ServiceOfDeposit(supply.deposit);
      if (!service.has_value()) continue;
      Served& served = by_service[*service];
      if (served.deposits == 0 || supply.tx < served.first) served.first = supply.tx;
      if (supply.deposit != last) ++served.deposits;
      last = supply.deposit;
    }
    // One that is served does not count for itself.
    const auto is_served = [](const auto& one) { return one.second.deposits > kLeastServed; };
    if (std::none_of(by_service.begin(), by_service.end(), is_served)) return;
    if (by_service.size() == 1) {
      const std::uint32_t service = by_service.begin()->first;
      if (wallets_.ServiceOf(supplier).value_or(service) != service ||
          !WorksFor(supplier, service)) {
        ++services_.busy_suppliers;
        return;
      }
      gas_wallets_.emplace(supplier, service);
      ++services_.gas_wallets;
      if (services_.roles[supplier] == ServiceRole::kNone) {
        services_.roles[supplier] = ServiceRole::kGas;
      }
      return;
    }
    ++services_.shared_suppliers;
    std::vector<std::pair<std::uint32_t, TxNum>> sharing;
    for (const auto& [service, served] : by_service) {
      if (served.deposits >= kLeastServed) sharing.emplace_back(service, served.first);
    }
    NoteCandidates(sharing);
  }

  // T7: services that share a supplier may be one: those not known with the first that is, or with
  // the first where none is known at all.
  void NoteCandidates(std::span<const std::pair<std::uint32_t, TxNum>> sharing) {
    const auto reference = std::find_if(sharing.begin(), sharing.end(), [this](const auto& one) {
      return wallets_.IsKnown(one.first) || !wallets_.AnyKnown();
    });
    if (reference == sharing.end()) return;
    for (const auto& [service, tx] : sharing) {
      if (service == reference->first || wallets_.IsKnown(service)) continue;
      const AccountEdge edge{
          tx, service, reference->first, kNone32, kSweepTargetPermille, AccountRule::kSweepTarget};
      const auto [place, is_new] = candidates_.try_emplace({service, reference->first}, edge);
      if (!is_new && tx < place->second.tx) place->second = edge;
    }
  }

  void FindEdges() {
    std::vector<GasSupply> supplies;
    for (const GasSupply& supply : found_.supplies) {
      const auto wallet = gas_wallets_.find(supply.supplier);
      if (wallet != gas_wallets_.end() && ServiceOfDeposit(supply.deposit) == wallet->second) {
        supplies.push_back(supply);
      }
    }
    std::sort(supplies.begin(), supplies.end(), [](const GasSupply& a, const GasSupply& b) {
      return std::tie(a.deposit, a.supplier, a.tx) < std::tie(b.deposit, b.supplier, b.tx);
    });
    auto supply = supplies.begin();
    for (const Sweeper& sweeper : found_.sweepers) {
      const auto begin = supply;
      while (supply != supplies.end() && supply->deposit == sweeper.account) ++supply;
      if (services_.roles[sweeper.account] == ServiceRole::kDeposit) {
        AddEdges(sweeper, {begin, supply});
      }
    }
  }

  // `supplies`: what gas wallets of its service gave the deposit account, by supplier.
  void AddEdges(const Sweeper& sweeper, std::span<const GasSupply> supplies) {
    // One gas wallet, be it with TRX or with energy.
    if (supplies.empty() || supplies.front().supplier != supplies.back().supplier) return;
    std::vector<AccountEdge>& edges = services_.joining;
    for (std::size_t i = 0; i < sweeper.targets.size(); ++i) {
      if (sweeper.targets[i] == kNone32) continue;
      edges.push_back({sweeper.first_sweeps[i], sweeper.account, sweeper.targets[i], kNone32,
                       kDepositSweepPermille, AccountRule::kDepositSweep});
    }
    const GasSupply& first = supplies.front();
    edges.push_back({first.tx, first.supplier, sweeper.account, kNone32, kGasWalletPermille,
                     AccountRule::kGasWallet});
  }

  const FoundSweepers& found_;
  const AccountUse& use_;
  const std::span<const KnownHotWallet> known_;
  const HotWallets wallets_;
  FoundServices services_;
  absl::flat_hash_map<std::uint32_t, std::uint32_t> gas_wallets_;  // the service each works for
  std::map<std::pair<std::uint32_t, std::uint32_t>, AccountEdge> candidates_;
};

}  // namespace

FoundServices FindServices(const FoundSweepers& found, const AccountUse& use,
                           std::span<const KnownHotWallet> known) {
  // The first word on an account counts: that of the smallest service.
  std::vector<KnownHotWallet> sorted(known.begin(), known.end());
  std::sort(sorted.begin(), sorted.end(), [](const KnownHotWallet& a, const KnownHotWallet& b) {
    return std::tie(a.account, a.service) < std::tie(b.account, b.service);
  });
  return ServiceFinder(found, use, sorted).Find();
}

}  // namespace coinwake
