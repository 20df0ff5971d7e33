// Goal: an index follows its source's chain: to a longer branch, never below what was final, never
// to another chain, and never over a gap.
// Method: copies of one builder go on in different ways; an index of one branch that then gets the
// other is compared with a fresh one of the other; what must not change is compared with itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "indexer/view/open.h"
#include "tests/ingest/node_blocks.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/tron_source/node_folder.h"
#include "tron/block.pb.h"
#include "tron/receipt.pb.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr Network kNetwork = Network::kTronPrivate;

std::string Dump(FileSystem& files, const std::string& folder) {
  const auto dump = DumpAccountIndex(files, folder, kNetwork);
  EXPECT_OK(dump);
  return dump.value_or("");
}

// Two chains with `common` blocks in common.
struct Fork {
  Fork(std::uint64_t seed, int common, int ours, int theirs, std::uint64_t first_number = 0)
      : one(seed, first_number), other(seed, first_number) {
    one.AddBlocks(common - static_cast<int>(one.blocks().size()));
    other = one;
    other.Reseed(seed + 1000);
    // So that neither branch has the other's block.
    one.chain().Transfer(one.person(0), one.person(1), 1);
    other.chain().Transfer(one.person(0), one.person(1), 2);
    one.AddBlocks(ours);
    other.AddBlocks(theirs);
  }
  TronCast one;
  TronCast other;
};

class TronReorg : public ::testing::Test {
 protected:
  absl::StatusOr<TronIngestReport> Index(const std::vector<synthetic::TronBlock>& blocks,
                                         std::uint64_t max_batch_blocks = 0) {
    WriteTronBlocks(files_, "/blocks", blocks);
    TronIngestOptions options = TronTestOptions("/blocks", "/data");
    options.max_batch_blocks = max_batch_blocks;
    if (blocks.front().number != 0) options.network = kNetwork;
    return IndexTron(files_, options);
  }
  std::string Fresh(const std::vector<synthetic::TronBlock>& blocks) {
    FaultFileSystem files;
    WriteTronBlocks(files, "/blocks", blocks);
    TronIngestOptions options = TronTestOptions("/blocks", "/data");
    if (blocks.front().number != 0) options.network = kNetwork;
    EXPECT_OK(IndexTron(files, options));
    return Dump(files, "/data");
  }

  FaultFileSystem files_;
};

TEST_F(TronReorg, FollowsALongerBranch) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const int ours = static_cast<int>(1 + seed % 5);
    Fork fork(40 + seed, 8, ours, ours + 1 + static_cast<int>(seed % 3));
    WriteTronBlocks(files_, "/blocks", fork.one.blocks());
    TronIngestOptions options = TronTestOptions("/blocks", absl::StrCat("/data", seed));
    options.max_batch_blocks = seed % 4;
    ASSERT_OK(IndexTron(files_, options));
    WriteTronBlocks(files_, "/blocks", fork.other.blocks());
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
    EXPECT_EQ(report.rewound_blocks, static_cast<std::uint64_t>(ours));
    EXPECT_EQ(report.block_hash, fork.other.blocks().back().id);
    EXPECT_EQ(Dump(files_, options.data_folder), Fresh(fork.other.blocks()));
    // What is gone cannot be found any more.
    ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                         OpenForReading(files_, options.data_folder, kNetwork));
    EXPECT_THAT(index.accounts->HeightOfHash(fork.one.blocks().back().id),
                StatusIs(absl::StatusCode::kNotFound));
  }
}

class StopAtCall final : public Progress {
 public:
  explicit StopAtCall(int call) : left_(call) {}
  bool StopRequested() const override { return --left_ < 0; }
  bool stopped() const { return left_ < 0; }

 private:
  mutable int left_;
};

// A fork far back is found in few steps, and each of them can be stopped.
TEST_F(TronReorg, StopsWhileItLooksForTheFork) {
  Fork fork(77, 4, 60, 61);
  ASSERT_OK(Index(fork.one.blocks()));
  WriteTronBlocks(files_, "/blocks", fork.other.blocks());
  const std::string before = Dump(files_, "/data");
  TronIngestOptions options = TronTestOptions("/blocks", "/data");
  int calls = 0;
  for (;; ++calls) {
    SCOPED_TRACE(calls);
    StopAtCall progress(calls);
    options.progress = &progress;
    const auto report = IndexTron(files_, options);
    if (!progress.stopped()) {
      ASSERT_OK(report);
      EXPECT_EQ(report->rewound_blocks, 60u);
      break;
    }
    ASSERT_THAT(report, StatusIs(absl::StatusCode::kCancelled));
    const std::string after = Dump(files_, "/data");
    if (after != before) break;  // rewound
  }
  // One for each message while the files are scanned, then a dozen steps, then one for each block
  // of the branch, which is read once before the index is rewound.
  const int others = 2 * static_cast<int>(fork.other.blocks().size()) + 61;
  EXPECT_GT(calls, others);
  EXPECT_LT(calls, others + 30);
  options.progress = nullptr;
  ASSERT_OK(IndexTron(files_, options));
  EXPECT_EQ(Dump(files_, "/data"), Fresh(fork.other.blocks()));
}

