#include "tracer/ordered.h"

#include <algorithm>
#include <numeric>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

// More than all coins; keeps the sum of a queue within 64 bits.
constexpr std::uint64_t kMaxQueuedSat = (std::uint64_t{1} << 63) - 1;

// The part of `label`; null where there is none. `parts` are ordered by label.
const TaintPart* FindPart(const std::vector<TaintPart>& parts, std::uint32_t label) {
  const auto part = std::lower_bound(
      parts.begin(), parts.end(), label,
      [](const TaintPart& left, std::uint32_t right) { return left.label < right; });
  return part != parts.end() && part->label == label ? &*part : nullptr;
}

}  // namespace

SatoshiOrder OrderOf(Policy policy) {
  switch (policy) {
    case Policy::kFifo:
      return {QueueOrder::kAsQueued, TakeOrder::kAsListed};
    case Policy::kLifo:
      return {QueueOrder::kReversed, TakeOrder::kAsListed};
    case Policy::kTiho:
      return {QueueOrder::kTaintedFirst, TakeOrder::kLargestFirst};
    case Policy::kTifo:
      return {QueueOrder::kTaintedFirst, TakeOrder::kAsListed};
    case Policy::kCifo:
      return {QueueOrder::kCleanFirst, TakeOrder::kAsListed};
    case Policy::kTiso:
      return {QueueOrder::kTaintedFirst, TakeOrder::kSmallestFirst};
    case Policy::kPoison:
    case Policy::kHaircut:
      break;
  }
  COINWAKE_CHECK(KeepsOrder(policy));
  return {};
}

void OrderedSweep::OnTransaction(TxNum tx, bool reached, Seeds seeds) {
  if (reached) {
    ForgetQueue();
    const bool known = FillFromInputs(tx);
    if (known && ReadOutputs(tx, queued_sat_).has_value()) {
      queue_.Arrange(order_.in);
    } else {
      SinkRest(SinkKind::kDegraded);
      reached = false;
    }
  }
  PlaceAll(tx, tx + 1, reached, seeds);
  if (reached) PlaceFee(tx);
  COINWAKE_DCHECK(BooksBalance());
}

// The queue.

void OrderedSweep::Prefetch(TxNum tx) const {
  PrefetchInputs(tx);
  const IdRange<InputNum> inputs = view().Inputs(tx);
  const InputNum end = std::min(inputs.end, inputs.begin + kMostPrefetched);
  for (InputNum input = inputs.begin; input < end; ++input) {
    const InputSource source = view().Source(input);
    if (!source.is_foreign()) carried_.prefetch(source.output().value);
  }
  const IdRange<OutputNum> outputs = OutputsToPrefetch(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    carried_.prefetch(output.value);
  }
}

void OrderedSweep::ForgetQueue() {
  queue_.Clear();
  queued_sat_ = 0;
  for (const std::uint32_t label : seen_) StateOf(label) = {};
  seen_.clear();
}

// Queues the runs of all inputs, taking them out of carried_. False when the order cannot be told;
// all tainted runs that fit are in the queue nonetheless.
bool OrderedSweep::FillFromInputs(TxNum tx) {
  bool known = true;
  const IdRange<InputNum> inputs = view().Inputs(tx);
  for (InputNum input = inputs.begin; input < inputs.end; ++input) {
    const InputSource source = view().Source(input);
    const std::optional<std::uint64_t> value = SourceValue(source);
    if (!value.has_value()) {
      known = false;
      continue;
    }
    const auto entry = source.is_foreign() ? carried_.end() : carried_.find(source.output().value);
    if (entry == carried_.end()) {
      known = PushRun({*value, kCleanLabel, 0}) && known;
      continue;
    }
    const Carried carried = entry->second;
    carried_.erase(entry);
    if (carried.runs.count == 0) {
      ledger().TakeInFlight(carried.label, Taint::FromSatoshi(*value));
      known = PushRun({*value, carried.label, carried.hops + 1}) && known;
      continue;
    }
    for (QueuedRun run : store_.Load(carried.runs)) {
      if (run.label != kCleanLabel) {
        ledger().TakeInFlight(run.label, Taint::FromSatoshi(run.length));
        ++run.hops;
      }
      known = PushRun(run) && known;
    }
    store_.Free(carried.runs);
  }
  return known;
}

