// Goal: each typology is found where it was planted among an economy's traffic, and how often
// detectors speak of those who did nothing of the kind is known. Method: chains of invented
// economies in which everything is known; rates are printed, docs/typologies.md has them. They are
// of a made world, and no error rate of a real chain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/hex.h"
#include "indexer/ingest/ingest.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/wire.h"
#include "tests/server/tron_index.h"
#include "tests/support/economy.h"
#include "tests/support/economy_truth.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_economy.h"
#include "tests/support/tron_patterns.h"
#include "typologies/account_payments.h"
#include "typologies/output_payments.h"
#include "typologies/typology.h"

namespace coinwake::test {
namespace {

using synthetic::AccountId;
using synthetic::AccountRole;
using synthetic::TronOwnerKind;

std::vector<TypologyKind> AllKinds() {
  std::vector<TypologyKind> kinds;
  for (std::size_t i = 0; i < kTypologyKinds; ++i) kinds.push_back(static_cast<TypologyKind>(i));
  return kinds;
}

// How many subjects of a sort each detector speaks of.
class Rates {
 public:
  void Add(const FoundTypologies& found) {
    ++subjects_;
    std::set<TypologyKind> kinds;
    for (const Typology& one : found.typologies) kinds.insert(one.kind);
    for (const TypologyKind kind : kinds) ++flagged_[static_cast<std::size_t>(kind)];
    if (!kinds.empty()) ++any_;
  }
  void Print(const char* what) const {
    std::printf("%s: %zu subjects, %zu with any\n", what, subjects_, any_);
    for (const TypologyKind kind : AllKinds()) {
      std::printf("  %-15s %5zu  %5.2f %%\n", std::string(TypologyName(kind)).c_str(), Of(kind),
                  100.0 * static_cast<double>(Of(kind)) / static_cast<double>(subjects_));
    }
  }
  std::size_t Of(TypologyKind kind) const { return flagged_[static_cast<std::size_t>(kind)]; }
  std::size_t subjects() const { return subjects_; }

 private:
  std::size_t subjects_ = 0;
  std::size_t any_ = 0;
  std::array<std::size_t, kTypologyKinds> flagged_{};
};

void Print(const char* what, const Typology& one) {
  std::printf("%s %-15s observed %llu expected %s score %s, as often in %llu of %llu\n", what,
              std::string(TypologyName(one.kind)).c_str(),
              static_cast<unsigned long long>(one.observed),
              one.shuffles == 0 ? "-" : MeanText(one.found_shuffled, one.shuffles).c_str(),
              ScoreText(one).c_str(), static_cast<unsigned long long>(one.as_often_shuffled),
              static_cast<unsigned long long>(one.shuffles));
}

// An economy of about a week, with a pattern of each sort at its end, and its index.
class PlantedEconomy {
 public:
  explicit PlantedEconomy(std::uint64_t seed)
      : economy_({.seed = seed, .transfers = kTransfers, .block_transactions = 10}) {
    while (economy_.transfers_count() < kTransfers) MakeBlock();
    Plant(seed);
    index_ = IndexOf(economy_.chain().blocks());
    std::string bytes;
    const auto& asset = economy_.chain().truth().assets()[economy_.usdt()];
    tron::AppendAssetBytes(tron::Asset::Trc20(tron::Account(asset.contract)), &bytes);
    usdt_ = *view().FindAsset(tron::SpanOf(bytes));
    const synthetic::TronAccounts& accounts = economy_.accounts();
    for (AccountId id = 0; id < accounts.accounts_count(); ++id) {
      const auto number = view().FindAddress(accounts.AddressOf(id).bytes);
      if (number.ok()) ids_[number->value] = id;
    }
  }

