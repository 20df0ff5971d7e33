// Goal: undo files give exactly the spent outputs Bitcoin Core knows, scripts decompressed, and bad
// bytes are refused. Method: every block of Core's verbosity-3 decoding is found among the undo
// records by checksum and compared prevout by prevout; records by hand on both sides of each rule.
#include "indexer/bitcoin/undo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "indexer/base/hex.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/bitcoin/script.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_file.h"

namespace coinwake::bitcoin {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::uint8_t> Hex(const std::string& hex) {
  const auto bytes = HexDecode(hex);
  EXPECT_TRUE(bytes.has_value()) << hex;
  return bytes.value_or(std::vector<std::uint8_t>{});
}

// A record and the file it is in.
struct FoundRecord {
  std::shared_ptr<File> file;
  XorKey key;
  UndoRecord where;
  std::vector<std::uint8_t> bytes;

  bool IsOfChildOf(const Hash256& prev) const {
    const auto checksum = MatchUndoChecksum(prev, *file, key, where);
    EXPECT_OK(checksum);
    if (!checksum->has_value()) return false;
    EXPECT_EQ(**checksum, DoubleSha256({prev.bytes, bytes}));
    return true;
  }
};

std::vector<FoundRecord> ReadFile(const std::shared_ptr<File>& file, const XorKey& key,
                                  Network network) {
  const auto records = ListUndoRecords(*file, key, network);
  EXPECT_OK(records);
  std::vector<FoundRecord> all;
  for (const UndoRecord& record : *records) {
    std::vector<std::uint8_t> bytes(record.size_bytes);
    EXPECT_THAT(file->ReadAt(record.offset, bytes), IsOkAndHolds(bytes.size()));
    key.Apply(record.offset, bytes);
    all.push_back({file, key, record, std::move(bytes)});
  }
  return all;
}

std::vector<FoundRecord> ReadAll(const std::string& fixture, Network network) {
  const std::string folder =
      testing::TempDir() + "coinwake_undo_" + fixture.substr(fixture.find_last_of('/') + 1);
  UnpackFolder(COINWAKE_TEST_DATA "/" + fixture, folder);
  const auto key = LoadXorKey(RealFileSystem(), folder);
  const auto files = ListNumberedFiles(RealFileSystem(), folder, "rev");
  EXPECT_OK(key);
  EXPECT_OK(files);
  std::vector<FoundRecord> all;
  for (const NumberedFile& numbered : *files) {
    auto file = RealFileSystem().Open(numbered.path, OpenMode::kRead);
    EXPECT_OK(file);
    for (FoundRecord& record : ReadFile(*std::move(file), *key, network)) {
      all.push_back(std::move(record));
    }
  }
  return all;
}

bool EqualsOracle(const BlockUndo& undo, const json& block) {
  if (undo.transactions.size() + 1 != block["tx"].size()) return false;
  for (std::size_t i = 0; i < undo.transactions.size(); ++i) {
    const json& inputs = block["tx"][i + 1]["vin"];
    if (undo.transactions[i].size() != inputs.size()) return false;
    for (std::size_t j = 0; j < inputs.size(); ++j) {
      const SpentOutput& spent = undo.transactions[i][j];
      const json& expected = inputs[j]["prevout"];
      const auto value =
          static_cast<std::uint64_t>(std::llround(expected["value"].get<double>() * 1e8));
      if (spent.value != value || spent.height != expected["height"] ||
          spent.coinbase != expected["generated"] ||
          HexEncode(spent.script) != expected["scriptPubKey"]["hex"]) {
        return false;
      }
    }
  }
  return true;
}

// Checks each oracle block of the chain but genesis, which has no undo record; returns how many.
// Stale blocks have one only where the node once connected them.
std::size_t CompareWithOracle(const std::vector<FoundRecord>& records,
                              const std::vector<json>& oracle) {
  std::size_t blocks = 0;
  for (const json& block : oracle) {
    if (block["height"] == 0 || block["confirmations"] < 0) continue;
    SCOPED_TRACE(block["hash"].get<std::string>());
    const auto prev = Hash256::FromDisplayHex(block["previousblockhash"].get<std::string>());
    EXPECT_TRUE(prev.has_value());
    bool equal = false;
    for (const FoundRecord& record : records) {
      if (!prev || !record.IsOfChildOf(*prev)) continue;
      const auto undo = ParseBlockUndo(record.bytes);
      EXPECT_OK(undo);
      equal |= undo.ok() && EqualsOracle(*undo, block);
    }
    EXPECT_TRUE(equal);
    ++blocks;
  }
  return blocks;
}

TEST(Undo, EqualsCoresPrevoutsInEveryRegtestSet) {
  std::vector<json> oracle;
  for (const std::string& line :
       ReadLinesMaybeGzip(COINWAKE_TEST_DATA "/regtest/blocks.verbosity3.jsonl.gz")) {
    oracle.push_back(json::parse(line));
  }
  for (const char* set : {"regtest/A", "regtest/B", "regtest/C"}) {
    SCOPED_TRACE(set);
    const auto records = ReadAll(set, Network::kBitcoinRegtest);
    EXPECT_GE(records.size(), 330u);
    for (const FoundRecord& record : records) EXPECT_OK(ParseBlockUndo(record.bytes));
    EXPECT_EQ(CompareWithOracle(records, oracle), 330u);
  }
}

TEST(Undo, EqualsCoresPrevoutsOnMainNet) {
  auto records = ReadAll("mainnet-0-4312-core31", Network::kBitcoin);
  EXPECT_EQ(records.size(), 4312u);
  std::erase_if(records, [](const FoundRecord& record) { return record.bytes.size() <= 1; });
  EXPECT_GT(records.size(), 40u);  // blocks that spend something
  std::size_t blocks = 0;
  for (const std::string& line :
       ReadLinesMaybeGzip(COINWAKE_TEST_DATA "/mainnet-0-4312-core31/blocks.verbosity3.jsonl.gz")) {
    const json block = json::parse(line);
    if (block["nTx"] == 1) continue;
    const auto prev = Hash256::FromDisplayHex(block["previousblockhash"].get<std::string>());
    ASSERT_TRUE(prev.has_value());
    std::size_t matches = 0;
    for (const FoundRecord& record : records) {
      if (!record.IsOfChildOf(*prev)) continue;
      const auto undo = ParseBlockUndo(record.bytes);
      ASSERT_OK(undo);
      EXPECT_TRUE(EqualsOracle(*undo, block)) << block["hash"];
      ++matches;
    }
    EXPECT_EQ(matches, 1u);
    ++blocks;
  }
  EXPECT_EQ(blocks, records.size());
}

TEST(Undo, ReadsFilesOfBlocksThatSpendNothing) {
  const std::string folder = testing::TempDir() + "coinwake_undo_nbitcoin";
  UnpackFolder(COINWAKE_TEST_DATA "/bitcoin/blk", folder);
  auto opened = RealFileSystem().Open(folder + "/nbitcoin-rev00000.dat", OpenMode::kRead);
  ASSERT_OK(opened);
  const std::shared_ptr<File> file = *std::move(opened);
  const auto records = ReadFile(file, XorKey(), Network::kBitcoin);
  EXPECT_EQ(records.size(), 40u);
  for (const FoundRecord& record : records) {
    EXPECT_EQ(record.where.transactions_count, 0u);
    const auto undo = ParseBlockUndo(record.bytes);
    ASSERT_OK(undo);
    EXPECT_TRUE(undo->transactions.empty());
  }
  EXPECT_TRUE(ReadFile(file, XorKey(), Network::kBitcoinRegtest).empty());
}

Hash256 SomeParent() {
  Hash256 prev;
  prev.bytes[0] = 7;
  return prev;
}

// Magic, size, undo bytes and checksum, as a node writes them.
void AppendRecord(ByteSpan undo, std::vector<std::uint8_t>* file) {
  const auto& magic = ParamsOf(Network::kBitcoinRegtest).magic;
  file->insert(file->end(), magic.begin(), magic.end());
  std::array<std::uint8_t, 4> size;
  StoreLe(size.data(), static_cast<std::uint32_t>(undo.size()));
  file->insert(file->end(), size.begin(), size.end());
  file->insert(file->end(), undo.begin(), undo.end());
  const Hash256 checksum = DoubleSha256({SomeParent().bytes, undo});
  file->insert(file->end(), checksum.bytes.begin(), checksum.bytes.end());
}

TEST(Undo, ChecksumCoversParentAndBytes) {
  std::vector<std::uint8_t> bytes;
  AppendRecord(Hex("00"), &bytes);
  UndoRecord record{8, 1, 0};
  const MemoryFile file(bytes);
  EXPECT_THAT(MatchUndoChecksum(SomeParent(), file, XorKey(), record),
              IsOkAndHolds(std::optional(DoubleSha256({SomeParent().bytes, Hex("00")}))));
  EXPECT_THAT(MatchUndoChecksum(Hash256{}, file, XorKey(), record), IsOkAndHolds(std::nullopt));
  record.size_bytes = 2;
  EXPECT_THAT(MatchUndoChecksum(SomeParent(), file, XorKey(), record), IsOkAndHolds(std::nullopt));
}

// Records far larger than the window, at offsets that put its edges anywhere in them.
TEST(Undo, ReadsRecordsOfAnySizeInPieces) {
  std::vector<std::uint8_t> bytes;
  std::vector<std::vector<std::uint8_t>> undos;
  for (const std::size_t inputs : {1u, 6u, 7u, 100u, 9u}) {
    std::vector<std::uint8_t> undo = {1, static_cast<std::uint8_t>(inputs)};
    for (std::size_t i = 0; i < inputs; ++i) {
      // No height, one satoshi, a script of 10,000 bytes: its size and 6 as VARINT.
      undo.insert(undo.end(), {0, 1, 0xcd, 0x16});
      undo.insert(undo.end(), kMaxScriptSize, static_cast<std::uint8_t>(i));
    }
    ASSERT_OK(ParseBlockUndo(undo));
    AppendRecord(undo, &bytes);
    bytes.resize(bytes.size() + inputs * 1000);  // preallocated space
    undos.push_back(std::move(undo));
  }
  const auto file = std::make_shared<MemoryFile>(bytes);
  const auto records = ReadFile(file, XorKey(), Network::kBitcoinRegtest);
  ASSERT_EQ(records.size(), undos.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].bytes, undos[i]);
    EXPECT_EQ(records[i].where.transactions_count, 1u);
    EXPECT_TRUE(records[i].IsOfChildOf(SomeParent()));
    UndoCursor cursor(*file, XorKey(), records[i].where);
    EXPECT_THAT(cursor.ReadTransactionsCount(), IsOkAndHolds(1u));
    EXPECT_THAT(cursor.ReadInputsCount(), IsOkAndHolds(std::uint64_t{undos[i][1]}));
    SpentOutput spent;
    for (std::uint8_t input = 0; input < undos[i][1]; ++input) {
      ASSERT_OK(cursor.ReadSpent(&spent));
      EXPECT_EQ(spent.value, 1u);
      EXPECT_EQ(spent.script, std::vector<std::uint8_t>(kMaxScriptSize, input));
    }
    EXPECT_OK(cursor.Finish());
  }
}

