#include "tracer/account_sweep.h"

#include <algorithm>
#include <map>
#include <memory>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

bool IsTainted(const AccountRun& run) { return run.label != kCleanLabel; }

bool IsOrdered(AccountPolicy policy) {
  return policy != AccountPolicy::kPoison && policy != AccountPolicy::kHaircut;
}

}  // namespace

absl::Status AccountSweep::Run(std::span<const AccountSeed> seeds) {
  for (const AccountSeed& seed : seeds) {
    auto account = std::make_unique<Account>(seed.account, options().since, options().end);
    account->seeds = seed.label;
    COINWAKE_RETURN_IF_ERROR(walk_.Follow(seed.account, std::move(account)).status());
  }
  while (!walk_.done()) {
    AccountEvent event;
    COINWAKE_RETURN_IF_ERROR(walk_.TakeEvent(&event));
    if (event.amount != 0 && event.from != event.to) {
      COINWAKE_RETURN_IF_ERROR(Apply(event));
    }
    COINWAKE_RETURN_IF_ERROR(walk_.AdvanceSides());
  }
  WriteHoldings();
  return absl::OkStatus();
}

absl::Status AccountSweep::Apply(const AccountEvent& event) {
  const std::optional<Uint128> units = units_.Of(event.amount);
  if (!units.has_value()) return units_.TooLarge(event.number, event.amount);
  COINWAKE_RETURN_IF_ERROR(Leave(event, *units));
  // What an account stakes or takes back went nowhere: its taint stays what and where it was.
  if (event.kind != AccountEventKind::kWithin) CountHop();
  switch (event.kind) {
    case AccountEventKind::kFee:
      Cut(SinkKind::kFee, std::nullopt, IsTainted);
      break;
    case AccountEventKind::kBurn:
      Cut(SinkKind::kBurnt, std::nullopt, IsTainted);
      break;
    case AccountEventKind::kHide:
      Cut(SinkKind::kMixer, std::nullopt, IsTainted);
      break;
    case AccountEventKind::kMove:
    case AccountEventKind::kMint:
    case AccountEventKind::kReveal:
      CutOnArrival(event, *units);
      COINWAKE_RETURN_IF_ERROR(Arrive(event, *units));
      break;
    case AccountEventKind::kWithin:
      COINWAKE_RETURN_IF_ERROR(Arrive(event, *units));
      break;
  }
  Account* const from = walk_.Find(event.from);
  if (from != nullptr && from->holds && !from->queue.tainted()) Forget(event.from, from);
  return absl::OkStatus();
}

// Fills moved_ with what the sender gives.
absl::Status AccountSweep::Leave(const AccountEvent& event, Uint128 units) {
  moved_.clear();
  Account* const from = walk_.Find(event.from);
  if (from == nullptr || !from->holds) {
    moved_.push_back({units, kCleanLabel, 0});
    return absl::OkStatus();
  }
  // BalanceBefore() speaks of the whole history, so no sender has too little.
  if (units > from->queue.balance()) return InconsistentEvent(event.number);
  from->queue.Withdraw(options().rules, units, &moved_);
  return absl::OkStatus();
}

void AccountSweep::CountHop() {
  Cut(SinkKind::kMaxHops, std::nullopt,
      [this](const AccountRun& run) { return run.hops >= options().max_hops; });
  for (AccountRun& run : moved_) {
    if (IsTainted(run)) ++run.hops;
  }
}

template <typename Predicate>
void AccountSweep::Cut(SinkKind kind, std::optional<std::uint32_t> entity,
                       const Predicate& applies) {
  for (AccountRun& run : moved_) {
    if (!IsTainted(run) || !applies(run)) continue;
    context_.ledger.AddSink(run.label, kind, entity, run.length);
    run.label = kCleanLabel;
    run.hops = 0;
  }
}

// Seeds, stops and the threshold.
void AccountSweep::CutOnArrival(const AccountEvent& event, Uint128 units) {
  const Account* const to = walk_.Find(event.to);
  if (to != nullptr && to->seeds.has_value()) {
    Seed(*to->seeds, units);
  } else if (options().stops != nullptr && std::any_of(moved_.begin(), moved_.end(), IsTainted)) {
    const std::optional<Stop> stop = options().stops->StopAt(event.to);
    if (stop.has_value()) Cut(stop->kind, stop->entity, IsTainted);
  }
  CutBelowThreshold();
}

