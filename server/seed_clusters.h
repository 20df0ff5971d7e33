// Which clusters may be seeds of a trace, on every chain: what is one person's, as far as is known.
// Codes are kFailedPrecondition where one may not, unless the request forces it.
#ifndef COINWAKE_SERVER_SEED_CLUSTERS_H_
#define COINWAKE_SERVER_SEED_CLUSTERS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "indexer/base/cancellation.h"
#include "indexer/base/ids.h"
#include "indexer/base/status.h"
#include "indexer/view/chain_view.h"
#include "labels/label_store.h"

namespace coinwake::server {

// Whether the cluster of `name`, an address as the request has it, is not too large: of at most
// kMaxSeedClusterSize addresses.
absl::Status CheckSeedClusterSize(std::string_view name, std::uint64_t size);

// Whether no label that speaks for the cluster calls it a service, and they name no two entities.
// `labels` and `cancellation` may be null. kDataLoss, kCancelled. Cost: a look-up for each of
// `members`, which are all.
absl::Status CheckSeedClusterLabels(const ChainView& view, const LabelStore* labels,
                                    std::string_view name, std::span<const AddressNum> members,
                                    const Cancellation* cancellation);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SEED_CLUSTERS_H_
