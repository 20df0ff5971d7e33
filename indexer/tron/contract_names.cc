// Names of contract types and of what may be wrong with a contract.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "indexer/tron/contract.h"

namespace coinwake::tron {
namespace {

struct NamedType {
  ContractType type;
  std::string_view name;
};

constexpr std::array kNames = {
    NamedType{ContractType::kAccountCreate, "AccountCreateContract"},
    NamedType{ContractType::kTransfer, "TransferContract"},
    NamedType{ContractType::kTransferAsset, "TransferAssetContract"},
    NamedType{ContractType::kVoteAsset, "VoteAssetContract"},
    NamedType{ContractType::kVoteWitness, "VoteWitnessContract"},
    NamedType{ContractType::kWitnessCreate, "WitnessCreateContract"},
    NamedType{ContractType::kAssetIssue, "AssetIssueContract"},
    NamedType{ContractType::kWitnessUpdate, "WitnessUpdateContract"},
    NamedType{ContractType::kParticipateAssetIssue, "ParticipateAssetIssueContract"},
    NamedType{ContractType::kAccountUpdate, "AccountUpdateContract"},
    NamedType{ContractType::kFreezeBalance, "FreezeBalanceContract"},
    NamedType{ContractType::kUnfreezeBalance, "UnfreezeBalanceContract"},
    NamedType{ContractType::kWithdrawBalance, "WithdrawBalanceContract"},
    NamedType{ContractType::kUnfreezeAsset, "UnfreezeAssetContract"},
    NamedType{ContractType::kUpdateAsset, "UpdateAssetContract"},
    NamedType{ContractType::kProposalCreate, "ProposalCreateContract"},
    NamedType{ContractType::kProposalApprove, "ProposalApproveContract"},
    NamedType{ContractType::kProposalDelete, "ProposalDeleteContract"},
    NamedType{ContractType::kSetAccountId, "SetAccountIdContract"},
    NamedType{ContractType::kCustom, "CustomContract"},
    NamedType{ContractType::kCreateSmartContract, "CreateSmartContract"},
    NamedType{ContractType::kTriggerSmartContract, "TriggerSmartContract"},
    NamedType{ContractType::kGetContract, "GetContract"},
    NamedType{ContractType::kUpdateSetting, "UpdateSettingContract"},
    NamedType{ContractType::kExchangeCreate, "ExchangeCreateContract"},
    NamedType{ContractType::kExchangeInject, "ExchangeInjectContract"},
    NamedType{ContractType::kExchangeWithdraw, "ExchangeWithdrawContract"},
    NamedType{ContractType::kExchangeTransaction, "ExchangeTransactionContract"},
    NamedType{ContractType::kUpdateEnergyLimit, "UpdateEnergyLimitContract"},
    NamedType{ContractType::kAccountPermissionUpdate, "AccountPermissionUpdateContract"},
    NamedType{ContractType::kClearAbi, "ClearABIContract"},
    NamedType{ContractType::kUpdateBrokerage, "UpdateBrokerageContract"},
    NamedType{ContractType::kShieldedTransfer, "ShieldedTransferContract"},
    NamedType{ContractType::kMarketSellAsset, "MarketSellAssetContract"},
    NamedType{ContractType::kMarketCancelOrder, "MarketCancelOrderContract"},
    NamedType{ContractType::kFreezeBalanceV2, "FreezeBalanceV2Contract"},
    NamedType{ContractType::kUnfreezeBalanceV2, "UnfreezeBalanceV2Contract"},
    NamedType{ContractType::kWithdrawExpireUnfreeze, "WithdrawExpireUnfreezeContract"},
    NamedType{ContractType::kDelegateResource, "DelegateResourceContract"},
    NamedType{ContractType::kUnDelegateResource, "UnDelegateResourceContract"},
    NamedType{ContractType::kCancelAllUnfreezeV2, "CancelAllUnfreezeV2Contract"},
};

}  // namespace

std::string_view KnownTypeName(ContractType type) {
  const auto* const at = std::find_if(kNames.begin(), kNames.end(),
                                      [type](const NamedType& row) { return row.type == type; });
  return at == kNames.end() ? std::string_view() : at->name;
}

std::string ContractTypeName(ContractType type) {
  const std::string_view known = KnownTypeName(type);
  if (!known.empty()) return std::string(known);
  return absl::StrCat("unknown-", static_cast<std::int32_t>(type));
}

std::optional<ContractType> ParseContractType(std::string_view name) {
  const auto* const at = std::find_if(kNames.begin(), kNames.end(),
                                      [name](const NamedType& row) { return row.name == name; });
  if (at == kNames.end()) return std::nullopt;
  return at->type;
}

std::string_view ContractProblemText(ContractProblem problem) {
  switch (problem) {
    case ContractProblem::kNone:
      return "";
    case ContractProblem::kUnknownType:
      return "unknown contract type";
    case ContractProblem::kTypeUrlMismatch:
      return "type_url and type differ";
    case ContractProblem::kUnreadable:
      return "unreadable parameter";
  }
  return "unknown problem";
}

std::string ResourceName(Resource resource) {
  switch (resource) {
    case Resource::kBandwidth:
      return "BANDWIDTH";
    case Resource::kEnergy:
      return "ENERGY";
    case Resource::kTronPower:
      return "TRON_POWER";
  }
  return absl::StrCat("unknown-", static_cast<std::int32_t>(resource));
}

}  // namespace coinwake::tron
