// Goal: CSV with a header means what it says, and an export reads back as the same labels, as CSV
// and as TagPack. Method: columns by hand; labels with every field, awkward texts among them,
// written and read.
#include "labels/label_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "labels/label_codec.h"
#include "labels/tag_pack_writer.h"
#include "tests/labels/support.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;

constexpr char kAddress[] = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h";

TEST(LabelCsv, ReadsColumnsByName) {
  const LabelFile file = MustRead(absl::StrCat(
      "# claims\nSource,address,ENTITY,category,confidence,valid_from,valid_to,cluster_definer\n",
      "court,", kAddress, ",\"Mt. Gox, Inc\",exchange,web_crawl,2011-01-01,2014-02-28,true\n\n",
      "x,", kAddress, ",short\n"));
  ASSERT_EQ(file.lists.size(), 1u);
  EXPECT_EQ(file.lists[0].list, "list");
  ASSERT_EQ(file.lists[0].labels.size(), 2u);
  const Label& label = file.lists[0].labels[0];
  EXPECT_EQ(label.name, "Mt. Gox, Inc");
  EXPECT_EQ(label.category, "exchange");
  EXPECT_EQ(label.label_class, LabelClass::kService);
  EXPECT_EQ(label.source, "court");
  EXPECT_EQ(label.confidence_permille, 200);
  EXPECT_EQ(label.cluster_definer, true);
  EXPECT_EQ(label.valid_from, ParseDate("2011-01-01"));
  EXPECT_EQ(label.valid_to, ParseDate("2014-02-28"));
  EXPECT_EQ(file.lists[0].labels[1].name, "short");
  EXPECT_EQ(file.lists[0].labels[1].label_class, std::nullopt);
}

TEST(LabelCsv, RejectsRowsWithTheirLines) {
  const LabelFile file = MustRead(absl::StrCat(
      "address,label,confidence,valid_from,valid_to\n", kAddress, ",a,200\n", kAddress, ",\n",
      kAddress, ",a,,2020-02-30\n", kAddress, ",a,,2020-02-02,2020-02-01\nx,a\n"));
  EXPECT_TRUE(file.lists[0].labels.empty());
  ASSERT_EQ(file.rejected.size(), 5u);
  EXPECT_EQ(file.rejected[0].row, 2u);
  EXPECT_THAT(file.rejected[0].reason, HasSubstr("confidence"));
  EXPECT_EQ(file.rejected[1].reason, "no label");
  EXPECT_THAT(file.rejected[2].reason, HasSubstr("valid_from"));
  EXPECT_THAT(file.rejected[3].reason, HasSubstr("before"));
  EXPECT_EQ(file.rejected[4].row, 6u);
}

// SDN_Name has up to 350 characters, of several bytes each.
TEST(LabelCsv, TakesNamesAsLongAsOfacs) {
  std::string name;
  for (int i = 0; i < 340; ++i) name += "\xd0\xaf";
  const LabelFile file =
      MustRead(absl::StrCat("address,sdn_name,sdn_uid\n", kAddress, ",", name, ",1\n", kAddress,
                            ",", std::string(1025, 'x'), ",2\n"));
  ASSERT_EQ(file.lists[0].labels.size(), 1u);
  EXPECT_EQ(file.lists[0].labels[0].name, name);
  ASSERT_EQ(file.rejected.size(), 1u);
  const LabelList list = ListOf("", {kAddress}, {name});
  Label decoded;
  std::uint64_t removed = 0;
  ASSERT_OK(DecodeLabel(EncodeLabel(list.labels[0], 0), &decoded, &removed));
  EXPECT_EQ(decoded.name, name);
}

TEST(LabelCsv, RejectsRowsThatSayTooMuchOrNoNetwork) {
  const LabelFile file = MustRead(absl::StrCat(
      "address,label,category,network\n", kAddress, ",Mt. Gox, Inc,exchange,bitcoin\n", kAddress,
      ",a,,bitcoin-tesnet\n", kAddress, ",b,,Bitcoin\n", kAddress, ",c,,BTC\n", kAddress, ",d\n"));
  ASSERT_EQ(file.rejected.size(), 2u);
  EXPECT_EQ(file.rejected[0].row, 2u);
  EXPECT_EQ(file.rejected[0].reason, "5 fields under a header of 4");
  EXPECT_EQ(file.rejected[1].reason, "network cannot be read");
  ASSERT_EQ(file.lists[0].labels.size(), 3u);
  EXPECT_EQ(file.lists[0].labels[0].name, "b");
}

