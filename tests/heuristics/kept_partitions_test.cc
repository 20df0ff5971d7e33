// Goal: what is kept beside the index saves work and changes no answer: after any reorganisation,
// damage or failing disk, clusters are those made from the first block. Method: random trees of
// blocks indexed as they grow, with and without what is kept; every fault once.
#include "heuristics/kept_partitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "heuristics/epoch.h"
#include "heuristics/same_key.h"
#include "heuristics/same_key_scan.h"
#include "heuristics/union_by_min.h"
#include "indexer/ingest/ingest.h"
#include "indexer/view/open.h"
#include "tests/heuristics/wallet_chain.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

using ::testing::HasSubstr;

constexpr Network kNetwork = Network::kBitcoinRegtest;
constexpr char kStrictFile[] = "/kept/strict.partition";
constexpr char kStandardFile[] = "/kept/standard.partition";

// All of a partition that answers show.
struct Shown {
  std::vector<std::uint64_t> clusters;
  std::vector<ChangeEdge> edges;
  ChangeEvidence::Audit audit;
  std::vector<ChangeBridge> bridges;
  std::optional<ChangeModel> model;
  friend bool operator==(const Shown&, const Shown&) = default;
};

absl::StatusOr<Shown> Show(const View& view, Profile profile, int threads,
                           const PartitionSources& sources = {}) {
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const Partition> partition,
                            Partition::Build(view, profile, threads, 0, sources));
  Shown shown;
  for (AddressNum address; address.value < view.addresses_count(); ++address) {
    shown.clusters.push_back(partition->ClusterOf(address).value);
  }
  shown.edges = partition->change().edges();
  shown.audit = partition->change().audit;
  shown.bridges = partition->change().bridges;
  shown.model = partition->model();
  return shown;
}

// How many scripts are of one key with another, which looking for each script's finds the same as
// reading all.
absl::StatusOr<std::uint64_t> CountSameKeys(const View& view) {
  UnionByMin one_by_one(view.addresses_count());
  UnionByMin all(view.addresses_count());
  std::uint64_t count = 0;
  for (AddressNum address; address.value < view.addresses_count(); ++address) {
    COINWAKE_ASSIGN_OR_RETURN(const auto others, ScriptsOfSameKey(view, address));
    count += others.empty() ? 0 : 1;
    for (const AddressNum other : others) {
      one_by_one.Unite(static_cast<std::uint32_t>(address.value),
                       static_cast<std::uint32_t>(other.value));
    }
  }
  COINWAKE_RETURN_IF_ERROR(UniteSameKeysByPass(view, 2, &all));
  EXPECT_EQ(one_by_one.Flatten(), all.Flatten());
  EXPECT_TRUE(std::ranges::equal(one_by_one.Parents(view.addresses_count()),
                                 all.Parents(view.addresses_count())));
  return count;
}

absl::StatusOr<OpenIndex> IndexOf(FileSystem& files) {
  IngestOptions options;
  options.blocks_folder = "/blocks";
  options.data_folder = "/data";
  options.network = kNetwork;
  options.threads = 1;
  COINWAKE_RETURN_IF_ERROR(IndexBitcoin(files, options).status());
  return OpenForReading(files, "/data", kNetwork);
}

KeptPartitions::Options EveryChain(std::uint64_t settled_blocks,
                                   std::vector<std::string>* said = nullptr) {
  KeptPartitions::Options options;
  options.least_transactions = 1;
  options.settled_blocks = settled_blocks;
  if (said != nullptr) {
    options.say = [said](std::string_view line) { said->emplace_back(line); };
  }
  return options;
}

