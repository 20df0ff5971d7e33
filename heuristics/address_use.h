// Whether an output is the first that pays its address, and whether it stays the only one.
#ifndef COINWAKE_HEURISTICS_ADDRESS_USE_H_
#define COINWAKE_HEURISTICS_ADDRESS_USE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "indexer/view/view.h"

namespace coinwake {

// Immutable, thread-safe. An address that was spent from before a window was used before all of it.
class AddressUse {
 public:
  virtual ~AddressUse() = default;
  // REQUIRES of both: `address` is the output's.
  virtual bool IsFresh(OutputNum output, AddressNum address) const = 0;
  virtual bool IsPaidOnce(OutputNum output, AddressNum address) const = 0;
};

// By one pass over output_address: a byte an address and a bit an output. kDataLoss.
// kResourceExhausted when `memory_bytes` (0: no cap) cannot hold it.
absl::StatusOr<std::unique_ptr<const AddressUse>> ScanAddressUse(const View& view,
                                                                 std::uint64_t memory_bytes);

// By a store probe or two for each question. Damage latches in the view. `view` is borrowed.
std::unique_ptr<const AddressUse> LookUpAddressUse(const View& view);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_ADDRESS_USE_H_
