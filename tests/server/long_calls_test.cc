// Goal: a trace whose caller is slow, gone or late does not hold the server: deadlines and
// cancellations end it and free its place, and shutting down ends it after the drain.
// Method: a made chain with one payment to 3,000 outputs, whose events (some 500 kB) are more than
// the 64 kB window of a client that does not read; so the trace stays in flight until something
// ends it.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "coinwake/v1/explorer.grpc.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "server/server.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;
using ::testing::HasSubstr;

constexpr std::uint32_t kOutputs = 3'000;
constexpr seconds kPatience(10);

class LongCallsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::path(::testing::TempDir()) /
               ("coinwake_long_calls_" + std::to_string(getpid())))
                  .string();
    std::filesystem::remove_all(folder_);
    IndexBuilder chain;
    chain.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}}}});
    SimpleTransaction split{"split", {Spend("mint", 0)}, {}};
    for (std::uint32_t i = 0; i < kOutputs; ++i) {
      split.outputs.push_back({"payee " + std::to_string(i), 1000});
    }
    chain.AddBlock({{"", {}, {}}, split});
    seed_ = chain.TxidOf("mint").ToDisplayHex() + ":0";
    ASSERT_OK(chain.Build(RealFileSystem(), folder_).status());
    auto indexes = IndexSet::Open(RealFileSystem(), folder_, std::nullopt, 1, nullptr);
    ASSERT_OK(indexes.status());
    indexes_ = std::move(*indexes);
    auto server = Server::Start(
        *indexes_, {.listen = "127.0.0.1:0", .concurrent_traces = 1, .trace_transactions = 1000});
    ASSERT_OK(server.status());
    server_ = std::move(*server);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);  // keep the window as small as it begins
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 65'536);
    tracer_ = v1::Tracer::NewStub(grpc::CreateCustomChannel(
        server_->address(), grpc::InsecureChannelCredentials(), arguments));
  }

  void TearDown() override {
    server_.reset();
    indexes_.reset();
    std::filesystem::remove_all(folder_);
  }

  v1::TraceRequest Request() const {
    v1::TraceRequest request;
    request.add_seeds()->set_output(seed_);
    return request;
  }

  // Starts a trace and reads one event: from then on it holds the only place.
  std::unique_ptr<grpc::ClientReader<v1::TraceEvent>> StartTrace(grpc::ClientContext* context) {
    auto reader = tracer_->Trace(context, Request());
    v1::TraceEvent event;
    EXPECT_TRUE(reader->Read(&event));
    return reader;
  }

  // The status of a whole trace, and how many events it had.
  grpc::Status ReadWhole(int* events) {
    grpc::ClientContext context;
    const auto reader = tracer_->Trace(&context, Request());
    v1::TraceEvent event;
    for (*events = 0; reader->Read(&event);) ++*events;
    return reader->Finish();
  }

  // Whether a whole trace gets through before patience ends.
  bool PlaceBecomesFree() {
    const auto end = steady_clock::now() + kPatience;
    int events = 0;
    while (!ReadWhole(&events).ok()) {
      if (steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return events == static_cast<int>(kOutputs) + 2;  // sink fee, summary
  }

  std::string folder_;
  std::string seed_;
  std::unique_ptr<IndexSet> indexes_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Tracer::Stub> tracer_;
};

TEST_F(LongCallsTest, CancellationFreesThePlace) {
  grpc::ClientContext context;
  const auto reader = StartTrace(&context);
  int events = 0;
  const grpc::Status busy = ReadWhole(&events);
  EXPECT_EQ(busy.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(busy.error_message(), HasSubstr("try again"));
  EXPECT_EQ(events, 0);
  context.TryCancel();
  v1::TraceEvent event;
  while (reader->Read(&event)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(PlaceBecomesFree());
}

TEST_F(LongCallsTest, DeadlineFreesThePlace) {
  grpc::ClientContext context;
  context.set_deadline(system_clock::now() + milliseconds(1500));
  const auto reader = StartTrace(&context);
  std::this_thread::sleep_for(milliseconds(1600));
  v1::TraceEvent event;
  while (reader->Read(&event)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(PlaceBecomesFree());
}

TEST_F(LongCallsTest, SlowCallerGetsEverything) {
  grpc::ClientContext context;
  const auto reader = StartTrace(&context);
  std::this_thread::sleep_for(milliseconds(200));
  v1::TraceEvent event;
  int events = 1;
  while (reader->Read(&event)) ++events;
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(events, static_cast<int>(kOutputs) + 2);
  EXPECT_TRUE(event.has_summary());
}

TEST_F(LongCallsTest, ShutdownEndsCallsAfterTheDrain) {
  grpc::ClientContext context;
  const auto reader = StartTrace(&context);
  const auto start = steady_clock::now();
  server_->Shutdown(milliseconds(200));
  const auto took = steady_clock::now() - start;
  EXPECT_GE(took, milliseconds(150));
  EXPECT_LT(took, kPatience);
  v1::TraceEvent event;
  while (reader->Read(&event)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
  int events = 0;
  EXPECT_EQ(ReadWhole(&events).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(LongCallsTest, CallsInFlightMayEndDuringTheDrain) {
  grpc::ClientContext context;
  const auto reader = StartTrace(&context);
  // As long as it takes: under a sanitizer the stream alone is slower than anybody's patience.
  std::thread shutdown([this] { server_->Shutdown(std::chrono::minutes(4)); });
  v1::TraceEvent event;
  int events = 1;
  while (reader->Read(&event)) ++events;
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok()) << status.error_code() << ' ' << status.error_message();
  EXPECT_EQ(events, static_cast<int>(kOutputs) + 2);
  shutdown.join();
}

}  // namespace
}  // namespace coinwake::server
