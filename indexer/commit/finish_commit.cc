#include "indexer/commit/finish_commit.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/commit/index_schema.h"
#include "indexer/kv/commit_record.h"
#include "indexer/kv/keys.h"
#include "indexer/segment/column.h"
#include "indexer/segment/schema.h"

namespace coinwake {
namespace {

class Finisher {
 public:
  // Each slice of updates is one forward pass over a column.
  Finisher(FileSystem& files, const std::string& folder, const CommitRecord& record,
           Finishing finishing, std::uint64_t memory_bytes)
      : files_(files),
        folder_(absl::StrCat(folder, "/columns")),
        record_(record),
        finishing_(finishing),
        slice_updates_(std::max<std::uint64_t>(memory_bytes / sizeof(InPlaceUpdate), 1024)) {}

  absl::Status ApplySpenders();
  absl::Status ApplyKeys();

  std::uint64_t RowsCount(ColumnId id) const {
    return record_.columns[static_cast<std::size_t>(id)].rows_count;
  }

 private:
  absl::StatusOr<std::unique_ptr<ColumnReader>> Open(ColumnId id) {
    const CommittedColumn& committed = record_.columns[static_cast<std::size_t>(id)];
    return ColumnReader::Open(files_, folder_, SpecOf(id),
                              ColumnState{committed.rows_count, committed.tail_crc}, &damage_);
  }
  absl::StatusOr<std::unique_ptr<InPlaceColumn>> OpenInPlace(ColumnId id) {
    COINWAKE_ASSIGN_OR_RETURN(auto column,
                              InPlaceColumn::Open(files_, folder_, SpecOf(id), RowsCount(id)));
    // A synced column holds changes to its checksums; see InPlaceColumn.
    if (finishing_ == Finishing::kOwnCommit) COINWAKE_RETURN_IF_ERROR(column->Sync());
    return column;
  }
  absl::Status Missing(ColumnId id, std::uint64_t row) const {
    return absl::DataLossError(absl::StrCat(folder_, "/", std::string(SpecOf(id).name),
                                            ".col: row ", row,
                                            " names what does not exist; index again into an "
                                            "empty folder"));
  }
  // Sorts and applies `updates`, unless what they were made from is damaged.
  absl::Status Apply(InPlaceColumn& column, std::vector<InPlaceUpdate>* updates) {
    COINWAKE_RETURN_IF_ERROR(damage_.status());
    std::sort(updates->begin(), updates->end(), [](const InPlaceUpdate& a, const InPlaceUpdate& b) {
      return a.row != b.row ? a.row < b.row : a.value < b.value;
    });
    COINWAKE_RETURN_IF_ERROR(column.Apply(*updates));
    updates->clear();
    return absl::OkStatus();
  }

