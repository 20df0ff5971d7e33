#include "indexer/ingest/index_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/commit/finish_commit.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

// Rows of child tables are numbered on from the rows a table had; a table's number space decides
// where its runs end after a rewind.
std::uint64_t RowsOfTable(RunTable table, const BlockTotals& totals) {
  switch (table) {
    case RunTable::kTransactions:
      return totals.transactions;
    case RunTable::kAddresses:
      return totals.addresses;
    case RunTable::kAddressOutputs:
      return totals.outputs;
    case RunTable::kAddressForeign:
      return totals.foreign;
    case RunTable::kKeys:
      return totals.keys;
  }
  return 0;
}

// The cut fills the chunk it ends in with "none". Done already, while applying again after a crash
// would set it right, the cut has nothing left to write.
absl::Status ClearToChunkEnd(std::uint64_t kept_rows, std::uint64_t rows, InPlaceColumn& column) {
  constexpr std::uint64_t kChunkRows = kColumnChunkBytes / sizeof(std::uint32_t);
  const std::uint64_t chunk_end = (kept_rows + kChunkRows - 1) / kChunkRows * kChunkRows;
  std::vector<InPlaceUpdate> updates;
  for (std::uint64_t row = kept_rows; row < std::min(chunk_end, rows); ++row) {
    updates.push_back({row, kNone32});
  }
  return column.Apply(updates);
}

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

}  // namespace

