// Rule same_key: scripts that one public key controls are one hand's.
//
// Certain, where both were shown to be of the key, by their own bytes (P2PK) or by a spend (P2PKH
// in either form, P2WPKH, P2SH-P2WPKH): ALGORITHMS.md 0. A script that was never spent shows a hash
// alone; it joins nobody, though it be the hash of a known key. Keys that everybody knows join
// nobody either (heuristics/shared_keys.h).
#ifndef COINWAKE_HEURISTICS_SAME_KEY_H_
#define COINWAKE_HEURISTICS_SAME_KEY_H_

#include <vector>

#include "heuristics/transaction_facts.h"
#include "heuristics/union_by_min.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake {

// What the rule joins with `address`, ascending; one store probe where its key was shown.
// kDataLoss.
absl::StatusOr<std::vector<AddressNum>> ScriptsOfSameKey(const FactsReader& reader,
                                                         AddressNum address);

// Unites in `unions`, made for all addresses of the view, what the rule joins through keys shown
// from `begin` on, with whichever keys were shown before. Few of them are looked for one by one,
// else all keys of the chain are read twice; 6 bytes a key. The result does not depend on
// `threads`. kDataLoss.
absl::Status UniteSameKeys(const FactsReader& reader, KeyNum begin, int threads,
                           UnionByMin* unions);

// The same, always by reading all keys: for tests.
absl::Status UniteSameKeysByPass(const FactsReader& reader, int threads, UnionByMin* unions);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_SAME_KEY_H_
