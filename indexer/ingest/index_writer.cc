#include "indexer/ingest/index_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/commit/finish_commit.h"
#include "indexer/ingest/clear_in_place.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/kv/keys.h"
#include "indexer/segment/schema.h"

namespace coinwake {
namespace {

// The store is made before the first column: columns without one have lost theirs.
absl::StatusOr<std::unique_ptr<KvStore>> OpenStore(FileSystem& files, const std::string& folder) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> columns,
                            files.List(absl::StrCat(folder, "/columns")));
  KvOptions options;
  options.create_if_missing = columns.empty();
  auto store = KvStore::Open(files, absl::StrCat(folder, "/kv"), options);
  if (absl::IsNotFound(store.status())) {
    return absl::DataLossError(
        absl::StrCat(folder, "/kv: missing; restore the folder, or index into a new data folder"));
  }
  return store;
}

// An index that a power cut makes nameless is lost, however well its files are synced. Each folder
// is durable before the one inside it is made, so that this one tells whether it is.
absl::Status MakeFolders(FileSystem& files, const std::string& data_folder,
                         const std::string& folder) {
  COINWAKE_ASSIGN_OR_RETURN(const bool is_begun, files.Exists(folder));
  if (!is_begun) COINWAKE_RETURN_IF_ERROR(CreateFoldersDurably(files, data_folder));
  COINWAKE_RETURN_IF_ERROR(CreateFoldersDurably(files, folder));
  return CreateFoldersDurably(files, absl::StrCat(folder, "/columns"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<IndexWriter>> IndexWriter::Open(FileSystem& files,
                                                               const std::string& data_folder,
                                                               Network network,
                                                               std::uint64_t memory_bytes) {
  const std::string folder = absl::StrCat(data_folder, "/", std::string(NetworkName(network)));
  COINWAKE_RETURN_IF_ERROR(MakeFolders(files, data_folder, folder));
  COINWAKE_RETURN_IF_ERROR(files.CreateFolders(absl::StrCat(folder, "/tmp")));
  auto writer = std::unique_ptr<IndexWriter>(
      new IndexWriter(files, folder, SchemaOf(ChainOf(network)), memory_bytes));
  COINWAKE_ASSIGN_OR_RETURN(writer->store_, OpenStore(files, folder));
  writer->committed_.network = network;
  writer->committed_.format_version = kIndexFormatVersion;
  writer->committed_.columns.resize(writer->schema_.columns.size());
  const absl::Status finished =
      FinishCommit(files, *writer->store_, folder, Finishing::kAfterCrash, memory_bytes);
  if (finished.ok()) {
    COINWAKE_RETURN_IF_ERROR(writer->ReadRecord());
  } else if (!absl::IsNotFound(finished)) {
    return finished;
  }
  if (writer->committed_.network != network) {
    return absl::DataLossError(absl::StrCat(folder, ": holds an index of ",
                                            std::string(NetworkName(writer->committed_.network))));
  }
  writer->next_run_id_ = writer->committed_.next_run_id;
  COINWAKE_RETURN_IF_ERROR(writer->OpenColumns());
  COINWAKE_RETURN_IF_ERROR(writer->DropUnlistedRuns());
  return writer;
}

absl::Status IndexWriter::ReadRecord() {
  COINWAKE_ASSIGN_OR_RETURN(const std::string bytes, store_->Get(kCommitKey));
  COINWAKE_ASSIGN_OR_RETURN(committed_, DecodeCommitRecord(bytes));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<InPlaceReader>> IndexWriter::ReadInPlaceAt(
    std::size_t column) const {
  return InPlaceReader::Open(files_, absl::StrCat(folder_, "/columns"), schema_.columns[column],
                             committed_.columns[column].rows_count);
}

// Cuts the in-place columns to `totals`, or lengthens them with "none".
absl::Status IndexWriter::ResizeInPlace(const Totals& totals) {
  for (const ColumnSpec& spec : schema_.columns) {
    if (!spec.in_place) continue;
    COINWAKE_ASSIGN_OR_RETURN(const auto column,
                              InPlaceColumn::Open(files_, absl::StrCat(folder_, "/columns"), spec,
                                                  CountOf(spec.counted_by, totals, 0)));
    COINWAKE_RETURN_IF_ERROR(column->Sync());
  }
  return absl::OkStatus();
}

absl::Status IndexWriter::OpenColumns() {
  const std::string folder = absl::StrCat(folder_, "/columns");
  columns_.resize(schema_.columns.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (schema_.columns[i].in_place) continue;
    const CommittedColumn& committed = committed_.columns[i];
    COINWAKE_ASSIGN_OR_RETURN(
        columns_[i], ColumnWriter::Open(files_, folder, schema_.columns[i],
                                        ColumnState{committed.rows_count, committed.tail_crc}));
  }
  COINWAKE_ASSIGN_OR_RETURN(totals_, TotalsAfter(committed_.blocks));
  COINWAKE_RETURN_IF_ERROR(ResizeInPlace(totals_));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnSpec& spec = schema_.columns[i];
    const std::uint64_t rows = CountOf(spec.counted_by, totals_, committed_.blocks);
    if (committed_.columns[i].rows_count != rows) {
      return absl::DataLossError(
          absl::StrCat(folder, "/", std::string(spec.name), ".col: the commit record names ",
                       committed_.columns[i].rows_count, " rows, block_totals ", rows,
                       "; index again into an empty folder"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Totals> IndexWriter::TotalsAfter(std::uint64_t blocks) {
  if (blocks == 0) return Totals{};
  std::vector<std::uint8_t> row(schema_.totals_count * sizeof(std::uint64_t));
  COINWAKE_RETURN_IF_ERROR(
      columns_[schema_.block_totals_column]->ReadRows(blocks - 1, blocks, row));
  return TotalsFromRow(schema_, row);
}

absl::Status IndexWriter::WriteRecord(const CommitRecord& record, KvBatch batch) {
  batch.Put(kCommitKey, EncodeCommitRecord(record));
  COINWAKE_RETURN_IF_ERROR(store_->Write(batch, /*sync=*/true));
  committed_ = record;
  return absl::OkStatus();
}

absl::Status IndexWriter::Commit(Change change) {
  CommitRecord record = committed_;
  if (empty()) {
    record.from_height = change.from_height;
    record.complete_history = change.complete_history;
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnSpec& spec = schema_.columns[i];
    const std::uint64_t rows = CountOf(spec.counted_by, change.totals, change.blocks);
    if (spec.in_place) {
      record.columns[i] = {rows, 0};
      continue;
    }
    COINWAKE_ASSIGN_OR_RETURN(const ColumnState state, columns_[i]->Sync());
    COINWAKE_CHECK(state.rows_count == rows);
    record.columns[i] = {state.rows_count, state.tail_crc};
  }
  // The in-place files must reach at least as far as the record says.
  COINWAKE_RETURN_IF_ERROR(ResizeInPlace(change.totals));
  ++record.sequence;
  record.blocks = change.blocks;
  record.tip_hash = change.tip_hash;
  record.runs = std::move(change.runs);
  record.next_run_id = next_run_id_;
  record.stale_blocks = change.stale_blocks;
  record.detached_blocks = change.detached_blocks;
  COINWAKE_RETURN_IF_ERROR(WriteRecord(record, std::move(change.keys)));
  totals_ = change.totals;
  COINWAKE_RETURN_IF_ERROR(
      FinishCommit(files_, *store_, folder_, Finishing::kOwnCommit, memory_bytes_));
  COINWAKE_RETURN_IF_ERROR(ReadRecord());
  return DropUnlistedRuns();
}

absl::Status IndexWriter::CommitKeys(std::uint64_t stale_blocks, std::uint64_t detached_blocks,
                                     KvBatch keys) {
  CommitRecord record = committed_;
  record.stale_blocks = stale_blocks;
  record.detached_blocks = detached_blocks;
  if (record == committed_ && keys.operations().empty()) return absl::OkStatus();
  ++record.sequence;
  return WriteRecord(record, std::move(keys));
}

absl::Status IndexWriter::Rewind(std::uint64_t blocks) {
  COINWAKE_CHECK(blocks > 0 && blocks <= committed_.blocks);
  COINWAKE_ASSIGN_OR_RETURN(const Totals kept, TotalsAfter(blocks));
  CommitRecord record = committed_;
  if (schema_.chain == Chain::kBitcoin) {
    const BlockTotals kept_rows = FromTotals(kept);
    // 1. The tip stays; were we to crash now, opening would apply the cut rows again.
    record.applied_inputs = std::min(record.applied_inputs, kept_rows.inputs);
    record.applied_keys = std::min(record.applied_keys, kept_rows.keys);
    COINWAKE_RETURN_IF_ERROR(WriteRecord(record, {}));
    // 2. In-place rows forget what is cut.
    COINWAKE_RETURN_IF_ERROR(
        ClearInPlace(files_, absl::StrCat(folder_, "/columns"), column(ColumnId::kInputSource),
                     column(ColumnId::kKeyAddress), FromTotals(totals_), kept_rows, memory_bytes_));
  }
  // 3. The shorter index is committed.
  KvBatch keys;
  COINWAKE_RETURN_IF_ERROR(ForgetKeys(blocks, kept, &record, &keys));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnSpec& spec = schema_.columns[i];
    const std::uint64_t rows = CountOf(spec.counted_by, kept, blocks);
    record.columns[i] = {rows, 0};
    if (spec.in_place) continue;
    // The rows stay in the file until the record that lacks them is durable.
    COINWAKE_RETURN_IF_ERROR(columns_[i]->Truncate(rows));
    COINWAKE_ASSIGN_OR_RETURN(const ColumnState state, columns_[i]->Sync());
    record.columns[i].tail_crc = state.tail_crc;
  }
  // Numbers go on from the rows a table had, so that its runs end where its rows do.
  for (std::size_t table = 0; table < schema_.runs.size(); ++table) {
    const std::uint64_t rows = kept[schema_.runs[table].counted_by];
    auto& runs = record.runs[table];
    std::erase_if(runs, [rows](const RunInfo& run) { return run.lo >= rows; });
    for (RunInfo& run : runs) run.hi = std::min(run.hi, rows);
  }
  ++record.sequence;
  record.blocks = blocks;
  COINWAKE_RETURN_IF_ERROR(WriteRecord(record, std::move(keys)));
  totals_ = kept;
  COINWAKE_RETURN_IF_ERROR(ResizeInPlace(kept));
  return DropUnlistedRuns();
}

// What the store knows of the blocks that go: their hashes, and what their transactions left.
absl::Status IndexWriter::ForgetKeys(std::uint64_t blocks, const Totals& kept, CommitRecord* record,
                                     KvBatch* keys) {
  ColumnRows hashes(*columns_[schema_.block_hash_column], 32);
  for (std::uint64_t block = blocks - 1; block < committed_.blocks; ++block) {
    COINWAKE_ASSIGN_OR_RETURN(const ByteSpan row, hashes.Row(block));
    Hash256 hash;
    std::copy(row.begin(), row.end(), hash.bytes.begin());
    if (block == blocks - 1) {
      record->tip_hash = hash;
    } else {
      keys->Delete(BlockHeightKey(hash));
    }
  }
  const std::uint64_t transactions = kept[kTransactionsTotal];
  const auto iterator = store_->NewIterator();
  for (iterator->Seek("b"); iterator->Valid() && iterator->key().starts_with("b");
       iterator->Next()) {
    if (iterator->value().size() == 8 &&
        LoadBe<std::uint64_t>(iterator->value().data()) >= transactions) {
      keys->Delete(std::string(iterator->key()));
    }
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  const auto changes = store_->NewIterator();
  for (changes->Seek(RegistryKey(TxNum{transactions}));
       changes->Valid() && changes->key().starts_with("g"); changes->Next()) {
    keys->Delete(std::string(changes->key()));
  }
  return changes->status();
}

absl::Status IndexWriter::AddRun(std::size_t table, std::uint64_t lo, std::uint64_t hi,
                                 EntryStream& entries, std::vector<RunInfo>* runs) {
  const RunTable name = schema_.runs[table].table;
  COINWAKE_ASSIGN_OR_RETURN(const RunInfo run,
                            WriteRun(*store_, name, NewRunId(), lo, hi, entries));
  if (run.entries != 0) runs->push_back(run);
  while (true) {
    const MergePlan plan = PlanMerge(*runs);
    if (plan.begin == plan.end) return absl::OkStatus();
    const std::span<const RunInfo> merged(runs->data() + plan.begin, plan.end - plan.begin);
    COINWAKE_ASSIGN_OR_RETURN(const RunInfo one, MergeRuns(*store_, name, merged, NewRunId()));
    const auto begin = runs->begin() + static_cast<std::ptrdiff_t>(plan.begin);
    *begin = one;
    runs->erase(begin + 1, runs->begin() + static_cast<std::ptrdiff_t>(plan.end));
  }
}

absl::Status IndexWriter::DropUnlistedRuns() {
  for (std::size_t table = 0; table < schema_.runs.size(); ++table) {
    COINWAKE_RETURN_IF_ERROR(
        DropOtherRuns(*store_, schema_.runs[table].table, committed_.runs[table]));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
