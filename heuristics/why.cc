#include <algorithm>
#include <optional>

#include "heuristics/cluster.h"
#include "heuristics/co_spend_search.h"

namespace coinwake {
namespace {

EvidenceLink MakeLink(AddressNum a, AddressNum b, TxNum tx) {
  EvidenceLink link;
  link.a = a;
  link.b = b;
  link.tx = tx;
  link.confidence_permille = kCoSpendConfidencePermille;
  return link;
}

std::vector<EvidenceLink> ChainThrough(const CoSpendSearch& from_a, const CoSpendSearch& from_b,
                                       AddressNum a, AddressNum b, AddressNum meeting) {
  std::vector<EvidenceLink> links;
  for (AddressNum at = meeting; at != a;) {
    const CoSpendSearch::Step step = from_a.StepTo(at);
    links.push_back(MakeLink(step.from, at, step.tx));
    at = step.from;
  }
  std::reverse(links.begin(), links.end());
  for (AddressNum at = meeting; at != b;) {
    const CoSpendSearch::Step step = from_b.StepTo(at);
    links.push_back(MakeLink(at, step.from, step.tx));
    at = step.from;
  }
  return links;
}

}  // namespace

absl::StatusOr<std::vector<EvidenceLink>> WhyJoined(const View& view, const Partition* partition,
                                                    AddressNum a, AddressNum b,
                                                    std::uint64_t max_rows) {
  const absl::Status not_joined =
      absl::NotFoundError("the two addresses are not joined under this profile");
  if (partition != nullptr && partition->ClusterOf(a) != partition->ClusterOf(b)) return not_joined;
  if (a == b) return std::vector<EvidenceLink>();
  COINWAKE_ASSIGN_OR_RETURN(const FactsReader reader, FactsReader::Make(view));
  CoSpendSearch from_a(reader, a);
  CoSpendSearch from_b(reader, b);
  RowBudget budget(max_rows);
  while (!from_a.frontier().empty() && !from_b.frontier().empty()) {
    const bool advance_a = from_a.frontier().size() <= from_b.frontier().size();
    CoSpendSearch& search = advance_a ? from_a : from_b;
    const CoSpendSearch& other = advance_a ? from_b : from_a;
    COINWAKE_RETURN_IF_ERROR(search.Advance(&budget));
    // Every address that both ends meet now is as far from them: the frontier ascends, the first
    // wins.
    for (const AddressNum address : search.frontier()) {
      if (!other.Reached(address)) continue;
      if (view.damage().found()) return view.damage().status();
      return ChainThrough(from_a, from_b, a, b, address);
    }
  }
  if (view.damage().found()) return view.damage().status();
  if (partition == nullptr) return not_joined;
  return absl::DataLossError(
      "the clusters join the two addresses but no transactions do: run `coinwake verify`");
}

}  // namespace coinwake
