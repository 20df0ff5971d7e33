// Goal: files give the chain with its receipts, whatever order, copies, forks, holes and torn ends
// they have, and what is damaged is named. Method: made blocks in an in-memory file system, in all
// those ways; the recorded answers of the HTTP API against the recorded bytes.
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "indexer/tron/block.h"
#include "indexer/tron_source/block_source.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tests/tron_source/test_blocks.h"

namespace coinwake::tron {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Form = RawBlock::Receipts;

constexpr char kFolder[] = "/blocks";

std::vector<TestBlock> Join(std::vector<TestBlock> a, const std::vector<TestBlock>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class FileSource : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& bytes) {
    files_.SetContents(absl::StrCat(kFolder, "/", name), bytes);
  }
  absl::StatusOr<std::unique_ptr<BlockSource>> Open(const std::string& place = kFolder) {
    return OpenBlockSource(files_, place, {});
  }
  // Opens the folder and expects exactly `chain`, with receipts of `form` where there are any.
  std::unique_ptr<BlockSource> ExpectChain(const std::vector<TestBlock>& chain, Form form) {
    auto source = Open();
    EXPECT_OK(source);
    if (!source.ok()) return nullptr;
    const auto range = (*source)->Range();
    EXPECT_OK(range);
    EXPECT_EQ(range->first, chain.front().number);
    EXPECT_EQ(range->last, chain.back().number);
    EXPECT_EQ(range->solid, std::nullopt);
    for (const TestBlock& expected : chain) ExpectBlock(**source, expected, form);
    RawBlock block;
    EXPECT_THAT((*source)->Read(chain.back().number + 1, &block),
                StatusIs(absl::StatusCode::kNotFound));
    return *std::move(source);
  }
  static void ExpectBlock(BlockSource& source, const TestBlock& expected, Form form) {
    SCOPED_TRACE(testing::Message() << "block " << expected.number);
    EXPECT_THAT(source.BlockId(expected.number), IsOkAndHolds(expected.id));
    RawBlock block;
    ASSERT_OK(source.Read(expected.number, &block));
    EXPECT_EQ(block.block, expected.block);
    if (expected.txids.empty() || expected.number == 0) form = Form::kNone;
    EXPECT_EQ(block.receipts_form, form);
    if (form == Form::kTransactionRet) {
      EXPECT_EQ(block.receipts, expected.ret);
    }
    if (form == Form::kInfoList) {
      EXPECT_EQ(block.receipts, expected.info_list);
    }
  }

  FaultFileSystem files_;
  const std::vector<TestBlock> chain_ = MakeTestChain({}, 0, 12);
};

TEST_F(FileSource, ReadsABlocksFileAndItsReceipts) {
  Write("a.blocks", BlocksFile(chain_));
  Write("a.receipts", ReceiptsFile(chain_));
  Write("README", "not a block");
  const auto source = ExpectChain(chain_, Form::kTransactionRet);
  EXPECT_THAT(source->report().warnings, IsEmpty());
  EXPECT_EQ(source->report().blocks_without_receipts, 0U);
}

TEST_F(FileSource, TakesOneFileWithTheReceiptsBesideIt) {
  Write("a.blocks", BlocksFile(chain_));
  Write("a.receipts", ReceiptsFile(chain_));
  Write("b.blocks", BlocksFile(MakeTestChain({}, 0, 20, 7)));
  ASSERT_OK_AND_ASSIGN(const auto source, Open(absl::StrCat(kFolder, "/a.blocks")));
  for (const TestBlock& block : chain_) ExpectBlock(*source, block, Form::kTransactionRet);
  EXPECT_EQ(source->Range()->last, 11U);
}

TEST_F(FileSource, ReadsBlocksInAnyOrderAcrossFilesWithCopies) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::vector<std::vector<TestBlock>> parts(3);
    std::vector<std::vector<TestBlock>> receipts(2);
    std::vector<TestBlock> shuffled = Join(chain_, chain_);  // each twice
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    for (const TestBlock& block : shuffled) {
      parts[random() % parts.size()].push_back(block);
      receipts[random() % receipts.size()].push_back(block);
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Write(absl::StrCat(i, ".blocks"), BlocksFile(parts[i]));
    }
    Write("x.receipts", ReceiptsFile(receipts[0]));
    Write("y.receipts", ReceiptsFile(receipts[1]));
    const auto source = ExpectChain(chain_, Form::kTransactionRet);
    EXPECT_EQ(source->report().duplicate_blocks, chain_.size());
    EXPECT_EQ(source->report().stale_blocks, 0U);
  }
}

