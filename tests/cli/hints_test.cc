// Goal: `hints` finds a swap through a service of two chains, says what it tested, and prints what
// the server streams. Method: runs the program over a made Bitcoin chain and a made Tron chain in
// one folder, and asks a server over the same folder.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/hints.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "indexer/base/file_system.h"
#include "indexer/tron/known_addresses.h"
#include "labels/label.h"
#include "server/json.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/server/served_index.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/tron_block_files.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake {
namespace {

using synthetic::InventedAddress;
using synthetic::kSunPerTrx;
using synthetic::TronChainBuilder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kBitcoin[] = "bitcoin-regtest";
constexpr char kTron[] = "tron-private";
constexpr std::int64_t kDay = 86'400;
constexpr std::uint64_t kDepositHeight = 150;
// Of that block, as IndexBuilder makes headers.
constexpr std::int64_t kDepositTime = 1'700'000'000 + 600 * 150;
constexpr std::int64_t kSwapSeconds = 3'600;
// 0.12345678 BTC at 40,000 less one in a hundred.
constexpr std::uint64_t kDeposited = 12'345'678;
constexpr std::uint64_t kPaidOut = 4'888'888'488;

const std::string kUsdt = "TRC20:" + std::string(tron::kTetherContract);
const tron::Address kBank = InventedAddress(3, 1);
const tron::Address kDesk = InventedAddress(3, 2);
const tron::Address kBuyer = InventedAddress(3, 3);
const tron::Address kOther = InventedAddress(3, 4);

std::string NameOf(const std::string& who) {
  const std::vector<std::uint8_t> script = ScriptOfName(who);
  return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
}
std::string NameOf(const tron::Address& address) { return tron::Account(address).Name(); }

// The seller pays the desk once.
std::string BitcoinData(const std::string& name) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"seller", kCoin}, {"desk cold", 1}}}});
  while (chain.height() + 1 < kDepositHeight) chain.AddBlock({{}});
  chain.AddBlock(
      {{}, {"swap", {Spend("mint", 0)}, {{"desk", kDeposited}, {"seller", kCoin - kDeposited}}}});
  for (int i = 0; i < 60; ++i) chain.AddBlock({{}});
  std::string data = ScratchPath(name);
  EXPECT_OK(chain.Build(RealFileSystem(), data).status());
  return data;
}

