// Goal: chains made for tests are chains: what the product reads in their bytes is what their maker
// says was done, for every operation, with the fees java-tron takes.
// Method: one operation or a few at a time; all bytes decoded again and compared with the maker's
// own moves and balances; forks; random operations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "indexer/base/file_system.h"
#include "indexer/tron/event.h"
#include "tests/support/matchers.h"
#include "tests/support/synthetic_scripts.h"
#include "tests/support/tron_block_files.h"
#include "tests/support/tron_chain_builder.h"
#include "tests/tron/chain_check.h"

namespace coinwake::tron {
namespace {

using synthetic::AssetId;
using synthetic::InventedAddress;
using synthetic::kSunPerTrx;
using synthetic::kTrx;
using synthetic::TronBlock;
using synthetic::TronChainBuilder;
using synthetic::TronChainOptions;
using synthetic::TxOptions;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Address kAlice = InventedAddress(1, 1);
const Address kBob = InventedAddress(1, 2);
const Address kCarol = InventedAddress(1, 3);
const Address kDave = InventedAddress(1, 4);  // no account at first

TronChainOptions Options() {
  return {.opening = {{kAlice, 1'000'000 * kSunPerTrx},
                      {kBob, 1'000'000 * kSunPerTrx},
                      {kCarol, 1'000'000 * kSunPerTrx}}};
}

// Closes the block under way and checks everything there is.
ReadChain Check(TronChainBuilder* chain) {
  chain->NextBlock();
  ReadChain read = ReadBack(chain->blocks());
  EXPECT_EQ(read.moves, MovesText(chain->blocks(), chain->truth()));
  ExpectConserved(chain->truth());
  return read;
}

Block Decoded(const TronBlock& made) {
  Block block;
  EXPECT_OK(DecodeBlock(SpanOf(made.bytes), &block));
  return block;
}
std::vector<Receipt> ReceiptsOf(const TronBlock& made) {
  BlockReceipts receipts;
  EXPECT_OK(DecodeTransactionRet(SpanOf(made.receipts), &receipts));
  return receipts.receipts;
}

TEST(TronChainBuilder, BeginsAsMainNetDoes) {
  TronChainOptions options = Options();
  options.opening.push_back({kDave, std::numeric_limits<std::int64_t>::min()});
  TronChainBuilder chain(options);
  ASSERT_THAT(chain.blocks(), SizeIs(1));
  const Block genesis = Decoded(chain.blocks()[0]);
  EXPECT_EQ(genesis.header.number, 0U);
  EXPECT_EQ(genesis.header.time_ms, 0);
  EXPECT_TRUE(genesis.header.witness_signature.empty());
  ASSERT_THAT(genesis.transactions, SizeIs(4));
  EXPECT_EQ(genesis.transactions[0].contract()->owner.bytes().size(), 23U);
  EXPECT_THAT(genesis.transactions[0].signatures, IsEmpty());
  EXPECT_THAT(genesis.transactions[0].results, IsEmpty());
  EXPECT_EQ(std::get<TransferContract>(genesis.transactions[3].contract()->body).amount,
            options.opening[3].sun);
  EXPECT_EQ(NetworkOfGenesis(genesis.header.id), std::nullopt);
  chain.Transfer(kAlice, kDave, 5);
  Check(&chain);
  EXPECT_EQ(chain.truth().TrxOf(kDave), options.opening[3].sun + 5);
}

TEST(TronChainBuilder, KeepsHeadersThreeSecondsApart) {
  TronChainBuilder chain(Options());
  chain.NextBlock();
  chain.Transfer(kAlice, kBob, 7);
  chain.NextBlock(/*skipped_slots=*/2);
  const ReadChain read = Check(&chain);
  ASSERT_THAT(read.ids, SizeIs(4));
  std::vector<std::int64_t> times;
  for (const TronBlock& made : chain.blocks()) {
    const Block block = Decoded(made);
    times.push_back(block.header.time_ms);
    if (made.number == 0) continue;
    EXPECT_EQ(block.header.version, 30);
    EXPECT_TRUE(block.header.witness.address().has_value());
    EXPECT_THAT(block.header.witness_signature, SizeIs(65));
  }
  const std::int64_t start = TronChainOptions().start_time_ms;
  EXPECT_THAT(times, ElementsAre(0, start, start + 3'000, start + 12'000));
  const Block block = Decoded(chain.blocks()[2]);
  ASSERT_THAT(block.transactions, SizeIs(1));
  const Transaction& transaction = block.transactions[0];
  EXPECT_GT(transaction.expiration_ms, block.header.time_ms);
  EXPECT_LT(transaction.timestamp_ms, block.header.time_ms);
  EXPECT_THAT(transaction.ref_block_bytes, SizeIs(2));
  EXPECT_EQ(transaction.ref_block_hash,
            std::string(reinterpret_cast<const char*>(read.ids[0].bytes.data()) + 8, 8));
  EXPECT_GE(transaction.signatures.at(0).size(), 65U);
}

TEST(TronChainBuilder, BeginsInMidChainToo) {
  TronChainOptions options = Options();
  options.first_number = 60'000'000;
  TronChainBuilder chain(options);
  EXPECT_THAT(chain.blocks(), IsEmpty());
  chain.Transfer(kAlice, kBob, 7);
  chain.NextBlock();
  const ReadChain read = ReadBack(chain.blocks());
  EXPECT_EQ(chain.blocks()[0].number, 60'000'000U);
  EXPECT_THAT(read.moves, SizeIs(1));
  EXPECT_EQ(chain.truth().TrxOf(kBob), 1'000'000 * kSunPerTrx + 7);
}

TEST(TronChainBuilder, TakesTheFeesOfTransfers) {
  TronChainBuilder chain(Options());
  chain.Transfer(kAlice, kBob, 10);
  chain.Transfer(kAlice, kBob, 10, {.memo = "for the shop"});
  chain.Transfer(kAlice, kDave, 10);
  chain.Transfer(kAlice, kBob, 10, {.signatures = 2});
  chain.Transfer(kAlice, kBob, 10, {.burns_bandwidth = true});
  chain.CreateAccount(kBob, InventedAddress(1, 9));
  const ReadChain read = Check(&chain);
  const std::vector<Receipt> receipts = ReceiptsOf(chain.blocks()[1]);
  ASSERT_THAT(receipts, SizeIs(6));
  EXPECT_EQ(receipts[0].fee, 0);
  EXPECT_GT(receipts[0].resources.net_usage, 200);
  EXPECT_EQ(receipts[1].fee, 1'000'000);
  EXPECT_EQ(receipts[1].resources.net_fee, 0);
  EXPECT_EQ(receipts[2].fee, 1'100'000);  // as transaction b0b68ea4... of main net
  EXPECT_EQ(receipts[2].resources.net_fee, 100'000);
  EXPECT_EQ(receipts[3].fee, 1'000'000);
  const Block block = Decoded(chain.blocks()[1]);
  const auto size = static_cast<std::int64_t>(block.transactions[4].bytes.size());
  EXPECT_EQ(receipts[4].fee, receipts[4].resources.net_fee);
  EXPECT_NEAR(static_cast<double>(receipts[4].fee), static_cast<double>(size + 60) * 1'000, 2'000);
  EXPECT_EQ(receipts[5].fee, 1'100'000);
  EXPECT_EQ(block.transactions[1].memo, "for the shop");
  EXPECT_THAT(block.transactions[3].signatures, SizeIs(2));
  EXPECT_EQ(read.fees, Uint256(chain.truth().assets()[kTrx].burned));
  std::set<std::string> txids(read.txids.begin(), read.txids.end());
  EXPECT_THAT(txids, SizeIs(read.transactions)) << "the same transfer twice is two transactions";
}

TEST(TronChainBuilder, MovesTrc10Tokens) {
  TronChainBuilder chain(Options());
  const AssetId token = chain.IssueTrc10(kAlice, "Seven", 77'000);
  const AssetId other = chain.IssueTrc10(kBob, "Eight", 88'000);
  chain.TransferTrc10(token, kAlice, kDave, 7'000);
  chain.TransferTrc10(other, kBob, kAlice, 1);
  Check(&chain);
  EXPECT_EQ(chain.truth().assets()[token].name, "TRC10:1000001");
  EXPECT_EQ(chain.truth().assets()[other].name, "TRC10:1000002");
  EXPECT_EQ(chain.truth().TokenOf(token, kAlice), 70'000);
  EXPECT_EQ(chain.truth().TokenOf(token, kDave), 7'000);
  EXPECT_EQ(chain.truth().assets()[token].minted, 77'000);
  const std::vector<Receipt> receipts = ReceiptsOf(chain.blocks()[1]);
  EXPECT_EQ(receipts[0].fee, 1'024 * kSunPerTrx);
  EXPECT_EQ(receipts[0].outcome.asset_issue_id, "1000001");
  EXPECT_EQ(receipts[2].fee, 1'100'000);
}

TEST(TronChainBuilder, MovesTokensOfContracts) {
  TronChainBuilder chain(Options());
  const AssetId usdt = chain.DeployToken(kAlice, "Tether USD");
  const Address via = chain.DeployContract(kBob, "Payer", 50);
  const Uint256 large = (Uint256(1) << 200) + 5;
  chain.Mint(usdt, large);
  chain.TokenTransfer(usdt, kAlice, kDave, 30);
  chain.TokenTransfer(usdt, kAlice, kDave, 40, {.pads_with_prefix = true});
  chain.Approve(usdt, kAlice, kBob, 1'000);
  chain.TokenTransferFrom(usdt, kBob, kAlice, kCarol, 20);
  chain.TokenTransferFrom(usdt, kBob, kAlice, kCarol, 21, via, {.pads_with_prefix = true});
  chain.TokenTransferFrom(usdt, kBob, kCarol, kAlice, 0);  // anybody may, of nothing
  chain.Redeem(usdt, 5);
  Check(&chain);
  EXPECT_EQ(chain.truth().TokenOf(usdt, kDave), 70);
  EXPECT_EQ(chain.truth().TokenOf(usdt, kCarol), 41);
  EXPECT_EQ(chain.truth().TokenOf(usdt, kAlice), large - 70 - 41 - 5);
  EXPECT_EQ(chain.truth().assets()[usdt].minted - chain.truth().assets()[usdt].burned, large - 5);
  EXPECT_EQ(chain.truth().TrxOf(via), 50);
  EXPECT_FALSE(chain.truth().IsActive(kDave)) << "a token opens no account";

  const Block block = Decoded(chain.blocks()[1]);
  const std::vector<Receipt> receipts = ReceiptsOf(chain.blocks()[1]);
  EXPECT_EQ(receipts[0].contract,
            Account(AddressOfCreatedContract(block.transactions[0].txid, kAlice.bytes)));
  EXPECT_THAT(receipts[2].logs, SizeIs(2));  // Issue, Transfer
  EXPECT_EQ(receipts[3].contract_results.at(0), std::string(32, '\0'));
  EXPECT_EQ(receipts[3].resources.energy_fee, receipts[3].resources.energy_usage_total * 210);
  EXPECT_EQ(receipts[3].resources.energy_usage_total, 130'285);
  EXPECT_EQ(receipts[4].resources.energy_usage_total, 64'285);
  const auto data = [&block](std::size_t index) {
    return std::get<TriggerSmartContract>(block.transactions[index].contract()->body).data;
  };
  EXPECT_EQ(data(3).substr(0, 4), "\xa9\x05\x9c\xbb");
  EXPECT_EQ(data(3)[4 + 11], '\0');
  EXPECT_EQ(data(4)[4 + 11], '\x41');
  EXPECT_EQ(data(6).substr(0, 4), "\x23\xb8\x72\xdd");
  // Logs have clean words whatever the call has.
  EXPECT_EQ(receipts[4].logs.at(0).topics.at(2).bytes[11], 0);
  EXPECT_EQ(receipts[7].contract, Account(via));
  EXPECT_EQ(receipts[7].logs.at(0).contract, Account(chain.truth().assets()[usdt].contract));
  EXPECT_THAT(receipts[7].internal_transactions, SizeIs(1));
}

TEST(TronChainBuilder, StandsForMainNetsTether) {
  TronChainBuilder chain(Options());
  const auto tether = ParseAddress("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
  ASSERT_OK(tether);
  const AssetId usdt = chain.DeployToken(kAlice, "Tether USD", *tether);
  chain.Mint(usdt, 9);
  Check(&chain);
  EXPECT_EQ(chain.truth().assets()[usdt].name, "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
}

TEST(TronChainBuilder, BlacklistsAndDestroys) {
  TronChainBuilder chain(Options());
  const AssetId usdt = chain.DeployToken(kAlice, "Tether USD");
  chain.Mint(usdt, 1'000);
  chain.TokenTransfer(usdt, kAlice, kBob, 300);
  chain.TokenTransfer(usdt, kAlice, kCarol, 100);
  chain.BlackList(usdt, kBob);
  chain.BlackList(usdt, kCarol);
  chain.UnBlackList(usdt, kCarol);
  chain.TokenTransfer(usdt, kBob, kAlice, 300, {.result = ContractResult::kRevert});
  chain.DestroyBlackFunds(usdt, kBob);
  Check(&chain);
  EXPECT_EQ(chain.truth().TokenOf(usdt, kBob), 0);
  EXPECT_EQ(chain.truth().assets()[usdt].burned, 300);
  std::vector<EventKind> kinds;
  for (const Receipt& receipt : ReceiptsOf(chain.blocks()[1])) {
    for (const Log& log : receipt.logs) kinds.push_back(RecogniseEvent(log).kind);
  }
  EXPECT_THAT(kinds, ElementsAre(EventKind::kIssue, EventKind::kTransfer, EventKind::kTransfer,
                                 EventKind::kTransfer, EventKind::kAddedBlackList,
                                 EventKind::kAddedBlackList, EventKind::kRemovedBlackList,
                                 EventKind::kDestroyedBlackFunds));
}

TEST(TronChainBuilder, FailedCallsCostTheirFeeAlone) {
  TronChainBuilder chain(Options());
  const AssetId usdt = chain.DeployToken(kAlice, "Tether USD");
  const Address swap = chain.DeployContract(kBob, "Swap", 1'000);
  chain.Mint(usdt, 100);
  chain.NextBlock();
  const std::int64_t before = chain.truth().TrxOf(kAlice);
  for (const ContractResult result : {ContractResult::kRevert, ContractResult::kOutOfEnergy}) {
    chain.TokenTransfer(usdt, kAlice, kBob, 100, {.result = result});
    chain.Call(kAlice,
               {.contract = swap,
                .call_value = 500,
                .internals = {{.caller = swap, .to = kAlice, .amount = 10}},
                .transfers = {{usdt, kAlice, kBob, 1}}},
               {.burns_bandwidth = true, .result = result});
  }
  const ReadChain read = Check(&chain);
  EXPECT_EQ(read.failed, 4U);
  EXPECT_EQ(chain.truth().TokenOf(usdt, kAlice), 100);
  EXPECT_EQ(chain.truth().TrxOf(swap), 1'000);
  std::int64_t fees = 0;
  for (const Receipt& receipt : ReceiptsOf(chain.blocks()[2])) {
    EXPECT_THAT(receipt.logs, IsEmpty());
    EXPECT_EQ(receipt.code, 1);
    EXPECT_NE(receipt.message, "");
    EXPECT_EQ(receipt.fee, receipt.resources.energy_fee + receipt.resources.net_fee);
    fees += receipt.fee;
  }
  EXPECT_EQ(before - chain.truth().TrxOf(kAlice), fees);
}

TEST(TronChainBuilder, CallsMoveValueAndCallOthers) {
  TronChainBuilder chain(Options());
  const AssetId usdt = chain.DeployToken(kAlice, "Tether USD");
  const AssetId token = chain.IssueTrc10(kAlice, "Seven", 77);
  const Address swap = chain.DeployContract(kBob, "Swap");
  chain.Mint(usdt, 1'000);
  chain.TokenTransfer(usdt, kAlice, swap, 900);
  chain.TransferTrc10(token, kAlice, swap, 70);
  chain.Call(kCarol, {.contract = swap,
                      .call_value = 500,
                      .data = "swap",
                      .internals = {{.caller = swap, .to = kDave, .amount = 400},
                                    {.caller = swap, .to = kBob, .amount = 90, .rejected = true},
                                    {.caller = swap, .to = kCarol, .amount = 7, .asset = token},
                                    {.caller = swap, .to = kBob}},
                      .transfers = {{usdt, swap, kCarol, 40}, {usdt, kCarol, kBob, 1}},
                      .logs = {{swap, {Keccak256(SpanOf("Swapped()"))}, "some data"}}});
  Check(&chain);
  EXPECT_EQ(chain.truth().TrxOf(swap), 100);
  EXPECT_EQ(chain.truth().TrxOf(kDave), 400);
  EXPECT_TRUE(chain.truth().IsActive(kDave));
  EXPECT_EQ(chain.truth().TokenOf(token, kCarol), 7);
  EXPECT_EQ(chain.truth().TokenOf(usdt, kCarol), 39);
  const Receipt receipt = ReceiptsOf(chain.blocks()[1]).back();
  ASSERT_THAT(receipt.internal_transactions, SizeIs(4));
  EXPECT_EQ(receipt.internal_transactions[2].values.at(0).token_id, "1000001");
  EXPECT_THAT(receipt.internal_transactions[3].values, SizeIs(1));
  EXPECT_NE(receipt.internal_transactions[0].hash, receipt.internal_transactions[1].hash);
  EXPECT_THAT(receipt.logs, SizeIs(3));
}

TEST(TronChainBuilder, StakesLendsVotesAndRewards) {
  TronChainBuilder chain(Options());
  const std::int64_t stake = 10'000 * kSunPerTrx;
  chain.Freeze(kAlice, stake, Resource::kEnergy);
  chain.Delegate(kAlice, kBob, stake / 2, Resource::kEnergy);
  chain.Delegate(kAlice, kBob, 1'000'001, Resource::kBandwidth);
  chain.Undelegate(kAlice, kBob, stake / 2, Resource::kEnergy, {.permission_id = 2});
  chain.Vote(kAlice, {{kBob, 4'000}, {kCarol, 6'000}});
  chain.WithdrawReward(kAlice, 123'456);
  chain.Unfreeze(kAlice, 600, Resource::kEnergy);
  chain.Unfreeze(kAlice, 50, Resource::kEnergy, /*matured=*/600);
  chain.WithdrawUnfrozen(kAlice, 50);
  chain.UpdatePermission(kBob, {kAlice, kCarol}, 2);
  chain.RentEnergy(kCarol, kAlice, 3 * kSunPerTrx, 2'000 * kSunPerTrx);
  Check(&chain);
  EXPECT_EQ(chain.truth().FrozenOf(kAlice), stake - 650);
  EXPECT_EQ(chain.truth().TrxOf(kAlice),
            1'000'000 * kSunPerTrx - stake + 650 + 123'456 + 3 * kSunPerTrx);
  EXPECT_EQ(chain.truth().TrxOf(kBob), 999'900 * kSunPerTrx);
  const Block block = Decoded(chain.blocks()[1]);
  const auto& plain = std::get<DelegateResourceContract>(block.transactions[1].contract()->body);
  EXPECT_EQ(plain.resource, Resource::kEnergy);
  EXPECT_FALSE(plain.lock);
  const auto& locked = std::get<DelegateResourceContract>(block.transactions[2].contract()->body);
  EXPECT_TRUE(locked.lock);
  EXPECT_EQ(locked.lock_period, 86'400);
  EXPECT_EQ(block.transactions[3].contract()->permission_id, 2);
  const auto& votes = std::get<VoteWitnessContract>(block.transactions[4].contract()->body).votes;
  ASSERT_THAT(votes, SizeIs(2));
  EXPECT_EQ(votes[1].witness, Account(kCarol));
  EXPECT_EQ(votes[1].count, 6'000);
  const auto& update =
      std::get<AccountPermissionUpdateContract>(block.transactions[9].contract()->body);
  ASSERT_TRUE(update.owner.has_value());
  EXPECT_EQ(update.owner->threshold, 2);
  EXPECT_THAT(update.owner->keys, SizeIs(2));
  ASSERT_THAT(update.actives, SizeIs(1));
  EXPECT_THAT(update.actives[0].operations, SizeIs(32));
  EXPECT_EQ(update.actives[0].id, 2);
}

TEST(TronChainBuilder, ACopyGoesOnInAnotherWay) {
  TronChainBuilder chain(Options());
  for (int i = 0; i < 25; ++i) chain.NextBlock();
  TronChainBuilder fork = chain;
  const Hash256 shared = chain.Transfer(kAlice, kBob, 1);
  EXPECT_EQ(fork.Transfer(kAlice, kBob, 1), shared);
  chain.NextBlock();
  fork.NextBlock(/*skipped_slots=*/1);
  EXPECT_NE(chain.Transfer(kAlice, kBob, 2), fork.Transfer(kAlice, kBob, 3));
  const ReadChain one = Check(&chain);
  const ReadChain other = Check(&fork);
  ASSERT_EQ(one.ids.size(), other.ids.size());
  EXPECT_EQ(one.ids[26], other.ids[26]);
  EXPECT_NE(one.ids[27], other.ids[27]);
  EXPECT_EQ(chain.truth().TrxOf(kBob) + 1, fork.truth().TrxOf(kBob));
}

// Operations at random among a few accounts, with what each of them needs to be allowed.
void DoAnything(TronChainBuilder* chain, const std::vector<AssetId>& tokens,
                const Address& contract, synthetic::Random* random) {
  const std::vector<Address> people = {kAlice, kBob, kCarol, kDave};
  const Address& to = people[random->Below(people.size())];
  const Address& from = people[random->Below(3)];
  const AssetId token = tokens[random->Below(tokens.size())];
  const Uint256 held = chain->truth().TokenOf(token, from);
  TxOptions options;
  options.burns_bandwidth = random->OneIn(3);
  options.permission_id = random->OneIn(5) ? 2 : 0;
  options.memo = random->OneIn(8) ? "memo" : "";
  switch (random->Below(9)) {
    case 0:
      chain->Transfer(from, to, static_cast<std::int64_t>(random->Below(1'000)), options);
      return;
    case 1:
      options.pads_with_prefix = random->OneIn(2);
      options.result = random->OneIn(4) ? ContractResult::kRevert : ContractResult::kSuccess;
      chain->TokenTransfer(token, from, to, held / 3, options);
      return;
    case 2:
      chain->Mint(token, Uint256(random->Next()) << random->Below(180), options);
      return;
    case 3:
      chain->Freeze(from, static_cast<std::int64_t>(1 + random->Below(1'000)), Resource::kEnergy);
      return;
    case 4:
      if (const std::int64_t frozen = chain->truth().FrozenOf(from); frozen > 0) {
        chain->Unfreeze(from, frozen / 2, Resource::kEnergy, frozen / 4, options);
      }
      return;
    case 5:
      chain->TokenTransferFrom(token, from, to, kAlice, chain->truth().TokenOf(token, to) / 5,
                               contract, options);
      return;
    case 6:
      options.result = random->OneIn(2) ? ContractResult::kOutOfEnergy : ContractResult::kSuccess;
      chain->Call(from,
                  {.contract = contract,
                   .call_value = 9,
                   .internals = {{.caller = contract, .to = to, .amount = 4}}},
                  options);
      return;
    case 7:
      chain->DestroyBlackFunds(token, to, options);
      return;
    default:
      chain->NextBlock(random->Below(2));
  }
}

TEST(TronChainBuilder, AnyOperationsInAnyOrderAddUp) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    synthetic::Random random(seed);
    TronChainBuilder chain(Options());
    const std::vector<AssetId> tokens = {chain.DeployToken(kAlice, "One"),
                                         chain.DeployToken(kBob, "Two")};
    const Address contract = chain.DeployContract(kCarol, "Any", 5);
    for (int i = 0; i < 400; ++i) DoAnything(&chain, tokens, contract, &random);
    const ReadChain read = Check(&chain);
    EXPECT_GT(read.failed, 10U);
    EXPECT_EQ(Uint256(read.fees), chain.truth().assets()[kTrx].burned);
    std::set<std::string> txids(read.txids.begin(), read.txids.end());
    EXPECT_THAT(txids, SizeIs(read.transactions));
  }
}

// Messages of all files whose names end in `ending`, sorted.
std::vector<std::string> MessagesIn(const std::string& folder, const std::string& ending) {
  std::vector<std::string> messages;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ending) continue;
    const auto bytes = ReadWhole(RealFileSystem(), entry.path().string(), 1U << 30);
    EXPECT_OK(bytes);
    ByteSpan rest = *bytes;
    while (!rest.empty()) {
      const auto message = TakeDelimited(&rest, 1U << 30);
      EXPECT_OK(message);
      if (!message.ok()) return messages;
      messages.emplace_back(message->begin(), message->end());
    }
  }
  std::sort(messages.begin(), messages.end());
  return messages;
}

TEST(TronBlockFiles, HoldEveryBlockWhateverTheirLayout) {
  TronChainBuilder chain(Options());
  std::vector<std::string> blocks;
  std::vector<std::string> receipts;
  for (int i = 0; i < 50; ++i) {
    if (i % 3 != 0) chain.Transfer(kAlice, kBob, i);
    chain.NextBlock();
  }
  for (const TronBlock& block : chain.blocks()) {
    blocks.push_back(block.bytes);
    if (!block.receipts.empty()) receipts.push_back(block.receipts);
  }
  std::sort(blocks.begin(), blocks.end());
  std::sort(receipts.begin(), receipts.end());
  for (const std::size_t window : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
    SCOPED_TRACE(window);
    const std::string folder = ::testing::TempDir() + "/tron-block-files";
    std::filesystem::remove_all(folder);
    ASSERT_OK(synthetic::WriteBlockFiles(RealFileSystem(), folder, chain.blocks(),
                                         {.file_size = 5'000, .shuffle_window = window}));
    EXPECT_EQ(MessagesIn(folder, ".blocks"), blocks);
    EXPECT_EQ(MessagesIn(folder, ".receipts"), receipts);
    EXPECT_EQ(std::filesystem::exists(folder + "/00001.blocks"), window < 100);
    std::filesystem::remove_all(folder);
  }
}

}  // namespace
}  // namespace coinwake::tron
