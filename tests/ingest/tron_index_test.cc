// Goal: an index of a Tron chain says what happened on it: every move in order, every balance,
// every fact, found by whatever name.
// Method: chains whose makers know the truth beside the bytes: random small ones with every
// operation, compared move for move and balance for balance; generated ones, with the balances
// their generator writes down; short ones for facts, failed calls and amounts at the edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "indexer/tron/asset.h"
#include "indexer/view/account_history.h"
#include "indexer/view/open.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_generator.h"
#include "tests/tron/chain_check.h"

namespace coinwake {
namespace {

using synthetic::Address;
using synthetic::TronBlock;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Network kNetwork = Network::kTronPrivate;

std::string AssetName(const AccountView& view, AssetNum asset) {
  return tron::AssetOfBytes(view.AssetName(asset))->Name();
}
std::string AccountName(const AccountView& view, const std::optional<AddressNum>& address) {
  return address.has_value() ? tron::Account(view.Script(*address)).Name() : "-";
}

// Of every event that moves value, as tron::MovesText() writes moves.
std::vector<std::string> MovesOf(const AccountView& view) {
  std::vector<std::string> lines;
  for (EventNum number; number.value < view.events_count(); ++number) {
    const LedgerEvent event = view.Event(number);
    if (!MovesValue(event.kind)) continue;
    const std::string_view kind = EntryKindName(event.kind);
    lines.push_back(
        absl::StrCat(event.kind == EntryKind::kDestroyedFunds ? "destroyed" : std::string(kind),
                     " ", AssetName(view, event.asset), " ", AccountName(view, event.from), " ",
                     AccountName(view, event.to), " ", ToDecimal(event.amount), " ",
                     view.Txid(view.TransactionOf(number)).ToHex()));
  }
  return lines;
}

// Balances of everybody in everything, but those of nothing: "address asset amount staked".
std::set<std::string> BalancesOf(const AccountView& view) {
  std::set<std::string> rows;
  for (AddressNum address; address.value < view.addresses_count(); ++address) {
    std::vector<AssetNum> assets;
    EXPECT_OK(view.AssetsOf(address, AssetNum{0}, kNone32, &assets));
    for (const AssetNum asset : assets) {
      if (asset == kFactsAsset) continue;
      const auto sums = SumsOf(view, address, asset);
      EXPECT_OK(sums);
      const SignedAmount free = sums->BalanceOf(Pot::kFree);
      const SignedAmount staked = sums->Staked();
      EXPECT_FALSE(staked.negative);
      if (free.magnitude == 0 && staked.magnitude == 0) continue;
      rows.insert(absl::StrCat(AccountName(view, address), " ", AssetName(view, asset), " ",
                               free.negative ? "-" : "", ToDecimal(free.magnitude), " ",
                               ToDecimal(staked.magnitude)));
    }
  }
  return rows;
}

std::set<std::string> BalancesOf(const synthetic::TronTruth& truth) {
  std::set<std::string> rows;
  for (const synthetic::BalanceRow& row : truth.Rows()) {
    rows.insert(absl::StrCat(row.address.ToBase58(), " ", truth.assets()[row.asset].name, " ",
                             row.negative ? "-" : "", ToDecimal(row.amount), " ",
                             ToDecimal(row.frozen)));
  }
  return rows;
}

// What is in one of them alone, for messages that can be read.
std::vector<std::string> Difference(const std::set<std::string>& ours,
                                    const std::set<std::string>& truth) {
  std::vector<std::string> lines;
  for (const std::string& line : ours) {
    if (!truth.contains(line)) lines.push_back("index: " + line);
  }
  for (const std::string& line : truth) {
    if (!ours.contains(line)) lines.push_back("truth: " + line);
  }
  return lines;
}

void ExpectBlocks(const AccountView& view, const std::vector<TronBlock>& blocks) {
  ASSERT_EQ(view.snapshot().from_height, blocks.front().number);
  ASSERT_EQ(view.snapshot().height, blocks.back().number);
  TxNum next;
  std::uint64_t raw_bytes = 0;
  for (const TronBlock& made : blocks) {
    tron::Block decoded;
    ASSERT_OK(DecodeBlock(tron::SpanOf(made.bytes), &decoded));
    const AccountBlock block = view.Block(made.number);
    EXPECT_EQ(block.id, made.id);
    EXPECT_EQ(block.time_ms, decoded.header.time_ms);
    EXPECT_EQ(block.tx_root, decoded.header.tx_root);
    EXPECT_EQ(AccountName(view, block.witness),
              made.number == 0 ? "-" : decoded.header.witness.Name());
    EXPECT_THAT(view.HeightOfHash(made.id), IsOkAndHolds(made.number));
    ASSERT_EQ(block.transactions.begin, next);
    ASSERT_EQ(block.transactions.size(), made.transactions);
    for (const tron::Transaction& transaction : decoded.transactions) {
      EXPECT_EQ(view.Txid(next), transaction.txid);
      EXPECT_THAT(view.FindTransaction(transaction.txid), IsOkAndHolds(next));
      EXPECT_EQ(view.HeightOf(next), made.number);
      const AccountTransaction stored = view.Transaction(next);
      EXPECT_EQ(AccountName(view, stored.owner), transaction.contract()->owner.Name());
      EXPECT_EQ(stored.type, static_cast<int>(transaction.contract()->type));
      EXPECT_EQ(stored.flags.has_memo, !transaction.memo.empty());
      EXPECT_EQ(stored.flags.has_receipt, made.number != 0);
      ++next;
    }
    raw_bytes += made.bytes.size();
    EXPECT_EQ(view.TotalsAt(made.number).raw_bytes, raw_bytes);
  }
  EXPECT_EQ(view.transactions_count(), next.value);
}

// What can be counted without the ledger.
void ExpectCounts(const TronTotals& totals, const std::vector<TronBlock>& blocks) {
  std::uint64_t moves = 0;
  std::uint64_t wide = 0;
  std::uint64_t transfers = 0;
  for (const TronBlock& block : blocks) {
    moves += block.moves.size();
    for (const synthetic::Move& move : block.moves) {
      if (move.amount >= Uint256(1) << 63) ++wide;
      if (move.from && move.to && *move.from != *move.to) ++transfers;
    }
  }
  EXPECT_GE(totals.events, moves);
  EXPECT_EQ(totals.wide_amounts, wide);
  EXPECT_EQ(totals.transfers, transfers);
  EXPECT_EQ(totals.gaps, 0u);
  EXPECT_EQ(totals.without_receipt, 0u);
  EXPECT_EQ(totals.malformed_transactions, 0u);
}

class TronIndex : public ::testing::Test {
 protected:
  // Indexes `blocks` and opens the result.
  void Index(const std::vector<TronBlock>& blocks, std::uint64_t max_batch_blocks = 0) {
    WriteTronBlocks(files_, "/blocks", blocks, {.shuffle_window = 5, .seed = 3});
    TronIngestOptions options = TronTestOptions("/blocks", "/data");
    options.max_batch_blocks = max_batch_blocks;
    if (blocks.front().number != 0) options.network = kNetwork;
    auto report = IndexTron(files_, options);
    ASSERT_OK(report);
    report_ = *std::move(report);
    auto index = OpenForReading(files_, "/data", kNetwork);
    ASSERT_OK(index);
    index_ = *std::move(index);
  }
  const AccountView& view() const { return *index_.accounts; }

