// Goal: whenever the indexing program is killed, what it had said was committed is there, the index
// is sound, and the next run goes on to the same answers.
// Method: run the real program on real files and send it SIGKILL at random moments, mostly just
// after it told of a commit, over a growing chain and over a reorganisation; after each kill open
// and verify the index and compare its height with the last one told. In the end every answer
// equals that of an index made in one go.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "indexer/base/file_system.h"
#include "tests/acceptance/answers.h"
#include "tests/acceptance/arrivals.h"
#include "tests/support/chain_generator.h"
#include "tests/support/run_program.h"

namespace coinwake::acceptance {
namespace {

constexpr Network kNetwork = Network::kBitcoinRegtest;
constexpr char kCommitted[] = "\"committed_height\":\"";

// The last height that the program said was durable.
std::optional<std::uint64_t> LastCommitted(const std::string& errors) {
  const std::size_t at = errors.rfind(kCommitted);
  if (at == std::string::npos) return std::nullopt;
  return std::stoull(errors.substr(at + sizeof(kCommitted) - 1));
}

std::optional<std::uint64_t> HeightOf(const std::string& data_folder) {
  const auto index = OpenForReading(RealFileSystem(), data_folder, kNetwork);
  if (!index.ok()) {
    EXPECT_TRUE(absl::IsNotFound(index.status())) << index.status();
    return std::nullopt;
  }
  return index->view->snapshot().height;
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

// Kills one run after another until one ends by itself; gives the number of kills.
int KillUntilDone(const std::string& blocks, const std::string& data, std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::vector<std::string> arguments = {
      "index", "bitcoin",  "--blocks", blocks,      "--data", data,         "--commit-every",
      "7",     "--memory", "128",      "--threads", "2",      "--progress", "json"};
  for (int kills = 0; kills < 400; ++kills) {
    const Interrupted run = RunAndKill(arguments, random);
    if (run.exit_status == 0) return kills;
    EXPECT_EQ(run.exit_status, 128 + SIGKILL) << run.errors;
    const std::optional<std::uint64_t> told = LastCommitted(run.errors);
    const std::optional<std::uint64_t> found = HeightOf(data);
    if (told.has_value()) {
      EXPECT_TRUE(found.has_value() && *found >= *told) << "told " << *told;
    }
    if (found.has_value()) ExpectSound(data, kNetwork);
    if (::testing::Test::HasFailure()) return kills;
  }
  ADD_FAILURE() << "no run came to its end";
  return 0;
}

TEST(Kill, AGrowingIndexLosesNothingItToldOf) {
  synthetic::ChainOptions chain;
  chain.transactions = 3'000;
  chain.folder = FreshFolder("kill-chain");
  const auto made = synthetic::GenerateChain(RealFileSystem(), chain);
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string whole = FreshFolder("kill-whole");
  Index(chain.folder, whole);
  for (const std::uint64_t seed : {1U, 2U}) {
    const std::string data = FreshFolder("kill-data");
    EXPECT_GT(KillUntilDone(chain.folder, data, seed), 3);
    ExpectSame(Answers(whole, kNetwork).All(), Answers(data, kNetwork).All());
  }
}

TEST(Kill, AReorganisationEndsInTheLongerChain) {
  const std::string blocks = FreshFolder("kill-reorg-blocks");
  const std::string whole = FreshFolder("kill-reorg-whole");
  WriteArrivals(blocks, ArrivalsCount());
  Index(blocks, whole);
  const std::vector<std::string> expected = Answers(whole, kNetwork).All();
  for (const std::uint64_t seed : {3U, 4U, 5U}) {
    // A node that had not seen the longer branch yet: the first run to get that far takes back six
    // blocks.
    const std::string before = FreshFolder("kill-reorg-before");
    const std::string data = FreshFolder("kill-reorg-data");
    WriteArrivals(before, ArrivalsUntil("072373da507d"));
    EXPECT_EQ(Index(before, data).height, 162U);
    KillUntilDone(blocks, data, seed);
    ExpectSame(expected, Answers(data, kNetwork).All());
    ExpectSound(data, kNetwork);
  }
}

}  // namespace
}  // namespace coinwake::acceptance
