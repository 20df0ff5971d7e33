// Goal: rule T1 finds accounts that are swept as deposit accounts are, and none that breaks any of
// its conditions. Method: one chain with a service of many customers, and accounts that are like
// its deposit accounts but for one thing each.
#include <gtest/gtest.h>

#include "tests/heuristics/account_town.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kUsdt = kUnitsInUsdt;

const TownService kBrook{Town::Person(500), Town::Person(501)};
const TownService kOther{Town::Person(502), Town::Person(503)};
const Address kPayer = Town::Person(510);
const Address kFriend = Town::Person(511);

TEST(Deposits, AreFoundWithTheirService) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  const Surveyed made(town);
  EXPECT_EQ(made.sweepers().unread, 0U);
  EXPECT_EQ(made.services().services, 1U);
  EXPECT_EQ(made.services().deposits.size(), kLeastSweepers);
  EXPECT_EQ(made.ServiceOf(Town::Fresh(7)), made.Number(kBrook.hot));
  EXPECT_TRUE(made.HasEdge(made.services().joining, Town::Fresh(7), kBrook.hot,
                           AccountRule::kDepositSweep));
}

TEST(Deposits, OfFewCustomersMakeNoService) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers - 1);
  const Surveyed made(town);
  EXPECT_TRUE(made.IsSweeper(Town::Fresh(7)));
  EXPECT_EQ(made.services().services, 0U);
  EXPECT_EQ(made.services().deposits.size(), 0U);
  // Unless its hot wallet is known.
  const Surveyed known(town, {{kBrook.hot, 1}});
  EXPECT_EQ(known.services().deposits.size(), kLeastSweepers - 1);
}

// Deposits `micro` and sweeps all but `left` of it.
void SweepBut(Town& town, const Address& deposit, std::uint64_t micro, std::uint64_t left) {
  town.Give(kPayer, micro);
  town.Pay(kPayer, deposit, micro);
  town.PayTrx(kBrook.gas, deposit, 30 * kSunPerTrx);
  town.chain().NextBlock();
  const Uint256 held = town.chain().truth().TokenOf(town.usdt(), deposit);
  town.Pay(deposit, kBrook.hot, static_cast<std::uint64_t>(held) - left);
  town.chain().NextBlock();
}

