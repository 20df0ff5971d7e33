#include "tests/support/economy_mixes.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace coinwake::synthetic {
namespace {

// Samourai's pools: what is mixed, and the price of entering. Satoshi.
struct WhirlpoolPool {
  std::uint64_t denomination;
  std::uint64_t fee;
};
constexpr WhirlpoolPool kWhirlpoolPools[] = {
    {100'000, 5'000}, {1'000'000, 50'000}, {5'000'000, 175'000}, {50'000'000, 1'750'000}};
constexpr std::size_t kMixSize = 5;

constexpr std::uint64_t kSmallestChip = 100'000;  // satoshi; the others are its doubles
constexpr int kChipSizes = 14;
constexpr ScriptKind kChipKind = ScriptKind::kPubkeyHash;

// WabiSabi's standard denominations, descending: powers of 2, 3 and 10, twice those of 3 and 10,
// five times those of 10 (WalletWasabi), from 5,000 satoshi to 1,343.75 bitcoin.
std::vector<std::uint64_t> WabiSabiDenominations() {
  constexpr std::uint64_t kLeast = 5'000;
  constexpr std::uint64_t kMost = 134'375'000'000;
  std::vector<std::uint64_t> all;
  constexpr std::pair<std::uint64_t, std::uint64_t> kSeries[] = {{1, 2},  {1, 3},  {2, 3},
                                                                 {1, 10}, {2, 10}, {5, 10}};
  for (const auto& [factor, base] : kSeries) {
    for (std::uint64_t value = factor; value <= kMost; value *= base) {
      if (value >= kLeast) all.push_back(value);
    }
  }
  std::sort(all.rbegin(), all.rend());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// Who has come in, out of a draft that is given up.
bool Abandon(EconomyChain& chain, const Draft& draft) {
  chain.GiveBack(draft.coins);
  return false;
}

}  // namespace

void EconomyMixes::Found() {
  const auto found = [this](Group group) {
    return wallets().NewWallet(wallets().NewOwner(), group, WalletStyle::kWasabi);
  };
  whirlpool_ = found(Group::kOperator);
  wasabi_ = found(Group::kOperator);
  chip_mixer_ = found(Group::kChipMixer);
  wasabi_fees_ = wallets().NewScript(wasabi_, ScriptKind::kWitnessKeyHash);
  pools_.resize(std::size(kWhirlpoolPools));
}

std::optional<WalletId> EconomyMixes::AnotherMixer(WalletStyle style,
                                                   const std::vector<WalletId>& joined) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    const std::optional<WalletId> person = wallets().PickFunded(Group::kPerson, style);
    if (!person.has_value()) return std::nullopt;
    if (std::find(joined.begin(), joined.end(), *person) == joined.end()) return person;
  }
  return std::nullopt;
}

// Coins of one wallet are cut to a pool's size; a little more in each pays for its mix. What is
// left is change, and the coordinator is paid.
bool EconomyMixes::WhirlpoolTx0() {
  const std::optional<WalletId> user = wallets().PickFunded(Group::kPerson, WalletStyle::kSamourai);
  if (!user.has_value()) return false;
  const std::size_t pool = config_.whirlpool_pools[random().Below(config_.whirlpool_pools.size())];
  const auto [denomination, fee] = kWhirlpoolPools[pool];
  const std::uint64_t excess =
      std::clamp<std::uint64_t>(chain_.rate() * random().Between(150, 300), 300, 90'000);
  const std::uint64_t balance = wallets().BalanceOf(*user) * 9 / 10;
  const std::uint64_t wanted = random().Between(1, 15);
  if (balance < fee + denomination + excess) return false;
  const std::uint64_t count = std::min(wanted, (balance - fee) / (denomination + excess));
  Draft draft;
  draft.kind = "whirlpool_tx0";
  draft.maker = *user;
  draft.order = OrderHabit::kBip69;
  if (!chain_.Contribute(&draft, *user, fee + count * (denomination + excess), count + 3, 10)) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    draft.parts.push_back({wallets().NewScript(*user, ScriptKind::kWitnessKeyHash),
                           denomination + excess, /*is_change=*/false, /*is_held=*/true});
  }
  draft.parts.push_back({wallets().NewScript(whirlpool_, ScriptKind::kWitnessKeyHash), fee});
  draft.null_data.resize(64);
  random().Fill(draft.null_data.data(), draft.null_data.size());
  for (const Coin& coin : chain_.Emit(std::move(draft))) {
    if (coin.value == denomination + excess && wallets().WalletOf(coin.script) == *user) {
      pools_[pool].premix.push_back(coin);
    }
  }
  return true;
}

