// Goal: a report's folder holds what was answered, and the same bytes in the end whatever
// interrupted it; nothing that is incomplete, older or changed is taken for a report.
// Method: a small chain's report on a file system in memory that fails, forgets and is changed.
#include "server/report_folder.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "indexer/base/csv.h"
#include "indexer/base/hash.h"
#include "indexer/tron/known_addresses.h"
#include "server/report_answers.h"
#include "server/report_tables.h"
#include "tests/heuristics/account_town.h"
#include "tests/server/report_chain.h"
#include "tests/server/tron_index.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Files = std::map<std::string, std::string>;

const std::vector<std::string> kSellers = {"crane", "heron", "shop"};

// All of the folder but its lock.
Files FilesOf(const FaultFileSystem& files) {
  Files found;
  for (const std::string& path : files.AllFiles()) {
    if (!path.ends_with("/.lock")) found[path] = files.Contents(path);
  }
  return found;
}

struct Told {
  std::vector<std::string> warnings;
  std::vector<std::string> sellers;
};

// `stop_after`: so many sellers.
absl::Status Write(FaultFileSystem& files, OpenNetwork& open, const v1::ReportRequest& request,
                   Told* told = nullptr, std::size_t stop_after = 1'000) {
  Told own;
  Told& to = told == nullptr ? own : *told;
  const ReportObserver observer = {
      .progress = {},
      .warn = [&to](const std::string& text) { to.warnings.push_back(text); },
      .report =
          [&to, stop_after](const v1::ReportSummary& summary) {
            to.sellers.push_back(summary.seller());
            return to.sellers.size() < stop_after ? absl::OkStatus()
                                                  : absl::CancelledError("enough");
          }};
  return WriteReports(files, "/out", open, request, {}, nullptr, observer);
}

v1::ReportManifest ManifestIn(const std::string& text) {
  v1::ReportManifest manifest;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &manifest).ok()) << text;
  return manifest;
}

std::vector<std::vector<std::string>> ReadCsv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  CsvReader reader(text);
  std::vector<std::string> fields;
  while (reader.Next(&fields) == CsvReader::Result::kRecord) rows.push_back(fields);
  return rows;
}

class ReportFolder : public ::testing::Test {
 protected:
  ReportFolder() : open_(chain_.Open()) {}

  Files Whole(const std::vector<std::string>& sellers = kSellers) {
    FaultFileSystem files;
    EXPECT_OK(Write(files, *open_, ReportChain::RequestOf(sellers)));
    return FilesOf(files);
  }

  ReportChain chain_;
  const std::unique_ptr<OpenNetwork> open_;
};

TEST_F(ReportFolder, HoldsTheEntriesAsTablesAndAsLines) {
  const Files files = Whole();
  std::map<std::string, std::string> json;
  std::map<std::string, std::size_t> rows;
  ASSERT_OK(AnswerReports(*open_, ReportChain::RequestOf({"heron"}), {}, nullptr,
                          [&](const v1::ReportEntry& entry) {
                            const std::string name = ReportTables()[TableOf(entry)].name;
                            json[name] += JsonLineOf(entry);
                            std::vector<TableRow> of_entry;
                            FillRows(entry, "BTC", "fifo", &of_entry);
                            rows[name] += of_entry.size();
                            return absl::OkStatus();
                          }));
  for (const ReportTable& table : ReportTables()) {
    SCOPED_TRACE(table.name);
    EXPECT_EQ(files.at("/out/sellers/heron/" + table.name + ".json"), json[table.name]);
    const auto csv = ReadCsv(files.at("/out/sellers/heron/" + table.name + ".csv"));
    ASSERT_EQ(csv.size(), 1 + rows[table.name]);
    EXPECT_EQ(csv[0], table.header);
    for (const auto& row : csv) EXPECT_EQ(row.size(), table.header.size());
  }
  const auto receipts = ReadCsv(files.at("/out/sellers/heron/receipts.csv"));
  EXPECT_THAT(receipts[1], ElementsAre("heron", "BTC", "50", "1", "2023-11-14T22:23:20Z",
                                       chain_.builder().TxidOf("mint").ToDisplayHex(), "0", "", "",
                                       ReportChain::NameOf("heron"), "",
                                       chain_.builder().TxidOf("split").ToDisplayHex(), "0"));
  const std::string& page = files.at("/out/sellers/heron/index.html");
  EXPECT_THAT(page, AllOf(HasSubstr("Seller heron"), HasSubstr("not signed"), HasSubstr("Bank"),
                          HasSubstr("Seeded 57")));
}

