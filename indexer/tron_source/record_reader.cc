#include "indexer/tron_source/record_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace coinwake::tron {
namespace {

constexpr std::size_t kReadAtOnce = std::size_t{1} << 20;  // bytes
constexpr std::size_t kMaxLengthSize = 10;                 // bytes of a varint

}  // namespace

absl::StatusOr<ByteSpan> RecordReader::Window(std::uint64_t offset, std::size_t size) {
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - offset));
  if (offset < buffer_offset_ || offset + size > buffer_offset_ + buffer_.size()) {
    buffer_.resize(static_cast<std::size_t>(
        std::min<std::uint64_t>(std::max(size, kReadAtOnce), size_ - offset)));
    buffer_offset_ = offset;
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t read, file_.ReadAt(offset, buffer_));
    buffer_.resize(read);
    if (read < size) {
      return absl::UnavailableError(
          absl::StrCat(path_, ": was cut short while it was read; run again"));
    }
  }
  return ByteSpan(buffer_).subspan(static_cast<std::size_t>(offset - buffer_offset_), size);
}

absl::StatusOr<bool> RecordReader::Next() {
  if (next_ == size_ || torn_) return false;
  COINWAKE_ASSIGN_OR_RETURN(const ByteSpan head, Window(next_, kMaxLengthSize));
  std::uint64_t length = 0;
  std::size_t at = 0;
  bool more = true;
  for (; more && at < head.size(); ++at) {
    length |= std::uint64_t{head[at] & 0x7fU} << (7 * at);
    more = (head[at] & 0x80) != 0;
  }
  if ((more && at == kMaxLengthSize) || length > max_record_) {
    return absl::DataLossError(
        absl::StrCat(path_, ": offset ", next_,
                     ": no length of a message; copy the file again, or cut ", "it off there"));
  }
  torn_ = more || length > size_ - next_ - at;
  if (torn_) return false;
  record_offset_ = next_ + at;
  COINWAKE_ASSIGN_OR_RETURN(record_, Window(record_offset_, static_cast<std::size_t>(length)));
  next_ = record_offset_ + length;
  return true;
}

}  // namespace coinwake::tron
