// Goal: transactions and events become payments by the rule, and typologies of an index are those
// of its payments. Method: chains made by hand, with one thing of each sort.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/poisoning.h"
#include "heuristics/services.h"
#include "tests/heuristics/account_town.h"
#include "tests/heuristics/wallet_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "typologies/account_payments.h"
#include "typologies/output_payments.h"
#include "typologies/output_peel.h"
#include "typologies/typology.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kAnyRows = 1'000'000;

class OutputPaymentsTest : public ::testing::Test {
 protected:
  void Build(IndexBuilder& chain) {
    auto index = chain.Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    auto facts = FactsReader::Make(view());
    ASSERT_THAT(facts, IsOk());
    facts_.emplace(*std::move(facts));
  }
  void Build() { Build(chain_); }
  const View& view() const { return *index_.view; }
  NodePayment PaymentOf(const std::string& tx, const Partition* partition = nullptr) {
    return PaymentOf(chain_.TransactionOf(tx), partition);
  }
  NodePayment PaymentOf(TxNum tx, const Partition* partition = nullptr) {
    OutputPayments source(*facts_, partition);
    std::uint64_t rows = 0;
    auto payment = source.Read(tx.value, &rows);
    EXPECT_THAT(payment, IsOk());
    return *std::move(payment);
  }
  std::pair<AddressNum, std::uint64_t> Part(const std::string& address, std::uint64_t value) {
    return {chain_.AddressOf(address), value};
  }
  static std::vector<std::pair<AddressNum, std::uint64_t>> PartsOf(
      const std::vector<PaymentPart>& parts) {
    std::vector<std::pair<AddressNum, std::uint64_t>> pairs;
    pairs.reserve(parts.size());
    for (const PaymentPart& part : parts) {
      pairs.emplace_back(part.node, static_cast<std::uint64_t>(part.amount));
    }
    return pairs;
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  OpenIndex index_;
  std::optional<FactsReader> facts_;
};

TEST_F(OutputPaymentsTest, LeavesOutChangeAndTellsTheFee) {
  chain_.AddBlock({{"mint", {}, {{"alice", 50}}}});
  chain_.AddBlock({{}, {"pay", {Spend("mint", 0)}, {{"bob", 30}, {"alice", 19}}}});
  Build();
  const NodePayment payment = PaymentOf("pay");
  EXPECT_THAT(PartsOf(payment.payers), ElementsAre(Part("alice", 50)));
  EXPECT_THAT(PartsOf(payment.payees), ElementsAre(Part("bob", 30)));
  EXPECT_EQ(payment.lost, 1U);
  EXPECT_FALSE(payment.is_mix);
  EXPECT_EQ(payment.at.height, 2U);
  EXPECT_EQ(payment.at.time, 1'700'001'200);
  const NodePayment mint = PaymentOf("mint");
  ASSERT_THAT(mint.payers, SizeIs(1));
  EXPECT_EQ(mint.payers[0].node, kNobodyAddress);
  EXPECT_THAT(PartsOf(mint.payees), ElementsAre(Part("alice", 50)));
}

TEST_F(OutputPaymentsTest, AddsUpWhatOneNodePaysAndGets) {
  chain_.AddBlock({{"mint", {}, {{"alice", 10}, {"alice", 20}, {"carol", 5}}}});
  chain_.AddBlock({{},
                   {"pay",
                    {Spend("mint", 0), Spend("mint", 1), Spend("mint", 2)},
                    {{"bob", 7}, {"dave", 8}, {"bob", 9}, {"carol", 11}}}});
  Build();
  EXPECT_THAT(PartsOf(PaymentOf("pay").payers), ElementsAre(Part("alice", 30), Part("carol", 5)));
  EXPECT_THAT(PartsOf(PaymentOf("pay").payees), ElementsAre(Part("bob", 16), Part("dave", 8)));

  ASSERT_OK_AND_ASSIGN(const auto partition, Partition::Build(view(), Profile::kStrict, 1, 0));
  EXPECT_THAT(PartsOf(PaymentOf("pay", partition.get()).payers), ElementsAre(Part("alice", 35)));
  OutputPayments source(*facts_, partition.get());
  ASSERT_OK_AND_ASSIGN(const auto numbers, source.NumbersOf(chain_.AddressOf("alice"), 10));
  EXPECT_THAT(numbers.numbers,
              ElementsAre(chain_.TransactionOf("mint").value, chain_.TransactionOf("pay").value));
  EXPECT_TRUE(numbers.is_all);
  ASSERT_OK_AND_ASSIGN(const auto first, source.NumbersOf(chain_.AddressOf("alice"), 1));
  EXPECT_THAT(first.numbers, ElementsAre(chain_.TransactionOf("mint").value));
  EXPECT_FALSE(first.is_all);
}

TEST_F(OutputPaymentsTest, TakesAMixForOne) {
  SimpleTransaction mint{"mint", {}, {}};
  SimpleTransaction mix{"mix", {}, {}};
  for (std::uint32_t i = 0; i < 5; ++i) {
    const std::string name = std::to_string(i);
    mint.outputs.push_back({"in " + name, (10 + i) * kCoin});
    mix.inputs.push_back(Spend("mint", i));
    mix.outputs.push_back({"mixed " + name, 5 * kCoin});
    mix.outputs.push_back({"change " + name, (5 + i) * kCoin - 10'000});
  }
  chain_.AddBlock({mint});
  chain_.AddBlock({{}, mix});
  Build();
  EXPECT_TRUE(PaymentOf("mix").is_mix);
}

TEST_F(OutputPaymentsTest, KnowsNobodyBehindUnknownCoins) {
  IndexBuilder window({.window_from_height = 100});
  window.AddBlock({{}, {"pay", {SpendForeign("old", 10), SpendUnresolved()}, {{"bob", 50}}}});
  Build(window);
  const NodePayment payment = PaymentOf(window.TransactionOf("pay"));
  ASSERT_THAT(payment.payers, SizeIs(2));
  EXPECT_EQ(payment.payers[0].node, window.AddressOf("old"));
  EXPECT_EQ(payment.payers[1].node, kNobodyAddress);
  EXPECT_EQ(payment.payers[1].amount, 40U);
}

// Peel chains.

class OutputPeelTest : public OutputPaymentsTest {
 protected:
  // "pay 1" to "pay `payments`", a block each, from the payer's 100 coins on: a coin to a shop, a
  // coin of fee, and change.
  void AddChain(int payments) {
    AddPayments(payments);
    Build();
  }
  // `returned`: that payment's coin goes to the payer instead.
  void AddPayments(int payments, int returned = 0) {
    chain_.AddBlock({{"coin", {}, {{"payer", 100 * kCoin}}}});
    for (int i = 1; i <= payments; ++i) {
      const std::string number = std::to_string(i);
      SimpleTransaction pay{"pay " + number, {}, {}};
      pay.inputs = {i == 1 ? Spend("coin", 0) : Spend("pay " + std::to_string(i - 1), 1)};
      pay.inputs[0].flags.sequence_class = SequenceClass::kReplaceable;
      pay.outputs = {SegwitOutput("shop " + number, kCoin),
                     {"change " + number, static_cast<std::uint64_t>(100 - 2 * i) * kCoin}};
      if (i == returned) pay.outputs[0] = {"payer", kCoin};
      chain_.AddBlock({{}, pay});
    }
  }
  std::vector<OutputPeel> PeelsOf(const PeelParameters& parameters,
                                  std::uint64_t max_rows = kAnyRows,
                                  const Partition* partition = nullptr) {
    const OutputPayments payments(*facts_, partition);
    const OutputPeelSearch search{*facts_, payments, payments.NodeOf(chain_.AddressOf("payer")),
                                  is_service_};
    auto found =
        FindOutputPeels(search, {chain_.TransactionOf("pay 1")}, parameters, max_rows, nullptr);
    EXPECT_THAT(found, IsOk());
    is_cut_ = found->is_cut;
    return found->chains;
  }
  std::function<bool(AddressNum)> is_service_;
  bool is_cut_ = false;
};

// What a service pays of its own is no wallet's peel.
TEST_F(OutputPeelTest, EndsAtServices) {
  AddChain(9);
  ASSERT_THAT(PeelsOf({}), SizeIs(1));
  const AddressNum service = chain_.AddressOf("change 6");
  is_service_ = [service](AddressNum address) { return address == service; };
  const auto found = PeelsOf({.least_hops = 2});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].transactions, SizeIs(6));
}

TEST_F(OutputPeelTest, NeedsEnoughHops) {
  AddChain(6);
  const auto found = PeelsOf({});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].transactions, SizeIs(6));
  EXPECT_EQ(found[0].transactions.front(), chain_.TransactionOf("pay 1"));
  EXPECT_EQ(found[0].amount, 5 * kCoin);
  EXPECT_EQ(found[0].counterparties, 5U);
  EXPECT_THAT(PeelsOf({.least_hops = 6}), IsEmpty());
}

