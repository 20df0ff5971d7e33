// Goal: `screen` prints what the server answers, one by one and in a batch, for people too; what is
// wrong with one subject of a batch is its own; and a bad rules file is told with its line.
// Method: runs the program over a made chain, and asks a server over the same folder.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/screening.grpc.pb.h"
#include "coinwake/v1/screening.pb.h"
#include "indexer/base/file_system.h"
#include "labels/label.h"
#include "server/json.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/server/raw_call.h"
#include "tests/server/served_index.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string NameOf(const std::string& who) {
  const std::vector<std::uint8_t> script = ScriptOfName(who);
  return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
}

struct Made {
  std::string data;
  std::string pay;  // a txid
};

// The seller pays mid, which pays the shop.
Made MakeData(const std::string& name) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"seller", kCoin}}}});
  chain.AddBlock({{}, {"pay", {Spend("mint", 0)}, {{"mid", kCoin}}}});
  chain.AddBlock({{}, {"on", {Spend("pay", 0)}, {{"shop", kCoin}}}});
  Made made{ScratchPath(name), chain.TxidOf("pay").ToDisplayHex()};
  EXPECT_OK(chain.Build(RealFileSystem(), made.data).status());
  return made;
}

TEST(ScreenCommand, PrintsWhatTheServerAnswers) {
  const Made made = MakeData("screen");
  const std::vector<std::string> subjects = {NameOf("mid"), NameOf("shop"),  NameOf("nobody"),
                                             made.pay,      made.pay + ":0", std::string(64, 'a')};
  std::vector<std::string> arguments = {
      "screen", "--json", "--seed", NameOf("seller") + "=Heron", "--max-hops", "3"};
  arguments.insert(arguments.end(), subjects.begin(), subjects.end());
  const ProgramResult printed = On(made.data, arguments);
  ASSERT_EQ(printed.exit_status, 0) << printed.err;
  ASSERT_THAT(printed.lines(), SizeIs(subjects.size()));
  EXPECT_THAT(printed.lines()[0], AllOf(HasSubstr("\"risk_score\":90"), HasSubstr("Heron")));
  EXPECT_THAT(printed.lines()[1], HasSubstr("\"risk_score\":50"));
  EXPECT_THAT(printed.lines()[2], HasSubstr("\"status\":\"never_seen\""));
  EXPECT_THAT(printed.lines()[2], ::testing::Not(HasSubstr("risk_score")));
  EXPECT_THAT(printed.lines()[5], HasSubstr("\"status\":\"not_indexed\""));

  auto served = server::ServedIndex::Open(made.data);
  ASSERT_OK(served.status());
  const auto stub = v1::Screening::NewStub((*served)->NewChannel());
  v1::ScreenOptions options;
  options.set_max_hops(3);
  v1::ScreenSeed* const seed = options.add_seeds();
  seed->set_address(NameOf("seller"));
  seed->set_label("Heron");
  std::vector<std::string> one_by_one;
  for (const std::string& subject : subjects) {
    v1::ScreenRequest request;
    *request.mutable_options() = options;
    request.set_subject(subject);
    grpc::ClientContext context;
    v1::ScreeningResult result;
    ASSERT_TRUE(stub->Screen(&context, request, &result).ok());
    one_by_one.push_back(server::ToJson(result));
  }
  EXPECT_EQ(one_by_one, printed.lines());

  grpc::ClientContext context;
  const auto stream = stub->ScreenBatch(&context);
  v1::ScreenBatchRequest first;
  *first.mutable_options() = options;
  first.add_subjects(subjects[0]);
  first.add_subjects("nobody at all");
  ASSERT_TRUE(stream->Write(first));
  v1::ScreenBatchRequest second;
  for (std::size_t i = 1; i < subjects.size(); ++i) second.add_subjects(subjects[i]);
  ASSERT_TRUE(stream->Write(second));
  ASSERT_TRUE(stream->WritesDone());
  std::vector<std::string> together;
  std::uint64_t index = 0;
  v1::ScreenBatchResponse response;
  while (stream->Read(&response)) {
    EXPECT_EQ(response.index(), index);
    if (index++ == 1) {
      EXPECT_FALSE(response.has_result());
      EXPECT_EQ(response.error().code(), 3U);  // INVALID_ARGUMENT
      continue;
    }
    EXPECT_FALSE(response.has_error());
    together.push_back(server::ToJson(response.result()));
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(together, printed.lines());
}

TEST(ScreenService, RefusesWhatItDoesNotUnderstand) {
  const Made made = MakeData("screen errors");
  auto served = server::ServedIndex::Open(made.data);
  ASSERT_OK(served.status());
  const auto channel = (*served)->NewChannel();
  const auto stub = v1::Screening::NewStub(channel);
  EXPECT_EQ(server::HealthOf(channel, "coinwake.v1.Screening"), server::kServing);
  const auto code = [&stub](const v1::ScreenRequest& request) {
    grpc::ClientContext context;
    v1::ScreeningResult result;
    return stub->Screen(&context, request, &result).error_code();
  };
  v1::ScreenRequest request;
  EXPECT_EQ(code(request), grpc::StatusCode::INVALID_ARGUMENT);
  request.set_subject(NameOf("mid"));
  EXPECT_EQ(code(request), grpc::StatusCode::OK);
  request.mutable_options()->set_rules("version: 9");
  EXPECT_EQ(code(request), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_options();
  for (int i = 0; i <= 10'000; ++i) {
    request.mutable_options()->add_seeds()->set_address(NameOf("mid"));
  }
  EXPECT_EQ(code(request), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_options();
  request.mutable_options()->set_network("bitcoin");
  EXPECT_EQ(code(request), grpc::StatusCode::NOT_FOUND);
  request.clear_options();
  request.set_subject(made.pay + ":7");
  EXPECT_EQ(code(request), grpc::StatusCode::NOT_FOUND);

  // Options again end the stream, after what came before.
  grpc::ClientContext context;
  const auto stream = stub->ScreenBatch(&context);
  v1::ScreenBatchRequest batch;
  batch.mutable_options()->set_direction("deposit");
  batch.add_subjects(NameOf("mid"));
  ASSERT_TRUE(stream->Write(batch));
  v1::ScreenBatchResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.result().direction(), "deposit");
  stream->Write(batch);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);

  grpc::ClientContext late;
  late.set_deadline(std::chrono::system_clock::now() - std::chrono::seconds(1));
  v1::ScreeningResult result;
  request.set_subject(NameOf("mid"));
  EXPECT_EQ(stub->Screen(&late, request, &result).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST(ScreenCommand, ReadsFilesOfRulesAndSeeds) {
  const Made made = MakeData("screen files");
  const std::string rules = FileOf("rules.yaml",
                                   "version: 1\n"
                                   "rules:\n"
                                   "  - {id: heron, score: 42, exposure: direct, seeds: Heron}\n");
  const std::string seeds = FileOf(
      "screen seeds.csv", NameOf("seller") + ",Heron\n" + std::string(64, 'a') + ":0,output\n");
  const ProgramResult result = On(made.data, {"screen", NameOf("mid"), "--rules", rules, "--seeds",
                                              seeds, "--json", "--direction", "deposit"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"risk_score\":42"), HasSubstr("\"rule\":\"heron\"")));
  EXPECT_THAT(result.err, HasSubstr("1 of 2 seeds are no addresses"));

  const ProgramResult text = On(
      made.data, {"screen", NameOf("mid"), NameOf("nobody"), "--rules", rules, "--seeds", seeds});
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.out,
              AllOf(HasSubstr(NameOf("mid")), HasSubstr("risk score 42"), HasSubstr("seed Heron"),
                    HasSubstr(made.pay), HasSubstr("100.0 %"), HasSubstr("never seen")));
}

TEST(ScreenCommand, SaysWhatIsWrong) {
  const Made made = MakeData("screen wrong");
  const std::string mid = NameOf("mid");
  ExpectError(On(made.data, {"screen"}), 2, "ADDR_OR_TX");
  ExpectError(On(made.data, {"screen", mid, "nobody"}), 2, "nobody");
  ExpectError(On(made.data, {"screen", mid, "--direction", "in"}), 2, "deposit, withdrawal");
  ExpectError(On(made.data, {"screen", mid, "--max-hops", "0"}), 2, "from 1 to 20");
  ExpectError(On(made.data, {"screen", mid, "--asset", "TRX"}), 2, "TRX");
  ExpectError(On(made.data, {"screen", mid, "--seed", "x"}), 2, "x");
  ExpectError(On(made.data, {"screen", made.pay + ":7"}), 1, "1 outputs");
  const std::string rules = FileOf("bad rules.yaml", "version: 1\nrules:\n  - {id: a, scor: 1}\n");
  ExpectError(On(made.data, {"screen", mid, "--rules", rules}), 2,
              "bad rules.yaml:3: rule \"a\": unknown key \"scor\"");
  ExpectError(On(made.data, {"screen", mid, "--rules", ScratchPath("no rules")}), 1, "no rules");
}

}  // namespace
}  // namespace coinwake
