// What a Tron transaction asks for: one contract, of one of some forty types.
//
// Decode is total: bytes that are no message of their type are kept, with what is wrong with them.
// All amounts are as signed; TRX is in sun. java-tron's protocol (core/contract/*.proto) is the
// rule.
#ifndef COINWAKE_INDEXER_TRON_CONTRACT_H_
#define COINWAKE_INDEXER_TRON_CONTRACT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "indexer/tron/address.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

// Any number may stand in a transaction; those without a name are types this version does not know.
enum class ContractType : std::int32_t {
  kAccountCreate = 0,
  kTransfer = 1,
  kTransferAsset = 2,
  kVoteAsset = 3,
  kVoteWitness = 4,
  kWitnessCreate = 5,
  kAssetIssue = 6,
  kWitnessUpdate = 8,
  kParticipateAssetIssue = 9,
  kAccountUpdate = 10,
  kFreezeBalance = 11,
  kUnfreezeBalance = 12,
  kWithdrawBalance = 13,
  kUnfreezeAsset = 14,
  kUpdateAsset = 15,
  kProposalCreate = 16,
  kProposalApprove = 17,
  kProposalDelete = 18,
  kSetAccountId = 19,
  kCustom = 20,  // named by the protocol, but there is no message of it and no node runs it
  kCreateSmartContract = 30,
  kTriggerSmartContract = 31,
  kGetContract = 32,  // as kCustom
  kUpdateSetting = 33,
  kExchangeCreate = 41,
  kExchangeInject = 42,
  kExchangeWithdraw = 43,
  kExchangeTransaction = 44,
  kUpdateEnergyLimit = 45,
  kAccountPermissionUpdate = 46,
  kClearAbi = 48,
  kUpdateBrokerage = 49,
  kShieldedTransfer = 51,
  kMarketSellAsset = 52,
  kMarketCancelOrder = 53,
  kFreezeBalanceV2 = 54,
  kUnfreezeBalanceV2 = 55,
  kWithdrawExpireUnfreeze = 56,
  kDelegateResource = 57,
  kUnDelegateResource = 58,
  kCancelAllUnfreezeV2 = 59,
};

// "TransferContract", as the HTTP API writes it; for numbers without a name "unknown-N".
std::string ContractTypeName(ContractType type);
// The same, but "" for numbers without a name.
std::string_view KnownTypeName(ContractType type);
// nullopt for a name the protocol does not have.
std::optional<ContractType> ParseContractType(std::string_view name);

// Whether running it can fail within a block: types 30 and 31.
constexpr bool RunsInVm(ContractType type) {
  return type == ContractType::kCreateSmartContract || type == ContractType::kTriggerSmartContract;
}

// What is frozen for. Other numbers are kept.
enum class Resource : std::int32_t { kBandwidth = 0, kEnergy = 1, kTronPower = 2 };
// "BANDWIDTH", "ENERGY", "TRON_POWER", as the HTTP API writes it; for others "unknown-N".
std::string ResourceName(Resource resource);

// A TRC-10 token as a message names it: its name before the proposal ALLOW_SAME_TOKEN_NAME, then
// its number in decimal digits. In exchanges and the market the one byte `_` is TRX.
using TokenName = ByteString;
inline constexpr std::string_view kTrxTokenName = "_";

struct AccountCreateContract {
  Account account;
  std::int32_t account_type = 0;
};
struct AccountUpdateContract {
  ByteString account_name;
};
struct SetAccountIdContract {
  ByteString account_id;
};

struct PermissionKey {
  Account account;
  std::int64_t weight = 0;
};
struct Permission {
  std::int32_t type = 0;  // owner 0, witness 1, active 2
  std::int32_t id = 0;
  ByteString name;
  std::int64_t threshold = 0;
  std::int32_t parent_id = 0;
  ByteString operations;  // a bit for each contract type, for active ones
  std::vector<PermissionKey> keys;
};
struct AccountPermissionUpdateContract {
  std::optional<Permission> owner;
  std::optional<Permission> witness;
  std::vector<Permission> actives;
};

struct TransferContract {
  Account to;
  std::int64_t amount = 0;  // sun; below zero in genesis
};
struct TransferAssetContract {
  TokenName token;
  Account to;
  std::int64_t amount = 0;
};
struct ParticipateAssetIssueContract {
  Account to;  // the issuer
  TokenName token;
  std::int64_t amount = 0;  // sun paid
};

struct FrozenSupply {
  std::int64_t amount = 0;
  std::int64_t days = 0;
};
struct AssetIssueContract {
  ByteString name;
  ByteString abbreviation;
  std::int64_t total_supply = 0;
  std::vector<FrozenSupply> frozen_supply;
  std::int32_t trx_num = 0;  // so many sun buy `num` units
  std::int32_t num = 0;
  std::int32_t precision = 0;
  std::int64_t start_time_ms = 0;
  std::int64_t end_time_ms = 0;
  ByteString description;
  ByteString url;
  std::int64_t free_net_limit = 0;
  std::int64_t public_free_net_limit = 0;
  ByteString id;  // as sent; the one given is in the receipt
};
struct UpdateAssetContract {
  ByteString description;
  ByteString url;
  std::int64_t new_limit = 0;
  std::int64_t new_public_limit = 0;
};
struct UnfreezeAssetContract {};

