// Goal: rules T2 and T7, what joins a service's accounts and what must not. Method: towns with one
// or two services, each condition broken once.
#include "heuristics/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "heuristics/givings.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const TownService kBrook{Town::Person(500), Town::Person(501)};
const TownService kOther{Town::Person(502), Town::Person(503)};
const Address kPayer = Town::Person(510);

TEST(Services, JoinDepositsWithHotAndGasWallet) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  const Address without_gas = Town::Fresh(601);
  const Address with_energy = Town::Fresh(602);
  town.chain().Freeze(kBrook.gas, 10'000 * kSunPerTrx, tron::Resource::kEnergy);
  for (int i = 0; i < 2; ++i) {
    town.Deposit(kBrook, kPayer, without_gas, {.with_gas = false});
    town.Deposit(kBrook, kPayer, with_energy, {.by_energy = i == 1});
  }
  const Surveyed made(town);
  EXPECT_EQ(made.services().gas_wallets, 1U);
  const Address deposit = Town::Fresh(7);
  EXPECT_TRUE(made.HasEdge(made.services().joining, kBrook.gas, deposit, AccountRule::kGasWallet));
  EXPECT_TRUE(
      made.HasEdge(made.services().joining, kBrook.gas, with_energy, AccountRule::kGasWallet));
  for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
    EXPECT_TRUE(made.AreJoined(profile, deposit, kBrook.hot));
    EXPECT_TRUE(made.AreJoined(profile, deposit, kBrook.gas));
    EXPECT_TRUE(made.AreJoined(profile, deposit, Town::Fresh(8)));
    // T1 alone joins nothing, and a customer never belongs to his service.
    EXPECT_FALSE(made.AreJoined(profile, without_gas, kBrook.hot));
    EXPECT_FALSE(made.AreJoined(profile, Town::Person(7), kBrook.hot));
  }
  EXPECT_TRUE(made.ServiceOf(without_gas).has_value());
}

TEST(Services, NeedAGasWalletOfTwentyOthers) {
  for (const std::uint64_t served : {kLeastServed, kLeastServed + 1}) {
    Town town;
    town.AddCustomers(kBrook, 0, served);
    town.AddCustomers(kBrook, served, kLeastSweepers - served, /*with_gas=*/false);
    const Surveyed made(town);
    EXPECT_EQ(made.services().services, 1U);
    EXPECT_EQ(made.services().gas_wallets, served > kLeastServed ? 1U : 0U);
    EXPECT_EQ(made.AreJoined(Profile::kStrict, Town::Fresh(1), kBrook.hot), served > kLeastServed);
  }
}

// A label may say so of a contract, which takes part in nothing.
TEST(Services, TakeNoContractForAHotWallet) {
  for (const bool is_contract : {false, true}) {
    Town town;
    const Address vault = is_contract ? town.chain().DeployContract(kPayer, "Vault") : kBrook.hot;
    town.AddCustomers({vault, kBrook.gas}, 0, kLeastServed + 1);
    const Surveyed made(town, {{vault, 1}});
    EXPECT_EQ(made.services().services, is_contract ? 0U : 1U);
    EXPECT_EQ(made.AreJoined(Profile::kStrict, Town::Fresh(1), vault), !is_contract);
  }
}

// A label may name any account of a service: it must not keep the others from being found.
TEST(Services, AreFoundWhicheverOfTheirAccountsIsKnown) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  for (const Address& known : {kBrook.hot, kBrook.gas, Town::Fresh(9)}) {
    const Surveyed made(town, {{known, 1}});
    EXPECT_TRUE(made.AreJoined(Profile::kStrict, kBrook.hot, kBrook.gas));
    EXPECT_TRUE(made.AreJoined(Profile::kStrict, kBrook.hot, Town::Fresh(9)));
    EXPECT_TRUE(made.AreJoined(Profile::kStrict, kBrook.hot, Town::Fresh(3)));
  }
  // And who does nothing that shows it is nobody's neighbour all the same.
  const Surveyed made(town, {{kPayer, 1}});
  EXPECT_EQ(made.services().roles[made.Number(kPayer).value], ServiceRole::kHot);
  EXPECT_EQ(made.services().services, 1U);
}

TEST(Services, TakeForGasWhatIsSmallAndBeforeASweepOfUsdt) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  const Address much = Town::Fresh(601);
  const Address after = Town::Fresh(602);
  const Address bandwidth = Town::Fresh(603);
  town.chain().Freeze(kBrook.gas, 1'000 * kSunPerTrx, tron::Resource::kBandwidth);
  for (int i = 0; i < 2; ++i) {
    for (const Address& deposit : {much, after, bandwidth}) {
      town.Give(kPayer, 9'000'000);
      town.Pay(kPayer, deposit, 9'000'000);
      if (!town.chain().truth().IsActive(deposit)) town.chain().CreateAccount(kPayer, deposit);
      if (deposit == much) town.PayTrx(kBrook.gas, much, 51 * kSunPerTrx);
      if (deposit == bandwidth) {
        town.chain().Delegate(kBrook.gas, bandwidth, kSunPerTrx, tron::Resource::kBandwidth);
      }
      town.Pay(deposit, kBrook.hot, 9'000'000);
    }
  }
  town.PayTrx(kBrook.gas, after, 30 * kSunPerTrx);
  const Surveyed made(town);
  EXPECT_EQ(made.services().gas_wallets, 1U);
  for (const Address& deposit : {much, after, bandwidth}) {
    EXPECT_TRUE(made.ServiceOf(deposit).has_value());
    EXPECT_FALSE(made.AreJoined(Profile::kStrict, deposit, kBrook.hot));
  }
}

