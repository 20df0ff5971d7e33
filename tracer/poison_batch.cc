#include "tracer/poison_batch.h"

#include <bit>

#include "indexer/base/check.h"

namespace coinwake {

std::uint64_t PoisonBatch::TracesAt(TxNum tx) const {
  const auto entry = reached_by_.find(tx.value);
  COINWAKE_CHECK(entry != reached_by_.end());  // Settle() fills map and frontier together
  return static_cast<std::uint64_t>(std::popcount(entry->second));
}

void PoisonBatch::OnTransaction(TxNum tx, bool reached, Seeds seeds) {
  if (!reached) {
    while (!seeds.empty()) {
      const OutputNum output = seeds.front().output;
      Place(tx, output, 0, TakeSeeds(output, &seeds));
    }
    return;
  }
  const auto entry = reached_by_.find(tx.value);
  const Mask mask = entry->second;
  reached_by_.erase(entry);
  const IdRange<OutputNum> outputs = view().Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    Place(tx, output, mask, TakeSeeds(output, &seeds));
  }
  const std::optional<std::uint64_t> inputs = InputSum(tx);
  const std::optional<std::uint64_t> fee =
      inputs.has_value() ? ReadOutputs(tx, *inputs) : std::nullopt;
  if (fee.has_value()) AddFee(mask, *fee);  // an unknown fee has no amount to report
}

void PoisonBatch::Prefetch(TxNum tx) const {
  reached_by_.prefetch(tx.value);
  PrefetchInputs(tx);
  const IdRange<OutputNum> outputs = OutputsToPrefetch(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const std::optional<TxNum> spender = view().Spender(output);
    if (spender.has_value()) reached_by_.prefetch(spender->value);
  }
}

template <typename Function>
void PoisonBatch::ForEach(Mask mask, const Function& function) const {
  for (; mask != 0; mask &= mask - 1) {
    function(labels_[static_cast<std::size_t>(std::countr_zero(mask))]);
  }
}

void PoisonBatch::Sink(Mask mask, SinkKind kind, Taint taint) {
  ForEach(mask, [&](std::uint32_t label) { ledger().AddSink(label, kind, taint); });
}

// Stops, then seeds: each label as if the others' seeds were none.
void PoisonBatch::Place(TxNum tx, OutputNum output, Mask arriving, Seeds seeds) {
  if (arriving == 0 && seeds.empty()) return;
  const std::uint64_t value = view().Value(output);
  if (value == 0) return;
  const Taint taint = Taint::FromSatoshi(value);
  Mask seeded = 0;
  for (const RankedSeed& seed : seeds) seeded |= Mask{1} << seed.label;
  if (options().stops != nullptr && (arriving & ~seeded) != 0) {
    if (const std::optional<Stop> stop = StopOf(output); stop.has_value()) {
      ForEach(arriving & ~seeded, [&](std::uint32_t label) {
        CountTainted();
        ledger().AddStopped(label, *stop, taint, std::nullopt);
      });
      arriving &= seeded;
    }
  }
  Sink(arriving & seeded, SinkKind::kReturnedToSeed, taint);
  ForEach(seeded, [&](std::uint32_t label) { ledger().AddSeeded(label, taint); });
  if ((arriving | seeded) != 0) Settle(tx, output, arriving | seeded, taint);
}

void PoisonBatch::Settle(TxNum tx, OutputNum output, Mask holders, Taint taint) {
  CountTainted(static_cast<std::uint64_t>(std::popcount(holders)));
  const std::optional<TxNum> spender = SpenderWithin(output);
  if (spender.has_value()) {
    if (*spender > tx) {
      frontier().Insert(*spender);
      reached_by_[spender->value] |= holders;
    } else {
      Sink(holders, SinkKind::kDegraded, taint);
    }
    return;
  }
  if (!view().Spender(output).has_value() && view().IsUnspendable(output, options().end)) {
    Sink(holders, SinkKind::kBurnt, taint);
    return;
  }
  ForEach(holders,
          [&](std::uint32_t label) { ledger().AddHolding(output, label, taint, false, {}); });
}

void PoisonBatch::AddFee(Mask mask, std::uint64_t fee_sat) {
  if (mask != last_mask_) {
    fees_sat_[last_mask_] += last_fees_sat_;
    if (fees_sat_.size() > kMostMasks) SinkFees();
    last_mask_ = mask;
    last_fees_sat_ = 0;
  }
  last_fees_sat_ += fee_sat;
}

void PoisonBatch::SinkFees() {
  fees_sat_[last_mask_] += std::exchange(last_fees_sat_, 0);
  for (const auto& [mask, fees_sat] : fees_sat_) {
    Sink(mask, SinkKind::kFee, Taint::FromUnits(fees_sat << Taint::kFractionBits));
  }
  fees_sat_.clear();
}

}  // namespace coinwake
