// The text that names accounts and assets of Tron in answers and requests.
#ifndef COINWAKE_SERVER_ACCOUNT_NAMES_H_
#define COINWAKE_SERVER_ACCOUNT_NAMES_H_

#include <optional>
#include <string>
#include <string_view>

#include "indexer/base/ids.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/tron/asset.h"
#include "indexer/view/account_view.h"

namespace coinwake::server {

// The address in base58; raw:HEX where the account is none.
std::string AccountName(const AccountView& view, AddressNum address);
// The same; empty for nobody.
std::string AccountName(const AccountView& view, std::optional<AddressNum> address);
// "TRX", "TRC10:1002000", "TRC20:T...".
std::string AssetText(const AccountView& view, AssetNum asset);
// Before the contract in the name of a TRC-20 token.
inline constexpr std::string_view kTrc20Prefix = "TRC20:";
bool IsOfKind(const AccountView& view, AssetNum asset, tron::AssetKind kind);

// Why what is not found may yet be on the chain, to follow the words that it was not found; ""
// where the index has every receipt.
std::string MissingReceipts(const AccountView& view);

// kInvalidArgument: no account's name. kNotFound: the view never saw the account.
absl::StatusOr<AddressNum> FindAccount(const AccountView& view, std::string_view name);

// What the text stands for on `network`: an asset's name, or USDT, which is Tether's contract on
// the main network. kInvalidArgument.
absl::StatusOr<tron::Asset> ParseAssetName(std::string_view text, Network network);
// nullopt: nothing in the view was ever counted in it.
absl::StatusOr<std::optional<AssetNum>> FindIfCounted(const AccountView& view,
                                                      const tron::Asset& asset);
// By what ParseAssetName() takes. kNotFound: nothing was ever counted in it.
absl::StatusOr<AssetNum> FindAssetByName(const AccountView& view, std::string_view text);

// The same for what has to be told apart by asset. kInvalidArgument: `text` is empty, too.
absl::StatusOr<AssetNum> FindAssetToFollow(const AccountView& view, std::string_view text);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ACCOUNT_NAMES_H_
