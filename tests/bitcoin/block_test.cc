// Goal: the block decoder is total and strict, and merkle roots, targets and work are as in Core.
// Method: a real block cut, lengthened and damaged at every byte; transactions by hand on both
// sides of each rule; constants of Core's own tests.
#include "indexer/bitcoin/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "indexer/base/hex.h"
#include "indexer/bitcoin/network_params.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"

namespace coinwake::bitcoin {
namespace {

using testing::HasSubstr;

std::vector<std::uint8_t> Hex(const std::string& hex) {
  const auto bytes = HexDecode(hex);
  EXPECT_TRUE(bytes.has_value()) << hex;
  return bytes.value_or(std::vector<std::uint8_t>{});
}

std::vector<std::uint8_t> RealBlock(const std::string& name) {
  return ReadMaybeGzip(std::string(COINWAKE_TEST_DATA "/bitcoin/blocks/") + name);
}

const std::string kOutpoint = std::string(64, '1') + "00000000";
const std::string kInput = kOutpoint + "00" + "ffffffff";
const std::string kOutput =
    "0100000000000000"
    "00";

absl::Status Parse(const std::string& hex) {
  ParsedBlock block;
  const auto bytes = Hex(hex);
  return ParseTransaction(bytes, &block);
}

TEST(Block, RefusesEveryTruncationAndAnyByteAfterIt) {
  std::vector<std::uint8_t> bytes = RealBlock("signet/0031500_dcdade8bdc43.blk.bin");
  ParsedBlock block;
  ASSERT_OK(ParseBlock(bytes, &block));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(ParseBlock(ByteSpan(bytes).first(size), &block),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("byte ")));
  }
  bytes.push_back(0);
  EXPECT_THAT(ParseBlock(bytes, &block),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("byte 528: bytes go on")));
}

TEST(Block, SurvivesEveryFlippedByteAndNoticesIt) {
  const std::vector<std::uint8_t> good = RealBlock("signet/0031500_dcdade8bdc43.blk.bin");
  ParsedBlock original;
  ASSERT_OK(ParseBlock(good, &original));
  ParsedBlock block;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<std::uint8_t> bytes = good;
    bytes[i] ^= 0x5a;
    if (!ParseBlock(bytes, &block).ok()) continue;
    // A change inside a witness is the one thing neither hash covers.
    bool in_witness = false;
    for (const ByteSpan item : block.witness_items) {
      in_witness |= item.data() <= &bytes[i] && &bytes[i] < item.data() + item.size();
    }
    EXPECT_TRUE(in_witness || block.hash != original.hash || !CheckBlock(block).ok()) << i;
  }
}

TEST(Block, ReusesItsVectorsFromBlockToBlock) {
  const auto large = RealBlock("mainnet/0131025_2b2d0a1df145.blk.bin");
  const auto small = RealBlock("mainnet/0000170_ce2f8dd4a2ee.blk.bin");
  ParsedBlock block;
  ASSERT_OK(ParseBlock(large, &block));
  const auto* inputs = block.inputs.data();
  ASSERT_OK(ParseBlock(small, &block));
  EXPECT_EQ(block.inputs.data(), inputs);
  EXPECT_EQ(block.transactions.size(), 2u);
  EXPECT_EQ(block.transactions[1].txid.ToDisplayHex(),
            "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16");
}

const std::string kVersion = "02000000";
const std::string kLocktime = "00000000";
const std::string kWitnessMark = "0001";  // marker and flag

void ExpectRefused(const std::string& hex, const std::string& reason) {
  EXPECT_THAT(Parse(hex), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(reason))) << hex;
}

TEST(Transaction, HasInputsAndOutputs) {
  const std::string good = kVersion + "01" + kInput + "01" + kOutput + kLocktime;
  EXPECT_OK(Parse(good));
  ExpectRefused(kVersion + "00" + "00" + kLocktime, "no input");
  ExpectRefused(kVersion + kWitnessMark + "00" + "00" + kLocktime, "no ");
  ExpectRefused(kVersion + "01" + kInput + "00" + kLocktime, "no output");
  ExpectRefused(good + "00", "go on after");
  ExpectRefused("", "end inside");
}

