// The scripts of a batch's outputs in order, written once and read once.
#ifndef COINWAKE_INDEXER_INGEST_SCRIPT_LOG_H_
#define COINWAKE_INDEXER_INGEST_SCRIPT_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/ingest/spool.h"

namespace coinwake {

// Lengths and bytes one after the other, in memory while the budget has room, in one temporary file
// when not. Not thread-safe.
class ScriptLog {
 public:
  ScriptLog(FileSystem& files, SpoolBudget& budget, std::string path);
  ~ScriptLog();
  ScriptLog(const ScriptLog&) = delete;
  ScriptLog& operator=(const ScriptLog&) = delete;

  absl::Status Add(ByteSpan script);
  // The scripts again from the first, one a call; the span lives until the next call.
  // REQUIRES: no more calls than Add()s, and no Add() after the first Next().
  absl::StatusOr<ByteSpan> Next();

 private:
  static constexpr std::size_t kChunkBytes = 1 << 20;

  absl::Status Write(ByteSpan bytes);
  absl::Status Read(std::size_t size_bytes);  // appends to current_
  absl::Status Spill();

  FileSystem& files_;
  SpoolBudget& budget_;
  const std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t spilled_bytes_ = 0;
  std::vector<std::vector<std::uint8_t>> chunks_;  // after the spilled bytes

  // Reading.
  std::vector<std::uint8_t> chunk_;  // being read
  std::size_t chunk_at_ = 0;
  std::uint64_t file_at_ = 0;
  std::size_t next_chunk_ = 0;
  std::vector<std::uint8_t> current_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_SCRIPT_LOG_H_
