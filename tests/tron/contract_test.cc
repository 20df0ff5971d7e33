// Goal: each contract type gives its own record with every field in its place, and what cannot be
// read is kept and said.
// Method: a message of each type with a distinct value in each field, written by the generated
// code; real transactions of rarer types.
#include "indexer/tron/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "indexer/tron/block.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tron/block.pb.h"
#include "tron/contract.pb.h"

namespace coinwake::tron {
namespace {

// Distinct addresses.
std::string AddressBytes(char last) {
  std::string bytes(21, '\1');
  bytes[0] = '\x41';
  bytes[20] = last;
  return bytes;
}
Account AccountOf(char last) { return Account(SpanOf(AddressBytes(last))); }

template <typename Message>
Contract Decode(ContractType type, const Message& message) {
  Contract contract;
  contract.type = type;
  contract.type_url = "type.googleapis.com/protocol." + ContractTypeName(type);
  contract.parameter = message.SerializeAsString();
  DecodeContractBody(&contract);
  return contract;
}

// The body of a message whose owner is AddressBytes('o').
template <typename Body, typename Message>
Body BodyOf(ContractType type, Message message) {
  message.set_owner_address(AddressBytes('o'));
  const Contract contract = Decode(type, message);
  EXPECT_EQ(contract.problem, ContractProblem::kNone) << ContractTypeName(type);
  EXPECT_EQ(contract.owner, AccountOf('o')) << ContractTypeName(type);
  EXPECT_TRUE(std::holds_alternative<Body>(contract.body)) << ContractTypeName(type);
  return std::get<Body>(contract.body);
}

TEST(Contract, ReadsAccounts) {
  wire::AccountCreateContract create;
  create.set_account_address(AddressBytes('a'));
  create.set_type(2);
  const auto created = BodyOf<AccountCreateContract>(ContractType::kAccountCreate, create);
  EXPECT_EQ(created.account, AccountOf('a'));
  EXPECT_EQ(created.account_type, 2);
  wire::AccountUpdateContract update;
  update.set_account_name("name");
  EXPECT_EQ(BodyOf<AccountUpdateContract>(ContractType::kAccountUpdate, update).account_name,
            "name");
  wire::SetAccountIdContract id;
  id.set_account_id("id");
  EXPECT_EQ(BodyOf<SetAccountIdContract>(ContractType::kSetAccountId, id).account_id, "id");
  wire::AccountPermissionUpdateContract permissions;
  permissions.mutable_owner()->set_threshold(3);
  wire::Permission& active = *permissions.add_actives();
  active.set_type(2);
  active.set_id(4);
  active.set_permission_name("active");
  active.set_threshold(5);
  active.set_parent_id(6);
  active.set_operations("bits");
  wire::Key& key = *active.add_keys();
  key.set_address(AddressBytes('k'));
  key.set_weight(7);
  const auto changed =
      BodyOf<AccountPermissionUpdateContract>(ContractType::kAccountPermissionUpdate, permissions);
  ASSERT_TRUE(changed.owner.has_value());
  EXPECT_EQ(changed.owner->threshold, 3);
  EXPECT_FALSE(changed.witness.has_value());
  ASSERT_EQ(changed.actives.size(), 1U);
  EXPECT_EQ(changed.actives[0].type, 2);
  EXPECT_EQ(changed.actives[0].id, 4);
  EXPECT_EQ(changed.actives[0].name, "active");
  EXPECT_EQ(changed.actives[0].threshold, 5);
  EXPECT_EQ(changed.actives[0].parent_id, 6);
  EXPECT_EQ(changed.actives[0].operations, "bits");
  ASSERT_EQ(changed.actives[0].keys.size(), 1U);
  EXPECT_EQ(changed.actives[0].keys[0].account, AccountOf('k'));
  EXPECT_EQ(changed.actives[0].keys[0].weight, 7);
}

TEST(Contract, ReadsTransfersAndTokens) {
  wire::TransferContract transfer;
  transfer.set_to_address(AddressBytes('t'));
  transfer.set_amount(-5);
  const auto moved = BodyOf<TransferContract>(ContractType::kTransfer, transfer);
  EXPECT_EQ(moved.to, AccountOf('t'));
  EXPECT_EQ(moved.amount, -5);
  wire::TransferAssetContract asset;
  asset.set_asset_name("1002000");
  asset.set_to_address(AddressBytes('t'));
  asset.set_amount(6);
  const auto sent = BodyOf<TransferAssetContract>(ContractType::kTransferAsset, asset);
  EXPECT_EQ(sent.token, "1002000");
  EXPECT_EQ(sent.to, AccountOf('t'));
  EXPECT_EQ(sent.amount, 6);
  wire::ParticipateAssetIssueContract buy;
  buy.set_asset_name("name");
  buy.set_to_address(AddressBytes('i'));
  buy.set_amount(7);
  const auto bought =
      BodyOf<ParticipateAssetIssueContract>(ContractType::kParticipateAssetIssue, buy);
  EXPECT_EQ(bought.token, "name");
  EXPECT_EQ(bought.to, AccountOf('i'));
  EXPECT_EQ(bought.amount, 7);
  wire::AssetIssueContract issue;
  issue.set_name("n");
  issue.set_abbr("ab");
  issue.set_total_supply(1);
  issue.add_frozen_supply()->set_frozen_amount(2);
  issue.mutable_frozen_supply(0)->set_frozen_days(3);
  issue.set_trx_num(4);
  issue.set_num(5);
  issue.set_precision(6);
  issue.set_start_time(7);
  issue.set_end_time(8);
  issue.set_description("\xff no text");
  issue.set_url("u");
  issue.set_free_asset_net_limit(9);
  issue.set_public_free_asset_net_limit(10);
  issue.set_id("11");
  const auto issued = BodyOf<AssetIssueContract>(ContractType::kAssetIssue, issue);
  EXPECT_EQ(issued.name + issued.abbreviation + issued.url + issued.id, "nabu11");
  EXPECT_EQ(issued.description, "\xff no text");
  EXPECT_EQ(issued.total_supply, 1);
  ASSERT_EQ(issued.frozen_supply.size(), 1U);
  EXPECT_EQ(issued.frozen_supply[0].amount, 2);
  EXPECT_EQ(issued.frozen_supply[0].days, 3);
  EXPECT_EQ(issued.trx_num, 4);
  EXPECT_EQ(issued.num, 5);
  EXPECT_EQ(issued.precision, 6);
  EXPECT_EQ(issued.start_time_ms, 7);
  EXPECT_EQ(issued.end_time_ms, 8);
  EXPECT_EQ(issued.free_net_limit, 9);
  EXPECT_EQ(issued.public_free_net_limit, 10);
  wire::UpdateAssetContract update;
  update.set_description("d");
  update.set_url("u");
  update.set_new_limit(1);
  update.set_new_public_limit(2);
  const auto updated = BodyOf<UpdateAssetContract>(ContractType::kUpdateAsset, update);
  EXPECT_EQ(updated.description + updated.url, "du");
  EXPECT_EQ(updated.new_limit, 1);
  EXPECT_EQ(updated.new_public_limit, 2);
}

TEST(Contract, ReadsStakes) {
  wire::FreezeBalanceContract freeze;
  freeze.set_frozen_balance(1);
  freeze.set_frozen_duration(3);
  freeze.set_resource(1);
  freeze.set_receiver_address(AddressBytes('r'));
  const auto frozen = BodyOf<FreezeBalanceContract>(ContractType::kFreezeBalance, freeze);
  EXPECT_EQ(frozen.frozen_balance, 1);
  EXPECT_EQ(frozen.frozen_days, 3);
  EXPECT_EQ(frozen.resource, Resource::kEnergy);
  EXPECT_EQ(frozen.receiver, AccountOf('r'));
  wire::UnfreezeBalanceContract unfreeze;
  unfreeze.set_resource(1);
  unfreeze.set_receiver_address(AddressBytes('r'));
  const auto thawed = BodyOf<UnfreezeBalanceContract>(ContractType::kUnfreezeBalance, unfreeze);
  EXPECT_EQ(thawed.resource, Resource::kEnergy);
  EXPECT_EQ(thawed.receiver, AccountOf('r'));
  wire::FreezeBalanceV2Contract freeze2;
  freeze2.set_frozen_balance(4);
  freeze2.set_resource(2);
  const auto frozen2 = BodyOf<FreezeBalanceV2Contract>(ContractType::kFreezeBalanceV2, freeze2);
  EXPECT_EQ(frozen2.frozen_balance, 4);
  EXPECT_EQ(frozen2.resource, Resource::kTronPower);
  wire::UnfreezeBalanceV2Contract unfreeze2;
  unfreeze2.set_unfreeze_balance(5);
  unfreeze2.set_resource(1);
  const auto thawed2 =
      BodyOf<UnfreezeBalanceV2Contract>(ContractType::kUnfreezeBalanceV2, unfreeze2);
  EXPECT_EQ(thawed2.unfreeze_balance, 5);
  EXPECT_EQ(thawed2.resource, Resource::kEnergy);
  wire::DelegateResourceContract lend;
  lend.set_resource(1);
  lend.set_balance(6);
  lend.set_receiver_address(AddressBytes('r'));
  lend.set_lock(true);
  lend.set_lock_period(7);
  const auto lent = BodyOf<DelegateResourceContract>(ContractType::kDelegateResource, lend);
  EXPECT_EQ(lent.resource, Resource::kEnergy);
  EXPECT_EQ(lent.balance, 6);
  EXPECT_EQ(lent.receiver, AccountOf('r'));
  EXPECT_TRUE(lent.lock);
  EXPECT_EQ(lent.lock_period, 7);
  wire::UnDelegateResourceContract take;
  take.set_resource(1);
  take.set_balance(8);
  take.set_receiver_address(AddressBytes('r'));
  const auto taken = BodyOf<UnDelegateResourceContract>(ContractType::kUnDelegateResource, take);
  EXPECT_EQ(taken.resource, Resource::kEnergy);
  EXPECT_EQ(taken.balance, 8);
  EXPECT_EQ(taken.receiver, AccountOf('r'));
  const wire::OwnerContract owner;
  BodyOf<WithdrawBalanceContract>(ContractType::kWithdrawBalance, owner);
  BodyOf<UnfreezeAssetContract>(ContractType::kUnfreezeAsset, owner);
  BodyOf<WithdrawExpireUnfreezeContract>(ContractType::kWithdrawExpireUnfreeze, owner);
  BodyOf<CancelAllUnfreezeV2Contract>(ContractType::kCancelAllUnfreezeV2, owner);
}

TEST(Contract, ReadsVotesAndProposals) {
  wire::VoteAssetContract vote_asset;
  vote_asset.add_vote_address(AddressBytes('v'));
  vote_asset.set_support(true);
  vote_asset.set_count(2);
  const auto asset = BodyOf<VoteAssetContract>(ContractType::kVoteAsset, vote_asset);
  EXPECT_EQ(asset.votes_for, std::vector<Account>{AccountOf('v')});
  EXPECT_TRUE(asset.support);
  EXPECT_EQ(asset.count, 2);
  wire::VoteWitnessContract vote;
  vote.add_votes()->set_vote_address(AddressBytes('w'));
  vote.mutable_votes(0)->set_vote_count(3);
  vote.set_support(true);
  const auto voted = BodyOf<VoteWitnessContract>(ContractType::kVoteWitness, vote);
  ASSERT_EQ(voted.votes.size(), 1U);
  EXPECT_EQ(voted.votes[0].witness, AccountOf('w'));
  EXPECT_EQ(voted.votes[0].count, 3);
  EXPECT_TRUE(voted.support);
  wire::WitnessCreateContract witness;
  witness.set_url("u");
  EXPECT_EQ(BodyOf<WitnessCreateContract>(ContractType::kWitnessCreate, witness).url, "u");
  wire::WitnessUpdateContract update;
  update.set_update_url("v");
  EXPECT_EQ(BodyOf<WitnessUpdateContract>(ContractType::kWitnessUpdate, update).url, "v");
  wire::UpdateBrokerageContract brokerage;
  brokerage.set_brokerage(20);
  EXPECT_EQ(BodyOf<UpdateBrokerageContract>(ContractType::kUpdateBrokerage, brokerage).brokerage,
            20);
  wire::ProposalCreateContract propose;
  propose.add_parameters()->set_key(1);
  propose.mutable_parameters(0)->set_value(2);
  const auto proposed = BodyOf<ProposalCreateContract>(ContractType::kProposalCreate, propose);
  ASSERT_EQ(proposed.parameters.size(), 1U);
  EXPECT_EQ(proposed.parameters[0], (std::pair<std::int64_t, std::int64_t>(1, 2)));
  wire::ProposalApproveContract approve;
  approve.set_proposal_id(3);
  approve.set_is_add_approval(true);
  const auto approved = BodyOf<ProposalApproveContract>(ContractType::kProposalApprove, approve);
  EXPECT_EQ(approved.proposal_id, 3);
  EXPECT_TRUE(approved.is_add_approval);
  wire::ProposalDeleteContract remove;
  remove.set_proposal_id(4);
  EXPECT_EQ(BodyOf<ProposalDeleteContract>(ContractType::kProposalDelete, remove).proposal_id, 4);
}

TEST(Contract, ReadsSmartContracts) {
  wire::CreateSmartContract create;
  wire::SmartContract& code = *create.mutable_new_contract();
  code.set_origin_address(AddressBytes('p'));
  code.set_contract_address(AddressBytes('c'));
  code.set_bytecode("code");
  code.set_call_value(1);
  code.set_consume_user_resource_percent(2);
  code.set_name("name");
  code.set_origin_energy_limit(3);
  create.set_call_token_value(4);
  create.set_token_id(5);
  const auto created = BodyOf<CreateSmartContract>(ContractType::kCreateSmartContract, create);
  EXPECT_EQ(created.origin, AccountOf('p'));
  EXPECT_EQ(created.contract, AccountOf('c'));
  EXPECT_EQ(created.bytecode, "code");
  EXPECT_EQ(created.call_value, 1);
  EXPECT_EQ(created.consume_user_resource_percent, 2);
  EXPECT_EQ(created.name, "name");
  EXPECT_EQ(created.origin_energy_limit, 3);
  EXPECT_EQ(created.call_token_value, 4);
  EXPECT_EQ(created.token_id, 5);
  wire::TriggerSmartContract trigger;
  trigger.set_contract_address(AddressBytes('c'));
  trigger.set_call_value(6);
  trigger.set_data("data");
  trigger.set_call_token_value(7);
  trigger.set_token_id(8);
  const auto called = BodyOf<TriggerSmartContract>(ContractType::kTriggerSmartContract, trigger);
  EXPECT_EQ(called.contract, AccountOf('c'));
  EXPECT_EQ(called.call_value, 6);
  EXPECT_EQ(called.data, "data");
  EXPECT_EQ(called.call_token_value, 7);
  EXPECT_EQ(called.token_id, 8);
  wire::ContractSettingContract setting;
  setting.set_contract_address(AddressBytes('c'));
  setting.set_value(9);
  EXPECT_EQ(BodyOf<ClearAbiContract>(ContractType::kClearAbi, setting).contract, AccountOf('c'));
  const auto percent = BodyOf<UpdateSettingContract>(ContractType::kUpdateSetting, setting);
  EXPECT_EQ(percent.contract, AccountOf('c'));
  EXPECT_EQ(percent.consume_user_resource_percent, 9);
  const auto limit = BodyOf<UpdateEnergyLimitContract>(ContractType::kUpdateEnergyLimit, setting);
  EXPECT_EQ(limit.contract, AccountOf('c'));
  EXPECT_EQ(limit.origin_energy_limit, 9);
}

TEST(Contract, ReadsExchangesAndTheMarket) {
  wire::ExchangeCreateContract create;
  create.set_first_token_id("_");
  create.set_first_token_balance(1);
  create.set_second_token_id("1000001");
  create.set_second_token_balance(2);
  const auto made = BodyOf<ExchangeCreateContract>(ContractType::kExchangeCreate, create);
  EXPECT_EQ(made.first_token, kTrxTokenName);
  EXPECT_EQ(made.first_balance, 1);
  EXPECT_EQ(made.second_token, "1000001");
  EXPECT_EQ(made.second_balance, 2);
  wire::ExchangeContract change;
  change.set_exchange_id(3);
  change.set_token_id("t");
  change.set_quant(4);
  change.set_expected(5);
  const auto in = BodyOf<ExchangeInjectContract>(ContractType::kExchangeInject, change);
  EXPECT_EQ(in.exchange_id, 3);
  EXPECT_EQ(in.token, "t");
  EXPECT_EQ(in.quantity, 4);
  const auto out = BodyOf<ExchangeWithdrawContract>(ContractType::kExchangeWithdraw, change);
  EXPECT_EQ(out.exchange_id, 3);
  EXPECT_EQ(out.token, "t");
  EXPECT_EQ(out.quantity, 4);
  const auto swap = BodyOf<ExchangeTransactionContract>(ContractType::kExchangeTransaction, change);
  EXPECT_EQ(swap.exchange_id, 3);
  EXPECT_EQ(swap.token, "t");
  EXPECT_EQ(swap.quantity, 4);
  EXPECT_EQ(swap.expected, 5);
  wire::MarketSellAssetContract sell;
  sell.set_sell_token_id("s");
  sell.set_sell_token_quantity(6);
  sell.set_buy_token_id("b");
  sell.set_buy_token_quantity(7);
  const auto sold = BodyOf<MarketSellAssetContract>(ContractType::kMarketSellAsset, sell);
  EXPECT_EQ(sold.sell_token + sold.buy_token, "sb");
  EXPECT_EQ(sold.sell_quantity, 6);
  EXPECT_EQ(sold.buy_quantity, 7);
  wire::MarketCancelOrderContract cancel;
  cancel.set_order_id("order");
  EXPECT_EQ(BodyOf<MarketCancelOrderContract>(ContractType::kMarketCancelOrder, cancel).order_id,
            "order");
  wire::ShieldedTransferContract shielded;
  shielded.set_transparent_from_address(AddressBytes('f'));
  shielded.set_from_amount(8);
  shielded.set_transparent_to_address(AddressBytes('t'));
  shielded.set_to_amount(9);
  const Contract hidden = Decode(ContractType::kShieldedTransfer, shielded);
  EXPECT_EQ(hidden.owner, AccountOf('f'));
  const auto& body = std::get<ShieldedTransferContract>(hidden.body);
  EXPECT_EQ(body.from_amount, 8);
  EXPECT_EQ(body.transparent_to, AccountOf('t'));
  EXPECT_EQ(body.to_amount, 9);
}

TEST(Contract, EveryNamedTypeHasItsOwnBody) {
  std::set<std::size_t> bodies;
  std::size_t named = 0;
  for (std::int32_t number = -1; number <= 100; ++number) {
    const auto type = static_cast<ContractType>(number);
    const std::string name = ContractTypeName(type);
    if (name.starts_with("unknown-")) {
      EXPECT_EQ(ParseContractType(name), std::nullopt);
      continue;
    }
    ++named;
    EXPECT_EQ(ParseContractType(name), type);
    const Contract contract = Decode(type, wire::OwnerContract());
    if (type == ContractType::kCustom || type == ContractType::kGetContract) {
      EXPECT_EQ(contract.problem, ContractProblem::kUnknownType);
      continue;
    }
    EXPECT_EQ(contract.problem, ContractProblem::kNone) << name;
    EXPECT_TRUE(bodies.insert(contract.body.index()).second) << name;
  }
  EXPECT_EQ(named, 41U);
  EXPECT_EQ(bodies.size(), std::variant_size_v<ContractBody> - 1);
}

// A transaction of these contracts, decoded.
Transaction TransactionOf(const std::vector<wire::Contract>& contracts, std::string* bytes) {
  wire::TransactionRaw raw;
  for (const wire::Contract& contract : contracts) *raw.add_contract() = contract;
  wire::Transaction made;
  made.set_raw_data(raw.SerializeAsString());
  *bytes = made.SerializeAsString();
  Transaction transaction;
  EXPECT_OK(DecodeTransaction(SpanOf(*bytes), &transaction));
  return transaction;
}

TEST(Contract, FindsTheOwnerOfWhatCannotBeRead) {
  const auto owner_of = [](std::int32_t type, const std::string& parameter) {
    Contract contract;
    contract.type = static_cast<ContractType>(type);
    contract.type_url = "type.googleapis.com/protocol." + ContractTypeName(contract.type);
    contract.parameter = parameter;
    DecodeContractBody(&contract);
    EXPECT_NE(contract.problem, ContractProblem::kNone) << type;
    return contract.owner;
  };
  const Account owner(SpanOf(AddressBytes('o')));
  const std::string first = "\x0a\x15" + AddressBytes('o');
  const std::string second = "\x12\x15" + AddressBytes('o');
  const std::string broken = "\x1a\x7f";  // longer than what is there
  for (const std::int32_t type : {20, 32, 60}) EXPECT_EQ(owner_of(type, first), owner) << type;
  for (const std::int32_t type : {1, 31, 54}) {
    EXPECT_EQ(owner_of(type, first + broken), owner) << type;
  }
  for (const std::int32_t type : {2, 10, 19}) {
    EXPECT_EQ(owner_of(type, second + broken), owner) << type;
    EXPECT_TRUE(owner_of(type, first + broken).empty()) << type;
  }
  EXPECT_TRUE(owner_of(60, second).empty());
  EXPECT_TRUE(owner_of(60, "").empty());
  EXPECT_TRUE(owner_of(60, "\x0a\x03owner").empty());  // no address
}

TEST(Contract, KeepsAndFlagsWhatIsOdd) {
  wire::Contract sound;
  sound.set_type(1);
  sound.mutable_parameter()->set_type_url("type.googleapis.com/protocol.TransferContract");
  wire::TransferContract transfer;
  transfer.set_owner_address(AddressBytes('o'));
  transfer.set_amount(5);
  sound.mutable_parameter()->set_value(transfer.SerializeAsString());
  std::string bytes;
  EXPECT_TRUE(TransactionOf({sound}, &bytes).well_formed());

  wire::Contract unknown = sound;
  unknown.set_type(4711);
  const Transaction of_unknown = TransactionOf({unknown}, &bytes);
  EXPECT_FALSE(of_unknown.well_formed());
  ASSERT_NE(of_unknown.contract(), nullptr);
  EXPECT_EQ(of_unknown.contract()->problem, ContractProblem::kUnknownType);
  EXPECT_EQ(static_cast<std::int32_t>(of_unknown.contract()->type), 4711);
  EXPECT_EQ(of_unknown.contract()->parameter, transfer.SerializeAsString());
  EXPECT_EQ(ContractTypeName(of_unknown.contract()->type), "unknown-4711");
  EXPECT_EQ(of_unknown.contract()->owner.bytes().size(), kAddressSize);
  EXPECT_EQ(of_unknown.contract()->owner, Account(SpanOf(AddressBytes('o'))));

  for (const char* const url :
       {"type.googleapis.com/protocol.TransferAssetContract", "protocol.TransferContract", "",
        "type.googleapis.com/TransferContract", "type.googleapis.com/protocol."}) {
    wire::Contract other = sound;
    other.mutable_parameter()->set_type_url(url);
    const Transaction of_other = TransactionOf({other}, &bytes);
    EXPECT_EQ(of_other.contract()->problem, ContractProblem::kTypeUrlMismatch) << url;
    EXPECT_TRUE(of_other.contract()->owner.empty());
    EXPECT_EQ(of_other.contract()->type_url, url);
  }
  wire::Contract broken = sound;
  broken.mutable_parameter()->set_value("\x0a\xff");
  const Transaction of_broken = TransactionOf({broken}, &bytes);
  EXPECT_EQ(of_broken.contract()->problem, ContractProblem::kUnreadable);
  EXPECT_EQ(of_broken.contract()->parameter, "\x0a\xff");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(of_broken.contract()->body));
  EXPECT_TRUE(of_broken.contract()->owner.empty());

