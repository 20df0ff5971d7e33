#include "hints/judge.h"

#include <algorithm>
#include <utility>

namespace coinwake {
namespace {

constexpr std::uint64_t kLeastPart = 20;  // one in so many of the least payout

// Sets of two or three of so many.
std::uint64_t SetsOf(std::uint64_t count) {
  const std::uint64_t twos = count < 2 ? 0 : count * (count - 1) / 2;
  return twos + (count < 3 ? 0 : twos * (count - 2) / 3);
}

// Of a deposit with one or two of so many others.
std::uint64_t MergesWith(std::uint64_t others) { return others * (others + 1) / 2; }

// More could not be allowed whatever the windows held.
bool CanAllow(std::uint64_t sets) {
  return Chance{.hits = 0, .windows = 2 * kMostShiftedDays, .subsets = sets}.IsAtMost(
      kLeadPermille);
}

// Calls take(positions) for each set of two or three of `items`; there are few.
template <typename Take>
void ForEachSet(const Positions& items, const Take& take) {
  for (std::size_t a = 0; a < items.size(); ++a) {
    for (std::size_t b = a + 1; b < items.size(); ++b) {
      take(Positions{items[a], items[b]});
      for (std::size_t c = b + 1; c < items.size(); ++c) {
        take(Positions{items[a], items[b], items[c]});
      }
    }
  }
}

struct PartsFound {
  struct Fit {
    Hint hint;
    DepositedSum sum;
  };
  std::vector<Fit> fits;
  bool has_untried = false;
  bool is_unknown = false;  // a price is not known
};

class PartsSearch {
 public:
  PartsSearch(const Fits& fits, const KnownTimes& withdrawals_known,
              std::span<const std::uint32_t> group)
      : fits_(fits),
        withdrawals_known_(withdrawals_known),
        group_(group),
        window_s_(fits.parameters().window_s) {}

  PartsFound Of(std::uint32_t deposit) const {
    PartsFound found;
    Split(deposit, &found);
    Merge(deposit, &found);
    return found;
  }

 private:
  void Split(std::uint32_t deposit, PartsFound* found) const {
    const DepositedSum sum = fits_.SumOf(deposit);
    const std::optional<AmountRange> widest = fits_.PayoutAt(sum, sum.first_time + window_s_);
    if (!widest.has_value()) {
      found->is_unknown = true;
      return;
    }
    Positions parts;
    const auto within = fits_.WithdrawalsWithin(sum.first_time, sum.first_time + window_s_);
    for (std::uint32_t i = within.begin; i < within.end; ++i) {
      const Uint128 amount = fits_.withdrawals()[i].amount;
      if (amount < widest->high && amount >= widest->low / kLeastPart) parts.push_back(i);
    }
    if (parts.size() < 2) return;
    const std::uint64_t sets = SetsOf(parts.size());
    if (!CanAllow(sets)) {
      found->has_untried = true;
      return;
    }
    ForEachSet(parts, [&](Positions set) {
      Uint128 paid = 0;
      for (const std::uint32_t part : set) paid += fits_.withdrawals()[part].amount;
      const auto payout = fits_.PayoutAt(sum, fits_.withdrawals()[set.back()].at.time);
      if (!payout.has_value() || !payout->Holds(paid)) return;
      Hint hint;
      hint.shape = HintShape::kSplit;
      hint.deposits = {deposit};
      hint.withdrawals = std::move(set);
      hint.chance.subsets = sets;
      found->fits.push_back({std::move(hint), sum});
    });
  }

  // Others of the group within a window, that nothing fits alone.
  Positions OthersOf(std::uint32_t deposit, PartsFound* found) const {
    const std::int64_t time = fits_.deposits()[deposit].at.time;
    Positions others;
    auto place = std::partition_point(group_.begin(), group_.end(), [&](std::uint32_t other) {
      return fits_.deposits()[other].at.time < time - window_s_;
    });
    // Once there are too many to try, how many makes no difference.
    for (; place != group_.end() && CanAllow(MergesWith(others.size())); ++place) {
      const std::int64_t at = fits_.deposits()[*place].at.time;
      if (at > time + window_s_) break;
      if (*place == deposit) continue;
      const std::optional<Positions> alone = fits_.OfDeposit(*place);
      if (!alone.has_value() || !withdrawals_known_.Hold(at, at + window_s_)) {
        found->is_unknown = true;
      } else if (alone->empty()) {
        others.push_back(*place);
      }
    }
    return others;
  }

