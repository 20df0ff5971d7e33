#include "server/owner_labels.h"

#include <algorithm>
#include <memory>
#include <tuple>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"

namespace coinwake::server {
namespace {

// GraphSense's `service_data`, and above (ALGORITHMS.md 1.4, D2: "high-confidence tags").
constexpr std::uint16_t kSurePermille = 500;

bool NamesOwner(const Label& label) {
  return !label.actor.empty() && SpeaksForCluster(label) &&
         label.confidence_permille.value_or(0) >= kSurePermille;
}

}  // namespace

absl::StatusOr<KnownOwners> OwnersByLabels(const View& view, const LabelStore* labels) {
  if (labels == nullptr) return KnownOwners();
  LabelQuery query;
  query.network = view.snapshot().network;
  query.moment = labels->Now();
  const std::unique_ptr<LabelCursor> cursor = labels->Find(query);
  KnownOwners owners;
  KnownLabel known;
  while (true) {
    COINWAKE_ASSIGN_OR_RETURN(const bool more, cursor->Next(&known));
    if (!more) break;
    const Label& label = known.label;
    if (!NamesOwner(label)) continue;
    const auto address = view.FindAddress(AsBytes(label.address.data(), label.address.size()));
    if (absl::IsNotFound(address.status())) continue;
    COINWAKE_RETURN_IF_ERROR(address.status());
    // By what it is called, so that it does not depend on what other labels there are.
    const Hash256 hash = Sha256(AsBytes(label.actor.data(), label.actor.size()));
    owners.push_back({*address, LoadLe<std::uint64_t>(hash.bytes.data())});
  }
  std::sort(owners.begin(), owners.end(), [](const KnownOwner& a, const KnownOwner& b) {
    return std::tie(a.address, a.owner) < std::tie(b.address, b.owner);
  });
  owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
  return owners;
}

}  // namespace coinwake::server
