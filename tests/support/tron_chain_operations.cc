// The operations of TronChainBuilder: each fills parameter_ with its contract's message, begins a
// transaction, says what moves, and ends it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "tests/support/tron_chain_builder.h"
#include "tests/support/wire_writer.h"

namespace coinwake::synthetic {
namespace {

using tron::ContractType;
using tron::Resource;

constexpr std::int64_t kDeployEnergy = 1'900'000;
constexpr std::int64_t kOwnerCallEnergy = 45'000;
constexpr std::int64_t kOtherCallEnergy = 120'000;
constexpr std::int64_t kLockBlocks = 86'400;  // three days

std::string_view TextOf(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}
std::string_view TextOf(const Hash256& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

Hash256 WordOf(const Address& address, bool with_prefix = false) {
  Hash256 word;
  std::copy(address.bytes.begin() + 1, address.bytes.end(), word.bytes.begin() + 12);
  if (with_prefix) word.bytes[11] = tron::kAddressPrefix;
  return word;
}
Hash256 WordOf(const Uint256& value) { return {Uint256ToBytes(value)}; }

// The first four bytes of a signature's hash choose the function.
struct Selectors {
  static std::string Of(std::string_view signature) {
    return std::string(TextOf(Keccak256(tron::SpanOf(signature))).substr(0, 4));
  }
  const std::string transfer = Of("transfer(address,uint256)");
  const std::string transfer_from = Of("transferFrom(address,address,uint256)");
  const std::string approve = Of("approve(address,uint256)");
  const std::string issue = Of("issue(uint256)");
  const std::string redeem = Of("redeem(uint256)");
  const std::string add_black_list = Of("addBlackList(address)");
  const std::string remove_black_list = Of("removeBlackList(address)");
  const std::string destroy_black_funds = Of("destroyBlackFunds(address)");
  const std::string pay_for_me = Of("payForMe(address,address,address,uint256)");  // invented
};
const Selectors& Select() {
  static const Selectors selectors;
  return selectors;
}

struct Topics {
  static Hash256 Of(std::string_view signature) { return Keccak256(tron::SpanOf(signature)); }
  const Hash256 transfer = Of("Transfer(address,address,uint256)");
  const Hash256 approval = Of("Approval(address,address,uint256)");
  const Hash256 issue = Of("Issue(uint256)");
  const Hash256 redeem = Of("Redeem(uint256)");
  const Hash256 added_black_list = Of("AddedBlackList(address)");
  const Hash256 removed_black_list = Of("RemovedBlackList(address)");
  const Hash256 destroyed_black_funds = Of("DestroyedBlackFunds(address,uint256)");
};
const Topics& Topic() {
  static const Topics topics;
  return topics;
}

std::string CallData(std::string_view selector, std::initializer_list<Hash256> words) {
  std::string data(selector);
  for (const Hash256& word : words) data.append(TextOf(word));
  return data;
}

std::string_view ZeroWord() {
  static constexpr std::array<char, 32> kZero{};
  return {kZero.data(), kZero.size()};
}

}  // namespace

Hash256 TronChainBuilder::Transfer(const Address& from, const Address& to, std::int64_t sun,
                                   const TxOptions& options) {
  COINWAKE_CHECK(sun >= 0);
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(from));
  parameter.Bytes(2, TextOf(to));
  parameter.Number(3, sun);
  Draft draft = Begin(ContractType::kTransfer, from, options);
  OpenAccount(to, &draft);
  Record(draft, MoveKind::kTransfer, kTrx, from, to, static_cast<std::uint64_t>(sun));
  return End(draft);
}

Hash256 TronChainBuilder::CreateAccount(const Address& owner, const Address& account,
                                        const TxOptions& options) {
  COINWAKE_CHECK(!truth_.IsActive(account));
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  parameter.Bytes(2, TextOf(account));
  Draft draft = Begin(ContractType::kAccountCreate, owner, options);
  OpenAccount(account, &draft);
  return End(draft);
}

Hash256 TronChainBuilder::Freeze(const Address& owner, std::int64_t sun, Resource resource,
                                 const TxOptions& options) {
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  parameter.Number(2, sun);
  parameter.Number(3, static_cast<std::int64_t>(resource));
  const Draft draft = Begin(ContractType::kFreezeBalanceV2, owner, options);
  Record(draft, MoveKind::kFreeze, kTrx, owner, owner, static_cast<std::uint64_t>(sun));
  return End(draft);
}

Hash256 TronChainBuilder::Unfreeze(const Address& owner, std::int64_t sun, Resource resource,
                                   std::int64_t matured, const TxOptions& options) {
  COINWAKE_CHECK(truth_.FrozenOf(owner) >= sun);
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  parameter.Number(2, sun);
  parameter.Number(3, static_cast<std::int64_t>(resource));
  Draft draft = Begin(ContractType::kUnfreezeBalanceV2, owner, options);
  draft.unfrozen = matured;
  if (matured > 0) {
    Record(draft, MoveKind::kUnfreeze, kTrx, owner, owner, static_cast<std::uint64_t>(matured));
  }
  return End(draft);
}

Hash256 TronChainBuilder::WithdrawUnfrozen(const Address& owner, std::int64_t matured,
                                           const TxOptions& options) {
  parameter_.clear();
  WireWriter(&parameter_).Bytes(1, TextOf(owner));
  Draft draft = Begin(ContractType::kWithdrawExpireUnfreeze, owner, options);
  draft.unfrozen = matured;
  Record(draft, MoveKind::kUnfreeze, kTrx, owner, owner, static_cast<std::uint64_t>(matured));
  return End(draft);
}

Hash256 TronChainBuilder::Delegate(const Address& owner, const Address& receiver, std::int64_t sun,
                                   Resource resource, const TxOptions& options) {
  COINWAKE_CHECK(truth_.FrozenOf(owner) >= sun && truth_.IsActive(receiver));
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  parameter.Number(2, static_cast<std::int64_t>(resource));
  parameter.Number(3, sun);
  parameter.Bytes(4, TextOf(receiver));
  const bool lock = sun % 2 != 0;
  parameter.Number(5, lock ? 1 : 0);
  parameter.Number(6, lock ? kLockBlocks : 0);
  return End(Begin(ContractType::kDelegateResource, owner, options));
}

Hash256 TronChainBuilder::Undelegate(const Address& owner, const Address& receiver,
                                     std::int64_t sun, Resource resource,
                                     const TxOptions& options) {
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  parameter.Number(2, static_cast<std::int64_t>(resource));
  parameter.Number(3, sun);
  parameter.Bytes(4, TextOf(receiver));
  return End(Begin(ContractType::kUnDelegateResource, owner, options));
}

Hash256 TronChainBuilder::Vote(const Address& owner, const Votes& votes, const TxOptions& options) {
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  for (const auto& [witness, count] : votes) {
    const std::size_t vote = parameter.Begin(2);
    parameter.Bytes(1, TextOf(witness));
    parameter.Number(2, count);
    parameter.End(vote);
  }
  return End(Begin(ContractType::kVoteWitness, owner, options));
}

Hash256 TronChainBuilder::WithdrawReward(const Address& owner, std::int64_t sun,
                                         const TxOptions& options) {
  parameter_.clear();
  WireWriter(&parameter_).Bytes(1, TextOf(owner));
  Draft draft = Begin(ContractType::kWithdrawBalance, owner, options);
  draft.withdrawn = sun;
  Record(draft, MoveKind::kReward, kTrx, std::nullopt, owner, static_cast<std::uint64_t>(sun));
  return End(draft);
}

Hash256 TronChainBuilder::UpdatePermission(const Address& owner, const std::vector<Address>& keys,
                                           std::int64_t threshold, const TxOptions& options) {
  constexpr std::int64_t kActive = 2;
  // All contracts of an ordinary wallet (java-tron's default for active permissions).
  static constexpr std::array<std::uint8_t, 32> kOperations = {0x7f, 0xff, 0x1f, 0xc0,
                                                               0x03, 0x3e, 0x0f, 0x07};
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  for (const bool active : {false, true}) {
    const std::size_t permission = parameter.Begin(active ? 4 : 2);
    parameter.Number(1, active ? kActive : 0);
    parameter.Number(2, active ? kActive : 0);
    parameter.Bytes(3, active ? std::string_view("active") : std::string_view("owner"));
    parameter.Number(4, threshold);
    if (active) parameter.Bytes(6, ByteSpan(kOperations));
    for (const Address& address : keys) {
      const std::size_t key = parameter.Begin(7);
      parameter.Bytes(1, TextOf(address));
      parameter.Number(2, 1);
      parameter.End(key);
    }
    parameter.End(permission);
  }
  Draft draft = Begin(ContractType::kAccountPermissionUpdate, owner, options);
  draft.actuator_fee = kPermissionFee;
  return End(draft);
}

AssetId TronChainBuilder::IssueTrc10(const Address& owner, std::string_view name,
                                     std::int64_t supply, const TxOptions& options) {
  constexpr std::int64_t kSaleMs = 86'400'000;
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  parameter.Bytes(2, name);
  parameter.Bytes(3, name.substr(0, 4));
  parameter.Number(4, supply);
  parameter.Number(6, 1);
  parameter.Number(8, 1);
  parameter.Number(9, time_ms_ + kSaleMs);
  parameter.Number(10, time_ms_ + 2 * kSaleMs);
  parameter.Bytes(20, std::string_view("A token made for tests"));
  Draft draft = Begin(ContractType::kAssetIssue, owner, options);
  draft.token_id = absl::StrCat(next_token_id_++);
  draft.actuator_fee = kTokenIssueFee;
  const AssetId token = truth_.AddAsset(absl::StrCat("TRC10:", draft.token_id), Address(), owner);
  Record(draft, MoveKind::kTokenIssue, token, std::nullopt, owner,
         static_cast<std::uint64_t>(supply));
  End(draft);
  return token;
}

Hash256 TronChainBuilder::TransferTrc10(AssetId token, const Address& from, const Address& to,
                                        std::int64_t amount, const TxOptions& options) {
  const std::string_view name = truth_.assets()[token].name;
  COINWAKE_CHECK(amount > 0 && name.starts_with("TRC10:"));
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, name.substr(name.find(':') + 1));
  parameter.Bytes(2, TextOf(from));
  parameter.Bytes(3, TextOf(to));
  parameter.Number(4, amount);
  Draft draft = Begin(ContractType::kTransferAsset, from, options);
  OpenAccount(to, &draft);
  Record(draft, MoveKind::kTransfer, token, from, to, static_cast<std::uint64_t>(amount));
  return End(draft);
}