TEST(Transaction, KnowsOneOptionalPartAndRefusesAnEmptyOne) {
  const std::string body = "01" + kInput + "01" + kOutput;
  ExpectRefused(kVersion + "0002" + body + kLocktime, "unknown optional data");
  ExpectRefused(kVersion + "0003" + body + "00" + kLocktime, "unknown optional data");
  ExpectRefused(kVersion + kWitnessMark + body + "00" + kLocktime, "has none");
}

TEST(Transaction, CountsNoMoreThanItsBytesHold) {
  const std::string body = "01" + kInput + "01" + kOutput;
  ExpectRefused(kVersion + "fd0100" + kInput + "01" + kOutput + kLocktime, "end inside");
  ExpectRefused(kVersion + "fe00000001" + kInput, "more inputs");
  ExpectRefused(kVersion + "01" + kInput + "ffffffffffffffffff", "more outputs");
  ExpectRefused(kVersion + kWitnessMark + body + "fe00000001", "more witness items");
  ExpectRefused(kVersion + kWitnessMark + body + "01fe00000001" + kLocktime, "end inside");
  ExpectRefused(kVersion + "01" + kOutpoint + "ffffffffffffffffff", "end inside");
}

TEST(Transaction, BoundsValuesAndTheirSum) {
  const std::string all =
      "0040075af0750700"
      "00";  // 21,000,000 coins
  const std::string more =
      "0140075af0750700"
      "00";  // and a satoshi
  const auto with = [](const std::string& count, const std::string& outputs) {
    return Parse(
        "02000000"
        "01" +
        kInput + count + outputs + "00000000");
  };
  EXPECT_OK(with("01", all));
  EXPECT_THAT(with("01", more),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("byte 47: values")));
  EXPECT_THAT(with("02", all + kOutput),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("byte 56")));
  EXPECT_THAT(with("01",
                   "ffffffffffffffff"
                   "00"),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Transaction, MeasuresAndHashesWithoutTheWitness) {
  ParsedBlock block;
  const std::string stripped =
      "02000000"
      "01" +
      kInput + "01" + kOutput + "07000000";
  const auto plain = Hex(stripped);
  const auto full =
      Hex("02000000"
          "0001"
          "01" +
          kInput + "01" + kOutput +
          "02"
          "03aabbcc"
          "00"
          "07000000");
  ASSERT_OK(ParseTransaction(plain, &block));
  const Hash256 txid = block.transactions[0].txid;
  EXPECT_EQ(txid, DoubleSha256(plain));
  ASSERT_OK(ParseTransaction(full, &block));
  const ParsedTransaction& tx = block.transactions[0];
  EXPECT_EQ(tx.txid, txid);
  EXPECT_EQ(tx.locktime, 7u);
  EXPECT_EQ(tx.stripped_size_bytes, plain.size());
  EXPECT_EQ(tx.size_bytes, full.size());
  EXPECT_EQ(tx.weight(), 3 * plain.size() + full.size());
  ASSERT_EQ(block.WitnessOf(block.inputs[0]).size(), 2u);
  EXPECT_EQ(HexEncode(block.WitnessOf(block.inputs[0])[0]), "aabbcc");
  EXPECT_TRUE(block.WitnessOf(block.inputs[0])[1].empty());
}

TEST(Block, RefusesWhatItsHeaderDoesNotCommitTo) {
  const auto bytes = RealBlock("mainnet/0000170_ce2f8dd4a2ee.blk.bin");
  ParsedBlock block;
  ASSERT_OK(ParseBlock(bytes, &block));
  ASSERT_OK(CheckBlock(block));
  block.header.merkle_root.bytes[5] ^= 1;
  EXPECT_THAT(CheckBlock(block), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("merkle")));
  ASSERT_OK(ParseBlock(bytes, &block));
  std::swap(block.transactions[0], block.transactions[1]);
  EXPECT_THAT(CheckBlock(block), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("coinbase")));
}

