#include "tracer/run_queue.h"

#include <algorithm>
#include <bit>

#include "indexer/base/check.h"

namespace coinwake {

void AppendRun(QueuedRun run, std::vector<QueuedRun>* runs) {
  if (run.length == 0) return;
  if (!runs->empty() && runs->back().label == run.label) {
    runs->back().length += run.length;
    runs->back().hops = std::min(runs->back().hops, run.hops);
    return;
  }
  runs->push_back(run);
}

void RunQueue::Clear() {
  runs_.clear();
  next_ = 0;
  taken_ = 0;
}

void RunQueue::Arrange(QueueOrder order) {
  COINWAKE_DCHECK(next_ == 0 && taken_ == 0);
  if (order == QueueOrder::kAsQueued) return;
  if (order == QueueOrder::kReversed) {
    std::reverse(runs_.begin(), runs_.end());
    return;
  }
  const bool clean_first = order == QueueOrder::kCleanFirst;
  arranged_.clear();
  for (const bool clean : {clean_first, !clean_first}) {
    for (const QueuedRun& run : runs_) {
      if ((run.label == kCleanLabel) == clean) AppendRun(run, &arranged_);
    }
  }
  runs_.swap(arranged_);
}

bool RunQueue::HasClean(std::uint64_t length) const {
  COINWAKE_DCHECK(next_ == 0 && taken_ == 0);
  for (const QueuedRun& run : runs_) {
    if (length == 0) break;
    if (run.label == kCleanLabel) return true;
    length -= std::min(length, run.length);
  }
  return false;
}

void RunQueue::Take(std::uint64_t length, std::vector<QueuedRun>* runs) {
  while (length != 0 && next_ < runs_.size()) {
    QueuedRun run = runs_[next_];
    run.length = std::min(run.length - taken_, length);
    length -= run.length;
    taken_ += run.length;
    if (taken_ == runs_[next_].length) {
      ++next_;
      taken_ = 0;
    }
    AppendRun(run, runs);
  }
}

std::size_t RunStore::ClassOf(std::uint32_t count) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::bit_width(count - 1)));
}

RunStore::Ref RunStore::Save(std::span<const QueuedRun> runs) {
  const auto count = static_cast<std::uint32_t>(runs.size());
  COINWAKE_DCHECK(count == runs.size() && count != 0);
  std::vector<std::uint32_t>& free = free_[ClassOf(count)];
  std::uint32_t offset = 0;
  if (!free.empty()) {
    offset = free.back();
    free.pop_back();
  } else {
    const std::size_t begin = runs_.size();
    COINWAKE_CHECK(begin / 2 <= 0xffffffff);  // 128 GiB of runs
    runs_.resize(begin + (std::size_t{1} << ClassOf(count)));
    offset = static_cast<std::uint32_t>(begin / 2);
  }
  std::copy(runs.begin(), runs.end(), runs_.begin() + static_cast<std::ptrdiff_t>(offset) * 2);
  return {offset, count};
}

void RunStore::Free(Ref ref) { free_[ClassOf(ref.count)].push_back(ref.offset); }

}  // namespace coinwake