  void Merge(std::uint32_t deposit, PartsFound* found) const {
    const Positions others = OthersOf(deposit, found);
    const std::uint64_t sets = MergesWith(others.size());
    if (!CanAllow(sets)) {
      found->has_untried = true;
      return;
    }
    for (std::size_t a = 0; a < others.size(); ++a) {
      MergeSet({deposit, others[a]}, sets, found);
      for (std::size_t b = a + 1; b < others.size(); ++b) {
        MergeSet({deposit, others[a], others[b]}, sets, found);
      }
    }
  }

  void MergeSet(Positions set, std::uint64_t sets, PartsFound* found) const {
    std::sort(set.begin(), set.end());
    DepositedSum sum{0, fits_.deposits()[set.front()].at.time,
                     fits_.deposits()[set.back()].at.time};
    if (sum.last_time - sum.first_time >= window_s_) return;
    for (const std::uint32_t one : set) sum.amount += fits_.deposits()[one].amount;
    const std::optional<Positions> fitting = fits_.OfSum(sum);
    if (!fitting.has_value()) {
      found->is_unknown = true;
      return;
    }
    for (const std::uint32_t withdrawal : *fitting) {
      Hint hint;
      hint.shape = HintShape::kMerge;
      hint.deposits = set;
      hint.withdrawals = {withdrawal};
      hint.chance.subsets = sets;
      found->fits.push_back({std::move(hint), sum});
    }
  }

  const Fits& fits_;
  const KnownTimes withdrawals_known_;
  const std::span<const std::uint32_t> group_;
  const std::int64_t window_s_;
};

}  // namespace

HintAnswer JudgeHint(const Fits& fits, const DepositedSum& sum, Hint hint) {
  const std::int64_t paid_at = fits.withdrawals()[hint.withdrawals.back()].at.time;
  const std::optional<PriceRange> prices = fits.rates().Between(sum.first_time, paid_at);
  if (!prices.has_value()) return {.verdict = HintVerdict::kNoPrice};
  hint.prices = *prices;
  hint.payout = PayoutOf(sum.amount, *prices, fits.parameters().terms);
  const Roundness roundness(fits.WithdrawalsAround(sum.first_time));
  hint.withdrawals_around = roundness.all();
  hint.as_round = roundness.all();
  bool is_typical = false;
  hint.digits = SignificantDigits(fits.deposits()[hint.deposits.front()].amount);
  for (const std::uint32_t one : hint.deposits) {
    hint.digits = std::min(hint.digits, SignificantDigits(fits.deposits()[one].amount));
  }
  for (const std::uint32_t one : hint.withdrawals) {
    const Uint128 amount = fits.withdrawals()[one].amount;
    hint.digits = std::min(hint.digits, SignificantDigits(amount));
    hint.as_round = std::min(hint.as_round, roundness.AsRound(amount));
    is_typical = is_typical || roundness.IsTypical(amount);
  }
  if (is_typical || hint.digits < kLeastDigits) return {.verdict = HintVerdict::kTooRound};
  const std::uint64_t subsets = hint.chance.subsets;
  hint.chance = fits.ChanceOf(sum);
  hint.chance.subsets = subsets;
  if (!hint.chance.IsAtMost(kLeadPermille)) return {.verdict = HintVerdict::kByChance};
  hint.is_strict =
      hint.is_alone && hint.shape == HintShape::kPair && hint.chance.IsAtMost(kStrictPermille);
  return {.verdict = HintVerdict::kHint, .hint = std::move(hint)};
}

HintAnswer TryParts(const Fits& fits, const KnownTimes& withdrawals_known, std::uint32_t deposit,
                    std::span<const std::uint32_t> group) {
  const PartsSearch search(fits, withdrawals_known, group);
  PartsFound found = search.Of(deposit);
  HintAnswer answer{.has_untried_parts = found.has_untried};
  if (found.is_unknown) {
    answer.verdict = HintVerdict::kTooMany;
    return answer;
  }
  if (found.fits.empty()) return answer;
  answer.verdict = HintVerdict::kAmbiguous;
  // Where some sets were not tried, one of them may fit as well.
  if (found.fits.size() > 1 || found.has_untried) return answer;
  auto& [hint, sum] = found.fits.front();
  for (const std::uint32_t one : hint.withdrawals) {
    const std::optional<Positions> alone = fits.OfWithdrawal(one);
    if (!alone.has_value() || !alone->empty()) return answer;
  }
  for (const std::uint32_t one : hint.deposits) {
    if (one == deposit) continue;
    const PartsFound others = search.Of(one);
    if (others.fits.size() != 1 || others.has_untried || others.is_unknown ||
        !(others.fits.front().hint == hint)) {
      return answer;
    }
    hint.chance.subsets = std::max(hint.chance.subsets, others.fits.front().hint.chance.subsets);
  }
  return JudgeHint(fits, sum, std::move(hint));
}

}  // namespace coinwake
