// Goal: each command answers as CONTRACT has it, and the same way twice.
// Method: runs the program on an index of the Core-written regtest chain, and of that beside the
// first main-chain blocks; facts are Bitcoin Core's.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/index.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kNeverSeen[] = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202";
constexpr const char* kPolicies[] = {"fifo", "lifo", "tifo",    "tiho",
                                     "tiso", "cifo", "haircut", "poison"};
constexpr char kFirstPaymentTxid[] =
    "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16";

std::string AddressOf(const std::string& txid, int vout) {
  return AskOne<v1::Transaction>(RegtestData(), {"tx", txid}).outputs(vout).address();
}

TEST(Status, CountsAsCoreDoes) {
  const auto status = AskOne<v1::Status>(TwoNetworksData(), {"status"});
  ASSERT_EQ(status.networks_size(), 2);
  EXPECT_EQ(status.networks(0).snapshot().network(), "bitcoin");
  EXPECT_EQ(status.networks(0).snapshot().height(), 4312u);
  EXPECT_EQ(status.networks(0).transactions(), 4371u);
  EXPECT_EQ(status.networks(0).unspent_outputs(), 4149u);
  EXPECT_EQ(status.networks(0).unspent_value(), "21560000000000");
  EXPECT_EQ(status.networks(1).snapshot().network(), kRegtest);
  EXPECT_EQ(status.networks(1).snapshot().height(), 330u);
  EXPECT_TRUE(status.networks(1).snapshot().complete_history());
  EXPECT_EQ(status.networks(1).stale_blocks(), 9u);
}

TEST(Verify, FindsNothingWrong) {
  const auto report = AskOne<v1::VerifyReport>(TwoNetworksData(), {"verify"});
  ASSERT_EQ(report.networks_size(), 2);
  EXPECT_THAT(report.networks(0).problems(), IsEmpty());
  EXPECT_GT(report.networks(0).checked(), 0u);
}

TEST(Network, IsInferredFromAnAddressOnly) {
  const auto address =
      AskOne<v1::Address>(TwoNetworksData(), {"address", "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"});
  EXPECT_EQ(address.network(), "bitcoin");
  ExpectError(On(TwoNetworksData(), {"block", "0"}), 2, "bitcoin, bitcoin-regtest");
  ExpectError(On(TwoNetworksData(), {"block", "0", "--network", "bitcoin-signet"}), 1,
              "bitcoin-signet");
  EXPECT_EQ(AskOne<v1::Block>(TwoNetworksData(), {"block", "0", "--network", kRegtest}).network(),
            kRegtest);
}

TEST(Block, IsFoundByHeightAndByHash) {
  const auto by_height = AskOne<v1::Block>(RegtestData(), {"block", "111"});
  EXPECT_EQ(by_height.block_hash(),
            "79f7eb0a41853e692020b00e9be7a82d4bc999a3fa56870e8366a50052018bf6");
  EXPECT_FALSE(by_height.stale());
  EXPECT_EQ(by_height.transactions_count(),
            static_cast<std::uint64_t>(by_height.transactions_size()));
  EXPECT_EQ(On(RegtestData(), {"block", "111", "--json"}).out,
            On(RegtestData(), {"block", by_height.block_hash(), "--json"}).out);
  ExpectError(On(RegtestData(), {"block", "331"}), 1, "0 to 330");
  ExpectError(On(RegtestData(), {"block", std::string(64, '7')}), 1, "no block");
  ExpectError(On(RegtestData(), {"block", "12ab"}), 2, "12ab");
}

TEST(Block, EndsQuietlyWhenNobodyReadsOn) {
  const ProgramResult result =
      RunProgram("/bin/sh", {"-c", "\"$0\" block 145 --json --data \"$1\" | head -c 1",
                             ProgramUnderTest(), RegtestData()});
  EXPECT_EQ(result.out, "{");
  EXPECT_THAT(result.err, IsEmpty());
}

TEST(Block, WaitsForOthersThatLookSomethingUp) {
  // Each finds the store locked by another.
  const ProgramResult result = RunProgram(
      "/bin/sh", {"-c", "for i in 1 2 3; do \"$0\" block 111 --json --data \"$1\" & done; wait",
                  ProgramUnderTest(), RegtestData()});
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_EQ(result.lines().size(), 3u);
}

