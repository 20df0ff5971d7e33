// Goal: swaps planted among an economy's traffic are found, and how often hints speak of deposits
// that nobody paid out on the other chain is known. Method: chains of invented economies, one of
// Bitcoin and one of Tron, that know nothing of each other; their exchanges are taken for one, and
// their times are stretched over the same ten weeks. Rates are printed, docs/hints.md has them.
// They are of a made world, and no error rate of a real chain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "hints/hint.h"
#include "hints/service_movements.h"
#include "indexer/base/hex.h"
#include "indexer/ingest/ingest.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/wire.h"
#include "indexer/view/open.h"
#include "tests/hints/movements.h"
#include "tests/server/tron_index.h"
#include "tests/support/economy.h"
#include "tests/support/economy_truth.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_economy.h"

namespace coinwake::test {
namespace {

constexpr std::int64_t kAnyTime = 1'000'000'000'000;
constexpr std::int64_t kSpan = 70 * kDay;
constexpr std::uint64_t kSatoshi = 100'000'000;
constexpr std::uint64_t kPlantedAddress = 1'000'000'000'000;  // above all of the chains

ServiceMovements ReadAll(MovementSource& source, const ServiceAddresses& service) {
  MovementBudget budget(100'000'000);
  auto movements = ReadServiceMovements(source, service, {{-kAnyTime, kAnyTime}}, &budget, nullptr);
  EXPECT_THAT(movements, IsOk());
  return *std::move(movements);
}

// Moves times so that the chain's first movement is at noon and its last ten weeks later.
void Stretch(ServiceMovements* movements) {
  std::int64_t first = kAnyTime;
  std::int64_t last = 0;
  const auto for_each = [movements](const auto& act) {
    for (ServiceMovement& one : movements->deposits) act(&one);
    for (ServiceMovement& one : movements->withdrawals) act(&one);
  };
  for_each([&](ServiceMovement* one) {
    first = std::min(first, one->at.time);
    last = std::max(last, one->at.time);
  });
  ASSERT_LT(first, last);
  for_each([&](ServiceMovement* one) {
    one->at.time = kNoon + (one->at.time - first) * kSpan / (last - first);
  });
  std::sort(movements->deposits.begin(), movements->deposits.end(), IsBefore);
  std::sort(movements->withdrawals.begin(), movements->withdrawals.end(), IsBefore);
}

// The exchange of the Bitcoin economy with the most addresses.
ServiceMovements OfBitcoin(std::uint64_t seed) {
  const std::string folder =
      (std::filesystem::path(::testing::TempDir()) / "hints-economy").string();
  std::filesystem::remove_all(folder);
  synthetic::ChainOptions options;
  options.transactions = 12'000;
  options.seed = seed;
  options.folder = options.truth_folder = folder;
  EXPECT_THAT(GenerateEconomy(RealFileSystem(), options, *synthetic::EconomyNamed("calibration")),
              IsOk());
  IngestOptions ingest;
  ingest.blocks_folder = folder;
  ingest.data_folder = folder + "/index";
  EXPECT_THAT(IndexBitcoin(RealFileSystem(), ingest), IsOk());
  auto index = OpenForReading(RealFileSystem(), ingest.data_folder, Network::kBitcoinRegtest);
  EXPECT_THAT(index, IsOk());
  const View& view = *index->view;
  auto truth = synthetic::ReadEconomyTruth(RealFileSystem(), folder);
  EXPECT_THAT(truth, IsOk());
  std::map<std::uint32_t, std::vector<AddressNum>> exchanges;
  for (AddressNum address{}; address.value < view.addresses_count(); ++address) {
    const auto script = truth->scripts.find(HexEncode(view.Script(address)));
    if (script == truth->scripts.end() || script->second.kind != "exchange") continue;
    exchanges[script->second.owner].push_back(address);
  }
  const std::vector<AddressNum>* most = nullptr;
  for (const auto& [owner, addresses] : exchanges) {
    if (most == nullptr || addresses.size() > most->size()) most = &addresses;
  }
  auto facts = FactsReader::Make(view);
  EXPECT_THAT(facts, IsOk());
  OutputMovements source(*facts);
  ServiceMovements movements = ReadAll(source, ServiceAddresses(*most));
  Stretch(&movements);
  std::filesystem::remove_all(folder);
  return movements;
}

// The first exchange of the Tron economy, in USDT.
ServiceMovements OfTron(std::uint64_t seed) {
  constexpr std::uint64_t kTransfers = 15'000;
  synthetic::TronEconomy economy({.seed = seed, .transfers = kTransfers, .block_transactions = 10});
  while (economy.transfers_count() < kTransfers) {
    economy.MakeBlock();
    economy.chain().NextBlock(100);
  }
  const TronIndex index = IndexOf(economy.chain().blocks());
  const AccountView& view = index.view();
  std::string bytes;
  tron::AppendAssetBytes(
      tron::Asset::Trc20(tron::Account(economy.chain().truth().assets()[economy.usdt()].contract)),
      &bytes);
  const synthetic::TronAccounts& accounts = economy.accounts();
  const auto exchange = accounts.Members(synthetic::TronOwnerKind::kExchange).front();
  std::vector<AddressNum> addresses;
  for (synthetic::AccountId id = 0; id < accounts.accounts_count(); ++id) {
    if (accounts.OwnerOf(id) != exchange) continue;
    const auto number = view.FindAddress(accounts.AddressOf(id).bytes);
    if (number.ok()) addresses.push_back(*number);
  }
  AccountMovements source(view, *view.FindAsset(tron::SpanOf(bytes)));
  ServiceMovements movements = ReadAll(source, ServiceAddresses(std::move(addresses)));
  Stretch(&movements);
  return movements;
}

Uint128 MedianOf(const std::vector<ServiceMovement>& movements) {
  std::vector<Uint128> amounts;
  amounts.reserve(movements.size());
  for (const ServiceMovement& one : movements) amounts.push_back(one.amount);
  std::sort(amounts.begin(), amounts.end());
  return amounts[amounts.size() / 2];
}

// A price for every hour, which goes up or down by up to 0.3 %.
std::vector<RatePoint> WanderingRates(std::uint64_t cents, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<RatePoint> points;
  for (std::int64_t time = -5 * kDay; time <= kSpan + 5 * kDay; time += kHour) {
    points.push_back({kNoon + time, Whole(cents) / 100});
    cents = cents * (9'970 + random() % 61) / 10'000;
  }
  return points;
}

struct Counts {
  std::size_t asked = 0;
  std::size_t tested = 0;  // prices and blocks are known
  std::size_t strict = 0;
  std::size_t leads = 0;  // the strict ones among them
  std::array<std::size_t, kHintVerdicts> verdicts{};

  std::size_t fitted() const {
    return tested - verdicts[static_cast<std::size_t>(HintVerdict::kNothingFits)];
  }
  void Print(const char* what) const {
    std::printf(
        "%s: %zu deposits, %zu tested, %zu fitted, %zu leads (%.2f %%), %zu of them strict "
        "(%.2f %%)\n",
        what, asked, tested, fitted(), leads, 100.0 * Share(leads), strict, 100.0 * Share(strict));
    for (std::size_t i = 0; i < kHintVerdicts; ++i) {
      std::printf("  %-13s %zu\n",
                  std::string(HintVerdictName(static_cast<HintVerdict>(i))).c_str(), verdicts[i]);
    }
  }
  double Share(std::size_t count) const {
    return static_cast<double>(count) / static_cast<double>(tested);
  }
};

void Count(const HintAnswer& answer, Counts* counts) {
  ++counts->asked;
  ++counts->verdicts[static_cast<std::size_t>(answer.verdict)];
  if (answer.verdict != HintVerdict::kNotIndexed && answer.verdict != HintVerdict::kNoPrice) {
    ++counts->tested;
  }
  if (!answer.hint.has_value()) return;
  ++counts->leads;
  if (answer.hint->is_strict) ++counts->strict;
}

// One direction: deposits of one economy, withdrawals of the other.
class Crossing {
 public:
  Crossing(std::vector<ServiceMovement> deposits, std::vector<ServiceMovement> withdrawals,
           bool is_bitcoin_in, std::uint64_t seed)
      : deposits_(std::move(deposits)),
        withdrawals_(std::move(withdrawals)),
        points_(WanderingRates(MiddlePrice(deposits_, withdrawals_, is_bitcoin_in), seed)),
        rates_(*RatePath::Make(points_)),
        random_(seed) {
    parameters_.terms.is_base_deposited = is_bitcoin_in;
    parameters_.terms.decimals_in = is_bitcoin_in ? 8 : 6;
    parameters_.terms.decimals_out = is_bitcoin_in ? 6 : 8;
  }

  // Nobody's group: deposits of different people.
  Counts AskAll() const {
    Counts counts;
    const Fits fits(deposits_, withdrawals_, rates_, parameters_);
    const HintSearch search(fits, Known(), Known());
    for (std::uint32_t i = 0; i < deposits_.size(); ++i) Count(Ask(search, i), &counts);
    return counts;
  }

  // Plants swaps: deposits of about the size of others, but not round, paid out within three hours
  // less up to 2.5 %.
  void Plant(std::size_t count) {
    const std::vector<ServiceMovement> clean = deposits_;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t time = kNoon + 2 * kDay + Below(kSpan - 4 * kDay);
      const std::int64_t paid = time + 600 + Below(10'000);
      const auto hour = static_cast<std::size_t>((paid - points_.front().time) / kHour);
      const auto like = static_cast<std::size_t>(Below(static_cast<std::int64_t>(clean.size())));
      const Uint128 amount = clean[like].amount * static_cast<Uint128>(900 + Below(200)) / 1'000 +
                             static_cast<Uint128>(10'001 + Below(10'000));
      PayoutTerms terms = parameters_.terms;
      terms.fee_min_permille = static_cast<std::uint32_t>(Below(26));
      terms.fee_max_permille = terms.fee_min_permille;
      const Price price = points_[hour].price;
      Add(time, amount, i, &deposits_);
      Add(paid, PayoutOf(amount, {price, price}, terms).low, i, &withdrawals_);
    }
    std::sort(deposits_.begin(), deposits_.end(), IsBefore);
    std::sort(withdrawals_.begin(), withdrawals_.end(), IsBefore);
  }

  // Of the planted ones alone; a hint of another withdrawal is wrong.
  Counts AskPlanted(std::size_t* wrong) const {
    Counts counts;
    const Fits fits(deposits_, withdrawals_, rates_, parameters_);
    const HintSearch search(fits, Known(), Known());
    for (std::uint32_t i = 0; i < deposits_.size(); ++i) {
      if (!IsPlanted(deposits_[i])) continue;
      const HintAnswer answer = Ask(search, i);
      Count(answer, &counts);
      if (!answer.hint.has_value()) continue;
      const Positions& to = answer.hint->withdrawals;
      if (to.size() != 1 || withdrawals_[to.front()].other != deposits_[i].other) ++*wrong;
    }
    return counts;
  }

 private:
  // At which half of the deposits are worth more than half of the withdrawals, in cents: where the
  // most fits by chance.
  static std::uint64_t MiddlePrice(const std::vector<ServiceMovement>& deposits,
                                   const std::vector<ServiceMovement>& withdrawals,
                                   bool is_bitcoin_in) {
    const Uint128 satoshi = MedianOf(is_bitcoin_in ? deposits : withdrawals);
    const Uint128 usdt = MedianOf(is_bitcoin_in ? withdrawals : deposits);
    return static_cast<std::uint64_t>(usdt * kSatoshi / satoshi / 10'000);
  }
  static KnownTimes Known() { return {kNoon, kNoon + kSpan}; }
  static bool IsPlanted(const ServiceMovement& one) {
    return kPlantedAddress <= one.other.value && one.other != kNobodyAddress;
  }

  HintAnswer Ask(const HintSearch& search, std::uint32_t deposit) const {
    auto answer = search.AskDeposit(deposit, {}, nullptr);
    EXPECT_THAT(answer, IsOk());
    return *std::move(answer);
  }
  std::int64_t Below(std::int64_t end) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end));
  }
  static void Add(std::int64_t time, Uint128 amount, std::uint64_t number,
                  std::vector<ServiceMovement>* movements) {
    ServiceMovement movement;
    movement.at.number = 1'000'000'000 + number;
    movement.at.time = time;
    movement.other = AddressNum{kPlantedAddress + number};
    movement.amount = amount;
    movements->push_back(movement);
  }

