// The text that names a script in answers and requests.
//
// A script is named by its address as Bitcoin Core prints it, and by script:HEX where it has none.
#ifndef COINWAKE_SERVER_NAMES_H_
#define COINWAKE_SERVER_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/ids.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake::server {

std::string ScriptName(const View& view, AddressNum address);

// The scriptPubKey a name stands for. kInvalidArgument, with the reason, when it names none on
// `network`. Total over any text.
absl::StatusOr<std::vector<std::uint8_t>> ParseScriptName(std::string_view name, Network network);

// kInvalidArgument as ParseScriptName; kNotFound when the view never saw the script, with PaidAs().
absl::StatusOr<AddressNum> FindByName(const View& view, std::string_view name);
// For a message about a script that was never seen: "; its key was paid as ..." with the names of
// the scripts of its key that were, empty for none. kDataLoss.
absl::StatusOr<std::string> PaidAs(const View& view, ByteSpan script);

// 64 hex digits in display order. kInvalidArgument says what `what` ("txid") should look like.
absl::StatusOr<Hash256> ParseHash(std::string_view text, std::string_view what);

// The transaction of a txid in display order. kInvalidArgument as ParseHash; kNotFound when the
// best chain has none.
absl::StatusOr<TxNum> FindByTxid(const View& view, std::string_view text);

// The same for a chain whose people write hashes as they are. kInvalidArgument.
absl::StatusOr<Hash256> ParseId(std::string_view text, std::string_view what);

// Decimal digits only, at least one. nullopt for anything else and for what passes 64 bits.
std::optional<std::uint64_t> ParseNumber(std::string_view text);

// NetworkName() as text that can be joined to other text.
std::string NetworkOf(const View& view);

// `text` cut to a length that fits a message, and Printable().
std::string Excerpt(std::string_view text);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_NAMES_H_
