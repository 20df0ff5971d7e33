// Goal: an answer about exposure has the category and name of each service as labels say, all other
// ends, and adds up; on both chains; and backward traces name who paid.
// Method: a payment through a cluster with a label to people without, and a town with a service.
#include "server/exposure_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/exposure.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/tron/known_addresses.h"
#include "indexer/view/open.h"
#include "labels/label_store.h"
#include "server/account_trace.h"
#include "server/index_set.h"
#include "server/trace_answers.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// "exchange Bank 10 0 1": direct, indirect, the nearest; then the total.
std::vector<std::string> TextOf(const v1::Exposure& exposure) {
  std::vector<std::string> lines;
  for (const v1::ExposureEntry& entry : exposure.entries()) {
    lines.push_back(absl::StrCat(entry.category(), " ", entry.entity(),
                                 entry.entity().empty() ? "" : " ", entry.direct(), " ",
                                 entry.indirect()));
    if (entry.has_min_hops()) absl::StrAppend(&lines.back(), " ", entry.min_hops());
  }
  lines.push_back(exposure.total());
  return lines;
}

// Alice pays 10 to the vault, which was spent with the till, and 30 to Bob, of which 5 and the
// vault's 10 reach Carol; fees are 10.
class OutputExposure : public ::testing::Test {
 protected:
  OutputExposure() {
    chain_.AddBlock({{"mint", {}, {{"alice", 50}, {"till", 1}, {"vault", 1}}}});
    chain_.AddBlock({{"", {}, {}}, {"sweep", {Spend("mint", 1), Spend("mint", 2)}, {{"far", 2}}}});
    chain_.AddBlock({{"", {}, {}}, {"pay", {Spend("mint", 0)}, {{"vault", 10}, {"bob", 30}}}});
    chain_.AddBlock({{"", {}, {}},
                     {"on", {Spend("pay", 0)}, {{"carol", 10}}},
                     {"over", {Spend("pay", 1)}, {{"carol", 5}, {"bob", 25}}}});
    EXPECT_OK(chain_.Build(files_, "/data").status());
    auto store = LabelStore::Open(files_, "/labels", LabelStore::Mode::kWrite);
    EXPECT_OK(store.status());
    labels_ = *std::move(store);
  }

  static std::string BytesOf(const std::string& who) {
    const std::vector<std::uint8_t> script = ScriptOfName(who);
    return {script.begin(), script.end()};
  }
  static std::string NameOf(const std::string& who) {
    return AddressText(Network::kBitcoinRegtest, BytesOf(who));
  }

