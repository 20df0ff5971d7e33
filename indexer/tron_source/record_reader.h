// Messages in a file, each after its length as a varint.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_RECORD_READER_H_
#define COINWAKE_INDEXER_TRON_SOURCE_RECORD_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"

namespace coinwake::tron {

// Reads forward. Memory: the largest record, and some more.
class RecordReader {
 public:
  // `file` is borrowed; `path` names it in errors. Records are of at most `max_record` bytes.
  RecordReader(const File& file, std::string path, std::uint64_t size, std::size_t max_record)
      : file_(file), path_(std::move(path)), size_(size), max_record_(max_record) {}

  // The next record, which lives until the next call. False at the end, and before a record that
  // the file ends within. kDataLoss: a length beyond `max_record`; nothing after it can be found.
  absl::StatusOr<bool> Next();
  ByteSpan record() const { return record_; }
  std::uint64_t offset() const { return record_offset_; }  // of the record, after its length

  std::uint64_t next_offset() const { return next_; }
  // Bytes of a record that the file ends within.
  std::uint64_t torn_bytes() const { return torn_ ? size_ - next_ : 0; }

 private:
  // Bytes [offset, offset + size) of the file, fewer at its end.
  absl::StatusOr<ByteSpan> Window(std::uint64_t offset, std::size_t size);

  const File& file_;
  const std::string path_;
  const std::uint64_t size_;
  const std::size_t max_record_;
  std::vector<std::uint8_t> buffer_;
  std::uint64_t buffer_offset_ = 0;
  std::uint64_t next_ = 0;  // where the next length begins
  std::uint64_t record_offset_ = 0;
  ByteSpan record_;
  bool torn_ = false;
};

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_RECORD_READER_H_