  const AccountView& view() const { return index_.view(); }
  const std::map<TypologyKind, tron::Address>& planted() const { return planted_; }
  const std::map<std::uint64_t, AccountId>& ids() const { return ids_; }
  bool IsMainOf(AccountId id, TronOwnerKind kind) const {
    const synthetic::TronAccounts& accounts = economy_.accounts();
    return accounts.RoleOf(id) == AccountRole::kMain &&
           accounts.KindOf(accounts.OwnerOf(id)) == kind;
  }
  bool IsService(AddressNum node) const {
    const auto id = ids_.find(node.value);
    if (id == ids_.end()) return false;
    const AccountRole role = economy_.accounts().RoleOf(id->second);
    return role == AccountRole::kHot || role == AccountRole::kDeposit || role == AccountRole::kGas;
  }

  FoundTypologies Find(AddressNum subject) const {
    AccountPayments source(view(), usdt_, nullptr);
    const TypologySearch search{.source = source,
                                .is_service = [this](AddressNum node) { return IsService(node); }};
    auto found = FindTypologies(search, subject, view().Script(subject), AllKinds(),
                                DefaultParameters(kHundredUsdInUsdt, /*has_accounts=*/true));
    EXPECT_THAT(found, IsOk());
    return *std::move(found);
  }

 private:
  static constexpr std::uint64_t kTransfers = 15'000;
  static constexpr std::uint64_t kSkippedSlots = 100;  // five minutes between blocks

  void MakeBlock() {
    economy_.MakeBlock();
    economy_.chain().NextBlock(kSkippedSlots);
  }

  AccountId FirstOf(AccountRole role) const {
    AccountId id = 0;
    while (economy_.accounts().RoleOf(id) != role) ++id;
    return id;
  }

  void Plant(std::uint64_t seed) {
    const synthetic::TronAccounts& accounts = economy_.accounts();
    synthetic::TronPatterns patterns(&economy_.chain(), economy_.usdt(),
                                     accounts.AddressOf(FirstOf(AccountRole::kHot)), seed + 1'000,
                                     [this] { economy_.MakeBlock(); });
    planted_[TypologyKind::kFanIn] = patterns.FanIn();
    planted_[TypologyKind::kFanOut] = patterns.FanOut();
    planted_[TypologyKind::kGatherScatter] = patterns.GatherScatter();
    planted_[TypologyKind::kScatterGather] = patterns.ScatterGather();
    planted_[TypologyKind::kRoundTrip] = patterns.RoundTrip();
    planted_[TypologyKind::kPeelChain] = patterns.PeelChain();
    planted_[TypologyKind::kStructuring] = patterns.Structuring();
    planted_[TypologyKind::kPassThrough] = patterns.PassThrough();
    planted_[TypologyKind::kNestedService] =
        patterns.NestedService(accounts.AddressOf(FirstOf(AccountRole::kDeposit)));
    planted_[TypologyKind::kDormantBurst] = patterns.DormantBurst();
  }

