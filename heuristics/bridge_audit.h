// Evidence that alone holds two large parts of a cluster together: bridges of the graph whose nodes
// are sets joined before and whose edges are the evidence since (ALGORITHMS.md 1.4, D6). They are
// for people to look at, and join or part nobody.
#ifndef COINWAKE_HEURISTICS_BRIDGE_AUDIT_H_
#define COINWAKE_HEURISTICS_BRIDGE_AUDIT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "indexer/base/ids.h"

namespace coinwake {

// A piece of evidence between two sets, each by a number of its own, with what it had of members
// before this and any other evidence united it. All links say the same of one set.
struct AuditLink {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t size_a = 0;
  std::uint32_t size_b = 0;
  TxNum tx;
};

struct FoundBridge {
  std::size_t link = 0;      // its position
  std::uint64_t side_a = 0;  // members that are on a's side without it
  std::uint64_t side_b = 0;
};

// The links without which a component falls apart into two parts of at least `least` members each,
// by position. Links of one transaction between the same two sets are one piece of evidence, of
// which the first counts. Pure. O(n log n) for n links; 60 bytes a link.
// REQUIRES: fewer than 2^31 links.
std::vector<FoundBridge> FindBridges(std::span<const AuditLink> links, std::uint64_t least);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_BRIDGE_AUDIT_H_
