// What happened to one account, in chain order, and its sums in each asset.
#ifndef COINWAKE_INDEXER_VIEW_ACCOUNT_HISTORY_H_
#define COINWAKE_INDEXER_VIEW_ACCOUNT_HISTORY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/ledger_kind.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"

namespace coinwake {

// A difference of two amounts: TRX may be owed by the black hole's account, and where the index
// begins in mid-chain more may be sent than was received.
struct SignedAmount {
  bool negative = false;  // never with a magnitude of 0
  AmountSum magnitude = 0;

  static SignedAmount Difference(const AmountSum& plus, const AmountSum& minus) {
    return plus >= minus ? SignedAmount{false, plus - minus} : SignedAmount{true, minus - plus};
  }
  friend bool operator==(const SignedAmount&, const SignedAmount&) = default;
};

// What an account's events in one asset add up to, exactly: what passes through an account may be
// more than 256 bits hold, where each balance of it is less.
struct AssetSums {
  // From others and to others: what moves between the account's own pots is in neither.
  AmountSum received = 0;
  AmountSum sent = 0;
  // By Pot: what came into it and went out of it.
  std::array<AmountSum, kPotsCount> in{};
  std::array<AmountSum, kPotsCount> out{};
  std::uint64_t events = 0;  // that move value
  std::optional<EventNum> first;
  std::optional<EventNum> last;
  // The least the account must have had before its first event, so that it never sent more than it
  // had, all pots together.
  AmountSum shortfall = 0;
  std::uint64_t gaps = 0;         // events that say that more may have happened
  std::uint32_t gap_reasons = 0;  // bit n: GapReason n

  SignedAmount BalanceOf(Pot pot) const {
    const auto i = static_cast<std::size_t>(pot);
    return SignedAmount::Difference(in[i], out[i]);
  }
  // In all pots but the free one.
  SignedAmount Staked() const;
};
// Of all here: kDataLoss; kCancelled when `cancellation`, which may be null, says stop.

// The account's sums in each asset it has events of, ascending.
struct AccountSums {
  struct OfAsset {
    AssetNum asset;
    AssetSums sums;
  };
  std::vector<OfAsset> assets;
  std::uint64_t transactions = 0;  // that moved any of them
};
// `asset`: of this one only. Cost: the account's events, and a page of them in memory for each
// asset.
absl::StatusOr<AccountSums> AccountSumsOf(const AccountView& view, AddressNum address,
                                          std::optional<AssetNum> asset,
                                          const Cancellation* cancellation = nullptr);
// In one asset; zeros where the account has none.
absl::StatusOr<AssetSums> SumsOf(const AccountView& view, AddressNum address, AssetNum asset);

// One transaction's movements of one asset; sums over all its events.
struct AccountHistoryEntry {
  TxNum tx;
  AssetNum asset;
  AmountSum received = 0;
  AmountSum sent = 0;
};
// Entries of transactions >= `from` by (transaction, asset), at least `limit` of them unless there
// are no more: the last transaction is whole. `asset`: only of this one. Transactions whose events
// move nothing of the account's have no entry. Cost: the events read, and a few look-ups for each
// asset the account ever had.
absl::StatusOr<std::vector<AccountHistoryEntry>> HistoryOf(
    const AccountView& view, AddressNum address, std::optional<AssetNum> asset, TxNum from,
    std::size_t limit, const Cancellation* cancellation = nullptr);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VIEW_ACCOUNT_HISTORY_H_
