// Goal: a view of an earlier height says what an index of no more blocks would, in a window and
// where transactions are overwritten too. Method: the same chain built up to each height and whole;
// all that the two views say is compared. (tests/ingest/view_as_of_test.cc does it with real
// blocks.)
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "indexer/view/view.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

constexpr int kBlocks = 24;

// Block `i` of a chain that pays, reveals keys, spends coins from before it (a window) and now and
// then overwrites a transaction.
void AddBlock(int i, bool is_window, IndexBuilder* chain) {
  const std::string mint = absl::StrCat("mint ", i);
  SimpleTransaction coinbase = {mint, {}, {{absl::StrCat("miner ", i % 5), 900}}, ""};
  if (i % 8 == 7) coinbase.overwrites = absl::StrCat("mint ", i - 2);
  std::vector<SimpleTransaction> txs = {coinbase};
  if (i > 0 && i % 8 != 6) {
    SimpleTransaction pay;
    pay.name = absl::StrCat("pay ", i);
    pay.inputs = {Spend(absl::StrCat("mint ", i - 1), 0)};
    if (is_window && i % 3 == 0)
      pay.inputs.push_back(SpendForeign(absl::StrCat("old ", i % 4), 10));
    if (is_window && i % 4 == 0) pay.inputs.push_back(SpendUnresolved());
    pay.outputs = {{absl::StrCat("payee ", i), 400}, {"alice", 450}};
    txs.push_back(pay);
  }
  chain->AddBlock(txs);
  if (i % 8 != 2) return;
  std::array<std::uint8_t, 33> key;
  key.fill(static_cast<std::uint8_t>(i + 1));
  chain->RevealKey(absl::StrCat("payee ", i), key);
}

absl::StatusOr<OpenIndex> IndexOf(int blocks, bool is_window, FileSystem& files) {
  IndexBuilder::Options options;
  if (is_window) options.window_from_height = 500;
  IndexBuilder chain(options);
  for (int i = 0; i < blocks; ++i) AddBlock(i, is_window, &chain);
  return chain.Build(files, "/data");
}

class ViewAsOf : public ::testing::TestWithParam<bool> {};

TEST_P(ViewAsOf, IsTheViewOfAnIndexThatEndsThere) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex whole, IndexOf(kBlocks, GetParam(), files));
  const std::uint64_t first = GetParam() ? 500 : 1;  // the builder makes a genesis block
  if (GetParam()) {
    ASSERT_GT(whole.view->foreign_count(), 3u);
  }
  ASSERT_TRUE(whole.view->OverwrittenBy(whole.view->TransactionsAt(first + 5).begin).has_value());
  for (int blocks = 1; blocks <= kBlocks; ++blocks) {
    SCOPED_TRACE(blocks);
    FaultFileSystem short_files;
    ASSERT_OK_AND_ASSIGN(const OpenIndex shorter, IndexOf(blocks, GetParam(), short_files));
    const std::uint64_t height = shorter.view->snapshot().height;
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const View> as_of, whole.view->AsOf(height));
    ASSERT_OK_AND_ASSIGN(const std::string expected, DumpView(*shorter.view));
    EXPECT_EQ(DumpView(*as_of).value_or("damaged"), expected);
    for (OutputNum output; output.value < as_of->outputs_count(); ++output) {
      ASSERT_EQ(as_of->IsUnspendable(output), shorter.view->IsUnspendable(output));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FromGenesisAndOfAWindow, ViewAsOf, ::testing::Bool());

}  // namespace
}  // namespace coinwake
