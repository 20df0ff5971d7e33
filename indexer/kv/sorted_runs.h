// Look-up tables too large for a key an entry: immutable sorted runs of packed fixed-width entries.
//
// DESCRIPTION. A table maps an 8-byte big-endian-ordered key to 64-bit numbers (several entries may
// share a key: a hash prefix is not unique, an address has many outputs; whoever looks up compares
// with the column the number points to). Each commit adds one run of entries whose numbers lie in
// [lo, hi), the rows that commit added; merging keeps at most kMaxRuns, so a look-up is a few probes
// at any size. A rewind shrinks `hi` (or drops the run): entries at or beyond it do not exist.
//
// IMPLEMENTATION. docs/design/runs.md. A run is a sequence of pages (`kPageEntries` entries of 16
// bytes: key u64 big-endian, number u64 big-endian) each one value of the store, under
// (table, run id, first entry's key and number), so that LevelDB's own index is the fence; a page
// carries its own count and CRC. A small filter a run says "not here" without a probe.
// Pages are written before the commit record that names their run and are invisible until then.
#ifndef COINWAKE_INDEXER_KV_SORTED_RUNS_H_
#define COINWAKE_INDEXER_KV_SORTED_RUNS_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/kv/store.h"

namespace coinwake {

// First byte of a table's keys: values never change.
enum class RunTable : std::uint8_t {
  kTransactions = 't',    // first 8 bytes of the txid (as in blocks)       -> TxNum
  kAddresses = 'a',       // first 8 bytes of SHA-256 of the scriptPubKey   -> AddressNum
  kAddressOutputs = 'o',  // AddressNum                                     -> OutputNum
  kAddressForeign = 'f',  // AddressNum                                     -> ForeignNum
  kKeys = 'k',            // first 8 bytes of a key's HASH160               -> KeyNum
};

struct RunEntry {
  std::uint64_t key;
  std::uint64_t number;
  friend auto operator<=>(const RunEntry&, const RunEntry&) = default;
};

inline constexpr std::size_t kMaxRuns = 4;

// What a commit record says of one run.
struct RunInfo {
  std::uint64_t id = 0;       // never reused within a table
  std::uint64_t lo = 0;       // numbers of its entries lie in [lo, hi)
  std::uint64_t hi = 0;
  std::uint64_t entries = 0;  // as written; a rewind does not change it

  friend bool operator==(const RunInfo&, const RunInfo&) = default;
};

// Sorted entries, one at a time. A source for RunWriter.
class EntryStream {
 public:
  virtual ~EntryStream() = default;
  // Fills `to` from the front; returns how many, 0 at the end. Ascending across calls.
  virtual absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) = 0;
};

// Writes one run's pages in synced batches of a few MiB. Returns the run as it belongs in the commit
// record. REQUIRES: `entries` ascend strictly; their numbers lie in [lo, hi).
absl::StatusOr<RunInfo> WriteRun(KvStore& store, RunTable table, std::uint64_t run_id,
                                 std::uint64_t lo, std::uint64_t hi, EntryStream& entries);

// Which runs to merge so that at most kMaxRuns remain after `runs` (oldest first): [begin, end) of
// neighbours, empty when none. Sizes are tiered, so an entry is rewritten O(log n) times.
struct MergePlan {
  std::size_t begin = 0;
  std::size_t end = 0;
};
MergePlan PlanMerge(std::span<const RunInfo> runs);

// Merges neighbouring `runs` (oldest first) of `table` into one new run; entries at or beyond their
// run's `hi` are left out. The old pages stay until DropRun. Memory: one page a run.
absl::StatusOr<RunInfo> MergeRuns(KvStore& store, RunTable table, std::span<const RunInfo> runs,
                                  std::uint64_t new_run_id);

// Deletes the pages of every run of `table` not in `keep` (after a commit, or at recovery).
absl::Status DropOtherRuns(KvStore& store, RunTable table, std::span<const RunInfo> keep);

// Looks up in the runs of one table at a snapshot. Thread-safe. `snapshot` is borrowed.
class RunReader {
 public:
  RunReader(const KvSnapshot& snapshot, RunTable table, std::vector<RunInfo> runs)
      : snapshot_(snapshot), table_(table), runs_(std::move(runs)) {}

  // Appends the numbers under `key`, ascending, to `numbers`. kDataLoss for a damaged page.
  absl::Status Find(std::uint64_t key, std::vector<std::uint64_t>* numbers) const;
  // The numbers under `key` that are >= `from`, ascending, at most `limit` (for paging).
  absl::Status FindFrom(std::uint64_t key, std::uint64_t from, std::size_t limit,
                        std::vector<std::uint64_t>* numbers) const;
  // All entries of all runs in (key, number) order, for merge-joins against sorted requests and for
  // verify. Owned by the caller; must not outlive this reader.
  std::unique_ptr<EntryStream> Scan() const;
  // For each of the ascending `keys`, calls `found(index into keys, number)` for every entry under it,
  // reading each page at most once a run, front to back: the bulk look-up of the writer.
  absl::Status FindSorted(std::span<const std::uint64_t> keys,
                          const std::function<void(std::size_t, std::uint64_t)>& found) const;

 private:
  const KvSnapshot& snapshot_;
  const RunTable table_;
  const std::vector<RunInfo> runs_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_SORTED_RUNS_H_
