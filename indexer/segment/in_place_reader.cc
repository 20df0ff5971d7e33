// The writer's checked look into an in-place column.
#include <array>
#include <memory>
#include <string>

#include "indexer/base/check.h"
#include "indexer/base/hash.h"
#include "indexer/segment/column_files.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kRowBytes = 4;
constexpr std::uint64_t kChunkRows = kColumnChunkBytes / kRowBytes;

class ChunkReader final : public InPlaceReader {
 public:
  ChunkReader(ColumnPaths paths, std::unique_ptr<File> rows, std::unique_ptr<File> sums,
              std::uint64_t rows_count)
      : paths_(std::move(paths)),
        rows_(std::move(rows)),
        sums_(std::move(sums)),
        rows_count_(rows_count) {}

  absl::StatusOr<std::uint32_t> Get(std::uint64_t row) override {
    COINWAKE_CHECK(row < rows_count_);
    if (row / kChunkRows != chunk_) COINWAKE_RETURN_IF_ERROR(Load(row / kChunkRows));
    return LoadLe<std::uint32_t>(bytes_.data() + row % kChunkRows * kRowBytes);
  }

 private:
  absl::Status Load(std::uint64_t chunk) {
    chunk_ = kNone64;
    COINWAKE_RETURN_IF_ERROR(
        ReadExactly(*rows_, paths_.rows, kColumnHeaderBytes + chunk * kColumnChunkBytes, bytes_));
    std::array<std::uint8_t, kSumBytes> sum;
    COINWAKE_RETURN_IF_ERROR(ReadExactly(*sums_, paths_.sums, chunk * kSumBytes, sum));
    if (Crc32c(bytes_) != LoadLe<std::uint32_t>(sum.data()))
      return DamagedChunk(paths_.rows, chunk);
    chunk_ = chunk;
    return absl::OkStatus();
  }

  const ColumnPaths paths_;
  const std::unique_ptr<File> rows_;
  const std::unique_ptr<File> sums_;
  const std::uint64_t rows_count_;
  std::uint64_t chunk_ = kNone64;  // of bytes_
  std::array<std::uint8_t, kColumnChunkBytes> bytes_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<InPlaceReader>> InPlaceReader::Open(FileSystem& files,
                                                                   const std::string& folder,
                                                                   const ColumnSpec& spec,
                                                                   std::uint64_t rows_count) {
  COINWAKE_CHECK(spec.in_place && spec.row_bytes == kRowBytes);
  COINWAKE_ASSIGN_OR_RETURN(ColumnFiles own,
                            OpenColumnFiles(files, folder, spec, /*may_create=*/false));
  return std::make_unique<ChunkReader>(std::move(own.paths), std::move(own.rows),
                                       std::move(own.sums), rows_count);
}

}  // namespace coinwake
