#include "indexer/view/chain_view.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

constexpr char kRemedy[] = "; index again into an empty folder";
// No script is longer than a block.
constexpr std::uint64_t kMaxScriptBytes = 4'000'000;

Hash256 HashFromRow(ByteSpan row) {
  Hash256 hash;
  std::copy_n(row.begin(), hash.bytes.size(), hash.bytes.begin());
  return hash;
}

}  // namespace

ChainView::~ChainView() = default;

// Opening: what must hold before a row is read.

absl::Status ChainView::OpenChain(FileSystem& files, KvStore& store, const std::string& folder,
                                  const std::string& label_set) {
  files_ = std::make_shared<Files>();
  files_->kv = store.NewSnapshot();
  auto record = files_->kv->Get(kCommitKey);
  if (absl::IsNotFound(record.status())) {
    return absl::NotFoundError(absl::StrCat(folder, ": nothing is indexed there yet"));
  }
  COINWAKE_RETURN_IF_ERROR(record.status());
  COINWAKE_ASSIGN_OR_RETURN(commit_, DecodeCommitRecord(*record));
  if (commit_.blocks == 0) {
    return absl::NotFoundError(absl::StrCat(folder, ": nothing is indexed there yet"));
  }
  if (ChainOf(commit_.network) != schema_.chain ||
      commit_.columns.size() != schema_.columns.size() ||
      commit_.blocks - 1 > std::numeric_limits<std::uint64_t>::max() - commit_.from_height) {
    return absl::DataLossError(
        absl::StrCat(folder, ": the commit record contradicts itself", kRemedy));
  }
  snapshot_ = {
      commit_.network,  commit_.from_height,      commit_.from_height + (commit_.blocks - 1),
      commit_.tip_hash, commit_.complete_history, label_set};
  blocks_count_ = commit_.blocks;
  for (std::size_t i = 0; i < schema_.runs.size(); ++i) {
    files_->runs.push_back(
        std::make_unique<RunReader>(*files_->kv, schema_.runs[i].table, commit_.runs[i]));
  }
  COINWAKE_RETURN_IF_ERROR(OpenColumns(files, folder));
  return CheckTotals(folder);
}

absl::Status ChainView::OpenColumns(FileSystem& files, const std::string& folder) {
  for (std::size_t i = 0; i < schema_.columns.size(); ++i) {
    const CommittedColumn& committed = commit_.columns[i];
    COINWAKE_ASSIGN_OR_RETURN(
        auto column,
        ColumnReader::Open(files, ColumnsFolder(folder), schema_.columns[i],
                           ColumnState{committed.rows_count, committed.tail_crc}, &files_->damage));
    files_->columns.push_back(std::move(column));
  }
  return absl::OkStatus();
}

// Every count the accessors bound numbers by comes from here, so it must be that of the columns.
absl::Status ChainView::CheckTotals(const std::string& folder) {
  const std::uint64_t tip = commit_.blocks - 1;
  const ColumnReader& totals = ColumnAt(schema_.block_totals_column);
  if (totals.rows_count() != commit_.blocks) {
    return absl::DataLossError(absl::StrCat(folder, "/columns/block_totals.col: holds ",
                                            totals.rows_count(), " rows for ", commit_.blocks,
                                            " blocks", kRemedy));
  }
  const ByteSpan row = totals.Rows(tip, tip + 1);
  COINWAKE_RETURN_IF_ERROR(files_->damage.status());
  SetTotals(TotalsFromRow(schema_, row));
  for (std::size_t i = 0; i < schema_.columns.size(); ++i) {
    const ColumnSpec& spec = schema_.columns[i];
    const std::uint64_t rows = CountOf(spec.counted_by, tip_totals_, commit_.blocks);
    if (ColumnAt(i).rows_count() != rows) {
      return absl::DataLossError(absl::StrCat(
          folder, "/columns/", std::string(spec.name), ".col: holds ", ColumnAt(i).rows_count(),
          " rows, not the ", rows, " of block_totals", kRemedy));
    }
  }
  const ByteSpan hash = ColumnAt(schema_.block_hash_column).Rows(tip, tip + 1);
  COINWAKE_RETURN_IF_ERROR(files_->damage.status());
  if (!std::equal(hash.begin(), hash.end(), commit_.tip_hash.bytes.begin())) {
    return absl::DataLossError(absl::StrCat(
        folder, "/columns/", std::string(schema_.columns[schema_.block_hash_column].name),
        ".col: the last row is not the commit record's tip", kRemedy));
  }
  return absl::OkStatus();
}

