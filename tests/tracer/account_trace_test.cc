// Goal: each rule of a trace over accounts does what tracer/account_trace.h says, and what cannot
// be traced ends in the right error with nothing sent.
// Method: histories of a few events whose lines are worked out by hand; every call of the reader
// failing once; histories damaged in each way the reader can be.
#include "tracer/account_trace.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"

namespace coinwake {
namespace {

using Lines = std::vector<std::string>;
using testing::HasSubstr;

class AccountTrace : public testing::Test {
 protected:
  AccountTrace() {
    request_.labels = {"x", "y"};
    request_.seeds = {{0, 0}};
  }
  Lines Run() {
    AccountRecorder recorder(request_);
    EXPECT_THAT(RunAccountTrace(accounts_, request_, limits_, nullptr, recorder), IsOk());
    Lines lines = recorder.lines;
    std::erase(lines, "summary y seeded 0 unspent 0 exits 0 sinks 0 holdings 0");
    return lines;
  }
  absl::Status Fails() {
    AccountRecorder recorder(request_);
    const auto stats = RunAccountTrace(accounts_, request_, limits_, nullptr, recorder);
    EXPECT_EQ(recorder.lines, Lines());
    return stats.status();
  }

  MemoryAccounts accounts_;
  AccountTraceRequest request_;
  AccountTraceLimits limits_;
};

TEST_F(AccountTrace, TaintsReceiptsOfASeedAndNotWhatItHeld) {
  accounts_.Mint(0, 5);
  const std::uint64_t since = accounts_.Move(1, 0, 10);  // account 1 opens with 20
  accounts_.Move(0, 2, 8);
  accounts_.Move(1, 0, 10);
  request_.since = since;
  EXPECT_EQ(Run(), (Lines{
                       "holding 2 x 3 of 8 runs 5*- 3*x opening 0",
                       "holding 0 x 17 of 17 runs 17*x opening 0",
                       "summary x seeded 20 unspent 20 exits 0 sinks 0 holdings 2",
                   }));
  request_.since = since + 1;
  EXPECT_EQ(Run(), (Lines{
                       "holding 0 x 10 of 17 runs 7*- 10*x opening 0",
                       "summary x seeded 10 unspent 10 exits 0 sinks 0 holdings 1",
                   }));
}

TEST_F(AccountTrace, SeedsAMint) {
  accounts_.Mint(0, 5);
  EXPECT_EQ(Run(), (Lines{
                       "holding 0 x 5 of 5 runs 5*x opening 0",
                       "summary x seeded 5 unspent 5 exits 0 sinks 0 holdings 1",
                   }));
}

TEST_F(AccountTrace, SinksWhatReturnsToItsSeedAndSeedsItAnew) {
  accounts_.Mint(0, 10);
  accounts_.Move(0, 1, 6);
  accounts_.Move(1, 0, 4);
  EXPECT_EQ(Run(), (Lines{
                       "holding 1 x 2 of 2 runs 2*x opening 0",
                       "holding 0 x 8 of 8 runs 8*x opening 0",
                       "sink x returned_to_seed - 4",
                       "summary x seeded 14 unspent 10 exits 0 sinks 4 holdings 2",
                   }));
  request_.competing = true;  // labelled units keep their label
  EXPECT_EQ(Run(), (Lines{
                       "holding 1 x 2 of 2 runs 2*x opening 0",
                       "holding 0 x 8 of 8 runs 8*x opening 0",
                       "summary x seeded 10 unspent 10 exits 0 sinks 0 holdings 2",
                   }));
}

TEST_F(AccountTrace, LeavesTheFirstLabelWhereLabelsCompete) {
  request_.seeds = {{0, 1}, {1, 0}, {1, 1}};
  accounts_.Mint(0, 6);
  accounts_.Mint(2, 3);
  accounts_.Move(2, 0, 0);  // nothing
  accounts_.Move(0, 1, 4);
  accounts_.Mint(1, 2);
  request_.competing = true;
  EXPECT_EQ(Run(), (Lines{
                       "holding 1 x 2 of 6 runs 4*y 2*x opening 0",
                       "holding 1 y 4 of 6 runs 4*y 2*x opening 0",
                       "holding 0 y 2 of 2 runs 2*y opening 0",
                       "summary x seeded 2 unspent 2 exits 0 sinks 0 holdings 1",
                       "summary y seeded 6 unspent 6 exits 0 sinks 0 holdings 2",
                   }));
}

TEST_F(AccountTrace, MovesNothingToTheSenderItself) {
  accounts_.Mint(0, 10);
  accounts_.Move(0, 0, 7);
  accounts_.Move(0, 1, 3);
  accounts_.Move(1, 1, 3);
  EXPECT_EQ(Run(), (Lines{
                       "holding 1 x 3 of 3 runs 3*x opening 0",
                       "holding 0 x 7 of 7 runs 7*x opening 0",
                       "summary x seeded 10 unspent 10 exits 0 sinks 0 holdings 2",
                   }));
}

// Account 9 is what account 0, the seed, has staked.
TEST_F(AccountTrace, TakesStakingAtASeedForNoTransfer) {
  accounts_.Mint(9, 4);
  accounts_.Mint(0, 10);
  accounts_.Within(0, 9, 7);
  const std::uint64_t back = accounts_.Within(9, 0, 5);
  request_.max_hops = 0;
  request_.min_taint = AccountTaint::FromBaseUnits(8);
  EXPECT_EQ(Run(), (Lines{
                       "holding 9 x 6 of 6 runs 6*x opening 0",
                       "holding 0 x 4 of 8 runs 3*x 4*- 1*x opening 0",
                       "summary x seeded 10 unspent 10 exits 0 sinks 0 holdings 2",
                   }));
  request_.since = back;  // what comes back is no receipt
  EXPECT_EQ(Run(), (Lines{
                       "summary x seeded 0 unspent 0 exits 0 sinks 0 holdings 0",
                   }));
}

TEST_F(AccountTrace, KeepsHopsThroughAStakeAndLooksForNoStopThere) {
  MemoryStops stops;
  stops.stops = {{9, {SinkKind::kService, 1}}};
  request_.stops = &stops;
  request_.max_hops = 1;
  accounts_.Mint(0, 10);
  accounts_.Move(0, 1, 8);
  accounts_.Within(1, 9, 8);
  accounts_.Within(9, 1, 6);
  accounts_.Move(1, 2, 1);
  EXPECT_EQ(Run(), (Lines{
                       "holding 9 x 2 of 2 runs 2*x opening 0",
                       "holding 1 x 5 of 5 runs 5*x opening 0",
                       "holding 0 x 2 of 2 runs 2*x opening 0",
                       "sink x max_hops - 1",
                       "summary x seeded 10 unspent 9 exits 0 sinks 1 holdings 3",
                   }));
}

TEST_F(AccountTrace, SinksFeesAndWhatIsDestroyed) {
  accounts_.Mint(0, 10);
  accounts_.Fee(0, 2);
  accounts_.Burn(0, 3);
  for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
    request_.policy = policy;
    const std::string runs = policy == AccountPolicy::kFifo ? " 5*x" : "";
    EXPECT_EQ(Run(), (Lines{
                         "holding 0 x 5 of 5 runs" + runs + " opening 0",
                         "sink x burnt - 3",
                         "sink x fee - 2",
                         "summary x seeded 10 unspent 5 exits 0 sinks 5 holdings 1",
                     }));
  }
}

TEST_F(AccountTrace, TakesWhatIsHiddenForAnExitAndWhatComesOutForNew) {
  accounts_.Mint(0, 10);
  accounts_.Hide(0, 4);
  accounts_.Mint(1, 4);
  EXPECT_EQ(Run(), (Lines{
                       "holding 0 x 6 of 6 runs 6*x opening 0",
                       "sink x mixer - 4",
                       "summary x seeded 10 unspent 6 exits 4 sinks 0 holdings 1",
                   }));
}

TEST_F(AccountTrace, StopsAtServicesUnlessTheySeed) {
  MemoryStops stops;
  stops.stops = {{0, {SinkKind::kMixer, 7}},
                 {1, {SinkKind::kService, 3}},
                 {2, {SinkKind::kService, 1}},
                 {3, {SinkKind::kBridge, 9}}};
  request_.stops = &stops;
  accounts_.Mint(0, 10);
  for (std::uint32_t to = 1; to <= 3; ++to) accounts_.Move(0, to, to);
  accounts_.Move(1, 4, 1);  // from inside the service: not followed
  EXPECT_EQ(Run(), (Lines{
                       "holding 0 x 4 of 4 runs 4*x opening 0",
                       "sink x bridge 9 3",
                       "sink x service 1 2",
                       "sink x service 3 1",
                       "summary x seeded 10 unspent 4 exits 6 sinks 0 holdings 1",
                   }));
  EXPECT_EQ(accounts_.accounts_read, (std::set<std::uint32_t>{0}));
}

TEST_F(AccountTrace, LeavesPartsBelowTheThresholdCleanInTheirPlace) {
  request_.min_taint = AccountTaint::FromBaseUnits(3);
  accounts_.Mint(0, 8);
  accounts_.Move(0, 1, 3);  // not below
  accounts_.Move(0, 1, 2);
  accounts_.Move(0, 1, 3);
  EXPECT_EQ(Run(), (Lines{
                       "holding 1 x 6 of 8 runs 3*x 2*- 3*x opening 0",
                       "sink x min_taint - 2",
                       "summary x seeded 8 unspent 6 exits 0 sinks 2 holdings 1",
                   }));
  accounts_.Mint(0, 2);  // seeds obey it too
  EXPECT_EQ(Run().back(), "summary x seeded 10 unspent 6 exits 0 sinks 4 holdings 1");
}

TEST_F(AccountTrace, FollowsNoFurtherThanMaxHops) {
  accounts_.Mint(0, 8);
  accounts_.Move(0, 1, 8);
  accounts_.Move(1, 2, 5);
  accounts_.Move(2, 3, 4);
  request_.max_hops = 2;
  EXPECT_EQ(Run(), (Lines{
                       "holding 2 x 1 of 1 runs 1*x opening 0",
                       "holding 1 x 3 of 3 runs 3*x opening 0",
                       "sink x max_hops - 4",
                       "summary x seeded 8 unspent 4 exits 0 sinks 4 holdings 2",
                   }));
  request_.max_hops = 0;
  EXPECT_EQ(Run(), (Lines{
                       "sink x max_hops - 8",
                       "summary x seeded 8 unspent 0 exits 0 sinks 8 holdings 0",
                   }));
}

TEST_F(AccountTrace, ReportsWhatIsHeldAtUntil) {
  accounts_.Mint(0, 8);
  request_.until = accounts_.Move(0, 1, 8);
  EXPECT_EQ(Run().front(), "holding 0 x 8 of 8 runs 8*x opening 0");
  ++*request_.until;
  EXPECT_EQ(Run().front(), "holding 1 x 8 of 8 runs 8*x opening 0");
}

TEST_F(AccountTrace, PutsTheAssumedOpeningInFront) {
  accounts_.Mint(1, 4);
  accounts_.Mint(0, 10);
  accounts_.Move(0, 1, 10);
  accounts_.Move(1, 2, 17);  // 3 more than is known
  accounts_.Mint(1, 5);
  accounts_.Move(1, 2, 2);
  EXPECT_EQ(Run(), (Lines{
                       "holding 2 x 10 of 19 runs 7*- 10*x 2*- opening 0",
                       "summary x seeded 10 unspent 10 exits 0 sinks 0 holdings 1 opened 1: 1",
                   }));
  request_.until = 3;
  EXPECT_EQ(Run().front(), "holding 1 x 10 of 17 runs 7*- 10*x opening 3");
}

TEST_F(AccountTrace, SplitsHaircutInTheAssetsFractions) {
  request_.policy = AccountPolicy::kHaircut;
  accounts_.Mint(1, 2);
  accounts_.Mint(0, 1);
  accounts_.Move(0, 1, 1);
  accounts_.Move(1, 2, 1);  // a third of 1
  request_.fraction_bits = 6;
  EXPECT_EQ(Run(), (Lines{
                       "holding 2 x 0.328125 of 1 runs opening 0",  // 21 / 64
                       "holding 1 x 0.671875 of 2 runs opening 0",
                       "summary x seeded 1 unspent 1 exits 0 sinks 0 holdings 2",
                   }));
  request_.fraction_bits = 12;
  EXPECT_EQ(Run().front(), "holding 2 x 0.333251953125 of 1 runs opening 0");  // 1365 / 4096
}

TEST_F(AccountTrace, PoisonsAnAccountForGood) {
  request_.policy = AccountPolicy::kPoison;
  accounts_.Mint(0, 2);
  accounts_.Mint(1, 5);
  accounts_.Move(0, 1, 1);
  accounts_.Move(1, 2, 6);  // all of it
  accounts_.Mint(1, 9);
  accounts_.Move(1, 3, 4);
  accounts_.Fee(1, 2);
  EXPECT_EQ(Run(), (Lines{
                       "holding 3 x 4 of 4 runs opening 0",
                       "holding 2 x 6 of 6 runs opening 0",
                       "holding 1 x 3 of 3 runs opening 0",
                       "holding 0 x 1 of 1 runs opening 0",
                       "sink x fee - 2",
                       "summary x seeded 2 unspent 14 exits 0 sinks 2 holdings 4",
                   }));
}

TEST_F(AccountTrace, ForgetsAHubThatPassedTheTaintOn) {
  request_.policy = AccountPolicy::kTifo;
  accounts_.Mint(0, 1);
  accounts_.Move(0, 1, 1);
  accounts_.Move(1, 2, 1);
  for (std::uint32_t i = 0; i < 100'000; ++i) accounts_.Move(3, 1, 1);
  AccountRecorder recorder(request_);
  ASSERT_OK_AND_ASSIGN(const AccountTraceStats stats,
                       RunAccountTrace(accounts_, request_, {}, nullptr, recorder));
  // But for what it takes to know the balances of the three before.
  EXPECT_EQ(accounts_.history_read, 2u + 100'002u + 1u);
  EXPECT_LT(stats.events_read, 20u + accounts_.history_read);
  EXPECT_EQ(stats.accounts_reached, 3u);
}

TEST_F(AccountTrace, MarksWhatLostItsOrderEvenAfterItWasForgotten) {
  limits_.max_runs = 2;
  accounts_.Mint(0, 20);
  for (int i = 0; i < 3; ++i) {
    accounts_.Mint(1, 1);
    accounts_.Move(0, 1, 1);
  }
  accounts_.Move(1, 2, 6);
  accounts_.Move(0, 1, 3);
  const Lines lines = Run();
  EXPECT_EQ(lines[1], "holding 1 x 3 of 3 runs 3*x opening 0 degraded");
}

TEST_F(AccountTrace, TellsWhatLostItsOrderWhereTaintHasPassedOn) {
  limits_.max_runs = 2;
  request_.seeds = {{0, 0}, {4, 1}};
  accounts_.Mint(0, 20);
  accounts_.Mint(4, 20);
  accounts_.Move(4, 1, 1);
  accounts_.Move(1, 3, 1);  // y has left when order is lost
  for (int i = 0; i < 3; ++i) {
    accounts_.Mint(1, 1);
    accounts_.Move(0, 1, 1);
  }
  accounts_.Move(1, 2, 6);
  const Lines lines = Run();
  EXPECT_EQ(lines[lines.size() - 2],
            "summary x seeded 20 unspent 20 exits 0 sinks 0 holdings 2 degraded 2: 1 2");
  EXPECT_EQ(lines.back(), "summary y seeded 20 unspent 20 exits 0 sinks 0 holdings 2");
  request_.competing = true;
  EXPECT_EQ(Run(), lines);
}

TEST_F(AccountTrace, NamesTheFirstHundredWhoseOpeningItAssumed) {
  accounts_.Mint(0, 300);
  for (std::uint32_t account = 150; account >= 10; --account) {
    accounts_.Move(0, account, 1);
    accounts_.Move(account, 5, 3);
    accounts_.Move(0, account, 1);
    accounts_.Move(account, 5, 1);  // again
  }
  AccountRecorder recorder(request_);
  ASSERT_THAT(RunAccountTrace(accounts_, request_, limits_, nullptr, recorder), IsOk());
  const AccountsNoted& opened = recorder.summaries[0].opened;
  EXPECT_EQ(opened.count, 141u);
  ASSERT_EQ(opened.first.size(), 100u);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(opened.first[i], 150 - i);
}

TEST_F(AccountTrace, CarriesAmountsOf127Bits) {
  accounts_.Mint(0, kMaxAccountUnits);
  accounts_.Move(0, 1, kMaxAccountUnits);
  accounts_.Move(1, 0, kMaxAccountUnits);
  accounts_.Move(0, 1, kMaxAccountUnits);
  accounts_.Move(1, 0, kMaxAccountUnits);
  EXPECT_EQ(Run().back(),
            "summary x seeded 510423550381407695195061911147652317181 unspent "
            "170141183460469231731687303715884105727 exits 0 sinks "
            "340282366920938463463374607431768211454 holdings 1");
}

// What cannot be.

TEST_F(AccountTrace, RefusesARequestItCannotServe) {
  accounts_.Mint(0, 1);
  request_.fraction_bits = 13;
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bits")));
  request_.fraction_bits = 12;
  request_.seeds.push_back({1, 2});
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("label number 2")));
  request_.seeds.clear();
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("seed")));
  request_.seeds = {{kNobody, 0}};
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no account")));
  request_.seeds = {{0, 0}};
  request_.labels = {"x", "x"};
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("twice")));
}

