// Goal: an index that followed a chain through reorganisations is the index of the last chain
// alone. Method: random trees of blocks; a folder that grows block by block in random arrival order
// (a child may come before its parent) is indexed at random moments and compared, in everything it
// says, with one made at once from the same folder.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "indexer/ingest/ingest.h"
#include "indexer/verify/verify.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kBitcoinRegtest;

absl::StatusOr<IngestReport> Index(FileSystem& files, std::uint64_t batch) {
  IngestOptions options;
  options.blocks_folder = "/blocks";
  options.data_folder = "/data";
  options.network = kNetwork;
  options.threads = 1;
  options.max_batch_blocks = batch;
  return IndexBitcoin(files, options);
}

std::string DumpOf(FileSystem& files) {
  const auto dump = DumpIndex(files, "/data", kNetwork);
  return dump.ok() ? *dump : std::string(dump.status().message());
}

TEST(IngestReorg, EqualsAFreshIndexAfterAnyHistory) {
  std::uint64_t rewound = 0;
  for (std::uint64_t seed = 100; seed < 112; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    TestChain chain(seed);
    std::size_t tip = chain.Extend(0, 3);
    for (int i = 0; i < 40; ++i) {
      // Mostly on the tip, now and then a little below it.
      std::size_t parent = tip;
      if (random() % 4 == 0) {
        const auto path = chain.PathTo(tip);
        parent = path[path.size() - 1 - random() % std::min<std::size_t>(path.size(), 4)];
      }
      const std::size_t added = chain.AddBlock(parent);
      if (chain.height(added) > chain.height(tip)) tip = added;
    }
    FaultFileSystem files;
    std::vector<std::size_t> folder = {0};
    std::vector<std::size_t> waiting = chain.All();
    waiting.erase(waiting.begin());
    while (!waiting.empty()) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 6, waiting.size());
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t pick = random() % std::min<std::size_t>(3, waiting.size());
        folder.push_back(waiting[pick]);
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(pick));
      }
      if (files.Exists("/blocks/blk00000.dat").value()) {
        ASSERT_TRUE(files.Remove("/blocks/blk00000.dat").ok());
      }
      chain.Write(files, "/blocks", folder);
      const auto report = Index(files, random() % 5);
      ASSERT_TRUE(report.ok()) << report.status();
      rewound += report->rewound_blocks;
      const auto verified = VerifyIndex(files, "/data", kNetwork, nullptr);
      ASSERT_TRUE(verified.ok()) << verified.status();
      ASSERT_TRUE(verified->problems.empty()) << verified->problems.front();
    }
    FaultFileSystem fresh;
    chain.Write(fresh, "/blocks", folder);
    ASSERT_TRUE(Index(fresh, 0).ok());
    // Of two tips with equal work the indexed one stays: compare only where there is one best.
    const std::string grown = DumpOf(files);
    const std::string once = DumpOf(fresh);
    if (grown.substr(0, grown.find('\n')) == once.substr(0, once.find('\n'))) {
      EXPECT_EQ(grown, once);
    }
  }
  EXPECT_GT(rewound, 0u) << "no tree made the index rewind";
}

}  // namespace
}  // namespace coinwake