  void Label(const std::string& who, const std::string& name, const std::string& category) {
    coinwake::Label label;
    label.network = Network::kBitcoinRegtest;
    label.address = BytesOf(who);
    label.name = name;
    label.category = category;
    label.label_class = LabelClass::kService;
    LabelImport import;
    import.list.list = "of " + who;
    import.list.labels = {label};
    import.time = 1;
    EXPECT_OK(labels_->Import(import).status());
  }
  void Open() {
    open_.reset();
    auto index = OpenForReading(files_, "/data", Network::kBitcoinRegtest);
    EXPECT_OK(index.status());
    open_ = std::make_unique<OpenNetwork>(*std::move(index), 1, nullptr, labels_);
  }
  absl::StatusOr<v1::Exposure> Ask(const v1::GetExposureRequest& request) {
    v1::Exposure answer;
    COINWAKE_RETURN_IF_ERROR(AnswerExposure(open_->view(), open_->clusters, request, {}, nullptr,
                                            &open_->services, &answer));
    return answer;
  }
  std::vector<std::string> Exposed(const std::string& who, const std::string& direction = "",
                                   const std::string& policy = "") {
    v1::GetExposureRequest request;
    request.set_address(NameOf(who));
    request.set_direction(direction);
    request.set_policy(policy);
    const absl::StatusOr<v1::Exposure> answer = Ask(request);
    EXPECT_OK(answer.status());
    return answer.ok() ? TextOf(*answer) : std::vector<std::string>();
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  std::shared_ptr<LabelStore> labels_;
  std::unique_ptr<OpenNetwork> open_;
};

TEST_F(OutputExposure, NamesServicesByTheirLabels) {
  Label("till", "Quayside Bank", "exchange");
  Open();
  for (const std::string policy : {"fifo", "haircut"}) {
    EXPECT_THAT(Exposed("carol", "source", policy),
                ElementsAre("coinbase 0 5", "exchange Quayside Bank 10 0 1", "15"));
  }
  EXPECT_THAT(Exposed("alice", "destination"),
              ElementsAre("exchange Quayside Bank 10 0 1", "fee 10 0", "unspent 0 30", "50"));
  EXPECT_THAT(Exposed("nobody"), ElementsAre("0"));
  v1::GetExposureRequest request;
  request.set_address(NameOf("nobody"));
  ASSERT_OK_AND_ASSIGN(const v1::Exposure unseen, Ask(request));  // it is no seed
  EXPECT_THAT(unseen.warnings(),
              Contains(StartsWith("address " + NameOf("nobody") + " was never")));
  Label("bob", "Stall", "");
  Open();
  EXPECT_THAT(Exposed("carol"),
              ElementsAre("exchange Quayside Bank 10 0 1", "service Stall 5 0 1", "15"));
}

TEST_F(OutputExposure, TakesStopsClustersAndLimitsOfTheRequest) {
  Label("till", "Quayside Bank", "exchange");
  Open();
  v1::GetExposureRequest request;
  request.set_address(NameOf("carol"));
  v1::ExposureStop* const stop = request.add_stops();
  stop->set_address(NameOf("vault"));
  stop->set_entity("My Bank");
  request.set_max_hops(1);
  ASSERT_OK_AND_ASSIGN(v1::Exposure answer, Ask(request));
  EXPECT_THAT(TextOf(answer), ElementsAre("max_hops 0 5", "service My Bank 10 0 1", "15"));
  EXPECT_EQ(answer.address(), NameOf("carol"));
  EXPECT_EQ(answer.direction(), "source");
  EXPECT_EQ(answer.policy(), "fifo");
  EXPECT_EQ(answer.asset(), "BTC");
  EXPECT_EQ(answer.snapshot().height(), open_->snapshot().height);

  request.Clear();
  request.set_address(NameOf("vault"));
  request.set_cluster(true);
  EXPECT_THAT(Ask(request).status(), StatusIs(absl::StatusCode::kFailedPrecondition));
  request.set_force(true);
  ASSERT_OK_AND_ASSIGN(answer, Ask(request));
  EXPECT_EQ(TextOf(answer).back(), "12");
  EXPECT_TRUE(answer.cluster());
  request.set_policy("poison");
  EXPECT_THAT(Ask(request).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fifo, haircut")));
  request.set_policy("");
  request.set_direction("up");
  EXPECT_THAT(Ask(request).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("source, destination")));
}

TEST_F(OutputExposure, BackwardTracesNameWhoPaid) {
  Label("till", "Quayside Bank", "exchange");
  Open();
  v1::TraceRequest request;
  request.add_seeds()->set_address(NameOf("carol"));
  request.set_direction("backward");
  ASSERT_OK_AND_ASSIGN(const PreparedTrace trace, PrepareTrace(open_->view(), open_->clusters,
                                                               request, nullptr, &open_->services));
  std::vector<std::string> lines;
  ASSERT_OK(AnswerTrace(open_->view(), trace, {}, nullptr, [&](const v1::TraceEvent& event) {
    if (event.has_holding()) lines.push_back(absl::StrCat("holding ", event.holding().taint()));
    if (event.has_sink()) {
      lines.push_back(
          absl::StrCat(event.sink().kind(), " ", event.sink().entity(), " ", event.sink().taint()));
    }
    if (event.has_summary()) {
      const v1::Summary& summary = event.summary();
      lines.push_back(absl::StrCat(summary.direction(), " ", summary.seeded(), " ",
                                   summary.unspent(), " ", summary.exits(), " ", summary.sinks()));
    }
    return absl::OkStatus();
  }));
  EXPECT_THAT(lines, ElementsAre("holding 5", "coinbase  5", "service Quayside Bank 10",
                                 "backward 15 0 10 5"));
  request.set_competing(true);
  EXPECT_THAT(
      PrepareTrace(open_->view(), open_->clusters, request, nullptr, &open_->services).status(),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(AccountExposureAnswers, NameServicesInBothDirections) {
  const TownService brook{Town::Person(500), Town::Person(501)};
  Town town;
  town.AddCustomers(brook, 0, kLeastSweepers);
  town.chain().NextBlock();
  TronIndex index = IndexOf(town.chain().blocks(), Network::kTronPrivate);
  OpenNetwork open(std::move(index.index), 1, nullptr);
  v1::GetExposureRequest request;
  request.set_address(Town::Person(3).ToBase58());
  request.set_asset(absl::StrCat("TRC20:", std::string(tron::kTetherContract)));
  v1::Exposure answer;
  ASSERT_OK(AnswerExposure(open.accounts(), open.account_clusters, request, {}, nullptr,
                           &open.services, &answer));
  EXPECT_EQ(answer.direction(), "source");
  // From who had it issued.
  EXPECT_THAT(TextOf(answer), ElementsAre("coinbase 10000006 0", "10000006"));
  // A stop of the request comes before.
  request.set_address(Town::Person(4).ToBase58());
  v1::ExposureStop* const stop = request.add_stops();
  stop->set_address(Town::Person(999'999).ToBase58());
  stop->set_entity("Issuer");
  answer.Clear();
  ASSERT_OK(AnswerExposure(open.accounts(), open.account_clusters, request, {}, nullptr,
                           &open.services, &answer));
  EXPECT_THAT(TextOf(answer), ElementsAre("service Issuer 10000008 0 1", "10000008"));
  request.clear_stops();
  request.set_address(Town::Person(77'777'777).ToBase58());
  answer.Clear();
  ASSERT_OK(AnswerExposure(open.accounts(), open.account_clusters, request, {}, nullptr,
                           &open.services, &answer));
  EXPECT_THAT(
      answer.warnings(),
      Contains(StartsWith("address " + Town::Person(77'777'777).ToBase58() + " was never seen")));
  request.set_address(Town::Person(3).ToBase58());
  request.set_direction("destination");
  answer.Clear();
  ASSERT_OK(AnswerExposure(open.accounts(), open.account_clusters, request, {}, nullptr,
                           &open.services, &answer));
  EXPECT_THAT(
      TextOf(answer),
      ElementsAre(absl::StrCat("service ", brook.hot.ToBase58(), " 10000006 0"), "10000006"));
  EXPECT_EQ(answer.asset(), request.asset());
  EXPECT_THAT(answer.warnings(), Contains(HasSubstr("deposit accounts")));
}

}  // namespace
}  // namespace coinwake::server