void EconomyMixes::TakeStrangers(std::size_t count, std::vector<Coin>* from,
                                 std::vector<Coin>* mixed) {
  for (std::size_t attempt = 0; attempt < 6 * kMixSize && count > 0 && !from->empty(); ++attempt) {
    const std::size_t at = random().Below(from->size());
    const OwnerId owner = wallets().OwnerOfScript((*from)[at].script);
    const bool known = std::any_of(mixed->begin(), mixed->end(), [&](const Coin& coin) {
      return wallets().OwnerOfScript(coin.script) == owner;
    });
    if (known) continue;
    mixed->push_back((*from)[at]);
    (*from)[at] = from->back();
    from->pop_back();
    --count;
  }
}

bool EconomyMixes::WhirlpoolMix() {
  const std::size_t index = config_.whirlpool_pools[random().Below(config_.whirlpool_pools.size())];
  const std::uint64_t denomination = kWhirlpoolPools[index].denomination;
  Pool& pool = pools_[index];
  if (pool.premix.empty()) return false;
  if (pool.postmix.empty()) {  // the operator starts a pool with coins of its own
    const Part seed = {wallets().NewScript(whirlpool_, ScriptKind::kWitnessKeyHash), denomination,
                       /*is_change=*/false, /*is_held=*/true};
    const auto made = chain_.Pay(whirlpool_, "consolidation", {seed});
    if (!made.has_value()) return false;
    pool.postmix.push_back(made->front());
    return true;
  }
  Draft draft;
  draft.kind = "whirlpool";
  TakeStrangers(random().Between(1, kMixSize - 1), &pool.premix, &draft.coins);
  const std::size_t entrants = draft.coins.size();
  TakeStrangers(kMixSize - entrants, &pool.postmix, &draft.coins);
  if (draft.coins.size() < kMixSize && entrants > 0) {
    TakeStrangers(kMixSize - draft.coins.size(), &pool.premix, &draft.coins);
  }
  const auto is_new = [denomination](const Coin& coin) { return coin.value > denomination; };
  const auto fresh = std::count_if(draft.coins.begin(), draft.coins.end(), is_new);
  const bool whole = draft.coins.size() == kMixSize && fresh >= 1 &&
                     fresh <= static_cast<std::ptrdiff_t>(kMixSize) - 1;
  if (!whole) {
    for (const Coin& coin : draft.coins) {
      (is_new(coin) ? pool.premix : pool.postmix).push_back(coin);
    }
    return false;
  }
  draft.maker = wallets().WalletOf(draft.coins.front().script);
  draft.order = OrderHabit::kBip69;
  for (const Coin& coin : draft.coins) {
    const WalletId wallet = wallets().WalletOf(coin.script);
    draft.parts.push_back({wallets().NewScript(wallet, ScriptKind::kWitnessKeyHash), denomination,
                           /*is_change=*/false, random().Percent(config_.remix_percent)});
  }
  const std::vector<Part> parts = draft.parts;
  const std::vector<Coin> made = chain_.Emit(std::move(draft));
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (parts[i].is_held) pool.postmix.push_back(made[i]);
  }
  return true;
}

