// Goal: every rpc answers over a real socket what the command prints, byte for byte, errors have
// the codes the .proto names, and requests past a limit are refused (deadlines and cancellations
// are in long_calls_test). Method: runs the commands first (LevelDB admits one process), then opens
// the same index, starts the server on a free loopback port and asks it through the generated
// client.
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
#include "coinwake/v1/tracer.grpc.pb.h"
#include "server/json.h"
#include "server/server.h"
#include "tests/cli/sample_index.h"
#include "tests/server/served_index.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"

namespace coinwake::server {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kGenesisOfMain[] = "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S";
constexpr char kNeverSeen[] = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202";
constexpr const char* kPolicies[] = {"fifo", "lifo", "tifo",    "tiho",
                                     "tiso", "cifo", "haircut", "poison"};

// Lines that `coinwake ARGUMENTS --json` prints on an index.
std::vector<std::string> Lines(const std::string& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--json", "--data", data});
  const ProgramResult result = RunProgram(ProgramUnderTest(), arguments);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  return result.lines();
}

// What the commands said, and the server over the same index.
class GrpcTest : public ::testing::Test {
 protected:
  struct State {
    std::map<std::string, std::vector<std::string>> said;
    std::string from, seed, to, merged_a, merged_b;
    std::string first_paid, last_paid;  // outputs on the way between `from` and `to`
    std::unique_ptr<ServedIndex> served;
  };
  static State& Shared() {
    static State state;
    return state;
  }

  static void SetUpTestSuite() {
    const std::string& data = TwoNetworksData();
    const std::vector<std::string> on_regtest = {"--network", kRegtest};
    const auto ask = [&](const std::string& name, std::vector<std::string> arguments) {
      arguments.insert(arguments.end(), on_regtest.begin(), on_regtest.end());
      Shared().said[name] = Lines(data, arguments);
    };
    ask("tx", {"tx", kPeelHop0});
    v1::Transaction hop0;
    v1::Transaction hop5;
    v1::Transaction merge;
    Parse(Shared().said["tx"], &hop0);
    ask("hop5", {"tx", kPeelHop5});
    Parse(Shared().said["hop5"], &hop5);
    ask("merge", {"tx", kConsolidation});
    Parse(Shared().said["merge"], &merge);
    Shared().from = hop0.inputs(0).address();
    Shared().seed = hop0.outputs(0).address();
    Shared().to = hop5.outputs(0).address();
    Shared().merged_a = merge.inputs(0).address();
    for (const v1::Input& input : merge.inputs()) {
      if (input.has_address() && input.address() != Shared().merged_a)
        Shared().merged_b = input.address();
    }
    ask("kind", {"kind", kConsolidation});
    ask("peel", {"peel", kPeelHop5, "--direction", "both"});
    Shared().said["status"] = Lines(data, {"status"});
    ask("block", {"block", "111"});
    ask("stale", {"block", kStaleBlock});
    ask("address", {"address", Shared().seed});
    Shared().said["genesis"] = Lines(data, {"address", kGenesisOfMain});
    ask("history", {"history", Shared().merged_a});
    Shared().said["utxos"] = Lines(data, {"utxos", kManyUnspent});
    ask("cluster", {"cluster", Shared().merged_a, "--members"});
    ask("why", {"why", Shared().merged_a, Shared().merged_b});
    for (const std::string policy : kPolicies) {
      ask(policy, {"trace", "--seed", Shared().seed + "=peel", "--seed-output",
                   std::string(kPeelHop5) + ":0", "--policy", policy, "--fees", "miner"});
    }
    for (const std::string policy : {"fifo", "haircut"}) {
      ask("backward " + policy,
          {"trace", "--seed", Shared().to + "=peel", "--seed-output", std::string(kPeelHop0) + ":0",
           "--direction", "backward", "--policy", policy, "--fees", "miner"});
      ask("source " + policy,
          {"exposure", Shared().to, "--policy", policy, "--stop", Shared().from + "=origin"});
    }
    ask("destination",
        {"exposure", Shared().from, "--direction", "destination", "--cluster", "--max-hops", "3"});
    ask("cluster seeds",
        {"trace", "--seed-cluster", Shared().merged_a, "--outputs", "all", "--until", "250"});
    ask("path", {"path", "--from", Shared().from, "--to", Shared().to, "--count", "3"});
    v1::Path path;
    Parse({Shared().said["path"].at(0)}, &path);
    ASSERT_GE(path.hops_size(), 2);
    Shared().first_paid = OutputOf(*path.hops().begin());
    Shared().last_paid = OutputOf(*path.hops().rbegin());
    ask("path of outputs",
        {"path", "--from", Shared().first_paid, "--to", Shared().last_paid, "--best", "taint",
         "--count", "3", "--diverse", "--since", "1", "--until", "100000", "--min-value", "1",
         "--max-edges", "1", "--through-services"});

    auto served = ServedIndex::Open(data);
    ASSERT_OK(served.status());
    Shared().served = *std::move(served);
  }