TEST(Services, TakeNoDepositOfTwoGasWallets) {
  Town town;
  const TownService second{kBrook.hot, Town::Person(504)};
  town.AddCustomers(kBrook, 0, 30);
  town.AddCustomers(second, 30, 30);
  const Address both = Town::Fresh(601);
  town.Deposit(kBrook, kPayer, both);
  town.Deposit(second, kPayer, both);
  const Surveyed made(town);
  EXPECT_EQ(made.services().gas_wallets, 2U);
  EXPECT_TRUE(made.AreJoined(Profile::kStrict, Town::Fresh(1), Town::Fresh(31)));
  EXPECT_FALSE(made.AreJoined(Profile::kStrict, both, kBrook.hot));
}

// Who provides for two services rents energy out, as far as anybody can tell.
TEST(Services, TakeNoGasWalletOfTwo) {
  Town town;
  const TownService other{kOther.hot, kBrook.gas};
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  town.AddCustomers(other, 100, kLeastSweepers);
  const Surveyed made(town);
  EXPECT_EQ(made.services().services, 2U);
  EXPECT_EQ(made.services().gas_wallets, 0U);
  EXPECT_EQ(made.services().shared_suppliers, 1U);
  EXPECT_THAT(made.services().joining, IsEmpty());
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, Town::Fresh(1), Town::Fresh(101)));
  // T7: the two may be one service. Which of them is known says who the candidate is.
  EXPECT_THAT(made.services().sweep_targets, SizeIs(1));
  const Surveyed known(town, {{kOther.hot, 7}});
  EXPECT_TRUE(known.HasEdge(known.services().sweep_targets, kBrook.hot, kOther.hot,
                            AccountRule::kSweepTarget));
  const Surveyed both(town, {{kOther.hot, 7}, {kBrook.hot, 8}});
  EXPECT_THAT(both.services().sweep_targets, IsEmpty());
  // And where they are known to be one, it is a gas wallet.
  const Surveyed one(town, {{kOther.hot, 7}, {kBrook.hot, 7}});
  EXPECT_EQ(one.services().gas_wallets, 1U);
  EXPECT_EQ(one.ServiceOf(Town::Fresh(1)), one.ServiceOf(Town::Fresh(101)));
}

// An exchange pays withdrawals into deposit accounts of another, some before a sweep there.
TEST(Services, TakeNoExchangeForAGasWallet) {
  for (const std::uint64_t more : {0U, 1U}) {
    Town town;
    // Twice for each customer, and nearly or just as often for somebody else.
    town.AddCustomers(kBrook, 0, kLeastSweepers);
    for (std::uint64_t i = 0; i < 2 * kLeastSweepers - 1 + more; ++i) {
      town.PayTrx(kBrook.gas, kPayer, kSunPerTrx);
    }
    const Surveyed made(town);
    EXPECT_EQ(made.services().gas_wallets, 1 - more);
    EXPECT_EQ(made.services().busy_suppliers, more);
  }
  Town town;
  town.AddCustomers(kOther, 100, kLeastSweepers);
  town.AddCustomers({kBrook.hot, kOther.hot}, 0, kLeastSweepers);
  const Surveyed made(town);
  EXPECT_EQ(made.services().services, 2U);
  EXPECT_EQ(made.services().gas_wallets, 1U);
  EXPECT_EQ(made.services().busy_suppliers, 1U);
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, kBrook.hot, kOther.hot));
}

// A rental has customers of all kinds. One of them may be a service with most of the loans.
TEST(Services, TakeNoRentalForAGasWallet) {
  for (const std::uint32_t payees : {1U, 3U}) {
    for (const std::uint32_t others : {kMostOtherReceivers, kMostOtherReceivers + 1}) {
      SCOPED_TRACE(std::to_string(payees) + " " + std::to_string(others));
      Town town;
      town.AddCustomers(kBrook, 0, kLeastSweepers);
      for (std::uint32_t i = 0; i < others; ++i) {
        town.PayTrx(kBrook.gas, Town::Person(300 + i), kSunPerTrx);
        for (std::uint32_t j = 0; j < payees; ++j) {
          town.PayTrx(Town::Person(300 + i), Town::Person(510 + j), kSunPerTrx);
        }
      }
      const Surveyed made(town);
      EXPECT_EQ(made.services().gas_wallets, others > kMostOtherReceivers ? 0U : 1U);
      EXPECT_EQ(made.AreJoined(Profile::kStrict, Town::Fresh(1), kBrook.hot),
                others <= kMostOtherReceivers);
    }
  }
}

