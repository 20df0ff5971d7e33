// Goal: a chain written by Bitcoin Core is indexed as Core itself decodes it, whatever way three
// nodes stored it. Method: index sets A, B and C from their block files; compare every block,
// transaction, input, output, spender, address and the unspent set with Core's listings (getblock
// 3, scantxoutset, gettxoutsetinfo), then the answers of the three indexes with each other, line by
// line.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/acceptance/answers.h"
#include "tests/acceptance/core_oracle.h"
#include "tests/support/gzip.h"

namespace coinwake::acceptance {
namespace {

const std::string kData = std::string(COINWAKE_TEST_DATA) + "/regtest";

struct IndexedSet {
  IngestReport report;
  std::string data_folder;
};

// Sets are indexed once for all tests of this program.
const IndexedSet& Set(const std::string& name) {
  static auto& sets = *new std::map<std::string, IndexedSet>;
  const auto [it, made] = sets.try_emplace(name);
  if (made) {
    const std::string blocks = FreshFolder("regtest-blocks-" + name);
    UnpackFolder(kData + "/" + name, blocks);
    it->second.data_folder = FreshFolder("regtest-index-" + name);
    it->second.report = Index(blocks, it->second.data_folder);
  }
  return it->second;
}

const CoreChain& Core() {
  static const auto& chain = *new CoreChain(kData + "/blocks.verbosity3.jsonl");
  return chain;
}

Answers Open(const std::string& name) {
  return Answers(Set(name).data_folder, Network::kBitcoinRegtest);
}

class RegtestSet : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, RegtestSet, ::testing::Values("A", "B", "C"));

TEST_P(RegtestSet, ReportsWhatCoreCounts) {
  const IngestReport& report = Set(GetParam()).report;
  std::uint64_t transactions = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  for (const Json& block : Core().blocks()) {
    for (const Json& transaction : block.at("tx")) {
      ++transactions;
      inputs += transaction.at("vin")[0].contains("coinbase") ? 0 : transaction.at("vin").size();
      outputs += transaction.at("vout").size();
    }
  }
  EXPECT_EQ(report.network, Network::kBitcoinRegtest);
  EXPECT_EQ(report.from_height, 0U);
  EXPECT_EQ(report.height, 330U);
  EXPECT_EQ(report.block_hash.ToDisplayHex(), Core().blocks().back().at("hash"));
  EXPECT_TRUE(report.complete_history);
  EXPECT_EQ(report.blocks, Core().blocks().size());
  EXPECT_EQ(report.transactions, transactions);
  EXPECT_EQ(report.inputs, inputs);
  EXPECT_EQ(report.outputs, outputs);
  EXPECT_EQ(report.addresses, Core().sums().size());
  EXPECT_EQ(report.unresolved_inputs, 0U);
  EXPECT_EQ(report.stale_blocks, 9U);
  EXPECT_EQ(report.detached_blocks, 0U);
  EXPECT_EQ(report.rewound_blocks, 0U);
  EXPECT_EQ(report.skipped_bytes, 0U);
}

TEST_P(RegtestSet, VerifiesAgainstItself) {
  ExpectSound(Set(GetParam()).data_folder, Network::kBitcoinRegtest);
}

TEST_P(RegtestSet, DecodesEveryBlockAsCoreDoes) {
  const Answers answers = Open(GetParam());
  ASSERT_EQ(Core().blocks().size(), 331U);
  for (const Json& oracle : Core().blocks()) {
    const Json by_height = Json::parse(answers.Block(oracle.at("height").dump()));
    ExpectBlock(by_height, oracle, Core());
    EXPECT_EQ(by_height, Json::parse(answers.Block(oracle.at("hash"))));
    EXPECT_FALSE(by_height.at("stale").get<bool>());
  }
}

TEST_P(RegtestSet, FindsEveryTransaction) {
  const Answers answers = Open(GetParam());
  for (const Json& oracle : Core().blocks()) {
    const Json block = Json::parse(answers.Block(oracle.at("height").dump()));
    for (Json transaction : block.at("transactions")) {
      const Json found = Json::parse(answers.Transaction(transaction.at("txid")));
      transaction["snapshot"] = found.at("snapshot");
      EXPECT_EQ(found, transaction);
    }
  }
}

TEST_P(RegtestSet, KnowsTheNineStaleBlocksAndKeepsThemOut) {
  const Answers answers = Open(GetParam());
  ASSERT_EQ(Core().stale().size(), 9U);
  std::set<std::string> known;
  for (const Hash256& hash : answers.view().StaleBlockHashes()) known.insert(hash.ToDisplayHex());
  EXPECT_EQ(known.size(), 9U);
  for (const Json& oracle : Core().stale()) {
    const std::string hash = oracle.at("hash");
    ASSERT_TRUE(known.contains(hash)) << hash;
    const Json block = Json::parse(answers.Block(hash));
    EXPECT_TRUE(block.at("stale").get<bool>());
    EXPECT_EQ(block.at("block_hash"), hash);
    ASSERT_EQ(block.at("transactions").size(), oracle.at("tx").size());
    for (std::size_t i = 0; i < oracle.at("tx").size(); ++i) {
      EXPECT_EQ(block.at("transactions")[i].at("txid"), oracle.at("tx")[i].at("txid"));
    }
    const Json active = Json::parse(answers.Block(oracle.at("height").dump()));
    EXPECT_NE(active.at("block_hash"), hash);
  }
}

TEST_P(RegtestSet, SumsEveryAddressAsTheListingDoes) {
  const Answers answers = Open(GetParam());
  std::map<std::string, std::uint64_t> balances;
  for (const auto& [outpoint, unspent] : Core().unspent()) {
    balances[unspent.script] += unspent.value;
  }
  const std::vector<std::string> all_names = answers.Names();
  const std::set<std::string> names(all_names.begin(), all_names.end());
  EXPECT_EQ(names.size(), all_names.size());
  EXPECT_GE(names.size(), Core().sums().size() - 2);
  for (const auto& [script, sums] : Core().sums()) {
    if (!names.contains(sums.name)) {
      EXPECT_GT(sums.name.size(), 20'000U) << sums.name;
      continue;
    }
    const Json address = Json::parse(answers.Address(sums.name));
    SCOPED_TRACE(sums.name);
    EXPECT_TRUE(address.at("seen").get<bool>());
    EXPECT_EQ(address.at("script_type"), sums.type);
    EXPECT_EQ(address.at("received"), std::to_string(sums.received));
    EXPECT_EQ(address.at("sent"), std::to_string(sums.sent));
    EXPECT_EQ(NumberOf(address.at("transactions")), sums.transactions);
    EXPECT_EQ(NumberOf(address.at("first_height")), sums.first_height);
    EXPECT_EQ(NumberOf(address.at("last_height")), sums.last_height);
    // What cannot be spent (genesis, OP_RETURN) counts as received and not as sent.
    EXPECT_EQ(address.at("balance"), std::to_string(sums.received - sums.sent));
    EXPECT_LE(balances[script], sums.received - sums.sent);
  }
}

TEST_P(RegtestSet, HoldsCoresUnspentSet) {
  const Answers answers = Open(GetParam());
  std::map<CoreChain::Outpoint, CoreChain::Unspent> found;
  const std::vector<std::string> names = answers.Names();
  const std::set<std::string> known(names.begin(), names.end());
  for (const auto& [script, sums] : Core().sums()) {
    if (!known.contains(sums.name)) continue;
    for (const std::string& line : answers.Unspent(sums.name)) {
      const Json unspent = Json::parse(line);
      found[{unspent.at("txid"), unspent.at("vout")}] = {script, NumberOf(unspent.at("value")),
                                                         NumberOf(unspent.at("height"))};
    }
  }
  EXPECT_EQ(found, Core().unspent());

  const std::vector<std::string> lines =
      ReadLinesMaybeGzip(kData + "/scantxoutset_all_addresses.json");
  std::string scan;
  for (const std::string& line : lines) scan += line;
  const Json unspents = Json::parse(scan).at("result").at("unspents");
  EXPECT_EQ(unspents.size(), 1291U);
  for (const Json& unspent : unspents) {
    const auto it = found.find({unspent.at("txid"), unspent.at("vout")});
    ASSERT_NE(it, found.end()) << unspent.at("txid");
    const CoreChain::Unspent expected{unspent.at("scriptPubKey"), Satoshi(unspent.at("amount")),
                                      unspent.at("height")};
    EXPECT_EQ(it->second, expected) << unspent.at("txid");
  }
}

TEST_P(RegtestSet, CountsTheUnspentSetAsGettxoutsetinfo) {
  const Answers answers = Open(GetParam());
  std::string text;
  for (const std::string& line : ReadLinesMaybeGzip(kData + "/state.json")) text += line;
  const Json core = Json::parse(text).at("hash_serialized_3");
  const Json status = Json::parse(answers.Status()).at("networks").at(0);
  EXPECT_EQ(NumberOf(status.at("unspent_outputs")), core.at("txouts").get<std::uint64_t>());
  // "11539.73127728" without its point.
  std::string amount = core.at("total_amount");
  amount.erase(amount.find('.'), 1);
  EXPECT_EQ(status.at("unspent_value"), amount);
  EXPECT_EQ(status.at("snapshot").at("block_hash"), core.at("bestblock"));
}

TEST(RegtestSets, AnswerTheSameByteForByte) {
  const std::vector<std::string> a = Open("A").All();
  EXPECT_GT(a.size(), 10'000U);
  ExpectSame(a, Open("B").All());
  ExpectSame(a, Open("C").All());
}

}  // namespace
}  // namespace coinwake::acceptance
