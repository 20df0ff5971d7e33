// Proof of work: compact targets, whether a hash meets one, and how much work a chain holds.
//
// Pure functions, total for any input. Bitcoin Core's arith_uint256::SetCompact, CheckProofOfWork
// (pow.cpp) and GetBlockProof (chain.cpp) are the rule.
#ifndef COINWAKE_INDEXER_BITCOIN_PROOF_OF_WORK_H_
#define COINWAKE_INDEXER_BITCOIN_PROOF_OF_WORK_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "indexer/base/hash.h"
#include "indexer/bitcoin/network_params.h"

namespace coinwake::bitcoin {

// An unsigned number of 256 bits, only as able as work and targets need.
struct Uint256 {
  std::array<std::uint64_t, 4> limbs{};  // least significant first

  static Uint256 FromHash(const Hash256& hash);  // Bitcoin reads a hash as a little-endian number
  bool IsZero() const { return limbs == std::array<std::uint64_t, 4>{}; }
  std::string ToHex() const;  // 64 digits, as Core prints "chainwork"

  friend bool operator==(const Uint256&, const Uint256&) = default;
  friend std::strong_ordering operator<=>(const Uint256& a, const Uint256& b);
  // Stays at the largest number when the sum is beyond it: such work exists only in forged headers.
  friend Uint256 operator+(const Uint256& a, const Uint256& b);
};

// Work is the expected number of hashes. A chain's is the sum of its blocks'.
using ChainWork = Uint256;

// The target that `bits` stands for. nullopt when it is zero, negative or beyond 256 bits.
std::optional<Uint256> TargetOfBits(std::uint32_t bits);

// Whether `hash` meets the target of `bits`, and that is no easier than the network's easiest.
bool CheckProofOfWork(const Hash256& hash, std::uint32_t bits, const NetworkParams& params);

// floor(2^256 / (target + 1)); zero for bits without a target.
ChainWork WorkOfBits(std::uint32_t bits);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_PROOF_OF_WORK_H_