void ChainView::SetTotals(const Totals& totals) {
  tip_totals_ = totals;
  transactions_count_ = totals[kTransactionsTotal];
  addresses_count_ = totals[schema_.columns[schema_.address_end_column].counted_by];
  address_bytes_count_ = totals[schema_.columns[schema_.address_bytes_column].counted_by];
}

absl::Status ChainView::OpenAsOf(const ChainView& whole, std::uint64_t height) {
  COINWAKE_CHECK(whole.snapshot_.from_height <= height && height <= whole.snapshot_.height);
  files_ = whole.files_;
  commit_ = whole.commit_;
  snapshot_ = whole.snapshot_;
  snapshot_.height = height;
  snapshot_.block_hash = whole.BlockHash(height);
  blocks_count_ = height - snapshot_.from_height + 1;
  SetTotals(whole.TotalsOfBlock(blocks_count_ - 1));
  return damage().status();
}

absl::Status ChainView::BadTotals(const std::string& folder) const {
  return absl::DataLossError(
      absl::StrCat(folder, "/columns/block_totals.col: the last row is impossible", kRemedy));
}

void ChainView::ReportRow(std::size_t column, std::uint64_t row) const {
  files_->damage.Report(absl::StrCat(std::string(schema_.columns[column].name), ".col: row ", row,
                                     " names what does not exist", kRemedy));
}

std::uint64_t ChainView::BoundedRow(std::size_t column, std::uint64_t row,
                                    std::uint64_t count) const {
  const std::uint64_t number = ColumnAt(column).Get<std::uint32_t>(row);
  if (number < count) return number;
  ReportRow(column, row);
  return 0;
}

// Blocks.

Totals ChainView::TotalsOfBlock(std::uint64_t block) const {
  const Totals totals =
      TotalsFromRow(schema_, ColumnAt(schema_.block_totals_column).Rows(block, block + 1));
  for (const ColumnSpec& spec : schema_.columns) {
    if (spec.counted_by != kPerBlock && totals[spec.counted_by] > tip_totals_[spec.counted_by]) {
      ReportRow(schema_.block_totals_column, block);
      return tip_totals_;
    }
  }
  return totals;
}

std::uint64_t ChainView::TotalOfBlock(std::uint64_t block, std::uint8_t total) const {
  const ByteSpan row = ColumnAt(schema_.block_totals_column).Rows(block, block + 1);
  const auto value = LoadLe<std::uint64_t>(row.data() + total * sizeof(std::uint64_t));
  if (value <= tip_totals_[total]) return value;
  ReportRow(schema_.block_totals_column, block);
  return tip_totals_[total];
}

Hash256 ChainView::BlockHash(std::uint64_t height) const {
  COINWAKE_CHECK(snapshot_.from_height <= height && height <= snapshot_.height);
  const std::uint64_t block = height - snapshot_.from_height;
  return HashFromRow(ColumnAt(schema_.block_hash_column).Rows(block, block + 1));
}

IdRange<TxNum> ChainView::TransactionsAt(std::uint64_t height) const {
  COINWAKE_CHECK(snapshot_.from_height <= height && height <= snapshot_.height);
  const std::uint64_t block = height - snapshot_.from_height;
  const TxNum end{TotalOfBlock(block, kTransactionsTotal)};
  const TxNum begin{block == 0 ? 0 : TotalOfBlock(block - 1, kTransactionsTotal)};
  if (begin <= end) return {begin, end};
  ReportRow(schema_.block_totals_column, block);
  return {end, end};
}

