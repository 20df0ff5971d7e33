// Goal: `labels` imports, lists, exports and removes as CONTRACT has it, and addresses and clusters
// are shown with what is said of them.
// Method: runs the program over the published lists, and over lists about addresses of the
// Core-written regtest chain.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/index.pb.h"
#include "coinwake/v1/labels.pb.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

const std::string kLists = COINWAKE_TEST_DATA "/labels/";

std::string Sha256HexOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return Sha256(AsBytes(bytes.data(), bytes.size())).ToHex();
}

TEST(LabelsImport, ReportsReadImportedAndRejected) {
  const std::string data = ScratchPath("labels_ofac");
  const auto report = AskOne<v1::ImportReport>(data, {"labels", "import", kLists + "ofac.yaml"});
  EXPECT_EQ(report.read(), 572u);
  EXPECT_EQ(report.imported(), 396u);
  ASSERT_EQ(report.rejected_size(), 176);
  EXPECT_EQ(report.rejected(0).row(), 125u);
  EXPECT_THAT(report.rejected(0).reason(), HasSubstr("EVM"));
  EXPECT_EQ(report.rejected(0).file(), kLists + "ofac.yaml");
  EXPECT_EQ(report.revision(), 1u);
  EXPECT_THAT(report.label_set(), MatchesRegex("1-[0-9a-f]{16}"));

  const auto again = AskOne<v1::ImportReport>(data, {"labels", "import", kLists + "ofac.yaml"});
  EXPECT_EQ(again.imported(), 0u);
  EXPECT_EQ(again.unchanged(), 396u);
  EXPECT_EQ(again.label_set(), report.label_set());
  EXPECT_THAT(On(data, {"labels", "import", kLists + "ofac.yaml"}).out,
              AllOf(HasSubstr("nothing changed"), HasSubstr("and 156 more; --json lists all"),
                    HasSubstr("read 572, imported 0, unchanged 396, rejected 176; removed 0")));

  const auto tron = Ask<v1::Label>(data, {"labels", "list", "--network", "tron"});
  ASSERT_EQ(tron.size(), 7u);
  EXPECT_EQ(tron[0].class_(), "sanction");
  EXPECT_FALSE(tron[0].speaks_for_cluster());
  EXPECT_EQ(tron[0].label_set(), report.label_set());
}

TEST(LabelsImport, NewerVersionsAddAndRemove) {
  const std::string data = ScratchPath("labels_versions");
  const auto import = [&](const std::string& name) {
    return AskOne<v1::ImportReport>(data, {"labels", "import", kLists + name, "--list", "OFAC"});
  };
  EXPECT_EQ(import("0xB10C_lists_XBT.txt").imported(), 435u);
  EXPECT_EQ(import("brave_lists_XBT.txt").imported(), 82u);
  EXPECT_EQ(import("am-i-exposed_ofac-addresses.json").imported(), 1u);
  EXPECT_EQ(import("0xB10C_lists_XBT.json").removed(), 83u);
  EXPECT_EQ(Ask<v1::Label>(data, {"labels", "list"}).size(), 435u);
}

TEST(LabelsImport, AFolderGivesItsFilesInOrder) {
  const std::string data = ScratchPath("labels_folder");
  const std::string folder = ScratchPath("labels_lists");
  std::filesystem::create_directories(folder + "/more");
  FileOf("labels_lists/b.csv", "address,label\n12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h,x\n");
  FileOf("labels_lists/a.csv", "address,label\n12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h,y\n");
  FileOf("labels_lists/README.md", "# About\n\nThese are lists.\n");
  const ProgramResult result = On(data, {"labels", "import", folder, "--json"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr("README.md:1: no list of labels"),
                                HasSubstr("passed over"), HasSubstr("more: no regular file")));
  v1::ImportReport report;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(result.out, &report).ok());
  ASSERT_EQ(report.lists_size(), 2);
  EXPECT_EQ(report.lists(0).list(), "a.csv");
  EXPECT_EQ(report.lists(1).revision(), 2u);
  // Named itself, a file that is no list is an error.
  ExpectError(On(data, {"labels", "import", folder + "/README.md"}), 1, "no list of labels");
}

