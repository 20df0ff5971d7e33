// Goal: which blocks of a folder are indexed, and that a good index outlives folders that are
// damaged, incomplete or another chain's. Method: small generated chains with one thing wrong each,
// on a file system in memory; what the index says before and after is compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "indexer/ingest/index_writer.h"
#include "indexer/ingest/ingest.h"
#include "indexer/kv/keys.h"
#include "indexer/segment/column.h"
#include "indexer/verify/verify.h"
#include "indexer/view/open.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Network kNetwork = Network::kBitcoinRegtest;

class IngestPlan : public ::testing::Test {
 protected:
  IngestPlan() : chain_(11) {
    options_.blocks_folder = "/blocks";
    options_.data_folder = "/data";
  }

  // The folder anew, with these blocks.
  void Write(const std::vector<std::size_t>& blocks) {
    if (files_.Exists("/blocks/blk00000.dat").value()) {
      ASSERT_OK(files_.Remove("/blocks/blk00000.dat"));
    }
    chain_.Write(files_, "/blocks", blocks);
  }
  absl::StatusOr<IngestReport> Index() { return IndexBitcoin(files_, options_); }
  std::string Dump() {
    const auto dump = DumpIndex(files_, "/data", kNetwork);
    return dump.ok() ? *dump : std::string(dump.status().message());
  }
  void ExpectVerifies() {
    ASSERT_OK_AND_ASSIGN(const auto report, VerifyIndex(files_, "/data", kNetwork, nullptr));
    EXPECT_THAT(report.problems, IsEmpty());
  }

  TestChain chain_;
  FaultFileSystem files_;
  IngestOptions options_;
};

TEST_F(IngestPlan, TakesAGoodCopyWhereTheFirstIsDamaged) {
  const std::size_t tip = chain_.Extend(0, 6);
  std::vector<std::size_t> blocks = chain_.PathTo(tip);
  blocks.insert(blocks.end(), {3, 3});  // a node that fetched it again appends it
  Write(blocks);
  ASSERT_OK(Index());
  const std::string right = Dump();
  for (const std::size_t copies : {1u, 2u}) {
    SCOPED_TRACE(copies);
    options_.data_folder = absl::StrCat("/data", copies);
    chain_.Damage(files_, "/blocks", 3);  // of the copies still good, the first
    ASSERT_OK(Index());
    const auto dump = DumpIndex(files_, options_.data_folder, kNetwork);
    EXPECT_EQ(dump.value(), right);
  }
  options_.data_folder = "/data3";
  chain_.Damage(files_, "/blocks", 3);
  EXPECT_THAT(Index().status(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("at offset")));
}

TEST_F(IngestPlan, KeepsTheIndexWhenABetterBranchIsDamaged) {
  const std::size_t fork = chain_.Extend(0, 4);
  const std::size_t tip = chain_.Extend(fork, 4);
  Write(chain_.PathTo(tip));
  ASSERT_OK(Index());
  const std::string before = Dump();
  // Five blocks are needed to outweigh the four that are indexed; seven there are.
  const std::size_t better = chain_.Extend(fork, 7);
  std::vector<std::size_t> blocks = chain_.PathTo(tip);
  const std::vector<std::size_t> branch = chain_.PathTo(better);
  blocks.insert(blocks.end(), branch.begin() + 5, branch.end());
  for (const std::size_t place : {5u, 7u, 9u}) {
    SCOPED_TRACE(place);
    Write(blocks);
    const std::uint64_t offset = chain_.Damage(files_, "/blocks", branch[place]);
    for (int run = 0; run < 2; ++run) {
      ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
      EXPECT_EQ(report.rewound_blocks, 0u);
      EXPECT_THAT(report.warnings,
                  Contains(HasSubstr(absl::StrCat("blk00000.dat at offset ", offset))));
      EXPECT_EQ(Dump().substr(0, Dump().find("stale")), before);
      ExpectVerifies();
    }
  }
  // Damage where the branch has won already costs only what is on top of it.
  Write(blocks);
  chain_.Damage(files_, "/blocks", branch[10]);
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("at offset")));
  EXPECT_THAT(Dump(), HasSubstr(chain_.block(branch[9]).hash.ToDisplayHex()));
  ExpectVerifies();
  Write(blocks);
  ASSERT_OK_AND_ASSIGN(const IngestReport whole, Index());
  EXPECT_EQ(whole.block_hash, chain_.block(better).hash);
  EXPECT_EQ(whole.stale_blocks, 4u);
}

