// The files of one network's index, opened for writing: recovery, commit, rewind.
//
// docs/design/commit.md is the page. In short: rows go to columns, pages of new runs to the store;
// Commit() syncs the columns, then writes one synced batch with the new record. In-place columns
// follow the record (they can be made again from the rows it covers), so no state of the disk ever
// shows a spender that the record does not cover. Not thread-safe.
#ifndef COINWAKE_INDEXER_INGEST_INDEX_WRITER_H_
#define COINWAKE_INDEXER_INGEST_INDEX_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/commit/index_schema.h"
#include "indexer/kv/commit_record.h"
#include "indexer/kv/sorted_runs.h"
#include "indexer/kv/store.h"
#include "indexer/segment/column.h"
#include "indexer/segment/column_spec.h"

namespace coinwake {

class IndexWriter {
 public:
  // Opens or makes the index of `network` in `data_folder` and recovers it to its last commit.
  // `memory_bytes` bounds what applying in-place changes may use. kUnavailable: another process has
  // it. kDataLoss, kUnimplemented as the parts say. `files` is borrowed.
  static absl::StatusOr<std::unique_ptr<IndexWriter>> Open(FileSystem& files,
                                                           const std::string& data_folder,
                                                           Network network,
                                                           std::uint64_t memory_bytes);
  IndexWriter(const IndexWriter&) = delete;
  IndexWriter& operator=(const IndexWriter&) = delete;

  const CommitRecord& committed() const { return committed_; }
  const IndexSchema& schema() const { return schema_; }
  const Totals& totals() const { return totals_; }  // at the committed tip
  bool empty() const { return committed_.blocks == 0; }
  KvStore& store() { return *store_; }
  FileSystem& files() { return files_; }
  const std::string& folder() const { return folder_; }  // the network's
  // By ColumnId or TronColumn, as the network's chain has it. REQUIRES: the column is not in place.
  template <typename Id>
  ColumnWriter& column(Id id) {
    static_assert(std::is_enum_v<Id>);
    return ColumnAt(static_cast<std::size_t>(id));
  }
  ColumnWriter& ColumnAt(std::size_t position) { return *columns_[position]; }

  // What the last commit left in a column that is in place.
  template <typename Id>
  absl::StatusOr<std::unique_ptr<InPlaceReader>> ReadInPlace(Id id) const {
    static_assert(std::is_enum_v<Id>);
    return ReadInPlaceAt(static_cast<std::size_t>(id));
  }

  // A run id no table has used.
  std::uint64_t NewRunId() { return next_run_id_++; }

  // What a commit changes besides the rows appended to columns.
  struct Change {
    std::uint64_t from_height = 0;  // used by the first commit only
    bool complete_history = false;  // likewise
    std::uint64_t blocks = 0;       // total after the commit
    Hash256 tip_hash;
    Totals totals{};
    RunLists runs;  // whole new lists
    std::uint64_t stale_blocks = 0;
    std::uint64_t detached_blocks = 0;
    KvBatch keys;  // written with the record
  };
  // Makes everything appended since the last commit durable and visible, then brings the in-place
  // columns up to it and drops pages of runs no longer listed. After an error the writer is of no
  // more use; the index is at the commit before or, if the record was written, at the new one.
  absl::Status Commit(Change change);
  // Cuts the index back to its first `blocks` blocks. REQUIRES: 0 < blocks <= committed().blocks.
  // Nothing may be appended and uncommitted.
  absl::Status Rewind(std::uint64_t blocks);
  // Updates the stale and detached counts and `keys` without touching the chain.
  absl::Status CommitKeys(std::uint64_t stale_blocks, std::uint64_t detached_blocks, KvBatch keys);

  // Totals after the first `blocks` blocks; zero totals for 0.
  absl::StatusOr<Totals> TotalsAfter(std::uint64_t blocks);

  // Writes `entries`, whose numbers lie in [lo, hi), as a new run of the table at `table` in the
  // schema, and merges runs so that few remain. `runs` is the table's list, old and new.
  absl::Status AddRun(std::size_t table, std::uint64_t lo, std::uint64_t hi, EntryStream& entries,
                      std::vector<RunInfo>* runs);

 private:
  IndexWriter(FileSystem& files, std::string folder, const IndexSchema& schema,
              std::uint64_t memory_bytes)
      : files_(files), folder_(std::move(folder)), schema_(schema), memory_bytes_(memory_bytes) {}

  absl::Status OpenColumns();
  absl::StatusOr<std::unique_ptr<InPlaceReader>> ReadInPlaceAt(std::size_t column) const;
  absl::Status WriteRecord(const CommitRecord& record, KvBatch batch);
  absl::Status ReadRecord();
  absl::Status ResizeInPlace(const Totals& totals);
  absl::Status ForgetKeys(std::uint64_t blocks, const Totals& kept, CommitRecord* record,
                          KvBatch* keys);
  absl::Status DropUnlistedRuns();

  FileSystem& files_;
  const std::string folder_;
  const IndexSchema& schema_;
  const std::uint64_t memory_bytes_;
  std::unique_ptr<KvStore> store_;
  std::vector<std::unique_ptr<ColumnWriter>> columns_;  // by the schema; null for in-place ones
  CommitRecord committed_;
  Totals totals_{};
  std::uint64_t next_run_id_ = 1;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_INDEX_WRITER_H_
