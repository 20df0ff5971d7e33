// Blocks out of files: `*.blocks`, `*.receipts` and the HTTP API's JSON.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_FILE_SOURCE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_FILE_SOURCE_H_

#include <memory>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/tron_source/block_source.h"
#include "indexer/tron_source/file_scan.h"

namespace coinwake::tron {

// `sources` as from ListSourceFiles(), of `place`. kInvalidArgument: they hold no block. Others as
// ScanFiles().
//
// Of a block's copies the first is given that holds the transactions its header commits to.
//
// The receipts of a block are the TransactionRet of its number whose receipts are those of its
// transactions (MatchReceipts) and, if forks have several, that is of the block's time; else, the
// JSON receipts of its transactions, from any number of files. Where both tell nothing or two
// different things, the block has none, and a warning says so. But where a `*.receipts` file that
// ends within a message may lack them, the chain ends before the block (kAborted from Read(), or
// kDataLoss for the first block), also with a warning.
absl::StatusOr<std::unique_ptr<BlockSource>> OpenFileSource(FileSystem& files,
                                                            const std::string& place,
                                                            std::vector<SourceFile> sources,
                                                            const SourceOptions& options);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_FILE_SOURCE_H_
