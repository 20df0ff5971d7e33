#include "server/labelled_services.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>

#include "indexer/base/bytes.h"

namespace coinwake::server {

std::string EntityOf(const std::string& actor_name, const std::string& actor,
                     const std::string& label) {
  if (!actor_name.empty()) return actor_name;
  return actor.empty() ? label : actor;
}

bool IsTrustedBefore(const LabelledService& a, const LabelledService& b) {
  return std::tie(b.confidence_permille, a.entity, a.kind, a.category) <
         std::tie(a.confidence_permille, b.entity, b.kind, b.category);
}

absl::Status ForEachClusterLabel(const ChainView& view, const LabelStore* labels,
                                 const Cancellation* cancellation,
                                 const std::function<void(AddressNum, const KnownLabel&)>& take) {
  if (labels == nullptr) return absl::OkStatus();
  LabelQuery query;
  query.network = view.snapshot().network;
  query.moment = labels->Now();
  const std::unique_ptr<LabelCursor> cursor = labels->Find(query);
  KnownLabel known;
  while (true) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    COINWAKE_ASSIGN_OR_RETURN(const bool is_label, cursor->Next(&known));
    if (!is_label) return absl::OkStatus();
    const Label& label = known.label;
    if (!SpeaksForCluster(label)) continue;
    const absl::StatusOr<AddressNum> address =
        view.FindAddress(AsBytes(label.address.data(), label.address.size()));
    if (absl::IsNotFound(address.status())) continue;
    COINWAKE_RETURN_IF_ERROR(address.status());
    take(*address, known);
  }
}

absl::StatusOr<std::vector<LabelledService>> FindLabelledServices(
    const ChainView& view, const LabelStore* labels, const Cancellation* cancellation) {
  std::vector<LabelledService> found;
  COINWAKE_RETURN_IF_ERROR(ForEachClusterLabel(
      view, labels, cancellation, [&found](AddressNum address, const KnownLabel& known) {
        const Label& label = known.label;
        const std::optional<ServiceKind> kind = ServiceKindOf(label);
        if (!kind.has_value()) return;
        found.push_back({address, *kind, label.confidence_permille.value_or(0),
                         EntityOf(known.actor_name, label.actor, label.name), label.category});
      }));
  std::sort(found.begin(), found.end(), [](const LabelledService& a, const LabelledService& b) {
    return a.address != b.address ? a.address < b.address : IsTrustedBefore(a, b);
  });
  return found;
}

}  // namespace coinwake::server