TEST_F(OutputPeelTest, PeelsLittleAndSoon) {
  AddChain(6);
  // A coin of 100, 98, .. 92.
  EXPECT_THAT(PeelsOf({.greatest_peel_permille = 11}), SizeIs(1));
  EXPECT_THAT(PeelsOf({.greatest_peel_permille = 10}), IsEmpty());
  EXPECT_THAT(PeelsOf({.gap_s = 600}), SizeIs(1));
  EXPECT_THAT(PeelsOf({.gap_s = 599}), IsEmpty());
}

TEST_F(OutputPeelTest, SaysWhereRowsRanOut) {
  AddChain(6);
  EXPECT_FALSE(PeelsOf({})[0].is_cut);
  EXPECT_FALSE(is_cut_);
  EXPECT_THAT(PeelsOf({}, 3), IsEmpty());
  EXPECT_TRUE(is_cut_);
  const auto found = PeelsOf({.least_hops = 2}, 25);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_LT(found[0].transactions.size(), 6U);
  EXPECT_TRUE(found[0].is_cut);
}

// Two of the shops turn out to be one, as who spends their coins together knows.
TEST_F(OutputPeelTest, CountsNodes) {
  AddPayments(6);
  chain_.AddBlock({{}, {"merge", {Spend("pay 1", 0), Spend("pay 2", 0)}, {{"vault", kCoin}}}});
  Build();
  ASSERT_OK_AND_ASSIGN(const auto partition, Partition::Build(view(), Profile::kStrict, 1, 0));
  const auto by_address = PeelsOf({});
  const auto by_cluster = PeelsOf({}, kAnyRows, partition.get());
  ASSERT_THAT(by_address, SizeIs(1));
  ASSERT_THAT(by_cluster, SizeIs(1));
  EXPECT_EQ(by_address[0].counterparties, 5U);
  EXPECT_EQ(by_cluster[0].counterparties, 4U);
  EXPECT_EQ(by_cluster[0].amount, 5 * kCoin);
}

