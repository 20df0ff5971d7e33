// Goal: payments of a chain become a service's deposits and withdrawals by the rule, within the
// times asked for. Method: chains made by hand, with one thing of each sort.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hints/service_movements.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kAnyRows = 1'000'000;
constexpr std::int64_t kAnyTime = 1'000'000'000'000;

// Headers of an IndexBuilder's blocks.
std::int64_t TimeOf(std::uint64_t height) {
  return 1'700'000'000 + 600 * static_cast<std::int64_t>(height);
}

// A desk with two addresses: it is paid, sweeps, pays out in a batch, and takes part in a payment
// of another.
class OutputMovementsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    chain_.AddBlock({{"mint", {}, {{"alice", 50}, {"bob", 40}, {"carol", 30}, {"desk 1", 9}}}});
    chain_.AddBlock({{}, {"pay", {Spend("mint", 0)}, {{"desk 1", 31}, {"alice", 19}}}});
    chain_.AddBlock(
        {{}, {"pay two", {Spend("mint", 1), Spend("mint", 2)}, {{"desk 2", 60}, {"dave", 10}}}});
    chain_.AddBlock({{}, {"sweep", {Spend("pay", 0)}, {{"desk 2", 31}}}});
    chain_.AddBlock({{},
                     {"pay out",
                      {Spend("sweep", 0), Spend("pay two", 0)},
                      {{"erin", 40}, {"frank", 20}, {"desk 1", 30}}}});
    chain_.AddBlock(
        {{}, {"together", {Spend("pay out", 2), Spend("pay", 1)}, {{"erin", 25}, {"desk 2", 24}}}});
    auto index = chain_.Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    auto facts = FactsReader::Make(*index_.view);
    ASSERT_THAT(facts, IsOk());
    facts_.emplace(*std::move(facts));
    source_.emplace(*facts_);
  }

  ServiceAddresses Desk() const {
    return ServiceAddresses(
        {chain_.AddressOf("desk 2"), chain_.AddressOf("desk 1"), chain_.AddressOf("desk 2")});
  }
  std::string NameOf(AddressNum address) const {
    for (const char* name :
         {"alice", "bob", "carol", "dave", "erin", "frank", "desk 1", "desk 2"}) {
      if (chain_.AddressOf(name) == address) return name;
    }
    return "nobody";
  }
  // "2 alice > desk 1 31", by height.
  std::vector<std::string> Told(const std::vector<ServiceMovement>& movements,
                                bool is_deposit) const {
    std::vector<std::string> told;
    for (const ServiceMovement& one : movements) {
      const AddressNum from = is_deposit ? one.other : one.service;
      const AddressNum to = is_deposit ? one.service : one.other;
      EXPECT_EQ(one.at.time, TimeOf(one.at.height));
      told.push_back(std::to_string(one.at.height) + " " + NameOf(from) + " > " + NameOf(to) + " " +
                     std::to_string(static_cast<std::uint64_t>(one.amount)));
    }
    return told;
  }
  ServiceMovements Read(const TimeSpans& spans) {
    MovementBudget budget(kAnyRows);
    auto movements = ReadServiceMovements(*source_, Desk(), spans, &budget, nullptr);
    EXPECT_THAT(movements, IsOk());
    return *std::move(movements);
  }
  ServiceMovements ReadOf(const std::string& name) {
    MovementBudget budget(kAnyRows);
    auto movements = ReadMovementsOf(*source_, Desk(), chain_.AddressOf(name), &budget, nullptr);
    EXPECT_THAT(movements, IsOk());
    return *std::move(movements);
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  OpenIndex index_;
  std::optional<FactsReader> facts_;
  std::optional<OutputMovements> source_;
};

TEST_F(OutputMovementsTest, TellsDepositsFromWithdrawals) {
  const ServiceMovements all = Read({{-kAnyTime, kAnyTime}});
  EXPECT_THAT(Told(all.deposits, true),
              ElementsAre("1 nobody > desk 1 9", "2 alice > desk 1 31", "3 nobody > desk 2 60"));
  EXPECT_THAT(Told(all.withdrawals, false),
              ElementsAre("5 desk 2 > erin 40", "5 desk 2 > frank 20"));
  EXPECT_THAT(all.passed_over, ElementsAre(TimeOf(6)));
}

TEST_F(OutputMovementsTest, ReadsTheTimesAskedForAlone) {
  const ServiceMovements some = Read({{TimeOf(2) + 1, TimeOf(3)}, {TimeOf(5), TimeOf(5)}});
  EXPECT_THAT(Told(some.deposits, true), ElementsAre("3 nobody > desk 2 60"));
  EXPECT_THAT(some.withdrawals, SizeIs(2));
  EXPECT_THAT(some.passed_over, IsEmpty());
  EXPECT_THAT(Read({{TimeOf(5) + 1, TimeOf(6) - 1}}).withdrawals, IsEmpty());
  EXPECT_THAT(Read({}).deposits, IsEmpty());
}

