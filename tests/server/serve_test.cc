// Goal: `coinwake serve` says where it listens, is healthy, describes itself, and ends cleanly on
// SIGTERM and SIGINT. Method: runs the program on the sample index and asks it over its port.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include "coinwake/v1/explorer.grpc.pb.h"
#include "tests/cli/sample_index.h"
#include "tests/server/raw_call.h"
#include "tests/support/run_program.h"

namespace coinwake::server {
namespace {

using ::testing::HasSubstr;

constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr int kFileContainingSymbol = 4;  // fields of ServerReflectionRequest
constexpr int kListServices = 7;

// A served index and a channel to it.
struct Served {
  Served()
      : program(ProgramUnderTest(), {"serve", "--listen", "127.0.0.1:0", "--data", RegtestData()}) {
    const std::string line = program.WaitForErrorLine("listening on ");
    address = line.substr(line.rfind(' ') + 1);
    channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  }

  RunningProgram program;
  std::string address;
  std::shared_ptr<grpc::Channel> channel;
};

TEST(Serve, IsHealthyAndDescribesItself) {
  Served served;
  ASSERT_THAT(served.address, HasSubstr("127.0.0.1:"));
  EXPECT_EQ(HealthOf(served.channel, ""), kServing);
  EXPECT_EQ(HealthOf(served.channel, "coinwake.v1.Explorer"), kServing);
  EXPECT_EQ(HealthOf(served.channel, "coinwake.v1.Screening"), kServing);
  EXPECT_EQ(HealthOf(served.channel, "coinwake.v1.Tracer"), kServing);
  EXPECT_EQ(HealthOf(served.channel, "coinwake.v1.Reports"), kServing);
  EXPECT_EQ(HealthOf(served.channel, "coinwake.v1.Nothing"), -1);
  const RawAnswer services =
      CallRawStream(served.channel, kReflection, StringField(kListServices, ""));
  EXPECT_TRUE(services.status.ok()) << services.status.error_message();
  EXPECT_THAT(services.bytes, HasSubstr("coinwake.v1.Explorer"));
  EXPECT_THAT(services.bytes, HasSubstr("coinwake.v1.Screening"));
  EXPECT_THAT(services.bytes, HasSubstr("coinwake.v1.Tracer"));
  EXPECT_THAT(services.bytes, HasSubstr("grpc.health.v1.Health"));
  const RawAnswer file = CallRawStream(served.channel, kReflection,
                                       StringField(kFileContainingSymbol, "coinwake.v1.Tracer"));
  EXPECT_THAT(file.bytes, HasSubstr("coinwake/v1/tracer.proto"));
}

TEST(Serve, EndsCleanlyOnASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    SCOPED_TRACE(signal);
    Served served;
    const auto explorer = v1::Explorer::NewStub(served.channel);
    grpc::ClientContext context;
    v1::Status status;
    ASSERT_TRUE(explorer->GetStatus(&context, v1::GetStatusRequest(), &status).ok());
    EXPECT_EQ(status.networks(0).snapshot().height(), 330u);
    served.program.Signal(signal);
    EXPECT_EQ(served.program.Wait(), 0);
  }
}

TEST(Serve, GoesOnWhenNobodyReadsItsLog) {
  Served served;
  served.program.CloseErrors();
  const auto explorer = v1::Explorer::NewStub(served.channel);
  grpc::ClientContext context;
  v1::Status status;
  EXPECT_TRUE(explorer->GetStatus(&context, v1::GetStatusRequest(), &status).ok());
  served.program.Signal(SIGTERM);  // which it says in the log
  EXPECT_EQ(served.program.Wait(), 0);
}

TEST(Serve, LogsNoLinesOfLibraries) {
  Served served;
  const RawAnswer answer =
      CallRaw(served.channel, "/coinwake.v1.Explorer/GetBlock", StringField(2, "\xff no UTF-8"));
  EXPECT_FALSE(answer.status.ok());
  served.program.Signal(SIGTERM);
  const std::string log = served.program.ReadErrors(std::chrono::seconds(10));
  EXPECT_EQ(served.program.Wait(), 0);
  EXPECT_EQ(log, "coinwake: stopping; calls in flight may go on for a while\ncoinwake: stopped\n");
}

TEST(Serve, HoldsTheIndexAlone) {
  Served served;
  const ProgramResult second = RunProgram(ProgramUnderTest(), {"status", "--data", RegtestData()});
  EXPECT_EQ(second.exit_status, 1);
  EXPECT_THAT(second.err, HasSubstr("coinwake: error: "));
  EXPECT_THAT(second.err, HasSubstr("ask the running server"));
}

}  // namespace
}  // namespace coinwake::server
