// Goal: of one transaction the output that goes back to the payer is named, by the first of what
// may tell it, with what told it; and nothing where nothing may. Method: small chains with one case
// each; a chain whose wallets give their change away, for what later spending and the model say.
#include "heuristics/change_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/address_use.h"
#include "heuristics/change_rules.h"
#include "heuristics/change_scan.h"
#include "heuristics/cluster.h"
#include "heuristics/co_spend_scan.h"
#include "heuristics/payment_reader.h"
#include "heuristics/shared_keys.h"
#include "tests/heuristics/wallet_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

SimpleOutput Data() { return {"", 0, {0x6a, 0x01, 0x00}, ScriptType::kNullData}; }

// An index in memory and its change.
class VerdictTest : public ::testing::Test {
 protected:
  static SimpleTransaction Pay(const std::string& name, const std::vector<SimpleInput>& inputs,
                               const std::vector<SimpleOutput>& outputs) {
    SimpleTransaction tx;
    tx.name = name;
    tx.inputs = inputs;
    tx.outputs = outputs;
    return tx;
  }
  // A block of these transactions, after a coinbase of its own.
  static void AddTo(IndexBuilder& chain, const std::vector<SimpleTransaction>& transactions) {
    std::vector<SimpleTransaction> block = {{}};
    block.insert(block.end(), transactions.begin(), transactions.end());
    chain.AddBlock(block);
  }

  void Build(IndexBuilder& chain) {
    built_ = &chain;
    auto index = chain.Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    auto facts = FactsReader::Make(*index_.view);
    ASSERT_THAT(facts, IsOk());
    facts_.emplace(*std::move(facts));
  }
  ChangeVerdict Judge(const std::string& name, const ChangeModel* model = nullptr,
                      std::uint64_t max_rows = 0) {
    const TxNum tx = built_->TransactionOf(name);
    const auto verdict = JudgeChange(*facts_, tx, KindOf(*facts_, tx), model, max_rows);
    EXPECT_THAT(verdict, IsOk());
    if (!verdict.ok()) return {};
    EXPECT_EQ(verdict->vout.has_value(), verdict->basis != ChangeBasis::kNone);
    for (const std::string& reason : verdict->reasons) EXPECT_THAT(reason, StartsWith("change: "));
    return *verdict;
  }
  void ExpectNothing(const std::string& name) {
    const ChangeVerdict verdict = Judge(name);
    EXPECT_EQ(verdict.vout, std::nullopt) << name;
    EXPECT_THAT(verdict.reasons, IsEmpty()) << name;
  }

  IndexBuilder* built_ = nullptr;
  FaultFileSystem files_;
  OpenIndex index_;
  std::optional<FactsReader> facts_;
};

