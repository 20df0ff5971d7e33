// bench_account_accuracy: how right the rules about accounts are on a Tron chain of which
// everything is known.
//
// Method: makes the chain of an invented economy (tests/support/tron_economy.h), indexes it, and
// holds clusters and edges of evidence against who owns what. Every figure is `simulated`: true of
// that economy, and no error rate of main net. No rule about accounts has figures that are fitted.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "evaluation/clustering.h"
#include "heuristics/account_partition.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/wire.h"
#include "tests/bench/markdown.h"
#include "tests/server/tron_index.h"
#include "tests/support/tron_economy.h"

namespace coinwake::bench {
namespace {

using evaluation::FigureKind;
using evaluation::Metric;
using synthetic::AccountId;
using synthetic::AccountRole;
using synthetic::TronOwnerId;

struct Options {
  std::uint64_t transfers = 30'000;
  std::uint64_t seed = 1;
  evaluation::BootstrapOptions bootstrap;
  std::string out;
};

// An economy, its index, and by account number who owns it and for what.
struct Made {
  explicit Made(const Options& options)
      : economy({.seed = options.seed, .transfers = options.transfers, .block_transactions = 60}) {
    while (economy.transfers_count() < options.transfers) economy.MakeBlock();
    index = IndexOf(economy.chain().blocks());
    const synthetic::TronAccounts& accounts = economy.accounts();
    owners.resize(index.view().addresses_count(), synthetic::kNoOwner);
    roles.resize(index.view().addresses_count(), AccountRole::kMain);
    for (AccountId id = 0; id < accounts.accounts_count(); ++id) {
      const auto number = index.view().FindAddress(accounts.AddressOf(id).bytes);
      if (!number.ok()) continue;
      owners[number->value] = accounts.OwnerOf(id);
      roles[number->value] = accounts.RoleOf(id);
    }
  }

  AccountRules Rules() {
    std::string bytes;
    const auto& asset = economy.chain().truth().assets()[economy.usdt()];
    tron::AppendAssetBytes(tron::Asset::Trc20(tron::Account(asset.contract)), &bytes);
    AccountRules rules;
    rules.usdt = *index.view().FindAsset(tron::SpanOf(bytes));
    return rules;
  }
  bool OfOneOwner(std::uint32_t a, std::uint32_t b) const {
    return owners[a] == owners[b] && owners[a] != synthetic::kNoOwner;
  }

