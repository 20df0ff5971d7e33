// Files of rules: any bytes are read or refused with one line, and what is read keeps to the limits
// and can be held against facts.
#include <cstddef>
#include <cstdint>
#include <string>

#include "indexer/base/check.h"
#include "screening/rules_file.h"
#include "screening/screening.h"

namespace coinwake {
namespace {

void CheckRules(std::string_view text) {
  const absl::StatusOr<RuleSet> rules = ParseRules(text, "fuzz");
  if (!rules.ok()) {
    COINWAKE_CHECK(rules.status().message().find('\n') == std::string::npos);
    return;
  }
  COINWAKE_CHECK(!rules->rules.empty() && rules->rules.size() <= kMaxRules);
  COINWAKE_CHECK(rules->moments.size() <= kMaxRuleDates + 1);
  ScreenFacts facts;
  facts.assets = {"BTC", "TRX"};
  Identity identity;
  identity.claims.push_back({.label_class = LabelClass::kSanction, .category = "mixer"});
  identity.seeds.push_back("a seller");
  facts.own = facts.cluster = Said(rules->moments.size(), identity);
  facts.said = {facts.own};
  facts.contacts = {{.who = 0, .direct = 10'000, .indirect = 1}};
  facts.totals = {{.amount = 10'001}};
  const auto alerts = Screen(*rules, {}, facts);
  for (const ScreenRule& rule : rules->rules) COINWAKE_CHECK(rule.score <= kMaxRiskScore);
  COINWAKE_CHECK(RiskScoreOf(*rules, alerts).has_value() == !alerts.empty());
}

}  // namespace
}  // namespace coinwake

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  coinwake::CheckRules({reinterpret_cast<const char*>(data), size});
  return 0;
}
