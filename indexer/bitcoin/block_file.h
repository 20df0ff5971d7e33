// Bitcoin Core's block files: blk00000.dat, blk00001.dat, ... of a node's blocks folder.
//
// A file is a row of records: 4 bytes of network magic, the block's size (32 bits), the block.
// Since Core 28 everything a node writes is XORed with the 8 bytes of xor.dat, by offset in the
// file. Blocks stand in the order they arrived, stale ones among them. Preallocated space after the
// last record is zero as it is on disk. Copies also hold junk between records, records of several
// networks and a last record cut short. Nothing but the files is needed: no block index, no node.
#ifndef COINWAKE_INDEXER_BITCOIN_BLOCK_FILE_H_
#define COINWAKE_INDEXER_BITCOIN_BLOCK_FILE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/block.h"

namespace coinwake::bitcoin {

// The key that block and undo files are obfuscated with.
class XorKey {
 public:
  XorKey() = default;  // leaves bytes as they are
  explicit XorKey(const std::array<std::uint8_t, 8>& key) : key_(key) {}

  bool IsPlain() const { return key_ == std::array<std::uint8_t, 8>{}; }
  // The byte of the key that covers the file's byte at `offset`.
  std::uint8_t At(std::uint64_t offset) const { return key_[offset % key_.size()]; }
  // De-obfuscates (or obfuscates) bytes that stand at `offset` in their file.
  void Apply(std::uint64_t offset, std::span<std::uint8_t> bytes) const;

 private:
  std::array<std::uint8_t, 8> key_{};
};

// The key in `blocks_folder`/xor.dat; the plain one when there is no such file, as before Core 28.
// kDataLoss: the file has not exactly 8 bytes.
absl::StatusOr<XorKey> LoadXorKey(FileSystem& files, const std::string& blocks_folder);

struct NumberedFile {
  int number = 0;
  std::string path;
};

// The files `prefix`NNNNN.dat ("blk" or "rev") of a folder by number. Numbers may have gaps; those
// above 99999 have more digits. kNotFound: no such folder.
absl::StatusOr<std::vector<NumberedFile>> ListNumberedFiles(FileSystem& files,
                                                            const std::string& folder,
                                                            std::string_view prefix);

struct BlockRecord {
  Network network = Network::kBitcoin;
  std::uint64_t offset = 0;  // of the block's first byte, after magic and size
  std::uint32_t size_bytes = 0;
  Hash256 hash;
  std::array<std::uint8_t, kHeaderSize> header{};  // plain
};

// What of a file was in no record, so far.
struct SkippedBytes {
  std::uint64_t padding = 0;  // runs of zeros, on disk or once de-obfuscated
  std::uint64_t torn = 0;     // of records cut short
  std::uint64_t junk = 0;     // anything else
};

// Walks one block file. One thread at a time; readers of one File may run side by side.
class BlockFileReader {
 public:
  // `file` is borrowed and must outlive the reader.
  BlockFileReader(const File& file, const XorKey& key) : file_(file), key_(key) {}

  // Finds the next record: known magic, a size of 81 bytes to kMaxBlockSize that fits in the file,
  // and a header that meets its own target. False at the end. Only headers are read; a block is
  // read and parsed here only where no record follows it directly, to tell a whole one from one cut
  // short (a damaged whole one is handed out: it is the caller's to report). After a magic that
  // begins no record the search goes on at its next byte. Errors are the file's (kUnavailable).
  absl::StatusOr<bool> Next(BlockRecord* record);

  // Complete once Next() has returned false.
  const SkippedBytes& skipped() const { return skipped_; }

  // The plain bytes of a record's block. kDataLoss: the file is shorter by now.
  absl::Status ReadBlock(const BlockRecord& record, std::vector<std::uint8_t>* bytes) const;

 private:
  enum class Found : std::uint8_t { kNothing, kRecord, kCutShort };

  absl::Status Load(std::uint64_t offset, std::size_t size);
  ByteSpan Loaded(std::uint64_t offset, std::size_t size) const;
  absl::StatusOr<Found> LookAt(std::uint64_t offset, BlockRecord* record);
  absl::StatusOr<std::optional<std::uint64_t>> Search(std::uint64_t begin, std::uint64_t end,
                                                      bool cut_short, SkippedBytes* skipped,
                                                      BlockRecord* record);
  absl::StatusOr<bool> IsCutShort(const BlockRecord& record);

  const File& file_;
  XorKey key_;
  std::uint64_t size_ = 0;  // of the file, when the walk began
  bool started_ = false;
  std::uint64_t offset_ = 0;  // where the search goes on
  bool after_torn_ = false;   // the bytes at offset_ belong to a record cut short
  int examined_ = 0;          // records parsed to see whether they are whole
  SkippedBytes skipped_;
  std::vector<std::uint8_t> window_;  // plain bytes of the file from window_offset_
  std::uint64_t window_offset_ = 0;
};

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_BLOCK_FILE_H_
