// Partitions of a whole chain: co-spends first, in any order; then change, in a fixed one.

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "heuristics/address_use.h"
#include "heuristics/change_scan.h"
#include "heuristics/cluster.h"
#include "heuristics/co_spend_scan.h"
#include "heuristics/constrained_union.h"
#include "heuristics/flat_sets.h"
#include "heuristics/payment_reader.h"
#include "heuristics/union_by_min.h"

namespace coinwake {
namespace {

constexpr int kMaxThreads = 256;
constexpr std::uint64_t kAlarmOneIn = 200;

class FlatPartition final : public Partition {
 public:
  FlatPartition(Profile profile, std::uint64_t count) : profile_(profile), sets_(count) {}

  void SetChange(ChangeEvidence change) { change_ = std::move(change); }
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

 private:
  const Profile profile_;
  FlatSets sets_;
  ChangeEvidence change_;
};

// What Build() holds at most, but for the edges of change it finds.
std::uint64_t MemoryOf(const View& view, Profile profile) {
  const std::uint64_t count = view.addresses_count();
  const std::uint64_t partition = count * 2 * sizeof(std::uint32_t);
  if (profile == Profile::kStrict) return partition;
  return partition + count * (sizeof(std::uint32_t) + 1) + view.outputs_count() / 8;
}

// Joins payers with their change in `unions`, which co-spends have made, and tells what was joined.
absl::StatusOr<ChangeEvidence> UniteChange(const FactsReader& facts, Profile profile, int threads,
                                           UnionByMin* unions) {
  const View& view = facts.view();
  ChangeEvidence none;
  unions->Flatten();
  ConstrainedUnion constrained(view.addresses_count(), unions);
  none.audit.largest_before = none.audit.largest = constrained.largest();
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<const AddressUse> use, ScanAddressUse(view, 0));
  const PaymentReader payments(facts, *use);
  COINWAKE_ASSIGN_OR_RETURN(const ChangeModel model,
                            FitChangeModel(facts, payments, *unions, threads));
  none.audit.truths = model.truths();
  const std::optional<std::int64_t> threshold =
      profile == Profile::kExploratory ? model.exploratory_threshold() : model.standard_threshold();
  if (!model.is_fitted() || !threshold.has_value()) return none;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<FoundChange> found,
                            FindChange(facts, payments, *unions, model, *threshold, threads));
  ChangeEvidence::Audit audit = none.audit;
  audit.found = found.size();
  std::vector<ChangeEdge> edges;
  for (const FoundChange& one : found) {
    // Whoever else is paid is not the payer, unless co-spends have said so already.
    const IdRange<OutputNum> outputs = view.Outputs(TxNum{one.tx});
    for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
      const auto paid = static_cast<std::uint32_t>(view.AddressOf(output).value);
      if (paid != one.change) constrained.KeepApart(one.payer, paid);
    }
    switch (constrained.Unite(one.payer, one.change, view.HeightOf(TxNum{one.tx}))) {
      case ConstrainedUnion::Outcome::kForbidden:
        ++audit.forbidden;
        continue;
      case ConstrainedUnion::Outcome::kQuarantined:
        ++audit.quarantined;
        continue;
      case ConstrainedUnion::Outcome::kUnited:
        ++audit.united;
        break;
      case ConstrainedUnion::Outcome::kSameAlready:
        break;
    }
    edges.push_back({AddressNum{one.payer}, AddressNum{one.change}, TxNum{one.tx},
                     model.ConfidencePermille(one.score)});
  }
  audit.largest = constrained.largest();
  audit.grew_alarmingly =
      (audit.largest - audit.largest_before) * kAlarmOneIn > view.addresses_count();
  ChangeEvidence evidence(std::move(edges));
  evidence.audit = audit;
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return evidence;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Partition>> Partition::Build(const View& view, Profile profile,
                                                                  int threads,
                                                                  std::uint64_t memory_bytes) {
  const std::uint64_t count = view.addresses_count();
  if (count >= kNone32) {
    return absl::ResourceExhaustedError(
        absl::StrCat(count, " addresses: clusters are numbered with 32 bits"));
  }
  const std::uint64_t needed_bytes = MemoryOf(view, profile);
  if (memory_bytes != 0 && needed_bytes > memory_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("clusters of ", count, " addresses need ",
                                                     needed_bytes, " bytes of memory, ",
                                                     memory_bytes, " are allowed"));
  }
  threads = std::clamp(threads, 1, kMaxThreads);
  auto partition = std::make_shared<FlatPartition>(profile, count);
  COINWAKE_ASSIGN_OR_RETURN(const FactsReader facts, FactsReader::Make(view));
  COINWAKE_RETURN_IF_ERROR(UniteCoSpends(facts, TxNum{0}, threads, partition->unions()));
  if (profile != Profile::kStrict) {
    COINWAKE_ASSIGN_OR_RETURN(ChangeEvidence change,
                              UniteChange(facts, profile, threads, partition->unions()));
    partition->SetChange(std::move(change));
  }
  partition->Finish();
  return partition;
}

}  // namespace coinwake