void TronChainBuilder::Deploy(const Address& owner, std::string_view name,
                              std::int64_t call_value) {
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  const std::size_t contract = parameter.Begin(2);
  parameter.Bytes(1, TextOf(owner));
  parameter.Bytes(4, std::string_view("\x60\x80\x60\x40", 4));  // code enough for nobody to run
  parameter.Number(5, call_value);
  parameter.Number(6, 100);
  parameter.Bytes(7, name);
  parameter.Number(8, 10'000'000);
  parameter.End(contract);
}

Address TronChainBuilder::DeployContract(const Address& owner, std::string_view name,
                                         std::int64_t call_value, const TxOptions& options) {
  Deploy(owner, name, call_value);
  Draft draft = Begin(ContractType::kCreateSmartContract, owner, options);
  const Address contract = tron::AddressOfCreatedContract(draft.txid, owner.bytes);
  draft.contract = contract;
  draft.energy = options.energy != 0 ? options.energy : kDeployEnergy;
  if (draft.succeeded()) truth_.Activate(contract);
  if (draft.succeeded() && call_value > 0) {
    Record(draft, MoveKind::kCallValue, kTrx, owner, contract,
           static_cast<std::uint64_t>(call_value));
  }
  End(draft);
  return contract;
}

AssetId TronChainBuilder::DeployToken(const Address& owner, std::string_view name,
                                      const std::optional<Address>& address,
                                      const TxOptions& options) {
  Deploy(owner, name, 0);
  Draft draft = Begin(ContractType::kCreateSmartContract, owner, options);
  COINWAKE_CHECK(draft.succeeded());
  draft.contract = address ? *address : tron::AddressOfCreatedContract(draft.txid, owner.bytes);
  draft.energy = options.energy != 0 ? options.energy : kDeployEnergy;
  truth_.Activate(*draft.contract);
  End(draft);
  return truth_.AddAsset(absl::StrCat("TRC20:", draft.contract->ToBase58()), *draft.contract,
                         owner);
}