// Both branches in the folder: the source chooses, and counts the other as stale.
TEST_F(TronReorg, FollowsALongerBranchBesideTheOld) {
  Fork fork(61, 6, 2, 4);
  ASSERT_OK(Index(fork.one.blocks()));
  std::vector<synthetic::TronBlock> both = fork.one.blocks();
  both.insert(both.end(), fork.other.blocks().begin() + 6, fork.other.blocks().end());
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(both));
  EXPECT_EQ(report.rewound_blocks, 2u);
  EXPECT_EQ(report.stale_blocks, 2u);
  EXPECT_EQ(Dump(files_, "/data"), Fresh(fork.other.blocks()));
}

TEST_F(TronReorg, ThereAndBackAgain) {
  Fork fork(62, 6, 3, 4);
  ASSERT_OK(Index(fork.one.blocks(), 2));
  ASSERT_OK(Index(fork.other.blocks(), 2));
  fork.one.AddBlocks(3);
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(fork.one.blocks(), 2));
  EXPECT_EQ(report.rewound_blocks, 4u);
  EXPECT_EQ(Dump(files_, "/data"), Fresh(fork.one.blocks()));
}

// Signs a block's first transaction anew, so that its merkle root is another.
void Damage(synthetic::TronBlock* block) {
  tron::wire::Block message;
  ASSERT_TRUE(message.ParseFromString(block->bytes));
  ASSERT_GT(message.transactions_size(), 0);
  std::string& transaction = *message.mutable_transactions(0);
  const std::size_t signature = transaction.find(std::string("\x12\x41", 2));
  ASSERT_NE(signature, std::string::npos);
  transaction[signature + 9] = static_cast<char>(transaction[signature + 9] ^ 1);
  block->bytes = message.SerializeAsString();
}
// Has the receipt of its first transaction say the opposite of the block.
void Contradict(synthetic::TronBlock* block) {
  tron::wire::TransactionRet ret;
  ASSERT_TRUE(ret.ParseFromString(block->receipts));
  ret.mutable_transaction_info(0)->set_result(1);
  block->receipts = ret.SerializeAsString();
}

// A branch that ends in a block nobody can book, before it is longer, is not followed.
TEST_F(TronReorg, KeepsItsChainWhereTheLongerBranchCannotBeBooked) {
  Fork fork(75, 8, 3, 0);
  for (int i = 0; i < 6; ++i) {
    fork.other.chain().Transfer(fork.one.person(0), fork.one.person(1), 3 + i);
    fork.other.chain().NextBlock();
  }
  ASSERT_OK(Index(fork.one.blocks()));
  const std::string before = Dump(files_, "/data");
  for (const auto& harm : {Damage, Contradict}) {
    for (std::size_t bad = 8; bad < 12; ++bad) {
      SCOPED_TRACE(bad);
      std::vector<synthetic::TronBlock> blocks = fork.other.blocks();
      harm(&blocks[bad]);
      EXPECT_THAT(Index(blocks, 2),
                  StatusIs(absl::StatusCode::kDataLoss,
                           AllOf(HasSubstr(absl::StrCat("block ", bad, ": ")),
                                 HasSubstr("after block 7, and nothing was rewound"))));
      EXPECT_EQ(Dump(files_, "/data"), before);
    }
  }
  // Longer before it ends, it is followed as far as it goes.
  std::vector<synthetic::TronBlock> blocks = fork.other.blocks();
  Damage(&blocks[12]);
  EXPECT_THAT(Index(blocks), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("block 12: ")));
  EXPECT_EQ(Dump(files_, "/data"), Fresh({blocks.begin(), blocks.begin() + 12}));
}

TEST_F(TronReorg, KeepsItsChainWhileTheOtherIsNotLonger) {
  for (const int theirs : {1, 2, 3}) {
    SCOPED_TRACE(theirs);
    Fork fork(63, 7, 3, theirs);
    ASSERT_OK(Index(fork.one.blocks()));
    const std::string before = Dump(files_, "/data");
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(fork.other.blocks()));
    EXPECT_EQ(report.rewound_blocks, 0u);
    EXPECT_EQ(report.block_hash, fork.one.blocks().back().id);
    EXPECT_THAT(report.warnings,
                Contains(AllOf(HasSubstr("not longer"), HasSubstr("after block 6"))));
    EXPECT_EQ(Dump(files_, "/data"), before);
  }
}

