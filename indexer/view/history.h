// What happened to one address, in chain order, and its sums.
#ifndef COINWAKE_INDEXER_VIEW_HISTORY_H_
#define COINWAKE_INDEXER_VIEW_HISTORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/view/view.h"

namespace coinwake {

// One transaction that paid or spent the address; sums over all its outputs and inputs of it.
struct HistoryEntry {
  TxNum tx;
  std::uint64_t received = 0;  // satoshi
  std::uint64_t sent = 0;
};

// Of all here: kDataLoss; kCancelled when `cancellation`, which may be null, says stop. Cost is
// O(outputs of the address).

// Entries with tx >= `from`, ascending, at most `limit`.
absl::StatusOr<std::vector<HistoryEntry>> HistoryOf(const View& view, AddressNum address,
                                                    TxNum from, std::size_t limit,
                                                    const Cancellation* cancellation = nullptr);

// Exact sums over an address. Within a window, coins received before it count as sent when they are
// spent inside it, so that `sent` may exceed `received` there and `balance` counts only what the
// window shows unspent.
struct AddressSums {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t balance = 0;       // value of unspent outputs, unspendable ones included
  std::uint64_t transactions = 0;  // distinct
  std::uint64_t outputs = 0;
  std::optional<TxNum> first;
  std::optional<TxNum> last;
};
absl::StatusOr<AddressSums> SumsOf(const View& view, AddressNum address,
                                   const Cancellation* cancellation = nullptr);

// Unspent spendable outputs >= `from` in chain order, at most `limit`; reads none before `from`.
absl::StatusOr<std::vector<OutputNum>> UnspentOf(const View& view, AddressNum address,
                                                 OutputNum from, std::size_t limit,
                                                 const Cancellation* cancellation = nullptr);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VIEW_HISTORY_H_
