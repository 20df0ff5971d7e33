// Goal: `decode tron` prints the blocks of every form of file, and refuses what is no block.
// Method: runs the program on the fixtures; facts are those nodes show of them. The forms of one
// block must give the same answer.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "tests/support/gzip.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Fixture(const std::string& name) {
  return std::string(COINWAKE_TEST_DATA) + "/tron/" + name;
}

// A plain copy of a fixture, or of these bytes, under `name` in a folder of this test's own.
std::string Write(const std::string& name, const std::vector<std::uint8_t>& bytes) {
  const std::string folder = ::testing::TempDir() + "coinwake-tron";
  std::filesystem::create_directories(folder);
  std::string path = folder + "/" + name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return path;
}
std::string Plain(const std::string& fixture) {
  std::string name = fixture;
  std::replace(name.begin(), name.end(), '/', '_');
  return Write(name, ReadMaybeGzip(Fixture(fixture)));
}

ProgramResult Decode(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"decode", "tron"});
  return RunProgram(ProgramUnderTest(), arguments);
}

std::vector<v1::Block> Blocks(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const ProgramResult result = Decode(std::move(arguments));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::vector<v1::Block> blocks;
  for (const std::string& line : result.lines()) {
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &blocks.emplace_back()).ok())
        << line;
  }
  return blocks;
}

void ExpectError(const ProgramResult& result, int exit_status, const std::string& about) {
  EXPECT_EQ(result.exit_status, exit_status) << result.err;
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr(about));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
}

TEST(DecodeTron, ShowsABlock) {
  const auto blocks = Blocks({Plain("mainnet/blocks/60954080.bin")});
  ASSERT_EQ(blocks.size(), 1U);
  const v1::Block& block = blocks[0];
  EXPECT_EQ(block.network(), "tron");
  EXPECT_EQ(block.height(), 60954080U);
  EXPECT_EQ(block.transactions_count(), 208U);
  ASSERT_EQ(block.transactions_size(), 208);
  EXPECT_EQ(block.witness().account(), block.witness().signature().signer());
  int trx = 0;
  int tokens = 0;
  int failed = 0;
  int made = 0;
  for (const v1::Transaction& transaction : block.transactions()) {
    const v1::Operation& operation = transaction.operation();
    EXPECT_EQ(transaction.block_hash(), block.block_hash());
    EXPECT_EQ(transaction.time(), block.time());
    EXPECT_FALSE(operation.owner().empty());
    EXPECT_TRUE(operation.problem().empty());
    EXPECT_GE(operation.signatures_size(), 1);
    failed += transaction.success() ? 0 : 1;
    if (transaction.kind() == "TransferContract") {
      ASSERT_EQ(transaction.transfers_size(), 1);
      EXPECT_EQ(transaction.transfers(0).asset(), "TRX");
      EXPECT_EQ(transaction.transfers(0).from(), operation.owner());
      ++trx;
    } else if (transaction.kind() == "TransferAssetContract") {
      ASSERT_EQ(transaction.transfers_size(), 1);
      EXPECT_THAT(transaction.transfers(0).asset(), ::testing::StartsWith("TRC10:10"));
      ++tokens;
    } else {
      EXPECT_EQ(transaction.transfers_size(), 0);
    }
    if (transaction.txid() == "a7268778e84dbb786f717a86ed1d4d85d73e9c28c6891dd2d46ecb9c03b4c803") {
      EXPECT_EQ(transaction.kind(), "CreateSmartContract");
      EXPECT_EQ(operation.contract(), "TBFXSNWoszTBdB3vKPH2P9Livr6YbP4MBE");
      ++made;
    }
    if (!transaction.success()) {
      EXPECT_EQ(operation.contract_result(), "OUT_OF_ENERGY");
    }
  }
  EXPECT_EQ(trx, 92);
  EXPECT_EQ(tokens, 15);
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(made, 1);
}

