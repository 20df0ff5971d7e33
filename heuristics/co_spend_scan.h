// Rule co_spend over a whole chain.
#ifndef COINWAKE_HEURISTICS_CO_SPEND_SCAN_H_
#define COINWAKE_HEURISTICS_CO_SPEND_SCAN_H_

#include "heuristics/transaction_facts.h"
#include "heuristics/union_by_min.h"

namespace coinwake {

// Unites in `unions`, made for all addresses of the view, what CoSpenders() joins in each
// transaction from `begin` on; one pass with `threads` threads. The result does not depend on
// their number. kDataLoss.
absl::Status UniteCoSpends(const FactsReader& reader, TxNum begin, int threads, UnionByMin* unions);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CO_SPEND_SCAN_H_
