// Rule T3 (ALGORITHMS 5.3): who can act for an account as its owner, and from when to when.
//
// Each change of an account's permissions names all of its owner keys with their weights, and is
// valid from the next block on. Where keys other than the account's own reach the threshold without
// it, they control it. That is never a reason to put the accounts together: a thief who took the
// permission over looks the same, and what was before the change was not his.
#ifndef COINWAKE_HEURISTICS_CONTROL_H_
#define COINWAKE_HEURISTICS_CONTROL_H_

#include <cstdint>
#include <vector>

#include "heuristics/account_evidence.h"
#include "heuristics/account_reader.h"

namespace coinwake {

// Accounts looked at, of those that named one account a key.
inline constexpr std::size_t kMostControlled = 1'000;

struct FoundControl {
  std::vector<ControlEdge> edges;  // by (account, from_height), each change once
  // There may be more: more accounts than kMostControlled named it a key, or of one of them too
  // much is said to be read (kMostEventsRead), which then has no edge here.
  bool is_cut = false;
};
// Control of `account` and control by it. kDataLoss. Cost: what is said of it, and of the accounts
// that named it a key. An index that was written before owner keys were kept knows that permissions
// changed, not to whom: it has no edge of that.
absl::StatusOr<FoundControl> ControlAround(const AccountReader& reader, AddressNum account);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CONTROL_H_