// Gas goes to accounts that were swept once only as well, or will be; they are no strangers.
TEST(Services, CountWhatGoesToAccountsSweptOnce) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  for (std::uint64_t i = 200; i < 200 + 3 * kLeastSweepers; ++i) {
    town.Deposit(kBrook, kPayer, Town::Fresh(i));
  }
  const Surveyed made(town);
  EXPECT_EQ(made.services().gas_wallets, 1U);
  EXPECT_TRUE(made.AreJoined(Profile::kStrict, Town::Fresh(1), kBrook.hot));
}

// A trader pays TRX into deposit accounts of many customers. What is swept before the USDT was no
// gas; of what lies there nobody can tell, but he pays USDT there as well.
TEST(Services, TakeNoPayerForAGasWallet) {
  const Address trader = Town::Person(511);
  for (const bool is_swept_first : {true, false}) {
    Town town;
    for (int round = 0; round < 2; ++round) {
      for (std::uint64_t i = 0; i < kLeastSweepers; ++i) {
        const Address& payer = is_swept_first || round == 0 ? Town::Person(i) : trader;
        town.PayTrx(trader, Town::Fresh(i), 40 * kSunPerTrx);
        town.Give(payer, 5'000'000);
        town.Pay(payer, Town::Fresh(i), 5'000'000);
        if (is_swept_first) town.PayTrx(Town::Fresh(i), kBrook.hot, 40 * kSunPerTrx);
        town.chain().NextBlock();
        town.Pay(Town::Fresh(i), kBrook.hot, 5'000'000);
      }
    }
    const Surveyed made(town);
    EXPECT_EQ(made.services().deposits.size(), kLeastSweepers);
    EXPECT_EQ(made.services().gas_wallets, 0U);
    for (const Profile profile : {Profile::kStrict, Profile::kExploratory}) {
      EXPECT_FALSE(made.AreJoined(profile, trader, kBrook.hot));
      EXPECT_FALSE(made.AreJoined(profile, trader, Town::Fresh(1)));
    }
  }
}

// Nor does one join who pays TRX where somebody else lends the energy: a gas wallet does both.
TEST(Services, TakeNoDepositOfOneForTrxAndOneForEnergy) {
  Town town;
  const Address trader = Town::Person(511);
  town.chain().Freeze(kBrook.gas, 90'000 * kSunPerTrx, tron::Resource::kEnergy);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i <= kLeastServed; ++i) {
      town.PayTrx(trader, Town::Fresh(i), 40 * kSunPerTrx);
      town.Deposit(kBrook, Town::Person(i), Town::Fresh(i), {.by_energy = true});
    }
  }
  const Surveyed made(town, {{kBrook.hot, 1}});
  EXPECT_EQ(made.services().deposits.size(), kLeastServed + 1);
  EXPECT_THAT(made.services().joining, IsEmpty());
  EXPECT_FALSE(made.AreJoined(Profile::kExploratory, trader, kBrook.hot));
}

TEST(Services, HaveTwoHotWalletsWhereManyAreSweptIntoBoth) {
  for (const std::uint64_t shared : {kLeastShared - 1, kLeastShared}) {
    Town town;
    const TownService second{kOther.hot, kBrook.gas};
    town.AddCustomers(kBrook, 0, kLeastSweepers);
    town.AddCustomers(second, 100, kLeastSweepers);
    for (std::uint64_t i = 200; i < 200 + shared; ++i) {
      town.Deposit(kBrook, Town::Person(i), Town::Fresh(i));
      town.Deposit(second, Town::Person(i), Town::Fresh(i));
    }
    const Surveyed made(town);
    EXPECT_EQ(made.services().services, shared < kLeastShared ? 2U : 1U);
    EXPECT_EQ(made.ServiceOf(Town::Fresh(200)).has_value(), shared == kLeastShared);
    EXPECT_EQ(made.AreJoined(Profile::kStrict, kBrook.hot, kOther.hot), shared == kLeastShared);
  }
}

TEST(Services, AreTheSameInWhateverOrderTheyAreKnown) {
  Town town;
  town.AddCustomers(kBrook, 0, 2);
  town.AddCustomers(kOther, 100, 2);
  const std::vector<std::pair<Address, std::uint32_t>> known = {
      {kBrook.hot, 8}, {kBrook.hot, 7}, {kOther.hot, 7}};
  const Surveyed one(town, known);
  const Surveyed other(town, {known.rbegin(), known.rend()});
  EXPECT_EQ(one.services().services, 1U);
  EXPECT_EQ(other.services().services, 1U);
  EXPECT_EQ(one.services().deposits, other.services().deposits);
}

// People who forward all they get to somebody who forwards it to a hot wallet: he is no hot wallet.
TEST(Services, AreNotWhatIsItselfSwept) {
  Town town;
  const Address merchant = Town::Fresh(601);
  town.AddCustomers({merchant, kBrook.gas}, 0, kLeastSweepers);
  for (int i = 0; i < 2; ++i) town.Deposit(kOther, kPayer, merchant);
  const Surveyed made(town);
  EXPECT_TRUE(made.IsSweeper(merchant));
  EXPECT_EQ(made.services().services, 0U);
}

}  // namespace
}  // namespace coinwake
