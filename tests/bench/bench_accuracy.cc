// bench_accuracy: how right Coinwake's rules are on a chain of which everything is known.
//
// Method: makes the chain of an invented economy (tests/support/economy.h), indexes it, and holds
// clusters and rules against the truth. Every figure is `simulated`: true of that economy, and no
// error rate on real chains. Nothing may be fitted on the economy measured by default.
#include <bit>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "heuristics/change_model.h"
#include "heuristics/change_scan.h"
#include "heuristics/cluster.h"
#include "heuristics/co_spend_scan.h"
#include "heuristics/coinjoin.h"
#include "heuristics/payment_reader.h"
#include "heuristics/same_key_scan.h"
#include "indexer/base/file_system.h"
#include "indexer/ingest/ingest.h"
#include "indexer/view/open.h"
#include "tests/bench/accuracy.h"
#include "tests/bench/bench_support.h"
#include "tests/support/economy.h"

namespace coinwake::bench {
namespace {

struct Options {
  std::string economy = "held_out";
  std::uint64_t transactions = 200'000;
  std::uint64_t seed = 1;
  evaluation::BootstrapOptions bootstrap;
  std::string work = DefaultWorkFolder();
  std::string out;
};

// The rules that are measured. One more is one more entry here.
std::vector<MixJudge> MixJudges(const FactsReader& reader) {
  const auto judge = [&reader](TxNum tx) { return JudgeMix(reader.Read(tx), nullptr); };
  std::vector<MixJudge> judges = {
      {"any protocol", kMixRulesVersion, [judge](TxNum tx) { return judge(tx).is_coinjoin(); }},
      {"or suspected", kMixRulesVersion,
       [judge](TxNum tx) { return judge(tx).may_have_parties(); }}};
  for (const MixProtocol protocol :
       {MixProtocol::kWhirlpool, MixProtocol::kWasabi2, MixProtocol::kWasabi1,
        MixProtocol::kJoinMarket, MixProtocol::kEqualOutputs}) {
    judges.push_back({std::string(MixProtocolName(protocol)), kMixRulesVersion,
                      [judge, protocol](TxNum tx) { return judge(tx).protocol == protocol; }});
  }
  return judges;
}

// The rules alone, where they hold one output for change; then the model, as each profile uses it.
std::vector<ChangeJudge> ChangeJudges(
    const View& view, const PaymentReader& payments,
    const std::vector<std::shared_ptr<const Partition>>& partitions) {
  std::vector<ChangeJudge> judges;
  for (std::size_t i = 0; i < kChangeRulesCount; ++i) {
    const auto rule = static_cast<ChangeRule>(i);
    judges.push_back({std::string(ChangeRuleName(rule)), kChangeRulesVersion,
                      [rule, &payments](TxNum tx) -> std::optional<std::uint32_t> {
                        const std::optional<Payment> payment = payments.Read(tx);
                        if (!payment.has_value()) return std::nullopt;
                        const ChangeVote vote = VoteOn(rule, *payment);
                        if (std::popcount(vote.candidates) != 1) return std::nullopt;
                        return payment
                            ->outputs[static_cast<std::size_t>(std::countr_zero(vote.candidates))]
                            .vout;
                      }});
  }
  for (const std::shared_ptr<const Partition>& partition : partitions) {
    if (partition->change().edges().empty()) continue;
    auto change_of = std::make_shared<std::map<TxNum, AddressNum>>();
    for (const ChangeEdge& edge : partition->change().edges()) (*change_of)[edge.tx] = edge.change;
    judges.push_back({absl::StrCat("model, ", std::string(ProfileName(partition->profile()))),
                      kChangeModelVersion,
                      [change_of, &view](TxNum tx) -> std::optional<std::uint32_t> {
                        const auto found = change_of->find(tx);
                        if (found == change_of->end()) return std::nullopt;
                        const IdRange<OutputNum> outputs = view.Outputs(tx);
                        std::uint32_t vout = 0;
                        while (view.AddressOf(outputs.begin + vout) != found->second) ++vout;
                        return vout;
                      }});
  }
  return judges;
}

// The model that `standard` uses.
absl::StatusOr<ChangeModel> ModelOf(const FactsReader& facts, const PaymentReader& payments,
                                    int threads) {
  UnionByMin strict(facts.view().addresses_count());
  COINWAKE_RETURN_IF_ERROR(UniteCoSpends(facts, TxNum{0}, threads, &strict));
  COINWAKE_RETURN_IF_ERROR(UniteSameKeys(facts.view(), {}, threads, &strict));
  strict.Flatten();
  return FitChangeModel(facts, payments, strict, threads);
}

// Why `standard` did not hold an output that is change for change.
std::string WhyNotFound(const FactsReader& facts, const PaymentReader& payments,
                        const ChangeModel& model, TxNum tx, std::uint32_t vout) {
  const std::optional<Payment> payment = payments.Read(tx);
  if (!payment.has_value()) {
    const TransactionFacts read = facts.Read(tx);
    if (MayHaveParties(read)) return "no payment of one: perhaps a mix";
    if (read.outputs.size() > kMaxChangeOutputs) return "no payment of one: more than 16 outputs";
    return "no payment of one: a Tx0, chips, an unknown or open input";
  }
  NoGuess why{};
  const std::optional<ChangeGuess> guess =
      Guess(model.WeightsAt(facts.view().HeightOf(tx)), *payment, &why);
  if (!guess.has_value()) return "no guess: " + std::string(NoGuessName(why));
  if (payment->outputs[guess->output].vout != vout) return "another output was held for change";
  return guess->score < model.standard_threshold().value_or(guess->score + 1)
             ? "below the threshold"
             : "refused: would join what is kept apart, or too much at once";
}

// What the model was fitted on, and what its unions did.
std::string AuditText(const std::vector<std::shared_ptr<const Partition>>& partitions) {
  std::string text;
  for (const std::shared_ptr<const Partition>& partition : partitions) {
    if (partition->profile() == Profile::kStrict) continue;
    const ChangeEvidence::Audit& audit = partition->change().audit;
    absl::StrAppend(&text, "`", std::string(ProfileName(partition->profile())), "`: fitted on ",
                    audit.truths, " payments; ", audit.found, " outputs held for change, ",
                    audit.united, " unions, ", audit.forbidden, " refused, ", audit.quarantined,
                    " wait for more evidence; largest cluster ", audit.largest, " addresses, ",
                    audit.largest_before, " under `strict`.\n\n");
  }
  return text;
}

// Makes the chain and its index in folders of their own; the index's folder.
absl::StatusOr<std::string> Prepare(const Options& options, const std::string& folder) {
  const auto config = synthetic::EconomyNamed(options.economy);
  if (!config.has_value()) {
    return absl::InvalidArgumentError("no economy is named " + options.economy);
  }
  std::filesystem::remove_all(folder);
  synthetic::ChainOptions chain;
  chain.transactions = options.transactions;
  chain.seed = options.seed;
  chain.folder = folder;
  chain.truth_folder = folder;
  COINWAKE_RETURN_IF_ERROR(synthetic::GenerateEconomy(RealFileSystem(), chain, *config).status());
  IngestOptions ingest;
  ingest.blocks_folder = folder;
  ingest.data_folder = folder + "/index";
  COINWAKE_RETURN_IF_ERROR(IndexBitcoin(RealFileSystem(), ingest).status());
  return ingest.data_folder;
}

absl::StatusOr<std::string> Measure(const Options& options) {
  const std::string folder = absl::StrCat(options.work, "/economy-", options.economy, "-",
                                          options.transactions, "-", options.seed);
  COINWAKE_ASSIGN_OR_RETURN(const std::string data, Prepare(options, folder));
  COINWAKE_ASSIGN_OR_RETURN(const OpenIndex index,
                            OpenForReading(RealFileSystem(), data, Network::kBitcoinRegtest));
  COINWAKE_ASSIGN_OR_RETURN(const synthetic::EconomyTruth truth,
                            synthetic::ReadEconomyTruth(RealFileSystem(), folder));
  const View& view = *index.view;
  const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const JudgedChain chain = Judge(view, truth);
  std::vector<NamedClusters> clusters;
  std::vector<std::shared_ptr<const Partition>> partitions;
  for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
    COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Partition> partition,
                              Partition::Build(view, profile, threads, 0));
    clusters.push_back(ClustersOf(chain, *partition));
    partitions.push_back(partition);
  }
  clusters.push_back(LimitOf(chain, Limit::kMixesKnown));
  clusters.push_back(LimitOf(chain, Limit::kChangeKnown));
  std::string text = absl::StrCat(
      "Economy `", options.economy, "`, seed ", options.seed, ", ", view.transactions_count(),
      " transactions, ", view.addresses_count(), " addresses. All figures: `",
      std::string(FigureKindName(evaluation::FigureKind::kSimulated)),
      "`. In brackets 95 % intervals: of clusters by the bootstrap over owners (",
      options.bootstrap.resamples, " resamples, seed ", options.bootstrap.seed,
      "), of rules Wilson's.\n\n");
  absl::StrAppend(&text, "## Clusters\n\n", ClusterTable(chain, clusters, options.bootstrap));
  std::string last;
  for (const NamedClusters& each : clusters) {
    std::string table = OwnerKindTable(chain, each, options.bootstrap);
    absl::StrAppend(&text, "\n### By kind of owner: ", each.name, "\n\n",
                    table == last ? "As the one before.\n" : table);
    last = std::move(table);
  }
  COINWAKE_ASSIGN_OR_RETURN(const FactsReader facts, FactsReader::Make(view));
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<const AddressUse> use, ScanAddressUse(view, 0));
  const PaymentReader payments(facts, *use);
  absl::StrAppend(&text, "\n## Strangers joined\n\n", StrangersTable(chain, facts));
  absl::StrAppend(&text, "\n## CoinJoins\n\n", MixTable(chain, MixJudges(facts)));
  absl::StrAppend(&text, "\n## Change\n\n", AuditText(partitions),
                  ChangeTable(chain, ChangeJudges(view, payments, partitions)));
  COINWAKE_ASSIGN_OR_RETURN(const ChangeModel model, ModelOf(facts, payments, threads));
  if (model.is_fitted()) {
    absl::StrAppend(&text, "\n### Change that `standard` does not join\n\n",
                    LostChangeTable(chain, clusters[1], [&](TxNum tx, std::uint32_t vout) {
                      return WhyNotFound(facts, payments, model, tx, vout);
                    }));
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::string real, RealMixTable());
  absl::StrAppend(&text, "\n## Real and emulated CoinJoins\n\n", real);
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  std::filesystem::remove_all(folder);
  return text;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app{"Measures clusters and rules on a chain whose owners are known"};
  app.add_option("--economy", options.economy, "calibration, held_out or adversarial")
      ->capture_default_str();
  app.add_option("--transactions", options.transactions)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--resamples", options.bootstrap.resamples)->capture_default_str();
  app.add_option("--work", options.work, "where the chain and its index are made")
      ->capture_default_str();
  app.add_option("--out", options.out, "file for the tables; else they are printed");
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> text = Measure(options);
  if (!text.ok()) {
    std::fprintf(stderr, "bench_accuracy: error: %s\n",
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