  FileSystem& files_;
  const std::string folder_;
  const CommitRecord& record_;
  const Finishing finishing_;
  const std::uint64_t slice_updates_;
  Damage damage_;
};

absl::Status Finisher::ApplySpenders() {
  const std::uint64_t inputs = RowsCount(ColumnId::kInputSource);
  const std::uint64_t outputs = RowsCount(ColumnId::kOutputValue);
  const std::uint64_t transactions = RowsCount(ColumnId::kTxFirstInput);
  COINWAKE_ASSIGN_OR_RETURN(const auto sources, Open(ColumnId::kInputSource));
  COINWAKE_ASSIGN_OR_RETURN(const auto first_inputs, Open(ColumnId::kTxFirstInput));
  COINWAKE_ASSIGN_OR_RETURN(const auto spenders, OpenInPlace(ColumnId::kOutputSpender));
  // The last transaction that starts at or before the first input to apply.
  std::uint64_t next_tx = 0;
  for (std::uint64_t high = transactions; next_tx < high;) {
    const std::uint64_t middle = next_tx + (high - next_tx) / 2;
    if (first_inputs->Get<std::uint64_t>(middle) <= record_.applied_inputs) {
      next_tx = middle + 1;
    } else {
      high = middle;
    }
  }
  std::vector<InPlaceUpdate> updates;
  for (std::uint64_t input = record_.applied_inputs; input < inputs; ++input) {
    while (next_tx < transactions && first_inputs->Get<std::uint64_t>(next_tx) <= input) ++next_tx;
    if (next_tx == 0) return Missing(ColumnId::kTxFirstInput, 0);
    const auto source = InputSource::FromRow(sources->Get<std::uint64_t>(input));
    if (source.is_foreign()) continue;
    if (source.output().value >= outputs) {
      COINWAKE_RETURN_IF_ERROR(damage_.status());
      return Missing(ColumnId::kInputSource, input);
    }
    updates.push_back({source.output().value, static_cast<std::uint32_t>(next_tx - 1)});
    if (updates.size() == slice_updates_) {
      COINWAKE_RETURN_IF_ERROR(Apply(*spenders, &updates));
    }
  }
  COINWAKE_RETURN_IF_ERROR(Apply(*spenders, &updates));
  return spenders->Sync();
}

absl::Status Finisher::ApplyKeys() {
  const std::uint64_t keys = RowsCount(ColumnId::kKeyAddress);
  const std::uint64_t addresses = RowsCount(ColumnId::kAddressType);
  COINWAKE_ASSIGN_OR_RETURN(const auto key_addresses, Open(ColumnId::kKeyAddress));
  COINWAKE_ASSIGN_OR_RETURN(const auto address_keys, OpenInPlace(ColumnId::kAddressKey));
  std::vector<InPlaceUpdate> updates;
  for (std::uint64_t key = record_.applied_keys; key < keys; ++key) {
    const auto address = key_addresses->Get<std::uint32_t>(key);
    if (address >= addresses) {
      COINWAKE_RETURN_IF_ERROR(damage_.status());
      return Missing(ColumnId::kKeyAddress, key);
    }
    updates.push_back({address, static_cast<std::uint32_t>(key)});
    if (updates.size() == slice_updates_) {
      COINWAKE_RETURN_IF_ERROR(Apply(*address_keys, &updates));
    }
  }
  COINWAKE_RETURN_IF_ERROR(Apply(*address_keys, &updates));
  return address_keys->Sync();
}

}  // namespace

absl::Status FinishCommit(FileSystem& files, KvStore& store, const std::string& folder,
                          Finishing finishing, std::uint64_t memory_bytes) {
  const auto bytes = store.Get(kCommitKey);
  if (absl::IsNotFound(bytes.status())) {
    return absl::NotFoundError(absl::StrCat(folder, ": nothing is indexed there yet"));
  }
  COINWAKE_RETURN_IF_ERROR(bytes.status());
  COINWAKE_ASSIGN_OR_RETURN(CommitRecord record, DecodeCommitRecord(*bytes));
  if (record.columns.size() != SchemaOf(ChainOf(record.network)).columns.size()) {
    return absl::DataLossError(absl::StrCat(folder, ": the commit record contradicts itself"));
  }
  if (ChainOf(record.network) != Chain::kBitcoin) return absl::OkStatus();  // nothing is in place
  Finisher finisher(files, folder, record, finishing, memory_bytes);
  const std::uint64_t inputs = finisher.RowsCount(ColumnId::kInputSource);
  const std::uint64_t keys = finisher.RowsCount(ColumnId::kKeyAddress);
  if (record.applied_inputs >= inputs && record.applied_keys >= keys) return absl::OkStatus();
  if (finisher.RowsCount(ColumnId::kOutputSpender) != finisher.RowsCount(ColumnId::kOutputValue) ||
      finisher.RowsCount(ColumnId::kAddressKey) != finisher.RowsCount(ColumnId::kAddressType)) {
    return absl::DataLossError(absl::StrCat(folder, ": the commit record contradicts itself"));
  }
  COINWAKE_RETURN_IF_ERROR(finisher.ApplySpenders());
  COINWAKE_RETURN_IF_ERROR(finisher.ApplyKeys());
  record.applied_inputs = inputs;
  record.applied_keys = keys;
  KvBatch batch;
  batch.Put(kCommitKey, EncodeCommitRecord(record));
  return store.Write(batch, /*sync=*/true);
}

}  // namespace coinwake
