// The part of account_answers.h that needs clusters or their evidence.
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/bridge.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "heuristics/control.h"
#include "indexer/view/account_history.h"
#include "server/account_answers.h"
#include "server/account_clusters.h"
#include "server/account_names.h"
#include "server/label_answers.h"
#include "server/limits.h"
#include "server/member_page.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kMembersAtOnce = 4'096;

// A sum of amounts of either sign.
class SignedSum {
 public:
  void Add(const SignedAmount& amount) { (amount.negative ? minus_ : plus_) += amount.magnitude; }
  std::string ToText() const {
    const SignedAmount sum = SignedAmount::Difference(plus_, minus_);
    return absl::StrCat(sum.negative ? "-" : "", ToDecimal(sum.magnitude));
  }

 private:
  AmountSum plus_ = 0;
  AmountSum minus_ = 0;
};

// Of all members in one asset. Gross: a payment from member to member is received and sent.
struct MemberSums {
  AmountSum received = 0;
  AmountSum sent = 0;
  SignedSum balance;
  SignedSum staked;
  std::uint64_t transfers = 0;

  void Add(const AssetSums& one) {
    received += one.received;
    sent += one.sent;
    balance.Add(one.BalanceOf(Pot::kFree));
    staked.Add(one.Staked());
    transfers += one.events;
  }
};

// Goes over a cluster's members once.
class ClusterReader {
 public:
  // `labels` may be null.
  ClusterReader(const AccountView& view, const AccountPartition& partition, AddressNum account,
                ClusterLabels* labels)
      : view_(view),
        reader_(view, std::nullopt),
        partition_(partition),
        id_(partition.ClusterOf(account)),
        labels_(labels) {}

  absl::Status Read(const Cancellation* cancellation) {
    if (labels_ != nullptr) {
      COINWAKE_RETURN_IF_ERROR(labels_->Begin(partition_.SizeOf(id_), cancellation));
    }
    std::optional<AddressNum> after;
    while (true) {
      const std::vector<AddressNum> members = partition_.Members(id_, after, kMembersAtOnce);
      for (const AddressNum member : members) {
        COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
        COINWAKE_RETURN_IF_ERROR(ReadMember(member, cancellation));
      }
      if (members.size() < kMembersAtOnce) return view_.damage().status();
      after = members.back();
    }
  }

  void Fill(v1::Cluster* answer) const {
    answer->set_received("0");
    answer->set_sent("0");
    answer->set_balance("0");
    for (const auto& [asset, sums] : sums_) {
      v1::AssetSums* const wire = answer->add_assets();
      wire->set_asset(AssetText(view_, asset));
      wire->set_received(ToDecimal(sums.received));
      wire->set_sent(ToDecimal(sums.sent));
      wire->set_balance(sums.balance.ToText());
      wire->set_staked(sums.staked.ToText());
      wire->set_transfers(sums.transfers);
      if (asset != kTrxAsset) continue;
      answer->set_received(wire->received());
      answer->set_sent(wire->sent());
      answer->set_balance(wire->balance());
    }
    for (const auto& [key, edge] : controls_) FillControl(edge, answer->add_controls());
    answer->set_controls_count(controls_count_);
    answer->set_controls_unread(controls_unread_);
  }

 private:
  absl::Status ReadMember(AddressNum member, const Cancellation* cancellation) {
    if (labels_ != nullptr) COINWAKE_RETURN_IF_ERROR(labels_->Add(view_.Script(member)));
    COINWAKE_ASSIGN_OR_RETURN(const AccountSums sums,
                              AccountSumsOf(view_, member, std::nullopt, cancellation));
    for (const auto& [asset, one] : sums.assets) sums_[asset].Add(one);
    COINWAKE_ASSIGN_OR_RETURN(FoundControl control, ControlAround(reader_, member));
    if (control.is_cut) ++controls_unread_;
    for (ControlEdge& edge : control.edges) {
      if (IsFoundFirstBy(member, edge)) NoteControl(std::move(edge));
    }
    return absl::OkStatus();
  }

  bool IsMember(AddressNum account) const { return partition_.ClusterOf(account) == id_; }

  // An edge is found by its account and by each of its keys: one of them counts it.
  bool IsFoundFirstBy(AddressNum member, const ControlEdge& edge) const {
    if (IsMember(edge.account)) return edge.account == member;
    for (const AddressNum key : edge.keys) {
      if (key < member && IsMember(key)) return false;
    }
    return true;
  }

  void NoteControl(ControlEdge edge) {
    ++controls_count_;
    const std::pair key(edge.account, edge.from_height);
    controls_.emplace(key, std::move(edge));
    if (controls_.size() > kMaxControls) controls_.erase(std::prev(controls_.end()));
  }

