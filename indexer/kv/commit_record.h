// The one commit point: a block exists if and only if this record covers it.
//
// Stored under one key of the store, written in one synced batch, after the columns are synced and
// the pages of new runs are durable. docs/design/commit.md tells the order and the recovery.
#ifndef COINWAKE_INDEXER_KV_COMMIT_RECORD_H_
#define COINWAKE_INDEXER_KV_COMMIT_RECORD_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/kv/sorted_runs.h"

namespace coinwake {

// Mirrors segment's ColumnState; kv does not include segment.
struct CommittedColumn {
  std::uint64_t rows_count = 0;
  std::uint32_t tail_crc = 0;
  friend bool operator==(const CommittedColumn&, const CommittedColumn&) = default;
};

inline constexpr std::size_t kMaxRunTables = 5;
using RunLists = std::array<std::vector<RunInfo>, kMaxRunTables>;

struct CommitRecord {
  std::uint32_t format_version = 1;
  Network network = Network::kBitcoin;
  std::uint64_t sequence = 0;     // commits so far
  std::uint64_t from_height = 0;  // of the first block; 0 with genesis
  std::uint64_t blocks = 0;       // the tip's height is from_height + blocks - 1
  Hash256 tip_hash;
  bool complete_history = false;         // begins at genesis
  std::vector<CommittedColumn> columns;  // by position in the chain's schema
  // By position in the chain's schema, oldest first; empty beyond those it has.
  RunLists runs;
  std::uint64_t next_run_id = 1;
  // In-place columns reflect the first `applied_inputs` inputs and `applied_keys` keys; the rest is
  // applied again from the input rows when the index is opened.
  std::uint64_t applied_inputs = 0;
  std::uint64_t applied_keys = 0;
  std::uint64_t stale_blocks = 0;     // known, off the best chain
  std::uint64_t detached_blocks = 0;  // connect to no indexed block

  friend bool operator==(const CommitRecord&, const CommitRecord&) = default;
};

// With magic, version and CRC-32C.
std::string EncodeCommitRecord(const CommitRecord& record);
// kDataLoss: damaged. kUnimplemented: written by a newer version (the message says what to do).
absl::StatusOr<CommitRecord> DecodeCommitRecord(std::string_view bytes);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_COMMIT_RECORD_H_
