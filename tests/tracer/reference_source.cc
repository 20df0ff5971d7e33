#include "tests/tracer/reference_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tracer/source.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kMostSat = (std::uint64_t{1} << 52) - 1;  // of haircut, in a transaction

// What is claimed of an output or a fee.
struct Claimed {
  std::set<std::uint64_t> places;  // fifo: of its satoshi, from 0
  Uint128 units = 0;
  std::uint32_t hops = 0;
};

// One label.
class Twin {
 public:
  Twin(const View& view, const TraceRequest& request, std::uint32_t label)
      : view_(view), request_(request), label_(label) {
    for (const Seed& seed : request.seeds) {
      const std::uint64_t height = view.HeightOf(view.TransactionOf(seed.output));
      const bool is_used = seed.label == label && height >= request.since_height.value_or(0) &&
                           height <= request.until_height.value_or(height);
      if (is_used) seeds_.insert(seed.output.value);
    }
  }

  void Run() {
    for (const std::uint64_t seed : seeds_) {
      const std::uint64_t value = view_.Value(OutputNum{seed});
      if (value == 0) continue;
      Claimed claimed;
      claimed.units = Uint128{value} * 4096;
      for (std::uint64_t i = 0; Fifo() && i < value; ++i) claimed.places.insert(i);
      seeded += Taint::FromSatoshi(value);
      Rest(seed, claimed);
    }
    const Snapshot& snapshot = view_.snapshot();
    for (std::uint64_t height = snapshot.height + 1; height-- > snapshot.from_height;) {
      const IdRange<TxNum> block = view_.Block(height).transactions;
      coinbase_ = block.begin;
      if (Miner()) Coinbase(block, height);
      for (std::uint64_t tx = block.end.value; tx-- > block.begin.value;) {
        if (tx != block.begin.value) Ordinary(TxNum{tx});
      }
    }
  }

  Taint seeded;
  std::map<std::pair<std::string, std::optional<std::uint32_t>>, Sink> sinks;
  std::vector<Holding> holdings;

 private:
  struct Part {
    std::uint64_t value = 0;
    std::optional<Claimed> claimed;
  };

  bool Fifo() const { return request_.policy == Policy::kFifo; }
  bool Miner() const { return request_.fees == FeeMode::kMiner; }

  void AddSink(SinkKind kind, Uint128 units, std::optional<std::uint32_t> entity = std::nullopt,
               std::optional<std::uint32_t> hops = std::nullopt) {
    Sink& sink = sinks[{std::string(SinkKindName(kind)), entity}];
    sink.label = label_;
    sink.kind = kind;
    sink.entity = entity;
    sink.taint += Taint::FromUnits(units);
    if (hops.has_value()) sink.hops = std::min(*hops, sink.hops.value_or(*hops));
  }

