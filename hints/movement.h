// What came into a service and what left it, on one chain and in one asset.
#ifndef COINWAKE_HINTS_MOVEMENT_H_
#define COINWAKE_HINTS_MOVEMENT_H_

#include <cstdint>
#include <tuple>
#include <vector>

#include "indexer/base/ids.h"
#include "typologies/flow.h"

namespace coinwake {

// A deposit: what one address of the service was paid by one payment. A withdrawal: what one
// address that is not the service's was paid by it.
struct ServiceMovement {
  Moment at;
  AddressNum service = kNobodyAddress;  // of a deposit the address paid; of a withdrawal the payer
  AddressNum other = kNobodyAddress;    // who paid, or was paid; nobody: several paid, or unknown
  Uint128 amount = 0;                   // base units, above 0, at most kMaxFlowAmount

  friend bool operator==(const ServiceMovement& a, const ServiceMovement& b) {
    return std::tie(a.at.number, a.service, a.other) == std::tie(b.at.number, b.service, b.other);
  }
};

// By the time of the block, which two chains have in common, then in chain order.
inline bool IsBefore(const ServiceMovement& a, const ServiceMovement& b) {
  return std::tie(a.at.time, a.at.number, a.service, a.other) <
         std::tie(b.at.time, b.at.number, b.service, b.other);
}

// The times for which a chain is indexed: Unix seconds of blocks, both ends included.
struct KnownTimes {
  std::int64_t first = 0;
  std::int64_t last = 0;

  bool Hold(std::int64_t from, std::int64_t to) const { return first <= from && to <= last; }
};

}  // namespace coinwake

#endif  // COINWAKE_HINTS_MOVEMENT_H_
