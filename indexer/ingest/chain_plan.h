// What a blocks folder holds, and which of it to index: the chain with most work.
//
// The node's own block index is not needed: headers are read from the records themselves and put in
// order by their previous-block hashes. Files may be out of order, hold stale forks, records of
// other networks, padding, junk and a torn last record.
#ifndef COINWAKE_INDEXER_INGEST_CHAIN_PLAN_H_
#define COINWAKE_INDEXER_INGEST_CHAIN_PLAN_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/progress.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/block_file.h"
#include "indexer/ingest/index_writer.h"

namespace coinwake {

// Where a block's bytes are.
struct BlockLocation {
  std::uint32_t file = kNone32;  // index into FolderScan::files
  std::uint32_t size_bytes = 0;
  std::uint64_t offset = 0;
};

struct ScannedBlock {
  Hash256 hash;
  Hash256 prev;
  std::uint32_t bits = 0;
  BlockLocation where;
};

// One more place of a block that the folder holds more than once: a node appends a block again that
// it had to fetch again, and leaves the damaged copy where it was.
struct BlockCopy {
  Hash256 hash;
  BlockLocation where;
};

// Every distinct block of one network in a folder, in file order.
struct FolderScan {
  Network network = Network::kBitcoin;
  std::string folder;
  bitcoin::XorKey xor_key;
  std::vector<bitcoin::NumberedFile> files;
  std::deque<ScannedBlock> blocks;  // of no use after PlanChain(); a deque grows without a copy
  std::vector<BlockCopy> copies;    // besides those in `blocks`; by hash, then in file order
  std::uint64_t other_network_records = 0;
  std::uint64_t skipped_bytes = 0;  // junk, torn and bad records; padding is not counted
  std::vector<std::string> warnings;
};

// Reads record headers only. Without `network` the first valid record's magic decides. kNotFound:
// no folder or no block file. kInvalidArgument: blocks, but none of `network`. kDataLoss: no block.
absl::StatusOr<FolderScan> ScanFolder(FileSystem& files, const std::string& folder,
                                      std::optional<Network> network, Progress* progress);

struct PlannedBlock {
  Hash256 hash;
  BlockLocation where;
};
struct StalePlan {
  Hash256 hash;
  std::uint64_t height = 0;
  BlockLocation where;
};

struct ChainPlan {
  bool complete_history = false;
  std::uint64_t from_height = 0;     // of the index's first block
  std::uint64_t keep_blocks = 0;     // of those already indexed; 0 only if there is none
  std::vector<PlannedBlock> append;  // what follows them
  std::vector<StalePlan> stale;      // known, off the best chain, in hash order
  std::uint64_t detached_blocks = 0;
  std::vector<std::string> warnings;
};

// What a block of the folder takes while the chain is planned: its place, its header in the tree
// and the table that finds it there. A block to append keeps sizeof(PlannedBlock) of it.
inline constexpr std::uint64_t kPlanningBytes = 336;

// `index` is what there is already (perhaps nothing); its chain takes part with the work it has.
// Of equal work the chain already indexed stays, else the smaller tip hash. A branch that replaces
// indexed blocks is taken only if its blocks are good up to where it has more work than they; else
// a warning names the damaged one and the choice is made without it. kInvalidArgument: a
// window whose height nobody tells, an `until_height` before its first block, a folder that shares
// no block with the index, or one whose best chain leaves the index's before a window begins.
// kFailedPrecondition: the folder proves the index's heights wrong.
absl::StatusOr<ChainPlan> PlanChain(FileSystem& files, const FolderScan& scan, IndexWriter& index,
                                    std::optional<std::uint64_t> until_height,
                                    std::optional<std::uint64_t> from_height);

// The bytes of one block, de-obfuscated. kDataLoss names file and offset.
absl::Status ReadBlockAt(FileSystem& files, const FolderScan& scan, const BlockLocation& where,
                         std::vector<std::uint8_t>* bytes);
// "blk00012.dat at offset 1234", for messages.
std::string Describe(const FolderScan& scan, const BlockLocation& where);
// `why` a block's bytes are no good, with its place, its hash and the remedy.
absl::Status BlockError(const FolderScan& scan, const BlockLocation& where, const Hash256& hash,
                        const absl::Status& why);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_CHAIN_PLAN_H_