void TronChainBuilder::Log(const Address& contract, std::initializer_list<Hash256> topics,
                           std::string_view data) {
  WireWriter logs(&logs_);
  const std::size_t log = logs.Begin(8);
  logs.Bytes(1, TextOf(contract).substr(1));
  for (const Hash256& topic : topics) logs.Bytes(2, TextOf(topic));
  logs.Bytes(3, data);
  logs.End(log);
}

void TronChainBuilder::LogTransfer(const Draft& draft, const TokenEffect& effect) {
  if (!draft.succeeded()) return;
  Log(truth_.assets()[effect.token].contract,
      {Topic().transfer, WordOf(effect.from), WordOf(effect.to)}, TextOf(WordOf(effect.amount)));
  const Address nobody;
  const bool mints = effect.from == nobody;
  const bool burns = effect.to == nobody;
  COINWAKE_CHECK(!(mints && burns));
  Record(draft,
         mints   ? MoveKind::kMint
         : burns ? MoveKind::kBurn
                 : MoveKind::kTransfer,
         effect.token, mints ? std::nullopt : std::optional(effect.from),
         burns ? std::nullopt : std::optional(effect.to), effect.amount);
}

std::int64_t TronChainBuilder::TransferEnergy(AssetId token, const Address& to) const {
  return truth_.TokenOf(token, to) == 0 ? kFirstTransferEnergy : kTransferEnergy;
}