TEST(LabelCsv, SaysWhatAFieldTakes) {
  const LabelFile file = MustRead(
      absl::StrCat("address,label,confidence,class,valid_from,valid_to,cluster_definer\n", kAddress,
                   ",a,0.9,,,,\n", kAddress, ",a,,villain,,,\n", kAddress, ",a,,,2024-13-01,,\n",
                   kAddress, ",a,,,,soon,\n", kAddress, ",a,,,,,maybe\n"));
  ASSERT_EQ(file.rejected.size(), 5u);
  EXPECT_THAT(file.rejected[0].reason, HasSubstr("a whole number from 0 to 100"));
  EXPECT_THAT(file.rejected[1].reason, HasSubstr("service, seller"));
  EXPECT_THAT(file.rejected[2].reason, HasSubstr("valid_from cannot be read: no date like"));
  EXPECT_THAT(file.rejected[3].reason, HasSubstr("valid_to cannot be read: no date like"));
  EXPECT_THAT(file.rejected[4].reason, HasSubstr("neither true nor false"));
}

TEST(LabelCsv, RefusesOtherHeaders) {
  for (const char* text : {"address,colour\n", "label,entity\n", "a,b\nc,d\n"}) {
    EXPECT_THAT(ReadLabels(text), StatusIs(absl::StatusCode::kNotFound, HasSubstr("header")))
        << text;
  }
  EXPECT_THAT(ReadLabels("address,label\nx,\"y\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("list:2")));
}

std::vector<LabelList> EveryKind() {
  std::vector<LabelList> lists;
  lists.push_back(ListOf("Title (Maker, Inc.)", {kAddress, AddressNumber(1)}, {"plain"}));
  for (Label& label : lists[0].labels) label.creator = "Maker, Inc.";
  lists.push_back(
      ListOf("odd \"list\": a, b", {kAddress, "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"},
             {" # not: a \"comment\" ", "line\nbreak\tand \x01", "naïve – 日本", "~", "yes"}));
  std::uint16_t step = 0;
  for (Label& label : lists[1].labels) {
    label.category = step % 2 == 0 ? "exchange" : "";
    label.actor = "actor, one";
    label.source = "https://example.org/?a=1&b=\"2\"";
    label.creator = step % 3 == 0 ? "someone" : "";
    label.abuse = step % 4 == 0 ? "ransomware" : "";
    if (step % 2 == 0) label.confidence_permille = static_cast<std::uint16_t>(step * 10);
    if (step % 3 != 0) label.cluster_definer = step % 3 == 1;
    if (step % 5 != 0) label.label_class = kAllLabelClasses[step % 5];
    if (label.category == "exchange" && !label.label_class)
      label.label_class = LabelClass::kService;
    if (step % 4 == 1) label.valid_from = Date{step};
    if (step % 4 <= 2) label.valid_to = Date{20'000 + step};
    ++step;
  }
  return lists;
}

void ExpectSame(const std::vector<LabelList>& expected, const LabelFile& file) {
  EXPECT_TRUE(file.rejected.empty()) << file.rejected[0].reason;
  ASSERT_EQ(file.lists.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(file.lists[i].list, expected[i].list);
    ASSERT_EQ(file.lists[i].labels.size(), expected[i].labels.size());
    for (std::size_t j = 0; j < expected[i].labels.size(); ++j) {
      EXPECT_EQ(file.lists[i].labels[j], expected[i].labels[j]) << i << ' ' << j;
    }
  }
}

TEST(LabelCsv, ReadsBackWhatItWrites) {
  const std::vector<LabelList> lists = EveryKind();
  std::string text = LabelCsvHeader();
  for (const LabelList& list : lists) {
    for (const Label& label : list.labels) text += LabelCsvLine(label, list.list);
  }
  ExpectSame(lists, MustRead(text));
}

TEST(TagPackWriter, ReadsBackWhatItWrites) {
  const std::vector<LabelList> lists = EveryKind();
  std::string text;
  for (const LabelList& list : lists) {
    TagPackWriter writer(list.list, &list == lists.data() ? "Maker, Inc." : "");
    for (const Label& label : list.labels) text += writer.Tag(label);
  }
  ExpectSame(lists, MustRead(text));
  EXPECT_THAT(text, HasSubstr("title: \"Title\"\ncreator: \"Maker, Inc.\"\n"));
}

TEST(TagPackWriter, WritesActors) {
  const std::vector<Actor> actors = MustRead(LabelData("actorpack_cut.yaml")).lists[0].actors;
  TagPackWriter writer("A", "");
  std::string text;
  for (const Actor& actor : actors) text += writer.ActorEntry(actor);
  EXPECT_EQ(MustRead(text).lists[0].actors, actors);
}

TEST(LabelCsv, TestNetworksReadBack) {
  LabelReadOptions options;
  options.network = Network::kBitcoinSignet;
  const LabelFile file = MustRead("address,label\nmipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn,x\n", options);
  ASSERT_EQ(file.lists[0].labels.size(), 1u);
  const Label& label = file.lists[0].labels[0];
  ExpectSame({file.lists[0]}, MustRead(LabelCsvHeader() + LabelCsvLine(label, "list")));
}

}  // namespace
}  // namespace coinwake
