// Tells a torn tail of a LevelDB log file from damage, and cuts it.
//
// A power cut can leave any part of what was not synced. LevelDB 1.23 shrugs at a log that ends in
// the middle of a record but refuses (with paranoid checks, and always for a MANIFEST) one with a
// hole before its end, although nothing acknowledged lies behind the hole. The environment notes
// how far each log was synced; here everything up to that mark must be whole, and what follows is
// cut at the first record that is not. Format: LevelDB's doc/log_format.md.
#ifndef COINWAKE_INDEXER_KV_LOG_TAIL_H_
#define COINWAKE_INDEXER_KV_LOG_TAIL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"

namespace coinwake {

inline constexpr char kSyncMarksName[] = "SYNCED";

// How far the newest file of a kind is known to be durable.
struct SyncMark {
  std::uint64_t file_number = 0;
  std::uint64_t size_bytes = 0;
};
enum class LogKind : std::uint8_t { kLog = 0, kManifest = 1 };

// One 512-byte sector a kind, so that a mark is written wholly or not at all. A mark is not synced
// itself: one that is too old or unreadable only makes more of a log count as tail.
inline constexpr std::uint64_t kSyncMarkBytes = 512;
std::string EncodeSyncMark(const SyncMark& mark);
std::optional<SyncMark> DecodeSyncMark(ByteSpan bytes);

// Number of a log file's name ("000012.log", "MANIFEST-000002"); nullopt for other names.
std::optional<std::uint64_t> LogFileNumber(LogKind kind, const std::string& name);

// Bytes at the front of `log` that are whole records: the end of the last whole one before the
// first that is not. Total: any bytes will do.
std::uint64_t WholeRecordsBytes(ByteSpan log);

// Makes the database in `folder` fit to be opened, before LevelDB sees it. The caller holds the
// lock. kDataLoss: a log is damaged in its synced part (file and offset named), or gone. Memory:
// the largest log.
absl::Status CutTornLogs(FileSystem& files, const std::string& folder);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_LOG_TAIL_H_
