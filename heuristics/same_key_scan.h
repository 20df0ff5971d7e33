// Rule same_key (heuristics/same_key.h) over a whole chain.
#ifndef COINWAKE_HEURISTICS_SAME_KEY_SCAN_H_
#define COINWAKE_HEURISTICS_SAME_KEY_SCAN_H_

#include <cstdint>

#include "heuristics/union_by_min.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake {

// How far a chain was gone through: all that was there below these numbers.
struct ShownKeys {
  AddressNum address;
  KeyNum key;

  static ShownKeys AllOf(const View& view) {
    return {AddressNum{view.addresses_count()}, KeyNum{view.totals().keys}};
  }
};

// Unites in `unions`, made for all addresses of the view, what the rule joins through scripts and
// keys from `begin` on, with whichever there were before. Few of them are looked up, else all
// scripts of the chain are read three times. The result does not depend on `threads`. kDataLoss.
absl::Status UniteSameKeys(const View& view, const ShownKeys& begin, int threads,
                           UnionByMin* unions);

// The same, always by reading all: for tests.
absl::Status UniteSameKeysByPass(const View& view, int threads, UnionByMin* unions);

// About what that holds meanwhile, in bytes.
std::uint64_t MemoryForSameKeys(const View& view);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_SAME_KEY_SCAN_H_