TEST(DecodeTron, GivesTheSameForEveryForm) {
  const std::string raw = Plain("shasta/blocks/1000000.bin");
  const std::string json = Plain("shasta/blocks/1000000.json");
  const std::vector<std::uint8_t> one = ReadMaybeGzip(Fixture("shasta/blocks/1000000.bin"));
  const std::vector<std::uint8_t> text = ReadMaybeGzip(Fixture("shasta/blocks/1000000.json"));
  ASSERT_GE(one.size(), 128U);
  ASSERT_LT(one.size(), 16384U);
  std::vector<std::uint8_t> stream;
  for (int i = 0; i < 3; ++i) {
    stream.push_back(static_cast<std::uint8_t>((one.size() & 0x7f) | 0x80));
    stream.push_back(static_cast<std::uint8_t>(one.size() >> 7));
    stream.insert(stream.end(), one.begin(), one.end());
  }
  const std::string blocks = Write("three.blocks", stream);
  const auto join = [&text](const std::string& before, const std::string& after) {
    std::vector<std::uint8_t> joined(before.begin(), before.end());
    joined.insert(joined.end(), text.begin(), text.end());
    joined.insert(joined.end(), after.begin(), after.end());
    return joined;
  };
  const std::string array = Write("array.json", join("\n [", "]"));
  const std::string list = Write("list.json", join("{\"block\":[", "]}"));
  const ProgramResult expected = Decode({raw, "--json", "--network", "tron-shasta"});
  EXPECT_EQ(expected.exit_status, 0);
  EXPECT_THAT(expected.out, HasSubstr("\"network\":\"tron-shasta\""));
  for (const std::string& path : {json, array, list}) {
    EXPECT_EQ(Decode({path, "--json", "--network", "tron-shasta"}).out, expected.out) << path;
  }
  EXPECT_EQ(Decode({blocks, "--json", "--network", "tron-shasta"}).out,
            expected.out + expected.out + expected.out);
}

TEST(DecodeTron, KeepsGenesisAndTellsItsNetwork) {
  const std::string genesis = Fixture("mainnet/blocks/0.bin");
  const auto blocks = Blocks({genesis});
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks[0].network(), "tron");
  EXPECT_EQ(blocks[0].height(), 0U);
  EXPECT_FALSE(blocks[0].witness().has_signature());
  ASSERT_EQ(blocks[0].transactions_size(), 3);
  EXPECT_THAT(blocks[0].transactions(2).operation().owner(), ::testing::StartsWith("raw:3078"));
  EXPECT_EQ(blocks[0].transactions(2).transfers(0).to(), "TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy");
  EXPECT_EQ(blocks[0].transactions(2).transfers(0).amount(), "-9223372036854775808");
  // Asked for another network, it is passed over.
  const ProgramResult other = Decode({genesis, "--json", "--network", "tron-nile"});
  EXPECT_EQ(other.exit_status, 0);
  EXPECT_THAT(other.out, IsEmpty());
  EXPECT_THAT(other.err, HasSubstr("1 blocks of other networks"));
}

TEST(DecodeTron, RefusesWhatIsNoBlock) {
  const std::string bad = "vectors/bad_block_67674988_altered_txids.json";
  ExpectError(Decode({Fixture(bad)}), 1, "is said to be");
  ExpectError(Decode({Fixture("nile/docs_gettransactioninfobyblocknum.json")}), 1, "no block");
  ExpectError(Decode({Fixture("ORIGIN.md")}), 1, "ORIGIN.md");
  ExpectError(Decode({Fixture("missing.bin")}), 1, "missing.bin");
  std::vector<std::uint8_t> cut = ReadMaybeGzip(Fixture("shasta/blocks/1000000.bin"));
  cut.pop_back();
  ExpectError(Decode({Write("cut.bin", cut)}), 1, "cut.bin");
  cut.insert(cut.begin(), {0xff, 0x7f});
  ExpectError(Decode({Write("cut.blocks", cut)}), 1, "cut.blocks: block at offset 0");
  ExpectError(Decode({Fixture("mainnet/blocks/0.bin"), "--network", "bitcoin"}), 2,
              "not for bitcoin");
  ExpectError(RunProgram(ProgramUnderTest(), {"decode", "bitcoin", Fixture("mainnet/blocks/0.bin"),
                                              "--network", "tron"}),
              2, "not for tron");
}

TEST(DecodeTron, FitsAHundredColumns) {
  for (const char* const name : {"mainnet/blocks/60836289.visible.bin", "mainnet/blocks/0.bin"}) {
    const ProgramResult result = Decode({Plain(name)});
    EXPECT_EQ(result.exit_status, 0);
    for (const std::string& line : result.lines()) {
      std::size_t characters = 0;
      for (const char c : line) characters += (c & 0xc0) != 0x80 ? 1 : 0;
      EXPECT_LE(characters, 100U) << line;
    }
  }
}

}  // namespace
}  // namespace coinwake