TEST(MerkleRoot, TellsARepeatedTailFromAnOddOne) {
  std::vector<Hash256> three(3);
  for (std::size_t i = 0; i < three.size(); ++i)
    three[i].bytes[0] = static_cast<std::uint8_t>(i + 1);
  std::vector<Hash256> four = three;
  four.push_back(three[2]);
  bool mutated = true;
  const Hash256 root = MerkleRoot(three, &mutated);
  EXPECT_FALSE(mutated);
  EXPECT_EQ(MerkleRoot(four, &mutated), root);
  EXPECT_TRUE(mutated);
  EXPECT_EQ(MerkleRoot({}, &mutated), Hash256{});
  EXPECT_EQ(MerkleRoot({three[0]}, nullptr), three[0]);
}

TEST(Header, HashesToEachNetworksGenesis) {
  // Testnet4's genesis header, whose block is in no fixture.
  std::vector<std::uint8_t> header(kHeaderSize, 0);
  StoreLe<std::uint32_t>(header.data(), 1);
  const auto root =
      Hash256::FromDisplayHex("7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e");
  std::copy(root->bytes.begin(), root->bytes.end(), header.begin() + 36);
  StoreLe<std::uint32_t>(header.data() + 68, 1714777860);
  StoreLe<std::uint32_t>(header.data() + 72, 0x1d00ffff);
  StoreLe<std::uint32_t>(header.data() + 76, 393743547);
  EXPECT_EQ(HeaderHash(header), ParamsOf(Network::kBitcoinTestnet4).genesis_hash);
  const auto main = RealBlock("mainnet/0000000_f1b60a8ce26f.blk.bin");
  EXPECT_EQ(HeaderHash(ByteSpan(main).first(80)), ParamsOf(Network::kBitcoin).genesis_hash);
  const auto test = RealBlock("testnet3/0000000_26f8d77f4943.blk.bin");
  EXPECT_EQ(HeaderHash(ByteSpan(test).first(80)), ParamsOf(Network::kBitcoinTestnet3).genesis_hash);
  // Signet and regtest share Bitcoin's genesis transaction but not time, bits and nonce.
  std::vector<std::uint8_t> other(main.begin(), main.begin() + 80);
  StoreLe<std::uint32_t>(other.data() + 68, 1598918400);
  StoreLe<std::uint32_t>(other.data() + 72, 0x1e0377ae);
  StoreLe<std::uint32_t>(other.data() + 76, 52613770);
  EXPECT_EQ(HeaderHash(other), ParamsOf(Network::kBitcoinSignet).genesis_hash);
  StoreLe<std::uint32_t>(other.data() + 68, 1296688602);
  StoreLe<std::uint32_t>(other.data() + 72, 0x207fffff);
  StoreLe<std::uint32_t>(other.data() + 76, 2);
  EXPECT_EQ(HeaderHash(other), ParamsOf(Network::kBitcoinRegtest).genesis_hash);
}

