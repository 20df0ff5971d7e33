// Goal: what a trace over accounts answers agrees with what the index says of its seeds, and what
// the request asks for is what is traced.
// Method: traces over indexes of made chains, as messages, beside sums worked out by hand.
#include "server/account_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "tests/server/tron_story.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

v1::TraceRequest SeedOf(const Address& address, const std::string& asset = "TRX") {
  v1::TraceRequest request;
  request.add_seeds()->set_address(address.ToBase58());
  request.set_asset(asset);
  return request;
}

struct Answer {
  std::vector<v1::Holding> holdings;
  std::vector<v1::Sink> sinks;
  std::vector<v1::Summary> summaries;
};

absl::StatusOr<Answer> Trace(const AccountView& view, const v1::TraceRequest& request,
                             const AccountTraceLimits& limits = {}) {
  COINWAKE_ASSIGN_OR_RETURN(const PreparedAccountTrace prepared, PrepareTrace(view, request));
  Answer answer;
  COINWAKE_RETURN_IF_ERROR(
      AnswerTrace(view, prepared, limits, nullptr, [&answer](const v1::TraceEvent& event) {
        if (event.has_holding()) answer.holdings.push_back(event.holding());
        if (event.has_sink()) answer.sinks.push_back(event.sink());
        if (event.has_summary()) answer.summaries.push_back(event.summary());
        return absl::OkStatus();
      }));
  return answer;
}

// "bob stake2 7 of 9", "fee 3", "seeded 10 unspent 7 exits 0 sinks 3".
std::vector<std::string> Texts(const Answer& answer) {
  std::vector<std::string> texts;
  for (const v1::Holding& holding : answer.holdings) {
    texts.push_back(absl::StrCat(Who(holding.address()), holding.has_pot() ? " " : "",
                                 holding.pot(), " ", holding.taint(), " of ", holding.balance()));
  }
  for (const v1::Sink& sink : answer.sinks) {
    texts.push_back(absl::StrCat(sink.kind(), " ", sink.taint()));
  }
  for (const v1::Summary& summary : answer.summaries) {
    texts.push_back(absl::StrCat("seeded ", summary.seeded(), " unspent ", summary.unspent(),
                                 " exits ", summary.exits(), " sinks ", summary.sinks()));
  }
  return texts;
}

