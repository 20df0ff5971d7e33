// Goal: typologies as the API words them, on both sorts of chains. Method: a made town and a made
// chain of outputs, each with a pattern; every field beside what was made.
#include "server/typology_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "indexer/tron/known_addresses.h"
#include "server/names.h"
#include "tests/heuristics/account_town.h"
#include "tests/server/tron_index.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kUsd = 1'000'000;  // micro-USDT

struct Answered {
  absl::Status status;
  std::vector<v1::Typology> typologies;  // patterns
  std::vector<v1::Typology> summaries;
  std::vector<std::string> warnings;
};

// Every pattern is followed by its subject's summary, which counts it.
Answered Ask(OpenNetwork& open, const v1::ListTypologiesRequest& request,
             const Cancellation* cancellation = nullptr) {
  Answered answered;
  std::vector<std::string> open_patterns;  // subjects of those that await their summary
  answered.status = AnswerTypologies(
      open, request, cancellation,
      [&answered, &open_patterns](const v1::Typology& typology) {
        if (!typology.has_summary()) {
          EXPECT_FALSE(typology.kind().empty());
          answered.typologies.push_back(typology);
          open_patterns.push_back(typology.subject());
          return absl::OkStatus();
        }
        EXPECT_EQ(typology.kind(), "");
        EXPECT_THAT(open_patterns, Each(typology.subject()));
        EXPECT_EQ(typology.summary().found(), open_patterns.size());
        EXPECT_EQ(typology.truncated(), !typology.cuts().empty());
        open_patterns.clear();
        answered.summaries.push_back(typology);
        return absl::OkStatus();
      },
      [&answered](const std::string& text) { answered.warnings.push_back(text); });
  EXPECT_THAT(open_patterns, IsEmpty());
  return answered;
}

v1::ListTypologiesRequest RequestOf(const std::vector<std::string>& addresses,
                                    const std::string& asset,
                                    const std::vector<std::string>& only = {}) {
  v1::ListTypologiesRequest request;
  for (const std::string& address : addresses) request.add_subjects()->set_address(address);
  request.set_asset(asset);
  for (const std::string& name : only) request.add_only(name);
  return request;
}

template <typename Message>
std::map<std::string, std::string> ParametersIn(const Message& message) {
  std::map<std::string, std::string> parameters;
  for (const v1::TypologyParameter& one : message.parameters()) {
    parameters[one.name()] = one.value();
  }
  return parameters;
}

// A service with its customers; ten people pay a shop 150 USDT each; eleven pay a broker 200, which
// passes all on to its account at the service.
class TownTypologies : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kShop = 400;
  static constexpr std::uint64_t kBroker = 401;

  void SetUp() override {
    Town town;
    const Address deposit = Town::Fresh(0);
    town.AddCustomers({Town::Person(500), Town::Person(501)}, 0, kLeastSweepers);
    for (std::uint64_t i = 0; i < 11; ++i) {
      town.Give(Town::Person(100 + i), 1'000 * kUsd);
      town.chain().NextBlock();
      if (i < 10) town.Pay(Town::Person(100 + i), Town::Person(kShop), 150 * kUsd);
      town.Pay(Town::Person(100 + i), Town::Person(kBroker), 200 * kUsd);
      town.chain().NextBlock();
      town.Pay(Town::Person(kBroker), deposit, 200 * kUsd);
      town.chain().NextBlock();
      town.Pay(deposit, Town::Person(500), 200 * kUsd);
      town.chain().NextBlock();
    }
    blocks_ = town.chain().blocks();
    Open(blocks_);
  }
  void Open(const std::vector<synthetic::TronBlock>& blocks) {
    open_.reset();
    index_ = IndexOf(blocks);
    open_ = std::make_unique<OpenNetwork>(std::move(index_.index), 1, nullptr);
  }
  static std::string NameOf(std::uint64_t person) {
    return tron::Account(Town::Person(person)).Name();
  }
  static std::string Usdt() { return "TRC20:" + std::string(tron::kTetherContract); }

  std::vector<synthetic::TronBlock> blocks_;
  TronIndex index_;
  std::unique_ptr<OpenNetwork> open_;
};

std::vector<std::string> NotLookedFor(const v1::Typology& summary) {
  std::vector<std::string> kinds;
  for (const v1::TypologySearch& one : summary.summary().searches()) {
    if (!one.looked_for()) kinds.push_back(one.kind());
  }
  return kinds;
}

