#include "tracer/sweep.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "tracer/subsidy.h"

namespace coinwake {
namespace {

// Sums from here on are more coins than can exist; stopping there keeps every sum within 64 bits.
constexpr std::uint64_t kImpossibleSat = std::uint64_t{1} << 63;

// Transactions of a word from which on they are visited together; fewer are not worth the start.
constexpr int kFewestOfRun = 8;

absl::Status Inconsistent(TxNum tx) {
  return absl::DataLossError(absl::StrCat("the index contradicts itself at transaction number ",
                                          tx.value, "; run `coinwake verify`"));
}

}  // namespace

absl::Status TaintSweep::Run() {
  std::uint64_t visited_end = 0;  // everything below has been visited
  while (true) {
    const std::optional<TxNum> reached = frontier().Peek();
    std::optional<TxNum> next = reached;
    if (!seeds_.empty()) {
      if (!next_seeded_.has_value()) next_seeded_ = view().TransactionOf(seeds_.front().output);
      if (!next.has_value() || *next_seeded_ < *next) next = next_seeded_;
    }
    if (BlockIsOpen() && (!next.has_value() || *next >= block_.end)) {
      COINWAKE_RETURN_IF_ERROR(FinishBlock());  // it may reach transactions before `next`
      continue;
    }
    if (!next.has_value()) break;
    const bool is_reached = reached == next;
    if (is_reached && next->value >= visited_end) {
      const std::uint64_t visited = VisitRun(*next);
      if (visited != 0) {
        visited_end = next->value + 1;
        COINWAKE_RETURN_IF_ERROR(context_.meter.Count(visited));
        COINWAKE_RETURN_IF_ERROR(ledger().CheckSize());
        continue;
      }
    }
    if (is_reached) frontier().Pop();
    const Seeds seeds = TakeSeedsOf(*next);
    // Only a damaged index leads backwards, or to a seed's transaction that lacks the seed.
    if (next->value < visited_end || (!is_reached && seeds.empty())) return Inconsistent(*next);
    visited_end = next->value + 1;
    LookAhead(*next);
    COINWAKE_RETURN_IF_ERROR(Visit(*next, is_reached, seeds));
    COINWAKE_RETURN_IF_ERROR(ledger().CheckSize());
  }
  frontier().Restart();
  return context_.meter.Look();
}

void TaintSweep::LookAhead(TxNum tx) {
  while (ahead_count_ != 0 && ahead_[ahead_begin_] <= tx) {
    ahead_begin_ = (ahead_begin_ + 1) % kAhead;
    --ahead_count_;
  }
  if (ahead_end_ <= tx) ahead_end_ = tx + 1;
  while (ahead_count_ < kAhead) {
    const std::optional<TxNum> next = frontier().PeekNear(ahead_end_);
    if (!next.has_value()) return;
    Prefetch(*next);
    ahead_[(ahead_begin_ + ahead_count_) % kAhead] = *next;
    ++ahead_count_;
    ahead_end_ = *next + 1;
  }
}

void TaintSweep::PrefetchInputs(TxNum tx) const {
  const IdRange<InputNum> inputs = view().Inputs(tx);
  const ColumnReader& values = view().Column(ColumnId::kOutputValue);
  const InputNum end = std::min(inputs.end, inputs.begin + kMostPrefetched);
  for (InputNum input = inputs.begin; input < end; ++input) {
    const InputSource source = view().Source(input);
    if (source.is_foreign()) continue;
    const std::uint64_t row = source.output().value;
    __builtin_prefetch(values.Rows(row, row + 1).data());
  }
}

IdRange<OutputNum> TaintSweep::OutputsToPrefetch(TxNum tx) const {
  IdRange<OutputNum> outputs = view().Outputs(tx);
  outputs.end = std::min(outputs.end, outputs.begin + kMostPrefetched);
  return outputs;
}

absl::Status TaintSweep::Visit(TxNum tx, bool reached, Seeds seeds) {
  if (reached) COINWAKE_RETURN_IF_ERROR(context_.meter.Count(TracesAt(tx)));
  if (options().fees == FeeMode::kMiner) {
    if (!block_.contains(tx)) {
      block_height_ = view().HeightOf(tx);
      block_ = view().Block(block_height_).transactions;
      if (!block_.contains(tx)) return Inconsistent(tx);
      block_read_ = 0;
    }
    if (tx == block_.begin && !reached) {  // a coinbase waits for its block's fees
      coinbase_seeds_ = seeds;
      return absl::OkStatus();
    }
    if (reached) ++block_read_;
  }
  OnTransaction(tx, reached, seeds);
  return absl::OkStatus();
}

absl::Status TaintSweep::FinishBlock() {
  BlockReward reward;
  reward.coinbase = block_.begin;
  reward.block_end = block_.end;
  if (HasFeeTaint()) {
    COINWAKE_RETURN_IF_ERROR(context_.meter.Count(block_.size() - block_read_));
    if (!ReadFees(&reward)) DegradeFees();
  }
  const Seeds seeds = coinbase_seeds_;
  coinbase_seeds_ = {};
  OnCoinbase(reward, seeds);
  COINWAKE_DCHECK(!BlockIsOpen());
  return absl::OkStatus();
}

bool TaintSweep::ReadFees(BlockReward* reward) {
  fees_.clear();
  reward->subsidy_sat = BlockSubsidySat(view().snapshot().network, block_height_);
  reward->total_sat = reward->subsidy_sat;
  for (TxNum tx = block_.begin + 1; tx < block_.end; ++tx) {
    const std::optional<std::uint64_t> inputs = InputSum(tx);
    if (!inputs.has_value()) return false;
    const std::optional<std::uint64_t> fee = ReadOutputs(tx, *inputs);
    if (!fee.has_value() || *fee >= kImpossibleSat - reward->total_sat) return false;
    fees_.push_back(*fee);
    reward->total_sat += *fee;
  }
  reward->fees = fees_;
  return true;
}

TaintSweep::Seeds TaintSweep::TakeSeedsOf(TxNum tx) {
  const OutputNum end = seeds_.empty() ? OutputNum{0} : view().Outputs(tx).end;
  std::size_t count = 0;
  while (count < seeds_.size() && seeds_[count].output < end) ++count;
  const Seeds taken = seeds_.first(count);
  seeds_ = seeds_.subspan(count);
  if (count != 0) next_seeded_.reset();
  return taken;
}

// OnRun() of what shares a word with `begin`; 0 where that would not pay.
std::uint64_t TaintSweep::VisitRun(TxNum begin) {
  constexpr std::uint64_t kBits = TxFrontier::kWordBits;
  if (options().fees != FeeMode::kSink) return 0;
  if (std::popcount(frontier().WordAround(begin)) < kFewestOfRun) return 0;
  TxNum end = std::min({TxNum{(begin.value / kBits + 1) * kBits}, options().end,
                        TxNum{view().transactions_count()}});
  if (next_seeded_.has_value()) end = std::min(end, *next_seeded_);
  return begin < end ? OnRun(begin, end) : 0;
}

TaintSweep::Seeds TaintSweep::TakeSeeds(OutputNum output, Seeds* seeds) {
  std::size_t count = 0;
  while (count < seeds->size() && (*seeds)[count].output == output) ++count;
  const Seeds taken = seeds->first(count);
  *seeds = seeds->subspan(count);
  return taken;
}

void TaintSweep::Admit(std::uint64_t value_sat, Seeds seeds, std::vector<TaintPart>* parts) {
  const Taint whole = Taint::FromSatoshi(value_sat);
  if (!seeds.empty()) {
    const std::uint32_t label = seeds.front().label;
    Taint seeded = whole;
    if (options().competing) {
      for (const TaintPart& part : *parts) seeded -= part.taint;
    } else {
      for (const TaintPart& part : *parts) {
        ledger().AddSink(part.label, SinkKind::kReturnedToSeed, part.taint);
      }
      parts->clear();
    }
    if (!seeded.is_zero()) {
      ledger().AddSeeded(label, seeded);
      auto part = std::lower_bound(
          parts->begin(), parts->end(), label,
          [](const TaintPart& left, std::uint32_t right) { return left.label < right; });
      if (part == parts->end() || part->label != label) {
        part = parts->insert(part, {label, 0, Taint()});
      }
      part->taint += seeded;
      part->hops = 0;
    }
  }
  std::erase_if(*parts, [this](const TaintPart& part) {
    if (part.taint >= options().min_taint) return false;
    ledger().AddSink(part.label, SinkKind::kMinTaint, part.taint);
    return true;
  });
}

std::optional<Stop> TaintSweep::StopOf(OutputNum output) const {
  const std::optional<Stop> stop = options().stops->StopAt(view().AddressOf(output));
  if (!stop.has_value()) return std::nullopt;
  const bool is_seed = std::binary_search(options().seeded.begin(), options().seeded.end(), output);
  return is_seed ? std::nullopt : stop;
}

bool TaintSweep::EndAtStop(OutputNum output, std::span<const TaintPart> parts) {
  if (parts.empty()) return false;
  const std::optional<Stop> stop = StopOf(output);
  if (!stop.has_value()) return false;
  CountTainted();
  for (const TaintPart& part : parts) {
    ledger().AddStopped(part.label, *stop, part.taint,
                        CountsHops() ? std::optional(part.hops) : std::nullopt);
  }
  return true;
}

std::optional<TxNum> TaintSweep::Dispatch(OutputNum output, TxNum first_spender,
                                          std::span<const QueuedRun> runs,
                                          std::vector<TaintPart>* parts, bool mixed) {
  if (parts->empty()) return std::nullopt;
  CountTainted();
  const std::optional<TxNum> spender = SpenderWithin(output);
  if (!spender.has_value() && !view().Spender(output).has_value() &&
      view().IsUnspendable(output, options().end)) {
    for (const TaintPart& part : *parts) {
      ledger().AddSink(part.label, SinkKind::kBurnt, part.taint);
    }
    return std::nullopt;
  }
  if (!spender.has_value() || options().all_outputs) {
    const RunsRef saved = ledger().AddRuns(runs);
    for (const TaintPart& part : *parts) {
      ledger().AddHolding(output, part.label, part.taint, spender.has_value(), saved);
    }
  }
  if (!spender.has_value()) return std::nullopt;
  const bool too_late = *spender < first_spender;
  std::erase_if(*parts, [&](const TaintPart& part) {
    const bool ends_mixed = mixed && part.hops != 0;  // 0: seeded here
    if (!too_late && !ends_mixed && !AtMaxHops(part.hops)) {
      ledger().AddInFlight(part.label, part.taint);
      return false;
    }
    const SinkKind kind = too_late     ? SinkKind::kDegraded
                          : ends_mixed ? SinkKind::kMixed
                                       : SinkKind::kMaxHops;
    ledger().AddSink(part.label, kind, part.taint);
    return true;
  });
  return parts->empty() ? std::nullopt : spender;
}

std::optional<std::uint64_t> TaintSweep::SumOf(IdRange<InputNum> inputs) const {
  std::uint64_t sum = 0;
  for (InputNum input = inputs.begin; input < inputs.end; ++input) {
    const std::optional<std::uint64_t> value = SourceValue(view().Source(input));
    if (!value.has_value() || *value >= kImpossibleSat - sum) return std::nullopt;
    sum += *value;
  }
  return sum;
}

std::optional<std::uint64_t> TaintSweep::ReadOutputs(TxNum tx, std::uint64_t available_sat) {
  const IdRange<OutputNum> outputs = view().Outputs(tx);
  values_.clear();
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const std::uint64_t value = view().Value(output);
    if (value > available_sat) return std::nullopt;
    available_sat -= value;
    values_.push_back(value);
  }
  return available_sat;
}

}  // namespace coinwake
