// Goal: a view keeps its answers whatever is committed after it was opened, and an index that a
// crash left right after its commit record opens with all of that commit. Method: the builder
// commits in two steps on one store, on real files (whose mappings show later writes), and stops a
// commit half-way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "indexer/view/history.h"
#include "indexer/view/open.h"
#include "indexer/view/view.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr char kFolder[] = "/data";

std::array<std::uint8_t, 33> AnyKey() {
  std::array<std::uint8_t, 33> key;
  key.fill(2);
  return key;
}

void AddFirstPart(IndexBuilder* chain) {
  chain->AddBlock({{"mint", {}, {{"alice", 100}, {"alice", 11}}}});
}
void AddSecondPart(IndexBuilder* chain) {
  chain->AddBlock({{"", {}, {}},
                   {"pay", {Spend("mint", 0)}, {{"alice", 30}, {"bob", 70}}},
                   {"more", {Spend("pay", 0)}, {{"bob", 30}}}});
  chain->RevealKey("alice", AnyKey());
}

absl::StatusOr<std::unique_ptr<KvStore>> MakeStore(FileSystem& files, const std::string& folder) {
  COINWAKE_RETURN_IF_ERROR(files.CreateFolders(folder));
  KvOptions options;
  options.create_if_missing = true;
  return KvStore::Open(files, StoreFolder(folder), options);
}

