// Splits an amount in proportion to capacities by the largest-remainder rule, exactly, where
// amounts pass 64 bits (tokens). The rule is tracer/apportion.h's.
#ifndef COINWAKE_TRACER_WIDE_APPORTION_H_
#define COINWAKE_TRACER_WIDE_APPORTION_H_

#include <span>

#include "tracer/taint.h"

namespace coinwake {

// Writes a share for each part: floor(amount * w_i / total), and one unit more for the largest
// remainders, ties to the lower index. Shares add up to the amount, none passes its capacity. With
// `total` 0 all are 0. O(parts * log parts).
// REQUIRES: amount <= total == sum of capacities < 2^128; shares.size() == capacities.size().
void SplitWide(Uint128 amount, std::span<const Uint128> capacities, Uint128 total,
               std::span<Uint128> shares);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_WIDE_APPORTION_H_
