// How a wallet writes its transactions: what two of one wallet have in common.
#ifndef COINWAKE_HEURISTICS_FINGERPRINT_H_
#define COINWAKE_HEURISTICS_FINGERPRINT_H_

#include <cstdint>

#include "heuristics/transaction_facts.h"

namespace coinwake {

// ALGORITHMS.md 2.6: version, locktime class, sequence class, segwit, types of the coins spent.
struct Fingerprint {
  enum class Locktime : std::uint8_t {
    kZero,
    kNearHeight,  // within 100 blocks below its own: against fee sniping
    kOther,
  };

  std::uint32_t version = 0;
  Locktime locktime = Locktime::kZero;
  SequenceClass sequence = SequenceClass::kFinal;  // the most replaceable of the inputs
  bool has_witness = false;                        // some input's
  std::uint16_t input_types = 0;  // a bit for each ScriptType; unknown ones left out

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

Fingerprint FingerprintOf(const TransactionFacts& facts);

// Whether both may be of one wallet: equal but for the types of coins, of which one wallet may hold
// several; a type in common is enough.
bool Continues(const Fingerprint& from, const Fingerprint& to);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_FINGERPRINT_H_