// Ids are of headers: a copy with other transactions has the same.
TEST_F(FileSource, TakesAnotherCopyWhereTheFirstIsDamaged) {
  const auto damage = [](TestBlock block, std::size_t byte) {
    const std::size_t signature = block.block.find(std::string("\x12\x41s", 3));
    EXPECT_NE(signature, std::string::npos);
    block.block[signature + byte] = 'x';
    return block;
  };
  const TestBlock& good = chain_[5];
  Write("a.blocks", BlocksFile({damage(good, 9), damage(chain_[4], 9), chain_[3]}));
  Write("b.blocks", BlocksFile({damage(good, 10), damage(chain_[4], 10), chain_[3]}));
  std::vector<TestBlock> rest = chain_;
  rest[4] = damage(chain_[4], 11);  // sound nowhere
  Write("c.blocks", BlocksFile(rest));
  Write("c.receipts", ReceiptsFile(chain_));
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  for (const TestBlock& block : chain_) {
    if (block.number != 4) ExpectBlock(*source, block, Form::kTransactionRet);
  }
  RawBlock block;
  ASSERT_OK(source->Read(4, &block));
  EXPECT_EQ(block.block, damage(chain_[4], 9).block);
  EXPECT_EQ(source->report().duplicate_blocks, 6U);
  EXPECT_THAT(source->report().warnings,
              ElementsAre(HasSubstr("/blocks/a.blocks: block 5 is damaged there; the copy in "
                                    "/blocks/c.blocks is used")));
  // Not however many there are.
  std::string damaged;
  for (std::size_t i = 0; i < 20; ++i) damaged += BlocksFile({damage(good, 9 + i)});
  Write("a.blocks", damaged);
  ASSERT_OK_AND_ASSIGN(const auto other, Open());
  ASSERT_OK(other->Read(5, &block));
  EXPECT_EQ(block.block, damage(good, 9).block);
}

TEST_F(FileSource, CountsForksAndHolesAndGivesEachForkItsReceipts) {
  const auto fork = MakeTestChain(chain_[7].id, 8, 3, 1);  // loses: 8, 9, 10
  const auto beyond = MakeTestChain(chain_[11].id, 12, 6, 2);
  const std::vector<TestBlock> detached(beyond.begin() + 2, beyond.end());  // 12 and 13 lack
  Write("a.blocks", BlocksFile(Join(Join(fork, detached), chain_)));
  Write("a.receipts", ReceiptsFile(Join(Join(fork, detached), chain_)));
  const auto source = ExpectChain(chain_, Form::kTransactionRet);
  EXPECT_EQ(source->report().stale_blocks, 3U);
  EXPECT_EQ(source->report().detached_blocks, 4U);
  EXPECT_THAT(source->report().warnings, IsEmpty());
  // The hole is filled by another file.
  Write("b.blocks", BlocksFile({beyond[0], beyond[1]}));
  Write("b.receipts", ReceiptsFile({beyond[0], beyond[1]}));
  ExpectChain(Join(chain_, beyond), Form::kTransactionRet);
}

TEST_F(FileSource, TellsForksWithTheSameTransactionsByTheTimeOfTheirReceipts) {
  const TestBlock kept = MakeTestBlock(chain_.back().id, 12, {.salt = 5, .contents_salt = 1});
  const TestBlock lost = MakeTestBlock(chain_.back().id, 12, {.salt = 6, .contents_salt = 1});
  const TestBlock next = MakeTestBlock(kept.id, 13, {});
  ASSERT_EQ(kept.txids, lost.txids);
  Write("a.blocks", BlocksFile(Join(chain_, {kept, lost, next})));
  for (const auto& order : {std::vector{kept, lost}, std::vector{lost, kept}}) {
    Write("a.receipts", ReceiptsFile(Join(chain_, Join(order, {next}))));
    ExpectChain(Join(chain_, {kept, next}), Form::kTransactionRet);
  }
}

