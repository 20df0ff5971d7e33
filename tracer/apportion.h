// Splits an amount in proportion to capacities by the largest-remainder rule, exactly.
//
// Part i first gets floor(amount * w_i / W); what is left, fewer units than there are parts, goes
// one each to the parts with the largest remainders, ties to the lower index
// (docs/design/tracing.md). The shares add up to the amount and no part gets more than its
// capacity: amount * w_i / W <= w_i, and if that is no integer the next one is still <= w_i.
#ifndef COINWAKE_TRACER_APPORTION_H_
#define COINWAKE_TRACER_APPORTION_H_

#include <cstdint>
#include <span>
#include <vector>

namespace coinwake {

// Keeps its scratch between calls. Not thread-safe.
class Apportioner {
 public:
  // Writes a share for each part. With `total` 0 all are 0. O(parts).
  // REQUIRES: amount <= total == sum of capacities; shares.size() == capacities.size().
  void Split(std::uint64_t amount, std::span<const std::uint64_t> capacities, std::uint64_t total,
             std::span<std::uint64_t> shares);

  // Split(), then takes the shares off `capacities` and `*total`: called once a label in a fixed
  // order, it gives every label its exact amount and keeps every part within its capacity.
  void SplitAndTake(std::uint64_t amount, std::span<std::uint64_t> capacities, std::uint64_t* total,
                    std::span<std::uint64_t> shares);

 private:
  // One unit more for the `count` largest remainders. REQUIRES: at least `count` are not 0.
  void RoundUp(std::uint64_t count, std::span<std::uint64_t> shares);

  std::vector<std::uint64_t> remainders_;
  std::vector<std::uint32_t> order_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_APPORTION_H_
