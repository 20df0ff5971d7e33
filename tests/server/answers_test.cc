// Goal: heights given as dates, page tokens, networks and chosen words mean what the API says.
// Method: small cases with known answers; a made chain whose blocks are ten minutes apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/hex.h"
#include "indexer/bitcoin/address.h"
#include "indexer/bitcoin/key.h"
#include "server/address_answers.h"
#include "server/block_answers.h"
#include "server/chain_time.h"
#include "server/index_set.h"
#include "server/json.h"
#include "server/names.h"
#include "server/page_token.h"
#include "server/same_key.h"
#include "server/trace_answers.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Blocks 0 to 5 at 1700000000 + 600 * height, which is 2023-11-14T22:13:20Z and on.
class AnswersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::path(::testing::TempDir()) /
               ("coinwake_answers_" + std::to_string(getpid())))
                  .string();
    std::filesystem::remove_all(folder_);
    chain_.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}, {"bob", 1}}}});
    chain_.AddBlock({{"", {}, {}},
                     {"pay", {Spend("mint", 0)}, {{"carol", 20 * kCoin}, {"alice", 29 * kCoin}}}});
    chain_.AddBlock({{"", {}, {}}, {"join", {Spend("pay", 0), Spend("mint", 1)}, {{"dave", 5}}}});
    chain_.AddBlock({{"", {}, {}}});
    chain_.AddBlock({{"", {}, {}}});
    auto index = chain_.Build(RealFileSystem(), folder_);
    ASSERT_OK(index.status());
    open_ = std::make_unique<OpenNetwork>(std::move(*index), 1, nullptr);
  }
  void TearDown() override {
    open_.reset();
    std::filesystem::remove_all(folder_);
  }

  const View& view() const { return open_->view(); }
  std::string NameOf(const std::string& who) const {
    return ScriptName(view(), chain_.AddressOf(who));
  }

  // The events of a trace, one line of JSON each; the warnings before them.
  std::vector<std::string> Trace(const v1::TraceRequest& request) {
    const auto trace = PrepareTrace(view(), open_->clusters, request, nullptr);
    EXPECT_OK(trace);
    if (!trace.ok()) return {};
    std::vector<std::string> lines;
    for (const TraceWarning& warning : trace->warnings) lines.push_back(warning.text);
    EXPECT_OK(AnswerTrace(view(), *trace, {}, nullptr, [&](const v1::TraceEvent& event) {
      lines.push_back(ToJson(event));
      return absl::OkStatus();
    }));
    return lines;
  }

  IndexBuilder chain_;
  std::string folder_;
  std::unique_ptr<OpenNetwork> open_;
};

