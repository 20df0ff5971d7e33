// Addresses: the text Bitcoin Core prints for a scriptPubKey, and back.
//
// Pure functions, safe from any thread. Core's ExtractDestination, EncodeDestination and
// DecodeDestination (addresstype.cpp, key_io.cpp) are the rule.
#ifndef COINWAKE_INDEXER_BITCOIN_ADDRESS_H_
#define COINWAKE_INDEXER_BITCOIN_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"

namespace coinwake::bitcoin {

// What Core prints as "address". nullopt for pubkey, multisig, nulldata and nonstandard scripts;
// anchors and unknown witness versions do have one.
std::optional<std::string> AddressOfScript(ByteSpan script, Network network);

// The address where there is one, else `script:HEX`. ScriptOfAddress() reads both back.
std::string NameOfScript(ByteSpan script, Network network);

// The P2PKH address of the key of a pubkey script, or of each key of a bare multisig script, in the
// order they stand, over the key's bytes as they are. None for other scripts.
std::vector<std::string> KeyAddresses(ByteSpan script, Network network);

// The scriptPubKey that `text` names on `network`: base58check, Bech32 (witness version 0), Bech32m
// (1 to 16), or `script:` and hex digits. kInvalidArgument says in one line what is wrong with it
// (checksum, length, case, another network, ...) and what to do.
absl::StatusOr<std::vector<std::uint8_t>> ScriptOfAddress(std::string_view text, Network network);

// Every network on which `text` is a valid address, in kBitcoinNetworks' order: the test networks
// share most of their forms. None for anything else, `script:HEX` among it.
std::vector<Network> NetworksOfAddress(std::string_view text);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_ADDRESS_H_
