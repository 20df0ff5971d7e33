#include "tests/tracer/reference_bounds.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tracer/account_cursor.h"

namespace coinwake {
namespace {

constexpr std::size_t kMostStates = 20'000;

// What is tainted where, and what arrived; nothing is there with 0.
struct State {
  std::map<std::uint64_t, std::uint64_t> taint;  // by output or account
  std::uint64_t arrived = 0;
  friend bool operator<(const State& a, const State& b) {
    return std::tie(a.taint, a.arrived) < std::tie(b.taint, b.arrived);
  }
  std::uint64_t Take(std::uint64_t place) {
    const auto entry = taint.find(place);
    if (entry == taint.end()) return 0;
    const std::uint64_t amount = entry->second;
    taint.erase(entry);
    return amount;
  }
  void Put(std::uint64_t place, std::uint64_t amount) {
    if (amount != 0) taint[place] += amount;
  }
};
using States = std::set<State>;

// With what accounts hold in the end counted.
States AtTheEnd(const States& states) {
  States counted;
  for (State state : states) {
    for (const auto& [place, amount] : state.taint) state.arrived += amount;
    counted.insert(std::move(state));
  }
  return counted;
}

AmountInterval IntervalOf(const States& states) {
  AmountInterval interval{~Uint128{0}, 0};
  for (const State& state : states) {
    interval.min = std::min<Uint128>(interval.min, state.arrived);
    interval.max = std::max<Uint128>(interval.max, state.arrived);
  }
  return interval;
}

// Outputs of one transaction, and its fee, that taint may be laid over.
struct Part {
  std::uint64_t capacity = 0;
  enum class Fate { kLost, kArrives, kStays } fate = Fate::kLost;
  std::uint64_t output = 0;
};

class SpendTrial {
 public:
  SpendTrial(const View& view, const TraceRequest& request, std::uint32_t label,
             const BoundsTarget& target, const std::optional<Stop>& counted)
      : view_(view), request_(request), target_(target), counted_(counted) {
    const auto in_time = [&](OutputNum output) {
      const std::uint64_t height = view.HeightOf(view.TransactionOf(output));
      return height >= request.since_height.value_or(0) &&
             height <= request.until_height.value_or(height);
    };
    for (const Seed& seed : request.seeds) {
      if (seed.label == label && in_time(seed.output)) seeds_.insert(seed.output.value);
    }
  }

  std::optional<AmountInterval> Run() {
    States states = {State()};
    for (TxNum tx{0}; tx.value < view_.transactions_count() && Happens(tx); ++tx) {
      States after;
      const std::vector<Part> parts = PartsOf(tx);
      for (State state : states) {
        std::uint64_t amount = 0;
        const auto inputs = view_.Inputs(tx);
        for (InputNum input = inputs.begin; input < inputs.end; ++input) {
          const InputSource source = view_.Source(input);
          if (!source.is_foreign()) amount += state.Take(source.output().value);
        }
        Lay(tx, parts, amount, state, &after);
        if (after.size() > kMostStates) return std::nullopt;
      }
      states = std::move(after);
    }
    return IntervalOf(states);
  }

 private:
  bool Happens(TxNum tx) const {
    return !request_.until_height.has_value() || view_.HeightOf(tx) <= *request_.until_height;
  }

  bool IsTarget(OutputNum output) const {
    if (const auto* address = std::get_if<AddressNum>(&target_)) {
      return view_.AddressOf(output) == *address;
    }
    return std::holds_alternative<OutputNum>(target_) && std::get<OutputNum>(target_) == output;
  }

  bool CountsUnspent(OutputNum output) const {
    return std::holds_alternative<Unspent>(target_) && !counted_.has_value() &&
           !view_.IsUnspendable(output);
  }

  Part::Fate FateOf(OutputNum output) const {
    if (seeds_.contains(output.value)) return Part::Fate::kLost;
    if (IsTarget(output)) return counted_.has_value() ? Part::Fate::kLost : Part::Fate::kArrives;
    if (request_.stops != nullptr) {
      const std::optional<Stop> stop = request_.stops->StopAt(view_.AddressOf(output));
      if (stop.has_value()) return stop == counted_ ? Part::Fate::kArrives : Part::Fate::kLost;
    }
    const std::optional<TxNum> spender = view_.Spender(output);
    if (spender.has_value() && Happens(*spender)) return Part::Fate::kStays;
    return CountsUnspent(output) ? Part::Fate::kArrives : Part::Fate::kLost;
  }

  std::vector<Part> PartsOf(TxNum tx) const {
    std::vector<Part> parts;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    bool known = true;
    const auto inputs = view_.Inputs(tx);
    for (InputNum input = inputs.begin; input < inputs.end; ++input) {
      const auto value = view_.SourceValue(view_.Source(input));
      known = known && value.has_value();
      in += value.value_or(0);
    }
    const auto outputs = view_.Outputs(tx);
    for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
      parts.push_back({view_.Value(output), FateOf(output), output.value});
      out += view_.Value(output);
    }
    const std::uint64_t fee = known && out <= in ? in - out : ~std::uint64_t{0};
    const auto* fee_target = std::get_if<FeeOf>(&target_);
    const bool arrives = fee_target != nullptr && fee_target->tx == tx && !counted_.has_value();
    parts.push_back({fee, arrives ? Part::Fate::kArrives : Part::Fate::kLost, 0});
    return parts;
  }

