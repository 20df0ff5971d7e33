// Goal: a file of rules is read as it says, and whatever is wrong with one is told with its line,
// the rule, the key and what to write instead.
// Method: files by hand, each wrong in one way; and the default rules held against docs.
#include "screening/rules_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "indexer/tron/known_addresses.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kHead[] = "version: 1\nrules:\n";

absl::StatusOr<RuleSet> Parsed(const std::string& text) { return ParseRules(text, "rules.yaml"); }
// One rule with these further lines, each of which follows `id` and `score`.
absl::StatusOr<RuleSet> OneRule(const std::string& lines) {
  return Parsed(std::string(kHead) + "  - id: one\n    score: 7\n" + lines);
}

// The message is about `line` and has `what`, on one line.
void ExpectWrong(const absl::StatusOr<RuleSet>& parsed, const std::string& line,
                 const std::string& what) {
  ASSERT_THAT(parsed.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        AllOf(HasSubstr("rules.yaml:" + line + ": "),
                                              HasSubstr(what), Not(HasSubstr("\n")))));
}

TEST(RulesFile, IsReadAsItSays) {
  ASSERT_OK_AND_ASSIGN(
      const RuleSet rules,
      Parsed(std::string(kHead) +
             "  - id: all-keys_1\n"
             "    description: Everything there is\n"
             "    score: 100\n"
             "    direction: deposit\n"
             "    exposure: [direct, indirect]\n"
             "    classes: [sanction, seller]\n"
             "    categories: [Tumbler, mixer]\n"
             "    entities: Quayside Bank\n"
             "    labels: [b, a]\n"
             "    lists: ['OFAC SDN']\n"
             "    seeds: [\"*\"]\n"
             "    any_seed: false\n"
             "    assets: [USDT, BTC]\n"
             "    min_amount: {BTC: 5, USDT: "
             "115792089237316195423570985008687907853269984665640564039457584007913129639935}\n"
             "    min_share_ppm: 1000000\n"
             "    as_of: 2024-09-27\n"
             "  - {id: short, score: 0, exposure: own, any_seed: true}\n"));
  ASSERT_THAT(rules.rules, SizeIs(2));
  const ScreenRule& all = rules.rules[0];
  EXPECT_EQ(all.id, "all-keys_1");
  EXPECT_EQ(all.description, "Everything there is");
  EXPECT_EQ(all.score, 100U);
  EXPECT_EQ(all.sides, (ScreenSides{true, false}));
  EXPECT_FALSE(all.Has(Relation::kOwn));
  EXPECT_TRUE(all.Has(Relation::kDirect));
  EXPECT_TRUE(all.Has(Relation::kIndirect));
  EXPECT_THAT(all.classes, ElementsAre(LabelClass::kSanction, LabelClass::kSeller));
  EXPECT_THAT(all.categories, ElementsAre("mixer", "tumbler"));
  EXPECT_THAT(all.entities, ElementsAre("Quayside Bank"));
  EXPECT_THAT(all.labels, ElementsAre("a", "b"));
  EXPECT_THAT(all.lists, ElementsAre("OFAC SDN"));
  EXPECT_THAT(all.seeds, ElementsAre("*"));
  EXPECT_FALSE(all.any_seed);
  const std::string usdt = "TRC20:" + std::string(tron::kTetherContract);
  EXPECT_THAT(all.assets, ElementsAre("BTC", usdt));
  EXPECT_EQ(all.min_amounts.at("BTC"), 5);
  EXPECT_EQ(all.min_amounts.at(usdt), ~Uint256(0));
  EXPECT_EQ(all.min_share_ppm, 1'000'000U);
  const ScreenRule& brief = rules.rules[1];
  EXPECT_EQ(brief.sides, ScreenSides());
  EXPECT_TRUE(brief.Has(Relation::kOwn));
  EXPECT_FALSE(brief.IsAboutPayments());
  EXPECT_THAT(rules.moments, ElementsAre(ParseDate("2024-09-27"), std::nullopt));
  EXPECT_EQ(all.moment, 0U);
  EXPECT_EQ(brief.moment, 1U);
}

TEST(RulesFile, MayBeJson) {
  ASSERT_OK_AND_ASSIGN(
      const RuleSet rules,
      Parsed(R"({"version": 1, "rules": [{"id": "x", "score": 5, "exposure": ["own"],)"
             R"( "any_seed": true}]})"));
  EXPECT_EQ(rules.rules.at(0).id, "x");
}