TEST_F(FileSource, GivesNoReceiptsWhereTheyMismatchOrContradict) {
  TestBlock other = MakeTestBlock(chain_[4].id, 5, {.contents_salt = 9});  // of number 5
  TestBlock twice = chain_[8];
  twice.ret += std::string("\x10\x07", 2);  // another time: a second story of block 8
  TestBlock again = chain_[8];
  again.ret += std::string("\x10\x08", 2);
  auto receipts = chain_;
  receipts[5] = other;
  receipts[8] = twice;
  receipts.push_back(again);
  Write("a.blocks", BlocksFile(chain_));
  Write("a.receipts", ReceiptsFile(receipts));
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  ExpectBlock(*source, chain_[5], Form::kNone);
  ExpectBlock(*source, chain_[8], Form::kNone);
  ExpectBlock(*source, chain_[7], Form::kTransactionRet);
  EXPECT_EQ(source->report().blocks_without_receipts, 2U);
  EXPECT_THAT(source->report().warnings,
              ElementsAre(HasSubstr("block 5: the receipts in /blocks/a.receipts are not those"),
                          HasSubstr("block 8: the receipts in /blocks/a.receipts are several")));
}

TEST_F(FileSource, SkipsATornEndAndNamesIt) {
  const std::string whole = BlocksFile(chain_);
  const std::size_t last = Delimited(chain_.back().block).size();
  const std::vector<TestBlock> before(chain_.begin(), chain_.end() - 1);
  for (const std::size_t left : {std::size_t{1}, std::size_t{2}, std::size_t{30}, last - 1}) {
    SCOPED_TRACE(testing::Message() << left << " bytes of the last record are left");
    Write("a.blocks", whole.substr(0, whole.size() - last + left));
    const auto source = ExpectChain(before, Form::kNone);
    EXPECT_EQ(source->report().skipped_bytes, left);
    EXPECT_THAT(source->report().warnings,
                ElementsAre(HasSubstr(absl::StrCat("/blocks/a.blocks: offset ", whole.size() - last,
                                                   ": the file ends"))));
  }
}

// No index is to get blocks without receipts only because these were not copied yet.
TEST_F(FileSource, EndsWhereATornReceiptsFileMayLackReceipts) {
  Write("a.blocks", BlocksFile(chain_));
  const std::string whole = ReceiptsFile(chain_);
  const std::string first_eight = ReceiptsFile({chain_.begin(), chain_.begin() + 8});
  for (const std::size_t more : {std::size_t{1}, std::size_t{40}}) {
    Write("a.receipts", whole.substr(0, first_eight.size() + more));  // block 9 has none
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    EXPECT_EQ(source->Range()->last, 11U);
    for (std::size_t i = 0; i < 8; ++i) ExpectBlock(*source, chain_[i], Form::kTransactionRet);
    EXPECT_THAT(source->HasReceipts(8), IsOkAndHolds(false));
    EXPECT_EQ(source->Range()->last, 11U);
    RawBlock block;
    EXPECT_THAT(source->Read(8, &block), StatusIs(absl::StatusCode::kAborted));
    EXPECT_EQ(source->Range()->last, 7U);
    EXPECT_THAT(source->Read(8, &block), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_EQ(source->report().skipped_bytes, more);
    EXPECT_EQ(source->report().blocks_without_receipts, 0U);
    EXPECT_THAT(source->report().warnings,
                ElementsAre(HasSubstr("a.receipts: offset"),
                            HasSubstr(absl::StrCat("blocks from 8 on are left out: /blocks/a.rec",
                                                   "eipts ends within a message"))));
  }
  // What others have of them makes up for it, and so do blocks that need none.
  Write("b.receipts", ReceiptsFile({chain_.begin() + 8, chain_.end()}));
  ExpectChain(chain_, Form::kTransactionRet);
}

// Blocks below what a torn file begins with have none for another reason.
TEST_F(FileSource, GoesWithoutReceiptsBelowATornFile) {
  Write("a.blocks", BlocksFile(chain_));
  Write("a.receipts", ReceiptsFile({chain_.begin() + 7, chain_.end() - 1}) + "\x7f");
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  for (std::size_t i = 0; i < 11; ++i) {
    ExpectBlock(*source, chain_[i], i < 7 ? Form::kNone : Form::kTransactionRet);
  }
  RawBlock block;
  EXPECT_THAT(source->Read(11, &block), StatusIs(absl::StatusCode::kAborted));
  // Nothing whole in it, and other files that end before block 5.
  Write("a.receipts", "\x7f");
  Write("b.receipts", ReceiptsFile({chain_[1], chain_[4]}));
  ASSERT_OK_AND_ASSIGN(const auto other, Open());
  ExpectBlock(*other, chain_[2], Form::kNone);
  EXPECT_THAT(other->Read(5, &block), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(other->Range()->last, 4U);
  // A chain of which nothing would be left.
  Write("a.blocks", BlocksFile({chain_.begin() + 5, chain_.end()}));
  ASSERT_OK_AND_ASSIGN(const auto window, Open());
  EXPECT_THAT(window->Read(5, &block),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("run again once it is whole")));
}

TEST_F(FileSource, RefusesWhatIsNoBlockInTheMiddleAndNamesThePlace) {
  const std::string first = Delimited(chain_[0].block);
  Write("a.blocks", first + Delimited("no block") + Delimited(chain_[1].block));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss,
                               HasSubstr(absl::StrCat("/blocks/a.blocks: message at offset ",
                                                      first.size() + 1, ":"))));
  Write("a.blocks", first + std::string(12, '\xff'));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss,
                               HasSubstr(absl::StrCat("/blocks/a.blocks: offset ", first.size()))));
  Write("a.blocks", first);
  Write("a.receipts", Delimited("\x0a"));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("a.receipts: message at")));
}

