// Goal: every rpc about a Tron index answers over a real socket what the command prints, byte for
// byte, and what accounts do not have is FAILED_PRECONDITION.
// Method: indexes the demonstration's chain with the program and runs the commands first (LevelDB
// admits one process), then opens the same index and asks a server on a free loopback port.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/explorer.grpc.pb.h"
#include "coinwake/v1/exposure.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "server/json.h"
#include "server/limits.h"
#include "server/server.h"
#include "tests/cli/sample_index.h"
#include "tests/server/served_index.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kDemo[] = COINWAKE_TEST_DATA "/tron-demo";
constexpr char kSeller[] = "TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy";
constexpr char kUsdt[] = "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
constexpr char kNeverSeen[] = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb";

class TronGrpcTest : public ::testing::Test {
 protected:
  struct State {
    std::map<std::string, std::vector<std::string>> said;
    std::string txid;
    std::string paid;  // an account that the seller's money reached
    std::unique_ptr<ServedIndex> served;
  };
  static State& Shared() {
    static State state;
    return state;
  }

  static void SetUpTestSuite() {
    const std::string data = ScratchPath("tron grpc");
    const auto ask = [&data](std::vector<std::string> arguments) {
      arguments.insert(arguments.end(), {"--json", "--data", data});
      const ProgramResult result = RunProgram(ProgramUnderTest(), arguments);
      EXPECT_EQ(result.exit_status, 0) << result.err;
      return result.lines();
    };
    ask({"index", "tron", "--blocks", kDemo});
    auto& said = Shared().said;
    said["status"] = ask({"status"});
    said["block"] = ask({"block", "50"});
    said["address"] = ask({"address", kSeller});
    said["usdt"] = ask({"address", kSeller, "--asset", kUsdt});
    said["nobody"] = ask({"address", kNeverSeen});
    said["history"] = ask({"history", kSeller});
    said["trace"] = ask({"trace", "--asset", kUsdt, "--seed", std::string(kSeller) + "=seller",
                         "--seed", std::string(kNeverSeen) + "=ghost", "--stop", kNeverSeen});
    Shared().paid = PaidOf(said["trace"]);
    said["backward"] = ask({"trace", "--asset", kUsdt, "--seed", kSeller, "--direction", "backward",
                            "--policy", "haircut"});
    said["source"] = ask({"exposure", kSeller, "--asset", kUsdt});
    for (const std::string best : {"widest", "shortest", "earliest", "taint"}) {
      said[best] = ask({"path", "--asset",     kUsdt,         "--from",      kSeller,
                        "--to", Shared().paid, "--best",      best,          "--count",
                        "3",    "--diverse",   "--min-value", "1",           "--since",
                        "1",    "--until",     "111",         "--max-edges", "1000"});
    }
    said["usdt history"] = ask({"history", kSeller, "--asset", kUsdt});
    const std::string& block = said["block"].at(0);
    const std::string before = "\"txid\":\"";
    Shared().txid = block.substr(block.find(before) + before.size(), 64);
    said["tx"] = ask({"tx", Shared().txid});
    said["cluster"] = ask({"cluster", kSeller, "--profile", "exploratory", "--members"});
    said["why"] = ask({"why", kSeller, kSeller});

    auto served = ServedIndex::Open(data);
    ASSERT_OK(served.status());
    Shared().served = *std::move(served);
  }

