// Goal: nothing acknowledged is ever lost, and an index is always at a commit.
// Method: index a small chain in two runs (the second with a reorganisation and a rewind) on a file
// system in memory, failing every operation in turn, once and for good, and cutting the power at
// every sync. After each, the index must verify and be either the state before or after the run
// that was hit; running again must end in the state of a run without faults. Then every byte of
// every file is flipped (sampled): answers are right or the damage is told.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/ingest/ingest.h"
#include "indexer/verify/verify.h"
#include "tests/ingest/fault_runs.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kBitcoinRegtest;

IngestOptions OptionsFor(const std::string& blocks) {
  IngestOptions options;
  options.blocks_folder = blocks;
  options.data_folder = "/data";
  options.network = kNetwork;
  options.threads = 1;
  return options;
}

// A chain of ten blocks; then a longer one that leaves it at height seven.
class IngestFaultTest : public FaultRuns {
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
      CopyStart(files);
      IngestOptions options = OptionsFor(blocks);
      options.until_height = until;
      ASSERT_TRUE(IndexBitcoin(files, options).ok());
      states_.push_back(ChainPart(Dump(files)));
    }
    FaultFileSystem files;
    CopyStart(files);
    ASSERT_TRUE(Index(files, blocks).ok());
    final_[blocks] = Dump(files);
  }

  // A dump without its stale blocks, which are known as soon as they are seen.
  static std::string ChainPart(const std::string& dump) {
    return dump.substr(0, dump.find("stale "));
  }

  void ExpectACommit(FileSystem& files, const std::string& when) override {
    const std::string found = ChainPart(Dump(files));
    EXPECT_TRUE(std::find(states_.begin(), states_.end(), found) != states_.end())
        << when << ": the index is at no commit:\n"
        << found.substr(0, 400);
    const auto verified = VerifyIndex(files, "/data", kNetwork, nullptr);
    if (absl::IsNotFound(verified.status())) return;
    ASSERT_TRUE(verified.ok()) << when << ": " << verified.status();
    EXPECT_TRUE(verified->problems.empty()) << when << ": " << verified->problems.front();
  }

  absl::Status Index(FileSystem& files, const std::string& blocks) override {
    IngestOptions options = OptionsFor(blocks);
    options.memory_mib = kMinMemoryMib;
    options.max_batch_blocks = 3;  // several commits a run
    return IndexBitcoin(files, options).status();
  }
  std::string Dump(FileSystem& files) override {
    const auto dump = DumpIndex(files, "/data", kNetwork);
    return dump.ok() ? *dump : std::string(dump.status().message());
  }

  TestChain chain_;
  std::vector<std::string> states_;
};

TEST_F(IngestFaultTest, SurvivesTheFailureOfAnyOperation) { FailAnyOperation(); }
TEST_F(IngestFaultTest, SurvivesPowerLossAtAnySync) { CutPowerAtAnySync(); }
TEST_F(IngestFaultTest, SurvivesPowerLossAtAnyOperation) { CutPowerAtAnyOperation(); }

TEST_F(IngestFaultTest, TellsOfAnyFlippedByteOrAnswersRight) {
  FaultFileSystem files;
  CopyStart(files);
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
