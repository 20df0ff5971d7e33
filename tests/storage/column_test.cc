// Goal: an append-only column gives back exactly the committed rows, or says which chunk is
// damaged. Method: an in-memory file system and a plain vector as the oracle; row widths that
// divide a chunk and widths that straddle it; every byte of a small column's files is flipped.
#include "indexer/segment/column.h"

#include <numeric>
#include <random>
#include <vector>

#include "indexer/base/hash.h"
#include "indexer/segment/column_files.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr char kFolder[] = "/data/columns";
constexpr ColumnSpec kEight{"eight", 8, false};
constexpr ColumnSpec kOdd{"odd", 33, false};
constexpr ColumnSpec kOne{"one", 1, false};

Bytes RandomRows(const ColumnSpec& spec, std::uint64_t rows_count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(rows_count * spec.row_bytes);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

Bytes ReadAll(ColumnWriter& writer, const ColumnSpec& spec) {
  Bytes bytes(writer.rows_count() * spec.row_bytes);
  EXPECT_OK(writer.ReadRows(0, writer.rows_count(), bytes));
  return bytes;
}

Bytes ToBytes(ByteSpan span) { return Bytes(span.begin(), span.end()); }

class ColumnWidths : public testing::TestWithParam<ColumnSpec> {
 protected:
  std::unique_ptr<ColumnWriter> Writer(const ColumnState& state) {
    auto writer = ColumnWriter::Open(files_, kFolder, GetParam(), state);
    EXPECT_OK(writer);
    return writer.ok() ? *std::move(writer) : nullptr;
  }
  std::unique_ptr<ColumnReader> Reader(const ColumnState& state) {
    auto reader = ColumnReader::Open(files_, kFolder, GetParam(), state, &damage_);
    EXPECT_OK(reader);
    return reader.ok() ? *std::move(reader) : nullptr;
  }

  FaultFileSystem files_;
  Damage damage_;
};

// Somebody made the files and died before a sync: all of it is there, and none of it durable.
TEST_P(ColumnWidths, AreDurableAfterASyncWhoeverMadeTheirFiles) {
  const ColumnSpec& spec = GetParam();
  for (const std::uint64_t rows : {std::uint64_t{0}, std::uint64_t{3}}) {
    SCOPED_TRACE(rows);
    files_.PowerCut(FaultFileSystem::Power::kKeepUnsynced);
    for (const std::string& path : files_.AllFiles()) ASSERT_OK(files_.Remove(path));
    Writer({}).reset();
    const Bytes expected = RandomRows(spec, rows, 1);
    auto writer = Writer({});
    ASSERT_OK(writer->Append(expected));
    ASSERT_OK_AND_ASSIGN(const ColumnState state, writer->Sync());
    writer.reset();
    files_.PowerCut(FaultFileSystem::Power::kDropUnsynced);
    const auto reader = Reader(state);
    ASSERT_NE(reader, nullptr);
    EXPECT_EQ(ToBytes(reader->Rows(0, rows)), expected);
  }
}

// A committed column may have no rows. Whoever opens it to write and fails leaves it readable.
TEST_P(ColumnWidths, WithoutRowsOutliveAWriterThatFails) {
  auto writer = Writer({});
  ASSERT_OK_AND_ASSIGN(const ColumnState state, writer->Sync());
  writer.reset();
  bool fired = true;
  for (std::uint64_t operation = 0; fired; ++operation) {
    SCOPED_TRACE(operation);
    files_.FailAt(operation, /*lasting=*/true);
    ColumnWriter::Open(files_, kFolder, GetParam(), state).IgnoreError();
    fired = files_.fired();
    files_.PowerCut(FaultFileSystem::Power::kKeepUnsynced);
    ASSERT_NE(Reader(state), nullptr);
  }
}

TEST_P(ColumnWidths, GivesBackRowsAroundChunkBoundariesAfterReopening) {
  const ColumnSpec& spec = GetParam();
  const std::uint64_t chunk_rows = kColumnChunkBytes / spec.row_bytes;
  for (const std::uint64_t rows :
       {std::uint64_t{0}, std::uint64_t{1}, chunk_rows - 1, chunk_rows, chunk_rows + 1,
        2 * kColumnChunkBytes, kColumnWindowBytes / spec.row_bytes + 5}) {
    SCOPED_TRACE(rows);
    files_.PowerCut(FaultFileSystem::Power::kKeepUnsynced);
    for (const std::string& path : files_.AllFiles()) ASSERT_OK(files_.Remove(path));
    const Bytes expected = RandomRows(spec, rows, rows);
    auto writer = Writer({});
    ASSERT_OK(writer->Append(expected));
    EXPECT_EQ(writer->rows_count(), rows);
    EXPECT_EQ(ReadAll(*writer, spec), expected);
    ASSERT_OK_AND_ASSIGN(const ColumnState state, writer->Sync());
    EXPECT_EQ(state.rows_count, rows);
    EXPECT_EQ(ReadAll(*writer, spec), expected);

    auto reader = Reader(state);
    EXPECT_EQ(ToBytes(reader->Rows(0, rows)), expected);
    if (rows > 0) {
      EXPECT_EQ(ToBytes(reader->Rows(rows - 1, rows)),
                Bytes(expected.end() - spec.row_bytes, expected.end()));
    }
    reader->CheckAll();
    EXPECT_OK(damage_.status());
    EXPECT_EQ(ReadAll(*Writer(state), spec), expected);
  }
}

TEST_P(ColumnWidths, EqualsAVectorUnderRandomAppendsCutsAndPowerCuts) {
  const ColumnSpec& spec = GetParam();
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    FaultFileSystem files;
    Bytes live;
    Bytes committed;
    ColumnState state;
    auto writer = *ColumnWriter::Open(files, kFolder, spec, state);
    for (int step = 0; step < 60; ++step) {
      const std::uint64_t kind = random() % 10;
      if (kind < 5) {
        const Bytes rows = RandomRows(spec, random() % (9000 / spec.row_bytes + 1), random());
        ASSERT_OK(writer->Append(rows));
        live.insert(live.end(), rows.begin(), rows.end());
      } else if (kind < 7) {
        const std::uint64_t keep = random() % (writer->rows_count() + 1);
        ASSERT_OK(writer->Truncate(keep));
        live.resize(keep * spec.row_bytes);
        ASSERT_OK_AND_ASSIGN(state, writer->Sync());
        committed = live;
      } else if (kind < 9) {
        ASSERT_OK_AND_ASSIGN(state, writer->Sync());
        committed = live;
      } else {
        writer.reset();
        files.PowerCut(FaultFileSystem::Power::kSeeded, random());
        ASSERT_OK_AND_ASSIGN(writer, ColumnWriter::Open(files, kFolder, spec, state));
        live = committed;
      }
      ASSERT_EQ(ReadAll(*writer, spec), live);
    }
    ASSERT_OK_AND_ASSIGN(state, writer->Sync());
    Damage damage;
    ASSERT_OK_AND_ASSIGN(auto reader, ColumnReader::Open(files, kFolder, spec, state, &damage));
    EXPECT_EQ(ToBytes(reader->Rows(0, reader->rows_count())), live);
    EXPECT_OK(damage.status());
  }
}

