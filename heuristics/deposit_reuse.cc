#include "heuristics/deposit_reuse.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kPermille = 1000;

// Half a thousand less for each of what was kept and how long it lay, at most.
std::uint16_t ConfidenceOf(const AmountSum& kept, const AmountSum& most_kept, std::uint64_t wait) {
  const AmountSum kept_part = most_kept == 0 ? AmountSum(0) : kept * (kPermille / 2) / most_kept;
  const std::uint64_t wait_part = wait * (kPermille / 2) / kSweepWindowBlocks;
  return static_cast<std::uint16_t>(kPermille - static_cast<std::uint64_t>(kept_part) - wait_part);
}

// One whose payments to a deposit account were passed on.
struct Depositor {
  TxNum first;  // of them
  TxNum best;   // the surest
  std::uint32_t deposit = 0;
  std::uint32_t user = 0;
  std::uint16_t confidence_permille = 0;  // of the surest
};

// Looks at one deposit account after the other. One thread.
class ReuseFinder {
 public:
  ReuseFinder(const AccountReader& reader, const AccountUse& use, const FoundServices& services)
      : reader_(reader), use_(use), services_(services) {}

  absl::Status Visit(std::uint64_t place) {
    deposit_ = AddressNum{services_.deposits[place].account};
    COINWAKE_ASSIGN_OR_RETURN(const bool is_read, ReadPayments());
    if (!is_read) {
      ++unread;
      return absl::OkStatus();
    }
    Sort();
    payers.insert(payers.end(), users_.begin(), users_.end());
    if (users_.size() > kMostDepositors) {
      ++shared;
      return absl::OkStatus();
    }
    Match();
    AddDepositors();
    return absl::OkStatus();
  }

  std::vector<Depositor> depositors;
  std::vector<std::uint32_t> payers;  // once for each deposit account each paid into
  std::uint64_t shared = 0;
  std::uint64_t unread = 0;

 private:
  struct Matched {
    TxNum tx;
    std::uint32_t user = 0;
    std::uint16_t confidence_permille = 0;
  };
  // What goes through the account in one asset.
  struct Passing {
    std::vector<AccountMovement> payments;
    std::vector<AccountMovement> sweeps;
  };

  // Into events_, in chain order; false where there are too many.
  absl::StatusOr<bool> ReadPayments() {
    COINWAKE_ASSIGN_OR_RETURN(bool is_read, reader_.Read(deposit_, kTrxAsset, &events_));
    if (!is_read) return false;
    if (reader_.usdt().has_value()) {
      COINWAKE_ASSIGN_OR_RETURN(is_read, reader_.Read(deposit_, *reader_.usdt(), &more_));
      if (!is_read) return false;
      events_.insert(events_.end(), more_.begin(), more_.end());
    }
    std::erase_if(events_, [](const AccountMovement& one) { return !IsPayment(one.event); });
    std::sort(
        events_.begin(), events_.end(),
        [](const AccountMovement& a, const AccountMovement& b) { return a.number < b.number; });
    return true;
  }

  // Into what users pay and what is swept, by asset.
  void Sort() {
    users_.clear();
    absl::flat_hash_map<std::string, AddressNum> looks;  // the first account with each
    for (Passing* passing : {&trx_, &usdt_}) *passing = {};
    for (const AccountMovement& one : events_) {
      Passing& passing = one.event.asset == kTrxAsset ? trx_ : usdt_;
      const bool is_sweep = one.event.from == deposit_;
      const AddressNum other = is_sweep ? *one.event.to : *one.event.from;
      // Who looks like somebody it dealt with before is not what he seems (T8).
      const AddressNum original = looks.try_emplace(reader_.LookOf(other), other).first->second;
      if (is_sweep) {
        passing.sweeps.push_back(one);
      } else if (original == other && IsUser(other)) {
        passing.payments.push_back(one);
        users_.insert(static_cast<std::uint32_t>(other.value));
      }
    }
  }

  bool IsUser(AddressNum account) const {
    return !use_.IsContract(account) && services_.roles[account.value] == ServiceRole::kNone;
  }

  void Match() {
    matched_.clear();
    for (const auto& [passing, most_kept] :
         {std::pair(&trx_, kMostTrxKept), std::pair(&usdt_, kMostUsdtKept)}) {
      for (const PassedOn& one : MatchSweeps(passing->payments, passing->sweeps, most_kept)) {
        const AccountMovement& payment = passing->payments[one.payment];
        matched_.push_back({payment.tx, static_cast<std::uint32_t>(payment.event.from->value),
                            one.confidence_permille});
      }
    }
  }

