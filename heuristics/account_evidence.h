// What ties accounts of a Tron network to each other: edges of evidence, each of one rule and one
// transaction, and the chains they make. docs/design/accounts.md lists the rules.
#ifndef COINWAKE_HEURISTICS_ACCOUNT_EVIDENCE_H_
#define COINWAKE_HEURISTICS_ACCOUNT_EVIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/ids.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"

namespace coinwake {

enum class AccountRule : std::uint8_t {
  kDepositSweep = 1,       // T1: `a`, a deposit account, is swept into hot wallet `b`
  kGasWallet = 2,          // T2: `a` pays what sweeps of deposit account `b` cost
  kPermissionControl = 3,  // T3: never an edge of a cluster, see heuristics/control.h
  kEnergyDelegation = 4,   // T4: `a` lends what its stake earns to `b`
  kActivation = 5,         // T5: `a` opened account `b`
  kDepositReuse = 6,       // T6: `a` and `b` pay into one deposit account, `via`
  kSweepTarget = 7,        // T7: `a` may be a further hot wallet of the service of `b`: likewise
};
std::string_view AccountRuleName(AccountRule rule);  // deposit_sweep, gas_wallet, ...
std::uint32_t AccountRuleVersion(AccountRule rule);  // goes up with each change of what it says

// 24 bytes, as there may be two for each of hundreds of millions of deposit accounts. Accounts are
// AddressNums, which have 32 bits on Tron.
struct AccountEdge {
  TxNum tx;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t via = kNone32;
  std::uint16_t confidence_permille = 0;  // a prior, not measured
  AccountRule rule = AccountRule::kDepositSweep;

  friend bool operator==(const AccountEdge&, const AccountEdge&) = default;
};
// Tells the order of edges: by (a, b, tx, rule, via), the surest first. Total: of equal ones it
// does not matter which is which, so that results do not depend on the order of finding.
bool EdgeIsBefore(const AccountEdge& left, const AccountEdge& right);

// Edges, found from either end. Immutable. 32 bytes an edge.
class AccountEvidence {
 public:
  AccountEvidence() = default;
  // REQUIRES: fewer than 2^32 edges.
  explicit AccountEvidence(std::vector<AccountEdge> edges);

  const std::vector<AccountEdge>& edges() const { return edges_; }  // as EdgeIsBefore()
  // A shortest chain from `a` to `b`: the first edge touches `a`, neighbours share an account, the
  // last touches `b`. Of equally short ones, from `b` back at every step the smallest transaction
  // wins, then the smallest account. Empty where there is none, and for a == b. Memory and time:
  // the accounts and edges met, breadth first from both ends. kResourceExhausted when more than
  // `max_rows` edges (0: no limit) would be met; kCancelled.
  absl::StatusOr<std::vector<AccountEdge>> Chain(AddressNum a, AddressNum b,
                                                 std::uint64_t max_rows = 0,
                                                 const Cancellation* cancellation = nullptr) const;

 private:
  class Rows;
  class Search;

  // The edges of an account, by the side it is on.
  struct Ends {
    std::span<const AccountEdge> as_a;
    std::span<const std::uint32_t> as_b;  // positions in edges_
  };
  Ends EndsOf(std::uint32_t account) const;
  // Calls visit(other side, position in edges_) for each edge of `account`.
  template <typename Visit>
  absl::Status ForEachEdge(std::uint32_t account, Rows* rows, const Visit& visit) const;

  std::vector<AccountEdge> edges_;
  std::vector<std::uint32_t> by_b_;  // positions in edges_, by (b, position)
};

// Others than its own key can act, or could, for `account` as its owner: with `keys`, whose weights
// together reach the threshold without it.
struct ControlEdge {
  AddressNum account;
  std::vector<AddressNum> keys;            // in the order the account names them
  std::uint64_t from_height = 0;           // the block after the one with the change
  std::optional<std::uint64_t> to_height;  // the last block it holds in; nullopt: it still does
  TxNum tx;

  friend bool operator==(const ControlEdge&, const ControlEdge&) = default;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_ACCOUNT_EVIDENCE_H_