TEST(KeptPartitionsTest, StrictGoesOnFromWhatIsKeptAfterAnyReorganisation) {
  int gone_on = 0;
  int begun_again = 0;
  std::uint64_t same_keys = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    TestChain chain(seed);
    FaultFileSystem files;
    KeptPartitions kept(files, "/kept", EveryChain(/*settled_blocks=*/random() % 5));
    std::size_t tip = chain.Extend(0, 6);
    for (int round = 0; round < 12; ++round) {
      // On the tip, or a longer branch from up to eight blocks below it.
      const auto path = chain.PathTo(tip);
      const std::size_t below =
          random() % 3 != 0 ? 0 : random() % std::min<std::size_t>(path.size(), 9);
      tip = chain.Extend(path[path.size() - 1 - below], below + 1 + random() % 4);
      if (files.Exists("/blocks/blk00000.dat").value_or(false)) {
        ASSERT_THAT(files.Remove("/blocks/blk00000.dat"), IsOk());
      }
      chain.Write(files, "/blocks", chain.All());
      ASSERT_OK_AND_ASSIGN(const OpenIndex index, IndexOf(files));
      ASSERT_EQ(index.view->snapshot().height, chain.height(tip));
      const bool is_there = files.Exists(kStrictFile).value_or(false);
      if (is_there) {
        ++(kept.LoadHead(*index.view, Profile::kStrict).has_value() ? gone_on : begun_again);
      }
      ASSERT_OK_AND_ASSIGN(const Shown anew, Show(*index.view, Profile::kStrict, 1));
      ASSERT_OK_AND_ASSIGN(
          const Shown incremental,
          Show(*index.view, Profile::kStrict, 1 + round % 3, {.kept = &kept, .owners = nullptr}));
      EXPECT_EQ(incremental, anew);
      ASSERT_OK_AND_ASSIGN(const Shown standard, Show(*index.view, Profile::kStandard, 1,
                                                      {.kept = &kept, .owners = nullptr}));
      ASSERT_OK_AND_ASSIGN(const Shown standard_anew, Show(*index.view, Profile::kStandard, 2));
      EXPECT_EQ(standard, standard_anew);
      ASSERT_OK_AND_ASSIGN(const std::uint64_t count, CountSameKeys(*index.view));
      same_keys += count;
    }
  }
  EXPECT_GT(gone_on, 30);
  EXPECT_GT(begun_again, 5);
  EXPECT_GT(same_keys, 1'000u);
}

// A chain with change to find, and so long that its last epoch ended before its tip.
class EpochPartitionTest : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kWallets = 400;

  void SetUp() override {
    IndexBuilder& chain = wallets_.builder();
    BeginChain(chain);
    Pay("late", chain);
    // Two addresses of one hand, told after the epoch.
    chain.AddBlock({{}, SpendAll("join", {Spend("pay early", 1), Spend("mint late", 1)}, "sink")});
    auto index = chain.Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    epoch_ = EpochHeight(0, view().snapshot().height);
    ASSERT_LT(epoch_, view().HeightOf(chain.TransactionOf("pay late")));
  }

  static void BeginChain(IndexBuilder& chain) {
    Pay("early", chain);
    while (chain.height() < 4'098) chain.AddBlock({{}});
  }
  // A payment whose change nothing but its look tells.
  static void Pay(const std::string& who, IndexBuilder& chain) {
    chain.AddBlock({{"mint " + who, {}, {{who, 10 * kCoin}, {who, 10 * kCoin}}}});
    chain.AddBlock({{},
                    PayThreeCoins("pay " + who, Spend("mint " + who, 0), PaymentLook::kClear,
                                  SegwitOutput("shop " + who, 0), "change " + who, 0)});
  }
  const View& view() const { return *index_.view; }
  AddressNum AddressOf(const std::string& name) { return wallets_.builder().AddressOf(name); }
  bool Joined(const Partition& partition, const std::string& a, const std::string& b) {
    return partition.ClusterOf(AddressOf(a)) == partition.ClusterOf(AddressOf(b));
  }
  absl::StatusOr<std::shared_ptr<const Partition>> Build(const PartitionSources& sources = {}) {
    return Partition::Build(view(), Profile::kStandard, 2, 0, sources);
  }

  WalletChain wallets_{kWallets};
  FaultFileSystem files_;
  OpenIndex index_;
  std::uint64_t epoch_ = 0;
};

TEST_F(EpochPartitionTest, ChangeIsOfTheEpochAndCoSpendsUpToTheTip) {
  ASSERT_OK_AND_ASSIGN(const auto standard, Build());
  EXPECT_TRUE(Joined(*standard, "early", "change early"));
  EXPECT_FALSE(Joined(*standard, "late", "change late"));
  EXPECT_TRUE(Joined(*standard, "change early", "late"));
  EXPECT_TRUE(Joined(*standard, "early", "late"));
  ASSERT_OK_AND_ASSIGN(const auto links,
                       WhyJoined(view(), standard.get(), AddressOf("early"), AddressOf("late"), 0));
  ASSERT_EQ(links.size(), 2u);
  EXPECT_EQ(links[0].rule, Rule::kChange);
  EXPECT_EQ(links[1].rule, Rule::kCoSpend);
  // The model is that of the chain as it was.
  ASSERT_OK_AND_ASSIGN(const auto as_of, view().AsOf(epoch_));
  ASSERT_OK_AND_ASSIGN(const auto then, Partition::Build(*as_of, Profile::kStandard, 1, 0));
  EXPECT_EQ(standard->model(), then->model());
  EXPECT_EQ(standard->change().edges(), then->change().edges());
}

