// Goal: an in-place column holds what was set, 0xff elsewhere, and notices damage to settled
// chunks. Method: random resizes and updates beside a vector as the oracle, read back through
// ColumnReader.
#include <map>
#include <random>
#include <vector>

#include "indexer/segment/column.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::HasSubstr;

constexpr char kFolder[] = "/data/columns";
constexpr char kRowsPath[] = "/data/columns/spender.col";
constexpr ColumnSpec kSpec{"spender", 4, true};
constexpr std::uint64_t kChunkRows = kColumnChunkBytes / 4;

std::vector<std::uint32_t> ReadAll(FileSystem& files, std::uint64_t rows_count) {
  Damage damage;
  auto reader = ColumnReader::Open(files, kFolder, kSpec, {rows_count, 0}, &damage);
  EXPECT_OK(reader);
  std::vector<std::uint32_t> rows;
  for (std::uint64_t i = 0; reader.ok() && i < rows_count; ++i) {
    rows.push_back((*reader)->Get<std::uint32_t>(i));
  }
  if (reader.ok()) (*reader)->CheckAll();
  EXPECT_OK(damage.status());
  return rows;
}

TEST(InPlaceReader, ChecksEveryChunkItReads) {
  FaultFileSystem files;
  constexpr std::uint64_t kRows = 3 * kChunkRows + 5;
  {
    ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, 0));
    ASSERT_OK(column->Resize(kRows));
    const InPlaceUpdate updates[] = {{1, 10}, {kChunkRows, 11}, {kRows - 1, 12}};
    ASSERT_OK(column->Apply(updates));
    ASSERT_OK(column->Sync());
  }
  ASSERT_OK_AND_ASSIGN(auto reader, InPlaceReader::Open(files, kFolder, kSpec, kRows));
  EXPECT_THAT(reader->Get(0), IsOkAndHolds(kNone32));
  EXPECT_THAT(reader->Get(1), IsOkAndHolds(10u));
  EXPECT_THAT(reader->Get(kRows - 1), IsOkAndHolds(12u));
  EXPECT_THAT(reader->Get(kChunkRows), IsOkAndHolds(11u));
  files.FlipByte(kRowsPath, kColumnHeaderBytes + 4, 1);
  EXPECT_THAT(reader->Get(0), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("offset 4096")));
  EXPECT_THAT(reader->Get(kChunkRows), IsOkAndHolds(11u));
  files.SetContents(kRowsPath, files.Contents(kRowsPath).substr(0, 3 * kColumnChunkBytes));
  ASSERT_OK_AND_ASSIGN(reader, InPlaceReader::Open(files, kFolder, kSpec, kRows));
  EXPECT_THAT(reader->Get(2 * kChunkRows), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut")));
  ASSERT_OK(files.Remove(kRowsPath));
  EXPECT_THAT(InPlaceReader::Open(files, kFolder, kSpec, kRows).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(InPlaceColumn, EqualsAVectorUnderRandomUpdatesAndResizes) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    FaultFileSystem files;
    std::vector<std::uint32_t> oracle;
    ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, 0));
    for (int step = 0; step < 30; ++step) {
      const std::uint64_t kind = random() % 8;
      if (kind < 2) {
        const std::uint64_t rows = oracle.size() + random() % (40 * kChunkRows);
        ASSERT_OK(column->Resize(rows));
        oracle.resize(rows, kNone32);
      } else if (kind == 2) {
        const std::uint64_t rows = random() % (oracle.size() + 1);
        ASSERT_OK(column->Resize(rows));
        oracle.resize(rows);
      } else if (kind < 7 && !oracle.empty()) {
        std::map<std::uint64_t, std::uint32_t> changes;
        for (std::uint64_t i = random() % 200; i > 0; --i) {
          changes[random() % oracle.size()] = static_cast<std::uint32_t>(random());
        }
        std::vector<InPlaceUpdate> updates;
        for (const auto& [row, value] : changes) {
          updates.push_back({row, ~value});
          updates.push_back({row, value});  // the last of two wins
          oracle[row] = value;
        }
        ASSERT_OK(column->Apply(updates));
      } else {
        ASSERT_OK(column->Sync());
        column.reset();
        ASSERT_OK_AND_ASSIGN(column, InPlaceColumn::Open(files, kFolder, kSpec, oracle.size()));
      }
      ASSERT_EQ(column->rows_count(), oracle.size());
    }
    ASSERT_OK(column->Sync());
    EXPECT_EQ(ReadAll(files, oracle.size()), oracle);
  }
}

