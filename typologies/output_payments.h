// Payments of a chain with outputs: each transaction is one (typologies/flow.h has the rule).
#ifndef COINWAKE_TYPOLOGIES_OUTPUT_PAYMENTS_H_
#define COINWAKE_TYPOLOGIES_OUTPUT_PAYMENTS_H_

#include "heuristics/cluster.h"
#include "heuristics/transaction_facts.h"
#include "typologies/payment_source.h"

namespace coinwake {

// Coins whose value or address is not known were put in by nobody; where a value is not known they
// are worth what the outputs are more than the other inputs.
class OutputPayments final : public PaymentSource {
 public:
  // Both are borrowed. `partition` may be null: each address is a node of its own; else nodes are
  // its clusters, by their smallest address.
  OutputPayments(const FactsReader& facts, const Partition* partition)
      : facts_(facts), partition_(partition) {}

  AddressNum NodeOf(AddressNum address) const override {
    return partition_ == nullptr ? address : partition_->ClusterOf(address);
  }
  absl::StatusOr<Numbers> NumbersOf(AddressNum node, std::size_t limit) override;
  absl::StatusOr<NodePayment> Read(std::uint64_t number, std::uint64_t* rows) override;

 private:
  const FactsReader& facts_;
  const Partition* const partition_;
};

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_OUTPUT_PAYMENTS_H_
