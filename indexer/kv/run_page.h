// One page of a sorted run: up to 512 entries, packed to the width they need.
//
// Within a page keys and numbers are near each other, so each is stored as its distance from the
// page's smallest, in as few whole bytes as the largest distance takes: about 10 bytes an entry for
// hashed keys and 7 for address histories instead of 16. Width is fixed in a page, so the page is
// searched where it lies. Bytes (little-endian; docs/design/runs.md):
//   u8 key bytes (0..8), u8 number bytes (0..8), u16 entries count (1..512),
//   u64 smallest key, u64 smallest number, then (key distance, number distance) for each entry
#ifndef COINWAKE_INDEXER_KV_RUN_PAGE_H_
#define COINWAKE_INDEXER_KV_RUN_PAGE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "indexer/base/bytes.h"
#include "indexer/kv/sorted_runs.h"

namespace coinwake {

// A page is one block of the store: 5 KiB where entries take 10 bytes, a look-up's one read.
inline constexpr std::size_t kPageEntries = 512;
inline constexpr std::size_t kPageHeaderBytes = 20;

// REQUIRES: 1 to kPageEntries entries, ascending.
std::string EncodeRunPage(std::span<const RunEntry> entries);

class RunPage {
 public:
  // nullopt when `bytes` is no page. Total: whatever the bytes, at() gives some entry and the order
  // of entries is not checked.
  static std::optional<RunPage> Parse(std::string bytes);

  std::size_t size() const { return count_; }
  // REQUIRES: index < size().
  RunEntry at(std::size_t index) const {
    const char* key_end = bytes_.data() + kPageHeaderBytes + index * stride_ + key_bytes_;
    return {base_key_ + LoadEndingAt(key_end, key_shift_),
            base_number_ + LoadEndingAt(key_end + number_bytes_, number_shift_)};
  }
  // First index in [from, size()] whose entry is not before `target`. Near `from` is found soonest.
  std::size_t LowerBound(std::size_t from, const RunEntry& target) const;

 private:
  RunPage() = default;

  // A field of 8 - shift / 8 bytes that ends at `end`. The header before the first entry makes
  // reading eight bytes backwards safe; a field of no bytes is shifted out in two steps.
  static std::uint64_t LoadEndingAt(const char* end, unsigned shift) {
    return LoadLe<std::uint64_t>(end - 8) >> (shift / 2) >> (shift - shift / 2);
  }

  std::string bytes_;
  std::size_t count_ = 0;
  std::size_t stride_ = 0;
  std::size_t key_bytes_ = 0;
  std::size_t number_bytes_ = 0;
  unsigned key_shift_ = 0;
  unsigned number_shift_ = 0;
  std::uint64_t base_key_ = 0;
  std::uint64_t base_number_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_RUN_PAGE_H_