TEST(ParseUtc, TakesDaysAndMoments) {
  ASSERT_OK_AND_ASSIGN(const TimeSpan day, ParseUtc("2023-11-14"));
  EXPECT_EQ(day.begin, 1699920000);
  EXPECT_EQ(day.end, 1700006400);
  for (const std::string text :
       {"2023-11-14T22:13:20Z", "2023-11-14T22:13:20", "2023-11-14 22:13:20"}) {
    ASSERT_OK_AND_ASSIGN(const TimeSpan moment, ParseUtc(text));
    EXPECT_EQ(moment.begin, 1700000000);
    EXPECT_EQ(moment.end, 1700000001);
  }
  for (const std::string text : {"", "yesterday", "2023-13-01", "2023-02-29", "2023-1-1",
                                 "-2023-11-14", "2023-11-14T25:00:00Z", "2023-11-14T22:13",
                                 " 2023-11-14", "2023-11-14x", "99999999999999999999"}) {
    EXPECT_THAT(ParseUtc(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST_F(AnswersTest, DatesAreFirstBlockNotBeforeAndLastBlockNotAfter) {
  EXPECT_THAT(HeightSince(view(), "3"), IsOkAndHolds(3u));
  EXPECT_THAT(HeightUntil(view(), "77"), IsOkAndHolds(77u));
  EXPECT_THAT(HeightSince(view(), "2023-11-14T22:13:20Z"), IsOkAndHolds(0u));
  EXPECT_THAT(HeightSince(view(), "2023-11-14T22:13:21Z"), IsOkAndHolds(1u));
  EXPECT_THAT(HeightUntil(view(), "2023-11-14T22:23:19Z"), IsOkAndHolds(0u));
  EXPECT_THAT(HeightUntil(view(), "2023-11-14T22:23:20Z"), IsOkAndHolds(1u));
  EXPECT_THAT(HeightSince(view(), "2023-11-14"), IsOkAndHolds(0u));
  EXPECT_THAT(HeightUntil(view(), "2023-11-14"), IsOkAndHolds(5u));
  EXPECT_THAT(HeightSince(view(), "2023-11-15"), IsOkAndHolds(6u));
  EXPECT_THAT(HeightUntil(view(), "2023-11-13"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(PageToken, IsGoodForItsOwnListOnly) {
  const std::string token = MakePageToken(7, "list a");
  EXPECT_EQ(token.size(), 32u);
  EXPECT_THAT(PositionOfPageToken(token), IsOkAndHolds(7u));
  EXPECT_OK(CheckPageToken(token, 7, "list a"));
  EXPECT_THAT(CheckPageToken(token, 7, "list b"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckPageToken(token, 8, "list a"), StatusIs(absl::StatusCode::kInvalidArgument));
  for (const std::string& text :
       {std::string(), std::string("00"), std::string("zz"), token + "00"}) {
    EXPECT_THAT(PositionOfPageToken(text), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(ChooseNetwork, TakesTheOnlyOneThatFits) {
  const std::vector<Network> none;
  const std::vector<Network> one = {Network::kBitcoinSignet};
  const std::vector<Network> two = {Network::kBitcoin, Network::kBitcoinRegtest};
  const std::vector<Network> tests = {Network::kBitcoinTestnet3, Network::kBitcoinRegtest};
  const std::vector<std::string> main_address = {"1BoatSLRHtKNngkdXEeobR76b53LETtpyT"};
  const std::vector<std::string> test_address = {"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"};
  const std::vector<std::string> script = {"script:51"};
  EXPECT_THAT(ChooseNetwork(none, "", {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ChooseNetwork(one, "", {}), IsOkAndHolds(Network::kBitcoinSignet));
  EXPECT_THAT(ChooseNetwork(two, "bitcoin", {}), IsOkAndHolds(Network::kBitcoin));
  EXPECT_THAT(ChooseNetwork(one, "bitcoin", {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ChooseNetwork(two, "x", {}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ChooseNetwork(two, "", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bitcoin, bitcoin-regtest")));
  EXPECT_THAT(ChooseNetwork(two, "", main_address), IsOkAndHolds(Network::kBitcoin));
  EXPECT_THAT(ChooseNetwork(two, "", test_address), IsOkAndHolds(Network::kBitcoinRegtest));
  EXPECT_THAT(ChooseNetwork(tests, "", test_address),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("several")));
  EXPECT_THAT(ChooseNetwork(tests, "", main_address),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no indexed network")));
  EXPECT_THAT(ChooseNetwork(two, "", script), StatusIs(absl::StatusCode::kInvalidArgument));
  const std::vector<std::string> both = {main_address[0], test_address[0]};
  EXPECT_THAT(ChooseNetwork(two, "", both),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ask of one at a time")));
}

TEST(ParseNumber, TakesDigitsOnly) {
  EXPECT_EQ(ParseNumber("0"), 0u);
  EXPECT_EQ(ParseNumber("18446744073709551615"), ~std::uint64_t{0});
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
  }
}

TEST(Json, PrintsZerosAndLeavesUnknownOut) {
  const std::string json = ToJson(v1::Output());
  EXPECT_EQ(json, R"({"vout":0,"script_type":"","value":"","key_addresses":[]})");
  v1::Output output;
  output.set_address("");
  EXPECT_THAT(ToJson(output), HasSubstr(R"("address":"")"));
}

TEST_F(AnswersTest, ScriptWithoutAddressIsNamedByItsHex) {
  v1::GetAddressRequest request;
  request.set_address("script:51");
  v1::Address answer;
  ASSERT_OK(AnswerAddress(view(), open_->clusters, request, nullptr, &answer));
  EXPECT_EQ(answer.address(), "script:51");
  EXPECT_EQ(answer.script_type(), "nonstandard");
  EXPECT_FALSE(answer.seen());
}

TEST_F(AnswersTest, LongAnswersEndWhenCancelled) {
  const AlwaysCancelled cancelled;
  v1::GetAddressRequest address;
  address.set_address(NameOf("alice"));
  v1::Address sums;
  EXPECT_THAT(AnswerAddress(view(), open_->clusters, address, &cancelled, &sums),
              StatusIs(absl::StatusCode::kCancelled));
  v1::ListHistoryRequest history;
  history.set_address(NameOf("alice"));
  v1::ListHistoryResponse entries;
  EXPECT_THAT(AnswerHistory(view(), history, kWholeList, &cancelled, &entries),
              StatusIs(absl::StatusCode::kCancelled));
  v1::ListUnspentRequest unspent;
  unspent.set_address(NameOf("alice"));
  v1::ListUnspentResponse outputs;
  EXPECT_THAT(AnswerUnspent(view(), unspent, kWholeList, &cancelled, &outputs),
              StatusIs(absl::StatusCode::kCancelled));
}

std::array<std::uint8_t, 33> GeneratorKey() {
  std::array<std::uint8_t, 33> key{};
  const auto bytes =
      HexDecode("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

// A form that does not follow from the key, as hybrid ones do not, is known by having revealed it.
TEST(SameKey, HasWhateverRevealedTheKey) {
  const std::array<std::uint8_t, 33> key = GeneratorKey();
  const auto scripts = bitcoin::ScriptsOfKeyHash(ComputeHash160(key));
  IndexBuilder chain;
  chain.AddBlock({{"mint",
                   {},
                   {{"hybrid", 5},
                    {"hash", 6, scripts[0], ScriptType::kPubkeyHash},
                    {"witness", 7, scripts[1], ScriptType::kWitnessV0KeyHash},
                    {"another", 8}}}});
  chain.RevealKey("hybrid", key);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  const View& view = *index.view;
  ASSERT_OK_AND_ASSIGN(const AddressNum hash, view.FindAddress(scripts[0]));
  ASSERT_OK_AND_ASSIGN(const AddressNum witness, view.FindAddress(scripts[1]));
  const AddressNum hybrid = chain.AddressOf("hybrid");
  const auto same_as = [&](AddressNum address) {
    return SeenScriptsOfSameKey(view, view.Script(address), address);
  };
  EXPECT_THAT(same_as(hybrid), IsOkAndHolds(ElementsAre(hash, witness)));
  EXPECT_THAT(same_as(hash), IsOkAndHolds(ElementsAre(hybrid, witness)));
  EXPECT_THAT(same_as(witness), IsOkAndHolds(ElementsAre(hybrid, hash)));
  EXPECT_THAT(same_as(chain.AddressOf("another")), IsOkAndHolds(IsEmpty()));
}

// Whoever seeds the address of a key must hear that the key itself was paid.
TEST(SameKey, IsNamedWhereASeedWasNeverSeen) {
  const std::array<std::uint8_t, 33> key = GeneratorKey();
  const auto scripts = bitcoin::ScriptsOfKeyHash(ComputeHash160(key));
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"another form", 5}}}});
  chain.RevealKey("another form", key);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(OpenIndex index, chain.Build(files, "/data"));
  OpenNetwork open(std::move(index), 1, nullptr);
  v1::TraceRequest request;
  request.add_seeds()->set_address(bitcoin::NameOfScript(scripts[0], open.snapshot().network));
  ASSERT_OK_AND_ASSIGN(const PreparedTrace trace,
                       PrepareTrace(open.view(), open.clusters, request, nullptr));
  ASSERT_EQ(trace.warnings.size(), 1u);
  EXPECT_THAT(trace.warnings[0].text,
              HasSubstr("its key was paid as " +
                        ScriptName(open.view(), chain.AddressOf("another form")) + ": seed"));
  // And whoever asks for it by name.
  EXPECT_THAT(FindByName(open.view(), request.seeds(0).address()).status(),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("was never seen"),
                             HasSubstr("; its key was paid as " +
                                       ScriptName(open.view(), chain.AddressOf("another form"))))));
}

TEST_F(AnswersTest, TransactionHasItsFeeAndItsSpenders) {
  v1::GetTransactionRequest request;
  request.set_txid(chain_.TxidOf("pay").ToDisplayHex());
  v1::Transaction pay;
  ASSERT_OK(AnswerTransaction(view(), request, &pay));
  EXPECT_EQ(pay.fee(), std::to_string(1 * kCoin));
  EXPECT_EQ(pay.height(), 2u);
  EXPECT_EQ(pay.index(), 1u);
  EXPECT_EQ(pay.outputs(0).spent_by().txid(), chain_.TxidOf("join").ToDisplayHex());
  EXPECT_EQ(pay.outputs(0).spent_by().input(), 0u);
  EXPECT_FALSE(pay.outputs(1).has_spent_by());
  v1::Transaction mint;
  request.set_txid(chain_.TxidOf("mint").ToDisplayHex());
  ASSERT_OK(AnswerTransaction(view(), request, &mint));
  EXPECT_TRUE(mint.coinbase());
  EXPECT_FALSE(mint.has_fee());
  EXPECT_THAT(mint.inputs(), IsEmpty());
  EXPECT_EQ(mint.outputs(1).spent_by().input(), 1u);
}

TEST_F(AnswersTest, ClusterJoinsWhatWasSpentTogether) {
  v1::GetClusterRequest request;
  request.set_address(NameOf("bob"));
  request.set_members(true);
  v1::Cluster cluster;
  ASSERT_OK(AnswerCluster(view(), open_->clusters, request, kWholeList, nullptr, &cluster));
  EXPECT_THAT(cluster.members(), ElementsAre(NameOf("bob"), NameOf("carol")));
  EXPECT_EQ(cluster.size(), 2u);
  EXPECT_EQ(cluster.received(), std::to_string(20 * kCoin + 1));
  EXPECT_EQ(cluster.balance(), "0");
  v1::ExplainRequest explain;
  explain.set_address_a(NameOf("carol"));
  explain.set_address_b(NameOf("alice"));
  v1::Evidence evidence;
  EXPECT_THAT(AnswerExplain(view(), open_->clusters, explain, nullptr, &evidence),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no evidence")));
}

TEST_F(AnswersTest, TraceSeedsThatSayTheSameAreOne) {
  v1::TraceRequest once;
  once.add_seeds()->set_address(NameOf("carol"));
  v1::TraceRequest twice = once;
  *twice.add_seeds() = once.seeds(0);
  twice.add_seeds()->set_output(chain_.TxidOf("pay").ToDisplayHex() + ":0");
  twice.mutable_seeds(2)->set_label(NameOf("carol"));
  EXPECT_EQ(Trace(once), Trace(twice));
}

TEST_F(AnswersTest, TraceOfAClusterSeedsEveryMember) {
  v1::TraceRequest request;
  request.add_seeds()->set_cluster(NameOf("bob"));
  request.mutable_seeds(0)->set_label("both");
  const std::vector<std::string> lines = Trace(request);
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.back(), HasSubstr("\"seeded\":\"" + std::to_string(20 * kCoin + 1) + "\""));
}

TEST_F(AnswersTest, TraceOfUnseenSeedsWarnsAndSumsToZero) {
  v1::TraceRequest request;
  for (const std::string label : {"b", "a"}) {
    v1::TraceSeed* seed = request.add_seeds();
    seed->set_address("script:51");
    seed->set_label(label);
  }
  const std::vector<std::string> lines = Trace(request);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], HasSubstr("never seen"));
  EXPECT_THAT(lines[2], HasSubstr("\"label\":\"a\",\"seeded\":\"0\""));
  EXPECT_THAT(lines[3], HasSubstr("\"label\":\"b\""));
  EXPECT_THAT(lines[3], HasSubstr("\"warnings\":[\"seed script:51 was never seen on"));
}

TEST_F(AnswersTest, SummariesWarnOfTheirOwnSeedsAlone) {
  v1::TraceRequest request;
  for (const std::string label : {"a", "b", "c"}) {
    v1::TraceSeed* seed = request.add_seeds();
    seed->set_address(label == "b" ? NameOf("carol") : "script:51");
    seed->set_label(label);
  }
  request.add_seeds()->set_address("script:52");
  request.mutable_seeds(3)->set_label("c");
  ASSERT_OK_AND_ASSIGN(const PreparedTrace trace,
                       PrepareTrace(view(), open_->clusters, request, nullptr));
  std::vector<std::string> warned;
  ASSERT_OK(AnswerTrace(view(), trace, {}, nullptr, [&](const v1::TraceEvent& event) {
    if (event.has_summary()) {
      warned.push_back(absl::StrCat(event.summary().label(), " ", event.summary().warnings_size()));
    }
    return absl::OkStatus();
  }));
  EXPECT_THAT(warned, ElementsAre("a 1", "b 0", "c 2"));
}

TEST_F(AnswersTest, TraceRefusesTimesInTheWrongOrderAndWarnsOfThoseBeyondTheTip) {
  const auto traced = [this](const std::string& since, const std::string& until) {
    v1::TraceRequest request;
    request.add_seeds()->set_address(NameOf("alice"));
    request.set_since(since);
    request.set_until(until);
    return PrepareTrace(view(), open_->clusters, request, nullptr);
  };
  const auto refused =
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no block is between"));
  EXPECT_THAT(traced("3", "2"), refused);
  EXPECT_THAT(traced("2024-01-02", "2024-01-01"), refused);
  EXPECT_THAT(traced("2023-11-14T22:43:20Z", "2"), refused);  // which is height 3
  const auto warnings = [&traced](const std::string& since, const std::string& until) {
    std::vector<std::string> texts;
    const auto trace = traced(since, until);
    EXPECT_OK(trace);
    for (const TraceWarning& one : trace->warnings) texts.push_back(one.text);
    return texts;
  };
  EXPECT_THAT(warnings("0", "5"), IsEmpty());
  EXPECT_THAT(warnings("2023-11-14", "2023-11-14"), IsEmpty());
  EXPECT_THAT(warnings("6", ""), ElementsAre(HasSubstr("since 6 is beyond the last indexed block, "
                                                       "at height 5: nothing was seeded")));
  EXPECT_THAT(warnings("", "6"), ElementsAre(HasSubstr("until 6 is beyond the last")));
  EXPECT_THAT(warnings("2024-01-01", "2024-01-02"),
              ElementsAre(HasSubstr("since 2024-01-01"), HasSubstr("until 2024-01-02")));
}

TEST_F(AnswersTest, TraceWarnsOfSeedsThatItsTimesCutAway) {
  v1::TraceRequest request;
  request.add_seeds()->set_address(NameOf("alice"));  // heights 1 and 2
  request.add_seeds()->set_output(chain_.TxidOf("pay").ToDisplayHex() + ":0");
  request.add_seeds()->set_cluster(NameOf("bob"));  // as Carol's, which is paid at the same height
  const auto warnings = [&](const std::string& since, const std::string& until) {
    request.set_since(since);
    request.set_until(until);
    std::vector<std::string> texts;
    const auto trace = PrepareTrace(view(), open_->clusters, request, nullptr);
    EXPECT_OK(trace);
    for (const TraceWarning& one : trace->warnings) {
      EXPECT_EQ(one.label, texts.size());
      texts.push_back(one.text);
    }
    return texts;
  };
  EXPECT_THAT(warnings("2", "2"), IsEmpty());
  EXPECT_THAT(warnings("", "2"), IsEmpty());
  const std::vector<std::string> all = {
      "seed " + NameOf("alice") + " received nothing between heights 3 and 5, and seeds nothing",
      "seed " + chain_.TxidOf("pay").ToDisplayHex() +
          ":0 was created at height 2, not between heights 3 and 5, and seeds nothing",
      "seed cluster of " + NameOf("bob") +
          " received nothing between heights 3 and 5, and seeds nothing"};
  EXPECT_EQ(warnings("3", ""), all);
  request.set_direction("backward");
  EXPECT_EQ(warnings("3", ""), all);
  EXPECT_EQ(warnings("3", "5"), all);
  EXPECT_THAT(warnings("", "0"), SizeIs(3));
}

// Carol's 20 coins went on; Alice has 29 of her 50, and Bob's satoshi is with Dave.
TEST_F(AnswersTest, TraceSendsTheLargestHoldingsAndSaysWhatItLeftOut) {
  v1::TraceRequest request;
  request.add_seeds()->set_address(NameOf("alice"));
  request.mutable_seeds(0)->set_label("a");
  request.set_policy("poison");
  const std::vector<std::string> all = Trace(request);
  ASSERT_THAT(all, Contains(AllOf(HasSubstr("\"holding\""), HasSubstr("\"taint\":\"5\""))));
  EXPECT_THAT(all.back(), Not(HasSubstr("cut_")));
  request.set_max_holdings(2);
  EXPECT_EQ(Trace(request), all);
  request.set_max_holdings(1);
  const std::vector<std::string> cut = Trace(request);
  EXPECT_EQ(cut.size(), all.size() - 1);
  EXPECT_THAT(cut, Not(Contains(HasSubstr("\"taint\":\"5\""))));
  EXPECT_THAT(cut.back(),
              AllOf(HasSubstr("\"holdings\":\"2\""), HasSubstr("\"cut_holdings\":\"1\""),
                    HasSubstr("\"cut_taint\":\"5\"")));
  request.set_max_holdings(0);
  EXPECT_THAT(PrepareTrace(view(), open_->clusters, request, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("max_holdings")));
}

TEST_F(AnswersTest, TraceRefusesLabelsThatAreNoText) {
  v1::TraceRequest request;
  request.add_seeds()->set_address("script:51");
  request.mutable_seeds(0)->set_label("\xff");
  EXPECT_THAT(PrepareTrace(view(), open_->clusters, request, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("UTF-8")));
}

}  // namespace
}  // namespace coinwake::server
