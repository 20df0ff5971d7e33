// What follows from something else, blocks later: deposits are swept, lent energy is given back,
// sellers pass their money on, poisoners follow payments.
#include <algorithm>

#include "tests/support/tron_economy.h"

namespace coinwake::synthetic {
namespace {

using tron::Resource;

constexpr std::int64_t kUsdt = 1'000'000;
constexpr std::int64_t kEnergyPrice = 210;            // sun
constexpr std::int64_t kMargin = 5 * kSunPerTrx / 2;  // memo, bandwidth and a new account
constexpr std::int64_t kRentPrice = 4 * kSunPerTrx;
constexpr std::int64_t kStakePerEnergy = 100'000;  // sun
constexpr std::int64_t kFirstTransferCost = kFirstTransferEnergy * kEnergyPrice + kMargin;

}  // namespace

void TronEconomy::Schedule(const Task& task, std::uint64_t least, std::uint64_t most) {
  const std::uint64_t delay =
      std::min(random_.Between(least, std::max(least, most)), std::uint64_t{kCalendarBlocks} - 1);
  calendar_[(chain_->number() + delay) % kCalendarBlocks].push_back(task);
}

void TronEconomy::RunDue() {
  const std::uint64_t most = 3 * options_.block_transactions + 10;
  std::vector<Task> due;
  due.swap(calendar_[chain_->number() % kCalendarBlocks]);
  for (const Task& task : due) {
    if (chain_->open_transactions() < most) {
      Run(task);
    } else {
      Schedule(task, 1, 3);
    }
  }
}

void TronEconomy::Run(const Task& task) {
  switch (task.kind) {
    case TaskKind::kFund:
      return Fund(task.account);
    case TaskKind::kSweep:
      return Sweep(task.account, /*is_staked=*/false);
    case TaskKind::kSweepStaked:
      return Sweep(task.account, /*is_staked=*/true);
    case TaskKind::kSweepTrx:
      return SweepTrx(task.account);
    case TaskKind::kGiveBack:
      chain_->Undelegate(At(task.other), At(task.account), task.amount, Resource::kEnergy,
                         {.permission_id = task.other == rental_ ? 2 : 0});
      return;
    case TaskKind::kLayer:
      return Layer(task.account, task.amount);
    case TaskKind::kLaunder:
      return Launder(task.account);
    case TaskKind::kPoison:
      return Poison(task.account, task.other);
    case TaskKind::kWithdrawUnfrozen:
      accounts_.SetBusy(task.account, false);
      chain_->WithdrawUnfrozen(At(task.account), task.amount);
      return;
  }
}

// With energy that is burnt, rented, or the sender's own (exchanges). False: the sender lacks the
// USDT or the TRX, and nothing was done.
bool TronEconomy::SendUsdt(AccountId from, AccountId to, std::int64_t amount) {
  if (amount <= 0 || UsdtOf(from) < amount) return false;
  const Address sender = At(from);
  const Address receiver = At(to);
  const std::int64_t energy =
      chain_->truth().TokenOf(usdt_, receiver) == 0 ? kFirstTransferEnergy : kTransferEnergy;
  const std::int64_t sun = TrxOf(from);
  TxOptions options = SomeOptions();
  options.energy = energy;
  if (accounts_.RoleOf(from) == AccountRole::kHot) {
    options.staked_energy = energy;
  } else if (sun < energy * kEnergyPrice + kMargin || random_.Percent(30)) {
    if (sun < kRentPrice + kMargin) return false;
    const std::int64_t stake = energy * kStakePerEnergy;
    chain_->RentEnergy(sender, At(rental_), kRentPrice, stake);
    Schedule({TaskKind::kGiveBack, from, rental_, stake}, 1, longest_delay_);
    options.staked_energy = energy;
  }
  chain_->TokenTransfer(usdt_, sender, receiver, static_cast<std::uint64_t>(amount), options);
  Arrived(from, to, /*is_trx=*/false);
  return true;
}

bool TronEconomy::SendTrx(AccountId from, AccountId to, std::int64_t sun) {
  if (TrxOf(from) < sun + kMargin) return false;
  chain_->Transfer(At(from), At(to), sun, SomeOptions());
  Arrived(from, to, /*is_trx=*/true);
  return true;
}

void TronEconomy::Arrived(AccountId from, AccountId to, bool is_trx) {
  const AccountRole role = accounts_.RoleOf(to);
  if (role == AccountRole::kDeposit && !accounts_.IsBusy(to)) {
    accounts_.SetBusy(to, true);
    Schedule({is_trx ? TaskKind::kSweepTrx : TaskKind::kFund, to}, 1, longest_delay_);
  }
  const TronOwnerId payee = accounts_.OwnerOf(to);
  if (role == AccountRole::kMain && accounts_.KindOf(payee) == TronOwnerKind::kSeller &&
      !accounts_.IsBusy(to) && random_.OneIn(2)) {
    accounts_.SetBusy(to, true);
    Schedule({TaskKind::kLaunder, to}, 1, 2 + longest_delay_ / 8);
  }
  if (!is_trx && accounts_.RoleOf(from) == AccountRole::kMain && random_.Percent(40)) {
    const auto look_alike = look_alikes_.find(to);
    if (look_alike != look_alikes_.end()) {
      Schedule({TaskKind::kPoison, from, look_alike->second}, 1, 4);
    }
  }
}

void TronEconomy::Fund(AccountId deposit) {
  const Exchange& exchange = ExchangeOf(accounts_.OwnerOf(deposit));
  const Address address = At(deposit);
  if (UsdtOf(deposit) == 0) {
    accounts_.SetBusy(deposit, false);
  } else if (!chain_->truth().IsActive(address) || random_.OneIn(2)) {
    chain_->Transfer(At(exchange.gas), address, 30 * kSunPerTrx);
    Schedule({TaskKind::kSweep, deposit}, 1, 4);
  } else {
    const std::int64_t stake = kTransferEnergy * kStakePerEnergy;
    chain_->Delegate(At(exchange.gas), address, stake, Resource::kEnergy);
    Schedule({TaskKind::kSweepStaked, deposit}, 1, 4);
    Schedule({TaskKind::kGiveBack, deposit, exchange.gas, stake}, 5, 9);
  }
}

void TronEconomy::Sweep(AccountId deposit, bool is_staked) {
  const Exchange& exchange = ExchangeOf(accounts_.OwnerOf(deposit));
  TxOptions options;
  options.energy = kTransferEnergy;
  if (is_staked) options.staked_energy = kTransferEnergy;
  if (!is_staked && TrxOf(deposit) < kTransferEnergy * kEnergyPrice) {
    chain_->Transfer(At(exchange.gas), At(deposit), 30 * kSunPerTrx);
  }
  chain_->TokenTransfer(usdt_, At(deposit), At(exchange.hot),
                        static_cast<std::uint64_t>(UsdtOf(deposit)), options);
  accounts_.SetBusy(deposit, false);
}

void TronEconomy::SweepTrx(AccountId deposit) {
  accounts_.SetBusy(deposit, false);
  const Exchange& exchange = ExchangeOf(accounts_.OwnerOf(deposit));
  const std::int64_t sun = TrxOf(deposit);
  if (sun > 0) chain_->Transfer(At(deposit), At(exchange.hot), sun);
  if (UsdtOf(deposit) > 0) {  // came meanwhile
    accounts_.SetBusy(deposit, true);
    Fund(deposit);
  }
}

// Out of the address that customers know, in one to three parts over fresh addresses.
void TronEconomy::Launder(AccountId main) {
  accounts_.SetBusy(main, false);
  const TronOwnerId owner = accounts_.OwnerOf(main);
  const bool is_watched = transfers_count() * 2 > options_.transfers;
  if (owner == listed_seller_ && is_watched) return;  // it keeps what will be destroyed
  const std::uint64_t parts = random_.Between(1, 3);
  for (std::uint64_t part = 0; part < parts; ++part) {
    const auto hops = static_cast<std::int64_t>(random_.Between(1, 4));
    const std::int64_t carried = (hops + 1) * 35 * kSunPerTrx;
    const std::int64_t held = UsdtOf(main);
    if (held < 20 * kUsdt) return;
    if (TrxOf(main) < carried + 2 * kFirstTransferCost) TopUp(main);
    if (TrxOf(main) < carried + 2 * kFirstTransferCost) return;
    const AccountId fresh = accounts_.NewAccount(owner, AccountRole::kFresh);
    SendTrx(main, fresh, carried);
    const auto left = static_cast<std::int64_t>(parts - part);
    SendUsdt(main, fresh, held / left);
    Schedule({TaskKind::kLayer, fresh, kNoAccount, hops - 1}, 1, longest_delay_);
  }
}

// A fresh address gives everything to the next one, at last to the seller's deposit address; a part
// may leave for there on the way.
void TronEconomy::Layer(AccountId account, std::int64_t hops) {
  const TronOwnerId owner = accounts_.OwnerOf(account);
  const AccountId main = accounts_.MainOf(owner);
  const AccountId deposit = Deposit(owner);
  const std::int64_t held = UsdtOf(account);
  if (held == 0) return;
  const Task again{TaskKind::kLayer, account, kNoAccount, hops};
  if (TrxOf(account) < kFirstTransferCost) {
    if (!SendTrx(main, account, 2 * kFirstTransferCost)) TopUp(main);
    Schedule(again, 1, longest_delay_);
    return;
  }
  if (hops <= 0) {
    SendUsdt(account, deposit, held);
    return;
  }
  if (random_.OneIn(5) && TrxOf(account) > 3 * kFirstTransferCost) {
    SendUsdt(account, deposit, held / 10);
  }
  const AccountId next = accounts_.NewAccount(owner, AccountRole::kFresh);
  const std::int64_t carried = TrxOf(account) - kFirstTransferCost - kMargin;
  if (carried > kSunPerTrx) SendTrx(account, next, carried);
  SendUsdt(account, next, UsdtOf(account));
  Schedule({TaskKind::kLayer, next, kNoAccount, hops - 1}, 1, longest_delay_);
}

void TronEconomy::Poison(AccountId victim, AccountId look_alike) {
  const Address address = At(victim);
  const Address alike = At(look_alike);
  const Address poisoner = At(poisoner_);
  if (TrxOf(poisoner_) < 1'000 * kSunPerTrx) TopUp(poisoner_);
  switch (random_.Below(3)) {
    case 0: {  // the victim seems to have paid nothing: anybody may say so of nothing
      std::vector<TokenEffect> effects = {{usdt_, address, alike, 0}};
      const AccountId other = PickMain(TronOwnerKind::kUser);
      if (other != victim) effects.push_back({usdt_, At(other), alike, 0});
      chain_->Call(poisoner, {.contract = poison_contract_,
                              .data = "batch",
                              .internals = {{.caller = poison_contract_,
                                             .to = chain_->truth().assets()[usdt_].contract}},
                              .transfers = effects});
      return;
    }
    case 1: {  // dust
      const auto dust = static_cast<std::int64_t>(random_.Between(1, 9'999));
      if (UsdtOf(look_alike) < dust && !SendUsdt(poisoner_, look_alike, kUsdt)) {
        SendUsdt(AnyExchange().hot, poisoner_, 1'000 * kUsdt);
        return;
      }
      if (TrxOf(look_alike) < kFirstTransferCost) {
        SendTrx(poisoner_, look_alike, 10 * kFirstTransferCost);
      }
      SendUsdt(look_alike, victim, dust);
      return;
    }
    default: {  // another token with the name
      const Uint256 amount = static_cast<std::uint64_t>(SomeUsdt());
      chain_->Call(poisoner, {.contract = chain_->truth().assets()[fake_].contract,
                              .data = "send",
                              .transfers = {{fake_, poisoner, alike, amount},
                                            {fake_, alike, address, amount}}});
    }
  }
}

}  // namespace coinwake::synthetic
