// Holds rules against facts: which rules fire, with how much, because of whom.
//
// Pure: facts in, alerts out; nothing here knows of a chain. Amounts are base units.
//
// A rule fires for the relation `own` or `cluster` where it names what is said of the subject, or
// of its cluster; no amount matters to that. About payments it fires once a side and asset: for the
// sum of what was paid directly, indirectly or both, as its relations say, over everybody it names,
// where that sum is above zero, at least the rule's min_amount in the asset, and at least its
// min_share_ppm of all that was paid on that side in that asset. Both ends are exact: a sum that
// equals a threshold fires.
#ifndef COINWAKE_SCREENING_SCREENING_H_
#define COINWAKE_SCREENING_SCREENING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/amount.h"
#include "screening/rules.h"

namespace coinwake {

// What somebody paid the subject, or was paid by it.
struct ScreenContact {
  std::uint32_t who = 0;  // index into ScreenFacts::said
  ScreenSide side = ScreenSide::kSource;
  std::uint32_t asset = 0;  // index into ScreenFacts::assets
  AmountSum direct = 0;
  AmountSum indirect = 0;
};

// All that was paid to the subject, or by it, what it paid itself left out.
struct ScreenTotal {
  ScreenSide side = ScreenSide::kSource;
  std::uint32_t asset = 0;
  AmountSum amount = 0;
};

struct ScreenFacts {
  std::vector<std::string> assets;
  Said own;                // of the subject; one for each moment of the rules, as all of these
  Said cluster;            // of its cluster
  std::vector<Said> said;  // of everybody else
  // One for each who, side and asset; at most one total a side and asset.
  std::vector<ScreenContact> contacts;
  std::vector<ScreenTotal> totals;
};

struct ScreenAlert {
  std::uint32_t rule = 0;  // index into RuleSet::rules
  // kOwn or kCluster; nullopt: about payments.
  std::optional<Relation> about_subject = {};
  // Of payments alone.
  ScreenSide side = ScreenSide::kSource;
  std::uint32_t asset = 0;
  AmountSum direct = 0;  // 0 where the rule does not count it; likewise the next one
  AmountSum indirect = 0;
  std::uint32_t share_ppm = 0;               // of the total, rounded down; at most kPartsPerMillion
  std::vector<std::uint32_t> contacts = {};  // indices into ScreenFacts::contacts, ascending
};

// Parts per million that `part` is of `whole`, rounded down; 0 where there is no whole, and never
// more than kPartsPerMillion.
std::uint32_t ShareOf(const AmountSum& part, const AmountSum& whole);

// The alerts of the rules that fire for `sides`: by falling score, then as the rules stand, then
// own, cluster, payments by side and asset. O(rules x (contacts + what is said)).
std::vector<ScreenAlert> Screen(const RuleSet& rules, const ScreenSides& sides,
                                const ScreenFacts& facts);

// The largest score of a rule that fired. nullopt: none did, which is not 0, and is no finding
// that nothing is there.
std::optional<std::uint32_t> RiskScoreOf(const RuleSet& rules,
                                         const std::vector<ScreenAlert>& alerts);

}  // namespace coinwake

#endif  // COINWAKE_SCREENING_SCREENING_H_
