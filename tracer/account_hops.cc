#include "tracer/account_hops.h"

#include <algorithm>

#include "tracer/view_accounts.h"

namespace coinwake {

bool AccountHops::IsHop(const AccountEvent& event) const {
  return event.kind == AccountEventKind::kMove && event.amount > 0 && event.from != event.to &&
         PotOf(event.from) == Pot::kFree && PotOf(event.to) == Pot::kFree &&
         event.amount >= request_.min_value && event.number >= begin() && event.number < end() &&
         !barred_.contains(event.number);
}

absl::StatusOr<std::optional<std::vector<AccountEvent>>> AccountHops::Payments(
    AccountEvents& events, std::uint64_t most, AccountMeter& meter) const {
  std::vector<AccountEvent> payments;
  AccountCursor cursor(request_.to, begin(), end());
  for (std::uint64_t i = 0; i < most; ++i) {
    COINWAKE_RETURN_IF_ERROR(cursor.Advance(events, meter));
    const AccountEvent* event = cursor.current();
    if (event == nullptr) return std::optional(std::move(payments));
    if (event->to == request_.to && IsHop(*event)) payments.push_back(*event);
  }
  return std::optional<std::vector<AccountEvent>>();
}

std::uint64_t MostTargetEvents(const AccountTraceLimits& limits) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 16;
  return limits.max_events == 0 ? kMost : std::min(kMost, limits.max_events / 4);
}

}  // namespace coinwake
