#include "hints/hint.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "hints/judge.h"
#include "hints/matching.h"

namespace coinwake {
namespace {

// What fits each other around a movement. Pairs count movements by first appearance.
struct Component {
  Positions deposits;
  Positions withdrawals;
  std::vector<Pair> pairs;
};

class Explorer {
 public:
  Explorer(const Fits& fits, const KnownTimes& deposits_known, const KnownTimes& withdrawals_known,
           std::int64_t time)
      : fits_(fits),
        deposits_known_(deposits_known),
        withdrawals_known_(withdrawals_known),
        time_(time),
        reach_(kMostWindows * fits.parameters().window_s) {}

  void BeginAtDeposit(std::uint32_t deposit) { NumberOf(deposit, &deposits_, &found_.deposits); }
  void BeginAtWithdrawal(std::uint32_t withdrawal) {
    NumberOf(withdrawal, &withdrawals_, &found_.withdrawals);
  }

  // nullopt: it passes a limit, or what is known. kCancelled.
  absl::StatusOr<std::optional<Component>> Run(const Cancellation* cancellation) {
    std::size_t next_deposit = 0;
    std::size_t next_withdrawal = 0;
    while (next_deposit < found_.deposits.size() || next_withdrawal < found_.withdrawals.size()) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
      const bool is_within = next_deposit < found_.deposits.size()
                                 ? ExpandDeposit(static_cast<std::uint32_t>(next_deposit++))
                                 : ExpandWithdrawal(found_.withdrawals[next_withdrawal++]);
      if (!is_within) return std::optional<Component>();
    }
    return std::optional<Component>(std::move(found_));
  }

 private:
  using Numbers = absl::flat_hash_map<std::uint32_t, std::uint32_t>;

  static std::uint32_t NumberOf(std::uint32_t position, Numbers* numbers, Positions* positions) {
    const auto next = static_cast<std::uint32_t>(positions->size());
    const auto [place, is_new] = numbers->try_emplace(position, next);
    if (is_new) positions->push_back(position);
    return place->second;
  }

  bool IsNear(std::int64_t time) const { return time_ - reach_ <= time && time <= time_ + reach_; }

  bool ExpandDeposit(std::uint32_t number) {
    const std::uint32_t deposit = found_.deposits[number];
    const std::int64_t time = fits_.deposits()[deposit].at.time;
    if (!IsNear(time) || !withdrawals_known_.Hold(time, time + fits_.parameters().window_s)) {
      return false;
    }
    const std::optional<Positions> fitting = fits_.OfDeposit(deposit);
    if (!fitting.has_value() || found_.pairs.size() + fitting->size() > kMostPairs) return false;
    for (const std::uint32_t withdrawal : *fitting) {
      found_.pairs.push_back({number, NumberOf(withdrawal, &withdrawals_, &found_.withdrawals)});
    }
    return true;
  }

  bool ExpandWithdrawal(std::uint32_t withdrawal) {
    const std::int64_t time = fits_.withdrawals()[withdrawal].at.time;
    if (!IsNear(time) || !deposits_known_.Hold(time - fits_.parameters().window_s, time)) {
      return false;
    }
    const std::optional<Positions> fitting = fits_.OfWithdrawal(withdrawal);
    if (!fitting.has_value() || fitting->size() > kMostPairs) return false;
    for (const std::uint32_t deposit : *fitting) NumberOf(deposit, &deposits_, &found_.deposits);
    return true;
  }

