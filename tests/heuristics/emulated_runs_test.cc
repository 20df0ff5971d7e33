// Goal: no two wallets of the emulated Wasabi 2 and JoinMarket runs are joined under `strict`, and
// their rounds bear the right names. Method: the runs' blocks as an index, their wallets as truth.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/emulated_run.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

struct RunCase {
  const char* name;
  const char* protocol;
  std::size_t rounds;
};

class EmulatedRuns : public ::testing::TestWithParam<RunCase> {};

TEST_P(EmulatedRuns, JoinNoTwoWallets) {
  EmulatedRun run(GetParam().name);
  FaultFileSystem files;  // for being in memory: nothing fails here
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, run.builder().Build(files, "/data"));
  ASSERT_OK_AND_ASSIGN(const FactsReader reader, FactsReader::Make(*index.view));
  const std::map<std::string, std::size_t> expected = {{GetParam().protocol, GetParam().rounds}};
  EXPECT_EQ(run.Protocols(reader), expected);
  ASSERT_OK_AND_ASSIGN(const auto partition, Partition::Build(*index.view, Profile::kStrict, 2, 0));
  const EmulatedRun::Joins joins = run.Count(*index.view, *partition);
  EXPECT_EQ(joins.wrong, 0u);
  RecordProperty("right_joins", static_cast<int>(joins.right));
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedRuns,
                         ::testing::Values(RunCase{"emulated_wasabi2_a", "wasabi2", 6},
                                           RunCase{"emulated_wasabi2_b", "wasabi2", 6},
                                           RunCase{"emulated_joinmarket", "joinmarket", 32}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace coinwake::test
