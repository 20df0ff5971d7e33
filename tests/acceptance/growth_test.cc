// Goal: however a chain arrives (in steps, over a reorganisation, in another order, on few or many
// threads, twice), the index answers the same.
// Method: index the sample chain in those ways and compare every answer with one fresh run's. The
// folder before a reorganisation is made from set A's records in the order in which the node
// received them.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "indexer/base/file_system.h"
#include "tests/acceptance/answers.h"
#include "tests/acceptance/arrivals.h"
#include "tests/support/chain_generator.h"

namespace coinwake::acceptance {
namespace {

std::vector<std::string> AllOf(const std::string& data_folder) {
  return Answers(data_folder, Network::kBitcoinRegtest).All();
}

// Every answer after one run over everything.
const std::vector<std::string>& Fresh() {
  static const auto& lines = *new std::vector<std::string>([] {
    const std::string blocks = FreshFolder("growth-blocks-fresh");
    WriteArrivals(blocks, ArrivalsCount());
    const std::string data = FreshFolder("growth-index-fresh");
    Index(blocks, data);
    return AllOf(data);
  }());
  return lines;
}

TEST(Growth, StepsGiveWhatOneRunGives) {
  const std::string blocks = FreshFolder("growth-blocks-steps");
  WriteArrivals(blocks, ArrivalsCount());
  const std::string data = FreshFolder("growth-index-steps");
  for (const std::uint64_t until : {0U, 1U, 100U, 150U, 162U, 329U}) {
    const IngestReport report = Index(blocks, data, until);
    EXPECT_EQ(report.height, until);
    EXPECT_EQ(report.rewound_blocks, 0U);
  }
  EXPECT_EQ(Index(blocks, data).height, 330U);
  ExpectSame(Fresh(), AllOf(data));
  ExpectSound(data, Network::kBitcoinRegtest);
}

TEST(Growth, ASecondRunChangesNothing) {
  const std::string blocks = FreshFolder("growth-blocks-twice");
  WriteArrivals(blocks, ArrivalsCount());
  const std::string data = FreshFolder("growth-index-twice");
  const IngestReport first = Index(blocks, data);
  const IngestReport second = Index(blocks, data);
  EXPECT_EQ(second.height, first.height);
  EXPECT_EQ(second.transactions, first.transactions);
  EXPECT_EQ(second.addresses, first.addresses);
  EXPECT_EQ(second.stale_blocks, first.stale_blocks);
  EXPECT_EQ(second.rewound_blocks, 0U);
  ExpectSame(Fresh(), AllOf(data));
}

struct Fork {
  const char* stale_tip;  // the best block known before the other branch overtook it
  std::uint64_t height;
  std::uint64_t depth;  // blocks that have to go
};

class Reorganisation : public ::testing::TestWithParam<Fork> {};
INSTANTIATE_TEST_SUITE_P(Forks, Reorganisation,
                         ::testing::Values(Fork{"466fec022d99", 150, 2},
                                           Fork{"1ab7a88aa21e", 155, 1},
                                           Fork{"072373da507d", 162, 6}),
                         [](const auto& fork) { return "At" + std::to_string(fork.param.height); });

TEST_P(Reorganisation, GivesWhatAFreshIndexOfTheLongerChainGives) {
  const Fork& fork = GetParam();
  const std::string blocks = FreshFolder("growth-blocks-fork");
  const std::string data = FreshFolder("growth-index-fork");
  WriteArrivals(blocks, ArrivalsUntil(fork.stale_tip));
  const IngestReport before = Index(blocks, data);
  EXPECT_EQ(before.height, fork.height);
  EXPECT_TRUE(before.block_hash.ToDisplayHex().starts_with(fork.stale_tip));
  WriteArrivals(blocks, ArrivalsCount());
  const IngestReport after = Index(blocks, data);
  EXPECT_EQ(after.height, 330U);
  EXPECT_EQ(after.rewound_blocks, fork.depth);
  EXPECT_EQ(after.stale_blocks, 9U);
  ExpectSame(Fresh(), AllOf(data));
  ExpectSound(data, Network::kBitcoinRegtest);
}

TEST(Growth, BlockByBlockAcrossAllForksGivesWhatOneRunGives) {
  const std::string blocks = FreshFolder("growth-blocks-each");
  const std::string data = FreshFolder("growth-index-each");
  std::uint64_t rewound = 0;
  for (std::size_t count = 147; count <= 176; ++count) {
    WriteArrivals(blocks, count);
    rewound += Index(blocks, data).rewound_blocks;
  }
  EXPECT_EQ(rewound, 9U);  // branches of 2, 1 and 6 blocks
  WriteArrivals(blocks, ArrivalsCount());
  Index(blocks, data);
  ExpectSame(Fresh(), AllOf(data));
  ExpectSound(data, Network::kBitcoinRegtest);
}

TEST(Growth, ThreadsMemoryAndLayoutDoNotMatter) {
  synthetic::ChainOptions plain;
  plain.transactions = 4'000;
  plain.folder = FreshFolder("growth-chain-plain");
  synthetic::ChainOptions shuffled = plain;
  shuffled.folder = FreshFolder("growth-chain-shuffled");
  shuffled.files.file_size = 300'000;
  shuffled.files.shuffle_window = 32;
  shuffled.files.xor_key = {9, 8, 7, 6, 5, 4, 3, 2};
  const auto made = synthetic::GenerateChain(RealFileSystem(), plain);
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_TRUE(synthetic::GenerateChain(RealFileSystem(), shuffled).ok());

  std::optional<std::vector<std::string>> expected;
  for (const std::string& folder : {plain.folder, shuffled.folder}) {
    for (const int threads : {1, 4}) {
      IngestOptions options;
      options.blocks_folder = folder;
      options.data_folder = FreshFolder("growth-index-layout");
      options.threads = threads;
      options.memory_mib = threads == 1 ? kMinMemoryMib : kDefaultMemoryMib;
      const IngestReport report = Index(options);
      EXPECT_EQ(report.block_hash, made->tip);
      EXPECT_EQ(report.transactions, made->transactions);
      EXPECT_EQ(report.inputs, made->inputs);
      EXPECT_EQ(report.outputs, made->outputs);
      ExpectSound(options.data_folder, Network::kBitcoinRegtest);
      if (!expected) {
        expected = AllOf(options.data_folder);
      } else {
        ExpectSame(*expected, AllOf(options.data_folder));
      }
    }
  }
}

}  // namespace
}  // namespace coinwake::acceptance
