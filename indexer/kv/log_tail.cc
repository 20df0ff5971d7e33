#include "indexer/kv/log_tail.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"

namespace coinwake {
namespace {

// LevelDB's log format.
constexpr std::uint64_t kBlockBytes = 32768;
constexpr std::uint64_t kRecordHeaderBytes = 7;  // masked CRC u32, length u16, type u8
constexpr std::uint8_t kFull = 1;
constexpr std::uint8_t kFirst = 2;
constexpr std::uint8_t kMiddle = 3;
constexpr std::uint8_t kLast = 4;

// A log is at most a few write buffers; a longer one is not ours.
constexpr std::uint64_t kMaxLogBytes = std::uint64_t{2} << 30;

constexpr std::string_view kMarkMagic = "CWSYNCED";

std::uint32_t Unmask(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xa282ead8u;
  return (rotated >> 17) | (rotated << 15);
}

std::optional<std::uint64_t> ParseNumber(std::string_view digits) {
  if (digits.empty() || digits.size() > 19) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

absl::StatusOr<std::vector<std::uint8_t>> ReadWhole(const File& file, const std::string& path,
                                                    std::uint64_t max_bytes) {
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  if (size > max_bytes) {
    return absl::DataLossError(absl::StrCat(path, ": ", size, " bytes: not a file of this index; ",
                                            "restore the folder, or index into a new data folder"));
  }
  std::vector<std::uint8_t> bytes(size);
  COINWAKE_ASSIGN_OR_RETURN(const std::size_t count, file.ReadAt(0, bytes));
  bytes.resize(count);
  return bytes;
}

absl::Status CutTornLog(FileSystem& files, const std::string& path, std::uint64_t number,
                        const std::optional<SyncMark>& mark) {
  COINWAKE_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kReadWrite));
  COINWAKE_ASSIGN_OR_RETURN(const auto bytes, ReadWhole(*file, path, kMaxLogBytes));
  const std::uint64_t whole = WholeRecordsBytes(bytes);
  // An older log was put away whole before a newer one was marked.
  std::uint64_t synced = 0;
  if (mark && number < mark->file_number) synced = bytes.size();
  if (mark && number == mark->file_number) synced = mark->size_bytes;
  if (whole < synced) {
    return absl::DataLossError(absl::StrCat(path, ": offset ", whole,
                                            ": a record that was stored safely is damaged; ",
                                            "restore the folder, or index into a new data folder"));
  }
  if (whole == bytes.size()) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(file->Truncate(whole));
  return file->Sync();
}

absl::StatusOr<std::optional<SyncMark>> ReadMark(FileSystem& files, const std::string& folder,
                                                 LogKind kind) {
  const auto file = files.Open(absl::StrCat(folder, "/", kSyncMarksName), OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return std::optional<SyncMark>();
  COINWAKE_RETURN_IF_ERROR(file.status());
  std::array<std::uint8_t, kSyncMarkBytes> sector{};
  COINWAKE_RETURN_IF_ERROR(
      (*file)->ReadAt(static_cast<std::uint64_t>(kind) * kSyncMarkBytes, sector).status());
  return DecodeSyncMark(sector);
}

// Name of the manifest in use; empty when CURRENT is not as LevelDB writes it (LevelDB will say
// so).
absl::StatusOr<std::string> CurrentManifest(FileSystem& files, const std::string& folder) {
  const std::string path = folder + "/CURRENT";
  COINWAKE_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kRead));
  COINWAKE_ASSIGN_OR_RETURN(const auto bytes, ReadWhole(*file, path, 4096));
  std::string name(bytes.begin(), bytes.end());
  if (name.empty() || name.back() != '\n') return std::string();
  name.pop_back();
  return name;
}

}  // namespace

std::string EncodeSyncMark(const SyncMark& mark) {
  std::string bytes(kSyncMarkBytes, '\0');
  std::memcpy(bytes.data(), kMarkMagic.data(), kMarkMagic.size());
  StoreLe(bytes.data() + 8, mark.file_number);
  StoreLe(bytes.data() + 16, mark.size_bytes);
  StoreLe(bytes.data() + 24, Crc32c(AsBytes(bytes.data(), 24)));
  return bytes;
}

