// Goal: a trace over accounts tells whoever asked what its figures do not: seeds and stops never
// seen, stops that stop nothing, times beyond the tip; each summary what concerns its label.
// Method: prepared requests and whole traces over a made chain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_trace.h"
#include "tests/server/tron_story.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kNobody = InventedAddress(9, 9).ToBase58();

v1::TraceRequest SeededBy(const std::string& address, const std::string& label = "") {
  v1::TraceRequest request;
  request.set_asset("TRX");
  v1::TraceSeed* const seed = request.add_seeds();
  seed->set_address(address);
  seed->set_label(label);
  return request;
}
v1::TraceRequest SeededByBob() { return SeededBy(kBob.ToBase58(), "bob"); }

void AddStop(const std::string& address, v1::TraceRequest* request) {
  request->add_stops()->set_address(address);
}

// Summaries by label.
std::map<std::string, v1::Summary> Summaries(const v1::TraceRequest& request) {
  std::map<std::string, v1::Summary> summaries;
  const auto trace = PrepareTrace(TheView(), request);
  EXPECT_OK(trace);
  if (!trace.ok()) return summaries;
  EXPECT_OK(AnswerTrace(TheView(), *trace, {}, nullptr, [&](const v1::TraceEvent& event) {
    if (event.has_summary()) summaries[event.summary().label()] = event.summary();
    return absl::OkStatus();
  }));
  return summaries;
}

// The warnings of a trace of one label.
std::vector<std::string> Warnings(const v1::TraceRequest& request) {
  const auto summaries = Summaries(request);
  EXPECT_THAT(summaries, SizeIs(1));
  if (summaries.empty()) return {};
  const auto& warnings = summaries.begin()->second.warnings();
  return {warnings.begin(), warnings.end()};
}

TEST(AccountTraceAnswers, SummariesWarnOfTheirOwnSeeds) {
  v1::TraceRequest request = SeededByBob();
  *request.add_seeds() = SeededBy(kNobody, "nobody").seeds(0);
  *request.add_seeds() = SeededBy(InventedAddress(9, 8).ToBase58(), "bob").seeds(0);
  request.set_until("99");
  const auto summaries = Summaries(request);
  ASSERT_THAT(summaries, SizeIs(2));
  EXPECT_THAT(summaries.at("bob").warnings(),
              ElementsAre("seed " + InventedAddress(9, 8).ToBase58() +
                              " was never seen on tron-private up to height 7",
                          HasSubstr("until 99 is beyond the last indexed block, at height 7")));
  EXPECT_THAT(summaries.at("nobody").warnings(),
              ElementsAre(HasSubstr("seed " + kNobody + " was never seen"), HasSubstr("until 99")));
  EXPECT_THAT(Warnings(SeededByBob()), IsEmpty());
  // Where no seed was seen there is no trace, but a summary.
  EXPECT_THAT(Warnings(SeededBy(kNobody)), ElementsAre(HasSubstr("never seen")));
}

