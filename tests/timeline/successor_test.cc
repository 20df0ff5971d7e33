// Goal: successors are those whom enough of a subject's payers begin to pay, with the chance of it,
// and nobody else. Method: ledgers made by hand, both sides of each threshold; random ledgers
// against a reference that looks at everything.
#include "timeline/successor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/timeline/ledger.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kSeller = 100;
constexpr std::uint64_t kNew = 200;
constexpr std::uint64_t kShop = 300;

class SuccessorsTest : public ::testing::Test {
 protected:
  // Payers 1 to `count` pay the seller once each, then `others` people pay the shop, which was paid
  // before.
  void PaySeller(std::uint64_t count) {
    ledger_.Pay(0, 99, kShop);
    for (std::uint64_t i = 1; i <= count; ++i) ledger_.Pay(1, i, kSeller);
  }
  void PayFromOthers(std::uint64_t others) {
    for (std::uint64_t i = 0; i < others; ++i) ledger_.Pay(5, 1'000 + i, kShop);
  }
  absl::StatusOr<FoundSuccessors> TryFind(SuccessorSearch search) {
    auto receipts = ReadReceipts(search.sources, search.subject, {}, nullptr);
    EXPECT_THAT(receipts, IsOk());
    if (search.after == 0) search.after = receipts->all.back().at.number + 1;
    if (search.end == 0) search.end = ledger_.payments().size();
    return FindSuccessors(search, receipts->all);
  }
  FoundSuccessors Find(const SuccessorSearch& search) {
    auto found = TryFind(search);
    EXPECT_THAT(found, IsOk());
    return *std::move(found);
  }
  SuccessorSearch Search() {
    SuccessorSearch search{
        .sources = {ledger_.addresses(), ledger_.entities()},
        .is_service = [this](AddressNum node) { return services_.contains(node.value); }};
    search.subject = {AddressNum{kSeller}};
    return search;
  }
  static std::vector<std::uint64_t> NodesOf(const FoundSuccessors& found) {
    std::vector<std::uint64_t> nodes;
    for (const Successor& one : found.successors) nodes.push_back(one.node.value);
    return nodes;
  }

  Ledger ledger_;
  std::set<std::uint64_t> services_;
};

TEST_F(SuccessorsTest, ShareEnoughPayers) {
  PaySeller(4);
  PayFromOthers(20);
  ledger_.Pay(6, 1, kNew, 7);
  ledger_.Pay(7, 2, kNew, 8);
  ledger_.Pay(8, 3, kNew, 9);
  ledger_.Pay(9, 1, kNew, 1);
  ledger_.Pay(9, 500, kNew);
  ledger_.Pay(9, 1, 201);
  ledger_.Pay(9, 2, 201);
  const FoundSuccessors found = Find(Search());
  ASSERT_THAT(found.successors, SizeIs(1));
  const Successor& one = found.successors[0];
  EXPECT_EQ(one.node.value, kNew);
  EXPECT_EQ(one.first.number, 25U);
  EXPECT_EQ(one.last.number, 29U);
  EXPECT_EQ(one.amount, 25U);
  EXPECT_EQ(one.drawn, 4U);
  ASSERT_THAT(one.shared, SizeIs(3));
  EXPECT_EQ(one.shared[1].payer.value, 2U);
  EXPECT_EQ(one.shared[1].paid_subject, TxNum{2});
  EXPECT_EQ(one.shared[1].paid_successor, TxNum{26});
  EXPECT_EQ(found.payers, 4U);
  EXPECT_EQ(found.marked, 3U);       // the fourth pays nobody after
  EXPECT_EQ(found.population, 24U);  // three of the seller's, 500, and twenty others
  EXPECT_EQ(found.examined, 2U);
  EXPECT_EQ(one.chance, ProbabilityOfSharing({24, 3, 4}, 3));
  EXPECT_EQ(one.corrected, Corrected(one.chance, 2));
  EXPECT_FALSE(found.is_cut);
  EXPECT_FALSE(found.is_population_cut);

  SuccessorSearch two = Search();
  two.least_shared = 2;
  EXPECT_THAT(NodesOf(Find(two)), ElementsAre(kNew, 201));
}

TEST_F(SuccessorsTest, WereNotPaidBefore) {
  ledger_.Pay(0, 77, kNew);
  PaySeller(3);
  for (std::uint64_t i = 1; i <= 3; ++i) ledger_.Pay(6, i, kNew);
  const FoundSuccessors found = Find(Search());
  EXPECT_THAT(found.successors, IsEmpty());
  EXPECT_EQ(found.old, 1U);
  SuccessorSearch later = Search();
  later.after = 5;  // whoever paid the seller before that, and paid the new one after
  EXPECT_THAT(Find(later).successors, IsEmpty());
}

TEST_F(SuccessorsTest, BeginAtAGivenMoment) {
  PaySeller(3);
  for (std::uint64_t i = 1; i <= 3; ++i) ledger_.Pay(6, i, kNew);
  ledger_.Pay(7, 50, kSeller);  // a straggler, after it all
  EXPECT_THAT(Find(Search()).successors, IsEmpty());
  SuccessorSearch search = Search();
  search.after = 4;
  EXPECT_THAT(NodesOf(Find(search)), ElementsAre(kNew));
  search.end = 6;  // two of the three
  EXPECT_THAT(Find(search).successors, IsEmpty());
}

TEST_F(SuccessorsTest, AreNoServicesAndNotTheSellerHimself) {
  PaySeller(3);
  ledger_.Hold(kSeller, 101);
  for (std::uint64_t i = 1; i <= 3; ++i) ledger_.Pay(6, i, kNew);
  for (std::uint64_t i = 1; i <= 3; ++i) ledger_.Pay(6, i, 101);
  services_ = {kNew};
  FoundSuccessors found = Find(Search());
  EXPECT_THAT(found.successors, IsEmpty());
  EXPECT_EQ(found.services, 1U);
  EXPECT_EQ(found.own, 1U);
  services_ = {2};  // one of the payers is an exchange
  found = Find(Search());
  EXPECT_THAT(found.successors, IsEmpty());
  EXPECT_EQ(found.payers, 2U);
  EXPECT_EQ(found.services, 1U);
}

TEST_F(SuccessorsTest, LeaveOutHubs) {
  PaySeller(3);
  for (std::uint64_t i = 1; i <= 3; ++i) ledger_.Pay(6, i, kNew);
  for (std::uint64_t i = 0; i < 5; ++i) ledger_.Pay(7, 1, 400 + i);
  SuccessorSearch search = Search();
  search.limits.payer_payments = 7;  // the first payer has as many
  search.limits.candidate_payments = 3;
  EXPECT_THAT(NodesOf(Find(search)), ElementsAre(kNew));
  search.limits.payer_payments = 6;
  FoundSuccessors found = Find(search);
  EXPECT_THAT(found.successors, IsEmpty());
  EXPECT_EQ(found.hubs, 1U);
  search.limits.payer_payments = 7;
  search.limits.candidate_payments = 2;
  found = Find(search);
  EXPECT_THAT(found.successors, IsEmpty());
  EXPECT_EQ(found.hubs, 1U);
}

TEST_F(SuccessorsTest, AreAddressesOrClusters) {
  PaySeller(3);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    ledger_.Hold(kNew, kNew + i);  // a fresh address for each customer
    ledger_.Pay(6, i, kNew + i);
  }
  EXPECT_THAT(Find(Search()).successors, IsEmpty());
  SuccessorSearch search = Search();
  search.by_entity = true;
  EXPECT_THAT(NodesOf(Find(search)), ElementsAre(kNew));
}

