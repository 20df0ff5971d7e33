#include "tests/support/economy_trade.h"

#include <algorithm>
#include <iterator>

namespace coinwake::synthetic {
namespace {

constexpr int kAttempts = 6;  // to find somebody who can
constexpr std::size_t kMostInputs = 60;
constexpr std::uint8_t kSighashAllAnyoneCanPay = 0x81;
constexpr std::uint8_t kSighashSingleAnyoneCanPay = 0x83;
constexpr std::uint32_t kMixersAtStart = 30;  // people with each of the CoinJoin clients

}  // namespace

std::size_t RollShares(const std::uint32_t* shares, std::size_t count, Random* random) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < count; ++i) all += shares[i];
  std::uint64_t roll = random->Below(all);
  for (std::size_t i = 0; i < count; ++i) {
    if (roll < shares[i]) return i;
    roll -= shares[i];
  }
  return 0;
}

WalletStyle EconomyTrade::StyleBy(const std::array<std::uint32_t, kWalletStyles>& shares) {
  return static_cast<WalletStyle>(RollShares(shares.data(), shares.size(), &random()));
}

void EconomyTrade::NewPerson(WalletStyle style) {
  wallets().NewWallet(wallets().NewOwner(), Group::kPerson, style);
}

void EconomyTrade::Found() {
  for (std::uint32_t i = 0; i < config_.founders; ++i) NewPerson(StyleBy(config_.people));
  for (const WalletStyle style :
       {WalletStyle::kWasabi, WalletStyle::kSamourai, WalletStyle::kJoinMarket}) {
    for (std::uint32_t i = 0; i < kMixersAtStart; ++i) NewPerson(style);
  }
  for (std::uint32_t i = 0; i < config_.merchants_count; ++i) {
    wallets().NewWallet(wallets().NewOwner(), Group::kMerchant, StyleBy(config_.merchants));
  }
  for (std::uint32_t i = 0; i < config_.sellers_count; ++i) {
    wallets().NewWallet(wallets().NewOwner(), Group::kSeller, StyleBy(config_.sellers));
  }
  for (std::uint32_t i = 0; i < config_.miners_count; ++i) {
    wallets().NewWallet(wallets().NewOwner(), Group::kMiner, WalletStyle::kBatcher);
  }
  for (std::uint32_t i = 0; i < config_.custody_clients_count; ++i) {
    wallets().NewWallet(wallets().NewOwner(), Group::kCustodyClient, WalletStyle::kCustody);
  }
  wallets().NewWallet(wallets().NewOwner(), Group::kAdversary, WalletStyle::kCore);
  for (std::uint32_t i = 0; i < config_.exchanges_count; ++i) {
    const OwnerId owner = wallets().NewOwner();
    Exchange exchange;
    exchange.deposits = wallets().NewWallet(owner, Group::kExchangeDeposits, WalletStyle::kBatcher);
    exchange.hot = wallets().NewWallet(owner, Group::kExchangeHot, WalletStyle::kBatcher);
    const ScriptKind kind = wallets().FingerprintOf(exchange.hot).receives;
    for (std::uint32_t j = 0; j < config_.hot_addresses; ++j) {
      exchange.hot_scripts.push_back(wallets().NewScript(exchange.hot, kind));
    }
    exchanges_.push_back(std::move(exchange));
  }
}

void EconomyTrade::Grow() {
  if (random().OneIn(config_.person_one_in)) NewPerson(StyleBy(config_.people));
  if (random().OneIn(3000)) {
    wallets().NewWallet(wallets().NewOwner(), Group::kSeller, StyleBy(config_.sellers));
  }
  if (random().OneIn(4000)) {
    wallets().NewWallet(wallets().NewOwner(), Group::kMerchant, StyleBy(config_.merchants));
  }
}

std::optional<WalletId> EconomyTrade::Payer() {
  constexpr std::pair<Group, std::uint32_t> kShares[] = {
      {Group::kPerson, 90}, {Group::kMerchant, 6}, {Group::kSeller, 2}, {Group::kCustodyClient, 2}};
  std::uint64_t roll = random().Below(100);
  for (const auto& [group, share] : kShares) {
    if (roll < share) {
      const std::optional<WalletId> wallet = wallets().PickFunded(group);
      return wallet.has_value() ? wallet : wallets().PickFunded(Group::kPerson);
    }
    roll -= share;
  }
  return std::nullopt;
}

