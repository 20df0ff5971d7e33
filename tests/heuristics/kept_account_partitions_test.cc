// Goal: what is kept of partitions of accounts saves work and changes no answer: after any
// reorganisation, late receipts, damage or a failing disk there is the partition that would be
// built, or none. Method: a town that grows and is rewound, held against what is built each time;
// every byte flipped, every length cut, every fault once.
#include "heuristics/kept_account_partitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "indexer/ingest/tron_ingest.h"
#include "indexer/view/open.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_block_files.h"

namespace coinwake {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Profile kProfiles[] = {Profile::kStrict, Profile::kStandard, Profile::kExploratory};
constexpr char kStrictFile[] = "/kept/strict.partition";
const TownService kBrook{Town::Person(500), Town::Person(501)};

KeptAccountPartitions::Options EveryChain(std::vector<std::string>* said = nullptr) {
  KeptAccountPartitions::Options options;
  options.least_transactions = 1;
  if (said != nullptr) {
    options.say = [said](std::string_view line) { said->emplace_back(line); };
  }
  return options;
}

void ExpectSame(const AccountPartition& a, const AccountPartition& b) {
  EXPECT_EQ(a.profile(), b.profile());
  EXPECT_EQ(a.audit(), b.audit());
  EXPECT_EQ(a.clusters_count(), b.clusters_count());
  EXPECT_EQ(a.evidence().edges(), b.evidence().edges());
  ASSERT_TRUE(std::equal(a.roots().begin(), a.roots().end(), b.roots().begin(), b.roots().end()));
}

// An index of growing and of forking towns in one folder.
class Towns {
 public:
  // Indexes the town's blocks, whatever was there before.
  void Index(const Town& town) {
    index_ = OpenIndex();  // one at a time has a folder open
    Town copy = town;
    const std::string folder = "/blocks" + std::to_string(++runs_);
    ASSERT_OK(synthetic::WriteBlockFiles(files_, folder, copy.chain().blocks()));
    TronIngestOptions options;
    options.source = folder;
    options.data_folder = "/data";
    options.threads = 1;
    ASSERT_OK_AND_ASSIGN(const auto report, IndexTron(files_, options));
    ASSERT_EQ(report.height, copy.chain().blocks().back().number);
    rewound_ += report.rewound_blocks;
    ASSERT_OK_AND_ASSIGN(index_, OpenForReading(files_, "/data", report.network));
    rules_.usdt = UsdtIn(view(), copy);
  }
  const AccountView& view() const { return *index_.accounts; }
  const AccountRules& rules() const { return rules_; }
  std::uint64_t rewound() const { return rewound_; }

 private:
  FaultFileSystem files_;
  OpenIndex index_;
  AccountRules rules_;
  int runs_ = 0;
  std::uint64_t rewound_ = 0;
};

// Something that changes clusters, or may.
void LiveOn(Town& town, std::mt19937_64& random) {
  const std::uint64_t who = random() % 40;
  switch (random() % 3) {
    case 0:
      town.Deposit(kBrook, Town::Person(who), Town::Fresh(who));
      break;
    case 1:
      // A deposit account that pays somebody else is none any more, from its first sweep on.
      town.Give(Town::Person(who), 3'000'000);
      town.Pay(Town::Person(who), Town::Fresh(who), 3'000'000);
      town.chain().NextBlock();
      town.PayTrx(Town::Fresh(who), Town::Person(400), 2);
      town.chain().NextBlock();
      break;
    default:
      town.PayTrx(Town::Person(who), Town::Person(who + 1), 50 * kSunPerTrx);
      town.chain().NextBlock();
  }
}

TEST(KeptAccountPartitionsTest, AreOfJustWhatIsIndexedAfterAnyReorganisation) {
  int kept_count = 0;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Town town;
    town.AddCustomers(kBrook, 0, kLeastSweepers);
    town.chain().NextBlock();
    std::vector<Town> before = {town};
    FaultFileSystem files;
    std::vector<std::string> said;
    KeptAccountPartitions kept(files, "/kept", EveryChain(&said));
    Towns towns;
    for (int round = 0; round < 8; ++round) {
      SCOPED_TRACE(round);
      ASSERT_NO_FATAL_FAILURE(towns.Index(town));
      for (const Profile profile : kProfiles) {
        EXPECT_EQ(kept.Load(towns.view(), profile, towns.rules()), nullptr);
        ASSERT_OK_AND_ASSIGN(const auto built,
                             AccountPartition::Build(towns.view(), profile, towns.rules(), 1, 0));
        kept.Save(towns.view(), towns.rules(), *built);
        const auto loaded = kept.Load(towns.view(), profile, towns.rules());
        ASSERT_NE(loaded, nullptr);
        ASSERT_NO_FATAL_FAILURE(ExpectSame(*loaded, *built));
        ++kept_count;
      }
      // On the tip, or a longer branch from an earlier town.
      const std::uint64_t reached = town.chain().blocks().back().number;
      if (random() % 2 == 0) town = before[random() % before.size()];
      while (town.chain().blocks().back().number <= reached) LiveOn(town, random);
      before.push_back(town);
    }
    EXPECT_GT(towns.rewound(), 0u);
    EXPECT_THAT(said, IsEmpty());
  }
  EXPECT_EQ(kept_count, 2 * 8 * 3);
}

