// Goal: a backward trace over accounts says where money came from by the rules, each of them, and
// fails where it cannot. Method: short histories with figures by hand; long ones, of several pages
// of events, against the twin; damage, limits, and amounts that pass 115 bits.
#include "tracer/account_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tests/tracer/reference_account_source.h"

namespace coinwake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint32_t kAnna = 1, kBert = 2, kCarl = 3, kDora = 4, kEva = 5;

class AccountSource : public ::testing::Test {
 protected:
  AccountSource() {
    request_.labels = {"d"};
    request_.seeds = {{kDora, 0}};
    request_.fraction_bits = 0;
  }

  std::vector<std::string> Lines() {
    AccountRecorder recorder(request_);
    EXPECT_THAT(RunAccountSource(accounts_, request_, {}, nullptr, recorder), IsOk());
    return recorder.lines;
  }
  absl::Status Failure(const AccountTraceLimits& limits = {},
                       const Cancellation* cancellation = nullptr) {
    AccountRecorder recorder(request_);
    absl::Status status =
        RunAccountSource(accounts_, request_, limits, cancellation, recorder).status();
    EXPECT_TRUE(recorder.lines.empty());
    return status;
  }
  // Carl pays Dora of what Anna and Bert, who had it minted, paid him.
  void PayThroughCarl() {
    accounts_.Mint(kAnna, 100);
    accounts_.Mint(kBert, 50);
    accounts_.Move(kAnna, kCarl, 60);
    accounts_.Move(kBert, kCarl, 50);
    accounts_.Move(kCarl, kDora, 80);
  }

  MemoryAccounts accounts_;
  MemoryStops stops_;
  AccountTraceRequest request_;
};

TEST_F(AccountSource, NamesTheMintsByOrderOrByShare) {
  PayThroughCarl();
  EXPECT_THAT(Lines(), ElementsAre("holding 2 d 20 of 50 runs opening 0",
                                   "holding 1 d 60 of 100 runs opening 0",  //
                                   "sink d coinbase - 80",
                                   "summary d seeded 80 unspent 0 exits 0 sinks 80 holdings 2"));
  request_.policy = AccountPolicy::kHaircut;  // 80 of 110: 43.6 and 36.4
  EXPECT_THAT(Lines(), ElementsAre("holding 2 d 36 of 50 runs opening 0",
                                   "holding 1 d 44 of 100 runs opening 0",  //
                                   "sink d coinbase - 80",
                                   "summary d seeded 80 unspent 0 exits 0 sinks 80 holdings 2"));
  request_.fraction_bits = 2;  // what Bert paid came last: his share, 36.25 of 36.36, is told first
  EXPECT_THAT(Lines(), Contains("holding 2 d 36.25 of 50 runs opening 0"));
}

TEST_F(AccountSource, EndsAtWhoPaid) {
  PayThroughCarl();
  stops_.stops[kAnna] = {SinkKind::kService, 7};
  stops_.stops[kDora] = {SinkKind::kMixer, 8};  // a seed does not stop
  request_.stops = &stops_;
  EXPECT_THAT(Lines(), ElementsAre("holding 2 d 20 of 50 runs opening 0",  //
                                   "sink d coinbase - 20", "sink d service 7 60",
                                   "summary d seeded 80 unspent 0 exits 60 sinks 20 holdings 1"));
  stops_.stops[kCarl] = {SinkKind::kBridge, 9};
  EXPECT_THAT(Lines(), ElementsAre("sink d bridge 9 80",
                                   "summary d seeded 80 unspent 0 exits 80 sinks 0 holdings 0"));
}

TEST_F(AccountSource, EndsAtAPoolThatTellsNoMore) {
  accounts_.Mint(kDora, 3);
  accounts_.Add({0, kNobody, kDora, 5, AccountEventKind::kReveal});
  EXPECT_THAT(Lines(), ElementsAre("holding 4 d 3 of 3 runs opening 0",  //
                                   "sink d coinbase - 3", "sink d mixer - 5",
                                   "summary d seeded 8 unspent 0 exits 5 sinks 3 holdings 1"));
  request_.max_hops = 0;
  EXPECT_THAT(Lines(), Contains("sink d max_hops - 5"));
}

TEST_F(AccountSource, CountsTransfersToAStop) {
  class Hops : public AccountTraceReceiver {
   public:
    absl::Status OnHolding(const AccountHolding&) override { return absl::OkStatus(); }
    absl::Status OnSink(const AccountSink& sink) override {
      hops.push_back(sink.hops);
      return absl::OkStatus();
    }
    absl::Status OnSummary(const AccountSummary&) override { return absl::OkStatus(); }
    std::vector<std::optional<std::uint32_t>> hops;
  };
  PayThroughCarl();
  accounts_.Move(kBert, kDora, 0);
  accounts_.Mint(kBert, 5);
  accounts_.Move(kBert, kDora, 5);
  stops_.stops[kAnna] = {SinkKind::kService, 1};
  stops_.stops[kBert] = {SinkKind::kService, 2};
  request_.stops = &stops_;
  for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
    request_.policy = policy;
    Hops hops;
    ASSERT_THAT(RunAccountSource(accounts_, request_, {}, nullptr, hops), IsOk());
    EXPECT_THAT(hops.hops, ElementsAre(std::optional(2u), std::optional(1u)));
  }
}