  // The amounts of a transaction; nullopt where they are unknown or cannot be.
  struct Amounts {
    std::vector<std::uint64_t> inputs, outputs;
    std::uint64_t fee = 0;
  };
  std::optional<Amounts> AmountsOf(TxNum tx) const {
    Amounts amounts;
    std::uint64_t sum = 0;
    const auto inputs = view_.Inputs(tx);
    for (InputNum input = inputs.begin; input < inputs.end; ++input) {
      const std::optional<std::uint64_t> value = view_.SourceValue(view_.Source(input));
      if (!value.has_value()) return std::nullopt;
      amounts.inputs.push_back(*value);
      sum += *value;
    }
    std::uint64_t paid = 0;
    for (const std::uint64_t value : amounts.outputs = OutputsOf(tx)) paid += value;
    if (paid > sum) return std::nullopt;
    amounts.fee = sum - paid;
    return amounts;
  }
  std::vector<std::uint64_t> OutputsOf(TxNum tx) const {
    std::vector<std::uint64_t> values;
    const auto outputs = view_.Outputs(tx);
    for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
      values.push_back(view_.Value(output));
    }
    return values;
  }

  // Takes what is claimed of the outputs, and with `fee_sat` of the fee.
  std::vector<Part> Take(TxNum tx, std::uint64_t fee_sat) {
    std::vector<Part> parts;
    OutputNum output = view_.Outputs(tx).begin;
    for (const std::uint64_t value : OutputsOf(tx)) {
      parts.push_back({value, Pull(&claims_, output.value)});
      ++output;
    }
    parts.push_back({fee_sat, Pull(&fees_, tx.value)});
    return parts;
  }
  static std::optional<Claimed> Pull(std::map<std::uint64_t, Claimed>* claims, std::uint64_t key) {
    const auto entry = claims->find(key);
    if (entry == claims->end()) return std::nullopt;
    std::optional<Claimed> claimed = entry->second;
    claims->erase(entry);
    return claimed;
  }

  // Lays what is claimed of `to` (outputs, then what is left) over `from`; nullopt where it cannot.
  std::optional<std::vector<Claimed>> Draw(const std::vector<Part>& to,
                                           const std::vector<std::uint64_t>& from,
                                           Uint128* claimed_units) const {
    std::vector<Claimed> drawn(from.size());
    std::uint32_t hops = 0xffffffff;
    Uint128 units = 0;
    for (const Part& part : to) {
      if (!part.claimed.has_value()) continue;
      hops = std::min(hops, part.claimed->hops);
      units += part.claimed->units;
    }
    for (Claimed& one : drawn) one.hops = hops + 1;
    *claimed_units = units;
    if (Fifo()) {
      std::uint64_t before = 0;
      for (const Part& part : to) {
        if (part.claimed.has_value()) {
          for (const std::uint64_t place : part.claimed->places) {
            DrawOne(before + place, from, &drawn);
          }
        }
        before += part.value;
      }
      return drawn;
    }
    std::vector<Uint128> room;
    Uint128 total = 0;
    for (const std::uint64_t value : from) {
      room.push_back(Uint128{value} * 4096);
      total += room.back();
    }
    if (total > Uint128{kMostSat} * 4096 || units > total) return std::nullopt;
    const std::vector<Uint128> shares = Split(units, room, total);
    for (std::size_t i = 0; i < from.size(); ++i) drawn[i].units = shares[i];
    return drawn;
  }
  static void DrawOne(std::uint64_t place, const std::vector<std::uint64_t>& from,
                      std::vector<Claimed>* drawn) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (place < from[i]) {
        (*drawn)[i].places.insert(place);
        (*drawn)[i].units += 4096;
        return;
      }
      place -= from[i];
    }
  }
  static std::vector<Uint128> Split(Uint128 amount, const std::vector<Uint128>& room,
                                    Uint128 total) {
    std::vector<Uint128> shares;
    std::vector<std::pair<Uint128, std::size_t>> order;  // the largest remainders first
    Uint128 left = amount;
    for (std::size_t i = 0; i < room.size(); ++i) {
      shares.push_back(total == 0 ? 0 : amount * room[i] / total);
      order.emplace_back(total == 0 ? 0 : total - amount * room[i] % total, i);
      left -= shares.back();
    }
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < left; ++i) ++shares[order[i].second];
    return shares;
  }

  void Ordinary(TxNum tx) {
    const std::optional<Amounts> amounts = AmountsOf(tx);
    const std::vector<Part> parts = Take(tx, amounts.has_value() ? amounts->fee : 0);
    if (!AnyClaimed(parts)) return;
    Uint128 units = 0;
    std::optional<std::vector<Claimed>> drawn;
    if (amounts.has_value()) drawn = Draw(parts, amounts->inputs, &units);
    if (!drawn.has_value()) return Unresolved(parts);
    const InputNum first = view_.Inputs(tx).begin;
    for (std::size_t i = 0; i < drawn->size(); ++i) {
      if ((*drawn)[i].units != 0) Arrive(view_.Source(first + i), (*drawn)[i]);
    }
  }

  static bool AnyClaimed(const std::vector<Part>& parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [](const Part& part) { return part.claimed.has_value(); });
  }
  void Unresolved(const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      if (part.claimed.has_value()) AddSink(SinkKind::kUnresolved, part.claimed->units);
    }
  }

  void Coinbase(const IdRange<TxNum>& block, std::uint64_t height) {
    std::vector<Part> parts = Take(block.begin, 0);
    if (!AnyClaimed(parts)) return;
    std::vector<std::uint64_t> paid;
    std::uint64_t subsidy = 5'000'000'000;
    for (std::uint64_t era = height / 150; era != 0; --era) subsidy /= 2;
    std::uint64_t total = subsidy;
    for (TxNum tx = block.begin + 1; tx < block.end; ++tx) {
      const std::optional<Amounts> amounts = AmountsOf(tx);
      if (!amounts.has_value()) return Unresolved(parts);
      paid.push_back(amounts->fee);
      total += amounts->fee;
    }
    paid.push_back(subsidy);
    std::uint64_t taken = 0;
    for (const Part& part : parts) taken += part.value;
    if (taken > total) return Unresolved(parts);
    Uint128 units = 0;
    const std::optional<std::vector<Claimed>> drawn = Draw(parts, paid, &units);
    if (!drawn.has_value()) return Unresolved(parts);
    for (std::size_t i = 0; i + 1 < paid.size(); ++i) {
      const Claimed& fee = (*drawn)[i];
      if (fee.units == 0) continue;
      if (fee.hops >= request_.max_hops.value_or(0xffffffff)) {
        AddSink(SinkKind::kMaxHops, fee.units);
      } else {
        fees_[block.begin.value + 1 + i] = fee;
      }
    }
    Minted(block.begin, parts, total - subsidy, units, drawn->back().units);
  }

  // Of the outputs of a coinbase, what the fees did not pay.
  void Minted(TxNum coinbase, const std::vector<Part>& parts, std::uint64_t fees_sat,
              Uint128 claimed_units, Uint128 minted_units) {
    std::vector<Uint128> room;
    room.reserve(parts.size());
    for (const Part& part : parts) room.push_back(part.claimed ? part.claimed->units : 0);
    const std::vector<Uint128> shares = Fifo() ? room : Split(minted_units, room, claimed_units);
    std::uint64_t before = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      if (parts[i].claimed.has_value()) {
        Claimed minted = *parts[i].claimed;
        minted.units = shares[i];
        if (Fifo()) {
          std::erase_if(minted.places,
                        [&](std::uint64_t place) { return before + place < fees_sat; });
          minted.units = Uint128{minted.places.size()} * 4096;
        }
        if (minted.units != 0) Hold(view_.Outputs(coinbase).begin.value + i, minted);
      }
      before += parts[i].value;
    }
  }

  void Arrive(InputSource source, const Claimed& claimed) {
    const std::optional<AddressNum> address = view_.SourceAddress(source);
    const bool is_seed = !source.is_foreign() && seeds_.contains(source.output().value);
    const bool of_own_block =
        !source.is_foreign() && view_.TransactionOf(source.output()) == coinbase_;
    if (Miner() && of_own_block) return AddSink(SinkKind::kUnresolved, claimed.units);
    if (is_seed) return AddSink(SinkKind::kReturnedToSeed, claimed.units);
    if (request_.stops != nullptr && address.has_value()) {
      const std::optional<Stop> stop = request_.stops->StopAt(*address);
      if (stop.has_value()) return AddSink(stop->kind, claimed.units, stop->entity, claimed.hops);
    }
    if (!source.is_foreign()) return Rest(source.output().value, claimed);
    const bool is_small = Taint::FromUnits(claimed.units) < request_.min_taint.value_or(Taint());
    AddSink(is_small ? SinkKind::kMinTaint : SinkKind::kUnresolved, claimed.units);
  }

  void Rest(std::uint64_t output, const Claimed& claimed) {
    const TxNum creator = view_.TransactionOf(OutputNum{output});
    if (Taint::FromUnits(claimed.units) < request_.min_taint.value_or(Taint())) {
      return AddSink(SinkKind::kMinTaint, claimed.units);
    }
    if (view_.HeightOf(creator) < request_.since_height.value_or(0)) {
      return AddSink(SinkKind::kSince, claimed.units);
    }
    if (!Miner() && view_.IsCoinbase(creator)) return Hold(output, claimed);
    if (claimed.hops >= request_.max_hops.value_or(0xffffffff)) {
      return AddSink(SinkKind::kMaxHops, claimed.units);
    }
    claims_[output] = claimed;
  }

  std::vector<coinwake::Run> RunsOf(const std::set<std::uint64_t>& places,
                                    std::uint64_t value) const {
    std::vector<coinwake::Run> runs;
    std::uint64_t next = 0;
    for (const std::uint64_t place : places) {
      if (place != next) runs.push_back({place - next, kCleanLabel});
      if (runs.empty() || runs.back().label == kCleanLabel) runs.push_back({0, label_});
      ++runs.back().length;
      next = place + 1;
    }
    if (next != value) runs.push_back({value - next, kCleanLabel});
    return runs;
  }

  void Hold(std::uint64_t output, const Claimed& claimed) {
    Holding holding;
    holding.label = label_;
    holding.output = OutputNum{output};
    holding.taint = Taint::FromUnits(claimed.units);
    holding.spent_by = view_.Spender(holding.output);
    if (Fifo()) holding.runs = RunsOf(claimed.places, view_.Value(holding.output));
    holdings.push_back(holding);
    AddSink(SinkKind::kCoinbase, claimed.units);
  }

  const View& view_;
  const TraceRequest& request_;
  const std::uint32_t label_;
  std::set<std::uint64_t> seeds_;
  TxNum coinbase_;  // of the block at hand
  std::map<std::uint64_t, Claimed> claims_;
  std::map<std::uint64_t, Claimed> fees_;
};

}  // namespace

