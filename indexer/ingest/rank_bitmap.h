// A set of positions that can say how many of them come before one.
#ifndef COINWAKE_INDEXER_INGEST_RANK_BITMAP_H_
#define COINWAKE_INDEXER_INGEST_RANK_BITMAP_H_

#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

namespace coinwake {

// Set() from any thread; after Finish() the rest, which nothing changes any more.
class RankBitmap {
 public:
  explicit RankBitmap(std::uint64_t size) : words_((size + 63) / 64 + 1), ranks_(words_.size()) {}

  void Set(std::uint64_t position) {
    std::atomic_ref<std::uint64_t>(words_[position / 64])
        .fetch_or(std::uint64_t{1} << (position % 64), std::memory_order_relaxed);
  }
  void Finish() {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      ranks_[i] = count;
      count += static_cast<std::uint32_t>(std::popcount(words_[i]));
    }
    count_ = count;
  }
  bool Contains(std::uint64_t position) const {
    return (words_[position / 64] >> (position % 64) & 1) != 0;
  }
  // How many members are smaller than `position`. REQUIRES: position <= size.
  std::uint32_t Rank(std::uint64_t position) const {
    const std::uint64_t below = (std::uint64_t{1} << (position % 64)) - 1;
    return ranks_[position / 64] +
           static_cast<std::uint32_t>(std::popcount(words_[position / 64] & below));
  }
  std::uint32_t count() const { return count_; }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> ranks_;
  std::uint32_t count_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_RANK_BITMAP_H_
