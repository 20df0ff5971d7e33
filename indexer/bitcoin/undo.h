// Bitcoin Core's undo files: rev00000.dat, ... hold, for each block, the outputs its inputs spent.
//
// A record is magic, size (32 bits), the undo bytes, and 32 bytes of checksum: the double SHA-256
// of the *parent* block's hash and the undo bytes. A record does not name its block, and that of a
// stale sibling passes the same checksum: compare counts, scripts and values before believing one.
// The undo file N belongs to the block file N; its records stand in the order blocks were
// connected. Format: Core's undo.h, compressor.h and serialize.h (VARINT).
#ifndef COINWAKE_INDEXER_BITCOIN_UNDO_H_
#define COINWAKE_INDEXER_BITCOIN_UNDO_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/block_file.h"

namespace coinwake::bitcoin {

// No block has room for more inputs: memory stays bounded whatever a record promises.
inline constexpr std::uint64_t kMaxBlockInputs = kMaxBlockSize / 41;

// An output that an input of the block spends.
struct SpentOutput {
  std::uint64_t value = 0;           // satoshi
  std::vector<std::uint8_t> script;  // the whole scriptPubKey
  std::uint32_t height = 0;          // of the block that created it; 0 may also mean "not written"
  bool coinbase = false;             // created by a coinbase
};

struct BlockUndo {
  // By transaction, the coinbase left out, and input, in block order.
  std::vector<std::vector<SpentOutput>> transactions;
};

// Where a record is in its file. Its bytes are read when they are wanted: a file of records is up
// to half a gigabyte.
struct UndoRecord {
  std::uint64_t offset = 0;              // of the first undo byte
  std::uint32_t size_bytes = 0;          // of the undo bytes; the checksum follows them
  std::uint32_t transactions_count = 0;  // as the first byte says; 0 too if that cannot be read
};

// The plain bytes of an undo file, a window at a time.
class PlainWindow {
 public:
  static constexpr std::size_t kDefaultSize = 65536;

  // `file` is borrowed.
  PlainWindow(const File& file, const XorKey& key, std::size_t window_size = kDefaultSize)
      : file_(&file), key_(key), window_size_(window_size) {}

  // What is loaded from `offset` on: at least `size` bytes, fewer only where the file ends. The
  // span lives until the next call. REQUIRES: size <= the window's.
  absl::StatusOr<ByteSpan> At(std::uint64_t offset, std::size_t size);

 private:
  const File* file_;
  XorKey key_;
  std::size_t window_size_;
  std::uint64_t offset_ = 0;
  std::vector<std::uint8_t> bytes_;
};

// Walks the spent outputs of one record in their order: ReadTransactionsCount(), then for each
// transaction ReadInputsCount() and for each of its inputs ReadSpent(), then Finish(). kDataLoss
// names the byte where the record goes wrong: a count beyond what is there, a value beyond all
// bitcoin, a key off the curve, bytes left over; the cursor is of no more use then.
class UndoCursor {
 public:
  explicit UndoCursor(ByteSpan bytes) : bytes_(bytes), size_(bytes.size()) {}
  // `file` is borrowed; a window of it is in memory.
  UndoCursor(const File& file, const XorKey& key, const UndoRecord& record)
      : window_(PlainWindow(file, key)), offset_(record.offset), size_(record.size_bytes) {}

  absl::StatusOr<std::uint64_t> ReadTransactionsCount();
  absl::StatusOr<std::uint64_t> ReadInputsCount();
  absl::Status ReadSpent(SpentOutput* spent);  // reuses its buffer
  absl::Status Finish() const;

 private:
  absl::StatusOr<ByteSpan> Ahead(std::size_t size);
  absl::StatusOr<std::uint64_t> ReadCount(std::uint64_t most, std::size_t least_size,
                                          const char* what);

  ByteSpan bytes_;  // unless there is a window_
  std::optional<PlainWindow> window_;
  std::uint64_t offset_ = 0;  // of the record in the file
  std::uint64_t size_;
  std::uint64_t at_ = 0;  // in the record
  std::uint64_t inputs_left_ = kMaxBlockInputs;
};

// Decodes the undo bytes of one block, with memory for all of them. kDataLoss as UndoCursor.
absl::StatusOr<BlockUndo> ParseBlockUndo(ByteSpan bytes);

// The checksum of a record, if it is that of its bytes for a block whose parent is `prev_hash`.
absl::StatusOr<std::optional<Hash256>> MatchUndoChecksum(const Hash256& prev_hash, const File& file,
                                                         const XorKey& key,
                                                         const UndoRecord& record);

// All records of `network` in an undo file, in file order. What lies between is passed over, as are
// records that neither parse nor are followed by another. kResourceExhausted: the file is larger
// (512 MiB) or has more records (a million) than any node writes. 16 bytes of memory a record.
absl::StatusOr<std::vector<UndoRecord>> ListUndoRecords(const File& file, const XorKey& key,
                                                        Network network);

// Core's compressed forms, for tests and for tools that read its chainstate.
std::uint64_t DecompressAmount(std::uint64_t compressed);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_UNDO_H_
