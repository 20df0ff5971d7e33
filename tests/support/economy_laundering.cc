#include "tests/support/economy_laundering.h"

#include <algorithm>
#include <iterator>

namespace coinwake::synthetic {
namespace {

constexpr std::uint64_t kWorthHiding = 2'000'000;  // satoshi
constexpr std::size_t kMostJobs = 40;

}  // namespace

bool EconomyLaundering::Step() {
  if (jobs_.empty() || (jobs_.size() < kMostJobs && random().OneIn(6))) {
    if (Start()) return true;
    if (jobs_.empty()) return false;
  }
  const std::size_t at = random().Below(jobs_.size());
  if (jobs_[at].hops_left > 0 && Peel(&jobs_[at])) return true;
  const Job job = std::move(jobs_[at]);
  jobs_[at] = std::move(jobs_.back());
  jobs_.pop_back();
  if (job.coins.size() == 1) {  // a chain that ends
    chain_.GiveBack(job.coins);
    return false;
  }
  FanIn(job);
  return true;
}

bool EconomyLaundering::Start() {
  const std::optional<WalletId> seller = wallets().PickFunded(Group::kSeller);
  if (!seller.has_value() || wallets().BalanceOf(*seller) < kWorthHiding) return false;
  return random().Percent(60) ? StartPeel(*seller) : StartFan(*seller);
}

// Several payments are put together, and from then on a little is paid off at each hop.
bool EconomyLaundering::StartPeel(WalletId owner) {
  const std::vector<Coin> coins = wallets().TakeOldest(owner, random().Between(2, 12));
  const Part to = {wallets().NewScript(owner, wallets().FingerprintOf(owner).change), 0,
                   /*is_change=*/false, /*is_held=*/true};
  const std::optional<Coin> gathered = chain_.Gather(owner, "peel_start", coins, to);
  if (!gathered.has_value()) return false;
  jobs_.push_back({owner, {*gathered}, chain_.Roll(config_.peel_hops)});
  return true;
}

bool EconomyLaundering::Peel(Job* job) {
  const std::uint64_t value = job->coins.front().value;
  const ScriptId exit =
      random().Percent(70) ? trade_.DepositOf(job->owner) : trade_.Payee(job->owner);
  Draft draft;
  draft.kind = "peel";
  draft.maker = job->owner;
  draft.coins = job->coins;
  draft.parts = {{exit, value * chain_.Roll(config_.peel_permille) / 1000},
                 {wallets().NewScript(job->owner, wallets().FingerprintOf(job->owner).change), 0,
                  /*is_change=*/true, /*is_held=*/true}};
  const std::uint64_t spent =
      chain_.FeeOf(job->owner, draft.coins, draft.parts) + draft.parts.front().value;
  if (draft.parts.front().value < 2 * kDust || value < spent + kWorthHiding / 4) {
    job->hops_left = 0;
    return false;
  }
  draft.parts.back().value = value - spent;
  job->coins = {chain_.Emit(std::move(draft)).back()};
  --job->hops_left;
  return true;
}

// One sum to many addresses of his own, gathered again later.
bool EconomyLaundering::StartFan(WalletId owner) {
  const std::uint64_t width = chain_.Roll(config_.fan_width);
  const std::uint64_t budget = wallets().BalanceOf(owner) * 3 / 5;
  const bool equal = random().Percent(config_.equal_fan_percent);
  const std::uint64_t share = budget / width;
  if (share < 10 * kSmallestPayment) return false;
  std::vector<Part> parts;
  for (std::uint64_t i = 0; i < width; ++i) {
    const std::uint64_t value = equal ? share : random().Between(share / 3, share);
    parts.push_back({wallets().NewScript(owner, wallets().FingerprintOf(owner).change), value,
                     /*is_change=*/false, /*is_held=*/true});
  }
  std::optional<std::vector<Coin>> made = chain_.Pay(owner, "fan_out", std::move(parts));
  if (!made.has_value()) return false;
  made->resize(width);  // without the change
  jobs_.push_back({owner, *std::move(made), 0});
  return true;
}

void EconomyLaundering::FanIn(const Job& job) {
  const bool leaves = random().OneIn(2);
  const ScriptId to =
      leaves ? trade_.DepositOf(job.owner)
             : wallets().NewScript(job.owner, wallets().FingerprintOf(job.owner).receives);
  chain_.Gather(job.owner, "fan_in", job.coins, {to});
}

WalletId EconomyLaundering::Participant(std::size_t number) {
  if (config_.joint_takes_services && number == 0) {
    constexpr Group kServices[] = {Group::kExchangeHot, Group::kMerchant, Group::kExchangeHot};
    const auto service = wallets().PickFunded(kServices[random().Below(std::size(kServices))]);
    if (service.has_value()) return *service;
  }
  if (config_.joint_takes_services && number == 1) {
    const auto merchant = wallets().PickFunded(Group::kMerchant);
    if (merchant.has_value()) return *merchant;
  }
  return wallets().PickFunded(Group::kPerson).value_or(wallets().Pick(Group::kPerson));
}

// Owners who do not know each other are made to pay into one transaction, each with change and no
// two outputs alike, so that nothing but its purpose tells it from one wallet's.
bool EconomyLaundering::Joint() {
  const std::uint64_t wanted = chain_.Roll(config_.joint_people);
  Draft draft;
  draft.kind = "joint";
  std::vector<WalletId> joined;
  std::uint64_t paid = 0;
  for (std::uint64_t attempt = 0; attempt < 3 * wanted && joined.size() < wanted; ++attempt) {
    const WalletId who = Participant(joined.size());
    if (std::find(joined.begin(), joined.end(), who) != joined.end()) continue;
    const std::uint64_t amount = trade_.Amount(who) / 4;
    if (amount < kSmallestPayment || !chain_.Contribute(&draft, who, amount, 1, 5)) continue;
    paid += amount;
    joined.push_back(who);
  }
  if (joined.size() < 2) {
    chain_.GiveBack(draft.coins);
    return false;
  }
  draft.maker = joined.front();
  draft.order = OrderHabit::kShuffled;
  draft.parts.push_back({wallets().ReceiveScript(wallets().Pick(Group::kAdversary)), paid});
  chain_.Emit(std::move(draft));
  return true;
}

// Next to nothing for many known addresses, in the hope that it is spent with the rest.
bool EconomyLaundering::Dusting() {
  const std::optional<WalletId> adversary = wallets().PickFunded(Group::kAdversary);
  if (!adversary.has_value()) return false;
  const std::uint64_t wanted = chain_.Roll(config_.dusted);
  std::vector<Part> parts;
  for (std::uint64_t attempt = 0; attempt < 4 * wanted && parts.size() < wanted; ++attempt) {
    const auto script = static_cast<ScriptId>(random().Below(wallets().scripts_count()));
    if (!wallets().IsPaid(script)) continue;
    // Keys of the mixer may be handed out, and coins that it has of them would go on to be its own.
    const Group group = wallets().GroupOf(wallets().WalletOf(script));
    if (group == Group::kAdversary || group == Group::kChipMixer) continue;
    parts.push_back({script, random().Between(kDust, 2 * kDust)});
  }
  if (parts.empty()) return false;
  return chain_.Pay(*adversary, "dusting", std::move(parts)).has_value();
}

}  // namespace coinwake::synthetic
