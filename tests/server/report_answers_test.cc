// Goal: what a report says of a seller is what traces, bounds, exposure and typologies say, the
// same whoever else is asked for, and lies within its bounds; on both chains. Method: made chains
// of which the figures are known; every entry beside the answer that it is of.
#include "server/report_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/bounds.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/exposure.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "indexer/tron/known_addresses.h"
#include "server/account_trace.h"
#include "server/bounds_answers.h"
#include "server/exposure_answers.h"
#include "server/json.h"
#include "server/trace_answers.h"
#include "server/typology_answers.h"
#include "tests/heuristics/account_town.h"
#include "tests/server/report_chain.h"
#include "tests/server/tron_index.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Entry = v1::ReportEntry;

std::vector<Entry> Ask(OpenNetwork& open, const v1::ReportRequest& request) {
  std::vector<Entry> entries;
  EXPECT_OK(AnswerReports(open, request, {}, nullptr, [&](const Entry& entry) {
    entries.push_back(entry);
    return absl::OkStatus();
  }));
  return entries;
}

absl::Status StatusOf(OpenNetwork& open, const v1::ReportRequest& request) {
  return AnswerReports(open, request, {}, nullptr, [](const Entry&) { return absl::OkStatus(); });
}

std::vector<std::string> LinesOf(const std::vector<Entry>& entries, Entry::ContentCase content) {
  std::vector<std::string> lines;
  for (const Entry& entry : entries) {
    if (entry.content_case() != content) continue;
    switch (content) {
      case Entry::kHolder:
        lines.push_back(ToJson(entry.holder()));
        break;
      case Entry::kExit:
        lines.push_back(ToJson(entry.exit()));
        break;
      case Entry::kExposure:
        lines.push_back(ToJson(entry.exposure()));
        break;
      case Entry::kTypology:
        lines.push_back(ToJson(entry.typology()));
        break;
      default:
        lines.push_back(ToJson(entry));
    }
  }
  return lines;
}

// What a trace says.
struct Traced {
  std::vector<std::string> holdings;
  std::vector<std::string> sinks;
  v1::Summary summary;
};
Traced Trace(OpenNetwork& open, const v1::TraceRequest& request) {
  Traced traced;
  const auto emit = [&traced](const v1::TraceEvent& event) {
    if (event.has_holding()) traced.holdings.push_back(ToJson(event.holding()));
    if (event.has_sink()) traced.sinks.push_back(ToJson(event.sink()));
    if (event.has_summary()) traced.summary = event.summary();
    return absl::OkStatus();
  };
  if (open.has_accounts()) {
    auto trace =
        PrepareTrace(open.accounts(), request, &open.services, nullptr, &open.account_clusters);
    EXPECT_OK(trace.status());
    EXPECT_OK(AnswerTrace(open.accounts(), *trace, {}, nullptr, emit));
  } else {
    auto trace = PrepareTrace(open.view(), open.clusters, request, nullptr, &open.services);
    EXPECT_OK(trace.status());
    EXPECT_OK(AnswerTrace(open.view(), *trace, {}, nullptr, emit));
  }
  return traced;
}

v1::TraceRequest TraceOf(const v1::ReportRequest& report, const std::string& policy) {
  v1::TraceRequest trace;
  *trace.mutable_seeds() = report.seeds();
  *trace.mutable_stops() = report.stops();
  trace.set_asset(report.asset());
  trace.set_stop_at(report.stop_at());
  trace.set_policy(policy);
  return trace;
}

v1::Bounds BoundsAt(OpenNetwork& open, const v1::ReportRequest& report, const std::string& to) {
  v1::FindBoundsRequest request;
  *request.mutable_seeds() = report.seeds();
  *request.mutable_stops() = report.stops();
  request.set_asset(report.asset());
  request.set_stop_at(report.stop_at());
  request.set_to(to);
  v1::Bounds found;
  EXPECT_OK(AnswerBounds(open, request, {}, nullptr, [&found](const v1::Bounds& bounds) {
    found = bounds;
    return absl::OkStatus();
  }));
  return found;
}

