// Goal: clusters of accounts are a function of the chain and the profile alone: not of the number
// of threads, nor of what was indexed and taken back. Method: a town of all that the rules look
// for.
#include "heuristics/account_partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "heuristics/deposit_reuse.h"
#include "indexer/ingest/tron_ingest.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/wire.h"
#include "tests/heuristics/account_town.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_block_files.h"

namespace coinwake {
namespace {

constexpr Profile kProfiles[] = {Profile::kStrict, Profile::kStandard, Profile::kExploratory};

const TownService kBrook{Town::Person(500), Town::Person(501)};
const Address kAnna = Town::Person(1);

// `payer` pays many deposit accounts in one transaction, and all is swept.
void DepositAtOnce(Town& town, const Address& payer, std::uint64_t first, std::uint64_t count) {
  constexpr std::uint64_t kMicro = 7'000'000;
  const Address box = town.chain().DeployContract(payer, "Box");
  town.Give(payer, count * kMicro);
  std::vector<synthetic::TokenEffect> transfers;
  for (std::uint64_t i = first; i < first + count; ++i) {
    transfers.push_back({town.usdt(), payer, Town::Fresh(i), kMicro});
  }
  town.chain().Call(payer, {.contract = box, .data = "all", .transfers = transfers});
  town.chain().NextBlock();
  for (std::uint64_t i = first; i < first + count; ++i) {
    town.PayTrx(kBrook.gas, Town::Fresh(i), 30 * kSunPerTrx);
    town.Pay(Town::Fresh(i), kBrook.hot, kMicro);
  }
}

void AddEverything(Town& town) {
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  town.Deposit(kBrook, Town::Person(300), Town::Fresh(5));
  town.Deposit(kBrook, Town::Person(301), Town::Fresh(5));
  constexpr std::uint64_t kFirst = 700;
  constexpr std::uint64_t kAtOnce = kMostDepositsOfOne - 1;
  for (std::uint64_t i = kFirst; i < kFirst + kAtOnce; ++i) {
    town.Deposit(kBrook, Town::Person(302), Town::Fresh(i));
  }
  DepositAtOnce(town, Town::Person(303), kFirst, kAtOnce);
  town.PayTrx(kAnna, Town::Fresh(900), 50 * kSunPerTrx);
  town.PayTrx(Town::Fresh(900), kAnna, kSunPerTrx);
  town.chain().Freeze(kAnna, 1'000 * kSunPerTrx, tron::Resource::kEnergy);
  town.PayTrx(kAnna, Town::Person(2), 5 * kSunPerTrx);
  town.PayTrx(Town::Person(2), kAnna, 4 * kSunPerTrx);
  town.Pass(1'201);
  town.chain().Delegate(kAnna, Town::Person(2), kSunPerTrx, tron::Resource::kEnergy);
  town.chain().NextBlock();
}

TEST(AccountPartition, IsTheSameForAnyNumberOfThreads) {
  Town town;
  AddEverything(town);
  const Surveyed made(town);
  for (const Profile profile : kProfiles) {
    const auto one = made.Clusters(profile, 1);
    // One account at once, so that threads meet in this small a chain too.
    for (const int threads : {0, 2, 5}) {
      const auto many = made.Clusters(profile, threads, /*batch=*/1);
      EXPECT_EQ(many->evidence().edges(), one->evidence().edges());
      EXPECT_EQ(many->audit(), one->audit());
      for (AddressNum account; account.value < made.view().addresses_count(); ++account) {
        ASSERT_EQ(many->ClusterOf(account), one->ClusterOf(account));
      }
    }
  }
  // They meet seldom even so, and edges of one transaction are of one rule: again and again.
  ASSERT_OK_AND_ASSIGN(const FoundReuse one,
                       FindReuse(made.reader(), made.use(), made.services(), 1));
  for (int i = 0; i < 100; ++i) {
    ASSERT_OK_AND_ASSIGN(const FoundReuse many, FindReuse(made.reader(), made.use(),
                                                          made.services(), 2 + i % 7, /*batch=*/1));
    ASSERT_EQ(many.edges, one.edges);
  }
}

TEST(AccountPartition, HasTheRulesOfItsProfile) {
  Town town;
  AddEverything(town);
  const Surveyed made(town);
  std::map<Profile, std::set<AccountRule>> rules;
  for (const Profile profile : kProfiles) {
    const auto clusters = made.Clusters(profile);
    for (const AccountEdge& edge : clusters->evidence().edges()) {
      rules[profile].insert(edge.rule);
      EXPECT_EQ(clusters->ClusterOf(AddressNum{edge.a}), clusters->ClusterOf(AddressNum{edge.b}));
    }
    // Members and edges tell the same story: without edges everybody is alone.
    std::uint64_t members = 0;
    for (AddressNum account; account.value < made.view().addresses_count(); ++account) {
      const std::vector<AddressNum> all = clusters->Members(account, std::nullopt, 10'000);
      if (all.front() != account) continue;
      EXPECT_EQ(clusters->SizeOf(account), all.size());
      members += all.size();
      for (const AddressNum member : all) {
        EXPECT_EQ(clusters->ClusterOf(member), account);
        ASSERT_OK_AND_ASSIGN(const auto chain, clusters->evidence().Chain(account, member));
        EXPECT_EQ(chain.empty(), member == account);
      }
    }
    EXPECT_EQ(members, made.view().addresses_count());
  }
  using enum AccountRule;
  EXPECT_THAT(rules[Profile::kStrict], ::testing::ElementsAre(kDepositSweep, kGasWallet));
  EXPECT_THAT(rules[Profile::kStandard],
              ::testing::ElementsAre(kDepositSweep, kGasWallet, kEnergyDelegation, kActivation));
  EXPECT_THAT(rules[Profile::kExploratory],
              ::testing::ElementsAre(kDepositSweep, kGasWallet, kEnergyDelegation, kActivation,
                                     kDepositReuse));
}

TEST(AccountPartition, KeepsKnownOwnersApart) {
  Town town;
  AddEverything(town);
  const Surveyed made(town);
  const AddressNum anna = made.Number(kAnna);
  const AddressNum other = made.Number(Town::Person(2));
  const auto build = [&](const KnownOwners& owners) {
    AccountRules rules = made.rules();
    rules.owners = owners;
    auto built = AccountPartition::Build(made.view(), Profile::kStandard, rules, 1, 0);
    EXPECT_OK(built.status());
    return *std::move(built);
  };
  const auto free = build({});
  ASSERT_EQ(free->ClusterOf(anna), free->ClusterOf(other));
  EXPECT_EQ(free->audit().forbidden, 0u);
  const auto agreed = build({{anna, 7}, {other, 7}});
  EXPECT_EQ(agreed->ClusterOf(anna), agreed->ClusterOf(other));
  const auto apart = build({{anna, 7}, {other, 8}});
  EXPECT_NE(apart->ClusterOf(anna), apart->ClusterOf(other));
  EXPECT_GT(apart->audit().forbidden, 0u);
  EXPECT_EQ(apart->evidence().edges().size() + apart->audit().forbidden,
            free->evidence().edges().size());
}

// Whatever a chain holds: amounts of 256 bits, pools, names that are no address, failed calls.
TEST(AccountPartition, StandsAnyChain) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    TronCast cast(seed);
    cast.AddBlocks(80);
    cast.chain().NextBlock();
    const TronIndex index = IndexOf(cast.blocks());
    std::string bytes;
    const Address& contract = cast.truth().assets()[cast.usdt()].contract;
    tron::AppendAssetBytes(tron::Asset::Trc20(tron::Account(contract)), &bytes);
    AccountRules rules;
    ASSERT_OK_AND_ASSIGN(rules.usdt, index.view().FindAsset(tron::SpanOf(bytes)));
    for (const Profile profile : kProfiles) {
      ASSERT_OK_AND_ASSIGN(const auto one,
                           AccountPartition::Build(index.view(), profile, rules, 1, 0));
      ASSERT_OK_AND_ASSIGN(const auto many,
                           AccountPartition::Build(index.view(), profile, rules, 3, 0));
      EXPECT_EQ(one->evidence().edges(), many->evidence().edges());
      EXPECT_EQ(one->audit(), many->audit());
    }
  }
}

TEST(AccountPartition, KeepsToItsMemory) {
  Town town;
  const Surveyed made(town);
  EXPECT_THAT(AccountPartition::Build(made.view(), Profile::kStrict, made.rules(), 1, 100),
              StatusIs(absl::StatusCode::kResourceExhausted));
  // What is kept of deposit accounts counts as well, once for each who provides for one.
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  const Surveyed more(town);
  EXPECT_EQ(more.sweepers().supplies.size(), kLeastSweepers);
  const std::uint64_t accounts_bytes = 31 * more.view().addresses_count();
  // So do the edges, two for each: as they are found, as they are kept, and their places.
  const std::uint64_t edges_bytes =
      std::uint64_t{2} * kLeastSweepers * (2 * sizeof(AccountEdge) + 8);
  const std::uint64_t all_bytes = accounts_bytes +
                                  more.sweepers().sweepers.size() * sizeof(Sweeper) +
                                  kLeastSweepers * sizeof(GasSupply) + edges_bytes;
  EXPECT_THAT(
      AccountPartition::Build(more.view(), Profile::kStrict, more.rules(), 1, all_bytes - 1),
      StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_OK(AccountPartition::Build(more.view(), Profile::kStrict, more.rules(), 1, all_bytes));
}

// An index of a folder, in memory, after it had other branches.
class Rewound {
 public:
  void Index(const Town& town, const std::string& folder) {
    Town copy = town;
    ASSERT_OK(synthetic::WriteBlockFiles(files_, folder, copy.chain().blocks()));
    TronIngestOptions options;
    options.source = folder;
    options.data_folder = "/data";
    options.threads = 1;
    ASSERT_OK_AND_ASSIGN(const auto report, IndexTron(files_, options));
    rewound_ += report.rewound_blocks;
    network_ = report.network;
  }
  std::uint64_t rewound() const { return rewound_; }
  // What joins accounts, by name.
  std::multiset<std::string> Edges(Town& town) {
    auto opened = OpenForReading(files_, "/data", network_);
    EXPECT_OK(opened);
    return EdgesOf(*opened->accounts, town);
  }
  static std::multiset<std::string> EdgesOf(const AccountView& view, Town& town) {
    AccountRules rules{.usdt = UsdtIn(view, town)};
    const auto clusters = AccountPartition::Build(view, Profile::kExploratory, rules, 1, 0);
    EXPECT_OK(clusters);
    std::multiset<std::string> edges;
    for (const AccountEdge& edge : (*clusters)->evidence().edges()) {
      edges.insert(NameIn(view, edge.a) + " " + NameIn(view, edge.b) + " " +
                   std::string(AccountRuleName(edge.rule)) + " " + view.Txid(edge.tx).ToHex());
    }
    return edges;
  }

 private:
  static std::string NameIn(const AccountView& view, std::uint32_t account) {
    return tron::Account(view.Script(AddressNum{account})).Name();
  }

  FaultFileSystem files_;
  Network network_ = Network::kTronPrivate;
  std::uint64_t rewound_ = 0;
};

TEST(AccountPartition, ForgetsWhatWasTakenBack) {
  Town base;
  base.AddCustomers(kBrook, 0, 30);
  Town left = base;
  left.AddCustomers(kBrook, 100, 25);
  left.PayTrx(kAnna, Town::Fresh(900), 50 * kSunPerTrx);
  left.PayTrx(Town::Fresh(900), kAnna, kSunPerTrx);
  left.chain().NextBlock();
  Town right = base;
  right.AddCustomers(kBrook, 200, 40);
  right.Deposit(kBrook, Town::Person(300), Town::Fresh(205));
  right.Pass(10);
  Rewound index;
  ASSERT_NO_FATAL_FAILURE(index.Index(left, "/left"));
  const std::multiset<std::string> before = index.Edges(left);
  ASSERT_NO_FATAL_FAILURE(index.Index(right, "/right"));
  EXPECT_GT(index.rewound(), 0U);
  const Surveyed fresh(right);
  const std::multiset<std::string> after = index.Edges(right);
  EXPECT_FALSE(after.empty());
  EXPECT_NE(before, after);
  EXPECT_EQ(after, Rewound::EdgesOf(fresh.view(), right));
}

}  // namespace
}  // namespace coinwake