TEST(Undo, DecompressesEveryKindOfScript) {
  const std::string h20(40, 'a');
  const std::string gx = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
  const std::string gy = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
  const std::pair<std::string, std::string> cases[] = {
      {"00" + h20, "76a914" + h20 + "88ac"},
      {"01" + h20, "a914" + h20 + "87"},
      {"02" + gx, "2102" + gx + "ac"},
      {"03" + gx, "2103" + gx + "ac"},
      {"04" + gx, "4104" + gx + gy + "ac"},
      {"06", ""},
      {"0751", "51"},
      {"09abcdef", "abcdef"},
  };
  for (const auto& [compressed, script] : cases) {
    // One transaction, one input of height 5, coinbase, version 0, one satoshi.
    const auto undo =
        ParseBlockUndo(Hex("01"
                           "01"
                           "0b"
                           "00"
                           "01" +
                           compressed));
    ASSERT_OK(undo);
    const SpentOutput& spent = undo->transactions[0][0];
    EXPECT_EQ(HexEncode(spent.script), script);
    EXPECT_EQ(spent.value, 1u);
    EXPECT_EQ(spent.height, 5u);
    EXPECT_TRUE(spent.coinbase);
  }
  // The other parity negates y: its last byte differs.
  const auto odd =
      ParseBlockUndo(Hex("01"
                         "01"
                         "0b"
                         "00"
                         "01"
                         "05" +
                         gx));
  ASSERT_OK(odd);
  EXPECT_EQ(HexEncode(odd->transactions[0][0].script).substr(130), "77ac");
  // Without a height there is no version.
  EXPECT_OK(
      ParseBlockUndo(Hex("01"
                         "01"
                         "00"
                         "01"
                         "06")));
}