class KeptAccountsTest : public ::testing::Test {
 protected:
  static Surveyed& Made() {
    static auto* const made = [] {
      Town town;
      town.AddCustomers(kBrook, 0, kLeastSweepers);
      return new Surveyed(town);
    }();
    return *made;
  }
  static const AccountPartition& Built() {
    static const auto* const built = new auto(Made().Clusters(Profile::kStrict));
    return **built;
  }
  static const AccountView& view() { return Made().view(); }
  static const AccountRules& rules() { return Made().rules(); }
};

TEST_F(KeptAccountsTest, AreOfTheHotWalletsThatWereKnown) {
  FaultFileSystem files;
  KeptAccountPartitions kept(files, "/kept", EveryChain());
  kept.Save(view(), rules(), Built());
  AccountRules other = rules();
  other.known.push_back({Made().Number(kBrook.hot), 0});
  EXPECT_EQ(kept.Load(view(), Profile::kStrict, other), nullptr);
  other = rules();
  other.usdt.reset();
  EXPECT_EQ(kept.Load(view(), Profile::kStrict, other), nullptr);
  EXPECT_NE(kept.Load(view(), Profile::kStrict, rules()), nullptr);
  EXPECT_EQ(kept.Load(view(), Profile::kStandard, rules()), nullptr);
}

// The same blocks with fewer of their receipts: hashes of blocks do not tell the two apart.
TEST_F(KeptAccountsTest, AreOfTheReceiptsThatWereThere) {
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  town.chain().NextBlock();
  const std::vector<synthetic::TronBlock> whole = town.chain().blocks();
  std::vector<synthetic::TronBlock> cut = whole;
  for (std::size_t i = 200; i < cut.size(); ++i) cut[i].receipts.clear();
  const TronIndex less = IndexOf(cut, Network::kTronPrivate);
  const TronIndex more = IndexOf(whole, Network::kTronPrivate);
  ASSERT_EQ(less.view().snapshot().block_hash, more.view().snapshot().block_hash);
  FaultFileSystem files;
  KeptAccountPartitions kept(files, "/kept", EveryChain());
  const AccountRules rules{.usdt = UsdtIn(less.view(), town)};
  ASSERT_OK_AND_ASSIGN(const auto built,
                       AccountPartition::Build(less.view(), Profile::kStrict, rules, 1, 0));
  kept.Save(less.view(), rules, *built);
  EXPECT_NE(kept.Load(less.view(), Profile::kStrict, rules), nullptr);
  EXPECT_EQ(kept.Load(more.view(), Profile::kStrict, rules), nullptr);
}

TEST_F(KeptAccountsTest, OfShortChainsAreNone) {
  FaultFileSystem files;
  KeptAccountPartitions kept(files, "/kept", {});
  kept.Save(view(), rules(), Built());
  EXPECT_THAT(files.AllFiles(), IsEmpty());
}

TEST_F(KeptAccountsTest, AreNotReadWhereThereIsNoRoomForThem) {
  FaultFileSystem files;
  KeptAccountPartitions(files, "/kept", EveryChain()).Save(view(), rules(), Built());
  ASSERT_FALSE(Built().evidence().edges().empty());
  const std::uint64_t needed =
      8 * view().addresses_count() + 32 * Built().evidence().edges().size();
  std::vector<std::string> said;
  KeptAccountPartitions::Options options = EveryChain(&said);
  options.memory_bytes = needed - 1;
  EXPECT_EQ(KeptAccountPartitions(files, "/kept", options).Load(view(), Profile::kStrict, rules()),
            nullptr);
  EXPECT_THAT(said, IsEmpty());  // it is not damaged
  options.memory_bytes = needed;
  EXPECT_NE(KeptAccountPartitions(files, "/kept", options).Load(view(), Profile::kStrict, rules()),
            nullptr);
}

TEST_F(KeptAccountsTest, SaysWhatIsDamaged) {
  FaultFileSystem files;
  std::vector<std::string> said;
  KeptAccountPartitions kept(files, "/kept", EveryChain(&said));
  kept.Save(view(), rules(), Built());
  const std::string bytes = files.Contents(kStrictFile);
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    SCOPED_TRACE(at);
    said.clear();
    files.FlipByte(kStrictFile, at, 0x10);
    EXPECT_EQ(kept.Load(view(), Profile::kStrict, rules()), nullptr);
    ASSERT_FALSE(said.empty());
    EXPECT_THAT(said.front(), HasSubstr("/kept/strict.partition: not used: "));
    files.FlipByte(kStrictFile, at, 0x10);
  }
  EXPECT_NE(kept.Load(view(), Profile::kStrict, rules()), nullptr);
}

