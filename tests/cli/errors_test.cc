// Goal: whatever is wrong, stdout stays empty, stderr holds one line `coinwake: error: ...`, and
// the exit status says whether the command line (2) or the data (1) is at fault. Method: runs the
// program on command lines that are wrong in many ways, without an index, and on one where what
// fails is the output.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/kv/store.h"
#include "indexer/view/view.h"
#include "tests/cli/sample_index.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kSomeAddress[] = "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S";
constexpr char kNeverPaid[] = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202";

ProgramResult Coinwake(const std::vector<std::string>& arguments) {
  return RunProgram(ProgramUnderTest(), arguments);
}

std::string EmptyFolder() {
  const auto path = std::filesystem::path(::testing::TempDir()) / "coinwake_cli_errors_empty";
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path.string();
}

void ExpectError(const std::vector<std::string>& arguments, int exit_status,
                 const std::string& about) {
  SCOPED_TRACE(::testing::PrintToString(arguments));
  const ProgramResult result = Coinwake(arguments);
  EXPECT_EQ(result.exit_status, exit_status) << result.err;
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, AllOf(StartsWith("coinwake: error: "), HasSubstr(about)));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

TEST(CommandLine, WrongUseExitsWithTwo) {
  ExpectError({}, 2, "subcommand");
  ExpectError({"no-such-command"}, 2, "unknown command \"no-such-command\"");
  ExpectError({"index"}, 2, "subcommand");
  ExpectError({"index", "litecoin"}, 2, "unknown command \"litecoin\"");
  ExpectError({"status", "--dat", "d3"}, 2, "not understood: --dat d3");
  ExpectError({"index", "bitcoin"}, 2, "--blocks");
  ExpectError({"index", "bitcoin", "--blocks", "x", "--threads", "many"}, 2, "--threads");
  ExpectError({"address"}, 2, "ADDR");
  ExpectError({"address", kSomeAddress, "another"}, 2, "");
  ExpectError({"status", "--no-such-option"}, 2, "");
  for (const std::string word : {"sometimes", "1", ""}) {
    ExpectError({"status", "--progress", word}, 2, "is not auto, json or none");
  }
  ExpectError({"status", "--network", "dogecoin"}, 2, "dogecoin");
  ExpectError({"trace"}, 2, "--seed");
  ExpectError({"history", kSomeAddress, "--limit", "0"}, 2, "--limit");
  ExpectError({"address", kSomeAddress, "--asset", "DOGE"}, 2, "DOGE");
  ExpectError({"serve", "--max-traces", "0"}, 2, "--max-traces");
}

TEST(CommandLine, NumbersAreDecimalDigitsWithinTheirRange) {
  const auto index_with = [](const std::string& option, const std::string& value) {
    return std::vector<std::string>{"index", "bitcoin", "--blocks", "/nonexistent", option, value};
  };
  for (const std::string option :
       {"--until", "--from-height", "--commit-every", "--threads", "--memory"}) {
    for (const std::string value : {"", "-1", "+1", "0x10", "1.0", "1e3", " 1", "many",
                                    "99999999999999999999", "18446744073709551616"}) {
      ExpectError(index_with(option, value), 2, option);
    }
  }
  ExpectError(index_with("--memory", "127"), 2, "from 128 to 17592186044415");
  ExpectError(index_with("--memory", "17592186044416"), 2, "from 128 to 17592186044415");
  ExpectError(index_with("--from-height", "4294967296"), 2, "from 0 to 4294967295");
  ExpectError({"history", kSomeAddress, "--limit", "0"}, 2,
              "--limit: \"0\" is no whole number from 1 to 4294967295");
  ExpectError({"trace", "--seed", kSomeAddress, "--max-hops", "-1"}, 2, "--max-hops");
  ExpectError({"trace", "--seed", kSomeAddress, "--max-holdings", "0"}, 2, "--max-holdings");
  ExpectError({"path", "--from", "a", "--to", "b", "--count", "0"}, 2, "from 1 to 100");
  ExpectError({"serve", "--max-trace-transactions", "-1"}, 2, "--max-trace-transactions");
  // These are numbers: what is missing is the folder.
  for (const std::string value : {"0", "010", "18446744073709551615"}) {
    ExpectError(index_with("--until", value), 1, "/nonexistent");
  }
  ExpectError(index_with("--memory", "128"), 1, "/nonexistent");
  ExpectError({"status", "--data", ""}, 2, "--data");
}

