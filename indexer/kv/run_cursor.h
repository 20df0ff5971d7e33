// A position in one sorted run: what look-ups, joins and merges are made of. Internal to
// indexer/kv.
//
// A run is a tree of three levels. Level 0 are the data pages; a page of level 1 (a fence) holds
// the first entries of 512 data pages, one of level 2 those of 512 fences. Its shape follows from
// the number of entries. Level 2 is kept in memory (16 bytes for 262,144 entries), so that a
// look-up reads one fence, which is usually cached, and one data page.
#ifndef COINWAKE_INDEXER_KV_RUN_CURSOR_H_
#define COINWAKE_INDEXER_KV_RUN_CURSOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/kv/run_page.h"
#include "indexer/kv/sorted_runs.h"
#include "indexer/kv/store.h"

namespace coinwake {

inline constexpr int kRunLevels = 3;

// Number of pages on `level` of a run of `entries` entries.
constexpr std::uint64_t RunPagesCount(std::uint64_t entries, int level) {
  std::uint64_t count = entries;
  for (int i = 0; i <= level; ++i) count = (count + kPageEntries - 1) / kPageEntries;
  return count;
}

// Key prefix of a run's pages. Runs get ascending ids and a run's pages ascending keys, so that new
// pages always go behind all others and LevelDB has nothing to merge them with.
std::string RunPrefix(RunTable table, std::uint64_t run_id);
// Key of a page that covers the data pages up to `last_data_page`.
std::string RunPageKey(const std::string& prefix, std::uint64_t last_data_page, int level);

// A run opened at a snapshot. Immutable once loaded.
struct OpenRun {
  RunTable table;
  RunInfo info;
  std::string prefix;
  std::vector<RunEntry> tops;  // first entry of each fence
};
absl::StatusOr<OpenRun> OpenOneRun(const KvSnapshot& snapshot, RunTable table, const RunInfo& info);

// Not thread-safe. `snapshot` and `run` are borrowed.
class RunCursor {
 public:
  RunCursor(const KvSnapshot& snapshot, const OpenRun& run) : snapshot_(&snapshot), run_(&run) {}

  // Moves to the first entry that is not before `target`. Cheapest when that is ahead and near.
  absl::Status Seek(const RunEntry& target);
  absl::Status Next();  // REQUIRES: Valid(). kDataLoss when entries do not ascend.
  bool Valid() const { return valid_; }
  const RunEntry& entry() const { return entry_; }  // REQUIRES: Valid()

 private:
  absl::StatusOr<RunPage> ReadPage(std::uint64_t index, int level) const;
  absl::Status LoadFence(std::uint64_t fence_index);
  absl::Status LoadPage(std::uint64_t page_index);
  absl::Status StartPage(std::uint64_t page_index);
  absl::Status Damaged() const;

  const KvSnapshot* snapshot_;
  const OpenRun* run_;
  bool valid_ = false;
  RunEntry entry_{};
  // Where entry_ is. A page's first entry is known from its fence before the page is read.
  std::uint64_t page_index_ = 0;
  std::size_t position_ = 0;
  std::optional<RunPage> page_;
  std::uint64_t loaded_page_ = 0;  // of page_
  std::optional<RunPage> fence_;
  std::uint64_t loaded_fence_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_RUN_CURSOR_H_
