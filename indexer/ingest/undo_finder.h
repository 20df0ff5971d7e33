// The undo record of a block, proved as far as it can be.
//
// Bitcoin Core writes, for each block it connects, the outputs its inputs spend to rev*.dat, beside
// the blk*.dat file that holds the block. A record does not name its block: its checksum covers the
// parent's hash, so the record of a stale sibling validates as well. A record is taken for a
// block's only if the checksum holds, the numbers of transactions and inputs are the block's, each
// script that can be compared with its input agrees, and values add up; and if two records that
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

class UndoFinder {
 public:
  // `files` and `scan` are borrowed.
  UndoFinder(FileSystem& files, const FolderScan& scan);

  // The spent outputs of the block at `where`: per transaction after the coinbase, per input.
  // nullopt: no record, or none that is surely this block's. kDataLoss: the block cannot be read.
  absl::StatusOr<std::optional<bitcoin::BlockUndo>> Find(const Hash256& hash,
                                                         const BlockLocation& where);

  // Blocks for which more than one different record passed.
  std::uint64_t ambiguous_blocks() const { return ambiguous_blocks_; }

 private:
  struct UndoRecord {
    std::vector<std::uint8_t> bytes;
    Hash256 checksum;
    std::uint64_t transactions_count = 0;
  };
  // The records of the undo file that belongs to block file `number`; the last file asked for is
  // kept.
  absl::StatusOr<const std::vector<UndoRecord>*> RecordsOf(int number);

  FileSystem& files_;
  const FolderScan& scan_;
  std::map<int, std::string> undo_paths_;  // by file number
  bool listed_ = false;
  int loaded_number_ = -1;
  std::vector<UndoRecord> loaded_;
  std::uint64_t ambiguous_blocks_ = 0;
};

// Whether `undo` can be the spent outputs of `block`: counts, scripts and value sums.
bool UndoFitsBlock(const bitcoin::ParsedBlock& block, const bitcoin::BlockUndo& undo);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_UNDO_FINDER_H_
