// Goal: what a search says of a deposit is what the rule says, word for word. Method: small random
// streams, against a search that tries every pair, every assignment and every shifted window.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "hints/hint.h"
#include "tests/hints/movements.h"

namespace coinwake::test {
namespace {

constexpr std::int64_t kWindow = 6 * kHour;
constexpr std::int64_t kMostPrice = 3;

// The rule, one sentence after the other. Prices are whole numbers and hold from a point on till
// the next; the fee is up to 30 permille.
class Reference {
 public:
  struct Point {
    std::int64_t time = 0;
    std::int64_t price = 0;
  };
  Reference(std::vector<ServiceMovement> deposits, std::vector<ServiceMovement> withdrawals,
            std::vector<Point> points)
      : deposits_(std::move(deposits)),
        withdrawals_(std::move(withdrawals)),
        points_(std::move(points)) {}

  // Verdict, then the movements and what was counted. "": too many to try all.
  std::string Of(std::size_t deposit) const {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    std::size_t candidates = 0;
    for (std::size_t d = 0; d < deposits_.size(); ++d) {
      for (std::size_t w = 0; w < withdrawals_.size(); ++w) {
        if (!Fits(Sum({d}), withdrawals_[w].at.time, Amount(w))) continue;
        pairs.emplace_back(d, w);
        if (d == deposit) ++candidates;
      }
    }
    if (pairs.size() > kMostPairsTried) return "";
    if (candidates == 0) return Parts(deposit);
    const std::optional<std::size_t> found = InEvery(pairs, deposit);
    if (!found.has_value()) return "ambiguous";
    const auto competitors = static_cast<std::size_t>(std::count_if(
        pairs.begin(), pairs.end(), [&](const auto& p) { return p.second == *found; }));
    const bool is_alone = candidates == 1 && competitors == 1;
    return Judge({deposit}, {*found}, std::max(candidates, competitors), is_alone);
  }

 private:
  struct Deposited {
    std::int64_t amount = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
  };
  std::int64_t Amount(std::size_t withdrawal) const {
    return static_cast<std::int64_t>(withdrawals_[withdrawal].amount);
  }
  Deposited Sum(const std::vector<std::size_t>& set) const {
    Deposited sum{0, deposits_[set.front()].at.time, deposits_[set.front()].at.time};
    for (const std::size_t one : set) {
      sum.amount += static_cast<std::int64_t>(deposits_[one].amount);
      sum.first = std::min(sum.first, deposits_[one].at.time);
      sum.last = std::max(sum.last, deposits_[one].at.time);
    }
    return sum;
  }

  // The least and the most that some price between the deposit and a time, and some fee, give.
  std::pair<std::int64_t, std::int64_t> PaidAt(const Deposited& sum, std::int64_t time) const {
    std::int64_t low = 1'000'000;
    std::int64_t high = 0;
    for (std::size_t i = 0; i + 1 < points_.size(); ++i) {
      // Both ends of each stretch of which more than an end is between the two.
      if (points_[i + 1].time <= sum.first || points_[i].time >= time) continue;
      low = std::min({low, points_[i].price, points_[i + 1].price});
      high = std::max({high, points_[i].price, points_[i + 1].price});
    }
    return {sum.amount * low * 970 / 1000, sum.amount * high};
  }
  bool Fits(const Deposited& sum, std::int64_t time, std::int64_t paid) const {
    if (time <= sum.last || time > sum.first + kWindow) return false;
    const auto [low, high] = PaidAt(sum, time);
    return low <= paid && paid <= high;
  }