TEST(LabelsImport, AListOfAFolderThatCannotBeReadIsToldAndTheOthersAreImported) {
  const std::string data = ScratchPath("labels_broken");
  const std::string folder = ScratchPath("labels_some_broken");
  std::filesystem::create_directories(folder);
  FileOf("labels_some_broken/a.xml", "<sdnList><sdnEntry>");
  FileOf("labels_some_broken/b.yaml", "title: T\ntags: [\n");
  FileOf("labels_some_broken/c.txt.gz", "\x1f\x8b\x08 broken");
  FileOf("labels_some_broken/d.csv", "address,label\n12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h,x\n");
  const ProgramResult result = On(data, {"labels", "import", folder, "--json"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("a.xml:1: no XML"), HasSubstr("b.yaml:"), HasSubstr("c.txt.gz: gzip"),
                    HasSubstr("error: 3 lists of labels cannot be read")));
  v1::ImportReport report;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(result.out, &report).ok());
  EXPECT_EQ(report.imported(), 1u);
  EXPECT_EQ(Ask<v1::Label>(data, {"labels", "list"}).size(), 1u);
  // As one list it would lose what the broken file says.
  ExpectError(On(data, {"labels", "import", folder, "--list", "L"}), 1, "a.xml:1: no XML");
}

TEST(LabelsImport, FilesGivenTogetherAreOneVersionOfAList) {
  const std::string data = ScratchPath("labels_together");
  const std::vector<std::string> command = {
      "labels", "import", kLists + "binance.yaml", kLists + "binance_hack.yaml", "--list", "mine"};
  const auto report = AskOne<v1::ImportReport>(data, command);
  ASSERT_EQ(report.lists_size(), 1);
  EXPECT_EQ(report.imported(), 46u);
  EXPECT_EQ(AskOne<v1::ImportReport>(data, command).unchanged(), 46u);
}

TEST(LabelsImport, OfacsCommentsMayComeFirst) {
  std::filesystem::create_directories(ScratchPath("ofac"));
  const std::string row = ",\"individual\",\"SDNTK\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,";
  const std::string sdn = FileOf(
      "ofac/sdn.csv", "1,\"ONE\"" + row +
                          "\"Digital Currency Address - XBT 12QtD5BFwRsd\"\r\n2,\"TWO\"" + row +
                          "\"Digital Currency Address - XBT "
                          "bc1qardcxz845jw83vgfvcmewhuxa0ag9gchjwmcfd.\"\r\n\x1a");
  const std::string comments =
      FileOf("ofac/a_comments.csv", "1,\"NsAZY76UVE1xyCGNTojH9h; Linked To: NOBODY.\"\r\n\x1a");
  for (const std::vector<std::string>& files :
       {std::vector<std::string>{comments, sdn}, {sdn, comments}, {ScratchPath("ofac")}}) {
    const std::string data = ScratchPath("labels_comments");
    std::filesystem::remove_all(data);
    std::vector<std::string> command = {"labels", "import"};
    command.insert(command.end(), files.begin(), files.end());
    const auto report = AskOne<v1::ImportReport>(data, command);
    EXPECT_EQ(report.read(), 2u);
    EXPECT_EQ(report.imported(), 2u);
    EXPECT_EQ(report.rejected_size(), 0);
    ASSERT_EQ(report.lists_size(), 1);
    EXPECT_EQ(report.lists(0).list(), "OFAC SDN");
    EXPECT_EQ(report.lists(0).file(), "sdn.csv a_comments.csv");
    const auto label = AskOne<v1::Label>(
        data, {"labels", "list", "--address", "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"});
    EXPECT_EQ(label.label(), "ONE");
    EXPECT_EQ(label.source(), "OFAC SDN uid 1");
    // Alone it removes nothing that only the comments had, and says what it could not read.
    const ProgramResult alone = On(data, {"labels", "import", sdn, "--json"});
    EXPECT_EQ(alone.exit_status, 0);
    EXPECT_THAT(alone.err, HasSubstr("without sdn_comments.csv nothing"));
    v1::ImportReport without;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(alone.out, &without).ok());
    EXPECT_EQ(without.read(), 2u);
    EXPECT_EQ(without.unchanged(), 1u);
    EXPECT_EQ(without.removed(), 0u);
    ASSERT_EQ(without.rejected_size(), 1);
    EXPECT_EQ(without.rejected(0).row(), 1u);
    EXPECT_EQ(without.rejected(0).file(), sdn);
    EXPECT_EQ(Ask<v1::Label>(data, {"labels", "list"}).size(), 2u);
  }
}

