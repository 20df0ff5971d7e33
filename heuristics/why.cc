#include <algorithm>
#include <optional>

#include "heuristics/change_model.h"
#include "heuristics/cluster.h"
#include "heuristics/evidence_search.h"
#include "heuristics/same_key.h"

namespace coinwake {
namespace {

EvidenceLink MakeLink(AddressNum a, AddressNum b, const EvidenceSearch::Step& step) {
  EvidenceLink link;
  link.a = a;
  link.b = b;
  link.rule = step.rule;
  link.rule_version = RuleVersion(step.rule);
  link.tx = step.tx;
  link.confidence_permille = step.confidence_permille;
  return link;
}

std::vector<EvidenceLink> ChainThrough(const EvidenceSearch& from_a, const EvidenceSearch& from_b,
                                       AddressNum a, AddressNum b, AddressNum meeting) {
  std::vector<EvidenceLink> links;
  for (AddressNum at = meeting; at != a;) {
    const EvidenceSearch::Step step = from_a.StepTo(at);
    links.push_back(MakeLink(step.from, at, step));
    at = step.from;
  }
  std::reverse(links.begin(), links.end());
  for (AddressNum at = meeting; at != b;) {
    const EvidenceSearch::Step step = from_b.StepTo(at);
    links.push_back(MakeLink(at, step.from, step));
    at = step.from;
  }
  return links;
}

absl::Status NameShowings(const View& view, RowBudget* budget, std::vector<EvidenceLink>* links) {
  for (EvidenceLink& link : *links) {
    if (link.rule != Rule::kSameKey) continue;
    COINWAKE_ASSIGN_OR_RETURN(link.tx, ShowingOfSameKey(view, link.a, link.b, budget));
  }
  return view.damage().status();
}

}  // namespace

absl::StatusOr<std::vector<EvidenceLink>> WhyJoined(const View& view, const Partition* partition,
                                                    AddressNum a, AddressNum b,
                                                    std::uint64_t max_rows) {
  const absl::Status not_joined =
      absl::NotFoundError("the two addresses are not joined under this profile");
  if (partition != nullptr && partition->ClusterOf(a) != partition->ClusterOf(b)) return not_joined;
  if (a == b) return std::vector<EvidenceLink>();
  const FactsReader reader = FactsReader::ForQuestion(view);
  const ChangeEvidence* const change = partition != nullptr ? &partition->change() : nullptr;
  EvidenceSearch from_a(reader, change, a);
  EvidenceSearch from_b(reader, change, b);
  RowBudget budget(max_rows);
  while (!from_a.frontier().empty() && !from_b.frontier().empty()) {
    const bool advance_a = from_a.frontier().size() <= from_b.frontier().size();
    EvidenceSearch& search = advance_a ? from_a : from_b;
    const EvidenceSearch& other = advance_a ? from_b : from_a;
    COINWAKE_RETURN_IF_ERROR(search.Advance(&budget));
    // Every address that both ends meet now is as far from them: the frontier ascends, the first
    // wins.
    for (const AddressNum address : search.frontier()) {
      if (!other.Reached(address)) continue;
      std::vector<EvidenceLink> links = ChainThrough(from_a, from_b, a, b, address);
      COINWAKE_RETURN_IF_ERROR(NameShowings(view, &budget, &links));
      return links;
    }
  }
  if (view.damage().found()) return view.damage().status();
  if (partition == nullptr) return not_joined;
  return absl::DataLossError(
      "the clusters join the two addresses but no transactions do: run `coinwake verify`");
}

}  // namespace coinwake
