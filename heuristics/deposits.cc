#include "heuristics/deposits.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "heuristics/poisoning.h"

namespace coinwake {
namespace {

// Looks at one account after the other. One thread.
class SweeperFinder {
 public:
  SweeperFinder(const AccountReader& reader, const AccountUse& use) : reader_(reader), use_(use) {}

  absl::Status Visit(AddressNum account) {
    if (use_.IsContract(account)) return absl::OkStatus();
    const AccountUse::Payees payees = use_.PayeesOf(account);
    if (payees.many || payees.accounts.empty()) return absl::OkStatus();
    for (const AddressNum payee : payees.accounts) {
      if (use_.IsContract(payee)) return absl::OkStatus();
    }
    account_ = account;
    sweeper_ = {};
    sweeper_.account = static_cast<std::uint32_t>(account.value);
    for (std::size_t i = 0; i < payees.accounts.size(); ++i) {
      sweeper_.targets[i] = static_cast<std::uint32_t>(payees.accounts[i].value);
    }
    sweeps_ = 0;
    swept_ = {};
    token_sweeps_.clear();
    paid_trx_.clear();
    if (reader_.usdt().has_value()) {
      COINWAKE_ASSIGN_OR_RETURN(const bool is_swept, IsSwept(*reader_.usdt(), kMostUsdtLeft));
      if (!is_swept) return absl::OkStatus();
    }
    COINWAKE_ASSIGN_OR_RETURN(const bool is_swept, IsSwept(kTrxAsset, kMostTrxLeft));
    if (!is_swept || sweeps_ < kLeastSweeps) return absl::OkStatus();
    for (std::size_t i = 0; i < payees.accounts.size(); ++i) {
      if (!swept_[i]) return absl::OkStatus();  // it got something else than a sweep
    }
    sweepers.push_back(sweeper_);
    return FindSupplies();
  }

  std::vector<Sweeper> sweepers;
  std::vector<GasSupply> supplies;
  std::uint64_t unread = 0;

 private:
  // Whether each payment of the account in `asset` sweeps it. Leaves the events in events_.
  absl::StatusOr<bool> IsSwept(AssetNum asset, std::uint64_t most_left) {
    COINWAKE_ASSIGN_OR_RETURN(const bool is_read, reader_.Read(account_, asset, &events_));
    if (!is_read) {
      ++unread;
      return false;
    }
    AmountSum balance = 0;
    std::optional<std::uint64_t> deposited_at;
    for (const AccountMovement& one : events_) {
      const LedgerEvent& event = one.event;
      if (event.kind == EntryKind::kGap) return false;  // nobody knows what was left
      const bool leaves = event.from == account_ && event.from_pot == Pot::kFree;
      const bool arrives = event.to == account_ && event.to_pot == Pot::kFree;
      if (leaves && arrives) continue;
      const AmountSum amount = event.amount;
      if (arrives) {
        balance += amount;
        // By whom and how does not matter: contracts pay withdrawals of other services.
        if (MovesValue(event.kind) && event.from != account_ && !IsDust(event.amount)) {
          deposited_at = one.height;
        }
      }
      if (!leaves) continue;
      // Else part of it lay there before the index begins: whether it was a sweep nobody can tell.
      const bool is_known = amount <= balance;
      const AmountSum left = is_known ? AmountSum(balance - amount) : AmountSum(0);
      if (IsPayment(event) && asset == kTrxAsset) paid_trx_.push_back(one.number);
      if (IsPayment(event) && is_known) {
        if (!deposited_at.has_value() || one.height - *deposited_at > kSweepWindowBlocks) {
          return false;
        }
        const bool empties = left <= most_left || amount * 100 >= balance * kSweptOfHundred;
        if (!empties) return false;
        NoteSweep(one, asset);
      }
      balance = left;
    }
    return true;
  }

  void NoteSweep(const AccountMovement& sweep, AssetNum asset) {
    ++sweeps_;
    const auto target = static_cast<std::uint32_t>(sweep.event.to->value);
    for (std::size_t i = 0; i < sweeper_.targets.size(); ++i) {
      TxNum& first = sweeper_.first_sweeps[i];
      if (sweeper_.targets[i] != target) continue;
      if (!swept_[i] || sweep.tx < first) first = sweep.tx;
      swept_[i] = true;
    }
    if (asset != kTrxAsset) token_sweeps_.push_back({sweep.number, sweep.height});
  }