// ZeroLink: about a tenth of a bitcoin from everybody, change, a fee that grows with the number of
// people; those who bring more mix twice as much besides.
bool EconomyMixes::Wasabi1() {
  const std::uint64_t wanted = chain_.Roll(config_.wasabi1_people);
  const std::uint64_t denomination = random().Between(9'850'000, 10'150'000);
  const std::uint64_t fee = denomination * 3 * wanted / 100'000;
  Draft draft;
  draft.kind = "wasabi1";
  draft.maker = wasabi_;
  draft.order = OrderHabit::kShuffled;
  std::vector<WalletId> joined;
  std::uint64_t collected = 0;
  for (std::uint64_t attempt = 0; attempt < 4 * wanted && joined.size() < wanted; ++attempt) {
    const std::optional<WalletId> person = AnotherMixer(WalletStyle::kWasabi, joined);
    if (!person.has_value()) break;
    const bool doubles = wallets().BalanceOf(*person) > 4 * denomination && random().Percent(30);
    const std::uint64_t mixed = doubles ? 3 * denomination : denomination;
    if (!chain_.Contribute(&draft, *person, mixed + fee, 2, 7)) continue;
    const auto mix = [&](std::uint64_t value) {
      draft.parts.push_back({wallets().NewScript(*person, ScriptKind::kWitnessKeyHash), value});
    };
    mix(denomination);
    if (doubles) mix(2 * denomination);
    collected += fee;
    joined.push_back(*person);
  }
  if (joined.size() < config_.wasabi1_people.low) return Abandon(chain_, draft);
  draft.parts.push_back({wasabi_fees_, collected});
  chain_.Emit(std::move(draft));
  return true;
}

// What a client makes of its money: standard denominations, and now and then change.
void EconomyMixes::AddWasabi2Outputs(WalletId person, std::uint64_t value,
                                     std::vector<Part>* parts) {
  static const std::vector<std::uint64_t> denominations = WabiSabiDenominations();
  constexpr std::uint64_t kMostOutputs = 8;
  const std::uint64_t cost = OutputSize(ScriptKind::kTaproot) * chain_.rate();
  const bool with_change = random().Percent(config_.wasabi2_change_percent);
  const std::uint64_t most = with_change ? random().Between(1, 4) : kMostOutputs;
  const auto script = [&] {
    const bool taproot = random().Percent(config_.wasabi2_taproot_percent);
    return wallets().NewScript(person,
                               taproot ? ScriptKind::kTaproot : ScriptKind::kWitnessKeyHash);
  };
  for (std::uint64_t i = 0; i < most; ++i) {
    if (value < denominations.back() + cost) return;
    auto at = std::lower_bound(denominations.begin(), denominations.end(), value - cost,
                               std::greater<>());
    // Not always the largest that fits, so that people's outputs meet.
    const auto left = static_cast<std::uint64_t>(denominations.end() - at);
    at += static_cast<std::ptrdiff_t>(random().Below(std::min<std::uint64_t>(left, 3)));
    parts->push_back({script(), *at});
    value -= *at + cost;
  }
  if (with_change && value >= denominations.back() + cost) {
    parts->push_back({script(), value - cost, /*is_change=*/true});
  }
}

