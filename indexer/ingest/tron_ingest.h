// Tron's blocks and receipts into an index: the whole of `coinwake index tron`.
//
// Run again, it goes on from where the index is. Where the source's chain leaves the index's, the
// index is rewound to the last common block, never below what was final, and only for a chain that
// is longer or final itself, and can be booked so far. docs/design/tron.md.
#ifndef COINWAKE_INDEXER_INGEST_TRON_INGEST_H_
#define COINWAKE_INDEXER_INGEST_TRON_INGEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/progress.h"
#include "indexer/base/status.h"
#include "indexer/ingest/ingest.h"
#include "indexer/segment/tron_schema.h"

namespace coinwake {

struct TronIngestOptions {
  std::string source;  // as OpenBlockSource() takes it
  std::string data_folder;
  std::optional<Network> network;  // else block 0 decides
  std::uint64_t memory_mib = kDefaultMemoryMib;
  std::optional<std::uint64_t> until_height;  // index no block above
  int threads = 0;                            // 0: one a processor
  std::uint64_t max_batch_blocks = 0;         // commit at least this often; 0: as memory allows
  Progress* progress = nullptr;               // borrowed; may be null
};

// Totals and counts are those after the run; what follows `totals` is this run's.
struct TronIngestReport {
  Network network = Network::kTron;
  std::uint64_t from_height = 0;
  std::uint64_t height = 0;
  Hash256 block_hash;
  bool complete_history = false;
  std::optional<std::uint64_t> final_height;  // the last block known to be final
  std::uint64_t blocks = 0;
  TronTotals totals;
  std::uint64_t stale_blocks = 0;
  std::uint64_t detached_blocks = 0;
  std::uint64_t rewound_blocks = 0;
  std::uint64_t skipped_bytes = 0;
  std::vector<std::string> warnings;
};

// kInvalidArgument: options that contradict each other, the source or the index already there; a
// source without block 0 and no network named. kFailedPrecondition: the source disagrees with what
// was final. Others as OpenBlockSource(), BlockSource::Read() and IndexWriter. kDataLoss: a block
// or its receipts are damaged (named). kCancelled: the progress asked to stop; what was committed
// stays. After any error the index is at its last commit.
absl::StatusOr<TronIngestReport> IndexTron(FileSystem& files, const TronIngestOptions& options);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_TRON_INGEST_H_