TEST_F(TronReorg, RefusesAnotherChain) {
  TronCast one(64);
  one.AddBlocks(6);
  TronCast other(65);
  other.AddBlocks(16);
  ASSERT_OK(Index(one.blocks()));
  const std::string before = Dump(files_, "/data");
  EXPECT_THAT(Index(other.blocks()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another chain")));
  EXPECT_EQ(Dump(files_, "/data"), before);
  // Where only the parent tells.
  const std::uint64_t next = one.blocks().size();
  const std::vector<synthetic::TronBlock> rest(
      other.blocks().begin() + static_cast<std::ptrdiff_t>(next), other.blocks().end());
  EXPECT_THAT(Index(rest), StatusIs(absl::StatusCode::kDataLoss,
                                    AllOf(HasSubstr(absl::StrCat("/blocks: block ", next)),
                                          HasSubstr("as in /data/tron-private; it is another"),
                                          HasSubstr(absl::StrCat("has block ", next - 1)))));
  EXPECT_EQ(Dump(files_, "/data"), before);
}

TEST_F(TronReorg, RefusesAGap) {
  TronCast cast(66);
  cast.AddBlocks(20);
  const auto& all = cast.blocks();
  ASSERT_OK(Index({all.begin(), all.begin() + 10}));
  const std::string before = Dump(files_, "/data");
  EXPECT_THAT(Index({all.begin() + 11, all.end()}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("needs block 10 next")));
  EXPECT_EQ(Dump(files_, "/data"), before);
}

TEST_F(TronReorg, ContinuesAWindow) {
  Fork fork(67, 8, 3, 5, /*first_number=*/700);
  const auto& all = fork.one.blocks();
  ASSERT_OK(Index({all.begin(), all.begin() + 5}));
  ASSERT_OK_AND_ASSIGN(TronIngestReport report, Index({all.begin() + 3, all.end()}));
  EXPECT_EQ(report.from_height, 700u);
  EXPECT_EQ(report.blocks, all.size());
  EXPECT_EQ(Dump(files_, "/data"), Fresh(all));
  ASSERT_OK_AND_ASSIGN(report, Index(fork.other.blocks(), 2));
  EXPECT_EQ(report.rewound_blocks, 3u);
  EXPECT_EQ(report.from_height, 700u);
  EXPECT_FALSE(report.complete_history);
  EXPECT_EQ(Dump(files_, "/data"), Fresh(fork.other.blocks()));
}

// A branch that leaves a window at its first block leaves nothing in common.
TEST_F(TronReorg, RefusesABranchBelowTheWindow) {
  Fork fork(68, 8, 3, 5);
  const auto& one = fork.one.blocks();
  const auto& other = fork.other.blocks();
  ASSERT_OK(Index({one.begin() + 8, one.end()}));
  const std::string before = Dump(files_, "/data");
  EXPECT_THAT(Index({other.begin() + 8, other.end()}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("none of its blocks")));
  EXPECT_EQ(Dump(files_, "/data"), before);
  // Blocks before the window do not join it.
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(one));
  EXPECT_EQ(report.from_height, 8u);
  EXPECT_EQ(Dump(files_, "/data"), before);
}

TEST_F(TronReorg, RefusesToStopBeforeItBegins) {
  TronCast cast(69, 700);
  WriteTronBlocks(files_, "/blocks", cast.blocks());
  TronIngestOptions options = TronTestOptions("/blocks", "/data");
  options.network = kNetwork;
  options.until_height = 699;
  for (int run = 0; run < 2; ++run) {
    EXPECT_THAT(IndexTron(files_, options),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("begins at height 700")));
    if (run == 0) {
      EXPECT_EQ(Dump(files_, "/data"), "empty");
    }
    options.until_height.reset();
    ASSERT_OK(IndexTron(files_, options));
    options.until_height = 600;
  }
}

// A branch of which no more than what the index has may be taken is not longer.
TEST_F(TronReorg, IsBoundByUntil) {
  Fork fork(70, 8, 3, 6);
  ASSERT_OK(Index(fork.one.blocks()));
  const std::string before = Dump(files_, "/data");
  WriteTronBlocks(files_, "/blocks", fork.other.blocks());
  TronIngestOptions options = TronTestOptions("/blocks", "/data");
  for (const std::uint64_t until : {3u, 7u, 8u, 9u, 10u}) {
    SCOPED_TRACE(until);
    options.until_height = until;
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
    EXPECT_EQ(report.rewound_blocks, 0u);
    const bool warned = testing::Value(report.warnings, Contains(HasSubstr("not longer")));
    EXPECT_EQ(warned, until > 7);
    EXPECT_EQ(Dump(files_, "/data"), before);
  }
  options.until_height = 11;
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
  EXPECT_EQ(report.rewound_blocks, 3u);
  EXPECT_EQ(report.height, 11u);
}