TEST_F(EpochPartitionTest, IsTheSameFromWhatIsKept) {
  ASSERT_OK_AND_ASSIGN(const Shown anew, Show(view(), Profile::kStandard, 1));
  std::vector<std::string> said;
  KeptPartitions kept(files_, "/kept", EveryChain(100, &said));
  const PartitionSources sources{.kept = &kept, .owners = nullptr};
  ASSERT_OK_AND_ASSIGN(const Shown first, Show(view(), Profile::kStandard, 1, sources));
  EXPECT_EQ(first, anew);
  const std::optional<KeptHead> head = kept.LoadHead(view(), Profile::kStandard);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->height, epoch_);
  EXPECT_EQ(head->model, anew.model);
  const std::string bytes = files_.Contents(kStandardFile);
  // It is read and not made again: what is not worth keeping is kept no more.
  files_.SetContents(kStrictFile, "nothing");
  ASSERT_OK_AND_ASSIGN(const Shown second, Show(view(), Profile::kStandard, 2, sources));
  EXPECT_EQ(second, anew);
  EXPECT_TRUE(said.empty());  // nobody asked for the strict one
  EXPECT_EQ(files_.Contents(kStandardFile), bytes);
}

// Another chain of as many blocks: what was kept of the first is of no use, and says nothing.
TEST_F(EpochPartitionTest, IsMadeAgainWhereTheChainIsAnother) {
  KeptPartitions kept(files_, "/kept", EveryChain(100));
  const PartitionSources sources{.kept = &kept, .owners = nullptr};
  ASSERT_THAT(Build(sources), IsOk());
  WalletChain other{kWallets + 16};
  while (other.builder().height() < view().snapshot().height) other.builder().AddBlock({{}});
  FaultFileSystem other_files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, other.builder().Build(other_files, "/data"));
  EXPECT_FALSE(kept.LoadHead(*index.view, Profile::kStandard).has_value());
  EXPECT_FALSE(kept.LoadHead(*index.view, Profile::kStrict).has_value());
  ASSERT_OK_AND_ASSIGN(const Shown anew, Show(*index.view, Profile::kStandard, 1));
  ASSERT_OK_AND_ASSIGN(const Shown after, Show(*index.view, Profile::kStandard, 1, sources));
  EXPECT_EQ(after, anew);
  EXPECT_FALSE(anew.edges.empty());
}

// The chain grows within its epoch, and past it.
TEST_F(EpochPartitionTest, ServesUntilTheNextEpoch) {
  FaultFileSystem files;
  KeptPartitions kept(files, "/kept", EveryChain(3));
  const PartitionSources sources{.kept = &kept, .owners = nullptr};
  int served = 0;
  for (int more = 0; more < 8; ++more) {
    SCOPED_TRACE(more);
    WalletChain wallets{kWallets};
    BeginChain(wallets.builder());
    for (int i = 0; i <= more; ++i) Pay("more " + std::to_string(i), wallets.builder());
    FaultFileSystem longer;
    ASSERT_OK_AND_ASSIGN(const OpenIndex index, wallets.builder().Build(longer, "/data"));
    const View& chain = *index.view;
    const std::optional<KeptHead> head = kept.LoadHead(chain, Profile::kStandard);
    if (head.has_value() && head->height == EpochHeight(0, chain.snapshot().height)) ++served;
    ASSERT_OK_AND_ASSIGN(const Shown anew, Show(chain, Profile::kStandard, 1));
    ASSERT_OK_AND_ASSIGN(const Shown shown, Show(chain, Profile::kStandard, 2, sources));
    EXPECT_EQ(shown, anew);
  }
  EXPECT_GT(served, 0);
  EXPECT_LT(served, 8);
}

