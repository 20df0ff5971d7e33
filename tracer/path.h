// Best routes of money between two addresses.
//
// The spends of a chain form a DAG in chain order, so every directed path respects time. A path goes
// from an output of `from` over spends to an output of `to`; its bottleneck is the smallest output
// value on the way.
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
  std::uint32_t count = 1;                // paths asked for, best first, no two with the same hops
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

// Best first; empty when there is none. kResourceExhausted when `limits.max_transactions` was reached
// before the answer was certain. kDataLoss, kCancelled as RunTrace.
absl::StatusOr<std::vector<Path>> FindPaths(const View& view, const PathRequest& request,
                                            const TraceLimits& limits,
                                            const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_PATH_H_
