// Poison: one tainted input taints every output, and the fee, wholly (Moeser, Boehme, Breuker
// 2014).
#ifndef COINWAKE_TRACER_POISON_H_
#define COINWAKE_TRACER_POISON_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tracer/sweep.h"

namespace coinwake {

// Spreads one label. A transaction in the frontier is a poisoned one: there is no other state,
// unless hops are limited.
class PoisonSweep : public TaintSweep {
 public:
  // All seeds carry `label`. When `effective` is not null, seeds of outputs that were still clean
  // on arrival are added to it, in order: those that count when labels compete.
  PoisonSweep(const Context& context, std::span<const RankedSeed> seeds, std::uint32_t label,
              std::vector<OutputNum>* effective)
      : TaintSweep(context, seeds),
        label_(label),
        effective_(effective),
        passes_freely_(options().min_taint.is_zero() && !options().all_outputs && !LimitsHops()) {}

 protected:
  void OnTransaction(TxNum tx, bool reached, Seeds seeds) override;
  std::uint64_t OnRun(TxNum begin, TxNum end) override;
  void Prefetch(TxNum tx) const override { PrefetchInputs(tx); }
  bool CountsHops() const override { return LimitsHops(); }
  bool HasFeeTaint() const override { return fees_sat_ != 0; }
  void DegradeFees() override;
  void OnCoinbase(const BlockReward& reward, Seeds seeds) override;

 private:
  // The outputs of a run, and their rows.
  struct RunRows {
    IdRange<OutputNum> outputs;
    const std::uint8_t* spenders = nullptr;
    const std::uint8_t* values = nullptr;
  };
  // A poisoned transaction of a run, until its fee is known.
  struct Poisoned {
    IdRange<InputNum> inputs;
    std::uint64_t paid_sat = 0;  // by its outputs; kTooMuch where that cannot be
  };
  static constexpr std::uint64_t kTooMuch = ~std::uint64_t{0};

  void FetchInputs(TxNum begin, TxNum end) const;
  std::uint64_t PassOnAll(TxNum tx, IdRange<OutputNum> outputs, const RunRows& rows);
  void SinkFees();
  void Rest();
  std::uint32_t TakeHops(TxNum tx);
  bool PassOn(OutputNum output, TxNum first_spender);
  void Place(OutputNum output, TxNum first_spender, bool poisoned, std::uint32_t hops,
             Seeds* seeds);
  void PlaceAll(TxNum tx, TxNum first_spender, bool poisoned, std::uint32_t hops, Seeds seeds);
  void PoisonFee(TxNum tx, std::uint32_t hops);

  const std::uint32_t label_;
  std::vector<OutputNum>* effective_;
  const bool passes_freely_;  // no option asks anything of an output that is spent
  std::vector<TaintPart> parts_;

  // Of the run at hand, kept for their memory.
  std::vector<Poisoned> poisoned_;
  std::vector<OutputNum> resting_;  // poisoned and unspent

  absl::flat_hash_map<std::uint64_t, std::uint32_t> hops_;  // TxNum -> fewest hops of its inputs

  // FeeMode::kMiner, of the current block.
  std::uint64_t fees_sat_ = 0;
  std::uint32_t fee_hops_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_POISON_H_
