// Goal: whoever asks for bounds gets them from the command line as from the server, on both chains,
// with the stops, what was not followed, and what went wrong.
// Method: runs the program over a made Bitcoin chain and a made Tron town, and asks a server over
// the same folders.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coinwake/v1/bounds.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "indexer/base/file_system.h"
#include "indexer/tron/known_addresses.h"
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kUsdt = "TRC20:" + std::string(tron::kTetherContract);

std::string NameOf(const std::string& who) {
  const std::vector<std::uint8_t> script = ScriptOfName(who);
  return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
}

// The chain of the tracer's own test: 10 of the thief's, split in three and joined in part.
std::string BitcoinData(const std::string& name) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"thief", 10}, {"other", 10}}}});
  chain.AddBlock(
      {{"", {}, {}}, {"split", {Spend("mint", 0)}, {{"left", 4}, {"right", 3}, {"exchange", 2}}}});
  chain.AddBlock(
      {{"", {}, {}}, {"join", {Spend("split", 0), Spend("mint", 1)}, {{"shop", 11}, {"rest", 3}}}});
  chain.AddBlock({{"", {}, {}}, {"pay", {Spend("split", 1)}, {{"shop", 3}}}});
  std::string data = ScratchPath(name);
  EXPECT_OK(chain.Build(RealFileSystem(), data).status());
  return data;
}

// Person 1 gets 100, passes 70 to person 2, who has 30 and passes 60 to person 3.
std::string TronData(const std::string& name) {
  Town town;
  town.Give(Town::Person(1), 100);
  town.Pay(Town::Person(1), Town::Person(2), 70);
  town.Give(Town::Person(2), 30);
  town.Pay(Town::Person(2), Town::Person(3), 60);
  town.chain().NextBlock();
  const std::string blocks = ScratchPath(name + " blocks");
  std::string data = ScratchPath(name);
  EXPECT_OK(synthetic::WriteBlockFiles(RealFileSystem(), blocks, town.chain().blocks()));
  EXPECT_EQ(On(data, {"index", "tron", "--blocks", blocks}).exit_status, 0);
  return data;
}

// "[4, 7] of 10 service Bank [1, 2]; 1 not expanded: 3" for each label.
std::vector<std::string> Find(const std::string& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "bounds");
  std::vector<std::string> lines;
  for (const v1::Bounds& bounds : Ask<v1::Bounds>(data, arguments)) {
    std::string line = "[" + bounds.min() + ", " + bounds.max() + "] of " + bounds.seeded();
    for (const v1::StopBound& stop : bounds.stops()) {
      line += " " + stop.kind() + " " + stop.entity() + " [" + stop.min() + ", " + stop.max() + "]";
    }
    EXPECT_EQ(bounds.stops_count(), static_cast<std::uint64_t>(bounds.stops_size()));
    EXPECT_TRUE(bounds.has_snapshot());
    if (bounds.not_expanded().count() != 0) {
      line += "; " + std::to_string(bounds.not_expanded().count()) +
              " not expanded: " + bounds.not_expanded().max();
    }
    lines.push_back(line);
  }
  return lines;
}

// What a server over the folder says, as the command prints it.
std::vector<std::string> Served(const std::string& data, const v1::FindBoundsRequest& request,
                                grpc::StatusCode code = grpc::StatusCode::OK) {
  std::vector<std::string> lines;
  auto served = server::ServedIndex::Open(data);
  EXPECT_OK(served.status());
  if (!served.ok()) return lines;
  const auto tracer = v1::Tracer::NewStub((*served)->NewChannel());
  grpc::ClientContext context;
  const auto reader = tracer->FindBounds(&context, request);
  v1::Bounds bounds;
  while (reader->Read(&bounds)) lines.push_back(server::ToJson(bounds));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  return lines;
}

TEST(BoundsCommand, OnBitcoinTellsTheInterval) {
  const std::string data = BitcoinData("bounds bitcoin");
  const std::string thief = NameOf("thief");
  EXPECT_THAT(Find(data, {"--seed", thief, "--to", NameOf("shop")}), ElementsAre("[4, 7] of 10"));
  EXPECT_THAT(Find(data, {"--seed", thief + "=z", "--seed", NameOf("other") + "=a", "--to",
                          NameOf("shop")}),
              ElementsAre("[7, 10] of 10", "[4, 7] of 10"));
  EXPECT_THAT(
      Find(data, {"--seed", thief, "--to", NameOf("shop"), "--stop", NameOf("left") + "=Bank",
                  "--stop", NameOf("exchange")}),
      ElementsAre("[3, 3] of 10 service Bank [4, 4] service " + NameOf("exchange") + " [2, 2]"));
  // Of the 14 that 4 of the thief's and 10 of others make, 3 may or may not be the thief's.
  EXPECT_THAT(Find(data, {"--seed", thief, "--to", NameOf("left"), "--stop",
                          NameOf("rest") + "=Till", "--stop", NameOf("right")}),
              ElementsAre("[4, 4] of 10 service " + NameOf("right") + " [3, 3]"));
  EXPECT_THAT(Find(data, {"--seed", thief, "--to", NameOf("right"), "--stop", NameOf("rest")}),
              ElementsAre("[3, 3] of 10 service " + NameOf("rest") + " [0, 3]"));
  EXPECT_THAT(Find(data, {"--seed", thief, "--to", NameOf("shop"), "--max-hops", "1"}),
              ElementsAre("[0, 7] of 10; 2 not expanded: 7"));
  EXPECT_THAT(Find(data, {"--seed", thief, "--to", NameOf("left"), "--until", "2"}),
              ElementsAre("[4, 4] of 10"));
}