  AddressNum Find(const Address& address) {
    const auto found = view().FindAddress(address.bytes);
    EXPECT_OK(found);
    return found.value_or(AddressNum{0});
  }
  // "kind FROM TO AMOUNT of ASSET" of what is said of an account.
  std::vector<std::string> FactsOf(const Address& address) {
    std::vector<EventNum> events;
    EXPECT_OK(view().EventsOf(Find(address), kFactsAsset, EventNum{0}, kNone32, &events));
    std::vector<std::string> lines;
    for (const EventNum number : events) {
      const LedgerEvent event = view().Event(number);
      lines.push_back(absl::StrCat(std::string(EntryKindName(event.kind)), " ",
                                   AccountName(view(), event.from), " ",
                                   AccountName(view(), event.to), " ", ToDecimal(event.amount),
                                   " of ", AssetName(view(), event.asset)));
    }
    return lines;
  }
  AssetSums Sums(const Address& address, const std::string& asset) {
    std::string bytes;
    AppendAssetBytes(*tron::ParseAsset(asset), &bytes);
    const auto number = view().FindAsset(tron::SpanOf(bytes));
    EXPECT_OK(number);
    const auto sums = SumsOf(view(), Find(address), number.value_or(AssetNum{0}));
    EXPECT_OK(sums);
    return *sums;
  }

