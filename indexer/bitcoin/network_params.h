// What differs between Bitcoin's networks, as Bitcoin Core's chainparams has it.
#ifndef COINWAKE_INDEXER_BITCOIN_NETWORK_PARAMS_H_
#define COINWAKE_INDEXER_BITCOIN_NETWORK_PARAMS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "indexer/base/hash.h"
#include "indexer/base/network.h"

namespace coinwake::bitcoin {

struct NetworkParams {
  Network network;
  std::array<std::uint8_t, 4> magic;  // before each record of a block file, in file order
  Hash256 genesis_hash;
  std::uint8_t p2pkh_version;  // first byte of a base58check address
  std::uint8_t p2sh_version;
  std::string_view bech32_hrp;   // human-readable part of a bech32 address
  std::uint32_t pow_limit_bits;  // the easiest target, in compact form
};

// Lives for the whole program.
const NetworkParams& ParamsOf(Network network);

// The network whose block-file records begin with `magic`. Signet is the default one only.
std::optional<Network> NetworkOfMagic(std::span<const std::uint8_t, 4> magic);

inline constexpr std::uint64_t kCoin = 100'000'000;             // satoshi
inline constexpr std::uint64_t kMaxMoney = 21'000'000 * kCoin;  // satoshi; Core's MAX_MONEY

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_NETWORK_PARAMS_H_