  // The withdrawal that the deposit has in all of the largest assignments.
  static std::optional<std::size_t> InEvery(
      const std::vector<std::pair<std::size_t, std::size_t>>& pairs, std::size_t deposit) {
    int most = 0;
    std::uint32_t common = 0;
    for (std::uint32_t subset = 0; subset < (1U << pairs.size()); ++subset) {
      const int size = std::popcount(subset);
      if (size < most) continue;
      std::vector<std::size_t> used_deposits;
      std::vector<std::size_t> used_withdrawals;
      bool is_matching = true;
      for (std::size_t i = 0; i < pairs.size() && is_matching; ++i) {
        if ((subset >> i & 1U) == 0) continue;
        is_matching =
            std::count(used_deposits.begin(), used_deposits.end(), pairs[i].first) == 0 &&
            std::count(used_withdrawals.begin(), used_withdrawals.end(), pairs[i].second) == 0;
        used_deposits.push_back(pairs[i].first);
        used_withdrawals.push_back(pairs[i].second);
      }
      if (!is_matching) continue;
      common = size > most ? subset : common & subset;
      most = size;
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if ((common >> i & 1U) != 0 && pairs[i].first == deposit) return pairs[i].second;
    }
    return std::nullopt;
  }

  std::string Judge(const std::vector<std::size_t>& deposits,
                    const std::vector<std::size_t>& withdrawals, std::uint64_t subsets,
                    bool may_be_strict) const {
    const Deposited sum = Sum(deposits);
    std::vector<std::size_t> around;
    for (std::size_t w = 0; w < withdrawals_.size(); ++w) {
      if (std::abs(withdrawals_[w].at.time - sum.first) <= 31 * kDay) around.push_back(w);
    }
    bool is_round = false;
    for (const std::size_t d : deposits) {
      is_round = is_round || Digits(static_cast<std::int64_t>(deposits_[d].amount)) < 4;
    }
    for (const std::size_t w : withdrawals) {
      std::size_t as_round = 0;
      for (const std::size_t other : around) {
        if (other != w && Zeros(Amount(other)) >= Zeros(Amount(w))) ++as_round;
      }
      const std::size_t others = around.size() - 1;
      is_round =
          is_round || Digits(Amount(w)) < 4 || (as_round * 2 < others && as_round * 5 >= others);
    }
    if (is_round) return "too_round";
    std::uint64_t windows = 0;
    std::uint64_t hits = 0;
    for (std::int64_t day = -30; day <= 30; ++day) {
      const std::int64_t shift = day * kDay;
      const bool is_lived = sum.last + shift >= withdrawals_[around.front()].at.time &&
                            sum.first + kWindow + shift <= withdrawals_[around.back()].at.time;
      if (day == 0 || !is_lived) continue;
      ++windows;
      for (std::size_t w = 0; w < withdrawals_.size(); ++w) {
        if (Fits(sum, withdrawals_[w].at.time - shift, Amount(w))) ++hits;
      }
    }
    const std::uint64_t twice = (hits == 0 ? 1 : 2 * hits) * subsets;
    if (windows == 0 || twice * 20 > 2 * windows) return "by_chance";
    std::string told = may_be_strict && twice * 100 <= 2 * windows ? "strict" : "lead";
    for (const std::size_t d : deposits) told += " d" + std::to_string(d);
    for (const std::size_t w : withdrawals) told += " w" + std::to_string(w);
    return told + " " + std::to_string(hits) + "/" + std::to_string(windows) + "*" +
           std::to_string(subsets);
  }

