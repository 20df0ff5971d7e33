// Goal: every accessor of a View gives what the chain says, at its ends too, and look-ups tell
// absent from damaged. Method: chains of a few transactions whose answers are known, on the
// in-memory file system, and one on the real one.
#include "indexer/view/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "indexer/view/open.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kFolder[] = "/data";

std::array<std::uint8_t, 33> KeyOfByte(std::uint8_t byte) {
  std::array<std::uint8_t, 33> key;
  key.fill(byte);
  key[0] = 2;
  return key;
}

// Two blocks over genesis: a coinbase; then one and a payment with two inputs, three outputs.
//   tx 0 genesis   tx 1 mint   tx 2 fund (coinbase)   tx 3 pay
class ViewTest : public testing::Test {
 protected:
  void SetUp() override {
    chain_.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}, {"bob", 7}}}});
    SimpleInput second = Spend("fund", 1);
    second.flags = {SequenceClass::kReplaceable, true, true, 9};
    chain_.AddBlock({{"fund", {}, {{"carol", 5 * kCoin}, {"alice", 20 * kCoin}}},
                     {"pay",
                      {Spend("mint", 0), second},
                      {{"bob", 60 * kCoin},
                       {"", 0, {0x6a, 0x01, 0xff}, ScriptType::kNullData},
                       {"alice", 9 * kCoin}}}});
    chain_.RevealKey("alice", KeyOfByte(0x11));
    stale_.bytes.fill(0x77);
    chain_.AddStaleBlock(stale_, 1, "raw bytes");
    ASSERT_OK_AND_ASSIGN(index_, chain_.Build(files_, kFolder));
  }
  const View& view() const { return *index_.view; }

  FaultFileSystem files_;
  IndexBuilder chain_;
  Hash256 stale_;
  OpenIndex index_;
};

TEST_F(ViewTest, TellsItsSnapshotAndCounts) {
  EXPECT_EQ(view().snapshot().network, Network::kBitcoinRegtest);
  EXPECT_EQ(view().snapshot().from_height, 0u);
  EXPECT_EQ(view().snapshot().height, 2u);
  EXPECT_EQ(view().snapshot().block_hash, chain_.BlockHash(2));
  EXPECT_TRUE(view().snapshot().complete_history);
  EXPECT_EQ(view().transactions_count(), 4u);
  EXPECT_EQ(view().outputs_count(), 8u);
  EXPECT_EQ(view().inputs_count(), 2u);
  EXPECT_EQ(view().addresses_count(), 5u);  // genesis, alice, bob, carol, OP_RETURN
  EXPECT_EQ(view().foreign_count(), 0u);
  EXPECT_EQ(view().totals(), chain_.totals());
  EXPECT_EQ(view().totals().unspent_outputs, 4u);
  EXPECT_EQ(view().totals().unspent_value, 7 + (5 + 60 + 9) * kCoin);
  EXPECT_EQ(view().commit().stale_blocks, 1u);
  EXPECT_OK(view().damage().status());
}

