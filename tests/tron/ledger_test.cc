// Goal: each contract moves what java-tron says it moves, in the order that ledger.h says, with
// what failed, what is missing and what cannot be read told as such.
// Method: one transaction of each type, made by the generated code and decoded, with and without a
// receipt; the entries are compared as text, line by line.
#include "indexer/tron/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "tests/support/matchers.h"
#include "tests/tron/ledger_bench.h"

namespace coinwake::tron {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int32_t kRevert = 2;

wire::TransferContract TransferOf(std::int64_t amount) {
  auto transfer = Owned<wire::TransferContract>();
  transfer.set_to_address(AddressBytes('t'));
  transfer.set_amount(amount);
  return transfer;
}

wire::TriggerSmartContract CallOf(std::int64_t value) {
  auto call = Owned<wire::TriggerSmartContract>();
  call.set_contract_address(AddressBytes('c'));
  call.set_call_value(value);
  return call;
}

TEST(Ledger, BooksTransfersAndTheFeeLast) {
  LedgerBench bench;
  bench.info.set_fee(1'100'000);
  EXPECT_THAT(bench.Book(ContractType::kTransfer, TransferOf(5)),
              ElementsAre("transfer TRX o > t 5", "fee TRX o > - 1100000"));
  EXPECT_THAT(bench.Book(ContractType::kTransfer, TransferOf(0)),
              ElementsAre("transfer TRX o > t 0"));
  auto self = TransferOf(6);
  self.set_to_address(AddressBytes('o'));
  EXPECT_THAT(bench.Book(ContractType::kTransfer, self), ElementsAre("transfer TRX o > o 6"));
  auto asset = Owned<wire::TransferAssetContract>();
  asset.set_to_address(AddressBytes('t'));
  asset.set_asset_name("1002000");
  asset.set_amount(7);
  EXPECT_THAT(bench.Book(ContractType::kTransferAsset, asset),
              ElementsAre("transfer TRC10:1002000 o > t 7"));
  EXPECT_EQ(bench.counts.transactions, 4U);
  EXPECT_EQ(bench.counts.gaps, 0U);
}

TEST(Ledger, MakesNoMintOfWhatNamesNobody) {
  LedgerBench bench;
  auto to_nobody = TransferOf(5);
  to_nobody.clear_to_address();
  EXPECT_THAT(bench.Book(ContractType::kTransfer, to_nobody),
              ElementsAre("gap unknown_account TRX o > -"));
  auto from_nobody = TransferOf(5);
  from_nobody.clear_owner_address();
  bench.info.set_fee(3);
  EXPECT_THAT(bench.Book(ContractType::kTransfer, from_nobody),
              ElementsAre("gap unknown_account TRX - > t"));
  EXPECT_THAT(bench.Book(ContractType::kTransfer, TransferOf(-1)),
              ElementsAre("gap unknown_amount TRX o > t"));
  EXPECT_EQ(bench.counts.bad_amounts, 1U);
}

TEST(Ledger, BooksAccountsAndWhatIsQuiet) {
  LedgerBench bench;
  auto create = Owned<wire::AccountCreateContract>();
  create.set_account_address(AddressBytes('n'));
  bench.info.set_fee(1'000'000);
  EXPECT_THAT(bench.Book(ContractType::kAccountCreate, create),
              ElementsAre("activated TRX o > n", "fee TRX o > - 1000000"));
  EXPECT_THAT(bench.Book(ContractType::kAccountPermissionUpdate,
                         Owned<wire::AccountPermissionUpdateContract>()),
              ElementsAre("permission_changed TRX o > -"));
  auto permission = Owned<wire::AccountPermissionUpdateContract>();
  permission.mutable_owner()->set_threshold(3);
  for (const char key : {'o', 'k'}) {
    auto* const added = permission.mutable_owner()->add_keys();
    added->set_address(AddressBytes(key));
    added->set_weight(key == 'o' ? 1 : 3);
  }
  permission.add_actives()->add_keys()->set_address(AddressBytes('x'));  // acts, but does not own
  EXPECT_THAT(bench.Book(ContractType::kAccountPermissionUpdate, permission),
              ElementsAre("permission_changed TRX o > - 3", "owner_key TRX o > o 1",
                          "owner_key TRX o > k 3"));
  // Types that move their fee alone. All of them are owned in field 1 or 2, which only the fee
  // shows.
  const auto fee_of = [&bench](ContractType type, const auto& message) {
    bench.info.set_fee(9);
    EXPECT_THAT(bench.Book(type, message), ElementsAre("fee TRX o > - 9"))
        << ContractTypeName(type);
  };
  fee_of(ContractType::kAccountUpdate, Owned<wire::AccountUpdateContract>());
  fee_of(ContractType::kSetAccountId, Owned<wire::SetAccountIdContract>());
  fee_of(ContractType::kVoteAsset, Owned<wire::VoteAssetContract>());
  fee_of(ContractType::kVoteWitness, Owned<wire::VoteWitnessContract>());
  fee_of(ContractType::kWitnessCreate, Owned<wire::WitnessCreateContract>());
  fee_of(ContractType::kWitnessUpdate, Owned<wire::WitnessUpdateContract>());
  fee_of(ContractType::kUpdateAsset, Owned<wire::UpdateAssetContract>());
  fee_of(ContractType::kProposalCreate, Owned<wire::ProposalCreateContract>());
  fee_of(ContractType::kProposalApprove, Owned<wire::ProposalApproveContract>());
  fee_of(ContractType::kProposalDelete, Owned<wire::ProposalDeleteContract>());
  fee_of(ContractType::kUpdateSetting, Owned<wire::ContractSettingContract>());
  fee_of(ContractType::kUpdateEnergyLimit, Owned<wire::ContractSettingContract>());
  fee_of(ContractType::kClearAbi, Owned<wire::ContractSettingContract>());
  fee_of(ContractType::kUpdateBrokerage, Owned<wire::UpdateBrokerageContract>());
  EXPECT_EQ(bench.counts.gaps, 0U);
}

TEST(Ledger, KeepsStakeOneInItsPot) {
  LedgerBench bench;
  auto freeze = Owned<wire::FreezeBalanceContract>();
  freeze.set_frozen_balance(100);
  EXPECT_THAT(bench.Book(ContractType::kFreezeBalance, freeze),
              ElementsAre("freeze TRX o > o/stake1 100"));
  freeze.set_receiver_address(AddressBytes('r'));
  freeze.set_resource(1);
  EXPECT_THAT(bench.Book(ContractType::kFreezeBalance, freeze),
              ElementsAre("freeze TRX o > o/stake1 100 energy", "delegate TRX o > r 100 energy"));
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), AccountOf('o'), Pot::kStake1), 200);
  auto unfreeze = Owned<wire::UnfreezeBalanceContract>();
  bench.info.set_unfreeze_amount(100);
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeBalance, unfreeze),
              ElementsAre("unfreeze TRX o/stake1 > o 100"));
  unfreeze.set_receiver_address(AddressBytes('r'));
  unfreeze.set_resource(1);
  bench.info.set_unfreeze_amount(100);
  EXPECT_THAT(
      bench.Book(ContractType::kUnfreezeBalance, unfreeze),
      ElementsAre("unfreeze TRX o/stake1 > o 100 energy", "undelegate TRX o > r 100 energy"));
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), AccountOf('o'), Pot::kStake1), 0);
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), AccountOf('o')), 0);
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeBalance, unfreeze),
              ElementsAre("gap unknown_amount TRX o > -"));
}

