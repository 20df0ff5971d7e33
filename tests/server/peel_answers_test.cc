// Goal: peel chains as the API words them. Method: a made chain of a few payments; each field
// beside what was made.
#include "server/peel_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "labels/label_store.h"
#include "server/account_clusters.h"
#include "server/cluster_source.h"
#include "server/known_services.h"
#include "server/names.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "pay 1" to "pay 3": each to a multisig shop, with change last; the first pays back to the payer's
// own address.
class PeelAnswersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    chain_.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}}}});
    chain_.AddBlock({{}, Pay("pay 1", Spend("mint", 0), "alice", 40 * kCoin)});
    chain_.AddBlock({{}, Pay("pay 2", Spend("pay 1", 1), "carol", 30 * kCoin)});
    chain_.AddBlock({{}, Pay("pay 3", Spend("pay 2", 1), "dave", 20 * kCoin)});
    auto index = chain_.Build(files_, "/data");
    ASSERT_OK(index.status());
    index_ = *std::move(index);
    clusters_.emplace(index_.view, 1, nullptr);
  }
  static SimpleTransaction Pay(const std::string& name, const SimpleInput& coin,
                               const std::string& change, std::uint64_t value) {
    return {name,
            {coin},
            {{"", kCoin, {0x51, 0x21, 0x02, 0x51, 0xae}, ScriptType::kMultisig}, {change, value}}};
  }
  const View& view() const { return *index_.view; }
  std::string Txid(const std::string& name) const { return chain_.TxidOf(name).ToDisplayHex(); }

  absl::Status Peel(const v1::FollowPeelChainRequest& request, std::vector<v1::PeelEvent>* events,
                    std::uint64_t max_rows = 0, const Cancellation* cancellation = nullptr) {
    return AnswerPeelChain(view(), *clusters_, request, max_rows, cancellation,
                           [events](const v1::PeelEvent& event) {
                             events->push_back(event);
                             return absl::OkStatus();
                           });
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  OpenIndex index_;
  std::optional<ClusterSource> clusters_;
};

TEST_F(PeelAnswersTest, GivesHopsThenTheEndOfEachDirection) {
  v1::FollowPeelChainRequest request;
  request.set_txid(Txid("pay 2"));
  request.set_direction("both");
  std::vector<v1::PeelEvent> events;
  ASSERT_OK(Peel(request, &events));
  ASSERT_EQ(events.size(), 4u);
  const v1::PeelHop& back = events[0].hop();
  EXPECT_EQ(back.direction(), "backward");
  EXPECT_EQ(back.txid(), Txid("pay 1"));
  EXPECT_EQ(back.height(), 2u);
  EXPECT_EQ(back.time(), 1'700'001'200);
  EXPECT_EQ(back.next_txid(), Txid("pay 2"));
  EXPECT_EQ(back.change_vout(), 1u);
  EXPECT_EQ(back.change_address(), ScriptName(view(), chain_.AddressOf("alice")));
  EXPECT_EQ(back.change_value(), "4000000000");
  ASSERT_EQ(back.peeled_size(), 1);
  EXPECT_EQ(back.peeled(0).vout(), 0u);
  EXPECT_EQ(back.peeled(0).address(), "script:51210251ae");
  EXPECT_EQ(back.peeled(0).value(), "100000000");
  EXPECT_EQ(back.peeled(0).mark(), "other_is_certain");
  EXPECT_THAT(back.evidence(),
              ElementsAre(HasSubstr("fingerprint"), HasSubstr("pubkeyhash"), HasSubstr("direct")));
  const v1::PeelEnd& first = events[1].end();
  EXPECT_EQ(first.direction(), "backward");
  EXPECT_EQ(first.txid(), Txid("pay 1"));
  EXPECT_EQ(first.stop(), "coinbase");
  EXPECT_EQ(first.hops(), 1u);
  EXPECT_EQ(first.snapshot().height(), view().snapshot().height);
  EXPECT_EQ(events[2].hop().direction(), "forward");
  EXPECT_EQ(events[2].hop().txid(), Txid("pay 2"));
  EXPECT_EQ(events[2].hop().peeled(0).mark(), "other_type");
  const v1::PeelEnd& last = events[3].end();
  EXPECT_EQ(last.direction(), "forward");
  EXPECT_EQ(last.txid(), Txid("pay 3"));
  EXPECT_EQ(last.stop(), "unspent");
  EXPECT_EQ(last.reason(), "output 1 may be the change and is not spent");
  EXPECT_EQ(last.rule_version(), 3u);
  EXPECT_EQ(last.entity(), "");
  EXPECT_FALSE(last.has_epoch_height());

  // Forward where nothing is said, as far as asked for, as far as may be read.
  request.set_direction("");
  events.clear();
  ASSERT_OK(Peel(request, &events));
  EXPECT_EQ(events.size(), 2u);
  request.set_max_hops(0);
  events.clear();
  ASSERT_OK(Peel(request, &events));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].end().stop(), "max_hops");
  request.clear_max_hops();
  events.clear();
  ASSERT_OK(Peel(request, &events, /*max_rows=*/2));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].end().stop(), "row_limit");
  // What a model says is of an epoch.
  request.set_profile("standard");
  events.clear();
  ASSERT_OK(Peel(request, &events));
  EXPECT_EQ(events.back().end().epoch_height(), EpochOf(view(), Profile::kStandard));
}

