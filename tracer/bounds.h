// What at least and at most of a label's seeds can have arrived at a target, whatever rule says
// which of a transaction's units went where: the interval that no per-transaction apportionment
// leaves, so no policy of a trace but poison, which multiplies (docs/design/bounds.md).
//
// An apportionment lays what is tainted in a transaction's inputs over its outputs and fee, no part
// beyond its own value. All of them together are the flows through the transactions reached from
// the seeds: transactions pass on whatever arrives, an output carries at most its value, a seed is
// a source of its value. So
//   max = maximum flow from the seeds to the target and to what was not expanded,
//   min = seeded - maximum flow from the seeds to everything else (what was not expanded too),
// exactly, in whole units; both ends are reached. (The bounds of max-flow: Ford, Fulkerson 1956.)
//
// Rules beside those of tracer/trace.h, of which policy, fee mode, threshold, `competing` and
// `all_outputs` mean nothing here: each label is alone, fees end there.
// - The target absorbs: what arrived is not followed further. At an output first its seeds count
//   (what they give has arrived if it is the target's; what arrives there from other seeds returned
//   to a seed, and has not), then the target, then stops, then hops.
// - What a stop takes has not arrived, and cannot: `stops` says how much that is, at least and at
//   most.
// - Hops of an output are the fewest transactions from a seed. What spends an output at max_hops is
//   not expanded: its money may still have reached the target, or not. So the bounds with max_hops
//   hold those without.
// - A transaction with unknown or impossible amounts passes what arrives on to its outputs, each up
//   to its value, and any part of it to its fee.
#ifndef COINWAKE_TRACER_BOUNDS_H_
#define COINWAKE_TRACER_BOUNDS_H_

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"
#include "tracer/taint.h"
#include "tracer/trace.h"

namespace coinwake {

struct FeeOf {
  TxNum tx;
};
// Every output that is left unspent, and can be spent, but at stops: those come first.
struct Unspent {};
// All outputs of an address, one output, the fee of a transaction, or all that is unspent.
using BoundsTarget = std::variant<AddressNum, OutputNum, FeeOf, Unspent>;

// Amounts in satoshi, on accounts in base units.
struct StopBound {
  SinkKind kind = SinkKind::kService;   // an exit
  std::optional<std::uint32_t> entity;  // of a stop; the mixer that hides has none
  Uint128 max = 0;                      // the most that can have ended there
  // The least that must have; what is not followed for max_hops may have ended elsewhere.
  Uint128 min = 0;
};
struct Bounds {
  std::uint32_t label = 0;  // index in the request
  Uint128 seeded = 0;
  Uint128 min = 0;
  Uint128 max = 0;
  // The largest `max` first, then by (kind, entity). Of more than kMostStopBounds, those that were
  // paid the most by what is reached.
  std::vector<StopBound> stops;
  std::uint64_t stops_count = 0;  // all of them
  // Outputs (on accounts: transfers) not followed for max_hops, and the most that they can hold.
  std::uint64_t not_expanded = 0;
  Uint128 not_expanded_max = 0;
};
inline constexpr std::size_t kMostStopBounds = 100;

struct AmountInterval {
  Uint128 min = 0;
  Uint128 max = 0;
};
// Of the figures of a trace's summary, each by itself.
struct FigureBounds {
  std::uint32_t label = 0;
  bool known = false;  // else the label passed a limit, and there is nothing more here
  AmountInterval unspent;
  AmountInterval exits;
  AmountInterval sinks;
};

struct BoundsLimits {
  // Transactions, or on accounts events, that may be read, over all labels. 0: no limit.
  std::uint64_t max_read = 0;
  // Arcs of one label that may be kept: an output of a reached transaction that is spent or the
  // target's or a stop's is one, and all else that leaves the transaction one more; on accounts a
  // transfer, and what is held between two of them. While it is solved an arc takes up to 80 bytes,
  // on accounts 144; a transaction 60, on accounts what receives and then pays 68.
  std::uint64_t max_arcs = kMostBoundsArcs;
  // Arcs that the flows may look at, over all labels. 0: no limit.
  std::uint64_t max_steps = 0;

  static constexpr std::uint64_t kMostBoundsArcs = 10'000'000;  // 800 MB, on accounts 1.4 GB
};

// By label in byte order, also for labels without a seed in time, which are zeros.
// kInvalidArgument: no seeds, unknown or repeated label, no such target. kResourceExhausted: a
// limit is passed; nothing is guessed. kDataLoss, kCancelled. `cancellation` may be null.
// Deterministic. Time: each label reads what its seeds reach once; a flow takes a few passes over
// the arcs between the seeds and the target, and there are two more for each of `stops`.
absl::StatusOr<std::vector<Bounds>> FindBounds(const View& view, const TraceRequest& request,
                                               const BoundsTarget& target,
                                               const BoundsLimits& limits,
                                               const Cancellation* cancellation);

// The bounds of what a trace of `request` calls unspent, exits and sinks, as FindBounds() has its
// labels. What max_hops cuts counts towards the max of all three. They hold for every policy but
// poison, with fees that end in the sink `fee`, without `competing`, min_taint and stop_mixed,
// which may lead a figure out of them. `limits` are each label's own, so that no label changes
// another's. Errors as FindBounds(), but for limits passed.
absl::StatusOr<std::vector<FigureBounds>> FindFigureBounds(const View& view,
                                                           const TraceRequest& request,
                                                           const BoundsLimits& limits,
                                                           const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_BOUNDS_H_
