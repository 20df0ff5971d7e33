#include "tests/tracer/reference_trace.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kNoLimit = 0xffffffff;
constexpr std::uint64_t kFewSatoshi = 20'000;

// What an output (or a fee) holds. Where order is kept `runs` covers its value; `taint` is the sum
// a label.
struct State {
  std::vector<Run> runs;
  std::map<std::string, Taint> taint;  // by label name: the order the rules ask for
  std::map<std::string, std::uint32_t> hops;
};

struct InFlow {
  std::optional<std::uint64_t> value;
  State state;
};

std::string RunsToString(const std::vector<Run>& runs, const std::vector<std::string>& labels) {
  std::string text;
  for (const Run& run : runs) {
    absl::StrAppend(&text, " ", run.length, "*",
                    run.label == kCleanLabel ? "-" : labels[run.label]);
  }
  return text;
}

class Twin {
 public:
  Twin(const View& view, const TraceRequest& request, const std::set<std::uint32_t>& active)
      : view_(view), request_(request) {
    for (const Seed& seed : request.seeds) {
      if (!active.contains(seed.label)) continue;
      seeds_[seed.output.value].insert(request.labels[seed.label]);
    }
  }

  void Run();

  std::vector<Holding> holdings;
  // By label, kind, and entity of a stop.
  using SinkKey = std::tuple<std::string, std::string, std::optional<std::uint32_t>>;
  std::map<SinkKey, Taint> sinks;
  std::map<std::string, Taint> seeded;

 private:
  struct Outcome {
    bool known = false;
    bool mixed = false;  // some output takes clean satoshi; only where order is kept
    std::vector<State> outputs;
    State tail;
    std::uint64_t tail_sat = 0;
  };

  std::uint32_t LabelOf(const std::string& name) const {
    return static_cast<std::uint32_t>(
        std::find(request_.labels.begin(), request_.labels.end(), name) - request_.labels.begin());
  }
  void SinkAll(const State& state, SinkKind kind) {
    for (const auto& [label, taint] : state.taint) Sink(label, kind, taint);
  }
  void Sink(const std::string& label, SinkKind kind, Taint taint) {
    sinks[{label, std::string(SinkKindName(kind)), std::nullopt}] += taint;
  }
  bool EndedAtStop(OutputNum output, const State& state);
  std::vector<std::uint64_t> ValuesOf(TxNum tx) const;
  void Ordinary(TxNum tx, std::vector<InFlow>* fees);
  void Coinbase(const BlockInfo& block, const std::vector<InFlow>& fees);
  Outcome Flow(const std::vector<InFlow>& inputs, const std::vector<std::uint64_t>& outputs) const;
  void FlowInOrder(const std::vector<InFlow>& inputs, const std::vector<std::uint64_t>& widths,
                   std::vector<State>* states) const;
  std::deque<coinwake::Run> QueueOf(const std::vector<InFlow>& inputs) const;
  std::vector<std::size_t> TurnsOf(const std::vector<std::uint64_t>& widths) const;
  void FlowHaircut(const State& arrived, const std::vector<std::uint64_t>& widths,
                   std::vector<State>* states) const;
  void Settle(OutputNum output, State state, std::uint64_t first_spender, bool mixed);
  void ApplySeeds(OutputNum output, State* state);
  static void Remove(const std::string& label, std::uint32_t number, State* state);

  const View& view_;
  const TraceRequest& request_;
  std::map<std::uint64_t, std::set<std::string>> seeds_;  // labels by OutputNum
  TxNum end_;                            // what comes after the last height does not happen
  std::map<std::uint64_t, State> live_;  // by OutputNum
};

void Twin::Run() {
  const Snapshot& snapshot = view_.snapshot();
  const std::uint64_t last =
      std::min(snapshot.height, request_.until_height.value_or(snapshot.height));
  if (last < snapshot.from_height) return;
  end_ = view_.Block(last).transactions.end;
  for (std::uint64_t height = snapshot.from_height; height <= last; ++height) {
    const BlockInfo block = view_.Block(height);
    std::vector<InFlow> fees;
    if (request_.fees == FeeMode::kSink) Ordinary(block.transactions.begin, &fees);
    fees.clear();
    for (TxNum tx = block.transactions.begin + 1; tx < block.transactions.end; ++tx) {
      Ordinary(tx, &fees);
    }
    if (request_.fees == FeeMode::kMiner) Coinbase(block, fees);
  }
}

