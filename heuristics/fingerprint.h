// How a wallet writes its transactions: what two of one wallet have in common.
#ifndef COINWAKE_HEURISTICS_FINGERPRINT_H_
#define COINWAKE_HEURISTICS_FINGERPRINT_H_

#include <cstddef>
#include <cstdint>

#include "heuristics/transaction_facts.h"

namespace coinwake {

// Of ALGORITHMS.md 2.6 the version and the classes of locktime and sequence. Not the types of the
// coins spent, nor whether they are segwit: one wallet may hold several, and change may take the
// payment's.
struct Fingerprint {
  enum class Locktime : std::uint8_t {
    kZero,
    kNearHeight,  // within 100 blocks below its own: against fee sniping
    kOther,
  };

  std::uint32_t version = 0;
  Locktime locktime = Locktime::kZero;
  SequenceClass sequence = SequenceClass::kFinal;  // the most replaceable of the inputs

  // Whether both may be of one wallet.
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

Fingerprint FingerprintOf(const TransactionFacts& facts);

// Fingerprints by number, below kFingerprints. Versions of 2 and more are one.
inline constexpr std::size_t kFingerprints = 24;
constexpr std::size_t NumberOf(const Fingerprint& print) {
  return (static_cast<std::size_t>(print.locktime) * 4 + static_cast<std::size_t>(print.sequence)) *
             2 +
         (print.version >= 2 ? 1 : 0);
}

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_FINGERPRINT_H_