// Every entry of a report about one seller beside what it must be.
void ExpectEqualsTheAnswers(OpenNetwork& open, const v1::ReportRequest& request) {
  const std::vector<Entry> entries = Ask(open, request);
  const Traced traced = Trace(open, TraceOf(request, request.policy()));
  EXPECT_THAT(LinesOf(entries, Entry::kHolder), ElementsAreArray(traced.holdings));
  EXPECT_THAT(LinesOf(entries, Entry::kExit), ElementsAreArray(traced.sinks));
  std::uint64_t received = 0;
  std::size_t policies = 0;
  std::size_t bounded = 0;
  for (const Entry& entry : entries) {
    if (entry.has_receipt()) received += std::stoull(entry.receipt().amount());
    if (entry.has_policy()) {
      ++policies;
      const v1::Summary by = Trace(open, TraceOf(request, entry.policy().policy())).summary;
      EXPECT_EQ(entry.policy().seeded(), by.seeded());
      EXPECT_EQ(entry.policy().unspent(), by.unspent());
      EXPECT_EQ(entry.policy().exits(), by.exits());
      EXPECT_EQ(entry.policy().sinks(), by.sinks());
      EXPECT_EQ(entry.policy().holders(), by.holdings());
    }
    if (entry.has_bound()) {
      const v1::ReportBound& bound = entry.bound();
      ASSERT_THAT(bound.figures(), SizeIs(8));
      for (const v1::ReportFigure& figure : bound.figures()) {
        if (figure.policy() == "poison") continue;
        EXPECT_LE(std::stod(figure.amount()), std::stod(bound.max())) << bound.ShortDebugString();
        EXPECT_GE(std::stod(figure.amount()), std::stod(bound.min())) << bound.ShortDebugString();
      }
      if (bound.place() != "holder") continue;
      ++bounded;
      const v1::Bounds by = BoundsAt(
          open, request,
          bound.has_txid() ? absl::StrCat(bound.txid(), ":", bound.vout()) : bound.address());
      EXPECT_EQ(bound.min(), by.min());
      EXPECT_EQ(bound.max(), by.max());
    }
  }
  EXPECT_EQ(policies, 8U);
  EXPECT_GT(bounded, 0U);
  ASSERT_TRUE(entries.back().has_summary());
  const v1::ReportSummary& summary = entries.back().summary();
  EXPECT_EQ(std::to_string(received), summary.seeded());
  EXPECT_EQ(summary.seeded(), traced.summary.seeded());
  EXPECT_EQ(summary.unspent(), traced.summary.unspent());
  EXPECT_EQ(summary.holders(), traced.holdings.size());
  EXPECT_EQ(summary.typologies(), LinesOf(entries, Entry::kTypology).size());
  EXPECT_EQ(ToJson(summary.snapshot()), ToJson(traced.summary.snapshot()));
}

class OutputReports : public ::testing::Test {
 protected:
  OutputReports() : open_(chain_.Open()) {}

  ReportChain chain_;
  const std::unique_ptr<OpenNetwork> open_;
};

TEST_F(OutputReports, SayWhatTheOtherAnswersSay) {
  for (const char* const policy : {"fifo", "haircut", "poison", "tiho"}) {
    SCOPED_TRACE(policy);
    v1::ReportRequest request = chain_.RequestOf({"heron"});
    request.set_policy(policy);
    ExpectEqualsTheAnswers(*open_, request);
  }
}