TEST(Ledger, LeavesStakeTwoInItsPotUntilItIsWithdrawn) {
  LedgerBench bench;
  auto freeze = Owned<wire::FreezeBalanceV2Contract>();
  freeze.set_frozen_balance(100);
  freeze.set_resource(2);
  EXPECT_THAT(bench.Book(ContractType::kFreezeBalanceV2, freeze),
              ElementsAre("freeze TRX o > o/stake2 100 power"));
  auto delegate = Owned<wire::DelegateResourceContract>();
  delegate.set_receiver_address(AddressBytes('r'));
  delegate.set_balance(60);
  delegate.set_resource(1);
  EXPECT_THAT(bench.Book(ContractType::kDelegateResource, delegate),
              ElementsAre("delegate TRX o > r 60 energy"));
  auto undelegate = Owned<wire::UnDelegateResourceContract>();
  undelegate.set_receiver_address(AddressBytes('r'));
  undelegate.set_balance(50);
  EXPECT_THAT(bench.Book(ContractType::kUnDelegateResource, undelegate),
              ElementsAre("undelegate TRX o > r 50"));
  auto unfreeze = Owned<wire::UnfreezeBalanceV2Contract>();
  unfreeze.set_unfreeze_balance(40);
  unfreeze.set_resource(1);
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeBalanceV2, unfreeze), IsEmpty());
  bench.info.set_withdraw_expire_amount(15);
  EXPECT_THAT(bench.Book(ContractType::kUnfreezeBalanceV2, unfreeze),
              ElementsAre("unfreeze TRX o/stake2 > o 15 energy"));
  const auto owner = Owned<wire::OwnerContract>();
  bench.info.set_withdraw_expire_amount(5);
  EXPECT_THAT(bench.Book(ContractType::kWithdrawExpireUnfreeze, owner),
              ElementsAre("unfreeze TRX o/stake2 > o 5"));
  EXPECT_THAT(bench.Book(ContractType::kWithdrawExpireUnfreeze, owner),
              ElementsAre("gap unknown_amount TRX o > -"));
  EXPECT_THAT(bench.Book(ContractType::kCancelAllUnfreezeV2, owner), IsEmpty());
  bench.info.set_withdraw_expire_amount(7);
  EXPECT_THAT(bench.Book(ContractType::kCancelAllUnfreezeV2, owner),
              ElementsAre("unfreeze TRX o/stake2 > o 7"));
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), AccountOf('o'), Pot::kStake2), 100 - 15 - 5 - 7);
}