TEST(AccountTraceAnswers, SummariesWarnOfMissingReceipts) {
  TronChainBuilder chain({.opening = {{kAlice, 1'000 * kSunPerTrx}}});
  const Address contract = chain.DeployContract(kAlice, "Vault", 0, {.energy = 1});
  chain.Call(kAlice, {.contract = contract, .call_value = 5}, {.energy = 1});
  chain.NextBlock();
  std::string absent;
  const auto warnings_of = [&absent](const AccountView& view) {
    std::vector<std::string> warnings;
    const auto trace = PrepareTrace(view, SeededBy(kAlice.ToBase58()));
    EXPECT_OK(trace);
    EXPECT_OK(AnswerTrace(view, *trace, {}, nullptr, [&](const v1::TraceEvent& event) {
      for (const std::string& one : event.summary().warnings()) warnings.push_back(one);
      if (event.has_summary()) absent = event.summary().bounds_absent();
      return absl::OkStatus();
    }));
    return warnings;
  };
  std::vector<TronBlock> blocks = chain.blocks();
  EXPECT_THAT(warnings_of(IndexOf(blocks).view()),
              ElementsAre(HasSubstr("no receipt tells of internal transactions")));
  EXPECT_EQ(absent, "");
  for (TronBlock& block : blocks) block.receipts.clear();
  EXPECT_THAT(warnings_of(IndexOf(blocks).view()),
              ElementsAre(HasSubstr("2 transactions have no receipt")));
  EXPECT_THAT(absent, HasSubstr("2 transactions of the index have no receipt"));
}

TEST(AccountTraceAnswers, StopsThatDoNothingAreCounted) {
  v1::TraceRequest request = SeededByBob();
  AddStop(kAlice.ToBase58(), &request);
  EXPECT_THAT(Warnings(request), IsEmpty());
  AddStop(kNobody, &request);
  AddStop(InventedAddress(9, 8).ToBase58(), &request);
  AddStop(kBob.ToBase58(), &request);
  EXPECT_THAT(
      Warnings(request),
      ElementsAre("stops never seen on tron-private up to height 7: 2, the first is " + kNobody,
                  "stops that are seeds, whose own taint is followed all the same: 1, the "
                  "first is " +
                      kBob.ToBase58()));
  for (const std::string stop_at : {"none", "mixers"}) {
    request.set_stop_at(stop_at);
    EXPECT_THAT(Warnings(request),
                ElementsAre(AllOf(HasSubstr("stop nothing"),
                                  HasSubstr(": 4, the first is " + kAlice.ToBase58()))));
  }
  request.set_stop_at("services");
  EXPECT_THAT(Warnings(request), SizeIs(2));
}

// The service has a limit; a command has none.
TEST(AccountTraceAnswers, AsManyStopsAsAreGivenArePrepared) {
  v1::TraceRequest request = SeededByBob();
  for (int i = 0; i < 100'001; ++i) AddStop(kAlice.ToBase58(), &request);
  EXPECT_OK(PrepareTrace(TheView(), request));
  request.add_stops()->set_address(kAlice.ToBase58());
  request.mutable_stops(100'001)->set_entity("another");
  EXPECT_THAT(PrepareTrace(TheView(), request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two entities")));
}

TEST(AccountTraceAnswers, TimesInTheWrongOrderAreRefusedAndThoseBeyondTheTipWarnedOf) {
  const auto between = [](const std::string& since, const std::string& until) {
    v1::TraceRequest request = SeededByBob();
    request.set_since(since);
    request.set_until(until);
    return request;
  };
  const auto refused =
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no block is between"));
  EXPECT_THAT(PrepareTrace(TheView(), between("5", "4")), refused);
  EXPECT_THAT(PrepareTrace(TheView(), between("2030-01-02", "2030-01-01")), refused);
  EXPECT_THAT(PrepareTrace(TheView(), between("2030-01-01", "5")), refused);
  EXPECT_THAT(Warnings(between("4", "4")), IsEmpty());  // his reward
  EXPECT_THAT(Warnings(between("2025-01-01", "2025-01-01")), IsEmpty());
  EXPECT_THAT(Warnings(between("", "2025-01-02")), ElementsAre(HasSubstr("until 2025-01-02 is")));
  for (const auto& [since, until] : {std::pair{"8", "9"}, std::pair{"2030-01-01", "2031-01-01"},
                                     std::pair{"2030-01-01", "99"}, std::pair{"8", "2030-01-01"}}) {
    EXPECT_THAT(Warnings(between(since, until)),
                ElementsAre(AllOf(HasSubstr(since), HasSubstr("nothing was seeded")),
                            AllOf(HasSubstr(until), HasSubstr("not followed"))))
        << since << ' ' << until;
  }
  EXPECT_EQ(Summaries(between("8", "")).at("bob").seeded(), "0");
}

TEST(AccountTraceAnswers, SeedsThatTimesCutAwayAreWarnedOf) {
  v1::TraceRequest request = SeededByBob();
  *request.add_seeds() = SeededBy(kDave.ToBase58(), "dave").seeds(0);  // paid in block 3 alone
  const auto between = [&request](const std::string& since, const std::string& until) {
    request.set_since(since);
    request.set_until(until);
    std::map<std::string, std::vector<std::string>> warnings;
    for (const auto& [label, summary] : Summaries(request)) {
      warnings[label] = {summary.warnings().begin(), summary.warnings().end()};
    }
    return warnings;
  };
  // What Bob stakes and takes back in block 4 is no receipt, his reward is one.
  const std::string dave = "seed " + kDave.ToBase58() + " received nothing between heights ";
  for (const std::string direction : {"forward", "backward"}) {
    request.set_direction(direction);
    auto warnings = between("4", "");
    EXPECT_THAT(warnings["bob"], IsEmpty());
    EXPECT_THAT(warnings["dave"], ElementsAre(dave + "4 and 7, and seeds nothing"));
    warnings = between("5", "5");
    EXPECT_THAT(warnings["bob"], ElementsAre(HasSubstr("between heights 5 and 5")));
    warnings = between("", "2");
    EXPECT_THAT(warnings["bob"], IsEmpty());
    EXPECT_THAT(warnings["dave"], ElementsAre(dave + "0 and 2, and seeds nothing"));
    EXPECT_THAT(between("3", "3")["dave"], IsEmpty());
  }
}

TEST(AccountTraceAnswers, AnAssetIsAskedForInWordsOfApiAndCommand) {
  v1::TraceRequest request = SeededByBob();
  request.clear_asset();
  EXPECT_THAT(PrepareTrace(TheView(), request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("an asset is needed on tron-private: TRX, ")));
}

}  // namespace
}  // namespace coinwake::server