  synthetic::TronEconomy economy;
  TronIndex index;
  std::vector<TronOwnerId> owners;
  std::vector<AccountRole> roles;
};

std::string ClusterRow(const Made& made, const AccountPartition& partition,
                       const evaluation::BootstrapOptions& options) {
  std::vector<std::uint64_t> clusters;
  std::vector<std::uint64_t> owners;
  for (std::uint64_t i = 0; i < made.owners.size(); ++i) {
    if (made.owners[i] == synthetic::kNoOwner) continue;
    clusters.push_back(partition.ClusterOf(AddressNum{i}).value);
    owners.push_back(made.owners[i]);
  }
  const evaluation::Contingency table(clusters, owners);
  const evaluation::ClusteringFigures figures =
      Summarise(evaluation::ScoreEntities(table), options, FigureKind::kSimulated);
  std::vector<std::string> cells = {std::string(ProfileName(partition.profile())),
                                    absl::StrCat(table.items_count())};
  for (const Metric metric : {Metric::kBCubedPrecision, Metric::kBCubedRecall,
                              Metric::kPairwisePrecision, Metric::kPairwiseRecall,
                              Metric::kAdjustedRand, Metric::kCoverage, Metric::kContamination}) {
    cells.push_back(Cell(Of(figures, metric)));
  }
  cells.push_back(absl::StrFormat("%.4f", static_cast<double>(LargestCluster(table)) /
                                              static_cast<double>(table.items_count())));
  return Row(cells);
}

// How many of a rule's edges tie accounts of one owner.
std::string RuleRow(const Made& made, const AccountPartition& partition, AccountRule rule) {
  std::uint64_t said = 0;
  std::uint64_t right = 0;
  for (const AccountEdge& edge : partition.evidence().edges()) {
    if (edge.rule != rule) continue;
    ++said;
    if (made.OfOneOwner(edge.a, edge.b)) ++right;
  }
  return Row({absl::StrCat(std::string(AccountRuleName(rule)), " ", AccountRuleVersion(rule)),
              absl::StrCat(right, " of ", said),
              Cell(evaluation::Proportion(right, said, FigureKind::kSimulated))});
}

// How many deposit accounts are in a cluster with a hot wallet of their owner.
std::string DepositText(const Made& made, const AccountPartition& partition) {
  std::uint64_t there = 0;
  std::uint64_t found = 0;
  for (std::uint64_t i = 0; i < made.roles.size(); ++i) {
    if (made.roles[i] != AccountRole::kDeposit) continue;
    ++there;
    const std::uint64_t cluster = partition.ClusterOf(AddressNum{i}).value;
    for (std::uint64_t hot = 0; hot < made.roles.size(); ++hot) {
      if (made.roles[hot] != AccountRole::kHot || made.owners[hot] != made.owners[i]) continue;
      if (partition.ClusterOf(AddressNum{hot}).value == cluster) {
        ++found;
        break;
      }
    }
  }
  return absl::StrCat("Of ", there, " deposit accounts, ", found,
                      " are in the `strict` cluster of a hot wallet of their exchange: ",
                      Cell(evaluation::Proportion(found, there, FigureKind::kSimulated)),
                      ". T1 needs two sweeps of each.\n");
}

absl::StatusOr<std::string> Measure(const Options& options) {
  Made made(options);
  const AccountRules rules = made.Rules();
  const AccountView& view = made.index.view();
  std::string text =
      absl::StrCat("Economy of seed ", options.seed, ", ", options.transfers, " transfers, ",
                   view.transactions_count(), " transactions, ", view.addresses_count(),
                   " accounts. All figures: `", std::string(FigureKindName(FigureKind::kSimulated)),
                   "`. In brackets 95 % intervals: of clusters by the bootstrap over owners (",
                   options.bootstrap.resamples, " resamples, seed ", options.bootstrap.seed,
                   "), of rules Wilson's.\n\n## Clusters of accounts\n\n");
  text +=
      Head({"clusters", "accounts", "B-cubed precision", "B-cubed recall", "pairwise precision",
            "pairwise recall", "adjusted Rand", "coverage", "contamination", "largest cluster"});
  std::vector<std::shared_ptr<const AccountPartition>> partitions;
  for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
    COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const AccountPartition> partition,
                              AccountPartition::Build(view, profile, rules, 2, 0));
    text += ClusterRow(made, *partition, options.bootstrap);
    partitions.push_back(partition);
  }
  absl::StrAppend(&text, "\n", DepositText(made, *partitions.front()), "\n## Rules\n\n",
                  Head({"rule", "edges that tie one owner's accounts", "precision"}));
  for (const AccountRule rule : AccountPartition::RulesOf(Profile::kExploratory)) {
    text += RuleRow(made, *partitions.back(), rule);
  }
  return text;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app{"Measures clusters of Tron accounts on a chain whose owners are known"};
  app.add_option("--transfers", options.transfers)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--resamples", options.bootstrap.resamples)->capture_default_str();
  app.add_option("--out", options.out, "file for the tables; else they are printed");
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> text = Measure(options);
  if (!text.ok()) {
    std::fprintf(stderr, "bench_account_accuracy: error: %s\n",
                 std::string(text.status().message()).c_str());
    return 1;
  }
  if (options.out.empty()) {
    std::fputs(text->c_str(), stdout);
  } else {
    std::ofstream(options.out) << *text;
  }
  return 0;
}

}  // namespace
}  // namespace coinwake::bench

int main(int argc, char** argv) { return coinwake::bench::Main(argc, argv); }
