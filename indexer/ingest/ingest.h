// Brings an index up to the best chain of a node's blocks folder: the only writer.
//
// The order of a commit, recovery and rewinding: docs/design/commit.md. How a batch is resolved in
// bounded memory: docs/design/ingest.md.
#ifndef COINWAKE_INDEXER_INGEST_INGEST_H_
#define COINWAKE_INDEXER_INGEST_INGEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/progress.h"
#include "indexer/base/status.h"

namespace coinwake {

inline constexpr std::uint64_t kDefaultMemoryMib = 1024;
inline constexpr std::uint64_t kMinMemoryMib = 128;

struct IngestOptions {
  // A node's blocks/ folder: blk*.dat, and rev*.dat, xor.dat where there are.
  std::string blocks_folder;
  std::string data_folder;
  std::optional<Network> network;  // else the first valid record's magic decides
  std::uint64_t memory_mib = kDefaultMemoryMib;
  std::optional<std::uint64_t> until_height;  // index no block above
  // Height of a window's first block, for folders without genesis whose coinbases carry no height.
  std::optional<std::uint64_t> from_height;
  int threads = 0;                     // 0: one a processor
  std::uint64_t max_batch_blocks = 0;  // commit at least this often; 0: as memory allows
  Progress* progress = nullptr;        // borrowed; may be null
};

// Counts are totals after the run; rewound_blocks, skipped_bytes and warnings are this run's.
struct IngestReport {
  Network network = Network::kBitcoin;
  std::uint64_t from_height = 0;
  std::uint64_t height = 0;
  Hash256 block_hash;
  bool complete_history = false;
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t addresses = 0;
  std::uint64_t unresolved_inputs = 0;
  std::uint64_t stale_blocks = 0;
  std::uint64_t detached_blocks = 0;
  std::uint64_t rewound_blocks = 0;
  std::uint64_t skipped_bytes = 0;
  std::vector<std::string> warnings;
};

// kNotFound: no folder or no block file. kInvalidArgument: records of other networks only, or a
// window whose height is unknown (name it with from_height), or options or a folder that contradict
// the index already there. kDataLoss: a block of the best chain is damaged (file and offset named),
// or nothing in the folder is a block, or the index is damaged.
// kUnavailable: the disk or another process. kCancelled: the progress asked to stop; what was
// committed stays. After any error the index is at its last commit.
absl::StatusOr<IngestReport> IndexBitcoin(FileSystem& files, const IngestOptions& options);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_INGEST_H_