std::vector<std::uint64_t> Twin::ValuesOf(TxNum tx) const {
  std::vector<std::uint64_t> values;
  const auto outputs = view_.Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    values.push_back(view_.Value(output));
  }
  return values;
}

// Sends a transaction's inputs to its outputs and remembers its fee.
void Twin::Ordinary(TxNum tx, std::vector<InFlow>* fees) {
  std::vector<InFlow> inputs;
  const auto range = view_.Inputs(tx);
  for (InputNum input = range.begin; input < range.end; ++input) {
    const InputSource source = view_.Source(input);
    InFlow flow{view_.SourceValue(source), {}};
    if (!source.is_foreign()) {
      const auto state = live_.find(source.output().value);
      if (state != live_.end()) {
        flow.state = state->second;
        live_.erase(state);
      }
    }
    inputs.push_back(flow);
  }
  const std::vector<std::uint64_t> values = ValuesOf(tx);
  Outcome outcome = Flow(inputs, values);
  if (!outcome.known && request_.policy != Policy::kPoison) {
    for (const InFlow& input : inputs) SinkAll(input.state, SinkKind::kDegraded);
  }
  const OutputNum first = view_.Outputs(tx).begin;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Settle(first + i, outcome.outputs[i], tx.value + 1, outcome.mixed);
  }
  InFlow fee;
  if (outcome.known) fee = {outcome.tail_sat, outcome.tail};
  if (request_.fees == FeeMode::kSink) {
    SinkAll(fee.state, SinkKind::kFee);
    return;
  }
  for (const auto& [label, taint] : std::map(fee.state.taint)) {
    const bool mixed = request_.stop_mixed && outcome.mixed;
    if (!mixed && fee.state.hops[label] < request_.max_hops.value_or(kNoLimit)) continue;
    Sink(label, mixed ? SinkKind::kMixed : SinkKind::kMaxHops, taint);
    Remove(label, LabelOf(label), &fee.state);
  }
  fees->push_back(fee);
}

// The block's fees, then its subsidy, go to the coinbase's outputs.
void Twin::Coinbase(const BlockInfo& block, const std::vector<InFlow>& fees) {
  const bool regtest = view_.snapshot().network == Network::kBitcoinRegtest;
  std::uint64_t subsidy = 5'000'000'000;
  for (std::uint64_t era = block.height / (regtest ? 150 : 210'000); era != 0; --era) subsidy /= 2;
  std::vector<InFlow> inputs = fees;
  inputs.push_back({subsidy, {}});
  const bool tainted = std::any_of(fees.begin(), fees.end(),
                                   [](const InFlow& fee) { return !fee.state.taint.empty(); });
  const bool known = std::all_of(fees.begin(), fees.end(),
                                 [](const InFlow& fee) { return fee.value.has_value(); });
  const std::vector<std::uint64_t> values = ValuesOf(block.transactions.begin);
  Outcome outcome;
  if (known && tainted) outcome = Flow(inputs, values);
  if (!outcome.known) {
    for (const InFlow& fee : fees) SinkAll(fee.state, SinkKind::kDegraded);
    outcome.outputs.assign(values.size(), {});
  }
  SinkAll(outcome.tail, SinkKind::kBurnt);
  const OutputNum first = view_.Outputs(block.transactions.begin).begin;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Settle(first + i, outcome.outputs[i], block.transactions.end.value, outcome.mixed);
  }
}

// One step of the policy. Not known: amounts are missing or contradict; only poison passes then.
Twin::Outcome Twin::Flow(const std::vector<InFlow>& inputs,
                         const std::vector<std::uint64_t>& outputs) const {
  Outcome outcome;
  outcome.known = true;
  std::uint64_t sum = 0;
  State arrived;
  for (const InFlow& input : inputs) {
    outcome.known = outcome.known && input.value.has_value();
    sum += input.value.value_or(0);
    for (const auto& [label, taint] : input.state.taint) {
      arrived.taint[label] += taint;
      const std::uint32_t hops = input.state.hops.at(label) + 1;
      const auto entry = arrived.hops.emplace(label, hops).first;
      entry->second = std::min(entry->second, hops);
    }
  }
  std::uint64_t spent = 0;
  for (const std::uint64_t value : outputs) spent += value;
  if (spent > sum) outcome.known = false;
  std::vector<std::uint64_t> widths = outputs;
  if (outcome.known) widths.push_back(sum - spent);
  std::vector<State> states(widths.size());
  if (request_.policy == Policy::kPoison) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      for (const auto& [label, taint] : arrived.taint) {
        if (widths[i] != 0) states[i].taint[label] = Taint::FromSatoshi(widths[i]);
      }
    }
  } else if (outcome.known && request_.policy == Policy::kHaircut) {
    FlowHaircut(arrived, widths, &states);
  } else if (outcome.known) {
    FlowInOrder(inputs, widths, &states);
  }
  for (State& state : states) {
    for (const auto& [label, taint] : state.taint) state.hops[label] = arrived.hops.at(label);
  }
  if (outcome.known) {
    outcome.tail = states.back();
    outcome.tail_sat = widths.back();
    states.pop_back();
  }
  for (const State& state : states) {
    for (const coinwake::Run& run : state.runs) {
      outcome.mixed = outcome.mixed || run.label == kCleanLabel;
    }
  }
  outcome.outputs = states;
  return outcome;
}