TraceLines ReferenceSourceTrace(const View& view, const TraceRequest& request) {
  std::map<std::string, std::uint32_t> by_name;
  for (std::uint32_t label = 0; label < request.labels.size(); ++label) {
    by_name[request.labels[label]] = label;
  }
  TraceLines lines;
  for (const auto& [name, label] : by_name) {
    Twin twin(view, request, label);
    twin.Run();
    Summary summary;
    summary.label = label;
    summary.seeded = twin.seeded;
    summary.holdings = twin.holdings.size();
    for (const auto& [key, sink] : twin.sinks) {
      (sink.entity.has_value() ? summary.exits : summary.sinks) += sink.taint;
      lines.sinks.push_back(sink);
    }
    lines.holdings.insert(lines.holdings.end(), twin.holdings.begin(), twin.holdings.end());
    lines.summaries.push_back(summary);
  }
  std::stable_sort(lines.holdings.begin(), lines.holdings.end(),
                   [](const Holding& a, const Holding& b) { return a.output < b.output; });
  return lines;
}

namespace {

// With the hops of stops, which forward traces are not compared by.
std::string TextOf(const TraceLines& lines, const TraceRequest& request) {
  std::string text = lines.ToString(request);
  for (const Sink& sink : lines.sinks) {
    if (sink.hops.has_value()) absl::StrAppend(&text, " ", *sink.hops);
  }
  return text;
}

}  // namespace

