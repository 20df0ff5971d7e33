// Best routes of money between two addresses.
//
// The spends of a chain form a DAG in chain order, so every directed path respects time. A path
// goes from an output of `from` over spends to an output of `to`; its bottleneck is the smallest
// output value on the way, ends included. It leaves `from` once and reaches `to` once: what passes
// another output of either is a longer telling of a path that is also found. Coins `from` received
// before a window are not sources: they have no output number.
#ifndef COINWAKE_TRACER_PATH_H_
#define COINWAKE_TRACER_PATH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/view/view.h"
#include "tracer/trace.h"

namespace coinwake {

enum class BestPath : std::uint8_t {
  kShortest,  // fewest transactions; ties: larger bottleneck, then earliest transactions
  kWidest,    // largest bottleneck; ties: fewest transactions, then earliest
};

struct PathRequest {
  AddressNum from;
  AddressNum to;
  BestPath best = BestPath::kWidest;
  std::uint32_t count = 1;                // paths asked for
  std::optional<std::uint32_t> max_hops;  // transactions
};

// One spend: transaction `tx` consumes `source` (an output of the previous hop, or of `from`) and
// creates `target`.
struct PathHop {
  TxNum tx;
  OutputNum source;
  OutputNum target;
};
struct Path {
  std::vector<PathHop> hops;
  std::uint64_t bottleneck = 0;  // satoshi
};

// Best first; empty when there is none. Two paths over the same transactions that differ in an
// output on the way or in the one that pays `to` are two; which outputs of `from` the first
// transaction spends makes no difference (the largest is named). Among equals the earlier outputs
// come first. Time and memory grow with what `from` reaches
// before the last payment to `to`. kInvalidArgument: no such address. kResourceExhausted when
// `limits.max_transactions` was reached before the answer was certain. kDataLoss, kCancelled as
// RunTrace.
absl::StatusOr<std::vector<Path>> FindPaths(const View& view, const PathRequest& request,
                                            const TraceLimits& limits,
                                            const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_PATH_H_