TEST_F(AccountSource, CutsByHopsAndThreshold) {
  PayThroughCarl();
  request_.max_hops = 1;
  EXPECT_THAT(Lines(), ElementsAre("sink d max_hops - 80",
                                   "summary d seeded 80 unspent 0 exits 0 sinks 80 holdings 0"));
  request_.max_hops = 2;
  EXPECT_THAT(Lines(), Contains("sink d coinbase - 80"));
  request_.max_hops.reset();
  request_.min_taint = AccountTaint::FromBaseUnits(21);
  EXPECT_THAT(Lines(), ElementsAre("holding 1 d 60 of 100 runs opening 0",  //
                                   "sink d coinbase - 60", "sink d min_taint - 20",
                                   "summary d seeded 80 unspent 0 exits 0 sinks 80 holdings 1"));
  request_.min_taint = AccountTaint::FromBaseUnits(81);  // seeds obey it
  EXPECT_THAT(Lines(), Contains("sink d min_taint - 80"));
}

TEST_F(AccountSource, HasNothingBeforeAnOpening) {
  accounts_.Mint(kCarl, 5);
  accounts_.Move(kCarl, kDora, 12);  // had 7
  EXPECT_THAT(Lines(),
              ElementsAre("holding 3 d 5 of 5 runs opening 0",  //
                          "sink d coinbase - 5", "sink d unresolved - 7",
                          "summary d seeded 12 unspent 0 exits 0 sinks 12 holdings 1 opened 1: 3"));
  // What shows that much was there may come later, even behind `until`.
  accounts_.Move(kDora, kCarl, 1);
  accounts_.Move(kCarl, kBert, 9);
  request_.until = 2;
  EXPECT_THAT(Lines(), Contains("sink d unresolved - 12"));
}

TEST_F(AccountSource, EndsAtSince) {
  PayThroughCarl();
  request_.since = 3;  // Anna's payment is older
  EXPECT_THAT(Lines(), ElementsAre("sink d since - 80",
                                   "summary d seeded 80 unspent 0 exits 0 sinks 80 holdings 0"));
  request_.since = 1;
  EXPECT_THAT(Lines(), ElementsAre("holding 2 d 20 of 50 runs opening 0",  //
                                   "sink d coinbase - 20", "sink d since - 60",
                                   "summary d seeded 80 unspent 0 exits 0 sinks 80 holdings 1"));
  request_.since = 5;  // nothing was received since
  EXPECT_THAT(Lines(), ElementsAre("summary d seeded 0 unspent 0 exits 0 sinks 0 holdings 0"));
  request_.since.reset();
  request_.until = 4;
  EXPECT_THAT(Lines(), ElementsAre("summary d seeded 0 unspent 0 exits 0 sinks 0 holdings 0"));
}

TEST_F(AccountSource, ReturnsToASeedOnce) {
  accounts_.Mint(kAnna, 10);
  accounts_.Move(kAnna, kDora, 10);
  accounts_.Move(kDora, kCarl, 6);
  accounts_.Move(kCarl, kDora, 6);
  EXPECT_THAT(Lines(), ElementsAre("holding 1 d 10 of 10 runs opening 0",  //
                                   "sink d coinbase - 10", "sink d returned_to_seed - 6",
                                   "summary d seeded 16 unspent 0 exits 0 sinks 16 holdings 1"));
}

TEST_F(AccountSource, PassesThroughPartsOfAnAccountWithoutAHop) {
  accounts_.Mint(kAnna, 10);
  accounts_.Move(kAnna, kCarl, 10);
  accounts_.Within(kCarl, kBert, 10);  // a part of Carl's account
  accounts_.Within(kBert, kCarl, 10);
  accounts_.Move(kCarl, kDora, 10);
  stops_.stops[kBert] = {SinkKind::kService, 7};
  request_.stops = &stops_;
  request_.min_taint = AccountTaint::FromBaseUnits(10);
  request_.max_hops = 2;
  EXPECT_THAT(Lines(), ElementsAre("holding 1 d 10 of 10 runs opening 0",  //
                                   "sink d coinbase - 10",
                                   "summary d seeded 10 unspent 0 exits 0 sinks 10 holdings 1"));
}