  std::vector<ServiceMovement> deposits_;
  std::vector<ServiceMovement> withdrawals_;
  const std::vector<RatePoint> points_;
  const RatePath rates_;
  HintParameters parameters_;
  std::mt19937_64 random_;
};

TEST(HintScenario, PlantedSwapsAreFoundAndRateOfFalseLeadsIsKnown) {
  constexpr std::uint64_t kSeed = 31;
  constexpr std::size_t kPlanted = 200;
  const ServiceMovements bitcoin = OfBitcoin(kSeed);
  const ServiceMovements tron = OfTron(kSeed);
  std::printf("bitcoin: %zu deposits, %zu withdrawals; tron: %zu and %zu\n",
              bitcoin.deposits.size(), bitcoin.withdrawals.size(), tron.deposits.size(),
              tron.withdrawals.size());
  const auto run = [&](const char* what, const ServiceMovements& in, const ServiceMovements& out,
                       bool is_bitcoin_in) {
    SCOPED_TRACE(what);
    std::printf("%s\n", what);
    Crossing crossing(in.deposits, out.withdrawals, is_bitcoin_in, kSeed);
    const Counts clean = crossing.AskAll();
    clean.Print("clean");
    // Of what is tested at one in twenty (one in a hundred) no more are told.
    ASSERT_GT(clean.tested, 100U);
    EXPECT_LE(clean.leads * 20, clean.tested);
    EXPECT_LE(clean.strict * 100, clean.tested);
    crossing.Plant(kPlanted);
    std::size_t wrong = 0;
    const Counts planted = crossing.AskPlanted(&wrong);
    planted.Print("planted");
    std::printf("  wrong %zu\n", wrong);
    EXPECT_LE(wrong * 50, planted.leads);
    EXPECT_GE(planted.leads * 10, kPlanted);
  };
  run("bitcoin to tron", bitcoin, tron, true);
  run("tron to bitcoin", tron, bitcoin, false);
}

}  // namespace
}  // namespace coinwake::test