TEST_F(IngestPlan, FollowsTheBestBranchThatIsGood) {
  const std::size_t fork = chain_.Extend(0, 4);
  const std::size_t tip = chain_.Extend(fork, 2);
  Write(chain_.PathTo(tip));
  ASSERT_OK(Index());
  const std::size_t third = chain_.Extend(fork, 3);
  const std::size_t best = chain_.Extend(fork, 5);
  Write(chain_.All());
  chain_.Damage(files_, "/blocks", best - 4);  // its first block
  ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
  EXPECT_EQ(report.block_hash, chain_.block(third).hash);
  EXPECT_EQ(report.rewound_blocks, 2u);
  EXPECT_EQ(report.stale_blocks, 6u);  // two rewound, four on top of the damaged one
  ExpectVerifies();
}

TEST_F(IngestPlan, RefusesAFolderOfAnotherChain) {
  const auto expect_refused = [&] {
    const std::string before = Dump();
    EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kInvalidArgument,
                                  HasSubstr("shares no block with the index in /data")));
    EXPECT_EQ(Dump(), before);
  };
  const std::size_t fork = chain_.Extend(0, 10);
  const std::size_t tip = chain_.Extend(fork, 5);
  const std::size_t light = chain_.Extend(fork, 4);
  const std::size_t heavy = chain_.Extend(fork, 7);
  const auto from = [&](std::size_t leaf, std::size_t height) {
    const std::vector<std::size_t> path = chain_.PathTo(leaf);
    return std::vector<std::size_t>(path.begin() + static_cast<std::ptrdiff_t>(height), path.end());
  };
  const auto both = [](std::vector<std::size_t> a, const std::vector<std::size_t>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  Write(from(tip, 11));
  ASSERT_OK(Index());
  // A branch that replaces the first block: worse, then better, with and without what is below.
  Write(both(from(tip, 11), from(light, 11)));
  ASSERT_OK(Index());
  Write(both(from(tip, 11), from(heavy, 11)));
  expect_refused();
  Write(both(from(tip, 11), from(heavy, 5)));
  expect_refused();
  Write(from(heavy, 11));
  expect_refused();
  Write(from(heavy, 14));
  expect_refused();
  Write(from(fork, 3));
  expect_refused();
  // Blocks that follow the index are enough; so is the index's chain alone.
  const std::size_t later = chain_.Extend(tip, 4);
  Write(from(later, 16));
  ASSERT_OK(Index());
  Write(from(tip, 0));
  ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
  EXPECT_EQ(report.height, chain_.height(later));
}

TEST_F(IngestPlan, RefusesAGapAfterAnIndexWithGenesis) {
  const std::size_t tip = chain_.Extend(0, 9);
  const std::vector<std::size_t> path = chain_.PathTo(tip);
  Write({path.begin(), path.begin() + 5});
  ASSERT_OK(Index());
  Write({path.begin() + 6, path.end()});
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("shares no block")));
}

TEST_F(IngestPlan, CountsBlocksBeforeAWindowAsNothingElse) {
  const std::size_t fork = chain_.Extend(0, 5);
  chain_.Extend(fork, 2);
  const std::size_t tip = chain_.Extend(fork, 9);
  const std::vector<std::size_t> path = chain_.PathTo(tip);
  Write({path.begin() + 10, path.end()});
  ASSERT_OK(Index());
  Write(chain_.All());
  ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
  EXPECT_EQ(report.detached_blocks, 0u);
  EXPECT_EQ(report.stale_blocks, 0u);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("12 blocks belong before height 10")));
}

