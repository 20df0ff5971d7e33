// Goal: every whole block of a block file is found, whatever stands between, and nothing else;
// skipped bytes are counted by their kind. Method: files by Bitcoin Core and others (plain, XORed,
// padded, two networks, junk, torn), and files put together here from their records.
#include "indexer/bitcoin/block_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "indexer/base/hex.h"
#include "indexer/bitcoin/network_params.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_file.h"

namespace coinwake::bitcoin {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Walk {
  std::vector<BlockRecord> records;
  std::vector<Hash256> hashes;
  SkippedBytes skipped;
};

Walk WalkFile(const Bytes& bytes, const XorKey& key = XorKey(), bool parse = true) {
  const MemoryFile file(bytes);
  BlockFileReader reader(file, key);
  Walk walk;
  BlockRecord record;
  std::uint64_t in_records = 0;
  while (true) {
    const auto more = reader.Next(&record);
    EXPECT_OK(more);
    if (!more.ok() || !*more) break;
    walk.records.push_back(record);
    walk.hashes.push_back(HeaderHash(record.header));
    in_records += record.size_bytes + 8;
    Bytes block_bytes;
    ParsedBlock block;
    EXPECT_OK(reader.ReadBlock(record, &block_bytes));
    if (parse) {
      EXPECT_OK(ParseBlock(block_bytes, &block));
      EXPECT_OK(CheckBlock(block));
      EXPECT_EQ(block.hash, walk.hashes.back());
    }
  }
  walk.skipped = reader.skipped();
  // Every byte is accounted for once.
  EXPECT_EQ(in_records + walk.skipped.padding + walk.skipped.torn + walk.skipped.junk,
            bytes.size());
  return walk;
}

Bytes Fixture(const std::string& name) {
  return ReadMaybeGzip(std::string(COINWAKE_TEST_DATA "/") + name);
}

XorKey KeyFixture(const std::string& folder) {
  const auto key = LoadXorKey(RealFileSystem(), std::string(COINWAKE_TEST_DATA "/") + folder);
  EXPECT_OK(key);
  return key.value_or(XorKey());
}

// Main-net records of the first `count` blocks.
std::vector<Bytes> FirstRecords(std::size_t count) {
  const Bytes file = Fixture("mainnet-0-4312/blk00000.dat");
  std::vector<Bytes> records;
  std::size_t at = 0;
  while (records.size() < count) {
    const std::size_t size = 8 + LoadLe<std::uint32_t>(file.data() + at + 4);
    records.emplace_back(file.begin() + static_cast<std::ptrdiff_t>(at),
                         file.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  return records;
}

void Append(Bytes* to, const Bytes& from) { to->insert(to->end(), from.begin(), from.end()); }

TEST(BlockFile, FindsEveryBlockOfAPlainFileInOrder) {
  const Walk walk = WalkFile(Fixture("mainnet-0-4312/blk00000.dat"));
  ASSERT_EQ(walk.records.size(), 4313u);
  EXPECT_EQ(walk.hashes[0], ParamsOf(Network::kBitcoin).genesis_hash);
  for (std::size_t i = 1; i < walk.records.size(); ++i) {
    EXPECT_EQ(ParseHeader(walk.records[i].header).prev, walk.hashes[i - 1]);
  }
  EXPECT_EQ(walk.skipped.padding + walk.skipped.torn + walk.skipped.junk, 0u);
}

TEST(BlockFile, FindsTheSameThroughXorAndPreallocatedSpace) {
  const Walk plain = WalkFile(Fixture("mainnet-0-4312/blk00000.dat"));
  const Walk core =
      WalkFile(Fixture("mainnet-0-4312-core31/blk00000.dat"), KeyFixture("mainnet-0-4312-core31"));
  EXPECT_EQ(std::set(plain.hashes.begin(), plain.hashes.end()),
            std::set(core.hashes.begin(), core.hashes.end()));
  EXPECT_EQ(core.records.size(), 4313u);
  EXPECT_GT(core.skipped.padding, 15'000'000u);
  EXPECT_EQ(core.skipped.torn + core.skipped.junk, 0u);
}

TEST(BlockFile, FindsTheSameBlocksInEveryRegtestSet) {
  std::vector<std::set<Hash256>> sets;
  for (const char* set : {"regtest/A", "regtest/B", "regtest/C"}) {
    const std::string folder = std::string(COINWAKE_TEST_DATA "/") + set;
    const std::string unpacked = testing::TempDir() + "coinwake_" + std::string(set).back();
    UnpackFolder(folder, unpacked);
    const auto files = ListNumberedFiles(RealFileSystem(), unpacked, "blk");
    ASSERT_OK(files);
    std::set<Hash256> hashes;
    std::size_t records = 0;
    for (std::size_t i = 0; i < files->size(); ++i) {
      EXPECT_EQ((*files)[i].number, static_cast<int>(i));
      const Walk walk = WalkFile(ReadMaybeGzip((*files)[i].path), KeyFixture(set));
      hashes.insert(walk.hashes.begin(), walk.hashes.end());
      records += walk.records.size();
      EXPECT_EQ(walk.skipped.torn + walk.skipped.junk, 0u);
      for (const BlockRecord& record : walk.records) {
        EXPECT_EQ(record.network, Network::kBitcoinRegtest);
      }
    }
    EXPECT_EQ(records, 340u);  // 331 of the chain and 9 stale ones
    sets.push_back(std::move(hashes));
  }
  EXPECT_EQ(sets[0].size(), 340u);
  EXPECT_EQ(sets[0], sets[1]);
  EXPECT_EQ(sets[0], sets[2]);
}

TEST(BlockFile, TellsNetworksApartRecordByRecord) {
  const Walk walk = WalkFile(Fixture("bitcoin/blk/multinet.blk"));
  ASSERT_EQ(walk.records.size(), 3u);
  EXPECT_EQ(walk.records[0].network, Network::kBitcoinTestnet3);
  EXPECT_EQ(walk.records[1].network, Network::kBitcoin);
  EXPECT_EQ(walk.records[2].network, Network::kBitcoinTestnet3);
}

TEST(BlockFile, SkipsJunkBeforeAMagic) {
  const Walk walk = WalkFile(Fixture("bitcoin/blk/reqseekversion1.blk"));
  ASSERT_EQ(walk.records.size(), 1u);
  EXPECT_EQ(walk.skipped.junk, 6u);
  EXPECT_EQ(walk.skipped.torn, 0u);
}

TEST(BlockFile, PassesOverZerosBetweenAndAfterRecords) {
  const Walk walk = WalkFile(Fixture("bitcoin/blk/incompleteblk.dat"));
  EXPECT_EQ(walk.records.size(), 301u);
  EXPECT_EQ(walk.skipped.padding, 1u + 1022u);  // one zero before the last record
  EXPECT_EQ(walk.skipped.torn + walk.skipped.junk, 0u);
}

TEST(BlockFile, GivesTheWholeRecordsOfAFileCutAnywhere) {
  const std::vector<Bytes> records = FirstRecords(3);
  Bytes file;
  for (const Bytes& record : records) Append(&file, record);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Walk walk =
        WalkFile(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
    std::size_t whole = 0;
    for (std::size_t end = 0; whole < 3 && end + records[whole].size() <= size; ++whole) {
      end += records[whole].size();
    }
    EXPECT_EQ(walk.records.size(), whole) << size;
  }
}

TEST(BlockFile, GivesWhatFollowsARecordCutShortInTheMiddle) {
  const std::vector<Bytes> records = FirstRecords(4);
  for (std::size_t kept = 0; kept < records[1].size(); ++kept) {
    SCOPED_TRACE(kept);
    Bytes file = records[0];
    file.insert(file.end(), records[1].begin(),
                records[1].begin() + static_cast<std::ptrdiff_t>(kept));
    Append(&file, records[2]);
    Append(&file, records[3]);
    const Walk walk = WalkFile(file);
    EXPECT_EQ(walk.records.size(), 3u);
    // Zeros of its own count as padding where they are many.
    EXPECT_EQ(walk.skipped.torn + walk.skipped.junk + walk.skipped.padding, kept);
  }
}

TEST(BlockFile, TakesALastRecordWhoseEndWasNeverWrittenForTorn) {
  const std::vector<Bytes> records = FirstRecords(2);
  const XorKey key({1, 2, 3, 4, 5, 6, 7, 8});
  for (const bool with_key : {false, true}) {
    for (std::size_t kept = 88; kept + 16 < records[1].size(); ++kept) {
      SCOPED_TRACE(kept);
      Bytes file = records[0];
      Append(&file, records[1]);
      if (with_key) key.Apply(0, file);
      std::fill(file.begin() + static_cast<std::ptrdiff_t>(records[0].size() + kept), file.end(),
                0);
      file.resize(file.size() + 5000, 0);
      const Walk walk = WalkFile(file, with_key ? key : XorKey());
      EXPECT_EQ(walk.records.size(), 1u);
      EXPECT_GE(walk.skipped.padding, 5000u);
      EXPECT_EQ(walk.skipped.junk, 0u);
    }
  }
}

TEST(BlockFile, HandsOutADamagedWholeRecord) {
  std::vector<Bytes> records = FirstRecords(2);
  records[1][8 + 80] = 0xfe;  // says that it has very many transactions
  Bytes file = records[0];
  Append(&file, records[1]);
  EXPECT_EQ(WalkFile(file, XorKey(), /*parse=*/false).records.size(), 2u);
  Bytes padded = file;
  padded.resize(padded.size() + 100, 0);
  EXPECT_EQ(WalkFile(padded, XorKey(), /*parse=*/false).records.size(), 2u);
  Append(&file, Bytes(100, 'x'));
  const Walk walk = WalkFile(file, XorKey(), /*parse=*/false);
  EXPECT_EQ(walk.records.size(), 2u);
  EXPECT_EQ(walk.skipped.junk, 100u);
}

TEST(BlockFile, CountsXoredZerosAsPaddingToo) {
  const std::vector<Bytes> records = FirstRecords(2);
  const XorKey key({9, 8, 7, 6, 5, 4, 3, 2});
  Bytes file = records[0];
  file.resize(file.size() + 1000, 0);
  Append(&file, records[1]);
  key.Apply(0, file);
  const Walk walk = WalkFile(file, key);
  EXPECT_EQ(walk.records.size(), 2u);
  EXPECT_EQ(walk.skipped.padding, 1000u);
}

TEST(BlockFile, IsNotLedAstrayByAMagicThatBeginsNoRecord) {
  const std::vector<Bytes> records = FirstRecords(3);
  const Bytes magic = {0xf9, 0xbe, 0xb4, 0xd9};
  Bytes file = records[0];
  Append(&file, magic);  // a size out of range
  Append(&file, Bytes(10, 0xff));
  Append(&file, records[1]);
  Append(&file, magic);  // a plausible size, and a header without work
  Append(&file, {0xd7, 0, 0, 0});
  Append(&file, magic);
  Append(&file, records[2]);
  const Walk walk = WalkFile(file);
  EXPECT_EQ(walk.records.size(), 3u);
  EXPECT_EQ(walk.skipped.junk, 26u);
}

TEST(BlockFile, StopsWhereAFileThatShrinksEnds) {
  const std::vector<Bytes> records = FirstRecords(2);
  Bytes bytes = records[0];
  Append(&bytes, records[1]);
  MemoryFile file(bytes);
  file.PromiseMore(100'000);
  BlockFileReader reader(file, XorKey());
  BlockRecord record;
  int count = 0;
  while (true) {
    const auto more = reader.Next(&record);
    ASSERT_OK(more);
    if (!*more) break;
    ++count;
  }
  EXPECT_EQ(count, 2);
  record.size_bytes += 1;
  EXPECT_THAT(reader.ReadBlock(record, &bytes), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(XorKey, AppliesFromAnyOffsetAndUndoesItself) {
  const XorKey key({1, 2, 3, 4, 5, 6, 7, 8});
  for (std::uint64_t offset = 0; offset < 20; ++offset) {
    for (std::size_t size = 0; size < 30; ++size) {
      Bytes bytes(size, 0);
      key.Apply(offset, bytes);
      for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(bytes[i], (offset + i) % 8 + 1);
      key.Apply(offset, bytes);
      EXPECT_EQ(bytes, Bytes(size, 0));
    }
  }
}

TEST(XorKey, IsPlainWithoutAFileAndRefusesAnyOtherSize) {
  FileSystem& files = RealFileSystem();
  const std::string folder = testing::TempDir() + "coinwake_xor";
  ASSERT_OK(files.CreateFolders(folder));
  (void)files.Remove(folder + "/xor.dat");
  auto key = LoadXorKey(files, folder);
  ASSERT_OK(key);
  EXPECT_TRUE(key->IsPlain());
  for (const std::size_t size : {0u, 7u, 8u, 9u, 100u}) {
    auto file = files.Open(folder + "/xor.dat", OpenMode::kTruncate);
    ASSERT_OK(file);
    ASSERT_OK((*file)->WriteAt(0, Bytes(size, 0x5a)));
    key = LoadXorKey(files, folder);
    if (size == 8) {
      ASSERT_OK(key);
      EXPECT_EQ(key->At(3), 0x5a);
    } else {
      EXPECT_THAT(key, StatusIs(absl::StatusCode::kDataLoss, testing::HasSubstr("xor.dat: has")));
    }
  }
}

TEST(ListNumberedFiles, TakesBlockFilesOnlyAndSortsByNumber) {
  FileSystem& files = RealFileSystem();
  const std::string folder = testing::TempDir() + "coinwake_list";
  ASSERT_OK(files.CreateFolders(folder));
  for (const char* name : {"blk00010.dat", "blk00002.dat", "blk100000.dat", "blk99999.dat",
                           "blk000001.dat", "blk1.dat", "blkabcde.dat", "rev00002.dat", "xor.dat",
                           "blk00003.dat.bak", "blk.dat", "blk9999999999.dat"}) {
    ASSERT_OK(files.Open(folder + "/" + name, OpenMode::kCreate));
  }
  const auto found = ListNumberedFiles(files, folder, "blk");
  ASSERT_OK(found);
  std::vector<int> numbers;
  for (const NumberedFile& file : *found) numbers.push_back(file.number);
  EXPECT_THAT(numbers, testing::ElementsAre(2, 10, 99999, 100000));
  EXPECT_EQ(found->front().path, folder + "/blk00002.dat");
  EXPECT_THAT(ListNumberedFiles(files, folder + "/none", "blk"),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace coinwake::bitcoin
