// Goal: the same blocks give the same index, however they lie in files and however they are
// indexed; odd folders are understood or refused with a reason. Method: small generated chains on a
// file system in memory, compared by everything the index says.
#include "indexer/ingest/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "indexer/verify/verify.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;

constexpr Network kNetwork = Network::kBitcoinRegtest;

IngestOptions OptionsFor(const std::string& blocks) {
  IngestOptions options;
  options.blocks_folder = blocks;
  options.data_folder = "/data";
  return options;
}

std::string DumpOf(FileSystem& files) {
  const auto dump = DumpIndex(files, "/data", kNetwork);
  return dump.ok() ? *dump : std::string(dump.status().message());
}

void ExpectVerifies(FileSystem& files) {
  const auto report = VerifyIndex(files, "/data", kNetwork, nullptr);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->problems.empty()) << report->problems.front();
  EXPECT_GT(report->checked, 0u);
}

std::string IndexOnce(const TestChain& chain, const std::vector<std::size_t>& blocks,
                      const IngestOptions& options) {
  FaultFileSystem files;
  chain.Write(files, options.blocks_folder, blocks);
  const auto report = IndexBitcoin(files, options);
  if (!report.ok()) return std::string(report.status().message());
  ExpectVerifies(files);
  return DumpOf(files);
}

TEST(Ingest, GivesTheSameIndexForAnyThreadsBatchesAndOrder) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    TestChain chain(seed);
    const std::size_t fork = chain.Extend(0, 20);
    chain.Extend(fork, 2);
    chain.Extend(fork, 30);
    IngestOptions options = OptionsFor("/blocks");
    options.threads = 1;
    const std::string expected = IndexOnce(chain, chain.All(), options);
    ASSERT_THAT(expected, HasSubstr("block 50"));
    for (const int threads : {1, 2, 5}) {
      for (const std::uint64_t batch : {0u, 1u, 7u}) {
        std::vector<std::size_t> order = chain.All();
        std::mt19937_64 random(seed * 10 + batch);
        std::shuffle(order.begin(), order.end(), random);
        options.threads = threads;
        options.max_batch_blocks = batch;
        EXPECT_EQ(IndexOnce(chain, order, options), expected) << threads << " " << batch;
      }
    }
  }
}

TEST(Ingest, GoesOnFromWhereItIs) {
  TestChain chain(4);
  chain.Extend(0, 25);
  FaultFileSystem whole;
  chain.Write(whole, "/blocks", chain.All());
  ASSERT_TRUE(IndexBitcoin(whole, OptionsFor("/blocks")).ok());
  FaultFileSystem files;
  chain.Write(files, "/blocks", chain.All());
  for (const std::uint64_t until : {0u, 1u, 9u, 9u, 17u, 5u, 25u, 99u}) {
    IngestOptions options = OptionsFor("/blocks");
    options.until_height = until;
    const auto report = IndexBitcoin(files, options);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->rewound_blocks, 0u);
    ExpectVerifies(files);
  }
  EXPECT_EQ(DumpOf(files), DumpOf(whole));
}

TEST(Ingest, TakesAWindowAndSaysSo) {
  TestChain chain(5);
  const std::size_t tip = chain.Extend(0, 30);
  std::vector<std::size_t> blocks = chain.PathTo(tip);
  blocks.erase(blocks.begin(), blocks.begin() + 12);
  FaultFileSystem files;
  chain.Write(files, "/blocks", blocks);
  const auto report = IndexBitcoin(files, OptionsFor("/blocks"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->complete_history);
  EXPECT_EQ(report->from_height, 12u);
  EXPECT_EQ(report->height, 30u);
  EXPECT_GT(report->unresolved_inputs, 0u);
  ExpectVerifies(files);
}

TEST(Ingest, RefusesWhatItCannotIndexWithAReason) {
  FaultFileSystem files;
  EXPECT_TRUE(absl::IsNotFound(IndexBitcoin(files, OptionsFor("/nowhere")).status()));
  ASSERT_TRUE(files.CreateFolders("/empty").ok());
  EXPECT_TRUE(absl::IsNotFound(IndexBitcoin(files, OptionsFor("/empty")).status()));
  TestChain chain(6);
  chain.Extend(0, 3);
  chain.Write(files, "/blocks", chain.All());
  IngestOptions options = OptionsFor("/blocks");
  options.network = Network::kBitcoin;
  EXPECT_TRUE(absl::IsInvalidArgument(IndexBitcoin(files, options).status()));
  options = OptionsFor("/blocks");
  options.memory_mib = 1;
  EXPECT_TRUE(absl::IsInvalidArgument(IndexBitcoin(files, options).status()));
}

TEST(Ingest, NamesADamagedBlockAndKeepsWhatCameBefore) {
  TestChain chain(8);
  const std::size_t tip = chain.Extend(0, 20);
  FaultFileSystem files;
  chain.Write(files, "/blocks", chain.PathTo(tip));
  const std::uint64_t offset = chain.Damage(files, "/blocks", tip);
  IngestOptions options = OptionsFor("/blocks");
  const auto report = IndexBitcoin(files, options);
  ASSERT_FALSE(report.ok());
  EXPECT_TRUE(absl::IsDataLoss(report.status())) << report.status();
  EXPECT_THAT(report.status().message(),
              HasSubstr(absl::StrCat("blk00000.dat at offset ", offset)));
  ExpectVerifies(files);
  EXPECT_THAT(DumpOf(files), HasSubstr("block 19"));
}

TEST(Ingest, IsRefusedWhileAnotherHasTheIndex) {
  TestChain chain(9);
  chain.Extend(0, 3);
  FaultFileSystem files;
  chain.Write(files, "/blocks", chain.All());
  ASSERT_TRUE(IndexBitcoin(files, OptionsFor("/blocks")).ok());
  const auto reader = OpenForReading(files, "/data", kNetwork);
  ASSERT_TRUE(reader.ok());
  EXPECT_TRUE(absl::IsUnavailable(IndexBitcoin(files, OptionsFor("/blocks")).status()));
}

}  // namespace
}  // namespace coinwake
