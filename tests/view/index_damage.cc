#include "tests/view/index_damage.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"
#include "indexer/kv/keys.h"
#include "indexer/view/open.h"
#include "tests/support/exhaustive.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

// A few places in each part of a file: all of its beginning and end, some of the rest.
std::vector<std::uint64_t> SampleOffsets(std::uint64_t size_bytes, std::mt19937_64* random) {
  std::vector<std::uint64_t> offsets;
  if (Exhaustive()) {
    offsets.resize(size_bytes);
    std::iota(offsets.begin(), offsets.end(), 0);
    return offsets;
  }
  for (std::uint64_t i = 0; i < 12 && i < size_bytes; ++i) offsets.push_back(i);
  for (std::uint64_t i = 0; i < 4 && i < size_bytes; ++i) offsets.push_back(size_bytes - 1 - i);
  for (int i = 0; i < 12 && size_bytes != 0; ++i) offsets.push_back((*random)() % size_bytes);
  for (int i = 0; i < 6 && size_bytes > kColumnHeaderBytes; ++i) {
    offsets.push_back(kColumnHeaderBytes + (*random)() % (size_bytes - kColumnHeaderBytes));
  }
  return offsets;
}

// Human-readable and lock files of the store hold nothing of ours.
bool HoldsNothing(const std::string& path) {
  return absl::EndsWith(path, "/LOG") || absl::EndsWith(path, "/LOG.old") ||
         absl::EndsWith(path, "/LOCK");
}

}  // namespace

void ExpectFlipsGiveTheRightAnswerOrAnError(const FaultFileSystem& good, const std::string& folder,
                                            const AskIndex& ask) {
  ASSERT_OK_AND_ASSIGN(const std::string expected, ask(*good.Clone()));
  std::mt19937_64 random(7);
  std::size_t flips = 0;
  std::size_t noticed = 0;
  for (const std::string& path : good.AllFiles()) {
    if (!path.starts_with(folder) || HoldsNothing(path)) continue;
    const bool is_column = absl::StrContains(path, "/columns/");
    for (const std::uint64_t offset : SampleOffsets(good.Contents(path).size(), &random)) {
      const auto mask = static_cast<std::uint8_t>(1 + random() % 255);
      SCOPED_TRACE(absl::StrCat(path, " at ", offset, " mask ", mask));
      const auto files = good.Clone();
      files->FlipByte(path, offset, mask);
      const auto answers = ask(*files);
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

void ForgeColumn(FaultFileSystem& files, const std::string& network_folder,
                 std::span<const ColumnSpec> columns, const ColumnSpec& spec,
                 std::mt19937_64* random) {
  const std::string stem = absl::StrCat(ColumnsFolder(network_folder), "/", std::string(spec.name));
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
  const std::size_t chunks = rows.size() / kColumnChunkBytes;
  std::string sums(chunks * sizeof(std::uint32_t), '\0');
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    StoreLe(sums.data() + chunk * sizeof(std::uint32_t),
            Crc32c(rows.subspan(chunk * kColumnChunkBytes, kColumnChunkBytes)));
  }
  files.SetContents(stem + ".sum", sums);
  if (spec.in_place) return;
  ASSERT_OK_AND_ASSIGN(const auto store,
                       KvStore::Open(files, StoreFolder(network_folder), KvOptions{}));
  ASSERT_OK_AND_ASSIGN(const std::string bytes_before, store->Get(kCommitKey));
  ASSERT_OK_AND_ASSIGN(CommitRecord record, DecodeCommitRecord(bytes_before));
  const ByteSpan tail = rows.subspan(chunks * kColumnChunkBytes);
  record.columns[static_cast<std::size_t>(&spec - columns.data())].tail_crc =
      tail.empty() ? 0 : Crc32c(tail);
  KvBatch batch;
  batch.Put(kCommitKey, EncodeCommitRecord(record));
  ASSERT_OK(store->Write(batch, /*sync=*/true));
}

}  // namespace coinwake
