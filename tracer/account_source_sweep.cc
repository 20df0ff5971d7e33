#include "tracer/account_source_sweep.h"

#include <algorithm>
#include <utility>

namespace coinwake {

absl::Status AccountSourceSweep::Run(std::span<const AccountSeed> seeds) {
  for (const AccountSeed& seed : seeds) {
    label_ = seed.label;
    COINWAKE_RETURN_IF_ERROR(Reach(seed.account, options().end, /*is_seed=*/true).status());
  }
  while (!walk_.done()) {
    AccountEvent event;
    COINWAKE_RETURN_IF_ERROR(walk_.TakeEvent(&event));
    if (event.amount != 0 && event.from != event.to) COINWAKE_RETURN_IF_ERROR(Apply(event));
    COINWAKE_RETURN_IF_ERROR(walk_.AdvanceSides());
    for (const std::uint32_t side : walk_.sides()) {
      Account* const account = walk_.Find(side);
      if (account != nullptr) EndOpening(side, account);
    }
  }
  for (const auto& [account, minted] : minted_) {  // the ledger sorts
    context_.ledger.AddMinted(label_, account, minted.brought, minted.claimed);
  }
  return absl::OkStatus();
}

// Follows an account from its last event before `end` back.
absl::StatusOr<AccountSourceSweep::Account*> AccountSourceSweep::Reach(std::uint32_t number,
                                                                       std::uint64_t end,
                                                                       bool is_seed) {
  auto& history = context_.histories[number];
  if (history == nullptr) {
    COINWAKE_ASSIGN_OR_RETURN(AccountHistory read,
                              AccountHistory::Read(context_.events, number, context_.meter));
    history = std::make_unique<const AccountHistory>(std::move(read));
  }
  auto account = std::make_unique<Account>(*history, options().since, end);
  account->is_seed = is_seed;
  ++context_.stats.accounts_reached;
  return walk_.Follow(number, std::move(account));
}

absl::Status AccountSourceSweep::Apply(const AccountEvent& event) {
  claims_.clear();
  Account* const to = walk_.Find(event.to);
  const bool to_seed = to != nullptr && to->is_seed;
  if (to != nullptr) {
    COINWAKE_RETURN_IF_ERROR(TakeClaims(event, to));
    if (to->claims.empty()) Forget(event.to, *to);
  }
  if (event.kind == AccountEventKind::kWithin) return Draw(event, 0);
  if (to_seed) COINWAKE_RETURN_IF_ERROR(Seed(event));
  if (claims_.empty()) return absl::OkStatus();
  if (options().min_taint.has_value() &&
      AccountTaint::FromUnits(SumOf(claims_), options().fraction_bits) < *options().min_taint) {
    End(SinkKind::kMinTaint);
    return absl::OkStatus();
  }
  if (event.kind == AccountEventKind::kMint) return EndMinted(event);
  CutFarAway();
  return EndAtStop(event) ? absl::OkStatus() : Draw(event, 1);
}

absl::Status AccountSourceSweep::TakeClaims(const AccountEvent& event, Account* to) {
  if (to->claims.empty()) return absl::OkStatus();
  const AccountSums& before = to->SumsBefore(event.number);
  if (by_order_) {
    to->claims.TakeByPlace(to->opening + before.received, &claims_);
    return absl::OkStatus();
  }
  const Uint128 balance = to->opening + before.received - before.sent;
  // More than what was there later, where the account has paid in between.
  if (!units_.Of(balance + event.amount).has_value()) {
    return units_.TooLarge(event.number, balance + event.amount);
  }
  to->claims.TakeByShare(event.amount << options().fraction_bits,
                         balance << options().fraction_bits, &claims_);
  return absl::OkStatus();
}

absl::Status AccountSourceSweep::Seed(const AccountEvent& event) {
  const std::optional<Uint128> units = units_.Of(event.amount);
  if (!units.has_value()) return units_.TooLarge(event.number, event.amount);
  End(SinkKind::kReturnedToSeed);
  context_.ledger.AddSeeded(label_, *units);
  claims_.push_back({0, *units, 0});
  return absl::OkStatus();
}

absl::Status AccountSourceSweep::EndMinted(const AccountEvent& event) {
  Minted& minted = minted_[event.to];
  const Uint128 units = SumOf(claims_);
  if (units > kMaxAccountUnits - minted.claimed) {
    return units_.TooLarge(event.number, (units + minted.claimed) >> options().fraction_bits);
  }
  minted.brought += event.amount;
  minted.claimed += units;
  claims_.clear();
  return absl::OkStatus();
}

void AccountSourceSweep::CutFarAway() {
  Uint128 far = 0;
  for (const AccountClaim& claim : claims_)
    far += claim.hops >= options().max_hops ? claim.length : 0;
  if (far == 0) return;
  context_.ledger.AddSink(label_, SinkKind::kMaxHops, std::nullopt, far);
  std::erase_if(claims_,
                [this](const AccountClaim& claim) { return claim.hops >= options().max_hops; });
}

bool AccountSourceSweep::EndAtStop(const AccountEvent& event) {
  if (event.kind == AccountEventKind::kReveal) {
    End(SinkKind::kMixer);
    return true;
  }
  if (options().stops == nullptr || claims_.empty()) return false;
  const Account* const from = walk_.Find(event.from);
  if (from != nullptr && from->is_seed) return false;
  const std::optional<Stop> stop = options().stops->StopAt(event.from);
  if (!stop.has_value()) return false;
  End(stop->kind, stop);
  return true;
}

void AccountSourceSweep::End(SinkKind kind, std::optional<Stop> stop) {
  if (claims_.empty()) return;
  std::optional<std::uint32_t> entity;
  std::optional<std::uint32_t> hops;
  if (stop.has_value()) {
    entity = stop->entity;
    const auto nearest = std::min_element(
        claims_.begin(), claims_.end(),
        [](const AccountClaim& a, const AccountClaim& b) { return a.hops < b.hops; });
    hops = nearest->hops + 1;
  }
  context_.ledger.AddSink(label_, kind, entity, SumOf(claims_), hops);
  claims_.clear();
}

// What is left of claims_ was among what the payer held, so many `hops` further away.
absl::Status AccountSourceSweep::Draw(const AccountEvent& event, std::uint32_t hops) {
  if (claims_.empty()) return absl::OkStatus();
  Account* from = walk_.Find(event.from);
  if (from == nullptr) {
    COINWAKE_ASSIGN_OR_RETURN(from, Reach(event.from, event.number, /*is_seed=*/false));
  }
  const AccountSums& before = from->SumsBefore(event.number);
  // Its opening makes up for all that ever left it, so that no payer has too little.
  if (event.amount > from->opening + before.received - before.sent) {
    return InconsistentEvent(event.number);
  }
  for (AccountClaim& claim : claims_) claim.hops += hops;
  if (by_order_) {
    from->claims.AddByPlace(before.sent, claims_);
  } else {
    const Uint128 balance = from->opening + before.received - before.sent;
    if (!units_.Of(balance).has_value()) return units_.TooLarge(event.number, balance);
    from->claims.AddByShare(claims_);
  }
  claims_.clear();
  if (from->opening != 0 && noted_opened_.insert(event.from).second) {
    context_.ledger.NoteOpening(label_, event.from);
  }
  EndOpening(event.from, from);
  return absl::OkStatus();
}

void AccountSourceSweep::EndOpening(std::uint32_t number, Account* account) {
  if (account->cursor.current() != nullptr) return;
  if (!account->claims.empty()) {
    const SinkKind end = options().since == 0 ? SinkKind::kUnresolved : SinkKind::kSince;
    context_.ledger.AddSink(label_, end, std::nullopt, account->claims.Sum());
    account->claims.Clear();
  }
  Forget(number, *account);
}

// What is left there has nothing to do with the seeds, as long as no other payment of it does.
void AccountSourceSweep::Forget(std::uint32_t number, const Account& account) {
  if (!account.is_seed) walk_.Forget(number);
}

}  // namespace coinwake
