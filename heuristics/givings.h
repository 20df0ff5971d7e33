// What suppliers of gas give, and to whom: whether that is all they do (rule T2, ALGORITHMS 5.3).
//
// Whom an account pays tells what it is: the deposit account of a service pays its hot wallets and
// nobody else, also one that was swept once only, which is too seldom for rule T1. So the receivers
// of each supplier are put together by whom they pay, before it is known who a service is.
#ifndef COINWAKE_HEURISTICS_GIVINGS_H_
#define COINWAKE_HEURISTICS_GIVINGS_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "heuristics/account_reader.h"
#include "heuristics/account_use.h"

namespace coinwake {

// Receivers that are told apart of those who pay the same, and how many of a gas wallet may be no
// deposit accounts: with more it is a rental, or an exchange that pays out (the table's figure).
inline constexpr std::uint32_t kMostOtherReceivers = 50;
// Ours: a service of 44 hot wallets has no more pairs of them.
inline constexpr std::size_t kMostPairsOfPayees = 1'000;

// What `supplier` gives to all accounts that pay the same one or two.
struct Givings {
  std::uint32_t supplier = 0;
  // Ascending, the second may be none. Both none: its receivers are contracts, or pay more than
  // two.
  std::array<std::uint32_t, 2> payees = {kNone32, kNone32};
  std::uint32_t receivers = 0;  // at most kMostOtherReceivers + 1
  std::uint64_t times = 0;      // it pays them TRX above dust, or lends them a resource
  bool gets_usdt = false;       // from it, as far as kMostEventsRead of its events tell

  friend bool operator==(const Givings&, const Givings&) = default;
};

// Of `suppliers`, ascending: by (supplier, payees). Receivers that pay nobody are left out. Ends
// with a supplier as soon as more than kMostOtherReceivers pay more than two others, or there are
// more than kMostPairsOfPayees: its payees of none then have kMostOtherReceivers + 1 receivers. The
// result does not depend on `threads`, at least 1. kDataLoss. Cost: all
// events of `suppliers` in TRX, and what they lend.
absl::StatusOr<std::vector<Givings>> FindGivings(std::span<const std::uint32_t> suppliers,
                                                 const AccountReader& reader, const AccountUse& use,
                                                 int threads);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_GIVINGS_H_
