// Partitions of a whole chain: co-spends and same keys first, in any order; then change, in a fixed
// one; then the co-spends and same keys since the epoch.

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "heuristics/address_use.h"
#include "heuristics/bridge_audit.h"
#include "heuristics/change_scan.h"
#include "heuristics/cluster.h"
#include "heuristics/co_spend_scan.h"
#include "heuristics/constrained_union.h"
#include "heuristics/epoch.h"
#include "heuristics/flat_sets.h"
#include "heuristics/kept_partitions.h"
#include "heuristics/memory_cap.h"
#include "heuristics/payment_reader.h"
#include "heuristics/same_key_scan.h"
#include "heuristics/union_by_min.h"

namespace coinwake {
namespace {

constexpr int kMaxThreads = 256;

// A kept partition is written again once this part of its transactions is new.
constexpr std::uint64_t kWorthWriting = 64;

class FlatPartition final : public Partition {
 public:
  FlatPartition(Profile profile, std::uint64_t count, std::span<const std::uint32_t> parents)
      : profile_(profile), sets_(count, parents) {}

  void SetChange(ChangeEvidence change) { change_ = std::move(change); }
  void SetModel(ChangeModel model) { model_ = std::move(model); }
  UnionByMin* unions() { return sets_.unions(); }
  void Finish() { sets_.Finish(); }

  Profile profile() const override { return profile_; }
  AddressNum ClusterOf(AddressNum address) const override { return sets_.RootOf(address); }
  std::uint64_t SizeOf(AddressNum address) const override { return sets_.SizeOf(address); }
  std::vector<AddressNum> Members(AddressNum address, std::optional<AddressNum> after,
                                  std::size_t limit) const override {
    return sets_.Members(address, after, limit);
  }
  std::uint64_t clusters_count() const override { return sets_.count(); }
  const ChangeEvidence& change() const override { return change_; }
  const std::optional<ChangeModel>& model() const override { return model_; }

 private:
  const Profile profile_;
  FlatSets sets_;
  ChangeEvidence change_;
  std::optional<ChangeModel> model_;
};

// What Build() holds at most, but for change itself: the parents, and after one another what is
// kept, what same keys are found with, what change is judged with, and the links of members.
std::uint64_t MemoryOf(const View& view, Profile profile, const PartitionSources& sources) {
  const std::uint64_t count = view.addresses_count();
  const std::uint64_t numbers = count * sizeof(std::uint32_t);
  const std::uint64_t use = count + view.outputs_count() / 8;
  const std::uint64_t change = profile == Profile::kStrict ? 0 : numbers + use;
  return numbers + std::max({sources.kept != nullptr ? numbers : 0, MemoryForSameKeys(view), change,
                             numbers});
}

// Of an output held for change, on top: as it is found, as a link, as an edge and its place among
// them; of an edge that was kept: itself and its place.
constexpr std::uint64_t kBytesAnEdge = sizeof(ChangeEdge) + sizeof(std::uint32_t);
constexpr std::uint64_t kBytesAFind = sizeof(FoundChange) + sizeof(AuditLink) + kBytesAnEdge;

std::span<const KnownOwner> OwnersOf(const PartitionSources& sources) {
  if (sources.owners == nullptr) return {};
  return *sources.owners;
}

// Of those whose addresses are there; zeros for none.
Hash256 DigestOf(std::span<const KnownOwner> owners, std::uint64_t addresses_count) {
  DoubleSha256Stream digest;
  bool any = false;
  for (const KnownOwner& one : owners) {
    if (one.address.value >= addresses_count) continue;
    std::array<std::uint8_t, 2 * sizeof(std::uint64_t)> row;
    StoreLe(row.data(), one.address.value);
    StoreLe(row.data() + sizeof(std::uint64_t), one.owner);
    digest.Add(row);
    any = true;
  }
  return any ? digest.Finish() : Hash256();
}

// All that was found, refused or not, as evidence between `strict` sets. `unions` is
// flat.
std::vector<AuditLink> LinksOf(const std::vector<ChangeEdge>& plain,
                               const std::vector<FoundChange>& found, ConstrainedUnion* constrained,
                               const UnionByMin& unions) {
  std::vector<AuditLink> links;
  links.reserve(plain.size() + found.size());
  const auto add = [&](std::uint32_t payer, std::uint32_t change, std::uint64_t tx) {
    const std::uint32_t a = unions.Parent(payer);
    const std::uint32_t b = unions.Parent(change);
    if (a == b) return;
    links.push_back({a, b, constrained->SizeOf(a), constrained->SizeOf(b), TxNum{tx}});
  };
  for (const ChangeEdge& edge : plain) {
    add(static_cast<std::uint32_t>(edge.payer.value), static_cast<std::uint32_t>(edge.change.value),
        edge.tx.value);
  }
  for (const FoundChange& one : found) add(one.payer, one.change, one.tx);
  return links;
}

// What alone holds two large parts of a cluster together, after all unions. What was refused, or
// waited, speaks for a union that was made later all the same.
std::vector<ChangeBridge> BridgesOf(std::vector<AuditLink> links, ConstrainedUnion* constrained) {
  links.erase(std::remove_if(links.begin(), links.end(),
                             [constrained](const AuditLink& link) {
                               return constrained->SizeOf(link.a) < 2 * kLargeSet ||
                                      !constrained->AreTogether(link.a, link.b);
                             }),
              links.end());
  std::vector<ChangeBridge> bridges;
  for (const FoundBridge& one : FindBridges(links, kLargeSet)) {
    const AuditLink& link = links[one.link];
    bridges.push_back({link.tx, AddressNum{link.a}, AddressNum{link.b}, one.side_a, one.side_b});
  }
  std::sort(bridges.begin(), bridges.end(), [](const ChangeBridge& a, const ChangeBridge& b) {
    const std::uint64_t of_a = std::min(a.side_a, a.side_b);
    const std::uint64_t of_b = std::min(b.side_a, b.side_b);
    return of_a != of_b ? of_a > of_b : std::tie(a.tx, a.a, a.b) < std::tie(b.tx, b.a, b.b);
  });
  return bridges;
}

// How far the rules that need no order were taken.
struct Settled {
  TxNum tx;        // co-spends of those before it
  ShownKeys keys;  // same keys of what was there before these

