// One column: fixed-width little-endian rows in an append-only file, checked chunk by chunk.
//
// Format and crash rules: docs/design/columns.md. Two files a column: `NAME.col` (a 4096-byte
// header, then rows) and `NAME.sum` (a CRC-32C for each whole 4096-byte chunk of rows). The
// checksum of the last, partial chunk of an append-only column is part of ColumnState and so of the
// commit record; an in-place column is padded with 0xff to whole chunks and all its checksums are
// in NAME.sum.
//
// Errors, unless said otherwise: kUnavailable when the disk fails, kDataLoss when stored bytes are
// wrong (file and offset named), kUnimplemented when a newer format wrote them.
#ifndef COINWAKE_INDEXER_SEGMENT_COLUMN_H_
#define COINWAKE_INDEXER_SEGMENT_COLUMN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "indexer/segment/column_spec.h"

namespace coinwake {

inline constexpr std::uint64_t kColumnHeaderBytes = 4096;
inline constexpr std::uint64_t kColumnChunkBytes = 4096;

// What a commit record says of one column.
struct ColumnState {
  std::uint64_t rows_count = 0;
  std::uint32_t tail_crc =
      0;  // CRC-32C of the rows after the last whole chunk; 0 for none or in-place

  friend bool operator==(const ColumnState&, const ColumnState&) = default;
};

// Appends to an append-only column. Not thread-safe. After any error the writer is of no more use:
// every later call repeats the error; drop it and open again from the commit record.
class ColumnWriter {
 public:
  // Opens the column's files in `folder` (made with the folder where `committed.rows_count` is 0)
  // and cuts them to the committed rows. kDataLoss: fewer rows than committed, wrong header, or the
  // tail's checksum differs. `files` is borrowed and must outlive the writer.
  static absl::StatusOr<std::unique_ptr<ColumnWriter>> Open(FileSystem& files,
                                                            const std::string& folder,
                                                            const ColumnSpec& spec,
                                                            const ColumnState& committed);
  ColumnWriter() = default;
  ColumnWriter(const ColumnWriter&) = delete;
  ColumnWriter& operator=(const ColumnWriter&) = delete;
  virtual ~ColumnWriter() = default;  // what was not synced is dropped

  // Adds rows; `rows.size()` is a multiple of the row width. Buffered (1 MiB): an error may show
  // later. kFailedPrecondition: between a Truncate() of synced rows and the Sync() that must follow
  // it.
  virtual absl::Status Append(ByteSpan rows) = 0;
  // Writes what is buffered, makes files and folder entries durable, and returns the state to put
  // in the commit record.
  virtual absl::StatusOr<ColumnState> Sync() = 0;
  // Appended so far, buffered rows included.
  virtual std::uint64_t rows_count() const = 0;
  // Copies rows [begin, end) to `to`, buffered rows included. Checks each whole chunk it reads from
  // disk. REQUIRES: begin <= end <= rows_count(), to.size() == (end - begin) * row width.
  virtual absl::Status ReadRows(std::uint64_t begin, std::uint64_t end,
                                std::span<std::uint8_t> to) = 0;
  // Drops rows at and after `rows_count` (a rewind). The files keep the dropped rows until rows are
  // appended over them, because the last commit record still names them: after cutting rows that
  // were synced, call Sync(), commit its state, and only then append.
  // REQUIRES: rows_count <= rows_count().
  virtual absl::Status Truncate(std::uint64_t rows_count) = 0;
};

// One change of an in-place column.
struct InPlaceUpdate {
  std::uint64_t row;
  std::uint32_t value;
};

// Writes an in-place column (row width 4). Not thread-safe; after an error, drop it.
//
// A chunk and its checksum cannot change together, so a crash may leave them apart. Therefore only
// changes that a durable commit record names are applied, and after a crash all of them since the
// last Sync() are applied again before anything else: until the first Sync() of a session a chunk
// that Apply() touches is taken as it is and gets a new checksum; later a wrong one is kDataLoss.
class InPlaceColumn {
 public:
  // Opens or makes the files. Rows beyond `rows_count` are cut, missing ones filled with 0xff.
  static absl::StatusOr<std::unique_ptr<InPlaceColumn>> Open(FileSystem& files,
                                                             const std::string& folder,
                                                             const ColumnSpec& spec,
                                                             std::uint64_t rows_count);
  InPlaceColumn() = default;
  InPlaceColumn(const InPlaceColumn&) = delete;
  InPlaceColumn& operator=(const InPlaceColumn&) = delete;
  virtual ~InPlaceColumn() = default;

