// Which pairs of deposits and withdrawals no assignment can do without.
#ifndef COINWAKE_HINTS_MATCHING_H_
#define COINWAKE_HINTS_MATCHING_H_

#include <cstdint>
#include <vector>

namespace coinwake {

// That a deposit may have been paid out as a withdrawal.
struct Pair {
  std::uint32_t deposit = 0;
  std::uint32_t withdrawal = 0;

  friend bool operator==(const Pair&, const Pair&) = default;
};

// An assignment gives a deposit one withdrawal at most, and a withdrawal one deposit at most; it is
// optimal if none has more pairs. All pairs cost the same: neither a shorter wait nor a nearer
// amount makes a pair more likely. Which pairs are in every optimal assignment, by position in
// `pairs`.
//
// A maximum matching by augmenting paths (Berge 1957); a pair of it is in all others just if no
// augmenting path can replace it. O(deposits * pairs). REQUIRES: no pair twice; numbers from 0 to
// below the counts.
std::vector<bool> InEveryAssignment(const std::vector<Pair>& pairs, std::uint32_t deposits_count,
                                    std::uint32_t withdrawals_count);

}  // namespace coinwake

#endif  // COINWAKE_HINTS_MATCHING_H_
