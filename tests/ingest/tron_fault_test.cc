// Goal: nothing of a Tron index that was acknowledged is ever lost, and the index is always at a
// commit.
// Method: index a small chain in two runs (the second follows a longer branch) on a file system in
// memory, failing every operation in turn, once and for good, and cutting the power at every sync.
// After each the index must say what the index of some first blocks of either branch says; running
// again must end in the state of a run without faults.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/exhaustive.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kTronPrivate;

absl::Status Index(FileSystem& files, const std::string& blocks) {
  TronIngestOptions options = TronTestOptions(blocks, "/data");
  options.max_batch_blocks = 3;  // several commits a run
  return IndexTron(files, options).status();
}

std::string Dump(FileSystem& files) {
  const auto dump = DumpAccountIndex(files, "/data", kNetwork);
  return dump.ok() ? *dump : std::string(dump.status().message());
}

// A chain of nine blocks; then a longer one that leaves it after the sixth.
class TronFaultTest : public ::testing::Test {
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

  void CopyInto(FaultFileSystem& files) {
    for (const std::string& path : start_.AllFiles()) {
      files.SetContents(path, start_.Contents(path));
    }
  }

  void ExpectACommit(FileSystem& files, const std::string& when) {
    const std::string found = Dump(files);
    EXPECT_TRUE(states_.contains(found)) << when << ": the index is at no commit:\n"
                                         << found.substr(0, 400);
  }

  void ExpectRecovery(FileSystem& files, const std::string& blocks, const std::string& when) {
    const absl::Status again = Index(files, blocks);
    ASSERT_TRUE(again.ok()) << when << ": " << again;
    EXPECT_TRUE(Dump(files) == final_[blocks]) << when;
  }

  // Runs Index(`blocks`) with a fault armed by `arm`: of the second over an index of the first.
  template <typename Arm, typename After>
  void Try(const std::string& blocks, const Arm& arm, const After& after, bool* fired) {
    FaultFileSystem files;
    CopyInto(files);
    if (blocks == "/second") {
      ASSERT_TRUE(Index(files, "/first").ok());
    }
    arm(files);
    const absl::Status status = Index(files, blocks);
    *fired = files.fired();
    const std::string when =
        absl::StrCat(blocks, ", ", files.failed_operation(), ", ", status.ToString());
    after(files, status, when);
  }

  FaultFileSystem start_;
  std::set<std::string> states_;
  std::map<std::string, std::string> final_;
};

TEST_F(TronFaultTest, SurvivesTheFailureOfAnyOperation) {
  for (const std::string blocks : {"/first", "/second"}) {
    for (const bool lasting : {false, true}) {
      // Each of the first hundred, then one in a few, at a stride no period of the run shares.
      std::uint64_t failed = 0;
      bool fired = true;
      for (std::uint64_t n = 0; fired; n += n < 100 || Exhaustive() ? 1 : 7) {
        Try(
            blocks, [&](FaultFileSystem& files) { files.FailAt(n, lasting); },
            [&](FaultFileSystem& files, const absl::Status& status, const std::string& when) {
              files.StopFailing();
              if (status.ok() && !fired) return;
              if (!status.ok()) ++failed;
              ExpectACommit(files, when);
              ExpectRecovery(files, blocks, when);
            },
            &fired);
        if (HasFailure()) return;
      }
      EXPECT_GT(failed, 50u) << blocks;
    }
  }
}

TEST_F(TronFaultTest, SurvivesPowerLossAtAnySync) {
  for (const std::string blocks : {"/first", "/second"}) {
    for (const auto power :
         {FaultFileSystem::Power::kDropUnsynced, FaultFileSystem::Power::kKeepUnsynced,
          FaultFileSystem::Power::kSeeded}) {
      bool fired = true;
      for (std::uint64_t n = 0; fired; ++n) {
        Try(
            blocks, [&](FaultFileSystem& files) { files.FailAtSync(n, /*lasting=*/true); },
            [&](FaultFileSystem& files, const absl::Status& status, const std::string& when) {
              files.StopFailing();
              files.PowerCut(power, n);
              if (status.ok()) {  // acknowledged: it must be all there
                EXPECT_EQ(Dump(files), final_[blocks]) << when;
                return;
              }
              ExpectACommit(files, when);
              ExpectRecovery(files, blocks, when);
            },
            &fired);
        if (HasFailure()) return;
      }
    }
  }
}

// The power also goes between syncs, with whatever was written since.
TEST_F(TronFaultTest, SurvivesPowerLossAtAnyOperation) {
  for (const std::string blocks : {"/first", "/second"}) {
    bool fired = true;
    for (std::uint64_t n = 3; fired; n += Exhaustive() ? 1 : 11) {
      SCOPED_TRACE(absl::StrCat("seed ", n));
      Try(
          blocks, [&](FaultFileSystem& files) { files.FailAt(n, /*lasting=*/true); },
          [&](FaultFileSystem& files, const absl::Status& status, const std::string& when) {
            files.StopFailing();
            files.PowerCut(FaultFileSystem::Power::kSeeded, n);
            if (status.ok()) return;
            ExpectACommit(files, when);
            ExpectRecovery(files, blocks, when);
          },
          &fired);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace coinwake
