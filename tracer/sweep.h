// One forward pass over the transactions that taint reaches, in chain order.
//
// TaintSweep drives the pass and knows the rules every policy shares: what happens to taint at an
// output (seed, threshold, spent, at rest), the end of a block under FeeMode::kMiner. A policy is a
// subclass that says how a transaction's incoming taint is laid over its outputs and fee.
//
// Rules stated here because no source has them:
// - Hops: a label's at an output are the fewest transactions from a seed of it, along outputs the
// label holds. Taint at an output of max_hops that is spent within the snapshot ends in `max_hops`.
// A fee counts as an output, so fee, coinbase is two hops.
//
// - Mixed: what a transaction lays on its outputs decides whether it is mixed, before seeds, stops
// and the threshold change that. The rule comes after these and before the hops.
//
// - Stops come after seeds and before the threshold and the hops: what arrives at an address that
// stops has left, however small and however far it came.
//
// - Unknown amounts: a transaction whose amounts are unknown (an unresolved input) or cannot be
// (outputs over inputs, more coins than exist) cannot be apportioned: taint arriving there ends in
// `degraded`. So does tainted fee in a block where any fee is unknown, and a coinbase spent in its
// own block.
#ifndef COINWAKE_TRACER_SWEEP_H_
#define COINWAKE_TRACER_SWEEP_H_

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "indexer/view/view.h"
#include "tracer/ledger.h"
#include "tracer/trace.h"
#include "tracer/tx_frontier.h"
#include "tracer/work_meter.h"

namespace coinwake {

// A seed whose label is a rank.
struct RankedSeed {
  OutputNum output;
  std::uint32_t label = 0;
};

inline constexpr std::uint32_t kNoMaxHops = std::numeric_limits<std::uint32_t>::max();

// A request resolved against a view.
struct SweepOptions {
  FeeMode fees = FeeMode::kSink;
  bool competing = false;
  bool all_outputs = false;
  bool stop_mixed = false;
  Taint min_taint;  // 0: no threshold
  std::uint32_t max_hops = kNoMaxHops;
  TxNum end;  // transactions at and after it do not happen
  const AddressStops* stops = nullptr;
  // When labels compete, with stops: seeds of all labels, ascending. They stop no label's taint,
  // also where one pass has the seeds of one label only.
  std::vector<OutputNum> seeded;
};

// Taint of one label at one output.
struct TaintPart {
  std::uint32_t label = 0;
  std::uint32_t hops = 0;
  Taint taint;
};

// Single use, not thread-safe. Borrows all it is given.
class TaintSweep {
 public:
  // What every sweep of a trace shares.
  struct Context {
    const View& view;
    const SweepOptions& options;
    TaintLedger& ledger;
    TxFrontier& frontier;  // empty before and after a sweep that ends well
    WorkMeter& meter;
    TraceStats& stats;
  };

  // `seeds` are sorted by (output, label), distinct and of transactions before the end; all of one
  // label unless competing or the policy says it takes more.
  TaintSweep(const Context& context, std::span<const RankedSeed> seeds)
      : context_(context), seeds_(seeds) {}
  virtual ~TaintSweep() = default;
  TaintSweep(const TaintSweep&) = delete;
  TaintSweep& operator=(const TaintSweep&) = delete;

  // Visits everything the seeds reach. kCancelled, kResourceExhausted, kDataLoss.
  absl::Status Run();

 protected:
  using Seeds = std::span<const RankedSeed>;

  // What a block gives its coinbase: the fees of its transactions in order, then the subsidy.
  struct BlockReward {
    TxNum coinbase;
    TxNum block_end;                      // spends before it are of the same block
    std::span<const std::uint64_t> fees;  // satoshi, of transaction coinbase + 1 + i
    std::uint64_t subsidy_sat = 0;
    std::uint64_t total_sat = 0;
  };

  // How many labels' traces visit `tx`, which was reached: so often it counts as read.
  virtual std::uint64_t TracesAt(TxNum /*tx*/) const { return 1; }
  // Lays the taint that reached `tx` (none unless `reached`) over its outputs, then its seeds.
  virtual void OnTransaction(TxNum tx, bool reached, Seeds seeds) = 0;
  // Visits, and takes out of the frontier, all that is or comes into it of [begin, end), which
  // share a word and have no seeds; how many those were. 0: nothing was done, they are visited one
  // by one. Asked where that may pay: under FeeMode::kSink, where taint has reached much of a word.
  // REQUIRES: the frontier's first is `begin`.
  virtual std::uint64_t OnRun(TxNum /*begin*/, TxNum /*end*/) { return 0; }
  // `tx` will be visited soon unless something comes between: fetch what that will read.
  virtual void Prefetch(TxNum tx) const = 0;
  // Whether the hops of parts are the label's.
  virtual bool CountsHops() const { return true; }
  // Under FeeMode::kMiner: whether taint of the current block's fees waits for its coinbase.
  virtual bool HasFeeTaint() const = 0;
  // Sends that taint to the sink `degraded`.
  virtual void DegradeFees() = 0;
  // Lays it over the coinbase's outputs (none unless HasFeeTaint()), then the coinbase's seeds.
  virtual void OnCoinbase(const BlockReward& reward, Seeds seeds) = 0;

