// Goal: `index tron` and the look-ups on what it made answer as CONTRACT has it, alone and beside
// Bitcoin, and what is wrong is one line with the right exit status.
// Method: runs the program on the demonstration's chain, whose truth is written beside it, on real
// blocks of main net, and on sources that are none. Lines of --json are compared with the answers
// the server builds.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/list_table.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/evaluation.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/index.pb.h"
#include "server/account_answers.h"
#include "server/index_set.h"
#include "server/json.h"
#include "server/page_token.h"
#include "tests/cli/sample_index.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/tron_block_files.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kDemo[] = COINWAKE_TEST_DATA "/tron-demo";
constexpr char kTip[] = "000000000000006f323c256cbc71ebc4ef41468e03e9df85d004b55bffe036c8";
constexpr char kSeller[] = "TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy";
constexpr char kUsdt[] = "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
constexpr char kNeverSeen[] = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb";  // the zero address

ProgramResult On(const std::string& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--data", data});
  return RunProgram(ProgramUnderTest(), arguments);
}

std::vector<std::string> Lines(const std::string& data, std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const ProgramResult result = On(data, std::move(arguments));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  return result.lines();
}

template <typename Message>
Message AskOne(const std::string& data, const std::vector<std::string>& arguments) {
  const std::vector<std::string> lines = Lines(data, arguments);
  EXPECT_EQ(lines.size(), 1U);
  Message message;
  if (lines.size() == 1) {
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(lines[0], &message).ok()) << lines[0];
  }
  return message;
}

void ExpectError(const ProgramResult& result, int exit_status, const std::string& about) {
  EXPECT_EQ(result.exit_status, exit_status) << result.err;
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, AllOf(StartsWith("coinwake: error: "), HasSubstr(about)));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

std::string FreshFolder(const std::string& name) {
  std::string path = ScratchPath(name);
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

void Write(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// A main-net block as the HTTP API gives it, and nothing else.
std::string MainNetWindow() {
  const std::vector<std::uint8_t> json =
      ReadMaybeGzip(COINWAKE_TEST_DATA "/tron/mainnet/blocks/60836289.visible.json");
  std::string folder = FreshFolder("window");
  Write(folder + "/block.json", std::string(json.begin(), json.end()));
  return folder;
}

v1::IndexReport Index(const std::string& data, const std::string& source,
                      std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"index", "tron", "--blocks", source});
  return AskOne<v1::IndexReport>(data, more);
}

// The demonstration's chain, indexed once.
const std::string& DemoData() {
  static const std::string data = [] {
    std::string folder = FreshFolder("demo");
    Index(folder, kDemo);
    return folder;
  }();
  return data;
}

// The same beside a window of main net and Bitcoin's regtest chain.
const std::string& ManyData() {
  static const std::string data = [] {
    std::string folder = CopyOfRegtestData("many");
    Index(folder, kDemo);
    Index(folder, MainNetWindow(), {"--network", "tron"});
    return folder;
  }();
  return data;
}

