// What a transaction looks like: who takes part in it, and which output goes back to the payer.
#ifndef COINWAKE_HEURISTICS_TRANSACTION_KIND_H_
#define COINWAKE_HEURISTICS_TRANSACTION_KIND_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heuristics/coinjoin.h"
#include "heuristics/transaction_facts.h"

namespace coinwake {

enum class Kind : std::uint8_t {
  kCoinbase,
  kCoinJoin,       // of several parties (heuristics/coinjoin.h)
  kPremix,         // a Tx0 of Whirlpool
  kChips,          // coins cut as ChipMixer cut them
  kConsolidation,  // several inputs, one output
  kTransfer,       // one input, one output
  kPayment,        // two outputs: a payment and, often, change
  kBatchPayment,   // three outputs or more
  kData,           // nothing but OP_RETURN
};
// coinbase, coinjoin, premix, chips, consolidation, transfer, payment, batch_payment, data.
std::string_view KindName(Kind kind);

struct TransactionKind {
  Kind kind = Kind::kPayment;
  // whirlpool, wasabi2, wasabi1, joinmarket, equal_outputs, chipmixer; "" for none.
  std::string_view protocol;
  std::uint32_t anonymity_set = 0;        // of a CoinJoin: outputs that cannot be told apart
  std::uint32_t confidence_permille = 0;  // that the protocol is right; 0 without one
  bool suspected = false;                 // MixVerdict::suspected
  bool payjoin_suspected = false;
  std::vector<std::string> reasons;  // what decided, a line each
};

// Structure alone; kPremix with the confidence that the structure gives.
TransactionKind JudgeKind(const TransactionFacts& facts);

// Of a premix one of whose outputs is spent in a mix.
inline constexpr std::uint32_t kPremixMixedConfidence = 900;

// The same of a view's transaction; a premix whose outputs are spent in a mix is surer of itself.
// REQUIRES: tx < transactions_count().
TransactionKind KindOf(const FactsReader& reader, TxNum tx);

// A PayJoin (BIP78) cannot be told from a payment. What speaks for one, weakly: an input more than
// the larger output needed (the unnecessary input heuristic, ALGORITHMS.md 2.4) and inputs of
// different script types. Only lowers what a co-spend is worth; never a verdict.
bool MaySuspectPayJoin(const TransactionFacts& facts);

// Outputs of ChipMixer's chips: at least four of 0.001 bitcoin times a power of two up to 8.192,
// all equal, and at most one other (ALGORITHMS.md 3.7). 0 where they are none; on the main network
// between May 2017 and March 2023 only. Its chips' keys were handed to customers: no link from a
// deposit to a chip is on the chain.
std::uint64_t ChipValue(const TransactionFacts& facts);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_TRANSACTION_KIND_H_
