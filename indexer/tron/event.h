// What token contracts tell of themselves in logs: TRC-20 and TRC-721 transfers, and USDT's own
// events, which change balances or who may spend.
//
// Any contract may write any log: an event is a claim of the contract that wrote it, to be believed
// only of contracts known to tell the truth. Events are recognised by their first topic, the
// Keccak-256 of their signature. Amounts are unsigned and of 256 bits.
//
// Of USDT (TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t): issuing tells kIssue and a transfer from the zero
// address, redeeming kRedeem and a transfer to it, so that the transfers alone add up; but
// destroying tells kDestroyedBlackFunds and no transfer.
#ifndef COINWAKE_INDEXER_TRON_EVENT_H_
#define COINWAKE_INDEXER_TRON_EVENT_H_

#include <cstdint>
#include <string_view>

#include "indexer/base/amount.h"
#include "indexer/tron/address.h"
#include "indexer/tron/receipt.h"

namespace coinwake::tron {

enum class EventKind : std::uint8_t {
  kOther,              // none of those below
  kMalformed,          // by its first topic one of those below, but of another shape: to be counted
  kTransfer,           // TRC-20: from, to, value
  kNftTransfer,        // TRC-721: from, to; value is the token's number
  kUnindexedTransfer,  // from, to and value all in the data. Old contracts of either sort write it:
                       // value is an amount or a token's number
  kIssue,              // value new units, to the owner of the contract
  kRedeem,             // value units gone, from the owner of the contract
  kAddedBlackList,     // from may not send any more
  kRemovedBlackList,   // from may again
  kDestroyedBlackFunds,  // value units of from are gone
};
// "Transfer", "NftTransfer", ...
std::string_view EventKindName(EventKind kind);

struct Event {
  EventKind kind = EventKind::kOther;
  Address from;  // the zero address where the kind has none
  Address to;
  Uint256 value = 0;
};

// The event of a log. Topics and words of 32 bytes hold addresses in their last 20; what is in the
// other 12 is not looked at. The contract is the log's.
Event RecogniseEvent(const Log& log);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_EVENT_H_
