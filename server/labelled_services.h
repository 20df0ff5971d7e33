// What labels say of services on one network, as known now.
#ifndef COINWAKE_SERVER_LABELLED_SERVICES_H_
#define COINWAKE_SERVER_LABELLED_SERVICES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/ids.h"
#include "indexer/base/status.h"
#include "indexer/view/chain_view.h"
#include "labels/label_store.h"

namespace coinwake::server {

struct LabelledService {
  AddressNum address;
  ServiceKind kind = ServiceKind::kService;
  std::uint16_t confidence_permille = 0;  // 0 where the list does not say
  std::string entity;
  std::string category;  // "exchange"; empty: not told
};

// Whom a label names: its actor, by the ActorPack's name where there is one, else what the label
// itself says.
std::string EntityOf(const std::string& actor_name, const std::string& actor,
                     const std::string& label);

// Calls take(address, label) for every label known now that may speak for a cluster
// (SpeaksForCluster), of an address that the chain has seen. `labels` and `cancellation` may be
// null. kDataLoss, kCancelled. Cost: one pass over the network's labels, a look-up for each.
absl::Status ForEachClusterLabel(const ChainView& view, const LabelStore* labels,
                                 const Cancellation* cancellation,
                                 const std::function<void(AddressNum, const KnownLabel&)>& take);

// Those of them that name a service; by address, and of one address the most trusted first.
// Likewise.
absl::StatusOr<std::vector<LabelledService>> FindLabelledServices(const ChainView& view,
                                                                  const LabelStore* labels,
                                                                  const Cancellation* cancellation);

// Whether `a` is to be believed before `b`, where both speak of one cluster: by descending
// confidence, then entity, kind and category.
bool IsTrustedBefore(const LabelledService& a, const LabelledService& b);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_LABELLED_SERVICES_H_
