#include "server/owner_labels.h"

#include <algorithm>
#include <tuple>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "server/labelled_services.h"

namespace coinwake::server {
namespace {

// GraphSense's `service_data`, and above (ALGORITHMS.md 1.4, D2: "high-confidence tags").
constexpr std::uint16_t kSurePermille = 500;

}  // namespace

absl::StatusOr<KnownOwners> OwnersByLabels(const ChainView& view, const LabelStore* labels) {
  KnownOwners owners;
  COINWAKE_RETURN_IF_ERROR(ForEachClusterLabel(
      view, labels, /*cancellation=*/nullptr,
      [&owners](AddressNum address, const KnownLabel& known) {
        const Label& label = known.label;
        if (label.actor.empty() || label.confidence_permille.value_or(0) < kSurePermille) return;
        // By what it is called, so that it does not depend on what other labels there are.
        const Hash256 hash = Sha256(AsBytes(label.actor.data(), label.actor.size()));
        owners.push_back({address, LoadLe<std::uint64_t>(hash.bytes.data())});
      }));
  std::sort(owners.begin(), owners.end(), [](const KnownOwner& a, const KnownOwner& b) {
    return std::tie(a.address, a.owner) < std::tie(b.address, b.owner);
  });
  owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
  return owners;
}

}  // namespace coinwake::server
