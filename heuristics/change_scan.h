// Change over a whole chain: the model fitted from it, and what the model finds.
#ifndef COINWAKE_HEURISTICS_CHANGE_SCAN_H_
#define COINWAKE_HEURISTICS_CHANGE_SCAN_H_

#include <cstdint>
#include <vector>

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
// outputs, or change that was plain from the start. `co_spends` is flat (UnionByMin::Flatten).
std::optional<std::size_t> KnownChange(const Payment& payment, const UnionByMin& co_spends);

// Fits the model on all payments whose change is known: two passes over the chain's payments, the
// second for the thresholds. The result does not depend on `threads`. kDataLoss.
absl::StatusOr<ChangeModel> FitChangeModel(const FactsReader& facts, const PaymentReader& payments,
                                           const UnionByMin& co_spends, int threads);

// What `model` holds for change with `threshold` at least, in the order in which it is to be
// believed: by score, descending, then by transaction. Not where `co_spends`, which is flat, has
// another output in the payer's cluster: that one is the change. One pass. kDataLoss.
absl::StatusOr<std::vector<FoundChange>> FindChange(const FactsReader& facts,
                                                    const PaymentReader& payments,
                                                    const UnionByMin& co_spends,
                                                    const ChangeModel& model,
                                                    std::int64_t threshold, int threads);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CHANGE_SCAN_H_