std::uint64_t EconomyTrade::Amount(WalletId payer) {
  // About 0.001 to 10 bitcoin, smaller sums more often.
  constexpr std::uint32_t kShares[] = {25, 40, 28, 7};
  std::uint64_t scale = 100'000;
  for (std::size_t i = RollShares(kShares, std::size(kShares), &random()); i > 0; --i) scale *= 10;
  std::uint64_t amount = random().Between(scale / 10, 10 * scale - 1);
  const bool round = random().Percent(wallets().FingerprintOf(payer).round_percent);
  const std::uint64_t affordable = wallets().BalanceOf(payer) * 4 / 5;
  // People spend what they have more often than a little of much.
  if (random().Percent(config_.much_of_balance_percent)) {
    amount = affordable * random().Between(100, 1000) / 1000;
    while (scale >= 1000 && scale > amount) scale /= 10;
    while (scale < 10 * kCoin && 10 * scale <= amount) scale *= 10;
  }
  while (amount > affordable && scale >= 1000) {
    amount /= 10;
    scale /= 10;
  }
  if (round) amount = std::max(amount / (scale / 10), std::uint64_t{1}) * (scale / 10);
  return amount > affordable || amount < kSmallestPayment ? 0 : amount;
}

ScriptId EconomyTrade::DepositOf(WalletId customer) {
  const std::optional<WalletId> used = wallets().DepositsUsedBy(customer);
  if (used.has_value() && random().Percent(85)) return wallets().DepositScript(customer, *used);
  const Exchange& exchange = exchanges_[random().Skewed(exchanges_.size())];
  return wallets().DepositScript(customer, exchange.deposits);
}

ScriptId EconomyTrade::Payee(WalletId payer) {
  const std::uint64_t roll = random().Below(100);
  std::uint64_t until = config_.to_exchange_percent;
  if (roll < until) return DepositOf(payer);
  Group group = Group::kPerson;
  if (roll < (until += config_.to_merchant_percent)) {
    group = Group::kMerchant;
  } else if (roll < (until += config_.to_seller_percent)) {
    group = Group::kSeller;
  } else if (roll < until + 1) {
    group = Group::kCustodyClient;
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const WalletId payee = wallets().Pick(group);
    if (wallets().OwnerOf(payee) != wallets().OwnerOf(payer)) return wallets().ReceiveScript(payee);
  }
  return DepositOf(payer);
}

ScriptId EconomyTrade::HotScript(const Exchange& exchange) {
  return exchange.hot_scripts[random().Below(exchange.hot_scripts.size())];
}

bool EconomyTrade::Payment() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::optional<WalletId> payer = Payer();
    if (!payer.has_value()) return false;
    if (random().Percent(config_.empties_percent)) {
      const std::vector<Coin> coins = wallets().TakeOldest(*payer, kMostInputs);
      if (chain_.Gather(*payer, "payment", coins, {Payee(*payer)}).has_value()) return true;
      continue;
    }
    const std::uint64_t amount = Amount(*payer);
    if (amount == 0) continue;
    std::vector<Part> parts = {{Payee(*payer), amount}};
    if (random().Percent(4)) parts.push_back({Payee(*payer), std::max(amount / 7, kDust)});
    if (chain_.Pay(*payer, "payment", std::move(parts)).has_value()) return true;
  }
  return false;
}

bool EconomyTrade::Deposit() {
  constexpr Group kCustomers[] = {Group::kPerson, Group::kPerson, Group::kPerson, Group::kMerchant,
                                  Group::kSeller};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Group group = kCustomers[random().Below(std::size(kCustomers))];
    const std::optional<WalletId> payer = wallets().PickFunded(group);
    if (!payer.has_value()) continue;
    // Merchants sell what they took: most of it, now and then all.
    const bool empties = random().Percent(group == Group::kMerchant ? 15 : config_.empties_percent);
    if (empties && group != Group::kSeller) {
      const std::vector<Coin> coins = wallets().TakeOldest(*payer, kMostInputs);
      if (chain_.Gather(*payer, "deposit", coins, {DepositOf(*payer)}).has_value()) return true;
      continue;
    }
    const std::uint64_t amount =
        group == Group::kMerchant ? wallets().BalanceOf(*payer) * random().Between(500, 950) / 1000
                                  : Amount(*payer);
    if (amount < kSmallestPayment) continue;
    if (chain_.Pay(*payer, "deposit", {{DepositOf(*payer), amount}}).has_value()) return true;
  }
  return false;
}