  // Every way to lay `amount` over the parts.
  void Lay(TxNum tx, const std::vector<Part>& parts, std::uint64_t amount, const State& state,
           States* after) const {
    std::vector<std::pair<State, std::uint64_t>> ways = {{state, amount}};  // and what is left
    for (const Part& part : parts) {
      std::vector<std::pair<State, std::uint64_t>> longer;
      for (const auto& [before, left] : ways) {
        for (std::uint64_t here = 0; here <= std::min(left, part.capacity); ++here) {
          longer.emplace_back(before, left - here);
          if (part.fate == Part::Fate::kArrives) longer.back().first.arrived += here;
          if (part.fate == Part::Fate::kStays) longer.back().first.Put(part.output, here);
        }
      }
      ways = std::move(longer);
    }
    for (const auto& [done, left] : ways) {
      if (left == 0) Finish(tx, done, after);
    }
  }

  void Finish(TxNum tx, State state, States* after) const {
    const auto outputs = view_.Outputs(tx);
    for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
      if (!seeds_.contains(output.value)) continue;
      if (IsTarget(output)) {
        if (!counted_.has_value()) state.arrived += view_.Value(output);
      } else if (view_.Spender(output).has_value() && Happens(*view_.Spender(output))) {
        state.Put(output.value, view_.Value(output));
      } else if (CountsUnspent(output)) {
        state.arrived += view_.Value(output);
      }
    }
    after->insert(std::move(state));
  }

  const View& view_;
  const TraceRequest& request_;
  const BoundsTarget& target_;
  const std::optional<Stop>& counted_;
  std::set<std::uint64_t> seeds_;
};

struct TransferTrial {
  const AccountTraceRequest& request;
  const std::optional<std::uint32_t> target;
  const std::optional<Stop>& counted;
  std::set<std::uint32_t> seeds;

  // What becomes of `tainted` of the event's units at the receiver.
  void Arrive(const AccountEvent& event, std::uint64_t tainted, State* state) const {
    const auto amount = static_cast<std::uint64_t>(event.amount);
    const bool counts_target = !counted.has_value();
    if (event.kind == AccountEventKind::kHide) {
      if (counted == Stop{SinkKind::kMixer, kNobody}) state->arrived += tainted;
    } else if (event.to == kNobody) {
      return;  // lost
    } else if (event.kind == AccountEventKind::kWithin && event.to != target) {
      state->Put(event.to, tainted);
    } else if (event.kind != AccountEventKind::kWithin && seeds.contains(event.to)) {
      if (event.number < request.since.value_or(0)) return;
      if (event.to != target) {
        state->Put(event.to, amount);
      } else if (counts_target) {
        state->arrived += amount;
      }
    } else if (event.to == target) {
      if (counts_target) state->arrived += tainted;
    } else {
      const std::optional<Stop> stop =
          request.stops == nullptr ? std::nullopt : request.stops->StopAt(event.to);
      if (!stop.has_value()) state->Put(event.to, tainted);
      if (stop.has_value() && stop == counted) state->arrived += tainted;
    }
  }
};

}  // namespace

std::optional<AmountInterval> TryAll(const View& view, const TraceRequest& request,
                                     std::uint32_t label, const BoundsTarget& target,
                                     const std::optional<Stop>& counted) {
  return SpendTrial(view, request, label, target, counted).Run();
}

std::optional<AmountInterval> TryAll(MemoryAccounts& accounts, const AccountTraceRequest& request,
                                     std::uint32_t label, std::optional<std::uint32_t> target,
                                     const std::optional<Stop>& counted) {
  TransferTrial trial{request, target, counted, {}};
  for (const AccountSeed& seed : request.seeds) {
    if (seed.label == label) trial.seeds.insert(seed.account);
  }
  const AccountTraceLimits no_limits;
  AccountMeter meter(no_limits, nullptr);
  States states = {State()};
  for (const AccountEvent& event : accounts.all) {
    if (event.number >= request.until.value_or(std::numeric_limits<std::uint64_t>::max())) break;
    if (event.amount == 0 || event.from == event.to) continue;
    const auto amount = static_cast<std::uint64_t>(event.amount);
    std::uint64_t balance = amount;  // of nobody: what is minted
    if (event.from != kNobody) {
      const auto before = accounts.BalanceBefore(event.from, event.number, meter);
      if (!before.ok()) return std::nullopt;
      balance = static_cast<std::uint64_t>(before->balance);
    }
    States after;
    for (State state : states) {
      const std::uint64_t held = state.Take(event.from);
      const std::uint64_t clean = balance - held;
      for (std::uint64_t tainted = amount > clean ? amount - clean : 0;
           tainted <= std::min(amount, held); ++tainted) {
        State next = state;
        next.Put(event.from, held - tainted);
        trial.Arrive(event, tainted, &next);
        after.insert(std::move(next));
      }
    }
    if (after.size() > kMostStates) return std::nullopt;
    states = std::move(after);
  }
  return IntervalOf(target.has_value() || counted.has_value() ? states : AtTheEnd(states));
}

std::string TextOf(const AmountInterval& interval) {
  return absl::StrCat("[", ToDecimal(Uint256(interval.min)), ", ", ToDecimal(Uint256(interval.max)),
                      "]");
}

std::string TextOf(const Bounds& bounds) {
  std::string text = absl::StrCat(TextOf(AmountInterval{bounds.min, bounds.max}), " of ",
                                  ToDecimal(Uint256(bounds.seeded)));
  for (const StopBound& stop : bounds.stops) {
    absl::StrAppend(&text, " ", std::string(SinkKindName(stop.kind)),
                    stop.entity.has_value() ? absl::StrCat("/", *stop.entity) : "", " ",
                    ToDecimal(Uint256(stop.max)));
  }
  if (bounds.not_expanded != 0) {
    absl::StrAppend(&text, "; ", bounds.not_expanded,
                    " not expanded: ", ToDecimal(Uint256(bounds.not_expanded_max)));
  }
  return text;
}

}  // namespace coinwake