  void FillControl(const ControlEdge& edge, v1::Control* wire) const {
    wire->set_account(AccountName(view_, edge.account));
    for (const AddressNum key : edge.keys) wire->add_controlled_by(AccountName(view_, key));
    wire->set_from_height(edge.from_height);
    if (edge.to_height.has_value()) wire->set_to_height(*edge.to_height);
    wire->set_txid(view_.Txid(edge.tx).ToHex());
  }

  const AccountView& view_;
  const AccountReader reader_;
  const AccountPartition& partition_;
  const AddressNum id_;
  ClusterLabels* const labels_;
  std::map<AssetNum, MemberSums> sums_;
  std::map<std::pair<AddressNum, std::uint64_t>, ControlEdge> controls_;  // by account and height
  std::uint64_t controls_count_ = 0;
  std::uint64_t controls_unread_ = 0;
};

void FillGrowth(const AccountView& view, const AccountPartition::Audit& audit,
                v1::ClusterGrowth* wire) {
  wire->set_largest_before(audit.largest_before);
  wire->set_largest(audit.largest);
  wire->set_alarm(GrewAlarmingly(audit.largest_before, audit.largest, view.addresses_count()));
}

void FillLink(const AccountView& view, const AccountEdge& edge, v1::EvidenceLink* wire) {
  wire->set_a(AccountName(view, AddressNum{edge.a}));
  wire->set_b(AccountName(view, AddressNum{edge.b}));
  wire->set_rule(std::string(AccountRuleName(edge.rule)));
  wire->set_rule_version(AccountRuleVersion(edge.rule));
  wire->set_txid(view.Txid(edge.tx).ToHex());
  wire->set_height(view.HeightOf(edge.tx));
  wire->set_confidence(static_cast<double>(edge.confidence_permille) / 1000.0);
  if (edge.via != kNone32) wire->set_via(AccountName(view, AddressNum{edge.via}));
}

void FillSweepTargets(const AccountView& view, const AccountPartition& partition,
                      AddressNum cluster, v1::Cluster* answer) {
  for (const AccountEdge& pair : partition.sweep_targets()) {
    if (partition.ClusterOf(AddressNum{pair.a}) == cluster ||
        partition.ClusterOf(AddressNum{pair.b}) == cluster) {
      FillLink(view, pair, answer->add_sweep_targets());
    }
  }
}

}  // namespace

absl::Status AnswerCluster(const AccountView& view, AccountClusters& clusters,
                           const v1::GetClusterRequest& request, std::uint32_t max_page_size,
                           const Cancellation* cancellation, v1::Cluster* answer,
                           ClusterLabels* labels) {
  COINWAKE_ASSIGN_OR_RETURN(const Profile profile, ProfileOf(request.profile()));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum account, FindAccount(view, request.address()));
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const AccountPartition> partition,
                            clusters.Get(profile, cancellation));
  FillSnapshot(view, answer->mutable_snapshot());
  answer->set_id(partition->ClusterOf(account).value);
  answer->set_profile(std::string(ProfileName(profile)));
  answer->set_size(partition->SizeOf(account));
  answer->set_unread_accounts(partition->audit().unread);
  COINWAKE_RETURN_IF_ERROR(FillMemberPage(
      request, max_page_size, view.snapshot().block_hash.ToDisplayHex(),
      [&](std::optional<AddressNum> after, std::size_t limit) {
        return partition->Members(account, after, limit);
      },
      [&view](AddressNum member) { return AccountName(view, member); }, answer));
  // The first page has told the sums: they take the events of all members, each time.
  if (request.page_token().empty()) {
    ClusterReader reader(view, *partition, account, labels);
    COINWAKE_RETURN_IF_ERROR(reader.Read(cancellation));
    reader.Fill(answer);
    FillSweepTargets(view, *partition, partition->ClusterOf(account), answer);
    if (profile != Profile::kStrict) {
      FillGrowth(view, partition->audit(), answer->mutable_growth());
    }
    if (labels != nullptr) labels->Fill(answer);
  }
  return view.damage().status();
}

absl::Status AnswerExplain(const AccountView& view, AccountClusters& clusters,
                           const v1::ExplainRequest& request, const Cancellation* cancellation,
                           v1::Evidence* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const Profile profile, ProfileOf(request.profile()));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum a, FindAccount(view, request.address_a()));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum b, FindAccount(view, request.address_b()));
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const AccountPartition> partition,
                            clusters.Get(profile, cancellation));
  if (partition->ClusterOf(a) != partition->ClusterOf(b)) {
    return absl::NotFoundError(absl::StrCat("no evidence joins ", Excerpt(request.address_a()),
                                            " and ", Excerpt(request.address_b()),
                                            " under profile ", std::string(ProfileName(profile))));
  }
  FillSnapshot(view, answer->mutable_snapshot());
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AccountEdge> chain,
                            partition->evidence().Chain(a, b, kMaxExplainRows, cancellation));
  for (const AccountEdge& edge : chain) FillLink(view, edge, answer->add_links());
  return view.damage().status();
}

}  // namespace coinwake::server
