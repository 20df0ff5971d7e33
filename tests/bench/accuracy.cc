#include "tests/bench/accuracy.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "evaluation/clustering.h"
#include "heuristics/co_spend.h"
#include "indexer/base/hex.h"
#include "tests/bench/markdown.h"

namespace coinwake::bench {
namespace {

using evaluation::ClusteringFigures;
using evaluation::EntityScore;
using evaluation::FigureKind;
using evaluation::Metric;

constexpr FigureKind kKind = FigureKind::kSimulated;

// What each protocol's transactions are called in the truth.
constexpr std::array<std::string_view, 4> kMixKinds = {"whirlpool", "wasabi1", "wasabi2",
                                                       "joinmarket"};

bool IsMix(const std::string& kind) {
  return std::find(kMixKinds.begin(), kMixKinds.end(), kind) != kMixKinds.end();
}

struct Scored {
  std::vector<EntityScore> scores;
  std::uint64_t items = 0;
  std::uint64_t largest = 0;
};

Scored Score(const JudgedChain& chain, const NamedClusters& named,
             const std::vector<bool>& counted) {
  std::vector<std::uint64_t> clusters;
  std::vector<std::uint64_t> owners;
  for (std::size_t i = 0; i < chain.scripts.size(); ++i) {
    if (chain.scripts[i] == nullptr || !counted[i]) continue;
    clusters.push_back(named.cluster_of[i]);
    owners.push_back(chain.scripts[i]->owner);
  }
  const evaluation::Contingency table(clusters, owners);
  return {evaluation::ScoreEntities(table), table.items_count(), LargestCluster(table)};
}

std::uint64_t RootOf(std::uint64_t at, std::vector<std::uint64_t>* parents) {
  while ((*parents)[at] != at) at = (*parents)[at] = (*parents)[(*parents)[at]];
  return at;
}

// The set of `b` becomes part of that of `a`.
void Unite(std::uint64_t a, std::uint64_t b, std::vector<std::uint64_t>* parents) {
  (*parents)[RootOf(b, parents)] = RootOf(a, parents);
}

void Flatten(std::vector<std::uint64_t>* parents) {
  for (std::uint64_t i = 0; i < parents->size(); ++i) (*parents)[i] = RootOf(i, parents);
}

// An address that pays for a transaction and that nobody else added; nullopt where none is known.
std::optional<std::uint64_t> PayerOf(const View& view, TxNum tx) {
  const IdRange<InputNum> inputs = view.Inputs(tx);
  for (InputNum input = inputs.begin; input != inputs.end; ++input) {
    const std::optional<AddressNum> address = view.SourceAddress(view.Source(input));
    if (address.has_value() && !view.Flags(input).anyone_can_pay) return address->value;
  }
  return std::nullopt;
}

std::vector<bool> SpentAddresses(const JudgedChain& chain) {
  const View& view = *chain.view;
  std::vector<bool> spent(chain.scripts.size());
  for (InputNum input{0}; input.value < view.inputs_count(); ++input) {
    const std::optional<AddressNum> address = view.SourceAddress(view.Source(input));
    if (address.has_value()) spent[address->value] = true;
  }
  return spent;
}

}  // namespace

JudgedChain Judge(const View& view, const synthetic::EconomyTruth& truth) {
  JudgedChain chain;
  chain.view = &view;
  chain.truth = &truth;
  for (std::uint64_t i = 0; i < view.addresses_count(); ++i) {
    const auto found = truth.scripts.find(HexEncode(view.Script(AddressNum{i})));
    chain.scripts.push_back(found == truth.scripts.end() ? nullptr : &found->second);
  }
  for (std::uint64_t i = 0; i < view.transactions_count(); ++i) {
    const auto found = truth.transactions.find(view.Txid(TxNum{i}).ToDisplayHex());
    chain.transactions.push_back(found == truth.transactions.end() ? nullptr : &found->second);
  }
  return chain;
}

NamedClusters ClustersOf(const JudgedChain& chain, const Partition& partition) {
  NamedClusters named;
  named.name = ProfileName(partition.profile());
  for (std::uint64_t i = 0; i < chain.scripts.size(); ++i) {
    named.cluster_of.push_back(partition.ClusterOf(AddressNum{i}).value);
  }
  return named;
}

NamedClusters LimitOf(const JudgedChain& chain, Limit limit) {
  const View& view = *chain.view;
  NamedClusters named;
  named.name = limit == Limit::kMixesKnown ? "limit: mixes known" : "limit: mixes and change known";
  std::vector<std::uint64_t>& parent = named.cluster_of;
  parent.resize(chain.scripts.size());
  for (std::uint64_t i = 0; i < parent.size(); ++i) parent[i] = i;
  for (std::size_t i = 0; i < chain.transactions.size(); ++i) {
    const synthetic::TransactionTruth* truth = chain.transactions[i];
    if (truth == nullptr || IsMix(truth->kind)) continue;
    std::optional<std::uint64_t> first;
    const IdRange<InputNum> inputs = view.Inputs(TxNum{i});
    for (InputNum input = inputs.begin; input != inputs.end; ++input) {
      const std::optional<AddressNum> address = view.SourceAddress(view.Source(input));
      if (!address.has_value() || view.Flags(input).anyone_can_pay) continue;
      if (first.has_value()) Unite(*first, address->value, &parent);
      if (!first.has_value()) first = address->value;
    }
    if (limit != Limit::kChangeKnown || truth->owners.size() != 1 || !first.has_value()) continue;
    for (const std::uint32_t vout : truth->change) {
      const AddressNum change = view.AddressOf(view.Outputs(TxNum{i}).begin + vout);
      Unite(*first, change.value, &parent);
    }
  }
  Flatten(&parent);
  return named;
}

std::string ClusterTable(const JudgedChain& chain, const std::vector<NamedClusters>& all_clusters,
                         const evaluation::BootstrapOptions& options) {
  std::string text =
      Head({"clusters", "addresses", "B-cubed precision", "B-cubed recall", "pairwise precision",
            "pairwise recall", "adjusted Rand", "coverage", "contamination", "largest cluster"});
  const std::vector<bool> all(chain.scripts.size(), true);
  const std::vector<bool> spent = SpentAddresses(chain);
  for (const auto& [name, counted] : {std::pair("all", &all), std::pair("that spent", &spent)}) {
    for (const NamedClusters& clusters : all_clusters) {
      const Scored scored = Score(chain, clusters, *counted);
      const ClusteringFigures figures = Summarise(scored.scores, options, kKind);
      std::vector<std::string> cells = {clusters.name, absl::StrCat(name, ": ", scored.items)};
      for (const Metric metric :
           {Metric::kBCubedPrecision, Metric::kBCubedRecall, Metric::kPairwisePrecision,
            Metric::kPairwiseRecall, Metric::kAdjustedRand, Metric::kCoverage,
            Metric::kContamination}) {
        cells.push_back(Cell(Of(figures, metric)));
      }
      cells.push_back(absl::StrFormat(
          "%.4f", static_cast<double>(scored.largest) / static_cast<double>(scored.items)));
      text += Row(cells);
    }
  }
  return text;
}

std::string OwnerKindTable(const JudgedChain& chain, const NamedClusters& clusters,
                           const evaluation::BootstrapOptions& options) {
  std::map<std::uint64_t, std::string> kind_of;
  for (const synthetic::ScriptTruth* script : chain.scripts) {
    if (script != nullptr) kind_of[script->owner] = script->kind;
  }
  std::map<std::string, std::vector<EntityScore>> by_kind;
  const std::vector<bool> all(chain.scripts.size(), true);
  for (const EntityScore& score : Score(chain, clusters, all).scores) {
    by_kind[kind_of.at(score.entity)].push_back(score);
  }
  std::string text = Head({"kind of owner", "owners", "addresses", "B-cubed precision",
                           "B-cubed recall", "coverage", "contamination"});
  for (const auto& [kind, scores] : by_kind) {
    std::uint64_t items = 0;
    for (const EntityScore& score : scores) items += score.items;
    const ClusteringFigures figures = Summarise(scores, options, kKind);
    text +=
        Row({kind, absl::StrCat(scores.size()), absl::StrCat(items),
             Cell(Of(figures, Metric::kBCubedPrecision)), Cell(Of(figures, Metric::kBCubedRecall)),
             Cell(Of(figures, Metric::kCoverage)), Cell(Of(figures, Metric::kContamination))});
  }
  return text;
}

std::string StrangersTable(const JudgedChain& chain, const FactsReader& reader) {
  struct Count {
    std::uint64_t all = 0;
    std::uint64_t joining = 0;
  };
  std::map<std::string, Count> by_kind;
  for (std::size_t i = 0; i < chain.transactions.size(); ++i) {
    const synthetic::TransactionTruth* truth = chain.transactions[i];
    if (truth == nullptr || truth->owners.size() < 2) continue;
    std::set<std::uint32_t> owners;
    for (const AddressNum address : CoSpenders(reader, TxNum{i})) {
      owners.insert(chain.scripts[address.value]->owner);
    }
    Count& count = by_kind[truth->kind];
    ++count.all;
    count.joining += owners.size() > 1;
  }
  std::string text = Head({"transactions of several owners", "count", "joined by co_spend"});
  for (const auto& [kind, count] : by_kind) {
    text += Row({kind, absl::StrCat(count.all), absl::StrCat(count.joining)});
  }
  return text;
}

std::string MixTable(const JudgedChain& chain, const std::vector<MixJudge>& rules) {
  std::vector<std::string> titles = {"rule"};
  for (const std::string_view kind : kMixKinds)
    titles.push_back(absl::StrCat("recall ", std::string(kind)));
  titles.insert(titles.end(), {"precision", "taken for a mix"});
  std::string text = Head(titles);
  for (const MixJudge& rule : rules) {
    std::map<std::string, std::uint64_t> all;
    std::map<std::string, std::uint64_t> fired;
    std::uint64_t right = 0;
    std::uint64_t wrong = 0;
    for (std::size_t i = 0; i < chain.transactions.size(); ++i) {
      if (chain.transactions[i] == nullptr) continue;
      const std::string& kind = chain.transactions[i]->kind;
      ++all[kind];
      if (!rule.fires(TxNum{i})) continue;
      ++fired[kind];
      ++(IsMix(kind) ? right : wrong);
    }
    std::vector<std::string> cells = {absl::StrCat(rule.name, " ", rule.version)};
    for (const std::string_view kind : kMixKinds) {
      cells.push_back(absl::StrCat(
          Cell(evaluation::Proportion(fired[std::string(kind)], all[std::string(kind)], kKind)),
          " of ", all[std::string(kind)]));
    }
    cells.push_back(Cell(evaluation::Proportion(right, right + wrong, kKind)));
    std::string taken;
    for (const auto& [kind, count] : fired) {
      if (count > 0 && !IsMix(kind))
        absl::StrAppend(&taken, taken.empty() ? "" : ", ", kind, " ", count);
    }
    cells.push_back(taken.empty() ? "none" : taken);
    text += Row(cells);
  }
  return text;
}

std::string ChangeTable(const JudgedChain& chain, const std::vector<ChangeJudge>& rules) {
  std::string text = Head({"rule", "transactions", "coverage", "precision"});
  for (const ChangeJudge& rule : rules) {
    std::uint64_t all = 0;
    std::uint64_t spoken = 0;
    std::uint64_t right = 0;
    for (std::size_t i = 0; i < chain.transactions.size(); ++i) {
      const synthetic::TransactionTruth* truth = chain.transactions[i];
      if (truth == nullptr || truth->owners.size() != 1 || truth->change.size() != 1) continue;
      ++all;
      const std::optional<std::uint32_t> vout = rule.change_vout(TxNum{i});
      if (!vout.has_value()) continue;
      ++spoken;
      right += *vout == truth->change.front();
    }
    text += Row({absl::StrCat(rule.name, " ", rule.version), absl::StrCat(all),
                 Cell(evaluation::Proportion(spoken, all, kKind)),
                 Cell(evaluation::Proportion(right, spoken, kKind))});
  }
  return text;
}

std::string LostChangeTable(const JudgedChain& chain, const NamedClusters& clusters,
                            const std::function<std::string(TxNum, std::uint32_t)>& why) {
  const View& view = *chain.view;
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::uint64_t>>> lost;
  for (std::size_t i = 0; i < chain.transactions.size(); ++i) {
    const synthetic::TransactionTruth* truth = chain.transactions[i];
    if (truth == nullptr || truth->owners.size() != 1) continue;
    const std::optional<std::uint64_t> payer = PayerOf(view, TxNum{i});
    if (!payer.has_value()) continue;
    for (const std::uint32_t vout : truth->change) {
      const std::uint64_t change = view.AddressOf(view.Outputs(TxNum{i}).begin + vout).value;
      if (clusters.cluster_of[change] == clusters.cluster_of[*payer]) continue;
      lost[why(TxNum{i}, vout)].emplace_back(*payer, change);
    }
  }
  const std::vector<bool> all(chain.scripts.size(), true);
  const auto recall = [&](const NamedClusters& named) {
    const std::vector<EntityScore> scores = Score(chain, named, all).scores;
    return Of(Summarise(scores, {.resamples = 0}, kKind), Metric::kBCubedRecall)->value;
  };
  const double before = recall(clusters);
  std::string text = Head({"not joined because", "outputs", "B-cubed recall it costs"});
  for (const auto& [reason, pairs] : lost) {
    NamedClusters joined = clusters;
    for (const auto& [payer, change] : pairs) Unite(payer, change, &joined.cluster_of);
    Flatten(&joined.cluster_of);
    text +=
        Row({reason, absl::StrCat(pairs.size()), absl::StrFormat("%.4f", recall(joined) - before)});
  }
  return text;
}

}  // namespace coinwake::bench
