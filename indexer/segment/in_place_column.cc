// The writer of an in-place column.
//
// Every chunk is whole, padded with 0xff, and has its checksum in NAME.sum. docs/design/columns.md
// tells why each order of writes here survives a crash; the short of it:
//  - growing: chunks of 0xff are durable before their checksums are written, so a chunk counts only
//    when both are there, and a checksum that a power cut turned into zeros can be computed anew;
//  - cutting: the last chunk is settled and durable before the files get shorter;
//  - changing: redone from the input rows after a crash (see column.h).
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/base/hash.h"
#include "indexer/segment/column_files.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kRowBytes = 4;
constexpr std::uint64_t kChunkRows = kColumnChunkBytes / kRowBytes;
constexpr std::uint64_t kWindowChunks = kColumnWindowBytes / kColumnChunkBytes;
// Chunks between two changed ones that are read along rather than begun anew: a seek costs more.
constexpr std::uint64_t kMaxGapChunks = 8;

std::uint64_t ChunksOf(std::uint64_t rows_count) {
  return (rows_count + kChunkRows - 1) / kChunkRows;
}

class InPlaceWriter final : public InPlaceColumn {
 public:
  InPlaceWriter(FileSystem& files, std::string folder, ColumnFiles own)
      : files_(files), folder_(std::move(folder)), own_(std::move(own)) {}

  absl::Status Recover(std::uint64_t rows_count);
  absl::Status SyncFiles();

  absl::Status Resize(std::uint64_t rows_count) override {
    COINWAKE_RETURN_IF_ERROR(failure_);
    return Latch(rows_count < rows_count_ ? Cut(rows_count) : Grow(rows_count));
  }

  absl::Status Apply(std::span<const InPlaceUpdate> updates) override {
    COINWAKE_RETURN_IF_ERROR(failure_);
    while (!updates.empty()) {
      COINWAKE_ASSIGN_OR_RETURN(const std::size_t count, Latch(ApplyWindow(updates)));
      updates = updates.subspan(count);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    COINWAKE_RETURN_IF_ERROR(failure_);
    COINWAKE_RETURN_IF_ERROR(Latch(SyncFiles()));
    recovering_ = false;
    return absl::OkStatus();
  }

  std::uint64_t rows_count() const override { return rows_count_; }

 private:
  absl::Status Latch(absl::Status status) {
    if (!status.ok()) failure_ = status;
    return status;
  }
  absl::StatusOr<std::size_t> Latch(absl::StatusOr<std::size_t> result) {
    if (!result.ok()) failure_ = result.status();
    return result;
  }

  absl::Status Read(std::uint64_t first_chunk, std::uint64_t chunks_count);
  absl::Status Write(std::uint64_t first_chunk);
  void SetSum(std::uint64_t chunk_in_window) {
    StoreLe(sums_.data() + chunk_in_window * kSumBytes, CrcOf(chunk_in_window));
  }
  std::uint32_t CrcOf(std::uint64_t chunk_in_window) const {
    return Crc32c(
        ByteSpan(window_).subspan(chunk_in_window * kColumnChunkBytes, kColumnChunkBytes));
  }

  absl::StatusOr<std::size_t> ApplyWindow(std::span<const InPlaceUpdate> updates);
  absl::Status Grow(std::uint64_t rows_count);
  absl::Status AppendChunks(std::uint64_t chunks_count);
  absl::Status Cut(std::uint64_t rows_count);
  absl::Status SettleLastChunk(std::uint64_t rows_count);
  absl::Status RestoreLostSums();

  FileSystem& files_;
  const std::string folder_;
  ColumnFiles own_;
  std::uint64_t rows_count_ = 0;
  std::uint64_t chunks_count_ = 0;  // whole in both files
  bool recovering_ = true;          // no Sync() yet in this session
  bool dirty_ = false;
  absl::Status failure_;
  std::vector<std::uint8_t> window_;
  std::vector<std::uint8_t> sums_;
};

absl::Status InPlaceWriter::Recover(std::uint64_t rows_count) {
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t rows_size, own_.rows->Size());
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t sums_size, own_.sums->Size());
  dirty_ = own_.created;
  chunks_count_ =
      std::min((rows_size - kColumnHeaderBytes) / kColumnChunkBytes, sums_size / kSumBytes);
  const std::uint64_t rows_there = chunks_count_ * kChunkRows;
  if (rows_size != kColumnHeaderBytes + chunks_count_ * kColumnChunkBytes ||
      sums_size != chunks_count_ * kSumBytes) {
    dirty_ = true;
    COINWAKE_RETURN_IF_ERROR(own_.sums->Truncate(chunks_count_ * kSumBytes));
    COINWAKE_RETURN_IF_ERROR(
        own_.rows->Truncate(kColumnHeaderBytes + chunks_count_ * kColumnChunkBytes));
  }
  COINWAKE_RETURN_IF_ERROR(RestoreLostSums());
  rows_count_ = rows_there;
  if (rows_count <= rows_there) return Cut(rows_count);
  return Grow(rows_count);
}

