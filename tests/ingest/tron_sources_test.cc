// Goal: an index does not depend on where its blocks came from.
// Method: one chain as files in order, as shuffled files, as the database of a stopped node and
// from a node that runs, each indexed into a folder of its own: the dumps and the bytes of every
// column are the same. What the sources know of finality is all that may differ.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/ingest/node_blocks.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/matchers.h"
#include "tests/tron_source/fake_node.h"
#include "tests/tron_source/node_folder.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kTronPrivate;

class TronSources : public ::testing::Test {
 protected:
  TronSources() : folder_(std::filesystem::path(::testing::TempDir()) / "tron-index-sources") {
    std::filesystem::remove_all(folder_);
  }
  ~TronSources() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // Indexes `source` into `name`.
  TronIngestReport Index(const std::string& source, const std::string& name,
                         std::optional<Network> network = std::nullopt) {
    TronIngestOptions options = TronTestOptions(source, Path(name));
    options.network = network;
    auto report = IndexTron(RealFileSystem(), options);
    EXPECT_OK(report);
    return report.ok() ? *report : TronIngestReport{};
  }
  std::string Dump(const std::string& name) {
    const auto dump = DumpAccountIndex(RealFileSystem(), Path(name), kNetwork);
    EXPECT_OK(dump);
    return dump.value_or("");
  }
  // File name to bytes.
  std::map<std::string, std::string> Columns(const std::string& name) {
    std::map<std::string, std::string> columns;
    const std::filesystem::path columns_folder = folder_ / name / "tron-private" / "columns";
    for (const auto& entry : std::filesystem::directory_iterator(columns_folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      columns[entry.path().filename().string()] =
          std::string(std::istreambuf_iterator<char>(file), {});
    }
    return columns;
  }
  void ExpectSame(const std::string& name, const std::string& other) {
    SCOPED_TRACE(other);
    EXPECT_EQ(ChainPartOf(Dump(name)), ChainPartOf(Dump(other)));
    const auto columns = Columns(name);
    EXPECT_EQ(columns.size(), kTronColumnsCount * 2);  // and a file of checksums each
    const auto others = Columns(other);
    ASSERT_EQ(columns.size(), others.size());
    for (const auto& [file, bytes] : columns) {
      ASSERT_TRUE(others.contains(file)) << file;
      EXPECT_TRUE(others.at(file) == bytes) << file;
    }
  }

  const std::filesystem::path folder_;
};

TEST_F(TronSources, GiveTheSameIndex) {
  TronCast cast(21);
  cast.AddBlocks(60);
  const std::uint64_t tip = cast.blocks().back().number;
  WriteTronBlocks(RealFileSystem(), Path("files"), cast.blocks());
  WriteTronBlocks(RealFileSystem(), Path("shuffled"), cast.blocks(),
                  {.file_size = 10'000, .shuffle_window = 16, .seed = 4});
  const std::vector<tron::TestBlock> blocks = NodeBlocksOf(cast.blocks());
  tron::WriteNodeFolder(folder_ / "database", tron::RowsOf(blocks, tip));
  tron::FakeNode node(blocks);
  node.SetSolid(tip - 20);

  EXPECT_EQ(Index(Path("files"), "of-files").final_height, std::nullopt);
  EXPECT_EQ(Index(Path("shuffled"), "of-shuffled").final_height, std::nullopt);
  EXPECT_EQ(Index(Path("database"), "of-database").final_height, tip);
  EXPECT_EQ(Index(node.place(), "of-node").final_height, tip - 20);
  ExpectSame("of-files", "of-shuffled");
  ExpectSame("of-files", "of-database");
  ExpectSame("of-files", "of-node");
  EXPECT_TRUE(Dump("of-files").ends_with("final \n"));
  EXPECT_TRUE(Dump("of-database").ends_with(absl::StrCat("final ", tip, "\n")));
  EXPECT_TRUE(Dump("of-node").ends_with(absl::StrCat("final ", tip - 20, "\n")));
}

// Half from one source, half from another, with what is final growing on the way.
TEST_F(TronSources, TakeTurns) {
  TronCast cast(22);
  cast.AddBlocks(20);
  const std::span<const synthetic::TronBlock> all(cast.blocks());
  WriteTronBlocks(RealFileSystem(), Path("files"), all);
  WriteTronBlocks(RealFileSystem(), Path("part"), all.first(9));
  Index(Path("files"), "whole");

  Index(Path("part"), "turns");
  const std::vector<tron::TestBlock> blocks = NodeBlocksOf(all);
  tron::WriteNodeFolder(folder_ / "database", tron::RowsOf(blocks, 14));
  EXPECT_EQ(Index(Path("database"), "turns").height, 14u);
  tron::FakeNode node(blocks);
  node.SetSolid(5);  // behind what is known already
  TronIngestReport report = Index(node.place(), "turns");
  EXPECT_EQ(report.height, all.back().number);
  EXPECT_EQ(report.final_height, 14u);
  ExpectSame("whole", "turns");
  node.SetSolid(17);  // no new block, and yet something to remember
  EXPECT_EQ(Index(node.place(), "turns").final_height, 17u);
  EXPECT_TRUE(Dump("turns").ends_with("final 17\n"));
  EXPECT_EQ(Index(Path("files"), "turns").final_height, 17u);
  ExpectSame("whole", "turns");
}

// A lite node has the latest blocks only; given the network, an index begins there.
TEST_F(TronSources, OfALiteNodeBeginAWindow) {
  TronCast cast(23);
  cast.AddBlocks(20);
  const std::span<const synthetic::TronBlock> all(cast.blocks());
  const auto late = all.subspan(7);
  std::vector<synthetic::TronBlock> kept(late.begin(), late.end());
  kept.insert(kept.begin(), all[0]);
  tron::WriteNodeFolder(folder_ / "database", tron::RowsOf(NodeBlocksOf(kept), all.back().number));
  WriteTronBlocks(RealFileSystem(), Path("files"), late);
  const TronIngestReport report = Index(Path("database"), "of-database");  // block 0 is there
  EXPECT_EQ(report.from_height, 7u);
  EXPECT_FALSE(report.complete_history);
  Index(Path("files"), "of-files", kNetwork);
  ExpectSame("of-files", "of-database");
}

// The node's chain changes before each of its answers in turn.
TEST_F(TronSources, FollowANodeThatChangesItsChain) {
  TronCast cast(24);
  cast.AddBlocks(57);
  TronCast other = cast;
  cast.chain().Transfer(cast.person(0), cast.person(1), 1);
  other.chain().Transfer(cast.person(0), cast.person(1), 2);
  for (int i = 0; i < 80; ++i) cast.chain().NextBlock();
  for (int i = 0; i < 90; ++i) other.chain().NextBlock();
  WriteTronBlocks(RealFileSystem(), Path("first"), std::span(cast.blocks()).first(63));
  WriteTronBlocks(RealFileSystem(), Path("second"), other.blocks());
  Index(Path("second"), "fresh");
  const auto before = NodeBlocksOf(cast.blocks());
  const auto after = NodeBlocksOf(other.blocks());
  for (int call = 1, made = call; made >= call; ++call) {
    SCOPED_TRACE(call);
    const std::string name = absl::StrCat("changed", call);
    Index(Path("first"), name);
    tron::FakeNode node(before);
    node.SetSolid(3);
    constexpr auto kBlocks = tron::FakeNode::Method::kBlocks;
    node.Before(kBlocks, [&after, call](tron::FakeNode& at) {
      if (at.calls(kBlocks) == call) at.SetChain(after);
    });
    Index(node.place(), name);
    made = node.calls(kBlocks);
    // The last blocks came after the node was asked how many there are.
    EXPECT_EQ(Index(node.place(), name).height, other.blocks().back().number);
    EXPECT_EQ(ChainPartOf(Dump(name)), ChainPartOf(Dump("fresh")));
  }
}

}  // namespace
}  // namespace coinwake