TEST(Block, OfAFolderThatCannotBeWrittenSaysWhatToDo) {
  const std::string data = CopyOfRegtestData("read_only");
  std::string command = "chmod -R a-w \"$1\"; \"$0\" block 111 --data \"$1\"; status=$?; ";
  // Whoever runs as root may write everywhere.
  if (geteuid() == 0) {
    if (!std::filesystem::exists("/usr/bin/setpriv")) GTEST_SKIP() << "no setpriv here";
    command =
        "chmod -R a-w,a+rX \"$1\"; setpriv --reuid 65534 --regid 65534 --clear-groups "
        "\"$0\" block 111 --data \"$1\"; status=$?; ";
  }
  const ProgramResult result = RunProgram(
      "/bin/sh", {"-c", command + "chmod -R u+w \"$1\"; exit $status", ProgramUnderTest(), data});
  ExpectError(result, 1, "make it writable");
}

TEST(Block, StaleOneIsAnsweredAndItsOwnTransactionsAreNot) {
  const auto stale = AskOne<v1::Block>(RegtestData(), {"block", kStaleBlock});
  EXPECT_TRUE(stale.stale());
  EXPECT_EQ(stale.height(), 162u);
  EXPECT_GT(stale.transactions_size(), 0);
  ExpectError(On(RegtestData(), {"tx", kStaleTransaction}), 1, "no transaction");
}

TEST(Transaction, OfTheFirstPaymentNamesBothKeys) {
  const auto payment =
      AskOne<v1::Transaction>(TwoNetworksData(), {"tx", kFirstPaymentTxid, "--network", "bitcoin"});
  EXPECT_EQ(payment.height(), 170u);
  EXPECT_EQ(payment.fee(), "0");
  ASSERT_EQ(payment.outputs_size(), 2);
  EXPECT_FALSE(payment.outputs(0).has_address());
  EXPECT_EQ(payment.outputs(0).script_type(), "pubkey");
  EXPECT_EQ(payment.outputs(0).key_address(), "1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3");
  EXPECT_EQ(payment.outputs(1).key_address(), "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S");
  EXPECT_EQ(payment.inputs(0).value(), "5000000000");
  EXPECT_TRUE(payment.inputs(0).resolved());
}

TEST(Address, NeverSeenIsZerosAndNoError) {
  const auto address = AskOne<v1::Address>(RegtestData(), {"address", kNeverSeen});
  EXPECT_FALSE(address.seen());
  EXPECT_EQ(address.received(), "0");
  EXPECT_FALSE(address.has_first_height());
  EXPECT_FALSE(address.has_cluster());
  EXPECT_EQ(On(RegtestData(), {"address", kNeverSeen}).exit_status, 0);
  ExpectError(On(RegtestData(), {"address", "not-an-address"}), 2, "");
  ExpectError(On(RegtestData(), {"address", "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"}), 2, "");
}

TEST(Address, ListsOtherScriptsOfTheSameKey) {
  // A P2PKH address of the block rewards' key that only P2PK outputs were paid to.
  const auto address =
      AskOne<v1::Address>(TwoNetworksData(), {"address", "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"});
  ASSERT_EQ(address.same_key_size(), 1);
  EXPECT_EQ(address.same_key(0).script_type(), "pubkey");
  EXPECT_THAT(address.same_key(0).address(), StartsWith("script:41"));
  // And one key under many scripts, from each of them.
  const auto many = AskOne<v1::Transaction>(RegtestData(), {"tx", kOneKeyManyScripts});
  ASSERT_EQ(many.outputs_size(), 8);  // the last is change
  for (const v1::Output& output : many.outputs()) {
    if (output.vout() == 7) continue;
    if (output.script_type() != "pubkeyhash" && output.script_type() != "witness_v0_keyhash") {
      continue;
    }
    const auto one = AskOne<v1::Address>(RegtestData(), {"address", output.address()});
    EXPECT_GE(one.same_key_size(), 2) << output.address();
  }
}