TEST_F(AccountSource, IsOfForwardTracesNothing) {
  PayThroughCarl();
  for (const AccountPolicy policy :
       {AccountPolicy::kPoison, AccountPolicy::kLifo, AccountPolicy::kTifo, AccountPolicy::kCifo}) {
    request_.policy = policy;
    EXPECT_THAT(Failure(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fifo or haircut")));
  }
  request_.policy = AccountPolicy::kFifo;
  request_.competing = true;
  EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("compete")));
  request_.competing = false;
  request_.seeds.clear();
  EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("seed")));
}

TEST_F(AccountSource, StopsAtLimitsAndErrors) {
  PayThroughCarl();
  EXPECT_THAT(Failure({.max_events = 5}), StatusIs(absl::StatusCode::kResourceExhausted));
  const AlwaysCancelled cancelled;
  EXPECT_THAT(Failure({}, &cancelled), StatusIs(absl::StatusCode::kCancelled));
  accounts_.calls = 0;
  Lines();
  const std::uint64_t calls = accounts_.calls;
  for (std::uint64_t call = 0; call < calls; ++call) {
    accounts_.calls = 0;
    accounts_.failing_call = call;
    EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kUnavailable)) << call;
  }
}

TEST_F(AccountSource, RefusesWhatContradictsItself) {
  PayThroughCarl();
  accounts_.Move(kCarl, kBert, 30);
  accounts_.hidden[kCarl] = 4;  // Dora knows of the payment, Carl does not
  for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
    request_.policy = policy;
    request_.seeds = {{kDora, 0}, {kCarl, 0}};
    EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kDataLoss));
  }
  request_.policy = AccountPolicy::kFifo;
  request_.seeds = {{kDora, 0}};
  accounts_.hidden[kCarl] = 2;  // so that he holds too little, but for an opening
  EXPECT_THAT(Lines(), Contains("sink d unresolved - 60"));
  accounts_.hidden.clear();
  accounts_.all[3].kind = AccountEventKind::kMint;  // by somebody
  EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(AccountSource, CountsInFewerBitsWhereAmountsAreLarge) {
  const Uint128 large = Uint128{1} << 120;
  accounts_.Mint(kAnna, large);
  accounts_.Mint(kBert, 3);
  accounts_.Move(kAnna, kCarl, large);
  accounts_.Move(kBert, kCarl, 3);
  accounts_.Move(kCarl, kDora, 5);
  accounts_.Mint(kBert, 4);
  accounts_.Move(kBert, kAnna, 4);
  request_.policy = AccountPolicy::kHaircut;
  request_.fraction_bits = 12;
  request_.labels = {"a", "d"};
  request_.seeds = {{kAnna, 0}, {kDora, 1}};
  request_.since = 3;
  AccountRecorder recorder(request_);
  ASSERT_THAT(RunAccountSource(accounts_, request_, {}, nullptr, recorder), IsOk());
  ASSERT_EQ(recorder.summaries.size(), 2u);
  EXPECT_EQ(recorder.summaries[0].fraction_bits, 12);  // met no large amount
  EXPECT_EQ(recorder.summaries[1].fraction_bits, 6);
  EXPECT_EQ(recorder.summaries[1].seeded.ToString(), "5");
  // A balance that has been spent by the time of the payment counts, too.
  accounts_.Move(kCarl, kBert, large - 10);
  accounts_.Move(kCarl, kEva, 1);
  request_.seeds = {{kEva, 1}};
  AccountRecorder later(request_);
  ASSERT_THAT(RunAccountSource(accounts_, request_, {}, nullptr, later), IsOk());
  EXPECT_EQ(later.summaries[1].fraction_bits, 6);
  // Nor can one that was ever too large be followed at all.
  accounts_.Mint(kCarl, kMaxAccountUnits);
  EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kInvalidArgument));
}

// An account with several pages of events: every place at which a page can end.
TEST_F(AccountSource, ReadsLongHistoriesBackward) {
  for (const std::uint64_t shift : {0u, 1u, 2u, 3u}) {
    MemoryAccounts& accounts = accounts_;
    accounts = MemoryAccounts();
    std::mt19937_64 random(shift + 1);
    for (std::uint64_t i = 0; i < shift; ++i) accounts.Mint(kCarl, 1);
    for (int i = 0; i < 600; ++i) {
      const auto peer = static_cast<std::uint32_t>(10 + random() % 4);
      if (random() % 2 == 0) {
        accounts.Move(peer, kCarl, random() % 5);
      } else {
        accounts.Move(kCarl, random() % 8 == 0 ? kDora : peer, random() % 5);
      }
      if (random() % 4 == 0) accounts.SkipNumbers(random() % 3);
    }
    for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
      request_.policy = policy;
      request_.fraction_bits = 12;
      for (const std::uint64_t since : {0u, 100u, 256u, 300u, 511u}) {
        request_.since = since;
        request_.until = since + 400;
        EXPECT_EQ(Lines(), ReferenceAccountSource(accounts, request_).lines)
            << shift << " " << since;
      }
    }
  }
}

}  // namespace
}  // namespace coinwake
