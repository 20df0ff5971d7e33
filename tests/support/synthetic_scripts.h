// Keys, scripts and unlocking data of invented wallets, all a function of (seed, number).
//
// Keys are random x coordinates behind 02 or 03, so about half of them are on the curve; hashes,
// scripts and redeem scripts are consistent with them. Signatures have the right shape and length
// and sign nothing: who reads block files does not check them.
#ifndef COINWAKE_TESTS_SUPPORT_SYNTHETIC_SCRIPTS_H_
#define COINWAKE_TESTS_SUPPORT_SYNTHETIC_SCRIPTS_H_

#include <cstdint>
#include <vector>

#include "tests/support/block_builder.h"

namespace coinwake::synthetic {

enum class ScriptKind : std::uint8_t {
  kPubkey,              // P2PK, uncompressed
  kPubkeyHashLong,      // P2PKH of an uncompressed key
  kPubkeyHash,          // P2PKH of a compressed key
  kBareMultisig,        // 1 of 2
  kScriptHashMultisig,  // P2SH, 2 of 3
  kNestedWitness,       // P2SH-P2WPKH
  kWitnessKeyHash,      // P2WPKH
  kWitnessMultisig,     // P2WSH, 2 of 3
  kTaproot,             // P2TR, spent by its key
};

// Deterministic numbers; the same on every machine (integers only).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() { return SplitMix(&state_); }
  // In [0, count). REQUIRES: count > 0.
  std::uint64_t Below(std::uint64_t count) { return Next() % count; }
  // In [low, high].
  std::uint64_t Between(std::uint64_t low, std::uint64_t high) {
    return low + Below(high - low + 1);
  }
  // Small indices far more often: the square of a uniform number.
  std::uint64_t Skewed(std::uint64_t count) { return (Below(count) * Below(count)) / count; }
  bool OneIn(std::uint64_t count) { return Below(count) == 0; }
  bool Percent(std::uint64_t percent) { return Below(100) < percent; }
  void Fill(std::uint8_t* to, std::size_t size_bytes);

 private:
  std::uint64_t state_;
};

// The scriptPubKey of key number `key` in wallet style `kind`.
Bytes ScriptOf(std::uint64_t seed, std::uint64_t key, ScriptKind kind);

// Fills script_sig and witness of an input that spends ScriptOf(seed, key, kind).
void Unlock(std::uint64_t seed, std::uint64_t key, ScriptKind kind, Random* random, TxInput* input);

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_SYNTHETIC_SCRIPTS_H_
