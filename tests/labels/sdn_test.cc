// Goal: OFAC's three published forms say the same of the same designees: names, uids, addresses,
// and nothing else of them. Method: files in those forms, built from the public drug designees;
// then broken and hostile ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/labels/support.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;

// What a file says, in an order of its own.
std::vector<std::string> WhatIsSaid(const std::vector<LabelFile>& files) {
  std::vector<std::string> said;
  for (const LabelFile& file : files) {
    for (const LabelList& list : file.lists) {
      for (const Label& label : list.labels) {
        said.push_back(absl::StrCat(AddressText(label.network, label.address), "|", label.name, "|",
                                    label.source, "|", label.category, "|", label.creator));
        EXPECT_EQ(label.label_class, LabelClass::kSanction);
        EXPECT_EQ(label.confidence_permille, 600);
      }
    }
  }
  std::sort(said.begin(), said.end());
  return said;
}

std::vector<std::string> Expected() {
  std::vector<std::string> said;
  for (const Designee& designee : Designees()) {
    for (const std::string& address : designee.addresses) {
      said.push_back(absl::StrCat(address, "|", designee.name, "|OFAC SDN uid ", designee.uid,
                                  "|sanction|OFAC"));
    }
  }
  std::sort(said.begin(), said.end());
  return said;
}

