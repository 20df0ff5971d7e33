// Goal: an account's sums say where they may be wrong because of what its chain does not tell.
// Method: hand-made chains with one such thing each, indexed and asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coinwake/v1/tracer.pb.h"
#include "server/account_trace.h"
#include "tests/ingest/hand_chain.h"
#include "tests/server/tron_story.h"
#include "tests/support/matchers.h"
#include "tron/contract.pb.h"

namespace coinwake::server {
namespace {

using synthetic::InventedAddress;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tron::ContractType;

namespace wire = tron::wire;

const Address kPayer = InventedAddress(5, 1);
const Address kPayee = InventedAddress(5, 2);
const Address kContract = InventedAddress(5, 3);

std::string Bytes(const Address& address) {
  return std::string(address.bytes.begin(), address.bytes.end());
}

void AddTransfer(HandChain* chain, std::int64_t amount) {
  wire::TransferContract transfer;
  transfer.set_owner_address(Bytes(kPayer));
  transfer.set_to_address(Bytes(kPayee));
  transfer.set_amount(amount);
  chain->Add(ContractType::kTransfer, transfer);
}

// Income, so that the payer can pay.
void AddReward(HandChain* chain, std::int64_t amount) {
  wire::OwnerContract owner;
  owner.set_owner_address(Bytes(kPayer));
  wire::TransactionInfo info;
  info.set_withdraw_amount(amount);
  chain->Add(ContractType::kWithdrawBalance, owner, info);
}

// In a block of its own.
void AddRun(HandChain* chain, bool tells_internal) {
  wire::TriggerSmartContract call;
  call.set_owner_address(Bytes(kPayer));
  call.set_contract_address(Bytes(kContract));
  call.set_call_value(100);
  wire::TransactionInfo info;
  if (tells_internal) {
    auto* const internal = info.add_internal_transactions();
    internal->set_hash(std::string(32, 'h'));
    internal->set_caller_address(Bytes(kContract));
    internal->set_transfer_to_address(Bytes(kPayee));
    internal->add_call_value_info()->set_call_value(1);
    internal->set_note("call");
  }
  chain->Add(ContractType::kTriggerSmartContract, call, info);
  chain->NextBlock();
}

// Of the payee, after so many runs that tell of no call, that tell of one, and again of none.
std::vector<std::string> AfterRuns(int silent, int telling, int silent_again) {
  HandChain chain;
  AddReward(&chain, 1'000'000);
  AddTransfer(&chain, 5);
  chain.NextBlock();
  for (int i = 0; i < silent; ++i) AddRun(&chain, false);
  for (int i = 0; i < telling; ++i) AddRun(&chain, true);
  for (int i = 0; i < silent_again; ++i) AddRun(&chain, false);
  const TronIndex index = IndexOf(chain.blocks());
  const v1::AssetSums sums = Sums(AddressOf(index.view(), kPayee), "TRX");
  // A trace warns of the same.
  v1::TraceRequest request;
  request.set_asset("TRX");
  request.add_seeds()->set_address(kPayee.ToBase58());
  const auto trace = PrepareTrace(index.view(), request);
  EXPECT_OK(trace.status());
  EXPECT_EQ(trace.ok() ? trace->warnings.size() : 0,
            static_cast<std::size_t>(sums.incomplete_size()));
  return {sums.incomplete().begin(), sums.incomplete().end()};
}

TEST(AccountIncomplete, SaysWhereAnEarlierNodeKeptNoCalls) {
  const auto marked = ElementsAre("no_internal_transactions");
  EXPECT_THAT(AfterRuns(49, 1, 0), marked);
  EXPECT_THAT(AfterRuns(0, 1, 49), marked);
  EXPECT_THAT(AfterRuns(9, 9, 0), marked);
  EXPECT_THAT(AfterRuns(1, 0, 0), marked);
  EXPECT_THAT(AfterRuns(0, 0, 0), IsEmpty());
  EXPECT_THAT(AfterRuns(0, 3, 0), IsEmpty());
  EXPECT_THAT(AfterRuns(4, 2, 4), IsEmpty());  // so few may make none
  EXPECT_THAT(AfterRuns(5, 40, 5), IsEmpty());
}

// A contract that voted takes its reward along when it destroys itself, and nothing tells of that.
TEST(AccountIncomplete, SaysThatMoreLeftThanCame) {
  HandChain chain;
  AddReward(&chain, 1'000);
  AddTransfer(&chain, 5);
  wire::TriggerSmartContract call;
  call.set_owner_address(Bytes(kPayer));
  call.set_contract_address(Bytes(kContract));
  call.set_call_value(100);
  wire::TransactionInfo info;
  auto* const end = info.add_internal_transactions();
  end->set_hash(std::string(32, 'h'));
  end->set_caller_address(Bytes(kContract));
  end->set_transfer_to_address(Bytes(kPayee));
  end->add_call_value_info()->set_call_value(400);
  end->set_note("suicide");
  chain.Add(ContractType::kTriggerSmartContract, call, info);
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks());
  const v1::AssetSums sums = Sums(AddressOf(index.view(), kContract), "TRX");
  EXPECT_EQ(sums.balance(), "-300");
  EXPECT_THAT(sums.incomplete(), ElementsAre("negative_balance"));
  EXPECT_THAT(Sums(AddressOf(index.view(), kPayee), "TRX").incomplete(), IsEmpty());
  EXPECT_THAT(Sums(AddressOf(index.view(), kPayer), "TRX").incomplete(), IsEmpty());
  // A window begins with unknown balances.
  const std::vector<synthetic::TronBlock> blocks(chain.blocks().begin() + 1, chain.blocks().end());
  const TronIndex window = IndexOf(blocks, Network::kTron);
  EXPECT_THAT(Sums(AddressOf(window.view(), kContract), "TRX").incomplete(), IsEmpty());
}

TEST(AccountIncomplete, SaysThatAContractIsUnknown) {
  HandChain chain;
  AddReward(&chain, 10'000);
  AddTransfer(&chain, 5);
  wire::OwnerContract owner;
  owner.set_owner_address(Bytes(kPayer));
  wire::TransactionInfo info;
  info.set_fee(1'000);
  chain.AddBytes(60, "type.googleapis.com/protocol.NewContract", owner.SerializeAsString(), info);
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks());
  const v1::AssetSums payer = Sums(AddressOf(index.view(), kPayer), "TRX");
  EXPECT_EQ(payer.sent(), "1005");
  EXPECT_THAT(payer.incomplete(), ElementsAre("unknown_contract", "unknown_contracts_in_index"));
  EXPECT_THAT(Sums(AddressOf(index.view(), kPayee), "TRX").incomplete(),
              ElementsAre("unknown_contracts_in_index"));
}

}  // namespace
}  // namespace coinwake::server