// Asks for a list of an address a line at a time, and compares with the whole.
void ExpectPagesAddUp(const std::string& data, const std::string& command,
                      const std::string& address, std::size_t size) {
  const std::string another = AddressOf(kPeelHop0, 0);
  const ProgramResult whole = On(data, {command, address, "--json"});
  ASSERT_EQ(whole.exit_status, 0) << whole.err;
  ASSERT_EQ(whole.lines().size(), size);
  std::string joined;
  std::string token;
  do {
    std::vector<std::string> arguments = {command, address, "--json", "--limit", "1"};
    if (!token.empty()) arguments.insert(arguments.end(), {"--page", token});
    const ProgramResult page = On(data, arguments);
    ASSERT_EQ(page.exit_status, 0) << page.err;
    EXPECT_EQ(page.lines().size(), 1u);
    joined += page.out;
    const std::size_t at = page.err.find("--page ");
    token = at == std::string::npos ? "" : page.err.substr(at + 7, 32);
    if (!token.empty()) {
      ExpectError(On(data, {command, another, "--page", token}), 2, "page token");
    }
  } while (!token.empty());
  EXPECT_EQ(joined, whole.out);
  ExpectError(On(data, {command, address, "--page", "nonsense"}), 2, "page token");
}

TEST(History, PagesAddUpToTheWhole) {
  const std::string reused = AddressOf(kOneKeyManyScripts, 1);
  ExpectPagesAddUp(RegtestData(), "history", reused, 3);
  for (const auto& entry : Ask<v1::HistoryEntry>(RegtestData(), {"history", reused})) {
    EXPECT_EQ(entry.snapshot().network(), kRegtest);
    EXPECT_EQ(entry.snapshot().height(), 330u);
  }
}

TEST(Utxos, AddUpToTheBalance) {
  std::uint64_t sum = 0;
  const auto outputs = Ask<v1::Unspent>(TwoNetworksData(), {"utxos", kManyUnspent});
  ASSERT_EQ(outputs.size(), 7u);
  for (const v1::Unspent& unspent : outputs) {
    sum += std::stoull(unspent.value());
    EXPECT_EQ(unspent.snapshot().network(), "bitcoin");
    EXPECT_EQ(unspent.snapshot().height(), 4312u);
  }
  EXPECT_EQ(std::to_string(sum),
            AskOne<v1::Address>(TwoNetworksData(), {"address", kManyUnspent}).balance());
  ExpectPagesAddUp(TwoNetworksData(), "utxos", kManyUnspent, outputs.size());
}

TEST(Lists, OfAnAddressNeverSeenAreEmptyAndNoError) {
  for (const std::string command : {"utxos", "history"}) {
    for (const std::string form : {"--json", "--progress=none"}) {
      const ProgramResult result = On(RegtestData(), {command, kNeverSeen, form});
      EXPECT_EQ(result.exit_status, 0) << result.err;
      EXPECT_THAT(result.out, IsEmpty());
      EXPECT_THAT(result.err, AllOf(StartsWith("coinwake: address "), HasSubstr("never seen")));
      EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    }
    ExpectError(On(RegtestData(), {command, "not-an-address"}), 2, "");
  }
}

TEST(Cluster, HoldsWhatWasSpentTogetherAndWhySaysSo) {
  const auto merge = AskOne<v1::Transaction>(RegtestData(), {"tx", kConsolidation});
  ASSERT_EQ(merge.inputs_size(), 260);
  const std::string a = merge.inputs(0).address();
  std::string b;
  for (const v1::Input& input : merge.inputs()) {
    if (input.has_address() && input.address() != a) b = input.address();
  }
  ASSERT_FALSE(b.empty()) << "one address only";
  const auto cluster = AskOne<v1::Cluster>(RegtestData(), {"cluster", a, "--members"});
  EXPECT_THAT(cluster.members(), Contains(a));
  EXPECT_THAT(cluster.members(), Contains(b));
  EXPECT_EQ(cluster.size(), static_cast<std::uint64_t>(cluster.members_size()));
  EXPECT_EQ(AskOne<v1::Address>(RegtestData(), {"address", a}).cluster(), cluster.id());
  EXPECT_THAT(AskOne<v1::Cluster>(RegtestData(), {"cluster", a}).members(), IsEmpty());

  const auto evidence = AskOne<v1::Evidence>(RegtestData(), {"why", a, b});
  ASSERT_GT(evidence.links_size(), 0);
  const auto& first = evidence.links(0);
  const auto& last = evidence.links(evidence.links_size() - 1);
  EXPECT_TRUE(first.a() == a || first.b() == a);
  EXPECT_TRUE(last.a() == b || last.b() == b);
  EXPECT_EQ(first.rule(), "co_spend");
  ExpectError(On(RegtestData(), {"cluster", a, "--profile", "wild"}), 2, "wild");
}

