// Goal: clusters of accounts and their evidence are answered as they are, sums and control beside
// them. Method: a town with a service, a customer with two accounts and a hijacked account.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "labels/label_store.h"
#include "server/account_answers.h"
#include "server/account_clusters.h"
#include "server/page_token.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const TownService kBrook{Town::Person(500), Town::Person(501)};
const Address kThief = Town::Person(502);

class AccountClusterTest : public ::testing::Test {
 protected:
  static Surveyed& Made() {
    static Town* const town = [] {
      auto* const made = new Town();
      made->AddCustomers(kBrook, 0, kLeastSweepers);
      made->Deposit(kBrook, Town::Person(300), Town::Fresh(5));
      made->chain().UpdatePermission(Town::Person(300), {kThief}, 1);
      made->chain().NextBlock();
      return made;
    }();
    static auto* const made = new Surveyed(*town);
    return *made;
  }

  AccountClusterTest() : clusters_(Shared(), nullptr, 2, nullptr) {}

  // Of the view, which lives as long as the program.
  static std::shared_ptr<const AccountView> Shared() {
    return {std::shared_ptr<const AccountView>(), &Made().view()};
  }

  absl::StatusOr<v1::Cluster> Cluster(const Address& address, const std::string& profile,
                                      std::uint32_t page_size = kWholeList,
                                      const std::string& token = "") {
    v1::GetClusterRequest request;
    request.set_address(address.ToBase58());
    request.set_profile(profile);
    request.set_members(true);
    request.set_page_size(page_size);
    request.set_page_token(token);
    v1::Cluster answer;
    COINWAKE_RETURN_IF_ERROR(
        AnswerCluster(Made().view(), clusters_, request, page_size, nullptr, &answer));
    return answer;
  }
  absl::StatusOr<v1::Evidence> Why(const Address& a, const Address& b, const std::string& profile) {
    v1::ExplainRequest request;
    request.set_address_a(a.ToBase58());
    request.set_address_b(b.ToBase58());
    request.set_profile(profile);
    v1::Evidence answer;
    COINWAKE_RETURN_IF_ERROR(AnswerExplain(Made().view(), clusters_, request, nullptr, &answer));
    return answer;
  }

  AccountClusters clusters_;
};

TEST_F(AccountClusterTest, HasMembersAndTheirSums) {
  ASSERT_OK_AND_ASSIGN(const v1::Cluster cluster, Cluster(Town::Fresh(7), "strict"));
  EXPECT_EQ(cluster.size(), kLeastSweepers + 2);
  EXPECT_THAT(cluster.members(), SizeIs(kLeastSweepers + 2));
  EXPECT_THAT(cluster.members(), Contains(kBrook.hot.ToBase58()));
  EXPECT_THAT(cluster.members(), Contains(Town::Fresh(7).ToBase58()));
  EXPECT_EQ(cluster.profile(), "strict");
  EXPECT_EQ(cluster.snapshot().network(), "tron-private");
  EXPECT_EQ(cluster.unread_accounts(), 0U);
  EXPECT_THAT(cluster.controls(), IsEmpty());
  // What customers paid came twice: to a deposit account and to the hot wallet.
  std::uint64_t paid = 100'000'000;
  for (std::uint64_t i = 0; i < kLeastSweepers; ++i) paid += 2 * (5'000'000 + i);
  ASSERT_THAT(cluster.assets(), SizeIs(2));
  EXPECT_EQ(cluster.assets(0).asset(), "TRX");
  EXPECT_EQ(cluster.assets(0).balance(), cluster.balance());
  EXPECT_EQ(cluster.assets(0).received(), cluster.received());
  EXPECT_EQ(cluster.assets(1).received(), std::to_string(2 * paid));
  EXPECT_EQ(cluster.assets(1).sent(), std::to_string(paid));
  EXPECT_EQ(cluster.assets(1).balance(), std::to_string(paid));
  EXPECT_EQ(cluster.assets(1).staked(), "0");
  // The id is the smallest account number, whoever is asked for.
  EXPECT_EQ(cluster.id(), Made().Number(kBrook.hot).value);
  ASSERT_OK_AND_ASSIGN(const v1::Cluster same, Cluster(kBrook.gas, ""));
  EXPECT_EQ(same.SerializeAsString(), cluster.SerializeAsString());
}

