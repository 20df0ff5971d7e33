#include "tests/support/synthetic_wallets.h"

#include <utility>

#include "indexer/base/check.h"

namespace coinwake::synthetic {
namespace {

constexpr std::uint64_t kMostCoins = 40;

// Shares of the script kinds in use until the chain is `until_percent` done, in percent. Rough
// shares of the main network in 2010, 2013, 2016, 2019 and 2023.
struct EraStyles {
  std::uint64_t until_percent;
  std::array<std::pair<ScriptKind, std::uint64_t>, 5> shares;
};
constexpr EraStyles kEras[] = {
    {10,
     {{{ScriptKind::kPubkey, 40},
       {ScriptKind::kPubkeyHashLong, 60},
       {ScriptKind::kPubkeyHash, 0},
       {ScriptKind::kPubkeyHash, 0},
       {ScriptKind::kPubkeyHash, 0}}}},
    {35,
     {{{ScriptKind::kPubkeyHashLong, 25},
       {ScriptKind::kPubkeyHash, 73},
       {ScriptKind::kBareMultisig, 2},
       {ScriptKind::kPubkeyHash, 0},
       {ScriptKind::kPubkeyHash, 0}}}},
    {60,
     {{{ScriptKind::kPubkeyHash, 75},
       {ScriptKind::kScriptHashMultisig, 18},
       {ScriptKind::kNestedWitness, 4},
       {ScriptKind::kBareMultisig, 1},
       {ScriptKind::kPubkeyHashLong, 2}}}},
    {80,
     {{{ScriptKind::kPubkeyHash, 42},
       {ScriptKind::kNestedWitness, 24},
       {ScriptKind::kWitnessKeyHash, 21},
       {ScriptKind::kScriptHashMultisig, 8},
       {ScriptKind::kWitnessMultisig, 5}}}},
    {100,
     {{{ScriptKind::kWitnessKeyHash, 50},
       {ScriptKind::kTaproot, 25},
       {ScriptKind::kPubkeyHash, 10},
       {ScriptKind::kNestedWitness, 8},
       {ScriptKind::kWitnessMultisig, 7}}}},
};

std::uint8_t ReusePercent(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::kPerson:
      return 15;
    case OwnerKind::kMerchant:
      return 5;
    case OwnerKind::kExchange:
      return 70;  // of the hot wallet
    case OwnerKind::kPool:
      return 95;
    case OwnerKind::kSeller:
      return 40;
    case OwnerKind::kService:
      return 90;  // a posted donation address
  }
  return 0;
}

bool IsCompressedSingleKey(ScriptKind kind) {
  return kind == ScriptKind::kPubkeyHash || kind == ScriptKind::kNestedWitness ||
         kind == ScriptKind::kWitnessKeyHash;
}

}  // namespace

std::string_view OwnerKindName(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::kPerson:
      return "person";
    case OwnerKind::kMerchant:
      return "merchant";
    case OwnerKind::kExchange:
      return "exchange";
    case OwnerKind::kPool:
      return "pool";
    case OwnerKind::kSeller:
      return "seller";
    case OwnerKind::kService:
      return "service";
  }
  return "unknown";
}

ScriptKind Wallets::StyleOfEra() {
  for (const EraStyles& era : kEras) {
    if (era_percent_ >= era.until_percent) continue;
    std::uint64_t roll = random_->Below(100);
    for (const auto& [kind, percent] : era.shares) {
      if (roll < percent) return kind;
      roll -= percent;
    }
  }
  return ScriptKind::kWitnessKeyHash;
}

OwnerId Wallets::NewOwner(OwnerKind kind) {
  const auto id = static_cast<OwnerId>(owners_.size());
  Owner owner;
  owner.kind = kind;
  owner.style = StyleOfEra();
  owner.reuse_percent = ReusePercent(kind);
  owners_.push_back(std::move(owner));
  members_[Index(kind)].push_back(id);
  return id;
}

OwnerId Wallets::Pick(OwnerKind kind) {
  const std::vector<OwnerId>& members = members_[Index(kind)];
  return members[random_->Skewed(members.size())];
}

