// Blocks out of the databases of a java-tron node that does not run.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_DATABASE_SOURCE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_DATABASE_SOURCE_H_

#include <memory>
#include <optional>
#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/tron_source/block_source.h"

namespace coinwake::tron {

// The `database` folder that `source` is, or has in it; nullopt where there is none.
absl::StatusOr<std::optional<std::string>> FindDatabaseFolder(FileSystem& files,
                                                              const std::string& source);

// The chain is what block-index says, up to LATEST_SOLIDIFIED_BLOCK_NUM: blocks that are not final
// are in the node's memory and not there. Where that number is missing, all blocks are taken and
// none is called final. A lite node has block 0 and then its latest ones: the range begins with
// those. Receipts are those of the block's number, where they are of its transactions; else those
// of each of its transactions in transactionHistoryStore, where they all are there. Errors as
// NodeDatabase::Open(); kInvalidArgument: no block.
absl::StatusOr<std::unique_ptr<BlockSource>> OpenDatabaseSource(FileSystem& files,
                                                                const std::string& folder);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_DATABASE_SOURCE_H_