TEST_F(FileSource, RefusesPlacesWithoutBlocks) {
  EXPECT_THAT(Open("/nowhere"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("grpc://HOST:PORT")));
  Write("README", "hello");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("*.blocks")));
  EXPECT_THAT(Open(absl::StrCat(kFolder, "/README")), StatusIs(absl::StatusCode::kInvalidArgument));
  Write("a.receipts", ReceiptsFile(chain_));
  EXPECT_THAT(Open(absl::StrCat(kFolder, "/a.receipts")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("holds no block")));
}

// An unrelated .json is not to blame where a file of blocks is what is wrong.
TEST_F(FileSource, TellsWhyThereIsNoBlock) {
  Write("package.json", "{\"name\": 1}");
  EXPECT_THAT(Open(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("package.json: neither")));
  Write("x.blocks", std::string("\xf9\xbe\xb4\x01", 4) + std::string(480, '\0'));
  EXPECT_THAT(Open(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("x.blocks: offset 0"), Not(HasSubstr("package")),
                             HasSubstr("not whole yet, or holds no messages after their len"))));
  for (int i = 0; i < 5; ++i) Write(absl::StrCat(i, ".blocks"), "\x7f");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("2.blocks"), Not(HasSubstr("3.blocks")),
                                     HasSubstr("; and more"))));
}

TEST_F(FileSource, NoticesThatAFileChangedSinceItWasScanned) {
  Write("a.blocks", BlocksFile(chain_));
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  const auto others = MakeTestChain({}, 0, 12, 1);
  Write("a.blocks", BlocksFile(others));
  RawBlock block;
  EXPECT_THAT(source->Read(3, &block),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("has changed")));
  Write("a.blocks", "");
  EXPECT_THAT(source->Read(4, &block),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("has changed")));
}

TEST_F(FileSource, PassesOnWhateverTheSystemRefuses) {
  Write("a.blocks", BlocksFile(chain_));
  Write("a.receipts", ReceiptsFile(chain_));
  std::uint64_t failures = 0;
  for (std::uint64_t index = 0;; ++index) {
    const auto files = files_.Clone();
    files->FailAt(index, /*lasting=*/false);
    const auto read = [&files] {
      auto source = OpenBlockSource(*files, kFolder, {});
      absl::Status status = source.status();
      RawBlock block;
      for (std::uint64_t number = 0; status.ok() && number < 12; ++number) {
        status = (*source)->Read(number, &block);
      }
      return status;
    };
    const absl::Status status = read();
    if (!files->fired()) {
      EXPECT_OK(status);
      break;
    }
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable)) << files->failed_operation();
    ++failures;
  }
  EXPECT_GT(failures, 10U);
}

