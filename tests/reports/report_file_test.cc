// Goal: under its name a file is whole or not there, whatever fails. Method: every operation fails
// in turn, and the power is cut, on a file system in memory.
#include "reports/report_file.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

std::string Large() {
  std::string text;
  for (int i = 0; i < 30'000; ++i) absl::StrAppend(&text, "row ", i, "\n");
  return text;
}

Hash256 HashOf(const std::string& text) { return Sha256(AsBytes(text.data(), text.size())); }

absl::StatusOr<WrittenFile> WriteInPieces(FileSystem& files, const std::string& text) {
  COINWAKE_ASSIGN_OR_RETURN(const auto file, ReportFile::Create(files, "/out", "rows.csv"));
  for (std::size_t i = 0; i < text.size(); i += 1'000) {
    COINWAKE_RETURN_IF_ERROR(file->Append(std::string_view(text).substr(i, 1'000)));
  }
  return file->Finish();
}

TEST(ReportFile, TellsWhatItHolds) {
  FaultFileSystem files;
  ASSERT_OK(files.CreateFolders("/out"));
  const std::string text = Large();
  ASSERT_OK_AND_ASSIGN(const WrittenFile written, WriteInPieces(files, text));
  EXPECT_EQ(written, (WrittenFile{"rows.csv", text.size(), HashOf(text)}));
  EXPECT_EQ(files.Contents("/out/rows.csv"), text);
  ASSERT_OK_AND_ASSIGN(const WrittenFile measured, MeasureFile(files, "/out", "rows.csv"));
  EXPECT_EQ(measured, written);
  ASSERT_OK(WriteReportFile(files, "/out", "rows.csv", "").status());
  EXPECT_EQ(files.Contents("/out/rows.csv"), "");
  EXPECT_THAT(MeasureFile(files, "/out", "nothing").status(),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(ReportFile, IsWholeOrTheOneBefore) {
  const std::string text = Large();
  for (std::uint64_t fails_at = 0;; ++fails_at) {
    SCOPED_TRACE(fails_at);
    FaultFileSystem files;
    files.SetContents("/out/rows.csv", "before");
    files.FailAt(fails_at, /*lasting=*/false);
    const absl::Status status = WriteInPieces(files, text).status();
    const bool fired = files.fired();
    files.StopFailing();
    const std::string now = files.Contents("/out/rows.csv");
    if (!fired) {
      ASSERT_OK(status);
      EXPECT_EQ(now, text);
      break;
    }
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(now, "before");
    ASSERT_OK(WriteInPieces(files, text).status());
    EXPECT_EQ(files.Contents("/out/rows.csv"), text);
  }
}

TEST(ReportFile, SurvivesTheLossOfPower) {
  const std::string text = Large();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    FaultFileSystem files;
    files.SetContents("/out/rows.csv", "before");
    ASSERT_OK(WriteInPieces(files, text).status());
    files.PowerCut(FaultFileSystem::Power::kSeeded, seed);
    const std::string now = files.Contents("/out/rows.csv");
    EXPECT_TRUE(now == text || now == "before") << now.size();
  }
}

}  // namespace
}  // namespace coinwake
