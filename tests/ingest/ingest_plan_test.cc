// Goal: which blocks of a folder are indexed, and that a good index outlives folders that are
// damaged, incomplete or another chain's. Method: small generated chains with one thing wrong each,
// on a file system in memory; what the index says before and after is compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "indexer/ingest/ingest.h"
#include "indexer/verify/verify.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

}  // namespace
}  // namespace coinwake
