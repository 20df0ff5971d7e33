#include "tracer/poison.h"

#include <algorithm>

namespace coinwake {

void PoisonSweep::OnTransaction(TxNum tx, bool reached, Seeds seeds) {
  const std::uint32_t hops = reached ? TakeHops(tx) + 1 : 0;
  PlaceAll(tx, tx + 1, reached, hops, seeds);
  if (reached) PoisonFee(tx, hops);
}

std::uint32_t PoisonSweep::TakeHops(TxNum tx) {
  const auto entry = hops_.find(tx.value);
  if (entry == hops_.end()) return 0;
  const std::uint32_t hops = entry->second;
  hops_.erase(entry);
  return hops;
}

void PoisonSweep::PlaceAll(TxNum tx, TxNum first_spender, bool poisoned, std::uint32_t hops,
                           Seeds seeds) {
  if (!poisoned) {
    while (!seeds.empty()) Place(seeds.front().output, first_spender, false, hops, &seeds);
    return;
  }
  const IdRange<OutputNum> outputs = view().Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    if (seeds.empty() && passes_freely_ && PassOn(output, first_spender)) continue;
    Place(output, first_spender, true, hops, &seeds);
  }
}

// The common case in a few instructions: an output that is spent, with nothing to ask or to report.
bool PoisonSweep::PassOn(OutputNum output, TxNum first_spender) {
  const std::optional<TxNum> spender = SpenderWithin(output);
  if (!spender.has_value() || *spender < first_spender) return false;
  if (view().Value(output) == 0) return true;
  if (MayStop({}) && StopOf(output).has_value()) return false;
  CountTainted();
  frontier().Insert(*spender);
  return true;
}

void PoisonSweep::Place(OutputNum output, TxNum first_spender, bool poisoned, std::uint32_t hops,
                        Seeds* seeds) {
  const Seeds here = TakeSeeds(output, seeds);
  const std::uint64_t value = view().Value(output);
  if (value == 0) return;
  if (!poisoned && effective_ != nullptr) effective_->push_back(output);
  parts_.clear();
  if (poisoned) parts_.push_back({label_, hops, Taint::FromSatoshi(value)});
  if (MayStop(here) && EndAtStop(output, parts_)) return;
  if (NeedsAdmission(here)) Admit(value, here, &parts_);
  const std::optional<TxNum> spender = Dispatch(output, first_spender, {}, &parts_);
  if (!spender.has_value()) return;
  frontier().Insert(*spender);
  if (!LimitsHops()) return;
  const auto [entry, is_new] = hops_.try_emplace(spender->value, parts_.front().hops);
  if (!is_new) entry->second = std::min(entry->second, parts_.front().hops);
}

void PoisonSweep::PoisonFee(TxNum tx, std::uint32_t hops) {
  const std::optional<std::uint64_t> inputs = InputSum(tx);
  const std::optional<std::uint64_t> fee =
      inputs.has_value() ? ReadOutputs(tx, *inputs) : std::nullopt;
  if (!fee.has_value() || *fee == 0) return;  // an unknown fee has no amount to report
  const Taint taint = Taint::FromSatoshi(*fee);
  if (options().fees == FeeMode::kSink) {
    ledger().AddSink(label_, SinkKind::kFee, taint);
  } else if (AtMaxHops(hops)) {
    ledger().AddSink(label_, SinkKind::kMaxHops, taint);
  } else {
    fee_hops_ = fees_sat_ == 0 ? hops : std::min(fee_hops_, hops);
    fees_sat_ += *fee;
  }
}

void PoisonSweep::DegradeFees() {
  ledger().AddSink(label_, SinkKind::kDegraded, Taint::FromSatoshi(fees_sat_));
  fees_sat_ = 0;
}

void PoisonSweep::OnCoinbase(const BlockReward& reward, Seeds seeds) {
  const std::optional<std::uint64_t> unclaimed =
      HasFeeTaint() ? ReadOutputs(reward.coinbase, reward.total_sat) : 0;
  if (!unclaimed.has_value()) DegradeFees();
  const bool poisoned = HasFeeTaint();
  fees_sat_ = 0;
  PlaceAll(reward.coinbase, reward.block_end, poisoned, fee_hops_ + 1, seeds);
  if (poisoned && *unclaimed != 0) {
    ledger().AddSink(label_, SinkKind::kBurnt, Taint::FromSatoshi(*unclaimed));
  }
}

}  // namespace coinwake