  static Settled AllOf(const View& view) {
    return {TxNum{view.transactions_count()}, ShownKeys::AllOf(view)};
  }
};

// One build.
class PartitionBuilder {
 public:
  PartitionBuilder(const View& view, Profile profile, int threads, std::uint64_t memory_bytes,
                   const PartitionSources& sources)
      : view_(view),
        profile_(profile),
        threads_(threads),
        memory_bytes_(memory_bytes),
        sources_(sources) {}

  absl::StatusOr<std::shared_ptr<const Partition>> Build() {
    COINWAKE_RETURN_IF_ERROR(CheckRoom(0));
    COINWAKE_RETURN_IF_ERROR(profile_ == Profile::kStrict ? UniteFromKept(view_) : UniteToEpoch());
    partition_->Finish();
    COINWAKE_RETURN_IF_ERROR(view_.damage().status());
    return partition_;
  }

 private:
  // Beside MemoryOf().
  absl::Status CheckRoom(std::uint64_t more_bytes) const {
    return CheckClusterMemory(view_.addresses_count(), "addresses",
                              MemoryOf(view_, profile_, sources_) + more_bytes, memory_bytes_);
  }
  void Begin(const std::optional<KeptPartition>& kept) {
    partition_ = std::make_shared<FlatPartition>(
        profile_, view_.addresses_count(),
        kept.has_value() ? kept->parents : std::span<const std::uint32_t>());
  }
  absl::Status Unite(const View& view, const Settled& begin) {
    COINWAKE_ASSIGN_OR_RETURN(const FactsReader facts, FactsReader::Make(view));
    UnionByMin* const unions = partition_->unions();
    COINWAKE_RETURN_IF_ERROR(UniteCoSpends(facts, begin.tx, threads_, unions));
    return UniteSameKeys(view, begin.keys, threads_, unions);
  }

  absl::Status UniteFromKept(const View& view);
  absl::StatusOr<Settled> KeepSettled(const Settled& begin);
  absl::Status UniteToEpoch();
  absl::StatusOr<std::optional<KeptPartition>> LoadEpoch(const View& epoch,
                                                         const Hash256& owners) const;
  void KeepEpoch(const View& epoch, const Hash256& owners);
  absl::Status UniteChange(const View& epoch);
  static bool Join(const View& epoch, const ChangeEdge& edge, ConstrainedUnion* constrained,
                   ChangeEvidence::Audit* audit);
  static void UniteFound(const View& epoch, const ChangeModel& model,
                         const std::vector<FoundChange>& found, ConstrainedUnion* constrained,
                         ChangeEvidence::Audit* audit, std::vector<ChangeEdge>* edges);

