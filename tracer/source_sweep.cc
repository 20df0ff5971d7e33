#include "tracer/source_sweep.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "tracer/subsidy.h"

namespace coinwake {
namespace {

// Sums from here on are more coins than can exist; stopping there keeps every sum within 64 bits.
constexpr std::uint64_t kImpossibleSat = std::uint64_t{1} << 63;
// A transaction of more coins would not fit 64 bits of units.
constexpr std::uint64_t kMaxUnitsSat = (std::uint64_t{1} << (64 - Taint::kFractionBits)) - 1;
constexpr std::uint32_t kUnseen = 0xffffffff;

}  // namespace

SourceSweep::SourceSweep(const Context& context, std::uint32_t label,
                         std::span<const OutputNum> seeds)
    : view_(context.view),
      options_(context.options),
      ledger_(context.ledger),
      frontier_(context.frontier),
      meter_(context.meter),
      stats_(context.stats),
      label_(label),
      seeds_(seeds),
      by_order_(context.options.policy == Policy::kFifo) {}

absl::Status SourceSweep::Inconsistent(TxNum tx) const {
  return absl::DataLossError(absl::StrCat("the index contradicts itself at transaction number ",
                                          tx.value, "; run `coinwake verify`"));
}

absl::Status SourceSweep::Run() {
  for (const OutputNum seed : seeds_) COINWAKE_RETURN_IF_ERROR(Plant(seed));
  while (true) {
    const std::optional<TxNum> next = frontier_.Peek();
    if (!next.has_value()) break;
    const TxNum tx = FromEnd(*next);
    if (options_.fees == FeeMode::kMiner && !block_.contains(tx)) {
      COINWAKE_RETURN_IF_ERROR(OpenBlock(tx));  // it may reach transactions after `tx`
      continue;
    }
    frontier_.Pop();
    // OpenBlock() has visited the coinbase.
    if (options_.fees == FeeMode::kMiner && tx == block_.begin) continue;
    COINWAKE_RETURN_IF_ERROR(meter_.Count(1));
    COINWAKE_RETURN_IF_ERROR(Visit(tx));
    COINWAKE_RETURN_IF_ERROR(ledger_.CheckSize());
    COINWAKE_DCHECK(ledger_.Balanced(label_));
  }
  frontier_.Restart();
  return meter_.Look();
}

absl::Status SourceSweep::Plant(OutputNum seed) {
  const std::uint64_t value = view_.Value(seed);
  if (value == 0) return absl::OkStatus();
  const Taint whole = Taint::FromSatoshi(value);
  ledger_.AddSeeded(label_, whole);
  ++stats_.outputs_tainted;
  runs_.assign(1, {value, label_, 0});
  return Settle(seed, whole, 0, TxNum{view_.transactions_count()});
}

// One transaction.

absl::Status SourceSweep::Visit(TxNum tx) {
  const bool known = ReadAmounts(tx);
  TakeClaims(tx, known && by_order_);
  if (known && (by_order_ || Apportion(fee_sat_))) return DrawFromInputs(tx);
  Sink(SinkKind::kUnresolved, claimed_);
  return absl::OkStatus();
}

// False where an amount is unknown or they contradict each other.
bool SourceSweep::ReadAmounts(TxNum tx) {
  inputs_.clear();
  std::uint64_t sum = 0;
  const IdRange<InputNum> range = view_.Inputs(tx);
  for (InputNum input = range.begin; input < range.end; ++input) {
    const std::optional<std::uint64_t> value = view_.SourceValue(view_.Source(input));
    if (!value.has_value() || *value >= kImpossibleSat - sum) return false;
    sum += *value;
    inputs_.push_back(*value);
  }
  return ReadOutputs(tx, sum, &fee_sat_);
}

// False where the outputs take more than there is.
bool SourceSweep::ReadOutputs(TxNum tx, std::uint64_t available_sat, std::uint64_t* left_sat) {
  outputs_.clear();
  const IdRange<OutputNum> range = view_.Outputs(tx);
  for (OutputNum output = range.begin; output < range.end; ++output) {
    const std::uint64_t value = view_.Value(output);
    if (value > available_sat) return false;
    available_sat -= value;
    outputs_.push_back(value);
  }
  *left_sat = available_sat;
  return true;
}

// Sums what is claimed of the transaction's outputs and fee, under `queued` in their order.
// REQUIRES, if `queued`: outputs_ and fee_sat_ are its.
void SourceSweep::TakeClaims(TxNum tx, bool queued) {
  claimed_ = Taint();
  hops_ = kUnseen;
  queue_.Clear();
  claimed_outputs_.clear();
  const IdRange<OutputNum> range = view_.Outputs(tx);
  for (OutputNum output = range.begin; output < range.end; ++output) {
    const auto entry = claims_.find(output.value);
    if (entry == claims_.end()) {
      if (queued) queue_.Push({outputs_[output - range.begin], kCleanLabel, 0});
      continue;
    }
    if (!by_order_) claimed_outputs_.emplace_back(output, entry->second.units);
    TakeClaim(entry->second, view_.Value(output), queued);
    claims_.erase(entry);
  }
  const auto fee = fee_claims_.find(tx.value);
  if (fee != fee_claims_.end()) {
    TakeClaim(fee->second, fee_sat_, queued);
    fee_claims_.erase(fee);
  } else if (queued) {
    queue_.Push({fee_sat_, kCleanLabel, 0});
  }
  if (hops_ != kUnseen) ++hops_;
  ledger_.TakeInFlight(label_, claimed_);
}

void SourceSweep::TakeClaim(const Claim& claim, std::uint64_t value_sat, bool queued) {
  hops_ = std::min(hops_, claim.hops);
  if (!by_order_) {
    claimed_ += Taint::FromUnits(claim.units);
    return;
  }
  if (claim.runs.count == 0) {
    claimed_ += Taint::FromSatoshi(value_sat);
    if (queued) queue_.Push({value_sat, label_, 0});
    return;
  }
  for (const QueuedRun& run : store_.Load(claim.runs)) {
    if (run.label == label_) claimed_ += Taint::FromSatoshi(run.length);
    if (queued) queue_.Push(run);
  }
  store_.Free(claim.runs);
}

// Fills shares_, a part for each of inputs_, from claimed_. Coins not paid out (`left_sat`) were
// paid in as well. False where there are more coins than can exist.
bool SourceSweep::Apportion(std::uint64_t left_sat) {
  std::uint64_t total = left_sat;
  for (const std::uint64_t value : outputs_) total += value;
  if (total > kMaxUnitsSat || claimed_ > Taint::FromSatoshi(total)) return false;
  capacities_.clear();
  for (const std::uint64_t value : inputs_) capacities_.push_back(value << Taint::kFractionBits);
  shares_.resize(capacities_.size());
  apportioner_.Split(static_cast<std::uint64_t>(claimed_.units()), capacities_,
                     total << Taint::kFractionBits, shares_);
  return true;
}

absl::Status SourceSweep::DrawFromInputs(TxNum tx) {
  const InputNum first = view_.Inputs(tx).begin;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    Taint taint;
    if (by_order_) {
      runs_.clear();
      queue_.Take(inputs_[i], &runs_);
      taint = TaintOfRuns();
    } else {
      taint = Taint::FromUnits(shares_[i]);
    }
    if (taint.is_zero()) continue;
    COINWAKE_RETURN_IF_ERROR(Arrive(view_.Source(first + i), taint, tx));
  }
  return absl::OkStatus();
}

