// The lock-free union of addresses: every address points at a smaller one or at itself, a union
// hangs the larger root under the smaller by compare-and-swap, and finding halves the paths it
// walks. The root of a set is its smallest address whatever the order of unions, so the result
// depends neither on the number of threads nor on their luck.
#ifndef COINWAKE_HEURISTICS_UNION_BY_MIN_H_
#define COINWAKE_HEURISTICS_UNION_BY_MIN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace coinwake {

// Parents of all addresses. Relaxed order is enough: a parent is a number that is right whenever it
// is read, and the threads are joined before anything else looks.
class UnionByMin {
 public:
  explicit UnionByMin(std::uint64_t count)
      : count_(count), parents_(new std::atomic<std::uint32_t>[count]) {
    for (std::uint64_t i = 0; i < count; ++i) {
      parents_[i].store(static_cast<std::uint32_t>(i), std::memory_order_relaxed);
    }
  }

  void Unite(std::uint32_t a, std::uint32_t b) {
    for (;;) {
      a = Find(a);
      b = Find(b);
      if (a == b) return;
      if (a < b) std::swap(a, b);
      std::uint32_t expected = a;
      if (parents_[a].compare_exchange_strong(expected, b, std::memory_order_relaxed)) return;
    }
  }

  // Makes every address point at its root. No other thread may be at work.
  void Flatten() {
    for (std::uint64_t i = 0; i < count_; ++i) {
      // The parent is smaller, so it points at its root already.
      const std::uint32_t root = Parent(Parent(static_cast<std::uint32_t>(i)));
      parents_[i].store(root, std::memory_order_relaxed);
    }
  }

  std::uint32_t Parent(std::uint32_t i) const {
    return parents_[i].load(std::memory_order_relaxed);
  }

  // The root of the set that holds `i`.
  std::uint32_t Find(std::uint32_t i) {
    for (;;) {
      std::uint32_t parent = Parent(i);
      if (parent == i) return i;
      const std::uint32_t above = Parent(parent);
      if (above == parent) return parent;
      parents_[i].compare_exchange_weak(parent, above, std::memory_order_relaxed);
      i = above;
    }
  }

 private:
  const std::uint64_t count_;
  const std::unique_ptr<std::atomic<std::uint32_t>[]> parents_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_UNION_BY_MIN_H_