TEST_F(SuccessorsTest, AreNoChangeAndNoMix) {
  PaySeller(3);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    ledger_.Hold(i, 10 + i);
    ledger_.Add({6, {i}, {{kShop, 5}, {10 + i, 5}}});
    ledger_.Add({6, {i, 900}, {{kNew, 5}, {901, 5}}, /*is_mix=*/true});
  }
  const FoundSuccessors found = Find(Search());
  EXPECT_THAT(found.successors, IsEmpty());
  EXPECT_EQ(found.examined, 1U);  // the shop
  EXPECT_EQ(found.old, 1U);
}

TEST_F(SuccessorsTest, SayWhatWasCut) {
  PaySeller(4);
  for (std::uint64_t i = 1; i <= 4; ++i) ledger_.Pay(6, i, kNew);
  SuccessorSearch search = Search();
  search.limits.payers = 3;
  EXPECT_TRUE(Find(search).is_cut);
  EXPECT_EQ(Find(search).payers, 3U);
  search.limits = {.rows = 4};
  EXPECT_TRUE(Find(search).is_cut);
  search.limits = {.population_rows = 2};
  EXPECT_TRUE(Find(search).is_population_cut);
  EXPECT_FALSE(Find(search).is_cut);
  const AlwaysCancelled cancelled;
  search.limits = {};
  search.cancellation = &cancelled;
  EXPECT_THAT(TryFind(search), StatusIs(absl::StatusCode::kCancelled));
}

// What the reference says of one node.
struct Expected {
  std::set<std::uint64_t> shared;
  std::set<std::uint64_t> drawn;
  bool is_old = false;
};

