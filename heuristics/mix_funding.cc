#include "heuristics/mix_funding.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

namespace coinwake {
namespace {

constexpr int kMaxSteps = 2'000;
constexpr std::uint64_t kMinGain = 1000;           // satoshi
constexpr std::uint64_t kGainDivisor = 20;         // of the value mixed
constexpr std::uint64_t kCoordinatorDivisor = 50;  // the same
// Groups and participants that are dealt out: the sums of more might not fit, and it takes the
// product of both.
constexpr std::size_t kMostDealt = 1'000;

// Depth first over which groups each participant puts in, participants of large sums first. A
// participant is filled group by group, in descending order, and may be closed whenever its sum
// fits; the last takes what is left.
class FundingSearch {
 public:
  FundingSearch(std::vector<std::uint64_t> groups, std::vector<std::uint64_t> targets,
                std::uint64_t gain, std::uint64_t fees)
      : groups_(std::move(groups)),
        targets_(std::move(targets)),
        gain_(gain),
        pay_(fees),
        taker_pay_(fees + gain * targets_.size()),
        used_(groups_.size(), false) {
    std::sort(groups_.begin(), groups_.end(), std::greater<>());
    std::sort(targets_.begin(), targets_.end(), std::greater<>());
    unused_sum_ = std::accumulate(groups_.begin(), groups_.end(), std::uint64_t{0});
  }

  Funding Run() {
    if (groups_.size() < targets_.size()) return Funding::kImpossible;
    if (targets_.size() == 1) return RestFits() ? Funding::kPossible : Funding::kImpossible;
    for (int step = 0; step < kMaxSteps; ++step) {
      if (may_close_ && Close()) {
        if (participant_ + 1 == targets_.size() && RestFits()) return Funding::kPossible;
        if (participant_ + 1 == targets_.size()) UndoLast();
        continue;
      }
      may_close_ = false;
      if (Pick()) continue;
      if (choices_.empty()) return Funding::kImpossible;
      UndoLast();
    }
    return Funding::kUnknown;
  }

 private:
  // What was chosen, and what the state was before.
  struct Choice {
    bool closed;        // the participant; else a group was picked
    std::size_t group;  // picked
    std::size_t next;
    std::uint64_t sum;
    bool taker_found;
  };

  // Whether `sum` is what a participant of `target` may put in; `as_taker` when it pays others too.
  bool Fits(std::uint64_t sum, std::uint64_t target, bool* as_taker) const {
    *as_taker = sum > target + pay_;
    return sum + gain_ >= target && (!*as_taker || (!taker_found_ && sum <= target + taker_pay_));
  }

  bool Close() {
    bool as_taker = false;
    if (sum_ == 0 || !Fits(sum_, targets_[participant_], &as_taker)) return false;
    choices_.push_back({true, 0, next_, sum_, taker_found_});
    taker_found_ = taker_found_ || as_taker;
    ++participant_;
    next_ = 0;
    sum_ = 0;
    return true;
  }

  bool Pick() {
    const std::uint64_t limit =
        targets_[participant_] + (taker_found_ ? pay_ : std::max(pay_, taker_pay_));
    if (sum_ + unused_sum_ + gain_ < targets_[participant_]) return false;
    for (std::size_t group = next_; group < groups_.size(); ++group) {
      if (used_[group] || sum_ + groups_[group] > limit) continue;
      choices_.push_back({false, group, next_, sum_, taker_found_});
      used_[group] = true;
      unused_sum_ -= groups_[group];
      sum_ += groups_[group];
      next_ = group + 1;
      may_close_ = true;
      return true;
    }
    return false;
  }

  // Takes the last choice back, and goes on behind it.
  void UndoLast() {
    const Choice choice = choices_.back();
    choices_.pop_back();
    sum_ = choice.sum;
    taker_found_ = choice.taker_found;
    may_close_ = false;
    if (choice.closed) {
      --participant_;
      next_ = choice.next;
    } else {
      used_[choice.group] = false;
      unused_sum_ += groups_[choice.group];
      next_ = choice.group + 1;
    }
  }

  // Whether the last participant may put in all that is left.
  bool RestFits() const {
    bool as_taker = false;
    return unused_sum_ > 0 && Fits(unused_sum_, targets_.back(), &as_taker);
  }

