// Goal: the routes found are the best of all there are, in the stated order, and no account is read
// that money from the start cannot have reached.
// Method: thousands of random small histories with parallel transfers, rounds, ties, pots,
// self-transfers, mints and fees; every route is enumerated step by step from the rules alone and
// sorted. Longer histories run into early stops and limits. Seeds are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tracer/account_path.h"
#include "tracer/view_accounts.h"

namespace coinwake {
namespace {

using Lines = std::vector<std::string>;

std::uint32_t Free(std::uint64_t address) { return AccountOf(AddressNum{address}, Pot::kFree); }

std::string LineOf(const AccountPath& path) {
  std::string line = absl::StrCat(ToDecimal(Uint256(path.bottleneck)), ":");
  for (const AccountPathHop& hop : path.hops) {
    absl::StrAppend(&line, " ", hop.from, "-(", hop.event, ",", ToDecimal(Uint256(hop.amount)),
                    ")-", hop.to);
  }
  return line;
}

Lines LinesOf(const std::vector<AccountPath>& paths) {
  Lines lines;
  lines.reserve(paths.size());
  for (const AccountPath& path : paths) lines.push_back(LineOf(path));
  return lines;
}

bool IsTransfer(const AccountEvent& event) {
  return event.kind == AccountEventKind::kMove && event.amount != 0 && event.from % 4 == 0 &&
         event.to % 4 == 0;
}

// Every route, in the order of the rules.
std::vector<AccountPath> AllRoutes(const MemoryAccounts& accounts,
                                   const AccountPathRequest& request) {
  std::vector<AccountPath> all;
  std::vector<AccountPath> open = {{}};
  if (request.from == request.to) return all;
  while (!open.empty()) {
    const AccountPath route = open.back();
    open.pop_back();
    if (route.hops.size() == request.max_hops.value_or(1'000'000)) continue;
    const std::uint32_t at = route.hops.empty() ? request.from : route.hops.back().to;
    for (const AccountEvent& event : accounts.all) {
      if (!IsTransfer(event) || event.from != at || event.to == request.from) continue;
      if (!route.hops.empty() && event.number <= route.hops.back().event) continue;
      if (std::any_of(route.hops.begin(), route.hops.end(),
                      [&event](const AccountPathHop& hop) { return hop.to == event.to; })) {
        continue;
      }
      AccountPath longer = route;
      longer.bottleneck =
          route.hops.empty() ? event.amount : std::min(route.bottleneck, event.amount);
      longer.hops.push_back({event.number, event.from, event.to, event.amount});
      (event.to == request.to ? all : open).push_back(longer);
    }
  }
  const auto key = [&request](const AccountPath& path) {
    const Uint128 narrow = ~path.bottleneck;
    const Uint128 hops = path.hops.size();
    std::vector<std::uint64_t> numbers;
    for (const AccountPathHop& hop : path.hops) numbers.push_back(hop.event);
    return request.best == BestPath::kShortest ? std::tuple(hops, narrow, numbers)
                                               : std::tuple(narrow, hops, numbers);
  };
  std::sort(all.begin(), all.end(),
            [&key](const AccountPath& a, const AccountPath& b) { return key(a) < key(b); });
  return all;
}

// The accounts that money from `request.from` can have reached, and when first.
std::map<std::uint32_t, std::uint64_t> Reached(const MemoryAccounts& accounts,
                                               const AccountPathRequest& request) {
  std::map<std::uint32_t, std::uint64_t> since = {{request.from, 0}};
  for (const AccountEvent& event : accounts.all) {
    if (IsTransfer(event) && since.contains(event.from)) since.try_emplace(event.to, event.number);
  }
  return since;
}

struct Size {
  std::uint32_t addresses = 6;
  std::size_t events = 20;
  std::uint64_t most_amount = 4;
};

// Transfers between any two, most of them; more of them from one hub.
MemoryAccounts Tangle(std::mt19937_64& random, const Size& size) {
  MemoryAccounts accounts;
  const std::uint64_t hub = random() % size.addresses;
  const auto any = [&]() -> std::uint32_t {
    const std::uint64_t chance = random() % 24;
    const std::uint64_t address = chance < 4 ? hub : random() % size.addresses;
    return chance == 23 ? AccountOf(AddressNum{address}, Pot::kStake2) : Free(address);
  };
  while (accounts.all.size() < size.events) {
    if (random() % 6 == 0) accounts.SkipNumbers(random() % 9);
    const std::uint32_t from = any();
    const std::uint32_t to = any();
    const Uint128 amount = random() % (size.most_amount + 1);
    const std::uint64_t kind = random() % 20;
    if (kind == 0) {
      accounts.Mint(to, amount);
    } else if (kind == 1) {
      accounts.Fee(from, amount);
    } else {
      accounts.Move(from, to, amount);
    }
  }
  return accounts;
}

AccountPathRequest RandomRequest(std::mt19937_64& random, std::uint32_t addresses) {
  AccountPathRequest request;
  request.from = Free(random() % addresses);
  request.to = Free(random() % addresses);
  request.best = random() % 2 == 0 ? BestPath::kShortest : BestPath::kWidest;
  request.count = static_cast<std::uint32_t>(1 + random() % 5);
  if (random() % 2 == 0) request.max_hops = static_cast<std::uint32_t>(random() % 6);
  return request;
}

// What of this request was found to be so.
struct Tally {
  std::uint64_t paths = 0;
  std::uint64_t longest = 0;
  std::uint64_t short_of_count = 0;
  std::uint64_t exhausted = 0;
  std::uint64_t early = 0;
};

void ExpectBestRoutes(MemoryAccounts& accounts, const AccountPathRequest& request, Tally* tally) {
  std::vector<AccountPath> all = AllRoutes(accounts, request);
  if (all.size() > request.count) all.resize(request.count);
  accounts.accounts_read.clear();
  const auto paths = FindAccountPaths(accounts, request, {}, nullptr);
  ASSERT_THAT(paths, IsOk());
  ASSERT_EQ(LinesOf(*paths), LinesOf(all));
  const auto reached = Reached(accounts, request);
  for (const std::uint32_t account : accounts.accounts_read) {
    EXPECT_TRUE(account == request.to || reached.contains(account)) << account;
  }
  // The same when `to` has too many events to know all that pays it from the start.
  MemoryAccounts busy = accounts;
  const std::size_t more = busy.all.size() + 150;
  for (std::size_t i = 0; i < more; ++i) busy.Mint(request.to, 1);
  AccountTraceLimits limits;
  limits.max_events = 4 * (more - 50);
  const auto same = FindAccountPaths(busy, request, limits, nullptr);
  ASSERT_THAT(same, IsOk());
  ASSERT_EQ(LinesOf(*same), LinesOf(all));
  tally->paths += all.size();
  tally->short_of_count += all.size() < request.count ? 1 : 0;
  for (const AccountPath& path : all) {
    tally->longest = std::max<std::uint64_t>(tally->longest, path.hops.size());
  }
}

TEST(RandomAccountPaths, EqualAllRoutesSortedOnRandomHistories) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 10000; ++seed) {
    std::mt19937_64 random(seed);
    Size size;
    size.addresses = static_cast<std::uint32_t>(2 + random() % 7);
    size.events = 1 + random() % 28;
    size.most_amount = seed % 3 == 0 ? 1'000'000 : 1 + random() % 5;
    MemoryAccounts accounts = Tangle(random, size);
    for (int query = 0; query < 6; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      ExpectBestRoutes(accounts, RandomRequest(random, size.addresses), &tally);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tally.paths, 25'000u);
  EXPECT_GT(tally.longest, 4u);
  EXPECT_GT(tally.short_of_count, 1'000u);
}

// Histories whose accounts hold what they send, so that routes are as money goes.
TEST(RandomAccountPaths, EqualAllRoutesSortedOnHistoriesThatAddUp) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    std::mt19937_64 random(seed);
    const auto addresses = static_cast<std::uint32_t>(4 + random() % 5);
    MemoryAccounts accounts = RandomAccounts(random, addresses, 20 + random() % 40);
    for (AccountEvent& event : accounts.all) {
      if (event.from != kNobody) event.from = Free(event.from);
      if (event.to != kNobody) event.to = Free(event.to);
    }
    for (int query = 0; query < 4; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      ExpectBestRoutes(accounts, RandomRequest(random, addresses), &tally);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tally.paths, 2'000u);
}

// Many looks, pages and early stops; routes are short, so that all can be told.
TEST(RandomAccountPaths, EqualAllRoutesOnLongerHistories) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    std::mt19937_64 random(seed);
    const Size size{20, 400, seed % 2 == 0 ? std::uint64_t{3} : std::uint64_t{100'000}};
    MemoryAccounts accounts = Tangle(random, size);
    for (int query = 0; query < 4; ++query) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " query ", query));
      AccountPathRequest request = RandomRequest(random, size.addresses);
      request.max_hops = static_cast<std::uint32_t>(1 + random() % 3);
      request.count = static_cast<std::uint32_t>(1 + random() % 100);
      ExpectBestRoutes(accounts, request, &tally);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tally.paths, 5'000u);
}

// A limit never changes an answer: it is the same or none.
TEST(RandomAccountPaths, AreTheSameUnderALimitOrNone) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    std::mt19937_64 random(seed);
    const Size size{8, 80, 1 + random() % 50};
    MemoryAccounts accounts = Tangle(random, size);
    AccountPathRequest request = RandomRequest(random, size.addresses);
    const auto whole = FindAccountPaths(accounts, request, {}, nullptr);
    ASSERT_THAT(whole, IsOk());
    for (std::uint64_t most = 1; most < 400; most += 1 + random() % 40) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " limit ", most));
      AccountTraceLimits limits;
      limits.max_events = most;
      const auto paths = FindAccountPaths(accounts, request, limits, nullptr);
      if (paths.ok()) {
        ASSERT_EQ(LinesOf(*paths), LinesOf(*whole));
        ++tally.early;
      } else {
        ASSERT_THAT(paths, StatusIs(absl::StatusCode::kResourceExhausted));
        ++tally.exhausted;
      }
    }
  }
  EXPECT_GT(tally.exhausted, 500u);
  EXPECT_GT(tally.early, 500u);
}

}  // namespace
}  // namespace coinwake
