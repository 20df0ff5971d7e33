// Which addresses one transaction shows to be controlled together.
#ifndef COINWAKE_HEURISTICS_CO_SPEND_H_
#define COINWAKE_HEURISTICS_CO_SPEND_H_

#include <cstdint>
#include <vector>

#include "heuristics/transaction_facts.h"
#include "indexer/base/script_type.h"
#include "indexer/view/view.h"

namespace coinwake {

// False for scripts that name nobody, so that spending one beside other inputs says nothing about
// who holds it: anyone may spend an anchor (P2A) or a witness version no rule exists for yet; what
// a nonstandard script asks for is unknown and is often nothing (OP_TRUE) or a public puzzle; an
// OP_RETURN is never spent. A bare multisig names itself: the script is the identity, and its keys'
// holders are not joined (custodians sign for many clients).
constexpr bool NamesSomebody(ScriptType type) {
  switch (type) {
    case ScriptType::kPubkey:
    case ScriptType::kPubkeyHash:
    case ScriptType::kScriptHash:
    case ScriptType::kMultisig:
    case ScriptType::kWitnessV0KeyHash:
    case ScriptType::kWitnessV0ScriptHash:
    case ScriptType::kWitnessV1Taproot:
      return true;
    case ScriptType::kNonstandard:
    case ScriptType::kAnchor:
    case ScriptType::kWitnessUnknown:
    case ScriptType::kNullData:
      return false;
  }
  return false;
}

// The addresses that rule co_spend (heuristics/cluster.h) joins through `tx`, ascending and
// distinct: those of its inputs that are known, name somebody, do so by a key that not
// everybody knows (heuristics/shared_keys.h), and are not signed ANYONECANPAY throughout. Empty for
// a coinbase, for a transaction that mixes or may (heuristics/coinjoin.h), and where fewer than two
// are left. Coins from before a window count when their script is known.
std::vector<AddressNum> CoSpenders(const FactsReader& reader, TxNum tx);

// How far the joins of a transaction are trusted: kCoSpendConfidencePermille
// (heuristics/cluster.h), and half of it where it may be a PayJoin (MaySuspectPayJoin), whose
// receiver adds an input of his own. Lowers what an edge is worth; joins as before
// (ALGORITHMS.md 3.6).
std::uint32_t CoSpendConfidencePermille(const TransactionFacts& facts);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CO_SPEND_H_
