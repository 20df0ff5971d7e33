// Goal: the kind of a transaction as the API words it, with the change and what told it. Method: a
// made chain with one case each.
#include "server/kind_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "server/cluster_source.h"
#include "tests/heuristics/wallet_chain.h"
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
    IndexBuilder& chain = wallets_.builder();
    chain.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}, {"bob", 10 * kCoin}}}});
    chain.AddBlock({{},
                    {"direct", {Spend("mint", 0)}, {{"shop", kCoin}, {"alice", 40 * kCoin}}},
                    test::PayThreeCoins("plain", Spend("mint", 1), test::PaymentLook::kClear,
                                        test::SegwitOutput("shop 2", 0), "carol", /*nonce=*/0)});
    auto index = chain.Build(files_, "/data");
    ASSERT_OK(index.status());
    index_ = *std::move(index);
    clusters_.emplace(index_.view, 1, nullptr);
  }
  absl::Status Ask(const std::string& name, const std::string& profile, v1::TransactionKind* kind) {
    v1::GetTransactionKindRequest request;
    request.set_txid(wallets_.builder().TxidOf(name).ToDisplayHex());
    request.set_profile(profile);
    return AnswerKind(*index_.view, *clusters_, request, /*cancellation=*/nullptr, kind);
  }
  v1::TransactionKind KindOf(const std::string& name, const std::string& profile = "") {
    v1::TransactionKind kind;
    EXPECT_OK(Ask(name, profile, &kind));
    return kind;
  }

  test::WalletChain wallets_{400};
  FaultFileSystem files_;
  OpenIndex index_;
  std::optional<ClusterSource> clusters_;
};

TEST_F(KindAnswersTest, NamesTheChangeAndWhy) {
  const v1::TransactionKind direct = KindOf("direct");
  EXPECT_EQ(direct.kind(), "payment");
  ASSERT_TRUE(direct.has_change_vout());
  EXPECT_EQ(direct.change_vout(), 1u);
  EXPECT_DOUBLE_EQ(direct.change_confidence(), 0.99);
  EXPECT_THAT(direct.reasons(), ElementsAre(HasSubstr("pays an address of the inputs")));
  // What later spending shows.
  const v1::TransactionKind shown = KindOf("pay 0");
  ASSERT_TRUE(shown.has_change_vout());
  EXPECT_THAT(shown.reasons(), ElementsAre(HasSubstr("which later spending showed")));
}

TEST_F(KindAnswersTest, GuessesUnderAProfileThatDoes) {
  for (const std::string profile : {"", "strict"}) {
    const v1::TransactionKind kind = KindOf("plain", profile);
    EXPECT_FALSE(kind.has_change_vout());
    EXPECT_FALSE(kind.has_change_confidence());
    EXPECT_THAT(kind.reasons(), IsEmpty());
    EXPECT_FALSE(kind.has_epoch_height());
  }
  const v1::TransactionKind guessed = KindOf("plain", "standard");
  ASSERT_TRUE(guessed.has_change_vout());
  EXPECT_EQ(guessed.change_vout(), 1u);
  EXPECT_DOUBLE_EQ(guessed.change_confidence(), 0.999);
  EXPECT_THAT(guessed.reasons(), ElementsAre(HasSubstr("a guess of the model")));
  EXPECT_EQ(guessed.epoch_height(), EpochOf(*index_.view, Profile::kStandard));
  EXPECT_FALSE(KindOf("mint", "standard").has_change_vout());
  v1::TransactionKind kind;
  EXPECT_THAT(Ask("plain", "sure", &kind), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace coinwake::server
