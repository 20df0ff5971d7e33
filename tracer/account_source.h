// Follows value on accounts backward from seeds under one policy, exactly: where it came from.
//
// The mirror of a forward trace over accounts (tracer/account_trace.h), and to accounts what
// tracer/source.h is to outputs. What a seed account received is followed to who paid it, from
// there to what had been paid to the payer, in descending order of events. Each label is traced as
// if it were alone.
//
// - fifo: units leave an account in the order in which they came, so the n-th to leave is the n-th
//   that came. Nothing is divided; forward and backward agree unit by unit, where no forward queue
//   was degraded: nothing is ever merged here.
// - haircut: what leaves is of all that the account holds in proportion, the matrix of the forward
//   rule transposed. Going back over a receipt, its share of what is claimed of the balance with it
//   is told by largest remainder, the receipt before the rest, in units of 2^-fraction_bits.
//
// Rules, in the order in which one event applies them:
// 1. Events of amount 0 and self-transfers move and seed nothing. What moves between parts of one
//    account was there before: it is no receipt of a seed and no transfer, and no other rule
//    applies.
// 2. What is claimed of a receipt of a seed account ends in `returned_to_seed`. All units of the
//    receipt are claimed anew and count as seeded. A mint is a receipt. Receipts before event
//    `since`, or from `until` on, seed nothing.
// 3. What is claimed of one event, seeded or not, below min_taint: `min_taint`.
// 4. The event is a mint: `coinbase`, and a holding.
// 5. A part that is max_hops transfers away from its seed: `max_hops`.
// 6. The payer stops, and seeds nothing: the stop's exit, one transfer further. Out of a pool that
//    tells no more: `mixer`, which has no entity.
// 7. The rest is claimed of what the payer held before. What an account held at event `since` ends
//    in `since`; without one, what it held before its first event (the assumed opening) in
//    `unresolved`.
//
// For every label  seeded = exits + sinks  exactly.
#ifndef COINWAKE_TRACER_ACCOUNT_SOURCE_H_
#define COINWAKE_TRACER_ACCOUNT_SOURCE_H_

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "tracer/account_trace.h"

namespace coinwake {

// kInvalidArgument: what is asked for is of forward traces alone. A policy that divides otherwise
// than by order or share cannot be followed back, nor do labels compete.
absl::Status CheckAccountSource(const AccountTraceRequest& request);

// Sends the lines of a trace as RunAccountTrace does. Holdings are the accounts to which value was
// minted: `taint` is the part that went to the seeds, `balance` all that the mints brought of which
// any did; no runs. Their sum is the sink `coinbase`. `unspent` is 0. A stop's sink has its hops. A
// summary's `opened` are accounts through which value came that had an assumed opening; none is
// ever `degraded`.
//
// kInvalidArgument: as RunAccountTrace, of all that an account of the way ever received and sent,
// too; as CheckAccountSource(). Else as RunAccountTrace. Time: the events of the accounts reached,
// read once for their openings, and again from the last event of which anything is claimed back to
// the first. Memory: a page of events and 48 bytes a claim (AccountClaims) for each account of
// which anything is claimed, and for each that ever was about 100 bytes and 48 for each 256 events
// of its history. With max_events, claims are at most twice as many.
absl::StatusOr<AccountTraceStats> RunAccountSource(AccountEvents& events,
                                                   const AccountTraceRequest& request,
                                                   const AccountTraceLimits& limits,
                                                   const Cancellation* cancellation,
                                                   AccountTraceReceiver& receiver);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_SOURCE_H_
