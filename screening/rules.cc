#include "screening/rules.h"

#include <algorithm>

#include "indexer/base/ascii.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

bool Holds(const std::vector<std::string>& sorted, std::string_view text) {
  if (text.empty()) return false;
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), text);
  return place != sorted.end() && *place == text;
}

}  // namespace

std::string_view RelationName(Relation relation) {
  switch (relation) {
    case Relation::kOwn:
      return "own";
    case Relation::kCluster:
      return "cluster";
    case Relation::kDirect:
      return "direct";
    case Relation::kIndirect:
      return "indirect";
  }
  return "own";
}

std::string_view ScreenSideName(ScreenSide side) {
  return side == ScreenSide::kSource ? "source" : "destination";
}

std::optional<ScreenSides> ParseScreenDirection(std::string_view word) {
  if (word == "both") return ScreenSides{true, true};
  if (word == "deposit") return ScreenSides{true, false};
  if (word == "withdrawal") return ScreenSides{false, true};
  return std::nullopt;
}

std::string_view ScreenDirectionName(const ScreenSides& sides) {
  if (sides.source && sides.destination) return "both";
  return sides.source ? "deposit" : "withdrawal";
}

bool ScreenRule::TakesAsset(std::string_view asset) const {
  return assets.empty() || Holds(assets, asset);
}

bool ScreenRule::Names(const Claim& claim) const {
  if (std::find(classes.begin(), classes.end(), claim.label_class) != classes.end()) return true;
  if (!categories.empty() && (Holds(categories, ascii::ToLower(claim.category)) ||
                              Holds(categories, ascii::ToLower(claim.abuse)))) {
    return true;
  }
  return Holds(entities, claim.actor) || Holds(entities, claim.entity) ||
         Holds(labels, claim.name) || Holds(lists, claim.list);
}

bool ScreenRule::NamesSeed(std::string_view seed) const { return any_seed || Holds(seeds, seed); }

bool ScreenRule::Names(const Identity& identity) const {
  return std::any_of(identity.claims.begin(), identity.claims.end(),
                     [this](const Claim& claim) { return Names(claim); }) ||
         std::any_of(identity.seeds.begin(), identity.seeds.end(),
                     [this](const std::string& seed) { return NamesSeed(seed); });
}

bool IsNamedAmongPayments(const RuleSet& rules, ScreenSide side, const Said& said) {
  COINWAKE_CHECK(said.size() == rules.moments.size());
  return std::any_of(rules.rules.begin(), rules.rules.end(), [&](const ScreenRule& rule) {
    return rule.IsAboutPayments() && rule.sides.Have(side) && rule.Names(said[rule.moment]);
  });
}

}  // namespace coinwake
