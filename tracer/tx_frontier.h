// The transactions a sweep still has to visit, taken out in chain order.
//
// A set of transaction numbers from which the smallest is taken again and again, and into which
// only larger ones than the last taken are put: each transaction's spenders come after it. So a
// bitmap with a cursor does what a heap would, without its logarithm or its duplicates. Bits live
// in pages made when first touched and dropped when passed: memory follows the live frontier, and a
// sparse trace of a long chain stays small.
#ifndef COINWAKE_TRACER_TX_FRONTIER_H_
#define COINWAKE_TRACER_TX_FRONTIER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "indexer/base/ids.h"

namespace coinwake {

// Not thread-safe.
class TxFrontier {
 public:
  // Holds transactions below `transactions_count`. O(transactions_count / 2^14) bytes to begin
  // with.
  explicit TxFrontier(std::uint64_t transactions_count);

  // Putting one twice is putting it once. O(1).
  // REQUIRES: tx < transactions_count, and greater than the last one popped.
  void Insert(TxNum tx);
  // The smallest, or nullopt when there is none.
  std::optional<TxNum> Peek();
  // The smallest that is at or after `from` and in its page (of 2^14); for looking ahead, not
  // complete.
  std::optional<TxNum> PeekNear(TxNum from) const;
  // Takes the smallest out. REQUIRES: Peek() has a value.
  void Pop();
  // Back to before the first transaction, for another sweep. O(1). REQUIRES: Peek() is nullopt.
  void Restart();

 private:
  static constexpr std::uint64_t kPageBits = 14;
  static constexpr std::uint64_t kWordsCount = (std::uint64_t{1} << kPageBits) / 64;
  using Page = std::array<std::uint64_t, kWordsCount>;

  // First set bit at or after `from` in its page; kNone when there is none.
  std::uint64_t FindInPage(std::uint64_t from) const;
  // First set bit at or after `from`; kNone when there is none.
  std::uint64_t FindFrom(std::uint64_t from) const;
  void DropPage(std::uint64_t page);

  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  std::vector<std::unique_ptr<Page>> pages_;
  std::vector<std::uint64_t> used_pages_;  // a bit a page: it exists
  std::vector<std::unique_ptr<Page>> spare_;
  // Invariant: no bit is set below `scanned_`.
  std::uint64_t scanned_ = 0;
  std::uint64_t current_page_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_TX_FRONTIER_H_