bool EconomyMixes::Wasabi2() {
  constexpr std::uint64_t kFreeOfFee = 1'000'000;  // satoshi; larger inputs pay 0.3 %
  const std::uint64_t wanted = chain_.Roll(config_.wasabi2_inputs);
  Draft draft;
  draft.kind = "wasabi2";
  draft.maker = wasabi_;
  draft.order = OrderHabit::kAsMade;
  std::vector<WalletId> joined;
  std::uint64_t collected = 0;
  for (std::uint64_t attempt = 0; attempt < 2 * wanted && draft.coins.size() < wanted; ++attempt) {
    const std::optional<WalletId> person = AnotherMixer(WalletStyle::kWasabi, joined);
    if (!person.has_value()) break;
    joined.push_back(*person);
    const std::uint64_t count = random().Between(1, 6);
    const std::vector<Coin> coins = wallets().TakeOldest(*person, count);
    std::uint64_t left = ValueOf(coins);
    std::uint64_t cost = 0;
    std::uint64_t fee = 0;
    for (const Coin& coin : coins) {
      cost += InputSize(wallets().KindOf(coin.script)) * chain_.rate();
      if (coin.value > kFreeOfFee) fee += coin.value * 3 / 1000;
    }
    if (left < cost + fee + 20'000 + 100 * chain_.rate()) {
      chain_.GiveBack(coins);
      continue;
    }
    left -= cost + fee;
    collected += fee;
    draft.coins.insert(draft.coins.end(), coins.begin(), coins.end());
    AddWasabi2Outputs(*person, left, &draft.parts);
  }
  if (draft.coins.size() < config_.wasabi2_inputs.low) return Abandon(chain_, draft);
  if (collected > kSmallestPayment) draft.parts.push_back({wasabi_fees_, collected});
  std::stable_sort(draft.coins.begin(), draft.coins.end(),
                   [](const Coin& a, const Coin& b) { return a.value > b.value; });
  std::stable_sort(draft.parts.begin(), draft.parts.end(),
                   [](const Part& a, const Part& b) { return a.value > b.value; });
  chain_.Emit(std::move(draft));
  return true;
}

