// Goal: whoever imports labels sees traces end at the services they name, from the command line as
// from the server, until the label is removed.
// Method: runs the program over a made Bitcoin chain and a made Tron town, with lists of invented
// services, and asks a server over the same folders.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coinwake/v1/exposure.pb.h"
#include "coinwake/v1/labels.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "indexer/base/file_system.h"
#include "indexer/tron/known_addresses.h"
#include "labels/label.h"
#include "server/json.h"
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
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const TownService kBrook{Town::Person(500), Town::Person(501)};
const std::string kUsdt = "TRC20:" + std::string(tron::kTetherContract);
constexpr char kOneStops[] = "addresses that stop as labels say, each with its cluster: 1";

std::string NameOf(const std::string& who) {
  const std::vector<std::uint8_t> script = ScriptOfName(who);
  return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
}

// Alice pays 10 to an address that was spent with the till, and 30 to Bob.
std::string BitcoinData(const std::string& name) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"alice", 50}, {"till", 1}, {"vault", 1}}}});
  chain.AddBlock({{"", {}, {}}, {"sweep", {Spend("mint", 1), Spend("mint", 2)}, {{"far", 2}}}});
  chain.AddBlock({{"", {}, {}}, {"pay", {Spend("mint", 0)}, {{"vault", 10}, {"bob", 30}}}});
  chain.AddBlock({{"", {}, {}}, {"on", {Spend("pay", 0)}, {{"carol", 10}}}});
  std::string data = ScratchPath(name);
  EXPECT_OK(chain.Build(RealFileSystem(), data).status());
  return data;
}

std::string TronData(const std::string& name, std::uint64_t customers) {
  Town town;
  town.AddCustomers(kBrook, 0, customers);
  town.chain().NextBlock();
  const std::string blocks = ScratchPath(name + " blocks");
  std::string data = ScratchPath(name);
  EXPECT_OK(synthetic::WriteBlockFiles(RealFileSystem(), blocks, town.chain().blocks()));
  EXPECT_EQ(On(data, {"index", "tron", "--blocks", blocks}).exit_status, 0);
  return data;
}

void Import(const std::string& data, const std::string& network, const std::string& row) {
  const std::string list = FileOf("services.csv", "address,label,category\n" + row + "\n");
  const ProgramResult result =
      On(data, {"labels", "import", list, "--list", "services", "--network", network});
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

// "service Bank 10".
std::vector<std::string> Sinks(const std::string& data, std::vector<std::string> trace) {
  trace.insert(trace.begin(), "trace");
  std::vector<std::string> sinks;
  for (const v1::TraceEvent& event : Ask<v1::TraceEvent>(data, trace)) {
    if (!event.has_sink()) continue;
    const v1::Sink& sink = event.sink();
    sinks.push_back(sink.kind() + " " + sink.entity() + (sink.entity().empty() ? "" : " ") +
                    sink.taint());
  }
  return sinks;
}

// What a server over the folder says, as the command prints it.
std::vector<std::string> Served(const std::string& data, const v1::TraceRequest& request) {
  std::vector<std::string> lines;
  auto served = server::ServedIndex::Open(data);
  EXPECT_OK(served.status());
  if (!served.ok()) return lines;
  const auto tracer = v1::Tracer::NewStub((*served)->NewChannel());
  grpc::ClientContext context;
  const auto reader = tracer->Trace(&context, request);
  v1::TraceEvent event;
  while (reader->Read(&event)) lines.push_back(server::ToJson(event));
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return lines;
}

TEST(Stops, OnBitcoinAreWhatLabelsNameUntilTheyAreRemoved) {
  const std::string data = BitcoinData("stops bitcoin");
  const std::string alice = NameOf("alice");
  EXPECT_THAT(Sinks(data, {"--seed", alice}), ElementsAre("fee 10"));
  EXPECT_THAT(On(data, {"trace", "--seed", alice}).err, IsEmpty());
  Import(data, kRegtest, NameOf("till") + ",Quayside Bank,exchange");
  EXPECT_THAT(Sinks(data, {"--seed", alice}), ElementsAre("fee 10", "service Quayside Bank 10"));
  EXPECT_THAT(Sinks(data, {"--seed", alice, "--stop-at", "none"}), ElementsAre("fee 10"));
  EXPECT_THAT(Sinks(data, {"--seed", alice, "--stop", NameOf("vault") + "=My Bank"}),
              ElementsAre("fee 10", "service My Bank 10"));
  const ProgramResult text = On(data, {"trace", "--seed", alice});
  EXPECT_THAT(text.out, HasSubstr("service Quayside Bank 0.00000010"));
  EXPECT_THAT(text.err, HasSubstr(kOneStops));

  const std::vector<std::string> lines = On(data, {"trace", "--seed", alice, "--json"}).lines();
  EXPECT_THAT(lines.back(), HasSubstr(kOneStops));
  v1::TraceRequest request;
  request.add_seeds()->set_address(alice);
  EXPECT_EQ(Served(data, request), lines);

  ExpectError(On(data, {"trace", "--seed-cluster", NameOf("vault")}), 1, "Quayside Bank");
  EXPECT_EQ(On(data, {"trace", "--seed-cluster", NameOf("vault"), "--force"}).exit_status, 0);

  ASSERT_EQ(On(data, {"labels", "remove", "--list", "services"}).exit_status, 0);
  EXPECT_THAT(Sinks(data, {"--seed", alice}), ElementsAre("fee 10"));
  EXPECT_EQ(On(data, {"trace", "--seed-cluster", NameOf("vault")}).exit_status, 0);
}

// The last hop pays Carol; no line: exit 1, as the error says.
TEST(Stops, PathsGoThroughServicesOnlyWhereTold) {
  const std::string data = BitcoinData("stops of paths");
  const auto path = [&data](const std::string& to, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"path", "--from", NameOf("alice"), "--to", NameOf(to)});
    return On(data, more);
  };
  EXPECT_EQ(path("carol").exit_status, 0);
  Import(data, kRegtest, NameOf("till") + ",Quayside Bank,exchange");
  ExpectError(path("carol"), 1, "without going through a service");
  EXPECT_EQ(path("vault").exit_status, 0);  // an end may be one
  const ProgramResult through = path("carol", {"--through-services"});
  EXPECT_EQ(through.exit_status, 0);
  EXPECT_THAT(through.out, HasSubstr("2 transactions, bottleneck 0.00000010 BTC\n"));
  // Alice's 50 make 10, 30 and a fee.
  EXPECT_THAT(path("carol", {"--through-services", "--best", "taint"}).out,
              HasSubstr("bottleneck 0.00000010 BTC, carries 0.00000010 BTC\n"));
  EXPECT_THAT(path("vault").err, HasSubstr(kOneStops));
  EXPECT_THAT(path("carol", {"--through-services", "--max-edges", "0"}).err,
              HasSubstr("not followed for the limit of edges: 1, of together 10 base units"));
  ExpectError(path("carol", {"--min-value", "1.5"}), 2, "least value");
  ExpectError(path("carol", {"--best", "fastest"}), 2, "widest, shortest, earliest, taint");
  ExpectError(path("carol", {"--through-services", "--until", "2"}), 1, "no path");
}

