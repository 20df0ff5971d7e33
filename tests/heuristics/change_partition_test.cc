// Goal: profiles with change join a payer with what the chain's own model holds for its change, say
// why, and differ from `strict` in nothing else. Method: a chain whose wallets give their change
// away, with a few payments after it of which each is one case; the partition beside the components
// of the evidence it names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/change_scan.h"
#include "heuristics/cluster.h"
#include "heuristics/co_spend.h"
#include "heuristics/co_spend_scan.h"
#include "heuristics/constrained_union.h"
#include "indexer/base/check.h"
#include "tests/heuristics/wallet_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

constexpr std::uint32_t kWallets = 400;
constexpr std::uint64_t kHeld = 10 * kCoin;

class ChangePartitionTest : public ::testing::Test {
 protected:
  // Coins of ten at each of `addresses`.
  void Mint(const std::string& name, const std::vector<std::string>& addresses) {
    SimpleTransaction mint;
    mint.name = name;
    for (const std::string& address : addresses) mint.outputs.push_back({address, kHeld});
    chain().AddBlock({mint});
  }
  // Coins "mint <of>" at "<of>": two, one of which is paid away in "pay <of>" with a change that
  // nothing but its look tells.
  void PayUnknown(const std::string& of, PaymentLook look, const SimpleOutput& paid) {
    Mint("mint " + of, {of, of});
    chain().AddBlock({{},
                      PayThreeCoins("pay " + of, Spend("mint " + of, 0), look, paid, "change " + of,
                                    /*nonce=*/0)});
  }

  void Build() {
    auto index = chain().Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
      auto partition = Partition::Build(view(), profile, 2, 0);
      ASSERT_THAT(partition, IsOk());
      partitions_[profile] = *std::move(partition);
    }
  }

  IndexBuilder& chain() { return wallets_.builder(); }
  const View& view() const { return *index_.view; }
  const Partition& partition(Profile profile) const { return *partitions_.at(profile); }
  const ChangeEvidence& change(Profile profile) const { return partition(profile).change(); }
  bool Joined(Profile profile, const std::string& a, const std::string& b) {
    const Partition& one = partition(profile);
    return one.ClusterOf(chain().AddressOf(a)) == one.ClusterOf(chain().AddressOf(b));
  }
  absl::StatusOr<std::vector<EvidenceLink>> Why(Profile profile, const std::string& a,
                                                const std::string& b) {
    return WhyJoined(view(), &partition(profile), chain().AddressOf(a), chain().AddressOf(b), 0);
  }

  WalletChain wallets_{kWallets};
  FaultFileSystem files_;  // for being in memory
  OpenIndex index_;
  std::map<Profile, std::shared_ptr<const Partition>> partitions_;
};

TEST_F(ChangePartitionTest, JoinsChangeUnderTheProfileThatItIsSureEnoughFor) {
  PayUnknown("clear", PaymentLook::kClear, SegwitOutput("shop", 0));
  PayUnknown("odd", PaymentLook::kOdd, {"other shop"});
  PayUnknown("misled", PaymentLook::kMisleading, {"fourth shop"});
  PayUnknown("still", PaymentLook::kClear, {"third shop"});  // round and odd, but of one type
  Build();
  const struct {
    const char* payer;
    bool is_standard;
  } cases[] = {{"clear", true}, {"odd", false}, {"still", false}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.payer);
    const std::string with = std::string("change ") + one.payer;
    EXPECT_FALSE(Joined(Profile::kStrict, one.payer, with));
    EXPECT_EQ(Joined(Profile::kStandard, one.payer, with), one.is_standard);
    EXPECT_TRUE(Joined(Profile::kExploratory, one.payer, with));
  }
  EXPECT_FALSE(Joined(Profile::kExploratory, "odd", "other shop"));
  EXPECT_FALSE(Joined(Profile::kExploratory, "clear", "odd"));
  // What looks like the truths that mislead is believed only by the profile that risks it.
  EXPECT_FALSE(Joined(Profile::kStandard, "misled", "fourth shop"));
  EXPECT_TRUE(Joined(Profile::kExploratory, "misled", "fourth shop"));

  EXPECT_TRUE(change(Profile::kStrict).edges().empty());
  EXPECT_EQ(change(Profile::kStrict).audit, ChangeEvidence::Audit{});
  const std::uint32_t misleading = WalletChain::MisleadingOf(kWallets);
  const ChangeEvidence::Audit& standard = change(Profile::kStandard).audit;
  EXPECT_EQ(standard.truths, kWallets);
  EXPECT_EQ(standard.found, kWallets - misleading + 1);
  EXPECT_EQ(standard.united, 1u);
  EXPECT_EQ(standard.forbidden, 0u);
  EXPECT_EQ(standard.quarantined, 0u);
  EXPECT_EQ(standard.largest_before, 2u);
  EXPECT_EQ(standard.largest, 2u);
  EXPECT_FALSE(standard.grew_alarmingly);
  EXPECT_GE(change(Profile::kExploratory).audit.found, standard.found + 3);
  EXPECT_GE(change(Profile::kExploratory).audit.united, 4u);
}

