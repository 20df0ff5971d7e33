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
#include "indexer/view/open.h"
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

// Blocks over the regtest genesis whose transactions a test chooses.
class ChosenChain {
 public:
  ChosenChain() { blocks_.push_back(synthetic::RegtestGenesis()); }

  // `height` decides, with the outputs, the coinbase's txid.
  const synthetic::BuiltBlock& Add(std::uint32_t height, std::vector<synthetic::TxOutput> coinbase,
                                   const std::vector<synthetic::Transaction>& transactions = {}) {
    synthetic::BlockBuilder builder(blocks_.back().hash, height,
                                    1'700'000'000 + static_cast<std::uint32_t>(blocks_.size()));
    for (const synthetic::Transaction& tx : transactions) builder.Add(Serialize(tx));
    blocks_.push_back(builder.Finish(std::move(coinbase)));
    return blocks_.back();
  }
  void Write(FileSystem& files) const {
    synthetic::BlockFolderWriter writer(files, "/blocks", {});
    for (const synthetic::BuiltBlock& block : blocks_) {
      ASSERT_TRUE(writer.Append(block.bytes).ok());
    }
    ASSERT_TRUE(writer.Finish().ok());
  }
  const synthetic::BuiltBlock& tip() const { return blocks_.back(); }

 private:
  std::vector<synthetic::BuiltBlock> blocks_;
};

synthetic::Transaction SpendOf(const Hash256& txid, std::uint32_t vout, std::uint64_t value) {
  synthetic::Transaction tx;
  tx.inputs.push_back({txid, vout, {}, 0xffffffff, {}});
  tx.outputs.push_back({value, {0x51}});
  return tx;
}

TEST(Ingest, RefusesASecondSpendNamingTheBlock) {
  const std::vector<synthetic::TxOutput> coinbase = {{50, {0x51}}, {0, {0x6a, 0x01, 0x07}}};
  for (const bool same_block : {false, true}) {
    for (const std::uint64_t batch : {0u, 1u}) {
      for (const std::uint32_t vout : {0u, 1u}) {
        SCOPED_TRACE(absl::StrCat(same_block, " ", batch, " ", vout));
        ChosenChain chain;
        const Hash256 txid = chain.Add(1, coinbase).coinbase_txid;
        // An OP_RETURN output cannot be spent even once.
        if (vout == 0 && !same_block) chain.Add(2, coinbase, {SpendOf(txid, 0, 1)});
        const std::vector<synthetic::Transaction> bad =
            vout == 0 && same_block ? std::vector{SpendOf(txid, 0, 1), SpendOf(txid, 0, 2)}
                                    : std::vector{SpendOf(txid, vout, 2)};
        const auto height = static_cast<std::uint64_t>(vout == 0 && !same_block ? 3 : 2);
        const std::string hash =
            chain.Add(static_cast<std::uint32_t>(height), coinbase, bad).hash.ToDisplayHex();
        FaultFileSystem files;
        chain.Write(files);
        IngestOptions options = OptionsFor("/blocks");
        options.max_batch_blocks = batch;
        const auto report = IndexBitcoin(files, options);
        ASSERT_FALSE(report.ok());
        EXPECT_TRUE(absl::IsDataLoss(report.status())) << report.status();
        EXPECT_THAT(report.status().message(),
                    HasSubstr(absl::StrCat(hash, " at height ", height)));
        if (batch == 0) continue;
        ExpectVerifies(files);
        const auto kept = OpenForReading(files, "/data", kNetwork);
        ASSERT_TRUE(kept.ok()) << kept.status();
        EXPECT_EQ(kept->view->snapshot().height, height - 1);
      }
    }
  }
}

TEST(Ingest, RefusesToSpendWhatNobodyCanHoweverBatchesFall) {
  // Of the last two the type, nonstandard, does not tell that nobody can spend them.
  const synthetic::Bytes scripts[] = {
      {0x6a, 0x01, 0x07}, {0x6a, 0x4c}, synthetic::Bytes(10'001, 0x51)};
  for (const synthetic::Bytes& script : scripts) {
    for (const std::uint64_t batch : {0u, 1u}) {
      SCOPED_TRACE(absl::StrCat(script.size(), " bytes, batches of ", batch));
      ChosenChain chain;
      const Hash256 txid = chain.Add(1, {{50, script}}).coinbase_txid;
      chain.Add(2, {{50, {0x51}}}, {SpendOf(txid, 0, 1)});
      FaultFileSystem files;
      chain.Write(files);
      IngestOptions options = OptionsFor("/blocks");
      options.max_batch_blocks = batch;
      const auto report = IndexBitcoin(files, options);
      EXPECT_TRUE(absl::IsDataLoss(report.status())) << report.status();
      EXPECT_THAT(report.status().message(), HasSubstr("spends what can never be spent"));
      if (batch == 1) ExpectVerifies(files);
    }
  }
}

// BIP30: whatever a batch is, a copy overwrites the one before it and no other.
TEST(Ingest, RepeatedCoinbasesCountOnceHoweverBatchesFall) {
  ChosenChain chain;
  for (int copy = 0; copy < 4; ++copy) chain.Add(1, {{777, {0x51}}});
  chain.Add(5, {{50, {0x52}}});
  std::string expected;
  for (const std::vector<std::uint64_t>& stops : std::vector<std::vector<std::uint64_t>>{
           {5}, {1, 5}, {1, 2, 5}, {2, 5}, {1, 2, 3, 4, 5}, {3, 5}}) {
    SCOPED_TRACE(::testing::PrintToString(stops));
    FaultFileSystem files;
    chain.Write(files);
    for (const std::uint64_t stop : stops) {
      IngestOptions options = OptionsFor("/blocks");
      options.until_height = stop;
      ASSERT_TRUE(IndexBitcoin(files, options).ok());
    }
    ExpectVerifies(files);
    if (expected.empty()) expected = DumpOf(files);
    EXPECT_EQ(DumpOf(files), expected);
    const auto open = OpenForReading(files, "/data", kNetwork);
    ASSERT_TRUE(open.ok()) << open.status();
    EXPECT_EQ(open->view->totals().unspent_outputs, 2u);
  }
}

TEST(Ingest, TellsOfDamageToAnInPlaceColumnItReads) {
  ChosenChain chain;
  // More than a chunk of outputs: the last chunk is settled anew by every opening.
  const std::vector<synthetic::TxOutput> many(3000, {1, {0x51}});
  const Hash256 txid = chain.Add(1, many).coinbase_txid;
  FaultFileSystem files;
  chain.Write(files);
  ASSERT_TRUE(IndexBitcoin(files, OptionsFor("/blocks")).ok());
  files.FlipByte("/data/bitcoin-regtest/columns/output_spender.col", 4096 + 4 * 7, 0xff);
  chain.Add(2, {{50, {0x51}}}, {SpendOf(txid, 9, 1)});
  chain.Write(files);
  const auto report = IndexBitcoin(files, OptionsFor("/blocks"));
  EXPECT_TRUE(absl::IsDataLoss(report.status())) << report.status();
  EXPECT_THAT(report.status().message(), HasSubstr("output_spender.col: offset 4096"));
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