Taint SourceSweep::TaintOfRuns() const {
  std::uint64_t sum = 0;
  for (const QueuedRun& run : runs_) sum += run.label == label_ ? run.length : 0;
  return Taint::FromSatoshi(sum);
}

// What arrives at one output.

absl::Status SourceSweep::Arrive(InputSource source, Taint taint, TxNum spender) {
  ++stats_.outputs_tainted;
  if (source.is_foreign()) {
    if (EndAtStop(view_.SourceAddress(source), taint, hops_)) return absl::OkStatus();
    Sink(taint < options_.min_taint ? SinkKind::kMinTaint : SinkKind::kUnresolved, taint);
    return absl::OkStatus();
  }
  const OutputNum output = source.output();
  if (options_.fees == FeeMode::kMiner && coinbase_outputs_.contains(output)) {
    Sink(SinkKind::kUnresolved, taint);
    return absl::OkStatus();
  }
  if (std::binary_search(seeds_.begin(), seeds_.end(), output)) {
    Sink(SinkKind::kReturnedToSeed, taint);
    return absl::OkStatus();
  }
  if (EndAtStop(view_.AddressOf(output), taint, hops_)) return absl::OkStatus();
  return Settle(output, taint, hops_, spender);
}

bool SourceSweep::EndAtStop(std::optional<AddressNum> address, Taint taint, std::uint32_t hops) {
  if (options_.stops == nullptr || !address.has_value()) return false;
  const std::optional<Stop> stop = options_.stops->StopAt(*address);
  if (!stop.has_value()) return false;
  ledger_.AddStopped(label_, *stop, taint, hops);
  return true;
}

