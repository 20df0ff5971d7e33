// Goal: real mixes are recognised under their protocol's name, and what is none is not. Method: the
// transactions that Dumplings lists (tests/data/coinjoin/ORIGIN.md says what its lists have wrong),
// with the rates this project promises as floors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "heuristics/coinjoin.h"
#include "heuristics/transaction_kind.h"
#include "tests/support/real_mixes.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// How many of a list bear each protocol's name; "" for none, "suspected" where that is all.
std::map<std::string, std::size_t> Count(const std::vector<RealTransaction>& list) {
  std::map<std::string, std::size_t> counts;
  for (const RealTransaction& tx : list) {
    const MixVerdict verdict = JudgeMix(tx.facts, nullptr);
    EXPECT_EQ(MayHaveParties(tx.facts), verdict.may_have_parties()) << tx.txid;
    ++counts[verdict.suspected ? "suspected" : std::string(MixProtocolName(verdict.protocol))];
  }
  return counts;
}

std::set<std::string> Flagged(const std::vector<RealTransaction>& list) {
  std::set<std::string> flagged;
  for (const RealTransaction& tx : list) {
    if (JudgeMix(tx.facts, nullptr).is_coinjoin()) flagged.insert(tx.txid);
  }
  return flagged;
}

TEST(RealCoinJoins, WhirlpoolMixes) {
  const std::vector<RealTransaction> list = ReadRealTransactions("whirlpool");
  ASSERT_EQ(list.size(), 1403u);
  EXPECT_THAT(Count(list), ElementsAre(Pair("whirlpool", 1403)));
}

// The list of Tx0 holds 151 mixes: their outputs pay another wallet at once.
TEST(RealCoinJoins, WhirlpoolTx0AreNoMixes) {
  const std::vector<RealTransaction> list = ReadRealTransactions("whirlpool_tx0");
  ASSERT_EQ(list.size(), 900u);
  std::map<std::string_view, int> kinds;
  for (const RealTransaction& tx : list) ++kinds[KindName(JudgeKind(tx.facts).kind)];
  EXPECT_THAT(kinds, ElementsAre(Pair("coinjoin", 151), Pair("premix", 749)));
  EXPECT_THAT(Count(list), ElementsAre(Pair("", 749), Pair("whirlpool", 151)));
}

// Two of the list's 35 spend and pay one address only, and crocs-muni names them as false.
TEST(RealCoinJoins, Wasabi2) {
  const std::vector<RealTransaction> list = ReadRealTransactions("wasabi2");
  ASSERT_EQ(list.size(), 35u);
  std::set<std::string> missed;
  for (const RealTransaction& tx : list) {
    const MixVerdict verdict = JudgeMix(tx.facts, nullptr);
    if (verdict.protocol == MixProtocol::kWasabi2) continue;
    missed.insert(tx.txid.substr(0, 8));
    EXPECT_FALSE(verdict.may_have_parties());
    std::set<AddressNum> payers;
    for (const InputFacts& input : tx.facts.inputs) payers.insert(*input.address);
    EXPECT_EQ(payers.size(), 1u);
  }
  EXPECT_THAT(missed, UnorderedElementsAre("91c9d1a1", "a4f995fd"));
}

// Ten of the list of 2021 have a shape that Wasabi's rounds of that time do not have, JoinMarket's:
// one repeated value, ten to twelve times, and one change each.
TEST(RealCoinJoins, Wasabi1) {
  const std::vector<RealTransaction> early = ReadRealTransactions("wasabi1_2018");
  const std::vector<RealTransaction> late = ReadRealTransactions("wasabi1_2021");
  ASSERT_EQ(early.size() + late.size(), 348u);
  EXPECT_THAT(Count(early), ElementsAre(Pair("wasabi1", 152)));
  EXPECT_THAT(Count(late), ElementsAre(Pair("joinmarket", 10), Pair("wasabi1", 186)));
}

// Without its coordinator's script, all but the trial rounds of other values and a few small ones
// are still taken for mixes.
TEST(RealCoinJoins, Wasabi1WithoutItsCoordinator) {
  std::vector<RealTransaction> list = ReadRealTransactions("wasabi1_2018");
  std::size_t mixes = 0;
  for (RealTransaction& tx : list) {
    tx.facts.pays_wasabi_coordinator = false;
    if (JudgeMix(tx.facts, nullptr).may_have_parties()) ++mixes;
  }
  EXPECT_GE(mixes, 76u);
}

