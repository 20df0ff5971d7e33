// Services by what they do with their deposit accounts: hot wallets (rule T1), gas wallets (T2),
// and accounts that may be further hot wallets (T7). ALGORITHMS 5.3.
//
// A hot wallet is one that is known (a label says so) and that others are swept into, or an account
// that at least kLeastSweepers others are swept into and that is not itself swept into another.
// What a label names may as well be a deposit account or a gas wallet: what is swept into hot
// wallets found by use alone is none itself. Two of them are one service's where it is known, or
// where kLeastShared deposit accounts are swept into both. A gas wallet provides for the sweeps of
// at least kLeastServed deposit accounts besides the one in question, all of one service: who
// serves several may rent energy out to them. And that is most of what it does: more than half of
// what it gives is to deposit accounts of the service, swept once or more often, at most
// kMostOtherReceivers others get anything, and it pays no USDT into them, as customers do. A rental
// serves many others, and an exchange's hot wallet pays its customers' withdrawals into deposit
// accounts elsewhere.
//
// T1 and T2 join only together: a deposit account with its hot wallets and its gas wallet, where
// both rules hold and name the same service.
#ifndef COINWAKE_HEURISTICS_SERVICES_H_
#define COINWAKE_HEURISTICS_SERVICES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "heuristics/account_evidence.h"
#include "heuristics/account_use.h"
#include "heuristics/deposits.h"

namespace coinwake {

inline constexpr std::uint32_t kLeastSweepers = 50;
// Ours; the table has no such figure.
inline constexpr std::uint32_t kLeastShared = 20;

// Priors, not measured.
inline constexpr std::uint16_t kDepositSweepPermille = 900;
inline constexpr std::uint16_t kGasWalletPermille = 900;
inline constexpr std::uint16_t kSweepTargetPermille = 500;

// An account of a service known from outside, likely a hot wallet; `service` is any number that
// tells services apart, the smallest where it is named with several. A contract counts as none.
struct KnownHotWallet {
  AddressNum account;
  std::uint32_t service = 0;
};

enum class ServiceRole : std::uint8_t { kNone = 0, kHot = 1, kGas = 2, kDeposit = 3 };

struct FoundServices {
  // Deposit accounts of a known service or of one found, by account. `service` is the smallest hot
  // wallet of it.
  struct Deposit {
    std::uint32_t account = 0;
    std::uint32_t service = 0;
    friend bool operator==(const Deposit&, const Deposit&) = default;
  };
  std::vector<Deposit> deposits;
  // T1 and T2 of deposit accounts for which both hold.
  std::vector<AccountEdge> joining;
  // T7: no reason to join, and nothing that joins them goes by it: for people to look at. The
  // earliest for each pair, ascending.
  std::vector<AccountEdge> sweep_targets;
  std::vector<ServiceRole> roles;  // by account

  std::uint64_t services = 0;
  std::uint64_t gas_wallets = 0;
  std::uint64_t shared_suppliers = 0;  // would be gas wallets, but serve several services
  std::uint64_t busy_suppliers = 0;    // would be, but do much else, or are hot wallets of another
};

// Pure; the result does not depend on the order of `known`.
FoundServices FindServices(const FoundSweepers& found, const AccountUse& use,
                           std::span<const KnownHotWallet> known);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_SERVICES_H_
