// Reads payments, as the rules about change see them, from a view.
#ifndef COINWAKE_HEURISTICS_PAYMENT_READER_H_
#define COINWAKE_HEURISTICS_PAYMENT_READER_H_

#include <optional>

#include "absl/container/flat_hash_map.h"
#include "heuristics/address_use.h"
#include "heuristics/change_rules.h"
#include "heuristics/transaction_facts.h"

namespace coinwake {

// Spenders read before, for a pass over many payments: a sweep spends outputs of as many
// transactions as it has inputs, and would be read whole for each. Bounded. Not thread-safe.
class SpenderMemo {
 public:
  // nullptr where it is not remembered.
  const std::optional<ChangeOutput::Spender>* Find(TxNum tx) const;
  void Remember(TxNum tx, const std::optional<ChangeOutput::Spender>& spender);

 private:
  absl::flat_hash_map<TxNum, std::optional<ChangeOutput::Spender>> spenders_;
};

// Immutable, thread-safe. `facts` and `use` are borrowed.
class PaymentReader {
 public:
  PaymentReader(const FactsReader& facts, const AddressUse& use) : facts_(facts), use_(use) {}

  // nullopt where the rules have nothing to say: a coinbase, what may have several parties, a Tx0
  // or chips, fewer than two spendable outputs or more than kMaxChangeOutputs. REQUIRES: tx <
  // transactions_count(). Cost: that of the transaction and of its outputs' spenders, and of the
  // judgement whether it mixes.
  // `memo` may be null; the answer is the same with one.
  std::optional<Payment> Read(TxNum tx, SpenderMemo* memo = nullptr) const;

 private:
  std::optional<ChangeOutput::Spender> SpenderOf(OutputNum output, SpenderMemo* memo) const;
  std::optional<ChangeOutput::Spender> ReadSpender(TxNum tx) const;
  bool WasPeelShaped(TxNum tx) const;

  const FactsReader& facts_;
  const AddressUse& use_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_PAYMENT_READER_H_
