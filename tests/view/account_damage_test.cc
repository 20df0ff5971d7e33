// Goal: whatever byte of an index of accounts is wrong, a reader gives the right answer or an
// error, and never strays; even where wrong rows carry true checksums.
// Method: everything a small index can be asked, in one text; flip sampled bytes of every file (or
// every byte: Exhaustive()), open and ask again; then fill rows with numbers that point anywhere,
// mend the checksums, and ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"
#include "indexer/kv/keys.h"
#include "indexer/view/account_history.h"
#include "indexer/view/open.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/account_dump.h"
#include "tests/support/exhaustive.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
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
    for (AddressNum address; address.value < view.addresses_count(); ++address) {
      const auto balance = accounts.BalanceBefore(AccountOf(address, Pot::kFree), kNone32);
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

// A few places in each part of a file: all of its beginning and end, some of the rest.
std::vector<std::uint64_t> SampleOffsets(std::uint64_t size_bytes, std::mt19937_64* random) {
  std::vector<std::uint64_t> offsets;
  if (Exhaustive()) {
    offsets.resize(size_bytes);
    std::iota(offsets.begin(), offsets.end(), 0);
    return offsets;
  }
  for (std::uint64_t i = 0; i < 8 && i < size_bytes; ++i) offsets.push_back(i);
  for (std::uint64_t i = 0; i < 4 && i < size_bytes; ++i) offsets.push_back(size_bytes - 1 - i);
  for (int i = 0; i < 12 && size_bytes != 0; ++i) offsets.push_back((*random)() % size_bytes);
  for (int i = 0; i < 6 && size_bytes > kColumnHeaderBytes; ++i) {
    offsets.push_back(kColumnHeaderBytes + (*random)() % (size_bytes - kColumnHeaderBytes));
  }
  return offsets;
}

TEST(AccountDamage, FlippedBytesGiveTheRightAnswerOrAnError) {
  FaultFileSystem good;
  ASSERT_NO_FATAL_FAILURE(MakeIndex(good));
  ASSERT_OK_AND_ASSIGN(const std::string expected, OpenAndAsk(good));
  std::mt19937_64 random(7);
  std::size_t flips = 0;
  std::size_t noticed = 0;
  for (const std::string& path : good.AllFiles()) {
    const bool is_column = absl::StrContains(path, "/columns/");
    // Human-readable and lock files of the store hold nothing of ours.
    if (!path.starts_with(kFolder) || absl::EndsWith(path, "LOG") ||
        absl::EndsWith(path, "LOG.old") || absl::EndsWith(path, "LOCK")) {
      continue;
    }
    for (const std::uint64_t offset : SampleOffsets(good.Contents(path).size(), &random)) {
      const auto mask = static_cast<std::uint8_t>(1 + random() % 255);
      SCOPED_TRACE(absl::StrCat(path, " at ", offset, " mask ", mask));
      const auto files = good.Clone();
      files->FlipByte(path, offset, mask);
      const auto answers = OpenAndAsk(*files);
      ++flips;
      if (answers.ok()) {
        EXPECT_TRUE(*answers == expected);
        continue;
      }
      ++noticed;
      EXPECT_FALSE(answers.status().message().empty());
      if (is_column) {
        EXPECT_TRUE(absl::IsDataLoss(answers.status()) || absl::IsUnimplemented(answers.status()))
            << answers.status();
      }
    }
  }
  EXPECT_GT(noticed, flips / 4);  // the rest fell on padding
}

// Replaces the rows of one column and makes every checksum over them true.
void Forge(FaultFileSystem& files, const ColumnSpec& spec, std::mt19937_64* random) {
  const std::string stem =
      absl::StrCat(ColumnsFolder(NetworkFolder()), "/", std::string(spec.name));
  std::string bytes = files.Contents(stem + ".col");
  const auto begin = static_cast<std::ptrdiff_t>(kColumnHeaderBytes);
  const std::uint64_t choice = (*random)() % 3;
  for (auto byte = bytes.begin() + begin; byte != bytes.end(); ++byte) {
    const bool change = choice == 0 || (*random)() % 16 == 0;
    // Small numbers as well, which name rows that exist but are not meant.
    if (change) *byte = static_cast<char>(choice == 1 ? (*random)() % 3 : (*random)());
  }
  files.SetContents(stem + ".col", bytes);
  const ByteSpan rows = AsBytes(bytes.data(), bytes.size()).subspan(kColumnHeaderBytes);
  ASSERT_LT(rows.size(), kColumnChunkBytes);  // all of it is the tail
  ASSERT_OK_AND_ASSIGN(const auto store,
                       KvStore::Open(files, StoreFolder(NetworkFolder()), KvOptions{}));
  ASSERT_OK_AND_ASSIGN(const std::string bytes_before, store->Get(kCommitKey));
  ASSERT_OK_AND_ASSIGN(CommitRecord record, DecodeCommitRecord(bytes_before));
  record.columns[static_cast<std::size_t>(&spec - kTronColumns.data())].tail_crc =
      rows.empty() ? 0 : Crc32c(rows);
  KvBatch batch;
  batch.Put(kCommitKey, EncodeCommitRecord(record));
  ASSERT_OK(store->Write(batch, /*sync=*/true));
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
      ASSERT_NO_FATAL_FAILURE(Forge(*files, spec, &random));
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
    ASSERT_NO_FATAL_FAILURE(Forge(*files, SpecOf(TronColumn::kTxFirstEvent), &random));
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
