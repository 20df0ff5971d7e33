// Goal: rules T4 and T5 tie people who lend to or open each other and pay each other, and nobody
// else. Method: towns with each condition broken once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "heuristics/energy.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

const Address kAnna = Town::Person(1);
const Address kBen = Town::Person(2);

FoundTies LoansIn(const Surveyed& made, int threads = 1) {
  auto found = FindDelegations(made.reader(), made.use(), made.services(), threads);
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  return found.ok() ? *found : FoundTies();
}
FoundTies OpeningsIn(const Surveyed& made, int threads = 1) {
  auto found = FindActivations(made.reader(), made.use(), made.services(), threads);
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  return found.ok() ? *found : FoundTies();
}

void Lend(Town& town, const Address& from, const Address& to) {
  town.chain().Delegate(from, to, kSunPerTrx, tron::Resource::kEnergy);
}
// Long before anything is lent.
void PayBothWays(Town& town, const Address& a, const Address& b) {
  town.PayTrx(a, b, 5 * kSunPerTrx);
  town.PayTrx(b, a, 4 * kSunPerTrx);
}
void Stake(Town& town, const Address& account) {
  town.chain().Freeze(account, 1'000 * kSunPerTrx, tron::Resource::kEnergy);
}

TEST(EnergyLoans, TiePeopleWhoPayEachOther) {
  Town town;
  Stake(town, kAnna);
  PayBothWays(town, kAnna, kBen);
  town.PayTrx(kAnna, Town::Person(3), 5 * kSunPerTrx);
  town.Pass(kPaidWithinBlocks + 1);
  Lend(town, kAnna, kBen);
  Lend(town, kAnna, Town::Person(3));  // who never pays her
  const Surveyed made(town);
  const FoundTies found = LoansIn(made);
  EXPECT_EQ(found.edges.size(), 1U);
  EXPECT_TRUE(made.HasEdge(found.edges, kAnna, kBen, AccountRule::kEnergyDelegation));
  EXPECT_EQ(found.one_way, 1U);
  EXPECT_FALSE(made.AreJoined(Profile::kStrict, kAnna, kBen));
  EXPECT_TRUE(made.AreJoined(Profile::kStandard, kAnna, kBen));
}

// In the hour before by anybody, in the hour after by who got the loan.
TEST(EnergyLoans, AreNoneWhereTheyArePaidFor) {
  for (const bool before : {true, false}) {
    for (const bool within : {true, false}) {
      SCOPED_TRACE(std::to_string(before) + std::to_string(within));
      Town town;
      Stake(town, kAnna);
      PayBothWays(town, kAnna, kBen);
      town.Pass(kPaidWithinBlocks + 1);
      if (before) town.PayTrx(Town::Person(9), kAnna, kSunPerTrx);
      town.Pass(before ? kPaidWithinBlocks + (within ? 0 : 1) : 0);
      Lend(town, kAnna, kBen);
      if (!before) {
        town.PayTrx(Town::Person(9), kAnna, kSunPerTrx);  // nobody she lent to
        town.Pass(kPaidWithinBlocks + (within ? 0 : 1));
        town.PayTrx(kBen, kAnna, kSunPerTrx);
      }
      const Surveyed made(town);
      EXPECT_EQ(LoansIn(made).edges.size(), within ? 0U : 1U);
    }
  }
}

// Whether the TRX comes by itself or through a contract that the receiver, or anybody, calls.
TEST(EnergyLoans, AreNoneWhereTheyArePaidForByAContract) {
  for (const bool before : {true, false}) {
    for (const bool by_receiver : {true, false}) {
      SCOPED_TRACE(std::to_string(before) + std::to_string(by_receiver));
      Town town;
      const Address other = Town::Person(9);
      const Address market = town.chain().DeployContract(other, "Market", 100 * kSunPerTrx);
      Stake(town, kAnna);
      PayBothWays(town, kAnna, kBen);
      town.Pass(kPaidWithinBlocks + 1);
      if (!before) Lend(town, kAnna, kBen);
      town.chain().Call(by_receiver ? kBen : other,
                        {.contract = market,
                         .data = "rent",
                         .internals = {{.caller = market, .to = kAnna, .amount = 4 * kSunPerTrx}}});
      if (before) Lend(town, kAnna, kBen);
      const Surveyed made(town);
      EXPECT_EQ(LoansIn(made).edges.size(), before || by_receiver ? 0U : 1U);
    }
  }
}

// Bandwidth ties nobody, but who lends it to many is a rental.
TEST(EnergyLoans, AreOfEnergy) {
  for (const std::uint32_t others : {kMostReceivers - 1, kMostReceivers}) {
    Town town;
    Stake(town, kAnna);
    town.chain().Freeze(kAnna, 1'000 * kSunPerTrx, tron::Resource::kBandwidth);
    PayBothWays(town, kAnna, kBen);
    for (std::uint32_t i = 0; i < others; ++i) PayBothWays(town, kAnna, Town::Person(10 + i));
    town.Pass(kPaidWithinBlocks + 1);
    Lend(town, kAnna, kBen);
    for (std::uint32_t i = 0; i < others; ++i) {
      town.chain().Delegate(kAnna, Town::Person(10 + i), kSunPerTrx, tron::Resource::kBandwidth);
    }
    const Surveyed made(town);
    const FoundTies found = LoansIn(made);
    EXPECT_EQ(found.edges.size(), others < kMostReceivers ? 1U : 0U);
    if (!found.edges.empty()) {
      EXPECT_TRUE(made.HasEdge(found.edges, kAnna, kBen, AccountRule::kEnergyDelegation));
    }
  }
}

TEST(EnergyLoans, OfManyReceiversAreARental) {
  for (const std::uint32_t receivers : {kMostReceivers, kMostReceivers + 1, kRentalReceivers + 1}) {
    Town town;
    Stake(town, kAnna);
    for (std::uint32_t i = 0; i < receivers; ++i) PayBothWays(town, kAnna, Town::Person(10 + i));
    town.Pass(kPaidWithinBlocks + 1);
    for (std::uint32_t i = 0; i < receivers; ++i) Lend(town, kAnna, Town::Person(10 + i));
    const Surveyed made(town);
    const FoundTies found = LoansIn(made);
    EXPECT_EQ(found.edges.size(), receivers == kMostReceivers ? receivers : 0U);
    EXPECT_EQ(found.rentals.size(), receivers > kRentalReceivers ? 1U : 0U);
  }
}

TEST(Activations, TieWhoOpenedAnAccountAndIsPaidByIt) {
  Town town;
  const Address fresh = Town::Fresh(1);
  const Address silent = Town::Fresh(2);
  const Address by_contract = Town::Fresh(3);
  town.PayTrx(kAnna, fresh, 50 * kSunPerTrx);
  town.PayTrx(fresh, kAnna, kSunPerTrx);
  town.PayTrx(kAnna, silent, 50 * kSunPerTrx);
  town.PayTrx(silent, kBen, kSunPerTrx);
  town.chain().CreateAccount(kBen, by_contract);
  town.PayTrx(kAnna, by_contract, 50 * kSunPerTrx);
  town.PayTrx(kBen, by_contract, 50 * kSunPerTrx);
  town.PayTrx(by_contract, kBen, kSunPerTrx);
  const Surveyed made(town);
  const FoundTies found = OpeningsIn(made);
  EXPECT_EQ(found.edges.size(), 2U);
  EXPECT_TRUE(made.HasEdge(found.edges, kAnna, fresh, AccountRule::kActivation));
  EXPECT_TRUE(made.HasEdge(found.edges, kBen, by_contract, AccountRule::kActivation));
  EXPECT_FALSE(made.AreJoined(Profile::kStrict, kAnna, fresh));
  EXPECT_TRUE(made.AreJoined(Profile::kStandard, kAnna, fresh));
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, kAnna, silent));
}