  synthetic::TronEconomy economy_;
  std::map<TypologyKind, tron::Address> planted_;
  TronIndex index_;
  AssetNum usdt_;
  std::map<std::uint64_t, AccountId> ids_;  // of account numbers
};

class PlantedTypologies : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(PlantedTypologies, AreFoundAndRateOfFalseAlarmsIsKnown) {
  SCOPED_TRACE(GetParam());
  const PlantedEconomy economy(GetParam());
  for (const auto& [kind, address] : economy.planted()) {
    SCOPED_TRACE(std::string(TypologyName(kind)));
    ASSERT_OK_AND_ASSIGN(const AddressNum subject, economy.view().FindAddress(address.bytes));
    const FoundTypologies found = economy.Find(subject);
    bool is_found = false;
    for (const Typology& one : found.typologies) {
      if (one.kind != kind) continue;
      is_found = true;
      Print("planted", one);
    }
    EXPECT_TRUE(is_found);
  }
  Rates users;
  Rates merchants;
  Rates sellers;
  for (const auto& [number, id] : economy.ids()) {
    Rates* const rates = economy.IsMainOf(id, TronOwnerKind::kUser)       ? &users
                         : economy.IsMainOf(id, TronOwnerKind::kMerchant) ? &merchants
                         : economy.IsMainOf(id, TronOwnerKind::kSeller)   ? &sellers
                                                                          : nullptr;
    if (rates != nullptr) rates->Add(economy.Find(AddressNum{number}));
  }
  users.Print("people");
  merchants.Print("merchants");
  sellers.Print("sellers, who launder");
  ASSERT_GT(users.subjects(), 100U);
  // Who pays each other now and then comes by a round trip or a scatter-gather, not by these.
  for (const TypologyKind kind : {TypologyKind::kPeelChain, TypologyKind::kNestedService,
                                  TypologyKind::kDormantBurst, TypologyKind::kPassThrough}) {
    EXPECT_LE(users.Of(kind) * 50, users.subjects()) << TypologyName(kind);
  }
  for (const TypologyKind kind : {TypologyKind::kScatterGather, TypologyKind::kRoundTrip}) {
    EXPECT_LE(users.Of(kind) * 20, users.subjects()) << TypologyName(kind);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PlantedTypologies, ::testing::Values(1, 2));

// Bitcoin: sellers of the economy peel and fan out by themselves.

class OutputEconomy {
 public:
  OutputEconomy() {
    const std::string folder =
        (std::filesystem::path(::testing::TempDir()) / "typology-economy").string();
    std::filesystem::remove_all(folder);
    synthetic::ChainOptions options;
    options.transactions = 12'000;
    options.seed = 31;
    options.folder = options.truth_folder = folder;
    EXPECT_THAT(GenerateEconomy(RealFileSystem(), options, *synthetic::EconomyNamed("calibration")),
                IsOk());
    IngestOptions ingest;
    ingest.blocks_folder = folder;
    ingest.data_folder = folder + "/index";
    EXPECT_THAT(IndexBitcoin(RealFileSystem(), ingest), IsOk());
    auto opened = OpenForReading(RealFileSystem(), ingest.data_folder, Network::kBitcoinRegtest);
    EXPECT_THAT(opened, IsOk());
    index_ = *std::move(opened);
    auto facts = FactsReader::Make(view());
    EXPECT_THAT(facts, IsOk());
    facts_.emplace(*std::move(facts));
    auto partition = Partition::Build(view(), Profile::kStrict, 1, 0);
    EXPECT_THAT(partition, IsOk());
    partition_ = *std::move(partition);
    auto truth = synthetic::ReadEconomyTruth(RealFileSystem(), folder);
    EXPECT_THAT(truth, IsOk());
    truth_ = *std::move(truth);
  }

  const View& view() const { return *index_.view; }
  const synthetic::TransactionTruth* TruthOf(TxNum tx) const {
    const auto truth = truth_.transactions.find(view().Txid(tx).ToDisplayHex());
    return truth == truth_.transactions.end() ? nullptr : &truth->second;
  }
  bool IsA(TxNum tx, const std::string& kind) const {
    const synthetic::TransactionTruth* const truth = TruthOf(tx);
    return truth != nullptr && truth->kind == kind;
  }
  std::string OwnerKindOf(AddressNum address) const {
    const auto script = truth_.scripts.find(HexEncode(view().Script(address)));
    return script == truth_.scripts.end() ? "" : script->second.kind;
  }
  AddressNum PayerOf(TxNum tx) const {
    return partition_->ClusterOf(*view().SourceAddress(view().Source(view().Inputs(tx).begin)));
  }
  // An address that pays so many others with this transaction enough to count; nullopt: none does.
  std::optional<AddressNum> FanPayer(TxNum tx, std::size_t payees) const {
    OutputPayments source(*facts_, nullptr);
    std::uint64_t rows = 0;
    const auto payment = source.Read(tx.value, &rows);
    EXPECT_THAT(payment, IsOk());
    if (payment->is_mix) return std::nullopt;
    Uint128 in = 0;
    for (const PaymentPart& payer : payment->payers) in += payer.amount;
    for (const PaymentPart& payer : payment->payers) {
      const auto count =
          std::count_if(payment->payees.begin(), payment->payees.end(), [&](const auto& payee) {
            return payee.amount * payer.amount / in >= kHundredUsdInSatoshi;
          });
      if (static_cast<std::size_t>(count) >= payees) return payer.node;
    }
    return std::nullopt;
  }
  AddressNum ClusterOf(AddressNum address) const { return partition_->ClusterOf(address); }
  // Of a peel chain that begins there: how many payments.
  std::uint64_t LengthFrom(TxNum tx) const {
    std::uint64_t length = 0;
    for (std::optional<TxNum> at = tx; at.has_value() && IsA(*at, "peel"); ++length) {
      const synthetic::TransactionTruth& truth = *TruthOf(*at);
      if (truth.change.size() != 1) return length + 1;
      at = view().Spender(view().Outputs(*at).begin + truth.change.front());
    }
    return length;
  }
  // Nodes are clusters, or addresses.
  FoundTypologies Find(AddressNum subject, bool by_cluster = true) const {
    OutputPayments source(*facts_, by_cluster ? partition_.get() : nullptr);
    const TypologySearch search{
        .source = source,
        .is_service = [this](AddressNum node) { return OwnerKindOf(node) == "exchange"; },
        .facts = &*facts_};
    auto found = FindTypologies(search, subject, view().Script(subject), AllKinds(),
                                DefaultParameters(kHundredUsdInSatoshi, /*has_accounts=*/false));
    EXPECT_THAT(found, IsOk());
    return *std::move(found);
  }

