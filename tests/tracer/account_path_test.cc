// Goal: routes between accounts are what money can have taken, in the stated order, and no more is
// read than the answer needs.
// Method: histories of a few transfers by hand; hubs, limits and failures injected in memory.
#include "tracer/account_path.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tracer/view_accounts.h"

namespace coinwake {
namespace {

constexpr std::uint32_t Free(std::uint64_t address) {
  return AccountOf(AddressNum{address}, Pot::kFree);
}
constexpr std::uint32_t kAnn = Free(0), kBob = Free(1), kEve = Free(2), kTom = Free(3);
constexpr std::uint32_t kHub = Free(9);

class AccountPaths : public testing::Test {
 protected:
  AccountPaths() {
    request_.from = kAnn;
    request_.to = kBob;
  }
  // The routes, each "bottleneck: event event ...".
  std::vector<std::string> Find() {
    accounts_.accounts_read.clear();
    const auto paths = FindAccountPaths(accounts_, request_, limits_, nullptr);
    EXPECT_THAT(paths, IsOk());
    std::vector<std::string> lines;
    if (!paths.ok()) return lines;
    for (const AccountPath& path : *paths) {
      lines.push_back(
          absl::StrCat(ToDecimal(Uint256(path.bottleneck)), ": ",
                       absl::StrJoin(path.hops, " ", [](std::string* out, const auto& hop) {
                         absl::StrAppend(out, hop.event);
                       })));
    }
    return lines;
  }
  std::vector<std::string> Find(BestPath best, std::uint32_t count) {
    request_.best = best;
    request_.count = count;
    return Find();
  }
  absl::StatusCode Failure(const Cancellation* cancellation = nullptr) {
    return FindAccountPaths(accounts_, request_, limits_, cancellation).status().code();
  }
  // `count` payments from the hub to as many others.
  void Spread(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) accounts_.Move(kHub, Free(100 + i), 1);
  }