// A taker pays makers for the use of their coins; all get the same sum and their change.
bool EconomyMixes::JoinMarket() {
  const std::optional<WalletId> taker =
      wallets().PickFunded(Group::kPerson, WalletStyle::kJoinMarket);
  if (!taker.has_value()) return false;
  const std::uint64_t makers = chain_.Roll(config_.joinmarket_makers);
  std::vector<std::uint64_t> prices;
  std::uint64_t costs = (11 + 190 * (makers + 1)) * chain_.rate();
  for (std::uint64_t i = 0; i < makers; ++i) {
    prices.push_back(random().Between(150, 4'000));
    costs += prices.back();
  }
  const bool sweeps = random().Percent(config_.joinmarket_sweep_percent);
  std::vector<Coin> coins;
  std::uint64_t sum = 0;
  if (sweeps) {
    coins = wallets().TakeOldest(*taker, random().Between(1, 4));
    if (ValueOf(coins) > costs) sum = ValueOf(coins) - costs;
  } else {
    sum = trade_.Amount(*taker);
    coins = wallets().TakeFor(*taker, sum + costs, 0, 8);
  }
  Draft draft;
  draft.kind = "joinmarket";
  draft.maker = *taker;
  draft.order = OrderHabit::kShuffled;
  draft.coins = coins;
  if (coins.empty() || sum < 20 * kSmallestPayment) return Abandon(chain_, draft);
  const auto add = [&](WalletId who, std::uint64_t change) {
    draft.parts.push_back({wallets().NewScript(who, ScriptKind::kWitnessKeyHash), sum});
    if (change < 5 * kDust) return;
    draft.parts.push_back({wallets().NewScript(who, ScriptKind::kWitnessKeyHash), change,
                           /*is_change=*/true});
  };
  add(*taker, ValueOf(coins) - sum - costs);
  std::vector<WalletId> joined = {*taker};
  for (std::uint64_t attempt = 0; attempt < 4 * makers && joined.size() <= makers; ++attempt) {
    const std::optional<WalletId> maker = AnotherMixer(WalletStyle::kJoinMarket, joined);
    if (!maker.has_value()) break;
    const std::vector<Coin> theirs = wallets().TakeFor(*maker, sum + 30'000, 0, 8);
    if (theirs.empty()) continue;
    draft.coins.insert(draft.coins.end(), theirs.begin(), theirs.end());
    add(*maker, ValueOf(theirs) - sum + prices[joined.size() - 1]);
    joined.push_back(*maker);
  }
  if (joined.size() <= makers) return Abandon(chain_, draft);
  chain_.Emit(std::move(draft));
  return true;
}

// One wallet's payment made to look like two people's: the same sum once to the payee and once to
// itself, and two outputs of change.
bool EconomyMixes::Stonewall() {
  const std::optional<WalletId> user = wallets().PickFunded(Group::kPerson, WalletStyle::kSamourai);
  if (!user.has_value()) return false;
  const std::uint64_t amount = trade_.Amount(*user) / 2;
  if (amount < kSmallestPayment) return false;
  Draft draft;
  draft.kind = "stonewall";
  draft.maker = *user;
  for (int half = 0; half < 2; ++half) {
    if (!chain_.Contribute(&draft, *user, amount, 2, 5)) return Abandon(chain_, draft);
  }
  draft.parts.push_back({trade_.Payee(*user), amount});
  draft.parts.push_back({wallets().NewScript(*user, ScriptKind::kWitnessKeyHash), amount,
                         /*is_change=*/true});
  chain_.Emit(std::move(draft));
  return true;
}

bool EconomyMixes::ChipMixer() {
  const bool made = random().OneIn(4) ? ChipCreation() || ChipDeposit() : ChipDeposit();
  HandOutChips();
  return made;
}

bool EconomyMixes::ChipDeposit() {
  constexpr WalletStyle kCustomers[] = {WalletStyle::kElectrum, WalletStyle::kMobile,
                                        WalletStyle::kCore, WalletStyle::kLegacy};
  const bool seller = random().Percent(40);
  const std::optional<WalletId> customer =
      seller
          ? wallets().PickFunded(Group::kSeller)
          : wallets().PickFunded(Group::kPerson, kCustomers[random().Below(std::size(kCustomers))]);
  if (!customer.has_value()) return false;
  const std::uint64_t amount = trade_.Amount(*customer);
  if (amount < 4 * kSmallestChip) return false;
  const ScriptId script = wallets().NewScript(chip_mixer_, kChipKind);
  if (!chain_.Pay(*customer, "chip_deposit", {{script, amount}}).has_value()) return false;
  credits_.push_back({*customer, amount});
  return true;
}

// The mixer breaks its coins into chips of one size.
bool EconomyMixes::ChipCreation() {
  const std::uint64_t balance = wallets().BalanceOf(chip_mixer_) * 9 / 10;
  const std::uint64_t wanted = random().Between(4, 40);
  std::uint64_t chip = kSmallestChip << random().Below(kChipSizes);
  while (chip * wanted > balance && chip > kSmallestChip) chip /= 2;
  if (chip * wanted > balance) return false;
  std::vector<Part> parts;
  parts.reserve(wanted + 1);
  for (std::uint64_t i = 0; i < wanted; ++i) {
    parts.push_back({wallets().NewScript(chip_mixer_, kChipKind), chip, /*is_change=*/false,
                     /*is_held=*/true});
  }
  EconomyChain::PayOptions options;
  options.change = wallets().NewScript(chip_mixer_, kChipKind);
  const auto made = chain_.Pay(chip_mixer_, "chip_creation", std::move(parts), options);
  if (!made.has_value()) return false;
  for (std::uint64_t i = 0; i < wanted; ++i) chips_.push_back((*made)[i]);
  return true;
}

// Customers get the keys of chips, no transaction: the chips are theirs from then on.
void EconomyMixes::HandOutChips() {
  constexpr std::size_t kWaiting = 3;  // the last to come wait, so that times do not match
  while (credits_.size() > kWaiting && !chips_.empty()) {
    Credit credit = credits_.front();
    credits_.pop_front();
    for (int attempt = 0; attempt < 40 && !chips_.empty(); ++attempt) {
      const std::size_t at = random().Below(chips_.size());
      if (chips_[at].value > credit.value) continue;
      credit.value -= chips_[at].value;
      wallets().HandOver(chips_[at].script, credit.customer);
      wallets().Give(chips_[at]);
      chips_[at] = chips_.back();
      chips_.pop_back();
    }
  }
}

}  // namespace coinwake::synthetic