  FaultFileSystem files_;
  TronIngestReport report_;
  OpenIndex index_;
};

class TronIndexOfSeed : public TronIndex, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(TronIndexOfSeed, HoldsTheTruthOfARandomChain) {
  SCOPED_TRACE(absl::StrCat("seed ", GetParam()));
  TronCast cast(GetParam());
  cast.AddBlocks(80);
  ASSERT_NO_FATAL_FAILURE(Index(cast.blocks(), GetParam() % 3 * 10));
  ASSERT_NO_FATAL_FAILURE(ExpectBlocks(view(), cast.blocks()));
  EXPECT_EQ(MovesOf(view()), tron::MovesText(cast.blocks(), cast.truth()));
  EXPECT_THAT(Difference(BalancesOf(view()), BalancesOf(cast.truth())), IsEmpty());
  ExpectCounts(view().totals(), cast.blocks());
  EXPECT_TRUE(view().snapshot().complete_history);
  EXPECT_EQ(report_.network, kNetwork);
  EXPECT_EQ(report_.height, cast.blocks().back().number);
  EXPECT_EQ(report_.block_hash, cast.blocks().back().id);
  EXPECT_EQ(report_.blocks, cast.blocks().size());
  EXPECT_EQ(report_.totals, view().totals());
  EXPECT_EQ(report_.final_height, std::nullopt);
  EXPECT_THAT(report_.warnings, IsEmpty());
  const tron::ReadChain read = tron::ReadBack(cast.blocks());
  EXPECT_EQ(view().totals().failed_transactions, read.failed);
}
INSTANTIATE_TEST_SUITE_P(Seeds, TronIndexOfSeed, ::testing::Range<std::uint64_t>(1, 9));

// Every balance that the generator writes down, and no other.
TEST_F(TronIndex, HoldsTheTruthOfGeneratedChains) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    FaultFileSystem files;
    synthetic::TronGeneratorOptions options;
    options.transfers = 4'000;
    options.seed = seed;
    options.folder = "/blocks";
    options.truth_folder = "/truth";
    options.writes_transfers = true;
    options.files = {.file_size = 300'000, .shuffle_window = 32, .seed = seed};
    ASSERT_OK_AND_ASSIGN(const auto made, GenerateTronChain(files, options));
    TronIngestOptions ingest = TronTestOptions("/blocks", "/data");
    ingest.max_batch_blocks = 100 * seed;
    ASSERT_OK_AND_ASSIGN(const TronIngestReport report, IndexTron(files, ingest));
    EXPECT_EQ(report.height, made.height);
    EXPECT_EQ(report.block_hash, made.tip);
    EXPECT_EQ(report.totals.transactions, made.transactions);
    EXPECT_EQ(report.totals.gaps, 0u);
    ASSERT_OK_AND_ASSIGN(const OpenIndex index, OpenForReading(files, "/data", kNetwork));

    std::set<std::string> balances;
    std::vector<std::string> lines = absl::StrSplit(files.Contents("/truth/balances.csv"), '\n');
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
      std::replace(lines[i].begin(), lines[i].end(), ',', ' ');
      if (!absl::EndsWith(lines[i], " 0 0")) balances.insert(lines[i]);
    }
    EXPECT_GT(balances.size(), 500u);
    EXPECT_THAT(Difference(BalancesOf(*index.accounts), balances), IsEmpty());