// 2^121 leaves six bits, a balance of twice that five. The other label meets none of it.
TEST_F(AccountTrace, SplitsHaircutInAsManyBitsAsAmountsLeave) {
  request_.policy = AccountPolicy::kHaircut;
  request_.seeds = {{0, 0}, {5, 1}};
  const Uint128 large = Uint128{1} << 121;
  for (const std::uint32_t seed : {0u, 5u}) {
    accounts_.Mint(seed + 1, 2);
    accounts_.Mint(seed, 1);
    accounts_.Move(seed, seed + 1, 1);
    accounts_.Move(seed + 1, seed + 2, 1);  // a third of 1
  }
  const auto bits = [this] {
    AccountRecorder recorder(request_);
    EXPECT_THAT(RunAccountTrace(accounts_, request_, limits_, nullptr, recorder), IsOk());
    std::vector<int> found;
    for (const AccountSummary& summary : recorder.summaries) {
      found.push_back(summary.fraction_bits);
    }
    return found;
  };
  EXPECT_EQ(bits(), (std::vector<int>{12, 12}));
  accounts_.Mint(2, large - 1);
  EXPECT_EQ(bits(), (std::vector<int>{5, 12}));
  accounts_.all.back().amount = large - 2;
  EXPECT_EQ(bits(), (std::vector<int>{6, 12}));
  accounts_.Mint(2, large);
  EXPECT_EQ(bits(), (std::vector<int>{5, 12}));
  EXPECT_EQ(Run(),
            (Lines{
                "holding 7 y 0.333251953125 of 1 runs opening 0",
                "holding 6 y 0.666748046875 of 2 runs opening 0",
                "holding 2 x 0.34375 of 5316911983139663491615228241121378303 runs opening 0",
                "holding 1 x 0.65625 of 2 runs opening 0",
                "summary x seeded 1 unspent 1 exits 0 sinks 0 holdings 2",
                "summary y seeded 1 unspent 1 exits 0 sinks 0 holdings 2",
            }));
  request_.competing = true;
  EXPECT_EQ(bits(), (std::vector<int>{5, 5}));
}