// Bob gets 100 sun, stakes 60 of them in block 3, takes 25 back in the next and pays Erin 30.
TronIndex Staked() {
  TronChainBuilder chain({.opening = {{kAlice, 1'000}, {kErin, 1}, {kBob, 1}}});
  chain.NextBlock();
  chain.Transfer(kAlice, kBob, 100);
  chain.NextBlock();
  chain.Freeze(kBob, 60, tron::Resource::kEnergy);
  chain.NextBlock();
  chain.Unfreeze(kBob, 25, tron::Resource::kEnergy);
  chain.WithdrawUnfrozen(kBob, 25);
  chain.NextBlock();
  chain.Transfer(kBob, kErin, 30);
  chain.NextBlock();
  return IndexOf(chain.blocks(), Network::kTronPrivate);
}

TEST(AccountTrace, SeedsWhatTheAddressReceivedThoughItStakes) {
  const TronIndex index = Staked();
  ASSERT_OK_AND_ASSIGN(const Answer answer, Trace(index.view(), SeedOf(kBob)));
  EXPECT_THAT(Texts(answer),
              UnorderedElementsAre("bob 36 of 36", "bob stake2 35 of 35", "erin 30 of 31",
                                   "seeded 101 unspent 101 exits 0 sinks 0"));
  EXPECT_EQ(answer.summaries[0].seeded(),
            Sums(AddressOf(index.view(), kBob, "TRX"), "TRX").received());
}

TEST(AccountTrace, FindsNoReceiptInWhatASeedTakesBack) {
  const TronIndex index = Staked();
  v1::TraceRequest request = SeedOf(kBob);
  request.set_since("3");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Trace(index.view(), request));
  EXPECT_THAT(Texts(answer), ElementsAre("seeded 0 unspent 0 exits 0 sinks 0"));
}

TEST(AccountTrace, HoldsWhatASeedStakesWithoutAHop) {
  const TronIndex index = Staked();
  v1::TraceRequest request = SeedOf(kBob);
  request.set_max_hops(0);
  ASSERT_OK_AND_ASSIGN(const Answer answer, Trace(index.view(), request));
  EXPECT_THAT(Texts(answer),
              UnorderedElementsAre("bob 36 of 36", "bob stake2 35 of 35", "max_hops 30",
                                   "seeded 101 unspent 71 exits 0 sinks 30"));
}

// Bob pays with what was left free of Alice's 100, as his own was staked first.
TEST(AccountTrace, FollowsStakedMoneyBackward) {
  const TronIndex index = Staked();
  v1::TraceRequest request = SeedOf(kErin);
  request.set_direction("backward");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Trace(index.view(), request));
  EXPECT_THAT(Texts(answer), UnorderedElementsAre("alice 30 of 1000", "erin 1 of 1", "coinbase 31",
                                                  "seeded 31 unspent 0 exits 0 sinks 31"));
  EXPECT_EQ(answer.summaries[0].direction(), "backward");
  EXPECT_EQ(answer.summaries[0].holdings(), 2u);
  EXPECT_TRUE(answer.holdings[0].runs().empty());
  request.set_since("5");  // where Bob pays
  ASSERT_OK_AND_ASSIGN(const Answer cut, Trace(index.view(), request));
  EXPECT_THAT(Texts(cut), ElementsAre("since 30", "seeded 30 unspent 0 exits 0 sinks 30"));
  request.set_competing(true);
  EXPECT_THAT(Trace(index.view(), request).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_competing(false);
  for (const std::string policy : {"tifo", "poison"}) {
    request.set_policy(policy);
    EXPECT_THAT(Trace(index.view(), request).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fifo or haircut")));
  }
}

// Bob had 50 sun before the index begins, and passes all on.
TEST(AccountTrace, SummaryNamesWhatTaintPassedThrough) {
  TronChainBuilder chain(
      {.first_number = 100, .opening = {{kAlice, 1'000}, {kDave, 1}, {kErin, 1}, {kBob, 50}}});
  chain.Transfer(kAlice, kDave, 10);
  chain.Transfer(kDave, kBob, 5);
  chain.Transfer(kAlice, kBob, 1);
  chain.Transfer(kDave, kBob, 5);
  chain.Transfer(kBob, kErin, 61);
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks(), Network::kTronPrivate);
  ASSERT_OK_AND_ASSIGN(const Answer answer, Trace(index.view(), SeedOf(kDave), {.max_runs = 2}));
  ASSERT_EQ(answer.summaries.size(), 1u);
  const v1::Summary& summary = answer.summaries[0];
  EXPECT_THAT(Texts(answer), ElementsAre("erin 10 of 61", "seeded 10 unspent 10 exits 0 sinks 0"));
  ASSERT_EQ(summary.assumed_openings().count(), 1u);
  EXPECT_EQ(summary.assumed_openings().first(0).address(), kBob.ToBase58());
  EXPECT_FALSE(summary.assumed_openings().first(0).has_pot());
  ASSERT_EQ(summary.degraded().count(), 2u);
  EXPECT_EQ(summary.degraded().first(0).address(), kBob.ToBase58());
  EXPECT_EQ(summary.degraded().first(1).address(), kErin.ToBase58());
}

// Bob has 50 clean sun, gets the 10 that Dave got, and one more, and pays Erin 30: of what he holds
// the tainted units go first. A transfer has one output, so by size there is nothing to choose.
TEST(AccountTrace, TakesTheOrderOfOutputsForNothing) {
  TronChainBuilder chain({.opening = {{kAlice, 1'000}, {kErin, 1}, {kBob, 50}, {kDave, 1}}});
  chain.NextBlock();
  chain.Transfer(kAlice, kDave, 10);
  chain.NextBlock();
  chain.Transfer(kDave, kBob, 11);
  chain.NextBlock();
  chain.Transfer(kBob, kErin, 30);
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks(), Network::kTronPrivate);
  v1::TraceRequest request = SeedOf(kDave);
  request.set_since("1");
  const auto texts = [&](const std::string& policy) {
    request.set_policy(policy);
    const absl::StatusOr<Answer> answer = Trace(index.view(), request);
    EXPECT_THAT(answer, IsOk()) << policy;
    return answer.ok() ? Texts(*answer) : std::vector<std::string>();
  };
  const std::vector<std::string> tainted_first = texts("tifo");
  EXPECT_THAT(tainted_first, Contains("erin 10 of 31"));
  EXPECT_EQ(texts("tiho"), tainted_first);
  EXPECT_EQ(texts("tiso"), tainted_first);
  EXPECT_THAT(texts("fifo"), Contains("bob 10 of 31"));
  EXPECT_THAT(texts("cifo"), Contains("bob 10 of 31"));
  request.set_stop_mixed(true);
  EXPECT_THAT(Trace(index.view(), request).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_stop_mixed(false);
  request.set_max_holdings(5);
  EXPECT_THAT(Trace(index.view(), request).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  request.clear_max_holdings();
  request.set_policy("majority");
  EXPECT_THAT(Trace(index.view(), request).status(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(AccountTrace, TakesAThresholdOfAny128Bits) {
  const auto prepared = [](const std::string& min_taint) {
    v1::TraceRequest request = SeedOf(kAlice);
    request.set_min_taint(min_taint);
    return PrepareTrace(TheView(), request);
  };
  for (const std::string least : {"0", "18446744073709551616", "100000000000000000000",
                                  "340282366920938463463374607431768211455"}) {
    const absl::StatusOr<PreparedAccountTrace> trace = prepared(least);
    ASSERT_OK(trace);
    EXPECT_EQ(trace->request.min_taint->ToString(), least);
  }
  for (const std::string none : {"340282366920938463463374607431768211456",
                                 "3402823669209384634633746074317682114550", "-1", "1.5", " 1"}) {
    EXPECT_THAT(prepared(none),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no least taint")))
        << none;
  }
}

// The issuer gets it into its pot, from nobody.
TEST(AccountTrace, SeedsTheFrozenSupplyOfATokenWhereItIsIssued) {
  ASSERT_OK_AND_ASSIGN(const PreparedAccountTrace coupon,
                       PrepareTrace(TheView(), SeedOf(kAlice, "TRC10:1000001")));
  ASSERT_EQ(coupon.request.seeds.size(), 2u);
  EXPECT_EQ(coupon.request.seeds[0].account & ~3u, coupon.request.seeds[1].account & ~3u);
  EXPECT_EQ(coupon.request.seeds[1].account & 3u, static_cast<std::uint32_t>(Pot::kFrozenSupply));
  ASSERT_OK_AND_ASSIGN(const PreparedAccountTrace trx, PrepareTrace(TheView(), SeedOf(kAlice)));
  EXPECT_EQ(trx.request.seeds.size(), 1u);
}

}  // namespace
}  // namespace coinwake::server