class StopNow final : public Progress {
 public:
  bool StopRequested() const override { return true; }
};

TEST_F(FileSource, StopsWhenAsked) {
  Write("a.blocks", BlocksFile(chain_));
  StopNow progress;
  EXPECT_THAT(OpenBlockSource(files_, kFolder, {.progress = &progress}),
              StatusIs(absl::StatusCode::kCancelled));
}

// JSON.

class JsonSource : public FileSource {
 protected:
  static std::string Fixture(const std::string& name) {
    const auto bytes = FixtureBytes(name);
    return std::string(bytes.begin(), bytes.end());
  }
};

TEST_F(JsonSource, ReadsAnswersAsTheBytesOfTheChain) {
  Write("many.json", absl::StrCat("{\"block\": [", Fixture("shasta/blocks/2.json"), ",",
                                  Fixture("shasta/blocks/4.json"), "]}"));
  Write("one.json", Fixture("shasta/blocks/3.json"));
  Write("list.json", absl::StrCat("[", Fixture("shasta/blocks/1.json"), "]"));
  Write("none.json", "{}");
  Write("other.json", "{\"balance\": 7}");
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  const SourceRange range = *source->Range();
  EXPECT_EQ(range.first, 1U);
  EXPECT_EQ(range.last, 4U);
  for (std::uint64_t number = 1; number <= 4; ++number) {
    RawBlock block;
    ASSERT_OK(source->Read(number, &block));
    EXPECT_EQ(block.block, Fixture(absl::StrCat("shasta/blocks/", number, ".bin")));
  }
  EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("/blocks/other.json: ")));
  EXPECT_EQ(source->report().skipped_bytes, 14U);
}

TEST_F(JsonSource, GivesEveryRecordedBlockAloneInBothForms) {
  for (const BlockFixture& fixture : BlockFixtures()) {
    SCOPED_TRACE(fixture.name);
    const bool is_compressed = fixture.network == Network::kTron;
    const bool json_is_compressed = is_compressed || fixture.name == "shasta/blocks/1000000";
    Write("a.json", Fixture(fixture.name + (json_is_compressed ? ".json.gz" : ".json")));
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    RawBlock block;
    ASSERT_OK(source->Read(source->Range()->first, &block));
    EXPECT_EQ(block.block, Fixture(fixture.name + (is_compressed ? ".bin.gz" : ".bin")));
    Block decoded;
    ASSERT_OK(DecodeBlock(SpanOf(block.block), &decoded));
    EXPECT_OK(CheckMerkleRoot(decoded));
  }
}

