// Goal: on an economy whose owners are all known, what the rules about accounts say is true, and
// they find most of what they can. Method: invented Tron chains, indexed, each rule held against
// who owns what; precision and recall are printed. Figures are of a made world: they show that the
// rules do what they say, and are no error rate of main net.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "evaluation/clustering.h"
#include "heuristics/account_partition.h"
#include "heuristics/account_reader.h"
#include "heuristics/account_use.h"
#include "heuristics/deposit_reuse.h"
#include "heuristics/deposits.h"
#include "heuristics/energy.h"
#include "heuristics/services.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/wire.h"
#include "tests/server/tron_index.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_economy.h"

namespace coinwake {
namespace {

using synthetic::AccountId;
using synthetic::AccountRole;
using synthetic::TronOwnerId;

constexpr std::uint64_t kTransfers = 30'000;

// An economy and its index.
class Made {
 public:
  explicit Made(std::uint64_t seed)
      : economy_({.seed = seed, .transfers = kTransfers, .block_transactions = 60}) {
    while (economy_.transfers_count() < kTransfers) economy_.MakeBlock();
    index_ = IndexOf(economy_.chain().blocks());
    std::string bytes;
    const auto& asset = economy_.chain().truth().assets()[economy_.usdt()];
    tron::AppendAssetBytes(tron::Asset::Trc20(tron::Account(asset.contract)), &bytes);
    usdt_ = *view().FindAsset(tron::SpanOf(bytes));
    const synthetic::TronAccounts& accounts = economy_.accounts();
    for (AccountId id = 0; id < accounts.accounts_count(); ++id) {
      const auto number = view().FindAddress(accounts.AddressOf(id).bytes);
      if (number.ok()) ids_[static_cast<std::uint32_t>(number->value)] = id;
    }
  }

  const AccountView& view() const { return index_.view(); }
  AssetNum usdt() const { return usdt_; }
  bool IsOf(std::uint32_t account, AccountRole role) const {
    const auto at = ids_.find(account);
    return at != ids_.end() && economy_.accounts().RoleOf(at->second) == role;
  }
  TronOwnerId OwnerOf(std::uint32_t account) const {
    const auto at = ids_.find(account);
    return at == ids_.end() ? synthetic::kNoOwner : economy_.accounts().OwnerOf(at->second);
  }
  TronOwnerId CustomerOf(std::uint32_t account) const {
    return economy_.accounts().CustomerOf(ids_.at(account));
  }
  bool SameOwner(std::uint32_t a, std::uint32_t b) const {
    return OwnerOf(a) == OwnerOf(b) && OwnerOf(a) != synthetic::kNoOwner;
  }
  bool IsExchange(std::uint64_t owner) const {
    return economy_.accounts().KindOf(static_cast<TronOwnerId>(owner)) ==
           synthetic::TronOwnerKind::kExchange;
  }
  const std::map<std::uint32_t, AccountId>& ids() const { return ids_; }

 private:
  synthetic::TronEconomy economy_;
  TronIndex index_;
  AssetNum usdt_;
  std::map<std::uint32_t, AccountId> ids_;  // of account numbers
};

double Share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

struct Score {
  std::size_t right = 0;
  std::size_t said = 0;
  std::size_t there = 0;