TEST(InPlaceColumn, RowsCutAndGrownAgainAreUnset) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, 0));
  ASSERT_OK(column->Resize(100));
  ASSERT_OK(column->Apply(std::vector<InPlaceUpdate>{{10, 1}, {90, 2}}));
  ASSERT_OK(column->Sync());
  column.reset();
  // The rewind reaches this column only when it is opened again.
  ASSERT_OK_AND_ASSIGN(column, InPlaceColumn::Open(files, kFolder, kSpec, 50));
  ASSERT_OK(column->Resize(100));
  ASSERT_OK(column->Sync());
  const std::vector<std::uint32_t> rows = ReadAll(files, 100);
  EXPECT_EQ(rows[10], 1u);
  EXPECT_EQ(rows[90], kNone32);
}

TEST(InPlaceColumn, GrowsByManyWindowsAtOnce) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, 0));
  const std::uint64_t rows = 600 * kChunkRows + 7;
  ASSERT_OK(column->Resize(rows));
  ASSERT_OK(
      column->Apply(std::vector<InPlaceUpdate>{{0, 1}, {300 * kChunkRows, 2}, {rows - 1, 3}}));
  ASSERT_OK(column->Sync());
  std::vector<std::uint32_t> expected(rows, kNone32);
  expected[0] = 1;
  expected[300 * kChunkRows] = 2;
  expected[rows - 1] = 3;
  EXPECT_EQ(ReadAll(files, rows), expected);
}

TEST(InPlaceColumn, NoticesADamagedChunkOnceSettled) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, 0));
  ASSERT_OK(column->Resize(3 * kChunkRows));
  ASSERT_OK(column->Apply(std::vector<InPlaceUpdate>{{1, 1}}));
  ASSERT_OK(column->Sync());
  files.FlipByte(kRowsPath, kColumnHeaderBytes + kColumnChunkBytes, 1);
  Damage damage;
  ASSERT_OK_AND_ASSIGN(auto reader,
                       ColumnReader::Open(files, kFolder, kSpec, {3 * kChunkRows, 0}, &damage));
  EXPECT_EQ(reader->Get<std::uint32_t>(1), 1u);
  EXPECT_FALSE(damage.found());
  reader->CheckAll();
  EXPECT_TRUE(damage.found());
  EXPECT_THAT(column->Apply(std::vector<InPlaceUpdate>{{kChunkRows + 5, 9}}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("spender.col: offset 8192")));
  EXPECT_THAT(column->Sync(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(InPlaceColumn, MissingFilesOfCommittedRowsAreDataLoss) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, 0));
  column.reset();
  files.PowerCut(FaultFileSystem::Power::kDropUnsynced);
  // The empty column was durable when Open() returned, so that a commit may name rows of it.
  ASSERT_OK(InPlaceColumn::Open(files, kFolder, kSpec, 5));
  ASSERT_OK(files.Remove(kRowsPath));
  EXPECT_THAT(InPlaceColumn::Open(files, kFolder, kSpec, 5),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kRowsPath)));
}

TEST(InPlaceColumn, HeaderDamageIsDataLoss) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, 0));
  ASSERT_OK(column->Resize(10));
  ASSERT_OK(column->Sync());
  column.reset();
  for (std::uint64_t offset = 0; offset < kColumnHeaderBytes; offset += 7) {
    files.FlipByte(kRowsPath, offset, 4);
    Damage damage;
    EXPECT_THAT(InPlaceColumn::Open(files, kFolder, kSpec, 10),
                StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(ColumnReader::Open(files, kFolder, kSpec, {10, 0}, &damage),
                StatusIs(absl::StatusCode::kDataLoss));
    files.FlipByte(kRowsPath, offset, 4);
  }
}

}  // namespace
}  // namespace coinwake
