// Goal: TagPacks and ActorPacks say what their authors mean, tag by tag, and nothing that is no
// pack gets through. Method: the real packs, with the counts of the list they came with; small
// packs for each rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/labels/support.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::map<Network, int> ByNetwork(const LabelList& list) {
  std::map<Network, int> counts;
  for (const Label& label : list.labels) ++counts[label.network];
  return counts;
}

TEST(TagPack, OfacHasItsPublishedCounts) {
  const LabelFile file = MustRead(LabelData("ofac.yaml"));
  EXPECT_EQ(file.read, 572u);
  ASSERT_EQ(file.lists.size(), 1u);
  const LabelList& list = file.lists[0];
  EXPECT_EQ(list.list, "US Treasury OFAC Sanctions List (INTERPOL CNTL)");
  EXPECT_TRUE(list.may_be_part);
  std::map<Network, int> counts = ByNetwork(list);
  EXPECT_EQ(counts[Network::kBitcoin], 389);
  EXPECT_EQ(counts[Network::kTron], 7);  // three of TRX, others under USDT and one under BTC
  EXPECT_EQ(file.rejected.size(), 572u - 389u - 7u);
  EXPECT_EQ(file.rejected[0].row, 125u);
  EXPECT_THAT(file.rejected[0].reason, HasSubstr("EVM"));
  for (const Label& label : list.labels) {
    EXPECT_EQ(label.name, "Asset listed under US Treasury OFAC Sanctions List");
    EXPECT_EQ(label.category, "user");
    EXPECT_EQ(label.label_class, LabelClass::kSanction);  // its source says so
    EXPECT_EQ(label.creator, "INTERPOL CNTL");
    EXPECT_EQ(label.confidence_permille, std::nullopt);
    EXPECT_FALSE(SpeaksForCluster(label));
  }
}

TEST(TagPack, TagsInheritFromTheHeader) {
  const LabelFile file = MustRead(LabelData("binance.yaml"));
  ASSERT_EQ(file.lists[0].labels.size(), 2u);
  for (const Label& label : file.lists[0].labels) {
    EXPECT_EQ(label.name, "binance.com");
    EXPECT_EQ(label.category, "exchange");
    EXPECT_EQ(label.actor, "binance");
    EXPECT_EQ(label.confidence_permille, 500);
    EXPECT_EQ(label.cluster_definer, true);
    EXPECT_EQ(label.label_class, LabelClass::kService);
    EXPECT_TRUE(SpeaksForCluster(label));
  }
  const LabelFile wasabi = MustRead(LabelData("wasabi_collector.yaml"));
  ASSERT_EQ(wasabi.lists[0].labels.size(), 2u);
  EXPECT_EQ(wasabi.lists[0].labels[0].cluster_definer, true);
  EXPECT_EQ(wasabi.lists[0].labels[1].cluster_definer, false);
}

TEST(TagPack, OtherRealPacksHaveTheirCounts) {
  const LabelFile explorer = MustRead(LabelData("walletexplorer.yaml"));
  EXPECT_EQ(explorer.read, 386u);
  EXPECT_EQ(explorer.lists[0].labels.size(), 386u);
  EXPECT_EQ(explorer.lists[0].labels[0].source,
            "https://www.walletexplorer.com/address/1vdXJDiDSzeUAoM7eAcWZPhM9wEKmH8dG");
  const LabelFile okx = MustRead(LabelData("exchange-wallets-okx.yaml"));
  EXPECT_EQ(okx.read, 36u);
  EXPECT_EQ(okx.lists[0].labels.size() + okx.rejected.size(), 36u);
}

TEST(TagPack, ActorPacksGiveActors) {
  const LabelFile file = MustRead(LabelData("actorpack_cut.yaml"));
  ASSERT_EQ(file.lists.size(), 1u);
  EXPECT_EQ(file.lists[0].list, "Graphsense Actors (Graphsense Core Team)");
  const auto& actors = file.lists[0].actors;
  const auto binance = std::find_if(actors.begin(), actors.end(),
                                    [](const Actor& actor) { return actor.id == "binance"; });
  ASSERT_NE(binance, actors.end());
  EXPECT_EQ(binance->name, "Binance");
  EXPECT_THAT(binance->categories,
              ElementsAre("organization", "defi_dex", "exchange", "mining_service"));
}

constexpr char kAddress[] = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h";

TEST(TagPack, HeaderMayStandBehindTheTags) {
  const LabelFile file = MustRead(
      absl::StrCat("tags:\n- address: ", kAddress, "\n  label: own\n- {address: ", kAddress,
                   ", concepts: [drugs, vendor]}\ntitle: T\nlabel: theirs\ncategory: exchange\n"));
  ASSERT_EQ(file.lists[0].labels.size(), 2u);
  EXPECT_EQ(file.lists[0].list, "T");
  EXPECT_EQ(file.lists[0].labels[0].name, "own");
  EXPECT_EQ(file.lists[0].labels[0].label_class, LabelClass::kService);
  EXPECT_EQ(file.lists[0].labels[1].name, "theirs");
  EXPECT_EQ(file.lists[0].labels[1].label_class, LabelClass::kSeller);
}

TEST(TagPack, WithoutATitleTheFileNamesTheList) {
  for (const char* title : {"", "title: \"\"\n", "title:\n"}) {
    const LabelFile file =
        MustRead(absl::StrCat(title, "label: L\ntags:\n- address: ", kAddress, "\n"));
    EXPECT_EQ(file.lists[0].list, "list") << title;
  }
}

