#include "indexer/base/ledger_kind.h"

namespace coinwake {

std::string_view EntryKindName(EntryKind kind) {
  switch (kind) {
    case EntryKind::kTransfer:
      return "transfer";
    case EntryKind::kGenesis:
      return "genesis";
    case EntryKind::kInternal:
      return "internal";
    case EntryKind::kCallValue:
      return "call_value";
    case EntryKind::kFee:
      return "fee";
    case EntryKind::kFreeze:
      return "freeze";
    case EntryKind::kUnfreeze:
      return "unfreeze";
    case EntryKind::kReward:
      return "reward";
    case EntryKind::kTokenIssue:
      return "token_issue";
    case EntryKind::kTokenSale:
      return "token_sale";
    case EntryKind::kExchange:
      return "exchange";
    case EntryKind::kMarket:
      return "market";
    case EntryKind::kMint:
      return "mint";
    case EntryKind::kBurn:
      return "burn";
    case EntryKind::kDestroyedFunds:
      return "destroyed_funds";
    case EntryKind::kSelfDestruct:
      return "self_destruct";
    case EntryKind::kShielded:
      return "shielded";
    case EntryKind::kDelegate:
      return "delegate";
    case EntryKind::kUndelegate:
      return "undelegate";
    case EntryKind::kBlackListed:
      return "black_listed";
    case EntryKind::kUnBlackListed:
      return "un_black_listed";
    case EntryKind::kActivated:
      return "activated";
    case EntryKind::kContractCreated:
      return "contract_created";
    case EntryKind::kPermissionChanged:
      return "permission_changed";
    case EntryKind::kOwnerKey:
      return "owner_key";
    case EntryKind::kGap:
      return "gap";
  }
  return "unknown";
}

std::string_view PotName(Pot pot) {
  switch (pot) {
    case Pot::kFree:
      return "free";
    case Pot::kStake1:
      return "stake1";
    case Pot::kStake2:
      return "stake2";
    case Pot::kFrozenSupply:
      return "frozen_supply";
  }
  return "unknown";
}

std::string_view GapReasonName(GapReason reason) {
  switch (reason) {
    case GapReason::kNone:
      return "none";
    case GapReason::kNoReceipt:
      return "no_receipt";
    case GapReason::kUnknownSuccess:
      return "unknown_success";
    case GapReason::kUnknownContract:
      return "unknown_contract";
    case GapReason::kUnknownToken:
      return "unknown_token";
    case GapReason::kUnknownExchange:
      return "unknown_exchange";
    case GapReason::kUnknownOrder:
      return "unknown_order";
    case GapReason::kUnknownAmount:
      return "unknown_amount";
    case GapReason::kUnknownTime:
      return "unknown_time";
    case GapReason::kRestOfOrder:
      return "rest_of_order";
    case GapReason::kUnknownAccount:
      return "unknown_account";
    case GapReason::kSelfDestructToSelf:
      return "self_destruct_to_self";
  }
  return "unknown";
}

}  // namespace coinwake