TEST(Cluster, HoldsScriptsOfOneKeyAndWhySaysSo) {
  const auto many = AskOne<v1::Transaction>(RegtestData(), {"tx", kOneKeyManyScripts});
  const std::string& legacy = many.outputs(1).address();
  const std::string& segwit = many.outputs(2).address();
  ASSERT_EQ(many.outputs(1).script_type(), "pubkeyhash");
  ASSERT_EQ(many.outputs(2).script_type(), "witness_v0_keyhash");
  const auto cluster = AskOne<v1::Cluster>(RegtestData(), {"cluster", legacy, "--members"});
  EXPECT_THAT(cluster.members(), AllOf(Contains(legacy), Contains(segwit),
                                       Contains(StartsWith("script:21"))));  // the bare key
  EXPECT_EQ(AskOne<v1::Cluster>(RegtestData(), {"cluster", segwit}).id(), cluster.id());
  const auto why = AskOne<v1::Evidence>(RegtestData(), {"why", legacy, segwit});
  ASSERT_EQ(why.links_size(), 1);
  EXPECT_EQ(why.links(0).rule(), "same_key");
  EXPECT_EQ(why.links(0).confidence(), 1.0);
  // The later of the two spends that first showed it.
  // Both scripts have the hash: the later of the first payments to them.
  EXPECT_EQ(why.links(0).txid(), kOneKeyManyScripts);
}

// What is kept is of no use, and nobody would know why the command takes its time.
TEST(Cluster, TellsOfAKeptFileThatIsDamaged) {
  const std::string data = CopyOfRegtestData("damaged_clusters");
  const std::string folder = data + "/" + kRegtest + "/clusters";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/standard.partition") << "no partition";
  const std::string a = AskOne<v1::Transaction>(data, {"tx", kConsolidation}).inputs(0).address();
  const ProgramResult result = On(data, {"cluster", a, "--profile", "standard"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(result.out, On(RegtestData(), {"cluster", a, "--profile", "standard"}).out);
  EXPECT_THAT(result.err, AllOf(StartsWith("coinwake: "), HasSubstr("/standard.partition: "),
                                HasSubstr("not used, made again")));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
}

TEST(Why, NotJoinedIsAnErrorAndNothingElse) {
  ExpectError(On(RegtestData(), {"why", AddressOf(kPeelHop0, 0), kNeverSeen}), 1, "never seen");
}

// Core's wallet pays thirty times in a row from one coin, at first from a taproot output to change
// of another type.
TEST(Peel, FollowsAWalletsPaymentsBothWays) {
  const auto events = Ask<v1::PeelEvent>(RegtestData(), {"peel", kPeelHop5, "--direction", "both"});
  ASSERT_EQ(events.size(), 4u + 1u + 15u + 1u);
  const v1::PeelEnd& first = events[4].end();
  EXPECT_EQ(first.direction(), "backward");
  EXPECT_EQ(first.stop(), "no_candidate");
  EXPECT_EQ(first.hops(), 4u);
  EXPECT_EQ(events[3].hop().txid(), first.txid());
  EXPECT_EQ(events[5].hop().txid(), kPeelHop5);
  for (std::size_t i = 5; i + 2 < events.size(); ++i) {
    EXPECT_EQ(events[i].hop().next_txid(), events[i + 1].hop().txid());
    EXPECT_EQ(events[i].hop().height() + 1, events[i + 1].hop().height());
    EXPECT_EQ(events[i].hop().peeled_size(), 1);
  }
  EXPECT_EQ(events.back().end().stop(), "no_candidate");
  EXPECT_EQ(events.back().end().snapshot().height(), 330u);
  const ProgramResult table = On(RegtestData(), {"peel", kPeelHop5, "--max-hops", "2"});
  EXPECT_THAT(table.out, AllOf(StartsWith("bitcoin-regtest, heights 0 to 330"),
                               HasSubstr("\nforward, 2 hops\n"), HasSubstr(" change\n"),
                               HasSubstr(" other_type\n"), HasSubstr("max_hops, no more than 2")));
  ExpectError(On(RegtestData(), {"peel", kStaleTransaction}), 1, "no transaction");
  ExpectError(On(RegtestData(), {"peel", kPeelHop5, "--direction", "up"}), 2, "--direction");
  ExpectError(On(RegtestData(), {"peel", kPeelHop5, "--max-hops", "-1"}), 2, "--max-hops");
}

// A taint in units of 2^-12 satoshi, which every exact one is a whole number of.
std::uint64_t Units(const std::string& taint) {
  const std::size_t point = std::min(taint.find('.'), taint.size());
  std::uint64_t units = std::stoull(taint.substr(0, point)) << 12;
  if (point < taint.size()) {
    std::string decimals = taint.substr(point + 1);
    decimals.resize(12, '0');  // 2^-12 has twelve decimals
    const std::uint64_t scaled = std::stoull(decimals) << 12;
    EXPECT_EQ(scaled % 1'000'000'000'000, 0u) << taint;
    units += scaled / 1'000'000'000'000;
  }
  return units;
}

// What a summary says is what its lines add up to, and nothing is lost or made on the way.
void ExpectConserves(const std::vector<std::string>& lines, const std::string& policy) {
  std::map<std::string, std::uint64_t> held;
  std::map<std::string, std::uint64_t> sunk;
  std::map<std::string, std::uint64_t> holdings;
  std::vector<std::string> labels;
  for (const std::string& line : lines) {
    v1::TraceEvent event;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &event).ok()) << line;
    if (event.has_holding()) {
      EXPECT_FALSE(event.holding().has_spent_by());
      held[event.holding().label()] += Units(event.holding().taint());
      ++holdings[event.holding().label()];
    }
    if (event.has_sink()) sunk[event.sink().label()] += Units(event.sink().taint());
    if (!event.has_summary()) continue;
    const v1::Summary& summary = event.summary();
    labels.push_back(summary.label());
    EXPECT_NE(summary.seeded(), "0");
    EXPECT_EQ(summary.holdings(), holdings[summary.label()]);
    EXPECT_EQ(Units(summary.unspent()), held[summary.label()]);
    EXPECT_EQ(Units(summary.exits()) + Units(summary.sinks()), sunk[summary.label()]);
    if (policy == "poison") continue;  // counts whole outputs
    EXPECT_EQ(Units(summary.seeded()), held[summary.label()] + sunk[summary.label()]);
  }
  EXPECT_THAT(labels, ElementsAre("hop", "peel"));
}