TEST_F(KeptAccountsTest, AreWholeOrNotThereWhateverFails) {
  FaultFileSystem plain;
  KeptAccountPartitions(plain, "/kept", EveryChain()).Save(view(), rules(), Built());
  const std::string whole = plain.Contents(kStrictFile);
  int kept_count = 0;
  for (std::uint64_t failing = 0;; ++failing) {
    ASSERT_LT(failing, 100u);
    SCOPED_TRACE(failing);
    FaultFileSystem files;
    std::vector<std::string> said;
    KeptAccountPartitions kept(files, "/kept", EveryChain(&said));
    files.FailAt(failing, /*lasting=*/failing % 2 == 0);
    kept.Save(view(), rules(), Built());
    const bool fired = files.fired();
    EXPECT_EQ(said.empty(), !fired);
    files.StopFailing();
    files.PowerCut(FaultFileSystem::Power::kSeeded, failing);
    KeptAccountPartitions later(files, "/kept", EveryChain());
    const auto loaded = later.Load(view(), Profile::kStrict, rules());
    if (loaded != nullptr) {
      EXPECT_EQ(files.Contents(kStrictFile), whole);
      ++kept_count;
    }
    if (!fired) break;
  }
  EXPECT_GT(kept_count, 0);
}

KeptAccounts SomeAccounts() {
  KeptAccounts kept;
  kept.head.profile = Profile::kExploratory;
  kept.head.network = Network::kTronNile;
  kept.head.height = 12;
  kept.head.index.bytes.fill(7);
  kept.head.rules.bytes.fill(9);
  kept.head.transactions = 40;
  kept.head.audit = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  kept.parents = {0, 0, 2, 0, 2, 5};
  kept.head.accounts = kept.parents.size();
  kept.edges = {{TxNum{17}, 0, 3, kNone32, 900, AccountRule::kDepositSweep},
                {TxNum{19}, 1, 0, kNone32, 900, AccountRule::kGasWallet},
                {TxNum{39}, 2, 4, 5, 1000, AccountRule::kDepositReuse}};
  kept.head.edges = kept.edges.size();
  for (std::uint32_t i = 0; i < kept.head.audit.sweep_targets; ++i) {
    kept.head.sweep_targets.push_back(
        {TxNum{i}, i % 6, (i + 1) % 6, kNone32, kSweepTargetPermille, AccountRule::kSweepTarget});
  }
  return kept;
}

Bytes Encode(const KeptAccounts& kept) {
  Bytes bytes;
  EXPECT_OK(EncodeKept(kept.head, kept.parents, kept.edges, [&bytes](ByteSpan part) {
    bytes.insert(bytes.end(), part.begin(), part.end());
    return absl::OkStatus();
  }));
  return bytes;
}

TEST(KeptAccountsCodec, ReadsWhatItWroteAndNothingElse) {
  const KeptAccounts kept = SomeAccounts();
  const Bytes bytes = Encode(kept);
  ASSERT_OK_AND_ASSIGN(const KeptAccounts read, DecodeKeptAccounts(bytes));
  EXPECT_EQ(read.head, kept.head);
  EXPECT_EQ(read.parents, kept.parents);
  EXPECT_EQ(read.edges, kept.edges);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeKeptAccounts(ByteSpan(bytes).first(size)).ok()) << size;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      Bytes flipped = bytes;
      flipped[i] = static_cast<std::uint8_t>(flipped[i] ^ 1 << bit);
      EXPECT_FALSE(DecodeKeptAccounts(flipped).ok()) << i;
    }
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(DecodeKeptAccounts(longer).ok());
}

// True checksums are no proof of numbers that can be.
TEST(KeptAccountsCodec, RefusesWhatNoBuildMakes) {
  const auto refused = [](const std::function<void(KeptAccounts*)>& spoil) {
    KeptAccounts kept = SomeAccounts();
    spoil(&kept);
    return !DecodeKeptAccounts(Encode(kept)).ok();
  };
  EXPECT_FALSE(refused([](KeptAccounts*) {}));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->parents[3] = 4; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->parents[3] = 1; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->edges[0].a = 6; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->edges[0].b = 6; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->edges[2].via = 6; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->edges[0].tx = TxNum{40}; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->edges[0].confidence_permille = 1001; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { std::swap(kept->edges[0], kept->edges[1]); }));
  EXPECT_TRUE(
      refused([](KeptAccounts* kept) { kept->edges[0].rule = AccountRule::kPermissionControl; }));
  // An edge of a rule that takes no part in the profile.
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->head.profile = Profile::kStrict; }));
  EXPECT_TRUE(refused([](KeptAccounts* kept) { kept->head.profile = static_cast<Profile>(4); }));
}

}  // namespace
}  // namespace coinwake