// What comes in, in the order in which it is taken: a run for each satoshi, unless they are many.
std::deque<coinwake::Run> Twin::QueueOf(const std::vector<InFlow>& inputs) const {
  std::deque<coinwake::Run> queue;
  std::uint64_t sum = 0;
  for (const InFlow& input : inputs) sum += *input.value;
  const auto add = [&](const coinwake::Run& run) {
    const bool apart = sum <= kFewSatoshi;
    for (std::uint64_t i = 0; apart && i < run.length; ++i) queue.push_back({1, run.label});
    if (!apart) queue.push_back(run);
  };
  for (const InFlow& input : inputs) {
    if (input.state.taint.empty()) {
      add({*input.value, kCleanLabel});
    } else {
      for (const coinwake::Run& run : input.state.runs) add(run);
    }
  }
  const auto is_clean = [](const coinwake::Run& run) { return run.label == kCleanLabel; };
  const auto is_tainted = [](const coinwake::Run& run) { return run.label != kCleanLabel; };
  switch (request_.policy) {
    case Policy::kLifo:
      std::reverse(queue.begin(), queue.end());
      break;
    case Policy::kTifo:
    case Policy::kTiho:
    case Policy::kTiso:
      std::stable_partition(queue.begin(), queue.end(), is_tainted);
      break;
    case Policy::kCifo:
      std::stable_partition(queue.begin(), queue.end(), is_clean);
      break;
    default:
      break;
  }
  return queue;
}

// The order in which the parts take: the tail, which is last, after all outputs.
std::vector<std::size_t> Twin::TurnsOf(const std::vector<std::uint64_t>& widths) const {
  std::vector<std::size_t> turns;
  for (std::size_t i = 0; i < widths.size(); ++i) turns.push_back(i);
  const auto tail = turns.end() - 1;
  if (request_.policy == Policy::kTiho) {
    std::stable_sort(turns.begin(), tail,
                     [&](std::size_t a, std::size_t b) { return widths[a] > widths[b]; });
  } else if (request_.policy == Policy::kTiso) {
    std::stable_sort(turns.begin(), tail,
                     [&](std::size_t a, std::size_t b) { return widths[a] < widths[b]; });
  }
  return turns;
}

// `widths`: of the outputs, then of the tail.
void Twin::FlowInOrder(const std::vector<InFlow>& inputs, const std::vector<std::uint64_t>& widths,
                       std::vector<State>* states) const {
  std::deque<coinwake::Run> queue = QueueOf(inputs);
  for (const std::size_t i : TurnsOf(widths)) {
    std::uint64_t missing = widths[i];
    while (missing != 0) {
      coinwake::Run& front = queue.front();
      const std::uint64_t length = std::min(front.length, missing);
      State& state = (*states)[i];
      if (length != 0) {
        if (!state.runs.empty() && state.runs.back().label == front.label) {
          state.runs.back().length += length;
        } else {
          state.runs.push_back({length, front.label});
        }
      }
      missing -= length;
      front.length -= length;
      if (front.length == 0) queue.pop_front();
    }
    for (const coinwake::Run& run : (*states)[i].runs) {
      if (run.label == kCleanLabel) continue;
      (*states)[i].taint[request_.labels[run.label]] += Taint::FromSatoshi(run.length);
    }
  }
}