TEST(Trace, IsTheSameTwiceAndConserves) {
  for (const std::string policy : kPolicies) {
    for (const std::string fees : {"sink", "miner"}) {
      SCOPED_TRACE(::testing::Message() << policy << ' ' << fees);
      std::vector<std::string> arguments = {"trace", "--json", "--policy", policy, "--fees", fees};
      arguments.insert(arguments.end(), {"--seed", AddressOf(kPeelHop0, 0) + "=peel"});
      arguments.insert(arguments.end(), {"--seed-output", std::string(kPeelHop5) + ":0=hop"});
      const ProgramResult once = On(RegtestData(), arguments);
      ASSERT_EQ(once.exit_status, 0) << once.err;
      EXPECT_EQ(once.out, On(RegtestData(), arguments).out);
      ExpectConserves(once.lines(), policy);
    }
  }
}

TEST(Trace, EndsWhereCleanValueIsMixedInIfToldTo) {
  std::vector<std::string> arguments = {"trace",
                                        "--seed",
                                        AddressOf(kPeelHop0, 0) + "=peel",
                                        "--seed-output",
                                        std::string(kPeelHop5) + ":0=hop",
                                        "--stop-mixed",
                                        "--json"};
  const ProgramResult result = On(RegtestData(), arguments);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  ExpectConserves(result.lines(), "fifo");
  arguments.insert(arguments.end(), {"--policy", "haircut"});
  ExpectError(On(RegtestData(), arguments), 2, "keeps order");
}

TEST(Trace, DefaultLabelIsTheSeedItself) {
  const std::string address = AddressOf(kPeelHop0, 0);
  const auto events = Ask<v1::TraceEvent>(RegtestData(), {"trace", "--seed", address});
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().summary().label(), address);
  EXPECT_EQ(events.back().summary().snapshot().height(), 330u);
}

