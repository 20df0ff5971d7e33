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
// (vm.saveInternalTx), and its receipts do not say whether it did. Without them TRX balances of
// contracts, and of those they pay, do not add up. LedgerCounts lets the caller notice.
#ifndef COINWAKE_INDEXER_TRON_LEDGER_H_
#define COINWAKE_INDEXER_TRON_LEDGER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/base/status.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron/token_registry.h"

namespace coinwake::tron {

// On disk: values never change. Below 64 value moves, from `from` to `to`.
enum class EntryKind : std::uint8_t {
  kTransfer = 1,   // TRX, TRC-10 by contract; TRC-20 by event. Zero amounts are entries too
  kGenesis = 2,    // opening balance, from nobody; a negative one is to nobody
  kInternal = 3,   // what a contract's own call sends along; above zero
  kCallValue = 4,  // what the transaction's call sends along; above zero
  // To nobody. Where it goes in truth depends on the era: the black hole's account, destruction or
  // a pool. None of that is modelled.
  kFee = 5,
  kFreeze = 6,      // from free balance into a pot
  kUnfreeze = 7,    // out of a pot; `to` is another account only when a contract destroys itself
  kReward = 8,      // for votes and blocks, from nobody: where it is withdrawn, not where earned
  kTokenIssue = 9,  // from nobody to the issuer, the frozen part into its pot
  kTokenSale = 10,  // TRX to the issuer, then the token from the issuer
  kExchange = 11,   // to and from an exchange's pool
  kMarket = 12,     // to and from the escrow of an order
  kMint = 13,       // a TRC-20 transfer from the zero address: from nobody
  kBurn = 14,       // a TRC-20 transfer to the zero address: to nobody
  kDestroyedFunds = 15,  // USDT's DestroyedBlackFunds: to nobody
  // What a contract that destroys itself leaves, to its heir; to nobody where that is itself. The
  // entry in TRX is there even if it is zero: what the contract still has in its pots goes along
  // untold, out of kStake1 into the heir's balance, of kStake2 into the heir's kStake2.
  kSelfDestruct = 16,
  // A token into the shielded pool (to nobody) or out of it (from nobody). The pool's fee is seen
  // as its difference only.
  kShielded = 17,

  // Facts. They move nothing; `amount` is zero but where said.
  kDelegate = 64,           // `from` lets `to` use `resource` of `amount` sun of its stake
  kUndelegate = 65,         // no longer
  kBlackListed = 66,        // `to` may not send `asset`, says the asset's contract
  kUnBlackListed = 67,      // may again
  kActivated = 68,          // `from` opened the account `to` by a contract for that. Transfers open
                            // accounts as well and do not tell: see who appears first
  kContractCreated = 69,    // `from` created the contract `to`
  kPermissionChanged = 70,  // of `from`; to what is in the transaction

  // The balances of `from`, and of `to` if there is one, in `asset` may have moved by an unknown
  // amount. `gap` says why, and which further assets are meant.
  kGap = 128,
};
// "transfer", "self_destruct", ...; "unknown" for other numbers.
std::string_view EntryKindName(EntryKind kind);
constexpr bool MovesValue(EntryKind kind) { return kind < EntryKind::kDelegate; }

// On disk: values never change.
enum class Pot : std::uint8_t {
  kFree = 0,          // the balance that can be spent
  kStake1 = 1,        // TRX frozen by FreezeBalanceContract, for oneself or another
  kStake2 = 2,        // TRX frozen by FreezeBalanceV2Contract, delegated or waiting for withdrawal
  kFrozenSupply = 3,  // the part of a TRC-10 token that its issuer gets later
};

// On disk: values never change.
enum class GapReason : std::uint8_t {
  kNone = 0,  // no gap
  // No receipt: fee, reward, the unfrozen, the other side of a trade and, of a smart contract, all
  // its calls and logs did to anybody. `from` is the owner, `asset` TRX, others are meant as well.
  kNoReceipt = 1,
  kUnknownSuccess = 2,   // as kNoReceipt, of a call that may have failed as well
  kUnknownContract = 3,  // a contract this version cannot read; `asset` is TRX, others may be meant
  kUnknownToken = 4,     // the token's issue was not seen; `asset` TRX if not even its name
  kUnknownExchange = 5,  // the exchange's opening was not seen: its other asset. `asset` is TRX
  kUnknownOrder = 6,     // the order's opening was not seen; of a cancelled one `asset` is TRX
  kUnknownAmount = 7,    // the receipt lacks the amount, or it is below zero
  kUnknownTime = 8,      // the time of the block before is needed and was not given
  kRestOfOrder = 9,      // less than buys one unit, which may be given back any time, untold
  kUnknownAccount = 10,  // a message that names no account where there must be one
  kSelfDestructToSelf = 11,  // destroyed, or left where it is: since java-tron 4.8.1 either may be
};
std::string_view GapReasonName(GapReason reason);

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