// A sector of NAME.sum that did not reach the disk reads as zeros.
absl::Status InPlaceWriter::RestoreLostSums() {
  std::vector<std::uint8_t> sums;
  for (std::uint64_t begin = 0; begin < chunks_count_;) {
    const std::uint64_t count =
        std::min<std::uint64_t>(chunks_count_ - begin, kColumnWindowBytes / kSumBytes);
    sums.resize(count * kSumBytes);
    COINWAKE_RETURN_IF_ERROR(ReadExactly(*own_.sums, own_.paths.sums, begin * kSumBytes, sums));
    for (std::uint64_t i = 0; i < count; ++i) {
      if (LoadLe<std::uint32_t>(sums.data() + i * kSumBytes) != 0) continue;
      COINWAKE_RETURN_IF_ERROR(Read(begin + i, 1));
      SetSum(0);
      COINWAKE_RETURN_IF_ERROR(Write(begin + i));
    }
    begin += count;
  }
  return absl::OkStatus();
}

absl::Status InPlaceWriter::Read(std::uint64_t first_chunk, std::uint64_t chunks_count) {
  window_.resize(chunks_count * kColumnChunkBytes);
  sums_.resize(chunks_count * kSumBytes);
  COINWAKE_RETURN_IF_ERROR(ReadExactly(
      *own_.rows, own_.paths.rows, kColumnHeaderBytes + first_chunk * kColumnChunkBytes, window_));
  return ReadExactly(*own_.sums, own_.paths.sums, first_chunk * kSumBytes, sums_);
}

absl::Status InPlaceWriter::Write(std::uint64_t first_chunk) {
  dirty_ = true;
  COINWAKE_RETURN_IF_ERROR(
      own_.rows->WriteAt(kColumnHeaderBytes + first_chunk * kColumnChunkBytes, window_));
  return own_.sums->WriteAt(first_chunk * kSumBytes, sums_);
}

// Applies the updates that fall into one window of neighbouring chunks; returns how many.
absl::StatusOr<std::size_t> InPlaceWriter::ApplyWindow(std::span<const InPlaceUpdate> updates) {
  const std::uint64_t first_chunk = updates.front().row / kChunkRows;
  std::uint64_t last_chunk = first_chunk;
  std::size_t count = 0;
  std::uint64_t previous = updates.front().row;
  for (; count < updates.size(); ++count) {
    const std::uint64_t row = updates[count].row;
    COINWAKE_CHECK(previous <= row && row < rows_count_);
    previous = row;
    const std::uint64_t chunk = row / kChunkRows;
    if (chunk - last_chunk > kMaxGapChunks || chunk - first_chunk >= kWindowChunks) break;
    last_chunk = chunk;
  }
  COINWAKE_RETURN_IF_ERROR(Read(first_chunk, last_chunk - first_chunk + 1));
  for (std::size_t i = 0; i < count;) {
    const std::uint64_t chunk = updates[i].row / kChunkRows;
    const std::uint64_t in_window = chunk - first_chunk;
    if (!recovering_ && CrcOf(in_window) != LoadLe<std::uint32_t>(&sums_[in_window * kSumBytes])) {
      return DamagedChunk(own_.paths.rows, chunk);
    }
    for (; i < count && updates[i].row / kChunkRows == chunk; ++i) {
      StoreLe(&window_[(updates[i].row - first_chunk * kChunkRows) * kRowBytes], updates[i].value);
    }
    SetSum(in_window);
  }
  COINWAKE_RETURN_IF_ERROR(Write(first_chunk));
  return count;
}

absl::Status InPlaceWriter::Grow(std::uint64_t rows_count) {
  const std::uint64_t chunks = ChunksOf(rows_count);
  if (chunks > chunks_count_) COINWAKE_RETURN_IF_ERROR(AppendChunks(chunks));
  rows_count_ = rows_count;
  return absl::OkStatus();
}

