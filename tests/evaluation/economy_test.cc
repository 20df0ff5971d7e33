// Goal: the chain of an invented economy is what its header promises, so that what is measured on
// it means something. Method: make small chains of each configuration into a temporary folder,
// index them, and hold every transaction against the truth and against the protocol it claims to
// follow.
#include "tests/support/economy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/hex.h"
#include "indexer/ingest/ingest.h"
#include "indexer/view/open.h"
#include "tests/support/economy_truth.h"
#include "tests/support/matchers.h"

namespace coinwake::synthetic {
namespace {

using ::testing::IsSupersetOf;

constexpr std::uint64_t kTransactions = 40'000;

std::string FreshFolder(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::remove_all(path);
  return path.string();
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

ChainReport Generate(const std::string& economy, const std::string& folder, std::uint64_t count,
                     std::uint64_t seed) {
  ChainOptions options;
  options.transactions = count;
  options.seed = seed;
  options.folder = folder;
  options.truth_folder = folder;
  const auto report = GenerateEconomy(RealFileSystem(), options, *EconomyNamed(economy));
  EXPECT_THAT(report, IsOk());
  return report.ok() ? *report : ChainReport{};
}

// A transaction as the index has it.
struct Seen {
  TxNum tx;
  std::string kind;
  std::vector<std::uint64_t> input_values;
  std::vector<std::uint64_t> output_values;  // OP_RETURN is 0
  std::vector<ScriptType> input_types;
  std::set<AddressNum> input_addresses;
  std::set<AddressNum> output_addresses;
  std::size_t null_data = 0;
};

// A chain of one configuration, indexed, with its truth.
class Chain {
 public:
  explicit Chain(const std::string& economy) : folder_(FreshFolder("economy-" + economy)) {
    report = Generate(economy, folder_, kTransactions, 11);
    IngestOptions options;
    options.blocks_folder = folder_;
    options.data_folder = folder_ + "/index";
    const auto ingested = IndexBitcoin(RealFileSystem(), options);
    EXPECT_THAT(ingested, IsOk());
    if (ingested.ok()) ingest = *ingested;
    auto opened = OpenForReading(RealFileSystem(), options.data_folder, Network::kBitcoinRegtest);
    EXPECT_THAT(opened, IsOk());
    index_ = *std::move(opened);
    auto read = ReadEconomyTruth(RealFileSystem(), folder_);
    EXPECT_THAT(read, IsOk());
    truth = *std::move(read);
  }

  const View& view() const { return *index_.view; }
  const ScriptTruth* TruthOf(AddressNum address) const {
    const auto found = truth.scripts.find(HexEncode(view().Script(address)));
    return found == truth.scripts.end() ? nullptr : &found->second;
  }
  Seen Look(TxNum tx) const {
    Seen seen;
    seen.tx = tx;
    const auto found = truth.transactions.find(view().Txid(tx).ToDisplayHex());
    if (found != truth.transactions.end()) seen.kind = found->second.kind;
    const IdRange<InputNum> inputs = view().Inputs(tx);
    for (InputNum input = inputs.begin; input != inputs.end; ++input) {
      const InputSource source = view().Source(input);
      seen.input_values.push_back(*view().SourceValue(source));
      seen.input_addresses.insert(*view().SourceAddress(source));
      seen.input_types.push_back(view().TypeOf(*view().SourceAddress(source)));
    }
    const IdRange<OutputNum> outputs = view().Outputs(tx);
    for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
      seen.output_values.push_back(view().Value(output));
      const AddressNum address = view().AddressOf(output);
      if (view().TypeOf(address) == ScriptType::kNullData) {
        ++seen.null_data;
      } else {
        seen.output_addresses.insert(address);
      }
    }
    return seen;
  }
  std::vector<Seen> AllOf(const std::string& kind) const {
    std::vector<Seen> all;
    for (std::uint64_t i = 0; i < view().transactions_count(); ++i) {
      const auto found = truth.transactions.find(view().Txid(TxNum{i}).ToDisplayHex());
      if (found != truth.transactions.end() && found->second.kind == kind) {
        all.push_back(Look(TxNum{i}));
      }
    }
    return all;
  }

  ChainReport report;
  IngestReport ingest;
  EconomyTruth truth;

 private:
  std::string folder_;
  OpenIndex index_;
};

// How often the most frequent value occurs, and which it is.
std::pair<std::size_t, std::uint64_t> MostFrequent(const std::vector<std::uint64_t>& values) {
  std::map<std::uint64_t, std::size_t> counts;
  for (const std::uint64_t value : values) ++counts[value];
  std::pair<std::size_t, std::uint64_t> most = {0, 0};
  for (const auto& [value, count] : counts) most = std::max(most, {count, value});
  return most;
}

std::uint64_t Sum(const std::vector<std::uint64_t>& values) {
  std::uint64_t sum = 0;
  for (const std::uint64_t value : values) sum += value;
  return sum;
}

class EconomyTest : public ::testing::TestWithParam<const char*> {
 protected:
  // One chain a configuration for all tests of this process.
  const Chain& chain() {
    static std::map<std::string, std::unique_ptr<Chain>> chains;
    std::unique_ptr<Chain>& chain = chains[GetParam()];
    if (chain == nullptr) chain = std::make_unique<Chain>(GetParam());
    return *chain;
  }
  const View& view() { return chain().view(); }
  EconomyConfig config() { return *EconomyNamed(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(All, EconomyTest,
                         ::testing::Values("calibration", "held_out", "adversarial"));

TEST(Economy, WritesTheSameBytesForTheSameSeedOnly) {
  const std::string first = FreshFolder("economy-first");
  const std::string second = FreshFolder("economy-second");
  const std::string other = FreshFolder("economy-other");
  Generate("held_out", first, 3'000, 5);
  Generate("held_out", second, 3'000, 5);
  Generate("held_out", other, 3'000, 6);
  for (const char* name : {"/blk00000.dat", "/owners.csv", "/kinds.csv"}) {
    EXPECT_EQ(Contents(first + name), Contents(second + name)) << name;
    EXPECT_NE(Contents(first + name), Contents(other + name)) << name;
  }
}

TEST(Economy, KnowsItsConfigurations) {
  EXPECT_FALSE(EconomyNamed("").has_value());
  const EconomyConfig calibration = *EconomyNamed("calibration");
  const EconomyConfig held_out = *EconomyNamed("held_out");
  EXPECT_EQ(held_out.name, "held_out");
  EXPECT_NE(calibration.people, held_out.people);
  EXPECT_NE(calibration.deeds, held_out.deeds);
  EXPECT_NE(calibration.deposit_kind, held_out.deposit_kind);
}

TEST_P(EconomyTest, IndexesWithNothingUnresolved) {
  const IngestReport& ingest = chain().ingest;
  EXPECT_EQ(ingest.unresolved_inputs, 0u);
  EXPECT_THAT(ingest.warnings, ::testing::IsEmpty());
  EXPECT_EQ(ingest.blocks, chain().report.blocks);
  EXPECT_EQ(ingest.block_hash, chain().report.tip);
  EXPECT_EQ(ingest.transactions, chain().report.transactions);
  EXPECT_EQ(ingest.inputs, chain().report.inputs);
  EXPECT_EQ(ingest.outputs, chain().report.outputs);
}

TEST_P(EconomyTest, ConservesValue) {
  std::uint64_t unspent = 0;
  std::uint64_t unspent_outputs = 0;
  for (std::uint64_t height = 1; height <= view().snapshot().height; ++height) {
    const IdRange<TxNum> transactions = view().TransactionsAt(height);
    std::uint64_t fees = 0;
    for (TxNum tx = transactions.begin + 1; tx != transactions.end; ++tx) {
      const Seen seen = chain().Look(tx);
      ASSERT_GE(Sum(seen.input_values), Sum(seen.output_values)) << seen.kind;
      fees += Sum(seen.input_values) - Sum(seen.output_values);
    }
    ASSERT_EQ(Sum(chain().Look(transactions.begin).output_values), RegtestSubsidy(height) + fees);
  }
  const IdRange<OutputNum> genesis = view().Outputs(TxNum{0});
  for (OutputNum output = genesis.end; output.value < view().outputs_count(); ++output) {
    if (view().Spender(output).has_value() || view().IsUnspendable(output)) continue;
    unspent += view().Value(output);
    ++unspent_outputs;
  }
  EXPECT_EQ(unspent, chain().report.unspent_value);
  EXPECT_EQ(unspent_outputs, chain().report.unspent_outputs);
}

TEST_P(EconomyTest, KnowsTheOwnerOfEveryScriptAndOfEveryInput) {
  std::size_t known = 0;
  const std::uint64_t genesis = view().AddressOf(OutputNum{0}).value;
  for (std::uint64_t i = 0; i < view().addresses_count(); ++i) {
    const AddressNum address{i};
    if (i == genesis || view().TypeOf(address) == ScriptType::kNullData) continue;
    ASSERT_NE(chain().TruthOf(address), nullptr) << HexEncode(view().Script(address));
    ++known;
  }
  EXPECT_EQ(known, chain().truth.scripts.size()) << "scripts that nobody was paid at";
  EXPECT_EQ(known, chain().report.scripts);
  EXPECT_EQ(chain().truth.transactions.size(), kTransactions);
  for (std::uint64_t i = 0; i < view().transactions_count(); ++i) {
    if (view().IsCoinbase(TxNum{i})) continue;
    const auto found = chain().truth.transactions.find(view().Txid(TxNum{i}).ToDisplayHex());
    ASSERT_NE(found, chain().truth.transactions.end());
    std::set<std::uint32_t> owners;
    for (const AddressNum address : chain().Look(TxNum{i}).input_addresses) {
      owners.insert(chain().TruthOf(address)->owner);
    }
    ASSERT_TRUE(std::equal(owners.begin(), owners.end(), found->second.owners.begin(),
                           found->second.owners.end()))
        << found->second.kind;
    for (const std::uint32_t vout : found->second.change) {
      const AddressNum address = view().AddressOf(view().Outputs(TxNum{i}).begin + vout);
      ASSERT_TRUE(owners.contains(chain().TruthOf(address)->owner)) << found->second.kind;
    }
  }
}

TEST_P(EconomyTest, HasEveryKindAboutAsOftenAsConfigured) {
  std::map<std::string, std::uint64_t> kinds;
  for (const auto& [txid, truth] : chain().truth.transactions) ++kinds[truth.kind];
  const auto share = [&](Deed deed) {
    std::uint64_t all = 0;
    for (const std::uint32_t each : config().deeds) all += each;
    return kTransactions * config().deeds[static_cast<std::size_t>(deed)] / all;
  };
  for (const Deed deed : {Deed::kDeposit, Deed::kWithdrawal, Deed::kConsolidation}) {
    const std::string name(DeedName(deed));
    EXPECT_NEAR(static_cast<double>(kinds[name]), static_cast<double>(share(deed)),
                0.35 * static_cast<double>(share(deed)))
        << name;
  }
  // Payments stand in where something else could not be done.
  EXPECT_GE(kinds["payment"], share(Deed::kPayment) * 95 / 100);
  EXPECT_LE(kinds["payment"], share(Deed::kPayment) * 13 / 10);
  EXPECT_NEAR(static_cast<double>(kinds["peel"]), static_cast<double>(share(Deed::kLaundering)),
              0.4 * static_cast<double>(share(Deed::kLaundering)));
  std::set<std::string> names;
  for (const auto& [name, count] : kinds) names.insert(name);
  EXPECT_THAT(names, IsSupersetOf({"sweep", "pool_payout", "peel_start", "fan_out", "fan_in",
                                   "whirlpool_tx0", "whirlpool", "wasabi1", "wasabi2", "joinmarket",
                                   "stonewall", "chip_deposit", "chip_creation", "payjoin", "sale",
                                   "crowdfund", "dusting"}));
  EXPECT_EQ(names.contains("joint"), std::string(GetParam()) == "adversarial");
}

TEST_P(EconomyTest, GivesPeopleTheWalletsConfigured) {
  std::map<std::uint32_t, std::string> wallet_of;
  std::set<std::string> kinds;
  for (const auto& [script, truth] : chain().truth.scripts) {
    kinds.insert(truth.kind);
    if (truth.kind == "person") wallet_of[truth.owner] = truth.wallet;
  }
  EXPECT_THAT(kinds, IsSupersetOf({"person", "merchant", "exchange", "pool", "seller",
                                   "custody_client", "operator", "chipmixer", "adversary"}));
  std::map<std::string, std::uint64_t> people;
  for (const auto& [owner, wallet] : wallet_of) ++people[wallet];
  std::uint64_t all = 0;
  for (const std::uint32_t share : config().people) all += share;
  for (std::size_t style = 0; style < kWalletStyles; ++style) {
    if (style >= static_cast<std::size_t>(WalletStyle::kWasabi))
      break;  // more, to mix from the start
    const double expected =
        static_cast<double>(wallet_of.size() * config().people[style]) / static_cast<double>(all);
    const std::string name(config().fingerprints[style].name);
    EXPECT_NEAR(static_cast<double>(people[name]), expected, 0.25 * expected + 10) << name;
  }
}

TEST_P(EconomyTest, LeavesTheFingerprintOfTheWallet) {
  std::map<std::string, Fingerprint> fingerprints;
  for (const Fingerprint& each : config().fingerprints) {
    fingerprints.emplace(std::string(each.name), each);
  }
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> change_last;  // of how many
  std::uint64_t ordered = 0;
  for (const Seen& seen : chain().AllOf("payment")) {
    const std::string wallet = chain().TruthOf(*seen.input_addresses.begin())->wallet;
    const Fingerprint& habits = fingerprints.at(wallet);
    ASSERT_EQ(view().Version(seen.tx), habits.version) << wallet;
    const std::uint64_t tip = view().HeightOf(seen.tx) - 1;
    const std::uint32_t locktime = view().Locktime(seen.tx);
    if (habits.locktime == LocktimeHabit::kTip) {
      ASSERT_LE(locktime, tip);
      ASSERT_GT(locktime + 100, tip);
    } else {
      ASSERT_EQ(locktime, 0u) << wallet;
    }
    const SequenceClass sequence = view().Flags(view().Inputs(seen.tx).begin).sequence_class;
    ASSERT_EQ(sequence == SequenceClass::kReplaceable, habits.sequence == 0xfffffffd) << wallet;
    if (habits.order == OrderHabit::kBip69) {
      ASSERT_TRUE(std::is_sorted(seen.output_values.begin(), seen.output_values.end()));
      ordered += seen.output_values.size() > 1;
    }
    const TransactionTruth& truth =
        chain().truth.transactions.at(view().Txid(seen.tx).ToDisplayHex());
    if (truth.change.size() == 1) {
      auto& [last, all] = change_last[wallet];
      last += truth.change.front() + 1 == seen.output_values.size();
      ++all;
    }
  }
  EXPECT_GT(ordered, 100u);
  EXPECT_EQ(change_last["mobile"].first, change_last["mobile"].second);
  const auto [last, all] = change_last["core"];
  EXPECT_GT(all, 100u);
  EXPECT_NEAR(static_cast<double>(last) / static_cast<double>(all), 0.5, 0.15);
}

TEST_P(EconomyTest, MixesByWhirlpoolsTemplate) {
  const std::vector<Seen> mixes = chain().AllOf("whirlpool");
  ASSERT_FALSE(mixes.empty());
  for (const Seen& seen : mixes) {
    const std::uint64_t denomination = seen.output_values.front();
    EXPECT_EQ(seen.output_values, std::vector<std::uint64_t>(5, denomination));
    EXPECT_EQ(seen.input_addresses.size(), 5u);
    EXPECT_EQ(seen.output_addresses.size(), 5u);
    const auto fresh = std::count_if(seen.input_values.begin(), seen.input_values.end(),
                                     [&](std::uint64_t value) { return value > denomination; });
    EXPECT_GE(fresh, 1);
    EXPECT_LE(fresh, 4);
    EXPECT_EQ(*std::min_element(seen.input_values.begin(), seen.input_values.end()), denomination);
    EXPECT_LE(*std::max_element(seen.input_values.begin(), seen.input_values.end()),
              denomination + 110'000);
    const auto& owners = chain().truth.transactions.at(view().Txid(seen.tx).ToDisplayHex()).owners;
    EXPECT_EQ(owners.size(), 5u);
  }
  for (const Seen& seen : chain().AllOf("whirlpool_tx0")) {
    EXPECT_EQ(seen.null_data, 1u);
    EXPECT_EQ(chain().truth.transactions.at(view().Txid(seen.tx).ToDisplayHex()).owners.size(), 1u);
  }
}

TEST_P(EconomyTest, MixesByWasabisTemplates) {
  for (const Seen& seen : chain().AllOf("wasabi1")) {
    const auto [count, value] = MostFrequent(seen.output_values);
    EXPECT_GE(count, config().wasabi1_people.low);
    EXPECT_NEAR(static_cast<double>(value), 10'000'000, 2'000'000);
    EXPECT_GE(seen.input_addresses.size(), count);
  }
  for (const Seen& seen : chain().AllOf("wasabi2")) {
    EXPECT_GE(seen.input_values.size(), config().wasabi2_inputs.low);
    EXPECT_TRUE(std::is_sorted(seen.input_values.rbegin(), seen.input_values.rend()));
    EXPECT_TRUE(std::is_sorted(seen.output_values.rbegin(), seen.output_values.rend()));
    for (const ScriptType type : seen.input_types) {
      EXPECT_TRUE(type == ScriptType::kWitnessV0KeyHash || type == ScriptType::kWitnessV1Taproot);
    }
    // Three of the standard denominations, each of another series.
    EXPECT_TRUE(
        std::any_of(seen.output_values.begin(), seen.output_values.end(), [](std::uint64_t value) {
          for (const std::uint64_t one : {131072U, 177147U, 200000U, 262144U, 500000U, 524288U,
                                          531441U, 1000000U, 1048576U, 1062882U, 2097152U}) {
            if (value == one) return true;
          }
          return false;
        }));
  }
}

TEST_P(EconomyTest, MixesByJoinMarketsTemplate) {
  for (const Seen& seen : chain().AllOf("joinmarket")) {
    const auto [count, value] = MostFrequent(seen.output_values);
    const auto& owners = chain().truth.transactions.at(view().Txid(seen.tx).ToDisplayHex()).owners;
    EXPECT_EQ(count, owners.size());
    EXPECT_GE(count, config().joinmarket_makers.low + 1);
    EXPECT_LE(count, config().joinmarket_makers.high + 1);
    EXPECT_GE(seen.output_values.size(), 2 * count - 1);
    EXPECT_LE(seen.output_values.size(), 2 * count);
  }
}

TEST_P(EconomyTest, MakesChipsThatTheirCustomersSpend) {
  std::size_t chips = 0;
  std::size_t spent_by_customers = 0;
  for (const Seen& seen : chain().AllOf("chip_creation")) {
    const auto [count, value] = MostFrequent(seen.output_values);
    EXPECT_GE(count, 4u);
    EXPECT_EQ(value % 100'000, 0u);
    const IdRange<OutputNum> outputs = view().Outputs(seen.tx);
    for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
      if (view().Value(output) != value || !view().Spender(output).has_value()) continue;
      ++chips;
      spent_by_customers += chain().TruthOf(view().AddressOf(output))->kind != "chipmixer";
    }
  }
  EXPECT_GT(chips, 0u);
  EXPECT_EQ(spent_by_customers, chips);
}

TEST_P(EconomyTest, MarksInputsOfStrangersAnyoneCanPay) {
  for (const Seen& seen : chain().AllOf("sale")) {
    const IdRange<InputNum> inputs = view().Inputs(seen.tx);
    for (InputNum input = inputs.begin; input != inputs.end; ++input) {
      EXPECT_EQ(view().Flags(input).anyone_can_pay, input == inputs.begin);
    }
  }
  for (const Seen& seen : chain().AllOf("crowdfund")) {
    const IdRange<InputNum> inputs = view().Inputs(seen.tx);
    for (InputNum input = inputs.begin; input != inputs.end; ++input) {
      EXPECT_TRUE(view().Flags(input).anyone_can_pay);
    }
    EXPECT_EQ(seen.output_values.size(), 1u);
  }
  for (const Seen& seen : chain().AllOf("payjoin")) {
    EXPECT_EQ(chain().truth.transactions.at(view().Txid(seen.tx).ToDisplayHex()).owners.size(), 2u);
    const IdRange<InputNum> inputs = view().Inputs(seen.tx);
    for (InputNum input = inputs.begin; input != inputs.end; ++input) {
      EXPECT_FALSE(view().Flags(input).anyone_can_pay);
    }
  }
}

}  // namespace
}  // namespace coinwake::synthetic
