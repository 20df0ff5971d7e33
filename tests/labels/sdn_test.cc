// Goal: OFAC's three published forms say the same of the same designees: names, uids, addresses,
// and nothing else of them. Method: files in those forms, built from the public drug designees;
// then broken and hostile ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/labels/support.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Said = std::set<std::pair<std::string, std::string>>;  // address, name

Said WhatIsSaid(const LabelFile& file) {
  Said said;
  for (const LabelList& list : file.lists) {
    for (const Label& label : list.labels) {
      said.emplace(AddressText(label.network, label.address), label.name);
      EXPECT_EQ(label.label_class, LabelClass::kSanction);
      EXPECT_EQ(label.confidence_permille, 600);
      EXPECT_THAT(label.source, HasSubstr("OFAC SDN uid "));
      EXPECT_THAT(label.name, Not(HasSubstr("ALSO KNOWN")));
    }
  }
  return said;
}

Said Expected() {
  Said said;
  for (const Designee& designee : Designees()) {
    for (const std::string& address : designee.addresses) said.emplace(address, designee.name);
  }
  return said;
}

TEST(Sdn, AllFormsSayTheSame) {
  const std::vector<Designee> designees = Designees();
  ASSERT_EQ(AddressesOf(designees), 51u);
  const Said expected = Expected();
  for (const std::string& text :
       {SdnXml(designees), SdnAdvancedXml(designees), SdnCsv(designees, 1 << 20).sdn,
        LabelData("drug_trafficking_designees_xbt.csv")}) {
    SCOPED_TRACE(text.substr(0, 100));
    const LabelFile file = MustRead(text);
    EXPECT_EQ(file.read, 51u);
    EXPECT_TRUE(file.rejected.empty());
    EXPECT_EQ(WhatIsSaid(file), expected);
  }
  EXPECT_EQ(MustRead(SdnXml(designees)).lists[0].list, "OFAC SDN");
  EXPECT_EQ(MustRead(SdnAdvancedXml(designees)).lists[0].list, "OFAC SDN");
}

TEST(Sdn, TheTronAddressUnderXbtIsTrons) {
  const LabelFile file = MustRead(SdnXml(Designees()));
  int tron = 0;
  for (const Label& label : file.lists[0].labels) {
    if (label.network != Network::kTron) continue;
    ++tron;
    EXPECT_EQ(AddressText(label.network, label.address), "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq");
  }
  EXPECT_EQ(tron, 1);
}

TEST(Sdn, RemarksGoOnInTheComments) {
  const std::vector<Designee> designees = Designees();
  for (const std::size_t most : {60u, 100u, 140u, 200u, 333u}) {
    SCOPED_TRACE(most);
    const SdnCsvFiles files = SdnCsv(designees, most);
    SdnEntries entries;
    LabelReadOptions options;
    options.path = "sdn.csv";
    const auto sdn = ReadLabelFile(AsBytes(files.sdn.data(), files.sdn.size()), options, &entries);
    ASSERT_OK(sdn);
    options.path = "sdn_comments.csv";
    const auto comments =
        ReadLabelFile(AsBytes(files.comments.data(), files.comments.size()), options, &entries);
    ASSERT_OK(comments);
    Said said = WhatIsSaid(*sdn);
    said.merge(WhatIsSaid(*comments));
    EXPECT_EQ(said, Expected());
    EXPECT_EQ(comments->lists[0].list, "OFAC SDN comments");
  }
}

TEST(Sdn, CommentsAloneNameTheEntry) {
  const LabelFile file = MustRead(
      "55505,\"Digital Currency Address - XBT bc1qardcxz845jw83vgfvcmewhuxa0ag9gchjwmcfd;\"\r\n"
      "55506,\"no address here\"\r\n\x1a");
  ASSERT_EQ(file.read, 1u);
  EXPECT_EQ(file.lists[0].labels[0].name, "OFAC SDN entry 55505");
}

TEST(Sdn, RejectsOtherChainsWithTheirLines) {
  std::vector<Designee> designees = {
      {"1", "A & B", "SDNTK", {"0x530a64c0ce595026a4a556b703644228179e2d57", "nonsense", ""}}};
  for (const std::string& text : {SdnXml(designees), SdnAdvancedXml(designees)}) {
    const LabelFile file = MustRead(text);
    ASSERT_EQ(file.rejected.size(), 3u);
    EXPECT_GT(file.rejected[0].row, 5u);
    EXPECT_THAT(file.rejected[0].reason, HasSubstr("EVM"));
  }
}

TEST(Sdn, RefusesHostileXml) {
  const auto error = [](const std::string& text) {
    const auto file = ReadLabels(text);
    EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument) << text.substr(0, 100);
    return std::string(file.status().message());
  };
  EXPECT_THAT(error("<!DOCTYPE sdnList [<!ENTITY a \"b\">]><sdnList>&a;</sdnList>"),
              HasSubstr("document type declaration"));
  EXPECT_THAT(error("<?xml version=\"1.0\"?><html></html>"), HasSubstr("neither"));
  EXPECT_THAT(error("<sdnList><sdnEntry>"), HasSubstr("no XML"));
  EXPECT_THAT(error("<sdnList>&unknown;</sdnList>"), HasSubstr("no XML"));
  std::string deep = "<sdnList>";
  for (int i = 0; i < 10'000; ++i) deep += "<a>";
  EXPECT_THAT(error(deep), HasSubstr("nested too deep"));
}

TEST(Sdn, RefusesAnOpenQuoteAndRejectsOddRecords) {
  const std::string good = SdnCsv(Designees(), 1 << 20).sdn;
  EXPECT_THAT(ReadLabels("1,\"open\n" + good), StatusIs(absl::StatusCode::kInvalidArgument));
  const LabelFile file = MustRead(good.substr(0, good.size() - 1) + "1,2,3\n");
  ASSERT_EQ(file.rejected.size(), 1u);
  EXPECT_EQ(file.lists[0].labels.size(), 51u);
}

}  // namespace
}  // namespace coinwake