TEST_F(AccountTrace, RefusesBalancesBeyond127Bits) {
  accounts_.Mint(0, kMaxAccountUnits);
  accounts_.Mint(0, 1);
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("event number 1")));
  request_.policy = AccountPolicy::kHaircut;  // even in whole units
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("event number 1")));
}

TEST_F(AccountTrace, StopsAtItsLimit) {
  accounts_.Mint(0, 9);
  for (int i = 0; i < 9; ++i) accounts_.Move(0, 1, 1);
  const std::uint64_t followed = 10 + 8;  // of account 1 those after the one that reached it
  const std::uint64_t history = 10 + 9;
  const std::uint64_t read = followed + history;
  limits_.max_events = read;
  EXPECT_EQ(Run().size(), 2u);
  limits_.max_events = read - 1;
  EXPECT_THAT(Fails(), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(AccountTrace, CanBeCancelled) {
  accounts_.Mint(0, 9);
  AccountRecorder recorder(request_);
  const AlwaysCancelled cancelled;
  EXPECT_THAT(RunAccountTrace(accounts_, request_, {}, &cancelled, recorder),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(AccountTrace, PassesOnWhateverFails) {
  accounts_.Mint(0, 9);
  accounts_.Move(0, 1, 4);
  accounts_.Move(1, 2, 3);
  Run();
  const std::uint64_t calls = accounts_.calls;
  EXPECT_GT(calls, 6u);
  for (std::uint64_t call = 0; call < calls; ++call) {
    accounts_.calls = 0;
    accounts_.failing_call = call;
    AccountRecorder recorder(request_);
    EXPECT_THAT(RunAccountTrace(accounts_, request_, {}, nullptr, recorder),
                StatusIs(absl::StatusCode::kUnavailable))
        << call;
  }
}

TEST_F(AccountTrace, PassesOnWhatTheReceiverSays) {
  struct Full : AccountTraceReceiver {
    absl::Status OnHolding(const AccountHolding&) override { return Say(); }
    absl::Status OnSink(const AccountSink&) override { return Say(); }
    absl::Status OnSummary(const AccountSummary&) override { return Say(); }
    absl::Status Say() { return left-- == 0 ? absl::AbortedError("full") : absl::OkStatus(); }
    int left = 0;
  };
  accounts_.Mint(0, 9);
  accounts_.Fee(0, 4);
  for (int line = 0; line < 4; ++line) {  // a holding, a sink, two summaries
    Full full;
    full.left = line;
    EXPECT_THAT(RunAccountTrace(accounts_, request_, {}, nullptr, full),
                StatusIs(absl::StatusCode::kAborted));
  }
}

TEST_F(AccountTrace, TellsADamagedIndex) {
  accounts_.Mint(0, 9);
  accounts_.Mint(1, 2);
  accounts_.Move(0, 1, 4);
  const std::uint64_t later = accounts_.Move(0, 1, 1);
  accounts_.Move(1, 2, 3);
  const std::vector<AccountEvent> whole = accounts_.all;
  const auto is_loss = StatusIs(absl::StatusCode::kDataLoss);
  for (const std::uint32_t account : {0u, 1u}) {
    accounts_.hidden = {{account, later}};  // one side knows of it
    EXPECT_THAT(Fails(), is_loss) << account;
  }
  accounts_.hidden.clear();
  accounts_.understated = {{1, 2}};
  accounts_.all.push_back({5, 1, 2, 4, AccountEventKind::kMove});
  EXPECT_THAT(Fails(), is_loss);  // spends more than it has
  accounts_.understated.clear();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i].number == 1) continue;  // never read
    accounts_.all = whole;
    accounts_.all[i].amount = kMaxAccountUnits + 1;
    EXPECT_THAT(Fails(), is_loss) << i;
    accounts_.all = whole;
    accounts_.all[i].kind = i == 0 ? AccountEventKind::kBurn : AccountEventKind::kMint;
    EXPECT_THAT(Fails(), is_loss) << i;
  }
  accounts_.all = whole;
  std::swap(accounts_.all[2], accounts_.all[3]);  // out of order
  EXPECT_THAT(Fails(), is_loss);
}

}  // namespace
}  // namespace coinwake
