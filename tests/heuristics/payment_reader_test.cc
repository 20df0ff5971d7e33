// Goal: a payment is read with all that the rules look at, and only where one payer is known to
// have made it. Method: small chains with one case each.
#include "heuristics/payment_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/coinjoin.h"
#include "tests/heuristics/wallet_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

SimpleOutput Data() { return {"", 0, {0x6a, 0x01, 0x00}, ScriptType::kNullData}; }

// What IndexBuilder makes of a transaction's size: virtual bytes.
std::uint64_t SizeOf(std::uint64_t inputs, std::uint64_t outputs) {
  return 10 + 148 * inputs + 34 * outputs;
}

class PaymentReaderTest : public ::testing::Test {
 protected:
  // Coins of 10,000 satoshi at each of `addresses`.
  static SimpleTransaction Mint(const std::string& name,
                                const std::vector<std::string>& addresses) {
    SimpleTransaction tx;
    tx.name = name;
    for (const std::string& address : addresses) tx.outputs.push_back({address, 10'000});
    return tx;
  }
  static SimpleTransaction Pay(const std::string& name, const std::vector<SimpleInput>& inputs,
                               const std::vector<SimpleOutput>& outputs) {
    SimpleTransaction tx;
    tx.name = name;
    tx.inputs = inputs;
    tx.outputs = outputs;
    return tx;
  }
  void Build() {
    auto index = chain_.Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    auto facts = FactsReader::Make(*index_.view);
    ASSERT_THAT(facts, IsOk());
    facts_.emplace(*std::move(facts));
    use_ = LookUpAddressUse(*index_.view);
    reader_.emplace(*facts_, *use_);
  }
  std::optional<Payment> Read(const std::string& name) const {
    return reader_->Read(chain_.TransactionOf(name));
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  OpenIndex index_;
  std::optional<FactsReader> facts_;
  std::unique_ptr<const AddressUse> use_;
  std::optional<PaymentReader> reader_;
};

TEST_F(PaymentReaderTest, ReadsWhatTheRulesLookAt) {
  chain_.AddBlock({{"mint", {}, {{"b", 8'000}, {"a", 9'000}, {"z", 9'500}}}});
  SimpleTransaction pay = Pay("pay", {Spend("mint", 1), Spend("mint", 0), Spend("mint", 2)},
                              {{"c", 5'000}, Data(), {"a", 4'000}, SegwitOutput("d", 7'000)});
  pay.inputs[1].flags.sequence_class = SequenceClass::kReplaceable;
  chain_.AddBlock({{}, pay});
  chain_.AddBlock({{"again", {}, {{"c", 1}}}});
  Build();
  const std::optional<Payment> payment = Read("pay");
  ASSERT_TRUE(payment.has_value());
  EXPECT_EQ(payment->payer, chain_.AddressOf("b"));  // the smallest
  EXPECT_EQ(payment->print, FingerprintOf(facts_->Read(chain_.TransactionOf("pay"))));
  EXPECT_EQ(payment->print.sequence, SequenceClass::kReplaceable);
  EXPECT_EQ(payment->inputs, 3u);
  EXPECT_EQ(payment->input_sum, 26'500u);
  EXPECT_EQ(payment->least_input, 8'000u);
  EXPECT_EQ(payment->input_type, ScriptType::kPubkeyHash);
  EXPECT_EQ(payment->feerate, 10'500'000 / SizeOf(3, 4));
  EXPECT_FALSE(payment->is_peel_shaped);
  EXPECT_FALSE(payment->was_peel_shaped);
  ASSERT_EQ(payment->outputs.size(), 3u);  // without the OP_RETURN
  const std::uint32_t vouts[] = {0, 2, 3};
  const std::uint64_t values[] = {5'000, 4'000, 7'000};
  for (std::size_t i = 0; i < 3; ++i) {
    const ChangeOutput& output = payment->outputs[i];
    EXPECT_EQ(output.vout, vouts[i]);
    EXPECT_EQ(output.value, values[i]);
    EXPECT_EQ(output.address, index_.view->AddressOf(chain_.OutputOf("pay", vouts[i])));
    EXPECT_EQ(output.is_to_payer, i == 1);
    EXPECT_EQ(output.is_fresh, i != 1);
    EXPECT_EQ(output.is_paid_once, i == 2);
    EXPECT_EQ(output.type, i == 2 ? ScriptType::kWitnessV0KeyHash : ScriptType::kPubkeyHash);
    EXPECT_FALSE(output.spender.has_value());
  }
}

// An address is fresh, not an output.
TEST_F(PaymentReaderTest, TakesAnAddressPaidTwiceForFreshOrNotAsAWhole) {
  chain_.AddBlock({Mint("mint", {"a", "used"})});
  chain_.AddBlock({{},
                   Pay("pay", {Spend("mint", 0)},
                       {{"new", 3'000}, {"used", 2'000}, {"new", 1'000}, {"used", 3'000}})});
  Build();
  const std::optional<Payment> payment = Read("pay");
  ASSERT_TRUE(payment.has_value());
  ASSERT_EQ(payment->outputs.size(), 4u);
  EXPECT_TRUE(payment->outputs[0].is_fresh);
  EXPECT_FALSE(payment->outputs[1].is_fresh);
  EXPECT_TRUE(payment->outputs[2].is_fresh);
  EXPECT_FALSE(payment->outputs[3].is_fresh);
  EXPECT_FALSE(payment->outputs[0].is_paid_once);
}

TEST_F(PaymentReaderTest, KnowsTheTypeOfInputsOnlyWhereTheyShareOne) {
  chain_.AddBlock({{"mint", {}, {SegwitOutput("a", 10), SegwitOutput("b", 10), {"c", 10}}}});
  const std::vector<SimpleOutput> to = {{"x", 1}, {"y", 2}};
  chain_.AddBlock({{},
                   Pay("one", {Spend("mint", 0)}, to),
                   Pay("two", {Spend("mint", 1), Spend("mint", 2)}, to)});
  Build();
  EXPECT_EQ(Read("one")->input_type, ScriptType::kWitnessV0KeyHash);
  EXPECT_EQ(Read("two")->input_type, std::nullopt);
}

TEST_F(PaymentReaderTest, ReadsTheSpenderOfEachOutput) {
  chain_.AddBlock({Mint("mint", {"a", "b"})});
  chain_.AddBlock({{}, Pay("pay", {Spend("mint", 0)}, {{"c", 2'000}, {"d", 3'000}, {"e", 1'000}})});
  SimpleTransaction next = Pay("next", {Spend("pay", 1), Spend("mint", 1)},
                               {{"f", 4'000}, Data(), {"g", 5'000}, {"h", 1'000}});
  next.inputs[0].flags.sequence_class = SequenceClass::kLocktimeOnly;
  SimpleTransaction shared = Pay("shared", {Spend("pay", 2)}, {{"i", 1'000}});
  shared.inputs[0].flags.anyone_can_pay = true;
  chain_.AddBlock({{}, next, shared});
  Build();
  const std::optional<Payment> payment = Read("pay");
  ASSERT_TRUE(payment.has_value());
  EXPECT_FALSE(payment->outputs[0].spender.has_value());
  ASSERT_TRUE(payment->outputs[1].spender.has_value());
  const ChangeOutput::Spender& spender = *payment->outputs[1].spender;
  EXPECT_EQ(spender.print, FingerprintOf(facts_->Read(chain_.TransactionOf("next"))));
  EXPECT_EQ(spender.inputs, 2u);
  EXPECT_EQ(spender.outputs, 3u);
  EXPECT_EQ(spender.feerate, 3'000'000 / SizeOf(2, 4));
  EXPECT_FALSE(payment->outputs[2].spender.has_value());  // of whoever added to it
}

// Six payments whose outputs one sweep spends, then another sweep: each as without a memory, and in
// any order.
TEST_F(PaymentReaderTest, ReadsTheSameWithAMemoryOfSpenders) {
  chain_.AddBlock({Mint("mint", std::vector<std::string>(12, "a"))});
  std::vector<SimpleTransaction> pays = {{}};
  std::vector<SimpleInput> swept[2];
  for (std::uint32_t i = 0; i < 12; ++i) {
    const std::string name = "pay" + std::to_string(i);
    pays.push_back(Pay(name, {Spend("mint", i)}, {{"c" + name, 4'000}, {"d" + name, 5'000}}));
    swept[i % 2].push_back(Spend(name, 0));
  }
  chain_.AddBlock(pays);
  for (SimpleInput& input : swept[1]) input.flags.sequence_class = SequenceClass::kReplaceable;
  chain_.AddBlock(
      {{}, Pay("even", swept[0], {{"x", 20'000}}), Pay("odd", swept[1], {{"y", 9'000}})});
  Build();
  SpenderMemo memo;
  for (const int round : {0, 1}) {
    for (std::uint32_t i = 0; i < 12; ++i) {
      const TxNum tx = chain_.TransactionOf("pay" + std::to_string(round == 0 ? i : 11 - i));
      const std::optional<Payment> plain = reader_->Read(tx);
      const std::optional<Payment> remembered = reader_->Read(tx, &memo);
      ASSERT_TRUE(plain.has_value() && remembered.has_value());
      for (const std::size_t output : {0u, 1u}) {
        const auto& one = plain->outputs[output].spender;
        const auto& other = remembered->outputs[output].spender;
        ASSERT_EQ(one.has_value(), other.has_value());
        ASSERT_EQ(one.has_value(), output == 0);
        if (!one.has_value()) continue;
        EXPECT_EQ(one->print, other->print);
        EXPECT_EQ(one->inputs, other->inputs);
        EXPECT_EQ(one->outputs, other->outputs);
        EXPECT_EQ(one->feerate, other->feerate);
      }
    }
  }
  EXPECT_NE(memo.Find(chain_.TransactionOf("even")), nullptr);
  EXPECT_EQ(memo.Find(chain_.TransactionOf("mint")), nullptr);
}

TEST_F(PaymentReaderTest, LeavesOutSpendersOfSeveralParties) {
  chain_.AddBlock({{"mint", {}, {{"a", kCoin}, {"b", kCoin}, {"c", kCoin}}}});
  chain_.AddBlock({{}, Pay("pay", {Spend("mint", 0)}, {{"d", 50'000'000}, {"e", 40'000'000}})});
  chain_.AddBlock({{},
                   Pay("mix", {Spend("pay", 0), Spend("mint", 1), Spend("mint", 2)},
                       {{"x", 20'000},
                        {"y", 20'000},
                        {"z", 20'000},
                        {"c1", 50'000'000 - 20'000},
                        {"c2", kCoin - 20'500},
                        {"c3", kCoin - 21'000}})});
  Build();
  ASSERT_TRUE(JudgeMix(facts_->Read(chain_.TransactionOf("mix")), nullptr).may_have_parties());
  EXPECT_FALSE(Read("mix").has_value());
  ASSERT_TRUE(Read("pay").has_value());
  EXPECT_FALSE(Read("pay")->outputs[0].spender.has_value());
}

TEST_F(PaymentReaderTest, SeesPeelChains) {
  chain_.AddBlock({Mint("mint", {"a", "b"})});
  // first pays from a coinbase, then from an output of the last.
  chain_.AddBlock({{}, Pay("first", {Spend("mint", 0)}, {{"c", 1'000}, {"d", 8'000}})});
  chain_.AddBlock({{}, Pay("second", {Spend("first", 1)}, {Data(), {"e", 1'000}, {"f", 6'000}})});
  chain_.AddBlock(
      {{}, Pay("wide", {Spend("second", 2)}, {{"g", 1'000}, {"h", 1'000}, {"i", 3'000}})});
  chain_.AddBlock({{}, Pay("after", {Spend("wide", 2)}, {{"j", 1'000}, {"k", 1'000}})});
  chain_.AddBlock({{}, Pay("two", {Spend("after", 0), Spend("mint", 1)}, {{"l", 1}, {"m", 2}})});
  chain_.AddBlock({{}, Pay("last", {Spend("two", 1)}, {{"n", 1}, {"o", 1}})});
  Build();
  const struct {
    const char* name;
    bool is;
    bool was;
  } cases[] = {{"first", true, false}, {"second", true, true}, {"wide", false, false},
               {"after", true, false}, {"two", false, false},  {"last", true, false}};
  for (const auto& one : cases) {
    ASSERT_TRUE(Read(one.name).has_value()) << one.name;
    EXPECT_EQ(Read(one.name)->is_peel_shaped, one.is) << one.name;
    EXPECT_EQ(Read(one.name)->was_peel_shaped, one.was) << one.name;
  }
}

TEST_F(PaymentReaderTest, WantsTwoToSixteenSpendableOutputs) {
  chain_.AddBlock({Mint("coinbase", {"a", "b", "c", "d", "e", "f"})});
  const auto outputs = [](std::size_t count, bool has_data) {
    std::vector<SimpleOutput> all;
    for (std::uint64_t i = 0; i < count; ++i) {
      all.push_back({"x" + std::to_string(i), 100 + i});
    }
    if (has_data) all.push_back(Data());
    return all;
  };
  const auto pay = [&](const std::string& name, std::uint32_t coin, std::size_t count,
                       bool has_data) {
    return Pay(name, {Spend("coinbase", coin)}, outputs(count, has_data));
  };
  chain_.AddBlock({{},
                   pay("1", 0, 1, false),
                   pay("1 and data", 1, 1, true),
                   pay("2 and data", 2, 2, true),
                   pay("16", 3, 16, false),
                   pay("16 and data", 4, 16, true),
                   pay("17", 5, 17, false)});
  Build();
  EXPECT_FALSE(Read("coinbase").has_value());
  EXPECT_FALSE(Read("1").has_value());
  EXPECT_FALSE(Read("1 and data").has_value());
  EXPECT_EQ(Read("2 and data")->outputs.size(), 2u);
  EXPECT_EQ(Read("16")->outputs.size(), 16u);
  EXPECT_EQ(Read("16 and data")->outputs.size(), 16u);
  EXPECT_FALSE(Read("17").has_value());
}

TEST_F(PaymentReaderTest, WantsInputsThatNameTheirPayer) {
  chain_.AddBlock({{"mint",
                    {},
                    {{"a", 10'000},
                     {"", 10'000, {0x51}, ScriptType::kNonstandard},
                     {"b", 10'000},
                     {"c", 10'000}}}});
  const std::vector<SimpleOutput> to = {{"x", 1'000}, {"y", 2'000}};
  SimpleTransaction sale = Pay("sale", {Spend("mint", 2), Spend("mint", 3)}, to);
  sale.inputs[1].flags.anyone_can_pay = true;
  chain_.AddBlock({{}, Pay("odd", {Spend("mint", 0), Spend("mint", 1)}, to), sale});
  Build();
  EXPECT_FALSE(Read("odd").has_value());
  EXPECT_FALSE(Read("sale").has_value());
}

TEST_F(PaymentReaderTest, LeavesOutTx0AndChips) {
  chain_.AddBlock({{"mint", {}, {{"a", 2'600'000}, {"b", 2'600'000}, {"c", 2'600'000}}}});
  const std::vector<SimpleOutput> tx0 = {
      Data(), {"fee", 50'000}, {"p1", 1'010'000}, {"p2", 1'010'000}, {"change", 400'000}};
  std::vector<SimpleOutput> not_tx0 = tx0;
  not_tx0.erase(not_tx0.begin());
  const std::vector<SimpleOutput> chips = {
      {"c1", 400'000}, {"c2", 400'000}, {"c3", 400'000}, {"c4", 400'000}, {"rest", 7}};
  chain_.AddBlock({{},
                   Pay("tx0", {Spend("mint", 0)}, tx0),
                   Pay("not tx0", {Spend("mint", 1)}, not_tx0),
                   Pay("chips", {Spend("mint", 2)}, chips)});
  Build();
  EXPECT_FALSE(Read("tx0").has_value());
  EXPECT_TRUE(Read("not tx0").has_value());
  EXPECT_FALSE(Read("chips").has_value());
}

TEST(PaymentReaderWindow, WantsKnownInputs) {
  IndexBuilder chain(IndexBuilder::Options{.window_from_height = 1000});
  SimpleTransaction known;
  known.name = "known";
  known.inputs = {SpendForeign("a", 500)};
  known.outputs = {{"x", 100}, {"y", 200}};
  SimpleTransaction unknown = known;
  unknown.name = "unknown";
  unknown.inputs.push_back(SpendUnresolved());
  chain.AddBlock({{}, known, unknown});
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  ASSERT_OK_AND_ASSIGN(const FactsReader facts, FactsReader::Make(*index.view));
  const auto use = LookUpAddressUse(*index.view);
  const PaymentReader reader(facts, *use);
  const std::optional<Payment> payment = reader.Read(chain.TransactionOf("known"));
  ASSERT_TRUE(payment.has_value());
  EXPECT_EQ(payment->input_sum, 500u);
  EXPECT_EQ(payment->payer, chain.AddressOf("a"));
  EXPECT_TRUE(payment->is_peel_shaped);
  EXPECT_FALSE(payment->was_peel_shaped);
  EXPECT_FALSE(reader.Read(chain.TransactionOf("unknown")).has_value());
}

}  // namespace
}  // namespace coinwake::test
