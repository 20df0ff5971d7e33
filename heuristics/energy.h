// Rules T4 and T5 (ALGORITHMS 5.3): who lends somebody the energy of his stake for nothing, and who
// opened whose account. Weak: exchanges, faucets and rentals do both for millions. They join only
// where both sides also pay each other.
#ifndef COINWAKE_HEURISTICS_ENERGY_H_
#define COINWAKE_HEURISTICS_ENERGY_H_

#include <cstdint>
#include <vector>

#include "heuristics/account_evidence.h"
#include "heuristics/account_pass.h"
#include "heuristics/account_reader.h"
#include "heuristics/account_use.h"
#include "heuristics/services.h"

namespace coinwake {

inline constexpr std::uint32_t kMostReceivers = 5;         // of one lender, ever
inline constexpr std::uint32_t kRentalReceivers = 50;      // more is a rental
inline constexpr std::uint64_t kPaidWithinBlocks = 1'200;  // an hour
inline constexpr std::uint32_t kMostActivations = 5;

// Priors, not measured.
inline constexpr std::uint16_t kEnergyDelegationPermille = 600;
inline constexpr std::uint16_t kActivationPermille = 400;

struct FoundTies {
  std::vector<AccountEdge> edges;   // as EdgeIsBefore(); both sides pay each other
  std::vector<AddressNum> rentals;  // of T4: lend to more than kRentalReceivers, ascending
  std::uint64_t one_way = 0;        // ties that would be edges, if both sides paid
  std::uint64_t unread = 0;         // accounts with too many events to be looked at
};

// T4: `a` lends energy to `b`, and any resource to at most kMostReceivers others, and no TRX comes
// to it from anybody in the hour before it lends, nor from the receiver in the hour after: it might
// be for that. What services have is left out, and contracts. Nothing is said where the index does
// not begin with the chain. The result does not depend on `threads` and `batch` (ForEachOf()), at
// least 1. kDataLoss. Cost: the events of all lenders.
absl::StatusOr<FoundTies> FindDelegations(const AccountReader& reader, const AccountUse& use,
                                          const FoundServices& services, int threads,
                                          std::uint64_t batch = kAccountsAtOnce);

// T5: `a` opened `b`, and at most kMostActivations accounts. As FindDelegations(); cost: the events
// of accounts that were opened by somebody who opened few.
absl::StatusOr<FoundTies> FindActivations(const AccountReader& reader, const AccountUse& use,
                                          const FoundServices& services, int threads,
                                          std::uint64_t batch = kAccountsAtOnce);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_ENERGY_H_
