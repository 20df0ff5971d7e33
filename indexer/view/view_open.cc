// View::Open: what must hold before a row is read; and views of earlier heights.
#include <string_view>

#include "absl/strings/str_cat.h"
#include "indexer/kv/keys.h"
#include "indexer/view/view.h"

namespace coinwake {
namespace {

constexpr char kRemedy[] = "; index again into an empty folder";

}  // namespace

absl::StatusOr<std::shared_ptr<const View>> View::Open(FileSystem& files, KvStore& store,
                                                       const std::string& folder,
                                                       const std::string& label_set) {
  const std::shared_ptr<View> view(new View());
  COINWAKE_RETURN_IF_ERROR(view->OpenChain(files, store, folder, label_set));
  view->FindColumns();
  COINWAKE_RETURN_IF_ERROR(view->CheckCommit(folder));
  COINWAKE_RETURN_IF_ERROR(view->LoadOverwritten(folder));
  if (view->commit().complete_history) {
    view->genesis_end_ = OutputNum{view->TotalOfBlock(0, bitcoin_total::kOutputs)};
  }
  COINWAKE_RETURN_IF_ERROR(view->damage().status());
  return std::shared_ptr<const View>(view);
}

absl::StatusOr<std::shared_ptr<const View>> View::AsOf(std::uint64_t height) const {
  const std::shared_ptr<View> view(new View());
  COINWAKE_RETURN_IF_ERROR(view->OpenAsOf(*this, height));
  view->FindColumns();
  if (!view->HasParents()) {
    view->ReportRow(ColumnId::kBlockTotals, view->blocks_count() - 1);
    return damage().status();
  }
  for (const Overwritten& entry : overwritten_) {
    if (entry.newer.value < view->transactions_count()) view->overwritten_.push_back(entry);
  }
  view->genesis_end_ = genesis_end_;
  return std::shared_ptr<const View>(view);
}

void View::FindColumns() {
  totals_ = FromTotals(tip_totals());
  tx_first_output_ = &Column(ColumnId::kTxFirstOutput);
  tx_first_input_ = &Column(ColumnId::kTxFirstInput);
  output_value_ = &Column(ColumnId::kOutputValue);
  output_address_ = &Column(ColumnId::kOutputAddress);
  output_spender_ = &Column(ColumnId::kOutputSpender);
  input_source_ = &Column(ColumnId::kInputSource);
}

bool View::HasParents() const {
  return totals_.transactions > 0 && (totals_.outputs == 0 || totals_.addresses > 0) &&
         (totals_.inputs == 0 || totals_.outputs > 0) &&
         (totals_.keys == 0 || totals_.addresses > 0);
}

absl::Status View::CheckCommit(const std::string& folder) {
  if (!HasParents()) return BadTotals(folder);
  if (commit().applied_inputs < totals_.inputs || commit().applied_keys < totals_.keys) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, ": the last commit is still being finished"));
  }
  return absl::OkStatus();
}

absl::Status View::LoadOverwritten(const std::string& folder) {
  const auto keys = store().NewIterator();
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