TronChainBuilder::Draft TronChainBuilder::BeginTokenCall(AssetId token, const Address& sender,
                                                         std::string_view call_data,
                                                         const TxOptions& options) {
  const Address& contract = truth_.assets()[token].contract;
  COINWAKE_CHECK(truth_.assets()[token].name.starts_with("TRC20:"));
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(sender));
  parameter.Bytes(2, TextOf(contract));
  parameter.Bytes(4, call_data);
  Draft draft = Begin(ContractType::kTriggerSmartContract, sender, options);
  draft.contract = contract;
  draft.contract_result = ZeroWord();  // USDT's calls say they returned false when they succeed
  draft.energy = options.energy != 0 ? options.energy : kOwnerCallEnergy;
  return draft;
}

Hash256 TronChainBuilder::TokenTransfer(AssetId token, const Address& from, const Address& to,
                                        const Uint256& amount, const TxOptions& options) {
  Draft draft = BeginTokenCall(
      token, from,
      CallData(Select().transfer, {WordOf(to, options.pads_with_prefix), WordOf(amount)}), options);
  if (options.energy == 0) draft.energy = TransferEnergy(token, to);
  LogTransfer(draft, {token, from, to, amount});
  return End(draft);
}

Hash256 TronChainBuilder::TokenTransferFrom(AssetId token, const Address& spender,
                                            const Address& from, const Address& to,
                                            const Uint256& amount,
                                            const std::optional<Address>& via,
                                            const TxOptions& options) {
  const bool pads = options.pads_with_prefix;
  const Address& contract = truth_.assets()[token].contract;
  if (via) {
    return Call(spender,
                {.contract = *via,
                 .data = CallData(Select().pay_for_me, {WordOf(contract, pads), WordOf(from, pads),
                                                        WordOf(to, pads), WordOf(amount)}),
                 .internals = {{.caller = *via, .to = contract}},
                 .transfers = {{token, from, to, amount}}},
                options);
  }
  Draft draft = BeginTokenCall(
      token, spender,
      CallData(Select().transfer_from, {WordOf(from, pads), WordOf(to, pads), WordOf(amount)}),
      options);
  if (options.energy == 0) draft.energy = TransferEnergy(token, to);
  LogTransfer(draft, {token, from, to, amount});
  return End(draft);
}

Hash256 TronChainBuilder::Approve(AssetId token, const Address& owner, const Address& spender,
                                  const Uint256& amount, const TxOptions& options) {
  const Draft draft = BeginTokenCall(
      token, owner,
      CallData(Select().approve, {WordOf(spender, options.pads_with_prefix), WordOf(amount)}),
      options);
  Log(truth_.assets()[token].contract, {Topic().approval, WordOf(owner), WordOf(spender)},
      TextOf(WordOf(amount)));
  return End(draft);
}