// The desk pays somebody else every day from 31 days before to 31 days after, and once the buyer.
void IndexTron(const std::string& data, const std::string& name) {
  constexpr std::int64_t kBegin = kDepositTime - 31 * kDay - 60;
  TronChainBuilder chain({.opening = {{kBank, 1'000'000 * kSunPerTrx},
                                      {kDesk, 1'000'000 * kSunPerTrx},
                                      {kBuyer, 1'000 * kSunPerTrx},
                                      {kOther, 1'000 * kSunPerTrx}},
                          .start_time_ms = kBegin * 1'000});
  const synthetic::AssetId usdt =
      chain.DeployToken(kBank, "Tether USD", *tron::ParseAddress(tron::kTetherContract));
  chain.Mint(usdt, 1'000'000'000'000);
  chain.TokenTransfer(usdt, kBank, kDesk, 900'000'000'000);
  const auto go_to = [&chain](std::int64_t time) {
    const auto slots = static_cast<std::uint64_t>((time * 1'000 - chain.time_ms()) / 3'000);
    if (slots > 0) chain.NextBlock(slots - 1);
  };
  for (std::int64_t day = -31; day <= 31; ++day) {
    go_to(kDepositTime + day * kDay);
    if (day == 0) {
      go_to(kDepositTime + kSwapSeconds);
      chain.TokenTransfer(usdt, kDesk, kBuyer, kPaidOut);
    } else {
      chain.TokenTransfer(usdt, kDesk, kOther, 1'234'567 + static_cast<std::uint64_t>(day + 31));
    }
  }
  chain.NextBlock();
  const std::string blocks = ScratchPath(name + " blocks");
  EXPECT_OK(synthetic::WriteBlockFiles(RealFileSystem(), blocks, chain.blocks()));
  const ProgramResult indexed = On(data, {"index", "tron", "--blocks", blocks});
  EXPECT_EQ(indexed.exit_status, 0) << indexed.err;
}

void Label(const std::string& data, const std::string& network, const std::string& address) {
  const std::string list =
      FileOf("desks " + network + ".csv",
             "address,label,category,actor\n" + address + ",a hot wallet,exchange,Harbour Desk\n");
  const ProgramResult result =
      On(data, {"labels", "import", list, "--list", "desks " + network, "--network", network});
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

std::string RatesFile() {
  return FileOf("rates.csv",
                "date,price\n2023-11-13,40000\n2023-11-14T12:00:00Z,40000.00\n2023-11-15,40000\n"
                "2023-11-16,40000\n2023-11-17,40000\n");
}

// A folder with both chains and labels of the desk.
std::string MadeData(const std::string& name) {
  std::string data = BitcoinData(name);
  IndexTron(data, name);
  Label(data, kBitcoin, NameOf("desk"));
  Label(data, kTron, NameOf(kDesk));
  return data;
}

std::vector<std::string> Hints(std::vector<std::string> more) {
  more.insert(more.begin(), {"hints", "--from", "BTC", "--to", kUsdt, "--rates", RatesFile()});
  return more;
}

v1::FindHintsRequest RequestOf(const std::string& address) {
  v1::FindHintsRequest request;
  request.add_subjects()->set_address(address);
  request.set_service("Harbour Desk");
  request.set_asset_in("BTC");
  request.set_asset_out(kUsdt);
  for (const char* day :
       {"2023-11-13", "2023-11-14T12:00:00Z", "2023-11-15", "2023-11-16", "2023-11-17"}) {
    v1::HintRate* const rate = request.add_rates();
    rate->set_time(day);
    rate->set_price("40000");
  }
  return request;
}

std::vector<std::string> Served(const std::string& data, const v1::FindHintsRequest& request,
                                grpc::StatusCode code = grpc::StatusCode::OK) {
  std::vector<std::string> lines;
  auto served = server::ServedIndex::Open(data);
  EXPECT_OK(served.status());
  if (!served.ok()) return lines;
  const auto tracer = v1::Tracer::NewStub((*served)->NewChannel());
  grpc::ClientContext context;
  const auto reader = tracer->FindHints(&context, request);
  v1::HintEvent event;
  while (reader->Read(&event)) lines.push_back(server::ToJson(event));
  EXPECT_EQ(reader->Finish().error_code(), code);
  return lines;
}

std::map<std::string, std::uint64_t> CountsIn(const v1::HintSummary& summary) {
  std::map<std::string, std::uint64_t> counts;
  for (const v1::HintCount& count : summary.verdicts()) {
    counts[count.verdict()] = count.count();
  }
  return counts;
}

TEST(HintsCommandTest, TellsALeadWithWhatWasTested) {
  const std::string data = MadeData("hints");
  const std::vector<std::string> command = Hints({NameOf("seller"), "--service", "Harbour Desk"});
  const std::vector<v1::HintEvent> events = Ask<v1::HintEvent>(data, command);
  ASSERT_THAT(events, SizeIs(2));
  ASSERT_TRUE(events[0].has_hint());
  const v1::CrossChainHint& hint = events[0].hint();
  EXPECT_EQ(hint.snapshot_in().network(), kBitcoin);
  EXPECT_EQ(hint.snapshot_out().network(), kTron);
  EXPECT_EQ(hint.label(), NameOf("seller"));
  EXPECT_EQ(hint.standing(), "lead");
  EXPECT_EQ(hint.threshold(), "strict");
  EXPECT_EQ(hint.basis(), "unique");
  EXPECT_EQ(hint.shape(), "pair");
  ASSERT_EQ(hint.deposits_size(), 1);
  EXPECT_EQ(hint.deposits(0).height(), kDepositHeight);
  EXPECT_EQ(hint.deposits(0).time(), kDepositTime);
  EXPECT_EQ(hint.deposits(0).amount(), std::to_string(kDeposited));
  EXPECT_EQ(hint.deposits(0).from(), NameOf("seller"));
  EXPECT_EQ(hint.deposits(0).to(), NameOf("desk"));
  ASSERT_EQ(hint.withdrawals_size(), 1);
  EXPECT_EQ(hint.withdrawals(0).amount(), std::to_string(kPaidOut));
  EXPECT_EQ(hint.withdrawals(0).from(), NameOf(kDesk));
  EXPECT_EQ(hint.withdrawals(0).to(), NameOf(kBuyer));
  EXPECT_EQ(hint.withdrawals(0).asset(), kUsdt);
  EXPECT_EQ(hint.waited_s(), kSwapSeconds);
  EXPECT_EQ(hint.payout_low(), "4790123064");
  EXPECT_EQ(hint.payout_high(), "4938271200");
  EXPECT_EQ(hint.price_low(), "40000");
  EXPECT_EQ(hint.windows(), 60U);
  EXPECT_EQ(hint.windows_hits(), 0U);
  EXPECT_EQ(hint.expected(), "0.008334");
  EXPECT_EQ(hint.confidence(), "0.9917");
  EXPECT_EQ(hint.significant_digits(), 8U);
  EXPECT_EQ(hint.withdrawals_around(), 63U);
  const v1::HintSummary& summary = events[1].summary();
  EXPECT_EQ(summary.asked(), 1U);
  EXPECT_EQ(summary.hints(), 1U);
  EXPECT_EQ(CountsIn(summary)["hint"], 1U);
  EXPECT_EQ(CountsIn(summary).size(), 8U);
  EXPECT_EQ(summary.addresses_in(), 1U);
  EXPECT_EQ(summary.snapshot_out().network(), kTron);

  EXPECT_EQ(Served(data, RequestOf(NameOf("seller"))), [&] {
    std::vector<std::string> json = command;
    json.push_back("--json");
    return On(data, json).lines();
  }());
  const ProgramResult text = On(data, command);
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("leads, not links"), HasSubstr("0.12345678"),
                              HasSubstr("4,888,888,488"), HasSubstr("0.9917"),
                              HasSubstr("1 deposit asked: hint 1"), HasSubstr(kTron)));
}

TEST(HintsCommandTest, FindsTheDepositOfAWithdrawal) {
  const std::string data = MadeData("hints backward");
  const std::vector<v1::HintEvent> events = Ask<v1::HintEvent>(
      data, Hints({NameOf(kBuyer), "--service", "Harbour Desk", "--direction", "backward"}));
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].hint().deposits(0).from(), NameOf("seller"));
  EXPECT_EQ(events[1].summary().direction(), "backward");
  // By transaction, both ways.
  const std::vector<v1::HintEvent> by_deposit = Ask<v1::HintEvent>(
      data, Hints({events[0].hint().deposits(0).txid(), "--service", "Harbour Desk"}));
  EXPECT_EQ(by_deposit[0].hint().withdrawals(0).txid(), events[0].hint().withdrawals(0).txid());
  const std::vector<v1::HintEvent> by_withdrawal =
      Ask<v1::HintEvent>(data, Hints({events[0].hint().withdrawals(0).txid(), "--service",
                                      "Harbour Desk", "--direction", "backward"}));
  EXPECT_EQ(by_withdrawal[0].hint().deposits(0).txid(), events[0].hint().deposits(0).txid());
}

TEST(HintsCommandTest, TakesTermsAndFiles) {
  const std::string data = MadeData("hints terms");
  const std::string desks =
      FileOf("desk addresses.csv", NameOf("desk") + "\n" + NameOf(kDesk) + "\n");
  const std::string seeds = FileOf("hint seeds.csv", NameOf("seller") + ",Marsh Labs\n" +
                                                         NameOf(kOther) + ",of another chain\n");
  const auto became = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--seeds", seeds, "--service-addresses", desks, "--json"});
    const ProgramResult result = On(data, Hints(more));
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("1 of 2 seeds are no addresses"));
    EXPECT_THAT(result.out, HasSubstr("\"label\":\"Marsh Labs\""));
    return result.lines().size() == 2 ? "hint" : "none";
  };
  EXPECT_STREQ(became({}), "hint");
  EXPECT_STREQ(became({"--window", "3600"}), "hint");
  EXPECT_STREQ(became({"--window", "3599"}), "none");
  EXPECT_STREQ(became({"--fee-max", "10"}), "hint");  // just
  EXPECT_STREQ(became({"--fee-max", "9"}), "none");
  EXPECT_STREQ(became({"--fee-min", "10"}), "hint");
  EXPECT_STREQ(became({"--fee-min", "11"}), "none");
  EXPECT_STREQ(became({"--fee-max", "0"}), "none");
  EXPECT_STREQ(became({"--fee-max", "0", "--flat-fee", "49382712"}), "hint");
  EXPECT_STREQ(became({"--fee-max", "0", "--flat-fee", "49382713"}), "none");
  EXPECT_STREQ(became({"--fee-max", "0", "--flat-fee", "49382713", "--tolerance", "1"}), "hint");
}

TEST(HintsCommandTest, SaysWhatWasNotTested) {
  const std::string data = MadeData("hints untold");
  const auto counts = [&data](const std::vector<std::string>& more) {
    const std::vector<v1::HintEvent> events = Ask<v1::HintEvent>(data, Hints(more));
    EXPECT_THAT(events, SizeIs(1));
    return CountsIn(events.back().summary());
  };
  // A buyer of USDT never paid the desk in bitcoin, nor was "nobody" ever seen.
  EXPECT_EQ(counts({NameOf("nobody"), "--service", "Harbour Desk"})["hint"], 0U);
  EXPECT_THAT(On(data, Hints({NameOf("nobody"), "--service", "Harbour Desk"})).err,
              HasSubstr("was never seen"));
  std::vector<std::string> command = {
      "hints", NameOf("seller"), "--service", "Harbour Desk", "--from",
      "BTC",   "--to",           kUsdt,       "--rates"};
  command.push_back(FileOf("old rates.csv", "2022-11-13,40000\n2022-11-14,40000\n"));
  EXPECT_EQ(CountsIn(Ask<v1::HintEvent>(data, command).back().summary())["no_price"], 1U);
}

TEST(HintsCommandTest, NeedsBothChains) {
  const std::string data = BitcoinData("hints of one");
  Label(data, kBitcoin, NameOf("desk"));
  const std::vector<std::string> command = Hints({NameOf("seller"), "--service", "Harbour Desk"});
  ExpectError(On(data, command), 1, "no network of Tron is indexed");
  IndexTron(data, "hints of one");
  ExpectError(On(data, command), 1, "no label names an address on tron-private");
}

TEST(HintsCommandTest, SaysWhatIsWrong) {
  const std::string data = MadeData("hints wrong");
  const std::string seller = NameOf("seller");
  const std::vector<std::string> named = {"--service", "Harbour Desk"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), named.begin(), named.end());
    return On(data, Hints(more));
  };
  ExpectError(with({}), 2, "ADDR, TXID or --seeds");
  ExpectError(On(data, Hints({seller})), 2, "--service");
  ExpectError(with({"nonsense"}), 2, "nonsense");
  ExpectError(with({seller, "--window", "86401"}), 2, "86401");
  ExpectError(with({seller, "--fee-min", "31"}), 2, "ascend");
  ExpectError(with({seller, "--flat-fee", "1.5"}), 2, "flat fee");
  ExpectError(with({seller, "--direction", "sideways"}), 2, "direction");
  ExpectError(with({seller, "--decimals-to", "8"}), 2, "decimals");
  ExpectError(On(data, Hints({seller, "--service", "Nobody's"})), 1, "Nobody's");
  const auto of = [&](const std::string& from, const std::string& to, const std::string& rates) {
    return On(data, {"hints", seller, "--service", "Harbour Desk", "--from", from, "--to", to,
                     "--rates", FileOf("bad rates.csv", rates)});
  };
  const std::string rates = "2023-11-13,40000\n";
  ExpectError(of("BTC", "BTC", rates), 2, "the same asset");
  ExpectError(of("BTC@tron-private", kUsdt, rates), 2, "there is no BTC on tron-private");
  ExpectError(of("DOGE", kUsdt, rates), 2, "DOGE");
  ExpectError(of("BTC", "TRC10:1", rates), 1, "TRC10:1");
  ExpectError(of("BTC", kUsdt, "2023-11-13,dear\n"), 1, "bad rates.csv:1");
  ExpectError(of("BTC", kUsdt, "2023-11-13,1\n2023-11-13,2\n"), 1, "bad rates.csv:2");
  ExpectError(of("BTC", kUsdt, "time,price\n"), 1, "no rates");
  v1::FindHintsRequest request = RequestOf(seller);
  for (int i = 0; i < 10'000; ++i) request.add_subjects()->set_address(seller);
  EXPECT_THAT(Served(data, request, grpc::StatusCode::INVALID_ARGUMENT), IsEmpty());
}

// TRX sold to the desk for USDT: both sides on one chain.
TEST(HintsCommandTest, MatchesTwoAssetsOfOneChain) {
  const std::string data = MadeData("hints of one chain");
  const std::string rates = FileOf("trx rates.csv", "2023-10-01,0.1\n2023-12-30,0.1\n");
  const std::vector<v1::HintEvent> events =
      Ask<v1::HintEvent>(data, {"hints", NameOf(kBuyer), "--service", "Harbour Desk", "--from",
                                "TRX", "--to", kUsdt, "--rates", rates});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].summary().snapshot_in().network(), kTron);
  EXPECT_EQ(events[0].summary().asset_in(), "TRX");
  EXPECT_EQ(events[0].summary().asked(), 0U);
}

}  // namespace
}  // namespace coinwake