TEST_F(OutputReports, TellReceiptsInFull) {
  const std::vector<Entry> entries = Ask(*open_, chain_.RequestOf({"heron"}));
  ASSERT_TRUE(entries.front().has_receipt());
  const v1::ReportReceipt& receipt = entries.front().receipt();
  EXPECT_EQ(receipt.asset(), "BTC");
  EXPECT_EQ(receipt.amount(), "50");
  EXPECT_EQ(receipt.height(), 1U);
  EXPECT_EQ(receipt.time(), 1'700'000'600);
  EXPECT_EQ(receipt.txid(), chain_.builder().TxidOf("mint").ToDisplayHex());
  EXPECT_EQ(receipt.vout(), 0U);
  EXPECT_EQ(receipt.to(), ReportChain::NameOf("heron"));
  EXPECT_EQ(receipt.spent_by().txid(), chain_.builder().TxidOf("split").ToDisplayHex());
  EXPECT_FALSE(receipt.has_event());
  v1::ReportRequest late = chain_.RequestOf({"heron"});
  late.set_since("2");
  EXPECT_THAT(LinesOf(Ask(*open_, late), Entry::kReceipt), SizeIs(1));
  late.set_until("3");
  EXPECT_THAT(LinesOf(Ask(*open_, late), Entry::kReceipt), IsEmpty());
  EXPECT_THAT(Ask(*open_, late).back().summary().warnings(),
              Contains(HasSubstr("whatever since and until say")));
}

TEST_F(OutputReports, TellTheExitsOfEveryPolicyAndWhatNoneCanLeave) {
  const std::vector<Entry> entries = Ask(*open_, chain_.RequestOf({"heron"}));
  std::vector<std::string> lines;
  for (const Entry& entry : entries) {
    if (!entry.has_bound() || entry.bound().place() != "exit") continue;
    std::string line = absl::StrCat(entry.bound().kind(), " ", entry.bound().entity(), " [",
                                    entry.bound().min(), ", ", entry.bound().max(), "]");
    for (const v1::ReportFigure& figure : entry.bound().figures()) {
      if (figure.policy() == "fifo" || figure.policy() == "cifo") {
        absl::StrAppend(&line, " ", figure.policy(), " ", figure.amount());
      }
    }
    lines.push_back(line);
  }
  // 20 go there at once; of the 10 that follow from 29 and 40 of others, all may be the seller's.
  EXPECT_THAT(lines, ElementsAre("service Bank [20, 30] fifo 20 cifo 20"));
}

TEST_F(OutputReports, SayOfExposureAndTypologiesWhatTheySay) {
  const v1::ReportRequest request = chain_.RequestOf({"shop"});
  const std::vector<Entry> entries = Ask(*open_, request);
  std::vector<std::string> exposures;
  for (const char* const direction : {"source", "destination"}) {
    v1::GetExposureRequest ask;
    ask.set_address(ReportChain::NameOf("shop"));
    ask.set_direction(direction);
    v1::ExposureStop* const stop = ask.add_stops();
    stop->set_address(request.stops(0).address());
    stop->set_entity(request.stops(0).entity());
    v1::Exposure answer;
    ASSERT_OK(AnswerExposure(open_->view(), open_->clusters, ask, {}, nullptr, &open_->services,
                             &answer));
    exposures.push_back(ToJson(answer));
  }
  EXPECT_THAT(LinesOf(entries, Entry::kExposure), ElementsAreArray(exposures));
  v1::ListTypologiesRequest ask;
  ask.add_subjects()->set_address(ReportChain::NameOf("shop"));
  ask.mutable_subjects(0)->set_label("shop");
  std::vector<std::string> typologies;
  ASSERT_OK(AnswerTypologies(*open_, ask, nullptr, [&](const v1::Typology& typology) {
    if (!typology.has_summary()) typologies.push_back(ToJson(typology));
    return absl::OkStatus();
  }));
  EXPECT_FALSE(typologies.empty());
  EXPECT_THAT(LinesOf(entries, Entry::kTypology), ElementsAreArray(typologies));
}

TEST_F(OutputReports, DoNotDependOnWhoElseIsAskedFor) {
  const std::vector<std::string> sellers = {"shop", "heron", "crane", "stranger"};
  const std::vector<Entry> all = Ask(*open_, chain_.RequestOf(sellers));
  std::vector<std::string> order;
  for (const std::string& seller : sellers) {
    std::vector<std::string> among;
    for (const Entry& entry : all) {
      if (entry.seller() == seller) among.push_back(ToJson(entry));
    }
    std::vector<std::string> alone;
    for (const Entry& entry : Ask(*open_, chain_.RequestOf({seller}))) {
      alone.push_back(ToJson(entry));
    }
    EXPECT_EQ(among, alone);
  }
  for (const Entry& entry : all) {
    if (entry.has_summary()) order.push_back(entry.seller());
  }
  EXPECT_THAT(order, ElementsAre("crane", "heron", "shop", "stranger"));
  EXPECT_EQ(all.back().summary().seeded(), "0");
  EXPECT_THAT(all.back().summary().warnings(), Contains(HasSubstr("was never seen")));
}

TEST_F(OutputReports, TakeOutputsAndSeedsWithoutLabels) {
  v1::ReportRequest request;
  request.add_seeds()->set_output(
      absl::StrCat(chain_.builder().TxidOf("mint").ToDisplayHex(), ":0"));
  request.add_seeds()->set_address(ReportChain::NameOf("crane"));
  const std::vector<Entry> entries = Ask(*open_, request);
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (!entry.has_summary()) continue;
    names.push_back(entry.seller());
    if (entry.seller() == request.seeds(0).output()) {
      EXPECT_EQ(entry.summary().seeded(), "50");
      EXPECT_THAT(entry.summary().warnings(), Contains(HasSubstr("1 seed that is an output")));
    }
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre(request.seeds(0).output(),
                                                   ReportChain::NameOf("crane")));
}

TEST_F(OutputReports, TellNoBoundsWhereThatIsAskedOrTooMuch) {
  v1::ReportRequest request = chain_.RequestOf({"heron"});
  request.set_bounded_holders(0);
  for (const Entry& entry : Ask(*open_, request)) {
    EXPECT_NE(entry.bound().place(), "holder");
  }
  request.clear_bounded_holders();
  const ReportLimits few{.trace = {}, .bounds = {.max_arcs = 1}};
  std::vector<Entry> entries;
  ASSERT_OK(AnswerReports(*open_, request, few, nullptr, [&](const Entry& entry) {
    entries.push_back(entry);
    return absl::OkStatus();
  }));
  for (const Entry& entry : entries) EXPECT_FALSE(entry.bound().has_max());
  EXPECT_THAT(entries.back().summary().warnings(), Contains(HasSubstr("more than 1 arcs")));
}