TEST_F(ChangePartitionTest, SaysWhyAlongChange) {
  // u2 is spent beside u1, u1 pays with change to u3, u3 is spent beside u4.
  Mint("mint u", {"u1", "u1", "u2", "u4"});
  chain().AddBlock({{}, SpendAll("join u", {Spend("mint u", 0), Spend("mint u", 2)}, "sink u")});
  chain().AddBlock({{},
                    PayThreeCoins("pay u", Spend("mint u", 1), PaymentLook::kClear,
                                  SegwitOutput("shop u", 0), "u3", 0)});
  chain().AddBlock({{}, SpendAll("end u", {Spend("pay u", 1), Spend("mint u", 3)}, "sink")});
  Build();
  EXPECT_FALSE(Joined(Profile::kStrict, "u2", "u4"));
  EXPECT_THAT(Why(Profile::kStrict, "u2", "u4"), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(const auto links, Why(Profile::kStandard, "u2", "u4"));
  ASSERT_EQ(links.size(), 3u);
  const char* addresses[] = {"u2", "u1", "u3", "u4"};
  const char* transactions[] = {"join u", "pay u", "end u"};
  const Rule rules[] = {Rule::kCoSpend, Rule::kChange, Rule::kCoSpend};
  for (std::size_t i = 0; i < links.size(); ++i) {
    EXPECT_EQ(links[i].a, chain().AddressOf(addresses[i]));
    EXPECT_EQ(links[i].b, chain().AddressOf(addresses[i + 1]));
    EXPECT_EQ(links[i].tx, chain().TransactionOf(transactions[i]));
    EXPECT_EQ(links[i].rule, rules[i]);
  }
  EXPECT_EQ(links[0].confidence_permille, kCoSpendConfidencePermille);
  EXPECT_EQ(links[1].confidence_permille, 999u);  // no truth that clear was wrong
  EXPECT_EQ(links[0].rule_version, kCoSpendVersion);
  EXPECT_EQ(links[1].rule_version, kChangeVersion);
  // And back.
  ASSERT_OK_AND_ASSIGN(const auto back, Why(Profile::kStandard, "u4", "u2"));
  ASSERT_EQ(back.size(), 3u);
  EXPECT_EQ(back[1].a, chain().AddressOf("u3"));
  EXPECT_EQ(back[1].b, chain().AddressOf("u1"));
  EXPECT_EQ(back[1].rule, Rule::kChange);
  EXPECT_EQ(RuleName(back[1].rule), "change");
  // Of two ways as short, the one of the smaller transaction.
  ASSERT_EQ(WalletChain::LookOf(1), PaymentLook::kClear);
  ASSERT_OK_AND_ASSIGN(const auto known, Why(Profile::kStandard, "change 1", "payer 1"));
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(known[0].rule, Rule::kChange);
  EXPECT_EQ(known[0].tx, chain().TransactionOf("pay 1"));
  ASSERT_OK_AND_ASSIGN(const auto strict, Why(Profile::kStrict, "change 1", "payer 1"));
  ASSERT_EQ(strict.size(), 1u);
  EXPECT_EQ(strict[0].rule, Rule::kCoSpend);
  EXPECT_EQ(strict[0].tx, chain().TransactionOf("merge 1"));
  EXPECT_THAT(WhyJoined(view(), &partition(Profile::kStandard), chain().AddressOf("u2"),
                        chain().AddressOf("u4"), 5),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(ChangePartitionTest, LeavesAReceiverApartFromItsPayer) {
  // f pays g, whose own change then seems to go back to f's y.
  Mint("mint f", {"f", "f"});
  SimpleTransaction coin_of_y = SpendAll("coin y", {Spend("mint f", 1)}, "");
  coin_of_y.outputs = {{"f", 1000}};
  chain().AddBlock({{}, coin_of_y});
  chain().AddBlock({{},
                    PayThreeCoins("pay f", Spend("mint f", 0), PaymentLook::kClear,
                                  SegwitOutput("g", 0), "change f", 0)});
  SimpleTransaction back;
  back.name = "pay g";
  back.inputs = {Spend("pay f", 0)};
  back.inputs[0].flags.sequence_class = SequenceClass::kReplaceable;
  back.outputs = {{"shop", kCoin}, SegwitOutput("y", 2 * kCoin - 1234)};
  chain().AddBlock({{}, back});
  chain().AddBlock({{},
                    SpendAll("join y", {Spend("pay g", 1), Spend("coin y", 0)}, "sink y"),
                    SpendAll("spend f", {Spend("pay f", 1)}, "sink f")});
  Build();
  const AddressNum g = view().AddressOf(chain().OutputOf("pay f", 0));
  const AddressNum y = view().AddressOf(chain().OutputOf("pay g", 1));
  const Partition& standard = partition(Profile::kStandard);
  EXPECT_TRUE(Joined(Profile::kStandard, "f", "change f"));
  EXPECT_EQ(standard.ClusterOf(y), standard.ClusterOf(chain().AddressOf("f")));
  EXPECT_NE(standard.ClusterOf(g), standard.ClusterOf(y));
  EXPECT_EQ(standard.change().audit.forbidden, 1u);
  EXPECT_EQ(standard.change().audit.united, 1u);
  EXPECT_TRUE(standard.change().EdgesOf(g).empty());
}

TEST_F(ChangePartitionTest, JoinsLargeClustersByTwoPiecesOfEvidence) {
  // Two clusters of large size and a third; each payment's change is another's address.
  for (const char* who : {"a", "b", "c"}) {
    const std::string name = who;
    std::vector<std::string> addresses(4, name);
    std::vector<SimpleInput> coins;
    for (std::uint32_t i = 0; i < kLargeSet; ++i) {
      if (i > 0) addresses.push_back(name + std::to_string(i));
      coins.push_back(Spend("mint " + name, i + 3));
    }
    Mint("mint " + name, addresses);
    chain().AddBlock({{}, SpendAll("sweep " + name, coins, "sink " + name)});
  }
  const auto pay = [](const std::string& name, const SimpleInput& coin, const std::string& change,
                      std::uint32_t nonce) {
    return PayThreeCoins(name, coin, PaymentLook::kClear, SegwitOutput("shop of " + name, 0),
                         change, nonce);
  };
  // Of one block, and of two.
  chain().AddBlock({{},
                    pay("ab1", Spend("mint a", 0), "b7", 0),
                    pay("ab2", Spend("mint a", 1), "b8", 0),
                    pay("bc1", Spend("mint b", 0), "c7", 0)});
  chain().AddBlock({{}, pay("bc2", Spend("mint b", 1), "c8", 0)});
  Build();
  EXPECT_FALSE(Joined(Profile::kStandard, "a", "b"));
  EXPECT_TRUE(Joined(Profile::kStandard, "b", "c"));
  const ChangeEvidence::Audit& audit = change(Profile::kStandard).audit;
  EXPECT_EQ(audit.quarantined, 3u);
  EXPECT_EQ(audit.united, 1u);
  EXPECT_EQ(audit.largest_before, kLargeSet);
  EXPECT_EQ(audit.largest, 2 * kLargeSet);
  EXPECT_TRUE(audit.grew_alarmingly);
  // Two payments hold b and c together, one of which waited for the other.
  EXPECT_EQ(audit.bridges, 0u);
  // Evidence that waits joins nobody.
  EXPECT_TRUE(change(Profile::kStandard).EdgesOf(chain().AddressOf("b7")).empty());
  ASSERT_OK_AND_ASSIGN(const auto links, Why(Profile::kStandard, "b", "c8"));
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].tx, chain().TransactionOf("bc2"));
}

// Sets below kLargeSet need one piece of evidence, and may grow afterwards: what still hangs by it
// is told.
TEST_F(ChangePartitionTest, TellsOfWhatAloneHoldsLargePartsTogether) {
  // Four clusters of 600, on one string: the middle link has 1,200 addresses on both sides.
  constexpr std::uint64_t kEach = 600;
  for (const char* who : {"a", "b", "c", "d"}) {
    const std::string name = who;
    std::vector<std::string> addresses(4, name);
    std::vector<SimpleInput> coins;
    for (std::uint32_t i = 0; i < kEach; ++i) {
      if (i > 0) addresses.push_back(name + std::to_string(i));
      coins.push_back(Spend("mint " + name, i + 3));
    }
    Mint("mint " + name, addresses);
    chain().AddBlock({{}, SpendAll("sweep " + name, coins, "sink " + name)});
  }
  // The middle one first, as equally sure evidence goes in by its place in the chain.
  const std::pair<std::string, std::string> payments[] = {{"b", "c7"}, {"b", "a7"}, {"c", "d7"}};
  std::uint32_t coin = 0;
  for (const auto& [payer, to] : payments) {
    chain().AddBlock({{},
                      PayThreeCoins("pay " + to, Spend("mint " + payer, coin++),
                                    PaymentLook::kClear, SegwitOutput("shop of " + to, 0), to, 0)});
  }
  Build();
  ASSERT_TRUE(Joined(Profile::kStandard, "a", "d"));
  const ChangeEvidence& standard = change(Profile::kStandard);
  EXPECT_EQ(standard.audit.quarantined, 0u);
  EXPECT_EQ(standard.audit.bridges, 1u);
  const Partition& strict = partition(Profile::kStrict);
  ASSERT_EQ(standard.bridges.size(), 1u);
  EXPECT_EQ(standard.bridges[0],
            (ChangeBridge{chain().TransactionOf("pay c7"), strict.ClusterOf(chain().AddressOf("b")),
                          strict.ClusterOf(chain().AddressOf("c")), 2 * kEach, 2 * kEach}));
  EXPECT_TRUE(change(Profile::kStrict).bridges.empty());
}

// A payment in two parts to one fresh address has no change to guess.
TEST_F(ChangePartitionTest, DoesNotJoinAReceiverPaidTwice) {
  Mint("mint v", {"v"});
  SimpleTransaction pay = PayThreeCoins("pay v", Spend("mint v", 0), PaymentLook::kClear,
                                        SegwitOutput("exchange", 0), "exchange", 0);
  pay.outputs = {{"exchange", 3 * kCoin}, {"exchange", 7 * kCoin - 12'345}};
  chain().AddBlock({{}, pay});
  Build();
  EXPECT_FALSE(Joined(Profile::kStandard, "v", "exchange"));
  EXPECT_FALSE(Joined(Profile::kExploratory, "v", "exchange"));
}

// The chain gave the change of wallet 7's payment away; what the model would say is no evidence.
TEST_F(ChangePartitionTest, LeavesApartWhomAPaymentOfKnownChangePaid) {
  ASSERT_EQ(WalletChain::LookOf(7), PaymentLook::kMisleading);
  Build();
  EXPECT_TRUE(Joined(Profile::kStrict, "payer 7", "change 7"));
  EXPECT_FALSE(Joined(Profile::kExploratory, "payer 7", "paid 7"));
  EXPECT_EQ(change(Profile::kExploratory).audit.united, 0u);
}

// Anybody may spend an anchor, and all anchors are one address.
TEST_F(ChangePartitionTest, DoesNotTakeWhatNamesNobodyForChange) {
  const struct {
    const char* name;
    ScriptType type;
    std::vector<std::uint8_t> script;
  } cases[] = {{"anchor", ScriptType::kAnchor, {0x51, 0x02, 0x4e, 0x73}},
               {"nonstandard", ScriptType::kNonstandard, {0x51}},
               {"unknown", ScriptType::kWitnessUnknown, {0x52, 0x02, 0x4e, 0x73}}};
  for (const auto& one : cases) {
    for (const char* number : {" 1", " 2"}) {
      const std::string payer = std::string(one.name) + number;
      Mint("mint " + payer, {payer});
      SimpleTransaction pay =
          PayThreeCoins("pay " + payer, Spend("mint " + payer, 0), PaymentLook::kOdd,
                        SegwitOutput("shop " + payer, 0), "", 0);
      pay.outputs[1] = {"", 240, one.script, one.type};
      chain().AddBlock({{}, pay});
    }
  }
  Build();
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    EXPECT_FALSE(
        Joined(Profile::kExploratory, std::string(one.name) + " 1", std::string(one.name) + " 2"));
    const AddressNum nobody =
        view().AddressOf(chain().OutputOf("pay " + std::string(one.name) + " 1", 1));
    EXPECT_EQ(partition(Profile::kExploratory).SizeOf(nobody), 1u);
  }
}

TEST_F(ChangePartitionTest, RefusesLessMemoryThanItNeeds) {
  Build();
  // For each output held for change 76: found, as a link, as an edge, and its place.
  const std::uint64_t needed = view().addresses_count() * 9 + view().outputs_count() / 8 +
                               76 * change(Profile::kStandard).audit.found;
  EXPECT_THAT(Partition::Build(view(), Profile::kStandard, 1, needed - 1),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Partition::Build(view(), Profile::kStandard, 1, needed), IsOk());
}

TEST(GrewAlarmingly, IsMoreThanOneInTwoHundredOrAMillion) {
  EXPECT_FALSE(GrewAlarmingly(7, 7, 0));
  EXPECT_FALSE(GrewAlarmingly(10, 15, 1'000));
  EXPECT_TRUE(GrewAlarmingly(10, 16, 1'000));
  EXPECT_TRUE(GrewAlarmingly(10, 16, 1'199));
  EXPECT_FALSE(GrewAlarmingly(10, 16, 1'200));
  EXPECT_FALSE(GrewAlarmingly(10, 1'000'010, 2'000'000'000));
  EXPECT_TRUE(GrewAlarmingly(10, 1'000'011, 2'000'000'000));
}

TEST(ChangePartition, IsTheStrictOneWhereThereAreTooFewTruths) {
  WalletChain wallets(299);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, wallets.builder().Build(files, "/data"));
  for (const Profile profile : {Profile::kStandard, Profile::kExploratory}) {
    ASSERT_OK_AND_ASSIGN(const auto partition, Partition::Build(*index.view, profile, 1, 0));
    EXPECT_EQ(partition->change().audit.truths, 299u);
    EXPECT_EQ(partition->change().audit.found, 0u);
    EXPECT_TRUE(partition->change().edges().empty());
    EXPECT_EQ(partition->change().audit.largest, 2u);
  }
}

// Whatever the profile: the clusters are the components of co-spends and of the edges it names.

class EvidenceComponents {
 public:
  EvidenceComponents(const View& view, const FactsReader& facts, const ChangeEvidence& change) {
    neighbours_.resize(view.addresses_count());
    for (TxNum tx{}; tx.value < view.transactions_count(); ++tx) {
      const std::vector<AddressNum> joined = CoSpenders(facts, tx);
      for (const AddressNum a : joined) {
        for (const AddressNum b : joined) Link(a, b);
      }
    }
    for (const ChangeEdge& edge : change.edges()) {
      Link(edge.payer, edge.change);
      Link(edge.change, edge.payer);
    }
  }
  // Links to each address that can be reached.
  std::map<AddressNum, std::size_t> DistancesFrom(AddressNum start) const {
    std::map<AddressNum, std::size_t> distance = {{start, 0}};
    std::deque<AddressNum> queue = {start};
    while (!queue.empty()) {
      const AddressNum at = queue.front();
      queue.pop_front();
      for (const AddressNum next : neighbours_[at.value]) {
        if (distance.emplace(next, distance[at] + 1).second) queue.push_back(next);
      }
    }
    return distance;
  }

 private:
  void Link(AddressNum from, AddressNum to) {
    if (from != to) neighbours_[from.value].insert(to);
  }
  std::vector<std::set<AddressNum>> neighbours_;
};

class ChangeComponentsTest : public ChangePartitionTest {
 protected:
  // Chains of payments whose change pays on, so that clusters of several links come about.
  void AddChains(int chains, int payments) {
    for (int i = 0; i < chains; ++i) {
      const std::string name = "chain " + std::to_string(i) + " ";
      Mint(name + "0", {name + "payer"});
      for (int n = 1; n <= payments; ++n) {
        const std::string last = name + std::to_string(n - 1);
        const std::string next = name + std::to_string(n);
        SimpleTransaction pay;
        pay.name = next;
        pay.inputs = {Spend(last, n == 1 ? 0 : 1)};
        pay.inputs[0].flags.sequence_class = SequenceClass::kReplaceable;
        const std::uint64_t left = kHeld - static_cast<std::uint64_t>(n) * (kCoin + 12'345);
        pay.outputs = {SegwitOutput("shop " + next, kCoin), {"change " + next, left}};
        chain().AddBlock({{}, pay});
      }
    }
  }
  void CheckLinks(const std::vector<EvidenceLink>& links, AddressNum a, AddressNum b,
                  const ChangeEvidence& evidence, const FactsReader& facts) {
    AddressNum at = a;
    for (const EvidenceLink& link : links) {
      EXPECT_EQ(link.a, at);
      at = link.b;
      if (link.rule == Rule::kCoSpend) {
        const std::vector<AddressNum> joined = CoSpenders(facts, link.tx);
        EXPECT_TRUE(std::binary_search(joined.begin(), joined.end(), link.a));
        EXPECT_TRUE(std::binary_search(joined.begin(), joined.end(), link.b));
        continue;
      }
      const std::vector<ChangeEdge> edges = evidence.EdgesOf(link.a);
      EXPECT_TRUE(std::any_of(edges.begin(), edges.end(), [&](const ChangeEdge& edge) {
        return std::minmax(edge.payer, edge.change) == std::minmax(link.a, link.b) &&
               edge.tx == link.tx && edge.confidence_permille == link.confidence_permille;
      }));
    }
    EXPECT_EQ(at, b);
  }
};

TEST_F(ChangeComponentsTest, AreTheClustersAndGiveTheShortestWays) {
  AddChains(/*chains=*/12, /*payments=*/6);
  PayUnknown("odd", PaymentLook::kOdd, {"shop"});
  Build();
  ASSERT_OK_AND_ASSIGN(const FactsReader facts, FactsReader::Make(view()));
  int long_ways = 0;
  for (const auto& [profile, one] : partitions_) {
    SCOPED_TRACE(ProfileName(profile));
    const EvidenceComponents components(view(), facts, one->change());
    std::uint64_t clusters = 0;
    for (AddressNum a{}; a.value < view().addresses_count(); ++a) {
      const std::map<AddressNum, std::size_t> distance = components.DistancesFrom(a);
      std::vector<AddressNum> members;
      members.reserve(distance.size());
      for (const auto& [address, links] : distance) members.push_back(address);
      ASSERT_EQ(one->ClusterOf(a), members.front());  // the smallest
      ASSERT_EQ(one->Members(a, std::nullopt, 1u << 20), members);
      ASSERT_EQ(one->SizeOf(a), members.size());
      if (members.front() == a) ++clusters;
      if (members.size() < 3 && a.value % 16 != 0) continue;
      for (const AddressNum b : members) {
        ASSERT_OK_AND_ASSIGN(const auto links, WhyJoined(view(), one.get(), a, b, 0));
        ASSERT_EQ(links.size(), distance.at(b));
        if (links.size() >= 3) ++long_ways;
        CheckLinks(links, a, b, one->change(), facts);
      }
    }
    EXPECT_EQ(one->clusters_count(), clusters);
    const ChangeEvidence::Audit& audit = one->change().audit;
    EXPECT_EQ(audit.found, one->change().edges().size() + audit.forbidden + audit.quarantined);
    EXPECT_EQ(partition(Profile::kStrict).clusters_count() - clusters, audit.united);
  }
  EXPECT_GT(long_ways, 100);
}

// Every cluster lies in one of the next profile.
TEST_F(ChangeComponentsTest, GrowWithTheProfile) {
  AddChains(/*chains=*/4, /*payments=*/3);
  PayUnknown("odd", PaymentLook::kOdd, {"shop"});
  Build();
  const std::pair<Profile, Profile> steps[] = {{Profile::kStrict, Profile::kStandard},
                                               {Profile::kStandard, Profile::kExploratory}};
  for (const auto& [smaller, larger] : steps) {
    EXPECT_GT(partition(smaller).clusters_count(), partition(larger).clusters_count());
    for (AddressNum a{}; a.value < view().addresses_count(); ++a) {
      const AddressNum root = partition(smaller).ClusterOf(a);
      ASSERT_EQ(partition(larger).ClusterOf(a), partition(larger).ClusterOf(root));
    }
  }
}

// Long enough for several threads to have payments at once.
TEST(ChangePartition, DoesNotDependOnTheNumberOfThreads) {
  WalletChain wallets(2600);
  IndexBuilder& chain = wallets.builder();
  for (const char* name : {"x", "y", "z"}) {  // enough for exploratory only
    const std::string mint = std::string("mint ") + name;
    chain.AddBlock({{mint, {}, {{name, kHeld}}}});
    chain.AddBlock({{},
                    PayThreeCoins("", Spend(mint, 0), PaymentLook::kOdd, {"shop"},
                                  std::string("change ") + name, 0)});
  }
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  const View& view = *index.view;
  ASSERT_GT(view.transactions_count(), 6'000u);
  ASSERT_OK_AND_ASSIGN(const FactsReader facts, FactsReader::Make(view));
  ASSERT_OK_AND_ASSIGN(const auto use, ScanAddressUse(view, 0));
  const PaymentReader payments(facts, *use);
  UnionByMin unions(view.addresses_count());
  ASSERT_OK(UniteCoSpends(facts, TxNum{0}, 1, &unions));
  unions.Flatten();
  ASSERT_OK_AND_ASSIGN(const ChangeModel model, FitChangeModel(facts, payments, unions, 1));
  EXPECT_EQ(model.truths(), 2600u);
  ASSERT_EQ(model.eras().size(), 1u);
  EXPECT_EQ(model.eras()[0].truths, 2600u);
  constexpr std::int64_t kAny = -20'000;
  ASSERT_OK_AND_ASSIGN(const auto found, FindChange(facts, payments, unions, model, kAny, 1));
  EXPECT_TRUE(
      std::is_sorted(found.begin(), found.end(), [](const FoundChange& a, const FoundChange& b) {
        return a.score != b.score ? a.score > b.score : a.tx < b.tx;
      }));
  // The threshold cuts the same list.
  const std::int64_t threshold = model.standard_threshold().value();
  ASSERT_OK_AND_ASSIGN(auto above, FindChange(facts, payments, unions, model, threshold, 3));
  EXPECT_LT(above.size(), found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].score >= threshold, i < above.size());
    if (i < above.size()) {
      ASSERT_EQ(above[i], found[i]);
    }
  }
  ASSERT_OK_AND_ASSIGN(const auto partition, Partition::Build(view, Profile::kStandard, 1, 0));
  for (const int threads : {2, 5}) {
    SCOPED_TRACE(threads);
    ASSERT_OK_AND_ASSIGN(const ChangeModel other, FitChangeModel(facts, payments, unions, threads));
    EXPECT_TRUE(other == model);
    ASSERT_OK_AND_ASSIGN(const auto others,
                         FindChange(facts, payments, unions, model, kAny, threads));
    EXPECT_EQ(others, found);
    ASSERT_OK_AND_ASSIGN(const auto many, Partition::Build(view, Profile::kStandard, threads, 0));
    EXPECT_EQ(many->change().edges(), partition->change().edges());
    EXPECT_EQ(many->change().audit, partition->change().audit);
    for (AddressNum i{}; i.value < view.addresses_count(); ++i) {
      ASSERT_EQ(many->ClusterOf(i), partition->ClusterOf(i));
    }
  }
}

TEST(ChangePartition, TellsOfADamagedColumn) {
  WalletChain wallets(320);
  FaultFileSystem files;
  ASSERT_OK(wallets.builder().Build(files, "/data").status());
  const std::string columns = ColumnsFolder(FolderOfNetwork("/data", Network::kBitcoinRegtest));
  for (const char* name : {"tx_first_output", "tx_first_input", "tx_version", "tx_locktime",
                           "tx_weight", "output_value", "output_address", "output_spender",
                           "input_source", "input_flags", "address_type"}) {
    SCOPED_TRACE(name);
    const std::unique_ptr<FaultFileSystem> copy = files.Clone();
    copy->FlipByte(columns + "/" + name + ".col", kColumnHeaderBytes, 1);
    ASSERT_OK_AND_ASSIGN(const OpenIndex damaged,
                         OpenForReading(*copy, "/data", Network::kBitcoinRegtest));
    EXPECT_THAT(Partition::Build(*damaged.view, Profile::kStandard, 2, 0),
                StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(ChangeEvidenceTest, FindsEdgesFromEitherEnd) {
  const auto edge = [](std::uint64_t payer, std::uint64_t change, std::uint64_t tx) {
    return ChangeEdge{AddressNum{payer}, AddressNum{change}, TxNum{tx}, 900};
  };
  const ChangeEvidence evidence({edge(5, 6, 30), edge(2, 5, 40), edge(5, 9, 10), edge(1, 5, 20),
                                 edge(1, 9, 50), edge(4, 8, 1)});
  using ::testing::ElementsAre;
  EXPECT_THAT(evidence.EdgesOf(AddressNum{5}),
              ElementsAre(edge(5, 9, 10), edge(5, 6, 30), edge(1, 5, 20), edge(2, 5, 40)));
  EXPECT_THAT(evidence.EdgesOf(AddressNum{9}), ElementsAre(edge(5, 9, 10), edge(1, 9, 50)));
  EXPECT_THAT(evidence.EdgesOf(AddressNum{1}), ElementsAre(edge(1, 5, 20), edge(1, 9, 50)));
  EXPECT_THAT(evidence.EdgesOf(AddressNum{7}), ::testing::IsEmpty());
  EXPECT_THAT(ChangeEvidence().EdgesOf(AddressNum{0}), ::testing::IsEmpty());
  EXPECT_EQ(evidence.edges().front(), edge(1, 5, 20));
  EXPECT_EQ(evidence.edges().back(), edge(5, 6, 30));
}

}  // namespace
}  // namespace coinwake::test
