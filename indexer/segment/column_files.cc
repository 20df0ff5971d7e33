#include "indexer/segment/column_files.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/base/hash.h"

namespace coinwake {
namespace {

// Header block, docs/design/columns.md: offsets of its fields.
constexpr std::string_view kMagic = "CWCOLUMN";
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kRowBytesAt = 12;
constexpr std::size_t kChunkBytesAt = 16;
constexpr std::size_t kFlagsAt = 20;  // bit 0: in place
constexpr std::size_t kNameAt = 24;
constexpr std::size_t kNameBytes = 40;
constexpr std::size_t kCrcAt = kColumnHeaderBytes - 4;

// kNotFound or kDataLoss mean that the files cannot be those of a column.
absl::StatusOr<ColumnFiles> OpenExisting(FileSystem& files, const ColumnPaths& paths,
                                         const ColumnSpec& spec) {
  ColumnFiles result;
  result.paths = paths;
  COINWAKE_ASSIGN_OR_RETURN(result.rows, files.Open(paths.rows, OpenMode::kReadWrite));
  ColumnHeader header;
  COINWAKE_RETURN_IF_ERROR(ReadExactly(*result.rows, paths.rows, 0, header));
  COINWAKE_RETURN_IF_ERROR(CheckColumnHeader(header, spec, paths.rows));
  COINWAKE_ASSIGN_OR_RETURN(result.sums, files.Open(paths.sums, OpenMode::kReadWrite));
  return result;
}

}  // namespace

ColumnPaths PathsOfColumn(const std::string& folder, const ColumnSpec& spec) {
  const std::string stem = absl::StrCat(folder, "/", std::string(spec.name));
  return {stem + ".col", stem + ".sum"};
}

ColumnHeader EncodeColumnHeader(const ColumnSpec& spec) {
  COINWAKE_CHECK(spec.name.size() <= kNameBytes);
  ColumnHeader header{};
  std::memcpy(header.data(), kMagic.data(), kMagic.size());
  StoreLe<std::uint32_t>(header.data() + kVersionAt, kColumnFormatVersion);
  StoreLe<std::uint32_t>(header.data() + kRowBytesAt, spec.row_bytes);
  StoreLe<std::uint32_t>(header.data() + kChunkBytesAt, kColumnChunkBytes);
  StoreLe<std::uint32_t>(header.data() + kFlagsAt, spec.in_place ? 1 : 0);
  std::memcpy(header.data() + kNameAt, spec.name.data(), spec.name.size());
  StoreLe<std::uint32_t>(header.data() + kCrcAt, Crc32c(ByteSpan(header).first(kCrcAt)));
  return header;
}

absl::Status CheckColumnHeader(ByteSpan header, const ColumnSpec& spec, const std::string& path) {
  const ColumnHeader expected = EncodeColumnHeader(spec);
  if (std::ranges::equal(header, expected)) return absl::OkStatus();
  if (header.size() != kColumnHeaderBytes ||
      std::memcmp(header.data(), kMagic.data(), kMagic.size()) != 0 ||
      LoadLe<std::uint32_t>(header.data() + kCrcAt) != Crc32c(header.first(kCrcAt))) {
    return absl::DataLossError(
        absl::StrCat(path, ": offset 0: the header is damaged; index into a new data folder"));
  }
  const auto version = LoadLe<std::uint32_t>(header.data() + kVersionAt);
  if (version > kColumnFormatVersion) {
    return absl::UnimplementedError(absl::StrCat(path, ": column format ", version,
                                                 ", this program knows ", kColumnFormatVersion,
                                                 "; use the newer coinwake"));
  }
  return absl::DataLossError(absl::StrCat(
      path, ": offset 8: the header is another column's; index into a new data folder"));
}

absl::StatusOr<std::uint64_t> BytesOfRows(const ColumnSpec& spec, std::uint64_t rows_count,
                                          const std::string& path) {
  constexpr std::uint64_t kMaxColumnBytes = std::uint64_t{1} << 50;  // a petabyte: no real column
  if (rows_count > kMaxColumnBytes / spec.row_bytes) {
    return absl::DataLossError(absl::StrCat(path, ": ", rows_count, " rows cannot be"));
  }
  return rows_count * spec.row_bytes;
}

absl::StatusOr<ColumnFiles> OpenColumnFiles(FileSystem& files, const std::string& folder,
                                            const ColumnSpec& spec, bool may_create) {
  const ColumnPaths paths = PathsOfColumn(folder, spec);
  auto existing = OpenExisting(files, paths, spec);
  const absl::StatusCode code = existing.status().code();
  if (!may_create) {
    if (code != absl::StatusCode::kNotFound) return existing;  // an error names its remedy
    return absl::DataLossError(absl::StrCat(existing.status().message(), kRestoreColumn));
  }
  if (existing.ok()) {
    // Whoever made them may have died before they were durable, and after a failed sync the system
    // may call the next one good that wrote nothing: so the header is written again. In place, as
    // a committed column may have no rows and must not lose its header meanwhile.
    COINWAKE_RETURN_IF_ERROR(existing->rows->WriteAt(0, EncodeColumnHeader(spec)));
    existing->created = true;
    return existing;
  }
  if (code != absl::StatusCode::kNotFound && code != absl::StatusCode::kDataLoss) return existing;
  COINWAKE_RETURN_IF_ERROR(CreateFoldersDurably(files, folder));
  ColumnFiles result;
  result.paths = paths;
  result.created = true;
  COINWAKE_ASSIGN_OR_RETURN(result.sums, files.Open(paths.sums, OpenMode::kTruncate));
  COINWAKE_ASSIGN_OR_RETURN(result.rows, files.Open(paths.rows, OpenMode::kTruncate));
  COINWAKE_RETURN_IF_ERROR(result.rows->WriteAt(0, EncodeColumnHeader(spec)));
  return result;
}

absl::Status ReadExactly(const File& file, const std::string& path, std::uint64_t offset,
                         std::span<std::uint8_t> to) {
  COINWAKE_ASSIGN_OR_RETURN(const std::size_t count, file.ReadAt(offset, to));
  if (count == to.size()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(path, ": offset ", offset + count, ": the file was cut short", kRestoreColumn));
}

absl::Status DamagedChunk(const std::string& path, std::uint64_t chunk) {
  return absl::DataLossError(absl::StrCat(path, ": offset ",
                                          kColumnHeaderBytes + chunk * kColumnChunkBytes,
                                          ": checksum mismatch", kRestoreColumn));
}

}  // namespace coinwake
