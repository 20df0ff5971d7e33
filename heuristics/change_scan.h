// Change over a whole chain: the model fitted from it, and what the model finds.
#ifndef COINWAKE_HEURISTICS_CHANGE_SCAN_H_
#define COINWAKE_HEURISTICS_CHANGE_SCAN_H_

#include <cstdint>
#include <vector>

#include "heuristics/change_evidence.h"
#include "heuristics/change_model.h"
#include "heuristics/payment_reader.h"
#include "heuristics/union_by_min.h"

namespace coinwake {

// An output held for change. 16 bytes.
struct FoundChange {
  std::uint32_t tx = 0;
  std::uint32_t payer = 0;  // the smallest of its input addresses
  std::uint32_t change = 0;
  std::int32_t score = 0;  // thousandths of a nat

  friend bool operator==(const FoundChange&, const FoundChange&) = default;
};

// Which of a payment's two outputs the chain gave away as change: the one that is in the payer's
// cluster while the other is not (Moeser & Narayanan 2022). nullopt: neither or both, not two
// outputs, or change that was plain from the start. `strict` is flat (UnionByMin::Flatten).
std::optional<std::size_t> KnownChange(const Payment& payment, const UnionByMin& strict);

// Fits the model on all payments whose change is known: two passes over the chain's payments, the
// second for the thresholds. The result does not depend on `threads`. kDataLoss.
absl::StatusOr<ChangeModel> FitChangeModel(const FactsReader& facts, const PaymentReader& payments,
                                           const UnionByMin& strict, int threads);

// What `model` holds for change with `threshold` at least, in the order in which it is to be
// believed: by score, descending, then by transaction. Not where `strict`, which is flat, has
// another output in the payer's cluster: that one is the change. One pass. kDataLoss.
absl::StatusOr<std::vector<FoundChange>> FindChange(const FactsReader& facts,
                                                    const PaymentReader& payments,
                                                    const UnionByMin& strict,
                                                    const ChangeModel& model,
                                                    std::int64_t threshold, int threads);

// The change of every Tx0 one of whose outputs is spent in a Whirlpool mix, which leaves little
// doubt that it is one: payer and change are one party's, whatever a model says. With the
// confidence of such a Tx0 (heuristics/transaction_kind.h), in chain order. Not what pays the
// payer's own address, which joins nobody. One pass. The result does not depend on `threads`.
// kDataLoss.
absl::StatusOr<std::vector<ChangeEdge>> FindPremixChange(const FactsReader& facts, int threads);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CHANGE_SCAN_H_