TEST(LabelsImport, WhatFailsLeavesNothing) {
  const std::string data = ScratchPath("labels_nothing");
  const std::string bad = FileOf("bad.yaml", "title: T\n");
  ExpectError(On(data, {"labels", "import", bad}), 1, "neither TagPack nor ActorPack");
  ExpectError(On(data, {"labels", "import", ScratchPath("absent")}), 1, "absent");
  ExpectError(On(data, {"labels", "import", kLists + "ofac.yaml", "--class", "bad"}), 2, "--class");
  ExpectError(On(data, {"labels", "import"}), 2, "FILE");
  EXPECT_FALSE(std::filesystem::exists(data));
  ExpectError(On(data, {"labels", "import", kLists + "binance.yaml", bad}), 1,
              "the files before it are imported");
  EXPECT_EQ(Ask<v1::Label>(data, {"labels", "list"}).size(), 2u);
}

TEST(LabelsImport, WhereEveryRowIsRejectedItFails) {
  const std::string data = ScratchPath("labels_rejected");
  const ProgramResult result =
      On(data, {"labels", "import", FileOf("rejected.csv", "address,label\nx,y\n")});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("rejected 1"));
  EXPECT_THAT(result.err, HasSubstr("every row was rejected"));
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST(LabelsImport, ABareListIsTakenForASanctionsListUnlessToldElse) {
  const std::string data = ScratchPath("labels_bare");
  const std::string list = FileOf("own.txt", "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h\n");
  const ProgramResult result = On(data, {"labels", "import", list});
  EXPECT_THAT(result.err, HasSubstr("taken for an extract of a sanctions list"));
  EXPECT_EQ(AskOne<v1::Label>(data, {"labels", "list"}).class_(), "sanction");
  const ProgramResult told = On(data, {"labels", "import", list, "--class", "service"});
  EXPECT_THAT(told.err, IsEmpty());
  const auto label = AskOne<v1::Label>(data, {"labels", "list"});
  EXPECT_EQ(label.class_(), "service");
  EXPECT_TRUE(label.speaks_for_cluster());
}

TEST(LabelsList, GivesPagesAddressesAndDates) {
  const std::string data = ScratchPath("labels_list");
  const ProgramResult never = On(data, {"labels", "list"});
  EXPECT_EQ(never.exit_status, 0);
  EXPECT_EQ(never.out, "no labels\n");
  EXPECT_THAT(never.err, HasSubstr("no labels were ever imported into " + data));
  ASSERT_EQ(
      On(data, {"labels", "import", kLists + "walletexplorer.yaml", kLists + "actorpack_cut.yaml"})
          .exit_status,
      0);
  ExpectError(On(data, {"labels", "list", "--list", "none"}), 1, "no labels of the list \"none\"");
  const ProgramResult whole = On(data, {"labels", "list", "--json"});
  EXPECT_THAT(whole.err, IsEmpty());
  EXPECT_EQ(whole.lines().size(), 386u);
  std::string paged;
  std::vector<std::string> page = {"labels", "list", "--json", "--limit", "150"};
  for (int i = 0; i < 3; ++i) {
    const ProgramResult part = On(data, page);
    paged += part.out;
    const std::size_t token = part.err.find("--page ");
    EXPECT_EQ(token == std::string::npos, i == 2) << part.err;
    if (token == std::string::npos) break;
    page = {"labels",
            "list",
            "--json",
            "--limit",
            "150",
            "--page",
            part.err.substr(token + 7, part.err.size() - token - 8)};
  }
  EXPECT_EQ(paged, whole.out);
  page.insert(page.end(), {"--network", "bitcoin"});
  ExpectError(On(data, page), 2, "page");

  const std::string address = "1vdXJDiDSzeUAoM7eAcWZPhM9wEKmH8dG";
  const auto label = AskOne<v1::Label>(data, {"labels", "list", "--address", address});
  EXPECT_EQ(label.label(), "Huobi.com");
  EXPECT_EQ(label.address(), address);
  EXPECT_EQ(label.confidence(), 0.5);
  EXPECT_TRUE(label.cluster_definer());
  EXPECT_THAT(On(data, {"labels", "list", "--address", address}).out,
              AllOf(HasSubstr("Huobi.com"), HasSubstr("service, exchange"), HasSubstr("0.50")));
  EXPECT_THAT(Ask<v1::Label>(data, {"labels", "list", "--as-of", "2020-01-01"}), IsEmpty());
  EXPECT_EQ(Ask<v1::Label>(data, {"labels", "list", "--as-of", "2999-01-01"}).size(), 386u);
  ExpectError(On(data, {"labels", "list", "--as-of", "yesterday"}), 2, "no date");
  ExpectError(On(data, {"labels", "list", "--address", "nonsense"}), 2, "nonsense");
  ExpectError(On(ScratchPath("labels_none"), {"labels", "list", "--address", "nonsense"}), 2,
              "nonsense");
}