  const View& view_;
  const Profile profile_;
  const int threads_;
  const std::uint64_t memory_bytes_;
  const PartitionSources sources_;
  std::shared_ptr<FlatPartition> partition_;
};

// All of `view`, which may end before view_, that needs no order, from what is kept on.
absl::Status PartitionBuilder::UniteFromKept(const View& view) {
  std::optional<KeptPartition> kept;
  if (sources_.kept != nullptr) kept = sources_.kept->Load(view, Profile::kStrict);
  Settled begin;
  if (kept.has_value()) {
    begin.tx.value = kept->head.totals.transactions;
    begin.keys = {AddressNum{kept->head.totals.addresses}, KeyNum{kept->head.totals.keys}};
  }
  Begin(kept);
  kept.reset();
  if (sources_.kept != nullptr) {
    COINWAKE_ASSIGN_OR_RETURN(begin, KeepSettled(begin));
  }
  return Unite(view, begin);
}

// Goes on to where a reorganisation will leave what was found and keeps that; says how far it went.
// That is no later than the epoch, so that every profile can begin there.
absl::StatusOr<Settled> PartitionBuilder::KeepSettled(const Settled& begin) {
  const Snapshot& snapshot = view_.snapshot();
  const KeptPartitions::Options& options = sources_.kept->options();
  if (snapshot.height - snapshot.from_height < options.settled_blocks) return begin;
  const std::uint64_t height = std::min(snapshot.height - options.settled_blocks,
                                        EpochHeight(snapshot.from_height, snapshot.height));
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const View> settled, view_.AsOf(height));
  const std::uint64_t transactions = settled->transactions_count();
  if (transactions < options.least_transactions || transactions <= begin.tx.value ||
      transactions - begin.tx.value < transactions / kWorthWriting) {
    return begin;
  }
  COINWAKE_RETURN_IF_ERROR(Unite(*settled, begin));
  partition_->unions()->Flatten();
  sources_.kept->Save(HeadOf(*settled, Profile::kStrict),
                      partition_->unions()->Parents(settled->addresses_count()), {});
  return Settled::AllOf(*settled);
}

// What is kept of the epoch, if it is all that a build would find.
absl::StatusOr<std::optional<KeptPartition>> PartitionBuilder::LoadEpoch(
    const View& epoch, const Hash256& owners) const {
  if (sources_.kept == nullptr) return std::optional<KeptPartition>();
  const auto fits = [&](const KeptHead& head) {
    return head.height == epoch.snapshot().height && head.owners == owners;
  };
  const std::optional<KeptHead> head = sources_.kept->LoadHead(epoch, profile_);
  if (!head.has_value() || !fits(*head)) return std::optional<KeptPartition>();
  COINWAKE_RETURN_IF_ERROR(CheckRoom(head->edges * kBytesAnEdge));
  std::optional<KeptPartition> kept = sources_.kept->Load(epoch, profile_);
  if (kept.has_value() && !fits(kept->head)) kept.reset();  // another thread has replaced it
  return kept;
}

absl::Status PartitionBuilder::UniteToEpoch() {
  const Snapshot& snapshot = view_.snapshot();
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const View> epoch,
                            view_.AsOf(EpochHeight(snapshot.from_height, snapshot.height)));
  const Hash256 owners = DigestOf(OwnersOf(sources_), epoch->addresses_count());
  COINWAKE_ASSIGN_OR_RETURN(std::optional<KeptPartition> kept, LoadEpoch(*epoch, owners));
  if (kept.has_value()) {
    Begin(kept);
    ChangeEvidence change(std::move(kept->edges));
    change.audit = kept->head.audit;
    change.bridges = std::move(kept->head.bridges);
    partition_->SetChange(std::move(change));
    partition_->SetModel(*std::move(kept->head.model));
    kept.reset();
  } else {
    COINWAKE_RETURN_IF_ERROR(UniteFromKept(*epoch));
    COINWAKE_RETURN_IF_ERROR(UniteChange(*epoch));
    KeepEpoch(*epoch, owners);
  }
  return Unite(view_, Settled::AllOf(*epoch));
}

void PartitionBuilder::KeepEpoch(const View& epoch, const Hash256& owners) {
  if (sources_.kept == nullptr) return;
  partition_->unions()->Flatten();
  const std::vector<ChangeEdge>& edges = partition_->change().edges();
  KeptHead head = HeadOf(epoch, profile_);
  head.owners = owners;
  head.edges = edges.size();
  head.audit = partition_->change().audit;
  head.bridges = partition_->change().bridges;
  head.model = partition_->model();
  sources_.kept->Save(head, partition_->unions()->Parents(epoch.addresses_count()), edges);
}