    std::vector<std::string> moves;
    lines = absl::StrSplit(files.Contents("/truth/transfers.csv"), '\n');
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
      const std::vector<std::string> fields = absl::StrSplit(lines[i], ',');
      ASSERT_EQ(fields.size(), 7u);
      const auto nobody = [](const std::string& name) { return name.empty() ? "-" : name; };
      moves.push_back(absl::StrCat(fields[2], " ", fields[3], " ", nobody(fields[4]), " ",
                                   nobody(fields[5]), " ", fields[6], " ", fields[1]));
    }
    EXPECT_EQ(MovesOf(*index.accounts), moves);
  }
}

TEST_F(TronIndex, KnowsWhatIsSaidOfAccounts) {
  TronCast cast(5);
  synthetic::TronChainBuilder& chain = cast.chain();
  const Address alice = cast.person(2);
  const Address bob = cast.person(3);
  const Address fresh = synthetic::InventedAddress(5, 77);
  chain.BlackList(cast.usdt(), alice);
  chain.NextBlock();
  chain.UnBlackList(cast.usdt(), alice);
  chain.Freeze(bob, 5'000, tron::Resource::kEnergy);
  chain.Delegate(bob, alice, 1'000, tron::Resource::kEnergy);
  chain.NextBlock();
  chain.Undelegate(bob, alice, 400, tron::Resource::kEnergy);
  chain.CreateAccount(bob, fresh);
  chain.UpdatePermission(bob, {alice}, 1);
  const Address box = chain.DeployContract(bob, "Box", 12);
  chain.NextBlock();
  ASSERT_NO_FATAL_FAILURE(Index(cast.blocks(), 1));

  const std::string usdt = cast.truth().assets()[cast.usdt()].name;
  const std::string a = alice.ToBase58();
  const std::string b = bob.ToBase58();
  EXPECT_THAT(FactsOf(alice), ElementsAre("black_listed - " + a + " 0 of " + usdt,
                                          "un_black_listed - " + a + " 0 of " + usdt,
                                          "delegate " + b + " " + a + " 1000 of TRX",
                                          "undelegate " + b + " " + a + " 400 of TRX",
                                          "owner_key " + b + " " + a + " 1 of TRX"));
  EXPECT_THAT(FactsOf(fresh), ElementsAre("activated " + b + " " + fresh.ToBase58() + " 0 of TRX"));
  EXPECT_THAT(FactsOf(box),
              ElementsAre("contract_created " + b + " " + box.ToBase58() + " 0 of TRX"));
  EXPECT_THAT(FactsOf(bob), Contains("permission_changed " + b + " - 1 of TRX"));
  // A fact is no movement: who only was blacklisted has no such asset.
  std::vector<AssetNum> assets;
  ASSERT_OK(view().AssetsOf(Find(alice), AssetNum{0}, kNone32, &assets));
  for (const AssetNum asset : assets) {
    if (asset != kFactsAsset) {
      EXPECT_NE(AssetName(view(), asset), usdt);
    }
  }
  EXPECT_EQ(Sums(bob, "TRX").Staked(), (SignedAmount{false, 5'000}));
  EXPECT_EQ(Sums(box, "TRX").BalanceOf(Pot::kFree), (SignedAmount{false, 12}));
  const auto created = view().FindAddress(box.bytes);
  ASSERT_OK(created);
  EXPECT_EQ(view().Transaction(TxNum{view().transactions_count() - 1}).contract, *created);
}

TEST_F(TronIndex, FailedCallsMoveTheirFeeAlone) {
  TronCast cast(6);
  synthetic::TronChainBuilder& chain = cast.chain();
  const Hash256 failed = chain.TokenTransfer(cast.usdt(), cast.person(0), cast.person(4), 100,
                                             {.result = tron::ContractResult::kRevert});
  const Hash256 worked =
      chain.TokenTransfer(cast.usdt(), cast.person(0), cast.person(4), 100, {.memo = "thanks"});
  chain.NextBlock();
  ASSERT_NO_FATAL_FAILURE(Index(cast.blocks()));
  ASSERT_OK_AND_ASSIGN(const TxNum bad, view().FindTransaction(failed));
  ASSERT_OK_AND_ASSIGN(const TxNum good, view().FindTransaction(worked));
  EXPECT_EQ(view().Transaction(bad).flags.outcome, TxOutcome::kFailed);
  EXPECT_EQ(view().Transaction(good).flags.outcome, TxOutcome::kSucceeded);
  EXPECT_TRUE(view().Transaction(good).flags.has_memo);
  ASSERT_EQ(view().Events(bad).size(), 1u);
  EXPECT_EQ(view().Event(view().Events(bad).begin).kind, EntryKind::kFee);
  EXPECT_EQ(view().Events(good).size(), 2u);
  EXPECT_EQ(view().totals().failed_transactions, 1u);
  EXPECT_EQ(AccountName(view(), view().Transaction(bad).contract),
            cast.truth().assets()[cast.usdt()].contract.ToBase58());
}

TEST_F(TronIndex, KeepsAmountsOfAnyWidth) {
  TronCast cast(7);  // its opening moves 2^63 - 1, 2^63, 2^64 and 2^256 - 1
  cast.chain().NextBlock();
  ASSERT_NO_FATAL_FAILURE(Index(cast.blocks(), 1));
  const std::string wide = cast.truth().assets()[cast.wide()].name;
  EXPECT_EQ(Sums(cast.person(2), wide).received, Uint256(1) << 63);
  EXPECT_EQ(Sums(cast.person(3), wide).received, (Uint256(1) << 63) - 1);
  EXPECT_EQ(Sums(cast.person(4), wide).received, Uint256(1) << 64);
  EXPECT_EQ(Sums(cast.person(1), wide).received, ~Uint256(0));
  // 2^63, 2^64, the mint; and what genesis takes from who owes 2^63 sun.
  EXPECT_EQ(view().totals().wide_amounts, 4u);
  const AssetSums owed = Sums(synthetic::InventedAddress(7, 999), "TRX");
  EXPECT_EQ(owed.BalanceOf(Pot::kFree), (SignedAmount{true, Uint256(1) << 63}));
  EXPECT_EQ(owed.shortfall, Uint256(1) << 63);
  const auto token = cast.truth().assets()[cast.trc10()];
  EXPECT_EQ(Sums(cast.person(5), token.name).received, 1'000'000'000u);
}

TEST_F(TronIndex, OfAWindowSaysSo) {
  TronCast cast(8, 5'000);
  cast.AddBlocks(10);
  WriteTronBlocks(files_, "/blocks", cast.blocks());
  EXPECT_THAT(IndexTron(files_, TronTestOptions("/blocks", "/data")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--network")));
  ASSERT_NO_FATAL_FAILURE(Index(cast.blocks(), 3));
  ASSERT_NO_FATAL_FAILURE(ExpectBlocks(view(), cast.blocks()));
  EXPECT_EQ(MovesOf(view()), tron::MovesText(cast.blocks(), cast.truth()));
  EXPECT_FALSE(view().snapshot().complete_history);
  EXPECT_EQ(view().snapshot().from_height, 5'000u);
  EXPECT_EQ(report_.from_height, 5'000u);
  EXPECT_FALSE(report_.complete_history);
  // What people had before is not there: their sums are what is missing from it.
  const AssetSums sums = Sums(cast.person(0), "TRX");
  EXPECT_GT(sums.shortfall, 0u);
  EXPECT_TRUE(sums.BalanceOf(Pot::kFree).negative);
}

TEST_F(TronIndex, TakesAWrongNetworkForAMistake) {
  TronCast cast(9);
  cast.AddBlock(1);
  WriteTronBlocks(files_, "/blocks", cast.blocks());
  TronIngestOptions options = TronTestOptions("/blocks", "/data");
  options.network = Network::kTron;
  EXPECT_THAT(IndexTron(files_, options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("block 0")));
  options = TronTestOptions("", "/data");
  EXPECT_THAT(IndexTron(files_, options), StatusIs(absl::StatusCode::kInvalidArgument));
  options = TronTestOptions("/blocks", "");
  EXPECT_THAT(IndexTron(files_, options), StatusIs(absl::StatusCode::kInvalidArgument));
  options = TronTestOptions("/blocks", "/data");
  options.memory_mib = kMinMemoryMib - 1;
  EXPECT_THAT(IndexTron(files_, options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--memory")));
  EXPECT_THAT(OpenForReading(files_, "/data", kNetwork), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace coinwake