// All by the words of timeline/successor.h, over addresses, without limits, services and mixes.
std::map<std::uint64_t, Expected> Reference(const Ledger& ledger, std::uint64_t after,
                                            std::uint64_t* population, std::uint64_t* marked,
                                            std::uint64_t* examined) {
  std::set<std::uint64_t> customers;
  std::set<std::uint64_t> old;
  std::set<std::uint64_t> active;
  std::set<std::uint64_t> paid_by_customers;
  std::map<std::uint64_t, Expected> expected;
  const std::uint64_t own = ledger.HolderOf(kSeller);
  for (int pass = 0; pass < 2; ++pass) {
    for (std::uint64_t i = 0; i < ledger.payments().size(); ++i) {
      const LedgerPayment& payment = ledger.payments()[i];
      const std::uint64_t payer = ledger.HolderOf(payment.payers[0]);
      for (const auto& [to, amount] : payment.payees) {
        if (ledger.HolderOf(to) == payer) continue;
        if (pass == 0 && i < after) {
          old.insert(to);
          if (to == kSeller) customers.insert(payer);
        }
        if (pass == 0 || i < after) continue;
        active.insert(payer);
        expected[to].drawn.insert(payer);
        if (!customers.contains(payer) || ledger.HolderOf(to) == own) continue;
        paid_by_customers.insert(to);
        expected[to].shared.insert(payer);
      }
    }
  }
  std::erase_if(expected, [](const auto& one) { return one.second.shared.size() < 2; });
  for (auto& [node, one] : expected) one.is_old = old.contains(node);
  *population = active.size();
  *marked = static_cast<std::uint64_t>(std::count_if(
      customers.begin(), customers.end(), [&](std::uint64_t one) { return active.contains(one); }));
  *examined = paid_by_customers.size();
  return expected;
}

TEST_F(SuccessorsTest, AreThoseOfTheReference) {
  std::mt19937 random(3);
  std::size_t told = 0;
  std::size_t unlikely = 0;
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    Ledger ledger;
    for (std::uint64_t address = 1; address < 40; ++address) {
      if (random() % 3 == 0) ledger.Hold(1 + random() % 40, address);
    }
    ledger.Pay(0, 5, kSeller);
    for (int i = 0; i < 120; ++i) {
      const std::uint64_t newest = 1 + static_cast<std::uint64_t>(i) / 3;
      const std::uint64_t to =
          i < 60 && random() % 4 == 0 ? kSeller : 1 + (newest + random() % 12) % 50;
      const std::uint64_t from = 1 + random() % 20;
      LedgerPayment payment{i, {from}, {{to, 1 + random() % 9}}};
      if (random() % 3 == 0) payment.payees.push_back({60 + random() % 5, 3});
      ledger.Add(payment);
    }
    SuccessorSearch search{.sources = {ledger.addresses(), ledger.entities()},
                           .is_service = [](AddressNum) { return false; }};
    search.subject = {AddressNum{kSeller}};
    search.least_shared = 2;
    search.after = 65;
    search.end = ledger.payments().size();
    auto receipts = ReadReceipts(search.sources, search.subject, {}, nullptr);
    ASSERT_THAT(receipts, IsOk());
    auto found = FindSuccessors(search, receipts->all);
    ASSERT_THAT(found, IsOk());
    std::uint64_t population = 0;
    std::uint64_t marked = 0;
    std::uint64_t examined = 0;
    const auto expected = Reference(ledger, search.after, &population, &marked, &examined);
    EXPECT_EQ(found->population, population);
    EXPECT_EQ(found->marked, marked);
    EXPECT_EQ(found->examined, examined);
    std::vector<Probability> controls;
    for (const auto& [node, one] : expected) {
      if (!one.is_old) continue;
      controls.push_back(
          ProbabilityOfSharing({population, marked, one.drawn.size()}, one.shared.size()));
    }
    EXPECT_EQ(found->old, controls.size());
    ASSERT_THAT(found->successors, SizeIs(expected.size() - controls.size()));
    for (const Successor& one : found->successors) {
      ASSERT_TRUE(expected.contains(one.node.value));
      const Expected& that = expected.at(one.node.value);
      EXPECT_FALSE(that.is_old);
      const auto as_unlikely =
          std::count_if(controls.begin(), controls.end(),
                        [&one](const Probability& other) { return other <= one.chance; });
      EXPECT_EQ(one.old_as_unlikely, static_cast<std::uint64_t>(as_unlikely));
      if (as_unlikely > 0) ++unlikely;
      std::set<std::uint64_t> shared;
      for (const SharedPayer& payer : one.shared) shared.insert(payer.payer.value);
      EXPECT_EQ(shared, that.shared);
      EXPECT_EQ(one.drawn, that.drawn.size());
      EXPECT_EQ(one.chance,
                ProbabilityOfSharing({population, marked, that.drawn.size()}, shared.size()));
    }
    EXPECT_TRUE(std::is_sorted(
        found->successors.begin(), found->successors.end(),
        [](const Successor& a, const Successor& b) { return a.corrected < b.corrected; }));
    told += found->successors.size();
  }
  EXPECT_GT(told, 100U);
  EXPECT_GT(unlikely, 10U);
  EXPECT_LT(unlikely, told);
}

}  // namespace
}  // namespace coinwake::test