TEST(Ledger, MintsRewardsWhereTheyAreWithdrawn) {
  LedgerBench bench;
  bench.info.set_withdraw_amount(77);
  bench.info.set_fee(1);
  EXPECT_THAT(bench.Book(ContractType::kWithdrawBalance, Owned<wire::OwnerContract>()),
              ElementsAre("reward TRX - > o 77", "fee TRX o > - 1"));
  EXPECT_THAT(bench.Book(ContractType::kWithdrawBalance, Owned<wire::OwnerContract>()),
              ElementsAre("gap unknown_amount TRX o > -"));
}

TEST(Ledger, MovesShieldedTokensToAndFromNobody) {
  LedgerBench bench;
  wire::ShieldedTransferContract transfer;
  transfer.set_transparent_from_address(AddressBytes('o'));
  transfer.set_from_amount(30);
  EXPECT_THAT(bench.Book(ContractType::kShieldedTransfer, transfer),
              ElementsAre("shielded TRC10:000000 o > - 30"));
  wire::ShieldedTransferContract back;
  back.set_transparent_to_address(AddressBytes('t'));
  back.set_to_amount(20);
  EXPECT_THAT(bench.Book(ContractType::kShieldedTransfer, back),
              ElementsAre("shielded TRC10:000000 - > t 20"));
}

TEST(Ledger, OrdersCallThenInternalThenLogsThenFee) {
  LedgerBench bench;
  auto call = CallOf(10);
  call.set_call_token_value(3);
  call.set_token_id(1'002'000);
  bench.info.set_fee(8);
  bench.AddLog('u', "Transfer(address,address,uint256)", {TopicOf('a'), TopicOf('b')}, WordOf(99));
  bench.AddInternal("call", 'c', 'd', 4);
  EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, call),
              ElementsAre("call_value TRX o > c 10", "call_value TRC10:1002000 o > c 3",
                          "internal TRX c > d 4", "transfer TRC20:u a > b 99", "fee TRX o > - 8"));
  EXPECT_EQ(bench.counts.vm_runs, 1U);
  EXPECT_EQ(bench.counts.internal, 1U);
}

TEST(Ledger, NamesTheContractThatIsCreated) {
  LedgerBench bench;
  auto create = Owned<wire::CreateSmartContract>();
  create.mutable_new_contract()->set_call_value(10);
  bench.info.set_contract_address(AddressBytes('c'));
  EXPECT_THAT(bench.Book(ContractType::kCreateSmartContract, create),
              ElementsAre("contract_created TRX o > c", "call_value TRX o > c 10"));
  // Without a receipt it is computed: WalletUtil.generateContractAddress.
  bench.has_receipt = false;
  bench.Book(ContractType::kCreateSmartContract, create);
  ASSERT_EQ(bench.booking.entries.size(), 3U);
  EXPECT_TRUE(bench.booking.entries[0].to.address().has_value());
  EXPECT_EQ(bench.booking.entries[0].to, bench.booking.entries[1].to);
  EXPECT_EQ(bench.booking.entries[1].kind, EntryKind::kCallValue);
  EXPECT_EQ(bench.booking.entries[2].gap, GapReason::kNoReceipt);
}