  // Sets of parts that fit, and how many were tried; more than six are not.
  struct Tried {
    std::vector<std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> fits;
    std::vector<std::uint64_t> sets;  // of each fit
    bool is_cut = false;
  };
  static std::vector<std::vector<std::size_t>> SetsOf(const std::vector<std::size_t>& of) {
    std::vector<std::vector<std::size_t>> sets;
    for (std::uint32_t subset = 0; subset < (1U << of.size()); ++subset) {
      if (std::popcount(subset) != 2 && std::popcount(subset) != 3) continue;
      std::vector<std::size_t>& set = sets.emplace_back();
      for (std::size_t i = 0; i < of.size(); ++i) {
        if ((subset >> i & 1U) != 0) set.push_back(of[i]);
      }
    }
    return sets;
  }
  bool IsFittedAlone(std::size_t deposit) const {
    for (std::size_t w = 0; w < withdrawals_.size(); ++w) {
      if (Fits(Sum({deposit}), withdrawals_[w].at.time, Amount(w))) return true;
    }
    return false;
  }
  Tried TryAll(std::size_t deposit) const {
    Tried tried;
    const Deposited sum = Sum({deposit});
    std::vector<std::size_t> parts;
    const auto [low, high] = PaidAt(sum, sum.first + kWindow);
    for (std::size_t w = 0; w < withdrawals_.size(); ++w) {
      const std::int64_t time = withdrawals_[w].at.time;
      if (time > sum.first && time <= sum.first + kWindow && Amount(w) < high &&
          Amount(w) >= low / 20) {
        parts.push_back(w);
      }
    }
    const std::size_t splits = parts.size() > 10 ? 1'000 : SetsOf(parts).size();
    tried.is_cut = splits > 6;
    for (const auto& set : tried.is_cut ? std::vector<std::vector<std::size_t>>() : SetsOf(parts)) {
      std::int64_t paid = 0;
      for (const std::size_t w : set) paid += Amount(w);
      if (!Fits(sum, withdrawals_[set.back()].at.time, paid)) continue;
      tried.fits.push_back({{deposit}, set});
      tried.sets.push_back(splits);
    }
    std::vector<std::size_t> others;
    for (std::size_t d = 0; d < deposits_.size(); ++d) {
      if (d != deposit && std::abs(deposits_[d].at.time - sum.first) <= kWindow &&
          !IsFittedAlone(d)) {
        others.push_back(d);
      }
    }
    const std::size_t merges = others.size() * (others.size() + 1) / 2;
    if (merges > 6) {
      tried.is_cut = true;
      return tried;
    }
    others.push_back(deposit);
    std::sort(others.begin(), others.end());
    for (const auto& set : SetsOf(others)) {
      if (std::count(set.begin(), set.end(), deposit) == 0) continue;
      for (std::size_t w = 0; w < withdrawals_.size(); ++w) {
        if (!Fits(Sum(set), withdrawals_[w].at.time, Amount(w))) continue;
        tried.fits.push_back({set, {w}});
        tried.sets.push_back(merges);
      }
    }
    return tried;
  }
  std::string Parts(std::size_t deposit) const {
    const Tried tried = TryAll(deposit);
    if (tried.fits.empty()) return tried.is_cut ? "nothing_fits untried" : "nothing_fits";
    std::string ambiguous = tried.is_cut ? "ambiguous untried" : "ambiguous";
    if (tried.fits.size() > 1 || tried.is_cut) return ambiguous;
    const auto& [deposits, withdrawals] = tried.fits.front();
    std::uint64_t sets = tried.sets.front();
    for (const std::size_t w : withdrawals) {
      for (std::size_t d = 0; d < deposits_.size(); ++d) {
        if (Fits(Sum({d}), withdrawals_[w].at.time, Amount(w))) return ambiguous;
      }
    }
    for (const std::size_t d : deposits) {
      const Tried same = TryAll(d);
      if (same.is_cut || same.fits != tried.fits) return ambiguous;
      sets = std::max(sets, same.sets.front());
    }
    return Judge(deposits, withdrawals, sets, /*may_be_strict=*/false);
  }

  static int Zeros(std::int64_t amount) {
    int zeros = 0;
    while (amount % 10 == 0) {
      amount /= 10;
      ++zeros;
    }
    return zeros;
  }
  static int Digits(std::int64_t amount) {
    return static_cast<int>(std::to_string(amount).size()) - Zeros(amount);
  }

  static constexpr std::size_t kMostPairsTried = 14;

