// Names met in a batch, and their numbers in the index.
//
// An index numbers names (accounts, assets) by first appearance and keeps their bytes in two
// columns, with a look-up table from a hash of the bytes to the number. A batch meets names in
// chain order and gives each a number of its own, so that nothing is looked up while it is
// collected; then all are resolved at once: one forward pass over the look-up runs, one over the
// columns.
#ifndef COINWAKE_INDEXER_INGEST_NAME_TABLE_H_
#define COINWAKE_INDEXER_INGEST_NAME_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/bytes.h"
#include "indexer/base/status.h"
#include "indexer/ingest/index_writer.h"

namespace coinwake {

// Not thread-safe.
class NameTable {
 public:
  // The name's number in the batch: by first appearance, from 0.
  std::uint32_t Intern(ByteSpan name);
  std::uint32_t count() const { return static_cast<std::uint32_t>(names_.size()); }
  ByteSpan name(std::uint32_t number) const {
    return AsBytes(names_[number].data(), names_[number].size());
  }
  std::uint64_t memory_bytes() const;

 private:
  std::deque<std::string> names_;  // a deque does not move what the map points into
  absl::flat_hash_map<std::string_view, std::uint32_t> number_of_;
  std::uint64_t long_bytes_ = 0;  // of names that a string does not hold within itself
};

// Where an index keeps names of one sort.
struct NameColumns {
  std::size_t run_table = 0;  // position in the schema
  std::size_t end_column = 0;
  std::size_t bytes_column = 0;
  std::uint64_t names_count = 0;  // in the index before the batch
  std::uint64_t bytes_count = 0;
};

struct ResolvedNames {
  std::vector<std::uint32_t> number_of;  // in the index, by number in the batch
  std::vector<std::uint32_t> fresh;      // those new to the index, ascending: in their new order
};

// Finds every name of `table` in the index and numbers those not there on from what there is, in
// their order. kResourceExhausted: more names than 32 bits count. kDataLoss: the index is damaged.
absl::StatusOr<ResolvedNames> ResolveNames(const NameTable& table, const NameColumns& columns,
                                           IndexWriter& writer);

// Appends the new names to the columns, and their run to `runs`.
absl::Status AppendNames(const NameTable& table, const ResolvedNames& resolved,
                         const NameColumns& columns, IndexWriter& writer, RunLists* runs);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_NAME_TABLE_H_