TEST(Activations, ByWhoOpensManyTieNobody) {
  for (const std::uint32_t opened : {kMostActivations, kMostActivations + 1}) {
    Town town;
    for (std::uint32_t i = 0; i < opened; ++i) {
      town.PayTrx(kAnna, Town::Fresh(i), 50 * kSunPerTrx);
      town.PayTrx(Town::Fresh(i), kAnna, kSunPerTrx);
    }
    const Surveyed made(town);
    EXPECT_EQ(OpeningsIn(made).edges.size(), opened == kMostActivations ? opened : 0U);
  }
}

// In mid-chain nobody knows how many somebody lent to or opened before.
TEST(Ties, AreNotToldInAWindow) {
  for (const std::uint64_t first_number : {0U, 1'000U}) {
    Town town(first_number);
    const Address fresh = Town::Fresh(1);
    town.chain().CreateAccount(kAnna, fresh);
    PayBothWays(town, kAnna, fresh);
    Stake(town, kAnna);
    PayBothWays(town, kAnna, kBen);
    town.Pass(kPaidWithinBlocks + 1);
    Lend(town, kAnna, kBen);
    const Surveyed made(town);
    EXPECT_EQ(OpeningsIn(made).edges.size(), first_number == 0 ? 1U : 0U);
    EXPECT_EQ(LoansIn(made).edges.size(), first_number == 0 ? 1U : 0U);
  }
}

// Dust back is no payment (T8).
TEST(Activations, DoNotCountDust) {
  Town town;
  town.PayTrx(kAnna, Town::Fresh(1), 50 * kSunPerTrx);
  town.PayTrx(Town::Fresh(1), kAnna, 10'000);
  const Surveyed made(town);
  EXPECT_EQ(OpeningsIn(made).edges.size(), 0U);
  EXPECT_EQ(OpeningsIn(made).one_way, 1U);
}

// What belongs to a service is nobody's friend: its gas wallet opens accounts and gets TRX back.
TEST(Ties, LeaveServicesAlone) {
  Town town;
  const TownService brook{Town::Person(500), Town::Person(501)};
  town.AddCustomers(brook, 0, kLeastSweepers);
  Stake(town, brook.hot);
  PayBothWays(town, brook.hot, kAnna);
  town.Pass(kPaidWithinBlocks + 1);
  Lend(town, brook.hot, kAnna);
  const Surveyed made(town);
  EXPECT_EQ(LoansIn(made).edges.size(), 0U);
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, brook.hot, kAnna));
}

}  // namespace
}  // namespace coinwake