  const Fits& fits_;
  const KnownTimes& deposits_known_;
  const KnownTimes& withdrawals_known_;
  const std::int64_t time_;
  const std::int64_t reach_;
  Component found_;
  Numbers deposits_;
  Numbers withdrawals_;
};

// The hint for the movement that the component was found around, its first deposit or withdrawal.
HintAnswer AnswerPairs(const Fits& fits, const Component& component, bool is_deposit) {
  const auto deposits_count = static_cast<std::uint32_t>(component.deposits.size());
  const auto withdrawals_count = static_cast<std::uint32_t>(component.withdrawals.size());
  const std::vector<bool> in_every =
      InEveryAssignment(component.pairs, deposits_count, withdrawals_count);
  const Pair* found = nullptr;
  for (std::size_t i = 0; i < component.pairs.size(); ++i) {
    const Pair& pair = component.pairs[i];
    if (in_every[i] && (is_deposit ? pair.deposit : pair.withdrawal) == 0) found = &pair;
  }
  if (found == nullptr) return {.verdict = HintVerdict::kAmbiguous};
  const auto count = [&](const auto& is_other) {
    return static_cast<std::uint64_t>(
        std::count_if(component.pairs.begin(), component.pairs.end(), is_other));
  };
  Hint hint;
  hint.deposits = {component.deposits[found->deposit]};
  hint.withdrawals = {component.withdrawals[found->withdrawal]};
  hint.candidates = count([found](const Pair& pair) { return pair.deposit == found->deposit; });
  hint.competitors =
      count([found](const Pair& pair) { return pair.withdrawal == found->withdrawal; });
  hint.is_alone = hint.candidates == 1 && hint.competitors == 1;
  hint.chance.subsets = std::max(hint.candidates, hint.competitors);
  const DepositedSum sum = fits.SumOf(hint.deposits.front());
  return JudgeHint(fits, sum, std::move(hint));
}

}  // namespace

std::string_view HintVerdictName(HintVerdict verdict) {
  switch (verdict) {
    case HintVerdict::kHint:
      return "hint";
    case HintVerdict::kNothingFits:
      return "nothing_fits";
    case HintVerdict::kAmbiguous:
      return "ambiguous";
    case HintVerdict::kTooRound:
      return "too_round";
    case HintVerdict::kByChance:
      return "by_chance";
    case HintVerdict::kNoPrice:
      return "no_price";
    case HintVerdict::kNotIndexed:
      return "not_indexed";
    case HintVerdict::kTooMany:
      return "too_many";
  }
  return "";
}

std::string_view HintShapeName(HintShape shape) {
  switch (shape) {
    case HintShape::kPair:
      return "pair";
    case HintShape::kSplit:
      return "split";
    case HintShape::kMerge:
      return "merge";
  }
  return "";
}

std::optional<HintVerdict> HintSearch::HindranceAt(std::int64_t time) const {
  const std::int64_t window = fits_.parameters().window_s;
  const std::int64_t from = time - 2 * window;
  const std::int64_t to = time + window;
  if (!deposits_known_.Hold(from, to) || !withdrawals_known_.Hold(from, to)) {
    return HintVerdict::kNotIndexed;
  }
  if (!fits_.rates().Between(from, to).has_value()) return HintVerdict::kNoPrice;
  return std::nullopt;
}

absl::StatusOr<HintAnswer> HintSearch::AskDeposit(std::uint32_t deposit,
                                                  std::span<const std::uint32_t> group,
                                                  const Cancellation* cancellation) const {
  const std::int64_t time = fits_.deposits()[deposit].at.time;
  if (const auto hindrance = HindranceAt(time); hindrance.has_value()) {
    return HintAnswer{.verdict = *hindrance};
  }
  Explorer explorer(fits_, deposits_known_, withdrawals_known_, time);
  explorer.BeginAtDeposit(deposit);
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Component> component, explorer.Run(cancellation));
  if (!component.has_value()) return HintAnswer{.verdict = HintVerdict::kTooMany};
  if (component->pairs.empty()) {
    return TryParts(fits_, withdrawals_known_, deposit, group);
  }
  return AnswerPairs(fits_, *component, /*is_deposit=*/true);
}

absl::StatusOr<HintAnswer> HintSearch::AskWithdrawal(std::uint32_t withdrawal,
                                                     const Cancellation* cancellation) const {
  const std::int64_t time = fits_.withdrawals()[withdrawal].at.time;
  if (const auto hindrance = HindranceAt(time); hindrance.has_value()) {
    return HintAnswer{.verdict = *hindrance};
  }
  Explorer explorer(fits_, deposits_known_, withdrawals_known_, time);
  explorer.BeginAtWithdrawal(withdrawal);
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Component> component, explorer.Run(cancellation));
  if (!component.has_value()) return HintAnswer{.verdict = HintVerdict::kTooMany};
  if (component->pairs.empty()) return HintAnswer{};
  return AnswerPairs(fits_, *component, /*is_deposit=*/false);
}

}  // namespace coinwake