void ExpectFirstPart(const View& view, const IndexBuilder& chain) {
  EXPECT_EQ(view.snapshot().height, 1u);
  EXPECT_EQ(view.transactions_count(), 2u);
  const AddressNum alice = chain.AddressOf("alice");
  EXPECT_EQ(view.Spender(chain.OutputOf("mint", 0)), std::nullopt);
  EXPECT_EQ(view.SpendingInput(InputSource::Of(chain.OutputOf("mint", 0))), std::nullopt);
  EXPECT_EQ(view.KeyOf(alice), std::nullopt);
  EXPECT_THAT(HistoryOf(view, alice, TxNum{0}, kAll), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(UnspentOf(view, alice, OutputNum{0}, kNone64), IsOkAndHolds(SizeIs(2)));
  ASSERT_OK_AND_ASSIGN(const AddressSums sums, SumsOf(view, alice));
  EXPECT_EQ(sums.balance, 111u);
  EXPECT_THAT(view.FindAddress(ScriptOfName("bob")), StatusIs(absl::StatusCode::kNotFound));
  if (chain.transactions_count() > 2) {
    EXPECT_THAT(view.FindTransaction(chain.TxidOf("pay")), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(view.HeightOfHash(chain.BlockHash(2)), StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_THAT(view.FindKeys(ComputeHash160(AnyKey())), IsOkAndHolds(SizeIs(0)));
  EXPECT_OK(view.damage().status());
}

void ExpectBothParts(const View& view, const IndexBuilder& chain) {
  EXPECT_EQ(view.snapshot().height, 2u);
  const AddressNum alice = chain.AddressOf("alice");
  EXPECT_EQ(view.Spender(chain.OutputOf("mint", 0)), chain.TransactionOf("pay"));
  EXPECT_EQ(view.Spender(chain.OutputOf("pay", 0)), chain.TransactionOf("more"));
  EXPECT_TRUE(view.KeyOf(alice).has_value());
  EXPECT_THAT(UnspentOf(view, alice, OutputNum{0}, kNone64),
              IsOkAndHolds(ElementsAre(chain.OutputOf("mint", 1))));
  EXPECT_THAT(HistoryOf(view, chain.AddressOf("bob"), TxNum{0}, kAll), IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(view.FindTransaction(chain.TxidOf("mint")),
              IsOkAndHolds(chain.TransactionOf("mint")));
  EXPECT_OK(view.damage().status());
}

TEST(ViewSnapshot, KeepsItsAnswersWhenMoreIsCommitted) {
  const std::string folder = testing::TempDir() + "coinwake_view_commit_test";
  std::filesystem::remove_all(folder);
  FileSystem& files = RealFileSystem();
  IndexBuilder chain;
  AddFirstPart(&chain);
  {
    ASSERT_OK_AND_ASSIGN(const auto store, MakeStore(files, folder));
    ASSERT_OK(chain.Commit(files, *store, folder));
    ASSERT_OK_AND_ASSIGN(auto before, View::Open(files, *store, folder));
    ASSERT_OK_AND_ASSIGN(auto unread, View::Open(files, *store, folder));
    ExpectFirstPart(*before, chain);
    AddSecondPart(&chain);
    ASSERT_OK(chain.Commit(files, *store, folder));
    ASSERT_OK_AND_ASSIGN(auto after, View::Open(files, *store, folder));
    ExpectFirstPart(*before, chain);
    ExpectFirstPart(*unread, chain);  // first touched now
    ExpectBothParts(*after, chain);
  }
  std::filesystem::remove_all(folder);
}

TEST(FinishCommit, BringsInPlaceColumnsUpToTheRecord) {
  FaultFileSystem files;
  const std::string folder = FolderOfNetwork(kFolder, Network::kBitcoinRegtest);
  IndexBuilder chain;
  AddFirstPart(&chain);
  {
    ASSERT_OK_AND_ASSIGN(const auto store, MakeStore(files, folder));
    ASSERT_OK(chain.Commit(files, *store, folder));
    AddSecondPart(&chain);
    ASSERT_OK(chain.Commit(files, *store, folder, IndexBuilder::Stop::kBeforeInPlace));
    EXPECT_THAT(View::Open(files, *store, folder), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  // A crash in the middle of applying also leaves chunks without a true checksum.
  files.FlipByte(ColumnsFolder(folder) + "/output_spender.sum", 0, 0xff);
  {
    ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                         OpenForReading(files, kFolder, Network::kBitcoinRegtest));
    ExpectBothParts(*index.view, chain);
    EXPECT_EQ(index.view->commit().applied_inputs, index.view->inputs_count());
  }
  // It is finished for good: a wrong checksum is damage from now on.
  files.FlipByte(ColumnsFolder(folder) + "/output_spender.sum", 0, 0xff);
  ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                       OpenForReading(files, kFolder, Network::kBitcoinRegtest));
  EXPECT_THAT(UnspentOf(*index.view, chain.AddressOf("alice"), OutputNum{0}, kNone64),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(FinishCommit, LosesNothingWhenItFailsHalfWay) {
  FaultFileSystem prepared;
  const std::string folder = FolderOfNetwork(kFolder, Network::kBitcoinRegtest);
  IndexBuilder chain;
  AddFirstPart(&chain);
  AddSecondPart(&chain);
  {
    ASSERT_OK_AND_ASSIGN(const auto store, MakeStore(prepared, folder));
    ASSERT_OK(chain.Commit(prepared, *store, folder, IndexBuilder::Stop::kBeforeInPlace));
  }
  for (std::uint64_t failing = 0;; ++failing) {
    SCOPED_TRACE(failing);
    const auto files = prepared.Clone();
    files->FailAt(failing, /*lasting=*/true);
    const bool opened = OpenForReading(*files, kFolder, Network::kBitcoinRegtest).ok();
    const bool fired = files->fired();
    EXPECT_TRUE(opened || fired);
    files->PowerCut(FaultFileSystem::Power::kSeeded, failing);
    ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                         OpenForReading(*files, kFolder, Network::kBitcoinRegtest));
    ExpectBothParts(*index.view, chain);
    if (!fired) break;
  }
}

TEST(FinishCommit, DoesNotBuildOnDamagedInputs) {
  FaultFileSystem files;
  const std::string folder = FolderOfNetwork(kFolder, Network::kBitcoinRegtest);
  IndexBuilder chain;
  AddFirstPart(&chain);
  AddSecondPart(&chain);
  {
    ASSERT_OK_AND_ASSIGN(const auto store, MakeStore(files, folder));
    ASSERT_OK(chain.Commit(files, *store, folder, IndexBuilder::Stop::kBeforeInPlace));
  }
  files.FlipByte(ColumnsFolder(folder) + "/input_source.col", kColumnHeaderBytes, 1);
  EXPECT_THAT(OpenForReading(files, kFolder, Network::kBitcoinRegtest),
              StatusIs(absl::StatusCode::kDataLoss, testing::HasSubstr("input_source")));
}

}  // namespace
}  // namespace coinwake
