// Independent steps shared out among threads, as many as the system gives.
#ifndef COINWAKE_INDEXER_INGEST_PARALLEL_H_
#define COINWAKE_INDEXER_INGEST_PARALLEL_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/base/sync.h"

namespace coinwake {

// Runs `work` on a thread of its own, added to `threads`. False when the system gives no more,
// which std::thread tells by an exception.
template <typename Work>
bool StartThread(const Work& work, std::vector<std::thread>* threads) {
  try {
    threads->emplace_back(work);
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

// Calls step(0) .. step(count - 1), each once, from up to `threads` threads, the caller's among
// them, and returns the error
// of the lowest step that failed (later steps may not have run). `step` must be safe to call at
// once.
template <typename Step>
absl::Status ParallelFor(std::size_t count, int threads, const Step& step) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  Mutex mutex;
  std::size_t failed_step = count;
  absl::Status failure;
  const auto work = [&] {
    while (!failed.load(std::memory_order_relaxed)) {
      const std::size_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      absl::Status status = step(index);
      if (status.ok()) continue;
      const MutexLock hold(mutex);
      failed = true;
      if (index < failed_step) {
        failed_step = index;
        failure = std::move(status);
      }
    }
  };
  std::vector<std::thread> others;
  const std::size_t wanted = std::min(static_cast<std::size_t>(std::max(threads, 1)), count);
  while (others.size() + 1 < wanted && StartThread(work, &others)) {
  }
  work();
  for (std::thread& thread : others) thread.join();
  return failure;
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_PARALLEL_H_