  static std::string OutputOf(const v1::PathHop& hop) {
    return hop.txid() + ":" + std::to_string(hop.vout());
  }

  static void TearDownTestSuite() { Shared().served.reset(); }

  template <typename Message>
  static void Parse(const std::vector<std::string>& lines, Message* message) {
    ASSERT_EQ(lines.size(), 1u);
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(lines[0], message).ok()) << lines[0];
  }

  GrpcTest()
      : channel_(Shared().served->NewChannel()),
        explorer_(v1::Explorer::NewStub(channel_)),
        tracer_(v1::Tracer::NewStub(channel_)) {}

  // Calls a unary method; the answer as JSON, or the error as text.
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

  // Reads a stream to its end, as lines of JSON.
  template <typename Event, typename Reader>
  static std::vector<std::string> ReadAll(Reader& reader, grpc::Status* status) {
    std::vector<std::string> lines;
    Event event;
    while (reader.Read(&event)) lines.push_back(ToJson(event));
    *status = reader.Finish();
    return lines;
  }

  grpc::Status TraceStatus(const v1::TraceRequest& request) {
    grpc::ClientContext context;
    grpc::Status status;
    const auto reader = tracer_->Trace(&context, request);
    ReadAll<v1::TraceEvent>(*reader, &status);
    return status;
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Explorer::Stub> explorer_;
  std::unique_ptr<v1::Tracer::Stub> tracer_;
};

TEST_F(GrpcTest, LookupsEqualTheCommands) {
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetStatus, v1::GetStatusRequest()),
            Shared().said["status"][0]);
  v1::GetBlockRequest block;
  block.set_network(kRegtest);
  block.set_block("111");
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetBlock, block), Shared().said["block"][0]);
  block.set_block(kStaleBlock);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetBlock, block), Shared().said["stale"][0]);
  v1::GetTransactionRequest transaction;
  transaction.set_network(kRegtest);
  transaction.set_txid(kPeelHop0);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetTransaction, transaction), Shared().said["tx"][0]);
  v1::GetTransactionKindRequest kind;
  kind.set_network(kRegtest);
  kind.set_txid(kConsolidation);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetTransactionKind, kind), Shared().said["kind"][0]);
  v1::GetAddressRequest address;
  address.set_address(Shared().seed);  // its text says which network
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetAddress, address), Shared().said["address"][0]);
  address.set_address(kGenesisOfMain);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetAddress, address), Shared().said["genesis"][0]);
}

