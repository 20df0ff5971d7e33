// Goal: sellers' lives and successors as the API words them, on both sorts of chains. Method: a
// made chain of outputs and a made town, every field beside what was made.
#include "server/timeline_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/timeline.pb.h"
#include "indexer/tron/known_addresses.h"
#include "server/names.h"
#include "server/payment_field.h"
#include "tests/heuristics/account_town.h"
#include "tests/server/tron_index.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kBlocksInWeek = 1'008;

template <typename Message>
struct Answered {
  absl::Status status;
  std::vector<Message> messages;
  std::vector<std::string> warnings;
};

Answered<v1::Timeline> Ask(OpenNetwork& open, const v1::ListTimelinesRequest& request,
                           const Cancellation* cancellation = nullptr) {
  Answered<v1::Timeline> answered;
  answered.status = AnswerTimelines(
      open, request, cancellation,
      [&answered](const v1::Timeline& timeline) {
        answered.messages.push_back(timeline);
        return absl::OkStatus();
      },
      [&answered](const std::string& text) { answered.warnings.push_back(text); });
  return answered;
}

Answered<v1::SuccessorEvent> Ask(OpenNetwork& open, const v1::FindSuccessorsRequest& request) {
  Answered<v1::SuccessorEvent> answered;
  answered.status = AnswerSuccessors(
      open, request, nullptr,
      [&answered](const v1::SuccessorEvent& event) {
        answered.messages.push_back(event);
        return absl::OkStatus();
      },
      [&answered](const std::string& text) { answered.warnings.push_back(text); });
  return answered;
}

template <typename Request>
Request RequestOf(const std::vector<std::string>& addresses, const std::string& asset = "") {
  Request request;
  v1::TimelineSubject* const subject = request.add_subjects();
  for (const std::string& address : addresses) subject->add_addresses(address);
  request.set_asset(asset);
  return request;
}

