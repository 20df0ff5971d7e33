// Looking up in sorted runs, and walking several of them as one.
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/kv/run_cursor.h"
#include "indexer/kv/sorted_runs.h"

namespace coinwake {
namespace {

// One run of a merge: a cursor that leaves out what a rewind took away.
class MergeSource {
 public:
  MergeSource(const KvSnapshot& snapshot, const OpenRun& run)
      : info_(run.info), cursor_(snapshot, run) {}

  absl::Status Start() {
    COINWAKE_RETURN_IF_ERROR(cursor_.Seek(RunEntry{}));
    return SkipRewound();
  }
  absl::Status Next() {
    COINWAKE_RETURN_IF_ERROR(cursor_.Next());
    return SkipRewound();
  }
  bool Valid() const { return cursor_.Valid(); }
  const RunEntry& entry() const { return cursor_.entry(); }

 private:
  absl::Status SkipRewound() {
    while (cursor_.Valid() && cursor_.entry().number >= info_.hi) {
      COINWAKE_RETURN_IF_ERROR(cursor_.Next());
    }
    if (cursor_.Valid() && cursor_.entry().number < info_.lo) [[unlikely]] {
      return absl::DataLossError(absl::StrCat("look-up run ", info_.id,
                                              ": an entry is out of range; restore the data ",
                                              "folder, or index into a new one"));
    }
    return absl::OkStatus();
  }

  const RunInfo info_;
  RunCursor cursor_;
};

class MergeStream final : public EntryStream {
 public:
  // `status`: why the sources could not be opened.
  MergeStream(absl::Status status, std::vector<std::unique_ptr<MergeSource>> sources)
      : status_(std::move(status)), sources_(std::move(sources)) {}

  absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) override {
    COINWAKE_RETURN_IF_ERROR(status_);
    auto filled = Fill(to);
    if (!filled.ok()) status_ = filled.status();
    return filled;
  }

 private:
  absl::StatusOr<std::size_t> Fill(std::span<RunEntry> to) {
    if (!started_) {
      for (const auto& source : sources_) COINWAKE_RETURN_IF_ERROR(source->Start());
      started_ = true;
    }
    std::size_t filled = 0;
    while (filled < to.size()) {
      // There are at most five sources: looking at each is cheaper than keeping a heap. What comes
      // from one of them before any other has its turn is copied in one go.
      MergeSource* first = nullptr;
      RunEntry others{kMax, kMax};
      for (const auto& source : sources_) {
        if (!source->Valid()) continue;
        if (first == nullptr || source->entry() < first->entry()) {
          if (first != nullptr) others = first->entry();
          first = source.get();
        } else {
          others = std::min(others, source->entry());
        }
      }
      if (first == nullptr) break;
      do {
        to[filled++] = first->entry();
        COINWAKE_RETURN_IF_ERROR(first->Next());
      } while (filled < to.size() && first->Valid() && first->entry() < others);
    }
    return filled;
  }

  static constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  absl::Status status_;
  std::vector<std::unique_ptr<MergeSource>> sources_;
  bool started_ = false;
};

}  // namespace

RunReader::RunReader(const KvSnapshot& snapshot, RunTable table, std::vector<RunInfo> runs)
    : snapshot_(snapshot),
      table_(table),
      runs_(std::move(runs)),
      ready_(std::make_unique<std::atomic<const OpenRun*>[]>(runs_.size())) {}

RunReader::~RunReader() = default;

absl::StatusOr<const OpenRun*> RunReader::RunAt(std::size_t position) const {
  if (const OpenRun* run = ready_[position].load(std::memory_order_acquire)) return run;
  const MutexLock hold(mutex_);
  if (const OpenRun* run = ready_[position].load(std::memory_order_acquire)) return run;
  COINWAKE_ASSIGN_OR_RETURN(OpenRun run, OpenOneRun(snapshot_, table_, runs_[position]));
  opened_.push_back(std::make_unique<const OpenRun>(std::move(run)));
  ready_[position].store(opened_.back().get(), std::memory_order_release);
  return opened_.back().get();
}

absl::Status RunReader::Find(std::uint64_t key, std::vector<std::uint64_t>* numbers) const {
  return FindFrom(key, 0, std::numeric_limits<std::size_t>::max(), numbers);
}

absl::Status RunReader::FindFrom(std::uint64_t key, std::uint64_t from, std::size_t limit,
                                 std::vector<std::uint64_t>* numbers) const {
  std::size_t left = limit;
  for (std::size_t i = 0; i < runs_.size() && left > 0; ++i) {
    if (runs_[i].hi <= from) continue;
    COINWAKE_ASSIGN_OR_RETURN(const OpenRun* const run, RunAt(i));
    RunCursor cursor(snapshot_, *run);
    COINWAKE_RETURN_IF_ERROR(cursor.Seek({key, from}));
    // Numbers ascend within a key, so the first rewound one ends the run.
    while (left > 0 && cursor.Valid() && cursor.entry().key == key &&
           cursor.entry().number < runs_[i].hi) {
      numbers->push_back(cursor.entry().number);
      --left;
      if (left > 0) COINWAKE_RETURN_IF_ERROR(cursor.Next());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::uint64_t>> RunReader::FirstKeyFrom(std::uint64_t from) const {
  std::optional<std::uint64_t> first;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    COINWAKE_ASSIGN_OR_RETURN(const OpenRun* const run, RunAt(i));
    RunCursor cursor(snapshot_, *run);
    COINWAKE_RETURN_IF_ERROR(cursor.Seek({from, 0}));
    while (cursor.Valid() && cursor.entry().number >= runs_[i].hi) {  // rewound
      COINWAKE_RETURN_IF_ERROR(cursor.Next());
    }
    if (cursor.Valid()) first = std::min(first.value_or(cursor.entry().key), cursor.entry().key);
  }
  return first;
}

std::unique_ptr<EntryStream> RunReader::Scan() const {
  std::vector<std::unique_ptr<MergeSource>> sources;
  absl::Status status;
  for (std::size_t i = 0; i < runs_.size() && status.ok(); ++i) {
    const auto run = RunAt(i);
    status = run.status();
    if (run.ok()) sources.push_back(std::make_unique<MergeSource>(snapshot_, **run));
  }
  return std::make_unique<MergeStream>(std::move(status), std::move(sources));
}

absl::Status RunReader::FindSorted(
    std::span<const std::uint64_t> keys,
    const std::function<void(std::size_t, std::uint64_t)>& found) const {
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    COINWAKE_ASSIGN_OR_RETURN(const OpenRun* const run, RunAt(i));
    RunCursor cursor(snapshot_, *run);
    bool at_end = false;
    for (std::size_t begin = 0; begin < keys.size() && !at_end;) {
      const std::uint64_t key = keys[begin];
      std::size_t end = begin + 1;
      while (end < keys.size() && keys[end] == key) ++end;
      COINWAKE_DCHECK(end == keys.size() || key < keys[end]);
      if (!cursor.Valid() || cursor.entry().key < key) {
        COINWAKE_RETURN_IF_ERROR(cursor.Seek({key, 0}));
      }
      while (cursor.Valid() && cursor.entry().key == key) {
        const std::uint64_t number = cursor.entry().number;
        for (std::size_t k = begin; k < end && number < runs_[i].hi; ++k) found(k, number);
        COINWAKE_RETURN_IF_ERROR(cursor.Next());
      }
      at_end = !cursor.Valid();
      begin = end;
    }
  }
  return absl::OkStatus();
}

}  // namespace coinwake