  // By the best of the payments of each.
  void AddDepositors() {
    std::sort(matched_.begin(), matched_.end(), [](const Matched& a, const Matched& b) {
      return std::tie(a.user, b.confidence_permille, a.tx) <
             std::tie(b.user, a.confidence_permille, b.tx);
    });
    const auto deposit = static_cast<std::uint32_t>(deposit_.value);
    for (std::size_t i = 0; i < matched_.size(); ++i) {
      const Matched& match = matched_[i];
      if (i == 0 || matched_[i - 1].user != match.user) {
        depositors.push_back({match.tx, match.tx, deposit, match.user, match.confidence_permille});
      }
      depositors.back().first = std::min(depositors.back().first, match.tx);
    }
  }

  const AccountReader& reader_;
  const AccountUse& use_;
  const FoundServices& services_;
  AddressNum deposit_;
  std::vector<AccountMovement> events_;
  std::vector<AccountMovement> more_;
  Passing trx_;
  Passing usdt_;
  absl::flat_hash_set<std::uint32_t> users_;
  std::vector<Matched> matched_;
};

// Those that are named more than kMostDepositsOfOne times.
absl::flat_hash_set<std::uint32_t> HubsOf(std::vector<std::uint32_t> payers) {
  absl::flat_hash_set<std::uint32_t> hubs;
  std::sort(payers.begin(), payers.end());
  for (std::size_t i = kMostDepositsOfOne; i < payers.size(); ++i) {
    if (payers[i] == payers[i - kMostDepositsOfOne]) hubs.insert(payers[i]);
  }
  return hubs;
}

// From the first depositor of each account to each other one.
std::vector<AccountEdge> EdgesOf(std::vector<Depositor> depositors) {
  std::sort(depositors.begin(), depositors.end(), [](const Depositor& a, const Depositor& b) {
    return std::tie(a.deposit, a.first, a.user) < std::tie(b.deposit, b.first, b.user);
  });
  std::vector<AccountEdge> edges;
  const Depositor* centre = nullptr;
  for (const Depositor& one : depositors) {
    if (centre == nullptr || centre->deposit != one.deposit) {
      centre = &one;
      continue;
    }
    edges.push_back({one.best, centre->user, one.user, one.deposit,
                     std::min(centre->confidence_permille, one.confidence_permille),
                     AccountRule::kDepositReuse});
  }
  return edges;
}

}  // namespace

std::vector<PassedOn> MatchSweeps(std::span<const AccountMovement> payments,
                                  std::span<const AccountMovement> sweeps,
                                  const AmountSum& most_kept) {
  std::vector<PassedOn> found;
  std::size_t next = 0;
  for (std::size_t i = 0; i < payments.size(); ++i) {
    const AccountMovement& payment = payments[i];
    while (next < sweeps.size() && sweeps[next].number < payment.number) ++next;
    const std::size_t end = std::min(sweeps.size(), next + kMostSweepsTried);
    for (std::size_t j = next; j < end; ++j) {
      const std::uint64_t wait = sweeps[j].height - payment.height;
      if (wait > kSweepWindowBlocks) break;
      if (sweeps[j].event.amount > payment.event.amount) continue;
      const AmountSum kept = AmountSum(payment.event.amount) - AmountSum(sweeps[j].event.amount);
      if (kept > most_kept) continue;
      found.push_back({i, j, ConfidenceOf(kept, most_kept, wait)});
      break;
    }
  }
  return found;
}

absl::StatusOr<FoundReuse> FindReuse(const AccountReader& reader, const AccountUse& use,
                                     const FoundServices& services, int threads,
                                     std::uint64_t batch) {
  std::vector<ReuseFinder> finders(static_cast<std::size_t>(threads), {reader, use, services});
  COINWAKE_RETURN_IF_ERROR(
      ForEachOf(services.deposits.size(), batch, &finders,
                [](ReuseFinder* finder, std::uint64_t place) { return finder->Visit(place); }));
  FoundReuse found;
  for (const ReuseFinder& finder : finders) {
    found.shared += finder.shared;
    found.unread += finder.unread;
  }
  const auto hubs = HubsOf(Gathered(&finders, &ReuseFinder::payers));
  found.hubs = hubs.size();
  std::vector<Depositor> depositors = Gathered(&finders, &ReuseFinder::depositors);
  std::erase_if(depositors, [&hubs](const Depositor& one) { return hubs.contains(one.user); });
  found.edges = EdgesOf(std::move(depositors));
  std::sort(found.edges.begin(), found.edges.end(), EdgeIsBefore);
  return found;
}

}  // namespace coinwake
