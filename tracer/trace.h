// Follows tainted value forward from seeds under one policy, exactly.
//
// Rules: each label is traced as if it were alone unless `competing`; a seed output is a full
// source of its label and taint of the same label that arrives there ends in the sink
// returned_to_seed; for every label  seeded = unspent + exits + sinks  (poison apart). Only
// transactions that taint reaches are read. At an output to an address that stops (and that is no
// seed in this pass) all taint that arrives ends in the stop's sink, whatever `min_taint` says;
// what leaves the address again is clean. Policies and vectors: Moeser, Boehme, Breuker 2014
// (poison, haircut); Anderson, Shumailov, Ahmed 2018 (FIFO); Abramova, Schoettle, Boehme 2017
// (TIFO, as seniority); Tironsakkul et al. 2019 and 2022 (LIFO, TIHO and the family of orders they
// are of); exact apportioning by largest remainder in units of 2^-12 satoshi.
#ifndef COINWAKE_TRACER_TRACE_H_
#define COINWAKE_TRACER_TRACE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/view/view.h"
#include "tracer/taint.h"

namespace coinwake {

// How a transaction's taint is laid over its outputs. The ordered ones (KeepsOrder) queue up the
// inputs' satoshi and let the outputs take theirs from the front, the fee what is left; where they
// say no other, in the order of the transaction. Tainted is what carries a label that takes part in
// the pass: when labels compete any of them, else the one that is traced.
enum class Policy : std::uint8_t {
  kPoison,   // every output and the fee wholly
  kHaircut,  // all in the same proportion
  kFifo,     // first in, first out
  kLifo,     // last in, first out: the queue back to front
  kTiho,     // tainted satoshi first, the largest outputs first (ties: the lower vout)
  kTifo,     // tainted satoshi first; also called seniority
  kCifo,     // clean satoshi first
  kTiso,     // tainted satoshi first, the smallest outputs first (ties: the lower vout)
};
// Whether it says which of an output's satoshi carry a label, so that holdings have runs.
constexpr bool KeepsOrder(Policy policy) {
  return policy != Policy::kPoison && policy != Policy::kHaircut;
}
enum class FeeMode : std::uint8_t {
  kSink,   // taint in a fee ends in the sink `fee`
  kMiner,  // it goes on to the block's coinbase, fees first; unclaimed remainder to `burnt`
};

enum class SinkKind : std::uint8_t {
  kReturnedToSeed,
  kFee,
  kBurnt,
  kMinTaint,
  kMaxHops,
  kUntil,
  kService,
  kMixer,
  kBridge,
  kDegraded,
  kMixed,
  // Of traces that follow value back to where it came from (tracer/source.h).
  kCoinbase,    // newly minted
  kUnresolved,  // from before a window, or through amounts that are unknown or cannot be
  kSince,       // from before the height at which the trace ends
};
inline constexpr std::size_t kSinkKindsCount = 14;
std::string_view SinkKindName(SinkKind kind);  // "returned_to_seed", ...
// Whether it is where a stop ends taint: service, mixer or bridge.
constexpr bool IsExit(SinkKind kind) {
  return kind == SinkKind::kService || kind == SinkKind::kMixer || kind == SinkKind::kBridge;
}

// Where taint is not followed further: what is paid to a service.
struct Stop {
  SinkKind kind = SinkKind::kService;  // an exit
  std::uint32_t entity = 0;            // the caller's, numbered in byte order of their names
  friend bool operator==(const Stop&, const Stop&) = default;
};
class AddressStops {
 public:
  virtual ~AddressStops() = default;
  // The same answer for an address throughout a trace. Asked for every output that taint reaches.
  virtual std::optional<Stop> StopAt(AddressNum address) const = 0;
};

// One source of taint. A label may have many; an address seed is expanded by the caller
// (SeedsOfAddress) into the outputs it received.
struct Seed {
  OutputNum output;
  std::uint32_t label = 0;  // index into TraceRequest::labels
};

struct TraceRequest {
  std::vector<std::string> labels;  // unique
  std::vector<Seed> seeds;
  Policy policy = Policy::kFifo;
  FeeMode fees = FeeMode::kSink;
  bool competing = false;    // labels exclude each other: units already labelled keep their label
  bool all_outputs = false;  // --outputs all: report spent holdings as well
  std::optional<Taint> min_taint;             // a part below this ends in the sink min_taint
  std::optional<std::uint32_t> max_hops;      // transactions between a seed and a holding
  std::optional<std::uint64_t> since_height;  // seeds created below are not used
  std::optional<std::uint64_t> until_height;  // outputs unspent at this height are holdings
  const AddressStops* stops = nullptr;        // borrowed; null: nothing stops
  // The stop rule of Dirty-First (Tironsakkul et al. 2022, there with kFifo): a transaction of
  // which any output takes clean satoshi is the last that is followed. What its outputs hold is
  // kept while unspent; spent, or in its fee under FeeMode::kMiner, it ends in the sink `mixed`. A
  // label that the output itself seeds goes on. REQUIRES: KeepsOrder(policy).
  bool stop_mixed = false;
};

struct Holding {
  std::uint32_t label = 0;
  OutputNum output;
  Taint taint;            // of this label
  std::vector<Run> runs;  // the whole output in order; empty unless KeepsOrder(policy)
  std::optional<TxNum> spent_by;
};
struct Sink {
  std::uint32_t label = 0;
  SinkKind kind = SinkKind::kFee;
  std::optional<std::uint32_t> entity;  // of a stop
  Taint taint;
  // Of a stop: the fewest transactions between it and a seed. nullopt: not counted (poison
  // without max_hops).
  std::optional<std::uint32_t> hops = std::nullopt;
};
struct Summary {
  std::uint32_t label = 0;
  Taint seeded, unspent, exits, sinks;
  std::uint64_t holdings = 0;  // all there are
  // Of them, those that TraceLimits::max_holdings kept from being sent, and their taint.
  std::uint64_t cut_holdings = 0;
  Taint cut_taint;
};

// Receives a whole trace, once it is known to be complete: holdings by (height, transaction, vout,
// label), then sinks by (label, kind, entity), then one summary a label, labels in byte order.
// Returning an error stops the trace.
class TraceReceiver {
 public:
  virtual ~TraceReceiver() = default;
  virtual absl::Status OnHolding(const Holding& holding) = 0;
  virtual absl::Status OnSink(const Sink& sink) = 0;
  virtual absl::Status OnSummary(const Summary& summary) = 0;
};

struct TraceLimits {
  // 0: none. Counted over all labels that are traced alone; under FeeMode::kMiner the transactions
  // read for their fees count too. Passed: kResourceExhausted, nothing half-true is sent.
  std::uint64_t max_transactions = 0;
  // 0: none. Of each label at most so many holdings are kept and sent: those with the most taint,
  // of equals the earliest outputs. No sum changes, nor any line of another label. So a trace that
  // reaches very much fits into memory: about 32 bytes a holding kept, more where one has runs.
  std::uint64_t max_holdings = 0;
  // 0: none. What the holdings kept of all labels take in memory. Passed: kResourceExhausted.
  std::uint64_t max_holdings_bytes = 0;
};
// What a trace did, for tests ("only transactions reached by taint are touched") and progress.
struct TraceStats {
  std::uint64_t transactions_read = 0;
  std::uint64_t outputs_tainted = 0;
};

// kInvalidArgument: no seeds, unknown label, stop_mixed where no order is kept. kDataLoss: the
// index is damaged. kCancelled. `cancellation` may be null. Deterministic: same view and request,
// same calls.
absl::StatusOr<TraceStats> RunTrace(const View& view, const TraceRequest& request,
                                    const TraceLimits& limits, const Cancellation* cancellation,
                                    TraceReceiver& receiver);

// Every output `address` received, oldest first.
absl::StatusOr<std::vector<OutputNum>> SeedsOfAddress(const View& view, AddressNum address);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_TRACE_H_
