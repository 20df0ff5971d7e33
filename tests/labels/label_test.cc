// Goal: words, levels and dates mean what the tables say, and a label speaks for no more than it
// may. Method: by hand, each class with each thing a list can say of clusters.
#include "labels/label.h"

#include <gtest/gtest.h>

namespace coinwake {
namespace {

TEST(ClassOfWords, TakesTheStrongestWord) {
  EXPECT_EQ(ClassOfWord("Exchange"), LabelClass::kService);
  EXPECT_EQ(ClassOfWord("mixing_service"), LabelClass::kService);
  EXPECT_EQ(ClassOfWord("vendor"), LabelClass::kSeller);
  EXPECT_EQ(ClassOfWord("website_mention"), LabelClass::kAdvertisement);
  EXPECT_EQ(ClassOfWord("sanction"), LabelClass::kSanction);
  EXPECT_EQ(ClassOfWord("coinjoin"), std::nullopt);  // its addresses are the participants'
  EXPECT_EQ(ClassOfWord("user"), std::nullopt);
  EXPECT_EQ(ClassOfWord(""), std::nullopt);
  EXPECT_EQ(ClassOfWords({"exchange", "sanction"}), LabelClass::kSanction);
  EXPECT_EQ(ClassOfWords({"exchange", "shop", "forum_mention"}), LabelClass::kSeller);
  EXPECT_EQ(ClassOfWords({"user", ""}), std::nullopt);
  EXPECT_EQ(ClassOfSource("https://www.treasury.gov/ofac/downloads/sdnlist.txt"),
            LabelClass::kSanction);
  for (const char* source :
       {"https://home.treasury.gov/policy-issues/financial-sanctions/recent-actions/20220808",
        "https://ofac.treasury.gov/recent-actions/20231129", "ofac-sdn-list-20220405"}) {
    EXPECT_EQ(ClassOfSource(source), LabelClass::kSanction) << source;
  }
  EXPECT_EQ(ClassOfSource("https://www.treasury.gov/about"), std::nullopt);
  EXPECT_EQ(ClassOfSource("https://home.treasury.gov/news/press-releases/jy0701"), std::nullopt);
}

TEST(LabelClassName, ReadsBack) {
  for (const LabelClass label_class : kAllLabelClasses) {
    EXPECT_EQ(ParseLabelClass(LabelClassName(label_class)), label_class);
  }
  EXPECT_EQ(ParseLabelClass("Service"), std::nullopt);
}

TEST(ParseConfidence, TakesWordsAndHundredths) {
  EXPECT_EQ(ParseConfidence("ownership"), 1000);
  EXPECT_EQ(ParseConfidence("service_data"), 500);
  EXPECT_EQ(ParseConfidence("unknown"), 50);
  EXPECT_EQ(ParseConfidence("0"), 0);
  EXPECT_EQ(ParseConfidence("100"), 1000);
  EXPECT_EQ(ParseConfidence("33"), 330);
  EXPECT_EQ(ConfidenceText(330), "33");
  for (const char* text : {"", "101", "-1", "50 ", "0.5", "Ownership", "99999999999999999999"}) {
    EXPECT_EQ(ParseConfidence(text), std::nullopt) << text;
  }
}

TEST(SpeaksForCluster, OnlyServicesAndDefinersDo) {
  const auto speaks = [](std::optional<LabelClass> label_class, std::optional<bool> definer) {
    Label label;
    label.label_class = label_class;
    label.cluster_definer = definer;
    return SpeaksForCluster(label);
  };
  EXPECT_TRUE(speaks(LabelClass::kService, std::nullopt));
  EXPECT_TRUE(speaks(LabelClass::kService, true));
  EXPECT_FALSE(speaks(LabelClass::kService, false));
  for (const auto other : {std::optional<LabelClass>(), std::optional(LabelClass::kOther)}) {
    EXPECT_FALSE(speaks(other, std::nullopt));
    EXPECT_FALSE(speaks(other, false));
    EXPECT_TRUE(speaks(other, true));
  }
  for (const LabelClass one :
       {LabelClass::kSeller, LabelClass::kAdvertisement, LabelClass::kSanction}) {
    EXPECT_FALSE(speaks(one, std::nullopt));
    EXPECT_FALSE(speaks(one, true)) << LabelClassName(one);
  }
}

// GraphSense's samourai.yaml: category coinjoin, is_cluster_definer true.
TEST(SpeaksForCluster, ParticipantsOfMixesDoNot) {
  Label label;
  label.category = "CoinJoin";
  label.cluster_definer = true;
  EXPECT_FALSE(SpeaksForCluster(label));
  label.label_class = LabelClass::kOther;
  EXPECT_FALSE(SpeaksForCluster(label));
  label.label_class = LabelClass::kService;  // the coordinator's own, a list says
  EXPECT_TRUE(SpeaksForCluster(label));
}

TEST(ServiceKindOf, IsWhatTheCategoryOfAServiceSays) {
  const auto kind = [](const std::string& category, std::optional<LabelClass> label_class) {
    Label label;
    label.category = category;
    label.label_class = label_class;
    return ServiceKindOf(label);
  };
  EXPECT_EQ(kind("exchange", LabelClass::kService), ServiceKind::kService);
  EXPECT_EQ(kind("", LabelClass::kService), ServiceKind::kService);
  EXPECT_EQ(kind("its own word", LabelClass::kService), ServiceKind::kService);
  for (const char* const mixer : {"mixer", "Mixing_Service", "tumbler"}) {
    EXPECT_EQ(kind(mixer, LabelClass::kService), ServiceKind::kMixer) << mixer;
  }
  EXPECT_EQ(kind("bridge", LabelClass::kService), ServiceKind::kBridge);
  EXPECT_EQ(kind("defi_bridge", LabelClass::kService), ServiceKind::kBridge);
  // Its class goes before: a sanctions list may name a mixer.
  EXPECT_EQ(kind("mixer", LabelClass::kSanction), std::nullopt);
  EXPECT_EQ(kind("exchange", LabelClass::kSeller), std::nullopt);
  EXPECT_EQ(kind("exchange", std::nullopt), std::nullopt);
}

TEST(Date, ReadsDaysOfTheCalendar) {
  EXPECT_EQ(ParseDate("1970-01-01"), Date{0});
  EXPECT_EQ(ParseDate("2024-02-29"), Date{19782});
  EXPECT_EQ(ParseDate("2024-02-29T12:00:00Z"), Date{19782});
  EXPECT_EQ(DateText(Date{19782}), "2024-02-29");
  EXPECT_EQ(DateText(*ParseDate("0001-01-01")), "0001-01-01");
  EXPECT_EQ(EndOfDay(Date{0}), 86'400);
  for (const char* text : {"", "2023-02-29", "2024-13-01", "2024-1-01", "2024-00-10", "24-01-01",
                           "2024-02-29x", "2024/02/29", "0000-01-01", "-001-01-01"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(HoldsOn, CountsBothEnds) {
  Label label;
  EXPECT_TRUE(HoldsOn(label, Date{-1}));
  label.valid_from = Date{10};
  label.valid_to = Date{20};
  EXPECT_FALSE(HoldsOn(label, Date{9}));
  EXPECT_TRUE(HoldsOn(label, Date{10}));
  EXPECT_TRUE(HoldsOn(label, Date{20}));
  EXPECT_FALSE(HoldsOn(label, Date{21}));
}

}  // namespace
}  // namespace coinwake
