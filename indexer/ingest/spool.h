// Records set aside in partitions, in memory while there is room and in temporary files when not.
//
// The writer resolves a batch partition by partition, so that each step works on a small table that
// fits the processor's cache, and memory stays under the cap however large the batch is. A spool
// appends records to P partitions; Load() gives one back whole, in the order they were added.
// Temporary files carry no checksums: they live for one run and a torn one cannot be read again.
#ifndef COINWAKE_INDEXER_INGEST_SPOOL_H_
#define COINWAKE_INDEXER_INGEST_SPOOL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"

namespace coinwake {

// Bytes that spools of one batch may keep in memory together.
class SpoolBudget {
 public:
  explicit SpoolBudget(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}
  bool Full() const { return used_bytes_.load(std::memory_order_relaxed) >= limit_bytes_; }
  void Add(std::uint64_t size_bytes) {
    used_bytes_.fetch_add(size_bytes, std::memory_order_relaxed);
  }
  void Release(std::uint64_t size_bytes) {
    used_bytes_.fetch_sub(size_bytes, std::memory_order_relaxed);
  }
  // What went to temporary files over the life of the budget.
  std::uint64_t spilled_bytes() const { return spilled_bytes_.load(std::memory_order_relaxed); }
  void AddSpilled(std::uint64_t size_bytes) { spilled_bytes_ += size_bytes; }

 private:
  const std::uint64_t limit_bytes_;
  std::atomic<std::uint64_t> used_bytes_{0};
  std::atomic<std::uint64_t> spilled_bytes_{0};
};

// Add() from one thread; then Load() of different partitions from several threads.
template <typename Record>
class Spool {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  // Temporary files are `folder`/`name`.N; `files` and `budget` are borrowed.
  Spool(FileSystem& files, SpoolBudget& budget, const std::string& folder, const std::string& name,
        std::size_t partitions_count)
      : files_(files),
        budget_(budget),
        path_(absl::StrCat(folder, "/", name, ".")),
        partitions_(partitions_count) {}
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool() {
    for (std::size_t i = 0; i < partitions_.size(); ++i) Forget(i);
  }

  std::size_t partitions_count() const { return partitions_.size(); }

  absl::Status Add(std::size_t partition, const Record& record) {
    Partition& to = partitions_[partition];
    if (to.last_used == kBlockRecords || to.blocks.empty()) [[unlikely]] {
      if (budget_.Full()) COINWAKE_RETURN_IF_ERROR(Spill());
      to.blocks.push_back(std::make_unique_for_overwrite<Record[]>(kBlockRecords));
      to.last_used = 0;
      budget_.Add(kBlockRecords * sizeof(Record));
    }
    to.blocks.back()[to.last_used++] = record;
    return absl::OkStatus();
  }

  // Moves a partition's records to `records` (cleared first) and frees it.
  absl::Status Load(std::size_t partition, std::vector<Record>* records) {
    Partition& from = partitions_[partition];
    records->clear();
    records->resize(from.spilled + InMemory(from));
    if (from.spilled != 0) {
      const std::size_t size_bytes = from.spilled * sizeof(Record);
      COINWAKE_ASSIGN_OR_RETURN(
          const std::size_t got,
          from.file->ReadAt(
              0, std::span(reinterpret_cast<std::uint8_t*>(records->data()), size_bytes)));
      if (got != size_bytes) {
        return absl::UnavailableError(
            absl::StrCat(path_, partition, ": a temporary file was cut short; run again"));
      }
    }
    std::size_t at = from.spilled;
    for (std::size_t i = 0; i < from.blocks.size(); ++i) {
      const std::size_t count = i + 1 == from.blocks.size() ? from.last_used : kBlockRecords;
      std::copy_n(from.blocks[i].get(), count, records->data() + at);
      at += count;
    }
    Forget(partition);
    return absl::OkStatus();
  }

 private:
  // About 16 KiB: small enough that many partitions of several spools fit a small cap.
  static constexpr std::size_t kBlockRecords = 16384 / sizeof(Record);

  struct Partition {
    std::vector<std::unique_ptr<Record[]>> blocks;
    std::size_t last_used = 0;  // records in the last block
    std::uint64_t spilled = 0;  // records in the file, before those in blocks
    std::unique_ptr<File> file;
  };

  static std::size_t InMemory(const Partition& partition) {
    if (partition.blocks.empty()) return 0;
    return (partition.blocks.size() - 1) * kBlockRecords + partition.last_used;
  }

  absl::Status Spill() {
    for (std::size_t i = 0; i < partitions_.size(); ++i) {
      Partition& partition = partitions_[i];
      if (partition.blocks.empty()) continue;
      if (partition.file == nullptr) {
        COINWAKE_ASSIGN_OR_RETURN(partition.file,
                                  files_.Open(absl::StrCat(path_, i), OpenMode::kTruncate));
      }
      for (std::size_t block = 0; block < partition.blocks.size(); ++block) {
        const std::size_t count =
            block + 1 == partition.blocks.size() ? partition.last_used : kBlockRecords;
        const ByteSpan bytes = AsBytes(partition.blocks[block].get(), count * sizeof(Record));
        COINWAKE_RETURN_IF_ERROR(
            partition.file->WriteAt(partition.spilled * sizeof(Record), bytes));
        partition.spilled += count;
        budget_.AddSpilled(bytes.size());
      }
      FreeBlocks(partition);
    }
    return absl::OkStatus();
  }

  void FreeBlocks(Partition& partition) {
    budget_.Release(partition.blocks.size() * kBlockRecords * sizeof(Record));
    partition.blocks.clear();
    partition.last_used = 0;
  }

  void Forget(std::size_t index) {
    Partition& partition = partitions_[index];
    FreeBlocks(partition);
    if (partition.file == nullptr) return;
    partition.file.reset();
    partition.spilled = 0;
    // A file left behind is removed when the next run starts.
    files_.Remove(absl::StrCat(path_, index)).IgnoreError();
  }

  FileSystem& files_;
  SpoolBudget& budget_;
  const std::string path_;
  std::vector<Partition> partitions_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_SPOOL_H_
