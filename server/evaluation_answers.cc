#include "server/evaluation_answers.h"

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/evaluation.pb.h"
#include "evaluation/clustering.h"
#include "heuristics/account_evidence.h"
#include "heuristics/change_model.h"
#include "heuristics/coinjoin.h"
#include "indexer/tron/address.h"
#include "server/account_answers.h"
#include "server/convert.h"
#include "server/index_set.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

using evaluation::EntityScore;
using evaluation::Figure;
using evaluation::FigureKind;
using evaluation::Metric;

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

// What identifies the address that `name` names on the chain of `view`.
absl::StatusOr<std::vector<std::uint8_t>> BytesOf(const ChainView& view, const std::string& name) {
  const Network network = view.snapshot().network;
  if (ChainOf(network) == Chain::kBitcoin) return ParseScriptName(name, network);
  COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(name));
  return std::vector<std::uint8_t>(account.bytes().begin(), account.bytes().end());
}

absl::StatusOr<SortedTruth> Sort(const ChainView& view, const std::vector<TrueOwner>& truth,
                                 const Cancellation* cancellation) {
  std::map<std::vector<std::uint8_t>, const TrueOwner*> by_script;
  std::map<std::string, std::uint64_t> addresses;
  for (const TrueOwner& known : truth) {
    COINWAKE_ASSIGN_OR_RETURN(std::vector<std::uint8_t> script, BytesOf(view, known.address));
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
  if (sorted.owner_of.empty()) {
    return absl::NotFoundError(absl::StrCat("none of the ", sorted.not_seen,
                                            " addresses of the truth was ever seen on ",
                                            std::string(NetworkName(view.snapshot().network))));
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

void AddRule(std::string_view name, std::uint32_t version, v1::Evaluation* answer) {
  v1::RuleVersion* const rule = answer->add_rules();
  rule->set_rule(std::string(name));
  rule->set_version(version);
}

void AddRules(Profile profile, v1::Evaluation* answer) {
  AddRule(RuleName(Rule::kCoSpend), RuleVersion(Rule::kCoSpend), answer);
  AddRule(RuleName(Rule::kSameKey), RuleVersion(Rule::kSameKey), answer);
  AddRule("mixes", kMixRulesVersion, answer);
  if (profile == Profile::kStrict) return;
  AddRule(RuleName(Rule::kChange), RuleVersion(Rule::kChange), answer);
  AddRule("change_rules", kChangeRulesVersion, answer);
  AddRule("change_model", kChangeModelVersion, answer);
}

void AddAccountRules(Profile profile, v1::Evaluation* answer) {
  for (const AccountRule rule : AccountPartition::RulesOf(profile)) {
    AddRule(AccountRuleName(rule), AccountRuleVersion(rule), answer);
  }
}

// With one owner alone there is nobody to be confused with: these are then 1, or 0, by
// construction.
bool TellsOwnersApart(Metric metric) {
  switch (metric) {
    case Metric::kBCubedPrecision:
    case Metric::kBCubedF1:
    case Metric::kPairwisePrecision:
    case Metric::kPairwiseF1:
    case Metric::kAdjustedRand:
    case Metric::kContamination:
      return true;
    default:
      return false;
  }
}

using Sizes = std::map<std::uint64_t, std::uint64_t>;  // of clusters, by id

void FillOwner(const SortedTruth& truth, const Sizes& sizes, const EntityScore& score,
               FigureKind kind, v1::OwnerFigures* wire) {
  wire->set_owner(truth.owners[score.entity]);
  wire->set_addresses(truth.addresses[score.entity]);
  wire->set_seen(score.items);
  wire->set_clusters(score.clusters);
  wire->set_largest_cluster(score.largest_cluster);
  wire->set_largest_cluster_size(sizes.at(score.largest_cluster));
  wire->set_covered(score.covered);
  wire->set_strangers(score.largest_cluster_items - score.covered);
  wire->set_coverage(Shown(score.CoverageFraction()));
  wire->set_contamination(Shown(score.ContaminationFraction()));
  wire->set_kind(std::string(FigureKindName(kind)));
}

void FillLargest(const ChainView& view, const Sizes& sizes, v1::LargestCluster* wire) {
  for (const auto& [id, size] : sizes) {
    if (size <= wire->size()) continue;
    wire->set_id(id);
    wire->set_size(size);
  }
  wire->set_share(
      Shown(static_cast<double>(wire->size()) / static_cast<double>(view.addresses_count())));
}

// `partition` is a Partition or an AccountPartition: both tell cluster and size of an address.
template <typename Clusters>
void FillFigures(const ChainView& view, const Clusters& partition, const SortedTruth& truth,
                 FigureKind kind, const evaluation::BootstrapOptions& options,
                 v1::Evaluation* answer) {
  std::vector<std::uint64_t> predicted;
  std::vector<std::uint64_t> owners;
  for (const auto& [address, owner] : truth.owner_of) {
    predicted.push_back(partition.ClusterOf(address).value);
    owners.push_back(owner);
  }
  const evaluation::Contingency table(predicted, owners);
  Sizes sizes;
  for (const std::uint64_t id : table.cluster_labels()) {
    sizes.emplace(id, partition.SizeOf(AddressNum{id}));
  }
  const std::vector<EntityScore> scores = evaluation::ScoreEntities(table);
  answer->set_addresses(table.items_count() + truth.not_seen);
  answer->set_seen(table.items_count());
  answer->set_not_seen(truth.not_seen);
  answer->set_owners(truth.owners.size());
  answer->set_owners_seen(scores.size());
  const bool is_one = scores.size() < 2;
  const evaluation::ClusteringFigures figures = Summarise(scores, options, kind);
  for (const Metric metric : evaluation::kAllMetrics) {
    std::optional<Figure> figure = Of(figures, metric);
    if (!figure.has_value() || (is_one && TellsOwnersApart(metric))) continue;
    if (is_one) figure->interval.reset();
    FillFigure(metric, *figure, answer->add_figures());
  }
  for (const EntityScore& score : scores) {
    v1::OwnerFigures* const wire = answer->add_by_owner();
    FillOwner(truth, sizes, score, kind, wire);
  }
  FillLargest(view, sizes, answer->mutable_largest_cluster());
}

}  // namespace

evaluation::FigureKind FigureKindOn(Network network) {
  return network == Network::kBitcoinRegtest || network == Network::kTronPrivate
             ? FigureKind::kSimulated
             : FigureKind::kMeasured;
}

absl::Status AnswerEvaluation(OpenNetwork& open, const std::vector<TrueOwner>& truth,
                              Profile profile, FigureKind kind,
                              const evaluation::BootstrapOptions& options,
                              const Cancellation* cancellation, v1::Evaluation* answer) {
  const ChainView& chain = open.index.chain();
  COINWAKE_ASSIGN_OR_RETURN(const SortedTruth sorted, Sort(chain, truth, cancellation));
  answer->set_profile(std::string(ProfileName(profile)));
  if (open.has_accounts()) {
    FillSnapshot(open.accounts(), answer->mutable_snapshot());
    AddAccountRules(profile, answer);
    COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const AccountPartition> partition,
                              open.account_clusters.GetWithoutLabels(profile, cancellation));
    answer->set_unread_accounts(partition->audit().unread);
    FillFigures(chain, *partition, sorted, kind, options, answer);
  } else {
    FillSnapshot(open.snapshot(), answer->mutable_snapshot());
    AddRules(profile, answer);
    if (const auto epoch = EpochOf(open.view(), profile)) answer->set_epoch_height(*epoch);
    COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Partition> partition,
                              open.clusters.GetWithoutLabels(profile, cancellation));
    FillFigures(chain, *partition, sorted, kind, options, answer);
  }
  return chain.damage().status();
}

}  // namespace coinwake::server
