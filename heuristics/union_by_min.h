// The lock-free union of addresses: every address points at a smaller one or at itself, a union
// hangs the larger root under the smaller by compare-and-swap, and finding halves the paths it
// walks. The root of a set is its smallest address whatever the order of unions, so the result
// depends neither on the number of threads nor on their luck.
#ifndef COINWAKE_HEURISTICS_UNION_BY_MIN_H_
#define COINWAKE_HEURISTICS_UNION_BY_MIN_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "indexer/base/check.h"

namespace coinwake {

// Parents of all addresses: plain numbers, which only Unite() and Find() treat as atomic, so that
// whatever one thread does to all of them alone goes at the speed of memory. Relaxed order is
// enough: a parent is a number that is right whenever it is read, and the threads are joined before
// anything else looks.
class UnionByMin {
 public:
  // Every address alone; but where `parents` is given, the first of them are in the sets it says,
  // flat: each points at its root, the smallest of its set. REQUIRES: parents.size() <= count.
  explicit UnionByMin(std::uint64_t count, std::span<const std::uint32_t> parents = {})
      : count_(count), parents_(std::make_unique_for_overwrite<std::uint32_t[]>(count)) {
    COINWAKE_CHECK(parents.size() <= count);
    std::copy(parents.begin(), parents.end(), parents_.get());
    std::iota(parents_.get() + parents.size(), parents_.get() + count,
              static_cast<std::uint32_t>(parents.size()));
  }

  void Unite(std::uint32_t a, std::uint32_t b) {
    for (;;) {
      a = Find(a);
      b = Find(b);
      if (a == b) return;
      if (a < b) std::swap(a, b);
      std::uint32_t expected = a;
      if (At(a).compare_exchange_strong(expected, b, std::memory_order_relaxed)) return;
    }
  }

  // Makes every address point at its root; how many roots there are. No other thread may be at
  // work.
  std::uint64_t Flatten() {
    std::uint64_t roots = 0;
    for (std::uint64_t i = 0; i < count_; ++i) {
      // The parent is smaller, so it points at its root already.
      const std::uint32_t root = parents_[parents_[i]];
      parents_[i] = root;
      roots += root == i ? 1 : 0;
    }
    return roots;
  }

  // Of the first `count` addresses. No other thread may be at work. REQUIRES: there are as many.
  std::span<const std::uint32_t> Parents(std::uint64_t count) const {
    COINWAKE_CHECK(count <= count_);
    return {parents_.get(), count};
  }

  std::uint32_t Parent(std::uint32_t i) const { return At(i).load(std::memory_order_relaxed); }

  // Asks the memory for the parent of `i`, which is about to be looked at.
  void Prefetch(std::uint32_t i) const { __builtin_prefetch(&parents_[i]); }

  // The root of the set that holds `i`.
  std::uint32_t Find(std::uint32_t i) {
    for (;;) {
      std::uint32_t parent = Parent(i);
      if (parent == i) return i;
      const std::uint32_t above = Parent(parent);
      if (above == parent) return parent;
      At(i).compare_exchange_weak(parent, above, std::memory_order_relaxed);
      i = above;
    }
  }

 private:
  std::atomic_ref<std::uint32_t> At(std::uint32_t i) const {
    return std::atomic_ref<std::uint32_t>(parents_[i]);
  }

  const std::uint64_t count_;
  const std::unique_ptr<std::uint32_t[]> parents_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_UNION_BY_MIN_H_