TEST(Stops, OnBitcoinAreWhereMoneyComesFromAndWhatAddressesAreExposedTo) {
  const std::string data = BitcoinData("stops backward");
  Import(data, kRegtest, NameOf("till") + ",Quayside Bank,exchange");
  const std::string carol = NameOf("carol");  // paid by the vault, which is the till's
  EXPECT_THAT(Sinks(data, {"--seed", carol, "--direction", "backward"}),
              ElementsAre("service Quayside Bank 10"));
  EXPECT_THAT(Sinks(data, {"--seed", carol, "--direction", "backward", "--stop-at", "none"}),
              ElementsAre("coinbase 10"));
  const ProgramResult text = On(data, {"trace", "--seed", carol, "--direction", "backward"});
  EXPECT_THAT(text.out, AllOf(HasSubstr("backward"), HasSubstr("none of it was seen minted"),
                              HasSubstr("seeded 0.00000010 BTC: exits 0.00000010"),
                              Not(HasSubstr("unspent"))));

  // "exchange Quayside Bank 10 0 1": direct, indirect, the nearest.
  const auto exposed = [&data](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "exposure");
    const auto answer = AskOne<v1::Exposure>(data, arguments);
    std::vector<std::string> lines;
    for (const v1::ExposureEntry& entry : answer.entries()) {
      lines.push_back(entry.category() + " " + entry.entity() +
                      (entry.entity().empty() ? "" : " ") + entry.direct() + " " +
                      entry.indirect());
      if (entry.has_min_hops()) lines.back() += " " + std::to_string(entry.min_hops());
    }
    lines.push_back(answer.total());
    return lines;
  };
  EXPECT_THAT(exposed({carol}), ElementsAre("exchange Quayside Bank 10 0 1", "10"));
  EXPECT_THAT(exposed({NameOf("alice"), "--direction", "destination"}),
              ElementsAre("exchange Quayside Bank 10 0 1", "fee 10 0", "unspent 30 0", "50"));
  EXPECT_THAT(exposed({carol, "--stop", NameOf("vault") + "=My Bank"}),
              ElementsAre("service My Bank 10 0 1", "10"));
  EXPECT_THAT(exposed({carol, "--stop-at", "none"}), ElementsAre("coinbase 0 10", "10"));
  EXPECT_THAT(exposed({NameOf("nobody")}), ElementsAre("0"));
  EXPECT_THAT(On(data, {"exposure", carol}).out,
              AllOf(HasSubstr("exchange"), HasSubstr("Quayside Bank"), HasSubstr("1 transaction"),
                    HasSubstr("total 0.00000010 BTC")));
  ExpectError(On(data, {"exposure", NameOf("vault"), "--cluster"}), 1, "Quayside Bank");
  EXPECT_EQ(exposed({NameOf("vault"), "--cluster", "--force"}).back(), "12");
  ExpectError(On(data, {"exposure", carol, "--policy", "poison"}), 2, "fifo, haircut");
  ExpectError(On(data, {"exposure", carol, "--direction", "up"}), 2, "source, destination");
}