 private:
  OpenIndex index_;
  std::optional<FactsReader> facts_;
  std::shared_ptr<const Partition> partition_;
  synthetic::EconomyTruth truth_;
};

bool Has(const FoundTypologies& found, TypologyKind kind) {
  return std::any_of(found.typologies.begin(), found.typologies.end(),
                     [kind](const Typology& one) { return one.kind == kind; });
}

TEST(OutputTypologies, AreFoundAndRateOfFalseAlarmsIsKnown) {
  const OutputEconomy economy;
  const View& view = economy.view();
  std::size_t peels = 0;
  std::size_t peels_found = 0;
  std::size_t fans = 0;
  std::size_t fans_found = 0;
  for (TxNum tx{}; tx.value < view.transactions_count(); ++tx) {
    if (view.IsCoinbase(tx)) continue;
    const auto source = view.Source(view.Inputs(tx).begin);
    const bool begins = economy.IsA(tx, "peel") && !source.is_foreign() &&
                        !economy.IsA(view.TransactionOf(source.output()), "peel");
    if (begins && economy.LengthFrom(tx) > 6) {
      ++peels;
      if (Has(economy.Find(economy.PayerOf(tx)), TypologyKind::kPeelChain)) ++peels_found;
    }
    if (!economy.IsA(tx, "fan_out")) continue;
    // By address: what was fanned out is one cluster once it was gathered again.
    const std::optional<AddressNum> payer = economy.FanPayer(tx, 10);
    if (!payer.has_value()) continue;
    ++fans;
    if (Has(economy.Find(*payer, /*by_cluster=*/false), TypologyKind::kFanOut)) ++fans_found;
  }
  std::printf("peel chains found %zu of %zu, fans out %zu of %zu\n", peels_found, peels, fans_found,
              fans);
  EXPECT_GE(peels, 5U);
  // The rule of heuristics/peel_chain.h goes on from seven of eight of their steps.
  EXPECT_GE(peels_found * 2, peels);
  EXPECT_GE(fans, 5U);
  EXPECT_EQ(fans_found, fans);

  Rates people;
  for (AddressNum address{}; address.value < view.addresses_count(); ++address) {
    const AddressNum cluster = economy.ClusterOf(address);
    if (cluster != address || address.value % 7 != 0) continue;
    if (economy.OwnerKindOf(address) == "person") people.Add(economy.Find(cluster));
  }
  people.Print("people's clusters");
  ASSERT_GT(people.subjects(), 100U);
}

}  // namespace
}  // namespace coinwake::test