void Twin::FlowHaircut(const State& arrived, const std::vector<std::uint64_t>& widths,
                       std::vector<State>* states) const {
  std::vector<Uint128> room;
  Uint128 total = 0;
  for (const std::uint64_t width : widths) {
    room.push_back(Uint128{width} * 4096);
    total += room.back();
  }
  for (const auto& [label, taint] : arrived.taint) {
    std::vector<std::pair<Uint128, std::size_t>> order;  // (total - remainder, part)
    std::vector<Uint128> shares;
    Uint128 left = taint.units();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const Uint128 product = taint.units() * room[i];
      shares.push_back(product / total);
      left -= shares.back();
      order.emplace_back(total - product % total, i);
    }
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < left; ++i) ++shares[order[i].second];
    for (std::size_t i = 0; i < widths.size(); ++i) {
      room[i] -= shares[i];
      if (shares[i] != 0) (*states)[i].taint[label] = Taint::FromUnits(shares[i]);
    }
    total -= taint.units();
  }
}

void Twin::Remove(const std::string& label, std::uint32_t number, State* state) {
  state->taint.erase(label);
  state->hops.erase(label);
  std::vector<coinwake::Run> runs;
  for (coinwake::Run run : state->runs) {
    if (run.label == number) run.label = kCleanLabel;
    if (!runs.empty() && runs.back().label == run.label) {
      runs.back().length += run.length;
    } else {
      runs.push_back(run);
    }
  }
  state->runs = runs;
}

void Twin::ApplySeeds(OutputNum output, State* state) {
  const auto entry = seeds_.find(output.value);
  if (entry == seeds_.end()) return;
  const std::set<std::string>& seeds = entry->second;
  if (request_.since_height.has_value() &&
      view_.HeightOf(view_.TransactionOf(output)) < *request_.since_height) {
    return;
  }
  const std::string& label = *seeds.begin();
  const Taint whole = Taint::FromSatoshi(view_.Value(output));
  Taint clean = whole;
  for (const auto& [other, taint] : state->taint) clean -= taint;
  if (request_.policy == Policy::kPoison && !state->taint.empty()) clean = Taint();
  if (!request_.competing) {
    SinkAll(*state, SinkKind::kReturnedToSeed);
    *state = {};
    clean = whole;
  }
  if (clean.is_zero()) return;
  seeded[label] += clean;
  state->taint[label] += clean;
  state->hops[label] = 0;
  if (state->runs.empty()) state->runs.push_back({view_.Value(output), kCleanLabel});
  std::vector<coinwake::Run> runs;
  for (coinwake::Run run : state->runs) {
    if (run.label == kCleanLabel) run.label = LabelOf(label);
    if (!runs.empty() && runs.back().label == run.label) {
      runs.back().length += run.length;
    } else {
      runs.push_back(run);
    }
  }
  state->runs = runs;
}

// An address that stops takes all labels' taint, but at an output that is a seed in this pass.
bool Twin::EndedAtStop(OutputNum output, const State& state) {
  if (request_.stops == nullptr || seeds_.contains(output.value)) return false;
  const std::optional<Stop> stop = request_.stops->StopAt(view_.AddressOf(output));
  if (!stop.has_value()) return false;
  for (const auto& [label, taint] : state.taint) {
    sinks[{label, std::string(SinkKindName(stop->kind)), stop->entity}] += taint;
  }
  return true;
}

void Twin::Settle(OutputNum output, State state, std::uint64_t first_spender, bool mixed) {
  if (view_.Value(output) == 0) return;
  if (EndedAtStop(output, state)) return;
  ApplySeeds(output, &state);
  for (const auto& [label, taint] : std::map(state.taint)) {
    if (taint >= request_.min_taint.value_or(Taint())) continue;
    Sink(label, SinkKind::kMinTaint, taint);
    Remove(label, LabelOf(label), &state);
  }
  if (state.taint.empty()) return;
  std::optional<TxNum> spender = view_.Spender(output);
  if (!spender.has_value() && view_.IsUnspendable(output, end_)) {
    SinkAll(state, SinkKind::kBurnt);
    return;
  }
  if (spender.has_value() && *spender >= end_) spender.reset();
  for (const auto& [label, taint] : std::map(state.taint)) {
    if (!spender.has_value() || request_.all_outputs) {
      Holding holding{LabelOf(label), output, taint, {}, spender};
      if (KeepsOrder(request_.policy)) holding.runs = state.runs;
      holdings.push_back(holding);
    }
  }
  if (!spender.has_value()) return;
  for (const auto& [label, taint] : std::map(state.taint)) {
    const bool late = spender->value < first_spender;
    const bool last = mixed && request_.stop_mixed && state.hops.at(label) > 0;
    const bool far = state.hops.at(label) >= request_.max_hops.value_or(kNoLimit);
    if (!late && !last && !far) continue;
    Sink(label, late ? SinkKind::kDegraded : last ? SinkKind::kMixed : SinkKind::kMaxHops, taint);
    Remove(label, LabelOf(label), &state);
  }
  if (!state.taint.empty()) live_[output.value] = state;
}

}  // namespace

