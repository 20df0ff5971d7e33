// What the writer and the readers of a column share: its two paths and its header block.
#ifndef COINWAKE_INDEXER_SEGMENT_COLUMN_FILES_H_
#define COINWAKE_INDEXER_SEGMENT_COLUMN_FILES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/segment/column.h"
#include "indexer/segment/column_spec.h"

namespace coinwake {

inline constexpr std::uint32_t kColumnFormatVersion = 1;
inline constexpr std::uint64_t kSumBytes = sizeof(std::uint32_t);
// How much of a column is read or written at once.
inline constexpr std::uint64_t kColumnWindowBytes = 1u << 20;
static_assert(kColumnWindowBytes % kColumnChunkBytes == 0);

using ColumnHeader = std::array<std::uint8_t, kColumnHeaderBytes>;

struct ColumnPaths {
  std::string rows;
  std::string sums;
};
ColumnPaths PathsOfColumn(const std::string& folder, const ColumnSpec& spec);

ColumnHeader EncodeColumnHeader(const ColumnSpec& spec);
// OK when `header` is that of `spec`; kUnimplemented: a newer format; kDataLoss: anything else.
absl::Status CheckColumnHeader(ByteSpan header, const ColumnSpec& spec, const std::string& path);

// `rows_count` rows in bytes. kDataLoss for a count that no disk can hold.
absl::StatusOr<std::uint64_t> BytesOfRows(const ColumnSpec& spec, std::uint64_t rows_count,
                                          const std::string& path);

// A column's files, open for writing.
struct ColumnFiles {
  ColumnPaths paths;
  std::unique_ptr<File> rows;
  std::unique_ptr<File> sums;
  bool created = false;  // they and their entries in the folder may not be durable yet
};
// Opens both files and checks the header. With `may_create`, what is missing or has no valid header
// is made anew, empty; without it that is kDataLoss.
absl::StatusOr<ColumnFiles> OpenColumnFiles(FileSystem& files, const std::string& folder,
                                            const ColumnSpec& spec, bool may_create);

// What to do about a file of a column that is missing or not whole; ends a message.
inline constexpr char kRestoreColumn[] = "; restore the file, or index into a new data folder";

// Fills `to` from `offset`; kDataLoss when the file ends before.
absl::Status ReadExactly(const File& file, const std::string& path, std::uint64_t offset,
                         std::span<std::uint8_t> to);

absl::Status DamagedChunk(const std::string& path, std::uint64_t chunk);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_SEGMENT_COLUMN_FILES_H_