  double precision() const { return said == 0 ? 1 : Share(right, said); }
  double recall() const { return there == 0 ? 1 : Share(right, there); }
};

void Print(std::uint64_t seed, const char* rule, const Score& score) {
  std::printf("seed %llu %-14s precision %5.1f %% (%zu of %zu)  recall %5.1f %% (%zu of %zu)\n",
              static_cast<unsigned long long>(seed), rule, 100 * score.precision(), score.right,
              score.said, 100 * score.recall(), score.right, score.there);
}

class AccountEconomy : public ::testing::TestWithParam<std::uint64_t> {};

// Deposit accounts that were swept at least twice, which the rule needs, are there to be found.
std::set<std::uint32_t> SweptTwice(const Made& made, const AccountReader& reader) {
  std::set<std::uint32_t> swept;
  for (const auto& [number, id] : made.ids()) {
    if (!made.IsOf(number, AccountRole::kDeposit)) continue;
    std::size_t sweeps = 0;
    for (const AssetNum asset : {kTrxAsset, *reader.usdt()}) {
      std::vector<AccountMovement> events;
      EXPECT_TRUE(reader.Read(AddressNum{number}, asset, &events).ok());
      for (const AccountMovement& one : events) {
        if (IsPayment(one.event) && one.event.from == AddressNum{number}) ++sweeps;
      }
    }
    if (sweeps >= 2) swept.insert(number);
  }
  return swept;
}

TEST_P(AccountEconomy, RulesSayWhatIsTrue) {
  const std::uint64_t seed = GetParam();
  SCOPED_TRACE(seed);
  const Made made(seed);
  const AccountReader reader(made.view(), made.usdt());
  ASSERT_OK_AND_ASSIGN(const AccountUse use, AccountUse::Scan(reader));
  ASSERT_OK_AND_ASSIGN(const FoundSweepers found, FindSweepers(reader, use, 2));
  EXPECT_EQ(found.unread, 0U);
  const FoundServices services = FindServices(found, use, {});
  const std::set<std::uint32_t> swept = SweptTwice(made, reader);
  const std::size_t all_deposits = static_cast<std::size_t>(std::count_if(
      made.ids().begin(), made.ids().end(),
      [&made](const auto& one) { return made.IsOf(one.first, AccountRole::kDeposit); }));

  Score deposits{.said = services.deposits.size(), .there = swept.size()};
  for (const FoundServices::Deposit& one : services.deposits) {
    if (made.IsOf(one.account, AccountRole::kDeposit) &&
        made.IsOf(one.service, AccountRole::kHot) && made.SameOwner(one.account, one.service)) {
      ++deposits.right;
    }
  }
  Print(seed, "T1 deposits", deposits);
  std::printf("seed %llu of all %zu deposit accounts, those swept once too, %.1f %%\n",
              static_cast<unsigned long long>(seed), all_deposits,
              100 * Share(deposits.right, all_deposits));
  Score gas{.there = swept.size()};
  std::set<std::uint32_t> served;
  for (const AccountEdge& edge : services.joining) {
    if (edge.rule != AccountRule::kGasWallet) continue;
    ++gas.said;
    if (made.IsOf(edge.a, AccountRole::kGas) && made.SameOwner(edge.a, edge.b)) {
      served.insert(edge.b);
      ++gas.right;
    }
  }
  Print(seed, "T2 gas", gas);
  ASSERT_OK_AND_ASSIGN(const FoundReuse reuse, FindReuse(reader, use, services, 2));
  // Whoever else of the customer paid into his deposit account, from few accounts, is to be found.
  Score users{.said = reuse.edges.size()};
  for (const AccountEdge& edge : reuse.edges) {
    if (made.SameOwner(edge.a, edge.b)) ++users.right;
    EXPECT_EQ(made.OwnerOf(edge.a), made.CustomerOf(edge.via));
  }
  for (const FoundServices::Deposit& deposit : services.deposits) {
    std::set<AddressNum> payers;
    for (const AssetNum asset : {kTrxAsset, *reader.usdt()}) {
      std::vector<AccountMovement> events;
      ASSERT_TRUE(reader.Read(AddressNum{deposit.account}, asset, &events).ok());
      for (const AccountMovement& one : events) {
        const bool is_his = IsPayment(one.event) && one.event.to == AddressNum{deposit.account} &&
                            made.OwnerOf(static_cast<std::uint32_t>(one.event.from->value)) ==
                                made.CustomerOf(deposit.account);
        if (is_his) payers.insert(*one.event.from);
      }
    }
    if (payers.size() > 1 && payers.size() <= kMostDepositors) users.there += payers.size() - 1;
  }
  Print(seed, "T6 reuse", users);
  std::printf("seed %llu T6 leaves out %llu deposit accounts with more than %u payers\n",
              static_cast<unsigned long long>(seed), static_cast<unsigned long long>(reuse.shared),
              kMostDepositors);

  EXPECT_EQ(services.services, 2U);
  EXPECT_GE(deposits.precision(), 0.99);
  EXPECT_GE(deposits.recall(), 0.9);
  EXPECT_GE(gas.precision(), 0.99);
  EXPECT_GE(Share(served.size(), swept.size()), 0.8);
  EXPECT_GE(users.precision(), 0.95);
}

// Clusters have one owner each; `strict` ones hold most of what an exchange has.
TEST_P(AccountEconomy, ClustersKeepOwnersApart) {
  const std::uint64_t seed = GetParam();
  SCOPED_TRACE(seed);
  const Made made(seed);
  const AccountRules rules{.usdt = made.usdt()};
  for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
    ASSERT_OK_AND_ASSIGN(const auto partition,
                         AccountPartition::Build(made.view(), profile, rules, 2, 0));
    std::vector<std::uint64_t> clusters;
    std::vector<std::uint64_t> owners;
    for (const auto& [number, id] : made.ids()) {
      clusters.push_back(partition->ClusterOf(AddressNum{number}).value);
      owners.push_back(made.OwnerOf(number));
    }
    const std::vector<evaluation::EntityScore> scores =
        evaluation::ScoreEntities(evaluation::Contingency(clusters, owners));
    const evaluation::ClusteringFigures figures =
        evaluation::Summarise(scores, {}, evaluation::FigureKind::kSimulated);
    const auto figure = [&figures](evaluation::Metric metric) {
      const auto& value = evaluation::Of(figures, metric);
      return value.has_value() ? value->value : 1;
    };
    const double precision = figure(evaluation::Metric::kBCubedPrecision);
    std::printf("seed %llu %-11s B-cubed precision %.4f recall %.4f, pairs %.4f and %.4f\n",
                static_cast<unsigned long long>(seed), std::string(ProfileName(profile)).c_str(),
                precision, figure(evaluation::Metric::kBCubedRecall),
                figure(evaluation::Metric::kPairwisePrecision),
                figure(evaluation::Metric::kPairwiseRecall));
    // ALGORITHMS 11.4 asks for this of what joins by default.
    EXPECT_GE(precision, profile == Profile::kStrict ? 0.995 : 0.98);
    for (const evaluation::EntityScore& score : scores) {
      if (!made.IsExchange(score.entity)) continue;
      std::printf("  exchange: %llu of its %llu accounts in one cluster\n",
                  static_cast<unsigned long long>(score.covered),
                  static_cast<unsigned long long>(score.items));
      EXPECT_GE(2 * score.covered, score.items);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AccountEconomy, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace coinwake