TEST(ProofOfWork, ReadsCompactTargetsAsCore) {
  // Cases of Core's arith_uint256_tests, bignum_SetCompact.
  for (const std::uint32_t bits : {0x00000000u, 0x00123456u, 0x01003456u, 0x02000056u, 0x03000000u,
                                   0x04000000u, 0x00923456u, 0x01803456u, 0x02800056u, 0x03800000u,
                                   0x04800000u, 0x01fedcbau, 0x04923456u, 0xff123456u}) {
    EXPECT_EQ(TargetOfBits(bits), std::nullopt) << std::hex << bits;
  }
  const std::pair<std::uint32_t, std::string> cases[] = {
      {0x01123456, "12"},
      {0x02123456, "1234"},
      {0x03123456, "123456"},
      {0x04123456, "12345600"},
      {0x02008000, "80"},
      {0x05009234, "92340000"},
      {0x20123456, "1234560000000000000000000000000000000000000000000000000000000000"},
  };
  for (const auto& [bits, hex] : cases) {
    ASSERT_TRUE(TargetOfBits(bits).has_value()) << std::hex << bits;
    EXPECT_EQ(TargetOfBits(bits)->ToHex(), std::string(64 - hex.size(), '0') + hex);
  }
  EXPECT_EQ(TargetOfBits(0x21010000), std::nullopt);
  EXPECT_TRUE(TargetOfBits(0x2100ff00).has_value());
  EXPECT_TRUE(TargetOfBits(0x220000ff).has_value());
  EXPECT_EQ(TargetOfBits(0x22000100), std::nullopt);
  EXPECT_EQ(TargetOfBits(0x23000001), std::nullopt);
}

TEST(ProofOfWork, ChecksHashAndLimit) {
  const NetworkParams& main = ParamsOf(Network::kBitcoin);
  EXPECT_TRUE(CheckProofOfWork(main.genesis_hash, 0x1d00ffff, main));
  EXPECT_FALSE(CheckProofOfWork(main.genesis_hash, 0x1b00ffff, main));
  EXPECT_FALSE(CheckProofOfWork(main.genesis_hash, 0x1d010000, main));  // easier than allowed
  EXPECT_FALSE(CheckProofOfWork(main.genesis_hash, 0x207fffff, main));
  EXPECT_FALSE(CheckProofOfWork(Hash256{}, 0, main));
  const NetworkParams& regtest = ParamsOf(Network::kBitcoinRegtest);
  EXPECT_TRUE(CheckProofOfWork(regtest.genesis_hash, 0x207fffff, regtest));
}

TEST(ProofOfWork, CountsWorkAsCore) {
  // Core prints chainwork 0...0100010001 for the genesis block, 2 for each block of regtest.
  EXPECT_EQ(WorkOfBits(0x1d00ffff).ToHex(), std::string(54, '0') + "0100010001");
  EXPECT_EQ(WorkOfBits(0x207fffff).ToHex(), std::string(63, '0') + "2");
  EXPECT_EQ(WorkOfBits(0x01010000).ToHex(), "8" + std::string(63, '0'));  // target 1
  EXPECT_TRUE(WorkOfBits(0).IsZero());
  ChainWork chain;
  for (int i = 0; i < 4313; ++i) chain = chain + WorkOfBits(0x1d00ffff);
  EXPECT_EQ(chain.ToHex(), std::string(52, '0') + "10d910d910d9");
  EXPECT_LT(WorkOfBits(0x1d00ffff), WorkOfBits(0x1c00ffff));
  const ChainWork most = WorkOfBits(0x01010000) + WorkOfBits(0x01010000);
  EXPECT_EQ(most.ToHex(), std::string(64, 'f'));  // held at the largest number
}

TEST(CoinbaseHeight, ReadsBip34Only) {
  EXPECT_EQ(CoinbaseHeight(Hex("03a04d0c")), 806304u);
  EXPECT_EQ(CoinbaseHeight(Hex("510101")), 1u);
  EXPECT_EQ(CoinbaseHeight(Hex("6000")), 16u);
  EXPECT_EQ(CoinbaseHeight(Hex("0111")), 17u);
  EXPECT_EQ(CoinbaseHeight(Hex("02c800")), 200u);
  EXPECT_EQ(CoinbaseHeight(Hex("00")), 0u);
  for (const char* bad :
       {"", "0110", "01c8", "024d00", "0200", "03a04d8c", "05a04d0c0100", "4c0111", "0100"}) {
    EXPECT_EQ(CoinbaseHeight(Hex(bad)), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace coinwake::bitcoin