  // The first account but the seller's that holds what was traced.
  static std::string PaidOf(const std::vector<std::string>& trace) {
    for (const std::string& line : trace) {
      v1::TraceEvent event;
      EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &event).ok()) << line;
      if (event.has_holding() && event.holding().address() != kSeller) {
        return event.holding().address();
      }
    }
    ADD_FAILURE() << "nobody holds anything";
    return "";
  }

  static void TearDownTestSuite() { Shared().served.reset(); }

  TronGrpcTest()
      : channel_(Shared().served->NewChannel()),
        explorer_(v1::Explorer::NewStub(channel_)),
        tracer_(v1::Tracer::NewStub(channel_)) {}

  // The events of a trace as JSON; `status` is how it ended.
  std::vector<std::string> Trace(const v1::TraceRequest& request, grpc::Status* status) {
    grpc::ClientContext context;
    const auto reader = tracer_->Trace(&context, request);
    std::vector<std::string> lines;
    v1::TraceEvent event;
    while (reader->Read(&event)) lines.push_back(ToJson(event));
    *status = reader->Finish();
    return lines;
  }

  // The answer as JSON, or the error as its number and text.
  template <typename Answer, typename Request>
  std::string Call(grpc::Status (v1::Explorer::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Answer*),
                   const Request& request) {
    grpc::ClientContext context;
    Answer answer;
    const grpc::Status status = (explorer_.get()->*method)(&context, request, &answer);
    if (status.ok()) return ToJson(answer);
    return std::to_string(status.error_code()) + " " + status.error_message();
  }

  // A history as the command prints it, `page_size` entries at a time.
  std::vector<std::string> History(const std::string& asset, std::uint32_t page_size) {
    v1::ListHistoryRequest request;
    request.set_address(kSeller);
    request.set_asset(asset);
    request.set_page_size(page_size);
    std::vector<std::string> lines;
    do {
      grpc::ClientContext context;
      v1::ListHistoryResponse page;
      const grpc::Status status = explorer_->ListHistory(&context, request, &page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (v1::HistoryEntry& entry : *page.mutable_entries()) {
        EXPECT_FALSE(entry.has_snapshot());
        *entry.mutable_snapshot() = page.snapshot();
        lines.push_back(ToJson(entry));
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return lines;
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Explorer::Stub> explorer_;
  std::unique_ptr<v1::Tracer::Stub> tracer_;
};

// With its warnings, which a command has on stderr as well.
TEST_F(TronGrpcTest, ATraceEqualsTheCommandLineByLine) {
  v1::TraceRequest request;
  request.set_asset(kUsdt);
  for (const auto& [address, label] :
       {std::pair{kSeller, "seller"}, std::pair{kNeverSeen, "ghost"}}) {
    v1::TraceSeed* const seed = request.add_seeds();
    seed->set_address(address);
    seed->set_label(label);
  }
  request.add_stops()->set_address(kNeverSeen);
  grpc::Status status;
  const std::vector<std::string> lines = Trace(request, &status);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(lines, Shared().said["trace"]);
  ASSERT_GE(lines.size(), 2U);
  EXPECT_THAT(lines[lines.size() - 2],
              AllOf(HasSubstr("\"label\":\"ghost\""), HasSubstr("seed T9yD14Nj9j7xAB4dbGeiX9h8un"),
                    HasSubstr("\"stops never seen")));
  EXPECT_THAT(lines.back(), AllOf(HasSubstr("\"label\":\"seller\""), Not(HasSubstr("seed T9yD")),
                                  HasSubstr("\"stops never seen")));
}

TEST_F(TronGrpcTest, WhereMoneyCameFromEqualsTheCommandLineByLine) {
  v1::TraceRequest trace;
  trace.set_asset(kUsdt);
  trace.add_seeds()->set_address(kSeller);
  trace.set_direction("backward");
  trace.set_policy("haircut");
  grpc::Status status;
  const std::vector<std::string> lines = Trace(trace, &status);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(lines, Shared().said["backward"]);
  ASSERT_GE(lines.size(), 2U);
  EXPECT_THAT(lines.back(),
              AllOf(HasSubstr("\"direction\":\"backward\""), HasSubstr("\"unspent\":\"0\"")));

  v1::GetExposureRequest exposure;
  exposure.set_address(kSeller);
  exposure.set_asset(kUsdt);
  grpc::ClientContext context;
  v1::Exposure answer;
  status = tracer_->GetExposure(&context, exposure, &answer);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(std::vector<std::string>{ToJson(answer)}, Shared().said["source"]);
  EXPECT_EQ(answer.direction(), "source");
  EXPECT_GT(answer.entries_size(), 0);
}

TEST_F(TronGrpcTest, PathsEqualTheCommandLineByLine) {
  for (const std::string best : {"widest", "shortest", "earliest", "taint"}) {
    SCOPED_TRACE(best);
    v1::FindPathsRequest request;
    request.set_asset(kUsdt);
    request.set_from(kSeller);
    request.set_to(Shared().paid);
    request.set_best(best);
    request.set_count(3);
    request.set_diverse(true);
    request.set_min_value("1");
    request.set_since("1");
    request.set_until("111");
    request.set_max_edges(1000);
    grpc::ClientContext context;
    const auto reader = tracer_->FindPaths(&context, request);
    std::vector<std::string> lines;
    v1::Path path;
    while (reader->Read(&path)) {
      EXPECT_EQ(path.has_taint(), best == "taint");
      EXPECT_TRUE(path.has_unfollowed());
      EXPECT_LE(path.hops(path.hops_size() - 1).height(), 111U);
      lines.push_back(ToJson(path));
    }
    EXPECT_TRUE(reader->Finish().ok());
    EXPECT_FALSE(lines.empty());
    EXPECT_EQ(lines, Shared().said[best]);
  }
}

TEST_F(TronGrpcTest, AsManySeedsAndStopsAsArePromisedFitARequest) {
  const std::string name(100, 'x');
  v1::TraceRequest request;
  request.set_asset(kUsdt);
  for (std::size_t i = 0; i < kMaxSeeds; ++i) {
    v1::TraceSeed* const seed = request.add_seeds();
    seed->set_address(kSeller);
    seed->set_label(name);
  }
  for (std::size_t i = 0; i < kMaxStops; ++i) {
    v1::TraceStop* const stop = request.add_stops();
    stop->set_address(kNeverSeen);
    stop->set_entity(name);
  }
  grpc::Status status;
  EXPECT_FALSE(Trace(request, &status).empty());
  EXPECT_TRUE(status.ok()) << status.error_message();
  request.add_stops()->set_address(kNeverSeen);
  Trace(request, &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("100001 stops are too many: at most 100000"));
}

TEST_F(TronGrpcTest, LookupsEqualTheCommands) {
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetStatus, v1::GetStatusRequest()),
            Shared().said["status"].at(0));
  v1::GetBlockRequest block;
  block.set_block("50");
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetBlock, block), Shared().said["block"].at(0));
  block.set_network("tron-private");
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetBlock, block), Shared().said["block"].at(0));
  v1::GetTransactionRequest transaction;
  transaction.set_txid(Shared().txid);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetTransaction, transaction), Shared().said["tx"].at(0));
  v1::GetAddressRequest address;
  address.set_address(kSeller);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetAddress, address), Shared().said["address"].at(0));
  address.set_asset(kUsdt);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetAddress, address), Shared().said["usdt"].at(0));
  address.clear_asset();
  address.set_address(kNeverSeen);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetAddress, address), Shared().said["nobody"].at(0));
}

