// What an invented economy is made of: wallets with habits, and how often what happens.
//
// The named configurations differ in far more than a seed: rules may be fitted on `calibration`,
// never on `held_out`. No constant of a heuristic comes from here, and none of these from a
// heuristic: both come from what wallets and protocols are known to do.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_CONFIG_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_CONFIG_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/support/synthetic_scripts.h"

namespace coinwake::synthetic {

// Wallet software, by what its transactions look like. Named after what they resemble; no version
// of any product is meant.
enum class WalletStyle : std::uint8_t {
  kCore,      // anti-fee-sniping locktime, change of the payment's type, anywhere
  kElectrum,  // anti-fee-sniping locktime, BIP69 order
  kMobile,    // one address type, fresh change, always last
  kHardware,  // P2WPKH, BIP69 order, no locktime
  kLegacy,    // P2PKH, change back to the address that paid
  kNested,    // P2SH-P2WPKH
  kTaproot,
  kBatcher,  // many payees at once, change to its own hot address
  kCustody,  // P2WSH, 2 of 3
  kWasabi,   // CoinJoin clients
  kSamourai,
  kJoinMarket,
};
inline constexpr std::size_t kWalletStyles = 12;

enum class LocktimeHabit : std::uint8_t { kNone, kTip };
enum class OrderHabit : std::uint8_t { kShuffled, kBip69, kChangeLast, kAsMade };
enum class CoinHabit : std::uint8_t {
  kSmallestThatSuffices,
  kSmallerFirst,  // those below the sum, largest first; where they are too few, one above it
  kLargestFirst,
  kOldestFirst,
  kAny,
};
enum class FeeHabit : std::uint8_t { kEstimated, kWholeRates };

struct Fingerprint {
  std::string_view name;
  ScriptKind receives = ScriptKind::kWitnessKeyHash;
  ScriptKind change = ScriptKind::kWitnessKeyHash;
  bool change_as_payment = false;  // change takes the type of a payment, where the wallet knows it
  std::uint32_t version = 2;
  LocktimeHabit locktime = LocktimeHabit::kNone;
  std::uint32_t sequence = 0xffffffff;
  OrderHabit order = OrderHabit::kShuffled;
  CoinHabit coins = CoinHabit::kAny;
  FeeHabit fees = FeeHabit::kEstimated;
  std::uint8_t reuse_percent = 0;         // is paid at its last address again
  std::uint8_t change_reuse_percent = 0;  // change goes to an address that paid
  std::uint8_t round_percent = 0;         // of its payments
};

// What a transaction is made for. The names are the kinds of kinds.csv.
enum class Deed : std::uint8_t {
  kPayment,
  kDeposit,     // to an exchange
  kSweep,       // an exchange's deposits to its hot address
  kWithdrawal,  // an exchange pays many
  kPoolPayout,
  kConsolidation,
  kLaundering,  // a step of a peel chain, a fan-out, a fan-in
  kWhirlpoolTx0,
  kWhirlpoolMix,
  kWasabi1,
  kWasabi2,
  kJoinMarket,
  kStonewall,
  kChipMixer,  // a deposit, or coins broken into chips
  kPayJoin,
  kSale,       // ANYONECANPAY
  kCrowdfund,  // ANYONECANPAY
  kSharedCustody,
  kJoint,  // strangers pay together so that their clusters fall in one
  kDusting,
};
inline constexpr std::size_t kDeeds = 20;

struct Range {
  std::uint64_t low = 0;
  std::uint64_t high = 0;  // included
};

struct EconomyConfig {
  std::string_view name;
  std::array<Fingerprint, kWalletStyles> fingerprints;
  std::array<std::uint32_t, kWalletStyles> people{};  // shares of people that use each
  std::array<std::uint32_t, kWalletStyles> merchants{};
  std::array<std::uint32_t, kWalletStyles> sellers{};
  std::array<std::uint32_t, kDeeds> deeds{};  // shares of the transactions

  std::uint32_t founders = 200;      // people at the beginning
  std::uint32_t person_one_in = 16;  // a new one so often, by transactions
  std::uint32_t merchants_count = 40;
  std::uint32_t sellers_count = 40;
  std::uint32_t exchanges_count = 6;
  std::uint32_t miners_count = 6;
  std::uint32_t custody_clients_count = 8;

  // To whom a payment goes, of 100: the rest to people.
  std::uint8_t to_exchange_percent = 15;
  std::uint8_t to_merchant_percent = 25;
  std::uint8_t to_seller_percent = 8;

  std::uint8_t much_of_balance_percent = 60;  // of payments
  std::uint8_t empties_percent = 8;           // payments of all that is there, without change

  Range fee_rate = {1, 40};  // satoshi a virtual byte; wanders between the two
  Range inputs_of_consolidation = {4, 15};

  ScriptKind deposit_kind = ScriptKind::kPubkeyHash;
  std::uint8_t fresh_deposit_percent = 10;    // a customer is given another deposit address
  std::uint8_t fresh_hot_change_percent = 0;  // of withdrawals; else change goes to a hot address
  std::uint8_t sweep_with_hot_percent = 10;   // a sweep that takes a coin of the hot wallet along
  std::uint32_t hot_addresses = 3;            // of an exchange
  Range payees_of_withdrawal = {2, 60};
  Range inputs_of_sweep = {5, 60};

  std::vector<std::size_t> whirlpool_pools = {0, 1, 2};  // of kWhirlpoolPools in economy_mixes.cc
  std::uint8_t remix_percent = 60;
  Range wasabi1_people = {12, 45};
  Range wasabi2_inputs = {55, 110};
  std::uint8_t wasabi2_taproot_percent = 40;
  std::uint8_t wasabi2_change_percent = 15;
  Range joinmarket_makers = {3, 9};
  std::uint8_t joinmarket_sweep_percent = 20;

  Range peel_hops = {5, 30};
  Range peel_permille = {10, 150};  // of the chain's coin, at each hop
  Range fan_width = {4, 20};
  std::uint8_t equal_fan_percent = 20;  // all branches the same value

  // Whom a joint payment takes in: exchanges too, or people alone.
  bool joint_takes_services = false;
  Range joint_people = {2, 4};
  Range dusted = {20, 80};
};

// "calibration", "held_out", and "adversarial": the last is as the second with joint payments of
// services, crowdfunds and dust enough to collapse what does not defend itself. nullopt: unknown.
std::optional<EconomyConfig> EconomyNamed(std::string_view name);
std::string_view DeedName(Deed deed);

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_CONFIG_H_