TEST(Sdn, AllFormsSayTheSame) {
  const std::vector<Designee> designees = Designees();
  ASSERT_EQ(AddressesOf(designees), 51u);
  const std::vector<std::string> expected = Expected();
  for (const std::string& text :
       {SdnXml(designees), SdnAdvancedXml(designees), SdnCsv(designees, 1 << 20).sdn,
        LabelData("drug_trafficking_designees_xbt.csv")}) {
    SCOPED_TRACE(text.substr(0, 100));
    const LabelFile file = MustRead(text);
    EXPECT_EQ(file.read, 51u);
    EXPECT_TRUE(file.rejected.empty());
    EXPECT_EQ(WhatIsSaid({file}), expected);
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

// Reads both files as an import does, whichever is named first.
struct BothFiles {
  std::vector<LabelFile> files;  // in the order read
  std::vector<OpenRow> open;
  SdnEntries entries;
};
BothFiles ReadBoth(const SdnCsvFiles& texts, bool comments_first) {
  BothFiles both;
  std::vector<std::pair<std::string, std::string>> named = {{"sdn.csv", texts.sdn},
                                                            {"sdn_comments.csv", texts.comments}};
  if (comments_first) std::swap(named[0], named[1]);
  LabelReadOptions options;
  for (const bool later : {true, false}) {
    options.comments_later = later;
    for (const auto& [path, text] : named) {
      options.path = path;
      SdnEntries untouched = both.entries;
      auto file = ReadLabelFile(AsBytes(text.data(), text.size()), options,
                                later ? &both.entries : &untouched);
      EXPECT_OK(file);
      const bool is_comments = path == "sdn_comments.csv";
      EXPECT_EQ(file->sdn_part, is_comments ? SdnPart::kComments : SdnPart::kEntries);
      if (is_comments && later) {
        EXPECT_TRUE(file->lists.empty());
      }
      if (is_comments == later) continue;
      if (is_comments) both.entries = std::move(untouched);
      both.files.push_back(*std::move(file));
    }
  }
  both.open = TakeOpenRows(&both.entries);
  return both;
}

TEST(Sdn, RemarksGoOnInTheComments) {
  const std::vector<Designee> designees = Designees();
  for (std::size_t most = 40; most < 340; most += 3) {
    for (const bool comments_first : {false, true}) {
      SCOPED_TRACE(absl::StrCat(most, comments_first ? ", comments first" : ""));
      const BothFiles both = ReadBoth(SdnCsv(designees, most), comments_first);
      EXPECT_EQ(WhatIsSaid(both.files), Expected());
      EXPECT_TRUE(both.open.empty());
      std::uint64_t read = 0;
      for (const LabelFile& file : both.files) {
        read += file.read;
        EXPECT_TRUE(file.rejected.empty()) << file.rejected[0].reason;
        EXPECT_EQ(file.lists[0].list, "OFAC SDN");
      }
      EXPECT_EQ(read, 51u);
      EXPECT_TRUE(OpenSources(both.entries).empty());
    }
  }
}

TEST(Sdn, AFileThatCannotBeReadLeavesNoEntries) {
  const SdnCsvFiles texts = SdnCsv(Designees(), 100);
  SdnEntries entries;
  LabelReadOptions options;
  options.path = "sdn.csv";
  const std::string broken = texts.sdn.substr(0, texts.sdn.find('\n') + 1) + "1,\"";
  EXPECT_THAT(ReadLabelFile(AsBytes(broken.data(), broken.size()), options, &entries),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_TRUE(entries.empty());
}

TEST(Sdn, TheStopOfAnAbbreviationIsNoEnd) {
  SdnEntries entries;
  LabelReadOptions options;
  options.path = "sdn.csv";
  const std::string rest = ",\"individual\",\"SDNTK\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,";
  const std::string text =
      absl::StrCat("1,\"A\"", rest,
                   "\"Digital Currency Address - XBT 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h; alt.\"\n",
                   "2,\"B\"", rest, "\"Linked To: NOBODY.\"\n3,\"C\"", rest, "-0- \n");
  ASSERT_OK(ReadLabelFile(AsBytes(text.data(), text.size()), options, &entries));
  EXPECT_EQ(OpenSources(entries), std::set<std::string>{"OFAC SDN uid 1"});
}

// One designee, cut after `size` bytes of the remarks that state its first address.
struct Cut {
  std::string sdn;
  std::string comments;
  std::string beginning;  // of the statement
};
constexpr char kCutAddress[] = "bc1qardcxz845jw83vgfvcmewhuxa0ag9gchjwmcfd";
constexpr char kOther[] = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h";
Cut CutAfter(std::size_t size) {
  const std::string remarks = absl::StrCat("DOB 1970; Digital Currency Address - XBT ", kCutAddress,
                                           "; alt. Digital Currency Address - XBT ", kOther, ";");
  const std::string begin = "DOB 1970; ";
  const std::size_t cut = begin.size() + size;
  return {absl::StrCat("55505,\"A\",\"individual\",\"SDNTK\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"",
                       remarks.substr(0, cut), "\"\r\n\x1a"),
          absl::StrCat("55505,\"", remarks.substr(cut), "\"\r\n\x1a"),
          remarks.substr(begin.size(), size)};
}
constexpr std::size_t kStatementBytes = 31 + 42;  // "Digital Currency Address - XBT " and it

TEST(Sdn, EitherHalfAloneIsRejectedWithItsRow) {
  for (std::size_t size = 1; size < kStatementBytes; ++size) {
    const Cut cut = CutAfter(size);
    SCOPED_TRACE(cut.beginning);
    // The rest alone: what may have been an address is not lost in silence.
    const LabelFile rest = MustRead(cut.comments);
    ASSERT_EQ(rest.rejected.size(), 1u);
    EXPECT_EQ(rest.rejected[0].row, 1u);
    EXPECT_THAT(rest.rejected[0].reason, HasSubstr("beginning is not known"));
    EXPECT_EQ(rest.lists[0].list, "OFAC SDN comments");
    ASSERT_EQ(rest.lists[0].labels.size(), 1u);
    // The beginning alone: nothing until it is known that nothing goes on.
    SdnEntries entries;
    LabelReadOptions options;
    options.path = "sdn.csv";
    const auto begin = ReadLabelFile(AsBytes(cut.sdn.data(), cut.sdn.size()), options, &entries);
    ASSERT_OK(begin);
    EXPECT_EQ(begin->read, 0u);
    EXPECT_EQ(OpenSources(entries), std::set<std::string>{"OFAC SDN uid 55505"});
    const std::vector<OpenRow> open = TakeOpenRows(&entries);
    // Before the statement says that it is of an address there is nothing to reject.
    ASSERT_EQ(open.size(), size < 24 ? 0u : 1u);
    if (!open.empty()) {
      EXPECT_EQ(open[0].path, "sdn.csv");
      EXPECT_EQ(open[0].row.row, 1u);
      EXPECT_THAT(open[0].row.reason, HasSubstr("end here"));
    }
    EXPECT_TRUE(TakeOpenRows(&entries).empty());
  }
  // Cut behind the address it is whole, told once.
  const Cut whole = CutAfter(kStatementBytes);
  const BothFiles both = ReadBoth({whole.sdn, whole.comments}, false);
  EXPECT_EQ(WhatIsSaid(both.files).size(), 2u);
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
  EXPECT_THAT(ReadLabels("<?xml version=\"1.0\"?><html></html>"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("neither")));
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