  const Transaction of_none = TransactionOf({}, &bytes);
  EXPECT_FALSE(of_none.well_formed());
  EXPECT_EQ(of_none.contract(), nullptr);
  const Transaction of_two = TransactionOf({sound, unknown}, &bytes);
  EXPECT_FALSE(of_two.well_formed());
  EXPECT_EQ(of_two.contract(), nullptr);
  ASSERT_EQ(of_two.contracts.size(), 2U);
  EXPECT_EQ(of_two.contracts[0].owner, AccountOf('o'));
}

TEST(Contract, MergesAPartThatIsThereTwiceAsProtobufDoes) {
  // A parameter is bytes to the chain, so that a node keeps what its sender wrote in it.
  wire::CreateSmartContract first;
  first.mutable_new_contract()->set_call_value(7);
  wire::CreateSmartContract second;
  second.mutable_new_contract()->set_name("name");
  Contract contract;
  contract.type = ContractType::kCreateSmartContract;
  contract.type_url = "type.googleapis.com/protocol.CreateSmartContract";
  contract.parameter = first.SerializeAsString() + second.SerializeAsString();
  DecodeContractBody(&contract);
  const auto& body = std::get<CreateSmartContract>(contract.body);
  EXPECT_EQ(body.call_value, 7);
  EXPECT_EQ(body.name, "name");
}

TEST(Contract, ReadsRealRareTypes) {
  std::set<std::string> seen;
  for (const char* const path : {"private/wallet_cli_readme_transactions.json",
                                 "mainnet/txs/misc_signed_transactions.json"}) {
    for (const auto& row : FixtureJson(path)) {
      const std::vector<std::uint8_t> raw = Hex(row["raw_data_hex"].get<std::string>());
      wire::Transaction made;
      made.set_raw_data(std::string(raw.begin(), raw.end()));
      const std::string bytes = made.SerializeAsString();
      Transaction transaction;
      ASSERT_OK(DecodeTransaction(SpanOf(bytes), &transaction));
      EXPECT_EQ(transaction.txid.ToHex(), row["txID"]);
      ASSERT_TRUE(transaction.well_formed());
      seen.insert(ContractTypeName(transaction.contract()->type));
    }
  }
  EXPECT_THAT(seen, ::testing::IsSupersetOf({"FreezeBalanceV2Contract", "UnfreezeBalanceV2Contract",
                                             "WithdrawExpireUnfreezeContract"}));
}

}  // namespace
}  // namespace coinwake::tron
