#include "tests/support/economy_wallets.h"

#include <algorithm>

#include "indexer/base/check.h"

namespace coinwake::synthetic {
namespace {

// A wallet with more coins than this chooses among the oldest and newest of them.
constexpr std::size_t kCoinsLookedAt = 200;

bool IsWitness(ScriptKind kind) {
  return kind == ScriptKind::kNestedWitness || kind == ScriptKind::kWitnessKeyHash ||
         kind == ScriptKind::kWitnessMultisig;
}

constexpr std::uint8_t kSighashAll = 0x01;

}  // namespace

std::string_view GroupOwnerKind(Group group) {
  constexpr std::array<std::string_view, kGroups> kNames = {
      "person", "merchant",       "exchange", "exchange",  "pool",
      "seller", "custody_client", "operator", "chipmixer", "adversary"};
  return kNames[static_cast<std::size_t>(group)];
}

std::uint64_t InputSize(ScriptKind kind) {
  switch (kind) {
    case ScriptKind::kPubkey:
      return 114;
    case ScriptKind::kPubkeyHashLong:
      return 180;
    case ScriptKind::kPubkeyHash:
      return 148;
    case ScriptKind::kBareMultisig:
      return 114;
    case ScriptKind::kScriptHashMultisig:
      return 297;
    case ScriptKind::kNestedWitness:
      return 91;
    case ScriptKind::kWitnessKeyHash:
      return 68;
    case ScriptKind::kWitnessMultisig:
      return 105;
    case ScriptKind::kTaproot:
      return 58;
  }
  return 148;
}

std::uint64_t OutputSize(ScriptKind kind) {
  switch (kind) {
    case ScriptKind::kWitnessMultisig:
    case ScriptKind::kTaproot:
      return 43;
    case ScriptKind::kWitnessKeyHash:
      return 31;
    default:
      return 34;
  }
}

WalletId EconomyWallets::NewWallet(OwnerId owner, Group group, WalletStyle style) {
  const auto id = static_cast<WalletId>(wallets_.size());
  Wallet wallet;
  wallet.owner = owner;
  wallet.group = group;
  wallet.style = style;
  wallets_.push_back(std::move(wallet));
  members_[static_cast<std::size_t>(group)].push_back(id);
  return id;
}

WalletId EconomyWallets::Pick(Group group) {
  const std::vector<WalletId>& members = members_[static_cast<std::size_t>(group)];
  // Half of all payments go to anybody, the others to those known for longer.
  if (random_->OneIn(2)) return members[random_->Below(members.size())];
  return members[random_->Skewed(members.size())];
}

std::optional<WalletId> EconomyWallets::PickFunded(Group group, std::optional<WalletStyle> style) {
  const auto& by_style = funded_[static_cast<std::size_t>(group)];
  if (style.has_value()) {
    const std::vector<WalletId>& funded = by_style[static_cast<std::size_t>(*style)];
    if (funded.empty()) return std::nullopt;
    return funded[random_->Below(funded.size())];
  }
  std::size_t all = 0;
  for (const std::vector<WalletId>& funded : by_style) all += funded.size();
  if (all == 0) return std::nullopt;
  std::size_t at = random_->Below(all);
  for (const std::vector<WalletId>& funded : by_style) {
    if (at < funded.size()) return funded[at];
    at -= funded.size();
  }
  return std::nullopt;
}

ScriptId EconomyWallets::NewScript(WalletId wallet, ScriptKind kind) {
  const ScriptId id = scripts_count();
  scripts_.push_back({wallet, id, kind});
  return id;
}

ScriptId EconomyWallets::ReceiveScript(WalletId wallet) {
  const Fingerprint& habits = FingerprintOf(wallet);
  if (wallets_[wallet].last_script != kNoScript && random_->Percent(habits.reuse_percent)) {
    return wallets_[wallet].last_script;
  }
  const ScriptId script = NewScript(wallet, habits.receives);
  wallets_[wallet].last_script = script;
  return script;
}

std::optional<WalletId> EconomyWallets::DepositsUsedBy(WalletId customer) const {
  const Wallet& wallet = wallets_[customer];
  if (wallet.deposit_script == kNoScript) return std::nullopt;
  return wallet.deposit_at;
}

ScriptId EconomyWallets::DepositScript(WalletId customer, WalletId deposits) {
  Wallet& wallet = wallets_[customer];
  const bool keeps = wallet.deposit_script != kNoScript && wallet.deposit_at == deposits &&
                     !random_->Percent(config_.fresh_deposit_percent);
  if (!keeps) {
    wallet.deposit_script = NewScript(deposits, config_.deposit_kind);
    wallet.deposit_at = deposits;
  }
  return wallet.deposit_script;
}

Bytes EconomyWallets::Script(ScriptId script) const {
  return ScriptOf(seed_, scripts_[script].key, scripts_[script].kind);
}

TxInput EconomyWallets::Spend(const Coin& coin, std::uint8_t sighash) {
  TxInput input;
  input.txid = coin.txid;
  input.vout = coin.vout;
  const ScriptEntry& script = scripts_[coin.script];
  Unlock(seed_, script.key, script.kind, random_, &input);
  if (sighash == kSighashAll) return input;
  if (script.kind == ScriptKind::kTaproot) {
    input.witness.front().push_back(sighash);
  } else if (IsWitness(script.kind)) {
    for (Bytes& item : input.witness) {
      if (item.size() == 71) item.back() = sighash;  // a signature
    }
  } else {
    COINWAKE_CHECK(script.kind == ScriptKind::kPubkeyHash);
    input.script_sig[71] = sighash;  // after the push of 71 bytes
  }
  return input;
}

void EconomyWallets::Give(const Coin& coin) {
  const WalletId id = scripts_[coin.script].wallet;
  Wallet& wallet = wallets_[id];
  if (wallet.coins.empty()) {
    std::vector<WalletId>& funded = FundedOf(wallet);
    wallet.funded_index = static_cast<std::uint32_t>(funded.size());
    funded.push_back(id);
  }
  wallet.coins.push_back(coin);
  wallet.balance += coin.value;
  ++coins_count_;
}

std::vector<std::size_t> EconomyWallets::Preferred(const Wallet& wallet, std::uint64_t target) {
  const std::vector<Coin>& coins = wallet.coins;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < coins.size(); ++i) {
    if (i < kCoinsLookedAt / 2 || i + kCoinsLookedAt / 2 >= coins.size()) order.push_back(i);
  }
  const auto by_value = [&coins](std::size_t a, std::size_t b) {
    return coins[a].value != coins[b].value ? coins[a].value > coins[b].value : a < b;
  };
  const CoinHabit habit = config_.fingerprints[static_cast<std::size_t>(wallet.style)].coins;
  switch (habit) {
    case CoinHabit::kOldestFirst:
      break;
    case CoinHabit::kLargestFirst:
      std::sort(order.begin(), order.end(), by_value);
      break;
    case CoinHabit::kAny:
      for (std::size_t i = order.size(); i > 1; --i) {
        std::swap(order[i - 1], order[random_->Below(i)]);
      }
      break;
    case CoinHabit::kSmallestThatSuffices:
    case CoinHabit::kSmallerFirst: {
      std::sort(order.begin(), order.end(), by_value);
      const auto smaller = std::partition_point(
          order.begin(), order.end(), [&](std::size_t i) { return coins[i].value >= target; });
      std::uint64_t sum = 0;
      for (auto at = smaller; at != order.end(); ++at) sum += coins[*at].value;
      const bool smaller_suffice = sum >= target + target / 10;  // their inputs cost something
      if (habit == CoinHabit::kSmallerFirst && smaller_suffice) {
        std::rotate(order.begin(), smaller, order.end());
      } else if (smaller != order.begin()) {
        std::rotate(order.begin(), smaller - 1, smaller);  // the smallest that suffices
      }
      break;
    }
  }
  return order;
}

