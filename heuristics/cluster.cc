#include "heuristics/cluster.h"

#include <algorithm>

#include "heuristics/evidence_search.h"
#include "indexer/base/check.h"

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
    case Rule::kChange:
      return "change";
    case Rule::kSameKey:
      return "same_key";
  }
  return "unknown";
}

std::uint32_t RuleVersion(Rule rule) {
  switch (rule) {
    case Rule::kCoSpend:
      return kCoSpendVersion;
    case Rule::kChange:
      return kChangeVersion;
    case Rule::kSameKey:
      return kSameKeyVersion;
  }
  return 0;
}

AddressNum Cluster::id() const {
  return partition_ != nullptr ? partition_->ClusterOf(address_) : members_.front();
}

std::uint64_t Cluster::size() const {
  return partition_ != nullptr ? partition_->SizeOf(address_) : members_.size();
}

std::vector<AddressNum> Cluster::Members(std::optional<AddressNum> after, std::size_t limit) const {
  if (partition_ != nullptr) return partition_->Members(address_, after, limit);
  const auto begin = after.has_value() ? std::upper_bound(members_.begin(), members_.end(), *after)
                                       : members_.begin();
  const auto left = static_cast<std::size_t>(members_.end() - begin);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(left, limit))};
}

absl::StatusOr<Cluster> ClusterAround(const View& view, Profile profile, AddressNum address,
                                      std::uint64_t max_rows) {
  COINWAKE_CHECK(profile == Profile::kStrict);
  const FactsReader reader = FactsReader::ForQuestion(view);
  RowBudget budget(max_rows);
  EvidenceSearch search(reader, /*change=*/nullptr, address);
  while (!search.frontier().empty()) COINWAKE_RETURN_IF_ERROR(search.Advance(&budget));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return Cluster(search.AllReached());
}

}  // namespace coinwake