void SourceSweep::Sink(SinkKind kind, Taint taint) { ledger_.AddSink(label_, kind, taint); }

// Its transaction must come before `before`.
absl::Status SourceSweep::Settle(OutputNum output, Taint taint, std::uint32_t hops, TxNum before) {
  const TxNum creator = view_.TransactionOf(output);
  // Only a damaged index leads forwards.
  if (creator >= before) return Inconsistent(creator);
  SinkKind end = SinkKind::kMaxHops;
  std::optional<Claim> claim;
  if (taint < options_.min_taint) {
    end = SinkKind::kMinTaint;
  } else if (creator < options_.begin) {
    end = SinkKind::kSince;
  } else if (options_.fees == FeeMode::kSink && view_.IsCoinbase(creator)) {
    EndMinted(output, taint);
    return absl::OkStatus();
  } else if (hops < options_.max_hops) {
    end = SinkKind::kUnresolved;  // more coins than can exist
    claim = ClaimOf(taint, hops);
  }
  if (!claim.has_value()) {
    Sink(end, taint);
    return absl::OkStatus();
  }
  // Nor is an output spent twice.
  if (!claims_.try_emplace(output.value, *claim).second) return Inconsistent(creator);
  ledger_.AddInFlight(label_, taint);
  frontier_.Insert(FromEnd(creator));
  return absl::OkStatus();
}

// nullopt where the units pass 64 bits.
std::optional<SourceSweep::Claim> SourceSweep::ClaimOf(Taint taint, std::uint32_t hops) {
  Claim claim;
  claim.hops = hops;
  if (by_order_) {
    if (runs_.size() != 1) claim.runs = store_.Save(runs_);
    return claim;
  }
  claim.units = static_cast<std::uint64_t>(taint.units());
  if (taint.units() != claim.units) return std::nullopt;
  return claim;
}

void SourceSweep::EndMinted(OutputNum output, Taint taint) {
  const std::span<const QueuedRun> runs(runs_);
  const RunsRef saved = ledger_.AddRuns(by_order_ ? runs : runs.first(0));
  ledger_.AddHolding(output, label_, taint, /*spent=*/true, saved);
  Sink(SinkKind::kCoinbase, taint);
}

// The coinbase, under FeeMode::kMiner.

absl::Status SourceSweep::OpenBlock(TxNum tx) {
  const std::uint64_t height = view_.HeightOf(tx);
  const IdRange<TxNum> block = view_.Block(height).transactions;
  // Blocks are opened from the last to the first.
  if (!block.contains(tx) || (!block_.empty() && block.end > block_.begin)) return Inconsistent(tx);
  block_ = block;
  coinbase_outputs_ = view_.Outputs(block.begin);
  for (OutputNum output = coinbase_outputs_.begin; output < coinbase_outputs_.end; ++output) {
    if (claims_.contains(output.value)) return VisitCoinbase(block.begin, height);
  }
  return absl::OkStatus();
}

