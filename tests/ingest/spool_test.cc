// Goal: spools and the script log give back what was put in, in order, whatever part of it went to
// temporary files, and leave no file behind.
// Method: random records under budgets from nothing to plenty, compared with plain vectors.
#include "indexer/ingest/spool.h"

#include <gtest/gtest.h>

#include <random>

#include "indexer/ingest/script_log.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {
namespace {

struct Record {
  std::uint64_t number;
  std::uint32_t more;
  friend bool operator==(const Record&, const Record&) = default;
};

TEST(Spool, GivesBackEachPartitionInOrderUnderAnyBudget) {
  for (const std::uint64_t budget_bytes : {0u, 40'000u, 200'000u, 100'000'000u}) {
    SCOPED_TRACE(budget_bytes);
    FaultFileSystem files;
    ASSERT_TRUE(files.CreateFolders("/tmp").ok());
    SpoolBudget budget(budget_bytes);
    {
      Spool<Record> spool(files, budget, "/tmp", "test", 7);
      std::vector<std::vector<Record>> expected(7);
      std::mt19937_64 random(1);
      for (std::uint64_t i = 0; i < 50'000; ++i) {
        const std::size_t partition = random() % 6;  // the last stays empty
        const Record record{i, static_cast<std::uint32_t>(random())};
        ASSERT_TRUE(spool.Add(partition, record).ok());
        expected[partition].push_back(record);
      }
      std::vector<Record> got;
      for (std::size_t i = 0; i < 6; ++i) {
        ASSERT_TRUE(spool.Load(i, &got).ok());
        EXPECT_EQ(got, expected[i]) << "partition " << i;
      }
      EXPECT_EQ(budget.spilled_bytes() != 0, budget_bytes < 100'000'000);
    }
    EXPECT_TRUE(files.AllFiles().empty());
  }
}

TEST(Spool, TellsWhenTheDiskFails) {
  FaultFileSystem files;
  ASSERT_TRUE(files.CreateFolders("/tmp").ok());
  SpoolBudget budget(0);
  Spool<Record> spool(files, budget, "/tmp", "test", 1);
  files.FailAt(0, /*lasting=*/true);
  absl::Status status;
  for (std::uint64_t i = 0; i < 10'000 && status.ok(); ++i) status = spool.Add(0, {i, 0});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
}

TEST(ScriptLog, GivesBackScriptsOfAnySizeUnderAnyBudget) {
  for (const std::uint64_t budget_bytes : {0u, 1u << 20, 1u << 28}) {
    SCOPED_TRACE(budget_bytes);
    FaultFileSystem files;
    ASSERT_TRUE(files.CreateFolders("/tmp").ok());
    SpoolBudget budget(budget_bytes);
    {
      ScriptLog log(files, budget, "/tmp/scripts");
      std::mt19937_64 random(2);
      std::vector<std::vector<std::uint8_t>> scripts;
      for (int i = 0; i < 2000; ++i) {
        const std::size_t size = i % 97 == 0 ? random() % 200'000 : random() % 40;
        scripts.emplace_back(size, static_cast<std::uint8_t>(random()));
        ASSERT_TRUE(log.Add(scripts.back()).ok());
      }
      for (const auto& script : scripts) {
        const auto got = log.Next();
        ASSERT_TRUE(got.ok());
        ASSERT_TRUE(std::equal(got->begin(), got->end(), script.begin(), script.end()));
      }
    }
    EXPECT_TRUE(files.AllFiles().empty());
  }
}

}  // namespace
}  // namespace coinwake
