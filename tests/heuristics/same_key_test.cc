// Goal: what one key controls is one cluster, found from any of its scripts, and `why` says since
// when it is known. Method: small chains whose keys are shown by hand; many random keys, against a
// map of them.
#include "heuristics/same_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "heuristics/shared_keys.h"
#include "tests/heuristics/support.h"
#include "tests/support/fault_file_system.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Key = std::array<std::uint8_t, 33>;

Key KeyOf(std::uint64_t number) {
  std::mt19937_64 random(number);
  Key key;
  for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(random());
  key[0] = 2;
  return key;
}

class SameKeyTest : public ClusterTest {
 protected:
  AddressNum Number(const std::string& name) const { return chain_.AddressOf(name); }
  std::vector<EvidenceLink> Why(const std::string& a, const std::string& b) const {
    const auto links = WhyJoined(view(), partition_.get(), Number(a), Number(b), 0);
    EXPECT_THAT(links, IsOk());
    return links.value_or(std::vector<EvidenceLink>());
  }
};

TEST_F(SameKeyTest, JoinsWhatItControlsAndWhatWasSpentWithThat) {
  chain_.AddBlock({Mint("mint", {"a", "b", "c", "d", "a"})});
  chain_.AddBlock({{}, Sweep("spend a", "mint", 1, "x")});
  chain_.RevealKey("a", KeyOf(1));
  SimpleTransaction both;
  both.name = "spend b and c";
  both.inputs = {Spend("mint", 1), Spend("mint", 2)};
  both.outputs = {{"y", 1000}};
  chain_.AddBlock({{}, both});
  chain_.RevealKey("b", KeyOf(1));
  chain_.RevealKey("c", KeyOf(2));
  // Of one x, and the other point: another key.
  Key other = KeyOf(2);
  other[0] = 3;
  chain_.AddBlock({{}, {"spend d", {Spend("mint", 3)}, {{"z", 1000}}}});
  chain_.RevealKey("d", other);
  Build();
  EXPECT_TRUE(Joined("a", "b"));
  EXPECT_TRUE(Joined("a", "c"));
  EXPECT_FALSE(Joined("c", "d"));
  EXPECT_THAT(ScriptsOfSameKey(reader(), Number("a")), IsOkAndHolds(ElementsAre(Number("b"))));
  EXPECT_THAT(ScriptsOfSameKey(reader(), Number("d")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ScriptsOfSameKey(reader(), Number("x")), IsOkAndHolds(IsEmpty()));
  for (const char* const name : {"a", "b", "c"}) {
    ASSERT_OK_AND_ASSIGN(const Cluster around,
                         ClusterAround(view(), Profile::kStrict, Number(name), 0));
    EXPECT_EQ(around.Members(std::nullopt, 10), partition_->Members(Number("a"), std::nullopt, 10));
  }
  const std::vector<EvidenceLink> links = Why("a", "c");
  ASSERT_EQ(links.size(), 2u);
  EXPECT_EQ(links[0].rule, Rule::kSameKey);
  EXPECT_EQ(links[0].rule_version, kSameKeyVersion);
  EXPECT_EQ(links[0].confidence_permille, 1000u);
  EXPECT_EQ(links[0].a, Number("a"));
  EXPECT_EQ(links[0].b, Number("b"));
  // Known once the second of them was spent, whichever end is asked first.
  EXPECT_EQ(links[0].tx, chain_.TransactionOf("spend b and c"));
  EXPECT_EQ(links[1].rule, Rule::kCoSpend);
  const std::vector<EvidenceLink> back = Why("b", "a");
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].tx, chain_.TransactionOf("spend b and c"));
}

TEST_F(SameKeyTest, OfABareKeyIsKnownFromTheFirstPayment) {
  chain_.AddBlock({Mint("mint", {"a"})});
  chain_.AddBlock({{}, Sweep("spend a", "mint", 1, "x")});
  chain_.RevealKey("a", KeyOf(1));
  const std::vector<std::uint8_t> bare = {0x21, 1, 0xac};  // only its type is looked at
  SimpleTransaction pay = Mint("pay the key", {});
  pay.outputs = {{"", kCoin, bare, ScriptType::kPubkey}};
  chain_.AddBlock({pay});
  chain_.RevealKey(bare, KeyOf(1));
  Build();
  const AddressNum bare_number = view().AddressOf(chain_.OutputOf("pay the key", 0));
  EXPECT_EQ(partition_->ClusterOf(bare_number), partition_->ClusterOf(Number("a")));
  ASSERT_OK_AND_ASSIGN(const auto links, WhyJoined(view(), nullptr, bare_number, Number("a"), 0));
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].tx, chain_.TransactionOf("pay the key"));
}

