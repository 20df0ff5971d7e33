// Goal: a rule fires where it is met and nowhere else, on both sides of each threshold; the score
// is the largest of those that fired, and absent where none did.
// Method: facts by hand; then random rules and facts against a slow reference that asks for every
// rule, side and asset anew.
#include "screening/screening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Identity Sanctioned() {
  Identity identity;
  identity.claims.push_back({.label_class = LabelClass::kSanction, .name = "listed"});
  return identity;
}
Identity MixerOf(const std::string& entity) {
  Identity identity;
  identity.claims.push_back(
      {.label_class = LabelClass::kService, .category = "Mixer", .entity = entity});
  return identity;
}

ScreenRule RuleAbout(const std::vector<Relation>& relations, std::uint32_t score) {
  ScreenRule rule;
  rule.score = score;
  for (const Relation relation : relations) {
    rule.relations[static_cast<std::size_t>(relation)] = true;
  }
  return rule;
}

RuleSet SetOf(std::vector<ScreenRule> rules) {
  RuleSet set;
  set.rules = std::move(rules);
  set.moments = {std::nullopt};
  return set;
}

// One who paid `direct` and `indirect` of `total`, in BTC.
ScreenFacts Paid(const Identity& who, std::uint64_t direct, std::uint64_t indirect,
                 std::uint64_t total) {
  ScreenFacts facts;
  facts.assets = {"BTC"};
  facts.own = {Identity()};
  facts.cluster = {Identity()};
  facts.said = {{who}};
  facts.contacts = {{.who = 0, .direct = direct, .indirect = indirect}};
  facts.totals = {{.amount = total}};
  return facts;
}

std::size_t Fired(const RuleSet& rules, const ScreenFacts& facts, const ScreenSides& sides = {}) {
  return Screen(rules, sides, facts).size();
}

