#include "tracer/haircut.h"

#include <algorithm>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

// A transaction of more coins would not fit 64 bits of units; all coins together are half of this.
constexpr std::uint64_t kMaxTotalSat = (std::uint64_t{1} << (64 - Taint::kFractionBits)) - 1;

}  // namespace

void HaircutSweep::OnTransaction(TxNum tx, bool reached, Seeds seeds) {
  arrived_.clear();
  if (reached) {
    TakePending(tx);
    const std::optional<std::uint64_t> inputs = InputSum(tx);
    const std::optional<std::uint64_t> fee =
        inputs.has_value() ? ReadOutputs(tx, *inputs) : std::nullopt;
    if (fee.has_value() && Fits(*inputs)) {
      Apportion(*fee);
    } else {
      Degrade();
    }
  }
  PlaceAll(tx, tx + 1, seeds);
  if (!arrived_.empty()) PlaceFee();
  COINWAKE_DCHECK(BooksBalance());
}

// The frontier.

void HaircutSweep::Forward(TxNum spender) {
  const auto [entry, is_new] = pending_.try_emplace(spender.value);
  Pending* const head = &entry->second;
  if (is_new) {
    frontier().Insert(spender);
    *head = {0, parts_.front().label, parts_.front().hops, kNoMore};
  }
  // Both ascend by label: one walk along the chain takes in all parts.
  std::uint32_t at = kNoMore;  // the head; else a slot of more_
  for (const TaintPart& part : parts_) {
    const Pending fresh = {0, part.label, part.hops, kNoMore};
    if (part.label < head->label) {
      const std::uint32_t moved = NewSlot(*head);
      *head = fresh;
      head->next = moved;
    }
    Pending* pending = at == kNoMore ? head : &more_[at];
    while (pending->next != kNoMore && more_[pending->next].label <= part.label) {
      at = pending->next;
      pending = &more_[at];
    }
    if (pending->label != part.label) {
      const std::uint32_t next = pending->next;
      const std::uint32_t slot = NewSlot(fresh);  // `pending` may be gone now
      (at == kNoMore ? *head : more_[at]).next = slot;
      more_[slot].next = next;
      at = slot;
      pending = &more_[at];
    }
    AddTo(pending, part);
  }
}

void HaircutSweep::AddTo(Pending* pending, const TaintPart& part) {
  pending->hops = std::min(pending->hops, part.hops);
  const auto units = static_cast<std::uint64_t>(part.taint.units());
  std::uint64_t sum = 0;
  if (part.taint.units() == units && !__builtin_add_overflow(pending->units, units, &sum)) {
    pending->units = sum;
    return;
  }
  // Coins that cannot exist.
  ledger().TakeInFlight(part.label, part.taint);
  ledger().AddSink(part.label, SinkKind::kDegraded, part.taint);
}

