// Which transfers the routes of a request can go over: what every search for routes between
// accounts asks.
#ifndef COINWAKE_TRACER_ACCOUNT_HOPS_H_
#define COINWAKE_TRACER_ACCOUNT_HOPS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "indexer/base/status.h"
#include "tracer/account_cursor.h"
#include "tracer/account_path.h"

namespace coinwake {

// Thread-safe. Borrows all it is given; `barred` are numbers of events that are on no route.
class AccountHops {
 public:
  AccountHops(const AccountPathRequest& request, const absl::flat_hash_set<std::uint64_t>& barred)
      : request_(request), barred_(barred) {}

  // Events numbered [begin, end) are within the request's window.
  std::uint64_t begin() const { return request_.since.value_or(0); }
  std::uint64_t end() const {
    return request_.until.value_or(std::numeric_limits<std::uint64_t>::max());
  }
  // Whether a route can go over it, wherever it leads.
  bool IsHop(const AccountEvent& event) const;
  // Whether a route can go on from `account`, which is not `to`.
  bool LeadsOn(std::uint32_t account) const {
    return account != request_.from &&
           (request_.stops == nullptr || !request_.stops->StopAt(account).has_value());
  }

  // Reads the payments to `to`, ascending, from no more than `most` of its events in the window;
  // nullopt where it has more of them. Errors as AccountCursor's.
  absl::StatusOr<std::optional<std::vector<AccountEvent>>> Payments(AccountEvents& events,
                                                                    std::uint64_t most,
                                                                    AccountMeter& meter) const;

 private:
  const AccountPathRequest& request_;
  const absl::flat_hash_set<std::uint64_t>& barred_;
};

// Events of `to` read to find all payments to it, of which hubs have more: 65,536, and no more than
// a quarter of what may be read.
std::uint64_t MostTargetEvents(const AccountTraceLimits& limits);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_HOPS_H_
