// Goal: it does not matter where blocks come from. Method: the same chain as files, as a node's
// database and from a node that runs, and the recorded block with receipts as the HTTP API's JSON
// as well, give equal blocks and receipts of the same meaning.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron_source/block_source.h"
#include "indexer/tron_source/messages.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tests/tron_source/fake_node.h"
#include "tests/tron_source/node_folder.h"
#include "tests/tron_source/test_blocks.h"

namespace coinwake::tron {
namespace {

using ::testing::SizeIs;

std::string Text(const std::string& fixture) {
  const auto bytes = FixtureBytes(fixture);
  return std::string(bytes.begin(), bytes.end());
}

class AllSources : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "tron-all-sources";
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Add(absl::StatusOr<std::unique_ptr<BlockSource>> source) {
    ASSERT_OK(source);
    sources_.push_back(*std::move(source));
  }
  void AddAll(const std::vector<TestBlock>& chain) {
    memory_.SetContents("/files/a.blocks", BlocksFile(chain));
    memory_.SetContents("/files/a.receipts", ReceiptsFile(chain));
    Add(OpenBlockSource(memory_, "/files", {}));
    WriteNodeFolder(folder_, RowsOf(chain, chain.back().number));
    Add(OpenBlockSource(RealFileSystem(), folder_.string(), {}));
    node_ = std::make_unique<FakeNode>(chain);
    Add(OpenBlockSource(RealFileSystem(), node_->place(), {.backoff_ms = 1}));
  }
  void ExpectAllEqual(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t number = first; number <= last; ++number) {
      SCOPED_TRACE(testing::Message() << "block " << number);
      RawBlock expected;
      ASSERT_OK(sources_[0]->Read(number, &expected));
      for (const auto& source : sources_) {
        EXPECT_EQ(source->Range()->first, first);
        EXPECT_EQ(source->Range()->last, last);
        RawBlock block;
        ASSERT_OK(source->Read(number, &block));
        EXPECT_EQ(block.block, expected.block);
        EXPECT_NE(ReceiptIds(block), std::nullopt);
        EXPECT_EQ(ReceiptIds(block), ReceiptIds(expected));
        EXPECT_EQ(*source->BlockId(number), *sources_[0]->BlockId(number));
        EXPECT_THAT(source->HasReceipts(number),
                    IsOkAndHolds(expected.receipts_form != RawBlock::Receipts::kNone));
      }
    }
  }

  std::filesystem::path folder_;
  FaultFileSystem memory_;
  std::unique_ptr<FakeNode> node_;
  std::vector<std::unique_ptr<BlockSource>> sources_;
};

TEST_F(AllSources, GiveOneChain) {
  AddAll(MakeTestChain({}, 0, 25));
  ASSERT_THAT(sources_, SizeIs(3));
  ExpectAllEqual(0, 24);
}

TEST_F(AllSources, GiveARecordedBlockAndItsReceipts) {
  TestBlock recorded;
  recorded.block = Text("shasta/blocks/1000000.bin");
  recorded.ret = Text("shasta/txinfo/block_1000000.transactionret.bin");
  BlockHeader header;
  ASSERT_OK(ReadHeaderOf(SpanOf(recorded.block), &header));
  recorded.number = header.number;
  recorded.id = header.id;
  std::vector<WireField> fields;
  ASSERT_OK(ReadFields(SpanOf(recorded.ret), &fields));
  for (const WireField& field : fields) {
    AppendInfo({reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size()},
               &recorded.info_list);
  }
  AddAll({recorded});
  memory_.SetContents("/json/block.json", Text("shasta/blocks/1000000.json.gz"));
  memory_.SetContents("/json/infos.json", Text("shasta/txinfo/block_1000000.json.gz"));
  Add(OpenBlockSource(memory_, "/json", {}));
  ASSERT_THAT(sources_, SizeIs(4));
  ExpectAllEqual(1'000'000, 1'000'000);
  RawBlock block;
  ASSERT_OK(sources_[0]->Read(1'000'000, &block));
  EXPECT_THAT(ReceiptIds(block), testing::Optional(SizeIs(6)));
}

}  // namespace
}  // namespace coinwake::tron
