// Goal: the databases of a stopped java-tron node give its final blocks with their receipts, and
// are left byte for byte as they were; databases that cannot be read are named with the remedy.
// Method: real LevelDB folders in java-tron's layout, some kept by another process; then the same
// files in memory, with each operation failing in turn and with bytes flipped.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "indexer/base/bytes.h"
#include "indexer/tron_source/block_source.h"
#include "indexer/tron_source/messages.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tests/tron_source/node_folder.h"
#include "tests/tron_source/test_blocks.h"

namespace coinwake::tron {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Form = RawBlock::Receipts;

// Rows as a checkpoint has them; an empty value removes.
Rows CheckpointOf(const NodeRows& rows) {
  Rows result;
  for (const auto& [name, table] : rows.ByName()) {
    std::string prefix(4, '\0');
    StoreBe(prefix.data(), static_cast<std::uint32_t>(name.size()));
    for (const auto& [key, value] : table) {
      result[absl::StrCat(prefix, name, key)] = value.empty() ? "\x02" : "\x03" + value;
    }
  }
  return result;
}

std::map<std::string, std::string> AllBytes(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    std::string& bytes = all[entry.path().string()];
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

class DatabaseSource : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) / (std::string("tron-database-") + test->name());
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path Database() const { return root_ / "output-directory" / "database"; }
  void WriteNode(const NodeRows& rows, bool compact = true) {
    WriteNodeFolder(Database(), rows, compact);
  }
  absl::StatusOr<std::unique_ptr<BlockSource>> Open() {
    return OpenBlockSource(RealFileSystem(), Database().string(), {});
  }
  static void ExpectBlocks(BlockSource& source, const std::vector<TestBlock>& blocks) {
    for (const TestBlock& expected : blocks) {
      SCOPED_TRACE(testing::Message() << "block " << expected.number);
      EXPECT_THAT(source.BlockId(expected.number), IsOkAndHolds(expected.id));
      RawBlock block;
      ASSERT_OK(source.Read(expected.number, &block));
      EXPECT_EQ(block.block, expected.block);
      EXPECT_EQ(block.receipts, expected.number == 0 ? "" : expected.ret);
    }
  }

  const std::vector<TestBlock> chain_ = MakeTestChain({}, 0, 30);
  fs::path root_;
};

TEST_F(DatabaseSource, GivesFinalBlocksWithReceiptsAndLeavesAllFilesAsTheyWere) {
  WriteNode(RowsOf(chain_, 25));
  const auto before = AllBytes(root_);
  for (const fs::path& place : {Database(), Database().parent_path()}) {
    ASSERT_OK_AND_ASSIGN(const auto source, OpenBlockSource(RealFileSystem(), place.string(), {}));
    ASSERT_OK_AND_ASSIGN(const SourceRange range, source->Range());
    EXPECT_EQ(range.first, 0U);
    EXPECT_EQ(range.last, 25U);
    EXPECT_EQ(range.solid, 25U);
    const std::vector<TestBlock> final_blocks(chain_.begin(), chain_.begin() + 26);
    ExpectBlocks(*source, final_blocks);
    ExpectBlocks(*source, {final_blocks[20], final_blocks[3]});  // in any order
    EXPECT_THAT(source->BlockId(26), StatusIs(absl::StatusCode::kNotFound));
    RawBlock block;
    EXPECT_THAT(source->Read(26, &block), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(source->report().warnings, IsEmpty());
  }
  EXPECT_EQ(AllBytes(root_), before);
}

TEST_F(DatabaseSource, ReadsLogsThatWereNotMadeIntoTablesAndPutsCompactionsOff) {
  // Four openings leave three tables of the lowest level, and a log that would make the fourth:
  // LevelDB would begin to compact.
  const std::vector<TestBlock> chain = MakeTestChain({}, 0, 40);
  for (std::uint64_t i = 0; i < 4; ++i) {
    const auto begin = chain.begin() + static_cast<std::ptrdiff_t>(10 * i);
    WriteNode(RowsOf({begin, begin + 10}, 10 * i + 9), /*compact=*/false);
  }
  const auto before = AllBytes(root_);
  {
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    EXPECT_EQ(source->Range()->last, 39U);
    for (int i = 0; i < 3; ++i) ExpectBlocks(*source, chain);
  }
  EXPECT_EQ(AllBytes(root_), before);
}

TEST_F(DatabaseSource, ReadsCompressedTables) {
  NodeRows rows;
  TestBlock large = MakeTestBlock({}, 7, {.transactions = 3000});
  rows.Add(large);
  WriteNode(rows);
  std::size_t stored = 0;
  for (const auto& [path, bytes] : AllBytes(Database() / "block")) stored += bytes.size();
  ASSERT_LT(stored, large.block.size() * 3 / 4) << "Snappy is not at work";
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  ExpectBlocks(*source, {large});
  EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("which blocks are final")));
}

