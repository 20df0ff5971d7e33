// One visit to each account, by several threads.
#ifndef COINWAKE_HEURISTICS_ACCOUNT_PASS_H_
#define COINWAKE_HEURISTICS_ACCOUNT_PASS_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "indexer/base/status.h"

namespace coinwake {

// Accounts that a thread takes at once: enough that threads seldom meet. Tests take one, so that
// what threads find gets mixed in small chains too.
inline constexpr std::uint64_t kAccountsAtOnce = 1'024;

// Calls visit(&workers[i], n) -> absl::Status for each n < `count`, from as many threads as there
// are workers, `batch` at once; each worker is one thread's. Ends early with an error of some
// visit. REQUIRES: `workers` is not empty, batch > 0.
template <typename Worker, typename Visit>
absl::Status ForEachOf(std::uint64_t count, std::uint64_t batch, std::vector<Worker>* workers,
                       const Visit& visit) {
  std::atomic<std::uint64_t> next_batch{0};
  std::atomic<bool> failed{false};
  std::vector<absl::Status> results(workers->size());
  const auto work = [&](std::size_t place) {
    while (!failed.load(std::memory_order_relaxed)) {
      const std::uint64_t begin = next_batch.fetch_add(1, std::memory_order_relaxed) * batch;
      const std::uint64_t end = std::min(begin + batch, count);
      if (begin >= end) return;
      for (std::uint64_t n = begin; n < end; ++n) {
        absl::Status status = visit(&(*workers)[place], n);
        if (status.ok()) continue;
        results[place] = std::move(status);
        failed.store(true, std::memory_order_relaxed);
        return;
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < workers->size(); ++i) helpers.emplace_back(work, i);
  work(0);
  helpers.clear();  // joins
  for (const absl::Status& result : results) COINWAKE_RETURN_IF_ERROR(result);
  return absl::OkStatus();
}

// Appends what all workers found.
template <typename Worker, typename Item>
std::vector<Item> Gathered(std::vector<Worker>* workers, std::vector<Item> Worker::*found) {
  std::vector<Item> all;
  for (Worker& worker : *workers) {
    std::vector<Item>& items = worker.*found;
    all.insert(all.end(), items.begin(), items.end());
    items = {};
  }
  return all;
}

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_ACCOUNT_PASS_H_