TEST_F(OutputPeelTest, PeelsNothingOffToTheSubject) {
  AddPayments(9, /*returned=*/4);
  Build();
  const auto found = PeelsOf({.least_hops = 2});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].transactions, SizeIs(4));
  EXPECT_EQ(found[0].counterparties, 3U);
}

TEST_F(OutputPeelTest, IsFoundAroundAnAddress) {
  AddChain(6);
  OutputPayments source(*facts_, nullptr);
  const TypologySearch search{
      .source = source, .is_service = [](AddressNum) { return false; }, .facts = &*facts_};
  const AddressNum payer = chain_.AddressOf("payer");
  ASSERT_OK_AND_ASSIGN(
      const FoundTypologies found,
      FindTypologies(search, payer, view().Script(payer),
                     {TypologyKind::kPeelChain, TypologyKind::kPassThrough},
                     DefaultParameters(kHundredUsdInSatoshi, /*has_accounts=*/false)));
  ASSERT_THAT(found.typologies, SizeIs(2));
  EXPECT_EQ(found.typologies[0].kind, TypologyKind::kPeelChain);
  EXPECT_EQ(found.typologies[0].shuffles, 0U);
  EXPECT_EQ(ScoreText(found.typologies[0]), "");
  EXPECT_EQ(found.typologies[1].kind, TypologyKind::kPassThrough);
  EXPECT_EQ(found.typologies[1].amount, 99 * kCoin);
}

// Accounts.