TEST(LabelsExport, ReadsBackInEitherForm) {
  const std::string data = ScratchPath("labels_export");
  ASSERT_EQ(On(data, {"labels", "import", kLists}).exit_status, 0);
  // All that is said, without the numbers of revisions and the order of the lists, which are a
  // folder's own.
  const auto said = [](const std::string& folder) {
    std::vector<std::string> lines;
    for (v1::Label& label : Ask<v1::Label>(folder, {"labels", "list"})) {
      label.clear_revision();
      label.clear_label_set();
      lines.push_back(label.SerializeAsString());
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  const std::vector<std::string> all = said(data);
  std::vector<std::string> without_actors;
  for (const std::string format : {"csv", "tagpack"}) {
    SCOPED_TRACE(format);
    const ProgramResult exported = On(data, {"labels", "export", "--format", format});
    ASSERT_EQ(exported.exit_status, 0) << exported.err;
    if (format == "csv") {
      EXPECT_THAT(exported.err, HasSubstr("of ActorPacks left out"));
    } else {
      EXPECT_THAT(exported.err, IsEmpty());
    }
    const std::string file = FileOf("exported." + format, exported.out);
    const auto same = AskOne<v1::ImportReport>(data, {"labels", "import", file});
    EXPECT_EQ(same.imported(), 0u);
    EXPECT_EQ(same.removed(), 0u);
    const std::string other = ScratchPath("labels_export_" + format);
    ASSERT_EQ(On(other, {"labels", "import", file}).exit_status, 0);
    if (format == "tagpack") {
      EXPECT_EQ(said(other), all);
    } else {
      without_actors = said(other);
    }
  }
  // What a CSV lacks is what the ActorPack said, and nothing else.
  EXPECT_NE(without_actors, all);
  const std::string pack = "Graphsense Actors (Graphsense Core Team)";
  ASSERT_EQ(On(data, {"labels", "remove", "--list", pack}).exit_status, 0);
  EXPECT_EQ(without_actors, said(data));
  EXPECT_THAT(On(data, {"labels", "export"}).err, IsEmpty());
  ExpectError(On(data, {"labels", "export", "--format", "xml"}), 2, "--format");
  ExpectError(On(data, {"labels", "export", "--list", "none"}), 1, "no labels of the list");
  ExpectError(On(ScratchPath("labels_none"), {"labels", "export"}), 1, "no labels there");
}

std::string NameOf(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

TEST(LabelsHistory, SaysWhatWasImportedFromWhere) {
  const std::string data = ScratchPath("labels_history");
  EXPECT_EQ(On(data, {"labels", "history"}).out, "no revisions\n");
  const std::string two = FileOf("two.csv",
                                 "address,label,list\n12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h,x,A\n"
                                 "nonsense,x,A\n12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h,x,B\n");
  const std::string one = FileOf("one.csv", "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h\n");
  ASSERT_EQ(On(data, {"labels", "import", two}).exit_status, 0);
  ASSERT_EQ(On(data, {"labels", "import", one, "--list", "C"}).exit_status, 0);
  ASSERT_EQ(On(data, {"labels", "import", one, two, "--list", "D"}).exit_status, 0);
  ASSERT_EQ(On(data, {"labels", "remove", "--list", "A"}).exit_status, 0);
  const auto history = Ask<v1::LabelRevision>(data, {"labels", "history"});
  ASSERT_EQ(history.size(), 5u);
  const std::string hash_of_one = Sha256HexOf(one);
  EXPECT_EQ(history[0].revision(), 1u);
  EXPECT_EQ(history[0].kind(), "import");
  EXPECT_EQ(history[0].list(), "A");
  EXPECT_EQ(history[0].file(), NameOf(two));
  EXPECT_EQ(history[0].file_sha256(), Sha256HexOf(two));
  EXPECT_EQ(history[0].imported(), 1u);
  EXPECT_EQ(history[0].rejected(), 1u);
  EXPECT_GT(history[0].time(), 1'700'000'000);
  EXPECT_EQ(history[1].file_sha256(), history[0].file_sha256());
  EXPECT_EQ(history[1].rejected(), 0u);
  EXPECT_EQ(history[2].file_sha256(), hash_of_one);
  EXPECT_EQ(history[3].file(), NameOf(one) + " " + NameOf(two));
  EXPECT_NE(history[3].file_sha256(), hash_of_one);
  EXPECT_EQ(history[3].unchanged(), 1u);
  EXPECT_EQ(history[4].kind(), "removal");
  EXPECT_EQ(history[4].removed(), 1u);
  EXPECT_EQ(history[4].file_sha256(), "");
  EXPECT_EQ(history[4].label_set(),
            AskOne<v1::ImportReport>(data, {"labels", "import", one, "--list", "C"}).label_set());
  const auto of_a = Ask<v1::LabelRevision>(data, {"labels", "history", "--list", "A"});
  ASSERT_EQ(of_a.size(), 2u);
  EXPECT_EQ(of_a[1].revision(), 5u);
  EXPECT_THAT(On(data, {"labels", "history"}).out,
              AllOf(HasSubstr("SHA-256"), HasSubstr("removal"),
                    HasSubstr(NameOf(one) + " " + NameOf(two))));
  const ProgramResult page = On(data, {"labels", "history", "--limit", "2", "--json"});
  EXPECT_EQ(page.lines().size(), 2u);
  EXPECT_THAT(page.err, HasSubstr("--page "));
  ExpectError(On(data, {"labels", "history", "--list", "none"}), 1, "no labels of the list");
}

TEST(LabelsRemove, KeepsWhatWasSaid) {
  const std::string data = ScratchPath("labels_remove");
  ASSERT_EQ(On(data, {"labels", "import", kLists + "binance.yaml"}).exit_status, 0);
  const std::string address = "1NDyJtNTjmwk5xPNhjgAMu4HDHigtobu1s";
  ExpectError(On(data, {"labels", "remove", "--address", address, "--label", "other"}), 1,
              "no such label");
  const auto removal = AskOne<v1::RemovalReport>(data, {"labels", "remove", "--address", address});
  EXPECT_EQ(removal.removed(), 1u);
  EXPECT_EQ(removal.revision(), 2u);
  EXPECT_EQ(Ask<v1::Label>(data, {"labels", "list"}).size(), 1u);
  EXPECT_THAT(
      On(data, {"labels", "remove", "--list", "GraphSense Binance (GraphSense Core Team)"}).out,
      HasSubstr("1 label removed; label set 3-"));
  ExpectError(On(data, {"labels", "remove", "--list", "none"}), 1, "no labels of the list");
  ExpectError(On(data, {"labels", "remove"}), 2, "--list");
  ExpectError(On(data, {"labels", "remove", "--list", "a", "--address", address}), 2, "--address");
}

// Labels about addresses of the regtest chain.
class LabelledChain : public ::testing::Test {
 protected:
  void SetUp() override { Data(); }  // which tells the addresses

  static const std::string& Data() {
    static const std::string data = [] {
      std::string copy = CopyOfRegtestData("labelled");
      const auto merge = AskOne<v1::Transaction>(copy, {"tx", kConsolidation});
      One() = merge.inputs(0).address();
      for (const v1::Input& input : merge.inputs()) {
        if (input.has_address() && input.address() != One()) Other() = input.address();
      }
      const std::string list =
          FileOf("regtest.csv", "address,label,category,source,confidence,cluster_definer\n" +
                                    One() + ",Some Exchange,exchange,its own page,70,\n" + Other() +
                                    ",Some Exchange,exchange,another page,70,\n" + Other() +
                                    ",Sure,exchange,court,100,\n" + One() +
                                    ",Listed,sanction,OFAC,60,true\n" + One() +
                                    ",Not all of it,exchange,x,100,false\n");
      const ProgramResult result =
          On(copy, {"labels", "import", list, "--network", "bitcoin-regtest"});
      EXPECT_EQ(result.exit_status, 0) << result.err;
      return copy;
    }();
    return data;
  }
  static std::string& One() {
    static std::string address;
    return address;
  }
  static std::string& Other() {
    static std::string address;
    return address;
  }
};

TEST_F(LabelledChain, AddressesShowTheirOwnLabels) {
  const auto address = AskOne<v1::Address>(Data(), {"address", One()});
  ASSERT_EQ(address.labels_size(), 3);
  EXPECT_EQ(address.labels(0).network(), kRegtest);
  EXPECT_THAT(On(Data(), {"address", One()}).out,
              AllOf(HasSubstr("Listed"), HasSubstr("0.60"), HasSubstr("its own page")));
  EXPECT_EQ(AskOne<v1::Address>(RegtestData(), {"address", One()}).labels_size(), 0);
}

TEST_F(LabelledChain, ClustersShowWhatSpeaksForThem) {
  const auto cluster = AskOne<v1::Cluster>(Data(), {"cluster", Other()});
  ASSERT_EQ(cluster.labels_size(), 2);
  EXPECT_EQ(cluster.labels(0).label(), "Sure");
  EXPECT_EQ(cluster.labels(1).label(), "Some Exchange");
  EXPECT_EQ(cluster.labels(1).addresses(), 2u);
  EXPECT_EQ(cluster.labels_count(), 2u);
  EXPECT_THAT(On(Data(), {"cluster", Other()}).out,
              AllOf(HasSubstr("Some Exchange"), Not(HasSubstr("Listed"))));
}

TEST_F(LabelledChain, TablesSayWhichDaysAClaimHoldsFor) {
  const std::string data = CopyOfRegtestData("labels_dated");
  const std::string list =
      FileOf("dated.csv", "address,label,category,valid_from,valid_to\n" + One() +
                              ",Gone,exchange,2011-01-01,2014-02-28\n");
  ASSERT_EQ(On(data, {"labels", "import", list, "--network", kRegtest}).exit_status, 0);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"labels", "list"}, {"address", One()}, {"cluster", One()}}) {
    EXPECT_THAT(On(data, command).out,
                HasSubstr("service, exchange, since 2011-01-01, until 2014-02-28"));
  }
}

TEST_F(LabelledChain, SnapshotsCarryTheLabelSet) {
  const std::string label_set =
      AskOne<v1::Address>(Data(), {"address", One()}).snapshot().label_set();
  EXPECT_THAT(label_set, MatchesRegex("1-[0-9a-f]{16}"));
  EXPECT_EQ(AskOne<v1::Status>(Data(), {"status"}).networks(0).snapshot().label_set(), label_set);
  const auto report = AskOne<v1::VerifyReport>(Data(), {"verify"});
  EXPECT_EQ(report.networks(0).snapshot().label_set(), label_set);
  EXPECT_EQ(report.labels().label_set(), label_set);
  EXPECT_GT(report.labels().checked(), 20u);
  EXPECT_THAT(On(Data(), {"verify"}).out, HasSubstr("labels, set " + label_set));
  EXPECT_FALSE(AskOne<v1::VerifyReport>(RegtestData(), {"verify"}).has_labels());
  EXPECT_EQ(AskOne<v1::Transaction>(Data(), {"tx", kPeelHop0}).snapshot().label_set(), label_set);
  EXPECT_EQ(AskOne<v1::Address>(RegtestData(), {"address", One()}).snapshot().label_set(), "");
}

TEST_F(LabelledChain, ARunningServerHasThem) {
  RunningProgram server(ProgramUnderTest(), {"serve", "--listen", "127.0.0.1:0", "--data", Data()});
  ASSERT_THAT(server.WaitForErrorLine("listening on"), Not(IsEmpty()));
  ExpectError(On(Data(), {"labels", "import", kLists + "binance.yaml"}), 1, "labels");
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

}  // namespace
}  // namespace coinwake