TEST_F(GrpcTest, ClustersAndEvidenceEqualTheCommands) {
  ASSERT_THAT(Shared().merged_b, Not(IsEmpty()));
  v1::GetClusterRequest cluster;
  cluster.set_network(kRegtest);
  cluster.set_address(Shared().merged_a);
  cluster.set_members(true);
  cluster.set_page_size(10'000);
  EXPECT_EQ(Call(&v1::Explorer::Stub::GetCluster, cluster), Shared().said["cluster"][0]);
  v1::ExplainRequest explain;
  explain.set_network(kRegtest);
  explain.set_address_a(Shared().merged_a);
  explain.set_address_b(Shared().merged_b);
  EXPECT_EQ(Call(&v1::Explorer::Stub::Explain, explain), Shared().said["why"][0]);
}

TEST_F(GrpcTest, PagesAddUpToTheWhole) {
  v1::ListHistoryRequest request;
  request.set_network(kRegtest);
  request.set_address(Shared().merged_a);
  request.set_page_size(1);
  std::vector<std::string> lines;
  do {
    grpc::ClientContext context;
    v1::ListHistoryResponse page;
    ASSERT_TRUE(explorer_->ListHistory(&context, request, &page).ok());
    EXPECT_LE(page.entries_size(), 1);
    // A line of the command stands alone, and so carries the snapshot of its list.
    for (v1::HistoryEntry& entry : *page.mutable_entries()) {
      EXPECT_FALSE(entry.has_snapshot());
      *entry.mutable_snapshot() = page.snapshot();
      lines.push_back(ToJson(entry));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(lines, Shared().said["history"]);

  v1::ListUnspentRequest unspent;
  unspent.set_address(kManyUnspent);
  unspent.set_page_size(2);
  lines.clear();
  do {
    grpc::ClientContext context;
    v1::ListUnspentResponse page;
    ASSERT_TRUE(explorer_->ListUnspent(&context, unspent, &page).ok());
    EXPECT_LE(page.outputs_size(), 2);
    for (v1::Unspent& output : *page.mutable_outputs()) {
      EXPECT_FALSE(output.has_snapshot());
      *output.mutable_snapshot() = page.snapshot();
      lines.push_back(ToJson(output));
    }
    unspent.set_page_token(page.next_page_token());
  } while (!unspent.page_token().empty());
  EXPECT_GT(lines.size(), 2u);
  EXPECT_EQ(lines, Shared().said["utxos"]);

  v1::GetClusterRequest members;
  members.set_network(kRegtest);
  members.set_address(Shared().merged_a);
  members.set_members(true);
  members.set_page_size(1);
  v1::Cluster expected;
  Parse(Shared().said["cluster"], &expected);
  for (const std::string& member : expected.members()) {
    grpc::ClientContext context;
    v1::Cluster page;
    ASSERT_TRUE(explorer_->GetCluster(&context, members, &page).ok());
    ASSERT_EQ(page.members_size(), 1);
    EXPECT_EQ(page.members(0), member);
    members.set_page_token(page.next_page_token());
  }
  EXPECT_THAT(members.page_token(), IsEmpty());
}

TEST_F(GrpcTest, PagesOfBlocksAddUpToTheWhole) {
  const std::vector<std::pair<std::string, std::string>> blocks = {{"block", "111"},
                                                                   {"stale", kStaleBlock}};
  for (const auto& [said, block] : blocks) {
    SCOPED_TRACE(said);
    v1::Block whole;
    Parse(Shared().said[said], &whole);
    ASSERT_GT(whole.transactions_size(), 1);
    v1::GetBlockRequest request;
    request.set_network(kRegtest);
    request.set_block(block);
    request.set_page_size(1);
    std::vector<std::string> transactions;
    do {
      grpc::ClientContext context;
      v1::Block page;
      ASSERT_TRUE(explorer_->GetBlock(&context, request, &page).ok());
      EXPECT_EQ(page.transactions_size(), 1);
      EXPECT_EQ(page.transactions_count(), whole.transactions_count());
      for (const v1::Transaction& one : page.transactions()) transactions.push_back(ToJson(one));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    std::vector<std::string> expected;
    for (const v1::Transaction& one : whole.transactions()) expected.push_back(ToJson(one));
    EXPECT_EQ(transactions, expected);
    request.set_page_token("garbage");
    EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, request),
                HasSubstr("3 \"garbage\" is no page"));
  }
}

TEST_F(GrpcTest, TracesEqualTheCommandLineByLine) {
  for (const std::string policy : kPolicies) {
    SCOPED_TRACE(policy);
    v1::TraceRequest request;
    request.set_network(kRegtest);
    request.set_policy(policy);
    request.set_fees("miner");
    v1::TraceSeed* seed = request.add_seeds();
    seed->set_address(Shared().seed);
    seed->set_label("peel");
    request.add_seeds()->set_output(std::string(kPeelHop5) + ":0");
    grpc::ClientContext context;
    grpc::Status status;
    const auto reader = tracer_->Trace(&context, request);
    EXPECT_EQ(ReadAll<v1::TraceEvent>(*reader, &status), Shared().said[policy]);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  v1::TraceRequest request;
  request.set_network(kRegtest);
  request.add_seeds()->set_cluster(Shared().merged_a);
  request.set_outputs("all");
  request.set_until("250");
  grpc::ClientContext context;
  grpc::Status status;
  const auto reader = tracer_->Trace(&context, request);
  EXPECT_EQ(ReadAll<v1::TraceEvent>(*reader, &status), Shared().said["cluster seeds"]);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(GrpcTest, BackwardTracesEqualTheCommandLineByLine) {
  for (const std::string policy : {"fifo", "haircut"}) {
    SCOPED_TRACE(policy);
    v1::TraceRequest request;
    request.set_network(kRegtest);
    request.set_policy(policy);
    request.set_fees("miner");
    request.set_direction("backward");
    v1::TraceSeed* seed = request.add_seeds();
    seed->set_address(Shared().to);
    seed->set_label("peel");
    request.add_seeds()->set_output(std::string(kPeelHop0) + ":0");
    grpc::ClientContext context;
    grpc::Status status;
    const auto reader = tracer_->Trace(&context, request);
    EXPECT_EQ(ReadAll<v1::TraceEvent>(*reader, &status), Shared().said["backward " + policy]);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_GT(Shared().said["backward " + policy].size(), 3u);
  }
}

TEST_F(GrpcTest, ExposureEqualsTheCommand) {
  for (const std::string policy : {"fifo", "haircut"}) {
    v1::GetExposureRequest request;
    request.set_network(kRegtest);
    request.set_address(Shared().to);
    request.set_policy(policy);
    v1::ExposureStop* const stop = request.add_stops();
    stop->set_address(Shared().from);
    stop->set_entity("origin");
    grpc::ClientContext context;
    v1::Exposure answer;
    const grpc::Status status = tracer_->GetExposure(&context, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(ToJson(answer), Shared().said["source " + policy][0]);
    EXPECT_THAT(ToJson(answer), HasSubstr(R"("category":"service","entity":"origin")"));
  }
  v1::GetExposureRequest request;
  request.set_network(kRegtest);
  request.set_address(Shared().from);
  request.set_cluster(true);
  request.set_direction("destination");
  request.set_max_hops(3);
  grpc::ClientContext context;
  v1::Exposure answer;
  EXPECT_TRUE(tracer_->GetExposure(&context, request, &answer).ok());
  EXPECT_EQ(ToJson(answer), Shared().said["destination"][0]);
  request.set_direction("sideways");
  grpc::ClientContext other;
  EXPECT_EQ(tracer_->GetExposure(&other, request, &answer).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcTest, PathsEqualTheCommand) {
  v1::FindPathsRequest request;
  request.set_network(kRegtest);
  request.set_from(Shared().from);
  request.set_to(Shared().to);
  request.set_count(3);
  grpc::ClientContext context;
  grpc::Status status;
  const auto reader = tracer_->FindPaths(&context, request);
  EXPECT_EQ(ReadAll<v1::Path>(*reader, &status), Shared().said["path"]);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

// With the warning that the window ends beyond the tip.
TEST_F(GrpcTest, PathsOfOutputsEqualTheCommand) {
  v1::FindPathsRequest request;
  request.set_network(kRegtest);
  request.set_from(Shared().first_paid);
  request.set_to(Shared().last_paid);
  request.set_best("taint");
  request.set_count(3);
  request.set_diverse(true);
  request.set_since("1");
  request.set_until("100000");
  request.set_min_value("1");
  request.set_max_edges(1);
  request.set_through_services(true);
  grpc::ClientContext context;
  grpc::Status status;
  const auto reader = tracer_->FindPaths(&context, request);
  const std::vector<std::string> lines = ReadAll<v1::Path>(*reader, &status);
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(lines, Shared().said["path of outputs"]);
  v1::Path path;
  Parse(lines, &path);
  EXPECT_EQ(path.warnings_size(), 1);
  EXPECT_TRUE(path.has_taint());
  EXPECT_TRUE(path.has_unfollowed());
}

TEST_F(GrpcTest, PeelChainsEqualTheCommand) {
  v1::FollowPeelChainRequest request;
  request.set_network(kRegtest);
  request.set_txid(kPeelHop5);
  request.set_direction("both");
  grpc::ClientContext context;
  grpc::Status status;
  const auto reader = explorer_->FollowPeelChain(&context, request);
  EXPECT_EQ(ReadAll<v1::PeelEvent>(*reader, &status), Shared().said["peel"]);
  EXPECT_TRUE(status.ok()) << status.error_message();
  request.set_txid(kStaleTransaction);
  grpc::ClientContext other;
  const auto none = explorer_->FollowPeelChain(&other, request);
  EXPECT_THAT(ReadAll<v1::PeelEvent>(*none, &status), IsEmpty());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcTest, ErrorsHaveTheCodesTheProtoNames) {
  v1::GetBlockRequest block;
  block.set_block("0");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, block),
              HasSubstr("3 several networks are indexed"));
  block.set_network("bitcoin-signet");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, block), HasSubstr("5 no index of"));
  block.set_network("dogecoin");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, block), HasSubstr("3 unknown network"));
  block.set_network(kRegtest);
  block.set_block("331");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, block), HasSubstr("5 no block at height 331"));
  block.set_block("111");
  block.set_page_size(1);
  block.set_page_token("00");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetBlock, block), HasSubstr("3 "));
  v1::GetTransactionRequest transaction;
  transaction.set_network(kRegtest);
  transaction.set_txid(kStaleTransaction);
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetTransaction, transaction),
              HasSubstr("5 no transaction"));
  v1::GetAddressRequest address;
  address.set_address("not-an-address");
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetAddress, address), HasSubstr("3 "));
  v1::ListUnspentRequest unspent;
  unspent.set_address(kNeverSeen);
  EXPECT_THAT(Call(&v1::Explorer::Stub::ListUnspent, unspent), HasSubstr("5 "));
  unspent.set_address(Shared().seed);
  unspent.set_page_token(std::string(32, '0'));
  EXPECT_THAT(Call(&v1::Explorer::Stub::ListUnspent, unspent), HasSubstr("3 the page token"));
  v1::GetClusterRequest cluster;
  cluster.set_address(kNeverSeen);
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetCluster, cluster), HasSubstr("5 "));
  cluster.set_address(Shared().seed);
  cluster.set_page_token("garbage");  // wrong even where no members are asked for
  EXPECT_THAT(Call(&v1::Explorer::Stub::GetCluster, cluster),
              HasSubstr("3 \"garbage\" is no page"));
  v1::ExplainRequest explain;
  explain.set_address_a(Shared().seed);
  explain.set_address_b(Shared().seed);
  explain.set_profile("wild");
  EXPECT_THAT(Call(&v1::Explorer::Stub::Explain, explain), HasSubstr("3 unknown profile"));

  EXPECT_EQ(TraceStatus(v1::TraceRequest()).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  v1::TraceRequest trace;
  trace.add_seeds()->set_address(Shared().seed);
  trace.set_policy("majority");
  EXPECT_EQ(TraceStatus(trace).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  trace.set_policy("");
  trace.mutable_seeds(0)->set_label(std::string(257, 'x'));
  EXPECT_EQ(TraceStatus(trace).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcTest, RequestsPastALimitAreRefused) {
  v1::TraceRequest many;
  many.set_network(kRegtest);
  for (std::size_t i = 0; i <= kMaxSeeds; ++i) many.add_seeds()->set_address(kNeverSeen);
  const grpc::Status seeds = TraceStatus(many);
  EXPECT_EQ(seeds.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(seeds.error_message(), HasSubstr("too many"));

  v1::TraceRequest large;
  large.add_seeds()->set_label(std::string(kMaxRequestBytes + 1, 'x'));
  EXPECT_EQ(TraceStatus(large).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);

  v1::FindPathsRequest paths;
  paths.set_from(Shared().from);
  paths.set_to(Shared().to);
  paths.set_count(kMaxPaths + 1);
  grpc::ClientContext context;
  grpc::Status status;
  const auto reader = tracer_->FindPaths(&context, paths);
  EXPECT_THAT(ReadAll<v1::Path>(*reader, &status), IsEmpty());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcTest, ASecondServerCannotTakeThePort) {
  EXPECT_THAT(Server::Start(Shared().served->indexes(), {.listen = Shared().served->address()}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cannot listen")));
  for (const std::string listen :
       {"", "localhost", "127.0.0.1:", ":80", "127.0.0.1:70000", "127.0.0.1:-1", "::1:80",
        "[::1:80", "[]:80", "127.0.0.1:0,127.0.0.1:0", "127.0.0.1:80:81", "dns:///localhost:0",
        "unix:/tmp/socket:0", "local host:0"}) {
    EXPECT_THAT(Server::Start(Shared().served->indexes(), {.listen = listen}),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace coinwake::server