TEST(AccountPayments, LeavesOutDustAndTellsLosses) {
  Town town;
  const Address alice = Town::Person(1);
  const Address bob = Town::Person(2);
  town.Give(alice, 1'000'000'000);
  town.Pay(alice, bob, 200'000'000);
  town.Pay(alice, bob, kMostDust);
  town.Pay(alice, bob, kMostDust + 1);
  town.chain().Transfer(alice, Town::Fresh(1), 5 * kSunPerTrx);  // which burns a fee
  town.chain().NextBlock();
  Surveyed surveyed(town);
  const AccountView& view = surveyed.view();
  const AddressNum alice_number = surveyed.Number(alice);
  const auto amounts = [&](AssetNum asset, std::vector<std::uint64_t>* lost) {
    AccountPayments source(view, asset, nullptr);
    std::vector<std::uint64_t> paid;
    const auto numbers = source.NumbersOf(alice_number, 100);
    EXPECT_THAT(numbers, IsOk());
    EXPECT_TRUE(numbers->is_all);
    for (const std::uint64_t number : numbers->numbers) {
      std::uint64_t rows = 0;
      const auto payment = source.Read(number, &rows);
      EXPECT_THAT(payment, IsOk());
      EXPECT_EQ(rows, 1U);
      if (payment->lost != 0) lost->push_back(static_cast<std::uint64_t>(payment->lost));
      if (payment->payees.empty() || payment->payers.front().node != alice_number) continue;
      paid.push_back(static_cast<std::uint64_t>(payment->payees.front().amount));
    }
    return paid;
  };
  std::vector<std::uint64_t> lost;
  EXPECT_THAT(amounts(UsdtIn(view, town), &lost), ElementsAre(200'000'000, kMostDust + 1));
  EXPECT_THAT(lost, IsEmpty());
  EXPECT_THAT(amounts(kTrxAsset, &lost), ElementsAre(5 * kSunPerTrx));
  EXPECT_THAT(lost, ::testing::Not(IsEmpty()));

  AccountPayments source(view, UsdtIn(view, town), nullptr);
  ASSERT_OK_AND_ASSIGN(const auto first, source.NumbersOf(alice_number, 2));
  EXPECT_THAT(first.numbers, SizeIs(2));
  EXPECT_FALSE(first.is_all);
}

TEST(AccountPayments, MovesNothingWithinACluster) {
  Town town;
  const TownService service{Town::Person(100), Town::Person(101)};
  town.AddCustomers(service, 200, kLeastSweepers);
  town.chain().NextBlock();
  Surveyed surveyed(town);
  const auto clusters = surveyed.Clusters(Profile::kStrict);
  const AssetNum usdt = UsdtIn(surveyed.view(), town);
  const AddressNum deposit = surveyed.Number(Town::Fresh(200));
  ASSERT_EQ(clusters->ClusterOf(deposit), clusters->ClusterOf(surveyed.Number(service.hot)));
  AccountPayments alone(surveyed.view(), usdt, nullptr);
  AccountPayments together(surveyed.view(), usdt, clusters.get());
  ASSERT_OK_AND_ASSIGN(const auto numbers, alone.NumbersOf(deposit, 100));
  std::size_t payments = 0;
  std::size_t swept = 0;
  for (const std::uint64_t number : numbers.numbers) {
    std::uint64_t rows = 0;
    ASSERT_OK_AND_ASSIGN(const NodePayment one, alone.Read(number, &rows));
    ASSERT_OK_AND_ASSIGN(const NodePayment in_cluster, together.Read(number, &rows));
    ++payments;
    EXPECT_THAT(one.payees, SizeIs(1));
    if (one.payers.front().node != deposit) continue;
    ++swept;
    EXPECT_THAT(in_cluster.payees, IsEmpty());
  }
  EXPECT_EQ(payments, 4U);  // two rounds of a deposit and its sweep
  EXPECT_EQ(swept, 2U);
  ASSERT_OK_AND_ASSIGN(const auto all, together.NumbersOf(clusters->ClusterOf(deposit), 1'000));
  EXPECT_THAT(all.numbers, SizeIs(4 * kLeastSweepers));
}

}  // namespace
}  // namespace coinwake::test