  // events_ are those in TRX. Of many times that somebody supplied the first is kept.
  absl::Status FindSupplies() {
    given_.clear();
    for (const AccountMovement& one : events_) {
      if (!IsPayment(one.event) || one.event.to != account_ || one.event.amount > kMostGas)
        continue;
      NoteSupply(one, /*is_energy=*/false);
    }
    COINWAKE_ASSIGN_OR_RETURN(const bool is_read, reader_.Read(account_, kFactsAsset, &events_));
    if (!is_read) {
      ++unread;
      events_.clear();
    }
    for (const AccountMovement& one : events_) {
      const bool lends = one.event.kind == EntryKind::kDelegate && one.event.to == account_ &&
                         one.event.more == kEnergyResource && one.event.from.has_value();
      if (lends) NoteSupply(one, /*is_energy=*/true);
    }
    for (const auto& [supply, tx] : given_) {
      supplies.push_back({supply.first, sweeper_.account, tx, supply.second});
    }
    return absl::OkStatus();
  }

  void NoteSupply(const AccountMovement& supply, bool is_energy) {
    if (use_.IsContract(*supply.event.from)) return;
    const auto next =
        std::upper_bound(token_sweeps_.begin(), token_sweeps_.end(), supply.number,
                         [](EventNum number, const Sweep& sweep) { return number < sweep.number; });
    if (next == token_sweeps_.end() || next->height - supply.height > kSweepWindowBlocks) return;
    if (!is_energy) {
      const auto paid = std::upper_bound(paid_trx_.begin(), paid_trx_.end(), supply.number);
      if (paid != paid_trx_.end() && *paid < next->number) return;
    }
    const auto supplier = static_cast<std::uint32_t>(supply.event.from->value);
    given_.try_emplace({supplier, is_energy}, supply.tx);
  }

  struct Sweep {
    EventNum number;
    std::uint64_t height = 0;
  };

  const AccountReader& reader_;
  const AccountUse& use_;
  AddressNum account_;
  Sweeper sweeper_;
  std::array<bool, 2> swept_{};
  std::uint32_t sweeps_ = 0;
  std::vector<Sweep> token_sweeps_;  // in chain order
  std::vector<EventNum> paid_trx_;   // likewise
  // By whom and whether it was energy: when first.
  std::map<std::pair<std::uint32_t, bool>, TxNum> given_;
  std::vector<AccountMovement> events_;
};

// Who supplies more than kLeastServed, ascending. REQUIRES: by (supplier, deposit).
std::vector<std::uint32_t> BusySuppliers(const std::vector<GasSupply>& supplies) {
  std::vector<std::uint32_t> busy;
  std::uint32_t served = 0;
  for (std::size_t i = 0; i < supplies.size(); ++i) {
    const bool is_first = i == 0 || supplies[i - 1].supplier != supplies[i].supplier;
    if (is_first) served = 0;
    if (is_first || supplies[i - 1].deposit != supplies[i].deposit) ++served;
    const bool is_busy = served == kLeastServed + 1;
    if (is_busy && (busy.empty() || busy.back() != supplies[i].supplier)) {
      busy.push_back(supplies[i].supplier);
    }
  }
  return busy;
}

}  // namespace

absl::StatusOr<FoundSweepers> FindSweepers(const AccountReader& reader, const AccountUse& use,
                                           int threads, std::uint64_t batch) {
  std::vector<SweeperFinder> finders(static_cast<std::size_t>(threads), {reader, use});
  COINWAKE_RETURN_IF_ERROR(ForEachOf(use.accounts_count(), batch, &finders,
                                     [](SweeperFinder* finder, std::uint64_t account) {
                                       return finder->Visit(AddressNum{account});
                                     }));
  FoundSweepers found;
  for (const SweeperFinder& finder : finders) found.unread += finder.unread;
  found.sweepers = Gathered(&finders, &SweeperFinder::sweepers);
  found.supplies = Gathered(&finders, &SweeperFinder::supplies);
  std::sort(found.sweepers.begin(), found.sweepers.end(),
            [](const Sweeper& a, const Sweeper& b) { return a.account < b.account; });
  std::sort(found.supplies.begin(), found.supplies.end(),
            [](const GasSupply& a, const GasSupply& b) {
              return std::tie(a.supplier, a.deposit, a.is_energy) <
                     std::tie(b.supplier, b.deposit, b.is_energy);
            });
  COINWAKE_ASSIGN_OR_RETURN(found.givings,
                            FindGivings(BusySuppliers(found.supplies), reader, use, threads));
  return found;
}

}  // namespace coinwake