// False when the sum would be more coins than can exist; a tainted run is then degraded.
bool OrderedSweep::PushRun(QueuedRun run) {
  if (run.length > kMaxQueuedSat - queued_sat_) {
    if (run.label != kCleanLabel) {
      ledger().AddSink(run.label, SinkKind::kDegraded, Taint::FromSatoshi(run.length));
    }
    return false;
  }
  queued_sat_ += run.length;
  queue_.Push(run);
  if (run.label != kCleanLabel && run.length != 0) {
    LabelState& state = StateOf(run.label);
    if (state.hops == kUnseen) seen_.push_back(run.label);
    state.hops = std::min(state.hops, run.hops);
  }
  return true;
}

// Everything tainted that is still queued ends in `kind`.
void OrderedSweep::SinkRest(SinkKind kind) {
  runs_.clear();
  queue_.TakeRest(&runs_);
  for (const QueuedRun& run : runs_) {
    if (run.label == kCleanLabel) continue;
    ledger().AddSink(run.label, kind, Taint::FromSatoshi(run.length));
  }
}

// The outputs.

// REQUIRES: as PlaceAll() if `reached`.
bool OrderedSweep::OutputsTakeClean() const {
  return queue_.HasClean(std::accumulate(values().begin(), values().end(), std::uint64_t{0}));
}

// Lets the outputs take from the queue by size, before any is placed: places are taken as listed.
// REQUIRES: as PlaceAll().
void OrderedSweep::DealBySize() {
  turns_.resize(values().size());
  std::iota(turns_.begin(), turns_.end(), 0u);
  const bool largest_first = order_.out == TakeOrder::kLargestFirst;
  std::sort(turns_.begin(), turns_.end(), [this, largest_first](std::uint32_t a, std::uint32_t b) {
    if (values()[a] == values()[b]) return a < b;
    return (values()[a] > values()[b]) == largest_first;
  });
  took_.resize(turns_.size());
  dealt_.clear();
  for (const std::uint32_t turn : turns_) {
    runs_.clear();
    queue_.Take(values()[turn], &runs_);
    took_[turn].begin = dealt_.size();
    dealt_.insert(dealt_.end(), runs_.begin(), runs_.end());
    took_[turn].end = dealt_.size();
  }
}

// REQUIRES, if `reached`: values() are the outputs' and fit the queue, which is arranged.
void OrderedSweep::PlaceAll(TxNum tx, TxNum first_spender, bool reached, Seeds seeds) {
  mixed_ = false;
  if (!reached) {
    while (!seeds.empty()) {
      const OutputNum output = seeds.front().output;
      const std::uint64_t value = view().Value(output);
      runs_.clear();
      AppendRun({value, kCleanLabel, 0}, &runs_);
      Place(output, value, first_spender, TakeSeeds(output, &seeds));
    }
    return;
  }
  mixed_ = options().stop_mixed && OutputsTakeClean();
  const bool by_size = order_.out != TakeOrder::kAsListed;
  if (by_size) DealBySize();
  const OutputNum first = view().Outputs(tx).begin;
  for (std::size_t i = 0; i < values().size(); ++i) {
    if (by_size) {
      const std::span<const QueuedRun> dealt(dealt_);
      const auto took = dealt.subspan(took_[i].begin, took_[i].end - took_[i].begin);
      runs_.assign(took.begin(), took.end());
    } else {
      runs_.clear();
      queue_.Take(values()[i], &runs_);
    }
    Place(first + i, values()[i], first_spender, TakeSeeds(first + i, &seeds));
  }
}

// Settles an output that took runs_.
void OrderedSweep::Place(OutputNum output, std::uint64_t value_sat, TxNum first_spender,
                         Seeds seeds) {
  if (value_sat == 0) return;
  SumParts();
  if (parts_.empty() && seeds.empty()) return;
  if (MayStop(seeds) && EndAtStop(output, parts_)) return;
  if (NeedsAdmission(seeds)) {
    Admit(value_sat, seeds, &parts_);
    Relabel(seeds);
  }
  const std::size_t placed = parts_.size();
  const std::optional<TxNum> spender = Dispatch(output, first_spender, runs_, &parts_, mixed_);
  if (!spender.has_value()) return;
  frontier().Insert(*spender);
  if (parts_.size() != placed) Relabel({});
  Carry(output);
}

// parts_ from runs_: a sum a label, in label order.
void OrderedSweep::SumParts() {
  parts_.clear();
  for (const QueuedRun& run : runs_) {
    if (run.label == kCleanLabel) continue;
    LabelState& state = StateOf(run.label);
    if (state.amount_sat == 0) parts_.push_back({run.label, state.hops, Taint()});
    state.amount_sat += run.length;
  }
  for (TaintPart& part : parts_) {
    LabelState& state = StateOf(part.label);
    part.taint = Taint::FromSatoshi(state.amount_sat);
    state.amount_sat = 0;
  }
  if (parts_.size() > 1) {
    std::sort(parts_.begin(), parts_.end(),
              [](const TaintPart& a, const TaintPart& b) { return a.label < b.label; });
  }
}