TEST(RulesFile, IsKnownByItsBytes) {
  const std::string text = std::string(kHead) + "  - {id: x, score: 1, exposure: own, lists: a}\n";
  ASSERT_OK_AND_ASSIGN(const RuleSet rules, Parsed(text));
  ASSERT_OK_AND_ASSIGN(const RuleSet same, ParseRules(text, "another name"));
  ASSERT_OK_AND_ASSIGN(const RuleSet other, Parsed(text + "\n"));
  EXPECT_EQ(rules.sha256, same.sha256);
  EXPECT_NE(rules.sha256, other.sha256);
  EXPECT_EQ(rules.sha256, Sha256(AsBytes(text.data(), text.size())));
}

TEST(RulesFile, SaysWhatIsWrongWithTheWhole) {
  ExpectWrong(Parsed(""), "1", "version: 1");
  ExpectWrong(Parsed("just text"), "1", "version: 1");
  ExpectWrong(Parsed("rules:\n  - {id: x}\n"), "1", "version is missing");
  ExpectWrong(Parsed("version: 2\nrules: []\n"), "1", "reads version 1");
  ExpectWrong(Parsed("version: 1\n"), "1", "rules is missing");
  ExpectWrong(Parsed("version: 1\nrules: []\n"), "2", "one at least");
  ExpectWrong(Parsed("version: 1\nrules:\n"), "2", "one at least");
  ExpectWrong(Parsed("version: 1\nrule:\n"), "2", "unknown key \"rule\"");
  ExpectWrong(Parsed("version: 1\nversion: 1\n"), "2", "twice");
  EXPECT_THAT(Parsed("version: 1\nrules: [\n").status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no YAML")));
  ExpectWrong(Parsed("version: 1\n---\nversion: 1\n"), "2", "a second document");
  ExpectWrong(Parsed("version: &a 1\nrules: *a\n"), "1", "an anchor");
  ExpectWrong(Parsed(std::string(kHead) + "  - text\n"), "3", "a rule is a map");
  ExpectWrong(Parsed("version: 1\nrules: [[[[[[[[[[x]]]]]]]]]]\n"), "2", "nested too deep");
}

TEST(RulesFile, SaysWhatIsWrongWithARule) {
  const std::string ok = "    exposure: direct\n    classes: sanction\n";
  ASSERT_OK(OneRule(ok).status());
  ExpectWrong(Parsed(std::string(kHead) + "  - score: 1\n"), "3", "without id");
  ExpectWrong(Parsed(std::string(kHead) + "  - id: Upper\n    score: 1\n"), "3", "a-z, 0-9");
  ExpectWrong(Parsed(std::string(kHead) + "  - id: " + std::string(65, 'x') + "\n"), "3", "64");
  ExpectWrong(Parsed(std::string(kHead) + "  - id: x\n" + ok), "3", "rule \"x\": score is missing");
  ExpectWrong(OneRule(ok + "  - id: one\n    score: 1\n" + ok), "7", "another rule's");
  ExpectWrong(OneRule(ok + "    min_ammount: {BTC: 1}\n"), "7",
              "rule \"one\": unknown key \"min_ammount\"; a rule has id, description");
  ExpectWrong(OneRule(ok + "    direction: in\n"), "7", "deposit, withdrawal or both");
  ExpectWrong(OneRule(ok + "    min_share_ppm: 1000001\n"), "7", "0 to 1000000");
  ExpectWrong(OneRule(ok + "    min_share_ppm: 1.5\n"), "7", "\"1.5\" is none");
  ExpectWrong(OneRule(ok + "    min_share_ppm: -1\n"), "7", "whole number");
  ExpectWrong(OneRule(ok + "    min_share_ppm: []\n"), "7", "whole number");
  ExpectWrong(OneRule(ok + "    as_of: yesterday\n"), "7", "2024-09-27");
  ExpectWrong(OneRule(ok + "    as_of:\n"), "7", "2024-09-27");
  ExpectWrong(OneRule(ok + "    any_seed: yes\n"), "7", "true or false");
  ExpectWrong(OneRule(ok + "    assets: [ETH]\n"), "7", "no asset");
  ExpectWrong(OneRule(ok + "    min_amount: 5\n"), "7", "{BTC: 10000}");
  ExpectWrong(OneRule(ok + "    min_amount: {BTC: 0.5}\n"), "7", "digits alone");
  ExpectWrong(OneRule(ok + "    min_amount: {ETH: 5}\n"), "7", "no asset");
  ExpectWrong(OneRule(ok + "    min_amount: {USDT: 5, \"TRC20:" +
                      std::string(tron::kTetherContract) + "\": 6}\n"),
              "7", "leave one out");
  ExpectWrong(OneRule(ok + "    assets: TRX\n    min_amount: {BTC: 5}\n"), "3",
              "none of the rule's assets");
  ExpectWrong(OneRule(ok + "    entities: []\n"), "7", "leave the key out");
  ExpectWrong(OneRule(ok + "    entities: [a, {b: c}]\n"), "7", "texts alone");
  ExpectWrong(OneRule(ok + "    lists: \"" + std::string(1025, 'x') + "\"\n"), "7", "1024 bytes");
  ExpectWrong(OneRule(ok + "    description: [a]\n"), "7", "a text");
  ExpectWrong(OneRule("    exposure: near\n    classes: sanction\n"), "5",
              "own, cluster, direct or indirect");
  ExpectWrong(OneRule("    exposure: own\n    classes: [bad]\n"), "6", "service, seller");
  ExpectWrong(OneRule("    classes: sanction\n"), "3", "exposure is missing");
  ExpectWrong(OneRule("    exposure: own\n"), "3", "about nobody");
  ExpectWrong(OneRule("    exposure: own\n    any_seed: false\n"), "3", "about nobody");
  ExpectWrong(OneRule("    exposure: [own, direct]\n    any_seed: true\n    min_share_ppm: 1\n"),
              "3", "a rule without them");
  ExpectWrong(OneRule("    score: 8\n"), "5", "twice");
  ExpectWrong(Parsed(std::string(kHead) + "  - id: x\n    score: 101\n"), "4", "0 to 100");
}

TEST(RulesFile, ShowsNoBytesThatATerminalObeys) {
  const absl::StatusOr<RuleSet> parsed = OneRule("    \"\\e[2J\\n\": 1\n");
  ExpectWrong(parsed, "5", "unknown key");
  EXPECT_THAT(std::string(parsed.status().message()), Not(HasSubstr("\x1b")));
}

TEST(RulesFile, HasLimits) {
  const auto rule = [](std::size_t n, const std::string& more) {
    return "  - {id: r" + std::to_string(n) + ", score: 1, exposure: own, any_seed: true" + more +
           "}\n";
  };
  std::string many = kHead;
  for (std::size_t i = 0; i < kMaxRules; ++i) many += rule(i, "");
  EXPECT_OK(Parsed(many).status());
  ExpectWrong(Parsed(many + rule(kMaxRules, "")), "2", "at most 256");

  std::string dates = kHead + rule(99, "");
  for (std::size_t i = 0; i < kMaxRuleDates; ++i) {
    dates += rule(i, ", as_of: 2024-01-1" + std::to_string(i));
  }
  EXPECT_OK(Parsed(dates).status());
  ExpectWrong(Parsed(dates + rule(98, ", as_of: 2023-01-01")), "12", "different dates");

  std::string items = "x";
  for (std::size_t i = 1; i < kMaxRuleItems; ++i) items += ", x";
  EXPECT_OK(OneRule("    exposure: own\n    lists: [" + items + "]\n").status());
  ExpectWrong(OneRule("    exposure: own\n    lists: [" + items + ", x]\n"), "6", "1 to 1000");

  const std::string long_text(kMaxRulesBytes, '#');
  EXPECT_THAT(Parsed(long_text + "#").status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 1048576")));
}

TEST(RulesFile, IsReadFromAFileSystem) {
  FaultFileSystem files;
  EXPECT_THAT(ReadRulesFile(files, "/none").status(), StatusIs(absl::StatusCode::kNotFound));
}

TEST(DefaultRules, AreThoseOfThePage) {
  const RuleSet& rules = DefaultRules();
  EXPECT_THAT(rules.rules, Not(IsEmpty()));
  EXPECT_THAT(rules.moments, ElementsAre(std::nullopt));
  std::ifstream page(COINWAKE_TEST_DATA "/../../docs/screening.md");
  std::stringstream text;
  text << page.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("```yaml\n" + std::string(DefaultRulesText()) + "```\n"));
}

}  // namespace
}  // namespace coinwake
