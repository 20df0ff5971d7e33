#include "heuristics/energy.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "heuristics/poisoning.h"

namespace coinwake {
namespace {

std::uint32_t NumberOf(AddressNum account) { return static_cast<std::uint32_t>(account.value); }

// What both rules have in common. One thread.
class TieFinder {
 public:
  TieFinder(const AccountReader& reader, const AccountUse& use, const FoundServices& services)
      : reader_(reader), use_(use), services_(services) {}

  absl::Status LookAtLender(AddressNum lender) {
    if (!use_.LendsResources(lender) || !IsPerson(lender)) return absl::OkStatus();
    COINWAKE_ASSIGN_OR_RETURN(bool is_read, reader_.Read(lender, kFactsAsset, &events_));
    // Of any resource, as a rental may lend either, with the first loan of energy to each.
    std::map<std::uint32_t, std::optional<TxNum>> receivers;
    for (const AccountMovement& one : events_) {
      if (!IsLoan(one, lender)) continue;
      std::optional<TxNum>& first = receivers[NumberOf(*one.event.to)];
      if (one.event.more == kEnergyResource && !first.has_value()) first = one.tx;
    }
    if (receivers.size() > kRentalReceivers) {
      rentals.push_back(lender);
      return absl::OkStatus();
    }
    if (!is_read) ++unread;
    if (!is_read || receivers.size() > kMostReceivers) return absl::OkStatus();
    COINWAKE_ASSIGN_OR_RETURN(is_read, ReadPayments(lender));
    if (!is_read) {
      ++unread;
      return absl::OkStatus();
    }
    for (const AccountMovement& one : events_) {
      if (IsLoan(one, lender) && IsPaidFor(one)) return absl::OkStatus();
    }
    for (const auto& [receiver, tx] : receivers) {
      if (!tx.has_value() || !IsPerson({receiver})) continue;
      AddEdge({*tx, NumberOf(lender), receiver, kNone32, kEnergyDelegationPermille,
               AccountRule::kEnergyDelegation});
    }
    return absl::OkStatus();
  }

  absl::Status LookAtOpened(AddressNum account) {
    const std::optional<AddressNum> activator = use_.ActivatorOf(account);
    if (!activator.has_value() || use_.ActivationsBy(*activator) > kMostActivations ||
        !IsPerson(account) || !IsPerson(*activator)) {
      return absl::OkStatus();
    }
    const AccountUse::Payees payees = use_.PayeesOf(account);
    if (!payees.many && std::find(payees.accounts.begin(), payees.accounts.end(), *activator) ==
                            payees.accounts.end()) {
      ++one_way;
      return absl::OkStatus();
    }
    COINWAKE_ASSIGN_OR_RETURN(const bool is_read, ReadPayments(account));
    if (!is_read) {
      ++unread;
      return absl::OkStatus();
    }
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<TxNum> tx, ActivationOf(account));
    if (!tx.has_value()) return absl::OkStatus();
    AddEdge({*tx, NumberOf(*activator), NumberOf(account), kNone32, kActivationPermille,
             AccountRule::kActivation});
    return absl::OkStatus();
  }

  std::vector<AccountEdge> edges;
  std::vector<AddressNum> rentals;
  std::uint64_t one_way = 0;
  std::uint64_t unread = 0;

 private:
  bool IsPerson(AddressNum account) const {
    return !use_.IsContract(account) && services_.roles[account.value] == ServiceRole::kNone;
  }

  static bool IsLoan(const AccountMovement& one, AddressNum lender) {
    return one.event.kind == EntryKind::kDelegate && one.event.from == lender &&
           one.event.to.has_value() && one.event.to != lender;
  }

  // The payments in TRX and USDT of the account into payments_, by asset, and whatever TRX came
  // from others, contracts too, into received_; false: too many.
  absl::StatusOr<bool> ReadPayments(AddressNum account) {
    std::vector<AccountMovement> events;
    COINWAKE_ASSIGN_OR_RETURN(bool is_read, reader_.Read(account, kTrxAsset, &payments_));
    received_.clear();
    for (const AccountMovement& one : payments_) {
      if (IsArrival(one.event, account)) received_.push_back(one);
    }
    if (is_read && reader_.usdt().has_value()) {
      COINWAKE_ASSIGN_OR_RETURN(is_read, reader_.Read(account, *reader_.usdt(), &events));
      payments_.insert(payments_.end(), events.begin(), events.end());
    }
    std::erase_if(payments_, [](const AccountMovement& one) { return !IsPayment(one.event); });
    return is_read;
  }

  static bool IsArrival(const LedgerEvent& event, AddressNum account) {
    return MovesValue(event.kind) && event.to == account && event.from.has_value() &&
           event.from != account && !IsDust(event.amount);
  }