  // Cuts or fills with 0xff to `rows_count` rows.
  virtual absl::Status Resize(std::uint64_t rows_count) = 0;
  // Sets rows; `updates` are in ascending row order, so that the file is visited once, forward.
  // Setting a row twice keeps the last. Values are not durable before Sync(). Memory: 1 MiB.
  virtual absl::Status Apply(std::span<const InPlaceUpdate> updates) = 0;
  virtual absl::Status Sync() = 0;
  virtual std::uint64_t rows_count() const = 0;
};

// Reads rows of an in-place column as the last commit left them. Every chunk is checked; one is
// kept, so that rows asked for in ascending order cost one read a chunk. Not thread-safe. REQUIRES:
// nobody changes the column meanwhile.
class InPlaceReader {
 public:
  // kDataLoss: no file, or the header is wrong. `files` is borrowed.
  static absl::StatusOr<std::unique_ptr<InPlaceReader>> Open(FileSystem& files,
                                                             const std::string& folder,
                                                             const ColumnSpec& spec,
                                                             std::uint64_t rows_count);
  InPlaceReader() = default;
  InPlaceReader(const InPlaceReader&) = delete;
  InPlaceReader& operator=(const InPlaceReader&) = delete;
  virtual ~InPlaceReader() = default;

  // REQUIRES: row < rows_count. kDataLoss: the chunk's checksum differs, or the file ends before.
  virtual absl::StatusOr<std::uint32_t> Get(std::uint64_t row) = 0;
};

// Latches the first damage that any reader of an index finds. Thread-safe.
//
// Row access on hot paths returns plain values; a chunk whose checksum is wrong is latched here and
// reads as 0xff bytes. Whoever answers a question checks status() before the answer leaves.
class Damage {
 public:
  bool found() const { return found_.load(std::memory_order_acquire); }
  absl::Status status() const;       // OK, or kDataLoss naming file and offset
  void Report(std::string message);  // keeps the first; status() tells it once this returns

 private:
  std::atomic<bool> found_{false};  // set after message_
  mutable Mutex mutex_;
  std::string message_ COINWAKE_GUARDED_BY(mutex_);
};

// Reads a column at a commit, mapped. Thread-safe. Each chunk is checked when first touched.
class ColumnReader {
 public:
  // Maps the committed rows and checks the header and the file's length (kDataLoss,
  // kUnimplemented). `damage` is borrowed and must outlive the reader.
  static absl::StatusOr<std::unique_ptr<ColumnReader>> Open(FileSystem& files,
                                                            const std::string& folder,
                                                            const ColumnSpec& spec,
                                                            const ColumnState& committed,
                                                            Damage* damage);
  ColumnReader(const ColumnReader&) = delete;
  ColumnReader& operator=(const ColumnReader&) = delete;

  std::uint64_t rows_count() const { return rows_count_; }

  // Bytes of rows [begin, end), as long as this reader lives. REQUIRES: begin <= end <=
  // rows_count(). Checks every chunk touched; where one is damaged, reports it and gives 0xff bytes
  // that live until the reader dies.
  ByteSpan Rows(std::uint64_t begin, std::uint64_t end) const {
    const std::uint64_t first_byte = begin * row_bytes_;
    const std::uint64_t last_byte = end * row_bytes_;
    if (begin != end && !Checked(first_byte, last_byte)) [[unlikely]] {
      if (!CheckChunks(first_byte, last_byte)) return DamagedRows(last_byte - first_byte);
    }
    return rows_.subspan(first_byte, last_byte - first_byte);
  }

  // One number. REQUIRES: sizeof(T) is the row width and row < rows_count().
  template <typename T>
  T Get(std::uint64_t row) const {
    return LoadLe<T>(Rows(row, row + 1).data());
  }

  // Checks all chunks now, reporting the first damaged one to `damage` (for `verify`).
  void CheckAll() const;

 private:
  ColumnReader() = default;

  bool Checked(std::uint64_t first_byte, std::uint64_t last_byte) const {
    const std::uint64_t first = first_byte / kColumnChunkBytes;
    const std::uint64_t last = (last_byte - 1) / kColumnChunkBytes;
    if (first != last) return false;  // the slow path walks the bits
    return (checked_[first / 64].load(std::memory_order_relaxed) >> (first % 64) & 1) != 0;
  }
  bool CheckChunks(std::uint64_t first_byte, std::uint64_t last_byte) const;
  bool ChunkIsGood(std::uint64_t chunk) const;
  ByteSpan DamagedRows(std::uint64_t size_bytes) const;

  std::string path_;
  std::uint64_t row_bytes_ = 0;
  std::uint64_t rows_count_ = 0;
  std::uint32_t tail_crc_ = 0;
  ByteSpan rows_;
  ByteSpan sums_;
  std::unique_ptr<Mapping> rows_mapping_;
  std::unique_ptr<Mapping> sums_mapping_;
  // A bit a chunk: checked and good. Set after the check, so a race only checks twice.
  mutable std::unique_ptr<std::atomic<std::uint64_t>[]> checked_;
  Damage* damage_ = nullptr;
  // What damaged rows read as; replaced by a longer one when more is asked for, all kept.
  mutable Mutex ones_mutex_;
  mutable std::vector<std::unique_ptr<std::vector<std::uint8_t>>> ones_
      COINWAKE_GUARDED_BY(ones_mutex_);
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_SEGMENT_COLUMN_H_
