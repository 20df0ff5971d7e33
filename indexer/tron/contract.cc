// From the generated messages of proto/tron/contract.proto to our own structs, type by type.
#include "indexer/tron/contract.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "tron/contract.pb.h"

namespace coinwake::tron {
namespace {

Account Named(const std::string& bytes) { return Account(SpanOf(bytes)); }
Resource ResourceOf(std::int32_t number) { return static_cast<Resource>(number); }

Permission PermissionOf(wire::Permission& from) {
  Permission to;
  to.type = from.type();
  to.id = from.id();
  to.name = std::move(*from.mutable_permission_name());
  to.threshold = from.threshold();
  to.parent_id = from.parent_id();
  to.operations = std::move(*from.mutable_operations());
  for (const wire::Key& key : from.keys()) {
    to.keys.push_back({Named(key.address()), key.weight()});
  }
  return to;
}

AccountCreateContract Typed(const wire::AccountCreateContract& from) {
  return {.account = Named(from.account_address()), .account_type = from.type()};
}
AccountUpdateContract Typed(wire::AccountUpdateContract& from) {
  return {.account_name = std::move(*from.mutable_account_name())};
}
SetAccountIdContract Typed(wire::SetAccountIdContract& from) {
  return {.account_id = std::move(*from.mutable_account_id())};
}
AccountPermissionUpdateContract Typed(wire::AccountPermissionUpdateContract& from) {
  AccountPermissionUpdateContract to;
  if (from.has_owner()) to.owner = PermissionOf(*from.mutable_owner());
  if (from.has_witness()) to.witness = PermissionOf(*from.mutable_witness());
  for (wire::Permission& active : *from.mutable_actives()) {
    to.actives.push_back(PermissionOf(active));
  }
  return to;
}

TransferContract Typed(const wire::TransferContract& from) {
  return {.to = Named(from.to_address()), .amount = from.amount()};
}
TransferAssetContract Typed(wire::TransferAssetContract& from) {
  return {.token = std::move(*from.mutable_asset_name()),
          .to = Named(from.to_address()),
          .amount = from.amount()};
}
ParticipateAssetIssueContract Typed(wire::ParticipateAssetIssueContract& from) {
  return {.to = Named(from.to_address()),
          .token = std::move(*from.mutable_asset_name()),
          .amount = from.amount()};
}
AssetIssueContract Typed(wire::AssetIssueContract& from) {
  AssetIssueContract to;
  to.name = std::move(*from.mutable_name());
  to.abbreviation = std::move(*from.mutable_abbr());
  to.total_supply = from.total_supply();
  for (const wire::FrozenSupply& frozen : from.frozen_supply()) {
    to.frozen_supply.push_back({frozen.frozen_amount(), frozen.frozen_days()});
  }
  to.trx_num = from.trx_num();
  to.num = from.num();
  to.precision = from.precision();
  to.start_time_ms = from.start_time();
  to.end_time_ms = from.end_time();
  to.description = std::move(*from.mutable_description());
  to.url = std::move(*from.mutable_url());
  to.free_net_limit = from.free_asset_net_limit();
  to.public_free_net_limit = from.public_free_asset_net_limit();
  to.id = std::move(*from.mutable_id());
  return to;
}
UpdateAssetContract Typed(wire::UpdateAssetContract& from) {
  return {.description = std::move(*from.mutable_description()),
          .url = std::move(*from.mutable_url()),
          .new_limit = from.new_limit(),
          .new_public_limit = from.new_public_limit()};
}

FreezeBalanceContract Typed(const wire::FreezeBalanceContract& from) {
  return {.frozen_balance = from.frozen_balance(),
          .frozen_days = from.frozen_duration(),
          .resource = ResourceOf(from.resource()),
          .receiver = Named(from.receiver_address())};
}
UnfreezeBalanceContract Typed(const wire::UnfreezeBalanceContract& from) {
  return {.resource = ResourceOf(from.resource()), .receiver = Named(from.receiver_address())};
}
FreezeBalanceV2Contract Typed(const wire::FreezeBalanceV2Contract& from) {
  return {.frozen_balance = from.frozen_balance(), .resource = ResourceOf(from.resource())};
}
UnfreezeBalanceV2Contract Typed(const wire::UnfreezeBalanceV2Contract& from) {
  return {.unfreeze_balance = from.unfreeze_balance(), .resource = ResourceOf(from.resource())};
}
DelegateResourceContract Typed(const wire::DelegateResourceContract& from) {
  return {.resource = ResourceOf(from.resource()),
          .balance = from.balance(),
          .receiver = Named(from.receiver_address()),
          .lock = from.lock(),
          .lock_period = from.lock_period()};
}
UnDelegateResourceContract Typed(const wire::UnDelegateResourceContract& from) {
  return {.resource = ResourceOf(from.resource()),
          .balance = from.balance(),
          .receiver = Named(from.receiver_address())};
}

VoteAssetContract Typed(const wire::VoteAssetContract& from) {
  VoteAssetContract to;
  for (const std::string& address : from.vote_address()) to.votes_for.push_back(Named(address));
  to.support = from.support();
  to.count = from.count();
  return to;
}
VoteWitnessContract Typed(const wire::VoteWitnessContract& from) {
  VoteWitnessContract to;
  for (const wire::Vote& vote : from.votes()) {
    to.votes.push_back({Named(vote.vote_address()), vote.vote_count()});
  }
  to.support = from.support();
  return to;
}
WitnessCreateContract Typed(wire::WitnessCreateContract& from) {
  return {.url = std::move(*from.mutable_url())};
}
WitnessUpdateContract Typed(wire::WitnessUpdateContract& from) {
  return {.url = std::move(*from.mutable_update_url())};
}
UpdateBrokerageContract Typed(const wire::UpdateBrokerageContract& from) {
  return {.brokerage = from.brokerage()};
}

ProposalCreateContract Typed(const wire::ProposalCreateContract& from) {
  ProposalCreateContract to;
  for (const wire::ProposalParameter& parameter : from.parameters()) {
    to.parameters.emplace_back(parameter.key(), parameter.value());
  }
  return to;
}
ProposalApproveContract Typed(const wire::ProposalApproveContract& from) {
  return {.proposal_id = from.proposal_id(), .is_add_approval = from.is_add_approval()};
}
ProposalDeleteContract Typed(const wire::ProposalDeleteContract& from) {
  return {.proposal_id = from.proposal_id()};
}

CreateSmartContract Typed(wire::CreateSmartContract& from) {
  wire::SmartContract& code = *from.mutable_new_contract();
  return {.origin = Named(code.origin_address()),
          .contract = Named(code.contract_address()),
          .bytecode = std::move(*code.mutable_bytecode()),
          .call_value = code.call_value(),
          .consume_user_resource_percent = code.consume_user_resource_percent(),
          .name = std::move(*code.mutable_name()),
          .origin_energy_limit = code.origin_energy_limit(),
          .call_token_value = from.call_token_value(),
          .token_id = from.token_id()};
}
TriggerSmartContract Typed(wire::TriggerSmartContract& from) {
  return {.contract = Named(from.contract_address()),
          .call_value = from.call_value(),
          .data = std::move(*from.mutable_data()),
          .call_token_value = from.call_token_value(),
          .token_id = from.token_id()};
}

ExchangeCreateContract Typed(wire::ExchangeCreateContract& from) {
  return {.first_token = std::move(*from.mutable_first_token_id()),
          .first_balance = from.first_token_balance(),
          .second_token = std::move(*from.mutable_second_token_id()),
          .second_balance = from.second_token_balance()};
}
MarketSellAssetContract Typed(wire::MarketSellAssetContract& from) {
  return {.sell_token = std::move(*from.mutable_sell_token_id()),
          .sell_quantity = from.sell_token_quantity(),
          .buy_token = std::move(*from.mutable_buy_token_id()),
          .buy_quantity = from.buy_token_quantity()};
}
MarketCancelOrderContract Typed(wire::MarketCancelOrderContract& from) {
  return {.order_id = std::move(*from.mutable_order_id())};
}

template <typename Message>
bool Parse(const ByteString& bytes, Message* message) {
  return bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
         message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// False when the parameter is no `Message`.
template <typename Message>
bool Read(Contract* contract) {
  Message message;
  if (!Parse(contract->parameter, &message)) return false;
  contract->owner = Named(message.owner_address());
  contract->body = Typed(message);
  return true;
}

// The same for contracts that only say who.
template <typename Body>
bool ReadOwner(Contract* contract) {
  wire::OwnerContract message;
  if (!Parse(contract->parameter, &message)) return false;
  contract->owner = Named(message.owner_address());
  contract->body = Body{};
  return true;
}

bool ReadSetting(Contract* contract) {
  wire::ContractSettingContract message;
  if (!Parse(contract->parameter, &message)) return false;
  contract->owner = Named(message.owner_address());
  Account of = Named(message.contract_address());
  if (contract->type == ContractType::kClearAbi) {
    contract->body = ClearAbiContract{std::move(of)};
  } else if (contract->type == ContractType::kUpdateSetting) {
    contract->body = UpdateSettingContract{std::move(of), message.value()};
  } else {
    contract->body = UpdateEnergyLimitContract{std::move(of), message.value()};
  }
  return true;
}

bool ReadExchange(Contract* contract) {
  wire::ExchangeContract message;
  if (!Parse(contract->parameter, &message)) return false;
  contract->owner = Named(message.owner_address());
  const std::int64_t id = message.exchange_id();
  TokenName token = std::move(*message.mutable_token_id());
  if (contract->type == ContractType::kExchangeInject) {
    contract->body = ExchangeInjectContract{id, std::move(token), message.quant()};
  } else if (contract->type == ContractType::kExchangeWithdraw) {
    contract->body = ExchangeWithdrawContract{id, std::move(token), message.quant()};
  } else {
    contract->body =
        ExchangeTransactionContract{id, std::move(token), message.quant(), message.expected()};
  }
  return true;
}

bool ReadShielded(Contract* contract) {
  wire::ShieldedTransferContract message;
  if (!Parse(contract->parameter, &message)) return false;
  contract->owner = Named(message.transparent_from_address());
  contract->body = ShieldedTransferContract{
      message.from_amount(), Named(message.transparent_to_address()), message.to_amount()};
  return true;
}

using BodyReader = bool (*)(Contract*);
struct ReaderRow {
  ContractType type;
  BodyReader reader;
};
// Types that are not here have no message.
constexpr std::array kReaders = {
    ReaderRow{ContractType::kAccountCreate, &Read<wire::AccountCreateContract>},
    ReaderRow{ContractType::kTransfer, &Read<wire::TransferContract>},
    ReaderRow{ContractType::kTransferAsset, &Read<wire::TransferAssetContract>},
    ReaderRow{ContractType::kVoteAsset, &Read<wire::VoteAssetContract>},
    ReaderRow{ContractType::kVoteWitness, &Read<wire::VoteWitnessContract>},
    ReaderRow{ContractType::kWitnessCreate, &Read<wire::WitnessCreateContract>},
    ReaderRow{ContractType::kAssetIssue, &Read<wire::AssetIssueContract>},
    ReaderRow{ContractType::kWitnessUpdate, &Read<wire::WitnessUpdateContract>},
    ReaderRow{ContractType::kParticipateAssetIssue, &Read<wire::ParticipateAssetIssueContract>},
    ReaderRow{ContractType::kAccountUpdate, &Read<wire::AccountUpdateContract>},
    ReaderRow{ContractType::kFreezeBalance, &Read<wire::FreezeBalanceContract>},
    ReaderRow{ContractType::kUnfreezeBalance, &Read<wire::UnfreezeBalanceContract>},
    ReaderRow{ContractType::kWithdrawBalance, &ReadOwner<WithdrawBalanceContract>},
    ReaderRow{ContractType::kUnfreezeAsset, &ReadOwner<UnfreezeAssetContract>},
    ReaderRow{ContractType::kUpdateAsset, &Read<wire::UpdateAssetContract>},
    ReaderRow{ContractType::kProposalCreate, &Read<wire::ProposalCreateContract>},
    ReaderRow{ContractType::kProposalApprove, &Read<wire::ProposalApproveContract>},
    ReaderRow{ContractType::kProposalDelete, &Read<wire::ProposalDeleteContract>},
    ReaderRow{ContractType::kSetAccountId, &Read<wire::SetAccountIdContract>},
    ReaderRow{ContractType::kCreateSmartContract, &Read<wire::CreateSmartContract>},
    ReaderRow{ContractType::kTriggerSmartContract, &Read<wire::TriggerSmartContract>},
    ReaderRow{ContractType::kExchangeCreate, &Read<wire::ExchangeCreateContract>},
    ReaderRow{ContractType::kExchangeInject, &ReadExchange},
    ReaderRow{ContractType::kExchangeWithdraw, &ReadExchange},
    ReaderRow{ContractType::kExchangeTransaction, &ReadExchange},
    ReaderRow{ContractType::kClearAbi, &ReadSetting},
    ReaderRow{ContractType::kUpdateSetting, &ReadSetting},
    ReaderRow{ContractType::kUpdateEnergyLimit, &ReadSetting},
    ReaderRow{ContractType::kAccountPermissionUpdate, &Read<wire::AccountPermissionUpdateContract>},
    ReaderRow{ContractType::kUpdateBrokerage, &Read<wire::UpdateBrokerageContract>},
    ReaderRow{ContractType::kShieldedTransfer, &ReadShielded},
    ReaderRow{ContractType::kMarketSellAsset, &Read<wire::MarketSellAssetContract>},
    ReaderRow{ContractType::kMarketCancelOrder, &Read<wire::MarketCancelOrderContract>},
    ReaderRow{ContractType::kFreezeBalanceV2, &Read<wire::FreezeBalanceV2Contract>},
    ReaderRow{ContractType::kUnfreezeBalanceV2, &Read<wire::UnfreezeBalanceV2Contract>},
    ReaderRow{ContractType::kWithdrawExpireUnfreeze, &ReadOwner<WithdrawExpireUnfreezeContract>},
    ReaderRow{ContractType::kDelegateResource, &Read<wire::DelegateResourceContract>},
    ReaderRow{ContractType::kUnDelegateResource, &Read<wire::UnDelegateResourceContract>},
    ReaderRow{ContractType::kCancelAllUnfreezeV2, &ReadOwner<CancelAllUnfreezeV2Contract>},
};

// As protobuf's Any.is(): what follows the last slash names the message.
bool UrlNames(std::string_view type_url, ContractType type) {
  constexpr std::string_view kPackage = "protocol.";
  const std::size_t slash = type_url.rfind('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view name = type_url.substr(slash + 1);
  return name.starts_with(kPackage) && name.substr(kPackage.size()) == KnownTypeName(type);
}

// Who pays for a contract whose message cannot be read: all but three have their owner first.
// Nobody where that is no address.
Account OwnerOfUnread(const Contract& contract) {
  const bool is_second = contract.type == ContractType::kTransferAsset ||
                         contract.type == ContractType::kAccountUpdate ||
                         contract.type == ContractType::kSetAccountId;
  std::vector<WireField> fields;
  (void)ReadFields(SpanOf(contract.parameter),
                   &fields);  // what stands before it breaks off will do
  Account owner;
  for (const WireField& field : fields) {
    if (field.number == (is_second ? 2U : 1U)) owner = Account(field.bytes);
  }
  return owner.address().has_value() ? owner : Account();
}

}  // namespace

void DecodeContractBody(Contract* contract) {
  contract->problem = ContractProblem::kNone;
  contract->owner = Account();
  contract->body = std::monostate();
  const auto* const row =
      std::find_if(kReaders.begin(), kReaders.end(),
                   [contract](const ReaderRow& known) { return known.type == contract->type; });
  if (row == kReaders.end()) {
    contract->problem = ContractProblem::kUnknownType;
    contract->owner = OwnerOfUnread(*contract);
  } else if (!UrlNames(contract->type_url, contract->type)) {
    contract->problem = ContractProblem::kTypeUrlMismatch;
  } else if (!row->reader(contract)) {
    contract->problem = ContractProblem::kUnreadable;
    contract->owner = OwnerOfUnread(*contract);
  }
}

}  // namespace coinwake::tron
