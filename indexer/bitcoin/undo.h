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
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/block_file.h"

namespace coinwake::bitcoin {

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

// Decodes the undo bytes of one block. kDataLoss names the byte where they go wrong: a count beyond
// what is there, a value beyond all bitcoin, a key off the curve, bytes left over.
absl::StatusOr<BlockUndo> ParseBlockUndo(ByteSpan bytes);

// Whether `checksum` is that of `undo` for a block whose parent is `prev_hash`.
bool UndoChecksumMatches(const Hash256& prev_hash, ByteSpan undo, const Hash256& checksum);

struct UndoRecord {
  std::uint64_t offset = 0;  // of the first undo byte
  std::vector<std::uint8_t> bytes;
  Hash256 checksum;
};

// All records of `network` in an undo file, in file order. What lies between is passed over, as are
// records that neither parse nor are followed by another. kResourceExhausted: the file is larger
// than any node writes (512 MiB). Takes memory for the records.
absl::StatusOr<std::vector<UndoRecord>> ReadUndoFile(const File& file, const XorKey& key,
                                                     Network network);

// Core's compressed forms, for tests and for tools that read its chainstate.
std::uint64_t DecompressAmount(std::uint64_t compressed);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_UNDO_H_
