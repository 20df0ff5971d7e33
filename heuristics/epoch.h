// Epochs: heights at which what needs the whole chain is made anew.
#ifndef COINWAKE_HEURISTICS_EPOCH_H_
#define COINWAKE_HEURISTICS_EPOCH_H_

#include <algorithm>
#include <bit>
#include <cstdint>

namespace coinwake {

// The last block of the last epoch of a chain from `from_height` to `tip`. An epoch ends every so
// many blocks as are the largest power of two in a 1024th of the chain (on the main network 512,
// some four days), and is taken up when a 16384th of the chain has come on top of it (55 blocks
// there), so that the usual reorganisation does not undo it. It depends on the two heights alone,
// so that the same index gives the same answers whenever it is asked, and never falls as the chain
// grows. REQUIRES: from_height <= tip.
constexpr std::uint64_t EpochHeight(std::uint64_t from_height, std::uint64_t tip) {
  const std::uint64_t blocks = tip - from_height + 1;
  const std::uint64_t settled = blocks - blocks / 16384;
  const std::uint64_t length = std::bit_floor(std::max<std::uint64_t>(settled / 1024, 1));
  return from_height + (settled - settled % length) - 1;
}

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_EPOCH_H_