TEST(Deposits, BreakNoCondition) {
  Town town;
  const Address good = Town::Fresh(601);
  const Address once = Town::Fresh(602);
  const Address pays_usdt = Town::Fresh(603);
  const Address pays_trx = Town::Fresh(604);
  const Address keeps_much = Town::Fresh(605);
  const Address keeps_one = Town::Fresh(606);
  const Address keeps_hundredth = Town::Fresh(607);
  const Address keeps_trx = Town::Fresh(608);
  const Address only_trx = Town::Fresh(609);
  const Address pays_three = Town::Fresh(610);
  const Address pays_contract = Town::Fresh(611);
  const Address pays_token = Town::Fresh(612);
  const Address is_slandered = Town::Fresh(613);
  for (const Address& deposit :
       {good, pays_usdt, pays_trx, pays_three, pays_contract, pays_token, is_slandered}) {
    town.Deposit(kBrook, kPayer, deposit);
    town.Deposit(kBrook, kPayer, deposit);
  }
  town.Deposit(kBrook, kPayer, once);
  town.Give(pays_usdt, 2 * kUsdt);
  town.Pay(pays_usdt, kFriend, 2 * kUsdt);
  town.Pay(pays_usdt, kOther.hot, 0);  // nothing, which is no second payee
  town.PayTrx(pays_trx, kFriend, kSunPerTrx);
  for (int i = 0; i < 2; ++i) {
    SweepBut(town, keeps_much, 100 * kUsdt, 5 * kUsdt);
    SweepBut(town, keeps_one, 20 * kUsdt, kUsdt);
    SweepBut(town, keeps_hundredth, 1'000 * kUsdt, 10 * kUsdt);
    town.PayTrx(kPayer, keeps_trx, 100 * kSunPerTrx);
    town.PayTrx(keeps_trx, kBrook.hot, 80 * kSunPerTrx);
    town.PayTrx(kPayer, only_trx, 100 * kSunPerTrx);
    town.PayTrx(only_trx, kBrook.hot, 100 * kSunPerTrx);
  }
  for (const Address& hot : {kOther.hot, kFriend}) {
    town.Give(pays_three, 2 * kUsdt);
    town.Pay(pays_three, hot, 2 * kUsdt);
  }
  const Address box = town.chain().DeployContract(kPayer, "Box");
  town.Give(pays_contract, 2 * kUsdt);
  town.Pay(pays_contract, box, 2 * kUsdt);
  // Of its own token, in its own name: that is a payment. Another's token can claim anything, and
  // dust of USDT that the account never sent says nothing either.
  const AssetId token = town.chain().DeployToken(kFriend, "Coupon");
  town.chain().Mint(token, 1'000'000);
  for (const Address& deposit : {pays_token, is_slandered}) {
    town.chain().TokenTransfer(token, kFriend, deposit, 400'000);
  }
  town.chain().TokenTransfer(token, pays_token, kFriend, 400'000);
  town.chain().TokenTransferFrom(token, kFriend, is_slandered, kOther.hot, 400'000);
  town.chain().TokenTransferFrom(town.usdt(), kFriend, is_slandered, kOther.hot, 0);
  town.chain().NextBlock();
  const Surveyed made(town, {{kBrook.hot, 1}});
  for (const Address& deposit : {good, keeps_one, keeps_hundredth, only_trx, is_slandered}) {
    EXPECT_EQ(made.ServiceOf(deposit), made.Number(kBrook.hot)) << deposit.ToBase58();
  }
  for (const Address& account :
       {once, pays_usdt, pays_trx, keeps_much, keeps_trx, pays_three, pays_contract, pays_token}) {
    EXPECT_EQ(made.ServiceOf(account), std::nullopt) << account.ToBase58();
  }
}

// Where an index begins in mid-chain, nobody knows what more a sweep may have left.
TEST(Deposits, AreSweptOfWhatIsKnownToHaveCome) {
  for (const std::uint64_t first_number : {0U, 1'000U}) {
    Town town(first_number);
    const Address person = Town::Person(512);
    const auto sweep = [&town, &person](std::int64_t sun) {
      town.PayTrx(kPayer, person, 5 * kSunPerTrx);
      town.PayTrx(person, kBrook.hot, sun);
    };
    sweep(100'005 * kSunPerTrx);  // with what it had from the beginning
    sweep(5 * kSunPerTrx);
    const Surveyed before(town);
    EXPECT_EQ(before.IsSweeper(person), first_number == 0);
    sweep(5 * kSunPerTrx);
    const Surveyed after(town);
    EXPECT_TRUE(after.IsSweeper(person));
  }
}

// A window may begin between a deposit and its sweep, which then is no payment of another kind.
TEST(Deposits, AreNotGivenUpForASweepOfWhatCameBefore) {
  Town town(1'000);
  const Address person = Town::Person(512);
  town.PayTrx(person, kBrook.hot, 50 * kSunPerTrx);
  for (int i = 0; i < 2; ++i) {
    town.Pass(kSweepWindowBlocks / 2);
    town.PayTrx(person, kBrook.hot, 100 * kSunPerTrx);  // of what it had before, again
    town.PayTrx(kPayer, person, 5 * kSunPerTrx);
    if (i == 1) {
      EXPECT_FALSE(Surveyed(town).IsSweeper(person));
    }
    town.PayTrx(person, kBrook.hot, 5 * kSunPerTrx);
  }
  EXPECT_TRUE(Surveyed(town).IsSweeper(person));
  town.PayTrx(kPayer, person, 5 * kSunPerTrx);
  town.PayTrx(person, kBrook.hot, 3 * kSunPerTrx);  // leaves some of what is known
  EXPECT_FALSE(Surveyed(town).IsSweeper(person));
}

TEST(Deposits, ComeFromContractsToo) {
  Town town;
  const Address deposit = Town::Fresh(601);
  const Address payer = town.chain().DeployContract(kFriend, "Payer", 1'000 * kSunPerTrx);
  town.chain().CreateAccount(kFriend, deposit);
  for (int i = 0; i < 2; ++i) {
    town.chain().Call(kFriend,
                      {.contract = payer,
                       .data = "pay",
                       .internals = {{.caller = payer, .to = deposit, .amount = 20 * kSunPerTrx}}});
    town.PayTrx(deposit, kBrook.hot, 20 * kSunPerTrx);
  }
  const Surveyed made(town);
  EXPECT_TRUE(made.IsSweeper(deposit));
}

TEST(Deposits, AreSweptWithinHalfADay) {
  Town town;
  const Address in_time = Town::Fresh(601);
  const Address late = Town::Fresh(602);
  for (const Address& deposit : {in_time, late}) town.Deposit(kBrook, kPayer, deposit);
  town.Give(kPayer, 10 * kUsdt);
  for (const Address& deposit : {in_time, late}) town.Pay(kPayer, deposit, 5 * kUsdt);
  town.Pass(kSweepWindowBlocks);
  town.Pay(in_time, kBrook.hot, 5 * kUsdt);
  town.Pass(1);
  town.Pay(late, kBrook.hot, 5 * kUsdt);
  const Surveyed made(town);
  EXPECT_TRUE(made.IsSweeper(in_time));
  EXPECT_FALSE(made.IsSweeper(late));
}

TEST(Deposits, AreNoContractsAndNothingIsSweptIntoOne) {
  Town town;
  const Address vault = town.chain().DeployContract(kFriend, "Vault");
  const Address pool = town.chain().DeployContract(kFriend, "Pool");
  const Address into_pool = Town::Fresh(601);
  for (int i = 0; i < 2; ++i) {
    town.Give(vault, 7 * kUsdt);
    town.chain().Call(kFriend, {.contract = vault,
                                .data = "out",
                                .transfers = {{town.usdt(), vault, kBrook.hot, 7 * kUsdt}}});
    town.Deposit({pool, kBrook.gas}, kPayer, into_pool);
  }
  const Surveyed made(town);
  EXPECT_FALSE(made.IsSweeper(vault));
  EXPECT_FALSE(made.IsSweeper(into_pool));
}

// An account with more events than are read is said to be one, and nothing else of it.
TEST(Deposits, OfTooManyEventsAreCountedAsUnread) {
  Town town;
  const Address busy = Town::Fresh(601);
  town.Deposit(kBrook, kPayer, busy);
  town.Deposit(kBrook, kPayer, busy);
  for (std::size_t i = 0; i < kMostEventsRead; ++i) {
    town.Give(busy, 1);
    if (i % 500 == 0) town.chain().NextBlock();
  }
  // The bank pays three above dust, which is seen without reading its events.
  for (const Address& account : {kFriend, kOther.hot}) town.Give(account, kUsdt);
  const Surveyed made(town);
  EXPECT_FALSE(made.IsSweeper(busy));
  EXPECT_EQ(made.sweepers().unread, 1U);
}

}  // namespace
}  // namespace coinwake
