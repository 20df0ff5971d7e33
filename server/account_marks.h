// What is odd about transfers of an account's history.
#ifndef COINWAKE_SERVER_ACCOUNT_MARKS_H_
#define COINWAKE_SERVER_ACCOUNT_MARKS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/view/account_history.h"
#include "indexer/view/account_view.h"

namespace coinwake::server {

// An event of a token's contract that moves nothing from one account to another.
bool IsZeroTransfer(const AccountView& view, const LedgerEvent& event);

// Marks of each of `entries`, which are consecutive entries of the history of `address`:
// staked, unstaking, unstaked (between the account's own pots); zero_value, dust_lookalike
// (heuristics/poisoning.h; TRX and TRC-20 tokens). Only transfers of TRX or a known token, and such
// as the account itself sent, make an original: an invented token can have its own. Where dust is
// among them, originals are sought among the account's latest `look_back` events in such assets
// before the last of it; dust whose look has not seen all there are is marked marks_bounded as
// well. Cost: the events of the entries' transactions, and some of `look_back`, however many the
// account has. kDataLoss; kCancelled when `cancellation`, which may be null, says stop.
absl::StatusOr<std::vector<std::vector<std::string>>> MarksOf(
    const AccountView& view, AddressNum address, std::span<const AccountHistoryEntry> entries,
    std::uint64_t look_back, const Cancellation* cancellation);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ACCOUNT_MARKS_H_
