// The program asked on a data folder, and its answers as messages.
#ifndef COINWAKE_TESTS_CLI_ASK_H_
#define COINWAKE_TESTS_CLI_ASK_H_

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/cli/sample_index.h"
#include "tests/support/run_program.h"

namespace coinwake {

// Runs the program on a data folder.
inline ProgramResult On(const std::string& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--data", data});
  return RunProgram(ProgramUnderTest(), arguments);
}

// The lines of --json as messages.
template <typename Message>
std::vector<Message> Ask(const std::string& data, std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const ProgramResult result = On(data, std::move(arguments));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::vector<Message> messages;
  for (const std::string& line : result.lines()) {
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &messages.emplace_back()).ok())
        << line;
  }
  return messages;
}

// The one line of --json.
template <typename Message>
Message AskOne(const std::string& data, const std::vector<std::string>& arguments) {
  const std::vector<Message> messages = Ask<Message>(data, arguments);
  EXPECT_EQ(messages.size(), 1u);
  return messages.empty() ? Message() : messages.front();
}

// One line on stderr about `about`, nothing on stdout.
inline void ExpectError(const ProgramResult& result, int exit_status, const std::string& about) {
  EXPECT_EQ(result.exit_status, exit_status) << result.err;
  EXPECT_THAT(result.out, testing::IsEmpty());
  EXPECT_THAT(result.err,
              testing::AllOf(testing::StartsWith("coinwake: error: "), testing::HasSubstr(about)));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

// The path of a file with these bytes.
inline std::string FileOf(const std::string& name, const std::string& bytes) {
  std::string path = ScratchPath(name);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

}  // namespace coinwake

#endif  // COINWAKE_TESTS_CLI_ASK_H_