absl::StatusOr<std::unique_ptr<IndexWriter>> IndexWriter::Open(FileSystem& files,
                                                               const std::string& data_folder,
                                                               Network network,
                                                               std::uint64_t memory_bytes) {
  const std::string folder = absl::StrCat(data_folder, "/", std::string(NetworkName(network)));
  // An index that a power cut makes nameless is lost, however well its files are synced.
  COINWAKE_RETURN_IF_ERROR(CreateFoldersDurably(files, absl::StrCat(folder, "/columns")));
  COINWAKE_RETURN_IF_ERROR(files.CreateFolders(absl::StrCat(folder, "/tmp")));
  auto writer = std::unique_ptr<IndexWriter>(new IndexWriter(files, folder, memory_bytes));
  COINWAKE_ASSIGN_OR_RETURN(writer->store_, OpenStore(files, folder));
  writer->committed_.network = network;
  writer->committed_.format_version = kIndexFormatVersion;
  writer->committed_.columns.resize(kColumnsCount);
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

absl::StatusOr<std::unique_ptr<InPlaceColumn>> IndexWriter::OpenInPlace(ColumnId id,
                                                                        std::uint64_t rows) {
  return InPlaceColumn::Open(files_, absl::StrCat(folder_, "/columns"), SpecOf(id), rows);
}

absl::StatusOr<std::unique_ptr<InPlaceReader>> IndexWriter::ReadInPlace(ColumnId id) const {
  return InPlaceReader::Open(files_, absl::StrCat(folder_, "/columns"), SpecOf(id),
                             committed_.columns[static_cast<std::size_t>(id)].rows_count);
}

// Cuts the in-place columns to `totals`, or lengthens them with "none".
absl::Status IndexWriter::ResizeInPlace(const BlockTotals& totals) {
  COINWAKE_ASSIGN_OR_RETURN(const auto spenders,
                            OpenInPlace(ColumnId::kOutputSpender, totals.outputs));
  COINWAKE_RETURN_IF_ERROR(spenders->Sync());
  COINWAKE_ASSIGN_OR_RETURN(const auto keys, OpenInPlace(ColumnId::kAddressKey, totals.addresses));
  return keys->Sync();
}

absl::Status IndexWriter::OpenColumns() {
  const std::string folder = absl::StrCat(folder_, "/columns");
  for (const ColumnSpec& spec : kColumns) {
    const auto index = static_cast<std::size_t>(spec.id);
    const CommittedColumn& committed = committed_.columns[index];
    if (spec.in_place) continue;
    COINWAKE_ASSIGN_OR_RETURN(
        columns_[index], ColumnWriter::Open(files_, folder, spec,
                                            ColumnState{committed.rows_count, committed.tail_crc}));
  }
  COINWAKE_ASSIGN_OR_RETURN(totals_, TotalsAfter(committed_.blocks));
  COINWAKE_RETURN_IF_ERROR(ResizeInPlace(totals_));
  for (const ColumnSpec& spec : kColumns) {
    const std::uint64_t rows = committed_.columns[static_cast<std::size_t>(spec.id)].rows_count;
    if (rows != RowsOf(spec.id, totals_, committed_.blocks)) {
      return absl::DataLossError(
          absl::StrCat(folder, "/", std::string(spec.name), ".col: the commit record names ", rows,
                       " rows, block_totals ", RowsOf(spec.id, totals_, committed_.blocks),
                       "; index again into an empty folder"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<BlockTotals> IndexWriter::TotalsAfter(std::uint64_t blocks) {
  BlockTotals totals;
  if (blocks == 0) return totals;
  std::array<std::uint8_t, sizeof(BlockTotals)> row;
  COINWAKE_RETURN_IF_ERROR(column(ColumnId::kBlockTotals).ReadRows(blocks - 1, blocks, row));
  std::memcpy(&totals, row.data(), sizeof(totals));
  return totals;
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
  for (const ColumnSpec& spec : kColumns) {
    const auto index = static_cast<std::size_t>(spec.id);
    const std::uint64_t rows = RowsOf(spec.id, change.totals, change.blocks);
    if (spec.in_place) {
      record.columns[index] = {rows, 0};
      continue;
    }
    COINWAKE_ASSIGN_OR_RETURN(const ColumnState state, columns_[index]->Sync());
    COINWAKE_CHECK(state.rows_count == rows);
    record.columns[index] = {state.rows_count, state.tail_crc};
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

// Sets to "none" the rows of `to` that rows [begin, end) of `from` name, where `row_of` gives one,
// a bounded part of them at a time.
template <typename Number, typename RowOf>
absl::Status IndexWriter::Clear(ColumnId from, std::uint64_t begin, std::uint64_t end,
                                const RowOf& row_of, InPlaceColumn& to) {
  const std::uint64_t part =
      std::max<std::uint64_t>(memory_bytes_ / (sizeof(Number) + sizeof(InPlaceUpdate)), 1024);
  std::vector<InPlaceUpdate> updates;
  while (begin < end) {
    const std::uint64_t count = std::min(end - begin, part);
    COINWAKE_ASSIGN_OR_RETURN(const auto numbers,
                              ReadNumbers<Number>(column(from), begin, begin + count));
    updates.clear();
    updates.reserve(count);
    for (const Number number : numbers) {
      if (const std::optional<std::uint64_t> row = row_of(number)) {
        updates.push_back({*row, kNone32});
      }
    }
    std::sort(updates.begin(), updates.end(),
              [](const InPlaceUpdate& a, const InPlaceUpdate& b) { return a.row < b.row; });
    COINWAKE_RETURN_IF_ERROR(to.Apply(updates));
    begin += count;
  }
  return absl::OkStatus();
}

absl::Status IndexWriter::ClearInPlace(const BlockTotals& kept) {
  COINWAKE_ASSIGN_OR_RETURN(const auto spenders,
                            OpenInPlace(ColumnId::kOutputSpender, totals_.outputs));
  const auto spent_output = [&](std::uint64_t row) -> std::optional<std::uint64_t> {
    const auto source = InputSource::FromRow(row);
    if (source.is_foreign() || source.output().value >= kept.outputs) return std::nullopt;
    return source.output().value;
  };
  COINWAKE_RETURN_IF_ERROR(Clear<std::uint64_t>(ColumnId::kInputSource, kept.inputs, totals_.inputs,
                                                spent_output, *spenders));
  COINWAKE_RETURN_IF_ERROR(ClearToChunkEnd(kept.outputs, totals_.outputs, *spenders));
  COINWAKE_RETURN_IF_ERROR(spenders->Sync());
  COINWAKE_ASSIGN_OR_RETURN(const auto keys, OpenInPlace(ColumnId::kAddressKey, totals_.addresses));
  const auto revealed = [&](std::uint32_t address) -> std::optional<std::uint64_t> {
    if (address >= kept.addresses) return std::nullopt;
    return address;
  };
  COINWAKE_RETURN_IF_ERROR(
      Clear<std::uint32_t>(ColumnId::kKeyAddress, kept.keys, totals_.keys, revealed, *keys));
  COINWAKE_RETURN_IF_ERROR(ClearToChunkEnd(kept.addresses, totals_.addresses, *keys));
  return keys->Sync();
}

absl::Status IndexWriter::Rewind(std::uint64_t blocks) {
  COINWAKE_CHECK(blocks > 0 && blocks <= committed_.blocks);
  COINWAKE_ASSIGN_OR_RETURN(const BlockTotals kept, TotalsAfter(blocks));
  // 1. The tip stays; were we to crash now, opening would apply the cut rows again.
  CommitRecord record = committed_;
  record.applied_inputs = std::min(record.applied_inputs, kept.inputs);
  record.applied_keys = std::min(record.applied_keys, kept.keys);
  COINWAKE_RETURN_IF_ERROR(WriteRecord(record, {}));
  // 2. In-place rows forget what is cut.
  COINWAKE_RETURN_IF_ERROR(ClearInPlace(kept));
  // 3. The shorter index is committed.
  KvBatch keys;
  COINWAKE_RETURN_IF_ERROR(ForgetKeys(blocks, kept, &record, &keys));
  for (const ColumnSpec& spec : kColumns) {
    const auto index = static_cast<std::size_t>(spec.id);
    const std::uint64_t rows = RowsOf(spec.id, kept, blocks);
    record.columns[index] = {rows, 0};
    if (spec.in_place) continue;
    // The rows stay in the file until the record that lacks them is durable.
    COINWAKE_RETURN_IF_ERROR(column(spec.id).Truncate(rows));
    COINWAKE_ASSIGN_OR_RETURN(const ColumnState state, column(spec.id).Sync());
    record.columns[index].tail_crc = state.tail_crc;
  }
  for (std::size_t table = 0; table < std::size(kRunTables); ++table) {
    const std::uint64_t rows = RowsOfTable(kRunTables[table], kept);
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

// What the store knows of the blocks that go: their hashes, and what they overwrote.
absl::Status IndexWriter::ForgetKeys(std::uint64_t blocks, const BlockTotals& kept,
                                     CommitRecord* record, KvBatch* keys) {
  ColumnRows hashes(column(ColumnId::kBlockHash), 32);
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
  const auto iterator = store_->NewIterator();
  for (iterator->Seek("b"); iterator->Valid() && iterator->key().starts_with("b");
       iterator->Next()) {
    if (iterator->value().size() == 8 &&
        LoadBe<std::uint64_t>(iterator->value().data()) >= kept.transactions) {
      keys->Delete(std::string(iterator->key()));
    }
  }
  return iterator->status();
}

absl::Status IndexWriter::DropUnlistedRuns() {
  for (std::size_t table = 0; table < std::size(kRunTables); ++table) {
    COINWAKE_RETURN_IF_ERROR(DropOtherRuns(*store_, kRunTables[table], committed_.runs[table]));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
