// Compilers evaluate arguments in the order they like: never two that draw numbers in one call, or
// the same seed would not give the same chain everywhere.
#include "tests/support/tron_economy.h"

#include <algorithm>
#include <limits>

#include "indexer/base/check.h"

namespace coinwake::synthetic {
namespace {

using tron::ContractResult;
using tron::Resource;

constexpr std::int64_t kUsdt = 1'000'000;    // units of one
constexpr std::int64_t kSunPerUsdtUnit = 4;  // so much TRX is one USDT
constexpr std::size_t kLookAlikes = 14;      // of the hot wallets and the first merchants
constexpr std::int64_t kBillion = 1'000'000'000;

// java-tron's accounts at the start of main net; the third is the black hole.
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

}  // namespace

TronEconomy::TronEconomy(const TronEconomyOptions& options)
    : options_(options),
      random_(options.seed * 0x9e3779b97f4a7c15 + 0x13198a2e03707344),
      accounts_(options.seed),
      calendar_(kCalendarBlocks) {
  std::vector<OpeningBalance> opening;
  FoundOwners(&opening);
  chain_.emplace(TronChainOptions{
      .seed = options.seed, .opening = std::move(opening), .keep_moves = options.keep_moves});
  const std::uint64_t blocks =
      options.transfers / std::max<std::uint64_t>(1, options.block_transactions);
  longest_delay_ = std::clamp<std::uint64_t>(blocks / 10, 3, kCalendarBlocks - 1);
}

void TronEconomy::FoundOwners(std::vector<OpeningBalance>* opening) {
  const auto give = [&](AccountId account, std::int64_t trx) {
    opening->push_back({At(account), trx * kSunPerTrx});
  };
  const auto pairs = FindLookAlikes(options_.seed, kLookAlikes);
  std::size_t next_pair = 0;
  const TronOwnerId poisoner = accounts_.NewOwner(TronOwnerKind::kPoisoner);
  poisoner_ = accounts_.MainOf(poisoner);
  give(poisoner_, 10'000'000);
  const auto prominent = [&](AccountId account) {
    look_alikes_[account] =
        accounts_.AddAccount(poisoner, AccountRole::kLookAlike, pairs[next_pair].second);
    ++next_pair;
  };
  for (Exchange& exchange : exchanges_) {
    exchange.owner = accounts_.NewOwner(TronOwnerKind::kExchange);
    exchange.hot = accounts_.AddAccount(exchange.owner, AccountRole::kHot, pairs[next_pair].first);
    prominent(exchange.hot);
    exchange.gas = accounts_.NewAccount(exchange.owner, AccountRole::kGas);
    give(accounts_.MainOf(exchange.owner), 1'000);
    give(exchange.hot, 20 * kBillion);
    give(exchange.gas, 2 * kBillion);
  }
  while (next_pair < pairs.size()) {
    const TronOwnerId owner = accounts_.NewOwner(TronOwnerKind::kMerchant, pairs[next_pair].first);
    prominent(accounts_.MainOf(owner));
  }
  const auto found = [&](TronOwnerKind kind, std::int64_t trx) {
    const AccountId main = accounts_.MainOf(accounts_.NewOwner(kind));
    give(main, trx);
    return main;
  };
  rental_ = found(TronOwnerKind::kEnergyRental, 5 * kBillion);
  issuer_ = found(TronOwnerKind::kIssuer, 10'000'000);
  airdropper_ = found(TronOwnerKind::kAirdropper, 10'000'000);
  found(TronOwnerKind::kSwap, 5 * kBillion);
  for (std::uint64_t i = 0; i < kWitnesses; ++i) {
    const TronOwnerId owner =
        accounts_.NewOwner(TronOwnerKind::kWitness, WitnessAddress(options_.seed, i));
    witnesses_.push_back(accounts_.MainOf(owner));
    give(witnesses_.back(), 10'000);
  }
  const AccountId hole = accounts_.MainOf(accounts_.NewOwner(TronOwnerKind::kBlackHole));
  opening->push_back({At(hole), kLeast});
}

void TronEconomy::FoundContracts() {
  TronChainBuilder& chain = *chain_;
  const auto own = [&](TronOwnerId owner, const Address& contract) {
    accounts_.AddAccount(owner, AccountRole::kContract, contract);
    return contract;
  };
  std::optional<Address> tether;
  if (options_.tether_address) {
    tether = *tron::ParseAddress("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
  }
  usdt_ = chain.DeployToken(At(issuer_), "Tether USD", tether);
  own(accounts_.OwnerOf(issuer_), chain.truth().assets()[usdt_].contract);
  fake_ = chain.DeployToken(At(poisoner_), "Tether USD");
  own(accounts_.OwnerOf(poisoner_), chain.truth().assets()[fake_].contract);
  trc10_ = chain.IssueTrc10(At(airdropper_), "LuckyCoin", kBillion * kBillion);
  const TronOwnerId swap = Pick(TronOwnerKind::kSwap);
  const Address swapper = At(accounts_.MainOf(swap));
  router_ = own(swap, chain.DeployContract(swapper, "Router"));
  pool_ = own(swap, chain.DeployContract(swapper, "Pool", kBillion * kSunPerTrx));
  game_ = own(accounts_.OwnerOf(airdropper_), chain.DeployContract(At(airdropper_), "Game"));
  poison_contract_ =
      own(accounts_.OwnerOf(poisoner_), chain.DeployContract(At(poisoner_), "Helper"));

  chain.Mint(fake_, Uint256(kBillion) * kBillion * kBillion);
  chain.Mint(usdt_, 10 * kBillion * kUsdt);
  for (const Exchange& exchange : exchanges_) {
    chain.TokenTransfer(usdt_, At(issuer_), At(exchange.hot), 4 * kBillion * kUsdt);
    chain.Freeze(At(exchange.gas), kBillion * kSunPerTrx, Resource::kEnergy);
    chain.Freeze(At(exchange.hot), kBillion * kSunPerTrx, Resource::kEnergy);
  }
  chain.TokenTransfer(usdt_, At(issuer_), pool_, 250'000'000 * kUsdt);
  chain.Freeze(At(rental_), 4 * kBillion * kSunPerTrx, Resource::kEnergy);
  const AccountId key = accounts_.NewAccount(accounts_.OwnerOf(rental_), AccountRole::kKey);
  chain.UpdatePermission(At(rental_), {At(rental_), At(key)}, 1);
  chain.NextBlock();

  for (const TronOwnerId merchant : accounts_.Members(TronOwnerKind::kMerchant)) {
    TopUp(accounts_.MainOf(merchant));
  }
  for (int i = 0; i < 6; ++i) Join(TronOwnerKind::kSeller);
  for (int i = 0; i < 40; ++i) Join(TronOwnerKind::kUser);
  listed_seller_ = accounts_.Members(TronOwnerKind::kSeller).front();
}

std::int64_t TronEconomy::UsdtOf(AccountId account) const {
  return static_cast<std::int64_t>(
      ToUint64(chain_->truth().TokenOf(usdt_, At(account))).value_or(0));
}

const TronEconomy::Exchange& TronEconomy::ExchangeOf(TronOwnerId owner) const {
  return owner == exchanges_[0].owner ? exchanges_[0] : exchanges_[1];
}

TronOwnerId TronEconomy::Pick(TronOwnerKind kind) {
  const std::vector<TronOwnerId>& members = accounts_.Members(kind);
  return members[random_.Skewed(members.size())];
}

AccountId TronEconomy::Deposit(TronOwnerId customer) {
  return accounts_.DepositOf(customer, AnyExchange().owner);
}

TxOptions TronEconomy::SomeOptions() {
  TxOptions options;
  options.burns_bandwidth = random_.Percent(30);
  options.pads_with_prefix = random_.Percent(33);
  if (random_.OneIn(150)) options.memo = "Invoice " + std::to_string(random_.Below(100'000));
  return options;
}

std::int64_t TronEconomy::SomeUsdt() {
  const std::uint64_t most = random_.OneIn(12) ? 5'000 : 400;
  const auto whole = static_cast<std::int64_t>(random_.Between(5, most));
  return whole * kUsdt + (random_.OneIn(3) ? static_cast<std::int64_t>(random_.Below(kUsdt)) : 0);
}

std::uint64_t TronEconomy::transfers_count() const {
  std::uint64_t count = 0;
  for (const MoveKind kind : {MoveKind::kTransfer, MoveKind::kCallValue, MoveKind::kInternal,
                              MoveKind::kMint, MoveKind::kBurn}) {
    count += chain_->moves_count(kind);
  }
  return count;
}

// A new owner's first money comes out of an exchange.
void TronEconomy::Join(TronOwnerKind kind) {
  const TronOwnerId owner = accounts_.NewOwner(kind);
  const AccountId main = accounts_.MainOf(owner);
  TopUp(main);
  const AccountId hot = AnyExchange().hot;
  SendUsdt(hot, main, static_cast<std::int64_t>(random_.Between(200, 4'000)) * kUsdt);
  if (kind == TronOwnerKind::kSeller && random_.OneIn(4)) {
    // Signed for with another key, so that the two are seen to be one.
    const AccountId key = accounts_.NewAccount(owner, AccountRole::kKey);
    SendTrx(hot, main, 110 * kSunPerTrx);
    chain_->UpdatePermission(At(main), {At(key)}, 1);
  }
}

void TronEconomy::TopUp(AccountId account) {
  const auto trx = static_cast<std::int64_t>(random_.Between(300, 1'500));
  const AccountId hot = AnyExchange().hot;
  chain_->Transfer(At(hot), At(account), trx * kSunPerTrx, SomeOptions());
}

void TronEconomy::UsdtPayment() {
  const TronOwnerId payer = Pick(TronOwnerKind::kUser);
  const AccountId from = accounts_.MainOf(payer);
  const std::uint64_t roll = random_.Below(100);
  const AccountId to = roll < 30   ? PickMain(TronOwnerKind::kUser)
                       : roll < 55 ? PickMain(TronOwnerKind::kMerchant)
                       : roll < 67 ? PickMain(TronOwnerKind::kSeller)
                                   : Deposit(payer);
  if (from == to) return;
  const std::int64_t amount = std::min(SomeUsdt(), UsdtOf(from));
  if (amount < kUsdt) {
    const AccountId hot = AnyExchange().hot;
    SendUsdt(hot, from, SomeUsdt() * 4);
  } else if (!SendUsdt(from, to, amount)) {
    TopUp(from);
  }
}

void TronEconomy::TrxPayment() {
  const TronOwnerId payer = Pick(TronOwnerKind::kUser);
  const AccountId from = accounts_.MainOf(payer);
  const std::uint64_t roll = random_.Below(100);
  const AccountId to = roll < 55   ? PickMain(TronOwnerKind::kUser)
                       : roll < 75 ? PickMain(TronOwnerKind::kMerchant)
                       : roll < 80 ? PickMain(TronOwnerKind::kSeller)
                                   : Deposit(payer);
  const auto sun = static_cast<std::int64_t>(random_.Between(1, 200)) * kSunPerTrx / 2;
  if (from == to || !SendTrx(from, to, sun)) TopUp(from);
}

void TronEconomy::Withdraw() {
  const Exchange& exchange = AnyExchange();
  const AccountId to = PickMain(random_.OneIn(15) ? TronOwnerKind::kSeller : TronOwnerKind::kUser);
  if (UsdtOf(exchange.hot) < 100'000'000 * kUsdt) {
    MintOrRedeem();
    SendUsdt(issuer_, exchange.hot, UsdtOf(issuer_) / 2);
    return;
  }
  SendUsdt(exchange.hot, to, SomeUsdt() * 3);
}

void TronEconomy::CashOut(TronOwnerId owner) {
  const AccountId main = accounts_.MainOf(owner);
  const std::int64_t held = UsdtOf(main);
  if (held < 50 * kUsdt || !SendUsdt(main, Deposit(owner), held * 9 / 10)) {
    if (TrxOf(main) < 100 * kSunPerTrx) {
      TopUp(main);
    } else {
      TrxPayment();
    }
  }
}

void TronEconomy::Swap() {
  const AccountId user = PickMain(TronOwnerKind::kUser);
  const Address address = At(user);
  const std::int64_t units = std::min(SomeUsdt(), UsdtOf(user));
  const std::int64_t sun = units * kSunPerUsdtUnit;
  const std::int64_t pool_sun = chain_->truth().TrxOf(pool_);
  if (TrxOf(user) < 60 * kSunPerTrx || units < kUsdt || sun >= pool_sun) {
    TopUp(user);
    return;
  }
  const TxOptions options = SomeOptions();
  if (random_.OneIn(2)) {  // USDT for TRX; now and then a referrer's share is refused
    ContractCall call{.contract = router_,
                      .data = "swapTokens",
                      .internals = {{.caller = pool_, .to = router_, .amount = sun},
                                    {.caller = router_, .to = address, .amount = sun}},
                      .transfers = {{usdt_, address, pool_, units}}};
    if (random_.OneIn(10)) {
      call.internals.push_back(
          {.caller = router_, .to = game_, .amount = sun / 100, .rejected = true});
    }
    chain_->Call(address, call, options);
    return;
  }
  const std::int64_t paid = std::min(sun, TrxOf(user) - 50 * kSunPerTrx);
  const Uint256 bought = static_cast<std::uint64_t>(paid / kSunPerUsdtUnit);
  chain_->Call(address,
               {.contract = router_,
                .call_value = paid,
                .data = "swapTrx",
                .internals = {{.caller = router_, .to = pool_, .amount = paid}},
                .transfers = {{usdt_, pool_, address, bought}}},
               options);
}

// A contract that moves nothing, and approvals.
void TronEconomy::OtherCall() {
  const AccountId user = PickMain(TronOwnerKind::kUser);
  if (TrxOf(user) < 40 * kSunPerTrx) {
    TopUp(user);
  } else if (random_.OneIn(3)) {
    chain_->Approve(usdt_, At(user), router_, Uint256(1) << 255, SomeOptions());
  } else {
    static const Hash256 topic = Keccak256(tron::SpanOf("Played(address,uint256)"));
    const ContractCall call{.contract = game_,
                            .call_value = static_cast<std::int64_t>(random_.Below(3)) * kSunPerTrx,
                            .data = "play",
                            .logs = {{game_, {topic}, std::string(64, '\1')}}};
    chain_->Call(At(user), call, SomeOptions());
  }
}

void TronEconomy::Stake() {
  const AccountId user = PickMain(TronOwnerKind::kUser);
  const Address address = At(user);
  const std::int64_t frozen = chain_->truth().FrozenOf(address);
  const std::uint64_t roll = random_.Below(10);
  if (roll == 0) {
    const AccountId witness = witnesses_[random_.Below(witnesses_.size())];
    chain_->WithdrawReward(At(witness),
                           static_cast<std::int64_t>(random_.Between(1, 900)) * kSunPerTrx);
  } else if (TrxOf(user) < 120 * kSunPerTrx) {
    TopUp(user);
  } else if (roll < 5 || frozen == 0) {
    const auto sun = static_cast<std::int64_t>(random_.Between(10, 100)) * kSunPerTrx;
    chain_->Freeze(address, sun, random_.OneIn(2) ? Resource::kEnergy : Resource::kBandwidth);
  } else if (roll < 8) {
    chain_->Vote(address,
                 {{At(witnesses_[random_.Below(witnesses_.size())]), frozen / kSunPerTrx}});
  } else if (roll < 9) {
    chain_->WithdrawReward(address, frozen / 10'000 + 1);
  } else if (!accounts_.IsBusy(user)) {
    const std::int64_t part = frozen / 3 + 1;
    chain_->Unfreeze(address, part, Resource::kEnergy);
    accounts_.SetBusy(user, true);
    Schedule({TaskKind::kWithdrawUnfrozen, user, kNoAccount, part}, 1, longest_delay_);
  }
}

void TronEconomy::AirDrop() {
  const AccountId user = PickMain(TronOwnerKind::kUser);
  const auto amount = static_cast<std::int64_t>(random_.Between(1, 1'000'000));
  if (random_.Percent(70)) {
    chain_->TransferTrc10(trc10_, At(airdropper_), At(user), amount);
    return;
  }
  const Uint256 held = chain_->truth().TokenOf(trc10_, At(user));
  const AccountId other = PickMain(TronOwnerKind::kUser);
  if (held == 0 || user == other || TrxOf(user) < 3 * kSunPerTrx) {
    chain_->TransferTrc10(trc10_, At(airdropper_), At(user), amount);
  } else {
    chain_->TransferTrc10(trc10_, At(user), At(other), static_cast<std::int64_t>(held),
                          SomeOptions());
  }
}

void TronEconomy::FailedCall() {
  const AccountId user = PickMain(TronOwnerKind::kUser);
  if (TrxOf(user) < 60 * kSunPerTrx) {
    TopUp(user);
    return;
  }
  TxOptions options = SomeOptions();
  options.result = random_.OneIn(2) ? ContractResult::kRevert : ContractResult::kOutOfEnergy;
  const Address address = At(user);
  if (random_.Percent(80)) {
    const Address to = At(PickMain(TronOwnerKind::kUser));
    chain_->TokenTransfer(usdt_, address, to, UsdtOf(user) + SomeUsdt(), options);
    return;
  }
  chain_->Call(address,
               {.contract = router_,
                .call_value = 5 * kSunPerTrx,
                .data = "swapTrx",
                .internals = {{.caller = router_, .to = pool_, .amount = 5 * kSunPerTrx}}},
               options);
}

void TronEconomy::MintOrRedeem() {
  const std::int64_t held = UsdtOf(issuer_);
  if (held > 2 * kBillion * kUsdt) {
    chain_->Redeem(usdt_, held / 4);
  } else {
    chain_->Mint(usdt_, kBillion * kUsdt);
  }
}

// What happens once: a seller's money is frozen and, later, destroyed; a user's is frozen by
// mistake.
void TronEconomy::Milestones() {
  const std::uint64_t percent = transfers_count() * 100 / options_.transfers;
  const Address seller = At(accounts_.MainOf(listed_seller_));
  const Address user = At(PickMain(TronOwnerKind::kUser));
  const bool holds = chain_->truth().TokenOf(usdt_, seller) > 0;
  if (milestone_ == 0 && percent >= 60 && holds) {
    chain_->BlackList(usdt_, seller);
    milestone_ = 1;
  } else if (milestone_ == 1 && percent >= 65) {
    TopUp(accounts_.MainOf(listed_seller_));
    chain_->TokenTransfer(usdt_, seller, user, chain_->truth().TokenOf(usdt_, seller),
                          {.result = ContractResult::kRevert});
    milestone_ = 2;
  } else if (milestone_ == 2 && percent >= 70) {
    const Address mistaken = At(accounts_.MainOf(accounts_.Members(TronOwnerKind::kUser)[1]));
    chain_->BlackList(usdt_, mistaken);
    chain_->UnBlackList(usdt_, mistaken);
    milestone_ = 3;
  } else if (milestone_ == 3 && percent >= 75) {
    chain_->DestroyBlackFunds(usdt_, seller);
    milestone_ = 4;
  }
}

// Shares in 1000 of what is done; what follows from it (sweeps, layers, energy) comes on top.
void TronEconomy::Step() {
  const std::uint64_t roll = random_.Below(1000);
  if (roll < 310) {
    UsdtPayment();
  } else if (roll < 410) {
    Withdraw();
  } else if (roll < 640) {
    TrxPayment();
  } else if (roll < 765) {
    AirDrop();
  } else if (roll < 820) {
    Swap();
  } else if (roll < 860) {
    OtherCall();
  } else if (roll < 885) {
    FailedCall();
  } else if (roll < 925) {
    Stake();
  } else if (roll < 950) {
    CashOut(Pick(TronOwnerKind::kMerchant));
  } else if (roll < 951) {
    Join(random_.OneIn(8) ? TronOwnerKind::kSeller : TronOwnerKind::kMerchant);
  } else if (roll < 952 && random_.OneIn(10)) {
    MintOrRedeem();
  } else {
    Join(TronOwnerKind::kUser);
  }
}

void TronEconomy::MakeBlock() {
  constexpr std::size_t kLargestBlock = 1'500'000;  // bytes; java-tron allows 2,000,000
  if (usdt_ == kTrx) FoundContracts();
  RunDue();
  Milestones();
  const std::uint64_t wanted = options_.block_transactions * random_.Between(60, 140) / 100;
  while (chain_->open_transactions() < wanted && chain_->open_size_bytes() < kLargestBlock &&
         transfers_count() < options_.transfers) {
    Step();
  }
  // Maintenance skips two slots, and a witness is away now and then.
  chain_->NextBlock(chain_->number() % 7'200 == 0 ? 2 : random_.OneIn(400) ? 1 : 0);
}

}  // namespace coinwake::synthetic