TEST(TagPack, CategoryMayComeFromConcepts) {
  const LabelFile file = MustRead(absl::StrCat("title: T\nlabel: L\nconcepts:\n- exchange\n- x\n",
                                               "tags:\n- address: ", kAddress, "\n"));
  EXPECT_EQ(file.lists[0].labels[0].category, "exchange");
  EXPECT_EQ(file.lists[0].labels[0].label_class, LabelClass::kService);
}

TEST(TagPack, NetworksThatCannotBeReadAreRejected) {
  const LabelFile file = MustRead(absl::StrCat(
      "title: T\nlabel: L\nnetwork: BTC\ntags:\n- address: ", kAddress, "\n- address: ", kAddress,
      "\n  network: bitcoin-tesnet\n- address: mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn\n",
      "  network: bitcoin-signet\n"));
  ASSERT_EQ(file.lists[0].labels.size(), 2u);
  EXPECT_EQ(file.lists[0].labels[1].network, Network::kBitcoinSignet);
  ASSERT_EQ(file.rejected.size(), 1u);
  EXPECT_EQ(file.rejected[0].row, 6u);
  EXPECT_EQ(file.rejected[0].reason, "network cannot be read");
}

// Hydra, Blender and Sinbad were services before they were put under sanctions.
TEST(TagPack, AServiceUnderSanctionsStaysBoth) {
  const LabelFile file = MustRead(absl::StrCat(
      "title: T\nlabel: L\ntags:\n- address: ", kAddress,
      "\n  concepts: [sanction, mixing_service]\n- address: ", kAddress,
      "\n  category: dark_market\n  source: https://ofac.treasury.gov/recent-actions/20220405\n"));
  ASSERT_EQ(file.lists[0].labels.size(), 2u);
  for (const Label& label : file.lists[0].labels) {
    EXPECT_EQ(label.label_class, LabelClass::kSanction);
    EXPECT_EQ(ClassOfWord(label.category), LabelClass::kService) << label.category;
    EXPECT_FALSE(SpeaksForCluster(label));
  }
}

TEST(TagPack, RejectsTagsWithTheirLines) {
  const LabelFile file = MustRead(absl::StrCat(
      "title: T\ntags:\n- address: ", kAddress, "\n- tx_hash: abc\n  label: L\n- label: L\n",
      "- address: ", kAddress, "\n  label: L\n  confidence: sure\n- address: ", kAddress,
      "\n  label: ", std::string(1025, 'x'), "\n- address: ", kAddress, "\n  label: good\n"));
  ASSERT_EQ(file.lists[0].labels.size(), 1u);
  ASSERT_EQ(file.rejected.size(), 5u);
  EXPECT_EQ(file.rejected[0].row, 3u);
  EXPECT_EQ(file.rejected[0].reason, "no label");
  EXPECT_EQ(file.rejected[1].row, 4u);
  EXPECT_THAT(file.rejected[1].reason, HasSubstr("transaction"));
  EXPECT_EQ(file.rejected[2].row, 6u);
  EXPECT_EQ(file.rejected[3].reason, "confidence cannot be read");
  EXPECT_THAT(file.rejected[4].reason, HasSubstr("longer than 1024 bytes"));
  EXPECT_EQ(file.read, 6u);
}

TEST(TagPack, RefusesWhatNoPackHas) {
  const auto error = [](const std::string& text) {
    const auto file = ReadLabels(text);
    EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument) << text;
    return std::string(file.status().message());
  };
  EXPECT_THAT(error("title: &a T\ntags: []\n"), HasSubstr("list:1: an anchor"));
  EXPECT_THAT(error("title: T\ntags:\n- &a {label: x}\n- *a\n"), HasSubstr("list:3: an anchor"));
  EXPECT_THAT(error("title: T\ntags: *a\n"), HasSubstr("list:2"));
  for (const char* other : {"title: T\n", "title: T\ntags: none\n"}) {
    EXPECT_THAT(ReadLabels(other),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("neither TagPack nor ActorPack")));
  }
  EXPECT_THAT(error("title: T\ntags: []\n---\ntitle: T\n"), HasSubstr("neither"));
  EXPECT_THAT(error("title: T\ntags: [\n"), HasSubstr("no YAML"));
  EXPECT_THAT(error(absl::StrCat("title: T\ncontext: ", std::string(40, '['))),
              HasSubstr("list:2"));
  EXPECT_THAT(error(absl::StrCat("title: T\ncontext: ", std::string(100'000, '['))),
              HasSubstr("list:2"));
}

TEST(TagPack, NestedContextIsPassedOver) {
  const LabelFile file = MustRead(absl::StrCat(
      "title: T\ncontext:\n  label: not this\n  tags:\n  - address: x\ntags:\n- address: ",
      kAddress, "\n  context:\n    label: nor this\n    deep: [[1, {label: 2}]]\n  label: L\n"));
  ASSERT_EQ(file.lists[0].labels.size(), 1u);
  EXPECT_EQ(file.lists[0].labels[0].name, "L");
  EXPECT_TRUE(file.rejected.empty());
}

TEST(TagPack, ListAndClassMayBeGiven) {
  LabelReadOptions options;
  options.list = "mine";
  options.label_class = LabelClass::kOther;
  const LabelFile file = MustRead(LabelData("binance.yaml"), options);
  EXPECT_EQ(file.lists[0].list, "mine");
  EXPECT_FALSE(file.lists[0].may_be_part);
  EXPECT_EQ(file.lists[0].labels[0].label_class, LabelClass::kOther);
}

}  // namespace
}  // namespace coinwake
