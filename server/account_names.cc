#include "server/account_names.h"

#include "absl/strings/str_cat.h"
#include "indexer/tron/address.h"
#include "indexer/tron/known_addresses.h"
#include "indexer/tron/wire.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

constexpr std::string_view kUsdt = "USDT";

}  // namespace

std::string AccountName(const AccountView& view, AddressNum address) {
  return tron::Account(view.Script(address)).Name();
}

std::string AccountName(const AccountView& view, std::optional<AddressNum> address) {
  return address.has_value() ? AccountName(view, *address) : std::string();
}

std::string AssetText(const AccountView& view, AssetNum asset) {
  const std::optional<tron::Asset> known = tron::AssetOfBytes(view.AssetName(asset));
  return known.has_value() ? known->Name() : std::string("unknown");
}

bool IsOfKind(const AccountView& view, AssetNum asset, tron::AssetKind kind) {
  const ByteSpan name = view.AssetName(asset);
  return !name.empty() && name.front() == static_cast<std::uint8_t>(kind);
}

std::string MissingReceipts(const AccountView& view) {
  const std::uint64_t missing = view.totals().without_receipt;
  if (missing == 0) return "";
  return absl::StrCat("; but ", missing,
                      " of the indexed transactions have no receipt, and only receipts tell of "
                      "token transfers and of what contracts paid: to have them, index into an "
                      "empty folder from a source with receipts");
}

absl::StatusOr<AddressNum> FindAccount(const AccountView& view, std::string_view name) {
  COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(name));
  absl::StatusOr<AddressNum> found = view.FindAddress(account.bytes());
  if (absl::IsNotFound(found.status())) {
    return absl::NotFoundError(absl::StrCat(Excerpt(name), " was never seen on ",
                                            std::string(NetworkName(view.snapshot().network)),
                                            MissingReceipts(view)));
  }
  return found;
}

absl::StatusOr<tron::Asset> ParseAssetName(std::string_view text, Network network) {
  if (text == kUsdt) {
    if (network == Network::kTron)
      return tron::ParseAsset(
          absl::StrCat(std::string(kTrc20Prefix), std::string(tron::kTetherContract)));
    return absl::InvalidArgumentError(
        absl::StrCat("USDT is short for Tether's contract on tron; on ",
                     std::string(NetworkName(network)), " name the token: TRC20:<contract>"));
  }
  absl::StatusOr<tron::Asset> asset = tron::ParseAsset(text);
  if (asset.ok()) return asset;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown asset \"", Excerpt(text),
                   "\"; known are TRX, TRC10:<id>, TRC20:<contract>, and USDT on tron"));
}

absl::StatusOr<std::optional<AssetNum>> FindIfCounted(const AccountView& view,
                                                      const tron::Asset& asset) {
  std::string bytes;
  tron::AppendAssetBytes(asset, &bytes);
  const absl::StatusOr<AssetNum> found = view.FindAsset(tron::SpanOf(bytes));
  if (absl::IsNotFound(found.status())) return std::optional<AssetNum>();
  COINWAKE_RETURN_IF_ERROR(found.status());
  return std::optional<AssetNum>(*found);
}

absl::StatusOr<AssetNum> FindAssetByName(const AccountView& view, std::string_view text) {
  COINWAKE_ASSIGN_OR_RETURN(const tron::Asset asset, ParseAssetName(text, view.snapshot().network));
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<AssetNum> found, FindIfCounted(view, asset));
  if (found.has_value()) return *found;
  return absl::NotFoundError(
      absl::StrCat("nothing on ", std::string(NetworkName(view.snapshot().network)),
                   " was ever counted in ", asset.Name(), MissingReceipts(view)));
}

absl::StatusOr<AssetNum> FindAssetToFollow(const AccountView& view, std::string_view text) {
  if (!text.empty()) return FindAssetByName(view, text);
  return absl::InvalidArgumentError(
      absl::StrCat("an asset is needed on ", std::string(NetworkName(view.snapshot().network)),
                   ": TRX, TRC10:<id>, TRC20:<contract>, or USDT on tron"));
}

}  // namespace coinwake::server