  const std::vector<ServiceMovement> deposits_;  // IsBefore, and the others
  const std::vector<ServiceMovement> withdrawals_;
  const std::vector<Point> points_;
};

std::string Told(const HintAnswer& answer) {
  std::string told(HintVerdictName(answer.verdict));
  if (answer.hint.has_value()) {
    const Hint& hint = *answer.hint;
    told = hint.is_strict ? "strict" : "lead";
    for (const std::uint32_t d : hint.deposits) told += " d" + std::to_string(d);
    for (const std::uint32_t w : hint.withdrawals) told += " w" + std::to_string(w);
    told += " " + std::to_string(hint.chance.hits) + "/" + std::to_string(hint.chance.windows) +
            "*" + std::to_string(hint.chance.subsets);
  }
  return answer.has_untried_parts ? told + " untried" : told;
}

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed) {
    // A price for every eight hours, by turns the same for a while.
    std::int64_t price = 1 + Below(kMostPrice);
    for (std::int64_t time = -33 * kDay; time <= 33 * kDay; time += 8 * kHour) {
      if (Below(6) == 0) price = 1 + Below(kMostPrice);
      points_.push_back({kNoon + time, price});
    }
    const std::int64_t deposits = 1 + Below(4);
    for (std::int64_t i = 0; i < deposits; ++i) AddSome(Below(10) * kHour, &deposits_);
    const std::int64_t withdrawals = Below(4);
    for (std::int64_t i = 0; i < withdrawals; ++i) AddSome(Below(14) * kHour, &withdrawals_);
    PlantPayouts();
    const std::int64_t others = Below(60);
    for (std::int64_t i = 0; i < others; ++i) {
      const std::int64_t day = Below(66) - 33;
      AddSome(day * kDay + (Below(4) == 0 ? Below(24) : 0) * kHour, &withdrawals_);
    }
    if (Below(2) == 0) {
      Add(-31 * kDay, 3, &withdrawals_);
      Add(31 * kDay, 3, &withdrawals_);
    }
    std::sort(deposits_.begin(), deposits_.end(), IsBefore);
    std::sort(withdrawals_.begin(), withdrawals_.end(), IsBefore);
  }

  const std::vector<ServiceMovement>& deposits() const { return deposits_; }
  const std::vector<ServiceMovement>& withdrawals() const { return withdrawals_; }
  const std::vector<Reference::Point>& points() const { return points_; }
  RatePath rates() const {
    std::vector<RatePoint> points;
    for (const auto& [time, price] : points_) {
      points.push_back({time, Whole(static_cast<std::uint64_t>(price))});
    }
    return *RatePath::Make(std::move(points));
  }

 private:
  std::int64_t Below(std::int64_t end) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end));
  }
  void Add(std::int64_t since_noon, std::int64_t amount, std::vector<ServiceMovement>* movements) {
    ServiceMovement movement;
    movement.at.number = movements->size();
    movement.at.time = kNoon + since_noon;
    movement.amount = static_cast<Uint128>(amount);
    movements->push_back(movement);
  }
  void AddSome(std::int64_t since_noon, std::vector<ServiceMovement>* movements) {
    Add(since_noon, Below(5) == 0 ? (1 + Below(20)) * 100 : 1'000 + Below(1'500), movements);
  }
  // Of some deposits, in one part or two, or of two together.
  void PlantPayouts() {
    const std::size_t deposits = deposits_.size();
    for (std::size_t i = 0; i < deposits; ++i) {
      const auto amount = static_cast<std::int64_t>(deposits_[i].amount);
      const std::int64_t time = deposits_[i].at.time - kNoon;
      switch (Below(4)) {
        case 0:
          Add(time + (1 + Below(6)) * kHour, amount, &withdrawals_);
          break;
        case 1: {
          const std::int64_t part = 200 + Below(amount);
          if (part >= amount) break;
          Add(time + (1 + Below(6)) * kHour, part, &withdrawals_);
          Add(time + (1 + Below(6)) * kHour, amount - part, &withdrawals_);
          break;
        }
        case 2:
          if (i + 1 == deposits) break;
          Add(time + (1 + Below(8)) * kHour,
              amount + static_cast<std::int64_t>(deposits_[i + 1].amount), &withdrawals_);
          break;
        default:
          break;
      }
    }
  }

  std::mt19937_64 random_;
  std::vector<ServiceMovement> deposits_;
  std::vector<ServiceMovement> withdrawals_;
  std::vector<Reference::Point> points_;
};

