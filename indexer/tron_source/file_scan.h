// Reading through files of blocks and receipts once, to know what is where.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_FILE_SCAN_H_
#define COINWAKE_INDEXER_TRON_SOURCE_FILE_SCAN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/progress.h"
#include "indexer/base/status.h"
#include "indexer/tron_source/block_source.h"
#include "indexer/tron_source/chain_choice.h"

namespace coinwake::tron {

inline constexpr std::string_view kBlocksEnding = ".blocks";

enum class FileKind : std::uint8_t { kBlocks, kReceipts, kJson };

struct SourceFile {
  std::string path;
  FileKind kind = FileKind::kBlocks;
};

// A TransactionRet; or one receipt of a JSON file.
struct ReceiptPlace {
  std::uint64_t number = 0;  // of its block
  std::uint64_t offset = 0;  // of a JSON file: the place among its receipts
  std::uint32_t file = 0;
  std::uint32_t size = 0;
};

// A `*.receipts` file that ends within a message.
struct TornReceipts {
  std::uint64_t from = 0;    // receipts of blocks from here on may be in what it lacks
  std::uint64_t offset = 0;  // of the message it ends within
  std::uint32_t file = 0;
};

inline constexpr std::size_t kMaxFurtherCopies = 7;

struct FileScan {
  std::vector<SourceFile> files;
  // The chain by number; of a JSON file `offset` is the place in its answer.
  std::vector<BlockPlace> chain;
  // Further copies of blocks, by id, at most kMaxFurtherCopies of each.
  std::vector<BlockPlace> copies;
  std::vector<ReceiptPlace> receipts;  // by number, then in the order they stand
  std::vector<TornReceipts> torn_receipts;
};

// The files that `source` names, by name: those of a folder, or a file of blocks or JSON with the
// `.receipts` of the same stem. Other files are passed over. Empty where there are none.
absl::StatusOr<std::vector<SourceFile>> ListSourceFiles(FileSystem& files,
                                                        const std::string& source);

// Memory: 80 bytes a block and 24 a receipt, each copy counted, beside one record or JSON file. A
// record that the end of its file cuts short is skipped with a warning, and so is a JSON file that
// is no answer. kDataLoss names file and offset of a record that is no such message, or of what is
// no record: to go on behind it could hide any number of blocks. kCancelled.
absl::StatusOr<FileScan> ScanFiles(FileSystem& files, std::vector<SourceFile> sources,
                                   Progress* progress, SourceReport* report);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_FILE_SCAN_H_
