// Natural logarithms in whole thousandths, the same on every machine.
#ifndef COINWAKE_HEURISTICS_NATURAL_LOG_H_
#define COINWAKE_HEURISTICS_NATURAL_LOG_H_

#include <cstdint>

namespace coinwake {

// 1000 ln(numerator / denominator), rounded to nearest, within one of the true value. Integers
// throughout: a fitted model must not depend on a machine's floating point.
// REQUIRES: both > 0 and < 2^62.
std::int64_t MilliNats(std::uint64_t numerator, std::uint64_t denominator);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_NATURAL_LOG_H_
