// Blocks of a plan, read and prepared ahead by several threads, handed out in order.
#ifndef COINWAKE_INDEXER_INGEST_BLOCK_LOADER_H_
#define COINWAKE_INDEXER_INGEST_BLOCK_LOADER_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "indexer/ingest/chain_plan.h"
#include "indexer/ingest/prepared_block.h"

namespace coinwake {

// One consumer. The threads stop when the loader dies or after the first error.
class BlockLoader {
 public:
  // Prepares `blocks` with `threads` threads, holding at most about `memory_bytes` of blocks that
  // were not yet taken. With fewer threads where the system gives fewer; without any, Next() does
  // their work. All arguments are borrowed.
  BlockLoader(FileSystem& files, const FolderScan& scan, const std::vector<PlannedBlock>& blocks,
              int threads, std::uint64_t memory_bytes);
  ~BlockLoader();
  BlockLoader(const BlockLoader&) = delete;
  BlockLoader& operator=(const BlockLoader&) = delete;

  // The next block of the plan, waiting for it; give it back with Recycle(). An error names the
  // file, the offset and the remedy, and comes only after every good block before it was handed
  // out. REQUIRES: fewer calls than blocks so far.
  absl::StatusOr<std::unique_ptr<PreparedBlock>> Next();
  void Recycle(std::unique_ptr<PreparedBlock> block);

 private:
  struct Slot {
    std::unique_ptr<PreparedBlock> block;
    absl::Status status;
    bool done = false;
  };

  bool LoadOne();

  FileSystem& files_;
  const FolderScan& scan_;
  const std::vector<PlannedBlock>& blocks_;
  const std::uint64_t memory_bytes_;

  Mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slot> slots_ COINWAKE_GUARDED_BY(mutex_);  // ring, by block index modulo size
  std::vector<std::unique_ptr<PreparedBlock>> spare_ COINWAKE_GUARDED_BY(mutex_);
  std::size_t next_to_load_ COINWAKE_GUARDED_BY(mutex_) = 0;
  std::size_t next_to_hand_ COINWAKE_GUARDED_BY(mutex_) = 0;
  std::uint64_t ahead_bytes_ COINWAKE_GUARDED_BY(mutex_) = 0;
  bool stop_ COINWAKE_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_BLOCK_LOADER_H_
