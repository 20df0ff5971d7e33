#include "tracer/poison.h"

#include <algorithm>
#include <bit>

namespace coinwake {

void PoisonSweep::OnTransaction(TxNum tx, bool reached, Seeds seeds) {
  const std::uint32_t hops = reached ? TakeHops(tx) + 1 : 0;
  PlaceAll(tx, tx + 1, reached, hops, seeds);
  if (reached) PoisonFee(tx, hops);
}

// A run does what OnTransaction() does to each, but in passes over rows of columns, so that memory
// is waited for once and not at every output: where nearly all is poisoned that is all the work.

std::uint64_t PoisonSweep::OnRun(TxNum begin, TxNum end) {
  if (!passes_freely_ || effective_ != nullptr) return 0;
  RunRows rows;
  rows.outputs = {view().Outputs(begin).begin, view().Outputs(TxNum{end.value - 1}).end};
  if (rows.outputs.begin > rows.outputs.end) return 0;  // the index is damaged
  const auto column = [&](ColumnId id) {
    return view().Column(id).Rows(rows.outputs.begin.value, rows.outputs.end.value).data();
  };
  rows.spenders = column(ColumnId::kOutputSpender);
  rows.values = column(ColumnId::kOutputValue);
  FetchInputs(begin, end);
  poisoned_.clear();
  resting_.clear();
  std::uint64_t visited = 0;
  frontier().Pop();
  for (std::optional<TxNum> tx = begin; tx.has_value(); tx = frontier().PopInWord(end)) {
    ++visited;
    const IdRange<OutputNum> outputs = view().Outputs(*tx);
    if (outputs.begin < rows.outputs.begin || outputs.end > rows.outputs.end) [[unlikely]] {
      OnTransaction(*tx, true, {});  // the index is damaged
      continue;
    }
    poisoned_.push_back({view().Inputs(*tx), PassOnAll(*tx, outputs, rows)});
  }
  SinkFees();
  Rest();
  return visited;
}

// Has the values fetched that SinkFees() is going to add up.
void PoisonSweep::FetchInputs(TxNum begin, TxNum end) const {
  const ColumnReader& values = view().Column(ColumnId::kOutputValue);
  const std::uint64_t first = begin.value - begin.value % TxFrontier::kWordBits;
  for (std::uint64_t word = frontier().WordAround(begin); word != 0; word &= word - 1) {
    const TxNum tx{first + static_cast<std::uint64_t>(std::countr_zero(word))};
    if (tx >= end) return;
    const IdRange<InputNum> inputs = view().Inputs(tx);
    for (InputNum input = inputs.begin; input < inputs.end; ++input) {
      const InputSource source = view().Source(input);
      if (source.is_foreign()) continue;
      const std::uint64_t row = source.output().value;
      __builtin_prefetch(values.Rows(row, row + 1).data());
    }
  }
}

// Poisons the outputs of one transaction; what they are worth together, kTooMuch beyond 64 bits.
std::uint64_t PoisonSweep::PassOnAll(TxNum tx, IdRange<OutputNum> outputs, const RunRows& rows) {
  const bool may_stop = MayStop({});
  const std::uint64_t transactions = view().transactions_count();
  const std::uint64_t end = options().end.value;
  std::uint64_t paid = 0;
  std::uint64_t passed_on = 0;
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const std::uint64_t row = output - rows.outputs.begin;
    const auto spender = LoadLe<std::uint32_t>(rows.spenders + row * sizeof(std::uint32_t));
    const auto value = LoadLe<std::uint64_t>(rows.values + row * sizeof(std::uint64_t));
    paid = value > kTooMuch - paid ? kTooMuch : paid + value;
    if (value == 0) continue;
    const bool stops = may_stop && StopOf(output).has_value();
    if (!stops && spender > tx.value && spender < end) [[likely]] {
      ++passed_on;
      frontier().Insert(TxNum{spender});
    } else if (!stops && spender >= transactions) {
      resting_.push_back(output);
    } else {
      Seeds none;
      Place(output, tx + 1, true, 0, &none);
    }
  }
  CountTainted(passed_on);
  return paid;
}

void PoisonSweep::SinkFees() {
  Uint128 fees = 0;
  for (const Poisoned& poisoned : poisoned_) {
    const std::optional<std::uint64_t> inputs = SumOf(poisoned.inputs);
    // An unknown fee has no amount to report.
    if (inputs.has_value() && *inputs >= poisoned.paid_sat) fees += *inputs - poisoned.paid_sat;
  }
  ledger().AddSink(label_, SinkKind::kFee, Taint::FromUnits(fees << Taint::kFractionBits));
}

// Reports what nobody spent: held, or burnt.
void PoisonSweep::Rest() {
  const ColumnReader& addresses = view().Column(ColumnId::kOutputAddress);
  const ColumnReader& types = view().Column(ColumnId::kAddressType);
  for (const OutputNum output : resting_) {
    __builtin_prefetch(addresses.Rows(output.value, output.value + 1).data());
  }
  for (const OutputNum output : resting_) {
    const std::uint64_t row = view().AddressOf(output).value;
    __builtin_prefetch(types.Rows(row, row + 1).data());
  }
  CountTainted(resting_.size());
  for (const OutputNum output : resting_) {
    const Taint taint = Taint::FromSatoshi(view().Value(output));
    if (view().IsUnspendable(output, options().end)) {
      ledger().AddSink(label_, SinkKind::kBurnt, taint);
    } else {
      ledger().AddHolding(output, label_, taint, false, {});
    }
  }
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