TEST_F(JsonSource, GathersReceiptsFromAnyNumberOfFiles) {
  const std::string block_bytes = Fixture("shasta/blocks/1000000.bin");
  const std::string ret = Fixture("shasta/txinfo/block_1000000.transactionret.bin");
  Write("a.json", Fixture("shasta/blocks/1000000.json.gz"));
  Write("b.json", Fixture("shasta/txinfo/block_1000000.json.gz"));
  RawBlock whole;
  {
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    ASSERT_OK(source->Read(1'000'000, &whole));
    EXPECT_EQ(whole.block, block_bytes);
    EXPECT_EQ(whole.receipts_form, Form::kInfoList);
    EXPECT_THAT(ReceiptIds(whole), testing::Optional(SizeIs(6)));
  }
  // The same receipts as a TransactionRet have the same meaning, and come first.
  Write("b.receipts", Delimited(ret));
  {
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    RawBlock block;
    ASSERT_OK(source->Read(1'000'000, &block));
    EXPECT_EQ(block.receipts_form, Form::kTransactionRet);
    EXPECT_EQ(ReceiptIds(block), ReceiptIds(whole));
  }
  ASSERT_OK(files_.Remove("/blocks/b.receipts"));
  ASSERT_OK(files_.Remove("/blocks/b.json"));
  // One by one, in another order, one of them twice.
  const nlohmann::json infos = FixtureJson("shasta/txinfo/block_1000000.json.gz");
  ASSERT_EQ(infos.size(), 6U);
  for (std::size_t i = 0; i < infos.size(); ++i) {
    Write(absl::StrCat("info", 9 - i, ".json"), infos[i].dump());
  }
  Write("info0.json", infos[0].dump());
  {
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    RawBlock block;
    ASSERT_OK(source->Read(1'000'000, &block));
    EXPECT_EQ(block.receipts, whole.receipts);
  }
  // One that contradicts, then one that lacks.
  nlohmann::json changed = infos[0];
  changed["fee"] = 7;
  Write("info0.json", changed.dump());
  {
    ASSERT_OK_AND_ASSIGN(const auto source, Open());
    RawBlock block;
    ASSERT_OK(source->Read(1'000'000, &block));
    EXPECT_EQ(block.receipts_form, Form::kNone);
    EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("are several that differ")));
  }
  ASSERT_OK(files_.Remove("/blocks/info0.json"));
  ASSERT_OK(files_.Remove("/blocks/info9.json"));
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  RawBlock block;
  ASSERT_OK(source->Read(1'000'000, &block));
  EXPECT_EQ(block.receipts_form, Form::kNone);
  EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("are not those")));
}

// Each receipt of a block in another file: every file is read a second time, however many blocks.
TEST_F(JsonSource, ReadsFilesThatShareBlocksOnce) {
  const std::vector<TestBlock> chain = MakeTestChain({}, 0, 200);
  std::vector<nlohmann::json> halves(2, nlohmann::json::array());
  for (const TestBlock& block : chain) {
    for (std::size_t i = 0; i < block.txids.size(); ++i) {
      halves[i].push_back({{"id", block.txids[i].ToHex()},
                           {"blockNumber", block.number},
                           {"blockTimeStamp", 3000 * block.number},
                           {"fee", 100 + i}});
    }
  }
  Write("a.json", halves[0].dump());
  Write("b.json", halves[1].dump());
  Write("c.blocks", BlocksFile(chain));
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  const std::uint64_t before = files_.operations_count();
  for (const TestBlock& expected : chain) {
    RawBlock block;
    ASSERT_OK(source->Read(expected.number, &block));
    EXPECT_EQ(ReceiptIds(block), expected.number == 0 ? std::vector<Hash256>() : expected.txids);
  }
  EXPECT_LT(files_.operations_count() - before, chain.size() + 20);
  EXPECT_THAT(source->report().warnings, IsEmpty());
}

class StopLater final : public Progress {
 public:
  bool StopRequested() const override { return stop; }
  bool stop = false;
};

TEST_F(JsonSource, StopsBetweenFilesWhenAsked) {
  Write("a.json", Fixture("shasta/blocks/1.json"));
  StopLater progress;
  ASSERT_OK_AND_ASSIGN(const auto source,
                       OpenBlockSource(files_, kFolder, {.progress = &progress}));
  progress.stop = true;
  RawBlock block;
  EXPECT_THAT(source->Read(1, &block), StatusIs(absl::StatusCode::kCancelled));
  progress.stop = false;
  EXPECT_OK(source->Read(1, &block));
}

TEST_F(JsonSource, RefusesBlocksThatHaveOtherIdsThanTheySay) {
  nlohmann::json block = FixtureJson("shasta/blocks/2.json");
  block["blockID"] = std::string(64, '0');
  Write("a.json", block.dump());
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("/blocks/a.json: ")));
}

TEST_F(JsonSource, MixesWithOtherFiles) {
  Write("1.json", Fixture("shasta/blocks/1.json"));
  Write("2.json", Fixture("shasta/blocks/2.json"));
  Write("b.blocks",
        Delimited(Fixture("shasta/blocks/2.bin")) + Delimited(Fixture("shasta/blocks/3.bin")));
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  EXPECT_EQ(source->Range()->first, 1U);
  EXPECT_EQ(source->Range()->last, 3U);
  EXPECT_EQ(source->report().duplicate_blocks, 1U);
}

}  // namespace
}  // namespace coinwake::tron