TEST(WeekText, IsOfTheYearOfTheThursday) {
  EXPECT_EQ(WeekText(1'698'624'000), "2023-W44");
  EXPECT_EQ(WeekText(1'672'617'600), "2023-W01");  // Monday 2023-01-02
  EXPECT_EQ(WeekText(1'735'516'800), "2025-W01");  // Monday 2024-12-30
  EXPECT_EQ(WeekText(1'609'113'600), "2020-W53");  // Monday 2020-12-28
  EXPECT_EQ(DayText(1'735'516'800), "2024-12-30");
}

// Two customers, in the first week three, pay the seller a coin a week for five weeks from that of
// 2023-11-20 on; after six weeks of nothing all three pay another.
class OutputTimelines : public ::testing::Test {
 protected:
  void SetUp() override {
    SimpleTransaction mint{"mint", {}, {}};
    for (int i = 0; i < 30; ++i) mint.outputs.push_back({"payer " + std::to_string(i % 3), kCoin});
    mint.outputs.push_back({"shop", 1});
    chain_.AddBlock({mint});
    PassTo(kBlocksInWeek);  // 2023-11-21
    for (std::uint32_t week = 0; week < 5; ++week) {
      for (std::uint32_t i = 0; i < 3; ++i) {
        if (i == 2 && week != 0) continue;
        const std::string number = std::to_string(week) + " " + std::to_string(i);
        const std::string to = i == 1 ? "seller 2" : "seller";
        chain_.AddBlock({{}, {"pay " + number, {Spend("mint", 3 * week + i)}, {{to, kCoin}}}});
      }
      PassTo((week + 2) * kBlocksInWeek);
    }
    // Change, and a move.
    chain_.AddBlock({{}, {"spend", {Spend("pay 0 0", 0)}, {{"shop", 1}, {"seller", kCoin - 1}}}});
    PassTo(12 * kBlocksInWeek);
    for (std::uint32_t i = 0; i < 3; ++i) {
      const std::string pay = "again " + std::to_string(i);
      chain_.AddBlock({{}, {pay, {Spend("mint", 18 + i)}, {{"new", kCoin / 2}, {"shop", 1}}}});
    }
    PassTo(13 * kBlocksInWeek);
    auto index = chain_.Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    open_ = std::make_unique<OpenNetwork>(*std::move(index), 1, nullptr);
  }
  void PassTo(std::uint64_t height) {
    while (chain_.height() < height) chain_.AddBlock({SimpleTransaction()});
  }
  std::string NameOf(const std::string& who) {
    return ScriptName(open_->view(), chain_.AddressOf(who));
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  std::unique_ptr<OpenNetwork> open_;
};

TEST_F(OutputTimelines, TellWeeksAndPauses) {
  auto request = RequestOf<v1::ListTimelinesRequest>({NameOf("seller"), NameOf("seller 2")});
  request.mutable_subjects(0)->set_label("Blue Heron");
  v1::TimelineEvent* const event = request.add_events();
  event->set_date("2023-12-05");
  event->set_text("a ban");
  request.set_event_weeks(2);
  const auto answered = Ask(*open_, request);
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.messages, SizeIs(1));
  const v1::Timeline& timeline = answered.messages[0];
  EXPECT_EQ(timeline.label(), "Blue Heron");
  EXPECT_THAT(timeline.addresses(), ElementsAre(NameOf("seller"), NameOf("seller 2")));
  EXPECT_THAT(timeline.unseen(), IsEmpty());
  EXPECT_EQ(timeline.asset(), "BTC");
  EXPECT_EQ(timeline.total().receipts(), 11U);
  EXPECT_EQ(timeline.total().amount(), std::to_string(11 * kCoin));
  EXPECT_EQ(timeline.total().payers(), 3U);
  EXPECT_EQ(timeline.first().txid(), chain_.TxidOf("pay 0 0").ToDisplayHex());
  EXPECT_EQ(timeline.last().txid(), chain_.TxidOf("pay 4 1").ToDisplayHex());
  ASSERT_THAT(timeline.weeks(), SizeIs(5));
  EXPECT_EQ(timeline.weeks(0).week(), "2023-W47");
  EXPECT_EQ(timeline.weeks(0).monday(), "2023-11-20");
  EXPECT_EQ(timeline.weeks(0).figures().receipts(), 3U);
  EXPECT_EQ(timeline.weeks(0).figures().new_payers(), 3U);
  EXPECT_EQ(timeline.weeks(4).figures().receipts(), 2U);
  EXPECT_EQ(timeline.weeks(4).figures().new_payers(), 0U);
  ASSERT_THAT(timeline.pauses(), SizeIs(1));
  EXPECT_EQ(timeline.pauses(0).monday(), "2023-12-25");
  EXPECT_EQ(timeline.pauses(0).weeks(), 7U);
  EXPECT_FALSE(timeline.pauses(0).resumed());
  EXPECT_EQ(timeline.pauses(0).active_weeks(), 5U);
  ASSERT_THAT(timeline.events(), SizeIs(1));
  EXPECT_EQ(timeline.events(0).time(), 1'701'734'400);
  EXPECT_EQ(timeline.events(0).before().receipts(), 5U);
  EXPECT_EQ(timeline.events(0).after().receipts(), 4U);
  EXPECT_TRUE(timeline.events(0).before_complete());
  EXPECT_TRUE(timeline.events(0).after_complete());
  EXPECT_EQ(timeline.quiet_weeks(), 4U);
  EXPECT_FALSE(timeline.truncated());
  EXPECT_EQ(timeline.snapshot().height(), open_->snapshot().height);
}

TEST_F(OutputTimelines, SayWhatIsNotIndexed) {
  auto request = RequestOf<v1::ListTimelinesRequest>({NameOf("seller")});
  for (const char* date : {"2000-01-01", "2024-02-13T22:13:20Z", "2024-01-02T00:00:00Z"}) {
    request.add_events()->set_date(date);
  }
  const auto answered = Ask(*open_, request);
  ASSERT_OK(answered.status);
  const v1::Timeline& timeline = answered.messages.at(0);
  ASSERT_THAT(timeline.events(), SizeIs(3));
  EXPECT_TRUE(timeline.events(0).after_complete());  // the chain is whole: there was nothing
  EXPECT_FALSE(timeline.events(1).after_complete());
  EXPECT_TRUE(timeline.events(1).before_complete());
  EXPECT_TRUE(timeline.events(2).after_complete());
}

TEST_F(OutputTimelines, KnowOfWhomTheyWereNeverPaid) {
  const std::string nobody = "script:51";
  const auto answered = Ask(*open_, RequestOf<v1::ListTimelinesRequest>({nobody}));
  ASSERT_OK(answered.status);
  EXPECT_EQ(answered.messages.at(0).total().receipts(), 0U);
  EXPECT_THAT(answered.messages.at(0).unseen(), ElementsAre(nobody));
  EXPECT_FALSE(answered.messages.at(0).has_first());
  EXPECT_THAT(answered.warnings, ElementsAre(HasSubstr("was never seen on")));
}

TEST_F(OutputTimelines, RefuseWhatTheyDoNotUnderstand) {
  const auto code = [this](const v1::ListTimelinesRequest& request) {
    return Ask(*open_, request).status;
  };
  const auto good = RequestOf<v1::ListTimelinesRequest>({NameOf("seller")});
  EXPECT_OK(code(good));
  EXPECT_THAT(code({}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one address")));
  EXPECT_THAT(code(RequestOf<v1::ListTimelinesRequest>({})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no address")));
  EXPECT_THAT(code(RequestOf<v1::ListTimelinesRequest>({NameOf("seller")}, "TRX")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  v1::ListTimelinesRequest request = good;
  request.set_quiet_weeks(0);
  EXPECT_THAT(code(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("quiet")));
  request = good;
  request.set_step_weeks(9);
  EXPECT_THAT(code(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3 to 8")));
  request = good;
  request.set_step_ratio_permille(1'000);
  EXPECT_THAT(code(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request = good;
  request.add_events()->set_date("yesterday");
  EXPECT_THAT(code(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("yesterday")));
  const AlwaysCancelled cancelled;
  EXPECT_THAT(Ask(*open_, good, &cancelled).status, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(OutputTimelines, FindWhoIsPaidAfter) {
  auto request =
      RequestOf<v1::FindSuccessorsRequest>({NameOf("seller"), NameOf("seller 2")}, "BTC");
  const auto answered = Ask(*open_, request);
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.messages, SizeIs(2));
  const v1::Successor& one = answered.messages[0].successor();
  EXPECT_EQ(one.label(), NameOf("seller"));
  EXPECT_EQ(one.address(), NameOf("new"));
  EXPECT_EQ(one.cluster_size(), 1U);
  EXPECT_EQ(one.first().txid(), chain_.TxidOf("again 0").ToDisplayHex());
  EXPECT_EQ(one.last().txid(), chain_.TxidOf("again 2").ToDisplayHex());
  EXPECT_EQ(one.amount(), std::to_string(3 * (kCoin / 2)));
  EXPECT_EQ(one.payers(), 3U);
  EXPECT_EQ(one.shared(), 3U);
  ASSERT_THAT(one.evidence(), SizeIs(3));
  EXPECT_EQ(one.evidence(0).payer(), NameOf("payer 0"));
  EXPECT_EQ(one.evidence(0).paid_subject(), chain_.TxidOf("pay 4 0").ToDisplayHex());
  EXPECT_EQ(one.evidence(0).paid_successor(), chain_.TxidOf("again 0").ToDisplayHex());
  const v1::SuccessorSummary& summary = answered.messages[1].summary();
  EXPECT_EQ(summary.quiet_since().txid(), chain_.TxidOf("pay 4 1").ToDisplayHex());
  EXPECT_EQ(summary.payers(), 3U);
  EXPECT_EQ(summary.active_payers(), 3U);
  EXPECT_EQ(summary.population(), 4U);  // and the seller, who spends
  EXPECT_EQ(summary.examined(), 2U);
  EXPECT_EQ(summary.already_paid(), 1U);  // the shop, which everybody pays
  EXPECT_EQ(one.old_as_unlikely(), 0U);
  EXPECT_EQ(summary.successors(), 1U);
  EXPECT_FALSE(summary.has_later_receipts());
  EXPECT_THAT(summary.note(), HasSubstr("never a link"));

  request.set_least_shared(4);
  EXPECT_THAT(Ask(*open_, request).messages, SizeIs(1));
  request.clear_least_shared();
  request.set_weeks(6);
  EXPECT_THAT(Ask(*open_, request).messages, SizeIs(1));
  request.set_weeks(8);
  EXPECT_THAT(Ask(*open_, request).messages, SizeIs(2));
  request.set_least_shared(0);
  EXPECT_THAT(Ask(*open_, request).status, StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(OutputTimelines, BeginWhereTheyAreTold) {
  auto request = RequestOf<v1::FindSuccessorsRequest>({NameOf("seller"), NameOf("seller 2")});
  request.set_since("2023-11-25");  // in the first week: three had paid
  const auto answered = Ask(*open_, request);
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.messages, SizeIs(2));
  const v1::SuccessorSummary& summary = answered.messages[1].summary();
  EXPECT_TRUE(summary.has_later_receipts());
  EXPECT_EQ(summary.quiet_since().txid(), chain_.TxidOf("pay 0 2").ToDisplayHex());
  request.set_since("2000-01-01");  // nobody had
  EXPECT_THAT(Ask(*open_, request).messages, SizeIs(1));
  request.set_since("2100-01-01");  // nobody pays after
  EXPECT_THAT(Ask(*open_, request).messages, SizeIs(1));
}

// A shop gets USDT from three, once a week for five weeks, and TRX once; then another shop opens.
class TownTimelines : public ::testing::Test {
 protected:
  void SetUp() override {
    Town town;
    for (std::uint64_t i = 0; i < 3; ++i) town.Give(Town::Person(i), 100'000'000);
    for (int week = 0; week < 5; ++week) {
      for (std::uint64_t i = 0; i < 3; ++i) town.Pay(Town::Person(i), Town::Person(400), 1'000'000);
      town.chain().NextBlock(kSlotsInWeek);
    }
    town.PayTrx(Town::Person(0), Town::Person(400), kSunPerTrx);
    town.chain().NextBlock(6 * kSlotsInWeek);
    for (std::uint64_t i = 0; i < 3; ++i) town.Pay(Town::Person(i), Town::Fresh(1), 2'000'000);
    town.chain().NextBlock();
    index_ = IndexOf(town.chain().blocks());
    open_ = std::make_unique<OpenNetwork>(std::move(index_.index), 1, nullptr);
  }
  static constexpr std::uint64_t kSlotsInWeek = 7 * 86'400 / 3;
  static std::string Usdt() { return "TRC20:" + std::string(tron::kTetherContract); }

  TronIndex index_;
  std::unique_ptr<OpenNetwork> open_;
};

TEST_F(TownTimelines, AreOfEveryAsset) {
  const std::string shop = tron::Account(Town::Person(400)).Name();
  const auto answered = Ask(*open_, RequestOf<v1::ListTimelinesRequest>({shop}));
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.messages, SizeIs(2));
  EXPECT_EQ(answered.messages[0].asset(), "TRX");
  EXPECT_EQ(answered.messages[1].asset(), Usdt());
  EXPECT_EQ(answered.messages[1].total().amount(), "15000000");
  EXPECT_EQ(answered.messages[1].total().payers(), 3U);
  EXPECT_THAT(answered.messages[1].weeks(), SizeIs(5));
  EXPECT_THAT(answered.messages[1].pauses(), SizeIs(1));
  EXPECT_THAT(Ask(*open_, RequestOf<v1::ListTimelinesRequest>({shop}, Usdt())).messages, SizeIs(1));
}

TEST_F(TownTimelines, FindWhoIsPaidAfter) {
  const std::string shop = tron::Account(Town::Person(400)).Name();
  const auto answered = Ask(*open_, RequestOf<v1::FindSuccessorsRequest>({shop}, Usdt()));
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.messages, SizeIs(2));
  EXPECT_EQ(answered.messages[0].successor().address(), tron::Account(Town::Fresh(1)).Name());
  EXPECT_EQ(answered.messages[0].successor().shared(), 3U);
  EXPECT_EQ(answered.messages[1].summary().asset(), Usdt());
  EXPECT_THAT(Ask(*open_, RequestOf<v1::FindSuccessorsRequest>({shop})).status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("asset")));
}

}  // namespace
}  // namespace coinwake::server