Hash256 TronChainBuilder::Mint(AssetId token, const Uint256& amount, const TxOptions& options) {
  const Address owner = truth_.assets()[token].owner;
  const Draft draft =
      BeginTokenCall(token, owner, CallData(Select().issue, {WordOf(amount)}), options);
  Log(truth_.assets()[token].contract, {Topic().issue}, TextOf(WordOf(amount)));
  LogTransfer(draft, {token, Address(), owner, amount});
  return End(draft);
}

Hash256 TronChainBuilder::Redeem(AssetId token, const Uint256& amount, const TxOptions& options) {
  const Address owner = truth_.assets()[token].owner;
  const Draft draft =
      BeginTokenCall(token, owner, CallData(Select().redeem, {WordOf(amount)}), options);
  Log(truth_.assets()[token].contract, {Topic().redeem}, TextOf(WordOf(amount)));
  LogTransfer(draft, {token, owner, Address(), amount});
  return End(draft);
}

Hash256 TronChainBuilder::OnAccount(AssetId token, std::string_view selector, const Hash256& topic,
                                    const Address& account, const TxOptions& options) {
  const Draft draft =
      BeginTokenCall(token, truth_.assets()[token].owner,
                     CallData(selector, {WordOf(account, options.pads_with_prefix)}), options);
  Log(truth_.assets()[token].contract, {topic, WordOf(account)}, "");
  return End(draft);
}

Hash256 TronChainBuilder::BlackList(AssetId token, const Address& account,
                                    const TxOptions& options) {
  return OnAccount(token, Select().add_black_list, Topic().added_black_list, account, options);
}

Hash256 TronChainBuilder::UnBlackList(AssetId token, const Address& account,
                                      const TxOptions& options) {
  return OnAccount(token, Select().remove_black_list, Topic().removed_black_list, account, options);
}

Hash256 TronChainBuilder::DestroyBlackFunds(AssetId token, const Address& account,
                                            const TxOptions& options) {
  const Draft draft = BeginTokenCall(
      token, truth_.assets()[token].owner,
      CallData(Select().destroy_black_funds, {WordOf(account, options.pads_with_prefix)}), options);
  if (draft.succeeded()) {
    const Uint256 amount = truth_.TokenOf(token, account);
    Log(truth_.assets()[token].contract, {Topic().destroyed_black_funds, WordOf(account)},
        TextOf(WordOf(amount)));
    Record(draft, MoveKind::kDestroyed, token, account, std::nullopt, amount);
  }
  return End(draft);
}

Hash256 TronChainBuilder::Call(const Address& owner, const ContractCall& call,
                               const TxOptions& options) {
  parameter_.clear();
  WireWriter parameter(&parameter_);
  parameter.Bytes(1, TextOf(owner));
  parameter.Bytes(2, TextOf(call.contract));
  parameter.Number(3, call.call_value);
  parameter.Bytes(4, call.data);
  Draft draft = Begin(ContractType::kTriggerSmartContract, owner, options);
  draft.contract = call.contract;
  draft.energy = options.energy != 0 ? options.energy : kOtherCallEnergy;
  draft.internals = &call.internals;
  if (draft.succeeded()) {
    if (call.call_value > 0) {
      Record(draft, MoveKind::kCallValue, kTrx, owner, call.contract,
             static_cast<std::uint64_t>(call.call_value));
    }
    for (const InternalCall& inner : call.internals) {
      if (inner.rejected || inner.amount == 0) continue;
      if (!truth_.IsActive(inner.to)) truth_.Activate(inner.to);
      Record(draft, MoveKind::kInternal, inner.asset, inner.caller, inner.to,
             static_cast<std::uint64_t>(inner.amount));
    }
    for (const TokenEffect& effect : call.transfers) LogTransfer(draft, effect);
    for (const RawLog& raw : call.logs) {
      WireWriter logs(&logs_);
      const std::size_t log = logs.Begin(8);
      logs.Bytes(1, TextOf(raw.contract).substr(1));
      for (const Hash256& topic : raw.topics) logs.Bytes(2, TextOf(topic));
      logs.Bytes(3, raw.data);
      logs.End(log);
    }
  }
  return End(draft);
}

void TronChainBuilder::RentEnergy(const Address& renter, const Address& service, std::int64_t price,
                                  std::int64_t stake) {
  Transfer(renter, service, price);
  Delegate(service, renter, stake, Resource::kEnergy, {.permission_id = 2});
}

}  // namespace coinwake::synthetic
