// Where Tron's blocks come from: a node's database, files, or a node that runs.
//
// A source holds one chain to be the best and gives its blocks by number, as the bytes the chain
// hashes, with the receipts that belong to each. Ids and parents are made anew from those bytes;
// merkle roots and what blocks mean are for who decodes them. Nothing is written anywhere, so that
// what is read stays as it was.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_BLOCK_SOURCE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_BLOCK_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/progress.h"
#include "indexer/base/status.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

// One block of the chain.
struct RawBlock {
  enum class Receipts : std::uint8_t {
    kNone,  // the block has no transactions, is block 0, or the source has no receipts of it
    kTransactionRet,  // for DecodeTransactionRet()
    kInfoList,        // for DecodeTransactionInfoList()
  };
  ByteString block;  // for DecodeBlock()
  Receipts receipts_form = Receipts::kNone;
  ByteString receipts;
};

struct SourceRange {
  std::uint64_t first = 0;  // without a gap up to `last`
  std::uint64_t last = 0;
  // Blocks up to it are final. Files do not tell.
  std::optional<std::uint64_t> solid;
};

// What a source passed over, so far.
struct SourceReport {
  std::uint64_t detached_blocks = 0;   // do not connect to the chain
  std::uint64_t stale_blocks = 0;      // of forks that lost
  std::uint64_t duplicate_blocks = 0;  // further copies
  std::uint64_t skipped_bytes = 0;     // torn ends, and files that are no answers
  // Of the blocks read, those with transactions but no receipts. Block 0 is not counted.
  std::uint64_t blocks_without_receipts = 0;
  std::vector<std::string> warnings;  // one line each, at most kMaxSourceWarnings and one more
};
inline constexpr std::size_t kMaxSourceWarnings = 20;

// Not thread-safe. Over files the answers are the same for the same bytes.
class BlockSource {
 public:
  BlockSource() = default;
  BlockSource(const BlockSource&) = delete;
  BlockSource& operator=(const BlockSource&) = delete;
  virtual ~BlockSource() = default;

  // What there is; a node's grows, and is asked anew with each call. kUnavailable.
  virtual absl::StatusOr<SourceRange> Range() = 0;
  // The id that block has in the source's chain, which may have block 0 though its range begins
  // later. kNotFound: it has no such block. Errors as Read().
  virtual absl::StatusOr<Hash256> BlockId(std::uint64_t number) = 0;
  // Reads a block; fast in ascending order. kNotFound: not in the range. kDataLoss: what is stored
  // or sent is damaged. kUnavailable: it could not be read. kCancelled: progress asked to stop.
  // kAborted: the chain is another than Range() said: a node changed it below this block, so that
  // it does not follow the block read before, or files turned out to end before this block. Ask
  // Range() and BlockId() how far back, and go on from there. `block` is of no use after an error.
  virtual absl::Status Read(std::uint64_t number, RawBlock* block) = 0;
  // Whether there are receipts of that block's transactions. Cheaper than Read() where one block is
  // asked for. Errors as Read(), but never kAborted.
  virtual absl::StatusOr<bool> HasReceipts(std::uint64_t number) = 0;
  virtual const SourceReport& report() const = 0;
};

struct SourceOptions {
  Progress* progress = nullptr;  // borrowed for as long as the source lives; may be null
  // Of nodes that are asked over the network.
  int retries = 5;                // after the first try
  std::int64_t backoff_ms = 500;  // before the first retry; twice as long before each other
  std::int64_t call_timeout_ms = 30'000;
  int blocks_per_call = 64;  // read ahead; java-tron gives at most 100
  int calls_in_flight = 8;
};

// Opens what `source` names:
//  - a java-tron `database` folder, or the folder it is in, of a node that does not run;
//  - a folder, or one file of it, of `*.blocks` (messages Block, each after its length as a varint)
//    and `*.receipts` (TransactionRet likewise), and of answers of the HTTP API (`*.json`);
//  - `grpc://HOST:PORT`, a FullNode's API.
// `files` is borrowed and must outlive the result. Files are read through once here. Errors name
// the place and the remedy: kInvalidArgument for what is none of these, kFailedPrecondition for the
// database of a running node, kUnimplemented for a RocksDB, kDataLoss for damage, kUnavailable.
absl::StatusOr<std::unique_ptr<BlockSource>> OpenBlockSource(FileSystem& files,
                                                             const std::string& source,
                                                             const SourceOptions& options);

// For sources: adds a warning, once, while there is room, then one that more were left out.
void AddWarning(std::string warning, SourceReport* report);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_BLOCK_SOURCE_H_