// Joins payers with their change, after all that is `strict` of `epoch`.
absl::Status PartitionBuilder::UniteChange(const View& epoch) {
  UnionByMin* const unions = partition_->unions();
  unions->Flatten();
  ConstrainedUnion constrained(epoch.addresses_count(), unions);
  ChangeEvidence::Audit audit;
  audit.largest_before = audit.largest = constrained.largest();
  for (const KnownOwner& one : OwnersOf(sources_)) {
    if (one.address.value >= epoch.addresses_count()) continue;
    constrained.SetOwner(static_cast<std::uint32_t>(one.address.value), one.owner);
  }
  COINWAKE_ASSIGN_OR_RETURN(const FactsReader facts, FactsReader::Make(epoch));
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<const AddressUse> use, ScanAddressUse(epoch, 0));
  const PaymentReader payments(facts, *use);
  COINWAKE_ASSIGN_OR_RETURN(ChangeModel model, FitChangeModel(facts, payments, *unions, threads_));
  audit.truths = model.truths();
  const std::optional<std::int64_t> threshold = profile_ == Profile::kExploratory
                                                    ? model.exploratory_threshold()
                                                    : model.standard_threshold();
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<ChangeEdge> plain, FindPremixChange(facts, threads_));
  std::vector<FoundChange> found;
  if (model.is_fitted() && threshold.has_value()) {
    COINWAKE_ASSIGN_OR_RETURN(found,
                              FindChange(facts, payments, *unions, model, *threshold, threads_));
  }
  audit.found = plain.size() + found.size();
  COINWAKE_RETURN_IF_ERROR(CheckRoom(audit.found * kBytesAFind));
  // As long as the sets are `strict`.
  std::vector<AuditLink> links = LinksOf(plain, found, &constrained, *unions);
  // The surest first: what needs no model.
  std::vector<ChangeEdge> edges;
  for (const ChangeEdge& edge : plain) {
    if (Join(epoch, edge, &constrained, &audit)) edges.push_back(edge);
  }
  UniteFound(epoch, model, found, &constrained, &audit, &edges);
  audit.largest = constrained.largest();
  audit.grew_alarmingly =
      GrewAlarmingly(audit.largest_before, audit.largest, epoch.addresses_count());
  std::vector<ChangeBridge> bridges = BridgesOf(std::move(links), &constrained);
  audit.bridges = bridges.size();
  if (bridges.size() > kMostBridges) bridges.resize(kMostBridges);
  ChangeEvidence evidence(std::move(edges));
  evidence.audit = audit;
  evidence.bridges = std::move(bridges);
  partition_->SetChange(std::move(evidence));
  partition_->SetModel(std::move(model));
  return epoch.damage().status();
}

// False where the union is refused, which `audit` counts.
bool PartitionBuilder::Join(const View& epoch, const ChangeEdge& edge,
                            ConstrainedUnion* constrained, ChangeEvidence::Audit* audit) {
  switch (constrained->Unite(static_cast<std::uint32_t>(edge.payer.value),
                             static_cast<std::uint32_t>(edge.change.value),
                             epoch.HeightOf(edge.tx))) {
    case ConstrainedUnion::Outcome::kForbidden:
      ++audit->forbidden;
      return false;
    case ConstrainedUnion::Outcome::kQuarantined:
      ++audit->quarantined;
      return false;
    case ConstrainedUnion::Outcome::kUnited:
      ++audit->united;
      return true;
    case ConstrainedUnion::Outcome::kSameAlready:
      return true;
  }
  return false;
}

// What `model` found, in the order in which it is to be believed.
void PartitionBuilder::UniteFound(const View& epoch, const ChangeModel& model,
                                  const std::vector<FoundChange>& found,
                                  ConstrainedUnion* constrained, ChangeEvidence::Audit* audit,
                                  std::vector<ChangeEdge>* edges) {
  for (const FoundChange& one : found) {
    // Whoever else is paid is not the payer, unless `strict` evidence has said so already.
    const IdRange<OutputNum> outputs = epoch.Outputs(TxNum{one.tx});
    for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
      const auto paid = static_cast<std::uint32_t>(epoch.AddressOf(output).value);
      if (paid != one.change) constrained->KeepApart(one.payer, paid);
    }
    const ChangeEdge edge{AddressNum{one.payer}, AddressNum{one.change}, TxNum{one.tx},
                          model.ConfidencePermille(one.score)};
    if (Join(epoch, edge, constrained, audit)) edges->push_back(edge);
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Partition>> Partition::Build(const View& view, Profile profile,
                                                                  int threads,
                                                                  std::uint64_t memory_bytes,
                                                                  const PartitionSources& sources) {
  const std::uint64_t count = view.addresses_count();
  if (count >= kNone32) {
    return absl::ResourceExhaustedError(
        absl::StrCat(count, " addresses: clusters are numbered with 32 bits"));
  }
  return PartitionBuilder(view, profile, std::clamp(threads, 1, kMaxThreads), memory_bytes, sources)
      .Build();
}

}  // namespace coinwake