  // What policies use.

  const View& view() const { return context_.view; }
  const SweepOptions& options() const { return context_.options; }
  TaintLedger& ledger() { return context_.ledger; }
  const TaintLedger& books() const { return context_.ledger; }
  TxFrontier& frontier() { return context_.frontier; }
  const TxFrontier& frontier() const { return context_.frontier; }

  // Seeds of `output` at the front of `*seeds`, taken off; outputs are asked for in order.
  static Seeds TakeSeeds(OutputNum output, Seeds* seeds);
  // Inputs and outputs of one transaction worth fetching early; more would push out others.
  static constexpr std::uint64_t kMostPrefetched = 8;
  // The part of Prefetch() every policy needs: the values its inputs spend.
  void PrefetchInputs(TxNum tx) const;
  // The first few outputs of `tx`: what Prefetch() may look at.
  IdRange<OutputNum> OutputsToPrefetch(TxNum tx) const;
  // Turns what arrived at an output into what it holds: returned to seed, seeds, threshold.
  // `*parts` is ordered by label before and after. REQUIRES: the parts fit `value_sat`, which is
  // not 0.
  void Admit(std::uint64_t value_sat, Seeds seeds, std::vector<TaintPart>* parts);
  // False when Admit() would change nothing.
  bool NeedsAdmission(Seeds seeds) const {
    return !seeds.empty() || !options().min_taint.is_zero();
  }
  // Whether EndAtStop() has to be asked.
  bool MayStop(Seeds seeds) const { return options().stops != nullptr && seeds.empty(); }
  // Ends the parts where the output's address stops; false: it does not, nothing is changed.
  // REQUIRES: MayStop() of its seeds.
  bool EndAtStop(OutputNum output, std::span<const TaintPart> parts);
  // REQUIRES: as above.
  std::optional<Stop> StopOf(OutputNum output) const;
  // Reports the parts where they rest, sinks what cannot go on, and leaves in `*parts` what goes on
  // to the spender it returns (counted as in flight). nullopt: nothing goes on. Spenders before
  // `first_spender` cannot be visited any more. `mixed`: only a label seeded here goes on.
  std::optional<TxNum> Dispatch(OutputNum output, TxNum first_spender,
                                std::span<const QueuedRun> runs, std::vector<TaintPart>* parts,
                                bool mixed = false);
  // The transaction that spends `output` before the end of the trace.
  std::optional<TxNum> SpenderWithin(OutputNum output) const {
    const std::optional<TxNum> spender = view().Spender(output);
    return spender.has_value() && *spender < options().end ? spender : std::nullopt;
  }
  bool LimitsHops() const { return options().max_hops != kNoMaxHops; }
  void CountTainted(std::uint64_t outputs = 1) { context_.stats.outputs_tainted += outputs; }
  // True when nothing after a fee of so many hops may be visited; such taint ends in max_hops.
  bool AtMaxHops(std::uint32_t hops) const { return hops >= options().max_hops; }

  // Value of what an input spends; nullopt where it is unknown.
  std::optional<std::uint64_t> SourceValue(InputSource source) const {
    // The common case without a call.
    if (!source.is_foreign()) return view().Value(source.output());
    return view().SourceValue(source);
  }
  // Sum of the inputs in satoshi; nullopt when one is unknown or the sum cannot be (2^63 and more).
  std::optional<std::uint64_t> InputSum(TxNum tx) const { return SumOf(view().Inputs(tx)); }
  std::optional<std::uint64_t> SumOf(IdRange<InputNum> inputs) const;
  // Reads output values into values(). nullopt when their sum exceeds `available_sat`, else what
  // is left of it.
  std::optional<std::uint64_t> ReadOutputs(TxNum tx, std::uint64_t available_sat);
  std::span<const std::uint64_t> values() const { return values_; }

 private:
  Seeds TakeSeedsOf(TxNum tx);
  std::uint64_t VisitRun(TxNum begin);
  void LookAhead(TxNum tx);
  absl::Status Visit(TxNum tx, bool reached, Seeds seeds);
  bool BlockIsOpen() const { return !coinbase_seeds_.empty() || HasFeeTaint(); }
  absl::Status FinishBlock();
  bool ReadFees(BlockReward* reward);

  Context context_;
  Seeds seeds_;                       // not yet visited
  std::optional<TxNum> next_seeded_;  // of the first of them, once it was looked up
  std::vector<std::uint64_t> values_;

  // Transactions prefetched and not yet visited, a ring in ascending order. A dense trace waits for
  // memory more than it computes.
  static constexpr std::size_t kAhead = 8;
  std::array<TxNum, kAhead> ahead_;
  std::size_t ahead_begin_ = 0;
  std::size_t ahead_count_ = 0;
  TxNum ahead_end_;  // looked through up to here

  // FeeMode::kMiner: the block of the last visited transaction.
  std::uint64_t block_height_ = 0;
  IdRange<TxNum> block_{TxNum{0}, TxNum{0}};
  Seeds coinbase_seeds_;
  std::uint64_t block_read_ = 0;  // its transactions already counted
  std::vector<std::uint64_t> fees_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_SWEEP_H_