TEST(Ledger, ChargesAFailedCallItsFeeAlone) {
  for (const bool receipt_tells : {false, true}) {
    LedgerBench bench;
    bench.contract_ret = kRevert;
    bench.receipt_result = receipt_tells ? kRevert : 0;
    bench.info.set_fee(8);
    bench.AddInternal("call", 'c', 'd', 4);
    bench.AddLog('u', "Transfer(address,address,uint256)", {TopicOf('a'), TopicOf('b')}, WordOf(9));
    EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, CallOf(10)),
                ElementsAre("fee TRX o > - 8"));
    EXPECT_EQ(bench.counts.failed, 1U);
    EXPECT_EQ(bench.counts.vm_runs, 0U);
  }
}

TEST(Ledger, TakesTheReceiptsWordWhereTheBlockIsSilent) {
  LedgerBench bench;
  bench.contract_ret = 0;
  bench.receipt_result = 1;
  EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, CallOf(10)),
              ElementsAre("call_value TRX o > c 10"));
  bench.receipt_result = kRevert;
  bench.info.set_fee(5);
  EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, CallOf(10)),
              ElementsAre("fee TRX o > - 5"));
  bench.receipt_result = 0;
  bench.info.set_result(1);
  EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, CallOf(10)), IsEmpty());
}

TEST(Ledger, RefusesReceiptsThatContradictTheirBlock) {
  LedgerBench bench;
  bench.receipt_result = kRevert;
  bench.Book(ContractType::kTriggerSmartContract, CallOf(10));
  EXPECT_THAT(bench.status,
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("failed, says its receipt; its block says it succ")));
  EXPECT_THAT(bench.booking.entries, IsEmpty());
  bench.contract_ret = kRevert;
  bench.receipt_result = 1;
  bench.Book(ContractType::kTriggerSmartContract, CallOf(10));
  EXPECT_THAT(bench.status, StatusIs(absl::StatusCode::kDataLoss,
                                     HasSubstr("succeeded, says its receipt; its block says")));
  bench.contract_ret = 1;
  bench.receipt_result = 0;
  bench.info.set_result(1);
  bench.Book(ContractType::kTransfer, TransferOf(1));
  EXPECT_THAT(bench.status, StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Ledger, RefusesReceiptsOfOtherTransactionsAndBlocks) {
  LedgerBench bench;
  bench.info.set_id(std::string(32, 'x'));
  bench.Book(ContractType::kTransfer, TransferOf(1));
  EXPECT_THAT(bench.status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("787878")));
  bench.info.set_block_number(999);
  bench.Book(ContractType::kTransfer, TransferOf(1));
  EXPECT_THAT(bench.status, StatusIs(absl::StatusCode::kInvalidArgument,
                                     AllOf(HasSubstr("block 999"), HasSubstr("block 1000"))));
  EXPECT_THAT(bench.booking.entries, IsEmpty());
}

TEST(Ledger, WithoutAReceiptBooksWhatTheBlockProvesAndAGap) {
  LedgerBench bench;
  bench.has_receipt = false;
  EXPECT_THAT(bench.Book(ContractType::kTransfer, TransferOf(5)),
              ElementsAre("transfer TRX o > t 5", "gap no_receipt TRX o > -"));
  EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, CallOf(10)),
              ElementsAre("call_value TRX o > c 10", "gap no_receipt TRX o > -"));
  auto freeze = Owned<wire::FreezeBalanceV2Contract>();
  freeze.set_frozen_balance(100);
  EXPECT_THAT(bench.Book(ContractType::kFreezeBalanceV2, freeze),
              ElementsAre("freeze TRX o > o/stake2 100", "gap no_receipt TRX o > -"));
  for (const ContractType type :
       {ContractType::kWithdrawBalance, ContractType::kWithdrawExpireUnfreeze,
        ContractType::kCancelAllUnfreezeV2, ContractType::kUnfreezeBalance,
        ContractType::kUnfreezeBalanceV2}) {
    EXPECT_THAT(bench.Book(type, Owned<wire::OwnerContract>()),
                ElementsAre("gap no_receipt TRX o > -"));
  }
  bench.contract_ret = kRevert;
  EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, CallOf(10)),
              ElementsAre("gap no_receipt TRX o > -"));
  EXPECT_EQ(bench.counts.missing_receipts, 9U);
  EXPECT_EQ(bench.counts.gaps, 9U);
  bench.contract_ret = 0;
  EXPECT_THAT(bench.Book(ContractType::kTriggerSmartContract, CallOf(10)),
              ElementsAre("gap unknown_success TRX o > -"));
  EXPECT_EQ(bench.counts.unknown_success, 1U);
  EXPECT_EQ(bench.counts.vm_runs, 0U);
}

