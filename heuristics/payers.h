// Who pays a transaction, to tell what goes straight back.
#ifndef COINWAKE_HEURISTICS_PAYERS_H_
#define COINWAKE_HEURISTICS_PAYERS_H_

#include <vector>

#include "heuristics/transaction_facts.h"
#include "indexer/base/hash.h"
#include "indexer/view/view.h"

namespace coinwake {

// The addresses of a transaction's inputs, and the hashes of their keys (heuristics/same_key.h).
class Payers {
 public:
  // `view` is borrowed. Damage latches in it.
  Payers(const View& view, const TransactionFacts& facts);

  // Whether `address` is one of them, or of the key of one.
  bool Have(AddressNum address) const;

 private:
  const View& view_;
  std::vector<AddressNum> addresses_;  // ascending
  std::vector<Hash160> hashes_;        // ascending
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_PAYERS_H_
