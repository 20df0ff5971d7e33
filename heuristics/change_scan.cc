#include "heuristics/change_scan.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>

#include "heuristics/change_verdict.h"
#include "heuristics/co_spend.h"
#include "heuristics/transaction_kind.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kBatchTransactions = 2048;

// Calls visit(&workers[i], tx) for every transaction of the chain, from as many threads as there
// are workers; each worker is one thread's.
template <typename Worker, typename Visit>
absl::Status ForEachTransaction(const View& view, std::vector<Worker>* workers, Visit visit) {
  std::atomic<std::uint64_t> next_batch{0};
  const auto work = [&](Worker* worker) {
    while (!view.damage().found()) {
      const std::uint64_t begin =
          next_batch.fetch_add(1, std::memory_order_relaxed) * kBatchTransactions;
      const std::uint64_t end = std::min(begin + kBatchTransactions, view.transactions_count());
      if (begin >= end) return;
      for (TxNum tx{begin}; tx.value < end; ++tx) visit(worker, tx);
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < workers->size(); ++i) helpers.emplace_back(work, &(*workers)[i]);
  work(&workers->front());
  helpers.clear();  // joins
  return view.damage().status();
}

// The same of every payment: visit(&workers[i], tx, payment).
template <typename Worker, typename Visit>
absl::Status ForEachPayment(const View& view, const PaymentReader& payments,
                            std::vector<Worker>* workers, Visit visit) {
  std::vector<SpenderMemo> memos(workers->size());
  return ForEachTransaction(view, workers, [&](Worker* worker, TxNum tx) {
    SpenderMemo& memo = memos[static_cast<std::size_t>(worker - workers->data())];
    const std::optional<Payment> payment = payments.Read(tx, &memo);
    if (payment.has_value()) visit(worker, tx, *payment);
  });
}

std::size_t WorkersOf(int threads) { return static_cast<std::size_t>(std::max(threads, 1)); }

void CountVotes(const ChangeVote& vote, std::size_t outputs, std::size_t change,
                RuleCounts* counts) {
  for (std::size_t output = 0; output < outputs; ++output) {
    if ((vote.known >> output & 1) == 0) continue;
    const bool votes = (vote.candidates >> output & 1) != 0;
    if (output == change) {
      ++(votes ? counts->change_votes : counts->change_silences);
    } else {
      ++(votes ? counts->payment_votes : counts->payment_silences);
    }
  }
}

void CountRules(const Payment& payment, std::size_t change, EraCounts* era) {
  ++era->truths;
  for (std::size_t i = 0; i < kChangeRulesCount; ++i) {
    const auto rule = static_cast<ChangeRule>(i);
    const ChangeVote vote = VoteOn(rule, payment);
    CountVotes(vote, payment.outputs.size(), change, &era->rules[i]);
    if (rule == ChangeRule::kLast) {
      CountVotes(vote, payment.outputs.size(), change, &era->last[NumberOf(payment.print)]);
    }
  }
}

bool IsToPayersCluster(const Payment& payment, const ChangeOutput& output,
                       const UnionByMin& strict) {
  return strict.Parent(static_cast<std::uint32_t>(output.address.value)) ==
         strict.Parent(static_cast<std::uint32_t>(payment.payer.value));
}

// Whether another output than `guess` is the payer's, and `guess` is not.
bool IsKnownBetter(const Payment& payment, std::size_t guess, const UnionByMin& strict) {
  return !IsToPayersCluster(payment, payment.outputs[guess], strict) &&
         std::any_of(payment.outputs.begin(), payment.outputs.end(),
                     [&](const ChangeOutput& output) {
                       return IsToPayersCluster(payment, output, strict);
                     });
}

// Whether `tx` may be a Tx0, told without a look at its scripts: its OP_RETURN carries nothing.
bool MayBePremix(const View& view, TxNum tx) {
  constexpr std::uint64_t kFewestOutputs = 4;  // OP_RETURN, fee, change, one for the pool
  const IdRange<OutputNum> outputs = view.Outputs(tx);
  if (outputs.size() < kFewestOutputs) return false;
  for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
    if (view.Value(output) == 0) return true;
  }
  return false;
}

// The smallest of the input addresses that may be joined with others.
std::optional<AddressNum> PayerOf(const FactsReader& reader, const TransactionFacts& facts) {
  std::optional<AddressNum> payer;
  for (const InputFacts& input : facts.inputs) {
    if (!input.address.has_value() || !NamesSomebody(input.type)) continue;
    if (reader.IsShared(*input.address)) continue;
    if (!payer.has_value() || *input.address < *payer) payer = *input.address;
  }
  return payer;
}

