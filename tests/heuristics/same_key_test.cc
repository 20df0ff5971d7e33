// Goal: what one key controls is one cluster, found from any of its scripts, and `why` says since
// when it is known. Method: small chains whose keys are shown by hand; many random keys, against a
// map of them.
#include "heuristics/same_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/same_key_scan.h"
#include "heuristics/shared_keys.h"
#include "heuristics/union_by_min.h"
#include "indexer/base/hash.h"
#include "tests/heuristics/support.h"
#include "tests/support/fault_file_system.h"

namespace coinwake::test {
namespace {

using ::testing::Contains;
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

Hash160 HashOfName(const std::string& name) {  // that ScriptOfName() has
  return ComputeHash160(AsBytes(name.data(), name.size()));
}

// The P2WPKH script with the hash that ScriptOfName() has.
std::vector<std::uint8_t> WitnessScriptOf(const std::string& name) {
  std::vector<std::uint8_t> script = {0x00, 0x14};
  const Hash160 hash = HashOfName(name);
  script.insert(script.end(), hash.begin(), hash.end());
  return script;
}

SimpleTransaction PaysTo(const std::string& name, const std::vector<std::uint8_t>& script,
                         ScriptType type) {
  SimpleTransaction tx;
  tx.name = name;
  tx.outputs = {{"", kCoin, script, type}};
  return tx;
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
  EXPECT_THAT(ScriptsOfSameKey(view(), Number("a")), IsOkAndHolds(ElementsAre(Number("b"))));
  EXPECT_THAT(ScriptsOfSameKey(view(), Number("d")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ScriptsOfSameKey(view(), Number("x")), IsOkAndHolds(IsEmpty()));
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
  std::vector<std::uint8_t> bare = {0x21};
  const Key key = KeyOf(1);
  bare.insert(bare.end(), key.begin(), key.end());
  bare.push_back(0xac);
  chain_.AddBlock({PaysTo("pay the key", bare, ScriptType::kPubkey)});
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
  std::vector<std::uint8_t> hybrid = scripts[1];  // which the list does not have
  hybrid[1] = 6;
  SimpleTransaction mint = Mint("mint", {});
  const std::vector<std::vector<std::uint8_t>> bare = {scripts[0], scripts[1], hybrid};
  for (const auto& script : bare) {
    mint.outputs.push_back({"", kCoin, script, ScriptType::kPubkey});
  }
  mint.outputs.push_back({"", kCoin, scripts[2], ScriptType::kPubkeyHash});
  chain_.AddBlock({mint});
  Key key;
  std::copy_n(scripts[0].begin() + 1, key.size(), key.begin());
  for (const auto& script : bare) chain_.RevealKey(script, key);
  Build();
  for (std::uint32_t vout = 0; vout < mint.outputs.size(); ++vout) {
    const AddressNum one = view().AddressOf(chain_.OutputOf("mint", vout));
    EXPECT_EQ(partition_->SizeOf(one), 1u) << vout;
    EXPECT_THAT(ScriptsOfSameKey(view(), one), IsOkAndHolds(IsEmpty())) << vout;
  }
}

TEST_F(SameKeyTest, IsInTheHashThatTwoScriptsHave) {
  SimpleTransaction mint = Mint("mint", {"a"});
  chain_.AddBlock({mint});
  chain_.AddBlock({PaysTo("pay", WitnessScriptOf("a"), ScriptType::kWitnessV0KeyHash)});
  // As long as one of them, and with the same bytes where the hash would be.
  std::vector<std::uint8_t> other = WitnessScriptOf("a");
  other.push_back(0);
  chain_.AddBlock({PaysTo("pay other", other, ScriptType::kWitnessUnknown)});
  Build();
  const AddressNum witness = view().AddressOf(chain_.OutputOf("pay", 0));
  EXPECT_EQ(partition_->ClusterOf(witness), Number("a"));
  EXPECT_THAT(ScriptsOfSameKey(view(), Number("a")), IsOkAndHolds(ElementsAre(witness)));
  EXPECT_THAT(ScriptsOfSameKey(view(), witness), IsOkAndHolds(ElementsAre(Number("a"))));
  ASSERT_OK_AND_ASSIGN(const auto links, WhyJoined(view(), nullptr, Number("a"), witness, 0));
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].rule, Rule::kSameKey);
  EXPECT_EQ(links[0].tx, chain_.TransactionOf("pay"));
}

// A slow union of what a chain shows, by a map from hashes to scripts.
class SlowUnion {
 public:
  explicit SlowUnion(std::uint64_t count) : roots_(count) {
    for (std::uint32_t i = 0; i < count; ++i) roots_[i] = i;
  }
  void Show(const Hash160& hash, std::uint32_t script) {
    const std::uint32_t a = roots_[first_.emplace(hash, script).first->second];
    const std::uint32_t b = roots_[script];
    for (std::uint32_t& root : roots_) {
      if (root == a || root == b) root = std::min(a, b);
    }
  }
  const std::vector<std::uint32_t>& roots() const { return roots_; }