TraceLines SourceBoth(const View& view, const TraceRequest& request) {
  TraceRecorder recorder;
  EXPECT_THAT(RunSourceTrace(view, request, {}, nullptr, recorder), IsOk());
  const TraceLines& lines = recorder.lines;
  EXPECT_EQ(TextOf(lines, request), TextOf(ReferenceSourceTrace(view, request), request));
  for (const Summary& summary : lines.summaries) {
    EXPECT_EQ(summary.seeded.ToString(), (summary.exits + summary.sinks).ToString());
    EXPECT_TRUE(summary.unspent.is_zero());
  }
  for (const Holding& holding : lines.holdings) {
    const std::uint64_t value = view.Value(holding.output);
    EXPECT_LE(holding.taint, Taint::FromSatoshi(value));
    EXPECT_FALSE(holding.taint.is_zero());
    EXPECT_EQ(holding.runs.empty(), request.policy != Policy::kFifo);
    std::uint64_t of_label = 0;
    std::uint64_t sum = 0;
    for (const Run& run : holding.runs) {
      sum += run.length;
      if (run.label == holding.label) of_label += run.length;
    }
    if (holding.runs.empty()) continue;
    EXPECT_EQ(sum, value);
    EXPECT_EQ(Taint::FromSatoshi(of_label), holding.taint);
  }
  return lines;
}

}  // namespace coinwake