std::optional<ChangeEdge> PremixEdge(const FactsReader& reader, TxNum tx) {
  if (!MayBePremix(reader.view(), tx)) return std::nullopt;
  const TransactionFacts facts = reader.Read(tx);
  if (!FindPremix(facts).has_value() || !IsOfOneParty(facts)) return std::nullopt;
  const std::optional<CertainChange> change = FindCertainChange(reader, facts);
  if (!change.has_value() || change->basis != ChangeBasis::kPremix) return std::nullopt;
  const std::optional<AddressNum> payer = PayerOf(reader, facts);
  const TransactionKind kind = KindOf(reader, tx);
  if (!payer.has_value() || kind.confidence_permille < kPremixMixedConfidence) return std::nullopt;
  return ChangeEdge{*payer, facts.outputs[change->vout].address, tx, kind.confidence_permille};
}

}  // namespace

std::optional<std::size_t> KnownChange(const Payment& payment, const UnionByMin& strict) {
  if (payment.outputs.size() != 2 || DirectChange(payment) != 0) return std::nullopt;
  const bool first = IsToPayersCluster(payment, payment.outputs[0], strict);
  const bool second = IsToPayersCluster(payment, payment.outputs[1], strict);
  if (first == second) return std::nullopt;
  return first ? 0 : 1;
}

absl::StatusOr<ChangeModel> FitChangeModel(const FactsReader& facts, const PaymentReader& payments,
                                           const UnionByMin& strict, int threads) {
  const View& view = facts.view();
  const std::uint64_t from_height = view.snapshot().from_height;
  const std::size_t eras = (view.snapshot().height - from_height) / kEraBlocks + 1;
  std::vector<std::vector<EraCounts>> counts(WorkersOf(threads), std::vector<EraCounts>(eras));
  COINWAKE_RETURN_IF_ERROR(ForEachPayment(
      view, payments, &counts,
      [&](std::vector<EraCounts>* worker, TxNum tx, const Payment& payment) {
        const std::optional<std::size_t> change = KnownChange(payment, strict);
        if (!change.has_value()) return;
        CountRules(payment, *change, &(*worker)[(view.HeightOf(tx) - from_height) / kEraBlocks]);
      }));
  for (std::size_t i = 1; i < counts.size(); ++i) {
    for (std::size_t era = 0; era < eras; ++era) counts[0][era] += counts[i][era];
  }
  ChangeModel model(from_height, counts[0]);
  if (!model.is_fitted()) return model;
  std::vector<ScoreTable> tables(WorkersOf(threads));
  COINWAKE_RETURN_IF_ERROR(
      ForEachPayment(view, payments, &tables, [&](ScoreTable* table, TxNum tx, const Payment& one) {
        const std::optional<std::size_t> change = KnownChange(one, strict);
        if (!change.has_value()) return;
        const std::optional<ChangeGuess> guess = Guess(model.WeightsAt(view.HeightOf(tx)), one);
        if (guess.has_value()) table->Add(guess->score, guess->output == *change);
      }));
  for (std::size_t i = 1; i < tables.size(); ++i) tables[0].Add(tables[i]);
  model.SetThresholds(tables[0]);
  return model;
}

absl::StatusOr<std::vector<FoundChange>> FindChange(const FactsReader& facts,
                                                    const PaymentReader& payments,
                                                    const UnionByMin& strict,
                                                    const ChangeModel& model,
                                                    std::int64_t threshold, int threads) {
  const View& view = facts.view();
  std::vector<std::vector<FoundChange>> found(WorkersOf(threads));
  COINWAKE_RETURN_IF_ERROR(ForEachPayment(
      view, payments, &found,
      [&](std::vector<FoundChange>* worker, TxNum tx, const Payment& payment) {
        const std::optional<ChangeGuess> guess = Guess(model.WeightsAt(view.HeightOf(tx)), payment);
        if (!guess.has_value() || guess->score < threshold) return;
        if (IsKnownBetter(payment, guess->output, strict)) return;
        worker->push_back({static_cast<std::uint32_t>(tx.value),
                           static_cast<std::uint32_t>(payment.payer.value),
                           static_cast<std::uint32_t>(payment.outputs[guess->output].address.value),
                           static_cast<std::int32_t>(guess->score)});
      }));
  for (std::size_t i = 1; i < found.size(); ++i) {
    found[0].insert(found[0].end(), found[i].begin(), found[i].end());
  }
  std::sort(found[0].begin(), found[0].end(), [](const FoundChange& a, const FoundChange& b) {
    return std::tie(b.score, a.tx) < std::tie(a.score, b.tx);
  });
  return std::move(found[0]);
}

absl::StatusOr<std::vector<ChangeEdge>> FindPremixChange(const FactsReader& facts, int threads) {
  std::vector<std::vector<ChangeEdge>> found(WorkersOf(threads));
  COINWAKE_RETURN_IF_ERROR(
      ForEachTransaction(facts.view(), &found, [&](std::vector<ChangeEdge>* worker, TxNum tx) {
        if (const auto edge = PremixEdge(facts, tx); edge.has_value()) worker->push_back(*edge);
      }));
  for (std::size_t i = 1; i < found.size(); ++i) {
    found[0].insert(found[0].end(), found[i].begin(), found[i].end());
  }
  std::sort(found[0].begin(), found[0].end(),
            [](const ChangeEdge& a, const ChangeEdge& b) { return a.tx < b.tx; });
  return std::move(found[0]);
}

}  // namespace coinwake