TEST_F(ViewTest, DescribesBlocks) {
  for (std::uint64_t height = 0; height <= 2; ++height) {
    const BlockInfo block = view().Block(height);
    EXPECT_EQ(block.height, height);
    EXPECT_EQ(block.hash, chain_.BlockHash(height));
    EXPECT_EQ(block.time, 1'700'000'000 + 600 * height);
    ASSERT_EQ(block.header.size(), 80u);
    EXPECT_EQ(DoubleSha256(block.header), block.hash);
    EXPECT_THAT(view().HeightOfHash(block.hash), IsOkAndHolds(height));
  }
  EXPECT_EQ(view().Block(0).transactions.begin, TxNum{0});
  EXPECT_EQ(view().Block(0).transactions.end, TxNum{1});
  EXPECT_EQ(view().Block(2).transactions.begin, TxNum{2});
  EXPECT_EQ(view().Block(2).transactions.end, TxNum{4});
  EXPECT_EQ(view().TotalsAt(1).outputs, 3u);
  EXPECT_EQ(view().TotalsAt(2), view().totals());
}

TEST_F(ViewTest, KnowsStaleBlocksApart) {
  EXPECT_THAT(view().HeightOfHash(stale_), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(const View::StaleBlock block, view().FindStaleBlock(stale_));
  EXPECT_EQ(block.height, 1u);
  EXPECT_EQ(block.raw, "raw bytes");
  EXPECT_THAT(view().FindStaleBlock(chain_.BlockHash(1)), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(view().StaleBlockHashes(), ElementsAre(stale_));
}

TEST_F(ViewTest, FindsTheHeightOfTransactionsAtBlockEnds) {
  EXPECT_EQ(view().HeightOf(TxNum{0}), 0u);
  EXPECT_EQ(view().HeightOf(TxNum{1}), 1u);
  EXPECT_EQ(view().HeightOf(TxNum{2}), 2u);
  EXPECT_EQ(view().HeightOf(TxNum{3}), 2u);
}

TEST_F(ViewTest, GivesTransactionsTheirRows) {
  const TxNum pay = chain_.TransactionOf("pay");
  EXPECT_EQ(pay, TxNum{3});
  EXPECT_EQ(view().Txid(pay), chain_.TxidOf("pay"));
  EXPECT_EQ(view().Outputs(pay).begin, OutputNum{5});
  EXPECT_EQ(view().Outputs(pay).end, OutputNum{8});
  EXPECT_EQ(view().Outputs(TxNum{1}).size(), 2u);
  EXPECT_EQ(view().Inputs(pay).size(), 2u);
  EXPECT_FALSE(view().IsCoinbase(pay));
  EXPECT_TRUE(view().IsCoinbase(TxNum{0}));
  EXPECT_TRUE(view().IsCoinbase(TxNum{2}));
  EXPECT_EQ(view().Version(pay), 2u);
  EXPECT_EQ(view().Locktime(pay), 0u);
  EXPECT_EQ(view().SizeBytes(pay), 10u + 2 * 148 + 3 * 34);
  EXPECT_EQ(view().Weight(pay), 4 * view().SizeBytes(pay));
  EXPECT_EQ(view().OverwrittenBy(pay), std::nullopt);
}

TEST_F(ViewTest, FindsTransactionsByTxidOnly) {
  for (std::uint64_t tx = 0; tx < 4; ++tx) {
    EXPECT_THAT(view().FindTransaction(chain_.TxidOf(TxNum{tx})), IsOkAndHolds(TxNum{tx}));
  }
  Hash256 same_prefix = chain_.TxidOf("pay");
  same_prefix.bytes[31] ^= 1;
  EXPECT_THAT(view().FindTransaction(same_prefix), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(view().FindTransaction(Hash256{}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("0000")));
}

TEST_F(ViewTest, LinksOutputsToWhatSpendsThem) {
  const TxNum pay = chain_.TransactionOf("pay");
  const OutputNum spent = chain_.OutputOf("fund", 1);
  EXPECT_EQ(view().Value(spent), 20 * kCoin);
  EXPECT_EQ(view().AddressOf(spent), chain_.AddressOf("alice"));
  EXPECT_EQ(view().Spender(spent), pay);
  const auto input = view().SpendingInput(InputSource::Of(spent));
  ASSERT_TRUE(input.has_value());
  EXPECT_EQ(*input, view().Inputs(pay).begin + 1);
  EXPECT_EQ(view().Source(*input), InputSource::Of(spent));
  EXPECT_EQ(view().TransactionOf(*input), pay);
  const OutputNum unspent = chain_.OutputOf("fund", 0);
  EXPECT_EQ(view().Spender(unspent), std::nullopt);
  EXPECT_EQ(view().SpendingInput(InputSource::Of(unspent)), std::nullopt);
}

TEST_F(ViewTest, ReadsInputFlags) {
  const IdRange<InputNum> inputs = view().Inputs(chain_.TransactionOf("pay"));
  EXPECT_EQ(view().Flags(inputs.begin).sequence_class, SequenceClass::kFinal);
  const InputFlags flags = view().Flags(inputs.begin + 1);
  EXPECT_EQ(flags.sequence_class, SequenceClass::kReplaceable);
  EXPECT_TRUE(flags.anyone_can_pay);
  EXPECT_TRUE(flags.has_witness);
  EXPECT_EQ(flags.redeem_kind, 9);
}

TEST_F(ViewTest, FindsTheTransactionOfEveryOutput) {
  for (std::uint64_t tx = 0; tx < view().transactions_count(); ++tx) {
    const IdRange<OutputNum> outputs = view().Outputs(TxNum{tx});
    for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
      EXPECT_EQ(view().TransactionOf(output), TxNum{tx});
      const View::Outpoint outpoint = view().OutpointOf(InputSource::Of(output));
      EXPECT_EQ(outpoint.txid, chain_.TxidOf(TxNum{tx}));
      EXPECT_EQ(outpoint.vout, output - outputs.begin);
    }
  }
}

TEST_F(ViewTest, KnowsWhatCanNeverBeSpent) {
  EXPECT_TRUE(view().IsUnspendable(chain_.OutputOf("genesis", 0)));
  EXPECT_TRUE(view().IsUnspendable(chain_.OutputOf("pay", 1)));
  EXPECT_FALSE(view().IsUnspendable(chain_.OutputOf("pay", 0)));
  EXPECT_FALSE(view().IsUnspendable(chain_.OutputOf("mint", 0)));
}

TEST_F(ViewTest, FindsAddressesByScriptOnly) {
  ASSERT_OK_AND_ASSIGN(const AddressNum alice, view().FindAddress(ScriptOfName("alice")));
  EXPECT_EQ(alice, chain_.AddressOf("alice"));
  EXPECT_EQ(view().TypeOf(alice), ScriptType::kPubkeyHash);
  const ByteSpan script = view().Script(alice);
  EXPECT_THAT(ScriptOfName("alice"), testing::ElementsAreArray(script.begin(), script.end()));
  EXPECT_THAT(view().FindAddress(ScriptOfName("dave")), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(view().FindAddress({}), StatusIs(absl::StatusCode::kNotFound));
  const std::vector<std::uint8_t> data = {0x6a, 0x01, 0xff};
  ASSERT_OK_AND_ASSIGN(const AddressNum null_data, view().FindAddress(data));
  EXPECT_EQ(view().TypeOf(null_data), ScriptType::kNullData);
}

TEST_F(ViewTest, TiesKeysToAddresses) {
  const auto key = KeyOfByte(0x11);
  const auto found = view().KeyOf(chain_.AddressOf("alice"));
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(std::equal(key.begin(), key.end(), found->begin(), found->end()));
  EXPECT_EQ(view().KeyOf(chain_.AddressOf("bob")), std::nullopt);
  EXPECT_THAT(view().FindKeys(ComputeHash160(key)), IsOkAndHolds(ElementsAre(KeyNum{0})));
  EXPECT_EQ(view().AddressOfKey(KeyNum{0}), chain_.AddressOf("alice"));
  Hash160 same_prefix = ComputeHash160(key);
  same_prefix[19] ^= 1;
  EXPECT_THAT(view().FindKeys(same_prefix), IsOkAndHolds(IsEmpty()));
}

TEST_F(ViewTest, PagesOutputsOfAnAddress) {
  const AddressNum alice = chain_.AddressOf("alice");
  const std::vector<OutputNum> all = {chain_.OutputOf("mint", 0), chain_.OutputOf("fund", 1),
                                      chain_.OutputOf("pay", 2)};
  std::vector<OutputNum> outputs;
  EXPECT_OK(view().OutputsOf(alice, OutputNum{0}, 100, &outputs));
  EXPECT_EQ(outputs, all);
  outputs.clear();
  EXPECT_OK(view().OutputsOf(alice, OutputNum{0}, 2, &outputs));
  EXPECT_THAT(outputs, ElementsAre(all[0], all[1]));
  EXPECT_OK(view().OutputsOf(alice, all[1] + 1, 2, &outputs));  // appends
  EXPECT_EQ(outputs, all);
  outputs.clear();
  EXPECT_OK(view().OutputsOf(alice, all[2] + 1, 2, &outputs));
  EXPECT_THAT(outputs, IsEmpty());
}

TEST(ViewWindow, ResolvesForeignInputsAndLeavesUnknownOnesUnresolved) {
  FaultFileSystem files;
  IndexBuilder chain(IndexBuilder::Options{.window_from_height = 700});
  chain.AddBlock({{"", {}, {}},
                  {"move",
                   {SpendForeign("old", 3 * kCoin), SpendUnresolved()},
                   {{"new", 4 * kCoin}, {"old", 1}}}});
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, kFolder));
  const View& view = *index.view;
  EXPECT_EQ(view.snapshot().from_height, 700u);
  EXPECT_EQ(view.snapshot().height, 700u);
  EXPECT_FALSE(view.snapshot().complete_history);
  EXPECT_FALSE(view.IsUnspendable(OutputNum{0}));  // no genesis here
  EXPECT_EQ(view.HeightOf(TxNum{1}), 700u);
  EXPECT_EQ(view.Block(700).time, 1'700'000'000u + 600 * 700);
  EXPECT_EQ(view.totals().unresolved_inputs, 1u);

  const IdRange<InputNum> inputs = view.Inputs(chain.TransactionOf("move"));
  const InputSource known = view.Source(inputs.begin);
  ASSERT_TRUE(known.is_foreign());
  EXPECT_EQ(view.SourceValue(known), 3 * kCoin);
  EXPECT_EQ(view.SourceAddress(known), chain.AddressOf("old"));
  EXPECT_EQ(view.SpenderOf(known.foreign()), chain.TransactionOf("move"));
  EXPECT_EQ(view.SpendingInput(known), inputs.begin);
  EXPECT_FALSE(view.OutpointOf(known).txid.IsZero());
  EXPECT_EQ(view.OutpointOf(known).vout, 0u);
  const InputSource unknown = view.Source(inputs.begin + 1);
  ASSERT_TRUE(unknown.is_foreign());
  EXPECT_EQ(view.SourceValue(unknown), std::nullopt);
  EXPECT_EQ(view.SourceAddress(unknown), std::nullopt);
  EXPECT_EQ(view.SpendingInput(unknown), inputs.begin + 1);
  EXPECT_EQ(view.OutpointOf(unknown).vout, 1u);
  std::vector<ForeignNum> foreign;
  EXPECT_OK(view.ForeignOf(chain.AddressOf("old"), &foreign));
  EXPECT_THAT(foreign, ElementsAre(known.foreign()));
  EXPECT_OK(view.damage().status());
}

TEST(ViewOverwritten, FindsTheLaterDuplicateAndKnowsTheFirstIsLost) {
  FaultFileSystem files;
  IndexBuilder chain;
  chain.AddBlock({{"first", {}, {{"alice", 50 * kCoin}, {"alice", 2 * kCoin}}}});
  chain.AddBlock({{"", {}, {}}, {"spend", {Spend("first", 1)}, {{"bob", 2 * kCoin}}}});
  chain.AddBlock({{"again", {}, {{"alice", 50 * kCoin}, {"alice", 2 * kCoin}}, "first"}});
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, kFolder));
  const View& view = *index.view;
  EXPECT_EQ(chain.TxidOf("first"), chain.TxidOf("again"));
  EXPECT_THAT(view.FindTransaction(chain.TxidOf("first")),
              IsOkAndHolds(chain.TransactionOf("again")));
  EXPECT_EQ(view.OverwrittenBy(chain.TransactionOf("first")), chain.TransactionOf("again"));
  EXPECT_EQ(view.OverwrittenBy(chain.TransactionOf("again")), std::nullopt);
  EXPECT_TRUE(view.IsUnspendable(chain.OutputOf("first", 0)));
  EXPECT_FALSE(view.IsUnspendable(chain.OutputOf("first", 1)));  // it was spent before
  EXPECT_FALSE(view.IsUnspendable(chain.OutputOf("again", 0)));
  EXPECT_FALSE(view.IsUnspendable(chain.OutputOf("again", 1)));
  EXPECT_FALSE(view.IsUnspendable(chain.OutputOf("spend", 0)));
}

TEST(ViewUnspendable, AsksTheScriptWhereTheTypeDoesNotTell) {
  FaultFileSystem files;
  IndexBuilder chain;
  std::vector<std::uint8_t> longest(10'000, 0x51);
  std::vector<std::uint8_t> too_long(10'001, 0x51);
  chain.AddBlock({{"",
                   {},
                   {{"", 1, {0x6a, 0x4c}, ScriptType::kNonstandard},  // OP_RETURN, push cut short
                    {"", 1, longest, ScriptType::kNonstandard},
                    {"", 1, too_long, ScriptType::kNonstandard}}}});
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, kFolder));
  EXPECT_TRUE(index.view->IsUnspendable(OutputNum{1}));
  EXPECT_FALSE(index.view->IsUnspendable(OutputNum{2}));
  EXPECT_TRUE(index.view->IsUnspendable(OutputNum{3}));
  EXPECT_EQ(index.view->Script(index.view->AddressOf(OutputNum{3})).size(), 10'001u);
}

TEST(OpenForReading, TellsWhatIsMissing) {
  FaultFileSystem files;
  EXPECT_THAT(NetworksIn(files, kFolder), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(OpenForReading(files, kFolder, Network::kBitcoin),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no index of bitcoin")));
  // A store in which nothing was committed.
  const std::string folder = FolderOfNetwork(kFolder, Network::kBitcoin);
  ASSERT_OK(files.CreateFolders(folder));
  KvOptions options;
  options.create_if_missing = true;
  ASSERT_OK(KvStore::Open(files, StoreFolder(folder), options));
  EXPECT_THAT(OpenForReading(files, kFolder, Network::kBitcoin),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nothing is indexed")));
}

TEST(OpenForReading, ListsNetworksAndRefusesAnotherNetworksIndex) {
  FaultFileSystem files;
  IndexBuilder chain;
  ASSERT_OK(chain.Build(files, kFolder));
  EXPECT_THAT(NetworksIn(files, kFolder), IsOkAndHolds(ElementsAre(Network::kBitcoinRegtest)));
  const std::string from = FolderOfNetwork(kFolder, Network::kBitcoinRegtest);
  const std::string to = FolderOfNetwork(kFolder, Network::kBitcoin);
  for (const std::string& path : files.AllFiles()) {
    if (path.starts_with(from))
      files.SetContents(to + path.substr(from.size()), files.Contents(path));
  }
  EXPECT_THAT(OpenForReading(files, kFolder, Network::kBitcoin),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bitcoin-regtest")));
}

TEST(OpenForReading, WorksOnRealFiles) {
  const std::string folder = testing::TempDir() + "coinwake_view_test";
  std::filesystem::remove_all(folder);
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}}}});
  {
    ASSERT_OK_AND_ASSIGN(OpenIndex index, chain.Build(RealFileSystem(), folder));
    EXPECT_THAT(index.view->FindTransaction(chain.TxidOf("mint")), IsOkAndHolds(TxNum{1}));
    // One process at a time.
    EXPECT_THAT(OpenForReading(RealFileSystem(), folder, Network::kBitcoinRegtest),
                StatusIs(absl::StatusCode::kUnavailable));
    index = OpenIndex();
    ASSERT_OK_AND_ASSIGN(index, OpenForReading(RealFileSystem(), folder, Network::kBitcoinRegtest));
    EXPECT_EQ(index.view->snapshot().height, 1u);
  }
  EXPECT_THAT(NetworksIn(RealFileSystem(), folder),
              IsOkAndHolds(ElementsAre(Network::kBitcoinRegtest)));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace coinwake