TEST_F(IngestPlan, SaysThatUntilTakesNothingBack) {
  const std::size_t fork = chain_.Extend(0, 6);
  Write(chain_.PathTo(chain_.Extend(fork, 3)));
  for (const std::uint64_t until : {9u, 20u, 8u, 5u}) {
    SCOPED_TRACE(until);
    options_.until_height = until;
    ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
    EXPECT_EQ(report.height, 9u);
    if (until >= 9) {
      EXPECT_THAT(report.warnings, IsEmpty());
    } else {
      EXPECT_THAT(report.warnings, ElementsAre(AllOf(HasSubstr(absl::StrCat("--until ", until)),
                                                     HasSubstr("goes on to height 9"))));
    }
  }
  // A reorganisation takes back blocks all the same, and none is added past the height asked.
  chain_.Extend(fork, 5);
  Write(chain_.All());
  options_.until_height = 7;
  ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
  EXPECT_EQ(report.height, 7u);
  EXPECT_EQ(report.rewound_blocks, 3u);
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST_F(IngestPlan, NamesWhatToDoAboutBlocksAndBytesOfNoUse) {
  const std::vector<std::size_t> path = chain_.PathTo(chain_.Extend(0, 9));
  std::vector<std::size_t> gap = path;
  gap.erase(gap.begin() + 5);
  Write(gap);
  files_.SetContents("/blocks/blk00001.dat", std::string(500, 'x'));
  ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
  EXPECT_THAT(report.warnings,
              ElementsAre(HasSubstr("copy the file again from the node"),
                          HasSubstr("copy the files with the blocks between from the node")));
}

TEST_F(IngestPlan, RefusesToStopBeforeAWindowBegins) {
  const std::size_t tip = chain_.Extend(0, 20);
  const std::vector<std::size_t> path = chain_.PathTo(tip);
  Write({path.begin() + 12, path.end()});
  const auto refused =
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("begins at height 12"));
  options_.until_height = 11;
  EXPECT_THAT(Index(), refused);
  EXPECT_EQ(Dump(), "empty");
  options_.until_height = 12;
  ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
  EXPECT_EQ(report.height, 12u);
  options_.until_height = 11;
  EXPECT_THAT(Index(), refused);
}

// A window of two blocks whose coinbases say these heights.
void WriteWindow(FileSystem& files, std::uint32_t first, std::uint32_t second) {
  Hash256 prev;
  prev.bytes.fill(0x33);
  synthetic::BlockFolderWriter writer(files, "/blocks", {});
  for (const std::uint32_t height : {first, second}) {
    synthetic::BlockBuilder builder(prev, height, 1'700'000'000);
    const auto block = builder.Finish({{1, {0x51}}});
    ASSERT_OK(writer.Append(block.bytes));
    prev = block.hash;
  }
  ASSERT_OK(writer.Finish());
}

TEST_F(IngestPlan, BelievesAHeightOnlyIfTheNextBlockAgrees) {
  for (const std::uint32_t second : {100u, 102u, 7u}) {
    SCOPED_TRACE(second);
    FaultFileSystem files;
    WriteWindow(files, 100, second);
    EXPECT_THAT(IndexBitcoin(files, options_),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--from-height")));
    options_.from_height = 5000;  // nothing to be believed contradicts it
    ASSERT_OK_AND_ASSIGN(const IngestReport report, IndexBitcoin(files, options_));
    EXPECT_EQ(report.from_height, 5000u);
    options_.from_height.reset();
  }
  WriteWindow(files_, 100, 101);
  options_.from_height = 5000;
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is 100")));
  options_.from_height.reset();
  ASSERT_OK_AND_ASSIGN(const IngestReport report, Index());
  EXPECT_EQ(report.from_height, 100u);
}

TEST_F(IngestPlan, KnowsWhoseHeightIs0) {
  WriteWindow(files_, 100, 7);
  options_.from_height = 0;
  EXPECT_THAT(Index(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not the genesis block")));
  Write(chain_.PathTo(chain_.Extend(0, 3)));
  options_.from_height = 5;
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("begins with the genesis block")));
  EXPECT_EQ(Dump(), "empty");
  options_.from_height = 0;
  ASSERT_OK(Index());
}

TEST_F(IngestPlan, RefusesToGoOnWithHeightsThatTheFolderProvesWrong) {
  // Coinbases that tell no height, as before BIP34.
  std::vector<synthetic::BuiltBlock> blocks = {synthetic::RegtestGenesis()};
  for (std::uint32_t i = 1; i <= 6; ++i) {
    const synthetic::BlockBuilder builder(blocks.back().hash, /*height=*/7, 1'700'000'000);
    blocks.push_back(builder.Finish({{1, {0x51}}}, /*extra_nonce=*/i));
  }
  const auto write_from = [&](std::size_t first) {
    synthetic::BlockFolderWriter writer(files_, "/blocks", {});
    for (std::size_t i = first; i < blocks.size(); ++i) ASSERT_OK(writer.Append(blocks[i].bytes));
    ASSERT_OK(writer.Finish());
  };
  for (const std::uint64_t told : {3u, 4u, 200u}) {
    SCOPED_TRACE(told);
    options_.data_folder = absl::StrCat("/data", told);
    write_from(4);
    options_.from_height = told;
    ASSERT_OK(Index());
    options_.from_height.reset();
    write_from(2);
    ASSERT_OK(Index());  // nothing proves it yet
    write_from(0);
    if (told == 4) {
      ASSERT_OK(Index());
    } else {
      EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                    AllOf(HasSubstr(absl::StrCat("begins at height ", told)),
                                          HasSubstr("has height 4 in /blocks"),
                                          HasSubstr("--from-height 4"))));
    }
  }
}

TEST_F(IngestPlan, RefusesHeightsBeyondAnyChain) {
  WriteWindow(files_, 100, 7);
  for (const std::uint64_t height : {std::uint64_t{1} << 31, ~std::uint64_t{0}}) {
    options_.from_height = height;
    EXPECT_THAT(Index(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("below 2147483648")));
  }
  options_.from_height = (std::uint64_t{1} << 31) - 1;
  ASSERT_OK(Index());
  ExpectVerifies();
}

TEST_F(IngestPlan, NamesTheDamagedFirstBlockOfAWindow) {
  const std::size_t tip = chain_.Extend(0, 20);
  const std::vector<std::size_t> path = chain_.PathTo(tip);
  Write({path.begin() + 12, path.end()});
  const std::uint64_t offset = chain_.Damage(files_, "/blocks", path[12]);
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kDataLoss,
                                HasSubstr(absl::StrCat("blk00000.dat at offset ", offset))));
}

