// What balances are counted in: TRX, a TRC-10 token of the chain itself, or a contract's TRC-20
// token.
//
// A plain value, safe from any thread.
#ifndef COINWAKE_INDEXER_TRON_ASSET_H_
#define COINWAKE_INDEXER_TRON_ASSET_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "indexer/base/bytes.h"
#include "indexer/base/status.h"
#include "indexer/tron/address.h"
#include "indexer/tron/contract.h"

namespace coinwake::tron {

// On disk: values never change.
enum class AssetKind : std::uint8_t {
  kTrx = 0,    // in sun
  kTrc10 = 1,  // in the token's smallest unit, as all tokens
  kTrc20 = 2,
};

struct Asset {
  AssetKind kind = AssetKind::kTrx;
  Account contract;  // of a TRC-20 token; else nobody
  TokenName token;   // of a TRC-10 token: its number, or its name where no number is known

  static Asset Trx() { return {}; }
  static Asset Trc10(TokenName token) { return {AssetKind::kTrc10, {}, std::move(token)}; }
  static Asset Trc20(Account contract) { return {AssetKind::kTrc20, std::move(contract), {}}; }

  // "TRX", "TRC10:1002000", "TRC20:TR7N...". A TRC-10 token's name that is not printable ASCII (or
  // begins as this does) is written "TRC10:raw:" and hex, as Account::Name() does.
  std::string Name() const;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
  friend auto operator<=>(const Asset&, const Asset&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Asset& asset) {
    return H::combine(std::move(state), asset.kind, asset.contract, asset.token);
  }
};

// What tells assets apart, as bytes: the kind, then the contract's or the token's own. Appended.
void AppendAssetBytes(const Asset& asset, std::string* bytes);
// nullopt: no such bytes.
std::optional<Asset> AssetOfBytes(ByteSpan bytes);

// Reads back what Name() writes. kInvalidArgument: no asset's name.
absl::StatusOr<Asset> ParseAsset(std::string_view name);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_ASSET_H_