TEST(CommandLine, AbsentDataExitsWithOneAndSaysHowToMakeAnIndex) {
  const std::string folder = EmptyFolder();
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"block", "0"},
                                             {"tx", std::string(64, '0')},
                                             {"address", kSomeAddress},
                                             {"utxos", kSomeAddress},
                                             {"history", kSomeAddress},
                                             {"cluster", kSomeAddress},
                                             {"why", kSomeAddress, kSomeAddress},
                                             {"trace", "--seed", kSomeAddress},
                                             {"path", "--from", kSomeAddress, "--to", kSomeAddress},
                                             {"serve"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--data", folder});
    ExpectError(arguments, 1, "index bitcoin");
    ExpectError(arguments, 1, folder);
  }
  ExpectError({"index", "bitcoin", "--blocks", folder + "/nowhere", "--data", folder + "/new"}, 1,
              "nowhere");
  ExpectError({"seeds", "extract", folder + "/nothing.txt"}, 1, "nothing.txt");
  ExpectError({"trace", "--seeds", folder + "/nothing.csv", "--data", folder}, 1, "nothing.csv");
  ExpectError({"decode", "bitcoin", folder + "/nothing.dat"}, 1, "nothing.dat");
}

TEST(CommandLine, ErrorsDoNothingToATerminal) {
  ExpectError({"block", "0", "--data", EmptyFolder() + "/a\x1b[31m\nb\x9b"}, 1,
              "/a\\x1b[31m b\ufffd");
  ExpectError({"status", "--network", "\x1b]0;title\x07"}, 2, "\\x1b]0;title\\x07");
}

TEST(CommandLine, EmptyOrAbsentFolderHasNoNetworksAndNoProblems) {
  const std::string folder = EmptyFolder();
  for (const std::string& data : {folder, folder + "/absent"}) {
    for (const std::string command : {"status", "verify"}) {
      const ProgramResult result = Coinwake({command, "--data", data, "--json"});
      EXPECT_EQ(result.exit_status, 0) << result.err;
      EXPECT_EQ(result.out, "{\"networks\":[]}\n");
      EXPECT_THAT(result.err, IsEmpty());
    }
  }
}

TEST(CommandLine, DataFolderThatIsNoneIsAnError) {
  const std::string folder = EmptyFolder();
  const std::string file = folder + "/file";
  ASSERT_OK(RealFileSystem().Open(file, OpenMode::kCreate).status());
  for (const std::string command : {"status", "verify"}) {
    ExpectError({command, "--data", file}, 1, file);
    ExpectError({command, "--data", ""}, 2, "--data");
  }
  ExpectError({"index", "bitcoin", "--blocks", folder, "--data", ""}, 2, "--data");
  ExpectError({"index", "bitcoin", "--blocks", "", "--data", folder}, 2, "--blocks");
}

