#include "tests/acceptance/killing.h"

#include <chrono>
#include <csignal>
#include <optional>
#include <random>

#include "gtest/gtest.h"
#include "indexer/base/file_system.h"
#include "indexer/view/open.h"
#include "tests/acceptance/answers.h"
#include "tests/support/run_program.h"

namespace coinwake::acceptance {
namespace {

constexpr char kCommitted[] = "\"committed_height\":\"";

// The last height that the program said was durable.
std::optional<std::uint64_t> LastCommitted(const std::string& errors) {
  const std::size_t at = errors.rfind(kCommitted);
  if (at == std::string::npos) return std::nullopt;
  return std::stoull(errors.substr(at + sizeof(kCommitted) - 1));
}

std::optional<std::uint64_t> HeightOf(const std::string& data_folder, Network network) {
  const auto index = OpenForReading(RealFileSystem(), data_folder, network);
  if (!index.ok()) {
    EXPECT_TRUE(absl::IsNotFound(index.status())) << index.status();
    return std::nullopt;
  }
  return index->chain().snapshot().height;
}

struct Interrupted {
  std::string errors;
  int exit_status = 0;
};

// Runs the program and kills it some milliseconds after its start or after it told of a commit.
Interrupted RunAndKill(const std::vector<std::string>& arguments, std::mt19937_64& random) {
  RunningProgram program(ProgramUnderTest(), arguments);
  Interrupted run;
  if (random() % 4 != 0) {
    const int commits = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < commits; ++i) run.errors += program.WaitForErrorLine(kCommitted) + "\n";
  }
  run.errors += program.ReadErrors(std::chrono::milliseconds(random() % 40));
  program.Signal(SIGKILL);
  run.errors += program.ReadErrors(std::chrono::seconds(10));
  run.exit_status = program.Wait();
  return run;
}

}  // namespace

int KillUntilDone(const std::vector<std::string>& arguments, const std::string& data_folder,
                  Network network, std::uint64_t seed, std::vector<std::uint64_t>* heights) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int kills = 0; kills < 400; ++kills) {
    const Interrupted run = RunAndKill(arguments, random);
    if (run.exit_status == 0) return kills;
    EXPECT_EQ(run.exit_status, 128 + SIGKILL) << run.errors;
    const std::optional<std::uint64_t> told = LastCommitted(run.errors);
    const std::optional<std::uint64_t> found = HeightOf(data_folder, network);
    if (told.has_value()) {
      EXPECT_TRUE(found.has_value() && *found >= *told) << "told " << *told;
    }
    if (found.has_value()) {
      ExpectSound(data_folder, network);
      if (heights != nullptr) heights->push_back(*found);
    }
    if (::testing::Test::HasFailure()) return kills;
  }
  ADD_FAILURE() << "no run came to its end";
  return 0;
}

}  // namespace coinwake::acceptance
