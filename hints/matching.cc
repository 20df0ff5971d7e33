#include "hints/matching.h"

#include <cstddef>
#include <limits>

namespace coinwake {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

class Assignment {
 public:
  Assignment(const std::vector<Pair>& pairs, std::uint32_t deposits_count,
             std::uint32_t withdrawals_count)
      : pairs_(pairs),
        of_deposit_(deposits_count),
        pair_of_deposit_(deposits_count, kNone),
        pair_of_withdrawal_(withdrawals_count, kNone) {
    for (std::uint32_t i = 0; i < pairs.size(); ++i) of_deposit_[pairs[i].deposit].push_back(i);
    while (Augment(kNone)) {
    }
  }

  std::vector<bool> InEvery() {
    std::vector<bool> in_every(pairs_.size());
    for (std::uint32_t deposit = 0; deposit < of_deposit_.size(); ++deposit) {
      const std::uint32_t pair = pair_of_deposit_[deposit];
      if (pair == kNone) continue;
      const std::uint32_t withdrawal = pairs_[pair].withdrawal;
      pair_of_deposit_[deposit] = kNone;
      pair_of_withdrawal_[withdrawal] = kNone;
      in_every[pair] = !Augment(pair);  // where it does, the other optimal one serves as well
      if (!in_every[pair]) continue;
      pair_of_deposit_[deposit] = pair;
      pair_of_withdrawal_[withdrawal] = pair;
    }
    return in_every;
  }

 private:
  // Finds a path from any free deposit to any free withdrawal without the pair `without`, and
  // changes the assignment along it. Breadth first.
  bool Augment(std::uint32_t without) {
    std::vector<std::uint32_t> queue;
    std::vector<std::uint32_t> by(pair_of_withdrawal_.size(), kNone);  // the pair it was reached by
    for (std::uint32_t deposit = 0; deposit < of_deposit_.size(); ++deposit) {
      if (pair_of_deposit_[deposit] == kNone) queue.push_back(deposit);
    }
    for (std::size_t next = 0; next < queue.size(); ++next) {
      for (const std::uint32_t pair : of_deposit_[queue[next]]) {
        const std::uint32_t withdrawal = pairs_[pair].withdrawal;
        if (pair == without || by[withdrawal] != kNone) continue;
        by[withdrawal] = pair;
        const std::uint32_t taken = pair_of_withdrawal_[withdrawal];
        if (taken == kNone) {
          Change(withdrawal, by);
          return true;
        }
        queue.push_back(pairs_[taken].deposit);
      }
    }
    return false;
  }

  void Change(std::uint32_t withdrawal, const std::vector<std::uint32_t>& by) {
    for (std::uint32_t at = withdrawal; at != kNone;) {
      const std::uint32_t pair = by[at];
      const std::uint32_t deposit = pairs_[pair].deposit;
      const std::uint32_t before = pair_of_deposit_[deposit];
      pair_of_deposit_[deposit] = pair;
      pair_of_withdrawal_[at] = pair;
      at = before == kNone ? kNone : pairs_[before].withdrawal;
    }
  }

  const std::vector<Pair>& pairs_;
  std::vector<std::vector<std::uint32_t>> of_deposit_;  // pairs
  std::vector<std::uint32_t> pair_of_deposit_;
  std::vector<std::uint32_t> pair_of_withdrawal_;
};

}  // namespace

std::vector<bool> InEveryAssignment(const std::vector<Pair>& pairs, std::uint32_t deposits_count,
                                    std::uint32_t withdrawals_count) {
  return Assignment(pairs, deposits_count, withdrawals_count).InEvery();
}

}  // namespace coinwake