std::uint64_t ChainView::BlockOfRow(std::uint8_t total, std::uint64_t number) const {
  std::uint64_t low = 0;
  std::uint64_t high = blocks_count_ - 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (TotalOfBlock(middle, total) <= number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::uint64_t ChainView::HeightOf(TxNum tx) const {
  return snapshot_.from_height + BlockOfRow(kTransactionsTotal, tx.value);
}

// First the block, in a table of one row a block that stays in memory, then the transaction among
// that block's neighbouring rows: half the cache misses of a search over all transactions.
TxNum ChainView::OwnerOf(std::uint64_t number, std::uint8_t total,
                         const ColumnReader& first_rows) const {
  const std::uint64_t block = BlockOfRow(total, number);
  std::uint64_t low = block == 0 ? 0 : TotalOfBlock(block - 1, kTransactionsTotal);
  std::uint64_t high = TotalOfBlock(block, kTransactionsTotal);
  // The last transaction that starts at or before the row; earlier ones with the same start are
  // empty.
  std::uint64_t owner = std::min(low, transactions_count_ - 1);
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (first_rows.Get<std::uint64_t>(middle) <= number) {
      owner = middle;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return TxNum{owner};
}

absl::StatusOr<std::uint64_t> ChainView::HeightOfHash(const Hash256& hash) const {
  const auto value = files_->kv->Get(BlockHeightKey(hash));
  // A hash that came from a damaged row is not an unknown block.
  COINWAKE_RETURN_IF_ERROR(files_->damage.status());
  COINWAKE_RETURN_IF_ERROR(value.status());
  if (value->size() == sizeof(std::uint64_t)) {
    const std::uint64_t height = LoadBe<std::uint64_t>(value->data());
    if (snapshot_.from_height <= height && height - snapshot_.from_height < commit_.blocks) {
      const std::uint64_t block = height - snapshot_.from_height;
      const bool is_it =
          HashFromRow(ColumnAt(schema_.block_hash_column).Rows(block, block + 1)) == hash;
      COINWAKE_RETURN_IF_ERROR(files_->damage.status());
      if (is_it && height > snapshot_.height) {
        return absl::NotFoundError(
            absl::StrCat("block ", HashText(hash), " is above height ", snapshot_.height));
      }
      if (is_it) return height;
    }
  }
  COINWAKE_RETURN_IF_ERROR(files_->damage.status());
  return absl::DataLossError(
      absl::StrCat("store: the height of block ", HashText(hash), " is wrong", kRemedy));
}

// Transactions.

Hash256 ChainView::Txid(TxNum tx) const {
  return HashFromRow(ColumnAt(schema_.tx_id_column).Rows(tx.value, tx.value + 1));
}

absl::StatusOr<TxNum> ChainView::FindTransaction(const Hash256& txid) const {
  std::vector<std::uint64_t> candidates;
  COINWAKE_RETURN_IF_ERROR(
      Runs(RunTable::kTransactions).Find(LoadBe<std::uint64_t>(txid.bytes.data()), &candidates));
  for (auto candidate = candidates.rbegin(); candidate != candidates.rend(); ++candidate) {
    if (*candidate >= transactions_count_) continue;
    if (Txid(TxNum{*candidate}) == txid) {
      COINWAKE_RETURN_IF_ERROR(files_->damage.status());
      return TxNum{*candidate};
    }
  }
  COINWAKE_RETURN_IF_ERROR(files_->damage.status());
  return absl::NotFoundError(absl::StrCat("transaction ", HashText(txid), " is not in the index"));
}

// Addresses.

ByteSpan ChainView::Script(AddressNum address) const {
  const ColumnReader& ends = ColumnAt(schema_.address_end_column);
  const std::uint64_t end = ends.Get<std::uint64_t>(address.value);
  const std::uint64_t begin = address.value == 0 ? 0 : ends.Get<std::uint64_t>(address.value - 1);
  if (begin > end || end > address_bytes_count_ || end - begin > kMaxScriptBytes) {
    ReportRow(schema_.address_end_column, address.value);
    return {};
  }
  return ColumnAt(schema_.address_bytes_column).Rows(begin, end);
}

absl::StatusOr<AddressNum> ChainView::FindAddress(ByteSpan script) const {
  std::vector<std::uint64_t> candidates;
  COINWAKE_RETURN_IF_ERROR(
      Runs(RunTable::kAddresses)
          .Find(LoadBe<std::uint64_t>(Sha256(script).bytes.data()), &candidates));
  for (const std::uint64_t candidate : candidates) {
    if (candidate >= addresses_count_) continue;
    const ByteSpan found = Script(AddressNum{candidate});
    if (std::equal(found.begin(), found.end(), script.begin(), script.end())) {
      COINWAKE_RETURN_IF_ERROR(files_->damage.status());
      return AddressNum{candidate};
    }
  }
  COINWAKE_RETURN_IF_ERROR(files_->damage.status());
  return absl::NotFoundError(schema_.chain == Chain::kBitcoin
                                 ? "no output in the index has this script"
                                 : "nothing in the index names this account");
}

// For whole-chain passes.

const RunReader& ChainView::Runs(RunTable table) const {
  for (std::size_t i = 0; i < schema_.runs.size(); ++i) {
    if (schema_.runs[i].table == table) return *files_->runs[i];
  }
  COINWAKE_CHECK(false);
  return *files_->runs[0];
}

std::string ChainView::HashText(const Hash256& hash) const {
  return schema_.chain == Chain::kBitcoin ? hash.ToDisplayHex() : hash.ToHex();
}

}  // namespace coinwake
