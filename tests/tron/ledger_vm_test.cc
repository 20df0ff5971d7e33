// Goal: what contracts do while they run is booked once, at the right account and pot.
// Method: receipts with one internal transaction or log of each kind, compared line by line; the
// contract 'c' is called by 'o'.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tron/ledger_bench.h"

namespace coinwake::tron {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kTransfer[] = "Transfer(address,address,uint256)";

std::vector<std::string> Call(LedgerBench* bench) {
  auto call = Owned<wire::TriggerSmartContract>();
  call.set_contract_address(AddressBytes('c'));
  return bench->Book(ContractType::kTriggerSmartContract, call);
}

void AddToken(wire::InternalTransaction* call, const std::string& token, std::int64_t amount) {
  wire::CallValueInfo& value = *call->add_call_value_info();
  value.set_token_id(token);
  value.set_call_value(amount);
}

TEST(LedgerInternal, BooksValuesOfCallsAndCreations) {
  LedgerBench bench;
  AddToken(&bench.AddInternal("call", 'c', 'd', 5), "1002000", 6);
  bench.AddInternal("call", 'c', 'e', 0);
  bench.AddInternal("create", 'c', 'n', 7);
  bench.AddInternal("call", 'd', 'c', 8).set_rejected(true);
  EXPECT_THAT(Call(&bench), ElementsAre("internal TRX c > d 5", "internal TRC10:1002000 c > d 6",
                                        "contract_created TRX c > n", "internal TRX c > n 7"));
  EXPECT_EQ(bench.counts.internal, 3U);
  EXPECT_EQ(bench.counts.rejected_internal, 1U);
}

TEST(LedgerInternal, CountsNotesItDoesNotKnow) {
  LedgerBench bench;
  bench.AddInternal("teleport", 'c', 'd', 5);
  bench.AddInternal("", 'c', 'd', 0);
  bench.AddInternal("call", 'c', 'd', -4);
  EXPECT_THAT(Call(&bench), ElementsAre("internal TRX c > d 5", "gap unknown_amount TRX c > d"));
  EXPECT_EQ(bench.counts.unknown_notes, 2U);
  EXPECT_EQ(bench.counts.bad_amounts, 1U);
}

TEST(LedgerInternal, MovesStakesOfContractsAsThoseOfOthers) {
  LedgerBench bench;
  bench.AddInternal("freezeForEnergy", 'c', 'c', 10);
  bench.AddInternal("freezeForBandwidth", 'c', 'r', 11);
  bench.AddInternal("unfreezeForEnergy", 'c', 'c', 10);
  bench.AddInternal("unfreezeForBandwidth", 'c', 'r', 11);
  EXPECT_THAT(Call(&bench),
              ElementsAre("freeze TRX c > c/stake1 10 energy", "freeze TRX c > c/stake1 11",
                          "delegate TRX c > r 11", "unfreeze TRX c/stake1 > c 10 energy",
                          "unfreeze TRX c/stake1 > c 11", "undelegate TRX c > r 11"));
  bench.AddInternal("freezeBalanceV2ForTronPower", 'c', 'c', 20);
  bench.AddInternal("unfreezeBalanceV2ForEnergy", 'c', 'c', 12);
  bench.AddInternal("withdrawExpireUnfreezeWhileUnfreezing", 'c', 'c', 3);
  bench.AddInternal("withdrawExpireUnfreeze", 'c', 'c', 4);
  bench.AddInternal("cancelAllUnfreezeV2", 'c', 'c', 0);
  bench.AddInternal("withdrawExpireUnfreezeWhileCanceling", 'c', 'c', 5);
  bench.AddInternal("delegateResourceOfEnergy", 'c', 'r', 6);
  bench.AddInternal("unDelegateResourceOfEnergy", 'c', 'r', 6);
  bench.AddInternal("withdrawReward", 'c', 'c', 9);
  bench.AddInternal("voteWitness", 'c', 'c', 0);
  EXPECT_THAT(Call(&bench),
              ElementsAre("freeze TRX c > c/stake2 20 power", "unfreeze TRX c/stake2 > c 3",
                          "unfreeze TRX c/stake2 > c 4", "unfreeze TRX c/stake2 > c 5",
                          "delegate TRX c > r 6 energy", "undelegate TRX c > r 6 energy",
                          "reward TRX - > c 9"));
  EXPECT_EQ(bench.counts.unknown_notes, 0U);
  EXPECT_EQ(bench.counts.gaps, 0U);
}

TEST(LedgerSelfDestruct, LeavesAllToItsHeir) {
  LedgerBench bench;
  AddToken(&bench.AddInternal("suicide", 'c', 'h', 30), "1002000", 4);
  bench.AddInternal("suicide", 'd', 'h', 0);
  EXPECT_THAT(Call(&bench),
              ElementsAre("self_destruct TRX c > h 30", "self_destruct TRC10:1002000 c > h 4",
                          "self_destruct TRX d > h 0"));
}

TEST(LedgerSelfDestruct, CountsMaturedStakeOnce) {
  LedgerBench bench;
  bench.AddInternal("suicide", 'c', 'h', 30);  // 20 of its balance, 10 that had matured
  bench.AddInternal("withdrawExpireUnfreezeWhileSuiciding", 'c', 'h', 10);
  EXPECT_THAT(Call(&bench),
              ElementsAre("self_destruct TRX c > h 20", "unfreeze TRX c/stake2 > h 10"));
  EXPECT_EQ(bench.balances.Of(Asset::Trx(), AccountOf('h')), 30);
  bench.AddInternal("suicide", 'c', 'h', 5);  // no sum of the two
  bench.AddInternal("withdrawExpireUnfreezeWhileSuiciding", 'c', 'h', 10);
  EXPECT_THAT(Call(&bench),
              ElementsAre("gap unknown_amount TRX c > h", "unfreeze TRX c/stake2 > h 10"));
}

TEST(LedgerSelfDestruct, ToItselfDestroysUnlessTheRuleMayBeAnother) {
  LedgerBench bench;
  bench.block.version = 33;
  AddToken(&bench.AddInternal("suicide", 'c', 'c', 30), "1002000", 4);
  EXPECT_THAT(Call(&bench),
              ElementsAre("self_destruct TRX c > - 30", "self_destruct TRC10:1002000 c > - 4"));
  bench.block.version = 34;
  AddToken(&bench.AddInternal("suicide", 'c', 'c', 30), "1002000", 4);
  bench.AddInternal("suicide", 'd', 'd', 0);
  EXPECT_THAT(Call(&bench), ElementsAre("gap self_destruct_to_self TRX c > -",
                                        "gap self_destruct_to_self TRC10:1002000 c > -"));
  // One that the same transaction created is destroyed by either rule.
  bench.AddInternal("create", 'c', 'n', 5);
  bench.AddInternal("suicide", 'n', 'n', 5);
  EXPECT_THAT(Call(&bench), ElementsAre("contract_created TRX c > n", "internal TRX c > n 5",
                                        "self_destruct TRX n > - 5"));
}

TEST(LedgerLogs, BookTokenTransfersMintsAndBurns) {
  LedgerBench bench;
  bench.AddLog('u', kTransfer, {TopicOf('a'), TopicOf('b')}, WordOf(5));
  bench.AddLog('u', kTransfer, {TopicOf('a'), TopicOf('b')}, WordOf(0));
  bench.AddLog('u', kTransfer, {TopicOf('a'), TopicOf('a')}, WordOf(6));
  bench.AddLog('u', kTransfer, {TopicOf('0'), TopicOf('b')}, WordOf(7));
  bench.AddLog('u', "Issue(uint256)", {}, WordOf(7));
  bench.AddLog('u', kTransfer, {TopicOf('b'), TopicOf('0')}, WordOf(3));
  bench.AddLog('u', "Redeem(uint256)", {}, WordOf(3));
  bench.AddLog('u', kTransfer, {TopicOf('0'), TopicOf('0')}, WordOf(1));
  bench.AddLog('v', kTransfer, {TopicOf('a'), TopicOf('b')}, std::string(32, '\xff'));
  EXPECT_THAT(
      Call(&bench),
      ElementsAre("transfer TRC20:u a > b 5", "transfer TRC20:u a > b 0",
                  "transfer TRC20:u a > a 6", "mint TRC20:u - > b 7", "burn TRC20:u b > - 3",
                  "transfer TRC20:v a > b 115792089237316195423570985008687907853269984665640564039"
                  "457584007913129639935"));
  EXPECT_EQ(bench.counts.void_transfers, 1U);
}

TEST(LedgerLogs, BookUsdtsOwnEventsOfTheContractThatTellsThem) {
  LedgerBench bench;
  bench.AddLog('u', "AddedBlackList(address)", {TopicOf('a')});
  bench.AddLog('u', "DestroyedBlackFunds(address,uint256)", {TopicOf('a')}, WordOf(9));
  bench.AddLog('v', "DestroyedBlackFunds(address,uint256)", {}, TopicOf('a') + WordOf(8));
  bench.AddLog('u', "RemovedBlackList(address)", {}, TopicOf('a'));
  EXPECT_THAT(Call(&bench),
              ElementsAre("black_listed TRC20:u - > a", "destroyed_funds TRC20:u a > - 9",
                          "destroyed_funds TRC20:v a > - 8", "un_black_listed TRC20:u - > a"));
}

TEST(LedgerLogs, CountWhatMovesNoToken) {
  LedgerBench bench;
  bench.AddLog('n', kTransfer, {TopicOf('a'), TopicOf('b'), WordOf(1)});
  bench.AddLog('n', kTransfer, {}, TopicOf('a') + TopicOf('b') + WordOf(1));
  bench.AddLog('n', kTransfer, {TopicOf('a')}, WordOf(1));
  bench.AddLog('n', "Approval(address,address,uint256)", {TopicOf('a'), TopicOf('b')}, WordOf(1));
  bench.info.add_log()->set_address(AddressBytes('n').substr(1));
  bench.AddLog('n', kTransfer, {TopicOf('a'), TopicOf('b')}, WordOf(1)).clear_address();
  EXPECT_THAT(Call(&bench), IsEmpty());
  EXPECT_EQ(bench.counts.nft_transfers, 1U);
  EXPECT_EQ(bench.counts.unindexed_transfers, 1U);
  EXPECT_EQ(bench.counts.malformed_events, 2U);
}

}  // namespace
}  // namespace coinwake::tron
