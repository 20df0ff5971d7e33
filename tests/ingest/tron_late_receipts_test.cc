// Goal: receipts that come later than their blocks leave no hole without a word. Where a file of
// them was not whole yet, the blocks wait for it; where blocks were indexed without, later runs say
// that an empty folder is the remedy.
// Method: built chains whose receipts are cut at many places or left out, and then given whole; the
// index of both runs is held against a fresh one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using synthetic::TronBlock;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kReceipts[] = "/blocks/00000.receipts";

class TronLateReceipts : public ::testing::Test {
 protected:
  absl::StatusOr<TronIngestReport> Index(const std::string& folder = "/data") {
    return IndexTron(files_, TronTestOptions("/blocks", folder));
  }
  std::string Dump(const std::string& folder = "/data") {
    const auto dump = DumpAccountIndex(files_, folder, Network::kTronPrivate);
    EXPECT_OK(dump);
    return dump.value_or("");
  }
  static std::vector<TronBlock> Without(std::vector<TronBlock> blocks, std::size_t begin,
                                        std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) blocks[i].receipts.clear();
    return blocks;
  }

  FaultFileSystem files_;
};

TEST_F(TronLateReceipts, OfACutFileAreWaitedFor) {
  TronCast cast(91);
  for (int i = 0; i < 12; ++i) cast.AddBlock(3);
  WriteTronBlocks(files_, "/blocks", cast.blocks());
  ASSERT_OK(Index("/fresh"));
  const std::string fresh = Dump("/fresh");
  const std::string blocks = files_.Contents("/blocks/00000.blocks");
  const std::string whole = files_.Contents(kReceipts);
  std::uint64_t height = 0;
  for (std::size_t part = 0; part < 8; ++part) {
    SCOPED_TRACE(part);
    const std::string data = absl::StrCat("/data", part);
    files_.SetContents(kReceipts, whole.substr(0, 10 + part * whole.size() / 8));
    ASSERT_OK_AND_ASSIGN(TronIngestReport report, Index(data));
    EXPECT_GE(report.height, height);
    EXPECT_LT(report.height, cast.blocks().back().number);
    height = report.height;
    EXPECT_EQ(report.totals.without_receipt, 0u);
    EXPECT_THAT(report.warnings, Contains(AllOf(HasSubstr(absl::StrCat("from ", height + 1)),
                                                HasSubstr(kReceipts), HasSubstr("run again"))));
    files_.SetContents(kReceipts, whole);
    ASSERT_OK_AND_ASSIGN(report, Index(data));
    EXPECT_EQ(report.warnings, std::vector<std::string>());
    EXPECT_EQ(Dump(data), fresh);
  }
  EXPECT_GT(height, 5u);
}

// As a branch that is longer only with blocks whose receipts have not come.
TEST_F(TronLateReceipts, OfALongerBranchAreWaitedFor) {
  TronCast one(92);
  for (int i = 0; i < 4; ++i) one.AddBlock(3);
  TronCast other = one;
  const std::uint64_t common = one.blocks().back().number;
  one.chain().Transfer(one.person(0), one.person(1), 1);
  one.chain().NextBlock();
  for (int i = 0; i < 3; ++i) {
    other.chain().Transfer(one.person(0), one.person(1), 2 + i);
    other.chain().NextBlock();
  }
  WriteTronBlocks(files_, "/blocks", one.blocks());
  ASSERT_OK(Index());
  const std::string before = Dump();
  WriteTronBlocks(files_, "/blocks", Without(other.blocks(), common + 2, common + 4));
  const std::string part = files_.Contents(kReceipts);
  WriteTronBlocks(files_, "/blocks", other.blocks());
  const std::string whole = files_.Contents(kReceipts);
  files_.SetContents(kReceipts, whole.substr(0, part.size() + 9));
  ASSERT_OK_AND_ASSIGN(TronIngestReport report, Index());
  EXPECT_EQ(report.rewound_blocks, 0u);
  EXPECT_THAT(report.warnings, Contains(HasSubstr("is not longer; nothing was rewound")));
  EXPECT_EQ(Dump(), before);
  files_.SetContents(kReceipts, whole);
  ASSERT_OK_AND_ASSIGN(report, Index());
  EXPECT_EQ(report.rewound_blocks, 1u);
  ASSERT_OK(Index("/fresh"));
  EXPECT_EQ(Dump(), Dump("/fresh"));
}

TEST_F(TronLateReceipts, OfIndexedBlocksAreToldOf) {
  TronCast cast(93);
  for (int i = 0; i < 20; ++i) cast.AddBlock(2);
  const std::vector<TronBlock>& blocks = cast.blocks();
  const auto late = Contains(
      AllOf(HasSubstr("has receipts of block "), HasSubstr("index again into an empty folder")));
  for (const auto& [begin, end] : {std::pair{std::size_t{1}, blocks.size()}, {7, 8}, {5, 19}}) {
    SCOPED_TRACE(begin);
    const std::string data = absl::StrCat("/data", begin);
    WriteTronBlocks(files_, "/blocks", Without(blocks, begin, end));
    for (int run = 0; run < 2; ++run) {  // the source has none itself
      ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(data));
      EXPECT_EQ(report.height, blocks.back().number);
      EXPECT_GT(report.totals.without_receipt, 0u);
      EXPECT_THAT(report.warnings, Contains(HasSubstr("have no receipt")));
      EXPECT_THAT(report.warnings, Not(late));
    }
    const std::string before = Dump(data);
    WriteTronBlocks(files_, "/blocks", blocks);
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, Index(data));
    EXPECT_THAT(report.warnings, late);
    EXPECT_EQ(Dump(data), before);
  }
}

}  // namespace
}  // namespace coinwake