std::vector<Coin> EconomyWallets::TakeFor(WalletId id, std::uint64_t target, std::uint64_t rate,
                                          std::size_t most) {
  const Wallet& wallet = wallets_[id];
  if (wallet.balance < target) return {};
  std::vector<std::size_t> chosen;
  std::uint64_t sum = 0;
  for (const std::size_t i : Preferred(wallet, target + 200 * rate)) {
    const std::uint64_t fee = InputSize(scripts_[wallet.coins[i].script].kind) * rate;
    if (wallet.coins[i].value <= fee) continue;  // not worth its own input
    chosen.push_back(i);
    sum += wallet.coins[i].value - fee;
    if (sum >= target) return Remove(id, std::move(chosen));
    if (chosen.size() == most) return {};
  }
  return {};
}

std::vector<Coin> EconomyWallets::TakeOldest(WalletId id, std::size_t count) {
  std::vector<std::size_t> indices(std::min(count, wallets_[id].coins.size()));
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = i;
  return Remove(id, std::move(indices));
}

std::vector<Coin> EconomyWallets::Remove(WalletId id, std::vector<std::size_t> indices) {
  Wallet& wallet = wallets_[id];
  std::vector<Coin> taken;
  taken.reserve(indices.size());
  for (const std::size_t i : indices) taken.push_back(wallet.coins[i]);
  std::sort(indices.begin(), indices.end());
  std::size_t kept = 0;
  auto next = indices.begin();
  for (std::size_t i = 0; i < wallet.coins.size(); ++i) {
    if (next != indices.end() && *next == i) {
      ++next;
      continue;
    }
    wallet.coins[kept++] = wallet.coins[i];
  }
  wallet.coins.resize(kept);
  for (const Coin& coin : taken) wallet.balance -= coin.value;
  coins_count_ -= taken.size();
  if (wallet.coins.empty() && !taken.empty()) {
    std::vector<WalletId>& funded = FundedOf(wallet);
    const WalletId moved = funded.back();
    funded[wallet.funded_index] = moved;
    wallets_[moved].funded_index = wallet.funded_index;
    funded.pop_back();
    wallet.coins.shrink_to_fit();
  }
  return taken;
}

}  // namespace coinwake::synthetic