// What a node calls final binds later runs of any source.
class TronFinality : public ::testing::Test {
 protected:
  TronFinality() : folder_(std::filesystem::path(::testing::TempDir()) / "tron-finality") {
    std::filesystem::remove_all(folder_);
  }
  ~TronFinality() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  absl::StatusOr<TronIngestReport> IndexNode(const std::vector<synthetic::TronBlock>& blocks,
                                             std::optional<std::uint64_t> solid,
                                             std::optional<std::uint64_t> until = std::nullopt) {
    std::filesystem::remove_all(folder_ / "database");
    tron::NodeRows rows = tron::RowsOf(NodeBlocksOf(blocks), solid.value_or(0));
    if (!solid.has_value()) rows.properties.clear();
    tron::WriteNodeFolder(folder_ / "database", rows);
    TronIngestOptions options = TronTestOptions(Path("database"), Path("data"));
    options.until_height = until;
    return IndexTron(RealFileSystem(), options);
  }
  absl::StatusOr<TronIngestReport> IndexFiles(const std::vector<synthetic::TronBlock>& blocks) {
    WriteTronBlocks(RealFileSystem(), Path("blocks"), blocks);
    return IndexTron(RealFileSystem(), TronTestOptions(Path("blocks"), Path("data")));
  }
  std::string Dump() { return coinwake::Dump(RealFileSystem(), Path("data")); }

  const std::filesystem::path folder_;
};

TEST_F(TronFinality, IsNeverLeft) {
  Fork fork(71, 9, 4, 9);
  ASSERT_OK_AND_ASSIGN(TronIngestReport report, IndexNode(fork.one.blocks(), 10));
  EXPECT_EQ(report.height, 10u);
  ASSERT_OK(IndexFiles(fork.one.blocks()));
  const std::string before = Dump();
  EXPECT_TRUE(before.ends_with("final 10\n"));
  EXPECT_THAT(IndexFiles(fork.other.blocks()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("block 10 "), HasSubstr("up to 10 are final"))));
  EXPECT_EQ(Dump(), before);
  EXPECT_THAT(IndexNode(fork.other.blocks(), 15), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Dump(), before);
}

TEST_F(TronFinality, IsNoBoundAboveTheFork) {
  Fork fork(72, 9, 4, 9);
  ASSERT_OK(IndexNode(fork.one.blocks(), 8));
  ASSERT_OK(IndexFiles(fork.one.blocks()));
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexFiles(fork.other.blocks()));
  EXPECT_EQ(report.rewound_blocks, 4u);
  EXPECT_EQ(report.final_height, 8u);
}

// Final blocks win over more of blocks that are not.
TEST_F(TronFinality, WinsOverLength) {
  Fork fork(73, 9, 9, 3);
  ASSERT_OK(IndexFiles(fork.one.blocks()));
  ASSERT_OK_AND_ASSIGN(const TronIngestReport report,
                       IndexNode(fork.other.blocks(), fork.other.blocks().back().number));
  EXPECT_EQ(report.rewound_blocks, 9u);
  EXPECT_EQ(report.block_hash, fork.other.blocks().back().id);
  EXPECT_EQ(report.final_height, fork.other.blocks().back().number);
}

TEST_F(TronFinality, IsNotTakenForSaidWhereTheNodeDoesNotSay) {
  Fork fork(76, 9, 4, 9);
  ASSERT_OK_AND_ASSIGN(TronIngestReport report, IndexNode(fork.one.blocks(), std::nullopt));
  EXPECT_EQ(report.height, 12u);
  EXPECT_EQ(report.final_height, std::nullopt);
  ASSERT_OK_AND_ASSIGN(report, IndexFiles(fork.other.blocks()));
  EXPECT_EQ(report.rewound_blocks, 4u);
}

// What a node calls final it says of its own chain, not of the blocks an index has in their place.
TEST_F(TronFinality, IsSaidOfCommonBlocksOnly) {
  Fork fork(74, 9, 4, 9);
  ASSERT_OK(IndexFiles(fork.one.blocks()));
  ASSERT_OK_AND_ASSIGN(TronIngestReport report, IndexNode(fork.other.blocks(), 17, 8));
  EXPECT_EQ(report.rewound_blocks, 0u);
  EXPECT_EQ(report.final_height, 8u);
  EXPECT_EQ(report.height, 12u);
  ASSERT_OK_AND_ASSIGN(report, IndexNode(fork.other.blocks(), 17));
  EXPECT_EQ(report.rewound_blocks, 4u);
  EXPECT_EQ(report.final_height, 17u);
}

}  // namespace
}  // namespace coinwake