TEST_F(PeelAnswersTest, EndsAtWhatLabelsCallAService) {
  FaultFileSystem label_files;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<LabelStore> labels,
                       LabelStore::Open(label_files, "/data", LabelStore::Mode::kWrite));
  LabelImport import;
  Label label;
  label.network = Network::kBitcoinRegtest;
  const std::vector<std::uint8_t> script = ScriptOfName("carol");
  label.address.assign(script.begin(), script.end());
  label.name = "Bank";
  label.label_class = LabelClass::kService;
  import.list.list = "list";
  import.list.labels = {label};
  import.file = "list.csv";
  import.time = 1;
  ASSERT_OK(labels->Import(import).status());
  AccountClusters none(nullptr, nullptr, 1, nullptr);
  ServiceSource services(labels, index_.view, *clusters_, nullptr, none);
  v1::FollowPeelChainRequest request;
  request.set_txid(Txid("pay 1"));
  const auto end_of = [&](const std::string& stop_at) -> absl::StatusOr<v1::PeelEnd> {
    request.set_stop_at(stop_at);
    v1::PeelEvent last;
    COINWAKE_RETURN_IF_ERROR(AnswerPeelChain(
        view(), *clusters_, request, 0, nullptr,
        [&last](const v1::PeelEvent& event) {
          last = event;
          return absl::OkStatus();
        },
        &services));
    return last.end();
  };
  for (const std::string words : {"", "services", "services,mixers"}) {
    SCOPED_TRACE(words);
    ASSERT_OK_AND_ASSIGN(const v1::PeelEnd end, end_of(words));
    EXPECT_EQ(end.stop(), "service");
    EXPECT_EQ(end.entity(), "Bank");
    EXPECT_EQ(end.txid(), Txid("pay 2"));
    EXPECT_EQ(end.hops(), 1u);
  }
  for (const std::string words : {"none", "mixers"}) {
    SCOPED_TRACE(words);
    ASSERT_OK_AND_ASSIGN(const v1::PeelEnd end, end_of(words));
    EXPECT_EQ(end.stop(), "unspent");
    EXPECT_EQ(end.entity(), "");
    EXPECT_EQ(end.hops(), 2u);
  }
  EXPECT_THAT(end_of("banks"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PeelAnswersTest, RefusesWhatCannotBeFollowed) {
  std::vector<v1::PeelEvent> events;
  v1::FollowPeelChainRequest request;
  request.set_txid(std::string(64, '7'));
  EXPECT_THAT(Peel(request, &events),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no transaction")));
  request.set_txid("77");
  EXPECT_THAT(Peel(request, &events), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_txid(Txid("pay 1"));
  request.set_direction("sideways");
  EXPECT_THAT(Peel(request, &events),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"sideways\"")));
  request.set_direction("both");
  const AlwaysCancelled cancelled;
  EXPECT_THAT(Peel(request, &events, 0, &cancelled), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(events, IsEmpty());
  const auto refuse = [](const v1::PeelEvent&) { return absl::CancelledError("nobody listens"); };
  EXPECT_THAT(AnswerPeelChain(view(), *clusters_, request, 0, nullptr, refuse),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("nobody listens")));
}

}  // namespace
}  // namespace coinwake::server
