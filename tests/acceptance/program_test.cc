// Goal: the program that users run keeps its contract: exit statuses, one JSON object a line, one
// error line, the answers of the library. Method: run the built program on the sample chain and
// compare what it prints with the answers taken from its index in this process, and with CONTRACT's
// rules.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/acceptance/answers.h"
#include "tests/acceptance/core_oracle.h"
#include "tests/support/gzip.h"
#include "tests/support/run_program.h"

namespace coinwake::acceptance {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string kData = std::string(COINWAKE_TEST_DATA) + "/regtest";

ProgramResult RunCoinwake(const std::vector<std::string>& arguments) {
  return RunProgram(ProgramUnderTest(), arguments);
}

struct Indexed {
  std::string blocks;
  std::string data;
  ProgramResult run;
};

// Set A, indexed by the program once for all tests.
const Indexed& SetA() {
  static const auto& indexed = *new Indexed([] {
    Indexed made;
    made.blocks = FreshFolder("program-blocks");
    made.data = FreshFolder("program-index");
    UnpackFolder(kData + "/A", made.blocks);
    made.run =
        RunCoinwake({"index", "bitcoin", "--blocks", made.blocks, "--data", made.data, "--json"});
    return made;
  }());
  return indexed;
}

ProgramResult Ask(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(),
                   {"--data", SetA().data, "--network", "bitcoin-regtest", "--json"});
  return RunCoinwake(arguments);
}

void ExpectOneError(const ProgramResult& result, int exit_status) {
  EXPECT_EQ(result.exit_status, exit_status) << result.err;
  EXPECT_THAT(result.lines(), IsEmpty());
  EXPECT_THAT(result.err, StartsWith("coinwake: error: "));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

TEST(Program, ReportsTheIndexItMade) {
  const ProgramResult& run = SetA().run;
  ASSERT_EQ(run.exit_status, 0) << run.err;
  ASSERT_EQ(run.lines().size(), 1U);
  const Json report = Json::parse(run.lines()[0]);
  EXPECT_EQ(report.at("network"), "bitcoin-regtest");
  EXPECT_EQ(NumberOf(report.at("height")), 330U);
  EXPECT_EQ(NumberOf(report.at("stale_blocks")), 9U);
  EXPECT_EQ(NumberOf(report.at("unresolved_inputs")), 0U);
  EXPECT_TRUE(report.at("warnings").is_array());
}

TEST(Program, AnswersWhatTheLibraryAnswers) {
  ASSERT_EQ(SetA().run.exit_status, 0);
  std::vector<std::vector<std::string>> asked;
  std::vector<std::vector<std::string>> expected;
  {
    // The store admits one process: what the library says is taken before the program is asked.
    const Answers answers(SetA().data, Network::kBitcoinRegtest);
    asked.push_back({"status"});
    expected.push_back({answers.Status()});
    for (const std::string height : {"0", "1", "111", "133", "145", "150", "200", "330"}) {
      asked.push_back({"block", height});
      expected.push_back({answers.Block(height)});
    }
    const std::vector<std::string> names = answers.Names();
    for (std::size_t i = 0; i < names.size(); i += 251) {
      asked.push_back({"address", names[i]});
      expected.push_back({answers.Address(names[i])});
      asked.push_back({"utxos", names[i]});
      expected.push_back(answers.Unspent(names[i]));
      asked.push_back({"history", names[i]});
      expected.push_back(answers.History(names[i]));
    }
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const ProgramResult result = Ask(asked[i]);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_EQ(result.lines(), expected[i]) << asked[i][0] << " " << asked[i].back();
  }
}

TEST(Program, WritesNothingItPrintsIntoAnIndex) {
  ASSERT_EQ(SetA().run.exit_status, 0);
  const std::string data = FreshFolder("program-closed");
  const auto run = [&](const std::string& redirections, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"-c", "exec \"$0\" \"$@\" " + redirections, ProgramUnderTest()});
    arguments.insert(arguments.end(), {"--data", data});
    return RunProgram("/bin/sh", arguments);
  };
  const std::vector<std::string> index = {"index",       "bitcoin",    "--blocks",
                                          SetA().blocks, "--progress", "json"};
  EXPECT_EQ(run("2>&-", index).exit_status, 0);
  // The index is there; only its report has nowhere to go.
  EXPECT_EQ(run("<&- >&- 2>&-", index).exit_status, 1);
  ExpectOneError(run(">&-", {"status"}), 1);
  ExpectOneError(run(">&-", {"block", "145", "--json"}), 1);  // more than stdio holds back
  EXPECT_EQ(run("<&- >&- 2>&-", {"block", "145", "--json"}).exit_status, 1);
  EXPECT_EQ(run("<&- 2>&-", {"status"}).exit_status, 0);
  EXPECT_EQ(std::filesystem::file_size(data + "/bitcoin-regtest/kv/LOCK"), 0U);
  const ProgramResult verify = run("<&-", {"verify", "--json"});
  EXPECT_EQ(verify.exit_status, 0) << verify.err;
  ASSERT_EQ(verify.lines().size(), 1U);
  const Json networks = Json::parse(verify.lines()[0]).at("networks");
  ASSERT_EQ(networks.size(), 1U);
  EXPECT_EQ(NumberOf(networks[0].at("snapshot").at("height")), 330U);
}

