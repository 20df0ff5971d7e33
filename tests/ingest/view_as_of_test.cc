// Goal: a view of an earlier height says what an index of no more blocks would. Method: a chain
// with keys that repeat, coins spent later and odd scripts is indexed whole and up to each height;
// all that the two views say is compared.
#include <gtest/gtest.h>

#include "indexer/ingest/ingest.h"
#include "indexer/view/open.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/support/view_dump.h"

namespace coinwake {
namespace {

constexpr Network kNetwork = Network::kBitcoinRegtest;

absl::StatusOr<OpenIndex> IndexOf(const TestChain& chain, const std::vector<std::size_t>& blocks,
                                  FileSystem& files) {
  chain.Write(files, "/blocks", blocks);
  IngestOptions options;
  options.blocks_folder = "/blocks";
  options.data_folder = "/data";
  options.network = kNetwork;
  options.threads = 1;
  COINWAKE_RETURN_IF_ERROR(IndexBitcoin(files, options).status());
  return OpenForReading(files, "/data", kNetwork);
}

TEST(ViewAsOf, IsTheViewOfAnIndexThatEndsThere) {
  TestChain chain(7);
  const std::vector<std::size_t> path = chain.PathTo(chain.Extend(0, 30));
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex whole, IndexOf(chain, path, files));
  for (std::size_t blocks = 1; blocks <= path.size(); ++blocks) {
    SCOPED_TRACE(blocks);
    const std::vector<std::size_t> first(path.begin(),
                                         path.begin() + static_cast<std::ptrdiff_t>(blocks));
    FaultFileSystem short_files;
    ASSERT_OK_AND_ASSIGN(const OpenIndex shorter, IndexOf(chain, first, short_files));
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const View> as_of, whole.view->AsOf(blocks - 1));
    ASSERT_OK_AND_ASSIGN(const std::string expected, DumpView(*shorter.view));
    EXPECT_EQ(DumpView(*as_of).value_or("damaged"), expected);
  }
}

TEST(ViewAsOf, DoesNotKnowWhatCameLater) {
  TestChain chain(8);
  const std::vector<std::size_t> path = chain.PathTo(chain.Extend(0, 12));
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex whole, IndexOf(chain, path, files));
  const View& view = *whole.view;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const View> as_of, view.AsOf(6));
  EXPECT_EQ(as_of->HeightOfHash(view.BlockHash(6)).value_or(0), 6);
  EXPECT_TRUE(absl::IsNotFound(as_of->HeightOfHash(view.BlockHash(7)).status()));
  const TxNum later = view.TransactionsAt(7).begin;
  EXPECT_TRUE(absl::IsNotFound(as_of->FindTransaction(view.Txid(later)).status()));
  const AddressNum newest{view.addresses_count() - 1};
  ASSERT_LT(as_of->addresses_count(), view.addresses_count());
  EXPECT_TRUE(absl::IsNotFound(as_of->FindAddress(view.Script(newest)).status()));
  // A view of a view: still the same chain.
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const View> earlier, as_of->AsOf(3));
  EXPECT_EQ(earlier->snapshot().block_hash, view.BlockHash(3));
  EXPECT_EQ(earlier->transactions_count(), view.TransactionsAt(4).begin.value);
}

}  // namespace
}  // namespace coinwake
