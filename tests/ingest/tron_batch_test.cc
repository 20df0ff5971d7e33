// Goal: an index is the same however its blocks are cut into commits, by however many threads they
// are prepared, and in however many runs.
// Method: one chain indexed in every such way; dumps and the bytes of every column are compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Network kNetwork = Network::kTronPrivate;

std::string Dump(FileSystem& files, const std::string& folder) {
  const auto dump = DumpAccountIndex(files, folder, kNetwork);
  EXPECT_OK(dump);
  return dump.value_or("");
}

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

class TronBatches : public ::testing::Test {
 protected:
  TronBatches() : cast_(31) {
    cast_.AddBlocks(300);  // more than are prepared at once
    WriteTronBlocks(files_, "/blocks", cast_.blocks());
    TronIngestOptions options = TronTestOptions("/blocks", "/whole");
    auto report = IndexTron(files_, options);
    EXPECT_OK(report);
    whole_ = report.value_or(TronIngestReport{});
    dump_ = Dump(files_, "/whole");
  }

  std::uint64_t tip() const { return cast_.blocks().back().number; }
  void ExpectWhole(const std::string& folder) {
    EXPECT_TRUE(Dump(files_, folder) == dump_) << folder;
    EXPECT_TRUE(Columns(files_, folder) == Columns(files_, "/whole")) << folder;
  }

  TronCast cast_;
  FaultFileSystem files_;
  TronIngestReport whole_;
  std::string dump_;
};

TEST_F(TronBatches, OfAnySizeGiveTheSameIndex) {
  for (const std::uint64_t blocks : {1u, 2u, 7u, 100u, 257u, 1'000u}) {
    TronIngestOptions options = TronTestOptions("/blocks", absl::StrCat("/data", blocks));
    options.max_batch_blocks = blocks;
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
    EXPECT_EQ(report.totals, whole_.totals);
    ExpectWhole(options.data_folder);
  }
  TronIngestOptions options = TronTestOptions("/blocks", "/data-much");
  options.memory_mib = 2048;
  ASSERT_OK(IndexTron(files_, options));
  ExpectWhole("/data-much");
}

TEST_F(TronBatches, ByAnyNumberOfThreadsGiveTheSameIndex) {
  for (const int threads : {0, 2, 5}) {
    TronIngestOptions options = TronTestOptions("/blocks", absl::StrCat("/data", threads));
    options.threads = threads;
    options.max_batch_blocks = 90;
    ASSERT_OK(IndexTron(files_, options));
    ExpectWhole(options.data_folder);
  }
}

TEST_F(TronBatches, OfSeveralRunsGiveTheSameIndex) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    TronIngestOptions options = TronTestOptions("/blocks", absl::StrCat("/data", seed));
    for (std::uint64_t until = random() % 3; until < tip(); until += 1 + random() % 120) {
      options.until_height = until;
      options.max_batch_blocks = random() % 50;
      ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
      EXPECT_EQ(report.height, until);
      EXPECT_EQ(report.blocks, until + 1);
      EXPECT_EQ(report.block_hash, cast_.blocks()[until].id);
    }
    options.until_height.reset();
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
    EXPECT_EQ(report.totals, whole_.totals);
    ExpectWhole(options.data_folder);
  }
}

// Neither a run more nor a lower --until changes anything.
TEST_F(TronBatches, ARunMoreChangesNothing) {
  const auto before = Columns(files_, "/whole");
  TronIngestOptions options = TronTestOptions("/blocks", "/whole");
  for (const std::optional<std::uint64_t> until :
       {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(5)}) {
    options.until_height = until;
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
    EXPECT_EQ(report.height, tip());
    EXPECT_EQ(report.blocks, whole_.blocks);
    EXPECT_EQ(report.rewound_blocks, 0u);
    EXPECT_EQ(report.totals, whole_.totals);
    if (until.has_value()) {
      EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("already and keeps what it has")));
    } else {
      EXPECT_THAT(report.warnings, IsEmpty());
    }
    EXPECT_EQ(Dump(files_, "/whole"), dump_);
    EXPECT_TRUE(Columns(files_, "/whole") == before);
  }
}

// The files may by now hold only what is new, or a part of what is there.
TEST_F(TronBatches, GoOnFromFilesOfAnyOverlap) {
  const std::span<const synthetic::TronBlock> all(cast_.blocks());
  WriteTronBlocks(files_, "/first", all.first(100));
  for (const std::size_t from : {100u, 99u, 40u, 0u}) {
    SCOPED_TRACE(from);
    const std::string folder = absl::StrCat("/data", from);
    ASSERT_OK(IndexTron(files_, TronTestOptions("/first", folder)));
    WriteTronBlocks(files_, "/rest", all.subspan(from));
    TronIngestOptions options = TronTestOptions("/rest", folder);
    if (from != 0) options.network = kNetwork;
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files_, options));
    EXPECT_EQ(report.from_height, 0u);
    EXPECT_TRUE(report.complete_history);
    ExpectWhole(folder);
  }
}

// Stops when it is asked to, with what is committed; going on gives the same index.
class StopAfter final : public Progress {
 public:
  explicit StopAfter(int commits) : left_(commits) {}
  void Update(std::string_view, std::uint64_t done, std::uint64_t total,
              std::string_view) override {
    EXPECT_LE(done, total);
  }
  void Committed(std::uint64_t height) override {
    --left_;
    height_ = height;
  }
  bool StopRequested() const override { return left_ <= 0; }
  std::uint64_t height() const { return height_; }

 private:
  int left_;
  std::uint64_t height_ = 0;
};

TEST_F(TronBatches, StopWhenAsked) {
  TronIngestOptions options = TronTestOptions("/blocks", "/data");
  options.max_batch_blocks = 10;
  StopAfter progress(3);
  options.progress = &progress;
  EXPECT_THAT(IndexTron(files_, options), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(progress.height(), 29u);
  TronIngestOptions part = TronTestOptions("/blocks", "/part");
  part.until_height = 29;
  ASSERT_OK(IndexTron(files_, part));
  EXPECT_EQ(Dump(files_, "/data"), Dump(files_, "/part"));
  options.progress = nullptr;
  ASSERT_OK(IndexTron(files_, options));
  ExpectWhole("/data");
}

}  // namespace
}  // namespace coinwake