TEST_F(EpochPartitionTest, IsMadeAgainWhereTheFileIsDamaged) {
  ASSERT_OK_AND_ASSIGN(const Shown anew, Show(view(), Profile::kStandard, 1));
  std::vector<std::string> said;
  KeptPartitions kept(files_, "/kept", EveryChain(100, &said));
  const PartitionSources sources{.kept = &kept, .owners = nullptr};
  ASSERT_THAT(Build(sources), IsOk());
  const std::string bytes = files_.Contents(kStandardFile);
  const std::size_t places[] = {0, 9, 100, bytes.size() / 2, bytes.size() - 1};
  for (const std::size_t place : places) {
    SCOPED_TRACE(place);
    said.clear();
    files_.FlipByte(kStandardFile, place, 0x01);
    ASSERT_OK_AND_ASSIGN(const Shown again, Show(view(), Profile::kStandard, 1, sources));
    EXPECT_EQ(again, anew);
    ASSERT_FALSE(said.empty());
    EXPECT_THAT(said.front(), HasSubstr("/kept/standard.partition: not used, made again: "));
    EXPECT_EQ(files_.Contents(kStandardFile), bytes);  // and kept again
  }
  files_.SetContents(kStandardFile, "");
  ASSERT_OK_AND_ASSIGN(const Shown again, Show(view(), Profile::kStandard, 1, sources));
  EXPECT_EQ(again, anew);
}

TEST_F(EpochPartitionTest, IsNotReadWhereItsEdgesHaveNoRoom) {
  KeptPartitions kept(files_, "/kept", EveryChain(100));
  const PartitionSources sources{.kept = &kept, .owners = nullptr};
  ASSERT_OK_AND_ASSIGN(const auto made, Build(sources));
  const std::uint64_t edges = made->change().edges().size();
  ASSERT_GT(edges, 0u);
  const std::uint64_t needed =
      view().addresses_count() * 9 + view().outputs_count() / 8 + 36 * edges;
  EXPECT_THAT(Partition::Build(view(), Profile::kStandard, 1, needed - 1, sources),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Partition::Build(view(), Profile::kStandard, 1, needed, sources), IsOk());
}

TEST_F(EpochPartitionTest, AnswersWhereNothingCanBeKept) {
  ASSERT_OK_AND_ASSIGN(const Shown anew, Show(view(), Profile::kStandard, 1));
  for (std::uint64_t failing = 0;; ++failing) {
    ASSERT_LT(failing, 200u);
    SCOPED_TRACE(failing);
    const std::unique_ptr<FaultFileSystem> files = files_.Clone();
    std::vector<std::string> said;
    KeptPartitions kept(*files, "/kept", EveryChain(100, &said));
    files->FailAt(failing, /*lasting=*/failing % 2 == 0);
    ASSERT_OK_AND_ASSIGN(const Shown shown,
                         Show(view(), Profile::kStandard, 1, {.kept = &kept, .owners = nullptr}));
    EXPECT_EQ(shown, anew);
    const bool fired = files->fired();
    files->StopFailing();
    // What a crash leaves behind is whole, or is not there.
    files->PowerCut(FaultFileSystem::Power::kSeeded, failing);
    KeptPartitions later(*files, "/kept", EveryChain(100, &said));
    ASSERT_OK_AND_ASSIGN(const Shown then,
                         Show(view(), Profile::kStandard, 1, {.kept = &later, .owners = nullptr}));
    EXPECT_EQ(then, anew);
    if (!fired) break;
  }
}

TEST_F(EpochPartitionTest, DoesNotKeepShortChains) {
  KeptPartitions kept(files_, "/kept", {});
  ASSERT_THAT(Build({.kept = &kept, .owners = nullptr}), IsOk());
  EXPECT_FALSE(files_.Exists(kStandardFile).value_or(true));
}

TEST_F(EpochPartitionTest, KeepsKnownOwnersApart) {
  KeptPartitions kept(files_, "/kept", EveryChain(100));
  ASSERT_OK_AND_ASSIGN(const auto before, Build({.kept = &kept, .owners = nullptr}));
  const KnownOwners same = {{AddressOf("early"), 1}, {AddressOf("change early"), 1}};
  ASSERT_OK_AND_ASSIGN(const auto agreed, Build({.kept = &kept, .owners = &same}));
  EXPECT_TRUE(Joined(*agreed, "early", "change early"));
  EXPECT_EQ(agreed->change().audit.forbidden, before->change().audit.forbidden);
  // What was kept was made with other labels.
  const KnownOwners two = {{AddressOf("early"), 1}, {AddressOf("change early"), 2}};
  ASSERT_OK_AND_ASSIGN(const auto apart, Build({.kept = &kept, .owners = &two}));
  EXPECT_FALSE(Joined(*apart, "early", "change early"));
  EXPECT_EQ(apart->change().audit.forbidden, before->change().audit.forbidden + 1);
  EXPECT_EQ(apart->model(), before->model());
  ASSERT_OK_AND_ASSIGN(const auto kept_apart, Build({.kept = &kept, .owners = &two}));
  EXPECT_FALSE(Joined(*kept_apart, "early", "change early"));
}

}  // namespace
}  // namespace coinwake::test
