// The deposits into a service and the withdrawals from it, out of the payments of a chain.
//
// A payment by addresses of the service alone is a withdrawal for each address it pays that is not
// the service's; one by addresses of which none is the service's is a deposit for each of the
// service's addresses that it pays. One by both sorts of addresses, or by addresses of the service
// together with unknown ones, is passed over and counted: nobody can tell whose payment it was.
#ifndef COINWAKE_HINTS_SERVICE_MOVEMENTS_H_
#define COINWAKE_HINTS_SERVICE_MOVEMENTS_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "hints/movement.h"
#include "hints/movement_source.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"

namespace coinwake {

// The addresses of one service on one chain. Immutable.
class ServiceAddresses {
 public:
  explicit ServiceAddresses(std::vector<AddressNum> addresses);  // in any order, some twice

  bool Has(AddressNum address) const { return set_.contains(address.value); }
  const std::vector<AddressNum>& all() const { return all_; }  // ascending, each once

 private:
  std::vector<AddressNum> all_;
  absl::flat_hash_set<std::uint64_t> set_;
};

struct ServiceMovements {
  std::vector<ServiceMovement> deposits;  // IsBefore
  std::vector<ServiceMovement> withdrawals;
  // Times of payments of the service and others together, ascending.
  std::vector<std::int64_t> passed_over;
};

using TimeSpans = std::vector<std::pair<std::int64_t, std::int64_t>>;  // both ends included
// In order, and none touches another.
TimeSpans Merged(TimeSpans spans);
bool IsWithin(const TimeSpans& merged, std::int64_t time);

// What happened at the service in blocks of these times. kCancelled, kDataLoss, kResourceExhausted.
// Cost: for each span, a look-up for each address and what AppendNumbers() says; and the rows of
// the payments.
absl::StatusOr<ServiceMovements> ReadServiceMovements(MovementSource& source,
                                                      const ServiceAddresses& service,
                                                      const TimeSpans& spans,
                                                      MovementBudget* budget,
                                                      const Cancellation* cancellation);

// Those in which an address took part, at any time: as payer or payee of the service, or as the
// service's own. Likewise.
absl::StatusOr<ServiceMovements> ReadMovementsOf(MovementSource& source,
                                                 const ServiceAddresses& service,
                                                 AddressNum subject, MovementBudget* budget,
                                                 const Cancellation* cancellation);

// Those of payments with these numbers. Likewise.
absl::StatusOr<ServiceMovements> ReadMovementsAt(MovementSource& source,
                                                 const ServiceAddresses& service,
                                                 std::span<const std::uint64_t> numbers,
                                                 MovementBudget* budget,
                                                 const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_HINTS_SERVICE_MOVEMENTS_H_