TEST_F(TronGrpcTest, HistoriesEqualTheCommandInPagesOfAnySize) {
  for (const std::uint32_t size : {0U, 1U, 7U}) {
    SCOPED_TRACE(size);
    EXPECT_EQ(History("", size), Shared().said["history"]);
    EXPECT_EQ(History(kUsdt, size), Shared().said["usdt history"]);
  }
  EXPECT_GT(Shared().said["history"].size(), Shared().said["usdt history"].size());
}

TEST_F(TronGrpcTest, ClustersEqualTheCommand) {
  v1::GetClusterRequest cluster;
  cluster.set_address(kSeller);
  cluster.set_profile("exploratory");
  cluster.set_members(true);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetCluster, cluster), Shared().said["cluster"].at(0));
  v1::ExplainRequest explain;
  explain.set_address_a(kSeller);
  explain.set_address_b(kSeller);
  EXPECT_EQ(Call(&v1::Explorer::Stub::Explain, explain), Shared().said["why"].at(0));
  explain.set_address_b(kNeverSeen);
  EXPECT_THAT(Call(&v1::Explorer::Stub::Explain, explain), StartsWith("5 "));
  cluster.set_address(kNeverSeen);
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetCluster, cluster), StartsWith("5 "));
  cluster.set_profile("brave");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetCluster, cluster), StartsWith("3 unknown profile"));
}

TEST_F(TronGrpcTest, WhatAccountsDoNotHaveIsFailedPrecondition) {
  v1::ListUnspentRequest unspent;
  unspent.set_address(kSeller);
  EXPECT_THAT(Call(&v1::Explorer::Stub::ListUnspent, unspent),
              HasSubstr("9 this version has no unspent outputs on tron-private"));
  grpc::ClientContext context;
  v1::FollowPeelChainRequest peel;
  peel.set_txid(Shared().txid);
  const auto reader = explorer_->FollowPeelChain(&context, peel);
  v1::PeelEvent event;
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(TronGrpcTest, ErrorsHaveTheCodesTheProtoNames) {
  v1::GetBlockRequest block;
  block.set_block("112");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, block), StartsWith("5 no block at height 112"));
  block.set_block("50");
  block.set_network("tron");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, block), StartsWith("5 no index of tron"));
  v1::GetTransactionRequest transaction;
  transaction.set_txid(std::string(64, '7'));
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetTransaction, transaction), StartsWith("5 "));
  v1::ListHistoryRequest history;
  history.set_address(kNeverSeen);
  EXPECT_THAT(Call(&v1::Explorer::Stub::ListHistory, history), StartsWith("5 "));
  history.set_address("T");
  EXPECT_THAT(Call(&v1::Explorer::Stub::ListHistory, history), StartsWith("3 "));
  history.set_address(kSeller);
  history.set_page_token(std::string(32, '0'));
  EXPECT_THAT(Call(&v1::Explorer::Stub::ListHistory, history), StartsWith("3 the page token"));
  history.clear_page_token();
  history.set_asset("USDT");
  EXPECT_THAT(Call(&v1::Explorer::Stub::ListHistory, history), StartsWith("3 USDT is short for"));
}

}  // namespace
}  // namespace coinwake::server
