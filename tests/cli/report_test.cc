// Goal: whoever asks for a report gets the folder from the command line that the server's stream
// tells, on both chains, and is told what went wrong and what to do.
// Method: runs the program over a made Bitcoin chain and a made Tron town, and asks a server over
// the same folders.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/reports.grpc.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/file_system.h"
#include "indexer/tron/known_addresses.h"
#include "labels/label.h"
#include "server/json.h"
#include "server/report_tables.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/heuristics/account_town.h"
#include "tests/server/served_index.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/tron_block_files.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kUsdt = "TRC20:" + std::string(tron::kTetherContract);

std::string NameOf(const std::string& who) {
  const std::vector<std::uint8_t> script = ScriptOfName(who);
  return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
}

std::string BitcoinData(const std::string& name) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"heron", 10}, {"other", 10}}}});
  chain.AddBlock(
      {{"", {}, {}}, {"split", {Spend("mint", 0)}, {{"left", 4}, {"right", 3}, {"bank", 2}}}});
  chain.AddBlock(
      {{"", {}, {}}, {"join", {Spend("split", 0), Spend("mint", 1)}, {{"shop", 11}, {"rest", 3}}}});
  std::string data = ScratchPath(name);
  EXPECT_OK(chain.Build(RealFileSystem(), data).status());
  return data;
}

std::string TronData(const std::string& name) {
  Town town;
  town.Give(Town::Person(1), 100);
  town.Pay(Town::Person(1), Town::Person(2), 70);
  town.chain().NextBlock();
  const std::string blocks = ScratchPath(name + " blocks");
  std::string data = ScratchPath(name);
  EXPECT_OK(synthetic::WriteBlockFiles(RealFileSystem(), blocks, town.chain().blocks()));
  EXPECT_EQ(On(data, {"index", "tron", "--blocks", blocks}).exit_status, 0);
  return data;
}

std::string Bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

v1::ReportRequest RequestOf(const std::vector<std::pair<std::string, std::string>>& seeds) {
  v1::ReportRequest request;
  for (const auto& [address, label] : seeds) {
    v1::TraceSeed* const seed = request.add_seeds();
    seed->set_address(address);
    seed->set_label(label);
  }
  return request;
}

// What a server over the folder streams.
std::vector<v1::ReportEntry> Served(const std::string& data, const v1::ReportRequest& request,
                                    grpc::StatusCode code = grpc::StatusCode::OK) {
  std::vector<v1::ReportEntry> entries;
  auto served = server::ServedIndex::Open(data);
  EXPECT_OK(served.status());
  if (!served.ok()) return entries;
  const auto reports = v1::Reports::NewStub((*served)->NewChannel());
  grpc::ClientContext context;
  const auto reader = reports->MakeReport(&context, request);
  v1::ReportEntry entry;
  while (reader->Read(&entry)) entries.push_back(entry);
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  return entries;
}

// Files of JSON lines in `out`, by seller and table, beside what the server says.
void ExpectEqualsTheServer(const std::string& data, const v1::ReportRequest& request,
                           const std::string& out, const std::vector<std::string>& printed) {
  std::map<std::string, std::string> files;
  std::vector<std::string> summaries;
  for (const v1::ReportEntry& entry : Served(data, request)) {
    files[entry.seller() + "/" + server::ReportTables()[server::TableOf(entry)].name] +=
        server::JsonLineOf(entry);
    if (entry.has_summary()) summaries.push_back(server::ToJson(entry.summary()));
  }
  EXPECT_FALSE(files.empty());
  for (const auto& [name, lines] : files) {
    std::string path = out;
    path.append("/sellers/").append(name).append(".json");
    EXPECT_EQ(Bytes(path), lines) << name;
  }
  EXPECT_EQ(printed, summaries);
}