TEST(Trace, SeedNeverSeenIsWarnedOfAndCountsNothing) {
  const ProgramResult result =
      On(RegtestData(), {"trace", "--seed", std::string(kNeverSeen) + "=ghost", "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("never seen"));
  ASSERT_EQ(result.lines().size(), 1u);
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"label\":\"ghost\""), HasSubstr("\"seeded\":\"0\"")));
}

// A file of this process, removed with it.
std::string WriteFile(const std::string& name, const std::string& content) {
  std::string path = RegtestData() + "_" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(Trace, SeedsOfAFileChooseTheNetworkAsSeedsDo) {
  constexpr char kOfTestNetworks[] = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";
  const std::string advert = WriteFile("ad.txt", std::string("Seller: Ann\n") + kOfTestNetworks);
  const std::string seeds =
      WriteFile("ad.jsonl", On("unused", {"seeds", "extract", advert, "--json"}).out);
  const auto events = Ask<v1::TraceEvent>(TwoNetworksData(), {"trace", "--seeds", seeds});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].summary().label(), "Ann");
  EXPECT_EQ(events[0].summary().snapshot().network(), kRegtest);

  // What the file says outright stands.
  const auto entry = [](const std::string& address, const std::string& network) {
    return "{\"seller\":\"Ann\",\"seeds\":[{\"address\":\"" + address + "\",\"network\":\"" +
           network + "\"}]}\n";
  };
  const std::string main = entry("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S", "bitcoin");
  const std::string named = WriteFile("signet.jsonl", entry(kOfTestNetworks, "bitcoin-signet"));
  ExpectError(On(TwoNetworksData(), {"trace", "--seeds", named}), 1, "no index of bitcoin-signet");
  ExpectError(On(TwoNetworksData(), {"trace", "--seeds", named, "--network", kRegtest}), 1,
              "no seed on bitcoin-regtest");
  const std::string both = WriteFile("both.jsonl", main + entry(kNeverSeen, kRegtest));
  ExpectError(On(TwoNetworksData(), {"trace", "--seeds", both}), 2, "bitcoin, bitcoin-regtest");
  const ProgramResult one =
      On(TwoNetworksData(), {"trace", "--seeds", both, "--network", kRegtest});
  EXPECT_EQ(one.exit_status, 0);
  EXPECT_THAT(one.err, HasSubstr("1 of 2 seeds are not on bitcoin-regtest"));
  const std::string mixed = WriteFile("mixed.jsonl", main + entry(kOfTestNetworks, ""));
  ExpectError(On(TwoNetworksData(), {"trace", "--seeds", mixed}), 2, "--network");
}

TEST(Text, OfAFileReachesTheTerminalEscaped) {
  const std::string label = "\x1b[2Jx";
  const std::string seeds = WriteFile("escape.csv", std::string(kNeverSeen) + "," + label + "\n");
  const ProgramResult traced = On(RegtestData(), {"trace", "--seeds", seeds});
  EXPECT_THAT(traced.out, AllOf(HasSubstr("\\x1b[2Jx"), Not(HasSubstr("\x1b"))));
  const auto events = Ask<v1::TraceEvent>(RegtestData(), {"trace", "--seeds", seeds});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].summary().label(), label);  // exact for programs
  const std::string bad = WriteFile("bad.csv", "\"\x1b[2J\na\",x\n");
  const ProgramResult refused = On(RegtestData(), {"trace", "--seeds", bad});
  ExpectError(refused, 1, "\\x1b[2J a");
  EXPECT_THAT(refused.err, Not(HasSubstr("\x1b")));
  const std::string advert = WriteFile("\x1b[2J.txt", kNeverSeen);
  EXPECT_THAT(On("unused", {"seeds", "extract", advert}).out, Not(HasSubstr("\x1b")));
}

