// Goal: scripts get the type Bitcoin Core's Solver gives them, at every border of its rules.
// Method: scripts by hand on both sides of each border; whole real blocks are in real_blocks_test.
#include "indexer/bitcoin/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "indexer/base/hex.h"
#include "indexer/bitcoin/network_params.h"

namespace coinwake::bitcoin {
namespace {

std::vector<std::uint8_t> Hex(const std::string& hex) {
  const auto bytes = HexDecode(hex);
  EXPECT_TRUE(bytes.has_value()) << hex;
  return bytes.value_or(std::vector<std::uint8_t>{});
}

std::string Repeat(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

ScriptType TypeOf(const std::string& hex) { return ClassifyScript(Hex(hex)).type; }

const std::string kH20 = Repeat("ab", 20);
const std::string kKey33 = "02" + Repeat("cd", 32);
const std::string kKey65 = "04" + Repeat("cd", 64);

TEST(Script, ClassifiesTheUsualKinds) {
  EXPECT_EQ(TypeOf("76a914" + kH20 + "88ac"), ScriptType::kPubkeyHash);
  EXPECT_EQ(TypeOf("a914" + kH20 + "87"), ScriptType::kScriptHash);
  EXPECT_EQ(TypeOf("0014" + kH20), ScriptType::kWitnessV0KeyHash);
  EXPECT_EQ(TypeOf("0020" + Repeat("ab", 32)), ScriptType::kWitnessV0ScriptHash);
  EXPECT_EQ(TypeOf("5120" + Repeat("ab", 32)), ScriptType::kWitnessV1Taproot);
  EXPECT_EQ(TypeOf("51024e73"), ScriptType::kAnchor);
  EXPECT_EQ(TypeOf("21" + kKey33 + "ac"), ScriptType::kPubkey);
  EXPECT_EQ(TypeOf("41" + kKey65 + "ac"), ScriptType::kPubkey);
  EXPECT_EQ(TypeOf("6a"), ScriptType::kNullData);
  EXPECT_EQ(TypeOf(""), ScriptType::kNonstandard);
  const auto script = Hex("a914" + kH20 + "87");
  EXPECT_EQ(HexEncode(ClassifyScript(script).program), kH20);
}

TEST(Script, KeepsTheBordersOfWitnessPrograms) {
  EXPECT_EQ(TypeOf("0013" + Repeat("ab", 19)), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("0021" + Repeat("ab", 33)), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("511f" + Repeat("ab", 31)), ScriptType::kWitnessUnknown);
  EXPECT_EQ(TypeOf("51024e74"), ScriptType::kWitnessUnknown);
  EXPECT_EQ(TypeOf("52024e73"), ScriptType::kWitnessUnknown);
  EXPECT_EQ(TypeOf("6028" + Repeat("ab", 40)), ScriptType::kWitnessUnknown);
  EXPECT_EQ(TypeOf("6029" + Repeat("ab", 41)), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("5101ab"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("6120" + Repeat("ab", 32)), ScriptType::kNonstandard);    // OP_NOP
  EXPECT_EQ(TypeOf("4f20" + Repeat("ab", 32)), ScriptType::kNonstandard);    // OP_1NEGATE
  EXPECT_EQ(TypeOf("514c20" + Repeat("ab", 32)), ScriptType::kNonstandard);  // push not direct
  EXPECT_EQ(ClassifyScript(Hex("6002abcd")).witness_version, 16);
}

TEST(Script, ChecksAKeysShapeOnly) {
  EXPECT_EQ(TypeOf("21" + Repeat("cd", 33) + "ac"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("2104" + Repeat("cd", 32) + "ac"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("4102" + Repeat("cd", 64) + "ac"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("4106" + Repeat("cd", 64) + "ac"), ScriptType::kPubkey);
  EXPECT_EQ(TypeOf("4107" + Repeat("cd", 64) + "ac"), ScriptType::kPubkey);
  EXPECT_EQ(TypeOf("21" + kKey33 + "ad"), ScriptType::kNonstandard);
}

TEST(Script, TakesNullDataOnlyWithPushesAfterIt) {
  EXPECT_EQ(TypeOf("6a0461626364"), ScriptType::kNullData);
  EXPECT_EQ(TypeOf("6a0461626364005051604f"), ScriptType::kNullData);
  EXPECT_EQ(TypeOf("6a04616263"), ScriptType::kNonstandard);  // the push runs past the end
  EXPECT_EQ(TypeOf("6a61"), ScriptType::kNonstandard);        // OP_NOP is no push
  EXPECT_EQ(TypeOf("6a4d"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("6a4effffffff"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("6a4e01000000aa"), ScriptType::kNullData);
}

TEST(Script, MatchesMultisigAsCore) {
  const std::string k33 = "21" + kKey33;
  const std::string k65 = "41" + kKey65;
  EXPECT_EQ(TypeOf("51" + k33 + "51ae"), ScriptType::kMultisig);
  EXPECT_EQ(TypeOf("52" + k33 + k65 + k33 + "53ae"), ScriptType::kMultisig);
  EXPECT_EQ(TypeOf("53" + k33 + k33 + "52ae"), ScriptType::kNonstandard);  // 3 of 2
  EXPECT_EQ(TypeOf("51" + k33 + "52ae"), ScriptType::kNonstandard);        // one key, says two
  EXPECT_EQ(TypeOf("00" + k33 + "51ae"), ScriptType::kNonstandard);        // 0 of 1
  EXPECT_EQ(TypeOf("5100ae"), ScriptType::kNonstandard);                   // no key
  EXPECT_EQ(TypeOf("0101" + k33 + "51ae"), ScriptType::kNonstandard);      // 1 not as OP_1
  EXPECT_EQ(TypeOf("51" + k33 + "51aeae"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("51" + k33 + "51"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("514c21" + kKey33 + "51ae"), ScriptType::kMultisig);  // PUSHDATA1 of a key
  EXPECT_EQ(TypeOf("60" + Repeat(k33, 16) + "60ae"), ScriptType::kMultisig);
  EXPECT_EQ(TypeOf("51" + Repeat(k33, 17) + "0111ae"), ScriptType::kMultisig);
  EXPECT_EQ(TypeOf("0114" + Repeat(k33, 20) + "0114ae"), ScriptType::kMultisig);
  EXPECT_EQ(TypeOf("51" + Repeat(k33, 21) + "0115ae"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("51" + Repeat(k33, 17) + "021100ae"), ScriptType::kNonstandard);
  EXPECT_EQ(TypeOf("51" + Repeat(k33, 17) + "4c0111ae"), ScriptType::kNonstandard);
  const auto script = Hex("52" + k33 + k65 + "52ae");
  MultisigScript multisig;
  ASSERT_TRUE(MatchMultisig(script, &multisig));
  EXPECT_EQ(multisig.required, 2u);
  ASSERT_EQ(MultisigKeys(script).size(), 2u);
  EXPECT_EQ(HexEncode(MultisigKeys(script)[1]), kKey65);
}

TEST(Script, CallsUnspendableWhatCoreCalls) {
  EXPECT_TRUE(IsUnspendable(Hex("6a")));
  EXPECT_TRUE(IsUnspendable(Hex("6a61")));
  EXPECT_FALSE(IsUnspendable(Hex("")));
  EXPECT_FALSE(IsUnspendable(Hex("516a")));
  EXPECT_FALSE(IsUnspendable(std::vector<std::uint8_t>(10'000, 0x51)));
  EXPECT_TRUE(IsUnspendable(std::vector<std::uint8_t>(10'001, 0x51)));
}

TEST(NetworkParams, TellsNetworksByMagic) {
  for (const Network network : kBitcoinNetworks) {
    const NetworkParams& params = ParamsOf(network);
    EXPECT_EQ(params.network, network);
    EXPECT_EQ(NetworkOfMagic(params.magic), network);
  }
  const std::array<std::uint8_t, 4> other = {1, 2, 3, 4};
  EXPECT_EQ(NetworkOfMagic(other), std::nullopt);
}

}  // namespace
}  // namespace coinwake::bitcoin
