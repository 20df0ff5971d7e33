#include "tests/support/economy_config.h"

namespace coinwake::synthetic {
namespace {

using Shares = std::array<std::uint32_t, kWalletStyles>;

constexpr std::uint32_t kFinal = 0xffffffff;
constexpr std::uint32_t kNoReplacement = 0xfffffffe;  // locktime holds
constexpr std::uint32_t kReplaceable = 0xfffffffd;    // BIP125

std::size_t At(WalletStyle style) { return static_cast<std::size_t>(style); }

// Habits as surveys of wallets describe them (github.com/ishaanam/wallet-fingerprinting; the
// privacy page of the Bitcoin wiki).
std::array<Fingerprint, kWalletStyles> CommonFingerprints() {
  std::array<Fingerprint, kWalletStyles> all;
  all[At(WalletStyle::kCore)] = {.name = "core",
                                 .change_as_payment = true,
                                 .locktime = LocktimeHabit::kTip,
                                 .sequence = kReplaceable,
                                 .coins = CoinHabit::kSmallerFirst,
                                 .reuse_percent = 5,
                                 .round_percent = 25};
  all[At(WalletStyle::kElectrum)] = {.name = "electrum",
                                     .locktime = LocktimeHabit::kTip,
                                     .sequence = kReplaceable,
                                     .order = OrderHabit::kBip69,
                                     .coins = CoinHabit::kOldestFirst,
                                     .reuse_percent = 8,
                                     .round_percent = 30};
  all[At(WalletStyle::kMobile)] = {.name = "mobile",
                                   .version = 1,
                                   .order = OrderHabit::kChangeLast,
                                   .coins = CoinHabit::kOldestFirst,
                                   .fees = FeeHabit::kWholeRates,
                                   .reuse_percent = 20,
                                   .round_percent = 35};
  all[At(WalletStyle::kHardware)] = {.name = "hardware",
                                     .sequence = kReplaceable,
                                     .order = OrderHabit::kBip69,
                                     .coins = CoinHabit::kSmallestThatSuffices,
                                     .fees = FeeHabit::kWholeRates,
                                     .reuse_percent = 3,
                                     .round_percent = 25};
  all[At(WalletStyle::kLegacy)] = {.name = "legacy",
                                   .receives = ScriptKind::kPubkeyHash,
                                   .change = ScriptKind::kPubkeyHash,
                                   .version = 1,
                                   .order = OrderHabit::kChangeLast,
                                   .coins = CoinHabit::kOldestFirst,
                                   .fees = FeeHabit::kWholeRates,
                                   .reuse_percent = 55,
                                   .change_reuse_percent = 75,
                                   .round_percent = 40};
  all[At(WalletStyle::kNested)] = {.name = "nested",
                                   .receives = ScriptKind::kNestedWitness,
                                   .change = ScriptKind::kNestedWitness,
                                   .version = 1,
                                   .sequence = kNoReplacement,
                                   .coins = CoinHabit::kLargestFirst,
                                   .reuse_percent = 10,
                                   .round_percent = 30};
  all[At(WalletStyle::kTaproot)] = {.name = "taproot",
                                    .receives = ScriptKind::kTaproot,
                                    .change = ScriptKind::kTaproot,
                                    .sequence = kReplaceable,
                                    .coins = CoinHabit::kSmallestThatSuffices,
                                    .reuse_percent = 4,
                                    .round_percent = 20};
  all[At(WalletStyle::kBatcher)] = {.name = "batcher",
                                    .order = OrderHabit::kShuffled,
                                    .coins = CoinHabit::kOldestFirst,
                                    .reuse_percent = 90,
                                    .change_reuse_percent = 90,
                                    .round_percent = 20};
  all[At(WalletStyle::kCustody)] = {.name = "custody",
                                    .receives = ScriptKind::kWitnessMultisig,
                                    .change = ScriptKind::kWitnessMultisig,
                                    .version = 1,
                                    .coins = CoinHabit::kOldestFirst,
                                    .reuse_percent = 10,
                                    .round_percent = 30};
  all[At(WalletStyle::kWasabi)] = {
      .name = "wasabi", .version = 1, .coins = CoinHabit::kAny, .round_percent = 20};
  all[At(WalletStyle::kSamourai)] = {.name = "samourai",
                                     .version = 1,
                                     .order = OrderHabit::kBip69,
                                     .coins = CoinHabit::kSmallestThatSuffices,
                                     .round_percent = 25};
  all[At(WalletStyle::kJoinMarket)] = {.name = "joinmarket",
                                       .locktime = LocktimeHabit::kTip,
                                       .sequence = kNoReplacement,
                                       .coins = CoinHabit::kLargestFirst,
                                       .round_percent = 20};
  static_assert(kFinal == 0xffffffff);  // the default sequence
  return all;
}

void SetDeed(EconomyConfig* config, Deed deed, std::uint32_t share) {
  config->deeds[static_cast<std::size_t>(deed)] = share;
}

void SetStyle(Shares* shares, WalletStyle style, std::uint32_t share) {
  (*shares)[At(style)] = share;
}

EconomyConfig Calibration() {
  EconomyConfig config;
  config.name = "calibration";
  config.fingerprints = CommonFingerprints();
  SetStyle(&config.people, WalletStyle::kCore, 14);
  SetStyle(&config.people, WalletStyle::kElectrum, 18);
  SetStyle(&config.people, WalletStyle::kMobile, 28);
  SetStyle(&config.people, WalletStyle::kHardware, 14);
  SetStyle(&config.people, WalletStyle::kLegacy, 8);
  SetStyle(&config.people, WalletStyle::kNested, 6);
  SetStyle(&config.people, WalletStyle::kTaproot, 4);
  SetStyle(&config.people, WalletStyle::kWasabi, 4);
  SetStyle(&config.people, WalletStyle::kSamourai, 2);
  SetStyle(&config.people, WalletStyle::kJoinMarket, 2);
  SetStyle(&config.merchants, WalletStyle::kElectrum, 5);
  SetStyle(&config.merchants, WalletStyle::kMobile, 5);
  SetStyle(&config.sellers, WalletStyle::kElectrum, 6);
  SetStyle(&config.sellers, WalletStyle::kMobile, 3);
  SetStyle(&config.sellers, WalletStyle::kLegacy, 1);
  SetDeed(&config, Deed::kPayment, 6000);
  SetDeed(&config, Deed::kDeposit, 900);
  SetDeed(&config, Deed::kSweep, 150);
  SetDeed(&config, Deed::kWithdrawal, 700);
  SetDeed(&config, Deed::kPoolPayout, 100);
  SetDeed(&config, Deed::kConsolidation, 350);
  SetDeed(&config, Deed::kLaundering, 700);
  SetDeed(&config, Deed::kWhirlpoolTx0, 25);
  SetDeed(&config, Deed::kWhirlpoolMix, 70);
  SetDeed(&config, Deed::kWasabi1, 8);
  SetDeed(&config, Deed::kWasabi2, 8);
  SetDeed(&config, Deed::kJoinMarket, 20);
  SetDeed(&config, Deed::kStonewall, 5);
  SetDeed(&config, Deed::kChipMixer, 25);
  SetDeed(&config, Deed::kPayJoin, 1);
  SetDeed(&config, Deed::kSale, 60);
  SetDeed(&config, Deed::kCrowdfund, 3);
  SetDeed(&config, Deed::kSharedCustody, 1);
  SetDeed(&config, Deed::kDusting, 3);
  return config;
}

// Other software in other shares, with other settings; other services; more reuse by exchanges'
// customers and less by people; longer and thinner peel chains; smaller rounds of Wasabi 2, larger
// ones of Wasabi 1.
EconomyConfig HeldOut() {
  EconomyConfig config = Calibration();
  config.name = "held_out";
  Fingerprint& mobile = config.fingerprints[At(WalletStyle::kMobile)];
  mobile.version = 2;
  mobile.sequence = kReplaceable;
  mobile.coins = CoinHabit::kSmallerFirst;
  mobile.reuse_percent = 12;
  mobile.round_percent = 22;
  Fingerprint& hardware = config.fingerprints[At(WalletStyle::kHardware)];
  hardware.order = OrderHabit::kShuffled;
  hardware.locktime = LocktimeHabit::kTip;
  Fingerprint& legacy = config.fingerprints[At(WalletStyle::kLegacy)];
  legacy.change_reuse_percent = 50;
  legacy.reuse_percent = 40;
  config.fingerprints[At(WalletStyle::kCore)].round_percent = 15;
  config.fingerprints[At(WalletStyle::kElectrum)].coins = CoinHabit::kAny;
  Fingerprint& batcher = config.fingerprints[At(WalletStyle::kBatcher)];
  batcher.receives = ScriptKind::kWitnessMultisig;
  batcher.change = ScriptKind::kWitnessMultisig;
  batcher.sequence = kReplaceable;
  batcher.order = OrderHabit::kChangeLast;
  config.people = {};
  SetStyle(&config.people, WalletStyle::kCore, 8);
  SetStyle(&config.people, WalletStyle::kElectrum, 10);
  SetStyle(&config.people, WalletStyle::kMobile, 34);
  SetStyle(&config.people, WalletStyle::kHardware, 20);
  SetStyle(&config.people, WalletStyle::kLegacy, 4);
  SetStyle(&config.people, WalletStyle::kNested, 4);
  SetStyle(&config.people, WalletStyle::kTaproot, 9);
  SetStyle(&config.people, WalletStyle::kWasabi, 5);
  SetStyle(&config.people, WalletStyle::kSamourai, 3);
  SetStyle(&config.people, WalletStyle::kJoinMarket, 3);
  config.merchants = {};
  SetStyle(&config.merchants, WalletStyle::kHardware, 3);
  SetStyle(&config.merchants, WalletStyle::kMobile, 4);
  SetStyle(&config.merchants, WalletStyle::kTaproot, 1);
  config.sellers = {};
  SetStyle(&config.sellers, WalletStyle::kMobile, 5);
  SetStyle(&config.sellers, WalletStyle::kCore, 2);
  SetStyle(&config.sellers, WalletStyle::kNested, 1);
  SetDeed(&config, Deed::kPayment, 5600);
  SetDeed(&config, Deed::kDeposit, 1100);
  SetDeed(&config, Deed::kSweep, 260);
  SetDeed(&config, Deed::kConsolidation, 400);
  SetDeed(&config, Deed::kWhirlpoolMix, 90);
  SetDeed(&config, Deed::kWasabi1, 5);
  SetDeed(&config, Deed::kWasabi2, 12);
  SetDeed(&config, Deed::kJoinMarket, 30);
  SetDeed(&config, Deed::kSale, 90);
  config.person_one_in = 13;
  config.much_of_balance_percent = 50;
  config.empties_percent = 6;
  config.merchants_count = 60;
  config.sellers_count = 30;
  config.exchanges_count = 9;
  config.to_exchange_percent = 20;
  config.to_merchant_percent = 20;
  config.fee_rate = {3, 90};
  config.inputs_of_consolidation = {3, 25};
  config.deposit_kind = ScriptKind::kWitnessKeyHash;
  config.fresh_deposit_percent = 25;
  config.fresh_hot_change_percent = 30;
  config.sweep_with_hot_percent = 25;
  config.hot_addresses = 2;
  config.payees_of_withdrawal = {2, 35};
  config.inputs_of_sweep = {8, 40};
  config.whirlpool_pools = {0, 1, 3};
  config.remix_percent = 50;
  config.wasabi1_people = {20, 60};
  config.wasabi2_inputs = {50, 80};
  config.wasabi2_taproot_percent = 60;
  config.wasabi2_change_percent = 20;
  config.joinmarket_makers = {4, 7};
  config.joinmarket_sweep_percent = 35;
  config.peel_hops = {10, 60};
  config.peel_permille = {5, 80};
  config.fan_width = {3, 12};
  config.equal_fan_percent = 35;
  return config;
}

EconomyConfig Adversarial() {
  EconomyConfig config = HeldOut();
  config.name = "adversarial";
  SetDeed(&config, Deed::kJoint, 12);
  SetDeed(&config, Deed::kCrowdfund, 30);
  SetDeed(&config, Deed::kDusting, 20);
  SetDeed(&config, Deed::kPayJoin, 10);
  SetDeed(&config, Deed::kSharedCustody, 4);
  config.joint_takes_services = true;
  return config;
}

}  // namespace

std::optional<EconomyConfig> EconomyNamed(std::string_view name) {
  if (name == "calibration") return Calibration();
  if (name == "held_out") return HeldOut();
  if (name == "adversarial") return Adversarial();
  return std::nullopt;
}

std::string_view DeedName(Deed deed) {
  constexpr std::array<std::string_view, kDeeds> kNames = {
      "payment",       "deposit",    "sweep",         "withdrawal", "pool_payout",
      "consolidation", "laundering", "whirlpool_tx0", "whirlpool",  "wasabi1",
      "wasabi2",       "joinmarket", "stonewall",     "chipmixer",  "payjoin",
      "sale",          "crowdfund",  "custody",       "joint",      "dusting"};
  return kNames[static_cast<std::size_t>(deed)];
}

}  // namespace coinwake::synthetic
