// Payments of a chain with accounts, in one asset: each event that moves value is one.
#ifndef COINWAKE_TYPOLOGIES_ACCOUNT_PAYMENTS_H_
#define COINWAKE_TYPOLOGIES_ACCOUNT_PAYMENTS_H_

#include <vector>

#include "heuristics/account_partition.h"
#include "indexer/view/account_view.h"
#include "typologies/payment_source.h"

namespace coinwake {

// What moves within one node (into a stake and out of it, between accounts of a cluster) is no
// payment, and neither is dust (rule T8): anybody can send that.
class AccountPayments final : public PaymentSource {
 public:
  // Both are borrowed. `partition` may be null: each account is a node of its own.
  AccountPayments(const AccountView& view, AssetNum asset, const AccountPartition* partition)
      : view_(view), asset_(asset), partition_(partition) {}

  AddressNum NodeOf(AddressNum address) const override {
    return partition_ == nullptr ? address : partition_->ClusterOf(address);
  }
  absl::StatusOr<Numbers> NumbersOf(AddressNum node, std::size_t limit) override;
  absl::StatusOr<NodePayment> Read(std::uint64_t number, std::uint64_t* rows) override;

 private:
  const AccountView& view_;
  const AssetNum asset_;
  const AccountPartition* const partition_;
};

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_ACCOUNT_PAYMENTS_H_
