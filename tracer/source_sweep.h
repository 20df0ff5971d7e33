// One backward pass of one label over the transactions that its seeds lead to, in descending chain
// order: every spender comes after what it spends, so all that is claimed of a transaction's
// outputs is known when it is visited. The rules are in tracer/source.h.
#ifndef COINWAKE_TRACER_SOURCE_SWEEP_H_
#define COINWAKE_TRACER_SOURCE_SWEEP_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/view/view.h"
#include "tracer/apportion.h"
#include "tracer/ledger.h"
#include "tracer/run_queue.h"
#include "tracer/trace.h"
#include "tracer/tx_frontier.h"
#include "tracer/work_meter.h"

namespace coinwake {

// A request resolved against a view.
struct SourceOptions {
  Policy policy = Policy::kFifo;  // or kHaircut
  FeeMode fees = FeeMode::kSink;
  Taint min_taint;  // 0: no threshold
  std::uint32_t max_hops = std::numeric_limits<std::uint32_t>::max();
  TxNum begin;  // outputs created before it end in `since`
  const AddressStops* stops = nullptr;
};

// Single use, not thread-safe. Borrows all it is given.
class SourceSweep {
 public:
  // What every sweep of a trace shares.
  struct Context {
    const View& view;
    const SourceOptions& options;
    TaintLedger& ledger;
    TxFrontier& frontier;  // by FromEnd(); empty before and after a sweep that ends well
    WorkMeter& meter;
    TraceStats& stats;
  };

  // `seeds` of the label ascend and are distinct.
  SourceSweep(const Context& context, std::uint32_t label, std::span<const OutputNum> seeds);
  SourceSweep(const SourceSweep&) = delete;
  SourceSweep& operator=(const SourceSweep&) = delete;

  // Visits everything the seeds come from. kCancelled, kResourceExhausted, kDataLoss.
  absl::Status Run();

 private:
  // What is claimed of an output, or of a fee, until its transaction is visited.
  struct Claim {
    std::uint64_t units = 0;  // haircut
    RunStore::Ref runs;       // fifo; count 0: all of it
    std::uint32_t hops = 0;   // from a seed
  };

  // The frontier takes out the smallest, a backward sweep the last transaction. Its own inverse.
  TxNum FromEnd(TxNum tx) const { return TxNum{view_.transactions_count() - 1 - tx.value}; }
  absl::Status Inconsistent(TxNum tx) const;

  // A transaction.

  absl::Status Plant(OutputNum seed);
  absl::Status OpenBlock(TxNum tx);
  absl::Status Visit(TxNum tx);
  bool ReadAmounts(TxNum tx);
  bool ReadOutputs(TxNum tx, std::uint64_t available_sat, std::uint64_t* left_sat);
  void TakeClaims(TxNum tx, bool queued);
  void TakeClaim(const Claim& claim, std::uint64_t value_sat, bool queued);
  bool Apportion(std::uint64_t total_sat);
  absl::Status DrawFromInputs(TxNum tx);

  // What is claimed of one output: `taint`, under fifo laid out in runs_.

  absl::Status Arrive(InputSource source, Taint taint, TxNum spender);
  absl::Status Settle(OutputNum output, Taint taint, std::uint32_t hops, TxNum before);
  bool EndAtStop(std::optional<AddressNum> address, Taint taint, std::uint32_t hops);
  void Sink(SinkKind kind, Taint taint);
  void EndMinted(OutputNum output, Taint taint);
  std::optional<Claim> ClaimOf(Taint taint, std::uint32_t hops);
  Taint TaintOfRuns() const;

  // The coinbase, under FeeMode::kMiner.

  absl::Status VisitCoinbase(TxNum coinbase, std::uint64_t height);
  bool ReadReward(std::uint64_t height);
  absl::Status DrawFromFees(TxNum coinbase);
  absl::Status ClaimFee(TxNum tx, Taint taint);
  void EndMintedByOrder(TxNum coinbase, std::uint64_t fees_sat);
  void EndMintedByShare(std::uint64_t units);

  const View& view_;
  const SourceOptions& options_;
  TaintLedger& ledger_;
  TxFrontier& frontier_;
  WorkMeter& meter_;
  TraceStats& stats_;
  const std::uint32_t label_;
  const std::span<const OutputNum> seeds_;
  const bool by_order_;  // fifo

  absl::flat_hash_map<std::uint64_t, Claim> claims_;      // by OutputNum
  absl::flat_hash_map<std::uint64_t, Claim> fee_claims_;  // by TxNum, of block_
  RunStore store_;
  // FeeMode::kMiner: the block of the last visited transaction.
  IdRange<TxNum> block_{TxNum{0}, TxNum{0}};
  IdRange<OutputNum> coinbase_outputs_{OutputNum{0}, OutputNum{0}};

  // Of the transaction at hand, kept for their memory.
  Taint claimed_;
  std::uint32_t hops_ = 0;              // of its inputs
  std::vector<std::uint64_t> outputs_;  // satoshi
  std::vector<std::uint64_t> inputs_;   // satoshi; of a coinbase its fees, then the subsidy
  std::uint64_t fee_sat_ = 0;
  RunQueue queue_;               // of what is claimed of its outputs and fee
  std::vector<QueuedRun> runs_;  // of the output at hand
  // haircut
  std::vector<std::pair<OutputNum, std::uint64_t>> claimed_outputs_;  // units
  std::vector<std::uint64_t> capacities_;                             // of each input, units
  std::vector<std::uint64_t> shares_;
  Apportioner apportioner_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_SOURCE_SWEEP_H_
