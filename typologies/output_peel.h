// Peel chains of outputs: payments in a row by one wallet, each from the change of the one before
// (heuristics/peel_chain.h), that peel off little and follow each other soon.
#ifndef COINWAKE_TYPOLOGIES_OUTPUT_PEEL_H_
#define COINWAKE_TYPOLOGIES_OUTPUT_PEEL_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "heuristics/transaction_facts.h"
#include "indexer/base/cancellation.h"
#include "typologies/account_peel.h"
#include "typologies/payment_source.h"

namespace coinwake {

inline constexpr std::size_t kMostPeelInputs = 2;  // of each of its transactions
inline constexpr std::uint64_t kMostPeelHops = 1'000;

struct OutputPeel {
  std::vector<TxNum> transactions;   // each spends the change of the one before
  Uint128 amount = 0;                // peeled off, satoshi
  std::uint32_t counterparties = 0;  // distinct nodes that were paid so
  bool is_cut = false;               // it goes on: more hops, or rows, than are followed
};

struct OutputPeels {
  std::vector<OutputPeel> chains;  // by their first transaction
  bool is_cut = false;             // more rows would have to be read than allowed
};

// Whose chains, and among whom: nodes are those of `payments`.
struct OutputPeelSearch {
  const FactsReader& facts;
  const PaymentSource& payments;
  AddressNum subject;                          // a node
  std::function<bool(AddressNum)> is_service;  // of an address; may be empty
};

// Chains forward from each of `starts` (ascending: transactions that the subject paid) into which
// the least amount was put, as long as each hop's transaction has two inputs at most, peels off no
// more than its part of what was put in, and was spent from within the gap; no transaction is in
// two. What is paid to the subject itself is not peeled off. A chain ends at services, as
// PeelLimits::service_of has it. `max_rows`: inputs and outputs read in all. `cancellation` may be
// null: kCancelled. kDataLoss.
absl::StatusOr<OutputPeels> FindOutputPeels(const OutputPeelSearch& search,
                                            const std::vector<TxNum>& starts,
                                            const PeelParameters& parameters,
                                            std::uint64_t max_rows,
                                            const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_OUTPUT_PEEL_H_
