// The policies that keep order: the inputs' satoshi queue up, outputs take theirs from the front,
// the tail is the fee. Nothing is divided, so nothing is rounded. First in, first out is Clayton's
// case (Anderson, Shumailov, Ahmed 2018); the others differ in how the queue is arranged and in
// which output comes first (Tironsakkul et al. 2019, 2022). A coinbase that fees reach is a
// transaction like any other, of the block's fees and then the subsidy.
#ifndef COINWAKE_TRACER_ORDERED_H_
#define COINWAKE_TRACER_ORDERED_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tracer/run_queue.h"
#include "tracer/sweep.h"
#include "tracer/trace.h"

namespace coinwake {

// Which output takes first. Ties by vout.
enum class TakeOrder : std::uint8_t { kAsListed, kLargestFirst, kSmallestFirst };

struct SatoshiOrder {
  QueueOrder in = QueueOrder::kAsQueued;
  TakeOrder out = TakeOrder::kAsListed;
};
// REQUIRES: KeepsOrder(policy).
SatoshiOrder OrderOf(Policy policy);

class OrderedSweep : public TaintSweep {
 public:
  // The seeds' labels are in [first_label, first_label + labels_count).
  OrderedSweep(const Context& context, SatoshiOrder order, std::span<const RankedSeed> seeds,
               std::uint32_t first_label, std::uint32_t labels_count)
      : TaintSweep(context, seeds),
        order_(order),
        first_label_(first_label),
        labels_(labels_count) {}

 protected:
  void OnTransaction(TxNum tx, bool reached, Seeds seeds) override;
  void Prefetch(TxNum tx) const override;
  bool HasFeeTaint() const override { return !fees_.empty(); }
  void DegradeFees() override;
  void OnCoinbase(const BlockReward& reward, Seeds seeds) override;

 private:
  // Runs of an output on its way to its spender. Most carry one label throughout: no list then.
  struct Carried {
    RunStore::Ref runs;       // count 0: all of one label
    std::uint32_t label = 0;  // if so
    std::uint32_t hops = 0;
  };
  // Runs of a transaction's fee waiting for the coinbase: [begin, end) of fee_runs_.
  struct WaitingFee {
    TxNum tx;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  // Of the transaction at hand, a label.
  struct LabelState {
    std::uint64_t amount_sat = 0;
    std::uint32_t hops = kUnseen;
  };
  // Runs that an output took: [begin, end) of dealt_.
  struct Dealt {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  static constexpr std::uint32_t kUnseen = 0xffffffff;

  LabelState& StateOf(std::uint32_t label) { return labels_[label - first_label_]; }

  bool FillFromInputs(TxNum tx);
  bool PushRun(QueuedRun run);
  void ForgetQueue();
  void SinkRest(SinkKind kind);
  bool OutputsTakeClean() const;
  void DealBySize();
  void PlaceAll(TxNum tx, TxNum first_spender, bool reached, Seeds seeds);
  void Place(OutputNum output, std::uint64_t value_sat, TxNum first_spender, Seeds seeds);
  void SumParts();
  void Relabel(Seeds seeds);
  void Carry(OutputNum output);
  void PlaceFee(TxNum tx);
  bool BooksBalance() const;

  const SatoshiOrder order_;
  const std::uint32_t first_label_;
  std::vector<LabelState> labels_;
  absl::flat_hash_map<std::uint64_t, Carried> carried_;  // by OutputNum
  RunStore store_;

  // Of the transaction at hand, kept for their memory.
  RunQueue queue_;
  std::uint64_t queued_sat_ = 0;
  bool mixed_ = false;               // whether it is the last that is followed
  std::vector<std::uint32_t> seen_;  // labels in the queue
  std::vector<QueuedRun> runs_;      // of the output at hand
  std::vector<TaintPart> parts_;
  // Where outputs do not take as they are listed: whose turn it is, and what each took.
  std::vector<std::uint32_t> turns_;
  std::vector<Dealt> took_;
  std::vector<QueuedRun> dealt_;

  // FeeMode::kMiner, of the current block.
  std::vector<WaitingFee> fees_;
  std::vector<QueuedRun> fee_runs_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ORDERED_H_
