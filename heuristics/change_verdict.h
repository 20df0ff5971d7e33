// Which output of one transaction goes back to its payer, and what says so.
//
// In this order, the first that answers decides:
//   1. what the transaction itself gives away: an output that pays one of its input addresses, or
//      another of its key (ALGORITHMS.md 2.5, direct_change), the change of a Tx0 (3.3);
//   2. what the chain gave away: the one output whose address was spent beside the payer's other
//      coins (2.7), or is of the key of one;
//   3. what the chain's own model holds for change (heuristics/change_model.h), from the threshold
//      of profile `standard` on.
#ifndef COINWAKE_HEURISTICS_CHANGE_VERDICT_H_
#define COINWAKE_HEURISTICS_CHANGE_VERDICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "heuristics/change_model.h"
#include "heuristics/transaction_facts.h"
#include "heuristics/transaction_kind.h"

namespace coinwake {

// A prior, not measured: who pays his own address gets the rest back, but for what is paid to
// somebody who shares the key.
inline constexpr std::uint32_t kDirectChangeConfidencePermille = 990;

enum class ChangeBasis : std::uint8_t {
  kNone,    // nothing is held for change
  kDirect,  // it pays an address of the inputs, or another of its key
  kPremix,  // of a Tx0: neither for the pool nor the coordinator's fee
  kSpends,  // what was spent beside it, or has its key
  kModel,
};

struct ChangeVerdict {
  std::optional<std::uint32_t> vout;
  ChangeBasis basis = ChangeBasis::kNone;
  std::uint32_t confidence_permille = 0;
  // A line each: what decided, or why nothing is held for change where something spoke for it.
  std::vector<std::string> reasons;
};

// `kind` is KindOf(reader, tx). Nothing for coinbases, for what may have several parties (an input
// signed ANYONECANPAY counts) and for chips. `model` (may be null: no guess) was fitted on the
// view's chain, or on an earlier state of it. For 2. at most `max_rows` (0: no limit) inputs and
// outputs are read; where they do not suffice, 2. says nothing. kDataLoss. REQUIRES: tx <
// transactions_count(). Cost: that of the payer's cluster, and of PaymentReader::Read.
absl::StatusOr<ChangeVerdict> JudgeChange(const FactsReader& reader, TxNum tx,
                                          const TransactionKind& kind, const ChangeModel* model,
                                          std::uint64_t max_rows);

// 1. alone, with what it rests on. nullopt: none, or several. REQUIRES: one party made it.
struct CertainChange {
  std::uint32_t vout = 0;
  ChangeBasis basis = ChangeBasis::kNone;
};
std::optional<CertainChange> FindCertainChange(const FactsReader& reader,
                                               const TransactionFacts& facts);

// The output of a Tx0 that is neither for the pool nor the coordinator's fee nor an OP_RETURN.
// nullopt where it is no Tx0, has no such output, or the fee might be either of two.
std::optional<std::uint32_t> PremixChange(const TransactionFacts& facts);

// Whether who made the transaction is one party, as far as structure tells: no coinbase, no mix nor
// what may be one, no chips, no input signed ANYONECANPAY.
bool IsOfOneParty(const TransactionFacts& facts);

// Whether a script may be somebody's change: it names somebody, by a key that not everybody knows.
bool MayBeChange(const FactsReader& reader, const OutputFacts& output);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CHANGE_VERDICT_H_