TEST(Undo, RefusesBadBytes) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "more transactions"},
      {"05", "more transactions"},
      {"ffffffffffffffffff", "more transactions"},
      {"0101", "more transactions"},
      {"0102"
       "000106",
       "more inputs"},
      {"01"
       "01"
       "000106"
       "00",
       "bytes go on"},
      {"0101"
       "0b00010004",
       "inside a script"},
      {"0101"
       "0b0001"
       "04" +
           std::string(64, 'f'),
       "not on the curve"},
      {"0101"
       "0b0001"
       "ce2a"
       "00",
       "longer than any"},
      {"0101"
       "0b00"
       "80ffffffffffffffffff7f"
       "06",
       "an amount cannot be read"},
      {"0101"
       "0b00"
       "80fefefefefefefefe7f"
       "06",
       "beyond all bitcoin"},
      {"0101"
       "90fefefe7f"
       "0106",
       "a height cannot be read"},
  };
  for (const auto& [hex, reason] : cases) {
    EXPECT_THAT(ParseBlockUndo(Hex(hex)), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(reason)))
        << hex;
  }
}

TEST(Undo, SurvivesEveryCutAndFlippedByte) {
  const auto records = ReadAll("regtest/C", Network::kBitcoinRegtest);
  const auto largest = std::max_element(records.begin(), records.end(),
                                        [](const FoundRecord& a, const FoundRecord& b) {
                                          const auto size = [](const FoundRecord& r) {
                                            return r.bytes.size() < 2000 ? r.bytes.size() : 0;
                                          };
                                          return size(a) < size(b);
                                        });
  ASSERT_NE(largest, records.end());
  const std::vector<std::uint8_t>& good = largest->bytes;
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseBlockUndo(ByteSpan(good).first(size)).ok());
    std::vector<std::uint8_t> bytes = good;
    bytes[size] ^= 0xff;
    (void)ParseBlockUndo(bytes);
  }
}

TEST(Undo, DecompressesAmountsAsCore) {
  // Core's compress_tests.
  const std::pair<std::uint64_t, std::uint64_t> cases[] = {{0x0, 0},
                                                           {0x1, 1},
                                                           {0x7, 1'000'000},
                                                           {0x9, 100'000'000},
                                                           {0x32, 5'000'000'000},
                                                           {0x1406f40, 2'100'000'000'000'000}};
  for (const auto& [compressed, value] : cases) EXPECT_EQ(DecompressAmount(compressed), value);
  (void)DecompressAmount(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace coinwake::bitcoin
