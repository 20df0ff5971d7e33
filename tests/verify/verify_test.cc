// Goal: verify looks at every part of an index. Method: small indexes of both chains on a file
// system in memory, whose look-up tables, each in turn, lose their pages or hold one wrong entry,
// and whose columns, each in turn, are gone.
#include "indexer/verify/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/commit/index_schema.h"
#include "indexer/ingest/ingest.h"
#include "indexer/kv/run_page.h"
#include "indexer/kv/store.h"
#include "indexer/view/view.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/block_builder.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using synthetic::Bytes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kData[] = "/data";

std::vector<std::string> ProblemsOf(FileSystem& files, Network network) {
  const auto report = VerifyIndex(files, kData, network, nullptr);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? report->problems : std::vector<std::string>();
}

void AppendRecord(ByteSpan bytes, std::string* file) {
  std::uint8_t size[4];
  StoreLe(size, static_cast<std::uint32_t>(bytes.size()));
  for (const ByteSpan part : {ByteSpan(synthetic::kRegtestMagic), ByteSpan(size), bytes}) {
    file->append(reinterpret_cast<const char*>(part.data()), part.size());
  }
}

// A window of two blocks, so that every table of Bitcoin's has entries: the second spends outputs
// from before it, which an undo record tells, and pays to a key.
void MakeBitcoinIndex(FaultFileSystem& files) {
  // The generator of the curve, whose uncompressed form exists.
  Bytes key = {0x02, 0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0,
               0x62, 0x95, 0xce, 0x87, 0x0b, 0x07, 0x02, 0x9b, 0xfc, 0xdb, 0x2d,
               0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98};
  Hash256 older;
  older.bytes.fill(0x44);
  const auto first = synthetic::BlockBuilder(older, 500, 1'700'000'000).Finish({{1, {0x51}}});
  synthetic::BlockBuilder second(first.hash, 501, 1'700'000'600);
  constexpr std::uint8_t kSpends = 3;
  Bytes undo = {kSpends};
  for (std::uint8_t i = 0; i < kSpends; ++i) {
    synthetic::Transaction spend;
    spend.inputs.push_back({older, i, {}, 0xffffffff, {}});
    spend.outputs.push_back({1, synthetic::PayToPubkey(key)});
    second.Add(Serialize(spend));
    // One input, no height, 50 coins, a script of one byte.
    undo.insert(undo.end(), {1, 0, 0x32, 1 + 6, static_cast<std::uint8_t>(0x52 + i)});
  }
  const auto block = second.Finish({{1, {0x51}}});
  std::string blocks;
  AppendRecord(first.bytes, &blocks);
  AppendRecord(block.bytes, &blocks);
  files.SetContents("/blocks/blk00000.dat", blocks);
  std::string record;
  AppendRecord(undo, &record);
  const Hash256 sum = DoubleSha256({first.hash.bytes, undo});
  record.append(reinterpret_cast<const char*>(sum.bytes.data()), sum.bytes.size());
  files.SetContents("/blocks/rev00000.dat", record);
  IngestOptions options;
  options.blocks_folder = "/blocks";
  options.data_folder = kData;
  ASSERT_OK_AND_ASSIGN(const IngestReport report, IndexBitcoin(files, options));
  ASSERT_EQ(report.unresolved_inputs, 0u);
}

void MakeTronIndex(FaultFileSystem& files) {
  TronCast cast(101);
  cast.AddBlocks(12);
  WriteTronBlocks(files, "/blocks", cast.blocks());
  ASSERT_OK(IndexTron(files, TronTestOptions("/blocks", kData)));
}

// Gives every page of a table's runs to `change`, which may take it away; returns how many.
int ChangePages(FileSystem& files, Network network, RunTable table,
                const std::function<std::optional<std::string>(std::string, int level)>& change) {
  const std::string folder = StoreFolder(FolderOfNetwork(kData, network));
  auto store = KvStore::Open(files, folder, KvOptions{});
  EXPECT_TRUE(store.ok()) << store.status();
  KvBatch batch;
  int pages = 0;
  const auto iterator = (*store)->NewIterator();
  for (iterator->Seek("r"); iterator->Valid() && iterator->key().starts_with("r");
       iterator->Next()) {
    const std::string_view page = iterator->key();
    if (page[9] != static_cast<char>(table)) continue;
    ++pages;
    auto changed = change(std::string(iterator->value()), page.back());
    if (changed.has_value()) {
      batch.Put(std::string(page), *std::move(changed));
    } else {
      batch.Delete(std::string(page));
    }
  }
  EXPECT_OK((*store)->Write(batch, true));
  return pages;
}

class EveryPart : public ::testing::TestWithParam<Network> {
 protected:
  void SetUp() override {
    if (ChainOf(GetParam()) == Chain::kBitcoin) {
      MakeBitcoinIndex(good_);
    } else {
      MakeTronIndex(good_);
    }
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_THAT(ProblemsOf(good_, GetParam()), IsEmpty());
  }
  std::span<const RunTableSpec> tables() const { return SchemaOf(ChainOf(GetParam())).runs; }

  FaultFileSystem good_;
};

TEST_P(EveryPart, OfTheLookUpsIsMissed) {
  for (const RunTableSpec& spec : tables()) {
    const std::string name(1, static_cast<char>(spec.table));
    SCOPED_TRACE(name);
    const auto files = good_.Clone();
    ASSERT_GT(ChangePages(*files, GetParam(), spec.table,
                          [](const std::string&, int) { return std::nullopt; }),
              0);
    EXPECT_THAT(ProblemsOf(*files, GetParam()), Contains(HasSubstr("table '" + name + "'")));
  }
}

TEST_P(EveryPart, OfTheLookUpsIsComparedWithTheColumns) {
  for (const RunTableSpec& spec : tables()) {
    SCOPED_TRACE(static_cast<char>(spec.table));
    const auto files = good_.Clone();
    int changed = 0;
    // The last entry of a run's last page: no fence repeats it, and the order stays.
    ChangePages(*files, GetParam(), spec.table, [&](std::string bytes, int level) {
      const auto page = RunPage::Parse(bytes);
      if (level != 0 || !page || page->size() < 2) return std::optional(bytes);
      std::vector<RunEntry> entries;
      for (std::size_t i = 0; i < page->size(); ++i) entries.push_back(page->at(i));
      ++entries.back().key;
      ++changed;
      return std::optional(EncodeRunPage(entries));
    });
    ASSERT_GT(changed, 0);
    EXPECT_THAT(ProblemsOf(*files, GetParam()),
                Contains(HasSubstr("does not agree with the columns")));
  }
}

TEST_P(EveryPart, OfTheColumnsIsMissed) {
  for (const ColumnSpec& spec : SchemaOf(ChainOf(GetParam())).columns) {
    const std::string file = absl::StrCat(std::string(spec.name), ".col");
    SCOPED_TRACE(file);
    const auto files = good_.Clone();
    ASSERT_OK(
        files->Remove(absl::StrCat(ColumnsFolder(FolderOfNetwork(kData, GetParam())), "/", file)));
    ASSERT_OK_AND_ASSIGN(const auto report, VerifyIndex(*files, kData, GetParam(), nullptr));
    EXPECT_FALSE(report.opened);
    EXPECT_EQ(report.snapshot.network, GetParam());
    EXPECT_THAT(report.problems, ElementsAre(AllOf(HasSubstr(file), HasSubstr("; restore the "))));
  }
}

TEST_P(EveryPart, ThatIsCutShortIsAProblemWithOneRemedy) {
  const std::string folder = FolderOfNetwork(kData, GetParam());
  std::vector<std::string> paths = {StoreFolder(folder) + "/CURRENT"};
  for (const ColumnSpec& spec : SchemaOf(ChainOf(GetParam())).columns) {
    const std::string stem = absl::StrCat(ColumnsFolder(folder), "/", std::string(spec.name));
    paths.push_back(stem + ".col");
    if (good_.Contents(stem + ".sum").size() > 1) paths.push_back(stem + ".sum");
  }
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    const auto files = good_.Clone();
    // Too long, for the store's own; else half of the header, or of the sums.
    const std::string bytes = good_.Contents(path);
    files->SetContents(path, path.ends_with("CURRENT") ? bytes + std::string(5000, 'x')
                                                       : bytes.substr(0, bytes.size() / 2));
    const std::vector<std::string> problems = ProblemsOf(*files, GetParam());
    ASSERT_THAT(problems, ElementsAre(AllOf(HasSubstr(path), HasSubstr("; restore the "))));
    EXPECT_EQ(std::count(problems[0].begin(), problems[0].end(), ';'), 1) << problems[0];
  }
}

INSTANTIATE_TEST_SUITE_P(Chains, EveryPart,
                         ::testing::Values(Network::kBitcoinRegtest, Network::kTronPrivate),
                         [](const auto& network) {
                           return ChainOf(network.param) == Chain::kBitcoin ? "Bitcoin" : "Tron";
                         });

}  // namespace
}  // namespace coinwake
