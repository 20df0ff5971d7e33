// Goal: undo files give exactly the spent outputs Bitcoin Core knows, scripts decompressed, and bad
// bytes are refused. Method: every block of Core's verbosity-3 decoding is found among the undo
// records by checksum and compared prevout by prevout; records by hand on both sides of each rule.
#include "indexer/bitcoin/undo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "indexer/base/hex.h"
#include "indexer/bitcoin/network_params.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"

namespace coinwake::bitcoin {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::uint8_t> Hex(const std::string& hex) {
  const auto bytes = HexDecode(hex);
  EXPECT_TRUE(bytes.has_value()) << hex;
  return bytes.value_or(std::vector<std::uint8_t>{});
}

std::vector<UndoRecord> ReadAll(const std::string& fixture, Network network) {
  const std::string folder =
      testing::TempDir() + "coinwake_undo_" + fixture.substr(fixture.find_last_of('/') + 1);
  UnpackFolder(COINWAKE_TEST_DATA "/" + fixture, folder);
  const auto key = LoadXorKey(RealFileSystem(), folder);
  const auto files = ListNumberedFiles(RealFileSystem(), folder, "rev");
  EXPECT_OK(key);
  EXPECT_OK(files);
  std::vector<UndoRecord> all;
  for (const NumberedFile& numbered : *files) {
    const auto file = RealFileSystem().Open(numbered.path, OpenMode::kRead);
    EXPECT_OK(file);
    auto records = ReadUndoFile(**file, *key, network);
    EXPECT_OK(records);
    for (UndoRecord& record : *records) all.push_back(std::move(record));
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
std::size_t CompareWithOracle(const std::vector<UndoRecord>& records,
                              const std::vector<json>& oracle) {
  std::size_t blocks = 0;
  for (const json& block : oracle) {
    if (block["height"] == 0 || block["confirmations"] < 0) continue;
    SCOPED_TRACE(block["hash"].get<std::string>());
    const auto prev = Hash256::FromDisplayHex(block["previousblockhash"].get<std::string>());
    EXPECT_TRUE(prev.has_value());
    bool equal = false;
    for (const UndoRecord& record : records) {
      if (!prev || !UndoChecksumMatches(*prev, record.bytes, record.checksum)) continue;
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
    for (const UndoRecord& record : records) EXPECT_OK(ParseBlockUndo(record.bytes));
    EXPECT_EQ(CompareWithOracle(records, oracle), 330u);
  }
}

TEST(Undo, EqualsCoresPrevoutsOnMainNet) {
  auto records = ReadAll("mainnet-0-4312-core31", Network::kBitcoin);
  EXPECT_EQ(records.size(), 4312u);
  std::erase_if(records, [](const UndoRecord& record) { return record.bytes.size() <= 1; });
  EXPECT_GT(records.size(), 40u);  // blocks that spend something
  std::size_t blocks = 0;
  for (const std::string& line :
       ReadLinesMaybeGzip(COINWAKE_TEST_DATA "/mainnet-0-4312-core31/blocks.verbosity3.jsonl.gz")) {
    const json block = json::parse(line);
    if (block["nTx"] == 1) continue;
    const auto prev = Hash256::FromDisplayHex(block["previousblockhash"].get<std::string>());
    ASSERT_TRUE(prev.has_value());
    std::size_t matches = 0;
    for (const UndoRecord& record : records) {
      if (!UndoChecksumMatches(*prev, record.bytes, record.checksum)) continue;
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
  const auto file = RealFileSystem().Open(folder + "/nbitcoin-rev00000.dat", OpenMode::kRead);
  ASSERT_OK(file);
  const auto records = ReadUndoFile(**file, XorKey(), Network::kBitcoin);
  ASSERT_OK(records);
  EXPECT_EQ(records->size(), 40u);
  for (const UndoRecord& record : *records) {
    const auto undo = ParseBlockUndo(record.bytes);
    ASSERT_OK(undo);
    EXPECT_TRUE(undo->transactions.empty());
  }
  const auto none = ReadUndoFile(**file, XorKey(), Network::kBitcoinRegtest);
  ASSERT_OK(none);
  EXPECT_TRUE(none->empty());
}

TEST(Undo, ChecksumCoversParentAndBytes) {
  const auto bytes = Hex("00");
  Hash256 prev;
  prev.bytes[0] = 7;
  const Hash256 checksum = DoubleSha256({prev.bytes, bytes});
  EXPECT_TRUE(UndoChecksumMatches(prev, bytes, checksum));
  EXPECT_FALSE(UndoChecksumMatches(Hash256{}, bytes, checksum));
  EXPECT_FALSE(UndoChecksumMatches(prev, Hex("0000"), checksum));
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
                                        [](const UndoRecord& a, const UndoRecord& b) {
                                          const auto size = [](const UndoRecord& r) {
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
