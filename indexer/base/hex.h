// Hexadecimal text.
#ifndef COINWAKE_INDEXER_BASE_HEX_H_
#define COINWAKE_INDEXER_BASE_HEX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"

namespace coinwake {

// Two lower-case digits a byte, in memory order.
std::string HexEncode(ByteSpan bytes);
// Either case; nullopt for an odd length or any other character. Empty text is zero bytes.
std::optional<std::vector<std::uint8_t>> HexDecode(std::string_view hex);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_HEX_H_