TEST(BoundsCommand, OnBitcoinTakesAnOutputOrAFee) {
  const std::string data = BitcoinData("bounds outputs");
  const auto entries = Ask<v1::TraceEvent>(
      data, {"trace", "--seed", NameOf("thief"), "--outputs", "all", "--policy", "poison"});
  std::string split;
  std::string join;
  for (const v1::TraceEvent& event : entries) {
    if (event.holding().address() == NameOf("left")) split = event.holding().txid();
    if (event.holding().address() == NameOf("rest")) join = event.holding().txid();
  }
  const std::string output = NameOf("thief");
  EXPECT_THAT(Find(data, {"--seed", output, "--to", join + ":0"}), ElementsAre("[1, 4] of 10"));
  EXPECT_THAT(Find(data, {"--seed", output, "--to", split + ":fee"}), ElementsAre("[1, 1] of 10"));
  EXPECT_THAT(Find(data, {"--seed-output", split + ":0", "--to", NameOf("rest")}),
              ElementsAre("[0, 3] of 4"));
  ExpectError(On(data, {"bounds", "--seed", output, "--to", split + ":9"}), 1, "is not on");
  ExpectError(On(data, {"bounds", "--seed", output, "--to", std::string(64, '0') + ":fee"}), 1,
              "no transaction");
}

TEST(BoundsCommand, EqualsTheServer) {
  const std::string data = BitcoinData("bounds served");
  v1::FindBoundsRequest request;
  request.add_seeds()->set_address(NameOf("thief"));
  request.set_to(NameOf("shop"));
  request.set_max_hops(2);
  v1::TraceStop* const stop = request.add_stops();
  stop->set_address(NameOf("exchange"));
  stop->set_entity("Bank");
  EXPECT_EQ(Served(data, request),
            On(data, {"bounds", "--seed", NameOf("thief"), "--to", NameOf("shop"), "--max-hops",
                      "2", "--stop", NameOf("exchange") + "=Bank", "--json"})
                .lines());
  request.set_to(NameOf("stranger"));
  EXPECT_THAT(Served(data, request, grpc::StatusCode::NOT_FOUND), IsEmpty());
  request.clear_to();
  EXPECT_THAT(Served(data, request, grpc::StatusCode::INVALID_ARGUMENT), IsEmpty());
  request.set_to(NameOf("shop"));
  request.clear_seeds();
  EXPECT_THAT(Served(data, request, grpc::StatusCode::INVALID_ARGUMENT), IsEmpty());
}

TEST(BoundsCommand, ShowsATableAndSaysWhatIsWrong) {
  const std::string data = BitcoinData("bounds shown");
  const std::string thief = NameOf("thief");
  const ProgramResult text = On(data, {"bounds", "--seed", thief + "=x", "--to", NameOf("shop"),
                                       "--stop", NameOf("exchange") + "=Bank", "--max-hops", "1"});
  EXPECT_EQ(text.exit_status, 0) << text.err;
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("at least BTC"), HasSubstr("0.00000007"), HasSubstr("service Bank"),
                    HasSubstr("2 outputs not followed for --max-hops")));
  // Seeds and stops that were never seen are told, and no error.
  const ProgramResult unseen =
      On(data, {"bounds", "--seed", NameOf("stranger"), "--to", NameOf("shop"), "--json"});
  EXPECT_EQ(unseen.exit_status, 0) << unseen.err;
  EXPECT_THAT(unseen.out, HasSubstr("\"max\":\"0\""));
  EXPECT_THAT(unseen.err, HasSubstr("was never seen"));
  ExpectError(On(data, {"bounds", "--seed", thief}), 2, "--to");
  ExpectError(On(data, {"bounds", "--to", thief}), 2, "bounds needs seeds");
  ExpectError(On(data, {"bounds", "--seed", thief, "--to", "nonsense"}), 2, "nonsense");
  ExpectError(On(data, {"bounds", "--seed", thief, "--to", NameOf("stranger")}), 1, "never seen");
}

// "unspent [2, 5] exits [4, 7] sinks [1, 1]", or why there are none; of the one label.
std::string FiguresOf(const std::string& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "trace");
  for (const v1::TraceEvent& event : Ask<v1::TraceEvent>(data, arguments)) {
    if (!event.has_summary()) continue;
    const v1::Summary& summary = event.summary();
    EXPECT_EQ(summary.has_unspent_bounds(), summary.bounds_absent().empty());
    if (!summary.has_unspent_bounds()) return summary.bounds_absent();
    const auto text = [](const v1::Interval& interval) {
      return "[" + interval.min() + ", " + interval.max() + "]";
    };
    return "unspent " + text(summary.unspent_bounds()) + " exits " + text(summary.exits_bounds()) +
           " sinks " + text(summary.sinks_bounds());
  }
  return "no summary";
}

