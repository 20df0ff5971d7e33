// Reads payments, as the rules about change see them, from a view.
#ifndef COINWAKE_HEURISTICS_PAYMENT_READER_H_
#define COINWAKE_HEURISTICS_PAYMENT_READER_H_

#include <optional>

#include "heuristics/address_use.h"
#include "heuristics/change_rules.h"
#include "heuristics/transaction_facts.h"

namespace coinwake {

// Immutable, thread-safe. `facts` and `use` are borrowed.
class PaymentReader {
 public:
  PaymentReader(const FactsReader& facts, const AddressUse& use) : facts_(facts), use_(use) {}

  // nullopt where the rules have nothing to say: a coinbase, what may have several parties, a Tx0
  // or chips, fewer than two spendable outputs or more than kMaxChangeOutputs. REQUIRES: tx <
  // transactions_count(). Cost: that of the transaction and of its outputs' spenders, and of the
  // judgement whether it mixes.
  std::optional<Payment> Read(TxNum tx) const;

 private:
  std::optional<ChangeOutput::Spender> SpenderOf(OutputNum output) const;
  bool WasPeelShaped(TxNum tx) const;

  const FactsReader& facts_;
  const AddressUse& use_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_PAYMENT_READER_H_