TEST_F(ReportFolder, SumsUpAllSellersAndHashesEveryFile) {
  const Files files = Whole();
  const auto summary = ReadCsv(files.at("/out/summary.csv"));
  ASSERT_EQ(summary.size(), 4U);
  EXPECT_EQ(summary[1][0], "crane");
  EXPECT_EQ(summary[2][0], "heron");
  EXPECT_EQ(summary[2][13], "57");  // seeded
  EXPECT_EQ(files.at("/out/summary.json"), files.at("/out/sellers/crane/summary.json") +
                                               files.at("/out/sellers/heron/summary.json") +
                                               files.at("/out/sellers/shop/summary.json"));
  std::size_t listed = 1;  // the whole manifest itself
  for (const auto& [path, text] : files) {
    if (!path.ends_with("/manifest.json")) continue;
    const v1::ReportManifest manifest = ManifestIn(text);
    EXPECT_EQ(manifest.snapshot().height(), open_->snapshot().height);
    EXPECT_EQ(manifest.parameters().policy(), "fifo");
    EXPECT_EQ(manifest.parameters().stops_count(), 1U);
    EXPECT_EQ(manifest.signature(), "");
    std::vector<std::string> rules;
    for (const v1::ReportRule& rule : manifest.rules()) rules.push_back(rule.name());
    EXPECT_THAT(rules, ElementsAre("co_spend", "same_key", "mixes", "peel_chains", "typologies"));
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (const v1::ReportFile& file : manifest.files()) {
      const std::string& bytes = files.at(folder + file.name());
      EXPECT_EQ(file.size(), bytes.size());
      EXPECT_EQ(file.sha256(), Sha256(AsBytes(bytes.data(), bytes.size())).ToHex());
      ++listed;
    }
  }
  EXPECT_EQ(listed, files.size());
}

TEST_F(ReportFolder, IsTheSameForASellerAlone) {
  const Files all = Whole();
  for (const std::string& seller : kSellers) {
    std::size_t compared = 0;
    for (const auto& [path, text] : Whole({seller})) {
      if (!path.starts_with("/out/sellers/")) continue;
      EXPECT_EQ(text, all.at(path)) << path;
      ++compared;
    }
    EXPECT_EQ(compared, 18U);  // two of each table, the page, the manifest
  }
}

TEST_F(ReportFolder, GoesOnWhereItWasStopped) {
  const v1::ReportRequest request = ReportChain::RequestOf(kSellers);
  const Files whole = Whole();
  for (std::size_t stop_after = 1; stop_after <= kSellers.size(); ++stop_after) {
    FaultFileSystem files;
    Told first;
    EXPECT_THAT(Write(files, *open_, request, &first, stop_after),
                StatusIs(absl::StatusCode::kCancelled));
    EXPECT_FALSE(FilesOf(files).contains("/out/manifest.json"));
    Told second;
    ASSERT_OK(Write(files, *open_, request, &second));
    EXPECT_EQ(FilesOf(files), whole);
    EXPECT_EQ(second.sellers, kSellers);
    EXPECT_THAT(second.warnings, ElementsAre(AllOf(HasSubstr(std::to_string(stop_after) + " sell"),
                                                   HasSubstr("kept"))));
  }
  FaultFileSystem files;
  const AlwaysCancelled cancelled;
  EXPECT_THAT(WriteReports(files, "/out", *open_, request, {}, &cancelled, {}),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(ReportFolder, HasTheSameBytesWhateverFailed) {
  const v1::ReportRequest request = ReportChain::RequestOf(kSellers);
  const Files whole = Whole();
  for (std::uint64_t fails_at = 0;; fails_at += 5) {
    SCOPED_TRACE(fails_at);
    FaultFileSystem files;
    files.FailAt(fails_at, /*lasting=*/true);
    const absl::Status status = Write(files, *open_, request);
    const bool fired = files.fired();
    files.StopFailing();
    if (!fired) break;
    ASSERT_FALSE(status.ok());
    EXPECT_FALSE(FilesOf(files).contains("/out/manifest.json") && FilesOf(files) != whole);
    ASSERT_OK(Write(files, *open_, request));
    EXPECT_EQ(FilesOf(files), whole);
  }
}

TEST_F(ReportFolder, HasTheSameBytesAfterTheLossOfPower) {
  const v1::ReportRequest request = ReportChain::RequestOf(kSellers);
  const Files whole = Whole();
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    FaultFileSystem files;
    files.FailAt(20 + 9 * seed, /*lasting=*/true);
    Write(files, *open_, request).IgnoreError();
    files.PowerCut(FaultFileSystem::Power::kSeeded, seed);
    ASSERT_OK(Write(files, *open_, request));
    EXPECT_EQ(FilesOf(files), whole);
  }
}

TEST_F(ReportFolder, SaysWhatAFullDiskNeeds) {
  FaultFileSystem files;
  files.FailAt(40, /*lasting=*/true);
  const absl::Status status = Write(files, *open_, ReportChain::RequestOf(kSellers));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               AllOf(HasSubstr("/out/"), HasSubstr("name another --out"))));
}