std::uint32_t HaircutSweep::NewSlot(const Pending& pending) {
  if (free_.empty()) {
    more_.push_back(pending);
    return static_cast<std::uint32_t>(more_.size() - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  more_[slot] = pending;
  return slot;
}

void HaircutSweep::Prefetch(TxNum tx) const {
  pending_.prefetch(tx.value);
  PrefetchInputs(tx);
  const IdRange<OutputNum> outputs = OutputsToPrefetch(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const std::optional<TxNum> spender = view().Spender(output);
    if (spender.has_value()) pending_.prefetch(spender->value);
  }
}

void HaircutSweep::TakePending(TxNum tx) {
  const auto entry = pending_.find(tx.value);
  COINWAKE_CHECK(entry != pending_.end());  // Forward() fills map and frontier together
  Pending pending = entry->second;
  pending_.erase(entry);
  while (true) {
    if (pending.units != 0) {
      const Taint taint = Taint::FromUnits(pending.units);
      ledger().TakeInFlight(pending.label, taint);
      arrived_.push_back({pending.label, pending.hops + 1, taint});
    }
    if (pending.next == kNoMore) break;
    const std::uint32_t slot = pending.next;
    pending = more_[slot];
    free_.push_back(slot);
  }
}

// One transaction.

bool HaircutSweep::Fits(std::uint64_t total_sat) const {
  if (total_sat > kMaxTotalSat) return false;
  Taint sum;
  for (const TaintPart& part : arrived_) sum += part.taint;
  return sum <= Taint::FromSatoshi(total_sat);
}

void HaircutSweep::Degrade() {
  for (const TaintPart& part : arrived_) {
    ledger().AddSink(part.label, SinkKind::kDegraded, part.taint);
  }
  arrived_.clear();
}

// Fills shares_ from arrived_, over values() and the tail. REQUIRES: Fits() their sum.
void HaircutSweep::Apportion(std::uint64_t tail_sat) {
  capacities_.clear();
  std::uint64_t total = tail_sat << Taint::kFractionBits;
  for (const std::uint64_t value : values()) {
    capacities_.push_back(value << Taint::kFractionBits);
    total += capacities_.back();
  }
  capacities_.push_back(tail_sat << Taint::kFractionBits);
  const std::size_t width = capacities_.size();
  shares_.resize(arrived_.size() * width);
  for (std::size_t i = 0; i < arrived_.size(); ++i) {
    const auto units = static_cast<std::uint64_t>(arrived_[i].taint.units());
    apportioner_.SplitAndTake(units, capacities_, &total,
                              std::span(shares_).subspan(i * width, width));
  }
}

void HaircutSweep::PlaceAll(TxNum tx, TxNum first_spender, Seeds seeds) {
  if (arrived_.empty()) {
    while (!seeds.empty()) {
      const OutputNum output = seeds.front().output;
      parts_.clear();
      Place(output, view().Value(output), first_spender, TakeSeeds(output, &seeds));
    }
    return;
  }
  const std::size_t width = capacities_.size();
  const OutputNum first = view().Outputs(tx).begin;
  for (std::size_t i = 0; i + 1 < width; ++i) {
    parts_.clear();
    for (std::size_t row = 0; row < arrived_.size(); ++row) {
      const std::uint64_t units = shares_[row * width + i];
      if (units == 0) continue;
      parts_.push_back({arrived_[row].label, arrived_[row].hops, Taint::FromUnits(units)});
    }
    Place(first + i, values()[i], first_spender, TakeSeeds(first + i, &seeds));
  }
}

void HaircutSweep::Place(OutputNum output, std::uint64_t value_sat, TxNum first_spender,
                         Seeds seeds) {
  if (value_sat == 0) return;
  if (MayStop(seeds) && EndAtStop(output, parts_)) return;
  if (NeedsAdmission(seeds)) Admit(value_sat, seeds, &parts_);
  const std::optional<TxNum> spender = Dispatch(output, first_spender, {}, &parts_);
  if (spender.has_value()) Forward(*spender);
}

void HaircutSweep::PlaceFee() {
  const std::size_t width = capacities_.size();
  for (std::size_t row = 0; row < arrived_.size(); ++row) {
    const TaintPart& from = arrived_[row];
    const Taint taint = Taint::FromUnits(shares_[row * width + width - 1]);
    if (taint.is_zero()) continue;
    if (options().fees == FeeMode::kSink) {
      ledger().AddSink(from.label, SinkKind::kFee, taint);
    } else if (AtMaxHops(from.hops)) {
      ledger().AddSink(from.label, SinkKind::kMaxHops, taint);
    } else {
      ledger().AddInFlight(from.label, taint);
      auto fee = std::lower_bound(
          fees_.begin(), fees_.end(), from.label,
          [](const TaintPart& left, std::uint32_t right) { return left.label < right; });
      if (fee == fees_.end() || fee->label != from.label) {
        fee = fees_.insert(fee, {from.label, from.hops, Taint()});
      }
      fee->taint += taint;
      fee->hops = std::min(fee->hops, from.hops);
    }
  }
}

bool HaircutSweep::BooksBalance() const {
  return std::all_of(arrived_.begin(), arrived_.end(),
                     [this](const TaintPart& part) { return books().Balanced(part.label); });
}

// FeeMode::kMiner.

void HaircutSweep::DegradeFees() {
  for (const TaintPart& fee : fees_) {
    ledger().TakeInFlight(fee.label, fee.taint);
    ledger().AddSink(fee.label, SinkKind::kDegraded, fee.taint);
  }
  fees_.clear();
}

void HaircutSweep::OnCoinbase(const BlockReward& reward, Seeds seeds) {
  arrived_.clear();
  if (HasFeeTaint()) {
    for (const TaintPart& fee : fees_) {
      ledger().TakeInFlight(fee.label, fee.taint);
      arrived_.push_back({fee.label, fee.hops + 1, fee.taint});
    }
    fees_.clear();
    const std::optional<std::uint64_t> unclaimed = ReadOutputs(reward.coinbase, reward.total_sat);
    if (unclaimed.has_value() && Fits(reward.total_sat)) {
      Apportion(*unclaimed);
    } else {
      Degrade();
    }
  }
  PlaceAll(reward.coinbase, reward.block_end, seeds);
  const std::size_t width = capacities_.size();
  for (std::size_t row = 0; row < arrived_.size(); ++row) {
    const Taint burnt = Taint::FromUnits(shares_[row * width + width - 1]);
    ledger().AddSink(arrived_[row].label, SinkKind::kBurnt, burnt);
  }
  COINWAKE_DCHECK(BooksBalance());
}

}  // namespace coinwake
