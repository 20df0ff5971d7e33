// A range of Tron's blocks that becomes one commit.
//
// DESCRIPTION. Blocks are added in order; each is booked whole (indexer/tron/ledger.h) before a row
// of it is appended, so that a block that cannot be booked leaves those before it to be committed.
// Columns that need no look-up are appended at once. Accounts and assets get numbers of the batch
// and are resolved together in Finish(), which also writes the look-up runs.
//
// IMPLEMENTATION. docs/design/tron.md. Nothing depends on where one batch ends and the next begins.
#ifndef COINWAKE_INDEXER_INGEST_TRON_BATCH_H_
#define COINWAKE_INDEXER_INGEST_TRON_BATCH_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/ingest/index_writer.h"
#include "indexer/ingest/name_table.h"
#include "indexer/ingest/tron_block.h"
#include "indexer/segment/tron_schema.h"
#include "indexer/tron/ledger.h"
#include "indexer/tron/token_registry.h"

namespace coinwake {

// Books a block's transactions, in order, into the first of `bookings`, which grows as needed.
// `parent_time_ms` is the time of the block before, if known. kDataLoss: the block cannot be
// booked; block and transaction are named, and the registry follows those before the transaction.
absl::Status BookBlock(const PreparedTronBlock& block, std::optional<std::int64_t> parent_time_ms,
                       tron::TokenRegistry* registry, std::vector<tron::Booking>* bookings);

class TronBatch {
 public:
  // `writer` and `registry` are borrowed; the registry is as the last commit left it and follows
  // the blocks added. `parent_time_ms` is the time of the block before the first one, if known.
  TronBatch(IndexWriter& writer, tron::TokenRegistry& registry,
            std::optional<std::int64_t> parent_time_ms);

  // Books and adds the next block. kDataLoss: it cannot be booked; block and transaction are named,
  // and nothing of it was added. Any other error is the index's own: the batch is of no use.
  absl::Status Add(const PreparedTronBlock& block);

  std::uint64_t blocks_count() const { return block_ids_.size(); }
  // What the batch holds and what finishing it will take, about.
  std::uint64_t memory_bytes() const;

  // Resolves names and writes runs. Heights, counts off the chain and what the store is to keep
  // besides are the caller's to set. REQUIRES: blocks_count() > 0.
  absl::StatusOr<IndexWriter::Change> Finish();

 private:
  // Numbers of the batch until resolved.
  struct EventNames {
    std::uint32_t asset = 0;
    std::uint32_t from = kNone32;
    std::uint32_t to = kNone32;
    bool is_fact = false;
  };
  struct TxNames {
    std::uint32_t owner = kNone32;
    std::uint32_t contract = kNone32;
  };
  struct BlockEnd {
    std::uint32_t addresses = 0;  // of the batch, met up to here
    std::uint32_t assets = 0;
    TronTotals totals;  // but what depends on which names are new
  };

  absl::Status AppendTransaction(const PreparedTronBlock& block, std::size_t index);
  absl::Status AppendEvent(const tron::Entry& entry);
  void Count(const tron::LedgerCounts& counts);
  std::uint32_t InternAccount(const tron::Account& account);
  std::uint32_t InternAsset(const tron::Asset& asset);
  absl::Status AppendResolved(const ResolvedNames& addresses, const ResolvedNames& assets);
  absl::StatusOr<Totals> AppendTotals(const ResolvedNames& addresses, const ResolvedNames& assets);
  absl::Status WriteRuns(const ResolvedNames& addresses, const ResolvedNames& assets,
                         RunLists* runs);
  NameColumns AddressColumns() const;
  NameColumns AssetColumns() const;

  IndexWriter& writer_;
  tron::TokenRegistry& registry_;
  const TronTotals base_;
  TronTotals totals_;
  std::optional<std::int64_t> parent_time_ms_;

  NameTable addresses_;
  NameTable assets_;
  std::string asset_name_;  // under construction
  std::vector<Hash256> block_ids_;
  std::vector<std::uint32_t> witnesses_;  // by block
  std::vector<BlockEnd> block_ends_;
  std::vector<Hash256> txids_;
  std::vector<TxNames> tx_names_;
  std::vector<EventNames> event_names_;
  KvBatch keys_;
  std::vector<tron::Booking> bookings_;  // of the block being added
  std::array<std::uint8_t, sizeof(TronTotals)> totals_row_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_TRON_BATCH_H_