TEST_F(DatabaseSource, ReadsRecordedBlocks) {
  NodeRows rows;
  for (int number = 1; number <= 4; ++number) {
    const auto bytes = FixtureBytes(absl::StrCat("shasta/blocks/", number, ".bin"));
    TestBlock block;
    block.block.assign(bytes.begin(), bytes.end());
    BlockHeader header;
    ASSERT_OK(ReadHeaderOf(SpanOf(block.block), &header));
    block.id = header.id;
    block.number = header.number;
    rows.Add(block);
  }
  WriteNode(rows);
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  EXPECT_EQ(source->Range()->first, 1U);
  for (std::uint64_t number = 1; number <= 4; ++number) {
    RawBlock block;
    ASSERT_OK(source->Read(number, &block));
    const auto bytes = FixtureBytes(absl::StrCat("shasta/blocks/", number, ".bin"));
    EXPECT_EQ(block.block, std::string(bytes.begin(), bytes.end()));
  }
}

TEST_F(DatabaseSource, BeginsAfterTheGapOfALiteNode) {
  NodeRows rows = RowsOf({chain_.begin() + 20, chain_.end()}, 29);
  rows.Add(chain_[0]);
  WriteNode(rows);
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  EXPECT_EQ(source->Range()->first, 20U);
  EXPECT_EQ(source->Range()->last, 29U);
  EXPECT_THAT(source->BlockId(0), IsOkAndHolds(chain_[0].id));
  EXPECT_THAT(source->BlockId(1), StatusIs(absl::StatusCode::kNotFound));
  ExpectBlocks(*source, {chain_.begin() + 20, chain_.end()});
}

TEST_F(DatabaseSource, EndsBeforeTheGapOfALiteNodeWithoutFinalBlocks) {
  NodeRows rows = RowsOf({chain_.begin() + 20, chain_.end()}, 10);
  rows.Add(chain_[0]);
  WriteNode(rows);
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  EXPECT_EQ(source->Range()->first, 0U);
  EXPECT_EQ(source->Range()->last, 0U);
  EXPECT_EQ(source->Range()->solid, 0U);
}

// What is not called final can be left again.
TEST_F(DatabaseSource, CallsNoBlockFinalWhereTheNodeDoesNotSay) {
  for (const bool has_gap : {false, true}) {
    for (const std::string& number : {std::string(), std::string("short")}) {
      fs::remove_all(root_);
      NodeRows rows = RowsOf(chain_, 29);
      if (has_gap) {
        rows = RowsOf({chain_.begin() + 20, chain_.end()}, 29);
        rows.Add(chain_[0]);
      }
      rows.properties["LATEST_SOLIDIFIED_BLOCK_NUM"] = number;
      WriteNode(rows);
      ASSERT_OK_AND_ASSIGN(const auto source, Open());
      EXPECT_EQ(source->Range()->first, has_gap ? 20U : 0U);
      EXPECT_EQ(source->Range()->last, 29U);
      EXPECT_EQ(source->Range()->solid, std::nullopt);
      EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("none as final")));
    }
  }
}

TEST_F(DatabaseSource, FallsBackToTheHistoryStore) {
  NodeRows rows = RowsOf(chain_, 29);
  for (const int number : {4, 5}) rows.rets.erase(Key(chain_[number].number));
  for (std::size_t i = 0; i < chain_[5].txids.size(); ++i) {
    rows.infos[Key(chain_[5].txids[i])] = chain_[5].infos[i];
  }
  WriteNode(rows);
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  RawBlock block;
  ASSERT_OK(source->Read(5, &block));
  EXPECT_EQ(block.receipts_form, Form::kInfoList);
  EXPECT_EQ(block.receipts, chain_[5].info_list);
  ASSERT_OK(source->Read(4, &block));
  EXPECT_EQ(block.receipts_form, Form::kNone);
  EXPECT_EQ(block.receipts, "");
  EXPECT_EQ(source->report().blocks_without_receipts, 1U);
  EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("block 4")));
}