// A rewind that was not committed must leave the rows of the last commit where they are.
TEST_P(ColumnWidths, KeepsCommittedRowsUntilTheRewindIsCommitted) {
  const ColumnSpec& spec = GetParam();
  const std::uint64_t rows = 20000 / spec.row_bytes;
  const Bytes before = RandomRows(spec, rows, 1);
  auto writer = Writer({});
  ASSERT_OK(writer->Append(before));
  ASSERT_OK_AND_ASSIGN(const ColumnState old_state, writer->Sync());
  ASSERT_OK(writer->Truncate(rows / 3));
  EXPECT_THAT(writer->Append(Bytes(spec.row_bytes)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK_AND_ASSIGN(const ColumnState new_state, writer->Sync());
  writer.reset();

  const auto copy = files_.Clone();  // the crash came before the commit record
  ASSERT_OK_AND_ASSIGN(auto old_writer, ColumnWriter::Open(*copy, kFolder, spec, old_state));
  EXPECT_EQ(ReadAll(*old_writer, spec), before);
  // or after it
  auto new_writer = Writer(new_state);
  const Bytes kept(before.begin(),
                   before.begin() + static_cast<std::ptrdiff_t>(rows / 3 * spec.row_bytes));
  EXPECT_EQ(ReadAll(*new_writer, spec), kept);
}

TEST_P(ColumnWidths, GivesRightRowsOrDamageForEveryFlippedByte) {
  const ColumnSpec& spec = GetParam();
  const std::uint64_t rows = (2 * kColumnChunkBytes + 777) / spec.row_bytes;
  const Bytes expected = RandomRows(spec, rows, 9);
  auto writer = Writer({});
  ASSERT_OK(writer->Append(expected));
  ASSERT_OK_AND_ASSIGN(const ColumnState state, writer->Sync());
  writer.reset();
  for (const std::string& path : files_.AllFiles()) {
    const std::size_t size = files_.Contents(path).size();
    for (std::size_t offset = 0; offset < size; offset += 1 + offset % 3) {
      SCOPED_TRACE(path + " " + std::to_string(offset));
      files_.FlipByte(path, offset, 0x10);
      Damage damage;
      auto reader = ColumnReader::Open(files_, kFolder, spec, state, &damage);
      if (reader.ok()) {
        const Bytes found = ToBytes((*reader)->Rows(0, rows));
        (*reader)->CheckAll();
        EXPECT_TRUE(damage.found());
        EXPECT_THAT(damage.status(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(".col")));
        EXPECT_EQ(found, Bytes(expected.size(), 0xff));
      } else {
        EXPECT_THAT(reader, StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kFolder)));
      }
      auto reopened = ColumnWriter::Open(files_, kFolder, spec, state);
      if (reopened.ok()) {
        Bytes found(expected.size());
        const absl::Status read = (*reopened)->ReadRows(0, rows, found);
        EXPECT_THAT(read, StatusIs(absl::StatusCode::kDataLoss));
      } else {
        EXPECT_THAT(reopened, StatusIs(absl::StatusCode::kDataLoss));
      }
      files_.FlipByte(path, offset, 0x10);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, ColumnWidths, testing::Values(kEight, kOdd, kOne),
                         [](const auto& width) { return std::string(width.param.name); });

class Column : public testing::Test {
 protected:
  // Commits `rows` random rows of kEight.
  ColumnState Commit(std::uint64_t rows) {
    auto writer = *ColumnWriter::Open(files_, kFolder, kEight, {});
    EXPECT_OK(writer->Append(RandomRows(kEight, rows, 3)));
    return *writer->Sync();
  }
  FaultFileSystem files_;
  Damage damage_;
};

TEST_F(Column, ReaderReportsOnlyTheDamagedChunk) {
  const ColumnState state = Commit(2000);
  files_.FlipByte("/data/columns/eight.col", kColumnHeaderBytes + kColumnChunkBytes + 8, 1);
  ASSERT_OK_AND_ASSIGN(auto reader, ColumnReader::Open(files_, kFolder, kEight, state, &damage_));
  const Bytes expected = RandomRows(kEight, 2000, 3);
  EXPECT_EQ(reader->Get<std::uint64_t>(511),
            LoadLe<std::uint64_t>(&expected[std::size_t{511} * 8]));
  EXPECT_EQ(reader->Get<std::uint64_t>(1024),
            LoadLe<std::uint64_t>(&expected[std::size_t{1024} * 8]));
  EXPECT_FALSE(damage_.found());
  EXPECT_EQ(reader->Get<std::uint64_t>(512), ~std::uint64_t{0});
  EXPECT_THAT(damage_.status(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("eight.col: offset 8192")));
}

TEST_F(Column, FilesShorterThanCommittedAreDataLoss) {
  const ColumnState state = Commit(2000);
  for (const char* path : {"/data/columns/eight.col", "/data/columns/eight.sum"}) {
    SCOPED_TRACE(path);
    const auto copy = files_.Clone();
    const std::string contents = copy->Contents(path);
    copy->SetContents(path, contents.substr(0, contents.size() - 1));
    EXPECT_THAT(ColumnReader::Open(*copy, kFolder, kEight, state, &damage_),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
    EXPECT_THAT(ColumnWriter::Open(*copy, kFolder, kEight, state),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
    ASSERT_OK(copy->Remove(path));
    EXPECT_THAT(ColumnReader::Open(*copy, kFolder, kEight, state, &damage_),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
    EXPECT_THAT(ColumnWriter::Open(*copy, kFolder, kEight, state),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
  }
}

TEST_F(Column, HeaderOfANewerFormatIsUnimplementedAndOfAnotherColumnDataLoss) {
  const ColumnState state = Commit(10);
  const std::string path = "/data/columns/eight.col";
  std::string contents = files_.Contents(path);
  StoreLe<std::uint32_t>(contents.data() + 8, kColumnFormatVersion + 1);
  StoreLe<std::uint32_t>(contents.data() + 4092, Crc32c(AsBytes(contents.data(), 4092)));
  files_.SetContents(path, contents);
  EXPECT_THAT(ColumnReader::Open(files_, kFolder, kEight, state, &damage_),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr(path)));
  EXPECT_THAT(ColumnWriter::Open(files_, kFolder, kEight, state),
              StatusIs(absl::StatusCode::kUnimplemented));

  const ColumnHeader other = EncodeColumnHeader(kOdd);
  std::copy(other.begin(), other.end(), contents.begin());
  files_.SetContents(path, contents);
  EXPECT_THAT(ColumnReader::Open(files_, kFolder, kEight, state, &damage_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another column")));
}

TEST_F(Column, ImpossibleRowCountIsDataLoss) {
  Commit(10);
  EXPECT_THAT(ColumnReader::Open(files_, kFolder, kEight, {~std::uint64_t{0}, 0}, &damage_),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ColumnWriter::Open(files_, kFolder, kEight, {~std::uint64_t{0}, 0}),
              StatusIs(absl::StatusCode::kDataLoss));
}

// Whatever fails, once or lastingly, the writer stays failed and the committed rows survive.
TEST_F(Column, CommittedRowsSurviveAnyFailedOperation) {
  const ColumnState first = Commit(1000);
  const Bytes more = RandomRows(kEight, 1500, 4);
  for (const bool lasting : {false, true}) {
    bool fired = true;
    for (std::uint64_t n = 0; fired; ++n) {
      SCOPED_TRACE(n);
      const auto copy = files_.Clone();
      copy->FailAt(n, lasting);
      auto writer = ColumnWriter::Open(*copy, kFolder, kEight, first);
      absl::StatusOr<ColumnState> second = absl::UnknownError("not reached");
      if (writer.ok() && (*writer)->Append(more).ok()) {
        second = (*writer)->Sync();
        if (!second.ok()) {
          EXPECT_THAT((*writer)->Sync(), StatusIs(second.status().code()));
        }
      }
      fired = copy->fired();
      EXPECT_TRUE(fired || second.ok());
      if (writer.ok()) writer->reset();
      copy->PowerCut(FaultFileSystem::Power::kSeeded, n);
      const ColumnState state = second.ok() ? *second : first;
      ASSERT_OK_AND_ASSIGN(auto again, ColumnWriter::Open(*copy, kFolder, kEight, state));
      Bytes expected = RandomRows(kEight, 1000, 3);
      if (second.ok()) expected.insert(expected.end(), more.begin(), more.end());
      EXPECT_EQ(ReadAll(*again, kEight), expected);
    }
  }
}

TEST(Damage, KeepsTheFirstReport) {
  Damage damage;
  EXPECT_OK(damage.status());
  damage.Report("first");
  damage.Report("second");
  EXPECT_THAT(damage.status(), StatusIs(absl::StatusCode::kDataLoss, "first"));
}

}  // namespace
}  // namespace coinwake
