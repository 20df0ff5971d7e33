// Goal: tables for people show amounts exactly and line up; seeds of the command line are read as
// meant. Method: small cases with known answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/legend.h"
#include "cli/list_table.h"
#include "cli/parse.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/trace_report.h"
#include "cli/trace_seeds.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/seeds.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "tests/support/matchers.h"

namespace coinwake::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Btc, KeepsEveryDigit) {
  EXPECT_EQ(Btc("0"), "0.00000000");
  EXPECT_EQ(Btc("1"), "0.00000001");
  EXPECT_EQ(Btc("123456789"), "1.23456789");
  EXPECT_EQ(Btc("5000000000"), "50.00000000");
  EXPECT_EQ(Btc("2100000000000000"), "21,000,000.00000000");
  EXPECT_EQ(Btc("12.25"), "0.0000001225");
  EXPECT_EQ(Btc("100000000.000244140625"), "1.00000000000244140625");
}

TEST(Grouped, PutsCommasBetweenThousands) {
  EXPECT_EQ(Grouped(std::uint64_t{0}), "0");
  EXPECT_EQ(Grouped(std::uint64_t{999}), "999");
  EXPECT_EQ(Grouped(std::uint64_t{1000}), "1,000");
  EXPECT_EQ(Grouped(std::uint64_t{1234567}), "1,234,567");
  EXPECT_EQ(Grouped("1234.5678"), "1,234.5678");
}

TEST(ShortName, CutsInTheMiddle) {
  EXPECT_EQ(Short(std::string(56, '0') + "12345678"), "00000000…12345678");
  EXPECT_EQ(ShortName("1BoatSLRHtKNngkdXEeobR76b53LETtpyT"), "1BoatSLRHtKNngkdXEeobR76b53LETtpyT");
  EXPECT_EQ(ShortName("abcdefghij", 5), "ab…ij");
}

TEST(Time, IsUtc) {
  EXPECT_EQ(Time(0), "1970-01-01 00:00:00");
  EXPECT_EQ(Time(1231731025), "2009-01-12 03:30:25");
}

TEST(Table, AlignsColumnsByCharactersNotBytes) {
  Table table({{"name"}, {"n", Align::kRight}});
  table.Add({"müller", "1"});
  table.Add({"x", "100"});
  EXPECT_EQ(table.Render(1), " name      n\n müller    1\n x       100\n");
}

TEST(Show, NumbersTheInputsOfATransaction) {
  v1::Transaction transaction;
  transaction.set_txid(std::string(64, 'f'));
  for (const char digit : {'a', 'b', 'c'}) {
    v1::Input* const input = transaction.add_inputs();
    input->set_txid(std::string(64, digit));
    input->set_vout(7);
    input->set_address("1BoatSLRHtKNngkdXEeobR76b53LETtpyT");
    input->set_value("150000000");
  }
  transaction.add_outputs()->set_value("450000000");
  const std::string rest = "  1BoatSLRHtKNngkdXEeobR76b53LETtpyT  1.50000000\n";
  EXPECT_THAT(Show(transaction),
              HasSubstr("    0  aaaaaaaa…aaaaaaaa:7" + rest + "    1  bbbbbbbb…bbbbbbbb:7" + rest +
                        "    2  cccccccc…cccccccc:7" + rest));
}

TEST(Show, SaysWhatAnAccountMustHaveHeldBefore) {
  v1::Address address;
  address.set_network("tron");
  address.set_seen(true);
  v1::AssetSums* const sums = address.add_assets();
  sums->set_asset("TRX");
  sums->set_assumed_opening("1234567");
  EXPECT_THAT(Show(address), HasSubstr("  opening of 1,234,567 assumed\n"));
  sums->add_incomplete("no_receipt");
  EXPECT_THAT(Show(address), HasSubstr("  no_receipt, opening of 1,234,567 assumed\n"));
  sums->set_assumed_opening("0");
  EXPECT_THAT(Show(address), HasSubstr("  no_receipt\n"));
}