TEST_F(TownTypologies, TellWhatWasFound) {
  v1::ListTypologiesRequest request = RequestOf({NameOf(kShop)}, Usdt(), {"fan_in"});
  request.mutable_subjects(0)->set_label("the shop");
  const Answered answered = Ask(*open_, request);
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.typologies, SizeIs(1));
  const v1::Typology& one = answered.typologies[0];
  EXPECT_EQ(one.subject(), NameOf(kShop));
  EXPECT_EQ(one.label(), "the shop");
  EXPECT_EQ(one.kind(), "fan_in");
  EXPECT_EQ(one.rule_version(), 2U);
  EXPECT_EQ(one.asset(), Usdt());
  EXPECT_EQ(one.amount(), "1500000000");
  EXPECT_EQ(one.counterparties(), 10U);
  EXPECT_EQ(one.transactions_size(), 10);
  EXPECT_EQ(one.transactions_count(), 10U);
  EXPECT_LT(one.first_height(), one.last_height());
  EXPECT_EQ(one.last_time() - one.first_time(),
            3 * static_cast<std::int64_t>(one.last_height() - one.first_height()));
  EXPECT_EQ(one.observed(), 1U);
  EXPECT_EQ(one.shuffles(), 100U);
  EXPECT_EQ(one.expected(), "1.00");  // a day's order makes no difference to it
  EXPECT_EQ(one.score(), "1.00");
  EXPECT_EQ(one.as_often_shuffled(), 100U);
  EXPECT_FALSE(one.truncated());
  EXPECT_FALSE(one.has_service());
  EXPECT_EQ(one.snapshot().height(), open_->accounts().snapshot().height);
  EXPECT_EQ(ParametersIn(one)["least_amount"], "100000000");
}

TEST_F(TownTypologies, KnowServicesByTheirUse) {
  const Answered answered = Ask(*open_, RequestOf({NameOf(kBroker)}, Usdt(), {"nested_service"}));
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.typologies, SizeIs(1));
  EXPECT_EQ(answered.typologies[0].amount(), "2200000000");
  EXPECT_EQ(answered.typologies[0].counterparties(), 12U);
  EXPECT_EQ(ParametersIn(answered.typologies[0])["residence_s"], "600");

  const std::string deposit = tron::Account(Town::Fresh(0)).Name();
  const Answered of_service = Ask(*open_, RequestOf({deposit}, Usdt()));
  ASSERT_OK(of_service.status);
  for (const v1::Typology& one : of_service.typologies) {
    EXPECT_EQ(one.service(), NameOf(500));
    EXPECT_NE(one.kind(), "nested_service");
  }
}

TEST_F(TownTypologies, KeepTheOrderOfSubjectsAndKinds) {
  const Answered answered = Ask(*open_, RequestOf({NameOf(kBroker), NameOf(kShop)}, Usdt(),
                                                  {"nested_service", "fan_in", "fan_in"}));
  ASSERT_OK(answered.status);
  std::vector<std::string> lines;
  for (const v1::Typology& one : answered.typologies) {
    lines.push_back((one.subject() == NameOf(kShop) ? "shop " : "broker ") + one.kind());
  }
  EXPECT_THAT(lines, ElementsAre("broker fan_in", "broker nested_service", "shop fan_in"));
}