TEST(Stops, OnBitcoinMayBeListedInAFile) {
  const std::string data = BitcoinData("stops listed");
  const std::string stops = FileOf("listed.csv", NameOf("bob") + ",Bob's\n");
  EXPECT_THAT(Sinks(data, {"--seed", NameOf("alice"), "--stops", stops}),
              ElementsAre("fee 10", "service Bob's 30"));
  const std::string bad = FileOf("unlisted.csv", "nonsense,Bob's\n");
  ExpectError(On(data, {"trace", "--seed", NameOf("alice"), "--stops", bad}), 1, "unlisted.csv:1");
}

TEST(Stops, OnTronAreWhereMoneyComesFromAndWhatAddressesAreExposedTo) {
  const std::string data = TronData("stops backward tron", 2);
  const std::string seed = Town::Person(1).ToBase58();
  const std::string issuer = Town::Person(999'999).ToBase58();
  const std::vector<std::string> trace = {"--seed", seed,          "--asset",
                                          kUsdt,    "--direction", "backward"};
  EXPECT_THAT(Sinks(data, trace), ElementsAre("coinbase 10000002"));
  std::vector<std::string> text = trace;
  text.insert(text.begin(), "trace");
  EXPECT_THAT(On(data, text).out,
              AllOf(HasSubstr("backward: accounts are where value was minted"), HasSubstr(issuer),
                    HasSubstr("minted"), Not(HasSubstr("unspent")),
                    HasSubstr("10,000,002 base units of TRC20:")));
  std::vector<std::string> json = text;
  json.emplace_back("--json");
  v1::TraceRequest request;
  request.add_seeds()->set_address(seed);
  request.set_asset(kUsdt);
  request.set_direction("backward");
  EXPECT_EQ(Served(data, request), On(data, json).lines());

  Import(data, "tron-private", issuer + ",Anchor,exchange");
  EXPECT_THAT(Sinks(data, trace), ElementsAre("service Anchor 10000002"));
  const std::vector<std::string> exposure = {"exposure", seed, "--asset", kUsdt};
  const auto exposed = AskOne<v1::Exposure>(data, exposure);
  EXPECT_EQ(exposed.direction(), "source");
  ASSERT_EQ(exposed.entries_size(), 1);
  EXPECT_EQ(exposed.entries(0).category(), "exchange");
  EXPECT_EQ(exposed.entries(0).entity(), "Anchor");
  EXPECT_EQ(exposed.entries(0).direct(), "10000002");
  EXPECT_EQ(exposed.entries(0).min_hops(), 1u);
  EXPECT_EQ(exposed.total(), "10000002");
  EXPECT_THAT(On(data, exposure).out, HasSubstr("1 transfer"));

  const auto refused = [&text, &data](const std::vector<std::string>& more, const char* why) {
    std::vector<std::string> arguments = text;
    arguments.insert(arguments.end(), more.begin(), more.end());
    ExpectError(On(data, arguments), 2, why);
  };
  refused({"--policy", "lifo"}, "fifo or haircut");
  refused({"--competing"}, "compete");
  refused({"--outputs", "all"}, "accounts");
}

TEST(Stops, OnTronAreWhatLabelsOrDepositsShow) {
  const std::string seed = Town::Person(3).ToBase58();
  const std::vector<std::string> trace = {"--seed", seed, "--asset", kUsdt};
  const std::string large = TronData("stops large", kLeastSweepers);
  EXPECT_THAT(Sinks(large, trace), ElementsAre("service " + kBrook.hot.ToBase58() + " 10000006"));

  const std::vector<std::string> exposure = {"exposure", seed,          "--asset",
                                             kUsdt,      "--direction", "destination"};
  const auto exposed = AskOne<v1::Exposure>(large, exposure);
  ASSERT_EQ(exposed.entries_size(), 1);
  EXPECT_EQ(exposed.entries(0).category(), "service");
  EXPECT_EQ(exposed.entries(0).entity(), kBrook.hot.ToBase58());
  EXPECT_EQ(exposed.entries(0).direct(), "10000006");
  EXPECT_EQ(exposed.entries(0).indirect(), "0");
  EXPECT_EQ(exposed.total(), "10000006");
  EXPECT_THAT(On(large, exposure).out, HasSubstr("total 10,000,006 base units of TRC20:"));

  const std::string small = TronData("stops small", kLeastServed + 5);
  EXPECT_THAT(Sinks(small, trace), IsEmpty());
  Import(small, "tron-private", kBrook.hot.ToBase58() + ",Brook Exchange,exchange");
  EXPECT_THAT(Sinks(small, trace), ElementsAre("service Brook Exchange 10000006"));
  const std::vector<std::string> lines =
      On(small, {"trace", "--seed", seed, "--asset", kUsdt, "--json"}).lines();
  EXPECT_THAT(lines, Contains(HasSubstr(kOneStops)));
  v1::TraceRequest request;
  request.add_seeds()->set_address(seed);
  request.set_asset(kUsdt);
  EXPECT_EQ(Served(small, request), lines);
  EXPECT_THAT(On(small, {"cluster", Town::Fresh(3).ToBase58(), "--members"}).out,
              AllOf(HasSubstr(kBrook.hot.ToBase58()), HasSubstr(kBrook.gas.ToBase58())));

  ASSERT_EQ(On(small, {"labels", "remove", "--list", "services"}).exit_status, 0);
  EXPECT_THAT(Sinks(small, trace), IsEmpty());
  EXPECT_THAT(On(small, {"cluster", Town::Fresh(3).ToBase58(), "--members"}).out,
              Not(HasSubstr(kBrook.hot.ToBase58())));
}

// "alice-10-bob tom-8-bob": of each hop the clusters' first names, and the value.
std::string ClusterPath(const v1::Path& path, const std::map<std::string, std::string>& names) {
  std::vector<std::string> hops;
  for (const v1::PathHop& hop : path.hops()) {
    hops.push_back(absl::StrCat(names.at(hop.from_cluster()), "-", hop.value(), "-",
                                names.at(hop.to_cluster())));
  }
  return absl::StrJoin(hops, " ");
}

TEST(PathLevel, OfClustersLeadsFromAnyAddressOfOneToAnyOfTheOther) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"alice", 10}, {"alice2", 10}}}});
  chain.AddBlock(
      {{"", {}, {}}, {"both", {Spend("mint", 0), Spend("mint", 1)}, {{"bob", 12}, {"alice", 8}}}});
  chain.AddBlock({{"", {}, {}}, {"on", {Spend("both", 1)}, {{"tom", 8}}}});
  chain.AddBlock({{"", {}, {}}, {"late", {Spend("on", 0)}, {{"bob2", 7}}}});
  chain.AddBlock({{"", {}, {}}, {"shop", {Spend("both", 0), Spend("late", 0)}, {{"shop", 19}}}});
  const std::string data = ScratchPath("path level");
  ASSERT_THAT(chain.Build(RealFileSystem(), data), IsOk());
  std::map<std::string, std::string> names;
  for (const char* who : {"alice", "bob", "tom"}) names[NameOf(who)] = who;

  std::vector<std::string> question = {"path",     "--from",       NameOf("alice2"),
                                       "--to",     NameOf("bob2"), "--best",
                                       "shortest", "--count",      "9"};
  const auto by_address = Ask<v1::Path>(data, question);
  ASSERT_EQ(by_address.size(), 1u);
  EXPECT_EQ(by_address.front().hops_size(), 3);
  EXPECT_FALSE(by_address.front().hops(0).has_from_cluster());
  question.insert(question.end(), {"--level", "cluster"});
  const auto by_cluster = Ask<v1::Path>(data, question);
  ASSERT_EQ(by_cluster.size(), 2u);
  EXPECT_EQ(ClusterPath(by_cluster[0], names), "alice-12-bob");
  EXPECT_EQ(ClusterPath(by_cluster[1], names), "alice-8-tom tom-7-bob");
  EXPECT_THAT(On(data, question).out, HasSubstr("from cluster"));
  question.insert(question.end(), {"--max-hops", "0"});
  ExpectError(On(data, question), 1, "no path leads from the cluster of");
  ExpectError(On(data, question), 1, "in 0 hops");
  ExpectError(
      On(data, {"path", "--from", NameOf("alice"), "--to", NameOf("alice2"), "--level", "cluster"}),
      2, "both ends are of the cluster of");
  ExpectError(On(data, {"path", "--from", NameOf("alice"), "--to", NameOf("bob"), "--level", "x"}),
              2, "address, cluster");
}

}  // namespace
}  // namespace coinwake
