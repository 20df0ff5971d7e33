#include "server/seed_clusters.h"

#include <iterator>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "server/label_answers.h"
#include "server/labelled_services.h"
#include "server/limits.h"
#include "server/names.h"

namespace coinwake::server {

absl::Status CheckSeedClusterSize(std::string_view name, std::uint64_t size) {
  if (size <= kMaxSeedClusterSize) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the cluster of ", Excerpt(name), " has ", size, " addresses, more than ",
                   kMaxSeedClusterSize, ": likely a service; force seeds it all the same"));
}

absl::Status CheckSeedClusterLabels(const ChainView& view, const LabelStore* labels,
                                    std::string_view name, std::span<const AddressNum> members,
                                    const Cancellation* cancellation) {
  ClusterLabels collected(view.snapshot().network, labels);
  COINWAKE_RETURN_IF_ERROR(collected.Begin(members.size(), cancellation));
  for (const AddressNum member : members) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    COINWAKE_RETURN_IF_ERROR(collected.Add(view.Script(member)));
  }
  v1::Cluster said;
  collected.Fill(&said);
  std::set<std::string> entities;
  for (const v1::Label& label : said.labels()) {
    const std::string entity = EntityOf(label.actor_name(), label.actor(), label.label());
    if (label.class_() == LabelClassName(LabelClass::kService)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the cluster of ", Excerpt(name), " is a service, as labels say: ", Excerpt(entity),
          "; force seeds it all the same"));
    }
    entities.insert(entity);
  }
  if (entities.size() < 2) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("labels of the cluster of ", Excerpt(name),
                   " name several entities: ", Excerpt(*entities.begin()), " and ",
                   Excerpt(*std::next(entities.begin())), "; force seeds it all the same"));
}

}  // namespace coinwake::server