TEST_F(TownTypologies, RefuseWhatTheyDoNotUnderstand) {
  const auto code = [this](const v1::ListTypologiesRequest& request) {
    return Ask(*open_, request).status;
  };
  EXPECT_THAT(code(RequestOf({}, Usdt())),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at least one address")));
  EXPECT_THAT(code(RequestOf({NameOf(kShop)}, "")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("asset")));
  EXPECT_THAT(code(RequestOf({NameOf(kShop)}, "TRC10:1")), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(code(RequestOf({"nobody"}, Usdt())), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(code(RequestOf({NameOf(kShop)}, Usdt(), {"fans"})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("it has: fan_in, fan_out")));
  v1::ListTypologiesRequest long_label = RequestOf({NameOf(kShop)}, Usdt());
  long_label.mutable_subjects(0)->set_label(std::string(257, 'x'));
  EXPECT_THAT(code(long_label), StatusIs(absl::StatusCode::kInvalidArgument));
  const AlwaysCancelled cancelled;
  EXPECT_THAT(Ask(*open_, RequestOf({NameOf(kShop)}, Usdt()), &cancelled).status,
              StatusIs(absl::StatusCode::kCancelled));
}

// Also of whom nothing is found something is said: what was looked for, and up to where.
TEST_F(TownTypologies, SumUpEachSubject) {
  const std::string unseen = tron::Account(Town::Fresh(77'777)).Name();
  v1::ListTypologiesRequest request =
      RequestOf({NameOf(100), NameOf(kShop), unseen}, Usdt(), {"fan_in", "dormant_burst"});
  request.mutable_subjects(0)->set_label("a person");
  const Answered answered = Ask(*open_, request);
  ASSERT_OK(answered.status);
  EXPECT_THAT(answered.typologies, SizeIs(1));
  EXPECT_THAT(answered.warnings, ElementsAre(HasSubstr("was never seen on")));
  ASSERT_THAT(answered.summaries, SizeIs(3));
  const v1::Typology& person = answered.summaries[0];
  EXPECT_EQ(person.subject(), NameOf(100));
  EXPECT_EQ(person.label(), "a person");
  EXPECT_EQ(person.asset(), Usdt());
  EXPECT_EQ(person.rule_version(), 2U);
  EXPECT_EQ(person.snapshot().height(), open_->accounts().snapshot().height);
  EXPECT_TRUE(person.summary().seen());
  EXPECT_EQ(person.summary().found(), 0U);
  EXPECT_FALSE(person.truncated());
  ASSERT_EQ(person.summary().searches_size(), 2);
  EXPECT_EQ(person.summary().searches(0).kind(), "fan_in");
  EXPECT_EQ(person.summary().searches(1).kind(), "dormant_burst");
  EXPECT_TRUE(person.summary().searches(0).looked_for());
  EXPECT_EQ(ParametersIn(person.summary().searches(0))["least_counterparties"], "10");
  const v1::Typology& shop = answered.summaries[1];
  EXPECT_EQ(shop.summary().found(), 1U);
  EXPECT_EQ(shop.summary().searches(0).found(), 1U);
  EXPECT_EQ(shop.summary().searches(1).found(), 0U);
  const v1::Typology& nobody = answered.summaries[2];
  EXPECT_EQ(nobody.subject(), unseen);
  EXPECT_FALSE(nobody.summary().seen());
  EXPECT_EQ(nobody.snapshot().height(), open_->accounts().snapshot().height);
  EXPECT_THAT(NotLookedFor(nobody), ElementsAre("fan_in", "dormant_burst"));
}

// However it is written; another label is another question.
TEST_F(TownTypologies, AnswerOnceForASubject) {
  const std::string hex = Town::Person(kShop).ToHex();
  v1::ListTypologiesRequest request =
      RequestOf({NameOf(kShop), hex, NameOf(100), NameOf(kShop)}, Usdt(), {"fan_in"});
  request.mutable_subjects(3)->set_label("the shop");
  const Answered answered = Ask(*open_, request);
  ASSERT_OK(answered.status);
  EXPECT_THAT(answered.typologies, SizeIs(2));
  ASSERT_THAT(answered.summaries, SizeIs(3));
  EXPECT_EQ(answered.summaries[0].subject(), NameOf(kShop));
  EXPECT_EQ(answered.summaries[1].subject(), NameOf(100));
  EXPECT_EQ(answered.summaries[2].label(), "the shop");
}

TEST_F(TownTypologies, TakeAsManySubjectsAsSeeds) {
  v1::ListTypologiesRequest request = RequestOf({}, Usdt(), {"fan_in"});
  for (std::size_t i = 0; i < kMaxTypologySubjects; ++i)
    request.add_subjects()->set_address(NameOf(kShop));
  const Answered most = Ask(*open_, request);
  ASSERT_OK(most.status);
  EXPECT_THAT(most.summaries, SizeIs(1));
  request.add_subjects()->set_address(NameOf(kShop));
  EXPECT_THAT(Ask(*open_, request).status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 10000")));
}

// Only receipts tell of a token's transfers.
TEST_F(TownTypologies, SayThatReceiptsAreMissing) {
  const auto last = std::find_if(blocks_.rbegin(), blocks_.rend(),
                                 [](const auto& block) { return !block.receipts.empty(); });
  ASSERT_NE(last, blocks_.rend());
  last->receipts.clear();
  Open(blocks_);
  const Answered answered =
      Ask(*open_, RequestOf({NameOf(kShop)}, Usdt(), {"fan_in", "pass_through"}));
  ASSERT_OK(answered.status);
  ASSERT_THAT(answered.typologies, SizeIs(1));
  EXPECT_TRUE(answered.typologies[0].truncated());
  EXPECT_THAT(answered.typologies[0].cuts(), ElementsAre(HasSubstr("have no receipt")));
  ASSERT_THAT(answered.summaries, SizeIs(1));
  EXPECT_THAT(NotLookedFor(answered.summaries[0]), ElementsAre("pass_through"));
}

// Ten payers pay a shop half a coin each, one after the other.
TEST(OutputTypologies, CountClustersWhereAsked) {
  IndexBuilder chain;
  SimpleTransaction mint{"mint", {}, {}};
  for (int i = 0; i < 10; ++i) mint.outputs.push_back({"payer " + std::to_string(i), kCoin});
  chain.AddBlock({mint});
  for (std::uint32_t i = 0; i < 10; ++i) {
    const std::string number = std::to_string(i);
    chain.AddBlock({{},
                    {"pay " + number,
                     {Spend("mint", i)},
                     {{"shop", kCoin / 2}, {"payer " + number, kCoin / 2}}}});
  }
  // Two of the payers turn out to be one.
  chain.AddBlock({{}, {"merge", {Spend("pay 0", 1), Spend("pay 1", 1)}, {{"vault", kCoin}}}});
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(OpenIndex index, chain.Build(files, "/data"));
  OpenNetwork open(std::move(index), 1, nullptr);
  const std::string shop = ScriptName(open.view(), chain.AddressOf("shop"));
  v1::ListTypologiesRequest request = RequestOf({shop}, "BTC", {"fan_in"});
  const Answered by_address = Ask(open, request);
  ASSERT_OK(by_address.status);
  ASSERT_THAT(by_address.typologies, SizeIs(1));
  EXPECT_EQ(by_address.typologies[0].subject(), shop);
  EXPECT_EQ(by_address.typologies[0].counterparties(), 10U);
  EXPECT_EQ(by_address.typologies[0].amount(), std::to_string(5 * kCoin));
  EXPECT_EQ(by_address.typologies[0].transactions(0), chain.TxidOf("pay 0").ToDisplayHex());
  EXPECT_EQ(by_address.typologies[0].first_time(), 1'700'001'200);
  request.set_by_cluster(true);
  const Answered by_cluster = Ask(open, request);
  ASSERT_OK(by_cluster.status);
  EXPECT_THAT(by_cluster.typologies, IsEmpty());
  ASSERT_THAT(by_cluster.summaries, SizeIs(1));
  EXPECT_EQ(by_cluster.summaries[0].summary().searches(0).found(), 0U);
  request.set_asset("TRX");
  EXPECT_THAT(Ask(open, request).status, StatusIs(absl::StatusCode::kInvalidArgument));
}

// What somebody did before the first indexed block is not known: nothing is said of a whole life.
TEST(OutputTypologies, DoNotSpeakOfWhatWasBeforeTheWindow) {
  for (const bool is_window : {false, true}) {
    IndexBuilder chain(is_window ? IndexBuilder::Options{.window_from_height = 1}
                                 : IndexBuilder::Options{});
    chain.AddBlock({{"mint", {}, {{"payer", kCoin}}}});
    chain.AddBlock({{}, {"in", {Spend("mint", 0)}, {{"mule", kCoin}}}});
    chain.AddBlock({{}, {"out", {Spend("in", 0)}, {{"somebody", kCoin}}}});
    FaultFileSystem files;
    ASSERT_OK_AND_ASSIGN(OpenIndex index, chain.Build(files, "/data"));
    OpenNetwork open(std::move(index), 1, nullptr);
    const Answered answered =
        Ask(open, RequestOf({ScriptName(open.view(), chain.AddressOf("mule"))}, "BTC",
                            {"pass_through", "fan_in"}));
    ASSERT_OK(answered.status);
    EXPECT_THAT(answered.typologies, SizeIs(is_window ? 0 : 1));
    ASSERT_THAT(answered.summaries, SizeIs(1));
    const v1::Typology& summary = answered.summaries[0];
    EXPECT_EQ(summary.truncated(), is_window);
    if (!is_window) continue;
    EXPECT_THAT(NotLookedFor(summary), ElementsAre("pass_through"));
    EXPECT_THAT(summary.cuts(), ElementsAre(HasSubstr("the index starts at height 1")));
  }
}

}  // namespace
}  // namespace coinwake::server