bool EconomyTrade::Sweep() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Exchange& exchange = exchanges_[random().Below(exchanges_.size())];
    if (wallets().CoinsOf(exchange.deposits) < config_.inputs_of_sweep.low) continue;
    std::vector<Coin> coins =
        wallets().TakeOldest(exchange.deposits, chain_.Roll(config_.inputs_of_sweep));
    if (random().Percent(config_.sweep_with_hot_percent)) {
      for (const Coin& coin : wallets().TakeOldest(exchange.hot, 1)) coins.push_back(coin);
    }
    const Part to = {HotScript(exchange)};
    if (chain_.Gather(exchange.hot, "sweep", std::move(coins), to).has_value()) return true;
  }
  return false;
}

bool EconomyTrade::Withdrawal() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Exchange& exchange = exchanges_[random().Below(exchanges_.size())];
    const std::uint64_t balance = wallets().BalanceOf(exchange.hot);
    // Few more often than many.
    const Range range = config_.payees_of_withdrawal;
    const std::uint64_t payees = range.low + random().Skewed(range.high - range.low + 1);
    if (balance / (3 * payees) < 10 * kSmallestPayment) continue;
    std::vector<Part> parts;
    for (std::uint64_t i = 0; i < payees; ++i) {
      const std::uint64_t roll = random().Below(10);
      const WalletId payee = wallets().Pick(roll == 0   ? Group::kMerchant
                                            : roll == 1 ? Group::kSeller
                                                        : Group::kPerson);
      const std::uint64_t most = balance / (3 * payees);
      std::uint64_t amount = Amount(exchange.hot);
      // Not the limit itself, or several would be paid the same.
      if (amount > most || amount < kSmallestPayment) amount = random().Between(most / 4, most);
      parts.push_back({wallets().ReceiveScript(payee), amount});
    }
    EconomyChain::PayOptions options;
    options.change =
        random().Percent(config_.fresh_hot_change_percent)
            ? wallets().NewScript(exchange.hot, wallets().FingerprintOf(exchange.hot).change)
            : HotScript(exchange);
    if (chain_.Pay(exchange.hot, "withdrawal", std::move(parts), options).has_value()) return true;
  }
  return false;
}

bool EconomyTrade::PoolPayout() {
  const std::optional<WalletId> miner = wallets().PickFunded(Group::kMiner);
  if (!miner.has_value()) return false;
  const std::uint64_t payees = random().Between(5, 30);
  // Two coinbases at most; the shares are of what is likely to be in them.
  const std::uint64_t budget = std::min(wallets().BalanceOf(*miner), 100 * kCoin) / 2;
  if (budget / payees < 10 * kSmallestPayment) return false;
  std::vector<Part> parts;
  for (std::uint64_t i = 0; i < payees; ++i) {
    const std::uint64_t roll = random().Below(100);
    const Group group = roll < 3    ? Group::kOperator
                        : roll < 5  ? Group::kAdversary
                        : roll < 8  ? Group::kCustodyClient
                        : roll < 20 ? Group::kMerchant
                                    : Group::kPerson;
    const std::uint64_t share = budget / payees;
    parts.push_back(
        {wallets().ReceiveScript(wallets().Pick(group)), random().Between(share / 4, share)});
  }
  return chain_.Pay(*miner, "pool_payout", std::move(parts)).has_value();
}

bool EconomyTrade::Consolidation() {
  for (int attempt = 0; attempt < 2 * kAttempts; ++attempt) {
    const std::optional<WalletId> wallet =
        wallets().PickFunded(random().Percent(30) ? Group::kMerchant : Group::kPerson);
    if (!wallet.has_value()) continue;
    if (wallets().CoinsOf(*wallet) < config_.inputs_of_consolidation.low) continue;
    const std::vector<Coin> coins =
        wallets().TakeOldest(*wallet, chain_.Roll(config_.inputs_of_consolidation));
    const Part to = {wallets().NewScript(*wallet, wallets().FingerprintOf(*wallet).receives)};
    if (chain_.Gather(*wallet, "consolidation", coins, to).has_value()) return true;
  }
  return false;
}

