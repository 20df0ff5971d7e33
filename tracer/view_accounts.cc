#include "tracer/view_accounts.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

// Events of an account looked up at once.
constexpr std::size_t kPageEvents = 1024;

}  // namespace

std::optional<Movement> MovementOf(const LedgerEvent& event) {
  if (!MovesValue(event.kind) || event.amount == 0) return std::nullopt;
  Movement movement;
  if (event.from.has_value()) movement.from = AccountOf(*event.from, event.from_pot);
  if (event.to.has_value()) movement.to = AccountOf(*event.to, event.to_pot);
  if (movement.from == movement.to) return std::nullopt;
  if (movement.from == kNobody) {
    movement.kind = AccountEventKind::kMint;
  } else if (movement.to == kNobody) {
    movement.kind =
        event.kind == EntryKind::kFee ? AccountEventKind::kFee : AccountEventKind::kBurn;
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
                                    std::vector<AccountEvent>* events) {
  const AddressNum address = AddressOf(account);
  std::size_t left = limit;
  for (EventNum next{from}; left > 0;) {
    numbers_.clear();
    const std::size_t page = std::min(left, kPageEvents);
    COINWAKE_RETURN_IF_ERROR(view_.EventsOf(address, asset_, next, page, &numbers_));
    for (const EventNum number : numbers_) {
      const LedgerEvent event = view_.Event(number);
      const std::optional<Movement> movement = MovementOf(event);
      // The list is of the address, whichever its pot.
      if (!movement.has_value() || (movement->from != account && movement->to != account)) continue;
      COINWAKE_ASSIGN_OR_RETURN(AccountEvent found, EventAt(number, *movement, event.amount));
      events->push_back(found);
      --left;
    }
    if (numbers_.size() < page) break;
    next = numbers_.back() + 1;
  }
  return view_.damage().status();
}

absl::Status ViewAccounts::Advance(std::uint32_t account, std::uint64_t end, Known* known,
                                   Uint128* shortfall) {
  while (known->next < end) {
    events_.clear();
    COINWAKE_RETURN_IF_ERROR(EventsOf(account, known->next, kPageEvents, &events_));
    for (const AccountEvent& event : events_) {
      if (event.number >= end) {
        known->next = end;
        return absl::OkStatus();
      }
      Uint128& side = event.to == account ? known->received : known->sent;
      side += event.amount;
      if (side > kMaxAccountUnits) {
        return absl::InvalidArgumentError(
            absl::StrCat("what ", name_of_(AddressOf(account)),
                         " received or sent of this token adds up to more than can be traced"));
      }
      if (known->sent > known->received) {
        *shortfall = std::max(*shortfall, known->sent - known->received);
      }
      known->next = event.number + 1;
    }
    if (events_.size() < kPageEvents) known->next = end;
  }
  return absl::OkStatus();
}

absl::StatusOr<AccountBalance> ViewAccounts::BalanceBefore(std::uint32_t account,
                                                           std::uint64_t number) {
  const auto [entry, is_new] = known_.try_emplace(account);
  Known& known = entry->second;
  if (is_new) {
    Known whole;
    COINWAKE_RETURN_IF_ERROR(
        Advance(account, std::numeric_limits<std::uint64_t>::max(), &whole, &known.opening));
  }
  if (known.next > number) known = Known{.opening = known.opening};
  Uint128 ignored = 0;
  COINWAKE_RETURN_IF_ERROR(Advance(account, number, &known, &ignored));
  const Uint128 balance = known.opening + known.received - known.sent;
  return AccountBalance{balance, known.opening};
}

absl::StatusOr<std::string> ViewAccounts::SortKey(std::uint32_t account) {
  return name_of_(AddressOf(account));
}

}  // namespace coinwake
