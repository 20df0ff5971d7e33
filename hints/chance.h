// How likely a withdrawal fits a deposit by chance, in integers; and whether amounts are too round
// to tell one from another (ALGORITHMS.md 8.3).
#ifndef COINWAKE_HINTS_CHANCE_H_
#define COINWAKE_HINTS_CHANCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "hints/movement.h"

namespace coinwake {

// The window of a deposit, moved by whole days from 1 to so many before and after it.
inline constexpr std::int64_t kMostShiftedDays = 30;

// The mean number of unrelated withdrawals that fit a deposit: those in shifted windows, by how
// many windows there were, times how many sets of parts were tried. Where no window held one, half
// of one counts in all of them together (the mean of a Poisson rate under Jeffreys' prior): nothing
// found in a few windows is no proof that there is nothing to be found.
struct Chance {
  std::uint64_t hits = 0;
  std::uint64_t windows = 0;
  std::uint64_t subsets = 1;

  // The mean is TwiceHits() / (2 * windows); nothing is known where there are no windows.
  std::uint64_t TwiceHits() const { return (hits == 0 ? 1 : 2 * hits) * subsets; }
  // Whether it is at most so many thousandths. False without windows.
  bool IsAtMost(std::uint32_t permille) const {
    return windows != 0 && TwiceHits() * 1000 <= std::uint64_t{permille} * 2 * windows;
  }
};
inline constexpr std::uint32_t kStrictPermille = 10;
inline constexpr std::uint32_t kLeadPermille = 50;

// The mean, six digits after the point, rounded up. REQUIRES: windows.
std::string ChanceText(const Chance& chance);

// 1 / (1 + mean * (1 - prior) / prior), four digits after the point, rounded down.
// `prior_permille`: how often the payout of a deposit is a withdrawal that is indexed at all, 1 to
// 1000. REQUIRES: windows.
std::string ConfidenceText(const Chance& chance, std::uint32_t prior_permille);

// Of the amount in base units.
int TrailingZeros(Uint128 amount);      // REQUIRES: amount > 0
int SignificantDigits(Uint128 amount);  // without trailing zeros; of 0 none
inline constexpr int kLeastDigits = 4;

// How round a service's withdrawals are. One is typical of those that people ask for, and no
// computed payout, if it ends in more zeros than half of the others do (they end in the unit in
// which the service pays), and at least one in five of them ends in as many.
class Roundness {
 public:
  explicit Roundness(std::span<const ServiceMovement> withdrawals);

  bool IsTypical(Uint128 amount) const;  // REQUIRES: it is the amount of one of them
  // How many end in as many zeros as `amount` or more, and all.
  std::uint64_t AsRound(Uint128 amount) const;
  std::uint64_t all() const { return at_least_[0]; }

 private:
  static constexpr std::size_t kMostZeros = 40;  // 2^128 has 39 digits

  std::array<std::uint64_t, kMostZeros> at_least_{};  // that end in so many zeros or more
};

}  // namespace coinwake

#endif  // COINWAKE_HINTS_CHANCE_H_
