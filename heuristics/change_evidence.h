// Edges that join a payer with its change, found from either end.
#ifndef COINWAKE_HEURISTICS_CHANGE_EVIDENCE_H_
#define COINWAKE_HEURISTICS_CHANGE_EVIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "indexer/base/ids.h"

namespace coinwake {

struct ChangeEdge {
  AddressNum payer;  // the smallest of the transaction's input addresses
  AddressNum change;
  TxNum tx;
  std::uint32_t confidence_permille = 0;

  friend bool operator==(const ChangeEdge&, const ChangeEdge&) = default;
};

// Change that alone holds two parts of a cluster of kLargeSet addresses and more each together
// (ALGORITHMS.md 1.4, D6; heuristics/bridge_audit.h): look at it before the cluster is relied on.
struct ChangeBridge {
  TxNum tx;
  AddressNum a;  // the smallest address of the payer's `strict` cluster, and of the change's
  AddressNum b;
  std::uint64_t side_a = 0;  // addresses on each side without it
  std::uint64_t side_b = 0;

  friend bool operator==(const ChangeBridge&, const ChangeBridge&) = default;
};
// So many of them are named.
inline constexpr std::size_t kMostBridges = 1'000;

// Whether a largest cluster of `before` addresses, and of `after` with change, calls for an alarm
// (ALGORITHMS.md 1.4, D7): it grew by more than one in 200 of all `addresses`, or by more than a
// million. REQUIRES: before <= after.
constexpr bool GrewAlarmingly(std::uint64_t before, std::uint64_t after, std::uint64_t addresses) {
  constexpr std::uint64_t kOneIn = 200;
  constexpr std::uint64_t kMostAddresses = 1'000'000;
  const std::uint64_t grew = after - before;
  return grew > addresses / kOneIn || grew > kMostAddresses;
}

// What a partition took from change, and what it kept out. 36 bytes an edge. Immutable.
class ChangeEvidence {
 public:
  ChangeEvidence() = default;
  explicit ChangeEvidence(std::vector<ChangeEdge> edges);

  const std::vector<ChangeEdge>& edges() const { return edges_; }  // by (payer, tx)
  // Those that touch `address`, in ascending order of transaction where `address` is the payer,
  // then where it is the change.
  std::vector<ChangeEdge> EdgesOf(AddressNum address) const;

  // Of the partition that holds it.
  struct Audit {
    std::uint64_t truths = 0;          // payments whose change the chain gave away
    std::uint64_t found = 0;           // outputs held for change above the profile's threshold
    std::uint64_t united = 0;          // of these, unions of two clusters
    std::uint64_t forbidden = 0;       // refused: a receiver is no payer, owners are apart
    std::uint64_t quarantined = 0;     // two large clusters, and one piece of evidence only
    std::uint64_t largest_before = 0;  // addresses of the largest `strict` cluster
    std::uint64_t largest = 0;
    // GrewAlarmingly(): look at it before it is used.
    bool grew_alarmingly = false;
    std::uint64_t bridges = 0;  // of all

    friend bool operator==(const Audit&, const Audit&) = default;
  };
  Audit audit;
  std::vector<ChangeBridge> bridges;  // at most kMostBridges, the largest smaller side first

 private:
  std::vector<ChangeEdge> edges_;
  std::vector<std::uint32_t> by_change_;  // positions in edges_, by (change, tx)
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CHANGE_EVIDENCE_H_
