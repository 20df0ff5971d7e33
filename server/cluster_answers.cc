// The part of address_answers.h that needs a partition's members or its evidence.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/bridge.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/view/history.h"
#include "server/address_answers.h"
#include "server/convert.h"
#include "server/label_answers.h"
#include "server/member_page.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kMembersAtOnce = 4096;

// Sums over all members, and how many there are. Amounts are gross: a payment from member to member
// is received and sent.
struct ClusterSums {
  std::uint64_t size = 0;
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t balance = 0;
};

absl::StatusOr<ClusterSums> SumCluster(const View& view, const Cluster& cluster,
                                       const Cancellation* cancellation, ClusterLabels* labels) {
  ClusterSums sums;
  if (labels != nullptr) COINWAKE_RETURN_IF_ERROR(labels->Begin(cluster.size(), cancellation));
  std::optional<AddressNum> after;
  while (true) {
    const std::vector<AddressNum> members = cluster.Members(after, kMembersAtOnce);
    for (const AddressNum member : members) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
      COINWAKE_ASSIGN_OR_RETURN(const AddressSums one, SumsOf(view, member, cancellation));
      if (labels != nullptr) COINWAKE_RETURN_IF_ERROR(labels->Add(view.Script(member)));
      ++sums.size;
      sums.received += one.received;
      sums.sent += one.sent;
      sums.balance += one.balance;
    }
    if (members.size() < kMembersAtOnce) return sums;
    after = members.back();
  }
}

void FillGrowth(const ChangeEvidence::Audit& audit, v1::ClusterGrowth* wire) {
  wire->set_largest_before(audit.largest_before);
  wire->set_largest(audit.largest);
  wire->set_alarm(audit.grew_alarmingly);
}

void FillBridges(const View& view, const Partition& partition, AddressNum cluster,
                 v1::Cluster* answer) {
  for (const ChangeBridge& bridge : partition.change().bridges) {
    if (partition.ClusterOf(bridge.a) != cluster) continue;
    v1::ClusterBridge* const wire = answer->add_bridges();
    wire->set_txid(view.Txid(bridge.tx).ToDisplayHex());
    wire->set_a(ScriptName(view, bridge.a));
    wire->set_b(ScriptName(view, bridge.b));
    wire->set_side_a(bridge.side_a);
    wire->set_side_b(bridge.side_b);
  }
}

}  // namespace

absl::Status AnswerCluster(const View& view, ClusterSource& clusters,
                           const v1::GetClusterRequest& request, std::uint32_t max_page_size,
                           const Cancellation* cancellation, v1::Cluster* answer,
                           ClusterLabels* labels) {
  COINWAKE_ASSIGN_OR_RETURN(const Profile profile, ProfileOf(request.profile()));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum address, FindByName(view, request.address()));
  COINWAKE_ASSIGN_OR_RETURN(const Cluster cluster, clusters.Of(address, profile, cancellation));
  COINWAKE_ASSIGN_OR_RETURN(const ClusterSums sums,
                            SumCluster(view, cluster, cancellation, labels));
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  answer->set_id(cluster.id().value);
  answer->set_profile(std::string(ProfileName(profile)));
  if (const auto epoch = EpochOf(view, profile)) answer->set_epoch_height(*epoch);
  answer->set_size(sums.size);
  answer->set_received(Amount(sums.received));
  answer->set_sent(Amount(sums.sent));
  answer->set_balance(Amount(sums.balance));
  if (labels != nullptr) labels->Fill(answer);
  if (profile != Profile::kStrict && request.page_token().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Partition> partition,
                              clusters.Get(profile, cancellation));
    FillBridges(view, *partition, cluster.id(), answer);
    FillGrowth(partition->change().audit, answer->mutable_growth());
  }
  COINWAKE_RETURN_IF_ERROR(FillMemberPage(
      request, max_page_size, view.snapshot().block_hash.ToDisplayHex(),
      [&cluster](std::optional<AddressNum> after, std::size_t limit) {
        return cluster.Members(after, limit);
      },
      [&view](AddressNum member) { return ScriptName(view, member); }, answer));
  return view.damage().status();
}

absl::Status AnswerExplain(const View& view, ClusterSource& clusters,
                           const v1::ExplainRequest& request, const Cancellation* cancellation,
                           v1::Evidence* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const Profile profile, ProfileOf(request.profile()));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum a, FindByName(view, request.address_a()));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum b, FindByName(view, request.address_b()));
  const absl::StatusOr<std::vector<EvidenceLink>> links = clusters.Why(a, b, profile, cancellation);
  if (absl::IsNotFound(links.status())) {
    const auto epoch = EpochOf(view, profile);
    return absl::NotFoundError(absl::StrCat(
        "no evidence joins ", Excerpt(request.address_a()), " and ", Excerpt(request.address_b()),
        " under profile ", std::string(ProfileName(profile)),
        epoch.has_value() ? absl::StrCat(", with change up to height ", *epoch) : ""));
  }
  COINWAKE_RETURN_IF_ERROR(links.status());
  FillEvidence(view, *links, answer);
  if (const auto epoch = EpochOf(view, profile)) answer->set_epoch_height(*epoch);
  return view.damage().status();
}

}  // namespace coinwake::server
