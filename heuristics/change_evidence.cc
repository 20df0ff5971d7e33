#include "heuristics/change_evidence.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace coinwake {

ChangeEvidence::ChangeEvidence(std::vector<ChangeEdge> edges) : edges_(std::move(edges)) {
  std::sort(edges_.begin(), edges_.end(), [](const ChangeEdge& a, const ChangeEdge& b) {
    return std::tie(a.payer, a.tx, a.change) < std::tie(b.payer, b.tx, b.change);
  });
  by_change_.resize(edges_.size());
  std::iota(by_change_.begin(), by_change_.end(), 0U);
  std::sort(by_change_.begin(), by_change_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return std::tie(edges_[a].change, edges_[a].tx, a) <
           std::tie(edges_[b].change, edges_[b].tx, b);
  });
}

std::vector<ChangeEdge> ChangeEvidence::EdgesOf(AddressNum address) const {
  std::vector<ChangeEdge> found;
  const auto begin = std::lower_bound(
      edges_.begin(), edges_.end(), address,
      [](const ChangeEdge& edge, AddressNum wanted) { return edge.payer < wanted; });
  for (auto edge = begin; edge != edges_.end() && edge->payer == address; ++edge) {
    found.push_back(*edge);
  }
  const auto first = std::lower_bound(
      by_change_.begin(), by_change_.end(), address,
      [this](std::uint32_t at, AddressNum wanted) { return edges_[at].change < wanted; });
  for (auto at = first; at != by_change_.end() && edges_[*at].change == address; ++at) {
    found.push_back(edges_[*at]);
  }
  return found;
}

}  // namespace coinwake
