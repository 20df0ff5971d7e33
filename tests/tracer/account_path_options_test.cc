// Goal: whatever a request for routes between accounts asks, the answer is the best of the routes
// it allows, best first, ties and all; and what a bound left out is told.
// Method: histories by hand; on random small histories every allowed route is enumerated from the
// rules in tracer/account_path.h alone, and sorted. Seeds are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tracer/account_path.h"
#include "tracer/taint_ranking.h"
#include "tracer/view_accounts.h"

namespace coinwake {
namespace {

using Lines = std::vector<std::string>;

constexpr std::uint32_t Free(std::uint64_t address) {
  return AccountOf(AddressNum{address}, Pot::kFree);
}

std::string LineOf(const AccountPath& path) {
  std::string line = absl::StrCat(ToDecimal(Uint256(path.bottleneck)), ":");
  for (const AccountPathHop& hop : path.hops) {
    absl::StrAppend(&line, " ", hop.from, "-(", hop.event, ",", ToDecimal(Uint256(hop.amount)),
                    ")-", hop.to);
  }
  if (path.carried.has_value()) absl::StrAppend(&line, " carries ", path.carried->ToString());
  return line;
}

Lines LinesOf(const std::vector<AccountPath>& paths) {
  Lines lines;
  lines.reserve(paths.size());
  for (const AccountPath& path : paths) lines.push_back(LineOf(path));
  return lines;
}

bool IsTransfer(const AccountEvent& event) {
  return event.kind == AccountEventKind::kMove && event.amount != 0 && event.from != event.to &&
         PotOf(event.from) == Pot::kFree && PotOf(event.to) == Pot::kFree;
}

// All routes of a request, step by step.
class Enumeration {
 public:
  Enumeration(const MemoryAccounts& accounts, const AccountPathRequest& request)
      : accounts_(accounts), request_(request) {
    FindBalances();
  }

  std::vector<AccountPath> Best() {
    std::vector<AccountPath> best;
    if (request_.from == request_.to) return best;
    if (!request_.diverse) {
      best = Sorted();
      if (best.size() > request_.count) best.resize(request_.count);
      return best;
    }
    while (best.size() < request_.count) {
      const std::vector<AccountPath> all = Sorted();
      if (all.empty()) break;
      for (const AccountPathHop& hop : all.front().hops) barred_.insert(hop.event);
      best.push_back(all.front());
    }
    return best;
  }

 private:
  // What the sender of each event has just before it, on top of the least it must have had at
  // first.
  void FindBalances() {
    std::map<std::uint32_t, Uint128> opening;
    std::map<std::uint32_t, Uint128> balance;
    for (const bool counts : {false, true}) {
      balance = opening;
      for (const AccountEvent& event : accounts_.all) {
        if (event.from == event.to) continue;
        if (event.from != kNobody) {
          Uint128& sender = balance[event.from];
          if (event.amount > sender) {
            ASSERT_FALSE(counts);
            opening[event.from] += event.amount - sender;
            sender = event.amount;
          }
          if (counts) before_[event.number] = sender;
          sender -= event.amount;
        }
        if (event.to != kNobody) balance[event.to] += event.amount;
      }
    }
  }

  bool Allowed(const AccountEvent& event) const {
    if (!IsTransfer(event) || event.amount < request_.min_value) return false;
    if (event.number < request_.since.value_or(0)) return false;
    if (request_.until.has_value() && event.number >= *request_.until) return false;
    if (barred_.contains(event.number) || event.from == request_.to) return false;
    if (event.to == request_.to) return true;
    return event.to != request_.from &&
           (request_.stops == nullptr || !request_.stops->StopAt(event.to).has_value());
  }
  std::uint64_t MostHops() const { return request_.max_hops.value_or(1'000'000); }