TEST(IndexTron, ReportsWhatThereIs) {
  const std::string data = FreshFolder("report");
  const v1::IndexReport report = Index(data, kDemo);
  EXPECT_EQ(report.network(), "tron-private");
  EXPECT_EQ(report.from_height(), 0U);
  EXPECT_EQ(report.height(), 111U);
  EXPECT_EQ(report.block_hash(), kTip);
  EXPECT_TRUE(report.complete_history());
  EXPECT_EQ(report.blocks(), 112U);
  EXPECT_EQ(report.transactions(), 1'241U);
  EXPECT_EQ(report.assets(), 4U);
  EXPECT_EQ(report.failed_transactions(), 14U);
  EXPECT_EQ(report.without_receipt() + report.malformed_transactions() +
                report.unknown_contracts() + report.skipped_bytes() + report.stale_blocks() +
                report.detached_blocks() + report.rewound_blocks(),
            0U);
  EXPECT_FALSE(report.has_final_height());  // files do not tell
  EXPECT_THAT(report.warnings(), IsEmpty());

  const auto status = AskOne<v1::Status>(data, {"status"});
  ASSERT_EQ(status.networks_size(), 1);
  EXPECT_EQ(status.networks(0).transfers(), report.transfers());
  EXPECT_EQ(status.networks(0).addresses(), report.addresses());
  // Once more: nothing to do, and nothing is done.
  EXPECT_EQ(server::ToJson(Index(data, kDemo)), server::ToJson(report));
}

TEST(IndexTron, IsInTheHelpWithItsSources) {
  EXPECT_THAT(RunProgram(ProgramUnderTest(), {"index", "--help"}).out, HasSubstr("tron"));
  EXPECT_THAT(RunProgram(ProgramUnderTest(), {"index", "tron", "--help"}).out,
              AllOf(HasSubstr("*.receipts"), HasSubstr("grpc://HOST:PORT")));
}

TEST(IndexTron, InTwoStepsIsInOne) {
  const std::string data = FreshFolder("steps");
  EXPECT_EQ(Index(data, kDemo, {"--until", "50", "--commit-every", "7"}).height(), 50U);
  EXPECT_EQ(Index(data, kDemo, {"--until", "20"}).height(), 50U);  // what is there stays
  EXPECT_EQ(Index(data, kDemo, {"--threads", "2"}).height(), 111U);
  for (const std::vector<std::string>& question :
       std::vector<std::vector<std::string>>{{"status"},
                                             {"block", "50"},
                                             {"block", "51"},
                                             {"address", kSeller},
                                             {"history", kSeller}}) {
    EXPECT_EQ(Lines(data, question), Lines(DemoData(), question)) << question[0];
  }
}

TEST(IndexTron, IsToldWhatIsNoSource) {
  const std::string data = ScratchPath("none");
  std::filesystem::remove_all(data);
  const auto index = [&](const std::string& source, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"index", "tron", "--blocks", source});
    return On(data, more);
  };
  ExpectError(On(data, {"index", "tron"}), 2, "--blocks");
  ExpectError(index(""), 2, "--blocks");
  ExpectError(index(ScratchPath("not there")), 2, "no such file or folder");
  ExpectError(index(FreshFolder("empty")), 2, "no blocks of Tron here");
  const std::string rocks = FreshFolder("rocks");
  for (const char* file : {"CURRENT", "IDENTITY", "OPTIONS-000005"}) {
    Write(rocks + "/database/block/" + file, "");
  }
  ExpectError(index(rocks), 1, "block: is a RocksDB");
  ExpectError(index("grpc://"), 2, "grpc://HOST:PORT");
  ExpectError(index(kDemo, {"--network", "tron"}), 2, "is that of tron-private");
  ExpectError(index(kDemo, {"--network", "bitcoin"}), 2, "not for bitcoin");
  ExpectError(index(kDemo, {"--network", "dogecoin"}), 2, "unknown network");
  ExpectError(index(kDemo, {"--memory", "1"}), 2, "--memory");
  ExpectError(index(MainNetWindow()), 2, "has no block 0 to tell the network");
  ExpectError(On(data, {"index", "bitcoin", "--blocks", kDemo, "--network", "tron"}), 2,
              "not for tron");
  // Nothing came of any of it.
  EXPECT_THAT(AskOne<v1::Status>(data, {"status"}).networks(), IsEmpty());
  ExpectError(On(data, {"address", kSeller}), 1, "nothing is indexed here");
}

