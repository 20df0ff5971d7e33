// View::Open: what must hold before a row is read.
#include <algorithm>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "indexer/kv/keys.h"
#include "indexer/view/view.h"

namespace coinwake {
namespace {

constexpr char kRemedy[] = "; index again into an empty folder";

}  // namespace

absl::StatusOr<std::shared_ptr<const View>> View::Open(FileSystem& files, KvStore& store,
                                                       const std::string& folder) {
  const std::shared_ptr<View> view(new View());
  view->damage_ = std::make_unique<Damage>();
  view->kv_ = store.NewSnapshot();
  auto record = view->kv_->Get(kCommitKey);
  if (absl::IsNotFound(record.status())) {
    return absl::NotFoundError(absl::StrCat(folder, ": nothing is indexed there yet"));
  }
  COINWAKE_RETURN_IF_ERROR(record.status());
  COINWAKE_ASSIGN_OR_RETURN(view->commit_, DecodeCommitRecord(*record));
  const CommitRecord& commit = view->commit_;
  if (commit.blocks == 0) {
    return absl::NotFoundError(absl::StrCat(folder, ": nothing is indexed there yet"));
  }
  if (commit.columns.size() != kColumnsCount ||
      commit.blocks - 1 > std::numeric_limits<std::uint64_t>::max() - commit.from_height) {
    return absl::DataLossError(
        absl::StrCat(folder, ": the commit record contradicts itself", kRemedy));
  }
  view->snapshot_ = {commit.network, commit.from_height, commit.from_height + (commit.blocks - 1),
                     commit.tip_hash, commit.complete_history};
  for (std::size_t i = 0; i < std::size(kRunTables); ++i) {
    view->runs_.push_back(std::make_unique<RunReader>(*view->kv_, kRunTables[i], commit.runs[i]));
  }
  COINWAKE_RETURN_IF_ERROR(view->OpenColumns(files, folder));
  COINWAKE_RETURN_IF_ERROR(view->CheckTotals(folder));
  COINWAKE_RETURN_IF_ERROR(view->LoadOverwritten(folder));
  if (commit.complete_history) view->genesis_end_ = OutputNum{view->TotalsOfBlock(0).outputs};
  COINWAKE_RETURN_IF_ERROR(view->damage_->status());
  return std::shared_ptr<const View>(view);
}

absl::Status View::OpenColumns(FileSystem& files, const std::string& folder) {
  for (const ColumnSpec& spec : kColumns) {
    const CommittedColumn& committed = commit_.columns[static_cast<std::size_t>(spec.id)];
    COINWAKE_ASSIGN_OR_RETURN(
        auto column,
        ColumnReader::Open(files, ColumnsFolder(folder), spec,
                           ColumnState{committed.rows_count, committed.tail_crc}, damage_.get()));
    columns_.push_back(std::move(column));
  }
  tx_first_output_ = &Column(ColumnId::kTxFirstOutput);
  tx_first_input_ = &Column(ColumnId::kTxFirstInput);
  output_value_ = &Column(ColumnId::kOutputValue);
  output_address_ = &Column(ColumnId::kOutputAddress);
  output_spender_ = &Column(ColumnId::kOutputSpender);
  input_source_ = &Column(ColumnId::kInputSource);
  return absl::OkStatus();
}

// Every count the accessors bound numbers by comes from here, so it must be that of the columns.
absl::Status View::CheckTotals(const std::string& folder) {
  const std::uint64_t tip = commit_.blocks - 1;
  if (Column(ColumnId::kBlockTotals).rows_count() != commit_.blocks) {
    return absl::DataLossError(absl::StrCat(folder, "/columns/block_totals.col: holds ",
                                            Column(ColumnId::kBlockTotals).rows_count(),
                                            " rows for ", commit_.blocks, " blocks", kRemedy));
  }
  const ByteSpan row = Column(ColumnId::kBlockTotals).Rows(tip, tip + 1);
  COINWAKE_RETURN_IF_ERROR(damage_->status());
  std::memcpy(&totals_, row.data(), sizeof(totals_));
  for (const ColumnSpec& spec : kColumns) {
    const std::uint64_t rows = RowsOf(spec.id, totals_, commit_.blocks);
    if (Column(spec.id).rows_count() != rows) {
      return absl::DataLossError(absl::StrCat(
          folder, "/columns/", std::string(spec.name), ".col: holds ", Column(spec.id).rows_count(),
          " rows, not the ", rows, " of block_totals", kRemedy));
    }
  }
  // A number read from a damaged row falls back to 0, which must exist.
  const bool has_parents =
      totals_.transactions > 0 && (totals_.outputs == 0 || totals_.addresses > 0) &&
      (totals_.inputs == 0 || totals_.outputs > 0) && (totals_.keys == 0 || totals_.addresses > 0);
  if (!has_parents) {
    return absl::DataLossError(
        absl::StrCat(folder, "/columns/block_totals.col: the last row is impossible", kRemedy));
  }
  const ByteSpan hash = Column(ColumnId::kBlockHash).Rows(tip, tip + 1);
  COINWAKE_RETURN_IF_ERROR(damage_->status());
  if (!std::equal(hash.begin(), hash.end(), commit_.tip_hash.bytes.begin())) {
    return absl::DataLossError(absl::StrCat(
        folder, "/columns/block_hash.col: the last row is not the commit record's tip", kRemedy));
  }
  if (commit_.applied_inputs < totals_.inputs || commit_.applied_keys < totals_.keys) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, ": the last commit is still being finished"));
  }
  return absl::OkStatus();
}

absl::Status View::LoadOverwritten(const std::string& folder) {
  const auto keys = kv_->NewIterator();
  for (keys->Seek("b"); keys->Valid() && keys->key().starts_with('b'); keys->Next()) {
    const std::string_view key = keys->key();
    const std::string_view value = keys->value();
    Overwritten entry;
    bool valid = key.size() == 1 + sizeof(std::uint64_t) && value.size() == sizeof(std::uint64_t);
    if (valid) {
      entry.older.value = LoadBe<std::uint64_t>(key.data() + 1);
      entry.newer.value = LoadBe<std::uint64_t>(value.data());
      valid = entry.older < entry.newer && entry.newer.value < totals_.transactions;
    }
    if (!valid) {
      return absl::DataLossError(
          absl::StrCat(folder, ": the store's list of overwritten transactions is wrong", kRemedy));
    }
    entry.outputs = Outputs(entry.older);
    overwritten_.push_back(entry);
  }
  return keys->status();
}

}  // namespace coinwake