absl::Status AccountSweep::Arrive(const AccountEvent& event, Uint128 units) {
  Account* to = walk_.Find(event.to);
  const bool tainted = std::any_of(moved_.begin(), moved_.end(), IsTainted);
  if (!tainted && (to == nullptr || !to->holds)) return absl::OkStatus();
  if (to == nullptr) {
    COINWAKE_ASSIGN_OR_RETURN(
        to, walk_.Follow(event.to,
                         std::make_unique<Account>(event.to, event.number + 1, options().end)));
  }
  return Deposit(event, units, to);
}

void AccountSweep::Seed(std::uint32_t label, Uint128 units) {
  if (!options().competing) {
    Cut(SinkKind::kReturnedToSeed, std::nullopt, IsTainted);
    context_.ledger.AddSeeded(label, units);
    moved_.assign(1, {units, label, 0});
    return;
  }
  if (IsPoison()) {  // one label is enough to leave nothing clean
    if (std::any_of(moved_.begin(), moved_.end(), IsTainted)) return;
    moved_.assign(1, {units, kCleanLabel, 0});
  }
  for (AccountRun& run : moved_) {
    if (IsTainted(run)) continue;
    context_.ledger.AddSeeded(label, run.length);
    run.label = label;
    run.hops = 0;
  }
}

void AccountSweep::CutBelowThreshold() {
  if (!options().min_taint.has_value()) return;
  std::map<std::uint32_t, Uint128> sums;
  for (const AccountRun& run : moved_) {
    if (IsTainted(run)) sums[run.label] += run.length;
  }
  Cut(SinkKind::kMinTaint, std::nullopt, [this, &sums](const AccountRun& run) {
    return AccountTaint::FromUnits(sums[run.label], options().fraction_bits) < *options().min_taint;
  });
}

absl::Status AccountSweep::Deposit(const AccountEvent& event, Uint128 units, Account* to) {
  if (!to->holds) {
    COINWAKE_ASSIGN_OR_RETURN(
        const AccountBalance before,
        context_.events.BalanceBefore(event.to, event.number, context_.meter));
    const std::optional<Uint128> clean = units_.Of(before.balance);
    if (!clean.has_value()) return units_.TooLarge(event.number, before.balance);
    to->queue = AccountQueue(*clean, degraded_.contains(event.to));
    to->assumed_opening = before.assumed_opening;
    to->holds = true;
    ++context_.stats.accounts_reached;
  }
  if (units > kMaxAccountUnits - to->queue.balance()) {
    return units_.TooLarge(event.number, (units + to->queue.balance()) >> options().fraction_bits);
  }
  const bool was_degraded = to->queue.degraded();
  to->queue.Deposit(options().rules, units, moved_);
  NoteDoubts(event.to, *to, was_degraded);
  return absl::OkStatus();
}

void AccountSweep::NoteDoubts(std::uint32_t number, const Account& account, bool was_degraded) {
  const bool opened = account.assumed_opening != 0;
  const bool degraded = account.queue.degraded();
  if (!opened && !degraded) return;
  const auto note = [&](const std::vector<AccountRun>& runs) {
    for (const AccountRun& run : runs) {
      if (!IsTainted(run)) continue;
      if (opened && noted_opened_.emplace(run.label, number).second) {
        context_.ledger.NoteOpening(run.label, number);
      }
      if (degraded && noted_degraded_.emplace(run.label, number).second) {
        context_.ledger.NoteDegraded(run.label, number);
      }
    }
  };
  if (was_degraded || !degraded) return note(moved_);  // what was there before is noted
  std::vector<AccountRun> all;
  account.queue.AppendAll(options().rules, &all);
  note(all);
}

// What is left is clean, and BalanceBefore() can tell it again.
void AccountSweep::Forget(std::uint32_t number, Account* account) {
  if (account->queue.degraded()) degraded_.insert(number);
  if (account->seeds.has_value()) {
    account->queue = AccountQueue();
    account->holds = false;
  } else {
    walk_.Forget(number);
  }
}

void AccountSweep::WriteHoldings() {
  std::vector<AccountRun> runs;
  for (const auto& [number, account] : walk_.accounts()) {  // the ledger sorts
    if (!account->holds) continue;
    runs.clear();
    account->queue.AppendAll(options().rules, &runs);
    const AccountLedger::Rest rest = {number, account->queue.balance() >> options().fraction_bits,
                                      account->assumed_opening, account->queue.degraded()};
    context_.ledger.AddHoldings(rest, runs, IsOrdered(options().rules.policy));
  }
}

}  // namespace coinwake