std::optional<SyncMark> DecodeSyncMark(ByteSpan bytes) {
  if (bytes.size() < kSyncMarkBytes ||
      std::memcmp(bytes.data(), kMarkMagic.data(), kMarkMagic.size()) != 0 ||
      LoadLe<std::uint32_t>(bytes.data() + 24) != Crc32c(bytes.first(24))) {
    return std::nullopt;
  }
  return SyncMark{LoadLe<std::uint64_t>(bytes.data() + 8),
                  LoadLe<std::uint64_t>(bytes.data() + 16)};
}

std::optional<std::uint64_t> LogFileNumber(LogKind kind, const std::string& name) {
  const std::string_view view = name;
  constexpr std::string_view kManifestPrefix = "MANIFEST-";
  constexpr std::string_view kLogSuffix = ".log";
  if (kind == LogKind::kManifest) {
    if (!view.starts_with(kManifestPrefix)) return std::nullopt;
    return ParseNumber(view.substr(kManifestPrefix.size()));
  }
  if (!view.ends_with(kLogSuffix)) return std::nullopt;
  return ParseNumber(view.substr(0, view.size() - kLogSuffix.size()));
}

std::uint64_t WholeRecordsBytes(ByteSpan log) {
  std::uint64_t whole = 0;  // end of the last whole record
  std::uint64_t offset = 0;
  bool in_record = false;  // between a first and a last fragment
  while (offset < log.size()) {
    const std::uint64_t left_in_block = kBlockBytes - offset % kBlockBytes;
    if (left_in_block < kRecordHeaderBytes) {  // a block's trailer, zeros
      const std::uint64_t count = std::min<std::uint64_t>(left_in_block, log.size() - offset);
      const ByteSpan trailer = log.subspan(offset, count);
      if (std::any_of(trailer.begin(), trailer.end(), [](std::uint8_t b) { return b != 0; })) break;
      offset += count;
      if (!in_record) whole = offset;
      continue;
    }
    if (log.size() - offset < kRecordHeaderBytes) break;
    const std::uint8_t* header = log.data() + offset;
    const std::uint64_t length = LoadLe<std::uint16_t>(header + 4);
    const std::uint8_t type = header[6];
    if (kRecordHeaderBytes + length > std::min<std::uint64_t>(left_in_block, log.size() - offset)) {
      break;
    }
    if (Unmask(LoadLe<std::uint32_t>(header)) != Crc32c(log.subspan(offset + 6, 1 + length))) break;
    const bool begins = type == kFull || type == kFirst;
    const bool continues = type == kMiddle || type == kLast;
    if (begins == in_record || continues != in_record) break;
    offset += kRecordHeaderBytes + length;
    in_record = type == kFirst || type == kMiddle;
    if (!in_record) whole = offset;
  }
  return whole;
}

absl::Status CutTornLogs(FileSystem& files, const std::string& folder) {
  COINWAKE_ASSIGN_OR_RETURN(const std::string manifest, CurrentManifest(files, folder));
  COINWAKE_ASSIGN_OR_RETURN(const auto names, files.List(folder));
  COINWAKE_ASSIGN_OR_RETURN(const auto manifest_mark, ReadMark(files, folder, LogKind::kManifest));
  COINWAKE_ASSIGN_OR_RETURN(const auto log_mark, ReadMark(files, folder, LogKind::kLog));
  bool has_log = !log_mark.has_value();
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(folder, "/", name);
    if (const auto number = LogFileNumber(LogKind::kLog, name)) {
      has_log = has_log || *number >= log_mark->file_number;
      COINWAKE_RETURN_IF_ERROR(CutTornLog(files, path, *number, log_mark));
    } else if (name == manifest) {
      const auto manifest_number = LogFileNumber(LogKind::kManifest, name);
      if (!manifest_number) continue;
      COINWAKE_RETURN_IF_ERROR(CutTornLog(files, path, *manifest_number, manifest_mark));
    }
  }
  // A log goes only once a newer one is there.
  if (has_log) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(folder, ": log ", log_mark->file_number,
                                          " is missing; restore the folder, or index into a new ",
                                          "data folder"));
}

}  // namespace coinwake
