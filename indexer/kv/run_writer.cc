// Writing, merging and dropping sorted runs.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/check.h"
#include "indexer/kv/run_cursor.h"
#include "indexer/kv/run_page.h"
#include "indexer/kv/sorted_runs.h"

namespace coinwake {
namespace {

constexpr std::size_t kBatchBytes = 2u << 20;
constexpr std::size_t kStreamEntries = 4096;
constexpr std::size_t kDeletesABatch = 4096;
// More than page numbers allow; a count beyond it is damaged and must not overflow a sum.
constexpr std::uint64_t kMaxEntries = std::uint64_t{1} << 48;
constexpr std::uint64_t kMaxMergeUnits = std::uint64_t{1} << 31;
// Dropping a run of at least this many pages (some 20 MB) is worth a compaction of its own.
constexpr std::uint64_t kCompactPages = 4096;

class RunBuilder {
 public:
  RunBuilder(KvStore& store, std::string prefix) : store_(store), prefix_(std::move(prefix)) {
    for (std::vector<RunEntry>& level : levels_) level.reserve(kPageEntries);
  }

  absl::Status Add(const RunEntry& entry) {
    levels_[0].push_back(entry);
    ++entries_;
    return levels_[0].size() < kPageEntries ? absl::OkStatus() : EmitFull();
  }

  absl::Status Finish() {
    for (int level = 0; level < kRunLevels; ++level) {
      if (!levels_[static_cast<std::size_t>(level)].empty()) Emit(level);
    }
    return WriteBatch();
  }

  std::uint64_t entries() const { return entries_; }

 private:
  absl::Status EmitFull() {
    for (int level = 0; level < kRunLevels; ++level) {
      if (levels_[static_cast<std::size_t>(level)].size() < kPageEntries) break;
      Emit(level);
    }
    return batch_.size_bytes() < kBatchBytes ? absl::OkStatus() : WriteBatch();
  }

  void Emit(int level) {
    std::vector<RunEntry>& entries = levels_[static_cast<std::size_t>(level)];
    if (level == 0) ++data_pages_;
    batch_.Put(RunPageKey(prefix_, data_pages_ - 1, level), EncodeRunPage(entries));
    if (level + 1 < kRunLevels) {
      levels_[static_cast<std::size_t>(level) + 1].push_back(entries.front());
    }
    entries.clear();
  }

  absl::Status WriteBatch() {
    if (batch_.operations().empty()) return absl::OkStatus();
    COINWAKE_RETURN_IF_ERROR(store_.Write(batch_, /*sync=*/true));
    batch_.Clear();
    return absl::OkStatus();
  }

