// What a transaction did to balances: an ordered list of entries, from the transaction itself, its
// receipt and a little state of the chain (token_registry.h).
//
// Every entry that moves value takes `amount` from one account and gives it to another. Nobody (an
// empty Account) on one side is a mint or a destruction, so that for each asset the sum of all
// balances is what was minted less what was destroyed. What is staked is still its owner's, in
// another pot.
//
// Order in a transaction:
//   1. what its contract moves, with what the receipt says of that (a call's value is such a move);
//   2. internal transactions, as they stand in the receipt;
//   3. logs, as they stand (a receipt does not tell how calls and logs lie between each other);
//   4. the fee, always last; or the gap where there is no receipt to tell it.
// A failed transaction has its fee alone.
//
// Nothing is guessed: where messages and receipts do not tell, there is a kGap entry. Rules are
// java-tron's actuators and VM (release 4.8.1).
//
// Not to be seen from here: a node keeps internal transactions only if it is told to
// (vm.saveInternalTx; for stakes and rewards of contracts vm.saveFeaturedInternalTx as well), and
// its receipts do not say whether it did. Without them TRX balances of contracts, and of those they
// pay, do not add up. LedgerCounts lets the caller notice.
#ifndef COINWAKE_INDEXER_TRON_LEDGER_H_
#define COINWAKE_INDEXER_TRON_LEDGER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/base/ledger_kind.h"
#include "indexer/base/status.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron/token_registry.h"

namespace coinwake::tron {

struct Entry {
  EntryKind kind = EntryKind::kTransfer;
  Pot from_pot = Pot::kFree;
  Pot to_pot = Pot::kFree;
  GapReason gap = GapReason::kNone;
  // Of kDelegate, kUndelegate, kFreeze and kUnfreeze; kBandwidth as well where none is said, as of
  // withdrawals.
  Resource resource = Resource::kBandwidth;
  Asset asset;
  Account from;
  Account to;
  Uint256 amount = 0;

  friend bool operator==(const Entry&, const Entry&) = default;
};

// How often something was met that moves nothing or is not understood. Each is of transactions
// unless said otherwise.
struct LedgerCounts {
  std::uint64_t transactions = 0;
  std::uint64_t failed = 0;
  std::uint64_t missing_receipts = 0;  // but of block 0, which has none
  std::uint64_t unknown_success = 0;
  std::uint64_t malformed = 0;          // not well_formed()
  std::uint64_t unknown_types = 0;      // of `malformed`: contracts of no known type
  std::uint64_t gaps = 0;               // entries
  std::uint64_t vm_runs = 0;            // successful calls and creations with a receipt
  std::uint64_t internal = 0;           // internal transactions of those, but the rejected
  std::uint64_t rejected_internal = 0;  // internal transactions
  std::uint64_t unknown_notes = 0;      // internal transactions; booked as plain calls
  std::uint64_t nft_transfers = 0;      // logs, as all that follow
  std::uint64_t unindexed_transfers = 0;
  std::uint64_t malformed_events = 0;
  std::uint64_t void_transfers = 0;  // from the zero address to the zero address
  std::uint64_t bad_amounts = 0;     // amounts below zero, and orders that fill beyond their size

  LedgerCounts& operator+=(const LedgerCounts& other);
  friend bool operator==(const LedgerCounts&, const LedgerCounts&) = default;
};

// The result for one transaction. Meant to be used again for the next: capacity is kept.
struct Booking {
  std::vector<Entry> entries;
  std::vector<RegistryChange> changes;  // already applied; nearly always none
  LedgerCounts counts;                  // of this transaction, for the caller to sum up
};

struct BlockContext {
  std::uint64_t number = 0;
  std::int32_t version = 0;
  // Of the block before, which is the `now` of java-tron's actuators; nullopt where not known.
  std::optional<std::int64_t> parent_time_ms;
};

// Books one transaction of a block. `receipt` is its receipt, nullptr where there is none; both are
// borrowed for the call. Changes what `registry` knows; transactions are to be booked in the order
// of the chain. Pure but for that: any number of threads, each with its own registry and booking.
// kInvalidArgument: the receipt is of another transaction or block. kDataLoss: block and receipt
// disagree on whether the transaction succeeded, which java-tron refuses to accept. Neither changes
// the registry; `booking` is then empty.
absl::Status BookTransaction(const BlockContext& block, const Transaction& transaction,
                             const Receipt* receipt, TokenRegistry* registry, Booking* booking);

// Accounts that are none of the chain's, to hold what is in an exchange or under an order: the
// plain bytes "exchange:7", "market:" and the order's id in hex. Without an id, which only
// receipts tell, "exchange:" and "market:".
Account PoolOfExchange(std::optional<std::int64_t> exchange_id);
Account EscrowOfOrder(const ByteString& order_id);

// The token of the shielded pool is set in each node's own configuration and told by no message:
// this is java-tron's default. Main net never had such transfers.
inline constexpr std::string_view kShieldedToken = "000000";

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_LEDGER_H_
