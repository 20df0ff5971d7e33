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
#include <bit>
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

  // Numbers that differ in their last six bits alone share a word, in their last 14 a page.
  static constexpr std::uint64_t kWordBits = 64;
  static constexpr std::uint64_t kPageBits = 14;

  // Putting one twice is putting it once; whether it was not in yet. O(1).
  // REQUIRES: tx < transactions_count, and greater than the last one popped.
  bool Insert(TxNum tx) {
    Page* const page = pages_[tx.value >> kPageBits].get();
    std::uint64_t& word = WordOf(page == nullptr ? MakePage(tx) : *page, tx);
    const std::uint64_t bit = std::uint64_t{1} << (tx.value % kWordBits);
    const bool is_new = (word & bit) == 0;
    word |= bit;
    if (tx.value < scanned_) scanned_ = tx.value;
    return is_new;
  }
  // The smallest, or nullopt when there is none.
  std::optional<TxNum> Peek();
  // The smallest that is at or after `from` and in its page; for looking ahead, not
  // complete.
  std::optional<TxNum> PeekNear(TxNum from) const;
  // Which of the transactions that share `tx`'s word are in: a bit each, the lowest of the first.
  std::uint64_t WordAround(TxNum tx) const {
    const Page* const page = pages_[tx.value >> kPageBits].get();
    return page == nullptr ? 0 : (*page)[(tx.value / kWordBits) % kWordsCount];
  }
  // Takes the smallest out. REQUIRES: Peek() has a value.
  void Pop();
  // Takes out the smallest, if it is below `end`. For many close together: Peek() and Pop() without
  // a search. REQUIRES: one was popped since Restart(), and transaction `end - 1` shares its word.
  std::optional<TxNum> PopInWord(TxNum end) {
    if (scanned_ >= end.value) return std::nullopt;
    std::uint64_t& word = WordOf(*pages_[current_page_], TxNum{scanned_});
    const std::uint64_t bits = word >> (scanned_ % kWordBits);
    if (bits == 0) return std::nullopt;
    const std::uint64_t tx = scanned_ + static_cast<std::uint64_t>(std::countr_zero(bits));
    if (tx >= end.value) return std::nullopt;
    word &= ~(std::uint64_t{1} << (tx % kWordBits));
    scanned_ = tx + 1;
    return TxNum{tx};
  }
  // Back to before the first transaction, for another sweep. O(1). REQUIRES: Peek() is nullopt.
  void Restart();

 private:
  static constexpr std::uint64_t kWordsCount = (std::uint64_t{1} << kPageBits) / kWordBits;
  using Page = std::array<std::uint64_t, kWordsCount>;

  static std::uint64_t& WordOf(Page& page, TxNum tx) {
    return page[(tx.value / kWordBits) % kWordsCount];
  }
  Page& MakePage(TxNum tx);
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