  // The allowed transfers, without those that `max_edges` leaves out.
  std::vector<AccountEvent> Followed() const {
    std::vector<AccountEvent> allowed;
    std::uint64_t last = 0;  // payment to `to`
    for (const AccountEvent& event : accounts_.all) {
      if (Allowed(event)) allowed.push_back(event);
      if (Allowed(event) && event.to == request_.to) last = event.number;
    }
    std::erase_if(allowed, [last](const AccountEvent& event) { return event.number > last; });
    if (!request_.max_edges.has_value()) return allowed;
    struct Account {
      std::uint64_t hops = 0;
      std::set<std::uint64_t> chosen;
    };
    std::map<std::uint32_t, Account> reached;
    const auto reach = [&](std::uint32_t number, std::uint64_t since, std::uint64_t hops) {
      const auto [entry, is_new] = reached.try_emplace(number, Account{hops, {}});
      entry->second.hops = std::min(entry->second.hops, hops);
      if (!is_new) return;
      std::vector<AccountEvent> leaving;
      for (const AccountEvent& event : allowed) {
        if (event.from != number || event.number < since) continue;
        if (event.to == request_.to) {
          entry->second.chosen.insert(event.number);
        } else {
          leaving.push_back(event);
        }
      }
      std::stable_sort(
          leaving.begin(), leaving.end(),
          [](const AccountEvent& a, const AccountEvent& b) { return a.amount > b.amount; });
      if (leaving.size() > *request_.max_edges) leaving.resize(*request_.max_edges);
      for (const AccountEvent& event : leaving) entry->second.chosen.insert(event.number);
    };
    reach(request_.from, 0, 0);
    std::vector<AccountEvent> followed;
    for (const AccountEvent& event : allowed) {
      const auto sender = reached.find(event.from);
      if (sender == reached.end() || !sender->second.chosen.contains(event.number)) continue;
      const std::uint64_t hops = sender->second.hops + 1;
      if (hops + (event.to == request_.to ? 0 : 1) > MostHops()) continue;
      followed.push_back(event);
      if (event.to != request_.to) reach(event.to, event.number + 1, hops);
    }
    return followed;
  }

  std::vector<AccountPath> Sorted() const {
    std::vector<AccountPath> all;
    std::vector<AccountPath> open = {{}};
    const std::vector<AccountEvent> followed = Followed();
    const bool rounds = request_.best == BestPath::kTaint;
    while (!open.empty()) {
      const AccountPath route = open.back();
      open.pop_back();
      if (route.hops.size() == MostHops()) continue;
      const std::uint32_t at = route.hops.empty() ? request_.from : route.hops.back().to;
      for (const AccountEvent& event : followed) {
        if (event.from != at) continue;
        if (!route.hops.empty() && event.number <= route.hops.back().event) continue;
        if (!rounds && std::any_of(route.hops.begin(), route.hops.end(),
                                   [&event](const auto& hop) { return hop.to == event.to; })) {
          continue;
        }
        AccountPath longer = route;
        longer.bottleneck =
            route.hops.empty() ? event.amount : std::min(route.bottleneck, event.amount);
        longer.hops.push_back({event.number, event.from, event.to, event.amount});
        (event.to == request_.to ? all : open).push_back(longer);
      }
    }
    if (rounds) {
      for (AccountPath& path : all) path.carried = Carried(path);
      std::erase_if(all, [](const AccountPath& path) { return path.carried->is_zero(); });
    }
    std::sort(all.begin(), all.end(),
              [this](const AccountPath& a, const AccountPath& b) { return Key(a) < Key(b); });
    return all;
  }

  AccountTaint Carried(const AccountPath& path) const {
    Uint256 units = Uint256(path.hops.front().amount) << 12;
    for (std::size_t i = 1; i < path.hops.size(); ++i) {
      for (const AccountEvent& event : accounts_.all) {
        if (event.from != path.hops[i].from || event.to == event.from) continue;
        if (event.number <= path.hops[i - 1].event || event.number > path.hops[i].event) continue;
        const Uint128 whole = before_.find(event.number)->second;
        const bool takes = event.number == path.hops[i].event;
        const Uint128 part = takes ? event.amount : whole - event.amount;
        if (whole != 0) units = units * Uint256(part) / Uint256(whole);
      }
    }
    return AccountTaint::FromUnits(static_cast<Uint128>(units), 12);
  }

