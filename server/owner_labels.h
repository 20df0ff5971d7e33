// Who holds addresses, as far as labels say so for whole clusters.
#ifndef COINWAKE_SERVER_OWNER_LABELS_H_
#define COINWAKE_SERVER_OWNER_LABELS_H_

#include "heuristics/known_owners.h"
#include "indexer/base/status.h"
#include "indexer/view/chain_view.h"
#include "labels/label_store.h"

namespace coinwake::server {

// From labels known now that speak for clusters (labels/label.h), are sure enough and name an
// actor: that is the owner. A name alone is none, since lists spell names as they like. Empty where
// `labels` is null. Reads all labels of the network, and looks for each address. kDataLoss.
absl::StatusOr<KnownOwners> OwnersByLabels(const ChainView& view, const LabelStore* labels);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_OWNER_LABELS_H_
