// Tables about how right rules are on a chain whose truth is known, in Markdown.
#ifndef COINWAKE_TESTS_BENCH_ACCURACY_H_
#define COINWAKE_TESTS_BENCH_ACCURACY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/figure.h"
#include "evaluation/interval.h"
#include "heuristics/cluster.h"
#include "heuristics/transaction_facts.h"
#include "indexer/view/view.h"
#include "tests/support/economy_truth.h"

namespace coinwake::bench {

// An indexed chain and what is true of it; addresses and transactions by their numbers.
struct JudgedChain {
  const View* view = nullptr;
  const synthetic::EconomyTruth* truth = nullptr;
  std::vector<const synthetic::ScriptTruth*> scripts;            // null: OP_RETURN, genesis
  std::vector<const synthetic::TransactionTruth*> transactions;  // null: coinbases
};
// Both are borrowed.
JudgedChain Judge(const View& view, const synthetic::EconomyTruth& truth);

// Clusters of all addresses, whatever made them.
struct NamedClusters {
  std::string name;
  std::vector<std::uint64_t> cluster_of;  // by address number
};
NamedClusters ClustersOf(const JudgedChain& chain, const Partition& partition);
// What rule co_spend would give if every CoinJoin was recognised and nothing else taken for one: a
// limit for detectors. With the change of every transaction of one owner as well: a limit for
// change rules.
enum class Limit { kMixesKnown, kChangeKnown };
NamedClusters LimitOf(const JudgedChain& chain, Limit limit);

// A rule that says which transactions are of several parties.
struct MixJudge {
  std::string name;
  std::uint32_t version = 1;
  std::function<bool(TxNum)> fires;
};
// A rule that names the output that is change, or abstains.
struct ChangeJudge {
  std::string name;
  std::uint32_t version = 1;
  std::function<std::optional<std::uint32_t>(TxNum)> change_vout;
};

// Figures of each over all addresses with a known owner, and over those that spent alone:
// what never spent leaves no evidence of its own.
std::string ClusterTable(const JudgedChain& chain, const std::vector<NamedClusters>& all,
                         const evaluation::BootstrapOptions& options);
// The same of one by kind of owner.
std::string OwnerKindTable(const JudgedChain& chain, const NamedClusters& clusters,
                           const evaluation::BootstrapOptions& options);
// Which transactions make rule co_spend join strangers, by what they are.
std::string StrangersTable(const JudgedChain& chain, const FactsReader& reader);
// Recall by protocol, and what else was taken for a mix.
std::string MixTable(const JudgedChain& chain, const std::vector<MixJudge>& rules);
// The rules about mixes on the real and emulated transactions of tests/data/coinjoin, whose
// ORIGIN.md says what its lists have wrong. kDataLoss, kUnavailable where no index can be made.
absl::StatusOr<std::string> RealMixTable();
// Of the transactions of one owner with one output of change: how often a rule speaks, and is
// right.
std::string ChangeTable(const JudgedChain& chain, const std::vector<ChangeJudge>& rules);
// The change of transactions of one owner that `clusters` do not have beside its payer: how much of
// it there is for each reason that `why` gives, of a transaction and an output of it, and the
// B-cubed recall of all addresses that clusters would gain if all of it were joined.
std::string LostChangeTable(const JudgedChain& chain, const NamedClusters& clusters,
                            const std::function<std::string(TxNum, std::uint32_t)>& why);

}  // namespace coinwake::bench

#endif  // COINWAKE_TESTS_BENCH_ACCURACY_H_