absl::Status SourceSweep::VisitCoinbase(TxNum coinbase, std::uint64_t height) {
  COINWAKE_RETURN_IF_ERROR(meter_.Count(block_.size()));
  bool known = ReadReward(height);
  if (known) {
    const std::uint64_t total = std::accumulate(inputs_.begin(), inputs_.end(), std::uint64_t{0});
    known = ReadOutputs(coinbase, total, &fee_sat_);  // what was not claimed
  }
  TakeClaims(coinbase, known && by_order_);
  if (known && (by_order_ || Apportion(fee_sat_))) return DrawFromFees(coinbase);
  Sink(SinkKind::kUnresolved, claimed_);
  return absl::OkStatus();
}

// Fills inputs_ with the block's fees in order, then its subsidy. False where a fee is unknown.
bool SourceSweep::ReadReward(std::uint64_t height) {
  std::vector<std::uint64_t> paid;
  const std::uint64_t subsidy = BlockSubsidySat(view_.snapshot().network, height);
  std::uint64_t total = subsidy;
  for (TxNum tx = block_.begin + 1; tx < block_.end; ++tx) {
    if (!ReadAmounts(tx) || fee_sat_ >= kImpossibleSat - total) return false;
    paid.push_back(fee_sat_);
    total += fee_sat_;
  }
  paid.push_back(subsidy);
  inputs_ = std::move(paid);
  return true;
}

absl::Status SourceSweep::DrawFromFees(TxNum coinbase) {
  std::uint64_t fees_sat = 0;
  const std::size_t fees_count = inputs_.size() - 1;
  for (std::size_t i = 0; i < fees_count; ++i) {
    fees_sat += inputs_[i];
    Taint taint;
    if (by_order_) {
      runs_.clear();
      queue_.Take(inputs_[i], &runs_);
      taint = TaintOfRuns();
    } else {
      taint = Taint::FromUnits(shares_[i]);
    }
    if (!taint.is_zero()) COINWAKE_RETURN_IF_ERROR(ClaimFee(coinbase + 1 + i, taint));
  }
  if (by_order_) {
    EndMintedByOrder(coinbase, fees_sat);
  } else {
    EndMintedByShare(shares_[fees_count]);
  }
  return absl::OkStatus();
}

absl::Status SourceSweep::ClaimFee(TxNum tx, Taint taint) {
  const std::optional<Claim> claim =
      hops_ < options_.max_hops ? ClaimOf(taint, hops_) : std::nullopt;
  if (!claim.has_value()) {
    Sink(SinkKind::kMaxHops, taint);
    return absl::OkStatus();
  }
  if (!fee_claims_.try_emplace(tx.value, *claim).second) return Inconsistent(tx);
  ledger_.AddInFlight(label_, taint);
  frontier_.Insert(FromEnd(tx));
  return absl::OkStatus();
}

// Ends what of the outputs lies behind the fees. REQUIRES: the fees were taken off queue_.
void SourceSweep::EndMintedByOrder(TxNum coinbase, std::uint64_t fees_sat) {
  const OutputNum first = view_.Outputs(coinbase).begin;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const std::uint64_t of_fees = std::min(fees_sat, outputs_[i]);
    fees_sat -= of_fees;
    runs_.clear();
    AppendRun({of_fees, kCleanLabel, 0}, &runs_);
    queue_.Take(outputs_[i] - of_fees, &runs_);
    const Taint taint = TaintOfRuns();
    if (!taint.is_zero()) EndMinted(first + i, taint);
  }
}

// Ends `units`, each output's part by what is claimed of it.
void SourceSweep::EndMintedByShare(std::uint64_t units) {
  if (units == 0) return;
  capacities_.clear();
  for (const auto& [output, claimed] : claimed_outputs_) capacities_.push_back(claimed);
  shares_.resize(capacities_.size());
  apportioner_.Split(units, capacities_, static_cast<std::uint64_t>(claimed_.units()), shares_);
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    if (shares_[i] == 0) continue;
    EndMinted(claimed_outputs_[i].first, Taint::FromUnits(shares_[i]));
  }
}

}  // namespace coinwake