TEST_F(OutputMovementsTest, FindsThoseOfAnAddress) {
  EXPECT_THAT(Told(ReadOf("alice").deposits, true), ElementsAre("2 alice > desk 1 31"));
  EXPECT_THAT(Told(ReadOf("carol").deposits, true), ElementsAre("3 nobody > desk 2 60"));
  EXPECT_THAT(Told(ReadOf("frank").withdrawals, false), ElementsAre("5 desk 2 > frank 20"));
  EXPECT_THAT(ReadOf("dave").deposits, IsEmpty());
  // An address of the service itself.
  EXPECT_THAT(Told(ReadOf("desk 1").deposits, true),
              ElementsAre("1 nobody > desk 1 9", "2 alice > desk 1 31"));
  EXPECT_THAT(ReadOf("desk 2").withdrawals, SizeIs(2));
  MovementBudget budget(kAnyRows);
  ASSERT_OK_AND_ASSIGN(
      const ServiceMovements by_number,
      ReadMovementsAt(*source_, Desk(), std::vector{chain_.TransactionOf("pay").value}, &budget,
                      nullptr));
  EXPECT_THAT(Told(by_number.deposits, true), ElementsAre("2 alice > desk 1 31"));
}

TEST_F(OutputMovementsTest, KnowsWhatIsIndexed) {
  const KnownTimes known = source_->known();
  EXPECT_LT(known.first, -kAnyTime);
  EXPECT_EQ(known.last, TimeOf(6));
  IndexBuilder window({.window_from_height = 100});
  window.AddBlock({{"mint", {}, {{"alice", 1}}}});
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, window.Build(files, "/data"));
  ASSERT_OK_AND_ASSIGN(const FactsReader facts, FactsReader::Make(*index.view));
  EXPECT_EQ(OutputMovements(facts).known().first, TimeOf(100));
}

TEST_F(OutputMovementsTest, SaysNothingOfAPartAndStopsWhenCancelled) {
  MovementBudget budget(5);
  EXPECT_THAT(ReadServiceMovements(*source_, Desk(), {{-kAnyTime, kAnyTime}}, &budget, nullptr),
              StatusIs(absl::StatusCode::kResourceExhausted));
  MovementBudget enough(kAnyRows);
  const AlwaysCancelled cancelled;
  EXPECT_THAT(ReadServiceMovements(*source_, Desk(), {{-kAnyTime, kAnyTime}}, &enough, &cancelled),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST(TimeSpansTest, AreMerged) {
  const TimeSpans merged = Merged({{10, 20}, {1, 5}, {6, 7}, {15, 30}, {40, 41}});
  EXPECT_THAT(merged, ElementsAre(std::pair(1, 7), std::pair(10, 30), std::pair(40, 41)));
  EXPECT_TRUE(IsWithin(merged, 1));
  EXPECT_TRUE(IsWithin(merged, 7));
  EXPECT_FALSE(IsWithin(merged, 8));
  EXPECT_FALSE(IsWithin(merged, 0));
  EXPECT_TRUE(IsWithin(merged, 41));
  EXPECT_FALSE(IsWithin(merged, 42));
}

// Accounts.

TEST(AccountMovementsTest, AreOfOneAsset) {
  Town town;
  const Address desk = Town::Fresh(5);
  const Address alice = Town::Person(1);
  const Address bob = Town::Person(2);
  town.Give(alice, 1'000'000'000);
  town.chain().NextBlock();
  town.PayTrx(alice, desk, 7'000'000);
  town.Pay(alice, desk, 200'000'000);
  town.chain().NextBlock(1'000);
  town.Pay(desk, bob, 150'000'000);
  town.PayTrx(desk, bob, 3'000'000);
  town.chain().NextBlock();
  Surveyed surveyed(town);
  const AccountView& view = surveyed.view();
  const ServiceAddresses service({surveyed.Number(desk)});
  const auto told = [&](AssetNum asset, const TimeSpans& spans) {
    AccountMovements source(view, asset);
    MovementBudget budget(kAnyRows);
    auto movements = ReadServiceMovements(source, service, spans, &budget, nullptr);
    EXPECT_THAT(movements, IsOk());
    std::vector<std::string> lines;
    for (const ServiceMovement& one : movements->deposits) {
      EXPECT_EQ(one.other, surveyed.Number(alice));
      EXPECT_EQ(one.at.time, view.TimeOf(one.at.height) / 1'000);
      lines.push_back("in " + std::to_string(static_cast<std::uint64_t>(one.amount)));
    }
    for (const ServiceMovement& one : movements->withdrawals) {
      EXPECT_EQ(one.other, surveyed.Number(bob));
      lines.push_back("out " + std::to_string(static_cast<std::uint64_t>(one.amount)));
    }
    return lines;
  };
  const AssetNum usdt = UsdtIn(view, town);
  EXPECT_THAT(told(usdt, {{-kAnyTime, kAnyTime}}), ElementsAre("in 200000000", "out 150000000"));
  EXPECT_THAT(told(kTrxAsset, {{-kAnyTime, kAnyTime}}), ElementsAre("in 7000000", "out 3000000"));
  // The time of the last deposit, and a second later.
  AccountMovements source(view, usdt);
  MovementBudget budget(kAnyRows);
  ASSERT_OK_AND_ASSIGN(
      const ServiceMovements all,
      ReadServiceMovements(source, service, {{-kAnyTime, kAnyTime}}, &budget, nullptr));
  const std::int64_t time = all.deposits.back().at.time;
  EXPECT_THAT(told(usdt, {{time, time}}), ElementsAre("in 200000000"));
  EXPECT_THAT(told(usdt, {{time + 1, kAnyTime}}), ElementsAre("out 150000000"));
  EXPECT_THAT(told(usdt, {{time + 1, time + 2}}), IsEmpty());
  EXPECT_EQ(source.known().last, view.TimeOf(view.snapshot().height) / 1'000);
}

}  // namespace
}  // namespace coinwake::test
