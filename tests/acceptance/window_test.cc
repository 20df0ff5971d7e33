// Goal: a pruned node's folder is indexed as a window that says so, with values where the undo
// files tell them and never an invented one where they do not. Method: drop the first block files
// of set B, with and without the undo files of the rest; compare every block of the window with
// Core's listing.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/acceptance/answers.h"
#include "tests/acceptance/core_oracle.h"
#include "tests/support/gzip.h"

namespace coinwake::acceptance {
namespace {

const std::string kData = std::string(COINWAKE_TEST_DATA) + "/regtest";

// Set B without its first `dropped` pairs of files, and without any rev file if `undo` is false.
std::string PrunedFolder(const std::string& name, int dropped, bool undo) {
  std::string folder = FreshFolder(name);
  UnpackFolder(kData + "/B", folder);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    const bool numbered = file.starts_with("blk") || file.starts_with("rev");
    if (!numbered) continue;
    if (std::stoi(file.substr(3, 5)) < dropped || (!undo && file.starts_with("rev"))) {
      std::filesystem::remove(entry.path());
    }
  }
  return folder;
}

const CoreChain& Core() {
  static const auto& chain = *new CoreChain(kData + "/blocks.verbosity3.jsonl");
  return chain;
}

// Inputs inside the window whose output lies before it.
std::uint64_t ForeignInputs(std::uint64_t from_height) {
  std::uint64_t count = 0;
  for (const Json& block : Core().blocks()) {
    if (block.at("height").get<std::uint64_t>() < from_height) continue;
    for (const Json& transaction : block.at("tx")) {
      for (const Json& input : transaction.at("vin")) {
        count += !input.contains("coinbase") &&
                 input.at("prevout").at("height").get<std::uint64_t>() < from_height;
      }
    }
  }
  return count;
}

class Window : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(DroppedFiles, Window, ::testing::Values(1, 5, 9));

TEST_P(Window, HasAllInputValuesWithUndoFiles) {
  const std::string blocks = PrunedFolder("window-blocks", GetParam(), /*undo=*/true);
  const std::string data = FreshFolder("window-index");
  const IngestReport report = Index(blocks, data);
  EXPECT_FALSE(report.complete_history);
  EXPECT_GT(report.from_height, 0U);
  EXPECT_EQ(report.height, 330U);
  EXPECT_EQ(report.blocks, 331 - report.from_height);
  EXPECT_EQ(report.unresolved_inputs, 0U);
  ExpectSound(data, Network::kBitcoinRegtest);
  ASSERT_GT(ForeignInputs(report.from_height), 0U) << "the window spends nothing older";
  const Answers answers(data, Network::kBitcoinRegtest);
  for (std::uint64_t height = report.from_height; height <= 330; ++height) {
    const Json block = Json::parse(answers.Block(std::to_string(height)));
    EXPECT_EQ(NumberOf(block.at("snapshot").at("from_height")), report.from_height);
    EXPECT_FALSE(block.at("snapshot").at("complete_history").get<bool>());
    ExpectBlock(block, Core().blocks()[height], Core());
  }
}

TEST_P(Window, LeavesOlderInputsUnresolvedWithoutUndoFiles) {
  const std::string blocks = PrunedFolder("window-blocks-no-undo", GetParam(), /*undo=*/false);
  const std::string data = FreshFolder("window-index-no-undo");
  const IngestReport report = Index(blocks, data);
  EXPECT_FALSE(report.complete_history);
  EXPECT_EQ(report.height, 330U);
  EXPECT_EQ(report.unresolved_inputs, ForeignInputs(report.from_height));
  EXPECT_GT(report.unresolved_inputs, 0U);
  const std::string count = std::to_string(report.unresolved_inputs);
  EXPECT_THAT(report.warnings, ::testing::Contains(::testing::StartsWith(count + " inputs spend")));
  ExpectSound(data, Network::kBitcoinRegtest);
  const Answers answers(data, Network::kBitcoinRegtest);
  for (std::uint64_t height = report.from_height; height <= 330; ++height) {
    ExpectBlock(Json::parse(answers.Block(std::to_string(height))), Core().blocks()[height], Core(),
                report.from_height, /*foreign_known=*/false);
  }
}

}  // namespace
}  // namespace coinwake::acceptance