TEST(Screening, CountsAmountsToTheUnit) {
  ScreenRule rule = RuleAbout({Relation::kDirect}, 10);
  rule.classes = {LabelClass::kSanction};
  rule.min_amounts["BTC"] = 100;
  const RuleSet rules = SetOf({rule});
  EXPECT_EQ(Fired(rules, Paid(Sanctioned(), 100, 0, 1'000)), 1U);
  EXPECT_EQ(Fired(rules, Paid(Sanctioned(), 99, 1'000, 2'000)), 0U);
  EXPECT_EQ(Fired(rules, Paid(Identity(), 100, 0, 1'000)), 0U);
  ScreenFacts other_asset = Paid(Sanctioned(), 1, 0, 1'000);
  other_asset.assets = {"TRX"};  // has no least amount
  EXPECT_EQ(Fired(rules, other_asset), 1U);
}

TEST(Screening, CountsSharesToTheUnit) {
  ScreenRule rule = RuleAbout({Relation::kDirect, Relation::kIndirect}, 10);
  rule.classes = {LabelClass::kSanction};
  rule.min_share_ppm = 250'001;
  const RuleSet rules = SetOf({rule});
  EXPECT_EQ(Fired(rules, Paid(Sanctioned(), 150'000, 100'001, 1'000'000)), 1U);
  EXPECT_EQ(Fired(rules, Paid(Sanctioned(), 150'000, 100'000, 1'000'000)), 0U);
  const auto alerts = Screen(rules, {}, Paid(Sanctioned(), 2, 0, 3));
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].share_ppm, 666'666U);
  EXPECT_EQ(ShareOf(1, 0), 0U);
  EXPECT_EQ(ShareOf(3, 2), kPartsPerMillion);
  const AmountSum large = AmountSum(~Uint256(0)) << 40;
  EXPECT_EQ(ShareOf(large / 2, large), 500'000U);
  EXPECT_EQ(ShareOf(large / 2 - 1, large), 499'999U);
}

TEST(Screening, AddsUpWhomARuleNames) {
  ScreenRule rule = RuleAbout({Relation::kDirect}, 10);
  rule.categories = {"mixer"};
  rule.min_amounts["BTC"] = 10;
  ScreenFacts facts = Paid(MixerOf("A"), 6, 50, 100);
  facts.said.push_back({Sanctioned()});
  facts.said.push_back({MixerOf("B")});
  facts.contacts.push_back({.who = 1, .direct = 70, .indirect = 0});
  facts.contacts.push_back({.who = 2, .direct = 4, .indirect = 0});
  const auto alerts = Screen(SetOf({rule}), {}, facts);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].direct, 10);
  EXPECT_EQ(alerts[0].indirect, 0);
  EXPECT_EQ(alerts[0].share_ppm, 100'000U);
  EXPECT_THAT(alerts[0].contacts, ElementsAre(0, 2));
  rule.entities = {"nobody"};
  rule.categories.clear();
  EXPECT_EQ(Fired(SetOf({rule}), facts), 0U);
}

TEST(Screening, KeepsSidesApart) {
  ScreenRule deposit = RuleAbout({Relation::kDirect}, 10);
  deposit.classes = {LabelClass::kSanction};
  deposit.sides = {true, false};
  const ScreenFacts source = Paid(Sanctioned(), 1, 0, 1);
  ScreenFacts destination = source;
  destination.contacts[0].side = ScreenSide::kDestination;
  destination.totals[0].side = ScreenSide::kDestination;
  EXPECT_EQ(Fired(SetOf({deposit}), source), 1U);
  EXPECT_EQ(Fired(SetOf({deposit}), source, {true, false}), 1U);
  EXPECT_EQ(Fired(SetOf({deposit}), source, {false, true}), 0U);
  EXPECT_EQ(Fired(SetOf({deposit}), destination), 0U);
}

TEST(Screening, AsksWhatIsSaidOfTheSubjectWithoutAmounts) {
  ScreenRule rule = RuleAbout({Relation::kOwn, Relation::kCluster}, 10);
  rule.any_seed = true;
  rule.categories = {"mixer"};
  ScreenFacts facts = Paid(Identity(), 0, 0, 0);
  EXPECT_EQ(Fired(SetOf({rule}), facts), 0U);
  facts.own[0].seeds = {"Blue Heron"};
  facts.cluster[0] = MixerOf("A");
  const auto alerts = Screen(SetOf({rule}), {}, facts);
  ASSERT_THAT(alerts, SizeIs(2));
  EXPECT_EQ(alerts[0].about_subject, Relation::kOwn);
  EXPECT_EQ(alerts[1].about_subject, Relation::kCluster);
  rule.sides = {true, false};
  EXPECT_EQ(Fired(SetOf({rule}), facts, {false, true}), 0U);
  facts.own.clear();  // a transaction has none
  facts.cluster.clear();
  EXPECT_EQ(Fired(SetOf({rule}), facts), 0U);
}

TEST(Screening, TakesWhatWasSaidWhenTheRuleAsks) {
  ScreenRule then = RuleAbout({Relation::kDirect}, 10);
  then.classes = {LabelClass::kSanction};
  ScreenRule now = then;
  now.moment = 1;
  RuleSet rules = SetOf({then, now});
  rules.moments = {ParseDate("2020-01-01"), std::nullopt};
  ScreenFacts facts = Paid(Identity(), 5, 0, 5);
  facts.own = facts.cluster = {Identity(), Identity()};
  facts.said = {{Identity(), Sanctioned()}};
  const auto alerts = Screen(rules, {}, facts);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].rule, 1U);
  EXPECT_TRUE(IsNamedAmongPayments(rules, ScreenSide::kSource, facts.said[0]));
  EXPECT_FALSE(IsNamedAmongPayments(SetOf({then}), ScreenSide::kSource, {Identity()}));
}

TEST(Screening, ScoresByTheLargestOfThoseThatFired) {
  ScreenRule low = RuleAbout({Relation::kDirect}, 0);
  low.classes = {LabelClass::kSanction};
  ScreenRule high = low;
  high.score = 80;
  const ScreenFacts facts = Paid(Sanctioned(), 1, 0, 1);
  const RuleSet rules = SetOf({low, high});
  const auto alerts = Screen(rules, {}, facts);
  ASSERT_THAT(alerts, SizeIs(2));
  EXPECT_EQ(alerts[0].rule, 1U);
  EXPECT_EQ(RiskScoreOf(rules, alerts), 80U);
  EXPECT_EQ(RiskScoreOf(SetOf({low}), Screen(SetOf({low}), {}, facts)), 0U);
  EXPECT_EQ(RiskScoreOf(rules, {}), std::nullopt);
  EXPECT_THAT(Screen(rules, {}, Paid(Identity(), 1, 0, 1)), IsEmpty());
}

// Random small worlds.

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}

  RuleSet Rules() {
    std::vector<ScreenRule> rules(1 + Below(6));
    for (ScreenRule& rule : rules) {
      rule.score = static_cast<std::uint32_t>(Below(4) * 10);
      rule.sides = {Below(3) != 0, Below(3) != 0};
      for (bool& has : rule.relations) has = Below(2) == 0;
      if (Below(2) == 0) rule.classes = {LabelClass::kSanction};
      if (Below(2) == 0) rule.categories = {"mixer", "pool"};
      if (Below(3) == 0) rule.seeds = {"s1"};
      if (Below(5) == 0) rule.any_seed = true;
      if (Below(3) == 0) rule.assets = {"BTC"};
      if (Below(2) == 0) rule.min_amounts["BTC"] = Below(8);
      if (Below(2) == 0) rule.min_share_ppm = static_cast<std::uint32_t>(Below(1'000'001));
    }
    return SetOf(std::move(rules));
  }

  ScreenFacts Facts() {
    ScreenFacts facts;
    facts.assets = {"BTC", "TRX"};
    facts.own = {Said1()};
    facts.cluster = {Said1()};
    for (std::uint32_t who = 0; who < Below(5); ++who) facts.said.push_back({Said1()});
    for (const ScreenSide side : {ScreenSide::kSource, ScreenSide::kDestination}) {
      for (std::uint32_t asset = 0; asset < 2; ++asset) {
        AmountSum total = Below(5);
        for (std::uint32_t who = 0; who < facts.said.size(); ++who) {
          if (Below(2) == 0) continue;
          facts.contacts.push_back({who, side, asset, Below(5), Below(5)});
          total += facts.contacts.back().direct + facts.contacts.back().indirect;
        }
        facts.totals.push_back({side, asset, total});
      }
    }
    std::shuffle(facts.contacts.begin(), facts.contacts.end(), random_);
    return facts;
  }

  ScreenSides Sides() { return {Below(3) != 0, Below(3) != 0}; }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  Identity Said1() {
    Identity identity;
    if (Below(3) == 0) identity.claims.push_back({.label_class = LabelClass::kSanction});
    if (Below(3) == 0) identity.claims.push_back({.category = "MIXER"});
    if (Below(3) == 0) identity.claims.push_back({.category = "cafe", .abuse = "pool"});
    if (Below(4) == 0) identity.seeds.push_back("s" + std::to_string(Below(2)));
    return identity;
  }

  std::mt19937_64 random_;
};

bool SlowNames(const ScreenRule& rule, const Identity& identity) {
  for (const Claim& claim : identity.claims) {
    for (const LabelClass one : rule.classes) {
      if (one == claim.label_class) return true;
    }
    for (const std::string& one : rule.categories) {
      if (one == (claim.category == "MIXER" ? "mixer" : claim.category)) return true;
      if (one == claim.abuse) return true;
    }
  }
  for (const std::string& seed : identity.seeds) {
    if (rule.any_seed) return true;
    for (const std::string& one : rule.seeds) {
      if (one == seed) return true;
    }
  }
  return false;
}

// "0 own", "1 source BTC 5+0 of 9".
std::vector<std::string> SlowScreen(const RuleSet& rules, const ScreenSides& sides,
                                    const ScreenFacts& facts) {
  std::vector<std::string> lines;
  for (std::uint32_t score = kMaxRiskScore + 1; score-- > 0;) {
    for (std::size_t r = 0; r < rules.rules.size(); ++r) {
      const ScreenRule& rule = rules.rules[r];
      if (rule.score != score) continue;
      const bool takes_part =
          (sides.source && rule.sides.source) || (sides.destination && rule.sides.destination);
      if (takes_part && rule.relations[0] && SlowNames(rule, facts.own[0])) {
        lines.push_back(absl::StrCat(r, " own"));
      }
      if (takes_part && rule.relations[1] && SlowNames(rule, facts.cluster[0])) {
        lines.push_back(absl::StrCat(r, " cluster"));
      }
      for (const ScreenTotal& total : facts.totals) {
        const bool is_source = total.side == ScreenSide::kSource;
        if (!(is_source ? sides.source && rule.sides.source
                        : sides.destination && rule.sides.destination)) {
          continue;
        }
        if (!rule.assets.empty() && total.asset != 0) continue;
        std::uint64_t direct = 0;
        std::uint64_t indirect = 0;
        for (const ScreenContact& contact : facts.contacts) {
          if (contact.side != total.side || contact.asset != total.asset) continue;
          if (!SlowNames(rule, facts.said[contact.who][0])) continue;
          if (rule.relations[2]) direct += static_cast<std::uint64_t>(contact.direct);
          if (rule.relations[3]) indirect += static_cast<std::uint64_t>(contact.indirect);
        }
        const std::uint64_t sum = direct + indirect;
        if (sum == 0) continue;
        if (total.asset == 0 && rule.min_amounts.contains("BTC") &&
            sum < static_cast<std::uint64_t>(rule.min_amounts.at("BTC"))) {
          continue;
        }
        const auto whole = static_cast<std::uint64_t>(total.amount);
        if (sum * 1'000'000 < whole * rule.min_share_ppm) continue;
        lines.push_back(absl::StrCat(r, is_source ? " source " : " destination ",
                                     facts.assets[total.asset], " ", direct, "+", indirect));
      }
    }
  }
  return lines;
}

TEST(Screening, AgreesWithASlowReference) {
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    const RuleSet rules = world.Rules();
    const ScreenFacts facts = world.Facts();
    const ScreenSides sides = world.Sides();
    std::vector<std::string> lines;
    for (const ScreenAlert& alert : Screen(rules, sides, facts)) {
      if (alert.about_subject.has_value()) {
        lines.push_back(
            absl::StrCat(alert.rule, " ", std::string(RelationName(*alert.about_subject))));
        continue;
      }
      lines.push_back(absl::StrCat(alert.rule, " ", std::string(ScreenSideName(alert.side)), " ",
                                   facts.assets[alert.asset], " ", alert.direct.str(), "+",
                                   alert.indirect.str()));
    }
    EXPECT_EQ(lines, SlowScreen(rules, sides, facts));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace coinwake