  using Lines = std::vector<std::string>;
  MemoryAccounts accounts_;
  AccountPathRequest request_;
  AccountTraceLimits limits_;
};

TEST_F(AccountPaths, WidestAndShortest) {
  accounts_.Move(kAnn, kEve, 90);  // 0
  accounts_.Move(kAnn, kTom, 80);  // 1
  accounts_.Move(kEve, kTom, 85);  // 2
  accounts_.Move(kAnn, kBob, 10);  // 3
  accounts_.Move(kEve, kBob, 70);  // 4
  accounts_.Move(kTom, kBob, 99);  // 5
  EXPECT_EQ(Find(BestPath::kWidest, 9), (Lines{"85: 0 2 5", "80: 1 5", "70: 0 4", "10: 3"}));
  EXPECT_EQ(Find(BestPath::kShortest, 9), (Lines{"10: 3", "80: 1 5", "70: 0 4", "85: 0 2 5"}));
  EXPECT_EQ(Find(BestPath::kWidest, 1), (Lines{"85: 0 2 5"}));
  request_.max_hops = 2;
  EXPECT_EQ(Find(BestPath::kWidest, 2), (Lines{"80: 1 5", "70: 0 4"}));
  request_.max_hops = 1;
  EXPECT_EQ(Find(BestPath::kWidest, 2), (Lines{"10: 3"}));
  request_.max_hops = 0;
  EXPECT_EQ(Find(), Lines{});
  request_.max_hops.reset();
  request_.count = 0;
  EXPECT_EQ(Find(), Lines{});
}

TEST_F(AccountPaths, TellsEachHop) {
  accounts_.SkipNumbers(7);
  accounts_.Move(kAnn, kEve, 5);
  accounts_.Move(kEve, kBob, kMaxAccountUnits);
  const auto paths = FindAccountPaths(accounts_, request_, {}, nullptr);
  ASSERT_THAT(paths, IsOk());
  const AccountPath expected{{{7, kAnn, kEve, 5}, {8, kEve, kBob, kMaxAccountUnits}}, 5};
  EXPECT_EQ(*paths, std::vector<AccountPath>{expected});
}

TEST_F(AccountPaths, WhatLeftBeforeItCameIsNoRoute) {
  accounts_.Move(kEve, kBob, 10);
  accounts_.Move(kAnn, kEve, 10);
  EXPECT_EQ(Find(BestPath::kWidest, 5), Lines{});
  EXPECT_EQ(Find(BestPath::kShortest, 5), Lines{});
  accounts_.Move(kEve, kBob, 3);
  EXPECT_EQ(Find(BestPath::kWidest, 5), (Lines{"3: 1 2"}));
  std::swap(request_.from, request_.to);
  EXPECT_EQ(Find(), Lines{});
}

TEST_F(AccountPaths, PassesNoAccountTwice) {
  accounts_.Move(kAnn, kEve, 10);  // 0
  accounts_.Move(kEve, kTom, 10);  // 1
  accounts_.Move(kTom, kEve, 10);  // 2
  accounts_.Move(kEve, kAnn, 10);  // 3
  accounts_.Move(kAnn, kTom, 10);  // 4
  accounts_.Move(kTom, kBob, 10);  // 5
  accounts_.Move(kBob, kEve, 10);  // 6
  accounts_.Move(kEve, kBob, 10);  // 7
  const Lines expected = {"10: 0 7", "10: 4 5", "10: 0 1 5"};
  EXPECT_EQ(Find(BestPath::kWidest, 9), expected);
  EXPECT_EQ(Find(BestPath::kShortest, 9), expected);
  request_.to = kAnn;
  EXPECT_EQ(Find(), Lines{});  // nor to oneself
}

TEST_F(AccountPaths, ParallelTransfersAreRoutesOfTheirOwn) {
  accounts_.Move(kAnn, kEve, 5);   // 0
  accounts_.Move(kAnn, kEve, 7);   // 1
  accounts_.Move(kAnn, kEve, 7);   // 2
  accounts_.Move(kEve, kBob, 6);   // 3
  accounts_.Move(kEve, kBob, 99);  // 4
  EXPECT_EQ(Find(BestPath::kWidest, 9),
            (Lines{"7: 1 4", "7: 2 4", "6: 1 3", "6: 2 3", "5: 0 3", "5: 0 4"}));
  EXPECT_EQ(Find(BestPath::kShortest, 3), (Lines{"7: 1 4", "7: 2 4", "6: 1 3"}));
}

TEST_F(AccountPaths, OnlyTransfersBetweenFreeBalancesAreHops) {
  const std::uint32_t pot = AccountOf(AddressNum{2}, Pot::kStake2);
  accounts_.Mint(kAnn, 9);
  accounts_.Fee(kAnn, 1);
  accounts_.Burn(kAnn, 1);
  accounts_.Move(kAnn, kAnn, 9);
  accounts_.Move(kAnn, kBob, 0);
  accounts_.Move(kAnn, pot, 9);
  accounts_.Move(pot, kBob, 9);
  accounts_.Mint(kBob, 9);
  EXPECT_EQ(Find(BestPath::kWidest, 5), Lines{});
  accounts_.Move(kAnn, kBob, 1);
  EXPECT_EQ(Find(BestPath::kWidest, 5), (Lines{"1: 8"}));
}

TEST_F(AccountPaths, AHubThatCannotMatterIsNotRead) {
  accounts_.Move(kAnn, kHub, 40);
  accounts_.Move(kAnn, kBob, 50);
  Spread(1000);
  accounts_.Move(kHub, kBob, 40);
  accounts_.Move(Free(100), kBob, 40);
  limits_.max_events = 100;
  for (const BestPath best : {BestPath::kWidest, BestPath::kShortest}) {
    EXPECT_EQ(Find(best, 1), (Lines{"50: 1"}));
    // What the hub pays is known from the other side.
    EXPECT_EQ(Find(best, 2), (Lines{"50: 1", "40: 0 1002"}));
  }
  EXPECT_FALSE(accounts_.accounts_read.contains(kHub));
  request_.count = 3;
  EXPECT_EQ(Failure(), absl::StatusCode::kResourceExhausted);
  request_.max_hops = 2;
  for (const BestPath best : {BestPath::kWidest, BestPath::kShortest}) {
    EXPECT_EQ(Find(best, 3), (Lines{"50: 1", "40: 0 1002"}));
    EXPECT_FALSE(accounts_.accounts_read.contains(kHub));
  }
  request_.max_hops.reset();
  limits_.max_events = 0;
  EXPECT_EQ(Find(), (Lines{"50: 1", "40: 0 1002", "1: 0 2 1003"}));
}

TEST_F(AccountPaths, AHubBetweenHubsIsNotRead) {
  accounts_.Move(kAnn, kHub, 40);
  accounts_.Move(kAnn, kBob, 50);
  Spread(1000);
  for (int i = 0; i < 1000; ++i) accounts_.Mint(kBob, 1);
  limits_.max_events = 100;
  for (const BestPath best : {BestPath::kWidest, BestPath::kShortest}) {
    EXPECT_EQ(Find(best, 1), (Lines{"50: 1"}));
    EXPECT_FALSE(accounts_.accounts_read.contains(kHub));
  }
  request_.count = 2;
  EXPECT_EQ(Failure(), absl::StatusCode::kResourceExhausted);
  request_.max_hops = 1;
  EXPECT_EQ(Find(), (Lines{"50: 1"}));
}

TEST_F(AccountPaths, NothingAfterTheLastPaymentIsRead) {
  accounts_.Move(kAnn, kBob, 1);
  accounts_.Move(kAnn, kHub, 40);
  Spread(1000);
  accounts_.Move(kBob, kHub, 1);
  accounts_.Mint(kBob, 1);
  limits_.max_events = 100;
  EXPECT_EQ(Find(BestPath::kWidest, 5), (Lines{"1: 0"}));
  EXPECT_EQ(Find(BestPath::kShortest, 5), (Lines{"1: 0"}));
}

TEST_F(AccountPaths, AHubMayBeTheEnd) {
  accounts_.Move(kEve, kHub, 1);
  accounts_.Move(kAnn, kEve, 3);
  Spread(1000);
  accounts_.Move(kEve, kHub, 2);
  request_.to = kHub;
  limits_.max_events = 100;
  EXPECT_EQ(Find(BestPath::kShortest, 5), (Lines{"2: 1 1002"}));
}

// An account is reached again and again, each time earlier, or with fewer hops.
TEST_F(AccountPaths, ReadsNoEventTwice) {
  constexpr std::uint32_t kWays = 300;
  for (std::uint32_t i = 0; i < kWays; ++i) {
    accounts_.Move(kAnn, kHub, i + 1);  // the later, the wider
    accounts_.Move(kHub, Free(100 + i), 1000);
  }
  accounts_.Move(Free(100), kBob, 1000);
  const std::uint64_t events = accounts_.all.size();
  // Each of two sides; pages are read a little ahead.
  limits_.max_events = 4 * events;
  EXPECT_EQ(Find(BestPath::kWidest, 1), (Lines{"1: 0 1 600"}));
  request_.max_hops = 3;
  EXPECT_EQ(Find(BestPath::kWidest, 1), (Lines{"1: 0 1 600"}));
}

TEST_F(AccountPaths, ALongChainIsNotSlow) {
  constexpr std::uint32_t kHops = 3000;
  for (std::uint32_t i = 0; i < kHops; ++i) {
    accounts_.Move(i == 0 ? kAnn : Free(100 + i), i + 1 == kHops ? kBob : Free(101 + i), kHops - i);
  }
  for (const BestPath best : {BestPath::kWidest, BestPath::kShortest}) {
    request_.best = best;
    request_.count = 5;
    const auto paths = FindAccountPaths(accounts_, request_, {}, nullptr);
    ASSERT_THAT(paths, IsOk());
    ASSERT_EQ(paths->size(), 1u);
    EXPECT_EQ((*paths)[0].hops.size(), kHops);
    EXPECT_EQ((*paths)[0].bottleneck, Uint128{1});
  }
}

TEST_F(AccountPaths, EndsAreFreeBalances) {
  request_.to = kNobody;
  EXPECT_EQ(Failure(), absl::StatusCode::kInvalidArgument);
  request_.to = AccountOf(AddressNum{1}, Pot::kStake1);
  EXPECT_EQ(Failure(), absl::StatusCode::kInvalidArgument);
  request_.to = Free(12345);
  EXPECT_EQ(Find(), Lines{});
}

TEST_F(AccountPaths, CanBeCancelled) {
  struct Later : Cancellation {
    bool Cancelled() const override { return left-- == 0; }
    mutable int left = 0;
  };
  accounts_.Move(kAnn, kEve, 4);
  accounts_.Move(kEve, kBob, 3);
  // Reads of three accounts, then the ranking.
  for (int left = 0; left < 4; ++left) {
    Later later;
    later.left = left;
    EXPECT_EQ(Failure(&later), absl::StatusCode::kCancelled) << left;
  }
}

TEST_F(AccountPaths, PassesOnWhateverFails) {
  accounts_.Move(kAnn, kEve, 4);
  accounts_.Move(kEve, kBob, 3);
  Find();
  const std::uint64_t calls = accounts_.calls;
  EXPECT_GE(calls, 3u);
  for (std::uint64_t call = 0; call < calls; ++call) {
    accounts_.calls = 0;
    accounts_.failing_call = call;
    EXPECT_EQ(Failure(), absl::StatusCode::kUnavailable) << call;
  }
}

TEST_F(AccountPaths, SaysWhenEventsContradictEachOther) {
  accounts_.Move(kAnn, kEve, 4);
  accounts_.Move(kEve, kBob, 3);
  accounts_.all[1].to = kNobody;
  accounts_.Move(kTom, kBob, 3);
  EXPECT_EQ(Failure(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace coinwake