TEST_F(DatabaseSource, UsesAllReceiptsOfABlockOrNone) {
  NodeRows rows = RowsOf(chain_, 29);
  rows.rets[Key(4)] = chain_[7].ret;
  rows.rets[Key(5)] = chain_[8].ret;
  rows.rets[Key(8)] = MakeTestBlock(chain_[7].id, 8, {.transactions = 1}).ret;  // of two
  for (std::size_t i = 0; i < chain_[5].txids.size(); ++i) {
    rows.infos[Key(chain_[5].txids[i])] = chain_[5].infos[i];
  }
  rows.infos[Key(chain_[8].txids[0])] = chain_[8].infos[0];
  rows.rets[Key(10)] = "\x1a";
  WriteNode(rows);
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  RawBlock block;
  ASSERT_OK(source->Read(5, &block));
  EXPECT_EQ(block.receipts, chain_[5].info_list);
  for (const std::uint64_t number : {4U, 8U}) {
    ASSERT_OK(source->Read(number, &block));
    EXPECT_EQ(block.receipts_form, Form::kNone);
    EXPECT_EQ(block.receipts, "");
  }
  EXPECT_EQ(source->report().blocks_without_receipts, 2U);
  EXPECT_THAT(source->report().warnings,
              ElementsAre(HasSubstr("block 4: the receipts in transactionRetStore are not those"),
                          HasSubstr("block 8: the receipts in transactionRetStore are not those")));
  ASSERT_OK(source->Read(10, &block));  // what is damaged is named by who decodes it
  EXPECT_EQ(block.receipts, rows.rets[Key(10)]);
}

TEST_F(DatabaseSource, LooksAtCheckpointsFirst) {
  // The stop came when only block-index had been written: block and receipts lag behind.
  const std::vector<TestBlock> fork = MakeTestChain(chain_[19].id, 20, 3, 5);
  NodeRows rows = RowsOf({chain_.begin(), chain_.begin() + 20}, 19);
  for (const TestBlock& block : {chain_[20], chain_[21]}) {
    rows.index[Key(block.number)] = Key(block.id);
  }
  rows.index[Key(29)] = Key(chain_[29].id);  // goes away
  WriteNode(rows);
  NodeRows old;  // three minutes before: not looked at any more
  old.index[Key(3)] = "";
  NodeRows before = RowsOf({fork[0], fork[1]}, 21);
  NodeRows newest = RowsOf({chain_.begin() + 20, chain_.begin() + 25}, 24);
  newest.index[Key(29)] = "";
  WriteLevelDb(Database() / "checkpoint" / "1700000000000", CheckpointOf(old));
  WriteLevelDb(Database() / "checkpoint" / "1700000180000", CheckpointOf(before));
  WriteLevelDb(Database() / "checkpoint" / "1700000181000", CheckpointOf(newest), false);
  fs::create_directories(Database() / "checkpoint" / "1700000182000");
  const auto files = AllBytes(root_);
  {
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    EXPECT_EQ(source->Range()->last, 24U);
    ExpectBlocks(*source, {chain_.begin(), chain_.begin() + 25});
  }
  EXPECT_EQ(AllBytes(root_), files);
  // The older form.
  fs::rename(Database() / "checkpoint" / "1700000181000", Database() / "tmp");
  fs::remove_all(Database() / "checkpoint");
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  ExpectBlocks(*source, {chain_.begin(), chain_.begin() + 25});
}

TEST_F(DatabaseSource, SaysWhenANodeIsRunning) {
  WriteNode(RowsOf(chain_, 29));
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {  // as LevelDB's own lock
    const int fd = ::open((Database() / "properties" / "LOCK").c_str(), O_RDWR);
    struct flock range = {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    const char done = ::fcntl(fd, F_SETLK, &range) == 0 ? 'y' : 'n';
    if (::write(ready[1], &done, 1) == 1) ::pause();
    ::_exit(0);
  }
  char answer = 'n';
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  EXPECT_THAT(Open(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("properties: is in use")));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_OK(Open());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(DatabaseSource, KeepsANodeFromStartingWhileItReads) {
  WriteNode(RowsOf(chain_, 29));
  ASSERT_OK_AND_ASSIGN(auto source, Open());
  const auto child_can_open = [this] {
    const pid_t child = ::fork();
    if (child == 0) {
      const int fd = ::open((Database() / "block" / "LOCK").c_str(), O_RDWR);
      struct flock range = {};
      range.l_type = F_WRLCK;
      range.l_whence = SEEK_SET;
      ::_exit(::fcntl(fd, F_SETLK, &range) == 0 ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status == 0;
  };
  EXPECT_FALSE(child_can_open());
  source.reset();
  EXPECT_TRUE(child_can_open());
}

TEST_F(DatabaseSource, NamesWhatItCannotReadAndTheRemedy) {
  WriteNode(RowsOf(chain_, 29));
  // Old conversions wrote this over LevelDB's files.
  std::ofstream(Database() / "block" / "engine.properties") << "ENGINE=ROCKSDB\n";
  EXPECT_OK(Open());
  std::ofstream(Database() / "block" / "OPTIONS-000005") << "x";
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("block: is a RocksDB")));
  fs::remove(Database() / "block" / "OPTIONS-000005");
  fs::remove_all(Database() / "transactionRetStore");
  {
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("RetStore: is missing")));
  }
  fs::remove(Database() / "block" / "CURRENT");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("holds no database")));
  fs::remove_all(Database() / "block");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("block: is missing")));
}