// BIP78: the receiver adds a coin of its own, and is paid that much more.
bool EconomyTrade::PayJoin() {
  const std::optional<WalletId> payer = wallets().PickFunded(Group::kPerson);
  const std::optional<WalletId> payee = wallets().PickFunded(Group::kMerchant);
  if (!payer.has_value() || !payee.has_value()) return false;
  const std::uint64_t amount = Amount(*payer);
  Draft draft;
  draft.kind = "payjoin";
  draft.maker = *payer;
  if (amount == 0 || !chain_.Contribute(&draft, *payer, amount, 3, 10)) return false;
  const std::vector<Coin> own = wallets().TakeOldest(*payee, 1);
  draft.coins.push_back(own.front());
  draft.parts.push_back({wallets().ReceiveScript(*payee), amount + own.front().value});
  chain_.Emit(std::move(draft));
  return true;
}

// A marketplace's trade: the seller signs one input and what is paid for it; the buyer adds the
// rest.
bool EconomyTrade::Sale() {
  constexpr std::uint64_t kMostOfItem = kCoin / 100;  // the coin that carries what is sold
  const std::optional<WalletId> buyer = wallets().PickFunded(Group::kPerson);
  if (!buyer.has_value()) return false;
  const std::uint64_t price = Amount(*buyer);
  if (price == 0) return false;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::optional<WalletId> seller = wallets().PickFunded(Group::kPerson);
    if (!seller.has_value() || *seller == *buyer) continue;
    const std::vector<Coin> sold = wallets().TakeOldest(*seller, 1);
    Draft draft;
    draft.kind = "sale";
    draft.maker = *buyer;
    draft.order = OrderHabit::kAsMade;
    draft.coins = sold;
    draft.parts = {{wallets().ReceiveScript(*seller), price},
                   {wallets().ReceiveScript(*buyer), sold.front().value}};
    if (sold.front().value > kMostOfItem || !chain_.Contribute(&draft, *buyer, price, 2, 10)) {
      chain_.GiveBack(sold);
      continue;
    }
    draft.sighashes.assign(draft.coins.size(), 0x01);
    draft.sighashes.front() = kSighashSingleAnyoneCanPay;
    chain_.Emit(std::move(draft));
    return true;
  }
  return false;
}

// An assurance contract: strangers add coins to one output until it is full.
bool EconomyTrade::Crowdfund() {
  constexpr std::uint64_t kMostOfOne = kCoin / 10;
  Draft draft;
  draft.kind = "crowdfund";
  draft.order = OrderHabit::kAsMade;
  const std::uint64_t donors = random().Between(3, 12);
  for (std::uint64_t i = 0; i < 4 * donors && draft.coins.size() < donors; ++i) {
    const std::optional<WalletId> donor = wallets().PickFunded(Group::kPerson);
    if (!donor.has_value()) break;
    const Coin coin = wallets().TakeOldest(*donor, 1).front();
    if (coin.value > kMostOfOne || coin.value < 4 * kSmallestPayment) {
      wallets().Give(coin);
    } else {
      draft.maker = *donor;
      draft.coins.push_back(coin);
    }
  }
  if (draft.coins.size() < 3) {
    chain_.GiveBack(draft.coins);
    return false;
  }
  draft.sighashes.assign(draft.coins.size(), kSighashAllAnyoneCanPay);
  const ScriptId project = wallets().ReceiveScript(wallets().Pick(Group::kMerchant));
  const std::uint64_t sum = ValueOf(draft.coins);
  const std::uint64_t fee = chain_.FeeOf(draft.maker, draft.coins, {{project}});
  draft.parts = {{project, sum - std::min(fee, sum / 2)}};
  chain_.Emit(std::move(draft));
  return true;
}

// A custodian pays for several clients in one transaction.
bool EconomyTrade::SharedCustody() {
  Draft draft;
  draft.kind = "custody";
  std::vector<WalletId> clients;
  for (int attempt = 0; attempt < kAttempts && clients.size() < 3; ++attempt) {
    const std::optional<WalletId> client = wallets().PickFunded(Group::kCustodyClient);
    if (!client.has_value()) break;
    if (std::find(clients.begin(), clients.end(), *client) != clients.end()) continue;
    const std::uint64_t amount = Amount(*client);
    if (amount == 0 || !chain_.Contribute(&draft, *client, amount, 2, 10)) continue;
    draft.parts.push_back({Payee(*client), amount});
    clients.push_back(*client);
  }
  if (clients.size() < 2) {
    chain_.GiveBack(draft.coins);
    return false;
  }
  draft.maker = clients.front();
  chain_.Emit(std::move(draft));
  return true;
}

}  // namespace coinwake::synthetic
