// Goal: whatever byte of an index of accounts is wrong, a reader gives the right answer or an
// error, and never strays; even where wrong rows carry true checksums.
// Method: everything a small index can be asked, in one text; flip sampled bytes of every file (or
// every byte: Exhaustive()), open and ask again; then fill rows with numbers that point anywhere,
// mend the checksums, and ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/view/account_history.h"
#include "indexer/view/open.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/view/index_damage.h"
#include "tracer/account_cursor.h"
#include "tracer/view_accounts.h"

namespace coinwake {
namespace {

constexpr char kFolder[] = "/data";
constexpr Network kNetwork = Network::kTronPrivate;

std::string NetworkFolder() { return FolderOfNetwork(kFolder, kNetwork); }

// Several commits, so that look-ups have several runs.
void MakeIndex(FaultFileSystem& files) {
  TronCast cast(101);
  cast.AddBlocks(12);
  WriteTronBlocks(files, "/blocks", cast.blocks());
  TronIngestOptions options = TronTestOptions("/blocks", kFolder);
  options.max_batch_blocks = 6;
  ASSERT_OK(IndexTron(files, options));
}

// Asks everything, in spite of errors; the first error is the answer.
absl::StatusOr<std::string> AskEverything(const AccountView& view) {
  const auto answers = DumpAccounts(view);
  std::string more;
  for (EventNum event; event.value < view.events_count(); ++event) {
    absl::StrAppend(&more, ToDecimal(view.Event(event).amount), " ",
                    view.HeightOf(view.TransactionOf(event)), "\n");
  }
  for (AssetNum asset; asset.value < view.assets_count(); ++asset) {
    absl::StrAppend(&more, view.AssetName(asset).size(), "\n");
    ViewAccounts accounts(view, asset,
                          [](AddressNum address) { return absl::StrCat(address.value); });
    const AccountTraceLimits no_limits;
    AccountMeter meter(no_limits, nullptr);
    for (AddressNum address; address.value < view.addresses_count(); ++address) {
      const auto balance = accounts.BalanceBefore(AccountOf(address, Pot::kFree), kNone32, meter);
      if (balance.ok()) absl::StrAppend(&more, ToDecimal(Uint256(balance->balance)), "\n");
      const auto sums = SumsOf(view, address, asset);
      if (sums.ok()) absl::StrAppend(&more, ToDecimal(sums->received), "\n");
      const auto history = HistoryOf(view, address, asset, TxNum{1}, 3);
      if (history.ok()) absl::StrAppend(&more, history->size(), "\n");
    }
  }
  for (AddressNum address; address.value < view.addresses_count(); ++address) {
    const auto history = HistoryOf(view, address, std::nullopt, TxNum{0}, kNone32);
    if (history.ok()) absl::StrAppend(&more, history->size(), "\n");
  }
  COINWAKE_RETURN_IF_ERROR(answers.status());
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return absl::StrCat(*answers, more);
}

absl::StatusOr<std::string> OpenAndAsk(FileSystem& files) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenIndex index, OpenForReading(files, kFolder, kNetwork));
  return AskEverything(*index.accounts);
}

TEST(AccountDamage, FlippedBytesGiveTheRightAnswerOrAnError) {
  FaultFileSystem good;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(good));
  ExpectFlipsGiveTheRightAnswerOrAnError(good, kFolder, OpenAndAsk);
}

TEST(AccountDamage, WrongRowsWithTrueChecksumsNeverLeadAstray) {
  FaultFileSystem good;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(good));
  std::size_t refused = 0;
  for (const ColumnSpec& spec : kTronColumns) {
    for (std::uint64_t seed = 1; seed <= 9; ++seed) {
      SCOPED_TRACE(absl::StrCat(std::string(spec.name), " seed ", seed));
      std::mt19937_64 random(seed);
      const auto files = good.Clone();
      ASSERT_NO_FATAL_FAILURE(ForgeColumn(*files, NetworkFolder(), kTronColumns, spec, &random));
      // Sanitizer and library assertions are the judges; the answers may be anything.
      const auto answers = OpenAndAsk(*files);
      EXPECT_TRUE(!answers.ok() || !answers->empty());
      if (!answers.ok()) ++refused;
    }
  }
  EXPECT_GT(refused, 60u);
}

// Each question on a view that noticed nothing yet.
TEST(AccountDamage, HistoriesEndWhateverTheRowsOfTransactionsAre) {
  FaultFileSystem good;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(good));
  std::size_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    const auto files = good.Clone();
    ASSERT_NO_FATAL_FAILURE(ForgeColumn(*files, NetworkFolder(), kTronColumns,
                                        SpecOf(TronColumn::kTxFirstEvent), &random));
    for (AddressNum address; address.value < 12; ++address) {
      ASSERT_OK_AND_ASSIGN(const OpenIndex index, OpenForReading(*files, kFolder, kNetwork));
      const auto history = HistoryOf(*index.accounts, address, std::nullopt, TxNum{0}, kNone32);
      if (history.ok()) continue;
      EXPECT_THAT(history,
                  StatusIs(absl::StatusCode::kDataLoss, testing::HasSubstr("tx_first_event")));
      ++refused;
    }
  }
  EXPECT_GT(refused, 50u);
}

TEST(AccountDamage, ADamagedRowIsLatchedAndNamed) {
  FaultFileSystem files;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(files));
  files.FlipByte(ColumnsFolder(NetworkFolder()) + "/event_amount.col", kColumnHeaderBytes, 1);
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, OpenForReading(files, kFolder, kNetwork));
  EXPECT_OK(index.accounts->damage().status());
  index.accounts->Event(EventNum{0});
  EXPECT_THAT(index.accounts->damage().status(),
              StatusIs(absl::StatusCode::kDataLoss, testing::HasSubstr("event_amount.col")));
  EXPECT_THAT(SumsOf(*index.accounts, AddressNum{0}, kTrxAsset),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace coinwake
