// Goal: over accounts no apportionment leaves the bounds, and some reach each end of them.
// Method: random histories of a few tiny transfers against a twin that tries every apportionment;
// on longer ones the figures of every policy. Seeds of the random numbers are printed.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tests/tracer/reference_bounds.h"
#include "tracer/account_bounds.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kAccounts = 6;

struct Case {
  AccountTraceRequest request;
  MemoryStops stops;
};

// `result->request` points at `result->stops`.
void MakeRandomCase(std::mt19937_64& random, const MemoryAccounts& accounts, Case* result) {
  AccountTraceRequest& request = result->request;
  request.labels = {"z", "a"};
  for (std::uint64_t i = 1 + random() % 3; i != 0; --i) {
    request.seeds.push_back({static_cast<std::uint32_t>(random() % kAccounts),
                             static_cast<std::uint32_t>(random() % 2)});
  }
  const std::uint64_t end = accounts.all.back().number + 1;
  if (random() % 4 == 0) request.since = random() % end;
  if (random() % 4 == 0) request.until = random() % (end + 2);
  if (random() % 2 == 0) {
    for (std::uint64_t i = 1 + random() % 2; i != 0; --i) {
      result->stops.stops[static_cast<std::uint32_t>(random() % kAccounts)] = {
          SinkKind::kService, static_cast<std::uint32_t>(random() % 3)};
    }
    request.stops = &result->stops;
  }
}

std::vector<Bounds> Find(MemoryAccounts& accounts, const AccountTraceRequest& request,
                         std::uint32_t target) {
  const auto all = FindAccountBounds(accounts, request, target, {}, nullptr);
  EXPECT_THAT(all, IsOk());
  if (!all.ok()) return {};
  EXPECT_EQ(all->size(), request.labels.size());
  for (const Bounds& bounds : *all) {
    EXPECT_TRUE(bounds.min <= bounds.max && bounds.max <= bounds.seeded);
  }
  return *all;
}

TEST(RandomAccountBounds, AreReachedAndNeverLeft) {
  std::uint64_t compared = 0;
  std::uint64_t apart = 0;
  std::uint64_t stopped = 0;
  for (std::uint64_t seed = 1; seed <= 6'000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomAccounts(random, kAccounts, 4 + random() % 25);
    for (AccountEvent& event : accounts.all) event.amount = (event.amount + 3) / 4;
    Case c;
    MakeRandomCase(random, accounts, &c);
    const auto target = static_cast<std::uint32_t>(random() % kAccounts);
    for (const Bounds& bounds : Find(accounts, c.request, target)) {
      const auto twin = TryAll(accounts, c.request, bounds.label, target);
      if (!twin.has_value()) continue;
      ++compared;
      if (twin->min != twin->max) ++apart;
      ASSERT_EQ(TextOf(AmountInterval{bounds.min, bounds.max}), TextOf(*twin));
      for (const StopBound& stop : bounds.stops) {
        const auto of_stop = TryAll(accounts, c.request, bounds.label, target,
                                    Stop{stop.kind, stop.entity.value_or(kNobody)});
        if (!of_stop.has_value()) continue;
        ++stopped;
        ASSERT_EQ(TextOf(AmountInterval{stop.min, stop.max}), TextOf(*of_stop));
      }
    }
  }
  EXPECT_GT(compared, 10'000u);
  EXPECT_GT(apart, 300u);
  EXPECT_GT(stopped, 300u);
}

// The sums of two sinks a label.
class SinkSums : public AccountTraceReceiver {
 public:
  explicit SinkSums(const Stop& target) : target_(target), arrived(2), cut(2) {}
  absl::Status OnHolding(const AccountHolding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const AccountSink& sink) override {
    if (sink.kind == target_.kind && sink.entity == target_.entity) {
      arrived[sink.label] += sink.taint;
    }
    if (sink.kind == SinkKind::kMaxHops) cut[sink.label] += sink.taint;
    return absl::OkStatus();
  }
  absl::Status OnSummary(const AccountSummary&) override { return absl::OkStatus(); }

 private:
  const Stop target_;

 public:
  std::vector<AccountTaint> arrived, cut;  // by label
};

TEST(RandomAccountBounds, HoldEveryPolicy) {
  constexpr Stop kAtTarget = {SinkKind::kService, 99};
  std::uint64_t arrivals = 0;
  for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomAccounts(random, kAccounts, 5 + random() % 80);
    Case c;
    MakeRandomCase(random, accounts, &c);
    if (random() % 3 == 0) c.request.max_hops = static_cast<std::uint32_t>(random() % 5);
    const auto target = static_cast<std::uint32_t>(random() % kAccounts);
    // The target has no pots; its rules, and not a stop's, hold for what they would give back.
    for (AccountEvent& event : accounts.all) {
      if (event.to == target && event.kind == AccountEventKind::kWithin) {
        event.kind = AccountEventKind::kMove;
      }
    }
    std::vector<bool> is_seed(2);
    for (const AccountSeed& from : c.request.seeds) {
      if (from.account == target) is_seed[from.label] = true;
    }
    const std::vector<Bounds> all = Find(accounts, c.request, target);
    c.stops.stops[target] = kAtTarget;
    c.request.stops = &c.stops;
    for (int policy = 1; policy <= static_cast<int>(AccountPolicy::kCifo); ++policy) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " policy ", policy));
      c.request.policy = static_cast<AccountPolicy>(policy);
      SinkSums sums(kAtTarget);
      AccountTraceLimits limits;
      limits.max_runs = random() % 3 == 0 ? kMaxAccountRuns : 1 + random() % 4;
      ASSERT_THAT(RunAccountTrace(accounts, c.request, limits, nullptr, sums), IsOk());
      for (const Bounds& bounds : all) {
        if (is_seed[bounds.label]) continue;  // what arrives there is the seed's own
        const AccountTaint& arrived = sums.arrived[bounds.label];
        arrivals += arrived.is_zero() ? 0 : 1;
        EXPECT_FALSE(AccountTaint::FromBaseUnits(bounds.max) < arrived);
        EXPECT_FALSE(arrived + sums.cut[bounds.label] < AccountTaint::FromBaseUnits(bounds.min));
      }
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(arrivals, 1'000u);
}