  // Numbers to compare from the first on.
  std::vector<Uint256> Key(const AccountPath& path) const {
    const Uint256 narrow(~path.bottleneck);
    const Uint256 hops = path.hops.size();
    std::vector<Uint256> key;
    switch (request_.best) {
      case BestPath::kShortest:
        key = {hops, narrow};
        break;
      case BestPath::kWidest:
        key = {narrow, hops};
        break;
      case BestPath::kEarliest:
        key = {path.hops.back().event, hops, narrow};
        break;
      case BestPath::kTaint:
        key = {(Uint256(1) << 250) - path.carried->units(), hops};
        break;
    }
    for (const AccountPathHop& hop : path.hops) key.emplace_back(hop.event);
    return key;
  }

  const MemoryAccounts& accounts_;
  const AccountPathRequest& request_;
  std::map<std::uint64_t, Uint128> before_;  // by event
  std::set<std::uint64_t> barred_;
};

// Transfers between any two, some to or from a pot; mints and fees.
MemoryAccounts Tangle(std::mt19937_64& random, std::uint32_t addresses, std::size_t events,
                      std::uint64_t most_amount) {
  MemoryAccounts accounts;
  const auto any = [&]() -> std::uint32_t {
    const std::uint64_t address = random() % addresses;
    return random() % 16 == 0 ? AccountOf(AddressNum{address}, Pot::kStake2) : Free(address);
  };
  while (accounts.all.size() < events) {
    if (random() % 6 == 0) accounts.SkipNumbers(random() % 9);
    const std::uint32_t from = any();
    const Uint128 amount = random() % (most_amount + 1);
    const std::uint64_t kind = random() % 16;
    if (kind == 0) {
      accounts.Mint(from, amount);
    } else if (kind == 1) {
      accounts.Fee(from, amount);
    } else if (kind == 2) {
      accounts.Within(from, AccountOf(AddressOf(from), Pot::kStake1), amount);
    } else {
      accounts.Move(from, any(), amount);
    }
  }
  return accounts;
}

AccountPathRequest RandomRequest(std::mt19937_64& random, std::uint32_t addresses,
                                 std::uint64_t last_event) {
  AccountPathRequest request;
  request.from = Free(random() % addresses);
  request.to = Free(random() % addresses);
  request.best = static_cast<BestPath>(random() % 4);
  request.count = static_cast<std::uint32_t>(1 + random() % 5);
  request.diverse = random() % 3 == 0;
  request.max_hops = static_cast<std::uint32_t>(random() % 6);
  if (random() % 4 == 0) request.since = random() % (last_event + 2);
  if (random() % 4 == 0) request.until = random() % (last_event + 2);
  if (random() % 4 == 0) request.min_value = random() % 4;
  if (random() % 3 == 0) request.max_edges = static_cast<std::uint32_t>(random() % 4);
  return request;
}

// What of this request was found to be so.
struct Tally {
  std::uint64_t paths = 0;
  std::uint64_t cut = 0;
  std::uint64_t certain_though_bounded = 0;
  std::uint64_t rounds = 0;
};

void ExpectBest(MemoryAccounts& accounts, AccountPathRequest request, Tally* tally) {
  const std::vector<AccountPath> expected = Enumeration(accounts, request).Best();
  Unfollowed unfollowed;
  const auto paths = FindAccountPaths(accounts, request, {}, nullptr, &unfollowed);
  ASSERT_THAT(paths, IsOk());
  ASSERT_EQ(LinesOf(*paths), LinesOf(expected));
  tally->paths += expected.size();
  for (const AccountPath& path : expected) {
    std::set<std::uint32_t> passed;
    for (const AccountPathHop& hop : path.hops) passed.insert(hop.to);
    tally->rounds += passed.size() < path.hops.size() ? 1 : 0;
  }
  if (!request.max_edges.has_value()) {
    ASSERT_EQ(unfollowed.edges, 0u);
  } else if (unfollowed.edges > 0) {
    ++tally->cut;
  } else {  // then nothing is missing
    request.max_edges.reset();
    ASSERT_EQ(LinesOf(*paths), LinesOf(Enumeration(accounts, request).Best()));
    tally->certain_though_bounded += paths->empty() ? 0 : 1;
  }
}

TEST(RandomAccountPathOptions, EqualAllAllowedRoutesSorted) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    const auto addresses = static_cast<std::uint32_t>(3 + random() % 5);
    const std::uint64_t most = seed % 3 == 0 ? 1'000'000 : 2 + random() % 6;
    MemoryAccounts accounts = Tangle(random, addresses, 4 + random() % 26, most);
    MemoryStops stops;
    for (std::uint32_t address = 0; address < addresses; ++address) {
      if (random() % 5 == 0) stops.stops[Free(address)] = {SinkKind::kService, 0};
    }
    for (int query = 0; query < 12; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      AccountPathRequest request = RandomRequest(random, addresses, accounts.all.back().number);
      if (random() % 2 == 0) request.stops = &stops;
      ExpectBest(accounts, request, &tally);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tally.paths, 5'000u);
  EXPECT_GT(tally.cut, 100u);
  EXPECT_GT(tally.certain_though_bounded, 100u);
}

// Few accounts and many transfers: money goes round.
TEST(RandomAccountPathOptions, EqualAllThatCarryTheMostRoundsToo) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    std::mt19937_64 random(seed);
    const auto addresses = static_cast<std::uint32_t>(3 + random() % 3);
    MemoryAccounts accounts = Tangle(random, addresses, 25 + random() % 15, 1 + random() % 9);
    for (int query = 0; query < 4; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      AccountPathRequest request;
      request.from = Free(0);
      request.to = Free(1);
      request.best = BestPath::kTaint;
      request.count = static_cast<std::uint32_t>(1 + random() % 60);
      request.max_hops = static_cast<std::uint32_t>(3 + random() % 4);
      ExpectBest(accounts, request, &tally);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tally.paths, 2'000u);
  EXPECT_GT(tally.rounds, 40u);
}

// A limit never changes an answer: it is the same or none.
TEST(RandomAccountPathOptions, ALimitNeverChangesAnAnswer) {
  std::uint64_t exhausted = 0;
  std::uint64_t same = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = Tangle(random, 7, 60, 50);
    AccountPathRequest request = RandomRequest(random, 7, accounts.all.back().number);
    const auto whole = FindAccountPaths(accounts, request, {}, nullptr);
    ASSERT_THAT(whole, IsOk());
    for (std::uint64_t most = 1; most < 400; most += 1 + random() % 60) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " limit ", most));
      AccountTraceLimits limits;
      limits.max_events = most;
      const auto paths = FindAccountPaths(accounts, request, limits, nullptr);
      if (paths.ok() && !request.max_edges.has_value()) {
        ASSERT_EQ(LinesOf(*paths), LinesOf(*whole));
        ++same;
      } else if (!paths.ok()) {
        ASSERT_THAT(paths, StatusIs(absl::StatusCode::kResourceExhausted));
        ++exhausted;
      }
    }
  }
  EXPECT_GT(exhausted, 100u);
  EXPECT_GT(same, 100u);
}

