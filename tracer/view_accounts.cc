#include "tracer/view_accounts.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tracer/account_cursor.h"

namespace coinwake {
namespace {

// Events of an account looked up at once.
constexpr std::size_t kPageEvents = 1024;
constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

AccountEventKind KindToNobody(EntryKind kind) {
  switch (kind) {
    case EntryKind::kFee:
      return AccountEventKind::kFee;
    case EntryKind::kShielded:
      return AccountEventKind::kHide;
    default:
      return AccountEventKind::kBurn;
  }
}

}  // namespace

std::optional<Movement> MovementOf(const LedgerEvent& event) {
  if (!MovesValue(event.kind) || event.amount == 0) return std::nullopt;
  Movement movement;
  if (event.from.has_value()) movement.from = AccountOf(*event.from, event.from_pot);
  if (event.to.has_value()) movement.to = AccountOf(*event.to, event.to_pot);
  if (movement.from == movement.to) return std::nullopt;
  if (movement.from == kNobody) {
    movement.kind =
        event.kind == EntryKind::kShielded ? AccountEventKind::kReveal : AccountEventKind::kMint;
  } else if (movement.to == kNobody) {
    movement.kind = KindToNobody(event.kind);
  } else if (event.from == event.to) {
    movement.kind = AccountEventKind::kWithin;
  }
  return movement;
}

absl::Status ViewAccounts::CheckFits(const AccountView& view) {
  if (view.addresses_count() < kMaxTracedAddresses) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the index has ", view.addresses_count(),
                                                   " addresses, a trace can tell ",
                                                   kMaxTracedAddresses, " apart"));
}

absl::StatusOr<AccountEvent> ViewAccounts::EventAt(EventNum number, const Movement& movement,
                                                   const Uint256& amount) const {
  if (amount > Uint256(kMaxAccountUnits)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "event ", number.value, " moves ", ToDecimal(amount),
        " units of this token, more than can be traced; its balances can be looked up"));
  }
  return AccountEvent{number.value, movement.from, movement.to, static_cast<Uint128>(amount),
                      movement.kind};
}

absl::Status ViewAccounts::EventsOf(std::uint32_t account, std::uint64_t from, std::size_t limit,
                                    AccountMeter& meter, std::vector<AccountEvent>* events) {
  return Read(account, from, kNoEnd, limit, meter, events);
}

absl::Status ViewAccounts::Read(std::uint32_t account, std::uint64_t from, std::uint64_t end,
                                std::size_t limit, AccountMeter& meter,
                                std::vector<AccountEvent>* events) {
  const AddressNum address = AddressOf(account);
  std::size_t left = limit;
  // The list is of the address, whichever its pot, and few of a long one may be of a pot: then only
  // whole pages are worth a look-up.
  std::size_t page = PotOf(account) == Pot::kFree ? std::min(limit, kPageEvents) : kPageEvents;
  for (EventNum next{from}; left > 0 && next.value < end; page = kPageEvents) {
    numbers_.clear();
    COINWAKE_RETURN_IF_ERROR(view_.EventsOf(address, asset_, next, page, &numbers_));
    std::uint64_t read = 0;
    for (const EventNum number : numbers_) {
      if (left == 0 || number.value >= end) break;
      ++read;
      const LedgerEvent event = view_.Event(number);
      const std::optional<Movement> movement = MovementOf(event);
      if (!movement.has_value() || (movement->from != account && movement->to != account)) continue;
      COINWAKE_ASSIGN_OR_RETURN(AccountEvent found, EventAt(number, *movement, event.amount));
      events->push_back(found);
      --left;
    }
    COINWAKE_RETURN_IF_ERROR(meter.Count(read));
    if (numbers_.size() < page) break;
    next = numbers_.back() + 1;
  }
  return view_.damage().status();
}

absl::Status ViewAccounts::Add(std::uint32_t account, const AccountEvent& event,
                               Place* place) const {
  Uint128& side = event.to == account ? place->received : place->sent;
  side += event.amount;
  place->next = event.number + 1;
  if (side <= kMaxAccountUnits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("what ", name_of_(AddressOf(account)),
                   " received or sent of this token adds up to more than can be traced"));
}

absl::Status ViewAccounts::ReadHistory(std::uint32_t account, std::uint64_t number,
                                       AccountMeter& meter, Known* known) {
  Place place;
  do {
    events_.clear();
    COINWAKE_RETURN_IF_ERROR(Read(account, place.next, kNoEnd, kPageEvents, meter, &events_));
    for (const AccountEvent& event : events_) {
      COINWAKE_RETURN_IF_ERROR(Add(account, event, &place));
      if (event.number < number) known->last = place;
      if (place.sent > place.received) {
        known->opening = std::max(known->opening, place.sent - place.received);
      }
    }
    if (events_.size() == kPageEvents) known->pages.push_back(place);
  } while (events_.size() == kPageEvents);
  known->pages.shrink_to_fit();
  return absl::OkStatus();
}

absl::Status ViewAccounts::Advance(std::uint32_t account, std::uint64_t number, AccountMeter& meter,
                                   Place* place) {
  do {
    events_.clear();
    COINWAKE_RETURN_IF_ERROR(Read(account, place->next, number, kPageEvents, meter, &events_));
    for (const AccountEvent& event : events_) {
      COINWAKE_RETURN_IF_ERROR(Add(account, event, place));
    }
  } while (events_.size() == kPageEvents);
  return absl::OkStatus();
}

absl::StatusOr<AccountBalance> ViewAccounts::BalanceBefore(std::uint32_t account,
                                                           std::uint64_t number,
                                                           AccountMeter& meter) {
  const auto entry = known_.find(account);
  if (entry == known_.end()) {
    Known whole;
    COINWAKE_RETURN_IF_ERROR(ReadHistory(account, number, meter, &whole));
    return known_.emplace(account, std::move(whole)).first->second.Balance();
  }
  Known& known = entry->second;
  const auto page = std::partition_point(known.pages.begin(), known.pages.end(),
                                         [number](const Place& end) { return end.next <= number; });
  const Place nearest = page == known.pages.begin() ? Place() : *(page - 1);
  if (known.last.next > number || known.last.next < nearest.next) known.last = nearest;
  COINWAKE_RETURN_IF_ERROR(Advance(account, number, meter, &known.last));
  return known.Balance();
}

absl::StatusOr<std::string> ViewAccounts::SortKey(std::uint32_t account) {
  return name_of_(AddressOf(account));
}

}  // namespace coinwake
