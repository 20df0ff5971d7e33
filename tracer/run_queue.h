// Runs of labelled satoshi in order: the queue a transaction's inputs form, and the store that
// keeps what each output took from it until the output is spent.
#ifndef COINWAKE_TRACER_RUN_QUEUE_H_
#define COINWAKE_TRACER_RUN_QUEUE_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tracer/taint.h"

namespace coinwake {

// A run with the transactions its label took to get here (0 for clean runs).
struct QueuedRun {
  std::uint64_t length = 0;  // satoshi
  std::uint32_t label = kCleanLabel;
  std::uint32_t hops = 0;
  friend bool operator==(const QueuedRun&, const QueuedRun&) = default;
};

// The order in which queued runs are taken; runs of one kind stay as they came.
enum class QueueOrder : std::uint8_t { kAsQueued, kReversed, kTaintedFirst, kCleanFirst };

// Adds a run at the end, joined with the last one when both carry the same label (the fewer hops
// count). A run of length 0 adds nothing.
void AppendRun(QueuedRun run, std::vector<QueuedRun>* runs);

// Filled, arranged, then taken from the front. Not thread-safe.
class RunQueue {
 public:
  void Clear();
  void Push(QueuedRun run) { AppendRun(run, &runs_); }
  // Puts what was pushed into `order`. O(runs). REQUIRES: nothing was taken yet.
  void Arrange(QueueOrder order);
  // Whether any of the first `length` satoshi is clean. O(runs). REQUIRES: nothing was taken yet.
  bool HasClean(std::uint64_t length) const;
  // Moves `length` satoshi from the front to the end of `*runs`, fewer when the queue has fewer.
  void Take(std::uint64_t length, std::vector<QueuedRun>* runs);
  // Moves all that is left.
  void TakeRest(std::vector<QueuedRun>* runs) { Take(~std::uint64_t{0}, runs); }

 private:
  std::vector<QueuedRun> runs_;
  std::vector<QueuedRun> arranged_;  // kept for its memory
  std::size_t next_ = 0;             // first run not wholly taken
  std::uint64_t taken_ = 0;          // satoshi of it that are
};

// Keeps lists of runs in one array, in blocks of 2^n runs, freed blocks reused. Not thread-safe.
class RunStore {
 public:
  struct Ref {
    std::uint32_t offset = 0;  // in runs / 2
    std::uint32_t count = 0;
  };

  // REQUIRES: runs is not empty.
  Ref Save(std::span<const QueuedRun> runs);
  // Valid until the next Save().
  std::span<const QueuedRun> Load(Ref ref) const {
    return std::span(runs_).subspan(std::size_t{ref.offset} * 2, ref.count);
  }
  void Free(Ref ref);

 private:
  static std::size_t ClassOf(std::uint32_t count);

  std::vector<QueuedRun> runs_;
  std::array<std::vector<std::uint32_t>, 33> free_;  // offsets, by the block's log2 size
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_RUN_QUEUE_H_
