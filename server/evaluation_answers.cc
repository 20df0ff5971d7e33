#include "server/evaluation_answers.h"

#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/evaluation.pb.h"
#include "evaluation/clustering.h"
#include "heuristics/change_model.h"
#include "heuristics/coinjoin.h"
#include "server/convert.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

using evaluation::EntityScore;
using evaluation::Figure;
using evaluation::FigureKind;
using evaluation::Metric;

constexpr FigureKind kKind = FigureKind::kMeasured;

// What is shown of a rate: more would be noise.
double Shown(double rate) { return std::round(rate * 1e6) / 1e6; }
double Shown(std::uint64_t fraction) {
  return Shown(static_cast<double>(fraction) /
               static_cast<double>(std::uint64_t{1} << evaluation::kFractionBits));
}

// The truth by script: owners are numbered by name, so that the file's order does not matter.
struct SortedTruth {
  std::vector<std::string> owners;               // by name
  std::vector<std::uint64_t> addresses;          // of each, seen or not
  std::map<AddressNum, std::uint64_t> owner_of;  // of those seen
  std::uint64_t not_seen = 0;
};

absl::StatusOr<SortedTruth> Sort(const View& view, const std::vector<KnownOwner>& truth,
                                 const Cancellation* cancellation) {
  std::map<std::vector<std::uint8_t>, const KnownOwner*> by_script;
  std::map<std::string, std::uint64_t> addresses;
  for (const KnownOwner& known : truth) {
    COINWAKE_ASSIGN_OR_RETURN(std::vector<std::uint8_t> script,
                              ParseScriptName(known.address, view.snapshot().network));
    const auto [at, is_new] = by_script.emplace(std::move(script), &known);
    if (is_new) {
      ++addresses[known.owner];
    } else if (at->second->owner != known.owner) {
      return absl::DataLossError(absl::StrCat("the truth says that ", Excerpt(known.address),
                                              " belongs to ", Excerpt(at->second->owner),
                                              " and to ", Excerpt(known.owner)));
    }
  }
  SortedTruth sorted;
  std::map<std::string, std::uint64_t> numbers;
  for (const auto& [owner, count] : addresses) {
    numbers[owner] = sorted.owners.size();
    sorted.owners.push_back(owner);
    sorted.addresses.push_back(count);
  }
  for (const auto& [script, known] : by_script) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    const absl::StatusOr<AddressNum> address = view.FindAddress(script);
    if (absl::IsNotFound(address.status())) {
      ++sorted.not_seen;
      continue;
    }
    COINWAKE_RETURN_IF_ERROR(address.status());
    sorted.owner_of.emplace(*address, numbers[known->owner]);
  }
  return sorted;
}

void FillFigure(Metric metric, const Figure& figure, v1::Figure* wire) {
  wire->set_name(std::string(MetricName(metric)));
  wire->set_value(Shown(figure.value));
  if (figure.interval.has_value()) {
    wire->set_low(Shown(figure.interval->low));
    wire->set_high(Shown(figure.interval->high));
  }
  wire->set_kind(std::string(FigureKindName(figure.kind)));
}

void FillOwner(const SortedTruth& truth, const Partition& partition, const EntityScore& score,
               v1::OwnerFigures* wire) {
  wire->set_owner(truth.owners[score.entity]);
  wire->set_addresses(truth.addresses[score.entity]);
  wire->set_seen(score.items);
  wire->set_clusters(score.clusters);
  wire->set_largest_cluster(score.largest_cluster);
  wire->set_largest_cluster_size(partition.SizeOf(AddressNum{score.largest_cluster}));
  wire->set_covered(score.covered);
  wire->set_strangers(score.largest_cluster_items - score.covered);
  wire->set_coverage(Shown(score.CoverageFraction()));
  wire->set_contamination(Shown(score.ContaminationFraction()));
  wire->set_kind(std::string(FigureKindName(kKind)));
}

void FillLargest(const View& view, const Partition& partition,
                 const std::vector<std::uint64_t>& cluster_labels, v1::LargestCluster* wire) {
  for (const std::uint64_t label : cluster_labels) {
    const std::uint64_t size = partition.SizeOf(AddressNum{label});
    if (size <= wire->size()) continue;
    wire->set_id(label);
    wire->set_size(size);
  }
  wire->set_share(
      Shown(static_cast<double>(wire->size()) / static_cast<double>(view.addresses_count())));
}

}  // namespace

absl::Status AnswerEvaluation(const View& view, ClusterSource& clusters,
                              const std::vector<KnownOwner>& truth, Profile profile,
                              const evaluation::BootstrapOptions& options,
                              const Cancellation* cancellation, v1::Evaluation* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const SortedTruth sorted, Sort(view, truth, cancellation));
  if (sorted.owner_of.empty()) {
    return absl::NotFoundError(absl::StrCat("none of the ", sorted.not_seen,
                                            " addresses of the truth was ever seen on ",
                                            NetworkOf(view)));
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Partition> partition,
                            clusters.Get(profile, cancellation));
  std::vector<std::uint64_t> predicted;
  std::vector<std::uint64_t> owners;
  for (const auto& [address, owner] : sorted.owner_of) {
    predicted.push_back(partition->ClusterOf(address).value);
    owners.push_back(owner);
  }
  const evaluation::Contingency table(predicted, owners);
  const std::vector<EntityScore> scores = evaluation::ScoreEntities(table);
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  answer->set_profile(std::string(ProfileName(profile)));
  const auto add = [answer](std::string_view name, std::uint32_t version) {
    v1::RuleVersion* const rule = answer->add_rules();
    rule->set_rule(std::string(name));
    rule->set_version(version);
  };
  add(RuleName(Rule::kCoSpend), EvidenceLink().rule_version);
  add("mixes", kMixRulesVersion);
  if (profile != Profile::kStrict) {
    add(RuleName(Rule::kChange), kChangeModelVersion);
    add("change_rules", kChangeRulesVersion);
    add("change_model", kChangeModelVersion);
  }
  answer->set_addresses(table.items_count() + sorted.not_seen);
  answer->set_seen(table.items_count());
  answer->set_not_seen(sorted.not_seen);
  answer->set_owners(sorted.owners.size());
  answer->set_owners_seen(scores.size());
  const evaluation::ClusteringFigures figures = Summarise(scores, options, kKind);
  for (const Metric metric : evaluation::kAllMetrics) {
    const std::optional<Figure>& figure = Of(figures, metric);
    if (figure.has_value()) FillFigure(metric, *figure, answer->add_figures());
  }
  for (const EntityScore& score : scores) {
    FillOwner(sorted, *partition, score, answer->add_by_owner());
  }
  FillLargest(view, *partition, table.cluster_labels(), answer->mutable_largest_cluster());
  return view.damage().status();
}

}  // namespace coinwake::server