TEST(TraceSummaries, CarryTheBoundsOfTheirFigures) {
  const std::string data = BitcoinData("bounds figures");
  const std::string thief = NameOf("thief");
  std::vector<std::string> question = {"--seed", thief, "--stop", NameOf("shop") + "=Shop"};
  const std::string bounds = "unspent [2, 5] exits [4, 7] sinks [1, 1]";
  EXPECT_EQ(FiguresOf(data, question), bounds);
  EXPECT_EQ(FiguresOf(data, {"--seed", thief}), "unspent [9, 9] exits [0, 0] sinks [1, 1]");
  EXPECT_EQ(FiguresOf(data, {"--seed", NameOf("stranger")}),
            "unspent [0, 0] exits [0, 0] sinks [0, 0]");
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> longer = question;
    longer.insert(longer.end(), more.begin(), more.end());
    return FiguresOf(data, longer);
  };
  for (const char* policy : {"poison", "haircut", "lifo"}) {
    EXPECT_EQ(with({"--policy", policy}), bounds);
  }
  EXPECT_EQ(with({"--bounds", "full"}), bounds);
  EXPECT_EQ(with({"--bounds", "none"}), "not asked for");
  EXPECT_EQ(with({"--max-hops", "1"}), "unspent [2, 9] exits [0, 7] sinks [1, 8]");
  EXPECT_THAT(with({"--fees", "miner"}), HasSubstr("miners"));
  EXPECT_THAT(with({"--competing"}), HasSubstr("compete"));
  EXPECT_THAT(with({"--min-taint", "2"}), HasSubstr("least taint"));
  EXPECT_THAT(with({"--stop-mixed"}), HasSubstr("mixed"));
  EXPECT_THAT(with({"--direction", "backward"}), HasSubstr("forward"));
  question.insert(question.begin(), "trace");
  EXPECT_THAT(On(data, question).out,
              AllOf(HasSubstr("exits 0.00000007 [0.00000004 to 0.00000007]"),
                    HasSubstr("what no rule of apportionment can leave")));
  question.insert(question.end(), {"--bounds", "wide"});
  ExpectError(On(data, question), 2, "quick, full, none");
}

TEST(TraceSummaries, OnTronCarryBoundsToo) {
  const std::string data = TronData("bounds tron figures");
  const std::string first = Town::Person(1).ToBase58();
  const std::vector<std::string> question = {
      "--seed",    first,      "--asset", kUsdt,
      "--stop-at", "services", "--stop",  Town::Person(3).ToBase58() + "=Bank"};
  EXPECT_EQ(FiguresOf(data, question), "unspent [40, 70] exits [30, 60] sinks [0, 0]");
  EXPECT_EQ(FiguresOf(data, {"--seed", first, "--asset", kUsdt}),
            "unspent [100, 100] exits [0, 0] sinks [0, 0]");
  EXPECT_EQ(FiguresOf(data, {"--seed", first, "--asset", kUsdt, "--max-hops", "1"}),
            "bounds count hops of accounts, not of units");
}

TEST(BoundsCommand, OnTronFollowsOneAsset) {
  const std::string data = TronData("bounds tron");
  const std::string first = Town::Person(1).ToBase58();
  const std::string second = Town::Person(2).ToBase58();
  const std::string third = Town::Person(3).ToBase58();
  const std::vector<std::string> question = {"--seed",  first, "--to",      third,
                                             "--asset", kUsdt, "--stop-at", "services"};
  EXPECT_THAT(Find(data, question), ElementsAre("[30, 60] of 100"));
  std::vector<std::string> stopped = question;
  stopped.insert(stopped.end(), {"--stop", second + "=Bank"});
  EXPECT_THAT(Find(data, stopped), ElementsAre("[0, 0] of 100 service Bank [70, 70]"));
  std::vector<std::string> near = question;
  near.insert(near.end(), {"--max-hops", "1"});
  EXPECT_THAT(Find(data, near), ElementsAre("[0, 60] of 100; 1 not expanded: 60"));

  v1::FindBoundsRequest request;
  request.add_seeds()->set_address(first);
  request.set_to(third);
  request.set_asset(kUsdt);
  request.set_stop_at("services");
  std::vector<std::string> json = question;
  json.insert(json.begin(), "bounds");
  json.push_back("--json");
  const std::vector<std::string> lines = On(data, json).lines();
  EXPECT_EQ(Served(data, request), lines);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines.front(), HasSubstr("\"asset\":\"" + kUsdt + "\""));
  json.pop_back();
  EXPECT_THAT(On(data, json).out, HasSubstr("arrived at " + third + " of " + kUsdt));
  ExpectError(On(data, {"bounds", "--seed", first, "--to", third}), 2, "asset");
}

}  // namespace
}  // namespace coinwake
