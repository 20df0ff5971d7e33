// The writer of an append-only column.
//
// The buffer always begins at a chunk boundary and holds the partial last chunk, so that whatever
// is only on disk is whole chunks, each with its checksum in NAME.sum. Bytes of a committed chunk
// are never written again: only what follows them is.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/base/hash.h"
#include "indexer/segment/column_files.h"

namespace coinwake {
namespace {

class AppendOnlyWriter final : public ColumnWriter {
 public:
  AppendOnlyWriter(FileSystem& files, std::string folder, const ColumnSpec& spec, ColumnFiles own)
      : files_(files), folder_(std::move(folder)), spec_(spec), own_(std::move(own)) {}

  absl::Status Recover(std::uint64_t bytes, const ColumnState& committed);

  absl::Status Append(ByteSpan rows) override {
    COINWAKE_CHECK(rows.size() % spec_.row_bytes == 0);
    COINWAKE_RETURN_IF_ERROR(failure_);
    if (must_commit_) {
      return absl::FailedPreconditionError(
          absl::StrCat(own_.paths.rows, ": appended after a rewind that was not committed"));
    }
    while (!rows.empty()) {
      if (buffer_.size() >= kColumnWindowBytes) {
        COINWAKE_RETURN_IF_ERROR(Latch(WriteBuffer(/*partial_chunk=*/false)));
      }
      const std::size_t count =
          std::min<std::size_t>(rows.size(), kColumnWindowBytes - buffer_.size());
      buffer_.insert(buffer_.end(), rows.begin(),
                     rows.begin() + static_cast<std::ptrdiff_t>(count));
      rows = rows.subspan(count);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ColumnState> Sync() override {
    COINWAKE_RETURN_IF_ERROR(failure_);
    COINWAKE_RETURN_IF_ERROR(Latch(SyncFiles()));
    const std::size_t tail_bytes = buffer_.size();  // less than a chunk once written
    COINWAKE_CHECK(tail_bytes < kColumnChunkBytes);
    synced_bytes_ = end_bytes();
    must_commit_ = false;
    return ColumnState{rows_count(), tail_bytes == 0 ? 0 : Crc32c(buffer_)};
  }

  std::uint64_t rows_count() const override { return end_bytes() / spec_.row_bytes; }

  absl::Status ReadRows(std::uint64_t begin, std::uint64_t end,
                        std::span<std::uint8_t> to) override {
    COINWAKE_CHECK(begin <= end && end <= rows_count());
    COINWAKE_CHECK(to.size() == (end - begin) * spec_.row_bytes);
    COINWAKE_RETURN_IF_ERROR(failure_);
    std::uint64_t offset = begin * spec_.row_bytes;
    while (!to.empty() && offset < buffer_begin_) {
      COINWAKE_ASSIGN_OR_RETURN(const std::size_t count, Latch(ReadFromFile(offset, to)));
      offset += count;
      to = to.subspan(count);
    }
    if (!to.empty()) {
      std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(offset - buffer_begin_), to.size(),
                  to.begin());
    }
    return absl::OkStatus();
  }

  absl::Status Truncate(std::uint64_t rows_count) override {
    COINWAKE_CHECK(rows_count <= this->rows_count());
    COINWAKE_RETURN_IF_ERROR(failure_);
    const std::uint64_t end = rows_count * spec_.row_bytes;
    if (end == end_bytes()) return absl::OkStatus();
    if (end < buffer_begin_) {
      COINWAKE_RETURN_IF_ERROR(Latch(LoadPartialChunk(end)));
      cut_first_ = true;
    } else {
      buffer_.resize(end - buffer_begin_);
      if (written_ > buffer_.size()) {
        written_ = buffer_.size();
        cut_first_ = true;
      }
    }
    must_commit_ = must_commit_ || end < synced_bytes_;
    return absl::OkStatus();
  }

 private:
  std::uint64_t end_bytes() const { return buffer_begin_ + buffer_.size(); }

  absl::Status Latch(absl::Status status) {
    if (!status.ok()) failure_ = status;
    return status;
  }
  absl::StatusOr<std::size_t> Latch(absl::StatusOr<std::size_t> result) {
    if (!result.ok()) failure_ = result.status();
    return result;
  }

  // Reads whole chunks around `offset` and copies what of them belongs to `to`; returns how much.
  absl::StatusOr<std::size_t> ReadFromFile(std::uint64_t offset, std::span<std::uint8_t> to);
  absl::Status ReadChunks(std::uint64_t first, std::uint64_t count);
  absl::Status LoadPartialChunk(std::uint64_t end);
  absl::Status CutFiles();
  absl::Status WriteBuffer(bool partial_chunk);
  absl::Status SyncFiles();

  FileSystem& files_;
  const std::string folder_;
  const ColumnSpec spec_;
  ColumnFiles own_;
  std::uint64_t buffer_begin_ = 0;    // offset in the rows of buffer_[0]; a chunk boundary
  std::vector<std::uint8_t> buffer_;  // rows from there to the end
  std::size_t written_ = 0;           // bytes at the front of buffer_ that are in the file
  std::uint64_t synced_bytes_ = 0;    // what the last commit record may name
  bool dirty_ = false;                // files differ from what is durable
  bool cut_first_ = false;            // the files hold rows that Truncate() dropped
  bool must_commit_ = false;
  absl::Status failure_;
  std::vector<std::uint8_t> window_;  // of ReadChunks
  std::vector<std::uint8_t> window_sums_;
};

absl::Status AppendOnlyWriter::Recover(std::uint64_t bytes, const ColumnState& committed) {
  const std::uint64_t chunks = bytes / kColumnChunkBytes;
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t rows_size, own_.rows->Size());
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t sums_size, own_.sums->Size());
  if (rows_size < kColumnHeaderBytes + bytes || sums_size < chunks * kSumBytes) {
    const bool rows_short = rows_size < kColumnHeaderBytes + bytes;
    return absl::DataLossError(absl::StrCat(rows_short ? own_.paths.rows : own_.paths.sums, ": ",
                                            rows_short ? rows_size : sums_size,
                                            " bytes, fewer than were committed", kRestoreColumn));
  }
  buffer_begin_ = chunks * kColumnChunkBytes;
  buffer_.resize(bytes - buffer_begin_);
  COINWAKE_RETURN_IF_ERROR(
      ReadExactly(*own_.rows, own_.paths.rows, kColumnHeaderBytes + buffer_begin_, buffer_));
  if (!buffer_.empty() && Crc32c(buffer_) != committed.tail_crc) {
    return DamagedChunk(own_.paths.rows, chunks);
  }
  written_ = buffer_.size();
  synced_bytes_ = bytes;
  dirty_ = own_.created;
  if (rows_size > kColumnHeaderBytes + bytes || sums_size > chunks * kSumBytes) {
    return CutFiles();
  }
  return absl::OkStatus();
}

absl::Status AppendOnlyWriter::CutFiles() {
  dirty_ = true;
  cut_first_ = false;
  COINWAKE_RETURN_IF_ERROR(own_.rows->Truncate(kColumnHeaderBytes + buffer_begin_ + written_));
  return own_.sums->Truncate(buffer_begin_ / kColumnChunkBytes * kSumBytes);
}

absl::Status AppendOnlyWriter::WriteBuffer(bool partial_chunk) {
  const std::size_t chunks = buffer_.size() / kColumnChunkBytes;
  const std::size_t whole_bytes = chunks * kColumnChunkBytes;
  const std::size_t end = partial_chunk ? buffer_.size() : whole_bytes;
  if (end <= written_) return absl::OkStatus();
  if (cut_first_) COINWAKE_RETURN_IF_ERROR(CutFiles());
  dirty_ = true;
  const ByteSpan bytes(buffer_);
  COINWAKE_RETURN_IF_ERROR(own_.rows->WriteAt(kColumnHeaderBytes + buffer_begin_ + written_,
                                              bytes.subspan(written_, end - written_)));
  if (chunks != 0) {
    window_sums_.resize(chunks * kSumBytes);
    for (std::size_t i = 0; i < chunks; ++i) {
      StoreLe(window_sums_.data() + i * kSumBytes,
              Crc32c(bytes.subspan(i * kColumnChunkBytes, kColumnChunkBytes)));
    }
    COINWAKE_RETURN_IF_ERROR(
        own_.sums->WriteAt(buffer_begin_ / kColumnChunkBytes * kSumBytes, window_sums_));
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(whole_bytes));
  buffer_begin_ += whole_bytes;
  written_ = end - whole_bytes;
  return absl::OkStatus();
}

absl::Status AppendOnlyWriter::SyncFiles() {
  COINWAKE_RETURN_IF_ERROR(WriteBuffer(/*partial_chunk=*/true));
  if (!dirty_) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(own_.rows->Sync());
  COINWAKE_RETURN_IF_ERROR(own_.sums->Sync());
  if (own_.created) {
    COINWAKE_RETURN_IF_ERROR(files_.SyncFolder(folder_));
    own_.created = false;
  }
  dirty_ = false;
  return absl::OkStatus();
}

absl::Status AppendOnlyWriter::ReadChunks(std::uint64_t first, std::uint64_t count) {
  window_.resize(count * kColumnChunkBytes);
  window_sums_.resize(count * kSumBytes);
  COINWAKE_RETURN_IF_ERROR(ReadExactly(*own_.rows, own_.paths.rows,
                                       kColumnHeaderBytes + first * kColumnChunkBytes, window_));
  COINWAKE_RETURN_IF_ERROR(
      ReadExactly(*own_.sums, own_.paths.sums, first * kSumBytes, window_sums_));
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto sum = LoadLe<std::uint32_t>(window_sums_.data() + i * kSumBytes);
    if (Crc32c(ByteSpan(window_).subspan(i * kColumnChunkBytes, kColumnChunkBytes)) != sum) {
      return DamagedChunk(own_.paths.rows, first + i);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::size_t> AppendOnlyWriter::ReadFromFile(std::uint64_t offset,
                                                           std::span<std::uint8_t> to) {
  const std::uint64_t end = std::min<std::uint64_t>(offset + to.size(), buffer_begin_);
  const std::uint64_t first = offset / kColumnChunkBytes;
  const std::uint64_t chunks = std::min((end + kColumnChunkBytes - 1) / kColumnChunkBytes - first,
                                        kColumnWindowBytes / kColumnChunkBytes);
  COINWAKE_RETURN_IF_ERROR(ReadChunks(first, chunks));
  const std::uint64_t skip = offset - first * kColumnChunkBytes;
  const std::size_t count = std::min<std::size_t>(end - offset, window_.size() - skip);
  std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(skip), count, to.begin());
  return count;
}

absl::Status AppendOnlyWriter::LoadPartialChunk(std::uint64_t end) {
  const std::uint64_t chunk = end / kColumnChunkBytes;
  const std::size_t tail_bytes = end % kColumnChunkBytes;
  if (tail_bytes != 0) COINWAKE_RETURN_IF_ERROR(ReadChunks(chunk, 1));
  buffer_begin_ = chunk * kColumnChunkBytes;
  buffer_.assign(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(tail_bytes));
  written_ = tail_bytes;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ColumnWriter>> ColumnWriter::Open(FileSystem& files,
                                                                 const std::string& folder,
                                                                 const ColumnSpec& spec,
                                                                 const ColumnState& committed) {
  COINWAKE_CHECK(!spec.in_place);
  COINWAKE_ASSIGN_OR_RETURN(
      const std::uint64_t bytes,
      BytesOfRows(spec, committed.rows_count, PathsOfColumn(folder, spec).rows));
  COINWAKE_ASSIGN_OR_RETURN(ColumnFiles own, OpenColumnFiles(files, folder, spec,
                                                             /*may_create=*/bytes == 0));
  auto writer = std::make_unique<AppendOnlyWriter>(files, folder, spec, std::move(own));
  COINWAKE_RETURN_IF_ERROR(writer->Recover(bytes, committed));
  return writer;
}

}  // namespace coinwake