TEST(Ledger, SaysThatItCannotReadAContract) {
  LedgerBench bench;
  bench.info.set_fee(4);
  EXPECT_THAT(bench.BookContract(77, "type.googleapis.com/protocol.NewContract", "bytes"),
              ElementsAre("gap unknown_contract TRX - > -"));
  EXPECT_EQ(bench.counts.unknown_types, 1U);
  EXPECT_THAT(bench.BookContract(1, "type.googleapis.com/protocol.TransferContract", "\x0a\x7f"),
              ElementsAre("gap unknown_contract TRX - > -"));
  bench.info.set_fee(4);  // one that names its owner is the owner's
  EXPECT_THAT(bench.BookContract(78, "type.googleapis.com/protocol.NewContract",
                                 Owned<wire::OwnerContract>().SerializeAsString()),
              ElementsAre("gap unknown_contract TRX o > -", "fee TRX o > - 4"));
  wire::Transaction empty;
  empty.set_raw_data("");
  EXPECT_THAT(bench.BookBytes(empty), ElementsAre("gap unknown_contract TRX - > -"));
  wire::TransactionRaw raw;
  for (int i = 0; i < 2; ++i) {
    wire::Contract& contract = *raw.add_contract();
    contract.set_type(1);
    contract.mutable_parameter()->set_type_url("type.googleapis.com/protocol.TransferContract");
    contract.mutable_parameter()->set_value(TransferOf(5).SerializeAsString());
  }
  wire::Transaction twice;
  twice.set_raw_data(raw.SerializeAsString());
  bench.info.set_fee(4);
  EXPECT_THAT(bench.BookBytes(twice),
              ElementsAre("gap unknown_contract TRX o > -", "fee TRX o > - 4"));
  EXPECT_EQ(bench.counts.malformed, 5U);
  EXPECT_EQ(bench.counts.unknown_types, 2U);
}

TEST(Ledger, TakesGenesisAsOpeningBalances) {
  LedgerBench bench;
  bench.block = {.number = 0, .version = 0, .parent_time_ms = std::nullopt};
  bench.has_receipt = false;
  bench.contract_ret = 0;
  auto opening = TransferOf(99);
  opening.set_owner_address("0x000000000000000000000");
  EXPECT_THAT(bench.Book(ContractType::kTransfer, opening), ElementsAre("genesis TRX - > t 99"));
  opening.set_amount(0);
  EXPECT_THAT(bench.Book(ContractType::kTransfer, opening), ElementsAre("genesis TRX - > t 0"));
  opening.set_amount(std::numeric_limits<std::int64_t>::min());
  EXPECT_THAT(bench.Book(ContractType::kTransfer, opening),
              ElementsAre("genesis TRX t > - 9223372036854775808"));
  EXPECT_EQ(bench.counts.malformed, 0U);
  EXPECT_THAT(bench.Book(ContractType::kWitnessCreate, Owned<wire::WitnessCreateContract>()),
              IsEmpty());
  EXPECT_EQ(bench.counts.malformed, 1U);
  EXPECT_EQ(bench.counts.missing_receipts, 0U);
}

TEST(LedgerNames, AreThereAndDistinct) {
  std::set<std::string_view> names;
  for (int number = 0; number < 256; ++number) {
    const std::string_view name = EntryKindName(static_cast<EntryKind>(number));
    if (name != "unknown") {
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
  EXPECT_EQ(names.size(), 26U);
  EXPECT_EQ(EntryKindName(EntryKind::kSelfDestruct), "self_destruct");
  names.clear();
  for (int number = 0; number < 256; ++number) {
    const std::string_view name = GapReasonName(static_cast<GapReason>(number));
    if (name != "unknown") {
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
  EXPECT_EQ(names.size(), 12U);
}

}  // namespace
}  // namespace coinwake::tron
