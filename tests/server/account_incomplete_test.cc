// Goal: an account's sums say where they may be wrong because of what its chain does not tell.
// Method: hand-made chains with one such thing each, indexed and asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ingest/hand_chain.h"
#include "tests/server/tron_story.h"
#include "tests/support/matchers.h"
#include "tron/contract.pb.h"

namespace coinwake::server {
namespace {

using synthetic::InventedAddress;
using ::testing::ElementsAre;
using tron::ContractType;

namespace wire = tron::wire;

const Address kPayer = InventedAddress(5, 1);
const Address kPayee = InventedAddress(5, 2);

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

TEST(AccountIncomplete, SaysThatAContractIsUnknown) {
  HandChain chain;
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
