// Goal: rule T6 joins who pay into one deposit account, exactly within its window, and nobody else.
// Method: the matching alone on lists made by hand, then towns.
#include "heuristics/deposit_reuse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/heuristics/account_town.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

AccountMovement Move(std::uint64_t number, std::uint64_t height, std::uint64_t amount) {
  AccountMovement move;
  move.number = EventNum{number};
  move.height = height;
  move.event.amount = amount;
  return move;
}

TEST(MatchSweeps, TakesTheFirstSweepOfTheAmountInTheWindow) {
  const std::vector<AccountMovement> payments = {Move(1, 10, 500), Move(3, 11, 700),
                                                 Move(9, 40, 500)};
  const std::vector<AccountMovement> sweeps = {Move(0, 9, 500), Move(5, 12, 700), Move(6, 13, 500),
                                               Move(7, 14, 500)};
  EXPECT_THAT(MatchSweeps(payments, sweeps, 0),
              ElementsAre(PassedOn{0, 2, 1000}, PassedOn{1, 1, 1000}));
}

TEST(MatchSweeps, EndsWithTheWindow) {
  const std::vector<AccountMovement> payments = {Move(1, 10, 500)};
  const std::vector<AccountMovement> last = {Move(2, 10 + kSweepWindowBlocks, 500)};
  const std::vector<AccountMovement> late = {Move(2, 11 + kSweepWindowBlocks, 500)};
  EXPECT_THAT(MatchSweeps(payments, last, 0), ElementsAre(PassedOn{0, 0, 500}));
  EXPECT_THAT(MatchSweeps(payments, late, 0), IsEmpty());
}