TEST_F(ReportFolder, MakesAnewWhatWasChangedOrTorn) {
  const v1::ReportRequest request = ReportChain::RequestOf(kSellers);
  const Files whole = Whole();
  FaultFileSystem files;
  ASSERT_OK(Write(files, *open_, request));
  files.FlipByte("/out/sellers/heron/holders.csv", 30, 1);
  files.SetContents("/out/sellers/shop/summary.json.tmp", "{\"sell");
  files.SetContents("/out/sellers/crane/manifest.json", "{\"sell");
  Told told;
  ASSERT_OK(Write(files, *open_, request, &told));
  Files now = FilesOf(files);
  now.erase("/out/sellers/shop/summary.json.tmp");  // the shop's folder was complete
  EXPECT_EQ(now, whole);
  EXPECT_THAT(told.warnings, ElementsAre(HasSubstr("1 seller complete from before"),
                                         HasSubstr("2 sellers made anew: files were not")));
}

TEST_F(ReportFolder, MakesAnewWhatIsOfAnotherSnapshotOrOtherParameters) {
  FaultFileSystem files;
  ReportChain longer(1);
  const std::unique_ptr<OpenNetwork> later = longer.Open();
  ASSERT_OK(Write(files, *later, ReportChain::RequestOf(kSellers)));
  Told told;
  ASSERT_OK(Write(files, *open_, ReportChain::RequestOf(kSellers), &told));
  EXPECT_EQ(FilesOf(files), Whole());
  EXPECT_THAT(told.warnings, ElementsAre(HasSubstr("3 sellers made anew: what was there is of "
                                                   "another snapshot")));
  v1::ReportRequest haircut = ReportChain::RequestOf(kSellers);
  haircut.set_policy("haircut");
  ASSERT_OK(Write(files, *open_, haircut));
  EXPECT_THAT(files.Contents("/out/sellers/heron/exits.csv"), HasSubstr("haircut"));
  told = {};
  ASSERT_OK(Write(files, *open_, ReportChain::RequestOf({"heron"}), &told));
  EXPECT_THAT(told.warnings, Contains(HasSubstr("2 folders are no part of this report")));
}

TEST_F(ReportFolder, OverwritesNothingOfOthers) {
  FaultFileSystem files;
  files.SetContents("/out/manifest.json", "{\"name\":\"a page\"}");
  EXPECT_THAT(Write(files, *open_, ReportChain::RequestOf(kSellers)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("name another --out")));
  EXPECT_EQ(files.Contents("/out/manifest.json"), "{\"name\":\"a page\"}");
  files.SetContents("/out/manifest.json", "no JSON");
  EXPECT_THAT(Write(files, *open_, ReportChain::RequestOf(kSellers)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ReportFolder, ObeysNoAdvertisement) {
  const std::string evil = "=HYPERLINK(\"http://x\",\"y\")/../../<script>";
  v1::ReportRequest request = ReportChain::RequestOf({"heron"});
  request.mutable_seeds(0)->set_label(evil);
  request.mutable_stops(0)->set_entity("@SUM(1,2)");
  FaultFileSystem files;
  ASSERT_OK(Write(files, *open_, request));
  for (const auto& [path, text] : FilesOf(files)) {
    EXPECT_TRUE(path.starts_with("/out/")) << path;
    EXPECT_THAT(path, Not(HasSubstr("..")));
    if (path.ends_with(".html")) {
      EXPECT_THAT(text, Not(HasSubstr("<script")));
    }
    if (!path.ends_with(".csv")) continue;
    for (const auto& row : ReadCsv(text)) {
      for (const std::string& cell : row) {
        EXPECT_NE(cell.find_first_of("=+-@\t\r\n"), 0U) << cell;
      }
    }
  }
}

TEST(AccountReportFolder, IsMadeOfAccountsToo) {
  Town town;
  town.Give(Town::Person(1), 100);
  town.Pay(Town::Person(1), Town::Person(2), 70);
  town.chain().NextBlock();
  TronIndex index = IndexOf(town.chain().blocks());
  OpenNetwork open(std::move(index.index), 1, nullptr);
  v1::ReportRequest request;
  request.set_asset("TRC20:" + std::string(tron::kTetherContract));
  for (std::uint64_t person = 1; person <= 2; ++person) {
    request.add_seeds()->set_address(Town::Person(person).ToBase58());
  }
  FaultFileSystem files;
  EXPECT_THAT(Write(files, open, request, nullptr, 1), StatusIs(absl::StatusCode::kCancelled));
  ASSERT_OK(Write(files, open, request));
  FaultFileSystem whole;
  ASSERT_OK(Write(whole, open, request));
  EXPECT_EQ(FilesOf(files), FilesOf(whole));
  const std::string folder = "/out/sellers/" + Town::Person(1).ToBase58();
  const auto receipts = ReadCsv(files.Contents(folder + "/receipts.csv"));
  ASSERT_EQ(receipts.size(), 2U);
  EXPECT_EQ(receipts[1][2], "100");
  const auto holders = ReadCsv(files.Contents(folder + "/holders.csv"));
  ASSERT_EQ(holders.size(), 3U);
  EXPECT_THAT(FilesOf(files), Not(IsEmpty()));

  // One folder holds reports of one network and asset.
  ReportChain chain;
  EXPECT_THAT(Write(files, *chain.Open(), ReportChain::RequestOf({"heron"})),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("name another --out")));
}

}  // namespace
}  // namespace coinwake::server
