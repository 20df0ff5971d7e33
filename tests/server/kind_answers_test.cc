// Goal: the kind of a transaction as the API words it, with the change and what told it. Method: a
// made chain with one case each.
#include "server/kind_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "heuristics/change_model.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KindAnswersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    chain_.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}, {"bob", 9 * kCoin}}}});
    chain_.AddBlock({{},
                     {"direct", {Spend("mint", 0)}, {{"shop", kCoin}, {"alice", 40 * kCoin}}},
                     {"plain", {Spend("mint", 1)}, {{"shop 2", kCoin}, {"carol", 3 * kCoin + 1}}}});
    auto index = chain_.Build(files_, "/data");
    ASSERT_OK(index.status());
    index_ = *std::move(index);
  }
  v1::TransactionKind KindOf(const std::string& name, const ChangeModel* model = nullptr) {
    v1::GetTransactionKindRequest request;
    request.set_txid(chain_.TxidOf(name).ToDisplayHex());
    v1::TransactionKind kind;
    EXPECT_OK(AnswerKind(*index_.view, model, request, &kind));
    return kind;
  }
  // A model for which an odd value says everything, and whose guesses were wrong so often of 1000.
  static ChangeModel OddIsChange(int wrong) {
    EraCounts counts;
    counts.truths = 1'000;
    counts.rules[static_cast<std::size_t>(ChangeRule::kNotRound)] = {.change_votes = 1'000,
                                                                     .payment_silences = 1'000};
    ChangeModel model(0, {counts});
    ScoreTable table;
    for (int i = 0; i < 1'000; ++i) table.Add(10'000, i >= wrong);
    model.SetThresholds(table);
    return model;
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  OpenIndex index_;
};

TEST_F(KindAnswersTest, NamesTheChangeAndWhy) {
  const v1::TransactionKind direct = KindOf("direct");
  EXPECT_EQ(direct.kind(), "payment");
  ASSERT_TRUE(direct.has_change_vout());
  EXPECT_EQ(direct.change_vout(), 1u);
  EXPECT_DOUBLE_EQ(direct.change_confidence(), 0.99);
  EXPECT_THAT(direct.reasons(), ElementsAre(HasSubstr("pays an address of the inputs")));
}

TEST_F(KindAnswersTest, GuessesByAModelThatIsSureEnoughOnly) {
  for (const std::string name : {"plain", "mint"}) {
    const v1::TransactionKind kind = KindOf(name);
    EXPECT_FALSE(kind.has_change_vout());
    EXPECT_FALSE(kind.has_change_confidence());
    EXPECT_THAT(kind.reasons(), IsEmpty());
  }
  const ChangeModel doubtful = OddIsChange(/*wrong=*/20);
  EXPECT_FALSE(KindOf("plain", &doubtful).has_change_vout());
  const ChangeModel sure = OddIsChange(/*wrong=*/5);
  const v1::TransactionKind guessed = KindOf("plain", &sure);
  ASSERT_TRUE(guessed.has_change_vout());
  EXPECT_EQ(guessed.change_vout(), 1u);
  EXPECT_DOUBLE_EQ(guessed.change_confidence(), 0.995);
  EXPECT_THAT(guessed.reasons(), ElementsAre(HasSubstr("by not_round, not_round_1000")));
  EXPECT_FALSE(KindOf("mint", &sure).has_change_vout());
}

}  // namespace
}  // namespace coinwake::server
