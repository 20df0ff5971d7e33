// Goal: what is read around a subject is all that may matter, within its bounds, and what was not
// read is said. Method: payments made by hand, bounds met and passed by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/typologies/flows.h"
#include "typologies/first_numbers.h"
#include "typologies/flow_reading.h"
#include "typologies/typology.h"

namespace coinwake::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr AddressNum kMe{1};

// Payments in memory, numbered as they were added.
class MemoryPayments final : public PaymentSource {
 public:
  void Pay(std::int64_t time, std::vector<PaymentPart> payers, std::vector<PaymentPart> payees,
           Uint128 lost = 0) {
    const std::uint64_t number = payments_.size();
    payments_.push_back(
        {{number, TxNum{number}, number, time}, false, std::move(payers), std::move(payees), lost});
  }
  void Pay(std::int64_t time, std::uint64_t from, std::uint64_t to, Uint128 amount) {
    Pay(time, {{AddressNum{from}, amount}}, {{AddressNum{to}, amount}});
  }
  void MarkMix() { payments_.back().is_mix = true; }

  AddressNum NodeOf(AddressNum address) const override { return address; }
  absl::StatusOr<Numbers> NumbersOf(AddressNum node, std::size_t limit) override {
    Numbers found{.numbers = {}, .is_all = true};
    for (const NodePayment& payment : payments_) {
      const auto is_here = [node](const PaymentPart& part) { return part.node == node; };
      if (!std::any_of(payment.payers.begin(), payment.payers.end(), is_here) &&
          !std::any_of(payment.payees.begin(), payment.payees.end(), is_here)) {
        continue;
      }
      if (found.numbers.size() == limit) {
        found.is_all = false;
        break;
      }
      found.numbers.push_back(payment.at.number);
    }
    return found;
  }
  absl::StatusOr<NodePayment> Read(std::uint64_t number, std::uint64_t* rows) override {
    const NodePayment& payment = payments_[number];
    *rows += payment.payers.size() + payment.payees.size();
    return payment;
  }

 private:
  std::vector<NodePayment> payments_;
};

class FlowReadingTest : public ::testing::Test {
 protected:
  FlowReading Read(const ReadingLimits& limits = {}) {
    auto reading = ReadFlows(source_, kMe, /*with_wide=*/true, limits, IsService(), nullptr);
    EXPECT_THAT(reading, IsOk());
    return *std::move(reading);
  }
  IsServiceNode IsService() {
    return [this](AddressNum node) { return services_.contains(node.value); };
  }
  // Nodes all of whose payments are in the graph.
  static std::vector<std::uint64_t> WholeIn(const FlowGraph& graph,
                                            const std::vector<AddressNum>& nodes) {
    std::vector<std::uint64_t> whole;
    for (FlowNode node = 0; node < graph.nodes_count(); ++node) {
      if (graph.IsWhole(node)) whole.push_back(nodes[node].value);
    }
    return whole;
  }

  MemoryPayments source_;
  std::set<std::uint64_t> services_;
};

