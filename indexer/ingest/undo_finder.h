// The undo record of a block, proved as far as it can be.
//
// Bitcoin Core writes, for each block it connects, the outputs its inputs spend to rev*.dat, beside
// the blk*.dat file that holds the block. A record does not name its block: its checksum covers the
// parent's hash, so the record of a stale sibling validates as well. A record is taken for a
// block's only if the checksum holds, the numbers of transactions and inputs are the block's, no
// script is one that its input cannot spend, and values add up; and if two records that
// differ pass, none.
#ifndef COINWAKE_INDEXER_INGEST_UNDO_FINDER_H_
#define COINWAKE_INDEXER_INGEST_UNDO_FINDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/undo.h"
#include "indexer/ingest/chain_plan.h"

namespace coinwake {

// Memory: 16 bytes a record of the files looked into last, about 4 MiB; a file of more records than
// that is kept alone. Not thread-safe.
class UndoFinder {
 public:
  struct Found {
    std::unique_ptr<File> file;
    bitcoin::UndoRecord record;
  };

  // `files` and `scan` are borrowed.
  UndoFinder(FileSystem& files, const FolderScan& scan);

  // The record of the block at `where`: per transaction after the coinbase, per input. nullopt: no
  // record, or none that is surely this block's. kDataLoss: the block cannot be read.
  absl::StatusOr<std::optional<Found>> Find(const Hash256& hash, const BlockLocation& where);

  // Blocks for which more than one different record passed.
  std::uint64_t ambiguous_blocks() const { return ambiguous_blocks_; }

 private:
  struct ListedFile {
    int number = -1;
    std::vector<bitcoin::UndoRecord> records;  // of blocks that spend anything
  };
  absl::Status ListFolder();
  absl::StatusOr<const std::vector<bitcoin::UndoRecord>*> RecordsOf(int number, const File& file,
                                                                    const std::string& path);

  FileSystem& files_;
  const FolderScan& scan_;
  std::map<int, std::string> undo_paths_;  // by file number
  bool listed_ = false;
  std::vector<ListedFile> recent_;  // the file looked into last stands last
  std::uint64_t ambiguous_blocks_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_UNDO_FINDER_H_