// Makes runs_ say what Admit() or Dispatch() made of parts_: clean satoshi of a seed output carry
// its label (all of them, unless labels compete), labels without a part are clean.
void OrderedSweep::Relabel(Seeds seeds) {
  const bool all = !seeds.empty() && !options().competing;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    QueuedRun run = runs_[i];
    if (!seeds.empty() && (all || run.label == kCleanLabel)) run.label = seeds.front().label;
    if (run.label != kCleanLabel && FindPart(parts_, run.label) == nullptr) run.label = kCleanLabel;
    if (kept != 0 && runs_[kept - 1].label == run.label) {
      runs_[kept - 1].length += run.length;
    } else {
      runs_[kept++] = run;
    }
  }
  runs_.resize(kept);
}

// Keeps runs_ until the output is spent, with the hops of parts_.
void OrderedSweep::Carry(OutputNum output) {
  Carried& carried = carried_[output.value];
  if (runs_.size() == 1) {
    carried = {{}, parts_.front().label, parts_.front().hops};
    return;
  }
  for (QueuedRun& run : runs_) {
    run.hops = run.label == kCleanLabel ? 0 : FindPart(parts_, run.label)->hops;
  }
  carried = {store_.Save(runs_), 0, 0};
}

// The rest of the queue is the fee.
void OrderedSweep::PlaceFee(TxNum tx) {
  if (options().fees == FeeMode::kSink) {
    SinkRest(SinkKind::kFee);
    return;
  }
  const std::size_t begin = fee_runs_.size();
  runs_.clear();
  queue_.TakeRest(&runs_);
  bool tainted = false;
  for (QueuedRun run : runs_) {
    if (run.label != kCleanLabel) {
      const Taint taint = Taint::FromSatoshi(run.length);
      run.hops = StateOf(run.label).hops;
      if (mixed_ || AtMaxHops(run.hops)) {
        ledger().AddSink(run.label, mixed_ ? SinkKind::kMixed : SinkKind::kMaxHops, taint);
        run.label = kCleanLabel;
      } else {
        ledger().AddInFlight(run.label, taint);
        tainted = true;
      }
    }
    fee_runs_.push_back(run);
  }
  if (tainted) {
    fees_.push_back({tx, begin, fee_runs_.size()});
  } else {
    fee_runs_.resize(begin);
  }
}

bool OrderedSweep::BooksBalance() const {
  return std::all_of(seen_.begin(), seen_.end(),
                     [this](std::uint32_t label) { return books().Balanced(label); });
}

// FeeMode::kMiner.

void OrderedSweep::DegradeFees() {
  for (const QueuedRun& run : fee_runs_) {
    if (run.label == kCleanLabel) continue;
    const Taint taint = Taint::FromSatoshi(run.length);
    ledger().TakeInFlight(run.label, taint);
    ledger().AddSink(run.label, SinkKind::kDegraded, taint);
  }
  fees_.clear();
  fee_runs_.clear();
}

void OrderedSweep::OnCoinbase(const BlockReward& reward, Seeds seeds) {
  bool reached = HasFeeTaint();
  if (reached) {
    ForgetQueue();
    auto waiting = fees_.begin();
    for (std::size_t i = 0; i < reward.fees.size(); ++i) {
      if (waiting == fees_.end() || waiting->tx != reward.coinbase + 1 + i) {
        PushRun({reward.fees[i], kCleanLabel, 0});
        continue;
      }
      for (std::size_t at = waiting->begin; at < waiting->end; ++at) {
        QueuedRun run = fee_runs_[at];
        if (run.label != kCleanLabel) {
          ledger().TakeInFlight(run.label, Taint::FromSatoshi(run.length));
          ++run.hops;
        }
        PushRun(run);
      }
      ++waiting;
    }
    PushRun({reward.subsidy_sat, kCleanLabel, 0});
    fees_.clear();
    fee_runs_.clear();
    if (ReadOutputs(reward.coinbase, reward.total_sat).has_value()) {
      queue_.Arrange(order_.in);
    } else {
      SinkRest(SinkKind::kDegraded);
      reached = false;
    }
  }
  PlaceAll(reward.coinbase, reward.block_end, reached, seeds);
  if (reached) SinkRest(SinkKind::kBurnt);
  COINWAKE_DCHECK(BooksBalance());
}

}  // namespace coinwake
