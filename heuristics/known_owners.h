// What labels say of who holds addresses, for rules that must not contradict it.
#ifndef COINWAKE_HEURISTICS_KNOWN_OWNERS_H_
#define COINWAKE_HEURISTICS_KNOWN_OWNERS_H_

#include <cstdint>
#include <vector>

#include "indexer/base/ids.h"

namespace coinwake {

struct KnownOwner {
  AddressNum address;
  std::uint64_t owner = 0;  // equal for addresses of one owner, different for those of two

  friend bool operator==(const KnownOwner&, const KnownOwner&) = default;
};

// Ascending by address, then owner; an address may have several.
using KnownOwners = std::vector<KnownOwner>;

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_KNOWN_OWNERS_H_
