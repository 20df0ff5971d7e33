// Sets of addresses, numbered from 0, when all unions have been made: each with its members in
// ascending order. A u32 an address, and another from the first question about members on, which
// waits for a pass over all addresses.
#ifndef COINWAKE_HEURISTICS_FLAT_SETS_H_
#define COINWAKE_HEURISTICS_FLAT_SETS_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "heuristics/union_by_min.h"
#include "indexer/base/ids.h"

namespace coinwake {

// Thread-safe after Finish().
class FlatSets {
 public:
  // `parents`: as UnionByMin() takes them.
  explicit FlatSets(std::uint64_t count, std::span<const std::uint32_t> parents = {})
      : count_(count), unions_(count, parents) {}

  UnionByMin* unions() { return &unions_; }
  // Once, after the last union.
  void Finish();

  std::uint64_t count() const { return sets_count_; }
  // Of each address RootOf(), as long as this lives.
  std::span<const std::uint32_t> roots() const { return unions_.Parents(count_); }
  // REQUIRES of all below: address < count given to the constructor.
  AddressNum RootOf(AddressNum address) const { return {Root(address)}; }  // its smallest member
  std::uint64_t SizeOf(AddressNum address) const;                          // O(members)
  // Ascending, those > `after` where it is given, at most `limit`. O(result) when `after` is a
  // member, else O(members).
  std::vector<AddressNum> Members(AddressNum address, std::optional<AddressNum> after,
                                  std::size_t limit) const;

 private:
  std::uint32_t Root(AddressNum address) const;
  // Of each address the next larger member; the largest number ends the list.
  const std::vector<std::uint32_t>& Next() const;

  const std::uint64_t count_;
  UnionByMin unions_;
  mutable std::once_flag linked_;
  mutable std::vector<std::uint32_t> next_;  // once linked_
  std::uint64_t sets_count_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_FLAT_SETS_H_
