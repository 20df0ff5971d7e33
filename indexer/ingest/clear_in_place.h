// The second step of a rewind of Bitcoin's index: in-place rows forget what is cut.
#ifndef COINWAKE_INDEXER_INGEST_CLEAR_IN_PLACE_H_
#define COINWAKE_INDEXER_INGEST_CLEAR_IN_PLACE_H_

#include <cstdint>
#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/segment/column.h"
#include "indexer/segment/schema.h"

namespace coinwake {

// Sets to "none" the spenders and keys of kept rows of the index in `columns_folder` that inputs
// and keys beyond `kept` set, and syncs both columns. `input_sources` and `key_addresses` are the
// columns that name those rows, with all rows of `totals`. Doing it again changes nothing. At most
// about `memory_bytes` are used.
absl::Status ClearInPlace(FileSystem& files, const std::string& columns_folder,
                          ColumnWriter& input_sources, ColumnWriter& key_addresses,
                          const BlockTotals& totals, const BlockTotals& kept,
                          std::uint64_t memory_bytes);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_CLEAR_IN_PLACE_H_
