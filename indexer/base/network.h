// The networks Coinwake knows and their names in every answer (CONTRACT: Rules).
#ifndef COINWAKE_INDEXER_BASE_NETWORK_H_
#define COINWAKE_INDEXER_BASE_NETWORK_H_

#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

namespace coinwake {

// On disk in commit records: values never change.
enum class Network : std::uint8_t {
  kBitcoin = 1,
  kBitcoinTestnet3 = 2,
  kBitcoinTestnet4 = 3,
  kBitcoinSignet = 4,
  kBitcoinRegtest = 5,
  kTron = 6,
  kTronNile = 7,
  kTronShasta = 8,
  kTronPrivate = 9,  // any chain of java-tron's that is none of the public ones
};

// What decodes a network's bytes and addresses.
enum class Chain : std::uint8_t { kBitcoin, kTron };

inline constexpr Network kBitcoinNetworks[] = {Network::kBitcoin, Network::kBitcoinTestnet3,
                                               Network::kBitcoinTestnet4, Network::kBitcoinSignet,
                                               Network::kBitcoinRegtest};
inline constexpr Network kTronNetworks[] = {Network::kTron, Network::kTronNile,
                                            Network::kTronShasta, Network::kTronPrivate};
// Those of every chain, chain by chain.
inline constexpr Network kAllNetworks[] = {
    Network::kBitcoin,       Network::kBitcoinTestnet3, Network::kBitcoinTestnet4,
    Network::kBitcoinSignet, Network::kBitcoinRegtest,  Network::kTron,
    Network::kTronNile,      Network::kTronShasta,      Network::kTronPrivate};
static_assert(std::size(kAllNetworks) == std::size(kBitcoinNetworks) + std::size(kTronNetworks));

constexpr Chain ChainOf(Network network) {
  return network < Network::kTron ? Chain::kBitcoin : Chain::kTron;
}

constexpr std::span<const Network> NetworksOf(Chain chain) {
  if (chain == Chain::kBitcoin) return kBitcoinNetworks;
  return kTronNetworks;
}

// "bitcoin", "bitcoin-testnet3", ...
constexpr std::string_view NetworkName(Network network) {
  switch (network) {
    case Network::kBitcoin:
      return "bitcoin";
    case Network::kBitcoinTestnet3:
      return "bitcoin-testnet3";
    case Network::kBitcoinTestnet4:
      return "bitcoin-testnet4";
    case Network::kBitcoinSignet:
      return "bitcoin-signet";
    case Network::kBitcoinRegtest:
      return "bitcoin-regtest";
    case Network::kTron:
      return "tron";
    case Network::kTronNile:
      return "tron-nile";
    case Network::kTronShasta:
      return "tron-shasta";
    case Network::kTronPrivate:
      return "tron-private";
  }
  return "unknown";
}

// Of any chain.
constexpr std::optional<Network> ParseNetwork(std::string_view name) {
  for (const Network network : kAllNetworks) {
    if (NetworkName(network) == name) return network;
  }
  return std::nullopt;
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_NETWORK_H_