TEST(ReportCommand, OnBitcoinWritesWhatTheServerTells) {
  const std::string data = BitcoinData("report bitcoin");
  const std::string out = ScratchPath("report of bitcoin");
  const std::vector<std::string> arguments = {"report",
                                              "--seed",
                                              NameOf("heron") + "=heron",
                                              "--seed",
                                              NameOf("shop") + "=shop",
                                              "--stop",
                                              NameOf("bank") + "=Bank",
                                              "--out",
                                              out,
                                              "--json"};
  const ProgramResult made = On(data, arguments);
  EXPECT_EQ(made.exit_status, 0) << made.err;
  v1::ReportRequest request = RequestOf({{NameOf("heron"), "heron"}, {NameOf("shop"), "shop"}});
  v1::TraceStop* const stop = request.add_stops();
  stop->set_address(NameOf("bank"));
  stop->set_entity("Bank");
  ExpectEqualsTheServer(data, request, out, made.lines());
  EXPECT_THAT(Bytes(out + "/summary.csv"), HasSubstr("heron,heron,bitcoin-regtest,"));

  // Asked again, nothing is made again and the same is said.
  const ProgramResult again = On(data, arguments);
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(again.out, made.out);
  EXPECT_THAT(again.err, HasSubstr("2 sellers complete from before, kept"));
}

TEST(ReportCommand, OnTronFollowsOneAsset) {
  const std::string data = TronData("report tron");
  const std::string out = ScratchPath("report of tron");
  const std::string first = Town::Person(1).ToBase58();
  const ProgramResult made =
      On(data, {"report", "--seed", first + "=heron", "--asset", kUsdt, "--out", out, "--json"});
  EXPECT_EQ(made.exit_status, 0) << made.err;
  v1::ReportRequest request = RequestOf({{first, "heron"}});
  request.set_asset(kUsdt);
  ExpectEqualsTheServer(data, request, out, made.lines());
  ExpectError(On(data, {"report", "--seed", first, "--out", out}), 2, "asset");
  request.clear_asset();
  EXPECT_THAT(Served(data, request, grpc::StatusCode::INVALID_ARGUMENT), IsEmpty());
}

TEST(ReportCommand, TakesAFileOfSeedsAndShowsATable) {
  const std::string data = BitcoinData("report of a file");
  const std::string out = ScratchPath("report of sellers");
  const std::string file = FileOf(
      "report seeds.csv", NameOf("heron") + ",Blue Heron\n" + NameOf("shop") + ",The Shop\n");
  const ProgramResult result =
      On(data, {"report", "--seeds", file, "--out", out, "--bounds", "3", "--progress", "json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("Blue Heron"), HasSubstr("0.00000010"),
                                HasSubstr("Blue-Heron-"), HasSubstr("written to ")));
  EXPECT_THAT(result.err, HasSubstr("\"stage\":\"report\""));
  EXPECT_THAT(
      Ask<v1::ReportSummary>(data, {"report", "--seeds", file, "--out", out, "--bounds", "3"}),
      SizeIs(2));
}

TEST(ReportCommand, SaysWhatIsWrong) {
  const std::string data = BitcoinData("report wrong");
  const std::string out = ScratchPath("report wrong out");
  const std::string heron = NameOf("heron");
  ExpectError(On(data, {"report", "--seed", heron}), 2, "--out");
  ExpectError(On(data, {"report", "--out", out}), 2, "report needs seeds");
  ExpectError(On(data, {"report", "--seed", heron, "--out", out, "--policy", "best"}), 2,
              "no policy");
  EXPECT_FALSE(std::ifstream(out + "/summary.csv.tmp").good());
  ExpectError(On(data, {"report", "--seed", heron, "--out", out, "--bounds", "101"}), 2, "101");
  const std::string file = FileOf("report in the way", "");
  ExpectError(On(data, {"report", "--seed", heron, "--out", file}), 1, "name another --out");
  ExpectError(On(data, {"report", "--seed", heron, "--out", "/proc/no such folder"}), 1,
              "name another --out");
  v1::ReportRequest request = RequestOf({{heron, "heron"}});
  for (int i = 0; i < 10'000; ++i) *request.add_seeds() = request.seeds(0);
  EXPECT_THAT(Served(data, request, grpc::StatusCode::INVALID_ARGUMENT), IsEmpty());
}

}  // namespace
}  // namespace coinwake