TEST_F(IngestPlan, ForgetsStaleBlocksInTheCommitThatTakesThemIn) {
  const std::size_t fork = chain_.Extend(0, 4);
  const std::size_t old_tip = chain_.Extend(fork, 4);
  const std::size_t stale = chain_.Extend(fork, 3);
  Write(chain_.All());
  ASSERT_OK_AND_ASSIGN(IngestReport report, Index());
  EXPECT_EQ(report.stale_blocks, 3u);
  // The branch wins, but the run ends at a damaged block.
  const std::size_t tip = chain_.Extend(stale, 5);
  Write(chain_.All());
  chain_.Damage(files_, "/blocks", tip);
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kDataLoss));
  ExpectVerifies();
  EXPECT_THAT(Dump(), Not(HasSubstr("stale " + chain_.block(stale).hash.ToDisplayHex())));
  EXPECT_THAT(Dump(), HasSubstr("stale " + chain_.block(old_tip).hash.ToDisplayHex()));
  Write(chain_.All());
  ASSERT_OK_AND_ASSIGN(report, Index());
  EXPECT_EQ(report.stale_blocks, 4u);
  FaultFileSystem fresh;
  chain_.Write(fresh, "/blocks", chain_.All());
  ASSERT_OK(IndexBitcoin(fresh, options_));
  EXPECT_EQ(Dump(), DumpIndex(fresh, "/data", kNetwork).value());
  ExpectVerifies();
}

