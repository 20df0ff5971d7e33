// Who holds what on a synthetic Tron chain: the truth that an index is compared with.
//
// It knows nothing of blocks or receipts, nor of the product's ledger: whoever makes a chain says
// each move, and this adds up. Memory: about 50 bytes for an account with TRX and for each balance
// of a token that is not zero.
#ifndef COINWAKE_TESTS_SUPPORT_TRON_TRUTH_H_
#define COINWAKE_TESTS_SUPPORT_TRON_TRUTH_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/amount.h"
#include "indexer/base/hash.h"
#include "indexer/tron/address.h"

namespace coinwake::synthetic {

using tron::Address;

using AssetId = std::uint16_t;  // an index into TronTruth::assets()
inline constexpr AssetId kTrx = 0;

enum class MoveKind : std::uint8_t {
  kGenesis,     // an opening balance, from nobody; a negative one to nobody
  kTransfer,    // by contract, or by the event of a token
  kCallValue,   // TRX sent along with a call
  kInternal,    // by a contract's own call
  kMint,        // by a transfer from the zero address: from nobody
  kBurn,        // by one to the zero address: to nobody
  kDestroyed,   // by DestroyedBlackFunds: to nobody
  kTokenIssue,  // of a TRC-10 token, from nobody
  kFreeze,      // out of the owner's balance, still his
  kUnfreeze,    // back into it
  kReward,      // withdrawn, from nobody
  kFee,         // to nobody
};
std::string_view MoveKindName(MoveKind kind);

struct Move {
  MoveKind kind = MoveKind::kTransfer;
  AssetId asset = kTrx;
  std::optional<Address> from;  // nullopt: nobody
  std::optional<Address> to;
  Uint256 amount = 0;
  Hash256 txid;
};

struct TruthAsset {
  std::string name;  // "TRX", "TRC10:1000001", "TRC20:T..."
  Address contract;  // of a TRC-20 token
  Address owner;     // who issued it, or owns the contract
  Uint256 minted = 0;
  Uint256 burned = 0;  // by fees and destruction too
};

struct BalanceRow {
  Address address;
  AssetId asset = kTrx;
  bool negative = false;  // only an account that genesis gave less than nothing
  Uint256 amount = 0;     // what can be spent
  Uint256 frozen = 0;     // staked TRX, the unfreezing among it
};

// Copyable, so that a chain can go on in two ways. One thread.
class TronTruth {
 public:
  TronTruth() { AddAsset("TRX", Address(), Address()); }

  AssetId AddAsset(std::string name, const Address& contract, const Address& owner);
  const std::vector<TruthAsset>& assets() const { return assets_; }

  // An account is there once it was given TRX, a TRC-10 token or its creation; a token of a
  // contract alone makes no account.
  bool IsActive(const Address& address) const { return trx_.contains(Body(address)); }
  void Activate(const Address& address) { trx_.try_emplace(Body(address)); }
  std::uint64_t accounts_count() const { return trx_.size(); }

  std::int64_t TrxOf(const Address& address) const;     // sun
  std::int64_t FrozenOf(const Address& address) const;  // sun
  // REQUIRES: asset != kTrx.
  Uint256 TokenOf(AssetId asset, const Address& address) const;

  // REQUIRES: `from` has the amount, but for opening balances.
  void Apply(const Move& move);

  // Who holds anything, in the order of addresses; and what, in the order of assets.
  std::vector<Address> Holders() const;
  std::vector<BalanceRow> RowsOf(const Address& address) const;
  std::vector<BalanceRow> Rows() const;  // of all holders

 private:
  using AddressBody = std::array<std::uint8_t, tron::kAddressBodySize>;
  struct BodyHash {
    std::size_t operator()(const AddressBody& body) const {
      // Addresses are hashes; those that are alike differ in the middle.
      return LoadLe<std::uint64_t>(body.data() + 8) * 0x9e3779b97f4a7c15;
    }
  };
  template <typename Value>
  using Balances = absl::flat_hash_map<AddressBody, Value, BodyHash>;
  struct TokenBalances {  // not zero, each in one of the two
    Balances<std::uint64_t> small;
    Balances<Uint256> large;  // of 64 bits or more: rare
  };

  static AddressBody Body(const Address& address);
  void AddTrx(const Address& address, std::int64_t sun, bool may_be_negative);
  void SetToken(AssetId asset, const Address& address, const Uint256& amount);

  std::vector<TruthAsset> assets_;
  Balances<std::int64_t> trx_;
  Balances<std::int64_t> frozen_;
  std::vector<TokenBalances> tokens_;  // by asset
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_TRON_TRUTH_H_
