// Transactions that several parties made together, by the structure of their protocols.
//
// One rule set, used wherever it matters whether a transaction mixes: co-spend evidence, change,
// kinds of transactions. Traces do not stop at mixes yet. Sources: ALGORITHMS.md 3, which cites
// Dumplings, GraphSense (after Schnoering & Vazirgiannis 2023), crocs-muni's filters and
// WalletWasabi; what is our own choice is said there or in docs/design/coinjoin.md, with what the
// rules find in real data.
#ifndef COINWAKE_HEURISTICS_COINJOIN_H_
#define COINWAKE_HEURISTICS_COINJOIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heuristics/transaction_facts.h"

namespace coinwake {

enum class MixProtocol : std::uint8_t {
  kNone,
  kWhirlpool,     // Samourai's, Ashigaru's
  kWasabi2,       // WabiSabi
  kWasabi1,       // ZeroLink
  kJoinMarket,    // makers and a taker
  kEqualOutputs,  // none of these by shape, but the sums are a mix's
};
// whirlpool, wasabi2, wasabi1, joinmarket, equal_outputs; "" for none.
std::string_view MixProtocolName(MixProtocol protocol);

// Versioned together: every change of a rule here is a new version.
inline constexpr std::uint32_t kMixRulesVersion = 2;

struct MixVerdict {
  MixProtocol protocol = MixProtocol::kNone;
  // None of the protocols, but the sums allow several parties or are not known: two equal outputs
  // that two groups of inputs could have paid for (Stonewall X2 looks like that, and so does its
  // one-party form), or a mix's shape with more inputs than real ones have, an address used twice
  // or an OP_RETURN. Such inputs are not taken for one party's.
  bool suspected = false;
  // Equal outputs of the most frequent value: nobody hides among more in one step.
  std::uint32_t anonymity_set = 0;
  std::uint64_t value = 0;  // satoshi of each; 0 where no value repeats
  // How sure the rule is, a prior until measured (docs/accuracy.md).
  std::uint32_t confidence_permille = 0;

  bool is_coinjoin() const { return protocol != MixProtocol::kNone; }
  // Whether the inputs may belong to several parties.
  bool may_have_parties() const { return is_coinjoin() || suspected; }
};

// A transaction cannot be a mix, whatever its facts, with fewer inputs or outputs than these, or
// without two equal outputs of kMinEqualValue at least.
inline constexpr std::size_t kMinMixInputs = 2;
inline constexpr std::size_t kMinMixOutputs = 3;
inline constexpr std::uint64_t kMinEqualValue = 5000;  // satoshi: below are markers of tokens

// Pure and total. Unresolved inputs count as an address each and as any script type: where it is
// not known, a mix is likelier to be recognised than to join strangers. `reasons`, where not null,
// gets a line for what decided. Cost: O((inputs + outputs) log), and at most two searches of
// CanFund for what has a mix's shape.
MixVerdict JudgeMix(const TransactionFacts& facts, std::vector<std::string>* reasons);

// JudgeMix(facts, nullptr).may_have_parties(), most often in a tenth of the time: of a mix whose
// sums plainly allow several parties, not all that they allow is looked for.
bool MayHaveParties(const TransactionFacts& facts);

// A Tx0 of Whirlpool: one party's coins cut to a pool's value and the miner's fee on top, beside
// the coordinator's fee, at most one change and an OP_RETURN (ALGORITHMS.md 3.3, but the change may
// be as large as a fee). No mix: its inputs belong together, and so do its change and its premix
// outputs. Never a coinbase.
struct Premix {
  std::uint64_t denomination = 0;  // of the pool, satoshi
  std::uint64_t value = 0;         // of each premix output
  std::size_t outputs = 0;         // how many
};
std::optional<Premix> FindPremix(const TransactionFacts& facts);

// The 78 denominations of WabiSabi from 5,000 satoshi to 1,343.75 bitcoin, ascending.
const std::vector<std::uint64_t>& WabiSabiDenominations();

// Denominations of Whirlpool's pools and of its successor's, in satoshi.
struct WhirlpoolPool {
  std::uint64_t denomination;
  std::uint64_t fee;  // the coordinator's in a Tx0, about
};
inline constexpr WhirlpoolPool kWhirlpoolPools[] = {
    {100'000, 5'000},     {1'000'000, 50'000},   {2'500'000, 87'500},
    {5'000'000, 175'000}, {25'000'000, 875'000}, {50'000'000, 1'750'000},
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_COINJOIN_H_
