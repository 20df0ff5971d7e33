// Goal: coins of keys that everybody knows join nobody. Method: the table against the public keys
// of its first private keys and against itself, then a chain in which such a coin is spent beside
// others.
#include "heuristics/shared_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "heuristics/co_spend.h"
#include "indexer/base/hex.h"
#include "indexer/bitcoin/key.h"
#include "tests/heuristics/support.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

// G, 2 G, 3 G and -G of secp256k1 (SEC 2), and what BIP86 makes of the first.
TEST(SharedKeys, AreThoseOfTheFirstPrivateKeys) {
  const std::pair<std::size_t, const char*> known[] = {
      {0, "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
      {1, "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"},
      {2, "02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"},
      {16, "0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"}};
  for (const auto& [row, key] : known) {
    const auto scripts = kSharedKeys[row].Scripts();
    const std::vector<std::vector<std::uint8_t>> all_but_taproot(scripts.begin(),
                                                                 scripts.begin() + 6);
    EXPECT_EQ(all_but_taproot, bitcoin::ScriptsOfKey(ByteSpan(*HexDecode(key)))) << row;
  }
  const auto of_one = kSharedKeys[0].Scripts();
  EXPECT_EQ(HexEncode(of_one[6]),
            "5120da4710964f7852695de2da025290e24af6d8c281de5a0b902b7135fd9fd74d21");
  EXPECT_EQ(HexEncode(of_one[7]),
            "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
}

// Every key is on the curve: else none of its scripts would be there.
TEST(SharedKeys, AreKeys) {
  for (const SharedKey& key : kSharedKeys) {
    const auto scripts = key.Scripts();
    const ByteSpan compressed = ByteSpan(scripts[0]).subspan(1, 33);
    EXPECT_THAT(bitcoin::ScriptsOfKey(compressed),
                ElementsAreArray(scripts.begin(), scripts.begin() + 6));
  }
}

using SharedKeysTest = ClusterTest;

TEST_F(SharedKeysTest, JoinNobody) {
  const ScriptType types[] = {ScriptType::kPubkey,           ScriptType::kPubkey,
                              ScriptType::kPubkeyHash,       ScriptType::kPubkeyHash,
                              ScriptType::kWitnessV0KeyHash, ScriptType::kScriptHash,
                              ScriptType::kWitnessV1Taproot, ScriptType::kWitnessV1Taproot};
  SimpleTransaction mint = Mint("m", {"a", "b"});
  for (std::size_t form = 0; form < std::size(types); ++form) {
    mint.outputs.push_back({"", kCoin, kSharedKeys[0].Scripts()[form], types[form]});
  }
  chain_.AddBlock({mint});
  chain_.AddBlock({{}, Sweep("s", "m", 2 + std::size(types), "x")});
  Build();
  EXPECT_TRUE(Joined("a", "b"));
  EXPECT_THAT(CoSpenders(reader(), chain_.TransactionOf("s")),
              ElementsAre(chain_.AddressOf("a"), chain_.AddressOf("b")));
  for (std::uint32_t form = 0; form < std::size(types); ++form) {
    const AddressNum shared = view().AddressOf(chain_.OutputOf("m", 2 + form));
    EXPECT_EQ(partition_->SizeOf(shared), 1u) << form;
  }
}

// A question knows the scripts by their bytes, a pass over the chain by the numbers of their
// addresses.
TEST_F(SharedKeysTest, AreKnownAlikeToQuestionsAndToPasses) {
  SimpleTransaction mint = Mint("m", {"a", "b"});
  for (const SharedKey& key : kSharedKeys) {
    for (const auto& script : key.Scripts()) {
      mint.outputs.push_back({"", kCoin, script, ScriptType::kNonstandard});
    }
  }
  SimpleTransaction paying = Sweep("s", "m", 2, "x");
  const auto& coordinator = kWasabiCoordinators[1];
  paying.outputs.push_back(
      {"", 1, {coordinator.begin(), coordinator.end()}, ScriptType::kWitnessV0KeyHash});
  chain_.AddBlock({mint});
  chain_.AddBlock({{}, paying});
  Build();
  const FactsReader pass = reader();
  const FactsReader question = FactsReader::ForQuestion(view());
  std::size_t shared = 0;
  for (AddressNum address{0}; address.value < view().addresses_count(); ++address) {
    EXPECT_EQ(pass.IsShared(address), question.IsShared(address)) << address.value;
    shared += question.IsShared(address) ? 1 : 0;
  }
  EXPECT_GT(shared, kSharedKeys.size() * 7);  // of two keys of one x some scripts are the same
  for (const char* name : {"m", "s"}) {
    const TxNum tx = chain_.TransactionOf(name);
    EXPECT_EQ(question.Read(tx).pays_wasabi_coordinator, *name == 's');
    EXPECT_EQ(pass.Read(tx).pays_wasabi_coordinator, *name == 's');
  }
}

}  // namespace
}  // namespace coinwake::test
