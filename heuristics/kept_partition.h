// A partition as the bytes of a file (docs/design/clusters.md, "Kept").
#ifndef COINWAKE_HEURISTICS_KEPT_PARTITION_H_
#define COINWAKE_HEURISTICS_KEPT_PARTITION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "heuristics/change_evidence.h"
#include "heuristics/change_model.h"
#include "heuristics/cluster.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake {

// Of what it is the partition.
struct KeptHead {
  Profile profile = Profile::kStrict;
  Network network = Network::kBitcoin;
  std::uint64_t from_height = 0;
  std::uint64_t height = 0;  // of the last block that took part
  Hash256 block_hash;
  // Transactions, inputs, outputs, addresses, keys, foreign, unresolved_inputs; not the rest.
  BlockTotals totals;
  std::uint64_t edges = 0;  // of change
  Hash256 owners;           // digest of the known owners that took part
  ChangeEvidence::Audit audit;
  std::vector<ChangeBridge> bridges;
  std::optional<ChangeModel> model;  // of profiles with change
};

struct KeptPartition {
  KeptHead head;
  std::vector<std::uint32_t> parents;  // flat, as UnionByMin() takes them
  std::vector<ChangeEdge> edges;       // between addresses, of transactions, that took part
};

// Of all that `view` has.
KeptHead HeadOf(const View& view, Profile profile);
// Whether the chain of `view` begins with the blocks that took part.
bool IsOfChain(const KeptHead& head, const View& view);

// Hands all bytes to `put`, about a mebibyte at a time; ends with its first error. `parents` are
// head.totals.addresses, `edges` head.edges.
absl::Status EncodeKept(const KeptHead& head, std::span<const std::uint32_t> parents,
                        std::span<const ChangeEdge> edges,
                        const std::function<absl::Status(ByteSpan)>& put);
// The head alone. kDataLoss: `bytes` do not begin with one. kUnimplemented: they do, of other rules
// or a newer format. `size_bytes` is how many are the head's.
absl::StatusOr<KeptHead> DecodeKeptHead(ByteSpan bytes, std::size_t* size_bytes);
// kDataLoss also where what follows the head is not what it says.
absl::StatusOr<KeptPartition> DecodeKept(ByteSpan bytes);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_KEPT_PARTITION_H_