TEST(Trace, RefusesWhatItDoesNotHave) {
  const std::string seed = AddressOf(kPeelHop0, 0);
  const auto with = [&](const std::string& option, const std::string& value) {
    return On(RegtestData(), {"trace", "--seed", seed, option, value});
  };
  ExpectError(with("--policy", "majority"), 2,
              "fifo, lifo, tifo, tiho, tiso, cifo, haircut, poison");
  ExpectError(with("--direction", "sideways"), 2, "forward, backward");
  const auto backward = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"trace", "--seed", seed, "--direction", "backward"});
    return On(RegtestData(), options);
  };
  ExpectError(backward({"--policy", "poison"}), 2, "fifo or haircut");
  ExpectError(backward({"--competing"}), 2, "compete");
  ExpectError(backward({"--stop-mixed"}), 2, "forward");
  ExpectError(backward({"--outputs", "all"}), 2, "outputs");
  ExpectError(with("--stop-at", "banks"), 2, "banks");
  ExpectError(with("--min-taint", "-1"), 2, "");
  ExpectError(with("--until", "yesterday"), 2, "yesterday");
  ExpectError(with("--until", "1999-01-01"), 2, "1999-01-01");
  ExpectError(with("--outputs", "some"), 2, "some");
  ExpectError(On(RegtestData(), {"trace", "--seed-output", std::string(64, 'a') + ":0"}), 1,
              "seed output");
  ExpectError(On(RegtestData(), {"trace", "--seed-output", "abc:0"}), 2, "TXID:VOUT");
}

TEST(Path, LeadsAlongThePeelChain) {
  const auto hop5 = AskOne<v1::Transaction>(RegtestData(), {"tx", kPeelHop5});
  const auto hop0 = AskOne<v1::Transaction>(RegtestData(), {"tx", kPeelHop0});
  const std::string from = hop0.inputs(0).address();
  const std::string to = hop5.outputs(0).address();
  const auto paths = Ask<v1::Path>(
      RegtestData(), {"path", "--from", from, "--to", to, "--best", "shortest", "--count", "2"});
  ASSERT_FALSE(paths.empty());
  EXPECT_EQ(paths[0].hops(0).from(), from);
  EXPECT_EQ(paths[0].hops(paths[0].hops_size() - 1).to(), to);
  for (int i = 1; i < paths[0].hops_size(); ++i) {
    EXPECT_EQ(paths[0].hops(i).from(), paths[0].hops(i - 1).to());
    EXPECT_GE(paths[0].hops(i).height(), paths[0].hops(i - 1).height());
  }
  // Money does not flow backwards in time.
  ExpectError(On(RegtestData(), {"path", "--from", to, "--to", from}), 1, "no path");
}

// Two addresses of the consolidation, which were spent together.
std::pair<std::string, std::string> JoinedAddresses() {
  const auto merge = AskOne<v1::Transaction>(RegtestData(), {"tx", kConsolidation});
  for (const v1::Input& input : merge.inputs()) {
    if (input.address() != merge.inputs(0).address()) {
      return {merge.inputs(0).address(), input.address()};
    }
  }
  return {};
}

TEST(Tables, OfEveryCommandFitAHundredColumns) {
  const std::string address = AddressOf(kPeelHop0, 0);
  const auto [joined_a, joined_b] = JoinedAddresses();
  ASSERT_THAT(joined_b, Not(IsEmpty()));
  const std::string from =
      AskOne<v1::Transaction>(RegtestData(), {"tx", kPeelHop0}).inputs(0).address();
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"status"},
           {"verify"},
           {"index", "bitcoin", "--blocks", RegtestBlocks()},
           {"decode", "bitcoin", RegtestBlocks() + "/blk00000.dat"},
           {"block", "111"},
           {"tx", kPeelHop0},
           {"tx", kOneKeyManyScripts},
           {"address", address},
           {"utxos", address},
           {"history", address},
           {"cluster", address},
           {"why", joined_a, joined_b},
           {"seeds", "extract", COINWAKE_TEST_DATA "/../../samples/adverts"},
           {"trace", "--seed", address + "=Blue Heron"},
           {"trace", "--seed", address, "--policy", "haircut", "--outputs", "all"},
           {"trace", "--seed-cluster", joined_a, "--policy", "haircut", "--outputs", "all"},
           {"path", "--from", from, "--to", AddressOf(kPeelHop5, 0)}}) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    const ProgramResult result = On(RegtestData(), arguments);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(result.lines(), Not(IsEmpty()));
    for (const std::string& line : result.lines()) {
      const auto width = std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
      });
      EXPECT_LE(width, 100) << line;
    }
  }
}

}  // namespace
}  // namespace coinwake
