// What is claimed of the units that one account holds, as a backward trace sees them: the mirror of
// AccountQueue.
//
// The trace comes to an account's payments the last first. What is claimed of a payment was among
// what the account held before it; a receipt met further back takes away, with its units, what is
// claimed of them.
#ifndef COINWAKE_TRACER_ACCOUNT_CLAIMS_H_
#define COINWAKE_TRACER_ACCOUNT_CLAIMS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "tracer/account_taint.h"

namespace coinwake {

// `length` units in a row of an event from its `begin`-th on; under haircut, where units have no
// place, `begin` is 0. `hops`: the transfers between them and a seed; under haircut the fewest.
struct AccountClaim {
  Uint128 begin = 0;
  Uint128 length = 0;
  std::uint32_t hops = 0;
  friend bool operator==(const AccountClaim&, const AccountClaim&) = default;
};

// IMPLEMENTATION. fifo: units leave in the order in which they came, so each has one place in the
// row of all units that the account ever held, its opening before all. Claims are kept by that
// place, the last first: payments add at the low end, receipts take from the high one. haircut: one
// claim on everything.
//
// Memory: 48 bytes a claim; neighbours with the same hops are one. Not thread-safe.
class AccountClaims {
 public:
  bool empty() const { return first_ == claims_.size(); }

  // fifo. `claims`, from the last on, are of a payment whose first unit has place `place`.
  // O(claims). REQUIRES: everything there has a higher place.
  void AddByPlace(Uint128 place, std::span<const AccountClaim> claims);
  // fifo. Appends to `*taken`, from the last on, what is claimed of a receipt whose first unit has
  // place `place`, and takes it away. O(claims taken). REQUIRES: nothing there has a place behind
  // the receipt.
  void TakeByPlace(Uint128 place, std::vector<AccountClaim>* taken);

  // haircut. REQUIRES: the sum is at most what the account holds.
  void AddByShare(std::span<const AccountClaim> claims);
  // haircut. The same as TakeByPlace() of a receipt of `amount` units by an account that held
  // `before`: the receipt's share by largest remainder, ties to the receipt. REQUIRES:
  // amount + before < 2^128.
  void TakeByShare(Uint128 amount, Uint128 before, std::vector<AccountClaim>* taken);

  Uint128 Sum() const;
  void Clear();

 private:
  std::vector<AccountClaim> claims_;  // from first_ on
  std::size_t first_ = 0;
};

Uint128 SumOf(std::span<const AccountClaim> claims);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_CLAIMS_H_
