// Owners, their scripts and their coins, while a synthetic chain is being made.
#ifndef COINWAKE_TESTS_SUPPORT_SYNTHETIC_WALLETS_H_
#define COINWAKE_TESTS_SUPPORT_SYNTHETIC_WALLETS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/support/synthetic_scripts.h"

namespace coinwake::synthetic {

enum class OwnerKind : std::uint8_t { kPerson, kMerchant, kExchange, kPool, kSeller, kService };
inline constexpr std::size_t kOwnerKinds = 6;
std::string_view OwnerKindName(OwnerKind kind);

using OwnerId = std::uint32_t;
using ScriptId = std::uint32_t;
inline constexpr ScriptId kNoScript = 0xffffffff;

struct Coin {
  Hash256 txid;
  std::uint32_t vout = 0;
  ScriptId script = kNoScript;
  std::uint64_t value = 0;  // satoshi
};

// Every owner of the chain and the coins they hold. Not thread-safe.
class Wallets {
 public:
  // `random` is borrowed.
  Wallets(std::uint64_t seed, Random* random) : seed_(seed), random_(random) {}

  // How far the chain has come, 0..99: decides which script kinds wallets use.
  void SetEra(std::uint64_t era_percent) { era_percent_ = era_percent; }

  OwnerId NewOwner(OwnerKind kind);
  OwnerKind KindOf(OwnerId owner) const { return owners_[owner].kind; }
  std::uint64_t CountOf(OwnerKind kind) const { return members_[Index(kind)].size(); }
  std::uint64_t CoinsOf(OwnerId owner) const { return owners_[owner].coins.size(); }
  std::uint64_t scripts_count() const { return scripts_.size(); }
  std::uint64_t coins_count() const { return coins_count_; }

  // Older owners more often. REQUIRES: CountOf(kind) > 0.
  OwnerId Pick(OwnerKind kind);
  // One who has coins; nullopt when nobody of the kind has.
  std::optional<OwnerId> PickFunded(OwnerKind kind);

  // A script to be paid at: the last one again or a new one, by the owner's habit.
  ScriptId ReceiveScript(OwnerId owner);
  ScriptId NewScript(OwnerId owner);
  // The deposit address `exchange` gave to `customer`: one for good.
  ScriptId DepositScript(OwnerId customer, OwnerId exchange);
  OwnerId OwnerOf(ScriptId script) const { return scripts_[script].owner; }

  // scriptPubKey bytes; costs a hash or two.
  Bytes Script(ScriptId script) const;
  // An input that spends `coin`.
  TxInput Spend(const Coin& coin);

  void Give(const Coin& coin);  // to the owner of its script
  // Takes `count` coins of the owner, more (up to 40) while their sum is under `least` satoshi.
  // Fewer when the owner has no more. REQUIRES: CoinsOf(owner) > 0.
  std::vector<Coin> Take(OwnerId owner, std::uint64_t count, std::uint64_t least);

 private:
  struct Owner {
    OwnerKind kind = OwnerKind::kPerson;
    ScriptKind style = ScriptKind::kPubkeyHash;
    std::uint8_t reuse_percent = 0;
    ScriptId last_script = kNoScript;
    ScriptId deposit_script = kNoScript;
    std::uint32_t funded_index = 0;  // in funded_ of its kind, while it has coins
    std::vector<Coin> coins;
  };
  struct ScriptEntry {
    OwnerId owner;
    std::uint32_t key;  // its own number, or an earlier script's whose key it shares
    ScriptKind kind;
  };

  static std::size_t Index(OwnerKind kind) { return static_cast<std::size_t>(kind); }
  ScriptKind StyleOfEra();

  std::uint64_t seed_;
  Random* random_;
  std::uint64_t era_percent_ = 0;
  std::uint64_t coins_count_ = 0;
  std::vector<Owner> owners_;
  std::vector<ScriptEntry> scripts_;
  std::array<std::vector<OwnerId>, kOwnerKinds> members_;
  std::array<std::vector<OwnerId>, kOwnerKinds> funded_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_SYNTHETIC_WALLETS_H_