TEST(CommandLine, NetworkStoppedBeforeItsFirstCommitIsNotThere) {
  const std::string folder = EmptyFolder();
  const std::string store = StoreFolder(FolderOfNetwork(folder, Network::kBitcoin));
  ASSERT_OK(RealFileSystem().CreateFolders(store));
  ASSERT_OK(KvStore::Open(RealFileSystem(), store, {.create_if_missing = true}).status());
  for (const std::string command : {"status", "verify"}) {
    const ProgramResult result = Coinwake({command, "--data", folder, "--json"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_EQ(result.out, "{\"networks\":[]}\n");
  }
  ExpectError({"block", "0", "--data", folder}, 1, "");
  ExpectError({"serve", "--data", folder}, 1, "");
}

TEST(CommandLine, DamagedNetworkDoesNotSilenceTheOthers) {
  const std::string data = CopyOfRegtestData("errors-damaged");
  const std::string lost = FolderOfNetwork(data, Network::kBitcoin) + "/columns";
  ASSERT_OK(RealFileSystem().CreateFolders(lost));
  ASSERT_OK(RealFileSystem().Open(lost + "/tx_id.col", OpenMode::kCreate).status());
  const ProgramResult result = Coinwake({"verify", "--data", data, "--json"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, StartsWith("coinwake: error: 1 problem in the index in " + data));
  EXPECT_THAT(result.out, AllOf(HasSubstr(R"("network":"bitcoin",)"), HasSubstr("/bitcoin/kv"),
                                HasSubstr(R"("network":"bitcoin-regtest",)"),
                                HasSubstr(R"("height":"330")"), HasSubstr(R"("problems":[]})")));
  const ProgramResult text = Coinwake({"verify", "--data", data});
  EXPECT_EQ(text.exit_status, 1);
  EXPECT_THAT(text.out, AllOf(HasSubstr("bitcoin: cannot be opened\n0 facts checked, 1 problem\n"),
                              HasSubstr("bitcoin-regtest, heights 0 to 330")));
}

TEST(CommandLine, HelpAndVersionGoToStdoutAndSucceed) {
  const ProgramResult version = Coinwake({"--version"});
  EXPECT_EQ(version.exit_status, 0);
  EXPECT_THAT(version.out, StartsWith("coinwake "));
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--help"}, {"index", "--help"}, {"index", "bitcoin", "--help"}, {"trace", "--help"}}) {
    const ProgramResult help = Coinwake(arguments);
    EXPECT_EQ(help.exit_status, 0);
    EXPECT_THAT(help.out, Not(IsEmpty()));
    EXPECT_THAT(help.err, IsEmpty());
  }
  // Each command's own help, not its parent's, under its full name.
  EXPECT_THAT(Coinwake({"--help"}).out, HasSubstr("Usage: coinwake [OPTIONS]"));
  EXPECT_THAT(Coinwake({"index", "bitcoin", "--help"}).out,
              HasSubstr("Usage: coinwake index bitcoin [OPTIONS]"));
  EXPECT_THAT(Coinwake({"index", "bitcoin", "--help"}).out, Not(HasSubstr("INT")));
  EXPECT_THAT(Coinwake({"index", "bitcoin", "--help"}).out, HasSubstr("--from-height"));
  EXPECT_THAT(Coinwake({"trace", "--help"}).out, HasSubstr("--seed-output"));
  const std::string trace = Coinwake({"trace", "--help"}).out;
  for (const char* const policy :
       {"fifo (default)", "lifo", "tifo", "tiho", "tiso", "cifo", "haircut", "poison"}) {
    EXPECT_THAT(trace, HasSubstr(std::string(" ") + policy + ": "));  // a line of its own
  }
}

TEST(CommandLine, OutputThatCannotBeWrittenIsAFailure) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  // A short text, an answer, and one that passes stdio's buffer before it ends.
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--version"},
                                             {"tx", kPeelHop0},
                                             {"tx", kPeelHop0, "--json"},
                                             {"block", "145"},
                                             {"block", "145", "--json"},
                                             {"history", kNeverPaid}}) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    std::vector<std::string> shell = {"-c", "exec \"$0\" \"$@\" > /dev/full", ProgramUnderTest()};
    shell.insert(shell.end(), arguments.begin(), arguments.end());
    shell.insert(shell.end(), {"--data", RegtestData()});
    const ProgramResult result = RunProgram("/bin/sh", shell);
    if (arguments.back() == kNeverPaid) {
      EXPECT_EQ(result.exit_status, 0) << result.err;  // there was nothing to print
      continue;
    }
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err,
                AllOf(StartsWith("coinwake: error: "), HasSubstr("could not be written")));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
}

}  // namespace
}  // namespace coinwake
