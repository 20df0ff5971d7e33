// A hash table from digests to row numbers of an array the caller keeps.
#ifndef COINWAKE_INDEXER_INGEST_DIGEST_TABLE_H_
#define COINWAKE_INDEXER_INGEST_DIGEST_TABLE_H_

#include <bit>
#include <cstdint>
#include <vector>

#include "indexer/base/bytes.h"

namespace coinwake {

// Open addressing with linear probing. The keys are cryptographic digests of one partition: their
// bytes 8..16 are taken as the hash, the first bytes being those that chose the partition.
class DigestTable {
 public:
  static constexpr std::uint32_t kEmpty = 0xffffffff;

  // Room for `count` entries.
  explicit DigestTable(std::size_t count) : slots_(std::bit_ceil(count * 2 + 2), kEmpty) {}

  // Calls same(row) for each entry that may match `digest` until it returns true; returns that row,
  // or kEmpty. With `insert` other than kEmpty the row is added where the search ended.
  template <typename Same>
  std::uint32_t FindOrAdd(const std::uint8_t* digest, std::uint32_t insert, const Same& same) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = LoadLe<std::uint64_t>(digest + 8) & mask;
    while (slots_[slot] != kEmpty) {
      if (same(slots_[slot])) return slots_[slot];
      slot = (slot + 1) & mask;
    }
    slots_[slot] = insert;
    return kEmpty;
  }

 private:
  std::vector<std::uint32_t> slots_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_DIGEST_TABLE_H_
