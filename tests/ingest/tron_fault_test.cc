// Goal: nothing of a Tron index that was acknowledged is ever lost, and the index is always at a
// commit.
// Method: index a small chain in two runs (the second follows a longer branch) on a file system in
// memory, failing every operation in turn, once and for good, and cutting the power at every sync.
// After each the index must say what the index of some first blocks of either branch says; running
// again must end in the state of a run without faults.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/ingest/fault_runs.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kTronPrivate;

// A chain of nine blocks; then a longer one that leaves it after the sixth.
class TronFaultTest : public FaultRuns {
 protected:
  TronFaultTest() {
    TronCast first(91);
    first.AddBlocks(3);
    TronCast second = first;
    second.Reseed(5);
    first.chain().IssueTrc10(first.person(1), "Only here", 77);
    first.AddBlocks(3);
    second.AddBlocks(6);
    Collect("/first", first.blocks());
    Collect("/second", second.blocks());
    start_.PowerCut(FaultFileSystem::Power::kKeepUnsynced);
  }

  // Every number of first blocks is a state that may be found after a fault.
  void Collect(const std::string& folder, const std::vector<synthetic::TronBlock>& blocks) {
    WriteTronBlocks(start_, folder, blocks);
    states_.insert("empty");
    FaultFileSystem files;
    WriteTronBlocks(files, folder, blocks);
    TronIngestOptions options = TronTestOptions(folder, "/data");
    for (const synthetic::TronBlock& block : blocks) {
      options.until_height = block.number;
      ASSERT_TRUE(IndexTron(files, options).ok());
      final_[folder] = Dump(files);
      states_.insert(final_[folder]);
    }
  }

  void ExpectACommit(FileSystem& files, const std::string& when) override {
    const std::string found = Dump(files);
    EXPECT_TRUE(states_.contains(found)) << when << ": the index is at no commit:\n"
                                         << found.substr(0, 400);
  }

  absl::Status Index(FileSystem& files, const std::string& blocks) override {
    TronIngestOptions options = TronTestOptions(blocks, "/data");
    options.max_batch_blocks = 3;  // several commits a run
    return IndexTron(files, options).status();
  }
  std::string Dump(FileSystem& files) override {
    const auto dump = DumpAccountIndex(files, "/data", kNetwork);
    return dump.ok() ? *dump : std::string(dump.status().message());
  }

  std::set<std::string> states_;
};

TEST_F(TronFaultTest, SurvivesTheFailureOfAnyOperation) { FailAnyOperation(); }
TEST_F(TronFaultTest, SurvivesPowerLossAtAnySync) { CutPowerAtAnySync(); }
TEST_F(TronFaultTest, SurvivesPowerLossAtAnyOperation) { CutPowerAtAnyOperation(); }

}  // namespace
}  // namespace coinwake