TEST_F(OutputReports, RefuseWhatTheyDoNotUnderstand) {
  EXPECT_THAT(StatusOf(*open_, {}), StatusIs(absl::StatusCode::kInvalidArgument));
  v1::ReportRequest request = chain_.RequestOf({"heron"});
  request.set_policy("best");
  EXPECT_THAT(StatusOf(*open_, request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("seller heron"), HasSubstr("no policy"))));
  request.set_policy("fifo");
  request.set_bounded_holders(101);
  EXPECT_THAT(StatusOf(*open_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 100")));
  request.clear_bounded_holders();
  const ReportLimits few{.trace = {.max_transactions = 1}, .bounds = {}};
  const auto ignore = [](const Entry&) { return absl::OkStatus(); };
  EXPECT_THAT(AnswerReports(*open_, request, few, nullptr, ignore),
              StatusIs(absl::StatusCode::kResourceExhausted));
  const AlwaysCancelled cancelled;
  EXPECT_THAT(AnswerReports(*open_, request, {}, &cancelled, ignore),
              StatusIs(absl::StatusCode::kCancelled));
  request.mutable_seeds(0)->set_address("nobody");
  EXPECT_THAT(StatusOf(*open_, request), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Person 1 gets 100, passes 70 to person 2, who has 30 and passes 60 to person 3, who passes 20 to
// a bank; and gets 5 more.
class AccountReports : public ::testing::Test {
 protected:
  void SetUp() override {
    Town town;
    town.Give(Town::Person(1), 100);
    town.Pay(Town::Person(1), Town::Person(2), 70);
    town.Give(Town::Person(2), 30);
    town.Pay(Town::Person(2), Town::Person(3), 60);
    town.chain().NextBlock();
    town.Pay(Town::Person(3), Town::Person(4), 20);
    town.Give(Town::Person(1), 5);
    town.chain().NextBlock();
    index_ = IndexOf(town.chain().blocks());
    open_ = std::make_unique<OpenNetwork>(std::move(index_.index), 1, nullptr);
    request_.set_asset("TRC20:" + std::string(tron::kTetherContract));
    request_.set_stop_at("services");
    v1::TraceSeed* const seed = request_.add_seeds();
    seed->set_address(Town::Person(1).ToBase58());
    seed->set_label("heron");
    v1::TraceStop* const stop = request_.add_stops();
    stop->set_address(Town::Person(4).ToBase58());
    stop->set_entity("Bank");
  }

  TronIndex index_;
  std::unique_ptr<OpenNetwork> open_;
  v1::ReportRequest request_;
};

TEST_F(AccountReports, SayWhatTheOtherAnswersSay) {
  for (const char* const policy : {"fifo", "haircut", "tiso"}) {
    SCOPED_TRACE(policy);
    request_.set_policy(policy);
    ExpectEqualsTheAnswers(*open_, request_);
  }
}

TEST_F(AccountReports, TellReceiptsHoldersAndBothSidesOfExposure) {
  const std::vector<Entry> entries = Ask(*open_, request_);
  std::vector<std::string> receipts;
  std::vector<std::string> bounds;
  std::vector<std::string> directions;
  for (const Entry& entry : entries) {
    if (entry.has_receipt()) {
      receipts.push_back(entry.receipt().amount());
      EXPECT_EQ(entry.receipt().to(), Town::Person(1).ToBase58());
      EXPECT_NE(entry.receipt().from(), "");
      EXPECT_TRUE(entry.receipt().has_event());
      EXPECT_FALSE(entry.receipt().has_vout());
    }
    if (entry.has_bound()) {
      bounds.push_back(absl::StrCat(
          entry.bound().place() == "exit" ? entry.bound().entity() : entry.bound().address(), " [",
          entry.bound().min(), ", ", entry.bound().max(), "] ", entry.bound().figures(2).amount()));
    }
    if (entry.has_exposure()) directions.push_back(entry.exposure().direction());
  }
  EXPECT_THAT(receipts, ElementsAre("100", "5"));
  // By fifo person 2 passes on its first 60, all tainted. It holds 10 then, but 70 have arrived.
  EXPECT_THAT(bounds, testing::UnorderedElementsAre("Bank [0, 20] 20",
                                                    Town::Person(3).ToBase58() + " [30, 60] 60",
                                                    Town::Person(2).ToBase58() + " [70, 70] 70"));
  EXPECT_THAT(directions, ElementsAre("source", "destination"));
  EXPECT_EQ(entries.back().summary().asset(), request_.asset());
}

TEST_F(AccountReports, NeedAnAsset) {
  request_.clear_asset();
  EXPECT_THAT(StatusOf(*open_, request_), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace coinwake::server
