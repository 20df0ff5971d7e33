// Rule T6 (Victor 2020, ALGORITHMS 5.1 and 5.3): who pay into one deposit account are one customer.
//
// A payment counts where the deposit account passes just it on, within half a day. Scams, merchants
// and OTC traders give the same account to many: with more than kMostDepositors it says nothing.
// Nor does it of who pays into many deposit accounts, which is a service that is not known as one.
// The deposit account itself is its service's and joins nobody.
#ifndef COINWAKE_HEURISTICS_DEPOSIT_REUSE_H_
#define COINWAKE_HEURISTICS_DEPOSIT_REUSE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "heuristics/account_evidence.h"
#include "heuristics/account_pass.h"
#include "heuristics/account_reader.h"
#include "heuristics/account_use.h"
#include "heuristics/services.h"

namespace coinwake {

inline constexpr std::uint32_t kMostDepositors = 10;
inline constexpr std::uint32_t kMostDepositsOfOne = 10;  // ours, the same figure the other way
// Of USDT all is passed on; of TRX what opening the account and fees take may be missing.
inline constexpr std::uint64_t kMostUsdtKept = 0;
inline constexpr std::uint64_t kMostTrxKept = 15 * kSunInTrx;
// Sweeps held against one payment: one that empties the account is the next, or nearly.
inline constexpr std::size_t kMostSweepsTried = 64;

// A payment that was passed on.
struct PassedOn {
  std::size_t payment = 0;  // positions in what was given
  std::size_t sweep = 0;
  std::uint16_t confidence_permille =
      0;  // Tutela's: 1 - a half of (kept / most) - of (wait / most)

  friend bool operator==(const PassedOn&, const PassedOn&) = default;
};
// Finds for each of `payments` the first of `sweeps` after it, within kSweepWindowBlocks, that
// moves its amount or at most `most_kept` less. Both are in chain order. Two pointers: O(payments +
// sweeps) but for kMostSweepsTried.
std::vector<PassedOn> MatchSweeps(std::span<const AccountMovement> payments,
                                  std::span<const AccountMovement> sweeps,
                                  const AmountSum& most_kept);

struct FoundReuse {
  // Each joins a further payer with the first one that is no hub, through the deposit account.
  std::vector<AccountEdge> edges;
  std::uint64_t shared = 0;  // deposit accounts with more than kMostDepositors
  std::uint64_t unread = 0;  // deposit accounts with too many events
  std::uint64_t hubs = 0;    // payers into more than kMostDepositsOfOne
};
// The result does not depend on `threads` and `batch` (ForEachOf()), at least 1. kDataLoss. Cost:
// the events of all deposit accounts.
absl::StatusOr<FoundReuse> FindReuse(const AccountReader& reader, const AccountUse& use,
                                     const FoundServices& services, int threads,
                                     std::uint64_t batch = kAccountsAtOnce);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_DEPOSIT_REUSE_H_
