// Goal: typologies as the API words them, on both sorts of chains. Method: a made town and a made
// chain of outputs, each with a pattern; every field beside what was made.
#include "server/typology_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kUsd = 1'000'000;  // micro-USDT

struct Answered {
  absl::Status status;
  std::vector<v1::Typology> typologies;
  std::vector<std::string> warnings;
};

Answered Ask(OpenNetwork& open, const v1::ListTypologiesRequest& request,
             const Cancellation* cancellation = nullptr) {
  Answered answered;
  answered.status = AnswerTypologies(
      open, request, cancellation,
      [&answered](const v1::Typology& typology) {
        answered.typologies.push_back(typology);
        return absl::OkStatus();
      },
      [&answered](const std::string& text) { answered.warnings.push_back(text); });
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

std::map<std::string, std::string> ParametersIn(const v1::Typology& typology) {
  std::map<std::string, std::string> parameters;
  for (const v1::TypologyParameter& one : typology.parameters()) {
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
    index_ = IndexOf(town.chain().blocks());
    open_ = std::make_unique<OpenNetwork>(std::move(index_.index), 1, nullptr);
  }
  static std::string NameOf(std::uint64_t person) {
    return tron::Account(Town::Person(person)).Name();
  }
  static std::string Usdt() { return "TRC20:" + std::string(tron::kTetherContract); }

  TronIndex index_;
  std::unique_ptr<OpenNetwork> open_;
};

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

TEST_F(TownTypologies, WarnOfWhoWasNeverSeen) {
  const Answered answered =
      Ask(*open_, RequestOf({tron::Account(Town::Fresh(77'777)).Name()}, Usdt()));
  ASSERT_OK(answered.status);
  EXPECT_THAT(answered.typologies, IsEmpty());
  EXPECT_THAT(answered.warnings, ElementsAre(HasSubstr("was never seen on")));
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
  request.set_asset("TRX");
  EXPECT_THAT(Ask(open, request).status, StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace coinwake::server
