// Goal: whatever byte of an index's columns is wrong, a reader gives the right answer or kDataLoss,
// and never strays; even where wrong rows carry true checksums. Method: everything a small index
// can be asked, in one text; flip sampled bytes of every file (or every byte: Exhaustive()), open
// and ask again; then fill rows with numbers that point anywhere, mend the checksums, and ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"
#include "indexer/view/history.h"
#include "indexer/view/open.h"
#include "indexer/view/view.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "tests/support/view_dump.h"
#include "tests/view/index_damage.h"

namespace coinwake {
namespace {

constexpr char kFolder[] = "/data";

std::string NetworkFolder() { return FolderOfNetwork(kFolder, Network::kBitcoinRegtest); }

// A window, so that no column is empty.
void MakeIndex(FaultFileSystem& files) {
  IndexBuilder chain(IndexBuilder::Options{.window_from_height = 20});
  std::vector<SimpleTransaction> txs = {{"mint", {}, {{"alice", 900}}}};
  for (int i = 0; i < 40; ++i) {
    const SimpleInput input = i == 0 ? Spend("mint", 0) : Spend(absl::StrCat("pay ", i - 1), 0);
    SimpleTransaction tx;
    tx.name = absl::StrCat("pay ", i);
    tx.inputs = {input};
    if (i % 5 == 0) tx.inputs.push_back(SpendForeign("old", 10));
    if (i % 7 == 0) tx.inputs.push_back(SpendUnresolved());
    tx.outputs = {{"alice", 900 - static_cast<std::uint64_t>(i)}, {absl::StrCat("payee ", i), 1}};
    txs.push_back(tx);
    if (i % 10 == 9) {
      chain.AddBlock(txs);
      std::array<std::uint8_t, 33> key;
      key.fill(static_cast<std::uint8_t>(i));
      chain.RevealKey(absl::StrCat("payee ", i), key);
      txs = {{"", {}, {}}};
    }
  }
  chain.AddBlock({{"again", {}, {{"alice", 5}}, "pay 39"}});
  chain.AddStaleBlock(chain.TxidOf("mint"), 21, "stale");
  ASSERT_OK(chain.Build(files, kFolder));
}

// Asks everything, in spite of errors; the first error is the answer.
absl::StatusOr<std::string> AskEverything(const View& view) {
  auto answers = DumpView(view);
  std::string more;
  for (InputNum input; input.value < view.inputs_count(); ++input) {
    const auto spending = view.SpendingInput(view.Source(input));
    absl::StrAppend(&more, view.TransactionOf(input).value, " ",
                    spending.has_value() ? spending->value : 0, "\n");
  }
  for (OutputNum output; output.value < view.outputs_count(); ++output) {
    absl::StrAppend(&more, view.TransactionOf(output).value, " ",
                    view.HeightOf(view.TransactionOf(output)), "\n");
  }
  for (KeyNum key; key.value < view.totals().keys; ++key) {
    const auto keys = view.FindKeys(ComputeHash160(view.Key(key)));
    absl::StrAppend(&more, view.AddressOfKey(key).value, " ", keys.ok() ? keys->size() : 0, "\n");
  }
  for (ForeignNum row; row.value < view.foreign_count(); ++row) {
    absl::StrAppend(&more, view.SpenderOf(row).value, " ",
                    view.OutpointOf(InputSource::Of(row)).vout, "\n");
  }
  for (AddressNum address; address.value < view.addresses_count(); ++address) {
    const auto sums = SumsOf(view, address);
    const auto unspent = UnspentOf(view, address, OutputNum{0}, kNone64);
    if (sums.ok()) absl::StrAppend(&more, sums->balance, " ", sums->transactions, "\n");
    if (unspent.ok()) absl::StrAppend(&more, unspent->size(), "\n");
  }
  // And as of each height.
  const Snapshot& snapshot = view.snapshot();
  for (std::uint64_t height = snapshot.from_height; height <= snapshot.height; ++height) {
    const auto as_of = view.AsOf(height);
    if (!as_of.ok()) continue;
    const auto then = DumpView(**as_of);
    if (then.ok()) absl::StrAppend(&more, *then);
  }
  COINWAKE_RETURN_IF_ERROR(answers.status());
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return absl::StrCat(*answers, more);
}

absl::StatusOr<std::string> OpenAndAsk(FileSystem& files) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenIndex index,
                            OpenForReading(files, kFolder, Network::kBitcoinRegtest));
  return AskEverything(*index.view);
}

TEST(ViewDamage, FlippedBytesGiveTheRightAnswerOrDataLoss) {
  FaultFileSystem good;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(good));
  ExpectFlipsGiveTheRightAnswerOrAnError(good, kFolder, OpenAndAsk);
}

TEST(ViewDamage, WrongRowsWithTrueChecksumsNeverLeadAstray) {
  FaultFileSystem good;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(good));
  for (const ColumnSpec& spec : kColumns) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      SCOPED_TRACE(absl::StrCat(std::string(spec.name), " seed ", seed));
      std::mt19937_64 random(seed);
      const auto files = good.Clone();
      ASSERT_NO_FATAL_FAILURE(ForgeColumn(*files, NetworkFolder(), kColumns, spec, &random));
      // Sanitizer and library assertions are the judges; the answers may be anything.
      const auto answers = OpenAndAsk(*files);
      EXPECT_TRUE(!answers.ok() || !answers->empty());
    }
  }
}

// The totals of an earlier block say that there are no addresses.
TEST(ViewDamage, AViewOfAnEarlierHeightNeedsWhatItsRowsFallBackTo) {
  FaultFileSystem good;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(good));
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    const auto files = good.Clone();
    ASSERT_NO_FATAL_FAILURE(
        ForgeColumn(*files, NetworkFolder(), kColumns, SpecOf(ColumnId::kBlockTotals), &random));
    const auto index = OpenForReading(*files, kFolder, Network::kBitcoinRegtest);
    if (!index.ok()) continue;
    const View& view = *index->view;
    for (std::uint64_t height = view.snapshot().from_height; height <= view.snapshot().height;
         ++height) {
      const auto as_of = view.AsOf(height);
      if (!as_of.ok()) {
        EXPECT_THAT(as_of.status(), StatusIs(absl::StatusCode::kDataLoss));
        ++refused;
        continue;
      }
      const BlockTotals& totals = (*as_of)->totals();
      EXPECT_TRUE(totals.outputs == 0 || totals.addresses > 0);
    }
  }
  EXPECT_GT(refused, 0);
}

TEST(ViewDamage, ADamagedRowIsLatchedAndNamed) {
  FaultFileSystem files;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(files));
  files.FlipByte(ColumnsFolder(NetworkFolder()) + "/output_value.col", kColumnHeaderBytes, 1);
  ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                       OpenForReading(files, kFolder, Network::kBitcoinRegtest));
  EXPECT_OK(index.view->damage().status());
  EXPECT_EQ(index.view->Value(OutputNum{0}), kNone64);
  EXPECT_THAT(index.view->damage().status(),
              StatusIs(absl::StatusCode::kDataLoss, testing::HasSubstr("output_value.col")));
  EXPECT_THAT(SumsOf(*index.view, AddressNum{0}), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace coinwake