TEST(IndexTron, DamageEndsItWithWhatWasGood) {
  const std::string source = FreshFolder("damaged");
  std::filesystem::copy(kDemo, source, std::filesystem::copy_options::recursive);
  {
    std::fstream blocks(source + "/00000.blocks", std::ios::binary | std::ios::in | std::ios::out);
    blocks.seekp(200'000);
    blocks.write("\xff\xff\xff\xff", 4);
  }
  const std::string data = FreshFolder("damaged data");
  const ProgramResult result = On(data, {"index", "tron", "--blocks", source});
  ExpectError(result, 1, "block ");
  const auto status = AskOne<v1::Status>(data, {"status"});
  ASSERT_EQ(status.networks_size(), 1);
  const std::uint64_t height = status.networks(0).snapshot().height();
  EXPECT_GT(height, 10U);
  EXPECT_LT(height, 111U);
  EXPECT_THAT(result.err, HasSubstr("block " + std::to_string(height + 1) + ":"));
  // Good blocks mend it.
  EXPECT_EQ(Index(data, kDemo).block_hash(), kTip);
  EXPECT_EQ(Lines(data, {"address", kSeller}), Lines(DemoData(), {"address", kSeller}));
}

TEST(IndexTron, AnotherChainIsRefused) {
  const std::string data = FreshFolder("other");
  Index(data, kDemo);
  synthetic::TronChainBuilder other({});
  other.NextBlock();
  const std::string source = FreshFolder("other blocks");
  ASSERT_OK(synthetic::WriteBlockFiles(RealFileSystem(), source, other.blocks()));
  ExpectError(On(data, {"index", "tron", "--blocks", source}), 2, "another chain");
  EXPECT_EQ(AskOne<v1::Status>(data, {"status"}).networks(0).snapshot().block_hash(), kTip);
}

TEST(IndexTron, FollowsALongerBranch) {
  const auto alice = synthetic::InventedAddress(1, 1);
  const auto bob = synthetic::InventedAddress(1, 2);
  synthetic::TronChainBuilder chain({.opening = {{alice, synthetic::kSunPerTrx * 100}}});
  chain.NextBlock();
  synthetic::TronChainBuilder branch = chain;
  const Hash256 lost = chain.Transfer(alice, bob, 5);
  chain.NextBlock();
  branch.NextBlock(1);
  const Hash256 kept = branch.Transfer(alice, bob, 7);
  branch.NextBlock();
  const std::string data = FreshFolder("branch");
  const std::string a = FreshFolder("branch a");
  const std::string b = FreshFolder("branch b");
  ASSERT_OK(synthetic::WriteBlockFiles(RealFileSystem(), a, chain.blocks()));
  ASSERT_OK(synthetic::WriteBlockFiles(RealFileSystem(), b, branch.blocks()));
  EXPECT_EQ(Index(data, a).height(), 2U);
  EXPECT_EQ(AskOne<v1::Address>(data, {"address", bob.ToBase58()}).balance(), "5");
  const v1::IndexReport report = Index(data, b);
  EXPECT_EQ(report.height(), 3U);
  EXPECT_EQ(report.rewound_blocks(), 1U);
  EXPECT_EQ(AskOne<v1::Address>(data, {"address", bob.ToBase58()}).balance(), "7");
  ExpectError(On(data, {"tx", lost.ToHex()}), 1, "no transaction");
  EXPECT_EQ(AskOne<v1::Transaction>(data, {"tx", kept.ToHex()}).height(), 3U);
}

TEST(TronLookUps, AreTheServersAnswers) {
  const std::vector<std::string> tx = {
      "tx", AskOne<v1::Block>(DemoData(), {"block", "50"}).transactions(3).txid()};
  const std::vector<std::string> block = Lines(DemoData(), {"block", "50"});
  const std::vector<std::string> transaction = Lines(DemoData(), tx);
  const std::vector<std::string> address = Lines(DemoData(), {"address", kSeller});
  const std::vector<std::string> usdt = Lines(DemoData(), {"address", kSeller, "--asset", kUsdt});
  const std::vector<std::string> history = Lines(DemoData(), {"history", kSeller});
  const std::vector<std::string> status = Lines(DemoData(), {"status"});

  ASSERT_OK_AND_ASSIGN(const auto open,
                       server::OpenOne(RealFileSystem(), DemoData(), Network::kTronPrivate,
                                       /*threads=*/1, /*log=*/nullptr));
  v1::GetBlockRequest block_request;
  block_request.set_block("50");
  v1::Block block_answer;
  ASSERT_OK(server::AnswerBlock(open->accounts(), block_request, &block_answer));
  EXPECT_THAT(block, ElementsAre(server::ToJson(block_answer)));
  v1::GetTransactionRequest tx_request;
  tx_request.set_txid(tx[1]);
  v1::Transaction tx_answer;
  ASSERT_OK(server::AnswerTransaction(open->accounts(), tx_request, &tx_answer));
  EXPECT_THAT(transaction, ElementsAre(server::ToJson(tx_answer)));
  v1::GetAddressRequest address_request;
  address_request.set_address(kSeller);
  v1::Address address_answer;
  ASSERT_OK(server::AnswerAddress(open->accounts(), address_request, nullptr, &address_answer,
                                  &open->account_clusters));
  EXPECT_TRUE(address_answer.has_cluster());
  EXPECT_THAT(address, ElementsAre(server::ToJson(address_answer)));
  address_request.set_asset(kUsdt);
  address_answer.Clear();
  ASSERT_OK(server::AnswerAddress(open->accounts(), address_request, nullptr, &address_answer,
                                  &open->account_clusters));
  EXPECT_THAT(usdt, ElementsAre(server::ToJson(address_answer)));
  v1::ListHistoryRequest history_request;
  history_request.set_address(kSeller);
  history_request.set_page_size(server::kWholeList);
  v1::ListHistoryResponse history_answer;
  ASSERT_OK(server::AnswerHistory(open->accounts(), history_request, server::kWholeList, nullptr,
                                  &history_answer));
  std::vector<std::string> lines;
  for (v1::HistoryEntry& entry : *history_answer.mutable_entries()) {
    *entry.mutable_snapshot() = history_answer.snapshot();
    lines.push_back(server::ToJson(entry));
  }
  EXPECT_GT(lines.size(), 10U);
  EXPECT_EQ(history, lines);
  // The command asks for page after page where a list is longer than one.
  std::vector<std::string> paged;
  int pages = 0;
  history_request.set_page_size(7);
  const auto ask = [&open](const v1::ListHistoryRequest& request, v1::ListHistoryResponse* page) {
    return server::AnswerHistory(open->accounts(), request, server::kWholeList, nullptr, page);
  };
  const auto take = [&paged, &pages](v1::ListHistoryResponse* page) {
    ++pages;
    for (v1::HistoryEntry& entry : *page->mutable_entries()) {
      *entry.mutable_snapshot() = page->snapshot();
      paged.push_back(server::ToJson(entry));
    }
    return absl::OkStatus();
  };
  ASSERT_OK(cli::ForEachPage<v1::ListHistoryResponse>(history_request, ask, take));
  EXPECT_GT(pages, 1);
  EXPECT_EQ(paged, lines);
  v1::Status status_answer;
  server::FillNetworkStatus(open->accounts(), status_answer.add_networks());
  EXPECT_THAT(status, ElementsAre(server::ToJson(status_answer)));
}

TEST(TronLookUps, BalancesAreTheTruthBesideTheChain) {
  std::ifstream rows(std::string(kDemo) + "/balances.csv");
  std::string row;
  std::getline(rows, row);
  ASSERT_EQ(row, "address,asset,amount,frozen");
  ASSERT_OK_AND_ASSIGN(const auto open,
                       server::OpenOne(RealFileSystem(), DemoData(), Network::kTronPrivate,
                                       /*threads=*/1, /*log=*/nullptr));
  int compared = 0;
  while (std::getline(rows, row)) {
    const std::size_t asset = row.find(',') + 1;
    const std::size_t amount = row.find(',', asset) + 1;
    const std::size_t frozen = row.find(',', amount) + 1;
    v1::GetAddressRequest request;
    request.set_address(row.substr(0, asset - 1));
    request.set_asset(row.substr(asset, amount - asset - 1));
    v1::Address answer;
    ASSERT_OK(server::AnswerAddress(open->accounts(), request, nullptr, &answer));
    ASSERT_EQ(answer.assets_size(), 1) << row;
    EXPECT_EQ(answer.balance(), row.substr(amount, frozen - amount - 1)) << row;
    EXPECT_EQ(answer.assets(0).staked(), row.substr(frozen)) << row;
    ++compared;
  }
  EXPECT_EQ(compared, 337);
}

TEST(TronLookUps, GoOnPageByPage) {
  const std::vector<std::string> whole = Lines(DemoData(), {"history", kSeller});
  std::vector<std::string> paged;
  std::vector<std::string> question = {"history", kSeller, "--limit", "5", "--json"};
  while (true) {
    const ProgramResult page = On(DemoData(), question);
    ASSERT_EQ(page.exit_status, 0) << page.err;
    for (const std::string& line : page.lines()) paged.push_back(line);
    const std::size_t token = page.err.find("--page ");
    if (token == std::string::npos) break;
    question.resize(5);
    question.insert(question.end(),
                    {"--page", page.err.substr(token + 7, page.err.find('\n') - token - 7)});
  }
  EXPECT_EQ(paged, whole);
  ASSERT_EQ(question.size(), 7U);
  question[1] = "TVYB16K1ZL249cJav7AweGaiogb5GpdRf5";
  ExpectError(On(DemoData(), question), 2, "page token");
}

TEST(TronLookUps, ExitAsTheContractSays) {
  const auto nobody = AskOne<v1::Address>(DemoData(), {"address", kNeverSeen});
  EXPECT_FALSE(nobody.seen());
  EXPECT_EQ(nobody.balance(), "0");
  const ProgramResult history = On(DemoData(), {"history", kNeverSeen});
  EXPECT_EQ(history.exit_status, 0);
  EXPECT_THAT(history.out, IsEmpty());
  EXPECT_THAT(history.err, HasSubstr("was never seen on tron-private"));
  ExpectError(On(DemoData(), {"tx", std::string(64, '7')}), 1, "no transaction");
  ExpectError(On(DemoData(), {"tx", "7"}), 2, "64 hex digits");
  ExpectError(On(DemoData(), {"block", "112"}), 1, "from 0 to 111");
  ExpectError(On(DemoData(), {"block", "x"}), 2, "block height or id");
  ExpectError(On(DemoData(), {"address", "T"}), 2, "");
  ExpectError(On(DemoData(), {"address", kSeller, "--asset", "BTC"}), 2, "unknown asset");
  ExpectError(On(DemoData(), {"history", kSeller, "--asset", "USDT"}), 2, "TRC20:<contract>");
  ExpectError(On(DemoData(), {"utxos", kSeller}), 1, "no unspent outputs on tron-private");
  ExpectError(On(DemoData(), {"peel", std::string(64, '7')}), 1, "no peel chains on tron-private");
}

// Owners of the demo's accounts, as who made it knows them.
TEST(TronLookUps, EvaluateHoldsClustersAgainstOwners) {
  std::ifstream owners(COINWAKE_TEST_DATA "/tron-demo/owners.csv");
  const std::string truth = ScratchPath("tron-truth.csv");
  std::ofstream file(truth);
  std::uint64_t accounts = 0;
  std::string line;
  std::getline(owners, line);  // what the columns are
  while (std::getline(owners, line)) {
    file << line.substr(0, line.find(',', line.find(',') + 1)) << '\n';
    ++accounts;
  }
  file.close();
  ASSERT_GT(accounts, 50u);
  const auto evaluation = AskOne<v1::Evaluation>(DemoData(), {"evaluate", "--truth", truth});
  EXPECT_EQ(evaluation.snapshot().network(), "tron-private");
  EXPECT_EQ(evaluation.profile(), "strict");
  ASSERT_EQ(evaluation.rules_size(), 2);
  EXPECT_EQ(evaluation.rules(0).rule(), "deposit_sweep");
  EXPECT_EQ(evaluation.rules(1).rule(), "gas_wallet");
  EXPECT_EQ(evaluation.addresses(), accounts);
  std::map<std::string, double> figures;
  for (const v1::Figure& figure : evaluation.figures()) figures[figure.name()] = figure.value();
  EXPECT_EQ(figures["bcubed_precision"], 1.0);
  EXPECT_GT(figures["bcubed_recall"], 0.5);
  const auto standard = AskOne<v1::Evaluation>(
      DemoData(), {"evaluate", "--truth", truth, "--profile", "exploratory"});
  EXPECT_EQ(standard.rules_size(), 5);
}

TEST(TronTrace, NamesWhatIsNoAccount) {
  const std::string bitcoin = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
  ExpectError(On(DemoData(), {"trace", "--seed", bitcoin, "--asset", "TRX"}), 2, bitcoin);
  const std::string stops = FreshFolder("stops") + "/exchange.csv";
  const auto with_stops = [&stops](const std::string& lines) {
    Write(stops, lines);
    return On(DemoData(), {"trace", "--seed", kSeller, "--asset", "TRX", "--stops", stops});
  };
  ExpectError(with_stops("# services\n" + bitcoin + ",exchange\n"), 1,
              stops + ":2: " + bitcoin + " is no address of tron-private");
  ExpectError(with_stops(std::string(64, 'a') + ":0,exchange\n"), 1,
              stops + ":1: an output is no service");
}

TEST(TronTrace, WarnsOfAFileWithoutStopsAndOfEachSeedOnce) {
  const std::string stops = ScratchPath("no stops.csv");
  Write(stops, "");
  const std::string seed = kNeverSeen;
  const ProgramResult result = On(DemoData(), {"trace", "--asset", kUsdt, "--seed", seed + "=a",
                                               "--seed", seed + "=b", "--stops", stops, "--json"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.err, HasSubstr("no stops.csv: no stops"));
  const std::string warned = "seed " + seed + " was never seen";
  EXPECT_NE(result.err.find(warned), std::string::npos);
  EXPECT_EQ(result.err.find(warned), result.err.rfind(warned));
  ASSERT_EQ(result.lines().size(), 2U);
  for (const std::string& line : result.lines()) EXPECT_THAT(line, HasSubstr(warned));
}

TEST(TronLookUps, AreTablesForPeople) {
  const std::string address = On(DemoData(), {"address", kSeller}).out;
  EXPECT_THAT(address,
              HasSubstr(std::string(kUsdt) + "  5,660,789,947  4,894,000,000  766,789,947"));
  EXPECT_THAT(address, HasSubstr("opened by     TCT6jNKgQ3whsaQvkdsdrETC5MdpRzRvvQ at height 2"));
  EXPECT_THAT(address, HasSubstr("frozen        in TRC20:TR7N"));
  // Of an asset it never had there is nothing to tell, heights least of all.
  EXPECT_THAT(On(DemoData(), {"address", kSeller, "--asset", "TRC10:5"}).out,
              HasSubstr("transactions  0\n"));
  const std::string legend = std::string("\n\nTRC20:TR…zgjLj6t  = ") + kUsdt + "\n";
  const std::string history =
      On(DemoData(), {"history", "TUPUVuauwUTNHDWnGBnSRj54MzZ1Qs7pQi", "--asset", kUsdt}).out;
  EXPECT_THAT(history, AllOf(HasSubstr("zero_value, dust_lookalike"), EndsWith(legend)));
  EXPECT_THAT(On(DemoData(), {"block", "5"}).out,
              HasSubstr(std::string("\n\nTRC20:…gjLj6t  = ") + kUsdt + "\n"));
  const auto entries = Lines(DemoData(), {"history", kSeller, "--asset", kUsdt, "--limit", "2"});
  ASSERT_EQ(entries.size(), 2U);
  v1::HistoryEntry sent;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(entries[1], &sent).ok());
  const std::string tx = On(DemoData(), {"tx", sent.txid()}).out;
  EXPECT_THAT(tx, AllOf(HasSubstr("TENzdTsDn6…yJbDrZNcy  = " + std::string(kSeller) + "\n"),
                        HasSubstr(std::string("TRC20:TR…zgjLj6t      = ") + kUsdt + "\n")));
  const std::string status = On(ManyData(), {"status"}).out;
  EXPECT_THAT(status, AllOf(HasSubstr("bitcoin-regtest"), HasSubstr("tron-private"),
                            HasSubstr("60836289-60836289"), HasSubstr("none")));
  // A failed call says so.
  bool found = false;
  for (int height = 1; height <= 111 && !found; ++height) {
    const auto block = AskOne<v1::Block>(DemoData(), {"block", std::to_string(height)});
    for (const v1::Transaction& one : block.transactions()) {
      if (one.success()) continue;
      EXPECT_THAT(On(DemoData(), {"tx", one.txid()}).out, HasSubstr("outcome      failed\n"));
      found = true;
      break;
    }
  }
  EXPECT_TRUE(found);
}

TEST(ManyNetworks, AreToldApart) {
  const auto status = AskOne<v1::Status>(ManyData(), {"status"});
  ASSERT_EQ(status.networks_size(), 3);
  EXPECT_EQ(status.networks(0).snapshot().network(), "bitcoin-regtest");
  EXPECT_EQ(status.networks(1).snapshot().network(), "tron");
  EXPECT_FALSE(status.networks(1).snapshot().complete_history());
  EXPECT_EQ(status.networks(1).snapshot().receipts(), "none");
  EXPECT_EQ(status.networks(2).snapshot().network(), "tron-private");
  EXPECT_EQ(AskOne<v1::Status>(ManyData(), {"status", "--network", "tron"}).networks_size(), 1);

  // A network that the folder lacks is no empty folder; there is nothing wrong with it either.
  for (const std::string command : {"status", "verify"}) {
    const ProgramResult absent = On(DemoData(), {command, "--network", "tron"});
    EXPECT_EQ(absent.exit_status, 0) << absent.err;
    EXPECT_EQ(absent.out, "no index of tron; indexed: tron-private\n");
  }

  // Text that is valid on one network only names it.
  const auto regtest =
      AskOne<v1::Transaction>(ManyData(), {"tx", kPeelHop0, "--network", kRegtest});
  EXPECT_EQ(AskOne<v1::Address>(ManyData(), {"address", regtest.outputs(0).address()}).network(),
            kRegtest);
  ExpectError(On(ManyData(), {"address", kSeller}), 2, "name one of: tron, tron-private");
  EXPECT_TRUE(
      AskOne<v1::Address>(ManyData(), {"address", kSeller, "--network", "tron-private"}).seen());
  EXPECT_FALSE(AskOne<v1::Address>(ManyData(), {"address", kSeller, "--network", "tron"}).seen());
  ExpectError(On(ManyData(), {"block", "0"}), 2, "bitcoin-regtest, tron, tron-private");
  ExpectError(On(ManyData(), {"address", kSeller, "--network", "tron-nile"}), 1, "tron-nile");
  ExpectError(On(ManyData(), {"address", kSeller, "--network", kRegtest}), 2, "");
  ExpectError(On(ManyData(), {"address", regtest.outputs(0).address(), "--network", "tron"}), 2,
              "");
  // Beside Bitcoin alone a Tron address needs no more.
  const std::string data = CopyOfRegtestData("two kinds");
  Index(data, kDemo);
  EXPECT_EQ(AskOne<v1::Address>(data, {"address", kSeller}).network(), "tron-private");
  EXPECT_EQ(Lines(data, {"history", kSeller}), Lines(DemoData(), {"history", kSeller}));
}

TEST(MainNet, AWindowWithoutReceiptsSaysWhatIsMissing) {
  const v1::IndexReport report = Index(FreshFolder("main"), MainNetWindow(), {"--network", "tron"});
  EXPECT_EQ(report.from_height(), 60'836'289U);
  EXPECT_FALSE(report.complete_history());
  EXPECT_EQ(report.without_receipt(), 170U);
  EXPECT_THAT(report.warnings(), ElementsAre(HasSubstr("170 transactions have no receipt")));
  const ProgramResult tx =
      On(ManyData(), {"tx", "661f1df88ce02b746efe7449c3c7a04d6d21a7fc019723c92679228d8275ad57",
                      "--network", "tron"});
  EXPECT_THAT(tx.out, AllOf(HasSubstr("fee sun      unknown: no receipt"),
                            HasSubstr("a window: nothing before height 60836289 is known"),
                            HasSubstr("no_receipt"), Not(HasSubstr("zero_value"))));
}

}  // namespace
}  // namespace coinwake
