// Ways between the subject of a screening and whom it is exposed to indirectly.
#include <utility>
#include <vector>

#include "server/account_names.h"
#include "server/screening_facts.h"
#include "tracer/account_path.h"
#include "tracer/path.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

// Where a bounded search cannot tell, nothing is known; all else is a failure.
template <typename Paths>
absl::StatusOr<Paths> FoundOf(absl::StatusOr<Paths> found) {
  if (absl::IsResourceExhausted(found.status()) || absl::IsInvalidArgument(found.status())) {
    return Paths();
  }
  return found;
}

}  // namespace

absl::StatusOr<std::vector<TxNum>> RouteBetween(const View& view,
                                                const PreparedScreening& screening,
                                                const ScreeningSubject& subject, AddressNum other,
                                                ScreenSide side, ScreeningParties& parties,
                                                const Cancellation* cancellation) {
  std::vector<TxNum> route;
  if (subject.kind == ScreeningKind::kTransaction) return route;
  const bool is_source = side == ScreenSide::kSource;
  const ScreeningStops stops(parties, side);
  PathRequest request;
  request.best = BestPath::kShortest;
  request.max_hops = screening.max_hops;
  request.stops = &stops;
  const AddressNum own =
      subject.output.has_value() ? view.AddressOf(*subject.output) : *subject.address;
  if (own == other) return route;
  request.from = is_source ? other : own;
  request.to = is_source ? own : other;
  (is_source ? request.to_output : request.from_output) = subject.output;
  COINWAKE_ASSIGN_OR_RETURN(
      const std::vector<Path> paths,
      FoundOf(
          FindPaths(view, request, {.max_transactions = kMaxScreenTransactions}, cancellation)));
  if (paths.empty()) return route;
  for (const PathHop& hop : paths.front().hops) route.push_back(hop.tx);
  return route;
}

absl::StatusOr<std::vector<TxNum>> RouteBetween(const AccountView& view,
                                                const PreparedScreening& screening,
                                                const ScreeningSubject& subject, AddressNum other,
                                                ScreenSide side, const std::string& asset,
                                                ScreeningParties& parties,
                                                const Cancellation* cancellation) {
  std::vector<TxNum> route;
  if (subject.kind != ScreeningKind::kAddress || *subject.address == other) return route;
  const bool is_source = side == ScreenSide::kSource;
  const ScreeningStops stops(parties, side);
  AccountPathRequest request;
  request.best = BestPath::kShortest;
  request.max_hops = screening.max_hops;
  request.stops = &stops;
  request.from = AccountOf(is_source ? other : *subject.address, Pot::kFree);
  request.to = AccountOf(is_source ? *subject.address : other, Pot::kFree);
  COINWAKE_ASSIGN_OR_RETURN(const AssetNum number, FindAssetByName(view, asset));
  ViewAccounts accounts(view, number,
                        [&view](AddressNum address) { return AccountName(view, address); });
  COINWAKE_ASSIGN_OR_RETURN(
      const std::vector<AccountPath> paths,
      FoundOf(FindAccountPaths(accounts, request, {.max_events = kMaxScreenTransactions},
                               cancellation)));
  if (paths.empty()) return route;
  for (const AccountPathHop& hop : paths.front().hops) {
    const TxNum tx = view.TransactionOf(EventNum{hop.event});
    if (route.empty() || route.back() != tx) route.push_back(tx);
  }
  return route;
}

}  // namespace coinwake::server
