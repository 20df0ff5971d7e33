// Goal: what one caller asks for does not shut others out: callers on one connection are all
// answered, those that wait for clusters are bounded, pages fit what clients take by default, and a
// damaged index is said to be one. Method: made chains behind a server on a loopback port; a
// computation of clusters that is held up for as long as the test wants.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "coinwake/v1/explorer.grpc.pb.h"
#include "server/block_answers.h"
#include "server/cluster_source.h"
#include "server/json.h"
#include "server/server.h"
#include "server/slot.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::HasSubstr;

constexpr int kDefaultClientBytes = 4 << 20;

class LimitsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::path(::testing::TempDir()) /
               ("coinwake_limits_" + std::to_string(getpid())))
                  .string();
    std::filesystem::remove_all(folder_);
    chain_.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}, {"bob", 50 * kCoin}}}});
  }
  void TearDown() override {
    server_.reset();
    indexes_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Build() { ASSERT_OK(chain_.Build(RealFileSystem(), folder_).status()); }

  void Serve() {
    auto indexes = IndexSet::Open(RealFileSystem(), folder_, std::nullopt, 1, nullptr);
    ASSERT_OK(indexes.status());
    indexes_ = std::move(*indexes);
    auto server = Server::Start(*indexes_, {.listen = "127.0.0.1:0"});
    ASSERT_OK(server.status());
    server_ = std::move(*server);
    explorer_ = v1::Explorer::NewStub(
        grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  }

  IndexBuilder chain_;
  std::string folder_;
  std::unique_ptr<IndexSet> indexes_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Explorer::Stub> explorer_;
};

TEST_F(LimitsTest, CallersOnOneConnectionAreAllAnswered) {
  constexpr int kCallers = 100;
  constexpr int kCallsEach = 6;
  Build();
  Serve();
  std::atomic<int> answered{0};
  std::vector<std::thread> callers;
  callers.reserve(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      for (int call = 0; call < kCallsEach; ++call) {
        grpc::ClientContext context;
        v1::GetBlockRequest request;
        request.set_block("1");
        v1::Block block;
        const grpc::Status status = explorer_->GetBlock(&context, request, &block);
        EXPECT_TRUE(status.ok()) << status.error_code() << ' ' << status.error_message();
        answered += status.ok();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered, kCallers * kCallsEach);
}

// Says nothing until it is let go on.
class HeldLog : public Log {
 public:
  void Say(std::string_view) override { go_on_.get_future().wait(); }
  void GoOn() { go_on_.set_value(); }

 private:
  std::promise<void> go_on_;
};

TEST_F(LimitsTest, OnlySoManyWaitForClusters) {
  constexpr int kTurnedAway = 3;
  const auto index = chain_.Build(RealFileSystem(), folder_);
  ASSERT_OK(index.status());
  HeldLog log;
  ClusterSource clusters(index->view, 1, &log);
  std::vector<std::future<absl::Status>> callers;
  callers.reserve(kMaxClusterWaiters + kTurnedAway);
  for (int i = 0; i < kMaxClusterWaiters + kTurnedAway; ++i) {
    callers.push_back(std::async(std::launch::async, [&clusters] {
      return clusters.Get(Profile::kStrict, nullptr).status();
    }));
  }
  const auto answered = [&callers] {
    return std::count_if(callers.begin(), callers.end(), [](const auto& caller) {
      return caller.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (answered() < kTurnedAway && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  log.GoOn();
  int turned_away = 0;
  for (auto& caller : callers) {
    const absl::Status status = caller.get();
    if (status.ok()) continue;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("try again")));
    ++turned_away;
  }
  EXPECT_EQ(turned_away, kTurnedAway);
  EXPECT_OK(clusters.Get(Profile::kStrict, nullptr).status());
}

TEST(Slot, ThatGotNoPlaceTakesNone) {
  std::atomic<int> taken{0};
  {
    const Slot first(taken, 1);
    const Slot second(taken, 1);
    EXPECT_TRUE(first.ok());
    EXPECT_FALSE(second.ok());
    EXPECT_EQ(taken, 1);
  }
  EXPECT_EQ(taken, 0);
}

TEST_F(LimitsTest, PagesOfABlockFitWhatClientsTake) {
  constexpr std::uint32_t kTransactions = 5;
  constexpr std::uint32_t kOutputs = 20'000;  // more than a megabyte a transaction
  std::vector<SimpleTransaction> block = {{"", {}, {}}};
  for (std::uint32_t i = 0; i < kTransactions; ++i) {
    const std::string name = "wide " + std::to_string(i);
    const std::string mint = "mint " + std::to_string(i);
    chain_.AddBlock({{mint, {}, {{"alice", 50 * kCoin}}}});
    SimpleTransaction wide{name, {Spend(mint, 0)}, {}};
    wide.outputs.assign(kOutputs, {"carol", 1000});
    block.push_back(wide);
  }
  const std::uint64_t height = chain_.AddBlock(block);
  Build();
  Serve();
  v1::GetBlockRequest request;
  request.set_block(std::to_string(height));
  request.set_page_size(kMaxPageSize);
  std::vector<std::string> transactions;
  int pages = 0;
  do {
    grpc::ClientContext context;
    v1::Block page;
    const grpc::Status status = explorer_->GetBlock(&context, request, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_LT(page.ByteSizeLong(), static_cast<std::size_t>(kDefaultClientBytes));
    EXPECT_EQ(page.transactions_count(), kTransactions + 1);
    for (const v1::Transaction& one : page.transactions()) transactions.push_back(ToJson(one));
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_GT(pages, 1);
  v1::Block whole;
  request.set_page_size(0);
  ASSERT_OK(AnswerBlock(indexes_->networks().front()->view(), request, &whole));
  ASSERT_GT(whole.ByteSizeLong(), static_cast<std::size_t>(kDefaultClientBytes));
  std::vector<std::string> expected;
  for (const v1::Transaction& one : whole.transactions()) expected.push_back(ToJson(one));
  EXPECT_EQ(transactions, expected);
}

TEST_F(LimitsTest, StatusOfADamagedIndexSaysSo) {
  Build();
  const std::string column =
      ColumnsFolder(FolderOfNetwork(folder_, Network::kBitcoinRegtest)) + "/tx_version.col";
  {
    std::fstream file(column, std::ios::in | std::ios::out | std::ios::binary);
    ASSERT_TRUE(file.seekp(-1, std::ios::end)) << column;
    file.put('\x5a');
  }
  Serve();
  const auto status = [this] {
    grpc::ClientContext context;
    v1::Status answer;
    return explorer_->GetStatus(&context, v1::GetStatusRequest(), &answer).error_code();
  };
  EXPECT_EQ(status(), grpc::StatusCode::OK);  // nothing has read the damaged row yet
  v1::GetTransactionRequest request;
  request.set_txid(chain_.TxidOf("mint").ToDisplayHex());
  grpc::ClientContext context;
  v1::Transaction transaction;
  EXPECT_EQ(explorer_->GetTransaction(&context, request, &transaction).error_code(),
            grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(status(), grpc::StatusCode::DATA_LOSS);
}

}  // namespace
}  // namespace coinwake::server
