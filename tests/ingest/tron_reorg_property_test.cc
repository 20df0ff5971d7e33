// Goal: whatever branches an index followed before, it says what a fresh index of its chain says.
// Method: random walks over a tree of blocks: now and then a branch begins at some block of any
// branch; the index is given a random branch, or all, in random batches, and compared with a fresh
// one of the branch it should be on. Then a chain of more blocks than memory holds at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_generator.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kTronPrivate;

std::string Dump(FileSystem& files, const std::string& folder) {
  const auto dump = DumpAccountIndex(files, folder, kNetwork);
  EXPECT_OK(dump);
  return dump.value_or("");
}

std::string Fresh(const TronCast& cast) {
  FaultFileSystem files;
  WriteTronBlocks(files, "/blocks", cast.blocks());
  EXPECT_OK(IndexTron(files, TronTestOptions("/blocks", "/data")));
  return Dump(files, "/data");
}

TEST(TronReorgProperty, AnIndexForgetsWhereItWas) {
  std::uint64_t rewound = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    FaultFileSystem files;
    std::vector<TronCast> tree = {TronCast(200 + seed)};  // each a chain up to one of the blocks
    TronCast current = tree[0];
    for (int step = 0; step < 25; ++step) {
      // A branch: from an old block, or on from a late one.
      const std::size_t from = random() % 2 == 0 ? random() % tree.size() : tree.size() - 1;
      TronCast branch = tree[from];
      branch.Reseed(random());
      const std::uint64_t length = 1 + random() % 6;
      for (std::uint64_t i = 0; i < length; ++i) {
        branch.chain().Transfer(branch.person(0), branch.person(1),
                                static_cast<std::int64_t>(random() % 1'000'000));
        branch.AddBlock(static_cast<int>(random() % 4));
        tree.push_back(branch);
      }
      WriteTronBlocks(files, "/blocks", branch.blocks());
      TronIngestOptions options = TronTestOptions("/blocks", "/data");
      options.max_batch_blocks = random() % 4;
      ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files, options));
      rewound += report.rewound_blocks;
      const bool follows = step == 0 || branch.blocks().size() > current.blocks().size();
      if (follows) current = branch;
      ASSERT_EQ(report.block_hash, current.blocks().back().id) << "step " << step;
      ASSERT_EQ(Dump(files, "/data"), Fresh(current)) << "step " << step;
    }
  }
  EXPECT_GT(rewound, 100u);
}

class CountCommits final : public Progress {
 public:
  void Committed(std::uint64_t) override { ++commits; }
  int commits = 0;
};

// Columns by name, and what the index says in them.
std::map<std::string, std::string> Columns(const FaultFileSystem& files,
                                           const std::string& folder) {
  std::map<std::string, std::string> columns;
  for (const std::string& path : files.AllFiles()) {
    if (path.starts_with(folder + "/") && absl::StrContains(path, "/columns/")) {
      columns[path.substr(folder.size())] = files.Contents(path);
    }
  }
  return columns;
}

TEST(TronMemory, CutsCommitsAndNothingElse) {
  FaultFileSystem files;
  synthetic::TronGeneratorOptions generator;
  generator.transfers = 200'000;
  generator.seed = 9;
  generator.folder = "/blocks";
  ASSERT_OK(GenerateTronChain(files, generator));
  CountCommits little;
  TronIngestOptions options = TronTestOptions("/blocks", "/little");
  options.progress = &little;
  ASSERT_OK(IndexTron(files, options));
  CountCommits much;
  options = TronTestOptions("/blocks", "/much");
  options.memory_mib = 2'000;
  options.progress = &much;
  ASSERT_OK(IndexTron(files, options));
  EXPECT_GT(little.commits, 1);
  EXPECT_EQ(much.commits, 1);
  EXPECT_TRUE(Columns(files, "/little") == Columns(files, "/much"));
}

}  // namespace
}  // namespace coinwake
