// Owners, their wallets, scripts and coins, while the chain of an invented economy is being made.
//
// An owner may have several wallets (an exchange: deposits and a hot wallet); a script belongs to a
// wallet, and to its owner through it.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_WALLETS_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_WALLETS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/economy_config.h"
#include "tests/support/synthetic_wallets.h"

namespace coinwake::synthetic {

// What an owner is, and which of its wallets.
enum class Group : std::uint8_t {
  kPerson,
  kMerchant,
  kExchangeHot,
  kExchangeDeposits,
  kMiner,
  kSeller,
  kCustodyClient,
  kOperator,  // of CoinJoin rounds
  kChipMixer,
  kAdversary,
};
inline constexpr std::size_t kGroups = 10;
std::string_view GroupOwnerKind(Group group);  // "person", "exchange", ...

using WalletId = std::uint32_t;

// Virtual bytes that an input of a script, and an output to it, take.
std::uint64_t InputSize(ScriptKind kind);
std::uint64_t OutputSize(ScriptKind kind);

// Not thread-safe. 60 bytes a coin, 12 a script.
class EconomyWallets {
 public:
  // All borrowed.
  EconomyWallets(std::uint64_t seed, const EconomyConfig& config, Random* random)
      : seed_(seed), config_(config), random_(random) {}

  OwnerId NewOwner() { return owners_count_++; }
  WalletId NewWallet(OwnerId owner, Group group, WalletStyle style);

  OwnerId OwnerOf(WalletId wallet) const { return wallets_[wallet].owner; }
  Group GroupOf(WalletId wallet) const { return wallets_[wallet].group; }
  WalletStyle StyleOf(WalletId wallet) const { return wallets_[wallet].style; }
  const Fingerprint& FingerprintOf(WalletId wallet) const {
    return config_.fingerprints[static_cast<std::size_t>(wallets_[wallet].style)];
  }
  std::uint64_t BalanceOf(WalletId wallet) const { return wallets_[wallet].balance; }
  std::size_t CoinsOf(WalletId wallet) const { return wallets_[wallet].coins.size(); }
  std::uint64_t coins_count() const { return coins_count_; }
  OwnerId owners_count() const { return owners_count_; }

  // Older ones more often. REQUIRES: the group has one.
  WalletId Pick(Group group);
  // One that has coins, of `style` where it is given; nullopt when none has.
  std::optional<WalletId> PickFunded(Group group, std::optional<WalletStyle> style = std::nullopt);

  ScriptId NewScript(WalletId wallet, ScriptKind kind);
  // A script to be paid at: the last one again or a new one, by the wallet's habit.
  ScriptId ReceiveScript(WalletId wallet);
  // Where the customer has a deposit address, if anywhere.
  std::optional<WalletId> DepositsUsedBy(WalletId customer) const;
  // The deposit address of `customer` at an exchange, another one now and then.
  ScriptId DepositScript(WalletId customer, WalletId deposits);
  // The keys go to another wallet.
  void HandOver(ScriptId script, WalletId to) { scripts_[script].wallet = to; }

  ScriptId scripts_count() const { return static_cast<ScriptId>(scripts_.size()); }
  WalletId WalletOf(ScriptId script) const { return scripts_[script].wallet; }
  OwnerId OwnerOfScript(ScriptId script) const { return OwnerOf(WalletOf(script)); }
  ScriptKind KindOf(ScriptId script) const { return scripts_[script].kind; }
  bool IsPaid(ScriptId script) const { return scripts_[script].paid; }
  void SetPaid(ScriptId script) { scripts_[script].paid = true; }
  Bytes Script(ScriptId script) const;  // costs a hash or two
  // An input that spends `coin`, its signatures ending in `sighash`.
  TxInput Spend(const Coin& coin, std::uint8_t sighash);

  void Give(const Coin& coin);  // to the wallet of its script
  // Coins of the wallet that are worth `target` after the fee of each input at `rate`, as it
  // habitually chooses them, at most `most`; none where that cannot be.
  std::vector<Coin> TakeFor(WalletId wallet, std::uint64_t target, std::uint64_t rate,
                            std::size_t most);
  // The oldest coins, as many as there are up to `count`.
  std::vector<Coin> TakeOldest(WalletId wallet, std::size_t count);

 private:
  struct Wallet {
    OwnerId owner = 0;
    Group group = Group::kPerson;
    WalletStyle style = WalletStyle::kCore;
    ScriptId last_script = kNoScript;
    ScriptId deposit_script = kNoScript;
    WalletId deposit_at = 0;
    std::uint32_t funded_index = 0;  // in funded_, while it has coins
    std::uint64_t balance = 0;
    std::vector<Coin> coins;  // oldest first
  };
  struct ScriptEntry {
    WalletId wallet;
    std::uint32_t key;
    ScriptKind kind;
    bool paid = false;
  };

  std::vector<WalletId>& FundedOf(const Wallet& wallet) {
    return funded_[static_cast<std::size_t>(wallet.group)][static_cast<std::size_t>(wallet.style)];
  }
  // The wallet's coins in the order it would use them, as indices; of a large wallet, of some.
  std::vector<std::size_t> Preferred(const Wallet& wallet, std::uint64_t target);
  std::vector<Coin> Remove(WalletId wallet, std::vector<std::size_t> indices);

  std::uint64_t seed_;
  const EconomyConfig& config_;
  Random* random_;
  OwnerId owners_count_ = 0;
  std::uint64_t coins_count_ = 0;
  std::vector<Wallet> wallets_;
  std::vector<ScriptEntry> scripts_;
  std::array<std::vector<WalletId>, kGroups> members_;
  std::array<std::array<std::vector<WalletId>, kWalletStyles>, kGroups> funded_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_WALLETS_H_
