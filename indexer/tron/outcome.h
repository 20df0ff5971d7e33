// What blocks and receipts both say of an outcome, from either generated message. Internal to this
// folder's .cc files.
#ifndef COINWAKE_INDEXER_TRON_OUTCOME_H_
#define COINWAKE_INDEXER_TRON_OUTCOME_H_

#include <utility>

#include "indexer/tron/block.h"

namespace coinwake::tron {

// Empties the byte fields of `from`.
template <typename Message>
ContractOutcome TakeOutcome(Message& from) {
  ContractOutcome to;
  to.asset_issue_id = std::move(*from.mutable_asset_issue_id());
  to.withdraw_amount = from.withdraw_amount();
  to.unfreeze_amount = from.unfreeze_amount();
  to.withdraw_expire_amount = from.withdraw_expire_amount();
  to.exchange_received_amount = from.exchange_received_amount();
  to.exchange_inject_another_amount = from.exchange_inject_another_amount();
  to.exchange_withdraw_another_amount = from.exchange_withdraw_another_amount();
  to.exchange_id = from.exchange_id();
  to.shielded_transaction_fee = from.shielded_transaction_fee();
  to.order_id = std::move(*from.mutable_order_id());
  for (auto& detail : *from.mutable_order_details()) {
    to.order_details.push_back({.maker_order_id = std::move(*detail.mutable_maker_order_id()),
                                .taker_order_id = std::move(*detail.mutable_taker_order_id()),
                                .fill_sell_quantity = detail.fill_sell_quantity(),
                                .fill_buy_quantity = detail.fill_buy_quantity()});
  }
  for (auto& entry : *from.mutable_cancel_unfreeze_v2_amount()) {
    to.cancel_unfreeze_v2_amounts.emplace_back(std::move(*entry.mutable_key()), entry.value());
  }
  return to;
}

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_OUTCOME_H_
