// What a block may create: Bitcoin's consensus rule (BIP 42; GetBlockSubsidy in Bitcoin Core).
#ifndef COINWAKE_TRACER_SUBSIDY_H_
#define COINWAKE_TRACER_SUBSIDY_H_

#include <cstdint>

#include "indexer/base/network.h"

namespace coinwake {

inline constexpr std::uint64_t kInitialSubsidySat = 5'000'000'000;

constexpr std::uint64_t SubsidyHalvingBlocks(Network network) {
  return network == Network::kBitcoinRegtest ? 150 : 210'000;
}

// Satoshi created by the block at `height`, halving by halving down to 0.
constexpr std::uint64_t BlockSubsidySat(Network network, std::uint64_t height) {
  const std::uint64_t halvings = height / SubsidyHalvingBlocks(network);
  return halvings >= 64 ? 0 : kInitialSubsidySat >> halvings;  // a shift of 64 is undefined
}

}  // namespace coinwake

#endif  // COINWAKE_TRACER_SUBSIDY_H_