std::optional<OwnerId> Wallets::PickFunded(OwnerKind kind) {
  const std::vector<OwnerId>& funded = funded_[Index(kind)];
  if (funded.empty()) return std::nullopt;
  return funded[random_->Below(funded.size())];
}

ScriptId Wallets::NewScript(OwnerId owner_id) {
  constexpr std::uint64_t kChangesStyleOneIn = 20;
  constexpr std::uint64_t kSharesKeyOneIn = 100;
  Owner& owner = owners_[owner_id];
  const auto id = static_cast<ScriptId>(scripts_.size());
  if (random_->OneIn(kChangesStyleOneIn)) owner.style = StyleOfEra();
  ScriptEntry entry{owner_id, id, owner.style};
  // Now and then the same key again under another kind. Only an original's key, and the new script
  // becomes the last one, so that no (key, kind) comes twice.
  if (owner.last_script != kNoScript && random_->OneIn(kSharesKeyOneIn)) {
    const ScriptEntry& last = scripts_[owner.last_script];
    if (last.key == owner.last_script && IsCompressedSingleKey(last.kind)) {
      entry.key = last.key;
      entry.kind = last.kind == ScriptKind::kPubkeyHash ? ScriptKind::kWitnessKeyHash
                                                        : ScriptKind::kPubkeyHash;
    }
  }
  scripts_.push_back(entry);
  owner.last_script = id;
  return id;
}

ScriptId Wallets::ReceiveScript(OwnerId owner_id) {
  const Owner& owner = owners_[owner_id];
  if (owner.last_script != kNoScript && random_->Percent(owner.reuse_percent)) {
    return owner.last_script;
  }
  return NewScript(owner_id);
}

ScriptId Wallets::DepositScript(OwnerId customer, OwnerId exchange) {
  if (owners_[customer].deposit_script == kNoScript) {
    const ScriptId hot = owners_[exchange].last_script;
    const ScriptId deposit = NewScript(exchange);
    if (hot != kNoScript) owners_[exchange].last_script = hot;
    owners_[customer].deposit_script = deposit;
  }
  return owners_[customer].deposit_script;
}

Bytes Wallets::Script(ScriptId script) const {
  return ScriptOf(seed_, scripts_[script].key, scripts_[script].kind);
}

TxInput Wallets::Spend(const Coin& coin) {
  TxInput input;
  input.txid = coin.txid;
  input.vout = coin.vout;
  const ScriptEntry& script = scripts_[coin.script];
  Unlock(seed_, script.key, script.kind, random_, &input);
  return input;
}

void Wallets::Give(const Coin& coin) {
  Owner& owner = owners_[scripts_[coin.script].owner];
  if (owner.coins.empty()) {
    std::vector<OwnerId>& funded = funded_[Index(owner.kind)];
    owner.funded_index = static_cast<std::uint32_t>(funded.size());
    funded.push_back(scripts_[coin.script].owner);
  }
  owner.coins.push_back(coin);
  ++coins_count_;
}

std::vector<Coin> Wallets::Take(OwnerId owner_id, std::uint64_t count, std::uint64_t least) {
  Owner& owner = owners_[owner_id];
  COINWAKE_CHECK(!owner.coins.empty());
  std::vector<Coin> taken;
  std::uint64_t sum = 0;
  while (!owner.coins.empty() &&
         (taken.size() < count || (sum < least && taken.size() < kMostCoins))) {
    // Half the time a recent coin: most coins of the real chain are spent young.
    const std::size_t size = owner.coins.size();
    const std::size_t recent = size < 4 ? size : 4;
    const std::size_t at =
        random_->Percent(50) ? size - 1 - random_->Below(recent) : random_->Below(size);
    std::swap(owner.coins[at], owner.coins.back());
    sum += owner.coins.back().value;
    taken.push_back(owner.coins.back());
    owner.coins.pop_back();
  }
  coins_count_ -= taken.size();
  if (owner.coins.empty()) {
    std::vector<OwnerId>& funded = funded_[Index(owner.kind)];
    const OwnerId moved = funded.back();
    funded[owner.funded_index] = moved;
    owners_[moved].funded_index = owner.funded_index;
    funded.pop_back();
    owner.coins.shrink_to_fit();
  }
  return taken;
}

}  // namespace coinwake::synthetic
