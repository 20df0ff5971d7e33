// How often chance would make two groups share as many members: exact, in integers.
//
// Of `population` members `marked` are of the first group; the second draws `drawn` members, each
// set of so many alike. That at least `shared` of them are marked has the probability
//
//   sum over i >= shared of C(marked, i) C(population - marked, drawn - i) / C(population, drawn)
//
// the upper tail of the hypergeometric distribution (Fisher 1935). It is computed whole and rounded
// up once: never less than it is.
#ifndef COINWAKE_TIMELINE_PROBABILITY_H_
#define COINWAKE_TIMELINE_PROBABILITY_H_

#include <cstdint>
#include <string>

#include "indexer/base/amount.h"

namespace coinwake {

// A probability in units of 10^-kProbabilityDigits, rounded up: never 0.
using Probability = Uint256;
inline constexpr unsigned kProbabilityDigits = 40;
Probability CertainProbability();  // 1

struct Draw {
  std::uint64_t population = 0;
  std::uint64_t marked = 0;
  std::uint64_t drawn = 0;
};

// More members of the smaller group than this would take seconds.
inline constexpr std::uint64_t kMaxDrawn = 20'000;

// REQUIRES: marked and drawn are at most the population, the smaller one at most kMaxDrawn. O(n^2)
// of the smaller one.
Probability ProbabilityOfSharing(const Draw& draw, std::uint64_t shared);

// At most 1 and `times` as much: what is left of a chance when the best of so many is picked
// (Bonferroni).
Probability Corrected(const Probability& chance, std::uint64_t times);

// Decimal: three digits that count, rounded up, of at most 30 after the point: "0.000123", "1".
std::string ProbabilityText(const Probability& chance);
// How many are shared on average, three digits after the point, rounded half up.
std::string ExpectedText(const Draw& draw);

}  // namespace coinwake

#endif  // COINWAKE_TIMELINE_PROBABILITY_H_
