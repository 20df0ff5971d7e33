// Goal: progress reaches its end before results are printed, on a terminal and for programs, and
// signals that were ignored stay ignored. Method: the reporter itself; the program on a
// pseudo-terminal made by script(1) and with --progress json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/progress_reporter.h"
#include "tests/cli/sample_index.h"
#include "tests/support/run_program.h"

namespace coinwake::cli {
namespace {

using ::testing::HasSubstr;

TEST(ProgressReporter, LeavesIgnoredSignalsIgnored) {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::signal(signal, SIG_IGN);
    {
      const ProgressReporter progress(ProgressMode::kNone);
      std::raise(signal);
      EXPECT_FALSE(progress.StopRequested());
    }
    EXPECT_EQ(std::signal(signal, SIG_DFL), SIG_IGN);
  }
}

TEST(ProgressReporter, TakesTheFirstSignalAsAWish) {
  for (const int signal : {SIGINT, SIGTERM}) {
    {
      const ProgressReporter progress(ProgressMode::kNone);
      EXPECT_FALSE(progress.StopRequested());
      std::raise(signal);
      EXPECT_TRUE(progress.StopRequested());
    }
    EXPECT_EQ(std::signal(signal, SIG_DFL), SIG_DFL);
  }
}

// Every stage ends with done == total, but those of verify, which share one total.
TEST(Progress, OfProgramsEndsWithEverythingDone) {
  const std::string data = ScratchPath("json");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"index", "bitcoin", "--blocks", RegtestBlocks()}, {"verify"}}) {
    std::vector<std::string> whole = arguments;
    whole.insert(whole.end(), {"--progress", "json", "--data", data});
    const ProgramResult result = RunProgram(ProgramUnderTest(), whole);
    ASSERT_EQ(result.exit_status, 0) << result.err;
    std::map<std::string, nlohmann::json> last;
    std::string stage;
    std::istringstream lines(result.err);
    for (std::string line; std::getline(lines, line);) {
      const auto event = nlohmann::json::parse(line);
      if (!event.contains("stage")) continue;
      stage = event.at("stage");
      last[stage] = event;
    }
    ASSERT_FALSE(last.empty()) << result.err;
    EXPECT_EQ(last[stage].at("done"), last[stage].at("total")) << result.err;
    if (arguments[0] != "index") continue;
    EXPECT_EQ(last.size(), 2u);
    for (const auto& [name, event] : last) EXPECT_EQ(event.at("done"), event.at("total")) << name;
  }
}

TEST(Progress, OnATerminalEndsBeforeTheResult) {
  if (!std::filesystem::exists("/usr/bin/script")) GTEST_SKIP() << "no script(1) here";
  const std::string data = ScratchPath("terminal");
  for (const std::string& command :
       {"index bitcoin --blocks '" + RegtestBlocks() + "'", std::string("verify")}) {
    std::string line = "'" + ProgramUnderTest() + "' ";
    line.append(command).append(" --data '").append(data).append("'");
    const ProgramResult result = RunProgram("/usr/bin/script", {"-qec", line, "/dev/null"});
    ASSERT_EQ(result.exit_status, 0) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr("] 100%"));
    const std::size_t answer = result.out.rfind("bitcoin-regtest, heights 0 to 330");
    ASSERT_NE(answer, std::string::npos) << result.out;
    EXPECT_EQ(result.out[answer - 1], '\n') << result.out;
  }
}

}  // namespace
}  // namespace coinwake::cli
