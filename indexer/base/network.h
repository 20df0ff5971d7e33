// The networks Coinwake knows and their names in every answer (CONTRACT: Rules).
#ifndef COINWAKE_INDEXER_BASE_NETWORK_H_
#define COINWAKE_INDEXER_BASE_NETWORK_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace coinwake {

// On disk in commit records: values never change.
enum class Network : std::uint8_t {
  kBitcoin = 1,
  kBitcoinTestnet3 = 2,
  kBitcoinTestnet4 = 3,
  kBitcoinSignet = 4,
  kBitcoinRegtest = 5,
};

inline constexpr Network kAllNetworks[] = {Network::kBitcoin, Network::kBitcoinTestnet3,
                                           Network::kBitcoinTestnet4, Network::kBitcoinSignet,
                                           Network::kBitcoinRegtest};

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
  }
  return "unknown";
}

constexpr std::optional<Network> ParseNetwork(std::string_view name) {
  for (const Network network : kAllNetworks) {
    if (NetworkName(network) == name) return network;
  }
  return std::nullopt;
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_NETWORK_H_
