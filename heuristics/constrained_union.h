// Unions that must not put together what is known to be apart (ALGORITHMS.md 1.4, D2 to D5; 2.7).
#ifndef COINWAKE_HEURISTICS_CONSTRAINED_UNION_H_
#define COINWAKE_HEURISTICS_CONSTRAINED_UNION_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "heuristics/union_by_min.h"

namespace coinwake {

// Two sets of at least so many addresses are not united by one piece of evidence.
inline constexpr std::uint32_t kLargeSet = 1'000;

// The result depends on the order of calls: evidence goes in by descending confidence. Not
// thread-safe. Memory: a u32 an address, and about 40 bytes for each pair of sets kept apart.
class ConstrainedUnion {
 public:
  // `unions` is flat, borrowed, and not used by others while this lives.
  ConstrainedUnion(std::uint64_t count, UnionByMin* unions);

  // `a` and `b` must never be in one set. No effect where they are already.
  void KeepApart(std::uint32_t a, std::uint32_t b);

  // `address` is known to be held by `owner`; a set may come to have several. Sets that have owners
  // and none in common are not united.
  void SetOwner(std::uint32_t address, std::uint64_t owner);

  enum class Outcome : std::uint8_t { kSameAlready, kUnited, kForbidden, kQuarantined };
  // `height`: of the block that holds the evidence. Two large sets wait for evidence of another
  // block.
  Outcome Unite(std::uint32_t a, std::uint32_t b, std::uint64_t height);

  std::uint32_t largest() const { return largest_; }  // addresses
  bool AreTogether(std::uint32_t a, std::uint32_t b) { return unions_.Find(a) == unions_.Find(b); }
  // Addresses of the set that holds `address`.
  std::uint32_t SizeOf(std::uint32_t address) { return sizes_[unions_.Find(address)]; }

 private:
  // A symmetric relation of sets, by their roots, with a number for each pair.
  class Pairs {
   public:
    // A pair that is there keeps its number.
    void Put(std::uint32_t a, std::uint32_t b, std::uint64_t number);
    // nullptr where they are no pair.
    const std::uint64_t* Find(std::uint32_t a, std::uint32_t b) const;
    // The set of root `from` is now part of `into`; of two numbers the smaller stays. The smaller
    // relation is moved to the larger, whichever root stays.
    void Merge(std::uint32_t from, std::uint32_t into);

   private:
    std::uint32_t SlotOf(std::uint32_t root);

    absl::flat_hash_map<std::uint32_t, std::uint32_t> slot_of_;              // by root
    std::vector<absl::flat_hash_map<std::uint32_t, std::uint64_t>> others_;  // of a slot, by slot
  };

  bool HaveDifferentOwners(std::uint32_t a, std::uint32_t b) const;
  void MergeOwners(std::uint32_t from, std::uint32_t into);

  UnionByMin& unions_;
  std::vector<std::uint32_t> sizes_;  // by root
  std::uint32_t largest_ = 0;
  absl::flat_hash_map<std::uint32_t, std::vector<std::uint64_t>> owners_;  // by root, ascending
  Pairs apart_;
  Pairs waiting_;  // the height of the evidence so far
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CONSTRAINED_UNION_H_