// Rounded, 1.2501 and 1.2499 would be two different numbers, and the nearest payment before a sweep
// the only one looked at (ALGORITHMS 5.3): neither is so here.
TEST(MatchSweeps, IsExactAboutWhatIsKept) {
  const std::vector<AccountMovement> payments = {Move(1, 10, 12'501), Move(2, 10, 90'000)};
  EXPECT_THAT(MatchSweeps(payments, std::vector{Move(3, 10, 12'499)}, 4),
              ElementsAre(PassedOn{0, 0, 750}));
  EXPECT_THAT(MatchSweeps(payments, std::vector{Move(3, 10, 12'496)}, 4), IsEmpty());
  EXPECT_THAT(MatchSweeps(payments, std::vector{Move(3, 10, 12'502)}, 4), IsEmpty());
}

TEST(MatchSweeps, TriesABoundedNumberOfSweeps) {
  const std::vector<AccountMovement> payments = {Move(1, 10, 500)};
  std::vector<AccountMovement> sweeps;
  for (std::uint64_t i = 0; i < kMostSweepsTried; ++i) sweeps.push_back(Move(2 + i, 10, 900));
  sweeps.push_back(Move(1'000, 10, 500));
  EXPECT_THAT(MatchSweeps(payments, sweeps, 0), IsEmpty());
  sweeps.erase(sweeps.begin());
  EXPECT_THAT(MatchSweeps(payments, sweeps, 0).size(), 1U);
}

const TownService kBrook{Town::Person(500), Town::Person(501)};

FoundReuse ReuseIn(const Surveyed& made, int threads = 1) {
  auto found = FindReuse(made.reader(), made.use(), made.services(), threads);
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  return found.ok() ? *found : FoundReuse();
}

TEST(DepositReuse, JoinsWhoPayIntoOneDepositAccount) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  town.Deposit(kBrook, Town::Person(300), Town::Fresh(5));
  town.Deposit(kBrook, Town::Person(301), Town::Fresh(5));
  const Surveyed made(town);
  EXPECT_EQ(ReuseIn(made).edges.size(), 2U);
  EXPECT_TRUE(made.AreJoined(Profile::kExploratory, Town::Person(300), Town::Person(301)));
  EXPECT_TRUE(made.AreJoined(Profile::kExploratory, Town::Person(300), Town::Person(5)));
  EXPECT_FALSE(made.AreJoined(Profile::kStandard, Town::Person(300), Town::Person(5)));
  // Never through the deposit account, which is the service's.
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, Town::Person(5), Town::Fresh(5)));
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, Town::Person(5), Town::Person(6)));
  const auto clusters = made.Clusters(Profile::kExploratory);
  ASSERT_OK_AND_ASSIGN(
      const std::vector<AccountEdge> chain,
      clusters->evidence().Chain(made.Number(Town::Person(300)), made.Number(Town::Person(301))));
  ASSERT_EQ(chain.size(), 2U);
  for (const AccountEdge& edge : chain) {
    EXPECT_EQ(edge.rule, AccountRule::kDepositReuse);
    EXPECT_EQ(edge.via, made.Number(Town::Fresh(5)).value);
  }
}

TEST(DepositReuse, SaysNothingOfAnAccountGivenToMany) {
  for (const std::uint64_t payers : {kMostDepositors, kMostDepositors + 1}) {
    Town town;
    town.AddCustomers(kBrook, 0, kLeastSweepers);
    for (std::uint64_t i = 1; i < payers; ++i) {
      town.Deposit(kBrook, Town::Person(300 + i), Town::Fresh(5));
    }
    const Surveyed made(town);
    const FoundReuse found = ReuseIn(made);
    EXPECT_EQ(found.edges.size(), payers == kMostDepositors ? kMostDepositors - 1 : 0U);
    EXPECT_EQ(found.shared, payers == kMostDepositors ? 0U : 1U);
  }
}

TEST(DepositReuse, SaysNothingOfWhoPaysIntoMany) {
  for (const std::uint64_t deposits : {kMostDepositsOfOne, kMostDepositsOfOne + 1}) {
    Town town;
    town.AddCustomers(kBrook, 0, kLeastSweepers);
    for (std::uint64_t i = 0; i < deposits; ++i) {
      town.Deposit(kBrook, Town::Person(300), Town::Fresh(i));
    }
    const Surveyed made(town);
    const FoundReuse found = ReuseIn(made);
    EXPECT_EQ(found.hubs, deposits > kMostDepositsOfOne ? 1U : 0U);
    EXPECT_EQ(found.edges.size(), deposits > kMostDepositsOfOne ? 0U : deposits);
  }
}

// Who pays into many says nothing, and takes nothing from the others: he was the first here.
TEST(DepositReuse, JoinsTheOthersWhereAHubPaid) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  for (std::uint64_t i = 0; i <= kMostDepositsOfOne; ++i) {
    for (int round = 0; round < 2; ++round) {
      town.Deposit(kBrook, Town::Person(300), Town::Fresh(700 + i));
    }
  }
  for (const std::uint64_t n : {301U, 302U}) {
    town.Deposit(kBrook, Town::Person(n), Town::Fresh(700));
  }
  const Surveyed made(town);
  const FoundReuse found = ReuseIn(made);
  EXPECT_EQ(found.hubs, 1U);
  EXPECT_EQ(found.edges.size(), 1U);
  EXPECT_TRUE(made.AreJoined(Profile::kExploratory, Town::Person(301), Town::Person(302)));
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, Town::Person(301), Town::Person(300)));
}

TEST(DepositReuse, NeedsTheAmountToBePassedOn) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  town.Give(Town::Person(300), 3'000'000);
  town.Pay(Town::Person(300), Town::Fresh(5), 3'000'000);
  town.Deposit(kBrook, Town::Person(5), Town::Fresh(5));  // takes both along
  const Surveyed made(town);
  EXPECT_THAT(ReuseIn(made).edges, IsEmpty());
}

// Dust is no payment, and who looks like somebody the account deals with is not what he seems.
TEST(DepositReuse, IsNotPoisoned) {
  const Address shop = tron::ParseAddress("TCT6jNKgQ3whsaQvkdsdrETC5MdpRzRvvQ").value();
  const Address alike = tron::ParseAddress("TCT6jVixYQMMwxFWz9JmtDp4H7zAQjRvvQ").value();
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  for (const Address& account : {shop, alike}) {
    town.PayTrx(Town::Person(400), account, 1'000 * kSunPerTrx);
  }
  town.Deposit(kBrook, shop, Town::Fresh(5));
  town.Deposit(kBrook, alike, Town::Fresh(5));
  town.Deposit(kBrook, Town::Person(301), Town::Fresh(5), {.micro = 9'999});
  const Surveyed made(town);
  EXPECT_TRUE(made.AreJoined(Profile::kExploratory, shop, Town::Person(5)));
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, alike, Town::Person(5)));
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, Town::Person(301), Town::Person(5)));
}

}  // namespace
}  // namespace coinwake