constexpr std::uint32_t kAnn = Free(0), kBob = Free(1), kEve = Free(2), kTom = Free(3);

class AccountPathOptions : public testing::Test {
 protected:
  AccountPathOptions() {
    request_.from = kAnn;
    request_.to = kBob;
    request_.count = 9;
  }
  Lines Find(BestPath best) {
    request_.best = best;
    const auto paths = FindAccountPaths(accounts_, request_, {}, nullptr, &unfollowed_);
    EXPECT_THAT(paths, IsOk());
    return paths.ok() ? LinesOf(*paths) : Lines{};
  }
  absl::StatusCode Failure(BestPath best) {
    request_.best = best;
    return FindAccountPaths(accounts_, request_, {}, nullptr).status().code();
  }

  MemoryAccounts accounts_;
  AccountPathRequest request_;
  Unfollowed unfollowed_;
};

TEST_F(AccountPathOptions, CarryWhatBalancesShare) {
  accounts_.Mint(kAnn, 100);
  accounts_.Mint(kEve, 60);
  accounts_.Move(kAnn, kEve, 20);  // 2: a quarter of Eve's 80
  accounts_.Fee(kEve, 40);         // takes half
  accounts_.Move(kEve, kBob, 10);  // 4: a quarter of the 40
  accounts_.Move(kAnn, kBob, 2);   // 5
  EXPECT_EQ(Find(BestPath::kTaint),
            (Lines{"10: 0-(2,20)-8 8-(4,10)-4 carries 2.5", "2: 0-(5,2)-4 carries 2"}));
}