TEST_F(FlowReadingTest, FollowsWhatMayHaveComeFromTheSubject) {
  source_.Pay(0, 1, 2, 1'000);
  source_.Pay(1, 2, 3, 800);
  source_.Pay(2, 2, 4, 400);    // less than half of what arrived
  source_.Pay(3, 2, 5, 1'001);  // more than arrived
  source_.Pay(4, 3, 6, 800);
  source_.Pay(7 * kDay + 2, 3, 7, 800);  // too late
  source_.Pay(7 * kDay + 3, 8, 1, 50);   // a payer
  const FlowReading reading = Read();
  EXPECT_THAT(WholeIn(reading.near, reading.near_nodes), ElementsAre(1));
  EXPECT_THAT(WholeIn(reading.wide, reading.wide_nodes), UnorderedElementsAre(1, 2, 3, 6));
  EXPECT_THAT(reading.near.flows(), SizeIs(2));
  EXPECT_THAT(reading.wide.flows(), SizeIs(7));
  EXPECT_FALSE(reading.is_subject_cut || reading.is_wide_cut);
  EXPECT_EQ(reading.hubs, 0U);
}

TEST_F(FlowReadingTest, FollowsNothingBeforeItArrived) {
  source_.Pay(0, 2, 3, 1'000);
  source_.Pay(1, 1, 2, 1'000);
  const FlowReading reading = Read();
  EXPECT_THAT(WholeIn(reading.wide, reading.wide_nodes), UnorderedElementsAre(1, 2));
}

TEST_F(FlowReadingTest, GoesThroughNoServiceAndNoHub) {
  source_.Pay(0, 1, 2, 1'000);
  source_.Pay(0, 1, 3, 1'000);
  source_.Pay(1, 2, 4, 1'000);
  source_.Pay(1, 3, 5, 1'000);
  services_ = {2};
  const FlowReading all = Read({.node_payments = 2});
  EXPECT_THAT(WholeIn(all.wide, all.wide_nodes), UnorderedElementsAre(1, 3, 5));
  EXPECT_EQ(all.hubs, 0U);
  const FlowReading few = Read({.node_payments = 1});
  EXPECT_THAT(WholeIn(few.wide, few.wide_nodes), UnorderedElementsAre(1));
  EXPECT_EQ(few.hubs, 1U);
}

TEST_F(FlowReadingTest, SaysWhatItDidNotRead) {
  source_.Pay(0, 1, 2, 1'000);
  source_.Pay(0, 1, 3, 1'000);
  source_.Pay(1, 2, 4, 1'000);
  const FlowReading cut = Read({.subject_payments = 1});
  EXPECT_TRUE(cut.is_subject_cut);
  EXPECT_FALSE(cut.near.IsWhole(kSubjectNode));
  EXPECT_THAT(cut.near.flows(), SizeIs(1));
  EXPECT_FALSE(Read({.subject_payments = 2}).is_subject_cut);
  // Two rows a payment.
  EXPECT_TRUE(Read({.rows = 4}).is_wide_cut);
  EXPECT_FALSE(Read({.rows = 4}).is_subject_cut);
  EXPECT_FALSE(Read({.rows = 5}).is_wide_cut);
  EXPECT_TRUE(Read({.rows = 2}).is_subject_cut);
  EXPECT_FALSE(Read({.flows = 3}).is_wide_cut);
  EXPECT_TRUE(Read({.flows = 2}).is_wide_cut);
  EXPECT_FALSE(Read({.flows = 2}).is_subject_cut);
  EXPECT_TRUE(Read({.flows = 1}).is_subject_cut);
}

TEST_F(FlowReadingTest, SharesPaymentsBetweenPayers) {
  // 300 of the subject and 100 of two others, of which 8 are lost.
  source_.Pay(0, {{kMe, 300}, {AddressNum{5}, 60}, {AddressNum{7}, 40}},
              {{AddressNum{8}, 391}, {AddressNum{9}, 1}}, 8);
  // And somebody's with another.
  source_.Pay(1, {{AddressNum{5}, 10}, {AddressNum{7}, 30}}, {{kMe, 40}});
  const FlowReading reading = Read();
  std::vector<std::string> flows;
  for (const Flow& flow : reading.near.flows()) {
    const auto name = [&](FlowNode node) {
      return node == kNobodyNode ? std::string("nobody")
                                 : std::to_string(reading.near_nodes[node].value);
    };
    flows.push_back(name(flow.from) + ">" + name(flow.to) + " " +
                    std::to_string(static_cast<std::uint64_t>(flow.amount)));
  }
  // 391 * 3 / 4 rounded down; a part of 1 is less than one; the two others count as one payer.
  EXPECT_THAT(flows, UnorderedElementsAre("1>8 293", "1>nobody 6", "5>1 40"));
}

TEST_F(FlowReadingTest, KnowsNobodyBeyondAMix) {
  source_.Pay(0, {{kMe, 100}, {AddressNum{5}, 100}}, {{kMe, 40}, {AddressNum{6}, 160}});
  source_.MarkMix();
  const FlowReading reading = Read();
  ASSERT_THAT(reading.near.flows(), SizeIs(2));
  for (const Flow& flow : reading.near.flows()) {
    EXPECT_EQ(flow.from == kSubjectNode ? flow.to : flow.from, kNobodyNode);
    EXPECT_EQ(flow.amount, flow.from == kSubjectNode ? 100U : 40U);
  }
  EXPECT_THAT(WholeIn(reading.wide, reading.wide_nodes), ElementsAre(1));
}

// Two halves are as much as one payment.
TEST_F(FlowReadingTest, AddsUpWhatIsPaidOn) {
  source_.Pay(0, 1, 2, 1'000);
  source_.Pay(1, 2, 3, 300);
  source_.Pay(2, 2, 4, 300);
  source_.Pay(3, 2, 3, 200);
  source_.Pay(4, 2, 4, 199);
  source_.Pay(5, 3, 5, 500);
  source_.Pay(6, 3, 6, 501);
  const FlowReading reading = Read();
  EXPECT_THAT(WholeIn(reading.wide, reading.wide_nodes), UnorderedElementsAre(1, 2, 3, 5));
}

// The subject pays 300 others, who pay 300 others together: as many pairs as both times each other.
class ManyPairsTest : public FlowReadingTest {
 protected:
  static constexpr std::uint64_t kMany = 300;

  void SetUp() override {
    std::vector<PaymentPart> payers;
    std::vector<PaymentPart> payees;
    for (std::uint64_t i = 0; i < kMany; ++i) {
      source_.Pay(0, 1, 10 + i, 1'000'000);
      payers.push_back({AddressNum{10 + i}, 1'000'000});
      payees.push_back({AddressNum{1'000 + i}, 1'000'000});
    }
    source_.Pay(1, payers, payees);
  }
};

TEST_F(ManyPairsTest, EndWhereStepsDo) {
  const FlowReading all = Read({.retention_permille = 0});
  EXPECT_FALSE(all.is_wide_cut);
  EXPECT_THAT(all.wide.flows(), SizeIs(kMany + kMany * kMany));
  const FlowReading cut = Read({.steps = 50'000, .retention_permille = 0});
  EXPECT_TRUE(cut.is_wide_cut);
  EXPECT_FALSE(cut.is_subject_cut);
  EXPECT_LT(cut.wide.flows().size(), 50'000U);
  EXPECT_THAT(cut.near.flows(), SizeIs(kMany));
  // Of whom something is missing nothing is claimed.
  for (FlowNode node = 1; node < cut.wide.nodes_count(); ++node) {
    if (cut.wide.IsWhole(node)) {
      EXPECT_THAT(cut.wide.PaidBy(node), SizeIs(kMany));
    }
  }
  const FlowReading few = Read({.flows = 1'000, .retention_permille = 0});
  EXPECT_TRUE(few.is_wide_cut);
  EXPECT_THAT(few.wide.flows(), SizeIs(1'000));
  EXPECT_THAT(WholeIn(few.wide, few.wide_nodes), ElementsAre(1));
}

// Says stop when it is asked for the n-th time.
class CancelledAt final : public Cancellation {
 public:
  explicit CancelledAt(std::uint64_t number) : number_(number) {}
  bool Cancelled() const override { return ++asked_ >= number_; }
  std::uint64_t asked() const { return asked_; }

 private:
  const std::uint64_t number_;
  mutable std::uint64_t asked_ = 0;
};

TEST_F(ManyPairsTest, StopAmongThem) {
  const CancelledAt never(1'000'000);
  const ReadingLimits limits{.retention_permille = 0};
  ASSERT_OK(ReadFlows(source_, kMe, true, limits, IsService(), &never).status());
  // Once for each that is read; and 90,000 pairs are followed, and made flows of.
  EXPECT_GE(never.asked(), 2 * kMany + 25);
  for (std::uint64_t i = 1; i <= never.asked(); i += 61) {
    const CancelledAt cancelled(i);
    EXPECT_THAT(ReadFlows(source_, kMe, true, limits, IsService(), &cancelled).status(),
                StatusIs(absl::StatusCode::kCancelled));
  }
}

TEST(FirstNumbers, KeepsTheFirstAndSaysWhenItIsEnough) {
  FirstNumbers few(3);
  for (const std::uint64_t number : {7, 5, 7, 9}) few.Add(number);
  EXPECT_FALSE(few.IsEnough());
  const PaymentSource::Numbers all = few.Take();
  EXPECT_THAT(all.numbers, ElementsAre(5, 7, 9));
  EXPECT_TRUE(all.is_all);
  FirstNumbers many(3);
  for (std::uint64_t i = 0; i < 24; ++i) many.Add(100 - i);
  EXPECT_FALSE(many.IsEnough());
  many.Add(50);
  EXPECT_TRUE(many.IsEnough());
  const PaymentSource::Numbers first = many.Take();
  EXPECT_THAT(first.numbers, ElementsAre(50, 77, 78));
  EXPECT_FALSE(first.is_all);
  // As often as the same comes again, they may be all.
  FirstNumbers same(3);
  for (int i = 0; i < 100; ++i) same.Add(7);
  EXPECT_FALSE(same.IsEnough());
}

TEST_F(FlowReadingTest, StopsWhenTold) {
  source_.Pay(0, 1, 2, 1'000);
  const AlwaysCancelled cancelled;
  EXPECT_THAT(ReadFlows(source_, kMe, true, {}, IsService(), &cancelled).status(),
              StatusIs(absl::StatusCode::kCancelled));
}

// Typologies as a whole.

constexpr std::uint8_t kName[] = {1, 2, 3};

std::vector<TypologyKind> AllKinds() {
  std::vector<TypologyKind> kinds;
  for (std::size_t i = 0; i < kTypologyKinds; ++i) kinds.push_back(static_cast<TypologyKind>(i));
  return kinds;
}

class TypologiesTest : public FlowReadingTest {
 protected:
  FoundTypologies Find(const std::vector<TypologyKind>& kinds,
                       const TypologyParameters& parameters = {}) {
    const TypologySearch search{.source = source_, .is_service = IsService(), .gaps = gaps_};
    auto found = FindTypologies(search, kMe, kName, kinds, parameters);
    EXPECT_THAT(found, IsOk());
    return *std::move(found);
  }
  // The one of this kind; there has to be one.
  static Typology OneOf(const FoundTypologies& found, TypologyKind kind) {
    std::vector<Typology> of_kind;
    for (const Typology& one : found.typologies) {
      if (one.kind == kind) of_kind.push_back(one);
    }
    EXPECT_THAT(of_kind, SizeIs(1)) << TypologyName(kind);
    return of_kind.empty() ? Typology{} : of_kind.front();
  }
  static KindSearch SearchOf(const FoundTypologies& found, TypologyKind kind) {
    for (const KindSearch& one : found.searches) {
      if (one.kind == kind) return one;
    }
    ADD_FAILURE() << TypologyName(kind) << " was not searched";
    return {};
  }
  // Of all kinds, each once.
  static std::set<std::string> CutsOf(const FoundTypologies& found) {
    std::set<std::string> cuts;
    for (const KindSearch& one : found.searches) cuts.insert(one.cuts.begin(), one.cuts.end());
    return cuts;
  }

  IndexGaps gaps_;

  // Over 2 and 3 and back, an hour apart, among some traffic of the same day.
  void AddRoundTrip() {
    source_.Pay(0, 1, 2, 1'000);
    for (std::uint64_t i = 0; i < 6; ++i) {
      source_.Pay(kHour / 2, 2, 20 + i, 7);
      source_.Pay(kHour / 2 + kMinute, 3, 30 + i, 7);
    }
    source_.Pay(kHour, 2, 3, 950);
    source_.Pay(2 * kHour, 3, 1, 940);
  }
};

TEST_F(TypologiesTest, TellEvidenceAndChance) {
  AddRoundTrip();
  const FoundTypologies found = Find({TypologyKind::kRoundTrip});
  const Typology one = OneOf(found, TypologyKind::kRoundTrip);
  EXPECT_THAT(one.transactions, ElementsAre(TxNum{0}, TxNum{13}, TxNum{14}));
  EXPECT_EQ(one.amount, 940U);
  EXPECT_EQ(one.observed, 1U);
  EXPECT_EQ(one.shuffles, 100U);
  // Of the six orders of three payments one is a trip.
  EXPECT_GT(one.found_shuffled, 5U);
  EXPECT_LT(one.found_shuffled, 35U);
  EXPECT_EQ(one.as_often_shuffled, one.found_shuffled);
  EXPECT_THAT(CutsOf(found), IsEmpty());
  EXPECT_THAT(one.cuts, IsEmpty());
  ASSERT_THAT(found.searches, SizeIs(1));
  EXPECT_EQ(found.searches[0].found, 1U);
  EXPECT_TRUE(found.searches[0].is_looked_for);
}

TEST_F(TypologiesTest, DoNotDependOnWhatElseIsAsked) {
  AddRoundTrip();
  for (std::uint64_t i = 0; i < 12; ++i) {
    source_.Pay(3 * kHour + static_cast<std::int64_t>(i), 40 + i, 1, 100);
  }
  TypologyParameters parameters;
  parameters.reading.node_payments = 8;
  source_.Pay(4 * kHour, 1, 4, 10);  // a hub
  for (std::uint64_t i = 0; i < 9; ++i) source_.Pay(5 * kHour, 4, 60 + i, 1);
  const FoundTypologies all = Find(AllKinds(), parameters);
  for (const TypologyKind kind : AllKinds()) {
    SCOPED_TRACE(std::string(TypologyName(kind)));
    const FoundTypologies alone = Find({kind}, parameters);
    EXPECT_EQ(SearchOf(alone, kind).cuts, SearchOf(all, kind).cuts);
    EXPECT_EQ(SearchOf(alone, kind).found, SearchOf(all, kind).found);
  }
  for (const TypologyKind kind : {TypologyKind::kRoundTrip, TypologyKind::kFanIn}) {
    const Typology alone = OneOf(Find({kind}, parameters), kind);
    const Typology among = OneOf(all, kind);
    EXPECT_EQ(alone.transactions, among.transactions);
    EXPECT_EQ(alone.found_shuffled, among.found_shuffled);
    EXPECT_EQ(alone.cuts, among.cuts);
  }
  EXPECT_THAT(OneOf(all, TypologyKind::kRoundTrip).cuts,
              ElementsAre(HasSubstr("followed through: 1")));
  EXPECT_THAT(OneOf(all, TypologyKind::kFanIn).cuts, IsEmpty());
  EXPECT_TRUE(std::is_sorted(all.typologies.begin(), all.typologies.end(),
                             [](const Typology& a, const Typology& b) { return a.kind < b.kind; }));
}

TEST_F(TypologiesTest, SayWhatWasCut) {
  AddRoundTrip();
  TypologyParameters parameters;
  parameters.steps = 1;
  const FoundTypologies steps =
      Find({TypologyKind::kRoundTrip, TypologyKind::kPassThrough}, parameters);
  EXPECT_THAT(SearchOf(steps, TypologyKind::kRoundTrip).cuts,
              ElementsAre(HasSubstr("not searched to the end: more than 1 steps")));
  parameters = {};
  parameters.reading.rows = 10;
  EXPECT_THAT(CutsOf(Find({TypologyKind::kRoundTrip}, parameters)),
              Contains(HasSubstr("more than 10 rows")));
  EXPECT_THAT(CutsOf(Find({TypologyKind::kFanIn}, parameters)), IsEmpty());
  parameters = {};
  parameters.reading.node_payments = 3;
  EXPECT_THAT(CutsOf(Find({TypologyKind::kRoundTrip}, parameters)),
              Contains(HasSubstr("followed through: 1")));
  parameters = {};
  parameters.reading.subject_payments = 1;
  const FoundTypologies first =
      Find({TypologyKind::kFanIn, TypologyKind::kPassThrough}, parameters);
  EXPECT_THAT(SearchOf(first, TypologyKind::kFanIn).cuts,
              ElementsAre(HasSubstr("only its first ones count")));
  EXPECT_TRUE(SearchOf(first, TypologyKind::kFanIn).is_looked_for);
  EXPECT_THAT(SearchOf(first, TypologyKind::kPassThrough).cuts,
              ElementsAre(HasSubstr("not looked for")));
  EXPECT_FALSE(SearchOf(first, TypologyKind::kPassThrough).is_looked_for);
}

// What is said of a whole life is not said of a part.
TEST_F(TypologiesTest, DoNotSpeakOfALifeTheyDidNotSee) {
  for (std::uint64_t i = 0; i < 10; ++i) source_.Pay(0, 40 + i, 1, 100);
  source_.Pay(kMinute, 1, 2, 1'000);
  services_ = {2};
  const std::vector<TypologyKind> kinds = {TypologyKind::kFanIn, TypologyKind::kPeelChain,
                                           TypologyKind::kPassThrough, TypologyKind::kNestedService,
                                           TypologyKind::kDormantBurst};
  const auto names = [](const FoundTypologies& found) {
    std::vector<std::string> all;
    for (const Typology& one : found.typologies) all.emplace_back(TypologyName(one.kind));
    return all;
  };
  EXPECT_THAT(names(Find(kinds)), ElementsAre("fan_in", "pass_through", "nested_service"));
  gaps_ = {.before = "the index starts late", .within = ""};
  const FoundTypologies late = Find(kinds);
  EXPECT_THAT(names(late), ElementsAre("fan_in"));
  EXPECT_THAT(OneOf(late, TypologyKind::kFanIn).cuts, IsEmpty());
  EXPECT_THAT(SearchOf(late, TypologyKind::kPeelChain).cuts,
              ElementsAre(HasSubstr("counts as fresh")));
  gaps_ = {.before = "", .within = "receipts are missing"};
  const FoundTypologies without = Find(kinds);
  EXPECT_THAT(names(without), ElementsAre("fan_in"));
  EXPECT_THAT(OneOf(without, TypologyKind::kFanIn).cuts,
              ElementsAre("receipts are missing: payments may be missing"));
  for (const TypologyKind kind :
       {TypologyKind::kPassThrough, TypologyKind::kNestedService, TypologyKind::kDormantBurst}) {
    for (const FoundTypologies* const found : {&late, &without}) {
      EXPECT_FALSE(SearchOf(*found, kind).is_looked_for);
      EXPECT_THAT(SearchOf(*found, kind).cuts, ElementsAre(HasSubstr("not looked for")));
    }
  }
}

// Of a chain of 14 hops 12 are read.
TEST_F(TypologiesTest, SayThatAChainMayGoOn) {
  for (const std::uint64_t hops : {12, 13}) {
    source_ = MemoryPayments();
    Uint128 amount = 1'000'000;
    source_.Pay(0, 500, 1, amount);
    for (std::uint64_t i = 1; i <= hops; ++i) {
      source_.Pay(static_cast<std::int64_t>(i) * kHour, i, 100 + i, amount / 10);
      amount -= amount / 10;
      source_.Pay(static_cast<std::int64_t>(i) * kHour, i, i + 1, amount);
    }
    const Typology one = OneOf(Find({TypologyKind::kPeelChain}), TypologyKind::kPeelChain);
    EXPECT_EQ(one.counterparties, 24U);
    if (hops == 12) {
      EXPECT_THAT(one.cuts, IsEmpty());
    } else {
      EXPECT_THAT(one.cuts, ElementsAre(HasSubstr("followed for 12 hops at most")));
    }
  }
}

// A detector that takes many steps is asked fewer times.
TEST_F(TypologiesTest, BoundTheStepsOverAllOrders) {
  AddRoundTrip();
  TypologyParameters parameters;
  parameters.shuffled_steps = 10;
  const Typology one =
      OneOf(Find({TypologyKind::kRoundTrip}, parameters), TypologyKind::kRoundTrip);
  EXPECT_GE(one.shuffles, 1U);
  EXPECT_LT(one.shuffles, 12U);
}

TEST(TypologyText, RoundsMeansAndScores) {
  EXPECT_EQ(MeanText(0, 100), "0.00");
  EXPECT_EQ(MeanText(7, 100), "0.07");
  EXPECT_EQ(MeanText(1, 3), "0.33");
  EXPECT_EQ(MeanText(2, 3), "0.67");
  EXPECT_EQ(MeanText(1, 200), "0.01");
  EXPECT_EQ(MeanText(250, 100), "2.50");
  EXPECT_EQ(ScoreText({.observed = 1, .shuffles = 100, .found_shuffled = 0}), "100.00");
  EXPECT_EQ(ScoreText({.observed = 1, .shuffles = 100, .found_shuffled = 100}), "1.00");
  EXPECT_EQ(ScoreText({.observed = 2, .shuffles = 100, .found_shuffled = 3}), "66.66");
  EXPECT_EQ(ScoreText({.observed = 2, .shuffles = 0}), "");
}

TEST(TypologyText, NamesKinds) {
  std::set<std::string_view> names;
  for (const TypologyKind kind : AllKinds()) {
    names.insert(TypologyName(kind));
    EXPECT_EQ(TypologyNamed(TypologyName(kind)), kind);
    EXPECT_THAT(ParametersOf(kind, DefaultParameters(std::nullopt, true)),
                ::testing::Not(IsEmpty()));
  }
  EXPECT_THAT(names, SizeIs(kTypologyKinds));
  EXPECT_EQ(TypologyNamed("fan"), std::nullopt);
}

TEST(TypologyText, TellsParametersInBaseUnits) {
  const TypologyParameters usdt = DefaultParameters(kHundredUsdInUsdt, true);
  EXPECT_THAT(ParametersOf(TypologyKind::kFanIn, usdt),
              ElementsAre(Pair("least_counterparties", "10"), Pair("window_s", "86400"),
                          Pair("least_amount", "100000000")));
  EXPECT_THAT(ParametersOf(TypologyKind::kStructuring, usdt),
              Contains(Pair("thresholds", "1000000000,3000000000,10000000000")));
  EXPECT_THAT(ParametersOf(TypologyKind::kPassThrough, usdt), Contains(Pair("residence_s", "600")));
  const TypologyParameters bitcoin = DefaultParameters(kHundredUsdInSatoshi, false);
  EXPECT_THAT(ParametersOf(TypologyKind::kPassThrough, bitcoin),
              Contains(Pair("residence_s", "3600")));
  EXPECT_THAT(ParametersOf(TypologyKind::kStructuring, DefaultParameters(std::nullopt, true)),
              Contains(Pair("thresholds", "")));
}

}  // namespace
}  // namespace coinwake::test