TEST_F(VerdictTest, HoldsWhatPaysThePayersAddressForChange) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"a", 10'000}, {"b", 10'000}, {"c", 10'000}, {"d", 10'000}}}});
  AddTo(chain, {Pay("pay", {Spend("mint", 0)}, {{"shop", 2'000}, Data(), {"a", 3'000}}),
                Pay("two", {Spend("mint", 1)}, {{"b", 2'000}, {"b", 3'000}}),
                Pay("back", {Spend("mint", 2)}, {{"c", 9'000}}),
                Pay("fresh", {Spend("mint", 3)}, {{"shop", 2'000}, {"e", 3'000}})});
  Build(chain);
  const ChangeVerdict pay = Judge("pay");
  EXPECT_EQ(pay.vout, 2u);
  EXPECT_EQ(pay.basis, ChangeBasis::kDirect);
  EXPECT_EQ(pay.confidence_permille, kDirectChangeConfidencePermille);
  EXPECT_THAT(pay.reasons,
              ElementsAre("change: output 2, which pays an address of the inputs, or its key; "
                          "confidence 0.990"));
  const ChangeVerdict two = Judge("two");
  EXPECT_EQ(two.vout, std::nullopt);
  EXPECT_THAT(two.reasons, ElementsAre(HasSubstr("2 outputs pay addresses of the inputs")));
  EXPECT_EQ(Judge("back").vout, 0u);
  ExpectNothing("fresh");
}

// Where there is no payer, or perhaps several.
TEST_F(VerdictTest, HoldsWhatPaysAnotherScriptOfThePayersKeyForChange) {
  std::vector<std::uint8_t> witness = ScriptOfName("a");  // P2WPKH with the same hash
  witness.erase(witness.begin(), witness.begin() + 3);
  witness.resize(20);
  witness.insert(witness.begin(), {0x00, 0x14});
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"a", 10'000}}}});
  SimpleTransaction pay = Pay("pay", {Spend("mint", 0)}, {{"shop", 2'000}});
  pay.outputs.push_back({"", 3'000, witness, ScriptType::kWitnessV0KeyHash});
  AddTo(chain, {pay});
  Build(chain);
  const ChangeVerdict verdict = Judge("pay");
  EXPECT_EQ(verdict.vout, 1u);
  EXPECT_EQ(verdict.basis, ChangeBasis::kDirect);
  // Plain from the start: no model learns from it.
  const std::unique_ptr<const AddressUse> use = LookUpAddressUse(*index_.view);
  const auto payment = PaymentReader(*facts_, *use).Read(chain.TransactionOf("pay"));
  ASSERT_TRUE(payment.has_value());
  EXPECT_EQ(DirectChange(*payment), 0b10u);
}

TEST_F(VerdictTest, HoldsNothingForChangeOfWhatIsNoPayment) {
  IndexBuilder chain;
  const SimpleOutput shared = {"", 5'000, kSharedKeys[0].Scripts()[1], ScriptType::kPubkeyHash};
  chain.AddBlock(
      {{"mint",
        {},
        {{"a", kCoin}, {"b", kCoin}, {"c", kCoin}, {"d", kCoin}, {"e", kCoin}, shared}}});
  SimpleTransaction sale = Pay("sale", {Spend("mint", 3)}, {{"x", 5}, {"d", 7}});
  sale.inputs[0].flags.anyone_can_pay = true;
  AddTo(chain, {Pay("mix", {Spend("mint", 0), Spend("mint", 1), Spend("mint", 2)},
                    {{"x1", 20'000},
                     {"x2", 20'000},
                     {"x3", 20'000},
                     {"c1", kCoin - 20'000},
                     {"c2", kCoin - 20'500},
                     {"c3", kCoin - 21'000}}),
                Pay("chips", {Spend("mint", 4)},
                    {{"k1", 400'000}, {"k2", 400'000}, {"k3", 400'000}, {"k4", 400'000}, {"e", 7}}),
                sale,
                Pay("everybody's", {Spend("mint", 5)},
                    {{"x", 1'000}, {"", 2'000, shared.script, shared.type}})});
  chain.AddBlock({{}, Pay("again", {Spend("mix", 3), Spend("mix", 0)}, {{"y", 5}})});
  Build(chain);
  ASSERT_TRUE(JudgeMix(facts_->Read(chain.TransactionOf("mix")), nullptr).may_have_parties());
  for (const char* name : {"mint", "mix", "chips", "sale", "everybody's"}) ExpectNothing(name);
  for (const char* name : {"mint", "mix", "chips", "sale"}) {
    EXPECT_FALSE(IsOfOneParty(facts_->Read(chain.TransactionOf(name)))) << name;
  }
  EXPECT_TRUE(IsOfOneParty(facts_->Read(chain.TransactionOf("again"))));
}

class PremixTest : public VerdictTest {
 protected:
  static SimpleOutput Segwit(const std::string& name, std::uint64_t value) {
    return SegwitOutput(name, value);
  }
  // A Tx0 for the pool of a hundredth of a bitcoin.
  static std::vector<SimpleOutput> Cut(const std::string& name, std::uint64_t change) {
    return {Data(), Segwit(name + " fee", 50'000), Segwit(name + " p1", 1'010'000),
            Segwit(name + " p2", 1'010'000), Segwit(name + " change", change)};
  }
  void SetUp() override {
    SimpleTransaction mint;
    mint.name = "mint";
    for (const char* who : {"a", "b", "c", "d", "e", "f"}) mint.outputs.push_back({who, 2'700'000});
    chain_.AddBlock({mint});
    SimpleTransaction others;
    others.name = "others";
    for (const char* who : {"o1", "o2", "o3", "o4"}) {
      others.outputs.push_back(Segwit(who, 1'000'000));
    }
    chain_.AddBlock({others});
    std::vector<SimpleOutput> whole = Cut("whole", 0);
    whole.pop_back();
    std::vector<SimpleOutput> own = Cut("own", 400'000);
    own.back() = {"f", 400'000};
    AddTo(chain_, {Pay("mixed", {Spend("mint", 1), Spend("mint", 0)}, Cut("mixed", 3'000'000)),
                   Pay("alone", {Spend("mint", 2)}, Cut("alone", 400'000)),
                   Pay("like a fee", {Spend("mint", 3)}, Cut("like a fee", 60'000)),
                   Pay("whole", {Spend("mint", 4)}, whole), Pay("own", {Spend("mint", 5)}, own)});
    AddTo(chain_, {Mix("mix 1", "mixed", 0)});
    AddTo(chain_, {Mix("mix 2", "own", 1)});
  }
  // A Whirlpool mix that spends an output of `tx0`, and what four others had, or have from the mix
  // before.
  static SimpleTransaction Mix(const std::string& name, const std::string& tx0, int number) {
    SimpleTransaction mix;
    mix.name = name;
    mix.inputs = {Spend(tx0, 2)};
    for (std::uint32_t i = 0; i < 4; ++i) {
      mix.inputs.push_back(Spend(number == 0 ? "others" : "mix 1", i));
    }
    for (int i = 0; i < 5; ++i) {
      mix.outputs.push_back(Segwit(name + " to " + std::to_string(i), 1'000'000));
    }
    return mix;
  }

  IndexBuilder chain_;
};

TEST_F(PremixTest, HoldsWhatATx0LeavesOverForChange) {
  Build(chain_);
  const ChangeVerdict mixed = Judge("mixed");
  EXPECT_EQ(mixed.vout, 4u);
  EXPECT_EQ(mixed.basis, ChangeBasis::kPremix);
  EXPECT_EQ(mixed.confidence_permille, 900u);
  EXPECT_THAT(mixed.reasons, ElementsAre(HasSubstr("coordinator's fee; confidence 0.900")));
  EXPECT_EQ(Judge("alone").vout, 4u);
  EXPECT_EQ(Judge("alone").confidence_permille, 600u);
  ExpectNothing("like a fee");  // either may be the fee
  ExpectNothing("whole");
  EXPECT_EQ(Judge("own").basis, ChangeBasis::kDirect);
}

// For partitions: only what a mix has confirmed, and what joins two addresses.
TEST_F(PremixTest, FindsTheChangeOfTx0sThatWereMixed) {
  Build(chain_);
  for (const int threads : {1, 3}) {
    ASSERT_OK_AND_ASSIGN(const auto edges, FindPremixChange(*facts_, threads));
    const ChangeEdge mixed = {chain_.AddressOf("a"),  // the smaller of two
                              index_.view->AddressOf(chain_.OutputOf("mixed", 4)),
                              chain_.TransactionOf("mixed"), 900};
    EXPECT_THAT(edges, ElementsAre(mixed));
  }
}

TEST_F(PremixTest, FindsNothingInADamagedColumn) {
  Build(chain_);
  const std::string columns = ColumnsFolder(FolderOfNetwork("/data", Network::kBitcoinRegtest));
  const std::unique_ptr<FaultFileSystem> copy = files_.Clone();
  copy->FlipByte(columns + "/output_value.col", kColumnHeaderBytes, 1);
  ASSERT_OK_AND_ASSIGN(const OpenIndex damaged,
                       OpenForReading(*copy, "/data", Network::kBitcoinRegtest));
  ASSERT_OK_AND_ASSIGN(const FactsReader facts, FactsReader::Make(*damaged.view));
  EXPECT_THAT(FindPremixChange(facts, 2), StatusIs(absl::StatusCode::kDataLoss));
}

// Wallets as of WalletChain, then payments of each a case.
class KnownChangeTest : public VerdictTest {
 protected:
  static constexpr std::uint32_t kWallets = 400;
  static constexpr std::uint64_t kHeld = 10 * kCoin;

  IndexBuilder& chain() { return wallets_.builder(); }
  void PayUnknown(const std::string& of, PaymentLook look, const SimpleOutput& paid) {
    chain().AddBlock({{"mint " + of, {}, {{of, kHeld}}}});
    AddTo(chain(), {PayThreeCoins("pay " + of, Spend("mint " + of, 0), look, paid, "change " + of,
                                  /*nonce=*/0)});
  }
  absl::StatusOr<ChangeModel> Fit() {
    const View& view = *index_.view;
    COINWAKE_ASSIGN_OR_RETURN(const auto use, ScanAddressUse(view, 0));
    UnionByMin unions(view.addresses_count());
    COINWAKE_RETURN_IF_ERROR(UniteCoSpends(*facts_, TxNum{0}, 1, &unions));
    unions.Flatten();
    return FitChangeModel(*facts_, PaymentReader(*facts_, *use), unions, 1);
  }

  WalletChain wallets_{kWallets};
};

TEST_F(KnownChangeTest, HoldsWhatWasSpentBesideThePayersCoinsForChange) {
  // One wallet spends both outputs beside its other coin; another has its change where it was paid
  // beside its coins before.
  chain().AddBlock(
      {{"mint", {}, {{"s", kHeld}, {"s", kHeld}, {"t", kHeld}, {"t", kHeld}, {"u", 5}}}});
  AddTo(chain(), {Pay("split", {Spend("mint", 0)}, {{"s1", kCoin}, {"s2", kCoin}}),
                  SpendAll("before", {Spend("mint", 2), Spend("mint", 4)}, "sink t")});
  AddTo(chain(), {SpendAll("gather", {Spend("split", 0), Spend("split", 1), Spend("mint", 1)}, "v"),
                  Pay("pay t", {Spend("mint", 3)}, {{"u", kCoin}, {"shop t", kCoin}})});
  Build(chain());
  for (const std::uint32_t wallet : {1u, 2u, 7u}) {  // the last looks otherwise
    const std::string number = std::to_string(wallet);
    const ChangeVerdict verdict = Judge("pay " + number);
    EXPECT_EQ(verdict.vout, 1 - wallet % 2);
    EXPECT_EQ(verdict.basis, ChangeBasis::kSpends);
    EXPECT_EQ(verdict.confidence_permille, kCoSpendConfidencePermille);
    EXPECT_THAT(verdict.reasons, ElementsAre(testing::AllOf(
                                     HasSubstr("later spending"), HasSubstr("confidence 0.950"),
                                     HasSubstr(chain().TxidOf("merge " + number).ToDisplayHex()))));
  }
  const ChangeVerdict split = Judge("split");
  EXPECT_EQ(split.vout, std::nullopt);
  EXPECT_THAT(split.reasons,
              ElementsAre(HasSubstr("2 outputs are the payer's, as later spending")));
  const ChangeVerdict before = Judge("pay t");
  EXPECT_EQ(before.vout, 0u);
  EXPECT_EQ(before.basis, ChangeBasis::kSpends);
  EXPECT_THAT(before.reasons, ElementsAre(testing::Not(HasSubstr("later"))));
}

TEST_F(KnownChangeTest, DoesNotSayWhatItCouldNotReadToTheEnd) {
  Build(chain());
  EXPECT_EQ(Judge("pay 1", nullptr, 100).basis, ChangeBasis::kSpends);
  const ChangeVerdict verdict = Judge("pay 1", nullptr, 3);
  EXPECT_EQ(verdict.vout, std::nullopt);
  EXPECT_THAT(verdict.reasons, ElementsAre(HasSubstr("more than 3 inputs and outputs")));
}

TEST_F(KnownChangeTest, TakesTheModelsGuessWhereNothingElseTells) {
  PayUnknown("clear", PaymentLook::kClear, SegwitOutput("shop", 0));
  PayUnknown("odd", PaymentLook::kOdd, {"other shop"});
  Build(chain());
  ASSERT_OK_AND_ASSIGN(const ChangeModel model, Fit());
  ASSERT_TRUE(model.standard_threshold().has_value());
  const ChangeVerdict clear = Judge("pay clear", &model);
  EXPECT_EQ(clear.vout, 1u);
  EXPECT_EQ(clear.basis, ChangeBasis::kModel);
  EXPECT_EQ(clear.confidence_permille, 999u);
  EXPECT_THAT(clear.reasons, ElementsAre(testing::AllOf(
                                 HasSubstr("guess of the model"), HasSubstr("thousandths of a nat"),
                                 HasSubstr("not_round, not_round_1000, same_type"))));
  ExpectNothing("pay clear");                              // without one
  EXPECT_EQ(Judge("pay odd", &model).vout, std::nullopt);  // enough for `exploratory` only
  // What the chain gave away goes before what it looks like.
  ASSERT_EQ(WalletChain::LookOf(7), PaymentLook::kMisleading);
  EXPECT_EQ(Judge("pay 7", &model).basis, ChangeBasis::kSpends);
  // Too few truths make no model.
  EXPECT_EQ(
      Judge("pay clear", std::make_unique<ChangeModel>(0, std::vector<EraCounts>(1)).get()).vout,
      std::nullopt);
}

TEST_F(KnownChangeTest, TellsOfADamagedColumn) {
  Build(chain());
  const TxNum tx = chain().TransactionOf("pay 1");
  const TransactionKind kind = KindOf(*facts_, tx);
  const std::string columns = ColumnsFolder(FolderOfNetwork("/data", Network::kBitcoinRegtest));
  for (const char* name : {"tx_first_output", "tx_first_input", "tx_version", "tx_locktime",
                           "tx_weight", "output_value", "output_address", "output_spender",
                           "input_source", "input_flags", "address_type"}) {
    SCOPED_TRACE(name);
    const std::unique_ptr<FaultFileSystem> copy = files_.Clone();
    copy->FlipByte(columns + "/" + name + ".col", kColumnHeaderBytes, 1);
    ASSERT_OK_AND_ASSIGN(const OpenIndex damaged,
                         OpenForReading(*copy, "/data", Network::kBitcoinRegtest));
    ASSERT_OK_AND_ASSIGN(const FactsReader facts, FactsReader::Make(*damaged.view));
    EXPECT_THAT(JudgeChange(facts, tx, kind, nullptr, 0), StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace coinwake::test