 private:
  std::map<Hash160, std::uint32_t> first_;
  std::vector<std::uint32_t> roots_;
};

// Blocks of scripts and keys, of which many have hashes in common, with a note of what they show.
class KeyChain {
 public:
  void AddBlock(std::uint64_t scripts, std::uint64_t keys) {
    SimpleTransaction mint;
    for (std::uint64_t i = 0; i < scripts; ++i) {
      const std::string name = "n" + std::to_string(random_() % 2'000);
      const bool is_witness = random_() % 2 == 0;
      const auto script = is_witness ? WitnessScriptOf(name) : ScriptOfName(name);
      mint.outputs.push_back(
          {"", 1, script, is_witness ? ScriptType::kWitnessV0KeyHash : ScriptType::kPubkeyHash});
      shown_.emplace_back(HashOfName(name), script);
      if (!is_witness) legacy_.insert(name);
    }
    chain_.AddBlock({mint});
    for (std::uint64_t i = 0; i < keys; ++i) {
      const auto name = std::next(legacy_.begin(), static_cast<int>(random_() % legacy_.size()));
      if (!with_key_.insert(*name).second) continue;
      const Key key = KeyOf(random_() % 100);
      chain_.RevealKey(*name, key,
                       random_() % 3 == 0 ? IndexBuilder::KeyForm::kHybrid
                                          : IndexBuilder::KeyForm::kUncompressed);
      shown_.emplace_back(ComputeHash160(key), ScriptOfName(*name));
    }
  }
  IndexBuilder& builder() { return chain_; }
  // Of every script, the smallest that it is one with.
  std::vector<std::uint32_t> Roots(const View& view) const {
    SlowUnion slow(view.addresses_count());
    for (const auto& [hash, script] : shown_) {
      const absl::StatusOr<AddressNum> address = view.FindAddress(script);
      COINWAKE_CHECK(address.ok());
      slow.Show(hash, static_cast<std::uint32_t>(address->value));
    }
    return slow.roots();
  }

 private:
  std::mt19937_64 random_{5};
  IndexBuilder chain_;
  std::vector<std::pair<Hash160, std::vector<std::uint8_t>>> shown_;
  std::set<std::string> legacy_;
  std::set<std::string> with_key_;
};

// Scripts and keys of some blocks, then the rest: the same as all at once, by either way to them.
TEST(SameKey, IsThatOfAMapFromAnyBlockOn) {
  KeyChain chain;
  for (int i = 0; i < 4; ++i) chain.AddBlock(700, 200);
  chain.AddBlock(1, 1);  // little enough to be looked up
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder().Build(files, "/data"));
  const View& view = *index.view;
  const std::vector<std::uint32_t> roots = chain.Roots(view);
  std::uint64_t alone = 0;
  for (std::uint32_t i = 0; i < roots.size(); ++i) alone += roots[i] == i ? 1 : 0;
  ASSERT_LT(alone, roots.size() * 3 / 4);
  const auto expect = [&roots](UnionByMin* unions) {
    unions->Flatten();
    const auto parents = unions->Parents(roots.size());
    EXPECT_TRUE(std::equal(parents.begin(), parents.end(), roots.begin(), roots.end()));
  };
  for (const int threads : {1, 2, 5}) {
    UnionByMin unions(roots.size());
    ASSERT_OK(UniteSameKeysByPass(view, threads, &unions));
    expect(&unions);
  }
  for (std::uint64_t height = 0; height <= view.snapshot().height; ++height) {
    SCOPED_TRACE(height);
    UnionByMin unions(roots.size());
    ASSERT_OK_AND_ASSIGN(const auto older, view.AsOf(height));
    ASSERT_OK(UniteSameKeysByPass(*older, 1, &unions));
    ASSERT_OK(UniteSameKeys(view, ShownKeys::AllOf(*older), 2, &unions));
    expect(&unions);
  }
}

// From one script, and over all: each finds what the other does.
TEST(SameKey, IsFoundFromEitherEnd) {
  KeyChain chain;
  chain.AddBlock(300, 100);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder().Build(files, "/data"));
  UnionByMin unions(index.view->addresses_count());
  for (AddressNum a{}; a.value < index.view->addresses_count(); ++a) {
    ASSERT_OK_AND_ASSIGN(const std::vector<AddressNum> others, ScriptsOfSameKey(*index.view, a));
    for (const AddressNum b : others) {
      ASSERT_OK_AND_ASSIGN(const std::vector<AddressNum> back, ScriptsOfSameKey(*index.view, b));
      EXPECT_THAT(back, Contains(a));
      unions.Unite(static_cast<std::uint32_t>(a.value), static_cast<std::uint32_t>(b.value));
    }
  }
  unions.Flatten();
  const std::vector<std::uint32_t> roots = chain.Roots(*index.view);
  const auto parents = unions.Parents(roots.size());
  EXPECT_TRUE(std::equal(parents.begin(), parents.end(), roots.begin(), roots.end()));
}

}  // namespace
}  // namespace coinwake::test