// Candidates, not truth: most have two equal outputs, coloured coins among them.
TEST(RealCoinJoins, AgreesWithDumplingsOnOtherMixes) {
  std::size_t three_equal = 0;
  std::size_t agreed = 0;
  std::size_t suspected = 0;
  for (const RealTransaction& tx : ReadRealTransactions("other")) {
    const MixVerdict verdict = JudgeMix(tx.facts, nullptr);
    if (verdict.anonymity_set < 3) {
      EXPECT_FALSE(verdict.is_coinjoin()) << tx.txid;
      continue;
    }
    ++three_equal;
    if (verdict.is_coinjoin()) ++agreed;
    if (verdict.suspected) ++suspected;
  }
  RecordProperty("three_or_more_equal", static_cast<int>(three_equal));
  RecordProperty("agreed", static_cast<int>(agreed));
  RecordProperty("suspected", static_cast<int>(suspected));
  EXPECT_EQ(agreed, 47u);
}

// Spends of mixes are mixes again or they are not: those taken for mixes have the shape of one.
TEST(RealCoinJoins, WhatIsFlaggedAfterMixesHasTheirShape) {
  for (const RealTransaction& tx : ReadRealTransactions("other_postmix")) {
    const MixVerdict verdict = JudgeMix(tx.facts, nullptr);
    if (verdict.protocol != MixProtocol::kJoinMarket) continue;
    EXPECT_GE(verdict.anonymity_set, 5u) << tx.txid;
    const std::size_t others = tx.facts.outputs.size() - verdict.anonymity_set;
    EXPECT_LE(others, verdict.anonymity_set) << tx.txid;
  }
}

// The fixture's own test upstream expects six of its twenty to be mixes; a seventh lies among its
// spends. Each has an exact split of its inputs, makers' fees included.
TEST(RealCoinJoins, FiltersWhatIsNoJoinMarket) {
  const std::vector<RealTransaction> list = ReadRealTransactions("joinmarket_filter");
  ASSERT_EQ(list.size(), 20u);
  std::set<std::string> flagged;
  for (const std::string& txid : Flagged(list)) flagged.insert(txid.substr(0, 8));
  EXPECT_THAT(flagged, UnorderedElementsAre("7732a03c", "06b086ba", "0189fd88", "4940e8a9",
                                            "5411772f", "a4acb9f2", "9adf0d23"));
}

// Two coloured-coin transactions that other tools take for mixes (ALGORITHMS.md 13).
TEST(RealCoinJoins, ColouredCoinsAreNoMixes) {
  const auto tx = [](std::vector<std::uint64_t> values, std::uint64_t inputs) {
    TransactionFacts facts;
    for (std::uint64_t i = 0; i < inputs; ++i) {
      facts.inputs.push_back({10'000'000 / inputs, AddressNum{i}, ScriptType::kPubkeyHash, {}});
    }
    facts.outputs.push_back({0, AddressNum{100}, ScriptType::kNullData});
    for (std::uint64_t i = 0; i < values.size(); ++i) {
      facts.outputs.push_back({values[i], AddressNum{200 + i}, ScriptType::kPubkeyHash});
    }
    return facts;
  };
  EXPECT_FALSE(JudgeMix(tx({600, 5'248'496, 600}, 2), nullptr).may_have_parties());
  EXPECT_FALSE(JudgeMix(tx({2700, 2700, 2700, 89'044}, 4), nullptr).may_have_parties());
}

// The same transactions on the main network before a protocol existed bear another name or none.
TEST(RealCoinJoins, ProtocolsHaveABeginning) {
  const auto count_at = [](const std::string& name, std::uint64_t height) {
    std::vector<RealTransaction> list = ReadRealTransactions(name);
    for (RealTransaction& tx : list) tx.facts.main_height = height;
    return Count(list);
  };
  EXPECT_EQ(count_at("whirlpool", 569'999).count("whirlpool"), 0u);
  EXPECT_EQ(count_at("whirlpool", 570'000)["whirlpool"], 1403u);
  EXPECT_EQ(count_at("wasabi1_2018", 530'499).count("wasabi1"), 0u);
  EXPECT_EQ(count_at("wasabi1_2018", 530'500)["wasabi1"], 152u);
  EXPECT_EQ(count_at("wasabi2", 741'212).count("wasabi2"), 0u);
  EXPECT_EQ(count_at("wasabi2", 741'213)["wasabi2"], 33u);
}

}  // namespace
}  // namespace coinwake::test
