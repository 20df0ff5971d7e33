#include "indexer/ingest/script_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace coinwake {

ScriptLog::ScriptLog(FileSystem& files, SpoolBudget& budget, std::string path)
    : files_(files), budget_(budget), path_(std::move(path)) {}

ScriptLog::~ScriptLog() {
  for (std::size_t i = next_chunk_; i < chunks_.size(); ++i) budget_.Release(kChunkBytes);
  if (file_ == nullptr) return;
  file_.reset();
  files_.Remove(path_).IgnoreError();  // one left behind is removed when the next run starts
}

absl::Status ScriptLog::Add(ByteSpan script) {
  std::uint8_t length[4];
  StoreLe(length, static_cast<std::uint32_t>(script.size()));
  COINWAKE_RETURN_IF_ERROR(Write(length));
  return Write(script);
}

absl::Status ScriptLog::Write(ByteSpan bytes) {
  while (!bytes.empty()) {
    if (chunks_.empty() || chunks_.back().size() == kChunkBytes) {
      if (budget_.Full()) COINWAKE_RETURN_IF_ERROR(Spill());
      chunks_.emplace_back().reserve(kChunkBytes);
      budget_.Add(kChunkBytes);
    }
    std::vector<std::uint8_t>& chunk = chunks_.back();
    const std::size_t count = std::min(bytes.size(), kChunkBytes - chunk.size());
    chunk.insert(chunk.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
  }
  return absl::OkStatus();
}

absl::Status ScriptLog::Spill() {
  if (file_ == nullptr) {
    COINWAKE_ASSIGN_OR_RETURN(file_, files_.Open(path_, OpenMode::kTruncate));
  }
  for (const std::vector<std::uint8_t>& chunk : chunks_) {
    COINWAKE_RETURN_IF_ERROR(file_->WriteAt(spilled_bytes_, chunk));
    spilled_bytes_ += chunk.size();
    budget_.AddSpilled(chunk.size());
    budget_.Release(kChunkBytes);
  }
  chunks_.clear();
  return absl::OkStatus();
}

absl::StatusOr<ByteSpan> ScriptLog::Next() {
  COINWAKE_RETURN_IF_ERROR(Read(4));
  COINWAKE_RETURN_IF_ERROR(Read(LoadLe<std::uint32_t>(current_.data())));
  return ByteSpan(current_);
}

absl::Status ScriptLog::Read(std::size_t size_bytes) {
  current_.clear();
  while (current_.size() < size_bytes) {
    if (chunk_at_ == chunk_.size()) {
      chunk_at_ = 0;
      if (file_at_ < spilled_bytes_) {
        chunk_.resize(std::min<std::uint64_t>(kChunkBytes, spilled_bytes_ - file_at_));
        COINWAKE_ASSIGN_OR_RETURN(const std::size_t got, file_->ReadAt(file_at_, chunk_));
        if (got != chunk_.size()) {
          return absl::UnavailableError(
              absl::StrCat(path_, ": a temporary file was cut short; run again"));
        }
        file_at_ += got;
      } else {
        COINWAKE_CHECK(next_chunk_ < chunks_.size());
        chunk_ = std::move(chunks_[next_chunk_++]);
        budget_.Release(kChunkBytes);
      }
      continue;
    }
    const std::size_t count = std::min(size_bytes - current_.size(), chunk_.size() - chunk_at_);
    const auto from = chunk_.begin() + static_cast<std::ptrdiff_t>(chunk_at_);
    current_.insert(current_.end(), from, from + static_cast<std::ptrdiff_t>(count));
    chunk_at_ += count;
  }
  return absl::OkStatus();
}

}  // namespace coinwake
