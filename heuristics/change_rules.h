// Which output of a payment is its change: the published rules, one by one.
//
// Each rule is pure and small, names the outputs it holds for change, and may abstain, of the whole
// transaction or of single outputs. Rules that look at who spends an output abstain of those not
// spent yet: their answer can only be given later. Sources: ALGORITHMS.md 2.1 to 2.6, and for kLast
// the page on privacy of the Bitcoin wiki ("wallet bugs").
#ifndef COINWAKE_HEURISTICS_CHANGE_RULES_H_
#define COINWAKE_HEURISTICS_CHANGE_RULES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "heuristics/fingerprint.h"
#include "heuristics/transaction_facts.h"

namespace coinwake {

// Transactions with more spendable outputs are batches: which one is change is left open.
inline constexpr std::size_t kMaxChangeOutputs = 16;

// A spendable output of a payment and what is known of it from elsewhere.
struct ChangeOutput {
  std::uint32_t vout = 0;
  std::uint64_t value = 0;  // satoshi
  AddressNum address;
  ScriptType type = ScriptType::kNonstandard;
  bool is_fresh = false;      // its address was never paid before this transaction
  bool is_paid_once = false;  // nor again within the snapshot
  bool is_to_payer = false;   // its address is among the inputs, or of the key of one
  // Of the transaction that spends it, where one does that one wallet wrote.
  struct Spender {
    Fingerprint print;
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;             // spendable ones
    std::optional<std::uint64_t> feerate;  // satoshi for 1000 virtual bytes
  };
  std::optional<Spender> spender;
};

// A payment as the rules see it: of one payer, all of whose coins are known.
struct Payment {
  AddressNum payer;  // the smallest of the input addresses
  Fingerprint print;
  std::uint32_t inputs = 0;
  std::optional<std::uint64_t> feerate;  // as Spender::feerate
  std::uint64_t input_sum = 0;           // satoshi
  std::uint64_t least_input = 0;
  std::optional<ScriptType> input_type;  // of all inputs; absent where they differ
  bool is_peel_shaped = false;           // one input, two outputs
  bool was_peel_shaped = false;          // the transaction that funded it, where it has one input
  std::vector<ChangeOutput> outputs;     // spendable ones by vout, 2 to kMaxChangeOutputs
};

// Position in a stored model: values never change.
enum class ChangeRule : std::uint8_t {
  kShadow = 0,        // 2.1, Androulaki et al. 2013
  kOneTime = 1,       // 2.2, Meiklejohn et al. 2013, with the wait: not paid again
  kFresh = 2,         // 2.3 client_change_address_behavior
  kOptimal = 3,       // 2.3, 2.4 UIH1: smaller than any input
  kNotRound = 4,      // 2.3 power_of_ten, six zeros
  kNotRound1000 = 5,  // 2.5: not a multiple of 1000 satoshi
  kSameType = 6,      // 2.3 address_type
  kLocktime = 7,      // 2.3 locktime, of the spender
  kSameFeerate = 8,   // 2.3 fixed_fee
  kPeeling = 9,       // 2.3 peeling_chain
  kContinuity = 10,   // 2.6, Kappos et al. 2022: the spender's fingerprint
  kConsumer = 11,     // 2.3, Nick 2015: spent by a transaction of at most two outputs
  kGraphSense = 12,   // 2.5 one_time_change
  kPaidOnce = 13,     // 2.2's wait, for any output: fresh, and not paid again in the snapshot
  kLast = 14,         // behind all other outputs: some software always puts it there
};
inline constexpr std::size_t kChangeRulesCount = 15;
std::string_view ChangeRuleName(ChangeRule rule);
inline constexpr std::uint32_t kChangeRulesVersion = 3;  // 3: direct change by key

// Rules that look at the same thing: of a family only the strongest speaks.
enum class ChangeFamily : std::uint8_t { kReuse, kValue, kType, kSpend, kOrder, kNone };
// Without kNone, whose rules are not combined.
inline constexpr std::size_t kChangeFamiliesCount = 5;
ChangeFamily FamilyOf(ChangeRule rule);

// Bit i is output i of Payment::outputs.
using OutputSet = std::uint32_t;
struct ChangeVote {
  OutputSet candidates = 0;  // what the rule holds for change
  OutputSet known = 0;       // the outputs it says anything about; 0: it abstains
};
// REQUIRES: 2 <= payment.outputs.size() <= kMaxChangeOutputs.
ChangeVote VoteOn(ChangeRule rule, const Payment& payment);

// 2.4 UIH2: an input that no output needed. The payer did not act as one who pays: PayJoin or a
// consolidation, about which the rules say nothing reliable.
bool HasUnneededInput(const Payment& payment);

// 2.5 direct_change: the outputs that pay an address of the inputs, or another of its key.
OutputSet DirectChange(const Payment& payment);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CHANGE_RULES_H_