TEST(HintReference, SaysTheSameOfRandomStreams) {
  int strict = 0;
  int leads = 0;
  int parts = 0;
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    SCOPED_TRACE(seed);
    const RandomWorld world(seed);
    const Reference reference(world.deposits(), world.withdrawals(), world.points());
    HintParameters parameters;
    parameters.terms = {.decimals_in = 0, .decimals_out = 0, .fee_max_permille = 30};
    const RatePath rates = world.rates();
    const Fits fits(world.deposits(), world.withdrawals(), rates, parameters);
    const HintSearch search(fits, kAllTimes, kAllTimes);
    Positions group;
    for (std::uint32_t d = 0; d < world.deposits().size(); ++d) group.push_back(d);
    for (const std::uint32_t d : group) {
      ASSERT_OK_AND_ASSIGN(const HintAnswer answer, search.AskDeposit(d, group, nullptr));
      const std::string expected = reference.Of(d);
      if (expected.empty()) continue;
      ASSERT_EQ(Told(answer), expected) << "deposit " << d;
      if (!answer.hint.has_value()) continue;
      ++(answer.hint->is_strict ? strict : leads);
      if (answer.hint->shape != HintShape::kPair) ++parts;
    }
  }
  EXPECT_GT(strict, 30);
  EXPECT_GT(leads, 30);
  EXPECT_GT(parts, 10);
}

// What a batch reads besides makes no difference to any answer.
TEST(HintReference, SaysTheSameOfNoMoreThanIsAskedFor) {
  int hints = 0;
  for (std::uint64_t seed = 10'001; seed <= 11'000; ++seed) {
    SCOPED_TRACE(seed);
    const RandomWorld world(seed);
    HintParameters parameters;
    parameters.terms = {.decimals_in = 0, .decimals_out = 0, .fee_max_permille = 30};
    const RatePath rates = world.rates();
    const Fits all(world.deposits(), world.withdrawals(), rates, parameters);
    Positions group;
    for (std::uint32_t d = 0; d < world.deposits().size(); ++d) group.push_back(d);
    for (const std::uint32_t d : group) {
      std::vector<ServiceMovement> around;
      for (const ServiceMovement& one : world.withdrawals()) {
        const std::int64_t since = one.at.time - world.deposits()[d].at.time;
        if (-kHintHorizon - kWindow <= since && since <= kHintHorizon) around.push_back(one);
      }
      const Fits some(world.deposits(), around, rates, parameters);
      ASSERT_OK_AND_ASSIGN(HintAnswer whole,
                           HintSearch(all, kAllTimes, kAllTimes).AskDeposit(d, group, nullptr));
      ASSERT_OK_AND_ASSIGN(HintAnswer part,
                           HintSearch(some, kAllTimes, kAllTimes).AskDeposit(d, group, nullptr));
      if (whole.hint.has_value() && part.hint.has_value()) {
        ++hints;
        // By number, for positions are of what is searched.
        for (std::uint32_t& one : whole.hint->withdrawals) {
          one = static_cast<std::uint32_t>(world.withdrawals()[one].at.number);
        }
        for (std::uint32_t& one : part.hint->withdrawals) {
          one = static_cast<std::uint32_t>(around[one].at.number);
        }
      }
      ASSERT_EQ(Told(part), Told(whole)) << "deposit " << d;
    }
  }
  EXPECT_GT(hints, 30);
}

}  // namespace
}  // namespace coinwake::test
