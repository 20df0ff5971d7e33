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

using ::testing::Contains;
using ::testing::ElementsAre;

// G, 2 G, 3 G and -G of secp256k1 (SEC 2).
TEST(SharedKeys, AreThoseOfTheFirstPrivateKeys) {
  const std::pair<std::size_t, const char*> known[] = {
      {0, "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
      {1, "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"},
      {2, "02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"},
      {16, "0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"}};
  for (const auto& [row, key] : known) {
    const std::vector<std::vector<std::uint8_t>> scripts =
        bitcoin::ScriptsOfKey(ByteSpan(*HexDecode(key)));
    for (const std::vector<std::uint8_t>& script : kSharedKeys[row].Scripts()) {
      EXPECT_THAT(scripts, Contains(script)) << row;
    }
  }
}

TEST(SharedKeys, NestedFormsFollowFromTheKeys) {
  for (const SharedKey& key : kSharedKeys) {
    EXPECT_THAT(bitcoin::ScriptsOfKeyHash(ByteSpan(key.compressed)), Contains(key.Scripts()[3]));
  }
}

using SharedKeysTest = ClusterTest;

TEST_F(SharedKeysTest, JoinNobody) {
  SimpleTransaction mint = Mint("m", {"a", "b"});
  mint.outputs.push_back({"", kCoin, kSharedKeys[0].Scripts()[1], ScriptType::kPubkeyHash});
  chain_.AddBlock({mint});
  chain_.AddBlock({{}, Sweep("s", "m", 3, "x")});
  Build();
  EXPECT_TRUE(Joined("a", "b"));
  const AddressNum shared = view().AddressOf(chain_.OutputOf("m", 2));
  EXPECT_NE(partition_->ClusterOf(shared), partition_->ClusterOf(chain_.AddressOf("a")));
  EXPECT_THAT(CoSpenders(reader(), chain_.TransactionOf("s")),
              ElementsAre(chain_.AddressOf("a"), chain_.AddressOf("b")));
}

}  // namespace
}  // namespace coinwake::test