  std::vector<std::uint64_t> groups_;
  std::vector<std::uint64_t> targets_;
  const std::uint64_t gain_;
  const std::uint64_t pay_;
  const std::uint64_t taker_pay_;
  std::vector<bool> used_;
  std::uint64_t unused_sum_ = 0;
  std::vector<Choice> choices_;
  std::size_t participant_ = 0;
  std::size_t next_ = 0;  // the first group that may still be picked for it
  std::uint64_t sum_ = 0;
  bool taker_found_ = false;
  bool may_close_ = false;
};

// What participants take out, descending, and what they may pay and gain.
struct Terms {
  std::vector<std::uint64_t> targets;
  std::uint64_t gain = 0;
  std::uint64_t fees = 0;
};

// nullopt where an output is neither change nor a coordinator's fee.
std::optional<Terms> TermsOf(const EqualMix& mix) {
  Terms terms;
  terms.targets = mix.others;
  std::sort(terms.targets.begin(), terms.targets.end(), std::greater<>());
  terms.gain = std::max(mix.value / kGainDivisor, kMinGain);
  terms.fees = mix.fee;
  if (terms.targets.size() > mix.participants) {
    if (terms.targets.back() > MaxCoordinatorFee(mix)) return std::nullopt;
    terms.fees += terms.targets.back();
  }
  terms.targets.resize(mix.participants, 0);
  for (std::uint64_t& target : terms.targets) target += mix.value;
  return terms;
}

// How groups are dealt out: one that is at most so much below or above what a participant lacks
// goes to the one it comes closest to; any other to the one that lacks least more than it, or most.
struct Deal {
  std::int64_t below = 0;
  std::int64_t above = 0;
  bool fills_smallest = false;
};

// To whom a group goes.
std::size_t Receiver(std::int64_t group, const std::vector<std::int64_t>& lacks, std::int64_t gain,
                     const Deal& deal) {
  const std::size_t none = lacks.size();
  std::size_t closest = none;
  std::size_t smallest = none;  // of those that lack more
  std::size_t poorest = 0;
  for (std::size_t i = 0; i < lacks.size(); ++i) {
    const std::int64_t over = group - lacks[i];
    if (lacks[i] > gain && over >= -deal.below && over <= deal.above &&
        (closest == none || std::abs(over) < std::abs(group - lacks[closest]))) {
      closest = i;
    }
    if (over < 0 && (smallest == none || lacks[i] < lacks[smallest])) smallest = i;
    if (lacks[i] > lacks[poorest]) poorest = i;
  }
  if (closest != none) return closest;
  return deal.fills_smallest && smallest != none ? smallest : poorest;
}

// `groups` descend.
bool Splits(const std::vector<std::uint64_t>& groups, const Terms& terms, const Deal& deal) {
  const auto gain = static_cast<std::int64_t>(terms.gain);
  const auto fees = static_cast<std::int64_t>(terms.fees);
  const auto taker_pays = fees + gain * static_cast<std::int64_t>(terms.targets.size());
  std::vector<std::int64_t> lacks(terms.targets.begin(), terms.targets.end());
  for (const std::uint64_t group : groups) {
    const auto value = static_cast<std::int64_t>(group);
    lacks[Receiver(value, lacks, gain, deal)] -= value;
  }
  bool taker_found = false;
  for (std::size_t i = 0; i < lacks.size(); ++i) {
    const bool puts_in = lacks[i] != static_cast<std::int64_t>(terms.targets[i]);
    const bool is_taker = -lacks[i] > fees;
    if (!puts_in || lacks[i] > gain || -lacks[i] > taker_pays || (is_taker && taker_found)) {
      return false;
    }
    taker_found = taker_found || is_taker;
  }
  return true;
}

}  // namespace

Funding CanFund(const EqualMix& mix) {
  std::optional<Terms> terms = TermsOf(mix);
  if (!terms.has_value()) return Funding::kImpossible;
  return FundingSearch(mix.groups, std::move(terms->targets), terms->gain, terms->fees).Run();
}

bool HasPlainSplit(const EqualMix& mix) {
  constexpr std::uint64_t kMostMoney = std::uint64_t{21'000'000} * 100'000'000;  // satoshi
  const std::optional<Terms> terms = TermsOf(mix);
  std::vector<std::uint64_t> groups = mix.groups;
  std::sort(groups.begin(), groups.end(), std::greater<>());
  // No more than there is: differences then fit.
  const auto all = [](const std::vector<std::uint64_t>& values) {
    return std::all_of(values.begin(), values.end(),
                       [](std::uint64_t value) { return value <= kMostMoney; });
  };
  if (!terms.has_value() || !all(groups) || !all(terms->targets) || terms->fees > kMostMoney ||
      groups.size() + terms->targets.size() > kMostDealt) {
    return false;
  }
  // Most participants pay no more than their share of the fees.
  const auto share = static_cast<std::int64_t>(terms->fees / terms->targets.size());
  const auto gain = static_cast<std::int64_t>(terms->gain);
  const auto fees = static_cast<std::int64_t>(terms->fees);
  return Splits(groups, *terms, {0, share, true}) || Splits(groups, *terms, {0, share, false}) ||
         Splits(groups, *terms, {gain, fees, false});
}

std::uint64_t MaxCoordinatorFee(const EqualMix& mix) {
  return mix.value / kCoordinatorDivisor * mix.participants;
}

}  // namespace coinwake