TEST_F(IngestPlan, MendsAStaleBlockThatIsOnTheChain) {
  const std::size_t fork = chain_.Extend(0, 4);
  const std::size_t stale = chain_.Extend(fork, 1);
  const std::size_t tip = chain_.Extend(fork, 2);
  Write(chain_.All());
  ASSERT_OK(Index());
  const std::string right = Dump();
  {
    ASSERT_OK_AND_ASSIGN(const auto writer,
                         IndexWriter::Open(files_, "/data", kNetwork, std::uint64_t{1} << 20));
    KvBatch batch;
    const synthetic::Bytes& bytes = chain_.block(tip).bytes;
    batch.Put(StaleBlockKey(chain_.block(tip).hash),
              BigEndian64(6) + std::string(bytes.begin(), bytes.end()));
    ASSERT_OK(writer->CommitKeys(2, 0, std::move(batch)));
  }
  ASSERT_OK_AND_ASSIGN(const auto report, VerifyIndex(files_, "/data", kNetwork, nullptr));
  EXPECT_THAT(report.problems, ElementsAre(HasSubstr("are on the chain")));
  ASSERT_OK(Index());
  EXPECT_EQ(Dump(), right);
  EXPECT_THAT(Dump(), HasSubstr("stale " + chain_.block(stale).hash.ToDisplayHex()));
  ExpectVerifies();
}

TEST_F(IngestPlan, StoresNoDamagedStaleBlock) {
  const std::size_t fork = chain_.Extend(0, 4);
  const std::size_t stale = chain_.Extend(fork, 2);
  chain_.Extend(fork, 3);
  Write(chain_.All());
  const std::uint64_t offset = chain_.Damage(files_, "/blocks", stale);
  ASSERT_OK_AND_ASSIGN(IngestReport report, Index());
  EXPECT_EQ(report.stale_blocks, 1u);
  EXPECT_THAT(report.warnings,
              ElementsAre(HasSubstr(absl::StrCat("blk00000.dat at offset ", offset))));
  ExpectVerifies();
  Write(chain_.All());
  ASSERT_OK_AND_ASSIGN(report, Index());
  EXPECT_EQ(report.stale_blocks, 2u);
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST_F(IngestPlan, TellsOfAnIndexWithoutItsStore) {
  Write(chain_.PathTo(chain_.Extend(0, 3)));
  ASSERT_OK(Index());
  for (const std::string suffix : {"/CURRENT", ".log", ""}) {
    SCOPED_TRACE(suffix);
    const auto copy = files_.Clone();
    for (const std::string& path : copy->AllFiles()) {
      if (path.starts_with("/data/bitcoin-regtest/kv/") && path.ends_with(suffix)) {
        ASSERT_OK(copy->Remove(path));
      }
    }
    const auto lost = StatusIs(absl::StatusCode::kDataLoss, HasSubstr("/data/bitcoin-regtest/kv"));
    EXPECT_THAT(NetworksIn(*copy, "/data"), IsOkAndHolds(ElementsAre(kNetwork)));
    EXPECT_THAT(OpenForReading(*copy, "/data", kNetwork), lost);
    EXPECT_THAT(IndexBitcoin(*copy, options_), lost);
  }
}

TEST_F(IngestPlan, TellsFilesWithoutBlocksFromAnotherNetworks) {
  files_.SetContents("/blocks/blk00000.dat", "");
  const auto no_key = StatusIs(absl::StatusCode::kDataLoss, HasSubstr("may be missing"));
  EXPECT_THAT(Index(), no_key);
  files_.SetContents("/blocks/blk00000.dat", std::string(5000, 'x'));
  EXPECT_THAT(Index(), no_key);
  options_.network = Network::kBitcoin;
  EXPECT_THAT(Index(), no_key);
  files_.SetContents("/blocks/xor.dat", "12345678");
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("xor.dat, again")));
  ASSERT_OK(files_.Remove("/blocks/xor.dat"));
  Write(chain_.PathTo(chain_.Extend(0, 3)));
  EXPECT_THAT(Index(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--network")));
}

TEST_F(IngestPlan, VerifyNamesOneRemedy) {
  Write(chain_.PathTo(chain_.Extend(0, 3)));
  ASSERT_OK(Index());
  files_.FlipByte("/data/bitcoin-regtest/columns/output_value.col", kColumnHeaderBytes, 1);
  ASSERT_OK_AND_ASSIGN(const auto report, VerifyIndex(files_, "/data", kNetwork, nullptr));
  ASSERT_FALSE(report.problems.empty());
  for (const std::string& problem : report.problems) {
    EXPECT_EQ(std::count(problem.begin(), problem.end(), ';'), 1) << problem;
  }
}

}  // namespace
}  // namespace coinwake