absl::Status InPlaceWriter::AppendChunks(std::uint64_t chunks_count) {
  dirty_ = true;
  window_.assign(std::min(chunks_count - chunks_count_, kWindowChunks) * kColumnChunkBytes, 0xff);
  const std::uint32_t sum = CrcOf(0);
  for (std::uint64_t chunk = chunks_count_; chunk < chunks_count;) {
    const std::uint64_t count = std::min(chunks_count - chunk, kWindowChunks);
    COINWAKE_RETURN_IF_ERROR(
        own_.rows->WriteAt(kColumnHeaderBytes + chunk * kColumnChunkBytes,
                           ByteSpan(window_).first(count * kColumnChunkBytes)));
    chunk += count;
  }
  COINWAKE_RETURN_IF_ERROR(own_.rows->Sync());
  sums_.resize(std::min(chunks_count - chunks_count_, kColumnWindowBytes) * kSumBytes);
  for (std::size_t i = 0; i < sums_.size(); i += kSumBytes) StoreLe(&sums_[i], sum);
  for (std::uint64_t chunk = chunks_count_; chunk < chunks_count;) {
    const std::uint64_t count = std::min(chunks_count - chunk, kColumnWindowBytes);
    COINWAKE_RETURN_IF_ERROR(
        own_.sums->WriteAt(chunk * kSumBytes, ByteSpan(sums_).first(count * kSumBytes)));
    chunk += count;
  }
  chunks_count_ = chunks_count;
  return absl::OkStatus();
}

absl::Status InPlaceWriter::Cut(std::uint64_t rows_count) {
  COINWAKE_RETURN_IF_ERROR(SettleLastChunk(rows_count));
  const std::uint64_t chunks = ChunksOf(rows_count);
  if (chunks < chunks_count_) {
    dirty_ = true;
    // The settled chunk must not be lost once the length says that the cut is done.
    COINWAKE_RETURN_IF_ERROR(own_.rows->Sync());
    COINWAKE_RETURN_IF_ERROR(own_.sums->Sync());
    COINWAKE_RETURN_IF_ERROR(own_.sums->Truncate(chunks * kSumBytes));
    COINWAKE_RETURN_IF_ERROR(own_.rows->Truncate(kColumnHeaderBytes + chunks * kColumnChunkBytes));
    chunks_count_ = chunks;
  }
  rows_count_ = rows_count;
  return absl::OkStatus();
}

// Sets what follows `rows_count` in its chunk to 0xff and makes the chunk's checksum true: a crash
// in an earlier cut may have left it behind.
absl::Status InPlaceWriter::SettleLastChunk(std::uint64_t rows_count) {
  if (rows_count % kChunkRows == 0) return absl::OkStatus();
  const std::uint64_t chunk = rows_count / kChunkRows;
  COINWAKE_RETURN_IF_ERROR(Read(chunk, 1));
  const auto tail =
      window_.begin() + static_cast<std::ptrdiff_t>(rows_count % kChunkRows * kRowBytes);
  const bool blank =
      std::all_of(tail, window_.end(), [](std::uint8_t byte) { return byte == 0xff; });
  std::fill(tail, window_.end(), std::uint8_t{0xff});
  const std::uint32_t old_sum = LoadLe<std::uint32_t>(sums_.data());
  SetSum(0);
  if (blank && old_sum == LoadLe<std::uint32_t>(sums_.data())) return absl::OkStatus();
  return Write(chunk);
}

absl::Status InPlaceWriter::SyncFiles() {
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

}  // namespace

absl::StatusOr<std::unique_ptr<InPlaceColumn>> InPlaceColumn::Open(FileSystem& files,
                                                                   const std::string& folder,
                                                                   const ColumnSpec& spec,
                                                                   std::uint64_t rows_count) {
  COINWAKE_CHECK(spec.in_place && spec.row_bytes == kRowBytes);
  COINWAKE_RETURN_IF_ERROR(
      BytesOfRows(spec, rows_count, PathsOfColumn(folder, spec).rows).status());
  COINWAKE_ASSIGN_OR_RETURN(ColumnFiles own, OpenColumnFiles(files, folder, spec,
                                                             /*may_create=*/rows_count == 0));
  const bool created = own.created;
  auto column = std::make_unique<InPlaceWriter>(files, folder, std::move(own));
  COINWAKE_RETURN_IF_ERROR(column->Recover(rows_count));
  // Durable before any commit can name its rows, so that a missing file is damage and no accident.
  if (created) COINWAKE_RETURN_IF_ERROR(column->SyncFiles());
  return column;
}

}  // namespace coinwake
