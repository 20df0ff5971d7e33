// What the snapshots of every chain's index have in common: blocks, transactions by id, addresses.
//
// View (outputs and inputs) and AccountView (ledgers of accounts) are ChainViews; what is said
// there of snapshots, threads and damage holds here.
#ifndef COINWAKE_INDEXER_VIEW_CHAIN_VIEW_H_
#define COINWAKE_INDEXER_VIEW_CHAIN_VIEW_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/ids.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/commit/index_schema.h"
#include "indexer/kv/commit_record.h"
#include "indexer/kv/sorted_runs.h"
#include "indexer/kv/store.h"
#include "indexer/segment/column.h"
#include "indexer/segment/column_spec.h"

namespace coinwake {

// What every answer that depends on the chain carries.
struct Snapshot {
  Network network = Network::kBitcoin;
  std::uint64_t from_height = 0;
  std::uint64_t height = 0;
  Hash256 block_hash;
  bool complete_history = false;
  // Version of the labels that answers are given with, as who opened the view says; empty: none.
  std::string label_set;
};

class ChainView {
 public:
  ChainView(const ChainView&) = delete;
  ChainView& operator=(const ChainView&) = delete;

  const Snapshot& snapshot() const { return snapshot_; }
  const CommitRecord& commit() const { return commit_; }  // the index's, also of an earlier height
  const IndexSchema& schema() const { return schema_; }
  const Damage& damage() const { return files_->damage; }

  std::uint64_t transactions_count() const { return transactions_count_; }
  std::uint64_t addresses_count() const { return addresses_count_; }

  // Blocks. REQUIRES: snapshot().from_height <= height <= snapshot().height.

  Hash256 BlockHash(std::uint64_t height) const;
  IdRange<TxNum> TransactionsAt(std::uint64_t height) const;
  // Height of the block that holds `tx`. O(log blocks). REQUIRES: tx < transactions_count().
  std::uint64_t HeightOf(TxNum tx) const;
  // kNotFound when the hash is no block of the chain (it may be a stale one).
  absl::StatusOr<std::uint64_t> HeightOfHash(const Hash256& hash) const;

  // Transactions.

  Hash256 Txid(TxNum tx) const;  // REQUIRES: tx < transactions_count()
  // The latest transaction with this txid. kNotFound. A few store probes.
  absl::StatusOr<TxNum> FindTransaction(const Hash256& txid) const;

  // Addresses: distinct scriptPubKeys, or accounts by their bytes.

  // What identifies the address, as long as the view. REQUIRES: address < addresses_count().
  ByteSpan Script(AddressNum address) const;
  // kNotFound when nothing in the index has this script. A few store probes.
  absl::StatusOr<AddressNum> FindAddress(ByteSpan script) const;

  // For whole-chain passes.

  // The index's whole column: of a view of an earlier height it has more rows than the view.
  const ColumnReader& ColumnAt(std::size_t position) const { return *files_->columns[position]; }
  // REQUIRES: the chain's schema has the table.
  const RunReader& Runs(RunTable table) const;
  const KvSnapshot& store() const { return *files_->kv; }

 protected:
  explicit ChainView(Chain chain) : schema_(SchemaOf(chain)) {}
  ~ChainView();

  // Everything but what the chain's own view checks. Errors as View::Open().
  absl::Status OpenChain(FileSystem& files, KvStore& store, const std::string& folder,
                         const std::string& label_set);
  absl::Status BadTotals(const std::string& folder) const;
  // Makes this the view of `whole` as it was at `height`; shares its files. kDataLoss.
  // REQUIRES: of the same chain, snapshot().from_height <= height <= snapshot().height of `whole`.
  absl::Status OpenAsOf(const ChainView& whole, std::uint64_t height);

  const Totals& tip_totals() const { return tip_totals_; }
  std::uint64_t blocks_count() const { return blocks_count_; }
  // Totals after block `block`, counted from 0; those of the tip where the row cannot be.
  Totals TotalsOfBlock(std::uint64_t block) const;
  // One of them.
  std::uint64_t TotalOfBlock(std::uint64_t block, std::uint8_t total) const;
  // The block, from 0, that holds row `number` of the table that `total` counts. O(log blocks).
  std::uint64_t BlockOfRow(std::uint8_t total, std::uint64_t number) const;
  // The transaction that row `number` of a child table belongs to. `first_rows` is the column of
  // the transactions' first rows.
  TxNum OwnerOf(std::uint64_t number, std::uint8_t total, const ColumnReader& first_rows) const;
  void ReportRow(std::size_t column, std::uint64_t row) const;
  // A u32 row that must be below `count`; 0 and reported where it is not.
  std::uint64_t BoundedRow(std::size_t column, std::uint64_t row, std::uint64_t count) const;
  Damage& mutable_damage() const { return files_->damage; }

 private:
  // What is read from; views of earlier heights share it.
  struct Files {
    Damage damage;
    std::unique_ptr<KvSnapshot> kv;
    std::vector<std::unique_ptr<ColumnReader>> columns;
    std::vector<std::unique_ptr<RunReader>> runs;
  };

  absl::Status OpenColumns(FileSystem& files, const std::string& folder);
  absl::Status CheckTotals(const std::string& folder);
  void SetTotals(const Totals& totals);
  std::string HashText(const Hash256& hash) const;  // as the chain's people write it

  const IndexSchema& schema_;
  Snapshot snapshot_;
  CommitRecord commit_;
  std::uint64_t blocks_count_ = 0;
  Totals tip_totals_{};
  std::uint64_t transactions_count_ = 0;
  std::uint64_t addresses_count_ = 0;
  std::uint64_t address_bytes_count_ = 0;
  std::shared_ptr<Files> files_;
};

// Where a network's files are inside a data folder, and the store inside that.
std::string FolderOfNetwork(const std::string& data_folder, Network network);
std::string StoreFolder(const std::string& network_folder);
std::string ColumnsFolder(const std::string& network_folder);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VIEW_CHAIN_VIEW_H_
