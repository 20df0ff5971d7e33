// Look-up tables too large for a key an entry: immutable sorted runs of packed fixed-width entries.
//
// DESCRIPTION. A table maps an 8-byte big-endian-ordered key to 64-bit numbers (several entries may
// share a key: a hash prefix is not unique, an address has many outputs; whoever looks up compares
// with the column the number points to). Each commit adds one run of entries whose numbers lie in
// [lo, hi), the rows that commit added; merging keeps at most kMaxRuns, so a look-up is a few
// probes at any size. A rewind shrinks `hi` (or drops the run): entries at or beyond it do not
// exist.
//
// IMPLEMENTATION. docs/design/runs.md. A run is a sequence of pages of 512 packed entries, each one
// value of the store, with two levels of fences above them (run_cursor.h): a look-up reads one
// fence, usually cached, and one page a run. There is no filter: at 10 bits an entry it would not
// stay in memory at main-net size either, so asking it would cost the read that it is there to
// save. Pages carry no checksum of their own, LevelDB's blocks have one and every read checks it.
// Pages are written before the commit record that names their run and are invisible until then.
#ifndef COINWAKE_INDEXER_KV_SORTED_RUNS_H_
#define COINWAKE_INDEXER_KV_SORTED_RUNS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "indexer/kv/store.h"

namespace coinwake {

// First byte of a table's keys: values never change.
enum class RunTable : std::uint8_t {
  kTransactions = 't',    // first 8 bytes of the txid (as in blocks)       -> TxNum
  kAddresses = 'a',       // first 8 bytes of SHA-256 of script or account  -> AddressNum
  kAddressOutputs = 'o',  // AddressNum                                     -> OutputNum
  kAddressForeign = 'f',  // AddressNum                                     -> ForeignNum
  kKeys = 'k',            // first 8 bytes of a key's HASH160               -> KeyNum
  kAccountEvents = 'e',   // AddressNum, AssetNum (32 bits each)            -> EventNum
  kAssets = 's',          // first 8 bytes of SHA-256 of kind and name      -> AssetNum
};

struct RunEntry {
  std::uint64_t key;
  std::uint64_t number;

  friend constexpr bool operator==(const RunEntry&, const RunEntry&) = default;
  friend constexpr bool operator<(const RunEntry& a, const RunEntry& b) {
    return a.key != b.key ? a.key < b.key : a.number < b.number;
  }
  friend constexpr bool operator<=(const RunEntry& a, const RunEntry& b) { return !(b < a); }
};

inline constexpr std::size_t kMaxRuns = 4;

// What a commit record says of one run.
struct RunInfo {
  std::uint64_t id = 0;  // never reused within a table
  std::uint64_t lo = 0;  // numbers of its entries lie in [lo, hi)
  std::uint64_t hi = 0;
  std::uint64_t entries = 0;  // as written; a rewind does not change it

  friend bool operator==(const RunInfo&, const RunInfo&) = default;
};

// Sorted entries, many at a time. A source for WriteRun.
class EntryStream {
 public:
  virtual ~EntryStream() = default;
  // Fills `to` from the front; returns how many, 0 at the end. Ascending across calls.
  virtual absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) = 0;
};

// Writes one run's pages in synced batches of 2 MiB. Returns the run as it belongs in the commit
// record. kInternal: entries do not ascend strictly, or a number is outside [lo, hi). `run_id` is
// larger than that of any run written before, of any table (new pages then go behind all others);
// the id of a run that no commit record came to name may be used again after DropOtherRuns().
absl::StatusOr<RunInfo> WriteRun(KvStore& store, RunTable table, std::uint64_t run_id,
                                 std::uint64_t lo, std::uint64_t hi, EntryStream& entries);

// Which neighbours to merge, [begin, end), so that at most kMaxRuns remain of `runs` (oldest
// first); empty when there are no more than that. Takes those whose sum is largest beside the
// largest of them, the cheaper ones where that is equal: how often an entry is rewritten then grows
// with the fourth root of the number of commits (figures in docs/design/runs.md).
struct MergePlan {
  std::size_t begin = 0;
  std::size_t end = 0;
};
MergePlan PlanMerge(std::span<const RunInfo> runs);

// Merges neighbouring `runs` (oldest first) of `table` into one new run; entries at or beyond their
// run's `hi` are left out. The old pages stay until DropOtherRuns(). Memory: two pages a run and a
// batch. kDataLoss: a page is damaged. REQUIRES: `runs` is not empty.
absl::StatusOr<RunInfo> MergeRuns(KvStore& store, RunTable table, std::span<const RunInfo> runs,
                                  std::uint64_t new_run_id);

// Deletes the pages of every run of `table` not in `keep` (after a commit, or at recovery). Views
// of an older commit go on seeing them. Not synced: what a crash brings back is dropped the next
// time.
absl::Status DropOtherRuns(KvStore& store, RunTable table, std::span<const RunInfo> keep);

struct OpenRun;  // run_cursor.h

// Looks up in the runs of one table (oldest first) at a snapshot. Thread-safe. `snapshot` is
// borrowed.
class RunReader {
 public:
  RunReader(const KvSnapshot& snapshot, RunTable table, std::vector<RunInfo> runs);
  RunReader(const RunReader&) = delete;
  RunReader& operator=(const RunReader&) = delete;
  ~RunReader();

  // Appends the numbers under `key`, ascending, to `numbers`. kDataLoss for a damaged page.
  absl::Status Find(std::uint64_t key, std::vector<std::uint64_t>* numbers) const;
  // The numbers under `key` that are >= `from`, ascending, at most `limit` (for paging).
  absl::Status FindFrom(std::uint64_t key, std::uint64_t from, std::size_t limit,
                        std::vector<std::uint64_t>* numbers) const;
  // The smallest key that is >= `from` and has an entry; nullopt: there is none.
  absl::StatusOr<std::optional<std::uint64_t>> FirstKeyFrom(std::uint64_t from) const;
  // All entries of all runs in (key, number) order, for merge-joins against sorted requests and for
  // verify. Owned by the caller; must not outlive this reader.
  std::unique_ptr<EntryStream> Scan() const;
  // For each of the ascending `keys`, calls `found(index into keys, number)` for every entry under
  // it, reading each page at most once a run, front to back: the bulk look-up of the writer.
  absl::Status FindSorted(std::span<const std::uint64_t> keys,
                          const std::function<void(std::size_t, std::uint64_t)>& found) const;

 private:
  // The run at `position` of runs_, opened when first asked for.
  absl::StatusOr<const OpenRun*> RunAt(std::size_t position) const;

  const KvSnapshot& snapshot_;
  const RunTable table_;
  const std::vector<RunInfo> runs_;
  mutable Mutex mutex_;  // held to open a run
  mutable std::vector<std::unique_ptr<const OpenRun>> opened_ COINWAKE_GUARDED_BY(mutex_);
  // By position; null until opened, so that look-ups take no lock.
  const std::unique_ptr<std::atomic<const OpenRun*>[]> ready_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_SORTED_RUNS_H_
