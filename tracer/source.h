// Follows value backward from seeds under one policy, exactly: where it came from.
//
// The mirror of a forward trace (tracer/trace.h). Units of a seed output are followed to the inputs
// that paid for it, from there to the outputs those inputs spend, in descending chain order. Each
// label is traced as if it were alone.
//
// - fifo: the units of an output are those of the inputs at the same place, inputs and outputs each
//   taken in order, the fee last. Nothing is divided; forward and backward agree unit by unit.
// - haircut: an output draws from each input its share by value, the matrix of the forward rule
//   transposed: by largest remainder over the inputs, in units of 2^-12 satoshi.
//
// Seeds created below `since_height` or above `until_height` are not used. What arrives at an
// output ends there by the first of these that holds:
// 1. it is a seed of the label: `returned_to_seed`. What is claimed once is not claimed again from
//    behind; the seed nearest to the source stands for all later ones.
// 2. its address stops: the stop's exit. Whoever paid an input is who its address says. An output
//    of before a window stops as well, where its script is known.
// 3. the part is below `min_taint`: `min_taint`. Seeds obey this and what follows, too.
// 4. it is of before a window: `unresolved`.
// 5. it was created below `since_height`: `since`.
// 6. a coinbase created it and fees are FeeMode::kSink: `coinbase`, and a holding.
// 7. it is `max_hops` transactions away from its seed: `max_hops`.
// Else it waits for the transaction that created it. Where that one's amounts are unknown or cannot
// be (as of a forward trace) what is claimed of its outputs ends in `unresolved`.
//
// Under FeeMode::kMiner a coinbase paid its outputs from its block's fees in order, then the
// subsidy: what falls on a fee goes on to the transaction that paid it, unless that is beyond
// `max_hops` (a fee counts as an output); what falls on the subsidy ends in `coinbase`. What a
// transaction draws from the coinbase of its own block is `unresolved`.
//
// For every label  seeded = exits + sinks  exactly.
#ifndef COINWAKE_TRACER_SOURCE_H_
#define COINWAKE_TRACER_SOURCE_H_

#include "indexer/base/cancellation.h"
#include "indexer/view/view.h"
#include "tracer/trace.h"

namespace coinwake {

// kInvalidArgument: what is asked for is of forward traces alone. A policy that divides otherwise
// than by place or value cannot be followed back, nor do labels compete, and of all outputs those
// passed by are not listed.
absl::Status CheckSourceTrace(const TraceRequest& request);

// Sends the lines of a trace as RunTrace does. Holdings are the coinbase outputs in which value
// ends, with the part that was minted; their sum is the sink `coinbase`. `unspent` is 0.
//
// kInvalidArgument: no seeds, unknown label; as CheckSourceTrace().
// kResourceExhausted, kDataLoss, kCancelled as RunTrace. Deterministic. Time: the inputs and
// outputs of the transactions reached, a look-up of each input's transaction, and under kMiner all
// of the blocks whose fees were reached. Memory: holdings as RunTrace, about 50 bytes an output
// that waits and under fifo 16 for each run of it.
absl::StatusOr<TraceStats> RunSourceTrace(const View& view, const TraceRequest& request,
                                          const TraceLimits& limits,
                                          const Cancellation* cancellation,
                                          TraceReceiver& receiver);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_SOURCE_H_