TEST_F(AccountPathOptions, MoneyThatGoesRoundCanCarryMore) {
  accounts_.Move(kAnn, kEve, 10);
  accounts_.Move(kEve, kTom, 10);  // all of it
  accounts_.Move(kTom, kEve, 10);
  accounts_.Move(kEve, kBob, 10);
  EXPECT_EQ(Find(BestPath::kTaint), Lines{"10: 0-(0,10)-8 8-(1,10)-12 12-(2,10)-8 8-(3,10)-4 "
                                          "carries 10"});
  EXPECT_EQ(Find(BestPath::kEarliest), Lines{"10: 0-(0,10)-8 8-(3,10)-4"});
}

TEST_F(AccountPathOptions, EarliestEndsBeforeAllIsRead) {
  accounts_.Move(kAnn, kEve, 5);
  accounts_.Move(kEve, kBob, 5);
  accounts_.Move(kAnn, kTom, 5);
  for (std::uint32_t i = 0; i < 1000; ++i) accounts_.Move(kTom, Free(100 + i), 1);
  accounts_.Move(kTom, kBob, 9);
  request_.count = 1;
  AccountTraceLimits limits;
  limits.max_events = 60;
  request_.best = BestPath::kEarliest;
  EXPECT_THAT(FindAccountPaths(accounts_, request_, limits, nullptr), IsOk());
  EXPECT_FALSE(accounts_.accounts_read.contains(kTom));
  EXPECT_EQ(Find(BestPath::kEarliest), Lines{"5: 0-(0,5)-8 8-(1,5)-4"});
}

TEST_F(AccountPathOptions, DiverseRoutesShareNoTransfer) {
  accounts_.Move(kAnn, kEve, 9);
  accounts_.Move(kEve, kBob, 8);
  accounts_.Move(kEve, kBob, 7);
  accounts_.Move(kAnn, kBob, 1);
  EXPECT_EQ(Find(BestPath::kWidest).size(), 3u);
  request_.diverse = true;
  for (const BestPath best : {BestPath::kWidest, BestPath::kEarliest, BestPath::kTaint}) {
    EXPECT_EQ(Find(best).size(), 2u);
  }
}

TEST_F(AccountPathOptions, TellWhatABoundLeftOut) {
  accounts_.Move(kAnn, kEve, 100);
  accounts_.Move(kEve, kTom, 40);
  for (std::uint32_t i = 0; i < 10; ++i) accounts_.Move(kEve, Free(100 + i), 2 + i);  // 2 to 11
  accounts_.Move(kEve, kBob, 3);
  accounts_.Move(kTom, kBob, 8);
  accounts_.Move(Free(109), kBob, 11);
  request_.max_edges = 1;
  request_.count = 1;
  EXPECT_EQ(Find(BestPath::kWidest), Lines{"8: 0-(0,100)-8 8-(1,40)-12 12-(13,8)-4"});
  EXPECT_EQ(unfollowed_.edges, 4u);  // 8 and more
  EXPECT_EQ(ToDecimal(unfollowed_.value), "38");
  request_.max_edges = 2;
  EXPECT_EQ(Find(BestPath::kWidest), Lines{"11: 0-(0,100)-8 8-(11,11)-436 436-(14,11)-4"});
  EXPECT_EQ(unfollowed_.edges, 0u);
  EXPECT_EQ(Find(BestPath::kEarliest), Lines{"3: 0-(0,100)-8 8-(12,3)-4"});
  EXPECT_EQ(unfollowed_.edges, 9u);  // all that left before
  EXPECT_EQ(Find(BestPath::kShortest), Lines{"3: 0-(0,100)-8 8-(12,3)-4"});
  EXPECT_EQ(unfollowed_.edges, 0u);  // none has as few hops
}

