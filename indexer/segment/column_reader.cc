// The mapped reader of a column, and the latch for the damage readers find.
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

constexpr auto kOnes = [] {
  std::array<std::uint8_t, kColumnChunkBytes> ones{};
  for (std::uint8_t& byte : ones) byte = 0xff;
  return ones;
}();

}  // namespace

absl::Status Damage::status() const {
  if (!found()) return absl::OkStatus();
  const MutexLock hold(mutex_);
  return absl::DataLossError(message_);
}

void Damage::Report(std::string message) {
  const MutexLock hold(mutex_);
  if (found_.load(std::memory_order_relaxed)) return;
  message_ = std::move(message);
  found_.store(true, std::memory_order_release);
}

absl::StatusOr<std::unique_ptr<ColumnReader>> ColumnReader::Open(FileSystem& files,
                                                                 const std::string& folder,
                                                                 const ColumnSpec& spec,
                                                                 const ColumnState& committed,
                                                                 Damage* damage) {
  const ColumnPaths paths = PathsOfColumn(folder, spec);
  COINWAKE_ASSIGN_OR_RETURN(std::uint64_t bytes,
                            BytesOfRows(spec, committed.rows_count, paths.rows));
  if (spec.in_place) {  // padded to whole chunks
    bytes = (bytes + kColumnChunkBytes - 1) / kColumnChunkBytes * kColumnChunkBytes;
  }
  const std::uint64_t sums_count = bytes / kColumnChunkBytes;
  const std::uint64_t chunks_count = (bytes + kColumnChunkBytes - 1) / kColumnChunkBytes;

  std::unique_ptr<ColumnReader> reader(new ColumnReader());
  auto rows_mapping = files.Map(paths.rows, kColumnHeaderBytes + bytes);
  auto sums_mapping = files.Map(paths.sums, sums_count * kSumBytes);
  for (const absl::Status& status : {rows_mapping.status(), sums_mapping.status()}) {
    if (absl::IsNotFound(status) || absl::IsDataLoss(status)) {
      return absl::DataLossError(absl::StrCat(status.message(), kRestoreColumn));
    }
    COINWAKE_RETURN_IF_ERROR(status);
  }
  reader->rows_mapping_ = *std::move(rows_mapping);
  reader->sums_mapping_ = *std::move(sums_mapping);
  const ByteSpan mapped = reader->rows_mapping_->bytes();
  COINWAKE_RETURN_IF_ERROR(CheckColumnHeader(mapped.first(kColumnHeaderBytes), spec, paths.rows));
  reader->path_ = paths.rows;
  reader->row_bytes_ = spec.row_bytes;
  reader->rows_count_ = committed.rows_count;
  reader->tail_crc_ = committed.tail_crc;
  reader->rows_ = mapped.subspan(kColumnHeaderBytes);
  reader->sums_ = reader->sums_mapping_->bytes();
  reader->checked_ = std::make_unique<std::atomic<std::uint64_t>[]>((chunks_count + 63) / 64);
  reader->damage_ = damage;
  return reader;
}

bool ColumnReader::ChunkIsGood(std::uint64_t chunk) const {
  const std::uint64_t begin = chunk * kColumnChunkBytes;
  const std::uint64_t size = std::min(kColumnChunkBytes, rows_.size() - begin);
  const std::uint32_t expected = size == kColumnChunkBytes
                                     ? LoadLe<std::uint32_t>(sums_.data() + chunk * kSumBytes)
                                     : tail_crc_;
  if (Crc32c(rows_.subspan(begin, size)) == expected) return true;
  damage_->Report(std::string(DamagedChunk(path_, chunk).message()));
  return false;
}

bool ColumnReader::CheckChunks(std::uint64_t first_byte, std::uint64_t last_byte) const {
  const std::uint64_t last = (last_byte - 1) / kColumnChunkBytes;
  bool good = true;
  for (std::uint64_t chunk = first_byte / kColumnChunkBytes; chunk <= last; ++chunk) {
    const std::uint64_t bit = std::uint64_t{1} << (chunk % 64);
    if ((checked_[chunk / 64].load(std::memory_order_relaxed) & bit) != 0) continue;
    if (ChunkIsGood(chunk)) {
      checked_[chunk / 64].fetch_or(bit, std::memory_order_relaxed);
    } else {
      good = false;
    }
  }
  return good;
}

ByteSpan ColumnReader::DamagedRows(std::uint64_t size_bytes) const {
  if (size_bytes <= kOnes.size()) return ByteSpan(kOnes).first(size_bytes);
  const MutexLock hold(ones_mutex_);
  if (ones_.empty() || ones_.back()->size() < size_bytes) {
    ones_.push_back(std::make_unique<std::vector<std::uint8_t>>(size_bytes, std::uint8_t{0xff}));
  }
  return ByteSpan(*ones_.back()).first(size_bytes);
}

void ColumnReader::CheckAll() const {
  const std::uint64_t chunks = (rows_.size() + kColumnChunkBytes - 1) / kColumnChunkBytes;
  for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) {
    if (!ChunkIsGood(chunk)) return;
  }
}

}  // namespace coinwake
