// What contracts move, but for those about tokens' issue and trade.
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "indexer/tron/ledger_booker.h"

namespace coinwake::tron {

void Booker::BookContract() {
  std::visit([this](const auto& body) { Book(body); }, transaction_.contracts.front().body);
}

void Booker::Book(const AccountCreateContract& create) {
  Add(EntryKind::kActivated, Asset::Trx(), owner(), create.account);
}

void Booker::Book(const AccountPermissionUpdateContract& update) {
  // No node accepts one without owner, or weights that are not above zero.
  Entry& changed = Add(EntryKind::kPermissionChanged, Asset::Trx(), owner(), {});
  if (!update.owner.has_value() || update.owner->threshold <= 0) return;
  changed.amount = static_cast<std::uint64_t>(update.owner->threshold);
  for (const PermissionKey& key : update.owner->keys) {
    if (key.account.empty() || key.weight <= 0) continue;
    Add(EntryKind::kOwnerKey, Asset::Trx(), owner(), key.account).amount =
        static_cast<std::uint64_t>(key.weight);
  }
}

void Booker::Book(const TransferContract& transfer) {
  Move(EntryKind::kTransfer, Asset::Trx(), owner(), transfer.to, transfer.amount);
}

void Booker::Book(const TransferAssetContract& transfer) {
  Move(EntryKind::kTransfer, Asset::Trc10(registry_->Resolve(transfer.token)), owner(), transfer.to,
       transfer.amount);
}

void Booker::Book(const FreezeBalanceContract& freeze) {
  Freeze(owner(), Pot::kStake1, freeze.resource, freeze.frozen_balance);
  if (!freeze.receiver.empty()) {
    Delegation(EntryKind::kDelegate, owner(), freeze.receiver, freeze.resource,
               freeze.frozen_balance);
  }
}

void Booker::Book(const UnfreezeBalanceContract& unfreeze) {
  if (receipt_ == nullptr) return;
  const std::int64_t amount = receipt_->outcome.unfreeze_amount;
  if (amount == 0) {  // no such contract is accepted: an old receipt that does not tell
    Gap(GapReason::kUnknownAmount, Asset::Trx(), owner());
    return;
  }
  Unfreeze(owner(), Pot::kStake1, unfreeze.resource, owner(), amount);
  if (!unfreeze.receiver.empty()) {
    Delegation(EntryKind::kUndelegate, owner(), unfreeze.receiver, unfreeze.resource, amount);
  }
}

void Booker::Book(const FreezeBalanceV2Contract& freeze) {
  Freeze(owner(), Pot::kStake2, freeze.resource, freeze.frozen_balance);
}

// What is unfrozen stays in its pot until it is withdrawn; only parts that were unfrozen earlier
// and have matured come out. The same of a cancellation, which freezes the other parts again.
void Booker::Book(const UnfreezeBalanceV2Contract& unfreeze) {
  if (receipt_ == nullptr || receipt_->outcome.withdraw_expire_amount == 0) return;
  Unfreeze(owner(), Pot::kStake2, unfreeze.resource, owner(),
           receipt_->outcome.withdraw_expire_amount);
}

void Booker::Book(const CancelAllUnfreezeV2Contract& /*cancel*/) {
  if (receipt_ == nullptr || receipt_->outcome.withdraw_expire_amount == 0) return;
  Unfreeze(owner(), Pot::kStake2, Resource::kBandwidth, owner(),
           receipt_->outcome.withdraw_expire_amount);
}

void Booker::Book(const WithdrawExpireUnfreezeContract& /*withdraw*/) {
  if (receipt_ == nullptr) return;
  const std::int64_t amount = receipt_->outcome.withdraw_expire_amount;
  if (amount == 0) {  // as in UnfreezeBalanceContract
    Gap(GapReason::kUnknownAmount, Asset::Trx(), owner());
    return;
  }
  Unfreeze(owner(), Pot::kStake2, Resource::kBandwidth, owner(), amount);
}

void Booker::Book(const DelegateResourceContract& delegate) {
  Delegation(EntryKind::kDelegate, owner(), delegate.receiver, delegate.resource, delegate.balance);
}

void Booker::Book(const UnDelegateResourceContract& undelegate) {
  Delegation(EntryKind::kUndelegate, owner(), undelegate.receiver, undelegate.resource,
             undelegate.balance);
}

void Booker::Book(const WithdrawBalanceContract& /*withdraw*/) {
  if (receipt_ == nullptr) return;
  const std::int64_t amount = receipt_->outcome.withdraw_amount;
  if (amount == 0) {  // as in UnfreezeBalanceContract
    Gap(GapReason::kUnknownAmount, Asset::Trx(), owner());
    return;
  }
  Move(EntryKind::kReward, Asset::Trx(), {}, owner(), amount);
}

void Booker::BookCallValues(const Account& to, std::int64_t value_sun, std::int64_t token_value,
                            std::int64_t token_id) {
  MoveIfAny(EntryKind::kCallValue, Asset::Trx(), owner(), to, value_sun);
  if (token_value == 0) return;
  Move(EntryKind::kCallValue, Asset::Trc10(absl::StrCat(token_id)), owner(), to, token_value);
}

void Booker::Book(const CreateSmartContract& create) {
  const bool told = receipt_ != nullptr && !receipt_->contract.empty();
  const Account contract =
      told ? receipt_->contract
           : Account(AddressOfCreatedContract(transaction_.txid, owner().bytes()));
  Add(EntryKind::kContractCreated, Asset::Trx(), owner(), contract);
  BookCallValues(contract, create.call_value, create.call_token_value, create.token_id);
}

void Booker::Book(const TriggerSmartContract& call) {
  BookCallValues(call.contract, call.call_value, call.call_token_value, call.token_id);
}

void Booker::Book(const ShieldedTransferContract& transfer) {
  const Asset asset = Asset::Trc10(TokenName(kShieldedToken));
  if (!owner().empty()) {
    Move(EntryKind::kShielded, asset, owner(), {}, transfer.from_amount);
  }
  if (!transfer.transparent_to.empty()) {
    Move(EntryKind::kShielded, asset, {}, transfer.transparent_to, transfer.to_amount);
  }
}

}  // namespace coinwake::tron
