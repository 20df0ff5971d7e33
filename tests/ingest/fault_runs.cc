#include "tests/ingest/fault_runs.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "tests/support/exhaustive.h"

namespace coinwake {
namespace {

constexpr std::array<const char*, 2> kRuns = {"/first", "/second"};

}  // namespace

void FaultRuns::CopyStart(FaultFileSystem& files) {
  for (const std::string& path : start_.AllFiles()) files.SetContents(path, start_.Contents(path));
}

bool FaultRuns::Try(const std::string& blocks, const Arm& arm, const After& after) {
  FaultFileSystem files;
  CopyStart(files);
  if (blocks == "/second") {
    const absl::Status before = Index(files, "/first");
    EXPECT_TRUE(before.ok()) << before;
  }
  arm(files);
  const absl::Status status = Index(files, blocks);
  const bool fired = files.fired();
  const std::string when =
      absl::StrCat(blocks, ", ", files.failed_operation(), ", ", status.ToString());
  files.StopFailing();
  after(files, status, when);
  return fired;
}

void FaultRuns::ExpectRecovery(FaultFileSystem& files, const std::string& blocks,
                               const std::string& when) {
  const absl::Status again = Index(files, blocks);
  ASSERT_TRUE(again.ok()) << when << ": " << again;
  // What it acknowledged does not lean on what the failed run left unsynced.
  files.PowerCut(FaultFileSystem::Power::kDropUnsynced);
  EXPECT_TRUE(Dump(files) == final_[blocks]) << when;
}

void FaultRuns::FailAnyOperation() {
  for (const std::string blocks : kRuns) {
    for (const bool lasting : {false, true}) {
      // Each of the first hundred, then one in a few, at a stride no period of the run shares.
      std::uint64_t failed = 0;
      bool fired = true;
      for (std::uint64_t n = 0; fired && !HasFailure(); n += n < 100 || Exhaustive() ? 1 : 7) {
        fired = Try(
            blocks, [&](FaultFileSystem& files) { files.FailAt(n, lasting); },
            [&](FaultFileSystem& files, const absl::Status& status, const std::string& when) {
              if (!status.ok()) ++failed;
              ExpectACommit(files, when);
              ExpectRecovery(files, blocks, when);
            });
      }
      EXPECT_GT(failed, 50u) << blocks;
    }
  }
}

void FaultRuns::CutPowerAtAnySync() {
  for (const std::string blocks : kRuns) {
    for (const auto power :
         {FaultFileSystem::Power::kDropUnsynced, FaultFileSystem::Power::kKeepUnsynced,
          FaultFileSystem::Power::kSeeded}) {
      bool fired = true;
      for (std::uint64_t n = 0; fired && !HasFailure(); ++n) {
        fired = Try(
            blocks, [&](FaultFileSystem& files) { files.FailAtSync(n, /*lasting=*/true); },
            [&](FaultFileSystem& files, const absl::Status& status, const std::string& when) {
              files.PowerCut(power, n);
              if (status.ok()) {  // acknowledged: it must be all there
                EXPECT_EQ(Dump(files), final_[blocks]) << when;
                return;
              }
              ExpectACommit(files, when);
              ExpectRecovery(files, blocks, when);
            });
      }
    }
  }
}

void FaultRuns::CutPowerAtAnyOperation() {
  for (const std::string blocks : kRuns) {
    bool fired = true;
    for (std::uint64_t n = 3; fired && !HasFailure(); n += Exhaustive() ? 1 : 11) {
      SCOPED_TRACE(absl::StrCat("seed ", n));
      fired = Try(
          blocks, [&](FaultFileSystem& files) { files.FailAt(n, /*lasting=*/true); },
          [&](FaultFileSystem& files, const absl::Status& status, const std::string& when) {
            files.PowerCut(FaultFileSystem::Power::kSeeded, n);
            if (status.ok()) return;
            ExpectACommit(files, when);
            ExpectRecovery(files, blocks, when);
          });
    }
  }
}

}  // namespace coinwake