  // By anybody in the hour before, by the receiver in the hour after, itself or by a contract that
  // it calls.
  bool IsPaidFor(const AccountMovement& loan) const {
    const auto next = std::lower_bound(
        received_.begin(), received_.end(), loan.number,
        [](const AccountMovement& one, EventNum number) { return one.number < number; });
    if (next != received_.begin() && loan.height - std::prev(next)->height <= kPaidWithinBlocks) {
      return true;
    }
    for (auto one = next; one != received_.end(); ++one) {
      if (one->height - loan.height > kPaidWithinBlocks) break;
      if (one->event.from == loan.event.to) return true;
      if (reader_.view().Transaction(one->tx).owner == loan.event.to) return true;
    }
    return false;
  }

  bool Pays(std::uint32_t from, std::uint32_t to) const {
    return std::any_of(payments_.begin(), payments_.end(), [=](const AccountMovement& one) {
      return one.event.from->value == from && one.event.to->value == to;
    });
  }

  // REQUIRES: payments_ are those of one side.
  void AddEdge(const AccountEdge& edge) {
    if (Pays(edge.a, edge.b) && Pays(edge.b, edge.a)) {
      edges.push_back(edge);
    } else {
      ++one_way;
    }
  }

  // A contract for it, or the first that came of the chain's own coin and tokens.
  absl::StatusOr<std::optional<TxNum>> ActivationOf(AddressNum account) {
    const AccountView& view = reader_.view();
    std::vector<AssetNum> assets;
    COINWAKE_RETURN_IF_ERROR(
        view.AssetsOf(account, AssetNum{0}, std::numeric_limits<std::size_t>::max(), &assets));
    std::optional<EventNum> first;
    for (const AssetNum asset : assets) {
      const ByteSpan name = view.AssetName(asset);
      if (asset != kFactsAsset && !name.empty() && name.front() == kTrc20KindByte) continue;
      std::vector<EventNum> events;
      COINWAKE_RETURN_IF_ERROR(
          view.EventsOf(account, asset, EventNum{0}, kMostEventsRead, &events));
      for (const EventNum event : events) {
        const EntryKind kind = view.Event(event).kind;
        if (kind != EntryKind::kActivated && (asset == kFactsAsset || !MovesValue(kind))) continue;
        first = std::min(first.value_or(event), event);
        break;
      }
    }
    if (!first.has_value()) return std::optional<TxNum>();
    return std::optional<TxNum>(view.TransactionOf(*first));
  }

  const AccountReader& reader_;
  const AccountUse& use_;
  const FoundServices& services_;
  std::vector<AccountMovement> events_;
  std::vector<AccountMovement> payments_;
  std::vector<AccountMovement> received_;  // of TRX, in chain order
};

template <typename Visit>
absl::StatusOr<FoundTies> Find(const AccountReader& reader, const AccountUse& use,
                               const FoundServices& services, int threads, std::uint64_t batch,
                               const Visit& visit) {
  // How many somebody lends to or opens ever, a part of the chain cannot tell.
  if (!reader.view().snapshot().complete_history) return FoundTies();
  std::vector<TieFinder> finders(static_cast<std::size_t>(threads), {reader, use, services});
  COINWAKE_RETURN_IF_ERROR(ForEachOf(use.accounts_count(), batch, &finders,
                                     [&visit](TieFinder* finder, std::uint64_t account) {
                                       return visit(finder, AddressNum{account});
                                     }));
  FoundTies found;
  for (const TieFinder& finder : finders) {
    found.one_way += finder.one_way;
    found.unread += finder.unread;
  }
  found.edges = Gathered(&finders, &TieFinder::edges);
  found.rentals = Gathered(&finders, &TieFinder::rentals);
  std::sort(found.edges.begin(), found.edges.end(), EdgeIsBefore);
  std::sort(found.rentals.begin(), found.rentals.end());
  return found;
}

}  // namespace

absl::StatusOr<FoundTies> FindDelegations(const AccountReader& reader, const AccountUse& use,
                                          const FoundServices& services, int threads,
                                          std::uint64_t batch) {
  return Find(reader, use, services, threads, batch,
              [](TieFinder* finder, AddressNum account) { return finder->LookAtLender(account); });
}

absl::StatusOr<FoundTies> FindActivations(const AccountReader& reader, const AccountUse& use,
                                          const FoundServices& services, int threads,
                                          std::uint64_t batch) {
  return Find(reader, use, services, threads, batch,
              [](TieFinder* finder, AddressNum account) { return finder->LookAtOpened(account); });
}

}  // namespace coinwake