TEST_F(DatabaseSource, RefusesDatabasesWithoutFinalBlocksOrThatDisagree) {
  WriteNode({});
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("holds no block")));
  NodeRows rows = RowsOf({chain_.begin() + 10, chain_.end()}, 5);
  WriteNode(rows);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no final block")));
  rows = RowsOf({chain_.begin() + 10, chain_.end()}, 29);
  rows.blocks[Key(chain_[12].id)] = chain_[13].block;
  rows.blocks[Key(chain_[14].id)] = "";
  rows.index[Key(16)] = "";
  rows.index[Key(17)] = "short";
  WriteNode(rows);
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  RawBlock block;
  for (const auto& [number, text] :
       std::map<std::uint64_t, std::string>{{12, "has another id"},
                                            {14, "is not in block;"},
                                            {16, "is not in block-index"},
                                            {17, "has no id of its number"}}) {
    EXPECT_THAT(source->Read(number, &block),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr(absl::StrCat("block ", number, " ", text))));
  }
}

// A node's folder in memory.
class StoredDatabase : public DatabaseSource {
 protected:
  void Store() {
    WriteNode(RowsOf(chain_, 25), /*compact=*/false);
    for (const auto& name : {"block", "block-index"}) {  // a table and a log each
      WriteLevelDb(Database() / name, RowsOf(chain_, 25).ByName().at(name), true);
      WriteLevelDb(Database() / name, RowsOf(chain_, 25).ByName().at(name), false);
    }
    for (const auto& [path, bytes] : AllBytes(Database())) {
      if (fs::is_regular_file(path)) files_.SetContents(path, bytes);
    }
  }
  // Reads all, and expects what is right of what can be read.
  absl::Status ReadAll(FileSystem& files) {
    COINWAKE_ASSIGN_OR_RETURN(const auto source, OpenBlockSource(files, Database().string(), {}));
    COINWAKE_ASSIGN_OR_RETURN(const SourceRange range, source->Range());
    for (std::uint64_t number = range.first; number <= range.last; ++number) {
      RawBlock block;
      COINWAKE_RETURN_IF_ERROR(source->Read(number, &block));
      EXPECT_EQ(block.block, chain_[number].block);
      if (block.receipts_form != Form::kNone) {
        EXPECT_EQ(block.receipts, chain_[number].ret);
      }
    }
    return absl::OkStatus();
  }

  FaultFileSystem files_;
};

TEST_F(StoredDatabase, PassesOnWhateverTheSystemRefuses) {
  Store();
  ASSERT_OK(ReadAll(files_));
  for (std::uint64_t index = 0;; ++index) {
    const auto files = files_.Clone();
    files->FailAt(index, /*lasting=*/false);
    const absl::Status status = ReadAll(*files);
    if (!files->fired()) {
      EXPECT_OK(status);
      EXPECT_GT(index, 50U);
      break;
    }
    // What is asked only to clean up, or a second time, may fail unseen.
    EXPECT_THAT(status, AnyOf(IsOk(), StatusIs(absl::StatusCode::kUnavailable)))
        << files->failed_operation();
  }
}

TEST_F(StoredDatabase, NeverGivesWrongBlocksWhenBytesAreDamaged) {
  Store();
  int noticed = 0;
  for (const std::string& path : files_.AllFiles()) {
    const std::size_t size = files_.Contents(path).size();
    for (std::size_t offset = 0; offset < size; offset += 1 + size / 25) {
      SCOPED_TRACE(testing::Message() << path << " offset " << offset);
      const auto files = files_.Clone();
      files->FlipByte(path, offset, 0x10);
      if (!ReadAll(*files).ok()) ++noticed;
    }
  }
  EXPECT_GT(noticed, 50);
}

}  // namespace
}  // namespace coinwake::tron