std::string TraceLines::ToString(const TraceRequest& request) const {
  std::string text;
  for (const Holding& holding : holdings) {
    absl::StrAppend(&text, "holding ", request.labels[holding.label], " output ",
                    holding.output.value, " taint ", holding.taint.ToString(), " spent by ",
                    holding.spent_by.has_value() ? absl::StrCat(holding.spent_by->value) : "none",
                    " runs", RunsToString(holding.runs, request.labels), "\n");
  }
  for (const Sink& sink : sinks) {
    absl::StrAppend(&text, "sink ", request.labels[sink.label], " ",
                    std::string(SinkKindName(sink.kind)), " ",
                    sink.entity.has_value() ? absl::StrCat("of ", *sink.entity, " ") : "",
                    sink.taint.ToString(), "\n");
  }
  for (const Summary& summary : summaries) {
    absl::StrAppend(&text, "summary ", request.labels[summary.label], " seeded ",
                    summary.seeded.ToString(), " unspent ", summary.unspent.ToString(), " exits ",
                    summary.exits.ToString(), " sinks ", summary.sinks.ToString(), " holdings ",
                    summary.holdings, "\n");
  }
  return text;
}

absl::Status TraceRecorder::OnHolding(const Holding& holding) {
  if (!lines.sinks.empty() || !lines.summaries.empty()) return absl::InternalError("late holding");
  if (!lines.holdings.empty() && holding.output < lines.holdings.back().output) {
    return absl::InternalError("holdings out of order");
  }
  lines.holdings.push_back(holding);
  return absl::OkStatus();
}

absl::Status TraceRecorder::OnSink(const Sink& sink) {
  if (!lines.summaries.empty()) return absl::InternalError("late sink");
  lines.sinks.push_back(sink);
  return absl::OkStatus();
}

absl::Status TraceRecorder::OnSummary(const Summary& summary) {
  lines.summaries.push_back(summary);
  return absl::OkStatus();
}

TraceLines ReferenceTrace(const View& view, const TraceRequest& request) {
  std::vector<std::set<std::uint32_t>> groups(request.competing ? 1 : request.labels.size());
  for (std::uint32_t label = 0; label < request.labels.size(); ++label) {
    groups[request.competing ? 0 : label].insert(label);
  }
  std::map<std::string, Summary> summaries;
  for (std::uint32_t label = 0; label < request.labels.size(); ++label) {
    summaries[request.labels[label]].label = label;
  }
  TraceLines lines;
  std::map<Twin::SinkKey, Sink> sinks;
  for (const std::set<std::uint32_t>& group : groups) {
    Twin twin(view, request, group);
    twin.Run();
    for (const Holding& holding : twin.holdings) {
      Summary& summary = summaries[request.labels[holding.label]];
      if (!holding.spent_by.has_value()) summary.unspent += holding.taint;
      ++summary.holdings;
      lines.holdings.push_back(holding);
    }
    for (const auto& [key, taint] : twin.sinks) {
      if (taint.is_zero()) continue;
      const auto& [label, kind_name, entity] = key;
      Summary& summary = summaries[label];
      for (std::size_t i = 0; i < kSinkKindsCount; ++i) {
        const auto kind = static_cast<SinkKind>(i);
        if (SinkKindName(kind) == kind_name) sinks[key] = {summary.label, kind, entity, taint};
      }
      (entity.has_value() ? summary.exits : summary.sinks) += taint;
    }
    for (const auto& [label, taint] : twin.seeded) summaries[label].seeded += taint;
  }
  std::stable_sort(lines.holdings.begin(), lines.holdings.end(),
                   [&](const Holding& a, const Holding& b) {
                     return std::pair(a.output, request.labels[a.label]) <
                            std::pair(b.output, request.labels[b.label]);
                   });
  for (const auto& [key, sink] : sinks) lines.sinks.push_back(sink);
  for (const auto& [label, summary] : summaries) lines.summaries.push_back(summary);
  return lines;
}

}  // namespace coinwake