  KvStore& store_;
  const std::string prefix_;
  std::array<std::vector<RunEntry>, kRunLevels> levels_;  // pages being filled
  std::uint64_t data_pages_ = 0;
  std::uint64_t entries_ = 0;
  KvBatch batch_;
};

struct StoredRun {
  std::uint64_t id;
  std::uint64_t last_data_page;
};

// Runs of `table` that have pages in the store.
absl::StatusOr<std::vector<StoredRun>> ListRuns(KvStore& store, RunTable table) {
  std::vector<StoredRun> result;
  const auto iterator = store.NewIterator();
  const std::size_t key_bytes = RunPageKey(RunPrefix(table, 0), 0, 0).size();
  std::string next = "r";
  for (iterator->Seek(next); iterator->Valid(); iterator->Seek(next)) {
    const std::string key(iterator->key());
    if (key.front() != 'r') break;
    if (key.size() != key_bytes) {
      return absl::DataLossError("look-up tables: a key is damaged; index into a new data folder");
    }
    const auto id = LoadBe<std::uint64_t>(key.data() + 1);
    const auto run_table = static_cast<RunTable>(key[9]);
    next = RunPrefix(run_table, id) + std::string(5, '\xff');  // behind the run's last page
    if (run_table != table) continue;
    iterator->SeekBefore(next);
    if (!iterator->Valid()) break;
    result.push_back({id, LoadBe<std::uint32_t>(iterator->key().data() + 10)});
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  return result;
}

// Deletes from the back, so that what an interrupted drop leaves still begins at page 0 and is
// found and measured by its last page the next time.
absl::Status DropRun(KvStore& store, RunTable table, const StoredRun& run) {
  const std::string prefix = RunPrefix(table, run.id);
  KvBatch batch;
  for (std::uint64_t page = run.last_data_page + 1; page-- > 0;) {
    const bool is_last = page == run.last_data_page;
    for (int level = kRunLevels - 1; level >= 0; --level) {
      // A fence lies behind the last page it covers: a full one at a multiple, a partial one last.
      if (level > 0 && !is_last && (page + 1) % kPageEntries != 0) continue;
      batch.Delete(RunPageKey(prefix, page, level));
    }
    if (batch.operations().size() >= kDeletesABatch || page == 0) {
      COINWAKE_RETURN_IF_ERROR(store.Write(batch, /*sync=*/false));
      batch.Clear();
    }
  }
  if (run.last_data_page >= kCompactPages) {
    store.Compact(prefix, RunPageKey(prefix, 0xffffffffu, kRunLevels));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RunInfo> WriteRun(KvStore& store, RunTable table, std::uint64_t run_id,
                                 std::uint64_t lo, std::uint64_t hi, EntryStream& entries) {
  RunBuilder builder(store, RunPrefix(table, run_id));
  std::vector<RunEntry> buffer(kStreamEntries);
  RunEntry previous{};
  while (true) {
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t count, entries.Next(buffer));
    if (count == 0) break;
    for (std::size_t i = 0; i < count; ++i) {
      const RunEntry& entry = buffer[i];
      const bool ascends = builder.entries() == 0 || previous < entry;
      if (!ascends || entry.number < lo || entry.number >= hi) [[unlikely]] {
        return absl::InternalError("a look-up run was given entries out of order or out of range");
      }
      previous = entry;
      COINWAKE_RETURN_IF_ERROR(builder.Add(entry));
    }
  }
  COINWAKE_RETURN_IF_ERROR(builder.Finish());
  return RunInfo{run_id, lo, hi, builder.entries()};
}

MergePlan PlanMerge(std::span<const RunInfo> runs) {
  MergePlan best;
  if (runs.size() <= kMaxRuns) return best;
  // Sizes in units that let two sums be multiplied; rounding up keeps an empty run from being
  // nothing.
  std::uint64_t total = 0;
  for (const RunInfo& run : runs) total += std::min(run.entries, kMaxEntries);
  const std::uint64_t unit = total / kMaxMergeUnits + 1;
  const std::size_t least = runs.size() - kMaxRuns + 1;  // this many become one
  std::uint64_t best_sum = 0;
  std::uint64_t best_largest = 1;
  for (std::size_t begin = 0; begin + least <= runs.size(); ++begin) {
    std::uint64_t sum = 0;
    std::uint64_t largest = 1;
    for (std::size_t end = begin + 1; end <= runs.size(); ++end) {
      const std::uint64_t size = std::min(runs[end - 1].entries, kMaxEntries) / unit + 1;
      sum += size;
      largest = std::max(largest, size);
      if (end - begin < least) continue;
      // sum / largest against the best so far. Equal ones are common (runs of equal size): then the
      // cheaper one.
      const std::uint64_t own = sum * best_largest;
      const std::uint64_t other = best_sum * largest;
      if (own < other || (own == other && sum >= best_sum)) continue;
      best = {begin, end};
      best_sum = sum;
      best_largest = largest;
    }
  }
  return best;
}

absl::StatusOr<RunInfo> MergeRuns(KvStore& store, RunTable table, std::span<const RunInfo> runs,
                                  std::uint64_t new_run_id) {
  COINWAKE_CHECK(!runs.empty());
  const auto snapshot = store.NewSnapshot();
  const RunReader reader(*snapshot, table, {runs.begin(), runs.end()});
  const auto entries = reader.Scan();
  return WriteRun(store, table, new_run_id, runs.front().lo, runs.back().hi, *entries);
}

absl::Status DropOtherRuns(KvStore& store, RunTable table, std::span<const RunInfo> keep) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<StoredRun> stored, ListRuns(store, table));
  for (const StoredRun& run : stored) {
    const bool kept = std::any_of(keep.begin(), keep.end(),
                                  [&](const RunInfo& info) { return info.id == run.id; });
    if (!kept) COINWAKE_RETURN_IF_ERROR(DropRun(store, table, run));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