TEST_F(AccountPathOptions, SayWhatCannotBeCarried) {
  accounts_.Move(kAnn, kEve, (kMaxAccountUnits >> 12) + 1);
  accounts_.Move(kEve, kBob, 5);
  EXPECT_EQ(Find(BestPath::kWidest).size(), 1u);
  EXPECT_EQ(Failure(BestPath::kTaint), absl::StatusCode::kInvalidArgument);
}

TEST_F(AccountPathOptions, SayWhenEventsContradictEachOther) {
  accounts_.Mint(kEve, 10);
  accounts_.Move(kAnn, kEve, 5);
  accounts_.Fee(kEve, 3);
  accounts_.Move(kEve, kBob, 5);
  accounts_.understated[kEve] = 9;
  EXPECT_EQ(Failure(BestPath::kTaint), absl::StatusCode::kDataLoss);
  accounts_.understated.clear();
  EXPECT_EQ(Find(BestPath::kTaint).size(), 1u);
}

TEST_F(AccountPathOptions, PassOnWhateverFails) {
  accounts_.Move(kAnn, kEve, 4);
  accounts_.Move(kEve, kBob, 3);
  request_.max_edges = 5;
  for (const BestPath best :
       {BestPath::kWidest, BestPath::kShortest, BestPath::kEarliest, BestPath::kTaint}) {
    accounts_.calls = 0;
    accounts_.failing_call = ~std::uint64_t{0};
    Find(best);
    const std::uint64_t calls = accounts_.calls;
    EXPECT_GE(calls, 3u);
    for (std::uint64_t call = 0; call < calls; ++call) {
      accounts_.calls = 0;
      accounts_.failing_call = call;
      EXPECT_EQ(Failure(best), absl::StatusCode::kUnavailable) << call;
    }
  }
}

TEST_F(AccountPathOptions, CanBeCancelled) {
  struct Later : Cancellation {
    bool Cancelled() const override { return left-- == 0; }
    mutable int left = 0;
  };
  accounts_.Move(kAnn, kEve, 4);
  accounts_.Move(kEve, kBob, 3);
  for (const BestPath best : {BestPath::kEarliest, BestPath::kTaint}) {
    request_.best = best;
    for (int left = 0; left < 4; ++left) {
      Later later;
      later.left = left;
      EXPECT_THAT(FindAccountPaths(accounts_, request_, {}, &later),
                  StatusIs(absl::StatusCode::kCancelled));
    }
  }
}

TEST(ShareOf, IsExactAndMonotone) {
  const Uint128 most = kMaxAccountUnits;
  EXPECT_TRUE(ShareOf(7, 2, 3) == 4);
  EXPECT_TRUE(ShareOf(7, 0, 3) == 0);
  EXPECT_TRUE(ShareOf(most, most, most) == most);
  EXPECT_TRUE(ShareOf(most, most - 1, most) == most - 1);
  EXPECT_TRUE(ShareOf(most, 1, most) == 1);
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const auto any = [&random] {
      return ((Uint128{random()} << 64) | random()) >> (1 + random() % 127);
    };
    const Uint128 whole = any() + 1;
    const Uint128 part = any() % (whole + 1);
    const Uint128 carried = any();
    const Uint128 share = ShareOf(carried, part, whole);
    EXPECT_TRUE(Uint256(share) == Uint256(carried) * Uint256(part) / Uint256(whole));
    EXPECT_TRUE(ShareOf(carried + 1, part, whole) >= share);
  }
}

}  // namespace
}  // namespace coinwake