TEST(RandomAccountBounds, OfFiguresAreReachedAndNeverLeft) {
  std::uint64_t apart = 0;
  std::uint64_t exits = 0;
  for (std::uint64_t seed = 1; seed <= 4'000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomAccounts(random, kAccounts, 4 + random() % 25);
    for (AccountEvent& event : accounts.all) event.amount = (event.amount + 3) / 4;
    Case c;
    MakeRandomCase(random, accounts, &c);
    constexpr Stop kStop = {SinkKind::kService, 7};
    c.stops.stops = {{static_cast<std::uint32_t>(random() % kAccounts), kStop}};
    c.request.stops = &c.stops;
    for (AccountEvent& event : accounts.all) {  // the other exit: it has an end of its own
      if (event.kind == AccountEventKind::kHide) event.kind = AccountEventKind::kBurn;
    }
    const auto all = FindAccountFigureBounds(accounts, c.request, {}, nullptr);
    ASSERT_THAT(all, IsOk());
    for (const FigureBounds& figures : *all) {
      ASSERT_TRUE(figures.known);
      const auto unspent = TryAll(accounts, c.request, figures.label, std::nullopt);
      const auto stopped = TryAll(accounts, c.request, figures.label, std::nullopt, kStop);
      if (!unspent.has_value() || !stopped.has_value()) continue;
      ASSERT_EQ(TextOf(figures.unspent), TextOf(*unspent));
      ASSERT_EQ(TextOf(figures.exits), TextOf(*stopped));
      if (unspent->min != unspent->max) ++apart;
      if (stopped->max != 0) ++exits;
    }
  }
  EXPECT_GT(apart, 300u);
  EXPECT_GT(exits, 300u);
}

class Summaries : public AccountTraceReceiver {
 public:
  absl::Status OnHolding(const AccountHolding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const AccountSink&) override { return absl::OkStatus(); }
  absl::Status OnSummary(const AccountSummary& summary) override {
    all.push_back(summary);
    return absl::OkStatus();
  }
  std::vector<AccountSummary> all;
};

TEST(RandomAccountBounds, HoldTheFiguresOfEveryPolicy) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomAccounts(random, kAccounts, 5 + random() % 80);
    Case c;
    MakeRandomCase(random, accounts, &c);
    const auto all = FindAccountFigureBounds(accounts, c.request, {}, nullptr);
    ASSERT_THAT(all, IsOk());
    for (int policy = 1; policy <= static_cast<int>(AccountPolicy::kCifo); ++policy) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " policy ", policy));
      c.request.policy = static_cast<AccountPolicy>(policy);
      Summaries summaries;
      ASSERT_THAT(RunAccountTrace(accounts, c.request, {}, nullptr, summaries), IsOk());
      ASSERT_EQ(summaries.all.size(), all->size());
      for (std::size_t i = 0; i < all->size(); ++i) {
        const AccountSummary& summary = summaries.all[i];
        const FigureBounds& figures = (*all)[i];
        ASSERT_EQ(summary.label, figures.label);
        const auto inside = [](const AmountInterval& interval, const AccountTaint& figure) {
          return !(figure < AccountTaint::FromBaseUnits(interval.min)) &&
                 !(AccountTaint::FromBaseUnits(interval.max) < figure);
        };
        EXPECT_TRUE(inside(figures.unspent, summary.unspent));
        EXPECT_TRUE(inside(figures.exits, summary.exits));
        EXPECT_TRUE(inside(figures.sinks, summary.sinks));
        compared += summary.unspent.is_zero() ? 0 : 1;
      }
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(compared, 1'000u);
}

TEST(RandomAccountBounds, WidenWithFewerHops) {
  std::uint64_t cut = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomAccounts(random, kAccounts, 5 + random() % 60);
    Case c;
    MakeRandomCase(random, accounts, &c);
    const auto target = static_cast<std::uint32_t>(random() % kAccounts);
    std::vector<Bounds> wider = Find(accounts, c.request, target);
    for (std::uint32_t hops = 8; hops-- > 0;) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " hops ", hops));
      c.request.max_hops = hops;
      const std::vector<Bounds> with_hops = Find(accounts, c.request, target);
      for (std::size_t i = 0; i < with_hops.size(); ++i) {
        EXPECT_TRUE(with_hops[i].min <= wider[i].min && with_hops[i].max >= wider[i].max);
        EXPECT_TRUE(with_hops[i].seeded == wider[i].seeded);
        cut += with_hops[i].not_expanded;
      }
      wider = with_hops;
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(cut, 500u);
}

}  // namespace
}  // namespace coinwake