struct FreezeBalanceContract {
  std::int64_t frozen_balance = 0;  // sun
  std::int64_t frozen_days = 0;
  Resource resource = Resource::kBandwidth;
  Account receiver;  // nobody: the owner
};
struct UnfreezeBalanceContract {
  Resource resource = Resource::kBandwidth;
  Account receiver;
};
struct FreezeBalanceV2Contract {
  std::int64_t frozen_balance = 0;  // sun
  Resource resource = Resource::kBandwidth;
};
struct UnfreezeBalanceV2Contract {
  std::int64_t unfreeze_balance = 0;  // sun
  Resource resource = Resource::kBandwidth;
};
struct DelegateResourceContract {
  Resource resource = Resource::kBandwidth;
  std::int64_t balance = 0;  // sun
  Account receiver;
  bool lock = false;
  std::int64_t lock_period = 0;  // blocks
};
struct UnDelegateResourceContract {
  Resource resource = Resource::kBandwidth;
  std::int64_t balance = 0;  // sun
  Account receiver;
};
struct WithdrawExpireUnfreezeContract {};
struct CancelAllUnfreezeV2Contract {};
struct WithdrawBalanceContract {};

struct VoteAssetContract {
  std::vector<Account> votes_for;
  bool support = false;
  std::int32_t count = 0;
};
struct Vote {
  Account witness;
  std::int64_t count = 0;
};
struct VoteWitnessContract {
  std::vector<Vote> votes;
  bool support = false;
};
struct WitnessCreateContract {
  ByteString url;
};
struct WitnessUpdateContract {
  ByteString url;
};
struct UpdateBrokerageContract {
  std::int32_t brokerage = 0;  // percent
};

struct ProposalCreateContract {
  std::vector<std::pair<std::int64_t, std::int64_t>> parameters;  // number, value
};
struct ProposalApproveContract {
  std::int64_t proposal_id = 0;
  bool is_add_approval = false;
};
struct ProposalDeleteContract {
  std::int64_t proposal_id = 0;
};

struct CreateSmartContract {
  Account origin;
  Account contract;  // as sent, nearly always nobody; see AddressOfCreatedContract()
  ByteString bytecode;
  std::int64_t call_value = 0;  // sun
  std::int64_t consume_user_resource_percent = 0;
  ByteString name;
  std::int64_t origin_energy_limit = 0;
  std::int64_t call_token_value = 0;
  std::int64_t token_id = 0;
};
struct TriggerSmartContract {
  Account contract;
  std::int64_t call_value = 0;  // sun
  ByteString data;
  std::int64_t call_token_value = 0;
  std::int64_t token_id = 0;
};
struct ClearAbiContract {
  Account contract;
};
struct UpdateSettingContract {
  Account contract;
  std::int64_t consume_user_resource_percent = 0;
};
struct UpdateEnergyLimitContract {
  Account contract;
  std::int64_t origin_energy_limit = 0;
};

struct ExchangeCreateContract {
  TokenName first_token;
  std::int64_t first_balance = 0;
  TokenName second_token;
  std::int64_t second_balance = 0;
};
struct ExchangeInjectContract {
  std::int64_t exchange_id = 0;
  TokenName token;
  std::int64_t quantity = 0;
};
struct ExchangeWithdrawContract {
  std::int64_t exchange_id = 0;
  TokenName token;
  std::int64_t quantity = 0;
};
struct ExchangeTransactionContract {
  std::int64_t exchange_id = 0;
  TokenName token;
  std::int64_t quantity = 0;
  std::int64_t expected = 0;
};
struct MarketSellAssetContract {
  TokenName sell_token;
  std::int64_t sell_quantity = 0;
  TokenName buy_token;
  std::int64_t buy_quantity = 0;
};
struct MarketCancelOrderContract {
  ByteString order_id;
};
struct ShieldedTransferContract {
  std::int64_t from_amount = 0;  // from the owner, who may be nobody
  Account transparent_to;
  std::int64_t to_amount = 0;
};

// monostate: see Contract::problem.
using ContractBody = std::variant<
    std::monostate, AccountCreateContract, AccountUpdateContract, SetAccountIdContract,
    AccountPermissionUpdateContract, TransferContract, TransferAssetContract,
    ParticipateAssetIssueContract, AssetIssueContract, UpdateAssetContract, UnfreezeAssetContract,
    FreezeBalanceContract, UnfreezeBalanceContract, FreezeBalanceV2Contract,
    UnfreezeBalanceV2Contract, DelegateResourceContract, UnDelegateResourceContract,
    WithdrawExpireUnfreezeContract, CancelAllUnfreezeV2Contract, WithdrawBalanceContract,
    VoteAssetContract, VoteWitnessContract, WitnessCreateContract, WitnessUpdateContract,
    UpdateBrokerageContract, ProposalCreateContract, ProposalApproveContract,
    ProposalDeleteContract, CreateSmartContract, TriggerSmartContract, ClearAbiContract,
    UpdateSettingContract, UpdateEnergyLimitContract, ExchangeCreateContract,
    ExchangeInjectContract, ExchangeWithdrawContract, ExchangeTransactionContract,
    MarketSellAssetContract, MarketCancelOrderContract, ShieldedTransferContract>;

enum class ContractProblem : std::uint8_t {
  kNone,
  kUnknownType,      // no message of this type is known
  kTypeUrlMismatch,  // `type_url` names another message than `type`: no node runs such a one
  kUnreadable,       // the parameter is no message of its type
};
// "", "unknown contract type", ...
std::string_view ContractProblemText(ContractProblem problem);

struct Contract {
  ContractType type = ContractType::kAccountCreate;
  std::int32_t permission_id = 0;  // owner 0, witness 1, active from 2
  ContractProblem problem = ContractProblem::kNone;
  ByteString type_url;
  ByteString parameter;  // as received; always kept
  // Who pays. With a `problem`: the address where messages have their owner, nobody where there is
  // none, or where the message is another's.
  Account owner;
  ContractBody body;  // monostate when `problem` is set
};

// Fills `problem`, `owner` and `body` from the rest. Every type has its own alternative of `body`.
void DecodeContractBody(Contract* contract);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_CONTRACT_H_
