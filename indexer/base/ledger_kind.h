// What an entry of an account chain's ledger is: the words that its decoder, the index and the
// tracer share. indexer/tron/ledger.h says how transactions become entries.
#ifndef COINWAKE_INDEXER_BASE_LEDGER_KIND_H_
#define COINWAKE_INDEXER_BASE_LEDGER_KIND_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coinwake {

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
  // untold, out of kStake1 into the heir's balance, of kStake2 into the heir's kStake2. What it
  // earned by voting is in the amount and came untold, so that its balance ends below zero.
  kSelfDestruct = 16,
  // A token into the shielded pool (to nobody) or out of it (from nobody). The pool's fee is seen
  // as its difference only.
  kShielded = 17,

  // Facts. They move nothing; `amount` is zero but where said.
  kDelegate = 64,         // `from` lets `to` use `resource` of `amount` sun of its stake
  kUndelegate = 65,       // no longer
  kBlackListed = 66,      // `to` may not send `asset`, says the asset's contract
  kUnBlackListed = 67,    // may again
  kActivated = 68,        // `from` opened the account `to` by a contract for that. Transfers open
                          // accounts as well and do not tell: see who appears first
  kContractCreated = 69,  // `from` created the contract `to`
  // Who may act for `from` as its owner. `amount` is the threshold that the weights of those who
  // sign must reach together; 0: not told. A kOwnerKey for each of the new keys follows.
  kPermissionChanged = 70,
  kOwnerKey = 71,  // `to` is among them, with weight `amount`. Indexes of before have none

  // The balances of `from`, and of `to` if there is one, in `asset` may have moved by an unknown
  // amount. `gap` says why, and which further assets are meant. Where not even `from` is known it
  // hangs on no account.
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
inline constexpr std::size_t kPotsCount = 4;
// "free", "stake1", ...; "unknown" for other numbers.
std::string_view PotName(Pot pot);

// On disk: values never change.
enum class GapReason : std::uint8_t {
  kNone = 0,  // no gap
  // No receipt: fee, reward, the unfrozen, the other side of a trade and, of a smart contract, all
  // its calls and logs did to anybody. `from` is the owner, `asset` TRX, others are meant as well.
  kNoReceipt = 1,
  kUnknownSuccess = 2,  // as kNoReceipt, of a call that may have failed as well
  // A contract this version cannot read. `from` is its owner, `asset` TRX; it may have moved
  // anything of anybody.
  kUnknownContract = 3,
  kUnknownToken = 4,         // the token's issue was not seen; `asset` TRX if not even its name
  kUnknownExchange = 5,      // the exchange's opening was not seen: its other asset. `asset` is TRX
  kUnknownOrder = 6,         // the order's opening was not seen; of a cancelled one `asset` is TRX
  kUnknownAmount = 7,        // the receipt lacks the amount, or it is below zero
  kUnknownTime = 8,          // the time of the block before is needed and was not given
  kRestOfOrder = 9,          // less than buys one unit, which may be given back any time, untold
  kUnknownAccount = 10,      // a message that names no account where there must be one
  kSelfDestructToSelf = 11,  // destroyed, or left where it is: since java-tron 4.8.1 either may be
};
std::string_view GapReasonName(GapReason reason);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_LEDGER_KIND_H_
