// Goal: nothing acknowledged is ever lost, and an index is always at a commit.
// Method: index a small chain in two runs (the second with a reorganisation and a rewind) on a file
// system in memory, failing every operation in turn, once and for good, and cutting the power at
// every sync. After each, the index must verify and be either the state before or after the run
// that was hit; running again must end in the state of a run without faults. Then every byte of
// every file is flipped (sampled): answers are right or the damage is told.
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "indexer/ingest/ingest.h"
#include "indexer/verify/verify.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/exhaustive.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kBitcoinRegtest;

absl::Status Index(FileSystem& files, const std::string& blocks) {
  IngestOptions options;
  options.blocks_folder = blocks;
  options.data_folder = "/data";
  options.network = kNetwork;
  options.memory_mib = kMinMemoryMib;
  options.threads = 1;
  options.max_batch_blocks = 3;  // several commits a run
  return IndexBitcoin(files, options).status();
}

std::string Dump(FileSystem& files) {
  const auto dump = DumpIndex(files, "/data", kNetwork);
  return dump.ok() ? *dump : std::string(dump.status().message());
}

// A chain of ten blocks; then a longer one that leaves it at height seven.
class IngestFaultTest : public ::testing::Test {
 protected:
  IngestFaultTest() : chain_(7) {
    const std::size_t fork = chain_.Extend(0, 7);
    const std::size_t short_tip = chain_.Extend(fork, 3);
    chain_.Extend(fork, 5);
    chain_.Write(start_, "/first", chain_.PathTo(short_tip));
    chain_.Write(start_, "/second", chain_.All());
    start_.PowerCut(FaultFileSystem::Power::kKeepUnsynced);
    // Every commit a run without faults passes through is a state that may be found after one.
    for (const char* blocks : {"/first", "/second"}) CollectStates(blocks);
  }

  void CollectStates(const std::string& blocks) {
    states_.push_back("empty");
    for (std::uint64_t until = 0; until <= 12; ++until) {
      FaultFileSystem files;
      CopyInto(files);
      IngestOptions options;
      options.blocks_folder = blocks;
      options.data_folder = "/data";
      options.network = kNetwork;
      options.until_height = until;
      options.threads = 1;
      ASSERT_TRUE(IndexBitcoin(files, options).ok());
      states_.push_back(ChainPart(Dump(files)));
    }
    FaultFileSystem files;
    CopyInto(files);
    ASSERT_TRUE(Index(files, blocks).ok());
    final_[blocks] = Dump(files);
  }

  void CopyInto(FaultFileSystem& files) {
    for (const std::string& path : start_.AllFiles())
      files.SetContents(path, start_.Contents(path));
  }

  // A dump without its stale blocks, which are known as soon as they are seen.
  static std::string ChainPart(const std::string& dump) {
    return dump.substr(0, dump.find("stale "));
  }

  void ExpectACommit(FileSystem& files, const std::string& when) {
    const std::string found = ChainPart(Dump(files));
    EXPECT_TRUE(std::find(states_.begin(), states_.end(), found) != states_.end())
        << when << ": the index is at no commit:\n"
        << found.substr(0, 400);
    const auto verified = VerifyIndex(files, "/data", kNetwork, nullptr);
    if (absl::IsNotFound(verified.status())) return;
    ASSERT_TRUE(verified.ok()) << when << ": " << verified.status();
    EXPECT_TRUE(verified->problems.empty()) << when << ": " << verified->problems.front();
  }

  void ExpectRecovery(FileSystem& files, const std::string& blocks, const std::string& when) {
    const absl::Status again = Index(files, blocks);
    ASSERT_TRUE(again.ok()) << when << ": " << again;
    EXPECT_EQ(Dump(files), final_[blocks]) << when;
  }

  // Runs `Index(second)` over an index of `first` (or over nothing), with a fault armed by `arm`.
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

  TestChain chain_;
  FaultFileSystem start_;
  std::vector<std::string> states_;
  std::map<std::string, std::string> final_;
};

TEST_F(IngestFaultTest, SurvivesTheFailureOfAnyOperation) {
  for (const std::string blocks : {"/first", "/second"}) {
    for (const bool lasting : {false, true}) {
      // Every operation of the short run would take minutes: each of the first hundred, then one in
      // a few, at a stride no period of the run shares.
      bool fired = true;
      for (std::uint64_t n = 0; fired; n += n < 100 || Exhaustive() ? 1 : 7) {
        Try(
            blocks, [&](FaultFileSystem& files) { files.FailAt(n, lasting); },
            [&](FaultFileSystem& files, const absl::Status& status, const std::string& when) {
              files.StopFailing();
              if (status.ok() && !fired) return;
              ExpectACommit(files, when);
              ExpectRecovery(files, blocks, when);
            },
            &fired);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_F(IngestFaultTest, SurvivesPowerLossAtAnySync) {
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
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_F(IngestFaultTest, TellsOfAnyFlippedByteOrAnswersRight) {
  FaultFileSystem files;
  CopyInto(files);
  ASSERT_TRUE(Index(files, "/second").ok());
  const std::string right = Dump(files);
  std::mt19937_64 random(3);
  for (const std::string& path : files.AllFiles()) {
    if (!path.starts_with("/data/")) continue;
    const std::uint64_t size = files.Contents(path).size();
    // Column headers are padded to a page; look at the used part of each file and a sample of the
    // rest.
    for (std::uint64_t at = 0; at < size; at += 1 + random() % (size / 24 + 1)) {
      const auto mask = static_cast<std::uint8_t>(1 + random() % 255);
      SCOPED_TRACE(absl::StrCat(path, " at ", at));
      const auto copy = files.Clone();
      copy->FlipByte(path, at, mask);
      const auto dump = DumpIndex(*copy, "/data", kNetwork);
      if (dump.ok()) {
        EXPECT_EQ(*dump, right);
      } else {
        EXPECT_TRUE(absl::IsDataLoss(dump.status()) || absl::IsUnimplemented(dump.status()) ||
                    absl::IsUnavailable(dump.status()))
            << dump.status();
        EXPECT_FALSE(dump.status().message().empty());
      }
    }
  }
}

}  // namespace
}  // namespace coinwake