TEST_F(SameKeyTest, OfEverybodyJoinsNobody) {
  const auto scripts = kSharedKeys[0].Scripts();
  SimpleTransaction mint = Mint("mint", {});
  for (const std::size_t form : {std::size_t{0}, std::size_t{2}}) {
    mint.outputs.push_back({"", kCoin, scripts[form], ScriptType::kPubkey});
  }
  chain_.AddBlock({mint});
  chain_.RevealKey(scripts[0], KeyOf(1));
  chain_.RevealKey(scripts[2], KeyOf(1));
  Build();
  const AddressNum one = view().AddressOf(chain_.OutputOf("mint", 0));
  const AddressNum other = view().AddressOf(chain_.OutputOf("mint", 1));
  ASSERT_NE(one, other);
  EXPECT_NE(partition_->ClusterOf(one), partition_->ClusterOf(other));
  EXPECT_THAT(ScriptsOfSameKey(reader(), one), IsOkAndHolds(IsEmpty()));
}

// Keys shown before some point, then the rest: the same as all at once, by either way to them.
TEST(SameKey, IsThatOfAMapFromAnyKeyOn) {
  constexpr std::uint64_t kAddresses = 3'000;
  IndexBuilder chain;
  SimpleTransaction mint;
  mint.name = "mint";
  for (std::uint64_t i = 0; i < kAddresses; ++i) {
    mint.outputs.push_back({"n" + std::to_string(i), 1});
  }
  chain.AddBlock({mint});
  std::mt19937_64 random(5);
  std::map<Key, std::uint32_t> first_of;
  std::vector<std::uint32_t> roots(kAddresses + 1);
  for (std::uint32_t i = 0; i < roots.size(); ++i) roots[i] = i;
  for (std::uint64_t i = 0; i < kAddresses; ++i) {
    const std::string name = "n" + std::to_string(i);
    const Key key = KeyOf(random() % 2'000);
    chain.RevealKey(name, key);
    const auto number = static_cast<std::uint32_t>(chain.AddressOf(name).value);
    roots[number] = first_of.emplace(key, number).first->second;
  }
  ASSERT_LT(first_of.size(), kAddresses - 500);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  const View& view = *index.view;
  ASSERT_EQ(view.addresses_count(), roots.size());
  ASSERT_OK_AND_ASSIGN(const FactsReader reader, FactsReader::Make(view));
  const auto expect = [&roots](UnionByMin* unions) {
    unions->Flatten();
    const auto parents = unions->Parents(roots.size());
    EXPECT_TRUE(std::equal(parents.begin(), parents.end(), roots.begin(), roots.end()));
  };
  for (const int threads : {1, 2, 5}) {
    UnionByMin unions(roots.size());
    ASSERT_OK(UniteSameKeysByPass(reader, threads, &unions));
    expect(&unions);
  }
  const std::uint64_t keys = view.totals().keys;
  ASSERT_EQ(keys, kAddresses);
  for (const std::uint64_t begin : {std::uint64_t{0}, keys / 2, keys - 5, keys}) {
    SCOPED_TRACE(begin);
    UnionByMin unions(roots.size());
    std::map<Key, std::uint32_t> met;
    for (KeyNum key{}; key.value < begin; ++key) {
      Key bytes;
      std::copy_n(view.Key(key).begin(), bytes.size(), bytes.begin());
      const auto number = static_cast<std::uint32_t>(view.AddressOfKey(key).value);
      unions.Unite(number, met.emplace(bytes, number).first->second);
    }
    ASSERT_OK(UniteSameKeys(reader, KeyNum{begin}, 2, &unions));
    expect(&unions);
  }
}

}  // namespace
}  // namespace coinwake::test
