#include "heuristics/cluster.h"

#include "heuristics/co_spend.h"

namespace coinwake {

std::string_view ProfileName(Profile profile) {
  switch (profile) {
    case Profile::kStrict:
      return "strict";
    case Profile::kStandard:
      return "standard";
    case Profile::kExploratory:
      return "exploratory";
  }
  return "standard";
}

std::optional<Profile> ParseProfile(std::string_view name) {
  for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
    if (ProfileName(profile) == name) return profile;
  }
  return std::nullopt;
}

std::string_view RuleName(Rule rule) {
  switch (rule) {
    case Rule::kCoSpend:
      return "co_spend";
  }
  return "unknown";
}

void CoSpendLinks(const View& view, TxNum tx, std::vector<EvidenceLink>* links) {
  const std::vector<AddressNum> addresses = CoSpenders(view, tx);
  for (std::size_t i = 1; i < addresses.size(); ++i) {
    EvidenceLink link;
    link.a = addresses[0];
    link.b = addresses[i];
    link.tx = tx;
    link.confidence_permille = kCoSpendConfidencePermille;
    links->push_back(link);
  }
}

}  // namespace coinwake
