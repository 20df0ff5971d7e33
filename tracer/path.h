// Best routes of money between two addresses, or outputs.
//
// The spends of a chain form a DAG in chain order, so every directed path respects time. A path
// goes from an output of `from` over spends to an output of `to`; its bottleneck is the smallest
// output value on the way, ends included. It leaves `from` once and reaches `to` once: what passes
// another output of either is a longer telling of a path that is also found. Coins `from` received
// before a window are not sources: they have no output number. An end may be one output instead;
// then other outputs of its address are as any. Or it is a cluster: then each of its addresses is
// what one address is otherwise, and what one pays another neither begins nor lengthens a path.
//
// What a path carries (kTaint) is the part of the source's value that takes it under haircut:
// all coins of `from` that the first transaction spends (or the one output), then at each
// transaction the path's output's share of it, times value over the sum of all inputs, in units of
// 2^-12 satoshi, rounded down each time. Rounding keeps order, so that what is ahead stays ahead
// and the comparison is one of whole numbers. Where haircut knows no shares (tracer/haircut.h: an
// unresolved input, outputs of more than the inputs, more than 2^52 satoshi) nothing is carried,
// and what carries nothing is no path.
#ifndef COINWAKE_TRACER_PATH_H_
#define COINWAKE_TRACER_PATH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/view/view.h"
#include "tracer/taint.h"
#include "tracer/trace.h"

namespace coinwake {

enum class BestPath : std::uint8_t {
  kShortest,  // fewest transactions; ties: larger bottleneck, then earliest transactions
  kWidest,    // largest bottleneck; ties: fewest transactions, then earliest
  kEarliest,  // whose last transaction comes first; ties: as kShortest
  kTaint,     // carries the most; ties: fewest transactions, then earliest
};

struct PathRequest {
  AddressNum from;
  AddressNum to;
  std::optional<OutputNum> from_output;  // instead of `from`: it alone
  std::optional<OutputNum> to_output;    // instead of `to`
  // Not empty: instead of `from` and `to` all of these, ascending; no address is in both.
  std::vector<AddressNum> from_cluster;
  std::vector<AddressNum> to_cluster;
  BestPath best = BestPath::kWidest;
  std::uint32_t count = 1;                // paths asked for
  std::optional<std::uint32_t> max_hops;  // transactions
  // Each path is the best of those that share no transaction with the ones before it.
  bool diverse = false;
  std::optional<std::uint64_t> since_height;  // no transaction of a block below it
  std::optional<std::uint64_t> until_height;  // nor of one above it
  std::uint64_t min_value = 0;  // satoshi: no smaller output on the way, ends included
  // No path goes through an address that stops; it may begin or end there. Borrowed; may be null.
  const AddressStops* stops = nullptr;
  // Of the outputs of a transaction that a path may go on from, no more than so many are followed:
  // the largest, of equals the earliest. Those that pay `to` do not count.
  std::optional<std::uint32_t> max_edges;
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
  std::uint64_t bottleneck = 0;       // satoshi
  std::optional<Taint> carried = {};  // of kTaint
};

// What `max_edges` left out, if paths over it might be among the answer: each once. None: the
// answer is certain.
struct Unfollowed {
  std::uint64_t edges = 0;
  Uint256 value = 0;  // their sum, base units
};

// Best first; empty when there is none. Two paths over the same transactions that differ in an
// output on the way or in the one that pays `to` are two; which outputs of `from` the first
// transaction spends makes no difference (the largest is named). Among equals the earlier outputs
// come first. Time and memory grow with what `from` reaches before the last payment to `to`, or
// (kEarliest) before the answer is there; `diverse` searches anew for each path.
// kInvalidArgument: no such address or output, clusters that are not ascending or share an address.
// kResourceExhausted when `limits.max_transactions` was reached before the answer was certain.
// kDataLoss, kCancelled as RunTrace. `unfollowed` may be null.
absl::StatusOr<std::vector<Path>> FindPaths(const View& view, const PathRequest& request,
                                            const TraceLimits& limits,
                                            const Cancellation* cancellation,
                                            Unfollowed* unfollowed = nullptr);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_PATH_H_
