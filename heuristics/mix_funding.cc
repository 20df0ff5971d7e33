#include "heuristics/mix_funding.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace coinwake {
namespace {

constexpr int kMaxSteps = 2'000;
constexpr std::uint64_t kMinGain = 1000;           // satoshi
constexpr std::uint64_t kGainDivisor = 20;         // of the value mixed
constexpr std::uint64_t kCoordinatorDivisor = 50;  // the same

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

}  // namespace

Funding CanFund(const EqualMix& mix) {
  std::vector<std::uint64_t> targets = mix.others;
  std::sort(targets.begin(), targets.end(), std::greater<>());
  std::uint64_t fees = mix.fee;
  if (targets.size() > mix.participants) {
    if (targets.back() > MaxCoordinatorFee(mix)) return Funding::kImpossible;
    fees += targets.back();
  }
  targets.resize(mix.participants, 0);
  for (std::uint64_t& target : targets) target += mix.value;
  return FundingSearch(mix.groups, std::move(targets), std::max(mix.value / kGainDivisor, kMinGain),
                       fees)
      .Run();
}

std::uint64_t MaxCoordinatorFee(const EqualMix& mix) {
  return mix.value / kCoordinatorDivisor * mix.participants;
}

}  // namespace coinwake
