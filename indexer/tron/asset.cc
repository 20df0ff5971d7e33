#include "indexer/tron/asset.h"

#include <algorithm>

#include "indexer/base/hex.h"

namespace coinwake::tron {
namespace {

constexpr std::string_view kTrx = "TRX";
constexpr std::string_view kTrc10 = "TRC10:";
constexpr std::string_view kTrc20 = "TRC20:";
constexpr std::string_view kRaw = "raw:";

std::string Join(std::string_view prefix, std::string_view rest) {
  return std::string(prefix).append(rest);
}

bool IsPlain(std::string_view token) {
  return !token.starts_with(kRaw) &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

std::string Asset::Name() const {
  switch (kind) {
    case AssetKind::kTrx:
      return std::string(kTrx);
    case AssetKind::kTrc10:
      if (IsPlain(token)) return Join(kTrc10, token);
      return Join(Join(kTrc10, kRaw), HexEncode(SpanOf(token)));
    case AssetKind::kTrc20:
      return Join(kTrc20, contract.Name());
  }
  return "unknown";
}

void AppendAssetBytes(const Asset& asset, std::string* bytes) {
  bytes->push_back(static_cast<char>(asset.kind));
  if (asset.kind == AssetKind::kTrc10) bytes->append(asset.token);
  if (asset.kind == AssetKind::kTrc20) {
    const ByteSpan contract = asset.contract.bytes();
    bytes->append(reinterpret_cast<const char*>(contract.data()), contract.size());
  }
}

std::optional<Asset> AssetOfBytes(ByteSpan bytes) {
  if (bytes.empty()) return std::nullopt;
  const ByteSpan rest = bytes.subspan(1);
  switch (static_cast<AssetKind>(bytes.front())) {
    case AssetKind::kTrx:
      if (!rest.empty()) return std::nullopt;
      return Asset::Trx();
    case AssetKind::kTrc10:
      return Asset::Trc10(TokenName(rest.begin(), rest.end()));
    case AssetKind::kTrc20:
      return Asset::Trc20(Account(rest));
  }
  return std::nullopt;
}

absl::StatusOr<Asset> ParseAsset(std::string_view name) {
  if (name == kTrx) return Asset::Trx();
  if (name.starts_with(kTrc20)) {
    COINWAKE_ASSIGN_OR_RETURN(Account contract, ParseAccount(name.substr(kTrc20.size())));
    return Asset::Trc20(std::move(contract));
  }
  if (!name.starts_with(kTrc10)) {
    return absl::InvalidArgumentError("an asset is TRX, TRC10:number or TRC20:contract");
  }
  name.remove_prefix(kTrc10.size());
  if (IsPlain(name)) return Asset::Trc10(TokenName(name));
  const auto bytes = name.starts_with(kRaw) ? HexDecode(name.substr(kRaw.size())) : std::nullopt;
  if (!bytes.has_value()) {
    return absl::InvalidArgumentError("after TRC10: a number, a name or raw: and hex is expected");
  }
  return Asset::Trc10(TokenName(bytes->begin(), bytes->end()));
}

}  // namespace coinwake::tron
