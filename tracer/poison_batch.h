// Poison of many labels in one pass, each as if it were alone.
//
// What poison does to one label does not depend on another, and all there is to know of a label at
// a transaction is whether it got there: a bit. So up to 64 labels travel together as the bits of a
// word, a thousand sellers whose money has met take no more passes than sixteen, and each line is
// what a pass of its own label gives.
#ifndef COINWAKE_TRACER_POISON_BATCH_H_
#define COINWAKE_TRACER_POISON_BATCH_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tracer/sweep.h"

namespace coinwake {

class PoisonBatch : public TaintSweep {
 public:
  static constexpr std::size_t kMostLabels = 64;

  // Whether a batch can do what is asked for. Else each label has a pass of its own.
  static bool CanRun(const SweepOptions& options) {
    return options.fees == FeeMode::kSink && !options.competing && !options.all_outputs &&
           options.min_taint.is_zero() && options.max_hops == kNoMaxHops;
  }

  // `labels`: ranks, at most kMostLabels. `seeds` by (output, label); a label of theirs is an index
  // into `labels`. REQUIRES: CanRun().
  PoisonBatch(const Context& context, std::span<const RankedSeed> seeds,
              std::vector<std::uint32_t> labels)
      : TaintSweep(context, seeds), labels_(std::move(labels)) {}

  // Call after Run().
  void Finish() { SinkFees(); }

 protected:
  std::uint64_t TracesAt(TxNum tx) const override;
  void OnTransaction(TxNum tx, bool reached, Seeds seeds) override;
  void Prefetch(TxNum tx) const override;
  bool CountsHops() const override { return false; }
  bool HasFeeTaint() const override { return false; }
  void DegradeFees() override {}
  void OnCoinbase(const BlockReward& /*reward*/, Seeds /*seeds*/) override {}

 private:
  using Mask = std::uint64_t;  // a bit for each of labels_

  template <typename Function>
  void ForEach(Mask mask, const Function& function) const;
  void Sink(Mask mask, SinkKind kind, Taint taint);
  void Place(TxNum tx, OutputNum output, Mask arriving, Seeds seeds);
  void Settle(TxNum tx, OutputNum output, Mask holders, Taint taint);
  void AddFee(Mask mask, std::uint64_t fee_sat);
  void SinkFees();

  static constexpr std::size_t kMostMasks = 4096;  // kept apart until their fees are added up

  const std::vector<std::uint32_t> labels_;
  absl::flat_hash_map<std::uint64_t, Mask> reached_by_;  // by TxNum, of what is in the frontier
  // Fees by who paid them: neighbours are mostly reached by the same labels.
  absl::flat_hash_map<Mask, Uint128> fees_sat_;
  Mask last_mask_ = 0;
  Uint128 last_fees_sat_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_POISON_BATCH_H_