// A short chain's are built for the answer.
TEST_F(AccountClusterTest, OfAnAddressAreTheSame) {
  v1::GetAddressRequest request;
  request.set_address(Town::Fresh(7).ToBase58());
  const auto ask = [&](AccountClusters* clusters) {
    v1::Address answer;
    EXPECT_OK(AnswerAddress(Made().view(), request, nullptr, &answer, clusters));
    return answer;
  };
  ASSERT_OK_AND_ASSIGN(const v1::Cluster cluster, Cluster(Town::Fresh(7), "strict"));
  EXPECT_NE(cluster.id(), Made().Number(Town::Fresh(7)).value);
  AccountClusters anew(Shared(), nullptr, 1, nullptr);
  const v1::Address answer = ask(&anew);
  EXPECT_EQ(answer.cluster(), cluster.id());
  EXPECT_EQ(answer.cluster_absent(), "");
  EXPECT_FALSE(ask(nullptr).has_cluster());
  request.set_address(Town::Person(7).ToBase58());
  EXPECT_EQ(ask(&anew).cluster(), Made().Number(Town::Person(7)).value);
  request.set_address(Town::Fresh(77'777).ToBase58());
  EXPECT_FALSE(ask(&anew).has_cluster());
  EXPECT_EQ(ask(&anew).cluster_absent(), "");
}

// Of a long chain an address waits for none, and has none by the way either, whatever was asked
// before.
TEST(AccountClusters, OfALongChainAreNotComputedForAnAddress) {
  constexpr std::uint64_t kPayments = AccountClusters::kMostForAddress;
  constexpr std::uint64_t kInABlock = 500;
  const Address payer = Town::Person(1);
  const Address payee = Town::Person(2);
  synthetic::TronChainBuilder chain(
      {.opening = {{payer, 1'000'000 * synthetic::kSunPerTrx}, {payee, 1}}, .keep_moves = false});
  for (std::uint64_t i = 0; i < kPayments; ++i) {
    if (i % kInABlock == 0) chain.NextBlock();
    chain.Transfer(payer, payee, 1);
  }
  chain.NextBlock();
  const TronIndex index = IndexOf(chain.blocks());
  ASSERT_GE(index.view().transactions_count(), kPayments);
  AccountClusters clusters(index.index.accounts, nullptr, 1, nullptr);
  const auto ask = [&](const Address& address) {
    v1::GetAddressRequest request;
    request.set_address(address.ToBase58());
    v1::Address answer;
    EXPECT_OK(AnswerAddress(index.view(), request, nullptr, &answer, &clusters));
    return answer;
  };
  const v1::Address before = ask(payee);
  EXPECT_TRUE(before.seen());
  EXPECT_FALSE(before.has_cluster());
  EXPECT_EQ(before.cluster_absent(), "not_computed");
  ASSERT_OK(clusters.Get(Profile::kStrict, nullptr).status());
  EXPECT_EQ(ask(payee).SerializeAsString(), before.SerializeAsString());
  // Absent for another reason.
  EXPECT_EQ(ask(Town::Person(3)).cluster_absent(), "");
}

// A log that remembers.
class Lines : public Log {
 public:
  void Say(std::string_view line) override { said.emplace_back(line); }
  std::vector<std::string> said;
};

TEST_F(AccountClusterTest, AreKeptForWhoeverOpensTheIndexNext) {
  FaultFileSystem files;
  KeptAccountPartitions::Options options;
  options.least_transactions = 1;
  KeptAccountPartitions kept(files, "/kept", options);
  AccountClusters first(Shared(), nullptr, 1, nullptr, &kept);
  ASSERT_OK_AND_ASSIGN(const auto built, first.Get(Profile::kStrict, nullptr));
  Lines log;
  AccountClusters second(Shared(), nullptr, 1, &log, &kept);
  ASSERT_OK_AND_ASSIGN(const auto loaded, second.Get(Profile::kStrict, nullptr));
  EXPECT_EQ(loaded->evidence().edges(), built->evidence().edges());
  EXPECT_EQ(loaded->audit(), built->audit());
  EXPECT_EQ(log.said.size(), 1u);
  // What a label says of a hot wallet makes another partition.
  FaultFileSystem label_files;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<LabelStore> labels,
                       LabelStore::Open(label_files, "/data", LabelStore::Mode::kWrite));
  LabelImport import;
  import.list.list = "list";
  Label label;
  label.network = Network::kTronPrivate;
  label.address.assign(kBrook.hot.bytes.begin(), kBrook.hot.bytes.end());
  label.name = "Brook";
  label.label_class = LabelClass::kService;
  import.list.labels = {label};
  import.file = "list.csv";
  import.time = 1;
  ASSERT_OK(labels->Import(import).status());
  AccountClusters labelled(Shared(), labels, 1, nullptr, &kept);
  ASSERT_OK(labelled.Get(Profile::kStrict, nullptr).status());
  ASSERT_OK_AND_ASSIGN(const AccountRules rules, RulesFor(Made().view(), labels.get()));
  EXPECT_NE(kept.Load(Made().view(), Profile::kStrict, rules), nullptr);
  ASSERT_OK_AND_ASSIGN(const AccountRules bare, RulesFor(Made().view(), nullptr));
  EXPECT_EQ(kept.Load(Made().view(), Profile::kStrict, bare), nullptr);
}

TEST_F(AccountClusterTest, ListsMembersInPages) {
  ASSERT_OK_AND_ASSIGN(const v1::Cluster whole, Cluster(kBrook.hot, "strict"));
  std::vector<std::string> members;
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const v1::Cluster page, Cluster(kBrook.hot, "strict", 7, token));
    EXPECT_LE(page.members_size(), 7);
    EXPECT_EQ(page.size(), whole.size());
    EXPECT_EQ(page.unread_accounts(), whole.unread_accounts());
    // Sums and controls of all members are told once.
    EXPECT_EQ(page.received(), token.empty() ? whole.received() : "");
    EXPECT_THAT(page.assets(), SizeIs(token.empty() ? whole.assets_size() : 0));
    EXPECT_FALSE(page.has_growth());  // `strict` has none
    members.insert(members.end(), page.members().begin(), page.members().end());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(members, std::vector<std::string>(whole.members().begin(), whole.members().end()));
  ASSERT_OK_AND_ASSIGN(const v1::Cluster first, Cluster(kBrook.hot, "strict", 7));
  EXPECT_THAT(Cluster(kBrook.hot, "standard", 7, first.next_page_token()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AccountClusterTest, ShowsControlBesideTheCluster) {
  ASSERT_OK_AND_ASSIGN(const v1::Cluster hijacked, Cluster(Town::Person(300), "exploratory"));
  ASSERT_THAT(hijacked.controls(), SizeIs(1));
  EXPECT_EQ(hijacked.controls_count(), 1U);
  EXPECT_FALSE(hijacked.growth().alarm());
  EXPECT_EQ(hijacked.growth().largest(), hijacked.growth().largest_before());  // the service's
  EXPECT_GT(hijacked.growth().largest(), kLeastSweepers);
  const v1::Control& control = hijacked.controls(0);
  EXPECT_EQ(control.account(), Town::Person(300).ToBase58());
  EXPECT_THAT(control.controlled_by(), ElementsAre(kThief.ToBase58()));
  EXPECT_FALSE(control.has_to_height());
  EXPECT_THAT(control.txid(), SizeIs(64));
  EXPECT_THAT(hijacked.members(), Not(Contains(kThief.ToBase58())));
  EXPECT_THAT(hijacked.members(), Contains(Town::Person(5).ToBase58()));
  ASSERT_OK_AND_ASSIGN(const v1::Cluster thief, Cluster(kThief, "exploratory"));
  EXPECT_EQ(thief.size(), 1U);
  ASSERT_THAT(thief.controls(), SizeIs(1));
  EXPECT_EQ(thief.controls(0).SerializeAsString(), control.SerializeAsString());
}

// T7: of two services that one account provides for, each names the other.
TEST(AccountClusters, NameWhatMayBeOneService) {
  const TownService other{Town::Person(510), kBrook.gas};
  Town town;
  town.AddCustomers(kBrook, 0, kLeastSweepers);
  town.AddCustomers(other, 100, kLeastSweepers);
  const Surveyed made(town);
  const std::shared_ptr<const AccountView> view(std::shared_ptr<const AccountView>(), &made.view());
  FaultFileSystem files;
  KeptAccountPartitions::Options options;
  options.least_transactions = 1;
  KeptAccountPartitions kept(files, "/kept", options);
  // Built, then read.
  for (int i = 0; i < 2; ++i) {
    AccountClusters clusters(view, nullptr, 1, nullptr, &kept);
    for (const Address& hot : {kBrook.hot, other.hot}) {
      v1::GetClusterRequest request;
      request.set_address(hot.ToBase58());
      v1::Cluster answer;
      ASSERT_OK(AnswerCluster(made.view(), clusters, request, 100, nullptr, &answer));
      EXPECT_EQ(answer.size(), 1u);
      ASSERT_THAT(answer.sweep_targets(), SizeIs(1));
      const v1::EvidenceLink& pair = answer.sweep_targets(0);
      EXPECT_EQ(pair.rule(), "sweep_target");
      EXPECT_EQ((std::set<std::string>{pair.a(), pair.b()}),
                (std::set<std::string>{kBrook.hot.ToBase58(), other.hot.ToBase58()}));
      EXPECT_DOUBLE_EQ(pair.confidence(), 0.5);
    }
    v1::GetClusterRequest request;
    request.set_address(Town::Person(0).ToBase58());
    v1::Cluster answer;
    ASSERT_OK(AnswerCluster(made.view(), clusters, request, 100, nullptr, &answer));
    EXPECT_THAT(answer.sweep_targets(), IsEmpty());
  }
}

TEST_F(AccountClusterTest, SaysWhy) {
  ASSERT_OK_AND_ASSIGN(const v1::Evidence why, Why(Town::Fresh(3), Town::Fresh(4), "strict"));
  ASSERT_THAT(why.links(), SizeIs(2));
  // By the gas wallet or the hot wallet: gas comes before a sweep.
  EXPECT_EQ(why.links(0).rule(), "gas_wallet");
  EXPECT_EQ(why.links(0).a(), kBrook.gas.ToBase58());
  EXPECT_EQ(why.links(0).b(), Town::Fresh(3).ToBase58());
  EXPECT_EQ(why.links(1).b(), Town::Fresh(4).ToBase58());
  EXPECT_EQ(why.links(1).rule_version(), 2U);
  EXPECT_DOUBLE_EQ(why.links(1).confidence(), 0.9);
  EXPECT_GT(why.links(1).height(), 0U);
  EXPECT_THAT(why.links(1).txid(), SizeIs(64));
  ASSERT_OK_AND_ASSIGN(const v1::Evidence swept, Why(Town::Fresh(3), kBrook.hot, "strict"));
  ASSERT_THAT(swept.links(), SizeIs(1));
  EXPECT_EQ(swept.links(0).rule(), "deposit_sweep");
  ASSERT_OK_AND_ASSIGN(const v1::Evidence reuse,
                       Why(Town::Person(300), Town::Person(5), "exploratory"));
  ASSERT_THAT(reuse.links(), SizeIs(1));
  EXPECT_EQ(reuse.links(0).rule(), "deposit_reuse");
  EXPECT_EQ(reuse.links(0).via(), Town::Fresh(5).ToBase58());
  ASSERT_OK_AND_ASSIGN(const v1::Evidence self, Why(kThief, kThief, "strict"));
  EXPECT_THAT(self.links(), IsEmpty());
}

TEST_F(AccountClusterTest, RefusesWhatIsNotThere) {
  EXPECT_THAT(Why(Town::Person(300), kThief, "exploratory"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no evidence joins")));
  EXPECT_THAT(Why(Town::Fresh(3), Town::Person(3), "exploratory"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Cluster(Town::Fresh(9'999), "strict"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("was never seen")));
  EXPECT_THAT(Cluster(kThief, "bold"), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Without Tether's contract TRX alone is money.
TEST(RulesFor, TakesTetherWhereItIs) {
  synthetic::TronChainBuilder chain({.opening = {{Town::Person(1), kSunPerTrx}}});
  chain.NextBlock();
  const TronIndex bare = IndexOf(chain.blocks());
  ASSERT_OK_AND_ASSIGN(const AccountRules without, RulesFor(bare.view(), nullptr));
  EXPECT_EQ(without.usdt, std::nullopt);
  Town town;
  const Surveyed made(town);
  ASSERT_OK_AND_ASSIGN(const AccountRules with, RulesFor(made.view(), nullptr));
  EXPECT_EQ(with.usdt, made.rules().usdt);
}

}  // namespace
}  // namespace coinwake::server