TEST(Program, VerifiesItsIndex) {
  ASSERT_EQ(SetA().run.exit_status, 0);
  const ProgramResult result = RunCoinwake({"verify", "--data", SetA().data, "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  ASSERT_EQ(result.lines().size(), 1U);
  const Json networks = Json::parse(result.lines()[0]).at("networks");
  ASSERT_EQ(networks.size(), 1U);
  EXPECT_THAT(networks[0].at("problems"), IsEmpty());
}

TEST(Program, DecodesBlockFilesWithoutAnIndex) {
  ASSERT_EQ(SetA().run.exit_status, 0);
  const ProgramResult result = RunCoinwake({"decode", "bitcoin", SetA().blocks + "/blk00000.dat",
                                            "--network", "bitcoin-regtest", "--json"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CoreChain core(kData + "/blocks.verbosity3.jsonl");
  EXPECT_EQ(result.lines().size(), core.blocks().size() + core.stale().size());
  std::map<std::string, Json> decoded;
  for (const std::string& line : result.lines()) {
    Json block = Json::parse(line);
    const std::string hash = block.at("block_hash");
    decoded[hash] = std::move(block);
  }
  for (const auto* blocks : {&core.blocks(), &core.stale()}) {
    for (const Json& oracle : *blocks) {
      const auto found = decoded.find(oracle.at("hash"));
      ASSERT_NE(found, decoded.end()) << oracle.at("hash");
      ASSERT_EQ(found->second.at("transactions").size(), oracle.at("tx").size());
      for (std::size_t i = 0; i < oracle.at("tx").size(); ++i) {
        EXPECT_EQ(found->second.at("transactions")[i].at("txid"), oracle.at("tx")[i].at("txid"));
      }
    }
  }
}

TEST(Program, AnswersForAnAddressNeverSeen) {
  ASSERT_EQ(SetA().run.exit_status, 0);
  const ProgramResult result = Ask({"address", "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const Json address = Json::parse(result.lines().at(0));
  EXPECT_FALSE(address.at("seen").get<bool>());
  EXPECT_EQ(address.at("received"), "0");
}

TEST(Program, NeedsNoIndexForAnEmptyStatusAndVerify) {
  const std::string nothing = FreshFolder("program-nothing");
  for (const char* command : {"status", "verify"}) {
    const ProgramResult result = RunCoinwake({command, "--data", nothing, "--json"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    ASSERT_EQ(result.lines().size(), 1U);
    EXPECT_THAT(Json::parse(result.lines()[0]).at("networks"), IsEmpty());
  }
}

TEST(Program, SaysOneLineAndExitsOneWhenDataFails) {
  const std::string nothing = FreshFolder("program-nothing");
  ExpectOneError(RunCoinwake({"index", "bitcoin", "--blocks", nothing + "/nowhere", "--data",
                              nothing, "--network", "bitcoin-regtest"}),
                 1);
  ExpectOneError(Ask({"tx", std::string(64, '0')}), 1);
  ExpectOneError(Ask({"block", "331"}), 1);
}

TEST(Program, SaysOneLineAndExitsOneAtAFileSizeLimit) {
  const std::string data = FreshFolder("program-limited");
  const ProgramResult result = RunProgram(
      "/bin/sh", {"-c", "ulimit -f 40; exec '" + ProgramUnderTest() + "' index bitcoin --blocks '" +
                            SetA().blocks + "' --data '" + data + "' --json"});
  ExpectOneError(result, 1);
}

TEST(Program, SaysOneLineAndExitsTwoWhenTheCommandLineIsWrong) {
  ASSERT_EQ(SetA().run.exit_status, 0);
  ExpectOneError(RunCoinwake({"no-such-command"}), 2);
  ExpectOneError(RunCoinwake({}), 2);
  ExpectOneError(RunCoinwake({"index", "bitcoin"}), 2);
  ExpectOneError(RunCoinwake({"status", "--network", "dogecoin"}), 2);
  ExpectOneError(Ask({"address", "not-an-address"}), 2);
  ExpectOneError(Ask({"tx", "12"}), 2);
}

TEST(Program, TracesExactly) {
  ASSERT_EQ(SetA().run.exit_status, 0);
  std::string seed;
  {
    const Answers answers(SetA().data, Network::kBitcoinRegtest);
    // Whoever was paid in block 112 by something else than the coinbase.
    const Json block = Json::parse(answers.Block("112"));
    seed = block.at("transactions").at(1).at("outputs").at(0).at("address");
  }
  for (const std::string policy :
       {"fifo", "lifo", "tifo", "tiho", "tiso", "cifo", "haircut", "poison"}) {
    const ProgramResult result = Ask({"trace", "--seed", seed + "=x", "--policy", policy});
    ASSERT_EQ(result.exit_status, 0) << result.err;
    ASSERT_FALSE(result.lines().empty());
    const ProgramResult again = Ask({"trace", "--seed", seed + "=x", "--policy", policy});
    EXPECT_EQ(result.lines(), again.lines());
    const Json summary = Json::parse(result.lines().back()).at("summary");
    EXPECT_EQ(summary.at("label"), "x");
    EXPECT_NE(summary.at("seeded"), "0");
    std::uint64_t holdings = 0;
    for (const std::string& line : result.lines())
      holdings += Json::parse(line).contains("holding");
    EXPECT_EQ(NumberOf(summary.at("holdings")), holdings);
  }
}

}  // namespace
}  // namespace coinwake::acceptance