TEST(Legend, TellsApartWhatIsCutToTheSame) {
  const std::string tether = "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
  const std::string fake = "TRC20:TRfakefakefakefakefakefakefzgjLj6t";
  Legend legend("tron");
  EXPECT_EQ(legend.ShortOf(fake, 16), "TRC20:TR…zgjLj6t");
  EXPECT_EQ(legend.ShortOf("TRX", 16), "TRX");
  EXPECT_EQ(legend.ShortOf(tether, 16), "TRC20:TR…SzgjLj6t");
  EXPECT_EQ(legend.ShortOf(fake, 16), "TRC20:TR…zgjLj6t");
  EXPECT_EQ(legend.Render(1), "\n TRC20:TR…zgjLj6t   = " + fake +
                                  "\n TRC20:TR…SzgjLj6t  = " + tether + ", USDT (Tether)\n");
  // Elsewhere somebody else has the contract of this name.
  Legend nile("tron-nile");
  nile.ShortOf(tether, 16);
  EXPECT_EQ(nile.Render(), "\nTRC20:TR…zgjLj6t  = " + tether + "\n");
  EXPECT_EQ(Legend("tron").Render(), "");
}

TEST(Show, ListsTheNamesOfAPathInFull) {
  v1::Path path;
  path.mutable_snapshot()->set_network("tron");
  for (const char* const to :
       {"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy"}) {
    v1::PathHop* const hop = path.add_hops();
    hop->set_from("TVYB16K1ZL249cJav7AweGaiogb5GpdRf5");
    hop->set_to(to);
  }
  EXPECT_THAT(
      Show(path),
      EndsWith("\n\n"
               "  TVYB16K1ZL24…aiogb5GpdRf5  = TVYB16K1ZL249cJav7AweGaiogb5GpdRf5\n"
               "  TR7NHqjeKQxG…L8otSzgjLj6t  = TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t, USDT (Tether)\n"
               "  TENzdTsDn6Qd…9wYyJbDrZNcy  = TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy\n"));
}

TEST(Show, SaysWhichSeedsAreNotOnTheNetworkAskedFor) {
  v1::Seller seller;
  v1::SellerSeed* const seed = seller.add_seeds();
  seed->set_address("TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy");
  EXPECT_THAT(Show(seller, ""), HasSubstr("Ncy on several networks: --network says which\n"));
  EXPECT_THAT(Show(seller, "bitcoin"), HasSubstr("Ncy not on bitcoin\n"));
  seed->set_network("tron");
  EXPECT_THAT(Show(seller, "tron"), HasSubstr("Ncy on tron\n"));
}

// Two transfers can be of one transaction.
TEST(Show, CountsThePathsHopsAsWhatTheyAre) {
  v1::Path path;
  path.mutable_snapshot()->set_network("tron");
  path.set_bottleneck("5");
  path.add_hops()->set_asset("TRX");
  path.add_hops();
  EXPECT_THAT(Show(path), StartsWith("2 transfers, bottleneck 5 TRX\n"));
  path.mutable_snapshot()->set_network("bitcoin");
  EXPECT_THAT(Show(path), StartsWith("2 transactions, bottleneck 0.00000005 BTC\n"));
  path.set_taint("2.5");
  path.set_truncated(true);
  path.set_unfollowed(3);
  path.set_unfollowed_value("100000000");
  EXPECT_THAT(Show(path),
              StartsWith("2 transactions, bottleneck 0.00000005 BTC, carries 0.000000025 BTC; "
                         "truncated: 3 outputs of 1.00000000 BTC not followed\n"));
}

TEST(Table, InPartsHasOneLineOfTitles) {
  Table table({{"name"}, {"n", Align::kRight}});
  EXPECT_EQ(table.RenderNext(), "");
  table.Add({"x", "100"});
  EXPECT_EQ(table.RenderNext(), "name    n\nx     100\n");
  table.Add({"longer", "1"});
  EXPECT_EQ(table.RenderNext(), "longer    1\n");
  table.Add({"y", "2"});
  EXPECT_EQ(table.RenderNext(), "y         2\n");
}

