// What the index of a chain is made of: its columns and its look-up tables, for code that treats
// every index alike (committing, rewinding, opening).
#ifndef COINWAKE_INDEXER_COMMIT_INDEX_SCHEMA_H_
#define COINWAKE_INDEXER_COMMIT_INDEX_SCHEMA_H_

#include <cstdint>
#include <span>

#include "indexer/base/network.h"
#include "indexer/kv/commit_record.h"
#include "indexer/kv/sorted_runs.h"
#include "indexer/segment/column_spec.h"

namespace coinwake {

struct RunTableSpec {
  RunTable table;
  std::uint8_t counted_by;  // position in Totals of what its numbers count
};

struct IndexSchema {
  Chain chain;
  std::span<const ColumnSpec> columns;  // by position in the commit record
  std::span<const RunTableSpec> runs;   // likewise; at most kMaxRunTables
  std::size_t totals_count;             // u64 in a row of block_totals

  // Where every chain keeps what every chain has: positions in `columns`.
  std::size_t block_hash_column;     // 32 bytes a block
  std::size_t block_totals_column;   // Totals, a block
  std::size_t tx_id_column;          // 32 bytes a transaction
  std::size_t address_end_column;    // u64 an address: where its bytes end
  std::size_t address_bytes_column;  // what identifies an address: a scriptPubKey, an account
};

const IndexSchema& SchemaOf(Chain chain);

// A row of block_totals. REQUIRES: row.size() == 8 * schema.totals_count.
Totals TotalsFromRow(const IndexSchema& schema, ByteSpan row);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_COMMIT_INDEX_SCHEMA_H_
