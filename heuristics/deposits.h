// Rule T1 (ALGORITHMS 5.3): the deposit accounts of services.
//
// A service gives each customer an account, and moves what arrives there to a hot wallet of its
// own. Such an account pays its hot wallets, at most two, and never anybody else; it is swept at
// least twice; each sweep leaves next to nothing and follows a deposit within half a day. A
// merchant who banks with one exchange looks the same as long as he pays nobody else, so that more
// is asked for before anything is joined (heuristics/services.h).
#ifndef COINWAKE_HEURISTICS_DEPOSITS_H_
#define COINWAKE_HEURISTICS_DEPOSITS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "heuristics/account_pass.h"
#include "heuristics/account_reader.h"
#include "heuristics/account_use.h"
#include "heuristics/givings.h"

namespace coinwake {

inline constexpr std::uint32_t kLeastSweeps = 2;
// A sweep takes at least 99 of 100 of what is there, or leaves at most so much. The table has the
// second for USDT; of TRX it is what the bandwidth of a transfer or two may cost.
inline constexpr std::uint64_t kSweptOfHundred = 99;
inline constexpr std::uint64_t kMostUsdtLeft = 1 * kUnitsInUsdt;
inline constexpr std::uint64_t kMostTrxLeft = 1 * kSunInTrx;
// What a gas wallet gives at once, and how many it serves besides the one in question.
inline constexpr std::uint64_t kMostGas = 50 * kSunInTrx;
inline constexpr std::uint32_t kLeastServed = 20;

// An account that is swept as deposit accounts are; whether into hot wallets is not known yet.
struct Sweeper {
  std::uint32_t account = 0;
  std::array<std::uint32_t, 2> targets = {kNone32, kNone32};  // the second may be none
  std::array<TxNum, 2> first_sweeps;                          // by target

  friend bool operator==(const Sweeper&, const Sweeper&) = default;
};

// Somebody provided for a sweep of USDT of `deposit` within half a day before it: by lending
// energy, or with TRX. TRX that was swept itself before it could be of use was a deposit.
struct GasSupply {
  std::uint32_t supplier = 0;
  std::uint32_t deposit = 0;
  TxNum tx;  // the first time
  bool is_energy = false;

  friend bool operator==(const GasSupply&, const GasSupply&) = default;
};

struct FoundSweepers {
  std::vector<Sweeper> sweepers;    // by account
  std::vector<GasSupply> supplies;  // by (supplier, deposit, is_energy), each once
  // All that those give who supply more than kLeastServed sweepers, by (supplier, payees).
  std::vector<Givings> givings;
  // Accounts that might be some, and have too many events to be read (kMostEventsRead).
  std::uint64_t unread = 0;
};

// Of all accounts. The result does not depend on `threads` and `batch` (ForEachOf()), at least 1.
// kDataLoss. Cost: the events of accounts that pay one or two others, and those of FindGivings().
absl::StatusOr<FoundSweepers> FindSweepers(const AccountReader& reader, const AccountUse& use,
                                           int threads, std::uint64_t batch = kAccountsAtOnce);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_DEPOSITS_H_