TEST(HistoryTable, OfPagesIsThatOfTheWhole) {
  for (const char* const network : {"tron", "bitcoin"}) {
    v1::ListHistoryResponse whole;
    whole.mutable_snapshot()->set_network(network);
    v1::ListHistoryResponse pages[2] = {whole, whole};
    for (int i = 0; i < 5; ++i) {
      v1::HistoryEntry entry;
      entry.set_height(static_cast<std::uint64_t>(i));
      entry.set_received("1");
      entry.set_sent("2");
      entry.set_asset(i % 3 != 0 ? "TRX" : "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
      *whole.add_entries() = entry;
      *pages[i / 3].add_entries() = entry;
    }
    HistoryTable in_one(network);
    std::string expected = in_one.Next(whole);
    expected += in_one.End();
    HistoryTable in_two(network);
    std::string text = in_two.Next(pages[0]);
    text += in_two.Next(pages[1]);
    text += in_two.End();
    EXPECT_EQ(text, expected);
  }
}

TEST(UnspentTable, SaysWhenThereIsNothing) {
  UnspentTable table;
  const std::string text = table.Next({});
  EXPECT_THAT(text + table.End(), EndsWith("\n\nnothing unspent\n"));
}

TEST(Table, ShowsWhatOthersWroteWithoutLettingATerminalObeyIt) {
  Table table({{"name"}, {"n", Align::kRight}});
  table.Add({"\x1b[2J", "1"});
  EXPECT_EQ(table.Render(), "name     n\n\\x1b[2J  1\n");
  Facts facts;
  facts.Add("name", "\x1b");
  EXPECT_EQ(facts.Render(), "name  \\x1b\n");
}

TEST(ParseCommandLine, TakesGlobalOptionsBeforeAndAfterTheCommand) {
  const char* const before[] = {"coinwake", "--data",  "d",        "--json",
                                "index",    "bitcoin", "--blocks", "b"};
  const char* const after[] = {"coinwake", "index",  "bitcoin", "--blocks",
                               "b",        "--json", "--data",  "d"};
  for (const auto& argv : {before, after}) {
    ASSERT_OK_AND_ASSIGN(const ParsedCommandLine parsed, ParseCommandLine(8, argv));
    EXPECT_EQ(parsed.invocation.global.data, "d");
    EXPECT_TRUE(parsed.invocation.global.json);
    EXPECT_EQ(std::get<IndexCommand>(parsed.invocation.command).blocks, "b");
  }
}

TEST(ParseCommandLine, ReadsLeadingZerosAsDecimal) {
  const char* const argv[] = {"coinwake", "index",    "bitcoin", "--blocks",  "b",   "--until",
                              "010",      "--memory", "00128",   "--threads", "1024"};
  ASSERT_OK_AND_ASSIGN(const ParsedCommandLine parsed, ParseCommandLine(11, argv));
  const auto& index = std::get<IndexCommand>(parsed.invocation.command);
  EXPECT_EQ(index.until_height, 10u);
  EXPECT_EQ(index.memory_mib, 128u);
  EXPECT_EQ(index.threads, 1024);
  EXPECT_EQ(index.from_height, std::nullopt);
}

TEST(ParseCommandLine, RepeatsSeedsWithoutSwallowingWhatFollows) {
  const char* const argv[] = {"coinwake", "trace",         "--seed", "a=Blue Heron", "--seed",
                              "b",        "--seed-output", "c:0",    "--policy",     "haircut"};
  ASSERT_OK_AND_ASSIGN(const ParsedCommandLine parsed, ParseCommandLine(10, argv));
  const auto& trace = std::get<TraceCommand>(parsed.invocation.command);
  EXPECT_THAT(trace.seeds, ElementsAre("a=Blue Heron", "b"));
  EXPECT_THAT(trace.seed_outputs, ElementsAre("c:0"));
  EXPECT_EQ(trace.policy, "haircut");
  v1::TraceRequest request;
  AddSeeds(trace, &request);
  ASSERT_EQ(request.seeds_size(), 3);
  EXPECT_EQ(request.seeds(0).address(), "a");
  EXPECT_EQ(request.seeds(0).label(), "Blue Heron");
  EXPECT_EQ(request.seeds(1).label(), "");
  EXPECT_EQ(request.seeds(2).output(), "c:0");
}

TEST(TraceReport, TellsABareKeyFromItsAddress) {
  v1::TraceEvent event;
  v1::Holding* const holding = event.mutable_holding();
  holding->set_label("x");
  holding->set_taint("7");
  holding->set_value("7");
  holding->set_address("1Hr2Pj6p984sZ8eC9333vZTkfZhASTEMPN");
  TraceReport plain;
  plain.Add(event);
  EXPECT_THAT(plain.Render("", ""), Not(HasSubstr("*")));
  holding->set_key_address(holding->address());
  holding->clear_address();
  TraceReport report;
  report.Add(event);
  EXPECT_THAT(report.Render("", ""),
              AllOf(HasSubstr(" 1Hr2Pj6p984sZ8eC9333vZTkfZhASTEMPN* "),
                    HasSubstr("bare public key"), Not(HasSubstr("poison counts"))));
  EXPECT_THAT(report.Render("poison", ""), HasSubstr("poison counts whole amounts"));
}

TEST(TraceReport, SaysHowMuchIsNotListed) {
  v1::TraceEvent event;
  v1::Summary* const summary = event.mutable_summary();
  for (std::string* sum : {summary->mutable_seeded(), summary->mutable_unspent()}) *sum = "7";
  for (std::string* sum : {summary->mutable_exits(), summary->mutable_sinks()}) *sum = "0";
  TraceReport whole;
  whole.Add(event);
  EXPECT_THAT(whole.Render("", ""), Not(HasSubstr("more")));
  summary->set_cut_holdings(12'345);
  summary->set_cut_taint("150000000");
  TraceReport report;
  report.Add(event);
  EXPECT_THAT(report.Render("", ""), HasSubstr("  and 12,345 more, none of them larger, "
                                               "1.50000000 BTC together: --max-holdings"));
}

TEST(TraceReport, SaysWhatFiguresRestOnThoughItsTaintHasPassedOn) {
  v1::TraceEvent event;
  v1::Summary* const summary = event.mutable_summary();
  for (std::string* sum : {summary->mutable_seeded(), summary->mutable_sinks()}) *sum = "7";
  for (std::string* sum : {summary->mutable_unspent(), summary->mutable_exits()}) *sum = "0";
  summary->mutable_degraded()->set_count(0);
  TraceReport plain("TRX");
  plain.Add(event);
  EXPECT_THAT(plain.Render("", ""), Not(HasSubstr("account")));
  summary->mutable_degraded()->set_count(1);
  summary->mutable_degraded()->add_first()->set_address("Tone");
  summary->mutable_assumed_openings()->set_count(103);
  v1::NotedAccount* const staked = summary->mutable_assumed_openings()->add_first();
  staked->set_address("Ttwo");
  staked->set_pot("stake2");
  TraceReport report("TRX");
  report.Add(event);
  EXPECT_THAT(report.Render("", ""),
              HasSubstr("  order lost at 1 account: Tone\n"
                        "  opening assumed at 103 accounts: Ttwo (stake2), and 102 more\n"));
}

TEST(AddSeeds, LeavesOutWhatCannotBeOnTheNetwork) {
  std::vector<SeedEntry> entries(4);
  entries[0].address = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";  // main network only
  entries[1].address = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";  // every test network
  entries[2].outpoint = SeedOutpoint{};
  entries[3].address = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";
  entries[3].network = Network::kBitcoinTestnet3;  // stays what the file says
  v1::TraceRequest request;
  EXPECT_EQ(AddSeeds(entries, Network::kBitcoinRegtest, &request), 2u);
  ASSERT_EQ(request.seeds_size(), 2);
  EXPECT_EQ(request.seeds(0).address(), "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn");
  EXPECT_THAT(request.seeds(1).output(), HasSubstr(":0"));
}

TEST(CheckStops, NamesTheLineOfWhatIsNoAccount) {
  std::vector<SeedEntry> entries(2);
  entries[0].address = "TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy";
  entries[0].line = 1;
  entries[1] = entries[0];
  entries[1].line = 3;
  const auto check = [&entries] {
    const absl::Status status = CheckStops(entries, Network::kTronPrivate, "exchange.csv");
    EXPECT_TRUE(status.ok() || absl::IsDataLoss(status)) << status;
    return std::string(status.message());
  };
  EXPECT_EQ(check(), "");
  entries[1].network = Network::kTronNile;
  EXPECT_EQ(check(), "exchange.csv:3: TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy is not on tron-private");
  entries[1].network.reset();
  entries[1].address = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";
  EXPECT_EQ(check(),
            "exchange.csv:3: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT is no address of tron-private");
  entries[1].address.clear();
  entries[1].outpoint = SeedOutpoint{};
  EXPECT_EQ(check(), "exchange.csv:3: an output is no service; name its address");
}

}  // namespace
}  // namespace coinwake::cli
